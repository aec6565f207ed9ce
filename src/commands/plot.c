/* fathom plot: a picture of a flow in a file. */
#include "config.h"

#include "commands/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reading.h"
#include "flow/flow.h"
#include "model/asked.h"
#include "plot/diagram.h"
#include "summary/track.h"

static const char help[] =
    "Usage: fathom plot [option]... FILE FLOW -o PICTURE\n"
    "A picture of a flow as SVG, PNG or PDF, by the end of the name: of a TCP flow\n"
    "by its number in 'fathom flows', or of udp:NUMBER.\n"
    "\n"
    "  -o, --output FILE  where it goes\n"
    "  --kind KIND        window (with round trips and throughput below), sequence,\n"
    "                     rtt, throughput: of TCP; ladder (who sent what); streams\n"
    "                     (of HTTP/2 and QUIC, side by side); default window\n"
    "  --side SIDE        whose data: client or server; default the one that sent\n"
    "                     more\n"
    "  --size WxH         in points, or pixels; default 960x600; ladder and streams\n"
    "                     are as high as they have to be\n"
    "  --from S, --to S   only that part of the flow, in seconds from its beginning\n"
    "and the options for input and preferences of fathom itself (fathom --help).\n";

enum { LADDER = FM_CHART_KINDS, STREAMS, NO_KIND, LEAST_RUN = 4, MOST_TEXT = 160 };

typedef struct Plot {
    FmReading reading;
    FmTrack *track;
    FmLanes *lanes;     /* of --kind streams */
    GPtrArray *texts;   /* of --kind ladder: of each step */
    unsigned kind;      /* FmChartKind, LADDER, STREAMS */
    unsigned flow_kind; /* FmFlowKind */
    uint32_t flow;
    const char *output, *side;
    FmPictureOptions picture;
} Plot;

/* Protocol and info, as the list of packets has them. */
static char *text_of(const FmPacket *packet)
{
    g_auto(FmText) text = { 0 };
    fm_text_printf(&text, "%s  ", packet->protocol);
    fm_packet_told(&text, packet, MOST_TEXT);
    return g_utf8_make_valid(fm_text_string(&text), (gssize)text.size);
}

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    Plot *plot = data;
    size_t before, after;
    uint64_t left_out;
    fm_track_steps(plot->track, &before, &left_out);
    fm_track_packet(plot->track, packet);
    fm_track_steps(plot->track, &after, &left_out);
    if (plot->kind == STREAMS && packet->flow_kind == plot->flow_kind && packet->flow_number == plot->flow)
        fm_lanes_packet(plot->lanes, packet);
    if (plot->kind == LADDER && after > before)
        g_ptr_array_add(plot->texts, text_of(packet));
    return true;
}

static int usage(const char *format, ...) G_GNUC_PRINTF(1, 2);

static int usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("fathom: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return FM_COMMAND_USAGE;
}

static char *title_of(const FmFlowRecord *flow)
{
    g_auto(FmText) text = { 0 };
    fm_flow_end_text(&text, flow, flow->client);
    fm_text_put(&text, " → ");
    fm_flow_server_text(&text, flow);
    fm_text_put(&text, "   ");
    fm_flow_stack_text(&text, flow);
    return g_strdup(fm_text_string(&text));
}

static bool is_plain(const FmStep *s)
{
    return s->length && s->verdict <= FM_VERDICT_NEW && s->protocol && strcmp(s->protocol, "TCP") == 0 &&
           !(s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN | FM_SEGMENT_RST));
}

static bool is_plain_ack(const FmStep *s)
{
    return s->flags == FM_SEGMENT_ACK && !s->length && !s->sack_count;
}

/* Steps from `i` on that are data one way without trouble, and its acknowledgments; how much data that is. */
static size_t run_end(const FmStep *steps, size_t count, size_t i, uint32_t *segments, uint64_t *bytes)
{
    size_t end = i + 1;
    for (size_t n = i; n < count; n++) {
        bool data = is_plain(&steps[n]) && steps[n].direction == steps[i].direction;
        if (!data && !is_plain_ack(&steps[n]))
            break;
        *segments += data;
        *bytes += data ? steps[n].length : 0;
        end = data ? n + 1 : end;
    }
    return end;
}

static int complain(const GError *error)
{
    return fm_reading_complain(error->code == FM_PICTURE_ERROR_FORMAT ? FM_COMMAND_USAGE : FM_COMMAND_FAILED, error);
}

static int draw_ladder(Plot *plot, const FmStep *steps, size_t count, const FmFlowRecord *flow)
{
    g_autoptr(GArray) arrows = g_array_new(FALSE, TRUE, sizeof(FmArrow));
    const FmPictureOptions *o = &plot->picture;
    for (size_t i = 0, next; i < count; i = next) {
        uint32_t segments = 0;
        uint64_t bytes = 0;
        next = is_plain(&steps[i]) ? run_end(steps, count, i, &segments, &bytes) : i + 1;
        if (segments < LEAST_RUN)
            next = i + 1;
        FmArrow arrow = { (double)(steps[i].time - steps[0].time) / FM_SECOND, steps[i].number, steps[i].direction == flow->client,
                          steps[i].verdict > FM_VERDICT_NEW, NULL };
        if (arrow.seconds < o->from || (o->to > o->from && arrow.seconds > o->to))
            continue;
        arrow.text = segments >= LEAST_RUN ? g_strdup_printf("TCP  %u segments, %.1f kB", segments, (double)bytes / 1000)
                                           : g_strdup(i < plot->texts->len ? plot->texts->pdata[i] : "");
        g_array_append_val(arrows, arrow);
    }
    if (arrows->len > FM_MOST_ARROWS)
        fprintf(stderr, "fathom: only the first %d of %u arrows are drawn; --from and --to choose others\n", FM_MOST_ARROWS, arrows->len);
    g_auto(FmText) client = { 0 }, server = { 0 };
    fm_flow_end_text(&client, flow, flow->client);
    fm_flow_server_text(&server, flow);
    g_autoptr(GError) error = NULL;
    bool good = fm_diagram_ladder(plot->output, (const FmArrow *)(const void *)arrows->data, arrows->len, fm_text_string(&client), fm_text_string(&server),
                                  o, &error);
    for (guint i = 0; i < arrows->len; i++)
        g_free(g_array_index(arrows, FmArrow, i).text);
    return good ? FM_COMMAND_GOOD : complain(error);
}

static int draw_streams(Plot *plot, const FmFlowRecord *flow)
{
    if (!plot->lanes->lanes->len)
        return usage("%s", "this flow has no streams of HTTP/2 or QUIC, or they cannot be opened");
    g_autoptr(GError) error = NULL;
    return fm_diagram_lanes(plot->output, plot->lanes, flow->client, &plot->picture, &error) ? FM_COMMAND_GOOD : complain(error);
}

static int draw(Plot *plot)
{
    size_t count;
    uint64_t left_out;
    const FmStep *steps = fm_track_steps(plot->track, &count, &left_out);
    const FmFlowRecord *flow = fm_track_flow(plot->track);
    if (!flow || count < 2)
        return usage("%s", plot->flow_kind == FM_FLOW_TCP ? "there is no such TCP flow, or too little of it" : "there is no such flow, or too little of it");
    if (left_out)
        fprintf(stderr, "fathom: only the first %zu packets of the flow are drawn\n", count);
    g_autofree char *title = title_of(flow);
    plot->picture.title = title;
    if (plot->kind == LADDER)
        return draw_ladder(plot, steps, count, flow);
    if (plot->kind == STREAMS)
        return draw_streams(plot, flow);
    unsigned direction = flow->payload[1] > flow->payload[0];
    if (plot->side)
        direction = (strcmp(plot->side, "client") == 0) == (flow->client == 1);
    FmChartKind kinds[] = { (FmChartKind)plot->kind, FM_CHART_RTT, FM_CHART_THROUGHPUT };
    size_t charts = plot->kind == FM_CHART_WINDOW ? 3 : 1;
    FmChart *made[3];
    for (size_t i = 0; i < charts; i++)
        made[i] = fm_chart_new(kinds[i], steps, count, direction);
    g_autoptr(GError) error = NULL;
    const FmChart *const shown[] = { made[0], charts > 1 ? made[1] : NULL, charts > 2 ? made[2] : NULL };
    bool good = fm_picture_write(plot->output, shown, charts, &plot->picture, &error);
    for (size_t i = 0; i < charts; i++)
        fm_chart_free(made[i]);
    return good ? FM_COMMAND_GOOD : complain(error);
}

static int run(Plot *plot, const char *number)
{
    if (!fm_reading_flow(number, &plot->flow_kind, &plot->flow))
        return usage("\"%s\" is no number of a flow; 'fathom flows' lists them", number);
    if (plot->flow_kind != FM_FLOW_TCP && plot->kind < FM_CHART_KINDS)
        return usage("%s", "of flows that are not TCP there are --kind ladder and --kind streams");
    plot->track = fm_track_new(plot->reading.catalog, plot->flow_kind, plot->flow);
    plot->lanes = fm_lanes_new(plot->reading.catalog);
    int status = fm_reading_open(&plot->reading);
    if (status != FM_COMMAND_GO_ON)
        return status;
    plot->reading.writes = plot->output;
    const FmReader reader = { take_packet, NULL, plot };
    fm_session_want(plot->reading.session, fm_track_wanted(plot->track), false, false, false);
    if (plot->kind == STREAMS)
        fm_session_want(plot->reading.session, plot->lanes->asked->bits, false, false, false);
    fm_session_want(plot->reading.session, NULL, false, false, plot->kind == LADDER);
    fm_session_want_segments(plot->reading.session);
    status = fm_reading_run(&plot->reading, &reader);
    fm_track_finish(plot->track);
    int drawn = draw(plot);
    return drawn == FM_COMMAND_GOOD ? status : drawn;
}

static bool parse_size(const char *text, FmPictureOptions *o)
{
    return sscanf(text, "%lfx%lf", &o->width, &o->height) == 2 && o->width >= 200 && o->height >= 150 && o->width <= 20000 && o->height <= 20000;
}

static unsigned kind_named(const char *name)
{
    FmChartKind chart = fm_chart_named(name);
    return chart != FM_CHART_KINDS ? chart : strcmp(name, "ladder") == 0 ? LADDER : strcmp(name, "streams") == 0 ? STREAMS : NO_KIND;
}

int fm_plot_run(int argc, char **argv)
{
    Plot plot = { .kind = FM_CHART_WINDOW, .texts = g_ptr_array_new_with_free_func(g_free) };
    const char *kind = NULL, *size = NULL, *from = NULL, *to = NULL;
    const FmOwnOption own[] = {
        { "--output", &plot.output, NULL }, { "--kind", &kind, NULL }, { "--side", &plot.side, NULL }, { "--size", &size, NULL },
        { "--from", &from, NULL },          { "--to", &to, NULL },     { NULL, NULL, NULL },
    };
    g_autofree char **words = fm_reading_with_output(argc, argv);
    int status = fm_reading_start(&plot.reading, argc, words, own, help);
    if (status == FM_COMMAND_GO_ON) {
        g_autofree char *number = g_steal_pointer(&plot.reading.options->display_filter);
        plot.kind = kind ? kind_named(kind) : FM_CHART_WINDOW;
        plot.picture.from = from ? strtod(from, NULL) : 0;
        plot.picture.to = to ? strtod(to, NULL) : 0;
        if (!plot.output)
            status = usage("%s", "where should the picture go? give -o FILE.svg");
        else if (!number)
            status = usage("%s", "of which flow? give its number; 'fathom flows' lists them");
        else if (plot.kind == NO_KIND)
            status = usage("--kind: \"%s\" is none of window, sequence, rtt, throughput, ladder, streams", kind);
        else if (plot.side && strcmp(plot.side, "client") != 0 && strcmp(plot.side, "server") != 0)
            status = usage("--side: \"%s\" is neither client nor server", plot.side);
        else if (size && !parse_size(size, &plot.picture))
            status = usage("--size: \"%s\" is not like 960x600", size);
        else
            status = run(&plot, number);
    }
    fm_track_free(plot.track);
    fm_lanes_free(plot.lanes);
    g_ptr_array_unref(plot.texts);
    fm_reading_clear(&plot.reading);
    return status;
}
