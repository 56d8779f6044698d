/* Sixteen and more bytes of a frame at a time with AVX2. What is read lies before an `end` that the caller knows to have
   so many bytes of its frame before it. */
#pragma once
#include "words.h"
#if MAY_HAVE_AVX2
#include <immintrin.h>
#define AT(place) _mm_loadu_si128((const __m128i*)(place))
/* 16 bytes at offset n are n bytes of ones behind others of 0: a mask of the last n bytes, without a table of masks. */
static const uint8_t LAST_OF[33] = {[16] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

/* The last `size` characters before `end` as digits, behind zeros. What was no digit is above 9 now, and is for the caller
   to look for. Reads 16 bytes, most of which may stand before the number. */
AVX2 __m128i digits_before(const char* end, int64_t size) {
    return _mm_and_si128(_mm_xor_si128(AT(end - 16), _mm_set1_epi8('0')), AT(LAST_OF + size));
}

/* Two numbers of eight digits each, as the first two of four. Neighbours are joined three times, by the weight of the one
   that stands before: digits to twos (10 and 1), twos to fours (100 and 1), fours to eights (10000 and 1). */
AVX2 __m128i two_numbers(__m128i digits) {
    __m128i twos = _mm_maddubs_epi16(digits, _mm_set1_epi16(10 | 1 << 8));
    __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(100 | 1 << 16));
    return _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(10000 | 1 << 16));
}

/* Which of the 64 bytes from `at` on, before `end`, are closing brackets. 64 bytes that end there may be read: near the end
   they are loaded from before `at`, and what stands before it is shifted out. */
AVX2 uint64_t brackets64(const char* at, const char* end) {
    const __m256i *from = (const __m256i*)(end - at >= 64 ? at : end - 64), bracket = _mm256_set1_epi8(']');
    uint64_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(from), bracket));
    uint64_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(from + 1), bracket));
    return (high << 32 | low) >> (at - (const char*)from);
}
#endif
