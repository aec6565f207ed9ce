/* A picture of braille dots, two by four in a cell, each cell in the ink that was put there last. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "plot/chart.h"

typedef struct FmDots { /* of a picture */
    uint8_t dots; /* as in U+2800 */
    uint8_t ink;  /* FmInk */
} FmDots;

typedef struct FmCells {
    int columns, rows;
    FmDots *cells; /* columns * rows, top row first */
} FmCells;

FmCells *fm_cells_new(int columns, int rows);
void fm_cells_free(FmCells *cells);

/* Dots count from the lower left corner: 2 * columns by 4 * rows. What lies outside is left out. */
void fm_cells_dot(FmCells *cells, int x, int y, FmInk ink);
void fm_cells_line_up(FmCells *cells, int x, int from, int to, FmInk ink);

/* Draws the part of a chart from `from` to `to`, with y from `low` to `high`. */
void fm_cells_chart(FmCells *cells, const FmChart *chart, double from, double to, double low, double high);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmCells, fm_cells_free)
