/* One flow step by step: what each of its packets was, and what the senders knew after it. For pictures; bounded. */
#pragma once

#include "summary/summary.h"

enum { FM_TRACK_SACKS = 3 };

typedef struct FmTrackSide { /* of the sender of one direction, after a packet; bytes */
    uint32_t in_flight;
    uint32_t cwnd_low, cwnd, cwnd_high; /* 0: not known */
    uint32_t left;                      /* that the receiver's window still allows; UINT32_MAX: not known */
    uint32_t rtt;                       /* newest, in µs; 0: none */
    uint8_t phase, limit, sure;         /* FmPhase, FmLimit, confidence in percent */
} FmTrackSide;

typedef struct FmStep { /* a packet of the flow */
    FmTime time;
    uint32_t number;      /* of the frame */
    uint32_t length;      /* payload of a TCP segment; otherwise of the frame */
    uint32_t seq, ack;    /* from the beginning of each direction */
    uint32_t window;      /* that it announces, in bytes */
    FmSackBlock sacks[FM_TRACK_SACKS]; /* from the beginning, as ack */
    uint16_t flags;       /* FM_SEGMENT_…; 0: no TCP */
    uint8_t direction, verdict, sack_count;
    const char *protocol; /* as in the protocol column; lives as long as the track, as what follows */
    const char *said;     /* what the segment is and why it is here, in sentences; NULL: not TCP, or too many of them */
    FmTrackSide side[2];
} FmStep;

typedef struct FmTrack FmTrack;

/* Of the flow of this kind and number. The catalog must outlive it. */
FmTrack *fm_track_new(const FmCatalog *catalog, unsigned kind, uint32_t number);
void fm_track_free(FmTrack *track);

/* Fields that it needs; the segment (fm_viewer_want_segment) as well. */
const uint64_t *fm_track_wanted(const FmTrack *track);

/* Takes a packet of the flow in, in the order of capture; others are passed over. */
void fm_track_packet(FmTrack *track, const FmPacket *packet);
void fm_track_finish(FmTrack *track);

/* The steps so far; moved by the next packet. `left_out`: packets beyond the bound of limits.h. */
const FmStep *fm_track_steps(const FmTrack *track, size_t *count, uint64_t *left_out);

/* The record of the flow; NULL before its first packet. */
const FmFlowRecord *fm_track_flow(const FmTrack *track);

/* What a packet says of itself on an arrow: its info column, `most` bytes of it, without what each packet of its flow repeats: the connection
 * ids of QUIC. */
void fm_packet_told(FmText *out, const FmPacket *packet, size_t most);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmTrack, fm_track_free)
