/* Linux "cooked" captures: LINUX_SLL (113) and LINUX_SLL2 (276). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    SLL,
    SLL_PKTTYPE,
    SLL_HATYPE,
    SLL_HALEN,
    SLL_SRC_ETH,
    SLL_SRC_IPV4,
    SLL_SRC_OTHER,
    SLL_UNUSED,
    SLL_LTYPE,
    SLL_GRETYPE,
    SLL_ETYPE,
    SLL_TRAILER,
    SLL_IFINDEX,
    SLL2_PKTTYPE,
    SLL2_HALEN,
};

static const FmName packet_types[] = {
    { 0, 0, "Unicast to us" },
    { 1, 0, "Broadcast" },
    { 2, 0, "Multicast" },
    { 3, 0, "Unicast to another host" },
    { 4, 0, "Sent by us" },
    { 0 },
};

static const FmName linux_types[] = {
    { 0x0001, 0, "Raw 802.3" },
    { 0x0003, 0, "Ethernet" },
    { 0x0004, 0, "802.2 LLC" },
    { 0x0007, 0, "PPP (HDLC)" },
    { 0x000c, 0, "CAN" },
    { 0x000d, 0, "CAN FD" },
    { 0x0017, 0, "IrDA LAP" },
    { 0x00f5, 0, "ISI" },
    { 0x00f6, 0, "IEEE 802.15.4" },
    { 0 },
};

static const FmField fields[] = {
    [SLL] = { "sll", "Linux cooked-mode capture", FM_PROTOCOL },
    [SLL_PKTTYPE] = { "sll.pkttype", "Packet type", FM_UINT16, FM_DEC, .names = packet_types },
    [SLL_HATYPE] = { "sll.hatype", "Link-layer address type", FM_UINT16, FM_DEC, .names = fm_arp_hardware },
    [SLL_HALEN] = { "sll.halen", "Link-layer address length", FM_UINT16, FM_DEC },
    [SLL_SRC_ETH] = { "sll.src.eth", "Source", FM_ETHER },
    [SLL_SRC_IPV4] = { "sll.src.ipv4", "Source", FM_IPV4 },
    [SLL_SRC_OTHER] = { "sll.src.other", "Source", FM_BYTES },
    [SLL_UNUSED] = { "sll.unused", "Unused", FM_BYTES },
    [SLL_LTYPE] = { "sll.ltype", "Protocol", FM_UINT16, FM_HEX, .names = linux_types },
    [SLL_GRETYPE] = { "sll.gretype", "Protocol", FM_UINT16, FM_HEX, .names = fm_gre_protocols },
    [SLL_ETYPE] = { "sll.etype", "Protocol", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [SLL_TRAILER] = { "sll.trailer", "Trailer", FM_BYTES },
    [SLL_IFINDEX] = { "sll.ifindex", "Interface index", FM_UINT32, FM_DEC },
    [SLL2_PKTTYPE] = { "sll.pkttype", "Packet type", FM_UINT8, FM_DEC, .names = packet_types },
    [SLL2_HALEN] = { "sll.halen", "Link-layer address length", FM_UINT8, FM_DEC },
};

enum { HARDWARE_GRE = 778, ADDRESS_ROOM = 8, LTYPE_802_2 = 4, LINKTYPE_SLL2 = 276 };

static void add_packet_type(FmDissection *d, uint64_t type)
{
    const char *name = fm_name(packet_types, type);
    fm_info(d, "%s", name ? name : "Unknown");
}

static void add_source(FmDissection *d, FmCursor *c, uint64_t length)
{
    const uint8_t *address = c->at;
    FmPacket *p = d->packet;
    FmCursor room = fm_take(c, ADDRESS_ROOM);
    switch (length) {
    case 0: break;
    case 4:
        fm_add(d, SLL_SRC_IPV4, &room);
        if (room.at == address + 4)
            p->source = (FmAddress){ .type = FM_ADDRESS_IPV4, .bytes = { address[0], address[1], address[2], address[3] } };
        break;
    case 6:
        fm_add(d, SLL_SRC_ETH, &room);
        if (room.at == address + 6) {
            memcpy(p->link_source.bytes, address, 6);
            p->link_source.type = FM_ADDRESS_ETHER;
            p->source = p->link_source;
        }
        break;
    default: fm_add_bytes(d, SLL_SRC_OTHER, &room, MIN(length, ADDRESS_ROOM)); break;
    }
    if (fm_left(&room))
        fm_add_bytes(d, SLL_UNUSED, &room, fm_left(&room));
}

static void dissect_payload(FmDissection *d, FmCursor *c, uint64_t hardware, uint64_t type, const FmCursor *header)
{
    if (!fm_ok(d))
        return;
    if (hardware == HARDWARE_GRE) {
        fm_length(d, (uint64_t)(c->at - header->at));
        fm_next(d, FM_GRE_PROTO, type, c);
        return;
    }
    FmCursor payload = *c;
    bool ethertype = type >= FM_ETHERTYPE_FIRST;
    if (ethertype && fm_wanted(d, SLL_TRAILER)) {
        payload = fm_ethertype_payload(d, type, c);
        if (fm_left(c))
            fm_add_bytes(d, SLL_TRAILER, c, fm_left(c));
    }
    fm_length(d, (uint64_t)(payload.at - header->at));
    if (ethertype)
        fm_ethertype_next(d, type, &payload);
    else if (type == LTYPE_802_2)
        fm_call(d, &fm_llc, &payload);
    else
        fm_data(d, &payload);
}

static uint64_t add_protocol(FmDissection *d, FmCursor *c, uint64_t hardware)
{
    uint64_t type = fm_peek(c, 0, 2);
    if (hardware == HARDWARE_GRE)
        fm_add(d, SLL_GRETYPE, c);
    else if (type < FM_ETHERTYPE_FIRST)
        fm_add(d, SLL_LTYPE, c);
    else
        fm_add(d, SLL_ETYPE, c);
    return type;
}

static void sll_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    fm_title(d, "Linux cooked capture v1");
    add_packet_type(d, fm_add(d, SLL_PKTTYPE, c));
    uint64_t hardware = fm_add(d, SLL_HATYPE, c);
    uint64_t length = fm_add(d, SLL_HALEN, c);
    add_source(d, c, length);
    uint64_t type = add_protocol(d, c, hardware);
    dissect_payload(d, c, hardware, type, &header);
}

static void sll2_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    fm_title(d, "Linux cooked capture v2");
    uint64_t type = add_protocol(d, c, fm_peek(c, 8, 2));
    fm_skip(c, 2); /* reserved */
    fm_add(d, SLL_IFINDEX, c);
    uint64_t hardware = fm_add(d, SLL_HATYPE, c);
    add_packet_type(d, fm_add(d, SLL2_PKTTYPE, c));
    uint64_t length = fm_add(d, SLL2_HALEN, c);
    add_source(d, c, length);
    dissect_payload(d, c, hardware, type, &header);
}

/* LINKTYPE tells which of both headers it is. */
static void cooked_dissect(FmDissection *d, FmCursor *c)
{
    if (d->packet->frame->link_type == LINKTYPE_SLL2)
        sll2_dissect(d, c);
    else
        sll_dissect(d, c);
}

const FmProtocol fm_sll = {
    .abbrev = "sll",
    .name = "SLL",
    .title = "Linux cooked-mode capture",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 113 }, { FM_LINK_TYPE, LINKTYPE_SLL2 }),
    .dissect = cooked_dissect,
};
