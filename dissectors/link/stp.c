/* Spanning trees: STP and RSTP (IEEE 802.1D), MSTP as far as it is the same (IEEE 802.1Q §14). */
#include "config.h"

#include <string.h>

#include "engine/dissect.h"

enum {
    STP, PROTOCOL, VERSION_OF, TYPE, FLAGS, TCACK, AGREEMENT, FORWARDING, LEARNING, ROLE, PROPOSAL, TC, ROOT_PRIO, ROOT_EXT, ROOT_HW, ROOT_COST,
    BRIDGE_PRIO, BRIDGE_EXT, BRIDGE_HW, PORT, MSG_AGE, MAX_AGE, HELLO, FORWARD, VERSION_1_LENGTH, PVST_TYPE, PVST_LENGTH, PVST_VLAN,
};

enum { CONFIGURATION = 0x00, RAPID = 0x02, TOPOLOGY_CHANGE = 0x80 };

static const FmName protocols[] = { { 0, 0, "Spanning Tree Protocol" }, { 0 } };
static const FmName versions[] = {
    { 0, 0, "Spanning Tree" }, { 2, 0, "Rapid Spanning Tree" }, { 3, 0, "Multiple Spanning Tree" }, { 4, 0, "Shortest Path Tree" }, { 0 },
};
static const FmName types[] = {
    { CONFIGURATION, 0, "Configuration" }, { RAPID, 0, "Rapid/Multiple Spanning Tree" }, { TOPOLOGY_CHANGE, 0, "Topology Change Notification" }, { 0 },
};
static const FmName roles[] = { { 1, 0, "Alternate or Backup" }, { 2, 0, "Root" }, { 3, 0, "Designated" }, { 0 } };

static const FmName pvst_types[] = { { 0, 0, "Originating VLAN" }, { 0 } };

#define FLAG FM_BOOL8, FM_BASE_NONE
#define YES_NO .yes = "Yes", .no = "No"

static const FmField fields[] = {
    [STP] = { "stp", "Spanning Tree Protocol", FM_PROTOCOL },
    [PROTOCOL] = { "stp.protocol", "Protocol Identifier", FM_UINT16, FM_HEX, .names = protocols },
    [VERSION_OF] = { "stp.version", "Protocol Version Identifier", FM_UINT8, FM_DEC, .names = versions },
    [TYPE] = { "stp.type", "BPDU Type", FM_UINT8, FM_HEX, .names = types },
    [FLAGS] = { "stp.flags", "BPDU flags", FM_UINT8, FM_HEX },
    [TCACK] = { "stp.flags.tcack", "Topology Change Acknowledgment", FLAG, 0x80, YES_NO },
    [AGREEMENT] = { "stp.flags.agreement", "Agreement", FLAG, 0x40, YES_NO },
    [FORWARDING] = { "stp.flags.forwarding", "Forwarding", FLAG, 0x20, YES_NO },
    [LEARNING] = { "stp.flags.learning", "Learning", FLAG, 0x10, YES_NO },
    [ROLE] = { "stp.flags.port_role", "Port Role", FM_UINT8, FM_DEC, 0x0c, .names = roles },
    [PROPOSAL] = { "stp.flags.proposal", "Proposal", FLAG, 0x02, YES_NO },
    [TC] = { "stp.flags.tc", "Topology Change", FLAG, 0x01, YES_NO },
    [ROOT_PRIO] = { "stp.root.prio", "Root Bridge Priority", FM_UINT16, FM_DEC },
    [ROOT_EXT] = { "stp.root.ext", "Root Bridge System ID Extension", FM_UINT16, FM_DEC },
    [ROOT_HW] = { "stp.root.hw", "Root Bridge System ID", FM_ETHER },
    [ROOT_COST] = { "stp.root.cost", "Root Path Cost", FM_UINT32, FM_DEC },
    [BRIDGE_PRIO] = { "stp.bridge.prio", "Bridge Priority", FM_UINT16, FM_DEC },
    [BRIDGE_EXT] = { "stp.bridge.ext", "Bridge System ID Extension", FM_UINT16, FM_DEC },
    [BRIDGE_HW] = { "stp.bridge.hw", "Bridge System ID", FM_ETHER },
    [PORT] = { "stp.port", "Port identifier", FM_UINT16, FM_HEX },
    [MSG_AGE] = { "stp.msg_age", "Message Age", FM_DOUBLE },
    [MAX_AGE] = { "stp.max_age", "Max Age", FM_DOUBLE },
    [HELLO] = { "stp.hello", "Hello Time", FM_DOUBLE },
    [FORWARD] = { "stp.forward", "Forward Delay", FM_DOUBLE },
    [VERSION_1_LENGTH] = { "stp.version_1_length", "Version 1 Length", FM_UINT8, FM_DEC },
    [PVST_TYPE] = { "stp.pvst.tlvtype", "Type", FM_UINT16, FM_HEX, .names = pvst_types },
    [PVST_LENGTH] = { "stp.pvst.tlvlen", "Length", FM_UINT16, FM_DEC },
    [PVST_VLAN] = { "stp.pvst.origvlan", "Originating VLAN", FM_UINT16, FM_DEC },
};

/* Priority and extension share the first two bytes (IEEE 802.1t). */
static void put_bridge(FmDissection *d, FmCursor *c, const char *name, unsigned first)
{
    unsigned id = (unsigned)fm_peek(c, 0, 2);
    uint8_t hw[6] = { 0 };
    if (fm_left(c) >= 8)
        memcpy(hw, c->at + 2, 6);
    FmCursor all = fm_window(c, 8);
    FmSubtree line = fm_open_text(d, &all, "%s Identifier: %u / %u / %02x:%02x:%02x:%02x:%02x:%02x", name, id & 0xf000, id & 0x0fff, hw[0], hw[1], hw[2],
                                  hw[3], hw[4], hw[5]);
    FmCursor prio = fm_take(c, 2);
    if (fm_left(&prio) == 2) {
        for (unsigned i = 0; i < 2; i++)
            if (fm_wanted(d, first + i))
                fm_record_of(d, &fields[first + i], first + i, fm_offset(&prio), i + 1, prio.buffer, 0, i ? id & 0x0fff : id & 0xf000);
    }
    fm_add_number(d, &fields[first + 2], first + 2, c, true);
    fm_close(d, line, c);
}

/* In 1/256 of a second. */
static void put_time(FmDissection *d, FmCursor *c, unsigned row)
{
    double seconds = (double)fm_peek(c, 0, 2) / 256;
    uint64_t bits;
    memcpy(&bits, &seconds, sizeof bits);
    if (fm_left(c) >= 2 && fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, fm_offset(c), 2, c->buffer, 0, bits);
    fm_skip(c, 2);
}

static void put_flags(FmDissection *d, FmCursor *c, bool rapid)
{
    uint64_t flags = fm_peek(c, 0, 1);
    static const struct {
        uint8_t row, bit;
        const char *name;
    } bits[] = { { TCACK, 0x80, "Topology Change Acknowledgment" }, { AGREEMENT, 0x40, "Agreement" }, { FORWARDING, 0x20, "Forwarding" },
                 { LEARNING, 0x10, "Learning" }, { ROLE, 0x0c, NULL }, { PROPOSAL, 0x02, "Proposal" }, { TC, 0x01, "Topology Change" } };
    fm_add_bits(d, FLAGS, c);
    for (size_t i = 0; i < G_N_ELEMENTS(bits); i++) {
        if (!rapid && bits[i].row != TCACK && bits[i].row != TC)
            continue;
        if (bits[i].row == ROLE)
            fm_label_more(d, FLAGS, ", Port Role: %s", fm_name(roles, flags >> 2 & 3) ? fm_name(roles, flags >> 2 & 3) : "Unknown");
        else if (flags & bits[i].bit)
            fm_label_more(d, FLAGS, ", %s", bits[i].name);
    }
    fm_down(d);
    for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
        if (rapid || bits[i].row == TCACK || bits[i].row == TC)
            fm_add_number(d, &fields[bits[i].row], bits[i].row, c, false);
    fm_up(d);
    fm_skip(c, 1);
}

static void tell(FmDissection *d, const FmCursor *c, uint64_t version, uint64_t type, uint64_t flags)
{
    if (!d->want_info || fm_left(c) < 22)
        return;
    unsigned id = (unsigned)fm_peek(c, 0, 2);
    const uint8_t *hw = c->at + 2;
    const char *kind = type == CONFIGURATION ? "Conf." : version == 3 ? "MST." : version == 4 ? "SPT." : "RST.";
    fm_info(d, "%s %sRoot = %u/%u/%02x:%02x:%02x:%02x:%02x:%02x  Cost = %u  Port = 0x%04x", kind,
            flags & 0x01 ? "TC + " : "", id & 0xf000, id & 0x0fff, hw[0], hw[1], hw[2], hw[3], hw[4],
            hw[5], (unsigned)fm_peek(c, 8, 4), (unsigned)fm_peek(c, 20, 2));
}

/* Cisco's trees for each VLAN go to an address of their own, and tell the VLAN at their end. */
static bool is_pvst(const FmDissection *d)
{
    static const uint8_t everybody[] = { 0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd };
    return memcmp(d->packet->link_destination.bytes, everybody, sizeof everybody) == 0;
}

static void put_origin(FmDissection *d, FmCursor *c)
{
    if (fm_left(c) > 6 && !*c->at) /* one byte of padding, or two */
        fm_skip(c, fm_left(c) % 2);
    FmSubtree line = fm_open_text(d, c, "Originating VLAN (PVID): %u", (unsigned)fm_peek(c, 4, 2));
    fm_add(d, PVST_TYPE, c);
    fm_add(d, PVST_LENGTH, c);
    fm_add(d, PVST_VLAN, c);
    fm_close(d, line, c);
}

static void stp_dissect(FmDissection *d, FmCursor *c)
{
    fm_add(d, PROTOCOL, c);
    uint64_t version = fm_add(d, VERSION_OF, c);
    uint64_t type = fm_add(d, TYPE, c);
    if (type == TOPOLOGY_CHANGE) {
        fm_info(d, "Topology Change Notification");
        return;
    }
    if (type != CONFIGURATION && type != RAPID) {
        fm_info(d, "Unknown BPDU type (%u)", (unsigned)type);
        fm_data(d, c);
        return;
    }
    uint64_t flags = fm_peek(c, 0, 1);
    FmCursor behind = *c;
    fm_skip(&behind, fm_left(c) ? 1 : 0);
    tell(d, &behind, version, type, flags);
    put_flags(d, c, type == RAPID);
    put_bridge(d, c, "Root", ROOT_PRIO);
    fm_add(d, ROOT_COST, c);
    put_bridge(d, c, "Bridge", BRIDGE_PRIO);
    fm_add(d, PORT, c);
    for (unsigned row = MSG_AGE; row <= FORWARD; row++)
        put_time(d, c, row);
    if (type == RAPID && fm_left(c))
        fm_add(d, VERSION_1_LENGTH, c);
    if (is_pvst(d) && fm_left(c) >= 6)
        put_origin(d, c);
    else if (version >= 3 && fm_left(c))
        fm_data(d, c);
}

const FmProtocol fm_stp = {
    .abbrev = "stp",
    .name = "STP",
    .title = "Spanning Tree Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LLC_DSAP, 0x42 }, { FM_LLC_PID, 0x0c << 16 | 0x010b }),
    .dissect = stp_dissect,
};
