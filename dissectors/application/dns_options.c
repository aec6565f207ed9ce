/* What DNS carries as options and parameters: OPT (RFC 6891) and its options, SVCB and HTTPS (RFC 9460). */
#include "config.h"

#include "dissectors/application/dns.h"

enum {
    OPTION, OPTION_CODE, OPTION_LENGTH, OPTION_DATA, DAU, DHU, N3U, CLIENT_FAMILY, CLIENT_NETMASK, CLIENT_SCOPE, CLIENT_ADDRESS,
    CLIENT_IPV4, CLIENT_IPV6, COOKIE_CLIENT, COOKIE_SERVER, KEEPALIVE_TIMEOUT, PADDING, CHAIN, ERROR_CODE, ERROR_TEXT,
    SVC_PRIORITY, SVC_TARGET, PARAM, PARAM_KEY, PARAM_LENGTH, PARAM_VALUE, MANDATORY_KEY, ALPN_LENGTH, ALPN, PORT, IPV4_HINT,
    ECH, IPV6_HINT, ODOH, BAD_LENGTH, DEPRECATED,
};

static const FmName option_codes[] = {
    { 0, 0, "Reserved" }, { 1, 0, "LLQ - Long-lived query" }, { 2, 0, "UL - Update lease" }, { 3, 0, "NSID - Name Server Identifier" },
    { 4, 0, "Owner (reserved)" }, { 5, 0, "DAU - DNSSEC Algorithm Understood (RFC6975)" },
    { 6, 0, "DHU - DS Hash Understood (RFC6975)" }, { 7, 0, "N3U - NSEC3 Hash Understood (RFC6975)" },
    { 8, 0, "CSUBNET - Client subnet" }, { 9, 0, "EDNS EXPIRE (RFC7314)" }, { 10, 0, "COOKIE" }, { 11, 0, "EDNS TCP Keepalive" },
    { 12, 0, "PADDING" }, { 13, 0, "CHAIN" }, { 15, 0, "Extended DNS Error" }, { 20730, 0, "Experimental - CSUBNET - Client subnet" }, { 0 },
};
static const FmName families[] = { { 1, 0, "IPv4" }, { 2, 0, "IPv6" }, { 0 } };
static const FmName errors[] = {
    { 0, 0, "Other Error" }, { 1, 0, "Unsupported DNSKEY Algorithm" }, { 2, 0, "Unsupported DS Digest Type" }, { 3, 0, "Stale Answer" },
    { 4, 0, "Forged Answer" }, { 5, 0, "DNSSEC Indeterminate" }, { 6, 0, "DNSSEC Bogus" }, { 7, 0, "Signature Expired" },
    { 8, 0, "Signature Not Yet Valid" }, { 9, 0, "DNSKEY Missing" }, { 10, 0, "RRSIGs Missing" }, { 11, 0, "No Zone Key Bit Set" },
    { 12, 0, "NSEC Missing" }, { 13, 0, "Cached Error" }, { 14, 0, "Not Ready" }, { 15, 0, "Blocked" }, { 16, 0, "Censored" },
    { 17, 0, "Filtered" }, { 18, 0, "Prohibited" }, { 19, 0, "Stale NXDomain Answer" }, { 20, 0, "Not Authoritative" },
    { 21, 0, "Not Supported" }, { 22, 0, "No Reachable Authority" }, { 23, 0, "Network Error" }, { 24, 0, "Invalid Data" },
    { 25, 0, "Signature Expired before Valid" }, { 26, 0, "Too Early" }, { 27, 0, "Unsupported NSEC3 Iterations Value" },
    { 28, 0, "Unable to conform to policy" }, { 29, 0, "Synthesized" }, { 30, 49151, "Unassigned" },
    { 49152, 65535, "Reserved for Private Use" }, { 0 },
};
static const FmName params[] = {
    { 0, 0, "mandatory" }, { 1, 0, "alpn" }, { 2, 0, "no-default-alpn" }, { 3, 0, "port" }, { 4, 0, "ipv4hint" }, { 5, 0, "echconfig" },
    { 6, 0, "ipv6hint" }, { 32769, 0, "odohconfig" }, { 65535, 0, "key65535" }, { 0 },
};

static const FmField fields[] = {
    [OPTION] = { "dns.opt", "Option", FM_NONE },
    [OPTION_CODE] = { "dns.opt.code", "Option Code", FM_UINT16, FM_DEC, .names = option_codes },
    [OPTION_LENGTH] = { "dns.opt.len", "Option Length", FM_UINT16, FM_DEC },
    [OPTION_DATA] = { "dns.opt.data", "Option Data", FM_BYTES },
    [DAU] = { "dns.opt.dau", "DAU", FM_UINT8, FM_DEC, .names = fm_dns_algorithms },
    [DHU] = { "dns.opt.dhu", "DHU", FM_UINT8, FM_DEC, .names = fm_dns_digests },
    [N3U] = { "dns.opt.n3u", "N3U", FM_UINT8, FM_DEC, .names = fm_dns_hashes },
    [CLIENT_FAMILY] = { "dns.opt.client.family", "Family", FM_UINT16, FM_DEC, .names = families },
    [CLIENT_NETMASK] = { "dns.opt.client.netmask", "Source Netmask", FM_UINT8, FM_DEC },
    [CLIENT_SCOPE] = { "dns.opt.client.scope", "Scope Netmask", FM_UINT8, FM_DEC },
    [CLIENT_ADDRESS] = { "dns.opt.client.addr", "Client Subnet", FM_BYTES },
    [CLIENT_IPV4] = { "dns.opt.client.addr4", "Client Subnet", FM_IPV4 },
    [CLIENT_IPV6] = { "dns.opt.client.addr6", "Client Subnet", FM_IPV6 },
    [COOKIE_CLIENT] = { "dns.opt.cookie.client", "Client Cookie", FM_BYTES },
    [COOKIE_SERVER] = { "dns.opt.cookie.server", "Server Cookie", FM_BYTES },
    [KEEPALIVE_TIMEOUT] = { "dns.opt.edns_tcp_keepalive.timeout", "Timeout", FM_UINT16, FM_DEC },
    [PADDING] = { "dns.opt.padding", "Padding", FM_BYTES },
    [CHAIN] = { "dns.opt.chain.fqdn", "Closest Trust Point", FM_STRING },
    [ERROR_CODE] = { "dns.opt.ext_error.info_code", "Info Code", FM_UINT16, FM_DEC, .names = errors },
    [ERROR_TEXT] = { "dns.opt.ext_error.extra_text", "Extra Text", FM_STRING },
    [SVC_PRIORITY] = { "dns.svcb.svcpriority", "SvcPriority", FM_UINT16, FM_DEC },
    [SVC_TARGET] = { "dns.svcb.targetname", "TargetName", FM_STRING },
    [PARAM] = { "dns.svcb.svcparam", "SvcParam", FM_NONE },
    [PARAM_KEY] = { "dns.svcb.svcparam.key", "SvcParamKey", FM_UINT16, FM_DEC, .names = params },
    [PARAM_LENGTH] = { "dns.svcb.svcparam.value.length", "SvcParamValue length", FM_UINT16, FM_DEC },
    [PARAM_VALUE] = { "dns.svcb.svcparam.value", "SvcParamValue", FM_BYTES },
    [MANDATORY_KEY] = { "dns.svcb.svcparam.mandatory.key", "Mandatory key", FM_UINT16, FM_DEC, .names = params },
    [ALPN_LENGTH] = { "dns.svcb.svcparam.alpn.length", "ALPN length", FM_UINT8, FM_DEC },
    [ALPN] = { "dns.svcb.svcparam.alpn", "ALPN", FM_STRING },
    [PORT] = { "dns.svcb.svcparam.port", "Port", FM_UINT16, FM_DEC },
    [IPV4_HINT] = { "dns.svcb.svcparam.ipv4hint.ip", "IP", FM_IPV4 },
    [ECH] = { "dns.svcb.svcparam.echconfig", "ECHConfig", FM_BYTES },
    [IPV6_HINT] = { "dns.svcb.svcparam.ipv6hint.ip", "IP", FM_IPV6 },
    [ODOH] = { "dns.svcb.svcparam.odohconfig", "ODoHConfig", FM_BYTES },
    [BAD_LENGTH] = { "dns.rr.opt.bad_length", "Length too long for any type of IP address.", FM_EXPERT, .severity = FM_ERROR,
                     .group = FM_GROUP_MALFORMED },
    [DEPRECATED] = { "dns.depr.opc", "Deprecated opcode", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
};

enum { OPTION_CSUBNET = 8, OPTION_CSUBNET_OLD = 20730 };
enum { ADDRESS_MAX = 16 };

/* ---- EDNS ---- */

/* RFC 7871 §6; the address may be cut to the prefix. */
static void put_client_subnet(FmDissection *d, FmCursor *c)
{
    uint64_t family = fm_add(d, CLIENT_FAMILY, c);
    fm_add(d, CLIENT_NETMASK, c);
    fm_add(d, CLIENT_SCOPE, c);
    if (!fm_ok(d))
        return;
    uint8_t address[ADDRESS_MAX] = { 0 };
    size_t size = fm_left(c);
    memcpy(address, c->at, MIN(size, sizeof address));
    switch (family) {
    case 1: fm_add_value(d, CLIENT_IPV4, c, size, fm_be(address, 4)); break;
    case 2: fm_add_blob(d, CLIENT_IPV6, c, size, address, sizeof address); break;
    default: fm_add_bytes(d, CLIENT_ADDRESS, c, size); break;
    }
}

static void put_cookie(FmDissection *d, FmCursor *c)
{
    if (!fm_has(c, 8)) {
        fm_cursor_fail(c, 8);
        return;
    }
    fm_add_bytes(d, COOKIE_CLIENT, c, 8);
    fm_add_bytes(d, COOKIE_SERVER, c, fm_left(c));
}

static void put_option(FmDissection *d, FmCursor *c)
{
    FmSubtree option = fm_open(d, OPTION, c);
    if (!fm_has(c, 4)) {
        fm_cursor_fail(c, 4);
        fm_close(d, option, c);
        return;
    }
    uint64_t code = fm_add(d, OPTION_CODE, c);
    const char *name = fm_name(option_codes, code);
    if (name)
        fm_subtree_label(d, option, "Option: %s", name);
    else
        fm_subtree_label(d, option, "Option: Unknown (%u)", (unsigned)code);
    if (code == OPTION_CSUBNET_OLD)
        fm_expert_text(d, DEPRECATED, "Deprecated opcode. Client subnet OPT assigned as 8.");
    uint64_t length = fm_add(d, OPTION_LENGTH, c);
    if ((code == OPTION_CSUBNET || code == OPTION_CSUBNET_OLD) && length > 4 + ADDRESS_MAX)
        fm_expert(d, BAD_LENGTH);
    if (!fm_has(c, length)) {
        fm_cursor_fail(c, length);
        fm_close(d, option, c);
        return;
    }
    FmCursor data = fm_take(c, length), whole = data;
    fm_add_bytes(d, OPTION_DATA, &whole, length);
    switch (code) {
    case 5:
        while (fm_left(&data))
            fm_add(d, DAU, &data);
        break;
    case 6:
        while (fm_left(&data))
            fm_add(d, DHU, &data);
        break;
    case 7:
        while (fm_left(&data))
            fm_add(d, N3U, &data);
        break;
    case OPTION_CSUBNET: case OPTION_CSUBNET_OLD: put_client_subnet(d, &data); break;
    case 10: put_cookie(d, &data); break;
    case 11:
        if (length == 2)
            fm_add(d, KEEPALIVE_TIMEOUT, &data);
        break;
    case 12: fm_add_bytes(d, PADDING, &data, length); break;
    case 13: /* no compression here: the wire form is shown */
        if (length)
            fm_dns_add_ascii(d, CHAIN, &data, length);
        break;
    case 15:
        fm_add(d, ERROR_CODE, &data);
        if (fm_left(&data))
            fm_add_bytes(d, ERROR_TEXT, &data, fm_left(&data));
        break;
    default: break;
    }
    fm_close(d, option, c);
}

/* ---- SVCB ---- */

/* The line of a parameter grows to what a screen can show, not to what 64 KB of values can say. */
enum { PARAM_LINE = 256 };

static void line_add(FmDissection *d, FmText *line, bool first, const char *text)
{
    if (!d->want_texts || line->size >= PARAM_LINE)
        return;
    fm_text_char(line, first ? '=' : ',');
    fm_text_put(line, text);
}

static void put_base64(FmDissection *d, unsigned field, const char *name, FmText *line, FmCursor *c)
{
    FmSlice bytes = fm_rest(c);
    fm_add_bytes(d, field, c, bytes.size);
    if (!d->want_texts)
        return;
    g_autofree char *text = bytes.size ? g_base64_encode(bytes.data, bytes.size) : g_strdup("");
    fm_label(d, field, "%s: %s", name, text);
    line_add(d, line, true, text);
}

static void put_keys(FmDissection *d, FmText *line, FmCursor *c)
{
    for (bool first = true; fm_left(c); first = false) {
        uint64_t key = fm_add(d, MANDATORY_KEY, c);
        const char *name = fm_name(params, key);
        char unknown[16];
        g_snprintf(unknown, sizeof unknown, "key%u", (unsigned)key);
        line_add(d, line, first, name ? name : unknown);
    }
}

static void put_param_value(FmDissection *d, uint64_t key, FmText *line, FmCursor *c)
{
    bool first = true;
    switch (key) {
    case 0: put_keys(d, line, c); break;
    case 1:
        for (; fm_left(c); first = false) {
            uint64_t length = fm_add(d, ALPN_LENGTH, c);
            if (fm_has(c, length))
                line_add(d, line, first, fm_dns_add_ascii(d, ALPN, c, length));
            else
                fm_cursor_fail(c, length);
        }
        break;
    case 2: break;
    case 3:
        if (fm_has(c, 2))
            line_add(d, line, true, fm_arena_printf(d->arena, "%u", (unsigned)fm_peek(c, 0, 2)));
        fm_add(d, PORT, c);
        break;
    case 4:
        for (; fm_left(c); first = false) {
            if (fm_has(c, 4))
                line_add(d, line, first, fm_dns_address(d, (FmSlice){ c->at, 4 }));
            fm_add(d, IPV4_HINT, c);
        }
        break;
    case 5: put_base64(d, ECH, "ECHConfig", line, c); break;
    case 6:
        for (; fm_has(c, 16); first = false) {
            line_add(d, line, first, fm_dns_address(d, (FmSlice){ c->at, 16 }));
            fm_add_bytes(d, IPV6_HINT, c, 16);
        }
        if (fm_left(c))
            fm_cursor_fail(c, 16);
        break;
    case 32769: put_base64(d, ODOH, "ODoHConfig", line, c); break;
    default:
        if (!fm_left(c))
            break;
        if (d->want_texts) {
            FmSlice shown = fm_rest(c);
            shown.size = MIN(shown.size, PARAM_LINE);
            fm_text_char(line, '=');
            fm_dns_escape(line, shown);
        }
        fm_add_bytes(d, PARAM_VALUE, c, fm_left(c));
        break;
    }
}

static void put_param(FmDissection *d, FmCursor *c)
{
    FmSubtree param = fm_open(d, PARAM, c);
    uint64_t key = fm_add(d, PARAM_KEY, c);
    uint64_t length = fm_add(d, PARAM_LENGTH, c);
    FmCursor value = fm_take(c, length);
    const char *name = fm_name(params, key);
    g_auto(FmText) line = { 0 };
    if (d->want_texts && name)
        fm_text_put(&line, name);
    else if (d->want_texts)
        fm_text_printf(&line, "key%u", (unsigned)key);
    put_param_value(d, key, &line, &value);
    if (d->want_texts)
        fm_subtree_label(d, param, "SvcParam: %s", fm_text_string(&line));
    fm_close(d, param, c);
}

static void put_service_binding(FmDissection *d, DnsRecord *r)
{
    fm_add(d, SVC_PRIORITY, &r->data);
    DnsName target;
    if (!fm_dns_add_name(d, SVC_TARGET, r->message, &r->data, &target))
        return;
    while (fm_left(&r->data))
        put_param(d, &r->data);
}

static void options_dissect(FmDissection *d, FmCursor *c)
{
    DnsRecord *r = (DnsRecord *)c;
    if (r->type != 41) {
        put_service_binding(d, r);
        return;
    }
    while (fm_left(c))
        put_option(d, c);
}

const FmProtocol fm_dns_options = {
    .abbrev = "dns.options",
    .title = "DNS options",
    .part = true,
    FM_FIELDS(fields),
    .dissect = options_dissect,
};
