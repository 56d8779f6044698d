# One side of a book: a window of ticks around the touch, and a table of the levels that lie further out.
#
#     far (hashed) ... | low ---- levels, by tick ---- best ---- room to rise | low + ticks
#
# A key is sign x price in ticks, so that the best of either side is the highest. The window is a ring: the place of a
# key is its low bits, and moving the window moves no level that stays. All of `far` lies below `low`.

from libc.stdint cimport int64_t, uint64_t

from connector.market._numbers_c cimport NOTHING, await_memory, highest_bit

cdef enum:
    FEWEST_TICKS = 2048
    MOST_TICKS = 16384

cdef struct Row:
    int64_t key
    int64_t amount


cdef struct Ladder:
    int64_t* amounts
    uint64_t* words
    int64_t ticks
    int64_t low
    int64_t best
    Row* far
    int64_t places
    int64_t far_size


cdef int open_ladder(Ladder* ladder) except -1
cdef void close_ladder(Ladder* ladder) noexcept
cdef void clear(Ladder* ladder) noexcept
cdef int put_outside(Ladder* ladder, int64_t key, int64_t amount) except -1
cdef int fall(Ladder* ladder) except -1
cdef int64_t size_of(Ladder* ladder) noexcept
cdef int64_t gather(Ladder* ladder, Row* rows) noexcept
cdef int64_t gather_far(Ladder* ladder, Row* rows) noexcept


cdef inline int64_t at_or_below(const Ladder* ladder, int64_t key) noexcept nogil:
    """The best level of the window that is not above `key`; below `low` where there is none."""
    cdef uint64_t word
    while key >= ladder.low:
        word = ladder.words[(key & (ladder.ticks - 1)) >> 6] & (~<uint64_t>0 >> (63 - (key & 63)))
        if word:
            return (key & ~<int64_t>63) + highest_bit(word)
        key = (key & ~<int64_t>63) - 1
    return key


cdef inline void await_touch(const Ladder* ladder) noexcept nogil:
    """What lies around the best price is needed as soon as a frame is read: with hundreds of books it is far away."""
    cdef int64_t place = ladder.best & (ladder.ticks - 1)
    await_memory(ladder.words + (place >> 6))
    await_memory(ladder.amounts + place)
    await_memory(ladder.amounts + (place ^ 8))


cdef inline int put(Ladder* ladder, int64_t key, int64_t amount) except -1:
    """Sets a level's absolute amount; 0 takes it out, taking out an unknown level is normal."""
    cdef int64_t place
    cdef uint64_t* word
    if <uint64_t>(key - ladder.low) >= <uint64_t>ladder.ticks:
        return put_outside(ladder, key, amount)
    place = key & (ladder.ticks - 1)
    ladder.amounts[place] = amount
    word = ladder.words + (place >> 6)
    word[0] = (word[0] & ~(<uint64_t>1 << (place & 63))) | <uint64_t>(amount != 0) << (place & 63)
    if key >= ladder.best:
        if amount:
            ladder.best = key
        elif key == ladder.best:
            return fall(ladder)
    return 0


cdef inline int put_all(Ladder* ladder, const Row* rows, Py_ssize_t count) except -1:
    """`put` of many: what doesn't change stays in registers."""
    cdef int64_t low = ladder.low, best = ladder.best, mask = ladder.ticks - 1
    cdef int64_t* amounts = ladder.amounts
    cdef uint64_t* words = ladder.words
    cdef int64_t key, amount, place
    cdef uint64_t* word
    cdef Py_ssize_t index
    for index in range(count):
        key, amount = rows[index].key, rows[index].amount
        place = key & mask
        if key >= best or <uint64_t>(key - low) > <uint64_t>mask:
            put(ladder, key, amount)
            low, best, mask = ladder.low, ladder.best, ladder.ticks - 1
            amounts, words = ladder.amounts, ladder.words
            continue
        amounts[place] = amount
        word = words + (place >> 6)
        word[0] = (word[0] & ~(<uint64_t>1 << (place & 63))) | <uint64_t>(amount != 0) << (place & 63)
    return 0
