/* -G: what the program knows, as tables for scripts. */
#pragma once

#include "base/text.h"
#include "model/catalog.h"

/* Appends the report `name`. False with error set if there is none of that name. */
bool fm_glossary(FmText *out, const FmCatalog *catalog, const char *name, GError **error);
