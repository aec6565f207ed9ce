/* How well a stream of media came (RFC 3550 §6.4.1, A.1, A.3, A.8): loss, reordering, repeats, jitter, gaps, and what came too late to be played. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct FmMediaQuality { /* zeroed: nothing came yet */
    FmTime first_time, last_time;
    uint64_t received, repeated;
    uint64_t reordered;        /* came after its successors */
    uint64_t bursts;           /* runs of missing packets, when their end was seen */
    uint64_t longest_burst;
    uint64_t late;             /* came when its turn was over, with the play-out delay given */
    uint64_t first, highest;   /* extended sequence numbers */
    double delta_min, delta_max, delta_sum;    /* milliseconds between packets; min -1: fewer than two */
    double jitter, jitter_min, jitter_max, jitter_sum; /* milliseconds; min -1: no clock known */
    uint64_t jitters;          /* packets that jitter was taken from */
    FmTime least_transit;      /* arrival less media time */
    FmTime jitter_time;        /* of the packet before, as far as its clock is known */
    uint32_t jitter_stamp, first_stamp;
    uint64_t seen;             /* bits of the 64 numbers up to the highest */
    bool has_clock;
} FmMediaQuality;

typedef struct FmMediaPacket {
    FmTime time;
    uint32_t timestamp;
    uint32_t clock; /* ticks a second; 0: not known */
    uint16_t seq;
    bool aside;     /* a telephone event and the like: its timestamp does not tell when it was sent */
} FmMediaPacket;

/* Counts a packet. `playout` is how long a receiver holds packets back before it plays them; 0: nothing is late. */
void fm_media_quality_add(FmMediaQuality *quality, const FmMediaPacket *packet, FmTime playout);

/* Packets that were sent, as far as their numbers tell, and those that never came. */
uint64_t fm_media_quality_expected(const FmMediaQuality *quality);
uint64_t fm_media_quality_lost(const FmMediaQuality *quality);

/* Ticks a second of a payload type by RFC 3551 §6; 0: dynamic, or not known. */
uint32_t fm_media_clock(unsigned payload_type);
