/* Keys of a session: which secrets were given for it, what its handshake derives from them, and what later sessions find of it. */
#include "config.h"

#include "dissectors/security/tls_session_keys.h"

#include <string.h>

#define MAX_TRANSCRIPT (256 * 1024) /* bytes of handshake messages that an extended master secret is made of */

TlsSecrets *tls_secrets_of(TlsState *s)
{
    if (!s->secrets)
        s->secrets = g_new0(TlsSecrets, 1);
    return s->secrets;
}

static void forget_bytes(GByteArray **bytes)
{
    if (*bytes)
        g_byte_array_unref(*bytes);
    *bytes = NULL;
}

void tls_secrets_free(TlsState *s)
{
    if (!s->secrets)
        return;
    forget_bytes(&s->secrets->messages);
    forget_bytes(&s->secrets->exchange);
    for (unsigned i = 0; i < 2; i++) {
        g_free(s->secrets->side[i].rc4);
        tls_inflater_free(s->secrets->side[i].inflater);
    }
    g_free(s->secrets);
    s->secrets = NULL;
}

bool tls_is_13(uint16_t version)
{
    return version == TLS_1_3 || version == TLS_DTLS_1_3;
}

bool tls_is_datagram(uint16_t version)
{
    return version >> 8 == 0xfe || version == TLS_DTLS_OPENSSL;
}

/* The TLS version that a DTLS version follows. */
static uint16_t base_version(uint16_t version)
{
    switch (version) {
    case TLS_DTLS_1_0: case TLS_DTLS_OPENSSL: return TLS_1_1;
    case TLS_DTLS_1_2: return TLS_1_2;
    case TLS_DTLS_1_3: return TLS_1_3;
    default: return version;
    }
}

void tls_side_renew(TlsKeySide *side)
{
    g_free(side->rc4);
    tls_inflater_free(side->inflater);
    *side = (TlsKeySide){ .told = side->told };
}

/* ---- master secrets of TLS 1.2 and before ---- */

static void take_master(TlsSecrets *k, FmSlice secret, TlsOpenedBy by)
{
    if (secret.size != FM_TLS_MASTER)
        return;
    memcpy(k->master, secret.data, FM_TLS_MASTER);
    k->has_master = true;
    k->by = (uint8_t)by;
}

static FmSlice after_length(FmSlice bytes, unsigned width)
{
    size_t size = bytes.size >= width ? (size_t)fm_be(bytes.data, width) : 0;
    return size <= bytes.size - MIN(width, bytes.size) && bytes.size >= width ? (FmSlice){ bytes.data + width, size } : (FmSlice){ NULL, 0 };
}

/* The RSA-encrypted premaster secret in a ClientKeyExchange. */
static FmSlice encrypted_premaster(const TlsState *s, const TlsSecrets *k)
{
    FmSlice body = { k->exchange->data, k->exchange->len };
    if (k->suite->exchange == FM_KX_RSA_PSK) { /* the identity first */
        FmSlice identity = after_length(body, 2);
        size_t used = identity.data ? 2 + identity.size : body.size;
        body = (FmSlice){ body.data + used, body.size - used };
    }
    FmSlice counted = after_length(body, 2);
    bool bare = s->version == TLS_SSL_3 || s->version == TLS_DTLS_OPENSSL; /* these have no length */
    return bare || !counted.data ? body : counted;
}

#define MAX_PREMASTER (2 + 256 + 2 + 256)

/* Premaster secret of a key exchange with a PSK (RFC 4279 2): the other secret, which is zeros where there is none, and the key. */
static size_t psk_premaster(FmSlice psk, const uint8_t *other, size_t other_size, uint8_t *out)
{
    size_t n = other ? other_size : psk.size, at = 0;
    if (psk.size > 256 || n > 256)
        return 0;
    out[at++] = (uint8_t)(n >> 8);
    out[at++] = (uint8_t)n;
    if (other)
        memcpy(out + at, other, n);
    else
        memset(out + at, 0, n);
    at += n;
    out[at++] = (uint8_t)(psk.size >> 8);
    out[at++] = (uint8_t)psk.size;
    memcpy(out + at, psk.data, psk.size);
    return at + psk.size;
}

static size_t rsa_premaster(FmSecrets *known, const TlsState *s, TlsSecrets *k, uint8_t *out, size_t room, TlsOpenedBy *by)
{
    FmSlice encrypted = encrypted_premaster(s, k), logged = { NULL, 0 };
    if (encrypted.size >= 8)
        logged = fm_secrets_find(known, FM_SECRET_RSA_PREMASTER, (FmSlice){ encrypted.data, 8 });
    if (logged.size && logged.size <= room) {
        memcpy(out, logged.data, logged.size);
        *by = TLS_OPENED_BY_PREMASTER;
        return logged.size;
    }
    *by = TLS_OPENED_BY_RSA;
    return k->key ? fm_rsa_decrypt(k->key, encrypted, out, room) : 0;
}

/* The premaster secret of the handshake at hand; 0 bytes if it cannot be known. */
static size_t find_premaster(FmSecrets *known, const TlsState *s, TlsSecrets *k, uint8_t *out, TlsOpenedBy *by)
{
    FmSlice logged = fm_secrets_find(known, FM_SECRET_PREMASTER, tls_random_of(s)), psk = fm_secrets_psk(known);
    if (logged.size) {
        memcpy(out, logged.data, logged.size);
        *by = TLS_OPENED_BY_PREMASTER;
        return logged.size;
    }
    if (!k->exchange)
        return 0;
    uint8_t rsa[256];
    size_t n;
    switch (k->suite->exchange) {
    case FM_KX_RSA: return rsa_premaster(known, s, k, out, FM_TLS_MASTER, by);
    case FM_KX_PSK: *by = TLS_OPENED_BY_PSK; return psk.size ? psk_premaster(psk, NULL, 0, out) : 0;
    case FM_KX_RSA_PSK:
        n = psk.size ? rsa_premaster(known, s, k, rsa, FM_TLS_MASTER, by) : 0;
        return n ? psk_premaster(psk, rsa, n, out) : 0;
    default: return 0;
    }
}

static FmSlice ticket_name(FmDissection *d, FmSlice ticket, uint8_t hash[32])
{
    fm_hash(fm_crypto(d), FM_SHA256, &ticket, 1, hash);
    return (FmSlice){ hash, 32 };
}

/* By the session that this one resumes. */
static void find_resumed(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k)
{
    uint8_t hash[32];
    if (s->ticket.size)
        take_master(k, fm_secrets_find(known, FM_SECRET_TICKET_MASTER, ticket_name(d, s->ticket, hash)), TLS_OPENED_BY_SESSION);
    if (!k->has_master && s->session_id_size)
        take_master(k, fm_secrets_find(known, FM_SECRET_SESSION_MASTER, (FmSlice){ s->session_id, s->session_id_size }),
                    TLS_OPENED_BY_SESSION);
}

/* Sessions that resume this one find its master secret by id or ticket. */
static void learn_session(FmDissection *d, FmSecrets *known, const TlsState *s, const TlsSecrets *k)
{
    FmSlice master = { k->master, FM_TLS_MASTER };
    uint8_t hash[32];
    if (s->session_id_size)
        fm_secrets_learn(known, FM_SECRET_SESSION_MASTER, (FmSlice){ s->session_id, s->session_id_size }, master);
    if (s->new_ticket.size)
        fm_secrets_learn(known, FM_SECRET_TICKET_MASTER, ticket_name(d, s->new_ticket, hash), master);
}

static TlsClosed why_no_master(FmSecrets *known, const TlsState *s, const TlsSecrets *k)
{
    if (s->resumed)
        return fm_secrets_has_log(known) ? TLS_CLOSED_NO_LINE : TLS_CLOSED_RESUMED;
    if (fm_secrets_has_log(known))
        return TLS_CLOSED_NO_LINE;
    if (fm_secrets_has_keys(known) && k->suite->exchange != FM_KX_RSA && k->suite->exchange != FM_KX_RSA_PSK)
        return TLS_CLOSED_EPHEMERAL;
    if (fm_secrets_has_keys(known) && k->has_certificate && !k->key)
        return TLS_CLOSED_OTHER_KEY;
    return fm_secrets_has_keys(known) || fm_secrets_psk(known).size ? TLS_CLOSED_WRONG_SECRET : TLS_CLOSED_NO_SECRETS;
}

static void find_master(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k)
{
    if (k->has_master)
        return;
    take_master(k, fm_secrets_find(known, FM_SECRET_MASTER, tls_random_of(s)), TLS_OPENED_BY_MASTER);
    if (!k->has_master && s->resumed)
        find_resumed(d, known, s, k);
    if (!k->has_master) {
        uint8_t premaster[MAX_PREMASTER];
        TlsOpenedBy by = TLS_OPENED_BY_NOTHING;
        size_t size = find_premaster(known, s, k, premaster, &by);
        bool extended = s->extended_master_secret;
        if (size && extended && k->messages)
            fm_tls_extended_master(fm_crypto(d), k->suite, k->version, (FmSlice){ premaster, size },
                                   (FmSlice){ k->messages->data, k->messages->len }, k->master);
        else if (size && !extended)
            fm_tls_master(fm_crypto(d), k->suite, k->version, (FmSlice){ premaster, size }, s->client_random, s->server_random, k->master);
        k->has_master = size && (!extended || k->messages);
        k->by = (uint8_t)by;
        if (k->has_master) /* for who writes it down */
            fm_secrets_learn(known, FM_SECRET_OWN_MASTER, tls_random_of(s), (FmSlice){ k->master, FM_TLS_MASTER });
    }
    if (!k->has_master) {
        k->closed = (uint8_t)why_no_master(known, s, k);
        return;
    }
    forget_bytes(&k->exchange);
    forget_bytes(&k->messages);
    learn_session(d, known, s, k);
}

/* Keys of both sides for the handshake at hand; NULL, and the reason in k->closed, if they cannot be known. */
FmTlsKeys *tls_handshake_keys(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k)
{
    if (k->next)
        return k->next;
    if (!s->has_client_random || !s->has_server_random || !k->suite) {
        k->closed = !s->has_client_random ? TLS_CLOSED_NO_HANDSHAKE : !s->has_server_random ? TLS_CLOSED_NO_SERVER_HELLO : TLS_CLOSED_SUITE;
        return NULL;
    }
    if (s->compression > TLS_DEFLATE || (s->compression && !tls_can_inflate())) {
        k->closed = TLS_CLOSED_COMPRESSED;
        return NULL;
    }
    find_master(d, known, s, k);
    if (!k->has_master)
        return NULL;
    if (!fm_cipher_available(fm_crypto(d), k->suite->cipher)) {
        k->closed = TLS_CLOSED_SUITE;
        return NULL;
    }
    k->next = fm_arena_alloc(fm_flow_arena(d->flow), 2 * sizeof(FmTlsKeys));
    fm_tls_key_block(fm_crypto(d), k->suite, k->version, k->master, s->client_random, s->server_random, s->encrypt_then_mac, k->next);
    return k->next;
}

/* ---- TLS 1.3 ---- */

static FmSecretKind traffic_secret(TlsRole role, uint32_t epoch)
{
    if (epoch == TLS_EPOCH_EARLY)
        return FM_SECRET_CLIENT_EARLY;
    if (epoch == TLS_EPOCH_HANDSHAKE)
        return role == TLS_CLIENT ? FM_SECRET_CLIENT_HANDSHAKE : FM_SECRET_SERVER_HANDSHAKE;
    return role == TLS_CLIENT ? FM_SECRET_CLIENT_APPLICATION : FM_SECRET_SERVER_APPLICATION;
}

TlsClosed tls_why_no_traffic_secret(FmSecrets *known, const TlsState *s, TlsRole role, uint32_t epoch)
{
    if (!fm_secrets_has_log(known))
        return fm_secrets_has_keys(known) ? TLS_CLOSED_EPHEMERAL : TLS_CLOSED_NO_SECRETS;
    bool handshake = fm_secrets_find(known, traffic_secret(role, TLS_EPOCH_HANDSHAKE), tls_random_of(s)).size > 0;
    bool application = fm_secrets_find(known, traffic_secret(role, TLS_EPOCH_APPLICATION), tls_random_of(s)).size > 0;
    if (!handshake && !application)
        return TLS_CLOSED_NO_LINE;
    return epoch == TLS_EPOCH_EARLY ? TLS_CLOSED_NO_EARLY_SECRET : epoch == TLS_EPOCH_HANDSHAKE ? TLS_CLOSED_NO_HANDSHAKE_SECRETS : TLS_CLOSED_HANDSHAKE_ONLY;
}

FmTlsKeys *tls_traffic_keys(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k, TlsRole role, uint32_t epoch)
{
    if (!s->has_client_random || !k->suite) {
        k->closed = !s->has_client_random ? TLS_CLOSED_NO_HANDSHAKE : !s->has_server_random ? TLS_CLOSED_NO_SERVER_HELLO : TLS_CLOSED_SUITE;
        return NULL;
    }
    FmSlice secret = fm_secrets_find(known, traffic_secret(role, epoch), tls_random_of(s));
    if (!secret.size) {
        k->closed = (uint8_t)tls_why_no_traffic_secret(known, s, role, epoch);
        return NULL;
    }
    FmTlsKeys keys;
    if (!fm_tls_traffic_keys(fm_crypto(d), k->suite, k->version, tls_is_datagram(s->version), secret, &keys) ||
        !fm_cipher_available(fm_crypto(d), k->suite->cipher)) {
        k->closed = fm_tls_is_13(k->version) ? TLS_CLOSED_WRONG_SECRET : TLS_CLOSED_SUITE;
        return NULL;
    }
    k->by = TLS_OPENED_BY_TRAFFIC;
    return fm_arena_copy(fm_flow_arena(d->flow), &keys, sizeof keys);
}

/* ---- what the handshake tells ---- */

/* Suites of TLS 1.3 in a ClientHello: early data may be under any of them. */
static void note_offer(TlsSecrets *k, FmSlice message)
{
    size_t at = 4 + 2 + TLS_RANDOM;
    k->offered_count = 0;
    if (message.size <= at || message.size < at + 1 + message.data[at] + 2u)
        return;
    at += 1 + message.data[at];
    FmSlice suites = after_length((FmSlice){ message.data + at, message.size - at }, 2);
    for (size_t i = 0; i + 2 <= suites.size && k->offered_count < TLS_MAX_OFFERED; i += 2) {
        uint16_t number = (uint16_t)fm_be(suites.data + i, 2);
        if (number >> 8 == 0x13)
            k->offered[k->offered_count++] = number;
    }
}

/* The version as the keys depend on it: 0x7f00 + n for draft n of TLS 1.3. */
static uint16_t exact_version(const TlsState *s)
{
    if (!s->draft)
        return base_version(s->version);
    return 0x7f00 | (s->draft & 0xff); /* 0xfb00 + n are the same in Facebook's numbers */
}

static void begin_handshake(FmDissection *d, TlsSecrets *k, FmSlice message)
{
    FmSecrets *known = fm_secrets(d);
    k->has_master = k->has_certificate = false;
    if (!k->verified)
        k->sent[TLS_CLIENT] = k->sent[TLS_SERVER] = 0;
    k->verified = false;
    k->next = NULL;
    k->media = NULL;
    k->media_asked = 0;
    k->key = NULL;
    k->suite = NULL;
    forget_bytes(&k->exchange);
    forget_bytes(&k->messages);
    if (known && (fm_secrets_has_keys(known) || fm_secrets_psk(known).size || fm_secrets_has_log(known)))
        k->messages = g_byte_array_new();
    note_offer(k, message);
}

/* The server's own certificate, the first of the list. */
static void note_certificate(FmDissection *d, const TlsState *s, TlsSecrets *k, FmSlice message)
{
    FmSecrets *known = fm_secrets(d);
    if (!known || !fm_secrets_has_keys(known) || tls_is_13(s->version) || message.size < 10)
        return;
    FmSlice certificate = after_length((FmSlice){ message.data + 7, message.size - 7 }, 3);
    k->has_certificate = certificate.data != NULL;
    if (k->has_certificate)
        k->key = fm_secrets_key_for(known, certificate);
}

/* Keeps a message for the extended master secret; of DTLS as if it had come in one fragment (RFC 6347 4.2.6). */
static void hash_message(const TlsState *s, TlsSecrets *k, TlsRole sender, FmSlice message)
{
    if (k->messages->len + message.size > MAX_TRANSCRIPT) {
        forget_bytes(&k->messages);
        return;
    }
    const uint8_t *m = message.data;
    const uint8_t fragment[] = { (uint8_t)(k->sent[sender] >> 8), (uint8_t)k->sent[sender], 0, 0, 0, m[1], m[2], m[3] };
    g_byte_array_append(k->messages, m, 4);
    if (tls_is_datagram(s->version))
        g_byte_array_append(k->messages, fragment, sizeof fragment);
    g_byte_array_append(k->messages, m + 4, (guint)message.size - 4);
}

void tls_keys_message(FmDissection *d, TlsState *s, TlsRole sender, unsigned type, FmSlice message)
{
    TlsSecrets *k = tls_secrets_of(s);
    FmSecrets *known = fm_secrets(d);
    if (type == TLS_HELLO_REQUEST || !known || message.size < 4)
        return;
    if (type == TLS_CLIENT_HELLO)
        begin_handshake(d, k, message);
    if (type == TLS_SERVER_HELLO) {
        k->suite = fm_suite(s->cipher_suite);
        k->version = exact_version(s);
        fm_secrets_note_session(known, s->client_random);
        k->next = NULL;
        if (tls_is_13(s->version))
            forget_bytes(&k->messages);
    }
    if (k->messages && type != TLS_FINISHED)
        hash_message(s, k, sender, message);
    k->sent[sender]++;
    if (type == TLS_HELLO_VERIFY_REQUEST)
        k->verified = true;
    if (type == TLS_CERTIFICATE && sender == TLS_SERVER)
        note_certificate(d, s, k, message);
    if (type == TLS_CLIENT_KEY_EXCHANGE && k->suite && message.size > 4 && !k->exchange) {
        k->exchange = g_byte_array_new();
        g_byte_array_append(k->exchange, message.data + 4, (guint)message.size - 4);
        find_master(d, known, s, k);
        forget_bytes(&k->messages);
    }
    if (type == TLS_NEW_SESSION_TICKET && !tls_is_13(s->version) && k->suite && s->has_server_random) {
        find_master(d, known, s, k);
        if (k->has_master)
            learn_session(d, known, s, k);
    }
}

void tls_keys_epoch(FmDissection *d, TlsState *s, TlsRole role)
{
    TlsSecrets *k = tls_secrets_of(s);
    TlsKeySide *side = &k->side[role];
    const FmTlsKeys *before = side->keys;
    uint32_t epoch = s->side[role].epoch;
    if (tls_is_datagram(s->version) && !tls_is_13(s->version))
        return; /* records tell */
    tls_side_renew(side);
    if (!tls_is_13(s->version) || epoch <= TLS_EPOCH_APPLICATION || !before)
        return;
    FmTlsKeys next;
    fm_tls_next_keys(fm_crypto(d), before, &next);
    side->keys = fm_arena_copy(fm_flow_arena(d->flow), &next, sizeof next);
}

/* ---- media (RFC 5764 §4.2) ---- */

static bool make_media_keys(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k, FmSrtpKeys keys[2])
{
    if (!tls_is_13(s->version))
        return tls_handshake_keys(d, known, s, k) && fm_srtp_from_master(fm_crypto(d), s->srtp_profile, k->suite, k->version, k->master,
                                                                        s->client_random, s->server_random, keys);
    FmSlice exporter = k->suite ? fm_secrets_find(known, FM_SECRET_EXPORTER, tls_random_of(s)) : (FmSlice){ NULL, 0 };
    k->closed = TLS_CLOSED_NO_LINE;
    return exporter.size && fm_srtp_from_exporter(fm_crypto(d), s->srtp_profile, k->suite, exporter, keys);
}

const FmSrtpKeys *tls_media_keys(FmDissection *d, uint8_t *closed)
{
    FmSecrets *known = fm_secrets(d);
    TlsState *s = known && fm_flow_met(d, &fm_tls_handshake) ? tls_state(d) : NULL;
    *closed = known ? TLS_CLOSED_NO_HANDSHAKE : TLS_CLOSED_NO_SECRETS;
    if (!s || !s->srtp_profile)
        return NULL;
    TlsSecrets *k = tls_secrets_of(s);
    uint64_t generation = 1 + fm_secrets_generation(known);
    if (!k->media && k->media_asked != generation) {
        FmSrtpKeys keys[2];
        k->media_asked = generation;
        if (make_media_keys(d, known, s, k, keys))
            k->media = fm_arena_copy(fm_flow_arena(d->flow), keys, sizeof keys);
    }
    *closed = k->media ? TLS_OPEN : k->closed;
    return k->media ? &k->media[tls_sender(d, s)] : NULL;
}
