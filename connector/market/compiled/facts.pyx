"""The facts of the book in C. Each loads its plain counterpart, so that a fallback ends in the same form.

A decoder fills the same objects with each frame: their memory is there, and as large as the largest frame needed. What
is kept of a fact is copied out.
"""

from libc.stdlib cimport free, realloc

from decimal import Decimal

from connector.core.enums import StreamKind
from connector.market.facts import Level as PlainLevel
from connector.market.facts import ScaledNumber


cdef object exact(long long digits, int decimals):
    return Decimal(digits).scaleb(-decimals)


cdef object exact_level(Level level):
    if not level.price:
        return None
    return exact(level.price, level.price_decimals), exact(level.amount, level.amount_decimals)


cdef object plain_level(Level level):
    return PlainLevel(
        ScaledNumber(level.price, level.price_decimals), ScaledNumber(level.amount, level.amount_decimals)
    )


cdef Level loaded(object level) except *:
    cdef Level row
    row.price, row.price_decimals = level[0]
    row.amount, row.amount_decimals = level[1]
    return row


cdef class LevelList:
    """Levels as they were scanned, in memory that grows and is used again."""

    def __dealloc__(self):
        free(self.rows)

    cdef int grow(self) except -1:
        cdef Py_ssize_t capacity = 2 * self.capacity or 64
        cdef Level* rows = <Level*>realloc(self.rows, capacity * sizeof(Level))
        if rows == NULL:
            raise MemoryError
        self.rows, self.capacity = rows, capacity
        return 0

    cdef int load(self, tuple levels) except -1:
        self.size = 0
        for level in levels:
            if self.size == self.capacity:
                self.grow()
            self.rows[self.size] = loaded(level)
            self.size += 1
        return 0

    cdef tuple plain(self):
        return tuple([plain_level(self.rows[row]) for row in range(self.size)])


cdef class DepthDiff:
    """A `depthUpdate`; its decoder fills it anew with each frame."""

    kind = StreamKind.DEPTH

    def __cinit__(self):
        self.symbol, self.bid_levels, self.ask_levels = "", LevelList(), LevelList()

    @property
    def bids(self):
        return self.bid_levels.plain()

    @property
    def asks(self):
        return self.ask_levels.plain()

    cdef int load(self, object diff) except -1:
        self.symbol, self.family = diff.symbol, diff.family
        self.first_id, self.last_id, self.previous_id = diff.first_id, diff.last_id, diff.previous_id
        self.bid_levels.load(diff.bids)
        self.ask_levels.load(diff.asks)
        return 0


cdef class DepthSnapshot:
    """The body of a depth request."""

    def __cinit__(self):
        self.bid_levels, self.ask_levels = LevelList(), LevelList()

    @property
    def bids(self):
        return self.bid_levels.plain()

    @property
    def asks(self):
        return self.ask_levels.plain()

    cdef int load(self, object snapshot) except -1:
        self.last_id = snapshot.last_id
        self.bid_levels.load(snapshot.bids)
        self.ask_levels.load(snapshot.asks)
        return 0


cdef class BookTicker:
    """A `bookTicker`; its decoder fills it anew with each frame."""

    kind = StreamKind.BOOK_TICKER

    def __cinit__(self):
        self.symbol = ""

    @property
    def bid(self):
        return plain_level(self.bid_level)

    @property
    def ask(self):
        return plain_level(self.ask_level)

    @property
    def best_bid(self):
        return exact_level(self.bid_level)

    @property
    def best_ask(self):
        return exact_level(self.ask_level)

    cdef int load(self, object ticker) except -1:
        self.symbol, self.family, self.update_id = ticker.symbol, ticker.family, ticker.update_id
        self.bid_level, self.ask_level = loaded(ticker.bid), loaded(ticker.ask)
        return 0
