/* Opening of protected records: which keys, which number, and why not.
 *
 * Keys are looked up and derived when they are first needed; those that come late (a key log that grows) are found then. A record's
 * memo has a pointer to its keys and its number: a replay needs no more. */
#include "config.h"

#include "dissectors/security/tls_decrypt.h"

#include <string.h>

#include "dissectors/security/tls_session_keys.h"

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

enum {
    DTLS_HEADER = 13,            /* without connection id, which stands before the length */
    RETRIES = 16,                /* numbers tried after records that were not captured */
    MAX_RETRIES = 1024,          /* of one side, until a record opens */
    MAX_RC4_SKIP = 64 << 20,     /* bytes before the keys were known */
    TRIES_WITHOUT_SUCCESS = 4096, /* records that may fail before a side is given up: early data that was rejected comes first */
};

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
static bool inflate_plain(Opening *o, TlsKeySide *side, TlsOpening *memo)
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
static const void *before_record(TlsKeySide *side)
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
static void pass_record(TlsKeySide *side, FmSlice body, uint64_t lost)
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

static bool open_counted(Opening *o, TlsKeySide *side, TlsSide *at, TlsOpening *memo)
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
    FmSlice secret = fm_secrets_find(known, FM_SECRET_CLIENT_EARLY, tls_random_of(s));
    for (unsigned i = 0; secret.size && i < k->offered_count; i++) {
        FmTlsKeys keys;
        const FmSuite *suite = fm_suite(k->offered[i]);
        uint16_t version = k->version && fm_tls_is_13(k->version) ? k->version : TLS_1_3;
        if (!suite || !fm_tls_traffic_keys(fm_crypto(o->d), suite, version, tls_is_datagram(s->version), secret, &keys) ||
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
    return known && !s->version_agreed && s->early_data_offered && fm_secrets_find(known, FM_SECRET_CLIENT_EARLY, tls_random_of(s)).size;
}

/* Other keys, and other numbers, that may be meant where those at hand fail. */
static bool open_otherwise(Opening *o, FmSecrets *known, TlsState *s, TlsSecrets *k, TlsRole role, TlsOpening *memo)
{
    TlsKeySide *side = &k->side[role];
    TlsSide *at = &s->side[role];
    FmDissection *d = o->d;
    if (at->epoch == TLS_EPOCH_HANDSHAKE && role == TLS_CLIENT && !side->proven && s->early_data_offered && open_early(o, known, s, k, memo))
        return true;
    if (at->epoch < TLS_EPOCH_APPLICATION) { /* the message that ends the epoch was not seen */
        FmTlsKeys *later = tls_traffic_keys(d, known, s, k, role, at->epoch + 1);
        if (later && open_with(o, memo, later, 0)) {
            tls_side_renew(side);
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
    TlsKeySide *side = &k->side[role];
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

static bool open_epoch(Opening *o, TlsKeySide *side, struct Unified *u, const FmTlsKeys *keys, uint32_t epoch, TlsOpening *memo)
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
        return tls_traffic_keys(d, known, s, k, role, epoch);
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
    TlsKeySide *side = &k->side[role];
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
    TlsKeySide *side = &k->side[role];
    if (side->keys)
        return;
    uint64_t generation = 1 + fm_secrets_generation(known);
    if (side->asked == generation)
        return;
    side->asked = generation;
    if (tls_has_stages(s)) {
        if (epoch > TLS_EPOCH_EARLY && epoch <= TLS_EPOCH_APPLICATION)
            side->keys = tls_traffic_keys(d, known, s, k, role, epoch);
        else
            k->closed = epoch > TLS_EPOCH_APPLICATION ? TLS_CLOSED_KEY_UPDATE : !s->has_client_random ? TLS_CLOSED_NO_HANDSHAKE
                        : (uint8_t)tls_why_no_traffic_secret(known, s, role, epoch);
    } else if (epoch > 0) {
        const FmTlsKeys *keys = tls_handshake_keys(d, known, s, k);
        side->keys = keys ? &keys[role] : NULL;
    } else {
        k->closed = s->has_client_random && s->has_server_random ? TLS_CLOSED_LOST : TLS_CLOSED_NO_HANDSHAKE;
    }
    side->closed = side->keys ? TLS_OPEN : k->closed;
}

/* DTLS records tell their epoch: a ChangeCipherSpec may be lost, or come after what it protects. */
static void enter_epoch(TlsKeySide *side, uint32_t epoch)
{
    if (epoch <= side->epoch)
        return;
    const FmTlsKeys *before = side->keys;
    tls_side_renew(side);
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

static bool open_datagram(Opening *o, TlsKeySide *side, uint32_t epoch, TlsOpening *memo)
{
    const FmTlsKeys *keys = epoch == side->epoch ? side->keys : epoch + 1 == side->epoch ? side->keys_before : NULL;
    if (!keys || !try_datagram(o, keys))
        return false;
    note_opened(o->d, memo, keys, 0, NULL);
    return true;
}

static TlsClosed why_failed(const TlsState *s, const TlsKeySide *side, const FmCursor *body)
{
    if (body->lost)
        return TLS_CLOSED_CUT;
    if (!side->keys)
        return (TlsClosed)side->closed;
    if (!side->proven)
        return TLS_CLOSED_WRONG_SECRET;
    return tls_is_13(s->version) ? TLS_CLOSED_KEY_UPDATE : TLS_CLOSED_LOST;
}

static bool open_first(FmDissection *d, FmSecrets *known, TlsState *s, TlsOpening *memo, TlsRecord *record, FmCursor *body)
{
    TlsSecrets *k = tls_secrets_of(s);
    TlsRole role = tls_sender(d, s);
    TlsKeySide *side = &k->side[role];
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

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_tls_decrypt = { .abbrev = "fathom.tls", .title = "Decryption", FM_FIELDS(fields), .dissect = nothing, .part = true };
