"""The venue's clock, as an offset from ours.

The venue accepts a timestamp up to 5 s behind its own clock but only 1 s ahead, so the estimate is biased into the
past. Each sample is the midpoint of a round trip; the offset is the median of the last samples, which a single slow
answer cannot move. Between samples time runs on the monotonic clock: a jump of the wall clock changes nothing.
Source: "Timing security", as of 2026-11.
"""

from collections import deque
from statistics import median_low

SAMPLES_KEPT = 7
BIAS_MS = 20


class ClockSync:
    """The venue's time, from samples of it."""

    __slots__ = ("_offsets", "is_set", "offset_ms")

    def __init__(self) -> None:
        self._offsets: deque[int] = deque(maxlen=SAMPLES_KEPT)
        #: The median of the samples, before its bias.
        self.offset_ms = 0
        #: Whether it was measured at least once.
        self.is_set = False

    def sample(self, sent_ms: int, received_ms: int, venue_ms: int) -> None:
        """One measurement: monotonic send and receive time, and the venue's time in between."""
        self._offsets.append(venue_ms - (sent_ms + received_ms) // 2)
        self.offset_ms, self.is_set = median_low(self._offsets), True

    def forget(self) -> None:
        """Drops the samples: the venue refused a timestamp, so what was measured no longer holds."""
        self._offsets.clear()
        self.is_set = False

    def now_ms(self, monotonic_ms: int) -> int:
        """The venue's time at that monotonic time, by the last samples."""
        return monotonic_ms + self.offset_ms - BIAS_MS
