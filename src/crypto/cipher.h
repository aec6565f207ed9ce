/* Hashes, ciphers and keys: libcrypto, which nobody else includes.
 *
 * An FmCrypto keeps what libcrypto makes slowly: one per thread, made at no cost, filled as it is used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/slice.h"

typedef struct FmCrypto FmCrypto;

FmCrypto *fm_crypto_new(void);
void fm_crypto_free(FmCrypto *crypto);

/* ---- hashes ---- */

typedef enum FmHash { FM_HASH_NONE, FM_MD5, FM_SHA1, FM_SHA256, FM_SHA384, FM_SHA512, FM_SM3, FM_HASHES } FmHash;

#define FM_MAX_HASH 64 /* bytes of the longest */

size_t fm_hash_size(FmHash hash);

/* The hash of all parts, one after the other. */
void fm_hash(FmCrypto *crypto, FmHash hash, const FmSlice *parts, size_t count, uint8_t *out);

/* HMAC (RFC 2104). */
void fm_hmac(FmCrypto *crypto, FmHash hash, FmSlice key, const FmSlice *parts, size_t count, uint8_t *out);

/* Are they equal? Takes the same time in any case. */
bool fm_crypto_equal(const uint8_t *a, const uint8_t *b, size_t size);

/* ---- symmetric ciphers ---- */

typedef enum FmCipher {
    FM_CIPHER_NULL,
    FM_RC4_128, /* rc4.h */
    FM_RC4_40,
    FM_DES_CBC, FM_DES_40_CBC, FM_RC2_40_CBC, FM_3DES_CBC, FM_SEED_CBC, FM_IDEA_CBC,
    FM_AES_128_CBC, FM_AES_256_CBC, FM_CAMELLIA_128_CBC, FM_CAMELLIA_256_CBC, FM_ARIA_128_CBC, FM_ARIA_256_CBC,
    FM_AES_128_GCM, FM_AES_256_GCM, FM_ARIA_128_GCM, FM_ARIA_256_GCM, FM_CAMELLIA_128_GCM, FM_CAMELLIA_256_GCM,
    FM_AES_128_CCM, FM_AES_256_CCM, FM_AES_128_CCM_8, FM_AES_256_CCM_8,
    FM_CHACHA20_POLY1305,
    FM_AES_128_CTR, FM_AES_192_CTR, FM_AES_256_CTR, /* SRTP */
    FM_AES_128_ECB, FM_AES_256_ECB, FM_CAMELLIA_128_ECB, FM_CAMELLIA_256_ECB, FM_CHACHA20, /* single blocks */
    FM_CIPHERS,
    FM_CIPHER_UNKNOWN = FM_CIPHERS,
} FmCipher;

typedef enum FmCipherMode { FM_MODE_STREAM, FM_MODE_CBC, FM_MODE_AEAD, FM_MODE_CTR, FM_MODE_BLOCK } FmCipherMode;

typedef struct FmCipherInfo {
    const char *name; /* libcrypto's */
    uint8_t mode;
    uint8_t key, block, tag; /* bytes; block: of a CBC cipher */
} FmCipherInfo;

#define FM_MAX_KEY 32   /* bytes of the longest key */
#define FM_MAX_BLOCK_SIZE 16
#define FM_NONCE 12     /* bytes of every AEAD's nonce here */

const FmCipherInfo *fm_cipher_info(FmCipher cipher);

/* Does this libcrypto have it? */
bool fm_cipher_available(FmCrypto *crypto, FmCipher cipher);

/* Opens ciphertext with its tag behind it; `out` has room for in.size. False, and nothing of use in `out`, if the tag is wrong. */
bool fm_aead_open(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *nonce, FmSlice aad, FmSlice in, uint8_t *out);

/* Whole blocks in CBC mode; padding is the caller's. `out` has room for in.size and may be in.data. */
bool fm_cbc_decrypt(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *iv, FmSlice in, uint8_t *out);

/* Counter mode from a first counter block of 16 bytes. */
bool fm_ctr_crypt(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *counter, FmSlice in, uint8_t *out);

/* One block: AES-ECB of `in`, or ChaCha20's key stream where `in` is counter and nonce (RFC 9001 5.4). 16 bytes each. */
bool fm_block_encrypt(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *in, uint8_t *out);

/* ---- RSA keys ---- */

typedef struct FmRsaKey FmRsaKey;

/* Reads a private key in PEM or PKCS #12 form; `password` may be NULL. NULL with error set: the message starts with the file. */
FmRsaKey *fm_rsa_key_load(const char *path, const char *password, GError **error);
void fm_rsa_key_free(FmRsaKey *key);

/* Does the key belong to this X.509 certificate (DER)? */
bool fm_rsa_key_fits(const FmRsaKey *key, FmSlice certificate);

/* Decrypts an RSA-encrypted premaster secret (PKCS #1 v1.5): its size in bytes, at most `room`; 0 if it does not decrypt. */
size_t fm_rsa_decrypt(const FmRsaKey *key, FmSlice in, uint8_t *out, size_t room);

typedef enum FmCryptoError { FM_CRYPTO_ERROR_KEY, FM_CRYPTO_ERROR_FILE } FmCryptoError;
#define FM_CRYPTO_ERROR (g_quark_from_static_string("fathom-crypto"))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmCrypto, fm_crypto_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmRsaKey, fm_rsa_key_free)
