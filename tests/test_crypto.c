/* Ciphers, key derivation and TLS records, by the vectors of RFCs and standards. */
#include "config.h"

#include <string.h>

#include "base/cursor.h"
#include "crypto/derive.h"
#include "crypto/gcm.h"
#include "crypto/rc4.h"
#include "crypto/tls_keys.h"
#include "test.h"

static FmSlice slice(const GByteArray *bytes)
{
    return (FmSlice){ bytes->data, bytes->len };
}

static char *hex(const uint8_t *bytes, size_t size)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

/* The vectors that P_hash's authors agreed on ("test label"). */
static void test_prf(void)
{
    static const struct {
        const char *name;
        FmHash hash;
        const char *secret, *seed, *expected;
    } cases[] = {
        { "SHA-256", FM_SHA256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
          "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
          "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66" },
        { "SHA-384", FM_SHA384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
          "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd"
          "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6"
          "91c8f3a26854308d5eaa3be85e0990703d73e56f" },
    };
    FmCrypto *crypto = fm_crypto_new();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *secret = test_bytes(cases[i].secret), *seed = test_bytes(cases[i].seed);
        uint8_t out[256];
        size_t size = strlen(cases[i].expected) / 2;
        fm_tls_prf(crypto, cases[i].hash, slice(secret), "test label", slice(seed), (FmSlice){ NULL, 0 }, out, size);
        g_autofree char *got = hex(out, size);
        TEST_TEXT(cases[i].name, got, cases[i].expected);
        g_byte_array_unref(secret);
        g_byte_array_unref(seed);
    }
    fm_crypto_free(crypto);
}

static void test_hmac(void) /* RFC 2202, RFC 4231 */
{
    static const struct {
        const char *name;
        FmHash hash;
        const char *key, *text, *expected;
    } cases[] = {
        { "MD5", FM_MD5, "0b*16", "'Hi There'", "9294727a3638bb1c13f48ef8158bfc9d" },
        { "SHA-1", FM_SHA1, "0b*20", "'Hi There'", "b617318655057264e28bc0b6fb378c8ef146be00" },
        { "SHA-256", FM_SHA256, "'Jefe'", "'what do ya want for nothing?'", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { "SHA-256, long key", FM_SHA256, "aa*131", "'Test Using Larger Than Block-Size Key - Hash Key First'",
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
        { "SHA-384", FM_SHA384, "'Jefe'", "'what do ya want for nothing?'",
          "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
    };
    FmCrypto *crypto = fm_crypto_new();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *key = test_bytes(cases[i].key), *text = test_bytes(cases[i].text);
        uint8_t out[FM_MAX_HASH];
        fm_hmac(crypto, cases[i].hash, slice(key), &(FmSlice){ text->data, text->len }, 1, out);
        g_autofree char *got = hex(out, fm_hash_size(cases[i].hash));
        TEST_TEXT(cases[i].name, got, cases[i].expected);
        g_byte_array_unref(key);
        g_byte_array_unref(text);
    }
    fm_crypto_free(crypto);
}

/* Test case 4 of the GCM specification, by libcrypto's GCM and by ours. */
static void test_gcm(void)
{
    static const char plain[] = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
                                "ba637b39";
    FmCrypto *crypto = fm_crypto_new();
    GByteArray *key = test_bytes("feffe9928665731c6d6a8f9467308308"), *nonce = test_bytes("cafebabefacedbaddecaf888");
    GByteArray *aad = test_bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    GByteArray *in = test_bytes("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
                                "3d58e091 5bc94fbc3221a5db94fae95ae7121a47");
    uint8_t out[128];
    size_t size = in->len - 16;
    CU_ASSERT(fm_aead_open(crypto, FM_AES_128_GCM, key->data, nonce->data, slice(aad), slice(in), out));
    g_autofree char *theirs = hex(out, size);
    TEST_TEXT("libcrypto's", theirs, plain);
    memset(out, 0, sizeof out);
    CU_ASSERT(fm_gcm_open(crypto, FM_AES_128_ECB, key->data, nonce->data, slice(aad), slice(in), out));
    g_autofree char *ours = hex(out, size);
    TEST_TEXT("ours", ours, plain);
    for (unsigned i = 0; i < in->len; i += 7) {
        in->data[i] ^= 1;
        CU_ASSERT_FALSE(fm_aead_open(crypto, FM_AES_128_GCM, key->data, nonce->data, slice(aad), slice(in), out));
        CU_ASSERT_FALSE(fm_gcm_open(crypto, FM_AES_128_ECB, key->data, nonce->data, slice(aad), slice(in), out));
        in->data[i] ^= 1;
    }
    CU_ASSERT_FALSE(fm_gcm_open(crypto, FM_AES_128_ECB, key->data, nonce->data, slice(aad), (FmSlice){ in->data, 15 }, out));
    GByteArray *const all[] = { key, nonce, aad, in };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_byte_array_unref(all[i]);
    fm_crypto_free(crypto);
}

/* RFC 6229: key streams; and that a copy of the state goes on where the first was. */
static void test_rc4(void)
{
    static const uint8_t key[] = { 1, 2, 3, 4, 5 }, zeros[32];
    uint8_t out[32], again[16];
    FmRc4 rc4, later;
    fm_rc4_start(&rc4, key, sizeof key);
    fm_rc4_crypt(&rc4, zeros, out, 16);
    later = rc4;
    fm_rc4_crypt(&rc4, zeros, out + 16, 16);
    g_autofree char *got = hex(out, sizeof out);
    TEST_TEXT("40 bits", got, "b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919");
    fm_rc4_crypt(&later, zeros, again, sizeof again);
    CU_ASSERT(memcmp(again, out + 16, sizeof again) == 0);
}

typedef struct Sender {
    FmTlsKeys keys;
    uint64_t sequence;
} Sender;

static GByteArray *word(char **words, unsigned i)
{
    return test_bytes(words[i]);
}

static void set_keys(FmCrypto *crypto, Sender *sender, char **words)
{
    GByteArray *secret = word(words, 2);
    CU_ASSERT(fm_tls_traffic_keys(crypto, fm_suite(0x1301), 0x0304, false, slice(secret), &sender->keys));
    g_autofree char *key = hex(sender->keys.key, 16), *iv = hex(sender->keys.iv, 12);
    TEST_TEXT("key", key, words[3]);
    TEST_TEXT("iv", iv, words[4]);
    sender->sequence = 0;
    g_byte_array_unref(secret);
}

static void open_record(FmCrypto *crypto, Sender *sender, char **words)
{
    GByteArray *wire = word(words, 4);
    uint8_t out[1024];
    FmSlice plain;
    FmTlsRecord record = { .sequence = sender->sequence, .type = wire->data[0], .version = (uint16_t)fm_be(wire->data + 1, 2),
                           .body = { wire->data + 5, wire->len - 5 } };
    FmTlsRecord wrong = record;
    wrong.sequence++;
    CU_ASSERT_FALSE(fm_tls_open(crypto, &sender->keys, &wrong, out, &plain));
    if (fm_tls_open(crypto, &sender->keys, &record, out, &plain)) {
        g_autofree char *got = hex(plain.data, plain.size);
        TEST_TEXT(words[1], got, words[3]);
        CU_ASSERT_EQUAL(record.type, g_ascii_strtoull(words[2], NULL, 10));
    } else {
        CU_FAIL("a record of RFC 8448 stays closed");
    }
    for (size_t n = 0; n < record.body.size; n++) { /* cut at every byte */
        FmTlsRecord cut = { .sequence = sender->sequence, .type = wire->data[0], .version = 0x0303, .body = { wire->data + 5, n } };
        CU_ASSERT_FALSE(fm_tls_open(crypto, &sender->keys, &cut, out, &plain));
    }
    sender->sequence++;
    g_byte_array_unref(wire);
}

static void test_rfc_8448(void)
{
    g_autofree char *path = test_data_path("vectors/rfc8448.txt"), *text = NULL;
    unsigned records = 0;
    CU_ASSERT_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    FmCrypto *crypto = fm_crypto_new();
    Sender senders[2] = { 0 };
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = g_strsplit(*line, " ", -1);
        if (!words[0] || !words[1])
            continue;
        Sender *sender = &senders[strcmp(words[1], "server") == 0];
        if (strcmp(words[0], "keys") == 0)
            set_keys(crypto, sender, words);
        else if (strcmp(words[0], "record") == 0) {
            open_record(crypto, sender, words);
            records++;
        }
    }
    CU_ASSERT_EQUAL(records, 27);
    fm_crypto_free(crypto);
}

/* Suites that this libcrypto can open, of all that are in the table; and that no number stands twice. */
static void test_suites(void)
{
    FmCrypto *crypto = fm_crypto_new();
    unsigned count = 0;
    for (unsigned n = 0; n <= UINT16_MAX; n++) {
        const FmSuite *suite = fm_suite(n);
        if (!suite)
            continue;
        count++;
        CU_ASSERT_EQUAL(suite->number, n);
        bool may_lack = (suite->cipher >= FM_DES_CBC && suite->cipher <= FM_RC2_40_CBC) || suite->cipher == FM_IDEA_CBC || suite->cipher == FM_SEED_CBC;
        CU_ASSERT(may_lack || fm_cipher_available(crypto, suite->cipher));
        const FmCipherInfo *info = fm_cipher_info(suite->cipher);
        CU_ASSERT(info->mode == FM_MODE_AEAD || info->mode == FM_MODE_CBC || info->mode == FM_MODE_STREAM);
    }
    CU_ASSERT(count > 300);
    CU_ASSERT_PTR_NULL(fm_suite(0x0a0a));
    CU_ASSERT_EQUAL(fm_suite(0xc030)->cipher, FM_AES_256_GCM);
    CU_ASSERT_EQUAL(fm_suite_prf(fm_suite(0xc030)), FM_SHA384);
    CU_ASSERT_EQUAL(fm_suite_prf(fm_suite(0x002f)), FM_SHA256);
    fm_crypto_free(crypto);
}

const TestSuite test_crypto_suite = { "crypto", TEST_CASES({ "PRF of TLS 1.2", test_prf }, { "HMAC", test_hmac }, { "GCM", test_gcm },
                                                           { "RC4", test_rc4 }, { "records of RFC 8448", test_rfc_8448 },
                                                           { "suites", test_suites }) };
