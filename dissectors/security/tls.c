/* TLS (RFC 8446, 5246; SSL 3: RFC 6101): records over a stream of bytes, and where their contents go. */
#include "config.h"

#include "dissectors/contents.h"
#include "dissectors/security/tls_handshake.h"
#include "dissectors/security/tls_heartbeat.h"
#include "dissectors/security/tls_numbers.h"
#include "dissectors/security/tls_ssl2.h"
#include "dissectors/security/tls_verdicts.h"

extern const FmProtocol fm_http;

enum {
    TLS, RECORD, CONTENT_TYPE, OPAQUE_TYPE, RECORD_VERSION, LENGTH, INNER_TYPE, APP_DATA, APP_DATA_PROTO,
    CCS, ALERT_MESSAGE, ALERT_LEVEL, ALERT_DESC,
    UNKNOWN_RECORD, LENGTH_INVALID, RESUMED,
};

static const FmField fields[] = {
    [TLS] = { "tls", "Transport Layer Security", FM_PROTOCOL },
    [RECORD] = { "tls.record", "Record Layer", FM_NONE },
    [CONTENT_TYPE] = { "tls.record.content_type", "Content Type", FM_UINT8, FM_DEC, .names = fm_tls_content_types },
    [OPAQUE_TYPE] = { "tls.record.opaque_type", "Opaque Type", FM_UINT8, FM_DEC, .names = fm_tls_content_types },
    [RECORD_VERSION] = { "tls.record.version", "Version", FM_UINT16, FM_HEX, .names = fm_tls_versions },
    [LENGTH] = { "tls.record.length", "Length", FM_UINT16, FM_DEC },
    [INNER_TYPE] = { "tls.record.content_type", "Content Type", FM_UINT8, FM_DEC, .names = fm_tls_content_types, .generated = true },
    [APP_DATA] = { "tls.app_data", "Encrypted Application Data", FM_BYTES },
    [APP_DATA_PROTO] = { "tls.app_data_proto", "Application Data Protocol", FM_STRING, .generated = true },
    [CCS] = { "tls.change_cipher_spec", "Change Cipher Spec Message", FM_NONE },
    [ALERT_MESSAGE] = { "tls.alert_message", "Alert Message", FM_NONE },
    [ALERT_LEVEL] = { "tls.alert_message.level", "Level", FM_UINT8, FM_DEC, .names = fm_tls_alert_levels },
    [ALERT_DESC] = { "tls.alert_message.desc", "Description", FM_UINT8, FM_DEC, .names = fm_tls_alerts },
    [UNKNOWN_RECORD] = { "tls.ignored_unknown_record", "Ignored Unknown Record", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [LENGTH_INVALID] = { "tls.record.length.invalid", "Record fragment length is too small or too large", FM_EXPERT, .severity = FM_ERROR,
                         .group = FM_GROUP_PROTOCOL },
    [RESUMED] = { "tls.resumed", "This session reuses previously negotiated keys (Session resumption)", FM_EXPERT, .severity = FM_CHAT,
                  .group = FM_GROUP_SEQUENCE },
};

enum {
    HEADER_SIZE = 5,
    MAX_PLAIN = 1 << 14,            /* bytes of a record's contents (RFC 8446 §5.1) */
    MAX_PROTECTED = MAX_PLAIN + 2048, /* with compression, MAC and padding (RFC 5246 §6.2.3) */
};

enum { HANDSHAKE_STREAM, APPLICATION_STREAM }; /* what the records carry, put together again */

typedef struct ConnectionState {
    bool ssl2;            /* SSL 2.0 was agreed on */
} ConnectionState;

enum { NOT_SSL2, SSL2_HANDSHAKE, SSL2_ENCRYPTED };

typedef struct RecordMemo {
    uint8_t ssl2;         /* a record of SSL 2.0 */
    uint16_t version;     /* the session's, or the record's own where nothing is known yet */
    bool protected;       /* under keys, so far as the session tells */
    bool agreed;          /* the session's version is known */
    bool ends;            /* the handshake message that earlier records began ends here */
    uint8_t message;      /* its type */
    uint32_t continued;   /* bytes of it in this record */
    bool open;
    bool resumed;         /* the handshake is cut short by what both know */
    bool ends_handshake;
    bool ends_data;       /* nothing more comes from this side, and something waited for the end */
    unsigned application; /* protocol of application data; 0: unknown */
    bool guessed;         /* by this record's content, as Wireshark does with HTTP each time */
    TlsOpening opening;
} RecordMemo;

/* ---- records on the stream ---- */

static bool is_version(uint64_t version)
{
    return (version >= TLS_SSL_3 && version <= TLS_1_3) || version == 0x0101;
}

bool tls_looks_like_record(FmSlice b)
{
    return b.size >= HEADER_SIZE && b.data[0] >= TLS_CHANGE_CIPHER_SPEC && b.data[0] <= TLS_HEARTBEAT && is_version(fm_be(b.data + 1, 2)) &&
           fm_be(b.data + 3, 2) <= MAX_PROTECTED;
}

static uint64_t tls_record(const FmStream *stream, FmSlice b)
{
    const ConnectionState *state = stream->state;
    if (state && state->ssl2)
        return tls_ssl2_record(b);
    if (b.data[0] & 0x80 && b.size >= 3 && (b.data[2] == 1 || b.data[2] == 2 || b.data[2] == 4)) {
        uint64_t size = tls_ssl2_handshake(b);
        if (size || b.size < SSL2_PEEK)
            return size ? size : FM_NEED_MORE;
    }
    if (b.size < HEADER_SIZE)
        return b.data[0] >= TLS_CHANGE_CIPHER_SPEC && b.data[0] <= TLS_HEARTBEAT ? FM_NEED_MORE : b.size;
    if (b.data[0] < TLS_CHANGE_CIPHER_SPEC || b.data[0] > TLS_HEARTBEAT || !is_version(fm_be(b.data + 1, 2)))
        return b.size; /* not a record: joined in its middle, or no TLS at all */
    return HEADER_SIZE + fm_be(b.data + 3, 2);
}

static uint64_t tls_resync(const FmStream *stream, FmSlice b)
{
    for (size_t i = 0; i + HEADER_SIZE <= b.size; i++)
        if (tls_looks_like_record((FmSlice){ b.data + i, b.size - i }))
            return i;
    return FM_NEED_MORE;
}

static void tls_begun(FmDissection *d, FmSlice bytes)
{
    (void)bytes;
    fm_info(d, "%s", "");
}

static bool tls_probe(const FmDissection *d, FmSlice b)
{
    return (tls_looks_like_record(b) && fm_be(b.data + 3, 2)) || (b.size >= 3 && b.data[2] == 1 && tls_ssl2_handshake(b));
}

/* ---- the session ---- */

static const struct {
    uint16_t version;
    const char *column;
} columns[] = {
    { TLS_SSL_2, "SSLv2" }, { TLS_SSL_3, "SSLv3" }, { TLS_1_0, "TLSv1" }, { TLS_1_1, "TLSv1.1" }, { TLS_1_2, "TLSv1.2" },
    { TLS_1_3, "TLSv1.3" }, { 0x0101, "GMTLS" }, { TLS_DTLS_1_0, "DTLSv1.0" }, { TLS_DTLS_1_2, "DTLSv1.2" }, { TLS_DTLS_1_3, "DTLSv1.3" },
    { 0x0100, "DTLS 1.0 (OpenSSL pre 0.9.8f)" },
};

const char *tls_version_column(uint64_t version)
{
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        if (columns[i].version == version)
            return columns[i].column;
    return NULL;
}

const char *tls_version_name(uint64_t version)
{
    return fm_name(fm_tls_versions, version);
}

/* Any message but a ClientHello tells the version, until a ServerHello settles it. */
static void learn_version(TlsState *s, unsigned type, uint64_t version, const FmCursor *body)
{
    bool client_hello = type == TLS_HANDSHAKE && fm_peek(body, 0, 1) == TLS_CLIENT_HELLO;
    if (!s->version && !client_hello && is_version(version))
        s->version = (uint16_t)version;
}

/* Where no hello was seen, the lower port is the server's. */
static void learn_roles(FmDissection *d, TlsState *s, unsigned type, const FmCursor *body)
{
    uint64_t message = type == TLS_HANDSHAKE ? fm_peek(body, 0, 1) : 0;
    bool hello = message == TLS_CLIENT_HELLO || message == TLS_SERVER_HELLO;
    if (s->knows_client || (!hello && s->side[0].sequence + s->side[1].sequence > 0))
        return;
    const FmPacket *p = d->packet;
    bool from_client = hello ? message == TLS_CLIENT_HELLO : p->source_port > p->destination_port;
    s->client = (uint8_t)(from_client ? fm_direction(d) : !fm_direction(d));
    s->knows_client = hello;
}

/* Joined after the handshake began: a handshake record that makes no sense is taken for an encrypted one. */
static bool looks_encrypted(const TlsState *s, const FmCursor *body)
{
    uint64_t length = fm_peek(body, 1, 3);
    if (fm_left(body) < 16)
        return false;
    return !fm_name(fm_tls_message_types, fm_peek(body, 0, 1)) || (!s->knows_client && length > UINT16_MAX);
}

/* ---- contents ---- */

static void put_change_cipher_spec(FmDissection *d, TlsState *s, RecordMemo *memo, FmCursor *body)
{
    if (s && s->version < TLS_1_3 && s->has_server_random && !s->hello_done && tls_sender(d, s) == TLS_SERVER)
        s->resumed = memo->resumed = true; /* the server goes on without a key exchange */
    tls_info(d, "Change Cipher Spec");
    FmSubtree message = fm_open(d, CCS, body);
    body->at = body->end;
    fm_close(d, message, body);
    if (memo->resumed)
        fm_expert(d, RESUMED);
    if (!s || s->version == TLS_1_3 || tls_has_stages(s))
        return; /* there it only pleases middleboxes (RFC 8446 appendix D.4) */
    TlsRole sender = tls_sender(d, s);
    if (sender == TLS_CLIENT && s->has_client_random && !s->has_server_random)
        return; /* the same, before early data */
    s->side[sender].epoch++;
    s->side[sender].sequence = 0;
    s->side[sender].ccs_frame = fm_frame_number(d);
    tls_keys_epoch(d, s, sender);
}

static void put_alert(FmDissection *d, FmSubtree record, const char *version, FmCursor *body, bool plain)
{
    FmSubtree message = fm_open(d, ALERT_MESSAGE, body);
    if (!plain) {
        tls_info(d, "Encrypted Alert");
        fm_subtree_label(d, record, "%s Record Layer: Encrypted Alert", version);
        fm_subtree_constant(d, message, "Alert Message: Encrypted Alert");
        body->at = body->end;
    } else {
        const char *level = fm_name(fm_tls_alert_levels, fm_add(d, ALERT_LEVEL, body));
        const char *alert = fm_name(fm_tls_alerts, fm_add(d, ALERT_DESC, body));
        tls_info(d, "Alert");
        fm_info_more(d, " (Level: %s, Description: %s)", level ? level : "unknown", alert ? alert : "unknown");
        fm_subtree_label(d, record, "%s Record Layer: Alert (Level: %s, Description: %s)", version, level ? level : "unknown",
                         alert ? alert : "unknown");
    }
    fm_close(d, message, body);
}

/* How much of this record belongs to a message that earlier records began. */
static void find_continuation(FmDissection *d, const FmCursor *body, RecordMemo *memo)
{
    FmStream *stream = fm_stream(d, HANDSHAKE_STREAM);
    size_t have = stream->gathered_size, left = fm_left(body);
    if (!have)
        return;
    uint8_t header[4] = { 0 };
    for (size_t i = 0; i < sizeof header; i++)
        header[i] = i < have ? stream->gathered[i] : i - have < left ? body->at[i - have] : 0;
    uint64_t need = sizeof header + fm_be(header + 1, 3) - have;
    memo->message = header[0];
    memo->ends = need <= left;
    memo->continued = (uint32_t)MIN(need, left);
}

static void put_handshake(FmDissection *d, TlsState *s, FmSubtree record, const char *version, const RecordMemo *memo, FmCursor *body)
{
    if (memo->protected && !memo->open) {
        fm_subtree_label(d, record, "%s Record Layer: Handshake Protocol: Encrypted Handshake Message", version);
        tls_handshake_encrypted(d, TLS_OVER_TCP, body);
        return;
    }
    FmStream *stream = fm_stream(d, HANDSHAKE_STREAM);
    if (stream && !stream->protocol)
        fm_stream_feed(d, stream, fm_catalog_number(d->packet->catalog, &fm_tls_handshake));
    FmCursor rest = *body;
    if (memo->continued) {
        FmCursor part = fm_take(&rest, memo->continued);
        tls_handshake_fragment(d, memo->message, memo->ends, &part);
    }
    unsigned messages = memo->ends;
    while (fm_left(&rest) >= 4 && fm_left_on_wire(&rest) >= 4 + fm_peek(&rest, 1, 3)) {
        messages++;
        fm_skip(&rest, MIN(fm_left(&rest), 4 + fm_peek(&rest, 1, 3)));
    }
    uint64_t type = memo->continued ? memo->message : fm_peek(body, 0, 1);
    const char *name = fm_name(fm_tls_message_types, type);
    bool several = messages + (fm_left(&rest) > 0) > 1;
    fm_subtree_label(d, record, "%s Record Layer: Handshake Protocol: %s%s", version,
                     several ? "Multiple Handshake Messages" : name ? name : "Unknown", messages ? "" : " (fragment)");
    if (s && fm_left(body))
        tls_handshake_piece(d, fm_left(body));
    fm_stream_append(d, stream, body);
    if (fm_left(&rest)) { /* the rest of it is in the next record */
        type = fm_peek(&rest, 0, 1);
        tls_handshake_fragment(d, (unsigned)type, false, &rest);
        name = fm_name(fm_tls_message_types, type);
        if (!messages) {
            tls_info(d, "[");
            fm_info_more(d, "%s Fragment]", name ? name : "Handshake");
        }
    }
}

/* ---- application data ---- */

enum { PATIENCE = 64 }; /* records in which an application is looked for */

static const char *port_title(uint64_t port)
{
    switch (port) {
    case 443: return "Hypertext Transfer Protocol";
    case 636: return "Lightweight Directory Access Protocol";
    case 5061: return "Session Initiation Protocol";
    case 5671: return "Advanced Message Queuing Protocol";
    default: return NULL;
    }
}

/* By the name that was agreed on, else by port, else by content where it is known. */
static unsigned find_application(FmDissection *d, TlsState *s, bool open, const FmCursor *body)
{
    if (s->application || s->application_unknown)
        return s->application;
    const FmPacket *p = d->packet;
    if (s->alpn[0])
        s->application = fm_find_named(d, FM_ALPN, (FmSlice){ (const uint8_t *)s->alpn, strlen(s->alpn) });
    if (!s->application)
        s->application = fm_find_by_ports(d, FM_TLS_PORT, p->source_port, p->destination_port, (FmSlice){ NULL, 0 });
    if (!s->application && open) { /* by content, on any port */
        s->application = fm_find_by_ports(d, FM_TLS_PORT, 0, 0, fm_rest(body));
        if (!s->application)
            s->application = fm_find_by_ports(d, FM_TCP_PORT, 0, 0, fm_rest(body));
        s->application_guessed = s->application != 0;
    }
    if (open && !s->application)
        s->application_unknown = ++s->application_asked == PATIENCE;
    return s->application;
}

static void put_application(FmDissection *d, TlsState *s, FmSubtree record, const char *version, RecordMemo *memo, FmCursor *wire, FmCursor *body)
{
    const FmPacket *p = d->packet;
    if (s) {
        unsigned before = s->application;
        memo->application = find_application(d, s, memo->open, body);
        memo->guessed = s->application_guessed && (!before || before == fm_catalog_number(p->catalog, &fm_http));
    }
    const char *title = memo->application && !memo->guessed ? fm_catalog_protocol_at(p->catalog, memo->application)->title : NULL;
    if (!title)
        title = port_title(MIN(p->source_port, p->destination_port));
    fm_subtree_label(d, record, "%s Record Layer: %s Protocol: %s", version, "Application Data", title ? title : "Application Data");
    if (!memo->open)
        tls_info(d, "Application Data");
    fm_add_bytes(d, APP_DATA, wire, fm_left_on_wire(wire));
    if (title)
        fm_make_text(d, APP_DATA_PROTO, title);
    if (memo->open)
        fm_contents(d, FM_CONTENTS_PLAINTEXT, body);
}

/* ---- a record ---- */

static void put_unknown(FmDissection *d, FmCursor *c, bool continuation)
{
    if (continuation) {
        tls_info(d, "Continuation Data");
    } else {
        tls_info(d, "Ignored Unknown Record");
        fm_expert(d, UNKNOWN_RECORD);
    }
    c->at = c->end;
}

static void find_ssl2(FmDissection *d, RecordMemo *memo, const FmCursor *c)
{
    const ConnectionState *connection = fm_replaying(d) || d->quoting ? NULL : fm_state(d);
    if (!connection)
        return;
    uint64_t size = tls_ssl2_handshake(fm_rest(c));
    memo->ssl2 = size && size <= fm_left_on_wire(c) ? SSL2_HANDSHAKE : connection->ssl2 ? SSL2_ENCRYPTED : NOT_SSL2;
}

/* close_notify (RFC 8446 §6.1): what goes on until the end, as bodies of HTTP/1.0 do, is whole. */
static bool ends_data(FmDissection *d, const TlsRecord *r, const RecordMemo *memo, const FmCursor *body)
{
    if (r->type != TLS_ALERT || !memo->open || fm_left(body) != 2 || fm_peek(body, 1, 1) != 0)
        return false;
    const FmStream *stream = fm_stream(d, APPLICATION_STREAM);
    return stream && stream->protocol && !stream->finished && stream->gathered_size;
}

static void tls_dissect(FmDissection *d, FmCursor *c)
{
    RecordMemo *memo = fm_memo(d);
    TlsState *s = tls_state(d);
    if (s) {
        memo->agreed = s->version && s->version != TLS_1_3; /* 1.3 is looked at record by record */
        memo->version = s->version;
    }
    if (!d->follows)
        fm_info(d, "%s", "");
    find_ssl2(d, memo, c);
    if (memo->ssl2) {
        ConnectionState *connection = s ? fm_state(d) : NULL;
        bool stays = tls_ssl2_dissect(d, s, memo->ssl2 == SSL2_ENCRYPTED, c);
        if (connection)
            connection->ssl2 = stays;
        return;
    }
    FmCursor whole = fm_cursor_copy(c);
    uint64_t type = fm_peek(c, 0, 1), version = fm_peek(c, 1, 2);
    bool known_type = type >= TLS_CHANGE_CIPHER_SPEC && type <= TLS_HEARTBEAT;
    if (!known_type || !is_version(version) || fm_left(c) < HEADER_SIZE) {
        const char *column = tls_version_column(memo->version);
        fm_protocol_column(d, column ? column : "SSL");
        put_unknown(d, c, !memo->agreed);
        return;
    }
    FmCursor peek = fm_cursor_copy(c);
    peek.at += HEADER_SIZE;
    if (s) {
        learn_version(s, (unsigned)type, version, &peek);
        learn_roles(d, s, (unsigned)type, &peek);
        memo->version = type == TLS_APPLICATION_DATA && tls_keys_early(d, s) ? TLS_1_3 : s->version ? s->version : (uint16_t)version;
    }
    const char *name = tls_version_column(memo->version);
    if (name)
        fm_protocol_column(d, name);

    FmSubtree record = fm_open(d, RECORD, c);
    if (memo->version == TLS_1_3 && type == TLS_APPLICATION_DATA)
        fm_add(d, OPAQUE_TYPE, c);
    else
        fm_add(d, CONTENT_TYPE, c);
    fm_add(d, RECORD_VERSION, c);
    uint64_t length = fm_add(d, LENGTH, c);
    if (length > MAX_PROTECTED)
        fm_expert(d, LENGTH_INVALID);
    if (!length) { /* nothing in it, not even a tag */
        fm_close(d, record, c);
        return;
    }
    FmCursor body = fm_take(c, length), wire = body;

    TlsRecord r = { .type = (uint8_t)type, .version = (uint16_t)version, .header = { whole.at, HEADER_SIZE } };
    if (s) {
        const TlsSide *side = &s->side[tls_sender(d, s)];
        memo->protected = type != TLS_CHANGE_CIPHER_SPEC && ((side->epoch > 0 && !tls_has_stages(s)) || type == TLS_APPLICATION_DATA);
        if (type == TLS_HANDSHAKE && !memo->protected && !fm_stream(d, HANDSHAKE_STREAM)->gathered_size)
            memo->protected = looks_encrypted(s, &body);
    }
    if (memo->protected) {
        bool open = tls_open_record(d, s, &memo->opening, &r, &body);
        if (s)
            memo->open = open;
        if (open && memo->version == TLS_1_3)
            fm_make(d, INNER_TYPE, r.type);
    }
    if (s && r.type == TLS_HANDSHAKE && (memo->open || !memo->protected))
        find_continuation(d, &body, memo);
    if (!name)
        name = "TLS";
    if (s)
        memo->ends_data = ends_data(d, &r, memo, &body);
    switch (r.type) {
    case TLS_CHANGE_CIPHER_SPEC:
        fm_subtree_label(d, record, "%s Record Layer: Change Cipher Spec Protocol: Change Cipher Spec", name);
        put_change_cipher_spec(d, s, memo, &body);
        break;
    case TLS_ALERT: put_alert(d, record, name, &body, memo->open || (!memo->protected && length == 2)); break;
    case TLS_HANDSHAKE: put_handshake(d, s, record, name, memo, &body); break;
    case TLS_APPLICATION_DATA: put_application(d, s, record, name, memo, &wire, &body); break;
    case TLS_HEARTBEAT: tls_heartbeat_dissect(d, TLS_OVER_TCP, record, name, memo->protected && !memo->open, &body); break;
    default: break;
    }
    if (s) {
        tls_verdict_turn(d, s);
        if (r.type == TLS_APPLICATION_DATA && s->side[TLS_CLIENT].epoch == TLS_EPOCH_EARLY && tls_sender(d, s) == TLS_CLIENT &&
            (memo->open || !s->has_server_random))
            s->early_bytes += length;
        memo->ends_handshake = tls_verdict_ended(d, s, (unsigned)type);
    }
    if (memo->ends_handshake)
        tls_verdict_handshake(d, s);
    fm_close(d, record, c);
    if (memo->ends_data) {
        FmStream *stream = fm_stream(d, APPLICATION_STREAM);
        fm_stream_finish_here(d, stream);
        body.at = body.end;
        tls_application_put(d, stream, &body);
    }
    if (memo->open && r.type == TLS_APPLICATION_DATA) {
        FmStream *stream = fm_stream(d, APPLICATION_STREAM);
        if (stream && !stream->protocol) { /* what one side was recognised by holds for the other */
            fm_stream_feed(d, stream, memo->application);
            if (memo->application == fm_catalog_number(d->packet->catalog, &fm_tls))
                fm_stream_nest(stream);
        }
        FmStreamResult result = tls_application_put(d, stream, &body);
        if (!result.consumed) {
            tls_info(d, "Application Data");
            fm_data(d, &body);
        } else if (result.waiting && !result.records) {
            fm_info(d, "[TLS segment of a reassembled PDU]");
        }
    }
}

const FmProtocol fm_tls = {
    .abbrev = "tls",
    .name = "TLS",
    .title = "Transport Layer Security",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_TCP_PORT, 443 }, { FM_TCP_PORT, 324 }, { FM_TCP_PORT, 465 }, { FM_TCP_PORT, 636 }, { FM_TCP_PORT, 802 },
                { FM_TCP_PORT, 853 }, { FM_TCP_PORT, 993 }, { FM_TCP_PORT, 995 }, { FM_TCP_PORT, 1300 }, { FM_TCP_PORT, 2221 },
                { FM_TCP_PORT, 2443 }, { FM_TCP_PORT, 3249 }, { FM_TCP_PORT, 3250 }, { FM_TCP_PORT, 3251 }, { FM_TCP_PORT, 3252 },
                { FM_TCP_PORT, 3496 }, { FM_TCP_PORT, 5061 }, { FM_TCP_PORT, 5671 }, { FM_TCP_PORT, 5684 }, { FM_TCP_PORT, 5868 },
                { FM_TCP_PORT, 8883 }, { FM_TCP_PORT, 11207 }, { FM_TCP_PORT, 19999 }, { FM_TCP_PORT, 27017 }),
    .dissect = tls_dissect,
    .probe = tls_probe,
    .probe_on = FM_TCP_PORT,
    .record = tls_record,
    .begun = tls_begun,
    .opens = true,
    .resync = tls_resync,
    .state_size = sizeof(ConnectionState),
    .memo_size = sizeof(RecordMemo),
    .memo_final = true,
};
