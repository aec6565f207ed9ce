/* Verdicts on handshakes: round trips and whose time they took, forward secrecy, what was chosen of what was offered, resumption, early
 * data, and the certificate chain as it was sent. Nothing here needs keys; keys make early data's fate known. */
#include "config.h"

#include "crypto/secrets.h"
#include "dissectors/security/tls_numbers.h"
#include "dissectors/security/tls_verdicts.h"
#include "dissectors/security/x509.h"

enum {
    TIME, SERVER_TIME, CLIENT_TIME, ROUND_TRIPS, FORWARD_SECRECY, REASON, RESUMPTION, EARLY_DATA, EARLY_BYTES,
    BEST_VERSION, DOWNGRADE, SENTINEL, SUITE_RANK, GROUP_RANK,
    CHAIN, CHAIN_LENGTH, VERIFIED, VALID_NOW, DAYS_LEFT, NAME_FITS, SUBJECT, ISSUER, KEY, SIGNATURE,
};

static const FmField fields[] = {
    [TIME] = { "fathom.tls.handshake_time", "Handshake took", FM_RELATIVE_TIME, .generated = true },
    [SERVER_TIME] = { "fathom.tls.handshake_server_time", "Time until the server answered", FM_RELATIVE_TIME, .generated = true },
    [CLIENT_TIME] = { "fathom.tls.handshake_client_time", "Time until the client answered", FM_RELATIVE_TIME, .generated = true },
    [ROUND_TRIPS] = { "fathom.tls.handshake_round_trips", "Round trips of the handshake", FM_UINT8, FM_DEC, .generated = true },
    [FORWARD_SECRECY] = { "fathom.tls.forward_secrecy", "Forward secrecy", FM_STRING, .generated = true },
    [REASON] = { "fathom.tls.forward_secrecy_reason", "Reason", FM_STRING, .generated = true },
    [RESUMPTION] = { "fathom.tls.resumption", "Resumption", FM_STRING, .generated = true },
    [EARLY_DATA] = { "fathom.tls.early_data", "Early data", FM_STRING, .generated = true },
    [EARLY_BYTES] = { "fathom.tls.early_data_bytes", "Bytes of early data, encrypted", FM_UINT64, FM_DEC, .generated = true },
    [BEST_VERSION] = { "fathom.tls.best_version_offered", "Best version offered", FM_UINT16, FM_HEX, .names = fm_tls_versions,
                       .generated = true },
    [DOWNGRADE] = { "fathom.tls.older_version_chosen", "An older version was chosen", FM_BOOL8, .generated = true },
    [SENTINEL] = { "fathom.tls.downgrade_sentinel", "The server's random says that it knows a newer version", FM_BOOL8, .generated = true },
    [SUITE_RANK] = { "fathom.tls.suite_rank", "Place of the chosen suite in the client's list", FM_UINT16, FM_DEC, .generated = true },
    [GROUP_RANK] = { "fathom.tls.group_rank", "Place of the chosen group in the client's list", FM_UINT16, FM_DEC, .generated = true },
    [CHAIN] = { "fathom.tls.chain", "Chain as sent", FM_STRING, .generated = true },
    [CHAIN_LENGTH] = { "fathom.tls.chain_length", "Certificates in the chain", FM_UINT8, FM_DEC, .generated = true },
    [VERIFIED] = { "fathom.tls.chain_verified", "Chain verified", FM_STRING, .generated = true },
    [VALID_NOW] = { "fathom.tls.certificate_in_time", "Valid at capture time", FM_BOOL8, .generated = true },
    [DAYS_LEFT] = { "fathom.tls.certificate_days_left", "Days until the certificate expires", FM_INT32, FM_DEC, .generated = true },
    [NAME_FITS] = { "fathom.tls.certificate_names_server", "The certificate names the server that was asked for", FM_BOOL8,
                    .generated = true },
    [SUBJECT] = { "fathom.tls.certificate_subject", "Subject", FM_STRING, .generated = true },
    [ISSUER] = { "fathom.tls.certificate_issuer", "Issuer", FM_STRING, .generated = true },
    [KEY] = { "fathom.tls.certificate_key", "Key", FM_STRING, .generated = true },
    [SIGNATURE] = { "fathom.tls.certificate_signature", "Signed with", FM_STRING, .generated = true },
};

typedef enum Resumption { FULL, REFUSED, BY_ID, BY_TICKET, BY_PSK } Resumption;
static const char *const resumptions[] = { "none", "offered, refused", "by session id", "by ticket", "by pre-shared key" };

typedef struct Verdict { /* memo, of whichever verdict it is */
    FmTime total, waited[2];
    const char *secrecy, *reason, *early, *verified; /* constants */
    uint64_t early_bytes;
    uint16_t suite_rank, group_rank, best_version;
    uint8_t round_trips, resumption;
    bool told, older, names_told, names;
} Verdict;

static const FmCursor nowhere = { .start = NULL };

static bool is_new(uint16_t version)
{
    return version == TLS_1_3 || version == TLS_DTLS_1_3;
}

/* ---- time ---- */

void tls_verdict_turn(FmDissection *d, TlsState *s)
{
    TlsTurns *t = &s->turns;
    if (t->ended)
        return;
    TlsRole sender = tls_sender(d, s);
    FmTime now = fm_frame_time(d);
    if (!t->begun) {
        t->begun = sender == TLS_CLIENT;
        t->first = t->last = now;
        t->role = sender;
        return;
    }
    t->waited[sender] += now - t->last; /* for its answer, and for the rest of it */
    if (sender != t->role)
        t->changes++;
    t->role = sender;
    t->last = now;
}

bool tls_verdict_ended(FmDissection *d, TlsState *s, unsigned type)
{
    TlsTurns *t = &s->turns;
    if (t->ended || !t->begun || !s->has_server_random)
        return false;
    bool ended;
    if (!is_new(s->version))
        ended = s->side[TLS_CLIENT].ccs_frame && s->side[TLS_SERVER].ccs_frame;
    else if (s->side[TLS_SERVER].finished)
        ended = s->side[TLS_CLIENT].finished;
    else /* unopened: what the client sends after the server's hello begins with its part of the end */
        ended = tls_sender(d, s) == TLS_CLIENT && type == TLS_APPLICATION_DATA && t->changes >= 2;
    t->ended = ended;
    return ended;
}

/* Verdicts change nothing: they are for those who look. */
static bool nobody_looks(const FmDissection *d)
{
    return !d->keeping && !d->replaying && !d->want_texts && !fm_wants_notes(d) && !fm_asked(d, &fm_tls_verdicts);
}

/* ---- forward secrecy ---- */

static bool is_ephemeral(const char *suite)
{
    return g_str_has_prefix(suite, "TLS_ECDHE_") || g_str_has_prefix(suite, "TLS_DHE_") || g_str_has_prefix(suite, "TLS_DH_anon") ||
           g_str_has_prefix(suite, "TLS_DH_Anon") || g_str_has_prefix(suite, "TLS_ECDH_anon");
}

static void judge_secrecy(const TlsState *s, Verdict *v)
{
    const char *suite = fm_tls_suite_name(s->cipher_suite);
    v->secrecy = "yes";
    v->reason = "keys come from an ephemeral key exchange";
    if (is_new(s->version)) {
        if (s->psk_selected && !s->group) {
            v->secrecy = "no";
            v->reason = "a pre-shared key alone, without a key exchange";
        } else if (s->early_data_offered && !s->early_data_rejected) {
            v->secrecy = "reduced";
            v->reason = "early data is protected by the pre-shared key alone";
        }
    } else if (!suite) {
        v->secrecy = "unknown";
        v->reason = "the cipher suite is not known";
    } else if (!is_ephemeral(suite)) {
        v->secrecy = "no";
        v->reason = strstr(suite, "_PSK_") && !g_str_has_prefix(suite, "TLS_RSA_PSK") ? "keys come from a pre-shared key alone" :
                    g_str_has_prefix(suite, "TLS_RSA") ? "the premaster secret is encrypted to the server's RSA key" :
                    "the server's key of the exchange is fixed in its certificate";
    } else if (s->resumed) {
        v->secrecy = "reduced";
        v->reason = s->ticket.size ? "resumed with a ticket: whoever has the ticket key has the session" :
                    "resumed: keys come from a session that the server stores";
    }
}

static Resumption judge_resumption(const TlsState *s)
{
    if (is_new(s->version))
        return s->psk_selected ? BY_PSK : s->offered_psk ? REFUSED : FULL;
    if (s->resumed)
        return s->ticket.size ? BY_TICKET : BY_ID;
    bool offered_id = s->client_session_id_size && s->offer.best_version < TLS_1_3; /* those of TLS 1.3 are for middleboxes */
    return s->ticket.size || offered_id ? REFUSED : FULL;
}

void tls_verdict_handshake(FmDissection *d, TlsState *s)
{
    if (nobody_looks(d))
        return;
    FmTableUse before = fm_use(d, &fm_tls_verdicts);
    Verdict *v = fm_memo(d);
    if (s) {
        v->total = s->turns.last - s->turns.first;
        v->waited[TLS_CLIENT] = s->turns.waited[TLS_CLIENT];
        v->waited[TLS_SERVER] = s->turns.waited[TLS_SERVER];
        v->round_trips = (uint8_t)MIN(s->turns.changes / 2 + s->turns.changes % 2, UINT8_MAX);
        judge_secrecy(s, v);
        v->resumption = (uint8_t)judge_resumption(s);
        v->early = !s->early_data_offered ? NULL : s->early_data_accepted ? "accepted" : s->early_data_rejected ? "rejected" : "offered";
        v->early_bytes = s->early_bytes;
        v->told = true;
    }
    if (v->told) {
        FmSubtree tree = fm_open_text(d, &nowhere, "Handshake: %u round trip%s, forward secrecy: %s", v->round_trips,
                                      v->round_trips == 1 ? "" : "s", v->secrecy);
        fm_make(d, TIME, (uint64_t)v->total);
        fm_make(d, SERVER_TIME, (uint64_t)v->waited[TLS_SERVER]);
        fm_make(d, CLIENT_TIME, (uint64_t)v->waited[TLS_CLIENT]);
        fm_make(d, ROUND_TRIPS, v->round_trips);
        fm_make_text(d, FORWARD_SECRECY, v->secrecy);
        fm_make_text(d, REASON, v->reason);
        fm_make_text(d, RESUMPTION, resumptions[v->resumption]);
        if (v->early) {
            fm_make_text(d, EARLY_DATA, v->early);
            fm_make(d, EARLY_BYTES, v->early_bytes);
        }
        fm_close(d, tree, &nowhere);
    }
    fm_unuse(d, before);
}

/* ---- chosen and offered ---- */

static unsigned copy_numbers(uint16_t *to, unsigned room, FmSlice list)
{
    unsigned count = 0;
    for (size_t i = 0; i + 2 <= list.size && count < room; i += 2)
        if (!tls_is_grease(fm_be(list.data + i, 2)))
            to[count++] = (uint16_t)fm_be(list.data + i, 2);
    return count;
}

void tls_verdict_offer(TlsState *s, const TlsHello *hello)
{
    TlsOffer *o = &s->offer;
    o->suite_count = (uint8_t)copy_numbers(o->suites, G_N_ELEMENTS(o->suites), hello->suites);
    o->group_count = (uint8_t)copy_numbers(o->groups, G_N_ELEMENTS(o->groups), hello->groups);
    uint64_t best = hello->versions.size ? 0 : hello->version;
    for (size_t i = 0; i + 2 <= hello->versions.size; i += 2) {
        uint64_t v = fm_be(hello->versions.data + i, 2);
        if (v >= TLS_SSL_3 && v <= TLS_1_3 && v > best)
            best = v;
    }
    o->best_version = (uint16_t)best;
    size_t size = MIN(hello->server_name.size, sizeof o->server_name - 1);
    if (size)
        memcpy(o->server_name, hello->server_name.data, size);
    o->server_name[size] = 0;
}

static uint16_t rank(const uint16_t *list, unsigned count, uint64_t chosen)
{
    for (unsigned i = 0; i < count; i++)
        if (list[i] == chosen)
            return (uint16_t)(i + 1);
    return 0;
}

/* RFC 8446 §4.1.3. */
static bool has_sentinel(FmSlice random)
{
    return random.size == TLS_RANDOM && memcmp(random.data + 24, "DOWNGRD", 7) == 0 && random.data[31] <= 1;
}

void tls_verdict_choice(FmDissection *d, const TlsMessage *m, const TlsHello *hello)
{
    FmTableUse before = fm_use(d, &fm_tls_verdicts);
    Verdict *v = fm_memo(d);
    TlsState *s = m->s;
    if (s && s->has_client_random && fm_ok(d)) {
        const TlsOffer *o = &s->offer;
        v->suite_rank = rank(o->suites, o->suite_count, s->cipher_suite);
        v->group_rank = s->group ? rank(o->groups, o->group_count, s->group) : 0;
        v->best_version = o->best_version;
        v->older = s->version < o->best_version && m->carrier != TLS_OVER_UDP;
    }
    if (v->best_version) {
        fm_make(d, BEST_VERSION, v->best_version);
        fm_make(d, DOWNGRADE, v->older);
    }
    if (has_sentinel(hello->random))
        fm_make(d, SENTINEL, 1);
    if (v->suite_rank)
        fm_make(d, SUITE_RANK, v->suite_rank);
    if (v->group_rank)
        fm_make(d, GROUP_RANK, v->group_rank);
    fm_unuse(d, before);
}

/* ---- the chain ---- */

enum { MAX_CHAIN = 16 };

static bool same(FmSlice a, FmSlice b)
{
    return a.size && a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static const char *judge_chain(const X509Summary *chain, unsigned count)
{
    bool self_signed = same(chain[0].issuer, chain[0].subject);
    if (count == 1)
        return self_signed ? "self-signed" : "one certificate, no issuer";
    for (unsigned i = 0; i + 1 < count; i++) {
        if (same(chain[i].issuer, chain[i + 1].subject))
            continue;
        for (unsigned k = 0; k < count; k++)
            if (k != i && same(chain[i].issuer, chain[k].subject))
                return "out of order";
        return "an issuer is missing";
    }
    return same(chain[count - 1].issuer, chain[count - 1].subject) ? "in order, with the root" : "in order, up to below the root";
}

static void put_names(FmDissection *d, const X509Summary *leaf)
{
    g_auto(FmText) text = { 0 };
    x509_name_short(&text, leaf->subject);
    fm_make_text(d, SUBJECT, fm_text_string(&text));
    fm_text_reset(&text);
    x509_name_short(&text, leaf->issuer);
    fm_make_text(d, ISSUER, fm_text_string(&text));
    fm_text_reset(&text);
    const char *key = x509_oid_name(leaf->key_algorithm);
    fm_text_put(&text, !key ? "unknown" : g_str_equal(key, "rsaEncryption") ? "RSA" : g_str_equal(key, "id-ecPublicKey") ? "EC" :
                       g_str_has_prefix(key, "id-") ? key + 3 : key);
    if (leaf->key_bits)
        fm_text_printf(&text, ", %u bits", leaf->key_bits);
    fm_make_text(d, KEY, fm_text_string(&text));
    const char *signature = x509_oid_name(leaf->signature_algorithm);
    fm_make_text(d, SIGNATURE, signature ? signature : "unknown");
}

void tls_verdict_chain(FmDissection *d, const TlsMessage *m, FmCursor list)
{
    if (nobody_looks(d))
        return;
    FmTableUse before = fm_use(d, &fm_tls_verdicts);
    Verdict *v = fm_memo(d);
    FmTrouble trouble = { 0 };
    X509Summary chain[MAX_CHAIN];
    FmSlice whole[MAX_CHAIN];
    unsigned count = 0;
    list.trouble = &trouble;
    while (fm_left(&list) && count < MAX_CHAIN) {
        FmCursor certificate = fm_take(&list, fm_read_u24(&list));
        whole[count] = fm_rest(&certificate);
        chain[count] = x509_summarize(whole[count]);
        count++;
        if (is_new(m->version))
            fm_skip(&list, fm_read_u16(&list));
    }
    if (count && m->s && m->sender == TLS_SERVER && m->s->offer.server_name[0]) {
        const char *name = m->s->offer.server_name;
        v->names_told = true;
        v->names = x509_names_host(&chain[0], (FmSlice){ (const uint8_t *)name, strlen(name) });
    }
    FmSecrets *secrets = fm_secrets(d);
    if (count && m->s && m->sender == TLS_SERVER && secrets && fm_secrets_trust(secrets))
        v->verified = fm_trust_verify(fm_secrets_trust(secrets), whole, count, fm_frame_time(d) / 1000000000,
                                      m->s->offer.server_name[0] ? m->s->offer.server_name : NULL);
    if (count && chain[0].whole && trouble.kind == FM_TROUBLE_NONE) {
        const X509Summary *leaf = &chain[0];
        FmTime now = fm_frame_time(d);
        FmSubtree tree = fm_open_text(d, &nowhere, "Chain: %u certificate%s, %s", count, count == 1 ? "" : "s", judge_chain(chain, count));
        fm_make_text(d, CHAIN, judge_chain(chain, count));
        fm_make(d, CHAIN_LENGTH, count);
        if (v->verified)
            fm_make_text(d, VERIFIED, v->verified);
        if (fm_wanted(d, SUBJECT) || fm_wanted(d, ISSUER) || fm_wanted(d, KEY) || fm_wanted(d, SIGNATURE))
            put_names(d, leaf);
        if (leaf->not_before != INT64_MIN && leaf->not_after != INT64_MIN) {
            fm_make(d, VALID_NOW, now >= leaf->not_before && now <= leaf->not_after);
            fm_make(d, DAYS_LEFT, (uint64_t)((leaf->not_after - now) / (INT64_C(86400) * 1000000000)));
        }
        if (v->names_told)
            fm_make(d, NAME_FITS, v->names);
        fm_close(d, tree, &nowhere);
    }
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_tls_verdicts = {
    .abbrev = "tls",
    .title = "TLS Verdicts",
    FM_FIELDS(fields),
    .dissect = nothing,
    .memo_size = sizeof(Verdict),
    .part = true,
};
