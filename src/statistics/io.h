/* The table of -z io,stat: what is counted, and how it is laid out. */
#pragma once

#include "statistics/observer.h"

typedef enum FmCalculation {
    FM_IO_FRAMES_AND_BYTES, FM_IO_FRAMES, FM_IO_BYTES, FM_IO_COUNT, FM_IO_SUM, FM_IO_MIN, FM_IO_MAX, FM_IO_AVG, FM_IO_LOAD,
} FmCalculation;

typedef struct FmIoCell { /* a column's part of an interval; zeroed at first */
    uint64_t frames, counter, samples;
    double real; /* of fields with floating point */
} FmIoCell;

typedef struct FmIoColumn {
    char *text; /* as the user wrote it; NULL: all frames */
    FmCalculation calculation;
    const FmEntry *entry; /* field, or NULL */
    FmFilter *filter;     /* NULL: all packets */
    GArray *cells;        /* of FmIoCell, by interval */
    uint64_t most_frames, most; /* in one cell; times in whole seconds */
} FmIoColumn;

typedef struct FmIoTable {
    FmIoColumn *columns;
    size_t count;
    uint64_t interval; /* µs; UINT64_MAX: the whole capture */
    unsigned precision; /* decimals that the interval was given with */
    uint64_t duration; /* µs from the first packet to the latest */
    FmTime start;      /* whole seconds of the capture's first packet */
    FmTimeFormat time;
} FmIoTable;

/* "FRAMES", "SUM", … */
const char *fm_io_name(FmCalculation calculation);

bool fm_io_real(const FmIoColumn *column);
bool fm_io_seconds(const FmIoColumn *column);

void fm_io_print(const FmIoTable *table, FmText *out);
