/* Keys of TLS records: SSL 3.0 (RFC 6101), TLS 1.0 to 1.2 (RFC 2246, RFC 4346, RFC 5246), TLS 1.3 (RFC 8446). */
#include "config.h"

#include "crypto/tls_keys.h"

#include <string.h>

#include "crypto/derive.h"

#define SSL_3 0x0300
#define TLS_1_1 0x0302
#define TLS_1_2 0x0303
#define DRAFT 0x7f00
#define MAX_KEY_BLOCK (2 * (FM_MAX_HASH + FM_MAX_KEY + FM_MAX_BLOCK_SIZE))
#define EXPORT_KEY 5 /* bytes of the secret part of a 40-bit key */

bool fm_tls_is_13(uint16_t version)
{
    return version == 0x0304 || (version & 0xff00) == DRAFT;
}

static FmHash prf_hash(const FmSuite *suite, uint16_t version)
{
    return version >= TLS_1_2 ? fm_suite_prf(suite) : FM_HASH_NONE;
}

/* The derivation of SSL 3.0 (RFC 6101 6.1): MD5 over the secret and SHA-1 over "A", "BB", "CCC", … */
static void ssl3_derive(FmCrypto *crypto, FmSlice secret, FmSlice seed, FmSlice more, uint8_t *out, size_t size)
{
    uint8_t letters[26], inner[20], block[16];
    for (size_t at = 0, n = 1; at < size; at += sizeof block, n++) {
        memset(letters, (int)('A' + n - 1), n);
        fm_hash(crypto, FM_SHA1, (FmSlice[]){ { letters, n }, secret, seed, more }, 4, inner);
        fm_hash(crypto, FM_MD5, (FmSlice[]){ secret, { inner, sizeof inner } }, 2, block);
        memcpy(out + at, block, MIN(sizeof block, size - at));
    }
}

static void derive(FmCrypto *crypto, const FmSuite *suite, uint16_t version, FmSlice secret, const char *label, FmSlice seed, FmSlice more,
                   uint8_t *out, size_t size)
{
    if (version == SSL_3)
        ssl3_derive(crypto, secret, seed, more, out, size);
    else
        fm_tls_prf(crypto, prf_hash(suite, version), secret, label, seed, more, out, size);
}

void fm_tls_master(FmCrypto *crypto, const FmSuite *suite, uint16_t version, FmSlice premaster, const uint8_t *client_random,
                   const uint8_t *server_random, uint8_t *master)
{
    derive(crypto, suite, version, premaster, "master secret", (FmSlice){ client_random, FM_TLS_RANDOM },
           (FmSlice){ server_random, FM_TLS_RANDOM }, master, FM_TLS_MASTER);
}

void fm_tls_extended_master(FmCrypto *crypto, const FmSuite *suite, uint16_t version, FmSlice premaster, FmSlice messages,
                            uint8_t *master)
{
    uint8_t hash[FM_MAX_HASH];
    FmHash prf = prf_hash(suite, version);
    size_t size = prf ? fm_hash_size(prf) : 36;
    if (prf) {
        fm_hash(crypto, prf, &messages, 1, hash);
    } else {
        fm_hash(crypto, FM_MD5, &messages, 1, hash);
        fm_hash(crypto, FM_SHA1, &messages, 1, hash + 16);
    }
    fm_tls_prf(crypto, prf, premaster, "extended master secret", (FmSlice){ hash, size }, (FmSlice){ NULL, 0 }, master, FM_TLS_MASTER);
}

static bool is_export(const FmSuite *suite)
{
    return suite->cipher == FM_RC4_40 || suite->cipher == FM_DES_40_CBC || suite->cipher == FM_RC2_40_CBC;
}

/* Keys that once had to be weak: 40 bits of the key block, spread, and no secret in the initial vector (RFC 2246 6.3.1). */
static void weaken(FmCrypto *crypto, const FmSuite *suite, uint16_t version, FmSlice client_random, FmSlice server_random, FmTlsKeys *keys,
                   bool of_client)
{
    size_t iv = fm_cipher_info(suite->cipher)->block;
    FmSlice weak = { keys->key, EXPORT_KEY };
    uint8_t key[FM_MAX_KEY], ivs[2 * FM_MAX_BLOCK_SIZE];
    size_t size = fm_cipher_info(suite->cipher)->key;
    if (version == SSL_3) {
        FmSlice own = of_client ? client_random : server_random, other = of_client ? server_random : client_random;
        fm_hash(crypto, FM_MD5, (FmSlice[]){ weak, own, other }, 3, key);
        fm_hash(crypto, FM_MD5, (FmSlice[]){ own, other }, 2, ivs);
    } else {
        fm_tls_prf(crypto, prf_hash(suite, version), weak, of_client ? "client write key" : "server write key", client_random,
                   server_random, key, size);
        fm_tls_prf(crypto, prf_hash(suite, version), (FmSlice){ NULL, 0 }, "IV block", client_random, server_random, ivs, 2 * iv);
    }
    memcpy(keys->key, key, size);
    memcpy(keys->iv, version == SSL_3 || of_client ? ivs : ivs + iv, iv);
}

static uint8_t *take(uint8_t *from, uint8_t *to, size_t size)
{
    memcpy(to, from, size);
    return from + size;
}

void fm_tls_key_block(FmCrypto *crypto, const FmSuite *suite, uint16_t version, const uint8_t *master, const uint8_t *client_random,
                      const uint8_t *server_random, bool encrypt_then_mac, FmTlsKeys keys[2])
{
    const FmCipherInfo *cipher = fm_cipher_info(suite->cipher);
    FmSlice client = { client_random, FM_TLS_RANDOM }, server = { server_random, FM_TLS_RANDOM };
    size_t mac = cipher->mode == FM_MODE_AEAD ? 0 : fm_hash_size(suite->hash);
    size_t key = is_export(suite) ? EXPORT_KEY : cipher->key;
    size_t iv = cipher->mode == FM_MODE_CBC ? cipher->block : cipher->mode != FM_MODE_AEAD ? 0
                : suite->cipher == FM_CHACHA20_POLY1305 ? FM_NONCE : 4;
    uint8_t block[MAX_KEY_BLOCK], *at = block;
    derive(crypto, suite, version, (FmSlice){ master, FM_TLS_MASTER }, "key expansion", server, client, block, 2 * (mac + key + iv));
    for (unsigned i = 0; i < 2; i++)
        keys[i] = (FmTlsKeys){ .suite = suite, .version = version, .encrypt_then_mac = encrypt_then_mac && cipher->mode == FM_MODE_CBC };
    for (unsigned i = 0; i < 2; i++)
        at = take(at, keys[i].mac, mac);
    for (unsigned i = 0; i < 2; i++)
        at = take(at, keys[i].key, key);
    for (unsigned i = 0; i < 2; i++)
        at = take(at, keys[i].iv, iv);
    for (unsigned i = 0; i < 2 && is_export(suite); i++)
        weaken(crypto, suite, version, client, server, &keys[i], i == 0);
}

/* ---- TLS 1.3 ---- */

static const char *label_prefix(const FmTlsKeys *keys)
{
    if (keys->datagram)
        return "dtls13";
    return keys->version >= DRAFT && keys->version < DRAFT + 20 ? "TLS 1.3, " : "tls13 ";
}

static void expand(FmCrypto *crypto, const FmTlsKeys *keys, const char *label, uint8_t *out, size_t size)
{
    fm_hkdf_expand_label(crypto, fm_suite_prf(keys->suite), keys->secret, label_prefix(keys), label, (FmSlice){ NULL, 0 }, out, size);
}

static void fill_traffic_keys(FmCrypto *crypto, FmTlsKeys *keys)
{
    expand(crypto, keys, "key", keys->key, fm_cipher_info(keys->suite->cipher)->key);
    expand(crypto, keys, "iv", keys->iv, FM_NONCE);
    if (keys->datagram)
        expand(crypto, keys, "sn", keys->number_key, fm_cipher_info(keys->suite->cipher)->key);
}

static FmCipher block_of(FmCipher cipher)
{
    switch (cipher) {
    case FM_AES_128_GCM: case FM_AES_128_CCM: case FM_AES_128_CCM_8: return FM_AES_128_ECB;
    case FM_AES_256_GCM: case FM_AES_256_CCM: case FM_AES_256_CCM_8: return FM_AES_256_ECB;
    case FM_CHACHA20_POLY1305: return FM_CHACHA20;
    default: return FM_CIPHER_UNKNOWN;
    }
}

bool fm_tls_number_mask(FmCrypto *crypto, const FmTlsKeys *keys, const uint8_t *sample, uint8_t mask[FM_TLS_SAMPLE])
{
    FmCipher cipher = block_of(keys->suite->cipher);
    return cipher != FM_CIPHER_UNKNOWN && fm_block_encrypt(crypto, cipher, keys->number_key, sample, mask);
}

bool fm_tls_traffic_keys(FmCrypto *crypto, const FmSuite *suite, uint16_t version, bool datagram, FmSlice secret, FmTlsKeys *keys)
{
    if (secret.size != fm_hash_size(fm_suite_prf(suite)) || fm_cipher_info(suite->cipher)->mode != FM_MODE_AEAD)
        return false;
    *keys = (FmTlsKeys){ .suite = suite, .version = version, .datagram = datagram };
    memcpy(keys->secret, secret.data, secret.size);
    fill_traffic_keys(crypto, keys);
    return true;
}

void fm_tls_next_keys(FmCrypto *crypto, const FmTlsKeys *keys, FmTlsKeys *next)
{
    FmTlsKeys made = *keys;
    bool old = keys->version >= DRAFT && keys->version < DRAFT + 20;
    expand(crypto, keys, old ? "application traffic secret" : "traffic upd", made.secret, fm_hash_size(fm_suite_prf(keys->suite)));
    fill_traffic_keys(crypto, &made);
    *next = made;
}
