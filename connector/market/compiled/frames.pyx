"""The compiled frame decoder; `plain/frames.py` specifies it, and decides whatever this one isn't sure of.

The scan is stricter than JSON, and an unexpected type makes the decoder give up: the plain one then has the last
word, so what is taken here is taken alike there.
"""

from decimal import Decimal

from connector.core.enums import TradeType
from connector.core.figures import MOST_TIME_MS
from connector.market.compiled.facts cimport BookTicker, DepthDiff, DepthSnapshot, Level
from connector.market.compiled.scan cimport (
    ABSENT, AMOUNT, ASK_AMOUNT, ASKS, BID_AMOUNT, BIDS, DATA, EVENT, FAMILY, FIRST, INDEX, LAST, LEVELS, MAKER, NO,
    OBJECT, ORIGIN, OTHER, PREVIOUS, PRICE, RATE, SNAPSHOT_ASKS, SNAPSHOT_BIDS, SNAPSHOT_ID, STAMP, STREAM, SYMBOL,
    TEXT, TIME, TRADE, UNKNOWN, YES, Field, JsonScan, is_number, number, same, text, whole,
)
from connector.market.plain.frames import FrameDecoder as PlainDecoder
from connector.market.compiled.order_book import OrderBook
from connector.market.facts import BookTicker as PlainTicker
from connector.market.facts import DepthDiff as PlainDiff
from connector.market.facts import Ignored, MarketTrade, MarkPrice, MarkPrices, TradeFact

cdef long long most_time_ms = MOST_TIME_MS


cdef class FrameDecoder(JsonScan):
    """Turns bytes into facts. `fallback` counts the frames left to the plain decoder.

    With `caches_layouts` False its feed reads every frame as machines do that can't compare it with the one before.
    """

    def __cinit__(self, *, bint caches_layouts=True):
        self.caches_layouts = caches_layouts
        self.plain, self.diff, self.ticker = PlainDecoder(), DepthDiff(), BookTicker()

    def new_book(self, str trading_pair, str symbol):
        return OrderBook(trading_pair, symbol)

    def decode(self, bytes frame not None):
        self.follow(self.diff.bid_levels, self.diff.ask_levels, BIDS, ASKS)
        fact = self.scan(frame)
        if fact is not None:
            return fact
        # Either the plain one raises, and nothing was changed, or its fact is taken into this twin's own form.
        self.fallback += 1
        fact = self.plain.decode(frame)
        if type(fact) is PlainDiff:
            self.diff.load(fact)
            return self.diff
        if type(fact) is PlainTicker:
            self.ticker.load(fact)
            return self.ticker
        return fact

    def decode_snapshot(self, bytes body not None):
        cdef DepthSnapshot snapshot = DepthSnapshot()
        self.follow(snapshot.bid_levels, snapshot.ask_levels, SNAPSHOT_BIDS, SNAPSHOT_ASKS)
        if not self.scan_snapshot(body, snapshot):
            snapshot.load(self.plain.decode_snapshot(body))
        return snapshot

    # Frames.

    cdef object scan(self, bytes frame):
        """The fact, or None where this decoder isn't sure."""
        cdef const char* start = frame
        cdef const char* end = start + len(frame)
        cdef object fact
        self.at = start
        self.space()
        if self.at[0] == c"[":
            fact = self.rows()
        elif self.take(c"{") and self.members(self.outer, True, 0):
            if self.outer[STREAM].tag == ABSENT and self.outer[DATA].tag == ABSENT:
                fact = self.fact(self.outer)
            else:
                fact = self.wrapped()
        else:
            return None
        self.space()
        return fact if self.at == end else None

    cdef object wrapped(self):
        """The fact of `data`. Levels beside it were read into the same lists: a frame with any is for the plain one."""
        cdef const char* after = self.at
        cdef object fact
        if self.outer[STREAM].tag == ABSENT or self.has_levels_outside:
            return None
        if self.outer[DATA].tag == OBJECT:
            return self.fact(self.inner)
        if self.outer[DATA].tag != OTHER or self.outer[DATA].start[0] != c"[":
            return None
        # The array was passed over once, as a value of no interest: now it is known to be wanted, and read again.
        self.at = self.outer[DATA].start
        fact = self.rows()
        self.at = after
        return fact

    cdef object rows(self):
        """An array of mark prices; arrays of other kinds are ignored, but checked to their end."""
        cdef list rows = []
        cdef bint others = False
        self.at += 1
        self.space()
        if self.take(c"]"):
            return Ignored()
        while True:
            self.space()
            if self.at[0] == c"{":
                self.at += 1
                if not self.members(self.inner, False, 1):
                    return None
                if self.is_word(self.inner, EVENT, b"markPriceUpdate", 15):
                    row = self.mark_price(self.inner)
                    if row is None:
                        return None
                    rows.append(row)
                else:
                    others = True
            elif self.value(&self.inner[UNKNOWN], 1):
                others = True
            else:
                return None
            self.space()
            if self.take(c"]"):
                return Ignored() if others else MarkPrices(tuple(rows))
            if not self.take(c","):
                return None

    cdef object fact(self, Field* fields):
        if fields[EVENT].tag == ABSENT:
            return self.ignored(fields)
        if fields[EVENT].tag != TEXT:
            return None
        if self.is_word(fields, EVENT, b"depthUpdate", 11):
            return self.depth(fields)
        if self.is_word(fields, EVENT, b"bookTicker", 10):
            return self.book_ticker(fields)
        if self.is_word(fields, EVENT, b"aggTrade", 8):
            return self.market_trade(fields, ASKS)
        if self.is_word(fields, EVENT, b"trade", 5):
            return self.market_trade(fields, TRADE)
        if self.is_word(fields, EVENT, b"markPriceUpdate", 15):
            row = self.mark_price(fields)
            return None if row is None else MarkPrices((row,))
        return self.ignored(fields)

    cdef object ignored(self, Field* fields):
        return Ignored(text(fields[SYMBOL]) if fields[SYMBOL].tag == TEXT else "")

    cdef object depth(self, Field* fields):
        cdef DepthDiff diff = self.diff
        if not self.symbol_and_family(fields, &diff.family):
            return None
        if fields[BIDS].tag != LEVELS or fields[ASKS].tag != LEVELS:
            return None
        if not (whole(fields[FIRST], &diff.first_id) and whole(fields[LAST], &diff.last_id)):
            return None
        if not whole(fields[PREVIOUS], &diff.previous_id):
            return None
        diff.symbol = text(fields[SYMBOL])
        return diff

    cdef object book_ticker(self, Field* fields):
        cdef BookTicker ticker = self.ticker
        if not (self.symbol_and_family(fields, &ticker.family) and whole(fields[LAST], &ticker.update_id)):
            return None
        if not level(fields[BIDS], fields[BID_AMOUNT], &ticker.bid_level):
            return None
        if not level(fields[ASKS], fields[ASK_AMOUNT], &ticker.ask_level):
            return None
        ticker.symbol = text(fields[SYMBOL])
        return ticker

    cdef object market_trade(self, Field* fields, int id_field):
        """Trades of the insurance fund and of deleveraging, and records of price 0 (`NA`), are no market trades."""
        if fields[ORIGIN].tag == ABSENT or self.is_word(fields, ORIGIN, b"MARKET", 6):
            return self.trade(fields, id_field)
        return self.ignored(fields)

    cdef object trade(self, Field* fields, int id_field):
        cdef long long family = 0, trade_id = 0, time_ms = 0
        cdef int maker = fields[MAKER].tag
        if not self.symbol_and_family(fields, &family) or (maker != YES and maker != NO):
            return None
        if not (whole(fields[id_field], &trade_id) and whole(fields[STAMP], &time_ms)) or time_ms > most_time_ms:
            return None
        if not (is_number(fields[PRICE], False) and is_number(fields[AMOUNT], False)):
            return None
        taker = TradeType.SELL if maker == YES else TradeType.BUY
        price, amount = Decimal(text(fields[PRICE])), Decimal(text(fields[AMOUNT]))
        if not price:
            return None
        trade = MarketTrade(price, amount, taker, trade_id, time_ms)
        return TradeFact(text(fields[SYMBOL]), family, trade)

    cdef object mark_price(self, Field* fields):
        cdef long long family = 0, time_ms = 0, next_funding_ms = 0
        cdef Field rate = fields[RATE]
        cdef bint has_rate = not (rate.tag == ABSENT or (rate.tag == TEXT and rate.length == 0))
        if not (self.symbol_and_family(fields, &family) and whole(fields[TIME], &time_ms)):
            return None
        if not whole(fields[STAMP], &next_funding_ms) or (has_rate and not is_number(rate, True)):
            return None
        if not (is_number(fields[PRICE], False) and is_number(fields[INDEX], False)):
            return None
        mark, index = Decimal(text(fields[PRICE])), Decimal(text(fields[INDEX]))
        if not mark or max(time_ms, next_funding_ms) > most_time_ms:
            return None
        forecast = Decimal(text(rate)) if has_rate else None
        return MarkPrice(text(fields[SYMBOL]), family, time_ms, mark, index, forecast, next_funding_ms)

    cdef bint symbol_and_family(self, Field* fields, long long* family) noexcept:
        """What every followed frame has: a symbol, and a product family or none."""
        family[0] = 0
        if fields[SYMBOL].tag != TEXT:
            return False
        return fields[FAMILY].tag == ABSENT or whole(fields[FAMILY], family)

    cdef bint is_word(self, Field* fields, int field, const char* word, Py_ssize_t size) noexcept:
        return fields[field].tag == TEXT and same(fields[field].start, fields[field].length, word, size)

    cdef bint scan_snapshot(self, bytes body, DepthSnapshot snapshot) except -1:
        cdef const char* start = body
        self.at = start
        self.space()
        if not (self.take(c"{") and self.members(self.outer, False, 0)):
            return False
        self.space()
        if self.at != start + len(body) or not whole(self.outer[SNAPSHOT_ID], &snapshot.last_id):
            return False
        return self.outer[SNAPSHOT_BIDS].tag == LEVELS and self.outer[SNAPSHOT_ASKS].tag == LEVELS


cdef bint level(Field price, Field amount, Level* row) noexcept:
    """A price and an amount that stand as texts of their own."""
    if price.tag != TEXT or amount.tag != TEXT:
        return False
    if number(price.start, &row.price, &row.price_decimals) != price.start + price.length:
        return False
    return number(amount.start, &row.amount, &row.amount_decimals) == amount.start + amount.length
