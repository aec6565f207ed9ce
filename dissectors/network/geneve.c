/* Geneve (RFC 8926). */
#include "config.h"

#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    GENEVE,
    GENEVE_VERSION,
    GENEVE_FLAGS,
    GENEVE_FLAGS_OAM,
    GENEVE_FLAGS_CRITICAL,
    GENEVE_FLAGS_RESERVED,
    GENEVE_PROTO_TYPE,
    GENEVE_VNI,
    GENEVE_RESERVED,
    GENEVE_OPTIONS,
    GENEVE_OPTION_CLASS,
    GENEVE_OPTION_TYPE,
    GENEVE_OPTION_TYPE_CRITICAL,
    GENEVE_OPTION_FLAGS,
    GENEVE_OPTION_FLAGS_RESERVED,
    GENEVE_OPTION_LENGTH,
    GENEVE_OPTION,
    GENEVE_OPTION_UNKNOWN_DATA,
    GENEVE_VERSION_UNKNOWN,
    GENEVE_OPTION_LENGTH_INVALID,
};

static const FmName classes[] = {
    { 0x0000, 0x00ff, "Standard" },
    { 0x0100, 0, "Linux" },
    { 0x0101, 0, "Open vSwitch" },
    { 0x0102, 0, "Open Virtual Networking (OVN)" },
    { 0x0103, 0, "In-band Network Telemetry (INT)" },
    { 0x0104, 0, "VMware" },
    { 0x0105, 0, "Amazon.com, Inc." },
    { 0x0106, 0, "Cisco Systems, Inc." },
    { 0x0107, 0, "Oracle Corporation" },
    { 0x0108, 0x0110, "Amazon.com, Inc." },
    { 0x0111, 0x0118, "IBM" },
    { 0x0119, 0x0128, "Ericsson" },
    { 0x0129, 0, "Oxide Computer Company" },
    { 0x0130, 0x0131, "Cisco Systems, Inc." },
    { 0x0132, 0x0135, "Google LLC" },
    { 0x0136, 0, "InfoQuick Global Connection Tech Ltd." },
    { 0x0137, 0xfeff, "Unassigned" },
    { 0xfff0, 0xffff, "Experimental" },
    { 0 },
};

static const FmField fields[] = {
    [GENEVE] = { "geneve", "Generic Network Virtualization Encapsulation", FM_PROTOCOL },
    [GENEVE_VERSION] = { "geneve.version", "Version", FM_UINT8, FM_DEC },
    [GENEVE_FLAGS] = { "geneve.flags", "Flags", FM_UINT8, FM_HEX },
    [GENEVE_FLAGS_OAM] = { "geneve.flags.oam", "Operations, Administration and Management Frame", FM_BOOL8, .mask = 0x80 },
    [GENEVE_FLAGS_CRITICAL] = { "geneve.flags.critical", "Critical Options Present", FM_BOOL8, .mask = 0x40 },
    [GENEVE_FLAGS_RESERVED] = { "geneve.flags.reserved", "Reserved", FM_BOOL8, .mask = 0x3f },
    [GENEVE_PROTO_TYPE] = { "geneve.proto_type", "Protocol Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [GENEVE_VNI] = { "geneve.vni", "Virtual Network Identifier (VNI)", FM_UINT24, FM_HEX_DEC },
    [GENEVE_RESERVED] = { "geneve.reserved", "Reserved", FM_UINT8, FM_HEX },
    [GENEVE_OPTIONS] = { "geneve.options", "Geneve Options", FM_BYTES },
    [GENEVE_OPTION_CLASS] = { "geneve.option.class", "Class", FM_UINT16, FM_HEX, .names = classes },
    [GENEVE_OPTION_TYPE] = { "geneve.option.type", "Type", FM_UINT8, FM_HEX },
    [GENEVE_OPTION_TYPE_CRITICAL] = { "geneve.option.type.critical", "Critical Option", FM_BOOL8, .mask = 0x80, .hidden = true },
    [GENEVE_OPTION_FLAGS] = { "geneve.option.flags", "Flags", FM_UINT8, FM_HEX },
    [GENEVE_OPTION_FLAGS_RESERVED] = { "geneve.option.flags.reserved", "Reserved", FM_BOOL8, .mask = 0xe0 },
    [GENEVE_OPTION_LENGTH] = { "geneve.option.length", "Length", FM_UINT8, FM_DEC },
    [GENEVE_OPTION] = { "geneve.option", "Option", FM_BYTES },
    [GENEVE_OPTION_UNKNOWN_DATA] = { "geneve.option.unknown.data", "Unknown Option Data", FM_BYTES },
    [GENEVE_VERSION_UNKNOWN] = { "geneve.version.unknown", "Unknown version", FM_EXPERT, .severity = FM_WARN,
                                 .group = FM_GROUP_PROTOCOL },
    [GENEVE_OPTION_LENGTH_INVALID] = { "geneve.option.length.invalid", "Invalid length for option", FM_EXPERT, .severity = FM_WARN,
                                       .group = FM_GROUP_PROTOCOL },
};

enum { HEADER_SIZE = 8, OPTION_HEADER_SIZE = 4, TYPE_ETHERNET = 0x6558, CRITICAL = 0x80, RESERVED_FLAGS = 0xe0 };

/* An option; false: it does not end inside the options. */
static bool add_option(FmDissection *d, FmCursor *c)
{
    uint64_t class = fm_peek(c, 0, 2), type = fm_peek(c, 2, 1), length = OPTION_HEADER_SIZE + (fm_peek(c, 3, 1) & 0x1f) * 4;
    const char *name = fm_name(classes, class), *critical = type & CRITICAL ? "Critical" : "Non-critical";
    FmCursor option = fm_window(c, length), whole = option;
    fm_add_bytes(d, GENEVE_OPTION, &whole, fm_left(&whole));
    if (length > fm_left_on_wire(c)) {
        fm_label(d, GENEVE_OPTION, "Unknown, Class: %s (0x%04x) Type: 0x%02x (length of %u is past end of options)",
                 name ? name : "Unknown", (unsigned)class, (unsigned)type, (unsigned)length);
        fm_expert_text(d, GENEVE_OPTION_LENGTH_INVALID,
                       "Unknown, Class: %s (0x%04x) Type: 0x%02x (length of %u is past end of options)", name ? name : "Unknown",
                       (unsigned)class, (unsigned)type, (unsigned)length);
        return false;
    }
    fm_label(d, GENEVE_OPTION, "Unknown, Class: %s (0x%04x) Type: 0x%02x (%s)", name ? name : "Unknown", (unsigned)class,
             (unsigned)type, critical);
    fm_down(d);
    fm_add(d, GENEVE_OPTION_CLASS, &option);
    fm_add_bits(d, GENEVE_OPTION_TYPE, &option);
    fm_label(d, GENEVE_OPTION_TYPE, "Type: 0x%02x (%s)", (unsigned)type, critical);
    fm_add(d, GENEVE_OPTION_TYPE_CRITICAL, &option);
    if (fm_peek(&option, 0, 1) & RESERVED_FLAGS)
        fm_add_flags(d, GENEVE_OPTION_FLAGS, GENEVE_OPTION_FLAGS_RESERVED, GENEVE_OPTION_FLAGS_RESERVED, &option);
    else
        fm_skip(&option, 1);
    FmCursor size = option;
    size.at -= 1;
    fm_add_value(d, GENEVE_OPTION_LENGTH, &size, 1, length);
    fm_label(d, GENEVE_OPTION_LENGTH, "Length: %u bytes", (unsigned)length);
    if (fm_left(&option))
        fm_add_bytes(d, GENEVE_OPTION_UNKNOWN_DATA, &option, fm_left(&option));
    fm_up(d);
    fm_skip(c, length);
    return true;
}

static void geneve_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t version = fm_peek(c, 0, 1) >> 6, options_size = (fm_peek(c, 0, 1) & 0x3f) * 4, flags = fm_peek(c, 1, 1);
    fm_add_value(d, GENEVE_VERSION, c, 1, version);
    if (version != 0)
        fm_expert_text(d, GENEVE_VERSION_UNKNOWN, "Unknown version %u", (unsigned)version);
    fm_skip(c, 1);
    fm_add_flags(d, GENEVE_FLAGS, GENEVE_FLAGS_OAM, GENEVE_FLAGS_RESERVED, c);
    fm_label(d, GENEVE_FLAGS, "Flags: 0x%02x%s%s%s", (unsigned)flags,
             flags & 0x80 ? ", Operations, Administration and Management Frame" : "", flags & 0x40 ? ", Critical Options Present" : "",
             flags & 0x3f ? ", Reserved" : "");
    uint64_t type = fm_add(d, GENEVE_PROTO_TYPE, c);
    const char *name = fm_name(fm_ethertypes, type);
    if (name)
        fm_info(d, "Encapsulated %s", name);
    else
        fm_info(d, "Encapsulated 0x%04x (unknown)", (unsigned)type);
    uint64_t vni = fm_add(d, GENEVE_VNI, c);
    if (fm_ok(d))
        fm_title(d, "Generic Network Virtualization Encapsulation, VNI: 0x%06x%s", (unsigned)vni, flags & 0x80 ? ", OAM" : "");
    if (fm_peek(c, 0, 1))
        fm_add(d, GENEVE_RESERVED, c);
    else
        fm_skip(c, 1);
    FmCursor options = fm_take(c, options_size), all = options;
    if (!fm_ok(d))
        return;
    if (options_size) {
        fm_add_bytes(d, GENEVE_OPTIONS, &all, fm_left(&all));
        fm_label(d, GENEVE_OPTIONS, "Options: (%u bytes)", (unsigned)options_size);
        fm_down(d);
        while (fm_left(&options) && add_option(d, &options))
            ;
        fm_up(d);
    }
    fm_length(d, HEADER_SIZE + options_size);
    if (type == TYPE_ETHERNET)
        fm_call(d, &fm_ethernet, c);
    else
        fm_next(d, FM_ETHERTYPE, type, c);
}

const FmProtocol fm_geneve = {
    .abbrev = "geneve",
    .name = "Geneve",
    .title = "Generic Network Virtualization Encapsulation",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 6081 }),
    .dissect = geneve_dissect,
};
