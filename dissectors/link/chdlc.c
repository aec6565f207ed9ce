/* Cisco HDLC. */
#include "config.h"

#include "dissectors/link/ethertype.h"

enum {
    CHDLC,
    CHDLC_ADDRESS,
    CHDLC_CONTROL,
    CHDLC_PROTOCOL,
    CHDLC_CLNS_PADDING,
};

static const FmName addresses[] = {
    { 0x0f, 0, "Unicast" },
    { 0x8f, 0, "Multicast" },
    { 0 },
};

static const FmName protocols[] = {
    { 0x0800, 0, "IP" },
    { 0x2000, 0, "Cisco Discovery Protocol" },
    { 0x4242, 0, "Spanning Tree BPDU" },
    { 0x6558, 0, "Transparent Ethernet bridging" },
    { 0x8035, 0, "SLARP" },
    { 0x8038, 0, "DEC LanBridge" },
    { 0x809b, 0, "Appletalk" },
    { 0x80f3, 0, "AARP" },
    { 0x8137, 0, "Netware IPX/SPX" },
    { 0x86dd, 0, "IPv6" },
    { 0x8847, 0, "MPLS unicast" },
    { 0x8848, 0, "MPLS multicast" },
    { 0xfefe, 0, "OSI" },
    { 0 },
};

static const FmField fields[] = {
    [CHDLC] = { "chdlc", "Cisco HDLC", FM_PROTOCOL },
    [CHDLC_ADDRESS] = { "chdlc.address", "Address", FM_UINT8, FM_HEX, .names = addresses },
    [CHDLC_CONTROL] = { "chdlc.control", "Control", FM_UINT8, FM_HEX },
    [CHDLC_PROTOCOL] = { "chdlc.protocol", "Protocol", FM_UINT16, FM_HEX, .names = protocols },
    [CHDLC_CLNS_PADDING] = { "chdlc.clns_padding", "CLNS Padding", FM_UINT8, FM_HEX },
};

enum { PROTOCOL_SLARP = 0x8035, PROTOCOL_OSI = 0xfefe };

static void chdlc_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    fm_no_link_addresses(d);
    fm_protocol_column(d, "CHDLC");
    fm_add(d, CHDLC_ADDRESS, c);
    fm_add(d, CHDLC_CONTROL, c);
    uint64_t protocol = fm_add(d, CHDLC_PROTOCOL, c);
    if (!fm_ok(d))
        return;
    if (protocol == PROTOCOL_OSI)
        fm_add(d, CHDLC_CLNS_PADDING, c);
    fm_length(d, (uint64_t)(c->at - header.at));
    bool ethertype = protocol != PROTOCOL_SLARP && protocol != PROTOCOL_OSI;
    if (ethertype && fm_try(d, FM_ETHERTYPE, protocol, c))
        return;
    if (d->want_info)
        fm_protocol_column(d, fm_arena_printf(d->arena, "0x%04x", (unsigned)protocol));
    fm_data(d, c);
}

const FmProtocol fm_chdlc = {
    .abbrev = "chdlc",
    .name = "CHDLC",
    .title = "Cisco HDLC",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 104 }),
    .dissect = chdlc_dissect,
};
