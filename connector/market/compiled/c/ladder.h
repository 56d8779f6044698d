/* What a side of a book is made of: see `../ladder.pxd`. */
#pragma once
#include "words.h"

typedef struct {
    int64_t key, amount;
} Row;

/* `amounts` has a place for each tick of the window, 0 where no level stands; `ticks`, how many, is a power of two.
   `words` has a bit for each place that a level was put at since it was last looked at; where its amount is 0 there is
   none any more. `low` is the lowest key of the window, a multiple of 64, so that no word holds keys of both its ends.
   `far` has `places` places, of which `far_size` hold a level. */
typedef struct {
    int64_t* amounts;
    uint64_t* words;
    int64_t ticks, low, best;
    Row* far;
    int64_t places, far_size;
} Ladder;

/* Sets levels for as long as the window holds them and the best one is not taken out; answers with how many.

   1. Outside the window: one unsigned comparison, for what lies below `low` wraps round to far above it.
   2. At or above the best: a level there is the best now. Taking the best out needs a search, which is not done here.
      Taking out what lies above it says nothing, and falls through: its place is empty already.
   3. The amount is written, also a 0: a level that ends clears no bit. Ends are many and searches few: a search clears
      the bits that it finds to be of no level.
   4. The bit is written only where it is not set: most levels change their amount alone, and dirty no second line. */
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

/* The same C, for shifts by any register (BMI2): made twice, chosen once for each run of levels. */
AVX2 int64_t put_within_avx2(Ladder* ladder, const Row* rows, int64_t count) {
    return put_within_by(ladder, rows, count);
}
static inline int64_t put_within(Ladder* ladder, const Row* rows, int64_t count) {
    return has_avx2() ? put_within_avx2(ladder, rows, count) : put_within_by(ladder, rows, count);
}
