/* What a flow carried: bytes in their order, by side, with the packet that brought them.
 *
 * Sees packets only, so it works in a run through a file and over an archive's viewer alike:
 *
 *     FmFollow *follow = fm_follow_new(catalog, FM_FOLLOW_CONTENT, FM_FLOW_TCP, 3, FM_FOLLOW_ALL, take, data);
 *     fm_viewer_want(viewer, fm_follow_wanted(follow), false, false, false);
 *     … for each packet, in the order of capture: fm_follow_packet(follow, packet); others than the flow's are passed over
 *     fm_follow_finish(follow);
 *
 * `take` is called from inside fm_follow_packet, once for each chunk. Nothing is kept but TCP segments that came early. Levels that
 * the flow does not have give no chunk: where FM_FOLLOW_CONTENT stays silent, show FM_FOLLOW_DECRYPTED, then FM_FOLLOW_TRANSPORT;
 * several may run side by side. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "flow/flow.h"
#include "model/packet.h"

typedef enum FmFollowLevel {
    FM_FOLLOW_TRANSPORT, /* payload of TCP, put in order, or of UDP; of QUIC what its streams carry */
    FM_FOLLOW_DECRYPTED, /* application data that TLS, DTLS or QUIC's streams carry, where keys open it */
    FM_FOLLOW_HTTP,      /* headers as they stand, bodies with their codings taken off */
    FM_FOLLOW_HTTP2,     /* frames; of headers the decompressed block (RFC 7541: lengths, names, values) */
    FM_FOLLOW_WEBSOCKET, /* messages, inflated */
    FM_FOLLOW_CONTENT,   /* what people read: HTTP, HTTP/2 with headers as lines, WebSocket */
} FmFollowLevel;

#define FM_FOLLOW_ALL INT64_MIN /* no particular stream inside the flow */

typedef struct FmFollowChunk { /* borrowed: valid during the call */
    FmSlice bytes;
    uint64_t offset;     /* of its first byte among the bytes of its side */
    uint64_t missing;    /* bytes that the receiver has and the capture has not; `bytes` is empty then */
    uint64_t cut;        /* bytes behind these that a snapshot length left out */
    FmTime time;
    uint32_t packet;     /* number of the frame that completed it */
    uint8_t side;        /* 0: the end that said something first; with TCP's payload, that was seen first */
    const char *what;    /* "tcp", "tls", "http", …: lives as long as the program */
    uint64_t stream;     /* of HTTP/2 or QUIC, inside the flow; otherwise 0 */
} FmFollowChunk;

typedef struct FmFollowEnd {
    FmAddress address;   /* FM_ADDRESS_NONE: not seen */
    uint32_t port;
} FmFollowEnd;

typedef struct FmFollow FmFollow;

/* Follows the flow `number` of a kind (FM_FLOW_TCP, FM_FLOW_UDP, FM_FLOW_QUIC), and of it the stream `stream` (HTTP/2, QUIC) or
 * FM_FOLLOW_ALL. The catalog must outlive it. */
FmFollow *fm_follow_new(const FmCatalog *catalog, FmFollowLevel level, FmFlowKind kind, uint32_t number, int64_t stream,
                        void (*take)(void *data, const FmFollowChunk *chunk), void *data);
void fm_follow_free(FmFollow *follow);

/* Flows of any number: what a filter let through. Before the first packet. */
void fm_follow_any(FmFollow *follow);

/* Bits of the fields that it needs. */
const uint64_t *fm_follow_wanted(const FmFollow *follow);

void fm_follow_packet(FmFollow *follow, const FmPacket *packet);

/* All packets were seen: what stands behind a hole comes now. */
void fm_follow_finish(FmFollow *follow);

/* The end that is a chunk's side: the sender of the first chunk is side 0. */
const FmFollowEnd *fm_follow_end(const FmFollow *follow, unsigned side);

/* Who sent the first packet of the flow, chunk or not: the client, where the capture has the beginning. */
const FmFollowEnd *fm_follow_opener(const FmFollow *follow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmFollow, fm_follow_free)
