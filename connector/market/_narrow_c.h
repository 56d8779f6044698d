/* Where there is no AVX2: nothing is noted of how frames are written, and these are never called. */
#pragma once
#include "_heading_c.h"
static inline const char* behind_ids(const Heading* heading, const char* at, const char* end, int64_t* last_id, uint64_t* id) {
    return at + heading->id_size < end ? at + *last_id + id[0] : NULL;
}
static inline int64_t alike_levels(const char** place, const char* end, const Shape* shape, int64_t sign, int64_t factor,
                                   Row* rows) {
    return shape->fewest + sign + factor + rows->key + (end - *place);
}
