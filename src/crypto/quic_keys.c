/* Packet protection of QUIC (RFC 9001, RFC 9369). */
#include "config.h"

#include "crypto/quic_keys.h"

#include <string.h>

#include "crypto/derive.h"

#define MAX_CONNECTION_ID 20
#define MAX_RETRY 65535
#define AES_128_GCM_SHA256 0x1301

typedef struct Version { /* first to last are the numbers that share these constants */
    uint32_t first, last;
    const char *key, *iv, *header, *update; /* labels */
    uint8_t salt[20];
    uint8_t retry_key[16], retry_nonce[FM_NONCE];
} Version;

#define V1_LABELS "quic key", "quic iv", "quic hp", "quic ku"
#define V2_LABELS "quicv2 key", "quicv2 iv", "quicv2 hp", "quicv2 ku"

#define V1_CONSTANTS \
    { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a }, \
    { 0xbe, 0x0c, 0x69, 0x0b, 0x9f, 0x66, 0x57, 0x5a, 0x1d, 0x76, 0x6b, 0x54, 0xe3, 0x68, 0xc8, 0x4e }, \
    { 0x46, 0x15, 0x99, 0xd3, 0x5d, 0x63, 0x2b, 0xf2, 0x23, 0x98, 0x25, 0xbb }
#define DRAFT_29_CONSTANTS \
    { 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99 }, \
    { 0xcc, 0xce, 0x18, 0x7e, 0xd0, 0x9a, 0x09, 0xd0, 0x57, 0x28, 0x15, 0x5a, 0x6c, 0xb9, 0x6b, 0xe1 }, \
    { 0xe5, 0x49, 0x30, 0xf9, 0x7f, 0x21, 0x36, 0xf0, 0x53, 0x0a, 0x8c, 0x1c }
#define DRAFT_23_CONSTANTS /* the Retry's integrity came with draft 25 */ \
    { 0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02 }, \
    { 0x4d, 0x32, 0xec, 0xdb, 0x2a, 0x21, 0x33, 0xc8, 0x41, 0xe4, 0x04, 0x3d, 0xf2, 0x7d, 0x44, 0x30 }, \
    { 0x4d, 0x16, 0x11, 0xd0, 0x55, 0x13, 0xa5, 0x52, 0xc5, 0x87, 0xd5, 0x75 }

static const Version versions[] = {
    { 0x00000001, 0x00000001, V1_LABELS, V1_CONSTANTS },
    { 0xff000021, 0xff000022, V1_LABELS, V1_CONSTANTS },       /* drafts 33, 34 */
    { 0xff00001d, 0xff000020, V1_LABELS, DRAFT_29_CONSTANTS }, /* drafts 29 to 32 */
    { 0xff000017, 0xff00001c, V1_LABELS, DRAFT_23_CONSTANTS }, /* drafts 23 to 28 */
    { 0xff000015, 0xff000016, V1_LABELS, /* drafts 21, 22; Retry packets had no integrity */
      { 0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a },
      { 0 }, { 0 } },
    { 0xfaceb002, 0xfaceb002, V1_LABELS, DRAFT_23_CONSTANTS }, /* mvfst's name for draft 27 */
    { 0x6b3343cf, 0x6b3343cf, V2_LABELS,
      { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
      { 0x8f, 0xb4, 0xb0, 0x1b, 0x56, 0xac, 0x48, 0xe2, 0x60, 0xfb, 0xcb, 0xce, 0xad, 0x7c, 0xcc, 0x92 },
      { 0xd8, 0x69, 0x69, 0xbc, 0x2d, 0x7c, 0x6d, 0x99, 0x90, 0xef, 0xb0, 0x4a } },
    { 0x709a50c4, 0x709a50c4, V2_LABELS, /* version 2 as its drafts had it */
      { 0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d, 0x62, 0xca, 0x57, 0x04, 0x06, 0xea, 0x7a, 0xe3, 0xe5, 0xd3 },
      { 0xba, 0x85, 0x8d, 0xc7, 0xb4, 0x3d, 0xe5, 0xdb, 0xf8, 0x76, 0x17, 0xff, 0x4a, 0xb2, 0x53, 0xdb },
      { 0x14, 0x1b, 0x99, 0xc2, 0x39, 0xb0, 0x3e, 0x78, 0x5d, 0x6a, 0x2e, 0x9f } },
};

static const Version *find_version(uint32_t number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++)
        if (number >= versions[i].first && number <= versions[i].last)
            return &versions[i];
    return NULL;
}

static void expand(FmCrypto *crypto, const FmQuicKeys *keys, const char *label, uint8_t *out, size_t size)
{
    fm_hkdf_expand_label(crypto, fm_suite_prf(keys->suite), keys->secret, "tls13 ", label, (FmSlice){ NULL, 0 }, out, size);
}

static void fill_keys(FmCrypto *crypto, const Version *version, FmQuicKeys *keys)
{
    expand(crypto, keys, version->key, keys->key, fm_cipher_info(keys->suite->cipher)->key);
    expand(crypto, keys, version->iv, keys->iv, FM_NONCE);
}

bool fm_quic_keys(FmCrypto *crypto, uint32_t number, const FmSuite *suite, FmSlice secret, FmQuicKeys *keys)
{
    const Version *version = find_version(number);
    const FmCipherInfo *cipher = suite ? fm_cipher_info(suite->cipher) : NULL;
    if (!version || !cipher || cipher->mode != FM_MODE_AEAD || cipher->tag != FM_QUIC_TAG ||
        secret.size != fm_hash_size(fm_suite_prf(suite)))
        return false;
    *keys = (FmQuicKeys){ .suite = suite, .version = number };
    memcpy(keys->secret, secret.data, secret.size);
    fill_keys(crypto, version, keys);
    expand(crypto, keys, version->header, keys->header, cipher->key);
    return true;
}

bool fm_quic_initial_keys(FmCrypto *crypto, uint32_t number, FmSlice connection_id, FmQuicKeys keys[2])
{
    static const char *const labels[2] = { "client in", "server in" };
    const Version *version = find_version(number);
    uint8_t initial[32], secret[32];
    if (!version)
        return false;
    fm_hkdf_extract(crypto, FM_SHA256, (FmSlice){ version->salt, sizeof version->salt }, connection_id, initial);
    for (unsigned i = 0; i < 2; i++) {
        fm_hkdf_expand_label(crypto, FM_SHA256, initial, "tls13 ", labels[i], (FmSlice){ NULL, 0 }, secret, sizeof secret);
        fm_quic_keys(crypto, number, fm_suite(AES_128_GCM_SHA256), (FmSlice){ secret, sizeof secret }, &keys[i]);
    }
    return true;
}

void fm_quic_next_keys(FmCrypto *crypto, const FmQuicKeys *keys, FmQuicKeys *next)
{
    FmQuicKeys made = *keys;
    const Version *version = find_version(keys->version);
    expand(crypto, keys, version->update, made.secret, fm_hash_size(fm_suite_prf(keys->suite)));
    fill_keys(crypto, version, &made);
    *next = made;
}

bool fm_quic_header_mask(FmCrypto *crypto, const FmQuicKeys *keys, const uint8_t sample[FM_QUIC_SAMPLE], uint8_t mask[5])
{
    uint8_t block[16];
    FmCipher cipher = keys->suite->cipher == FM_CHACHA20_POLY1305                   ? FM_CHACHA20
                      : fm_cipher_info(keys->suite->cipher)->key == FM_MAX_KEY ? FM_AES_256_ECB
                                                                               : FM_AES_128_ECB;
    if (!fm_block_encrypt(crypto, cipher, keys->header, sample, block))
        return false;
    memcpy(mask, block, 5);
    return true;
}

uint64_t fm_quic_packet_number(uint64_t largest, uint64_t truncated, unsigned size)
{
    uint64_t expected = largest + 1, window = UINT64_C(1) << 8 * size, half = window / 2;
    uint64_t candidate = (expected & ~(window - 1)) | (truncated & (window - 1));
    if (candidate + half <= expected && candidate < (UINT64_C(1) << 62) - window)
        return candidate + window;
    if (candidate > expected + half && candidate >= window)
        return candidate - window;
    return candidate;
}

bool fm_quic_open(FmCrypto *crypto, const FmQuicKeys *keys, uint64_t packet_number, FmSlice header, FmSlice in, uint8_t *out)
{
    uint8_t nonce[FM_NONCE];
    memcpy(nonce, keys->iv, sizeof nonce);
    for (unsigned i = 0; i < 8; i++)
        nonce[FM_NONCE - 1 - i] ^= (uint8_t)(packet_number >> (8 * i));
    return fm_aead_open(crypto, keys->suite->cipher, keys->key, nonce, header, in, out);
}

bool fm_quic_retry_fits(FmCrypto *crypto, uint32_t number, FmSlice original_id, FmSlice retry)
{
    const Version *version = find_version(number);
    uint8_t nothing[FM_QUIC_TAG];
    if (!version || original_id.size > MAX_CONNECTION_ID || retry.size < FM_QUIC_TAG || retry.size > MAX_RETRY)
        return false;
    size_t size = retry.size - FM_QUIC_TAG;
    g_autofree uint8_t *pseudo = g_malloc(1 + original_id.size + size);
    pseudo[0] = (uint8_t)original_id.size;
    memcpy(pseudo + 1, original_id.data, original_id.size);
    memcpy(pseudo + 1 + original_id.size, retry.data, size);
    return fm_aead_open(crypto, FM_AES_128_GCM, version->retry_key, version->retry_nonce, (FmSlice){ pseudo, 1 + original_id.size + size },
                        (FmSlice){ retry.data + size, FM_QUIC_TAG }, nothing);
}
