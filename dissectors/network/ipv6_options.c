/* Options of IPv6's hop-by-hop and destination options headers (RFC 8200 §4.2). */
#include "config.h"

#include "dissectors/network/ipv6.h"

enum {
    IPV6_OPT,
    IPV6_OPT_TYPE,
    IPV6_OPT_TYPE_ACTION,
    IPV6_OPT_TYPE_CHANGE,
    IPV6_OPT_TYPE_REST,
    IPV6_OPT_LENGTH,
    IPV6_OPT_PAD1,
    IPV6_OPT_PADN,
    IPV6_OPT_PMTU_MIN,
    IPV6_OPT_PMTU_RTN,
    IPV6_OPT_PMTU_R_FLAG,
    IPV6_OPT_ROUTER_ALERT,
    IPV6_OPT_TEL,
    IPV6_OPT_JUMBO,
    IPV6_OPT_CALIPSO_DOI,
    IPV6_OPT_CALIPSO_CMPT_LENGTH,
    IPV6_OPT_CALIPSO_SENS_LEVEL,
    IPV6_OPT_CALIPSO_CHECKSUM,
    IPV6_OPT_CALIPSO_CMPT_BITMAP,
    IPV6_OPT_PDM_SCALE_DTLR,
    IPV6_OPT_PDM_SCALE_DTLS,
    IPV6_OPT_PDM_PSN_THIS_PKT,
    IPV6_OPT_PDM_PSN_LAST_RECV,
    IPV6_OPT_PDM_DELTA_LAST_RECV,
    IPV6_OPT_PDM_DELTA_LAST_SENT,
    IPV6_OPT_QS_FUNC,
    IPV6_OPT_QS_RATE,
    IPV6_OPT_QS_TTL,
    IPV6_OPT_QS_UNUSED,
    IPV6_OPT_QS_NONCE,
    IPV6_OPT_QS_RESERVED,
    IPV6_OPT_MIPV6_HOME_ADDRESS,
    IPV6_OPT_RPL_FLAG,
    IPV6_OPT_RPL_FLAG_O,
    IPV6_OPT_RPL_FLAG_R,
    IPV6_OPT_RPL_FLAG_F,
    IPV6_OPT_RPL_FLAG_RSV,
    IPV6_OPT_RPL_INSTANCE_ID,
    IPV6_OPT_RPL_SENDER_RANK,
    IPV6_OPT_ILNP_NONCE,
    IPV6_OPT_LIO_LENGTH,
    IPV6_OPT_LIO_LINE_ID,
    IPV6_OPT_MPL_FLAG,
    IPV6_OPT_MPL_FLAG_S,
    IPV6_OPT_MPL_FLAG_M,
    IPV6_OPT_MPL_FLAG_V,
    IPV6_OPT_MPL_FLAG_RSV,
    IPV6_OPT_MPL_SEQUENCE,
    IPV6_OPT_MPL_SEED_ID,
    IPV6_OPT_DFF_FLAGS,
    IPV6_OPT_DFF_FLAG_VER,
    IPV6_OPT_DFF_FLAG_DUP,
    IPV6_OPT_DFF_FLAG_RET,
    IPV6_OPT_DFF_FLAG_RSV,
    IPV6_OPT_DFF_SEQUENCE_NUMBER,
    IPV6_OPT_EXPERIMENTAL,
    IPV6_OPT_UNKNOWN,
    IPV6_OPT_UNKNOWN_DATA,
    IPV6_OPT_INVALID_LEN,
    IPV6_OPT_UNKNOWN_DATA_EXPERT,
    IPV6_OPT_HEADER_MISMATCH,
    IPV6_OPT_DEPRECATED,
};

static const FmName types[] = {
    { 0, 0, "Pad1" },
    { 1, 0, "PadN" },
    { 4, 0, "Tunnel Encapsulation Limit" },
    { 5, 0, "Router Alert" },
    { 7, 0, "CALIPSO" },
    { 8, 0, "SMF_DPD" },
    { 15, 0, "Performance and Diagnostic Metrics" },
    { 30, 0, "Experimental (0x1E)" },
    { 38, 0, "Quick-Start" },
    { 48, 0, "Path MTU Option" },
    { 62, 0, "Experimental (0x3E)" },
    { 65, 0, "Tunnel Payload Forwarding (TPF) Information" },
    { 94, 0, "Experimental (0x5E)" },
    { 99, 0, "RPL Option" },
    { 109, 0, "MPL Option" },
    { 126, 0, "Experimental (0x7E)" },
    { 138, 0, "Endpoint Identification" },
    { 139, 0, "ILNP Nonce" },
    { 140, 0, "Line-Identification Option" },
    { 158, 0, "Experimental (0x9E)" },
    { 190, 0, "Experimental (0xBE)" },
    { 194, 0, "Jumbo Payload" },
    { 201, 0, "Home Address" },
    { 222, 0, "Experimental (0xDE)" },
    { 238, 0, "IP_DFF" },
    { 254, 0, "Experimental (0xFE)" },
    { 0 },
};

static const FmName actions[] = {
    { 0, 0, "Skip and continue" },
    { 1, 0, "Discard" },
    { 2, 0, "Discard and send ICMP Parameter Problem" },
    { 3, 0, "Discard and send ICMP if not multicast" },
    { 0 },
};

static const FmName router_alerts[] = { { 0, 0, "MLD" }, { 1, 0, "RSVP" }, { 2, 0, "Active Network" }, { 0 } };
static const FmName quick_start_functions[] = { { 0, 0, "Rate request" }, { 8, 0, "Rate report" }, { 0 } };

static const FmName quick_start_rates[] = {
    { 0, 0, "0 bit/s" },        { 1, 0, "80 Kbit/s" },      { 2, 0, "160 Kbit/s" },     { 3, 0, "320 Kbit/s" },
    { 4, 0, "640 Kbit/s" },     { 5, 0, "1.28 Mbit/s" },    { 6, 0, "2.56 Mbit/s" },    { 7, 0, "5.12 Mbit/s" },
    { 8, 0, "10.24 Mbit/s" },   { 9, 0, "20.48 Mbit/s" },   { 10, 0, "40.96 Mbit/s" },  { 11, 0, "81.92 Mbit/s" },
    { 12, 0, "163.84 Mbit/s" }, { 13, 0, "327.68 Mbit/s" }, { 14, 0, "655.36 Mbit/s" }, { 15, 0, "1.31072 Gbit/s" },
    { 0 },
};

static const FmName seed_sizes[] = {
    { 0, 0, "0" },
    { 1, 0, "16-bit unsigned integer" },
    { 2, 0, "64-bit unsigned integer" },
    { 3, 0, "128-bit unsigned integer" },
    { 0 },
};

static const FmField fields[] = {
    [IPV6_OPT] = { "ipv6.opt", "IPv6 Option", FM_NONE },
    [IPV6_OPT_TYPE] = { "ipv6.opt.type", "Type", FM_UINT8, FM_HEX, .names = types },
    [IPV6_OPT_TYPE_ACTION] = { "ipv6.opt.type.action", "Action", FM_UINT8, FM_DEC, 0xc0, .names = actions },
    [IPV6_OPT_TYPE_CHANGE] = { "ipv6.opt.type.change", "May Change", FM_BOOL8, .mask = 0x20, .yes = "Yes", .no = "No" },
    [IPV6_OPT_TYPE_REST] = { "ipv6.opt.type.rest", "Low-Order Bits", FM_UINT8, FM_HEX, 0x1f },
    [IPV6_OPT_LENGTH] = { "ipv6.opt.length", "Length", FM_UINT8, FM_DEC },
    [IPV6_OPT_PAD1] = { "ipv6.opt.pad1", "Pad1", FM_NONE },
    [IPV6_OPT_PADN] = { "ipv6.opt.padn", "PadN", FM_BYTES, .no = "<none>" },
    [IPV6_OPT_PMTU_MIN] = { "ipv6.opt.pmtu.min", "Minimum Reported PMTU", FM_UINT16, FM_DEC },
    [IPV6_OPT_PMTU_RTN] = { "ipv6.opt.pmtu.rtn", "Return Minimum PMTU", FM_UINT16, FM_DEC },
    [IPV6_OPT_PMTU_R_FLAG] = { "ipv6.opt.pmtu.r_flag", "Return Flag", FM_BOOL8 },
    [IPV6_OPT_ROUTER_ALERT] = { "ipv6.opt.router_alert", "Router Alert", FM_UINT16, FM_DEC, .names = router_alerts },
    [IPV6_OPT_TEL] = { "ipv6.opt.tel", "Tunnel Encapsulation Limit", FM_UINT8, FM_DEC },
    [IPV6_OPT_JUMBO] = { "ipv6.opt.jumbo", "Payload Length", FM_UINT32, FM_DEC },
    [IPV6_OPT_CALIPSO_DOI] = { "ipv6.opt.calipso.doi", "CALIPSO Domain of Interpretation", FM_UINT32, FM_DEC },
    [IPV6_OPT_CALIPSO_CMPT_LENGTH] = { "ipv6.opt.calipso.cmpt.length", "Compartment Length", FM_UINT8, FM_DEC },
    [IPV6_OPT_CALIPSO_SENS_LEVEL] = { "ipv6.opt.calipso.sens_level", "Sensitivity Level", FM_UINT8, FM_DEC },
    [IPV6_OPT_CALIPSO_CHECKSUM] = { "ipv6.opt.calipso.checksum", "Checksum", FM_UINT16, FM_HEX },
    [IPV6_OPT_CALIPSO_CMPT_BITMAP] = { "ipv6.opt.calipso.cmpt_bitmap", "Compartment Bitmap", FM_BYTES },
    [IPV6_OPT_PDM_SCALE_DTLR] = { "ipv6.opt.pdm.scale_dtlr", "Scale DTLR", FM_UINT8, FM_DEC },
    [IPV6_OPT_PDM_SCALE_DTLS] = { "ipv6.opt.pdm.scale_dtls", "Scale DTLS", FM_UINT8, FM_DEC },
    [IPV6_OPT_PDM_PSN_THIS_PKT] = { "ipv6.opt.pdm.psn_this_pkt", "PSN This Packet", FM_UINT16, FM_DEC },
    [IPV6_OPT_PDM_PSN_LAST_RECV] = { "ipv6.opt.pdm.psn_last_recv", "PSN Last Received", FM_UINT16, FM_DEC },
    [IPV6_OPT_PDM_DELTA_LAST_RECV] = { "ipv6.opt.pdm.delta_last_recv", "Delta Time Last Received", FM_UINT16, FM_DEC },
    [IPV6_OPT_PDM_DELTA_LAST_SENT] = { "ipv6.opt.pdm.delta_last_sent", "Delta Time Last Sent", FM_UINT16, FM_DEC },
    [IPV6_OPT_QS_FUNC] = { "ipv6.opt.qs_func", "Function", FM_UINT8, FM_DEC, 0xf0, .names = quick_start_functions },
    [IPV6_OPT_QS_RATE] = { "ipv6.opt.qs_rate", "Rate", FM_UINT8, FM_DEC, 0x0f, .names = quick_start_rates },
    [IPV6_OPT_QS_TTL] = { "ipv6.opt.qs_ttl", "QS TTL", FM_UINT8, FM_DEC },
    [IPV6_OPT_QS_UNUSED] = { "ipv6.opt.qs_unused", "Not Used", FM_UINT8, FM_DEC },
    [IPV6_OPT_QS_NONCE] = { "ipv6.opt.qs_nonce", "QS Nonce", FM_UINT32, FM_HEX, 0xfffffffc },
    [IPV6_OPT_QS_RESERVED] = { "ipv6.opt.qs_reserved", "Reserved", FM_UINT32, FM_HEX, 0x3 },
    [IPV6_OPT_MIPV6_HOME_ADDRESS] = { "ipv6.opt.mipv6.home_address", "MIPv6 Home Address", FM_IPV6 },
    [IPV6_OPT_RPL_FLAG] = { "ipv6.opt.rpl.flag", "Flag", FM_UINT8, FM_HEX },
    [IPV6_OPT_RPL_FLAG_O] = { "ipv6.opt.rpl.flag.o", "Down", FM_BOOL8, .mask = 0x80 },
    [IPV6_OPT_RPL_FLAG_R] = { "ipv6.opt.rpl.flag.r", "Rank Error", FM_BOOL8, .mask = 0x40 },
    [IPV6_OPT_RPL_FLAG_F] = { "ipv6.opt.rpl.flag.f", "Forwarding Error", FM_BOOL8, .mask = 0x20 },
    [IPV6_OPT_RPL_FLAG_RSV] = { "ipv6.opt.rpl.flag.rsv", "Reserved", FM_UINT8, FM_HEX, 0x1f },
    [IPV6_OPT_RPL_INSTANCE_ID] = { "ipv6.opt.rpl.instance_id", "RPLInstanceID", FM_UINT8, FM_HEX },
    [IPV6_OPT_RPL_SENDER_RANK] = { "ipv6.opt.rpl.sender_rank", "Sender Rank", FM_UINT16, FM_HEX },
    [IPV6_OPT_ILNP_NONCE] = { "ipv6.opt.ilnp_nonce", "ILNP Nonce", FM_BYTES },
    [IPV6_OPT_LIO_LENGTH] = { "ipv6.opt.lio.length", "LineIDLen", FM_UINT8, FM_DEC },
    [IPV6_OPT_LIO_LINE_ID] = { "ipv6.opt.lio.line_id", "Line ID", FM_STRING },
    [IPV6_OPT_MPL_FLAG] = { "ipv6.opt.mpl.flag", "Flag", FM_UINT8, FM_HEX },
    [IPV6_OPT_MPL_FLAG_S] = { "ipv6.opt.mpl.flag.s", "Seed ID Length", FM_UINT8, FM_DEC, 0xc0, .names = seed_sizes },
    [IPV6_OPT_MPL_FLAG_M] = { "ipv6.opt.mpl.flag.m", "Largest Sequence", FM_BOOL8, .mask = 0x20 },
    [IPV6_OPT_MPL_FLAG_V] = { "ipv6.opt.mpl.flag.v", "Version", FM_BOOL8, .mask = 0x10 },
    [IPV6_OPT_MPL_FLAG_RSV] = { "ipv6.opt.mpl.flag.rsv", "Reserved", FM_UINT8, FM_HEX, 0x0f },
    [IPV6_OPT_MPL_SEQUENCE] = { "ipv6.opt.mpl.sequence", "Sequence", FM_UINT8, FM_HEX },
    [IPV6_OPT_MPL_SEED_ID] = { "ipv6.opt.mpl.seed_id", "Seed ID", FM_BYTES },
    [IPV6_OPT_DFF_FLAGS] = { "ipv6.opt.dff.flags", "Flags", FM_UINT8, FM_HEX },
    [IPV6_OPT_DFF_FLAG_VER] = { "ipv6.opt.dff.flag.ver", "Version (VER)", FM_UINT8, FM_DEC, 0xc0 },
    [IPV6_OPT_DFF_FLAG_DUP] = { "ipv6.opt.dff.flag.dup", "Duplicate (DUP)", FM_BOOL8, .mask = 0x20 },
    [IPV6_OPT_DFF_FLAG_RET] = { "ipv6.opt.dff.flag.ret", "Return (RET)", FM_BOOL8, .mask = 0x10 },
    [IPV6_OPT_DFF_FLAG_RSV] = { "ipv6.opt.dff.flag.rsv", "Reserved", FM_UINT8, FM_HEX, 0x0f },
    [IPV6_OPT_DFF_SEQUENCE_NUMBER] = { "ipv6.opt.dff.sequence_number", "Sequence Number", FM_UINT16, FM_DEC_HEX },
    [IPV6_OPT_EXPERIMENTAL] = { "ipv6.opt.experimental", "Experimental Option", FM_BYTES },
    [IPV6_OPT_UNKNOWN] = { "ipv6.opt.unknown", "Unknown Option Payload", FM_BYTES },
    [IPV6_OPT_UNKNOWN_DATA] = { "ipv6.opt_unknown_data", "Unknown Data", FM_BYTES },
    [IPV6_OPT_INVALID_LEN] = { "ipv6.opt.invalid_len", "Invalid IPv6 option length", FM_EXPERT, .severity = FM_ERROR,
                               .group = FM_GROUP_MALFORMED },
    [IPV6_OPT_UNKNOWN_DATA_EXPERT] = { "ipv6.opt.unknown_data.expert", "Unknown Data (not interpreted)", FM_EXPERT,
                                       .severity = FM_NOTE, .group = FM_GROUP_UNDECODED },
    [IPV6_OPT_HEADER_MISMATCH] = { "ipv6.opt.header_mismatch", "Wrong options extension header for type", FM_EXPERT,
                                   .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [IPV6_OPT_DEPRECATED] = { "ipv6.opt.deprecated", "Option type is deprecated", FM_EXPERT, .severity = FM_NOTE,
                              .group = FM_GROUP_DEPRECATED },
};

enum {
    OPTION_PAD1 = 0, OPTION_PADN = 1, OPTION_TUNNEL_LIMIT = 4, OPTION_ROUTER_ALERT = 5, OPTION_CALIPSO = 7, OPTION_PDM = 15,
    OPTION_QUICK_START = 38, OPTION_PMTU = 48, OPTION_RPL = 99, OPTION_MPL = 109, OPTION_ENDPOINT = 138, OPTION_ILNP = 139,
    OPTION_LINE = 140, OPTION_JUMBO = 194, OPTION_HOME_ADDRESS = 201, OPTION_DFF = 238,
};

static void add_rest(FmDissection *d, FmCursor *c, unsigned row)
{
    if (fm_left(c))
        fm_add_bytes(d, row, c, fm_left(c));
}

static void add_quick_start(FmDissection *d, FmCursor *c)
{
    uint64_t function = fm_add_bits(d, IPV6_OPT_QS_FUNC, c);
    fm_add(d, IPV6_OPT_QS_RATE, c);
    if (function == 0)
        fm_add(d, IPV6_OPT_QS_TTL, c);
    else
        fm_add(d, IPV6_OPT_QS_UNUSED, c);
    fm_add_bits(d, IPV6_OPT_QS_NONCE, c);
    fm_add(d, IPV6_OPT_QS_RESERVED, c);
}

static void add_pmtu(FmDissection *d, FmCursor *c)
{
    fm_add(d, IPV6_OPT_PMTU_MIN, c);
    uint64_t value = fm_peek(c, 0, 2);
    fm_add_value(d, IPV6_OPT_PMTU_RTN, c, 2, value & 0xfffe);
    fm_add_value(d, IPV6_OPT_PMTU_R_FLAG, c, 2, value & 1);
    fm_skip(c, 2);
}

/* What must be as long as RFCs have it. */
static void check_length(FmDissection *d, const char *name, uint64_t length, uint64_t right)
{
    if (length != right)
        fm_expert_text(d, IPV6_OPT_INVALID_LEN, "%s: Invalid Length (%u bytes)", name, (unsigned)length);
}

static void add_contents(FmDissection *d, FmCursor *c, uint64_t type, uint64_t length)
{
    switch (type) {
    case OPTION_PADN: fm_add_bytes(d, IPV6_OPT_PADN, c, length); break;
    case OPTION_TUNNEL_LIMIT:
        check_length(d, "Tunnel Encapsulation Limit", length, 1);
        fm_add(d, IPV6_OPT_TEL, c);
        break;
    case OPTION_ROUTER_ALERT:
        check_length(d, "Router alert", length, 2);
        fm_add(d, IPV6_OPT_ROUTER_ALERT, c);
        break;
    case OPTION_CALIPSO:
        fm_add(d, IPV6_OPT_CALIPSO_DOI, c);
        length = fm_add(d, IPV6_OPT_CALIPSO_CMPT_LENGTH, c) * 4;
        fm_add(d, IPV6_OPT_CALIPSO_SENS_LEVEL, c);
        fm_add(d, IPV6_OPT_CALIPSO_CHECKSUM, c);
        fm_add_bytes(d, IPV6_OPT_CALIPSO_CMPT_BITMAP, c, length);
        break;
    case OPTION_PDM:
        fm_add(d, IPV6_OPT_PDM_SCALE_DTLR, c);
        fm_add(d, IPV6_OPT_PDM_SCALE_DTLS, c);
        fm_add(d, IPV6_OPT_PDM_PSN_THIS_PKT, c);
        fm_add(d, IPV6_OPT_PDM_PSN_LAST_RECV, c);
        fm_add(d, IPV6_OPT_PDM_DELTA_LAST_RECV, c);
        fm_add(d, IPV6_OPT_PDM_DELTA_LAST_SENT, c);
        break;
    case OPTION_QUICK_START: add_quick_start(d, c); break;
    case OPTION_PMTU: add_pmtu(d, c); break;
    case OPTION_RPL:
        fm_add_flags(d, IPV6_OPT_RPL_FLAG, IPV6_OPT_RPL_FLAG_O, IPV6_OPT_RPL_FLAG_RSV, c);
        fm_add(d, IPV6_OPT_RPL_INSTANCE_ID, c);
        fm_add(d, IPV6_OPT_RPL_SENDER_RANK, c);
        break;
    case OPTION_MPL:
        fm_add_flags(d, IPV6_OPT_MPL_FLAG, IPV6_OPT_MPL_FLAG_S, IPV6_OPT_MPL_FLAG_RSV, c);
        fm_add(d, IPV6_OPT_MPL_SEQUENCE, c);
        add_rest(d, c, IPV6_OPT_MPL_SEED_ID);
        break;
    case OPTION_ILNP: add_rest(d, c, IPV6_OPT_ILNP_NONCE); break;
    case OPTION_LINE:
        length = fm_add(d, IPV6_OPT_LIO_LENGTH, c);
        fm_add_bytes(d, IPV6_OPT_LIO_LINE_ID, c, length);
        break;
    case OPTION_JUMBO:
        check_length(d, "Jumbo payload", length, 4);
        fm_add(d, IPV6_OPT_JUMBO, c);
        break;
    case OPTION_HOME_ADDRESS:
        check_length(d, "Home Address", length, 16);
        fm_add_bytes(d, IPV6_OPT_MIPV6_HOME_ADDRESS, c, 16);
        break;
    case OPTION_DFF:
        fm_add_flags(d, IPV6_OPT_DFF_FLAGS, IPV6_OPT_DFF_FLAG_VER, IPV6_OPT_DFF_FLAG_RSV, c);
        fm_add(d, IPV6_OPT_DFF_SEQUENCE_NUMBER, c);
        break;
    case 0x1e: case 0x3e: case 0x5e: case 0x7e: case 0x9e: case 0xbe: case 0xde: case 0xfe:
        add_rest(d, c, IPV6_OPT_EXPERIMENTAL);
        break;
    default:
        if (fm_left(c)) {
            fm_add_bytes(d, IPV6_OPT_UNKNOWN, c, fm_left(c));
            fm_expert(d, IPV6_OPT_UNKNOWN_DATA_EXPERT);
        }
        break;
    }
    if (fm_left(c)) {
        fm_add_bytes(d, IPV6_OPT_UNKNOWN_DATA, c, fm_left(c));
        fm_expert(d, IPV6_OPT_UNKNOWN_DATA_EXPERT);
    }
}

/* Options that belong into the other header. The hop-by-hop header is told by the protocol that calls this part. */
static void check_place(FmDissection *d, uint64_t type)
{
    const FmProtocol *header = fm_catalog_protocol_at(d->packet->catalog, d->layer);
    static const struct {
        uint8_t type;
        bool hop_by_hop;
        const char *name;
    } places[] = {
        { OPTION_TUNNEL_LIMIT, false, "Tunnel Encapsulation Limit" }, { OPTION_ROUTER_ALERT, true, "Router Alert" },
        { OPTION_CALIPSO, true, "CALIPSO" },                          { OPTION_PDM, false, "Performance and Diagnostic Metrics" },
        { OPTION_QUICK_START, true, "Quick-Start" },                  { OPTION_PMTU, true, "Path MTU Option" },
        { OPTION_RPL, true, "RPL Option" },                           { OPTION_MPL, true, "MPL Option" },
        { OPTION_ILNP, false, "ILNP Nonce" },                         { OPTION_LINE, false, "Line-Identification Option" },
        { OPTION_JUMBO, true, "Jumbo Payload" },                      { OPTION_HOME_ADDRESS, false, "Home Address" },
        { OPTION_DFF, true, "IP_DFF" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (places[i].type == type && places[i].hop_by_hop != (header == &fm_ipv6_hopopts))
            fm_expert_text(d, IPV6_OPT_HEADER_MISMATCH, "%s must use a %s options header", places[i].name,
                           places[i].hop_by_hop ? "hop-by-hop" : "destination");
}

static void add_option(FmDissection *d, FmCursor *c)
{
    uint64_t type = fm_peek(c, 0, 1);
    FmSubtree subtree = fm_open(d, IPV6_OPT, c);
    const char *name = fm_name(types, type);
    if (name)
        fm_subtree_label(d, subtree, "%s", name);
    else
        fm_subtree_label(d, subtree, "Unknown IPv6 Option (%u)", (unsigned)type);
    if (type == OPTION_PAD1) {
        fm_add(d, IPV6_OPT_TYPE, c);
        fm_add_value(d, IPV6_OPT_PAD1, c, 0, 0);
        fm_close(d, subtree, c);
        return;
    }
    FmCursor bits = *c;
    fm_add(d, IPV6_OPT_TYPE, c);
    check_place(d, type);
    fm_down(d);
    for (unsigned row = IPV6_OPT_TYPE_ACTION; row <= IPV6_OPT_TYPE_REST; row++)
        fm_add_number(d, &fields[row], row, &bits, false);
    fm_up(d);
    uint64_t length = fm_add(d, IPV6_OPT_LENGTH, c);
    FmCursor body = fm_take(c, length);
    if (fm_ok(d))
        add_contents(d, &body, type, length);
    fm_close(d, subtree, c);
}

static void options_dissect(FmDissection *d, FmCursor *c)
{
    while (fm_left(c))
        add_option(d, c);
}

const FmProtocol fm_ipv6_options = {
    .abbrev = "ipv6_options",
    .title = "IPv6 options",
    FM_FIELDS(fields),
    .dissect = options_dissect,
    .part = true,
};

/* The contents of the first option of `type` that has `size` bytes, or NULL. */
static const uint8_t *find_option(FmSlice header, uint8_t type, size_t size)
{
    if (header.size < 2)
        return NULL;
    size_t end = MIN(header.size, (header.data[1] + 1u) * 8);
    for (size_t i = 2; i + 1 < end;) {
        if (header.data[i] == OPTION_PAD1) {
            i++;
            continue;
        }
        size_t length = header.data[i + 1];
        if (header.data[i] == type && length == size && i + 2 + length <= end)
            return header.data + i + 2;
        i += 2 + length;
    }
    return NULL;
}

uint64_t fm_ipv6_jumbo_length(FmSlice header)
{
    const uint8_t *length = find_option(header, OPTION_JUMBO, 4);
    return length ? fm_be(length, 4) : 0;
}

const uint8_t *fm_ipv6_home_address(FmSlice header)
{
    return find_option(header, OPTION_HOME_ADDRESS, 16);
}
