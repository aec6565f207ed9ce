/* Putting text on the screen: pens write styled text into rows, and know how wide it is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/text.h"
#include "ui/theme.h"

typedef struct FmBox { /* a part of the screen */
    int y, x, rows, columns;
} FmBox;

typedef struct FmScreen {
    FmTheme theme;
    bool utf8; /* otherwise everything is drawn in ASCII */
    int rows, columns;
} FmScreen;

typedef struct FmPen { /* writes one row from left to right; what does not fit is left out */
    const FmScreen *screen;
    FmText *into; /* the text goes here and not to the screen (searching, copying) */
    int y, start, x, end;
    int skip; /* columns that are scrolled off to the left */
    FmStyle over; /* all text in this style, if not FM_STYLE_NORMAL: the selected row */
} FmPen;

FmPen fm_pen(const FmScreen *screen, FmBox box, int row);
FmPen fm_text_pen(FmText *into);

/* Text without control characters. _n: `n` bytes of it. */
void fm_put(FmPen *pen, FmStyle style, const char *text);
void fm_put_n(FmPen *pen, FmStyle style, const char *text, size_t n);
void fm_putf(FmPen *pen, FmStyle style, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A cell of a table: `width` columns, cut with an ellipsis or filled up; a negative width puts the text at its right end. */
void fm_put_cell(FmPen *pen, FmStyle style, int width, const char *text);

/* The same over the rest of the row. */
void fm_put_last(FmPen *pen, FmStyle style, const char *text);

/* Columns that are left in the row. */
int fm_pen_room(const FmPen *pen);

/* Spaces up to a column of the row, or to its end. */
void fm_put_to(FmPen *pen, FmStyle style, int column);
void fm_put_rest(FmPen *pen, FmStyle style);

/* `n` columns of a bar `share` (0 to 1) of which is filled. */
void fm_put_bar(FmPen *pen, FmStyle style, int n, double share);

/* An arrow over `width` columns with a label in it: to the right or the left, dashed, doubled. */
void fm_put_arrow(FmPen *pen, FmStyle style, bool right, bool dashed, bool doubled, const char *label, int width);

/* Display columns of a text. */
int fm_width(const char *text, size_t n);

/* Bytes of `text` that fit into `columns`. */
size_t fm_fitting(const char *text, size_t n, int columns);

/* Numbers as people read them, into `room` (at least 16 bytes): 3.1M, 402k; 8.2 s, 38 ms; 2,481. Return `room`. */
char *fm_short_size(char *room, uint64_t bytes);
char *fm_short_bytes(char *room, uint64_t bytes); /* with the unit: 412 bytes, 46 kB */
char *fm_short_span(char *room, int64_t ns);
char *fm_short_count(char *room, uint64_t count);
