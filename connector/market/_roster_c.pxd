from libc.stdint cimport int32_t, int64_t, uint64_t

from connector.market._quick_scan_c cimport Symbol
from connector.market._symbol_feed_c cimport SymbolFeed

cdef extern from "_heading_c.h" nogil:
    enum:
        HEADING_BYTES
        STREAM_AT
    ctypedef struct Heading:
        void* feed
        int32_t size
    ctypedef struct Layouts:
        int32_t size
    uint64_t heading_place(const char* name)
    bint is_headed(const Heading* heading, const Layouts* layouts, const char* start)
    void note_heading(
        Heading* heading, Layouts* layouts, void* feed, const char* start, int64_t size, const char* first,
        const char* first_end, const char* second, const char* second_end
    )

# A followed symbol by its bytes; `feed` is borrowed from `by_name`, NULL where the place is free.
cdef struct Place:
    Symbol symbol
    void* feed


cdef class Roster:
    cdef dict by_name
    cdef Place* places
    cdef Heading* headings  # as many as places
    cdef Layouts* layouts
    cdef uint64_t mask

    cdef int call(self) except -1


cdef inline uint64_t hashed(const Symbol* symbol) noexcept nogil:
    return ((symbol.first ^ (symbol.second * <uint64_t>0x9E3779B97F4A7C15)) * <uint64_t>0xC2B2AE3D27D4EB4F) >> 40


cdef inline SymbolFeed followed(Roster roster, const Symbol* symbol):
    """The feed of a symbol of at most 16 bytes, or None."""
    cdef uint64_t place = hashed(symbol) & roster.mask
    cdef Place* found = &roster.places[place]
    while found.feed != NULL:
        if found.symbol.first == symbol.first and found.symbol.second == symbol.second:
            return <SymbolFeed>found.feed
        place = (place + 1) & roster.mask
        found = &roster.places[place]
    return None


cdef inline Heading* heading_of(Roster roster, const char* start) noexcept nogil:
    """The heading of a frame that is as long as one, or NULL."""
    cdef uint64_t place = heading_place(start + STREAM_AT) & roster.mask
    cdef Heading* heading = roster.headings + place
    if heading.feed != NULL and is_headed(heading, roster.layouts, start):
        return heading
    heading = roster.headings + (place ^ 1)
    return heading if heading.feed != NULL and is_headed(heading, roster.layouts, start) else NULL


cdef inline Heading* room_for_heading(Roster roster, const char* start, const void* feed) noexcept nogil:
    """Where the heading of a symbol's frame may be noted: one of two places, or NULL where others have them."""
    cdef uint64_t place = heading_place(start + STREAM_AT) & roster.mask
    cdef Heading* heading = roster.headings + place
    if heading.feed != NULL and heading.feed != feed:
        heading = roster.headings + (place ^ 1)
    return heading if heading.feed == NULL or heading.feed == feed else NULL
