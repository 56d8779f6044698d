"""The symbols that a feed follows, found by the bytes of a frame: no text object is made to look one up."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free

from connector.market.compiled.fixed_order_scan cimport Symbol, symbol_of

cdef enum:
    FEWEST_PLACES = 64


cdef class SymbolTable:
    """`rebuild` follows every change of `by_name`. Symbols beyond ASCII or 16 bytes, or written with escapes, stand in
    `by_name` alone."""

    def __cinit__(self):
        self.by_name = {}
        self.rebuild()

    def __dealloc__(self):
        free(self.places)

    cdef int rebuild(self) except -1:
        cdef uint64_t places = FEWEST_PLACES, place
        cdef Symbol symbol
        cdef bytes name
        while places < 4 * <uint64_t>len(self.by_name):
            places *= 2
        cdef Place* made = <Place*>calloc(places, sizeof(Place))
        if made == NULL:
            raise MemoryError
        free(self.places)
        self.places, self.mask = made, places - 1
        # The others are never found here, and their frames take the general way, which looks in `by_name`.
        for text, one in self.by_name.items():
            name = text.encode()
            if text.isascii() and 0 < len(name) <= 16 and not (b"\\" in name or b'"' in name):
                symbol_of(name, len(name), &symbol)
                place = hashed(&symbol) & self.mask
                while self.places[place].feed != NULL:
                    place = (place + 1) & self.mask
                self.places[place].symbol, self.places[place].feed = symbol, <void*>one
        return 0
