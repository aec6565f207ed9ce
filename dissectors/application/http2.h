/* What the files of HTTP/2 share: a connection's state, its streams, and how a frame's parts reach each other. */
#pragma once

#include "dissectors/application/grpc_call.h"
#include "dissectors/application/hpack.h"
#include "dissectors/application/http2_measures.h"
#include "dissectors/application/message.h"
#include "engine/dissect.h"

enum {
    HTTP2_DATA, HTTP2_HEADERS, HTTP2_PRIORITY, HTTP2_RST_STREAM, HTTP2_SETTINGS, HTTP2_PUSH_PROMISE, HTTP2_PING, HTTP2_GOAWAY,
    HTTP2_WINDOW_UPDATE, HTTP2_CONTINUATION, HTTP2_ALTSVC, HTTP2_ORIGIN = 0xc, HTTP2_PRIORITY_UPDATE = 0x10,
};

enum { HTTP2_FLAG_END_STREAM = 0x1, HTTP2_FLAG_ACK = 0x1, HTTP2_FLAG_END_HEADERS = 0x4, HTTP2_FLAG_PADDED = 0x8, HTTP2_FLAG_PRIORITY = 0x20 };

/* Direction of a flow and role of an endpoint are not the same: the client is who sends requests. */
typedef struct Http2Side { /* what one endpoint sends */
    Hpack *hpack;
    bool begun;            /* a frame of it was seen */
    uint32_t block_stream; /* whose header block goes on in CONTINUATION frames; 0: none */
    uint32_t promised;     /* by the PUSH_PROMISE whose block that is; 0: none */
    bool block_ends_stream;
} Http2Side;

typedef struct Http2State {
    Http2Side sides[2]; /* by direction */
    Http2Measures measures;
} Http2State;

typedef struct Http2Memo { /* of a frame: what a replay cannot know; frame numbers, 0: none */
    const HpackBlock *block;
    const HttpMessage *message; /* whose contents the frame has; NULL: not known */
    uint8_t streams;      /* they go message by message to gRPC: GrpcVariant */
    bool ends;            /* nothing follows */
    uint32_t request_in;  /* of a response */
    uint32_t response_in; /* of a request (hindsight) */
    FmTime time;          /* from request to response */
    FmTime grpc_timeout;  /* in a request; 0: none */
    const GrpcReport *report; /* a call of gRPC ends */
    const Http2Measured *measured; /* NULL: nothing */
} Http2Memo;

typedef struct Http2Exchange { /* a stream: request and response */
    HttpMessage *messages[2];   /* by direction; NULL: no header seen */
    uint32_t request, response; /* frames of their header blocks; 0: not seen */
    FmTime request_time;
    Http2Memo *request_memo;    /* if memos live on */
    uint8_t request_direction;
    bool ended[2];              /* by direction */
    GrpcCall call;
    Http2StreamMeasures measures;
} Http2Exchange;

typedef struct Http2Frame {
    HttpContent lent;
    FmCursor whole;   /* from its header on */
    FmSubtree tree;
    uint64_t length, type, flags, stream;
    Http2Memo *memo;
    Http2Measured measured; /* first visit */
    FmCursor body, content; /* what is dissected when the tree is closed: a whole body; a piece of a stream of messages */
    bool has_body, has_content;
} Http2Frame;

/* The fields of a header block, and what HTTP says of them in the tree's line and the info column. fm_part hands the cursor over, which
 * finds the rest around it: so it stands first. */
typedef struct Http2Fragment {
    FmCursor bytes;
    const HpackBlock *block;
    FmSubtree frame;
} Http2Fragment;

extern const FmProtocol fm_http2_headers;

/* Settings, as in a SETTINGS frame and in HTTP2-Settings of an upgrade (RFC 7540 §3.2.1). */
extern const FmProtocol fm_http2_settings;

/* The value of SETTINGS_INITIAL_WINDOW_SIZE in a SETTINGS payload, or `otherwise`. */
uint32_t http2_initial_window(FmSlice settings, uint32_t otherwise);

/* What a block of headers means for the exchange; `promised`: it is that of a pushed stream. First visits only. */
void http2_block_seen(FmDissection *d, Http2Memo *memo, uint64_t stream, bool promised);

void http2_exchange_release(void *exchange);

/* The contents of a frame (none at a stream's end without DATA), inside its tree; and what is dissected behind the tree, which is `depth`
 * deep. */
extern const FmProtocol fm_http2_body;
void http2_put_content(FmDissection *d, Http2Frame *frame, FmCursor *c);
void http2_pass_on(FmDissection *d, Http2Frame *frame, uint8_t depth);

/* RST_STREAM. First visits only. */
void http2_exchange_reset(FmDissection *d, Http2Memo *memo, uint64_t stream, uint64_t error);

/* The sender of this frame sends nothing more on the stream. First visits only. */
void http2_side_ended(FmDissection *d, uint64_t stream);
