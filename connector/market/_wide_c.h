/* Eight and more bytes at a time. WIDE is 0 where the machine's words don't begin with the lowest byte: every reader
   then goes byte by byte, as it does for what the wide way isn't sure of. Nothing here reads past what it is given. */
#ifndef CONNECTOR_WIDE_H
#define CONNECTOR_WIDE_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !defined(CONNECTOR_NARROW)
#define WIDE 1
#else
#define WIDE 0
#endif

/* The best price of an empty side: below any key. */
#define NOTHING (-(INT64_C(1) << 62))

static const int64_t TENS[19] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
    1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
    1000000000000000000};

/* The last so many of eight bytes. */
static const uint64_t LAST_BYTES[9] = {0, 0xFFULL << 56, 0xFFFFULL << 48, 0xFFFFFFULL << 40, 0xFFFFFFFFULL << 32,
                                       ~0ULL << 24, ~0ULL << 16, ~0ULL << 8, ~0ULL};

static inline uint64_t load8(const char* at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

/* How many bits are set: without an instruction that not every machine has. */
static inline int64_t count_of(uint64_t word) {
    word -= (word >> 1) & 0x5555555555555555ULL;
    word = (word & 0x3333333333333333ULL) + ((word >> 2) & 0x3333333333333333ULL);
    return (int64_t)((((word + (word >> 4)) & 0x0F0F0F0F0F0F0F0FULL) * 0x0101010101010101ULL) >> 56);
}

/* Asks for memory that is written to soon. */
static inline void await_memory(const void* place) { __builtin_prefetch(place, 1); }

static inline int lowest_bit(uint64_t word) { return __builtin_ctzll(word); }
static inline int highest_bit(uint64_t word) { return 63 - __builtin_clzll(word); }
#endif
