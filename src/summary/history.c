/* Bins that merge when time runs out of them. */
#include "config.h"

#include "summary/history.h"

#include <glib.h>

#define FIRST_WIDTH (10 * FM_MILLISECOND)

static void merge(FmHistory *h, bool sums)
{
    for (unsigned i = 0; i < FM_HISTORY_BINS / 2; i++) {
        uint64_t a = h->bins[2 * i], b = h->bins[2 * i + 1];
        h->bins[i] = (uint32_t)MIN(sums ? a + b : MAX(a, b), UINT32_MAX);
    }
    for (unsigned i = FM_HISTORY_BINS / 2; i < FM_HISTORY_BINS; i++)
        h->bins[i] = 0;
    h->used = (uint8_t)((h->used + 1) / 2);
    h->width *= 2;
}

/* The bin of a time; times before the first bin fall into it. */
static uint32_t *bin_at(FmHistory *h, FmTime time, bool sums)
{
    if (!h->width) {
        h->start = time;
        h->width = FIRST_WIDTH;
    }
    while (time - h->start >= h->width * FM_HISTORY_BINS) /* doubles: at most 39 times before a FmTime is full */
        merge(h, sums);
    FmTime i = time > h->start ? (time - h->start) / h->width : 0;
    h->used = (uint8_t)MAX(h->used, i + 1);
    return &h->bins[i];
}

void fm_history_add(FmHistory *h, FmTime time, uint32_t amount)
{
    uint32_t *bin = bin_at(h, time, true);
    *bin = amount < UINT32_MAX - *bin ? *bin + amount : UINT32_MAX;
}

void fm_history_level(FmHistory *h, FmTime time, uint32_t level)
{
    uint32_t *bin = bin_at(h, time, false);
    *bin = MAX(*bin, level);
}
