/* Galois/counter mode (NIST SP 800-38D) over any block cipher, for those that libcrypto has no GCM of. */
#pragma once

#include "crypto/cipher.h"

/* Opens ciphertext with a tag of 16 bytes behind it, as fm_aead_open does; `block` is a cipher of 16-byte blocks. */
bool fm_gcm_open(FmCrypto *crypto, FmCipher block, const uint8_t *key, const uint8_t *nonce, FmSlice aad, FmSlice in, uint8_t *out);
