/* One captured frame, as a source lends it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct FmInterface { /* lives as long as its source */
    const char *name, *description; /* NULL: not known */
    uint32_t number;    /* counted over the file */
    uint32_t section;   /* 1, 2, … : the pcapng section it stands in */
    uint32_t link_type; /* LINKTYPE_ number */
    uint32_t snap_length;
    FmTime resolution;  /* ns per unit, at least 1 */
    uint8_t decimals;   /* digits of its time stamps: 6, 9, … */
} FmInterface;

typedef struct FmFrame { /* borrowed: valid until the source's next call */
    uint64_t number;         /* 1, 2, … */
    FmTime time;             /* FM_TIME_NONE: the file has none for it */
    const uint8_t *data;
    uint32_t captured, length; /* bytes here, bytes on the wire */
    uint32_t link_type;
    const FmInterface *interface; /* NULL in files that name none */
    const char *const *comments;  /* NULL-ended list, or NULL */
    uint64_t place;          /* where the source finds it again */
    uint64_t packet_id;      /* pcapng epb_packetid */
    uint32_t section;        /* pcapng: 1, 2, …; otherwise 0 */
    uint32_t flags;          /* pcapng epb_flags word */
    uint32_t queue;          /* pcapng epb_queue */
    bool has_flags, has_packet_id, has_queue;
} FmFrame;
