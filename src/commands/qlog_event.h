/* Events of qlog (draft-ietf-quic-qlog-quic-events) from a packet's fields. */
#pragma once

#include "model/asked.h"
#include "model/packet.h"

typedef struct FmQlogMetrics { /* recovery metrics; NULL: not told */
    const FmNode *rtt, *smoothed, *least, *in_flight;
} FmQlogMetrics;

typedef struct FmQlogPacket { /* one QUIC packet of a frame. Valid until the next one is asked for */
    const FmNode *connection; /* its number; NULL: not known here (the datagram's first packet tells) */
    const FmNode *packet_number, *version, *scid, *dcid, *length;
    const char *type;         /* "initial", …; NULL: not QUIC */
    bool acknowledges;        /* has an ACK frame: metrics are those of the peer */
    bool coalesced;           /* not the datagram's first */
    FmQlogMetrics metrics;
    const FmNode *lost[8];
    unsigned lost_count;
    FmText frames;            /* JSON objects with commas between them */
    uint32_t frame_count;
} FmQlogPacket;

FmAsked *fm_qlog_asked(const FmCatalog *catalog);

/* Reads the QUIC packet that begins at or behind *at, and moves *at behind it. False: there is none. Clear `out->frames` at the end. */
bool fm_qlog_next(const FmAsked *asked, const FmPacket *packet, const FmNode **at, FmQlogPacket *out);

/* {"header":…,"raw":…,"frames":[…]} */
void fm_qlog_put_packet(FmText *out, const FmPacket *packet, const FmQlogPacket *p);
void fm_qlog_put_metrics(FmText *out, const FmQlogMetrics *metrics);
