/* Packets, bytes or bits over time: everything, and what filters let through. */
#include "config.h"

#include <string.h>

#include "plot/cells.h"
#include "ui/pages.h"

enum { MARGIN = 7, MOST_TICKS = 16, MOST_CURVES = 6 };

typedef enum Unit { PACKETS, BYTES, BITS, UNITS } Unit;

typedef struct Curve {
    char *filter;       /* NULL: all packets */
    FmMatches *matches;
    double *values;     /* by column of dots; each second */
} Curve;

typedef struct GraphView {
    Curve curves[MOST_CURVES];
    unsigned curve_count;
    Unit unit;
    double from, to;     /* seconds since the first packet; to 0: all */
    double cursor;
    unsigned coarse;     /* an interval is 2 to the power of that dots wide */
    int columns;
    uint64_t made_of;    /* packets and matches that the values are of, */
    double made_from, made_to, highest;
    Unit made_unit;
    unsigned made_coarse;
} GraphView;

/* The second curve is what the user filters by; the others are asked for. */
static const FmStyle styles[MOST_CURVES] = { FM_STYLE_DIM, FM_STYLE_PROTOCOL, FM_STYLE_BAD, FM_STYLE_MARK, FM_STYLE_WAIT, FM_STYLE_GOOD };
static const char *const unit_names[UNITS] = { "packets/s", "bytes/s", "bit/s" };

static bool add_curve(FmPane *pane, const char *text)
{
    GraphView *v = pane->state;
    if (v->curve_count == MOST_CURVES) {
        fm_app_complain(pane->app, "there are %d curves already: x takes the last one away", MOST_CURVES);
        return false;
    }
    Curve *curve = &v->curves[v->curve_count];
    *curve = (Curve){ 0 };
    if (text) {
        g_autoptr(GError) error = NULL;
        FmFilter *filter = fm_filter_compile(pane->app->catalog, text, NULL, NULL, NULL, &error);
        if (!filter) {
            fm_app_complain(pane->app, "%s", error->message);
            return false;
        }
        curve->filter = g_strdup(text);
        curve->matches = fm_matches_new(pane->app->archive, filter, fm_app_wake, pane->app);
    }
    v->curve_count++;
    v->made_of = 0;
    return true;
}

static void remove_curve(GraphView *v)
{
    Curve *curve = &v->curves[--v->curve_count];
    fm_matches_free(curve->matches);
    g_free(curve->filter);
    g_free(curve->values);
    v->made_of = 0;
}

static void graph_open(FmPane *pane)
{
    static const char trouble[] = "tcp.analysis.flags && !tcp.analysis.window_update";
    add_curve(pane, NULL);
    if (pane->app->filter)
        add_curve(pane, pane->app->filter);
    if (fm_catalog_find(pane->app->catalog, "tcp.analysis.flags"))
        add_curve(pane, trouble);
}

static void graph_close(FmPane *pane)
{
    GraphView *v = pane->state;
    while (v->curve_count)
        remove_curve(v);
}

/* ---- values ---- */

static double seconds_of(const FmArchive *archive, uint32_t number)
{
    return (double)fm_archive_time(archive, number) / FM_SECOND;
}

static void count_packet(const GraphView *v, double *values, int dots, FmArchive *archive, uint32_t number)
{
    double x = (seconds_of(archive, number) - v->from) / (v->to - v->from) * dots;
    if (x < 0 || x >= dots)
        return;
    static const double weights[UNITS] = { [BYTES] = 1, [BITS] = 8 };
    values[(int)x >> v->coarse] += v->unit == PACKETS ? 1 : weights[v->unit] * fm_archive_packet(archive, number)->length;
}

/* How much each interval has, as a rate. */
static void fill(FmPane *pane, Curve *curve, int dots)
{
    GraphView *v = pane->state;
    FmArchive *archive = pane->app->archive;
    g_free(curve->values);
    curve->values = g_new0(double, dots + 1);
    uint32_t count = curve->matches ? fm_matches_count(curve->matches) : fm_app_count(pane->app);
    for (uint32_t i = curve->matches ? 0 : fm_archive_first(archive) - 1; i < count; i++)
        count_packet(v, curve->values, dots, archive, curve->matches ? fm_matches_at(curve->matches, i) : i + 1);
    double interval = (v->to - v->from) / dots * (1 << v->coarse);
    for (int x = 0; x <= dots >> v->coarse; x++) {
        curve->values[x] /= interval;
        v->highest = MAX(v->highest, curve->values[x]);
    }
}

static uint64_t known(FmPane *pane)
{
    const GraphView *v = pane->state;
    uint64_t sum = fm_app_count(pane->app);
    for (unsigned i = 0; i < v->curve_count; i++)
        sum += v->curves[i].matches ? fm_matches_count(v->curves[i].matches) : 0;
    return sum;
}

static void make(FmPane *pane, int columns)
{
    GraphView *v = pane->state;
    uint32_t count = fm_app_count(pane->app);
    double all = count ? seconds_of(pane->app->archive, count) : 0;
    if (v->to <= v->from || (v->made_to == v->to && !v->from && v->to < all && !pane->app->paused)) { /* all of it, also what comes */
        v->from = 0;
        v->to = MAX(all * 1.0001, 1e-6);
    }
    uint64_t now = known(pane);
    if (v->made_of == now && v->columns == columns && v->made_from == v->from && v->made_to == v->to && v->made_unit == v->unit && v->made_coarse == v->coarse)
        return;
    v->made_of = now;
    v->columns = columns;
    v->made_from = v->from;
    v->made_to = v->to;
    v->made_unit = v->unit;
    v->made_coarse = v->coarse;
    v->highest = 0;
    for (unsigned i = 0; i < v->curve_count; i++)
        fill(pane, &v->curves[i], 2 * columns);
}

/* ---- drawing ---- */

static void put_legend(FmPane *pane, FmPen *pen)
{
    const GraphView *v = pane->state;
    char room[32];
    fm_putf(pen, FM_STYLE_TITLE, " %s", unit_names[v->unit]);
    fm_putf(pen, FM_STYLE_DIM, " in intervals of %s ", fm_short_span(room, (FmTime)((v->to - v->from) / (2 * v->columns) * (1 << v->coarse) * 1e9)));
    for (unsigned i = 0; i < v->curve_count; i++) {
        fm_putf(pen, styles[i], "  %s ", i ? "━" : "█");
        fm_put(pen, styles[i], v->curves[i].filter ? v->curves[i].filter : "all");
        if (v->curves[i].matches)
            fm_putf(pen, FM_STYLE_DIM, " %s", fm_short_count(room, fm_matches_count(v->curves[i].matches)));
    }
}

/* All packets as an area, the others as lines over it: what an interval has, and the way up or down to the next. */
static void draw_curves(const GraphView *v, FmCells *cells, int dots)
{
    int height = 4 * cells->rows;
    for (unsigned i = 0; i < v->curve_count; i++) {
        int last = -1;
        for (int x = 0; x < dots; x++) {
            double value = v->curves[i].values[x >> v->coarse];
            int y = (int)(value / v->highest * (height - 1) + 0.5);
            if (i == 0 && value > 0)
                fm_cells_line_up(cells, x, 0, y, (FmInk)i);
            else if (value > 0)
                fm_cells_line_up(cells, x, last >= 0 && last < y ? last + 1 : y, last > y ? last - 1 : y, (FmInk)i);
            else if (last > 0)
                fm_cells_line_up(cells, x, 0, last - 1, (FmInk)i);
            last = y;
        }
    }
}

static void draw_picture(FmPane *pane, FmBox box)
{
    GraphView *v = pane->state;
    int columns = v->columns, cursor = (int)((v->cursor - v->from) / (v->to - v->from) * columns);
    g_autoptr(FmCells) cells = fm_cells_new(columns, box.rows);
    if (v->highest > 0)
        draw_curves(v, cells, 2 * columns);
    double ticks[MOST_TICKS], step;
    unsigned n = v->highest > 0 ? fm_axis_ticks(0, v->highest, (unsigned)CLAMP(box.rows / 2, 1, 6), ticks, &step) : 0;
    for (int row = 0; row < box.rows; row++) {
        FmPen pen = fm_pen(&pane->app->screen, box, row);
        char label[24] = "";
        for (unsigned i = 0; i < n; i++)
            if (box.rows - 1 - (int)(ticks[i] / v->highest * (box.rows - 0.01)) == row)
                fm_axis_text(label, "B", ticks[i], step);
        fm_put_cell(&pen, FM_STYLE_DIM, -(MARGIN - 1), label);
        fm_put(&pen, FM_STYLE_DIM, *label ? "┤" : "│");
        for (int x = 0; x < columns; x++) {
            const FmDots *dots = &cells->cells[row * columns + x];
            char text[8];
            text[g_unichar_to_utf8(0x2800u + dots->dots, text)] = '\0';
            fm_put(&pen, x == cursor ? FM_STYLE_SELECTED : styles[dots->ink], dots->dots ? text : x == cursor ? "│" : " ");
        }
    }
}

static void put_axis(const GraphView *v, FmPen *pen)
{
    double ticks[MOST_TICKS], step;
    unsigned n = fm_axis_ticks(v->from, v->to, (unsigned)CLAMP(v->columns / 12, 2, MOST_TICKS), ticks, &step);
    fm_put_cell(pen, FM_STYLE_DIM, -(MARGIN - 1), "s");
    fm_put(pen, FM_STYLE_DIM, "└");
    int start = pen->x - pen->start;
    for (unsigned i = 0; i < n; i++) {
        char room[24];
        int at = (int)((ticks[i] - v->from) / (v->to - v->from) * v->columns), now = pen->x - pen->start - start;
        fm_axis_text(room, "s", ticks[i], step);
        if (at < now || at + (int)strlen(room) + 1 > v->columns)
            continue;
        for (; now < at; now++)
            fm_put(pen, FM_STYLE_DIM, "─");
        fm_putf(pen, FM_STYLE_DIM, "┬%s", room);
    }
    while (pen->x - pen->start - start < v->columns)
        fm_put(pen, FM_STYLE_DIM, "─");
}

static void put_values(const GraphView *v, FmPen *pen)
{
    int x = CLAMP((int)((v->cursor - v->from) / (v->to - v->from) * 2 * v->columns), 0, 2 * v->columns - 1) >> v->coarse;
    char room[32];
    fm_putf(pen, FM_STYLE_BRIGHT, " %.6f s", v->cursor);
    for (unsigned i = 0; i < v->curve_count; i++)
        fm_putf(pen, styles[i], "   %s %s", fm_short_size(room, (uint64_t)(v->curves[i].values[x] + 0.5)), i ? "" : unit_names[v->unit]);
}

static void graph_draw(FmPane *pane, FmBox box)
{
    GraphView *v = pane->state;
    FmPen pen = fm_pen(&pane->app->screen, box, 0);
    if (box.rows < 6 || !fm_app_count(pane->app)) {
        fm_put(&pen, FM_STYLE_DIM, " no packets yet");
        return;
    }
    make(pane, MAX(box.columns - MARGIN, 8));
    put_legend(pane, &pen);
    draw_picture(pane, (FmBox){ box.y + 1, box.x, box.rows - 3, box.columns });
    pen = fm_pen(&pane->app->screen, box, box.rows - 2);
    put_axis(v, &pen);
    pen = fm_pen(&pane->app->screen, box, box.rows - 1);
    put_values(v, &pen);
}

/* ---- requests ---- */

static void look(FmPane *pane, double middle, double width)
{
    GraphView *v = pane->state;
    uint32_t count = fm_app_count(pane->app);
    double all = count ? MAX(seconds_of(pane->app->archive, count) * 1.0001, 1e-6) : 1;
    width = CLAMP(width, MIN(1e-4, all), all);
    v->from = CLAMP(middle - width / 2, 0, all - width);
    v->to = v->from + width;
}

static void go_to(FmPane *pane, double seconds)
{
    GraphView *v = pane->state;
    uint32_t count = fm_app_count(pane->app);
    v->cursor = CLAMP(seconds, 0, count ? seconds_of(pane->app->archive, count) : 0);
    if (v->cursor < v->from || v->cursor > v->to)
        look(pane, v->cursor, v->to - v->from);
}

/* The first packet from the cursor on. */
static void show_packet(FmPane *pane)
{
    const GraphView *v = pane->state;
    uint32_t count = fm_app_count(pane->app), from = fm_archive_first(pane->app->archive), to = count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (seconds_of(pane->app->archive, middle) < v->cursor)
            from = middle + 1;
        else
            to = middle;
    }
    if (count)
        fm_app_push(pane->app, &fm_packets_page, &(FmPacketsArgument){ .number = from });
}

static bool graph_request(FmPane *pane, FmRequest request, const char *argument)
{
    GraphView *v = pane->state;
    double width = v->to - v->from, column = width / MAX(v->columns, 1);
    switch (request) {
    case FM_REQUEST_LEFT: go_to(pane, v->cursor - column); return true;
    case FM_REQUEST_RIGHT: go_to(pane, v->cursor + column); return true;
    case FM_REQUEST_PAGE_UP: case FM_REQUEST_HALF_UP: go_to(pane, v->cursor - width / 2); return true;
    case FM_REQUEST_PAGE_DOWN: case FM_REQUEST_HALF_DOWN: go_to(pane, v->cursor + width / 2); return true;
    case FM_REQUEST_TOP: go_to(pane, 0); return true;
    case FM_REQUEST_BOTTOM: go_to(pane, 1e300); return true;
    case FM_REQUEST_UP: case FM_REQUEST_ZOOM_IN: look(pane, v->cursor, width / 2); return true;
    case FM_REQUEST_DOWN: case FM_REQUEST_ZOOM_OUT: look(pane, v->cursor, width * 2); return true;
    case FM_REQUEST_ZOOM_ALL: v->from = v->to = 0; return true;
    case FM_REQUEST_WIDER: v->coarse = MIN(v->coarse + 1, 6u); return true;
    case FM_REQUEST_NARROWER: v->coarse -= v->coarse > 0; return true;
    case FM_REQUEST_FORMAT: v->unit = (Unit)((v->unit + 1) % UNITS); return true;
    case FM_REQUEST_ADD:
        if (!argument)
            return false;
        add_curve(pane, argument);
        return true;
    case FM_REQUEST_REMOVE:
        if (v->curve_count > 1)
            remove_curve(v);
        return true;
    case FM_REQUEST_ENTER: show_packet(pane); return true;
    default: return false;
    }
}

static void graph_clicked(FmPane *pane, int y, int x)
{
    GraphView *v = pane->state;
    if (x >= MARGIN && v->columns)
        go_to(pane, v->from + (x - MARGIN + 0.5) * (v->to - v->from) / v->columns);
}

const FmView fm_graph_view = {
    .name = "Graph",
    .where = FM_IN_GRAPH,
    .private_size = sizeof(GraphView),
    .open = graph_open,
    .close = graph_close,
    .draw = graph_draw,
    .clicked = graph_clicked,
    .request = graph_request,
};
