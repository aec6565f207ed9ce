/* ClientHello, ServerHello and HelloRetryRequest (RFC 8446 §4.1), and the fingerprints that are made of them. */
#include "config.h"

#include <stdlib.h>

#include "dissectors/security/tls_handshake.h"
#include "dissectors/security/tls_numbers.h"
#include "dissectors/security/tls_verdicts.h"

enum {
    PROTOCOL_VERSION, RANDOM, RANDOM_TIME, RANDOM_BYTES, SESSION_ID_LENGTH, SESSION_ID, COOKIE_LENGTH, COOKIE,
    CIPHER_SUITES_LENGTH, CIPHER_SUITES, CIPHER_SUITE, COMP_METHODS_LENGTH, COMP_METHODS, COMP_METHOD,
    JA3_FULL, JA3, JA3S_FULL, JA3S, JA4, JA4_R,
};

#define ROWS(P) \
    [PROTOCOL_VERSION] = { P ".handshake.version", "Version", FM_UINT16, FM_HEX, .names = fm_tls_versions }, \
    [RANDOM] = { P ".handshake.random", "Random", FM_BYTES }, \
    [RANDOM_TIME] = { P ".handshake.random_time", "GMT Unix Time", FM_ABSOLUTE_TIME, FM_UTC }, \
    [RANDOM_BYTES] = { P ".handshake.random_bytes", "Random Bytes", FM_BYTES }, \
    [SESSION_ID_LENGTH] = { P ".handshake.session_id_length", "Session ID Length", FM_UINT8, FM_DEC }, \
    [SESSION_ID] = { P ".handshake.session_id", "Session ID", FM_BYTES }, \
    [COOKIE_LENGTH] = { P ".handshake.cookie_length", "Cookie Length", FM_UINT8, FM_DEC }, \
    [COOKIE] = { P ".handshake.cookie", "Cookie", FM_BYTES }, \
    [CIPHER_SUITES_LENGTH] = { P ".handshake.cipher_suites_length", "Cipher Suites Length", FM_UINT16, FM_DEC }, \
    [CIPHER_SUITES] = { P ".handshake.ciphersuites", "Cipher Suites", FM_NONE }, \
    [CIPHER_SUITE] = { P ".handshake.ciphersuite", "Cipher Suite", FM_UINT16, FM_HEX, .names = fm_tls_cipher_suites }, \
    [COMP_METHODS_LENGTH] = { P ".handshake.comp_methods_length", "Compression Methods Length", FM_UINT8, FM_DEC }, \
    [COMP_METHODS] = { P ".handshake.comp_methods", "Compression Methods", FM_NONE }, \
    [COMP_METHOD] = { P ".handshake.comp_method", "Compression Method", FM_UINT8, FM_DEC, .names = fm_tls_compressions }, \
    [JA3_FULL] = { P ".handshake.ja3_full", "JA3 Fullstring", FM_STRING, .generated = true }, \
    [JA3] = { P ".handshake.ja3", "JA3", FM_STRING, .generated = true }, \
    [JA3S_FULL] = { P ".handshake.ja3s_full", "JA3S Fullstring", FM_STRING, .generated = true }, \
    [JA3S] = { P ".handshake.ja3s", "JA3S", FM_STRING, .generated = true }, \
    [JA4] = { P ".handshake.ja4", "JA4", FM_STRING, .generated = true }, \
    [JA4_R] = { P ".handshake.ja4_r", "JA4_r", FM_STRING, .generated = true }

static const FmField fields[] = { ROWS("tls") };
static const FmField dtls_fields[] = { ROWS("dtls") };

/* RFC 8446 §4.1.3: the random of a HelloRetryRequest. */
static const uint8_t retry_random[TLS_RANDOM] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* ---- JA3 ---- */

static void put_numbers(FmText *t, FmSlice list, unsigned width)
{
    bool first = true;
    for (size_t i = 0; i + width <= list.size; i += width) {
        uint64_t v = fm_be(list.data + i, width);
        if (width == 2 && tls_is_grease(v))
            continue;
        if (!first)
            fm_text_char(t, '-');
        fm_text_uint(t, v);
        first = false;
    }
}

/* Types of extensions in the order they stand. */
static size_t extension_types(FmSlice all, uint16_t *types, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i + 4 <= all.size && count < room; i += 4 + (size_t)fm_be(all.data + i + 2, 2))
        types[count++] = (uint16_t)fm_be(all.data + i, 2);
    return count;
}

static void put_extension_numbers(FmText *t, FmSlice all)
{
    uint16_t types[256];
    size_t count = extension_types(all, types, G_N_ELEMENTS(types));
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (tls_is_grease(types[i]))
            continue;
        if (!first)
            fm_text_char(t, '-');
        fm_text_uint(t, types[i]);
        first = false;
    }
}

static void put_md5(FmDissection *d, unsigned row, const FmText *text)
{
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, (const guchar *)text->data, text->size);
    if (row == JA3)
        fm_make_text(d, JA3, sum);
    else
        fm_make_text(d, JA3S, sum);
}

static void put_ja3(FmDissection *d, const TlsHello *h)
{
    if (!fm_wanted(d, JA3) && !fm_wanted(d, JA3_FULL))
        return;
    g_auto(FmText) t = { 0 };
    fm_text_uint(&t, h->version);
    fm_text_char(&t, ',');
    put_numbers(&t, h->suites, 2);
    fm_text_char(&t, ',');
    put_extension_numbers(&t, h->extensions);
    fm_text_char(&t, ',');
    put_numbers(&t, h->groups, 2);
    fm_text_char(&t, ',');
    put_numbers(&t, h->point_formats, 1);
    fm_make_text(d, JA3_FULL, fm_text_string(&t));
    put_md5(d, JA3, &t);
}

static void put_ja3s(FmDissection *d, const TlsHello *h)
{
    if (!fm_wanted(d, JA3S) && !fm_wanted(d, JA3S_FULL))
        return;
    g_auto(FmText) t = { 0 };
    fm_text_uint(&t, h->version);
    fm_text_char(&t, ',');
    put_numbers(&t, h->suites, 2);
    fm_text_char(&t, ',');
    put_extension_numbers(&t, h->extensions);
    fm_make_text(d, JA3S_FULL, fm_text_string(&t));
    put_md5(d, JA3S, &t);
}

/* ---- JA4 ---- */

static int compare_numbers(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static size_t without_grease(FmSlice list, uint16_t *out, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i + 2 <= list.size && count < room; i += 2) {
        uint16_t v = (uint16_t)fm_be(list.data + i, 2);
        if (!tls_is_grease(v))
            out[count++] = v;
    }
    return count;
}

static void put_hex_list(FmText *t, const uint16_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            fm_text_char(t, ',');
        fm_text_hex(t, list[i], 4);
    }
}

static const char *ja4_version(const TlsHello *h)
{
    uint64_t best = 0;
    for (size_t i = 0; i + 2 <= h->versions.size; i += 2) {
        uint64_t v = fm_be(h->versions.data + i, 2);
        if (!tls_is_grease(v) && v > best)
            best = v;
    }
    switch (best ? best : h->version) {
    case TLS_1_3: return "13";
    case TLS_1_2: return "12";
    case TLS_1_1: return "11";
    case TLS_1_0: return "10";
    case TLS_SSL_3: return "s3";
    case TLS_SSL_2: return "s2";
    case TLS_DTLS_1_0: return "d1";
    case TLS_DTLS_1_2: return "d2";
    case TLS_DTLS_1_3: return "d3";
    default: return "00";
    }
}

static char ja4_char(uint8_t c)
{
    return (char)(g_ascii_isalnum(c) ? c : 0);
}

/* First and last character of the first protocol name; hexadecimal digits where they are no letters. */
static void put_ja4_alpn(FmText *t, FmSlice alpn)
{
    size_t size = alpn.size ? MIN(alpn.data[0], alpn.size - 1) : 0;
    if (!size) {
        fm_text_put(t, "00");
        return;
    }
    uint8_t first = alpn.data[1], last = alpn.data[size];
    if (ja4_char(first) && ja4_char(last)) {
        fm_text_char(t, (char)first);
        fm_text_char(t, (char)last);
    } else {
        fm_text_char(t, "0123456789abcdef"[first >> 4]);
        fm_text_char(t, "0123456789abcdef"[last & 15]);
    }
}

static void put_ja4_hash(FmText *t, const FmText *from)
{
    if (!from->size) {
        fm_text_put(t, "000000000000");
        return;
    }
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)from->data, from->size);
    fm_text_add(t, sum, 12);
}

static void put_ja4(FmDissection *d, const TlsMessage *m, const TlsHello *h)
{
    if (!fm_wanted(d, JA4) && !fm_wanted(d, JA4_R))
        return;
    uint16_t suites[1024], types[256], schemes[256];
    size_t suite_count = without_grease(h->suites, suites, G_N_ELEMENTS(suites));
    size_t all = extension_types(h->extensions, types, G_N_ELEMENTS(types)), type_count = 0, hashed = 0;
    for (size_t i = 0; i < all; i++) {
        if (tls_is_grease(types[i]))
            continue;
        type_count++;
        if (types[i] != 0 && types[i] != 16) /* server name and ALPN are told apart */
            types[hashed++] = types[i];
    }
    size_t scheme_count = without_grease(h->schemes, schemes, G_N_ELEMENTS(schemes));
    qsort(suites, suite_count, sizeof suites[0], compare_numbers);
    qsort(types, hashed, sizeof types[0], compare_numbers);

    g_auto(FmText) front = { 0 }, b = { 0 }, c = { 0 }, raw = { 0 }, hash = { 0 };
    fm_text_char(&front, m->carrier == TLS_OVER_QUIC ? 'q' : m->carrier == TLS_OVER_UDP ? 'd' : 't');
    fm_text_put(&front, ja4_version(h));
    fm_text_char(&front, h->server_name.data ? 'd' : 'i');
    fm_text_printf(&front, "%02u%02u", (unsigned)MIN(suite_count, 99), (unsigned)MIN(type_count, 99));
    put_ja4_alpn(&front, h->alpn);
    put_hex_list(&b, suites, suite_count);
    put_hex_list(&c, types, hashed);
    if (scheme_count) {
        fm_text_char(&c, '_');
        put_hex_list(&c, schemes, scheme_count);
    }
    fm_text_put(&hash, fm_text_string(&front));
    fm_text_char(&hash, '_');
    put_ja4_hash(&hash, &b);
    fm_text_char(&hash, '_');
    put_ja4_hash(&hash, hashed ? &c : &(FmText){ 0 });
    fm_make_text(d, JA4, fm_text_string(&hash));
    fm_text_put(&raw, fm_text_string(&front));
    fm_text_char(&raw, '_');
    fm_text_put(&raw, fm_text_string(&b));
    fm_text_char(&raw, '_');
    fm_text_put(&raw, fm_text_string(&c));
    fm_make_text(d, JA4_R, fm_text_string(&raw));
}

/* ---- common to both ---- */

static void put_random(FmDissection *d, TlsHello *h, bool with_time, FmCursor *c)
{
    FmCursor parts = *c;
    h->random = fm_add_bytes(d, RANDOM, c, TLS_RANDOM);
    if (!with_time || h->random.size < TLS_RANDOM)
        return;
    fm_down(d);
    fm_add_value(d, RANDOM_TIME, &parts, 4, fm_peek(&parts, 0, 4) * UINT64_C(1000000000));
    parts.at += 4;
    fm_add_bytes(d, RANDOM_BYTES, &parts, 28);
    fm_up(d);
}

static void put_session_id(FmDissection *d, TlsHello *h, FmCursor *c)
{
    uint64_t size = fm_add(d, SESSION_ID_LENGTH, c);
    if (size)
        h->session_id = fm_add_bytes(d, SESSION_ID, c, size);
}

static void keep_id(uint8_t *to, uint8_t *size, FmSlice id)
{
    *size = (uint8_t)MIN(id.size, TLS_MAX_SESSION_ID);
    if (*size)
        memcpy(to, id.data, *size);
}

static FmSlice keep_bytes(FmDissection *d, FmSlice bytes)
{
    if (!bytes.size)
        return (FmSlice){ NULL, 0 };
    return (FmSlice){ fm_arena_copy(fm_flow_arena(d->flow), bytes.data, bytes.size), bytes.size };
}

/* ---- ClientHello ---- */

/* A new handshake on the same connection begins: what it will agree on is not known yet. */
static void begin_handshake(FmDissection *d, TlsState *s, const TlsHello *h)
{
    if (s->has_client_random && memcmp(s->client_random, h->random.data, TLS_RANDOM) != 0) {
        if (s->has_server_random && !s->retried)
            s->renegotiations++;
        s->has_server_random = s->has_suite = s->resumed = s->psk_selected = false;
        s->side[0].finished = s->side[1].finished = false;
    }
    memcpy(s->client_random, h->random.data, TLS_RANDOM);
    s->has_client_random = true;
    keep_id(s->client_session_id, &s->client_session_id_size, h->session_id);
    if (h->ticket.size && h->ticket.size != s->ticket.size)
        s->ticket = keep_bytes(d, h->ticket);
    tls_verdict_offer(s, h);
    s->offered_psk = h->has_psk;
    s->offered_ems = h->has_ems;
    s->offered_etm = h->has_etm;
    s->early_data_offered = h->has_early_data;
    if (h->has_early_data && !s->has_server_random && !s->retried)
        s->side[TLS_CLIENT] = (TlsSide){ .epoch = TLS_EPOCH_EARLY };
}

void tls_client_hello(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    FmTableUse before = tls_use(d, m, &fm_tls_hello, &fm_dtls_hello);
    TlsHello h = { 0 };
    h.version = fm_add(d, PROTOCOL_VERSION, c);
    put_random(d, &h, (m->version < TLS_1_3 && m->carrier != TLS_OVER_QUIC) || m->carrier == TLS_OVER_UDP, c);
    put_session_id(d, &h, c);
    if (m->carrier == TLS_OVER_UDP) {
        uint64_t size = fm_add(d, COOKIE_LENGTH, c);
        if (size)
            fm_add_bytes(d, COOKIE, c, size);
    }
    uint64_t size = fm_add(d, CIPHER_SUITES_LENGTH, c);
    FmCursor suites = fm_take(c, size);
    h.suites = fm_rest(&suites);
    if (fm_left(&suites)) {
        FmSubtree list = fm_open(d, CIPHER_SUITES, &suites);
        fm_subtree_label(d, list, "Cipher Suites (%u suite%s)", (unsigned)size / 2, size == 2 ? "" : "s");
        while (fm_left(&suites) >= 2)
            fm_add(d, CIPHER_SUITE, &suites);
        fm_close(d, list, &suites);
    }
    size = fm_add(d, COMP_METHODS_LENGTH, c);
    FmCursor methods = fm_take(c, size);
    if (fm_left(&methods)) {
        FmSubtree list = fm_open(d, COMP_METHODS, &methods);
        fm_subtree_label(d, list, "Compression Methods (%u method%s)", (unsigned)size, size == 1 ? "" : "s");
        while (fm_left(&methods))
            fm_add(d, COMP_METHOD, &methods);
        fm_close(d, list, &methods);
    }
    if (fm_left_on_wire(c)) {
        tls_put_extensions(d, m, &h, c);
        h.has_extensions = true;
    }
    put_ja3(d, &h);
    put_ja4(d, m, &h);
    if (m->s && fm_ok(d))
        begin_handshake(d, m->s, &h);
    fm_unuse(d, before);
}

/* RFC 6347 §4.2.1. */
void tls_hello_verify_request(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    FmTableUse before = tls_use(d, m, &fm_tls_hello, &fm_dtls_hello);
    fm_add(d, PROTOCOL_VERSION, c);
    uint64_t size = fm_add(d, COOKIE_LENGTH, c);
    if (size)
        fm_add_bytes(d, COOKIE, c, size);
    fm_unuse(d, before);
}

/* ---- ServerHello ---- */

static bool is_draft(uint64_t version)
{
    return version >> 8 == 0x7f || version >> 8 == 0xfb;
}

/* TLS 1.3 and its drafts count as one. */
static uint16_t chosen_version(const TlsHello *h)
{
    uint64_t v = h->selected_version ? h->selected_version : h->version;
    return is_draft(v) ? TLS_1_3 : (uint16_t)v;
}

static void settle(FmDissection *d, TlsMessage *m, const TlsHello *h, uint64_t suite, uint64_t compression)
{
    TlsState *s = m->s;
    s->version = chosen_version(h);
    s->draft = is_draft(h->selected_version) ? (uint16_t)h->selected_version : is_draft(h->version) ? (uint16_t)h->version : 0;
    s->version_agreed = true;
    s->cipher_suite = (uint16_t)suite;
    s->has_suite = true;
    s->compression = (uint8_t)compression;
    s->group = (uint16_t)h->selected_group;
    m->version = s->version;
    m->cipher_suite = s->cipher_suite;
    if (m->retry) {
        s->retried = true;
        s->early_data_rejected = s->early_data_offered;
        return;
    }
    memcpy(s->server_random, h->random.data, TLS_RANDOM);
    s->has_server_random = true;
    s->hello_done = false;
    keep_id(s->session_id, &s->session_id_size, h->session_id);
    s->extended_master_secret = h->has_ems && s->offered_ems;
    s->encrypt_then_mac = h->has_etm && s->offered_etm;
    s->truncated_hmac = h->has_truncated_hmac;
    s->psk_selected = h->has_psk;
    s->psk_identity = (uint16_t)h->selected_identity;
    bool same_id = h->session_id.size && h->session_id.size == s->client_session_id_size &&
                   memcmp(h->session_id.data, s->client_session_id, h->session_id.size) == 0;
    bool new_tls = s->version == TLS_1_3 || s->version == TLS_DTLS_1_3;
    s->resumed = new_tls ? h->has_psk : same_id;
    if (!new_tls)
        return;
    s->side[TLS_SERVER] = (TlsSide){ .epoch = TLS_EPOCH_HANDSHAKE };
    if (s->side[TLS_CLIENT].epoch == TLS_EPOCH_PLAIN)
        s->side[TLS_CLIENT] = (TlsSide){ .epoch = TLS_EPOCH_HANDSHAKE };
}

void tls_server_hello(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    FmTableUse before = tls_use(d, m, &fm_tls_hello, &fm_dtls_hello);
    TlsHello h = { 0 };
    h.version = fm_add(d, PROTOCOL_VERSION, c);
    bool draft = is_draft(h.version); /* drafts before 22 had no session id, and their version here */
    put_random(d, &h, (m->version < TLS_1_3 && !draft) || m->carrier == TLS_OVER_UDP, c);
    uint64_t suite = 0, compression = 0;
    if (!draft)
        put_session_id(d, &h, c);
    h.suites = (FmSlice){ c->at, MIN(fm_left(c), 2) };
    suite = fm_add(d, CIPHER_SUITE, c);
    if (!draft)
        compression = fm_add(d, COMP_METHOD, c);
    m->cipher_suite = (uint16_t)suite;
    if (fm_left_on_wire(c)) {
        tls_put_extensions(d, m, &h, c);
        h.has_extensions = true;
    }
    put_ja3s(d, &h);
    if (m->s && fm_ok(d))
        settle(d, m, &h, suite, compression);
    tls_verdict_choice(d, m, &h);
    fm_unuse(d, before);
}

bool tls_is_retry(FmSlice hello)
{
    return hello.size >= 2 + TLS_RANDOM && memcmp(hello.data + 2, retry_random, TLS_RANDOM) == 0;
}

/* The version that a ServerHello chooses, found before it is dissected: its fields depend on it. */
uint16_t tls_peek_version(FmSlice hello)
{
    FmTrouble trouble = { 0 };
    FmCursor c = { hello.data, hello.data + hello.size, hello.data, &trouble, 0, 0, false };
    uint64_t version = fm_read_u16(&c);
    if (is_draft(version))
        return TLS_1_3;
    fm_skip(&c, TLS_RANDOM);
    fm_skip(&c, fm_read_u8(&c));
    fm_skip(&c, 2 + 1);
    FmCursor all = fm_take(&c, fm_read_u16(&c));
    while (fm_left(&all) >= 4) {
        uint64_t type = fm_read_u16(&all), size = fm_read_u16(&all);
        if (type == 43 && size == 2)
            version = fm_peek(&all, 0, 2);
        fm_skip(&all, size);
    }
    return is_draft(version) ? TLS_1_3 : (uint16_t)version;
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_tls_hello = { .abbrev = "tls", .title = "TLS Hello", FM_FIELDS(fields), .dissect = nothing, .part = true };
const FmProtocol fm_dtls_hello = { .abbrev = "dtls", .title = "DTLS Hello", FM_FIELDS(dtls_fields), .dissect = nothing, .part = true };
