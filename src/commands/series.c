/* fathom series [-n] [--format csv|judge] CAPTURE [FLOW]: estimates of every TCP sender over time. */
#include "config.h"

#include "commands/series.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture/source.h"
#include "engine/engine.h"
#include "inference/connection.h"
#include "output/sink.h"
#include "plugins.h"
#include "sandbox.h"
#include "setup.h"

enum { GOOD, USAGE, FAILED };
enum { MOST_FLOWS = 1 << 15 }; /* followed at a time; beyond, the oldest one is printed and forgotten */

typedef struct Format {
    const char *name, *header;
    void (*point)(FmText *out, const struct Format *format, const FmPoint *point, const char *sender, uint32_t mss, FmTime start);
    void (*end)(FmText *out, const char *sender, const FmSenderSummary *summary);
} Format;

typedef struct Flow {
    FmConnection *connection;
    uint32_t number;
    char *sender[2]; /* "address:port>address:port", by direction */
} Flow;

typedef struct Series {
    const Format *format;
    GHashTable *flows; /* by number */
    const char *only;  /* number of the one flow that is wanted; NULL: all */
    uint32_t number;
    GQueue order;      /* of Flow, oldest first */
    FmTime start;
    FmSink sink;
} Series;

static const char *const phases[] = { "SS", "CA", "FR", "RTO", "DRAIN", "PROBE_RTT" };
static const char *const limits[] = { "net", "rwnd", "app" };
static const char *const verdicts[] = { "none", "new", "fast", "recovery", "timeout", "go-back", "tail-probe", "needless", "reordered",
                                        "duplicate", "keep-alive", "window-probe" };

/* ---- formats ---- */

/* One column for each kind of estimate; empty where a row says nothing of it. */
static void judge_point(FmText *out, const Format *format, const FmPoint *p, const char *sender, uint32_t mss, FmTime start)
{
    fm_text_printf(out, "%" PRId64 ",%s,", p->time, sender);
    switch ((FmPointKind)p->kind) {
    case FM_POINT_WINDOW:
    case FM_POINT_MODEL_WINDOW: fm_text_printf(out, "%" PRIu64 ",,,,,,\n", (uint64_t)p->value * mss); break;
    case FM_POINT_RTT: fm_text_printf(out, ",%" PRIu64 ",,,,,\n", (uint64_t)p->value * FM_POINT_RTT_UNIT); break;
    case FM_POINT_PHASE:
    case FM_POINT_MODEL_PHASE: fm_text_printf(out, ",,%s,,,,\n", phases[p->value]); break;
    case FM_POINT_RETRANSMISSION: fm_text_printf(out, ",,,retrans,%u,,\n", p->value); break;
    case FM_POINT_LIMIT: fm_text_printf(out, ",,,,,%s,\n", limits[p->value]); break;
    case FM_POINT_KINDS: break;
    }
}

static void judge_end(FmText *out, const char *sender, const FmSenderSummary *summary)
{
    if (summary->algorithm != FM_ALGORITHM_UNKNOWN)
        fm_text_printf(out, ",%s,,,,,,,%s\n", sender, fm_algorithm_name(summary->algorithm));
}

/* Long rows: who, when, what, how much. */
static void csv_point(FmText *out, const Format *format, const FmPoint *p, const char *sender, uint32_t mss, FmTime start)
{
    FmTime since = p->time - start;
    fm_text_put(out, sender);
    fm_text_put(out, since < 0 ? ",-" : ",");
    fm_text_seconds(out, ABS(since), 9);
    switch ((FmPointKind)p->kind) {
    case FM_POINT_WINDOW:
    case FM_POINT_MODEL_WINDOW: fm_text_printf(out, ",cwnd,%" PRIu64 "\n", (uint64_t)p->value * mss); break;
    case FM_POINT_RTT:
        fm_text_put(out, ",rtt,");
        fm_text_seconds(out, (FmTime)p->value * FM_POINT_RTT_UNIT, 9);
        fm_text_char(out, '\n');
        break;
    case FM_POINT_PHASE:
    case FM_POINT_MODEL_PHASE: fm_text_printf(out, ",phase,%s\n", phases[p->value]); break;
    case FM_POINT_RETRANSMISSION: fm_text_printf(out, ",%s,%u\n", verdicts[p->detail], p->value); break;
    case FM_POINT_LIMIT: fm_text_printf(out, ",limit,%s\n", limits[p->value]); break;
    case FM_POINT_KINDS: break;
    }
}

static void csv_end(FmText *out, const char *sender, const FmSenderSummary *summary)
{
    fm_text_printf(out, "%s,,algorithm,%s\n", sender, fm_algorithm_name(summary->algorithm));
}

static const Format formats[] = {
    { "csv", "sender,time,what,value\n", csv_point, csv_end },
    { "judge", "time_ns,conn,cwnd_bytes,rtt_ns,phase,event,seq,limit,algorithm\n", judge_point, judge_end },
};

/* ---- flows ---- */

static void flow_free(gpointer data)
{
    Flow *flow = data;
    fm_connection_free(flow->connection);
    g_free(flow->sender[0]);
    g_free(flow->sender[1]);
    g_free(flow);
}

/* The series of windows and phases that fit the algorithm; the others are another reading of the same packets. */
static bool is_shown(const FmPoint *p, bool bbr)
{
    switch ((FmPointKind)p->kind) {
    case FM_POINT_WINDOW:
    case FM_POINT_PHASE: return !bbr;
    case FM_POINT_MODEL_WINDOW:
    case FM_POINT_MODEL_PHASE: return bbr;
    case FM_POINT_KINDS: return false;
    default: return true;
    }
}

static bool print_flow(Series *series, const Flow *flow)
{
    FmText *out = &series->sink.text;
    fm_connection_finish(flow->connection);
    for (unsigned direction = 0; direction < 2; direction++) {
        FmSenderSummary summary;
        if (!fm_connection_summary(flow->connection, direction, &summary))
            continue;
        for (uint32_t i = 0; i < summary.series->count; i++) {
            const FmPoint *p = &summary.series->points[i];
            if (is_shown(p, summary.algorithm == FM_ALGORITHM_BBR))
                series->format->point(out, series->format, p, flow->sender[direction], summary.mss, series->start);
            if (!fm_sink_step(&series->sink))
                return false;
        }
        series->format->end(out, flow->sender[direction], &summary);
    }
    return true;
}

static bool forget_oldest(Series *series)
{
    Flow *flow = g_queue_pop_head(&series->order);
    bool good = print_flow(series, flow);
    g_hash_table_remove(series->flows, GUINT_TO_POINTER(flow->number));
    return good;
}

static char *sender_name(const FmAddress *from, uint32_t from_port, const FmAddress *to, uint32_t to_port)
{
    g_auto(FmText) text = { 0 };
    fm_address_text(&text, from);
    fm_text_printf(&text, ":%u>", from_port);
    fm_address_text(&text, to);
    fm_text_printf(&text, ":%u", to_port);
    return g_strdup(fm_text_string(&text));
}

static Flow *new_flow(Series *series, const FmPacket *p)
{
    Flow *flow = g_new0(Flow, 1);
    unsigned direction = p->segment->direction;
    flow->number = p->segment_flow;
    flow->connection = fm_connection_new();
    flow->sender[direction] = sender_name(&p->net_source, p->source_port, &p->net_destination, p->destination_port);
    flow->sender[!direction] = sender_name(&p->net_destination, p->destination_port, &p->net_source, p->source_port);
    g_hash_table_insert(series->flows, GUINT_TO_POINTER(flow->number), flow);
    g_queue_push_tail(&series->order, flow);
    return flow;
}

static bool take_packet(Series *series, const FmPacket *p)
{
    if (!p->segment || p->segment->time == FM_TIME_NONE || (series->only && p->segment_flow != series->number))
        return true;
    if (series->start == FM_TIME_NONE)
        series->start = p->segment->time;
    Flow *flow = g_hash_table_lookup(series->flows, GUINT_TO_POINTER(p->segment_flow));
    bool good = true;
    if (!flow) {
        if (series->order.length >= MOST_FLOWS)
            good = forget_oldest(series);
        flow = new_flow(series, p);
    }
    fm_connection_add(flow->connection, p->segment);
    return good;
}

static bool read_capture(Series *series, FmEngine *engine, const char *path, GError **error)
{
    g_autoptr(FmSource) source = fm_source_open_file(path, error);
    if (!source)
        return false;
    const FmSandbox sandbox = { 0 };
    fm_sandbox_enter(&sandbox);
    FmFrame frame;
    FmNext next;
    bool good = true;
    while (good && (next = fm_source_next(source, &frame, error)) == FM_NEXT_FRAME)
        good = take_packet(series, fm_engine_feed(engine, &frame));
    while (good && series->order.length)
        good = forget_oldest(series);
    return !*error;
}

/* ---- the command line ---- */

static bool choose_format(Series *series, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (strcmp(formats[i].name, name) == 0) {
            series->format = &formats[i];
            return true;
        }
    return false;
}

static const char *parse(Series *series, int argc, char **argv)
{
    const char *path = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-n") == 0)
            continue; /* names are never looked up here */
        if (strcmp(argv[i], "--format") == 0) {
            if (++i >= argc || !choose_format(series, argv[i]))
                return NULL;
        } else if (path && !series->only && g_ascii_isdigit(argv[i][0])) {
            char *end;
            series->only = argv[i];
            series->number = (uint32_t)g_ascii_strtoull(argv[i], &end, 10);
            if (*end)
                return NULL;
        } else if (path || (argv[i][0] == '-' && argv[i][1])) {
            return NULL;
        } else {
            path = argv[i];
        }
    }
    return path;
}

static const char usage[] = "Usage: fathom series [-n] [--format csv|judge] FILE [FLOW]\n"
                            "What TCP senders knew and did, segment by segment: window, phase, limit, verdicts,\n"
                            "as comma-separated values, or as a judge of senders wants them.\n";

int fm_series_run(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return fputs(usage, stdout) < 0;
    Series series = { .format = &formats[0], .start = FM_TIME_NONE, .sink.fd = STDOUT_FILENO };
    const char *path = parse(&series, argc, argv);
    if (!path) {
        fputs(usage, stderr);
        return USAGE;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(FmCatalog) catalog = fm_plugins_catalog(NULL, &error);
    if (catalog)
        fm_setup_deeper(catalog);
    if (!catalog) {
        fprintf(stderr, "fathom: %s\n", error->message);
        return FAILED;
    }
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_want_segment(engine);
    series.flows = g_hash_table_new_full(NULL, NULL, NULL, flow_free);
    fm_text_put(&series.sink.text, series.format->header);
    bool good = read_capture(&series, engine, path, &error);
    good = fm_sink_flush(&series.sink) && good;
    if (error)
        fprintf(stderr, "fathom: %s\n", error->message);
    g_queue_clear(&series.order);
    g_hash_table_destroy(series.flows);
    fm_text_clear(&series.sink.text);
    return good ? GOOD : FAILED;
}
