/* Where there is no SIMD: names that the readers mention and never call. */
#pragma once
#define HAS_SIMD 0
typedef int Pair;
typedef struct { Pair point_at, point, before_point, behind_point, most, flaw; } PairForm;
static inline Pair pair_of(uint64_t first, uint64_t second) { return (Pair)(first + second); }
static inline uint32_t quotes32(const char* at) { return (uint32_t)*at; }
static inline uint32_t odd32(const char* at) { return (uint32_t)*at; }
static inline void find_commas(const char* start, const char* end, uint32_t* places) { *places = end - start; }
static inline Pair kept_of(int64_t size, int64_t other) { return (Pair)(size + other); }
static inline uint64_t two_numbers(const char* first, const char* second, Pair kept, PairForm* form) {
    return (uint64_t)(first - second + kept + form->flaw);
}
static inline int is_sound(const PairForm* form) { return !form->flaw; }
