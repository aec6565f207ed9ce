/* Tables over the whole capture: each tab is one statistic, counted in the background while it is looked at. */
#include "config.h"

#include <string.h>

#include "session/survey.h"
#include "statistics/all.h"
#include "ui/pages.h"

enum { MOST_LINES = 200000 };

typedef struct TableView {
    FmSurvey *survey;
    char *trouble;
    GString *text;
    GArray *lines;  /* of guint: where each begins */
    uint32_t seen;  /* packets that the text is of */
    gint64 made;    /* when: µs */
} TableView;

static const char *statistic_of(const FmView *view);

static void table_open(FmPane *pane)
{
    TableView *v = pane->state;
    FmApp *app = pane->app;
    const FmStatisticContext context = { app->catalog, fm_columns_time(app->options->columns) };
    g_autoptr(GError) error = NULL;
    v->text = g_string_new(NULL);
    v->lines = g_array_new(FALSE, FALSE, sizeof(guint));
    FmObserver *observer = fm_statistic_start(&context, statistic_of(pane->view), &error);
    if (observer)
        v->survey = fm_survey_new(app->archive, &observer, 1, fm_app_wake, app);
    else
        v->trouble = g_strdup(error->message);
}

static void table_close(FmPane *pane)
{
    TableView *v = pane->state;
    fm_survey_free(v->survey);
    g_free(v->trouble);
    g_string_free(v->text, TRUE);
    g_array_unref(v->lines);
}

/* Borders and rulers of the printed form say nothing here. */
static bool is_ruler(const char *line, size_t n)
{
    return n > 3 && (strspn(line, "=") >= n || strspn(line, "-") >= n);
}

static void split_lines(TableView *v)
{
    g_array_set_size(v->lines, 0);
    for (guint at = 0; at < v->text->len && v->lines->len < MOST_LINES;) {
        size_t n = strcspn(v->text->str + at, "\n");
        bool blank = !n && !v->lines->len;
        if (!is_ruler(v->text->str + at, n) && !blank)
            g_array_append_val(v->lines, at);
        at += (guint)n + 1;
    }
}

static void table_refresh(FmPane *pane)
{
    TableView *v = pane->state;
    if (!v->survey)
        return;
    uint32_t seen = fm_survey_seen(v->survey);
    gint64 now = g_get_monotonic_time();
    bool whole = !fm_archive_loading(pane->app->archive) && seen == fm_archive_count(pane->app->archive);
    if (v->made && (seen == v->seen || (now - v->made < G_TIME_SPAN_SECOND / 4 && !whole)))
        return;
    g_auto(FmText) out = { 0 };
    FmObserver *observer = fm_survey_hold(v->survey, 0);
    observer->print(observer, &out);
    fm_survey_release(v->survey);
    g_string_truncate(v->text, 0);
    g_string_append_len(v->text, out.data, (gssize)out.size);
    v->seen = seen;
    v->made = now;
    split_lines(v);
    pane->count = v->lines->len;
}

static void table_row(FmPane *pane, size_t i, FmPen *pen)
{
    TableView *v = pane->state;
    if (i >= v->lines->len)
        return;
    const char *line = v->text->str + g_array_index(v->lines, guint, i);
    bool heading = i == 0 || memchr(line, '|', strcspn(line, "\n")) != NULL;
    fm_put(pen, FM_STYLE_NORMAL, " ");
    fm_put_n(pen, heading && i < 3 ? FM_STYLE_BRIGHT : FM_STYLE_NORMAL, line, strcspn(line, "\n"));
}

static void table_head(FmPane *pane, FmPen *pen)
{
    TableView *v = pane->state;
    uint32_t count = fm_archive_count(pane->app->archive);
    char room[32];
    if (v->trouble)
        fm_put(pen, FM_STYLE_BAD, v->trouble);
    else if (v->seen < count)
        fm_putf(pen, FM_STYLE_WAIT, " counting: %u %% of %s packets", (unsigned)(100.0 * v->seen / count), fm_short_count(room, count));
    else
        fm_putf(pen, FM_STYLE_HEAD, " all %s packets", fm_short_count(room, count));
}

#define TABLE(variable, title) \
    static const FmView variable = { \
        .name = title, .where = FM_IN_LIST, .private_size = sizeof(TableView), .open = table_open, .close = table_close, \
        .refresh = table_refresh, .row = table_row, .head = table_head, \
    }
TABLE(hierarchy_view, "Protocols");
TABLE(tcp_view, "TCP");
TABLE(udp_view, "UDP");
TABLE(ipv4_view, "IPv4");
TABLE(ipv6_view, "IPv6");
TABLE(endpoints_view, "Endpoints");
TABLE(io_view, "I/O");
TABLE(lengths_view, "Lengths");
TABLE(expert_view, "Expert");

static const struct {
    const FmView *view;
    const char *statistic;
} tables[] = {
    { &hierarchy_view, "io,phs" }, { &tcp_view, "conv,tcp" }, { &udp_view, "conv,udp" }, { &ipv4_view, "conv,ip" },
    { &ipv6_view, "conv,ipv6" }, { &endpoints_view, "endpoints,ip" }, { &io_view, "io,stat,1" }, { &lengths_view, "plen,tree" },
    { &expert_view, "expert" },
};

static const char *statistic_of(const FmView *view)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (tables[i].view == view)
            return tables[i].statistic;
    return "";
}

const FmPageKind fm_statistics_page = {
    .name = "statistics",
    .layout = FM_LAYOUT_TABS,
    .views = { &hierarchy_view, &fm_graph_view, &fm_latency_view, &tcp_view, &udp_view, &ipv4_view, &ipv6_view, &endpoints_view, &io_view, &lengths_view,
               &expert_view, &fm_fitness_view },
};
