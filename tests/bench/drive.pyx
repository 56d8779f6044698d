# distutils: language = c++
"""Drives a feed frame by frame under the floor's stopwatch; built on the spot, in a folder of its own."""

from libc.stdint cimport int64_t, uint64_t

cdef extern from "stopwatch.hpp":
    ctypedef void (*Fresh)(void*) noexcept
    ctypedef uint64_t (*Take)(void*, const char*, int64_t) noexcept
    uint64_t measure_by(
        const char* frames, const int64_t* offsets, int64_t count, int64_t whole, int64_t each, double* whole_ns,
        double* frame_ns, Fresh fresh, Take take, void* context
    )


cdef class Drive:
    """`new_feed` makes the feed of each pass. `is_call`: one Python call a frame, with the frame as `bytes`."""

    cdef object new_feed
    cdef list frames
    cdef Py_ssize_t turn
    cdef object on_frame
    cdef object flaw

    def __init__(self, new_feed, list frames, bint is_call):
        self.new_feed, self.frames = new_feed, frames

    def measure(
        self, size_t frames, size_t offsets, int64_t count, int64_t whole, int64_t each, size_t whole_ns, size_t frame_ns
    ):
        """Addresses, as `Packed.measured` hands them over."""
        measure_by(
            <const char*>frames, <const int64_t*>offsets, count, whole, each, <double*>whole_ns, <double*>frame_ns,
            fresh, call, <void*>self
        )
        if self.flaw is not None:
            raise self.flaw


cdef void fresh(void* context) noexcept:
    cdef Drive drive = <Drive>context
    try:
        drive.on_frame = drive.new_feed().on_frame
        drive.turn = 0
    except Exception as flaw:
        drive.flaw = flaw


cdef uint64_t call(void* context, const char* start, int64_t size) noexcept:
    cdef Drive drive = <Drive>context
    try:
        drive.on_frame(drive.frames[drive.turn], 1)
        drive.turn += 1
    except Exception as flaw:
        drive.flaw = flaw
    return 0
