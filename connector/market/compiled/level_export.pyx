"""A book's levels for a reader that keeps a copy; `LevelExport` in `plain/order_book.py` specifies it.

What was told is kept as the ladders were then. As long as their windows have not moved, what differs is found by
comparing memory, 64 ticks at a time where there are levels; of the levels outside, each whose place in the table has
another is looked up in both tables. Else both sides are gathered in order, and one walk over both finds it. Nothing is
written down as frames come, which therefore cost nothing more.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport free, qsort, realloc
from libc.string cimport memcmp, memcpy

from connector.market.compiled.ladder cimport Ladder, Row, by_key, gather, home, size_of
from connector.market.compiled.numbers cimport TENS, magnitude
from connector.market.compiled.order_book cimport Depth

cdef enum:
    MOST_DIGITS = 18
    COLUMNS = 3
    BLOCK = 64


cdef struct Levels:
    Row* rows
    int64_t size
    int64_t room


cdef class LevelExport:
    cdef Depth book
    #: Of bids and asks.
    cdef Ladder told[2]
    cdef Levels before
    cdef Levels now
    cdef double* packed
    cdef int64_t count
    cdef int64_t room
    cdef bint has_told
    cdef long long snapshot_uid
    cdef int tick_decimals
    cdef int amount_decimals

    def __cinit__(self, Depth book not None):
        self.book = book

    def __dealloc__(self):
        cdef int side
        for side in range(2):
            free(self.told[side].amounts)
            free(self.told[side].words)
            free(self.told[side].far)
        free(self.before.rows)
        free(self.now.rows)
        free(self.packed)

    def whole(self):
        cdef bytes bids, asks
        self.note_scale()
        bids, asks = self.whole_side(0, &self.book.bids), self.whole_side(1, &self.book.asks)
        self.has_told, self.snapshot_uid = True, self.book.snapshot_uid
        return bids, asks

    def changes(self):
        cdef int ticks = self.book.tick_decimals - self.tick_decimals
        cdef int amounts = self.book.amount_decimals - self.amount_decimals
        if not self.has_told or self.book.snapshot_uid != self.snapshot_uid:
            return None
        if ticks or amounts:
            return self.rescaled_changes(ticks, amounts)
        return self.changes_of(0, &self.book.bids), self.changes_of(1, &self.book.asks)

    cdef object rescaled_changes(self, int ticks, int amounts):
        """None where what was told does not fit the scale of now."""
        cdef bytes bids, asks
        self.note_scale()
        self.has_told = False
        collect(&self.told[0], &self.before)
        if not rescale(&self.before, ticks, amounts):
            return None
        bids = self.walk(0, &self.book.bids)
        collect(&self.told[1], &self.before)
        if not rescale(&self.before, ticks, amounts):
            return None
        asks = self.walk(1, &self.book.asks)
        self.has_told = True
        return bids, asks

    cdef bytes whole_side(self, int side, Ladder* ladder):
        self.before.size = 0
        return self.walk(side, ladder)

    cdef bytes changes_of(self, int side, Ladder* ladder):
        cdef Ladder* told = &self.told[side]
        if told.ticks == ladder.ticks and told.low == ladder.low and told.places == ladder.places:
            self.count = 0
            self.tell_outside(told, ladder)
            self.tell_window(told, ladder)
            return self.told_bytes()
        collect(told, &self.before)
        return self.walk(side, ladder)

    cdef int tell_outside(self, Ladder* told, const Ladder* ladder) except -1:
        """What differs in tables of one size. A level may stand elsewhere than before and be the same."""
        cdef Levels* found = &self.now
        cdef int64_t place
        cdef const Row* old
        cdef const Row* new
        cdef const Row* was
        if memcmp(told.far, ladder.far, ladder.places * sizeof(Row)) == 0:
            return 0
        have_room(found, told.far_size + ladder.far_size)
        found.size = 0
        for place in range(ladder.places):
            old, new = told.far + place, ladder.far + place
            if old.key == new.key and (old.amount == new.amount or not new.key):
                continue
            if old.key and not ladder.far[home(ladder, old.key)].key:
                found.rows[found.size].key, found.rows[found.size].amount = old.key, 0
                found.size += 1
            if new.key:
                was = told.far + home(told, new.key)
                if not was.key or was.amount != new.amount:
                    found.rows[found.size] = new[0]
                    found.size += 1
        qsort(found.rows, found.size, sizeof(Row), by_key)
        self.make_room(found.size)
        for place in range(found.size):
            self.tell(found.rows[place].key, found.rows[place].amount)
        memcpy(told.far, ladder.far, ladder.places * sizeof(Row))
        told.far_size = ladder.far_size
        return 0

    cdef int tell_window(self, Ladder* told, const Ladder* ladder) except -1:
        """What differs in windows that stand at one place. Where no word has a bit, no level was, and none is."""
        cdef int64_t mask = ladder.ticks - 1, base, key, word
        cdef int64_t* now
        cdef int64_t* before
        for base in range(ladder.low, ladder.low + ladder.ticks, BLOCK):
            word = (base & mask) >> 6
            if not ladder.words[word] and not told.words[word]:
                continue
            now, before = ladder.amounts + (base & mask), told.amounts + (base & mask)
            if memcmp(now, before, BLOCK * sizeof(int64_t)) == 0:
                continue
            self.make_room(self.count + BLOCK)
            for key in range(BLOCK):
                if now[key] != before[key]:
                    self.tell(base + key, now[key])
            memcpy(before, now, BLOCK * sizeof(int64_t))
            told.words[word] = ladder.words[word]
        return 0

    cdef bytes walk(self, int side, Ladder* ladder):
        """What differs between the levels before, in order, and those of now."""
        cdef int64_t old = 0, new = 0, key
        cdef Row* before
        cdef Row* now
        collect(ladder, &self.now)
        self.count = 0
        self.make_room(self.before.size + self.now.size)
        before, now = self.before.rows, self.now.rows
        while old < self.before.size or new < self.now.size:
            if new == self.now.size or (old < self.before.size and before[old].key < now[new].key):
                self.tell(before[old].key, 0)
                old += 1
            elif old < self.before.size and before[old].key == now[new].key:
                if before[old].amount != now[new].amount:
                    self.tell(now[new].key, now[new].amount)
                old += 1
                new += 1
            else:
                self.tell(now[new].key, now[new].amount)
                new += 1
        keep(&self.told[side], ladder)
        return self.told_bytes()

    cdef void tell(self, int64_t key, int64_t amount) noexcept:
        cdef double* row = self.packed + COLUMNS * self.count
        row[0] = magnitude(key) / <double>TENS[self.tick_decimals]
        row[1] = amount / <double>TENS[self.amount_decimals]
        row[2] = <double>self.book.last_diff_uid
        self.count += 1

    cdef bytes told_bytes(self):
        return PyBytes_FromStringAndSize(<char*>self.packed, self.count * COLUMNS * sizeof(double))

    cdef void note_scale(self) noexcept:
        self.tick_decimals, self.amount_decimals = self.book.tick_decimals, self.book.amount_decimals

    cdef int make_room(self, int64_t rows) except -1:
        if rows > self.room:
            self.packed = <double*>grown(self.packed, 2 * rows * COLUMNS * sizeof(double))
            self.room = 2 * rows
        return 0


cdef void* grown(void* memory, size_t size) except NULL:
    cdef void* larger = realloc(memory, size)
    if larger == NULL:
        raise MemoryError
    return larger


cdef int keep(Ladder* told, const Ladder* ladder) except -1:
    """A copy of a ladder as it is now."""
    if told.ticks != ladder.ticks:
        told.amounts = <int64_t*>grown(told.amounts, ladder.ticks * sizeof(int64_t))
        told.words = <uint64_t*>grown(told.words, ladder.ticks // BLOCK * sizeof(uint64_t))
    if told.places != ladder.places:
        told.far = <Row*>grown(told.far, ladder.places * sizeof(Row))
    memcpy(told.amounts, ladder.amounts, ladder.ticks * sizeof(int64_t))
    memcpy(told.words, ladder.words, ladder.ticks // BLOCK * sizeof(uint64_t))
    memcpy(told.far, ladder.far, ladder.places * sizeof(Row))
    told.ticks, told.low = ladder.ticks, ladder.low
    told.places, told.far_size = ladder.places, ladder.far_size
    return 0


cdef int collect(Ladder* ladder, Levels* levels) except -1:
    """All levels of a ladder, the worst first."""
    have_room(levels, size_of(ladder))
    levels.size = gather(ladder, levels.rows)
    return 0


cdef int have_room(Levels* levels, int64_t size) except -1:
    if size > levels.room:
        levels.rows = <Row*>grown(levels.rows, 2 * size * sizeof(Row))
        levels.room = 2 * size
    return 0


cdef bint rescale(Levels* levels, int ticks, int amounts) noexcept:
    """Levels at a finer scale; False where a number would grow too long, or the scale is coarser."""
    cdef int64_t index
    cdef Row* row
    if ticks < 0 or amounts < 0:
        return False
    for index in range(levels.size):
        row = levels.rows + index
        if magnitude(row.key) >= TENS[MOST_DIGITS - ticks] or row.amount >= TENS[MOST_DIGITS - amounts]:
            return False
        row.key *= TENS[ticks]
        row.amount *= TENS[amounts]
    return True
