/* Packets as text, for tests and fuzz targets. Texts returned are the caller's: free with g_free. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/packet.h"

/* A packet's nodes on one line, from node `first` on: "udp.srcport=53 udp.dstport=1024". Values are those of field lists;
 * fields without one show their name. A protocol is "| name", but not the first. Notes are "!malformed", "!short",
 * "!unreassembled", "!name" of a named note, and "!(text)" of one without a name. Texts without a field are "(text)". */
char *test_nodes(const FmPacket *packet, uint32_t first);

/* One node a line with depth, flags, place, label and value, and the columns: two packets are the same if this is. With
 * `hindsight` false, fields that tell of later frames are left out. */
char *test_dump(const FmPacket *packet, bool hindsight);

/* "source → destination protocol info". */
char *test_columns(const FmPacket *packet);
