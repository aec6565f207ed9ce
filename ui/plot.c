/* Pictures of a flow over time: its window, with round trips and throughput below; its sequence numbers. */
#include "config.h"

#include <string.h>

#include "plot/cells.h"
#include "ui/flow.h"

enum { MARGIN = 7, MOST_TICKS = 16 };

typedef struct PlotView {
    FmChart *charts[FM_CHART_KINDS]; /* of what is drawn; made anew when there are more steps */
    size_t made_of;
    unsigned direction;
    double from, to;    /* seconds shown; to 0: all */
    double cursor;      /* seconds */
    uint32_t went_to; /* packet that the cursor was brought to; 0: none yet */
    bool placed;
    FmBox area;         /* of the dots, for the mouse */
} PlotView;

static void plot_close(FmPane *pane)
{
    PlotView *v = pane->state;
    for (unsigned i = 0; i < FM_CHART_KINDS; i++)
        fm_chart_free(v->charts[i]);
}

static FmChartKind main_kind(const FmPane *pane)
{
    return pane->view == &fm_window_view ? FM_CHART_WINDOW : FM_CHART_SEQUENCE;
}

static double seconds_of(const FmStep *steps, size_t i)
{
    return (double)(steps[i].time - steps[0].time) / FM_SECOND;
}

/* The last step at or before a time. */
static size_t step_at(const FmStep *steps, size_t count, double seconds)
{
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (seconds_of(steps, middle) <= seconds + 1e-9)
            from = middle + 1;
        else
            to = middle;
    }
    return from ? from - 1 : 0;
}

/* With the steps held. */
static void make_charts(PlotView *v, FmChartKind kind, const FmStep *steps, size_t count, unsigned direction)
{
    static const FmChartKind below[] = { FM_CHART_RTT, FM_CHART_THROUGHPUT };
    if (v->made_of == count && v->direction == direction && v->charts[kind])
        return;
    v->made_of = count;
    v->direction = direction;
    for (size_t i = 0; i < 1 + G_N_ELEMENTS(below); i++) {
        FmChartKind k = i ? below[i - 1] : kind;
        fm_chart_free(v->charts[k]);
        v->charts[k] = fm_chart_new(k, steps, count, direction);
    }
}

/* ---- drawing ---- */

static FmStyle ink_style(unsigned ink)
{
    static const FmStyle styles[FM_INKS] = {
        [FM_INK_BAND] = FM_STYLE_DIM, [FM_INK_FLIGHT] = FM_STYLE_GOOD, [FM_INK_THRESHOLD] = FM_STYLE_WAIT, [FM_INK_EDGE] = FM_STYLE_PROTOCOL,
        [FM_INK_WINDOW] = FM_STYLE_DIM, [FM_INK_ACK] = FM_STYLE_GOOD, [FM_INK_DATA] = FM_STYLE_NORMAL, [FM_INK_SACK] = FM_STYLE_MARK,
        [FM_INK_RTT] = FM_STYLE_PROTOCOL, [FM_INK_RATE] = FM_STYLE_GOOD, [FM_INK_RESENT] = FM_STYLE_BAD,
    };
    return styles[ink];
}

static void put_legend(FmPen *pen, const FmChart *chart)
{
    static const char *const swatches[] = { "▒", "█", "┄", "─", "─", "─", "│", "│", "•", "█", "│" };
    for (unsigned i = 0; i < chart->curve_count; i++)
        if (chart->curves[i].points->len && fm_width(chart->curves[i].name, strlen(chart->curves[i].name)) + 3 <= fm_pen_room(pen)) {
            fm_putf(pen, ink_style(chart->curves[i].ink), " %s", swatches[chart->curves[i].ink]);
            fm_putf(pen, FM_STYLE_DIM, " %s ", chart->curves[i].name);
        }
}

/* The letters of what happened in a column of cells; the gravest where several did. */
static void put_marks(const PlotView *v, FmPen *pen, const FmChart *chart, int columns)
{
    static const uint8_t gravity[FM_MARK_KINDS] = { [FM_MARK_TIMEOUT] = 6, [FM_MARK_RESENT] = 5, [FM_MARK_ZERO_WINDOW] = 4,
                                                    [FM_MARK_NEEDLESS] = 3, [FM_MARK_PROBE] = 2, [FM_MARK_LATE] = 1 };
    g_autofree uint8_t *found = g_malloc0((size_t)columns);
    for (guint i = 0; i < chart->marks->len; i++) {
        const FmMark *mark = &g_array_index(chart->marks, FmMark, i);
        double at = (mark->x - v->from) / (v->to - v->from) * columns;
        if (at < 0 || at >= columns)
            continue;
        uint8_t *slot = &found[(int)at];
        if (!*slot || gravity[mark->kind] > gravity[*slot - 1])
            *slot = (uint8_t)(mark->kind + 1);
    }
    for (int x = 0; x < columns; x++)
        fm_put(pen, found[x] == FM_MARK_ZERO_WINDOW + 1 ? FM_STYLE_WAIT : FM_STYLE_BAD, found[x] ? fm_mark_letter((FmMarkKind)(found[x] - 1)) : " ");
}

/* Phases as bands; a name where there is room for it. */
static void put_phases(const PlotView *v, FmPen *pen, const FmChart *chart, int columns)
{
    static const FmStyle styles[] = { FM_STYLE_BAND_1, FM_STYLE_BAND_2, FM_STYLE_BAND_3, FM_STYLE_BAND_4, FM_STYLE_BAND_5, FM_STYLE_BAND_5 };
    static const char *const names[] = { "slow start", "avoidance", "recovery", "timeout", "drain", "probe RTT" };
    static const char *const letters[] = { "s", "a", "r", "T", "d", "p" };
    guint span = 0;
    for (int x = 0; x < columns;) {
        double at = v->from + (x + 0.5) * (v->to - v->from) / columns;
        while (span + 1 < chart->spans->len && g_array_index(chart->spans, FmSpan, span).to <= at)
            span++;
        const FmSpan *s = chart->spans->len ? &g_array_index(chart->spans, FmSpan, span) : NULL;
        if (!s || s->from > at || s->to < at || s->phase >= G_N_ELEMENTS(styles)) {
            fm_put(pen, FM_STYLE_NORMAL, " ");
            x++;
            continue;
        }
        double until = s->to;
        for (guint k = span + 1; k < chart->spans->len && g_array_index(chart->spans, FmSpan, k).phase == s->phase; k++)
            until = g_array_index(chart->spans, FmSpan, k).to;
        int n = (int)((until - v->from) / (v->to - v->from) * columns + 0.5) - x;
        n = CLAMP(n, 1, columns - x);
        int room = (int)strlen(names[s->phase]);
        if (n > room + 1)
            fm_putf(pen, styles[s->phase], " %-*s", n - 1, names[s->phase]);
        else
            for (int k = 0; k < n; k++)
                fm_put(pen, styles[s->phase], k == 0 ? letters[s->phase] : " ");
        x += n;
    }
}

static void put_time_axis(const PlotView *v, FmPen *pen, int columns)
{
    double ticks[MOST_TICKS], step;
    unsigned n = fm_axis_ticks(v->from, v->to, (unsigned)CLAMP(columns / 12, 2, MOST_TICKS), ticks, &step);
    fm_put_cell(pen, FM_STYLE_DIM, -(MARGIN - 1), "s");
    fm_put(pen, FM_STYLE_DIM, "└");
    int start = pen->x - pen->start;
    for (unsigned i = 0; i < n; i++) {
        char room[24];
        int at = (int)((ticks[i] - v->from) / (v->to - v->from) * columns);
        fm_axis_text(room, "s", ticks[i], step);
        int now = pen->x - pen->start - start;
        if (at < now || at + (int)strlen(room) + 1 > columns)
            continue;
        for (; now < at; now++)
            fm_put(pen, FM_STYLE_DIM, "─");
        fm_putf(pen, FM_STYLE_DIM, "┬%s", room);
    }
    while (pen->x - pen->start - start < columns)
        fm_put(pen, FM_STYLE_DIM, "─");
}

static void draw_cells(FmPane *pane, const FmChart *chart, FmBox box, double low, double high)
{
    const PlotView *v = pane->state;
    const FmScreen *screen = &pane->app->screen;
    int columns = MAX(box.columns - MARGIN, 1), cursor = (int)((v->cursor - v->from) / (v->to - v->from) * columns);
    g_autoptr(FmCells) cells = fm_cells_new(columns, box.rows);
    fm_cells_chart(cells, chart, v->from, v->to, low, high);
    double ticks[MOST_TICKS], step;
    unsigned n = fm_axis_ticks(low, high, (unsigned)CLAMP(box.rows / 2, 1, 6), ticks, &step);
    for (int row = 0; row < box.rows; row++) {
        FmPen pen = fm_pen(screen, box, row);
        char label[24] = "";
        for (unsigned i = 0; i < n; i++)
            if (box.rows - 1 - (int)((ticks[i] - low) / (high - low) * (box.rows - 0.01)) == row)
                fm_axis_text(label, chart->unit, ticks[i], step);
        fm_put_cell(&pen, FM_STYLE_DIM, -(MARGIN - 1), label);
        fm_put(&pen, FM_STYLE_DIM, *label ? "┤" : "│");
        for (int x = 0; x < columns; x++) {
            const FmDots *dots = &cells->cells[row * columns + x];
            char text[8];
            text[g_unichar_to_utf8(0x2800u + dots->dots, text)] = '\0';
            if (x == cursor)
                fm_put(&pen, FM_STYLE_SELECTED, dots->dots ? text : "│");
            else
                fm_put(&pen, ink_style(dots->ink), dots->dots ? text : " ");
        }
    }
}

/* A small picture with its name on the left of its first row. */
static void draw_small(FmPane *pane, const FmChart *chart, FmBox box, const char *name)
{
    PlotView *v = pane->state;
    double low, high;
    fm_chart_range(chart, v->from, v->to, &low, &high);
    FmPen pen = fm_pen(&pane->app->screen, box, 0);
    fm_putf(&pen, FM_STYLE_DIM, " %s", name);
    if (pane->view == &fm_window_view && chart->kind == FM_CHART_RTT && chart->curves[0].points->len) {
        double least = 1e300, most = 0;
        for (guint i = 0; i < chart->curves[0].points->len; i++) {
            double value = g_array_index(chart->curves[0].points, FmChartPoint, i).high;
            least = MIN(least, value);
            most = MAX(most, value);
        }
        char a[24], b[24];
        fm_putf(&pen, FM_STYLE_DIM, "  %s to %s", fm_short_span(a, (FmTime)(least * 1e9)), fm_short_span(b, (FmTime)(most * 1e9)));
    }
    draw_cells(pane, chart, (FmBox){ box.y + 1, box.x, box.rows - 1, box.columns }, low, high);
}

static void put_cursor(FmPane *pane, FmPen *pen, const FmStep *steps, size_t count)
{
    PlotView *v = pane->state;
    const FmStep *s = &steps[step_at(steps, count, v->cursor)];
    const FmTrackSide *side = &s->side[v->direction];
    char a[24], b[24], c[24];
    fm_putf(pen, FM_STYLE_BRIGHT, " %.6f s  #%u", seconds_of(steps, (size_t)(s - steps)), s->number);
    if (pane->view == &fm_sequence_view) {
        fm_putf(pen, FM_STYLE_NORMAL, "  %s  seq %u, %u bytes, ack %u, window %s", s->direction == v->direction ? "sent" : "received", s->seq,
                s->length, s->ack, fm_short_bytes(a, s->window));
    } else {
        fm_putf(pen, FM_STYLE_GOOD, "  in flight %s", fm_short_bytes(a, side->in_flight));
        if (side->cwnd)
            fm_putf(pen, FM_STYLE_NORMAL, "  cwnd %s–%s (%.2f)", fm_short_bytes(a, side->cwnd_low), fm_short_bytes(b, side->cwnd_high), side->sure / 100.0);
        if (side->left != UINT32_MAX)
            fm_putf(pen, FM_STYLE_PROTOCOL, "  window left %s", fm_short_bytes(c, side->left));
        if (side->rtt)
            fm_putf(pen, FM_STYLE_NORMAL, "  RTT %s", fm_short_span(a, (FmTime)side->rtt * 1000));
        static const char *const limits[] = { "network", "receiver", "application" };
        if (!fm_flow_of(pane->page)->hidden)
            fm_putf(pen, FM_STYLE_DIM, "  limited by the %s", limits[MIN(side->limit, 2)]);
    }
    if (s->verdict > FM_VERDICT_NEW && s->direction == v->direction && !fm_flow_of(pane->page)->hidden)
        fm_putf(pen, FM_STYLE_BAD, "  %s", fm_verdict_name((FmVerdict)s->verdict));
}

static void place_view(PlotView *v, const FmChart *chart, FmFlowPage *flow, const FmStep *steps, size_t count)
{
    if (v->to <= v->from) {
        v->from = 0;
        v->to = chart->to * 1.0001;
    }
    if (!v->placed || v->went_to != flow->packet) {
        bool there = count && flow->packet <= steps[count - 1].number; /* otherwise it comes later */
        v->placed = there;
        v->went_to = there ? flow->packet : v->went_to;
        v->cursor = flow->packet ? seconds_of(steps, fm_flow_step(flow, steps, count)) : 0;
        double width = v->to - v->from;
        if (v->cursor < v->from || v->cursor > v->to) {
            v->from = MAX(v->cursor - width / 2, 0);
            v->to = v->from + width;
        }
    }
    v->cursor = CLAMP(v->cursor, 0, chart->to);
}

static void draw_rows(FmPane *pane, FmBox box, const FmStep *steps, size_t count, const FmFlowRecord *record)
{
    PlotView *v = pane->state;
    const FmScreen *screen = &pane->app->screen;
    const FmChart *chart = v->charts[main_kind(pane)];
    bool window = pane->view == &fm_window_view, small = window && box.rows >= 14;
    int row = 0, fixed = 1 + 1 + window + 1 + 1, smaller = !small ? 0 : box.rows >= 30 ? 6 : box.rows >= 22 ? 4 : 3;
    bool side_by_side = small && box.columns >= 150;
    int rows = MAX(box.rows - fixed - (side_by_side ? smaller : 2 * smaller), 3), columns = MAX(box.columns - MARGIN, 1);
    FmPen pen = fm_pen(screen, box, row++);
    fm_putf(&pen, FM_STYLE_TITLE, " %s sends ", record && v->direction == record->client ? "client" : "server");
    put_legend(&pen, chart);
    double low, high;
    fm_chart_range(chart, v->from, v->to, &low, &high);
    v->area = (FmBox){ box.y + row, box.x + MARGIN, rows, columns };
    draw_cells(pane, chart, (FmBox){ box.y + row, box.x, rows, box.columns }, low, high);
    row += rows;
    pen = fm_pen(screen, box, row++);
    put_time_axis(v, &pen, columns);
    if (window) {
        pen = fm_pen(screen, box, row++);
        fm_put_cell(&pen, FM_STYLE_DIM, MARGIN, " phase");
        if (!fm_flow_of(pane->page)->hidden)
            put_phases(v, &pen, chart, columns);
    }
    pen = fm_pen(screen, box, row++);
    fm_put_cell(&pen, FM_STYLE_DIM, MARGIN, " event");
    put_marks(v, &pen, chart, columns);
    if (side_by_side || small) {
        draw_small(pane, v->charts[FM_CHART_RTT], (FmBox){ box.y + row, box.x, smaller, side_by_side ? box.columns / 2 : box.columns }, "round trip");
        row += side_by_side ? 0 : smaller;
        draw_small(pane, v->charts[FM_CHART_THROUGHPUT],
                   (FmBox){ box.y + row, side_by_side ? box.x + box.columns / 2 : box.x, smaller, side_by_side ? box.columns - box.columns / 2 : box.columns },
                   "throughput, bit/s");
        row += smaller;
    }
    pen = fm_pen(screen, box, box.rows - 1);
    put_cursor(pane, &pen, steps, count);
}

static void plot_draw(FmPane *pane, FmBox box)
{
    PlotView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    const FmTrack *track = fm_gather_hold(flow->gather);
    const FmStep *steps = fm_track_steps(track, &count, NULL);
    if (count >= 2 && box.rows > 6) {
        bool all = v->charts[main_kind(pane)] && v->to >= v->charts[main_kind(pane)]->to;
        make_charts(v, main_kind(pane), steps, count, fm_flow_side_of(flow, fm_track_flow(track)));
        if (all) /* more has come, and all is to be seen */
            v->to = v->from > 0 ? MAX(v->to, v->charts[main_kind(pane)]->to) : 0;
        place_view(v, v->charts[main_kind(pane)], flow, steps, count);
        draw_rows(pane, box, steps, count, fm_track_flow(track));
    } else {
        FmPen pen = fm_pen(&pane->app->screen, box, 0);
        fm_put(&pen, FM_STYLE_DIM, fm_gather_done(flow->gather) ? " too few packets for a picture" : " reading the packets of the flow");
    }
    fm_gather_release(flow->gather);
}

/* ---- requests ---- */

static void zoom(PlotView *v, double factor)
{
    double whole = 0;
    for (unsigned i = 0; i < FM_CHART_KINDS; i++)
        whole = v->charts[i] ? MAX(whole, v->charts[i]->to) : whole;
    double width = MIN((v->to - v->from) * factor, whole * 1.0001);
    width = MAX(width, 20e-6);
    v->from = CLAMP(v->cursor - width / 2, 0, MAX(whole * 1.0001 - width, 0));
    v->to = v->from + width;
}

/* Moves the cursor, and what is seen after it. */
static void go_to(PlotView *v, double seconds, double most)
{
    double width = v->to - v->from;
    v->cursor = CLAMP(seconds, 0, most);
    if (v->cursor < v->from)
        v->from = MAX(v->cursor - width * 0.1, 0);
    else if (v->cursor > v->from + width)
        v->from = MIN(v->cursor - width * 0.9, MAX(most * 1.0001 - width, 0));
    v->to = v->from + width;
}

static void go_to_event(PlotView *v, const FmChart *chart, int step)
{
    double best = step > 0 ? 1e300 : -1;
    for (guint i = 0; i < chart->marks->len; i++) {
        double x = g_array_index(chart->marks, FmMark, i).x;
        if (step > 0 ? x > v->cursor + 1e-9 && x < best : x < v->cursor - 1e-9 && x > best)
            best = x;
    }
    for (guint i = 1; i < chart->spans->len; i++) {
        const FmSpan *span = &g_array_index(chart->spans, FmSpan, i);
        bool phase = span->phase != g_array_index(chart->spans, FmSpan, i - 1).phase;
        if (phase && (step > 0 ? span->from > v->cursor + 1e-9 && span->from < best : span->from < v->cursor - 1e-9 && span->from > best))
            best = span->from;
    }
    if (best >= 0 && best < 1e299)
        go_to(v, best, chart->to);
}

/* The packet under the cursor becomes the one that all tabs stand at. */
static void stand_here(FmPane *pane)
{
    PlotView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    const FmStep *steps = fm_track_steps(fm_gather_hold(flow->gather), &count, NULL);
    if (count)
        v->went_to = flow->packet = steps[step_at(steps, count, v->cursor)].number;
    fm_gather_release(flow->gather);
}

static bool plot_request(FmPane *pane, FmRequest request, const char *argument)
{
    PlotView *v = pane->state;
    const FmChart *chart = v->charts[main_kind(pane)];
    if (!chart)
        return false;
    double width = v->to - v->from, column = width / MAX(v->area.columns, 1);
    switch (request) {
    case FM_REQUEST_LEFT: go_to(v, v->cursor - column, chart->to); break;
    case FM_REQUEST_RIGHT: go_to(v, v->cursor + column, chart->to); break;
    case FM_REQUEST_PAGE_UP: case FM_REQUEST_HALF_UP: go_to(v, v->cursor - width / 2, chart->to); break;
    case FM_REQUEST_PAGE_DOWN: case FM_REQUEST_HALF_DOWN: go_to(v, v->cursor + width / 2, chart->to); break;
    case FM_REQUEST_TOP: go_to(v, 0, chart->to); break;
    case FM_REQUEST_BOTTOM: go_to(v, chart->to, chart->to); break;
    case FM_REQUEST_UP: case FM_REQUEST_ZOOM_IN: zoom(v, 0.5); break;
    case FM_REQUEST_DOWN: case FM_REQUEST_ZOOM_OUT: zoom(v, 2); break;
    case FM_REQUEST_ZOOM_ALL: v->from = v->to = 0; break;
    case FM_REQUEST_NEXT_EVENT: go_to_event(v, chart, 1); break;
    case FM_REQUEST_PREVIOUS_EVENT: go_to_event(v, chart, -1); break;
    case FM_REQUEST_ENTER:
        stand_here(pane);
        fm_flow_show_packet(pane->page, fm_flow_of(pane->page)->packet);
        return true;
    default: return false;
    }
    stand_here(pane);
    return true;
}

static void plot_clicked(FmPane *pane, int y, int x)
{
    PlotView *v = pane->state;
    int column = pane->box.x + x - v->area.x;
    if (column < 0 || column >= v->area.columns)
        return;
    v->cursor = v->from + (column + 0.5) * (v->to - v->from) / v->area.columns;
    stand_here(pane);
}

#define PLOT(variable, title) \
    const FmView variable = { \
        .name = title, .where = FM_IN_PLOT, .private_size = sizeof(PlotView), .close = plot_close, .draw = plot_draw, \
        .clicked = plot_clicked, .request = plot_request, \
    }
PLOT(fm_window_view, "Window");
PLOT(fm_sequence_view, "Sequence");
