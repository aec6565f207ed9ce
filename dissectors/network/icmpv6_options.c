/* Options of Neighbor Discovery messages (RFC 4861 §4.6 and those registered since). */
#include "config.h"

#include "dissectors/network/icmpv6.h"

enum {
    ICMPV6_OPT,
    ICMPV6_OPT_TYPE,
    ICMPV6_OPT_LENGTH,
    ICMPV6_OPT_RESERVED,
    ICMPV6_OPT_PADDING,
    ICMPV6_OPT_LINKADDR,
    ICMPV6_OPT_SRC_LINKADDR,
    ICMPV6_OPT_TARGET_LINKADDR,
    ICMPV6_OPT_PREFIX_LENGTH,
    ICMPV6_OPT_PREFIX_FLAG,
    ICMPV6_OPT_PREFIX_FLAG_L,
    ICMPV6_OPT_PREFIX_FLAG_A,
    ICMPV6_OPT_PREFIX_FLAG_R,
    ICMPV6_OPT_PREFIX_FLAG_RESERVED,
    ICMPV6_OPT_PREFIX_VALID_LIFETIME,
    ICMPV6_OPT_PREFIX_PREFERRED_LIFETIME,
    ICMPV6_OPT_PREFIX,
    ICMPV6_OPT_REDIRECTED_PACKET,
    ICMPV6_OPT_MTU,
    ICMPV6_OPT_ADVERTISEMENT_INTERVAL,
    ICMPV6_OPT_NONCE,
    ICMPV6_OPT_ROUTE_INFO_FLAG,
    ICMPV6_OPT_ROUTE_INFO_FLAG_ROUTE_PREFERENCE,
    ICMPV6_OPT_ROUTE_INFO_FLAG_RESERVED,
    ICMPV6_OPT_ROUTE_LIFETIME,
    ICMPV6_OPT_RDNSS_LIFETIME,
    ICMPV6_OPT_RDNSS,
    ICMPV6_OPT_DNSSL_LIFETIME,
    ICMPV6_OPT_DNSSL,
    ICMPV6_OPT_CAPTIVE_PORTAL,
    ICMPV6_OPT_PREF64_SCALED_LIFETIME,
    ICMPV6_OPT_PREF64_PLC,
    ICMPV6_OPT_PREF64_PREFIX,
    ICMPV6_OPT_TIMESTAMP,
    ICMPV6_DATA,
    ICMPV6_UNKNOWN_DATA,
    ICMPV6_UNDECODED_OPTION,
    ICMPV6_INVALID_OPTION_LENGTH,
};

static const FmName option_types[] = {
    { 1, 0, "Source link-layer address" },
    { 2, 0, "Target link-layer address" },
    { 3, 0, "Prefix information" },
    { 4, 0, "Redirected header" },
    { 5, 0, "MTU" },
    { 6, 0, "NBMA Shortcut Limit Option" },
    { 7, 0, "Advertisement Interval" },
    { 8, 0, "Home Agent Information" },
    { 9, 0, "Source Address List" },
    { 10, 0, "Target Address List" },
    { 11, 0, "CGA" },
    { 12, 0, "RSA Signature" },
    { 13, 0, "Timestamp" },
    { 14, 0, "Nonce" },
    { 15, 0, "Trust Anchor" },
    { 16, 0, "Certificate" },
    { 17, 0, "IP Address/Prefix Option" },
    { 18, 0, "New Router Prefix Information" },
    { 19, 0, "Link-layer Address" },
    { 20, 0, "Neighbor Advertisement Acknowledgment" },
    { 23, 0, "MAP" },
    { 24, 0, "Route Information" },
    { 25, 0, "Recursive DNS Server" },
    { 26, 0, "RA Flags Extension" },
    { 27, 0, "Handover Key Request" },
    { 28, 0, "Handover Key Reply" },
    { 29, 0, "Handover Assist Information" },
    { 30, 0, "Mobile Node Identifier Option" },
    { 31, 0, "DNS Search List Option" },
    { 32, 0, "Proxy Signature (PS)" },
    { 33, 0, "Address Registration Option" },
    { 34, 0, "6LoWPAN Context Option" },
    { 35, 0, "Authoritative Border Router" },
    { 36, 0, "6LoWPAN Capability Indication Option" },
    { 37, 0, "DHCP Captive-Portal" },
    { 38, 0, "PREF64 Option" },
    { 138, 0, "CARD Request" },
    { 139, 0, "CARD Reply" },
    { 253, 0, "RFC3692-style Experiment 1" },
    { 254, 0, "RFC3692-style Experiment 2" },
    { 0 },
};

static const FmName route_preferences[] = {
    { 0, 0, "Medium" },
    { 1, 0, "High" },
    { 2, 0, "Reserved" },
    { 3, 0, "Low" },
    { 0 },
};
static const FmName lifetimes[] = { { UINT32_MAX, 0, "Infinity" }, { 0 } };

#define SET .yes = "Set", .no = "Not set"

static const FmField fields[] = {
    [ICMPV6_OPT] = { "icmpv6.opt", "ICMPv6 Option", FM_NONE },
    [ICMPV6_OPT_TYPE] = { "icmpv6.opt.type", "Type", FM_UINT8, FM_DEC, .names = option_types },
    [ICMPV6_OPT_LENGTH] = { "icmpv6.opt.length", "Length", FM_UINT8, FM_DEC },
    [ICMPV6_OPT_RESERVED] = { "icmpv6.opt.reserved", "Reserved", FM_NONE },
    [ICMPV6_OPT_PADDING] = { "icmpv6.opt.padding", "Padding", FM_NONE },
    [ICMPV6_OPT_LINKADDR] = { "icmpv6.opt.linkaddr", "Link-layer address", FM_BYTES, FM_COLON },
    [ICMPV6_OPT_SRC_LINKADDR] = { "icmpv6.opt.src_linkaddr", "Source Link-layer address", FM_BYTES, FM_COLON, .hidden = true },
    [ICMPV6_OPT_TARGET_LINKADDR] = { "icmpv6.opt.target_linkaddr", "Target Link-layer address", FM_BYTES, FM_COLON, .hidden = true },
    [ICMPV6_OPT_PREFIX_LENGTH] = { "icmpv6.opt.prefix.length", "Prefix Length", FM_UINT8, FM_DEC },
    [ICMPV6_OPT_PREFIX_FLAG] = { "icmpv6.opt.prefix.flag", "Flag", FM_UINT8, FM_HEX },
    [ICMPV6_OPT_PREFIX_FLAG_L] = { "icmpv6.opt.prefix.flag.l", "On-link flag(L)", FM_BOOL8, .mask = 0x80, SET },
    [ICMPV6_OPT_PREFIX_FLAG_A] = { "icmpv6.opt.prefix.flag.a", "Autonomous address-configuration flag(A)", FM_BOOL8, .mask = 0x40, SET },
    [ICMPV6_OPT_PREFIX_FLAG_R] = { "icmpv6.opt.prefix.flag.r", "Router address flag(R)", FM_BOOL8, .mask = 0x20, SET },
    [ICMPV6_OPT_PREFIX_FLAG_RESERVED] = { "icmpv6.opt.prefix.flag.reserved", "Reserved", FM_UINT8, FM_DEC, 0x1f },
    [ICMPV6_OPT_PREFIX_VALID_LIFETIME] = { "icmpv6.opt.prefix.valid_lifetime", "Valid Lifetime", FM_UINT32, FM_DEC, .names = lifetimes },
    [ICMPV6_OPT_PREFIX_PREFERRED_LIFETIME] = { "icmpv6.opt.prefix.preferred_lifetime", "Preferred Lifetime", FM_UINT32, FM_DEC, .names = lifetimes },
    [ICMPV6_OPT_PREFIX] = { "icmpv6.opt.prefix", "Prefix", FM_IPV6 },
    [ICMPV6_OPT_REDIRECTED_PACKET] = { "icmpv6.opt.redirected_packet", "Redirected Packet", FM_NONE },
    [ICMPV6_OPT_MTU] = { "icmpv6.opt.mtu", "MTU", FM_UINT32, FM_DEC },
    [ICMPV6_OPT_ADVERTISEMENT_INTERVAL] = { "icmpv6.opt.advertisement_interval", "Advertisement Interval", FM_UINT32, FM_DEC },
    [ICMPV6_OPT_NONCE] = { "icmpv6.opt.nonce", "Nonce", FM_BYTES },
    [ICMPV6_OPT_ROUTE_INFO_FLAG] = { "icmpv6.opt.route_info.flag", "Flag", FM_UINT8, FM_HEX },
    [ICMPV6_OPT_ROUTE_INFO_FLAG_ROUTE_PREFERENCE] = { "icmpv6.opt.route_info.flag.route_preference", "Route Preference", FM_UINT8, FM_DEC, 0x18, .names = route_preferences },
    [ICMPV6_OPT_ROUTE_INFO_FLAG_RESERVED] = { "icmpv6.opt.route_info.flag.reserved", "Reserved", FM_UINT8, FM_DEC, 0xe7 },
    [ICMPV6_OPT_ROUTE_LIFETIME] = { "icmpv6.opt.route_lifetime", "Route Lifetime", FM_UINT32, FM_DEC, .names = lifetimes },
    [ICMPV6_OPT_RDNSS_LIFETIME] = { "icmpv6.opt.rdnss.lifetime", "Lifetime", FM_UINT32, FM_DEC, .names = lifetimes },
    [ICMPV6_OPT_RDNSS] = { "icmpv6.opt.rdnss", "Recursive DNS Servers", FM_IPV6 },
    [ICMPV6_OPT_DNSSL_LIFETIME] = { "icmpv6.opt.dnssl.lifetime", "Lifetime", FM_UINT32, FM_DEC, .names = lifetimes },
    [ICMPV6_OPT_DNSSL] = { "icmpv6.opt.dnssl", "Domain Names", FM_STRING },
    [ICMPV6_OPT_CAPTIVE_PORTAL] = { "icmpv6.opt.captive_portal", "Captive Portal", FM_STRING },
    [ICMPV6_OPT_PREF64_SCALED_LIFETIME] = { "icmpv6.opt.pref64.scaled_lifetime", "Scaled Lifetime", FM_UINT16, FM_DEC, 0xfff8 },
    [ICMPV6_OPT_PREF64_PLC] = { "icmpv6.opt.pref64.plc", "PLC (Prefix Length Code)", FM_UINT16, FM_HEX, 0x7 },
    [ICMPV6_OPT_PREF64_PREFIX] = { "icmpv6.opt.pref64.prefix", "Prefix", FM_IPV6 },
    [ICMPV6_OPT_TIMESTAMP] = { "icmpv6.opt.timestamp", "Timestamp", FM_ABSOLUTE_TIME, FM_LOCAL },
    [ICMPV6_DATA] = { "icmpv6.data", "Data", FM_BYTES },
    [ICMPV6_UNKNOWN_DATA] = { "icmpv6.unknown_data", "Unknown Data", FM_BYTES },
    [ICMPV6_UNDECODED_OPTION] = { "icmpv6.undecoded.option", "Undecoded option", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_UNDECODED },
    [ICMPV6_INVALID_OPTION_LENGTH] = { "icmpv6.invalid_option_length", "Invalid Option Length", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
};

enum {
    SOURCE_LINK_ADDRESS = 1, TARGET_LINK_ADDRESS = 2, PREFIX = 3, REDIRECTED = 4, MTU = 5, ADVERTISEMENT_INTERVAL = 7, NONCE = 14,
    ROUTE = 24, RDNSS = 25, DNSSL = 31, CAPTIVE_PORTAL = 37, PREF64 = 38,
};

static void add_reserved(FmDissection *d, FmCursor *c, uint64_t size)
{
    fm_add_value(d, ICMPV6_OPT_RESERVED, c, size, 0);
    fm_skip(c, size);
}

static void add_link_address(FmDissection *d, FmCursor *c, FmSubtree option, unsigned row)
{
    FmCursor again = *c;
    if (!fm_left(c))
        return;
    fm_add_bytes(d, ICMPV6_OPT_LINKADDR, c, fm_left(c));
    if (d->want_labels) {
        g_auto(FmText) text = { 0 };
        fm_text_bytes(&text, fm_rest(&again), ':');
        fm_label(d, ICMPV6_OPT_LINKADDR, "Link-layer address: %s", fm_text_string(&text));
        fm_subtree_label_more(d, option, " : %s", fm_text_string(&text));
    }
    fm_add_bytes(d, row, &again, fm_left(&again));
}

/* As much of an address as a prefix of `length` bits needs, filled with zeros. */
static void add_prefix_value(FmDissection *d, FmCursor *c, unsigned row, FmSubtree option, uint64_t length)
{
    uint8_t address[16] = { 0 };
    size_t size = MIN(fm_left(c), sizeof address);
    memcpy(address, c->at, size);
    if (fm_wanted(d, row))
        fm_record_blob(d, row, fm_offset(c), (uint32_t)size, c->buffer, 0, address, sizeof address);
    if (d->want_labels) {
        g_auto(FmText) text = { 0 };
        fm_text_ipv6(&text, address);
        fm_label_of(d, row, false, "Prefix: %s", fm_text_string(&text));
        fm_subtree_label_more(d, option, " %s/%u", fm_text_string(&text), (unsigned)length);
    }
    fm_skip(c, size);
}

static void add_prefix(FmDissection *d, FmCursor *c, FmSubtree option)
{
    uint64_t length = fm_add(d, ICMPV6_OPT_PREFIX_LENGTH, c);
    uint64_t flags = fm_add_flags(d, ICMPV6_OPT_PREFIX_FLAG, ICMPV6_OPT_PREFIX_FLAG_L, ICMPV6_OPT_PREFIX_FLAG_RESERVED, c);
    fm_label(d, ICMPV6_OPT_PREFIX_FLAG, "Flag: 0x%02x%s%s%s", (unsigned)flags, flags & 0x80 ? ", On-link flag(L)" : "",
             flags & 0x40 ? ", Autonomous address-configuration flag(A)" : "", flags & 0x20 ? ", Router address flag(R)" : "");
    fm_add(d, ICMPV6_OPT_PREFIX_VALID_LIFETIME, c);
    fm_add(d, ICMPV6_OPT_PREFIX_PREFERRED_LIFETIME, c);
    add_reserved(d, c, 4);
    fm_subtree_label_more(d, option, " :");
    add_prefix_value(d, c, ICMPV6_OPT_PREFIX, option, length);
}

static void add_route(FmDissection *d, FmCursor *c, FmSubtree option)
{
    uint64_t length = fm_add(d, ICMPV6_OPT_PREFIX_LENGTH, c), flags = fm_peek(c, 0, 1);
    const char *preference = fm_name(route_preferences, flags >> 3 & 3);
    fm_add_flags(d, ICMPV6_OPT_ROUTE_INFO_FLAG, ICMPV6_OPT_ROUTE_INFO_FLAG_ROUTE_PREFERENCE, ICMPV6_OPT_ROUTE_INFO_FLAG_RESERVED, c);
    fm_label(d, ICMPV6_OPT_ROUTE_INFO_FLAG, "Flag: 0x%02x, Route Preference: %s", (unsigned)flags, preference);
    fm_add(d, ICMPV6_OPT_ROUTE_LIFETIME, c);
    fm_subtree_label_more(d, option, " : %s", preference);
    if (fm_ok(d))
        add_prefix_value(d, c, ICMPV6_OPT_PREFIX, option, length);
}

static void add_servers(FmDissection *d, FmCursor *c, FmSubtree option)
{
    add_reserved(d, c, 2);
    fm_add(d, ICMPV6_OPT_RDNSS_LIFETIME, c);
    while (fm_left(c) >= 16) {
        if (d->want_labels) {
            g_auto(FmText) text = { 0 };
            fm_text_ipv6(&text, c->at);
            fm_subtree_label_more(d, option, " %s", fm_text_string(&text));
        }
        fm_add_bytes(d, ICMPV6_OPT_RDNSS, c, 16);
    }
}

/* Domain names without compression (RFC 8106 §5.2), then zeros. */
static void add_search_list(FmDissection *d, FmCursor *c, FmSubtree option)
{
    add_reserved(d, c, 2);
    fm_add(d, ICMPV6_OPT_DNSSL_LIFETIME, c);
    while (fm_left(c) && fm_peek(c, 0, 1)) {
        g_auto(FmText) name = { 0 };
        FmCursor start = *c;
        for (uint64_t size; (size = fm_read_u8(c)) != 0;) {
            FmCursor label = fm_take(c, size);
            if (name.size)
                fm_text_char(&name, '.');
            fm_text_add(&name, (const char *)label.at, fm_left(&label));
        }
        if (fm_wanted(d, ICMPV6_OPT_DNSSL))
            fm_record_blob(d, ICMPV6_OPT_DNSSL, fm_offset(&start), (uint32_t)(c->at - start.at), start.buffer, 0, name.data, name.size);
        fm_subtree_label_more(d, option, " %.*s", (int)name.size, name.data);
    }
    if (fm_left(c)) {
        fm_add_value(d, ICMPV6_OPT_PADDING, c, fm_left(c), 0);
        fm_skip(c, fm_left(c));
    }
}

static void add_contents(FmDissection *d, FmCursor *c, FmSubtree option, uint64_t type)
{
    switch (type) {
    case SOURCE_LINK_ADDRESS: add_link_address(d, c, option, ICMPV6_OPT_SRC_LINKADDR); break;
    case TARGET_LINK_ADDRESS: add_link_address(d, c, option, ICMPV6_OPT_TARGET_LINKADDR); break;
    case PREFIX: add_prefix(d, c, option); break;
    case REDIRECTED:
        add_reserved(d, c, 6);
        fm_add_value(d, ICMPV6_OPT_REDIRECTED_PACKET, c, fm_left(c), 0);
        fm_quote(d, FM_ETHERTYPE, 0x86dd, c);
        break;
    case MTU: {
        add_reserved(d, c, 2);
        uint64_t mtu = fm_add(d, ICMPV6_OPT_MTU, c);
        fm_subtree_label_more(d, option, " : %u", (unsigned)mtu);
        break;
    }
    case ADVERTISEMENT_INTERVAL: {
        add_reserved(d, c, 2);
        uint64_t interval = fm_add(d, ICMPV6_OPT_ADVERTISEMENT_INTERVAL, c);
        fm_subtree_label_more(d, option, " : %u", (unsigned)interval);
        break;
    }
    case NONCE: fm_add_bytes(d, ICMPV6_OPT_NONCE, c, fm_left(c)); break;
    case ROUTE: add_route(d, c, option); break;
    case RDNSS: add_servers(d, c, option); break;
    case DNSSL: add_search_list(d, c, option); break;
    case CAPTIVE_PORTAL: {
        size_t size = strnlen((const char *)c->at, fm_left(c));
        if (size)
            fm_add_bytes(d, ICMPV6_OPT_CAPTIVE_PORTAL, c, size);
        if (fm_left(c)) {
            fm_add_value(d, ICMPV6_OPT_PADDING, c, fm_left(c), 0);
            fm_skip(c, fm_left(c));
        }
        break;
    }
    case PREF64:
        fm_add_bits(d, ICMPV6_OPT_PREF64_SCALED_LIFETIME, c);
        fm_add(d, ICMPV6_OPT_PREF64_PLC, c);
        if (fm_left(c) >= 12) {
            uint8_t address[16] = { 0 };
            memcpy(address, c->at, 12);
            if (fm_wanted(d, ICMPV6_OPT_PREF64_PREFIX))
                fm_record_blob(d, ICMPV6_OPT_PREF64_PREFIX, fm_offset(c), 12, c->buffer, 0, address, sizeof address);
            fm_skip(c, 12);
        }
        break;
    default:
        fm_expert_text(d, ICMPV6_UNDECODED_OPTION, "Option %u is not decoded", (unsigned)type);
        if (fm_left(c))
            fm_add_bytes(d, ICMPV6_DATA, c, fm_left(c));
        break;
    }
    if (fm_left(c))
        fm_add_bytes(d, ICMPV6_UNKNOWN_DATA, c, fm_left(c));
}

static void options_dissect(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        uint64_t type = fm_peek(c, 0, 1), length = fm_peek(c, 1, 1) * 8;
        const char *name = fm_name(option_types, type);
        FmSubtree option = fm_open(d, ICMPV6_OPT, c);
        fm_subtree_label(d, option, "ICMPv6 Option (%s", name ? name : fm_arena_printf(d->arena, "Unknown %u", (unsigned)type));
        FmCursor body = length ? fm_take(c, length) : fm_take_rest(c);
        fm_add(d, ICMPV6_OPT_TYPE, &body);
        fm_add(d, ICMPV6_OPT_LENGTH, &body);
        fm_label_more(d, ICMPV6_OPT_LENGTH, " (%u bytes)", (unsigned)length);
        if (!length) {
            fm_expert_text(d, ICMPV6_INVALID_OPTION_LENGTH, "Invalid option length (Zero)");
            fm_close(d, option, &body);
            return;
        }
        if (fm_ok(d))
            add_contents(d, &body, option, type);
        fm_subtree_label_more(d, option, ")");
        fm_close(d, option, c);
    }
}

const FmProtocol fm_icmpv6_options = {
    .abbrev = "icmpv6_options",
    .title = "ICMPv6 options",
    FM_FIELDS(fields),
    .dissect = options_dissect,
    .part = true,
};

FmSlice fm_icmpv6_link_address(FmSlice options, unsigned type)
{
    for (size_t i = 0; i + 2 <= options.size;) {
        size_t size = options.data[i + 1] * 8u;
        if (!size || size > options.size - i)
            break;
        if (options.data[i] == type)
            return (FmSlice){ options.data + i + 2, size - 2 };
        i += size;
    }
    return (FmSlice){ NULL, 0 };
}
