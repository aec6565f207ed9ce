/* ICMP (RFC 792, RFC 950, RFC 1256, RFC 4884, RFC 8335). */
#include "config.h"

#include "dissectors/network/icmp.h"

#include "base/checksum.h"
#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"

enum {
    ICMP,
    ICMP_TYPE,
    ICMP_CODE,
    ICMP_CHECKSUM,
    ICMP_CHECKSUM_STATUS,
    ICMP_UNUSED,
    ICMP_IDENT,
    ICMP_IDENT_LE,
    ICMP_SEQ,
    ICMP_SEQ_LE,
    ICMP_MTU,
    ICMP_NUM_ADDRS,
    ICMP_ADDR_ENTRY_SIZE,
    ICMP_LIFETIME,
    ICMP_POINTER,
    ICMP_ROUTER_ADDRESS,
    ICMP_PREF_LEVEL,
    ICMP_ORIGINATE_TIMESTAMP,
    ICMP_RECEIVE_TIMESTAMP,
    ICMP_TRANSMIT_TIMESTAMP,
    ICMP_ADDRESS_MASK,
    ICMP_REDIR_GW,
    ICMP_RESP_IN,
    ICMP_RESP_TO,
    ICMP_RESPTIME,
    ICMP_DATA_TIME,
    ICMP_DATA_TIME_RELATIVE,
    ICMP_LENGTH,
    ICMP_LENGTH_ORIGINAL_DATAGRAM,
    ICMP_EXT_ECHO_SEQ,
    ICMP_EXT_ECHO_REQ_RES,
    ICMP_EXT_ECHO_REQ_LOCAL,
    ICMP_EXT_ECHO_RSP_STATE,
    ICMP_EXT_ECHO_RSP_RES,
    ICMP_EXT_ECHO_RSP_ACTIVE,
    ICMP_EXT_ECHO_RSP_IPV4,
    ICMP_EXT_ECHO_RSP_IPV6,
    ICMP_CHECKSUM_BAD,
};

static const FmName echo_states[] = {
    { 0, 0, "Reserved" }, { 1, 0, "Incomplete" }, { 2, 0, "Reachable" }, { 3, 0, "Stale" }, { 4, 0, "Delay" }, { 5, 0, "Probe" },
    { 6, 0, "Failed" },   { 0 },
};

#define SET .yes = "Set", .no = "Not set"

static const FmField fields[] = {
    [ICMP] = { "icmp", "Internet Control Message Protocol", FM_PROTOCOL },
    [ICMP_TYPE] = { "icmp.type", "Type", FM_UINT8, FM_DEC },
    [ICMP_CODE] = { "icmp.code", "Code", FM_UINT8, FM_DEC },
    [ICMP_CHECKSUM] = { "icmp.checksum", "Checksum", FM_UINT16, FM_HEX },
    [ICMP_CHECKSUM_STATUS] = { "icmp.checksum.status", "Checksum Status", FM_UINT8, .names = fm_checksum_names, .generated = true },
    [ICMP_UNUSED] = { "icmp.unused", "Unused", FM_BYTES },
    [ICMP_IDENT] = { "icmp.ident", "Identifier (BE)", FM_UINT16, FM_DEC_HEX },
    [ICMP_IDENT_LE] = { "icmp.ident_le", "Identifier (LE)", FM_UINT16_LE, FM_DEC_HEX },
    [ICMP_SEQ] = { "icmp.seq", "Sequence Number (BE)", FM_UINT16, FM_DEC_HEX },
    [ICMP_SEQ_LE] = { "icmp.seq_le", "Sequence Number (LE)", FM_UINT16_LE, FM_DEC_HEX },
    [ICMP_MTU] = { "icmp.mtu", "MTU of next hop", FM_UINT16, FM_DEC },
    [ICMP_NUM_ADDRS] = { "icmp.num_addrs", "Number of addresses", FM_UINT8, FM_DEC },
    [ICMP_ADDR_ENTRY_SIZE] = { "icmp.addr_entry_size", "Address entry size", FM_UINT8, FM_DEC },
    [ICMP_LIFETIME] = { "icmp.lifetime", "Lifetime", FM_UINT16, FM_DEC },
    [ICMP_POINTER] = { "icmp.pointer", "Pointer", FM_UINT8, FM_DEC },
    [ICMP_ROUTER_ADDRESS] = { "icmp.router_address", "Router address", FM_IPV4 },
    [ICMP_PREF_LEVEL] = { "icmp.pref_level", "Preference level", FM_INT32, FM_DEC },
    [ICMP_ORIGINATE_TIMESTAMP] = { "icmp.originate_timestamp", "Originate Timestamp", FM_UINT32, FM_DEC },
    [ICMP_RECEIVE_TIMESTAMP] = { "icmp.receive_timestamp", "Receive Timestamp", FM_UINT32, FM_DEC },
    [ICMP_TRANSMIT_TIMESTAMP] = { "icmp.transmit_timestamp", "Transmit Timestamp", FM_UINT32, FM_DEC },
    [ICMP_ADDRESS_MASK] = { "icmp.address_mask", "Address Mask", FM_IPV4 },
    [ICMP_REDIR_GW] = { "icmp.redir_gw", "Gateway Address", FM_IPV4 },
    [ICMP_RESP_IN] = { "icmp.resp_in", "Response frame", FM_FRAMENUM, .generated = true },
    [ICMP_RESP_TO] = { "icmp.resp_to", "Request frame", FM_FRAMENUM, .generated = true },
    [ICMP_RESPTIME] = { "icmp.resptime", "Response time", FM_DOUBLE, .generated = true },
    [ICMP_DATA_TIME] = { "icmp.data_time", "Timestamp from icmp data", FM_ABSOLUTE_TIME, FM_LOCAL },
    [ICMP_DATA_TIME_RELATIVE] = { "icmp.data_time_relative", "Timestamp from icmp data (relative)", FM_RELATIVE_TIME,
                                  .generated = true },
    [ICMP_LENGTH] = { "icmp.length", "Length", FM_UINT8, FM_DEC },
    [ICMP_LENGTH_ORIGINAL_DATAGRAM] = { "icmp.length.original_datagram", "Length of original datagram", FM_UINT8, FM_DEC,
                                        .generated = true },
    [ICMP_EXT_ECHO_SEQ] = { "icmp.ext.echo.seq", "Sequence Number", FM_UINT8, FM_DEC_HEX },
    [ICMP_EXT_ECHO_REQ_RES] = { "icmp.ext.echo.req.res", "Reserved", FM_UINT8, FM_HEX, 0xfe },
    [ICMP_EXT_ECHO_REQ_LOCAL] = { "icmp.ext.echo.req.local", "Local bit", FM_BOOL8, .mask = 0x01, SET },
    [ICMP_EXT_ECHO_RSP_STATE] = { "icmp.ext.echo.rsp.state", "State", FM_UINT8, FM_DEC, 0xe0, .names = echo_states },
    [ICMP_EXT_ECHO_RSP_RES] = { "icmp.ext.echo.rsp.res", "Reserved", FM_UINT8, FM_HEX, 0x18 },
    [ICMP_EXT_ECHO_RSP_ACTIVE] = { "icmp.ext.echo.rsp.active", "Active bit", FM_BOOL8, .mask = 0x04, SET },
    [ICMP_EXT_ECHO_RSP_IPV4] = { "icmp.ext.echo.rsp.ipv4", "IPv4 bit", FM_BOOL8, .mask = 0x02, SET },
    [ICMP_EXT_ECHO_RSP_IPV6] = { "icmp.ext.echo.rsp.ipv6", "IPv6 bit", FM_BOOL8, .mask = 0x01, SET },
    [ICMP_CHECKSUM_BAD] = { "icmp.checksum_bad", "Bad checksum", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_CHECKSUM },
};

enum {
    ECHO_REPLY = 0, UNREACHABLE = 3, SOURCE_QUENCH = 4, REDIRECT = 5, ECHO = 8, ROUTER_ADVERTISEMENT = 9, ROUTER_SOLICITATION = 10,
    TIME_EXCEEDED = 11, PARAMETER_PROBLEM = 12, TIMESTAMP = 13, TIMESTAMP_REPLY = 14, INFORMATION = 15, INFORMATION_REPLY = 16,
    MASK = 17, MASK_REPLY = 18, EXTENDED_ECHO = 42, EXTENDED_ECHO_REPLY = 43,
};

enum { FRAGMENTATION_NEEDED = 4, ECHO_DIFFERENCE = 0x0800, OLD_QUOTE_SIZE = 128, DAY = 86400 };

static const FmName types[] = {
    { ECHO_REPLY, 0, "Echo (ping) reply" },
    { 1, 0, "Reserved" },
    { 2, 0, "Reserved" },
    { UNREACHABLE, 0, "Destination unreachable" },
    { SOURCE_QUENCH, 0, "Source quench (flow control)" },
    { REDIRECT, 0, "Redirect" },
    { 6, 0, "Alternate host address" },
    { ECHO, 0, "Echo (ping) request" },
    { ROUTER_ADVERTISEMENT, 0, "Router advertisement" },
    { ROUTER_SOLICITATION, 0, "Router solicitation" },
    { TIME_EXCEEDED, 0, "Time-to-live exceeded" },
    { PARAMETER_PROBLEM, 0, "Parameter problem" },
    { TIMESTAMP, 0, "Timestamp request" },
    { TIMESTAMP_REPLY, 0, "Timestamp reply" },
    { INFORMATION, 0, "Information request" },
    { INFORMATION_REPLY, 0, "Information reply" },
    { MASK, 0, "Address mask request" },
    { MASK_REPLY, 0, "Address mask reply" },
    { 19, 0, "Reserved (for security)" },
    { 30, 0, "Traceroute" },
    { 31, 0, "Datagram Conversion Error" },
    { 32, 0, "Mobile Host Redirect" },
    { 33, 0, "IPv6 Where-Are-You" },
    { 34, 0, "IPv6 I-Am-Here" },
    { 35, 0, "Mobile Registration Request" },
    { 36, 0, "Mobile Registration Reply" },
    { 37, 0, "Domain Name Request" },
    { 38, 0, "Domain Name Reply" },
    { 39, 0, "SKIP" },
    { 40, 0, "Photuris" },
    { 41, 0, "Experimental mobility protocols" },
    { EXTENDED_ECHO, 0, "Extended Echo request" },
    { EXTENDED_ECHO_REPLY, 0, "Extended Echo reply" },
    { 0 },
};

static const FmName unreachable_codes[] = {
    { 0, 0, "Network unreachable" },
    { 1, 0, "Host unreachable" },
    { 2, 0, "Protocol unreachable" },
    { 3, 0, "Port unreachable" },
    { FRAGMENTATION_NEEDED, 0, "Fragmentation needed" },
    { 5, 0, "Source route failed" },
    { 6, 0, "Destination network unknown" },
    { 7, 0, "Destination host unknown" },
    { 8, 0, "Source host isolated" },
    { 9, 0, "Network administratively prohibited" },
    { 10, 0, "Host administratively prohibited" },
    { 11, 0, "Network unreachable for TOS" },
    { 12, 0, "Host unreachable for TOS" },
    { 13, 0, "Communication administratively filtered" },
    { 14, 0, "Host precedence violation" },
    { 15, 0, "Precedence cutoff in effect" },
    { 0 },
};

static const FmName redirect_codes[] = {
    { 0, 0, "Redirect for network" }, { 1, 0, "Redirect for host" }, { 2, 0, "Redirect for TOS and network" },
    { 3, 0, "Redirect for TOS and host" }, { 0 },
};

static const FmName advertisement_codes[] = {
    { 0, 0, "Normal router advertisement" }, { 16, 0, "Does not route common traffic" }, { 0 },
};

static const FmName exceeded_codes[] = {
    { 0, 0, "Time to live exceeded in transit" }, { 1, 0, "Fragment reassembly time exceeded" }, { 0 },
};

static const FmName problem_codes[] = {
    { 0, 0, "Pointer indicates the error" }, { 1, 0, "Required option missing" }, { 2, 0, "Bad length" }, { 0 },
};

static const FmName photuris_codes[] = {
    { 0, 0, "Bad SPI" }, { 1, 0, "Authentication Failed" }, { 2, 0, "Decompression Failed" }, { 3, 0, "Decryption Failed" },
    { 4, 0, "Need Authentication" }, { 5, 0, "Need Authorization" }, { 0 },
};

static const FmName extended_codes[] = {
    { 0, 0, "No error" }, { 1, 0, "Malformed Query" }, { 2, 0, "No Such Interface" }, { 3, 0, "No Such Table Entry" },
    { 4, 0, "Multiple Interfaces Satisfy Query" }, { 0 },
};

static const FmName *codes_of(uint64_t type)
{
    switch (type) {
    case UNREACHABLE: return unreachable_codes;
    case REDIRECT: return redirect_codes;
    case ROUTER_ADVERTISEMENT: return advertisement_codes;
    case TIME_EXCEEDED: return exceeded_codes;
    case PARAMETER_PROBLEM: return problem_codes;
    case 40: return photuris_codes;
    case EXTENDED_ECHO: case EXTENDED_ECHO_REPLY: return extended_codes;
    default: return NULL;
    }
}

static void add_checksum(FmDissection *d, FmCursor *c, const FmCursor *message)
{
    FmCursor here = *c;
    uint64_t checksum = fm_add(d, ICMP_CHECKSUM, c);
    if (message->lost || message->fragment || d->quoting) {
        fm_label(d, ICMP_CHECKSUM, "Checksum: 0x%04x [unverified] [%s]", (unsigned)checksum,
                 d->quoting ? "in ICMP error packet" : "fragmented datagram");
        fm_add_value(d, ICMP_CHECKSUM_STATUS, &here, 0, FM_CHECKSUM_UNVERIFIED);
        return;
    }
    if (!d->want[0] && !d->want_labels)
        return;
    uint16_t sum = fm_checksum(fm_rest(message)), right = fm_checksum_expected(sum, (uint16_t)checksum);
    if (sum == 0xffff) {
        fm_label(d, ICMP_CHECKSUM, "Checksum: 0x%04x [correct]", (unsigned)checksum);
    } else {
        fm_label(d, ICMP_CHECKSUM, "Checksum: 0x%04x incorrect, should be 0x%04x", (unsigned)checksum, right);
        fm_expert_text(d, ICMP_CHECKSUM_BAD, "Bad checksum [should be 0x%04x]", right);
    }
    fm_add_value(d, ICMP_CHECKSUM_STATUS, &here, 0, sum == 0xffff ? FM_CHECKSUM_GOOD : FM_CHECKSUM_BAD);
}

static void add_id_and_sequence(FmDissection *d, FmCursor *c)
{
    fm_add_bits(d, ICMP_IDENT, c);
    fm_add(d, ICMP_IDENT_LE, c);
    fm_add_bits(d, ICMP_SEQ, c);
    fm_add(d, ICMP_SEQ_LE, c);
}

/* Many pings begin their data with the time of sending: seconds and microseconds, in either byte order. */
static void add_data_time(FmDissection *d, FmCursor *c)
{
    FmTime now = fm_frame_time(d);
    if (fm_left(c) < 8 || now == FM_TIME_NONE)
        return;
    for (unsigned big = 0; big < 2; big++) {
        int64_t seconds = (int64_t)(big ? fm_be(c->at, 4) : fm_le(c->at, 4)), distance = now / FM_SECOND - seconds;
        int64_t microseconds = (int64_t)(big ? fm_be(c->at + 4, 4) : fm_le(c->at + 4, 4));
        if (distance >= DAY || distance <= -DAY || microseconds >= 1000000)
            continue;
        FmTime time = seconds * FM_SECOND + microseconds * FM_MICROSECOND;
        fm_add_value(d, ICMP_DATA_TIME, c, 8, (uint64_t)time);
        fm_add_value(d, ICMP_DATA_TIME_RELATIVE, c, 8, (uint64_t)(now - time));
        fm_skip(c, 8);
        return;
    }
}

/* Bytes of an echo stand inside ICMP's tree. */
static void add_data(FmDissection *d, FmCursor *c)
{
    uint8_t floor = d->floor;
    const char *column = d->packet->protocol;
    d->floor = d->depth;
    fm_data(d, c);
    d->floor = floor;
    d->packet->protocol = column;
}

static void add_echo(FmDissection *d, FmCursor *c, uint64_t type, uint64_t checksum)
{
    uint64_t id = fm_peek(c, 0, 2), sequence = fm_peek(c, 2, 2);
    add_id_and_sequence(d, c);
    if (!fm_ok(d))
        return;
    const FmEchoMemo *memo = fm_echo(d, type == ECHO, id, sequence, checksum, ECHO_DIFFERENCE, FM_FLOW_IPV4);
    if (memo->response)
        fm_make(d, ICMP_RESP_IN, memo->response);
    if (memo->request) {
        double ms = (double)memo->time / (double)FM_MILLISECOND;
        uint64_t bits;
        memcpy(&bits, &ms, sizeof bits);
        fm_make(d, ICMP_RESP_TO, memo->request);
        fm_make(d, ICMP_RESPTIME, bits);
        fm_label(d, ICMP_RESPTIME, "Response time: %.3f ms", ms);
        fm_info_more(d, " (request in %u)", memo->request);
    }
    add_data_time(d, c);
    add_data(d, c);
}

/* The datagram that an error is about, and the extensions behind it (RFC 4884 §5). */
static void add_quote(FmDissection *d, FmCursor *c, uint64_t words)
{
    FmCursor quote = *c;
    uint64_t left = fm_left_on_wire(c), size = words * 4;
    bool extended = left > OLD_QUOTE_SIZE && (words ? left > size : fm_peek(c, 2, 2) <= OLD_QUOTE_SIZE);
    if (extended)
        fm_skip(c, MIN(words ? size : OLD_QUOTE_SIZE, fm_left(c)));
    fm_quote(d, FM_ETHERTYPE, 0x0800, &quote);
    if (extended)
        fm_part(d, &fm_icmp_extensions, c);
}

static uint64_t add_quote_length(FmDissection *d, FmCursor *c)
{
    uint64_t words = fm_peek(c, 0, 1);
    if (words) {
        FmCursor here = *c;
        fm_add(d, ICMP_LENGTH, c);
        fm_add_value(d, ICMP_LENGTH_ORIGINAL_DATAGRAM, &here, 1, words * 4);
    }
    return words;
}

static void add_unreachable(FmDissection *d, FmCursor *c, uint64_t type, uint64_t code)
{
    uint64_t words = fm_peek(c, 1, 1);
    if (type == PARAMETER_PROBLEM) {
        fm_add(d, ICMP_POINTER, c);
        if (words)
            add_quote_length(d, c);
        fm_add_bytes(d, ICMP_UNUSED, c, words ? 2 : 3);
    } else if (words) {
        fm_add_bytes(d, ICMP_UNUSED, c, 1);
        add_quote_length(d, c);
        if (type == UNREACHABLE && code == FRAGMENTATION_NEEDED)
            fm_add(d, ICMP_MTU, c);
        else
            fm_add_bytes(d, ICMP_UNUSED, c, 2);
    } else if (type == UNREACHABLE && code == FRAGMENTATION_NEEDED) {
        fm_add_bytes(d, ICMP_UNUSED, c, 2);
        fm_add(d, ICMP_MTU, c);
    } else {
        fm_add_bytes(d, ICMP_UNUSED, c, 4);
    }
    if (fm_ok(d))
        add_quote(d, c, words);
}

static void add_advertisement(FmDissection *d, FmCursor *c)
{
    uint64_t count = fm_add(d, ICMP_NUM_ADDRS, c), size = fm_add(d, ICMP_ADDR_ENTRY_SIZE, c);
    fm_add(d, ICMP_LIFETIME, c);
    if (size != 2)
        return;
    for (; count && fm_left(c) >= 8; count--) {
        fm_add(d, ICMP_ROUTER_ADDRESS, c);
        fm_add(d, ICMP_PREF_LEVEL, c);
    }
}

static void add_extended_echo(FmDissection *d, FmCursor *c, uint64_t type)
{
    fm_add_bits(d, ICMP_IDENT, c);
    fm_add(d, ICMP_IDENT_LE, c);
    fm_add(d, ICMP_EXT_ECHO_SEQ, c);
    if (type == EXTENDED_ECHO) {
        fm_add_bits(d, ICMP_EXT_ECHO_REQ_RES, c);
        fm_add(d, ICMP_EXT_ECHO_REQ_LOCAL, c);
        if (fm_left(c))
            fm_part(d, &fm_icmp_extensions, c);
        return;
    }
    fm_add_bits(d, ICMP_EXT_ECHO_RSP_STATE, c);
    fm_add_bits(d, ICMP_EXT_ECHO_RSP_RES, c);
    fm_add_bits(d, ICMP_EXT_ECHO_RSP_ACTIVE, c);
    fm_add_bits(d, ICMP_EXT_ECHO_RSP_IPV4, c);
    fm_add(d, ICMP_EXT_ECHO_RSP_IPV6, c);
}

static void set_info(FmDissection *d, const FmCursor *c, uint64_t type, uint64_t code)
{
    const char *name = fm_name(types, type), *code_name = NULL;
    const FmName *codes = codes_of(type);
    if (codes)
        code_name = fm_name(codes, code);
    if (type == ROUTER_ADVERTISEMENT)
        name = "Mobile IP Advertisement";
    fm_info(d, "%-20s", name ? name : "Unknown ICMP (obsolete or malformed?)");
    if (codes && code_name)
        fm_info_more(d, " (%s)", code_name);
    else if (codes)
        fm_info_more(d, " (Unknown code: %u)", (unsigned)code);
    switch (type) {
    case ECHO: case ECHO_REPLY: case TIMESTAMP: case TIMESTAMP_REPLY: case INFORMATION: case INFORMATION_REPLY: case MASK:
    case MASK_REPLY:
        if (fm_left(c) >= 4)
            fm_info_more(d, " id=0x%04x, seq=%u/%u, ttl=%u", (unsigned)fm_peek(c, 0, 2), (unsigned)fm_peek(c, 2, 2),
                         (unsigned)__builtin_bswap16((uint16_t)fm_peek(c, 2, 2)), d->hop_limit);
        break;
    default: break;
    }
}

static void icmp_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor message = *c;
    uint64_t type = fm_add(d, ICMP_TYPE, c), code = fm_add(d, ICMP_CODE, c), checksum = fm_peek(c, 0, 2);
    const char *name = fm_name(types, type), *code_name = codes_of(type) ? fm_name(codes_of(type), code) : NULL;
    fm_label(d, ICMP_TYPE, "Type: %u (%s)", (unsigned)type, name ? name : "Unknown ICMP (obsolete or malformed?)");
    if (code_name)
        fm_label(d, ICMP_CODE, "Code: %u (%s)", (unsigned)code, code_name);
    else if (codes_of(type))
        fm_label(d, ICMP_CODE, "Code: %u (Unknown code: %u)", (unsigned)code, (unsigned)code);
    FmCursor rest = *c;
    fm_skip(&rest, MIN(2, fm_left(&rest)));
    if (d->want_info)
        set_info(d, &rest, type, code);
    add_checksum(d, c, &message);
    switch (type) {
    case ECHO: case ECHO_REPLY: add_echo(d, c, type, checksum); break;
    case UNREACHABLE: case TIME_EXCEEDED: case PARAMETER_PROBLEM: add_unreachable(d, c, type, code); break;
    case SOURCE_QUENCH:
        fm_skip(c, 4);
        fm_quote(d, FM_ETHERTYPE, 0x0800, c);
        break;
    case REDIRECT:
        fm_add(d, ICMP_REDIR_GW, c);
        fm_quote(d, FM_ETHERTYPE, 0x0800, c);
        break;
    case ROUTER_ADVERTISEMENT: add_advertisement(d, c); break;
    case TIMESTAMP: case TIMESTAMP_REPLY:
        add_id_and_sequence(d, c);
        fm_add(d, ICMP_ORIGINATE_TIMESTAMP, c);
        fm_add(d, ICMP_RECEIVE_TIMESTAMP, c);
        fm_add(d, ICMP_TRANSMIT_TIMESTAMP, c);
        break;
    case INFORMATION: case INFORMATION_REPLY: add_id_and_sequence(d, c); break;
    case MASK: case MASK_REPLY:
        add_id_and_sequence(d, c);
        fm_add(d, ICMP_ADDRESS_MASK, c);
        break;
    case EXTENDED_ECHO: case EXTENDED_ECHO_REPLY: add_extended_echo(d, c, type); break;
    default: break;
    }
}

const FmProtocol fm_icmp = {
    .abbrev = "icmp",
    .name = "ICMP",
    .title = "Internet Control Message Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, 1 }),
    .dissect = icmp_dissect,
    .state_size = sizeof(FmEchoState),
    .memo_size = sizeof(FmEchoMemo),
};
