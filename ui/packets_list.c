/* The list of packets: columns, colours, marks, finding. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "model/format.h"
#include "ui/packets.h"

enum { MOST_COLUMNS = 32, EXTRA_COLUMNS = 16 };

typedef struct ListView {
    int widths[MOST_COLUMNS];
    const FmMatches *matches; /* by which the rows were numbered */
    uint32_t gone;            /* rows of those that were let go since */
    uint32_t wish;            /* packet to stand at as soon as the filter has come to it; 0: none */
    unsigned time;            /* in time_formats */
    GArray *references;       /* of uint32_t: packets from which time counts, sorted */
    FmMatches *found;         /* what is looked for */
    int looking;              /* +1, -1: goes on when more is known */
    char *looked_for;
} ListView;

static const struct {
    const char *name, *said;
} time_formats[] = {
    { "r", "seconds since the first packet" }, { "d", "seconds since the packet before" }, { "dd", "seconds since the packet shown before" },
    { "a", "time of day" }, { "ad", "date and time" }, { "u", "time of day, UTC" }, { "e", "seconds since 1970" },
};

static void list_open(FmPane *pane)
{
    ListView *v = pane->state;
    v->references = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    v->gone = pane->app->rows_gone;
    FmPackets *p = fm_packets(pane->page);
    if (p->number)
        pane->cursor = fm_app_shown_find(pane->app, p->number);
}

static void list_close(FmPane *pane)
{
    ListView *v = pane->state;
    g_array_unref(v->references);
    fm_matches_free(v->found);
    g_free(v->looked_for);
}

static void select_row(FmPane *pane)
{
    fm_packets_go(pane->page, pane->count ? fm_app_shown_at(pane->app, (uint32_t)pane->cursor) : 0);
}

static void go_to(FmPane *pane, uint32_t number)
{
    size_t at = fm_app_shown_find(pane->app, number), rows = (size_t)MAX(pane->box.rows, 1);
    if (at < pane->top || at >= pane->top + rows)
        pane->top = at > rows / 2 ? at - rows / 2 : 0;
    fm_pane_go(pane, at);
}

/* ---- finding: a filter over all packets, in the background ---- */

static char *filter_for(const char *text)
{
    size_t n = strlen(text);
    if (n > 2 && text[0] == '[' && text[n - 1] == ']')
        return g_strndup(text + 1, n - 2);
    g_autoptr(GString) out = g_string_new("frame contains ");
    if (n > 3 && g_str_has_prefix(text, "0x") && n % 2 == 0 && strspn(text + 2, "0123456789abcdefABCDEF") == n - 2) {
        for (size_t i = 2; i < n; i += 2)
            g_string_append_printf(out, "%s%.2s", i > 2 ? ":" : "", text + i);
        if (n == 4)
            g_string_append(out, " && frame");
        return g_strdup(out->str);
    }
    g_autofree char *regex = g_regex_escape_string(text, -1);
    g_autoptr(GString) quoted = g_string_new(NULL), pattern = g_string_new(NULL);
    for (const char *c = text; *c; c++)
        g_string_append_printf(quoted, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    for (const char *c = regex; *c; c++)
        g_string_append_printf(pattern, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    g_string_append_printf(out, "\"%s\" || _ws.col.Info matches \"%s\"", quoted->str, pattern->str);
    return g_strdup(out->str);
}

static bool start_finding(FmPane *pane, const char *text)
{
    ListView *v = pane->state;
    if (g_strcmp0(v->looked_for, text) == 0)
        return true;
    g_autofree char *filter = filter_for(text);
    g_autoptr(GError) error = NULL;
    FmFilter *compiled = fm_filter_compile(pane->app->catalog, filter, NULL, NULL, NULL, &error);
    if (!compiled) {
        fm_app_complain(pane->app, "%s", error->message);
        return false;
    }
    fm_matches_free(v->found);
    v->found = fm_matches_new(pane->app->archive, compiled, fm_app_wake, pane->app);
    g_free(v->looked_for);
    v->looked_for = g_strdup(text);
    return true;
}

/* The next match that is shown too, or 0; *sure: nothing that is not known yet could come before it. */
static uint32_t next_found(FmPane *pane, int step, bool *sure)
{
    ListView *v = pane->state;
    uint32_t here = fm_packets(pane->page)->number, judged = fm_matches_judged(v->found);
    uint32_t i = fm_matches_find(v->found, step > 0 ? here + 1 : here), count = fm_matches_count(v->found);
    *sure = judged >= fm_archive_count(pane->app->archive);
    for (; step > 0 ? i < count : i > 0; i += (uint32_t)step) {
        uint32_t number = fm_matches_at(v->found, step > 0 ? i : i - 1);
        if (fm_app_shown_at(pane->app, fm_app_shown_find(pane->app, number)) == number) {
            *sure |= step > 0 || judged >= here;
            return number;
        }
    }
    return 0;
}

static void go_on_finding(FmPane *pane)
{
    ListView *v = pane->state;
    bool sure;
    if (!v->looking)
        return;
    uint32_t number = next_found(pane, v->looking, &sure);
    if (number && (sure || v->looking > 0)) {
        v->looking = 0;
        go_to(pane, number);
        g_clear_pointer(&pane->app->message, g_free);
    } else if (sure) {
        fm_app_complain(pane->app, "no %s packet with \"%s\"", v->looking > 0 ? "later" : "earlier", v->looked_for);
        v->looking = 0;
    } else {
        fm_app_say(pane->app, "looking for \"%s\"; Esc ends that", v->looked_for);
    }
}

/* ---- rows ---- */

/* Packets that were let go in front: those that are left stay where they are looked at. */
static void move_up(FmPane *pane)
{
    ListView *v = pane->state;
    uint32_t rows = pane->app->rows_gone - v->gone, first = fm_archive_first(pane->app->archive);
    v->gone = pane->app->rows_gone;
    pane->cursor -= MIN(pane->cursor, rows);
    pane->top -= MIN(pane->top, rows);
    while (v->references->len && g_array_index(v->references, uint32_t, 0) < first)
        g_array_remove_index(v->references, 0);
}

static void list_refresh(FmPane *pane)
{
    ListView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    uint32_t judged = pane->app->matches ? fm_matches_judged(pane->app->matches) : UINT32_MAX; /* before counting: more are judged meanwhile */
    pane->count = fm_app_shown(pane->app);
    if (v->matches != pane->app->matches) { /* another filter: the same packet, or the next one that is shown */
        v->matches = pane->app->matches;
        v->gone = pane->app->rows_gone;
        v->wish = p->number;
        pane->cursor = pane->top = 0;
    }
    if (v->gone != pane->app->rows_gone)
        move_up(pane);
    if (v->wish) {
        pane->cursor = fm_app_shown_find(pane->app, v->wish);
        pane->top = pane->cursor > (size_t)pane->box.rows / 2 ? pane->cursor - (size_t)pane->box.rows / 2 : 0;
    }
    if (p->follow_end && pane->count && fm_archive_loading(pane->app->archive))
        pane->cursor = pane->count - 1;
    fm_pane_settle(pane);
    go_on_finding(pane);
    if (judged < v->wish)
        return;
    v->wish = 0;
    select_row(pane);
}

static int narrowest(const char *title)
{
    static const struct {
        const char *title;
        int width;
    } known[] = { { "No.", 5 }, { "Time", 11 }, { "Source", 15 }, { "Destination", 15 }, { "Protocol", 8 }, { "Length", 6 } };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].title, title) == 0)
            return known[i].width;
    return fm_width(title, strlen(title));
}

static bool is_number(const char *title)
{
    return strcmp(title, "No.") == 0 || strcmp(title, "Length") == 0 || strcmp(title, "Time") == 0;
}

static int column_width(FmPane *pane, size_t i)
{
    ListView *v = pane->state;
    if (i >= MOST_COLUMNS)
        return 10;
    if (!v->widths[i])
        v->widths[i] = narrowest(fm_columns_title(pane->app->options->columns, i));
    return v->widths[i];
}

static void list_head(FmPane *pane, FmPen *pen)
{
    const FmColumns *columns = pane->app->options->columns;
    const GPtrArray *extra = fm_packets(pane->page)->extra;
    FmStyle style = pane == fm_page_focus(pane->page) ? FM_STYLE_TITLE : FM_STYLE_HEAD;
    fm_put(pen, FM_STYLE_HEAD, " ");
    for (size_t i = 0; i < fm_columns_count(columns); i++) {
        const char *title = fm_columns_title(columns, i);
        if (i + 1 == fm_columns_count(columns)) {
            for (guint k = 0; k < extra->len; k++) {
                fm_put_cell(pen, style, EXTRA_COLUMNS, ((const FmEntry *)extra->pdata[k])->name);
                fm_put(pen, FM_STYLE_HEAD, " ");
            }
            fm_put(pen, style, title);
            break;
        }
        int width = column_width(pane, i);
        fm_put_cell(pen, style, is_number(title) ? -width : width, title);
        fm_put(pen, FM_STYLE_HEAD, " ");
    }
}

static FmTime reference_before(const ListView *v, const FmArchive *archive, uint32_t number, FmTime otherwise)
{
    for (guint i = v->references->len; i > 0; i--) {
        uint32_t reference = g_array_index(v->references, uint32_t, i - 1);
        if (reference <= number)
            return fm_archive_packet(archive, reference)->time;
    }
    return otherwise;
}

/* The values of a field that is shown as a column. */
static void put_extra(const FmPacket *packet, const FmEntry *entry, FmStyle style, FmPen *pen)
{
    g_auto(FmText) text = { 0 };
    for (uint32_t i = 0; i < packet->node_count && text.size < 64; i++)
        for (size_t k = 0; k < entry->id_count; k++)
            if (packet->nodes[i].field == entry->ids[k]) {
                fm_text_put(&text, text.size ? "," : "");
                fm_format_named(&text, packet, &packet->nodes[i]);
            }
    fm_put_cell(pen, style, EXTRA_COLUMNS, fm_text_string(&text));
    fm_put(pen, style, " ");
}

static void put_columns(FmPane *pane, const FmPacket *packet, FmStyle style, FmPen *pen)
{
    ListView *v = pane->state;
    const FmColumns *columns = pane->app->options->columns;
    int most = pen->into ? 40 : MAX(pen->screen->columns / 5, 15);
    g_auto(FmText) text = { 0 };
    for (size_t i = 0; i < fm_columns_count(columns); i++) {
        fm_text_reset(&text);
        fm_columns_put(columns, &text, packet, i);
        const char *string = fm_text_string(&text);
        if (i + 1 == fm_columns_count(columns)) {
            const GPtrArray *extra = fm_packets(pane->page)->extra;
            for (guint k = 0; k < extra->len; k++)
                put_extra(packet, extra->pdata[k], style, pen);
            fm_put_last(pen, style, string);
            break;
        }
        int width = column_width(pane, i), needs = fm_width(string, text.size);
        if (needs > width && i < MOST_COLUMNS && width < most)
            width = v->widths[i] = MIN(needs, most);
        fm_put_cell(pen, style, is_number(fm_columns_title(columns, i)) ? -width : width, string);
        fm_put(pen, style, " ");
    }
}

static void list_row(FmPane *pane, size_t i, FmPen *pen)
{
    ListView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    uint32_t number = fm_app_shown_at(pane->app, (uint32_t)i);
    const FmPacket *packet = fm_viewer_packet(p->rows, number, i ? fm_app_shown_at(pane->app, (uint32_t)i - 1) : 0);
    if (!packet) {
        fm_putf(pen, FM_STYLE_BAD, " %5u cannot be read any more", number);
        return;
    }
    FmPacket shown = *packet;
    shown.first_time = reference_before(v, pane->app->archive, number, packet->first_time);
    bool marked = g_hash_table_contains(pane->app->marks, GUINT_TO_POINTER(number));
    bool reference = v->references->len && shown.first_time == packet->frame->time && reference_before(v, pane->app->archive, number, FM_TIME_NONE) == packet->frame->time;
    FmStyle style = p->colors ? fm_rules_style(p->rules, packet) : packet->trouble ? FM_STYLE_BAD : FM_STYLE_NORMAL;
    fm_put(pen, marked || reference ? FM_STYLE_MARK : style, marked ? "●" : reference ? "T" : packet->frame->comments ? "\"" : " ");
    put_columns(pane, &shown, style, pen);
    fm_put_rest(pen, style);
}

static void list_moved(FmPane *pane)
{
    FmPackets *p = fm_packets(pane->page);
    p->follow_end = false;
    ((ListView *)pane->state)->wish = 0;
    select_row(pane);
}

/* ---- requests ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void toggle_reference(ListView *v, uint32_t number)
{
    for (guint i = 0; i < v->references->len; i++)
        if (g_array_index(v->references, uint32_t, i) == number) {
            g_array_remove_index(v->references, i);
            return;
        }
    g_array_append_val(v->references, number);
    g_array_sort(v->references, by_number);
}

static void go_to_mark(FmPane *pane)
{
    uint32_t here = fm_packets(pane->page)->number, best = 0, first = 0;
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, pane->app->marks);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        uint32_t number = GPOINTER_TO_UINT(key);
        if (!first || number < first)
            first = number;
        if (number > here && (!best || number < best))
            best = number;
    }
    if (first)
        go_to(pane, best ? best : first);
    else
        fm_app_say(pane->app, "nothing is marked");
}

static bool list_request(FmPane *pane, FmRequest request, const char *argument)
{
    ListView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    FmApp *app = pane->app;
    gpointer key = GUINT_TO_POINTER(p->number);
    switch (request) {
    case FM_REQUEST_MARK:
        if (p->number && !g_hash_table_remove(app->marks, key))
            g_hash_table_add(app->marks, key);
        fm_pane_go(pane, pane->cursor + 1);
        return true;
    case FM_REQUEST_NEXT_MARK: go_to_mark(pane); return true;
    case FM_REQUEST_REFERENCE:
        if (p->number)
            toggle_reference(v, p->number);
        return true;
    case FM_REQUEST_COLORS: p->colors = !p->colors; return true;
    case FM_REQUEST_TIME:
        v->time = (v->time + 1) % G_N_ELEMENTS(time_formats);
        fm_columns_set_time(app->options->columns, time_formats[v->time].name);
        memset(v->widths, 0, sizeof v->widths);
        fm_app_say(app, "%s", time_formats[v->time].said);
        return true;
    case FM_REQUEST_FOLLOW_END:
        p->follow_end = !p->follow_end;
        fm_app_say(app, p->follow_end ? "stays at the end" : "stays here");
        return true;
    case FM_REQUEST_BOTTOM: /* the way to follow again what comes */
        fm_pane_go(pane, pane->count ? pane->count - 1 : 0);
        p->follow_end = app->options->live;
        return true;
    case FM_REQUEST_FIND:
    case FM_REQUEST_FIND_NEXT:
    case FM_REQUEST_FIND_PREVIOUS:
        if (request == FM_REQUEST_FIND && argument) {
            g_free(app->find);
            app->find = g_strdup(argument);
        }
        if ((request == FM_REQUEST_FIND && !argument) || !app->find || !start_finding(pane, app->find))
            return false;
        v->looking = request == FM_REQUEST_FIND_PREVIOUS ? -1 : 1;
        go_on_finding(pane);
        return true;
    case FM_REQUEST_BACK:
        if (!v->looking)
            return false;
        v->looking = 0;
        return true;
    default: return false;
    }
}

const FmView fm_list_view = {
    .name = "packets",
    .where = FM_IN_PACKETS | FM_IN_LIST,
    .private_size = sizeof(ListView),
    .open = list_open,
    .close = list_close,
    .refresh = list_refresh,
    .row = list_row,
    .head = list_head,
    .moved = list_moved,
    .request = list_request,
};
