/* Packets from network interfaces, through libpcap. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "capture/source.h"

typedef struct FmLiveInterface { /* one -i and what belongs to it; zero stands for the default */
    const char *name;      /* as the system has it, or its number in the list of devices; "-" or a named pipe alone: captures are
                              read from there */
    const char *filter;    /* -f, in pcap-filter's language */
    const char *link_type; /* -y, a name from fm_live_link_types */
    const char *time_stamp_type; /* --time-stamp-type, a name from fm_live_time_stamp_types */
    uint32_t snap_length;        /* -s; default FM_MAX_FRAME */
    uint32_t buffer_mib;         /* -B; default 2 */
    bool not_promiscuous;        /* -p */
    bool monitor;                /* -I */
} FmLiveInterface;

typedef struct FmLiveOptions {
    const FmLiveInterface *interfaces; /* borrowed while opening */
    size_t count;
    int wait_ms;  /* fm_source_next gives FM_NEXT_WAIT after so long without packets; 0: 100 */
    int delay_ms; /* packets wait in the kernel for at most about so long, to come in batches; 0: 50 */
    int stop_fd;  /* when it becomes readable (a signalfd, the end of a pipe) the capture ends as by fm_source_stop; -1: none */
} FmLiveOptions;

/* Starts to capture. Packets of several interfaces come in the order of their times, as far as they are at hand.
 *
 * NULL with error set: the message starts with the interface, and says how to get the permission where that is missing. When an
 * interface vanishes, what was captured is still given; FM_NEXT_ERROR with FM_CAPTURE_ERROR_DEVICE follows. */
FmSource *fm_source_open_live(const FmLiveOptions *options, GError **error);

/* Ends the capture: what has been captured by now is still given, within moments; then comes FM_NEXT_END. */
void fm_source_stop(FmSource *source);

typedef struct FmLiveCounts {
    uint64_t received;     /* by the capture, after the filter */
    uint64_t given;        /* by fm_source_next */
    uint64_t kernel_drops; /* the kernel's buffer was full: we were too slow, or -B is too small */
    uint64_t device_drops; /* by the interface or its driver */
} FmLiveCounts;

/* Counts of interface `i` now, which are put into its FmInterface, too. False where there are none. */
bool fm_source_live_counts(FmSource *source, size_t i, FmLiveCounts *counts);

/* "Loopback: lo", or the bare name where that is all. */
char *fm_source_live_title(const FmSource *source, size_t i);

typedef struct FmDevice {     /* a device, link type or time stamp type that one can choose */
    char *name, *description; /* description may be NULL */
} FmDevice;

/* Is that a capture filter (-f)? An empty one is. False with error set; links without Ethernet may still refuse it. */
bool fm_live_filter_check(const char *filter, GError **error);

/* Devices to capture from, in the order in which -i numbers them from 1; NULL with error set. Free with g_ptr_array_unref. */
GPtrArray *fm_live_devices(GError **error);

/* Link types and time stamp types of an interface. */
GPtrArray *fm_live_link_types(const FmLiveInterface *interface, GError **error);
GPtrArray *fm_live_time_stamp_types(const FmLiveInterface *interface, GError **error);

/* Name of a link type (DLT_…) that exists at all? */
bool fm_live_link_type_known(const char *name);

/* Gives up all privileges that opening interfaces took, also those of a set-user-ID program. `keep_files`: more files will be made
 * where only root may. False with error set if that fails: then nothing hostile should be read. */
bool fm_live_drop_privileges(bool keep_files, GError **error);
