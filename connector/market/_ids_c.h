/* `U`, `u` and `pu` of a depth frame that follows another: as long as before, and `pu` is written as `u` was there. */
#pragma once
#include "_wide_c.h"

/* The `u` of the event before and how it was written; `size` is 0 where it was not of 9 to 16 digits. */
typedef struct {
    int64_t id, size;
    uint64_t first, last;
} ToldId;

enum { IDS_NAMES = 17 };

static inline void tell_id(ToldId* told, int64_t id, const char* text, int64_t size) {
    told->id = id, told->size = size < 9 || size > 16 ? 0 : size;
    told->first = load8(text), told->last = load8(text + size - 8);
}

static inline uint64_t beyond_digits(uint64_t digits) {
    return ((digits + 0x7676767676767676ULL) | digits) & 0x8080808080808080ULL;
}

/* The number of eight digits, the first in the lowest byte. */
static inline int64_t eight_digits(uint64_t word) {
    word = word * 10 + (word >> 8);
    return (int64_t)(((word & 0x000000FF000000FFULL) * 0x000F424000000064ULL +
                      ((word >> 16) & 0x000000FF000000FFULL) * 0x0000271000000001ULL) >> 32);
}

/* From the digits of `U` to behind `,"b":[`, or NULL where anything is written otherwise. `U` is not converted. */
static inline const char* behind_ids(const ToldId* told, const char* at, const char* end, int64_t* last_id) {
    int64_t size = told->size;
    if (size == 0 || end - at < 3 * size + IDS_NAMES + 2) return 0;
    const char *last = at + size + 5, *previous = last + size + 6, *levels = previous + size + 6;
    const uint64_t zeros = 0x3030303030303030ULL;
    uint64_t names = (load8(last - 8) ^ load8("000,\"u\":")) >> 24 | (load8(previous - 8) ^ load8("00,\"pu\":")) >> 16 |
                     (load8(levels - 8) ^ load8("00,\"b\":[")) >> 16;
    uint64_t others = (load8(previous) ^ told->first) | (load8(levels - 14) ^ told->last);
    uint64_t high = load8(last) ^ zeros, low = load8(last + size - 8) ^ zeros;
    uint64_t flaws = beyond_digits(load8(at) ^ zeros) | beyond_digits(load8(at + size - 8) ^ zeros) |
                     beyond_digits(high) | beyond_digits(low);
    if (names | others | flaws || *at == '0' || *last == '0') return 0;
    *last_id = eight_digits(high << (8 * (16 - size))) * 100000000 + eight_digits(low);
    return levels;
}
