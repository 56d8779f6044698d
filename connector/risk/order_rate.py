"""How many orders may leave: so many in any minute."""

from collections import deque
from typing import Final

WINDOW_MS: Final = 60_000


class OrderRate:
    """The times of the newest orders and changes, as many as are allowed in a window; by a clock that never jumps."""

    __slots__ = ("most", "times")

    def __init__(self, most: int) -> None:
        self.most = most
        self.times: deque[int] = deque(maxlen=most)

    def is_used_up(self, now_ms: int) -> bool:
        """Whether one more would be too many."""
        return len(self.times) == self.most and now_ms - self.times[0] < WINDOW_MS

    def count(self, now_ms: int) -> None:
        """One has left."""
        self.times.append(now_ms)

    def used(self, now_ms: int) -> int:
        """How many left in the last minute."""
        return sum(now_ms - time_ms < WINDOW_MS for time_ms in self.times)

    def wait_ms(self, now_ms: int) -> int:
        """How long until one more may leave."""
        return WINDOW_MS - (now_ms - self.times[0]) if self.is_used_up(now_ms) else 0
