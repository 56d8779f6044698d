"""What is to happen some time later: requests that are carried out late, events that are overtaken."""

import heapq
from collections.abc import Callable
from itertools import count

Action = Callable[[], object]


class LateActions:
    """Actions by the steady clock; those of one time in the order in which they were put off."""

    def __init__(self, steady_ms: Callable[[], int]) -> None:
        self._steady_ms = steady_ms
        self._number = count()
        self._waiting: list[tuple[int, int, Action]] = []

    def add(self, ms: int, action: Action) -> None:
        """Does `action` at a `run` so many milliseconds from now."""
        heapq.heappush(self._waiting, (self._steady_ms() + ms, next(self._number), action))

    def run(self) -> None:
        """Does what is due."""
        while self._waiting and self._waiting[0][0] <= self._steady_ms():
            heapq.heappop(self._waiting)[2]()
