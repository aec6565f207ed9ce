/* SRTP by the vectors of RFC 3711 and RFC 7714. */
#include "config.h"

#include <string.h>

#include "crypto/srtp_keys.h"
#include "test.h"

static void check_hex(const char *name, const uint8_t *bytes, size_t size, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    TEST_TEXT(name, text->str, expected);
}

static FmSlice slice(const GByteArray *bytes)
{
    return (FmSlice){ bytes->data, bytes->len };
}

static void copy(uint8_t *out, const char *hex)
{
    GByteArray *bytes = test_bytes(hex);
    memcpy(out, bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

static void test_derivation(void) /* RFC 3711 B.3 */
{
    FmCrypto *crypto = fm_crypto_new();
    GByteArray *key = test_bytes("e1f97a0d3e018be0d64fa32c06de4139"), *salt = test_bytes("0ec675ad498afeebb6960b3aabe6");
    FmSrtpKeys keys;
    CU_ASSERT_FATAL(fm_srtp_keys(crypto, FM_SRTP_AES128_CM_SHA1_80, slice(key), slice(salt), &keys));
    check_hex("cipher key", keys.rtp.key, 16, "c61e7a93744f39ee10734afe3ff7a087");
    check_hex("salt", keys.rtp.salt, 14, "30cbbc08863d8c85d49db34a9ae1");
    check_hex("auth key", keys.rtp.auth, 20, "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
    CU_ASSERT_FALSE(fm_srtp_keys(crypto, FM_SRTP_AES128_GCM, slice(key), slice(salt), &keys));
    CU_ASSERT_FALSE(fm_srtp_keys(crypto, 0x0003, slice(key), slice(salt), &keys));
    g_byte_array_unref(key);
    g_byte_array_unref(salt);
    fm_crypto_free(crypto);
}

/* The key stream of RFC 3711 B.2, as a packet of zeros with an authentication tag. */
static void test_counter_mode(void)
{
    FmCrypto *crypto = fm_crypto_new();
    FmSrtpKeys keys = { .profile = FM_SRTP_AES128_CM_SHA1_80 };
    uint8_t packet[12 + 48 + 10] = { 0x80 }, out[sizeof packet], tag[FM_MAX_HASH], rollovers[4] = { 0 };
    size_t size;
    copy(keys.rtp.key, "2b7e151628aed2a6abf7158809cf4f3c");
    copy(keys.rtp.salt, "f0f1f2f3f4f5f6f7f8f9fafbfcfd");
    fm_hmac(crypto, FM_SHA1, (FmSlice){ keys.rtp.auth, FM_SRTP_AUTH }, (FmSlice[]){ { packet, 60 }, { rollovers, 4 } }, 2, tag);
    memcpy(packet + 60, tag, 10);
    CU_ASSERT_FATAL(fm_srtp_open(crypto, &keys, (FmSlice){ packet, sizeof packet }, 12, 0, out, &size));
    CU_ASSERT_EQUAL(size, 48);
    check_hex("key stream", out, size, "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0");
    CU_ASSERT_FALSE(fm_srtp_open(crypto, &keys, (FmSlice){ packet, sizeof packet }, 12, 1, out, &size));
    for (size_t n = 0; n < sizeof packet; n++)
        CU_ASSERT_FALSE(fm_srtp_open(crypto, &keys, (FmSlice){ packet, n }, 12, 0, out, &size));
    packet[20] ^= 1;
    CU_ASSERT_FALSE(fm_srtp_open(crypto, &keys, (FmSlice){ packet, sizeof packet }, 12, 0, out, &size));
    fm_crypto_free(crypto);
}

#define KEY "000102030405060708090a0b0c0d0e0f"
#define KEY_256 KEY "101112131415161718191a1b1c1d1e1f"
#define REPORT "4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef"

static const struct { /* RFC 7714 16, 17 */
    const char *name;
    unsigned profile;
    bool report;
    const char *key, *packet, *plain;
} gcm[] = {
    { "RTP, 128", FM_SRTP_AES128_GCM, false, KEY,
      "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
      "47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573" },
    { "RTP, 256", FM_SRTP_AES256_GCM, false, KEY_256,
      "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
      "47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573" },
    { "RTCP, 128", FM_SRTP_AES128_GCM, true, KEY,
      "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9"
      "eade800005d4",
      REPORT },
    { "RTCP, 256", FM_SRTP_AES256_GCM, true, KEY_256,
      "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26a"
      "c3be800005d4",
      REPORT },
    { "RTCP in the clear", FM_SRTP_AES128_GCM, true, KEY,
      "81c8000d4d617273" REPORT "841dd9683dd78ec92ae58790125f62b3000005d4", REPORT },
};

static bool open_packet(FmCrypto *crypto, const FmSrtpKeys *keys, bool report, FmSlice packet, uint8_t *out, size_t *size)
{
    return report ? fm_srtcp_open(crypto, keys, packet, out, size) : fm_srtp_open(crypto, keys, packet, 12, 0, out, size);
}

static void test_gcm(void)
{
    FmCrypto *crypto = fm_crypto_new();
    for (size_t i = 0; i < G_N_ELEMENTS(gcm); i++) {
        FmSrtpKeys keys = { .profile = (uint16_t)gcm[i].profile };
        GByteArray *packet = test_bytes(gcm[i].packet);
        uint8_t out[128];
        size_t size = 0;
        copy(keys.rtp.key, gcm[i].key);
        copy(keys.rtp.salt, "517569642070726f2071756f");
        keys.rtcp = keys.rtp;
        CU_ASSERT(open_packet(crypto, &keys, gcm[i].report, slice(packet), out, &size));
        check_hex(gcm[i].name, out, size, gcm[i].plain);
        for (unsigned n = 0; n < packet->len; n++) {
            CU_ASSERT_FALSE(open_packet(crypto, &keys, gcm[i].report, (FmSlice){ packet->data, n }, out, &size));
            packet->data[n] ^= 0x10;
            CU_ASSERT_FALSE(open_packet(crypto, &keys, gcm[i].report, slice(packet), out, &size));
            packet->data[n] ^= 0x10;
        }
        g_byte_array_unref(packet);
    }
    fm_crypto_free(crypto);
}

const TestSuite test_srtp_keys_suite = { "srtp_keys", TEST_CASES({ "derivation", test_derivation }, { "counter mode", test_counter_mode },
                                                                { "GCM", test_gcm }) };
