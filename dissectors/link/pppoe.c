/* PPP over Ethernet (RFC 2516): sessions and discovery. */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    PPPOE, /* of either protocol */
    PPPOE_VERSION,
    PPPOE_TYPE,
    PPPOE_CODE,
    PPPOE_SESSION_ID,
    PPPOE_PAYLOAD_LENGTH,
    PPPOE_PAYLOAD_LENGTH_BAD,
    PPPOED_TAGS,
    PPPOED_TAG,
    PPPOED_TAG_LENGTH,
    PPPOED_TAG_UNKNOWN_DATA,
    PPPOED_TAGS_SERVICE_NAME,
    PPPOED_TAGS_AC_NAME,
    PPPOED_TAGS_HOST_UNIQ,
    PPPOED_TAGS_AC_COOKIE,
    PPPOED_TAGS_VENDOR_ID,
    PPPOED_TAGS_VENDOR_UNSPECIFIED,
    PPPOED_TAGS_RELAY_SESSION_ID,
    PPPOED_TAGS_HURL,
    PPPOED_TAGS_MOTM,
    PPPOED_TAGS_MAX_PAYLOAD,
    PPPOED_TAGS_IP_ROUTE_ADD,
    PPPOED_TAGS_SERVICE_NAME_ERROR,
    PPPOED_TAGS_AC_SYSTEM_ERROR,
    PPPOED_TAGS_GENERIC_ERROR,
};

static const FmName codes[] = {
    { 0x00, 0, "Session Data" },
    { 0x07, 0, "Active Discovery Offer (PADO)" },
    { 0x09, 0, "Active Discovery Initiation (PADI)" },
    { 0x0a, 0, "Active Discovery Session-Grant (PADG)" },
    { 0x0b, 0, "Active Discovery Session-Credit Resp.(PADC)" },
    { 0x0c, 0, "Active Discovery Quality (PADQ)" },
    { 0x19, 0, "Active Discovery Request (PADR)" },
    { 0x65, 0, "Active Discovery Session-confirmation (PADS)" },
    { 0xa7, 0, "Active Discovery Terminate (PADT)" },
    { 0xd3, 0, "Active Discovery Message (PADM)" },
    { 0xd4, 0, "Active Discovery Network (PADN)" },
    { 0 },
};

#define COMMON(abbrev, title) \
    [PPPOE] = { abbrev, title, FM_PROTOCOL }, \
    [PPPOE_VERSION] = { "pppoe.version", "Version", FM_UINT8, FM_DEC, 0xf0 }, \
    [PPPOE_TYPE] = { "pppoe.type", "Type", FM_UINT8, FM_DEC, 0x0f }, \
    [PPPOE_CODE] = { "pppoe.code", "Code", FM_UINT8, FM_HEX, .names = codes }, \
    [PPPOE_SESSION_ID] = { "pppoe.session_id", "Session ID", FM_UINT16, FM_HEX }, \
    [PPPOE_PAYLOAD_LENGTH] = { "pppoe.payload_length", "Payload Length", FM_UINT16, FM_DEC }, \
    [PPPOE_PAYLOAD_LENGTH_BAD] = { "pppoe.payload_length.bad", "Possible bad payload length", FM_EXPERT, .severity = FM_WARN, \
                                   .group = FM_GROUP_MALFORMED }

static const FmField session_fields[] = { COMMON("pppoes", "PPP-over-Ethernet Session") };

static const FmField fields[] = {
    COMMON("pppoed", "PPP-over-Ethernet Discovery"),
    [PPPOED_TAGS] = { "pppoed.tags", "PPPoE Tags", FM_NONE },
    [PPPOED_TAG] = { "pppoed.tag", "Tag", FM_UINT16, FM_HEX },
    [PPPOED_TAG_LENGTH] = { "pppoed.tag_length", "Tag Length", FM_UINT16, FM_DEC },
    [PPPOED_TAG_UNKNOWN_DATA] = { "pppoed.tag.unknown_data", "Unknown Data", FM_BYTES },
    [PPPOED_TAGS_SERVICE_NAME] = { "pppoed.tags.service_name", "Service-Name", FM_STRING },
    [PPPOED_TAGS_AC_NAME] = { "pppoed.tags.ac_name", "AC-Name", FM_STRING },
    [PPPOED_TAGS_HOST_UNIQ] = { "pppoed.tags.host_uniq", "Host-Uniq", FM_BYTES },
    [PPPOED_TAGS_AC_COOKIE] = { "pppoed.tags.ac_cookie", "AC-Cookie", FM_BYTES },
    [PPPOED_TAGS_VENDOR_ID] = { "pppoed.tags.vendor_id", "Vendor id", FM_UINT32, FM_DEC },
    [PPPOED_TAGS_VENDOR_UNSPECIFIED] = { "pppoed.tags.vendor_unspecified", "Vendor unspecified", FM_BYTES },
    [PPPOED_TAGS_RELAY_SESSION_ID] = { "pppoed.tags.relay_session_id", "Relay-Session-Id", FM_BYTES },
    [PPPOED_TAGS_HURL] = { "pppoed.tags.hurl", "HURL", FM_BYTES },
    [PPPOED_TAGS_MOTM] = { "pppoed.tags.motm", "MOTM", FM_BYTES },
    [PPPOED_TAGS_MAX_PAYLOAD] = { "pppoed.tags.max_payload", "PPP-Max-Payload", FM_BYTES },
    [PPPOED_TAGS_IP_ROUTE_ADD] = { "pppoed.tags.ip_route_add", "IP Route Add", FM_BYTES },
    [PPPOED_TAGS_SERVICE_NAME_ERROR] = { "pppoed.tags.service_name_error", "Service-Name-Error", FM_STRING },
    [PPPOED_TAGS_AC_SYSTEM_ERROR] = { "pppoed.tags.ac_system_error", "AC-System-Error", FM_STRING },
    [PPPOED_TAGS_GENERIC_ERROR] = { "pppoed.tags.generic_error", "Generic-Error", FM_STRING },
};

enum { HEADER_SIZE = 6, END_OF_LIST = 0x0000, AC_NAME = 0x0102, VENDOR_SPECIFIC = 0x0105, VENDOR_ID_SIZE = 4 };

static const struct {
    uint16_t tag;
    uint8_t row;
} tags[] = {
    { 0x0101, PPPOED_TAGS_SERVICE_NAME },
    { AC_NAME, PPPOED_TAGS_AC_NAME },
    { 0x0103, PPPOED_TAGS_HOST_UNIQ },
    { 0x0104, PPPOED_TAGS_AC_COOKIE },
    { 0x0110, PPPOED_TAGS_RELAY_SESSION_ID },
    { 0x0111, PPPOED_TAGS_HURL },
    { 0x0112, PPPOED_TAGS_MOTM },
    { 0x0120, PPPOED_TAGS_MAX_PAYLOAD },
    { 0x0121, PPPOED_TAGS_IP_ROUTE_ADD },
    { 0x0201, PPPOED_TAGS_SERVICE_NAME_ERROR },
    { 0x0202, PPPOED_TAGS_AC_SYSTEM_ERROR },
    { 0x0203, PPPOED_TAGS_GENERIC_ERROR },
};

static void add_tag(FmDissection *d, FmCursor *c, uint64_t tag)
{
    if (tag == VENDOR_SPECIFIC) {
        if (fm_left(c) >= VENDOR_ID_SIZE)
            fm_add(d, PPPOED_TAGS_VENDOR_ID, c);
        if (fm_left(c))
            fm_add_bytes(d, PPPOED_TAGS_VENDOR_UNSPECIFIED, c, fm_left(c));
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        if (tags[i].tag == tag) {
            if (tag == AC_NAME)
                fm_info_more(d, " AC-Name='%.*s'", (int)fm_left(c), (const char *)c->at);
            if (fm_left(c) || fm_type_is_string(fields[tags[i].row].type))
                fm_add_bytes(d, tags[i].row, c, fm_left(c));
            return;
        }
    fm_add_bytes(d, PPPOED_TAG_UNKNOWN_DATA, c, fm_left(c));
}

static uint64_t add_header(FmDissection *d, FmCursor *c, uint64_t *length)
{
    fm_add_bits(d, PPPOE_VERSION, c);
    fm_add(d, PPPOE_TYPE, c);
    uint64_t code = fm_add(d, PPPOE_CODE, c);
    fm_add(d, PPPOE_SESSION_ID, c);
    *length = fm_add(d, PPPOE_PAYLOAD_LENGTH, c);
    const char *name = fm_name(codes, code);
    fm_info(d, "%s", name ? name : "Unknown");
    return code;
}

static void pppoed_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t length;
    add_header(d, c, &length);
    FmCursor list = fm_window(c, length);
    if (length == 0 || !fm_left(&list))
        return;
    FmSubtree subtree = fm_open(d, PPPOED_TAGS, &list);
    while (fm_left(&list) >= 4) {
        uint64_t tag = fm_read_u16(&list), size = fm_read_u16(&list);
        FmCursor value = fm_take(&list, size);
        if (tag == END_OF_LIST)
            break;
        add_tag(d, &value, tag);
    }
    fm_close(d, subtree, &list);
}

static void pppoes_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t length;
    add_header(d, c, &length);
    if (!fm_ok(d))
        return;
    fm_length(d, HEADER_SIZE);
    FmCursor payload = fm_window(c, length);
    fm_call(d, &fm_ppp, &payload);
}

const FmProtocol fm_pppoed = {
    .abbrev = "pppoed",
    .name = "PPPoED",
    .title = "PPP-over-Ethernet Discovery",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x8863 }),
    .dissect = pppoed_dissect,
};

const FmProtocol fm_pppoes = {
    .abbrev = "pppoes",
    .name = "PPPoES",
    .title = "PPP-over-Ethernet Session",
    FM_FIELDS(session_fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x8864 }, { FM_LINK_TYPE, 51 }),
    .dissect = pppoes_dissect,
};
