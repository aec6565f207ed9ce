/* ERSPAN, types II and III: frames that a Cisco switch mirrors through GRE. */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    ERSPAN,
    ERSPAN_VERSION,
    ERSPAN_VLAN,
    ERSPAN_COS,
    ERSPAN_ENCAP,
    ERSPAN_BSO,
    ERSPAN_TRUNCATED,
    ERSPAN_SPANID,
    ERSPAN_RESERVED,
    ERSPAN_INDEX,
    ERSPAN_TIMESTAMP,
    ERSPAN_SGT,
    ERSPAN_P,
    ERSPAN_FT,
    ERSPAN_HW,
    ERSPAN_DIRECTION,
    ERSPAN_GRA,
    ERSPAN_O,
    ERSPAN_PLATID,
};

static const FmName versions[] = { { 1, 0, "Type II" }, { 2, 0, "Type III" }, { 0 } };

static const FmName encapsulations[] = {
    { 0, 0, "Originally without VLAN tag" }, { 1, 0, "Originally ISL encapsulated" }, { 2, 0, "Originally 802.1Q encapsulated" },
    { 3, 0, "VLAN tag preserved in frame" }, { 0 },
};

static const FmName integrities[] = {
    { 0, 0, "Good or unknown integrity" }, { 1, 0, "Short frame" }, { 2, 0, "Oversized frame" }, { 3, 0, "CRC or alignment error" },
    { 0 },
};

static const FmName truncations[] = { { 0, 0, "Not truncated" }, { 1, 0, "Truncated" }, { 0 } };
static const FmName frame_types[] = { { 0, 0, "Ethernet" }, { 2, 0, "IP" }, { 0 } };

static const FmName granularities[] = {
    { 0, 0, "100 microseconds" }, { 1, 0, "100 nanoseconds" }, { 2, 0, "IEEE 1588" }, { 3, 0, "Custom granularity" }, { 0 },
};

static const FmField fields[] = {
    [ERSPAN] = { "erspan", "Encapsulated Remote Switch Packet ANalysis", FM_PROTOCOL },
    [ERSPAN_VERSION] = { "erspan.version", "Version", FM_UINT16, FM_DEC, 0xf000, .names = versions },
    [ERSPAN_VLAN] = { "erspan.vlan", "Vlan", FM_UINT16, FM_DEC, 0x0fff },
    [ERSPAN_COS] = { "erspan.cos", "COS", FM_UINT16, FM_DEC, 0xe000 },
    [ERSPAN_ENCAP] = { "erspan.encap", "Encap", FM_UINT16, FM_DEC, 0x1800, .names = encapsulations },
    [ERSPAN_BSO] = { "erspan.bso", "Bad/Short/Oversized", FM_UINT16, FM_DEC, 0x1800, .names = integrities },
    [ERSPAN_TRUNCATED] = { "erspan.truncated", "Truncated", FM_UINT16, FM_DEC, 0x0400, .names = truncations },
    [ERSPAN_SPANID] = { "erspan.spanid", "SpanID", FM_UINT16, FM_DEC, 0x03ff },
    [ERSPAN_RESERVED] = { "erspan.reserved", "Reserved", FM_UINT32, FM_DEC, 0xfff00000 },
    [ERSPAN_INDEX] = { "erspan.index", "Index", FM_UINT32, FM_DEC, 0x000fffff },
    [ERSPAN_TIMESTAMP] = { "erspan.timestamp", "Timestamp", FM_UINT32, FM_DEC },
    [ERSPAN_SGT] = { "erspan.sgt", "Security Group Tag", FM_UINT16, FM_DEC },
    [ERSPAN_P] = { "erspan.p", "Has Ethernet PDU", FM_UINT16, FM_DEC, 0x8000 },
    [ERSPAN_FT] = { "erspan.ft", "Frame Type", FM_UINT16, FM_DEC, 0x7c00, .names = frame_types },
    [ERSPAN_HW] = { "erspan.hw", "Hardware ID", FM_UINT16, FM_DEC, 0x03f0 },
    [ERSPAN_DIRECTION] = { "erspan.direction", "Direction", FM_BOOL16, .mask = 0x0008, .yes = "Egress", .no = "Ingress" },
    [ERSPAN_GRA] = { "erspan.gra", "Timestamp granularity", FM_UINT16, FM_DEC, 0x0006, .names = granularities },
    [ERSPAN_O] = { "erspan.o", "Optional Sub headers", FM_UINT16, FM_DEC, 0x0001 },
    [ERSPAN_PLATID] = { "erspan.platid", "Platform ID", FM_UINT32, FM_DEC, 0xfc000000 },
};

enum { TYPE_II = 1, TYPE_III = 2, HAS_SUBHEADER = 1, SUBHEADER_SIZE = 8 };

static void erspan_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    uint64_t version = fm_add_bits(d, ERSPAN_VERSION, c);
    fm_title(d, "Encapsulated Remote Switch Packet ANalysis Type %s", version == TYPE_III ? "III" : "II");
    fm_add(d, ERSPAN_VLAN, c);
    fm_add_bits(d, ERSPAN_COS, c);
    if (version == TYPE_III)
        fm_add_bits(d, ERSPAN_BSO, c);
    else
        fm_add_bits(d, ERSPAN_ENCAP, c);
    fm_add_bits(d, ERSPAN_TRUNCATED, c);
    fm_add(d, ERSPAN_SPANID, c);
    if (version == TYPE_II) {
        fm_add_bits(d, ERSPAN_RESERVED, c);
        fm_add(d, ERSPAN_INDEX, c);
    } else if (version == TYPE_III) {
        fm_add(d, ERSPAN_TIMESTAMP, c);
        fm_add(d, ERSPAN_SGT, c);
        fm_add_bits(d, ERSPAN_P, c);
        fm_add_bits(d, ERSPAN_FT, c);
        fm_add_bits(d, ERSPAN_HW, c);
        fm_add_bits(d, ERSPAN_DIRECTION, c);
        fm_add_bits(d, ERSPAN_GRA, c);
        if (fm_add(d, ERSPAN_O, c) == HAS_SUBHEADER) {
            fm_add_bits(d, ERSPAN_PLATID, c);
            fm_skip(c, SUBHEADER_SIZE);
        }
    }
    if (!fm_ok(d))
        return;
    fm_length(d, (uint64_t)(c->at - header.at));
    fm_call(d, &fm_ethernet, c);
}

const FmProtocol fm_erspan = {
    .abbrev = "erspan",
    .name = "ERSPAN",
    .title = "Encapsulated Remote Switch Packet ANalysis",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_GRE_PROTO, 0x88be }, { FM_GRE_PROTO, 0x22eb }),
    .dissect = erspan_dissect,
};
