/* MPLS label stacks (RFC 3032) and what they carry, guessed by its first nibble (RFC 4928). */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"

enum {
    MPLS,
    MPLS_LABEL,
    MPLS_EXP,
    MPLS_BOTTOM,
    MPLS_TTL,
    MPLS_INVALID_LABEL,
};

static const FmName labels[] = {
    { 0, 0, "IPv4 Explicit-Null" },
    { 1, 0, "Router Alert" },
    { 2, 0, "IPv6 Explicit-Null" },
    { 3, 0, "Implicit-Null" },
    { 7, 0, "Entropy Label Indicator (ELI)" },
    { 13, 0, "Generic Associated Channel Label (GAL)" },
    { 14, 0, "OAM Alert" },
    { 0 },
};

static const FmField fields[] = {
    [MPLS] = { "mpls", "MultiProtocol Label Switching Header", FM_PROTOCOL },
    [MPLS_LABEL] = { "mpls.label", "MPLS Label", FM_UINT32, FM_DEC, 0xfffff000 },
    [MPLS_EXP] = { "mpls.exp", "MPLS Experimental Bits", FM_UINT32, FM_DEC, 0xe00 },
    [MPLS_BOTTOM] = { "mpls.bottom", "MPLS Bottom Of Label Stack", FM_UINT32, FM_DEC, 0x100 },
    [MPLS_TTL] = { "mpls.ttl", "MPLS TTL", FM_UINT32, FM_DEC, 0xff },
    [MPLS_INVALID_LABEL] = { "mpls.invalid_label", "Invalid Label", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
};

enum { LABEL_IPV4 = 0, LABEL_IPV6 = 2, LABEL_IMPLICIT_NULL = 3 };

/* Could an Ethernet frame start `offset` bytes from here? */
static bool looks_like_ethernet(FmDissection *d, const FmCursor *c, size_t offset)
{
    if (fm_left(c) < offset + 14)
        return false;
    uint64_t type = fm_peek(c, offset + 12, 2);
    if (type < FM_ETHERTYPE_FIRST)
        return type <= fm_left_on_wire(c) - offset - 14;
    return fm_catalog_bound(d->packet->catalog, FM_ETHERTYPE, (uint32_t)type) || fm_name(fm_ethertypes, type);
}

static void dissect_payload(FmDissection *d, FmCursor *c, uint64_t label)
{
    if (!fm_left(c)) {
        fm_cursor_fail(c, 1);
        return;
    }
    switch (label == LABEL_IPV4 ? 4 : label == LABEL_IPV6 ? 6 : c->at[0] >> 4) {
    case 4: fm_call(d, &fm_ipv4, c); return;
    case 6: fm_call(d, &fm_ipv6, c); return;
    case 0: /* a pseudowire's control word (RFC 4385), or a frame without one */
        fm_layer_name(d, "pwethheuristic");
        if (looks_like_ethernet(d, c, 4) || !looks_like_ethernet(d, c, 0)) {
            fm_layer_name(d, "pwethcw");
            fm_skip(c, 4);
        } else {
            fm_layer_name(d, "pwethnocw");
        }
        fm_call(d, &fm_ethernet, c);
        return;
    default: fm_data(d, c); return;
    }
}

/* Every label is a layer of its own in the tree, but the stack has one name in frame.protocols. */
static void mpls_dissect(FmDissection *d, FmCursor *c)
{
    FmPacket *p = d->packet;
    if (p->layer_count > 1 && p->layers[p->layer_count - 2] == p->layers[p->layer_count - 1])
        p->layer_count--;
    fm_info(d, "MPLS Label Switched Packet");
    uint64_t word = fm_peek(c, 0, 4), label = word >> 12;
    fm_add_bits(d, MPLS_LABEL, c);
    const char *name = fm_name(labels, label);
    if (name)
        fm_title(d, "MultiProtocol Label Switching Header, Label: %u (%s), Exp: %u, S: %u, TTL: %u", (unsigned)label, name,
                 (unsigned)(word >> 9 & 7), (unsigned)(word >> 8 & 1), (unsigned)(word & 255));
    else
        fm_title(d, "MultiProtocol Label Switching Header, Label: %u, Exp: %u, S: %u, TTL: %u", (unsigned)label,
                 (unsigned)(word >> 9 & 7), (unsigned)(word >> 8 & 1), (unsigned)(word & 255));
    if (d->want_labels) {
        g_auto(FmText) bits = { 0 };
        for (unsigned bit = 20; bit > 0; bit--) {
            fm_text_char(&bits, (char)('0' + (label >> (bit - 1) & 1)));
            if (bit % 4 == 1)
                fm_text_char(&bits, ' ');
        }
        if (name)
            fm_label(d, MPLS_LABEL, "%s.... .... .... = MPLS Label: %s (%u)", fm_text_string(&bits), name, (unsigned)label);
        else
            fm_label(d, MPLS_LABEL, "%s.... .... .... = MPLS Label: %u (0x%05x)", fm_text_string(&bits), (unsigned)label,
                     (unsigned)label);
    }
    if (label == LABEL_IMPLICIT_NULL)
        fm_expert_text(d, MPLS_INVALID_LABEL, "Invalid Label");
    fm_add_bits(d, MPLS_EXP, c);
    uint64_t bottom = fm_add_bits(d, MPLS_BOTTOM, c);
    fm_add(d, MPLS_TTL, c);
    fm_length(d, 4);
    if (!fm_ok(d))
        return;
    if (bottom)
        dissect_payload(d, c, label);
    else
        fm_call(d, &fm_mpls, c);
}

static uint64_t mpls_extent(FmSlice bytes)
{
    size_t i = 0;
    while (i + 4 < bytes.size && !(bytes.data[i + 2] & 1))
        i += 4;
    i += 4;
    if (i >= bytes.size)
        return FM_NEED_MORE;
    FmSlice payload = { bytes.data + i, bytes.size - i };
    uint64_t length = payload.data[0] >> 4 == 4 ? fm_ipv4.extent(payload)
                      : payload.data[0] >> 4 == 6 ? fm_ipv6.extent(payload) : FM_NEED_MORE;
    return length == FM_NEED_MORE ? length : length + i;
}

const FmProtocol fm_mpls = {
    .abbrev = "mpls",
    .name = "MPLS",
    .title = "MultiProtocol Label Switching Header",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x8847 }, { FM_ETHERTYPE, 0x8848 }, { FM_PPP_PROTOCOL, 0x0281 }, { FM_PPP_PROTOCOL, 0x0283 },
                { FM_GRE_PROTO, 0x8847 }, { FM_GRE_PROTO, 0x8848 },
                { FM_IP_PROTO, 137 }, { FM_UDP_PORT, 6635 }),
    .dissect = mpls_dissect,
    .extent = mpls_extent,
};
