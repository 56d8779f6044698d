from connector.market.compiled.facts cimport BookTicker, DepthDiff, DepthSnapshot
from connector.market.compiled.scan cimport Field, JsonScan


cdef class FrameDecoder(JsonScan):
    cdef public long long fallback
    cdef readonly bint caches_layouts
    cdef object plain
    cdef DepthDiff diff
    cdef BookTicker ticker

    cdef object scan(self, bytes frame)
    cdef object wrapped(self)
    cdef object rows(self)
    cdef object fact(self, Field* fields)
    cdef object ignored(self, Field* fields)
    cdef object depth(self, Field* fields)
    cdef object book_ticker(self, Field* fields)
    cdef object market_trade(self, Field* fields, int id_field)
    cdef object trade(self, Field* fields, int id_field)
    cdef object mark_price(self, Field* fields)
    cdef bint symbol_and_family(self, Field* fields, long long* family) noexcept
    cdef bint is_word(self, Field* fields, int field, const char* word, Py_ssize_t size) noexcept
    cdef bint scan_snapshot(self, bytes body, DepthSnapshot snapshot) except -1
