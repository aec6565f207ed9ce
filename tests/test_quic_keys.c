/* Packet protection of QUIC by the vectors of RFC 9001 and RFC 9369. */
#include "config.h"

#include <string.h>

#include "base/cursor.h"
#include "crypto/quic_keys.h"
#include "test.h"

#define MAX_PACKET 1500

typedef struct Run {
    FmCrypto *crypto;
    uint32_t version;
    FmQuicKeys keys[2]; /* client's, server's */
    unsigned packets;
} Run;

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

/* Takes off header protection, then opens: number, plain header, plaintext (zeros may follow), packet. */
static void check_packet(Run *run, const FmQuicKeys *keys, char **words)
{
    GByteArray *header = test_bytes(words[1]), *plain = test_bytes(words[2]), *wire = test_bytes(words[3]);
    uint64_t number = g_ascii_strtoull(words[0], NULL, 10);
    unsigned number_size = (header->data[0] & 3) + 1u, number_at = header->len - number_size;
    uint8_t mask[5], out[MAX_PACKET];
    CU_ASSERT(fm_quic_header_mask(run->crypto, keys, wire->data + number_at + 4, mask));
    GByteArray *opened = test_bytes(words[3]);
    opened->data[0] ^= mask[0] & (opened->data[0] & 0x80 ? 0x0f : 0x1f);
    for (unsigned i = 0; i < number_size; i++)
        opened->data[number_at + i] ^= mask[1 + i];
    check_hex("header", opened->data, header->len, words[1]);
    CU_ASSERT_EQUAL(fm_quic_packet_number(number - 1, fm_be(opened->data + number_at, number_size), number_size), number);
    FmSlice in = { wire->data + header->len, wire->len - header->len };
    if (fm_quic_open(run->crypto, keys, number, (FmSlice){ opened->data, header->len }, in, out)) {
        size_t size = in.size - FM_QUIC_TAG;
        check_hex("plaintext", out, plain->len, words[2]);
        for (size_t i = plain->len; i < size; i++)
            CU_ASSERT_EQUAL(out[i], 0);
    } else {
        CU_FAIL("a packet stays closed");
    }
    CU_ASSERT_FALSE(fm_quic_open(run->crypto, keys, number + 1, (FmSlice){ opened->data, header->len }, in, out));
    for (size_t n = 0; n < in.size; n += 1 + in.size / 50)
        CU_ASSERT_FALSE(fm_quic_open(run->crypto, keys, number, (FmSlice){ opened->data, header->len }, (FmSlice){ in.data, n }, out));
    GByteArray *const all[] = { header, plain, wire, opened };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_byte_array_unref(all[i]);
    run->packets++;
}

static void check_initial(Run *run, char **words)
{
    GByteArray *version = test_bytes(words[0]), *id = test_bytes(words[1]);
    run->version = (uint32_t)fm_be(version->data, 4);
    CU_ASSERT(fm_quic_initial_keys(run->crypto, run->version, slice(id), run->keys));
    g_byte_array_unref(version);
    g_byte_array_unref(id);
}

static void check_keys(const FmQuicKeys *keys, char **words)
{
    size_t size = fm_cipher_info(keys->suite->cipher)->key;
    check_hex("key", keys->key, size, words[0]);
    check_hex("iv", keys->iv, FM_NONCE, words[1]);
    check_hex("header key", keys->header, size, words[2]);
}

static void check_retry(Run *run, char **words)
{
    GByteArray *id = test_bytes(words[0]), *retry = test_bytes(words[1]);
    CU_ASSERT(fm_quic_retry_fits(run->crypto, run->version, slice(id), slice(retry)));
    for (unsigned n = 0; n < retry->len; n++)
        CU_ASSERT_FALSE(fm_quic_retry_fits(run->crypto, run->version, slice(id), (FmSlice){ retry->data, n }));
    id->data[0] ^= 1;
    CU_ASSERT_FALSE(fm_quic_retry_fits(run->crypto, run->version, slice(id), slice(retry)));
    g_byte_array_unref(id);
    g_byte_array_unref(retry);
}

static void check_chacha(Run *run, char **words)
{
    FmQuicKeys keys, next;
    GByteArray *secret = test_bytes(words[0]);
    CU_ASSERT_FATAL(fm_quic_keys(run->crypto, run->version, fm_suite(0x1303), slice(secret), &keys));
    check_keys(&keys, words + 1);
    fm_quic_next_keys(run->crypto, &keys, &next);
    check_hex("next secret", next.secret, 32, words[4]);
    CU_ASSERT(memcmp(next.header, keys.header, sizeof keys.header) == 0);
    check_packet(run, &keys, words + 5);
    CU_ASSERT_FALSE(fm_quic_keys(run->crypto, run->version, fm_suite(0x1302), slice(secret), &keys));
    CU_ASSERT_FALSE(fm_quic_keys(run->crypto, run->version, fm_suite(0x1305), slice(secret), &keys));
    g_byte_array_unref(secret);
}

static void test_vectors(void)
{
    g_autofree char *path = test_data_path("vectors/quic.txt"), *text = NULL;
    CU_ASSERT_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    Run run = { .crypto = fm_crypto_new() };
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = g_strsplit(*line, " ", -1);
        unsigned sender = words[0] && words[1] && strcmp(words[1], "server") == 0;
        if (!words[0])
            continue;
        if (strcmp(words[0], "initial") == 0)
            check_initial(&run, words + 1);
        else if (strcmp(words[0], "keys") == 0)
            check_keys(&run.keys[sender], words + 2);
        else if (strcmp(words[0], "packet") == 0)
            check_packet(&run, &run.keys[sender], words + 2);
        else if (strcmp(words[0], "retry") == 0)
            check_retry(&run, words + 1);
        else if (strcmp(words[0], "chacha") == 0)
            check_chacha(&run, words + 1);
    }
    CU_ASSERT_EQUAL(run.packets, 6);
    fm_crypto_free(run.crypto);
}

static void test_packet_numbers(void)
{
    static const struct {
        uint64_t largest, truncated;
        unsigned size;
        uint64_t expected;
    } cases[] = {
        { 0xa82f30ea, 0x9b32, 2, 0xa82f9b32 }, /* RFC 9000 A.3 */
        { UINT64_MAX, 0, 1, 0 }, { UINT64_MAX, 0x7f, 1, 0x7f }, { 0, 1, 1, 1 }, { 0xff, 0, 1, 0x100 },
        { 0x100, 0xff, 1, 0xff }, { 0x17f, 0xff, 1, 0x1ff }, { 0x180, 0x00, 1, 0x200 }, { 0xffffffff, 0, 4, UINT64_C(0x100000000) },
        { (UINT64_C(1) << 62) - 2, 0xff, 1, (UINT64_C(1) << 62) - 1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        CU_ASSERT_EQUAL(fm_quic_packet_number(cases[i].largest, cases[i].truncated, cases[i].size), cases[i].expected);
}

static void test_versions(void)
{
    static const uint8_t id[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    static const uint32_t known[] = { 1, 0xff000017, 0xff00001c, 0xff00001d, 0xff000022, 0x6b3343cf, 0x709a50c4 }, unknown[] = { 0, 2, 0xff000023, 0x0a0a0a0a };
    FmCrypto *crypto = fm_crypto_new();
    FmQuicKeys keys[2];
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        CU_ASSERT(fm_quic_initial_keys(crypto, known[i], (FmSlice){ id, sizeof id }, keys));
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        CU_ASSERT_FALSE(fm_quic_initial_keys(crypto, unknown[i], (FmSlice){ id, sizeof id }, keys));
    CU_ASSERT(fm_quic_initial_keys(crypto, 1, (FmSlice){ NULL, 0 }, keys));
    fm_crypto_free(crypto);
}

const TestSuite test_quic_keys_suite = { "quic_keys", TEST_CASES({ "vectors", test_vectors }, { "packet numbers", test_packet_numbers },
                                                                { "versions", test_versions }) };
