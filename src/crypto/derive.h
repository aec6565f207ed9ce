/* Key derivation: TLS's PRF and HKDF. */
#pragma once

#include "crypto/cipher.h"

/* PRF of TLS 1.2 (RFC 5246 5) by `hash`; FM_HASH_NONE: that of TLS 1.0 and 1.1 (RFC 2246 5). `seed` and `more` stand one behind
 * the other. Fills `out`. */
void fm_tls_prf(FmCrypto *crypto, FmHash hash, FmSlice secret, const char *label, FmSlice seed, FmSlice more, uint8_t *out, size_t size);

/* HKDF-Extract (RFC 5869). */
void fm_hkdf_extract(FmCrypto *crypto, FmHash hash, FmSlice salt, FmSlice ikm, uint8_t *out);

/* HKDF-Expand-Label (RFC 8446 7.1) with prefix ("tls13 ", "dtls13", …) and label, at most 1024 bytes. `secret` has the hash's size. */
void fm_hkdf_expand_label(FmCrypto *crypto, FmHash hash, const uint8_t *secret, const char *prefix, const char *label, FmSlice context,
                          uint8_t *out, size_t size);
