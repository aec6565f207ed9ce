/* IPv4 options (RFC 791 §3.1 and those registered since). */
#include "config.h"

#include "dissectors/network/ipv4.h"

enum {
    IP_OPT_TYPE,
    IP_OPT_TYPE_COPY,
    IP_OPT_TYPE_CLASS,
    IP_OPT_TYPE_NUMBER,
    IP_OPT_LEN,
    IP_OPT_PTR,
    IP_OPT_SID,
    IP_OPT_MTU,
    IP_OPT_ID_NUMBER,
    IP_OPT_OHC,
    IP_OPT_RHC,
    IP_OPT_ORIGINATOR,
    IP_OPT_RA,
    IP_OPT_ADDR,
    IP_OPT_QS_FUNC,
    IP_OPT_QS_RATE,
    IP_OPT_QS_TTL,
    IP_OPT_QS_TTL_DIFF,
    IP_OPT_QS_UNUSED,
    IP_OPT_QS_NONCE,
    IP_OPT_QS_RESERVED,
    IP_OPT_SEC_RFC791_SEC,
    IP_OPT_SEC_RFC791_COMP,
    IP_OPT_SEC_RFC791_HR,
    IP_OPT_SEC_RFC791_TCC,
    IP_OPT_SEC_CL,
    IP_OPT_SEC_PROT_AUTH_FLAGS,
    IP_OPT_SEC_PROT_AUTH_GENSER,
    IP_OPT_SEC_PROT_AUTH_SIOP_ESI,
    IP_OPT_SEC_PROT_AUTH_SCI,
    IP_OPT_SEC_PROT_AUTH_NSA,
    IP_OPT_SEC_PROT_AUTH_DOE,
    IP_OPT_SEC_PROT_AUTH_UNASSIGNED,
    IP_OPT_SEC_PROT_AUTH_FTI,
    IP_OPT_EXT_SEC_ADD_SEC_INFO_FORMAT_CODE,
    IP_OPT_EXT_SEC_ADD_SEC_INFO,
    IP_REC_RT,
    IP_REC_RT_HOST,
    IP_SRC_RT,
    IP_SRC_RT_HOST,
    IP_EMPTY_RT,
    IP_EMPTY_RT_HOST,
    IP_DST,
    IP_DST_HOST,
    IP_CIPSO_DOI,
    IP_CIPSO_TAG_TYPE,
    IP_CIPSO_SENSITIVITY_LEVEL,
    IP_CIPSO_TAG_DATA,
    IP_OPT_OVERFLOW,
    IP_OPT_FLAG,
    IP_OPT_TIME_STAMP,
    IP_OPT_TIME_STAMP_ADDR,
    IP_OPT_LEN_INVALID,
    IP_OPT_PTR_BEFORE_ADDRESS,
    IP_OPT_PTR_MIDDLE_ADDRESS,
    IP_SUBOPT_TOO_LONG,
    IP_NOP,
};

static const FmName classes[] = {
    { 0, 0, "Control" },
    { 1, 0, "Reserved for future use" },
    { 2, 0, "Debugging and measurement" },
    { 3, 0, "Reserved for future use" },
    { 0 },
};

static const FmName numbers[] = {
    { 0, 0, "End of Option List (EOL)" },
    { 1, 0, "No-Operation (NOP)" },
    { 2, 0, "Security" },
    { 3, 0, "Loose source route" },
    { 4, 0, "Time stamp" },
    { 5, 0, "Extended security" },
    { 6, 0, "Commercial IP security option" },
    { 7, 0, "Record route" },
    { 8, 0, "Stream identifier" },
    { 9, 0, "Strict source route" },
    { 10, 0, "Experimental Measurement" },
    { 11, 0, "MTU probe" },
    { 12, 0, "MTU Reply" },
    { 13, 0, "Experimental Flow Control" },
    { 14, 0, "Experimental Access Control" },
    { 15, 0, "Ask Estrin" },
    { 16, 0, "IMI Traffic Descriptor" },
    { 17, 0, "Extended Internet Protocol" },
    { 18, 0, "Traceroute" },
    { 19, 0, "Address Extension" },
    { 20, 0, "Router Alert" },
    { 21, 0, "Selective Directed Broadcast" },
    { 22, 0, "Unassigned" },
    { 23, 0, "Dynamic Packet State" },
    { 24, 0, "Upstream Multicast Packet" },
    { 25, 0, "Quick-Start" },
    { 30, 0, "RFC 3692-style experiment" },
    { 0 },
};

static const FmName router_alerts[] = { { 0, 0, "Router shall examine packet" }, { 1, 65535, "Reserved" }, { 0 } };
static const FmName quick_start_functions[] = { { 0, 0, "Rate request" }, { 8, 0, "Rate report" }, { 0 } };

static const FmName quick_start_rates[] = {
    { 0, 0, "0 bit/s" },          { 1, 0, "80 Kbit/s" },      { 2, 0, "160 Kbit/s" },     { 3, 0, "320 Kbit/s" },
    { 4, 0, "640 Kbit/s" },       { 5, 0, "1.28 Mbit/s" },    { 6, 0, "2.56 Mbit/s" },    { 7, 0, "5.12 Mbit/s" },
    { 8, 0, "10.24 Mbit/s" },     { 9, 0, "20.48 Mbit/s" },   { 10, 0, "40.96 Mbit/s" },  { 11, 0, "81.92 Mbit/s" },
    { 12, 0, "163.84 Mbit/s" },   { 13, 0, "327.68 Mbit/s" }, { 14, 0, "655.36 Mbit/s" }, { 15, 0, "1.31072 Gbit/s" },
    { 0 },
};

static const FmName security_levels[] = {
    { 0x0000, 0, "Unclassified" }, { 0xf135, 0, "Confidential" }, { 0x789a, 0, "EFTO" },       { 0xbc4d, 0, "MMMM" },
    { 0x5e26, 0, "PROG" },         { 0xaf13, 0, "Restricted" },   { 0xd788, 0, "Secret" },     { 0x6bc5, 0, "Top secret" },
    { 0x35e2, 0, "Reserved" },     { 0x9af1, 0, "Reserved" },     { 0x4d78, 0, "Reserved" },   { 0x24bd, 0, "Reserved" },
    { 0x135e, 0, "Reserved" },     { 0x89af, 0, "Reserved" },     { 0xc4d6, 0, "Reserved" },   { 0xe26b, 0, "Reserved" },
    { 0 },
};

static const FmName classifications[] = {
    { 0x01, 0, "Reserved 4" }, { 0x3d, 0, "Top secret" }, { 0x5a, 0, "Secret" },       { 0x96, 0, "Confidential" },
    { 0x66, 0, "Reserved 3" }, { 0xcc, 0, "Reserved 2" }, { 0xab, 0, "Unclassified" }, { 0xf1, 0, "Reserved 1" },
    { 0 },
};

static const FmName cipso_tags[] = {
    { 0, 0, "Padding" },           { 1, 0, "Restrictive Category Bitmap" }, { 2, 0, "Enumerated Categories" },
    { 5, 0, "Ranged Categories" }, { 6, 0, "Permissive Categories" },       { 7, 0, "Free Form" },
    { 0 },
};

static const FmName time_stamp_flags[] = {
    { 0, 0, "Time stamps only" },
    { 1, 0, "Time stamp and address" },
    { 3, 0, "Time stamps for prespecified addresses" },
    { 0 },
};

#define PROTECTED .yes = "Datagram protected in accordance with its rules", .no = "Datagram not protected in accordance with its rules"
#define PROTOCOL_WARNING FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL

static const FmField fields[] = {
    [IP_OPT_TYPE] = { "ip.opt.type", "Type", FM_UINT8, FM_DEC },
    [IP_OPT_TYPE_COPY] = { "ip.opt.type.copy", "Copy on fragmentation", FM_BOOL8, .mask = 0x80, .yes = "Yes", .no = "No" },
    [IP_OPT_TYPE_CLASS] = { "ip.opt.type.class", "Class", FM_UINT8, FM_DEC, 0x60, .names = classes },
    [IP_OPT_TYPE_NUMBER] = { "ip.opt.type.number", "Number", FM_UINT8, FM_DEC, 0x1f, .names = numbers },
    [IP_OPT_LEN] = { "ip.opt.len", "Length", FM_UINT8, FM_DEC },
    [IP_OPT_PTR] = { "ip.opt.ptr", "Pointer", FM_UINT8, FM_DEC },
    [IP_OPT_SID] = { "ip.opt.sid", "Stream Identifier", FM_UINT16, FM_DEC },
    [IP_OPT_MTU] = { "ip.opt.mtu", "MTU", FM_UINT16, FM_DEC },
    [IP_OPT_ID_NUMBER] = { "ip.opt.id_number", "ID Number", FM_UINT16, FM_DEC },
    [IP_OPT_OHC] = { "ip.opt.ohc", "Outbound Hop Count", FM_UINT16, FM_DEC },
    [IP_OPT_RHC] = { "ip.opt.rhc", "Return Hop Count", FM_UINT16, FM_DEC },
    [IP_OPT_ORIGINATOR] = { "ip.opt.originator", "Originator IP Address", FM_IPV4 },
    [IP_OPT_RA] = { "ip.opt.ra", "Router Alert", FM_UINT16, FM_DEC, .names = router_alerts },
    [IP_OPT_ADDR] = { "ip.opt.addr", "IP Address", FM_IPV4 },
    [IP_OPT_QS_FUNC] = { "ip.opt.qs_func", "Function", FM_UINT8, FM_DEC, 0xf0, .names = quick_start_functions },
    [IP_OPT_QS_RATE] = { "ip.opt.qs_rate", "Rate", FM_UINT8, FM_DEC, 0x0f, .names = quick_start_rates },
    [IP_OPT_QS_TTL] = { "ip.opt.qs_ttl", "QS TTL", FM_UINT8, FM_DEC },
    [IP_OPT_QS_TTL_DIFF] = { "ip.opt.qs_ttl_diff", "TTL Diff", FM_UINT8, FM_DEC, .generated = true },
    [IP_OPT_QS_UNUSED] = { "ip.opt.qs_unused", "Not Used", FM_UINT8, FM_DEC },
    [IP_OPT_QS_NONCE] = { "ip.opt.qs_nonce", "QS Nonce", FM_UINT32, FM_HEX, 0xfffffffc },
    [IP_OPT_QS_RESERVED] = { "ip.opt.qs_reserved", "Reserved", FM_UINT32, FM_HEX, 0x3 },
    [IP_OPT_SEC_RFC791_SEC] = { "ip.opt.sec_rfc791_sec", "Security", FM_UINT16, FM_HEX, .names = security_levels },
    [IP_OPT_SEC_RFC791_COMP] = { "ip.opt.sec_rfc791_comp", "Compartments", FM_UINT16, FM_DEC },
    [IP_OPT_SEC_RFC791_HR] = { "ip.opt.sec_rfc791_hr", "Handling Restrictions", FM_STRING },
    [IP_OPT_SEC_RFC791_TCC] = { "ip.opt.sec_rfc791_tcc", "Transmission Control Code", FM_STRING },
    [IP_OPT_SEC_CL] = { "ip.opt.sec_cl", "Classification Level", FM_UINT8, FM_HEX, .names = classifications },
    [IP_OPT_SEC_PROT_AUTH_FLAGS] = { "ip.opt.sec_prot_auth_flags", "Protection Authority Flags", FM_UINT8, FM_HEX },
    [IP_OPT_SEC_PROT_AUTH_GENSER] = { "ip.opt.sec_prot_auth_genser", "GENSER", FM_BOOL8, .mask = 0x80, PROTECTED },
    [IP_OPT_SEC_PROT_AUTH_SIOP_ESI] = { "ip.opt.sec_prot_auth_siop_esi", "SIOP-ESI", FM_BOOL8, .mask = 0x40, PROTECTED },
    [IP_OPT_SEC_PROT_AUTH_SCI] = { "ip.opt.sec_prot_auth_sci", "SCI", FM_BOOL8, .mask = 0x20, PROTECTED },
    [IP_OPT_SEC_PROT_AUTH_NSA] = { "ip.opt.sec_prot_auth_nsa", "NSA", FM_BOOL8, .mask = 0x10, PROTECTED },
    [IP_OPT_SEC_PROT_AUTH_DOE] = { "ip.opt.sec_prot_auth_doe", "DOE", FM_BOOL8, .mask = 0x08, PROTECTED },
    [IP_OPT_SEC_PROT_AUTH_UNASSIGNED] = { "ip.opt.sec_prot_auth_unassigned", "Unassigned", FM_UINT8, FM_HEX, 0x06 },
    [IP_OPT_SEC_PROT_AUTH_FTI] = { "ip.opt.sec_prot_auth_fti", "Field Termination Indicator", FM_BOOL8, .mask = 0x01,
                                   .yes = "Additional octet present", .no = "Final octet" },
    [IP_OPT_EXT_SEC_ADD_SEC_INFO_FORMAT_CODE] = { "ip.opt.ext_sec_add_sec_info_format_code", "Additional Security Info Format Code",
                                                  FM_UINT8, FM_HEX },
    [IP_OPT_EXT_SEC_ADD_SEC_INFO] = { "ip.opt.ext_sec_add_sec_info", "Additional Security Info", FM_BYTES },
    [IP_REC_RT] = { "ip.rec_rt", "Recorded Route", FM_IPV4 },
    [IP_REC_RT_HOST] = { "ip.rec_rt_host", "Recorded Route Host", FM_STRING, .hidden = true },
    [IP_SRC_RT] = { "ip.src_rt", "Source Route", FM_IPV4 },
    [IP_SRC_RT_HOST] = { "ip.src_rt_host", "Source Route Host", FM_STRING, .hidden = true },
    [IP_EMPTY_RT] = { "ip.empty_rt", "Empty Route", FM_IPV4 },
    [IP_EMPTY_RT_HOST] = { "ip.empty_rt_host", "Empty Route Host", FM_STRING, .hidden = true },
    [IP_DST] = { "ip.dst", "Destination Address", FM_IPV4, .also = "ip.addr" },
    [IP_DST_HOST] = { "ip.dst_host", "Destination Host", FM_STRING, .also = "ip.host", .hidden = true },
    [IP_CIPSO_DOI] = { "ip.cipso.doi", "DOI", FM_UINT32, FM_DEC },
    [IP_CIPSO_TAG_TYPE] = { "ip.cipso.tag_type", "Tag Type", FM_UINT8, FM_DEC, .names = cipso_tags },
    [IP_CIPSO_SENSITIVITY_LEVEL] = { "ip.cipso.sensitivity_level", "Sensitivity Level", FM_UINT8, FM_DEC },
    [IP_CIPSO_TAG_DATA] = { "ip.cipso.tag_data", "Tag data", FM_BYTES },
    [IP_OPT_OVERFLOW] = { "ip.opt.overflow", "Overflow", FM_UINT8, FM_DEC, 0xf0 },
    [IP_OPT_FLAG] = { "ip.opt.flag", "Flag", FM_UINT8, FM_HEX, 0x0f, .names = time_stamp_flags },
    [IP_OPT_TIME_STAMP] = { "ip.opt.time_stamp", "Time stamp", FM_UINT32, FM_DEC },
    [IP_OPT_TIME_STAMP_ADDR] = { "ip.opt.time_stamp_addr", "Address", FM_IPV4 },
    [IP_OPT_LEN_INVALID] = { "ip.opt.len.invalid", "Invalid length for option", PROTOCOL_WARNING },
    [IP_OPT_PTR_BEFORE_ADDRESS] = { "ip.opt.ptr.before_address", "Pointer points before first address", PROTOCOL_WARNING },
    [IP_OPT_PTR_MIDDLE_ADDRESS] = { "ip.opt.ptr.middle_address", "Pointer points to middle of address", PROTOCOL_WARNING },
    [IP_SUBOPT_TOO_LONG] = { "ip.subopt_too_long", "Suboption would go past end of option", PROTOCOL_WARNING },
    [IP_NOP] = { "ip.nop", "4 NOP in a row - a router may have removed some options", PROTOCOL_WARNING },
};

enum {
    OPTION_END = 0, OPTION_NOP = 1, OPTION_RECORD_ROUTE = 7, OPTION_QUICK_START = 25, OPTION_TIME_STAMP = 68, OPTION_LOOSE_ROUTE = 131,
    OPTION_STRICT_ROUTE = 137,
};

enum { ROUTE_START = 4 }; /* the first address' place as pointers count */

static void add_host(FmDissection *d, FmCursor *c, unsigned row, unsigned host)
{
    fm_ipv4_add_host(d, fields, c, host);
    fm_add_number(d, &fields[row], row, c, true);
}

static void add_route(FmDissection *d, FmCursor *c, uint64_t option)
{
    uint64_t pointer = fm_add(d, IP_OPT_PTR, c), place = ROUTE_START;
    bool recording = option == OPTION_RECORD_ROUTE;
    if (!fm_ok(d))
        return;
    if (pointer < ROUTE_START) {
        fm_expert(d, IP_OPT_PTR_BEFORE_ADDRESS);
        return;
    }
    if (pointer & 3) {
        fm_expert(d, IP_OPT_PTR_MIDDLE_ADDRESS);
        return;
    }
    for (; fm_left(c) >= 4; place += 4) {
        if (place < pointer) {
            add_host(d, c, IP_REC_RT, IP_REC_RT_HOST);
        } else if (recording) {
            add_host(d, c, IP_EMPTY_RT, IP_EMPTY_RT_HOST);
            if (place == pointer)
                fm_label_more(d, IP_EMPTY_RT, " <- (next)");
        } else if (fm_left(c) == 4) {
            add_host(d, c, IP_DST, IP_DST_HOST);
        } else {
            add_host(d, c, IP_SRC_RT, IP_SRC_RT_HOST);
            if (place == pointer)
                fm_label_more(d, IP_SRC_RT, " <- (next)");
        }
    }
    if (fm_left(c))
        fm_expert_text(d, IP_SUBOPT_TOO_LONG, "(suboption would go past end of option)");
}

static void add_time_stamps(FmDissection *d, FmCursor *c)
{
    uint64_t pointer = fm_add(d, IP_OPT_PTR, c);
    if (pointer == 1)
        fm_label_more(d, IP_OPT_PTR, " (header is full)");
    else if (pointer < 5)
        fm_label_more(d, IP_OPT_PTR, " (points before first address)");
    fm_add_bits(d, IP_OPT_OVERFLOW, c);
    uint64_t flag = fm_add(d, IP_OPT_FLAG, c);
    while (fm_left(c) >= 4) {
        if (flag != 0) {
            if (fm_left(c) < 8)
                break;
            fm_add(d, IP_OPT_TIME_STAMP_ADDR, c);
        }
        fm_add(d, IP_OPT_TIME_STAMP, c);
    }
    if (fm_left(c))
        fm_expert_text(d, IP_SUBOPT_TOO_LONG, "(suboption would go past end of option)");
}

static void add_quick_start(FmDissection *d, FmCursor *c, FmSubtree subtree, uint64_t ttl)
{
    uint64_t function = fm_add_bits(d, IP_OPT_QS_FUNC, c), rate = fm_add(d, IP_OPT_QS_RATE, c);
    const char *name = fm_name(quick_start_functions, function);
    fm_subtree_label_more(d, subtree, ": %s (%u)", name ? name : "Unknown", (unsigned)function);
    if (function == 0) {
        uint64_t qs_ttl = fm_add(d, IP_OPT_QS_TTL, c), difference = (ttl - qs_ttl) & 0xff;
        fm_make(d, IP_OPT_QS_TTL_DIFF, difference);
        fm_subtree_label_more(d, subtree, ", %s, QS TTL %u, QS TTL diff %u", fm_name(quick_start_rates, rate), (unsigned)qs_ttl,
                              (unsigned)difference);
    } else {
        fm_subtree_label_more(d, subtree, ", %s", fm_name(quick_start_rates, rate));
        fm_add(d, IP_OPT_QS_UNUSED, c);
    }
    fm_add_bits(d, IP_OPT_QS_NONCE, c);
    fm_add(d, IP_OPT_QS_RESERVED, c);
}

static void add_security(FmDissection *d, FmCursor *c)
{
    if (fm_left(c) == 9) { /* as RFC 791 had it */
        fm_add(d, IP_OPT_SEC_RFC791_SEC, c);
        fm_add(d, IP_OPT_SEC_RFC791_COMP, c);
        fm_add_bytes(d, IP_OPT_SEC_RFC791_HR, c, 2);
        fm_add_bytes(d, IP_OPT_SEC_RFC791_TCC, c, 3);
        return;
    }
    fm_add(d, IP_OPT_SEC_CL, c);
    for (bool more = true; more && fm_left(c);)
        more = fm_add_flags(d, IP_OPT_SEC_PROT_AUTH_FLAGS, IP_OPT_SEC_PROT_AUTH_GENSER, IP_OPT_SEC_PROT_AUTH_FTI, c) & 1;
}

static void add_cipso(FmDissection *d, FmCursor *c)
{
    fm_add(d, IP_CIPSO_DOI, c);
    while (fm_left(c)) {
        uint64_t tag = fm_add(d, IP_CIPSO_TAG_TYPE, c);
        if (tag == 0)
            continue;
        uint64_t length = fm_read_u8(c);
        FmCursor inner = fm_take(c, length >= 2 ? length - 2 : 0);
        if (tag != 7 && fm_left(&inner) >= 2) {
            fm_skip(&inner, 1);
            fm_add(d, IP_CIPSO_SENSITIVITY_LEVEL, &inner);
        }
        if (fm_left(&inner))
            fm_add_bytes(d, IP_CIPSO_TAG_DATA, &inner, fm_left(&inner));
    }
}

static const struct {
    uint8_t option, length; /* that it must have; 0: any */
    const char *name;
} options[] = {
    { 7, 0, "Record Route" },
    { 11, 4, "MTU Probe" },
    { 12, 4, "MTU Reply" },
    { 25, 8, "Quick-Start" },
    { 68, 0, "Time Stamp" },
    { 82, 12, "Traceroute" },
    { 130, 0, "Security" },
    { 131, 0, "Loose Source Route" },
    { 133, 0, "Extended Security" },
    { 134, 0, "Commercial Security" },
    { 136, 4, "Stream ID" },
    { 137, 0, "Strict Source Route" },
    { 148, 4, "Router Alert" },
    { 149, 0, "Selective Directed Broadcast" },
};

static void add_contents(FmDissection *d, FmCursor *c, FmSubtree subtree, uint64_t option, uint64_t ttl)
{
    switch (option) {
    case OPTION_RECORD_ROUTE: case OPTION_LOOSE_ROUTE: case OPTION_STRICT_ROUTE: add_route(d, c, option); break;
    case OPTION_TIME_STAMP: add_time_stamps(d, c); break;
    case OPTION_QUICK_START: add_quick_start(d, c, subtree, ttl); break;
    case 11: case 12: fm_add(d, IP_OPT_MTU, c); break;
    case 82:
        fm_add(d, IP_OPT_ID_NUMBER, c);
        fm_add(d, IP_OPT_OHC, c);
        fm_add(d, IP_OPT_RHC, c);
        fm_add(d, IP_OPT_ORIGINATOR, c);
        break;
    case 130: add_security(d, c); break;
    case 133:
        fm_add(d, IP_OPT_EXT_SEC_ADD_SEC_INFO_FORMAT_CODE, c);
        if (fm_left(c))
            fm_add_bytes(d, IP_OPT_EXT_SEC_ADD_SEC_INFO, c, fm_left(c));
        break;
    case 134: add_cipso(d, c); break;
    case 148: {
        uint64_t alert = fm_add(d, IP_OPT_RA, c);
        const char *name = fm_name(router_alerts, alert);
        fm_subtree_label_more(d, subtree, ": %s (%u)", name ? name : "Unknown", (unsigned)alert);
        break;
    }
    case 149:
        while (fm_left(c) >= 4)
            fm_add(d, IP_OPT_ADDR, c);
        break;
    default: break;
    }
}

static void add_type(FmDissection *d, FmCursor *c)
{
    fm_add_flags(d, IP_OPT_TYPE, IP_OPT_TYPE_COPY, IP_OPT_TYPE_NUMBER, c);
}

static void bad_length(FmDissection *d, const FmCursor *c, const char *name, uint64_t length, bool past_end)
{
    const char *plural = length == 1 ? "" : "s";
    const char *text = past_end ? fm_arena_printf(d->arena, "%s (option length = %u byte%s says option goes past end of options)", name,
                                                  (unsigned)length, plural)
                                : fm_arena_printf(d->arena, "%s (with too-short option length = %u byte%s)", name, (unsigned)length, plural);
    FmCursor end = *c;
    FmSubtree subtree = fm_open_text(d, c, "%s", text);
    fm_up(d);
    fm_expert_text(d, IP_OPT_LEN_INVALID, "%s", text);
    fm_down(d);
    fm_skip(&end, MIN(2, fm_left(&end)));
    fm_close(d, subtree, &end);
}

/* One option of more than a byte; false: what follows can't be found. */
static bool add_option(FmDissection *d, FmCursor *c, uint64_t option, uint64_t ttl)
{
    const char *name = NULL;
    uint64_t right = 0, length = fm_peek(c, 1, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].option == option) {
            name = options[i].name;
            right = options[i].length;
        }
    if (length < 2 || length > fm_left_on_wire(c)) {
        bad_length(d, c, name ? name : fm_arena_printf(d->arena, "Unknown (0x%02x)", (unsigned)option), length, length >= 2);
        return false;
    }
    FmCursor body = fm_take(c, length);
    if (!name) {
        fm_close(d, fm_open_text(d, &body, "Unknown (0x%02x) (%u byte%s)", (unsigned)option, (unsigned)length, length == 1 ? "" : "s"), c);
        return true;
    }
    FmSubtree subtree = fm_open_text(d, &body, "IP Option - %s (%u bytes)", name, (unsigned)length);
    add_type(d, &body);
    fm_add(d, IP_OPT_LEN, &body);
    if (right && length != right)
        fm_expert_text(d, IP_OPT_LEN_INVALID, "%s (with option length = %u byte%s; should be %u)", name, (unsigned)length,
                       length == 1 ? "" : "s", (unsigned)right);
    add_contents(d, &body, subtree, option, ttl);
    fm_close(d, subtree, c);
    return true;
}

/* The time to live stands before the options; the header's first byte is 20 bytes before them. */
static void options_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t ttl = c->at[-12];
    unsigned nops = 0;
    while (fm_left(c)) {
        uint64_t option = c->at[0];
        if (option != OPTION_END && option != OPTION_NOP) {
            if (!add_option(d, c, option, ttl))
                return;
            nops = 0;
            continue;
        }
        FmSubtree subtree = fm_open_text(d, c, "IP Option - %s", option ? "No-Operation (NOP)" : "End of Options List (EOL)");
        add_type(d, c);
        fm_close(d, subtree, c);
        if (option == OPTION_END)
            return;
        if (++nops == 4) {
            fm_expert(d, IP_NOP);
            nops = 0;
        }
    }
}

const FmProtocol fm_ipv4_options = {
    .abbrev = "ip_options",
    .title = "IPv4 options",
    FM_FIELDS(fields),
    .dissect = options_dissect,
    .part = true,
};

const char *fm_ipv4_option_name(uint64_t option)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].option == option)
            return options[i].name;
    return NULL;
}

const uint8_t *fm_ipv4_final_destination(FmSlice bytes)
{
    for (size_t i = 0; i + 1 < bytes.size;) {
        const uint8_t *option = bytes.data + i;
        if (option[0] == OPTION_END)
            break;
        if (option[0] == OPTION_NOP) {
            i++;
            continue;
        }
        size_t length = option[1];
        if (length < 2 || length > bytes.size - i)
            break;
        if ((option[0] == OPTION_LOOSE_ROUTE || option[0] == OPTION_STRICT_ROUTE) && length >= 7 && option[2] <= length)
            return option + length - 4;
        i += length;
    }
    return NULL;
}
