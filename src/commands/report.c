/* fathom report: one page of HTML that needs nothing else: summary, flows, findings, pictures. */
#include "config.h"

#include "commands/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/reading.h"
#include "flow/flow.h"
#include "plot/picture.h"
#include "summary/fitness.h"
#include "summary/flow_columns.h"
#include "summary/track.h"
#include "summary/webrtc.h"

enum { MOST_FLOWS = 1000, MOST_PICTURES = 12, LEAST_PACKETS = 20, MOST_FINDINGS = 24, MOST_EVENTS = 4096 };

static const char help[] =
    "Usage: fathom report [option]... FILE -o PAGE.html\n"
    "A capture as one page of HTML that needs nothing else: what it is good for, its\n"
    "flows, what went wrong and what that cost, and pictures of the flows that\n"
    "carried most.\n"
    "\n"
    "  -o, --output FILE  where it goes\n"
    "  --pictures N       of so many TCP flows; default 12\n"
    "and the options for input and preferences of fathom itself (fathom --help).\n";

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:72em;margin:2em auto;padding:0 1em;color:#1c2530;background:#fff}\n"
    "h1{font-size:1.6em;margin:0}h2{font-size:1.2em;margin:2em 0 .5em;border-bottom:1px solid #d5dbe1}\n"
    "h3{font-size:1em;margin:1.5em 0 .3em}p.facts,.dim{color:#66727f}\n"
    "table{border-collapse:collapse;font:13px/1.4 ui-monospace,monospace;width:100%}\n"
    "th{text-align:left;color:#66727f;font-weight:normal}td,th{padding:.15em .8em .15em 0;vertical-align:top}td.n,th.n{text-align:right}\n"
    "tr.over td{color:#66727f}li{margin:.2em 0}.lost{color:#a33c1f}.good{color:#2b7a3d}.wide{overflow-x:auto}\n"
    "svg{max-width:100%;height:auto}a{color:#1f5f99;text-decoration:none}\n"
    "</style>\n";

typedef struct Picture { /* a flow that is looked at step by step */
    uint32_t number;
    FmTrack *track;
} Picture;

typedef struct Report {
    FmReading reading;
    FmSummary *summary;
    FmWebrtc *webrtc;
    uint64_t dropped;
    unsigned pictures;
    Picture chosen[MOST_PICTURES];
    unsigned chosen_count;
    FmText out;
} Report;

/* ---- text ---- */

/* Words of the capture, harmless on a terminal and in HTML. */
static void put_safe(FmText *out, const char *bytes, size_t n)
{
    g_auto(FmText) escaped = { 0 };
    fm_text_escaped(&escaped, bytes, n);
    for (size_t i = 0; i < escaped.size; i++)
        switch (escaped.data[i]) {
        case '&': fm_text_literal(out, "&amp;"); break;
        case '<': fm_text_literal(out, "&lt;"); break;
        case '>': fm_text_literal(out, "&gt;"); break;
        case '"': fm_text_literal(out, "&quot;"); break;
        default: fm_text_char(out, escaped.data[i]);
        }
}

static void put_text(FmText *out, const FmText *text)
{
    put_safe(out, text->data ? text->data : "", text->size);
}

static void put_ends(FmText *out, const FmFlowRecord *flow)
{
    g_auto(FmText) text = { 0 };
    fm_text_printf(&text, "%s %u  ", fm_flow_kind_name(flow->kind), flow->number);
    fm_flow_end_text(&text, flow, flow->client);
    fm_text_literal(&text, " → ");
    fm_flow_server_text(&text, flow);
    fm_text_literal(&text, "   ");
    fm_flow_stack_text(&text, flow);
    put_text(out, &text);
}

/* ---- passes through the capture ---- */

static bool sum_up(void *data, const FmPacket *packet, bool match)
{
    Report *r = data;
    fm_summary_packet(r->summary, packet, match);
    fm_webrtc_packet(r->webrtc, packet);
    return true;
}

static bool follow(void *data, const FmPacket *packet, bool match)
{
    Report *r = data;
    for (unsigned i = 0; i < r->chosen_count; i++)
        if (packet->segment && packet->segment_flow == r->chosen[i].number)
            fm_track_packet(r->chosen[i].track, packet);
    return true;
}

static int first_pass(Report *r)
{
    const FmReader reader = { sum_up, NULL, r };
    const FmSummaryOptions options = { .most_events = MOST_EVENTS };
    r->summary = fm_summary_new(r->reading.catalog, &options);
    r->webrtc = fm_webrtc_new(r->reading.catalog);
    fm_session_want(r->reading.session, fm_summary_wanted(r->summary), false, false, false);
    fm_session_want(r->reading.session, fm_webrtc_wanted(r->webrtc), false, false, false);
    fm_session_want_segments(r->reading.session);
    int status = fm_reading_run(&r->reading, &reader);
    fm_summary_finish(r->summary);
    for (size_t i = 0; i < fm_source_interface_count(r->reading.source); i++)
        r->dropped += fm_source_interface(r->reading.source, i)->has_dropped ? fm_source_interface(r->reading.source, i)->dropped : 0;
    return status;
}

/* The TCP flows that carried most. */
static void choose(Report *r)
{
    uint64_t weights[MOST_PICTURES];
    for (size_t i = 0, count = fm_summary_count(r->summary); i < count; i++) {
        const FmFlowRecord *flow = fm_summary_at(r->summary, i);
        uint64_t weight = flow->payload[0] + flow->payload[1];
        if (flow->kind != FM_FLOW_TCP || flow->packets[0] + flow->packets[1] < LEAST_PACKETS)
            continue;
        unsigned at = r->chosen_count;
        while (at && weights[at - 1] < weight)
            at--;
        if (at >= r->pictures)
            continue;
        r->chosen_count = MIN(r->chosen_count + 1, r->pictures);
        for (unsigned k = r->chosen_count - 1; k > at; k--) {
            weights[k] = weights[k - 1];
            r->chosen[k] = r->chosen[k - 1];
        }
        weights[at] = weight;
        r->chosen[at] = (Picture){ .number = flow->number };
    }
}

static void second_pass(Report *r, int argc, char **words, const FmOwnOption *own)
{
    FmReading again = { 0 };
    if (!r->chosen_count || fm_reading_start(&again, argc, words, own, help) != FM_COMMAND_GO_ON)
        return fm_reading_clear(&again);
    for (unsigned i = 0; i < r->chosen_count; i++)
        r->chosen[i].track = fm_track_new(again.catalog, FM_FLOW_TCP, r->chosen[i].number);
    again.confined = true;
    if (fm_reading_open(&again) == FM_COMMAND_GO_ON) {
        const FmReader reader = { follow, NULL, r };
        fm_session_want(again.session, fm_track_wanted(r->chosen[0].track), false, false, false);
        fm_session_want_segments(again.session);
        fm_reading_run(&again, &reader);
    }
    for (unsigned i = 0; i < r->chosen_count; i++)
        fm_track_finish(r->chosen[i].track);
    fm_reading_clear(&again);
}

/* ---- the page ---- */

static void put_facts(Report *r, const char *name)
{
    const FmSummaryTotals *t = fm_summary_totals(r->summary);
    FmText *out = &r->out;
    g_auto(FmText) span = { 0 }, bytes = { 0 };
    fm_span_text(&span, t->first == FM_TIME_NONE ? 0 : t->last - t->first);
    fm_amount_text(&bytes, t->bytes);
    fm_text_literal(out, "<title>");
    put_safe(out, name, strlen(name));
    fm_text_literal(out, "</title></head><body>\n<h1>");
    put_safe(out, name, strlen(name));
    fm_text_printf(out, "</h1>\n<p class=\"facts\">%" PRIu64 " packets, %s bytes, %" PRIu64 " flow%s, %s</p>\n", t->packets, fm_text_string(&bytes), t->flows,
                   t->flows == 1 ? "" : "s", fm_text_string(&span));
}

static void put_fitness(Report *r)
{
    FmDoubt doubts[FM_FITNESS_CHECKS];
    FmFitness fitness = fm_fitness_of(r->summary, r->dropped);
    fm_fitness_doubts(&fitness, doubts);
    unsigned faults = 0;
    fm_text_literal(&r->out, "<h2>What the capture is good for</h2>\n<ul>\n");
    for (unsigned i = 0; i < FM_FITNESS_CHECKS; i++) {
        const FmDoubt *d = &doubts[i];
        if (!d->count)
            continue;
        faults++;
        fm_text_printf(&r->out, "<li><span class=\"lost\">%" PRIu64, d->count);
        if (d->of)
            fm_text_printf(&r->out, " of %" PRIu64, d->of);
        fm_text_printf(&r->out, " %s</span>: doubtful are %s</li>\n", d->what, d->doubt);
    }
    if (!faults)
        fm_text_literal(&r->out, "<li class=\"good\">Nothing is missing: whole frames, both directions, from the beginning.</li>\n");
    fm_text_literal(&r->out, "</ul>\n");
}

static void put_findings(Report *r, const FmFlowRecord *flow)
{
    FmFinding findings[MOST_FINDINGS];
    unsigned count = fm_flow_findings(flow, findings, MOST_FINDINGS);
    if (!count)
        return;
    fm_text_literal(&r->out, "<ul>\n");
    for (unsigned i = 0; i < MIN(count, (unsigned)MOST_FINDINGS); i++) {
        const FmFinding *f = &findings[i];
        bool from_client = f->direction == flow->client;
        g_auto(FmText) text = { 0 };
        fm_finding_text(&text, f, from_client ? "the client" : "the server", from_client ? "the server" : "the client");
        fm_text_printf(&r->out, "<li%s>", f->lost ? " class=\"lost\"" : fm_finding_is_doubt(f->kind) ? " class=\"dim\"" : "");
        put_text(&r->out, &text);
        fm_text_literal(&r->out, "</li>\n");
    }
    fm_text_literal(&r->out, "</ul>\n");
}

static bool is_chosen(const Report *r, const FmFlowRecord *flow)
{
    for (unsigned i = 0; i < r->chosen_count; i++)
        if (flow->kind == FM_FLOW_TCP && r->chosen[i].number == flow->number)
            return true;
    return false;
}

static void put_row(Report *r, const FmFlowRecord *flow, FmTime now)
{
    FmFlowRow row;
    FmText *out = &r->out;
    fm_flow_row(&row, flow, now);
    fm_text_put(out, flow->state == FM_STATUS_CLOSED ? "<tr class=\"over\">" : "<tr>");
    for (size_t k = 0; k < fm_flow_column_count; k++) {
        const FmFlowColumn *column = &fm_flow_columns[k];
        if (!column->rank || column->people_only)
            continue;
        g_auto(FmText) cell = { 0 };
        fm_flow_cell(&cell, column, &row);
        fm_text_put(out, column->shape == FM_SHAPE_TEXT ? "<td>" : "<td class=\"n\">");
        bool door = k == 0 && is_chosen(r, flow);
        if (door)
            fm_text_printf(out, "<a href=\"#tcp%u\">", flow->number);
        put_text(out, &cell);
        fm_text_put(out, door ? "</a></td>" : "</td>");
    }
    fm_text_literal(out, "</tr>\n");
}

static void put_flows(Report *r)
{
    FmText *out = &r->out;
    size_t count = fm_summary_count(r->summary);
    fm_text_literal(out, "<h2>Flows</h2>\n<div class=\"wide\"><table>\n<tr>");
    for (size_t k = 0; k < fm_flow_column_count; k++)
        if (fm_flow_columns[k].rank && !fm_flow_columns[k].people_only)
            fm_text_printf(out, "<th%s>%s</th>", fm_flow_columns[k].shape == FM_SHAPE_TEXT ? "" : " class=\"n\"", fm_flow_columns[k].title);
    fm_text_literal(out, "</tr>\n");
    for (size_t i = 0; i < MIN(count, (size_t)MOST_FLOWS); i++)
        put_row(r, fm_summary_at(r->summary, i), fm_summary_totals(r->summary)->last);
    fm_text_literal(out, "</table></div>\n");
    if (count > MOST_FLOWS)
        fm_text_printf(out, "<p class=\"dim\">and %zu more</p>\n", count - MOST_FLOWS);
}

static void put_sessions(Report *r)
{
    for (size_t i = 0; i < fm_webrtc_count(r->webrtc); i++) {
        if (i == 0)
            fm_text_literal(&r->out, "<h2>Calls</h2>\n");
        fm_text_literal(&r->out, "<table>\n");
        for (unsigned topic = 0; topic < FM_WEBRTC_TOPICS; topic++) {
            g_auto(FmText) text = { 0 };
            fm_webrtc_text(&text, fm_webrtc_at(r->webrtc, i), (FmWebrtcTopic)topic);
            if (!text.size)
                continue;
            fm_text_printf(&r->out, "<tr><th>%s</th><td>", fm_webrtc_topic((FmWebrtcTopic)topic));
            put_text(&r->out, &text);
            fm_text_literal(&r->out, "</td></tr>\n");
        }
        fm_text_literal(&r->out, "</table>\n");
    }
}

/* Names inside a picture are its own only with the flow's number in front: a page has several. */
static void put_svg(FmText *out, const char *svg, uint32_t number)
{
    static const char *const before[] = { " id=\"", "href=\"#", "url(#" };
    const char *at = strstr(svg, "<svg"); /* what stands before it is for files of its own */
    for (at = at ? at : svg; *at;) {
        size_t n = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(before) && !n; i++)
            n = g_str_has_prefix(at, before[i]) ? strlen(before[i]) : 0;
        fm_text_add(out, at, n ? n : 1);
        if (n)
            fm_text_printf(out, "f%u-", number);
        at += n ? n : 1;
    }
}

static void put_picture(Report *r, const Picture *picture)
{
    size_t count;
    const FmStep *steps = fm_track_steps(picture->track, &count, NULL);
    const FmFlowRecord *flow = fm_track_flow(picture->track);
    if (!flow || count < 2)
        return;
    fm_text_printf(&r->out, "<h3 id=\"tcp%u\">", picture->number);
    put_ends(&r->out, flow);
    fm_text_literal(&r->out, "</h3>\n");
    put_findings(r, flow);
    static const FmChartKind kinds[] = { FM_CHART_WINDOW, FM_CHART_RTT, FM_CHART_THROUGHPUT };
    FmChart *charts[G_N_ELEMENTS(kinds)];
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        charts[i] = fm_chart_new(kinds[i], steps, count, flow->payload[1] > flow->payload[0]);
    const FmChart *const shown[] = { charts[0], charts[1], charts[2] };
    const FmPictureOptions options = { .title = "", .width = 960, .height = 520 };
    g_autofree char *svg = fm_picture_svg(shown, G_N_ELEMENTS(shown), &options);
    if (svg)
        put_svg(&r->out, svg, picture->number);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        fm_chart_free(charts[i]);
}

static void put_page(Report *r, const char *name)
{
    fm_text_put(&r->out, head);
    put_facts(r, name);
    put_fitness(r);
    put_flows(r);
    put_sessions(r);
    if (r->chosen_count)
        fm_text_literal(&r->out, "<h2>The flows that carried most</h2>\n");
    for (unsigned i = 0; i < r->chosen_count; i++)
        put_picture(r, &r->chosen[i]);
    fm_text_literal(&r->out, "</body></html>\n");
}

/* ---- the command line ---- */

static int complain(const char *what)
{
    fprintf(stderr, "fathom: %s\n", what);
    return FM_COMMAND_USAGE;
}

static int run(Report *r, const char *output, int argc, char **words, const FmOwnOption *own)
{
    int status = fm_reading_open(&r->reading);
    if (status != FM_COMMAND_GO_ON)
        return status;
    r->reading.writes = output;
    status = first_pass(r);
    choose(r);
    second_pass(r, argc, words, own);
    g_autofree char *name = g_path_get_basename(r->reading.options->read_file);
    g_autoptr(GError) error = NULL;
    put_page(r, name);
    return g_file_set_contents(output, r->out.data, (gssize)r->out.size, &error) ? status : fm_reading_complain(FM_COMMAND_FAILED, error);
}

int fm_report_run(int argc, char **argv)
{
    Report r = { .pictures = MOST_PICTURES };
    const char *output = NULL, *pictures = NULL;
    const FmOwnOption own[] = { { "--output", &output, NULL }, { "--pictures", &pictures, NULL }, { NULL, NULL, NULL } };
    g_autofree char **words = fm_reading_with_output(argc, argv);
    int status = fm_reading_start(&r.reading, argc, words, own, help);
    if (status == FM_COMMAND_GO_ON) {
        r.pictures = pictures ? (unsigned)MIN(g_ascii_strtoull(pictures, NULL, 10), MOST_PICTURES) : MOST_PICTURES;
        if (!output)
            status = complain("where should the report go? give -o FILE.html");
        else if (!r.reading.options->read_file)
            status = complain("a report is of a file");
        else
            status = run(&r, output, argc, words, own);
    }
    for (unsigned i = 0; i < r.chosen_count; i++)
        fm_track_free(r.chosen[i].track);
    fm_summary_free(r.summary);
    fm_webrtc_free(r.webrtc);
    fm_reading_clear(&r.reading);
    fm_text_clear(&r.out);
    return status;
}
