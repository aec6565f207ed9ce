/* Lists of lines that are told rather than counted: with styles inside, folded as trees, each a door to its packet. */
#pragma once

#include "ui/view.h"

/* Styles in the text of a line: from here on. Text from packets is escaped and cannot have them. */
#define FM_PLAIN "\1n"
#define FM_DIM "\1d"
#define FM_BRIGHT "\1b"
#define FM_GOOD "\1g"
#define FM_WAIT "\1w"
#define FM_BAD "\1x"
#define FM_PROTO "\1p"
#define FM_MARKED "\1m"

typedef struct FmLines FmLines;

FmLines *fm_lines_new(void);
void fm_lines_free(FmLines *lines);

/* Begins anew; what the user has opened and closed is remembered. */
void fm_lines_reset(FmLines *lines);

/* Adds a line. What is deeper than the line before it is folded away below that one, if that is not `open`. `packet`: where it leads; 0:
 * nowhere. A text that does not fit into `columns` goes on in further lines, broken between words, indented by `indent` columns. */
void fm_lines_add(FmLines *lines, unsigned depth, bool open, uint32_t packet, const char *format, ...) G_GNUC_PRINTF(5, 6);
void fm_lines_add_broken(FmLines *lines, unsigned depth, uint32_t packet, int columns, int indent, const char *format, ...) G_GNUC_PRINTF(6, 7);

/* A blank line, and a heading. */
void fm_lines_heading(FmLines *lines, const char *text);

/* An arrow over the line instead of text: see fm_put_arrow. `left` stands before it. */
void fm_lines_arrow(FmLines *lines, unsigned depth, uint32_t packet, FmStyle style, bool right, const char *left, const char *label);

/* For a view's functions. Requests: opening and closing; a line that has nothing below it leaves Enter to the view. */
size_t fm_lines_count(FmLines *lines);
void fm_lines_row(FmLines *lines, size_t i, FmPen *pen, int columns);
bool fm_lines_request(FmLines *lines, FmPane *pane, FmRequest request);

/* Where the line leads; 0: nowhere. */
uint32_t fm_lines_packet(FmLines *lines, size_t i);

/* Writes text with styles in it. */
void fm_put_styled(FmPen *pen, const char *text);
