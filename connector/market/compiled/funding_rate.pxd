from libc.stdint cimport int64_t

# A number as it was written: `digits` x 10^-`decimals`.
cdef struct Quoted:
    int64_t digits
    int decimals
    bint is_known


cdef class FundingRate:
    cdef readonly long long next_funding_ms
    cdef readonly long long time_ms
    cdef Quoted mark
    cdef Quoted index
    cdef Quoted forecast
    cdef object mark_object
    cdef object index_object
    cdef object rate_object
    cdef long long named_ms
    cdef long long observed_ms
    cdef long long interval_until_ms
    cdef list settlements

    cdef object marked(self)
    cdef int take(
        self, const Quoted* mark, const Quoted* index, const Quoted* rate, long long next_ms, long long time_ms
    ) except -1
    cdef int move(self, long long next_ms, long long time_ms) except -1
    cdef int observe(self, long long from_ms, long long until_ms) noexcept
