/* Opening of protected records: which keys, which number, and why not.
 *
 * Keys are looked up and derived when they are first needed; those that come late (a key log that grows) are found then. A record's
 * memo has a pointer to its keys and its number: a replay needs no more. */
#include "config.h"

#include "dissectors/security/tls_decrypt.h"

#include <string.h>

#include "crypto/srtp_keys.h"
#include "crypto/tls_keys.h"
#include "dissectors/security/tls_handshake.h"
#include "dissectors/security/tls_compression.h"

enum { DECRYPT, CLOSED_BECAUSE, OPENED_BY };

static const FmField fields[] = {
    [DECRYPT] = { "fathom.tls", "Decryption", FM_NONE },
    [CLOSED_BECAUSE] = { "fathom.tls.closed_because", "Closed because", FM_STRING, .generated = true },
    [OPENED_BY] = { "fathom.tls.opened_by", "Opened by", FM_STRING, .generated = true },
};

static const char *const reasons[TLS_CLOSED_REASONS] = {
    [TLS_CLOSED_NO_SECRETS] = "no key log, private key or decryption secrets were given",
    [TLS_CLOSED_NO_LINE] = "the key log has no line for this client random",
    [TLS_CLOSED_NO_HANDSHAKE] = "the handshake was not captured",
    [TLS_CLOSED_NO_SERVER_HELLO] = "the server's hello was not captured",
    [TLS_CLOSED_HANDSHAKE_ONLY] = "the key log has the handshake's secrets of this session, but not those of its application data",
    [TLS_CLOSED_NO_HANDSHAKE_SECRETS] = "the key log has no handshake secrets of this session",
    [TLS_CLOSED_NO_EARLY_SECRET] = "the key log has no early traffic secret of this session",
    [TLS_CLOSED_EPHEMERAL] = "the key exchange is ephemeral: a private key does not open it, a key log does",
    [TLS_CLOSED_OTHER_KEY] = "no private key that was given belongs to the server's certificate",
    [TLS_CLOSED_RESUMED] = "resumed from a session that was not opened or not captured",
    [TLS_CLOSED_KEY_UPDATE] = "a key update was missed",
    [TLS_CLOSED_SUITE] = "the cipher suite is not known here",
    [TLS_CLOSED_WRONG_SECRET] = "the secrets that were found do not fit",
    [TLS_CLOSED_LOST] = "records before it were not captured",
    [TLS_CLOSED_CUT] = "the record was not captured whole",
    [TLS_CLOSED_COMPRESSED] = "the records are compressed",
};

static const char *const sources[TLS_OPENED_BY_SOURCES] = {
    [TLS_OPENED_BY_MASTER] = "a key log's master secret",
    [TLS_OPENED_BY_TRAFFIC] = "a key log's traffic secrets",
    [TLS_OPENED_BY_PREMASTER] = "a key log's premaster secret",
    [TLS_OPENED_BY_RSA] = "the server's private key",
    [TLS_OPENED_BY_PSK] = "the pre-shared key",
    [TLS_OPENED_BY_SESSION] = "the master secret of an earlier session",
};

const char *tls_closed_text(TlsClosed closed)
{
    return closed < TLS_CLOSED_REASONS ? reasons[closed] : NULL;
}

void tls_tell_opening(FmDissection *d, TlsClosed closed, TlsOpenedBy by)
{
    if (closed == TLS_OPEN && by == TLS_OPENED_BY_NOTHING)
        return;
    FmTableUse before = fm_use(d, &fm_tls_decrypt);
    if (closed != TLS_OPEN)
        fm_make_text(d, CLOSED_BECAUSE, reasons[closed]);
    else
        fm_make_text(d, OPENED_BY, sources[by]);
    fm_unuse(d, before);
}

/* ---- what belongs to a session ---- */

enum {
    DTLS_HEADER = 13,            /* without connection id, which stands before the length */
    MAX_TRANSCRIPT = 256 * 1024, /* bytes of handshake messages that an extended master secret is made of */
    MAX_OFFERED = 8,             /* suites of TLS 1.3 in a ClientHello, tried for early data */
    RETRIES = 16,                /* numbers tried after records that were not captured */
    MAX_RETRIES = 1024,          /* of one side, until a record opens */
    MAX_RC4_SKIP = 64 << 20,     /* bytes before the keys were known */
    TRIES_WITHOUT_SUCCESS = 4096, /* records that may fail before a side is given up: early data that was rejected comes first */
};

typedef struct Side {
    const FmTlsKeys *keys; /* of its epoch; NULL: not found yet */
    const FmTlsKeys *keys_before; /* DTLS: of the epoch before, for what comes late */
    uint32_t epoch;        /* DTLS before 1.3: that the keys are for */
    bool proven;           /* they opened something */
    bool told;             /* its source was */
    unsigned failures;     /* since they opened something */
    unsigned retries;
    uint64_t asked;        /* 1 + generation of the secrets when they were looked for in vain */
    uint8_t closed;        /* why: TlsClosed */
    uint8_t last_block[FM_MAX_BLOCK_SIZE]; /* CBC before TLS 1.1: of the record before */
    bool has_last_block;
    uint64_t bytes;        /* RC4: since the epoch began */
    uint64_t rc4_at;       /* how many of them the state is through */
    FmRc4 *rc4;
    TlsInflater *inflater; /* of compressed records; goes on with the next epoch's, anew */
    struct Unified {       /* DTLS 1.3: by the two bits of the epoch in a record's header */
        const FmTlsKeys *keys;
        uint64_t next;     /* number of the next record */
        uint32_t epoch;
    } unified[4];
} Side;

typedef struct TlsSecrets {
    const FmSuite *suite;
    uint16_t version;             /* as fm_tls_… take it, drafts too */
    bool has_master, has_keys;
    uint8_t by;                   /* TlsOpenedBy of the master secret */
    uint8_t closed;               /* TlsClosed: why there is none */
    uint8_t master[FM_TLS_MASTER];
    FmTlsKeys *next;              /* [2] by role: keys of the handshake at hand, in the flow's memory; TLS 1.2 and before */
    FmTlsKeys *early;             /* TLS 1.3: what opened early data */
    uint64_t early_sequence;
    uint16_t offered[MAX_OFFERED]; /* suites of TLS 1.3 */
    unsigned offered_count;
    GByteArray *messages;         /* of the handshake at hand, for an extended master secret; NULL: not needed */
    const FmRsaKey *key;          /* of the server's certificate */
    bool has_certificate;
    bool verified;                /* DTLS: after a HelloVerifyRequest, which does not count */
    uint16_t sent[2];             /* DTLS: handshake messages by role */
    const FmSrtpKeys *media;      /* [2] by role: of SRTP, in the flow's memory; NULL: not known yet */
    uint64_t media_asked;         /* 1 + generation of the secrets when they were looked for in vain */
    GByteArray *exchange;         /* the ClientKeyExchange's body, until a master secret is found */
    Side side[2];
} TlsSecrets;

static TlsSecrets *secrets_of(TlsState *s)
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

static bool is_13(uint16_t version)
{
    return version == TLS_1_3 || version == TLS_DTLS_1_3;
}

static bool is_datagram(uint16_t version)
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

static void new_epoch(Side *side)
{
    g_free(side->rc4);
    tls_inflater_free(side->inflater);
    *side = (Side){ .told = side->told };
}

/* ---- master secrets of TLS 1.2 and before ---- */

static FmSlice random_of(const TlsState *s)
{
    return (FmSlice){ s->client_random, TLS_RANDOM };
}

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
    FmSlice logged = fm_secrets_find(known, FM_SECRET_PREMASTER, random_of(s)), psk = fm_secrets_psk(known);
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
    take_master(k, fm_secrets_find(known, FM_SECRET_MASTER, random_of(s)), TLS_OPENED_BY_MASTER);
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
            fm_secrets_learn(known, FM_SECRET_OWN_MASTER, random_of(s), (FmSlice){ k->master, FM_TLS_MASTER });
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
static FmTlsKeys *keys_of_handshake(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k)
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

static TlsClosed why_no_traffic_secret(FmSecrets *known, const TlsState *s, TlsRole role, uint32_t epoch)
{
    if (!fm_secrets_has_log(known))
        return fm_secrets_has_keys(known) ? TLS_CLOSED_EPHEMERAL : TLS_CLOSED_NO_SECRETS;
    bool handshake = fm_secrets_find(known, traffic_secret(role, TLS_EPOCH_HANDSHAKE), random_of(s)).size > 0;
    bool application = fm_secrets_find(known, traffic_secret(role, TLS_EPOCH_APPLICATION), random_of(s)).size > 0;
    if (!handshake && !application)
        return TLS_CLOSED_NO_LINE;
    return epoch == TLS_EPOCH_EARLY ? TLS_CLOSED_NO_EARLY_SECRET : epoch == TLS_EPOCH_HANDSHAKE ? TLS_CLOSED_NO_HANDSHAKE_SECRETS : TLS_CLOSED_HANDSHAKE_ONLY;
}

static FmTlsKeys *traffic_keys(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k, TlsRole role, uint32_t epoch)
{
    if (!s->has_client_random || !k->suite) {
        k->closed = !s->has_client_random ? TLS_CLOSED_NO_HANDSHAKE : !s->has_server_random ? TLS_CLOSED_NO_SERVER_HELLO : TLS_CLOSED_SUITE;
        return NULL;
    }
    FmSlice secret = fm_secrets_find(known, traffic_secret(role, epoch), random_of(s));
    if (!secret.size) {
        k->closed = (uint8_t)why_no_traffic_secret(known, s, role, epoch);
        return NULL;
    }
    FmTlsKeys keys;
    if (!fm_tls_traffic_keys(fm_crypto(d), k->suite, k->version, is_datagram(s->version), secret, &keys) ||
        !fm_cipher_available(fm_crypto(d), k->suite->cipher)) {
        k->closed = fm_tls_is_13(k->version) ? TLS_CLOSED_WRONG_SECRET : TLS_CLOSED_SUITE;
        return NULL;
    }
    k->by = TLS_OPENED_BY_TRAFFIC;
    return fm_arena_copy(fm_flow_arena(d->flow), &keys, sizeof keys);
}

/* ---- one record ---- */

typedef struct Opening { /* what is tried on a record */
    FmDissection *d;
    TlsRecord *record;
    FmSlice body;
    uint8_t *room; /* of the body's size, in the packet's memory; NULL: not yet */
    FmSlice plain;
} Opening;

static bool try_keys(Opening *o, const FmTlsKeys *keys, uint64_t sequence, const void *iv)
{
    FmTlsRecord r = { .sequence = o->record->datagram ? o->record->sequence : sequence, .type = o->record->type,
                      .version = o->record->version, .body = o->body };
    if (r.type == TLS_CID && o->record->header.size > DTLS_HEADER)
        r.connection_id = (FmSlice){ o->record->header.data + DTLS_HEADER - 2, o->record->header.size - DTLS_HEADER };
    FmRc4 rc4;
    if (keys->suite->cipher == FM_RC4_128 || keys->suite->cipher == FM_RC4_40) {
        if (!iv)
            return false;
        rc4 = *(const FmRc4 *)iv;
        r.rc4 = &rc4;
    } else {
        r.iv = iv;
    }
    if (!o->room)
        o->room = fm_arena_alloc(o->d->arena, o->body.size);
    if (!fm_tls_open(fm_crypto(o->d), keys, &r, o->room, &o->plain))
        return false;
    o->record->type = r.type;
    return true;
}

/* What the opened record holds, uncompressed; kept for replays. */
static bool inflate_plain(Opening *o, Side *side, TlsOpening *memo)
{
    FmDissection *d = o->d;
    if (!side->inflater)
        side->inflater = tls_inflater_new();
    uint8_t *room = fm_arena_alloc(d->arena, TLS_MAX_PLAIN);
    size_t size;
    if (!tls_inflate(side->inflater, o->plain, room, &size))
        return false;
    o->plain = (FmSlice){ room, size };
    if (d->keeping) {
        FmSlice *kept = fm_arena_alloc(fm_flow_arena(d->flow), sizeof *kept);
        *kept = (FmSlice){ fm_arena_copy(fm_flow_arena(d->flow), room, size), size };
        memo->iv = kept;
        memo->inflated = true;
    }
    return true;
}

static bool show(Opening *o, FmCursor *body)
{
    FmTrouble *trouble = body->trouble;
    *body = fm_buffer(o->d, o->plain, "Decrypted TLS");
    body->trouble = trouble;
    return true;
}

/* What the record's cipher needs of the one before: RC4's state, or the last block of CBC before TLS 1.1. */
static const void *before_record(Side *side)
{
    const FmTlsKeys *keys = side->keys;
    if (keys->suite->cipher == FM_RC4_128 || keys->suite->cipher == FM_RC4_40) {
        if (!side->rc4) {
            side->rc4 = g_new(FmRc4, 1);
            fm_rc4_start(side->rc4, keys->key, fm_cipher_info(keys->suite->cipher)->key);
        }
        uint8_t skipped[1024];
        while (side->rc4_at < side->bytes && side->bytes - side->rc4_at <= MAX_RC4_SKIP) { /* over the records before */
            size_t n = (size_t)MIN(side->bytes - side->rc4_at, sizeof skipped);
            memset(skipped, 0, n);
            fm_rc4_crypt(side->rc4, skipped, skipped, n);
            side->rc4_at += n;
        }
        return side->rc4;
    }
    bool chained = keys->version < TLS_1_1 && fm_cipher_info(keys->suite->cipher)->mode == FM_MODE_CBC;
    return chained && side->has_last_block ? side->last_block : NULL;
}

static size_t before_size(const FmTlsKeys *keys)
{
    return fm_cipher_info(keys->suite->cipher)->mode == FM_MODE_CBC ? FM_MAX_BLOCK_SIZE : sizeof(FmRc4);
}

static void note_opened(FmDissection *d, TlsOpening *memo, const FmTlsKeys *keys, uint64_t sequence, const void *before)
{
    memo->keys = keys;
    memo->sequence = sequence;
    memo->iv = before && d->keeping ? fm_arena_copy(fm_flow_arena(d->flow), before, before_size(keys)) : NULL;
}

/* What the next record's cipher needs of this one. */
static void pass_record(Side *side, FmSlice body, uint64_t lost)
{
    side->bytes += body.size + lost;
    const FmTlsKeys *keys = side->keys;
    size_t block = keys ? fm_cipher_info(keys->suite->cipher)->block : FM_MAX_BLOCK_SIZE;
    size_t mac = keys && keys->encrypt_then_mac ? fm_hash_size(keys->suite->hash) : 0;
    side->has_last_block = !lost && body.size >= block + mac;
    if (side->has_last_block && block == FM_MAX_BLOCK_SIZE) /* as is usual: its size is known to the compiler */
        memcpy(side->last_block, body.data + body.size - mac - FM_MAX_BLOCK_SIZE, FM_MAX_BLOCK_SIZE);
    else if (side->has_last_block)
        memcpy(side->last_block, body.data + body.size - mac - block, block);
}

/* ---- TLS 1.2 and before: numbers are counted, whatever opens ---- */

static bool open_counted(Opening *o, Side *side, TlsSide *at, TlsOpening *memo)
{
    const void *before = before_record(side);
    uint64_t sequence = at->sequence++;
    if (try_keys(o, side->keys, sequence, before)) {
        note_opened(o->d, memo, side->keys, sequence, before);
        return true;
    }
    for (unsigned i = 1; i <= RETRIES && side->proven && !o->record->datagram && side->retries < MAX_RETRIES; i++, side->retries++)
        if (try_keys(o, side->keys, sequence + i, before)) {
            at->sequence = sequence + i + 1;
            note_opened(o->d, memo, side->keys, sequence + i, before);
            return true;
        }
    return false;
}

/* ---- TLS 1.3: a number counts when its record opens, so that what other keys protect does not disturb ---- */

static bool open_with(Opening *o, TlsOpening *memo, const FmTlsKeys *keys, uint64_t sequence)
{
    if (!try_keys(o, keys, sequence, NULL))
        return false;
    note_opened(o->d, memo, keys, sequence, NULL);
    return true;
}

/* The first early record shows which of the offered suites the session before had chosen. */
static bool open_early(Opening *o, FmSecrets *known, TlsState *s, TlsSecrets *k, TlsOpening *memo)
{
    if (k->early) {
        if (!open_with(o, memo, k->early, k->early_sequence))
            return false;
        k->early_sequence++;
        return true;
    }
    FmSlice secret = fm_secrets_find(known, FM_SECRET_CLIENT_EARLY, random_of(s));
    for (unsigned i = 0; secret.size && i < k->offered_count; i++) {
        FmTlsKeys keys;
        const FmSuite *suite = fm_suite(k->offered[i]);
        uint16_t version = k->version && fm_tls_is_13(k->version) ? k->version : TLS_1_3;
        if (!suite || !fm_tls_traffic_keys(fm_crypto(o->d), suite, version, is_datagram(s->version), secret, &keys) ||
            !fm_cipher_available(fm_crypto(o->d), suite->cipher))
            continue;
        if (try_keys(o, &keys, 0, NULL)) {
            k->early = fm_arena_copy(fm_flow_arena(o->d->flow), &keys, sizeof keys);
            k->early_sequence = 1;
            k->by = TLS_OPENED_BY_TRAFFIC;
            note_opened(o->d, memo, k->early, 0, NULL);
            return true;
        }
    }
    return false;
}

bool tls_keys_early(FmDissection *d, const TlsState *s)
{
    FmSecrets *known = fm_secrets(d);
    return known && !s->version_agreed && s->early_data_offered && fm_secrets_find(known, FM_SECRET_CLIENT_EARLY, random_of(s)).size;
}

/* Other keys, and other numbers, that may be meant where those at hand fail. */
static bool open_otherwise(Opening *o, FmSecrets *known, TlsState *s, TlsSecrets *k, TlsRole role, TlsOpening *memo)
{
    Side *side = &k->side[role];
    TlsSide *at = &s->side[role];
    FmDissection *d = o->d;
    if (at->epoch == TLS_EPOCH_HANDSHAKE && role == TLS_CLIENT && !side->proven && s->early_data_offered && open_early(o, known, s, k, memo))
        return true;
    if (at->epoch < TLS_EPOCH_APPLICATION) { /* the message that ends the epoch was not seen */
        FmTlsKeys *later = traffic_keys(d, known, s, k, role, at->epoch + 1);
        if (later && open_with(o, memo, later, 0)) {
            new_epoch(side);
            side->keys = later;
            at->epoch++;
            at->sequence = 1;
            return true;
        }
        return false;
    }
    if (!side->proven || side->retries >= MAX_RETRIES)
        return false;
    for (unsigned i = 1; i <= RETRIES; i++, side->retries++)
        if (open_with(o, memo, side->keys, at->sequence + i)) {
            at->sequence += i + 1;
            return true;
        }
    FmTlsKeys next;
    fm_tls_next_keys(fm_crypto(d), side->keys, &next);
    for (unsigned i = 0; i < RETRIES; i++, side->retries++)
        if (try_keys(o, &next, i, NULL)) {
            side->keys = fm_arena_copy(fm_flow_arena(d->flow), &next, sizeof next);
            note_opened(d, memo, side->keys, i, NULL);
            at->epoch++;
            at->sequence = i + 1;
            return true;
        }
    return false;
}

static bool open_13(Opening *o, FmSecrets *known, TlsState *s, TlsSecrets *k, TlsRole role, TlsOpening *memo)
{
    Side *side = &k->side[role];
    TlsSide *at = &s->side[role];
    if (at->epoch == TLS_EPOCH_EARLY && open_early(o, known, s, k, memo))
        return true;
    if (side->keys && open_with(o, memo, side->keys, at->sequence)) {
        at->sequence++;
        return true;
    }
    return s->has_server_random && k->suite && open_otherwise(o, known, s, k, role, memo);
}

/* ---- DTLS 1.3: two bits of the epoch and the end of the number stand in the record ---- */

enum { MAX_UNIFIED = 1 + UINT8_MAX + 4 };

/* `expected`: the number is the one nearest to it that ends as the record says. */
static bool try_unified(Opening *o, const FmTlsKeys *keys, uint64_t expected, uint64_t *sequence)
{
    const TlsRecord *record = o->record;
    uint8_t mask[FM_TLS_SAMPLE], header[MAX_UNIFIED];
    size_t size = record->header.size;
    if (size > sizeof header || o->body.size < FM_TLS_SAMPLE || !fm_tls_number_mask(fm_crypto(o->d), keys, o->body.data, mask))
        return false;
    memcpy(header, record->header.data, size);
    for (unsigned i = 0; i < record->number_size; i++)
        header[record->number_at + i] ^= mask[i];
    uint64_t span = UINT64_C(1) << 8 * record->number_size, low = fm_be(header + record->number_at, record->number_size);
    uint64_t near = (expected & ~(span - 1)) | low;
    if (near + span / 2 < expected)
        near += span;
    else if (near > expected + span / 2 && near >= span)
        near -= span;
    *sequence = near;
    FmTlsRecord r = { .sequence = near, .type = TLS_APPLICATION_DATA, .header = { header, size }, .body = o->body };
    if (!o->room)
        o->room = fm_arena_alloc(o->d->arena, o->body.size);
    if (!fm_tls_open(fm_crypto(o->d), keys, &r, o->room, &o->plain))
        return false;
    o->record->type = r.type;
    return true;
}

static bool open_epoch(Opening *o, Side *side, struct Unified *u, const FmTlsKeys *keys, uint32_t epoch, TlsOpening *memo)
{
    uint64_t sequence, expected = u->keys == keys ? u->next : 0;
    if (!try_unified(o, keys, expected, &sequence))
        return false;
    if (u->keys != keys)
        *u = (struct Unified){ keys, 0, epoch };
    u->next = MAX(u->next, sequence + 1);
    side->keys = keys;
    note_opened(o->d, memo, keys, sequence, NULL);
    return true;
}

/* Keys of an epoch that begins: of its secret, or of the keys before. NULL if they cannot be known. */
static const FmTlsKeys *begin_unified(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k, TlsRole role, uint32_t epoch)
{
    if (epoch <= TLS_EPOCH_APPLICATION)
        return traffic_keys(d, known, s, k, role, epoch);
    const struct Unified *last = &k->side[role].unified[(epoch - 1) & 3];
    k->closed = TLS_CLOSED_KEY_UPDATE;
    if (!last->keys || last->epoch != epoch - 1)
        return NULL;
    FmTlsKeys next;
    fm_tls_next_keys(fm_crypto(d), last->keys, &next);
    return fm_arena_copy(fm_flow_arena(d->flow), &next, sizeof next);
}

static bool open_unified(Opening *o, FmSecrets *known, TlsState *s, TlsSecrets *k, TlsRole role, TlsOpening *memo)
{
    Side *side = &k->side[role];
    unsigned bits = o->record->header.data[0] & 3;
    struct Unified *u = &side->unified[bits];
    if (u->keys && open_epoch(o, side, u, u->keys, u->epoch, memo))
        return true;
    uint32_t epoch = u->keys ? u->epoch + 4 : bits ? bits : 4;
    uint64_t generation = 1 + fm_secrets_generation(known);
    if (epoch <= TLS_EPOCH_APPLICATION && side->asked == generation && !side->keys)
        return false;
    const FmTlsKeys *keys = begin_unified(o->d, known, s, k, role, epoch);
    side->asked = keys ? 0 : generation;
    if (!keys && !u->keys)
        side->closed = k->closed;
    side->keys = keys ? keys : u->keys;
    return keys && open_epoch(o, side, u, keys, epoch, memo);
}

/* ---- what is tried, and what is told ---- */

/* Keys for the side's epoch, if they are known by now. */
static void find_keys(FmDissection *d, FmSecrets *known, TlsState *s, TlsSecrets *k, TlsRole role, uint32_t epoch)
{
    Side *side = &k->side[role];
    if (side->keys)
        return;
    uint64_t generation = 1 + fm_secrets_generation(known);
    if (side->asked == generation)
        return;
    side->asked = generation;
    if (tls_has_stages(s)) {
        if (epoch > TLS_EPOCH_EARLY && epoch <= TLS_EPOCH_APPLICATION)
            side->keys = traffic_keys(d, known, s, k, role, epoch);
        else
            k->closed = epoch > TLS_EPOCH_APPLICATION ? TLS_CLOSED_KEY_UPDATE : !s->has_client_random ? TLS_CLOSED_NO_HANDSHAKE
                        : (uint8_t)why_no_traffic_secret(known, s, role, epoch);
    } else if (epoch > 0) {
        const FmTlsKeys *keys = keys_of_handshake(d, known, s, k);
        side->keys = keys ? &keys[role] : NULL;
    } else {
        k->closed = s->has_client_random && s->has_server_random ? TLS_CLOSED_LOST : TLS_CLOSED_NO_HANDSHAKE;
    }
    side->closed = side->keys ? TLS_OPEN : k->closed;
}

/* DTLS records tell their epoch: a ChangeCipherSpec may be lost, or come after what it protects. */
static void enter_epoch(Side *side, uint32_t epoch)
{
    if (epoch <= side->epoch)
        return;
    const FmTlsKeys *before = side->keys;
    new_epoch(side);
    side->keys_before = before;
    side->epoch = epoch;
}

/* OpenSSL before 0.9.8f computed the MAC as in TLS 1.0, without the epoch. */
static bool try_datagram(Opening *o, const FmTlsKeys *keys)
{
    if (try_keys(o, keys, 0, NULL))
        return true;
    if (o->record->version != TLS_DTLS_OPENSSL)
        return false;
    TlsRecord *record = o->record, old = *record;
    old.sequence &= (UINT64_C(1) << 48) - 1;
    old.version = TLS_1_0;
    o->record = &old;
    bool opened = try_keys(o, keys, 0, NULL);
    o->record = record;
    return opened;
}

static bool open_datagram(Opening *o, Side *side, uint32_t epoch, TlsOpening *memo)
{
    const FmTlsKeys *keys = epoch == side->epoch ? side->keys : epoch + 1 == side->epoch ? side->keys_before : NULL;
    if (!keys || !try_datagram(o, keys))
        return false;
    note_opened(o->d, memo, keys, 0, NULL);
    return true;
}

static TlsClosed why_failed(const TlsState *s, const Side *side, const FmCursor *body)
{
    if (body->lost)
        return TLS_CLOSED_CUT;
    if (!side->keys)
        return (TlsClosed)side->closed;
    if (!side->proven)
        return TLS_CLOSED_WRONG_SECRET;
    return is_13(s->version) ? TLS_CLOSED_KEY_UPDATE : TLS_CLOSED_LOST;
}

static bool open_first(FmDissection *d, FmSecrets *known, TlsState *s, TlsOpening *memo, TlsRecord *record, FmCursor *body)
{
    TlsSecrets *k = secrets_of(s);
    TlsRole role = tls_sender(d, s);
    Side *side = &k->side[role];
    Opening o = { d, record, fm_rest(body), NULL, { NULL, 0 } };
    bool opened = false;
    bool new_tls = tls_has_stages(s), datagram = record->datagram && !new_tls;
    uint32_t epoch = datagram ? (uint32_t)(record->sequence >> 48) : s->side[role].epoch;
    if (datagram)
        enter_epoch(side, epoch);
    if (!record->number_size)
        find_keys(d, known, s, k, role, epoch);
    bool hopeless = side->failures > TRIES_WITHOUT_SUCCESS || body->lost;
    if (record->number_size)
        opened = !hopeless && open_unified(&o, known, s, k, role, memo);
    else if (new_tls)
        opened = !hopeless && open_13(&o, known, s, k, role, memo);
    else if (datagram)
        opened = !hopeless && open_datagram(&o, side, epoch, memo);
    else if (side->keys && !hopeless)
        opened = open_counted(&o, side, &s->side[role], memo);
    else
        s->side[role].sequence++;
    if (new_tls && body->lost)
        s->side[role].sequence++;
    pass_record(side, o.body, body->lost);
    bool good = opened && (s->compression == 0 || new_tls || inflate_plain(&o, side, memo));
    if (!good) {
        side->failures++;
        memo->keys = NULL;
        memo->closed = (uint8_t)(opened ? TLS_CLOSED_COMPRESSED : why_failed(s, side, body));
        return false;
    }
    side->proven |= memo->keys == side->keys;
    side->failures = side->retries = 0;
    memo->by = side->told ? 0 : k->by;
    side->told = true;
    return show(&o, body);
}

bool tls_open_record(FmDissection *d, TlsState *s, TlsOpening *memo, TlsRecord *record, FmCursor *body)
{
    bool opened = false;
    if (s && fm_secrets(d)) {
        opened = open_first(d, fm_secrets(d), s, memo, record, body);
    } else if (s) {
        s->side[tls_sender(d, s)].sequence++;
        memo->closed = TLS_CLOSED_NO_SECRETS;
    } else if (memo->keys) {
        Opening o = { d, record, fm_rest(body), NULL, { NULL, 0 } };
        if (memo->inflated)
            o.plain = *(const FmSlice *)memo->iv;
        uint64_t sequence;
        if (record->number_size)
            opened = try_unified(&o, memo->keys, memo->sequence, &sequence) && show(&o, body);
        else if (record->datagram && !memo->inflated)
            opened = try_datagram(&o, memo->keys) && show(&o, body);
        else
            opened = (memo->inflated || try_keys(&o, memo->keys, memo->sequence, memo->iv)) && show(&o, body);
    }
    tls_tell_opening(d, (TlsClosed)memo->closed, (TlsOpenedBy)memo->by);
    return opened;
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
    for (size_t i = 0; i + 2 <= suites.size && k->offered_count < MAX_OFFERED; i += 2) {
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
    if (!known || !fm_secrets_has_keys(known) || is_13(s->version) || message.size < 10)
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
    if (is_datagram(s->version))
        g_byte_array_append(k->messages, fragment, sizeof fragment);
    g_byte_array_append(k->messages, m + 4, (guint)message.size - 4);
}

void tls_keys_message(FmDissection *d, TlsState *s, TlsRole sender, unsigned type, FmSlice message)
{
    TlsSecrets *k = secrets_of(s);
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
        if (is_13(s->version))
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
    if (type == TLS_NEW_SESSION_TICKET && !is_13(s->version) && k->suite && s->has_server_random) {
        find_master(d, known, s, k);
        if (k->has_master)
            learn_session(d, known, s, k);
    }
}

void tls_keys_epoch(FmDissection *d, TlsState *s, TlsRole role)
{
    TlsSecrets *k = secrets_of(s);
    Side *side = &k->side[role];
    const FmTlsKeys *before = side->keys;
    uint32_t epoch = s->side[role].epoch;
    if (is_datagram(s->version) && !is_13(s->version))
        return; /* records tell */
    new_epoch(side);
    if (!is_13(s->version) || epoch <= TLS_EPOCH_APPLICATION || !before)
        return;
    FmTlsKeys next;
    fm_tls_next_keys(fm_crypto(d), before, &next);
    side->keys = fm_arena_copy(fm_flow_arena(d->flow), &next, sizeof next);
}

/* ---- media (RFC 5764 §4.2) ---- */

static bool make_media_keys(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k, FmSrtpKeys keys[2])
{
    if (!is_13(s->version))
        return keys_of_handshake(d, known, s, k) && fm_srtp_from_master(fm_crypto(d), s->srtp_profile, k->suite, k->version, k->master,
                                                                        s->client_random, s->server_random, keys);
    FmSlice exporter = k->suite ? fm_secrets_find(known, FM_SECRET_EXPORTER, random_of(s)) : (FmSlice){ NULL, 0 };
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
    TlsSecrets *k = secrets_of(s);
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

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_tls_decrypt = { .abbrev = "fathom.tls", .title = "Decryption", FM_FIELDS(fields), .dissect = nothing, .part = true };
