/* How long answers took, service by service. */
#include "config.h"

#include "summary/latency.h"

#include <string.h>

#include "model/asked.h"
#include "session/survey.h"
#include "ui/pages.h"

enum { WHO_COLUMNS = 28 };

typedef struct LatencyObserver {
    FmObserver observer;
    FmLatency *latency;
} LatencyObserver;

typedef struct LatencyView {
    FmSurvey *survey;
    GPtrArray *services; /* of FmService, borrowed from the observer: used while it is held */
    uint32_t seen;
} LatencyView;

static void observe(FmObserver *observer, const FmPacket *packet)
{
    fm_latency_packet(((LatencyObserver *)observer)->latency, packet);
}

static void observer_free(FmObserver *observer)
{
    fm_latency_free(((LatencyObserver *)observer)->latency);
    g_free(observer);
}

static void latency_open(FmPane *pane)
{
    LatencyView *v = pane->state;
    LatencyObserver *o = g_new0(LatencyObserver, 1);
    o->latency = fm_latency_new(pane->app->catalog);
    o->observer = (FmObserver){ .packet = observe, .free = observer_free };
    o->observer.wanted = g_memdup2(o->latency->asked->bits, fm_catalog_words(pane->app->catalog) * sizeof(uint64_t));
    FmObserver *observers[] = { &o->observer };
    v->survey = fm_survey_new(pane->app->archive, observers, 1, fm_app_wake, pane->app);
    v->services = g_ptr_array_new();
}

static void latency_close(FmPane *pane)
{
    LatencyView *v = pane->state;
    fm_survey_free(v->survey);
    g_ptr_array_unref(v->services);
}

/* What took longest in all comes first. */
static int by_sum(gconstpointer a, gconstpointer b)
{
    const FmService *x = *(FmService *const *)a, *y = *(FmService *const *)b;
    return x->sum > y->sum ? -1 : x->sum < y->sum;
}

static void latency_refresh(FmPane *pane)
{
    LatencyView *v = pane->state;
    uint32_t seen = fm_survey_seen(v->survey);
    if (seen == v->seen)
        return;
    v->seen = seen;
    const LatencyObserver *o = (const LatencyObserver *)(const void *)fm_survey_hold(v->survey, 0);
    GHashTableIter iter;
    gpointer service;
    g_ptr_array_set_size(v->services, 0);
    g_hash_table_iter_init(&iter, o->latency->services);
    while (g_hash_table_iter_next(&iter, NULL, &service))
        g_ptr_array_add(v->services, service);
    g_ptr_array_sort(v->services, by_sum);
    fm_survey_release(v->survey);
    pane->count = v->services->len;
}

/* Where answers lie between 10 µs and 10 s: a block for each factor of two. */
static void put_spread(FmPen *pen, const FmService *s)
{
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    uint64_t most = 1, sums[FM_LATENCY_BINS / 2] = { 0 };
    for (unsigned i = 0; i < FM_LATENCY_BINS; i++) {
        sums[i / 2] += s->bins[i];
        most = MAX(most, sums[i / 2]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++)
        fm_put(pen, i < 10 ? FM_STYLE_GOOD : i < 15 ? FM_STYLE_WAIT : FM_STYLE_BAD, sums[i] ? blocks[MIN(sums[i] * 8 / most, 7)] : "·");
}

static void put_span(FmPen *pen, FmTime span)
{
    char room[32];
    fm_put_cell(pen, span > FM_SECOND ? FM_STYLE_BAD : span > 100 * FM_MILLISECOND ? FM_STYLE_WAIT : FM_STYLE_NORMAL, -8, fm_short_span(room, span));
}

static void latency_row(FmPane *pane, size_t i, FmPen *pen)
{
    LatencyView *v = pane->state;
    char room[32];
    fm_survey_hold(v->survey, 0);
    if (i < v->services->len) {
        const FmService *s = v->services->pdata[i];
        fm_put(pen, FM_STYLE_NORMAL, " ");
        fm_put_cell(pen, FM_STYLE_PROTOCOL, 14, s->protocol);
        fm_put_cell(pen, FM_STYLE_NORMAL, pane->box.columns < 110 ? 20 : WHO_COLUMNS, s->who);
        fm_put_cell(pen, FM_STYLE_NORMAL, -7, fm_short_count(room, s->count));
        put_span(pen, fm_service_quantile(s, 0.5));
        if (pane->box.columns >= 110)
            put_span(pen, fm_service_quantile(s, 0.95));
        put_span(pen, s->most);
        fm_put(pen, FM_STYLE_NORMAL, "  ");
        put_spread(pen, s);
        fm_putf(pen, FM_STYLE_DIM, "  #%u", s->worst);
    }
    fm_survey_release(v->survey);
}

static void latency_head(FmPane *pane, FmPen *pen)
{
    const LatencyView *v = pane->state;
    fm_put(pen, FM_STYLE_HEAD, " ");
    fm_put_cell(pen, FM_STYLE_HEAD, 14, "service");
    fm_put_cell(pen, FM_STYLE_HEAD, pane->box.columns < 110 ? 20 : WHO_COLUMNS, "");
    fm_put_cell(pen, FM_STYLE_HEAD, -7, "answers");
    fm_put_cell(pen, FM_STYLE_HEAD, -8, "median");
    if (pane->box.columns >= 110)
        fm_put_cell(pen, FM_STYLE_HEAD, -8, "95 %");
    fm_put_cell(pen, FM_STYLE_HEAD, -8, "longest");
    fm_put(pen, FM_STYLE_HEAD, "  10 µs ── 1 ms ── 1 s");
    if (v->seen < fm_archive_count(pane->app->archive))
        fm_put(pen, FM_STYLE_WAIT, "  counting");
    else if (!pane->count)
        fm_put(pen, FM_STYLE_WAIT, "  no answers were seen");
}

static bool latency_request(FmPane *pane, FmRequest request, const char *argument)
{
    LatencyView *v = pane->state;
    if (request != FM_REQUEST_ENTER)
        return false;
    fm_survey_hold(v->survey, 0);
    uint32_t packet = pane->cursor < v->services->len ? ((const FmService *)v->services->pdata[pane->cursor])->worst : 0;
    fm_survey_release(v->survey);
    if (packet)
        fm_app_push(pane->app, &fm_packets_page, &(FmPacketsArgument){ .number = packet });
    return true;
}

const FmView fm_latency_view = {
    .name = "Latency",
    .where = FM_IN_LIST,
    .private_size = sizeof(LatencyView),
    .open = latency_open,
    .close = latency_close,
    .refresh = latency_refresh,
    .row = latency_row,
    .head = latency_head,
    .request = latency_request,
};
