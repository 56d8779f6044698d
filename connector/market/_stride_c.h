/* Levels that are written as the one before: of the same length, every letter that is no digit in the same place. */
#pragma once
#include "_wide_c.h"

/* How levels of 17 to 32 bytes are written. `fixed` has the bits of what is no digit that counts, in the first 16 bytes
   and in the last 16. `from`: where the digits of the price end; `others`: how many of `levels` were not alike; `rest`:
   long frames to go before alike levels are looked for again. */
typedef struct {
    int64_t size, from, price_size, amount_size, levels, others, rest;
    uint64_t text[4], fixed[4];
} Stride;

static inline uint64_t fixed_of(const char* at, const char* price_end, int64_t skip) {
    uint64_t fixed = 0;
    for (int64_t index = 0; index < 8; ++index, ++at)
        if (*at < '0' || *at > '9' || (at >= price_end - skip && at < price_end)) fixed |= 0xFFULL << (8 * index);
    return fixed;
}

/* Takes over a level whose price ends at `price_end`; `skip` characters before that have to stay as they are. */
static inline void note_stride(Stride* stride, const char* at, const char* price_end, int64_t size, int64_t skip) {
    for (int64_t word = 0; word < 4; ++word) {
        const char* place = at + 8 * word + (word < 2 ? 0 : size - 32);
        stride->text[word] = load8(place);
        stride->fixed[word] = fixed_of(place, price_end, skip);
    }
    stride->fixed[3] &= ~0ULL >> 8; /* a comma or a bracket ends it */
    stride->size = size, stride->from = price_end - skip - at;
    stride->price_size = stride->from - 2, stride->amount_size = size - 6 - (price_end - at);
}

/* Levels were read: where many differ, looking for alike ones costs more than it brings. */
static inline void judge_stride(Stride* stride, int64_t levels) {
    stride->levels += levels;
    if (stride->levels < 64) return;
    if (4 * stride->others > stride->levels) stride->rest = 1024;
    stride->levels = stride->others = 0;
}

/* Reads the bytes of such a level and no other. */
static inline int is_alike(const Stride* stride, const char* at, int64_t size) {
    return (((load8(at) ^ stride->text[0]) & stride->fixed[0]) |
            ((load8(at + 8) ^ stride->text[1]) & stride->fixed[1]) |
            ((load8(at + size - 16) ^ stride->text[2]) & stride->fixed[2]) |
            ((load8(at + size - 8) ^ stride->text[3]) & stride->fixed[3])) == 0;
}
