# The levels of a frame: `[["7.6110","6"],...]` into rows of the book's own units.
#
# With SIMD all commas are found first: they tell where every level stands, so that no level waits for the one before.
# Where most levels are written like the one before, a compare with that tells as much, and nothing has to be found.

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcmp

from connector.market._ladder_c cimport Row
from connector.market._numbers_c cimport Form, has_zeros, load8, lowest_bit, number

cdef enum:
    FEW_LEVELS = 384  # bytes of so few that it doesn't matter whether they are written alike

cdef extern from "_simd_c.h" nogil:
    const bint HAS_SIMD
    ctypedef struct Pair:
        pass
    ctypedef struct PairForm:
        Pair point_at
        Pair point
        Pair before_point
        Pair behind_point
        Pair most
        Pair flaw
    Pair pair_of(uint64_t first, uint64_t second)
    void find_commas(const char* start, const char* end, uint32_t* places)
    Pair kept_of(int64_t size, int64_t other)
    uint32_t quotes32(const char* at)
    uint64_t two_numbers(const char* first, const char* second, Pair kept, PairForm* form)
    bint is_sound(const PairForm* form)

cdef extern from "_stride_c.h" nogil:
    ctypedef struct Stride:
        int64_t size
        int64_t from_price "from"
        int64_t price_size
        int64_t amount_size
        int64_t others
        int64_t rest
    void note_stride(Stride* stride, const char* at, const char* price_end, int64_t size, int64_t skip)
    void judge_stride(Stride* stride, int64_t levels)
    bint is_alike(const Stride* stride, const char* at, int64_t size)


cdef inline PairForm pair_form(const Form* prices, const Form* amounts) noexcept nogil:
    cdef PairForm form
    form.point_at = pair_of(prices.point_at, amounts.point_at)
    form.point = pair_of(prices.point, amounts.point)
    form.before_point = pair_of(prices.before_point, amounts.before_point)
    form.behind_point = pair_of(prices.tail, amounts.tail)
    form.most = form.flaw = pair_of(0, 0)
    return form


cdef inline Py_ssize_t paired_levels(
    const char** place, const char* start, const char* end, uint32_t** commas, const Form* prices,
    const Form* amounts, PairForm* pairs, int64_t sign, Row* rows
) noexcept nogil:
    """As `levels`; `commas` are from `start` on, and move on; all decimals of amounts count.

    Whether digits are digits is told by `pairs`.
    """
    cdef const char* at = place[0]
    cdef const char* middle
    cdef const char* close
    cdef const char* last
    cdef PairForm form = pairs[0]
    cdef uint32_t* comma = commas[0]
    cdef uint64_t numbers
    cdef int64_t price_size, amount_size, price_skip = prices.skip
    cdef int64_t price_fewest = prices.fewest, amount_fewest = amounts.fewest, factor = amounts.factor
    cdef Row* row = rows
    cdef bint is_last
    if at[0] == c"]":
        place[0] = at + 1
        commas[0] += 1
        return 0
    if end - at < 2 or memcmp(at, b'["', 2):
        return -1
    while True:
        middle = start + comma[0] - 1
        close = start + comma[1]
        comma += 2
        is_last = end - close < 6 or load8(close - 2) << 24 != <uint64_t>0x225B2C5D22000000
        last = close - 2 - is_last
        if memcmp(middle, b'","', 3) or (is_last and memcmp(last, b'"]]', 3)):
            return -1
        price_size = middle - at - 2 - price_skip
        amount_size = last - middle - 3
        if price_fewest <= price_size <= 8 and amount_fewest <= amount_size <= 8:
            numbers = two_numbers(middle - price_skip, last, kept_of(price_size, amount_size), &form)
            row.key, row.amount = <int64_t>(numbers & <uint64_t>0xFFFFFFFF), <int64_t>(numbers >> 32)
            if price_skip and not has_zeros(middle, prices):
                return -1
        elif not (number(at + 2, middle, prices, &row.key) and number(middle + 3, last, amounts, &row.amount)):
            return -1
        if row.key == 0:
            return -1
        row.key *= sign
        row.amount *= factor
        row += 1
        if is_last:
            break
        at = close + 1
    place[0], commas[0], pairs[0] = last + 3, comma, form
    return row - rows


cdef inline const char* next_quote(const char* at, const char* end) noexcept nogil:
    """The next quotation mark, or `end`."""
    while at < end and at[0] != c'"':
        at += 1
    return at


cdef inline Py_ssize_t levels(
    const char** place, const char* end, const Form* prices, const Form* amounts, int64_t sign, Row* rows
) noexcept nogil:
    """Reads levels behind the opening bracket of their list; answers with how many, or -1. `place` ends behind it."""
    cdef const char* at = place[0]
    cdef const char* middle
    cdef const char* last
    cdef Row* row = rows
    if at[0] == c"]":
        place[0] = at + 1
        return 0
    while True:
        if end - at < 2 or memcmp(at, b'["', 2):
            return -1
        middle = next_quote(at + 2, end)
        last = next_quote(middle + 3, end)
        if end - last < 4 or memcmp(middle, b'","', 3):
            return -1
        if not (number(at + 2, middle, prices, &row.key) and number(middle + 3, last, amounts, &row.amount)):
            return -1
        if row.key == 0:
            return -1
        row.key *= sign
        row.amount *= amounts.factor
        row += 1
        if memcmp(last, b'"],', 3) == 0:
            at = last + 3
        elif memcmp(last, b'"]]', 3) == 0:
            place[0] = last + 3
            return row - rows
        else:
            return -1


cdef inline Py_ssize_t strided_levels(
    const char** place, const char* end, const Form* prices, const Form* amounts, PairForm* pairs, Stride* known,
    int64_t sign, Row* rows
) noexcept nogil:
    """As `paired_levels`, for lists whose levels mostly are written as `known` tells."""
    cdef const char* at = place[0]
    cdef const char* middle
    cdef const char* last
    cdef PairForm form = pairs[0]
    cdef Stride stride = known[0]
    cdef Pair kept = kept_of(stride.price_size, stride.amount_size)
    cdef uint64_t numbers
    cdef uint32_t quotes
    cdef int64_t size, price_size, amount_size, factor = amounts.factor
    cdef const char* limit = end - stride.size if stride.size else place[0] - 1
    cdef const char* wide = end - 32
    cdef const char* missed = NULL
    cdef Row* row = rows
    if at[0] == c"]":
        place[0] = at + 1
        return 0
    while True:
        while at <= limit and is_alike(&stride, at, stride.size):
            numbers = two_numbers(at + stride.from_price, at + stride.size - 3, kept, &form)
            row.key, row.amount = <int64_t>(numbers & <uint64_t>0xFFFFFFFF) * sign, <int64_t>(numbers >> 32) * factor
            if row.key == 0:
                return -1
            row += 1
            at += stride.size
            if (at - 1)[0] != c",":
                if (at - 1)[0] != c"]":
                    return -1
                place[0], pairs[0] = at, form
                return row - rows
        if end - at < 2 or memcmp(at, b'["', 2):
            return -1
        known.others += 1
        middle = last = end
        if at <= wide:
            quotes = quotes32(at) & ~<uint32_t>3
            if quotes:
                middle = at + lowest_bit(quotes)
                quotes &= quotes - 1
                quotes &= quotes - 1
                if quotes:
                    last = at + lowest_bit(quotes)
        if last == end:
            middle = next_quote(at + 2, end)
            last = next_quote(middle + 3, end)
        if end - last < 4 or memcmp(middle, b'","', 3):
            return -1
        price_size, amount_size = middle - at - 2 - prices.skip, last - middle - 3
        size = last + 3 - at
        if prices.fewest <= price_size <= 8 and amounts.fewest <= amount_size <= 8:
            numbers = two_numbers(middle - prices.skip, last, kept_of(price_size, amount_size), &form)
            row.key, row.amount = <int64_t>(numbers & <uint64_t>0xFFFFFFFF), <int64_t>(numbers >> 32)
            if not has_zeros(middle, prices):
                return -1
            if (missed == at or not stride.size) and 17 <= size <= 32:
                note_stride(known, at, middle, size, prices.skip)
                stride, kept = known[0], kept_of(price_size, amount_size)
                limit = end - size
        elif not (number(at + 2, middle, prices, &row.key) and number(middle + 3, last, amounts, &row.amount)):
            return -1
        if row.key == 0:
            return -1
        row.key *= sign
        row.amount *= factor
        row += 1
        if memcmp(last, b'"],', 3) == 0:
            at = missed = last + 3
        elif memcmp(last, b'"]]', 3) == 0:
            place[0], pairs[0] = last + 3, form
            return row - rows
        else:
            return -1


cdef inline bint both_lists(
    const char** place, const char* end, int closing, const Form* prices, const Form* amounts, Stride* stride,
    uint32_t* commas, Row* rows, Py_ssize_t* bids, Py_ssize_t* asks
) noexcept nogil:
    """Reads from behind the bracket of the bids to behind that of the asks, in a frame that `closing` braces end."""
    cdef const char* start = place[0]
    cdef PairForm pairs
    cdef bint is_long = end - start > FEW_LEVELS
    cdef bint is_strided = HAS_SIMD and is_long and stride.rest == 0
    if is_strided:
        pairs = pair_form(prices, amounts)
        bids[0] = strided_levels(place, end, prices, amounts, &pairs, stride, 1, rows)
    elif HAS_SIMD:
        stride.rest -= is_long
        pairs = pair_form(prices, amounts)
        find_commas(start, end - closing, commas)
        bids[0] = paired_levels(place, start, end, &commas, prices, amounts, &pairs, 1, rows)
    else:
        bids[0] = levels(place, end, prices, amounts, 1, rows)
    if bids[0] < 0 or end - place[0] < 6 or memcmp(place[0], b',"a":[', 6):
        return False
    place[0] += 6
    rows += bids[0]
    if is_strided:
        asks[0] = strided_levels(place, end, prices, amounts, &pairs, stride, -1, rows)
        judge_stride(stride, bids[0] + asks[0])
    elif HAS_SIMD:
        asks[0] = paired_levels(place, start, end, &commas, prices, amounts, &pairs, -1, rows)
    else:
        asks[0] = levels(place, end, prices, amounts, -1, rows)
    return asks[0] >= 0 and (not HAS_SIMD or is_sound(&pairs))
