/* The ladder: who sent what, in which order, with the states of both ends beside it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "ui/flow.h"

enum { LEAST_RUN = 4, TIME_COLUMNS = 11, STATE_COLUMNS = 12 };

typedef enum TcpState {
    STATE_NONE, LISTEN, SYN_SENT, SYN_RCVD, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSING, TIME_WAIT, CLOSE_WAIT, LAST_ACK, CLOSED
} TcpState;

static const char *const state_names[] = { "", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSING",
                                           "TIME_WAIT", "CLOSE_WAIT", "LAST_ACK", "CLOSED" };

typedef struct Rung {
    uint32_t first, last; /* steps; more than one: a run of data and what acknowledges it */
    uint32_t segments;
    uint64_t bytes;
    uint8_t states[2];    /* of both ends after it, by direction in which they send; STATE_NONE: as before */
} Rung;

typedef struct LadderView {
    GArray *rungs;
    GHashTable *open; /* first steps of runs that are shown one by one */
    size_t made_of;
    unsigned client;
    bool changed;
    uint32_t went_to; /* packet that the cursor was brought to */
} LadderView;

static void ladder_open(FmPane *pane)
{
    LadderView *v = pane->state;
    v->rungs = g_array_new(FALSE, TRUE, sizeof(Rung));
    v->open = g_hash_table_new(NULL, NULL);
}

static void ladder_close(FmPane *pane)
{
    LadderView *v = pane->state;
    g_array_unref(v->rungs);
    g_hash_table_unref(v->open);
}

/* ---- states, as RFC 9293 has them; each end as far as its packets tell ---- */

static void advance(TcpState *state, unsigned sender, uint16_t flags)
{
    TcpState *me = &state[sender], *peer = &state[!sender];
    bool syn = flags & FM_SEGMENT_SYN, ack = flags & FM_SEGMENT_ACK, fin = flags & FM_SEGMENT_FIN;
    if (flags & FM_SEGMENT_RST) {
        *me = *peer = CLOSED;
        return;
    }
    if (syn) {
        *me = ack ? SYN_RCVD : SYN_SENT;
        if (!ack && *peer == STATE_NONE)
            *peer = LISTEN;
        if (ack && *peer == SYN_SENT)
            *peer = ESTABLISHED;
        return;
    }
    if (*me == STATE_NONE)
        *me = *peer = ESTABLISHED; /* the beginning was not captured */
    if (ack && *peer == SYN_RCVD)
        *peer = ESTABLISHED;
    if (fin && (*me == ESTABLISHED || *me == SYN_RCVD)) {
        *me = FIN_WAIT_1;
        if (*peer == ESTABLISHED)
            *peer = CLOSE_WAIT;
        else if (*peer == FIN_WAIT_1 || *peer == FIN_WAIT_2)
            *peer = *peer == FIN_WAIT_2 ? TIME_WAIT : CLOSING;
    } else if (fin && *me == CLOSE_WAIT) {
        *me = LAST_ACK;
        *peer = *peer == FIN_WAIT_1 ? CLOSING : TIME_WAIT;
    } else if (ack && *peer == FIN_WAIT_1 && *me == CLOSE_WAIT) {
        *peer = FIN_WAIT_2;
    } else if (ack && *peer == LAST_ACK) {
        *peer = CLOSED;
    } else if (ack && *peer == CLOSING) {
        *peer = TIME_WAIT;
    }
}

/* ---- rungs ---- */

static bool is_plain_ack(const FmStep *s)
{
    return s->flags == FM_SEGMENT_ACK && !s->length && !s->sack_count;
}

static bool is_plain_data(const FmStep *s)
{
    return s->length && (s->verdict == FM_VERDICT_NEW || s->verdict == FM_VERDICT_NONE) &&
           !(s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN | FM_SEGMENT_RST));
}

/* How many steps from `i` on are data one way that flows without trouble, and its acknowledgments. */
static uint32_t run_length(const FmStep *steps, size_t count, size_t i, Rung *run)
{
    unsigned direction = steps[i].direction;
    size_t end = i;
    for (size_t n = i; n < count; n++) {
        if (steps[n].direction == direction && is_plain_data(&steps[n]) && steps[n].protocol == steps[i].protocol) {
            run->segments++;
            run->bytes += steps[n].length;
            end = n + 1;
        } else if (!is_plain_ack(&steps[n])) {
            break;
        } else if (steps[n].direction != direction) {
            end = n + 1;
        }
    }
    return (uint32_t)(end - i);
}

static void collect(LadderView *v, const FmStep *steps, size_t count, bool tcp)
{
    TcpState states[2] = { STATE_NONE, STATE_NONE };
    g_array_set_size(v->rungs, 0);
    for (size_t i = 0; i < count;) {
        Rung rung = { .first = (uint32_t)i, .segments = 0 };
        uint32_t length = 1;
        if (tcp && is_plain_data(&steps[i])) {
            length = run_length(steps, count, i, &rung);
            bool folded = rung.segments >= LEAST_RUN && !g_hash_table_contains(v->open, GSIZE_TO_POINTER(i + 1));
            if (!folded && rung.segments >= LEAST_RUN) { /* shown one by one */
                for (uint32_t n = 0; n + 1 < length; n++) {
                    Rung single = { .first = (uint32_t)i, .last = (uint32_t)i };
                    g_array_append_val(v->rungs, single);
                    i++;
                }
            }
            if (!folded)
                length = 1;
        }
        rung.first = (uint32_t)i;
        rung.last = (uint32_t)(i + length - 1);
        if (length == 1)
            rung.segments = 0;
        TcpState before[2] = { states[0], states[1] };
        if (tcp && length == 1)
            advance(states, steps[i].direction, steps[i].flags);
        for (unsigned d = 0; d < 2; d++)
            rung.states[d] = states[d] != before[d] ? (uint8_t)states[d] : STATE_NONE;
        g_array_append_val(v->rungs, rung);
        i += length;
    }
}

static size_t rung_of(const LadderView *v, size_t step)
{
    size_t from = 0, to = v->rungs->len;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (g_array_index(v->rungs, Rung, middle).last < step)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void ladder_refresh(FmPane *pane)
{
    LadderView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    const FmTrack *track = fm_gather_hold(flow->gather);
    size_t count;
    const FmStep *steps = fm_track_steps(track, &count, NULL);
    if (count != v->made_of || v->changed) {
        v->made_of = count;
        v->changed = false;
        v->client = fm_track_flow(track) ? fm_track_flow(track)->client : 0;
        collect(v, steps, count, flow->kind == FM_FLOW_TCP);
        pane->count = v->rungs->len;
    }
    if (flow->packet != v->went_to && count && flow->packet <= steps[count - 1].number) {
        v->went_to = flow->packet;
        pane->cursor = rung_of(v, fm_flow_step(flow, steps, count));
    }
    fm_gather_release(flow->gather);
}

static void ladder_moved(FmPane *pane)
{
    LadderView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    const FmStep *steps = fm_track_steps(fm_gather_hold(flow->gather), &count, NULL);
    if (pane->cursor < v->rungs->len) {
        uint32_t first = g_array_index(v->rungs, Rung, pane->cursor).first;
        if (first < count)
            v->went_to = flow->packet = steps[first].number;
    }
    fm_gather_release(flow->gather);
}

/* ---- texts ---- */

static void put_flags(FmText *out, uint16_t flags)
{
    static const struct {
        uint16_t flag;
        const char *name;
    } names[] = { { FM_SEGMENT_SYN, "SYN" }, { FM_SEGMENT_FIN, "FIN" }, { FM_SEGMENT_RST, "RST" }, { FM_SEGMENT_PSH, "PSH" },
                  { FM_SEGMENT_ACK, "ACK" }, { FM_SEGMENT_URG, "URG" }, { FM_SEGMENT_ECE, "ECE" }, { FM_SEGMENT_CWR, "CWR" } };
    size_t start = out->size;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (flags & names[i].flag)
            fm_text_printf(out, "%s%s", out->size > start ? " " : "", names[i].name);
}

static void put_segment(FmText *out, const FmStep *s)
{
    char size[32];
    if (s->verdict > FM_VERDICT_NEW)
        fm_text_printf(out, "%s: ", fm_verdict_name((FmVerdict)s->verdict));
    put_flags(out, s->flags);
    if (s->length || (s->flags & FM_SEGMENT_SYN))
        fm_text_printf(out, " seq=%u", s->seq);
    if (s->length)
        fm_text_printf(out, " %s", fm_short_bytes(size, s->length));
    if ((s->flags & FM_SEGMENT_ACK) && (!s->length || (s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN))))
        fm_text_printf(out, " ack=%u", s->ack);
    if (!s->length && !(s->flags & FM_SEGMENT_RST))
        fm_text_printf(out, " win=%u", s->window);
    for (unsigned i = 0; i < s->sack_count; i++)
        fm_text_printf(out, "%s%u–%u", i ? ", " : " SACK ", s->sacks[i].left, s->sacks[i].right);
}

/* What lies above the transport says it in its info column. */
static void put_message(FmPane *pane, FmText *out, const FmStep *s)
{
    const FmPacket *packet = fm_viewer_packet(fm_flow_of(pane->page)->viewer, s->number, 0);
    if (!packet)
        return;
    fm_text_printf(out, "%s ", s->protocol);
    fm_packet_told(out, packet, 400);
}

static void put_label(FmPane *pane, FmText *out, const Rung *rung, const FmStep *steps, bool tcp)
{
    const FmStep *s = &steps[rung->first];
    bool transport = tcp && strcmp(s->protocol, "TCP") == 0;
    char size[32], span[32];
    if (rung->segments) {
        fm_text_printf(out, "%s × %u  %s in %s", transport ? "data" : s->protocol, rung->segments, fm_short_bytes(size, rung->bytes),
                       fm_short_span(span, steps[rung->last].time - s->time));
    } else if (transport) {
        put_segment(out, s);
    } else {
        if (s->verdict > FM_VERDICT_NEW)
            fm_text_printf(out, "%s: ", fm_verdict_name((FmVerdict)s->verdict));
        put_message(pane, out, s);
    }
}

/* ---- drawing ---- */

static FmStyle style_of(const FmStep *s, bool transport)
{
    if (fm_verdict_is_retransmission((FmVerdict)s->verdict) || (s->flags & FM_SEGMENT_RST))
        return FM_STYLE_BAD;
    if (s->verdict > FM_VERDICT_NEW)
        return FM_STYLE_WAIT;
    if (s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN))
        return FM_STYLE_GOOD;
    if (!transport)
        return FM_STYLE_PROTOCOL;
    return s->length ? FM_STYLE_NORMAL : FM_STYLE_DIM;
}

static void put_time(FmPane *pane, FmPen *pen, const FmStep *steps, uint32_t i, bool absolute)
{
    char text[32];
    if (absolute)
        g_snprintf(text, sizeof text, "%.3f", (double)(steps[i].time - steps[0].time) / FM_SECOND);
    else
        g_snprintf(text, sizeof text, "+%s", fm_short_span(g_newa(char, 32), steps[i].time - steps[i - 1].time));
    fm_put_cell(pen, FM_STYLE_DIM, -(TIME_COLUMNS - 1), text);
    fm_put(pen, FM_STYLE_NORMAL, " ");
}

static void ladder_row(FmPane *pane, size_t i, FmPen *pen)
{
    LadderView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    bool tcp = flow->kind == FM_FLOW_TCP;
    if (i >= v->rungs->len)
        return;
    Rung rung = g_array_index(v->rungs, Rung, i);
    g_auto(FmText) label = { 0 };
    size_t count;
    const FmStep *steps = fm_track_steps(fm_gather_hold(flow->gather), &count, NULL);
    if (rung.last < count) {
        const FmStep *s = &steps[rung.first];
        bool right = s->direction == v->client, transport = tcp && strcmp(s->protocol, "TCP") == 0;
        bool hidden = flow->hidden && steps[rung.last].number >= flow->hidden;
        if (hidden)
            fm_text_put(&label, "?");
        else
            put_label(pane, &label, &rung, steps, tcp);
        put_time(pane, pen, steps, rung.first, rung.first == 0 || i % 8 == 0);
        int states = tcp ? STATE_COLUMNS : 0, columns = pen->into ? 120 : pane->box.columns;
        if (states)
            fm_put_cell(pen, FM_STYLE_GOOD, -states, hidden ? "" : state_names[rung.states[v->client]]);
        fm_put_arrow(pen, hidden ? FM_STYLE_MARK : style_of(s, transport), right, !hidden && fm_verdict_is_retransmission((FmVerdict)s->verdict), rung.segments > 0, fm_text_string(&label),
                  columns - TIME_COLUMNS - 2 * states - 8);
        if (states)
            fm_put_cell(pen, FM_STYLE_GOOD, states, hidden ? "" : state_names[rung.states[!v->client]]);
        fm_putf(pen, FM_STYLE_DIM, "%7u", s->number);
    }
    fm_gather_release(flow->gather);
}

static void ladder_head(FmPane *pane, FmPen *pen)
{
    LadderView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    g_auto(FmText) client = { 0 }, server = { 0 };
    const FmFlowRecord *record = fm_track_flow(fm_gather_hold(flow->gather));
    if (record) {
        fm_flow_end_text(&client, record, v->client);
        fm_flow_server_text(&server, record);
    }
    fm_gather_release(flow->gather);
    int states = flow->kind == FM_FLOW_TCP ? STATE_COLUMNS : 0, middle = pane->box.columns - TIME_COLUMNS - 2 * states - 8;
    fm_put_cell(pen, FM_STYLE_HEAD, -(TIME_COLUMNS - 1), "s");
    fm_put(pen, FM_STYLE_HEAD, " ");
    if (states)
        fm_put_cell(pen, FM_STYLE_HEAD, -states, "state");
    fm_put(pen, FM_STYLE_HEAD, " ");
    fm_put_cell(pen, FM_STYLE_TITLE, middle / 2 - 1, fm_text_string(&client));
    fm_put_cell(pen, FM_STYLE_TITLE, -(middle - middle / 2 - 1), fm_text_string(&server));
    fm_put(pen, FM_STYLE_HEAD, " ");
    if (states)
        fm_put_cell(pen, FM_STYLE_HEAD, states, "state");
    fm_put_cell(pen, FM_STYLE_HEAD, -7, "#");
}

static bool ladder_request(FmPane *pane, FmRequest request, const char *argument)
{
    LadderView *v = pane->state;
    if (pane->cursor >= v->rungs->len)
        return false;
    const Rung *rung = &g_array_index(v->rungs, Rung, pane->cursor);
    switch (request) {
    case FM_REQUEST_ENTER:
        if (!rung->segments) {
            fm_flow_show_packet(pane->page, fm_flow_of(pane->page)->packet);
            return true;
        }
        g_hash_table_add(v->open, GSIZE_TO_POINTER((gsize)rung->first + 1));
        v->changed = true;
        return true;
    case FM_REQUEST_RIGHT:
        if (rung->segments)
            g_hash_table_add(v->open, GSIZE_TO_POINTER((gsize)rung->first + 1));
        v->changed = true;
        return true;
    case FM_REQUEST_LEFT: /* folds the runs again */
        g_hash_table_remove_all(v->open);
        v->changed = true;
        v->went_to = 0;
        return true;
    default: return false;
    }
}

const FmView fm_ladder_view = {
    .name = "Ladder",
    .where = FM_IN_LIST | FM_IN_LADDER,
    .private_size = sizeof(LadderView),
    .open = ladder_open,
    .close = ladder_close,
    .refresh = ladder_refresh,
    .row = ladder_row,
    .head = ladder_head,
    .moved = ladder_moved,
    .request = ladder_request,
};
