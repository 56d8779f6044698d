# What signs, for a neighbour that has the text in memory of its own.

from libc.stdint cimport uint32_t


cdef class HmacKey:
    cdef uint32_t inner[8]
    cdef uint32_t outer[8]
    cdef bint by_machine

    cdef void write(self, const char* text, Py_ssize_t size, char* hex) noexcept
