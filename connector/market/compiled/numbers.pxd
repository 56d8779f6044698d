# Numbers as the venue writes them, read in a form that is known beforehand; whatever differs is for the general scan.
#
# All of a feed's numbers of one kind are written with the same decimals, so the point's place is guessed from the
# number before, and proven by looking at that one byte. Words are loaded so that they end at the number's end: what
# stands before the number comes in at their low end and is masked out, so something readable has to stand there.

from libc.stdint cimport int64_t, uint64_t

cdef extern from "c/words.h" nogil:
    const bint WIDE
    const int64_t* TENS
    const int64_t NOTHING
    uint64_t load8(const char* at)
    void await_memory(const void* place)
    int lowest_bit(uint64_t word)
    int highest_bit(uint64_t word)

cdef inline int64_t magnitude(int64_t value) noexcept nogil:
    """Cython's own `abs` makes Python objects of such a type."""
    return value if value >= 0 else -value


# A number of `written` decimals of which `kept` count: what lies behind them has to be 0. `skip` characters stand
# behind the last digit that counts. Of its 16 last digits, `tail` covers those of the last eight that stand behind the
# point, `head` those of the eight before. `may_be_long`: sixteen digits, brought to the book's scale, stay within 18.
cdef struct Form:
    bint is_known
    bint may_be_long
    bint has_point
    int written
    int kept
    int skip
    int64_t factor
    uint64_t tail
    uint64_t head


cdef inline Form form_of(int written, int kept, int scale) noexcept nogil:
    """Numbers written with `written` decimals, in units of 10^-`kept`, that have to fit 18 digits at `scale`."""
    cdef Form form
    form.is_known = 0 <= kept <= written <= 18 and written - kept <= 7 and scale - kept <= 10
    form.may_be_long = scale - kept <= 2
    form.has_point = kept > 0
    form.written, form.kept, form.factor = written, kept, 1
    form.skip = written - kept + (1 if written and not kept else 0)
    form.tail = behind_point(kept) if kept else ~<uint64_t>0
    form.head = behind_point(kept - 8) if kept else ~<uint64_t>0
    return form


cdef inline uint64_t behind_point(int digits) noexcept nogil:
    """The highest `digits` bytes of a word: the last so many letters of its text."""
    if digits < 0 or digits >= 8:
        return 0 if digits < 0 else ~<uint64_t>0
    return ~<uint64_t>0 << (8 * (8 - digits)) if digits else 0


cdef inline uint64_t not_digits(uint64_t word) noexcept nogil:
    """The high bit of each byte that is above 9; a carry spoils only bytes behind one that is.

    9 + 0x76 is 0x7F, and one more sets the high bit; `word` itself has it set where the sum runs over.
    """
    return ((word + <uint64_t>0x7676767676767676) | word) & <uint64_t>0x8080808080808080


cdef inline int64_t eight(uint64_t word) noexcept nogil:
    """The number of eight digits, the first in the lowest byte."""
    # Each byte becomes ten times itself and its neighbour, at most 99: nothing is carried. Every other byte is a pair of
    # digits now, those between are of no use. Two pairs at a time are weighed into the upper half by one multiplication:
    # the first and third by 10^6 and 100, the second and fourth by 10^4 and 1.
    word = word * 10 + (word >> 8)
    return <int64_t>(
        (
            (word & <uint64_t>0x000000FF000000FF) * <uint64_t>0x000F424000000064
            + ((word >> 16) & <uint64_t>0x000000FF000000FF) * <uint64_t>0x0000271000000001
        ) >> 32
    )


cdef inline bint has_zeros(const char* end, const Form* form) noexcept nogil:
    """Whether the decimals that do not count are 0."""
    if form.skip == 1 and form.kept:
        return (end - 1)[0] == c"0"
    if form.skip == 0:
        return True
    if not form.kept and (end - form.skip)[0] != c".":
        return False
    return (load8(end - 8) ^ <uint64_t>0x3030303030303030) >> (64 - 8 * (form.written - form.kept)) == 0


cdef inline bint number_in(const char* start, const char* end, const Form* form, int64_t* value) noexcept nogil:
    """The text from `start` to `end` as a number of the form; False where it is none. Up to 16 digits."""
    cdef const char* last = end - form.skip
    cdef Py_ssize_t digits = last - start - form.has_point
    cdef uint64_t word, high
    if not has_zeros(end, form) or (form.kept and (last - 1 - form.kept)[0] != c"."):
        return False
    if digits <= form.kept or digits > 16:
        return False
    word = load8(last - 8)
    if form.has_point:
        # The word that begins one letter sooner has the digits before the point where they belong without it.
        word = (word & form.tail) | (load8(last - 9) & ~form.tail)
    word ^= <uint64_t>0x3030303030303030
    if digits <= 8:
        word &= ~<uint64_t>0 << (64 - 8 * digits)
        value[0] = eight(word)
        return not_digits(word) == 0
    if not form.may_be_long:
        return False
    high = load8(last - 16)
    if form.has_point:
        high = (high & form.head) | (load8(last - 17) & ~form.head)
    high = (high ^ <uint64_t>0x3030303030303030) & ~<uint64_t>0 << (64 - 8 * (digits - 8))
    value[0] = eight(high) * 100000000 + eight(word)
    return (not_digits(word) | not_digits(high)) == 0


cdef inline bint number_by_byte(const char* start, const char* end, const Form* form, int64_t* value) noexcept nogil:
    """As `number_in`, a letter at a time: for machines whose words begin with the highest byte."""
    cdef int64_t total = 0
    cdef const char* point = end - 1 - form.written if form.written else end
    if point <= start or end - start > 16 + form.has_point or (form.written and point[0] != c"."):
        return False
    while start < end:
        if start != point:
            if not c"0" <= start[0] <= c"9":
                return False
            if start < point or start - point <= form.kept:
                total = total * 10 + (start[0] - c"0")
            elif start[0] != c"0":
                return False
        start += 1
    value[0] = total
    return form.may_be_long or total < 100000000


cdef inline bint number(const char* start, const char* end, const Form* form, int64_t* value) noexcept nogil:
    return number_in(start, end, form, value) if WIDE else number_by_byte(start, end, form, value)


cdef inline const char* whole(const char* at, const char* end, int64_t* value) noexcept nogil:
    """Reads an integer of up to 18 digits, which a brace follows by `end`; answers with where it ends, or NULL."""
    cdef const char* start = at
    cdef uint64_t word, others
    cdef int64_t total = 0
    cdef int digits
    if at[0] == c"0" and c"0" <= at[1] <= c"9":
        return NULL
    if WIDE and end - at >= 16:
        # From eight digits on: the second word ends the number at its first byte that is none.
        word = load8(at) ^ <uint64_t>0x3030303030303030
        if not_digits(word) == 0:
            total = eight(word)
            word = load8(at + 8) ^ <uint64_t>0x3030303030303030
            others = not_digits(word)
            if others:
                digits = lowest_bit(others) >> 3
                if digits:
                    total = total * TENS[digits] + eight(word << (64 - 8 * digits))
                value[0] = total
                return at + 8 + digits
            total = 0
    while c"0" <= at[0] <= c"9" and at - start < 19:
        total = total * 10 + (at[0] - c"0")
        at += 1
    value[0] = total
    return at if 0 < at - start < 19 else NULL
