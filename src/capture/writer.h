/* Writes frames to capture files. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "capture/source.h"
#include "model/frame.h"

typedef struct FmWriter FmWriter;

typedef enum FmFileFormat {
    FM_FILE_PCAPNG,
    FM_FILE_PCAP,
    FM_FILE_NANO_PCAP,
} FmFileFormat;

/* "pcapng", "pcap", "nsecpcap", as after -F. */
bool fm_file_format(const char *name, FmFileFormat *format);

/* Names and descriptions of the formats; ends with a NULL name. */
typedef struct FmFileFormatName {
    const char *name, *description;
} FmFileFormatName;
const FmFileFormatName *fm_file_formats(void);

typedef struct FmWriterOptions {
    FmFileFormat format;
    const FmSource *source; /* its interfaces keep their numbers, and its secrets and statistics are written; outlives the writer */
    const char *application;     /* for the section header, where the source says nothing, as comments are; NULL: none */
    const char *const *comments; /* NULL-ended, or NULL: none */
    unsigned mode;               /* permissions of a new file; 0: as the umask has it */
} FmWriterOptions;

/* Makes the file anew, which must not be the one that the source reads; "-" is standard output. NULL with error set if it cannot be
 * made: the message starts with the file. What
 * `options` points to is borrowed until fm_writer_close. */
FmWriter *fm_writer_open(const char *path, const FmWriterOptions *options, GError **error);

/* Writes one frame, sooner or later. False with error set (FM_CAPTURE_ERROR_WRITE): the frame does not fit the format, or the disk
 * is full. In any case whole frames alone are in the file, so that it can be read to its end. */
bool fm_writer_frame(FmWriter *writer, const FmFrame *frame, GError **error);

/* Writes a decryption secrets block, in pcapng; pcap has none and drops it. */
bool fm_writer_secrets(FmWriter *writer, const FmSecretsBlock *secrets, GError **error);

/* Hands over to the system what was held back. */
bool fm_writer_flush(FmWriter *writer, GError **error);

/* Writes what is left, statistics too, and closes. The writer is gone in any case; NULL is fine. */
bool fm_writer_close(FmWriter *writer, GError **error);

/* Bytes and frames so far. */
uint64_t fm_writer_size(const FmWriter *writer);
uint64_t fm_writer_count(const FmWriter *writer);
