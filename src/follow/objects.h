/* Bodies of HTTP, 1 and 2, as objects: what they are called, where they came from, their bytes with codings taken off.
 *
 * Sees packets only. A body that is too long to be put together comes in several pieces with the same number. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/packet.h"

typedef struct FmObject { /* borrowed: valid during the call */
    uint64_t number;      /* 0, 1, …: pieces of one object have the same */
    uint32_t packet;      /* that completed it, or this piece of it */
    bool continued;       /* more of an object that was told before */
    const char *host;     /* "" where it is not known */
    const char *type;     /* media type without parameters; "" where it is not known */
    const char *path;     /* of the request, with its query; "" where it is not known */
    FmSlice bytes;
} FmObject;

typedef struct FmObjects FmObjects;

/* `take` is called from inside fm_objects_packet. The catalog must outlive the objects. */
FmObjects *fm_objects_new(const FmCatalog *catalog, void (*take)(void *data, const FmObject *object), void *data);
void fm_objects_free(FmObjects *objects);

/* Bits of the fields that it needs. */
const uint64_t *fm_objects_wanted(const FmObjects *objects);

void fm_objects_packet(FmObjects *objects, const FmPacket *packet);

/* A name for the object, fit for a file: the last part of the path, without what could lead elsewhere, of bounded length. */
void fm_object_name(FmText *out, const FmObject *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmObjects, fm_objects_free)
