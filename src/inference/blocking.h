/* Head-of-line blocking of the byte stream: how long a receiver held data back from its application because bytes before it were
 * missing.
 *
 * Told by the receiver's acknowledgments, so it holds wherever the loss happened: both ends of an interval are late by the same way
 * from receiver to capture. What SACK blocks name is held; without SACK, duplicate acknowledgments count a segment each. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "inference/segment.h"

typedef struct FmBlocking {
    bool started, open;
    uint32_t ack;      /* highest acknowledgment number */
    uint16_t window;
    uint64_t held;     /* bytes above the hole now */
    FmTime since;      /* of the open interval */
    FmTime total, longest, longest_at;
    uint64_t held_most;
    uint32_t count;    /* intervals that have ended */
} FmBlocking;

/* A segment of the receiver passes. `outstanding`: bytes sent to it above the acknowledgment number; `mss`: of its sender. Returns how
 * long the interval was that it ends; 0: it ends none. */
FmTime fm_blocking_acknowledged(FmBlocking *b, const FmSegment *s, uint64_t outstanding, uint32_t mss);
