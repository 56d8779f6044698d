from connector.core.compiled.frame_taker cimport FrameTaker
from connector.market.compiled.depth_reader cimport DepthReader, Families
from connector.market.compiled.frames cimport FrameDecoder
from connector.market.compiled.numbers cimport Form
from connector.market.compiled.fixed_order_scan cimport Payload
from connector.market.compiled.symbol_table cimport SymbolTable
from connector.market.compiled.symbol_feed cimport SymbolFeed, Trade


cdef class Feed(FrameTaker):
    cdef readonly long long ignored
    cdef readonly long long malformed
    cdef readonly long long foreign
    cdef readonly str last_error
    cdef public object snapshot_watcher
    cdef FrameDecoder decoder
    cdef Families families
    cdef DepthReader depths
    cdef SymbolTable table
    cdef Form marks

    cdef SymbolFeed quick(self, const char* start, Py_ssize_t size, long long received_ms)
    cdef SymbolFeed quick_ticker(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_mark_price(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_aggregate(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_single(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_trade(
        self, SymbolFeed one, const char* at, Trade* trade, Payload* payload, long long received_ms
    )
    cdef SymbolFeed general(self, bytes frame, long long received_ms)
    cdef int ask_snapshot(self, SymbolFeed one) except -1
    cdef SymbolFeed on_mark_prices(self, tuple rows, long long received_ms)
    cdef bint is_foreign(self, long long family) noexcept
