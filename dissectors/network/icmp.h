/* What ICMP and ICMPv6 share. */
#pragma once

#include "engine/dissect.h"

/* Part: the extension structure behind a quoted datagram (RFC 4884, RFC 4950, RFC 5837, RFC 8335). */
extern const FmProtocol fm_icmp_extensions;

/* Puts together echo requests and replies: state of the flow that is named by the addresses and the identifier. */
enum { FM_ECHO_SLOTS = 64 };

typedef struct FmEchoRequest {
    FmTime time;
    uint32_t frame;
    uint16_t sequence, checksum; /* the checksum that the reply to it has */
    struct FmEchoMemo *memo;     /* NULL unless memos are kept */
} FmEchoRequest;

typedef struct FmEchoState {
    FmEchoRequest requests[FM_ECHO_SLOTS]; /* by sequence number; frame 0: none, or answered */
} FmEchoState;

typedef struct FmEchoMemo {
    uint32_t request, response; /* frames; 0: none known */
    FmTime time;                /* from request to response */
} FmEchoMemo;

/* Notes a request or looks for the request of a reply. `checksum` is the message's; `difference` what a request's type adds to
 * the sum compared with a reply's. Returns the memo of this packet: what is known about the other one. */
static inline const FmEchoMemo *fm_echo(FmDissection *d, bool request, uint64_t id, uint64_t sequence, uint64_t checksum,
                                        uint64_t difference, FmFlowKind kind)
{
    fm_flow(d, kind, id, id);
    FmEchoMemo *memo = fm_memo(d);
    FmEchoState *state = fm_replaying(d) ? NULL : fm_state(d);
    if (!state)
        return memo;
    FmEchoRequest *slot = &state->requests[sequence % FM_ECHO_SLOTS];
    if (request) {
        uint64_t sum = (~checksum & 0xffff) + (~difference & 0xffff);
        sum = (sum & 0xffff) + (sum >> 16);
        *slot = (FmEchoRequest){ fm_frame_time(d), fm_frame_number(d), (uint16_t)sequence, (uint16_t)~sum, d->keeping ? memo : NULL };
    } else if (slot->frame && slot->sequence == sequence && slot->checksum == checksum) {
        *memo = (FmEchoMemo){ .request = slot->frame, .time = fm_frame_time(d) - slot->time };
        if (slot->memo)
            slot->memo->response = fm_frame_number(d);
        slot->frame = 0;
    }
    return memo;
}
