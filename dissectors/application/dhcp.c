/* DHCP (RFC 2131) and BOOTP (RFC 951). */
#include "config.h"

#include <string.h>

#include "dissectors/application/dhcp.h"

enum {
    DHCP, TYPE, HW_TYPE, HW_LEN, HOPS, ID, SECS, FLAGS, FLAGS_BC, FLAGS_RESERVED, IP_CLIENT, IP_YOUR, IP_SERVER, IP_RELAY, HW_MAC, HW_ADDR, HW_PADDING,
    SERVER, BOOT_FILE, COOKIE,
};

static const FmName types[] = { { 1, 0, "Boot Request" }, { 2, 0, "Boot Reply" }, { 0 } };

static const FmField fields[] = {
    [DHCP] = { "dhcp", "Dynamic Host Configuration Protocol", FM_PROTOCOL },
    [TYPE] = { "dhcp.type", "Message type", FM_UINT8, FM_DEC, .names = types },
    [HW_TYPE] = { "dhcp.hw.type", "Hardware type", FM_UINT8, FM_HEX, .names = fm_arp_hardware },
    [HW_LEN] = { "dhcp.hw.len", "Hardware address length", FM_UINT8, FM_DEC },
    [HOPS] = { "dhcp.hops", "Hops", FM_UINT8, FM_DEC },
    [ID] = { "dhcp.id", "Transaction ID", FM_UINT32, FM_HEX },
    [SECS] = { "dhcp.secs", "Seconds elapsed", FM_UINT16, FM_DEC },
    [FLAGS] = { "dhcp.flags", "Bootp flags", FM_UINT16, FM_HEX },
    [FLAGS_BC] = { "dhcp.flags.bc", "Broadcast flag", FM_BOOL16, FM_BASE_NONE, 0x8000, .yes = "Broadcast", .no = "Unicast" },
    [FLAGS_RESERVED] = { "dhcp.flags.reserved", "Reserved flags", FM_UINT16, FM_HEX, 0x7fff },
    [IP_CLIENT] = { "dhcp.ip.client", "Client IP address", FM_IPV4 },
    [IP_YOUR] = { "dhcp.ip.your", "Your (client) IP address", FM_IPV4 },
    [IP_SERVER] = { "dhcp.ip.server", "Next server IP address", FM_IPV4 },
    [IP_RELAY] = { "dhcp.ip.relay", "Relay agent IP address", FM_IPV4 },
    [HW_MAC] = { "dhcp.hw.mac_addr", "Client MAC address", FM_ETHER },
    [HW_ADDR] = { "dhcp.hw.addr", "Client hardware address", FM_BYTES },
    [HW_PADDING] = { "dhcp.hw.addr_padding", "Client hardware address padding", FM_BYTES },
    [SERVER] = { "dhcp.server", "Server host name", FM_STRING },
    [BOOT_FILE] = { "dhcp.file", "Boot file name", FM_STRING },
    [COOKIE] = { "dhcp.cookie", "Magic cookie", FM_IPV4 },
};

#define COOKIE_VALUE 0x63825363u

static void put_hardware_address(FmDissection *d, FmCursor *c, uint64_t type, uint64_t length)
{
    if (length > 16)
        length = 16;
    if (type == 1 && length == 6)
        fm_add(d, HW_MAC, c);
    else if (length)
        fm_add_bytes(d, HW_ADDR, c, length);
    if (length < 16)
        fm_add_bytes(d, HW_PADDING, c, 16 - length);
}

/* A name in a room of fixed size. */
static void put_name(FmDissection *d, FmCursor *c, unsigned row, size_t size)
{
    FmCursor room = fm_take(c, size);
    const uint8_t *end = memchr(room.at, 0, fm_left(&room));
    size_t n = end ? (size_t)(end - room.at) : fm_left(&room);
    if (fm_left(&room) < size)
        return;
    if (!n) {
        FmSubtree line = fm_open_text(d, &room, "%s not given", fields[row].name);
        room.at = room.end;
        fm_close(d, line, &room);
    } else if (fm_wanted(d, row)) {
        fm_record_blob_of(d, &fields[row], row, fm_offset(&room), (uint32_t)size, room.buffer, 0, room.at, n);
    }
}

/* The type of message stands in option 53. */
static uint64_t message_type(FmCursor c)
{
    while (fm_left(&c) > 2 && *c.at != 255) {
        if (*c.at == 53)
            return c.at[2];
        size_t size = *c.at ? 2 + (size_t)c.at[1] : 1;
        c.at += MIN(size, fm_left(&c));
    }
    return 0;
}

static void dhcp_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t type = fm_add(d, TYPE, c);
    uint64_t hardware = fm_add(d, HW_TYPE, c);
    uint64_t length = fm_add(d, HW_LEN, c);
    fm_add(d, HOPS, c);
    uint64_t id = fm_add(d, ID, c);
    fm_add(d, SECS, c);
    uint64_t flags = fm_peek(c, 0, 2);
    fm_add_flags(d, FLAGS, FLAGS_BC, FLAGS_RESERVED, c);
    fm_label_more(d, FLAGS, flags & 0x8000 ? ", Broadcast flag (Broadcast)" : " (Unicast)");
    for (unsigned row = IP_CLIENT; row <= IP_RELAY; row++)
        fm_add_number(d, &fields[row], row, c, true);
    put_hardware_address(d, c, hardware, length);
    put_name(d, c, SERVER, 64);
    put_name(d, c, BOOT_FILE, 128);
    if (type == 1 || type == 2)
        fm_info(d, "%s", fm_name(types, type));
    else
        fm_info(d, "Unknown BOOTP message type (%u)", (unsigned)type);
    fm_protocol_column(d, "BOOTP");
    if (fm_peek(c, 0, 4) != COOKIE_VALUE) {
        if (fm_left(c))
            fm_data(d, c);
        return;
    }
    fm_add(d, COOKIE, c);
    fm_label(d, COOKIE, "Magic cookie: DHCP");
    const char *name = fm_name(fm_dhcp_types, message_type(*c));
    if (name) {
        fm_protocol_column(d, "DHCP");
        fm_title_more(d, " (%s)", name);
        fm_info(d, "DHCP %-8s - Transaction ID 0x%" G_GINT64_MODIFIER "x", name, id);
    }
    fm_part(d, &fm_dhcp_options, c);
}

const FmProtocol fm_dhcp = {
    .abbrev = "dhcp",
    .name = "DHCP",
    .title = "Dynamic Host Configuration Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 67 }, { FM_UDP_PORT, 68 }),
    .dissect = dhcp_dissect,
};
