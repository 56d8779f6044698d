# The facts of the book in C: what a decoder fills and an order book reads, without a Python object a level.

cdef struct Level:
    long long price
    long long amount
    int price_decimals
    int amount_decimals


cdef class LevelList:
    cdef Level* rows
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity

    cdef int grow(self) except -1
    cdef int load(self, tuple levels) except -1
    cdef tuple plain(self)


cdef class DepthDiff:
    cdef public str symbol
    cdef public long long family
    cdef public long long first_id
    cdef public long long last_id
    cdef public long long previous_id
    cdef LevelList bid_levels
    cdef LevelList ask_levels

    cdef int load(self, object diff) except -1


cdef class DepthSnapshot:
    cdef public long long last_id
    cdef LevelList bid_levels
    cdef LevelList ask_levels

    cdef int load(self, object snapshot) except -1


cdef class BookTicker:
    cdef public str symbol
    cdef public long long family
    cdef public long long update_id
    cdef Level bid_level
    cdef Level ask_level

    cdef int load(self, object ticker) except -1


cdef object exact(long long digits, int decimals)
cdef object exact_level(Level level)
