/* Wireshark's TCP analysis flags, by its rules. Private to dissectors/transport. */
#pragma once

#include "dissectors/transport/tcp_options.h"

typedef struct TcpSegmentView { /* what the rules look at: raw numbers of one segment */
    uint32_t seq, ack, length;
    uint32_t window;   /* as on the wire */
    uint64_t flags;
    int8_t scale, peer_scale; /* of the sender and its peer; -1 unknown, -2 none */
    uint32_t base;     /* of the sender */
    bool reused;       /* a SYN that began a new flow on known ports */
} TcpSegmentView;

/* Does anybody read the analysis? It has no use of its own, so without that, and where nobody asks what became of payloads, it is left
 * out. */
bool tcp_flags_wanted(FmDissection *d);

/* Brings the analysis up to this segment on a first visit (NULL: nothing to analyze) and returns what was found: the packet's memo,
 * on replays as well. Call once per segment. */
const void *tcp_flags_visit(FmDissection *d, const TcpSegmentView *view);

/* Keeps the SACK blocks that this segment carries, for the segments of its peer. First visits, after the options are known. */
void tcp_flags_sack(FmDissection *d, const void *memo, const TcpOptions *options);

/* The note on a SYN that brings a Fast Open cookie (RFC 7413), below the option's field. */
void tcp_flags_fast_open(FmDissection *d, uint64_t flags, bool cookie);

/* Does it say that the peer has acknowledged all this already? That it keeps the connection alive? */
bool tcp_flags_spurious(const void *memo);
bool tcp_flags_keep_alive(const void *memo);

/* Whether Wireshark gives such a segment to the application protocol. */
FmArrival tcp_flags_arrival(const void *memo);

/* The SEQ/ACK analysis subtree and the info column's prefixes, from what tcp_flags_visit returned. */
void tcp_flags_put(FmDissection *d, const void *memo);
