/* Opening TLS records: AEAD, CBC with the MAC before or after, stream ciphers. */
#include "config.h"

#include <string.h>

#include "crypto/tls_keys.h"

#define SSL_3 0x0300
#define TLS_1_1 0x0302
#define FIRST_DRAFT_WITH_HEADER 0x7f19 /* of TLS 1.3: whose records' headers are authenticated */
#define EXPLICIT_NONCE 8

static void put_be(uint8_t *out, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        out[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
}

#define WITH_ID 25

/* Sequence number, type, version and length: what MACs and AEADs of TLS 1.2 cover (RFC 5246 6.2.3). */
#define PSEUDO_HEADER 13
static void pseudo_header(const FmTlsRecord *record, size_t length, uint8_t *out)
{
    put_be(out, record->sequence, 8);
    out[8] = record->type;
    put_be(out + 9, record->version, 2);
    put_be(out + 11, length, 2);
}

/* The MAC of SSL 3.0 (RFC 6101 5.2.3.1). */
static void ssl3_mac(FmCrypto *crypto, const FmTlsKeys *keys, const FmTlsRecord *record, FmSlice text, uint8_t *out)
{
    FmHash hash = keys->suite->hash;
    size_t size = fm_hash_size(hash), pad_size = hash == FM_MD5 ? 48 : 40;
    uint8_t pad[48], header[11], inner[FM_MAX_HASH];
    put_be(header, record->sequence, 8);
    header[8] = record->type;
    put_be(header + 9, text.size, 2);
    memset(pad, 0x36, sizeof pad);
    fm_hash(crypto, hash, (FmSlice[]){ { keys->mac, size }, { pad, pad_size }, { header, sizeof header }, text }, 4, inner);
    memset(pad, 0x5c, sizeof pad);
    fm_hash(crypto, hash, (FmSlice[]){ { keys->mac, size }, { pad, pad_size }, { inner, size } }, 3, out);
}

static bool mac_fits(FmCrypto *crypto, const FmTlsKeys *keys, const FmTlsRecord *record, FmSlice text, const uint8_t *mac)
{
    uint8_t header[PSEUDO_HEADER], expected[FM_MAX_HASH];
    size_t size = fm_hash_size(keys->suite->hash);
    if (keys->version == SSL_3) {
        ssl3_mac(crypto, keys, record, text, expected);
    } else {
        pseudo_header(record, text.size, header);
        fm_hmac(crypto, keys->suite->hash, (FmSlice){ keys->mac, size }, (FmSlice[]){ { header, sizeof header }, text }, 2, expected);
    }
    return fm_crypto_equal(mac, expected, size);
}

/* Text with its MAC behind it. */
static bool split_mac(FmCrypto *crypto, const FmTlsKeys *keys, const FmTlsRecord *record, FmSlice bytes, FmSlice *plain)
{
    size_t mac = fm_hash_size(keys->suite->hash);
    if (bytes.size < mac)
        return false;
    *plain = (FmSlice){ bytes.data, bytes.size - mac };
    return mac_fits(crypto, keys, record, *plain, plain->data + plain->size);
}

static bool open_stream(FmCrypto *crypto, const FmTlsKeys *keys, const FmTlsRecord *record, uint8_t *out, FmSlice *plain)
{
    if (keys->suite->cipher == FM_CIPHER_NULL)
        memcpy(out, record->body.data, record->body.size);
    else if (record->rc4)
        fm_rc4_crypt(record->rc4, record->body.data, out, record->body.size);
    else
        return false;
    return split_mac(crypto, keys, record, (FmSlice){ out, record->body.size }, plain);
}

/* Bytes of padding and its length at the end of decrypted blocks; 0 if it is no padding. */
static size_t padding_size(const FmTlsKeys *keys, const uint8_t *text, size_t size)
{
    size_t padding = size ? text[size - 1] + 1u : 0;
    if (padding > size)
        return 0;
    for (size_t i = size - padding; keys->version != SSL_3 && i < size; i++)
        if (text[i] != text[size - 1])
            return 0;
    return padding;
}

static bool open_cbc(FmCrypto *crypto, const FmTlsKeys *keys, const FmTlsRecord *record, uint8_t *out, FmSlice *plain)
{
    FmSlice in = record->body;
    size_t block = fm_cipher_info(keys->suite->cipher)->block, mac = fm_hash_size(keys->suite->hash);
    if (keys->encrypt_then_mac) {
        if (in.size < mac)
            return false;
        in.size -= mac;
        if (!mac_fits(crypto, keys, record, in, in.data + in.size))
            return false;
    }
    const uint8_t *iv = record->iv ? record->iv : keys->iv;
    if (keys->version >= TLS_1_1) {
        if (in.size < block)
            return false;
        iv = in.data;
        in.data += block;
        in.size -= block;
    }
    if (!in.size || !fm_cbc_decrypt(crypto, keys->suite->cipher, keys->key, iv, in, out))
        return false;
    size_t padding = padding_size(keys, out, in.size);
    if (!padding)
        return false;
    FmSlice text = { out, in.size - padding };
    if (!keys->encrypt_then_mac)
        return split_mac(crypto, keys, record, text, plain);
    *plain = text;
    return true;
}

static void make_nonce(const FmTlsKeys *keys, uint64_t sequence, uint8_t *nonce)
{
    uint8_t number[8];
    put_be(number, sequence, 8);
    memcpy(nonce, keys->iv, FM_NONCE);
    for (unsigned i = 0; i < 8; i++)
        nonce[FM_NONCE - 8 + i] ^= number[i];
}

/* What an AEAD covers of a record with a connection id (RFC 9146 5.3). */
static size_t header_with_id(const FmTlsRecord *record, size_t length, uint8_t *out)
{
    size_t n = record->connection_id.size;
    memset(out, 0xff, 8);
    out[8] = out[10] = WITH_ID;
    out[9] = (uint8_t)n;
    put_be(out + 11, record->version, 2);
    put_be(out + 13, record->sequence, 8);
    memcpy(out + 21, record->connection_id.data, n);
    put_be(out + 21 + n, length, 2);
    return 23 + n;
}

/* The type stands behind the text, and zeros may follow (RFC 8446 5.2, RFC 9146 4). */
static bool take_inner_type(FmTlsRecord *record, FmSlice *plain)
{
    size_t size = plain->size;
    while (size && plain->data[size - 1] == 0)
        size--;
    if (!size)
        return false;
    record->type = plain->data[size - 1];
    plain->size = size - 1;
    return true;
}

static bool open_aead(FmCrypto *crypto, const FmTlsKeys *keys, FmTlsRecord *record, uint8_t *out, FmSlice *plain)
{
    FmSlice in = record->body;
    uint8_t nonce[FM_NONCE], header[23 + UINT8_MAX];
    size_t tag = fm_cipher_info(keys->suite->cipher)->tag, header_size = PSEUDO_HEADER;
    if (keys->suite->cipher == FM_CHACHA20_POLY1305) { /* RFC 7905: no nonce on the wire */
        make_nonce(keys, record->sequence, nonce);
    } else {
        if (in.size < EXPLICIT_NONCE)
            return false;
        memcpy(nonce, keys->iv, 4);
        memcpy(nonce + 4, in.data, EXPLICIT_NONCE);
        in.data += EXPLICIT_NONCE;
        in.size -= EXPLICIT_NONCE;
    }
    if (in.size < tag)
        return false;
    bool with_id = record->type == WITH_ID && record->connection_id.size && record->connection_id.size <= UINT8_MAX;
    if (with_id)
        header_size = header_with_id(record, in.size - tag, header);
    else
        pseudo_header(record, in.size - tag, header);
    *plain = (FmSlice){ out, in.size - tag };
    return fm_aead_open(crypto, keys->suite->cipher, keys->key, nonce, (FmSlice){ header, header_size }, in, out) &&
           (!with_id || take_inner_type(record, plain));
}

static bool open_13(FmCrypto *crypto, const FmTlsKeys *keys, FmTlsRecord *record, uint8_t *out, FmSlice *plain)
{
    uint8_t nonce[FM_NONCE], header[5];
    FmSlice aad = record->header;
    size_t tag = fm_cipher_info(keys->suite->cipher)->tag;
    if (record->body.size < tag)
        return false;
    if (!aad.size && (keys->version < 0x7f00 || keys->version >= FIRST_DRAFT_WITH_HEADER)) {
        header[0] = record->type;
        put_be(header + 1, record->version, 2);
        put_be(header + 3, record->body.size, 2);
        aad = (FmSlice){ header, sizeof header };
    }
    make_nonce(keys, record->sequence, nonce);
    if (!fm_aead_open(crypto, keys->suite->cipher, keys->key, nonce, aad, record->body, out))
        return false;
    *plain = (FmSlice){ out, record->body.size - tag };
    return take_inner_type(record, plain);
}

bool fm_tls_open(FmCrypto *crypto, const FmTlsKeys *keys, FmTlsRecord *record, uint8_t *out, FmSlice *plain)
{
    if (fm_tls_is_13(keys->version))
        return open_13(crypto, keys, record, out, plain);
    switch (fm_cipher_info(keys->suite->cipher)->mode) {
    case FM_MODE_AEAD: return open_aead(crypto, keys, record, out, plain);
    case FM_MODE_CBC: return open_cbc(crypto, keys, record, out, plain);
    default: return open_stream(crypto, keys, record, out, plain);
    }
}
