/* Hostile plain text inside TLS: the parsers behind decryption get any bytes, in records whose MACs fit.
 *
 * Input: a byte that chooses the application protocol, then pieces: two bytes (the top bit: sent by the server; the next: a
 * handshake message instead of application data; 14 bits of length) and the bytes. The session is TLS 1.2 with a suite that protects
 * by a MAC alone, its master secret is given. */
#include "config.h"

#include <string.h>

#include "crypto/tls_keys.h"
#include "fuzz.h"
#include "visit.h"

enum { SUITE = 0x003b, TLS_1_2 = 0x0303, MAC_SIZE = 32, IP_TCP = 40, RECORD_HEADER = 5, MAX_PIECE = 0x3fff };

static const char *const protocols[] = { "http/1.1", "h2", "dot", "mqtt", "postgresql", "imap", "x-unknown" };
static const uint8_t zeros[FM_TLS_RANDOM];

typedef struct Session {
    GByteArray *bytes; /* of all frames, one after the other */
    size_t starts[FUZZ_MAX_FRAMES + 1];
    size_t count;
    uint32_t next[2];  /* TCP sequence numbers */
    uint64_t records[2];
    FmTlsKeys keys[2];
    FmCrypto *crypto;
} Session;

static void put_be(GByteArray *bytes, uint64_t value, unsigned width)
{
    for (unsigned i = width; i > 0; i--)
        g_byte_array_append(bytes, &(uint8_t){ (uint8_t)(value >> (8 * (i - 1))) }, 1);
}

static void put_segment(Session *s, unsigned side, const GByteArray *payload)
{
    if (s->count == FUZZ_MAX_FRAMES)
        return;
    GByteArray *b = s->bytes;
    s->starts[s->count++] = b->len;
    put_be(b, 0x4500, 2);
    put_be(b, IP_TCP + payload->len, 2);
    put_be(b, 0x0000400040060000, 8);
    put_be(b, side ? 0xc6336414 : 0xc000020a, 4);
    put_be(b, side ? 0xc000020a : 0xc6336414, 4);
    put_be(b, side ? 443 : 40000, 2);
    put_be(b, side ? 40000 : 443, 2);
    put_be(b, s->next[side], 4);
    put_be(b, s->next[!side], 4);
    put_be(b, 0x5018ffff00000000, 8);
    g_byte_array_append(b, payload->data, payload->len);
    s->next[side] += payload->len;
    s->starts[s->count] = b->len;
}

static void put_plain(Session *s, unsigned side, unsigned type, const GByteArray *content)
{
    g_autoptr(GByteArray) record = g_byte_array_new();
    put_be(record, type, 1);
    put_be(record, TLS_1_2, 2);
    put_be(record, content->len, 2);
    g_byte_array_append(record, content->data, content->len);
    put_segment(s, side, record);
}

static void put_protected(Session *s, unsigned side, unsigned type, const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) record = g_byte_array_new();
    uint8_t mac[FM_MAX_HASH];
    put_be(record, s->records[side]++, 8);
    put_be(record, type, 1);
    put_be(record, TLS_1_2, 2);
    put_be(record, size, 2);
    FmSlice header = { record->data, record->len };
    fm_hmac(s->crypto, FM_SHA256, (FmSlice){ s->keys[side].mac, MAC_SIZE }, (FmSlice[]){ header, { data, size } }, 2, mac);
    g_autoptr(GByteArray) wire = g_byte_array_new();
    put_be(wire, type, 1);
    put_be(wire, TLS_1_2, 2);
    put_be(wire, size + MAC_SIZE, 2);
    g_byte_array_append(wire, data, (guint)size);
    g_byte_array_append(wire, mac, MAC_SIZE);
    put_segment(s, side, wire);
}

static void put_hello(Session *s, unsigned side, const char *protocol)
{
    g_autoptr(GByteArray) hello = g_byte_array_new();
    size_t name = strlen(protocol), extension = 3 + name;
    put_be(hello, TLS_1_2, 2);
    g_byte_array_append(hello, zeros, sizeof zeros);
    put_be(hello, 0, 1); /* no session id */
    if (side == 0)
        put_be(hello, 2, 2);
    put_be(hello, SUITE, 2);
    put_be(hello, side == 0 ? 0x0100 : 0, side == 0 ? 2 : 1); /* no compression */
    put_be(hello, 4 + extension, 2);
    put_be(hello, 16, 2); /* ALPN */
    put_be(hello, extension, 2);
    put_be(hello, 1 + name, 2);
    put_be(hello, name, 1);
    g_byte_array_append(hello, (const uint8_t *)protocol, (guint)name);
    g_autoptr(GByteArray) message = g_byte_array_new();
    put_be(message, side == 0 ? 1 : 2, 1);
    put_be(message, hello->len, 3);
    g_byte_array_append(message, hello->data, hello->len);
    put_plain(s, side, 22, message);
}

static void put_session(Session *s, const uint8_t *data, size_t size)
{
    const char *protocol = protocols[data[0] % G_N_ELEMENTS(protocols)];
    g_autoptr(GByteArray) change = g_byte_array_new();
    put_be(change, 1, 1);
    for (unsigned side = 0; side < 2; side++)
        put_hello(s, side, protocol);
    for (unsigned side = 0; side < 2; side++)
        put_plain(s, side, 20, change);
    for (size_t at = 1; at + 2 <= size;) {
        unsigned side = data[at] >> 7, type = data[at] & 0x40 ? 22 : 23;
        size_t n = (size_t)(data[at] & 0x3f) << 8 | data[at + 1];
        at += 2;
        n = MIN(n, size - at);
        put_protected(s, side, type, data + at, n);
        at += n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    static FmSecrets *secrets; /* built once: nothing is learned from sessions without an id */
    uint8_t master[FM_TLS_MASTER] = { 1 };
    if (!secrets) {
        secrets = fm_secrets_new();
        fm_secrets_add(secrets, FM_SECRET_MASTER, (FmSlice){ zeros, sizeof zeros }, (FmSlice){ master, sizeof master });
    }
    Session s = { .bytes = g_byte_array_new(), .next = { 1, 1 }, .crypto = fm_crypto_new() };
    fm_tls_key_block(s.crypto, fm_suite(SUITE), TLS_1_2, master, zeros, zeros, false, s.keys);
    put_session(&s, data, size);
    FuzzFrames frames = { .count = s.count };
    for (size_t i = 0; i < s.count; i++) {
        uint32_t length = (uint32_t)(s.starts[i + 1] - s.starts[i]);
        frames.at[i] = (FmFrame){ .number = i + 1, .time = (FmTime)i * FM_SECOND, .data = s.bytes->data + s.starts[i], .captured = length,
                                  .length = length, .link_type = 101 };
    }
    fuzz_visit(&frames, secrets);
    fm_crypto_free(s.crypto);
    g_byte_array_unref(s.bytes);
    return 0;
}
