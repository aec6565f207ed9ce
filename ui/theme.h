/* Colours. Each means one thing: green progress, yellow waiting, red loss, blue protocol, magenta mark, grey old or unsure. */
#pragma once

#include <stdbool.h>

typedef enum FmStyle {
    FM_STYLE_NORMAL,
    FM_STYLE_DIM,    /* old, unsure, beside the point */
    FM_STYLE_BRIGHT, /* what the eye should find */
    FM_STYLE_TITLE,  /* of the focused pane */
    FM_STYLE_HEAD,   /* of columns */
    FM_STYLE_STATUS, /* first line */
    FM_STYLE_KEY,    /* a key in the last line */
    FM_STYLE_GOOD, FM_STYLE_WAIT, FM_STYLE_BAD, FM_STYLE_PROTOCOL, FM_STYLE_MARK,
    FM_STYLE_SELECTED,       /* the row of the cursor */
    FM_STYLE_SELECTED_ASIDE, /* the same in a pane without focus */
    FM_STYLE_FOUND,
    FM_STYLE_INPUT, FM_STYLE_INPUT_GOOD, FM_STYLE_INPUT_BAD, FM_STYLE_INPUT_OPEN, /* a line that is typed; valid, not, not yet */
    FM_STYLE_BAND_1, FM_STYLE_BAND_2, FM_STYLE_BAND_3, FM_STYLE_BAND_4, FM_STYLE_BAND_5, FM_STYLE_BAND_6, /* phases along a time axis */
    FM_STYLE_RULE, /* the first of those of Wireshark's colour rules; see rules.c */
    FM_STYLE_RULE_LAST = FM_STYLE_RULE + 20,
    FM_STYLES
} FmStyle;

typedef enum FmBackground { FM_BACKGROUND_UNKNOWN, FM_BACKGROUND_DARK, FM_BACKGROUND_LIGHT } FmBackground;

typedef struct FmTheme {
    int attributes[FM_STYLES]; /* of ncurses, colour pair included */
    FmBackground background;
    int colors; /* 0: none */
} FmTheme;

/* Readies colour pairs for what the terminal has. Not known background: COLORFGBG tells, else it is dark. `plain`: no colours, as
 * NO_COLOR asks for. */
void fm_theme_start(FmTheme *theme, FmBackground background, bool plain);
