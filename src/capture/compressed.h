/* Unpacks gzip, Zstandard and LZ4 streams piece by piece. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct FmDecoder FmDecoder;

enum { FM_DECODER_MAGIC = 4 }; /* bytes that fm_decoder_find looks at */

/* Finds out whether input that starts with these bytes is compressed. If so, `*found` is a new decoder, which reads `fd` itself
 * after the `n` bytes already read (it copies them) and borrows `name` for messages; if not, it is NULL. False with error set where
 * the compression is known, but its library is not in. */
bool fm_decoder_find(FmDecoder **found, const uint8_t *bytes, size_t n, int fd, const char *name, GError **error);
void fm_decoder_free(FmDecoder *decoder);

/* "gzip", "zstd", "lz4". */
const char *fm_decoder_name(const FmDecoder *decoder);

/* Up to `room` unpacked bytes, at least one. 0 at the end, or with error set where the packed bytes are damaged or end early. */
size_t fm_decoder_read(FmDecoder *decoder, uint8_t *to, size_t room, GError **error);
