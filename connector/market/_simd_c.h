/* Levels of a depth frame with SSE2, which every x86-64 has: numbers of at most eight characters, two at a time.
   HAS_SIMD is 0 elsewhere: the readers then go without. Loads lie between a frame's first byte and its last. */
#pragma once
#include "_wide_c.h"

#if WIDE && defined(__SSE2__)
#define HAS_SIMD 1
#include <emmintrin.h>
typedef __m128i Pair;
static inline Pair pair_of(uint64_t first, uint64_t second) { return _mm_set_epi64x((int64_t)second, (int64_t)first); }

static inline uint32_t equal32(const char* at, char letter) {
    __m128i same = _mm_set1_epi8(letter);
    uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)at), same));
    return low | (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)(at + 16)), same)) << 16;
}
static inline uint32_t quotes32(const char* at) { return equal32(at, '"'); }
static inline uint64_t commas64(const char* at) { return equal32(at, ',') | (uint64_t)equal32(at + 32, ',') << 32; }
static inline __m128i odd16(const char* at) {
    __m128i text = _mm_loadu_si128((const __m128i*)at);
    __m128i outside = _mm_or_si128(_mm_cmplt_epi8(text, _mm_set1_epi8(' ')), _mm_cmpgt_epi8(text, _mm_set1_epi8('~')));
    return _mm_or_si128(outside, _mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
}

/* Which of 32 bytes can't stand in a plain text: control letters, what lies beyond ASCII, escapes. */
static inline uint32_t odd32(const char* at) {
    return (uint32_t)_mm_movemask_epi8(odd16(at)) | (uint32_t)_mm_movemask_epi8(odd16(at + 16)) << 16;
}

/* Writes how far from `start` each comma stands, eight at once whether a block has as many or not, then `end` thrice.
   64 bytes that end at `end` may be read. */
static inline __attribute__((always_inline)) void find_commas_by(const char* start, const char* end, uint32_t* places,
                                                                 int counts) {
    for (const char* at = start; at < end; at += 64) {
        uint64_t commas = end - at >= 64 ? commas64(at) : commas64(end - 64) >> (64 - (end - at));
        uint32_t base = (uint32_t)(at - start);
        int64_t count = counts ? __builtin_popcountll(commas) : count_of(commas);
#define NOTE_COMMA(index) places[index] = base + (uint32_t)lowest_bit(counts ? commas : commas | 1ULL << 63), commas &= commas - 1
        NOTE_COMMA(0), NOTE_COMMA(1), NOTE_COMMA(2), NOTE_COMMA(3), NOTE_COMMA(4), NOTE_COMMA(5), NOTE_COMMA(6), NOTE_COMMA(7);
        for (int64_t index = 8; index < count; ++index) NOTE_COMMA(index);
        places += count;
    }
    places[0] = places[1] = places[2] = (uint32_t)(end - start);
}
__attribute__((target("bmi,popcnt"))) static void find_commas_new(const char* start, const char* end, uint32_t* places) {
    find_commas_by(start, end, places, 1);
}
static inline void find_commas(const char* start, const char* end, uint32_t* places) {
    if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) find_commas_new(start, end, places);
    else find_commas_by(start, end, places, 0);
}
/* What two numbers have in common with all others of their lists, and what was seen that they should not have. */
typedef struct { Pair point_at, point, before_point, behind_point, most, flaw; } PairForm;

/* The last so many of eight characters, of either number. */
static inline Pair kept_of(int64_t size, int64_t other) { return pair_of(LAST_BYTES[size], LAST_BYTES[other]); }

/* The numbers that end before `first` and `second`, of the characters `kept`: the first in the low half. */
static inline uint64_t two_numbers(const char* first, const char* second, Pair kept, PairForm* form) {
    Pair text = pair_of(load8(first - 8), load8(second - 8));
    text = _mm_and_si128(_mm_xor_si128(text, _mm_set1_epi8('0')), kept);
    form->flaw = _mm_or_si128(form->flaw, _mm_xor_si128(_mm_and_si128(text, form->point_at), form->point));
    text = _mm_or_si128(_mm_slli_epi64(_mm_and_si128(text, form->before_point), 8),
                        _mm_and_si128(text, form->behind_point));
    form->most = _mm_max_epu8(form->most, text);
    text = _mm_add_epi16(_mm_mullo_epi16(_mm_and_si128(text, _mm_set1_epi16(255)), _mm_set1_epi16(10)),
                         _mm_srli_epi16(text, 8));
    text = _mm_madd_epi16(text, _mm_set1_epi32(100 | 1 << 16));
    text = _mm_madd_epi16(_mm_packs_epi32(text, text), _mm_set1_epi32(10000 | 1 << 16));
    return (uint64_t)_mm_cvtsi128_si64(text);
}

static inline int is_sound(const PairForm* form) {
    __m128i nine = _mm_set1_epi8(9), digits = _mm_cmpeq_epi8(_mm_max_epu8(form->most, nine), nine);
    return _mm_movemask_epi8(_mm_and_si128(digits, _mm_cmpeq_epi8(form->flaw, _mm_setzero_si128()))) == 0xFFFF;
}
#else
#include "_narrow_c.h"
#endif
