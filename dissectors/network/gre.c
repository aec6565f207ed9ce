/* GRE (RFC 1701, RFC 2784, RFC 2890) and its second version, which carries PPTP's calls (RFC 2637). */
#include "config.h"

#include "base/checksum.h"
#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    GRE,
    GRE_FLAGS_AND_VERSION,
    GRE_FLAGS_CHECKSUM,
    GRE_FLAGS_ROUTING,
    GRE_FLAGS_KEY,
    GRE_FLAGS_SEQUENCE_NUMBER,
    GRE_FLAGS_STRICT_SOURCE_ROUTE,
    GRE_FLAGS_RECURSION_CONTROL,
    GRE_FLAGS_ACK,
    GRE_FLAGS_RESERVED_1,
    GRE_FLAGS_RESERVED,
    GRE_FLAGS_VERSION,
    GRE_PROTO,
    GRE_CHECKSUM,
    GRE_CHECKSUM_STATUS,
    GRE_OFFSET,
    GRE_KEY,
    GRE_KEY_PAYLOAD_LENGTH,
    GRE_KEY_CALL_ID,
    GRE_SEQUENCE_NUMBER,
    GRE_ACK_NUMBER,
    GRE_ROUTING,
    GRE_ROUTING_ADDRESS_FAMILY,
    GRE_ROUTING_SRE_OFFSET,
    GRE_ROUTING_SRC_LENGTH,
    GRE_ROUTING_INFORMATION,
    GRE_CHECKSUM_INCORRECT,
};

static const FmName versions[] = { { 0, 0, "GRE" }, { 1, 0, "Enhanced GRE" }, { 0 } };

#define YES .yes = "Yes", .no = "No"

static const FmField fields[] = {
    [GRE] = { "gre", "Generic Routing Encapsulation", FM_PROTOCOL },
    [GRE_FLAGS_AND_VERSION] = { "gre.flags_and_version", "Flags and Version", FM_UINT16, FM_HEX },
    [GRE_FLAGS_CHECKSUM] = { "gre.flags.checksum", "Checksum Bit", FM_BOOL16, .mask = 0x8000, YES },
    [GRE_FLAGS_ROUTING] = { "gre.flags.routing", "Routing Bit", FM_BOOL16, .mask = 0x4000, YES },
    [GRE_FLAGS_KEY] = { "gre.flags.key", "Key Bit", FM_BOOL16, .mask = 0x2000, YES },
    [GRE_FLAGS_SEQUENCE_NUMBER] = { "gre.flags.sequence_number", "Sequence Number Bit", FM_BOOL16, .mask = 0x1000, YES },
    [GRE_FLAGS_STRICT_SOURCE_ROUTE] = { "gre.flags.strict_source_route", "Strict Source Route Bit", FM_BOOL16, .mask = 0x0800, YES },
    [GRE_FLAGS_RECURSION_CONTROL] = { "gre.flags.recursion_control", "Recursion control", FM_UINT16, FM_DEC, 0x0700 },
    [GRE_FLAGS_ACK] = { "gre.flags.ack", "Acknowledgment", FM_BOOL16, .mask = 0x0080, YES },
    [GRE_FLAGS_RESERVED_1] = { "gre.flags.reserved", "Flags (Reserved)", FM_UINT16, FM_DEC, 0x0078 },
    [GRE_FLAGS_RESERVED] = { "gre.flags.reserved", "Flags (Reserved)", FM_UINT16, FM_DEC, 0x00f8 },
    [GRE_FLAGS_VERSION] = { "gre.flags.version", "Version", FM_UINT16, FM_DEC, 0x0007, .names = versions },
    [GRE_PROTO] = { "gre.proto", "Protocol Type", FM_UINT16, FM_HEX, .names = fm_gre_protocols },
    [GRE_CHECKSUM] = { "gre.checksum", "Checksum", FM_UINT16, FM_HEX },
    [GRE_CHECKSUM_STATUS] = { "gre.checksum.status", "Checksum Status", FM_UINT8, .names = fm_checksum_names, .generated = true },
    [GRE_OFFSET] = { "gre.offset", "Offset", FM_UINT16, FM_DEC },
    [GRE_KEY] = { "gre.key", "Key", FM_UINT32, FM_HEX },
    [GRE_KEY_PAYLOAD_LENGTH] = { "gre.key.payload_length", "Payload Length", FM_UINT16, FM_DEC },
    [GRE_KEY_CALL_ID] = { "gre.key.call_id", "Call ID", FM_UINT16, FM_DEC },
    [GRE_SEQUENCE_NUMBER] = { "gre.sequence_number", "Sequence Number", FM_UINT32, FM_DEC },
    [GRE_ACK_NUMBER] = { "gre.ack_number", "Acknowledgment Number", FM_UINT32, FM_DEC },
    [GRE_ROUTING] = { "gre.routing", "Routing", FM_NONE },
    [GRE_ROUTING_ADDRESS_FAMILY] = { "gre.routing.address_family", "Address Family", FM_UINT16, FM_DEC },
    [GRE_ROUTING_SRE_OFFSET] = { "gre.routing.sre_offset", "SRE Offset", FM_UINT8, FM_DEC },
    [GRE_ROUTING_SRC_LENGTH] = { "gre.routing.src_length", "SRE Length", FM_UINT8, FM_DEC },
    [GRE_ROUTING_INFORMATION] = { "gre.routing.information", "Routing Information", FM_BYTES },
    [GRE_CHECKSUM_INCORRECT] = { "gre.checksum.incorrect", "Incorrect GRE Checksum", FM_EXPERT, .severity = FM_WARN,
                                 .group = FM_GROUP_PROTOCOL },
};

enum { PROTO_ERSPAN = 0x88be };
enum { HAS_CHECKSUM = 0x8000, HAS_ROUTING = 0x4000, HAS_KEY = 0x2000, HAS_SEQUENCE = 0x1000, HAS_ACK = 0x0080, VERSION_MASK = 7 };

static void add_checksum(FmDissection *d, FmCursor *c, const FmCursor *packet, bool checked)
{
    FmCursor here = *c;
    uint64_t checksum = fm_add(d, GRE_CHECKSUM, c);
    unsigned status = FM_CHECKSUM_UNVERIFIED;
    if (!checked || packet->lost || packet->fragment || d->quoting) {
        fm_label(d, GRE_CHECKSUM, "Checksum: 0x%04x [unverified]", (unsigned)checksum);
    } else {
        uint16_t sum = fm_checksum(fm_rest(packet)), right = fm_checksum_expected(sum, (uint16_t)checksum);
        status = sum == 0xffff ? FM_CHECKSUM_GOOD : FM_CHECKSUM_BAD;
        if (sum == 0xffff) {
            fm_label(d, GRE_CHECKSUM, "Checksum: 0x%04x [correct]", (unsigned)checksum);
        } else {
            fm_label(d, GRE_CHECKSUM, "Checksum: 0x%04x incorrect, should be 0x%04x", (unsigned)checksum, right);
            fm_expert_text(d, GRE_CHECKSUM_INCORRECT, "Incorrect GRE Checksum [should be 0x%04x]", right);
        }
    }
    fm_add_value(d, GRE_CHECKSUM_STATUS, &here, 0, status);
    fm_add(d, GRE_OFFSET, c);
}

/* Source route entries, the last of which is all zero. */
static void add_routing(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        fm_add_value(d, GRE_ROUTING, c, 4 + fm_peek(c, 3, 1), 0);
        uint64_t family = fm_add(d, GRE_ROUTING_ADDRESS_FAMILY, c);
        fm_add(d, GRE_ROUTING_SRE_OFFSET, c);
        uint64_t length = fm_add(d, GRE_ROUTING_SRC_LENGTH, c);
        if (length)
            fm_add_bytes(d, GRE_ROUTING_INFORMATION, c, length);
        if (family == 0 && length == 0)
            break;
    }
}

static uint64_t add_flags(FmDissection *d, FmCursor *c)
{
    uint64_t flags = fm_peek(c, 0, 2);
    fm_add_bits(d, GRE_FLAGS_AND_VERSION, c);
    fm_down(d);
    for (unsigned row = GRE_FLAGS_CHECKSUM; row <= GRE_FLAGS_RECURSION_CONTROL; row++)
        fm_add_number(d, &fields[row], row, c, false);
    if ((flags & VERSION_MASK) == 1) {
        fm_add_bits(d, GRE_FLAGS_ACK, c);
        fm_add_bits(d, GRE_FLAGS_RESERVED_1, c);
    } else {
        fm_add_bits(d, GRE_FLAGS_RESERVED, c);
    }
    fm_add(d, GRE_FLAGS_VERSION, c);
    fm_up(d);
    return flags;
}

static void gre_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor packet = *c;
    uint64_t flags = add_flags(d, c), type = fm_add(d, GRE_PROTO, c);
    const char *name = fm_name(fm_gre_protocols, type);
    if (name) {
        fm_title(d, "Generic Routing Encapsulation (%s)", name);
        fm_info(d, "Encapsulated %s", name);
    } else {
        fm_title(d, "Generic Routing Encapsulation (0x%04x - unknown)", (unsigned)type);
        fm_info(d, "Encapsulated 0x%04x (unknown)", (unsigned)type);
    }
    if (flags & (HAS_CHECKSUM | HAS_ROUTING))
        add_checksum(d, c, &packet, flags & HAS_CHECKSUM);
    if (flags & HAS_KEY && (flags & VERSION_MASK) == 1) {
        fm_add(d, GRE_KEY_PAYLOAD_LENGTH, c);
        fm_add(d, GRE_KEY_CALL_ID, c);
    } else if (flags & HAS_KEY) {
        fm_add(d, GRE_KEY, c);
    }
    if (flags & HAS_SEQUENCE)
        fm_add(d, GRE_SEQUENCE_NUMBER, c);
    if ((flags & VERSION_MASK) == 1 && flags & HAS_ACK)
        fm_add(d, GRE_ACK_NUMBER, c);
    if (flags & HAS_ROUTING)
        add_routing(d, c);
    if (!fm_ok(d) || !fm_left_on_wire(c))
        return;
    fm_length(d, (uint64_t)(c->at - packet.at));
    if (type == PROTO_ERSPAN && !(flags & HAS_SEQUENCE)) { /* its first type has no header of its own */
        fm_layer_name(d, "erspan");
        fm_call(d, &fm_ethernet, c);
        return;
    }
    if (fm_try(d, FM_GRE_PROTO, type, c))
        return;
    uint8_t floor = d->floor; /* bytes that nobody knows stand inside */
    d->floor = d->depth;
    fm_data(d, c);
    d->floor = floor;
}

const FmProtocol fm_gre = {
    .abbrev = "gre",
    .name = "GRE",
    .title = "Generic Routing Encapsulation",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, 47 }, { FM_UDP_PORT, 4754 }),
    .dissect = gre_dissect,
};
