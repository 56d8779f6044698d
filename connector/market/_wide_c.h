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

static inline uint64_t load8(const char* at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

static inline uint32_t load4(const char* at) {
    uint32_t word;
    memcpy(&word, at, 4);
    return word;
}

static inline int lowest_bit(uint64_t word) { return __builtin_ctzll(word); }
static inline int highest_bit(uint64_t word) { return 63 - __builtin_clzll(word); }

#if WIDE && defined(__SSE2__)
#include <emmintrin.h>

/* Which of 32 bytes are quotation marks, the first in the lowest bit. */
static inline uint32_t quotes32(const char* at) {
    const __m128i quote = _mm_set1_epi8('"');
    __m128i low = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)at), quote);
    __m128i high = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)(at + 16)), quote);
    return (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16;
}

/* Which of 32 bytes can't stand in a plain text: control letters, what lies beyond ASCII, escapes. */
static inline uint32_t odd32(const char* at) {
    const __m128i space = _mm_set1_epi8(' '), last = _mm_set1_epi8('~'), escape = _mm_set1_epi8('\\');
    __m128i low = _mm_loadu_si128((const __m128i*)at), high = _mm_loadu_si128((const __m128i*)(at + 16));
    low = _mm_or_si128(_mm_or_si128(_mm_cmplt_epi8(low, space), _mm_cmpgt_epi8(low, last)), _mm_cmpeq_epi8(low, escape));
    high = _mm_or_si128(_mm_or_si128(_mm_cmplt_epi8(high, space), _mm_cmpgt_epi8(high, last)), _mm_cmpeq_epi8(high, escape));
    return (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16;
}
#define HAS_MASKS 1
#else
#define HAS_MASKS 0
static inline uint32_t quotes32(const char* at) { (void)at; return 0; }
static inline uint32_t odd32(const char* at) { (void)at; return 0; }
#endif
#endif
