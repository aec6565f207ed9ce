/* What a TCP flow's record tells: the picture of its senders, and findings by weight. */
#include "config.h"

#include <glib.h>

#include "inference/band.h"
#include "summary/tcp_flow.h"

#define SLOW_ANSWER (100 * FM_MILLISECOND)

static void fill_window(FmFlowSide *side, const FmSender *s)
{
    FmBand band = fm_sender_band(s);
    side->cwnd = band.point;
    side->cwnd_low = band.low;
    side->cwnd_high = band.high;
    side->cwnd_confidence = band.confidence;
    side->window_left = !s->edge_known ? UINT64_MAX : s->edge_here > s->board.next ? s->edge_here - s->board.next : 0;
}

/* Time for which the sender waited for a timer with nothing new to send: the loss is to blame, not the application. */
static FmTime stalled(const FmTcpFlow *t, unsigned direction)
{
    FmTime sum = 0;
    for (unsigned i = 0; i < t->finding_count; i++)
        if (t->findings[i].direction == direction && (t->findings[i].kind == FM_FINDING_TIMEOUT || t->findings[i].kind == FM_FINDING_TAIL_PROBE))
            sum += t->findings[i].lost;
    return sum;
}

static void fill_times(FmFlowSide *side, const FmTcpSide *kept, const FmSender *s, FmTime stall)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(side->phases); i++)
        side->phases[i] = kept->phases[i];
    for (unsigned i = 0; i < G_N_ELEMENTS(side->limited); i++)
        side->limited[i] = s->limited[i];
    if (s->limit_since && s->now > s->limit_since)
        side->limited[s->limit] += s->now - s->limit_since;
    stall = MIN(stall, side->limited[FM_LIMIT_APPLICATION]);
    side->limited[FM_LIMIT_APPLICATION] -= stall;
    side->limited[FM_LIMIT_NETWORK] += stall;
    side->blocked = kept->blocking.total;
    side->blocked_most = kept->blocking.held_most;
}

static const FmHistory *history_of(const FmTcpSide *kept, unsigned which)
{
    static const FmHistory none;
    return kept->histories ? &kept->histories[which] : &none;
}

bool fm_flow_side(const FmFlowRecord *flow, unsigned direction, FmFlowSide *side)
{
    const FmTcpFlow *t = flow->tcp;
    direction &= 1;
    FmTcpRoute room;
    const FmTcpRoute *route = t ? fm_tcp_flow_route(t, &room) : NULL;
    if (!route)
        return false;
    const FmTcpSide *kept = &route->side[direction];
    const FmSender *s = t->connection ? fm_connection_sender(t->connection, direction) : NULL;
    if (!s || !s->bytes) {
        *side = route->known[direction];
        return side->bytes;
    }
    *side = (FmFlowSide){
        .packets = s->packets, .bytes = s->bytes, .mss = s->mss, .initial = s->initial, .initial_sure = s->initial_sure, .rtt = s->rtt.smoothed, .rtt_min = s->rtt.lifetime_minimum, .rtt_latest = s->rtt.latest,
        .near_half = s->turn.shortest != FM_TIME_NONE ? s->turn.shortest : s->turn.handshake,
        .in_flight = (uint64_t)fm_board_pipe(&s->board) * s->mss,
        .phase = s->phase, .limit = s->limit,
        .algorithm = fm_identify(&s->identify), .algorithm_confidence = fm_sender_algorithm_confidence(s), .unknown = (uint8_t)fm_sender_unknown(s),
        .retransmissions = s->retransmissions, .lost_before = s->lost_before, .lost_behind = s->lost_behind,
        .vantage = fm_sender_vantage(s), .window_history = history_of(kept, FM_HISTORY_WINDOW), .rtt_history = history_of(kept, FM_HISTORY_RTT),
    };
    for (unsigned i = 0; i < FM_VERDICT_COUNT; i++)
        side->verdicts[i] = s->verdicts[i];
    fill_window(side, s);
    fill_times(side, kept, s, stalled(t, direction));
    return true;
}

FmFlowHandshake fm_flow_handshake(const FmFlowRecord *flow)
{
    const FmTcpFlow *t = flow->tcp;
    FmFlowHandshake h = { 0 };
    if (!t)
        return h;
    if (t->syns && t->synacks)
        h.server = MAX(t->first_synack - t->last_syn, 0);
    if (t->synacks && t->established)
        h.client = MAX(t->established - t->last_synack, 0);
    if (h.server && h.client)
        h.total = t->established - t->last_syn;
    return h;
}

/* ---- findings, with those that follow from the record itself ---- */

typedef struct Ranking {
    FmFinding *findings;
    unsigned most, count;
} Ranking;

static bool weighs_more(const FmFinding *a, const FmFinding *b)
{
    return a->lost != b->lost ? a->lost > b->lost : a->kind < b->kind;
}

static void rank(Ranking *r, const FmFinding *f)
{
    unsigned i = r->count < r->most ? r->count++ : r->most;
    if (i == r->most) {
        if (!r->most || !weighs_more(f, &r->findings[r->most - 1]))
            return;
        i--;
    }
    for (; i > 0 && weighs_more(f, &r->findings[i - 1]); i--)
        r->findings[i] = r->findings[i - 1];
    r->findings[i] = *f;
}

static void rank_shares(Ranking *r, const FmFlowRecord *flow, unsigned d)
{
    FmFlowSide side, other;
    if (!fm_flow_side(flow, d, &side))
        return;
    bool answers = fm_flow_side(flow, !d, &other) && side.bytes < other.bytes / 8; /* that it waits for the other side is no news */
    FmTcpRoute room;
    const FmTcpSide *kept = &fm_tcp_flow_route(flow->tcp, &room)->side[d];
    FmFinding f = { .direction = (uint8_t)d, .count = 1, .packet = flow->first_packet };
    f.lost = side.limited[FM_LIMIT_APPLICATION];
    f.kind = FM_FINDING_APPLICATION_LIMIT;
    f.amount = (uint64_t)(flow->last - flow->first);
    if (f.lost > 0 && !answers)
        rank(r, &f);
    f.lost = side.limited[FM_LIMIT_RECEIVER];
    f.kind = FM_FINDING_RECEIVER_LIMIT;
    f.amount = side.cwnd;
    if (f.lost > 0)
        rank(r, &f);
    f.lost = kept->slow;
    f.kind = FM_FINDING_SLOW_START;
    f.amount = side.cwnd;
    if (f.lost > 2 * side.rtt)
        rank(r, &f);
}

bool fm_flow_breakdown(const FmFlowRecord *flow, FmBreakdown *breakdown)
{
    FmTcpRoute room;
    const FmTcpRoute *route = flow->tcp ? fm_tcp_flow_route(flow->tcp, &room) : NULL;
    if (!route || !route->breakdown.packet)
        return false;
    *breakdown = route->breakdown;
    return true;
}

/* Only what stands out: an answer within a few round trips is no news. */
static void rank_answers(Ranking *r, const FmFlowRecord *flow)
{
    FmBreakdown known, *b = &known;
    FmTime handshake = fm_flow_handshake(flow).total;
    if (!fm_flow_breakdown(flow, b) || !b->requests || b->longest < MAX(4 * handshake, SLOW_ANSWER))
        return;
    rank(r, &(FmFinding){ .kind = FM_FINDING_SLOW_ANSWER, .direction = flow->client, .count = b->requests, .lost = b->server, .worst = b->longest,
                          .worst_at = b->longest_at, .packet = b->longest_packet });
}

static void rank_state(Ranking *r, const FmFlowRecord *flow)
{
    const FmTcpFlow *t = flow->tcp;
    FmFinding f = { .direction = flow->client, .count = 1, .packet = flow->first_packet };
    bool both = flow->packets[0] && flow->packets[1];
    if (flow->completeness == FM_SEEN_SYN && !both) {
        f.kind = FM_FINDING_NO_ANSWER;
        f.count = t->syns;
        f.lost = flow->last - flow->first;
        rank(r, &f);
    } else if (!both) {
        f.kind = FM_FINDING_ONE_WAY;
        f.direction = flow->packets[1] > 0;
        rank(r, &f);
    } else if (!(flow->completeness & (FM_SEEN_SYN | FM_SEEN_SYNACK))) {
        f.kind = FM_FINDING_NO_HANDSHAKE;
        rank(r, &f);
    }
    f.lost = 0;
    f.direction = flow->closer;
    f.packet = flow->last_packet;
    if (flow->state == FM_STATUS_REFUSED || flow->state == FM_STATUS_RESET) {
        f.kind = flow->state == FM_STATUS_REFUSED ? FM_FINDING_REFUSED : FM_FINDING_RESET;
        rank(r, &f);
    }
}

unsigned fm_flow_findings(const FmFlowRecord *flow, FmFinding *findings, unsigned most)
{
    Ranking r = { findings, most, 0 };
    const FmTcpFlow *t = flow->tcp;
    if (!t)
        return 0;
    for (unsigned i = 0; i < t->finding_count; i++)
        rank(&r, &t->findings[i]);
    for (unsigned d = 0; d < 2; d++)
        rank_shares(&r, flow, d);
    rank_answers(&r, flow);
    rank_state(&r, flow);
    return r.count;
}
