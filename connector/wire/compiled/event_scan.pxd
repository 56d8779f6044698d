# One pass over an object of a user event: fields are noted where they stand, by their names of one and two letters.

cdef enum Tag:
    ABSENT
    TEXT
    WHOLE
    YES
    NO
    OTHER  # a number, null or a nested value
    OBJECT

# Where the field of a name is noted; a name that is not followed has none.
cdef enum:
    UNFOLLOWED
    P_e
    P_E
    P_T
    P_o
    P_a
    P_s
    P_c
    P_S
    P_q
    P_p
    P_x
    P_X
    P_i
    P_l
    P_z
    P_L
    P_n
    P_N
    P_t
    P_m
    P_R
    P_B
    P_P
    P_ap
    P_rp
    P_ps
    P_cp
    P_er
    P_wb
    P_cw
    P_bc
    P_pa
    P_ep
    P_up
    P_mt
    P_iw
    P_data
    PLACES

cdef struct Field:
    Tag tag
    const char* start
    Py_ssize_t length

cdef struct Number:
    long long digits
    int decimals

cdef bint number(const Field* field, Number* read) noexcept
cdef object decimal(const Field* field)
cdef str text(const Field* field)
cdef bint is_word(const Field* field, const char* word, Py_ssize_t length) noexcept


cdef class EventScan:
    cdef const char* at
    cdef Field event[PLACES]
    cdef Field row[PLACES]

    cdef bint whole_frame(self, const char* start, Py_ssize_t size) noexcept
    cdef bint members(self, Field* fields, bint is_outer) noexcept
    cdef bint value(self, Field* field, int nested) noexcept
    cdef bint string(self, Field* field) noexcept
    cdef bint figure(self, Field* field) noexcept
    cdef bint nest(self, int nested) noexcept
