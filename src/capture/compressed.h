/* Unpacks gzip, Zstandard and LZ4 streams piece by piece. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct FmDecoder FmDecoder;

enum { FM_DECODER_MAGIC = 4 }; /* bytes that fm_decoder_find looks at */

/* A decoder for input that starts with these bytes, or NULL if they are not those of a known compression. Reads `fd` itself, after
 * the `n` bytes already read, which it copies; borrows `name` for messages. */
FmDecoder *fm_decoder_find(const uint8_t *bytes, size_t n, int fd, const char *name);
void fm_decoder_free(FmDecoder *decoder);

/* "gzip", "zstd", "lz4". */
const char *fm_decoder_name(const FmDecoder *decoder);

/* Up to `room` unpacked bytes, at least one. 0 at the end, or with error set where the packed bytes are damaged or end early. */
size_t fm_decoder_read(FmDecoder *decoder, uint8_t *to, size_t room, GError **error);
