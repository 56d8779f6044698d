# The scan of frames in the order in which the venue writes them. Every byte is checked; a frame that differs is left to
# the general scan. A frame begins with at least 24 bytes before its first number and ends with a brace, so that wide
# loads that end at a number, and loops that a brace ends, stay inside.
#
# Readers answer with where they ended, or NULL; given NULL they answer NULL. So a frame's fields are read one behind the
# other, and only what all of them came to is looked at.

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcmp

from connector.market.compiled.numbers cimport Form, load8, lowest_bit, number, whole

cdef extern from "c/text_sse2.h" nogil:
    const bint HAS_TEXT_SIMD
    uint32_t quotes32(const char* at)
    uint32_t odd32(const char* at)

cdef enum:
    SHORTEST = 64  # bytes of a frame that is read here: the 32 before its end lie in it

# Where a frame's payload begins, and with how many braces it ends; the frame's product family, 0 while none was read.
cdef struct Payload:
    const char* at
    const char* end
    int closing
    int64_t family


# A symbol of up to 16 bytes.
cdef struct Symbol:
    uint64_t first
    uint64_t second


cdef inline bint same(const char* at, const char* end, const char* text, Py_ssize_t size) noexcept nogil:
    return end - at >= size and memcmp(at, text, size) == 0


cdef inline const char* close_text(const char* at, const char* end) noexcept nogil:
    """The quotation mark that ends a text of plain ASCII, NULL where another byte comes first."""
    cdef const char* base
    cdef uint64_t quotes, odd
    if HAS_TEXT_SIMD:
        # Near the end the 32 bytes that end the frame are loaded, and those before `at` shifted out.
        base = at if end - at >= 32 else end - 32
        quotes, odd = <uint64_t>quotes32(base) >> (at - base), <uint64_t>odd32(base) >> (at - base)
        # The lowest bit of `quotes`, less one, covers what stands before the first quotation mark.
        if quotes and odd & ((quotes & (~quotes + 1)) - 1):
            return NULL
        if quotes:
            return at + lowest_bit(quotes)
    while at < end and at[0] != c'"':
        if at[0] < 32 or at[0] > 126 or at[0] == c"\\":
            return NULL
        at += 1
    return at if at < end else NULL


cdef inline const char* mark_behind(const char* at, const char* end) noexcept nogil:
    """The next quotation mark, or `end`; what stands before it is for others to look at."""
    cdef const char* base
    cdef uint64_t quotes
    if HAS_TEXT_SIMD:
        base = at if end - at >= 32 else end - 32
        quotes = <uint64_t>quotes32(base) >> (at - base)
        if quotes:
            return at + lowest_bit(quotes)
    while at < end and at[0] != c'"':
        at += 1
    return at


cdef inline bint open_payload(const char* start, Py_ssize_t size, Payload* payload) noexcept nogil:
    """Finds the object that holds `e`, wrapped or not."""
    cdef const char* end = start + size
    if size < SHORTEST or (end - 1)[0] != c"}":
        return False
    payload.at, payload.end, payload.closing, payload.family = start, end, 1, 0
    if memcmp(start, b'{"stream":"', 11) == 0:
        payload.at = close_text(start + 11, end)
        if payload.at == NULL or not same(payload.at, end, b'","data":', 9):
            return False
        payload.at += 9
        payload.closing = 2
    return True


cdef inline const char* symbol_at(const char* at, const char* end, Symbol* symbol) noexcept nogil:
    """Reads `BTCUSDT",`; answers with where the next field begins. What lacks of 16 bytes is 0, which may not end it."""
    cdef const char* stop = at
    cdef Py_ssize_t size
    if end - at < 32:
        return NULL
    symbol.first = symbol.second = 0
    if HAS_TEXT_SIMD:
        # The bit behind the 32 stands for "none of them", since no bit has no lowest one.
        size = lowest_bit(<uint64_t>quotes32(at) | <uint64_t>1 << 32)
        if size > 16 or size == 0 or at[size - 1] == 0 or at[size + 1] != c",":
            return NULL
        symbol.first = load8(at)
        if size > 8:
            symbol.second = load8(at + 8) & (~<uint64_t>0 >> (8 * (16 - size)))
        else:
            symbol.first &= ~<uint64_t>0 >> (8 * (8 - size))
        return at + size + 2
    while stop[0] != c'"':
        if stop - at == 16:
            return NULL
        stop += 1
    if stop == at or (stop - 1)[0] == 0 or stop[1] != c",":
        return NULL
    symbol_of(at, stop - at, symbol)
    return stop + 2


cdef inline void symbol_of(const char* name, Py_ssize_t size, Symbol* symbol) noexcept nogil:
    """The same from a name of 1 to 16 bytes with nothing behind it."""
    cdef Py_ssize_t place
    symbol.first = symbol.second = 0
    for place in range(size):
        if place < 8:
            symbol.first |= <uint64_t><unsigned char>name[place] << (8 * place)
        else:
            symbol.second |= <uint64_t><unsigned char>name[place] << (8 * (place - 8))


cdef inline const char* skip_pair(const char* at, const char* end) noexcept nogil:
    """Behind `"ps":"BTCUSDT",` where it stands here."""
    if not same(at, end, b'"ps":"', 6):
        return at
    at = close_text(at + 6, end)
    return at + 2 if at != NULL and same(at, end, b'",', 2) else NULL


cdef inline bint close_payload(const char* at, Payload* payload) noexcept nogil:
    """Whether nothing but `,"st":1` and `,"ps":"BTCUSDT"` stands between `at` and the frame's end."""
    while at[0] == c"," and payload.end - at > 8:
        if memcmp(at, b',"st":', 6) == 0:
            at = whole(at + 6, payload.end, &payload.family)
            if at == NULL:
                return False
        elif memcmp(at, b',"ps":"', 7) == 0:
            at = close_text(at + 7, payload.end)
            if at == NULL:
                return False
            at += 1
        else:
            return False
    if at[0] != c"}" or payload.end - at != payload.closing:
        return False
    return payload.closing == 1 or at[1] == c"}"


cdef inline const char* whole_behind(
    const char* at, const char* end, const char* name, Py_ssize_t size, int64_t* value
) noexcept nogil:
    """Reads the integer behind `name`, which has to stand here; NULL goes through."""
    if at == NULL or end - at <= size or memcmp(at, name, size):
        return NULL
    return whole(at + size, end, value)


cdef inline const char* text_behind(const char* at, const char* end, const char* name, Py_ssize_t size) noexcept nogil:
    """Passes over the text whose opening mark ends `name`; NULL goes through."""
    if at == NULL or not same(at, end, name, size):
        return NULL
    return close_text(at + size, end)


cdef inline const char* number_behind(
    const char* at, const char* end, const char* name, Py_ssize_t size, const Form* form, int64_t* value
) noexcept nogil:
    """Reads the number of a known form that stands in a text behind `name`; NULL goes through."""
    cdef const char* stop
    if at == NULL or not same(at, end, name, size):
        return NULL
    stop = mark_behind(at + size, end)
    return stop if stop < end and form.is_known and number(at + size, stop, form, value) else NULL


cdef inline const char* choice_behind(const char* at, const char* end, bint* is_true) noexcept nogil:
    """Reads a truth value; NULL goes through."""
    if at == NULL:
        return NULL
    is_true[0] = same(at, end, b"true", 4)
    if is_true[0]:
        return at + 4
    return at + 5 if same(at, end, b"false", 5) else NULL
