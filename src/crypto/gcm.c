/* Galois/counter mode (NIST SP 800-38D) over any block cipher. */
#include "config.h"

#include "crypto/gcm.h"

#include <string.h>

#include "base/cursor.h"

#define TAG_SIZE 16

typedef struct Element { /* of GF(2^128), the first bit of the block on top */
    uint64_t high, low;
} Element;

typedef struct Ghash {
    Element table[16]; /* the key times every polynomial of degree 3 */
    Element sum;
} Ghash;

static Element halve(Element e)
{
    uint64_t carry = e.low & 1;
    return (Element){ e.high >> 1 ^ (carry ? UINT64_C(0xe1) << 56 : 0), e.low >> 1 | e.high << 63 };
}

static Element add(Element a, Element b)
{
    return (Element){ a.high ^ b.high, a.low ^ b.low };
}

static void start(Ghash *g, const uint8_t *h)
{
    g->sum = g->table[0] = (Element){ 0, 0 };
    g->table[8] = (Element){ fm_be(h, 8), fm_be(h + 8, 8) };
    for (unsigned i = 4; i; i >>= 1)
        g->table[i] = halve(g->table[i * 2]);
    for (unsigned i = 2; i < 16; i <<= 1)
        for (unsigned j = 1; j < i; j++)
            g->table[i + j] = add(g->table[i], g->table[j]);
}

static void add_block(Ghash *g, Element block)
{
    Element x = add(g->sum, block), z = { 0, 0 };
    for (unsigned i = 0; i < 32; i++) { /* nibbles, the last one first */
        unsigned nibble = (i < 16 ? x.low : x.high) >> (4 * (i % 16)) & 15;
        for (unsigned shift = 0; i && shift < 4; shift++)
            z = halve(z);
        z = add(z, g->table[nibble]);
    }
    g->sum = z;
}

static void add_bytes(Ghash *g, FmSlice bytes)
{
    for (size_t at = 0; at < bytes.size; at += 16) {
        uint8_t block[16] = { 0 };
        memcpy(block, bytes.data + at, MIN(bytes.size - at, sizeof block));
        add_block(g, (Element){ fm_be(block, 8), fm_be(block + 8, 8) });
    }
}

static bool key_stream(FmCrypto *crypto, FmCipher block, const uint8_t *key, const uint8_t *nonce, uint32_t counter, uint8_t *out)
{
    uint8_t in[16];
    memcpy(in, nonce, FM_NONCE);
    for (unsigned i = 0; i < 4; i++)
        in[FM_NONCE + i] = (uint8_t)(counter >> (24 - 8 * i));
    return fm_block_encrypt(crypto, block, key, in, out);
}

bool fm_gcm_open(FmCrypto *crypto, FmCipher block, const uint8_t *key, const uint8_t *nonce, FmSlice aad, FmSlice in, uint8_t *out)
{
    static const uint8_t zeros[16];
    uint8_t h[16], stream[16], tag[TAG_SIZE];
    Ghash ghash;
    if (in.size < TAG_SIZE || !fm_block_encrypt(crypto, block, key, zeros, h))
        return false;
    FmSlice text = { in.data, in.size - TAG_SIZE };
    start(&ghash, h);
    add_bytes(&ghash, aad);
    add_bytes(&ghash, text);
    add_block(&ghash, (Element){ (uint64_t)aad.size * 8, (uint64_t)text.size * 8 });
    if (!key_stream(crypto, block, key, nonce, 1, stream))
        return false;
    for (unsigned i = 0; i < TAG_SIZE; i++)
        tag[i] = (uint8_t)((i < 8 ? ghash.sum.high : ghash.sum.low) >> (56 - 8 * (i % 8))) ^ stream[i];
    if (!fm_crypto_equal(tag, text.data + text.size, TAG_SIZE))
        return false;
    for (size_t at = 0; at < text.size; at += 16) {
        if (!key_stream(crypto, block, key, nonce, (uint32_t)(at / 16) + 2, stream))
            return false;
        for (size_t i = 0; i < MIN(text.size - at, 16); i++)
            out[at + i] = text.data[at + i] ^ stream[i];
    }
    return true;
}
