"""The one place that reads the clock."""

import time
from typing import Final

#: Where there is one, the clock that counts sleep too: after a suspend everything is old, and must be seen so.
STEADY: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady_ns() -> int:
    """Nanoseconds by the clock that never jumps: what durations are told apart by that a millisecond hides."""
    return time.clock_gettime_ns(STEADY)


class SystemClock:
    """This machine's clocks; satisfies `core.clock.Clock`.

    The wall is read once, at the start, and runs on by the clock that never jumps: what is timed by it (the age of a
    quote, the proof that an order is absent) must not stand still or end early because someone sets the wall clock.
    """

    def __init__(self) -> None:
        #: How far the wall's time is ahead of the steady clock's.
        self.wall_ahead_ns = time.time_ns() - time.clock_gettime_ns(STEADY)

    def now_ms(self) -> int:
        return (time.clock_gettime_ns(STEADY) + self.wall_ahead_ns) // 1_000_000

    def now_ns(self) -> int:
        """Nanoseconds since the epoch: the stamps of recordings."""
        return time.clock_gettime_ns(STEADY) + self.wall_ahead_ns

    def monotonic_ms(self) -> int:
        return time.clock_gettime_ns(STEADY) // 1_000_000
