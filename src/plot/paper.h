/* Pages of text and pictures as PDF (A4). Needs cairo. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "plot/chart.h"

typedef struct FmPaper FmPaper;

typedef enum FmPaperText { FM_PAPER_TITLE, FM_PAPER_HEAD, FM_PAPER_TEXT, FM_PAPER_BOLD, FM_PAPER_CHOICE } FmPaperText;

/* Writes into `file`, which stays the caller's. NULL where fathom was built without cairo. */
FmPaper *fm_paper_new(FILE *file);

/* A paragraph, broken between words; lines as they are, of equal width; a chart. Each begins a new page where it must. */
void fm_paper_text(FmPaper *paper, FmPaperText kind, const char *text);
void fm_paper_lines(FmPaper *paper, const char *lines);
void fm_paper_picture(FmPaper *paper, const FmChart *chart);

/* Writes what is left and frees. False if something could not be written. */
bool fm_paper_close(FmPaper *paper);
