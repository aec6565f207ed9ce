/* MQTT 3.1, 3.1.1 and 5.0 (OASIS): control packets over TCP, TLS and WebSocket. */
#include "config.h"

#include "dissectors/application/body.h"
#include "dissectors/application/mqtt.h"

enum {
    MQTT, HDRFLAGS, MSGTYPE, HDR_RESERVED, DUPFLAG, QOS, RETAIN, RETAIN_RESERVED, LEN, PROTO_LEN, PROTONAME, VER, CONFLAGS, CONFLAG_UNAME,
    CONFLAG_PASSWD, CONFLAG_RETAIN, CONFLAG_QOS, CONFLAG_WILL, CONFLAG_CLEAN, CONFLAG_RESERVED, KALIVE, CLIENTID_LEN, CLIENTID, WILLTOPIC_LEN,
    WILLTOPIC, WILLMSG_LEN, WILLMSG, WILLMSG_TEXT, USERNAME_LEN, USERNAME, PASSWD_LEN, PASSWD, CONACK_FLAGS, CONACK_RESERVED, CONACK_SP,
    CONACK_VAL, MSGID, TOPIC_LEN, TOPIC, MSG, MSG_TEXT, MSG_DECODED_AS, SUB_QOS, SUBACK_QOS, SUB_OPTIONS, SUB_RESERVED, SUB_RETAIN, SUB_RAP, SUB_NL, SUB_QOS5,
    CONNACK_REASON, PUBACK_REASON, PUBREC_REASON, PUBREL_REASON, PUBCOMP_REASON, SUBACK_REASON, UNSUBACK_REASON, DISCONNECT_REASON, AUTH_REASON,
    ILLEGAL_TOPIC_LENGTH, UNKNOWN_VERSION, UNKNOWN_TOPIC_ALIAS,
};

static const FmName types[] = {
    { 0, 0, "Reserved" },
    { 1, 0, "Connect Command" },
    { 2, 0, "Connect Ack" },
    { 3, 0, "Publish Message" },
    { 4, 0, "Publish Ack" },
    { 5, 0, "Publish Received" },
    { 6, 0, "Publish Release" },
    { 7, 0, "Publish Complete" },
    { 8, 0, "Subscribe Request" },
    { 9, 0, "Subscribe Ack" },
    { 10, 0, "Unsubscribe Request" },
    { 11, 0, "Unsubscribe Ack" },
    { 12, 0, "Ping Request" },
    { 13, 0, "Ping Response" },
    { 14, 0, "Disconnect Req" },
    { 15, 0, "Authentication Exchange" },
    { 0, 0, NULL },
};

static const FmName versions[] = { { 3, 0, "MQTT v3.1" }, { 4, 0, "MQTT v3.1.1" }, { 5, 0, "MQTT v5.0" }, { 0, 0, NULL } };

static const FmName qos_names[] = {
    { 0, 0, "At most once delivery (Fire and Forget)" },
    { 1, 0, "At least once delivery (Acknowledged deliver)" },
    { 2, 0, "Exactly once delivery (Assured Delivery)" },
    { 3, 0, "Reserved" },
    { 0x80, 0, "Failure" },
    { 0, 0, NULL },
};

static const FmName retain_handlings[] = {
    { 0, 0, "Send msgs at subscription time" },
    { 1, 0, "Send msgs if subscription does not exist" },
    { 2, 0, "Do not send msgs at subscription time" },
    { 3, 0, "Reserved" },
    { 0, 0, NULL },
};

static const FmName return_codes[] = {
    { 0, 0, "Connection Accepted" },
    { 1, 0, "Connection Refused: unacceptable protocol version" },
    { 2, 0, "Connection Refused: identifier rejected" },
    { 3, 0, "Connection Refused: server unavailable" },
    { 4, 0, "Connection Refused: bad user name or password" },
    { 5, 0, "Connection Refused: not authorized" },
    { 0, 0, NULL },
};

#define GENERAL_REASONS \
    { 16, 0, "No matching subscribers" }, { 17, 0, "No subscription existed" }, { 24, 0, "Continue authentication" }, \
    { 25, 0, "Re-authenticate" }, { 128, 0, "Unspecified error" }, { 129, 0, "Malformed Packet" }, { 130, 0, "Protocol Error" }, \
    { 131, 0, "Implementation specific error" }, { 132, 0, "Unsupported Protocol Version" }, { 133, 0, "Client Identifier not valid" }, \
    { 134, 0, "Bad User Name or Password" }, { 135, 0, "Not authorized" }, { 136, 0, "Server unavailable" }, { 137, 0, "Server busy" }, \
    { 138, 0, "Banned" }, { 139, 0, "Server shutting down" }, { 140, 0, "Bad authentication method" }, { 141, 0, "Keep Alive timeout" }, \
    { 142, 0, "Session taken over" }, { 143, 0, "Topic Filter invalid" }, { 144, 0, "Topic Name invalid" }, \
    { 145, 0, "Packet Identifier in use" }, { 146, 0, "Packet Identifier not found" }, { 147, 0, "Receive Maximum exceeded" }, \
    { 148, 0, "Topic Alias invalid" }, { 149, 0, "Packet too large" }, { 150, 0, "Message rate too high" }, { 151, 0, "Quota exceeded" }, \
    { 152, 0, "Administrative action" }, { 153, 0, "Payload format invalid" }, { 154, 0, "Retain not supported" }, \
    { 155, 0, "QoS not supported" }, { 156, 0, "Use another server" }, { 157, 0, "Server moved" }, \
    { 158, 0, "Shared Subscription not supported" }, { 159, 0, "Connection rate exceeded" }, { 160, 0, "Maximum connect time" }, \
    { 161, 0, "Subscription Identifiers not supported" }, { 162, 0, "Wildcard Subscription not supported" }, { 0, 0, NULL }

static const FmName reasons[] = { { 0, 0, "Success" }, GENERAL_REASONS };
static const FmName suback_reasons[] = { { 0, 0, "Granted QoS 0" }, { 1, 0, "Granted QoS 1" }, { 2, 0, "Granted QoS 2" }, GENERAL_REASONS };
static const FmName disconnect_reasons[] = { { 0, 0, "Normal disconnection" }, { 4, 0, "Disconnect with Will Message" }, GENERAL_REASONS };

#define FLAG(abbrev, title, bit) { abbrev, title, FM_BOOL8, .mask = bit, .yes = "Set", .no = "Not set" }
#define REASON(abbrev, table) { abbrev, "Reason Code", FM_UINT8, FM_DEC, 0, table }

static const FmField fields[] = {
    [MQTT] = { "mqtt", "MQ Telemetry Transport Protocol", FM_PROTOCOL },
    [HDRFLAGS] = { "mqtt.hdrflags", "Header Flags", FM_UINT8, FM_HEX },
    [MSGTYPE] = { "mqtt.msgtype", "Message Type", FM_UINT8, FM_DEC, 0xf0, types },
    [HDR_RESERVED] = { "mqtt.hdr_reserved", "Reserved", FM_UINT8, FM_DEC, 0x0f },
    [DUPFLAG] = FLAG("mqtt.dupflag", "DUP Flag", 0x08),
    [QOS] = { "mqtt.qos", "QoS Level", FM_UINT8, FM_DEC, 0x06, qos_names },
    [RETAIN] = FLAG("mqtt.retain", "Retain", 0x01),
    [RETAIN_RESERVED] = { "mqtt.retain_reserved", "Reserved", FM_UINT8, FM_DEC, 0x01 },
    [LEN] = { "mqtt.len", "Msg Len", FM_UINT64, FM_DEC },
    [PROTO_LEN] = { "mqtt.proto_len", "Protocol Name Length", FM_UINT16, FM_DEC },
    [PROTONAME] = { "mqtt.protoname", "Protocol Name", FM_STRING },
    [VER] = { "mqtt.ver", "Version", FM_UINT8, FM_DEC, 0, versions },
    [CONFLAGS] = { "mqtt.conflags", "Connect Flags", FM_UINT8, FM_HEX },
    [CONFLAG_UNAME] = FLAG("mqtt.conflag.uname", "User Name Flag", 0x80),
    [CONFLAG_PASSWD] = FLAG("mqtt.conflag.passwd", "Password Flag", 0x40),
    [CONFLAG_RETAIN] = FLAG("mqtt.conflag.retain", "Will Retain", 0x20),
    [CONFLAG_QOS] = { "mqtt.conflag.qos", "QoS Level", FM_UINT8, FM_DEC, 0x18, qos_names },
    [CONFLAG_WILL] = FLAG("mqtt.conflag.willflag", "Will Flag", 0x04),
    [CONFLAG_CLEAN] = FLAG("mqtt.conflag.cleansess", "Clean Session Flag", 0x02),
    [CONFLAG_RESERVED] = FLAG("mqtt.conflag.reserved", "(Reserved)", 0x01),
    [KALIVE] = { "mqtt.kalive", "Keep Alive", FM_UINT16, FM_DEC },
    [CLIENTID_LEN] = { "mqtt.clientid_len", "Client ID Length", FM_UINT16, FM_DEC },
    [CLIENTID] = { "mqtt.clientid", "Client ID", FM_STRING },
    [WILLTOPIC_LEN] = { "mqtt.willtopic_len", "Will Topic Length", FM_UINT16, FM_DEC },
    [WILLTOPIC] = { "mqtt.willtopic", "Will Topic", FM_STRING },
    [WILLMSG_LEN] = { "mqtt.willmsg_len", "Will Message Length", FM_UINT16, FM_DEC },
    [WILLMSG] = { "mqtt.willmsg", "Will Message", FM_BYTES, .no = "<MISSING>" },
    [WILLMSG_TEXT] = { "mqtt.willmsg_text", "Will Message", FM_STRING },
    [USERNAME_LEN] = { "mqtt.username_len", "User Name Length", FM_UINT16, FM_DEC },
    [USERNAME] = { "mqtt.username", "User Name", FM_STRING },
    [PASSWD_LEN] = { "mqtt.passwd_len", "Password Length", FM_UINT16, FM_DEC },
    [PASSWD] = { "mqtt.passwd", "Password", FM_STRING },
    [CONACK_FLAGS] = { "mqtt.conack.flags", "Acknowledge Flags", FM_UINT8, FM_HEX },
    [CONACK_RESERVED] = FLAG("mqtt.conack.flags.reserved", "Reserved", 0xfe),
    [CONACK_SP] = FLAG("mqtt.conack.flags.sp", "Session Present", 0x01),
    [CONACK_VAL] = { "mqtt.conack.val", "Return Code", FM_UINT8, FM_DEC, 0, return_codes },
    [MSGID] = { "mqtt.msgid", "Message Identifier", FM_UINT16, FM_DEC },
    [TOPIC_LEN] = { "mqtt.topic_len", "Topic Length", FM_UINT16, FM_DEC },
    [TOPIC] = { "mqtt.topic", "Topic", FM_STRING },
    [MSG] = { "mqtt.msg", "Message", FM_BYTES, .no = "<MISSING>" },
    [MSG_TEXT] = { "mqtt.msg_text", "Message", FM_STRING },
    [MSG_DECODED_AS] = { "mqtt.msg_decoded_as", "Message decoded as", FM_STRING },
    [SUB_QOS] = { "mqtt.sub.qos", "Requested QoS", FM_UINT8, FM_DEC, 0, qos_names },
    [SUBACK_QOS] = { "mqtt.suback.qos", "Granted QoS", FM_UINT8, FM_DEC, 0, qos_names },
    [SUB_OPTIONS] = { "mqtt.subscription_options", "Subscription Options", FM_UINT8, FM_HEX },
    [SUB_RESERVED] = { "mqtt.subscription_options_reserved", "Reserved", FM_UINT8, FM_HEX, 0xc0 },
    [SUB_RETAIN] = { "mqtt.subscription_options_retain", "Retain Handling", FM_UINT8, FM_DEC, 0x30, retain_handlings },
    [SUB_RAP] = FLAG("mqtt.subscription_options_rap", "Retain As Published", 0x08),
    [SUB_NL] = FLAG("mqtt.subscription_options_nl", "No Local", 0x04),
    [SUB_QOS5] = { "mqtt.subscription_options_qos", "QoS", FM_UINT8, FM_DEC, 0x03, qos_names },
    [CONNACK_REASON] = REASON("mqtt.connack.reason_code", reasons),
    [PUBACK_REASON] = REASON("mqtt.puback.reason_code", reasons),
    [PUBREC_REASON] = REASON("mqtt.pubrec.reason_code", reasons),
    [PUBREL_REASON] = REASON("mqtt.pubrel.reason_code", reasons),
    [PUBCOMP_REASON] = REASON("mqtt.pubcomp.reason_code", reasons),
    [SUBACK_REASON] = REASON("mqtt.suback.reason_code", suback_reasons),
    [UNSUBACK_REASON] = REASON("mqtt.unsuback.reason_code", reasons),
    [DISCONNECT_REASON] = REASON("mqtt.disconnect.reason_code", disconnect_reasons),
    [AUTH_REASON] = REASON("mqtt.auth.reason_code", reasons),
    [ILLEGAL_TOPIC_LENGTH] = { "mqtt.illegal_topic_length", "Length cannot be 0", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
    [UNKNOWN_VERSION] = { "mqtt.unknown_version", "Unknown version (missing the CONNECT packet?)", FM_EXPERT, .severity = FM_NOTE,
                          .group = FM_GROUP_PROTOCOL },
    [UNKNOWN_TOPIC_ALIAS] = { "mqtt.unknown_topic_alias", "Unknown topic alias", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_PROTOCOL },
};

enum { CONNECT = 1, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH };

#define VERSION_3_1 3
#define VERSION_5 5
#define MAX_ALIASES 1024 /* remembered of a direction */

typedef struct State { /* of a connection */
    GHashTable *topics[2]; /* by alias, of each direction */
    uint8_t version;       /* 0: the CONNECT was not seen */
} State;

typedef struct Memo {
    const char *topic; /* that an alias stands for */
    uint8_t version;
} Memo;

typedef struct Packet { /* being dissected */
    State *state;      /* NULL on replay */
    Memo *memo;
    uint8_t type, flags, version;
} Packet;

static uint64_t mqtt_record(const FmStream *stream, FmSlice bytes)
{
    uint64_t length;
    unsigned size = fm_mqtt_integer((FmSlice){ bytes.data + 1, bytes.size - 1 }, &length);
    if (size == 0)
        return FM_NEED_MORE;
    return size == 5 ? bytes.size : 1 + size + length;
}

static void mqtt_release(void *data)
{
    State *state = data;
    for (unsigned i = 0; i < 2; i++)
        if (state->topics[i])
            g_hash_table_destroy(state->topics[i]);
}

/* ---- topic aliases (MQTT 5.0 §3.3.2.3.4) ---- */

static void follow_alias(FmDissection *d, Packet *p, FmSlice topic, uint32_t alias)
{
    GHashTable **topics = &p->state->topics[fm_direction(d)];
    if (topic.size) {
        if (!*topics)
            *topics = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        if (g_hash_table_size(*topics) < MAX_ALIASES)
            g_hash_table_replace(*topics, GUINT_TO_POINTER(alias), g_strndup((const char *)topic.data, topic.size));
        return;
    }
    const char *known = *topics ? g_hash_table_lookup(*topics, GUINT_TO_POINTER(alias)) : NULL;
    if (known)
        p->memo->topic = fm_arena_strndup(d->keeping ? fm_flow_arena(d->flow) : d->arena, known, strlen(known));
}

/* ---- fields ---- */

static const char *qos_name(uint64_t qos)
{
    return fm_name(qos_names, qos);
}

static void put_header_flags(FmDissection *d, FmCursor *c, const Packet *p)
{
    bool has_flags = p->type == PUBLISH || ((p->type == PUBREL || p->type == SUBSCRIBE || p->type == UNSUBSCRIBE) && p->version == VERSION_3_1);
    uint64_t flags = fm_add_bits(d, HDRFLAGS, c);
    fm_label_more(d, HDRFLAGS, ", Message Type: %s", fm_name(types, p->type));
    if (has_flags)
        fm_label_more(d, HDRFLAGS, "%s, QoS Level: %s%s", flags & 8 ? ", DUP Flag" : "", qos_name(flags >> 1 & 3),
                      p->type == PUBLISH && (flags & 1) ? ", Retain" : "");
    fm_down(d);
    fm_add_bits(d, MSGTYPE, c);
    if (has_flags) {
        fm_add_bits(d, DUPFLAG, c);
        fm_add_bits(d, QOS, c);
        if (p->type == PUBLISH)
            fm_add_bits(d, RETAIN, c);
        else
            fm_add_bits(d, RETAIN_RESERVED, c);
    } else {
        fm_add_bits(d, HDR_RESERVED, c);
    }
    fm_up(d);
    fm_skip(c, 1);
}

#define put_string(d, length, row, c) put_string_of(d, &fields[length], length, &fields[row], row, c)

static FmSlice put_string_of(FmDissection *d, const FmField *length_field, unsigned length_row, const FmField *field, unsigned row, FmCursor *c)
{
    uint64_t n = fm_add_number(d, length_field, length_row, c, true);
    return fm_add_bytes_of(d, field, row, c, n);
}

static void put_connect_flags(FmDissection *d, FmCursor *c)
{
    uint64_t flags = fm_peek(c, 0, 1);
    fm_add_flags(d, CONFLAGS, CONFLAG_UNAME, CONFLAG_RESERVED, c);
    fm_label_more(d, CONFLAGS, "%s%s%s, QoS Level: %s%s%s%s", flags & 0x80 ? ", User Name Flag" : "", flags & 0x40 ? ", Password Flag" : "",
                  flags & 0x20 ? ", Will Retain" : "", qos_name(flags >> 3 & 3), flags & 4 ? ", Will Flag" : "",
                  flags & 2 ? ", Clean Session Flag" : "", flags & 1 ? ", (Reserved)" : "");
}

static void put_connect(FmDissection *d, FmCursor *c, Packet *p)
{
    MqttProperties found = { .has_alias = false };
    put_string(d, PROTO_LEN, PROTONAME, c);
    uint64_t version = fm_add(d, VER, c);
    if (p->state && fm_ok(d))
        p->state->version = (uint8_t)version;
    p->version = (uint8_t)version;
    uint64_t flags = fm_peek(c, 0, 1);
    put_connect_flags(d, c);
    fm_add(d, KALIVE, c);
    if (version == VERSION_5)
        fm_mqtt_properties(d, c, false, &found);
    put_string(d, CLIENTID_LEN, CLIENTID, c);
    if (flags & 4) {
        if (version == VERSION_5)
            fm_mqtt_properties(d, c, true, &found);
        put_string(d, WILLTOPIC_LEN, WILLTOPIC, c);
        put_string(d, WILLMSG_LEN, WILLMSG, c);
    }
    if ((flags & 0x80) && fm_left_on_wire(c))
        put_string(d, USERNAME_LEN, USERNAME, c);
    if ((flags & 0x40) && fm_left_on_wire(c))
        put_string(d, PASSWD_LEN, PASSWD, c);
}

static void put_connack(FmDissection *d, FmCursor *c, const Packet *p)
{
    MqttProperties found;
    if (p->version == VERSION_3_1) {
        fm_add(d, CONACK_RESERVED, c);
        fm_label(d, CONACK_RESERVED, "Reserved: Not set");
    } else {
        fm_add_flags(d, CONACK_FLAGS, CONACK_RESERVED, CONACK_SP, c);
    }
    if (p->version != VERSION_5) {
        fm_add(d, CONACK_VAL, c);
        return;
    }
    fm_add(d, CONNACK_REASON, c);
    fm_mqtt_properties(d, c, false, &found);
}

static void put_payload(FmDissection *d, FmCursor *c, const MqttProperties *found)
{
    FmCursor payload = *c;
    fm_add_bytes(d, MSG, c, fm_left(c));
    if (!found->content_type.size || !fm_left(&payload))
        return;
    FmBodyInfo info = { .type = found->content_type, .inside = false };
    bool want_info = d->want_info;
    d->want_info = false;
    fm_body_dissect(d, &info, &payload);
    d->want_info = want_info;
    d->packet->protocol = "MQTT";
}

static void put_publish(FmDissection *d, FmCursor *c, Packet *p)
{
    MqttProperties found = { .has_alias = false };
    FmSlice topic = put_string(d, TOPIC_LEN, TOPIC, c);
    unsigned qos = p->flags >> 1 & 3;
    if (qos) {
        uint64_t id = fm_add(d, MSGID, c);
        fm_info_more(d, " (id=%u)", (unsigned)id);
    }
    if (p->version == VERSION_5)
        fm_mqtt_properties(d, c, false, &found);
    if (found.has_alias && p->state && fm_ok(d))
        follow_alias(d, p, topic, found.topic_alias);
    if (!topic.size && p->memo->topic)
        fm_make_text(d, TOPIC, p->memo->topic);
    else if (!topic.size && found.has_alias)
        fm_expert(d, UNKNOWN_TOPIC_ALIAS);
    else if (!topic.size)
        fm_expert(d, ILLEGAL_TOPIC_LENGTH);
    if (!topic.size && p->memo->topic)
        fm_info_more(d, " [%s]", p->memo->topic);
    else
        fm_info_more(d, " [%.*s]", (int)topic.size, (const char *)topic.data);
    put_payload(d, c, &found);
}

/* An acknowledgement: the identifier; in 5.0 perhaps a reason and properties. */
static void put_ack(FmDissection *d, FmCursor *c, const Packet *p, unsigned row, bool has_id)
{
    MqttProperties found;
    if (has_id) {
        uint64_t id = fm_add(d, MSGID, c);
        fm_info_more(d, " (id=%u)", (unsigned)id);
    }
    if (p->version != VERSION_5 || !fm_left_on_wire(c))
        return;
    fm_add_number(d, &fields[row], row, c, true);
    if (fm_left_on_wire(c))
        fm_mqtt_properties(d, c, false, &found);
}

static void put_subscription(FmDissection *d, FmCursor *c, const Packet *p)
{
    if (p->version != VERSION_5) {
        fm_add(d, SUB_QOS, c);
        return;
    }
    uint64_t options = fm_peek(c, 0, 1);
    fm_add_flags(d, SUB_OPTIONS, SUB_RESERVED, SUB_QOS5, c);
    fm_label_more(d, SUB_OPTIONS, ", Retain Handling: %s%s%s, QoS: %s", fm_name(retain_handlings, options >> 4 & 3),
                  options & 8 ? ", Retain As Published" : "", options & 4 ? ", No Local" : "", qos_name(options & 3));
}

static void put_topics(FmDissection *d, FmCursor *c, const Packet *p)
{
    MqttProperties found;
    uint64_t id = fm_add(d, MSGID, c);
    fm_info_more(d, " (id=%u)", (unsigned)id);
    if (p->version == VERSION_5)
        fm_mqtt_properties(d, c, false, &found);
    while (fm_left(c)) {
        FmSlice topic = put_string(d, TOPIC_LEN, TOPIC, c);
        if (!topic.size)
            fm_expert(d, ILLEGAL_TOPIC_LENGTH);
        if (p->type == UNSUBSCRIBE)
            continue;
        fm_info_more(d, " [%.*s]", (int)topic.size, (const char *)topic.data);
        put_subscription(d, c, p);
    }
}

static void put_codes(FmDissection *d, FmCursor *c, const Packet *p)
{
    MqttProperties found;
    uint64_t id = fm_add(d, MSGID, c);
    fm_info_more(d, " (id=%u)", (unsigned)id);
    if (p->version == VERSION_5)
        fm_mqtt_properties(d, c, false, &found);
    while (fm_left(c)) {
        if (p->type == UNSUBACK)
            fm_add(d, UNSUBACK_REASON, c);
        else if (p->version == VERSION_5)
            fm_add(d, SUBACK_REASON, c);
        else
            fm_add(d, SUBACK_QOS, c);
    }
}

static void put_packet(FmDissection *d, FmCursor *c, Packet *p)
{
    switch (p->type) {
    case CONNECT: put_connect(d, c, p); break;
    case CONNACK: put_connack(d, c, p); break;
    case PUBLISH: put_publish(d, c, p); break;
    case PUBACK: put_ack(d, c, p, PUBACK_REASON, true); break;
    case PUBREC: put_ack(d, c, p, PUBREC_REASON, true); break;
    case PUBREL: put_ack(d, c, p, PUBREL_REASON, true); break;
    case PUBCOMP: put_ack(d, c, p, PUBCOMP_REASON, true); break;
    case SUBSCRIBE:
    case UNSUBSCRIBE: put_topics(d, c, p); break;
    case SUBACK:
    case UNSUBACK: put_codes(d, c, p); break;
    case DISCONNECT: put_ack(d, c, p, DISCONNECT_REASON, false); break;
    case AUTH: put_ack(d, c, p, AUTH_REASON, false); break;
    default: break;
    }
}

static void mqtt_dissect(FmDissection *d, FmCursor *c)
{
    Packet p = { .memo = fm_memo(d) };
    uint64_t first = fm_peek(c, 0, 1), length;
    p.type = (uint8_t)(first >> 4);
    p.flags = first & 15;
    if (!fm_replaying(d) && d->stream) {
        p.state = d->stream->state;
        p.memo->version = p.state->version;
        if (p.type == CONNECT && fm_left(c) > 12) { /* its own flags are those of its version */
            unsigned size = fm_mqtt_integer((FmSlice){ c->at + 1, fm_left(c) - 1 }, &length);
            size_t name = (size_t)fm_peek(c, 1 + size, 2);
            p.memo->version = (uint8_t)fm_peek(c, 3 + size + name, 1);
        }
    }
    p.version = p.memo->version;
    const char *name = fm_name(types, p.type);
    fm_title(d, "MQ Telemetry Transport Protocol, %s", name);
    if (!d->follows)
        fm_info_clear(d);
    const FmText *info = fm_info_plain_text(d);
    fm_info_more(d, "%s%s", info && info->size ? ", " : "", name);
    put_header_flags(d, c, &p);
    unsigned size = fm_mqtt_integer(fm_rest(c), &length);
    if (size < 1 || size > 4) {
        fm_skip(c, 5);
        if (fm_left(c))
            fm_cursor_malformed(c);
        return;
    }
    fm_add_value(d, LEN, c, size, length);
    fm_skip(c, size);
    if (!p.version && p.type != CONNECT)
        fm_expert(d, UNKNOWN_VERSION);
    put_packet(d, c, &p);
}

const FmProtocol fm_mqtt = {
    .abbrev = "mqtt",
    .name = "MQTT",
    .title = "MQ Telemetry Transport Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_TCP_PORT, 1883 }, { FM_TLS_PORT, 8883 }),
    FM_NAMES({ FM_ALPN, "mqtt" }, { FM_SUBPROTOCOL, "mqtt" }, { FM_SUBPROTOCOL, "mqttv3.1" }),
    .dissect = mqtt_dissect,
    .record = mqtt_record,
    .sized = true,
    .stream_state_size = sizeof(State),
    .stream_release = mqtt_release,
    .memo_size = sizeof(Memo),
};
