/* Eight and more bytes at a time. WIDE is 0 where the machine's words don't begin with the lowest byte: every reader
   then goes byte by byte, as it does for what the wide way isn't sure of. Nothing here reads past what it is given.
   In a word that was loaded from text the first letter is the lowest byte, and the last one the highest. */
#ifndef CONNECTOR_WIDE_H
#define CONNECTOR_WIDE_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !defined(CONNECTOR_NARROW)
#define WIDE 1
#else
#define WIDE 0
#endif

/* What most x86-64 machines have and not all: functions marked AVX2 are called where the machine says that it has it.
   Asking is a load and a test of what the start-up code found, cheap enough to be done where it is needed. */
#if WIDE && defined(__x86_64__) && defined(__GNUC__)
#define MAY_HAVE_AVX2 1
#define AVX2 __attribute__((target("avx2,bmi,bmi2"))) static inline
static inline int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"); }
#else
#define MAY_HAVE_AVX2 0
#define AVX2 static inline
static inline int has_avx2(void) { return 0; }
#endif

/* What compilers call alike by other names. */
#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#define UNREACHABLE() __assume(0)
static inline void await_memory(const void* place) { _mm_prefetch((const char*)place, _MM_HINT_T0); }
static inline int lowest_bit(uint64_t word) { unsigned long bit; _BitScanForward64(&bit, word); return (int)bit; }
static inline int highest_bit(uint64_t word) { unsigned long bit; _BitScanReverse64(&bit, word); return (int)bit; }
#else
#define UNREACHABLE() __builtin_unreachable()
/* Asks for memory that is written to soon. */
static inline void await_memory(const void* place) { __builtin_prefetch(place, 1); }
static inline int lowest_bit(uint64_t word) { return __builtin_ctzll(word); }
static inline int highest_bit(uint64_t word) { return 63 - __builtin_clzll(word); }
#endif

/* The best price of an empty side: below any key. Keys stay below 10^18 in size, so that neither the negation of this nor
   its difference from a key overflows. */
#define NOTHING (-(INT64_C(1) << 62))

static const int64_t TENS[19] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
    1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
    1000000000000000000};

/* C's way to read a word where it lies, whatever the alignment: compilers make one load of it. */
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
#endif
