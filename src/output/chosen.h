/* The fields chosen with -e, found in a packet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/printer.h"

typedef struct FmCell {    /* one -e */
    const char *name;
    int column;            /* of a "_ws.col.…"; -1: a field */
    const FmNode **nodes;  /* of the packet at hand, in order */
    uint32_t count, room;
} FmCell;

typedef struct FmChosen FmChosen;

/* Names come from options->fields; tells the printer's wants. */
FmChosen *fm_chosen_new(const FmPrintOptions *options, FmPrinter *printer);
void fm_chosen_free(FmChosen *chosen);

/* Finds all nodes that are asked for; returns the cells, valid until the next call. */
const FmCell *fm_chosen_collect(FmChosen *chosen, const FmPacket *packet, size_t *count);

/* Has the cell something to show? A column always has. */
static inline bool fm_cell_filled(const FmCell *cell)
{
    return cell->count > 0 || cell->column >= 0;
}

/* Appends the i-th value of a cell (a column has one), as -T fields shows it. */
void fm_cell_put(const FmCell *cell, const FmPrintOptions *options, FmText *out, const FmPacket *packet, uint32_t i);
static inline uint32_t fm_cell_values(const FmCell *cell) { return cell->column >= 0 ? 1 : cell->count; }
