/* The flows of the capture: which of these should one care about? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "summary/flow_columns.h"
#include "ui/flow.h"
#include "ui/frame.h"
#include "ui/pages.h"

enum { MOST_COLUMNS = 64, LEAST_LAST = 16, REFRESH_MS = 250 };

typedef enum Grouping { GROUP_NONE, GROUP_HOST, GROUP_SERVICE, GROUPS } Grouping;

typedef struct Row {
    uint64_t key;   /* of the flow; with a group's heading, of its first flow */
    double value;   /* that it was sorted by */
    char *text;     /* the same, where it is a text; and the group's name */
    char *group;
    uint32_t members; /* a heading: flows below it; 0: a flow */
    uint64_t bytes;
} Row;

typedef struct FlowsView {
    const FmFlowColumn *columns[MOST_COLUMNS];
    unsigned column_count, columns_chosen;
    int widths[MOST_COLUMNS];   /* 0: no room */
    GArray *rows;               /* of Row */
    GHashTable *known;          /* keys of flows that have a row, or are hidden */
    GHashTable *matched;        /* keys of flows with packets that pass the filter */
    const FmMatches *matches;
    uint32_t matches_read, matches_gone;
    uint64_t chosen;            /* key of the flow at the cursor */
    int sorted;                 /* column; -1: in the order in which they began */
    bool reversed, hides, stale;
    Grouping grouping;
    gint64 made;                /* µs */
    uint64_t bytes[2];
    unsigned flows, open;
} FlowsView;

static uint64_t key_of(const FmFlowRecord *flow)
{
    return (uint64_t)flow->kind << 32 | flow->number;
}

static gpointer key_pointer(uint64_t key)
{
    return GSIZE_TO_POINTER((gsize)key + 1);
}

static void row_clear(gpointer data)
{
    Row *row = data;
    g_free(row->text);
    g_free(row->group);
}

static void choose_columns(FlowsView *v, FmApp *app)
{
    g_auto(GStrv) names = g_key_file_get_string_list(app->config, "flows", "columns", NULL, NULL);
    v->column_count = 0;
    v->columns_chosen = app->columns_chosen;
    for (char **name = names; name && *name && v->column_count < MOST_COLUMNS; name++) {
        const FmFlowColumn *column = fm_flow_column(*name);
        if (column)
            v->columns[v->column_count++] = column;
    }
    for (size_t i = 0; !names && i < fm_flow_column_count && v->column_count < MOST_COLUMNS; i++)
        if (fm_flow_columns[i].rank)
            v->columns[v->column_count++] = &fm_flow_columns[i];
}

static void flows_open(FmPane *pane)
{
    FlowsView *v = pane->state;
    choose_columns(v, pane->app);
    v->rows = g_array_new(FALSE, TRUE, sizeof(Row));
    g_array_set_clear_func(v->rows, row_clear);
    v->known = g_hash_table_new(NULL, NULL);
    v->matched = g_hash_table_new(NULL, NULL);
    v->sorted = -1;
    v->stale = true;
}

static void flows_close(FmPane *pane)
{
    FlowsView *v = pane->state;
    g_array_unref(v->rows);
    g_hash_table_unref(v->known);
    g_hash_table_unref(v->matched);
}

/* ---- which flows, in which order ---- */

/* Flows of packets that pass the filter, as far as they have been found. */
static void read_matches(FmPane *pane)
{
    FlowsView *v = pane->state;
    FmApp *app = pane->app;
    if (v->matches != app->matches) {
        v->matches = app->matches;
        v->matches_read = 0;
        v->matches_gone = app->rows_gone;
        g_hash_table_remove_all(v->matched);
        v->stale = true;
    }
    if (!v->matches)
        return;
    v->matches_read -= MIN(v->matches_read, app->rows_gone - v->matches_gone);
    v->matches_gone = app->rows_gone;
    guint before = g_hash_table_size(v->matched);
    for (uint32_t count = fm_matches_count(app->matches); v->matches_read < count; v->matches_read++) {
        const FmIndexed *packet = fm_archive_packet(app->archive, fm_matches_at(app->matches, v->matches_read));
        if (packet->kind)
            g_hash_table_add(v->matched, key_pointer((uint64_t)packet->kind << 32 | packet->flow));
    }
    v->stale |= g_hash_table_size(v->matched) != before;
}

static bool is_over(const FmFlowRecord *flow)
{
    return flow->state == FM_STATUS_CLOSED || flow->state == FM_STATUS_RESET || flow->state == FM_STATUS_REFUSED;
}

static char *group_of(const FlowsView *v, const FmFlowRecord *flow)
{
    g_auto(FmText) text = { 0 };
    if (v->grouping == GROUP_SERVICE)
        fm_flow_stack_text(&text, flow);
    else
        fm_flow_server_text(&text, flow);
    char *name = g_strdup(fm_text_string(&text)), *port = strrchr(name, ':');
    if (v->grouping == GROUP_HOST && port)
        *port = '\0';
    return name;
}

static void value_of(const FlowsView *v, const FmFlowRecord *flow, FmTime now, Row *row)
{
    if (v->sorted < 0)
        return;
    const FmFlowColumn *column = v->columns[v->sorted];
    FmFlowRow cells;
    fm_flow_row(&cells, flow, now);
    if (column->number) {
        row->value = -1e300;
        column->number(&cells, &row->value);
        return;
    }
    g_auto(FmText) text = { 0 };
    fm_flow_cell(&text, column, &cells);
    row->text = g_strdup(fm_text_string(&text));
}

static int compare(gconstpointer a, gconstpointer b, gpointer data)
{
    const FlowsView *v = data;
    const Row *x = a, *y = b;
    int by_group = v->grouping ? g_strcmp0(x->group, y->group) : 0;
    if (by_group)
        return by_group;
    int order = 0;
    if (v->sorted >= 0 && v->columns[v->sorted]->number) /* the greatest first, texts from a to z */
        order = x->value > y->value ? -1 : x->value < y->value;
    else if (v->sorted >= 0)
        order = g_strcmp0(x->text, y->text);
    return v->reversed ? -order : order;
}

/* Puts a heading above each group. */
static void add_headings(FlowsView *v)
{
    g_autoptr(GArray) flows = v->rows;
    v->rows = g_array_new(FALSE, TRUE, sizeof(Row));
    g_array_set_clear_func(v->rows, row_clear);
    guint heading = 0;
    for (guint i = 0; i < flows->len; i++) {
        Row *row = &g_array_index(flows, Row, i);
        if (i == 0 || g_strcmp0(row->group, g_array_index(flows, Row, i - 1).group) != 0) {
            heading = v->rows->len;
            Row head = { .key = row->key, .group = g_strdup(row->group) };
            g_array_append_val(v->rows, head);
        }
        Row copy = *row;
        copy.text = g_strdup(row->text);
        copy.group = g_strdup(row->group);
        g_array_append_val(v->rows, copy);
        g_array_index(v->rows, Row, heading).members++;
        g_array_index(v->rows, Row, heading).bytes += row->bytes;
    }
}

/* With the archive held. Rows that are there keep their places, unless all is `stale`; new flows come behind. */
static void collect(FmPane *pane, FmSummary *summary, FmTime now)
{
    FlowsView *v = pane->state;
    if (v->stale || v->grouping) {
        g_array_set_size(v->rows, 0);
        g_hash_table_remove_all(v->known);
    }
    v->bytes[0] = v->bytes[1] = 0;
    v->flows = v->open = 0;
    for (size_t i = 0, count = fm_summary_count(summary); i < count; i++) {
        const FmFlowRecord *flow = fm_summary_at(summary, i);
        uint64_t key = key_of(flow);
        if ((v->hides && is_over(flow)) || (v->matches && !g_hash_table_contains(v->matched, key_pointer(key))))
            continue;
        v->flows++;
        v->open += !is_over(flow);
        v->bytes[0] += flow->bytes[flow->client];
        v->bytes[1] += flow->bytes[!flow->client];
        if (!g_hash_table_add(v->known, key_pointer(key)))
            continue;
        Row row = { .key = key, .bytes = flow->bytes[0] + flow->bytes[1], .group = v->grouping ? group_of(v, flow) : NULL };
        value_of(v, flow, now, &row);
        g_array_append_val(v->rows, row);
    }
    if (v->stale || v->grouping)
        g_array_sort_with_data(v->rows, compare, v);
    if (v->grouping)
        add_headings(v);
    v->stale = false;
}

static const Row *row_at(const FlowsView *v, size_t i)
{
    return i < v->rows->len ? &g_array_index(v->rows, Row, i) : NULL;
}

/* Puts the cursor on the flow that it stood on. */
static void find_chosen(FmPane *pane)
{
    FlowsView *v = pane->state;
    const Row *here = row_at(v, pane->cursor);
    if (here && here->key == v->chosen && !here->members)
        return;
    for (guint i = 0; v->chosen && i < v->rows->len; i++)
        if (g_array_index(v->rows, Row, i).key == v->chosen && !g_array_index(v->rows, Row, i).members) {
            pane->cursor = i;
            break;
        }
}

static void flows_refresh(FmPane *pane)
{
    FlowsView *v = pane->state;
    FmApp *app = pane->app;
    read_matches(pane);
    if (v->columns_chosen != app->columns_chosen) {
        choose_columns(v, app);
        v->sorted = -1;
        v->stale = true;
    }
    gint64 now = g_get_monotonic_time(), cost = 0;
    bool loading = fm_archive_loading(app->archive);
    if (!v->stale && (app->paused || (loading && now - v->made < REFRESH_MS * 1000)))
        return;
    if (!v->stale && !loading && v->made == G_MAXINT64)
        return;
    fm_archive_hold(app->archive);
    FmSummary *summary = fm_archive_summary(app->archive);
    collect(pane, summary, fm_summary_totals(summary)->last);
    fm_archive_release(app->archive);
    cost = g_get_monotonic_time() - now;
    v->made = loading ? now + cost * 20 : G_MAXINT64; /* where there are very many, less often */
    pane->count = v->rows->len;
    find_chosen(pane);
}

/* ---- drawing ---- */

static bool is_right(const FmFlowColumn *column)
{
    return column->shape != FM_SHAPE_TEXT && !column->text;
}

static int total_width(const FlowsView *v)
{
    int total = 1;
    for (unsigned k = 0; k + 1 < v->column_count; k++)
        total += v->widths[k] ? v->widths[k] + 2 : 0;
    return total + LEAST_LAST;
}

/* Wide enough for what is in sight; where there is no room the least important columns go. */
static void fit(FmPane *pane, FmSummary *summary, FmTime now)
{
    FlowsView *v = pane->state;
    for (unsigned k = 0; k < v->column_count; k++)
        v->widths[k] = fm_width(v->columns[k]->title, strlen(v->columns[k]->title)) + ((int)k == v->sorted);
    for (size_t i = pane->top; i < pane->top + (size_t)pane->box.rows + 1 && i < v->rows->len; i++) {
        const Row *row = row_at(v, i);
        const FmFlowRecord *flow = row->members ? NULL : fm_summary_find(summary, (unsigned)(row->key >> 32), (uint32_t)row->key);
        FmFlowRow cells;
        if (!flow)
            continue;
        fm_flow_row(&cells, flow, now);
        for (unsigned k = 0; k < v->column_count; k++) {
            g_auto(FmText) text = { 0 };
            fm_flow_cell(&text, v->columns[k], &cells);
            v->widths[k] = MAX(v->widths[k], MIN(fm_width(text.data, text.size), v->columns[k]->most));
        }
    }
    for (unsigned k = 0; k + 1 < v->column_count; k++) /* a picture that shows nothing needs no room */
        if (v->columns[k]->people_only && v->widths[k] < 2)
            v->widths[k] = 0;
    while (total_width(v) > pane->box.columns) {
        unsigned worst = MOST_COLUMNS, rank = 2;
        for (unsigned k = 0; k + 1 < v->column_count; k++)
            if (v->widths[k] && v->columns[k]->rank > rank) {
                rank = v->columns[k]->rank;
                worst = k;
            }
        if (worst == MOST_COLUMNS)
            break;
        v->widths[worst] = 0;
    }
}

static void flows_head(FmPane *pane, FmPen *pen)
{
    FlowsView *v = pane->state;
    fm_archive_hold(pane->app->archive);
    FmSummary *summary = fm_archive_summary(pane->app->archive);
    fit(pane, summary, fm_summary_totals(summary)->last);
    fm_archive_release(pane->app->archive);
    fm_put(pen, FM_STYLE_HEAD, " ");
    for (unsigned k = 0; k < v->column_count; k++) {
        bool last = k + 1 == v->column_count, sorted = (int)k == v->sorted;
        if (!last && !v->widths[k])
            continue;
        g_autofree char *title = g_strconcat(v->columns[k]->title, sorted ? (v->reversed ? "↑" : "↓") : "", NULL);
        FmStyle style = sorted ? FM_STYLE_TITLE : FM_STYLE_HEAD;
        if (last)
            fm_put(pen, style, title);
        else
            fm_put_cell(pen, style, is_right(v->columns[k]) ? -v->widths[k] : v->widths[k], title);
        fm_put(pen, FM_STYLE_HEAD, "  ");
    }
}

static FmStyle style_of(const FmFlowColumn *column, const FmFlowRow *row, const FmText *text)
{
    bool over = is_over(row->flow);
    if (strcmp(column->name, "loss") == 0)
        return text->size > 1 ? FM_STYLE_BAD : FM_STYLE_DIM;
    if (strcmp(column->name, "finding") == 0)
        return row->flow->state == FM_STATUS_REFUSED || row->flow->state == FM_STATUS_RESET ? FM_STYLE_BAD : FM_STYLE_WAIT;
    if (strcmp(column->name, "protocols") == 0)
        return over ? FM_STYLE_NORMAL : FM_STYLE_PROTOCOL;
    if (strcmp(column->name, "rate") == 0 || strcmp(column->name, "window") == 0)
        return FM_STYLE_GOOD;
    return over ? FM_STYLE_DIM : FM_STYLE_NORMAL;
}

static void put_cells(FmPane *pane, const FmFlowRow *row, FmPen *pen)
{
    FlowsView *v = pane->state;
    for (unsigned k = 0; k < v->column_count; k++) {
        bool last = k + 1 == v->column_count;
        if (!last && !v->widths[k])
            continue;
        g_auto(FmText) text = { 0 };
        fm_flow_cell(&text, v->columns[k], row);
        FmStyle style = style_of(v->columns[k], row, &text);
        if (last)
            fm_put_last(pen, style, fm_text_string(&text));
        else
            fm_put_cell(pen, style, is_right(v->columns[k]) ? -v->widths[k] : v->widths[k], fm_text_string(&text));
        fm_put(pen, FM_STYLE_NORMAL, "  ");
    }
}

static void flows_row(FmPane *pane, size_t i, FmPen *pen)
{
    FlowsView *v = pane->state;
    FmApp *app = pane->app;
    const Row *row = row_at(v, i);
    char room[32];
    if (!row)
        return;
    if (row->members) {
        fm_putf(pen, FM_STYLE_BRIGHT, "%s", *row->group ? row->group : "?");
        fm_putf(pen, FM_STYLE_DIM, "  %u flow%s, %s bytes", row->members, row->members == 1 ? "" : "s", fm_short_size(room, row->bytes));
        return;
    }
    fm_archive_hold(app->archive);
    FmSummary *summary = fm_archive_summary(app->archive);
    const FmFlowRecord *flow = fm_summary_find(summary, (unsigned)(row->key >> 32), (uint32_t)row->key);
    fm_put(pen, FM_STYLE_MARK, v->grouping ? "  " : " ");
    if (flow) {
        FmFlowRow cells;
        fm_flow_row(&cells, flow, fm_summary_totals(summary)->last);
        put_cells(pane, &cells, pen);
    } else {
        fm_put(pen, FM_STYLE_DIM, "let go to stay within bounds");
    }
    fm_archive_release(app->archive);
}

static void flows_foot(FmPane *pane, FmBox box)
{
    FlowsView *v = pane->state;
    char down[32], up[32], count[32];
    FmPen pen = fm_pen(&pane->app->screen, box, 0);
    fm_putf(&pen, FM_STYLE_DIM, " %s flow%s, %u open   ↓ %s   ↑ %s", fm_short_count(count, v->flows), v->flows == 1 ? "" : "s", v->open,
            fm_short_size(down, v->bytes[1]), fm_short_size(up, v->bytes[0]));
    if (v->hides)
        fm_put(&pen, FM_STYLE_WAIT, "   closed ones are hidden");
    if (v->sorted < 0)
        fm_put(&pen, FM_STYLE_DIM, "   in the order in which they began");
    if (!v->flows && !fm_archive_loading(pane->app->archive))
        fm_put(&pen, FM_STYLE_WAIT, "   a shows all packets");
}

/* ---- requests ---- */

static void flows_moved(FmPane *pane)
{
    FlowsView *v = pane->state;
    const Row *row = row_at(v, pane->cursor);
    v->chosen = row ? row->key : 0;
}

static void sort_by(FmPane *pane, int step)
{
    FlowsView *v = pane->state;
    int n = (int)v->column_count + 1;
    do
        v->sorted = (v->sorted + 1 + step + n) % n - 1;
    while (v->sorted >= 0 && (v->columns[v->sorted]->people_only || (!v->widths[v->sorted] && v->sorted + 1 < (int)v->column_count)));
    v->stale = true;
}

static bool sort_by_name(FmPane *pane, const char *name)
{
    FlowsView *v = pane->state;
    for (unsigned k = 0; k < v->column_count; k++)
        if (strcmp(v->columns[k]->name, name) == 0) {
            v->sorted = (int)k;
            v->stale = true;
            return true;
        }
    fm_app_complain(pane->app, "no column \"%s\" is shown", name);
    return true;
}

static void show_packets(FmPane *pane, const Row *row)
{
    g_autofree char *filter = fm_flow_filter(pane->app, (unsigned)(row->key >> 32), (uint32_t)row->key);
    if (filter)
        fm_app_push(pane->app, &fm_packets_page, &(FmPacketsArgument){ .filter = filter });
}

static bool flows_request(FmPane *pane, FmRequest request, const char *argument)
{
    FlowsView *v = pane->state;
    const Row *row = row_at(v, pane->cursor);
    switch (request) {
    case FM_REQUEST_ENTER:
        if (row)
            fm_app_push(pane->app, &fm_flow_page, &(FmFlowArgument){ (unsigned)(row->key >> 32), (uint32_t)row->key, 0 });
        return true;
    case FM_REQUEST_PACKETS:
        if (row)
            show_packets(pane, row);
        return true;
    case FM_REQUEST_ALL: fm_app_push(pane->app, &fm_packets_page, NULL); return true;
    case FM_REQUEST_SORT: return argument ? sort_by_name(pane, argument) : (sort_by(pane, 1), true);
    case FM_REQUEST_SORT_BACK: sort_by(pane, -1); return true;
    case FM_REQUEST_REVERSE:
        v->reversed = !v->reversed;
        v->stale = true;
        return true;
    case FM_REQUEST_HIDE:
        v->hides = !v->hides;
        v->stale = true;
        return true;
    case FM_REQUEST_COLUMNS: fm_app_push(pane->app, &fm_columns_page, NULL); return true;
    case FM_REQUEST_GROUP: {
        static const char *const said[] = { "flows one by one", "flows by server", "flows by protocols" };
        v->grouping = (v->grouping + 1) % GROUPS;
        v->stale = true;
        fm_app_say(pane->app, "%s", said[v->grouping]);
        return true;
    }
    default: return false;
    }
}

static const FmView flows_view = {
    .name = "flows",
    .where = FM_IN_FLOWS | FM_IN_LIST,
    .private_size = sizeof(FlowsView),
    .open = flows_open,
    .close = flows_close,
    .refresh = flows_refresh,
    .row = flows_row,
    .head = flows_head,
    .moved = flows_moved,
    .foot = 1,
    .draw_foot = flows_foot,
    .request = flows_request,
};

const FmPageKind fm_flows_page = { .name = "flows", .layout = FM_LAYOUT_PANES, .views = { &flows_view } };
