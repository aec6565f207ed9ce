/* Rows of one size, hundreds of millions of them: added at the end, forgotten from the front. A row never moves, so whoever looks at one
 * needs no lock against others being added; one that is forgotten reads as zeros. */
#pragma once

#include <stddef.h>

#include <glib.h>

enum { FM_ROWS_PIECE = 1 << 14, FM_ROWS_PIECES = 1 << 15, FM_ROWS_MOST = FM_ROWS_PIECE * FM_ROWS_PIECES };

typedef struct FmRows FmRows;

FmRows *fm_rows_new(size_t row_size);
void fm_rows_free(FmRows *rows);

/* A row of zeros at the end, of which there may be FM_ROWS_MOST. */
void *fm_rows_add(FmRows *rows);
size_t fm_rows_count(const FmRows *rows);

/* The row, which must have been added. */
void *fm_rows_at(const FmRows *rows, size_t i);

/* Gives the memory of the rows in front of row `first` back, as far as they fill pieces of FM_ROWS_PIECE. */
void fm_rows_forget(FmRows *rows, size_t first);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmRows, fm_rows_free)
