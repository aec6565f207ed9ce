/* Frames on disk, where their source cannot be read again: a pipe, a compressed file. The file has no name any more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/frame.h"

typedef struct FmSpool FmSpool;

/* NULL with error set if there is no room for temporary files. */
FmSpool *fm_spool_new(GError **error);
void fm_spool_free(FmSpool *spool);

/* Adds a frame; its interface must live as long as the spool. */
bool fm_spool_add(FmSpool *spool, const FmFrame *frame, GError **error);

/* Gives back the room of the frames in front of that one, of which nobody asks any more. */
void fm_spool_forget(FmSpool *spool, size_t first);

/* The i-th frame; its bytes lie in `room` until that is used again. False if they cannot be read. */
bool fm_spool_get(const FmSpool *spool, size_t i, FmFrame *frame, GByteArray *room);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSpool, fm_spool_free)
