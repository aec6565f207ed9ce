/* DTLS (RFC 9147, 6347, 4347; connection ids: RFC 9146): the records of a datagram, and where their contents go. */
#include "config.h"

#include "dissectors/contents.h"
#include "dissectors/realtime/rtp.h"
#include "dissectors/security/dtls.h"
#include "dissectors/security/tls_heartbeat.h"
#include "dissectors/security/tls_numbers.h"
#include "dissectors/security/tls_verdicts.h"

enum {
    RECORD, CONTENT_TYPE, SPECIAL_TYPE, INNER_TYPE, RECORD_VERSION, EPOCH, SEQUENCE, CONNECTION_ID, LENGTH, APP_DATA, APP_DATA_PROTO, ENCRYPTED,
    CCS, ALERT_MESSAGE, ALERT_LEVEL, ALERT_DESC,
    UNIFIED, UNIFIED_FIXED, UNIFIED_ID, UNIFIED_NUMBER, UNIFIED_LENGTH, UNIFIED_EPOCH, NUMBER_SUFFIX, NUMBER_OPENED, ACK, ACK_LENGTH, ACK_NUMBERS,
    ACK_EPOCH, ACK_SEQUENCE, LENGTH_INVALID, ID_INVALID, RESUMED,
};

static const FmField fields[] = {
    [RECORD] = { "dtls.record", "Record Layer", FM_NONE },
    [CONTENT_TYPE] = { "dtls.record.content_type", "Content Type", FM_UINT8, FM_DEC, .names = fm_tls_content_types },
    [SPECIAL_TYPE] = { "dtls.record.special_type", "Special Type", FM_UINT8, FM_DEC, .names = fm_tls_content_types },
    [INNER_TYPE] = { "dtls.record.content_type", "Content Type", FM_UINT8, FM_DEC, .names = fm_tls_content_types, .generated = true },
    [RECORD_VERSION] = { "dtls.record.version", "Version", FM_UINT16, FM_HEX, .names = fm_tls_versions },
    [EPOCH] = { "dtls.record.epoch", "Epoch", FM_UINT16, FM_DEC },
    [SEQUENCE] = { "dtls.record.sequence_number", "Sequence Number", FM_UINT48, FM_DEC },
    [CONNECTION_ID] = { "dtls.record.connection_id", "Connection ID", FM_BYTES },
    [LENGTH] = { "dtls.record.length", "Length", FM_UINT16, FM_DEC },
    [APP_DATA] = { "dtls.app_data", "Encrypted Application Data", FM_BYTES },
    [APP_DATA_PROTO] = { "dtls.app_data_proto", "Application Data Protocol", FM_STRING, .generated = true },
    [ENCRYPTED] = { "dtls.enc_content", "Encrypted Record Content", FM_BYTES },
    [CCS] = { "dtls.change_cipher_spec", "Change Cipher Spec Message", FM_NONE },
    [ALERT_MESSAGE] = { "dtls.alert_message", "Alert Message", FM_NONE },
    [ALERT_LEVEL] = { "dtls.alert_message.level", "Level", FM_UINT8, FM_DEC, .names = fm_tls_alert_levels },
    [ALERT_DESC] = { "dtls.alert_message.desc", "Description", FM_UINT8, FM_DEC, .names = fm_tls_alerts },
    [UNIFIED] = { "dtls.unified_header", "Unified header", FM_UINT8, FM_HEX },
    [UNIFIED_FIXED] = { "dtls.unified_header.fixed", "Fixed bits", FM_UINT8, FM_DEC, 0xe0 },
    [UNIFIED_ID] = { "dtls.unified_header.cid", "CID field", FM_BOOL8, FM_BASE_NONE, 0x10, .yes = "Present", .no = "Not present" },
    [UNIFIED_NUMBER] = { "dtls.unified_header.seq", "Sequence number size", FM_BOOL8, FM_BASE_NONE, 0x08, .yes = "16 bits", .no = "8 bits" },
    [UNIFIED_LENGTH] = { "dtls.unified_header.length", "Length field", FM_BOOL8, FM_BASE_NONE, 0x04, .yes = "Present", .no = "Not present" },
    [UNIFIED_EPOCH] = { "dtls.unified_header.epoch", "Epoch lower bits", FM_UINT8, FM_DEC, 0x03 },
    [NUMBER_SUFFIX] = { "dtls.record.sequence_suffix", "Sequence number suffix (encrypted)", FM_UINT16, FM_DEC },
    [NUMBER_OPENED] = { "dtls.record.sequence_suffix_dec", "Sequence number", FM_UINT48, FM_DEC, .generated = true },
    [ACK] = { "dtls.ack", "Acknowledgement message", FM_NONE },
    [ACK_LENGTH] = { "dtls.ack.record_numbers_length", "Record numbers length", FM_UINT16, FM_DEC },
    [ACK_NUMBERS] = { "dtls.ack.record_numbers", "Record number", FM_NONE },
    [ACK_EPOCH] = { "dtls.ack.epoch", "Epoch", FM_UINT64, FM_DEC },
    [ACK_SEQUENCE] = { "dtls.ack.sequence_number", "Sequence number", FM_UINT64, FM_DEC },
    [LENGTH_INVALID] = { "dtls.record.length.invalid", "Record fragment length is too small or too large", FM_EXPERT, .severity = FM_ERROR,
                         .group = FM_GROUP_PROTOCOL },
    [ID_INVALID] = { "dtls.cid.content_type.invalid", "Invalid real content type", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_MALFORMED },
    [RESUMED] = { "dtls.resumed", "This session reuses previously negotiated keys (Session resumption)", FM_EXPERT, .severity = FM_CHAT,
                  .group = FM_GROUP_SEQUENCE },
};

enum { PREF_CLIENT_ID, PREF_SERVER_ID };

static const FmPreference preferences[] = {
    [PREF_CLIENT_ID] = { "dtls.client_cid_length", "Length of the client's connection id where no hello told it", FM_PREF_UINT, 0 },
    [PREF_SERVER_ID] = { "dtls.server_cid_length", "Length of the server's connection id where no hello told it", FM_PREF_UINT, 0 },
};

static const FmField protocol_fields[] = { { "dtls", "Datagram Transport Layer Security", FM_PROTOCOL } };

enum {
    HEADER_SIZE = 13,                 /* without a connection id */
    BEFORE_ID = 11,
    MAX_PLAIN = 1 << 14,
    MAX_PROTECTED = MAX_PLAIN + 2048,
    UNIFIED_BITS = 0x20, UNIFIED_MASK = 0xe0, UNIFIED_HAS_ID = 0x10, UNIFIED_WIDE = 0x08, UNIFIED_HAS_LENGTH = 0x04, /* RFC 9147 §4 */
    UNIFIED_LEAST = 16,               /* what its body is long at least */
    NAME_IDS = FM_FLOW_DCCP,          /* kind of flow ids */
};

typedef struct DatagramMemo {
    uint32_t flow;
    uint8_t direction;
    bool moved;            /* a connection id leads to a flow of other addresses */
} DatagramMemo;

typedef struct RecordMemo {
    uint16_t version;      /* the session's; 0: unknown */
    bool protected, open;
    bool resumed, ends_handshake;
    uint8_t id_size;
    uint16_t application;
    TlsOpening opening;
} RecordMemo;

typedef struct Payload { /* application data to hand on behind the last record */
    struct Payload *next;
    FmCursor bytes;
    uint16_t protocol;
} Payload;

typedef struct Datagram {
    TlsState *s;        /* NULL on replay */
    Payload *payloads, **last;
} Datagram;

DtlsState *dtls_state(FmDissection *d)
{
    if (d->replaying || d->quoting || !d->flow)
        return NULL;
    FmTableUse before = fm_use(d, &fm_dtls_records);
    DtlsState *state = fm_state(d);
    fm_unuse(d, before);
    return state;
}

static bool is_version(uint64_t version)
{
    return version == TLS_DTLS_1_0 || version == TLS_DTLS_1_2 || version == TLS_DTLS_1_3 || version == TLS_DTLS_OPENSSL;
}

static bool is_unified(uint8_t first)
{
    return (first & UNIFIED_MASK) == UNIFIED_BITS;
}

/* Length of the ids in the records that a side sends: the other one's hello told it. */
static uint8_t id_size(FmDissection *d, const TlsState *s)
{
    TlsRole sender = tls_sender(d, s);
    if (s->has_connection_id[sender])
        return s->connection_id_size[sender];
    FmTableUse before = fm_use(d, &fm_dtls);
    uint64_t size = fm_preference(d, sender == TLS_SERVER ? PREF_CLIENT_ID : PREF_SERVER_ID);
    fm_unuse(d, before);
    return (uint8_t)MIN(size, UINT8_MAX);
}

/* ---- the session ---- */

/* Any message but a ClientHello tells the version, until a ServerHello settles it. */
static void learn_version(TlsState *s, unsigned type, uint64_t version, const FmCursor *body)
{
    uint64_t message = fm_peek(body, 0, 1);
    bool tells = type != TLS_HANDSHAKE || (message != TLS_CLIENT_HELLO && fm_name(fm_tls_message_types, message));
    if (!s->version && tells && is_version(version))
        s->version = (uint16_t)version;
}

/* Where no hello was seen, the lower port is the server's. */
static void learn_roles(FmDissection *d, TlsState *s, unsigned type, const FmCursor *body)
{
    uint64_t message = type == TLS_HANDSHAKE ? fm_peek(body, 0, 1) : 0;
    bool of_server = message == TLS_SERVER_HELLO || message == TLS_HELLO_VERIFY_REQUEST;
    bool hello = message == TLS_CLIENT_HELLO || of_server;
    if (s->knows_client || (!hello && s->side[0].sequence + s->side[1].sequence > 0))
        return;
    const FmPacket *p = d->packet;
    bool from_client = hello ? !of_server : p->source_port > p->destination_port;
    s->client = (uint8_t)(from_client ? fm_direction(d) : !fm_direction(d));
    s->knows_client = hello;
}

/* RFC 5764: media follow on the same flow. */
static void set_up_media(FmDissection *d, const TlsState *s)
{
    DtlsState *state = dtls_state(d);
    if (!s->srtp_profile || state->media)
        return;
    state->media = true;
    fm_rtp_set_up(d, "DTLS-SRTP", s->srtp_profile);
}

/* ---- contents ---- */

static void put_change_cipher_spec(FmDissection *d, TlsState *s, RecordMemo *memo, uint64_t epoch, FmCursor *body)
{
    if (s && s->has_server_random && !s->hello_done && tls_sender(d, s) == TLS_SERVER)
        s->resumed = memo->resumed = true; /* the server goes on without a key exchange */
    tls_info(d, "Change Cipher Spec");
    FmSubtree message = fm_open(d, CCS, body);
    body->at = body->end;
    fm_close(d, message, body);
    if (memo->resumed)
        fm_expert(d, RESUMED);
    if (!s || tls_has_stages(s))
        return;
    TlsRole sender = tls_sender(d, s);
    s->side[sender].epoch = (uint32_t)epoch + 1;
    s->side[sender].ccs_frame = fm_frame_number(d);
}

static void put_alert(FmDissection *d, FmSubtree record, const char *version, FmCursor *body)
{
    const char *level = fm_name(fm_tls_alert_levels, fm_peek(body, 0, 1)), *alert = fm_name(fm_tls_alerts, fm_peek(body, 1, 1));
    FmSubtree message = fm_open(d, ALERT_MESSAGE, body);
    if (level && alert) {
        tls_info(d, "Alert");
        fm_info_more(d, " (Level: %s, Description: %s)", level, alert);
        fm_subtree_label(d, record, "%s Record Layer: Alert (Level: %s, Description: %s)", version, level, alert);
        fm_add(d, ALERT_LEVEL, body);
        fm_add(d, ALERT_DESC, body);
    } else {
        tls_info(d, "Encrypted Alert");
        fm_subtree_label(d, record, "%s Record Layer: Encrypted Alert", version);
        fm_subtree_constant(d, message, "Alert Message: Encrypted Alert");
        fm_skip(body, MIN(fm_left(body), 2));
    }
    fm_close(d, message, body);
}

/* RFC 9147 §7. */
static void put_ack(FmDissection *d, FmSubtree record, const char *version, FmCursor *body)
{
    tls_info(d, "Acknowledgement");
    fm_subtree_label(d, record, "%s Record Layer: Acknowledgement", version);
    FmSubtree message = fm_open(d, ACK, body);
    uint64_t size = fm_add(d, ACK_LENGTH, body);
    FmCursor list = fm_take(body, size);
    while (fm_left(&list)) {
        uint64_t epoch = fm_peek(&list, 0, 8), sequence = fm_peek(&list, 8, 8);
        FmSubtree one = fm_open(d, ACK_NUMBERS, &list);
        fm_subtree_label(d, one, "RecordNumber: epoch %llu, sequence number %llu", (unsigned long long)epoch, (unsigned long long)sequence);
        fm_add(d, ACK_EPOCH, &list);
        fm_add(d, ACK_SEQUENCE, &list);
        fm_close(d, one, &list);
    }
    fm_close(d, message, body);
}

/* By the name that was agreed on, else by port, else by content. */
static unsigned find_application(FmDissection *d, TlsState *s, bool open, const FmCursor *body)
{
    if (s->application || s->application_unknown)
        return s->application;
    const FmPacket *p = d->packet;
    if (s->alpn[0])
        s->application = fm_find_named(d, FM_ALPN, (FmSlice){ (const uint8_t *)s->alpn, strlen(s->alpn) });
    if (!s->application)
        s->application = fm_find_by_ports(d, FM_DTLS_PORT, p->source_port, p->destination_port, open ? fm_rest(body) : (FmSlice){ NULL, 0 });
    if (open && !s->application)
        s->application_unknown = ++s->application_asked == 8;
    return s->application;
}

static void put_application(FmDissection *d, Datagram *datagram, FmSubtree record, const char *version, RecordMemo *memo, FmCursor *wire,
                            FmCursor *body)
{
    if (datagram->s)
        memo->application = (uint16_t)find_application(d, datagram->s, memo->open, body);
    const char *title = memo->application ? fm_catalog_protocol_at(d->packet->catalog, memo->application)->title : NULL;
    tls_info(d, "Application Data");
    fm_subtree_label(d, record, "%s Record Layer: Application Data Protocol: %s", version, title ? title : "Application Data");
    fm_add_bytes(d, APP_DATA, wire, fm_left_on_wire(wire));
    if (title)
        fm_make_text(d, APP_DATA_PROTO, title);
    if (!memo->open)
        return;
    fm_contents(d, FM_CONTENTS_PLAINTEXT, body);
    Payload *payload = fm_arena_alloc(d->arena, sizeof *payload);
    *payload = (Payload){ NULL, *body, memo->application };
    *datagram->last = payload;
    datagram->last = &payload->next;
}

/* ---- records ---- */

static void put_contents(FmDissection *d, Datagram *datagram, FmSubtree record, const char *name, unsigned type, uint64_t epoch, RecordMemo *memo,
                         FmCursor *wire, FmCursor *body)
{
    TlsState *s = datagram->s;
    switch (type) {
    case TLS_CHANGE_CIPHER_SPEC:
        fm_subtree_label(d, record, "%s Record Layer: Change Cipher Spec Protocol: Change Cipher Spec", name);
        put_change_cipher_spec(d, s, memo, epoch, body);
        break;
    case TLS_ALERT: put_alert(d, record, name, body); break;
    case TLS_HANDSHAKE:
        if (memo->protected && !memo->open)
            tls_handshake_encrypted(d, TLS_OVER_UDP, body);
        else
            dtls_put_messages(d, s, record, name, memo->open, body);
        break;
    case TLS_APPLICATION_DATA: put_application(d, datagram, record, name, memo, wire, body); break;
    case TLS_HEARTBEAT: tls_heartbeat_dissect(d, TLS_OVER_UDP, record, name, !memo->open && !tls_heartbeat_fits(body), body); break;
    case TLS_ACK: put_ack(d, record, name, body); break;
    default: break;
    }
}

static void follow(FmDissection *d, TlsState *s, unsigned type, RecordMemo *memo)
{
    if (s) {
        tls_verdict_turn(d, s);
        memo->ends_handshake = tls_verdict_ended(d, s, type);
        set_up_media(d, s);
    }
    if (memo->ends_handshake)
        tls_verdict_handshake(d, s);
}

static void put_unknown(FmDissection *d, const char *name, FmCursor *c)
{
    unsigned type = (unsigned)fm_peek(c, 0, 1);
    tls_info(d, "Continuation Data");
    FmSubtree record = fm_open(d, RECORD, c);
    fm_subtree_label(d, record, "%s Record Layer: unrecognized content type 0x%02x", name, type);
    fm_skip(c, MIN(HEADER_SIZE + fm_peek(c, BEFORE_ID, 2), fm_left(c)));
    fm_close(d, record, c);
}

/* A later packet with this id may come from elsewhere. */
static void name_flow(FmDissection *d, const TlsState *s, FmSlice id)
{
    DtlsState *state = dtls_state(d);
    TlsRole sender = tls_sender(d, s);
    if (state->named[sender] || !id.size || id.size > FM_FLOW_ID_SIZE)
        return;
    state->named[sender] = true;
    fm_flow_name(d, d->flow, NAME_IDS, id.data, (unsigned)id.size, (uint8_t)fm_direction(d));
}

static void put_record(FmDissection *d, Datagram *datagram, FmCursor *c)
{
    RecordMemo *memo = fm_memo(d);
    TlsState *s = datagram->s;
    FmCursor whole = *c;
    uint64_t type = fm_peek(c, 0, 1), version = fm_peek(c, 1, 2), number = fm_peek(c, 3, 8);
    if (type < TLS_CHANGE_CIPHER_SPEC || type > TLS_ACK) {
        if (s)
            memo->version = s->version;
        put_unknown(d, memo->version ? tls_version_column(memo->version) : "DTLS", c);
        return;
    }
    FmCursor peek = *c;
    fm_skip(&peek, MIN(HEADER_SIZE, fm_left(&peek)));
    if (s && fm_left(c) >= HEADER_SIZE) {
        learn_version(s, (unsigned)type, version, &peek);
        learn_roles(d, s, (unsigned)type, &peek);
        memo->version = s->version;
        memo->id_size = type == TLS_CID ? id_size(d, s) : 0;
        memo->protected = number >> 48 > 0;
    }
    const char *name = memo->version ? tls_version_column(memo->version) : NULL;
    if (!name)
        name = "DTLS";
    fm_protocol_column(d, name);
    FmSubtree record = fm_open(d, RECORD, c);
    if (type == TLS_CID)
        fm_add(d, SPECIAL_TYPE, c);
    else
        fm_add(d, CONTENT_TYPE, c);
    fm_add(d, RECORD_VERSION, c);
    fm_add(d, EPOCH, c);
    fm_add(d, SEQUENCE, c);
    FmSlice id = { NULL, 0 };
    if (type == TLS_CID)
        id = fm_add_bytes(d, CONNECTION_ID, c, memo->id_size);
    uint64_t length = fm_add(d, LENGTH, c);
    if (fm_ok(d) && (length > MAX_PROTECTED || (length == 0 && type != TLS_APPLICATION_DATA)))
        fm_expert(d, LENGTH_INVALID);
    TlsRecord r = { .type = (uint8_t)type, .version = (uint16_t)version, .sequence = number, .datagram = true,
                    .header = { whole.at, (size_t)(c->at - whole.at) } };
    FmCursor body = fm_take(c, length), wire = body;
    if (memo->protected && type != TLS_CHANGE_CIPHER_SPEC) {
        bool open = tls_open_record(d, s, &memo->opening, &r, &body);
        if (s) {
            memo->open = open;
            name_flow(d, s, id);
        }
    }
    if (type == TLS_CID && memo->open) {
        FmCursor at = whole;
        fm_add_value(d, INNER_TYPE, &at, 1, r.type);
        if (r.type < TLS_CHANGE_CIPHER_SPEC || r.type > TLS_ACK || r.type == TLS_CID)
            fm_expert_text(d, ID_INVALID, "Invalid content type (%u)", r.type);
    }
    if (type == TLS_CID) {
        fm_subtree_label(d, record, "%s Record Layer: Connection ID", name);
        if (!memo->open) {
            tls_info(d, "Connection ID");
            fm_add_bytes(d, ENCRYPTED, &wire, fm_left_on_wire(&wire));
        }
    }
    if (type != TLS_CID || memo->open)
        put_contents(d, datagram, record, name, r.type, number >> 48, memo, &wire, &body);
    follow(d, s, r.type, memo);
    fm_close(d, record, c);
}

/* RFC 9147 §4: the header of DTLS 1.3's protected records. */
static void put_unified(FmDissection *d, Datagram *datagram, FmCursor *c)
{
    RecordMemo *memo = fm_memo(d);
    TlsState *s = datagram->s;
    FmCursor whole = *c;
    unsigned bits = (unsigned)fm_peek(c, 0, 1);
    if (s) {
        memo->version = s->version;
        memo->id_size = bits & UNIFIED_HAS_ID ? id_size(d, s) : 0;
    }
    const char *name = memo->version ? tls_version_column(memo->version) : NULL;
    if (!name)
        name = "DTLS";
    fm_protocol_column(d, name);
    TlsRecord r = { .type = TLS_APPLICATION_DATA, .version = TLS_DTLS_1_2, .datagram = true };
    FmSubtree record = fm_open(d, RECORD, c);
    fm_add_flags(d, UNIFIED, UNIFIED_FIXED, UNIFIED_EPOCH, c);
    if (bits & UNIFIED_HAS_ID) {
        FmSlice id = fm_add_bytes(d, CONNECTION_ID, c, memo->id_size);
        if (s)
            name_flow(d, s, id);
    }
    r.number_at = (uint8_t)(c->at - whole.at);
    r.number_size = bits & UNIFIED_WIDE ? 2 : 1;
    fm_add_value(d, NUMBER_SUFFIX, c, r.number_size, fm_peek(c, 0, r.number_size));
    fm_skip(c, r.number_size);
    uint64_t length = fm_left_on_wire(c);
    if (bits & UNIFIED_HAS_LENGTH)
        length = fm_add(d, LENGTH, c);
    else
        fm_make(d, LENGTH, length);
    r.header = (FmSlice){ whole.at, (size_t)(c->at - whole.at) };
    FmCursor body = fm_take(c, length), wire = body;
    bool open = tls_open_record(d, s, &memo->opening, &r, &body);
    if (s) {
        memo->protected = true;
        memo->open = open;
    }
    if (memo->open) {
        fm_make(d, NUMBER_OPENED, memo->opening.sequence);
        fm_make(d, INNER_TYPE, r.type);
        put_contents(d, datagram, record, name, r.type, 0, memo, &wire, &body);
    } else {
        tls_info(d, "Encrypted Data");
        fm_subtree_label(d, record, "%s Record Layer: Encrypted Data", name);
        fm_add_bytes(d, ENCRYPTED, &wire, fm_left_on_wire(&wire));
    }
    follow(d, s, r.type, memo);
    fm_close(d, record, c);
}

static void records_dissect(FmDissection *d, FmCursor *c)
{
    Datagram datagram = { .s = tls_state(d) };
    datagram.last = &datagram.payloads;
    while (fm_left(c)) {
        if (is_unified(*c->at))
            put_unified(d, &datagram, c);
        else
            put_record(d, &datagram, c);
    }
    for (Payload *p = datagram.payloads; p; p = p->next) {
        p->bytes.trouble = d->trouble;
        if (p->protocol)
            fm_call_number(d, p->protocol, &p->bytes);
        else
            fm_data(d, &p->bytes);
    }
}

/* ---- the datagram ---- */

/* The flow that a record's connection id leads to, where the addresses lead to none. First visits only. */
static const FmFlowId *find_by_id(FmDissection *d, const FmCursor *c)
{
    FmCursor id = *c;
    uint8_t first = (uint8_t)fm_peek(c, 0, 1);
    if (!d->flow || fm_flow_met(d, &fm_tls_handshake) || (first != TLS_CID && !(is_unified(first) && first & UNIFIED_HAS_ID)))
        return NULL;
    fm_skip(&id, MIN(fm_left(&id), first == TLS_CID ? BEFORE_ID : 1));
    for (unsigned size = FM_FLOW_ID_SIZE; size > 0; size--) {
        const FmFlowId *known = fm_has(&id, size) ? fm_flow_id(d, NAME_IDS, id.at, size) : NULL;
        if (known)
            return known;
    }
    return NULL;
}

static void dtls_dissect(FmDissection *d, FmCursor *c)
{
    DatagramMemo *memo = fm_memo(d);
    fm_info(d, "%s", "");
    const FmFlowId *known = fm_replaying(d) ? NULL : find_by_id(d, c);
    if (known)
        *memo = (DatagramMemo){ known->flow->number, known->owner, true };
    if (!memo->moved) {
        fm_part(d, &fm_dtls_records, c);
        return;
    }
    FmFlowUse before = fm_flow_enter(d, known ? known->flow : NULL, FM_FLOW_UDP, memo->flow, memo->direction);
    fm_part(d, &fm_dtls_records, c);
    fm_flow_leave(d, before);
}

/* Bytes of the record at the front; 0 if it is none. */
static size_t record_size(const FmDissection *d, FmSlice b)
{
    if (is_unified(b.data[0])) { /* only behind hellos that were seen: nothing else tells */
        size_t at = b.data[0] & UNIFIED_WIDE ? 3 : 2;
        if (!fm_flow_met(d, &fm_tls_handshake) || b.data[0] & UNIFIED_HAS_ID)
            return fm_flow_met(d, &fm_tls_handshake) ? b.size : 0;
        if (!(b.data[0] & UNIFIED_HAS_LENGTH))
            return b.size >= at + UNIFIED_LEAST ? b.size : 0;
        size_t length = b.size >= at + 2 ? (size_t)fm_be(b.data + at, 2) : 0;
        return length >= UNIFIED_LEAST ? at + 2 + length : 0;
    }
    if (b.size < HEADER_SIZE || b.data[0] < TLS_CHANGE_CIPHER_SPEC || b.data[0] > TLS_ACK || !is_version(fm_be(b.data + 1, 2)))
        return 0;
    if (b.data[0] == TLS_CID)
        return b.size; /* its length stands behind an id of unknown size */
    return HEADER_SIZE + (size_t)fm_be(b.data + BEFORE_ID, 2);
}

static bool dtls_probe(const FmDissection *d, FmSlice b)
{
    const FmFrame *frame = d->packet->frame;
    bool cut = frame->captured < frame->length;
    while (b.size) {
        size_t size = record_size(d, b);
        if (!size || (size > b.size && !cut))
            return false;
        b = (FmSlice){ b.data + MIN(size, b.size), b.size - MIN(size, b.size) };
    }
    return true;
}

const FmProtocol fm_dtls_records = {
    .abbrev = "dtls",
    .title = "DTLS records",
    FM_FIELDS(fields),
    .dissect = records_dissect,
    .state_size = sizeof(DtlsState),
    .memo_size = sizeof(RecordMemo),
    .part = true,
};

const FmProtocol fm_dtls = {
    .abbrev = "dtls",
    .name = "DTLS",
    .title = "Datagram Transport Layer Security",
    FM_FIELDS(protocol_fields),
    FM_PREFERENCES(preferences),
    FM_BINDINGS({ FM_SCTP_PPI, 47 }, { FM_SCTP_PPI, 66 }, { FM_SCTP_PPI, 67 }, { FM_SCTP_PPI, 68 }, { FM_SCTP_PPI, 69 }),
    .dissect = dtls_dissect,
    .probe = dtls_probe,
    .probe_on = FM_UDP_PORT,
    .memo_size = sizeof(DatagramMemo),
};
