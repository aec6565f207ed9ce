/* Hashes and ciphers of libcrypto behind one small door. Contexts are kept: what is opened again with the same key costs no set-up. */
#include "config.h"

#include "crypto/cipher.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "crypto/gcm.h"

#define SLOTS 256 /* contexts kept, by cipher and key */

typedef struct Slot {
    EVP_CIPHER_CTX *context;
    uint8_t cipher; /* as which `context` is keyed; FM_CIPHER_NULL: not at all */
    uint8_t key[FM_MAX_KEY];
} Slot;

typedef struct Digest {
    EVP_MD *type;
    EVP_MD_CTX *context;
} Digest;

struct FmCrypto {
    Digest digests[FM_HASHES];
    EVP_CIPHER *ciphers[FM_CIPHERS];
    bool missing[FM_CIPHERS];
    OSSL_PROVIDER *legacy;
    Slot slots[SLOTS];
};

static const FmCipherInfo infos[FM_CIPHERS] = {
    [FM_CIPHER_NULL] = { NULL, FM_MODE_STREAM, 0, 0, 0 },
    [FM_RC4_128] = { NULL, FM_MODE_STREAM, 16, 0, 0 },
    [FM_RC4_40] = { NULL, FM_MODE_STREAM, 16, 0, 0 },
    [FM_DES_CBC] = { "DES-CBC", FM_MODE_CBC, 8, 8, 0 },
    [FM_DES_40_CBC] = { "DES-CBC", FM_MODE_CBC, 8, 8, 0 },
    [FM_RC2_40_CBC] = { "RC2-CBC", FM_MODE_CBC, 16, 8, 0 },
    [FM_3DES_CBC] = { "DES-EDE3-CBC", FM_MODE_CBC, 24, 8, 0 },
    [FM_SEED_CBC] = { "SEED-CBC", FM_MODE_CBC, 16, 16, 0 },
    [FM_IDEA_CBC] = { "IDEA-CBC", FM_MODE_CBC, 16, 8, 0 },
    [FM_AES_128_CBC] = { "AES-128-CBC", FM_MODE_CBC, 16, 16, 0 },
    [FM_AES_256_CBC] = { "AES-256-CBC", FM_MODE_CBC, 32, 16, 0 },
    [FM_CAMELLIA_128_CBC] = { "CAMELLIA-128-CBC", FM_MODE_CBC, 16, 16, 0 },
    [FM_CAMELLIA_256_CBC] = { "CAMELLIA-256-CBC", FM_MODE_CBC, 32, 16, 0 },
    [FM_ARIA_128_CBC] = { "ARIA-128-CBC", FM_MODE_CBC, 16, 16, 0 },
    [FM_ARIA_256_CBC] = { "ARIA-256-CBC", FM_MODE_CBC, 32, 16, 0 },
    [FM_AES_128_GCM] = { "AES-128-GCM", FM_MODE_AEAD, 16, 1, 16 },
    [FM_AES_256_GCM] = { "AES-256-GCM", FM_MODE_AEAD, 32, 1, 16 },
    [FM_ARIA_128_GCM] = { "ARIA-128-GCM", FM_MODE_AEAD, 16, 1, 16 },
    [FM_ARIA_256_GCM] = { "ARIA-256-GCM", FM_MODE_AEAD, 32, 1, 16 },
    [FM_CAMELLIA_128_GCM] = { NULL, FM_MODE_AEAD, 16, 1, 16 },
    [FM_CAMELLIA_256_GCM] = { NULL, FM_MODE_AEAD, 32, 1, 16 },
    [FM_AES_128_CCM] = { "AES-128-CCM", FM_MODE_AEAD, 16, 1, 16 },
    [FM_AES_256_CCM] = { "AES-256-CCM", FM_MODE_AEAD, 32, 1, 16 },
    [FM_AES_128_CCM_8] = { "AES-128-CCM", FM_MODE_AEAD, 16, 1, 8 },
    [FM_AES_256_CCM_8] = { "AES-256-CCM", FM_MODE_AEAD, 32, 1, 8 },
    [FM_CHACHA20_POLY1305] = { "ChaCha20-Poly1305", FM_MODE_AEAD, 32, 1, 16 },
    [FM_AES_128_CTR] = { "AES-128-CTR", FM_MODE_CTR, 16, 1, 0 },
    [FM_AES_192_CTR] = { "AES-192-CTR", FM_MODE_CTR, 24, 1, 0 },
    [FM_AES_256_CTR] = { "AES-256-CTR", FM_MODE_CTR, 32, 1, 0 },
    [FM_AES_128_ECB] = { "AES-128-ECB", FM_MODE_BLOCK, 16, 16, 0 },
    [FM_AES_256_ECB] = { "AES-256-ECB", FM_MODE_BLOCK, 32, 16, 0 },
    [FM_CAMELLIA_128_ECB] = { "CAMELLIA-128-ECB", FM_MODE_BLOCK, 16, 16, 0 },
    [FM_CAMELLIA_256_ECB] = { "CAMELLIA-256-ECB", FM_MODE_BLOCK, 32, 16, 0 },
    [FM_CHACHA20] = { "ChaCha20", FM_MODE_BLOCK, 32, 16, 0 },
};

static const struct {
    const char *name;
    uint8_t size, block;
} hashes[FM_HASHES] = {
    [FM_MD5] = { "MD5", 16, 64 },        [FM_SHA1] = { "SHA1", 20, 64 },      [FM_SHA256] = { "SHA2-256", 32, 64 },
    [FM_SHA384] = { "SHA2-384", 48, 128 }, [FM_SHA512] = { "SHA2-512", 64, 128 }, [FM_SM3] = { "SM3", 32, 64 },
};

FmCrypto *fm_crypto_new(void)
{
    return g_new0(FmCrypto, 1);
}

void fm_crypto_free(FmCrypto *crypto)
{
    if (!crypto)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        EVP_CIPHER_CTX_free(crypto->slots[i].context);
    for (size_t i = 0; i < FM_CIPHERS; i++)
        EVP_CIPHER_free(crypto->ciphers[i]);
    for (size_t i = 0; i < FM_HASHES; i++) {
        EVP_MD_CTX_free(crypto->digests[i].context);
        EVP_MD_free(crypto->digests[i].type);
    }
    if (crypto->legacy)
        OSSL_PROVIDER_unload(crypto->legacy);
    OPENSSL_cleanse(crypto, sizeof *crypto);
    g_free(crypto);
}

bool fm_crypto_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    return CRYPTO_memcmp(a, b, size) == 0;
}

/* ---- hashes ---- */

size_t fm_hash_size(FmHash hash)
{
    return hashes[hash].size;
}

static EVP_MD_CTX *start_hash(FmCrypto *crypto, FmHash hash)
{
    Digest *digest = &crypto->digests[hash];
    if (!digest->context) {
        digest->type = EVP_MD_fetch(NULL, hashes[hash].name, NULL);
        digest->context = EVP_MD_CTX_new();
    }
    EVP_DigestInit_ex2(digest->context, digest->type, NULL);
    return digest->context;
}

void fm_hash(FmCrypto *crypto, FmHash hash, const FmSlice *parts, size_t count, uint8_t *out)
{
    EVP_MD_CTX *context = start_hash(crypto, hash);
    for (size_t i = 0; i < count; i++)
        EVP_DigestUpdate(context, parts[i].data, parts[i].size);
    EVP_DigestFinal_ex(context, out, NULL);
}

void fm_hmac(FmCrypto *crypto, FmHash hash, FmSlice key, const FmSlice *parts, size_t count, uint8_t *out)
{
    uint8_t pad[128] = { 0 }, inner[FM_MAX_HASH];
    size_t block = hashes[hash].block;
    if (key.size > block)
        fm_hash(crypto, hash, &key, 1, pad);
    else if (key.size)
        memcpy(pad, key.data, key.size);
    for (size_t i = 0; i < block; i++)
        pad[i] ^= 0x36;
    EVP_MD_CTX *context = start_hash(crypto, hash);
    EVP_DigestUpdate(context, pad, block);
    for (size_t i = 0; i < count; i++)
        EVP_DigestUpdate(context, parts[i].data, parts[i].size);
    EVP_DigestFinal_ex(context, inner, NULL);
    for (size_t i = 0; i < block; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    fm_hash(crypto, hash, (FmSlice[]){ { pad, block }, { inner, hashes[hash].size } }, 2, out);
}

/* ---- ciphers ---- */

const FmCipherInfo *fm_cipher_info(FmCipher cipher)
{
    return &infos[cipher];
}

/* DES, RC2, IDEA and SEED are in the legacy provider, where that is installed. */
static EVP_CIPHER *fetch(FmCrypto *crypto, const char *name)
{
    EVP_CIPHER *type = EVP_CIPHER_fetch(NULL, name, NULL);
    if (!type && !crypto->legacy && (crypto->legacy = OSSL_PROVIDER_try_load(NULL, "legacy", 1)))
        type = EVP_CIPHER_fetch(NULL, name, NULL);
    return type;
}

static EVP_CIPHER *cipher_type(FmCrypto *crypto, FmCipher cipher)
{
    if (!crypto->ciphers[cipher] && !crypto->missing[cipher] && infos[cipher].name) {
        crypto->ciphers[cipher] = fetch(crypto, infos[cipher].name);
        crypto->missing[cipher] = !crypto->ciphers[cipher];
    }
    return crypto->ciphers[cipher];
}

static FmCipher block_of_camellia_gcm(FmCipher cipher)
{
    return cipher == FM_CAMELLIA_128_GCM ? FM_CAMELLIA_128_ECB : FM_CAMELLIA_256_ECB;
}

bool fm_cipher_available(FmCrypto *crypto, FmCipher cipher)
{
    if (cipher >= FM_CIPHERS)
        return false;
    if (cipher == FM_CAMELLIA_128_GCM || cipher == FM_CAMELLIA_256_GCM)
        cipher = block_of_camellia_gcm(cipher);
    return !infos[cipher].name || cipher_type(crypto, cipher);
}

static Slot *slot_of(FmCrypto *crypto, FmCipher cipher, const uint8_t *key)
{
    uint64_t bits;
    memcpy(&bits, key, sizeof bits);
    return &crypto->slots[((bits + cipher) * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SLOTS];
}

/* A context keyed for the cipher; CBC and AEAD decrypt, others encrypt. NULL if libcrypto has no such cipher. */
static EVP_CIPHER_CTX *keyed(FmCrypto *crypto, FmCipher cipher, const uint8_t *key)
{
    Slot *slot = slot_of(crypto, cipher, key);
    const FmCipherInfo *info = &infos[cipher];
    if (slot->cipher == cipher && memcmp(slot->key, key, info->key) == 0)
        return slot->context;
    EVP_CIPHER *type = cipher_type(crypto, cipher);
    if (!type)
        return NULL;
    if (!slot->context)
        slot->context = EVP_CIPHER_CTX_new();
    EVP_CIPHER_CTX *context = slot->context;
    slot->cipher = FM_CIPHER_NULL;
    int encrypt = info->mode == FM_MODE_CTR || info->mode == FM_MODE_BLOCK;
    EVP_CIPHER_CTX_reset(context);
    if (!EVP_CipherInit_ex2(context, type, NULL, NULL, encrypt, NULL))
        return NULL;
    if (info->mode == FM_MODE_AEAD && !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, FM_NONCE, NULL))
        return NULL;
    bool is_ccm = cipher >= FM_AES_128_CCM && cipher <= FM_AES_256_CCM_8;
    if (is_ccm && !EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, info->tag, NULL))
        return NULL;
    if (!EVP_CipherInit_ex2(context, NULL, key, NULL, encrypt, NULL))
        return NULL;
    EVP_CIPHER_CTX_set_padding(context, 0);
    slot->cipher = (uint8_t)cipher;
    memcpy(slot->key, key, info->key);
    return context;
}

/* CCM wants tag and length first, and tells in the update whether the tag is right. */
static bool open_ccm(EVP_CIPHER_CTX *context, const FmCipherInfo *info, const uint8_t *nonce, FmSlice aad, FmSlice in, uint8_t *out)
{
    int n, size = (int)(in.size - info->tag);
    uint8_t tag[16];
    memcpy(tag, in.data + size, info->tag);
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, info->tag, tag) && EVP_DecryptInit_ex2(context, NULL, NULL, nonce, NULL) &&
           EVP_DecryptUpdate(context, NULL, &n, NULL, size) && EVP_DecryptUpdate(context, NULL, &n, aad.data, (int)aad.size) &&
           EVP_DecryptUpdate(context, out, &n, in.data, size) > 0;
}

bool fm_aead_open(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *nonce, FmSlice aad, FmSlice in, uint8_t *out)
{
    const FmCipherInfo *info = &infos[cipher];
    if (in.size < info->tag || in.size > G_MAXINT)
        return false;
    if (cipher == FM_CAMELLIA_128_GCM || cipher == FM_CAMELLIA_256_GCM)
        return fm_gcm_open(crypto, block_of_camellia_gcm(cipher), key, nonce, aad, in, out);
    EVP_CIPHER_CTX *context = keyed(crypto, cipher, key);
    if (!context)
        return false;
    if (cipher >= FM_AES_128_CCM && cipher <= FM_AES_256_CCM_8)
        return open_ccm(context, info, nonce, aad, in, out);
    int n, size = (int)(in.size - info->tag);
    uint8_t tag[16];
    memcpy(tag, in.data + size, info->tag);
    return EVP_DecryptInit_ex2(context, NULL, NULL, nonce, NULL) && EVP_DecryptUpdate(context, NULL, &n, aad.data, (int)aad.size) &&
           EVP_DecryptUpdate(context, out, &n, in.data, size) && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, info->tag, tag) &&
           EVP_DecryptFinal_ex(context, out + size, &n) > 0;
}

static bool update(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *iv, FmSlice in, uint8_t *out)
{
    int n;
    EVP_CIPHER_CTX *context = in.size <= G_MAXINT ? keyed(crypto, cipher, key) : NULL;
    return context && EVP_CipherInit_ex2(context, NULL, NULL, iv, -1, NULL) && EVP_CipherUpdate(context, out, &n, in.data, (int)in.size) &&
           (size_t)n == in.size;
}

bool fm_cbc_decrypt(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *iv, FmSlice in, uint8_t *out)
{
    return in.size % infos[cipher].block == 0 && update(crypto, cipher, key, iv, in, out);
}

bool fm_ctr_crypt(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *counter, FmSlice in, uint8_t *out)
{
    return update(crypto, cipher, key, counter, in, out);
}

bool fm_block_encrypt(FmCrypto *crypto, FmCipher cipher, const uint8_t *key, const uint8_t *in, uint8_t *out)
{
    static const uint8_t zeros[16];
    if (cipher == FM_CHACHA20)
        return update(crypto, cipher, key, in, (FmSlice){ zeros, sizeof zeros }, out);
    EVP_CIPHER_CTX *context = keyed(crypto, cipher, key);
    int n;
    return context && EVP_EncryptUpdate(context, out, &n, in, 16) && n == 16;
}
