/* Texts 32 bytes at a time with SSE2, which every x86-64 has. HAS_TEXT_SIMD is 0 elsewhere: the readers then go without. */
#pragma once
#include "words.h"

#if WIDE && defined(__SSE2__)
#define HAS_TEXT_SIMD 1
#include <emmintrin.h>
/* Which of 32 bytes are quotation marks, the first byte in the lowest bit. */
static inline uint32_t quotes32(const char* at) {
    __m128i quote = _mm_set1_epi8('"');
    uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)at), quote));
    return low | (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i*)(at + 16)), quote)) << 16;
}
/* The comparison is of signed bytes: what lies beyond ASCII is negative, and hence below a blank. */
static inline __m128i odd16(const char* at) {
    __m128i text = _mm_loadu_si128((const __m128i*)at);
    __m128i outside = _mm_or_si128(_mm_cmplt_epi8(text, _mm_set1_epi8(' ')), _mm_cmpgt_epi8(text, _mm_set1_epi8('~')));
    return _mm_or_si128(outside, _mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
}

/* Which of 32 bytes can't stand in a plain text: control letters, what lies beyond ASCII, escapes. */
static inline uint32_t odd32(const char* at) {
    return (uint32_t)_mm_movemask_epi8(odd16(at)) | (uint32_t)_mm_movemask_epi8(odd16(at + 16)) << 16;
}
#else
/* For the compiler alone: HAS_TEXT_SIMD is asked before either is called. */
#define HAS_TEXT_SIMD 0
static inline uint32_t quotes32(const char* at) { return (uint32_t)*at; }
static inline uint32_t odd32(const char* at) { return (uint32_t)*at; }
#endif
