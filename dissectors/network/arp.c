/* ARP, RARP and their kin (RFC 826, RFC 903, RFC 2390, RFC 5227). */
#include "config.h"

#include "dissectors/network/names.h"
#include "engine/dissect.h"

enum {
    ARP,
    ARP_HW_TYPE,
    ARP_PROTO_TYPE,
    ARP_HW_SIZE,
    ARP_PROTO_SIZE,
    ARP_OPCODE,
    ARP_ISGRATUITOUS,
    ARP_ISPROBE,
    ARP_ISANNOUNCEMENT,
    ARP_SRC_HW,
    ARP_SRC_HW_MAC,
    ARP_SRC_PROTO,
    ARP_SRC_PROTO_IPV4,
    ARP_DST_HW,
    ARP_DST_HW_MAC,
    ARP_DST_PROTO,
    ARP_DST_PROTO_IPV4,
    ARP_DST_DRARP_ERROR_STATUS,
    ARP_DUPLICATE_ADDRESS_FRAME,
    ARP_SECONDS_SINCE_DUPLICATE_ADDRESS_FRAME,
    ARP_DUPLICATE_ADDRESS_DETECTED,
};

enum {
    REQUEST = 1, REPLY = 2, REVERSE_REQUEST = 3, REVERSE_REPLY = 4, DRARP_REQUEST = 5, DRARP_REPLY = 6, DRARP_ERROR = 7,
    INVERSE_REQUEST = 8, INVERSE_REPLY = 9, NAK = 10,
};

static const FmName opcodes[] = {
    { 0, 0, "reserved" },
    { REQUEST, 0, "request" },
    { REPLY, 0, "reply" },
    { REVERSE_REQUEST, 0, "reverse request" },
    { REVERSE_REPLY, 0, "reverse reply" },
    { DRARP_REQUEST, 0, "drarp request" },
    { DRARP_REPLY, 0, "drarp reply" },
    { DRARP_ERROR, 0, "drarp error" },
    { INVERSE_REQUEST, 0, "inverse request" },
    { INVERSE_REPLY, 0, "inverse reply" },
    { NAK, 0, "arp nak" },
    { 11, 0, "mars request" },
    { 12, 0, "mars multi" },
    { 13, 0, "mars mserv" },
    { 14, 0, "mars join" },
    { 15, 0, "mars leave" },
    { 16, 0, "mars nak" },
    { 17, 0, "mars unserv" },
    { 18, 0, "mars sjoin" },
    { 19, 0, "mars sleave" },
    { 20, 0, "mars grouplist request" },
    { 21, 0, "mars grouplist reply" },
    { 22, 0, "mars redirect map" },
    { 23, 0, "mapos unarp" },
    { 24, 0, "experimental 1" },
    { 25, 0, "experimental 2" },
    { 65535, 0, "reserved" },
    { 0 },
};

static const FmName drarp_errors[] = {
    { 1, 0, "restricted" }, { 2, 0, "no address" }, { 3, 0, "serverdown" }, { 4, 0, "moved" }, { 5, 0, "failure" }, { 0 },
};

static const FmField fields[] = {
    [ARP] = { "arp", "Address Resolution Protocol", FM_PROTOCOL },
    [ARP_HW_TYPE] = { "arp.hw.type", "Hardware type", FM_UINT16, FM_DEC, .names = fm_arp_hardware },
    [ARP_PROTO_TYPE] = { "arp.proto.type", "Protocol type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [ARP_HW_SIZE] = { "arp.hw.size", "Hardware size", FM_UINT8, FM_DEC },
    [ARP_PROTO_SIZE] = { "arp.proto.size", "Protocol size", FM_UINT8, FM_DEC },
    [ARP_OPCODE] = { "arp.opcode", "Opcode", FM_UINT16, FM_DEC, .names = opcodes },
    [ARP_ISGRATUITOUS] = { "arp.isgratuitous", "Is gratuitous", FM_BOOL8, .generated = true },
    [ARP_ISPROBE] = { "arp.isprobe", "Is probe", FM_BOOL8, .generated = true },
    [ARP_ISANNOUNCEMENT] = { "arp.isannouncement", "Is announcement", FM_BOOL8, .generated = true },
    [ARP_SRC_HW] = { "arp.src.hw", "Sender hardware address", FM_BYTES },
    [ARP_SRC_HW_MAC] = { "arp.src.hw_mac", "Sender MAC address", FM_ETHER },
    [ARP_SRC_PROTO] = { "arp.src.proto", "Sender protocol address", FM_BYTES },
    [ARP_SRC_PROTO_IPV4] = { "arp.src.proto_ipv4", "Sender IP address", FM_IPV4 },
    [ARP_DST_HW] = { "arp.dst.hw", "Target hardware address", FM_BYTES },
    [ARP_DST_HW_MAC] = { "arp.dst.hw_mac", "Target MAC address", FM_ETHER },
    [ARP_DST_PROTO] = { "arp.dst.proto", "Target protocol address", FM_BYTES },
    [ARP_DST_PROTO_IPV4] = { "arp.dst.proto_ipv4", "Target IP address", FM_IPV4 },
    [ARP_DST_DRARP_ERROR_STATUS] = { "arp.dst.drarp_error_status", "DRARP error status", FM_UINT16, FM_DEC, .names = drarp_errors },
    [ARP_DUPLICATE_ADDRESS_FRAME] = { "arp.duplicate-address-frame", "Frame showing earlier use of IP address", FM_FRAMENUM,
                                      .generated = true },
    [ARP_SECONDS_SINCE_DUPLICATE_ADDRESS_FRAME] = { "arp.seconds-since-duplicate-address-frame", "Seconds since earlier frame seen",
                                                    FM_UINT32, FM_DEC, .generated = true },
    [ARP_DUPLICATE_ADDRESS_DETECTED] = { "arp.duplicate-address-detected", "Duplicate IP address configured", FM_EXPERT,
                                         .severity = FM_WARN, .group = FM_GROUP_SEQUENCE },
};

enum { DETECT_DUPLICATE_IPS };

static const FmPreference preferences[] = {
    [DETECT_DUPLICATE_IPS] = { "arp.detect_duplicate_ips", "Detect duplicate IP address configuration", FM_PREF_BOOL, 1 },
};

enum { HEADER_SIZE = 8, HARDWARE_ETHER = 1, HARDWARE_802 = 6, PROTOCOL_IPV4 = 0x0800 };

typedef struct Holder { /* state of an IP address: who was seen to have it */
    uint64_t mac;
    uint32_t frame;
    FmTime time;
} Holder;

typedef struct Duplicate { /* memo: another holder of the address */
    uint64_t mac;
    uint32_t frame, seconds;
} Duplicate;

typedef struct Side { /* sender or target */
    FmSlice hardware, protocol;
} Side;

static bool is_ether(uint64_t type, uint64_t size)
{
    return (type == HARDWARE_ETHER || type == HARDWARE_802) && size == 6;
}

static void put_address(FmText *text, FmSlice address, bool known)
{
    if (known && address.size == 6)
        fm_text_bytes(text, address, ':');
    else if (known && address.size == 4)
        fm_text_ipv4(text, (uint32_t)fm_be(address.data, 4));
    else
        fm_text_bytes(text, address, '\0');
}

static bool is_zero(FmSlice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i])
            return false;
    return true;
}

/* Is another station known to have the address? Shown behind the packet. */
static bool check_duplicate(FmDissection *d, FmSlice mac_bytes, FmSlice address)
{
    uint64_t mac = fm_be(mac_bytes.data, 6), ip = fm_be(address.data, 4);
    fm_flow(d, FM_FLOW_ETHER, ip, ip);
    Duplicate *memo = fm_memo(d);
    Holder *holder = fm_replaying(d) ? NULL : fm_state(d);
    if (holder) {
        if (holder->frame && holder->mac != mac) {
            *memo = (Duplicate){ holder->mac, holder->frame, (uint32_t)((fm_frame_time(d) - holder->time) / FM_SECOND) };
        } else {
            *holder = (Holder){ mac, fm_frame_number(d), fm_frame_time(d) };
        }
    }
    if (!memo->frame)
        return false;
    g_auto(FmText) text = { 0 };
    fm_text_ipv4(&text, (uint32_t)ip);
    FmCursor nowhere = { .start = NULL };
    uint8_t depth = d->depth;
    d->depth = d->floor;
    FmSubtree subtree = fm_open_text(d, &nowhere, "[Duplicate IP address detected for %s (%02x:%02x:%02x:%02x:%02x:%02x) - also in use by "
                                     "%02x:%02x:%02x:%02x:%02x:%02x (frame %u)]", fm_text_string(&text), mac_bytes.data[0],
                                     mac_bytes.data[1], mac_bytes.data[2], mac_bytes.data[3], mac_bytes.data[4], mac_bytes.data[5],
                                     (unsigned)(memo->mac >> 40) & 255, (unsigned)(memo->mac >> 32) & 255,
                                     (unsigned)(memo->mac >> 24) & 255, (unsigned)(memo->mac >> 16) & 255,
                                     (unsigned)(memo->mac >> 8) & 255, (unsigned)memo->mac & 255, memo->frame);
    fm_make(d, ARP_DUPLICATE_ADDRESS_FRAME, memo->frame);
    fm_expert_text(d, ARP_DUPLICATE_ADDRESS_DETECTED, "Duplicate IP address configured (%s)", fm_text_string(&text));
    fm_make(d, ARP_SECONDS_SINCE_DUPLICATE_ADDRESS_FRAME, memo->seconds);
    fm_close(d, subtree, &nowhere);
    d->depth = depth;
    return true;
}

static void set_column(FmDissection *d, uint64_t opcode)
{
    switch (opcode) {
    case REVERSE_REQUEST: case REVERSE_REPLY: fm_protocol_column(d, "RARP"); break;
    case DRARP_REQUEST: case DRARP_REPLY: case DRARP_ERROR: fm_protocol_column(d, "DRARP"); break;
    case INVERSE_REQUEST: case INVERSE_REPLY: fm_protocol_column(d, "Inverse ARP"); break;
    default: break;
    }
}

static void set_info(FmDissection *d, uint64_t opcode, const Side *source, const Side *target, bool ether, bool ipv4, bool gratuitous,
                     bool probe, bool announcement)
{
    if (!d->want_info)
        return;
    g_auto(FmText) source_hw = { 0 }, source_ip = { 0 }, target_hw = { 0 }, target_ip = { 0 };
    put_address(&source_hw, source->hardware, ether);
    put_address(&source_ip, source->protocol, ipv4);
    put_address(&target_hw, target->hardware, ether);
    put_address(&target_ip, target->protocol, ipv4);
    switch (opcode) {
    case REQUEST:
        if (announcement)
            fm_info(d, "ARP Announcement for %s", fm_text_string(&target_ip));
        else if (gratuitous)
            fm_info(d, "Gratuitous ARP for %s (Request)", fm_text_string(&target_ip));
        else if (probe)
            fm_info(d, "Who has %s? (ARP Probe)", fm_text_string(&target_ip));
        else
            fm_info(d, "Who has %s? Tell %s", fm_text_string(&target_ip), fm_text_string(&source_ip));
        break;
    case REPLY:
        if (gratuitous)
            fm_info(d, "Gratuitous ARP for %s (Reply)", fm_text_string(&source_ip));
        else
            fm_info(d, "%s is at %s", fm_text_string(&source_ip), fm_text_string(&source_hw));
        break;
    case REVERSE_REQUEST: case DRARP_REQUEST: case INVERSE_REQUEST:
        fm_info(d, "Who is %s? Tell %s", fm_text_string(&target_hw), fm_text_string(&source_hw));
        break;
    case REVERSE_REPLY: case DRARP_REPLY:
        fm_info(d, "%s is at %s", fm_text_string(&target_hw), fm_text_string(&target_ip));
        break;
    case DRARP_ERROR: fm_info(d, "DRARP Error"); break;
    case INVERSE_REPLY: fm_info(d, "%s is at %s", fm_text_string(&source_hw), fm_text_string(&source_ip)); break;
    case NAK: fm_info(d, "ARP NAK"); break;
    default: fm_info(d, "Unknown ARP opcode 0x%04x", (unsigned)opcode); break;
    }
}

static void add_hardware(FmDissection *d, FmCursor *c, unsigned row, uint64_t size, bool ether)
{
    if (ether)
        fm_add_number(d, &fields[row + 1], row + 1, c, true);
    else if (size)
        fm_add_bytes(d, row, c, size);
}

static void add_protocol(FmDissection *d, FmCursor *c, unsigned row, uint64_t size, bool ipv4)
{
    if (ipv4)
        fm_add_number(d, &fields[row + 1], row + 1, c, true);
    else if (size)
        fm_add_bytes(d, row, c, size);
}

static void arp_dissect(FmDissection *d, FmCursor *c)
{
    fm_info_clear(d);
    uint64_t hardware = fm_peek(c, 0, 2), protocol = fm_peek(c, 2, 2), hw = fm_peek(c, 4, 1), proto = fm_peek(c, 5, 1);
    uint64_t opcode = fm_peek(c, 6, 2), all = HEADER_SIZE + 2 * (hw + proto);
    set_column(d, opcode);
    if (fm_left(c) < all) {
        fm_cursor_fail(c, all);
        return;
    }
    bool ether = is_ether(hardware, hw), ipv4 = protocol == PROTOCOL_IPV4 && proto == 4;
    const uint8_t *at = c->at + HEADER_SIZE;
    Side source = { { at, (size_t)hw }, { at + hw, (size_t)proto } };
    Side target = { { at + hw + proto, (size_t)hw }, { at + 2 * hw + proto, (size_t)proto } };
    bool both = opcode == REQUEST || opcode == REPLY, same = memcmp(source.protocol.data, target.protocol.data, (size_t)proto) == 0;
    bool gratuitous = both && same, probe = opcode == REQUEST && !gratuitous && ipv4 && is_zero(source.protocol);
    bool announcement = opcode == REQUEST && gratuitous && ether && is_zero(target.hardware);

    fm_length(d, all);
    const char *name = fm_name(opcodes, opcode);
    if (announcement)
        fm_title(d, "Address Resolution Protocol (ARP Announcement)");
    else if (probe)
        fm_title(d, "Address Resolution Protocol (ARP Probe)");
    else if (name)
        fm_title(d, "Address Resolution Protocol (%s%s)", name, gratuitous ? "/gratuitous ARP" : "");
    else
        fm_title(d, "Address Resolution Protocol (opcode 0x%04x)", (unsigned)opcode);
    fm_add(d, ARP_HW_TYPE, c);
    fm_add(d, ARP_PROTO_TYPE, c);
    fm_add(d, ARP_HW_SIZE, c);
    fm_add(d, ARP_PROTO_SIZE, c);
    fm_add(d, ARP_OPCODE, c);
    if (gratuitous)
        fm_make(d, ARP_ISGRATUITOUS, 1);
    if (probe)
        fm_make(d, ARP_ISPROBE, 1);
    if (announcement)
        fm_make(d, ARP_ISANNOUNCEMENT, 1);
    add_hardware(d, c, ARP_SRC_HW, hw, ether);
    add_protocol(d, c, ARP_SRC_PROTO, proto, ipv4);
    add_hardware(d, c, ARP_DST_HW, hw, ether);
    if (opcode == DRARP_ERROR)
        fm_add(d, ARP_DST_DRARP_ERROR_STATUS, c);
    else
        add_protocol(d, c, ARP_DST_PROTO, proto, ipv4);
    set_info(d, opcode, &source, &target, ether, ipv4, gratuitous, probe, announcement);
    if (!both || !ether || !ipv4 || !fm_preference(d, DETECT_DUPLICATE_IPS))
        return;
    const Side *side = &source;
    bool duplicate = !is_zero(source.protocol) && check_duplicate(d, source.hardware, source.protocol);
    if (opcode == REPLY && !gratuitous && !is_zero(target.protocol)) {
        side = &target;
        duplicate = check_duplicate(d, target.hardware, target.protocol);
    }
    if (duplicate && d->want_info) {
        g_auto(FmText) text = { 0 };
        put_address(&text, side->protocol, true);
        fm_info_more(d, " (duplicate use of %s detected!)", fm_text_string(&text));
    }
}

static uint64_t arp_extent(FmSlice bytes)
{
    return bytes.size < HEADER_SIZE ? FM_NEED_MORE : HEADER_SIZE + 2u * (bytes.data[4] + bytes.data[5]);
}

const FmProtocol fm_arp = {
    .abbrev = "arp",
    .name = "ARP",
    .title = "Address Resolution Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x0806 }, { FM_ETHERTYPE, 0x8035 }, { FM_GRE_PROTO, 0x0806 }),
    FM_PREFERENCES(preferences),
    .dissect = arp_dissect,
    .extent = arp_extent,
    .state_size = sizeof(Holder),
    .memo_size = sizeof(Duplicate),
};
