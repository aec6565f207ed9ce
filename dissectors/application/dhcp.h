/* What the files of DHCP share. */
#pragma once

#include "engine/dissect.h"
#include "dissectors/network/names.h"

/* Message types (option 53). */
extern const FmName fm_dhcp_types[];

extern const FmProtocol fm_dhcp_options;
