"""The compiled writer of the journal's lines; `plain/record_lines.py` specifies it, and writes whatever is odd: a long
record, a separator within a text, a value of another type than its field's.

Amounts and words come again and again: how the latest of each are spelt is kept by the object.
"""

from cython cimport final

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport uintptr_t
from libc.string cimport memset

from connector.core.compiled.row_form cimport MOST_FIELDS, RowForm, got

from dataclasses import fields
from decimal import Decimal
from typing import get_type_hints
from zlib import crc32

from connector.store.plain.record_lines import KINDS, line_of

cdef extern from "crc32.h":
    bint has_clmul()
    unsigned int crc32_by_clmul(const unsigned char* at, size_t length)

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(object value, int* overflow) except? -1
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL

cdef enum:
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
#: Whether this machine has an instruction for checksums; else they are zlib's.
HAS_CLMUL = has_clmul()
cdef bint by_machine = HAS_CLMUL
cdef object plain_line = line_of
cdef const char* hexadecimal = b"0123456789abcdef"


cdef struct Line:
    # A payload as it grows; before it is room for its head.
    char* letters
    Py_ssize_t size


cdef bint add_text(Line* line, object value) except -1:
    """False where it does not fit, or holds a separator."""
    cdef Py_ssize_t length = 0, index
    cdef const char* start = PyUnicode_AsUTF8AndSize(value, &length)
    cdef char* to = line.letters + line.size
    if line.size + length >= ROOM - 1:
        return False
    for index in range(length):
        if start[index] == c"\t" or start[index] == c"\n" or start[index] == c"\r":
            return False
        to[index] = start[index]
    line.size += length
    return True


cdef bint add_count(Line* line, long long value) noexcept:
    cdef char digits[24]
    cdef int length = 0
    cdef unsigned long long left = <unsigned long long>(-value) if value < 0 else <unsigned long long>value
    if line.size >= ROOM - 24:
        return False
    if value < 0:
        line.letters[line.size] = c"-"
        line.size += 1
    while True:
        digits[length] = <char>(c"0" + left % 10)
        length += 1
        left //= 10
        if not left:
            break
    while length:
        length -= 1
        line.letters[line.size] = digits[length]
        line.size += 1
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


cdef struct FieldForm:
    unsigned short place
    unsigned char holds
    unsigned char may_lack


@final
cdef class LineForm:
    """How one kind of record is written."""

    cdef Py_ssize_t count
    cdef char letter
    cdef FieldForm fields[MOST_FIELDS]
    # Of the fields that hold words.
    cdef PyObject* types[MOST_FIELDS]
    cdef list kept

    def __init__(self, str letter, type kind):
        cdef RowForm form = RowForm(kind)
        self.count, self.letter, self.kept = form.count, <char>ord(letter), []
        hints = get_type_hints(kind)
        for place, row in enumerate(fields(kind)):
            hint = hints[row.name]
            parts = [part for part in getattr(hint, "__args__", ()) if part is not type(None)]
            self.fields[place].place, self.fields[place].may_lack = form.places[place], bool(parts)
            kept = parts[0] if parts else hint
            known = {str: A_TEXT, int: A_COUNT, bool: A_FLAG, Decimal: AN_AMOUNT}
            self.fields[place].holds = known.get(kept, A_WORD)
            self.kept.append(kept)
            self.types[place] = <PyObject*>kept

    cdef bint write(self, object record, Line* line) except -1:
        """False for what the plain writer has to write."""
        cdef Py_ssize_t place
        cdef object value
        line.letters[0], line.size = self.letter, 1
        for place in range(self.count):
            if line.size >= ROOM - 1:
                return False
            value = got(record, self.fields[place].place)
            line.letters[line.size] = c"\t"
            line.size += 1
            if value is None and self.fields[place].may_lack:
                continue
            if not self.field(place, value, line):
                return False
        return True

    cdef bint field(self, Py_ssize_t place, object value, Line* line) except -1:
        cdef int holds = self.fields[place].holds, overflow = 0
        cdef long long number
        if line.size >= ROOM - 32:
            return False
        if holds == A_TEXT:
            return type(value) is str and add_text(line, value)
        if holds == A_COUNT:
            if type(value) is not int:
                return False
            number = PyLong_AsLongLongAndOverflow(value, &overflow)
            return not overflow and number != LEAST_NUMBER and add_count(line, number)
        if holds == A_FLAG:
            if value is not True and value is not False:
                return False
            line.letters[line.size] = c"1" if value is True else c"0"
            line.size += 1
            return True
        cdef object kind = type(value)
        if holds == AN_AMOUNT:
            if kind is not amount_type:
                return False
        elif <PyObject*>kind != self.types[place]:
            return False
        return add_text(line, spelling(value, holds == AN_AMOUNT))


cdef dict forms = {kind: LineForm(letter, kind) for letter, kind in KINDS.items()}


cdef unsigned long long checked(const char* letters, Py_ssize_t size) except? 1:
    if by_machine:
        return crc32_by_clmul(<const unsigned char*>letters, <size_t>size)
    return checksum(PyBytes_FromStringAndSize(letters, size))


def checksum_of(bytes data not None):
    """The checksum of a payload, as zlib's."""
    return checked(data, len(data))


def use_machine(bint wanted):
    """Whether the machine's instruction is used where there is one: it is, unless a test has it otherwise."""
    global by_machine
    by_machine = wanted and HAS_CLMUL


cdef Py_ssize_t finish(Line* line) except -1:
    """Writes the head before the payload, and the end behind it; how long the line is."""
    cdef unsigned long long check = checked(line.letters, line.size), length = <unsigned long long>line.size
    cdef char* to = line.letters - HEAD
    cdef int place
    for place in range(6):
        to[5 - place] = hexadecimal[(length >> (4 * place)) & 15]
    to[6] = c" "
    for place in range(8):
        to[14 - place] = hexadecimal[(check >> (4 * place)) & 15]
    to[15] = c" "
    line.letters[line.size] = c"\n"
    return HEAD + line.size + 1


cdef Py_ssize_t line_into(object record, char* letters) except -1:
    cdef Line line
    cdef LineForm form = forms[type(record)]
    line.letters, line.size = letters + HEAD, 0
    return finish(&line) if form.write(record, &line) else 0


def lines_of(records):
    """The records as their lines, in order."""
    cdef char letters[MOST_TOGETHER]
    cdef Py_ssize_t written = 0
    cdef list parts = None
    cdef Line line
    cdef LineForm form
    for record in records:
        form = forms[type(record)]
        if written > MOST_TOGETHER - HEAD - ROOM:
            parts = with_part(parts, letters, written)
            written = 0
        line.letters, line.size = letters + written + HEAD, 0
        if form.write(record, &line):
            written += finish(&line)
            continue
        parts = with_part(parts, letters, written)
        written = 0
        parts.append(plain_line(record))
    if parts is None:
        return PyBytes_FromStringAndSize(letters, written)
    return b"".join(with_part(parts, letters, written))


cdef list with_part(list parts, const char* letters, Py_ssize_t size):
    cdef list whole = [] if parts is None else parts
    if size:
        whole.append(PyBytes_FromStringAndSize(letters, size))
    return whole
