"""Every number that the exchange gives out: rising, and never one that an earlier life on this machine gave.

Counters begin at the time of the start, scaled so that no life can run into the next one's numbers.
"""

from collections.abc import Callable
from itertools import count


class Ids:
    """Order and trade ids count per symbol; update ids are shared by all, so one symbol sees gaps.

    `touched` are the symbols that took an update id since somebody cleared it.
    """

    def __init__(self, start_ms: int) -> None:
        self._start_ms = start_ms
        self._counters: dict[tuple[str, str], Callable[[], int]] = {}
        self.next_update = count(start_ms * 1000).__next__
        self.touched: dict[str, None] = {}
        self.next_income = count(start_ms * 100).__next__
        self.next_amendment = count(start_ms * 10).__next__
        self.next_algo = count(start_ms * 1000).__next__

    def next_update_of(self, symbol: str) -> int:
        """The next update id, for a book of that symbol."""
        self.touched[symbol] = None
        return self.next_update()

    def next_order(self, symbol: str) -> int:
        return self._counter("order", symbol, 10)()

    def next_trade(self, symbol: str) -> int:
        return self._counter("trade", symbol, 100)()

    def next_aggregate(self, symbol: str) -> int:
        return self._counter("aggregate", symbol, 100)()

    def _counter(self, kind: str, symbol: str, pace: int) -> Callable[[], int]:
        """`pace` ids a millisecond can be given out before two lives could meet."""
        counter = self._counters.get((kind, symbol))
        if counter is None:
            counter = self._counters[kind, symbol] = count(self._start_ms * pace).__next__
        return counter
