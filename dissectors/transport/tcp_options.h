/* TCP options as the TCP dissector and the analysis use them. Private to dissectors/transport. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/dissect.h"

#define TCP_SACK_BLOCKS 4

typedef struct TcpOptions {
    uint32_t ts_value, ts_echo;
    uint16_t mss;
    int8_t wscale;  /* -1: not there */
    bool has_mss, has_timestamps, sack_permitted, fast_open;
    uint8_t sack_count;
    uint32_t sack_left[TCP_SACK_BLOCKS], sack_right[TCP_SACK_BLOCKS]; /* raw */
} TcpOptions;

typedef struct TcpOptionContext { /* what the options' fields depend on */
    uint64_t flags;      /* of the header */
    uint32_t ack;        /* raw */
    uint32_t base;       /* what is subtracted from the edges of SACK blocks */
} TcpOptionContext;

/* Dissects the option bytes of a header. */
void tcp_options_dissect(FmDissection *d, FmCursor *c, const TcpOptionContext *context, TcpOptions *options);
