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

static inline int lowest_bit(uint64_t word) { return __builtin_ctzll(word); }
static inline int highest_bit(uint64_t word) { return 63 - __builtin_clzll(word); }

#if WIDE && defined(__SSE2__)
#include <emmintrin.h>
#define HAS_MASKS 1
typedef __m128i Digits;

static inline uint32_t mask32(__m128i low, __m128i high) {
    return (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16;
}

/* Which of 32 bytes are quotation marks, the first in the lowest bit. */
static inline uint32_t quotes32(const char* at) {
    __m128i quote = _mm_set1_epi8('"');
    return mask32(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)at), quote),
                  _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)(at + 16)), quote));
}

static inline __m128i odd16(const char* at) {
    __m128i text = _mm_loadu_si128((const __m128i*)at);
    __m128i outside = _mm_or_si128(_mm_cmplt_epi8(text, _mm_set1_epi8(' ')), _mm_cmpgt_epi8(text, _mm_set1_epi8('~')));
    return _mm_or_si128(outside, _mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
}

/* Which of 32 bytes can't stand in a plain text: control letters, what lies beyond ASCII, escapes. */
static inline uint32_t odd32(const char* at) { return mask32(odd16(at), odd16(at + 16)); }

static inline Digits no_digits(void) { return _mm_setzero_si128(); }
static inline int are_digits(Digits most) {
    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(most, _mm_set1_epi8(9)), _mm_set1_epi8(9))) == 0xFFFF;
}

/* Two numbers of eight digits each, the first in the low half of the answer; `most` keeps the greatest byte seen. */
static inline uint64_t two_numbers(uint64_t first, uint64_t second, Digits* most) {
    __m128i text = _mm_unpacklo_epi64(_mm_cvtsi64_si128((int64_t)first), _mm_cvtsi64_si128((int64_t)second));
    *most = _mm_max_epu8(*most, text);
    text = _mm_add_epi16(_mm_mullo_epi16(_mm_and_si128(text, _mm_set1_epi16(255)), _mm_set1_epi16(10)),
                         _mm_srli_epi16(text, 8));
    text = _mm_madd_epi16(text, _mm_set1_epi32(100 | 1 << 16));
    text = _mm_madd_epi16(_mm_packs_epi32(text, text), _mm_set1_epi32(10000 | 1 << 16));
    return (uint64_t)_mm_cvtsi128_si64(text);
}
#else
#define HAS_MASKS 0
typedef int Digits;
static inline uint32_t quotes32(const char* at) { (void)at; return 0; }
static inline uint32_t odd32(const char* at) { (void)at; return 0; }
static inline Digits no_digits(void) { return 0; }
static inline int are_digits(Digits most) { return !most; }
static inline uint64_t two_numbers(uint64_t first, uint64_t second, Digits* most) {
    *most = 1;
    return first + second;
}
#endif
#endif
