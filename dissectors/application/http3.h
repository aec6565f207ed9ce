/* What the files of HTTP/3 share: a connection's state, its streams, and what a frame leaves for replays. */
#pragma once

#include "dissectors/application/grpc_call.h"
#include "dissectors/application/message.h"
#include "dissectors/application/qpack.h"
#include "engine/dissect.h"

enum {
    HTTP3_DATA = 0x0, HTTP3_HEADERS = 0x1, HTTP3_CANCEL_PUSH = 0x3, HTTP3_SETTINGS = 0x4, HTTP3_PUSH_PROMISE = 0x5, HTTP3_GOAWAY = 0x7,
    HTTP3_ORIGIN = 0xc, HTTP3_MAX_PUSH_ID = 0xd, HTTP3_WEBTRANSPORT_STREAM = 0x41, HTTP3_PRIORITY_UPDATE = 0xf0700,
    HTTP3_PRIORITY_UPDATE_PUSH = 0xf0701,
};

/* What a stream carries; the first four are stream types on the wire (RFC 9114 §6.2). */
typedef enum Http3Kind { HTTP3_CONTROL, HTTP3_PUSH, HTTP3_ENCODER, HTTP3_DECODER, HTTP3_REQUEST, HTTP3_OPAQUE, HTTP3_DATAGRAM } Http3Kind;

typedef struct Http3Blocked { /* a field section that waits for the encoder stream */
    struct Http3Blocked *next;
    struct Http3Memo *memo; /* of its frame, if memos live on */
    uint64_t stream, exchange, required;
    FmTime time;
    uint32_t frame, size;
    bool promised;
    uint8_t bytes[];
} Http3Blocked;

typedef struct Http3Side { /* what one endpoint sends */
    Qpack *qpack; /* NULL: nothing was coded yet */
    bool has_limit;
    uint64_t limit; /* of the table that its peer may use, by its settings */
    Http3Blocked *blocked, **blocked_last;
    uint32_t blocked_count;
} Http3Side;

typedef struct Http3State {
    Http3Side sides[2]; /* by direction */
} Http3State;

typedef struct Http3Framing { /* one direction of a stream */
    uint8_t kind;
    bool typed;         /* its type was read; requests have none */
    bool opaque;        /* not frames any more */
    uint64_t left;      /* bytes of a frame begun in an earlier record */
    uint64_t left_type; /* its type */
    uint64_t next;      /* offset of the byte behind the last record */
    uint64_t push_id;
} Http3Framing;

typedef struct Http3Stream {
    Http3Framing framing[2];    /* by direction */
    HttpMessage *messages[2];   /* by direction; NULL: no header seen */
    uint32_t request, response; /* frames of their field sections; 0: not seen */
    FmTime request_time;
    struct Http3Memo *request_memo; /* if memos live on */
    uint8_t request_direction;
    GrpcCall call;
} Http3Stream;

typedef struct Http3Opened { /* a blocked section, opened by a record of the encoder stream */
    struct Http3Opened *next;
    const HpackBlock *block;
    uint64_t stream;
    uint32_t frame;
    uint32_t request_in;
    FmTime time;
    const GrpcReport *report; /* a call of gRPC ends */
} Http3Opened;

typedef struct Http3Memo { /* of a record, and of each frame in it: what a replay cannot know; frame numbers, 0: none */
    uint8_t kind;
    bool typed;             /* record: its stream's type was read before */
    bool ends;              /* record: the stream's last */
    bool blocked, broken;   /* a section that waits; instructions that are none */
    bool forgotten;         /* a section that would wait, where too many do */
    uint64_t stream, left, left_type;
    const HpackBlock *block;
    const HttpMessage *message; /* whose contents these are; NULL: not known */
    Http3Opened *opened;
    uint64_t required, available; /* insertions of QPACK */
    uint32_t request_in, response_in, opened_in;
    FmTime time;
    const GrpcReport *report; /* a call of gRPC ends */
} Http3Memo;

typedef struct Http3Record { /* the record at hand */
    HttpContent lent;
    Http3Memo *memo;
    uint64_t exchange; /* first visits: number of the state that has its messages */
    FmCursor body;     /* a whole body, to be dissected */
    bool has_body;
} Http3Record;

/* Fields of a section. fm_part hands the cursor over, which finds the rest around it: so it stands first. */
typedef struct Http3Section {
    FmCursor c;
    const HpackBlock *block;
} Http3Section;

extern const FmProtocol fm_http3, fm_http3_headers, fm_http3_qpack, fm_http3_body;

/* ---- http3_section.c: first visits only ---- */

/* Reads the section of a frame, or keeps it until it can be read. */
void http3_read_section(FmDissection *d, Http3Memo *memo, uint64_t exchange, FmSlice section, bool promised);

/* The encoder stream has brought more: sections that waited for it. */
void http3_follow_encoder(FmDissection *d, Http3Memo *memo, FmSlice instructions);

/* Settings of the current sender: how large a table its peer may use. */
void http3_set_limit(FmDissection *d, uint64_t capacity);

void http3_stream_release(void *stream);
void http3_release(void *state);

/* ---- others ---- */

/* A piece of a message's contents; `ends`: nothing follows. */
void http3_put_content(FmDissection *d, Http3Record *r, Http3Memo *memo, FmCursor *c, bool ends);

/* Instructions of QPACK, as a part: fm_part finds the kind of stream in what the cursor stands in. */
typedef struct Http3Instructions {
    FmCursor c;
    Http3Kind kind;
    uint64_t before, after; /* insertions */
    bool broken;
} Http3Instructions;
