/* Where frames come from: a file (pcap, pcapng, compressed or not), a pipe, or interfaces. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/frame.h"

typedef struct FmSource FmSource;

typedef struct FmAhead { /* bytes of a file that were read ahead, by one thread; zeros at first, fm_ahead_clear in the end */
    uint8_t *bytes;
    uint64_t offset;
    size_t size;
} FmAhead;

void fm_ahead_clear(FmAhead *ahead);

typedef struct FmSecretsBlock { /* a pcapng decryption secrets block, borrowed from the source */
    uint32_t type;         /* FM_SECRETS_KEY_LOG, or others that nobody here reads */
    const uint8_t *data;
    size_t size;
} FmSecretsBlock;

#define FM_SECRETS_KEY_LOG 0x544c534b /* lines of an NSS key log */

typedef struct FmSection { /* what a pcapng file says of its first section; NULL where it does not */
    const char *hardware, *system, *application;
    const char *const *comments; /* NULL-ended */
} FmSection;

typedef enum FmNext {
    FM_NEXT_FRAME, /* *frame is filled, valid until the next call */
    FM_NEXT_END,   /* nothing follows */
    FM_NEXT_ERROR, /* error is set; the frames before stay good */
    FM_NEXT_WAIT,  /* live only: nothing arrived within the read timeout */
} FmNext;

/* Opens a capture file of any known format; "-" is standard input. NULL with error set: the message starts with the file. */
FmSource *fm_source_open_file(const char *path, GError **error);
void fm_source_free(FmSource *source);

/* Files that are opened from now on are mapped where that is possible. Takes over SIGBUS of the whole process, which somebody who cuts a
 * file while it is read would kill otherwise: for programs, at their start. */
void fm_source_map_files(void);

/* The next frame. A file cut short in a frame gives FM_NEXT_ERROR with FM_CAPTURE_ERROR_CUT after all whole frames. */
FmNext fm_source_next(FmSource *source, FmFrame *frame, GError **error);

/* Frame at a place that fm_source_next gave, from an uncompressed file on disk; thread-safe, also beside fm_source_next. False if
 * it can't be read again. frame->number is left as it is; the bytes and comments lie in `room`, owned by the caller
 * (g_byte_array_new), until its next use. Whoever looks at one frame after the other has something to `read ahead` into, too; NULL: nothing. */
bool fm_source_again(FmSource *source, uint64_t place, FmFrame *frame, GByteArray *room, FmAhead *ahead);

/* Interfaces known so far; grows while reading. */
size_t fm_source_interface_count(const FmSource *source);
const FmInterface *fm_source_interface(const FmSource *source, size_t i);

/* Secrets met so far, and names from name resolution blocks ("10.0.0.1 host\n…"). */
size_t fm_source_secrets_count(const FmSource *source);
const FmSecretsBlock *fm_source_secrets(const FmSource *source, size_t i);
const char *fm_source_names(const FmSource *source);

/* The capture as a whole, in its own words; NULL: nothing is said. */
const FmSection *fm_source_section(const FmSource *source);

/* "pcapng", "pcap", …, with ", gzip" and so on behind it where compressed. */
const char *fm_source_format(const FmSource *source);

typedef enum FmCaptureError {
    FM_CAPTURE_ERROR_OPEN,   /* no such file, no permission, … */
    FM_CAPTURE_ERROR_FORMAT, /* not a capture, or damaged */
    FM_CAPTURE_ERROR_CUT,    /* ends in the middle of a frame */
    FM_CAPTURE_ERROR_READ,   /* the system's read failed */
    FM_CAPTURE_ERROR_DEVICE, /* interface gone or down */
    FM_CAPTURE_ERROR_WRITE,
} FmCaptureError;
#define FM_CAPTURE_ERROR (g_quark_from_static_string("fathom-capture"))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSource, fm_source_free)
