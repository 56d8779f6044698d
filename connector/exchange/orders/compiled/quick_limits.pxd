# Whether an order or a change keeps the user's limits, for whoever sends it.


cdef class QuickLimits:
    cdef object limits, state
    cdef dict opened, bounds, waiting, too_near
    cdef list late
    cdef bint bounds_sums
    # The times of what left; None where no rate is bound.
    cdef object times
    cdef Py_ssize_t most
    cdef long long window_ms

    cdef bint keeps(
        self, object name, bint is_buy, long long price_e8, long long sized, long long before_e8=*, long long before=*
    ) except -1
    cdef bint has_turn(self, long long steady_ns) except -1
    cdef int count(self, long long steady_ns) except -1
    cdef object open_orders(self)
