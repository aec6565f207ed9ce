/* Values as text: one place for field lists, JSON, details, filters' string(). */
#pragma once

#include "base/text.h"
#include "model/packet.h"

/* The value as `-T fields` and JSON print it (Wireshark's "display" representation): 0x0800, 192.0.2.1, 1, 0.027648000.
 * FM_NONE and protocols: see fm_format_cell. Raw packet text is escaped only if `escape`. */
void fm_format_value(FmText *out, const FmPacket *packet, const FmNode *node, bool escape);

/* The text of a node of a string type: up to the NUL where padding or a terminator may be part of its bytes. */
FmSlice fm_node_string(const FmPacket *packet, const FmNode *node);

/* A cell of `-T fields`: like fm_format_value, but a protocol gives its title line and FM_NONE gives 1. */
void fm_format_cell(FmText *out, const FmPacket *packet, const FmNode *node);

/* The whole line of the detail view, without indent: "0100 .... = Version: 4". */
void fm_format_line(FmText *out, const FmPacket *packet, const FmNode *node);

/* What stands behind "Name: " in that line, where no label replaces it. Fields that have no value: nothing. */
void fm_format_line_value(FmText *out, const FmPacket *packet, const FmNode *node);

/* Bytes that a line, its indent and brackets aside, is cut to. */
#define FM_LINE_SIZE 239

/* The line without the brackets around what was made. */
void fm_format_label(FmText *out, const FmPacket *packet, const FmNode *node);

/* The value of a time, in nanoseconds; what they do not reach is as far away as they do. */
FmTime fm_format_time_of(const FmField *field, uint64_t value);

/* A time as frame.time prints it: "Jan 13, 2017 14:50:32.888907000 UTC". `base`: FM_LOCAL, FM_UTC, … */
void fm_format_absolute_time(FmText *out, FmTime time, FmBase base);

typedef struct FmClock { /* the latest second's text; zeroed is valid */
    int64_t second;
    FmBase base;
    uint8_t size, fraction; /* 0: none; where the digits behind the point begin */
    char text[46];
} FmClock;

/* The same for whoever prints many times, most of them of one second. */
void fm_format_clock(FmText *out, FmClock *clock, FmTime time, FmBase base);

/* The value with its name instead of the number where it has one, as columns show it: "TCP", "Set", 0x002. */
void fm_format_named(FmText *out, const FmPacket *packet, const FmNode *node);
