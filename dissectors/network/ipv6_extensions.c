/* IPv6 extension headers (RFC 8200 §4): options, routing, fragments; IPsec's authentication header and mobility. ipv6.c hands each
 * of them just its own bytes and goes on with the next header itself. */
#include "config.h"

#include "dissectors/network/ipv6.h"

#include "dissectors/network/names.h"

/* ---- hop-by-hop and destination options ---- */

enum { OPTS, OPTS_NXT, OPTS_LEN, OPTS_LEN_OCT };

#define OPTIONS_FIELDS(abbrev, title) \
    [OPTS] = { abbrev, title, FM_PROTOCOL }, \
    [OPTS_NXT] = { abbrev ".nxt", "Next Header", FM_UINT8, FM_DEC, .names = fm_ip_protocols }, \
    [OPTS_LEN] = { abbrev ".len", "Length", FM_UINT8, FM_DEC }, \
    [OPTS_LEN_OCT] = { abbrev ".len_oct", "Length", FM_UINT16, FM_DEC, .unit = " bytes", .generated = true }

static const FmField hopopts_fields[] = { OPTIONS_FIELDS("ipv6.hopopts", "IPv6 Hop-by-Hop Option") };
static const FmField dstopts_fields[] = { OPTIONS_FIELDS("ipv6.dstopts", "Destination Options for IPv6") };

static void options_header(FmDissection *d, FmCursor *c, const FmField *fields)
{
    fm_add(d, OPTS_NXT, c);
    FmCursor here = *c;
    uint64_t length = (fm_add(d, OPTS_LEN, c) + 1) * 8;
    if (!fm_ok(d))
        return;
    fm_add_value(d, OPTS_LEN_OCT, &here, 1, length);
    FmCursor options = fm_take(c, length - 2);
    fm_part(d, &fm_ipv6_options, &options);
}

static void hopopts_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "IPv6 hop-by-hop options");
    options_header(d, c, hopopts_fields);
}

static void dstopts_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "IPv6 destination options");
    options_header(d, c, dstopts_fields);
}

const FmProtocol fm_ipv6_hopopts = {
    .abbrev = "ipv6.hopopts",
    .name = "IPv6 Hop-by-Hop",
    .title = "IPv6 Hop-by-Hop Option",
    FM_FIELDS(hopopts_fields),
    .dissect = hopopts_dissect,
};

const FmProtocol fm_ipv6_dstopts = {
    .abbrev = "ipv6.dstopts",
    .name = "IPv6 Destination",
    .title = "Destination Options for IPv6",
    FM_FIELDS(dstopts_fields),
    .dissect = dstopts_dissect,
};

/* ---- routing ---- */

enum {
    ROUTING,
    ROUTING_NXT,
    ROUTING_LEN,
    ROUTING_LEN_OCT,
    ROUTING_TYPE,
    ROUTING_SEGLEFT,
    ROUTING_UNKNOWN_DATA,
    ROUTING_SRC_RESERVED,
    ROUTING_SRC_ADDR,
    ROUTING_MIPV6_RESERVED,
    ROUTING_MIPV6_HOME_ADDRESS,
    ROUTING_RPL_CMPRI,
    ROUTING_RPL_CMPRE,
    ROUTING_RPL_PAD,
    ROUTING_RPL_RESERVED,
    ROUTING_RPL_ADDR_COUNT,
    ROUTING_RPL_ADDRESS,
    ROUTING_SRH_LAST_ENTRY,
    ROUTING_SRH_FLAGS,
    ROUTING_SRH_TAG,
    ROUTING_SRH_ADDR,
    ROUTING_DEPRECATED,
    ROUTING_INVALID_SEGLEFT,
};

static const FmName routing_types[] = {
    { 0, 0, "Source Route" },
    { 1, 0, "Nimrod" },
    { 2, 0, "Type 2 Routing" },
    { 3, 0, "RPL Source Route" },
    { 4, 0, "Segment Routing" },
    { 5, 0, "Compact Routing Header 16" },
    { 6, 0, "Compact Routing Header 32" },
    { 253, 0, "Experiment 1" },
    { 254, 0, "Experiment 2" },
    { 0 },
};

static const FmField routing_fields[] = {
    [ROUTING] = { "ipv6.routing", "Routing Header for IPv6", FM_PROTOCOL },
    [ROUTING_NXT] = { "ipv6.routing.nxt", "Next Header", FM_UINT8, FM_DEC, .names = fm_ip_protocols },
    [ROUTING_LEN] = { "ipv6.routing.len", "Length", FM_UINT8, FM_DEC },
    [ROUTING_LEN_OCT] = { "ipv6.routing.len_oct", "Length", FM_UINT16, FM_DEC, .unit = " bytes", .generated = true },
    [ROUTING_TYPE] = { "ipv6.routing.type", "Type", FM_UINT8, FM_DEC, .names = routing_types },
    [ROUTING_SEGLEFT] = { "ipv6.routing.segleft", "Segments Left", FM_UINT8, FM_DEC },
    [ROUTING_UNKNOWN_DATA] = { "ipv6.routing.unknown_data", "Type-Specific Data", FM_BYTES },
    [ROUTING_SRC_RESERVED] = { "ipv6.routing.src.reserved", "Reserved", FM_BYTES },
    [ROUTING_SRC_ADDR] = { "ipv6.routing.src.addr", "Address", FM_IPV6 },
    [ROUTING_MIPV6_RESERVED] = { "ipv6.routing.mipv6.reserved", "Reserved", FM_BYTES },
    [ROUTING_MIPV6_HOME_ADDRESS] = { "ipv6.routing.mipv6.home_address", "Home Address", FM_IPV6 },
    [ROUTING_RPL_CMPRI] = { "ipv6.routing.rpl.cmprI", "Compressed Internal Octets (CmprI)", FM_UINT32, FM_DEC, 0xf0000000 },
    [ROUTING_RPL_CMPRE] = { "ipv6.routing.rpl.cmprE", "Compressed Final Octets (CmprE)", FM_UINT32, FM_DEC, 0x0f000000 },
    [ROUTING_RPL_PAD] = { "ipv6.routing.rpl.pad", "Padding Bytes", FM_UINT32, FM_DEC, 0x00f00000 },
    [ROUTING_RPL_RESERVED] = { "ipv6.routing.rpl.reserved", "Reserved", FM_UINT32, FM_DEC, 0x000fffff },
    [ROUTING_RPL_ADDR_COUNT] = { "ipv6.routing.rpl.addr_count", "Total Address Count", FM_INT32, FM_DEC, .generated = true },
    [ROUTING_RPL_ADDRESS] = { "ipv6.routing.rpl.address", "Address", FM_BYTES },
    [ROUTING_SRH_LAST_ENTRY] = { "ipv6.routing.srh.last_entry", "Last Entry", FM_UINT8, FM_DEC },
    [ROUTING_SRH_FLAGS] = { "ipv6.routing.srh.flags", "Flags", FM_UINT8, FM_HEX },
    [ROUTING_SRH_TAG] = { "ipv6.routing.srh.tag", "Tag", FM_BYTES },
    [ROUTING_SRH_ADDR] = { "ipv6.routing.srh.addr", "Address", FM_IPV6 },
    [ROUTING_DEPRECATED] = { "ipv6.routing.deprecated", "Routing header type is deprecated", FM_EXPERT, .severity = FM_NOTE,
                             .group = FM_GROUP_DEPRECATED },
    [ROUTING_INVALID_SEGLEFT] = { "ipv6.routing.invalid_segleft",
                                  "IPv6 Routing Header segments left field must not exceed address count", FM_EXPERT,
                                  .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
};

static void add_routing_addresses(FmDissection *d, FmCursor *c, unsigned row, uint64_t most, unsigned first)
{
    for (unsigned i = first; most && fm_left(c) >= 16; most--, i++) {
        g_auto(FmText) text = { 0 };
        if (d->want_labels)
            fm_text_ipv6(&text, c->at);
        fm_add_bytes_of(d, &routing_fields[row], row, c, 16);
        if (d->want_labels)
            fm_label_of(d, row, false, "Address[%u]: %s", i, fm_text_string(&text));
    }
}

/* RPL source routes (RFC 6554): addresses without the octets that they share with the destination. */
static void add_rpl_route(FmDissection *d, FmCursor *c)
{
    const FmField *fields = routing_fields;
    uint64_t inner = fm_add_bits(d, ROUTING_RPL_CMPRI, c), outer = fm_add_bits(d, ROUTING_RPL_CMPRE, c);
    uint64_t padding = fm_add_bits(d, ROUTING_RPL_PAD, c);
    fm_add(d, ROUTING_RPL_RESERVED, c);
    uint64_t left = fm_left(c) - MIN(fm_left(c), padding), last = 16 - outer;
    if (!left || left < last)
        return;
    uint64_t count = (left - last) / (16 - inner) + 1;
    fm_make(d, ROUTING_RPL_ADDR_COUNT, count);
    for (; count > 1; count--)
        fm_add_bytes(d, ROUTING_RPL_ADDRESS, c, 16 - inner);
    fm_add_bytes(d, ROUTING_RPL_ADDRESS, c, last);
}

static void routing_dissect(FmDissection *d, FmCursor *c)
{
    const FmField *fields = routing_fields;
    fm_info(d, "IPv6 routing");
    fm_add(d, ROUTING_NXT, c);
    FmCursor here = *c;
    uint64_t length = (fm_add(d, ROUTING_LEN, c) + 1) * 8;
    if (fm_ok(d))
        fm_add_value(d, ROUTING_LEN_OCT, &here, 1, length);
    uint64_t type = fm_add(d, ROUTING_TYPE, c);
    const char *name = fm_name(routing_types, type);
    fm_title(d, "Routing Header for IPv6 (%s)", name ? name : "Unknown");
    if (type == FM_ROUTING_SOURCE)
        fm_expert(d, ROUTING_DEPRECATED);
    uint64_t segments = fm_add(d, ROUTING_SEGLEFT, c);
    if (!fm_ok(d))
        return;
    if (type == FM_ROUTING_SOURCE && segments > (length - 8) / 16)
        fm_expert_text(d, ROUTING_INVALID_SEGLEFT, "IPv6 Type 0 Routing Header segments left field must not exceed address count (%u)",
                       (unsigned)(length - 8) / 16);
    switch (type) {
    case FM_ROUTING_SOURCE: case FM_ROUTING_MOBILE:
        fm_add_bytes(d, ROUTING_SRC_RESERVED, c, 4);
        add_routing_addresses(d, c, ROUTING_SRC_ADDR, UINT64_MAX, 1);
        break;
    case FM_ROUTING_RPL: add_rpl_route(d, c); break;
    case FM_ROUTING_SEGMENTS: {
        uint64_t last = fm_add(d, ROUTING_SRH_LAST_ENTRY, c);
        fm_add(d, ROUTING_SRH_FLAGS, c);
        fm_add_bytes(d, ROUTING_SRH_TAG, c, 2);
        add_routing_addresses(d, c, ROUTING_SRH_ADDR, last + 1, 0);
        break;
    }
    default:
        if (fm_left(c))
            fm_add_bytes(d, ROUTING_UNKNOWN_DATA, c, fm_left(c));
        break;
    }
}

const FmProtocol fm_ipv6_routing = {
    .abbrev = "ipv6.routing",
    .name = "IPv6 Routing",
    .title = "Routing Header for IPv6",
    FM_FIELDS(routing_fields),
    .dissect = routing_dissect,
};

/* ---- fragments ---- */

enum { FRAGHDR, FRAGHDR_NXT, FRAGHDR_RESERVED_OCTET, FRAGHDR_OFFSET, FRAGHDR_RESERVED_BITS, FRAGHDR_MORE, FRAGHDR_IDENT };

static const FmField fraghdr_fields[] = {
    [FRAGHDR] = { "ipv6.fraghdr", "Fragment Header for IPv6", FM_PROTOCOL },
    [FRAGHDR_NXT] = { "ipv6.fraghdr.nxt", "Next header", FM_UINT8, FM_DEC, .names = fm_ip_protocols },
    [FRAGHDR_RESERVED_OCTET] = { "ipv6.fraghdr.reserved_octet", "Reserved octet", FM_UINT8, FM_HEX },
    [FRAGHDR_OFFSET] = { "ipv6.fraghdr.offset", "Offset", FM_UINT16, FM_DEC, 0xfff8 },
    [FRAGHDR_RESERVED_BITS] = { "ipv6.fraghdr.reserved_bits", "Reserved bits", FM_UINT16, FM_DEC, 0x0006 },
    [FRAGHDR_MORE] = { "ipv6.fraghdr.more", "More Fragments", FM_BOOL16, .mask = 0x0001, .yes = "Yes", .no = "No" },
    [FRAGHDR_IDENT] = { "ipv6.fraghdr.ident", "Identification", FM_UINT32, FM_HEX },
};

static void fraghdr_dissect(FmDissection *d, FmCursor *c)
{
    const FmField *fields = fraghdr_fields;
    fm_add(d, FRAGHDR_NXT, c);
    fm_add(d, FRAGHDR_RESERVED_OCTET, c);
    uint64_t offset = fm_add_bits(d, FRAGHDR_OFFSET, c);
    fm_label_more(d, FRAGHDR_OFFSET, " (%u bytes)", (unsigned)offset * 8);
    fm_add_bits(d, FRAGHDR_RESERVED_BITS, c);
    fm_add(d, FRAGHDR_MORE, c);
    fm_add(d, FRAGHDR_IDENT, c);
}

const FmProtocol fm_ipv6_fraghdr = {
    .abbrev = "ipv6.fraghdr",
    .name = "IPv6 Fragment",
    .title = "Fragment Header for IPv6",
    FM_FIELDS(fraghdr_fields),
    .dissect = fraghdr_dissect,
};

/* ---- mobility (RFC 6275): the header, and its message as bytes ---- */

enum { MIPV6, MIP6_PROTO, MIP6_HLEN, MIP6_MHTYPE, MIP6_RESERVED, MIP6_CSUM };

static const FmName mobility_types[] = {
    { 0, 0, "Binding Refresh Request" },
    { 1, 0, "Home Test Init" },
    { 2, 0, "Care-of Test Init" },
    { 3, 0, "Home Test" },
    { 4, 0, "Care-of Test" },
    { 5, 0, "Binding Update" },
    { 6, 0, "Binding Acknowledgement" },
    { 7, 0, "Binding Error" },
    { 8, 0, "Fast Binding Update" },
    { 9, 0, "Fast Binding Acknowledgment" },
    { 10, 0, "Fast Neighbor Advertisement" },
    { 11, 0, "Experimental Mobility Header" },
    { 12, 0, "Home Agent Switch" },
    { 13, 0, "Heartbeat" },
    { 14, 0, "Handover Initiate" },
    { 15, 0, "Handover Acknowledge" },
    { 16, 0, "Binding Revocation" },
    { 17, 0, "Localized Routing Initiation" },
    { 18, 0, "Localized Routing Acknowledgment" },
    { 0 },
};

static const FmField mipv6_fields[] = {
    [MIPV6] = { "mipv6", "Mobile IPv6", FM_PROTOCOL },
    [MIP6_PROTO] = { "mip6.proto", "Payload protocol", FM_UINT8, FM_DEC, .names = fm_ip_protocols },
    [MIP6_HLEN] = { "mip6.hlen", "Header length", FM_UINT8, FM_DEC },
    [MIP6_MHTYPE] = { "mip6.mhtype", "Mobility Header Type", FM_UINT8, FM_DEC, .names = mobility_types },
    [MIP6_RESERVED] = { "mip6.reserved", "Reserved", FM_UINT8, FM_HEX },
    [MIP6_CSUM] = { "mip6.csum", "Checksum", FM_UINT16, FM_HEX },
};

static void mipv6_dissect(FmDissection *d, FmCursor *c)
{
    const FmField *fields = mipv6_fields;
    fm_add(d, MIP6_PROTO, c);
    uint64_t length = fm_add(d, MIP6_HLEN, c);
    fm_label_more(d, MIP6_HLEN, " (%u bytes)", (unsigned)(length + 1) * 8);
    uint64_t type = fm_add(d, MIP6_MHTYPE, c);
    fm_add(d, MIP6_RESERVED, c);
    fm_add(d, MIP6_CSUM, c);
    const char *name = fm_name(mobility_types, type);
    fm_info(d, "%s", name ? name : "Unknown");
}

const FmProtocol fm_mipv6 = {
    .abbrev = "mipv6",
    .name = "MIPv6",
    .title = "Mobile IPv6",
    FM_FIELDS(mipv6_fields),
    .dissect = mipv6_dissect,
};
