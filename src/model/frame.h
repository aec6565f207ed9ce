/* One captured frame, as a source lends it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct FmInterface {        /* lives as long as its source */
    const char *name, *description; /* NULL: not known */
    const char *filter;             /* capture filter; NULL: none known */
    uint32_t number;                /* 0, 1, … within its section */
    uint32_t section;               /* 1, 2, … : the pcapng section it stands in */
    uint32_t link_type;             /* LINKTYPE_ number */
    uint32_t snap_length;
    FmTime resolution;              /* ns per unit, at least 1 */
    uint8_t decimals;               /* digits of its time stamps: 6, 9, … */
    int8_t fcs_length;              /* bytes of checksum at the end of frames; -1: not known */
    bool has_received, has_dropped; /* statistics, if the capture has them */
    uint64_t received, dropped;
    FmTime counted; /* when they were taken */
} FmInterface;

/* Link types of pcapng records that are counted as frames and are no packets. */
enum {
    FM_LINK_CUSTOM_BLOCK = 0x10000, /* what follows the enterprise number */
    FM_LINK_JOURNAL,                /* a systemd journal entry in export format */
    FM_LINK_SYSTEM_CALL,            /* a sysdig event */
};

typedef struct FmFrame { /* borrowed: valid until the source's next call */
    uint64_t number;     /* 1, 2, … */
    FmTime time;         /* FM_TIME_NONE: the file has none for it */
    const uint8_t *data;
    uint32_t captured, length; /* bytes here, bytes on the wire */
    uint32_t link_type;
    const FmInterface *interface; /* NULL in files that name none */
    const char *const *comments;  /* NULL-ended list, or NULL */
    uint64_t place;               /* where the source finds it again */
    uint64_t packet_id;           /* pcapng epb_packetid */
    uint32_t section;             /* pcapng: 1, 2, …; otherwise 0 */
    uint32_t flags;               /* pcapng epb_flags word */
    uint32_t queue;               /* pcapng epb_queue */
    bool has_flags, has_packet_id, has_queue;
    int8_t fcs_length; /* bytes of checksum at the end of `data`; -1: not known */
    uint8_t decimals;  /* digits of its time stamp: 6, 9, … */
} FmFrame;
