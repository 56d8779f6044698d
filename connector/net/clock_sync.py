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

    def __init__(self) -> None:
        self._offsets: deque[int] = deque(maxlen=SAMPLES_KEPT)
        self._offset_ms = 0

    @property
    def is_set(self) -> bool:
        """Whether it was measured at least once."""
        return bool(self._offsets)

    def sample(self, sent_ms: int, received_ms: int, venue_ms: int) -> None:
        """One measurement: monotonic send and receive time, and the venue's time in between."""
        self._offsets.append(venue_ms - (sent_ms + received_ms) // 2)
        self._offset_ms = median_low(self._offsets)

    def forget(self) -> None:
        """Drops the samples: the venue refused a timestamp, so what was measured no longer holds."""
        self._offsets.clear()

    def now_ms(self, monotonic_ms: int) -> int:
        """The venue's time at that monotonic time, by the last samples."""
        return monotonic_ms + self._offset_ms - BIAS_MS
