/* Display filters: compiled once, run on every packet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/packet.h"

typedef struct FmFilter FmFilter;

typedef enum FmFilterError {
    FM_FILTER_ERROR_SYNTAX,
    FM_FILTER_ERROR_NAME,  /* no such field, function or protocol */
    FM_FILTER_ERROR_TYPE,  /* a value that does not fit */
} FmFilterError;
#define FM_FILTER_ERROR (g_quark_from_static_string("fathom-filter"))

/* Compiles `text`. On error NULL; the message is one line, and *at and *size (may be NULL) tell the bytes of `text` it is about.
 * `warnings` (may be NULL) gets g_strdup'ed lines: deprecated spellings. An empty text matches everything. */
FmFilter *fm_filter_compile(const FmCatalog *catalog, const char *text, size_t *at, size_t *size, GPtrArray *warnings, GError **error);
void fm_filter_free(FmFilter *filter);

/* Sets the bits (id / 64, id % 64) of the fields that the filter looks at. `columns` is set true if it reads _ws.col.*. */
void fm_filter_wants(const FmFilter *filter, uint64_t *wanted, bool *columns);

/* Gives ${field} in the filter the values of a packet, which had all fields wanted; NULL takes them away again, and nothing compares
 * with them. Not while another thread matches. */
void fm_filter_refer(FmFilter *filter, const FmPacket *selected);

/* Does the packet match? Thread-safe for different packets. */
bool fm_filter_match(const FmFilter *filter, const FmPacket *packet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmFilter, fm_filter_free)
