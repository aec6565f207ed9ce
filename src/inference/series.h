/* How the estimates of one sender went over time: a bounded list of points. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef enum FmPointKind {
    FM_POINT_WINDOW,         /* congestion window in packets, as observed */
    FM_POINT_MODEL_WINDOW,   /* the same if the sender runs BBR */
    FM_POINT_RTT,            /* smoothed, in FM_POINT_RTT_UNIT ns */
    FM_POINT_PHASE,          /* FmPhase */
    FM_POINT_MODEL_PHASE,    /* FmPhase, if the sender runs BBR */
    FM_POINT_RETRANSMISSION, /* raw sequence number; detail is the FmVerdict */
    FM_POINT_LIMIT,          /* FmLimit */
    FM_POINT_KINDS
} FmPointKind;

enum { FM_POINT_RTT_UNIT = 16 };

typedef enum FmPhase {
    FM_PHASE_SLOW_START,
    FM_PHASE_AVOIDANCE,
    FM_PHASE_RECOVERY, /* fast recovery, or the window is reduced because of ECN */
    FM_PHASE_TIMEOUT,
    FM_PHASE_DRAIN,
    FM_PHASE_PROBE_RTT,
} FmPhase;

typedef enum FmLimit { FM_LIMIT_NETWORK, FM_LIMIT_RECEIVER, FM_LIMIT_APPLICATION } FmLimit;

typedef struct FmPoint {
    FmTime time; /* at the sender */
    uint32_t value;
    uint8_t kind, detail;
} FmPoint;

enum { FM_SERIES_MAX = 1 << 20 }; /* points; beyond, every second one of what changes often goes */

typedef struct FmSeries {
    FmPoint *points; /* in the order they became known; times may step back a little */
    uint32_t count, room;
    uint32_t thinned;              /* how often points were dropped */
    uint32_t last[FM_POINT_KINDS]; /* 1 + value last put; 0: none */
    FmTime last_time[FM_POINT_KINDS];
    uint32_t retracted[FM_POINT_KINDS]; /* count when points of the kind were last taken back: no earlier ones are looked at again */
    FmTime spacing;                /* of points of windows and RTTs, at least */
    bool full;                     /* nearly all points are of the kinds that stay */
    bool off;                      /* nobody wants it: nothing is kept */
} FmSeries;

/* Adds a point; nothing if the kind has that value already. The work is constant on average, whatever is put. */
void fm_series_put(FmSeries *series, FmPointKind kind, FmTime time, uint64_t value, unsigned detail);
/* Takes back what was put of a kind from `since` on. */
void fm_series_retract(FmSeries *series, FmPointKind kind, FmTime since);

void fm_series_clear(FmSeries *series);
