/* Colours: one table, and how it is brought down to what the terminal has. */
#include "config.h"

#include "ui/theme.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <ncurses.h>

enum { DEFAULT = -1 };

typedef struct Colors { /* of one style; -1: the terminal's own */
    short dark, dark_behind, light, light_behind; /* 256 colours */
    short basic, basic_behind;                    /* 8 colours */
    int attributes;                               /* with colours */
    int plain;                                    /* without */
} Colors;

#define NONE DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT

static const Colors styles[FM_STYLES] = {
    [FM_STYLE_NORMAL] = { NONE, 0, 0 },
    [FM_STYLE_DIM] = { 244, DEFAULT, 245, DEFAULT, DEFAULT, DEFAULT, 0, 0 },
    [FM_STYLE_BRIGHT] = { NONE, A_BOLD, A_BOLD },
    [FM_STYLE_TITLE] = { NONE, A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE },
    [FM_STYLE_HEAD] = { 248, DEFAULT, 240, DEFAULT, DEFAULT, DEFAULT, A_UNDERLINE, A_UNDERLINE },
    [FM_STYLE_STATUS] = { 252, 236, 235, 253, COLOR_WHITE, COLOR_BLUE, 0, A_REVERSE },
    [FM_STYLE_KEY] = { 117, DEFAULT, 25, DEFAULT, COLOR_CYAN, DEFAULT, 0, A_BOLD },
    [FM_STYLE_GOOD] = { 114, DEFAULT, 28, DEFAULT, COLOR_GREEN, DEFAULT, 0, 0 },
    [FM_STYLE_WAIT] = { 221, DEFAULT, 130, DEFAULT, COLOR_YELLOW, DEFAULT, 0, 0 },
    [FM_STYLE_BAD] = { 203, DEFAULT, 160, DEFAULT, COLOR_RED, DEFAULT, A_BOLD, A_BOLD },
    [FM_STYLE_PROTOCOL] = { 111, DEFAULT, 26, DEFAULT, COLOR_CYAN, DEFAULT, 0, 0 },
    [FM_STYLE_MARK] = { 176, DEFAULT, 90, DEFAULT, COLOR_MAGENTA, DEFAULT, A_BOLD, A_BOLD },
    [FM_STYLE_SELECTED] = { 231, 25, 231, 25, COLOR_WHITE, COLOR_BLUE, 0, A_REVERSE },
    [FM_STYLE_SELECTED_ASIDE] = { 255, 239, 233, 251, COLOR_BLACK, COLOR_WHITE, 0, A_UNDERLINE },
    [FM_STYLE_FOUND] = { 16, 221, 16, 221, COLOR_BLACK, COLOR_YELLOW, 0, A_BOLD | A_REVERSE },
    [FM_STYLE_INPUT] = { NONE, 0, 0 },
    [FM_STYLE_INPUT_GOOD] = { 231, 22, 16, 157, COLOR_BLACK, COLOR_GREEN, 0, 0 },
    [FM_STYLE_INPUT_BAD] = { 231, 88, 16, 217, COLOR_WHITE, COLOR_RED, 0, A_UNDERLINE },
    [FM_STYLE_INPUT_OPEN] = { 231, 58, 16, 229, COLOR_BLACK, COLOR_YELLOW, 0, 0 },
    [FM_STYLE_BAND_1] = { 231, 22, 16, 157, COLOR_BLACK, COLOR_GREEN, 0, 0 },
    [FM_STYLE_BAND_2] = { 231, 24, 16, 153, COLOR_BLACK, COLOR_CYAN, 0, 0 },
    [FM_STYLE_BAND_3] = { 231, 94, 16, 222, COLOR_BLACK, COLOR_YELLOW, 0, A_BOLD },
    [FM_STYLE_BAND_4] = { 231, 88, 16, 217, COLOR_WHITE, COLOR_RED, 0, A_REVERSE },
    [FM_STYLE_BAND_5] = { 231, 60, 16, 189, COLOR_WHITE, COLOR_MAGENTA, 0, 0 },
    [FM_STYLE_BAND_6] = { 231, 238, 16, 252, COLOR_WHITE, COLOR_BLACK, 0, 0 },
};

/* Foreground, background as Wireshark has them; and what is left of it with eight colours. */
static const struct {
    uint32_t text, behind;
    short basic, basic_behind;
} rules[] = {
    { 0xf78787, 0x12272e, COLOR_RED, COLOR_BLACK },    /* 0: bad TCP, checksums */
    { 0xfff69c, 0x12272e, COLOR_YELLOW, COLOR_BLACK }, /* 1: topology and state changes */
    { 0xb7f774, 0x12272e, COLOR_GREEN, COLOR_BLACK },  /* 2: ICMP errors */
    { 0x12272e, 0xfaf0d7, COLOR_YELLOW, DEFAULT },     /* 3: ARP */
    { 0x12272e, 0xfce0ff, COLOR_MAGENTA, DEFAULT },    /* 4: ICMP */
    { 0xfffc9c, 0xa40000, COLOR_YELLOW, COLOR_RED },   /* 5: resets */
    { 0xffffff, 0xa40000, COLOR_WHITE, COLOR_RED },    /* 6: time to live */
    { 0x12272e, 0xe4ffc7, COLOR_GREEN, DEFAULT },      /* 7: HTTP */
    { 0x12272e, 0xfff3d6, COLOR_YELLOW, DEFAULT },     /* 8: routing */
    { 0x12272e, 0xa0a0a0, COLOR_BLACK, COLOR_WHITE },  /* 9: SYN, FIN */
    { 0x12272e, 0xd7d7ff, DEFAULT, DEFAULT },          /* 10: TCP; e7e6ff, whose nearest is a grey */
    { 0x12272e, 0xdaeeff, COLOR_CYAN, DEFAULT },       /* 11: UDP */
    { 0xbabdb6, 0xffffff, DEFAULT, DEFAULT },          /* 12: broadcast */
    { 0x12272e, 0xe6e6e6, DEFAULT, DEFAULT },          /* 13: system events */
    { 0x12272e, 0xfeffd0, COLOR_YELLOW, DEFAULT },     /* 14: SMB and relatives */
};

_Static_assert(sizeof rules / sizeof rules[0] <= FM_STYLE_RULE_LAST - FM_STYLE_RULE + 1, "rules have styles");

/* The nearest of the 216 colours of the cube and the 24 greys. */
static short nearest(uint32_t rgb)
{
    static const int steps[] = { 0, 95, 135, 175, 215, 255 };
    int channel[3] = { (int)(rgb >> 16), (int)(rgb >> 8 & 0xff), (int)(rgb & 0xff) };
    int best = 16, least = INT32_MAX;
    for (int color = 16; color < 256; color++) {
        int distance = 0;
        for (int i = 0; i < 3; i++) {
            int cube = color - 16, index = i == 0 ? cube / 36 : i == 1 ? cube / 6 % 6 : cube % 6;
            int value = color >= 232 ? 8 + 10 * (color - 232) : steps[index];
            distance += (value - channel[i]) * (value - channel[i]);
        }
        if (distance < least) {
            least = distance;
            best = color;
        }
    }
    return (short)best;
}

/* COLORFGBG is "foreground;background", or with a word between. */
static FmBackground guess(void)
{
    const char *text = getenv("COLORFGBG");
    const char *last = text ? strrchr(text, ';') : NULL;
    if (!last)
        return FM_BACKGROUND_DARK;
    int behind = atoi(last + 1);
    return behind == 7 || behind >= 9 ? FM_BACKGROUND_LIGHT : FM_BACKGROUND_DARK;
}

static void start_style(FmTheme *theme, unsigned style)
{
    short text, behind;
    int attributes = styles[style].attributes;
    bool rule = style >= FM_STYLE_RULE, light = theme->background == FM_BACKGROUND_LIGHT, many = theme->colors >= 256;
    size_t r = rule ? style - FM_STYLE_RULE : 0;
    if (rule && r >= sizeof rules / sizeof rules[0])
        return;
    if (rule && many && !light) { /* pastels are a glare in the dark: there they are the colour of the text */
        bool pale = (rules[r].behind >> 8 & 0xff) > 0x80;
        text = nearest(pale ? rules[r].behind : rules[r].text);
        behind = rules[r].behind == 0xa40000 ? nearest(rules[r].behind) : DEFAULT;
    } else if (rule) {
        text = many ? nearest(rules[r].text) : rules[r].basic;
        behind = many ? nearest(rules[r].behind) : rules[r].basic_behind;
    } else {
        const Colors *c = &styles[style];
        text = !many ? c->basic : light ? c->light : c->dark;
        behind = !many ? c->basic_behind : light ? c->light_behind : c->dark_behind;
        if (!many && style == FM_STYLE_DIM)
            text = theme->colors >= 16 ? 8 : DEFAULT;
    }
    if (text == DEFAULT && behind == DEFAULT) {
        theme->attributes[style] = attributes;
        return;
    }
    init_pair((short)(style + 1), text, behind);
    theme->attributes[style] = (int)COLOR_PAIR(style + 1) | attributes;
}

void fm_theme_start(FmTheme *theme, FmBackground background, bool plain)
{
    theme->background = background == FM_BACKGROUND_UNKNOWN ? guess() : background;
    theme->colors = 0;
    if (!plain && has_colors() && start_color() == OK && use_default_colors() == OK && COLOR_PAIRS > FM_STYLES)
        theme->colors = COLORS;
    for (unsigned style = 0; style < FM_STYLES; style++) {
        theme->attributes[style] = styles[style].plain;
        if (theme->colors)
            start_style(theme, style);
    }
}
