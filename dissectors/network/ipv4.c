/* IPv4 (RFC 791); ipv4_options.c reads the options. */
#include "config.h"

#include "dissectors/network/ipv4.h"

#include "base/checksum.h"
#include "dissectors/fragments.h"
#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"

enum {
    IP,
    IP_VERSION,
    IP_HDR_LEN,
    IP_DSFIELD,
    IP_DSFIELD_DSCP,
    IP_DSFIELD_ECN,
    IP_LEN,
    IP_ID,
    IP_FLAGS,
    IP_FLAGS_RB,
    IP_FLAGS_DF,
    IP_FLAGS_MF,
    IP_FLAGS_SF,
    IP_FRAG_OFFSET,
    IP_TTL,
    IP_PROTO,
    IP_CHECKSUM,
    IP_CHECKSUM_CALCULATED,
    IP_CHECKSUM_STATUS,
    IP_SRC,
    IP_SRC_HOST,
    IP_DST,
    IP_DST_HOST,
    IP_CUR_RT,
    IP_CUR_RT_HOST,
    IP_FRAGMENTS, /* rows as in fragments.h */
    IP_FRAGMENT,
    IP_FRAGMENT_ERROR,
    IP_FRAGMENT_OVERLAP,
    IP_FRAGMENT_OVERLAP_CONFLICT,
    IP_FRAGMENT_MULTIPLETAILS,
    IP_FRAGMENT_TOOLONGFRAGMENT,
    IP_FRAGMENT_COUNT,
    IP_REASSEMBLED_IN,
    IP_REASSEMBLED_LENGTH,
    IP_REASSEMBLED_DATA,
    IP_BOGUS_IP_LENGTH,
    IP_BOGUS_IP_VERSION,
    IP_BOGUS_HEADER_LENGTH,
    IP_CHECKSUM_BAD_EXPERT,
    IP_EVIL_PACKET,
    IP_TTL_LNCB,
    IP_TTL_TOO_SMALL,
};

/* ---- lines that tell more than name and value ---- */

static void header_length_line(FmText *out, uint64_t size)
{
    unsigned words = (unsigned)size / 4;
    fm_text_printf(out, ".... %u%u%u%u = Header Length: %u bytes (%u)", words >> 3 & 1, words >> 2 & 1, words >> 1 & 1, words & 1, (unsigned)size,
                   words);
}

static void ds_line(FmText *out, uint64_t ds)
{
    const char *dscp = fm_dscp_short((unsigned)ds >> 2);
    fm_text_printf(out, "Differentiated Services Field: 0x%02x (DSCP: %s, ECN: %s)", (unsigned)ds, dscp ? dscp : "Unknown",
                   fm_ecn_short((unsigned)ds));
}

static void flags_line(FmText *out, uint64_t value)
{
    unsigned flags = (unsigned)value;
    fm_text_printf(out, "%u%u%u. .... = Flags: 0x%x%s%s%s", flags >> 2, flags >> 1 & 1, flags & 1, flags, flags & 4 ? ", Reserved bit" : "",
                   flags & 2 ? ", Don't fragment" : "", flags & 1 ? ", More fragments" : "");
}

static void offset_line(FmText *out, uint64_t offset)
{
    fm_text_literal(out, "...");
    for (unsigned bit = 13; bit > 0; bit--) {
        fm_text_char(out, (char)('0' + (offset >> (bit - 1) & 1)));
        if (bit % 4 == 1 && bit > 1)
            fm_text_char(out, ' ');
    }
    fm_text_literal(out, " = Fragment Offset: ");
    fm_text_uint(out, offset * 8);
}

#define SET .yes = "Set", .no = "Not set"

static const FmField fields[] = {
    [IP] = { "ip", "Internet Protocol Version 4", FM_PROTOCOL },
    [IP_VERSION] = { "ip.version", "Version", FM_UINT8, FM_DEC, 0xf0 },
    [IP_HDR_LEN] = { "ip.hdr_len", "Header Length", FM_UINT8, FM_DEC, .line = header_length_line },
    [IP_DSFIELD] = { "ip.dsfield", "Differentiated Services Field", FM_UINT8, FM_HEX, .line = ds_line },
    [IP_DSFIELD_DSCP] = { "ip.dsfield.dscp", "Differentiated Services Codepoint", FM_UINT8, FM_DEC, 0xfc, .names = fm_dscp_names },
    [IP_DSFIELD_ECN] = { "ip.dsfield.ecn", "Explicit Congestion Notification", FM_UINT8, FM_DEC, 0x03, .names = fm_ecn_names },
    [IP_LEN] = { "ip.len", "Total Length", FM_UINT16, FM_DEC },
    [IP_ID] = { "ip.id", "Identification", FM_UINT16, FM_HEX_DEC },
    [IP_FLAGS] = { "ip.flags", "Flags", FM_UINT8, FM_HEX, 0xe0, .line = flags_line },
    [IP_FLAGS_RB] = { "ip.flags.rb", "Reserved bit", FM_BOOL8, .mask = 0x80, SET },
    [IP_FLAGS_DF] = { "ip.flags.df", "Don't fragment", FM_BOOL8, .mask = 0x40, SET },
    [IP_FLAGS_MF] = { "ip.flags.mf", "More fragments", FM_BOOL8, .mask = 0x20, SET },
    [IP_FLAGS_SF] = { "ip.flags.sf", "Security flag", FM_BOOL8, .mask = 0x80, .yes = "Evil", .no = "Not evil" },
    [IP_FRAG_OFFSET] = { "ip.frag_offset", "Fragment Offset", FM_UINT16, FM_DEC, 0x1fff, .line = offset_line },
    [IP_TTL] = { "ip.ttl", "Time to Live", FM_UINT8, FM_DEC },
    [IP_PROTO] = { "ip.proto", "Protocol", FM_UINT8, FM_DEC, .names = fm_ip_protocols },
    [IP_CHECKSUM] = { "ip.checksum", "Header Checksum", FM_UINT16, FM_HEX },
    [IP_CHECKSUM_CALCULATED] = { "ip.checksum_calculated", "Calculated Checksum", FM_UINT16, FM_HEX, .generated = true },
    [IP_CHECKSUM_STATUS] = { "ip.checksum.status", "Header checksum status", FM_UINT8, .names = fm_checksum_names, .generated = true },
    [IP_SRC] = { "ip.src", "Source Address", FM_IPV4, .also = "ip.addr" },
    [IP_SRC_HOST] = { "ip.src_host", "Source Host", FM_STRING, .also = "ip.host", .hidden = true },
    [IP_DST] = { "ip.dst", "Destination Address", FM_IPV4, .also = "ip.addr" },
    [IP_DST_HOST] = { "ip.dst_host", "Destination Host", FM_STRING, .also = "ip.host", .hidden = true },
    [IP_CUR_RT] = { "ip.cur_rt", "Current Route", FM_IPV4 },
    [IP_CUR_RT_HOST] = { "ip.cur_rt_host", "Current Route Host", FM_STRING, .hidden = true },
    [IP_FRAGMENTS] = { "ip.fragments", "IPv4 Fragments", FM_BYTES },
    [IP_FRAGMENT] = { "ip.fragment", "IPv4 Fragment", FM_FRAMENUM },
    [IP_FRAGMENT_ERROR] = { "ip.fragment.error", "Defragmentation error", FM_FRAMENUM },
    [IP_FRAGMENT_OVERLAP] = { "ip.fragment.overlap", "Fragment overlap", FM_BOOL8 },
    [IP_FRAGMENT_OVERLAP_CONFLICT] = { "ip.fragment.overlap.conflict", "Conflicting data in fragment overlap", FM_BOOL8 },
    [IP_FRAGMENT_MULTIPLETAILS] = { "ip.fragment.multipletails", "Multiple tail fragments found", FM_BOOL8 },
    [IP_FRAGMENT_TOOLONGFRAGMENT] = { "ip.fragment.toolongfragment", "Fragment too long", FM_BOOL8 },
    [IP_FRAGMENT_COUNT] = { "ip.fragment.count", "Fragment count", FM_UINT32, FM_DEC },
    [IP_REASSEMBLED_IN] = { "ip.reassembled_in", "Reassembled IPv4 in frame", FM_FRAMENUM },
    [IP_REASSEMBLED_LENGTH] = { "ip.reassembled.length", "Reassembled IPv4 length", FM_UINT32, FM_DEC },
    [IP_REASSEMBLED_DATA] = { "ip.reassembled.data", "Reassembled IPv4 data", FM_BYTES },
    [IP_BOGUS_IP_LENGTH] = { "ip.bogus_ip_length", "Bogus IP length", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
    [IP_BOGUS_IP_VERSION] = { "ip.bogus_ip_version", "Bogus IP version", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
    [IP_BOGUS_HEADER_LENGTH] = { "ip.bogus_header_length", "Bogus IP header length", FM_EXPERT, .severity = FM_ERROR,
                                 .group = FM_GROUP_PROTOCOL },
    [IP_CHECKSUM_BAD_EXPERT] = { "ip.checksum_bad.expert", "Bad checksum", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
    [IP_EVIL_PACKET] = { "ip.evil_packet", "Packet has evil intent", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [IP_TTL_LNCB] = { "ip.ttl.lncb", "Time To Live", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_SEQUENCE },
    [IP_TTL_TOO_SMALL] = { "ip.ttl.too_small", "Time To Live", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_SEQUENCE },
};

enum { DEFRAGMENT, CHECK_CHECKSUM, TSO_SUPPORT };

static const FmPreference preferences[] = {
    [DEFRAGMENT] = { "ip.defragment", "Reassemble fragmented IPv4 datagrams", FM_PREF_BOOL, 1 },
    [CHECK_CHECKSUM] = { "ip.check_checksum", "Validate the IPv4 checksum if possible", FM_PREF_BOOL, 0 },
    [TSO_SUPPORT] = { "ip.tso_support", "Support packet-capture from IP TSO-enabled hardware", FM_PREF_BOOL, 1 },
};

enum {
    HEADER_SIZE = 20,
    MORE_FRAGMENTS = 0x2000,
    OFFSET_MASK = 0x1fff,
    PROTO_OSPF = 89,
    PROTO_PIM = 103,
    TTL_SMALL = 5,
    LOCAL_CONTROL = 0xe00000, /* 224.0.0/24, the Local Network Control Block */
    TTL_ANY = 0,
};

typedef struct Header {
    const uint8_t *at;
    uint64_t size, length, id, fragment, ttl, protocol;
    uint64_t destination; /* as the header has it */
    bool offloaded;       /* the length is 0: segmentation was left to the interface */
} Header;

/* The time to live that a packet to the Local Network Control Block has, by the protocol that owns the address. */
static unsigned local_control_ttl(uint64_t address)
{
    switch (address & 0xff) {
    case 18: case 102: case 251: return 255; /* VRRP, GLBP, mDNS */
    case 252: return TTL_ANY;                /* LLMNR */
    default: return 1;
    }
}

static void add_ttl(FmDissection *d, FmCursor *c, const Header *h)
{
    fm_add(d, IP_TTL, c);
    if (h->destination >> 8 == LOCAL_CONTROL) {
        unsigned ttl = local_control_ttl(h->destination);
        if (ttl != TTL_ANY && ttl != h->ttl)
            fm_expert_text(d, IP_TTL_LNCB,
                           "\"Time To Live\" != %u for a packet sent to the Local Network Control Block (see RFC 3171)", ttl);
    } else if (h->ttl < TTL_SMALL && h->destination >> 28 != 0xe && h->protocol != PROTO_PIM && h->protocol != PROTO_OSPF) {
        fm_expert_text(d, IP_TTL_TOO_SMALL, "\"Time To Live\" only %u", (unsigned)h->ttl);
    }
}

static void add_checksum(FmDissection *d, FmCursor *c, const Header *h)
{
    FmCursor here = *c;
    uint64_t checksum = fm_add(d, IP_CHECKSUM, c);
    if (!fm_preference(d, CHECK_CHECKSUM) || (size_t)(here.end - h->at) < h->size) {
        fm_label(d, IP_CHECKSUM, "Header Checksum: 0x%04x [validation disabled]", (unsigned)checksum);
        fm_add_value(d, IP_CHECKSUM_STATUS, &here, 0, FM_CHECKSUM_UNVERIFIED);
        return;
    }
    uint16_t sum = fm_checksum((FmSlice){ h->at, (size_t)h->size }), right = fm_checksum_expected(sum, (uint16_t)checksum);
    if (sum == 0xffff) {
        fm_label(d, IP_CHECKSUM, "Header Checksum: 0x%04x [correct]", (unsigned)checksum);
    } else {
        fm_label(d, IP_CHECKSUM, "Header Checksum: 0x%04x incorrect, should be 0x%04x(may be caused by \"IP checksum offload\"?)",
                 (unsigned)checksum, right);
        fm_expert_text(d, IP_CHECKSUM_BAD_EXPERT, "Bad checksum [should be 0x%04x]", right);
    }
    fm_add_value(d, IP_CHECKSUM_STATUS, &here, 0, sum == 0xffff ? FM_CHECKSUM_GOOD : FM_CHECKSUM_BAD);
    fm_add_value(d, IP_CHECKSUM_CALCULATED, &here, 2, right);
}

static void add_flags(FmDissection *d, FmCursor *c)
{
    FmCursor bits = *c;
    fm_add_flags(d, IP_FLAGS, IP_FLAGS_RB, IP_FLAGS_MF, &bits);
    fm_add(d, IP_FRAG_OFFSET, c);
}

static bool is_bogus(const Header *h)
{
    return !h->offloaded && h->length < h->size;
}

static void add_length(FmDissection *d, FmCursor *c, const Header *h)
{
    uint64_t in_header = fm_peek(c, 0, 2);
    if (fm_wanted(d, IP_LEN))
        fm_record(d, IP_LEN, fm_offset(c), 2, c->buffer, h->offloaded ? FM_NODE_MADE : 0, h->length);
    if (h->offloaded)
        fm_label(d, IP_LEN, "Total Length: %u bytes (reported as %u, presumed to be because of \"TCP segmentation offload\" (TSO))",
                 (unsigned)h->length, (unsigned)in_header);
    else if (is_bogus(h))
        fm_label(d, IP_LEN, "Total Length: %u bytes (bogus, less than header length %u)", (unsigned)h->length, (unsigned)h->size);
    if (is_bogus(h))
        fm_expert(d, IP_BOGUS_IP_LENGTH);
    else if (!d->quoting && h->length > (uint64_t)(c->end - h->at) + c->lost)
        fm_expert_text(d, IP_BOGUS_IP_LENGTH, "IPv4 total length exceeds packet length (%u bytes)",
                       (unsigned)((uint64_t)(c->end - h->at) + c->lost));
    fm_skip(c, 2);
}

static void add_start(FmDissection *d, FmCursor *c, const Header *h)
{
    fm_add_bits(d, IP_VERSION, c);
    fm_add_value(d, IP_HDR_LEN, c, 1, h->size);
    fm_skip(c, 1);
}

/* The header's fields, from `c` to the options. */
static void add_header(FmDissection *d, FmCursor *c, const Header *h)
{
    add_start(d, c, h);
    fm_add_flags(d, IP_DSFIELD, IP_DSFIELD_DSCP, IP_DSFIELD_ECN, c);
    add_length(d, c, h);
    if (is_bogus(h))
        return;
    fm_add(d, IP_ID, c);
    add_flags(d, c);
    add_ttl(d, c, h);
    fm_add(d, IP_PROTO, c);
    add_checksum(d, c, h);
    FmCursor source = *c;
    fm_add(d, IP_SRC, c);
    fm_ipv4_add_host(d, fields, &source, IP_SRC_HOST);
    FmCursor here = *c;
    bool routed = h->size > HEADER_SIZE && (uint64_t)(c->end - h->at) >= h->size &&
                  fm_ipv4_final_destination((FmSlice){ h->at + HEADER_SIZE, (size_t)h->size - HEADER_SIZE });
    if (routed) {
        fm_add(d, IP_CUR_RT, c);
        fm_ipv4_add_host(d, fields, &here, IP_CUR_RT_HOST);
    } else {
        fm_add(d, IP_DST, c);
        fm_ipv4_add_host(d, fields, &here, IP_DST_HOST);
    }
}

static void add_title(FmDissection *d)
{
    char room[80];
    g_auto(FmText) title = FM_TEXT_IN(room);
    fm_text_literal(&title, "Internet Protocol Version 4, Src: ");
    fm_address_text(&title, &d->packet->net_source);
    fm_text_literal(&title, ", Dst: ");
    fm_address_text(&title, &d->packet->net_destination);
    fm_title(d, "%s", fm_text_string(&title));
}

static void add_options(FmDissection *d, FmCursor *c, const Header *h)
{
    FmCursor options = fm_take(c, h->size - HEADER_SIZE);
    FmSubtree subtree = fm_open_text(d, &options, "Options: (%u bytes)", (unsigned)h->size - HEADER_SIZE);
    if (d->want_labels) /* names of those that are dissected, as long as they stand one behind the other */
        for (const uint8_t *o = options.at; o < options.end && fm_ipv4_option_name(*o);) {
            fm_subtree_label_more(d, subtree, ", %s", fm_ipv4_option_name(*o));
            if (options.end - o < 2 || o[1] < 2)
                break;
            o += MIN(o[1], options.end - o);
        }
    fm_part(d, &fm_ipv4_options, &options);
    fm_close(d, subtree, c);
}

/* Puts a fragment to those before it; true: `payload` is the whole datagram now. */
static bool reassemble(FmDissection *d, const Header *h, FmCursor *payload)
{
    const FmFragments *fragments;
    FmCursor whole;
    uint32_t id = (uint32_t)(h->id | h->protocol << 16);
    if (fm_reassemble(d, 4, id, (uint32_t)(h->fragment & OFFSET_MASK) * 8, h->fragment & MORE_FRAGMENTS, payload, "Reassembled IPv4",
                      &whole, &fragments)) {
        fm_add_fragments(d, fields, IP_FRAGMENTS, "IPv4 Fragments", fragments, &whole);
        *payload = whole;
        return true;
    }
    if (fragments->reassembled_in)
        fm_make(d, IP_REASSEMBLED_IN, fragments->reassembled_in);
    if (d->want_info) {
        const char *name = fm_name(fm_ip_protocols, h->protocol);
        fm_info(d, "Fragmented IP protocol (proto=%s %u, off=%u, ID=%04x)", name ? name : "Unknown", (unsigned)h->protocol,
                (unsigned)(h->fragment & OFFSET_MASK) * 8, (unsigned)h->id);
    }
    return false;
}

static void dissect_payload(FmDissection *d, FmCursor *c, const Header *h)
{
    FmCursor payload = fm_window(c, h->length - MIN(h->length, h->size));
    if (h->fragment & (MORE_FRAGMENTS | OFFSET_MASK)) {
        bool all = !payload.lost && fm_left(&payload) == h->length - h->size && fm_left(&payload);
        if (all && !d->quoting && fm_preference(d, DEFRAGMENT)) {
            if (!reassemble(d, h, &payload)) {
                fm_data(d, &payload);
                return;
            }
        } else if (h->fragment & OFFSET_MASK) {
            const char *name = fm_name(fm_ip_protocols, h->protocol);
            fm_info(d, "Fragmented IP protocol (proto=%s %u, off=%u, ID=%04x)", name ? name : "Unknown", (unsigned)h->protocol,
                    (unsigned)(h->fragment & OFFSET_MASK) * 8, (unsigned)h->id);
            fm_data(d, &payload);
            return;
        } else {
            payload.fragment = true;
        }
    }
    if (!fm_left_on_wire(&payload) || fm_try(d, FM_IP_PROTO, h->protocol, &payload))
        return;
    const char *name = fm_name(fm_ip_protocols, h->protocol);
    fm_info(d, "%s (%u)", name ? name : "Unknown", (unsigned)h->protocol);
    fm_data(d, &payload);
}

static void bogus_version(FmDissection *d, FmCursor *c, uint64_t version)
{
    fm_protocol_column(d, "IP");
    fm_info(d, "Bogus IP version (%u)", (unsigned)version);
    fm_add_bits(d, IP_VERSION, c);
    fm_expert(d, IP_BOGUS_IP_VERSION);
}

static void bogus_header_length(FmDissection *d, FmCursor *c, const Header *h)
{
    fm_info(d, "Bogus IP header length (%u, must be at least %u)", (unsigned)h->size, HEADER_SIZE);
    fm_add_bits(d, IP_VERSION, c);
    fm_add_value(d, IP_HDR_LEN, c, 1, h->size);
    fm_label(d, IP_HDR_LEN, "Header Length: %u bytes (bogus, must be at least %u)", (unsigned)h->size, HEADER_SIZE);
    fm_expert_text(d, IP_BOGUS_HEADER_LENGTH, "Bogus IP header length (%u, must be at least %u)", (unsigned)h->size, HEADER_SIZE);
}

static void read_header(FmDissection *d, const FmCursor *c, Header *h)
{
    *h = (Header){ .at = c->at, .size = (c->at[0] & 15u) * 4, .length = fm_peek(c, 2, 2) };
    h->id = fm_peek(c, 4, 2);
    h->fragment = fm_peek(c, 6, 2);
    h->ttl = fm_peek(c, 8, 1);
    h->protocol = fm_peek(c, 9, 1);
    h->destination = fm_peek(c, 16, 4);
    if (h->length == 0 && fm_preference(d, TSO_SUPPORT)) {
        h->length = fm_left_on_wire(c);
        h->offloaded = true;
    }
}

static void ipv4_dissect(FmDissection *d, FmCursor *c)
{
    if (!fm_left(c)) {
        fm_info_clear(d);
        fm_cursor_fail(c, 1);
        return;
    }
    uint64_t version = c->at[0] >> 4;
    fm_info_clear(d);
    if (version == 6) {
        if (d->packet->layer_count > 2)
            fm_expert_text(d, IP_BOGUS_IP_VERSION, "Bogus IPv4 version");
        fm_call(d, &fm_ipv6, c);
        return;
    }
    if (version != 4) {
        bogus_version(d, c, version);
        return;
    }
    Header h;
    read_header(d, c, &h);
    if (h.size < HEADER_SIZE) {
        bogus_header_length(d, c, &h);
        return;
    }
    bool cut = fm_left(c) < HEADER_SIZE, bogus = !cut && is_bogus(&h);
    if (!cut && !bogus) {
        const uint8_t *to = c->at + 16;
        if (h.size > HEADER_SIZE && fm_left(c) >= h.size) {
            const uint8_t *last = fm_ipv4_final_destination((FmSlice){ c->at + HEADER_SIZE, (size_t)h.size - HEADER_SIZE });
            to = last ? last : to;
        }
        fm_net_addresses(d, c->at + 12, to, 4);
        fm_length(d, h.size);
        if (!d->quoting)
            d->packet->ip_id = (uint16_t)h.id;
        d->hop_limit = (uint8_t)h.ttl;
    }
    bool odd = cut || bogus || h.length > fm_left_on_wire(c) || h.ttl < TTL_SMALL || h.destination >> 8 == LOCAL_CONTROL;
    if (d->want[0] || odd)
        add_header(d, c, &h);
    else
        c->at += HEADER_SIZE;
    if (bogus)
        fm_info(d, "Bogus IP length (%u, less than header length %u)", (unsigned)h.length, (unsigned)h.size);
    if (bogus || !fm_ok(d))
        return;
    if (d->want_labels)
        add_title(d);
    if (h.size > HEADER_SIZE)
        add_options(d, c, &h);
    if (!fm_ok(d))
        return;
    dissect_payload(d, c, &h);
}

static uint64_t ipv4_extent(FmSlice bytes)
{
    if (bytes.size < 4)
        return FM_NEED_MORE;
    if (bytes.data[0] >> 4 == 6)
        return fm_ipv6.extent(bytes);
    uint64_t size = (bytes.data[0] & 15u) * 4, length = fm_be(bytes.data + 2, 2);
    return bytes.data[0] >> 4 == 4 && size >= HEADER_SIZE && length >= size ? length : FM_NEED_MORE;
}

const FmProtocol fm_ipv4 = {
    .abbrev = "ip",
    .name = "IPv4",
    .title = "Internet Protocol Version 4",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x0800 }, { FM_IP_PROTO, 4 }, { FM_PPP_PROTOCOL, 0x0021 }, { FM_GRE_PROTO, 0x0800 },
                { FM_NULL_TYPE, 2 }, { FM_LINK_TYPE, 228 }, { FM_LLC_DSAP, 6 }),
    FM_PREFERENCES(preferences),
    .dissect = ipv4_dissect,
    .extent = ipv4_extent,
};
