/* Integers that begin in the low bits of a byte which says more (RFC 7541 §5.1): HPACK, QPACK. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

typedef enum FmParsed { FM_PARSED, FM_INCOMPLETE, FM_WRONG } FmParsed;

/* Reads the integer at `*at`, whose first byte has `bits` for it, and moves behind it. FM_WRONG where it goes on for more than `most`
 * further bytes, of which there may be 9. */
static inline FmParsed fm_prefix_integer(FmSlice bytes, size_t *at, unsigned bits, unsigned most, uint64_t *value)
{
    if (*at >= bytes.size)
        return FM_INCOMPLETE;
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    *value = bytes.data[(*at)++] & mask;
    if (*value < mask)
        return FM_PARSED;
    for (unsigned i = 0; i < most; i++) {
        if (*at >= bytes.size)
            return FM_INCOMPLETE;
        uint8_t byte = bytes.data[(*at)++];
        *value += (uint64_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80))
            return FM_PARSED;
    }
    return FM_WRONG;
}
