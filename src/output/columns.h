/* The columns of a packet line: number, time, addresses, … as chosen with gui.column.format, -t and -u. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/packet.h"

typedef enum FmTimeFormat {
    FM_TIME_RELATIVE, FM_TIME_DELTA, FM_TIME_DELTA_DISPLAYED, FM_TIME_EPOCH,
    FM_TIME_CLOCK, FM_TIME_DATE, FM_TIME_DAY_OF_YEAR,          /* local time */
    FM_TIME_UTC, FM_TIME_UTC_DATE, FM_TIME_UTC_DAY_OF_YEAR,
} FmTimeFormat;

typedef struct FmColumns FmColumns;

/* The columns that tshark shows by default. */
FmColumns *fm_columns_new(void);
void fm_columns_free(FmColumns *columns);

/* Columns from a list "Title","%code",… as gui.column.format holds it. False with error set if it is not one. */
bool fm_columns_parse(FmColumns *columns, const FmCatalog *catalog, const char *text, GError **error);

/* -t and -u. False for unknown names. */
bool fm_columns_set_time(FmColumns *columns, const char *name);
bool fm_columns_set_seconds(FmColumns *columns, const char *name);
FmTimeFormat fm_columns_time(const FmColumns *columns);

/* Number of columns, title of one. */
size_t fm_columns_count(const FmColumns *columns);
const char *fm_columns_title(const FmColumns *columns, size_t i);

/* Column with a title, as in "_ws.col.Info"; -1 if there is none. */
int fm_columns_find(const FmColumns *columns, const char *title);

/* Sets the bits of the fields that the columns show; *info is set if the packet's info text is needed. */
void fm_columns_wants(const FmColumns *columns, uint64_t *wanted, bool *info);

/* The text of column `i`, made harmless, without padding. */
void fm_columns_put(const FmColumns *columns, FmText *out, const FmPacket *packet, size_t i);

/* A whole line without its end: padded columns with `separator` between them, arrows between addresses. */
void fm_columns_line(const FmColumns *columns, FmText *out, const FmPacket *packet, char separator);

/* Code and title of the i-th kind of column: "%m", "Number". False behind the last. */
bool fm_column_kind(size_t i, const char **code, const char **title);

typedef enum FmColumnError { FM_COLUMN_ERROR_FORMAT } FmColumnError;
#define FM_COLUMN_ERROR (g_quark_from_static_string("fathom-columns"))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmColumns, fm_columns_free)
