/* The RC4 stream cipher. */
#include "config.h"

#include "crypto/rc4.h"

void fm_rc4_start(FmRc4 *rc4, const uint8_t *key, size_t size)
{
    for (unsigned i = 0; i < 256; i++)
        rc4->s[i] = (uint8_t)i;
    rc4->i = rc4->j = 0;
    for (unsigned i = 0, j = 0; i < 256; i++) {
        uint8_t t = rc4->s[i];
        j = (j + t + key[i % size]) & 255;
        rc4->s[i] = rc4->s[j];
        rc4->s[j] = t;
    }
}

void fm_rc4_crypt(FmRc4 *rc4, const uint8_t *in, uint8_t *out, size_t size)
{
    for (size_t n = 0; n < size; n++) {
        uint8_t t = rc4->s[++rc4->i];
        rc4->j = (uint8_t)(rc4->j + t);
        rc4->s[rc4->i] = rc4->s[rc4->j];
        rc4->s[rc4->j] = t;
        out[n] = in[n] ^ rc4->s[(uint8_t)(rc4->s[rc4->i] + t)];
    }
}
