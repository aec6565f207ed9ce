/* What ICMPv6's files share. */
#pragma once

#include "engine/dissect.h"

extern const FmProtocol fm_icmpv6_options;

enum { FM_SOURCE_LINK_ADDRESS = 1, FM_TARGET_LINK_ADDRESS = 2 };

/* The address in the first option of that type; empty if there is none. */
FmSlice fm_icmpv6_link_address(FmSlice options, unsigned type);
