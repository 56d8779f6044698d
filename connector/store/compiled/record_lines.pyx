"""The compiled writer of the journal's lines; `plain/record_lines.py` specifies it, and writes whatever is odd: a long
record, a separator within a text, a value of another type than its field's.

Amounts and words come again and again: how the latest of each are spelt is kept by the object.
"""

from cython cimport final

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport uintptr_t
from libc.string cimport memcpy, memset

from connector.core.compiled.row_form cimport MOST_FIELDS, RowForm, got

from dataclasses import fields
from decimal import Decimal
from typing import get_type_hints
from zlib import crc32

from connector.store.plain.record_lines import KINDS, line_of

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(object value, int* overflow) except? -1
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL

cdef enum:
    ROOM = 1024
    HEAD = 16
    KEPT = 256

# It has no opposite.
cdef long long LEAST_NUMBER = -(1 << 63)

# What a field holds.
cdef enum:
    A_TEXT
    A_COUNT
    A_FLAG
    AN_AMOUNT
    A_WORD

cdef struct Spelt:
    PyObject* value
    PyObject* text

cdef Spelt spelt[KEPT]
memset(spelt, 0, sizeof(spelt))

cdef object amount_type = Decimal
cdef object checksum = crc32
cdef object plain_line = line_of
cdef const char* hexadecimal = b"0123456789abcdef"


@final
cdef class Line:
    """A payload as it grows."""

    cdef char letters[ROOM]
    cdef Py_ssize_t size

    cdef bint text(self, object value) except -1:
        """False where it does not fit, or holds a separator."""
        cdef Py_ssize_t length = 0, index
        cdef const char* start = PyUnicode_AsUTF8AndSize(value, &length)
        cdef char* to = self.letters + self.size
        if self.size + length >= ROOM - 1:
            return False
        for index in range(length):
            if start[index] == c"\t" or start[index] == c"\n" or start[index] == c"\r":
                return False
            to[index] = start[index]
        self.size += length
        return True

    cdef bint count(self, long long value) noexcept:
        cdef char digits[24]
        cdef int length = 0
        cdef unsigned long long left = <unsigned long long>(-value) if value < 0 else <unsigned long long>value
        if self.size >= ROOM - 24:
            return False
        if value < 0:
            self.letters[self.size] = c"-"
            self.size += 1
        while True:
            digits[length] = <char>(c"0" + left % 10)
            length += 1
            left //= 10
            if not left:
                break
        while length:
            length -= 1
            self.letters[self.size] = digits[length]
            self.size += 1
        return True


cdef object spelling(object value, bint is_amount):
    """How an amount or a word is written."""
    cdef Spelt* at = &spelt[(<uintptr_t><PyObject*>value >> 4) & (KEPT - 1)]
    cdef PyObject* before_value = at.value
    cdef PyObject* before_text = at.text
    if before_value == <PyObject*>value:
        return <object>before_text
    cdef object text = str(value) if is_amount else value.name
    Py_INCREF(value)
    Py_INCREF(text)
    before_value, before_text = at.value, at.text
    at.value, at.text = <PyObject*>value, <PyObject*>text
    Py_XDECREF(before_value)
    Py_XDECREF(before_text)
    return text


@final
cdef class LineForm:
    """How one kind of record is written."""

    cdef RowForm form
    cdef char letter
    cdef int holds[MOST_FIELDS]
    cdef bint may_lack[MOST_FIELDS]
    cdef PyObject* types[MOST_FIELDS]
    cdef list kept

    def __init__(self, str letter, type kind):
        self.form, self.letter, self.kept = RowForm(kind), <char>ord(letter), []
        hints = get_type_hints(kind)
        for place, row in enumerate(fields(kind)):
            hint = hints[row.name]
            parts = [part for part in getattr(hint, "__args__", ()) if part is not type(None)]
            self.may_lack[place] = bool(parts)
            kept = parts[0] if parts else hint
            known = {str: A_TEXT, int: A_COUNT, bool: A_FLAG, Decimal: AN_AMOUNT}
            self.holds[place] = known.get(kept, A_WORD)
            self.kept.append(kept)
            self.types[place] = <PyObject*>kept

    cdef bint write(self, object record, Line line) except -1:
        """False for what the plain writer has to write."""
        cdef Py_ssize_t place
        cdef object value
        line.letters[0], line.size = self.letter, 1
        for place in range(self.form.count):
            if line.size >= ROOM - 1:
                return False
            value = got(record, self.form.places[place])
            line.letters[line.size] = c"\t"
            line.size += 1
            if value is None and self.may_lack[place]:
                continue
            if not self.field(place, value, line):
                return False
        return True

    cdef bint field(self, Py_ssize_t place, object value, Line line) except -1:
        cdef int holds = self.holds[place], overflow = 0
        cdef long long number
        cdef object kind = type(value)
        if <PyObject*>kind != self.types[place] or line.size >= ROOM - 32:
            return False
        if holds == A_TEXT:
            return line.text(value)
        if holds == A_COUNT:
            number = PyLong_AsLongLongAndOverflow(value, &overflow)
            return not overflow and number != LEAST_NUMBER and line.count(number)
        if holds == A_FLAG:
            line.letters[line.size] = c"1" if value is True else c"0"
            line.size += 1
            return True
        return line.text(spelling(value, holds == AN_AMOUNT))


cdef dict forms = {kind: LineForm(letter, kind) for letter, kind in KINDS.items()}


cdef bytes whole_line(Line line):
    cdef bytes payload = PyBytes_FromStringAndSize(line.letters, line.size)
    cdef unsigned long long check = checksum(payload), length = <unsigned long long>line.size
    cdef bytes whole = PyBytes_FromStringAndSize(NULL, HEAD + line.size + 1)
    cdef char* to = whole
    cdef int place
    for place in range(6):
        to[5 - place] = hexadecimal[(length >> (4 * place)) & 15]
    to[6] = c" "
    for place in range(8):
        to[14 - place] = hexadecimal[(check >> (4 * place)) & 15]
    to[15] = c" "
    memcpy(to + HEAD, line.letters, line.size)
    to[HEAD + line.size] = c"\n"
    return whole


def lines_of(records):
    """The records as their lines, in order."""
    cdef list lines = []
    cdef Line line = Line.__new__(Line)
    cdef LineForm form
    for record in records:
        form = forms[type(record)]
        lines.append(whole_line(line) if form.write(record, line) else plain_line(record))
    return lines[0] if len(lines) == 1 else b"".join(lines)
