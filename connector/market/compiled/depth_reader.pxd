from libc.stdint cimport int64_t, uint64_t

from connector.market.compiled.ladder cimport Row
from connector.market.compiled.depth_layout_cache cimport Heading, DepthLayouts, Shape, Spans
from connector.market.compiled.order_book cimport Depth
from connector.market.compiled.fixed_order_scan cimport Payload
from connector.market.compiled.symbol_table cimport SymbolTable
from connector.market.compiled.symbol_feed cimport SymbolFeed


# Which product families are taken: `one`, those of frames that tell none, or all.
cdef struct Families:
    bint takes_all
    int64_t one


cdef inline bint is_ours(const Families* families, int64_t family) noexcept nogil:
    return family == families.one or family == 0 or families.takes_all


# A depth frame while it is read; `ids` is where the digits of `U` stand, `closing` the braces at its end.
cdef struct DepthFrame:
    const char* start
    const char* ids
    const char* end
    int closing
    int64_t last_id
    int64_t previous_id
    Py_ssize_t bids
    Py_ssize_t asks
    long long received_ms


cdef class DepthReader:
    cdef SymbolTable symbols
    cdef Families families
    cdef bint caches_layouts
    cdef DepthLayouts* layouts
    cdef void* memory
    cdef Heading* headings  # a hashed table of `mask` + 1 places within `memory`, from a cache line's beginning on
    cdef uint64_t mask
    cdef uint64_t headings_size
    cdef Row* rows
    cdef Py_ssize_t rows_bytes

    cdef int forget(self) except -1
    cdef int reserve(self, Py_ssize_t size) except -1
    cdef SymbolFeed read_as_before(self, const char* start, Py_ssize_t size, long long received_ms)
    cdef SymbolFeed read_behind_heading(self, Heading* heading, DepthFrame* frame, SymbolFeed one, Depth book)
    cdef SymbolFeed read_by_field(self, const char* start, Payload* payload, long long received_ms)
    cdef bint read_levels(
        self, DepthFrame* frame, const char* at, Depth book, const Shape* bids, const Shape* asks, int64_t factor,
        int64_t* price_sizes
    ) except -1
    cdef int apply(self, SymbolFeed one, Depth book, const DepthFrame* frame) except -1
    cdef int reshape(self, Heading* heading, Depth book, const int64_t* price_sizes) except -1
    cdef const Shape* shape_for(self, Depth book, int64_t price_size) noexcept
    cdef int keep_heading(self, SymbolFeed one, const DepthFrame* frame, Spans* spans, int64_t* price_sizes) except -1
