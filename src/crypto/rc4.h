/* The RC4 stream cipher, whose whole state is small enough for a memo: a replay goes on in the middle of a stream. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct FmRc4 {
    uint8_t s[256], i, j;
} FmRc4;

void fm_rc4_start(FmRc4 *rc4, const uint8_t *key, size_t size);
void fm_rc4_crypt(FmRc4 *rc4, const uint8_t *in, uint8_t *out, size_t size);
