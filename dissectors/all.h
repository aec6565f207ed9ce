/* The protocols that the program knows. */
#pragma once

#include <stddef.h>

#include "model/protocol.h"

extern const FmProtocol *const fm_all_protocols[];
extern const size_t fm_all_protocol_count;
