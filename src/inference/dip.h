/* Dips: for a short while the sender lets its pipe run nearly empty and sends a handful of packets per round trip, with nothing lost,
 * data waiting and room in the receive window; then it goes on as before. BBR's PROBE_RTT does that every ten seconds, and nobody
 * else. Packets per round trip are counted where they pass, so what the sender knew need not be known. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct FmDip {
    FmTime slot_end;      /* slots are a round trip long */
    uint32_t packets;     /* in this slot */
    uint32_t usual;       /* in slots before, on average */
    uint32_t slots;       /* low ones so far; 0: not in a dip */
    uint32_t low_packets; /* in them */
    uint32_t hollow;      /* of those between the first and the last, empty ones */
    bool last_hollow;
    uint8_t spoilt;       /* slots during which nothing counts */
    uint32_t found;
} FmDip;

/* New data passes: so many packets; rtt: the shortest round trip. */
void fm_dip_sent(FmDip *d, uint32_t packets, FmTime now, FmTime rtt);

/* A retransmission, the end of what the application has, or a closed receive window: reasons to send little. */
void fm_dip_spoil(FmDip *d);
