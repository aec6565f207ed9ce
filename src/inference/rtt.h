/* Round-trip times as the sender measures them (RFC 6298), and the smallest of the last seconds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "inference/scoreboard.h"

typedef struct FmRtt {
    FmTime smoothed, deviation;    /* 0: nothing measured yet */
    FmTime mdev, mdev_max;         /* the variance of this round */
    uint64_t round_end;            /* sequence number at which the variance's round ends */
    FmTime latest;                 /* of the newest segment acknowledged by the last acknowledgment; 0: none */
    FmTime minimum, minimum_at;    /* of the last 10 s at least */
    FmTime lifetime_minimum;
    uint64_t samples;
} FmRtt;

/* Takes the sample that an acknowledgment gives, if it gives one: the oldest segment never sent twice (RFC 6298 §3, Karn). True
 * if smoothed has changed. */
bool fm_rtt_sample(FmRtt *r, const FmDelivery *d, uint64_t una, uint64_t next);

/* A round-trip time known otherwise: of the handshake. */
void fm_rtt_seed(FmRtt *r, FmTime rtt, FmTime now);

/* Retransmission timeout: smoothed + max(4 deviations, 200 ms), as Linux counts it; 1 s before the first sample. */
FmTime fm_rtt_timeout(const FmRtt *r);
