/* Macros of display filters: names that stand for texts with places for arguments. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "filter/filter.h"

typedef struct FmMacros FmMacros;

/* Macros; private_ipv4, private_ipv6 and private_ethernet are there from the start. Free with fm_macros_free. */
FmMacros *fm_macros_new(void);
void fm_macros_free(FmMacros *macros);

/* Adds a macro, or gives it another text: $1, $2, … in it stand for the arguments. */
void fm_macros_add(FmMacros *macros, const char *name, const char *text);

/* Adds the macros of a file, which has lines "name","text" or "name" text, and comments that start with #. False with error set if
 * it cannot be read or a line is neither. */
bool fm_macros_load(FmMacros *macros, const char *path, GError **error);

/* A filter's text with ${name}, ${name:a;b}, ${name;a;b} and $name(a,b) replaced, for fm_filter_compile: free with g_free. What has
 * no arguments and is no macro's name stays, as it may be a field's. NULL with error set, and *at and *size as
 * fm_filter_compile tells them, if a macro is not known, lacks an argument or grows without end. */
char *fm_macros_expand(const FmMacros *macros, const char *text, size_t *at, size_t *size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmMacros, fm_macros_free)
