/* Number → name tables that several link and network protocols share. */
#pragma once

#include "model/field.h"

extern const FmName fm_ethertypes[];
extern const FmName fm_ip_protocols[];
extern const FmName fm_arp_hardware[];
extern const FmName fm_gre_protocols[];
extern const FmName fm_ppp_protocols[];
extern const FmName fm_dscp_names[];
extern const FmName fm_ecn_names[];
extern const FmName fm_checksum_names[];

/* How *.checksum.status fields count. */
enum { FM_CHECKSUM_BAD, FM_CHECKSUM_GOOD, FM_CHECKSUM_UNVERIFIED, FM_CHECKSUM_NOT_PRESENT };

/* Short names of code points as titles show them ("CS0", "AF11"; "ECT(0)"), or NULL. */
const char *fm_dscp_short(unsigned dscp);
const char *fm_ecn_short(unsigned ecn);
