"""What a measurement tells, and frames as the stopwatch takes them: one piece of memory and where each begins."""

import ctypes
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any


@dataclass(frozen=True, slots=True)
class Figures:
    """Microseconds: of a frame on the average of the best pass; at the 99th of 100 frames; of the slowest frame.

    The latter two are of each frame's fastest pass (see stopwatch.hpp). NaN where frames weren't timed one by one.
    """

    us_per_frame: float
    p99_us: float = float("nan")
    worst_us: float = float("nan")


def figures_of(whole_ns: "array[float]", frame_ns: "array[float]") -> Figures:
    ranked = sorted(frame_ns)
    return Figures(min(whole_ns) / 1000, ranked[int(len(ranked) * 0.99)] / 1000, ranked[-1] / 1000)


def address(numbers: "array[Any]") -> int:
    return numbers.buffer_info()[0]


class Packed:
    """Frames end to end. `place` is the address of the bytes, the address of the offsets, and the count."""

    def __init__(self, frames: list[bytes]) -> None:
        self._bytes = b"".join(frames)
        self._offsets = array("q", accumulate(map(len, frames), initial=0))
        self.count = len(frames)

    @property
    def place(self) -> tuple[int, int, int]:
        start = ctypes.cast(ctypes.c_char_p(self._bytes), ctypes.c_void_p).value
        assert start is not None
        return start, address(self._offsets), self.count

    def measured(self, run: Callable[..., Any], whole: int, each: int) -> Figures:
        """`run` is handed the place, how many passes of either kind, and the addresses where their figures go."""
        whole_ns, frame_ns = array("d", bytes(8 * whole)), array("d", bytes(8 * self.count))
        run(*self.place, whole, each, address(whole_ns), address(frame_ns))
        return figures_of(whole_ns, frame_ns)
