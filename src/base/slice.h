/* A borrowed range of bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct FmSlice {
    const uint8_t *data;
    size_t size;
} FmSlice;
