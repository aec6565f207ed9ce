/* What the carrier of a Protocol Buffers message knows of its type (FmDissection.context). */
#pragma once

#include "engine/dissect.h"

extern const FmProtocol fm_protobuf;

typedef struct ProtobufContext {
    FmSlice path;  /* "/package.Service/Method" of a gRPC call; empty: not known */
    bool response;
} ProtobufContext;
