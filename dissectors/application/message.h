/* What a message's header says to those who read its body: lent by the protocol that carries it (FmDissection.context). */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

struct GrpcCall;

typedef struct HttpMessage {
    FmSlice path, type, encoding; /* :path of the request, also in its response; Content-Type, Content-Encoding; empty: not told */
    FmSlice message_encoding;     /* grpc-encoding */
    bool response;
    bool owned;                   /* g_malloc, one block */
} HttpMessage;

/* What HTTP of any version lends to the consumer of a message's contents: this stands first. */
typedef struct HttpContent {
    const HttpMessage *message; /* NULL: no header seen */
    struct GrpcCall *call;      /* of gRPC; NULL on replay */
} HttpContent;
