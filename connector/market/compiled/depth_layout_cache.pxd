# How the depth frames of streams are written: what `c/depth_layout_cache.h`, and what it includes, declare.

from libc.stdint cimport int64_t, uint64_t

from connector.market.compiled.ladder cimport Row

cdef extern from "c/depth_layout_cache.h" nogil:
    enum:
        HEADING_BYTES
        LONGEST_NAME
        LONGEST_ID
        SHORTEST_ID
        STREAM_AT
    ctypedef struct Layout:
        int64_t size
    ctypedef struct Shape:
        int64_t price_size
    ctypedef struct Heading:
        uint64_t[2] name
        uint64_t[2] symbol
        uint64_t[2] id
        void* feed
        void* book
        const Layout* layout
        const Shape* bids
        const Shape* asks
        int64_t last_id
        int64_t id_size
        int64_t edition
        int64_t factor
    ctypedef struct DepthLayouts:
        int64_t layouts_size
        int64_t shapes_size
    ctypedef struct Spans:
        int64_t size
        int64_t name_size
        int64_t symbol_at
        int64_t symbol_size
        int64_t first
        int64_t first_end
        int64_t second
        int64_t second_end
    bint has_avx2()
    uint64_t heading_place(const char* name)
    bint is_named(const Heading* heading, const char* start)
    bint is_headed(const Heading* heading, const char* start)
    const char* behind_ids(const Heading* heading, const char* at, const char* end, int64_t* last_id, uint64_t* id)
    int64_t alike_levels(
        const char** place, const char* end, const Shape* shape, int64_t sign, int64_t factor, Row* rows
    )
    void keep_id(Heading* heading, const char* end)
    const Layout* layout_of(DepthLayouts* known, const char* start, const Spans* spans)
    const Shape* shape_of(DepthLayouts* known, int64_t size, int64_t written, int64_t skip, int64_t amount_written)
