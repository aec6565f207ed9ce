/* Which congestion control a sender runs. 'unknown' is an answer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "inference/dip.h"
#include "inference/segment.h"

typedef enum FmAlgorithm { FM_ALGORITHM_UNKNOWN, FM_ALGORITHM_RENO, FM_ALGORITHM_CUBIC, FM_ALGORITHM_BBR } FmAlgorithm;

typedef struct FmIdentify {
    /* Recoveries: the window after them is a fixed share of the window before. */
    uint32_t before, after;       /* of the latest one, in packets; before 0: none in question */
    FmTime settle;                /* how long to wait after the next transmission; 0: still in recovery */
    FmTime longer;                /* if no law fits yet */
    FmTime settle_until;          /* what is largest until then is the window after it; 0: still in recovery */
    uint32_t cuts, reno_cuts, cubic_cuts, kept_cuts;
    /* Flights out of an empty pipe: sent at once, or spread by pacing. */
    uint32_t flight_packets, flight_first, flight_last; /* packets, TSvals */
    FmTime flight_start, flight_end;
    bool in_flight;
    uint32_t bursts, paced;
    /* Growth of the window from round to round, without loss. */
    FmTime round_at;
    uint32_t round_most, round_before;
    uint32_t rounds, one_more, shrunk, grown;
    bool coarse; /* what the sender knew is not known well enough for small falls */
    uint64_t fallen, summed; /* packets: by how much windows fell from round to round; sum of the windows */
    FmDip dip; /* PROBE_RTT */
    /* Where the pipe between losses is not known: windows at losses, and the time between. */
    uint32_t loss_window;
    double plateau; /* CUBIC's, after the latest loss */
    FmTime loss_at, loss_rtt;
    uint32_t reno_spans, cubic_spans, kept_spans, other_spans;
    /* The first slow start: how its second flight begins, and how it ends. */
    uint32_t opening;      /* packets of the second flight so far */
    uint32_t opening_tick; /* TSval of the first of them */
    FmTime opening_at;
    bool opened_at_once;   /* as fast as acknowledgments came in: not paced */
    bool early_exit;       /* without loss while the window was in use: HyStart, or BBR's full pipe */
    FmAlgorithm judged;    /* by what was seen when there was so much of it */
    uint32_t judged_seen;
} FmIdentify;

/* A recovery begins with this window. */
void fm_identify_cut(FmIdentify *id, uint32_t before);

/* It ends: the window after it is the most that is in flight within a round trip. at_once: all of it leaves in one burst; what of that is
 * lost before the point of capture shows later, when more follows. */
void fm_identify_recovered(FmIdentify *id, FmTime rtt, bool at_once);

/* The receiver holds the sender back: a window that is to be judged won't be seen. */
void fm_identify_held(FmIdentify *id);

/* A timeout: the window is judged by what was seen of it. */
void fm_identify_timeout(FmIdentify *id);

/* A loss with this window and RTT, after which the pipe will not be known exactly: compared with what the laws let the window be. */
void fm_identify_loss(FmIdentify *id, uint32_t window, FmTime rtt, FmTime least_rtt, FmTime now);

/* New data was sent; empty: nothing was in flight before it. */
void fm_identify_sent(FmIdentify *id, const FmSegment *p, FmTime now, bool empty);

/* So many packets of new data were sent in the first slow start, after something was acknowledged. tick: of the sender's TSvals. */
void fm_identify_opening(FmIdentify *id, const FmSegment *p, uint32_t packets, FmTime now, FmTime rtt, FmTime tick);

/* An acknowledgment of data has reached the sender. */
void fm_identify_acked(FmIdentify *id, FmTime tick, FmTime shortest_turn, uint32_t full_rtt_ms);

/* The pipe outside of recovery; limited: the network holds the sender back. */
void fm_identify_pipe(FmIdentify *id, uint32_t pipe, bool limited, FmTime now, FmTime rtt);

/* The window that a law gives `since` after the recovery from the latest loss, as a share of the window at that loss. */
double fm_identify_share(const FmIdentify *id, FmAlgorithm law, FmTime since, FmTime least_rtt);

/* Each observation speaks for or against each algorithm; one is named where it leads clearly. */
FmAlgorithm fm_identify(const FmIdentify *id);

/* The same for those who ask at every packet. */
FmAlgorithm fm_identify_again(FmIdentify *id);
const char *fm_algorithm_name(FmAlgorithm algorithm);
