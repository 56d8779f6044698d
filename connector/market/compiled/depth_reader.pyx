"""Reads depth frames whose fields stand where the venue puts them, and applies them.

    frame ──▶ read_as_before: written as its stream's frame before, digits apart ──▶ read whole, then applied
                └── read_by_field ──▶ read whole, then applied, and how it was written is cached
                      └── None, and nothing done: the frame is for the general way

What is cached are guesses that every frame proves: see `c/depth_layout.h`. Levels are read into `rows`, which is used
again by every frame; the book changes when the whole frame was found sound, and then nothing can fail but memory.
"""

cimport cython
from libc.stdint cimport int64_t, uint64_t, uintptr_t
from libc.stdlib cimport calloc, free, malloc

from cpython.bytes cimport PyBytes_FromStringAndSize

from connector.market.compiled.ladder cimport Row, await_touch
from connector.market.compiled.depth_layout_cache cimport (
    HEADING_BYTES, LONGEST_ID, LONGEST_NAME, SHORTEST_ID, STREAM_AT, Heading, Layout, DepthLayouts, Shape, Spans,
    behind_ids, has_avx2, heading_place, is_headed, is_named, keep_id, layout_of, shape_of,
)
from connector.market.compiled.order_book cimport Depth, is_crossed, put_rows
from connector.market.compiled.fixed_order_levels cimport levels
from connector.market.compiled.fixed_order_scan cimport Payload, close_payload, same, whole_behind
from connector.market.compiled.numbers cimport load8, whole
from connector.market.compiled.symbol_table cimport SymbolTable, named
from connector.market.compiled.symbol_feed cimport APPLY, DEPTH, FOLLOWING, SymbolFeed, judge

cdef enum:
    SHORTEST_LEVEL = 10  # `["1","2"],`
    FEWEST_HEADINGS = 64  # a power of two, as is every number of places
    LINE = 64  # of the processor's cache
    MOST_FACTOR = 1000000000  # by which eight digits are multiplied in 32 bits each


cdef class DepthReader:
    """`forget` follows every change of the symbols."""

    def __cinit__(self, SymbolTable symbols not None, only_family, bint caches_layouts):
        self.symbols, self.caches_layouts = symbols, caches_layouts and has_avx2()
        self.families.takes_all = only_family is None
        self.families.one = 0 if only_family is None else only_family
        self.layouts = <DepthLayouts*>calloc(1, sizeof(DepthLayouts))
        if self.layouts == NULL:
            raise MemoryError
        self.forget()

    def __dealloc__(self):
        free(self.layouts)
        free(self.memory)
        free(self.rows)

    cdef int forget(self) except -1:
        """How frames were written is known no more."""
        cdef uint64_t places = FEWEST_HEADINGS
        cdef void* memory
        # A symbol may come by two streams, and half of the places stay free, so that a search ends soon.
        while places < 4 * <uint64_t>len(self.symbols.by_name):
            places *= 2
        memory = calloc(places * sizeof(Heading) + LINE, 1)
        if memory == NULL:
            raise MemoryError
        free(self.memory)
        self.memory = memory
        self.headings = <Heading*>((<uintptr_t>self.memory + LINE - 1) & ~<uintptr_t>(LINE - 1))
        self.mask, self.headings_size = places - 1, 0
        self.layouts.layouts_size = self.layouts.shapes_size = 0
        return 0

    @cython.final
    cdef int reserve(self, Py_ssize_t size) except -1:
        """Room for the levels of so many bytes: a row for each that there could be, and one that is written in vain."""
        free(self.rows)
        self.rows = <Row*>malloc((2 * size // SHORTEST_LEVEL + 1) * sizeof(Row))
        self.rows_bytes = 2 * size if self.rows != NULL else 0
        if self.rows == NULL:
            raise MemoryError
        return 0

    @cython.final
    cdef SymbolFeed read_as_before(self, const char* start, Py_ssize_t size, long long received_ms):
        """1. The stream's heading is found by the sixteen bytes where its name begins, whatever the frame is.
        2. The frame's first 128 bytes are compared with the heading, of which digits may differ.
        3. The rest is read, see below. A frame that is too short to be compared is for another way.
        """
        cdef DepthFrame frame
        cdef uint64_t place
        cdef Heading* heading
        if size <= HEADING_BYTES + STREAM_AT or (start + size - 1)[0] != c"}":
            return None
        place = heading_place(start + STREAM_AT) & self.mask
        heading = self.headings + place
        while heading.feed != NULL:
            if is_named(heading, start):
                if not is_headed(heading, start):
                    return None
                frame.start, frame.ids, frame.end = start, start + heading.layout.size, start + size
                frame.received_ms = received_ms
                return self.read_behind_heading(heading, &frame, <SymbolFeed>heading.feed, <Depth>heading.book)
            place = (place + 1) & self.mask
            heading = self.headings + place
        return None

    @cython.final
    cdef SymbolFeed read_behind_heading(self, Heading* heading, DepthFrame* frame, SymbolFeed one, Depth book):
        """From the digits of `U` on:

        1. The ids, of which `pu` has to be the `u` of the frame before by its very digits.
        2. The memory around both touches is asked for, while there are levels to be read.
        3. The levels, and the end of the frame.
        4. The law: the feed stands where the heading does, so this event is the next one. Another way (a snapshot, a
           second socket) may have moved the feed meanwhile.
        5. Only now the heading and the book change.
        """
        cdef uint64_t[2] digits
        cdef int64_t[2] price_sizes
        cdef const char* at = behind_ids(heading, frame.ids, frame.end, &frame.last_id, digits)
        # A snapshot, or an event that took the general way, may have taught the book other forms.
        if at == NULL or heading.edition != book.edition:
            return None
        await_touch(&book.bids)
        await_touch(&book.asks)
        frame.closing = 2
        if not self.read_levels(frame, at, book, heading.bids, heading.asks, heading.factor, price_sizes):
            return None
        frame.previous_id = heading.last_id
        # An id that begins with 0 is below the last one, for it is as long.
        if one.stage != FOLLOWING or one.last_id != heading.last_id or frame.last_id <= heading.last_id:
            return None
        heading.last_id = frame.last_id
        heading.id[0], heading.id[1] = digits[0], digits[1]
        if price_sizes[0] or price_sizes[1]:
            self.reshape(heading, book, price_sizes)
        self.apply(one, book, frame)
        return one

    @cython.final
    cdef SymbolFeed read_by_field(self, const char* start, Payload* payload, long long received_ms):
        """`payload` stands at the name of the event.

        1. Times, symbol and ids, each behind its name; NULL goes through to the end.
        2. The law is asked before the levels are read: what it would not apply is for the general way.
        3. The levels, in the forms in which the book expects numbers.
        4. Places of names and digits are kept for the next frame, before the book hands anything to listeners.
        """
        cdef DepthFrame frame
        cdef int64_t first_id = 0, stamp
        cdef int64_t[2] price_sizes
        cdef Spans spans
        cdef const char* end = payload.end
        cdef const char* event_time = payload.at + 17
        cdef const char* trade_time = whole_behind(payload.at, end, b'depthUpdate","E":', 17, &stamp)
        cdef const char* symbol = whole_behind(trade_time, end, b',"T":', 5, &stamp)
        cdef const char* at = symbol
        cdef SymbolFeed one = named(self.symbols, &at, end)
        if one is None or at == NULL or not same(at, end, b'"U":', 4):
            return None
        frame.start, frame.ids, frame.end, frame.received_ms = start, at + 4, end, received_ms
        at = whole_behind(at, end, b'"U":', 4, &first_id)
        at = whole_behind(at, end, b',"u":', 5, &frame.last_id)
        at = whole_behind(at, end, b',"pu":', 6, &frame.previous_id)
        if at == NULL or not same(at, end, b',"b":[', 6):
            return None
        if judge(one, first_id, frame.last_id, frame.previous_id) != APPLY:
            return None
        cdef Depth book = one.depth
        if not (book.prices.is_known and book.amounts.is_known):
            return None
        frame.closing = payload.closing
        if not self.read_levels(&frame, at + 6, book, NULL, NULL, book.amounts.factor, price_sizes):
            return None
        spans.first, spans.first_end = event_time - start, trade_time - start
        spans.second, spans.second_end = spans.first_end + 5, symbol - start
        spans.symbol_at = symbol + 6 - start
        if self.caches_layouts and frame.closing == 2:
            self.keep_heading(one, &frame, &spans, price_sizes)
        self.apply(one, book, &frame)
        return one

    @cython.final
    cdef bint read_levels(
        self, DepthFrame* frame, const char* at, Depth book, const Shape* bids, const Shape* asks, int64_t factor,
        int64_t* price_sizes
    ) except -1:
        """From behind the bracket of the bids to the frame's end. False where it is not written so, or not ours."""
        cdef Payload payload
        cdef const char* end = frame.end
        price_sizes[0] = price_sizes[1] = 0
        if end - at > self.rows_bytes:
            self.reserve(end - at)
        frame.bids = levels(&at, end, bids, factor, &book.prices, &book.amounts, 1, &price_sizes[0], self.rows)
        if frame.bids < 0 or not same(at, end, b',"a":[', 6):
            return False
        at += 6
        frame.asks = levels(
            &at, end, asks, factor, &book.prices, &book.amounts, -1, &price_sizes[1], self.rows + frame.bids
        )
        if frame.asks < 0:
            return False
        payload.end, payload.closing, payload.family = end, frame.closing, 0
        return close_payload(at, &payload) and is_ours(&self.families, payload.family)

    @cython.final
    cdef int apply(self, SymbolFeed one, Depth book, const DepthFrame* frame) except -1:
        cdef int64_t first_id = 0
        # The law and the counters first: whoever is called from here finds them as of this frame.
        one.stage, one.last_id = FOLLOWING, frame.last_id
        one.frames += 1
        one.frame_ms[DEPTH] = frame.received_ms
        put_rows(book, self.rows, frame.bids, frame.asks)
        book.last_diff_uid = frame.last_id
        if is_crossed(book):
            # Rare, and the one case in which the frame's own bytes are kept: `U` was not read until here.
            whole(frame.ids, frame.end, &first_id)
            text = PyBytes_FromStringAndSize(frame.start, frame.end - frame.start)
            one.on_applied(True, (first_id, frame.last_id, frame.previous_id, text))
        else:
            one.applied += 1
            if one.depth_watcher is not None:
                one.depth_watcher(one)
        one.kind = DEPTH
        if one.listeners or one.touch_teller is not None:  # spares the call where nobody listens
            one.changed(DEPTH)
        return 0

    # How frames are written.

    cdef int reshape(self, Heading* heading, Depth book, const int64_t* price_sizes) except -1:
        """Prices of bids and asks of these lengths were seen; 0: none but those that were expected."""
        if heading.factor > MOST_FACTOR:
            return 0
        if price_sizes[0]:
            heading.bids = self.shape_for(book, price_sizes[0])
        if price_sizes[1]:
            heading.asks = self.shape_for(book, price_sizes[1])
        return 0

    cdef const Shape* shape_for(self, Depth book, int64_t price_size) noexcept:
        return shape_of(self.layouts, price_size, book.prices.written, book.prices.skip, book.amounts.written)

    cdef int keep_heading(self, SymbolFeed one, const DepthFrame* frame, Spans* spans, int64_t* price_sizes) except -1:
        """The frame was read: the next one of its stream is expected to be written like it."""
        cdef const char* start = frame.start
        cdef const char* id_at = behind_digits(frame.ids) + 5
        cdef int64_t id_size = behind_digits(id_at) - id_at
        cdef Depth book = one.depth
        spans.size = frame.ids - start
        spans.name_size = letters_before(start + STREAM_AT, c"@")
        spans.symbol_size = letters_before(start + spans.symbol_at, c'"')
        if spans.size > HEADING_BYTES or max(spans.name_size, spans.symbol_size) > LONGEST_NAME:
            return 0
        if not SHORTEST_ID <= id_size <= LONGEST_ID:
            return 0
        cdef const Layout* layout = layout_of(self.layouts, start, spans)
        cdef uint64_t place = heading_place(start + STREAM_AT) & self.mask
        # Its own place, whose heading is out of date, or the first free one behind where it belongs.
        while self.headings[place].feed != NULL and not is_named(self.headings + place, start):
            place = (place + 1) & self.mask
        cdef Heading* heading = self.headings + place
        if layout == NULL or (heading.feed == NULL and 2 * self.headings_size > self.mask):
            return 0
        self.headings_size += heading.feed == NULL
        heading.feed, heading.book, heading.layout = <void*>one, <void*>book, layout
        heading.name[0], heading.name[1] = load8(start + STREAM_AT), load8(start + STREAM_AT + 8)
        heading.symbol[0], heading.symbol[1] = load8(start + spans.symbol_at), load8(start + spans.symbol_at + 8)
        heading.last_id, heading.id_size = frame.last_id, id_size
        keep_id(heading, id_at + id_size)
        # Any change of the book's forms makes its edition another, and the shapes useless.
        heading.edition, heading.factor = book.edition, book.amounts.factor
        heading.bids = heading.asks = NULL
        return self.reshape(heading, book, price_sizes)


cdef const char* behind_digits(const char* at) noexcept:
    while c"0" <= at[0] <= c"9":
        at += 1
    return at


cdef int64_t letters_before(const char* at, char mark) noexcept:
    """How many letters stand before the mark, which follows; one more than a name has where it has too many."""
    cdef int64_t size = 0
    while at[size] != mark and size <= LONGEST_NAME:
        size += 1
    return size
