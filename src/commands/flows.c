/* fathom flows: who talked with whom, how it went, and what was in the way. */
#include "config.h"

#include "commands/flows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "summary/flow_columns.h"
#include "commands/reading.h"
#include "commands/sessions.h"
#include "output/json_text.h"
#include "output/sink.h"
#include "summary/relay.h"

enum { NARROWEST = 40, USUAL_WIDTH = 160, MEASURED_ROWS = 5000, LEAST_LAST = 24 };
#define REFRESH G_TIME_SPAN_SECOND
#define LIVE_IDLE (300 * FM_SECOND)

static const char help[] =
    "Usage: fathom flows [option]... FILE [display filter]\n"
    "       fathom flows [option]... -i INTERFACE\n"
    "All flows of a capture: protocols, ends, bytes, RTT, congestion window, losses,\n"
    "what limited them, and what went wrong.\n"
    "\n"
    "  --sort NAME       by that column; -NAME: greatest first\n"
    "  --columns LIST    these columns, comma-separated; \"help\" lists them, +NAME\n"
    "                    adds one to the usual ones\n"
    "  --json            an array of objects: seconds, bytes, shares from 0 to 1\n"
    "  --csv             the same as comma-separated values\n"
    "  --sessions        WebRTC sessions instead: signalling, ICE, DTLS, media and\n"
    "                    data channels of each, with times\n"
    "  --width COLUMNS   of the table; otherwise the terminal's\n"
    "  -Y FILTER         only flows of which a packet matches\n"
    "and the options for input, capture and preferences of fathom itself (fathom\n"
    "--help).\n";

typedef enum Style { STYLE_TABLE, STYLE_JSON, STYLE_CSV } Style;

typedef struct Flows {
    FmReading reading;
    FmSummary *summary;
    FmRelay *relay;     /* to it; NULL: it is fed directly */
    GPtrArray *columns; /* of const FmFlowColumn */
    bool chosen;        /* by the user: none is left out */
    const FmFlowColumn *sort;
    bool descending, live, screen;
    Style style;
    unsigned width;     /* 0: no bound */
    FmSink sink;
    gint64 shown;       /* µs */
    uint64_t rows;      /* printed as CSV or JSON so far */
} Flows;

/* ---- for machines ---- */

static void put_number(FmText *out, const FmFlowColumn *column, double value)
{
    if (column->shape == FM_SHAPE_COUNT || column->shape == FM_SHAPE_AMOUNT)
        fm_text_uint(out, (uint64_t)value);
    else
        fm_text_printf(out, column->shape == FM_SHAPE_SPAN ? "%.9f" : "%.4f", value);
}

static void put_json_cell(FmText *out, const FmFlowColumn *column, const FmFlowRow *row)
{
    double value;
    g_auto(FmText) text = { 0 };
    if (column->number && column->number(row, &value)) {
        put_number(out, column, value);
        return;
    }
    if (!column->number)
        column->text(&text, row);
    if (text.size)
        fm_json_string(out, text.data, text.size);
    else
        fm_text_literal(out, "null");
}

static void put_json(Flows *f, const FmFlowRow *row)
{
    FmText *out = &f->sink.text;
    fm_text_put(out, f->rows++ ? ",\n  {" : "\n  {");
    for (unsigned i = 0, n = 0; i < f->columns->len; i++) {
        const FmFlowColumn *column = f->columns->pdata[i];
        if (column->people_only)
            continue;
        fm_text_printf(out, "%s\"%s\": ", n++ ? ", " : "", column->name);
        put_json_cell(out, column, row);
    }
    fm_text_literal(out, "}");
}

/* RFC 4180. */
static void put_csv_text(FmText *out, const FmText *text)
{
    bool quoted = false;
    for (size_t i = 0; i < text->size; i++)
        quoted |= strchr(",\"\n\r", text->data[i]) != NULL;
    if (!quoted) {
        fm_text_add(out, text->data, text->size);
        return;
    }
    fm_text_char(out, '"');
    for (size_t i = 0; i < text->size; i++) {
        if (text->data[i] == '"')
            fm_text_char(out, '"');
        fm_text_char(out, text->data[i]);
    }
    fm_text_char(out, '"');
}

static void put_csv(Flows *f, const FmFlowRow *row)
{
    FmText *out = &f->sink.text;
    for (unsigned i = 0, n = 0; i < f->columns->len; i++) {
        const FmFlowColumn *column = f->columns->pdata[i];
        g_auto(FmText) text = { 0 };
        double value;
        if (column->people_only)
            continue;
        fm_text_put(out, n++ ? "," : "");
        if (column->number && column->number(row, &value))
            put_number(&text, column, value);
        else if (!column->number)
            column->text(&text, row);
        put_csv_text(out, &text);
    }
    fm_text_char(out, '\n');
    f->rows++;
}

static void put_csv_header(Flows *f)
{
    FmText *out = &f->sink.text;
    for (unsigned i = 0, n = 0; i < f->columns->len; i++) {
        const FmFlowColumn *column = f->columns->pdata[i];
        if (!column->people_only)
            fm_text_printf(out, "%s%s", n++ ? "," : "", column->name);
    }
    fm_text_char(out, '\n');
}

/* ---- the table ---- */

static unsigned text_width(FmSlice text)
{
    unsigned width = 0;
    for (size_t i = 0; i < text.size; i++) /* our own text: whole characters */
        width += (text.data[i] & 0xc0) != 0x80;
    return width;
}

static bool is_right(const FmFlowColumn *column)
{
    return column->shape != FM_SHAPE_TEXT && !column->text;
}

/* The cells of rows, one behind the other. */
typedef struct Cells {
    FmText text;
    GArray *ends; /* of size_t: where each cell ends */
} Cells;

static void render(const Flows *f, Cells *cells, const FmFlowRecord *flow, FmTime now)
{
    FmFlowRow row;
    fm_flow_row(&row, flow, now);
    for (unsigned k = 0; k < f->columns->len; k++) {
        fm_flow_cell(&cells->text, f->columns->pdata[k], &row);
        g_array_append_val(cells->ends, cells->text.size);
    }
}

static FmSlice cell_at(const Cells *cells, unsigned i)
{
    size_t start = i ? g_array_index(cells->ends, size_t, i - 1) : 0;
    return (FmSlice){ (const uint8_t *)cells->text.data + start, g_array_index(cells->ends, size_t, i) - start };
}

/* How wide each column is by title and cells. */
static void measure(const Flows *f, const Cells *cells, unsigned *widths)
{
    unsigned columns = f->columns->len;
    for (unsigned k = 0; k < columns; k++) {
        const FmFlowColumn *column = f->columns->pdata[k];
        widths[k] = (unsigned)g_utf8_strlen(column->title, -1);
    }
    for (unsigned i = 0; i < cells->ends->len; i++) {
        unsigned k = i % columns;
        unsigned most = k + 1 < columns ? ((const FmFlowColumn *)f->columns->pdata[k])->most : 1024;
        widths[k] = MAX(widths[k], MIN(text_width(cell_at(cells, i)), most));
    }
}

static unsigned total_width(const Flows *f, const unsigned *widths, unsigned last_least)
{
    unsigned total = 0;
    for (unsigned k = 0; k < f->columns->len; k++) {
        bool last = k + 1 == f->columns->len;
        total += widths[k] ? (last ? MIN(widths[k], last_least) : widths[k] + 2) : 0;
    }
    return total;
}

/* Where there is no room, the least important columns go; the last one gets what is left. */
static void fit(const Flows *f, unsigned *widths)
{
    if (!f->width)
        return;
    while (!f->chosen && total_width(f, widths, LEAST_LAST) > f->width) {
        unsigned worst = UINT_MAX, rank = 0;
        for (unsigned k = 0; k + 1 < f->columns->len; k++) {
            const FmFlowColumn *column = f->columns->pdata[k];
            if (widths[k] && column->rank > rank) {
                rank = column->rank;
                worst = k;
            }
        }
        if (worst == UINT_MAX || rank <= 2)
            break;
        widths[worst] = 0;
    }
    unsigned last = f->columns->len - 1, before = total_width(f, widths, 0);
    widths[last] = before < f->width ? MIN(widths[last], f->width - before) : 0;
}

/* At most `width` columns of the cell, "…" where something is left out. */
static void put_cell(FmText *out, FmSlice cell, unsigned width, bool right, bool last)
{
    unsigned wide = text_width(cell), pad = width > wide ? width - wide : 0;
    if (wide > width)
        cell.size = (size_t)(g_utf8_offset_to_pointer((const char *)cell.data, width ? width - 1 : 0) - (const char *)cell.data);
    for (unsigned i = 0; right && i < pad; i++)
        fm_text_char(out, ' ');
    fm_text_add(out, (const char *)cell.data, cell.size);
    if (wide > width && width)
        fm_text_literal(out, "…");
    for (unsigned i = 0; !last && i < (right ? 2 : pad + 2); i++)
        fm_text_char(out, ' ');
}

/* The row whose cells begin with number `first`; NULL: the titles. */
static void put_row(Flows *f, const Cells *cells, unsigned first, const unsigned *widths)
{
    FmText *out = &f->sink.text;
    for (unsigned k = 0; k < f->columns->len; k++) {
        const FmFlowColumn *column = f->columns->pdata[k];
        FmSlice cell = cells ? cell_at(cells, first + k) : (FmSlice){ (const uint8_t *)column->title, strlen(column->title) };
        if (widths[k])
            put_cell(out, cell, widths[k], is_right(column), k + 1 == f->columns->len);
    }
    while (out->size && out->data[out->size - 1] == ' ')
        out->size--;
    fm_text_char(out, '\n');
}

static void put_table(Flows *f, const GPtrArray *order, FmTime now, unsigned most)
{
    unsigned columns = f->columns->len, measured = MIN(order->len, MEASURED_ROWS);
    g_autofree unsigned *widths = g_new0(unsigned, columns);
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(size_t));
    Cells cells = { .ends = ends };
    for (unsigned i = 0; i < measured; i++)
        render(f, &cells, order->pdata[i], now);
    measure(f, &cells, widths);
    fit(f, widths);
    put_row(f, NULL, 0, widths);
    for (unsigned i = 0; i < MIN(order->len, most) && fm_sink_step(&f->sink); i++) {
        if (i >= measured) {
            cells.text.size = 0;
            g_array_set_size(ends, 0);
            render(f, &cells, order->pdata[i], now);
        }
        put_row(f, &cells, i < measured ? i * columns : 0, widths);
    }
    fm_text_clear(&cells.text);
}

static void put_totals(Flows *f, unsigned shown)
{
    const FmSummaryTotals *t = fm_summary_totals(f->summary);
    FmText *out = &f->sink.text;
    fm_text_printf(out, "%" G_GUINT64_FORMAT " packet%s, ", t->packets, t->packets == 1 ? "" : "s");
    fm_amount_text(out, t->bytes);
    fm_text_printf(out, " bytes, %" G_GUINT64_FORMAT " flow%s", t->flows, t->flows == 1 ? "" : "s");
    if (shown < t->flows - t->ended)
        fm_text_printf(out, ", %u shown", shown);
    if (t->ended)
        fm_text_printf(out, ", %" G_GUINT64_FORMAT " no longer kept", t->ended);
    if (t->first != FM_TIME_NONE) {
        fm_text_literal(out, ", ");
        fm_span_text(out, t->last - t->first);
    }
    if (t->cut)
        fm_text_printf(out, "; %" G_GUINT64_FORMAT " frames not captured whole", t->cut);
    fm_text_char(out, '\n');
}

/* ---- order ---- */

typedef struct Keyed {
    const FmFlowRecord *flow;
    double number;
    char *text; /* escaped for the comparison */
} Keyed;

static Keyed key_of(const Flows *f, const FmFlowRecord *flow, FmTime now)
{
    Keyed k = { flow, -HUGE_VAL, NULL };
    if (!f->sort)
        return k;
    FmFlowRow row;
    fm_flow_row(&row, flow, now);
    if (f->sort->number) {
        double value;
        if (f->sort->number(&row, &value))
            k.number = value;
        return k;
    }
    g_auto(FmText) text = { 0 };
    f->sort->text(&text, &row);
    k.text = g_strdup(fm_text_string(&text));
    return k;
}

static int compare(gconstpointer a, gconstpointer b, gpointer data)
{
    const Keyed *x = a, *y = b;
    const Flows *f = data;
    int order = f->sort->number ? (x->number > y->number) - (x->number < y->number) : strcmp(x->text, y->text);
    if (order == 0)
        return (x->flow->first_packet > y->flow->first_packet) - (x->flow->first_packet < y->flow->first_packet);
    return f->descending ? -order : order;
}

/* The records that are shown, sorted. */
static GPtrArray *ordered(Flows *f, FmTime now)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(Keyed));
    GPtrArray *order = g_ptr_array_new();
    for (size_t i = 0; i < fm_summary_count(f->summary); i++) {
        const FmFlowRecord *flow = fm_summary_at(f->summary, i);
        if (!flow->shown)
            continue;
        Keyed key = key_of(f, flow, now);
        g_array_append_val(keys, key);
    }
    if (f->sort)
        g_array_sort_with_data(keys, compare, f);
    for (unsigned i = 0; i < keys->len; i++) {
        Keyed *key = &g_array_index(keys, Keyed, i);
        g_ptr_array_add(order, (gpointer)(uintptr_t)key->flow);
        g_free(key->text);
    }
    return order;
}

/* ---- the run ---- */

static void put_for_machines(Flows *f, const FmFlowRecord *flow)
{
    FmFlowRow row;
    fm_flow_row(&row, flow, fm_summary_totals(f->summary)->last);
    (f->style == STYLE_JSON ? put_json : put_csv)(f, &row);
}

/* What is given up goes out first, where that is possible. */
static void flow_ended(void *data, const FmFlowRecord *flow)
{
    Flows *f = data;
    if (f->style != STYLE_TABLE && flow->shown) {
        put_for_machines(f, flow);
        fm_sink_step(&f->sink);
    }
}

static unsigned terminal_rows(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 4 ? size.ws_row : 24;
}

static bool refresh(Flows *f)
{
    gint64 now = g_get_monotonic_time();
    if (!f->screen || now - f->shown < REFRESH)
        return true;
    f->shown = now;
    FmTime last = fm_summary_totals(f->summary)->last;
    fm_summary_expire(f->summary, g_get_real_time() * FM_MICROSECOND);
    g_autoptr(GPtrArray) order = ordered(f, last);
    fm_text_literal(&f->sink.text, "\033[H\033[J");
    put_totals(f, order->len);
    put_table(f, order, last, terminal_rows() - 3);
    return fm_sink_flush(&f->sink);
}

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    Flows *f = data;
    if (f->relay)
        fm_relay_packet(f->relay, packet, match);
    else
        fm_summary_packet(f->summary, packet, match);
    if (f->live && packet->frame->number % 64 == 0)
        return refresh(f);
    return true;
}

static bool wait_on(void *data)
{
    Flows *f = data;
    if (!f->screen)
        fm_summary_expire(f->summary, g_get_real_time() * FM_MICROSECOND);
    return refresh(f) && fm_sink_flush(&f->sink);
}

static void print_end(Flows *f)
{
    fm_summary_finish(f->summary);
    FmTime last = fm_summary_totals(f->summary)->last;
    g_autoptr(GPtrArray) order = ordered(f, last);
    if (f->screen)
        fm_text_literal(&f->sink.text, "\033[H\033[J");
    if (f->style == STYLE_TABLE) {
        put_table(f, order, last, UINT_MAX);
        put_totals(f, order->len);
        return;
    }
    for (unsigned i = 0; i < order->len && fm_sink_step(&f->sink); i++)
        put_for_machines(f, order->pdata[i]);
    if (f->style == STYLE_JSON)
        fm_text_put(&f->sink.text, f->rows ? "\n]\n" : "]\n");
}

static int run(Flows *f)
{
    const FmReader reader = { take_packet, f->live ? wait_on : NULL, f };
    const FmSummaryOptions options = { .idle = f->live ? LIVE_IDLE : 0, .ended = flow_ended, .data = f };
    f->summary = fm_summary_new(f->reading.catalog, &options);
    fm_session_want(f->reading.session, fm_summary_wanted(f->summary), false, false, false);
    fm_session_want_segments(f->reading.session);
    if (f->style == STYLE_CSV)
        put_csv_header(f);
    else if (f->style == STYLE_JSON)
        fm_text_char(&f->sink.text, '[');
    if (!f->live && g_get_num_processors() > 1)
        f->relay = fm_relay_new(f->summary);
    int status = fm_reading_run(&f->reading, &reader);
    g_clear_pointer(&f->relay, fm_relay_free);
    print_end(f);
    if (!fm_sink_flush(&f->sink) && f->sink.trouble != EPIPE)
        return FM_COMMAND_FAILED;
    return status;
}

/* ---- the command line ---- */

static int list_columns(void)
{
    for (size_t i = 0; i < fm_flow_column_count; i++)
        if (!fm_flow_columns[i].people_only)
            printf("%s\n", fm_flow_columns[i].name);
    return FM_COMMAND_GOOD;
}

static const FmFlowColumn *named_column(const char *name)
{
    const FmFlowColumn *column = fm_flow_column(name);
    if (!column)
        fprintf(stderr, "fathom: flows have no column \"%s\"; --columns help lists them\n", name);
    return column;
}

static void usual_columns(Flows *f)
{
    for (size_t i = 0; i < fm_flow_column_count; i++)
        if (f->style != STYLE_TABLE || fm_flow_columns[i].rank)
            g_ptr_array_add(f->columns, (gpointer)(uintptr_t)&fm_flow_columns[i]);
}

static bool choose_columns(Flows *f, const char *list)
{
    if (!list || *list == '+')
        usual_columns(f);
    if (!list)
        return true;
    g_auto(GStrv) names = g_strsplit(list, ",", -1);
    for (char **name = names; *name; name++) {
        bool added = **name == '+';
        const FmFlowColumn *column = named_column(*name + added);
        if (!column)
            return false;
        f->chosen |= !added;
        if (added && f->columns->len) /* the last one stays last */
            g_ptr_array_insert(f->columns, (gint)f->columns->len - 1, (gpointer)(uintptr_t)column);
        else
            g_ptr_array_add(f->columns, (gpointer)(uintptr_t)column);
    }
    return true;
}

static bool choose_sort(Flows *f, const char *name)
{
    if (!name)
        return true;
    f->descending = *name == '-';
    f->sort = named_column(name + f->descending);
    return f->sort != NULL;
}

static bool choose_width(Flows *f, const char *text)
{
    struct winsize size;
    bool terminal = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col;
    const char *environment = g_getenv("COLUMNS");
    if (text || (!terminal && environment))
        f->width = (unsigned)MIN(strtoul(text ? text : environment, NULL, 10), 10000);
    else if (terminal)
        f->width = size.ws_col;
    else
        f->width = USUAL_WIDTH;
    if (text && f->width && f->width < NARROWEST) {
        fprintf(stderr, "fathom: --width: \"%s\" is not a number of at least %d columns\n", text, NARROWEST);
        return false;
    }
    f->width = f->width ? MAX(f->width, NARROWEST) : 0;
    return true;
}

int fm_flows_run(int argc, char **argv)
{
    Flows f = { .sink.fd = STDOUT_FILENO, .columns = g_ptr_array_new() };
    bool json = false, csv = false, sessions = false;
    const char *sort = NULL, *columns = NULL, *width = NULL, *other = NULL;
    const FmOwnOption own[] = {
        { "--json", NULL, &json }, { "--csv", NULL, &csv }, { "--sessions", NULL, &sessions }, { "--sort", &sort, NULL }, { "--columns", &columns, NULL }, { "--width", &width, NULL }, { "--and", &other, NULL }, { NULL, NULL, NULL },
    };
    int status = fm_reading_start(&f.reading, argc, argv, own, help);
    if (columns && strcmp(columns, "help") == 0) {
        status = list_columns();
    } else if (other) {
        fputs("fathom: two captures of the same packets are compared by 'fathom explain FILE --and FILE'\n", stderr);
        status = FM_COMMAND_USAGE;
    } else if (status == FM_COMMAND_GO_ON) {
        f.style = json ? STYLE_JSON : csv ? STYLE_CSV : STYLE_TABLE;
        f.live = !f.reading.options->read_file;
        f.screen = f.live && f.style == STYLE_TABLE && isatty(STDOUT_FILENO);
        status = choose_columns(&f, columns) && choose_sort(&f, sort) && choose_width(&f, width) ? fm_reading_open(&f.reading) : FM_COMMAND_USAGE;
        if (status == FM_COMMAND_GO_ON)
            status = sessions ? fm_sessions_run(&f.reading, &f.sink, json) : run(&f);
    }
    fm_summary_free(f.summary);
    fm_reading_clear(&f.reading);
    g_ptr_array_unref(f.columns);
    fm_text_clear(&f.sink.text);
    return status;
}
