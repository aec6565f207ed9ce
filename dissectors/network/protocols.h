/* Protocols that others of the link and network layers call by name. */
#pragma once

#include "model/protocol.h"

extern const FmProtocol fm_chdlc, fm_ethernet, fm_ipv4, fm_ipv6, fm_llc, fm_mpls, fm_nsh, fm_ppp, fm_wlan;

/* Bits of FmDissection.radio_flags, as radiotap has them. */
enum {
    FM_RADIO_FCS = 0x10,    /* the frame ends with its checksum */
    FM_RADIO_PADDED = 0x20, /* its header is padded to a multiple of 4 bytes */
};
