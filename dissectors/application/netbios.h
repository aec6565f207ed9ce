/* Names of NetBIOS (RFC 1001 §14), for those who carry them. */
#pragma once

#include "engine/dissect.h"

#define NETBIOS_TEXT 64

/* Reads a name in the encoding of DNS, which may point into `message`, as "NAME<20>"; moves behind it. *meaning says what its last byte stands for,
 * "" if that is not known. Returns the bytes that it took here. */
size_t fm_netbios_name(FmCursor *c, const FmCursor *message, char text[NETBIOS_TEXT], const char **meaning);

/* The same for the 16 bytes themselves. */
const char *fm_netbios_plain(const uint8_t bytes[16], char text[NETBIOS_TEXT]);
