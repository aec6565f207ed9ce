/* A TCP connection as the inference follows it: both directions, each analysed alone.
 *
 * Segments go in in the order of capture; every call does bounded work. All memory is bounded by the constants in
 * scoreboard.h, ack_ring.h and series.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "inference/identify.h"
#include "inference/segment.h"
#include "inference/series.h"

typedef struct FmConnection FmConnection;

FmConnection *fm_connection_new(void);
void fm_connection_free(FmConnection *c);

/* Keeps no series: for those who follow very many connections. Before the first segment. */
void fm_connection_without_series(FmConnection *c);

FmVerdict fm_connection_add(FmConnection *c, const FmSegment *segment);

/* Nothing follows. */
void fm_connection_finish(FmConnection *c);

typedef struct FmSenderSummary {
    uint64_t packets, bytes, retransmissions;
    uint32_t isn, mss;
    FmTime rtt, min_rtt; /* 0: not measured */
    FmAlgorithm algorithm;
    const FmSeries *series; /* until the next segment */
} FmSenderSummary;

/* The sender of a direction, to be read. */
const struct FmSender *fm_connection_sender(const FmConnection *c, unsigned direction);

/* What is known of the sender of a direction. False if it has sent no data. */
bool fm_connection_summary(const FmConnection *c, unsigned direction, FmSenderSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmConnection, fm_connection_free)
