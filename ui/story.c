/* What a flow is, and what happened to it. */
#include "config.h"

#include <string.h>

#include "summary/flow_columns.h"
#include "ui/flow.h"

enum { MOST_FINDINGS = 24, CARD_LABEL = 16 };

typedef struct Line {
    char *label, *text;
    FmStyle style;
    uint32_t packet; /* shown behind it; 0: none */
    uint32_t door;   /* packet that it leads to; 0: none */
    double shares[4]; /* a bar: network, receiver, application, stalled; all 0: none */
} Line;

typedef struct StoryView {
    GArray *lines; /* of Line */
    size_t made_of; /* packets */
    bool whole;
    int columns;    /* that the lines are broken for */
} StoryView;

static void line_clear(gpointer data)
{
    Line *line = data;
    g_free(line->label);
    g_free(line->text);
}

static void story_open(FmPane *pane)
{
    StoryView *v = pane->state;
    v->lines = g_array_new(FALSE, TRUE, sizeof(Line));
    g_array_set_clear_func(v->lines, line_clear);
}

static void story_close(FmPane *pane)
{
    g_array_unref(((StoryView *)pane->state)->lines);
}

static void add(StoryView *v, FmStyle style, uint64_t packet, const char *label, const char *format, ...) G_GNUC_PRINTF(5, 6);

static void add(StoryView *v, FmStyle style, uint64_t packet, const char *label, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    bool told = strchr(text, '#') != NULL; /* the sentence names its packet itself */
    int room = MAX(v->columns - CARD_LABEL - 4 - (packet && !told ? 9 : 0), 24);
    const char *at = text;
    for (bool first = true; first || *at; first = false) { /* a sentence goes over several lines, broken between words */
        size_t n = fm_fitting(at, strlen(at), room);
        while (at[n] && n && at[n] != ' ')
            n--;
        if (!n)
            n = fm_fitting(at, strlen(at), room);
        bool last = !at[n];
        Line line = { .label = g_strdup(first ? label : ""), .text = g_strndup(at, n), .style = style, .packet = last && !told ? (uint32_t)packet : 0, .door = (uint32_t)packet };
        g_array_append_val(v->lines, line);
        at += n + (at[n] == ' ');
    }
}

static void add_blank(StoryView *v, const char *heading)
{
    if (v->lines->len)
        add(v, FM_STYLE_NORMAL, 0, "", "%s", "");
    if (heading)
        add(v, FM_STYLE_HEAD, 0, heading, "%s", "");
}

/* ---- the card of properties ---- */

static void add_set_up(StoryView *v, const FmFlowRecord *flow)
{
    FmFlowHandshake h = fm_flow_handshake(flow);
    char total[32], server[32], client[32];
    if (h.total)
        add(v, FM_STYLE_NORMAL, flow->first_packet, "set-up", "TCP %s: %s from here to the server and back, %s to the client and back",
            fm_short_span(total, h.total), fm_short_span(server, h.server), fm_short_span(client, h.client));
    else
        add(v, FM_STYLE_DIM, flow->first_packet, "set-up", "not seen");
}

static void add_limits(StoryView *v, const char *name, const FmFlowSide *side)
{
    double all = 0;
    for (unsigned i = 0; i <= FM_LIMIT_APPLICATION; i++)
        all += (double)side->limited[i];
    if (all <= 0)
        return;
    double network = (double)side->limited[FM_LIMIT_NETWORK] / all, receiver = (double)side->limited[FM_LIMIT_RECEIVER] / all;
    double application = (double)side->limited[FM_LIMIT_APPLICATION] / all;
    char span[32];
    g_autofree char *label = g_strdup_printf("%s sends", name);
    add(v, FM_STYLE_NORMAL, 0, label, "%s", "");
    Line *line = &g_array_index(v->lines, Line, v->lines->len - 1);
    g_free(line->text);
    line->text = g_strdup_printf("%s: network %.0f %%, receiver %.0f %%, application %.0f %%", fm_short_span(span, (FmTime)all), 100 * network,
                                 100 * receiver, 100 * application);
    line->shares[0] = network;
    line->shares[1] = receiver;
    line->shares[2] = application;
}

static void add_reliability(StoryView *v, const FmFlowSide *sides, const bool *has)
{
    uint64_t resent = 0, needless = 0, lost = 0, blocked_most = 0, reordered = 0;
    FmTime blocked = 0;
    for (unsigned d = 0; d < 2; d++) {
        if (!has[d])
            continue;
        resent += sides[d].retransmissions;
        needless += sides[d].verdicts[FM_VERDICT_NEEDLESS];
        lost += sides[d].lost_before + sides[d].lost_behind;
        reordered += sides[d].verdicts[FM_VERDICT_REORDERED];
        blocked += sides[d].blocked;
        blocked_most = MAX(blocked_most, sides[d].blocked_most);
    }
    char span[32], size[32];
    add(v, resent ? FM_STYLE_WAIT : FM_STYLE_NORMAL, 0, "reliable", "yes: %lu lost, %lu resent%s", (unsigned long)lost, (unsigned long)resent,
        needless ? ", some of them needlessly" : "");
    if (blocked)
        add(v, FM_STYLE_WAIT, 0, "ordered", "yes: holes held up to %s back, for %s in all", fm_short_bytes(size, blocked_most), fm_short_span(span, blocked));
    else
        add(v, FM_STYLE_NORMAL, 0, "ordered", reordered ? "yes: %lu late" : "yes: nothing had to wait", (unsigned long)reordered);
}

static void add_congestion(StoryView *v, const char *name, const FmFlowSide *side)
{
    g_autofree char *label = g_strdup_printf("%s's control", name);
    char low[32], high[32], rtt[32], least[32];
    if (side->cwnd && side->algorithm == FM_ALGORITHM_UNKNOWN)
        add(v, FM_STYLE_NORMAL, 0, label, "unknown: %s; window %s to %s (%.2f), now %s", fm_unknown_name(side->unknown), fm_short_bytes(low, side->cwnd_low),
            fm_short_bytes(high, side->cwnd_high), side->cwnd_confidence, fm_phase_name(side->phase));
    else if (side->cwnd)
        add(v, FM_STYLE_NORMAL, 0, label, "%s (%.2f); window %s to %s (%.2f), now %s", fm_algorithm_name(side->algorithm),
            side->algorithm_confidence, fm_short_bytes(low, side->cwnd_low), fm_short_bytes(high, side->cwnd_high), side->cwnd_confidence,
            fm_phase_name(side->phase));
    else
        add(v, FM_STYLE_DIM, 0, label, "window not known; %s", fm_phase_name(side->phase));
    if (side->rtt)
        add(v, FM_STYLE_NORMAL, 0, "round trip", "%s smoothed, %s at least%s", fm_short_span(rtt, side->rtt), fm_short_span(least, side->rtt_min),
            side->vantage < 0     ? ""
            : side->vantage < 0.1 ? "; captured at the sender"
            : side->vantage > 0.9 ? "; captured at the receiver"
                                  : "; captured on the way");
}

static void add_findings(StoryView *v, const FmFlowRecord *flow)
{
    FmFinding findings[MOST_FINDINGS];
    unsigned count = fm_flow_findings(flow, findings, MOST_FINDINGS);
    add_blank(v, count ? "what cost time, and what else was seen" : "nothing went wrong");
    for (unsigned i = 0; i < MIN(count, (unsigned)MOST_FINDINGS); i++) {
        g_auto(FmText) text = { 0 };
        const FmFinding *f = &findings[i];
        bool from_client = f->direction == flow->client;
        fm_finding_text(&text, f, from_client ? "the client" : "the server", from_client ? "the server" : "the client");
        char span[32];
        add(v, fm_finding_is_doubt(f->kind) ? FM_STYLE_DIM : f->lost ? FM_STYLE_WAIT : FM_STYLE_NORMAL, f->packet, f->lost ? fm_short_span(span, f->lost) : "", "%s",
            fm_text_string(&text));
    }
}

static void add_events(StoryView *v, const FmFlowRecord *flow)
{
    unsigned count;
    uint64_t left_out;
    const FmFlowEvent *events = fm_flow_events(flow, &count, &left_out);
    add_blank(v, events && count ? "what happened" : NULL);
    for (unsigned i = 0; events && i < count; i++) {
        g_auto(FmText) text = { 0 };
        fm_flow_event_text(&text, flow, &events[i]);
        char time[32];
        g_snprintf(time, sizeof time, "%9.3f", (double)(events[i].time - flow->first) / FM_SECOND);
        bool bad = events[i].kind == FM_EVENT_FINDING || events[i].kind == FM_EVENT_RESET;
        add(v, bad ? FM_STYLE_WAIT : FM_STYLE_NORMAL, events[i].packet, time, "%s", fm_text_string(&text));
    }
    if (left_out)
        add(v, FM_STYLE_DIM, 0, "", "and %lu more", (unsigned long)left_out);
}

static void add_names(StoryView *v, const FmFlowRecord *flow)
{
    static const struct {
        const char *label;
        size_t offset;
    } texts[] = { { "server name", offsetof(FmFlowText, server_name) }, { "application", offsetof(FmFlowText, alpn) },
                  { "closed because", offsetof(FmFlowText, closed_because) } };
    for (size_t i = 0; flow->text && i < G_N_ELEMENTS(texts); i++) {
        const char *text = *(char *const *)(const void *)((const char *)flow->text + texts[i].offset);
        g_auto(FmText) escaped = { 0 };
        if (text)
            fm_text_escaped(&escaped, text, strlen(text));
        if (text)
            add(v, FM_STYLE_PROTOCOL, 0, texts[i].label, "%s", fm_text_string(&escaped));
    }
}

static void tell(StoryView *v, const FmFlowRecord *flow)
{
    static const char *const names[] = { "client", "server" };
    g_array_set_size(v->lines, 0);
    FmFlowSide sides[2];
    bool has[2];
    for (unsigned d = 0; d < 2; d++)
        has[d] = fm_flow_side(flow, d, &sides[d]);
    add_blank(v, "what it is");
    add_set_up(v, flow);
    add_names(v, flow);
    add_reliability(v, sides, has);
    for (unsigned d = 0; d < 2; d++)
        if (has[d] && sides[d].packets >= 4)
            add_congestion(v, names[d != flow->client], &sides[d]);
    char down[32], up[32];
    add(v, FM_STYLE_NORMAL, 0, "duplex", "the server sent %s, the client %s", fm_short_bytes(down, flow->payload[!flow->client]),
        fm_short_bytes(up, flow->payload[flow->client]));
    g_auto(FmText) state = { 0 };
    fm_flow_state_text(&state, flow);
    add(v, FM_STYLE_NORMAL, flow->last_packet, "state", "%s", fm_text_string(&state));
    add_blank(v, "what limited it");
    for (unsigned d = 0; d < 2; d++)
        if (has[d])
            add_limits(v, names[d != flow->client], &sides[d]);
    add_findings(v, flow);
    add_events(v, flow);
}

static void story_refresh(FmPane *pane)
{
    StoryView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    bool whole = fm_gather_done(flow->gather);
    const FmTrack *track = fm_gather_hold(flow->gather);
    fm_track_steps(track, &count, NULL);
    if ((count != v->made_of || whole != v->whole || pane->box.columns != v->columns) && fm_track_flow(track)) {
        v->columns = pane->box.columns;
        v->made_of = count;
        v->whole = whole;
        tell(v, fm_track_flow(track));
    }
    fm_gather_release(flow->gather);
    pane->count = v->lines->len;
}

static void story_row(FmPane *pane, size_t i, FmPen *pen)
{
    StoryView *v = pane->state;
    const Line *line = &g_array_index(v->lines, Line, i);
    if (line->style == FM_STYLE_HEAD) {
        fm_putf(pen, FM_STYLE_BRIGHT, " %s", line->label);
        return;
    }
    fm_put(pen, FM_STYLE_NORMAL, "  ");
    fm_put_cell(pen, FM_STYLE_DIM, CARD_LABEL, line->label);
    fm_put(pen, FM_STYLE_NORMAL, " ");
    static const FmStyle bars[] = { FM_STYLE_BAD, FM_STYLE_WAIT, FM_STYLE_DIM };
    double all = line->shares[0] + line->shares[1] + line->shares[2];
    int width = pen->into ? 20 : CLAMP(pen->screen->columns - 80, 6, 40), used = 0;
    for (unsigned k = 0; all > 0 && k < G_N_ELEMENTS(bars); k++) {
        int n = k == 2 ? width - used : (int)(line->shares[k] * width + 0.5);
        for (int c = 0; c < n; c++)
            fm_put(pen, bars[k], k == 0 ? "█" : k == 1 ? "▒" : "░");
        used += n;
    }
    if (all > 0)
        fm_put(pen, FM_STYLE_NORMAL, " ");
    fm_put(pen, line->style, line->text);
    if (line->packet)
        fm_putf(pen, FM_STYLE_KEY, "  #%u", line->packet);
}

static bool story_request(FmPane *pane, FmRequest request, const char *argument)
{
    StoryView *v = pane->state;
    if (request != FM_REQUEST_ENTER || pane->cursor >= v->lines->len)
        return false;
    const Line *line = &g_array_index(v->lines, Line, pane->cursor);
    if (line->door) {
        fm_flow_of(pane->page)->packet = line->door;
        fm_flow_show_packet(pane->page, line->door);
    }
    return true;
}

const FmView fm_story_view = {
    .name = "Story",
    .where = FM_IN_LIST,
    .private_size = sizeof(StoryView),
    .open = story_open,
    .close = story_close,
    .refresh = story_refresh,
    .row = story_row,
    .request = story_request,
};
