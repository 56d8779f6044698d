# The levels of a frame: `[["7.6110","6"],...]` into rows of the book's own units.
#
# Where it is known how levels are written, all that are written so are read without looking for their quotation marks;
# one that differs (an amount of more digits, a price that crossed a power of ten) is read by itself, and the next is
# tried as before. Nothing of the book changes here: rows of a frame that turns out unsound are dropped.

from libc.stdint cimport int64_t
from libc.string cimport memcmp

from connector.market.compiled.ladder cimport Row
from connector.market.compiled.depth_layout_cache cimport Shape, alike_levels
from connector.market.compiled.numbers cimport Form, number
from connector.market.compiled.fixed_order_scan cimport mark_behind


cdef inline Py_ssize_t levels(
    const char** place, const char* end, const Shape* shape, int64_t factor, const Form* prices, const Form* amounts,
    int64_t sign, int64_t* price_size, Row* rows
) noexcept nogil:
    """Reads levels behind the opening bracket of their list; answers with how many, or -1. `place` ends behind it.

    `shape` may be NULL. `price_size` is set to the length of the last price where most levels were not written so.
    """
    cdef const char* at = place[0]
    cdef const char* middle
    cdef const char* last
    cdef Row* row = rows
    cdef int64_t alike, alone = 0, size = 0
    if at[0] == c"]":
        place[0] = at + 1
        return 0
    while True:
        if shape != NULL:
            alike = alike_levels(&at, end, shape, sign, factor, row)
            if alike < 0:
                return -1
            row += alike
            if (at - 1)[0] == c"]":  # behind the list; behind a level it is a comma
                break
        if end - at < 2 or memcmp(at, b'["', 2):
            return -1
        middle = mark_behind(at + 2, end)
        if end - middle < 8 or memcmp(middle, b'","', 3):
            return -1
        last = mark_behind(middle + 3, end)
        if end - last < 4:
            return -1
        if not (number(at + 2, middle, prices, &row.key) and number(middle + 3, last, amounts, &row.amount)):
            return -1
        if row.key == 0:
            return -1
        size = middle - at - 2
        alone += 1
        row.key *= sign
        row.amount *= factor
        row += 1
        at = last + 3
        if memcmp(last, b'"]]', 3) == 0:
            break
        if memcmp(last, b'"],', 3):
            return -1
    place[0] = at
    if 2 * alone > row - rows:  # the shape is of another length, or there is none: this one is to be expected now
        price_size[0] = size
    return row - rows
