"""When to ask for funding payments: after each settlement, since its push may be lost."""

from collections.abc import Callable

#: A payment is booked up to a minute after its settlement ("Funding"): it is asked for soon, and once more after that.
ASKED_AFTER_MS = (3_000, 20_000, 75_000)


class Settlements:
    """Follows the next settlement. Times by the venue's clock, in ms."""

    def __init__(self, settles_ms: Callable[[], int]) -> None:
        #: The next settlement, 0 where nobody knows.
        self._settles_ms = settles_ms
        self._next_ms = 0
        #: When to ask, the soonest first.
        self._asks: list[int] = []

    def is_due(self, now_ms: int) -> bool:
        """Whether to ask now; a time to ask is told once."""
        told_ms = self._settles_ms()
        # The next one is told the moment one is over, which may be before it is over by our measure of the clock.
        if self._next_ms and (now_ms >= self._next_ms or told_ms > self._next_ms):
            self._asks += [self._next_ms + after_ms for after_ms in ASKED_AFTER_MS]
            self._next_ms = 0
        if told_ms > now_ms:
            self._next_ms = told_ms
        due = [at_ms for at_ms in self._asks if at_ms <= now_ms]
        self._asks = [at_ms for at_ms in self._asks if at_ms > now_ms]
        return bool(due)
