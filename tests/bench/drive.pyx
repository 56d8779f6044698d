# distutils: language = c++
"""Drives a feed frame by frame under the floor's stopwatch; built on the spot, in a folder of its own."""

from libc.stdint cimport int64_t, uint64_t

from connector.core.compiled.frame_taker cimport FrameTaker
from connector.market.compiled.order_book cimport Depth

cdef extern from "stopwatch.hpp":
    ctypedef void (*Fresh)(void*) noexcept
    ctypedef uint64_t (*Take)(void*, const char*, int64_t) noexcept
    uint64_t measure_by(
        const char* frames, const int64_t* offsets, int64_t count, int64_t whole, int64_t each, double* whole_ns,
        double* frame_ns, Fresh fresh, Take take, void* context
    )


cdef class Drive:
    """`new_feed` makes the feed of each pass, `symbols` tells the one of each frame.

    Frames are handed over as a listener does, by their place in memory, and both best prices of depth are read after
    each. `is_call`: as Python does, one call a frame with the frame as `bytes`; then nothing is read.
    """

    cdef object new_feed, on_frame, flaw
    cdef list frames, symbols, books
    cdef bint is_call
    cdef Py_ssize_t turn
    cdef FrameTaker feed

    def __init__(self, new_feed, list frames, list symbols, bint is_call):
        self.new_feed, self.frames, self.symbols, self.is_call = new_feed, frames, symbols, is_call

    def measure(
        self, size_t frames, size_t offsets, int64_t count, int64_t whole, int64_t each, size_t whole_ns, size_t frame_ns
    ):
        """Addresses, as `Packed.measured` hands them over."""
        measure_by(
            <const char*>frames, <const int64_t*>offsets, count, whole, each, <double*>whole_ns, <double*>frame_ns,
            fresh, call if self.is_call else take, <void*>self
        )
        if self.flaw is not None:
            raise self.flaw


cdef void fresh(void* context) noexcept:
    cdef Drive drive = <Drive>context
    try:
        drive.feed = drive.new_feed()
        drive.on_frame = drive.feed.on_frame
        books = {symbol: followed.book for symbol, followed in drive.feed.symbols.items()}
        drive.books = [books[symbol] for symbol in drive.symbols]
        drive.turn = 0
    except Exception as flaw:
        drive.flaw = flaw


cdef uint64_t take(void* context, const char* start, int64_t size) noexcept:
    cdef Drive drive = <Drive>context
    cdef Depth book = <Depth>drive.books[drive.turn]
    try:
        drive.turn += 1
        drive.feed.take(start, size, 1)
    except Exception as flaw:
        drive.flaw = flaw
    return <uint64_t>(book.bids.best + book.asks.best)


cdef uint64_t call(void* context, const char* start, int64_t size) noexcept:
    cdef Drive drive = <Drive>context
    try:
        drive.on_frame(drive.frames[drive.turn], 1)
        drive.turn += 1
    except Exception as flaw:
        drive.flaw = flaw
    return 0
