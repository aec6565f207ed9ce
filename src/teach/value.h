/* ${values} in the narration of lessons: fields of packets, facts of flows, and what can be calculated from them.
 *
 *     ${tcp.window_size}  ${2:tcp.seq_raw}  ${flow.rtt}  ${frame.time_relative - 1:frame.time_relative | ms}
 *
 * A term is a field (of the packet of this step, or of step NAME with "NAME:" before it; "#2" behind it: its second one), flow.COLUMN
 * of fathom flows, or a number. Terms are joined by + - * / with spaces around them, from left to right. What follows "|" is the form:
 * ms, us, s, span, n, round, bytes, percent, times; of a single field also name, line. */
#pragma once

#include "base/text.h"
#include "model/packet.h"
#include "summary/flow_columns.h"
#include "teach/lesson.h"

typedef struct FmValueSource {
    const FmPacket *(*packet)(void *data, unsigned step); /* with all fields and labels; valid until the next call; NULL: none */
    /* Appends the cell of the step's flow, and its number where it has one. False: not known. */
    bool (*flow)(void *data, unsigned step, const FmFlowColumn *column, FmText *out, double *number);
    void *data;
} FmValueSource;

/* Are all values of a text well formed, and all names known? The message names step and value. Sets the bits of their fields in
 * `wanted`, fm_catalog_words(catalog) of them. */
bool fm_value_check(const FmCatalog *catalog, const FmLesson *lesson, unsigned step, const char *text, uint64_t *wanted, GError **error);

/* Appends the text with its values, "?" for those that the packets lack; then false, and *missing (may be NULL) is the first of
 * them (g_free). The text has been checked. */
bool fm_value_fill(const FmCatalog *catalog, const FmLesson *lesson, const FmValueSource *source, unsigned step, const char *text, FmText *out,
                   char **missing);
