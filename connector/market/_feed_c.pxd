from libc.stdint cimport uint32_t

from connector.core._frame_taker_c cimport FrameTaker
from connector.market._frames_c cimport FrameDecoder
from connector.market._ladder_c cimport Row
from connector.market._numbers_c cimport Form
from connector.market._quick_scan_c cimport Payload
from connector.market._roster_c cimport Roster
from connector.market._symbol_feed_c cimport SymbolFeed, Trade


cdef class Feed(FrameTaker):
    cdef readonly long long ignored
    cdef readonly long long malformed
    cdef readonly long long foreign
    cdef readonly str last_error
    cdef public object snapshot_watcher
    cdef FrameDecoder decoder
    cdef bint takes_all
    cdef long long only_family
    cdef Roster roster
    cdef Row* scratch
    cdef uint32_t* commas
    cdef Py_ssize_t scratch_size
    cdef Form marks

    cdef bint is_ours(self, long long family) noexcept
    cdef int reserve(self, Py_ssize_t size) except -1
    cdef SymbolFeed quick(self, const char* start, Py_ssize_t size, long long received_ms)
    cdef SymbolFeed quick_depth(self, const char* start, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_diff(self, const char* start, Payload* payload, SymbolFeed one, long long received_ms)
    cdef SymbolFeed quick_ticker(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_mark_price(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_aggregate(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_single(self, Payload* payload, long long received_ms)
    cdef SymbolFeed quick_trade(
        self, SymbolFeed one, const char* at, Trade* trade, Payload* payload, long long received_ms
    )
    cdef SymbolFeed named(self, const char** place, const char* end)
    cdef SymbolFeed general(self, bytes frame, long long received_ms)
    cdef int ask_snapshot(self, SymbolFeed one) except -1
    cdef SymbolFeed on_mark_prices(self, tuple rows, long long received_ms)
    cdef bint is_foreign(self, long long family) noexcept
