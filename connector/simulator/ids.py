"""Every number that the exchange gives out: rising, and never one that an earlier life on this machine gave.

Counters begin at the time of the start, scaled so that no life can run into the next one's numbers.
"""

from dataclasses import dataclass

#: What begins anew when an engine of the venue is set up again.
FALLING = ("order", "trade", "aggregate")
#: Below it nothing falls any more: ids have to stay above 0 and apart.
LEAST_START_MS = 1_000_000


class Ids:
    """Order and trade ids count per symbol; update ids are shared by all, so one symbol sees gaps.

    `touched` are the symbols that took an update id since somebody cleared it.
    """

    def __init__(self, start_ms: int) -> None:
        self._start_ms = start_ms
        self._next: dict[tuple[str, str], int] = {}
        self._next_update = start_ms * 1000
        self.touched: dict[str, None] = {}

    @property
    def can_fall(self) -> bool:
        """Whether there is room below."""
        return self._start_ms >= 2 * LEAST_START_MS

    def fall(self) -> None:
        """Orders, trades and depth count on from half of where they began: below all before, in room nobody used."""
        if not self.can_fall:
            return
        self._start_ms //= 2
        self._next = {key: found for key, found in self._next.items() if key[0] not in FALLING}
        self._next_update = self._start_ms * 1000

    def next_update_of(self, symbol: str) -> int:
        """The next update id, for a book of that symbol."""
        self.touched[symbol] = None
        return self.next_update()

    def next_update(self) -> int:
        found = self._next_update
        self._next_update = found + 1
        return found

    def next_income(self) -> int:
        return self._take("income", "", 100)

    def next_amendment(self) -> int:
        return self._take("amendment", "", 10)

    def next_algo(self) -> int:
        return self._take("algo", "", 1000)

    def next_order(self, symbol: str) -> int:
        return self._take("order", symbol, 10)

    def next_trade(self, symbol: str) -> int:
        return self._take("trade", symbol, 100)

    def next_aggregate(self, symbol: str) -> int:
        return self._take("aggregate", symbol, 100)

    def _take(self, kind: str, symbol: str, pace: int) -> int:
        """`pace` ids a millisecond can be given out before two lives could meet."""
        found = self._next.get((kind, symbol), self._start_ms * pace)
        self._next[kind, symbol] = found + 1
        return found


@dataclass(frozen=True, slots=True)
class UpdateIds:
    """The update ids of one symbol's books, one a call."""

    ids: Ids
    symbol: str

    def __call__(self) -> int:
        return self.ids.next_update_of(self.symbol)


@dataclass(frozen=True, slots=True)
class AggregateIds:
    """The ids of one symbol's aggregate trades, one a call."""

    ids: Ids
    symbol: str

    def __call__(self) -> int:
        return self.ids.next_aggregate(self.symbol)
