/* What IPv6's files share. */
#pragma once

#include "engine/dissect.h"

extern const FmProtocol fm_ipv6_options, fm_ipv6_hopopts, fm_ipv6_dstopts, fm_ipv6_routing, fm_ipv6_fraghdr, fm_mipv6, fm_ah;

enum { /* next headers */
    FM_NEXT_HOP_BY_HOP = 0,
    FM_NEXT_ROUTING = 43,
    FM_NEXT_FRAGMENT = 44,
    FM_NEXT_AH = 51,
    FM_NEXT_NONE = 59,
    FM_NEXT_DESTINATION = 60,
    FM_NEXT_MOBILITY = 135,
};

enum { FM_ROUTING_SOURCE = 0, FM_ROUTING_MOBILE = 2, FM_ROUTING_RPL = 3, FM_ROUTING_SEGMENTS = 4 };

/* The length that a jumbo payload option (RFC 2675) among the options of a hop-by-hop header gives; 0: there is none. */
uint64_t fm_ipv6_jumbo_length(FmSlice header);

/* The home address option's address (RFC 6275 §6.3) of a destination options header, or NULL. */
const uint8_t *fm_ipv6_home_address(FmSlice header);
