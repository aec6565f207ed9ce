/* STUN (RFC 8489, RFC 5389), TURN's messages and ChannelData (RFC 8656), ICE checks (RFC 8445). */
#include "config.h"

#include "dissectors/realtime/stun.h"

extern const FmProtocol fm_rtcp, fm_sip;

enum {
    STUN, STUN_TCP_FRAME_LENGTH, STUN_TYPE, STUN_TYPE_CLASS, STUN_TYPE_METHOD, STUN_TYPE_ASSIGNMENT, STUN_LENGTH, STUN_COOKIE_FIELD, STUN_ID,
    STUN_RESPONSE_IN, STUN_RESPONSE_TO, STUN_TIME, STUN_DUPLICATE, STUN_NETWORK_VERSION, STUN_CHANNEL, STUN_SHORT_PACKET, STUN_WRONG_LENGTH,
    FATHOM_STUN_INTEGRITY, FATHOM_STUN_FORGED,
};

static const FmName methods[] = {
    { 0x001, 0, "Binding" }, { 0x002, 0, "SharedSecret" }, { 0x003, 0, "Allocate" }, { 0x004, 0, "Refresh" }, { 0x006, 0, "Send" },
    { 0x007, 0, "Data" }, { 0x008, 0, "CreatePermission" }, { 0x009, 0, "Channel-Bind" }, { 0x00a, 0, "Connect" },
    { 0x00b, 0, "ConnectionBind" }, { 0x00c, 0, "ConnectionAttempt" }, { 0x080, 0, "GooglePing" }, { 0 },
};
static const FmName classes[] = {
    { 0x00, 0, "Request" }, { 0x01, 0, "Indication" }, { 0x10, 0, "Success Response" }, { 0x11, 0, "Error Response" }, { 0 },
};
static const FmName assignments[] = { { 0, 0, "IETF Review" }, { 1, 0, "Designated Expert" }, { 0 } };
static const FmName versions[] = { { 1, 0, "MS-TURN" }, { 2, 0, "RFC-3489 and earlier" }, { 3, 0, "RFC-5389/8489" }, { 0 } };

static const FmField fields[] = {
    [STUN] = { "stun", "Session Traversal Utilities for NAT", FM_PROTOCOL },
    [STUN_TCP_FRAME_LENGTH] = { "stun.tcp_frame_length", "TCP Frame Length", FM_UINT16, FM_DEC },
    [STUN_TYPE] = { "stun.type", "Message Type", FM_UINT16, FM_HEX },
    [STUN_TYPE_CLASS] = { "stun.type.class", "Message Class", FM_UINT16, FM_HEX, 0x0110, .names = classes },
    [STUN_TYPE_METHOD] = { "stun.type.method", "Message Method", FM_UINT16, FM_HEX, 0x3eef, .names = methods },
    [STUN_TYPE_ASSIGNMENT] = { "stun.type.method-assignment", "Message Method Assignment", FM_UINT16, FM_HEX, 0x2000, .names = assignments },
    [STUN_LENGTH] = { "stun.length", "Message Length", FM_UINT16, FM_DEC },
    [STUN_COOKIE_FIELD] = { "stun.cookie", "Message Cookie", FM_BYTES },
    [STUN_ID] = { "stun.id", "Message Transaction ID", FM_BYTES },
    [STUN_RESPONSE_IN] = { "stun.response-in", "Response In", FM_FRAMENUM, .generated = true },
    [STUN_RESPONSE_TO] = { "stun.response-to", "Request In", FM_FRAMENUM, .generated = true },
    [STUN_TIME] = { "stun.time", "Time", FM_RELATIVE_TIME, .generated = true },
    [STUN_DUPLICATE] = { "stun.reqduplicate", "Duplicated original message in", FM_FRAMENUM, .generated = true },
    [STUN_NETWORK_VERSION] = { "stun.network_version", "STUN Network Version", FM_UINT8, FM_DEC, .names = versions, .generated = true },
    [STUN_CHANNEL] = { "stun.channel", "Channel Number", FM_UINT16, FM_HEX },
    [STUN_SHORT_PACKET] = { "stun.short_packet", "Packet is too short", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [STUN_WRONG_LENGTH] = { "stun.wrong_msglen", "Packet length is not multiple of 4 bytes", FM_EXPERT, .severity = FM_ERROR,
                            .group = FM_GROUP_MALFORMED },
    [FATHOM_STUN_INTEGRITY] = { "fathom.stun.integrity", "Message integrity by the known password", FM_BOOL8, FM_BASE_NONE, .yes = "right", .no = "wrong",
                                .generated = true },
    [FATHOM_STUN_FORGED] = { "fathom.stun.integrity_wrong", "Message integrity does not fit the known password", FM_EXPERT, .severity = FM_WARN,
                             .group = FM_GROUP_SECURITY },
};

enum { PREF_PASSWORD, PREF_RELAYED };

static const FmPreference preferences[] = {
    [PREF_PASSWORD] = { "stun.password", "Password that message integrity is checked with, where no session description tells it", FM_PREF_STRING, .text = "" },
    [PREF_RELAYED] = { "stun.dissect_relayed", "Dissect what TURN relays as if the peers had sent it to each other: STUN, DTLS, RTP, …", FM_PREF_BOOL, 0 },
};

#define CLASS_MASK 0x0110
#define METHOD_MASK 0x3eef

enum { CLASS_REQUEST = 0x00, CLASS_INDICATION = 0x01, CLASS_SUCCESS = 0x10, CLASS_ERROR = 0x11 };

#define CHANNEL_HEADER_SIZE 4
#define FRAME_SIZE 2
#define FRAMED_FRONT 10 /* what tells a framed message */
#define CHANNEL_FIRST 0x4000
#define CHANNEL_LAST 0x7fff
#define TRANSACTIONS 256 /* latest ones of a flow; a power of 2 */

typedef struct StunMemo { /* frame numbers, 0: none */
    uint32_t request, response, original;
    FmTime time; /* from request to response */
    uint16_t relayed; /* protocol of what is relayed; 0: data */
    uint8_t integrity; /* StunIntegrity */
    bool framed;       /* its length stands in front (RFC 4571, RFC 6544) */
} StunMemo;

typedef struct Transaction {
    uint8_t id[12];
    uint32_t request, response;
    FmTime time;
    StunMemo *memo; /* of the request, if memos live on */
    StunKey key;
} Transaction;

typedef struct StunState { /* per flow */
    Transaction slots[TRANSACTIONS];
} StunState;

typedef struct StunFlow { /* the table is only made when a transaction is seen */
    StunState *table;
    bool framed; /* over TCP, each message behind its length */
} StunFlow;

static void stun_release(void *state)
{
    g_free(((StunFlow *)state)->table);
}

/* An older transaction in the same place is forgotten: ids are random. */
static Transaction *slot_of(StunState *state, const uint8_t *id)
{
    return &state->slots[(id[11] ^ id[10] << 3 ^ id[9] << 5 ^ id[0]) & (TRANSACTIONS - 1)];
}

/* The key of the transaction that the message belongs to is given back, where one is known. */
static void link_messages(FmDissection *d, StunFlow *flow, StunMemo *memo, unsigned class, const uint8_t *id, FmSlice message, StunKey *key)
{
    if (!flow || class == CLASS_INDICATION)
        return;
    if (!flow->table)
        flow->table = g_new0(StunState, 1);
    Transaction *t = slot_of(flow->table, id);
    bool known = t->request && memcmp(t->id, id, sizeof t->id) == 0;
    if (class == CLASS_REQUEST) {
        fm_stun_find_key(d, message, fm_preference_text(d, PREF_PASSWORD), key);
        if (known) {
            memo->original = t->request;
            memo->response = t->response;
            return;
        }
        *t = (Transaction){ .request = fm_frame_number(d), .time = fm_frame_time(d), .memo = d->keeping ? memo : NULL, .key = *key };
        memcpy(t->id, id, sizeof t->id);
        return;
    }
    if (!known)
        return;
    *key = t->key;
    memo->request = t->request;
    memo->time = fm_frame_time(d) - t->time;
    if (t->response) {
        memo->original = t->response;
        return;
    }
    t->response = fm_frame_number(d);
    if (t->memo)
        t->memo->response = t->response;
}

/* A message that an ICMP error quotes: again that of an earlier frame. */
static void link_quoted(const FmDissection *d, StunMemo *memo, unsigned class, const uint8_t *id)
{
    const StunFlow *flow = fm_quoted_state(d);
    if (!flow || !flow->table || class == CLASS_INDICATION)
        return;
    const Transaction *t = slot_of(flow->table, id);
    if (!t->request || memcmp(t->id, id, sizeof t->id) != 0)
        return;
    memo->original = class == CLASS_REQUEST ? t->request : t->response;
    if (class == CLASS_REQUEST) {
        memo->response = t->response;
        return;
    }
    memo->request = t->request;
    memo->time = fm_frame_time(d) - t->time;
}

static void put_links(FmDissection *d, const StunMemo *memo)
{
    if (memo->original)
        fm_make(d, STUN_DUPLICATE, memo->original);
    if (memo->response)
        fm_make(d, STUN_RESPONSE_IN, memo->response);
    if (memo->request) {
        fm_make(d, STUN_RESPONSE_TO, memo->request);
        fm_make(d, STUN_TIME, (uint64_t)memo->time);
    }
}

#define PICTURE_SIZE (16 + 3 + 1)

/* ".... ...1 ...0 ....": the bits of `value` that `mask` has */
static const char *picture(char out[PICTURE_SIZE], uint64_t value, uint64_t mask)
{
    char *at = out;
    for (int bit = 15; bit >= 0; bit--) {
        *at++ = !(mask >> bit & 1) ? '.' : value >> bit & 1 ? '1' : '0';
        if (bit && bit % 4 == 0)
            *at++ = ' ';
    }
    *at = 0;
    return out;
}

/* Both have names by their bits, and numbers by their place among the others. */
static void put_class_and_method(FmDissection *d, FmCursor *c, uint64_t type, const char *class_name, const char *method_name)
{
    char bits[PICTURE_SIZE];
    unsigned class = (type & CLASS_MASK) >> 4, method = type & METHOD_MASK;
    fm_add_bits(d, STUN_TYPE_CLASS, c);
    fm_label(d, STUN_TYPE_CLASS, "%s = Message Class: 0x%02x %s (%u)", picture(bits, type, CLASS_MASK), class, class_name, class >> 3 | (class & 1));
    fm_add_bits(d, STUN_TYPE_METHOD, c);
    fm_label(d, STUN_TYPE_METHOD, "%s = Message Method: 0x%04x %s (0x%03x)", picture(bits, type, METHOD_MASK), method, method_name, method);
}

static void put_type(FmDissection *d, FmCursor *c, uint64_t *type)
{
    *type = fm_add_bits(d, STUN_TYPE, c);
    uint64_t class = (*type & CLASS_MASK) >> 4, method = *type & METHOD_MASK;
    const char *class_name = fm_name(classes, class), *method_name = fm_name(methods, method);
    if (!method_name)
        method_name = "Unknown";
    fm_label_more(d, STUN_TYPE, " (%s %s)", method_name, class_name);
    fm_info(d, "%s %s", method_name, class_name);
    fm_down(d);
    put_class_and_method(d, c, *type, class_name, method_name);
    fm_add(d, STUN_TYPE_ASSIGNMENT, c);
    fm_up(d);
}

/* What Wireshark asks unless its heuristics dtls_stun and rtp_stun are switched on. */
static unsigned find_asked_anyway(FmDissection *d, FmSlice bytes)
{
    static const FmProtocol *const asked[] = { &fm_rtcp, &fm_sip };
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        unsigned number = fm_catalog_place(d->catalog, asked[i])->number;
        if (!fm_catalog_disabled(d->catalog, number) && asked[i]->probe(d, bytes))
            return number;
    }
    return 0;
}

/* What TURN relays is whatever the peers speak: nobody's port tells. */
static void dissect_relayed(FmDissection *d, StunMemo *memo, FmCursor *data)
{
    if (!fm_left_on_wire(data))
        return;
    if (fm_preference(d, PREF_RELAYED)) {
        fm_next_datagram(d, FM_UDP_PORT, 0, 0, &memo->relayed, data);
        return;
    }
    if (!fm_replaying(d))
        memo->relayed = (uint16_t)find_asked_anyway(d, fm_rest(data));
    if (memo->relayed)
        fm_call_number(d, memo->relayed, data);
    else
        fm_data(d, data);
}

static void put_channel_data(FmDissection *d, StunMemo *memo, FmCursor *c)
{
    fm_protocol_column(d, "STUN");
    fm_info(d, "ChannelData TURN Message");
    fm_title(d, "Session Traversal Utilities for NAT, TURN ChannelData Message");
    fm_add(d, STUN_CHANNEL, c);
    uint64_t length = fm_add(d, STUN_LENGTH, c);
    fm_length(d, CHANNEL_HEADER_SIZE);
    FmCursor data = fm_take(c, MIN(length, fm_left_on_wire(c)));
    dissect_relayed(d, memo, &data);
}

/* A message, alone in its datagram or first of several in a stream. No method above 0xff was ever assigned. */
static bool is_message(FmSlice bytes)
{
    FmCursor c = { .at = bytes.data, .end = bytes.data + bytes.size, .start = bytes.data };
    return bytes.size >= STUN_HEADER_SIZE && !(bytes.data[0] & 0xfe) && fm_peek(&c, 4, 4) == STUN_COOKIE &&
           fm_peek(&c, 2, 2) + STUN_HEADER_SIZE <= bytes.size;
}

/* The front of a message with its length before it, as ICE has it over TCP. */
static bool is_framed(FmSlice bytes)
{
    FmCursor c = { .at = bytes.data, .end = bytes.data + bytes.size, .start = bytes.data };
    return bytes.size >= FRAMED_FRONT && fm_peek(&c, FRAME_SIZE, 1) < 2 && fm_peek(&c, FRAME_SIZE + 4, 4) == STUN_COOKIE &&
           fm_peek(&c, 0, 2) == STUN_HEADER_SIZE + fm_peek(&c, FRAME_SIZE + 2, 2);
}

/* Passes over the length in front, where there is one. */
static void unframe(FmDissection *d, StunMemo *memo, FmCursor *c)
{
    StunFlow *flow = d->stream && !fm_replaying(d) ? fm_state(d) : NULL;
    if (flow) {
        flow->framed |= is_framed(fm_rest(c));
        memo->framed = flow->framed;
    }
    if (memo->framed)
        fm_skip(c, FRAME_SIZE);
}

static void stun_dissect(FmDissection *d, FmCursor *c)
{
    StunMemo *memo = fm_memo(d);
    FmCursor frame = *c;
    unframe(d, memo, c);
    if (memo->framed && !is_message(fm_rest(c))) { /* DTLS, RTP, … */
        fm_add(d, STUN_TCP_FRAME_LENGTH, &frame);
        dissect_relayed(d, memo, c);
        return;
    }
    if (fm_peek(c, 0, 2) >= CHANNEL_FIRST) {
        put_channel_data(d, memo, c);
        return;
    }
    FmCursor start = *c;
    if (fm_left(c) < STUN_HEADER_SIZE && !c->lost) {
        fm_expert(d, STUN_SHORT_PACKET);
        return;
    }
    uint64_t length = fm_peek(c, 2, 2);
    if (!fm_replaying(d) && fm_left(c) >= STUN_HEADER_SIZE) {
        StunKey key = { .size = 0 };
        FmSlice whole = { c->at, MIN(STUN_HEADER_SIZE + length, fm_left(c)) };
        unsigned class = (unsigned)(fm_peek(c, 0, 2) & 0x0110) >> 4;
        link_messages(d, fm_state(d), memo, class, c->at + 8, whole, &key);
        link_quoted(d, memo, class, c->at + 8);
        memo->integrity = (uint8_t)fm_stun_check(d, whole, &key);
    }
    put_links(d, memo);
    if (memo->framed)
        fm_add(d, STUN_TCP_FRAME_LENGTH, &frame);
    if (memo->integrity) {
        fm_make(d, FATHOM_STUN_INTEGRITY, memo->integrity == STUN_RIGHT);
        if (memo->integrity == STUN_WRONG)
            fm_expert(d, FATHOM_STUN_FORGED);
    }

    StunMessage message = { .whole = start };
    put_type(d, c, &message.type);
    fm_add(d, STUN_LENGTH, c);
    if (length % 4)
        fm_expert(d, STUN_WRONG_LENGTH);
    message.id = c->at;
    uint64_t cookie = fm_peek(c, 0, 4);
    fm_add_bytes(d, STUN_COOKIE_FIELD, c, 4);
    fm_add_bytes(d, STUN_ID, c, 12);
    if (!fm_ok(d) || !length)
        return;
    fm_make(d, STUN_NETWORK_VERSION, cookie == STUN_COOKIE ? 3 : 2);
    StunAttributes attributes = { .c = fm_take(c, MIN(length, fm_left_on_wire(c))), .message = &message };
    fm_part(d, &fm_stun_attributes, &attributes.c);
    if (attributes.data.start)
        dissect_relayed(d, memo, &attributes.data);
}

static bool is_channel_data(FmSlice bytes)
{
    if (bytes.size < CHANNEL_HEADER_SIZE || bytes.data[0] < CHANNEL_FIRST >> 8 || bytes.data[0] > CHANNEL_LAST >> 8)
        return false;
    size_t size = CHANNEL_HEADER_SIZE + ((size_t)bytes.data[2] << 8 | bytes.data[3]);
    return bytes.size == size || bytes.size == (size + 3) / 4 * 4;
}

static bool stun_probe(const FmDissection *d, FmSlice bytes)
{
    return is_message(bytes) || (d->flow_kind == FM_FLOW_TCP && is_framed(bytes)) || (is_channel_data(bytes) && fm_flow_met(d, &fm_stun)); /* RFC 8656 §12: a channel is bound before */
}

/* Over TCP messages and channels follow each other; ChannelData is padded to four bytes (RFC 8656 §12.5). */
static uint64_t stun_record(const FmStream *stream, FmSlice bytes)
{
    const StunFlow *flow = stream->state;
    if (bytes.size < CHANNEL_HEADER_SIZE)
        return FM_NEED_MORE;
    if ((flow && flow->framed) || is_framed(bytes))
        return FRAME_SIZE + ((uint64_t)bytes.data[0] << 8 | bytes.data[1]);
    uint64_t length = (uint64_t)bytes.data[2] << 8 | bytes.data[3];
    if (!(bytes.data[0] & 0xc0) && bytes.size < FRAMED_FRONT)
        return FM_NEED_MORE; /* which of both will be seen */
    return bytes.data[0] & 0xc0 ? CHANNEL_HEADER_SIZE + (length + 3) / 4 * 4 : STUN_HEADER_SIZE + length;
}

const FmProtocol fm_stun = {
    .abbrev = "stun",
    .name = "STUN",
    .title = "Session Traversal Utilities for NAT",
    FM_FIELDS(fields),
    FM_PREFERENCES(preferences),
    FM_BINDINGS({ FM_TCP_PORT, 3478 }, { FM_TLS_PORT, 5349 }),
    .dissect = stun_dissect,
    .probe = stun_probe,
    .probe_on = FM_UDP_PORT,
    .probe_also = FM_TCP_PORT,
    .record = stun_record,
    .sized = true,
    .state_size = sizeof(StunFlow),
    .release = stun_release,
    .memo_size = sizeof(StunMemo),
};
