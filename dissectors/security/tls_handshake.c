/* Handshake messages (RFC 8446 §4, RFC 5246 §7.4): which one it is, what it changes in the session, and all but the hellos. */
#include "config.h"

#include "dissectors/security/tls_handshake.h"

#include "dissectors/application/body.h"
#include "dissectors/security/tls_numbers.h"
#include "dissectors/security/tls_verdicts.h"
#include "dissectors/security/x509.h"

enum {
    HANDSHAKE, TYPE, LENGTH, FRAGMENTS, FRAGMENT, FRAGMENT_COUNT,
    TICKET_LIFETIME, TICKET_AGE_ADD, TICKET_NONCE_LENGTH, TICKET_NONCE, TICKET_LENGTH, TICKET,
    CONTEXT_LENGTH, CONTEXT, CERTIFICATES_LENGTH, CERTIFICATES, CERTIFICATE_LENGTH, CERTIFICATE,
    CERT_TYPES_COUNT, CERT_TYPES, CERT_TYPE,
    CURVE_TYPE, NAMED_CURVE, SERVER_POINT_LEN, SERVER_POINT, CLIENT_POINT_LEN, CLIENT_POINT,
    P_LEN, P_BYTES, G_LEN, G_BYTES, YS_LEN, YS, YC_LEN, YC, MODULUS_LEN, MODULUS, EXPONENT_LEN, EXPONENT, EPMS_LEN, EPMS,
    HINT_LEN, HINT, IDENTITY_LEN, IDENTITY, SIG_LEN, SIG, VERIFY_SIG_LEN, VERIFY_SIG, VERIFY_DATA, MD5_HASH, SHA_HASH,
    URL_TYPE, URL_LIST_LEN, URL_HASH, URL_LEN, URL, URL_PADDING, URL_SHA1,
    KEY_UPDATE, COMPRESS_ALGORITHM, UNCOMPRESSED_LENGTH, COMPRESSED_LENGTH, COMPRESSED,
    NPN_LEN, NPN, NPN_PADDING_LEN, NPN_PADDING,
};

#define ROWS(P) \
    [HANDSHAKE] = { P ".handshake", "Handshake Protocol", FM_NONE }, \
    [TYPE] = { P ".handshake.type", "Handshake Type", FM_UINT8, FM_DEC, .names = fm_tls_message_types }, \
    [LENGTH] = { P ".handshake.length", "Length", FM_UINT24, FM_DEC }, \
    [FRAGMENTS] = { P ".handshake.fragments", "Reassembled Handshake Fragments", FM_NONE, .generated = true }, \
    [FRAGMENT] = { P ".handshake.fragment", "Handshake Fragment", FM_FRAMENUM, .generated = true }, \
    [FRAGMENT_COUNT] = { P ".handshake.fragment.count", "Handshake Fragment count", FM_UINT32, FM_DEC, .generated = true }, \
    [TICKET_LIFETIME] = { P ".handshake.session_ticket_lifetime_hint", "Session Ticket Lifetime Hint", FM_UINT32, FM_DEC }, \
    [TICKET_AGE_ADD] = { P ".handshake.session_ticket_age_add", "Session Ticket Age Add", FM_UINT32, FM_DEC }, \
    [TICKET_NONCE_LENGTH] = { P ".handshake.session_ticket_nonce_length", "Session Ticket Nonce Length", FM_UINT8, FM_DEC }, \
    [TICKET_NONCE] = { P ".handshake.session_ticket_nonce", "Session Ticket Nonce", FM_BYTES }, \
    [TICKET_LENGTH] = { P ".handshake.session_ticket_length", "Session Ticket Length", FM_UINT16, FM_DEC }, \
    [TICKET] = { P ".handshake.session_ticket", "Session Ticket", FM_BYTES }, \
    [CONTEXT_LENGTH] = { P ".handshake.certificate_request_context_length", "Certificate Request Context Length", FM_UINT8, FM_DEC }, \
    [CONTEXT] = { P ".handshake.certificate_request_context", "Certificate Request Context", FM_BYTES }, \
    [CERTIFICATES_LENGTH] = { P ".handshake.certificates_length", "Certificates Length", FM_UINT24, FM_DEC }, \
    [CERTIFICATES] = { P ".handshake.certificates", "Certificates", FM_NONE }, \
    [CERTIFICATE_LENGTH] = { P ".handshake.certificate_length", "Certificate Length", FM_UINT24, FM_DEC }, \
    [CERTIFICATE] = { P ".handshake.certificate", "Certificate", FM_BYTES }, \
    [CERT_TYPES_COUNT] = { P ".handshake.cert_types_count", "Certificate types count", FM_UINT8, FM_DEC }, \
    [CERT_TYPES] = { P ".handshake.cert_types", "Certificate types", FM_NONE }, \
    [CERT_TYPE] = { P ".handshake.cert_type", "Certificate type", FM_UINT8, FM_DEC, .names = fm_tls_client_certificate_types }, \
    [CURVE_TYPE] = { P ".handshake.server_curve_type", "Curve Type", FM_UINT8, FM_HEX, .names = fm_tls_curve_types }, \
    [NAMED_CURVE] = { P ".handshake.server_named_curve", "Named Curve", FM_UINT16, FM_HEX, .names = fm_tls_groups }, \
    [SERVER_POINT_LEN] = { P ".handshake.server_point_len", "Pubkey Length", FM_UINT8, FM_DEC }, \
    [SERVER_POINT] = { P ".handshake.server_point", "Pubkey", FM_BYTES }, \
    [CLIENT_POINT_LEN] = { P ".handshake.client_point_len", "Pubkey Length", FM_UINT8, FM_DEC }, \
    [CLIENT_POINT] = { P ".handshake.client_point", "Pubkey", FM_BYTES }, \
    [P_LEN] = { P ".handshake.p_len", "p Length", FM_UINT16, FM_DEC }, \
    [P_BYTES] = { P ".handshake.p", "p", FM_BYTES }, \
    [G_LEN] = { P ".handshake.g_len", "g Length", FM_UINT16, FM_DEC }, \
    [G_BYTES] = { P ".handshake.g", "g", FM_BYTES }, \
    [YS_LEN] = { P ".handshake.ys_len", "Pubkey Length", FM_UINT16, FM_DEC }, \
    [YS] = { P ".handshake.ys", "Pubkey", FM_BYTES }, \
    [YC_LEN] = { P ".handshake.yc_len", "Pubkey Length", FM_UINT16, FM_DEC }, \
    [YC] = { P ".handshake.yc", "Pubkey", FM_BYTES }, \
    [MODULUS_LEN] = { P ".handshake.modulus_len", "Modulus Length", FM_UINT16, FM_DEC }, \
    [MODULUS] = { P ".handshake.modulus", "Modulus", FM_BYTES }, \
    [EXPONENT_LEN] = { P ".handshake.exponent_len", "Exponent Length", FM_UINT16, FM_DEC }, \
    [EXPONENT] = { P ".handshake.exponent", "Exponent", FM_BYTES }, \
    [EPMS_LEN] = { P ".handshake.epms_len", "Encrypted PreMaster length", FM_UINT16, FM_DEC }, \
    [EPMS] = { P ".handshake.epms", "Encrypted PreMaster", FM_BYTES }, \
    [HINT_LEN] = { P ".handshake.hint_len", "Hint Length", FM_UINT16, FM_DEC }, \
    [HINT] = { P ".handshake.hint", "Hint", FM_BYTES }, \
    [IDENTITY_LEN] = { P ".handshake.identity_len", "Identity Length", FM_UINT16, FM_DEC }, \
    [IDENTITY] = { P ".handshake.identity", "Identity", FM_BYTES }, \
    [SIG_LEN] = { P ".handshake.sig_len", "Signature Length", FM_UINT16, FM_DEC }, \
    [SIG] = { P ".handshake.sig", "Signature", FM_BYTES }, \
    [VERIFY_SIG_LEN] = { P ".handshake.client_cert_vrfy.sig_len", "Signature length", FM_UINT16, FM_DEC }, \
    [VERIFY_SIG] = { P ".handshake.client_cert_vrfy.sig", "Signature", FM_BYTES }, \
    [VERIFY_DATA] = { P ".handshake.verify_data", "Verify Data", FM_NONE }, \
    [MD5_HASH] = { P ".handshake.md5_hash", "MD5 Hash", FM_NONE }, \
    [SHA_HASH] = { P ".handshake.sha_hash", "SHA-1 Hash", FM_NONE }, \
    [URL_TYPE] = { P ".handshake.cert_url_type", "Certificate Chain Type", FM_UINT8, FM_DEC, .names = fm_tls_certificate_chain_types }, \
    [URL_LIST_LEN] = { P ".handshake.cert_url.url_hash_len", "URL and Hash list Length", FM_UINT16, FM_DEC }, \
    [URL_HASH] = { P ".handshake.cert_url.url_hash", "URL and Hash", FM_NONE }, \
    [URL_LEN] = { P ".handshake.cert_url.url_len", "URL Length", FM_UINT16, FM_DEC }, \
    [URL] = { P ".handshake.cert_url.url", "URL", FM_STRING }, \
    [URL_PADDING] = { P ".handshake.cert_url.padding", "Padding", FM_NONE }, \
    [URL_SHA1] = { P ".handshake.cert_url.sha1", "SHA1 Hash", FM_BYTES }, \
    [KEY_UPDATE] = { P ".handshake.key_update.request_update", "Key Update Request", FM_UINT8, FM_DEC, .names = fm_tls_key_updates }, \
    [COMPRESS_ALGORITHM] = { P ".compress_certificate.algorithm", "Algorithm", FM_UINT16, FM_DEC, .names = fm_tls_certificate_compressions }, \
    [UNCOMPRESSED_LENGTH] = { P ".compress_certificate.uncompressed_length", "Uncompressed Length", FM_UINT24, FM_DEC }, \
    [COMPRESSED_LENGTH] = { P ".compress_certificate.compressed_certificate_message.length", "Length", FM_UINT24, FM_DEC }, \
    [COMPRESSED] = { P ".compress_certificate.compressed_certificate_message", "Compressed Certificate Message", FM_BYTES }, \
    [NPN_LEN] = { P ".handshake.npn_selected_protocol_len", "Selected Protocol Length", FM_UINT8, FM_DEC }, \
    [NPN] = { P ".handshake.npn_selected_protocol", "Selected Protocol", FM_STRING }, \
    [NPN_PADDING_LEN] = { P ".handshake.npn_padding_len", "Padding Length", FM_UINT8, FM_DEC }, \
    [NPN_PADDING] = { P ".handshake.npn_padding", "Padding", FM_BYTES }

static const FmField fields[] = { ROWS("tls") };
static const FmField dtls_fields[] = { ROWS("dtls") };

enum { HEADER_SIZE = 4 };

typedef struct MessageMemo { /* what a look again needs of the session */
    uint16_t version, cipher_suite;
    uint8_t sender;
    bool retry;
    uint8_t draft;
    const TlsFragments *fragments; /* of a message in several records; NULL: in one */
} MessageMemo;

static bool is_new(const TlsMessage *m)
{
    return m->version == TLS_1_3 || m->version == TLS_DTLS_1_3;
}

/* ---- key exchange ---- */

typedef enum Exchange { RSA, RSA_EXPORT, DHE, DH, DH_ANON, ECDHE, ECDH, ECDH_ANON, PSK, DHE_PSK, ECDHE_PSK, RSA_PSK, OTHER } Exchange;

static Exchange exchange_of(uint16_t suite)
{
    static const struct {
        const char *start;
        Exchange exchange;
    } starts[] = {
        { "TLS_RSA_WITH_", RSA }, { "TLS_RSA_EXPORT", RSA_EXPORT }, { "TLS_RSA_PSK_", RSA_PSK }, { "TLS_DHE_PSK_", DHE_PSK },
        { "TLS_DHE_", DHE }, { "TLS_DH_anon_", DH_ANON }, { "TLS_DH_Anon_", DH_ANON }, { "TLS_DH_", DH }, { "TLS_ECDHE_PSK_", ECDHE_PSK },
        { "TLS_ECDHE_", ECDHE }, { "TLS_ECDH_anon_", ECDH_ANON }, { "TLS_ECDH_", ECDH }, { "TLS_PSK_", PSK },
    };
    const char *name = fm_tls_suite_name(suite);
    for (size_t i = 0; name && i < G_N_ELEMENTS(starts); i++)
        if (g_str_has_prefix(name, starts[i].start))
            return starts[i].exchange;
    return OTHER;
}

/* DigitallySigned (RFC 5246 §4.7); before TLS 1.2 the algorithms are not told. */
static void put_signature(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (m->version == TLS_1_2 || m->version == TLS_DTLS_1_2)
        tls_put_signature_scheme(d, m, c);
    uint64_t size = fm_add(d, SIG_LEN, c);
    fm_add_bytes(d, SIG, c, size);
}

static void put_ecdh_parameters(FmDissection *d, TlsMessage *m, bool is_signed, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "EC Diffie-Hellman Server Params");
    if (fm_add(d, CURVE_TYPE, c) == 3) {
        uint64_t curve = fm_add(d, NAMED_CURVE, c);
        if (m->s && fm_ok(d))
            m->s->group = (uint16_t)curve;
        uint64_t size = fm_add(d, SERVER_POINT_LEN, c);
        fm_add_bytes(d, SERVER_POINT, c, size);
        if (is_signed)
            put_signature(d, m, c);
    }
    fm_close(d, tree, c);
}

static void put_dh_parameters(FmDissection *d, TlsMessage *m, bool is_signed, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "Diffie-Hellman Server Params");
    uint64_t size = fm_add(d, P_LEN, c);
    fm_add_bytes(d, P_BYTES, c, size);
    size = fm_add(d, G_LEN, c);
    fm_add_bytes(d, G_BYTES, c, size);
    size = fm_add(d, YS_LEN, c);
    fm_add_bytes(d, YS, c, size);
    if (is_signed)
        put_signature(d, m, c);
    fm_close(d, tree, c);
}

static void put_rsa_parameters(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "RSA-EXPORT Server Params");
    uint64_t size = fm_add(d, MODULUS_LEN, c);
    fm_add_bytes(d, MODULUS, c, size);
    size = fm_add(d, EXPONENT_LEN, c);
    fm_add_bytes(d, EXPONENT, c, size);
    put_signature(d, m, c);
    fm_close(d, tree, c);
}

static void put_hint(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "PSK Server Params");
    uint64_t size = fm_add(d, HINT_LEN, c);
    fm_add_bytes(d, HINT, c, size);
    fm_close(d, tree, c);
}

static void put_server_key_exchange(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    switch (exchange_of(m->cipher_suite)) {
    case ECDHE: case ECDH: put_ecdh_parameters(d, m, true, c); break;
    case ECDH_ANON: put_ecdh_parameters(d, m, false, c); break;
    case DHE: case DH: put_dh_parameters(d, m, true, c); break;
    case DH_ANON: put_dh_parameters(d, m, false, c); break;
    case RSA_EXPORT: case RSA: put_rsa_parameters(d, m, c); break;
    case PSK: case RSA_PSK: put_hint(d, c); break;
    case DHE_PSK:
        put_hint(d, c);
        put_dh_parameters(d, m, false, c);
        break;
    case ECDHE_PSK:
        put_hint(d, c);
        put_ecdh_parameters(d, m, false, c);
        break;
    default: break;
    }
}

static void put_premaster(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "RSA Encrypted PreMaster Secret");
    uint64_t size = fm_left_on_wire(c);
    if (m->version != TLS_SSL_3 && m->version != TLS_DTLS_OPENSSL) /* these send it without a length */
        size = fm_add(d, EPMS_LEN, c);
    fm_add_bytes(d, EPMS, c, size);
    fm_close(d, tree, c);
}

static void put_client_dh(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "Diffie-Hellman Client Params");
    uint64_t size = fm_add(d, YC_LEN, c);
    fm_add_bytes(d, YC, c, size);
    fm_close(d, tree, c);
}

static void put_client_ecdh(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "EC Diffie-Hellman Client Params");
    uint64_t size = fm_add(d, CLIENT_POINT_LEN, c);
    fm_add_bytes(d, CLIENT_POINT, c, size);
    fm_close(d, tree, c);
}

static void put_psk_identity(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "PSK Client Params");
    uint64_t size = fm_add(d, IDENTITY_LEN, c);
    fm_add_bytes(d, IDENTITY, c, size);
    fm_close(d, tree, c);
}

static void put_client_key_exchange(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    Exchange exchange = exchange_of(m->cipher_suite);
    if (exchange == PSK || exchange == DHE_PSK || exchange == ECDHE_PSK || exchange == RSA_PSK)
        put_psk_identity(d, c);
    switch (exchange) {
    case RSA: case RSA_EXPORT: case RSA_PSK: put_premaster(d, m, c); break;
    case DHE: case DH: case DH_ANON: case DHE_PSK: put_client_dh(d, c); break;
    case ECDHE: case ECDH: case ECDH_ANON: case ECDHE_PSK: put_client_ecdh(d, c); break;
    default: break;
    }
}

/* ---- certificates ---- */

void tls_label_certificate(FmDissection *d, FmSubtree tree, FmSlice bytes)
{
    g_auto(FmText) hex = { 0 }, name = { 0 };
    fm_text_bytes(&hex, (FmSlice){ bytes.data, MIN(bytes.size, 36) }, '\0');
    x509_name_text(&name, x509_summarize(bytes).subject);
    fm_subtree_label(d, tree, "Certificate: %s%s (%s)", fm_text_string(&hex), bytes.size > 36 ? "…" : "", fm_text_string(&name));
}

static void put_certificates(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    if (is_new(m)) {
        uint64_t context = fm_add(d, CONTEXT_LENGTH, c);
        if (context)
            fm_add_bytes(d, CONTEXT, c, context);
    }
    uint64_t size = fm_add(d, CERTIFICATES_LENGTH, c);
    FmCursor list = fm_take(c, size);
    if (!fm_left(&list))
        return;
    FmSubtree tree = fm_open(d, CERTIFICATES, &list);
    fm_subtree_label(d, tree, "Certificates (%u bytes)", (unsigned)size);
    FmCursor chain = list;
    while (fm_left(&list)) {
        FmCursor certificate = fm_take(&list, fm_add(d, CERTIFICATE_LENGTH, &list));
        FmSubtree inside = fm_open(d, CERTIFICATE, &certificate);
        if (d->want_labels)
            tls_label_certificate(d, inside, fm_rest(&certificate));
        x509_certificate(d, &certificate);
        fm_close(d, inside, &certificate);
        if (is_new(m))
            tls_put_extensions(d, m, NULL, &list);
    }
    fm_close(d, tree, &list);
    tls_verdict_chain(d, m, chain);
}

static void put_certificate_request(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    if (is_new(m)) {
        uint64_t context = fm_add(d, CONTEXT_LENGTH, c);
        if (context)
            fm_add_bytes(d, CONTEXT, c, context);
        tls_put_extensions(d, m, NULL, c);
        return;
    }
    uint64_t count = fm_add(d, CERT_TYPES_COUNT, c);
    FmCursor types = fm_take(c, count);
    if (fm_left(&types)) {
        FmSubtree list = fm_open(d, CERT_TYPES, &types);
        fm_subtree_label(d, list, "Certificate types (%u type%s)", (unsigned)count, count == 1 ? "" : "s");
        while (fm_left(&types))
            fm_add(d, CERT_TYPE, &types);
        fm_close(d, list, &types);
    }
    if (m->version == TLS_1_2 || m->version == TLS_DTLS_1_2)
        tls_put_signature_schemes(d, m, c, NULL);
    tls_put_authorities(d, m, c);
}

static void put_certificate_verify(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (m->version == TLS_1_2 || m->version == TLS_DTLS_1_2 || is_new(m))
        tls_put_signature_scheme(d, m, c);
    uint64_t size = fm_add(d, VERIFY_SIG_LEN, c);
    fm_add_bytes(d, VERIFY_SIG, c, size);
}

/* RFC 8879. */
static void put_compressed_certificate(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    static const char *const codings[] = { NULL, "deflate", "br", "zstd" };
    uint64_t algorithm = fm_add(d, COMPRESS_ALGORITHM, c);
    uint64_t plain_size = fm_add(d, UNCOMPRESSED_LENGTH, c);
    FmSlice compressed = fm_add_bytes(d, COMPRESSED, c, fm_add(d, COMPRESSED_LENGTH, c));
    if (!fm_ok(d) || algorithm >= G_N_ELEMENTS(codings) || !codings[algorithm])
        return;
    FmCursor plain = fm_body_uncompress(d, codings[algorithm], compressed, plain_size, "Uncompressed certificate");
    if (!fm_left(&plain))
        return;
    fm_down(d);
    put_certificates(d, m, &plain);
    fm_up(d);
}

/* RFC 6066 §5. */
static void put_certificate_url(FmDissection *d, FmCursor *c)
{
    fm_add(d, URL_TYPE, c);
    FmCursor list = fm_take(c, fm_add(d, URL_LIST_LEN, c));
    while (fm_left(&list)) {
        FmSubtree tree = fm_open(d, URL_HASH, &list);
        uint64_t size = fm_add(d, URL_LEN, &list);
        fm_add_bytes(d, URL, &list, size);
        FmSubtree padding = fm_open(d, URL_PADDING, &list);
        fm_skip(&list, 1);
        fm_close(d, padding, &list);
        fm_add_bytes(d, URL_SHA1, &list, 20);
        fm_close(d, tree, &list);
    }
}

/* ---- tickets and the end ---- */

static const char *span_text(uint64_t seconds, char *buffer, size_t room)
{
    static const struct {
        unsigned seconds;
        const char *name;
    } units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
    size_t used = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(units) && used < room; i++) {
        uint64_t n = seconds / units[i].seconds;
        seconds %= units[i].seconds;
        if (n)
            used += (size_t)g_snprintf(buffer + used, room - used, "%s%u %s%s", used ? ", " : "", (unsigned)n, units[i].name,
                                       n == 1 ? "" : "s");
    }
    return used ? buffer : "0 seconds";
}

enum { FIRST_DRAFT_WITH_NONCE = 21 };

static void put_ticket(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "TLS Session Ticket");
    uint64_t lifetime = fm_add(d, TICKET_LIFETIME, c);
    if (d->want_labels) {
        char buffer[80];
        if (lifetime >= 60)
            fm_label(d, TICKET_LIFETIME, "Session Ticket Lifetime Hint: %u seconds (%s)", (unsigned)lifetime,
                     span_text(lifetime, buffer, sizeof buffer));
        else
            fm_label(d, TICKET_LIFETIME, "Session Ticket Lifetime Hint: %u second%s", (unsigned)lifetime, lifetime == 1 ? "" : "s");
    }
    if (is_new(m)) {
        fm_add(d, TICKET_AGE_ADD, c);
        uint64_t nonce = m->draft && m->draft < FIRST_DRAFT_WITH_NONCE ? 0 : fm_add(d, TICKET_NONCE_LENGTH, c);
        if (nonce)
            fm_add_bytes(d, TICKET_NONCE, c, nonce);
    }
    uint64_t size = fm_add(d, TICKET_LENGTH, c);
    FmSlice ticket = fm_add_bytes(d, TICKET, c, size);
    if (m->s && fm_ok(d) && !is_new(m) && ticket.size)
        m->s->new_ticket = (FmSlice){ fm_arena_copy(fm_flow_arena(d->flow), ticket.data, ticket.size), ticket.size };
    if (is_new(m))
        tls_put_extensions(d, m, NULL, c);
    fm_close(d, tree, c);
}

static void put_hash(FmDissection *d, unsigned row, FmCursor *c, uint64_t size)
{
    FmSubtree hash = fm_open_of(d, &fields[row], row, c);
    fm_skip(c, size);
    fm_close(d, hash, c);
}

static void put_finished(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (m->version == TLS_SSL_3) {
        put_hash(d, MD5_HASH, c, 16);
        put_hash(d, SHA_HASH, c, 20);
        return;
    }
    FmSubtree data = fm_open(d, VERIFY_DATA, c);
    fm_skip(c, fm_left(c));
    fm_close(d, data, c);
}

static void put_next_protocol(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    uint64_t size = fm_add(d, NPN_LEN, c);
    FmSlice name = fm_add_bytes(d, NPN, c, size);
    if (m->s && fm_ok(d) && name.size && name.size < sizeof m->s->alpn) {
        memcpy(m->s->alpn, name.data, name.size);
        m->s->alpn[name.size] = 0;
    }
    size = fm_add(d, NPN_PADDING_LEN, c);
    fm_add_bytes(d, NPN_PADDING, c, size);
}

static void put_encrypted_extensions(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    TlsHello told = { 0 };
    tls_put_extensions(d, m, &told, c);
    TlsState *s = m->s;
    if (!s || !fm_ok(d) || !s->early_data_offered)
        return;
    s->early_data_accepted = told.has_early_data;
    s->early_data_rejected = !told.has_early_data;
    if (s->early_data_rejected && s->side[TLS_CLIENT].epoch == TLS_EPOCH_EARLY)
        s->side[TLS_CLIENT] = (TlsSide){ .epoch = TLS_EPOCH_HANDSHAKE };
}

/* ---- the message ---- */

static void begin_epoch(FmDissection *d, TlsState *s, TlsRole side, uint32_t epoch)
{
    s->side[side].epoch = epoch;
    s->side[side].sequence = 0;
    tls_keys_epoch(d, s, side);
}

/* What the end of a message means for the records that follow (RFC 8446 §7.1; packets of QUIC and records of DTLS 1.3 tell). */
static void finish_message(FmDissection *d, TlsMessage *m, FmSlice whole)
{
    TlsState *s = m->s;
    tls_keys_message(d, s, m->sender, m->type, whole);
    if (m->type == TLS_FINISHED)
        s->side[m->sender].finished = true;
    else if (m->type == TLS_SERVER_HELLO_DONE)
        s->hello_done = true;
    if (!is_new(m) || m->carrier != TLS_OVER_TCP)
        return;
    if (m->type == TLS_FINISHED)
        begin_epoch(d, s, m->sender, TLS_EPOCH_APPLICATION);
    else if (m->type == TLS_END_OF_EARLY_DATA)
        begin_epoch(d, s, TLS_CLIENT, TLS_EPOCH_HANDSHAKE);
    else if (m->type == TLS_KEY_UPDATE)
        begin_epoch(d, s, m->sender, s->side[m->sender].epoch + 1);
}

static void put_body(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    switch (m->type) {
    case TLS_CLIENT_HELLO: tls_client_hello(d, m, c); break;
    case TLS_SERVER_HELLO: case TLS_HELLO_RETRY_REQUEST: tls_server_hello(d, m, c); break;
    case TLS_HELLO_VERIFY_REQUEST: tls_hello_verify_request(d, m, c); break;
    case TLS_NEW_SESSION_TICKET: put_ticket(d, m, c); break;
    case TLS_ENCRYPTED_EXTENSIONS: put_encrypted_extensions(d, m, c); break;
    case TLS_CERTIFICATE: put_certificates(d, m, c); break;
    case TLS_SERVER_KEY_EXCHANGE: put_server_key_exchange(d, m, c); break;
    case TLS_CERTIFICATE_REQUEST: put_certificate_request(d, m, c); break;
    case TLS_CERTIFICATE_VERIFY: put_certificate_verify(d, m, c); break;
    case TLS_CLIENT_KEY_EXCHANGE: put_client_key_exchange(d, m, c); break;
    case TLS_FINISHED: put_finished(d, m, c); break;
    case TLS_CERTIFICATE_URL: put_certificate_url(d, c); break;
    case TLS_CERTIFICATE_STATUS: tls_put_certificate_status(d, m, c); break;
    case TLS_KEY_UPDATE: fm_add(d, KEY_UPDATE, c); break;
    case TLS_COMPRESSED_CERTIFICATE: put_compressed_certificate(d, m, c); break;
    case TLS_ENCRYPTED_EXTENSIONS_NPN: put_next_protocol(d, m, c); break;
    default: break;
    }
    fm_skip(c, fm_left(c));
}

static const char *message_name(const MessageMemo *memo, unsigned type)
{
    const char *name = type == TLS_SERVER_HELLO && memo->retry ? "Hello Retry Request" : fm_name(fm_tls_message_types, type);
    return name ? name : "Unknown Handshake Type";
}

/* First visit: what the session knows before this message, and what a ServerHello decides. */
static void remember(FmDissection *d, TlsState *s, unsigned type, const FmCursor *body, MessageMemo *memo)
{
    memo->version = s->version;
    memo->cipher_suite = s->cipher_suite;
    memo->draft = (uint8_t)s->draft;
    memo->sender = (uint8_t)tls_sender(d, s);
    if (type == TLS_CLIENT_HELLO || type == TLS_SERVER_HELLO) {
        memo->sender = type == TLS_CLIENT_HELLO ? TLS_CLIENT : TLS_SERVER;
        s->client = (uint8_t)(type == TLS_CLIENT_HELLO ? fm_direction(d) : !fm_direction(d));
        s->knows_client = true;
    }
    if (type == TLS_SERVER_HELLO) {
        memo->version = tls_peek_version(fm_rest(body));
        memo->retry = tls_is_retry(fm_rest(body));
    } else if (type == TLS_HELLO_RETRY_REQUEST) { /* of early drafts */
        memo->version = TLS_1_3;
    }
}

static void dissect_message(FmDissection *d, TlsCarrier carrier, TlsState *s, unsigned type, MessageMemo *memo, FmSlice whole, FmCursor *body)
{
    TlsMessage m = { .carrier = carrier, .s = s, .sender = memo->sender, .type = type, .version = memo->version,
                     .cipher_suite = memo->cipher_suite, .retry = memo->retry, .draft = memo->draft };
    put_body(d, &m, body);
    if (s && fm_ok(d))
        finish_message(d, &m, whole);
    if (type == TLS_SERVER_HELLO && carrier != TLS_OVER_QUIC && tls_version_column(memo->version))
        fm_protocol_column(d, tls_version_column(memo->version));
}

void tls_handshake_message(FmDissection *d, TlsCarrier carrier, unsigned type, FmSlice whole, bool repeated, FmCursor *body)
{
    const FmProtocol *part = carrier == TLS_OVER_UDP ? &fm_dtls_handshake : &fm_tls_handshake;
    TlsState *s = tls_state(d);
    FmTableUse before = fm_use(d, part);
    MessageMemo *memo = fm_memo(d);
    if (s)
        remember(d, s, type, body, memo);
    tls_info(d, message_name(memo, type));
    dissect_message(d, carrier, repeated ? NULL : s, type, memo, whole, body);
    fm_unuse(d, before);
}

/* ---- messages on a stream ---- */

void tls_info(FmDissection *d, const char *text)
{
    FmText *info = fm_info_text(d);
    if (info)
        fm_info_more(d, "%s%s", info->size ? ", " : "", text);
}

void tls_handshake_piece(FmDissection *d, size_t size)
{
    TlsState *s = tls_state(d);
    if (!s)
        return;
    TlsFragments *pending = &s->pending[tls_sender(d, s)];
    if (!size)
        pending->count = 0;
    else if (pending->count < TLS_MAX_FRAGMENTS) {
        pending->at[pending->count].frame = fm_frame_number(d);
        pending->at[pending->count++].size = (uint32_t)size;
    }
}

/* Takes the records that this message lay in off the list; tells them if there were several. */
static const TlsFragments *take_fragments(FmDissection *d, TlsFragments *pending, uint64_t size)
{
    TlsFragments used = { 0 };
    while (pending->count && size) {
        uint32_t n = (uint32_t)MIN(size, pending->at[0].size);
        used.at[used.count].frame = pending->at[0].frame;
        used.at[used.count++].size = n;
        size -= n;
        pending->at[0].size -= n;
        if (pending->at[0].size)
            break;
        pending->count--;
        memmove(&pending->at[0], &pending->at[1], pending->count * sizeof pending->at[0]);
    }
    if (used.count < 2)
        return NULL;
    return fm_arena_copy(d->keeping ? fm_flow_arena(d->flow) : d->arena, &used, sizeof used);
}

static void put_fragments(FmDissection *d, const TlsFragments *fragments, size_t size)
{
    FmCursor nowhere = { .start = NULL };
    FmSubtree tree = fm_open(d, FRAGMENTS, &nowhere);
    g_auto(FmText) list = { 0 };
    for (unsigned i = 0; d->want_labels && i < fragments->count; i++)
        fm_text_printf(&list, "%s#%u(%u)", i ? ", " : "", fragments->at[i].frame, fragments->at[i].size);
    fm_subtree_label(d, tree, "%u Reassembled Handshake Fragments (%zu bytes): %s", fragments->count, size, fm_text_string(&list));
    size_t at = 0;
    for (unsigned i = 0; i < fragments->count; i++) {
        size_t n = fragments->at[i].size;
        fm_make(d, FRAGMENT, fragments->at[i].frame);
        fm_label(d, FRAGMENT, "Frame: %u, payload: %zu-%zu (%zu bytes)", fragments->at[i].frame, at, at + n - 1, n);
        at += n;
    }
    fm_make(d, FRAGMENT_COUNT, fragments->count);
    fm_close(d, tree, &nowhere);
}

static void stream_dissect(FmDissection *d, TlsCarrier carrier, FmCursor *c)
{
    MessageMemo *memo = fm_memo(d);
    TlsState *s = tls_state(d);
    FmSlice whole = fm_rest(c);
    unsigned type = (unsigned)fm_peek(c, 0, 1);
    FmCursor body = fm_cursor_copy(c);
    body.at += MIN(whole.size, HEADER_SIZE);
    if (s) {
        remember(d, s, type, &body, memo);
        memo->fragments = take_fragments(d, &s->pending[tls_sender(d, s)], whole.size);
    }
    const char *name = message_name(memo, type);
    if (carrier != TLS_OVER_QUIC)
        tls_info(d, name);
    if (memo->fragments)
        put_fragments(d, memo->fragments, whole.size);
    FmSubtree message = fm_open(d, HANDSHAKE, c);
    fm_subtree_label(d, message, "Handshake Protocol: %s", name);
    fm_add(d, TYPE, c);
    fm_add(d, LENGTH, c);
    dissect_message(d, carrier, s, type, memo, whole, c);
    fm_close(d, message, c);
}

static void handshake_dissect(FmDissection *d, FmCursor *c)
{
    stream_dissect(d, TLS_OVER_TCP, c);
}

static void handshake_quic_dissect(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_tls_handshake);
    stream_dissect(d, TLS_OVER_QUIC, c);
    fm_unuse(d, before);
}

static void handshake_dtls_dissect(FmDissection *d, FmCursor *c)
{
    fm_skip(c, fm_left(c)); /* tls_handshake_message is called with more than a cursor */
}

static uint64_t handshake_record(const FmStream *stream, FmSlice b)
{
    return b.size < HEADER_SIZE ? FM_NEED_MORE : HEADER_SIZE + fm_be(b.data + 1, 3);
}

void tls_handshake_fragment(FmDissection *d, unsigned type, bool last, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_tls_handshake);
    const char *name = fm_name(fm_tls_message_types, type);
    FmSubtree part = fm_open(d, HANDSHAKE, c);
    fm_subtree_label(d, part, "Handshake Protocol: %s (%sfragment)", name ? name : "Unknown", last ? "last " : "");
    fm_skip(c, fm_left(c));
    fm_close(d, part, c);
    fm_unuse(d, before);
}

void tls_handshake_encrypted(FmDissection *d, TlsCarrier carrier, FmCursor *c)
{
    FmTableUse before = fm_use(d, carrier == TLS_OVER_UDP ? &fm_dtls_handshake : &fm_tls_handshake);
    FmSubtree message = fm_open(d, HANDSHAKE, c);
    fm_subtree_constant(d, message, "Handshake Protocol: Encrypted Handshake Message");
    fm_skip(c, fm_left(c));
    fm_close(d, message, c);
    tls_info(d, "Encrypted Handshake Message");
    fm_unuse(d, before);
}

/* ---- the session ---- */

static void release_state(void *state)
{
    tls_secrets_free(state);
}

TlsState *tls_state(FmDissection *d)
{
    if (d->replaying || d->quoting || !d->flow)
        return NULL;
    FmTableUse before = fm_use(d, &fm_tls_handshake);
    TlsState *s = fm_state(d);
    fm_unuse(d, before);
    return s;
}

const FmProtocol fm_tls_handshake = {
    .abbrev = "tls",
    .title = "TLS Handshake",
    FM_FIELDS(fields),
    .dissect = handshake_dissect,
    .record = handshake_record,
    .state_size = sizeof(TlsState),
    .release = release_state,
    .memo_size = sizeof(MessageMemo),
    .part = true,
};

const FmProtocol fm_tls_handshake_quic = {
    .abbrev = "tls",
    .title = "TLS Handshake",
    .dissect = handshake_quic_dissect,
    .record = handshake_record,
    .part = true,
};

const FmProtocol fm_dtls_handshake = {
    .abbrev = "dtls",
    .title = "DTLS Handshake",
    FM_FIELDS(dtls_fields),
    .dissect = handshake_dtls_dissect,
    .memo_size = sizeof(MessageMemo),
    .part = true,
};
