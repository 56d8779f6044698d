"""The compiled order book; `plain/order_book.py` specifies it. A side is a ladder of ticks, see `ladder.pxd`.

A tick is the coarsest power of ten that all prices are multiples of, however many decimals they are written with: so the
window of a ladder is as wide as it can be. `prices` and `amounts` are the forms in which the next frame's numbers are
expected: a guess that every frame proves, for a number in another form is read by the general way, which widens the
book and sets the forms anew.
"""

from libc.math cimport NAN
from libc.stdint cimport int64_t, uint64_t

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

from hashlib import blake2b

from connector.core.enums import BookState
from connector.core.interface import OrderBookRow
from connector.market.compiled.facts cimport BookTicker, DepthDiff, DepthSnapshot, Level, LevelList, exact, exact_level
from connector.market.compiled.ladder cimport (
    Ladder, Row, at_or_below, clear, close_ladder, gather, gather_far, open_ladder, put, size_of,
)
from connector.market.compiled.numbers cimport NOTHING, TENS, form_of, magnitude
from connector.market.plain.order_book import CROSSED, TOO_LONG
from connector.market.book_queries import BookQueries

cdef enum:
    MOST_DIGITS = 18


cdef class Depth:
    """The state of a book and all that touches it; `OrderBook` adds the questions."""

    def __cinit__(self, str trading_pair, str symbol):
        self.trading_pair, self.symbol = trading_pair, symbol
        self.state = BookState.AWAITING_SNAPSHOT
        self.last_trade_price = NAN
        self.valid_depth = (None, None)
        open_ladder(&self.bids)
        open_ladder(&self.asks)

    def __dealloc__(self):
        close_ladder(&self.bids)
        close_ladder(&self.asks)

    # Facts in.

    def replace(self, DepthSnapshot snapshot not None):
        cdef int prices = 0, amounts = 0
        widest(snapshot.bid_levels, &prices, &amounts)
        widest(snapshot.ask_levels, &prices, &amounts)
        if not (fits(snapshot.bid_levels, prices, amounts) and fits(snapshot.ask_levels, prices, amounts)):
            return TOO_LONG
        # Nothing fails from here on but memory: a flaw of size has left the book as it was.
        clear(&self.bids)
        clear(&self.asks)
        self.price_decimals, self.amount_decimals = prices, amounts
        self.tick_decimals = ticks_of(snapshot.ask_levels, ticks_of(snapshot.bid_levels, 0))
        self.put(&self.bids, 1, snapshot.bid_levels)
        self.put(&self.asks, -1, snapshot.ask_levels)
        self.snapshot_uid = self.last_diff_uid = snapshot.last_id
        self.valid_depth = self.worst(&self.bids), self.worst(&self.asks)
        self.prices.written = self.amounts.written = 0  # how numbers were written in a book that is gone tells nothing
        self.expect(prices, amounts)
        return CROSSED if is_crossed(self) else ""

    def apply(self, DepthDiff diff not None):
        cdef int prices = 0, amounts = 0, ticks
        widest(diff.bid_levels, &prices, &amounts)
        widest(diff.ask_levels, &prices, &amounts)
        cdef int finest_price = max(prices, self.price_decimals), finest_amount = max(amounts, self.amount_decimals)
        if not (fits(diff.bid_levels, finest_price, finest_amount) and fits(diff.ask_levels, finest_price, finest_amount)):
            return TOO_LONG
        ticks = ticks_of(diff.ask_levels, ticks_of(diff.bid_levels, self.tick_decimals))
        if not self.rescale(finest_price, finest_amount, ticks):
            return TOO_LONG
        self.put(&self.bids, 1, diff.bid_levels)
        self.put(&self.asks, -1, diff.ask_levels)
        self.last_diff_uid = diff.last_id
        self.expect(prices, amounts)
        return CROSSED if is_crossed(self) else ""

    def apply_ticker(self, BookTicker ticker not None):
        return self.apply_ticker_at(ticker.update_id, &ticker.bid_level, &ticker.ask_level)

    cdef bint apply_ticker_at(self, long long update_id, const Level* bid, const Level* ask) noexcept:
        if update_id <= self.last_diff_uid or (self.has_ticker and update_id <= self.ticker_uid):
            return False
        self.has_ticker, self.ticker_uid = True, update_id
        self.ticker_bid, self.ticker_ask = bid[0], ask[0]
        return True

    def drop_ticker(self):
        self.has_ticker = False

    # Answers.

    @property
    def is_ticker_apart(self):
        return self.ticker_leads() and (self.touch_bid, self.touch_ask) != (self.best_bid, self.best_ask)

    @property
    def best_bid(self):
        return self.exact_at(&self.bids, self.bids.best) if self.bids.best != NOTHING else None

    @property
    def best_ask(self):
        return self.exact_at(&self.asks, self.asks.best) if self.asks.best != NOTHING else None

    @property
    def touch_bid(self):
        return exact_level(self.ticker_bid) if self.ticker_leads() else self.best_bid

    @property
    def touch_ask(self):
        return exact_level(self.ticker_ask) if self.ticker_leads() else self.best_ask

    @property
    def top(self):
        if self.ticker_leads():
            return (
                ticker_price(&self.ticker_bid), ticker_amount(&self.ticker_bid),
                ticker_price(&self.ticker_ask), ticker_amount(&self.ticker_ask),
            )
        return (
            self.price_of(&self.bids, self.bids.best), self.amount_of(&self.bids, self.bids.best),
            self.price_of(&self.asks, self.asks.best), self.amount_of(&self.asks, self.asks.best),
        )

    def get_price(self, bint is_buy):
        return self.touch_price(is_buy)

    def levels(self, bint is_bid, Py_ssize_t count):
        cdef Ladder* side = &self.bids if is_bid else &self.asks
        cdef int64_t key = side.best
        cdef list found = []
        cdef bytes far
        while key != NOTHING and key >= side.low and len(found) < count:
            found.append(self.exact_at(side, key))
            key = at_or_below(side, key - 1)
        if len(found) < count and side.far_size:
            far = far_rows(side)
            for key in range(side.far_size - 1, max(-1, side.far_size - 1 - (count - len(found))), -1):
                found.append(self.exact_row((<Row*>PyBytes_AS_STRING(far))[key]))
        return found

    def level_export(self):
        from connector.market.compiled.level_export import LevelExport  # it knows this book's inside

        return LevelExport(self)

    def rows(self, bint is_bid):
        """Ends early where the book moves on between two rows."""
        cdef Ladder* side = &self.bids if is_bid else &self.asks
        cdef long long last_id = self.last_diff_uid, snapshot_id = self.snapshot_uid
        cdef int64_t key = side.best, index
        cdef bytes far
        cdef Row* row
        while key != NOTHING and key >= side.low:
            yield OrderBookRow(self.price_of(side, key), self.amount_of(side, key), last_id)
            if last_id != self.last_diff_uid or snapshot_id != self.snapshot_uid:
                return
            key = at_or_below(side, key - 1)
        far = far_rows(side)
        for index in range(<int64_t>len(far) // <int64_t>sizeof(Row) - 1, -1, -1):
            row = <Row*>PyBytes_AS_STRING(far) + index
            yield OrderBookRow(self.price_of(side, row.key), row.amount / <double>TENS[self.amount_decimals], last_id)
            if last_id != self.last_diff_uid or snapshot_id != self.snapshot_uid:
                return

    def state_hash(self):
        digest = blake2b(self.words(&self.bids), digest_size=8)
        digest.update(self.words(&self.asks))
        return int.from_bytes(digest.digest())

    # Within.

    cdef bint ticker_leads(self) noexcept:
        return self.has_ticker and self.ticker_uid > self.last_diff_uid

    cdef double touch_price(self, bint is_ask) noexcept:
        if self.ticker_leads():
            return ticker_price(&self.ticker_ask if is_ask else &self.ticker_bid)
        return self.price_of(&self.asks, self.asks.best) if is_ask else self.price_of(&self.bids, self.bids.best)

    cdef double price_of(self, const Ladder* side, int64_t key) noexcept:
        return magnitude(key) / <double>TENS[self.tick_decimals] if key != NOTHING else NAN

    cdef double amount_of(self, const Ladder* side, int64_t key) noexcept:
        if key == NOTHING:
            return NAN
        return side.amounts[key & (side.ticks - 1)] / <double>TENS[self.amount_decimals]

    cdef object exact_at(self, const Ladder* side, int64_t key):
        cdef Row row
        row.key, row.amount = key, side.amounts[key & (side.ticks - 1)]
        return self.exact_row(row)

    cdef object exact_row(self, Row row):
        cdef int64_t digits = magnitude(row.key) * TENS[self.price_decimals - self.tick_decimals]
        return exact(digits, self.price_decimals), exact(row.amount, self.amount_decimals)

    cdef int put(self, Ladder* side, int64_t sign, LevelList levels) except -1:
        cdef Py_ssize_t index
        cdef Level* level
        cdef int64_t price
        for index in range(levels.size):
            level = &levels.rows[index]
            if level.price_decimals > self.tick_decimals:
                price = level.price // TENS[level.price_decimals - self.tick_decimals]
            else:
                price = level.price * TENS[self.tick_decimals - level.price_decimals]
            put(side, sign * price, level.amount * TENS[self.amount_decimals - level.amount_decimals])
        return 0

    cdef int expect(self, int prices, int amounts) except -1:
        """Takes over how numbers were written; 0 decimals show nothing, for an amount of 0 has none."""
        self.prices = form_of(prices or self.prices.written, self.tick_decimals, self.price_decimals)
        amounts = amounts or self.amounts.written
        self.amounts = form_of(amounts, amounts, self.amount_decimals)
        self.amounts.factor = TENS[self.amount_decimals - amounts]
        self.edition += 1
        return 0

    cdef bint rescale(self, int prices, int amounts, int ticks) except -1:
        """Whether what stands fits the new scales; then it is brought to them."""
        cdef int64_t tick_factor = TENS[ticks - self.tick_decimals]
        cdef int64_t amount_factor = TENS[amounts - self.amount_decimals]
        if prices == self.price_decimals and amounts == self.amount_decimals and ticks == self.tick_decimals:
            return True
        cdef int64_t most_key = (TENS[MOST_DIGITS] - 1) // TENS[prices - self.tick_decimals]
        cdef int64_t most_amount = (TENS[MOST_DIGITS] - 1) // amount_factor
        if not (fits_side(&self.bids, most_key, most_amount) and fits_side(&self.asks, most_key, most_amount)):
            return False
        self.reload(&self.bids, tick_factor, amount_factor)
        self.reload(&self.asks, tick_factor, amount_factor)
        self.price_decimals, self.amount_decimals, self.tick_decimals = prices, amounts, ticks
        return True

    cdef int reload(self, Ladder* side, int64_t price_factor, int64_t amount_factor) except -1:
        cdef bytes held = all_rows(side)
        cdef Row* rows = <Row*>PyBytes_AS_STRING(held)
        cdef int64_t index
        clear(side)
        # The best first: it places the window, and the others fall where they belong.
        for index in range(<int64_t>len(held) // <int64_t>sizeof(Row) - 1, -1, -1):
            put(side, rows[index].key * price_factor, rows[index].amount * amount_factor)
        return 0

    cdef object worst(self, Ladder* side):
        cdef bytes held = all_rows(side)
        return self.exact_row((<Row*>PyBytes_AS_STRING(held))[0])[0] if held else None

    cdef bytes words(self, Ladder* side):
        cdef bytes held = all_rows(side)
        cdef bytes text = PyBytes_FromStringAndSize(NULL, len(held))
        cdef uint64_t* word = <uint64_t*>PyBytes_AS_STRING(text)
        cdef Row* rows = <Row*>PyBytes_AS_STRING(held)
        cdef int64_t index, size = <int64_t>len(held) // <int64_t>sizeof(Row)
        # Modulo 2^64, as in the plain twin: what is compared are hashes, not sizes.
        for index in range(size):
            word[index] = <uint64_t>rows[index].key * <uint64_t>TENS[MOST_DIGITS - self.tick_decimals]
            word[size + index] = <uint64_t>rows[index].amount * <uint64_t>TENS[MOST_DIGITS - self.amount_decimals]
        return text


class OrderBook(Depth, BookQueries):
    """One pair's book: compiled state, plain questions."""

    __slots__ = ()


cdef bytes all_rows(Ladder* side):
    """Every level, the worst first."""
    cdef bytes held = PyBytes_FromStringAndSize(NULL, size_of(side) * sizeof(Row))
    gather(side, <Row*>PyBytes_AS_STRING(held))
    return held


cdef bytes far_rows(Ladder* side):
    cdef bytes held = PyBytes_FromStringAndSize(NULL, side.far_size * sizeof(Row))
    gather_far(side, <Row*>PyBytes_AS_STRING(held))
    return held


cdef bint fits_side(Ladder* side, int64_t most_key, int64_t most_amount) except -1:
    cdef bytes held = all_rows(side)
    cdef Row* rows = <Row*>PyBytes_AS_STRING(held)
    cdef int64_t index
    for index in range(<int64_t>len(held) // <int64_t>sizeof(Row)):
        if magnitude(rows[index].key) > most_key or rows[index].amount > most_amount:
            return False
    return True


cdef void widest(LevelList levels, int* prices, int* amounts) noexcept:
    """Raises `prices` and `amounts` to the most decimal places seen in `levels`."""
    cdef Py_ssize_t index
    for index in range(levels.size):
        prices[0] = max(prices[0], levels.rows[index].price_decimals)
        amounts[0] = max(amounts[0], levels.rows[index].amount_decimals)


cdef int ticks_of(LevelList levels, int least) noexcept:
    """How many decimals the prices need, those at their end that are 0 left out; at least `least`."""
    cdef Py_ssize_t index
    cdef Level* level
    for index in range(levels.size):
        level = &levels.rows[index]
        while level.price_decimals > least and level.price % TENS[level.price_decimals - least]:
            least += 1
    return least


cdef bint fits(LevelList levels, int prices, int amounts) noexcept:
    cdef Py_ssize_t index
    cdef Level* level
    for index in range(levels.size):
        level = &levels.rows[index]
        if level.price >= TENS[MOST_DIGITS - prices + level.price_decimals]:
            return False
        if level.amount >= TENS[MOST_DIGITS - amounts + level.amount_decimals]:
            return False
    return True


cdef double ticker_price(const Level* level) noexcept:
    return level.price / <double>TENS[level.price_decimals] if level.price else NAN


cdef double ticker_amount(const Level* level) noexcept:
    return level.amount / <double>TENS[level.amount_decimals] if level.price else NAN
