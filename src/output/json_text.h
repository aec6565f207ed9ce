/* What the JSON formats share. */
#pragma once

#include "base/text.h"
#include "model/packet.h"
#include "output/chosen.h"

/* `bytes` as the inside of a JSON string: escaped, invalid UTF-8 replaced by U+FFFD. */
void fm_json_escape(FmText *out, const char *bytes, size_t n);

/* The same in quotes. */
void fm_json_string(FmText *out, const char *bytes, size_t n);

/* The value of a node in quotes, as fm_format_value prints it. */
void fm_json_value(FmText *out, const FmPacket *packet, const FmNode *node);

/* The i-th value of a chosen field in quotes. */
void fm_json_cell(FmText *out, const FmPrintOptions *options, const FmPacket *packet, const FmCell *cell, uint32_t i);

typedef struct FmJsonIndex { /* the text of the latest second; zeroed is valid */
    int64_t clock;
    size_t size;
    char text[40];
} FmJsonIndex;

/* "packets-2026-11-22" in quotes: the day of a packet, local time. */
void fm_json_index(FmText *out, FmJsonIndex *index, FmTime time);

/* Number of a type in raw values (tshark's enumeration of types). */
unsigned fm_json_type_number(FmType type);

/* Bytes of a node as raw values show them: masked fields give their value, others their bytes in hex. */
void fm_json_raw_hex(FmText *out, const FmPacket *packet, const FmNode *node);
