/* Ids and levels of depth frames with AVX2; `depth_layout.h` tells what they are compared with. All loads stay in the frame. */
#pragma once
#include "depth_layout.h"
#if MAY_HAVE_AVX2
#include <immintrin.h>
#define AT(place) _mm_loadu_si128((const __m128i*)(place))
/* 16 bytes at offset n are n bytes of ones behind others of 0. */
static const uint8_t LAST_OF[33] = {[16] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

/* The last `size` characters before `end` as digits, behind zeros. */
AVX2 __m128i digits_before(const char* end, int64_t size) {
    return _mm_and_si128(_mm_xor_si128(AT(end - 16), _mm_set1_epi8('0')), AT(LAST_OF + size));
}

/* Two numbers of eight digits each, as the first two of four. */
AVX2 __m128i two_numbers(__m128i digits) {
    __m128i twos = _mm_maddubs_epi16(digits, _mm_set1_epi16(10 | 1 << 8));
    __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(100 | 1 << 16));
    return _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(10000 | 1 << 16));
}

/* Which of the 64 bytes from `at` on, before `end`, are closing brackets. 64 bytes that end there may be read. */
AVX2 uint64_t brackets64(const char* at, const char* end) {
    const __m256i *from = (const __m256i*)(end - at >= 64 ? at : end - 64), bracket = _mm256_set1_epi8(']');
    uint64_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(from), bracket));
    uint64_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(from + 1), bracket));
    return (high << 32 | low) >> (at - (const char*)from);
}

/* From the digits of `U` to behind `,"b":[`, or NULL where an id is of another length, or `pu` is not the `u` before. `U`
   is not converted. `id` is what the heading keeps of `u`. */
AVX2 const char* behind_ids(const Heading* heading, const char* at, const char* end, int64_t* last_id, uint64_t* id) {
    const int64_t size = heading->id_size;
    const char *last = at + size + 5, *previous = last + size + 6, *levels = previous + size + 6;
    if (end - at < 3 * size + IDS_NAMES + 2 || !are_ids_named(last, previous, levels)) return NULL;
    __m128i first = digits_before(at + size, size), digits = digits_before(last + size, size);
    __m128i others = _mm_xor_si128(digits_before(previous + size, size), AT(heading->id));
    others = _mm_or_si128(others, _mm_subs_epu8(_mm_max_epu8(first, digits), _mm_set1_epi8(9)));
    if (!_mm_testz_si128(others, others)) return NULL;
    _mm_storeu_si128((__m128i*)id, digits);
    uint64_t halves = (uint64_t)_mm_cvtsi128_si64(two_numbers(digits));
    *last_id = (int64_t)(halves & 0xFFFFFFFF) * 100000000 + (int64_t)(halves >> 32);
    return levels;
}

/* Reads levels for as long as they are written as `shape` tells; answers with how many, or -1 where one is unsound.
   `place` then stands at the next level, or behind the bracket that closes the list. */
AVX2 int64_t alike_levels(const char** place, const char* end, const Shape* shape, int64_t sign, int64_t factor, Row* rows) {
    const __m128i text = AT(shape->text), fixed = AT(shape->fixed), price = AT(shape->price), amount = AT(shape->amount);
    const __m128i point = AT(shape->point), units = _mm_set_epi64x(factor, sign), nothing = _mm_setzero_si128();
    const int64_t names = shape->price_size + LEVEL_NAMES, fewest = shape->fewest, more = LONGEST_AMOUNT - fewest;
    const uint32_t another = load4("\"],["), bracket = load4("\"]]") << 8;
    const char *at = *place, *base = at, *close = end - 3; /* behind the last level stand a bracket and two braces */
    if (close - at < 16) return 0;
    __m128i seen = nothing, unpriced = nothing;
    uint64_t ends = brackets64(at, close);
    Row* row = rows;
    while (1) {
        for (; !ends && close - base > 64; ends = brackets64(base, close)) base += 64;
        if (!ends) break;
        const char* stop = base + __builtin_ctzll(ends) - 1;
        if ((uint64_t)(stop - at - names - fewest) > (uint64_t)more) break;
        __m128i head = _mm_xor_si128(AT(at), text);
        if (!_mm_testz_si128(head, fixed)) break;
        __m128i digits = _mm_or_si128(_mm_shuffle_epi8(head, price), _mm_shuffle_epi8(digits_before(stop, stop - at - names), amount));
        __m128i numbers = two_numbers(digits = _mm_xor_si128(digits, point));
        seen = _mm_max_epu8(seen, digits), unpriced = _mm_or_si128(unpriced, _mm_cmpeq_epi32(numbers, nothing));
        _mm_storeu_si128((__m128i*)row, _mm_mul_epi32(_mm_cvtepu32_epi64(numbers), units));
        if (load4(stop) != another && load4(stop) << 8 != bracket) break;
        at = stop + 3, ++row, ends &= ends - 1;
        if (load4(stop) != another) break;
    }
    *place = at;
    seen = _mm_subs_epu8(seen, AT(shape->most));
    return _mm_cvtsi128_si32(unpriced) || !_mm_testz_si128(seen, seen) ? -1 : row - rows;
}
#else
#include "depth_stubs.h"
#endif
