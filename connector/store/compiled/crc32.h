/* CRC-32 (as zlib's) by the machine's own multiplication without carry, where it has one: no table is read.
 * Source: Gopal, Ozturk et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", 2009. */
#ifndef CONNECTOR_CRC32_H
#define CONNECTOR_CRC32_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>

static int has_clmul(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_PCLMUL) && (c & bit_SSE4_1);
}

/* By halves of a byte, for the last few: the polynomial is 0xedb88320. */
static const uint32_t CRC32_OF_HALF[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};

__attribute__((target("pclmul,sse4.1"))) static uint32_t crc32_by_clmul(const uint8_t* at, size_t length) {
    uint32_t crc = 0xffffffff;
    if (length >= 16) {
        const __m128i fold = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0), low = _mm_setr_epi32(-1, 0, -1, 0);
        const __m128i barrett = _mm_set_epi64x(0x1f7011641, 0x1db710641), last = _mm_set_epi64x(0, 0x163cd6124);
        __m128i sum = _mm_xor_si128(_mm_loadu_si128((const __m128i*)at), _mm_cvtsi32_si128((int)crc)), part;
        for (at += 16, length -= 16; length >= 16; at += 16, length -= 16) {
            part = _mm_xor_si128(_mm_clmulepi64_si128(sum, fold, 0x00), _mm_loadu_si128((const __m128i*)at));
            sum = _mm_xor_si128(_mm_clmulepi64_si128(sum, fold, 0x11), part);
        }
        /* 128 bits to 64, and to 32 (Barrett). */
        sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, fold, 0x10));
        part = _mm_srli_si128(sum, 4);
        sum = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(sum, low), last, 0x00), part);
        part = _mm_and_si128(_mm_clmulepi64_si128(_mm_and_si128(sum, low), barrett, 0x10), low);
        sum = _mm_xor_si128(sum, _mm_clmulepi64_si128(part, barrett, 0x00));
        crc = (uint32_t)_mm_extract_epi32(sum, 1);
    }
    for (; length; at++, length--) {
        crc ^= *at;
        crc = crc >> 4 ^ CRC32_OF_HALF[crc & 15];
        crc = crc >> 4 ^ CRC32_OF_HALF[crc & 15];
    }
    return ~crc;
}
#else
static int has_clmul(void) { return 0; }
static uint32_t crc32_by_clmul(const uint8_t* at, size_t length) { (void)at, (void)length; return 0; }
#endif
#endif
