/* One TCP segment as the inference sees it: numbers only, in host order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum {
    FM_SEGMENT_FIN = 0x01,
    FM_SEGMENT_SYN = 0x02,
    FM_SEGMENT_RST = 0x04,
    FM_SEGMENT_PSH = 0x08,
    FM_SEGMENT_ACK = 0x10,
    FM_SEGMENT_URG = 0x20,
    FM_SEGMENT_ECE = 0x40,
    FM_SEGMENT_CWR = 0x80,
};

#define FM_SEGMENT_SACKS 4

typedef struct FmSackBlock {
    uint32_t left, right; /* right is one past the end */
} FmSackBlock;

typedef struct FmSegment {
    FmTime time; /* of capture */
    uint32_t seq, ack;
    uint32_t length; /* payload bytes on the wire, captured or not */
    uint32_t tsval, tsecr;
    uint16_t window;   /* as sent, not scaled */
    uint16_t flags;    /* FM_SEGMENT_… */
    uint16_t ip_id;    /* 0: none */
    uint16_t mss;      /* option; 0: none */
    int8_t scale;      /* window scale option; -1: none */
    uint8_t direction; /* 0 or 1: which end of the flow sent it */
    uint8_t sacks;     /* valid blocks in sack */
    bool sack_permitted, timestamps; /* options that are there */
    FmSackBlock sack[FM_SEGMENT_SACKS];
} FmSegment;

/* What a segment with payload was, judged from the sender's point of view. */
typedef enum FmVerdict {
    FM_VERDICT_NONE,              /* carries no data */
    FM_VERDICT_NEW,               /* data sent for the first time */
    FM_VERDICT_FAST_RETRANSMIT,   /* starts a recovery: acknowledgments told of the loss */
    FM_VERDICT_RECOVERY,          /* a later retransmission of the same recovery */
    FM_VERDICT_TIMEOUT,           /* the retransmission timer fired */
    FM_VERDICT_GO_BACK,           /* resent in the slow start after a timeout */
    FM_VERDICT_TAIL_PROBE,        /* last segment sent again to provoke an acknowledgment (RFC 8985) */
    FM_VERDICT_NEEDLESS,          /* sent again although its acknowledgment had passed here */
    FM_VERDICT_REORDERED,         /* first copy, late */
    FM_VERDICT_NETWORK_DUPLICATE, /* the same packet twice: made by the network or by the capture */
    FM_VERDICT_KEEP_ALIVE,
    FM_VERDICT_WINDOW_PROBE, /* asks a closed window */
    FM_VERDICT_COUNT
} FmVerdict;

static inline bool fm_verdict_is_retransmission(FmVerdict v)
{
    return v >= FM_VERDICT_FAST_RETRANSMIT && v <= FM_VERDICT_NEEDLESS;
}

/* a before b in sequence space, and their distance (RFC 9293 §3.4). */
static inline int32_t fm_seq_distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

/* The 64-bit number nearest to `reference` that ends in the 32 bits of `seq`. */
static inline uint64_t fm_seq_unwrap(uint32_t seq, uint64_t reference)
{
    return reference + (uint64_t)(int64_t)fm_seq_distance((uint32_t)reference, seq);
}
