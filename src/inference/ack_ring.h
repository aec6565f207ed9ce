/* Acknowledgments on their way to the sender, and when they reach it.
 *
 * A data segment's TSecr names the latest acknowledgment that its sender had seen (RFC 7323). That bounds the time from the point
 * of capture to the sender and back (the turn) per packet to one tick of the receiver's clock; it contains whatever queue is on that
 * half of the path. Acknowledgments take effect one turn before the data that passes here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "inference/segment.h"

enum { FM_RING_MAX = 1 << 13 };

typedef struct FmAck { /* a segment from the receiver */
    FmTime time;
    uint64_t ack;
    uint64_t edge; /* where the receive window ends */
    uint32_t window, tsecr;
    uint16_t flags;
    uint8_t sacks;
    bool data; /* carries payload: never a duplicate acknowledgment */
    bool scaled; /* the scale of its window is known */
    FmSackBlock sack[FM_SEGMENT_SACKS];
} FmAck;

typedef struct FmAckRing {
    FmAck *acks;
    uint64_t head, tail;
    uint32_t room;
} FmAckRing;

void fm_ack_ring_put(FmAckRing *ring, const FmAck *ack);
void fm_ack_ring_clear(FmAckRing *ring);

static inline bool fm_ack_ring_full(const FmAckRing *ring)
{
    return ring->tail - ring->head >= FM_RING_MAX;
}

static inline const FmAck *fm_ack_ring_first(const FmAckRing *ring)
{
    return ring->head < ring->tail ? &ring->acks[ring->head & (ring->room - 1)] : NULL;
}

/* When a number (a TSval, or the end of payload) first passed here. */
typedef struct FmTick {
    FmTime time;
    uint64_t value;
    uint64_t seq; /* of the segment that carried it */
} FmTick;

typedef struct FmTicks {
    FmTick *ticks;
    uint64_t head, tail;
    uint32_t room;
} FmTicks;

/* How fast a clock of TSvals ticks, by what was seen of it: one of the rates that exist. */
typedef struct FmRate {
    FmTime since, tick; /* since: 0: nothing seen; tick: 0: not known yet */
    uint32_t first;     /* TSval then */
    bool sure;
} FmRate;

void fm_rate_note(FmRate *r, uint32_t tsval, FmTime now);

/* A millisecond where it is not known. */
static inline FmTime fm_rate_tick(const FmRate *r)
{
    return r->tick ? r->tick : FM_MILLISECOND;
}

typedef struct FmTurn {
    FmRate own, peer; /* clocks of the sender and of the receiver */
    FmTicks clock; /* TSvals of the receiver, unwrapped */
    FmTicks data;  /* payload of the receiver: its acknowledgment tells what has reached the sender as well */
    FmTime turn;     /* estimate now; FM_TIME_NONE: none yet */
    FmTime handshake; /* 0: not seen */
    FmTime shortest; /* FM_TIME_NONE: none yet */
    uint64_t echoed, answered; /* newest TSecr and acknowledgment number of the sender */
    FmTime echo;     /* upper bound by the latest first echo; FM_TIME_NONE: none */
    bool clocked;    /* timestamps work */
    /* The sender's own clock: how late its segments are against the earliest ones of the last seconds, by what queues on their way here. */
    bool has_own;
    FmTime own_at, earliest, earliest_before, earliest_since; /* of the first; capture time less clock: of this span and of the last */
    uint32_t own_first;
    /* Without timestamps: the round-trip time at the latest loss, when that was (0: never), the part of it on the receiver's side, and
     * the window now as a share of the window then, by the law of the sender's algorithm. */
    FmTime lost_at, lost_rtt, receiver_side;
    double share;
} FmTurn;

void fm_turn_start(FmTurn *t);
void fm_turn_clear(FmTurn *t);

/* A segment of the receiver passes here. */
void fm_turn_note(FmTurn *t, const FmSegment *s, uint64_t seq);

/* The sender was silent for so long that its own packets left no queue behind. */
void fm_turn_rested(FmTurn *t);

/* A segment of the sender passes here; returns the turn. `ack`: its acknowledgment number, unwrapped. */
FmTime fm_turn_of(FmTurn *t, const FmSegment *s, uint64_t ack);

/* Without timestamps: a retransmission passes here `lag` after the acknowledgment that told the sender of the loss. That is the turn at
 * this moment; afterwards the round-trip time follows the window, as long as there is a queue. */
void fm_turn_lost(FmTurn *t, FmTime lag, FmTime now);

/* The part of the turn from here to the sender: half of the shortest one. */
static inline FmTime fm_turn_back(const FmTurn *t)
{
    return t->shortest == FM_TIME_NONE ? 0 : t->shortest / 2;
}
