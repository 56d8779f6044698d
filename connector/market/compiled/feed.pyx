"""The compiled market feed; `plain/feed.py` specifies it.

    frame ──▶ quick: fields where the venue puts them ──▶ read whole, then applied
                └── differs in any byte ──▶ decoder: fields in any order ──▶ plain decoder

A quick path changes nothing before it has read the frame to its end, so that giving up costs nothing but time. It reads
where the bytes lie, in a socket's buffer or in a recording, and makes no Python object: what is left to the general way
is copied first, for that one wants bytes that end with zero, and may keep them.
"""

cimport cython
from libc.stdint cimport int64_t

from types import MappingProxyType

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE

from connector.core.compiled.frame_taker cimport FrameTaker
from connector.market.compiled.depth_reader cimport DepthReader, is_ours
from connector.market.compiled.facts cimport BookTicker, DepthDiff, Level
from connector.market.plain.feed import MarketFeed as PlainFeed
from connector.market.compiled.frames cimport FrameDecoder
from connector.market.plain.frames import FrameDecoder as PlainDecoder
from connector.market.compiled.funding_rate cimport Quoted
from connector.market.compiled.numbers cimport form_of
from connector.market.compiled.fixed_order_scan cimport (
    Payload, choice_behind, close_payload, close_text, number_behind, open_payload, same, text_behind, whole_behind,
)
from connector.market.compiled.symbol_table cimport SymbolTable, named
from connector.market.compiled.symbol_feed cimport BOOK_TICKER, DEPTH, FOLLOWING, MARK_PRICE, TRADE, SymbolFeed, Trade
from connector.core.figures import MOST_TIME_MS
from connector.market.facts import MalformedFrameError, MarkPrices

cdef enum:
    MARK_DECIMALS = 8  # of mark and index price and rate

cdef int64_t most_time_ms = MOST_TIME_MS


cdef class Feed(FrameTaker):
    """Hands each frame to the symbol that it speaks of; counters as in the plain twin."""

    def __cinit__(self, *, only_family=1, FrameDecoder decoder=None):
        self.decoder = FrameDecoder() if decoder is None else decoder
        self.last_error, self.table = "", SymbolTable()
        self.depths = DepthReader(self.table, only_family, self.decoder.caches_layouts)
        self.families = self.depths.families
        self.marks = form_of(MARK_DECIMALS, MARK_DECIMALS, MARK_DECIMALS)

    @property
    def symbols(self):
        return MappingProxyType(self.table.by_name)

    @property
    def fallback(self):
        return self.decoder.fallback

    def add(self, str symbol not None, str trading_pair not None):
        followed = self.table.by_name
        if symbol not in followed:
            followed[symbol] = SymbolFeed(symbol, trading_pair, self.decoder)
            self.table.rebuild()
            self.depths.forget()
        return followed[symbol]

    def remove(self, str symbol not None):
        gone = self.table.by_name.pop(symbol, None)  # lives until nothing points at it
        if gone is not None:
            self.table.rebuild()
            self.depths.forget()

    def on_frame(self, bytes frame not None, long long received_ms):
        cdef SymbolFeed one = self.quick(PyBytes_AS_STRING(frame), PyBytes_GET_SIZE(frame), received_ms)
        return one if one is not None else self.general(frame, received_ms)

    cdef int take(self, const char* start, Py_ssize_t size, long long received_ms) except -1:
        if self.quick(start, size, received_ms) is not None:
            return 1
        return self.general(PyBytes_FromStringAndSize(start, size), received_ms) is not None

    # The quick way: None, and nothing done, where it isn't sure.

    @cython.final
    cdef SymbolFeed quick(self, const char* start, Py_ssize_t size, long long received_ms):
        # 1. A depth frame, written as the one of its stream before: no other comes as often.
        # 2. The wrapping, if there is one, and the event's name, told by its first letter and compared in full.
        # 3. By the event, field by field. A symbol that isn't followed is for the general way, which counts it.
        cdef Payload payload
        cdef SymbolFeed one = self.depths.read_as_before(start, size, received_ms)
        if one is not None:
            if one.stage != FOLLOWING:
                self.ask_snapshot(one)
            return one
        if not open_payload(start, size, &payload):
            return None
        if not same(payload.at, payload.end, b'{"e":"', 6) or payload.end - payload.at < 32:
            return None
        payload.at += 6
        if payload.at[0] == c"d":
            one = self.depths.read_by_field(start, &payload, received_ms)
            if one is not None and one.stage != FOLLOWING:
                self.ask_snapshot(one)
            return one
        if payload.at[0] == c"b":
            return self.quick_ticker(&payload, received_ms)
        if payload.at[0] == c"m":
            return self.quick_mark_price(&payload, received_ms)
        if payload.at[0] == c"a":
            return self.quick_aggregate(&payload, received_ms)
        if payload.at[0] == c"t":
            return self.quick_single(&payload, received_ms)
        return None

    @cython.final
    cdef SymbolFeed quick_ticker(self, Payload* payload, long long received_ms):
        cdef const char* end = payload.end
        cdef int64_t update_id = 0, stamp
        cdef Level bid, ask
        cdef const char* at = whole_behind(payload.at, end, b'bookTicker","u":', 16, &update_id)
        cdef SymbolFeed one = named(self.table, &at, end)
        if one is None:
            return None
        at = number_behind(at, end, b'"b":"', 5, &one.prices, <int64_t*>&bid.price)
        at = number_behind(at, end, b'","B":"', 7, &one.amounts, <int64_t*>&bid.amount)
        at = number_behind(at, end, b'","a":"', 7, &one.prices, <int64_t*>&ask.price)
        at = number_behind(at, end, b'","A":"', 7, &one.amounts, <int64_t*>&ask.amount)
        at = whole_behind(at, end, b'","T":', 6, &stamp)
        at = whole_behind(at, end, b',"E":', 5, &stamp)
        if at == NULL or not close_payload(at, payload) or not is_ours(&self.families, payload.family):
            return None
        bid.price_decimals = ask.price_decimals = one.prices.written
        bid.amount_decimals = ask.amount_decimals = one.amounts.written
        one.frames += 1
        one.frame_ms[BOOK_TICKER] = received_ms
        if one.depth.apply_ticker_at(update_id, &bid, &ask):
            one.ticker_ms = received_ms
            one.changed(BOOK_TICKER)
        return one

    @cython.final
    cdef SymbolFeed quick_mark_price(self, Payload* payload, long long received_ms):
        cdef const char* end = payload.end
        cdef int64_t time_ms = 0, next_ms
        cdef Quoted mark, index, rate
        cdef bint is_negative
        cdef const char* at = whole_behind(payload.at, end, b'markPriceUpdate","E":', 21, &time_ms)
        cdef SymbolFeed one = named(self.table, &at, end)
        if one is None:
            return None
        at = number_behind(at, end, b'"p":"', 5, &self.marks, &mark.digits)
        if at != NULL and same(at, end, b'","ap":"', 8):
            at = close_text(at + 8, end)
        at = number_behind(at, end, b'","i":"', 7, &self.marks, &index.digits)
        at = text_behind(at, end, b'","P":"', 7)
        if at == NULL or end - at < 16:
            return None
        # 16 bytes remain, so the eighth may be looked at: a rate below 0 has its sign behind the opening mark.
        is_negative = at[7] == c"-"
        at = number_behind(at, end, b'","r":"-' if is_negative else b'","r":"', 7 + is_negative, &self.marks, &rate.digits)
        at = whole_behind(at, end, b'","T":', 6, &next_ms)
        if at == NULL or not close_payload(at, payload) or not is_ours(&self.families, payload.family):
            return None
        mark.decimals = index.decimals = rate.decimals = self.marks.written
        mark.is_known = index.is_known = rate.is_known = True
        if not mark.digits or max(time_ms, next_ms) > most_time_ms:
            return None
        if is_negative:
            rate.digits = -rate.digits
        one.frames += 1
        one.frame_ms[MARK_PRICE] = received_ms
        # Else a second socket carries what is over.
        if time_ms >= one.funding.time_ms or one.is_outlived(MARK_PRICE, one.funding.time_ms):
            one.on_funding(one.funding.take(&mark, &index, &rate, next_ms, time_ms))
        return one

    @cython.final
    cdef SymbolFeed quick_aggregate(self, Payload* payload, long long received_ms):
        cdef const char* end = payload.end
        cdef int64_t stamp
        cdef Trade trade
        cdef const char* at = whole_behind(payload.at, end, b'aggTrade","E":', 14, &stamp)
        at = whole_behind(at, end, b',"a":', 5, <int64_t*>&trade.trade_id)
        cdef SymbolFeed one = named(self.table, &at, end)
        if one is None:
            return None
        at = number_behind(at, end, b'"p":"', 5, &one.prices, <int64_t*>&trade.price)
        at = number_behind(at, end, b'","q":"', 7, &one.amounts, <int64_t*>&trade.amount)
        if at != NULL and same(at, end, b'","nq":"', 8):
            at = close_text(at + 8, end)
        at = whole_behind(at, end, b'","f":', 6, &stamp)
        at = whole_behind(at, end, b',"l":', 5, &stamp)
        at = whole_behind(at, end, b',"T":', 5, <int64_t*>&trade.time_ms)
        return self.quick_trade(one, at, &trade, payload, received_ms)

    @cython.final
    cdef SymbolFeed quick_single(self, Payload* payload, long long received_ms):
        cdef const char* end = payload.end
        cdef int64_t stamp
        cdef Trade trade
        cdef const char* at = whole_behind(payload.at, end, b'trade","E":', 11, &stamp)
        at = whole_behind(at, end, b',"T":', 5, <int64_t*>&trade.time_ms)
        cdef SymbolFeed one = named(self.table, &at, end)
        if one is None:
            return None
        at = whole_behind(at, end, b'"t":', 4, <int64_t*>&trade.trade_id)
        at = number_behind(at, end, b',"p":"', 6, &one.prices, <int64_t*>&trade.price)
        at = number_behind(at, end, b'","q":"', 7, &one.amounts, <int64_t*>&trade.amount)
        if at == NULL or not same(at, end, b'","X":"MARKET"', 14):
            return None
        return self.quick_trade(one, at + 14, &trade, payload, received_ms)

    @cython.final
    cdef SymbolFeed quick_trade(
        self, SymbolFeed one, const char* at, Trade* trade, Payload* payload, long long received_ms
    ):
        """The end that both kinds of trade share; the trade is a struct until somebody asks for it."""
        if at == NULL or not same(at, payload.end, b',"m":', 5):
            return None
        at = choice_behind(at + 5, payload.end, &trade.is_sale)
        if at == NULL or not trade.price or trade.time_ms > most_time_ms or not close_payload(at, payload) or not is_ours(&self.families, payload.family):
            return None
        trade.price_decimals, trade.amount_decimals = one.prices.written, one.amounts.written
        one.frames += 1
        one.frame_ms[TRADE] = received_ms
        one.on_trade(trade)
        return one

    # The general way.

    cdef SymbolFeed general(self, bytes frame, long long received_ms):
        cdef SymbolFeed one
        try:
            fact = self.decoder.decode(frame)
        except MalformedFrameError as flaw:
            self.malformed += 1
            self.last_error = f"malformed frame at {received_ms}: {flaw}"
            return None
        if type(fact) is MarkPrices:
            return self.on_mark_prices(fact.rows, received_ms)
        one = self.table.by_name.get(fact.symbol)
        if fact.kind is None:
            self.ignored += 1
            if one is not None:
                one.frames += 1
            return None
        if self.is_foreign(fact.family):
            return None
        if one is None:
            self.ignored += 1
            return None
        one.frames += 1
        if type(fact) is DepthDiff:
            one.frame_ms[DEPTH] = received_ms
            one.on_depth(fact, frame)
            self.ask_snapshot(one)
        elif type(fact) is BookTicker:
            one.frame_ms[BOOK_TICKER] = received_ms
            one.on_ticker(fact)
        else:
            one.frame_ms[TRADE] = received_ms
            one.on_plain_trade(fact.trade)
        return one

    cdef int ask_snapshot(self, SymbolFeed one) except -1:
        if self.snapshot_watcher is not None and one.needs_snapshot:
            self.snapshot_watcher(one)
        return 0

    cdef SymbolFeed on_mark_prices(self, tuple rows, long long received_ms):
        cdef SymbolFeed one, last = None
        cdef bint is_ours = False
        for row in rows:
            if self.is_foreign(row.family):
                continue
            is_ours = True
            one = self.table.by_name.get(row.symbol)
            if one is not None:
                one.frames += 1
                one.frame_ms[MARK_PRICE] = received_ms
                one.on_mark_price(row)
                last = one
        self.ignored += is_ours and last is None
        return last

    cdef bint is_foreign(self, long long family) noexcept:
        cdef bint foreign = not is_ours(&self.families, family)
        self.foreign += foreign
        return foreign


class MarketFeed(Feed):
    """The compiled feed; with a plain decoder, the plain one: an extension type has no `__new__` that could return another."""

    __slots__ = ()

    def __new__(cls, *, only_family=1, decoder=None):
        if isinstance(decoder, PlainDecoder):
            return PlainFeed(only_family=only_family, decoder=decoder)
        return super().__new__(cls, only_family=only_family, decoder=decoder)
