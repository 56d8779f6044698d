from connector.market.compiled.facts cimport BookTicker, DepthDiff
from connector.market.compiled.frames cimport FrameDecoder
from connector.market.compiled.funding_rate cimport FundingRate
from connector.market.compiled.numbers cimport Form
from connector.market.compiled.order_book cimport Depth

# What an event meets: see `sequence.py`.
cdef enum Stage:
    AWAITING, FIRST, FOLLOWING

cdef enum Verdict:
    SKIP, APPLY, RESYNC, BUFFER

cdef enum:
    DEPTH, BOOK_TICKER, TRADE, MARK_PRICE, KINDS


cdef struct Trade:
    long long price
    long long amount
    int price_decimals
    int amount_decimals
    bint is_sale
    long long trade_id
    long long time_ms


# What stands, an id or a time, and since when only older ones came.
cdef struct Standing:
    long long value
    long long since_ms


cdef class SymbolFeed:
    # What every depth frame touches comes first, and lies together.
    cdef Stage stage
    cdef int kind
    cdef long long last_id
    cdef readonly long long frames
    cdef readonly long long applied
    cdef public object depth_watcher
    cdef tuple listeners
    cdef object touch_teller
    cdef double told_bid
    cdef double told_ask
    cdef bint told_valid
    cdef long long[KINDS] frame_ms
    cdef Depth depth
    cdef readonly str symbol
    cdef readonly str trading_pair
    cdef readonly object book
    cdef readonly FundingRate funding
    cdef readonly long long skipped
    cdef readonly long long resyncs
    cdef readonly long long gaps
    cdef readonly str last_error
    cdef public object lost_watcher
    cdef public object funding_watcher
    cdef public object mark_watcher
    cdef FrameDecoder decoder
    cdef object buffer
    cdef object kept_trades
    cdef Trade* new_trades
    cdef int trades_size
    cdef int oldest_trade
    cdef int trades_capacity
    cdef long long last_trade_id
    cdef long long ticker_ms
    cdef Standing[KINDS] standing
    # How tickers and trades are expected to be written.
    cdef Form prices
    cdef Form amounts

    cdef Verdict admit(self, long long first_id, long long last_id, long long previous_id) noexcept
    cdef int on_depth(self, DepthDiff diff, bytes frame) except -1
    cdef int on_applied(self, bint is_crossed, object event) except -1
    cdef int on_ticker(self, BookTicker ticker) except -1
    cdef int on_trade(self, const Trade* trade) except -1
    cdef int on_plain_trade(self, object trade) except -1
    cdef int on_mark_price(self, object row) except -1
    cdef int on_funding(self, int change) except -1
    cdef bint is_outlived(self, int kind, long long value) noexcept
    cdef int report_loss(self) except -1
    cdef int changed(self, int kind) except -1
    cdef bint is_touch_news(self) noexcept
    cdef int expect(self, int price_decimals, int amount_decimals) except -1
    cdef int read_trades(self) except -1
    cdef int drain(self) except -1
    cdef int lose(self, str reason, object event) except -1
    cdef int keep(self, object event) except -1
    cdef int drop_buffer(self) except -1


cdef inline Verdict judge(SymbolFeed one, long long first_id, long long last_id, long long previous_id) noexcept:
    """What the sequence law says of an event; nothing moves."""
    if one.stage == FOLLOWING:
        if previous_id == one.last_id and last_id > previous_id:
            return APPLY
        return SKIP if last_id <= one.last_id else RESYNC
    if one.stage == AWAITING:
        return BUFFER
    if last_id < one.last_id:
        return SKIP
    return APPLY if first_id <= one.last_id or previous_id == one.last_id else RESYNC
