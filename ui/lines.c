/* Lines with styles, folded as trees. */
#include "config.h"

#include "ui/lines.h"

#include <string.h>

enum { ARROW_LEFT = 11, NUMBER_COLUMNS = 9 };

typedef struct Line {
    char *text, *left;
    uint32_t packet;
    uint32_t key;      /* of what it can be told by when it is there again */
    uint8_t depth;
    bool open;         /* unless the user has turned it */
    bool goes_on;      /* in the next line, which shows the packet's number */
    bool arrow, right;
    FmStyle style;
} Line;

struct FmLines {
    GArray *all;         /* of Line */
    GArray *shown;       /* of guint: indexes of lines in sight */
    GHashTable *turned;  /* keys of lines that the user opened or closed */
    bool fresh;          /* `shown` is of `all` and `turned` */
};

static void line_clear(gpointer data)
{
    Line *line = data;
    g_free(line->text);
    g_free(line->left);
}

FmLines *fm_lines_new(void)
{
    FmLines *lines = g_new0(FmLines, 1);
    lines->all = g_array_new(FALSE, TRUE, sizeof(Line));
    g_array_set_clear_func(lines->all, line_clear);
    lines->shown = g_array_new(FALSE, FALSE, sizeof(guint));
    lines->turned = g_hash_table_new(NULL, NULL);
    return lines;
}

void fm_lines_free(FmLines *lines)
{
    if (!lines)
        return;
    g_array_unref(lines->all);
    g_array_unref(lines->shown);
    g_hash_table_unref(lines->turned);
    g_free(lines);
}

void fm_lines_reset(FmLines *lines)
{
    g_array_set_size(lines->all, 0);
    lines->fresh = false;
}

static Line *add(FmLines *lines, Line line)
{
    guint n = lines->all->len;
    line.key = g_str_hash(line.text) ^ (line.depth * 0x9e3779b9u);
    for (guint i = n; i-- > 0;) /* below the same parent the same text is another line */
        if (g_array_index(lines->all, Line, i).depth < line.depth) {
            line.key ^= g_array_index(lines->all, Line, i).key * 31;
            break;
        }
    g_array_append_val(lines->all, line);
    lines->fresh = false;
    return &g_array_index(lines->all, Line, n);
}

void fm_lines_add(FmLines *lines, unsigned depth, bool open, uint32_t packet, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(lines, (Line){ .text = g_strdup_vprintf(format, args), .depth = (uint8_t)depth, .open = open, .packet = packet });
    va_end(args);
}

/* Bytes of styled text that fit into `columns`, broken before a word; and the style that holds at its end. */
static size_t fitting(const char *text, int columns, char *style)
{
    size_t at = 0, broken = 0;
    char style_broken = *style;
    int width = 0;
    while (text[at]) {
        if (text[at] == '\1' && text[at + 1]) {
            *style = text[at + 1];
            at += 2;
            continue;
        }
        size_t n = (size_t)g_utf8_skip[(guchar)text[at]];
        width += fm_width(text + at, n);
        if (width > columns) {
            if (broken)
                *style = style_broken;
            return broken ? broken : at ? at : n;
        }
        if (text[at] == ' ') {
            broken = at;
            style_broken = *style;
        }
        at += n;
    }
    return at;
}

void fm_lines_add_broken(FmLines *lines, unsigned depth, uint32_t packet, int columns, int indent, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    char style = 'n';
    int room = MAX(columns - 4 - 2 * (int)depth - (packet ? NUMBER_COLUMNS : 0), 24);
    for (const char *at = text; at == text || *at;) {
        bool first = at == text;
        char before = style;
        size_t n = fitting(at, first ? room : room - indent, &style);
        g_autofree char *piece = g_strndup(at, n);
        char *line = first ? g_steal_pointer(&piece) : g_strdup_printf("%*s\1%c%s", indent, "", before, piece);
        at += n;
        at += *at == ' ';
        add(lines, (Line){ .text = line, .depth = (uint8_t)depth, .open = true, .packet = packet, .goes_on = *at != '\0' });
    }
}

void fm_lines_heading(FmLines *lines, const char *text)
{
    if (lines->all->len)
        fm_lines_add(lines, 0, true, 0, "%s", "");
    fm_lines_add(lines, 0, true, 0, FM_BRIGHT "%s", text);
}

void fm_lines_arrow(FmLines *lines, unsigned depth, uint32_t packet, FmStyle style, bool right, const char *left, const char *label)
{
    add(lines, (Line){ .text = g_strdup(label), .left = g_strdup(left), .packet = packet, .depth = (uint8_t)depth, .arrow = true, .right = right, .style = style, .open = true });
}

/* ---- folding ---- */

static bool has_children(const FmLines *lines, guint i)
{
    return i + 1 < lines->all->len && g_array_index(lines->all, Line, i + 1).depth > g_array_index(lines->all, Line, i).depth;
}

static bool is_open(const FmLines *lines, const Line *line)
{
    return line->open != g_hash_table_contains(lines->turned, GUINT_TO_POINTER(line->key + !line->key));
}

static void turn(FmLines *lines, const Line *line)
{
    gpointer key = GUINT_TO_POINTER(line->key + !line->key);
    if (!g_hash_table_remove(lines->turned, key))
        g_hash_table_add(lines->turned, key);
    lines->fresh = false;
}

static void choose(FmLines *lines)
{
    if (lines->fresh)
        return;
    lines->fresh = true;
    g_array_set_size(lines->shown, 0);
    for (guint i = 0; i < lines->all->len;) {
        const Line *line = &g_array_index(lines->all, Line, i);
        g_array_append_val(lines->shown, i);
        if (!has_children(lines, i) || is_open(lines, line)) {
            i++;
            continue;
        }
        unsigned depth = line->depth;
        for (i++; i < lines->all->len && g_array_index(lines->all, Line, i).depth > depth; i++)
            ;
    }
}

size_t fm_lines_count(FmLines *lines)
{
    choose(lines);
    return lines->shown->len;
}

static const Line *line_at(FmLines *lines, size_t i, guint *place)
{
    choose(lines);
    if (i >= lines->shown->len)
        return NULL;
    guint at = g_array_index(lines->shown, guint, i);
    if (place)
        *place = at;
    return &g_array_index(lines->all, Line, at);
}

/* ---- drawing ---- */

static FmStyle style_of(char letter)
{
    switch (letter) {
    case 'd': return FM_STYLE_DIM;
    case 'b': return FM_STYLE_BRIGHT;
    case 'g': return FM_STYLE_GOOD;
    case 'w': return FM_STYLE_WAIT;
    case 'x': return FM_STYLE_BAD;
    case 'p': return FM_STYLE_PROTOCOL;
    case 'm': return FM_STYLE_MARK;
    default: return FM_STYLE_NORMAL;
    }
}

void fm_put_styled(FmPen *pen, const char *text)
{
    FmStyle style = FM_STYLE_NORMAL;
    while (*text) {
        if (*text == '\1' && text[1]) {
            style = style_of(text[1]);
            text += 2;
            continue;
        }
        size_t n = strcspn(text, "\1");
        fm_put_n(pen, style, text, MAX(n, 1));
        text += MAX(n, 1);
    }
}

void fm_lines_row(FmLines *lines, size_t i, FmPen *pen, int columns)
{
    guint place;
    const Line *line = line_at(lines, i, &place);
    if (!line)
        return;
    if (line->arrow) {
        fm_put_cell(pen, FM_STYLE_DIM, -(ARROW_LEFT - 1), line->left);
        fm_put(pen, FM_STYLE_NORMAL, " ");
        fm_put_arrow(pen, line->style, line->right, false, false, line->text, MAX(columns - ARROW_LEFT - NUMBER_COLUMNS, 20));
    } else {
        fm_put(pen, FM_STYLE_NORMAL, " ");
        for (unsigned d = 0; d < line->depth; d++)
            fm_put(pen, FM_STYLE_NORMAL, "  ");
        if (has_children(lines, place))
            fm_put(pen, FM_STYLE_DIM, is_open(lines, line) ? "▾ " : "▸ ");
        fm_put_styled(pen, line->text);
    }
    if (!line->packet || line->goes_on || pen->into)
        return;
    char number[16];
    g_snprintf(number, sizeof number, "#%u", line->packet);
    int at = columns - NUMBER_COLUMNS;
    if (pen->x - pen->start <= at)
        fm_put_to(pen, FM_STYLE_NORMAL, at);
    fm_put_cell(pen, FM_STYLE_DIM, -(NUMBER_COLUMNS - 1), number);
}

/* ---- requests ---- */

uint32_t fm_lines_packet(FmLines *lines, size_t i)
{
    const Line *line = line_at(lines, i, NULL);
    return line ? line->packet : 0;
}

static void go_up(FmLines *lines, FmPane *pane, unsigned depth)
{
    for (size_t i = pane->cursor; i-- > 0;)
        if (line_at(lines, i, NULL)->depth < depth) {
            fm_pane_go(pane, i);
            return;
        }
}

bool fm_lines_request(FmLines *lines, FmPane *pane, FmRequest request)
{
    guint place;
    const Line *line = line_at(lines, pane->cursor, &place);
    if (!line)
        return false;
    bool parent = has_children(lines, place);
    switch (request) {
    case FM_REQUEST_ENTER:
        if (!parent)
            return false;
        turn(lines, line);
        break;
    case FM_REQUEST_RIGHT:
        if (!parent)
            return false;
        if (!is_open(lines, line))
            turn(lines, line);
        break;
    case FM_REQUEST_LEFT:
        if (parent && is_open(lines, line))
            turn(lines, line);
        else if (line->depth)
            go_up(lines, pane, line->depth);
        else
            return false;
        break;
    default: return false;
    }
    pane->count = fm_lines_count(lines);
    return true;
}
