/* For each eight words a byte that says which are not zero, then those, seven bits a byte, the lowest first (as LEB128). */
#include "config.h"

#include "base/packed.h"

#include <stdint.h>

#include <glib.h>

enum { GROUP = 8, MORE = 0x80 };

static size_t packed_size(const uint64_t *words, size_t count)
{
    size_t size = (count + GROUP - 1) / GROUP;
    for (size_t i = 0; i < count; i++)
        for (uint64_t rest = words[i]; rest; rest >>= 7)
            size++;
    return size;
}

void *fm_pack(const void *memory, size_t size)
{
    const uint64_t *words = memory;
    size_t count = size / sizeof *words;
    uint8_t *packed = g_malloc(MAX(packed_size(words, count), 1)), *at = packed, *mask = NULL;
    for (size_t i = 0; i < count; i++) {
        if (i % GROUP == 0) {
            mask = at++;
            *mask = 0;
        }
        if (!words[i])
            continue;
        *mask |= (uint8_t)(1u << i % GROUP);
        for (uint64_t rest = words[i]; rest; rest >>= 7)
            *at++ = (uint8_t)((rest & (MORE - 1)) | (rest >= MORE ? MORE : 0));
    }
    return packed;
}

void fm_unpack(const void *packed, void *memory, size_t size)
{
    uint64_t *words = memory;
    const uint8_t *at = packed;
    unsigned mask = 0;
    for (size_t i = 0; i < size / sizeof *words; i++) {
        if (i % GROUP == 0)
            mask = *at++;
        words[i] = 0;
        if (!(mask >> i % GROUP & 1))
            continue;
        unsigned shift = 0;
        do
            words[i] |= (uint64_t)(*at & (MORE - 1)) << shift;
        while (shift += 7, *at++ & MORE);
    }
}
