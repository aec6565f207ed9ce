/* The window and state of a BBR sender (version 1), followed from what it sees: delivery rates and round-trip times.
 *
 * BBR paces below its window, so the window can't be observed; it is bandwidth × RTT × gain, and both factors are in the
 * acknowledgments. The model runs for every sender; identify.c decides whether it applies. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct FmRateSample { /* of one acknowledgment */
    FmTime now;
    uint64_t delivered;       /* packets so far */
    uint64_t prior_delivered; /* when the newest packet of the sample was sent */
    FmTime interval;          /* <= 0: no sample */
    FmTime rtt;               /* <= 0: none */
    uint32_t acked, lost;     /* by this acknowledgment */
    uint32_t in_flight, prior_in_flight;
    bool app_limited;
} FmRateSample;

typedef enum FmBbrMode { FM_BBR_STARTUP, FM_BBR_DRAIN, FM_BBR_PROBE_BW, FM_BBR_PROBE_RTT } FmBbrMode;

enum { FM_BBR_SLOTS = 3 };

typedef struct FmBbr {
    FmBbrMode mode;
    uint32_t cwnd, prior_cwnd;
    struct { uint64_t round; double rate; } best[FM_BBR_SLOTS]; /* windowed maximum of the delivery rate, packets per ns */
    uint64_t rounds, round_end, drain_end;
    double full_rate, pacing_rate;
    unsigned full_rounds;
    bool filled, round_start, conserving, in_recovery, probe_round_done, idle_restart;
    FmTime min_rtt, min_rtt_at, probe_until;
    FmTime latest_rtt;
    FmTime busy_at; /* latest transmission into a pipe that was not nearly empty; 0: the pipe ran empty since */
    uint32_t extra[2];
    unsigned extra_index, extra_rounds;
    FmTime epoch_at;
    uint64_t epoch_acked;
    uint32_t mss;
} FmBbr;

void fm_bbr_start(FmBbr *b, uint32_t initial, uint32_t mss, FmTime rtt);

/* The capture began later than the connection: the pipe is taken for full, the window for as large as the model says. */
void fm_bbr_join(FmBbr *b);

/* recovering: the sender is in fast recovery or waits after a timeout. */
void fm_bbr_ack(FmBbr *b, const FmRateSample *s, bool recovering);

/* Something was sent outside of recovery, after which `pipe` packets are in flight; empty: nothing was before.
 *
 * When PROBE_RTT begins can't be foreseen (it hangs on which packet had the smallest RTT), but it is seen: the sender lets its pipe run
 * nearly empty. Returns the time at which the sender began to do so, which lies a round trip back; 0 if it did not. */
FmTime fm_bbr_sent(FmBbr *b, uint32_t pipe, bool empty, FmTime now);

/* Recovery or a timeout begins. */
void fm_bbr_save(FmBbr *b);
void fm_bbr_timeout(FmBbr *b, uint32_t in_flight);
