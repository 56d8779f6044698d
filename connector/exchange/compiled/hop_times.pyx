"""The compiled times of a decision's hops; `plain/hop_times.py` specifies them. A stamp costs a read of the clock."""

from connector.core.compiled.frame_taker cimport FrameTaker
from connector.net.compiled.steady_clock cimport steady_read_ns

from connector.exchange.plain.hop_times import BOUNDS_NS
from connector.net.system_clock import STEADY, steady_ns

cdef enum:
    BOUNDS = 12

cdef long long bounds_ns[BOUNDS]
for place, bound_ns in enumerate(BOUNDS_NS):
    bounds_ns[place] = bound_ns


cdef class Durations:
    cdef long long number[BOUNDS + 1]
    cdef readonly long long sum_ns

    @property
    def counts(self):
        return tuple([self.number[place] for place in range(BOUNDS + 1)])

    def add(self, long long spent_ns):
        self.note(spent_ns)

    cdef void note(self, long long spent_ns) noexcept:
        cdef int place = 0
        while place < BOUNDS and spent_ns > bounds_ns[place]:
            place += 1
        self.number[place] += 1
        self.sum_ns += spent_ns


cdef class HopTimes(FrameTaker):
    cdef readonly Durations to_decision, to_socket
    cdef object reader, now_ns
    cdef FrameTaker taker
    cdef int clock
    cdef long long read_ns, decided_ns

    def __init__(self, reader not None, now_ns=steady_ns):
        self.to_decision, self.to_socket = Durations(), Durations()
        self.reader, self.taker = reader, reader if isinstance(reader, FrameTaker) else None
        # None where the clock is read without a call of Python's.
        self.clock, self.now_ns = STEADY, now_ns
        if now_ns is steady_ns and steady_read_ns(STEADY) >= 0:
            self.now_ns = None

    cdef long long now(self) except -1:
        return steady_read_ns(self.clock) if self.now_ns is None else <long long>self.now_ns()

    def on_frame(self, bytes frame not None, long long received_ms):
        self.read_ns = self.now()
        try:
            return self.reader.on_frame(frame, received_ms)
        finally:
            self.read_ns = 0

    cdef int take(self, const char* start, Py_ssize_t size, long long received_ms) except -1:
        self.read_ns = self.now()
        try:
            if self.taker is not None:
                return self.taker.take(start, size, received_ms)
            return bool(self.reader.on_frame(start[:size], received_ms))
        finally:
            self.read_ns = 0

    def decided(self):
        self.decided_ns = self.now()
        if self.read_ns:
            self.to_decision.note(self.decided_ns - self.read_ns)

    def left(self):
        if self.decided_ns:
            self.to_socket.note(self.now() - self.decided_ns)

    def handed_on(self):
        self.decided_ns = 0
