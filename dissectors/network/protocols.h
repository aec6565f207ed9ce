/* Protocols that others of the link and network layers call by name. */
#pragma once

#include "model/protocol.h"

extern const FmProtocol fm_chdlc, fm_ethernet, fm_ipv4, fm_ipv6, fm_llc, fm_mpls, fm_nsh, fm_ppp;
