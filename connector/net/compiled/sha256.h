/* SHA-256 (FIPS 180-4) block by block, by the machine's own instructions where it has them. */
#ifndef CONNECTOR_SHA256_H
#define CONNECTOR_SHA256_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define MAY_HAVE_SHA 1
#include <cpuid.h>
#include <immintrin.h>
#else
#define MAY_HAVE_SHA 0
#endif

static const uint32_t SHA256_BEGIN[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const uint32_t SHA256_K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t turned(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static inline void put_word(uint8_t* at, uint32_t word) {
    at[0] = (uint8_t)(word >> 24);
    at[1] = (uint8_t)(word >> 16);
    at[2] = (uint8_t)(word >> 8);
    at[3] = (uint8_t)word;
}

/* The plain way, for any machine. */
static void sha256_blocks_plain(uint32_t state[8], const uint8_t* at, size_t blocks) {
    uint32_t w[64], s[8];
    for (; blocks; blocks--, at += 64) {
        for (int i = 0; i < 16; i++) {
            const uint8_t* b = at + 4 * i;
            w[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        }
        for (int i = 16; i < 64; i++) {
            uint32_t low = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3;
            uint32_t high = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10;
            w[i] = w[i - 16] + low + w[i - 7] + high;
        }
        memcpy(s, state, sizeof s);
        /* No word moves: their names do, one place a round. */
#define S(name) s[(name + 64 - i) & 7]
#if defined(__GNUC__)
#pragma GCC unroll 8
#endif
        for (int i = 0; i < 64; i++) {
            uint32_t chosen = S(6) ^ (S(4) & (S(5) ^ S(6)));
            uint32_t most = (S(0) & S(1)) ^ (S(2) & (S(0) ^ S(1)));
            uint32_t one = S(7) + (turned(S(4), 6) ^ turned(S(4), 11) ^ turned(S(4), 25)) + chosen + SHA256_K[i] + w[i];
            S(3) += one;
            S(7) = one + (turned(S(0), 2) ^ turned(S(0), 13) ^ turned(S(0), 22)) + most;
        }
#undef S
        for (int i = 0; i < 8; i++) state[i] += s[i];
    }
}

#if MAY_HAVE_SHA
static int has_sha(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 9) || !(c & 1u << 19)) return 0; /* SSSE3, SSE4.1 */
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29);
}

/* Four rounds a step; the instructions want the state as ABEF and CDGH. */
__attribute__((target("sha,sse4.1,ssse3")))
static void sha256_blocks_sha(uint32_t state[8], const uint8_t* at, size_t blocks) {
    const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i*)state), 0xB1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i*)(state + 4)), 0x1B);
    __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xF0);
    for (; blocks; blocks--, at += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            __m128i* now = &w[i & 3];
            if (i < 4) {
                *now = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i*)(at + 16 * i)), order);
            } else {
                const __m128i last = w[(i + 3) & 3];
                const __m128i seventh = _mm_alignr_epi8(last, w[(i + 2) & 3], 4);
                const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(i + 1) & 3]), seventh);
                *now = _mm_sha256msg2_epu32(sum, last);
            }
            __m128i words = _mm_add_epi32(*now, _mm_loadu_si128((const __m128i*)(SHA256_K + 4 * i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0E));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    low = _mm_shuffle_epi32(abef, 0x1B);
    high = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i*)state, _mm_blend_epi16(low, high, 0xF0));
    _mm_storeu_si128((__m128i*)(state + 4), _mm_alignr_epi8(high, low, 8));
}
#else
static int has_sha(void) { return 0; }
#endif

static inline void sha256_blocks(uint32_t state[8], const uint8_t* at, size_t blocks, int by_machine) {
#if MAY_HAVE_SHA
    if (by_machine) {
        sha256_blocks_sha(state, at, blocks);
        return;
    }
#endif
    (void)by_machine;
    sha256_blocks_plain(state, at, blocks);
}

/* The end of a text of which `before` bytes, whole blocks, are in the state already. */
static void sha256_end(uint32_t state[8], const uint8_t* at, size_t length, size_t before, uint8_t digest[32],
                       int by_machine) {
    uint8_t tail[128];
    size_t whole = length / 64, left = length % 64, size = left < 56 ? 64 : 128;
    sha256_blocks(state, at, whole, by_machine);
    memset(tail, 0, sizeof tail);
    memcpy(tail, at + 64 * whole, left);
    tail[left] = 0x80;
    uint64_t bits = 8 * (uint64_t)(before + length);
    put_word(tail + size - 8, (uint32_t)(bits >> 32));
    put_word(tail + size - 4, (uint32_t)bits);
    sha256_blocks(state, tail, size / 64, by_machine);
    for (int i = 0; i < 8; i++) put_word(digest + 4 * i, state[i]);
}

/* What HMAC (RFC 2104) begins its two hashes with, for a key of 64 bytes at most. */
static void hmac_begin(const uint8_t* key, size_t length, uint32_t inner[8], uint32_t outer[8], int by_machine) {
    uint8_t block[64];
    for (int round = 0; round < 2; round++) {
        memset(block, round ? 0x5c : 0x36, sizeof block);
        for (size_t i = 0; i < length; i++) block[i] ^= key[i];
        uint32_t* state = round ? outer : inner;
        memcpy(state, SHA256_BEGIN, sizeof SHA256_BEGIN);
        sha256_blocks(state, block, 1, by_machine);
    }
    /* Not left on the stack: the compiler must not take this away. */
    for (volatile uint8_t* at = block; at < block + sizeof block; at++) *at = 0;
}

/* In lower-case hex. */
static void hmac_hex(const uint32_t inner[8], const uint32_t outer[8], const uint8_t* text, size_t length, char hex[64],
                     int by_machine) {
    uint32_t state[8];
    uint8_t digest[32];
    memcpy(state, inner, sizeof state);
    sha256_end(state, text, length, 64, digest, by_machine);
    memcpy(state, outer, sizeof state);
    sha256_end(state, digest, 32, 64, digest, by_machine);
    for (int i = 0; i < 32; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
}

#endif
