# Open amounts of one side by price, with what lies below two prices.

cdef class OrderLadder:
    cdef readonly object sized
    cdef readonly object units
    cdef object unit
    cdef dict at, units_at
    cdef list prices
    # Of each of two pointers: the price it stands at, and what lies below.
    cdef object standing_0, standing_1, low_0, low_1, low_units_0, low_units_1

    cpdef add(self, object price_e8, object sized)
    cdef int move(self, object price_e8, int which) except -1
