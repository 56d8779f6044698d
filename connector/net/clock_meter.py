"""Measures the venue's clock: once for all who ask at the same time, and without a moment in which none is known.

Until a new measurement is whole the old offset holds: what is stamped meanwhile is stamped by the clock that was
right until now, not by this machine's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connector.core.clock import Clock
from connector.core.faults import UnreadableFault
from connector.net.clock_sync import ClockSync

SAMPLES = 3
#: Times are measured to some tens of ms; what is dated further ahead is wrong, or our measure is.
_MOST_AHEAD_MS = 5_000
#: A push that is older than this makes doubt.
_MOST_LATE_MS = 2_000
#: Between two readings of this machine's clocks lies less.
_SLACK_MS = 100
#: A measure may differ from the one before by less.
_STEP_BACK_MS = 1_000


@dataclass(frozen=True, slots=True)
class TimeAnswer:
    """One answer of the venue: when its request left and when it came, by the steady clock, and the venue's time."""

    sent_ms: int
    received_ms: int
    venue_ms: int


class ClockMeter:
    """`ask` is one request for the venue's time; what it raises, `measure` raises."""

    def __init__(self, clock: Clock, ask: Callable[[], Awaitable[TimeAnswer]]) -> None:
        self.sync = ClockSync()
        self._clock = clock
        self._ask = ask
        self._lock = asyncio.Lock()
        #: How often it was measured.
        self.measured = 0
        #: Something was dated ahead of the venue's clock since it was measured.
        self.is_in_doubt = False
        #: What its clock had reached before it stepped back: what is of then is dated so for good.
        self._reached_ms = 0
        #: Called with the venue's time when its clock turns out to have stepped back.
        self.step_back_watchers: list[Callable[[int], None]] = []

    def venue_ms(self) -> int:
        """The venue's clock, as far as it was measured; this machine's until then."""
        if self.sync.is_set:
            return self.sync.now_ms(self._clock.monotonic_ms())
        return self._clock.now_ms()

    def require_not_ahead(self, time_ms: int, what: str) -> None:
        """Raises `UnreadableFault` for a time that the venue's clock has not reached, and takes note of the doubt."""
        self._require_not_ahead(time_ms, self.venue_ms(), what)

    def judge_pushed(self, time_ms: int, what: str) -> None:
        """The same of what was just pushed. Dated long ago it came late, or the venue's clock stepped back: a doubt."""
        now_ms = self.venue_ms()
        self._require_not_ahead(time_ms, now_ms, what)
        if time_ms < now_ms - _MOST_LATE_MS and self.sync.is_set:
            self.is_in_doubt = True

    def usual_ms(self) -> tuple[int, int]:
        """What is pushed as it happens is dated so far from this machine's wall clock, at least and at most, as long as
        `measured` stays; what is not is to be judged."""
        apart_ms = self.venue_ms() - self._clock.now_ms()
        return apart_ms - _MOST_LATE_MS + _SLACK_MS, apart_ms + _MOST_AHEAD_MS - _SLACK_MS

    def _require_not_ahead(self, time_ms: int, now_ms: int, what: str) -> None:
        ahead_ms = time_ms - (now_ms if now_ms >= self._reached_ms else self._reached_ms)
        if ahead_ms > _MOST_AHEAD_MS:
            self.is_in_doubt = True
            raise UnreadableFault(what, f"it is dated {ahead_ms / 1000:.1f} s ahead of the exchange's clock")

    async def measure(self, samples: int = SAMPLES) -> None:
        """Several round trips, of which the median counts, beside those of the last measurements."""
        async with self._lock:
            self._begin(await self._answers(samples), anew=False)

    async def measure_anew(self, seen: int) -> None:
        """What was measured no longer holds: the venue refused a timestamp, or dates ahead of it. `seen`: how often it
        had been measured when that was sent. Whoever has measured it since then has done so for all."""
        async with self._lock:
            if self.measured == seen:
                self._begin(await self._answers(SAMPLES), anew=True)

    async def _answers(self, samples: int) -> list[TimeAnswer]:
        return [await self._ask() for _ in range(samples)]

    def _begin(self, answers: list[TimeAnswer], *, anew: bool) -> None:
        expected_ms = self.venue_ms() if anew and self.sync.is_set else 0
        if anew:
            self.sync.forget()
        for answer in answers:
            self.sync.sample(answer.sent_ms, answer.received_ms, answer.venue_ms)
        self.measured += 1
        self.is_in_doubt = False
        if self.venue_ms() < expected_ms - _STEP_BACK_MS:
            self._reached_ms = max(self._reached_ms, expected_ms)
            for watcher in self.step_back_watchers:
                watcher(self.venue_ms())
