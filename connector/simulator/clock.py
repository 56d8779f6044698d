"""Time that can be stopped, stepped and hurried, for drills and tests.

    rate 1   this machine's time, until something else was asked for
    rate N   N times as fast, from where it stood
    rate 0   paused: only `step` moves it

Nothing ever goes back. Signed requests are judged by this clock, so a client has to follow `GET /fapi/v1/time`.
"""

import asyncio
import time

from connector.core.clock import Clock

MOST_RATE = 1000.0
#: Who waits on a clock that may change its pace looks at it again after so long.
LOOK_AGAIN_S = 0.05


class WallClock:
    """This machine's clocks: the only place where the exchange reads time."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


class VirtualClock:
    """Runs on `source`, this machine's clocks by default."""

    def __init__(self, source: Clock | None = None, rate: float = 1.0) -> None:
        self._source = source or WallClock()
        self._rate = self._running_rate = 1.0
        self._touched = False
        self._now_ms = self._steady_ms = self._since_ms = 0.0
        if rate != 1.0:
            self.set_rate(rate)

    @property
    def rate(self) -> float:
        """How many of its milliseconds pass in one of the source's."""
        return self._rate

    @property
    def running_rate(self) -> float:
        """The rate at which it runs, or ran before it was paused; 1 where it never ran."""
        return self._running_rate

    def now_ms(self) -> int:
        return int(self._now_ms + self._passed_ms()) if self._touched else self._source.now_ms()

    def monotonic_ms(self) -> int:
        return int(self._steady_ms + self._passed_ms()) if self._touched else self._source.monotonic_ms()

    def set_rate(self, rate: float) -> None:
        """From now on time passes at that rate. ValueError below 0 and beyond what a machine can follow."""
        if not 0 <= rate <= MOST_RATE:
            raise ValueError(f"a clock runs at 0 to {MOST_RATE:g} times this machine's time")
        self._settle()
        self._rate = rate
        self._running_rate = rate or self._running_rate

    def step(self, ms: float) -> None:
        """Moves on by so much at once."""
        self._settle()
        self._now_ms += ms
        self._steady_ms += ms

    def _settle(self) -> None:
        """Makes where it stands the beginning of what comes."""
        passed_ms = self._passed_ms() if self._touched else 0.0
        if not self._touched:
            self._now_ms, self._steady_ms = self._source.now_ms(), self._source.monotonic_ms()
        self._touched = True
        self._now_ms += passed_ms
        self._steady_ms += passed_ms
        self._since_ms = self._source.monotonic_ms()

    def _passed_ms(self) -> float:
        return (self._source.monotonic_ms() - self._since_ms) * self._rate


async def wait_ms(clock: Clock, ms: float) -> None:
    """Returns when so much has passed on `clock`, whatever is done to its rate meanwhile."""
    if not isinstance(clock, VirtualClock):
        await asyncio.sleep(ms / 1000)
        return
    until_ms = clock.monotonic_ms() + ms
    while (left_ms := until_ms - clock.monotonic_ms()) > 0:
        left_s = left_ms / 1000 / clock.rate if clock.rate else LOOK_AGAIN_S
        await asyncio.sleep(min(left_s, LOOK_AGAIN_S))


def is_due(now_ms: int, due_ms: int, every_ms: int) -> bool:
    """Whether a moment of that grid has come; one more than `every_ms` ahead says that the clock stepped back."""
    return now_ms >= due_ms or due_ms - now_ms > every_ms


def next_due(now_ms: int, every_ms: int) -> int:
    """The next moment on the grid of `every_ms`."""
    return (now_ms // every_ms + 1) * every_ms
