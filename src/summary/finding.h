/* Findings: what went wrong or slowly in a flow, how often, and how much time it cost. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

typedef enum FmFindingKind {
    /* cost time */
    FM_FINDING_SETUP_REPEATED,  /* SYN or SYN-ACK sent more than once before the connection stood */
    FM_FINDING_NO_ANSWER,       /* SYNs, and nothing came back */
    FM_FINDING_TIMEOUT,         /* the retransmission timer fired */
    FM_FINDING_RECOVERY,        /* losses repaired by fast recovery */
    FM_FINDING_TAIL_PROBE,      /* the end of a flight was sent again to get an answer */
    FM_FINDING_ZERO_WINDOW,     /* the receiver closed its window */
    FM_FINDING_RECEIVER_LIMIT,  /* the receiver's window held the sender back */
    FM_FINDING_APPLICATION_LIMIT, /* the sender had nothing to send */
    FM_FINDING_SLOW_START,      /* time in slow start while there was more to send */
    FM_FINDING_BLOCKED,         /* received data waited behind a hole */
    FM_FINDING_SLOW_ANSWER,     /* the server took longer for an answer than the network explains */
    /* cost no time of their own */
    FM_FINDING_REFUSED,
    FM_FINDING_RESET,
    FM_FINDING_NEEDLESS,        /* retransmissions of what had arrived */
    FM_FINDING_REORDERED,
    FM_FINDING_DUPLICATED,      /* the same packet twice, by the network or the capture */
    FM_FINDING_KEEP_ALIVE,
    /* doubts about the capture */
    FM_FINDING_CAPTURE_LOSS,    /* acknowledged and never seen */
    FM_FINDING_ONE_WAY,         /* only one direction was captured */
    FM_FINDING_NO_HANDSHAKE,    /* the capture began later */
    FM_FINDING_OFFLOAD,         /* segments longer than any on the wire: captured at a host */
    FM_FINDING_KINDS
} FmFindingKind;

typedef struct FmFinding {
    uint8_t kind;      /* FmFindingKind */
    uint8_t direction; /* of the data it is about */
    uint32_t count;    /* how often */
    FmTime lost;       /* time it cost in all; 0: none of its own */
    FmTime worst, worst_at; /* the longest one, and when it began; 0: no single one */
    uint64_t packet;   /* frame number of the worst one (or of the first one, where none cost time) */
    uint64_t amount;   /* bytes or packets, by the kind */
} FmFinding;

/* A sentence, without a full stop: "3 recoveries from loss cost 190 ms, the longest 92 ms at #805". `from` and `to` name the ends. */
void fm_finding_text(FmText *out, const FmFinding *finding, const char *from, const char *to);

/* One word for machines: "timeout". */
const char *fm_finding_name(FmFindingKind kind);

/* Is it about the capture and not about the flow? */
bool fm_finding_is_doubt(FmFindingKind kind);

/* A span of time for people: "92 ms", "1.3 s", "12 min". */
void fm_span_text(FmText *out, FmTime span);

/* An amount for people: "412", "3.1k", "2.0M"; three digits at most before the letter. */
void fm_amount_text(FmText *out, uint64_t amount);
