/* What a side of a book is made of: see `../ladder.pxd`. `words` has a bit for each place that a level was put at since
   it was last looked at; where its amount is 0 there is none any more. */
#pragma once
#include "words.h"

typedef struct {
    int64_t key, amount;
} Row;

typedef struct {
    int64_t* amounts;
    uint64_t* words;
    int64_t ticks, low, best;
    Row* far;
    int64_t places, far_size;
} Ladder;

/* Sets levels for as long as the window holds them and the best one is not taken out; answers with how many. */
static inline __attribute__((always_inline)) int64_t put_within_by(Ladder* ladder, const Row* rows, int64_t count) {
    const int64_t low = ladder->low, mask = ladder->ticks - 1;
    int64_t *const amounts = ladder->amounts, best = ladder->best, index = 0;
    uint64_t* const words = ladder->words;
    for (; index < count; ++index) {
        const int64_t key = rows[index].key, amount = rows[index].amount;
        if ((uint64_t)(key - low) > (uint64_t)mask) break;
        if (key >= best) {
            if (amount) best = key;
            else if (key == best) break;
        }
        const int64_t place = key & mask;
        amounts[place] = amount;
        if (!(words[place >> 6] >> (key & 63) & 1)) words[place >> 6] |= UINT64_C(1) << (key & 63);
    }
    ladder->best = best;
    return index;
}

AVX2 int64_t put_within_avx2(Ladder* ladder, const Row* rows, int64_t count) {
    return put_within_by(ladder, rows, count);
}
static inline int64_t put_within(Ladder* ladder, const Row* rows, int64_t count) {
    return has_avx2() ? put_within_avx2(ladder, rows, count) : put_within_by(ladder, rows, count);
}
