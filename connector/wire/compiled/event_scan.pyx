"""Scanning user events. Stricter than JSON: escapes, bytes beyond ASCII and exponents end the scan, and so do fields
whose names are not plain. Python's bytes end with a zero byte that no rule accepts: it can't run past the end.

Texts and amounts come again and again (a symbol, an order's id, its price): the latest of each are kept by their letters.
"""

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.string cimport memcmp, memcpy, memset, strncmp

from decimal import Decimal

from connector.core.amounts import ZERO

cdef enum:
    MOST_DIGITS = 18
    MOST_NESTED = 32
    MOST_KEPT_LETTERS = 40
    KEPT = 256

cdef struct Kept:
    Py_ssize_t length
    char letters[MOST_KEPT_LETTERS]
    PyObject* value

cdef Kept kept_texts[KEPT]
cdef Kept kept_amounts[KEPT]
memset(kept_texts, 0, sizeof(kept_texts))
memset(kept_amounts, 0, sizeof(kept_amounts))

cdef object zero = ZERO
cdef object decimal_of = Decimal
cdef unsigned char place_of_letter[128]
memset(place_of_letter, 0, sizeof(place_of_letter))
for _letter, _place in {
    "e": P_e, "E": P_E, "T": P_T, "o": P_o, "a": P_a, "s": P_s, "c": P_c, "S": P_S, "q": P_q, "p": P_p, "x": P_x,
    "X": P_X, "i": P_i, "l": P_l, "z": P_z, "L": P_L, "n": P_n, "N": P_N, "t": P_t, "m": P_m, "R": P_R, "B": P_B,
    "P": P_P,
}.items():
    place_of_letter[ord(_letter)] = _place


cdef inline int place_of(const char* name, Py_ssize_t length) noexcept:
    cdef char first = name[0], second = name[1]
    if length == 1:
        return place_of_letter[<unsigned char>first]
    if length == 2:
        if second == c"p":
            return P_ap if first == c"a" else P_rp if first == c"r" else P_cp if first == c"c" else (
                P_ep if first == c"e" else P_up if first == c"u" else UNFOLLOWED)
        if first == c"p":
            return P_ps if second == c"s" else P_pa if second == c"a" else UNFOLLOWED
        if first == c"e": return P_er if second == c"r" else UNFOLLOWED
        if first == c"w": return P_wb if second == c"b" else UNFOLLOWED
        if first == c"c": return P_cw if second == c"w" else UNFOLLOWED
        if first == c"b": return P_bc if second == c"c" else UNFOLLOWED
        if first == c"m": return P_mt if second == c"t" else UNFOLLOWED
        if first == c"i": return P_iw if second == c"w" else UNFOLLOWED
        return UNFOLLOWED
    return P_data if length == 4 and memcmp(name, b"data", 4) == 0 else UNFOLLOWED


cdef bint number(const Field* field, Number* read) noexcept:
    """Reads `"-7.6110"` as -76110 and 4; False where it is no text of such a number."""
    cdef const char* at = field.start
    cdef const char* end = at + field.length
    cdef const char* point = NULL
    cdef const char* start
    cdef unsigned long long total = 0
    cdef bint is_negative
    if field.tag != TEXT:
        return False
    is_negative = at[0] == c"-"  # a text is read to its closing quote at least
    at += is_negative
    start = at
    while at < end:
        if c"0" <= at[0] <= c"9":
            total = total * 10 + <unsigned long long>(at[0] - c"0")
        elif at[0] == c"." and point == NULL and at > start:
            point = at
        else:
            return False
        at += 1
    # Looked at behind the loop: a sum of too many digits has wrapped, and is dropped with them.
    if at == start or at - start - (point != NULL) > MOST_DIGITS or point == at - 1:
        return False
    read.digits = -<long long>total if is_negative else <long long>total
    read.decimals = <int>(at - point - 1) if point != NULL else 0
    return True


cdef inline Kept* kept(Kept* table, const char* start, Py_ssize_t length) noexcept:
    """Where a text is kept, if it is."""
    cdef unsigned long long head = 0, tail = 0
    if length >= 8:
        memcpy(&head, start, 8)
        memcpy(&tail, start + length - 8, 8)
    else:
        memcpy(&head, start, length)
    head = (head ^ (tail * <unsigned long long>0x9E3779B97F4A7C15)) * <unsigned long long>0xC2B2AE3D27D4EB4F
    return &table[(head >> 40) & (KEPT - 1)]


cdef inline bint holds(const Kept* at, const char* start, Py_ssize_t length) noexcept:
    return at.value != NULL and at.length == length and memcmp(at.letters, start, length) == 0


cdef inline void keep(Kept* at, const char* start, Py_ssize_t length, object value) noexcept:
    cdef PyObject* before = at.value
    memcpy(at.letters, start, length)
    at.length = length
    Py_INCREF(value)
    at.value = <PyObject*>value
    Py_XDECREF(before)


cdef object decimal(const Field* field):
    """The amount of a field that `number` has read."""
    cdef Kept* at = kept(kept_amounts, field.start, field.length)
    if holds(at, field.start, field.length):
        return <object>at.value
    value = decimal_of(field.start[: field.length].decode("ascii")) or zero
    if field.length <= MOST_KEPT_LETTERS:
        keep(at, field.start, field.length, value)
    return value


cdef str text(const Field* field):
    cdef Kept* at = kept(kept_texts, field.start, field.length)
    if holds(at, field.start, field.length):
        return <str>at.value
    value = field.start[: field.length].decode("ascii")
    if field.length <= MOST_KEPT_LETTERS:
        keep(at, field.start, field.length, value)
    return value


cdef bint is_word(const Field* field, const char* word, Py_ssize_t length) noexcept:
    return field.tag == TEXT and field.length == length and memcmp(field.start, word, length) == 0


cdef class EventScan:
    """A cursor over bytes that end with zero. Each rule answers whether it held, and then stands behind it."""

    cdef bint whole_frame(self, const char* start, Py_ssize_t size) noexcept:
        """The event, and of an order event the order in it."""
        self.at = start
        if self.at[0] != c"{":
            return False
        self.at += 1
        return self.members(self.event, True) and self.at == start + size

    cdef bint members(self, Field* fields, bint is_outer) noexcept:
        """The members of an object, after its brace; a later duplicate wins, as in the plain twin."""
        cdef Field name
        cdef int place
        memset(fields, 0, PLACES * sizeof(Field))
        if self.at[0] == c"}":
            self.at += 1
            return True
        while True:
            if self.at[0] != c'"':
                return False
            self.at += 1
            if not self.string(&name) or self.at[0] != c":":
                return False
            self.at += 1
            place = place_of(name.start, name.length)
            if place == P_o and is_outer and self.at[0] == c"{":
                fields[P_o].tag = OBJECT
                self.at += 1
                if not self.members(self.row, False):
                    return False
            elif not self.value(&fields[place], 0):
                return False
            if self.at[0] == c"}":
                self.at += 1
                return True
            if self.at[0] != c",":
                return False
            self.at += 1

    cdef bint string(self, Field* field) noexcept:
        """Text after its opening quote: ASCII without escapes."""
        cdef const char* at = self.at
        field.tag, field.start = TEXT, at
        while at[0] >= 32 and at[0] < 127 and at[0] != c'"' and at[0] != c"\\":
            at += 1
        field.length = at - field.start
        self.at = at + 1
        return at[0] == c'"'

    cdef bint value(self, Field* field, int nested) noexcept:
        """Any value: its kind and place are noted."""
        cdef char letter = self.at[0]
        field.start = self.at
        if letter == c'"':
            self.at += 1
            return self.string(field)
        if letter == c"t" and strncmp(self.at, b"true", 4) == 0:
            field.tag = YES
            self.at += 4
            return True
        if letter == c"f" and strncmp(self.at, b"false", 5) == 0:
            field.tag = NO
            self.at += 5
            return True
        field.tag = OTHER
        if letter == c"n" and strncmp(self.at, b"null", 4) == 0:
            self.at += 4
            return True
        if letter == c"{" or letter == c"[":
            return self.nest(nested)
        return self.figure(field)

    cdef bint figure(self, Field* field) noexcept:
        """A JSON number without exponent; WHOLE where it is an integer that isn't negative, of at most 18 digits."""
        cdef const char* at = self.at
        cdef bint is_whole = at[0] != c"-"
        cdef const char* start
        at += not is_whole
        start = at
        while c"0" <= at[0] <= c"9":
            at += 1
        if at == start or at - start > MOST_DIGITS or (start[0] == c"0" and at - start > 1):
            return False
        if at[0] == c".":
            is_whole = False
            at += 1
            start = at
            while c"0" <= at[0] <= c"9":
                at += 1
            if at == start or at - start > MOST_DIGITS:
                return False
        field.tag = WHOLE if is_whole else OTHER
        field.length = at - self.at
        self.at = at
        return True

    cdef bint nest(self, int nested) noexcept:
        """An object or array, checked and passed over."""
        cdef bint is_object = self.at[0] == c"{"
        cdef char closing = c"}" if is_object else c"]"
        cdef Field ignored
        if nested > MOST_NESTED:
            return False
        self.at += 1
        if self.at[0] == closing:
            self.at += 1
            return True
        while True:
            if is_object:
                if self.at[0] != c'"':
                    return False
                self.at += 1
                if not self.string(&ignored) or self.at[0] != c":":
                    return False
                self.at += 1
            if not self.value(&ignored, nested + 1):
                return False
            if self.at[0] == closing:
                self.at += 1
                return True
            if self.at[0] != c",":
                return False
            self.at += 1
