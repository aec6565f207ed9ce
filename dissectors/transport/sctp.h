/* What the files of SCTP share. */
#pragma once

#include "engine/dissect.h"

typedef struct SctpMessageMemo SctpMessageMemo;

/* ---- associations (sctp_association.c): first visits only -------------------------------------------------------------------- */

typedef struct SctpTsn { /* a chunk of data that was sent */
    uint32_t tsn;
    uint32_t frame;    /* that had it first; 0: the place is free */
    uint32_t acked;    /* frame that acknowledged it; 0: none yet */
    uint16_t repeated; /* times it was sent again */
    FmTime time, acked_time;
    SctpMessageMemo *memo; /* of that first frame, if memos live on */
} SctpTsn;

typedef struct SctpHalf { /* what one side sends, known by ports and verification tag */
    uint16_t source_port, destination_port;
    uint32_t tag;
    bool used, started;
    uint32_t first;     /* TSN of the first chunk of data that was seen */
    uint32_t highest;   /* the newest by now */
    uint32_t acked;     /* all before are acknowledged; counts only with any_acked */
    bool any_acked;
    SctpTsn *sent;      /* by the lower bits of the number */
    uint32_t room;      /* of it; a power of 2 */
    struct SctpHalf *peer;
    struct SctpPart *parts; /* of messages that are not whole yet: sctp_data.c's own */
    uint32_t part_count;
    size_t part_bytes;
} SctpHalf;

/* The half that this packet belongs to; NULL on replay, while quoting, outside flows, and for tag 0. */
SctpHalf *sctp_half(FmDissection *d, uint16_t source_port, uint16_t destination_port, uint32_t tag);

/* The place of a TSN that is sent now; new or known. */
SctpTsn *sctp_sent(FmDissection *d, SctpHalf *half, uint32_t tsn);

/* What an acknowledgment newly acknowledges. */
typedef struct SctpAcked {
    uint32_t tsn, frame;
    FmTime time; /* since it was sent */
} SctpAcked;

typedef struct SctpAcks {
    SctpAcked *at;       /* in memory of memos, if `listed` */
    uint32_t count, room;
    uint32_t budget;     /* how many TSNs may still be looked at */
    bool listed;
    bool has_time;
    FmTime time;         /* since the newest of them was sent, if that was sent but once */
} SctpAcks;

/* All up to `tsn`, or from `first` to `last`, that `half` sent are acknowledged now: `acks` takes those that were not before. */
void sctp_ack_until(FmDissection *d, SctpHalf *half, uint32_t tsn, SctpAcks *acks);
void sctp_ack_range(FmDissection *d, SctpHalf *half, uint32_t first, uint32_t last, SctpAcks *acks);

/* ---- parts ------------------------------------------------------------------------------------------------------------------------ */

typedef struct SctpPacket { /* that is dissected */
    uint16_t source_port, destination_port;
    SctpHalf *half;
    bool quoted;    /* inside a PKTDROP chunk */
    bool relative;  /* preference: numbers count from the first one seen */
    bool reassembles, passes_on;
    bool index;
    bool own_flow;  /* the current flow is the association's, not that of a tunnel */
} SctpPacket;

/* A payload that is handed on when its chunk is closed. */
typedef struct SctpPayload {
    FmCursor bytes;
    SctpMessageMemo *memo;
    uint64_t ppid;
    uint64_t stream;
    bool ends_tree;  /* what follows begins a tree of its own */
    bool hand_on;
} SctpPayload;

/* DATA and I-DATA behind their header of four bytes. `chunk` is what the label goes to. */
void sctp_put_data(FmDissection *d, SctpPacket *packet, FmSubtree chunk, bool interleaved, unsigned flags, uint64_t length, FmCursor *c,
                   SctpPayload *payload);
void sctp_hand_on(FmDissection *d, const SctpPacket *packet, SctpPayload *payload);
void sctp_data_flags(FmDissection *d, FmCursor *c);
void sctp_free_parts(SctpHalf *half);

/* SACK and NR-SACK. */
void sctp_put_sack(FmDissection *d, SctpPacket *packet, FmSubtree chunk, FmCursor *c);
void sctp_put_nr_sack(FmDissection *d, SctpPacket *packet, FmSubtree chunk, FmCursor *c);
void sctp_sack_flags(FmDissection *d, bool nr, FmCursor *c);

/* A list of parameters; `one`: of a single one, as HEARTBEAT has it. */
void sctp_put_parameters(FmDissection *d, FmCursor *c);
void sctp_put_parameter(FmDissection *d, FmCursor *c, bool final);
void sctp_put_causes(FmDissection *d, FmCursor *c);

/* A chunk inside an error cause: not acted upon. */
void sctp_put_quoted_chunk(FmDissection *d, FmCursor *c);

extern const FmName fm_sctp_chunk_types[];

extern const FmProtocol fm_sctp, fm_sctp_association, fm_sctp_data, fm_sctp_sack, fm_sctp_parameters;
