"""What is rare on a side of the book: levels far from the touch, windows that move, sides that empty."""

from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free, qsort
from libc.string cimport memset

from connector.market.compiled.numbers cimport NOTHING, highest_bit

cdef enum:
    FEWEST_PLACES = 64
    #: With this many levels outside, a wider window costs less than looking them up.
    MANY_OUTSIDE = 1024


cdef int open_ladder(Ladder* ladder) except -1:
    memset(ladder, 0, sizeof(Ladder))
    ladder.best = NOTHING
    return resize(ladder, FEWEST_TICKS)


cdef void close_ladder(Ladder* ladder) noexcept:
    free(ladder.amounts)
    free(ladder.words)
    free(ladder.far)


cdef void clear(Ladder* ladder) noexcept:
    """Takes all levels out and keeps the memory."""
    memset(ladder.amounts, 0, ladder.ticks * sizeof(int64_t))
    memset(ladder.words, 0, ladder.ticks // 8)
    memset(ladder.far, 0, ladder.places * sizeof(Row))
    ladder.best, ladder.far_size = NOTHING, 0


cdef int64_t at_or_below(Ladder* ladder, int64_t key) noexcept:
    """The best level of the window that is not above `key`; below `low` where there is none."""
    cdef int64_t base
    cdef uint64_t* word
    cdef uint64_t left
    while key >= ladder.low:
        base = key & ~<int64_t>63
        word = ladder.words + ((key & (ladder.ticks - 1)) >> 6)
        left = word[0] & (~<uint64_t>0 >> (63 - (key & 63)))  # the bits up to the key's own
        while left:
            key = base + highest_bit(left)
            if ladder.amounts[key & (ladder.ticks - 1)]:
                return key
            # A level that has ended since its bit was set: cleared here, where a search comes upon it.
            left &= ~(<uint64_t>1 << (key & 63))
            word[0] &= ~(<uint64_t>1 << (key & 63))
        key = base - 1
    return key


cdef int64_t size_of(Ladder* ladder) noexcept:
    cdef int64_t place, total = ladder.far_size
    for place in range(ladder.ticks):
        total += ladder.amounts[place] != 0
    return total


cdef int64_t gather(Ladder* ladder, Row* rows) noexcept:
    """All levels into `rows`, the worst first; answers with how many."""
    cdef int64_t count = gather_far(ladder, rows), key, amount
    for key in range(ladder.low, ladder.low + ladder.ticks):
        amount = ladder.amounts[key & (ladder.ticks - 1)]
        if amount:
            rows[count].key, rows[count].amount = key, amount
            count += 1
    return count


cdef int64_t gather_far(Ladder* ladder, Row* rows) noexcept:
    """The levels outside the window, the worst first."""
    cdef int64_t place, count = 0
    for place in range(ladder.places):
        if ladder.far[place].key:
            rows[count] = ladder.far[place]
            count += 1
    qsort(rows, count, sizeof(Row), by_key)
    return count


cdef int by_key(const void* one, const void* other) noexcept nogil:
    cdef int64_t left = (<const Row*>one).key, right = (<const Row*>other).key
    return (left > right) - (left < right)


cdef int put_specially(Ladder* ladder, int64_t key, int64_t amount) except -1:
    """`put` of what the window does not hold, and of the best level's end."""
    if <uint64_t>(key - ladder.low) < <uint64_t>ladder.ticks:
        ladder.amounts[key & (ladder.ticks - 1)] = 0
        return fall(ladder)
    if ladder.best == NOTHING or key > ladder.low:
        if amount == 0:
            return 0
        move(ladder, key)
        return put(ladder, key, amount)
    put_far(ladder, key, amount)
    if ladder.far_size > MANY_OUTSIDE and ladder.ticks < MOST_TICKS:
        widen(ladder)
    return 0


cdef int fall(Ladder* ladder) except -1:
    """The best level was taken out: the next one is the best, and the window follows it down."""
    cdef int64_t place
    ladder.best = at_or_below(ladder, ladder.best)
    if ladder.best < ladder.low:
        ladder.best = NOTHING
        for place in range(ladder.places):
            if ladder.far[place].key and (ladder.best == NOTHING or ladder.far[place].key > ladder.best):
                ladder.best = ladder.far[place].key
    # While nothing lies outside, the window may as well stay where it is.
    if ladder.best != NOTHING and ladder.far_size and ladder.best < ladder.low + ladder.ticks // 4:
        move(ladder, ladder.best)
    return 0


cdef int move(Ladder* ladder, int64_t best) except -1:
    """Moves the window so that a quarter of it lies above `best`."""
    cdef int64_t low = (best - 3 * ladder.ticks // 4) & ~<int64_t>63, before = ladder.low
    if ladder.best == NOTHING:
        ladder.low = low
    elif low > before:
        # Levels below leave their places first, for the ring gives these to the keys above.
        sink(ladder, min(low, before + ladder.ticks))
        ladder.low = low
    else:
        # What leaves the window lies above the best, where no level stands: its places are free for the new low keys.
        ladder.low = low
        lift(ladder)
    return 0


cdef int sink(Ladder* ladder, int64_t until) except -1:
    """Levels of the window below `until` go outside."""
    cdef int64_t key, place
    for key in range(ladder.low, until):
        place = key & (ladder.ticks - 1)
        if ladder.amounts[place]:
            put_far(ladder, key, ladder.amounts[place])
            ladder.amounts[place] = 0
    return 0


cdef int lift(Ladder* ladder) except -1:
    """Levels outside that lie above the window's new `low` come into it."""
    cdef int64_t place, key, places = ladder.places
    cdef Row* far = ladder.far
    cdef Row* kept = NULL
    if ladder.far_size == 0:
        return 0
    kept = <Row*>calloc(places, sizeof(Row))
    if kept == NULL:
        raise MemoryError
    ladder.far, ladder.far_size = kept, 0
    for place in range(places):
        key = far[place].key
        if key == 0:
            continue
        if key >= ladder.low:
            put_inside(ladder, key, far[place].amount)
        else:
            ladder.far[home(ladder, key)] = far[place]
            ladder.far_size += 1
    free(far)
    return 0


cdef int widen(Ladder* ladder) except -1:
    """The widest window, with the levels that fit into it."""
    cdef Ladder before = ladder[0]
    cdef int64_t key, amount
    resize(ladder, MOST_TICKS)
    ladder.low = (before.best - 3 * ladder.ticks // 4) & ~<int64_t>63
    for key in range(before.low, before.low + before.ticks):
        amount = before.amounts[key & (before.ticks - 1)]
        if amount:
            put_inside(ladder, key, amount)
    free(before.amounts)
    free(before.words)
    return lift(ladder)


cdef void put_inside(Ladder* ladder, int64_t key, int64_t amount) noexcept:
    """A level that comes into the window, and is not the best one."""
    ladder.amounts[key & (ladder.ticks - 1)] = amount
    ladder.words[(key & (ladder.ticks - 1)) >> 6] |= <uint64_t>1 << (key & 63)


cdef int resize(Ladder* ladder, int64_t ticks) except -1:
    cdef int64_t* amounts = <int64_t*>calloc(ticks, sizeof(int64_t))
    cdef uint64_t* words = <uint64_t*>calloc(ticks // 64, sizeof(uint64_t))
    if amounts == NULL or words == NULL:
        free(amounts)
        free(words)
        raise MemoryError
    ladder.amounts, ladder.words, ladder.ticks = amounts, words, ticks
    return 0


# The table of levels outside the window: open addressing, at most three quarters full, a key of 0 is a free place.


cdef int64_t home(const Ladder* ladder, int64_t key) noexcept:
    """Where a key stands, or the free place where it would."""
    cdef int64_t place = ideal(ladder, key)
    while ladder.far[place].key and ladder.far[place].key != key:
        place = (place + 1) & (ladder.places - 1)
    return place


cdef int64_t ideal(const Ladder* ladder, int64_t key) noexcept:
    return <int64_t>((<uint64_t>key * <uint64_t>0x9E3779B97F4A7C15) >> 32) & (ladder.places - 1)


cdef int put_far(Ladder* ladder, int64_t key, int64_t amount) except -1:
    cdef int64_t place
    if 4 * (ladder.far_size + 1) > 3 * ladder.places:
        grow(ladder)
    place = home(ladder, key)
    if amount:
        ladder.far_size += ladder.far[place].key == 0
        ladder.far[place].key, ladder.far[place].amount = key, amount
    elif ladder.far[place].key:
        ladder.far_size -= 1
        close_gap(ladder, place)
    return 0


cdef void close_gap(Ladder* ladder, int64_t gap) noexcept:
    """Takes a place out and draws those behind it nearer to where they belong: no mark of it has to stay behind."""
    cdef int64_t mask = ladder.places - 1, place = gap
    while True:
        place = (place + 1) & mask
        if ladder.far[place].key == 0:
            break
        # Only one whose ideal place does not lie behind the gap may fill it.
        if ((place - ideal(ladder, ladder.far[place].key)) & mask) >= ((place - gap) & mask):
            ladder.far[gap] = ladder.far[place]
            gap = place
    ladder.far[gap].key = 0


cdef int grow(Ladder* ladder) except -1:
    cdef int64_t place, places = ladder.places
    cdef Row* far = ladder.far
    cdef Row* larger = <Row*>calloc(max(2 * places, FEWEST_PLACES), sizeof(Row))
    if larger == NULL:
        raise MemoryError
    ladder.far, ladder.places = larger, max(2 * places, FEWEST_PLACES)
    for place in range(places):
        if far[place].key:
            ladder.far[home(ladder, far[place].key)] = far[place]
    free(far)
    return 0
