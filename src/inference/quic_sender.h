/* One direction of a QUIC connection whose packets can be read: what was sent, by packet number, and what the peer's acknowledgments say
 * of it (RFC 9002). Packet numbers are never used again, so every acknowledgment is one of a certain packet, and a loss that was none
 * shows when its packet is acknowledged after all.
 *
 * Times are those of capture: round-trip times are from here to the peer and back, bytes in flight are those that had passed here and
 * whose acknowledgment had not. At the sender's host both are its own. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum { FM_QUIC_SENT = 1024, FM_QUIC_LOST = 8, FM_QUIC_GAP = 128 /* numbers left out at once that are followed */ };

typedef struct FmQuicSent {
    uint64_t number;
    FmTime time;
    uint32_t size;
    bool eliciting, acked, lost;
    bool unseen; /* a number that was left out: its packet has not passed here */
} FmQuicSent;

typedef struct FmQuicRange { /* acknowledged numbers, both ends included */
    uint64_t first, last;
} FmQuicRange;

typedef struct FmQuicSender { /* zeroed at first */
    FmQuicSent sent[FM_QUIC_SENT]; /* a ring by packet number; the oldest goes first */
    unsigned first, count;
    uint64_t largest_acked;
    bool has_acked;
    FmTime latest, least, smoothed, variation; /* round-trip times; 0: not measured */
    uint64_t in_flight;
    uint64_t peaks[2];     /* largest in flight: in this round-trip time and in the one before */
    FmTime peak_since;
    uint64_t lost_packets, spurious_losses, acked_packets;
} FmQuicSender;

typedef struct FmQuicNews { /* what an acknowledgment told */
    FmTime rtt;            /* 0: no sample */
    uint32_t acked, lost, spurious;
    uint32_t lost_before;  /* numbers lost that have never passed here: on the way from the sender, or never used */
    uint32_t uncaptured;   /* acknowledged, and never passed here: the capture has missed them */
    uint64_t lost_numbers[FM_QUIC_LOST]; /* the first of them */
} FmQuicNews;

/* A packet was sent. `eliciting`: it asks for an acknowledgment, and counts as in flight. */
void fm_quic_sent(FmQuicSender *s, uint64_t number, FmTime time, uint32_t size, bool eliciting);

/* An acknowledgment of this sender's packets has passed here, with ranges in falling order. `delay`: what the peer says that it waited,
 * not more than it promised. */
FmQuicNews fm_quic_acked(FmQuicSender *s, const FmQuicRange *ranges, unsigned count, FmTime time, FmTime delay);

/* The congestion window was at least this: the most that was in flight within the last round-trip times. */
uint64_t fm_quic_window_least(const FmQuicSender *s);
