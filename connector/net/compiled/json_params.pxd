# Parameters as they are read, for a neighbour that writes them into memory of its own.

cdef enum:
    MOST = 32
    # Of all names and values together.
    MOST_LETTERS = 2048
    # Of a signature.
    MOST_MARK = 512
    # Of a number as it is written.
    MOST_NUMBER = 24

cdef struct Text:
    const char* at
    Py_ssize_t size

cdef struct Params:
    Text names[MOST]
    Text values[MOST]
    bint is_number[MOST]
    int sorted[MOST]
    int count
    Py_ssize_t letters

cdef bint take(object params, Params* read) except -1
cdef bint add(Params* read, const char* name, object value, bint is_number) except -1
cdef bint add_text(Params* read, const char* name, const char* value, Py_ssize_t size) except -1
cdef bint add_number(Params* read, const char* name, long long value, char* letters) except -1
cdef Py_ssize_t digits_of(unsigned long long value, char* letters) noexcept
cdef bint is_mark(object text, Text* found) except -1
cdef object payload(Params* read)
cdef Py_ssize_t spell(Params* read, char* begin) noexcept
cdef Py_ssize_t written(Params* read, char* begin) noexcept
