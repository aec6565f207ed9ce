/* One gRPC call as its two sides show it (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): what was asked, how many
 * messages went which way, how and after what time it ended. HTTP keeps a GrpcCall with each stream and tells it what it sees; when the
 * call ends it gets a report, which the frame's memo keeps.
 *
 * The report's fields stand in the frame with which the call ends, so `-Y fathom.grpc.outcome` lists calls, one line each:
 *
 *   fathom.grpc.call        the method's path
 *   fathom.grpc.mode        unary, client streaming, server streaming, bidirectional streaming, by what was sent
 *   fathom.grpc.outcome     ok, error, cancelled, deadline exceeded
 *   fathom.grpc.status      number of the status, by name;  fathom.grpc.message  what the server said of it
 *   fathom.grpc.timeout     what the client granted (in the request's frame too);  fathom.grpc.time  what the call took
 *   fathom.grpc.first_response                  time from the request to the first message of the response
 *   fathom.grpc.requests, fathom.grpc.responses messages;  fathom.grpc.request_bytes, fathom.grpc.response_bytes  in messages
 *   fathom.grpc.cancelled_by                    client or server, where RST_STREAM ended the call */
#pragma once

#include "engine/dissect.h"

/* What a message's media type says. */
typedef enum GrpcVariant { GRPC_NONE, GRPC_PLAIN, GRPC_WEB, GRPC_WEB_TEXT } GrpcVariant;
GrpcVariant grpc_variant(FmSlice type);

typedef enum GrpcSide { GRPC_REQUEST, GRPC_RESPONSE } GrpcSide;

typedef struct GrpcCall {
    FmTime begun, first_response;   /* first_response: since the beginning */
    FmTime timeout;
    uint64_t bytes[2];
    uint32_t messages[2];           /* by GrpcSide */
    uint32_t status;
    bool known;                     /* its request was seen */
    bool has_status, has_timeout, reported;
    bool request_ended;             /* the client sends no more */
    bool answered_early;            /* a message came back before that */
} GrpcCall;

typedef struct GrpcReport GrpcReport;

/* The request's header is here. */
void grpc_call_begin(FmDissection *d, GrpcCall *call);

/* A field of a header or trailer: those of gRPC are taken. */
void grpc_call_field(GrpcCall *call, FmSlice name, FmSlice value);

/* A message of so many bytes has begun to come. */
void grpc_call_message(FmDissection *d, GrpcCall *call, GrpcSide side, uint64_t size);

/* The call has ended with a status, or with a reset by `reset_by` (-1: none), whose error is `error`. `message` is the value of
 * grpc-message. Returns what is to be told, in memory of the memo; NULL where it was told before. First visits only. */
const GrpcReport *grpc_call_end(FmDissection *d, GrpcCall *call, FmSlice path, FmSlice message, int reset_by, uint64_t error);

void grpc_call_report(FmDissection *d, const GrpcReport *report);

/* Adds fathom.grpc.timeout. */
void grpc_call_put_timeout(FmDissection *d, FmTime timeout);

extern const FmProtocol fm_grpc_call;
