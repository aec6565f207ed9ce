/* When acknowledgments reach the sender. */
#include "config.h"

#include "inference/ack_ring.h"

#include <glib.h>

#define NEAR FM_MILLISECOND /* turns shorter than that: the sender is here, and there is no queue in between */

#define CLOCK_SLACK (200 * FM_MILLISECOND)
#define CLOCK_SPAN (10 * FM_SECOND)
#define LONGEST (10 * FM_SECOND)
#define RATE_KNOWN (40 * FM_MILLISECOND)
#define RATE_SURE FM_SECOND

enum { FIRST_ROOM = 4 };

void fm_ack_ring_put(FmAckRing *ring, const FmAck *ack)
{
    if (ring->tail - ring->head == ring->room) {
        uint32_t room = ring->room ? 2 * ring->room : FIRST_ROOM;
        FmAck *acks = g_new(FmAck, room);
        for (uint64_t i = ring->head; i < ring->tail; i++)
            acks[i & (room - 1)] = ring->acks[i & (ring->room - 1)];
        g_free(ring->acks);
        ring->acks = acks;
        ring->room = room;
    }
    ring->acks[ring->tail++ & (ring->room - 1)] = *ack;
}

void fm_ack_ring_clear(FmAckRing *ring)
{
    g_free(ring->acks);
    *ring = (FmAckRing){ 0 };
}

static const FmTick *tick_at(const FmTicks *t, uint64_t i)
{
    return i < t->tail ? &t->ticks[i & (t->room - 1)] : NULL;
}

static void put_tick(FmTicks *t, FmTick tick)
{
    if (t->tail - t->head == t->room) {
        if (t->room >= FM_RING_MAX) {
            t->head++;
        } else {
            uint32_t room = t->room ? 2 * t->room : FIRST_ROOM;
            FmTick *ticks = g_new(FmTick, room);
            for (uint64_t i = t->head; i < t->tail; i++)
                ticks[i & (room - 1)] = t->ticks[i & (t->room - 1)];
            g_free(t->ticks);
            t->ticks = ticks;
            t->room = room;
        }
    }
    t->ticks[t->tail++ & (t->room - 1)] = tick;
}

void fm_rate_note(FmRate *r, uint32_t tsval, FmTime now)
{
    static const FmTime ticks[] = { FM_MICROSECOND, FM_MILLISECOND, 4 * FM_MILLISECOND, 10 * FM_MILLISECOND, 100 * FM_MILLISECOND };
    if (!r->since) {
        r->since = now;
        r->first = tsval;
        return;
    }
    FmTime span = now - r->since;
    int32_t passed = fm_seq_distance(r->first, tsval);
    if (r->sure || passed <= 0 || span < (r->tick ? RATE_SURE : RATE_KNOWN))
        return;
    double tick = (double)span / passed;
    for (unsigned i = 0; i < G_N_ELEMENTS(ticks); i++)
        if (tick < 2 * (double)ticks[i] && tick * 2 > (double)ticks[i]) /* the nearest comes last: no two are closer than that */
            r->tick = ticks[i];
    r->sure = span >= RATE_SURE;
}

void fm_turn_start(FmTurn *t)
{
    *t = (FmTurn){ .turn = FM_TIME_NONE, .echo = FM_TIME_NONE, .shortest = FM_TIME_NONE };
}

void fm_turn_clear(FmTurn *t)
{
    g_free(t->clock.ticks);
    g_free(t->data.ticks);
    *t = (FmTurn){ 0 };
}

static uint64_t newest(const FmTicks *t, uint64_t otherwise)
{
    return t->tail > 0 && t->room ? t->ticks[(t->tail - 1) & (t->room - 1)].value : otherwise;
}

void fm_turn_note(FmTurn *t, const FmSegment *s, uint64_t seq)
{
    if (s->timestamps) {
        fm_rate_note(&t->peer, s->tsval, s->time);
        bool first = t->clock.tail == 0;
        uint64_t value = first ? (UINT64_C(1) << 32) + s->tsval : fm_seq_unwrap(s->tsval, newest(&t->clock, 0));
        if (first)
            t->echoed = value;
        if (first || value > newest(&t->clock, 0))
            put_tick(&t->clock, (FmTick){ s->time, value, seq });
    }
    uint64_t end = seq + s->length;
    if (s->length && end > newest(&t->data, 0))
        put_tick(&t->data, (FmTick){ s->time, end, seq });
}

/* The interval of the turn that this segment's echo allows. */
typedef struct Bounds {
    FmTime low, high; /* FM_TIME_NONE: none */
    bool fresh;       /* echoed for the first time */
} Bounds;

static Bounds bounds_by_clock(FmTurn *t, const FmSegment *s)
{
    Bounds b = { FM_TIME_NONE, FM_TIME_NONE, false };
    if (!s->timestamps || t->clock.tail == 0)
        return b;
    uint64_t echo = fm_seq_unwrap(s->tsecr, t->echoed);
    if (echo < t->echoed)
        return b;
    b.fresh = echo > t->echoed;
    t->echoed = echo;
    while (t->clock.head + 1 < t->clock.tail && tick_at(&t->clock, t->clock.head)->value < echo)
        t->clock.head++;
    const FmTick *tick = tick_at(&t->clock, t->clock.head), *later = tick_at(&t->clock, t->clock.head + 1);
    if (!tick || tick->value != echo)
        return b;
    t->clocked = true;
    b.high = s->time - tick->time;
    /* A later one had not arrived, unless it lay beyond what the sender had acknowledged: then it would not be echoed. */
    if (later && later->seq <= t->answered)
        b.low = s->time - later->time;
    return b;
}

static Bounds bounds_by_data(FmTurn *t, const FmSegment *s, uint64_t ack)
{
    Bounds b = { FM_TIME_NONE, FM_TIME_NONE, false };
    if (!(s->flags & FM_SEGMENT_ACK) || t->data.tail == 0)
        return b;
    while (t->data.head + 1 < t->data.tail && tick_at(&t->data, t->data.head + 1)->value <= ack)
        t->data.head++;
    const FmTick *tick = tick_at(&t->data, t->data.head), *later = tick_at(&t->data, t->data.head + 1);
    if (tick && tick->value <= ack) {
        b.high = s->time - tick->time;
        if (later)
            b.low = s->time - later->time;
    }
    return b;
}

/* A sender that waits for acknowledgments answers a new one at once: then the bound is exact. The smaller of two leaves out those
 * that waited for something else, and still follows a queue that grows. */
static void follow_echo(FmTurn *t, FmTime high)
{
    if (t->turn != FM_TIME_NONE && high > t->turn + MAX(t->turn / 4, 5 * NEAR))
        return; /* not an answer: the sender had nothing to send */
    if (t->echo != FM_TIME_NONE && t->turn != FM_TIME_NONE && t->shortest > NEAR)
        t->turn = MIN(MIN(high, t->echo), t->turn + MAX(t->turn / 16, NEAR / 5));
    t->echo = high;
}

void fm_turn_lost(FmTurn *t, FmTime lag, FmTime now)
{
    if (t->clocked || lag < t->handshake || lag > LONGEST)
        return;
    t->lost_at = now;
    t->lost_rtt = t->receiver_side + lag;
    t->share = 1;
}

/* The queue drains during the recovery, a round trip long. */
static FmTime turn_since_loss(const FmTurn *t, FmTime now)
{
    double since = (double)(now - t->lost_at), full = (double)t->lost_rtt;
    double rtt = since < full ? full - (1 - t->share) * since : t->share * full;
    FmTime turn = (FmTime)rtt - t->receiver_side;
    return CLAMP(turn, t->handshake, LONGEST);
}

void fm_turn_rested(FmTurn *t)
{
    if (t->turn != FM_TIME_NONE && t->clocked)
        t->turn = t->shortest;
    t->echo = FM_TIME_NONE;
}

/* How much longer than the quickest of the last seconds this segment was under way, to a tick; 0 if the sender's clock does not keep
 * time. */
static FmTime lateness(FmTurn *t, const FmSegment *s)
{
    if (!t->has_own) {
        t->has_own = true;
        t->own_at = t->earliest_since = s->time;
        t->own_first = s->tsval;
        t->earliest = t->earliest_before = s->time;
    }
    FmTime clock = fm_seq_distance(t->own_first, s->tsval) * fm_rate_tick(&t->own), passed = s->time - t->own_at, start = s->time - clock;
    FmTime slack = passed / 20 + CLOCK_SLACK;
    if (clock > passed + slack || clock < passed - slack) {
        t->has_own = false;
        return 0;
    }
    if (s->time - t->earliest_since > CLOCK_SPAN) {
        t->earliest_before = t->earliest;
        t->earliest = start;
        t->earliest_since = s->time;
    }
    t->earliest = MIN(t->earliest, start);
    return start - MIN(t->earliest, t->earliest_before);
}

FmTime fm_turn_of(FmTurn *t, const FmSegment *s, uint64_t ack)
{
    if (s->timestamps)
        fm_rate_note(&t->own, s->tsval, s->time);
    Bounds clock = bounds_by_clock(t, s), data = bounds_by_data(t, s, ack);
    t->answered = MAX(t->answered, ack);
    FmTime high = clock.high, low = clock.low;
    if (data.high != FM_TIME_NONE && (high == FM_TIME_NONE || data.high < high))
        high = data.high;
    /* Payload lost on its way to the sender is not acknowledged either: the bound holds only where the echo allows it. */
    if (data.low != FM_TIME_NONE && clock.high != FM_TIME_NONE && data.low < clock.high && (low == FM_TIME_NONE || data.low > low))
        low = data.low;
    if (t->turn == FM_TIME_NONE && high != FM_TIME_NONE)
        t->turn = t->handshake ? MIN(high, t->handshake) : high;
    if (s->timestamps && s->length && t->clocked && t->shortest > NEAR) {
        FmTime least = t->shortest + lateness(t, s) - MAX(fm_rate_tick(&t->own), FM_MILLISECOND);
        if (high != FM_TIME_NONE && least < high && (low == FM_TIME_NONE || least > low))
            low = least;
    }
    if (clock.fresh && high != FM_TIME_NONE && high >= 0)
        follow_echo(t, high);
    if (t->turn != FM_TIME_NONE) {
        if (high != FM_TIME_NONE && high >= 0 && t->turn > high)
            t->turn = high;
        else if (low != FM_TIME_NONE && t->turn < low)
            t->turn = low + 1;
    }
    FmTime turn = t->turn != FM_TIME_NONE ? t->turn : t->handshake;
    if (!t->clocked && t->lost_at)
        turn = turn_since_loss(t, s->time);
    if ((t->clocked || t->handshake) && (t->shortest == FM_TIME_NONE || turn < t->shortest))
        t->shortest = turn;
    return turn;
}
