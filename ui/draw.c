/* Putting text on the screen. */
#include "config.h"

#include "ui/draw.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include <ncurses.h>

FmPen fm_pen(const FmScreen *screen, FmBox box, int row)
{
    bool inside = row >= 0 && row < box.rows;
    return (FmPen){ .screen = screen, .y = box.y + row, .start = box.x, .x = box.x, .end = inside ? box.x + box.columns : box.x };
}

FmPen fm_text_pen(FmText *into)
{
    return (FmPen){ .into = into, .end = 1 << 20 };
}

/* The character at `text`, and its bytes; a damaged one counts as one byte and is shown as '?'. */
static gunichar next_char(const char *text, size_t n, size_t *bytes)
{
    if (!((unsigned char)*text & 0x80)) {
        *bytes = 1;
        return (unsigned char)*text >= ' ' && *text != 0x7f ? (unsigned char)*text : '?';
    }
    gunichar c = g_utf8_get_char_validated(text, (gssize)n);
    if (c >= (gunichar)-2 || c < 0xa0) {
        *bytes = 1;
        return '?';
    }
    *bytes = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    return c;
}

static int columns_of(gunichar c)
{
    if (c < 0x300)
        return 1;
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

int fm_width(const char *text, size_t n)
{
    int width = 0;
    for (size_t at = 0, bytes; at < n; at += bytes)
        width += columns_of(next_char(text + at, n - at, &bytes));
    return width;
}

size_t fm_fitting(const char *text, size_t n, int columns)
{
    size_t at = 0;
    for (size_t bytes; at < n; at += bytes) {
        columns -= columns_of(next_char(text + at, n - at, &bytes));
        if (columns < 0)
            break;
    }
    return at;
}

/* What stands for a character where there is only ASCII. */
static char ascii_of(gunichar c)
{
    static const struct {
        gunichar c;
        char ascii;
    } table[] = {
        { 0x2192, '>' }, { 0x2190, '<' }, { 0x2191, '^' }, { 0x2193, 'v' }, { 0x25b6, '>' }, { 0x25c0, '<' }, { 0x25b8, '>' },
        { 0x25be, 'v' }, { 0x2026, '~' }, { 0x2500, '-' }, { 0x2502, '|' }, { 0x251c, '|' }, { 0x2524, '|' }, { 0x2514, '`' },
        { 0x2501, '=' }, { 0x2550, '=' }, { 0x2508, '.' }, { 0x2504, '.' }, { 0x2574, '-' }, { 0x2717, 'x' }, { 0x00d7, 'x' },
        { 0x21bb, 'r' }, { 0x00b7, '.' }, { 0x2013, '-' }, { 0x2014, '-' }, { 0x00b1, '~' }, { 0x2022, '*' }, { 0x25cf, '*' },
        { 0x252c, '+' }, { 0x2534, '+' }, { 0x253c, '+' }, { 0x2510, '+' }, { 0x250c, '+' }, { 0x2518, '+' }, { 0x03bc, 'u' },
        { 0x00b5, 'u' }, { 0x21c4, '=' }, { 0x2194, '=' }, { 0x2588, '#' }, { 0x2592, '%' }, { 0x2591, ':' }, { 0x2593, '@' }, { 0x2713, '+' },
        { 0x25c6, '+' }, { 0x2265, '>' }, { 0x2264, '<' }, { 0x2261, '=' }, { 0x2215, '/' },
    };
    if (c < 0x80)
        return (char)c;
    if (c >= 0x2800 && c < 0x2900) { /* braille: by the number of dots */
        int dots = __builtin_popcount(c & 0xff);
        return dots == 0 ? ' ' : dots <= 2 ? '.' : dots <= 5 ? ':' : '#';
    }
    if (c >= 0x2581 && c <= 0x2587)
        return "_..-=**"[c - 0x2581];
    if (c >= 0x2589 && c <= 0x258f)
        return '#';
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].c == c)
            return table[i].ascii;
    return '?';
}

/* Writes characters that fit from `text` into one piece for the terminal. */
void fm_put_n(FmPen *pen, FmStyle style, const char *text, size_t n)
{
    if (pen->into) {
        fm_text_add(pen->into, text, n);
        return;
    }
    char piece[512];
    size_t size = 0;
    int at = pen->x;
    if (pen->over != FM_STYLE_NORMAL)
        style = pen->over;
    attrset((attr_t)pen->screen->theme.attributes[style]);
    for (size_t i = 0, bytes; i < n && pen->x < pen->end; i += bytes) {
        gunichar c = next_char(text + i, n - i, &bytes);
        int width = columns_of(c);
        if (pen->skip > 0) {
            pen->skip -= width;
            continue;
        }
        if (pen->x + width > pen->end)
            break;
        if (pen->screen->utf8)
            size += (size_t)g_unichar_to_utf8(c, piece + size);
        else
            for (int k = 0; k < width; k++)
                piece[size++] = ascii_of(c);
        pen->x += width;
        if (size > sizeof piece - 8) {
            mvaddnstr(pen->y, at, piece, (int)size);
            at = pen->x;
            size = 0;
        }
    }
    if (size)
        mvaddnstr(pen->y, at, piece, (int)size);
}

void fm_put(FmPen *pen, FmStyle style, const char *text)
{
    fm_put_n(pen, style, text, strlen(text));
}

void fm_putf(FmPen *pen, FmStyle style, const char *format, ...)
{
    char room[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(room, sizeof room, format, args);
    va_end(args);
    if (n > 0)
        fm_put_n(pen, style, room, MIN((size_t)n, sizeof room - 1));
}

static void put_spaces(FmPen *pen, FmStyle style, int n)
{
    static const char spaces[] = "                                                                ";
    for (; n > 0; n -= (int)sizeof spaces - 1)
        fm_put_n(pen, style, spaces, MIN((size_t)n, sizeof spaces - 1));
}

void fm_put_cell(FmPen *pen, FmStyle style, int width, const char *text)
{
    size_t n = strlen(text);
    int room = ABS(width), needs = fm_width(text, n);
    if (needs > room) {
        size_t fits = fm_fitting(text, n, MAX(room - 1, 0));
        fm_put_n(pen, style, text, fits);
        fm_put(pen, style, room > 0 ? "…" : "");
        put_spaces(pen, style, room - 1 - fm_width(text, fits));
        return;
    }
    if (width < 0)
        put_spaces(pen, style, room - needs);
    fm_put_n(pen, style, text, n);
    if (width > 0)
        put_spaces(pen, style, room - needs);
}

int fm_pen_room(const FmPen *pen)
{
    return MAX(pen->end + pen->skip - pen->x, 0);
}

void fm_put_last(FmPen *pen, FmStyle style, const char *text)
{
    if (fm_width(text, strlen(text)) <= fm_pen_room(pen))
        fm_put(pen, style, text);
    else
        fm_put_cell(pen, style, fm_pen_room(pen), text);
}

void fm_put_to(FmPen *pen, FmStyle style, int column)
{
    if (pen->into)
        fm_text_char(pen->into, ' ');
    else
        put_spaces(pen, style, pen->start + column - pen->x);
}

void fm_put_rest(FmPen *pen, FmStyle style)
{
    if (!pen->into)
        put_spaces(pen, style, pen->end - pen->x + MAX(pen->skip, 0));
}

void fm_put_bar(FmPen *pen, FmStyle style, int n, double share)
{
    static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
    int filled = (int)(CLAMP(share, 0, 1) * n * 8 + 0.5), used = filled / 8;
    for (int i = 0; i < used; i++)
        fm_put(pen, style, "█");
    if (filled % 8 && used < n && (!pen->screen || pen->screen->utf8)) {
        fm_put(pen, style, eighths[filled % 8]);
        used++;
    }
    put_spaces(pen, FM_STYLE_NORMAL, n - used);
}

char *fm_short_size(char *room, uint64_t bytes)
{
    static const char units[] = "kMGTPE";
    double value = (double)bytes;
    int unit = -1;
    while (value >= 999.5 && unit < 5) {
        value /= 1000;
        unit++;
    }
    if (unit < 0)
        snprintf(room, 16, "%u", (unsigned)bytes);
    else
        snprintf(room, 16, value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
    return room;
}

char *fm_short_bytes(char *room, uint64_t bytes)
{
    char size[16];
    fm_short_size(size, bytes);
    size_t n = strlen(size);
    if (g_ascii_isdigit(size[n - 1]))
        snprintf(room, 24, "%s byte%s", size, bytes == 1 ? "" : "s");
    else
        snprintf(room, 24, "%.*s %cB", (int)n - 1, size, size[n - 1]);
    return room;
}

char *fm_short_span(char *room, int64_t ns)
{
    double s = (double)ns / 1e9, magnitude = s < 0 ? -s : s;
    if (magnitude < 0.9995e-3)
        snprintf(room, 16, "%.0f µs", s * 1e6);
    else if (magnitude < 0.00995)
        snprintf(room, 16, "%.1f ms", s * 1e3);
    else if (magnitude < 0.9995)
        snprintf(room, 16, "%.0f ms", s * 1e3);
    else if (magnitude < 99.95)
        snprintf(room, 16, "%.1f s", s);
    else if (magnitude < 5999.5)
        snprintf(room, 16, "%.0fm %02.0fs", (double)(int64_t)(s / 60), s - 60 * (double)(int64_t)(s / 60));
    else
        snprintf(room, 16, "%.1f h", s / 3600);
    return room;
}

char *fm_short_count(char *room, uint64_t count)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lu", (unsigned long)count), at = 0;
    for (int i = 0; i < n && at < 14; i++) {
        if (i && (n - i) % 3 == 0)
            room[at++] = ',';
        room[at++] = digits[i];
    }
    room[at] = '\0';
    return room;
}

static void put_line(FmPen *pen, FmStyle style, int n, const char *piece, const char *gap)
{
    for (int i = 0; i < n; i++)
        fm_put(pen, style, i % 2 && gap ? gap : piece);
}

void fm_put_arrow(FmPen *pen, FmStyle style, bool right, bool resent, bool folded, const char *label, int width)
{
    const char *piece = folded ? "═" : "─", *gap = resent ? " " : NULL;
    int text = MIN(fm_width(label, strlen(label)), width - 8), rest = width - text - 4, before = right ? MIN(rest / 2, 3) : rest - MIN(rest / 2, 3);
    size_t fits = fm_fitting(label, strlen(label), text);
    if (rest < 0)
        return;
    before = MAX(right ? 2 : 1, before);
    fm_put(pen, style, right ? " " : " ◀");
    put_line(pen, style, right ? 3 : 2, piece, gap);
    fm_put(pen, FM_STYLE_NORMAL, " ");
    fm_put_n(pen, style, label, fits);
    if (fits < strlen(label))
        fm_put(pen, style, "…");
    fm_put(pen, FM_STYLE_NORMAL, " ");
    int used = (right ? 1 + 3 : 2 + 2) + 1 + fm_width(label, fits) + (fits < strlen(label)) + 1;
    put_line(pen, style, width - used - 1 - right, piece, gap);
    if (right)
        fm_put(pen, style, "▶");
    fm_put(pen, FM_STYLE_NORMAL, " ");
}
