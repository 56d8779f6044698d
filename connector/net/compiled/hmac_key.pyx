"""HMAC-SHA256 with one key, compiled; `plain/hmac_key.py` specifies it. The key itself is not kept: what its two hashes
begin with is, where no text of Python's lies, and that is overwritten at the end."""

import hashlib

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport uint8_t
from libc.string cimport memcpy

cdef extern from "Python.h":
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 most)
    void* PyUnicode_DATA(object text)

cdef extern from "sha256.h":
    int has_sha()
    void hmac_begin(const uint8_t* key, size_t length, uint32_t* inner, uint32_t* outer, int by_machine)
    void hmac_hex(const uint32_t* inner, const uint32_t* outer, const uint8_t* text, size_t length, char* hex,
                  int by_machine)

#: Whether this machine has instructions for it.
HAS_SHA = bool(has_sha())


cdef class HmacKey:
    """Signs texts."""

    def __cinit__(self, bytes key not None, *, bint by_machine=True):
        cdef bytes short = key if len(key) <= 64 else hashlib.sha256(key).digest()
        self.by_machine = by_machine and has_sha()
        hmac_begin(<const uint8_t*>PyBytes_AS_STRING(short), PyBytes_GET_SIZE(short), self.inner, self.outer, self.by_machine)

    def __dealloc__(self):
        cdef volatile uint32_t* inner = self.inner
        cdef volatile uint32_t* outer = self.outer
        cdef int number
        for number in range(8):
            inner[number] = outer[number] = 0

    def __reduce_ex__(self, protocol):
        raise TypeError("what signs is neither pickled nor copied")

    cdef void write(self, const char* text, Py_ssize_t size, char* hex) noexcept:
        """The signature of a text, 64 letters."""
        hmac_hex(self.inner, self.outer, <const uint8_t*>text, size, hex, self.by_machine)

    def hex(self, bytes text not None):
        cdef char hex[64]
        hmac_hex(self.inner, self.outer, <const uint8_t*>PyBytes_AS_STRING(text), PyBytes_GET_SIZE(text), hex, self.by_machine)
        cdef object told = PyUnicode_New(64, 127)
        memcpy(PyUnicode_DATA(told), hex, 64)
        return told
