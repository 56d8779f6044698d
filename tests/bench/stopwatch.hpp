// How a path from frame bytes to the best prices is timed: the same template for the floor and for the compiled feed.
//
// `whole` passes have one clock around all frames: what a frame costs. `each` passes stand between two readings of the
// cycle counter per frame, less what an empty pair of readings takes; of each frame the least of all passes is kept,
// so that what remains is the frame's own and not the machine's: percentiles and the worst frame come from these.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

using Bytes = const char*;

inline int64_t nanoseconds() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch()).count();
}

#if defined(__x86_64__)
inline uint64_t ticks() {
    _mm_lfence();
    uint64_t now = __rdtsc();
    _mm_lfence();
    return now;
}
#else
inline uint64_t ticks() { return static_cast<uint64_t>(nanoseconds()); }
#endif

inline double empty_pair() {
    std::vector<double> seen(2001);
    for (double& one : seen) {
        uint64_t began = ticks();
        one = static_cast<double>(ticks() - began);
    }
    std::nth_element(seen.begin(), seen.begin() + 1000, seen.end());
    return seen[1000];
}

// `frames` holds all frames, frame i from offsets[i] to offsets[i + 1]. Writes nanoseconds a frame of each whole pass,
// and the least nanoseconds of each frame. `take` answers with what it read; the sum keeps the compiler honest.
template <class Fresh, class Take>
uint64_t measure(Bytes frames, const int64_t* offsets, int64_t count, int64_t whole, int64_t each,
                 double* whole_ns, double* frame_ns, Fresh fresh, Take take) {
    uint64_t sum = 0;
    for (int64_t pass = 0; pass < whole; ++pass) {
        fresh();
        int64_t began = nanoseconds();
        for (int64_t i = 0; i < count; ++i) sum += take(frames + offsets[i], offsets[i + 1] - offsets[i]);
        whole_ns[pass] = static_cast<double>(nanoseconds() - began) / static_cast<double>(count);
    }
    double overhead = empty_pair();
    uint64_t first_tick = ticks();
    int64_t first_ns = nanoseconds();
    std::vector<double> least(static_cast<size_t>(count), 1e18);
    for (int64_t pass = 0; pass < each; ++pass) {
        fresh();
        for (int64_t i = 0; i < count; ++i) {
            uint64_t began = ticks();
            sum += take(frames + offsets[i], offsets[i + 1] - offsets[i]);
            double spent = static_cast<double>(ticks() - began) - overhead;
            least[static_cast<size_t>(i)] = std::min(least[static_cast<size_t>(i)], spent);
        }
    }
    double ns_a_tick = static_cast<double>(nanoseconds() - first_ns) / static_cast<double>(ticks() - first_tick);
    for (int64_t i = 0; i < count; ++i) frame_ns[i] = least[static_cast<size_t>(i)] * ns_a_tick;
    return sum;
}

// The same for callers that have functions and a context only.
using FreshFunction = void (*)(void*);
using TakeFunction = uint64_t (*)(void*, Bytes, int64_t);

inline uint64_t measure_by(Bytes frames, const int64_t* offsets, int64_t count, int64_t whole, int64_t each,
                           double* whole_ns, double* frame_ns, FreshFunction fresh, TakeFunction take, void* context) {
    return measure(frames, offsets, count, whole, each, whole_ns, frame_ns, [=] { fresh(context); },
                   [=](Bytes start, int64_t size) { return take(context, start, size); });
}
