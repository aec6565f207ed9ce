/* STUN as it was before the magic cookie (RFC 3489), with the first drafts of TURN. */
#include "config.h"

#include <string.h>

#include "engine/dissect.h"

enum {
    STUN, TYPE, LENGTH, ID, RESPONSE_IN, RESPONSE_TO, TIME, ATTRIBUTES, ATTRIBUTE, ATTRIBUTE_LENGTH, VALUE, FAMILY, IPV4, IPV6, PORT, CHANGE_IP, CHANGE_PORT,
    UNKNOWN, ERROR_CLASS, ERROR_CODE, ERROR_REASON, IPV4_XORED, IPV6_XORED, PORT_XORED, SERVER, LIFETIME, MAGIC_COOKIE, BANDWIDTH, DATA, REQUEST_BINDING,
};

static const FmName types[] = {
    { 0x0001, 0, "Binding Request" }, { 0x0101, 0, "Binding Response" }, { 0x0111, 0, "Binding Error Response" },
    { 0x0002, 0, "Shared Secret Request" }, { 0x0102, 0, "Shared Secret Response" }, { 0x1112, 0, "Shared Secret Error Response" },
    { 0x0003, 0, "Allocate Request" }, { 0x0103, 0, "Allocate Response" }, { 0x0113, 0, "Allocate Error Response" },
    { 0x0004, 0, "Send Request" }, { 0x0104, 0, "Send Response" }, { 0x0114, 0, "Send Error Response" }, { 0x0115, 0, "Data Indication" },
    { 0x0006, 0, "Set Active Destination Request" }, { 0x0106, 0, "Set Active Destination Response" },
    { 0x0116, 0, "Set Active Destination Error Response" }, { 0 },
};

enum {
    A_MAPPED_ADDRESS = 1, A_RESPONSE_ADDRESS, A_CHANGE_REQUEST, A_SOURCE_ADDRESS, A_CHANGED_ADDRESS, A_USERNAME, A_PASSWORD, A_MESSAGE_INTEGRITY,
    A_ERROR_CODE, A_UNKNOWN_ATTRIBUTES, A_REFLECTED_FROM, A_LIFETIME = 13, A_ALTERNATE_SERVER, A_MAGIC_COOKIE, A_BANDWIDTH, A_DESTINATION_ADDRESS,
    A_REMOTE_ADDRESS, A_DATA, A_XOR_MAPPED_ADDRESS = 0x8020, A_SERVER = 0x8022, A_REQUEST_BINDING = 0xc001,
};

static const FmName attributes[] = {
    { A_MAPPED_ADDRESS, 0, "MAPPED-ADDRESS" }, { A_RESPONSE_ADDRESS, 0, "RESPONSE-ADDRESS" }, { A_CHANGE_REQUEST, 0, "CHANGE-REQUEST" },
    { A_SOURCE_ADDRESS, 0, "SOURCE-ADDRESS" }, { A_CHANGED_ADDRESS, 0, "CHANGED-ADDRESS" }, { A_USERNAME, 0, "USERNAME" },
    { A_PASSWORD, 0, "PASSWORD" }, { A_MESSAGE_INTEGRITY, 0, "MESSAGE-INTEGRITY" }, { A_ERROR_CODE, 0, "ERROR-CODE" },
    { A_REFLECTED_FROM, 0, "REFLECTED-FROM" }, { A_LIFETIME, 0, "LIFETIME" }, { A_ALTERNATE_SERVER, 0, "ALTERNATE_SERVER" },
    { A_MAGIC_COOKIE, 0, "MAGIC_COOKIE" }, { A_BANDWIDTH, 0, "BANDWIDTH" }, { A_DESTINATION_ADDRESS, 0, "DESTINATION_ADDRESS" },
    { A_REMOTE_ADDRESS, 0, "REMOTE_ADDRESS" }, { A_DATA, 0, "DATA" }, { 0x0014, 0, "NONCE" }, { 0x0015, 0, "REALM" },
    { 0x0016, 0, "REQUESTED_ADDRESS_TYPE" }, { 0x0021, 0, "XOR_ONLY" }, { A_XOR_MAPPED_ADDRESS, 0, "XOR_MAPPED_ADDRESS" },
    { A_SERVER, 0, "SERVER" }, { A_REQUEST_BINDING, 0, "CONNECTION-REQUEST-BINDING" }, { 0xc002, 0, "BINDING-CHANGE" }, { 0 },
};

static const FmName families[] = { { 1, 0, "IPv4" }, { 2, 0, "IPv6" }, { 0 } };

static const FmField fields[] = {
    [STUN] = { "classicstun", "Simple Traversal of UDP Through NAT", FM_PROTOCOL },
    [TYPE] = { "classicstun.type", "Message Type", FM_UINT16, FM_HEX, .names = types },
    [LENGTH] = { "classicstun.length", "Message Length", FM_UINT16, FM_HEX },
    [ID] = { "classicstun.id", "Message Transaction ID", FM_BYTES },
    [RESPONSE_IN] = { "classicstun.response_in", "Response In", FM_FRAMENUM, .generated = true },
    [RESPONSE_TO] = { "classicstun.response_to", "Request In", FM_FRAMENUM, .generated = true },
    [TIME] = { "classicstun.time", "Time", FM_RELATIVE_TIME, .generated = true },
    [ATTRIBUTES] = { "classicstun.att", "Attributes", FM_NONE },
    [ATTRIBUTE] = { "classicstun.att.type", "Attribute Type", FM_UINT16, FM_HEX, .names = attributes },
    [ATTRIBUTE_LENGTH] = { "classicstun.att.length", "Attribute Length", FM_UINT16, FM_DEC },
    [VALUE] = { "classicstun.att.value", "Value", FM_BYTES },
    [FAMILY] = { "classicstun.att.family", "Protocol Family", FM_UINT16, FM_HEX, .names = families },
    [IPV4] = { "classicstun.att.ipv4", "IP", FM_IPV4 },
    [IPV6] = { "classicstun.att.ipv6", "IP", FM_IPV6 },
    [PORT] = { "classicstun.att.port", "Port", FM_UINT16, FM_DEC },
    [CHANGE_IP] = { "classicstun.att.change.ip", "Change IP", FM_BOOL16, FM_BASE_NONE, 0x0004, .yes = "Set", .no = "Not set" },
    [CHANGE_PORT] = { "classicstun.att.change.port", "Change Port", FM_BOOL16, FM_BASE_NONE, 0x0002, .yes = "Set", .no = "Not set" },
    [UNKNOWN] = { "classicstun.att.unknown", "Unknown Attribute", FM_UINT16, FM_HEX },
    [ERROR_CLASS] = { "classicstun.att.error.class", "Error Class", FM_UINT8, FM_DEC, 0x07 },
    [ERROR_CODE] = { "classicstun.att.error", "Error Code", FM_UINT8, FM_DEC },
    [ERROR_REASON] = { "classicstun.att.error.reason", "Error Reason Phase", FM_STRING },
    [IPV4_XORED] = { "classicstun.att.ipv4-xord", "IP (XOR-d)", FM_IPV4 },
    [IPV6_XORED] = { "classicstun.att.ipv6-xord", "IP (XOR-d)", FM_IPV6 },
    [PORT_XORED] = { "classicstun.att.port-xord", "Port (XOR-d)", FM_UINT16, FM_DEC },
    [SERVER] = { "classicstun.att.server", "Server version", FM_STRING },
    [LIFETIME] = { "classicstun.att.lifetime", "Lifetime", FM_UINT32, FM_DEC },
    [MAGIC_COOKIE] = { "classicstun.att.magic.cookie", "Magic Cookie", FM_UINT32, FM_HEX },
    [BANDWIDTH] = { "classicstun.att.bandwidth", "Bandwidth", FM_UINT32, FM_DEC },
    [DATA] = { "classicstun.att.data", "Data", FM_BYTES },
    [REQUEST_BINDING] = { "classicstun.att.connection_request_binding", "Connection Request Binding", FM_STRING },
};

#define HEADER_SIZE 20
#define ID_SIZE 16
#define COOKIE 0x2112a442 /* what made STUN another protocol (RFC 5389) */
#define TRANSACTIONS 8    /* per flow, whose answers are awaited */

typedef struct ClassicMemo {
    uint32_t request, response; /* frames; 0: not known */
    FmTime time;
} ClassicMemo;

typedef struct ClassicState { /* of a flow */
    struct Asked {
        uint8_t id[ID_SIZE];
        uint32_t frame;
        FmTime time;
        ClassicMemo *memo; /* where memos live on */
    } asked[TRANSACTIONS];
    unsigned next;
} ClassicState;

static struct Asked *asked_by(ClassicState *state, FmSlice id)
{
    for (unsigned i = 0; i < TRANSACTIONS; i++)
        if (state->asked[i].frame && memcmp(state->asked[i].id, id.data, ID_SIZE) == 0)
            return &state->asked[i];
    return NULL;
}

static void pair(FmDissection *d, uint64_t type, FmSlice id, ClassicMemo *memo)
{
    ClassicState *state = fm_state(d);
    if (!state || !fm_ok(d) || id.size != ID_SIZE)
        return;
    struct Asked *a = asked_by(state, id);
    if (!(type & 0xff00)) {
        if (!a) /* else it is sent again: the answer is to the latest */
            a = &state->asked[state->next++ % TRANSACTIONS];
        *a = (struct Asked){ .frame = fm_frame_number(d), .time = fm_frame_time(d), .memo = d->keeping ? memo : NULL };
        memcpy(a->id, id.data, ID_SIZE);
    } else if (a) {
        memo->request = a->frame;
        memo->time = fm_frame_time(d) - a->time;
        if (a->memo && !a->memo->response)
            a->memo->response = fm_frame_number(d);
    }
}

static void put_port(FmDissection *d, FmCursor *c, uint64_t key)
{
    uint64_t port = fm_peek(c, 0, 2) ^ key >> 16;
    if (!key) {
        fm_add(d, PORT, c);
        return;
    }
    fm_add(d, PORT_XORED, c);
    fm_make(d, PORT, port);
}

/* The family stands in the second byte; the first is nothing. `key`: the first four bytes of the id, which hide the address; 0: it is not hidden. */
static void put_address(FmDissection *d, FmCursor *c, uint64_t key)
{
    fm_skip(c, 1);
    uint64_t family = fm_peek(c, 0, 1);
    fm_add_value(d, FAMILY, c, 1, family);
    fm_skip(c, 1);
    put_port(d, c, key);
    if (family == 1) {
        uint64_t address = fm_peek(c, 0, 4);
        if (key)
            fm_add(d, IPV4_XORED, c);
        else
            fm_add(d, IPV4, c);
        if (key && fm_ok(d))
            fm_make(d, IPV4, address ^ key);
    } else if (family == 2 && key) {
        fm_add_bytes(d, IPV6_XORED, c, 16);
    } else if (family == 2) {
        fm_add_bytes(d, IPV6, c, 16);
    }
}

static void put_value(FmDissection *d, FmCursor *c, uint64_t type, uint64_t key)
{
    switch (type) {
    case A_MAPPED_ADDRESS: case A_RESPONSE_ADDRESS: case A_SOURCE_ADDRESS: case A_CHANGED_ADDRESS: case A_REFLECTED_FROM: case A_ALTERNATE_SERVER:
    case A_DESTINATION_ADDRESS: case A_REMOTE_ADDRESS:
        put_address(d, c, 0);
        break;
    case A_XOR_MAPPED_ADDRESS: put_address(d, c, key); break;
    case A_CHANGE_REQUEST:
        if (fm_left_on_wire(c) < 4)
            break;
        fm_skip(c, 2);
        fm_add_bits(d, CHANGE_IP, c);
        fm_add(d, CHANGE_PORT, c);
        break;
    case A_ERROR_CODE:
        fm_skip(c, 2);
        fm_add(d, ERROR_CLASS, c);
        fm_add(d, ERROR_CODE, c);
        if (fm_left(c))
            fm_add_bytes(d, ERROR_REASON, c, fm_left(c));
        break;
    case A_UNKNOWN_ATTRIBUTES:
        while (fm_left(c))
            fm_add(d, UNKNOWN, c);
        break;
    case A_LIFETIME: fm_add(d, LIFETIME, c); break;
    case A_MAGIC_COOKIE: fm_add(d, MAGIC_COOKIE, c); break;
    case A_BANDWIDTH: fm_add(d, BANDWIDTH, c); break;
    case A_DATA: fm_add_bytes(d, DATA, c, fm_left(c)); break;
    case A_SERVER: fm_add_bytes(d, SERVER, c, fm_left(c)); break;
    case A_REQUEST_BINDING: fm_add_bytes(d, REQUEST_BINDING, c, fm_left(c)); break;
    default:
        if (fm_left(c) && fm_name(attributes, type))
            fm_add_bytes(d, VALUE, c, fm_left(c));
        break;
    }
}

static void put_attributes(FmDissection *d, FmCursor *c, uint64_t key)
{
    FmSubtree all = fm_open(d, ATTRIBUTES, c);
    while (fm_left(c) && fm_ok(d)) {
        unsigned number = (unsigned)fm_peek(c, 0, 2);
        const char *name = fm_name(attributes, number);
        FmSubtree line = name ? fm_open_text(d, c, "Attribute: %s", name) : fm_open_text(d, c, "Attribute: Unknown (0x%04x)", number);
        uint64_t type = fm_add(d, ATTRIBUTE, c);
        uint64_t length = fm_add(d, ATTRIBUTE_LENGTH, c);
        FmCursor value = fm_take(c, length);
        put_value(d, &value, type, key);
        fm_close(d, line, c);
    }
    fm_close(d, all, c);
}

static void classic_dissect(FmDissection *d, FmCursor *c)
{
    ClassicMemo *memo = fm_memo(d);
    uint64_t type = fm_peek(c, 0, 2);
    const char *name = fm_name(types, type);
    fm_info(d, "Message: %s", name ? name : "Unknown");
    if (!fm_replaying(d) && fm_left(c) >= HEADER_SIZE)
        pair(d, type, (FmSlice){ c->at + 4, ID_SIZE }, memo);
    if (memo->response)
        fm_make(d, RESPONSE_IN, memo->response);
    if (memo->request) {
        fm_make(d, RESPONSE_TO, memo->request);
        fm_make(d, TIME, (uint64_t)memo->time);
    }
    fm_add(d, TYPE, c);
    fm_add(d, LENGTH, c);
    uint64_t key = fm_peek(c, 0, 4);
    fm_add_bytes(d, ID, c, ID_SIZE);
    if (fm_left(c))
        put_attributes(d, c, key);
}

/* A known type, a length that fits, attributes that fill it, and no cookie. */
static bool classic_probe(const FmDissection *d, FmSlice bytes)
{
    (void)d;
    if (bytes.size < HEADER_SIZE || fm_be(bytes.data + 2, 2) != bytes.size - HEADER_SIZE || fm_be(bytes.data + 4, 4) == COOKIE ||
        !fm_name(types, fm_be(bytes.data, 2)))
        return false;
    size_t at = HEADER_SIZE;
    while (at + 4 <= bytes.size)
        at += 4 + (size_t)fm_be(bytes.data + at + 2, 2);
    return at == bytes.size;
}

const FmProtocol fm_classic_stun = {
    .abbrev = "classicstun",
    .name = "CLASSIC-STUN",
    .title = "Simple Traversal of UDP Through NAT",
    FM_FIELDS(fields),
    .dissect = classic_dissect,
    .probe = classic_probe,
    .probe_on = FM_UDP_PORT,
    .state_size = sizeof(ClassicState),
    .memo_size = sizeof(ClassicMemo),
};
