/* IPv6 (RFC 8200); ipv6_extensions.c has the extension headers, ipv6_options.c their options. */
#include "config.h"

#include "dissectors/network/ipv6.h"

#include "dissectors/fragments.h"
#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"

enum {
    IPV6,
    IPV6_VERSION,
    IP_VERSION,
    IPV6_TCLASS,
    IPV6_TCLASS_DSCP,
    IPV6_TCLASS_ECN,
    IPV6_FLOW,
    IPV6_PLEN,
    IPV6_NXT,
    IPV6_HLIM,
    IPV6_SRC,
    IPV6_SRC_HOST,
    IPV6_SRC_SLAAC_MAC, /* rows as enum Detail has them */
    IPV6_SRC_ISATAP_IPV4,
    IPV6_SRC_6TO4_GW_IPV4,
    IPV6_SRC_6TO4_SLA_ID,
    IPV6_SRC_TS_IPV4,
    IPV6_SRC_TC_PORT,
    IPV6_SRC_TC_IPV4,
    IPV6_SRC_EMBED_IPV4,
    IPV6_DST,
    IPV6_DST_HOST,
    IPV6_DST_SLAAC_MAC,
    IPV6_DST_ISATAP_IPV4,
    IPV6_DST_6TO4_GW_IPV4,
    IPV6_DST_6TO4_SLA_ID,
    IPV6_DST_TS_IPV4,
    IPV6_DST_TC_PORT,
    IPV6_DST_TC_IPV4,
    IPV6_DST_EMBED_IPV4,
    IPV6_EMBED_IPV4_PREFIX,
    IPV6_FRAGMENTS, /* rows as in fragments.h */
    IPV6_FRAGMENT,
    IPV6_FRAGMENT_ERROR,
    IPV6_FRAGMENT_OVERLAP,
    IPV6_FRAGMENT_OVERLAP_CONFLICT,
    IPV6_FRAGMENT_MULTIPLETAILS,
    IPV6_FRAGMENT_TOOLONGFRAGMENT,
    IPV6_FRAGMENT_COUNT,
    IPV6_REASSEMBLED_IN,
    IPV6_REASSEMBLED_LENGTH,
    IPV6_REASSEMBLED_DATA,
    IPV6_PLEN_EXCEEDS_FRAMING,
    IPV6_PLEN_ZERO,
    IPV6_BOGUS_IPV6_VERSION,
    IPV6_INVALID_HEADER,
    IPV6_OPT_JUMBO_MISSING,
};

enum Detail { SLAAC_MAC, ISATAP, GATEWAY_6TO4, SLA_6TO4, TEREDO_SERVER, TEREDO_PORT, TEREDO_CLIENT, EMBEDDED };

static const FmField fields[] = {
    [IPV6] = { "ipv6", "Internet Protocol Version 6", FM_PROTOCOL },
    [IPV6_VERSION] = { "ipv6.version", "Version", FM_UINT8, FM_DEC, 0xf0 },
    [IP_VERSION] = { "ip.version", "Version", FM_UINT8, FM_DEC, 0xf0, .hidden = true },
    [IPV6_TCLASS] = { "ipv6.tclass", "Traffic Class", FM_UINT32, FM_HEX, 0x0ff00000 },
    [IPV6_TCLASS_DSCP] = { "ipv6.tclass.dscp", "Differentiated Services Codepoint", FM_UINT32, FM_DEC, 0x0fc00000,
                           .names = fm_dscp_names },
    [IPV6_TCLASS_ECN] = { "ipv6.tclass.ecn", "Explicit Congestion Notification", FM_UINT32, FM_DEC, 0x00300000,
                          .names = fm_ecn_names },
    [IPV6_FLOW] = { "ipv6.flow", "Flow Label", FM_UINT24, FM_HEX, 0x0fffff },
    [IPV6_PLEN] = { "ipv6.plen", "Payload Length", FM_UINT16, FM_DEC },
    [IPV6_NXT] = { "ipv6.nxt", "Next Header", FM_UINT8, FM_DEC, .names = fm_ip_protocols },
    [IPV6_HLIM] = { "ipv6.hlim", "Hop Limit", FM_UINT8, FM_DEC },
    [IPV6_SRC] = { "ipv6.src", "Source Address", FM_IPV6, .also = "ipv6.addr" },
    [IPV6_SRC_HOST] = { "ipv6.src_host", "Source Host", FM_STRING, .also = "ipv6.host", .hidden = true },
    [IPV6_SRC_SLAAC_MAC] = { "ipv6.src_slaac_mac", "Source SLAAC MAC", FM_ETHER, .also = "ipv6.slaac_mac", .generated = true },
    [IPV6_SRC_ISATAP_IPV4] = { "ipv6.src_isatap_ipv4", "Source ISATAP IPv4", FM_IPV4, .also = "ipv6.isatap_ipv4", .generated = true },
    [IPV6_SRC_6TO4_GW_IPV4] = { "ipv6.src_6to4_gw_ipv4", "Source 6to4 Gateway IPv4", FM_IPV4, .also = "ipv6.6to4_gw_ipv4",
                                .generated = true },
    [IPV6_SRC_6TO4_SLA_ID] = { "ipv6.src_6to4_sla_id", "Source 6to4 SLA ID", FM_UINT16, FM_DEC, .also = "ipv6.6to4_sla_id",
                               .generated = true },
    [IPV6_SRC_TS_IPV4] = { "ipv6.src_ts_ipv4", "Source Teredo Server IPv4", FM_IPV4, .also = "ipv6.ts_ipv4", .generated = true },
    [IPV6_SRC_TC_PORT] = { "ipv6.src_tc_port", "Source Teredo Port", FM_UINT16, FM_DEC, .also = "ipv6.tc_port", .generated = true },
    [IPV6_SRC_TC_IPV4] = { "ipv6.src_tc_ipv4", "Source Teredo Client IPv4", FM_IPV4, .also = "ipv6.tc_ipv4", .generated = true },
    [IPV6_SRC_EMBED_IPV4] = { "ipv6.src_embed_ipv4", "Source Embedded IPv4", FM_IPV4, .also = "ipv6.embed_ipv4", .generated = true },
    [IPV6_DST] = { "ipv6.dst", "Destination Address", FM_IPV6, .also = "ipv6.addr" },
    [IPV6_DST_HOST] = { "ipv6.dst_host", "Destination Host", FM_STRING, .also = "ipv6.host", .hidden = true },
    [IPV6_DST_SLAAC_MAC] = { "ipv6.dst_slaac_mac", "Destination SLAAC MAC", FM_ETHER, .also = "ipv6.slaac_mac", .generated = true },
    [IPV6_DST_ISATAP_IPV4] = { "ipv6.dst_isatap_ipv4", "Destination ISATAP IPv4", FM_IPV4, .also = "ipv6.isatap_ipv4",
                               .generated = true },
    [IPV6_DST_6TO4_GW_IPV4] = { "ipv6.dst_6to4_gw_ipv4", "Destination 6to4 Gateway IPv4", FM_IPV4, .also = "ipv6.6to4_gw_ipv4",
                                .generated = true },
    [IPV6_DST_6TO4_SLA_ID] = { "ipv6.dst_6to4_sla_id", "Destination 6to4 SLA ID", FM_UINT16, FM_DEC, .also = "ipv6.6to4_sla_id",
                               .generated = true },
    [IPV6_DST_TS_IPV4] = { "ipv6.dst_ts_ipv4", "Destination Teredo Server IPv4", FM_IPV4, .also = "ipv6.ts_ipv4", .generated = true },
    [IPV6_DST_TC_PORT] = { "ipv6.dst_tc_port", "Destination Teredo Port", FM_UINT16, FM_DEC, .also = "ipv6.tc_port",
                           .generated = true },
    [IPV6_DST_TC_IPV4] = { "ipv6.dst_tc_ipv4", "Destination Teredo Client IPv4", FM_IPV4, .also = "ipv6.tc_ipv4", .generated = true },
    [IPV6_DST_EMBED_IPV4] = { "ipv6.dst_embed_ipv4", "Destination Embedded IPv4", FM_IPV4, .also = "ipv6.embed_ipv4",
                              .generated = true },
    [IPV6_EMBED_IPV4_PREFIX] = { "ipv6.embed_ipv4_prefix", "Embedded IPv4 Prefix", FM_BYTES, .generated = true },
    [IPV6_FRAGMENTS] = { "ipv6.fragments", "IPv6 Fragments", FM_NONE },
    [IPV6_FRAGMENT] = { "ipv6.fragment", "IPv6 Fragment", FM_FRAMENUM },
    [IPV6_FRAGMENT_ERROR] = { "ipv6.fragment.error", "Defragmentation error", FM_FRAMENUM },
    [IPV6_FRAGMENT_OVERLAP] = { "ipv6.fragment.overlap", "Fragment overlap", FM_BOOL8 },
    [IPV6_FRAGMENT_OVERLAP_CONFLICT] = { "ipv6.fragment.overlap.conflict", "Conflicting data in fragment overlap", FM_BOOL8 },
    [IPV6_FRAGMENT_MULTIPLETAILS] = { "ipv6.fragment.multipletails", "Multiple tail fragments found", FM_BOOL8 },
    [IPV6_FRAGMENT_TOOLONGFRAGMENT] = { "ipv6.fragment.toolongfragment", "Fragment too long", FM_BOOL8 },
    [IPV6_FRAGMENT_COUNT] = { "ipv6.fragment.count", "Fragment count", FM_UINT32, FM_DEC },
    [IPV6_REASSEMBLED_IN] = { "ipv6.reassembled.in", "Reassembled IPv6 in frame", FM_FRAMENUM },
    [IPV6_REASSEMBLED_LENGTH] = { "ipv6.reassembled.length", "Reassembled IPv6 length", FM_UINT32, FM_DEC },
    [IPV6_REASSEMBLED_DATA] = { "ipv6.reassembled.data", "Reassembled IPv6 data", FM_BYTES },
    [IPV6_PLEN_EXCEEDS_FRAMING] = { "ipv6.plen_exceeds_framing", "IPv6 payload length does not match expected framing length",
                                    FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [IPV6_PLEN_ZERO] = { "ipv6.plen_zero",
                         "IPv6 payload length equals 0 (maybe because of \"TCP segmentation offload\" (TSO))", FM_EXPERT,
                         .severity = FM_CHAT, .group = FM_GROUP_PROTOCOL },
    [IPV6_BOGUS_IPV6_VERSION] = { "ipv6.bogus_ipv6_version", "Bogus IP version", FM_EXPERT, .severity = FM_ERROR,
                                  .group = FM_GROUP_MALFORMED },
    [IPV6_INVALID_HEADER] = { "ipv6.invalid_header", "Invalid IPv6 header", FM_EXPERT, .severity = FM_ERROR,
                              .group = FM_GROUP_MALFORMED },
    [IPV6_OPT_JUMBO_MISSING] = { "ipv6.opt.jumbo.missing",
                                 "IPv6 payload length equals 0 and Hop-By-Hop present and Jumbo Payload option missing", FM_EXPERT,
                                 .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
};

enum { DEFRAGMENT };

static const FmPreference preferences[] = {
    [DEFRAGMENT] = { "ipv6.defragment", "Reassemble fragmented IPv6 datagrams", FM_PREF_BOOL, 1 },
};

enum { HEADER_SIZE = 40, ADDRESS_SIZE = 16, FRAGMENT_SIZE = 8, MULTICAST = 0xff };

typedef struct Header {
    uint64_t word, length, next;
    bool jumbo;
    const uint8_t *source, *destination; /* for checksums and columns: routing headers and home addresses change them */
} Header;

/* ---- addresses that hold others ---- */

static void put(FmDissection *d, const FmCursor *c, unsigned row, unsigned at, unsigned size, uint64_t value)
{
    if (fm_wanted(d, row))
        fm_record(d, row, fm_offset(c) + at, size, c->buffer, 0, value);
}

static void add_details(FmDissection *d, const FmCursor *c, unsigned first)
{
    const uint8_t *a = c->at;
    if (a[8] & 2 && a[11] == 0xff && a[12] == 0xfe)
        put(d, c, first + SLAAC_MAC, 8, 8, (fm_be(a + 8, 3) ^ 0x020000) << 24 | fm_be(a + 13, 3));
    else if ((fm_be(a + 8, 4) & 0xfdffffff) == 0x00005efe)
        put(d, c, first + ISATAP, 12, 4, fm_be(a + 12, 4));
    if (fm_be(a, 2) == 0x2002) {
        put(d, c, first + GATEWAY_6TO4, 2, 4, fm_be(a + 2, 4));
        put(d, c, first + SLA_6TO4, 6, 2, fm_be(a + 6, 2));
    } else if (fm_be(a, 4) == 0x20010000) {
        put(d, c, first + TEREDO_SERVER, 4, 4, fm_be(a + 4, 4));
        put(d, c, first + TEREDO_PORT, 10, 2, fm_be(a + 10, 2) ^ 0xffff);
        put(d, c, first + TEREDO_CLIENT, 12, 4, fm_be(a + 12, 4) ^ 0xffffffff);
    } else if (fm_be(a, 8) == UINT64_C(0x0064ff9b00000000) && fm_be(a + 8, 4) == 0) {
        put(d, c, IPV6_EMBED_IPV4_PREFIX, 0, 12, 0);
        put(d, c, first + EMBEDDED, 12, 4, fm_be(a + 12, 4));
    }
}

static void add_address(FmDissection *d, FmCursor *c, unsigned row, unsigned host)
{
    FmCursor here = *c;
    fm_add_bytes(d, row, c, ADDRESS_SIZE);
    if (fm_left(&here) < ADDRESS_SIZE || !fm_wanted(d, host))
        return;
    g_auto(FmText) text = { 0 };
    fm_text_ipv6(&text, here.at);
    fm_record_blob(d, host, fm_offset(&here), ADDRESS_SIZE, here.buffer, 0, text.data, text.size);
}

/* ---- the header ---- */

static void add_payload_length(FmDissection *d, FmCursor *c, const Header *h)
{
    uint64_t length = fm_add(d, IPV6_PLEN, c), there = fm_left_on_wire(c) - MIN(fm_left_on_wire(c), HEADER_SIZE - 6);
    if (h->jumbo)
        fm_label_more(d, IPV6_PLEN, " (Jumbogram)");
    if (h->source && h->length > there && !d->quoting)
        fm_expert_text(d, IPV6_PLEN_EXCEEDS_FRAMING, "IPv6 payload length exceeds framing length (%u bytes)", (unsigned)there);
    if (!h->source)
        return;
    if (length == 0 && !h->jumbo && h->next == FM_NEXT_HOP_BY_HOP)
        fm_expert(d, IPV6_OPT_JUMBO_MISSING);
    else if (length == 0 && !h->jumbo && h->next != FM_NEXT_NONE)
        fm_expert(d, IPV6_PLEN_ZERO);
}

/* The low `count` bits of `value` in groups of four. */
static const char *bits_text(char text[32], uint64_t value, unsigned count)
{
    char *at = text;
    while (count-- > 0) {
        *at++ = (char)('0' + (value >> count & 1));
        if (count % 4 == 0 && count)
            *at++ = ' ';
    }
    *at = '\0';
    return text;
}

static void add_first_word(FmDissection *d, FmCursor *c, const Header *h)
{
    char bits[32];
    FmCursor class = *c;
    fm_add_bits(d, IPV6_VERSION, c);
    fm_add_bits(d, IP_VERSION, c);
    fm_add_flags(d, IPV6_TCLASS, IPV6_TCLASS_DSCP, IPV6_TCLASS_ECN, &class);
    if (d->want_labels) {
        unsigned value = (unsigned)(h->word >> 20 & 0xff);
        const char *dscp = fm_dscp_short(value >> 2);
        fm_label(d, IPV6_TCLASS, ".... %s .... .... .... .... .... = Traffic Class: 0x%02x (DSCP: %s, ECN: %s)",
                 bits_text(bits, value, 8), value, dscp ? dscp : "Unknown", fm_ecn_short(value));
    }
    fm_skip(c, 1);
    fm_add(d, IPV6_FLOW, c);
    fm_label(d, IPV6_FLOW, ".... %s = Flow Label: 0x%05x", bits_text(bits, h->word, 20), (unsigned)(h->word & 0xfffff));
}

static void add_header(FmDissection *d, FmCursor *c, const Header *h)
{
    add_first_word(d, c, h);
    add_payload_length(d, c, h);
    fm_add(d, IPV6_NXT, c);
    fm_add(d, IPV6_HLIM, c);
    FmCursor source = *c;
    add_address(d, c, IPV6_SRC, IPV6_SRC_HOST);
    FmCursor destination = *c;
    add_address(d, c, IPV6_DST, IPV6_DST_HOST);
    if (!fm_ok(d))
        return;
    add_details(d, &source, IPV6_SRC_SLAAC_MAC);
    add_details(d, &destination, IPV6_DST_SLAAC_MAC);
}

static void add_title(FmDissection *d)
{
    g_auto(FmText) title = { 0 };
    fm_text_literal(&title, "Internet Protocol Version 6, Src: ");
    fm_address_text(&title, &d->packet->net_source);
    fm_text_literal(&title, ", Dst: ");
    fm_address_text(&title, &d->packet->net_destination);
    fm_title(d, "%s", fm_text_string(&title));
}

/* ---- what follows ---- */

/* Extension headers stand in IPv6's own tree. */
static void call_extension(FmDissection *d, const FmProtocol *protocol, FmCursor *header)
{
    uint8_t floor = d->floor;
    const char *column = d->packet->protocol;
    d->floor = d->depth;
    fm_call(d, protocol, header);
    d->floor = floor;
    if (protocol != &fm_mipv6)
        d->packet->protocol = column;
}

static const FmProtocol *extension(uint64_t next)
{
    switch (next) {
    case FM_NEXT_HOP_BY_HOP: return &fm_ipv6_hopopts;
    case FM_NEXT_DESTINATION: return &fm_ipv6_dstopts;
    case FM_NEXT_ROUTING: return &fm_ipv6_routing;
    case FM_NEXT_FRAGMENT: return &fm_ipv6_fraghdr;
    case FM_NEXT_AH: return &fm_ah;
    case FM_NEXT_MOBILITY: return &fm_mipv6;
    default: return NULL;
    }
}

static uint64_t extension_size(const FmCursor *c, uint64_t next)
{
    switch (next) {
    case FM_NEXT_FRAGMENT: return FRAGMENT_SIZE;
    case FM_NEXT_AH: return (fm_peek(c, 1, 1) + 2) * 4;
    default: return (fm_peek(c, 1, 1) + 1) * 8;
    }
}

/* Where a routing header that is not used up leads to in the end; NULL: it changes nothing. */
static const uint8_t *final_destination(FmSlice header)
{
    if (header.size < 8 + ADDRESS_SIZE || header.data[3] == 0)
        return NULL;
    switch (header.data[2]) {
    case FM_ROUTING_SOURCE: case FM_ROUTING_MOBILE: return header.data + header.size - ADDRESS_SIZE;
    case FM_ROUTING_SEGMENTS: return header.data + 8;
    default: return NULL;
    }
}

static void note_addresses(FmDissection *d, Header *h, uint64_t next, FmSlice header)
{
    const uint8_t *source = next == FM_NEXT_DESTINATION ? fm_ipv6_home_address(header) : NULL;
    const uint8_t *destination = next == FM_NEXT_ROUTING ? final_destination(header) : NULL;
    if (!source && !destination)
        return;
    h->source = source ? source : h->source;
    h->destination = destination ? destination : h->destination;
    fm_net_addresses(d, h->source, h->destination, ADDRESS_SIZE);
}

/* Puts the fragment behind a fragment header to those before it; false: its datagram is not whole, the bytes are shown. */
static bool reassemble(FmDissection *d, FmCursor *c, FmSlice header)
{
    uint32_t offset = (uint32_t)fm_be(header.data + 2, 2) & 0xfff8, id = (uint32_t)fm_be(header.data + 4, 4);
    bool more = header.data[3] & 1;
    if (!offset && !more)
        return true;
    fm_info(d, "IPv6 fragment (off=%u more=%c ident=0x%08x nxt=%u)", offset, more ? 'y' : 'n', id, header.data[0]);
    if (fm_preference(d, DEFRAGMENT) && !c->lost && fm_left(c) && !d->quoting) {
        const FmFragments *fragments;
        FmCursor whole;
        if (fm_reassemble(d, 6, id, offset, more, c, "Reassembled IPv6", &whole, &fragments)) {
            fm_add_fragments(d, fields, IPV6_FRAGMENTS, "IPv6 Fragments", fragments, &whole);
            *c = whole;
            return true;
        }
        if (fragments->reassembled_in)
            fm_make(d, IPV6_REASSEMBLED_IN, fragments->reassembled_in);
    } else if (!offset) {
        c->fragment = true;
        return true;
    }
    fm_data(d, c);
    return false;
}

static void dissect_payload(FmDissection *d, FmCursor *c, Header *h)
{
    uint64_t next = h->next;
    for (const FmProtocol *p; (p = extension(next)) != NULL;) {
        uint64_t size = extension_size(c, next);
        if (size > fm_left_on_wire(c)) { /* its own trouble */
            call_extension(d, p, c);
            return;
        }
        FmCursor header = fm_take(c, size);
        FmSlice bytes = fm_rest(&header);
        uint64_t current = next;
        call_extension(d, p, &header);
        if (bytes.size < size)
            return;
        note_addresses(d, h, current, bytes);
        next = bytes.data[0];
        if (current == FM_NEXT_FRAGMENT && !reassemble(d, c, bytes))
            return;
        if (current == FM_NEXT_MOBILITY && next == FM_NEXT_NONE)
            return;
    }
    if (next == FM_NEXT_NONE) {
        fm_info(d, "IPv6 no next header");
        fm_data(d, c);
        return;
    }
    if (fm_try(d, FM_IP_PROTO, next, c))
        return;
    const char *name = fm_name(fm_ip_protocols, next);
    fm_info(d, "Unknown IP Protocol: %s (%u)", name ? name : "Unknown", (unsigned)next);
    fm_data(d, c);
}

static void ipv6_dissect(FmDissection *d, FmCursor *c)
{
    fm_info_clear(d);
    if (!fm_left(c)) {
        fm_cursor_fail(c, 1);
        return;
    }
    uint64_t version = c->at[0] >> 4;
    if (version != 6) {
        fm_info(d, "Bogus IPv6 version (%u, must be 6)", (unsigned)version);
        fm_add_bits(d, IPV6_VERSION, c);
        fm_expert_text(d, IPV6_BOGUS_IPV6_VERSION, "Bogus IPv6 version");
        fm_add_bits(d, IP_VERSION, c);
        d->packet->layer_count--; /* this is something else */
        if (d->packet->layer_count > 1)
            fm_data(d, c);
        return;
    }
    Header h = { .word = fm_peek(c, 0, 4), .length = fm_peek(c, 4, 2), .next = fm_peek(c, 6, 1) };
    if (fm_left(c) >= HEADER_SIZE) {
        h.source = c->at + 8;
        h.destination = c->at + 24;
        fm_net_addresses(d, h.source, h.destination, ADDRESS_SIZE);
        fm_length(d, HEADER_SIZE);
        d->hop_limit = c->at[7];
        if (h.length == 0 && h.next == FM_NEXT_HOP_BY_HOP) {
            h.length = fm_ipv6_jumbo_length((FmSlice){ c->at + HEADER_SIZE, fm_left(c) - HEADER_SIZE });
            h.jumbo = h.length != 0;
        }
    } else if (fm_left_on_wire(c) < HEADER_SIZE) {
        fm_info(d, "Invalid IPv6 header (%u bytes, need exactly %u)", (unsigned)fm_left_on_wire(c), HEADER_SIZE);
        fm_expert_text(d, IPV6_INVALID_HEADER, "IPv6 header must be exactly %u bytes", HEADER_SIZE);
    }
    bool odd = !h.source || h.length == 0 || h.length + HEADER_SIZE > fm_left_on_wire(c);
    if (d->want[0] || odd)
        add_header(d, c, &h);
    else
        c->at += HEADER_SIZE;
    if (!fm_ok(d))
        return;
    if (d->want_labels)
        add_title(d);
    FmCursor payload = fm_window(c, h.length);
    dissect_payload(d, &payload, &h);
}

static uint64_t ipv6_extent(FmSlice bytes)
{
    if (bytes.size < HEADER_SIZE || bytes.data[0] >> 4 != 6)
        return FM_NEED_MORE;
    uint64_t length = fm_be(bytes.data + 4, 2);
    if (length == 0 && bytes.data[6] == FM_NEXT_HOP_BY_HOP)
        length = fm_ipv6_jumbo_length((FmSlice){ bytes.data + HEADER_SIZE, bytes.size - HEADER_SIZE });
    return HEADER_SIZE + length;
}

const FmProtocol fm_ipv6 = {
    .abbrev = "ipv6",
    .name = "IPv6",
    .title = "Internet Protocol Version 6",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x86dd }, { FM_IP_PROTO, 41 }, { FM_PPP_PROTOCOL, 0x0057 }, { FM_GRE_PROTO, 0x86dd },
                { FM_NULL_TYPE, 24 }, { FM_NULL_TYPE, 28 }, { FM_NULL_TYPE, 30 }, { FM_LINK_TYPE, 229 }),
    FM_PREFERENCES(preferences),
    .dissect = ipv6_dissect,
    .extent = ipv6_extent,
};
