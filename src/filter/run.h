/* A filter at work on one packet. Private to src/filter. */
#pragma once

#include "filter/program.h"

/* The value of a node as `use` wants it; text and bytes that are not in the packet are put into `made`, until the next call. False
 * for nodes of a type that does not fit. */
bool use_value(const FieldUse *use, const FmPacket *packet, const FmNode *node, FmText *made, Value *value);

/* The piece of bytes that a span names; empty where not all of it is there. */
FmSlice slice_bytes(FmSlice of, const Span *span);

/* Is layer number `layer` (from 1) of `count` among the chosen ones? */
bool layer_chosen(const FieldUse *use, int64_t layer, int64_t count);

/* The text of the column that `_ws.col.…` names. */
void column_text(FmText *out, const FmPacket *packet, const char *name);

typedef struct List {
    uint32_t first, count; /* in the scratch's values */
} List;

struct Scratch {
    FmArena *arena; /* bytes of values; for one test */
    FmText text;
    Value *values;
    uint32_t count, room;
    List *lists;
    pcre2_match_data *regex;
};

typedef struct Run {
    const FmFilter *filter;
    const FmPacket *packet;
    Scratch *scratch; /* NULL until something needs it */
} Run;

Scratch *run_scratch(Run *run);

/* Adds a value to the list that is being filled; false when there is no room for more. */
bool run_push(Run *run, List *list, Value value);

/* Fills list `o->a` by a function of others. */
void run_call(Run *run, const Operation *o);
