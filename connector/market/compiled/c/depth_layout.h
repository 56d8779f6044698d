/* How the depth frames of a stream are written, taken from the frame before: from one to the next only digits change.

   `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1626992741140,"T":1626992741123,"s":"BTCUSDT","U":`
   600859601193,"u":600859602861,"pu":600859600917,"b":[["7.5980","1433"],["7.6000","3995"]],"a":[["7.6170","534"]]}}

   The first line is the heading. Names apart it is the same for all names of a length: a Layout. A Shape is how levels
   are written whose prices are of one length. Both are few, shared by all streams, and hence near when a frame comes.

   What is guessed: that the next frame of a stream differs from the one before in digits alone. What proves it: every
   byte of the frame is compared, with a letter of its own or with the digits; a frame of another layout fails, nothing is
   changed, and it is read field by field. So a cached layout may be stale, and never wrong. The digits of `E` and `T`
   are looked at and not converted: nobody asks a depth frame for them. */
#pragma once
#include "ladder.h"

enum {
    STREAM_AT = 11, HEADING_WORDS = 16, HEADING_BYTES = 128, LONGEST_NAME = 16, SHORTEST_ID = 9, LONGEST_ID = 16, IDS_NAMES = 17,
    LEVEL_NAMES = 5, LONGEST_PRICE = 11, LONGEST_AMOUNT = 8, MOST_LAYOUTS = 32, MOST_SHAPES = 128
};

/* `text` with `0` for digits, and `bits` where no name stands. With the text taken out by xor and `room` added, the high bit
   of a byte is set where it should not stand there: a letter of its own leaves room for 0 alone (0x7F), a digit for 0 to 9
   (0x76). Where names stand, and behind `size`, all three are 0: any byte passes. `symbol_bits` covers the symbol, whose
   letters are compared with the heading's own. */
typedef struct {
    uint64_t text[HEADING_WORDS], bits[HEADING_WORDS], room[HEADING_WORDS];
    uint64_t symbol_bits[2];
    int64_t symbol_at, size;
} Layout;

/* `text` is how a level begins, `0` for digits, and `fixed` has the bits of what is no digit. `price`, `amount` are for
   the byte shuffle: of each of sixteen lanes they name the byte that goes there, 255 for none, which makes it 0. The digits of
   a price go from the level's beginning into the first eight lanes, those of its amount from the sixteen bytes before its
   closing mark into the last eight, either with the last digit in the last lane, so that one multiplication makes numbers
   of both. The amount's point goes into lane 8, where `point` has to stand. `most` may be in a lane: 9, and 0 there.
   `fewest` characters make the shortest amount; the other figures are what the shape is of, and known again by. */
typedef struct {
    uint8_t text[16], fixed[16], price[16], amount[16], point[16], most[16];
    int64_t price_size, price_written, price_skip, amount_written, fewest;
} Shape;

/* One stream's. `name` and `symbol` are the sixteen bytes where those of its frames begin. `last_id` is the `u` of the
   event before, `id` its digits behind zeros. `bids` and `asks` are the shapes of levels, NULL while none is known, for
   that `edition` of the book's forms; `factor` brings an amount to the book's units.

   `feed` and `book` are borrowed, NULL in a free place: the table of symbols owns them, and the headings are forgotten
   whenever it changes, before what it let go can die. So a frame costs no count of references. */
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

/* A place in a table for the stream whose name begins at `name`, of which 16 bytes are readable. Two odd multipliers mix
   all bytes into the highest 24 bits, of which the table's mask takes the lowest. */
static inline uint64_t heading_place(const char* name) {
    return ((load8(name) ^ (load8(name + 8) * 0x9E3779B97F4A7C15ULL)) * 0xC2B2AE3D27D4EB4FULL) >> 40;
}

/* Whether the name of a frame's stream is that of the heading. Behind a shorter name stands what follows it in every frame
   of the stream; a longer one is not cached. */
static inline int is_named(const Heading* heading, const char* start) {
    return load8(start + STREAM_AT) == heading->name[0] && load8(start + STREAM_AT + 8) == heading->name[1];
}

/* Whether a frame of that name begins as `heading` has it. Reads HEADING_BYTES, which the caller knows to be there; what
   lies behind the layout's size passes. There is no branch a word: a frame differs rarely, and a loop without one is
   made vectors of. A sum that overflows its byte carries into the next; that byte's own high bit was set then, and is a flaw. */
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

/* Whether the names of `u`, `pu` and `b` stand before the digits of `u`, those of `pu`, and the levels. Each is the end of
   the eight bytes there: the zeros stand for digits that are shifted out. */
static inline int are_ids_named(const char* last, const char* previous, const char* levels) {
    return !((load8(last - 8) ^ load8("000,\"u\":")) >> 24 | (load8(previous - 8) ^ load8("00,\"pu\":")) >> 16 |
             (load8(levels - 8) ^ load8("00,\"b\":[")) >> 16);
}
