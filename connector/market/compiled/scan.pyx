"""One pass over the bytes of a frame: known fields are noted where they stand, levels are read into C arrays.

Everything else is checked and passed over. Stricter than JSON: escapes, bytes beyond ASCII, exponents and more than
18 digits end the scan. Python's bytes end with a zero byte that no rule accepts: it can't run past the end.
"""

from libc.string cimport memcmp, memset

from connector.market.compiled.facts cimport Level, LevelList

cdef enum:
    MOST_DIGITS = 18
    MOST_NESTED = 32


cdef int field_of(const char* name, Py_ssize_t length) noexcept:
    """One name may be of several events: `a` is a list of levels, a price and a trade's id. Its type tells which."""
    if length == 1:
        if name[0] == c"e": return EVENT
        if name[0] == c"E": return TIME
        if name[0] == c"s": return SYMBOL
        if name[0] == c"T": return STAMP
        if name[0] == c"U": return FIRST
        if name[0] == c"u": return LAST
        if name[0] == c"b": return BIDS
        if name[0] == c"a": return ASKS
        if name[0] == c"B": return BID_AMOUNT
        if name[0] == c"A": return ASK_AMOUNT
        if name[0] == c"p": return PRICE
        if name[0] == c"q": return AMOUNT
        if name[0] == c"m": return MAKER
        if name[0] == c"i": return INDEX
        if name[0] == c"r": return RATE
        if name[0] == c"t": return TRADE
        if name[0] == c"X": return ORIGIN
        return UNKNOWN
    if same(name, length, b"pu", 2): return PREVIOUS
    if same(name, length, b"st", 2): return FAMILY
    if same(name, length, b"data", 4): return DATA
    if same(name, length, b"bids", 4): return SNAPSHOT_BIDS
    if same(name, length, b"asks", 4): return SNAPSHOT_ASKS
    if same(name, length, b"stream", 6): return STREAM
    if same(name, length, b"lastUpdateId", 12): return SNAPSHOT_ID
    return UNKNOWN


cdef bint same(const char* text, Py_ssize_t length, const char* other, Py_ssize_t size) noexcept:
    return length == size and memcmp(text, other, size) == 0


cdef inline bint is_digit(char letter) noexcept:
    return c"0" <= letter <= c"9"


cdef const char* number(const char* at, long long* digits, int* decimals) noexcept:
    """Reads `7.6110` as 76110 and 4, answers with where it ends; NULL where it is no such number."""
    cdef unsigned long long total = 0
    cdef const char* start = at
    cdef const char* point = NULL
    while is_digit(at[0]):
        total = total * 10 + <unsigned long long>(at[0] - c"0")
        at += 1
    if at == start:
        return NULL
    if at[0] == c".":
        point = at
        at += 1
        while is_digit(at[0]):
            total = total * 10 + <unsigned long long>(at[0] - c"0")
            at += 1
        if at == point + 1:
            return NULL
    # Looked at behind the loops: a sum of too many digits has wrapped, and is dropped with them.
    if at - start - (point != NULL) > MOST_DIGITS:
        return NULL
    digits[0] = <long long>total
    decimals[0] = (at - point - 1) if point != NULL and total else 0
    return at


cdef str text(Field field):
    return field.start[: field.length].decode("ascii")


cdef bint whole(Field field, long long* value) noexcept:
    """An integer that isn't negative."""
    cdef int decimals = 0
    return field.tag == WHOLE and number(field.start, value, &decimals) != NULL


cdef bint is_number(Field field, bint may_be_negative) noexcept:
    """A text that is a number and nothing else."""
    cdef long long digits = 0
    cdef int decimals = 0
    cdef bint signed = may_be_negative and field.tag == TEXT and field.start[0] == c"-"
    return field.tag == TEXT and number(field.start + signed, &digits, &decimals) == field.start + field.length


cdef class JsonScan:
    """A cursor over bytes that end with zero. Each rule answers whether it held, and then stands behind it."""

    cdef void follow(self, LevelList bids, LevelList asks, int bid_field, int ask_field) noexcept:
        """Where levels are read into, and the two fields that hold them; arrays in others are passed over."""
        self.bids, self.asks, self.bid_field, self.ask_field = bids, asks, bid_field, ask_field
        self.has_levels_outside = False

    cdef void space(self) noexcept:
        while self.at[0] == c" " or self.at[0] == c"\n" or self.at[0] == c"\r" or self.at[0] == c"\t":
            self.at += 1

    cdef bint take(self, char letter) noexcept:
        if self.at[0] != letter:
            return False
        self.at += 1
        return True

    cdef bint members(self, Field* fields, bint is_outer, int nested) except -1:
        """The members of an object, after its brace, noted in `fields`; a later duplicate wins, as in the plain twin."""
        cdef Field name
        cdef int field
        cdef bint sound
        memset(fields, 0, FIELDS * sizeof(Field))
        self.space()
        if self.take(c"}"):
            return True
        while True:
            self.space()
            if not self.take(c'"') or not self.string(&name):
                return False
            self.space()
            if not self.take(c":"):
                return False
            self.space()
            field = field_of(name.start, name.length)
            if self.at[0] == c"[" and (field == self.bid_field or field == self.ask_field):
                fields[field].tag = LEVELS
                self.has_levels_outside |= is_outer
                sound = self.levels(self.bids if field == self.bid_field else self.asks)
            elif field == DATA and is_outer and self.at[0] == c"{":
                fields[field].tag = OBJECT
                self.at += 1
                sound = self.members(self.inner, False, nested + 1)
            else:
                sound = self.value(&fields[field], nested + 1)
            if not sound:
                return False
            self.space()
            if self.take(c"}"):
                return True
            if not self.take(c","):
                return False

    cdef bint string(self, Field* field) noexcept:
        """Text after its opening quote: ASCII without escapes."""
        cdef const char* start = self.at
        while self.at[0] >= 32 and self.at[0] < 127 and self.at[0] != c'"' and self.at[0] != c"\\":
            self.at += 1
        field.tag, field.start, field.length = TEXT, start, self.at - start
        return self.take(c'"')

    cdef bint value(self, Field* field, int nested) noexcept:
        """Any value: its kind and place are noted."""
        cdef const char* start = self.at
        if self.take(c'"'):
            return self.string(field)
        field.tag, field.start = OTHER, start
        if self.at[0] == c"{" or self.at[0] == c"[":
            return self.nest(nested)
        if self.word(b"true", 4):
            field.tag = YES
        elif self.word(b"false", 5):
            field.tag = NO
        elif not self.word(b"null", 4):
            return self.figure(field)
        return True

    cdef bint word(self, const char* text, Py_ssize_t size) noexcept:
        cdef Py_ssize_t index
        for index in range(size):
            if self.at[index] != text[index]:
                return False
        self.at += size
        return True

    cdef bint figure(self, Field* field) noexcept:
        """A JSON number without exponent; WHOLE where it is an integer that isn't negative."""
        cdef const char* start = self.at
        cdef long long digits = 0
        cdef int decimals = 0
        cdef const char* after = number(self.at + (self.at[0] == c"-"), &digits, &decimals)
        if after == NULL:
            return False
        # JSON knows no leading zeros, while the texts that `number` is read from may have them.
        if start[start[0] == c"-"] == c"0" and is_digit(start[1 + (start[0] == c"-")]):
            return False
        self.at = after
        field.start, field.length = start, after - start
        field.tag = WHOLE
        while start < after:
            if not is_digit(start[0]):
                field.tag = OTHER
            start += 1
        return True

    cdef bint nest(self, int nested) noexcept:
        """An object or array of no interest, checked and passed over."""
        cdef bint is_object = self.at[0] == c"{"
        cdef char closing = c"}" if is_object else c"]"
        cdef Field ignored
        if nested > MOST_NESTED:
            return False
        self.at += 1
        self.space()
        if self.take(closing):
            return True
        while True:
            self.space()
            if is_object:
                if not self.take(c'"') or not self.string(&ignored):
                    return False
                self.space()
                if not self.take(c":"):
                    return False
                self.space()
            if not self.value(&ignored, nested + 1):
                return False
            self.space()
            if self.take(closing):
                return True
            if not self.take(c","):
                return False

    cdef bint levels(self, LevelList levels) except -1:
        """`[["7.6110","6"],...]`; a level at the price 0 is for the plain decoder to refuse."""
        cdef Level* row
        levels.size = 0
        self.at += 1
        self.space()
        if self.take(c"]"):
            return True
        while True:
            if levels.size == levels.capacity:
                levels.grow()
            row = &levels.rows[levels.size]
            self.space()
            if not (self.take(c"[") and self.quoted(&row.price, &row.price_decimals) and row.price):
                return False
            if not (self.take(c",") and self.quoted(&row.amount, &row.amount_decimals) and self.take(c"]")):
                return False
            levels.size += 1
            self.space()
            if self.take(c"]"):
                return True
            if not self.take(c","):
                return False

    cdef bint quoted(self, long long* digits, int* decimals) noexcept:
        cdef const char* after
        self.space()
        if not self.take(c'"'):
            return False
        after = number(self.at, digits, decimals)
        if after == NULL:
            return False
        self.at = after
        if not self.take(c'"'):
            return False
        self.space()
        return True
