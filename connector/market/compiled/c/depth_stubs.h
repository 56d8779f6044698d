/* Where there is no AVX2: nothing is noted of how frames are written, and these are never called. */
#pragma once
#include "depth_layout.h"
static inline const char* behind_ids(const Heading* heading, const char* at, const char* end, int64_t* last_id, uint64_t* id) {
    (void)heading, (void)at, (void)end, (void)last_id, (void)id;
    UNREACHABLE();
    return NULL;
}
static inline int64_t alike_levels(const char** place, const char* end, const Shape* shape, int64_t sign, int64_t factor,
                                   Row* rows) {
    (void)place, (void)end, (void)shape, (void)sign, (void)factor, (void)rows;
    UNREACHABLE();
    return 0;
}
