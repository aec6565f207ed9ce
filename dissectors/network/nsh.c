/* Network Service Header (RFC 8300). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    NSH,
    NSH_VERSION,
    NSH_OBIT,
    NSH_CBIT,
    NSH_TTL,
    NSH_LENGTH,
    NSH_MDTYPE,
    NSH_NEXTPROTO,
    NSH_SPI,
    NSH_SI,
    NSH_CONTEXTHEADER,
    NSH_METADATACLASS,
    NSH_METADATATYPE,
    NSH_METADATAUNASSIGNEDBIT,
    NSH_METADATALEN,
    NSH_METADATA,
    NSH_LENGTH_INVALID,
};

static const FmName next_protocols[] = {
    { 0, 0, "None" },           { 1, 0, "IPv4" },           { 2, 0, "IPv6" }, { 3, 0, "Ethernet" }, { 4, 0, "NSH" }, { 5, 0, "MPLS" },
    { 254, 0, "Experiment 1" }, { 255, 0, "Experiment 2" }, { 0 },
};

static const FmField fields[] = {
    [NSH] = { "nsh", "Network Service Header", FM_PROTOCOL },
    [NSH_VERSION] = { "nsh.version", "Version", FM_UINT16, FM_DEC_HEX, 0xc000 },
    [NSH_OBIT] = { "nsh.Obit", "O Bit", FM_UINT16, FM_DEC, 0x2000 },
    [NSH_CBIT] = { "nsh.CBit", "C Bit", FM_UINT16, FM_DEC, 0x1000 },
    [NSH_TTL] = { "nsh.ttl", "Time to live", FM_UINT16, FM_HEX, 0x0fc0 },
    [NSH_LENGTH] = { "nsh.length", "Length", FM_UINT16, FM_DEC_HEX, 0x003f },
    [NSH_MDTYPE] = { "nsh.mdtype", "MD Type", FM_UINT8, FM_DEC_HEX },
    [NSH_NEXTPROTO] = { "nsh.nextproto", "Next Protocol", FM_UINT8, FM_DEC_HEX, .names = next_protocols },
    [NSH_SPI] = { "nsh.spi", "SPI", FM_UINT24, FM_DEC_HEX },
    [NSH_SI] = { "nsh.si", "SI", FM_UINT8, FM_DEC_HEX },
    [NSH_CONTEXTHEADER] = { "nsh.contextheader", "Context Header", FM_BYTES },
    [NSH_METADATACLASS] = { "nsh.metadataclass", "TLV Class", FM_UINT16, FM_DEC_HEX },
    [NSH_METADATATYPE] = { "nsh.metadatatype", "Type", FM_UINT8, FM_DEC_HEX },
    [NSH_METADATAUNASSIGNEDBIT] = { "nsh.metadataunassignedbit", "Unassigned Bit", FM_UINT8, FM_HEX, 0x80 },
    [NSH_METADATALEN] = { "nsh.metadatalen", "Length", FM_UINT8, FM_HEX, 0x7f },
    [NSH_METADATA] = { "nsh.metadata", "Variable Metadata", FM_BYTES },
    [NSH_LENGTH_INVALID] = { "nsh.length.invalid", "Invalid total length", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
};

enum { BASE_SIZE = 8, CONTEXT_SIZE = 4, CONTEXT_COUNT = 4, TLV_HEADER_SIZE = 4 };

static void metadata(FmDissection *d, FmCursor *c)
{
    fm_add(d, NSH_METADATACLASS, c);
    fm_add(d, NSH_METADATATYPE, c);
    fm_add_number(d, &fields[NSH_METADATAUNASSIGNEDBIT], NSH_METADATAUNASSIGNEDBIT, c, false);
    uint64_t length = fm_add(d, NSH_METADATALEN, c);
    if (!length)
        return;
    fm_add_bytes(d, NSH_METADATA, c, length);
    fm_skip(c, MIN(-length & 3, fm_left(c)));
}

static void nsh_dissect(FmDissection *d, FmCursor *c)
{
    for (unsigned row = NSH_VERSION; row < NSH_LENGTH; row++)
        fm_add_number(d, &fields[row], row, c, false);
    uint64_t size = fm_add(d, NSH_LENGTH, c) * 4;
    uint64_t type = fm_add(d, NSH_MDTYPE, c), next = fm_add(d, NSH_NEXTPROTO, c);
    fm_info(d, "Next: %s", fm_name(next_protocols, next) ? fm_name(next_protocols, next) : "Unknown");
    fm_add(d, NSH_SPI, c);
    fm_add(d, NSH_SI, c);
    if (!fm_ok(d))
        return;
    if (size < BASE_SIZE) {
        fm_expert(d, NSH_LENGTH_INVALID);
        return;
    }
    fm_length(d, size);
    FmCursor context = fm_take(c, size - BASE_SIZE);
    if (type == 1)
        for (unsigned i = 0; i < CONTEXT_COUNT && fm_left(&context); i++)
            fm_add_bytes(d, NSH_CONTEXTHEADER, &context, CONTEXT_SIZE);
    else if (type == 2)
        while (fm_left(&context) >= TLV_HEADER_SIZE)
            metadata(d, &context);
    switch (next) {
    case 1: fm_call(d, &fm_ipv4, c); break;
    case 2: fm_call(d, &fm_ipv6, c); break;
    case 3: fm_call(d, &fm_ethernet, c); break;
    case 4: fm_call(d, &fm_nsh, c); break;
    case 5: fm_call(d, &fm_mpls, c); break;
    default: fm_data(d, c); break;
    }
}

const FmProtocol fm_nsh = {
    .abbrev = "nsh",
    .name = "NSH",
    .title = "Network Service Header",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x894f }, { FM_GRE_PROTO, 0x894f }),
    .dissect = nsh_dissect,
};
