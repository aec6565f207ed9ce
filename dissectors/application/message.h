/* What a message's header says to those who read its body: lent by the protocol that carries it (FmDissection.context). */
#pragma once

#include <stdbool.h>

#include "dissectors/application/hpack.h"
#include "engine/dissect.h"

struct GrpcCall;

typedef struct HttpMessage {
    FmSlice path, type, encoding; /* :path of the request, also in its response; Content-Type, Content-Encoding; empty: not told */
    FmSlice message_encoding;     /* grpc-encoding */
    FmSlice protocol;             /* :protocol of an extended CONNECT */
    bool connect;                 /* the request's method is CONNECT: the contents are a tunnel's */
    bool response;
    bool owned;                   /* g_malloc, one block */
} HttpMessage;

/* What HTTP of any version lends to the consumer of a message's contents: this stands first. */
typedef struct HttpContent {
    const HttpMessage *message; /* NULL: no header seen */
    struct GrpcCall *call;      /* of gRPC; NULL on replay */
    bool whole;                 /* all messages of gRPC are in one body */
} HttpContent;

typedef enum HttpRole { HTTP_NEITHER, HTTP_REQUEST, HTTP_INTERIM_RESPONSE, HTTP_RESPONSE } HttpRole;

/* What the fields of a block make of it: HTTP_NEITHER are trailers, and what cannot be told. */
HttpRole http_role(const HpackBlock *block);

/* What the contents' readers need of a block; `request`: the message that it answers, or NULL. Lives as long as memos do, or belongs to
 * the caller (owned). First visits only. */
HttpMessage *http_message_new(FmDissection *d, const HpackBlock *block, const HttpMessage *request);

/* Frees one that is owned; accepts NULL. */
void http_message_free(HttpMessage *message);

/* Tells a call of gRPC what a block of headers or trailers says; `m` is the message of either side. Returns a report if the call ends,
 * else NULL. */
const struct GrpcReport *http_note_call(FmDissection *d, struct GrpcCall *call, const HpackBlock *block, const HttpMessage *m, bool request);
