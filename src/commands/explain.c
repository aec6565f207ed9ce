/* fathom explain: sentences with numbers, and the packets that show it. */
#include "config.h"

#include "commands/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "commands/reading.h"
#include "flow/flow.h"
#include "output/sink.h"
#include "summary/fitness.h"
#include "summary/pairing.h"
#include "summary/webrtc.h"

enum { MOST_EVENTS = 4096, SHOWN_EVENTS = 60, SHOWN_FLOWS = 10, SHOWN_SESSIONS = 5, SHOWN_FINDINGS = 3, USUAL_WIDTH = 110, INDENT = 10 };

static const char help[] =
    "Usage: fathom explain [option]... FILE [FLOW]\n"
    "       fathom explain [option]... FILE --packet NUMBER\n"
    "       fathom explain [option]... FILE --and FILE\n"
    "What happened and why, in sentences: of the whole capture, of one flow (its\n"
    "number in 'fathom flows', udp:NUMBER, or a display filter that only it matches),\n"
    "or of one packet. Numbers with # are packets.\n"
    "\n"
    "  --packet NUMBER   what this packet is, why it is here, and what comes next\n"
    "  --and FILE        a capture of the same packets at another place: the way\n"
    "                    between them, and where losses happened\n"
    "  --width COLUMNS   of the text; otherwise the terminal's\n"
    "and the options for input and preferences of fathom itself (fathom --help).\n";

typedef struct Explain {
    FmReading reading;
    FmSummary *summary;
    FmWebrtc *webrtc;
    FmPairing *pairing;    /* with --and */
    const char *other_file;
    uint64_t packet; /* 0: none asked for */
    bool has_flow, found;
    unsigned kind;
    uint32_t number;
    unsigned width;
    FmSink sink;
} Explain;

/* ---- text ---- */

/* Puts `text` behind a title of INDENT columns, broken between words. */
static void put_paragraph(Explain *e, const char *title, const char *text)
{
    FmText *out = &e->sink.text;
    size_t start = out->size;
    fm_text_put(out, title);
    fm_text_pad(out, start, INDENT);
    unsigned at = INDENT, room = e->width ? MAX(e->width, INDENT + 20) : UINT_MAX;
    for (const char *word = text; *word;) {
        size_t size = strcspn(word, " \n");
        unsigned width = (unsigned)g_utf8_strlen(word, (gssize)size);
        if (at > INDENT && (at + width > room || word[-1] == '\n')) {
            while (out->data[out->size - 1] == ' ')
                out->size--;
            fm_text_char(out, '\n');
            start = out->size;
            fm_text_pad(out, start, INDENT);
            at = INDENT;
        }
        fm_text_add(out, word, size);
        at += width;
        word += size;
        if (*word == ' ' && at < room) {
            fm_text_char(out, ' ');
            at++;
        }
        word += *word != 0;
    }
    while (out->size && out->data[out->size - 1] == ' ')
        out->size--;
    fm_text_char(out, '\n');
}

static const char *side_name(const FmFlowRecord *flow, unsigned direction)
{
    return direction == flow->client ? "the client" : "the server";
}

static void put_finding(FmText *out, const FmFlowRecord *flow, const FmFinding *f)
{
    fm_finding_text(out, f, side_name(flow, f->direction), side_name(flow, !f->direction));
}

static void put_ends(FmText *out, const FmFlowRecord *flow)
{
    fm_text_printf(out, "%s %u  ", fm_flow_kind_name(flow->kind), flow->number);
    fm_flow_end_text(out, flow, flow->client);
    fm_text_literal(out, " → ");
    fm_flow_server_text(out, flow);
    fm_text_literal(out, "   ");
    fm_flow_stack_text(out, flow);
    fm_text_literal(out, "   ");
    fm_span_text(out, flow->last - flow->first);
    fm_text_literal(out, ", ");
    fm_flow_state_text(out, flow);
}

/* ---- one flow ---- */

static void explain_setup(Explain *e, const FmFlowRecord *flow)
{
    g_auto(FmText) text = { 0 };
    FmFlowHandshake h = fm_flow_handshake(flow);
    if (!h.total)
        return;
    fm_text_literal(&text, "The handshake took ");
    fm_span_text(&text, h.total);
    fm_text_literal(&text, ": ");
    fm_span_text(&text, h.server);
    fm_text_literal(&text, " from here to the server and back, ");
    fm_span_text(&text, h.client);
    fm_text_literal(&text, " to the client and back.");
    put_paragraph(e, "Set-up", fm_text_string(&text));
}

static void put_shares(FmText *text, const FmFlowSide *side)
{
    static const char *const names[] = { "the network", "the receiver's window", "the application" };
    FmTime all = side->limited[0] + side->limited[1] + side->limited[2];
    if (all <= 0)
        return;
    fm_text_literal(text, " Held back by");
    const char *separator = " ";
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        unsigned percent = (unsigned)(100 * ((double)side->limited[i] / (double)all) + 0.5);
        if (!percent)
            continue;
        fm_text_printf(text, "%s%s %u %%", separator, names[i], percent);
        separator = ", ";
    }
    fm_text_literal(text, " of the time.");
}

static void put_window(FmText *text, const FmFlowSide *side)
{
    if (!side->cwnd || !side->mss || side->packets < 10)
        return;
    fm_text_literal(text, " Its window is ");
    if (side->cwnd_confidence < 0.5)
        fm_text_literal(text, "about ");
    fm_amount_text(text, side->cwnd);
    fm_text_literal(text, " bytes, between ");
    fm_amount_text(text, side->cwnd_low);
    fm_text_literal(text, " and ");
    fm_amount_text(text, side->cwnd_high);
    fm_text_printf(text, " (confidence %.2f), %s.", side->cwnd_confidence, fm_phase_name(side->phase));
    if (side->algorithm != FM_ALGORITHM_UNKNOWN)
        fm_text_printf(text, " It behaves like %s (%.2f).", fm_algorithm_name(side->algorithm), side->algorithm_confidence);
    else if (side->unknown != FM_UNKNOWN_SHORT)
        fm_text_printf(text, " Its algorithm is not known: %s.", fm_unknown_name(side->unknown));
}

static void put_losses(FmText *text, const FmFlowSide *side)
{
    if (!side->retransmissions)
        return;
    static const FmVerdict causes[] = { FM_VERDICT_FAST_RETRANSMIT, FM_VERDICT_RECOVERY, FM_VERDICT_TIMEOUT, FM_VERDICT_GO_BACK, FM_VERDICT_TAIL_PROBE, FM_VERDICT_NEEDLESS };
    fm_text_printf(text, " %" PRIu64 " segment%s went again:", side->retransmissions, side->retransmissions == 1 ? "" : "s");
    const char *separator = " ";
    for (size_t i = 0; i < G_N_ELEMENTS(causes); i++)
        if (side->verdicts[causes[i]]) {
            fm_text_printf(text, "%s%" PRIu64 " as %s", separator, side->verdicts[causes[i]], fm_verdict_name(causes[i]));
            separator = ", ";
        }
    fm_text_char(text, '.');
    if (side->lost_before || side->lost_behind)
        fm_text_printf(text, " %" PRIu64 " were lost before this point, %" PRIu64 " behind it.", side->lost_before, side->lost_behind);
}

static void put_vantage(FmText *text, const FmFlowSide *side)
{
    if (side->vantage < 0)
        return;
    if (side->vantage < 0.02)
        fm_text_literal(text, " Captured at this sender.");
    else if (side->vantage > 0.98)
        fm_text_literal(text, " Captured at its receiver.");
    else
        fm_text_printf(text, " Captured %.0f %% of the way to its receiver.", 100 * side->vantage);
}

static void explain_sender(Explain *e, const FmFlowRecord *flow, unsigned d)
{
    FmFlowSide side;
    if (!fm_flow_side(flow, d, &side))
        return;
    g_auto(FmText) text = { 0 };
    FmTime span = flow->last - flow->first;
    fm_text_printf(&text, "%s sent ", d == flow->client ? "The client" : "The server");
    fm_amount_text(&text, side.bytes);
    fm_text_printf(&text, " bytes in %" PRIu64 " segment%s", side.packets, side.packets == 1 ? "" : "s");
    if (span >= 100 * FM_MILLISECOND && side.packets > 10) {
        fm_text_literal(&text, ", ");
        fm_amount_text(&text, (uint64_t)((double)side.bytes * 8 * FM_SECOND / (double)span));
        fm_text_literal(&text, "bit/s");
    }
    fm_text_char(&text, '.');
    if (side.rtt) {
        fm_text_literal(&text, " Its round trips take ");
        fm_span_text(&text, side.rtt);
        if (side.rtt_min) {
            fm_text_literal(&text, ", at least ");
            fm_span_text(&text, side.rtt_min);
        }
        fm_text_char(&text, '.');
    }
    put_shares(&text, &side);
    put_window(&text, &side);
    put_losses(&text, &side);
    put_vantage(&text, &side);
    put_paragraph(e, d == flow->client ? "Client" : "Server", fm_text_string(&text));
}

static void explain_time(Explain *e, const FmFlowRecord *flow)
{
    FmBreakdown b;
    if (!fm_flow_breakdown(flow, &b))
        return;
    const struct {
        const char *what;
        FmTime span;
    } parts[] = {
        { "the handshake", fm_flow_handshake(flow).total }, { "until the client asked", b.client }, { "requests under way", b.sending },
        { "the way there and back", b.network }, { "the server's own", b.server }, { "answers under way", b.transfer }, { "repair of losses", b.stalled },
    };
    g_auto(FmText) text = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].span <= 0)
            continue;
        fm_text_put(&text, text.size ? ", " : "");
        fm_span_text(&text, parts[i].span);
        fm_text_printf(&text, " %s", parts[i].what);
    }
    fm_text_printf(&text, " (%u answer%s)", b.requests, b.requests == 1 ? "" : "s");
    put_paragraph(e, "Time", fm_text_string(&text));
}

static void explain_findings(Explain *e, const FmFlowRecord *flow)
{
    FmFinding findings[2 * FM_FINDING_KINDS];
    unsigned n = fm_flow_findings(flow, findings, G_N_ELEMENTS(findings));
    for (unsigned doubts = 0; doubts < 2; doubts++) {
        const char *title = doubts ? "Doubts" : "Findings";
        for (unsigned i = 0; i < n; i++) {
            if (fm_finding_is_doubt((FmFindingKind)findings[i].kind) != (doubts == 1))
                continue;
            g_auto(FmText) text = { 0 };
            put_finding(&text, flow, &findings[i]);
            put_paragraph(e, title, fm_text_string(&text));
            title = "";
        }
    }
}

static void put_event(Explain *e, const FmFlowRecord *flow, const FmFlowEvent *event)
{
    FmText *out = &e->sink.text;
    FmTime since = MAX(event->time - flow->first, 0);
    g_auto(FmText) time = { 0 };
    fm_text_seconds(&time, since, 3);
    fm_text_printf(out, "%9s  #%-8" PRIu64 " ", fm_text_string(&time), event->packet);
    fm_flow_event_text(out, flow, event);
    fm_text_char(out, '\n');
}

static void explain_events(Explain *e, const FmFlowRecord *flow)
{
    unsigned count;
    uint64_t left_out;
    const FmFlowEvent *events = fm_flow_events(flow, &count, &left_out);
    if (!count)
        return;
    FmText *out = &e->sink.text;
    fm_text_literal(out, "\n     time  packet    what happened\n");
    unsigned half = SHOWN_EVENTS / 2;
    for (unsigned i = 0; i < count; i++) {
        if (count > SHOWN_EVENTS && i == half) {
            fm_text_printf(out, "           … %" PRIu64 " more\n", count - SHOWN_EVENTS + left_out);
            i = count - half;
        }
        put_event(e, flow, &events[i]);
    }
}

static void explain_session(Explain *e, const FmWebrtcSession *session)
{
    for (unsigned topic = 0; topic < FM_WEBRTC_TOPICS; topic++) {
        g_auto(FmText) text = { 0 };
        fm_webrtc_text(&text, session, (FmWebrtcTopic)topic);
        if (text.size)
            put_paragraph(e, fm_webrtc_topic((FmWebrtcTopic)topic), fm_text_string(&text));
    }
}

static void explain_quic(Explain *e, const FmFlowRecord *flow)
{
    for (unsigned i = 0; flow->quic; i++) {
        g_auto(FmText) text = { 0 };
        if (!fm_quic_flow_text(&text, flow->quic, i))
            return;
        fm_text_char(&text, '.');
        char *sentence = (char *)(uintptr_t)fm_text_string(&text);
        sentence[0] = g_ascii_toupper(sentence[0]);
        put_paragraph(e, i ? "" : "QUIC", sentence);
    }
}

static void explain_flow(Explain *e, const FmFlowRecord *flow)
{
    put_ends(&e->sink.text, flow);
    fm_text_char(&e->sink.text, '\n');
    const FmWebrtcSession *session = flow->kind == FM_FLOW_UDP ? fm_webrtc_of_flow(e->webrtc, flow->number) : NULL;
    if (session)
        explain_session(e, session);
    explain_setup(e, flow);
    explain_sender(e, flow, flow->client);
    explain_sender(e, flow, !flow->client);
    if (flow->text && flow->text->closed_because) {
        g_auto(FmText) text = { 0 };
        fm_text_escaped(&text, flow->text->closed_because, strlen(flow->text->closed_because));
        put_paragraph(e, "End", fm_text_string(&text));
    }
    explain_quic(e, flow);
    explain_time(e, flow);
    explain_findings(e, flow);
    explain_events(e, flow);
}

/* ---- the capture ---- */

static FmTime weight(const FmFlowRecord *flow)
{
    FmFinding findings[2 * FM_FINDING_KINDS];
    unsigned n = fm_flow_findings(flow, findings, G_N_ELEMENTS(findings));
    FmTime lost = 0;
    for (unsigned i = 0; i < n; i++)
        if (findings[i].kind != FM_FINDING_APPLICATION_LIMIT && findings[i].kind != FM_FINDING_BLOCKED)
            lost += findings[i].lost;
    return flow->quic ? lost + fm_quic_flow_cost(flow->quic) : lost;
}

typedef struct Weighed {
    const FmFlowRecord *flow;
    FmTime lost;
} Weighed;

static int by_weight(gconstpointer a, gconstpointer b)
{
    const Weighed *x = a, *y = b;
    if (x->lost != y->lost)
        return x->lost > y->lost ? -1 : 1;
    return (x->flow->first_packet > y->flow->first_packet) - (x->flow->first_packet < y->flow->first_packet);
}

/* False, and nothing printed, where there is nothing to tell. */
static bool explain_briefly(Explain *e, const FmFlowRecord *flow)
{
    FmFinding findings[2 * FM_FINDING_KINDS];
    unsigned n = fm_flow_findings(flow, findings, G_N_ELEMENTS(findings)), shown = 0;
    for (unsigned i = 0; i < n && shown < SHOWN_FINDINGS; i++) {
        if (findings[i].kind == FM_FINDING_APPLICATION_LIMIT || fm_finding_is_doubt((FmFindingKind)findings[i].kind))
            continue;
        if (!shown) {
            fm_text_char(&e->sink.text, '\n');
            put_ends(&e->sink.text, flow);
            fm_text_char(&e->sink.text, '\n');
        }
        g_auto(FmText) text = { 0 };
        put_finding(&text, flow, &findings[i]);
        put_paragraph(e, "", fm_text_string(&text));
        shown++;
    }
    if (!shown && flow->quic && fm_quic_flow_eventful(flow->quic)) {
        fm_text_char(&e->sink.text, '\n');
        put_ends(&e->sink.text, flow);
        fm_text_char(&e->sink.text, '\n');
        explain_quic(e, flow);
        shown++;
    }
    return shown > 0;
}

static uint64_t dropped(const Explain *e)
{
    uint64_t count = 0;
    for (size_t i = 0; i < fm_source_interface_count(e->reading.source); i++) {
        const FmInterface *interface = fm_source_interface(e->reading.source, i);
        count += interface->has_dropped ? interface->dropped : 0;
    }
    return count;
}

static void explain_capture(Explain *e)
{
    const FmSummaryTotals *t = fm_summary_totals(e->summary);
    FmFitness fitness = fm_fitness_of(e->summary, dropped(e));
    g_auto(FmText) text = { 0 };
    fm_text_printf(&text, "%" PRIu64 " packets, ", t->packets);
    fm_amount_text(&text, t->bytes);
    fm_text_printf(&text, " bytes, %" PRIu64 " flow%s (%" PRIu64 " TCP)", t->flows, t->flows == 1 ? "" : "s", fitness.tcp_flows);
    if (t->first != FM_TIME_NONE) {
        fm_text_literal(&text, " in ");
        fm_span_text(&text, t->last - t->first);
    }
    put_paragraph(e, "Capture", fm_text_string(&text));
    fm_text_reset(&text);
    fm_fitness_text(&text, &fitness);
    put_paragraph(e, "Fitness", fm_text_string(&text));
    for (size_t i = 0; i < MIN(fm_webrtc_count(e->webrtc), SHOWN_SESSIONS); i++) {
        fm_text_char(&e->sink.text, '\n');
        explain_session(e, fm_webrtc_at(e->webrtc, i));
    }
    g_autoptr(GArray) flows = g_array_new(FALSE, FALSE, sizeof(Weighed));
    for (size_t i = 0; i < fm_summary_count(e->summary); i++) {
        const FmFlowRecord *flow = fm_summary_at(e->summary, i);
        Weighed one = { flow, weight(flow) };
        if (flow->shown && (flow->kind == FM_FLOW_TCP || flow->quic))
            g_array_append_val(flows, one);
    }
    unsigned told = 0;
    if (flows->len == 1) {
        fm_text_char(&e->sink.text, '\n');
        explain_flow(e, g_array_index(flows, Weighed, 0).flow);
        return;
    }
    g_array_sort(flows, by_weight);
    for (unsigned i = 0; i < flows->len && told < SHOWN_FLOWS; i++)
        told += explain_briefly(e, g_array_index(flows, Weighed, i).flow);
    if (flows->len > told)
        fm_text_printf(&e->sink.text, "\n%s%u %sflow%s in which less time was lost, or none; 'fathom flows' lists all.\n", told ? "And " : "", flows->len - told,
                       told ? "more " : "", flows->len - told == 1 ? "" : "s");
}

/* ---- one packet ---- */

static void explain_packet(Explain *e, const FmPacket *packet, const FmFlowRecord *flow)
{
    FmText *out = &e->sink.text;
    fm_text_printf(out, "#%" PRIu64 "  ", packet->frame->number);
    if (flow)
        put_ends(out, flow);
    fm_text_char(out, '\n');
    g_auto(FmText) text = { 0 };
    fm_text_escaped(&text, packet->info.data, packet->info.size);
    put_paragraph(e, packet->protocol, fm_text_string(&text));
    fm_text_reset(&text);
    FmMoment moment;
    if (flow && packet->segment && fm_flow_moment(flow, &moment))
        fm_moment_text(&text, &moment);
    else if (flow)
        fm_text_printf(&text, "A datagram of %s, number %" PRIu64 " in its direction. Nothing is owed for it on this layer: an answer, or a repetition, is the application's.",
                       side_name(flow, packet->flow_direction & 1), flow->packets[packet->flow_direction & 1]);
    else
        fm_text_literal(&text, "This packet belongs to no flow between ports. What it asks for or tells stands in the line above.");
    put_paragraph(e, "", fm_text_string(&text));
}

/* ---- two captures ---- */

/* Reads the second capture: only its segments are needed. */
static bool read_other(Explain *e, GError **error)
{
    FmSource *source = fm_source_open_file(e->other_file, error);
    if (!source)
        return false;
    const FmSessionOptions options = { 0 };
    g_autoptr(FmSession) session = fm_session_new(e->reading.catalog, source, &options);
    fm_session_want_segments(session);
    const FmPacket *packet;
    bool match;
    FmNext next;
    while ((next = fm_session_next(session, &packet, &match, error)) == FM_NEXT_FRAME)
        if (packet->segment)
            fm_pairing_add(e->pairing, 1, packet->segment_flow, packet->frame->number, packet->segment);
    return next == FM_NEXT_END;
}

static void put_lost(FmText *text, const FmPairingWay *w)
{
    for (unsigned i = 0; i < w->lost_count; i++)
        fm_text_printf(text, "%s#%" PRIu64, i ? ", " : " (", w->lost_packets[i]);
    if (w->lost_count)
        fm_text_put(text, w->lost > w->lost_count ? ", …)" : ")");
}

static void explain_way(Explain *e, const char *const files[2], const FmFlowRecord *flow, const FmPairingFlow *pair, unsigned d)
{
    const FmPairingWay *w = &pair->way[d];
    FmFlowSide side;
    g_auto(FmText) text = { 0 };
    if (!w->matched)
        return;
    fm_text_printf(&text, "%" PRIu64 " packets of %s are in both. From ", w->matched, side_name(flow, d));
    fm_text_printf(&text, "%s to %s they took ", files[w->first], files[!w->first]);
    fm_span_text(&text, w->median);
    fm_text_literal(&text, " (median), at least ");
    fm_span_text(&text, w->least);
    fm_text_literal(&text, ", 99 of 100 at most ");
    fm_span_text(&text, w->high);
    fm_text_literal(&text, ", the slowest ");
    fm_span_text(&text, w->most);
    fm_text_printf(&text, ". %" PRIu64 " were lost in between", w->lost);
    put_lost(&text, w);
    if (w->missed)
        fm_text_printf(&text, "; %" PRIu64 " are in %s only: %s lacks them", w->missed, files[!w->first], files[w->first]);
    fm_text_char(&text, '.');
    if (fm_flow_side(flow, d, &side) && side.lost_before + side.lost_behind > 0)
        fm_text_printf(&text, " Seen from %s, %" PRIu64 " had been lost before it and %" PRIu64 " behind it.", files[0], side.lost_before, side.lost_behind);
    put_paragraph(e, d == flow->client ? "Client" : "Server", fm_text_string(&text));
}

static int explain_both(Explain *e)
{
    const FmPairingFlow *pairs;
    size_t n = fm_pairing_match(e->pairing, &pairs);
    if (!n) {
        fprintf(stderr, "fathom: no packet of %s is in %s (segments that were split or joined in between are not known again)\n", e->reading.options->read_file,
                e->other_file);
        return FM_COMMAND_FAILED;
    }
    g_autofree char *first = g_path_get_basename(e->reading.options->read_file), *second = g_path_get_basename(e->other_file);
    bool alike = g_str_equal(first, second); /* files of the same name in two places */
    const char *const files[] = { alike ? e->reading.options->read_file : first, alike ? e->other_file : second };
    for (size_t i = 0; i < n; i++) {
        const FmFlowRecord *flow = fm_summary_find(e->summary, FM_FLOW_TCP, pairs[i].flow[0]);
        if (!flow || (e->has_flow && flow->number != e->number))
            continue;
        put_ends(&e->sink.text, flow);
        fm_text_char(&e->sink.text, '\n');
        g_auto(FmText) text = { 0 };
        if (pairs[i].both) {
            fm_text_printf(&text, "The clock of %s is ", files[1]);
            fm_span_text(&text, ABS(pairs[i].offset));
            fm_text_printf(&text, " %s, if the way takes as long in both directions: that is assumed in what follows.", pairs[i].offset < 0 ? "behind" : "ahead");
        } else {
            fm_text_literal(&text, "Packets of one direction only are in both: clocks can't be compared, so times in between hold their difference.");
        }
        put_paragraph(e, "Clocks", fm_text_string(&text));
        explain_way(e, files, flow, &pairs[i], flow->client);
        explain_way(e, files, flow, &pairs[i], !flow->client);
        fm_text_char(&e->sink.text, '\n');
    }
    return FM_COMMAND_GOOD;
}

/* ---- the run ---- */

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    Explain *e = data;
    const FmFlowRecord *flow = fm_summary_packet(e->summary, packet, match);
    fm_webrtc_packet(e->webrtc, packet);
    if (e->pairing && packet->segment && match)
        fm_pairing_add(e->pairing, 0, packet->segment_flow, packet->frame->number, packet->segment);
    if (packet->frame->number != e->packet)
        return true;
    e->found = true;
    explain_packet(e, packet, flow);
    return false;
}

/* The flow that the user's filter leaves, if it is a single one. */
static const FmFlowRecord *only_flow(Explain *e)
{
    const FmFlowRecord *only = NULL;
    for (size_t i = 0; e->reading.options->display_filter && i < fm_summary_count(e->summary); i++) {
        const FmFlowRecord *flow = fm_summary_at(e->summary, i);
        if (flow->shown && only)
            return NULL;
        only = flow->shown ? flow : only;
    }
    return only;
}

static int finish(Explain *e)
{
    if (e->packet) {
        if (!e->found)
            fprintf(stderr, "fathom: there is no packet %" PRIu64 "\n", e->packet);
        return e->found ? FM_COMMAND_GOOD : FM_COMMAND_FAILED;
    }
    fm_summary_finish(e->summary);
    if (e->pairing)
        return explain_both(e);
    const FmFlowRecord *flow = e->has_flow ? fm_summary_find(e->summary, e->kind, e->number) : only_flow(e);
    if (!flow && !e->has_flow) {
        explain_capture(e);
        return FM_COMMAND_GOOD;
    }
    if (!flow) {
        fprintf(stderr, "fathom: there is no flow %s %u\n", fm_flow_kind_name(e->kind), e->number);
        return FM_COMMAND_FAILED;
    }
    explain_flow(e, flow);
    return FM_COMMAND_GOOD;
}

static int run(Explain *e)
{
    const FmReader reader = { take_packet, NULL, e };
    const FmSummaryOptions options = { .most_events = MOST_EVENTS };
    e->summary = fm_summary_new(e->reading.catalog, &options);
    e->webrtc = fm_webrtc_new(e->reading.catalog);
    fm_session_want(e->reading.session, fm_summary_wanted(e->summary), false, false, e->packet > 0);
    fm_session_want(e->reading.session, fm_webrtc_wanted(e->webrtc), false, false, false);
    fm_session_want_segments(e->reading.session);
    if (e->other_file)
        e->pairing = fm_pairing_new();
    int status = fm_reading_run(&e->reading, &reader);
    g_autoptr(GError) error = NULL;
    if (e->other_file && !read_other(e, &error))
        status = fm_reading_complain(FM_COMMAND_FAILED, error);
    int told = finish(e);
    if (!fm_sink_flush(&e->sink) && e->sink.trouble != EPIPE)
        return FM_COMMAND_FAILED;
    return status ? status : told;
}

/* ---- the command line ---- */

static void choose_width(Explain *e, const char *text)
{
    struct winsize size;
    e->width = USUAL_WIDTH;
    if (text)
        e->width = (unsigned)MIN(strtoul(text, NULL, 10), 10000);
    else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        e->width = size.ws_col;
}

static bool choose_packet(Explain *e, const char *text)
{
    char *end = NULL;
    e->packet = text ? g_ascii_strtoull(text, &end, 10) : 0;
    if (!text || (e->packet && !*end))
        return true;
    fprintf(stderr, "fathom: --packet: \"%s\" is not the number of a packet\n", text);
    return false;
}

int fm_explain_run(int argc, char **argv)
{
    Explain e = { .sink.fd = STDOUT_FILENO };
    const char *packet = NULL, *width = NULL;
    const FmOwnOption own[] = { { "--packet", &packet, NULL }, { "--and", &e.other_file, NULL }, { "--width", &width, NULL }, { NULL, NULL, NULL } };
    int status = fm_reading_start(&e.reading, argc, argv, own, help);
    if (status == FM_COMMAND_GO_ON) {
        FmOptions *o = e.reading.options;
        if (o->display_filter && (e.has_flow = fm_reading_flow(o->display_filter, &e.kind, &e.number)))
            g_clear_pointer(&o->display_filter, g_free);
        choose_width(&e, width);
        status = choose_packet(&e, packet) ? fm_reading_open(&e.reading) : FM_COMMAND_USAGE;
        if (status == FM_COMMAND_GO_ON)
            status = run(&e);
    }
    fm_pairing_free(e.pairing);
    fm_summary_free(e.summary);
    fm_webrtc_free(e.webrtc);
    fm_reading_clear(&e.reading);
    fm_text_clear(&e.sink.text);
    return status;
}
