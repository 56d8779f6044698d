"""How long the hops of a decision take, in plain Python: the specification of the compiled twin.

    a frame of the books ──▶ feed ──▶ strategy ──▶ decided ──▶ a request's bytes at the system, each ──▶ handed on
    └───────────────── to the decision ───────────────┘└──── to the socket ────┘

Timed is what happens in one turn of the loop: a decision that no frame led to counts for the second hop alone, and
requests that wait (for a place in the rate limits, for a REST connection, for the turns of a long ladder) for neither.
"""

from bisect import bisect_left
from collections.abc import Callable

from connector.net.plain.listener import FrameReader
from connector.net.system_clock import steady_ns

#: Up to which each count of `Durations` goes, in ns; beyond the last is one more.
BOUNDS_NS = (
    10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 50_000_000,
    250_000_000,
)  # fmt: skip


class Durations:
    """How many took how long."""

    __slots__ = ("_counts", "_sum_ns")

    def __init__(self) -> None:
        self._counts, self._sum_ns = [0] * (len(BOUNDS_NS) + 1), 0

    @property
    def counts(self) -> tuple[int, ...]:
        """By bound, those beyond the last at the end."""
        return tuple(self._counts)

    @property
    def sum_ns(self) -> int:
        return self._sum_ns

    def add(self, spent_ns: int) -> None:
        self._counts[bisect_left(BOUNDS_NS, spent_ns)] += 1
        self._sum_ns += spent_ns


class HopTimes:
    """Stands before what reads the frames of the books, and is told of decisions and of bytes that have left."""

    def __init__(self, reader: FrameReader, now_ns: Callable[[], int] = steady_ns) -> None:
        self.to_decision, self.to_socket = Durations(), Durations()
        self._reader, self._now_ns = reader, now_ns
        #: When the frame that is being read came, and when what is being handed on was decided; 0: nothing is.
        self._read_ns = self._decided_ns = 0

    def on_frame(self, frame: bytes, received_ms: int) -> object:
        """Hands a frame on to the reader."""
        self._read_ns = self._now_ns()
        try:
            return self._reader.on_frame(frame, received_ms)
        finally:
            self._read_ns = 0

    def decided(self) -> None:
        """Something was decided, and is handed on from here."""
        self._decided_ns = self._now_ns()
        if self._read_ns:
            self.to_decision.add(self._decided_ns - self._read_ns)

    def left(self) -> None:
        """A request's bytes were handed to the system."""
        if self._decided_ns:
            self.to_socket.add(self._now_ns() - self._decided_ns)

    def handed_on(self) -> None:
        """All that was decided has gone its way."""
        self._decided_ns = 0
