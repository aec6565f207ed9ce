/* WebRTC data channels (RFC 8831): messages on streams of SCTP. */
#pragma once

#include "engine/dissect.h"

typedef struct ChannelMemo { /* of a message: belongs into its carrier's memo */
    const char *label;     /* of its channel; NULL: no channel was seen opened */
    uint64_t messages;     /* of that side in the channel, with this one */
    uint16_t protocol;     /* that the channel's subprotocol leads to; 0: none */
} ChannelMemo;

/* A channel is opened on the stream. */
void data_channel_open(FmDissection *d, uint64_t stream, FmSlice label, FmSlice protocol);

/* Is it a payload protocol identifier of channel messages (RFC 8831 §8)? */
bool data_channel_carries(uint64_t ppid);

/* A whole message on the stream: its channel's name, how many it is, and its text, as children of what is open. */
void data_channel_message(FmDissection *d, uint64_t ppid, uint64_t stream, const FmCursor *message, ChannelMemo *memo);

/* What SCTP lends to whom it hands a message (FmDissection.context). */
typedef struct SctpStream {
    uint64_t number;
} SctpStream;

extern const FmProtocol fm_rtcdc, fm_data_channels;
