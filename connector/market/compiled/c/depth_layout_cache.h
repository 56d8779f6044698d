/* Takes up how headings and levels are written: see `depth_layout.h`. What is taken up stays until all is forgotten, for
   headings point at it. None of this is hot: it runs when a stream is new, or a frame differs from the one before. */
#pragma once
#include "depth_avx2.h"

/* Where names and digits stand in a heading, from its first byte on; the first digit of each is a letter of its own. */
typedef struct {
    int64_t size, name_size, symbol_at, symbol_size, first, first_end, second, second_end;
} Spans;

/* The layout of a heading, or NULL where there is no room for another. */
static inline const Layout* layout_of(DepthLayouts* known, const char* start, const Spans* spans) {
    Layout layout = {.symbol_at = spans->symbol_at, .size = spans->size};
    uint8_t *text = (uint8_t*)layout.text, *bits = (uint8_t*)layout.bits, *room = (uint8_t*)layout.room;
    for (int64_t index = 0; index < spans->size; ++index) {
        int is_name = (index >= STREAM_AT && index < STREAM_AT + spans->name_size) ||
                      (index >= spans->symbol_at && index < spans->symbol_at + spans->symbol_size);
        int is_digit = (index > spans->first && index < spans->first_end) ||
                       (index > spans->second && index < spans->second_end);
        if (is_name) continue; /* compared by `is_named` and by the symbol's own bytes */
        text[index] = is_digit ? '0' : (uint8_t)start[index], bits[index] = 255, room[index] = is_digit ? 0x76 : 0x7F;
    }
    memset(layout.symbol_bits, 255, (size_t)spans->symbol_size);
    /* Streams of one kind with names of one length share one: by its bytes, for the struct has no gaps. */
    for (int64_t index = 0; index < known->layouts_size; ++index)
        if (!memcmp(&known->layouts[index], &layout, sizeof layout)) return &known->layouts[index];
    if (known->layouts_size == MOST_LAYOUTS) return NULL;
    known->layouts[known->layouts_size] = layout;
    return &known->layouts[known->layouts_size++];
}

/* Takes up the id that ends at `end`, `id_size` of whose characters before are digits. */
static inline void keep_id(Heading* heading, const char* end) {
    uint8_t digits[16] = {0};
    for (int64_t index = 1; index <= heading->id_size; ++index) digits[16 - index] = (uint8_t)(end[-index] - '0');
    memcpy(heading->id, digits, 16);
}

/* The places of the digits from `last` back to `first` into the lanes from `lane` on backwards, the point left out. */
static inline void pick_digits(uint8_t* lanes, int64_t lane, int64_t last, int64_t first, int64_t point) {
    for (; last >= first; --last)
        if (last != point) lanes[lane--] = (uint8_t)last;
}

/* How levels are written with prices of `size` characters: `written` decimals, the last `skip` characters to be passed
   over. NULL where they don't fit the lanes, the machine can't, or there is no room for another. */
static inline const Shape* shape_of(DepthLayouts* known, int64_t size, int64_t written, int64_t skip, int64_t amount_written) {
    int64_t point = written ? size + 1 - written : -1, last = size + 1 - skip, digits = last - 1 - (point > 0 && point < last);
    Shape shape = {.text = "[\"00000000000000", .fixed = {255, 255}, .price_size = size, .price_written = written,
                   .price_skip = skip, .amount_written = amount_written};
    if (!has_avx2() || size > LONGEST_PRICE || point == 2 || digits < 1 || digits > 8 || amount_written > 6) return NULL;
    for (int64_t index = 0; index < known->shapes_size; ++index) {
        const Shape* other = &known->shapes[index];
        if (other->price_size == size && other->price_written == written && other->price_skip == skip &&
            other->amount_written == amount_written)
            return other;
    }
    if (known->shapes_size == MOST_SHAPES) return NULL;
    memcpy(shape.text + 2 + size, "\",\"", 3);
    memset(shape.fixed + 2 + size, 255, 3);
    memset(shape.fixed + last + 1, 255, (size_t)skip);
    if (written) shape.text[point] = '.', shape.fixed[point] = 255;
    memset(shape.price, 255, 16), memset(shape.amount, 255, 16), memset(shape.most, 9, 16);
    /* Behind `["`, from the last digit that counts back to the first. */
    pick_digits(shape.price, 7, last, 2, point);
    /* Of the sixteen bytes before the closing mark the last eight. */
    pick_digits(shape.amount, 15, 15, 8, amount_written ? 15 - amount_written : -1);
    /* The point takes a lane of a digit: what is left of it by the xor with `point` has to be 0. */
    if (amount_written) shape.amount[8] = (uint8_t)(15 - amount_written), shape.point[8] = '.' ^ '0', shape.most[8] = 0;
    /* A digit before the point and all behind it. And so that the sixteen bytes from the beginning of a level that ends a frame lie in it: `"]]}}` stands behind. */
    shape.fewest = amount_written ? amount_written + 2 : 1;
    if (shape.fewest < 6 - size) shape.fewest = 6 - size;
    known->shapes[known->shapes_size] = shape;
    return &known->shapes[known->shapes_size++];
}
