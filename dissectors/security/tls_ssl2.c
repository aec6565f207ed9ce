/* SSL 2.0: records and handshake messages. */
#include "config.h"

#include "dissectors/security/tls_ssl2.h"

#include "dissectors/security/tls_handshake.h"
#include "dissectors/security/tls_numbers.h"
#include "dissectors/security/x509.h"

enum {
    RECORD, RECORD_VERSION, LENGTH, IS_ESCAPE, PADDING_LENGTH, TYPE, HELLO_VERSION, CIPHER_SPEC_LENGTH, SESSION_ID_LENGTH, CHALLENGE_LENGTH, CIPHER_SPECS,
    CIPHER_SPEC, SESSION_ID, CHALLENGE, SESSION_ID_HIT, CERT_TYPE, CERTIFICATE_LENGTH, CERTIFICATE, CONNECTION_ID_LENGTH, CONNECTION_ID,
    CLEAR_KEY_LENGTH, ENCRYPTED_KEY_LENGTH, KEY_ARG_LENGTH, CLEAR_KEY, ENCRYPTED_KEY, KEY_ARG,
};

enum { CLIENT_HELLO = 1, CLIENT_MASTER_KEY = 2, SERVER_HELLO = 4 };

static const FmName types[] = {
    { 0, 0, "Error" }, { CLIENT_HELLO, 0, "Client Hello" }, { CLIENT_MASTER_KEY, 0, "Client Master Key" }, { 3, 0, "Client Finished" },
    { SERVER_HELLO, 0, "Server Hello" }, { 5, 0, "Server Verify" }, { 6, 0, "Server Finished" }, { 7, 0, "Request Certificate" },
    { 8, 0, "Client Certificate" }, { 0, 0, NULL },
};

static const FmName specs[] = {
    { 0x010080, 0, "SSL2_RC4_128_WITH_MD5" }, { 0x020080, 0, "SSL2_RC4_128_EXPORT40_WITH_MD5" }, { 0x030080, 0, "SSL2_RC2_128_CBC_WITH_MD5" },
    { 0x040080, 0, "SSL2_RC2_128_CBC_EXPORT40_WITH_MD5" }, { 0x050080, 0, "SSL2_IDEA_128_CBC_WITH_MD5" },
    { 0x060040, 0, "SSL2_DES_64_CBC_WITH_MD5" }, { 0x0700c0, 0, "SSL2_DES_192_EDE3_CBC_WITH_MD5" }, { 0x080080, 0, "SSL2_RC4_64_WITH_MD5" },
    { 0, 0, NULL },
};

static const FmName certificates[] = { { 0, 0, "N/A" }, { 1, 0, "X.509 Certificate" }, { 0, 0, NULL } };

static const FmField fields[] = {
    [RECORD] = { "tls.record", "Record Layer", FM_NONE },
    [RECORD_VERSION] = { "tls.record.version", "Version", FM_UINT16, FM_HEX, .names = fm_tls_versions, .generated = true },
    [LENGTH] = { "tls.record.length", "Length", FM_UINT16, FM_DEC },
    [IS_ESCAPE] = { "tls.record.is_escape", "Is Escape", FM_BOOL8 },
    [PADDING_LENGTH] = { "tls.record.padding_length", "Padding Length", FM_UINT8, FM_DEC },
    [TYPE] = { "tls.handshake.type", "Handshake Message Type", FM_UINT8, FM_DEC, .names = types },
    [HELLO_VERSION] = { "tls.handshake.version", "Version", FM_UINT16, FM_HEX, .names = fm_tls_versions },
    [CIPHER_SPEC_LENGTH] = { "tls.handshake.cipher_spec_len", "Cipher Spec Length", FM_UINT16, FM_DEC },
    [SESSION_ID_LENGTH] = { "tls.handshake.session_id_length", "Session ID Length", FM_UINT16, FM_DEC },
    [CHALLENGE_LENGTH] = { "tls.handshake.challenge_length", "Challenge Length", FM_UINT16, FM_DEC },
    [CIPHER_SPECS] = { "tls.handshake.ciphersuites", "Cipher Suites", FM_NONE },
    [CIPHER_SPEC] = { "tls.handshake.cipherspec", "Cipher Spec", FM_UINT24, FM_HEX, .names = specs },
    [SESSION_ID] = { "tls.handshake.session_id", "Session ID", FM_BYTES },
    [CHALLENGE] = { "tls.handshake.challenge", "Challenge", FM_NONE },
    [SESSION_ID_HIT] = { "tls.handshake.session_id_hit", "Session ID Hit", FM_BOOL8 },
    [CERT_TYPE] = { "tls.handshake.cert_type", "Certificate Type", FM_UINT8, FM_DEC, .names = certificates },
    [CERTIFICATE_LENGTH] = { "tls.handshake.certificate_length", "Certificate Length", FM_UINT16, FM_DEC },
    [CERTIFICATE] = { "tls.handshake.certificate", "Certificate", FM_BYTES },
    [CONNECTION_ID_LENGTH] = { "tls.handshake.connection_id_length", "Connection ID Length", FM_UINT16, FM_DEC },
    [CONNECTION_ID] = { "tls.handshake.connection_id", "Connection ID", FM_NONE },
    [CLEAR_KEY_LENGTH] = { "tls.handshake.clear_key_length", "Clear Key Data Length", FM_UINT16, FM_DEC },
    [ENCRYPTED_KEY_LENGTH] = { "tls.handshake.encrypted_key_length", "Encrypted Key Data Length", FM_UINT16, FM_DEC },
    [KEY_ARG_LENGTH] = { "tls.handshake.key_arg_length", "Key Argument Length", FM_UINT16, FM_DEC },
    [CLEAR_KEY] = { "tls.handshake.clear_key_data", "Clear Key Data", FM_NONE },
    [ENCRYPTED_KEY] = { "tls.handshake.encrypted_key", "Encrypted Key", FM_NONE },
    [KEY_ARG] = { "tls.handshake.key_arg", "Key Argument", FM_NONE },
};

/* ---- what is one ---- */

uint64_t tls_ssl2_record(FmSlice b)
{
    if (b.size < 3)
        return FM_NEED_MORE;
    return b.data[0] & 0x80 ? 2 + (fm_be(b.data, 2) & 0x7fff) : 3 + (fm_be(b.data, 2) & 0x3fff);
}

static bool is_tls_version(uint64_t version)
{
    return version == TLS_SSL_2 || (version >= TLS_SSL_3 && version <= TLS_1_3);
}

uint64_t tls_ssl2_handshake(FmSlice b)
{
    if (b.size < SSL2_PEEK || !(b.data[0] & 0x80))
        return 0;
    uint64_t length = fm_be(b.data, 2) & 0x7fff, sum = 0, a = fm_be(b.data + 5, 2), e = fm_be(b.data + 7, 2), f = fm_be(b.data + 9, 2);
    switch (b.data[2]) {
    case CLIENT_HELLO: /* at least a cipher spec and a challenge of 16 to 32 bytes */
        if (is_tls_version(fm_be(b.data + 3, 2)) && a && a % 3 == 0 && (e == 0 || e == 16 || e == 32) && f >= 16 && f <= 32)
            sum = 9 + a + e + f;
        break;
    case CLIENT_MASTER_KEY: sum = (b.data[3] && b.data[3] <= 8) ? 10 + fm_be(b.data + 6, 2) + fm_be(b.data + 8, 2) : 0; break;
    case SERVER_HELLO: /* the last length is behind what is looked at */
        if (b.data[3] <= 1 && b.data[4] <= 1 && a == TLS_SSL_2 && f % 3 == 0 && 11 + e + f <= length && length <= 11 + e + f + 32)
            sum = length;
        break;
    default: break;
    }
    if (b.data[2] == CLIENT_MASTER_KEY && sum)
        sum = sum <= length && length <= sum + 32 ? length : 0; /* its key argument is at most a block */
    return sum && sum == length ? 2 + length : 0;
}

/* ---- messages ---- */

static void put_specs(FmDissection *d, FmCursor *c, uint64_t size)
{
    FmCursor list = fm_take(c, size);
    if (!fm_left(&list))
        return;
    FmSubtree tree = fm_open(d, CIPHER_SPECS, &list);
    fm_subtree_label(d, tree, "Cipher Specs (%u spec%s)", (unsigned)size / 3, size == 3 ? "" : "s");
    while (fm_left(&list) >= 3) {
        uint64_t spec = fm_add(d, CIPHER_SPEC, &list);
        const char *suite = spec <= UINT16_MAX ? fm_name(fm_tls_cipher_suites, spec) : NULL;
        if (suite)
            fm_label(d, CIPHER_SPEC, "Cipher Spec: %s (0x%06x)", suite, (unsigned)spec);
    }
    fm_close(d, tree, &list);
}

/* Bytes that are shown as a line without a value. */
static void put_opaque(FmDissection *d, unsigned row, FmCursor *c, uint64_t size)
{
    FmCursor part = fm_take(c, size);
    if (size && fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, fm_offset(&part), (uint32_t)fm_left(&part), part.buffer, 0, 0);
}

/* The challenge is the client's random, filled up in front with zeros. */
static void begin_handshake(FmDissection *d, TlsState *s, FmSlice challenge, FmSlice whole)
{
    memset(s->client_random, 0, TLS_RANDOM);
    if (challenge.size <= TLS_RANDOM && challenge.size)
        memcpy(s->client_random + TLS_RANDOM - challenge.size, challenge.data, challenge.size);
    s->has_client_random = true;
    s->knows_client = true;
    s->client = (uint8_t)fm_direction(d);
    s->offered_ems = s->offered_etm = s->offered_psk = s->early_data_offered = false;
    tls_keys_message(d, s, TLS_CLIENT, TLS_CLIENT_HELLO, whole);
}

static void put_client_hello(FmDissection *d, TlsState *s, FmCursor *c)
{
    FmSlice whole = { c->at - 1, fm_left(c) + 1 };
    uint64_t version = fm_add(d, HELLO_VERSION, c);
    uint64_t specs_size = fm_add(d, CIPHER_SPEC_LENGTH, c), id = fm_add(d, SESSION_ID_LENGTH, c), size = fm_add(d, CHALLENGE_LENGTH, c);
    put_specs(d, c, specs_size);
    if (id)
        fm_add_bytes(d, SESSION_ID, c, id);
    FmSlice challenge = { c->at, MIN(size, fm_left(c)) };
    put_opaque(d, CHALLENGE, c, size);
    if (s && fm_ok(d) && version != TLS_SSL_2)
        begin_handshake(d, s, challenge, whole);
}

static void put_server_hello(FmDissection *d, FmCursor *c)
{
    fm_add(d, SESSION_ID_HIT, c);
    fm_add(d, CERT_TYPE, c);
    fm_add(d, HELLO_VERSION, c);
    uint64_t certificate = fm_add(d, CERTIFICATE_LENGTH, c), size = fm_add(d, CIPHER_SPEC_LENGTH, c), id = fm_add(d, CONNECTION_ID_LENGTH, c);
    if (certificate) {
        FmCursor der = fm_take(c, certificate);
        FmSubtree inside = fm_open(d, CERTIFICATE, &der);
        if (d->want_labels)
            tls_label_certificate(d, inside, fm_rest(&der));
        x509_certificate(d, &der);
        fm_close(d, inside, &der);
    }
    put_specs(d, c, size);
    put_opaque(d, CONNECTION_ID, c, id);
}

static void put_master_key(FmDissection *d, FmCursor *c)
{
    fm_add(d, CIPHER_SPEC, c);
    uint64_t clear = fm_add(d, CLEAR_KEY_LENGTH, c), encrypted = fm_add(d, ENCRYPTED_KEY_LENGTH, c), argument = fm_add(d, KEY_ARG_LENGTH, c);
    put_opaque(d, CLEAR_KEY, c, clear);
    put_opaque(d, ENCRYPTED_KEY, c, encrypted);
    put_opaque(d, KEY_ARG, c, argument);
}

bool tls_ssl2_dissect(FmDissection *d, TlsState *s, bool encrypted, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_tls_ssl2);
    unsigned header = fm_peek(c, 0, 1) & 0x80 ? 2 : 3;
    uint64_t type = fm_peek(c, header, 1);
    const char *what = encrypted ? "Encrypted Data" : fm_name(types, type);
    fm_protocol_column(d, "SSLv2");
    tls_info(d, what);
    FmSubtree record = fm_open(d, RECORD, c);
    fm_subtree_label(d, record, "SSLv2 Record Layer: %s", what);
    fm_make(d, RECORD_VERSION, TLS_SSL_2);
    if (encrypted) {
        c->at = c->end;
    } else {
        fm_add_value(d, LENGTH, c, header, fm_peek(c, 0, 2) & 0x7fff);
        fm_skip(c, header);
        fm_add(d, TYPE, c);
        switch (type) {
        case CLIENT_HELLO: put_client_hello(d, s, c); break;
        case CLIENT_MASTER_KEY: put_master_key(d, c); break;
        default: put_server_hello(d, c); break;
        }
    }
    fm_close(d, record, c);
    fm_unuse(d, before);
    return encrypted || type != CLIENT_HELLO;
}

static void nothing(FmDissection *d, FmCursor *c)
{
    (void)d;
    (void)c;
}

const FmProtocol fm_tls_ssl2 = { .abbrev = "tls", .title = "SSL 2.0", FM_FIELDS(fields), .dissect = nothing, .part = true };
