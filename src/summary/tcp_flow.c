/* TCP flows: the connection's state, and what happens to its senders, packet by packet. */
#include "config.h"

#include "summary/tcp_flow.h"

#include <glib.h>

#include "inference/band.h"

enum { HELD_SEGMENTS = 4, SEEN_SYN = 1, SEEN_SYNACK = 2, SEEN_ACK = 4, SEEN_DATA = 8, SEEN_FIN = 16, SEEN_RST = 32 };
enum { SYN = FM_SEGMENT_SYN, ACK = FM_SEGMENT_ACK, FIN = FM_SEGMENT_FIN, RST = FM_SEGMENT_RST };

typedef struct Side { /* the data of one direction */
    FmTime at;         /* how far the times below are counted */
    FmTime phases[FM_PHASE_PROBE_RTT + 1];
    FmTime slow;       /* in slow start with more to send */
    FmTime recovery_since;
    uint64_t recovery_packet;
    uint64_t recovery_resent;
    FmTime zero_since; /* its receiver's window is closed; 0: it is not */
    uint64_t zero_packet;
    uint64_t blocked_packet; /* with which the open interval of blocking began */
    uint64_t unseen;   /* bytes told of as not captured */
    bool over_long;    /* a segment was longer than any on the wire */
    FmBlocking blocking;
    FmHistory window, rtt;
    FmFlowSide *frozen; /* what was known when the inference was ended */
} Side;

struct FmTcpFlow {
    FmConnection *connection; /* NULL until there is payload, and once it is frozen */
    bool frozen;
    uint8_t held_count;
    uint8_t fins;      /* by direction, as bits */
    uint16_t syns, synacks;
    FmTime first_syn, last_syn, first_synack, last_synack, established; /* 0: none */
    FmSegment *held;   /* of the handshake, until then */
    uint64_t held_frames[HELD_SEGMENTS];
    Side *side;        /* [2]; NULL like the connection, but kept */
    FmFinding *findings;
    uint8_t finding_count;
};

/* ---- findings ---- */

static FmFinding *finding_of(FmTcpFlow *t, FmFindingKind kind, unsigned direction)
{
    for (unsigned i = 0; i < t->finding_count; i++)
        if (t->findings[i].kind == kind && t->findings[i].direction == direction)
            return &t->findings[i];
    t->findings = g_renew(FmFinding, t->findings, t->finding_count + 1u);
    FmFinding *f = &t->findings[t->finding_count++]; /* at most two a kind */
    *f = (FmFinding){ .kind = (uint8_t)kind, .direction = (uint8_t)direction };
    return f;
}

static void note(FmTcpFlow *t, FmFindingKind kind, unsigned direction, FmTime since, FmTime lost, uint64_t packet, uint64_t amount)
{
    FmFinding *f = finding_of(t, kind, direction);
    lost = MAX(lost, 0);
    if (!f->count || lost > f->worst) {
        f->worst = lost;
        f->worst_at = since;
        f->packet = packet;
    }
    f->count++;
    f->lost += lost;
    f->amount += amount;
}

/* ---- the connection's state ---- */

static void note_completeness(FmFlowRecord *flow, const FmSegment *s)
{
    unsigned handshake = s->flags & (SYN | ACK);
    unsigned seen = handshake == SYN ? SEEN_SYN : handshake == (SYN | ACK) ? SEEN_SYNACK : handshake == ACK && !s->length ? SEEN_ACK : 0;
    seen |= (s->length ? SEEN_DATA : 0) | ((s->flags & (FIN | ACK)) == (FIN | ACK) ? SEEN_FIN : 0) | (s->flags & RST ? SEEN_RST : 0);
    flow->completeness |= (uint8_t)seen;
}

static void take_syn(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s)
{
    if (s->flags & ACK) {
        t->first_synack = t->synacks++ ? t->first_synack : s->time;
        t->last_synack = s->time;
        flow->client = !s->direction;
        if (flow->state <= FM_STATUS_HALF_OPEN)
            flow->state = FM_STATUS_ANSWERED;
    } else {
        t->first_syn = t->syns++ ? t->first_syn : s->time;
        t->last_syn = s->time;
        flow->client = s->direction;
        if (flow->state == FM_STATUS_OPEN)
            flow->state = FM_STATUS_HALF_OPEN;
    }
    flow->client_guessed = false;
}

static void take_reset(FmFlowRecord *flow, const FmSegment *s)
{
    if (flow->state >= FM_STATUS_CLOSED)
        return;
    bool refused = flow->state == FM_STATUS_HALF_OPEN && s->direction != flow->client;
    flow->state = refused ? FM_STATUS_REFUSED : FM_STATUS_RESET;
    flow->closer = s->direction;
}

static void take_fin(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s)
{
    if (flow->state >= FM_STATUS_CLOSED)
        return;
    if (!t->fins)
        flow->closer = s->direction;
    t->fins |= (uint8_t)(1u << s->direction);
    flow->state = t->fins == 3 ? FM_STATUS_CLOSED : FM_STATUS_HALF_CLOSED;
}

static void establish(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s, uint64_t frame)
{
    flow->state = FM_STATUS_ESTABLISHED;
    t->established = s->time;
    FmTime lost = (t->syns > 1 ? t->last_syn - t->first_syn : 0) + (t->synacks > 1 ? t->last_synack - t->first_synack : 0);
    if (t->syns > 1 || t->synacks > 1)
        note(t, FM_FINDING_SETUP_REPEATED, flow->client, t->syns ? t->first_syn : t->first_synack, lost, frame, (uint64_t)t->syns + t->synacks);
}

static void take_flags(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s, uint64_t frame)
{
    note_completeness(flow, s);
    if (flow->state == FM_STATUS_ANSWERED && s->direction == flow->client && (s->flags & (SYN | ACK | RST)) == ACK)
        establish(flow, t, s, frame);
    if (s->flags & SYN)
        take_syn(flow, t, s);
    else if (s->flags & RST)
        take_reset(flow, s);
    else if (s->flags & FIN)
        take_fin(flow, t, s);
}

/* ---- what happens to the senders ---- */

static bool is_slow(const FmSender *s)
{
    return s->phase == FM_PHASE_SLOW_START && s->limit == FM_LIMIT_NETWORK && !s->short_since && fm_board_out(&s->board) > 0;
}

/* Counts the sender's time up to now with what it was until now. */
static void count_time(Side *side, const FmSender *s, FmPhase phase, bool slow)
{
    if (!side->at)
        side->at = s->now;
    FmTime span = s->now - side->at;
    if (span <= 0)
        return;
    side->phases[phase] += span;
    if (slow)
        side->slow += span;
    side->at = s->now;
}

typedef struct Before { /* a sender before a segment was worked in */
    FmPhase phase;
    bool slow;
    FmTime now, quiet_since, smoothed;
    uint64_t resent;
} Before;

static Before before(const FmSender *s)
{
    return (Before){ s->phase, is_slow(s), s->now, MAX(s->sent, s->acked), s->rtt.smoothed, s->retransmissions };
}

static void follow_phase(FmTcpFlow *t, unsigned direction, const Before *was, const FmSender *s, uint64_t frame)
{
    Side *side = &t->side[direction];
    count_time(side, s, was->phase, was->slow);
    if (s->phase == FM_PHASE_RECOVERY && was->phase != FM_PHASE_RECOVERY) {
        side->recovery_since = was->now;
        side->recovery_packet = frame;
        side->recovery_resent = was->resent;
    } else if (was->phase == FM_PHASE_RECOVERY && s->phase != FM_PHASE_RECOVERY && side->recovery_since) {
        note(t, FM_FINDING_RECOVERY, direction, side->recovery_since, s->now - side->recovery_since, side->recovery_packet,
             s->retransmissions - side->recovery_resent);
        side->recovery_since = 0;
    }
}

static void follow_verdict(FmTcpFlow *t, const FmSegment *p, FmVerdict verdict, const Before *was, const FmSender *s, uint64_t frame)
{
    unsigned d = p->direction;
    switch (verdict) {
    case FM_VERDICT_TIMEOUT: note(t, FM_FINDING_TIMEOUT, d, was->quiet_since, s->now - was->quiet_since, frame, p->length); break;
    case FM_VERDICT_TAIL_PROBE: note(t, FM_FINDING_TAIL_PROBE, d, was->quiet_since, s->now - was->quiet_since, frame, p->length); break;
    case FM_VERDICT_NEEDLESS: note(t, FM_FINDING_NEEDLESS, d, p->time, 0, frame, p->length); break;
    case FM_VERDICT_REORDERED: note(t, FM_FINDING_REORDERED, d, p->time, 0, frame, p->length); break;
    case FM_VERDICT_NETWORK_DUPLICATE: note(t, FM_FINDING_DUPLICATED, d, p->time, 0, frame, p->length); break;
    case FM_VERDICT_KEEP_ALIVE: note(t, FM_FINDING_KEEP_ALIVE, d, p->time, 0, frame, p->length); break;
    default: break;
    }
}

/* The receiver closes its window, and opens it. */
static void follow_window(FmTcpFlow *t, unsigned data, const FmSegment *p, uint64_t frame)
{
    Side *side = &t->side[data];
    if (p->flags & (SYN | RST | FIN) || !(p->flags & ACK))
        return;
    if (!p->window && !side->zero_since) {
        side->zero_since = p->time;
        side->zero_packet = frame;
    } else if (p->window && side->zero_since) {
        note(t, FM_FINDING_ZERO_WINDOW, data, side->zero_since, p->time - side->zero_since, side->zero_packet, 0);
        side->zero_since = 0;
    }
}

static void follow_receiver(FmTcpFlow *t, unsigned data, const FmSegment *p, const FmSender *s, FmTime smoothed, uint64_t frame)
{
    Side *side = &t->side[data];
    follow_window(t, data, p, frame);
    uint64_t outstanding = s->board.next > s->una_here ? s->board.next - s->una_here : 0;
    bool open = side->blocking.open;
    FmTime blocked = fm_blocking_acknowledged(&side->blocking, p, outstanding, s->mss);
    if (blocked)
        note(t, FM_FINDING_BLOCKED, data, p->time - blocked, blocked, side->blocked_packet, 0);
    if (side->blocking.open && !open)
        side->blocked_packet = frame;
    if (s->rtt.smoothed && s->rtt.smoothed != smoothed)
        fm_history_level(&side->rtt, p->time, (uint32_t)MIN(s->rtt.smoothed / FM_MICROSECOND, UINT32_MAX));
    if (s->board.unseen_acked > side->unseen) {
        note(t, FM_FINDING_CAPTURE_LOSS, data, p->time, 0, frame, s->board.unseen_acked - side->unseen);
        side->unseen = s->board.unseen_acked;
    }
}

static void follow_data(FmTcpFlow *t, const FmSegment *p, const FmSender *s, uint64_t frame)
{
    Side *side = &t->side[p->direction];
    uint64_t window = (uint64_t)s->window.now * s->mss;
    if (window)
        fm_history_level(&side->window, p->time, (uint32_t)MIN(window, UINT32_MAX));
    if (s->mss_negotiated && p->length > s->mss && !side->over_long) {
        note(t, FM_FINDING_OFFLOAD, p->direction, p->time, 0, frame, p->length);
        side->over_long = true;
    }
}

static void follow(FmTcpFlow *t, const FmSegment *p, uint64_t frame)
{
    unsigned d = p->direction & 1;
    const FmSender *own = fm_connection_sender(t->connection, d), *other = fm_connection_sender(t->connection, !d);
    Before mine = before(own), theirs = before(other);
    FmVerdict verdict = fm_connection_add(t->connection, p);
    if (p->length) {
        if (verdict > FM_VERDICT_NEW)
            follow_verdict(t, p, verdict, &mine, own, frame);
        follow_data(t, p, own, frame);
    }
    follow_phase(t, d, &mine, own, frame);
    follow_phase(t, !d, &theirs, other, frame);
    if (other->started)
        follow_receiver(t, !d, p, other, theirs.smoothed, frame);
}

/* ---- beginning and end ---- */

static void start_following(FmTcpFlow *t)
{
    t->connection = fm_connection_new();
    fm_connection_without_series(t->connection);
    if (!t->side)
        t->side = g_new0(Side, 2);
    for (unsigned i = 0; i < t->held_count; i++)
        follow(t, &t->held[i], t->held_frames[i]);
    g_clear_pointer(&t->held, g_free);
    t->held_count = 0;
}

static void hold(FmTcpFlow *t, const FmSegment *s, uint64_t frame)
{
    if (!t->held)
        t->held = g_new(FmSegment, HELD_SEGMENTS);
    t->held_frames[t->held_count] = frame;
    t->held[t->held_count++] = *s;
}

void fm_tcp_flow_add(FmFlowRecord *flow, const FmSegment *s, uint64_t frame)
{
    if (!flow->tcp)
        flow->tcp = g_new0(FmTcpFlow, 1);
    FmTcpFlow *t = flow->tcp;
    if (flow->state != FM_STATUS_ESTABLISHED || (s->flags & (SYN | FIN | RST)) || !(flow->completeness & SEEN_DATA))
        take_flags(flow, t, s, frame);
    if (t->connection) {
        follow(t, s, frame);
    } else if (s->length || t->held_count == HELD_SEGMENTS) {
        start_following(t);
        follow(t, s, frame);
    } else if (s->time != FM_TIME_NONE) {
        hold(t, s, frame);
    }
}

bool fm_tcp_flow_followed(const FmFlowRecord *flow)
{
    return flow->tcp && flow->tcp->connection;
}

void fm_tcp_flow_finish(FmFlowRecord *flow)
{
    FmTcpFlow *t = flow->tcp;
    if (!t || !t->connection)
        return;
    Before was[2];
    for (unsigned d = 0; d < 2; d++)
        was[d] = before(fm_connection_sender(t->connection, d));
    fm_connection_finish(t->connection);
    for (unsigned d = 0; d < 2; d++)
        follow_phase(t, d, &was[d], fm_connection_sender(t->connection, d), flow->last_packet);
}

void fm_tcp_flow_freeze(FmFlowRecord *flow)
{
    FmTcpFlow *t = flow->tcp;
    if (!t || !t->connection)
        return;
    fm_tcp_flow_finish(flow);
    for (unsigned d = 0; d < 2; d++) {
        FmFlowSide known;
        if (fm_flow_side(flow, d, &known)) {
            g_free(t->side[d].frozen);
            t->side[d].frozen = g_memdup2(&known, sizeof known);
        }
    }
    g_clear_pointer(&t->connection, fm_connection_free);
    t->frozen = true;
}

void fm_tcp_flow_free(FmFlowRecord *flow)
{
    FmTcpFlow *t = flow->tcp;
    if (!t)
        return;
    fm_connection_free(t->connection);
    for (unsigned d = 0; t->side && d < 2; d++)
        g_free(t->side[d].frozen);
    g_free(t->side);
    g_free(t->held);
    g_free(t->findings);
    g_free(t);
    flow->tcp = NULL;
}

/* ---- the picture ---- */

static void fill_window(FmFlowSide *side, const FmSender *s)
{
    FmBand band = fm_sender_band(s);
    side->cwnd = band.point;
    side->cwnd_low = band.low;
    side->cwnd_high = band.high;
    side->cwnd_confidence = band.confidence;
    side->window_left = !s->edge_known ? UINT64_MAX : s->edge_here > s->board.next ? s->edge_here - s->board.next : 0;
}

static void fill_times(FmFlowSide *side, const Side *kept, const FmSender *s)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(side->phases); i++)
        side->phases[i] = kept->phases[i];
    for (unsigned i = 0; i < G_N_ELEMENTS(side->limited); i++)
        side->limited[i] = s->limited[i];
    if (s->limit_since && s->now > s->limit_since)
        side->limited[s->limit] += s->now - s->limit_since;
    side->blocked = kept->blocking.total;
    side->blocked_most = kept->blocking.held_most;
}

bool fm_flow_side(const FmFlowRecord *flow, unsigned direction, FmFlowSide *side)
{
    const FmTcpFlow *t = flow->tcp;
    direction &= 1;
    if (!t || !t->side)
        return false;
    const Side *kept = &t->side[direction];
    const FmSender *s = t->connection ? fm_connection_sender(t->connection, direction) : NULL;
    if (!s || !s->bytes) {
        if (!kept->frozen)
            return false;
        *side = *kept->frozen;
        return true;
    }
    *side = (FmFlowSide){
        .packets = s->packets, .bytes = s->bytes, .mss = s->mss, .rtt = s->rtt.smoothed, .rtt_min = s->rtt.lifetime_minimum, .rtt_latest = s->rtt.latest,
        .near_half = s->turn.shortest != FM_TIME_NONE ? s->turn.shortest : s->turn.handshake,
        .in_flight = (uint64_t)fm_board_pipe(&s->board) * s->mss,
        .phase = s->phase, .limit = s->limit,
        .algorithm = fm_identify(&s->identify), .algorithm_confidence = fm_sender_algorithm_confidence(s),
        .retransmissions = s->retransmissions, .lost_before = s->lost_before, .lost_behind = s->lost_behind,
        .vantage = fm_sender_vantage(s), .window_history = &kept->window, .rtt_history = &kept->rtt,
    };
    for (unsigned i = 0; i < FM_VERDICT_COUNT; i++)
        side->verdicts[i] = s->verdicts[i];
    fill_window(side, s);
    fill_times(side, kept, s);
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
    FmFlowSide side;
    if (!fm_flow_side(flow, d, &side))
        return;
    const Side *kept = &flow->tcp->side[d];
    FmFinding f = { .direction = (uint8_t)d, .count = 1, .packet = flow->first_packet };
    f.lost = side.limited[FM_LIMIT_APPLICATION];
    f.kind = FM_FINDING_APPLICATION_LIMIT;
    f.amount = (uint64_t)(flow->last - flow->first);
    if (f.lost > 0)
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

static void rank_state(Ranking *r, const FmFlowRecord *flow)
{
    const FmTcpFlow *t = flow->tcp;
    FmFinding f = { .direction = flow->client, .count = 1, .packet = flow->first_packet };
    bool both = flow->packets[0] && flow->packets[1];
    if (flow->state == FM_STATUS_HALF_OPEN && !both) {
        f.kind = FM_FINDING_NO_ANSWER;
        f.count = t->syns;
        f.lost = flow->last - flow->first;
        rank(r, &f);
    } else if (!both) {
        f.kind = FM_FINDING_ONE_WAY;
        f.direction = flow->packets[1] > 0;
        rank(r, &f);
    } else if (!(flow->completeness & (SEEN_SYN | SEEN_SYNACK))) {
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
    rank_state(&r, flow);
    return r.count;
}
