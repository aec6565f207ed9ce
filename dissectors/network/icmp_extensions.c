/* ICMP extension structures (RFC 4884 §7): MPLS label stacks (RFC 4950), interfaces (RFC 5837, RFC 8335). */
#include "config.h"

#include "dissectors/network/icmp.h"

#include "base/checksum.h"
#include "dissectors/network/names.h"

enum {
    ICMP_EXT,
    ICMP_EXT_VERSION,
    ICMP_EXT_RES,
    ICMP_EXT_CHECKSUM,
    ICMP_EXT_CHECKSUM_STATUS,
    ICMP_EXT_LENGTH,
    ICMP_EXT_CLASS,
    ICMP_EXT_CTYPE,
    ICMP_EXT_DATA,
    ICMP_MPLS_LABEL,
    ICMP_MPLS_EXP,
    ICMP_MPLS_S,
    ICMP_MPLS_TTL,
    ICMP_MPLS_DATA,
    ICMP_INT_INFO_ROLE,
    ICMP_INT_INFO_RESERVED,
    ICMP_INT_INFO_IFINDEX,
    ICMP_INT_INFO_IPADDR,
    ICMP_INT_INFO_NAME_PRESENT,
    ICMP_INT_INFO_MTU_PRESENT,
    ICMP_INT_INFO_INDEX,
    ICMP_INT_INFO_AFI,
    ICMP_INT_INFO_IPV4,
    ICMP_INT_INFO_IPV6,
    ICMP_INT_INFO_IPUNKNOWN,
    ICMP_INT_INFO_NAME_LENGTH,
    ICMP_INT_INFO_NAME,
    ICMP_INT_INFO_MTU,
    ICMP_INT_IDENT_NAME,
    ICMP_INT_IDENT_INDEX,
    ICMP_INT_IDENT_AFI,
    ICMP_INT_IDENT_ADDR_LENGTH,
    ICMP_INT_IDENT_RESERVED,
    ICMP_INT_IDENT_IPV4,
    ICMP_INT_IDENT_IPV6,
    ICMP_INT_IDENT_ADDRESS,
    ICMP_EXT_CHECKSUM_BAD,
};

static const FmName classes[] = {
    { 1, 0, "MPLS Label Stack Class" },
    { 2, 0, "Interface Information Object" },
    { 3, 0, "Interface Identification Object" },
    { 0 },
};

static const FmName roles[] = {
    { 0, 0, "IP interface upon which datagram arrived" },
    { 1, 0, "sub-IP component of an IP interface upon which datagram arrived" },
    { 2, 0, "IP interface through which datagram would be forwarded" },
    { 3, 0, "IP next-hop to which datagram would be forwarded" },
    { 0 },
};

#define PRESENT .yes = "Present", .no = "Not Present"

static const FmField fields[] = {
    [ICMP_EXT] = { "icmp.ext", "ICMP Extensions", FM_NONE },
    [ICMP_EXT_VERSION] = { "icmp.ext.version", "Version", FM_UINT8, FM_DEC },
    [ICMP_EXT_RES] = { "icmp.ext.res", "Reserved", FM_UINT16, FM_HEX, 0x0fff },
    [ICMP_EXT_CHECKSUM] = { "icmp.ext.checksum", "Checksum", FM_UINT16, FM_HEX },
    [ICMP_EXT_CHECKSUM_STATUS] = { "icmp.ext.checksum.status", "Checksum Status", FM_UINT8, .names = fm_checksum_names,
                                   .generated = true },
    [ICMP_EXT_LENGTH] = { "icmp.ext.length", "Length", FM_UINT16, FM_DEC },
    [ICMP_EXT_CLASS] = { "icmp.ext.class", "Class", FM_UINT8, FM_DEC, .names = classes },
    [ICMP_EXT_CTYPE] = { "icmp.ext.ctype", "C-Type", FM_UINT8, FM_DEC },
    [ICMP_EXT_DATA] = { "icmp.ext.data", "Data", FM_BYTES },
    [ICMP_MPLS_LABEL] = { "icmp.mpls.label", "Label", FM_UINT24, FM_DEC, 0xfffff0 },
    [ICMP_MPLS_EXP] = { "icmp.mpls.exp", "Experimental", FM_UINT24, FM_DEC, 0x00000e },
    [ICMP_MPLS_S] = { "icmp.mpls.s", "Stack bit", FM_BOOL24, .mask = 0x000001, .yes = "Set", .no = "Not set" },
    [ICMP_MPLS_TTL] = { "icmp.mpls.ttl", "Time to live", FM_UINT8, FM_DEC },
    [ICMP_MPLS_DATA] = { "icmp.mpls.data", "Data", FM_BYTES },
    [ICMP_INT_INFO_ROLE] = { "icmp.int_info.role", "Interface Role", FM_UINT8, FM_DEC, 0xc0, .names = roles },
    [ICMP_INT_INFO_RESERVED] = { "icmp.int_info.reserved", "Reserved", FM_UINT8, FM_DEC, 0x30 },
    [ICMP_INT_INFO_IFINDEX] = { "icmp.int_info.ifindex", "ifIndex", FM_BOOL8, .mask = 0x08 },
    [ICMP_INT_INFO_IPADDR] = { "icmp.int_info.ipaddr", "IP Address", FM_BOOL8, .mask = 0x04, PRESENT },
    [ICMP_INT_INFO_NAME_PRESENT] = { "icmp.int_info.name_present", "Interface Name", FM_BOOL8, .mask = 0x02, PRESENT },
    [ICMP_INT_INFO_MTU_PRESENT] = { "icmp.int_info.mtu_present", "MTU", FM_BOOL8, .mask = 0x01, PRESENT },
    [ICMP_INT_INFO_INDEX] = { "icmp.int_info.index", "Interface Index", FM_UINT32, FM_DEC },
    [ICMP_INT_INFO_AFI] = { "icmp.int_info.afi", "Address Family Identifier", FM_UINT16, FM_DEC },
    [ICMP_INT_INFO_IPV4] = { "icmp.int_info.ipv4", "Source", FM_IPV4 },
    [ICMP_INT_INFO_IPV6] = { "icmp.int_info.ipv6", "Source", FM_IPV6 },
    [ICMP_INT_INFO_IPUNKNOWN] = { "icmp.int_info.ipunknown", "Source", FM_BYTES },
    [ICMP_INT_INFO_NAME_LENGTH] = { "icmp.int_info.name_length", "Name Length", FM_UINT8, FM_DEC },
    [ICMP_INT_INFO_NAME] = { "icmp.int_info.name", "Name", FM_STRING },
    [ICMP_INT_INFO_MTU] = { "icmp.int_info.mtu", "Maximum Transmission Unit", FM_UINT32, FM_DEC },
    [ICMP_INT_IDENT_NAME] = { "icmp.int_ident.name", "Name", FM_STRING },
    [ICMP_INT_IDENT_INDEX] = { "icmp.int_ident.index", "Interface Index", FM_UINT32, FM_DEC },
    [ICMP_INT_IDENT_AFI] = { "icmp.int_ident.afi", "Address Family Identifier", FM_UINT16, FM_DEC },
    [ICMP_INT_IDENT_ADDR_LENGTH] = { "icmp.int_ident.addr_length", "Address Length", FM_UINT8, FM_DEC },
    [ICMP_INT_IDENT_RESERVED] = { "icmp.int_ident.reserved", "Reserved", FM_BYTES },
    [ICMP_INT_IDENT_IPV4] = { "icmp.int_ident.ipv4", "Address", FM_IPV4 },
    [ICMP_INT_IDENT_IPV6] = { "icmp.int_ident.ipv6", "Address", FM_IPV6 },
    [ICMP_INT_IDENT_ADDRESS] = { "icmp.int_ident.address", "Address", FM_BYTES },
    [ICMP_EXT_CHECKSUM_BAD] = { "icmp.ext.checksum_bad", "Bad checksum", FM_EXPERT, .severity = FM_WARN,
                                .group = FM_GROUP_CHECKSUM },
};

enum { EXTENSION_VERSION = 2, CLASS_MPLS = 1, CLASS_INTERFACE_INFO = 2, CLASS_INTERFACE_IDENT = 3, AFI_IPV4 = 1, AFI_IPV6 = 2 };
enum { HAS_INDEX = 0x08, HAS_ADDRESS = 0x04, HAS_NAME = 0x02, HAS_MTU = 0x01 };

static void add_labels(FmDissection *d, FmCursor *c)
{
    while (fm_left(c) >= 4) {
        uint64_t word = fm_peek(c, 0, 4);
        FmSubtree subtree = fm_open_text(d, c, "Label: %u, Exp: %u, S: %u, TTL: %u", (unsigned)(word >> 12), (unsigned)(word >> 9 & 7),
                                         (unsigned)(word >> 8 & 1), (unsigned)(word & 255));
        fm_add_bits(d, ICMP_MPLS_LABEL, c);
        fm_add_bits(d, ICMP_MPLS_EXP, c);
        fm_add(d, ICMP_MPLS_S, c);
        fm_add(d, ICMP_MPLS_TTL, c);
        fm_close(d, subtree, c);
    }
    if (fm_left(c))
        fm_add_bytes(d, ICMP_MPLS_DATA, c, fm_left(c));
}

static void add_address_object(FmDissection *d, FmCursor *c)
{
    FmSubtree subtree = fm_open_text(d, c, "IP Address Sub-Object");
    uint64_t family = fm_add(d, ICMP_INT_INFO_AFI, c);
    fm_add_bytes(d, ICMP_INT_IDENT_RESERVED, c, 2);
    if (family == AFI_IPV4)
        fm_add(d, ICMP_INT_INFO_IPV4, c);
    else if (family == AFI_IPV6)
        fm_add_bytes(d, ICMP_INT_INFO_IPV6, c, 16);
    else if (fm_left(c))
        fm_add_bytes(d, ICMP_INT_INFO_IPUNKNOWN, c, MIN(4, fm_left(c)));
    fm_close(d, subtree, c);
}

static void add_interface(FmDissection *d, FmCursor *c, uint64_t kinds)
{
    if (kinds & HAS_INDEX)
        fm_add(d, ICMP_INT_INFO_INDEX, c);
    if (kinds & HAS_ADDRESS)
        add_address_object(d, c);
    if (kinds & HAS_NAME) {
        FmSubtree subtree = fm_open_text(d, c, "Interface Name Sub-Object");
        uint64_t length = fm_add(d, ICMP_INT_INFO_NAME_LENGTH, c);
        if (length > 1)
            fm_add_bytes(d, ICMP_INT_INFO_NAME, c, MIN(length - 1, fm_left(c)));
        fm_close(d, subtree, c);
    }
    if (kinds & HAS_MTU)
        fm_add(d, ICMP_INT_INFO_MTU, c);
}

static void add_identification(FmDissection *d, FmCursor *c, uint64_t kind)
{
    switch (kind) {
    case 1: fm_add_bytes(d, ICMP_INT_IDENT_NAME, c, fm_left(c)); break;
    case 2: fm_add(d, ICMP_INT_IDENT_INDEX, c); break;
    case 3: {
        uint64_t family = fm_add(d, ICMP_INT_IDENT_AFI, c), length = fm_add(d, ICMP_INT_IDENT_ADDR_LENGTH, c);
        fm_add_bytes(d, ICMP_INT_IDENT_RESERVED, c, 1);
        if (family == AFI_IPV4 && length == 4)
            fm_add(d, ICMP_INT_IDENT_IPV4, c);
        else if (family == AFI_IPV6 && length == 16)
            fm_add_bytes(d, ICMP_INT_IDENT_IPV6, c, 16);
        else if (length)
            fm_add_bytes(d, ICMP_INT_IDENT_ADDRESS, c, length);
        break;
    }
    default: break;
    }
}

static void add_object(FmDissection *d, FmCursor *c)
{
    uint64_t length = fm_peek(c, 0, 2), class = fm_peek(c, 2, 1), kind = fm_peek(c, 3, 1);
    bool cut = length > fm_left_on_wire(c);
    FmCursor object = fm_take(c, cut ? fm_left_on_wire(c) : MAX(length, 4));
    FmSubtree subtree;
    switch (class) {
    case CLASS_MPLS: subtree = fm_open_text(d, &object, "MPLS Stack Entry"); break;
    case CLASS_INTERFACE_INFO: subtree = fm_open_text(d, &object, "Interface Information Object"); break;
    case CLASS_INTERFACE_IDENT: subtree = fm_open_text(d, &object, "Interface Identification Object"); break;
    default: subtree = fm_open_text(d, &object, "Unknown object (%u/%u)", (unsigned)class, (unsigned)kind); break;
    }
    if (cut)
        fm_subtree_label_more(d, subtree, " (truncated)");
    fm_add(d, ICMP_EXT_LENGTH, &object);
    fm_add(d, ICMP_EXT_CLASS, &object);
    if (class == CLASS_INTERFACE_INFO) {
        fm_add_flags(d, ICMP_EXT_CTYPE, ICMP_INT_INFO_ROLE, ICMP_INT_INFO_MTU_PRESENT, &object);
        add_interface(d, &object, kind);
    } else {
        fm_add(d, ICMP_EXT_CTYPE, &object);
        if (class == CLASS_MPLS && kind == 1)
            add_labels(d, &object);
        else if (class == CLASS_INTERFACE_IDENT)
            add_identification(d, &object, kind);
    }
    if (fm_left(&object))
        fm_add_bytes(d, ICMP_EXT_DATA, &object, fm_left(&object));
    fm_close(d, subtree, &object);
}

static void extensions_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor whole = *c, here = *c;
    FmSubtree subtree = fm_open(d, ICMP_EXT, c);
    fm_subtree_label(d, subtree, "ICMP Multi-Part Extensions");
    uint64_t version = fm_peek(c, 0, 1) >> 4;
    fm_add_value(d, ICMP_EXT_VERSION, c, 1, version);
    fm_add(d, ICMP_EXT_RES, c);
    uint64_t checksum = fm_add(d, ICMP_EXT_CHECKSUM, c);
    uint16_t sum = fm_checksum(fm_rest(&whole)), right = fm_checksum_expected(sum, (uint16_t)checksum);
    if (checksum == 0 || whole.lost) {
        fm_label(d, ICMP_EXT_CHECKSUM, "Checksum: 0x%04x [unverified]", (unsigned)checksum);
        fm_add_value(d, ICMP_EXT_CHECKSUM_STATUS, &here, 0, checksum ? FM_CHECKSUM_UNVERIFIED : FM_CHECKSUM_NOT_PRESENT);
    } else {
        if (sum == 0xffff) {
            fm_label(d, ICMP_EXT_CHECKSUM, "Checksum: 0x%04x [correct]", (unsigned)checksum);
        } else {
            fm_label(d, ICMP_EXT_CHECKSUM, "Checksum: 0x%04x incorrect, should be 0x%04x", (unsigned)checksum, right);
            fm_expert_text(d, ICMP_EXT_CHECKSUM_BAD, "Bad checksum [should be 0x%04x]", right);
        }
        fm_add_value(d, ICMP_EXT_CHECKSUM_STATUS, &here, 0, sum == 0xffff ? FM_CHECKSUM_GOOD : FM_CHECKSUM_BAD);
    }
    if (version == 1 || version == EXTENSION_VERSION)
        while (fm_left(c) >= 4)
            add_object(d, c);
    fm_close(d, subtree, c);
}

const FmProtocol fm_icmp_extensions = {
    .abbrev = "icmp_extensions",
    .title = "ICMP extensions",
    FM_FIELDS(fields),
    .dissect = extensions_dissect,
    .part = true,
};
