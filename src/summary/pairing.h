/* Two captures of the same connections, matched packet by packet: how long the way between them takes, and where losses happened.
 *
 * A packet is known again by sequence and acknowledgment numbers, length, timestamps and IP id, not by its addresses, so that translated
 * ones match too. Clocks need not agree: their difference is estimated from the quickest packets of both directions, taking the way to be
 * equally long in both. */
#pragma once

#include "summary/flow_record.h"

enum { FM_PAIRING_MOST = 1 << 21, FM_PAIRING_LOST = 32 };

typedef struct FmPairing FmPairing;

FmPairing *fm_pairing_new(void);
void fm_pairing_free(FmPairing *pairing);

/* A TCP segment of capture 0 or 1; `flow`: number in that capture. More than FM_PAIRING_MOST of one capture are left out. */
void fm_pairing_add(FmPairing *pairing, unsigned capture, uint32_t flow, uint64_t packet, const FmSegment *segment);

typedef struct FmPairingWay { /* packets that one side of a flow sent */
    unsigned first;           /* capture that they pass first */
    uint64_t matched;
    uint64_t lost;            /* passed the first, never the second */
    uint64_t missed;          /* passed the second only: the first capture lacks them */
    FmTime least, median, high, most; /* delay between the captures, by the estimated clocks; high: 99 of 100 are quicker */
    uint64_t lost_packets[FM_PAIRING_LOST]; /* numbers in the first capture */
    unsigned lost_count;      /* of those */
} FmPairingWay;

typedef struct FmPairingFlow {
    uint32_t flow[2];   /* numbers in both captures */
    FmTime offset;      /* the second capture's clock is ahead by so much */
    bool both;          /* both directions have matches: the offset is estimated; otherwise it is 0, and delays hold its error */
    FmPairingWay way[2]; /* by direction in the first capture */
} FmPairingFlow;

/* Matches what was added, once. Returns how many flows are in both captures; the array is the pairing's. */
size_t fm_pairing_match(FmPairing *pairing, const FmPairingFlow **flows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmPairing, fm_pairing_free)
