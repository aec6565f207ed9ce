/* ICMPv6 (RFC 4443), Neighbor Discovery (RFC 4861), MLD (RFC 2710, RFC 3810). */
#include "config.h"

#include "dissectors/network/icmpv6.h"

#include "base/checksum.h"
#include "dissectors/network/icmp.h"
#include "dissectors/network/names.h"

enum {
    ICMPV6,
    ICMPV6_TYPE,
    ICMPV6_CODE,
    ICMPV6_CHECKSUM,
    ICMPV6_CHECKSUM_STATUS,
    ICMPV6_RESERVED,
    ICMPV6_DATA,
    ICMPV6_UNKNOWN_DATA,
    ICMPV6_MTU,
    ICMPV6_POINTER,
    ICMPV6_LENGTH,
    ICMPV6_ECHO_IDENTIFIER,
    ICMPV6_ECHO_SEQUENCE_NUMBER,
    ICMPV6_RESP_IN,
    ICMPV6_RESP_TO,
    ICMPV6_RESPTIME,
    ICMPV6_ND_NS_TARGET_ADDRESS,
    ICMPV6_ND_NA_FLAG,
    ICMPV6_ND_NA_FLAG_R,
    ICMPV6_ND_NA_FLAG_S,
    ICMPV6_ND_NA_FLAG_O,
    ICMPV6_ND_NA_FLAG_RSV,
    ICMPV6_ND_NA_TARGET_ADDRESS,
    ICMPV6_ND_RA_CUR_HOP_LIMIT,
    ICMPV6_ND_RA_FLAG,
    ICMPV6_ND_RA_FLAG_M,
    ICMPV6_ND_RA_FLAG_O,
    ICMPV6_ND_RA_FLAG_H,
    ICMPV6_ND_RA_FLAG_PRF,
    ICMPV6_ND_RA_FLAG_P,
    ICMPV6_ND_RA_FLAG_RSV,
    ICMPV6_ND_RA_ROUTER_LIFETIME,
    ICMPV6_ND_RA_REACHABLE_TIME,
    ICMPV6_ND_RA_RETRANS_TIMER,
    ICMPV6_ND_RD_TARGET_ADDRESS,
    ICMPV6_RD_NA_DESTINATION_ADDRESS,
    ICMPV6_MLD_MAXIMUM_RESPONSE_DELAY,
    ICMPV6_MLD_MAXIMUM_RESPONSE_CODE,
    ICMPV6_MLD_MULTICAST_ADDRESS,
    ICMPV6_MLD_FLAG,
    ICMPV6_MLD_FLAG_S,
    ICMPV6_MLD_FLAG_QRV,
    ICMPV6_MLD_FLAG_RESERVED,
    ICMPV6_MLD_QQI,
    ICMPV6_MLD_NB_SOURCES,
    ICMPV6_MLD_SOURCE_ADDRESS,
    ICMPV6_MLDR_NB_MCAST_RECORDS,
    ICMPV6_MLDR_MAR,
    ICMPV6_MLDR_MAR_RECORD_TYPE,
    ICMPV6_MLDR_MAR_AUX_DATA_LEN,
    ICMPV6_MLDR_MAR_NB_SOURCES,
    ICMPV6_MLDR_MAR_MULTICAST_ADDRESS,
    ICMPV6_MLDR_MAR_SOURCE_ADDRESS,
    ICMPV6_MLDR_MAR_AUXILIARY_DATA,
    ICMPV6_EXT_ECHO_SEQ,
    ICMPV6_EXT_ECHO_REQ_RES,
    ICMPV6_EXT_ECHO_REQ_LOCAL,
    ICMPV6_EXT_ECHO_RSP_STATE,
    ICMPV6_EXT_ECHO_RSP_RES,
    ICMPV6_EXT_ECHO_RSP_ACTIVE,
    ICMPV6_EXT_ECHO_RSP_IPV4,
    ICMPV6_EXT_ECHO_RSP_IPV6,
    ICMPV6_CHECKSUM_BAD_EXPERT,
    ICMPV6_UNDECODED_TYPE,
};

static const FmName types[] = {
    { 1, 0, "Destination Unreachable" },
    { 2, 0, "Packet Too Big" },
    { 3, 0, "Time Exceeded" },
    { 4, 0, "Parameter Problem" },
    { 100, 0, "Private experimentation" },
    { 101, 0, "Private experimentation" },
    { 127, 0, "Reserved for expansion of ICMPv6 error messages" },
    { 128, 0, "Echo (ping) request" },
    { 129, 0, "Echo (ping) reply" },
    { 130, 0, "Multicast Listener Query" },
    { 131, 0, "Multicast Listener Report" },
    { 132, 0, "Multicast Listener Done" },
    { 133, 0, "Router Solicitation" },
    { 134, 0, "Router Advertisement" },
    { 135, 0, "Neighbor Solicitation" },
    { 136, 0, "Neighbor Advertisement" },
    { 137, 0, "Redirect" },
    { 138, 0, "Router Renumbering" },
    { 139, 0, "Node Information Query" },
    { 140, 0, "Node Information Reply" },
    { 141, 0, "Inverse Neighbor Discovery Solicitation" },
    { 142, 0, "Inverse Neighbor Discovery Advertisement" },
    { 143, 0, "Multicast Listener Report Message v2" },
    { 144, 0, "Home Agent Address Discovery Request" },
    { 145, 0, "Home Agent Address Discovery Reply" },
    { 146, 0, "Mobile Prefix Solicitation" },
    { 147, 0, "Mobile Prefix Advertisement" },
    { 148, 0, "Certification Path Solicitation" },
    { 149, 0, "Certification Path Advertisement" },
    { 150, 0, "Experimental Mobility" },
    { 151, 0, "Multicast Router Advertisement" },
    { 152, 0, "Multicast Router Solicitation" },
    { 153, 0, "Multicast Router Termination" },
    { 154, 0, "FMIPv6" },
    { 155, 0, "RPL Control" },
    { 156, 0, "Locator Update" },
    { 157, 0, "Duplicate Address Request" },
    { 158, 0, "Duplicate Address Confirmation" },
    { 159, 0, "MPL Control Message" },
    { 160, 0, "Extended Echo request" },
    { 161, 0, "Extended Echo reply" },
    { 200, 0, "Private experimentation" },
    { 201, 0, "Private experimentation" },
    { 255, 0, "Reserved for expansion of ICMPv6 informational messages" },
    { 0 },
};

static const FmName route_preferences[] = {
    { 0, 0, "Medium" },
    { 1, 0, "High" },
    { 2, 0, "Reserved" },
    { 3, 0, "Low" },
    { 0 },
};

static const FmName record_types[] = {
    { 1, 0, "Include" },
    { 2, 0, "Exclude" },
    { 3, 0, "Changed to include" },
    { 4, 0, "Changed to exclude" },
    { 5, 0, "Allow new sources" },
    { 6, 0, "Block old sources" },
    { 0 },
};
static const FmName echo_states[] = {
    { 0, 0, "Reserved" }, { 1, 0, "Incomplete" }, { 2, 0, "Reachable" }, { 3, 0, "Stale" }, { 4, 0, "Delay" }, { 5, 0, "Probe" },
    { 6, 0, "Failed" },   { 0 },
};

#define SET .yes = "Set", .no = "Not set"

static const FmField fields[] = {
    [ICMPV6] = { "icmpv6", "Internet Control Message Protocol v6", FM_PROTOCOL },
    [ICMPV6_TYPE] = { "icmpv6.type", "Type", FM_UINT8, FM_DEC, .names = types },
    [ICMPV6_CODE] = { "icmpv6.code", "Code", FM_UINT8, FM_DEC },
    [ICMPV6_CHECKSUM] = { "icmpv6.checksum", "Checksum", FM_UINT16, FM_HEX },
    [ICMPV6_CHECKSUM_STATUS] = { "icmpv6.checksum.status", "Checksum Status", FM_UINT8, .names = fm_checksum_names, .generated = true },
    [ICMPV6_RESERVED] = { "icmpv6.reserved", "Reserved", FM_BYTES },
    [ICMPV6_DATA] = { "icmpv6.data", "Data", FM_BYTES },
    [ICMPV6_UNKNOWN_DATA] = { "icmpv6.unknown_data", "Unknown Data", FM_BYTES },
    [ICMPV6_MTU] = { "icmpv6.mtu", "MTU", FM_UINT32, FM_DEC },
    [ICMPV6_POINTER] = { "icmpv6.pointer", "Pointer", FM_UINT32, FM_DEC },
    [ICMPV6_LENGTH] = { "icmpv6.length", "Length of original datagram", FM_UINT8, FM_DEC },
    [ICMPV6_ECHO_IDENTIFIER] = { "icmpv6.echo.identifier", "Identifier", FM_UINT16, FM_HEX },
    [ICMPV6_ECHO_SEQUENCE_NUMBER] = { "icmpv6.echo.sequence_number", "Sequence", FM_UINT16, FM_DEC },
    [ICMPV6_RESP_IN] = { "icmpv6.resp_in", "Response In", FM_FRAMENUM, .generated = true },
    [ICMPV6_RESP_TO] = { "icmpv6.resp_to", "Response To", FM_FRAMENUM, .generated = true },
    [ICMPV6_RESPTIME] = { "icmpv6.resptime", "Response Time", FM_DOUBLE, .generated = true },
    [ICMPV6_ND_NS_TARGET_ADDRESS] = { "icmpv6.nd.ns.target_address", "Target Address", FM_IPV6 },
    [ICMPV6_ND_NA_FLAG] = { "icmpv6.nd.na.flag", "Flags", FM_UINT32, FM_HEX },
    [ICMPV6_ND_NA_FLAG_R] = { "icmpv6.nd.na.flag.r", "Router", FM_BOOL32, .mask = 0x80000000, SET },
    [ICMPV6_ND_NA_FLAG_S] = { "icmpv6.nd.na.flag.s", "Solicited", FM_BOOL32, .mask = 0x40000000, SET },
    [ICMPV6_ND_NA_FLAG_O] = { "icmpv6.nd.na.flag.o", "Override", FM_BOOL32, .mask = 0x20000000, SET },
    [ICMPV6_ND_NA_FLAG_RSV] = { "icmpv6.nd.na.flag.rsv", "Reserved", FM_UINT32, FM_DEC, 0x1fffffff },
    [ICMPV6_ND_NA_TARGET_ADDRESS] = { "icmpv6.nd.na.target_address", "Target Address", FM_IPV6 },
    [ICMPV6_ND_RA_CUR_HOP_LIMIT] = { "icmpv6.nd.ra.cur_hop_limit", "Cur hop limit", FM_UINT8, FM_DEC },
    [ICMPV6_ND_RA_FLAG] = { "icmpv6.nd.ra.flag", "Flags", FM_UINT8, FM_HEX },
    [ICMPV6_ND_RA_FLAG_M] = { "icmpv6.nd.ra.flag.m", "Managed address configuration", FM_BOOL8, .mask = 0x80, SET },
    [ICMPV6_ND_RA_FLAG_O] = { "icmpv6.nd.ra.flag.o", "Other configuration", FM_BOOL8, .mask = 0x40, SET },
    [ICMPV6_ND_RA_FLAG_H] = { "icmpv6.nd.ra.flag.h", "Home Agent", FM_BOOL8, .mask = 0x20, SET },
    [ICMPV6_ND_RA_FLAG_PRF] = { "icmpv6.nd.ra.flag.prf", "Prf (Default Router Preference)", FM_UINT8, FM_DEC, 0x18, .names = route_preferences },
    [ICMPV6_ND_RA_FLAG_P] = { "icmpv6.nd.ra.flag.p", "Proxy", FM_BOOL8, .mask = 0x4, SET },
    [ICMPV6_ND_RA_FLAG_RSV] = { "icmpv6.nd.ra.flag.rsv", "Reserved", FM_UINT8, FM_DEC, 0x3 },
    [ICMPV6_ND_RA_ROUTER_LIFETIME] = { "icmpv6.nd.ra.router_lifetime", "Router lifetime (s)", FM_UINT16, FM_DEC },
    [ICMPV6_ND_RA_REACHABLE_TIME] = { "icmpv6.nd.ra.reachable_time", "Reachable time (ms)", FM_UINT32, FM_DEC },
    [ICMPV6_ND_RA_RETRANS_TIMER] = { "icmpv6.nd.ra.retrans_timer", "Retrans timer (ms)", FM_UINT32, FM_DEC },
    [ICMPV6_ND_RD_TARGET_ADDRESS] = { "icmpv6.nd.rd.target_address", "Target Address", FM_IPV6 },
    [ICMPV6_RD_NA_DESTINATION_ADDRESS] = { "icmpv6.rd.na.destination_address", "Destination Address", FM_IPV6 },
    [ICMPV6_MLD_MAXIMUM_RESPONSE_DELAY] = { "icmpv6.mld.maximum_response_delay", "Maximum Response Delay [ms]", FM_UINT16, FM_DEC },
    [ICMPV6_MLD_MAXIMUM_RESPONSE_CODE] = { "icmpv6.mld.maximum_response_code", "Maximum Response Code", FM_UINT16, FM_DEC },
    [ICMPV6_MLD_MULTICAST_ADDRESS] = { "icmpv6.mld.multicast_address", "Multicast Address", FM_IPV6 },
    [ICMPV6_MLD_FLAG] = { "icmpv6.mld.flag", "Flags", FM_UINT8, FM_HEX },
    [ICMPV6_MLD_FLAG_S] = { "icmpv6.mld.flag.s", "Suppress Router-Side Processing", FM_BOOL8, .mask = 0x8 },
    [ICMPV6_MLD_FLAG_QRV] = { "icmpv6.mld.flag.qrv", "QRV (Querier's Robustness Variable)", FM_UINT8, FM_DEC, 0x7 },
    [ICMPV6_MLD_FLAG_RESERVED] = { "icmpv6.mld.flag.reserved", "Reserved", FM_UINT8, FM_DEC, 0xf0 },
    [ICMPV6_MLD_QQI] = { "icmpv6.mld.qqi", "QQIC (Querier's Query Interval Code)", FM_UINT8, FM_DEC },
    [ICMPV6_MLD_NB_SOURCES] = { "icmpv6.mld.nb_sources", "Number of Sources", FM_UINT16, FM_DEC },
    [ICMPV6_MLD_SOURCE_ADDRESS] = { "icmpv6.mld.source_address", "Source Address", FM_IPV6 },
    [ICMPV6_MLDR_NB_MCAST_RECORDS] = { "icmpv6.mldr.nb_mcast_records", "Number of Multicast Address Records", FM_UINT16, FM_DEC },
    [ICMPV6_MLDR_MAR] = { "icmpv6.mldr.mar", "Multicast Address Record", FM_NONE },
    [ICMPV6_MLDR_MAR_RECORD_TYPE] = { "icmpv6.mldr.mar.record_type", "Record Type", FM_UINT8, FM_DEC, .names = record_types },
    [ICMPV6_MLDR_MAR_AUX_DATA_LEN] = { "icmpv6.mldr.mar.aux_data_len", "Aux Data Len", FM_UINT8, FM_DEC },
    [ICMPV6_MLDR_MAR_NB_SOURCES] = { "icmpv6.mldr.mar.nb_sources", "Number of Sources", FM_UINT16, FM_DEC },
    [ICMPV6_MLDR_MAR_MULTICAST_ADDRESS] = { "icmpv6.mldr.mar.multicast_address", "Multicast Address", FM_IPV6 },
    [ICMPV6_MLDR_MAR_SOURCE_ADDRESS] = { "icmpv6.mldr.mar.source_address", "Source Address", FM_IPV6 },
    [ICMPV6_MLDR_MAR_AUXILIARY_DATA] = { "icmpv6.mldr.mar.auxiliary_data", "Auxiliary Data", FM_BYTES },
    [ICMPV6_EXT_ECHO_SEQ] = { "icmpv6.ext.echo.seq", "Sequence number", FM_UINT8, FM_DEC_HEX },
    [ICMPV6_EXT_ECHO_REQ_RES] = { "icmpv6.ext.echo.req.res", "Reserved", FM_UINT8, FM_HEX, 0xfe },
    [ICMPV6_EXT_ECHO_REQ_LOCAL] = { "icmpv6.ext.echo.req.local", "Local bit", FM_BOOL8, .mask = 0x1, SET },
    [ICMPV6_EXT_ECHO_RSP_STATE] = { "icmpv6.ext.echo.rsp.state", "State", FM_UINT8, FM_DEC, 0xe0, .names = echo_states },
    [ICMPV6_EXT_ECHO_RSP_RES] = { "icmpv6.ext.echo.rsp.res", "Reserved", FM_UINT8, FM_HEX, 0x18 },
    [ICMPV6_EXT_ECHO_RSP_ACTIVE] = { "icmpv6.ext.echo.rsp.active", "Active bit", FM_BOOL8, .mask = 0x4, SET },
    [ICMPV6_EXT_ECHO_RSP_IPV4] = { "icmpv6.ext.echo.rsp.ipv4", "IPv4 bit", FM_BOOL8, .mask = 0x2, SET },
    [ICMPV6_EXT_ECHO_RSP_IPV6] = { "icmpv6.ext.echo.rsp.ipv6", "IPv6 bit", FM_BOOL8, .mask = 0x1, SET },
    [ICMPV6_CHECKSUM_BAD_EXPERT] = { "icmpv6.checksum_bad.expert", "Bad checksum", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_CHECKSUM },
    [ICMPV6_UNDECODED_TYPE] = { "icmpv6.undecoded.type", "Undecoded type", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_UNDECODED },
};

enum {
    UNREACHABLE = 1, TOO_BIG = 2, TIME_EXCEEDED = 3, PARAMETER_PROBLEM = 4, ECHO = 128, ECHO_REPLY = 129, LISTENER_QUERY = 130,
    LISTENER_REPORT = 131, LISTENER_DONE = 132, ROUTER_SOLICITATION = 133, ROUTER_ADVERTISEMENT = 134, NEIGHBOR_SOLICITATION = 135,
    NEIGHBOR_ADVERTISEMENT = 136, REDIRECT = 137, LISTENER_REPORT_V2 = 143, EXTENDED_ECHO = 160, EXTENDED_ECHO_REPLY = 161,
};

enum { PROTOCOL = 58, ADDRESS_SIZE = 16, ECHO_DIFFERENCE = 0xfeff, MLDV1_SIZE = 24 };

static const FmName unreachable_codes[] = {
    { 0, 0, "no route to destination" },
    { 1, 0, "Administratively prohibited" },
    { 2, 0, "Beyond scope" },
    { 3, 0, "Address unreachable" },
    { 4, 0, "Port unreachable" },
    { 5, 0, "Source address failed ingress/egress policy" },
    { 6, 0, "Reject route to destination" },
    { 7, 0, "Error in Source Routing Header" },
    { 8, 0, "Headers too long" },
    { 0 },
};

static const FmName exceeded_codes[] = {
    { 0, 0, "hop limit exceeded in transit" }, { 1, 0, "fragment reassembly time exceeded" }, { 0 },
};

static const FmName problem_codes[] = {
    { 0, 0, "erroneous header field encountered" },
    { 1, 0, "unrecognized Next Header type encountered" },
    { 2, 0, "unrecognized IPv6 option encountered" },
    { 3, 0, "IPv6 First Fragment has incomplete IPv6 Header Chain" },
    { 4, 0, "SR Upper-layer Header Error" },
    { 0 },
};

static const FmName extended_codes[] = {
    { 0, 0, "No error" }, { 1, 0, "Malformed Query" }, { 2, 0, "No Such Interface" }, { 3, 0, "No Such Table Entry" },
    { 4, 0, "Multiple Interfaces Satisfy Query" }, { 0 },
};

static const FmName *codes_of(uint64_t type)
{
    switch (type) {
    case UNREACHABLE: return unreachable_codes;
    case TIME_EXCEEDED: return exceeded_codes;
    case PARAMETER_PROBLEM: return problem_codes;
    case EXTENDED_ECHO: case EXTENDED_ECHO_REPLY: return extended_codes;
    default: return NULL;
    }
}

static void add_checksum(FmDissection *d, FmCursor *c, const FmCursor *message)
{
    FmCursor here = *c;
    uint64_t checksum = fm_add(d, ICMPV6_CHECKSUM, c);
    const FmPacket *p = d->packet;
    if (message->lost || message->fragment || d->quoting || p->net_source.type != FM_ADDRESS_IPV6) {
        fm_label(d, ICMPV6_CHECKSUM, "Checksum: 0x%04x [unverified] [%s]", (unsigned)checksum,
                 d->quoting ? "in ICMP error packet" : "fragmented datagram");
        fm_add_value(d, ICMPV6_CHECKSUM_STATUS, &here, 0, FM_CHECKSUM_UNVERIFIED);
        return;
    }
    uint16_t sum = fm_checksum_pseudo(p->net_source.bytes, p->net_destination.bytes, ADDRESS_SIZE, PROTOCOL, fm_rest(message));
    uint16_t right = fm_checksum_expected(sum, (uint16_t)checksum);
    if (sum == 0xffff) {
        fm_label(d, ICMPV6_CHECKSUM, "Checksum: 0x%04x [correct]", (unsigned)checksum);
    } else {
        fm_label(d, ICMPV6_CHECKSUM, "Checksum: 0x%04x incorrect, should be 0x%04x", (unsigned)checksum, right);
        fm_expert_text(d, ICMPV6_CHECKSUM_BAD_EXPERT, "Bad checksum [should be 0x%04x]", right);
    }
    fm_add_value(d, ICMPV6_CHECKSUM_STATUS, &here, 0, sum == 0xffff ? FM_CHECKSUM_GOOD : FM_CHECKSUM_BAD);
}

/* ---- errors ---- */

static void add_quote(FmDissection *d, FmCursor *c, uint64_t words)
{
    FmCursor quote = *c;
    uint64_t size = words * 8;
    bool extended = words && fm_left_on_wire(c) > size;
    if (extended)
        fm_skip(c, MIN(size, fm_left(c)));
    fm_quote(d, FM_ETHERTYPE, 0x86dd, &quote);
    if (extended)
        fm_part(d, &fm_icmp_extensions, c);
}

static void add_error(FmDissection *d, FmCursor *c, uint64_t type)
{
    uint64_t words = 0;
    switch (type) {
    case TOO_BIG: fm_add(d, ICMPV6_MTU, c); break;
    case PARAMETER_PROBLEM: fm_add(d, ICMPV6_POINTER, c); break;
    default:
        words = fm_peek(c, 0, 1);
        if (words)
            fm_add(d, ICMPV6_LENGTH, c);
        fm_add_bytes(d, ICMPV6_RESERVED, c, words ? 3 : 4);
        break;
    }
    if (fm_ok(d))
        add_quote(d, c, words);
}

/* ---- echo ---- */

static void add_echo(FmDissection *d, FmCursor *c, uint64_t type, uint64_t checksum)
{
    uint64_t id = fm_add(d, ICMPV6_ECHO_IDENTIFIER, c), sequence = fm_add(d, ICMPV6_ECHO_SEQUENCE_NUMBER, c);
    if (!fm_ok(d))
        return;
    fm_info_more(d, " id=0x%04x, seq=%u, hop limit=%u", (unsigned)id, (unsigned)sequence, d->hop_limit);
    const FmEchoMemo *memo = fm_echo(d, type == ECHO, id, sequence, checksum, ECHO_DIFFERENCE, FM_FLOW_IPV6);
    if (memo->response)
        fm_make(d, ICMPV6_RESP_IN, memo->response);
    if (memo->request) {
        double ms = (double)memo->time / (double)FM_MILLISECOND;
        uint64_t bits;
        memcpy(&bits, &ms, sizeof bits);
        fm_make(d, ICMPV6_RESP_TO, memo->request);
        fm_make(d, ICMPV6_RESPTIME, bits);
        fm_label(d, ICMPV6_RESPTIME, "Response Time: %.3f ms", ms);
        fm_info_more(d, " (request in %u)", memo->request);
    }
    uint8_t floor = d->floor; /* bytes of an echo stand inside ICMPv6's tree */
    d->floor = d->depth;
    fm_data(d, c);
    d->floor = floor;
}

static void add_extended_echo(FmDissection *d, FmCursor *c, uint64_t type)
{
    fm_add(d, ICMPV6_ECHO_IDENTIFIER, c);
    fm_add(d, ICMPV6_EXT_ECHO_SEQ, c);
    if (type == EXTENDED_ECHO) {
        fm_add_bits(d, ICMPV6_EXT_ECHO_REQ_RES, c);
        fm_add(d, ICMPV6_EXT_ECHO_REQ_LOCAL, c);
        if (fm_left(c))
            fm_part(d, &fm_icmp_extensions, c);
        return;
    }
    for (unsigned row = ICMPV6_EXT_ECHO_RSP_STATE; row < ICMPV6_EXT_ECHO_RSP_IPV6; row++)
        fm_add_number(d, &fields[row], row, c, false);
    fm_add(d, ICMPV6_EXT_ECHO_RSP_IPV6, c);
}

/* ---- neighbors ---- */

static void add_options(FmDissection *d, FmCursor *c)
{
    if (fm_ok(d) && fm_left(c))
        fm_part(d, &fm_icmpv6_options, c);
}

/* What the info column says of an option with a link-layer address. */
static void info_link_address(FmDissection *d, const FmCursor *options, unsigned type, const char *word)
{
    FmSlice address = d->want_info ? fm_icmpv6_link_address(fm_rest(options), type) : (FmSlice){ NULL, 0 };
    if (address.size != 6)
        return;
    g_auto(FmText) text = { 0 };
    fm_text_bytes(&text, address, ':');
    fm_info_more(d, " %s %s", word, fm_text_string(&text));
}

static void info_address(FmDissection *d, const FmCursor *c, const char *word)
{
    if (!d->want_info || fm_left(c) < ADDRESS_SIZE)
        return;
    g_auto(FmText) text = { 0 };
    fm_text_ipv6(&text, c->at);
    fm_info_more(d, " %s%s", word, fm_text_string(&text));
}

static void add_router_advertisement(FmDissection *d, FmCursor *c)
{
    fm_add(d, ICMPV6_ND_RA_CUR_HOP_LIMIT, c);
    uint64_t flags = fm_add_flags(d, ICMPV6_ND_RA_FLAG, ICMPV6_ND_RA_FLAG_M, ICMPV6_ND_RA_FLAG_RSV, c);
    fm_label(d, ICMPV6_ND_RA_FLAG, "Flags: 0x%02x%s%s%s, Prf (Default Router Preference): %s%s", (unsigned)flags,
             flags & 0x80 ? ", Managed address configuration" : "", flags & 0x40 ? ", Other configuration" : "",
             flags & 0x20 ? ", Home Agent" : "", fm_name(route_preferences, flags >> 3 & 3), flags & 0x04 ? ", Proxy" : "");
    fm_add(d, ICMPV6_ND_RA_ROUTER_LIFETIME, c);
    fm_add(d, ICMPV6_ND_RA_REACHABLE_TIME, c);
    fm_add(d, ICMPV6_ND_RA_RETRANS_TIMER, c);
    info_link_address(d, c, FM_SOURCE_LINK_ADDRESS, "from");
    add_options(d, c);
}

static void add_neighbor_advertisement(FmDissection *d, FmCursor *c)
{
    uint64_t flags = fm_add_flags(d, ICMPV6_ND_NA_FLAG, ICMPV6_ND_NA_FLAG_R, ICMPV6_ND_NA_FLAG_RSV, c);
    bool router = flags >> 31 & 1, solicited = flags >> 30 & 1, override = flags >> 29 & 1;
    fm_label(d, ICMPV6_ND_NA_FLAG, "Flags: 0x%08x%s%s%s", (unsigned)flags, router ? ", Router" : "", solicited ? ", Solicited" : "",
             override ? ", Override" : "");
    info_address(d, c, "");
    const char *names[] = { router ? "rtr" : NULL, solicited ? "sol" : NULL, override ? "ovr" : NULL };
    fm_info_more(d, " (%s%s%s%s%s%s)", router ? names[0] : "", router && (solicited || override) ? ", " : "",
                 solicited ? names[1] : "", solicited && override ? ", " : "", override ? names[2] : "",
                 router || solicited || override ? "" : "none");
    fm_add_bytes(d, ICMPV6_ND_NA_TARGET_ADDRESS, c, ADDRESS_SIZE);
    info_link_address(d, c, FM_TARGET_LINK_ADDRESS, "is at");
    add_options(d, c);
}

static void add_neighbor_message(FmDissection *d, FmCursor *c, uint64_t type)
{
    switch (type) {
    case ROUTER_SOLICITATION:
        fm_add_bytes(d, ICMPV6_RESERVED, c, 4);
        info_link_address(d, c, FM_SOURCE_LINK_ADDRESS, "from");
        break;
    case NEIGHBOR_SOLICITATION:
        fm_add_bytes(d, ICMPV6_RESERVED, c, 4);
        info_address(d, c, "for ");
        fm_add_bytes(d, ICMPV6_ND_NS_TARGET_ADDRESS, c, ADDRESS_SIZE);
        info_link_address(d, c, FM_SOURCE_LINK_ADDRESS, "from");
        break;
    default:
        fm_add_bytes(d, ICMPV6_RESERVED, c, 4);
        fm_add_bytes(d, ICMPV6_ND_RD_TARGET_ADDRESS, c, ADDRESS_SIZE);
        fm_add_bytes(d, ICMPV6_RD_NA_DESTINATION_ADDRESS, c, ADDRESS_SIZE);
        info_link_address(d, c, FM_TARGET_LINK_ADDRESS, "is at");
        break;
    }
    add_options(d, c);
}

/* ---- multicast listeners ---- */

static void add_sources(FmDissection *d, FmCursor *c, uint64_t count, unsigned row)
{
    for (; count && fm_left(c); count--)
        fm_add_bytes(d, row, c, ADDRESS_SIZE);
}

static void add_listener(FmDissection *d, FmCursor *c, uint64_t type, const FmCursor *message)
{
    bool second = type == LISTENER_QUERY && fm_left_on_wire(message) > MLDV1_SIZE;
    if (second)
        fm_add(d, ICMPV6_MLD_MAXIMUM_RESPONSE_CODE, c);
    else
        fm_add(d, ICMPV6_MLD_MAXIMUM_RESPONSE_DELAY, c);
    fm_add_bytes(d, ICMPV6_RESERVED, c, 2);
    fm_add_bytes(d, ICMPV6_MLD_MULTICAST_ADDRESS, c, ADDRESS_SIZE);
    if (!second)
        return;
    fm_add_flags(d, ICMPV6_MLD_FLAG, ICMPV6_MLD_FLAG_S, ICMPV6_MLD_FLAG_RESERVED, c);
    fm_add(d, ICMPV6_MLD_QQI, c);
    uint64_t count = fm_add(d, ICMPV6_MLD_NB_SOURCES, c);
    add_sources(d, c, count, ICMPV6_MLD_SOURCE_ADDRESS);
}

static void add_record(FmDissection *d, FmCursor *c)
{
    FmSubtree record = fm_open(d, ICMPV6_MLDR_MAR, c);
    uint64_t type = fm_add(d, ICMPV6_MLDR_MAR_RECORD_TYPE, c), auxiliary = fm_add(d, ICMPV6_MLDR_MAR_AUX_DATA_LEN, c) * 4;
    uint64_t count = fm_add(d, ICMPV6_MLDR_MAR_NB_SOURCES, c);
    if (d->want_labels && fm_left(c) >= ADDRESS_SIZE) {
        const char *name = fm_name(record_types, type);
        g_auto(FmText) text = { 0 };
        fm_text_ipv6(&text, c->at);
        fm_subtree_label_more(d, record, " %s: %s", name ? name : "Unknown", fm_text_string(&text));
    }
    fm_add_bytes(d, ICMPV6_MLDR_MAR_MULTICAST_ADDRESS, c, ADDRESS_SIZE);
    add_sources(d, c, count, ICMPV6_MLDR_MAR_SOURCE_ADDRESS);
    if (auxiliary)
        fm_add_bytes(d, ICMPV6_MLDR_MAR_AUXILIARY_DATA, c, auxiliary);
    fm_close(d, record, c);
}

static void add_listener_report(FmDissection *d, FmCursor *c)
{
    fm_add_bytes(d, ICMPV6_RESERVED, c, 2);
    uint64_t count = fm_add(d, ICMPV6_MLDR_NB_MCAST_RECORDS, c);
    for (; count && fm_left(c); count--)
        add_record(d, c);
}

static void icmpv6_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor message = *c;
    uint64_t type = fm_add(d, ICMPV6_TYPE, c), code = fm_add(d, ICMPV6_CODE, c), checksum = fm_peek(c, 0, 2);
    const FmName *codes = codes_of(type);
    const char *name = fm_name(types, type), *code_name = codes ? fm_name(codes, code) : NULL;
    fm_info(d, "%s", name ? name : fm_arena_printf(d->arena, "Unknown (%u)", (unsigned)type));
    if (codes) {
        fm_label(d, ICMPV6_CODE, "Code: %u (%s)", (unsigned)code, code_name ? code_name : "Unknown");
        fm_info_more(d, " (%s)", code_name ? code_name : "Unknown");
    }
    add_checksum(d, c, &message);
    switch (type) {
    case UNREACHABLE: case TOO_BIG: case TIME_EXCEEDED: case PARAMETER_PROBLEM: add_error(d, c, type); break;
    case ECHO: case ECHO_REPLY: add_echo(d, c, type, checksum); break;
    case LISTENER_QUERY: case LISTENER_REPORT: case LISTENER_DONE: add_listener(d, c, type, &message); break;
    case ROUTER_ADVERTISEMENT: add_router_advertisement(d, c); break;
    case NEIGHBOR_ADVERTISEMENT: add_neighbor_advertisement(d, c); break;
    case ROUTER_SOLICITATION: case NEIGHBOR_SOLICITATION: case REDIRECT: add_neighbor_message(d, c, type); break;
    case LISTENER_REPORT_V2: add_listener_report(d, c); break;
    case EXTENDED_ECHO: case EXTENDED_ECHO_REPLY: add_extended_echo(d, c, type); break;
    default:
        fm_up(d);
        fm_expert_text(d, ICMPV6_UNDECODED_TYPE, "Type %u is not decoded", (unsigned)type);
        fm_down(d);
        if (fm_left(c))
            fm_add_bytes(d, ICMPV6_DATA, c, fm_left(c));
        break;
    }
}

const FmProtocol fm_icmpv6 = {
    .abbrev = "icmpv6",
    .name = "ICMPv6",
    .title = "Internet Control Message Protocol v6",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, PROTOCOL }),
    .dissect = icmpv6_dissect,
    .state_size = sizeof(FmEchoState),
    .memo_size = sizeof(FmEchoMemo),
};
