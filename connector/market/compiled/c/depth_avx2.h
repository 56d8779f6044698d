/* Ids and levels of depth frames with AVX2; `depth_layout.h` has what they are compared with. All loads stay in the frame:
   its heading is longer than what is read before a number, and a level is followed by `]}}` at least. */
#pragma once
#include "depth_layout.h"
#if MAY_HAVE_AVX2
#include "bytes_avx2.h"

/* From the digits of `U` to behind `,"b":[`, or NULL where an id is of another length, or `pu` is not the `u` before. `id`
   is what the heading keeps of `u`.

   The length of the ids is guessed, and proven by the names that have to stand behind each of them. `U` has to be digits
   and is not converted: of an event that follows the one before, the law asks `pu` and `u` alone. `pu` is compared as it
   is written, with the digits that the event before had for `u`; where they are equal it is digits, too. */
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

/* Reads levels for as long as they are written as `shape` has it; answers with how many, or -1 where one is unsound.
   `place` then stands at the next level, or behind the bracket that closes the list.

   1. Ends are found 64 bytes at once: each bracket is the end of a level, for none stands within one.
   2. Behind `names` characters the amount begins, and the mark before the bracket ends it: its length has to be one of
      those that the shape allows, or the bracket is none of this level.
   3. The sixteen bytes that the level begins with have to be the shape's, digits apart.
   4. Price and amount are picked into lanes and made numbers together, then multiplied by the side's sign and the
      amount's factor, 32 bits by 32, and stored as a row.
   5. What is no digit, no point where one belongs, or a price of 0 is gathered and looked at once, at the end: rows
      that were stored until then are the caller's to drop. A branch a level would cost more than the levels read in vain.
   6. What stands behind the level says whether another follows; where it is neither, the level is not counted. */
AVX2 int64_t alike_levels(const char** place, const char* end, const Shape* shape, int64_t sign, int64_t factor, Row* rows) {
    const __m128i text = AT(shape->text), fixed = AT(shape->fixed), price = AT(shape->price), amount = AT(shape->amount);
    const __m128i point = AT(shape->point), units = _mm_set_epi64x(factor, sign), nothing = _mm_setzero_si128();
    const int64_t names = shape->price_size + LEVEL_NAMES, fewest = shape->fewest, more = LONGEST_AMOUNT - fewest;
    const uint32_t another = load4("\"],["), bracket = load4("\"]]") << 8;
    const char *at = *place, *base = at, *close = end - 3; /* behind the last level's `]` stand a bracket and two braces */
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
