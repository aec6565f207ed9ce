/* Bytes of a flow as text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

typedef enum FmFollowMode {
    FM_FOLLOW_MODE_ASCII,
    FM_FOLLOW_MODE_EBCDIC,
    FM_FOLLOW_MODE_HEX,
    FM_FOLLOW_MODE_RAW,
    FM_FOLLOW_MODE_UTF8,
    FM_FOLLOW_MODE_YAML,
} FmFollowMode;

/* The mode that the first `size` letters name: its name in tshark's spelling, or NULL. */
const char *fm_follow_mode(const char *name, size_t size, FmFollowMode *mode);

/* ASCII, EBCDIC, UTF-8: line ends stay, what cannot be printed becomes a full stop (UTF-8: an escape). */
void fm_follow_plain(FmText *out, FmSlice bytes, FmFollowMode mode);

/* Rows of sixteen with their offset in front, the first of which is `offset`. */
void fm_follow_hex(FmText *out, FmSlice bytes, uint64_t offset, const char *indent);

/* Base64 in lines of 76. */
void fm_follow_base64(FmText *out, FmSlice bytes, const char *indent);

/* Would people read that as text? A few control characters are forgiven. */
bool fm_follow_is_text(FmSlice bytes);
