/* A TCP flow's part of its record: state of the connection, inference, findings. */
#pragma once

#include "inference/blocking.h"
#include "inference/connection.h"
#include "summary/flow_record.h"
#include "summary/story.h"

enum { FM_SEEN_SYN = 1, FM_SEEN_SYNACK = 2, FM_SEEN_ACK = 4, FM_SEEN_DATA = 8, FM_SEEN_FIN = 16, FM_SEEN_RST = 32 }; /* completeness */
enum { FM_HELD_SEGMENTS = 4 };

enum { FM_HISTORY_WINDOW, FM_HISTORY_RTT, FM_HISTORIES };

typedef struct FmTcpSide { /* the data of one direction */
    FmTime at;         /* how far the times below are counted */
    FmTime phases[FM_PHASE_PROBE_RTT + 1];
    FmTime slow;       /* in slow start with more to send */
    FmTime recovery_since;
    uint64_t recovery_packet;
    uint64_t recovery_resent;
    FmTime zero_since; /* its receiver's window is closed; 0: it is not */
    uint64_t zero_packet;
    uint64_t blocked_packet; /* with which the open interval of blocking began */
    uint64_t unseen;   /* bytes told of as not captured */
    uint64_t spurious; /* retransmissions told of as needless afterwards */
    bool over_long;    /* a segment was longer than any on the wire */
    FmBlocking blocking;
    FmHistory *histories; /* [2]: window, RTT; NULL while the sender has sent little */
} FmTcpSide;

typedef struct FmTcpRoute { /* what is kept of a flow beside the inference, since there is payload */
    FmTcpSide side[2];
    FmBreakdown breakdown;
    FmFlowSide known[2]; /* what was known when the inference was ended; without bytes: nothing */
} FmTcpRoute;

typedef struct FmHeldSegment {
    FmSegment segment;
    uint64_t frame;
} FmHeldSegment;

struct FmTcpFlow {
    FmConnection *connection; /* NULL until there is payload, and once it is frozen */
    FmTcpRoute *route;        /* likewise … */
    void *packed;             /* … but then it is here, see base/packed.h */
    FmHeldSegment *held;      /* of the handshake, until there is payload */
    FmFinding *findings;
    FmStory *story;           /* NULL: not asked for */
    FmTime first_syn, last_syn, first_synack, last_synack, established; /* 0: none */
    uint16_t syns, synacks;
    uint8_t held_count, finding_count;
    uint8_t fins; /* by direction, as bits */
};

/* The flow's route, if need be unpacked into `room`; NULL: none. */
const FmTcpRoute *fm_tcp_flow_route(const FmTcpFlow *t, FmTcpRoute *room);

/* A segment of the flow: state, client, handshake, and what the inference makes of it. `frame`: its number;
 * `most_events`: of its story. */
void fm_tcp_flow_add(FmFlowRecord *flow, const FmSegment *segment, uint64_t frame, unsigned most_events);

/* Is the inference at work on it? */
bool fm_tcp_flow_followed(const FmFlowRecord *flow);

/* Nothing follows for now: what waits takes effect. */
void fm_tcp_flow_finish(FmFlowRecord *flow);

/* Gives the inference's memory back; what it found stays in the record. */
void fm_tcp_flow_freeze(FmFlowRecord *flow);

void fm_tcp_flow_free(FmFlowRecord *flow);
