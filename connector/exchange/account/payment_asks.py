"""When to ask the account book for funding payments.

    a settlement is over       a minute later, or an eighth of the interval where that is less; once for all symbols
    a push tells of a payment  soon: it has neither number nor rate, the book has both
    a payment is not there     again, ever later, a few times: the venue books up to a minute late ("Funding")
    a question failed          again, ever later, without end
    a start, a new connection  at once: what was missed meanwhile

Questions lie apart, so that they take a tenth of the weight of an address at most. Times of settlements are by the
venue's clock, waits by the steady one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

ASKED_AFTER_MS: Final = 60_000
#: The share of an interval after which is asked at the latest.
PART_OF_INTERVAL: Final = 8
#: By then the rate that was settled is listed.
_AFTER_PUSH_MS: Final = 3_000
APART_MS: Final = 7_500
_AGAIN_MS: Final = (15_000, 30_000, 60_000, 120_000)
_AFTER_FAILURE_MS: Final = (5_000, 10_000, 20_000, 40_000, 60_000)
#: A payment is booked no earlier than so long before its settlement by our measure of the clock.
_EARLY_MS: Final = 2_000


@dataclass(slots=True)
class _Missing:
    """A payment that must be booked, since a position was held, or a push told of it."""

    settled_ms: int
    tries: int = 0


class PaymentAsks:
    """Follows the settlements of symbols; pure."""

    def __init__(self) -> None:
        #: The next settlement of each symbol.
        self._next: dict[str, int] = {}
        self._due: set[int] = set()
        self._missing: dict[str, _Missing] = {}
        self._asked_ms = -APART_MS
        self._failures = 0

    def look(self, schedule: Iterable[tuple[str, int]], held: Collection[str], venue_ms: int, steady_ms: int) -> None:
        """Takes the next settlement of each symbol as it is told now (0: not told), and what is held now."""
        for symbol, told_ms in schedule:
            known_ms = self._next.get(symbol, 0)
            if known_ms and (venue_ms >= known_ms or told_ms > known_ms):
                # The next one is told the moment one is over, which may be before it is over by our measure.
                settled_ms = min(known_ms, venue_ms)
                interval_ms = told_ms - settled_ms
                part_ms = interval_ms // PART_OF_INTERVAL if interval_ms > 0 else ASKED_AFTER_MS
                self._due.add(steady_ms - (venue_ms - settled_ms) + min(ASKED_AFTER_MS, part_ms))
                if symbol in held:
                    self._missing[symbol] = _Missing(settled_ms)
                known_ms = 0
            self._next[symbol] = told_ms if told_ms > venue_ms else known_ms

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more."""
        self._next.pop(symbol, None)
        self._missing.pop(symbol, None)

    def hint(self, symbol: str, time_ms: int, steady_ms: int) -> None:
        """A push told of a payment; the symbol is empty where it names none."""
        self._due.add(steady_ms + _AFTER_PUSH_MS)
        if symbol and (symbol not in self._missing or self._missing[symbol].settled_ms > time_ms):
            self._missing[symbol] = _Missing(time_ms)

    def hurry(self, steady_ms: int) -> None:
        """Something may have been missed: ask as soon as may be."""
        self._due.add(steady_ms)

    def is_due(self, steady_ms: int) -> bool:
        """Whether to ask now."""
        return bool(self._due) and min(self._due) <= steady_ms and steady_ms - self._asked_ms >= APART_MS

    def asked(self, steady_ms: int) -> None:
        """A question leaves now."""
        self._asked_ms = steady_ms
        self._due = {due_ms for due_ms in self._due if due_ms > steady_ms}

    def found(self, symbol: str, time_ms: int) -> None:
        """The book has a payment of the symbol, booked then."""
        missing = self._missing.get(symbol)
        if missing is not None and time_ms >= missing.settled_ms - _EARLY_MS:
            del self._missing[symbol]

    def failed(self, steady_ms: int) -> None:
        """The question was not answered."""
        self._due.add(steady_ms + _AFTER_FAILURE_MS[min(self._failures, len(_AFTER_FAILURE_MS) - 1)])
        self._failures += 1

    def answered(self, steady_ms: int) -> tuple[str, ...]:
        """The question was answered, and what it found is told. Returns the symbols whose payment is given up."""
        self._failures = 0
        for missing in self._missing.values():
            missing.tries += 1
        given_up = tuple(symbol for symbol, row in self._missing.items() if row.tries > len(_AGAIN_MS))
        for symbol in given_up:
            del self._missing[symbol]
        if self._missing:
            tries = min(row.tries for row in self._missing.values())
            self._due.add(steady_ms + _AGAIN_MS[tries - 1])
        return given_up
