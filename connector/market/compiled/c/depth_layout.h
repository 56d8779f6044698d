/* How the depth frames of a stream are written, learnt from the frame before: from one to the next only digits change.

   `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1626992741140,"T":1626992741123,"s":"BTCUSDT","U":`
   600859601193,"u":600859602861,"pu":600859600917,"b":[["7.5980","1433"],["7.6000","3995"]],"a":[["7.6170","534"]]}}

   The first line is the heading. Names apart it is the same for all names of a length: a Layout. A Shape is how levels
   are written whose prices are of one length. Both are few, shared by all streams, and hence near when a frame comes. */
#pragma once
#include "ladder.h"

enum {
    STREAM_AT = 11, HEADING_WORDS = 16, HEADING_BYTES = 128, LONGEST_NAME = 16, SHORTEST_ID = 9, LONGEST_ID = 16, IDS_NAMES = 17,
    LEVEL_NAMES = 5, LONGEST_PRICE = 11, LONGEST_AMOUNT = 8, MOST_LAYOUTS = 32, MOST_SHAPES = 128
};

/* `text` with `0` for digits, and `bits` where no name stands. With the text taken out by xor and `room` added, the high bit
   of a byte is set where it should not stand there: a letter of its own leaves room for 0 alone, a digit for 0 to 9. */
typedef struct {
    uint64_t text[HEADING_WORDS], bits[HEADING_WORDS], room[HEADING_WORDS];
    uint64_t symbol_bits[2];
    int64_t symbol_at, size;
} Layout;

/* `text` is how a level begins, `0` for digits, and `fixed` has the bits of what is no digit. The digits of its price are
   picked from there into the first eight of sixteen lanes, those of its amount from the sixteen bytes before its closing
   mark into the last eight; its point into lane 8, where `point` has to stand. `most` may be in a lane. */
typedef struct {
    uint8_t text[16], fixed[16], price[16], amount[16], point[16], most[16];
    int64_t price_size, price_written, price_skip, amount_written, fewest;
} Shape;

/* One stream's. `feed` and `book` are borrowed, NULL where nothing was noted. `last_id` is the `u` of the event before,
   `id` its digits behind zeros. What `edition` of the book's forms the shapes of bids and asks are for. */
typedef struct {
    uint64_t name[2], symbol[2], id[2];
    void *feed, *book;
    const Layout* layout;
    const Shape *bids, *asks;
    int64_t last_id, id_size, edition, factor;
} Heading;

typedef struct {
    Layout layouts[MOST_LAYOUTS];
    Shape shapes[MOST_SHAPES];
    int64_t layouts_size, shapes_size;
} DepthLayouts;

/* A place in a table for the stream whose name begins at `name`, of which 16 bytes are readable. */
static inline uint64_t heading_place(const char* name) {
    return ((load8(name) ^ (load8(name + 8) * 0x9E3779B97F4A7C15ULL)) * 0xC2B2AE3D27D4EB4FULL) >> 40;
}

/* Whether the name of a frame's stream is that of the heading, as far as a place knows it. */
static inline int is_named(const Heading* heading, const char* start) {
    return load8(start + STREAM_AT) == heading->name[0] && load8(start + STREAM_AT + 8) == heading->name[1];
}

/* Whether a frame of that name begins as `heading` tells. Reads HEADING_BYTES. */
AVX2 int is_headed(const Heading* heading, const char* start) {
    const Layout* layout = heading->layout;
    const char* symbol = start + layout->symbol_at;
    uint64_t flaws = 0;
    for (int64_t word = 0; word < HEADING_WORDS; ++word) {
        uint64_t other = (load8(start + 8 * word) ^ layout->text[word]) & layout->bits[word];
        flaws |= (other + layout->room[word]) | other;
    }
    return !((flaws & 0x8080808080808080ULL) | ((load8(symbol) ^ heading->symbol[0]) & layout->symbol_bits[0]) |
             ((load8(symbol + 8) ^ heading->symbol[1]) & layout->symbol_bits[1]));
}

/* Whether the names of `u`, `pu` and `b` stand before the digits of `u`, those of `pu`, and the levels. */
static inline int are_ids_named(const char* last, const char* previous, const char* levels) {
    return !((load8(last - 8) ^ load8("000,\"u\":")) >> 24 | (load8(previous - 8) ^ load8("00,\"pu\":")) >> 16 |
             (load8(levels - 8) ^ load8("00,\"b\":[")) >> 16);
}
