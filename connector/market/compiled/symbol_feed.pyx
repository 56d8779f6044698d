# cython: wraparound=True
"""The compiled feed of one symbol; `plain/symbol_feed.py` specifies it, and `sequence.py` the law that it keeps."""

from libc.stdlib cimport free, realloc

import logging
from collections import deque

from connector.core.enums import BookState, StreamKind, TradeType
from connector.core.funding_info import FundingChange
from connector.market.compiled.facts cimport BookTicker, DepthDiff, DepthSnapshot, exact
from connector.market.compiled.frames cimport FrameDecoder
from connector.market.compiled.funding_rate cimport FundingRate
from connector.market.compiled.numbers cimport TENS, form_of
from connector.market.compiled.order_book cimport Depth
from connector.market.plain.order_book import CROSSED
from connector.market.plain.symbol_feed import MOST_BUFFERED, MOST_LEAD_MS, MOST_STALE_MS, MOST_TRADES, OUTLIVED
from connector.market.facts import MalformedFrameError, MarketTrade
from connector.market.sequence import holds

LOG = logging.getLogger(__name__)

cdef tuple KIND_NAMES = (StreamKind.DEPTH, StreamKind.BOOK_TICKER, StreamKind.TRADE, StreamKind.MARK_PRICE)
cdef object VALID = BookState.VALID
cdef object INVALID = BookState.INVALID
cdef int most_trades = MOST_TRADES
cdef long long most_stale_ms = MOST_STALE_MS
cdef long long most_lead_ms = MOST_LEAD_MS


cdef class SymbolFeed:
    """Counters as in the plain twin. Buffered events are tuples: U, u, pu, the frame.

    `depth` and `book` are one object, by its C type and by what Python sees. Trades are kept as structs in `new_trades`
    until somebody asks for them: a symbol may trade hundreds of times a second, and nobody look.
    """

    def __cinit__(self, str symbol not None, str trading_pair not None, FrameDecoder decoder not None):
        self.symbol, self.trading_pair, self.decoder = symbol, trading_pair, decoder
        self.book = self.depth = decoder.new_book(trading_pair, symbol)
        self.funding = FundingRate()
        self.last_error, self.last_trade_id = "", -1
        for kind in range(KINDS):
            self.standing[kind].value = -1
        self.buffer, self.kept_trades, self.listeners = deque(), deque(maxlen=MOST_TRADES), ()

    def __dealloc__(self):
        free(self.new_trades)

    @property
    def needs_snapshot(self):
        return self.book.state is not VALID

    @property
    def buffered(self):
        return len(self.buffer)

    def last_frame_ms(self, kind not None):
        return self.frame_ms[KIND_NAMES.index(kind)]

    @property
    def last_ms(self):
        return {KIND_NAMES[kind]: self.frame_ms[kind] for kind in range(KINDS)}

    @property
    def last_change(self):
        return KIND_NAMES[self.kind]

    @property
    def touch_watcher(self):
        return self.touch_teller

    @touch_watcher.setter
    def touch_watcher(self, watcher):
        self.touch_teller = watcher
        self.is_touch_news()

    @property
    def trades(self):
        self.read_trades()
        return self.kept_trades

    # A tuple, replaced whole: one that is being called through may be left or joined by its own listeners.

    def add_listener(self, listener not None):
        self.listeners += (listener,)

    def remove_listener(self, listener not None):
        kept = list(self.listeners)
        kept.remove(listener)
        self.listeners = tuple(kept)

    def on_snapshot(self, bytes body not None, received_ms):
        if not self.needs_snapshot:
            return True
        try:
            snapshot = self.decoder.decode_snapshot(body)
        except MalformedFrameError as unreadable:
            self.last_error = f"snapshot unreadable at {received_ms}: {unreadable}"
            return False
        first = next((event for event in self.buffer if event[1] >= snapshot.last_id), None)
        if first and not holds(snapshot.last_id, *first[:3]):
            self.last_error = f"snapshot {snapshot.last_id} is older than the buffer from {first[0]}"
            return False
        flaw = self.depth.replace(snapshot)
        if flaw:
            self.last_error = f"snapshot {snapshot.last_id}: {flaw}"
            return False
        self.stage, self.last_id = FIRST, snapshot.last_id
        self.depth.state = VALID
        self.drain()
        self.changed(DEPTH)
        return not self.needs_snapshot

    def is_ticker_overdue(self, long long heard_ms):
        return heard_ms - self.ticker_ms > most_lead_ms and self.depth.is_ticker_apart

    def invalidate(self, str reason not None):
        self.drop_buffer()
        self.stage = AWAITING
        self.depth.drop_ticker()
        self.last_error = reason
        if self.depth.state is VALID:
            self.depth.state = INVALID
            self.report_loss()
        self.changed(DEPTH)

    # The sequence law.

    cdef Verdict admit(self, long long first_id, long long last_id, long long previous_id) noexcept:
        cdef Verdict verdict = judge(self, first_id, last_id, previous_id)
        if verdict == APPLY:
            self.stage, self.last_id = FOLLOWING, last_id
        elif verdict == RESYNC:
            self.stage = AWAITING
        return verdict

    # Facts in.

    cdef int on_depth(self, DepthDiff diff, bytes frame) except -1:
        cdef Verdict verdict = self.admit(diff.first_id, diff.last_id, diff.previous_id)
        if verdict == SKIP and not self.is_outlived(DEPTH, self.last_id):
            self.skipped += 1
            return 0
        event = (diff.first_id, diff.last_id, diff.previous_id, frame)
        if verdict == BUFFER:
            return self.keep(event)
        if verdict == APPLY:
            flaw = self.depth.apply(diff)
            if flaw:
                self.lose(flaw, event)
            else:
                self.on_applied(False, None)
        elif verdict == SKIP:
            self.gaps += 1
            self.lose(OUTLIVED, event)
        else:
            self.gaps += 1
            self.lose(f"gap: pu {diff.previous_id} does not follow {self.depth.last_diff_uid}", event)
        return self.changed(DEPTH)

    cdef int on_applied(self, bint is_crossed, object event) except -1:
        """A depth event is in the book; `event` is needed where it crossed the book."""
        if is_crossed:
            return self.lose(CROSSED, event)
        self.applied += 1
        if self.depth_watcher is not None:
            self.depth_watcher(self)
        return 0

    cdef int on_ticker(self, BookTicker ticker) except -1:
        self.expect(
            max(ticker.bid_level.price_decimals, ticker.ask_level.price_decimals),
            max(ticker.bid_level.amount_decimals, ticker.ask_level.amount_decimals),
        )
        if self.depth.apply_ticker_at(ticker.update_id, &ticker.bid_level, &ticker.ask_level):
            self.ticker_ms = self.frame_ms[BOOK_TICKER]
            self.changed(BOOK_TICKER)
        return 0

    cdef int on_trade(self, const Trade* trade) except -1:
        cdef Trade* grown
        if trade.trade_id <= self.last_trade_id and not self.is_outlived(TRADE, self.last_trade_id):
            return 0
        self.last_trade_id = trade.trade_id
        # A ring from here on, the oldest trade overwritten; before, memory that grows with what a symbol needs.
        if self.trades_size == most_trades:
            self.new_trades[self.oldest_trade] = trade[0]
            self.oldest_trade = (self.oldest_trade + 1) % most_trades
            self.depth.last_trade_price = trade.price / <double>TENS[trade.price_decimals]
            return self.changed(TRADE)
        if self.trades_size == self.trades_capacity:
            self.trades_capacity = min(2 * self.trades_capacity or 16, most_trades)
            grown = <Trade*>realloc(self.new_trades, self.trades_capacity * sizeof(Trade))
            if grown == NULL:
                raise MemoryError
            self.new_trades = grown
        self.new_trades[self.trades_size] = trade[0]
        self.trades_size += 1
        self.depth.last_trade_price = trade.price / <double>TENS[trade.price_decimals]
        return self.changed(TRADE)

    cdef int on_plain_trade(self, object trade) except -1:
        if trade.trade_id <= self.last_trade_id and not self.is_outlived(TRADE, self.last_trade_id):
            return 0
        self.last_trade_id = trade.trade_id
        self.expect(-trade.price.as_tuple().exponent, -trade.amount.as_tuple().exponent)
        self.read_trades()
        self.kept_trades.append(trade)
        self.depth.last_trade_price = float(trade.price)
        return self.changed(TRADE)

    cdef int on_mark_price(self, object row) except -1:
        if row.time_ms < self.funding.time_ms and not self.is_outlived(MARK_PRICE, self.funding.time_ms):
            return 0
        return self.on_funding(self.funding.apply(row))

    cdef int on_funding(self, int change) except -1:
        if change and self.funding_watcher is not None:
            self.funding_watcher(self, FundingChange(change))
        if self.mark_watcher is not None:
            self.mark_watcher(self)
        return self.changed(MARK_PRICE)

    cdef int changed(self, int kind) except -1:
        self.kind = kind
        if self.touch_teller is not None and kind <= BOOK_TICKER and self.is_touch_news():
            self.touch_teller(self)
        if self.listeners:
            for listener in self.listeners:
                try:
                    listener(self)
                except Exception:
                    # A strategy's mistake must not cost it the socket, nor keep others from being called.
                    LOG.exception("%s: a listener of the feed failed", self.symbol)
        return 0

    # Within.

    cdef bint is_touch_news(self) noexcept:
        """Whether the touch is at other prices, or believed otherwise, than when this was asked last. A side that is
        empty has none, which equals itself."""
        cdef double bid = self.depth.touch_price(False), ask = self.depth.touch_price(True)
        cdef bint is_valid = self.depth.state is VALID
        if bid != bid:
            bid = 0
        if ask != ask:
            ask = 0
        if bid == self.told_bid and ask == self.told_ask and is_valid == self.told_valid:
            return False
        self.told_bid, self.told_ask, self.told_valid = bid, ask, is_valid
        return True

    cdef int expect(self, int price_decimals, int amount_decimals) except -1:
        """How the next ticker's and trade's numbers are expected to be written: as this one's were."""
        self.prices = form_of(price_decimals, price_decimals, price_decimals)
        self.amounts = form_of(amount_decimals, amount_decimals, amount_decimals)
        return 0

    cdef int read_trades(self) except -1:
        """Turns the trades that came since the last look into objects."""
        cdef int index
        cdef Trade* trade
        for index in range(self.trades_size):
            trade = &self.new_trades[(self.oldest_trade + index) % most_trades]
            self.kept_trades.append(MarketTrade(
                exact(trade.price, trade.price_decimals), exact(trade.amount, trade.amount_decimals),
                TradeType.SELL if trade.is_sale else TradeType.BUY, trade.trade_id, trade.time_ms,
            ))
        self.trades_size = self.oldest_trade = 0
        return 0

    cdef int drain(self) except -1:
        cdef str flaw
        while self.buffer:
            event = self.buffer.popleft()
            if self.admit(event[0], event[1], event[2]) == SKIP:
                self.skipped += 1
                continue
            flaw = self.depth.apply(self.decoder.decode(event[3]))
            if flaw:
                self.buffer.appendleft(event)
                return self.lose(flaw, None)
            self.on_applied(False, None)
        return 0

    cdef bint is_outlived(self, int kind, long long value) noexcept:
        """An older one came, while `value` stands: whether that goes on for too long."""
        cdef Standing* standing = &self.standing[kind]
        if standing.value != value:
            standing.value, standing.since_ms = value, self.frame_ms[kind]
        return self.frame_ms[kind] - standing.since_ms > most_stale_ms

    cdef int lose(self, str reason, object event) except -1:
        self.resyncs += 1
        self.last_error = reason
        self.depth.state = INVALID
        self.stage = AWAITING
        if event is not None:
            self.keep(event)
        return self.report_loss()

    cdef int report_loss(self) except -1:
        if self.lost_watcher is not None:
            self.lost_watcher(self)
        return 0

    cdef int keep(self, object event) except -1:
        if self.buffer and event[2] != self.buffer[-1][1]:
            if event[1] <= self.buffer[-1][1] and not self.is_outlived(DEPTH, self.buffer[-1][1]):
                self.skipped += 1
                return 0
            self.gaps += 1
            self.drop_buffer()
        if len(self.buffer) == MOST_BUFFERED:
            self.buffer.popleft()
            self.skipped += 1
        self.buffer.append(event)
        return 0

    cdef int drop_buffer(self) except -1:
        self.skipped += len(self.buffer)
        self.buffer.clear()
        return 0
