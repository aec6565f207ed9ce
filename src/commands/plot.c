/* fathom plot: a picture of a flow in a file. */
#include "config.h"

#include "commands/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/reading.h"
#include "flow/flow.h"
#include "plot/picture.h"
#include "summary/track.h"

static const char help[] =
    "Usage: fathom plot [option]... FILE FLOW -o PICTURE\n"
    "A picture of a TCP flow (its number in 'fathom flows') as SVG, PNG or PDF, by\n"
    "the end of the name.\n"
    "\n"
    "  -o, --output FILE  where it goes\n"
    "  --kind KIND        window (with round trips and throughput below), sequence,\n"
    "                     rtt, throughput; default window\n"
    "  --side SIDE        whose data: client or server; default the one that sent\n"
    "                     more\n"
    "  --size WxH         in points, or pixels; default 960x600\n"
    "  --from S, --to S   only that part of the flow, in seconds from its beginning\n"
    "and the options for input and preferences of fathom itself (fathom --help).\n";

typedef struct Plot {
    FmReading reading;
    FmTrack *track;
    FmChartKind kind;
    const char *output, *side;
    FmPictureOptions picture;
} Plot;

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    Plot *plot = data;
    fm_track_packet(plot->track, packet);
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

static int draw(Plot *plot)
{
    size_t count;
    uint64_t left_out;
    const FmStep *steps = fm_track_steps(plot->track, &count, &left_out);
    const FmFlowRecord *flow = fm_track_flow(plot->track);
    if (!flow || count < 2)
        return usage("%s", "there is no such TCP flow, or too little of it");
    if (left_out)
        fprintf(stderr, "fathom: only the first %zu packets of the flow are drawn\n", count);
    unsigned direction = flow->payload[1] > flow->payload[0];
    if (plot->side)
        direction = (strcmp(plot->side, "client") == 0) == (flow->client == 1);
    FmChartKind kinds[] = { plot->kind, FM_CHART_RTT, FM_CHART_THROUGHPUT };
    size_t charts = plot->kind == FM_CHART_WINDOW ? 3 : 1;
    FmChart *made[3];
    for (size_t i = 0; i < charts; i++)
        made[i] = fm_chart_new(kinds[i], steps, count, direction);
    g_autofree char *title = title_of(flow);
    g_autoptr(GError) error = NULL;
    plot->picture.title = title;
    const FmChart *const shown[] = { made[0], charts > 1 ? made[1] : NULL, charts > 2 ? made[2] : NULL };
    bool good = fm_picture_write(plot->output, shown, charts, &plot->picture, &error);
    for (size_t i = 0; i < charts; i++)
        fm_chart_free(made[i]);
    return good ? FM_COMMAND_GOOD : fm_reading_complain(error->code == FM_PICTURE_ERROR_FORMAT ? FM_COMMAND_USAGE : FM_COMMAND_FAILED, error);
}

static int run(Plot *plot, const char *number)
{
    char *end;
    unsigned long flow = strtoul(number, &end, 10);
    if (end == number || *end)
        return usage("\"%s\" is no number of a flow; 'fathom flows' lists them", number);
    plot->track = fm_track_new(plot->reading.catalog, FM_FLOW_TCP, (uint32_t)flow);
    int status = fm_reading_open(&plot->reading);
    if (status != FM_COMMAND_GO_ON)
        return status;
    plot->reading.writes = plot->output;
    const FmReader reader = { take_packet, NULL, plot };
    fm_session_want(plot->reading.session, fm_track_wanted(plot->track), false, false, false);
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

int fm_plot_run(int argc, char **argv)
{
    Plot plot = { .kind = FM_CHART_WINDOW };
    const char *kind = NULL, *size = NULL, *from = NULL, *to = NULL;
    const FmOwnOption own[] = {
        { "--output", &plot.output, NULL }, { "--kind", &kind, NULL }, { "--side", &plot.side, NULL }, { "--size", &size, NULL },
        { "--from", &from, NULL },          { "--to", &to, NULL },     { NULL, NULL, NULL },
    };
    g_autofree char **words = fm_reading_with_output(argc, argv);
    int status = fm_reading_start(&plot.reading, argc, words, own, help);
    if (status == FM_COMMAND_GO_ON) {
        g_autofree char *number = g_steal_pointer(&plot.reading.options->display_filter);
        plot.kind = kind ? fm_chart_named(kind) : FM_CHART_WINDOW;
        plot.picture.from = from ? strtod(from, NULL) : 0;
        plot.picture.to = to ? strtod(to, NULL) : 0;
        if (!plot.output)
            status = usage("%s", "where should the picture go? give -o FILE.svg");
        else if (!number)
            status = usage("%s", "of which flow? give its number; 'fathom flows' lists them");
        else if (plot.kind == FM_CHART_KINDS)
            status = usage("--kind: \"%s\" is none of window, sequence, rtt, throughput", kind);
        else if (plot.side && strcmp(plot.side, "client") != 0 && strcmp(plot.side, "server") != 0)
            status = usage("--side: \"%s\" is neither client nor server", plot.side);
        else if (size && !parse_size(size, &plot.picture))
            status = usage("--size: \"%s\" is not like 960x600", size);
        else
            status = run(&plot, number);
    }
    fm_track_free(plot.track);
    fm_reading_clear(&plot.reading);
    return status;
}
