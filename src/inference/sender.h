/* One direction of a connection: what its data sender knew and did, in the sender's own order of events. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "inference/ack_ring.h"
#include "inference/bbr.h"
#include "inference/identify.h"
#include "inference/rtt.h"
#include "inference/scoreboard.h"
#include "inference/segment.h"
#include "inference/series.h"
#include "inference/slow_start.h"
#include "inference/window.h"

enum { FM_TRUSTED_IDS = 8 };

typedef struct FmSender {
    FmBoard board;
    FmAckRing acks;
    FmTurn turn;
    FmRtt rtt;
    FmBbr bbr;
    FmWindow window;
    FmIdentify identify;
    FmSeries series;

    uint32_t isn;
    bool started, sack, midstream, ecn; /* midstream: its SYN was not seen */
    uint32_t mss;        /* largest payload on the wire: negotiated, or learnt */
    bool mss_negotiated;
    uint64_t una_here;   /* highest acknowledgment that has passed here */
    uint64_t edge, edge_here; /* of the receive window: as the sender knows it, and as it passed here */
    uint32_t window_known; /* last window the sender knows */
    FmTime seen;         /* latest data passed here; 0: none yet */
    FmTime now;          /* latest event in the sender's time */
    FmTime sent, acked;  /* latest data sent; latest acknowledgment that advanced */
    FmTime progress;     /* latest event that restarts the retransmission timer */

    FmPhase phase;       /* AVOIDANCE stands for BBR's cruising as well */
    FmTime told_at;      /* when the acknowledgment passed here that told of a loss; 0: none is known */
    uint64_t recover;    /* recovery ends when this is acknowledged */
    bool recover_open;   /* no new data since it began */
    uint32_t window_before; /* at the start of the recovery */
    FmPhase phase_before;
    bool undoable;       /* it may still turn out that it was for nothing (RFC 2883, 3522); */
    uint32_t undo;       /* retransmissions of it that are not known to be needless */
    uint32_t undo_tsval; /* of the first of them; 0: none yet, or no timestamps */
    uint32_t undone;     /* recoveries for nothing */
    uint64_t spurious;   /* retransmissions that the receiver did not need */
    FmSlowStart slow_start;
    uint16_t last_id;    /* IP id of its latest packet: ids that count up tell the order, and how many were lost on the way here */
    uint8_t id_trust;    /* how steadily they count up */
    uint8_t last_pieces; /* packets of its latest segment */
    bool has_id;
    uint32_t last_tsval; /* of the latest data, sent at tsval_at */
    FmTime tsval_at;
    FmTime settled;      /* sending times before this are not known well enough for round-trip times */
    uint64_t probe;      /* end of a tail loss probe in flight; 0: none */
    uint64_t app_limited_before;
    uint64_t app_limited; /* count of delivered packets until which the sender counts as short of data */

    FmLimit limit;
    FmTime limit_since;  /* and how long each has held before */
    FmTime limited[FM_LIMIT_APPLICATION + 1];
    FmTime tight;        /* the receive window was closed right after sending */
    bool edge_known;     /* the receive window's scale is */
    uint32_t burst;      /* packets of the longest segment captured */
    FmTime full;         /* the pipe was as large as the window */
    FmTime squeezed_until; /* its own SACK blocks took room from payload shortly before */
    FmTime short_since;  /* nothing was waiting to be sent from here on; 0: something may be */
    uint32_t initial;    /* packets sent before anything of them was acknowledged; 0: not known */
    bool initial_sure;   /* more was waiting: it was the window that ended them */
    uint64_t packets, bytes, retransmissions, retransmitted_bytes;
    uint64_t lost_before, lost_behind; /* records resent that had been lost on the way here; behind */
    uint64_t verdicts[FM_VERDICT_COUNT];
} FmSender;

void fm_sender_start(FmSender *s, uint32_t isn);
void fm_sender_clear(FmSender *s);

/* A segment of the sender passes here. */
FmVerdict fm_sender_data(FmSender *s, const FmSegment *p, uint64_t ack);

/* A segment of its receiver passes here; seq: its own, unwrapped; scale -1: not known. */
void fm_sender_acknowledged(FmSender *s, const FmSegment *p, uint64_t seq, int scale);

/* Nothing follows: all acknowledgments take effect, everything waiting goes to the series. */
void fm_sender_finish(FmSender *s);

/* In bytes: 0 if unknown. */
uint64_t fm_sender_window(const FmSender *s);
