/* Fields that somebody asks for by name, told apart by small numbers when they are met in packets. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/catalog.h"

typedef struct FmAsked {
    uint64_t *bits; /* fm_catalog_words of them: what an engine or a viewer is to be told */
    uint8_t *roles; /* by field id; 0: not asked for */
} FmAsked;

typedef struct FmAskedField {
    const char *name; /* ends with '*': every field whose name begins so, wanted but without a role */
    uint8_t role;     /* from 1 on */
} FmAskedField;

/* Names that the catalog lacks are left out. */
FmAsked *fm_asked_new(const FmCatalog *catalog, const FmAskedField *fields, size_t count);
void fm_asked_free(FmAsked *asked);

static inline unsigned fm_asked_role(const FmAsked *asked, uint16_t field) { return asked->roles[field]; }

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmAsked, fm_asked_free)
