/* TCP flows: the connection's state, and what happens to its senders, packet by packet. */
#include "config.h"

#include "summary/tcp_flow.h"

#include <glib.h>

#include "base/packed.h"
#include "inference/sender.h"

enum { WORTH_A_PICTURE = 8 };
enum { SYN = FM_SEGMENT_SYN, ACK = FM_SEGMENT_ACK, FIN = FM_SEGMENT_FIN, RST = FM_SEGMENT_RST };

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
    if (t->story)
        fm_story_event(t->story, &(FmFlowEvent){ since, lost, packet, amount, FM_EVENT_FINDING, (uint8_t)kind, (uint8_t)direction });
}

static void tell(FmTcpFlow *t, FmEventKind kind, const FmSegment *s, uint64_t frame, FmTime span, uint64_t amount)
{
    if (t->story)
        fm_story_event(t->story, &(FmFlowEvent){ s->time, span, frame, amount, (uint8_t)kind, 0, s->direction });
}

/* ---- the connection's state ---- */

static void note_completeness(FmFlowRecord *flow, const FmSegment *s)
{
    unsigned handshake = s->flags & (SYN | ACK);
    unsigned seen = handshake == SYN ? FM_SEEN_SYN : handshake == (SYN | ACK) ? FM_SEEN_SYNACK : handshake == ACK && !s->length ? FM_SEEN_ACK : 0;
    seen |= (s->length ? FM_SEEN_DATA : 0) | ((s->flags & (FIN | ACK)) == (FIN | ACK) ? FM_SEEN_FIN : 0) | (s->flags & RST ? FM_SEEN_RST : 0);
    flow->completeness |= (uint8_t)seen;
}

static void take_syn(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s, uint64_t frame)
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
        tell(t, FM_EVENT_ASKED, s, frame, 0, t->syns);
        flow->client = s->direction;
        if (flow->state == FM_STATUS_OPEN)
            flow->state = FM_STATUS_HALF_OPEN;
    }
    flow->client_guessed = false;
}

static void take_reset(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s, uint64_t frame)
{
    if (flow->state >= FM_STATUS_CLOSED)
        return;
    tell(t, FM_EVENT_RESET, s, frame, 0, 0);
    bool refused = flow->state == FM_STATUS_HALF_OPEN && s->direction != flow->client;
    flow->state = refused ? FM_STATUS_REFUSED : FM_STATUS_RESET;
    flow->closer = s->direction;
}

static void take_fin(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s, uint64_t frame)
{
    if (flow->state >= FM_STATUS_CLOSED || (t->fins >> s->direction & 1))
        return;
    tell(t, FM_EVENT_CLOSING, s, frame, 0, 0);
    if (!t->fins)
        flow->closer = s->direction;
    t->fins |= (uint8_t)(1u << s->direction);
    flow->state = t->fins == 3 ? FM_STATUS_CLOSED : FM_STATUS_HALF_CLOSED;
}

static void establish(FmFlowRecord *flow, FmTcpFlow *t, const FmSegment *s, uint64_t frame)
{
    flow->state = FM_STATUS_ESTABLISHED;
    t->established = s->time;
    if (t->route)
        fm_breakdown_start(&t->route->breakdown, s->time);
    tell(t, FM_EVENT_OPENED, s, frame, t->syns ? s->time - t->last_syn : 0, 0);
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
        take_syn(flow, t, s, frame);
    else if (s->flags & RST)
        take_reset(flow, t, s, frame);
    else if (s->flags & FIN)
        take_fin(flow, t, s, frame);
}

/* ---- what happens to the senders ---- */

static bool is_slow(const FmSender *s)
{
    return s->phase == FM_PHASE_SLOW_START && s->limit == FM_LIMIT_NETWORK && !s->short_since && fm_board_out(&s->board) > 0;
}

/* Counts the sender's time up to now with what it was until now. */
static void count_time(FmTcpSide *side, const FmSender *s, FmPhase phase, bool slow)
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
    FmTcpSide *side = &t->route->side[direction];
    count_time(side, s, was->phase, was->slow);
    if (t->story && s->phase != was->phase)
        fm_story_event(t->story, &(FmFlowEvent){ s->now, 0, frame, (uint64_t)s->window.now * s->mss, FM_EVENT_PHASE, (uint8_t)s->phase, (uint8_t)direction });
    if (s->phase == FM_PHASE_RECOVERY && was->phase != FM_PHASE_RECOVERY) {
        side->recovery_since = s->now;
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
    FmTcpSide *side = &t->route->side[data];
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

/* Acknowledged, and never captured. */
static void note_unseen(FmTcpFlow *t, unsigned data, const FmSender *s, FmTime time, uint64_t frame)
{
    FmTcpSide *side = &t->route->side[data];
    if (s->board.unseen_acked <= side->unseen)
        return;
    note(t, FM_FINDING_CAPTURE_LOSS, data, time, 0, frame, s->board.unseen_acked - side->unseen);
    side->unseen = s->board.unseen_acked;
}

/* What went again had arrived already, as the receiver says. */
static void note_spurious(FmTcpFlow *t, unsigned data, const FmSender *s, FmTime time, uint64_t frame)
{
    FmTcpSide *side = &t->route->side[data];
    if (s->spurious > side->spurious)
        note(t, FM_FINDING_NEEDLESS, data, time, 0, frame, (s->spurious - side->spurious) * s->mss);
    side->spurious = s->spurious;
}

static void follow_receiver(FmTcpFlow *t, unsigned data, const FmSegment *p, const FmSender *s, FmTime smoothed, uint64_t frame)
{
    FmTcpSide *side = &t->route->side[data];
    follow_window(t, data, p, frame);
    uint64_t outstanding = s->board.next > s->una_here ? s->board.next - s->una_here : 0;
    bool open = side->blocking.open;
    FmTime blocked = fm_blocking_acknowledged(&side->blocking, p, outstanding, s->mss);
    if (blocked)
        note(t, FM_FINDING_BLOCKED, data, p->time - blocked, blocked, side->blocked_packet, 0);
    if (side->blocking.open && !open)
        side->blocked_packet = frame;
    if (side->histories && s->rtt.smoothed && s->rtt.smoothed != smoothed)
        fm_history_level(&side->histories[FM_HISTORY_RTT], p->time, (uint32_t)MIN(s->rtt.smoothed / FM_MICROSECOND, UINT32_MAX));
    note_unseen(t, data, s, p->time, frame);
    note_spurious(t, data, s, p->time, frame);
}

static void follow_data(FmTcpFlow *t, const FmSegment *p, const FmSender *s, uint64_t frame)
{
    FmTcpSide *side = &t->route->side[p->direction];
    uint64_t window = (uint64_t)s->window.now * s->mss;
    if (!side->histories && s->packets >= WORTH_A_PICTURE)
        side->histories = g_new0(FmHistory, FM_HISTORIES);
    if (side->histories && window)
        fm_history_level(&side->histories[FM_HISTORY_WINDOW], p->time, (uint32_t)MIN(window, UINT32_MAX));
    if (s->mss_negotiated && p->length > s->mss && !side->over_long) {
        note(t, FM_FINDING_OFFLOAD, p->direction, p->time, 0, frame, p->length);
        side->over_long = true;
    }
}

static void follow_turns(FmTcpFlow *t, const FmSegment *p, FmVerdict verdict, const FmSender *s, unsigned client, uint64_t frame)
{
    FmTime way = s->turn.shortest != FM_TIME_NONE ? s->turn.shortest : s->turn.handshake;
    bool repair = fm_verdict_is_retransmission(verdict) || t->route->side[p->direction].blocking.open || s->phase == FM_PHASE_TIMEOUT;
    fm_breakdown_add(&t->route->breakdown, &(FmBreakdownStep){ p->time, frame, p->direction == client, repair, MAX(way, 0) });
}

static void follow(FmTcpFlow *t, const FmSegment *p, unsigned client, uint64_t frame)
{
    unsigned d = p->direction & 1;
    const FmSender *own = fm_connection_sender(t->connection, d), *other = fm_connection_sender(t->connection, !d);
    Before mine = before(own), theirs = before(other);
    FmVerdict verdict = fm_connection_add(t->connection, p);
    if (t->story)
        fm_story_verdict(t->story, verdict, p->length > 0 && mine.now == 0);
    if (p->length) {
        if (verdict > FM_VERDICT_NEW)
            follow_verdict(t, p, verdict, &mine, own, frame);
        follow_data(t, p, own, frame);
        follow_turns(t, p, verdict, own, client, frame);
    }
    follow_phase(t, d, &mine, own, frame);
    follow_phase(t, !d, &theirs, other, frame);
    if (other->started)
        follow_receiver(t, !d, p, other, theirs.smoothed, frame);
}

/* ---- beginning and end ---- */

static void start_following(FmTcpFlow *t, unsigned client)
{
    t->connection = fm_connection_new();
    fm_connection_without_series(t->connection);
    t->route = g_new0(FmTcpRoute, 1);
    if (t->packed)
        fm_unpack(t->packed, t->route, sizeof *t->route);
    else
        fm_breakdown_start(&t->route->breakdown, t->established);
    g_clear_pointer(&t->packed, g_free);
    for (unsigned i = 0; i < t->held_count; i++)
        follow(t, &t->held[i].segment, client, t->held[i].frame);
    g_clear_pointer(&t->held, g_free);
    t->held_count = 0;
}

static void hold(FmTcpFlow *t, const FmSegment *s, uint64_t frame)
{
    t->held = g_renew(FmHeldSegment, t->held, t->held_count + 1u);
    t->held[t->held_count++] = (FmHeldSegment){ *s, frame };
}

const FmTcpRoute *fm_tcp_flow_route(const FmTcpFlow *t, FmTcpRoute *room)
{
    if (!t->packed)
        return t->route;
    fm_unpack(t->packed, room, sizeof *room);
    return room;
}

void fm_tcp_flow_add(FmFlowRecord *flow, const FmSegment *s, uint64_t frame, unsigned most_events)
{
    if (!flow->tcp)
        flow->tcp = g_new0(FmTcpFlow, 1);
    FmTcpFlow *t = flow->tcp;
    if (most_events && !t->story)
        t->story = fm_story_new(most_events);
    if (t->story)
        fm_story_begin(t->story, flow, s, frame);
    if (flow->state != FM_STATUS_ESTABLISHED || (s->flags & (SYN | FIN | RST)) || !(flow->completeness & FM_SEEN_DATA))
        take_flags(flow, t, s, frame);
    if (t->connection) {
        follow(t, s, flow->client, frame);
    } else if (s->length || t->held_count == FM_HELD_SEGMENTS) {
        start_following(t, flow->client);
        follow(t, s, flow->client, frame);
    } else if (s->time != FM_TIME_NONE) {
        hold(t, s, frame);
    }
    if (t->story)
        fm_story_end(t->story, flow);
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
    for (unsigned d = 0; d < 2; d++) {
        const FmSender *s = fm_connection_sender(t->connection, d);
        follow_phase(t, d, &was[d], s, flow->last_packet);
        note_unseen(t, d, s, flow->last, flow->last_packet);
    }
}

void fm_tcp_flow_freeze(FmFlowRecord *flow)
{
    FmTcpFlow *t = flow->tcp;
    if (!t || !t->connection)
        return;
    fm_tcp_flow_finish(flow);
    for (unsigned d = 0; d < 2; d++) {
        FmFlowSide known;
        if (fm_flow_side(flow, d, &known))
            t->route->known[d] = known;
    }
    g_clear_pointer(&t->connection, fm_connection_free);
    t->packed = fm_pack(t->route, sizeof *t->route);
    g_clear_pointer(&t->route, g_free);
}

void fm_tcp_flow_free(FmFlowRecord *flow)
{
    FmTcpFlow *t = flow->tcp;
    if (!t)
        return;
    fm_connection_free(t->connection);
    FmTcpRoute room;
    const FmTcpRoute *route = fm_tcp_flow_route(t, &room);
    for (unsigned d = 0; route && d < 2; d++)
        g_free(route->side[d].histories);
    g_free(t->route);
    g_free(t->packed);
    g_free(t->held);
    g_free(t->findings);
    fm_story_free(t->story);
    g_free(t);
    flow->tcp = NULL;
}
