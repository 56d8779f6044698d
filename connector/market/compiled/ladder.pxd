# One side of a book: a window of ticks around the touch, and a table of the levels that lie further out.
#
#     far (hashed) ... | low ---- levels, by tick ---- best ---- room to rise | low + ticks
#
# A key is sign x price in ticks, so that the best of either side is the highest. The window is a ring: the place of a
# key is its low bits, and moving the window moves no level that stays. All of `far` lies below `low`.
#
# Nearly all changes lie near the touch: there a level is an array's element, found without a search and changed without
# a move. What is rare (a best level's end, a level far out, a price that runs) is left to `put_specially`.

from libc.stdint cimport int64_t, uint64_t

from connector.market.compiled.numbers cimport await_memory

cdef enum:
    FEWEST_TICKS = 2048  # 16 KiB of amounts
    MOST_TICKS = 16384

cdef extern from "c/ladder.h" nogil:
    ctypedef struct Row:
        int64_t key
        int64_t amount
    ctypedef struct Ladder:
        int64_t* amounts
        uint64_t* words
        int64_t ticks
        int64_t low
        int64_t best
        Row* far
        int64_t places
        int64_t far_size
    int64_t put_within(Ladder* ladder, const Row* rows, int64_t count)


cdef int open_ladder(Ladder* ladder) except -1
cdef void close_ladder(Ladder* ladder) noexcept
cdef void clear(Ladder* ladder) noexcept
cdef int put_specially(Ladder* ladder, int64_t key, int64_t amount) except -1
cdef int64_t at_or_below(Ladder* ladder, int64_t key) noexcept
cdef int64_t size_of(Ladder* ladder) noexcept
cdef int64_t gather(Ladder* ladder, Row* rows) noexcept
cdef int64_t gather_far(Ladder* ladder, Row* rows) noexcept
cdef int64_t home(const Ladder* ladder, int64_t key) noexcept
cdef int by_key(const void* one, const void* other) noexcept nogil


cdef inline void await_touch(const Ladder* ladder) noexcept nogil:
    """What lies around the best price is needed as soon as a frame is read: with hundreds of books it is far away."""
    cdef int64_t place = ladder.best & (ladder.ticks - 1)
    await_memory(ladder.words + (place >> 6))
    await_memory(ladder.amounts + place)
    await_memory(ladder.amounts + (place ^ 8))  # and the line beside it, of the same 128 bytes


cdef inline int put(Ladder* ladder, int64_t key, int64_t amount) except -1:
    """Sets a level's absolute amount; 0 takes it out, taking out an unknown level is normal."""
    cdef Row row
    row.key, row.amount = key, amount
    return 0 if put_within(ladder, &row, 1) else put_specially(ladder, key, amount)


cdef inline int put_all(Ladder* ladder, const Row* rows, Py_ssize_t count) except -1:
    """`put` of many."""
    cdef Py_ssize_t done = 0
    while True:
        done += put_within(ladder, rows + done, count - done)
        if done == count:
            return 0
        put_specially(ladder, rows[done].key, rows[done].amount)
        done += 1
