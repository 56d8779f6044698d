from libc.stdint cimport uint64_t

from connector.market.compiled.fixed_order_scan cimport Symbol, same, skip_pair, symbol_at
from connector.market.compiled.symbol_feed cimport SymbolFeed

# A followed symbol by its bytes, as two words: a comparison of two numbers, and no text object. `feed` is borrowed from
# `by_name`, which keeps it alive, and NULL where the place is free; `rebuild` follows before an object that left can go.
cdef struct Place:
    Symbol symbol
    void* feed


cdef class SymbolTable:
    cdef dict by_name
    cdef Place* places
    cdef uint64_t mask

    cdef int rebuild(self) except -1


cdef inline uint64_t hashed(const Symbol* symbol) noexcept nogil:
    return ((symbol.first ^ (symbol.second * <uint64_t>0x9E3779B97F4A7C15)) * <uint64_t>0xC2B2AE3D27D4EB4F) >> 40


cdef inline SymbolFeed followed(SymbolTable table, const Symbol* symbol):
    """The feed of a symbol of at most 16 bytes, or None. Three quarters of the places are free: the search ends soon."""
    cdef uint64_t place = hashed(symbol) & table.mask
    cdef Place* found = &table.places[place]
    while found.feed != NULL:
        if found.symbol.first == symbol.first and found.symbol.second == symbol.second:
            return <SymbolFeed>found.feed
        place = (place + 1) & table.mask
        found = &table.places[place]
    return None


cdef inline SymbolFeed named(SymbolTable table, const char** place, const char* end):
    """The followed symbol whose field stands at `place`, which then stands behind it; or None."""
    cdef Symbol symbol
    cdef const char* at = place[0]
    if at == NULL or not same(at, end, b',"s":"', 6):
        return None
    at = symbol_at(at + 6, end, &symbol)
    if at == NULL:
        return None
    place[0] = skip_pair(at, end)
    return followed(table, &symbol)
