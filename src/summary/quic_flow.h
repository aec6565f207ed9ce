/* What a QUIC connection's packets say of its path and its ends: fields of fathom.quic, added up for a flow. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"
#include "model/packet.h"

typedef struct FmQuicSpan { /* times that something cost */
    uint32_t count;
    FmTime total, worst;
    uint64_t worst_at; /* packet */
} FmQuicSpan;

typedef struct FmQuicFlow {
    FmTime handshake;         /* 0: not seen, as all times */
    FmTime least[2], smoothed[2]; /* from here to the one who acknowledges and back, by the direction of acknowledgments */
    FmTime spin, path;        /* shortest by the spin bit; of a path's validation */
    FmQuicSpan amplification, flow_control, streams;
    uint64_t lost, lost_before, uncaptured, spurious;
    uint64_t first_lost;      /* packet that told of the first loss; 0: none */
    uint32_t moves, rebindings, returns, key_updates;
    uint64_t moved_at;        /* packet of the first change of path */
    uint8_t early, reset;     /* as fathom.quic.early_data, fathom.quic.stateless_reset */
    bool unknowable;
} FmQuicFlow;

/* The fields, by a number from 0 on: for whoever asks for them. NULL: there is no such. */
const char *fm_quic_flow_field(unsigned i);

/* Takes in the value of the i-th field. */
void fm_quic_flow_note(FmQuicFlow *quic, unsigned i, const FmPacket *packet, const FmNode *node);

/* Round-trip times of the whole path, smoothed and shortest: by acknowledgments of both sides, else of the handshake or by the spin bit;
 * 0: not known. */
FmTime fm_quic_flow_rtt(const FmQuicFlow *quic);
FmTime fm_quic_flow_rtt_least(const FmQuicFlow *quic);

/* Time that stalls and waiting have cost. */
FmTime fm_quic_flow_cost(const FmQuicFlow *quic);

/* Is there more to tell of than round-trip times? */
bool fm_quic_flow_eventful(const FmQuicFlow *quic);

/* The i-th sentence of what there is to say, without a full stop; false: there are no more. */
bool fm_quic_flow_text(FmText *out, const FmQuicFlow *quic, unsigned i);
