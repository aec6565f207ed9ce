/* LLDP (IEEE 802.1AB). Of what organizations define, types are named. */
#include "config.h"

#include "engine/dissect.h"

enum {
    LLDP, TLV_TYPE, TLV_LENGTH, CHASSIS_SUBTYPE, CHASSIS_ID, CHASSIS_MAC, CHASSIS_IP4, CHASSIS_IP6, PORT_SUBTYPE, PORT_ID, PORT_MAC, PORT_IP4, PORT_IP6,
    NETWORK_FAMILY, TTL, PORT_DESC, SYSTEM_NAME, SYSTEM_DESC, CAPS, CAPS_FIRST, CAPS_LAST = CAPS_FIRST + 7, ENABLED, ENABLED_FIRST,
    ENABLED_LAST = ENABLED_FIRST + 7, ADDRESS_LENGTH, ADDRESS_SUBTYPE, ADDRESS_IP4, ADDRESS_IP6, ADDRESS_HEX, INTERFACE_SUBTYPE, INTERFACE_NUMBER,
    OBJECT_LENGTH, OBJECT_ID, OUI, DOT1_SUBTYPE, DOT3_SUBTYPE, MED_SUBTYPE, PORT_VLAN, VLAN_ID, VLAN_NAME_LENGTH, VLAN_NAME, MAX_FRAME, ORG_VALUE,
};

static const FmName tlv_types[] = {
    { 0, 0, "End of LLDPDU" }, { 1, 0, "Chassis Id" }, { 2, 0, "Port Id" }, { 3, 0, "Time to Live" }, { 4, 0, "Port Description" },
    { 5, 0, "System Name" }, { 6, 0, "System Description" }, { 7, 0, "System Capabilities" }, { 8, 0, "Management Address" },
    { 127, 0, "Organization Specific" }, { 0 },
};
static const FmName chassis_subtypes[] = {
    { 0, 0, "Reserved" }, { 1, 0, "Chassis component" }, { 2, 0, "Interface alias" }, { 3, 0, "Port component" }, { 4, 0, "MAC address" },
    { 5, 0, "Network address" }, { 6, 0, "Interface name" }, { 7, 0, "Locally assigned" }, { 0 },
};
static const FmName port_subtypes[] = {
    { 0, 0, "Reserved" }, { 1, 0, "Interface alias" }, { 2, 0, "Port component" }, { 3, 0, "MAC address" }, { 4, 0, "Network address" },
    { 5, 0, "Interface name" }, { 6, 0, "Agent circuit Id" }, { 7, 0, "Locally assigned" }, { 0 },
};
static const FmName short_chassis[] = { { 1, 0, "CC" }, { 2, 0, "IA" }, { 3, 0, "PC" }, { 4, 0, "MA" }, { 5, 0, "NA" }, { 6, 0, "IN" }, { 7, 0, "LA" }, { 0 } };
static const FmName short_port[] = { { 1, 0, "IA" }, { 2, 0, "PC" }, { 3, 0, "MA" }, { 4, 0, "NA" }, { 5, 0, "IN" }, { 6, 0, "AC" }, { 7, 0, "LA" }, { 0 } };
static const FmName families[] = { { 1, 0, "IPv4" }, { 2, 0, "IPv6" }, { 6, 0, "802 (includes all 802 media plus Ethernet \"canonical format\")" }, { 0 } };
static const FmName interface_subtypes[] = { { 1, 0, "Unknown" }, { 2, 0, "ifIndex" }, { 3, 0, "System port number" }, { 0 } };
static const FmName organizations[] = { { 0x0080c2, 0, "IEEE" }, { 0x00120f, 0, "Ieee 802.3" }, { 0x0012bb, 0, "Telecommunications Industry Association" }, { 0 } };
static const FmName dot1_subtypes[] = {
    { 1, 0, "Port VLAN ID" }, { 2, 0, "Port and Protocol VLAN ID" }, { 3, 0, "VLAN Name" }, { 4, 0, "Protocol Identity" }, { 5, 0, "VID Usage Digest" },
    { 6, 0, "Management VID" }, { 7, 0, "Link Aggregation" }, { 8, 0, "Congestion Notification" }, { 9, 0, "ETS Configuration" },
    { 10, 0, "ETS Recommendation" }, { 11, 0, "Priority Flow Control Configuration" }, { 12, 0, "Application Protocol" }, { 0 },
};
static const FmName dot3_subtypes[] = {
    { 1, 0, "MAC/PHY Configuration/Status" }, { 2, 0, "Power Via MDI" }, { 3, 0, "Link Aggregation" }, { 4, 0, "Maximum Frame Size" },
    { 5, 0, "EEE (Energy-Efficient Ethernet)" }, { 7, 0, "IEEE 802.3br Additional Ethernet capabilities" }, { 0 },
};
static const FmName med_subtypes[] = {
    { 1, 0, "Media Capabilities" }, { 2, 0, "Network Policy" }, { 3, 0, "Location Identification" }, { 4, 0, "Extended Power-via-MDI" },
    { 5, 0, "Inventory - Hardware Revision" }, { 6, 0, "Inventory - Firmware Revision" }, { 7, 0, "Inventory - Software Revision" },
    { 8, 0, "Inventory - Serial Number" }, { 9, 0, "Inventory - Manufacturer Name" }, { 10, 0, "Inventory - Model Name" }, { 11, 0, "Inventory - Asset ID" },
    { 0 },
};

#define BIT FM_BOOL16, FM_BASE_NONE
#define CAPABLE .yes = "Capable", .no = "Not capable"
#define CAPABILITIES(first, name) \
    [first] = { name ".other", "Other", BIT, 0x0001, CAPABLE }, [first + 1] = { name ".repeater", "Repeater", BIT, 0x0002, CAPABLE }, \
    [first + 2] = { name ".bridge", "Bridge", BIT, 0x0004, CAPABLE }, [first + 3] = { name ".wlan_access_pt", "WLAN access point", BIT, 0x0008, CAPABLE }, \
    [first + 4] = { name ".router", "Router", BIT, 0x0010, CAPABLE }, [first + 5] = { name ".telephone", "Telephone", BIT, 0x0020, CAPABLE }, \
    [first + 6] = { name ".docsis_cable_device", "DOCSIS cable device", BIT, 0x0040, CAPABLE }, \
    [first + 7] = { name ".station_only", "Station only", BIT, 0x0080, CAPABLE }

static const FmField fields[] = {
    [LLDP] = { "lldp", "Link Layer Discovery Protocol", FM_PROTOCOL },
    [TLV_TYPE] = { "lldp.tlv.type", "TLV Type", FM_UINT16, FM_DEC, 0xfe00, .names = tlv_types },
    [TLV_LENGTH] = { "lldp.tlv.len", "TLV Length", FM_UINT16, FM_DEC, 0x01ff },
    [CHASSIS_SUBTYPE] = { "lldp.chassis.subtype", "Chassis Id Subtype", FM_UINT8, FM_DEC, .names = chassis_subtypes },
    [CHASSIS_ID] = { "lldp.chassis.id", "Chassis Id", FM_BYTES },
    [CHASSIS_MAC] = { "lldp.chassis.id.mac", "Chassis Id", FM_ETHER },
    [CHASSIS_IP4] = { "lldp.chassis.id.ip4", "Chassis Id", FM_IPV4 },
    [CHASSIS_IP6] = { "lldp.chassis.id.ip6", "Chassis Id", FM_IPV6 },
    [PORT_SUBTYPE] = { "lldp.port.subtype", "Port Id Subtype", FM_UINT8, FM_DEC, .names = port_subtypes },
    [PORT_ID] = { "lldp.port.id", "Port Id", FM_STRING },
    [PORT_MAC] = { "lldp.port.id.mac", "Port Id", FM_ETHER },
    [PORT_IP4] = { "lldp.port.id.ip4", "Port Id", FM_IPV4 },
    [PORT_IP6] = { "lldp.port.id.ip6", "Port Id", FM_IPV6 },
    [NETWORK_FAMILY] = { "lldp.network_address.subtype", "Network Address family", FM_UINT8, FM_DEC, .names = families },
    [TTL] = { "lldp.time_to_live", "Seconds", FM_UINT16, FM_DEC },
    [PORT_DESC] = { "lldp.port.desc", "Port Description", FM_STRING },
    [SYSTEM_NAME] = { "lldp.tlv.system.name", "System Name", FM_STRING },
    [SYSTEM_DESC] = { "lldp.tlv.system.desc", "System Description", FM_STRING },
    [CAPS] = { "lldp.tlv.system_cap", "Capabilities", FM_UINT16, FM_HEX },
    CAPABILITIES(CAPS_FIRST, "lldp.tlv.system_cap"),
    [ENABLED] = { "lldp.tlv.enable_system_cap", "Enabled Capabilities", FM_UINT16, FM_HEX },
    CAPABILITIES(ENABLED_FIRST, "lldp.tlv.enable_system_cap"),
    [ADDRESS_LENGTH] = { "lldp.mgn.address.len", "Address String Length", FM_UINT8, FM_DEC },
    [ADDRESS_SUBTYPE] = { "lldp.mgn.address.subtype", "Address Subtype", FM_UINT8, FM_DEC, .names = families },
    [ADDRESS_IP4] = { "lldp.mgn.addr.ip4", "Management Address", FM_IPV4 },
    [ADDRESS_IP6] = { "lldp.mgn.addr.ip6", "Management Address", FM_IPV6 },
    [ADDRESS_HEX] = { "lldp.mgn.addr.hex", "Management Address", FM_BYTES },
    [INTERFACE_SUBTYPE] = { "lldp.mgn.interface.subtype", "Interface Subtype", FM_UINT8, FM_DEC, .names = interface_subtypes },
    [INTERFACE_NUMBER] = { "lldp.mgn.interface.number", "Interface Number", FM_UINT32, FM_DEC },
    [OBJECT_LENGTH] = { "lldp.mgn.obj.len", "OID String Length", FM_UINT8, FM_DEC },
    [OBJECT_ID] = { "lldp.mgn.obj.id", "Object Identifier", FM_OID },
    [OUI] = { "lldp.orgtlv.oui", "Organization Unique Code", FM_UINT24, FM_OUI },
    [DOT1_SUBTYPE] = { "lldp.ieee.802_1.subtype", "IEEE 802.1 Subtype", FM_UINT8, FM_HEX, .names = dot1_subtypes },
    [DOT3_SUBTYPE] = { "lldp.ieee.802_3.subtype", "IEEE 802.3 Subtype", FM_UINT8, FM_HEX, .names = dot3_subtypes },
    [MED_SUBTYPE] = { "lldp.media.subtype", "Media Subtype", FM_UINT8, FM_HEX, .names = med_subtypes },
    [PORT_VLAN] = { "lldp.ieee.802_1.port_vlan.id", "Port VLAN Identifier", FM_UINT16, FM_DEC_HEX },
    [VLAN_ID] = { "lldp.ieee.802_1.vlan.id", "VLAN Identifier", FM_UINT16, FM_DEC_HEX },
    [VLAN_NAME_LENGTH] = { "lldp.ieee.802_1.vlan.name_len", "VLAN Name Length", FM_UINT8, FM_DEC },
    [VLAN_NAME] = { "lldp.ieee.802_1.vlan.name", "VLAN Name", FM_STRINGZ },
    [MAX_FRAME] = { "lldp.ieee.802_3.max_frame_size", "Maximum Frame Size", FM_UINT16, FM_DEC },
    [ORG_VALUE] = { "lldp.subtype.content_remaining", "Value", FM_BYTES },
};

enum { END = 0, CHASSIS = 1, PORT = 2, TIME = 3, DESCRIPTION = 4, NAME = 5, SYSTEM = 6, CAPABILITY = 7, MANAGEMENT = 8, ORGANIZATION = 127 };

/* An address of a family, a MAC address, or bytes, as rows `mac`, mac + 1 and mac + 2 have it. `text` is what the line above it says. */
static void put_id(FmDissection *d, FmCursor *c, bool mac, bool network, unsigned row, unsigned rows, char *text, size_t size)
{
    if (mac && fm_left(c) == 6) {
        const uint8_t *m = c->at;
        g_snprintf(text, size, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
        fm_add_number(d, &fields[rows], rows, c, true);
    } else if (network && fm_left(c)) {
        uint64_t family = fm_add(d, NETWORK_FAMILY, c);
        if (family == 1 && fm_left(c) == 4) {
            g_snprintf(text, size, "%u.%u.%u.%u", c->at[0], c->at[1], c->at[2], c->at[3]);
            fm_add_number(d, &fields[rows + 1], rows + 1, c, true);
        } else if (family == 2 && fm_left(c) == 16) {
            fm_add_bytes_of(d, &fields[rows + 2], rows + 2, c, 16);
        }
    } else if (fm_left(c)) {
        g_snprintf(text, size, "%.*s", (int)MIN(fm_left(c), 255), (const char *)c->at);
        fm_add_bytes_of(d, &fields[row], row, c, fm_left(c));
    }
}

static void put_chassis(FmDissection *d, FmCursor *c, FmSubtree line)
{
    char text[256] = "";
    uint64_t subtype = fm_add(d, CHASSIS_SUBTYPE, c);
    put_id(d, c, subtype == 4, subtype == 5, CHASSIS_ID, CHASSIS_MAC, text, sizeof text);
    const char *name = fm_name(chassis_subtypes, subtype), *brief = fm_name(short_chassis, subtype);
    fm_subtree_label(d, line, "Chassis Subtype = %s, Id: %s", name ? name : "Reserved", text);
    fm_info_more(d, "%s/%s ", brief ? brief : "??", text);
}

static void put_port(FmDissection *d, FmCursor *c, FmSubtree line)
{
    char text[256] = "";
    uint64_t subtype = fm_add(d, PORT_SUBTYPE, c);
    put_id(d, c, subtype == 3, subtype == 4, PORT_ID, PORT_MAC, text, sizeof text);
    const char *name = fm_name(port_subtypes, subtype), *brief = fm_name(short_port, subtype);
    fm_subtree_label(d, line, "Port Subtype = %s, Id: %s", name ? name : "Reserved", text);
    fm_info_more(d, "%s/%s ", brief ? brief : "??", text);
}

static void put_text(FmDissection *d, FmCursor *c, FmSubtree line, unsigned row, const char *brief)
{
    FmSlice text = fm_add_bytes_of(d, &fields[row], row, c, fm_left(c));
    fm_subtree_label(d, line, "%s = %.*s", fields[row].name, (int)MIN(text.size, 512), (const char *)text.data);
    if (brief)
        fm_info_more(d, "%s=%.*s ", brief, (int)MIN(text.size, 512), (const char *)text.data);
}

static void put_management(FmDissection *d, FmCursor *c)
{
    uint64_t length = fm_add(d, ADDRESS_LENGTH, c);
    uint64_t family = fm_add(d, ADDRESS_SUBTYPE, c);
    FmCursor address = fm_take(c, length ? length - 1 : 0);
    if (family == 1 && fm_left(&address) == 4)
        fm_add(d, ADDRESS_IP4, &address);
    else if (family == 2 && fm_left(&address) == 16)
        fm_add_bytes(d, ADDRESS_IP6, &address, 16);
    else if (fm_left(&address))
        fm_add_bytes(d, ADDRESS_HEX, &address, fm_left(&address));
    fm_add(d, INTERFACE_SUBTYPE, c);
    fm_add(d, INTERFACE_NUMBER, c);
    uint64_t object = fm_add(d, OBJECT_LENGTH, c);
    if (object)
        fm_add_bytes(d, OBJECT_ID, c, object);
}

static void put_organization(FmDissection *d, FmCursor *c, FmSubtree line)
{
    uint64_t oui = fm_add(d, OUI, c);
    const char *name = fm_name(organizations, oui), *kind = NULL;
    fm_label(d, OUI, "Organization Unique Code: %02x:%02x:%02x (%s)", (unsigned)oui >> 16, (unsigned)oui >> 8 & 255, (unsigned)oui & 255,
             name ? name : fm_vendor(d, (uint32_t)oui) ? fm_vendor(d, (uint32_t)oui) : "Unknown");
    uint64_t subtype = 0;
    switch (oui) {
    case 0x0080c2: kind = fm_name(dot1_subtypes, subtype = fm_add(d, DOT1_SUBTYPE, c)); break;
    case 0x00120f: kind = fm_name(dot3_subtypes, subtype = fm_add(d, DOT3_SUBTYPE, c)); break;
    case 0x0012bb: kind = fm_name(med_subtypes, subtype = fm_add(d, MED_SUBTYPE, c)); break;
    default: break;
    }
    fm_subtree_label(d, line, "%s - %s", name ? name : "Unknown", kind ? kind : "Unknown");
    if (oui == 0x0080c2 && subtype == 1) {
        fm_add(d, PORT_VLAN, c);
    } else if (oui == 0x0080c2 && subtype == 3) {
        fm_add(d, VLAN_ID, c);
        uint64_t length = fm_add(d, VLAN_NAME_LENGTH, c);
        fm_add_bytes(d, VLAN_NAME, c, length);
    } else if (oui == 0x00120f && subtype == 4) {
        fm_add(d, MAX_FRAME, c);
    }
    if (fm_left(c))
        fm_add_bytes(d, ORG_VALUE, c, fm_left(c));
}

static void put_tlv(FmDissection *d, FmCursor *value, uint64_t type, FmSubtree line)
{
    switch (type) {
    case CHASSIS: put_chassis(d, value, line); break;
    case PORT: put_port(d, value, line); break;
    case TIME: {
        unsigned seconds = (unsigned)fm_add(d, TTL, value);
        fm_subtree_label(d, line, "Time To Live = %u sec", seconds);
        fm_info_more(d, "%u ", seconds);
        break;
    }
    case DESCRIPTION: put_text(d, value, line, PORT_DESC, NULL); break;
    case NAME: put_text(d, value, line, SYSTEM_NAME, "SysN"); break;
    case SYSTEM: put_text(d, value, line, SYSTEM_DESC, "SysD"); break;
    case CAPABILITY:
        fm_subtree_label(d, line, "Capabilities");
        fm_add_flags(d, CAPS, CAPS_FIRST, CAPS_LAST, value);
        fm_add_flags(d, ENABLED, ENABLED_FIRST, ENABLED_LAST, value);
        break;
    case MANAGEMENT: put_management(d, value); break;
    case ORGANIZATION: put_organization(d, value, line); break;
    default: break;
    }
}

static void lldp_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "%s", "");
    uint64_t type = CHASSIS;
    while (fm_left(c) >= 2 && type != END && fm_ok(d)) {
        uint64_t head = fm_peek(c, 0, 2), length = head & 0x1ff;
        type = head >> 9;
        const char *name = fm_name(tlv_types, type);
        FmSubtree line = fm_open_text(d, c, "%s", name ? name : "Reserved");
        fm_add_bits(d, TLV_TYPE, c);
        fm_add(d, TLV_LENGTH, c);
        FmCursor value = fm_take(c, length);
        put_tlv(d, &value, type, line);
        fm_close(d, line, c);
    }
}

const FmProtocol fm_lldp = {
    .abbrev = "lldp",
    .name = "LLDP",
    .title = "Link Layer Discovery Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x88cc }),
    .dissect = lldp_dissect,
};
