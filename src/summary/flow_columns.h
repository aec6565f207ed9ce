/* Columns of the table of flows: each has a name, a value for machines and a text for people. */
#pragma once

#include "summary/summary.h"

typedef struct FmFlowRow {
    const FmFlowRecord *flow;
    FmFlowSide side[2];
    bool has_side[2];
    unsigned heavy; /* direction with more payload: whose sender the columns of one sender are about */
    FmTime now;     /* of the latest packet of the capture */
} FmFlowRow;

typedef enum FmFlowShape { /* how a value is shown to people; seconds and bytes for machines */
    FM_SHAPE_TEXT, FM_SHAPE_COUNT, FM_SHAPE_AMOUNT, FM_SHAPE_SPAN, FM_SHAPE_SHARE,
} FmFlowShape;

typedef struct FmFlowColumn {
    const char *name;  /* for --columns, --sort and as a key */
    const char *title; /* above the column */
    FmFlowShape shape;
    bool (*number)(const FmFlowRow *row, double *value); /* all shapes but TEXT; false: not known */
    void (*text)(FmText *out, const FmFlowRow *row);     /* TEXT, or instead of what the shape shows to people; else NULL */
    uint8_t most;      /* display columns at most; the last column of a table takes what is left */
    uint8_t rank;      /* 0: shown only if asked for; else the least important (highest) goes first where there is no room */
    bool people_only;  /* a picture */
} FmFlowColumn;

/* All columns, in the order in which they are shown. */
extern const FmFlowColumn fm_flow_columns[];
extern const size_t fm_flow_column_count;

const FmFlowColumn *fm_flow_column(const char *name);

void fm_flow_row(FmFlowRow *row, const FmFlowRecord *flow, FmTime now);

/* The cell as people see it; nothing where the value is not known. */
void fm_flow_cell(FmText *out, const FmFlowColumn *column, const FmFlowRow *row);

/* Eight heights of a block for each of at most `width` neighbouring bins, scaled to the highest. */
void fm_sparkline(FmText *out, const FmHistory *history, unsigned width);
