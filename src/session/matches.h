/* The packets of an archive that a filter lets through, found in the background and in order; those that come later too. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/filter.h"
#include "session/archive.h"

typedef struct FmMatches FmMatches;

/* Starts to look. Takes the filter over; frees cancel what is under way. `changed` is called from other threads, now and then
 * when there are more, and at the end. The archive must outlive it. */
FmMatches *fm_matches_new(FmArchive *archive, FmFilter *filter, void (*changed)(void *data), void *data);
void fm_matches_free(FmMatches *matches);

/* How many so far; the number of the i-th; packets judged so far. */
uint32_t fm_matches_count(FmMatches *matches);
uint32_t fm_matches_at(FmMatches *matches, uint32_t i);
uint32_t fm_matches_judged(FmMatches *matches);

/* Drops the numbers in front of `first`, of packets that are gone. Returns how many: the i-th is another one now. */
uint32_t fm_matches_forget(FmMatches *matches, uint32_t first);

/* Place of the first match that is packet `number` or a later one; the count if there is none yet. */
uint32_t fm_matches_find(FmMatches *matches, uint32_t number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmMatches, fm_matches_free)
