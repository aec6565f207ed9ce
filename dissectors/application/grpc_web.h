/* gRPC-Web in text: base64. */
#pragma once

#include "engine/dissect.h"

/* Undoes base64, padded anywhere or not at all, into a buffer of the packet. Ends at what is no base64. */
FmCursor grpc_web_decode(FmDissection *d, FmCursor *c);

/* Consumer of a stream of messages in base64. */
extern const FmProtocol fm_grpc_web_text;
