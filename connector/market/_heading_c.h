/* How a stream's depth frames begin, up to the digits of `U`: from one to the next only digits of times change. */
#pragma once
#include "_wide_c.h"

enum { HEADING_WORDS = 16, HEADING_BYTES = 8 * HEADING_WORDS, STREAM_AT = 11 };

/* `feed` is borrowed, NULL where nothing was noted; `layout` is where digits stand: see Layouts. */
typedef struct {
    uint64_t text[HEADING_WORDS];
    void* feed;
    int32_t size, layout;
} Heading;

/* Where digits stand in a heading: the same for all names of a length, hence kept once. With the text taken out by xor
   and `room` added, the high bit of a byte is set where it should not stand there: a letter of its own leaves room for 0
   alone, a digit for 0 to 9. */
enum { MOST_LAYOUTS = 32 };
typedef struct {
    uint64_t room[MOST_LAYOUTS][HEADING_WORDS];
    int32_t size;
} Layouts;

/* A place in a table for the stream whose name begins at `name`, of which 16 bytes are readable. */
static inline uint64_t heading_place(const char* name) {
    return ((load8(name) ^ (load8(name + 8) * 0x9E3779B97F4A7C15ULL)) * 0xC2B2AE3D27D4EB4FULL) >> 40;
}

/* Reads HEADING_BYTES. */
static inline int is_headed(const Heading* heading, const Layouts* layouts, const char* start) {
    const uint64_t* room = layouts->room[heading->layout];
    uint64_t flaws = 0;
    for (int64_t word = 0; word < HEADING_WORDS; ++word) {
        uint64_t other = load8(start + 8 * word) ^ heading->text[word];
        flaws |= (other + room[word]) | other;
    }
    return (flaws & 0x8080808080808080ULL) == 0;
}

/* The number of a layout, which is taken up where it is new; -1 where there is no room for another. */
static inline int32_t layout_of(Layouts* layouts, const unsigned char* room) {
    int32_t layout = 0;
    while (layout < layouts->size && memcmp(layouts->room[layout], room, HEADING_BYTES)) ++layout;
    if (layout == MOST_LAYOUTS) return -1;
    if (layout == layouts->size) memcpy(layouts->room[layouts->size++], room, HEADING_BYTES);
    return layout;
}

/* Digits stand from `first` to `first_end` and from `second` to `second_end`; the first of each is a letter of its own. */
static inline void note_heading(Heading* heading, Layouts* layouts, void* feed, const char* start, int64_t size,
                                const char* first, const char* first_end, const char* second, const char* second_end) {
    unsigned char text[HEADING_BYTES] = {0}, room[HEADING_BYTES] = {0};
    for (int64_t index = 0; index < size; ++index) {
        const char* at = start + index;
        int is_digit = (at > first && at < first_end) || (at > second && at < second_end);
        text[index] = is_digit ? '0' : (unsigned char)*at;
        room[index] = is_digit ? 0x76 : 0x7F;
    }
    int32_t layout = layout_of(layouts, room);
    if (layout < 0) return;
    memcpy(heading->text, text, HEADING_BYTES);
    heading->feed = feed, heading->size = (int32_t)size, heading->layout = layout;
}
