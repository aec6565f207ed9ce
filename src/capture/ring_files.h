/* When a capture stops (-a) and when it goes on in another file (-b). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "capture/writer.h"

typedef struct FmCaptureLimits { /* zero: no such limit */
    FmTime duration;
    FmTime interval;    /* -b only: change at whole multiples of it since 1970 */
    uint64_t file_size; /* bytes */
    uint64_t packets;
    uint32_t files;
    bool time_first; /* -b only: the time stands before the number in the files' names */
} FmCaptureLimits;

/* Takes one criterion of -a (`ring` false) or -b, "duration:2.5", "filesize:1000" (1000 bytes each), "files:5", "packets:9",
 * "interval:3600", "nametimenum:2". False with error set if it is none. */
bool fm_capture_limit(FmCaptureLimits *limits, const char *text, bool ring, GError **error);

/* Do these limits say when one file ends? "files" alone does not. */
bool fm_capture_limits_end_files(const FmCaptureLimits *limits);

/* A row of files, `base_00001_YYYYMMDDhhmmss.ext`, of which the latest `limits->files` are kept (0: all). */
typedef struct FmRingFiles FmRingFiles;

/* The first file is made at once. `options` is copied as fm_writer_open has it. */
FmRingFiles *fm_ring_files_new(const char *path, const FmCaptureLimits *limits, const FmWriterOptions *options, GError **error);

/* Writes to the present file, or to a new one if that is full. */
bool fm_ring_files_frame(FmRingFiles *ring, const FmFrame *frame, GError **error);

/* To be called now and then with the time: files that are limited by time end without packets, too. */
bool fm_ring_files_tick(FmRingFiles *ring, FmTime now, GError **error);

bool fm_ring_files_flush(FmRingFiles *ring, GError **error);

/* Closes the last file; NULL is fine. */
bool fm_ring_files_close(FmRingFiles *ring, GError **error);

/* Files ended so far, counting the present one if it is full: what -a files:N is compared with. */
uint32_t fm_ring_files_full(const FmRingFiles *ring);

/* Path of the present file; valid until it changes. */
const char *fm_ring_files_path(const FmRingFiles *ring);
