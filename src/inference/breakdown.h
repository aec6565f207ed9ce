/* Where the time of a connection went, turn by turn: the client asks, the server answers.
 *
 * Every span between two segments with payload belongs to one part, so the parts add up to the time from the start to the latest one.
 * What the network needs for the way there and back is taken off the spans in which the other side was waited for. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct FmBreakdown {
    FmTime client;   /* until the client asked */
    FmTime sending;  /* from a request's first byte to its last */
    FmTime network;  /* the way from here to the other side and back, before an answer or the next request */
    FmTime server;   /* until the server answered, beyond that */
    FmTime transfer; /* from an answer's first byte to its last */
    FmTime stalled;  /* of both, while losses were repaired */
    FmTime longest, longest_at; /* answer: how long the server took, and when it had the request */
    uint64_t longest_packet;    /* the last one of that request */
    uint32_t requests;          /* answered */
    FmTime at;       /* how far time is counted; 0: not started */
    bool asked;      /* the client sent last */
    uint64_t packet; /* of the latest payload */
} FmBreakdown;

/* The connection stands from here on. */
void fm_breakdown_start(FmBreakdown *b, FmTime now);

typedef struct FmBreakdownStep {
    FmTime now;
    uint64_t packet;
    bool from_client;
    bool repair; /* a retransmission, or what came while one was waited for */
    FmTime way;  /* from here to its sender and back, at least; 0: not known */
} FmBreakdownStep;

/* A segment with payload passes. */
void fm_breakdown_add(FmBreakdown *b, const FmBreakdownStep *step);
