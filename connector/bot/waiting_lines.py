"""Lines on their way to a thread that shows or writes them: who hands them over never waits, and memory is bounded."""

import queue
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Line = TypeVar("Line")

_MOST: Final = 4_096


class WaitingLines(Generic[Line]):
    """What is handed over, in its order. Beyond `most` that wait, lines are left out; `missing` makes the line that
    tells how many, which stands where they would have."""

    def __init__(self, missing: Callable[[int], Line] | None = None, most: int = _MOST) -> None:
        self._missing = missing
        self._most = most
        #: None ends it; a simple queue, since its end always finds room.
        self._queue: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._left_out = 0
        self._handing = threading.Lock()

    def put(self, line: Line) -> bool:
        """Whether there was room for it."""
        with self._handing:
            if self._queue.qsize() >= self._most:
                self._left_out += 1
                return False
            self._tell_missing()
            self._queue.put(line)
            return True

    def end(self) -> None:
        """Nothing comes any more."""
        with self._handing:
            self._tell_missing()
            self._queue.put(None)

    def get(self, within_s: float | None = None) -> Line | None:
        """The next one, which is waited for (for ever, if nothing is said); None: the end. Raises `queue.Empty`."""
        return self._queue.get(timeout=within_s)

    def _tell_missing(self) -> None:
        if self._left_out and self._missing is not None:
            self._queue.put(self._missing(self._left_out))
        self._left_out = 0


def missing_words(count: int) -> str:
    """How a reader is told of what is not there."""
    return f"(missing here, since nothing took them: {count} lines)"
