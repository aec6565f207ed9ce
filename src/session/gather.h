/* The packets of one flow of an archive, handed over in the background and in order; those that come later too. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "session/archive.h"
#include "summary/track.h"

typedef struct FmGather FmGather;

/* Starts to gather. `changed` is called from another thread, a few times a second and when all is there. */
FmGather *fm_gather_new(FmArchive *archive, unsigned kind, uint32_t number, void (*changed)(void *data), void *data);
void fm_gather_free(FmGather *gather);

/* The track, which does not change until fm_gather_release. */
const FmTrack *fm_gather_hold(FmGather *gather);
void fm_gather_release(FmGather *gather);

/* Has everything been gathered that is there now? */
bool fm_gather_done(FmGather *gather);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmGather, fm_gather_free)
