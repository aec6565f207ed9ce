/* Packet protection of SRTP and SRTCP: AES in counter mode with HMAC-SHA1 (RFC 3711), AES-GCM (RFC 7714). */
#include "config.h"

#include "crypto/srtp_keys.h"

#include <string.h>

#include "base/cursor.h"
#include "crypto/derive.h"

#define MASTER_SALT 14
#define GCM_SALT 12
#define RTP_HEADER 12
#define RTCP_HEADER 8
#define INDEX_SIZE 4
#define ENCRYPTED 0x80 /* of the index's first byte */

typedef struct Profile {
    uint16_t number;
    uint8_t cipher;     /* of payloads */
    uint8_t derivation; /* counter mode by which session keys are derived */
    uint8_t key, salt;
    uint8_t tag;        /* of RTP; of RTCP it is 10 with HMAC, 16 with GCM */
} Profile;

static const Profile profiles[] = {
    { FM_SRTP_AES128_CM_SHA1_80, FM_AES_128_CTR, FM_AES_128_CTR, 16, MASTER_SALT, 10 },
    { FM_SRTP_AES128_CM_SHA1_32, FM_AES_128_CTR, FM_AES_128_CTR, 16, MASTER_SALT, 4 },
    { FM_SRTP_NULL_SHA1_80, FM_CIPHER_NULL, FM_AES_128_CTR, 16, MASTER_SALT, 10 },
    { FM_SRTP_NULL_SHA1_32, FM_CIPHER_NULL, FM_AES_128_CTR, 16, MASTER_SALT, 4 },
    { FM_SRTP_AES128_GCM, FM_AES_128_GCM, FM_AES_128_CTR, 16, GCM_SALT, 16 },
    { FM_SRTP_AES256_GCM, FM_AES_256_GCM, FM_AES_256_CTR, 32, GCM_SALT, 16 },
};

static const Profile *find_profile(unsigned number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++)
        if (profiles[i].number == number)
            return &profiles[i];
    return NULL;
}

bool fm_srtp_sizes(unsigned number, size_t *key, size_t *salt)
{
    const Profile *profile = find_profile(number);
    if (!profile)
        return false;
    *key = profile->key;
    *salt = profile->salt;
    return true;
}

/* ---- keys ---- */

static void derive(FmCrypto *crypto, const Profile *profile, const uint8_t *master, const uint8_t *salt, uint8_t label, uint8_t *out, size_t size)
{
    static const uint8_t zeros[FM_MAX_KEY];
    uint8_t counter[16] = { 0 };
    memcpy(counter, salt, MASTER_SALT);
    counter[7] ^= label;
    fm_ctr_crypt(crypto, profile->derivation, master, counter, (FmSlice){ zeros, size }, out);
}

static void derive_side(FmCrypto *crypto, const Profile *profile, const uint8_t *master, const uint8_t *salt, uint8_t first, FmSrtpSide *side)
{
    derive(crypto, profile, master, salt, first, side->key, profile->key);
    derive(crypto, profile, master, salt, first + 1, side->auth, FM_SRTP_AUTH);
    derive(crypto, profile, master, salt, first + 2, side->salt, profile->salt);
}

bool fm_srtp_keys(FmCrypto *crypto, unsigned number, FmSlice master_key, FmSlice master_salt, FmSrtpKeys *keys)
{
    const Profile *profile = find_profile(number);
    uint8_t salt[MASTER_SALT] = { 0 }; /* a shorter one has zeros behind it */
    if (!profile || master_key.size != profile->key || master_salt.size != profile->salt)
        return false;
    memcpy(salt, master_salt.data, master_salt.size);
    *keys = (FmSrtpKeys){ .profile = (uint16_t)number };
    derive_side(crypto, profile, master_key.data, salt, 0, &keys->rtp);
    derive_side(crypto, profile, master_key.data, salt, 3, &keys->rtcp);
    return true;
}

#define MAX_MATERIAL (2 * (FM_MAX_KEY + MASTER_SALT))

/* Client's and server's key, then client's and server's salt (RFC 5764 4.2). */
static bool split_material(FmCrypto *crypto, const Profile *profile, const uint8_t *material, FmSrtpKeys keys[2])
{
    size_t key = profile->key, salt = profile->salt;
    for (unsigned i = 0; i < 2; i++)
        if (!fm_srtp_keys(crypto, profile->number, (FmSlice){ material + i * key, key }, (FmSlice){ material + 2 * key + i * salt, salt }, &keys[i]))
            return false;
    return true;
}

static const char label[] = "EXTRACTOR-dtls_srtp";

bool fm_srtp_from_master(FmCrypto *crypto, unsigned number, const FmSuite *suite, uint16_t version, const uint8_t *master,
                         const uint8_t *client_random, const uint8_t *server_random, FmSrtpKeys keys[2])
{
    const Profile *profile = find_profile(number);
    uint8_t material[MAX_MATERIAL];
    if (!profile)
        return false;
    fm_tls_prf(crypto, version >= 0x0303 ? fm_suite_prf(suite) : FM_HASH_NONE, (FmSlice){ master, FM_TLS_MASTER }, label,
               (FmSlice){ client_random, FM_TLS_RANDOM }, (FmSlice){ server_random, FM_TLS_RANDOM }, material,
               2 * (size_t)(profile->key + profile->salt));
    return split_material(crypto, profile, material, keys);
}

bool fm_srtp_from_exporter(FmCrypto *crypto, unsigned number, const FmSuite *suite, FmSlice exporter, FmSrtpKeys keys[2])
{
    const Profile *profile = find_profile(number);
    FmHash hash = fm_suite_prf(suite);
    size_t size = fm_hash_size(hash);
    uint8_t material[MAX_MATERIAL], secret[FM_MAX_HASH], nothing[FM_MAX_HASH];
    if (!profile || exporter.size != size)
        return false;
    fm_hash(crypto, hash, NULL, 0, nothing);
    fm_hkdf_expand_label(crypto, hash, exporter.data, "dtls13", label, (FmSlice){ nothing, size }, secret, size);
    fm_hkdf_expand_label(crypto, hash, secret, "dtls13", "exporter", (FmSlice){ nothing, size }, material,
                         2 * (size_t)(profile->key + profile->salt));
    return split_material(crypto, profile, material, keys);
}

/* ---- packets ---- */

static void put_be32(uint8_t *out, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void add_to(uint8_t *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] ^= bytes[i];
}

/* Salt, SSRC and 48 bits of index (RFC 3711 4.1.1). */
static void first_counter(const FmSrtpSide *side, const uint8_t *ssrc, uint64_t index, uint8_t counter[16])
{
    uint8_t number[6];
    memcpy(counter, side->salt, FM_SRTP_SALT);
    counter[14] = counter[15] = 0;
    add_to(counter + 4, ssrc, 4);
    for (unsigned i = 0; i < 6; i++)
        number[i] = (uint8_t)(index >> (40 - 8 * i));
    add_to(counter + 8, number, sizeof number);
}

static bool tag_fits(FmCrypto *crypto, const FmSrtpSide *side, FmSlice text, const uint8_t *more, size_t more_size, const uint8_t *tag, size_t tag_size)
{
    uint8_t expected[FM_MAX_HASH];
    fm_hmac(crypto, FM_SHA1, (FmSlice){ side->auth, FM_SRTP_AUTH }, (FmSlice[]){ text, { more, more_size } }, 2, expected);
    return fm_crypto_equal(expected, tag, tag_size);
}

static bool decrypt(FmCrypto *crypto, const Profile *profile, const FmSrtpSide *side, const uint8_t *ssrc, uint64_t index, FmSlice in, uint8_t *out)
{
    uint8_t counter[16];
    if (profile->cipher == FM_CIPHER_NULL || !in.size) {
        if (in.size)
            memcpy(out, in.data, in.size);
        return true;
    }
    first_counter(side, ssrc, index, counter);
    return fm_ctr_crypt(crypto, profile->cipher, side->key, counter, in, out);
}

static bool is_gcm(const Profile *profile)
{
    return fm_cipher_info(profile->cipher)->mode == FM_MODE_AEAD;
}

bool fm_srtp_open(FmCrypto *crypto, const FmSrtpKeys *keys, FmSlice packet, size_t header, uint32_t rollovers, uint8_t *out, size_t *size)
{
    const Profile *profile = find_profile(keys->profile);
    if (!profile || header < RTP_HEADER || packet.size < header + profile->tag)
        return false;
    const uint8_t *ssrc = packet.data + 8, *tag = packet.data + packet.size - profile->tag;
    uint64_t sequence = fm_be(packet.data + 2, 2);
    *size = packet.size - header - profile->tag;
    if (is_gcm(profile)) {
        uint8_t nonce[FM_NONCE] = { 0 };
        memcpy(nonce + 2, ssrc, 4);
        put_be32(nonce + 6, rollovers);
        memcpy(nonce + 10, packet.data + 2, 2);
        add_to(nonce, keys->rtp.salt, sizeof nonce);
        return fm_aead_open(crypto, profile->cipher, keys->rtp.key, nonce, (FmSlice){ packet.data, header },
                            (FmSlice){ packet.data + header, packet.size - header }, out);
    }
    uint8_t counted[4];
    put_be32(counted, rollovers);
    if (!tag_fits(crypto, &keys->rtp, (FmSlice){ packet.data, packet.size - profile->tag }, counted, sizeof counted, tag, profile->tag))
        return false;
    return decrypt(crypto, profile, &keys->rtp, ssrc, (uint64_t)rollovers << 16 | sequence, (FmSlice){ packet.data + header, *size }, out);
}

/* The index stands at the end, behind the tag of GCM and before that of HMAC. */
static bool open_gcm_report(FmCrypto *crypto, const Profile *profile, const FmSrtpSide *side, FmSlice packet, uint8_t *out, size_t *size)
{
    const uint8_t *index = packet.data + packet.size - INDEX_SIZE;
    bool encrypted = *index & ENCRYPTED;
    FmSlice body = { packet.data + RTCP_HEADER, packet.size - RTCP_HEADER - INDEX_SIZE };
    size_t clear = encrypted ? RTCP_HEADER : packet.size - INDEX_SIZE - profile->tag;
    uint8_t nonce[FM_NONCE] = { 0 };
    memcpy(nonce + 2, packet.data + 4, 4);
    put_be32(nonce + 8, (uint32_t)fm_be(index, 4) & 0x7fffffff);
    add_to(nonce, side->salt, sizeof nonce);
    g_autofree uint8_t *aad = g_malloc(clear + INDEX_SIZE);
    memcpy(aad, packet.data, clear);
    memcpy(aad + clear, index, INDEX_SIZE);
    *size = body.size - profile->tag;
    FmSlice in = encrypted ? body : (FmSlice){ body.data + *size, profile->tag };
    if (!fm_aead_open(crypto, profile->cipher, side->key, nonce, (FmSlice){ aad, clear + INDEX_SIZE }, in, out))
        return false;
    if (!encrypted)
        memcpy(out, body.data, *size);
    return true;
}

bool fm_srtcp_open(FmCrypto *crypto, const FmSrtpKeys *keys, FmSlice packet, uint8_t *out, size_t *size)
{
    const Profile *profile = find_profile(keys->profile);
    size_t tag = profile && is_gcm(profile) ? 16 : 10;
    if (!profile || packet.size < RTCP_HEADER + INDEX_SIZE + tag)
        return false;
    if (is_gcm(profile))
        return open_gcm_report(crypto, profile, &keys->rtcp, packet, out, size);
    FmSlice text = { packet.data, packet.size - tag };
    const uint8_t *index = text.data + text.size - INDEX_SIZE;
    FmSlice body = { packet.data + RTCP_HEADER, text.size - INDEX_SIZE - RTCP_HEADER };
    *size = body.size;
    if (!tag_fits(crypto, &keys->rtcp, text, NULL, 0, text.data + text.size, tag))
        return false;
    if (*index & ENCRYPTED)
        return decrypt(crypto, profile, &keys->rtcp, packet.data + 4, fm_be(index, 4) & 0x7fffffff, body, out);
    if (body.size)
        memcpy(out, body.data, body.size);
    return true;
}
