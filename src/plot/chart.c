/* Charts of a flow, from its steps. */
#include "config.h"

#include "plot/chart.h"

#include <string.h>

enum { RATE_BINS = 200 };

typedef struct Making {
    FmChart *chart;
    const FmStep *steps;
    size_t count;
    unsigned direction; /* of the data */
} Making;

static double seconds(const Making *m, const FmStep *s)
{
    return (double)(s->time - m->steps[0].time) / FM_SECOND;
}

static FmCurve *add_curve(FmChart *chart, const char *name, FmInk ink, FmForm form)
{
    FmCurve *curve = &chart->curves[chart->curve_count++];
    *curve = (FmCurve){ .name = name, .ink = ink, .form = form, .points = g_array_new(FALSE, FALSE, sizeof(FmChartPoint)) };
    return curve;
}

static void add_point(FmCurve *curve, double x, double low, double high)
{
    FmChartPoint point = { x, low, high };
    GArray *points = curve->points;
    if (points->len && curve->form != FM_FORM_BARS && curve->form != FM_FORM_DOTS) {
        const FmChartPoint *last = &g_array_index(points, FmChartPoint, points->len - 1);
        if (last->low == low && last->high == high)
            return;
    }
    g_array_append_val(points, point);
}

static void make_window(Making *m)
{
    FmCurve *band = add_curve(m->chart, "congestion window", FM_INK_BAND, FM_FORM_BAND);
    FmCurve *flight = add_curve(m->chart, "in flight", FM_INK_FLIGHT, FM_FORM_AREA);
    FmCurve *threshold = add_curve(m->chart, "slow start threshold", FM_INK_THRESHOLD, FM_FORM_STEPS);
    FmCurve *edge = add_curve(m->chart, "receive window", FM_INK_EDGE, FM_FORM_STEPS);
    edge->aside = true;
    uint8_t before = FM_PHASE_SLOW_START;
    for (size_t i = 0; i < m->count; i++) {
        const FmStep *s = &m->steps[i];
        const FmTrackSide *side = &s->side[m->direction];
        double x = seconds(m, s);
        add_point(flight, x, 0, side->in_flight);
        if (side->cwnd)
            add_point(band, x, side->cwnd_low, MAX(side->cwnd_high, side->cwnd_low));
        else
            add_point(band, x, 0, -1);
        if (side->left != UINT32_MAX)
            add_point(edge, x, 0, (double)side->in_flight + side->left);
        bool was_low = before == FM_PHASE_RECOVERY, is_low = side->phase == FM_PHASE_RECOVERY;
        if (was_low && !is_low && side->cwnd) /* what a recovery ends with is the threshold (RFC 5681) */
            add_point(threshold, x, 0, side->cwnd);
        before = side->phase;
    }
}

static void make_rtt(Making *m)
{
    FmCurve *rtt = add_curve(m->chart, "round trip", FM_INK_RTT, FM_FORM_DOTS);
    uint32_t before = 0;
    for (size_t i = 0; i < m->count; i++) {
        uint32_t now = m->steps[i].side[m->direction].rtt;
        if (now && now != before)
            add_point(rtt, seconds(m, &m->steps[i]), 0, now / 1e6);
        before = now;
    }
}

/* The time-sequence graph as tcptrace draws it. */
static void make_sequence(Making *m)
{
    FmCurve *edge = add_curve(m->chart, "edge of the window", FM_INK_EDGE, FM_FORM_STEPS);
    FmCurve *ack = add_curve(m->chart, "acknowledged", FM_INK_ACK, FM_FORM_STEPS);
    FmCurve *data = add_curve(m->chart, "sent", FM_INK_DATA, FM_FORM_BARS);
    FmCurve *sack = add_curve(m->chart, "SACK", FM_INK_SACK, FM_FORM_BARS);
    FmCurve *resent = add_curve(m->chart, "sent again", FM_INK_RESENT, FM_FORM_BARS);
    edge->aside = true;
    double most = 0;
    for (size_t i = 0; i < m->count; i++) {
        const FmStep *s = &m->steps[i];
        double x = seconds(m, s);
        if (s->direction == m->direction) {
            if (s->length)
                add_point(fm_verdict_is_retransmission((FmVerdict)s->verdict) ? resent : data, x, s->seq, (double)s->seq + s->length);
            continue;
        }
        if (!(s->flags & FM_SEGMENT_ACK) || (s->flags & FM_SEGMENT_RST))
            continue;
        most = MAX(most, s->ack);
        add_point(ack, x, 0, most);
        add_point(edge, x, 0, (double)s->ack + s->window);
        for (unsigned k = 0; k < s->sack_count; k++)
            add_point(sack, x, s->sacks[k].left, s->sacks[k].right);
    }
}

static void make_throughput(Making *m)
{
    FmCurve *rate = add_curve(m->chart, "throughput", FM_INK_RATE, FM_FORM_AREA);
    double bins[RATE_BINS] = { 0 }, width = MAX(m->chart->to, 1e-3) / RATE_BINS;
    for (size_t i = 0; i < m->count; i++)
        if (m->steps[i].direction == m->direction)
            bins[MIN((size_t)(seconds(m, &m->steps[i]) / width), (size_t)RATE_BINS - 1)] += m->steps[i].length;
    for (unsigned i = 0; i < RATE_BINS; i++)
        add_point(rate, i * width, 0, bins[i] * 8 / width);
}

static void make_marks(Making *m)
{
    static const uint8_t kinds[FM_VERDICT_COUNT] = {
        [FM_VERDICT_FAST_RETRANSMIT] = 1 + FM_MARK_RESENT, [FM_VERDICT_RECOVERY] = 1 + FM_MARK_RESENT, [FM_VERDICT_TIMEOUT] = 1 + FM_MARK_TIMEOUT,
        [FM_VERDICT_GO_BACK] = 1 + FM_MARK_RESENT, [FM_VERDICT_TAIL_PROBE] = 1 + FM_MARK_PROBE, [FM_VERDICT_NEEDLESS] = 1 + FM_MARK_NEEDLESS,
        [FM_VERDICT_REORDERED] = 1 + FM_MARK_LATE, [FM_VERDICT_WINDOW_PROBE] = 1 + FM_MARK_PROBE,
    };
    for (size_t i = 0; i < m->count; i++) {
        const FmStep *s = &m->steps[i];
        FmMark mark = { seconds(m, s), FM_MARK_KINDS, (uint32_t)i };
        if (s->direction == m->direction && s->verdict < FM_VERDICT_COUNT && kinds[s->verdict])
            mark.kind = (FmMarkKind)(kinds[s->verdict] - 1);
        else if (s->direction != m->direction && s->flags && !(s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_RST)) && !s->window)
            mark.kind = FM_MARK_ZERO_WINDOW;
        if (mark.kind != FM_MARK_KINDS)
            g_array_append_val(m->chart->marks, mark);
    }
}

static void make_spans(Making *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const FmTrackSide *side = &m->steps[i].side[m->direction];
        double x = seconds(m, &m->steps[i]);
        FmSpan *last = m->chart->spans->len ? &g_array_index(m->chart->spans, FmSpan, m->chart->spans->len - 1) : NULL;
        if (last)
            last->to = x;
        if (last && last->phase == side->phase && last->limit == side->limit)
            continue;
        FmSpan span = { x, x, side->phase, side->limit };
        g_array_append_val(m->chart->spans, span);
    }
}

static const struct {
    const char *name, *title, *unit;
    void (*make)(Making *m);
} kinds[FM_CHART_KINDS] = {
    [FM_CHART_WINDOW] = { "window", "What the sender had in flight, and how much it was allowed to", "B", make_window },
    [FM_CHART_RTT] = { "rtt", "Round-trip time", "ms", make_rtt },
    [FM_CHART_SEQUENCE] = { "sequence", "Sequence numbers over time", "B", make_sequence },
    [FM_CHART_THROUGHPUT] = { "throughput", "Throughput, bit/s", "bit/s", make_throughput },
};

const char *fm_chart_name(FmChartKind kind)
{
    return kinds[kind].name;
}

FmChartKind fm_chart_named(const char *name)
{
    unsigned kind = 0;
    while (kind < FM_CHART_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return (FmChartKind)kind;
}

FmChart *fm_chart_new(FmChartKind kind, const FmStep *steps, size_t count, unsigned direction)
{
    FmChart *chart = g_new0(FmChart, 1);
    Making m = { chart, steps, count, direction };
    chart->kind = kind;
    chart->title = kinds[kind].title;
    chart->unit = kinds[kind].unit;
    chart->marks = g_array_new(FALSE, FALSE, sizeof(FmMark));
    chart->spans = g_array_new(FALSE, FALSE, sizeof(FmSpan));
    chart->to = count ? MAX(seconds(&m, &steps[count - 1]), 1e-3) : 1;
    kinds[kind].make(&m);
    make_marks(&m);
    make_spans(&m);
    return chart;
}

void fm_chart_free(FmChart *chart)
{
    if (!chart)
        return;
    for (unsigned i = 0; i < chart->curve_count; i++)
        g_array_unref(chart->curves[i].points);
    g_array_unref(chart->marks);
    g_array_unref(chart->spans);
    g_free(chart);
}

static void stretch(const FmCurve *curve, double from, double to, double *low, double *high)
{
    for (guint i = 0; i < curve->points->len; i++) {
        const FmChartPoint *p = &g_array_index(curve->points, FmChartPoint, i);
        bool holds = curve->form != FM_FORM_BARS && curve->form != FM_FORM_DOTS;
        double until = holds && i + 1 < curve->points->len ? g_array_index(curve->points, FmChartPoint, i + 1).x : holds ? to : p->x;
        if (p->x > to || until < from || p->high < 0)
            continue;
        *high = MAX(*high, p->high);
        *low = MIN(*low, curve->form == FM_FORM_BARS ? p->low : p->high);
    }
}

void fm_chart_range(const FmChart *chart, double from, double to, double *low, double *high)
{
    *low = 1e300;
    *high = 0;
    double aside_low = 1e300, aside_high = 0;
    for (unsigned i = 0; i < chart->curve_count; i++)
        if (!chart->curves[i].aside)
            stretch(&chart->curves[i], from, to, low, high);
    for (unsigned i = 0; i < chart->curve_count; i++)
        if (chart->curves[i].aside)
            stretch(&chart->curves[i], from, to, &aside_low, &aside_high);
    if (aside_high > *high && aside_low < 1.6 * *high) /* near enough to be shown */
        *high = MIN(aside_high, 1.6 * *high);
    if (chart->kind != FM_CHART_SEQUENCE || *low > *high)
        *low = 0;
    if (*high <= *low)
        *high = *low + 1;
    *high += (*high - *low) * 0.04;
}

const char *fm_mark_name(FmMarkKind kind)
{
    static const char *const names[] = { "sent again", "timeout", "probe", "sent again needlessly", "late", "window closed" };
    return kind < FM_MARK_KINDS ? names[kind] : "";
}

const char *fm_mark_letter(FmMarkKind kind)
{
    static const char *const letters[] = { "↻", "T", "P", "n", "o", "0" };
    return kind < FM_MARK_KINDS ? letters[kind] : " ";
}
