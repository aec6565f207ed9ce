/* VXLAN (RFC 7348), with the group policy extension, and its generic form (VXLAN-GPE). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    VXLAN,
    VXLAN_FLAGS,
    VXLAN_FLAG_G,
    VXLAN_FLAG_I,
    VXLAN_FLAG_D,
    VXLAN_FLAG_A,
    VXLAN_FLAGS_RESERVED,
    VXLAN_GBP,
    VXLAN_GPE_FLAGS,
    VXLAN_VER,
    VXLAN_I_BIT,
    VXLAN_P_BIT,
    VXLAN_O_BIT,
    VXLAN_GPE_RESERVED,
    VXLAN_RESERVED_16,
    VXLAN_NEXT_PROTO,
    VXLAN_VNI,
    VXLAN_RESERVED8,
};

static const FmName next_protocols[] = {
    { 1, 0, "IPv4" }, { 2, 0, "IPv6" }, { 3, 0, "Ethernet" }, { 4, 0, "Network Service Header" }, { 5, 0, "MPLS" }, { 0 },
};

static const FmField fields[] = {
    [VXLAN] = { "vxlan", "Virtual eXtensible Local Area Network", FM_PROTOCOL },
    [VXLAN_FLAGS] = { "vxlan.flags", "Flags", FM_UINT16, FM_HEX },
    [VXLAN_FLAG_G] = { "vxlan.flag_g", "GBP Extension", FM_BOOL16, .mask = 0x8000, .yes = "Defined", .no = "Not defined" },
    [VXLAN_FLAG_I] = { "vxlan.flag_i", "VXLAN Network ID (VNI)", FM_BOOL16, .mask = 0x0800 },
    [VXLAN_FLAG_D] = { "vxlan.flag_d", "Don't Learn", FM_BOOL16, .mask = 0x0040 },
    [VXLAN_FLAG_A] = { "vxlan.flag_a", "Policy Applied", FM_BOOL16, .mask = 0x0008 },
    [VXLAN_FLAGS_RESERVED] = { "vxlan.flags_reserved", "Reserved(R)", FM_UINT16, FM_HEX, 0x77b7 },
    [VXLAN_GBP] = { "vxlan.gbp", "Group Policy ID", FM_UINT16, FM_DEC },
    [VXLAN_GPE_FLAGS] = { "vxlan.flags", "Flags", FM_UINT8, FM_HEX },
    [VXLAN_VER] = { "vxlan.ver", "Version", FM_UINT8, FM_DEC, 0x30 },
    [VXLAN_I_BIT] = { "vxlan.i_bit", "Instance", FM_UINT8, FM_DEC, 0x08 },
    [VXLAN_P_BIT] = { "vxlan.p_bit", "Next Protocol Bit", FM_UINT8, FM_DEC, 0x04 },
    [VXLAN_O_BIT] = { "vxlan.o_bit", "OAM bit", FM_UINT8, FM_DEC, 0x01 },
    [VXLAN_GPE_RESERVED] = { "vxlan.flags_reserved", "Reserved(R)", FM_UINT8, FM_DEC, 0xc2 },
    [VXLAN_RESERVED_16] = { "vxlan.reserved_16", "Reserved", FM_UINT16, FM_DEC },
    [VXLAN_NEXT_PROTO] = { "vxlan.next_proto", "Next Protocol", FM_UINT8, FM_DEC, .names = next_protocols },
    [VXLAN_VNI] = { "vxlan.vni", "VXLAN Network Identifier (VNI)", FM_UINT24, FM_DEC },
    [VXLAN_RESERVED8] = { "vxlan.reserved8", "Reserved", FM_UINT8, FM_DEC },
};

enum { HEADER_SIZE = 8, PORT = 4789, PORT_GPE = 4790 };

static void vxlan_dissect(FmDissection *d, FmCursor *c)
{
    bool generic = d->packet->destination_port == PORT_GPE || d->packet->source_port == PORT_GPE;
    uint64_t next = 3;
    fm_info_clear(d);
    if (generic) {
        fm_add_flags(d, VXLAN_GPE_FLAGS, VXLAN_VER, VXLAN_GPE_RESERVED, c);
        fm_add(d, VXLAN_RESERVED_16, c);
        next = fm_add(d, VXLAN_NEXT_PROTO, c);
    } else {
        uint64_t flags = fm_add_flags(d, VXLAN_FLAGS, VXLAN_FLAG_G, VXLAN_FLAGS_RESERVED, c);
        fm_label(d, VXLAN_FLAGS, "Flags: 0x%04x%s%s%s%s", (unsigned)flags, flags & 0x8000 ? ", GBP Extension" : "",
                 flags & 0x0800 ? ", VXLAN Network ID (VNI)" : "", flags & 0x0040 ? ", Don't Learn" : "",
                 flags & 0x0008 ? ", Policy Applied" : "");
        fm_add(d, VXLAN_GBP, c);
    }
    fm_add(d, VXLAN_VNI, c);
    fm_add(d, VXLAN_RESERVED8, c);
    if (!fm_ok(d))
        return;
    fm_length(d, HEADER_SIZE);
    switch (next) {
    case 1: fm_call(d, &fm_ipv4, c); break;
    case 2: fm_call(d, &fm_ipv6, c); break;
    case 3: fm_call(d, &fm_ethernet, c); break;
    case 4: fm_call(d, &fm_nsh, c); break;
    case 5: fm_call(d, &fm_mpls, c); break;
    default: fm_data(d, c); break;
    }
}

const FmProtocol fm_vxlan = {
    .abbrev = "vxlan",
    .name = "VxLAN",
    .title = "Virtual eXtensible Local Area Network",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, PORT }, { FM_UDP_PORT, PORT_GPE }),
    .dissect = vxlan_dissect,
};
