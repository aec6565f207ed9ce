/* A TCP flow's part of its record: state of the connection, inference, findings. */
#pragma once

#include "inference/blocking.h"
#include "inference/connection.h"
#include "summary/flow_record.h"

typedef struct FmTcpFlow FmTcpFlow;

/* A segment of the flow: state, client, handshake, and what the inference makes of it. `frame`: its number. */
void fm_tcp_flow_add(FmFlowRecord *flow, const FmSegment *segment, uint64_t frame);

/* Is the inference at work on it? */
bool fm_tcp_flow_followed(const FmFlowRecord *flow);

/* Nothing follows for now: what waits takes effect. */
void fm_tcp_flow_finish(FmFlowRecord *flow);

/* Gives the inference's memory back; what it found stays in the record. */
void fm_tcp_flow_freeze(FmFlowRecord *flow);

void fm_tcp_flow_free(FmFlowRecord *flow);
