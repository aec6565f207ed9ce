/* Bins that merge when time runs out of them. */
#include "config.h"

#include "summary/history.h"

#include <glib.h>

#define FIRST_WIDTH (10 * FM_MILLISECOND)
#define LONGEST (UINT64_C(1) << 62) /* no width overflows */

static void merge(FmHistory *h, bool sums)
{
    for (unsigned i = 0; i < FM_HISTORY_BINS / 2; i++) {
        uint64_t a = h->bins[2 * i], b = h->bins[2 * i + 1];
        h->bins[i] = (uint32_t)MIN(sums ? a + b : MAX(a, b), UINT32_MAX);
    }
    for (unsigned i = FM_HISTORY_BINS / 2; i < FM_HISTORY_BINS; i++)
        h->bins[i] = 0;
    h->used = (uint8_t)((h->used + 1) / 2);
    h->latest /= 2;
    h->width *= 2;
}

/* The bin of a time; times before the first bin fall into it. */
static uint32_t *bin_at(FmHistory *h, FmTime time, bool sums)
{
    if (!h->width) {
        h->start = time;
        h->width = FIRST_WIDTH;
        h->used = 1;
    }
    uint64_t since = time > h->start ? (uint64_t)time - (uint64_t)h->start : 0;
    if (since - h->latest * (uint64_t)h->width < (uint64_t)h->width)
        return &h->bins[h->latest];
    since = MIN(since, LONGEST);
    while (since / FM_HISTORY_BINS >= (uint64_t)h->width)
        merge(h, sums);
    uint64_t i = since / (uint64_t)h->width;
    for (unsigned k = h->used; !sums && k > 0 && k < i; k++) /* a level stays what it was */
        h->bins[k] = h->bins[k - 1];
    h->used = (uint8_t)MAX(h->used, i + 1);
    h->latest = (uint8_t)i;
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
