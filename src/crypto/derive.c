/* Key derivation: TLS's PRF (RFC 2246, RFC 5246) and HKDF (RFC 5869, RFC 8446 7.1). */
#include "config.h"

#include "crypto/derive.h"

#include <string.h>

#define MAX_LABEL 64

/* P_hash of RFC 5246 5, added to what `out` holds. */
static void add_p_hash(FmCrypto *crypto, FmHash hash, FmSlice secret, const FmSlice seed[3], uint8_t *out, size_t size)
{
    size_t step = fm_hash_size(hash);
    uint8_t a[FM_MAX_HASH], block[FM_MAX_HASH];
    fm_hmac(crypto, hash, secret, seed, 3, a);
    for (size_t at = 0; at < size; at += step) {
        fm_hmac(crypto, hash, secret, (FmSlice[]){ { a, step }, seed[0], seed[1], seed[2] }, 4, block);
        for (size_t i = 0; i < step && at + i < size; i++)
            out[at + i] ^= block[i];
        fm_hmac(crypto, hash, secret, &(FmSlice){ a, step }, 1, a);
    }
}

void fm_tls_prf(FmCrypto *crypto, FmHash hash, FmSlice secret, const char *label, FmSlice seed, FmSlice more, uint8_t *out, size_t size)
{
    const FmSlice parts[3] = { { (const uint8_t *)label, strlen(label) }, seed, more };
    memset(out, 0, size);
    if (hash != FM_HASH_NONE) {
        add_p_hash(crypto, hash, secret, parts, out, size);
        return;
    }
    size_t half = (secret.size + 1) / 2; /* the two halves share the middle byte of an odd secret */
    add_p_hash(crypto, FM_MD5, (FmSlice){ secret.data, half }, parts, out, size);
    add_p_hash(crypto, FM_SHA1, (FmSlice){ secret.data + secret.size - half, half }, parts, out, size);
}

void fm_hkdf_extract(FmCrypto *crypto, FmHash hash, FmSlice salt, FmSlice ikm, uint8_t *out)
{
    fm_hmac(crypto, hash, salt, &ikm, 1, out);
}

void fm_hkdf_expand_label(FmCrypto *crypto, FmHash hash, const uint8_t *secret, const char *prefix, const char *label, FmSlice context,
                          uint8_t *out, size_t size)
{
    uint8_t info[3 + MAX_LABEL], block[FM_MAX_HASH];
    size_t step = fm_hash_size(hash), before = strlen(prefix), name = strlen(label);
    g_assert(before + name <= MAX_LABEL && context.size <= 255 && size <= 1024);
    info[0] = (uint8_t)(size >> 8);
    info[1] = (uint8_t)size;
    info[2] = (uint8_t)(before + name);
    memcpy(info + 3, prefix, before);
    memcpy(info + 3 + before, label, name);
    uint8_t context_size = (uint8_t)context.size, count = 0;
    for (size_t at = 0; at < size; at += step) {
        count++;
        fm_hmac(crypto, hash, (FmSlice){ secret, step },
                (FmSlice[]){ { block, at ? step : 0 }, { info, 3 + before + name }, { &context_size, 1 }, context, { &count, 1 } }, 5, block);
        memcpy(out + at, block, MIN(step, size - at));
    }
}
