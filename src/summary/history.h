/* How a quantity went over a flow's life, in few numbers: bins of equal width from the first packet on. When time runs past the
 * last bin, neighbours merge and the width doubles. Made for sparklines. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum { FM_HISTORY_BINS = 32 };

typedef struct FmHistory {
    FmTime start, width; /* of the first bin; width 0: nothing yet */
    uint32_t bins[FM_HISTORY_BINS];
    uint8_t used; /* bins up to the latest one that something fell into */
    uint8_t latest; /* the one that something fell into last */
} FmHistory;

/* Counts `amount` at `time`; a bin is the sum of what fell into it. Sums stop at UINT32_MAX. */
void fm_history_add(FmHistory *h, FmTime time, uint32_t amount);

/* The same for a level: a bin is the highest of what fell into it, or what the one before was where nothing did. */
void fm_history_level(FmHistory *h, FmTime time, uint32_t level);
