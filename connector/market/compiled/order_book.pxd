from libc.stdint cimport int64_t

from connector.market.compiled.facts cimport BookTicker, DepthDiff, DepthSnapshot, Level, LevelList
from connector.market.compiled.ladder cimport Ladder, Row, put_all
from connector.market.compiled.numbers cimport NOTHING, Form


# What `OrderBook` has of C: it adds a base class of Python's, and is one itself. Readers hold a book by this type, and
# reach its fields without a look-up.
cdef class Depth:
    # What every depth frame touches comes first, and lies together.
    cdef long long edition  # how often `prices` and `amounts` changed
    cdef readonly long long last_diff_uid
    cdef Ladder bids
    cdef Ladder asks
    cdef readonly str trading_pair
    cdef readonly str symbol
    cdef public object state
    cdef public double last_trade_price
    cdef readonly long long snapshot_uid
    cdef readonly tuple valid_depth
    cdef int price_decimals
    cdef int amount_decimals
    cdef int tick_decimals
    cdef Form prices
    cdef Form amounts
    cdef bint has_ticker
    cdef long long ticker_uid
    cdef Level ticker_bid
    cdef Level ticker_ask

    cdef bint apply_ticker_at(self, long long update_id, const Level* bid, const Level* ask) noexcept
    cdef bint ticker_leads(self) noexcept
    cdef double touch_price(self, bint is_ask) noexcept
    cdef double price_of(self, const Ladder* side, int64_t key) noexcept
    cdef double amount_of(self, const Ladder* side, int64_t key) noexcept
    cdef int put(self, Ladder* side, int64_t sign, LevelList levels) except -1
    cdef bint rescale(self, int prices, int amounts, int ticks) except -1
    cdef int reload(self, Ladder* side, int64_t price_factor, int64_t amount_factor) except -1
    cdef int expect(self, int prices, int amounts) except -1
    cdef object exact_row(self, Row row)
    cdef object exact_at(self, const Ladder* side, int64_t key)
    cdef bytes words(self, Ladder* side)
    cdef object worst(self, Ladder* side)


cdef inline int put_rows(Depth book, const Row* rows, Py_ssize_t bids, Py_ssize_t asks) except -1:
    """Sets levels that were read in the book's own forms: `bids`, and `asks` behind them."""
    put_all(&book.bids, rows, bids)
    return put_all(&book.asks, rows + bids, asks)


cdef inline bint is_crossed(Depth book) noexcept:
    return book.bids.best != NOTHING and book.asks.best != NOTHING and book.bids.best >= -book.asks.best
