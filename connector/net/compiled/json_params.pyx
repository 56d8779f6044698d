"""Parameters of the WS-API as JSON, compiled; `plain/json_params.py` specifies it. Texts of letters, digits and the signs
that are spelt as they stand everywhere are written here; where there is any other, the plain twin writes all."""

from enum import StrEnum

from connector.net.plain import json_params as plain
from connector.venue.endpoints import INTEGER_PARAMS

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.dict cimport PyDict_Next
from cpython.object cimport PyObject
from cpython.set cimport PySet_Contains
from libc.string cimport memcmp, memcpy, strlen

cdef extern from "Python.h":
    bint PyUnicode_CheckExact(object text)
    bint PyUnicode_IS_ASCII(object text)
    void* PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 most)

cdef enum:
    # 18 digits: an int of C's holds them.
    MOST_DIGITS = 18

cdef frozenset numbers = INTEGER_PARAMS
cdef bint is_plain[256]
cdef int letter
for letter in range(256):
    is_plain[letter] = chr(letter) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-"


def json_params(params):
    """In their order."""
    cdef Params read
    cdef char told[MOST_LETTERS + 6 * MOST + 2]
    if not take(params, &read):
        return plain.json_params(params)
    return PyBytes_FromStringAndSize(told, written(&read, told))


def signed_params(params, sign):
    """The same with their signature at the end."""
    cdef Params read
    cdef Text mark
    cdef char told[MOST_LETTERS + 6 * MOST + MOST_MARK + 17]
    if not take(params, &read):
        return plain.signed_params(params, sign)
    cdef object signature = sign(payload(&read))
    if not is_mark(signature, &mark):
        return plain.json_params({**params, "signature": signature})
    cdef char* at = told + written(&read, told) - 1
    memcpy(at, b',"signature":"', 14)
    at = put(at + 14, &mark)
    at[0], at[1] = c'"', c"}"
    return PyBytes_FromStringAndSize(told, at + 2 - told)


cdef bint is_mark(object text, Text* found) except -1:
    """Whether a signature is spelt in JSON as it stands."""
    cdef Py_ssize_t number
    if not PyUnicode_CheckExact(text) or not PyUnicode_IS_ASCII(text):
        return False
    found.at, found.size = <const char*>PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)
    for number in range(found.size):
        if not (is_plain[<unsigned char>found.at[number]] or found.at[number] in (c"+", c"/", c"=")):
            return False
    return found.size <= MOST_MARK


cdef bint take(object params, Params* read) except -1:
    """Whether they are such as are written here; sorted then by name."""
    cdef PyObject* name
    cdef PyObject* value
    cdef Py_ssize_t at = 0
    cdef int count = 0
    read.count, read.letters = 0, 0
    if type(params) is not dict or not 0 < len(<dict>params) <= MOST:
        return False
    while PyDict_Next(params, &at, &name, &value):
        if not taken(<object>name, &read.names[count], read) or not taken(<object>value, &read.values[count], read):
            return False
        read.is_number[count] = PySet_Contains(numbers, <object>name)
        if read.is_number[count] and not is_number(&read.values[count]):
            return False
        place(read, count)
        count += 1
    read.count = count
    return True


cdef bint add(Params* read, const char* name, object value, bint is_number) except -1:
    """One more of them, its name known to be plain and none before it the same; False where its value is not."""
    cdef int count = read.count
    if count >= MOST:
        return False
    read.names[count].at, read.names[count].size = name, strlen(name)
    read.letters += read.names[count].size
    if not taken(value, &read.values[count], read):
        return False
    read.is_number[count] = is_number
    place(read, count)
    read.count = count + 1
    return True


cdef bint add_text(Params* read, const char* name, const char* value, Py_ssize_t size) except -1:
    """The same of letters that are known to be plain."""
    cdef int count = read.count
    if count >= MOST:
        return False
    read.names[count].at, read.names[count].size = name, strlen(name)
    read.values[count].at, read.values[count].size = value, size
    read.letters += read.names[count].size + size
    read.is_number[count] = False
    place(read, count)
    read.count = count + 1
    return read.letters <= MOST_LETTERS


cdef bint add_number(Params* read, const char* name, long long value, char* letters) except -1:
    """The same of a whole number above zero, which is written where the caller keeps MOST_NUMBER letters for it."""
    cdef int count = read.count
    if value <= 0 or not add_text(read, name, letters, digits_of(value, letters)):
        return False
    read.is_number[count] = True
    return True


cdef Py_ssize_t digits_of(unsigned long long value, char* letters) noexcept:
    """Writes a number; how many digits it has."""
    cdef char turned[MOST_NUMBER]
    cdef Py_ssize_t size = 0, place
    while True:
        turned[size] = <char>(c"0" + value % 10)
        size += 1
        value //= 10
        if not value:
            break
    for place in range(size):
        letters[place] = turned[size - 1 - place]
    return size


cdef bint taken(object text, Text* found, Params* read) except -1:
    cdef Py_ssize_t number
    if not (PyUnicode_CheckExact(text) or isinstance(text, StrEnum)) or not PyUnicode_IS_ASCII(text):
        return False
    found.at, found.size = <const char*>PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)
    read.letters += found.size
    if read.letters > MOST_LETTERS:
        return False
    for number in range(found.size):
        if not is_plain[<unsigned char>found.at[number]]:
            return False
    return True


cdef bint is_number(Text* text) noexcept:
    """Whether it is digits as a whole number is written."""
    cdef Py_ssize_t number
    if not 0 < text.size <= MOST_DIGITS or (text.at[0] == c"0" and text.size > 1):
        return False
    for number in range(text.size):
        if not c"0" <= text.at[number] <= c"9":
            return False
    return True


cdef void place(Params* read, int count) noexcept:
    """Puts the newest at its place among those before it."""
    cdef int at = count
    while at and is_before(&read.names[count], &read.names[read.sorted[at - 1]]):
        read.sorted[at] = read.sorted[at - 1]
        at -= 1
    read.sorted[at] = count


cdef bint is_before(Text* one, Text* other) noexcept:
    cdef int apart = memcmp(one.at, other.at, min(one.size, other.size))
    return apart < 0 if apart else one.size < other.size


cdef object payload(Params* read):
    """name=value&..., sorted by name."""
    cdef object told = PyUnicode_New(read.letters + 2 * read.count - 1, 127)
    spell(read, <char*>PyUnicode_DATA(told))
    return told


cdef Py_ssize_t spell(Params* read, char* begin) noexcept:
    """The same as bare letters; how many it has."""
    cdef char* at = begin
    cdef int number, which
    for number in range(read.count):
        which = read.sorted[number]
        if number:
            at[0] = c"&"
            at += 1
        at = put(at, &read.names[which])
        at[0] = c"="
        at = put(at + 1, &read.values[which])
    return at - begin


cdef Py_ssize_t written(Params* read, char* begin) noexcept:
    """{"name":"value",...} in their order; how many letters it has."""
    cdef char* at = begin
    cdef int number
    for number in range(read.count):
        at[0], at[1] = c"," if number else c"{", c'"'
        at = put(at + 2, &read.names[number])
        at[0], at[1] = c'"', c":"
        at += 2
        if read.is_number[number]:
            at = put(at, &read.values[number])
        else:
            at[0] = c'"'
            at = put(at + 1, &read.values[number])
            at[0] = c'"'
            at += 1
    at[0] = c"}"
    return at + 1 - begin


cdef char* put(char* at, Text* text) noexcept:
    memcpy(at, text.at, text.size)
    return at + text.size
