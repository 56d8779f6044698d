"""The compiled order book; `_order_book_py.py` specifies it. A side is two sorted arrays, best at the end."""

from libc.math cimport NAN
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memmove

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

from hashlib import blake2b

from connector.core.enums import BookState
from connector.core.interface import OrderBookRow
from connector.market._facts_c cimport (
    BookTicker, DepthDiff, DepthSnapshot, Level, LevelList, exact, exact_level,
)
from connector.market._order_book_py import CROSSED, TOO_LONG
from connector.market.book_questions import BookQuestions

cdef int MOST_DIGITS = 18
cdef long long[19] POWERS
cdef double[19] FLOAT_POWERS
cdef int power
POWERS[0] = 1
for power in range(1, MOST_DIGITS + 1):
    POWERS[power] = POWERS[power - 1] * 10
for power in range(MOST_DIGITS + 1):
    FLOAT_POWERS[power] = <double>POWERS[power]


cdef class Side:
    """`keys` are sign x price, ascending: the best of either side is the last."""

    cdef long long* keys
    cdef long long* amounts
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef int sign

    def __cinit__(self, int sign):
        self.sign = sign

    def __dealloc__(self):
        free(self.keys)
        free(self.amounts)

    cdef int grow(self) except -1:
        cdef Py_ssize_t capacity = 2 * self.capacity or 1024
        cdef long long* keys = <long long*>realloc(self.keys, capacity * sizeof(long long))
        if keys == NULL:
            raise MemoryError
        self.keys = keys
        cdef long long* amounts = <long long*>realloc(self.amounts, capacity * sizeof(long long))
        if amounts == NULL:
            raise MemoryError
        self.amounts, self.capacity = amounts, capacity
        return 0

    cdef Py_ssize_t place(self, long long key) noexcept:
        """The first index whose key is not below `key`; a short walk from the best, then halving."""
        cdef Py_ssize_t low = 0, high = self.size, middle
        cdef int step
        for step in range(8):
            if high == 0 or self.keys[high - 1] < key:
                return high
            high -= 1
        while low < high:
            middle = (low + high) // 2
            if self.keys[middle] < key:
                low = middle + 1
            else:
                high = middle
        return low

    cdef int put(self, long long price, long long amount) except -1:
        cdef long long key = self.sign * price
        cdef Py_ssize_t index = self.place(key)
        if index < self.size and self.keys[index] == key:
            if amount:
                self.amounts[index] = amount
            else:
                self.size -= 1
                self.shift(index + 1, index, self.size - index)
            return 0
        if amount == 0:
            return 0
        if self.size == self.capacity:
            self.grow()
        self.shift(index, index + 1, self.size - index)
        self.keys[index], self.amounts[index] = key, amount
        self.size += 1
        return 0

    cdef void shift(self, Py_ssize_t start, Py_ssize_t to, Py_ssize_t count) noexcept:
        memmove(self.keys + to, self.keys + start, count * sizeof(long long))
        memmove(self.amounts + to, self.amounts + start, count * sizeof(long long))

    cdef bint fits(self, long long price_factor, long long amount_factor) noexcept:
        cdef long long most_price = (POWERS[MOST_DIGITS] - 1) // price_factor
        cdef long long most_amount = (POWERS[MOST_DIGITS] - 1) // amount_factor
        cdef Py_ssize_t index
        for index in range(self.size):
            if self.sign * self.keys[index] > most_price or self.amounts[index] > most_amount:
                return False
        return True

    cdef void rescale(self, long long price_factor, long long amount_factor) noexcept:
        cdef Py_ssize_t index
        for index in range(self.size):
            self.keys[index] *= price_factor
            self.amounts[index] *= amount_factor

    cdef bytes words(self, unsigned long long price_factor, unsigned long long amount_factor):
        cdef bytes text = PyBytes_FromStringAndSize(NULL, 2 * self.size * sizeof(long long))
        cdef unsigned long long* word = <unsigned long long*>PyBytes_AS_STRING(text)
        cdef Py_ssize_t index
        for index in range(self.size):
            word[index] = <unsigned long long>self.keys[index] * price_factor
            word[self.size + index] = <unsigned long long>self.amounts[index] * amount_factor
        return text


cdef class Depth:
    """The state of a book and all that touches it; `OrderBook` adds the questions."""

    cdef readonly str trading_pair
    cdef readonly str symbol
    cdef public object state
    cdef public double last_trade_price
    cdef readonly long long snapshot_uid
    cdef readonly long long last_diff_uid
    cdef readonly tuple valid_depth
    cdef Side bids
    cdef Side asks
    cdef int price_decimals
    cdef int amount_decimals
    cdef bint has_ticker
    cdef long long ticker_uid
    cdef Level ticker_bid
    cdef Level ticker_ask

    def __cinit__(self, str trading_pair, str symbol):
        self.trading_pair, self.symbol = trading_pair, symbol
        self.state = BookState.AWAITING_SNAPSHOT
        self.last_trade_price = NAN
        self.valid_depth = (None, None)
        self.bids, self.asks = Side(1), Side(-1)

    # Facts in.

    def replace(self, DepthSnapshot snapshot not None):
        cdef int prices = 0, amounts = 0
        widest(snapshot.bid_levels, &prices, &amounts)
        widest(snapshot.ask_levels, &prices, &amounts)
        if not (fits(snapshot.bid_levels, prices, amounts) and fits(snapshot.ask_levels, prices, amounts)):
            return TOO_LONG
        self.price_decimals, self.amount_decimals = prices, amounts
        self.bids.size = self.asks.size = 0
        self.put(self.bids, snapshot.bid_levels)
        self.put(self.asks, snapshot.ask_levels)
        self.snapshot_uid = self.last_diff_uid = snapshot.last_id
        self.valid_depth = self.worst(self.bids), self.worst(self.asks)
        return self.flaw()

    def apply(self, DepthDiff diff not None):
        cdef int prices = self.price_decimals, amounts = self.amount_decimals
        widest(diff.bid_levels, &prices, &amounts)
        widest(diff.ask_levels, &prices, &amounts)
        if not (fits(diff.bid_levels, prices, amounts) and fits(diff.ask_levels, prices, amounts)):
            return TOO_LONG
        if not self.rescale(prices, amounts):
            return TOO_LONG
        self.put(self.bids, diff.bid_levels)
        self.put(self.asks, diff.ask_levels)
        self.last_diff_uid = diff.last_id
        return self.flaw()

    def apply_ticker(self, BookTicker ticker not None):
        if ticker.update_id <= self.last_diff_uid or (self.has_ticker and ticker.update_id <= self.ticker_uid):
            return False
        self.has_ticker, self.ticker_uid = True, ticker.update_id
        self.ticker_bid, self.ticker_ask = ticker.bid_level, ticker.ask_level
        return True

    def drop_ticker(self):
        self.has_ticker = False

    # Answers.

    @property
    def best_bid(self):
        return self.exact_at(self.bids, self.bids.size - 1)

    @property
    def best_ask(self):
        return self.exact_at(self.asks, self.asks.size - 1)

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
                ticker_price(self.ticker_bid), ticker_amount(self.ticker_bid),
                ticker_price(self.ticker_ask), ticker_amount(self.ticker_ask),
            )
        cdef Py_ssize_t bid = self.bids.size - 1, ask = self.asks.size - 1
        return (
            self.price(self.bids, bid), self.amount(self.bids, bid),
            self.price(self.asks, ask), self.amount(self.asks, ask),
        )

    def get_price(self, bint is_buy):
        if self.ticker_leads():
            return ticker_price(self.ticker_ask if is_buy else self.ticker_bid)
        cdef Side side = self.asks if is_buy else self.bids
        return self.price(side, side.size - 1)

    def levels(self, bint is_bid, Py_ssize_t count):
        cdef Side side = self.bids if is_bid else self.asks
        cdef Py_ssize_t index, last = side.size - count if 0 < count < side.size else 0
        if count <= 0:
            return []
        return [self.exact_at(side, index) for index in range(side.size - 1, last - 1, -1)]

    def rows(self, bint is_bid):
        cdef Side side = self.bids if is_bid else self.asks
        cdef Py_ssize_t index = side.size - 1
        while index >= 0:
            yield OrderBookRow(self.price(side, index), self.amount(side, index), self.last_diff_uid)
            index -= 1
            if index >= side.size:  # the book moved on between two rows
                return

    def state_hash(self):
        cdef long long price_factor = POWERS[MOST_DIGITS - self.price_decimals]
        cdef long long amount_factor = POWERS[MOST_DIGITS - self.amount_decimals]
        digest = blake2b(self.bids.words(price_factor, amount_factor), digest_size=8)
        digest.update(self.asks.words(price_factor, amount_factor))
        return int.from_bytes(digest.digest())

    # Within.

    cdef bint ticker_leads(self) noexcept:
        return self.has_ticker and self.ticker_uid > self.last_diff_uid

    cdef int put(self, Side side, LevelList levels) except -1:
        cdef Py_ssize_t index
        cdef Level* level
        for index in range(levels.size):
            level = &levels.rows[index]
            side.put(
                level.price * POWERS[self.price_decimals - level.price_decimals],
                level.amount * POWERS[self.amount_decimals - level.amount_decimals],
            )
        return 0

    cdef bint rescale(self, int prices, int amounts):
        if prices == self.price_decimals and amounts == self.amount_decimals:
            return True
        cdef long long price_factor = POWERS[prices - self.price_decimals]
        cdef long long amount_factor = POWERS[amounts - self.amount_decimals]
        if not (self.bids.fits(price_factor, amount_factor) and self.asks.fits(price_factor, amount_factor)):
            return False
        self.bids.rescale(price_factor, amount_factor)
        self.asks.rescale(price_factor, amount_factor)
        self.price_decimals, self.amount_decimals = prices, amounts
        return True

    cdef str flaw(self):
        if self.bids.size and self.asks.size:
            if self.bids.keys[self.bids.size - 1] >= -self.asks.keys[self.asks.size - 1]:
                return CROSSED
        return ""

    cdef object exact_at(self, Side side, Py_ssize_t index):
        if not 0 <= index < side.size:
            return None
        price = exact(side.sign * side.keys[index], self.price_decimals)
        return price, exact(side.amounts[index], self.amount_decimals)

    cdef object worst(self, Side side):
        return exact(side.sign * side.keys[0], self.price_decimals) if side.size else None

    cdef double price(self, Side side, Py_ssize_t index) noexcept:
        return side.sign * side.keys[index] / FLOAT_POWERS[self.price_decimals] if index >= 0 else NAN

    cdef double amount(self, Side side, Py_ssize_t index) noexcept:
        return side.amounts[index] / FLOAT_POWERS[self.amount_decimals] if index >= 0 else NAN


class OrderBook(Depth, BookQuestions):
    """One pair's book: compiled state, plain questions."""

    __slots__ = ()


cdef void widest(LevelList levels, int* prices, int* amounts) noexcept:
    """Raises `prices` and `amounts` to the most decimal places seen in `levels`."""
    cdef Py_ssize_t index
    for index in range(levels.size):
        prices[0] = max(prices[0], levels.rows[index].price_decimals)
        amounts[0] = max(amounts[0], levels.rows[index].amount_decimals)


cdef bint fits(LevelList levels, int prices, int amounts) noexcept:
    cdef Py_ssize_t index
    cdef Level* level
    for index in range(levels.size):
        level = &levels.rows[index]
        if level.price >= POWERS[MOST_DIGITS - prices + level.price_decimals]:
            return False
        if level.amount >= POWERS[MOST_DIGITS - amounts + level.amount_decimals]:
            return False
    return True


cdef double ticker_price(Level level) noexcept:
    return level.price / FLOAT_POWERS[level.price_decimals] if level.price else NAN


cdef double ticker_amount(Level level) noexcept:
    return level.amount / FLOAT_POWERS[level.amount_decimals] if level.price else NAN
