/* Packets that Linux's netfilter logs (LINKTYPE_NFLOG): attributes in the order of the host, one of which is the packet. */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"

enum {
    NFLOG,
    NFLOG_FAMILY,
    NFLOG_VERSION,
    NFLOG_RES_ID,
    NFLOG_TLV,
    NFLOG_TLV_LENGTH,
    NFLOG_TLV_TYPE,
    NFLOG_PROTOCOL,
    NFLOG_HOOK,
    NFLOG_IFINDEX_INDEV,
    NFLOG_IFINDEX_OUTDEV,
    NFLOG_IFINDEX_PHYSINDEV,
    NFLOG_IFINDEX_PHYSOUTDEV,
    NFLOG_PREFIX,
    NFLOG_UID,
    NFLOG_GID,
    NFLOG_TIMESTAMP,
    NFLOG_TLV_VALUE,
};

enum { FAMILY_IPV4 = 2, FAMILY_IPV6 = 10 };

static const FmName families[] = { { FAMILY_IPV4, 0, "IPv4" }, { 7, 0, "Bridge" }, { FAMILY_IPV6, 0, "IPv6" }, { 0 } };

static const FmName types[] = {
    { 1, 0, "NFULA_PACKET_HDR" },
    { 2, 0, "NFULA_MARK" },
    { 3, 0, "NFULA_TIMESTAMP" },
    { 4, 0, "NFULA_IFINDEX_INDEV" },
    { 5, 0, "NFULA_IFINDEX_OUTDEV" },
    { 6, 0, "NFULA_IFINDEX_PHYSINDEV" },
    { 7, 0, "NFULA_IFINDEX_PHYSOUTDEV" },
    { 8, 0, "NFULA_HWADDR" },
    { 9, 0, "NFULA_PAYLOAD" },
    { 10, 0, "NFULA_PREFIX" },
    { 11, 0, "NFULA_UID" },
    { 12, 0, "NFULA_SEQ" },
    { 13, 0, "NFULA_SEQ_GLOBAL" },
    { 14, 0, "NFULA_GID" },
    { 15, 0, "NFULA_HWTYPE" },
    { 16, 0, "NFULA_HWHEADER" },
    { 17, 0, "NFULA_HWLEN" },
    { 0 },
};

static const FmName hooks[] = {
    { 0, 0, "Pre-routing" }, { 1, 0, "Local in" }, { 2, 0, "Forward" }, { 3, 0, "Local out" }, { 4, 0, "Post-routing" }, { 0 },
};

static const FmField fields[] = {
    [NFLOG] = { "nflog", "Linux Netfilter NFLOG", FM_PROTOCOL },
    [NFLOG_FAMILY] = { "nflog.family", "Family", FM_UINT8, FM_DEC, .names = families },
    [NFLOG_VERSION] = { "nflog.version", "Version", FM_UINT8, FM_DEC },
    [NFLOG_RES_ID] = { "nflog.res_id", "Resource id", FM_UINT16, FM_DEC },
    [NFLOG_TLV] = { "nflog.tlv", "TLV", FM_BYTES },
    [NFLOG_TLV_LENGTH] = { "nflog.tlv_length", "Length", FM_UINT16_LE, FM_DEC },
    [NFLOG_TLV_TYPE] = { "nflog.tlv_type", "Type", FM_UINT16_LE, FM_DEC, 0x7fff, .names = types },
    [NFLOG_PROTOCOL] = { "nflog.protocol", "HW protocol", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [NFLOG_HOOK] = { "nflog.hook", "Netfilter hook", FM_UINT8, FM_DEC, .names = hooks },
    [NFLOG_IFINDEX_INDEV] = { "nflog.ifindex_indev", "IFINDEX_INDEV", FM_UINT32, FM_DEC },
    [NFLOG_IFINDEX_OUTDEV] = { "nflog.ifindex_outdev", "IFINDEX_OUTDEV", FM_UINT32, FM_DEC },
    [NFLOG_IFINDEX_PHYSINDEV] = { "nflog.ifindex_physindev", "IFINDEX_PHYSINDEV", FM_UINT32, FM_DEC },
    [NFLOG_IFINDEX_PHYSOUTDEV] = { "nflog.ifindex_physoutdev", "IFINDEX_PHYSOUTDEV", FM_UINT32, FM_DEC },
    [NFLOG_PREFIX] = { "nflog.prefix", "Prefix", FM_STRINGZ },
    [NFLOG_UID] = { "nflog.uid", "UID", FM_INT32, FM_DEC },
    [NFLOG_GID] = { "nflog.gid", "GID", FM_INT32, FM_DEC },
    [NFLOG_TIMESTAMP] = { "nflog.timestamp", "Timestamp", FM_ABSOLUTE_TIME, FM_LOCAL },
    [NFLOG_TLV_VALUE] = { "nflog.tlv_value", "Value", FM_BYTES },
};

enum { HEADER_SIZE = 4, TYPE_PAYLOAD = 9 };

static void add_value(FmDissection *d, FmCursor *c, uint64_t type)
{
    switch (type) {
    case 1:
        fm_add(d, NFLOG_PROTOCOL, c);
        fm_add(d, NFLOG_HOOK, c);
        break;
    case 3:
        if (fm_left(c) >= 16)
            fm_add_value(d, NFLOG_TIMESTAMP, c, 16, fm_peek(c, 0, 8) * (uint64_t)FM_SECOND + fm_peek(c, 8, 8) * (uint64_t)FM_MICROSECOND);
        break;
    case 4: fm_add(d, NFLOG_IFINDEX_INDEV, c); break;
    case 5: fm_add(d, NFLOG_IFINDEX_OUTDEV, c); break;
    case 6: fm_add(d, NFLOG_IFINDEX_PHYSINDEV, c); break;
    case 7: fm_add(d, NFLOG_IFINDEX_PHYSOUTDEV, c); break;
    case TYPE_PAYLOAD: break;
    case 10: fm_add_stringz(d, NFLOG_PREFIX, c); break;
    case 11: fm_add(d, NFLOG_UID, c); break;
    case 14: fm_add(d, NFLOG_GID, c); break;
    default:
        if (fm_left(c))
            fm_add_bytes(d, NFLOG_TLV_VALUE, c, fm_left(c));
        break;
    }
}

static void nflog_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t family = fm_add(d, NFLOG_FAMILY, c);
    fm_add(d, NFLOG_VERSION, c);
    fm_add(d, NFLOG_RES_ID, c);
    FmCursor payload = fm_window(c, 0);
    while (fm_left(c) >= HEADER_SIZE) {
        uint64_t length = fm_le(c->at, 2), type = fm_le(c->at + 2, 2) & 0x7fff;
        if (length < HEADER_SIZE) {
            fm_cursor_malformed(c);
            return;
        }
        FmCursor attribute = fm_take(c, length), whole = attribute;
        fm_add_bytes(d, NFLOG_TLV, &whole, fm_left(&whole));
        const char *name = fm_name(types, type);
        fm_label(d, NFLOG_TLV, "TLV Type: %s (%u), Length: %u", name ? name : "Unknown", (unsigned)type, (unsigned)length);
        fm_down(d);
        fm_add(d, NFLOG_TLV_LENGTH, &attribute);
        fm_add(d, NFLOG_TLV_TYPE, &attribute);
        if (type == TYPE_PAYLOAD)
            payload = attribute;
        add_value(d, &attribute, type);
        fm_up(d);
        fm_skip(c, MIN(-length & 3, fm_left(c)));
    }
    if (!fm_left_on_wire(&payload))
        return;
    if (family == FAMILY_IPV4)
        fm_call(d, &fm_ipv4, &payload);
    else if (family == FAMILY_IPV6)
        fm_call(d, &fm_ipv6, &payload);
    else
        fm_data(d, &payload);
}

const FmProtocol fm_nflog = {
    .abbrev = "nflog",
    .name = "NFLOG",
    .title = "Linux Netfilter NFLOG",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 239 }),
    .dissect = nflog_dissect,
};
