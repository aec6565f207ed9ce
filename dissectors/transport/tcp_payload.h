/* The payload's way into its stream, and the fields that tell what became of it. Private to dissectors/transport. */
#pragma once

#include "engine/dissect.h"

typedef struct TcpPayload {
    uint64_t source, destination; /* ports */
    uint64_t offset;              /* of the payload in the stream */
    uint64_t received;            /* bytes before it are with the receiver */
    bool fin;
    bool spurious;                /* a retransmission of what the peer has acknowledged */
    bool unordered;               /* early segments are dissected at once, and then: */
    FmArrival arrival;
    bool keep_alive;
    bool apart;                   /* records over several segments are not put together */
    bool tells;                   /* tcp_payload_tells */
} TcpPayload;

/* Does anybody ask what became of payloads? */
bool tcp_payload_tells(const FmDissection *d);

/* Gives the payload to the flow's stream, which calls the application protocol. Call for every segment that has payload or a FIN. */
void tcp_payload_dissect(FmDissection *d, FmCursor *c, const TcpPayload *p);
