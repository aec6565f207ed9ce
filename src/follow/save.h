/* Objects into files of a directory: nothing outside it, nothing overwritten. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "follow/objects.h"

typedef struct FmSave FmSave;

/* Makes the directory if it is not there. NULL with error set if it cannot be used. */
FmSave *fm_save_new(const char *directory, GError **error);
void fm_save_free(FmSave *save);

/* Writes an object, or one more piece of it. Returns the file's name, valid until the next call: the object's own, with a number where
 * there is one of that name. NULL with error set if it cannot be written. */
const char *fm_save_object(FmSave *save, const FmObject *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSave, fm_save_free)
