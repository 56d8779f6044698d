# The fields that market frames are made of, and the scan that finds them.

from connector.market.compiled.facts cimport LevelList

cdef enum:
    EVENT, TIME, SYMBOL, STAMP, FIRST, LAST, PREVIOUS, FAMILY, BIDS, ASKS, BID_AMOUNT, ASK_AMOUNT
    PRICE, AMOUNT, MAKER, INDEX, RATE, TRADE, ORIGIN, SNAPSHOT_ID, SNAPSHOT_BIDS, SNAPSHOT_ASKS, STREAM, DATA, UNKNOWN, FIELDS

# What stands in a field. LEVELS were read into `bids` or `asks`, an OBJECT into `inner`.
cdef enum:
    ABSENT, TEXT, WHOLE, YES, NO, LEVELS, OBJECT, OTHER


cdef struct Field:
    int tag
    const char* start
    Py_ssize_t length


cdef class JsonScan:
    cdef const char* at
    cdef LevelList bids
    cdef LevelList asks
    cdef int bid_field
    cdef int ask_field
    cdef bint has_levels_outside
    cdef Field[FIELDS] outer
    cdef Field[FIELDS] inner

    cdef void follow(self, LevelList bids, LevelList asks, int bid_field, int ask_field) noexcept
    cdef void space(self) noexcept
    cdef bint take(self, char letter) noexcept
    cdef bint members(self, Field* fields, bint is_outer, int nested) except -1
    cdef bint string(self, Field* field) noexcept
    cdef bint value(self, Field* field, int nested) noexcept
    cdef bint word(self, const char* text, Py_ssize_t size) noexcept
    cdef bint figure(self, Field* field) noexcept
    cdef bint nest(self, int nested) noexcept
    cdef bint levels(self, LevelList levels) except -1
    cdef bint quoted(self, long long* digits, int* decimals) noexcept


cdef bint same(const char* text, Py_ssize_t length, const char* other, Py_ssize_t size) noexcept
cdef const char* number(const char* at, long long* digits, int* decimals) noexcept
cdef str text(Field field)
cdef bint whole(Field field, long long* value) noexcept
cdef bint is_number(Field field, bint may_be_negative) noexcept
