/* DNS record types that are not about security: RFC 1035, 1183, 1348, 1706, 1712, 1876, 2163, 2230, 2782, 2874, 3123, 3403, 3596,
 * 6742, 7043, 8659 and Microsoft's WINS. */
#include "config.h"

#include "dissectors/application/dns.h"

enum {
    A, NS, MD, MF, CNAME, SOA_MNAME, SOA_RNAME, SOA_SERIAL, SOA_REFRESH, SOA_RETRY, SOA_EXPIRE, SOA_MINIMUM, MB, MG, MR, NULL_DATA,
    WKS_ADDRESS, WKS_PROTOCOL, WKS_BITS, PTR, CPU_LENGTH, CPU, OS_LENGTH, OS, MINFO_R, MINFO_E, MX_PREFERENCE, MX_EXCHANGE,
    TXT_LENGTH, TXT, RP_MAILBOX, RP_TXT, AFSDB_SUBTYPE, AFSDB_HOST, X25_LENGTH, X25_ADDRESS, ISDN_LENGTH, ISDN_ADDRESS,
    ISDN_SUB_LENGTH, ISDN_SUB_ADDRESS, RT_PREFERENCE, RT_HOST, NSAP, NSAP_PTR, PX_PREFERENCE, PX_822, PX_400,
    GPOS_LONGITUDE_LENGTH, GPOS_LONGITUDE, GPOS_LATITUDE_LENGTH, GPOS_LATITUDE, GPOS_ALTITUDE_LENGTH, GPOS_ALTITUDE,
    AAAA, LOC_VERSION, LOC_SIZE, LOC_HORIZONTAL, LOC_VERTICAL, LOC_LATITUDE, LOC_LONGITUDE, LOC_ALTITUDE, LOC_UNKNOWN,
    SRV_PRIORITY, SRV_WEIGHT, SRV_PORT, SRV_TARGET, NAPTR_ORDER, NAPTR_PREFERENCE, NAPTR_FLAGS_LENGTH, NAPTR_FLAGS,
    NAPTR_SERVICE_LENGTH, NAPTR_SERVICE, NAPTR_REGEX_LENGTH, NAPTR_REGEX, NAPTR_REPLACEMENT_LENGTH, NAPTR_REPLACEMENT,
    KX_PREFERENCE, KX_EXCHANGE, A6_PREFIX_LENGTH, A6_SUFFIX, A6_PREFIX_NAME, DNAME,
    APL_FAMILY, APL_PREFIX, APL_NEGATION, APL_LENGTH, APL_IPV4, APL_IPV6, APL_DATA, DHCID, SPF_LENGTH, SPF,
    NID_PREFERENCE, NID, L32_PREFERENCE, L32, L64_PREFERENCE, L64, LP_PREFERENCE, LP, EUI48, EUI64,
    CAA_FLAGS, CAA_CRITICAL, CAA_ISSUE, CAA_ISSUEWILD, CAA_IODEF, CAA_UNKNOWN, CAA_TAG_LENGTH, CAA_TAG, CAA_VALUE,
    WINS_LOCAL, WINS_LOOKUP, WINS_CACHE, WINS_COUNT, WINS_SERVER, WINSR_LOCAL, WINSR_LOOKUP, WINSR_CACHE, WINSR_DOMAIN,
    XPF_VERSION, XPF_PROTOCOL, XPF_SOURCE4, XPF_DESTINATION4, XPF_SOURCE6, XPF_DESTINATION6, XPF_SOURCE_PORT, XPF_DESTINATION_PORT,
    DATA, UNDECODED,
};

static const FmName families[] = { { 1, 0, "IPv4" }, { 2, 0, "IPv6" }, { 0 } };
static const FmName versions[] = {
    { 0, 0, "Reserved" }, { 4, 0, "IPv4" }, { 5, 0, "ST Datagram" }, { 6, 0, "IPv6" }, { 7, 0, "TP/IX" }, { 8, 0, "PIP" },
    { 9, 0, "TUBA" }, { 0 },
};
static const FmName protocols[] = { { 1, 0, "ICMP" }, { 6, 0, "TCP" }, { 17, 0, "UDP" }, { 58, 0, "ICMPv6" }, { 132, 0, "SCTP" }, { 0 } };

static const FmField fields[] = {
    [A] = { "dns.a", "Address", FM_IPV4 },
    [NS] = { "dns.ns", "Name Server", FM_STRING },
    [MD] = { "dns.md", "Mail Destination", FM_STRING },
    [MF] = { "dns.mf", "Mail Forwarder", FM_STRING },
    [CNAME] = { "dns.cname", "CNAME", FM_STRING },
    [SOA_MNAME] = { "dns.soa.mname", "Primary name server", FM_STRING },
    [SOA_RNAME] = { "dns.soa.rname", "Responsible authority's mailbox", FM_STRING },
    [SOA_SERIAL] = { "dns.soa.serial_number", "Serial Number", FM_UINT32, FM_DEC },
    [SOA_REFRESH] = { "dns.soa.refresh_interval", "Refresh Interval", FM_UINT32, FM_DEC },
    [SOA_RETRY] = { "dns.soa.retry_interval", "Retry Interval", FM_UINT32, FM_DEC },
    [SOA_EXPIRE] = { "dns.soa.expire_limit", "Expire limit", FM_UINT32, FM_DEC },
    [SOA_MINIMUM] = { "dns.soa.minimum_ttl", "Minimum TTL", FM_UINT32, FM_DEC },
    [MB] = { "dns.mb", "MailBox Domaine", FM_STRING },
    [MG] = { "dns.mg", "Mail Group member", FM_STRING },
    [MR] = { "dns.mr", "Mail Rename domaine", FM_STRING },
    [NULL_DATA] = { "dns.null", "Null (data)", FM_BYTES },
    [WKS_ADDRESS] = { "dns.wks.address", "Address", FM_IPV4 },
    [WKS_PROTOCOL] = { "dns.wks.protocol", "Protocol", FM_UINT8, FM_DEC, .names = protocols },
    [WKS_BITS] = { "dns.wks.bits", "Bits", FM_UINT8, FM_HEX },
    [PTR] = { "dns.ptr.domain_name", "Domain Name", FM_STRING },
    [CPU_LENGTH] = { "dns.hinfo.cpu_length", "CPU Length", FM_UINT8, FM_DEC },
    [CPU] = { "dns.hinfo.cpu", "CPU", FM_STRING },
    [OS_LENGTH] = { "dns.hinfo.os_length", "OS Length", FM_UINT8, FM_DEC },
    [OS] = { "dns.hinfo.os", "OS", FM_STRING },
    [MINFO_R] = { "dns.minfo.r", "Responsible Mailbox", FM_STRING },
    [MINFO_E] = { "dns.minfo.e", "Error Mailbox", FM_STRING },
    [MX_PREFERENCE] = { "dns.mx.preference", "Preference", FM_UINT16, FM_DEC },
    [MX_EXCHANGE] = { "dns.mx.mail_exchange", "Mail Exchange", FM_STRING },
    [TXT_LENGTH] = { "dns.txt.length", "TXT Length", FM_UINT8, FM_DEC },
    [TXT] = { "dns.txt", "TXT", FM_STRING },
    [RP_MAILBOX] = { "dns.rp.mailbox", "Mailbox", FM_STRING },
    [RP_TXT] = { "dns.rp.txt_rr", "TXT RR", FM_STRING },
    [AFSDB_SUBTYPE] = { "dns.afsdb.subtype", "Subtype", FM_UINT16, FM_DEC },
    [AFSDB_HOST] = { "dns.afsdb.hostname", "Hostname", FM_STRING },
    [X25_LENGTH] = { "dns.x25.length", "Length", FM_UINT8, FM_DEC },
    [X25_ADDRESS] = { "dns.x25.psdn_address", "PSDN-Address", FM_STRING },
    [ISDN_LENGTH] = { "dns.idsn.length", "Length", FM_UINT8, FM_DEC },
    [ISDN_ADDRESS] = { "dns.idsn.address", "ISDN Address", FM_STRING },
    [ISDN_SUB_LENGTH] = { "dns.idsn.sa.length", "Length", FM_UINT8, FM_DEC },
    [ISDN_SUB_ADDRESS] = { "dns.idsn.sa.address", "Sub Address", FM_STRING },
    [RT_PREFERENCE] = { "dns.rt.subtype", "Preference", FM_UINT16, FM_DEC },
    [RT_HOST] = { "dns.rt.intermediate_host", "Intermediate Hostname", FM_STRING },
    [NSAP] = { "dns.nsap.rdata", "NSAP Data", FM_BYTES },
    [NSAP_PTR] = { "dns.nsap_ptr.owner", "Owner", FM_STRING },
    [PX_PREFERENCE] = { "dns.px.preference", "Preference", FM_UINT16, FM_DEC },
    [PX_822] = { "dns.px.map822", "MAP822", FM_STRING },
    [PX_400] = { "dns.px.map400", "MAPX400", FM_STRING },
    [GPOS_LONGITUDE_LENGTH] = { "dns.gpos.longitude_length", "Longitude length", FM_UINT8, FM_DEC },
    [GPOS_LONGITUDE] = { "dns.gpos.longitude", "Longitude", FM_STRING },
    [GPOS_LATITUDE_LENGTH] = { "dns.gpos.latitude_length", "Latitude length", FM_UINT8, FM_DEC },
    [GPOS_LATITUDE] = { "dns.gpos.latitude", "Latitude", FM_STRING },
    [GPOS_ALTITUDE_LENGTH] = { "dns.gpos.altitude_length", "Altitude length", FM_UINT8, FM_DEC },
    [GPOS_ALTITUDE] = { "dns.gpos.altitude", "Altitude", FM_STRING },
    [AAAA] = { "dns.aaaa", "AAAA Address", FM_IPV6 },
    [LOC_VERSION] = { "dns.loc.version", "Version", FM_UINT8, FM_DEC },
    [LOC_SIZE] = { "dns.loc.size", "Size", FM_UINT8, FM_DEC },
    [LOC_HORIZONTAL] = { "dns.loc.horizontal_precision", "Horizontal Precision", FM_UINT8, FM_DEC },
    [LOC_VERTICAL] = { "dns.loc.vertical_precision", "Vertical Precision", FM_UINT8, FM_DEC },
    [LOC_LATITUDE] = { "dns.loc.latitude", "Latitude", FM_UINT32, FM_DEC },
    [LOC_LONGITUDE] = { "dns.loc.longitude", "Longitude", FM_UINT32, FM_DEC },
    [LOC_ALTITUDE] = { "dns.loc.altitude", "Altitude", FM_UINT32, FM_DEC },
    [LOC_UNKNOWN] = { "dns.loc.unknown_data", "Unknown data", FM_BYTES },
    [SRV_PRIORITY] = { "dns.srv.priority", "Priority", FM_UINT16, FM_DEC },
    [SRV_WEIGHT] = { "dns.srv.weight", "Weight", FM_UINT16, FM_DEC },
    [SRV_PORT] = { "dns.srv.port", "Port", FM_UINT16, FM_DEC },
    [SRV_TARGET] = { "dns.srv.target", "Target", FM_STRING },
    [NAPTR_ORDER] = { "dns.naptr.order", "Order", FM_UINT16, FM_DEC },
    [NAPTR_PREFERENCE] = { "dns.naptr.preference", "Preference", FM_UINT16, FM_DEC },
    [NAPTR_FLAGS_LENGTH] = { "dns.naptr.flags_length", "Flags Length", FM_UINT8, FM_DEC },
    [NAPTR_FLAGS] = { "dns.naptr.flags", "Flags", FM_STRING },
    [NAPTR_SERVICE_LENGTH] = { "dns.naptr.service_length", "Service Length", FM_UINT8, FM_DEC },
    [NAPTR_SERVICE] = { "dns.naptr.service", "Service", FM_STRING },
    [NAPTR_REGEX_LENGTH] = { "dns.naptr.regex_length", "Regex Length", FM_UINT8, FM_DEC },
    [NAPTR_REGEX] = { "dns.naptr.regex", "Regex", FM_STRING },
    [NAPTR_REPLACEMENT_LENGTH] = { "dns.naptr.replacement_length", "Replacement Length", FM_UINT8, FM_DEC, .generated = true },
    [NAPTR_REPLACEMENT] = { "dns.naptr.replacement", "Replacement", FM_STRING },
    [KX_PREFERENCE] = { "dns.kx.preference", "Preference", FM_UINT16, FM_DEC },
    [KX_EXCHANGE] = { "dns.kx.key_exchange", "Key Exchange", FM_STRING },
    [A6_PREFIX_LENGTH] = { "dns.a6.prefix_len", "Prefix len", FM_UINT8, FM_DEC },
    [A6_SUFFIX] = { "dns.a6.address_suffix", "Address Suffix", FM_IPV6 },
    [A6_PREFIX_NAME] = { "dns.a6.prefix_name", "Prefix name", FM_STRING },
    [DNAME] = { "dns.dname", "Dname", FM_STRING },
    [APL_FAMILY] = { "dns.apl.address_family", "Address Family", FM_UINT16, FM_DEC, .names = families },
    [APL_PREFIX] = { "dns.apl.coded_prefix", "Prefix Length", FM_UINT8, FM_DEC },
    [APL_NEGATION] = { "dns.apl.negation", "Negation Flag", FM_BOOL8, .mask = 0x80, .yes = "Yes (!)", .no = "No (0)" },
    [APL_LENGTH] = { "dns.apl.afdlength", "Address Length", FM_UINT8, FM_DEC, .mask = 0x7f },
    [APL_IPV4] = { "dns.apl.afdpart.ipv4", "Address", FM_IPV4 },
    [APL_IPV6] = { "dns.apl.afdpart.ipv6", "Address", FM_IPV6 },
    [APL_DATA] = { "dns.apl.afdpart.data", "Address", FM_BYTES },
    [DHCID] = { "dns.dhcid.rdata", "DHCID Data", FM_BYTES },
    [SPF_LENGTH] = { "dns.spf.length", "SPF Length", FM_UINT8, FM_DEC },
    [SPF] = { "dns.spf", "SPF", FM_STRING },
    [NID_PREFERENCE] = { "dns.ilnp.nid.preference", "Preference", FM_UINT16, FM_DEC },
    [NID] = { "dns.ilnp.nid", "NodeID", FM_BYTES },
    [L32_PREFERENCE] = { "dns.ilnp.l32.preference", "Preference", FM_UINT16, FM_DEC },
    [L32] = { "dns.ilnp.l32", "Locator32", FM_IPV4 },
    [L64_PREFERENCE] = { "dns.ilnp.l64.preference", "Preference", FM_UINT16, FM_DEC },
    [L64] = { "dns.ilnp.l64", "Locator64", FM_BYTES },
    [LP_PREFERENCE] = { "dns.ilnp.lp.preference", "Preference", FM_UINT16, FM_DEC },
    [LP] = { "dns.ilnp.lp", "Locator FQDN", FM_STRING },
    [EUI48] = { "dns.eui48", "EUI48 Address", FM_ETHER },
    [EUI64] = { "dns.eui64", "EUI64 Address", FM_EUI64 },
    [CAA_FLAGS] = { "dns.caa.flags", "CAA Flags", FM_UINT8, FM_HEX },
    [CAA_CRITICAL] = { "dns.caa.flags.issuer_critical", "Issuer Critical", FM_BOOL8, .mask = 0x80, .yes = "Critical", .no = "Not critical" },
    [CAA_ISSUE] = { "dns.caa.issue", "Issue", FM_STRING },
    [CAA_ISSUEWILD] = { "dns.caa.issuewild", "Issue Wildcard", FM_STRING },
    [CAA_IODEF] = { "dns.caa.iodef", "Report URL", FM_STRING },
    [CAA_UNKNOWN] = { "dns.caa.unknown", "Unknown tag", FM_STRING },
    [CAA_TAG_LENGTH] = { "dns.caa.tag_length", "Tag length", FM_UINT8, FM_DEC },
    [CAA_TAG] = { "dns.caa.tag", "Tag", FM_STRING },
    [CAA_VALUE] = { "dns.caa.value", "Value", FM_STRING },
    [WINS_LOCAL] = { "dns.wins.local_flag", "Local Flag", FM_BOOL32, .mask = 1 },
    [WINS_LOOKUP] = { "dns.wins.lookup_timeout", "Lookup timeout", FM_UINT32, FM_DEC },
    [WINS_CACHE] = { "dns.wins.cache_timeout", "Cache timeout", FM_UINT32, FM_DEC },
    [WINS_COUNT] = { "dns.wins.nb_wins_servers", "Number of WINS servers", FM_UINT32, FM_DEC },
    [WINS_SERVER] = { "dns.wins.wins_server", "WINS Server Address", FM_IPV4 },
    [WINSR_LOCAL] = { "dns.winsr.local_flag", "Local Flag", FM_BOOL32, .mask = 1 },
    [WINSR_LOOKUP] = { "dns.winsr.lookup_timeout", "Lookup timeout", FM_UINT32, FM_DEC },
    [WINSR_CACHE] = { "dns.winsr.cache_timeout", "Cache timeout", FM_UINT32, FM_DEC },
    [WINSR_DOMAIN] = { "dns.winsr.name_result_domain", "Name Result Domain", FM_STRING },
    [XPF_VERSION] = { "dns.xpf.ip_version", "IP Version", FM_UINT8, FM_DEC, .names = versions },
    [XPF_PROTOCOL] = { "dns.xpf.protocol", "Protocol", FM_UINT8, FM_DEC, .names = protocols },
    [XPF_SOURCE4] = { "dns.xpf.source_ipv4", "IPv4 Source", FM_IPV4 },
    [XPF_DESTINATION4] = { "dns.xpf.destination_ipv4", "IPv4 Destination", FM_IPV4 },
    [XPF_SOURCE6] = { "dns.xpf.source_ipv6", "IPv6 Source", FM_IPV6 },
    [XPF_DESTINATION6] = { "dns.xpf.destination_ipv6", "IPv6 Destination", FM_IPV6 },
    [XPF_SOURCE_PORT] = { "dns.xpf.sport", "Source port", FM_UINT16, FM_DEC },
    [XPF_DESTINATION_PORT] = { "dns.xpf.dport", "Destination port", FM_UINT16, FM_DEC },
    [DATA] = { "dns.data", "Data", FM_BYTES },
    [UNDECODED] = { "dns.undecoded.type", "Undecoded option", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_UNDECODED },
};

/* A record that is a name; `what` stands before it on the record's line: ", ns ". NULL: the info column has the owner instead. */
static void put_name(FmDissection *d, unsigned field, DnsRecord *r, const char *what)
{
    DnsName name;
    if (!fm_dns_add_name(d, field, r->message, &r->data, &name))
        return;
    fm_dns_info(d, what ? name.text : r->owner);
    if (what)
        fm_subtree_label_more(d, r->line, "%s%s", what, name.text);
}

/* A name inside a record, not shown elsewhere. */
static void put_inner_name(FmDissection *d, unsigned field, DnsRecord *r)
{
    DnsName name;
    fm_dns_add_name(d, field, r->message, &r->data, &name);
}

/* A <character-string> (RFC 1035 §3.3). */
static const char *put_string(FmDissection *d, unsigned length_field, unsigned field, FmCursor *c)
{
    if (!fm_left(c)) {
        fm_cursor_fail(c, 1);
        return "";
    }
    return fm_dns_add_ascii(d, field, c, fm_add(d, length_field, c));
}

static void put_seconds(FmDissection *d, unsigned field, FmCursor *c)
{
    uint64_t seconds = fm_add(d, field, c);
    if (d->want_texts)
        fm_label_more(d, field, " (%s)", fm_dns_span(seconds).text);
}

static void put_address(FmDissection *d, unsigned field, FmCursor *c, FmSubtree line)
{
    FmSlice address = { c->at, MIN(fm_left(c), 4) };
    fm_add(d, field, c);
    if (address.size < 4)
        return;
    const char *text = fm_dns_address(d, address);
    fm_dns_info(d, text);
    fm_subtree_label_more(d, line, ", addr %s", text);
}

static void put_ipv6(FmDissection *d, unsigned field, FmCursor *c)
{
    if (fm_has(c, 16))
        fm_add_bytes(d, field, c, 16);
    else
        fm_cursor_fail(c, 16);
}

static void put_soa(FmDissection *d, DnsRecord *r)
{
    put_name(d, SOA_MNAME, r, ", mname ");
    put_inner_name(d, SOA_RNAME, r);
    fm_add(d, SOA_SERIAL, &r->data);
    put_seconds(d, SOA_REFRESH, &r->data);
    put_seconds(d, SOA_RETRY, &r->data);
    put_seconds(d, SOA_EXPIRE, &r->data);
    put_seconds(d, SOA_MINIMUM, &r->data);
}

static void put_wks(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    put_address(d, WKS_ADDRESS, c, r->line);
    fm_add(d, WKS_PROTOCOL, c);
    for (unsigned port = 0; fm_left(c); port += 8) {
        uint64_t bits = fm_peek(c, 0, 1);
        if (!bits) {
            fm_skip(c, 1);
            continue;
        }
        fm_add(d, WKS_BITS, c);
        char text[64];
        size_t used = 0;
        for (unsigned i = 0; d->want_texts && i < 8; i++)
            if (bits & 0x80u >> i)
                used += (size_t)g_snprintf(text + used, (gulong)(sizeof text - used), "%s%u", used ? ", " : "", port + i);
        fm_label_more(d, WKS_BITS, " (%s)", text);
    }
}

static void put_hinfo(FmDissection *d, DnsRecord *r)
{
    const char *cpu = put_string(d, CPU_LENGTH, CPU, &r->data);
    const char *os = put_string(d, OS_LENGTH, OS, &r->data);
    fm_dns_info(d, cpu);
    fm_dns_info(d, os);
    fm_subtree_label_more(d, r->line, ", CPU %s, OS %s", cpu, os);
}

static void put_exchange(FmDissection *d, DnsRecord *r, unsigned preference_field, unsigned field, const char *what)
{
    unsigned preference = (unsigned)fm_add(d, preference_field, &r->data);
    DnsName name;
    if (!fm_dns_add_name(d, field, r->message, &r->data, &name))
        return;
    fm_info_more(d, " %u %s", preference, name.text);
    fm_subtree_label_more(d, r->line, ", preference %u, %s %s", preference, what, name.text);
}

static void put_isdn(FmDissection *d, DnsRecord *r)
{
    fm_dns_info(d, r->owner);
    put_string(d, ISDN_LENGTH, ISDN_ADDRESS, &r->data);
    if (fm_left(&r->data))
        put_string(d, ISDN_SUB_LENGTH, ISDN_SUB_ADDRESS, &r->data);
}

/* A size of LOC: mantissa and power of ten of centimetres in one byte (RFC 1876 §2). */
static void put_loc_size(FmDissection *d, unsigned field, FmCursor *c)
{
    uint64_t value = fm_add(d, field, c);
    double size = (double)(value >> 4);
    for (uint64_t i = 0; i < (value & 15); i++)
        size *= 10;
    fm_label_more(d, field, " (%g m)", size / 100);
}

static void put_loc_angle(FmDissection *d, unsigned field, FmCursor *c, unsigned degrees, char positive, char negative)
{
    int64_t angle = (int64_t)fm_add(d, field, c) - (INT64_C(1) << 31); /* thousandths of a second */
    uint64_t value = (uint64_t)(angle < 0 ? -angle : angle);
    if (value > degrees * UINT64_C(3600000))
        fm_label_more(d, field, " (Value out of range)");
    else
        fm_label_more(d, field, " (%u deg %u min %u.%03u sec %c)", (unsigned)(value / 3600000), (unsigned)(value / 60000 % 60),
                      (unsigned)(value / 1000 % 60), (unsigned)(value % 1000), angle < 0 ? negative : positive);
}

static void put_loc(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    if (fm_peek(c, 0, 1) != 0) {
        fm_add_bits(d, LOC_VERSION, c);
        fm_add_bytes(d, LOC_UNKNOWN, c, fm_left(c));
        return;
    }
    fm_add(d, LOC_VERSION, c);
    put_loc_size(d, LOC_SIZE, c);
    put_loc_size(d, LOC_HORIZONTAL, c);
    put_loc_size(d, LOC_VERTICAL, c);
    put_loc_angle(d, LOC_LATITUDE, c, 90, 'N', 'S');
    put_loc_angle(d, LOC_LONGITUDE, c, 180, 'E', 'W');
    int32_t altitude = (int32_t)(uint32_t)(fm_add(d, LOC_ALTITUDE, c) - 10000000);
    fm_label_more(d, LOC_ALTITUDE, " (%g m)", altitude / 100.0);
}

static void put_srv(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    unsigned priority = (unsigned)fm_add(d, SRV_PRIORITY, c);
    unsigned weight = (unsigned)fm_add(d, SRV_WEIGHT, c);
    unsigned port = (unsigned)fm_add(d, SRV_PORT, c);
    DnsName target;
    if (!fm_dns_add_name(d, SRV_TARGET, r->message, c, &target))
        return;
    fm_info_more(d, " %u %u %u %s", priority, weight, port, target.text);
    fm_subtree_label_more(d, r->line, ", priority %u, weight %u, port %u, target %s", priority, weight, port, target.text);
}

static void put_naptr(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    unsigned order = (unsigned)fm_add(d, NAPTR_ORDER, c);
    unsigned preference = (unsigned)fm_add(d, NAPTR_PREFERENCE, c);
    const char *flags = put_string(d, NAPTR_FLAGS_LENGTH, NAPTR_FLAGS, c);
    put_string(d, NAPTR_SERVICE_LENGTH, NAPTR_SERVICE, c);
    put_string(d, NAPTR_REGEX_LENGTH, NAPTR_REGEX, c);
    FmCursor from = *c;
    DnsName name;
    if (!fm_dns_name(r->message, c, &name))
        return;
    fm_add_value(d, NAPTR_REPLACEMENT_LENGTH, &from, c->at - from.at, name.length);
    fm_add_text(d, NAPTR_REPLACEMENT, &from, c->at - from.at, name.text);
    fm_info_more(d, " %u %u %s", order, preference, flags);
    fm_subtree_label_more(d, r->line, ", order %u, preference %u, flags %s", order, preference, flags);
}

/* RFC 2874 §3.1. */
static void put_a6(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    unsigned prefix = (unsigned)fm_peek(c, 0, 1), size = prefix > 128 ? 0 : (128 - prefix + 7) / 8;
    uint8_t suffix[16] = { 0 };
    if (!fm_has(c, 1 + size)) {
        fm_cursor_fail(c, 1 + size);
        return;
    }
    fm_add(d, A6_PREFIX_LENGTH, c);
    memcpy(suffix + 16 - size, c->at, size);
    if (size)
        fm_add_blob(d, A6_SUFFIX, c, size, suffix, 16);
    fm_skip(c, size);
    DnsName name = { .text = "" };
    if (prefix > 0 && !fm_dns_add_name(d, A6_PREFIX_NAME, r->message, c, &name))
        return;
    const char *address = fm_dns_address(d, (FmSlice){ suffix, 16 });
    fm_info_more(d, " %u %s %s", prefix, address, name.text);
    fm_subtree_label_more(d, r->line, ", addr %u %s %s", prefix, address, name.text);
}

/* RFC 3123 §4. */
static void put_apl(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    fm_dns_info(d, r->owner);
    while (fm_left(c)) {
        uint64_t family = fm_add(d, APL_FAMILY, c);
        fm_add(d, APL_PREFIX, c);
        fm_add_bits(d, APL_NEGATION, c);
        FmCursor part = fm_take(c, fm_add(d, APL_LENGTH, c));
        size_t size = fm_left(&part);
        uint8_t address[16] = { 0 };
        if (size <= 16)
            memcpy(address, part.at, size);
        if (family == 1 && size <= 4)
            fm_add_value(d, APL_IPV4, &part, size, fm_be(address, 4));
        else if (family == 2 && size <= 16)
            fm_add_blob(d, APL_IPV6, &part, size, address, 16);
        else
            fm_add_bytes(d, APL_DATA, &part, size);
    }
}

/* RFC 8659 §4.1. */
static void put_caa(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    fm_add_flags(d, CAA_FLAGS, CAA_CRITICAL, CAA_CRITICAL, c);
    uint64_t size = fm_peek(c, 0, 1);
    if (!fm_has(c, 1 + size)) {
        fm_cursor_fail(c, 1 + size);
        return;
    }
    FmSlice tag = { c->at + 1, (size_t)size };
    unsigned kind = tag.size == 5 && memcmp(tag.data, "issue", 5) == 0       ? CAA_ISSUE
                    : tag.size == 9 && memcmp(tag.data, "issuewild", 9) == 0 ? CAA_ISSUEWILD
                    : tag.size == 5 && memcmp(tag.data, "iodef", 5) == 0     ? CAA_IODEF
                                                                             : CAA_UNKNOWN;
    FmCursor value = *c;
    fm_skip(&value, 1 + size);
    fm_dns_add_ascii(d, kind, &value, fm_left(&value));
    fm_down(d);
    fm_add(d, CAA_TAG_LENGTH, c);
    fm_dns_add_ascii(d, CAA_TAG, c, size);
    fm_dns_add_ascii(d, CAA_VALUE, c, fm_left(c));
    fm_up(d);
}

static void put_wins(FmDissection *d, FmCursor *c)
{
    fm_add(d, WINS_LOCAL, c);
    fm_add(d, WINS_LOOKUP, c);
    fm_add(d, WINS_CACHE, c);
    uint64_t count = fm_add(d, WINS_COUNT, c);
    for (; count && fm_has(c, 4); count--)
        fm_add(d, WINS_SERVER, c);
}

static void put_winsr(FmDissection *d, DnsRecord *r)
{
    fm_add(d, WINSR_LOCAL, &r->data);
    fm_add(d, WINSR_LOOKUP, &r->data);
    fm_add(d, WINSR_CACHE, &r->data);
    put_name(d, WINSR_DOMAIN, r, ", name result domain ");
}

static void put_xpf(FmDissection *d, FmCursor *c)
{
    uint64_t version = fm_add(d, XPF_VERSION, c);
    if (version != 4 && version != 6)
        return;
    fm_add(d, XPF_PROTOCOL, c);
    if (version == 4) {
        fm_add(d, XPF_SOURCE4, c);
        fm_add(d, XPF_DESTINATION4, c);
    } else {
        put_ipv6(d, XPF_SOURCE6, c);
        put_ipv6(d, XPF_DESTINATION6, c);
    }
    fm_add(d, XPF_SOURCE_PORT, c);
    fm_add(d, XPF_DESTINATION_PORT, c);
}

static void put_eight(FmDissection *d, unsigned field, FmCursor *c)
{
    if (fm_has(c, 8))
        fm_add_bytes(d, field, c, 8);
    else
        fm_cursor_fail(c, 8);
}

static void records_dissect(FmDissection *d, FmCursor *c)
{
    DnsRecord *r = (DnsRecord *)c;
    switch (r->type) {
    case 1: put_address(d, A, c, r->line); break;
    case 2: put_name(d, NS, r, ", ns "); break;
    case 3: put_name(d, MD, r, NULL); break;
    case 4: put_name(d, MF, r, NULL); break;
    case 5: put_name(d, CNAME, r, ", cname "); break;
    case 6: put_soa(d, r); break;
    case 7: put_name(d, MB, r, NULL); break;
    case 8: put_name(d, MG, r, NULL); break;
    case 9: put_name(d, MR, r, NULL); break;
    case 10:
        fm_dns_info(d, r->owner);
        fm_add_bytes(d, NULL_DATA, c, fm_left(c));
        break;
    case 11: put_wks(d, r); break;
    case 12: put_name(d, PTR, r, ", "); break;
    case 13: put_hinfo(d, r); break;
    case 14:
        put_name(d, MINFO_R, r, NULL);
        put_inner_name(d, MINFO_E, r);
        break;
    case 15: put_exchange(d, r, MX_PREFERENCE, MX_EXCHANGE, "mx"); break;
    case 16:
        while (fm_left(c))
            put_string(d, TXT_LENGTH, TXT, c);
        break;
    case 17:
        put_name(d, RP_MAILBOX, r, NULL);
        put_inner_name(d, RP_TXT, r);
        break;
    case 18:
        fm_add(d, AFSDB_SUBTYPE, c);
        put_name(d, AFSDB_HOST, r, NULL);
        break;
    case 19:
        fm_dns_info(d, r->owner);
        put_string(d, X25_LENGTH, X25_ADDRESS, c);
        break;
    case 20: put_isdn(d, r); break;
    case 21:
        fm_add(d, RT_PREFERENCE, c);
        put_name(d, RT_HOST, r, NULL);
        break;
    case 22:
        fm_dns_info(d, r->owner);
        fm_add_bytes(d, NSAP, c, fm_left(c));
        break;
    case 23: put_name(d, NSAP_PTR, r, NULL); break;
    case 26:
        fm_add(d, PX_PREFERENCE, c);
        put_name(d, PX_822, r, NULL);
        put_inner_name(d, PX_400, r);
        break;
    case 27:
        fm_dns_info(d, r->owner);
        put_string(d, GPOS_LONGITUDE_LENGTH, GPOS_LONGITUDE, c);
        put_string(d, GPOS_LATITUDE_LENGTH, GPOS_LATITUDE, c);
        put_string(d, GPOS_ALTITUDE_LENGTH, GPOS_ALTITUDE, c);
        break;
    case 28:
        if (fm_has(c, 16)) {
            const char *text = fm_dns_address(d, fm_rest(c));
            fm_dns_info(d, text);
            fm_subtree_label_more(d, r->line, ", addr %s", text);
        }
        put_ipv6(d, AAAA, c);
        break;
    case 29: put_loc(d, r); break;
    case 33: put_srv(d, r); break;
    case 35: put_naptr(d, r); break;
    case 36: put_exchange(d, r, KX_PREFERENCE, KX_EXCHANGE, "kx"); break;
    case 38: put_a6(d, r); break;
    case 39: put_name(d, DNAME, r, ", dname "); break;
    case 42: put_apl(d, r); break;
    case 49:
        fm_dns_info(d, r->owner);
        fm_add_bytes(d, DHCID, c, fm_left(c));
        break;
    case 99:
        while (fm_left(c))
            put_string(d, SPF_LENGTH, SPF, c);
        break;
    case 104:
        fm_add(d, NID_PREFERENCE, c);
        put_eight(d, NID, c);
        break;
    case 105:
        fm_add(d, L32_PREFERENCE, c);
        fm_add(d, L32, c);
        break;
    case 106:
        fm_add(d, L64_PREFERENCE, c);
        put_eight(d, L64, c);
        break;
    case 107:
        fm_add(d, LP_PREFERENCE, c);
        put_inner_name(d, LP, r);
        break;
    case 108: fm_add(d, EUI48, c); break;
    case 109: fm_add(d, EUI64, c); break;
    case 257: put_caa(d, r); break;
    case 65281: put_wins(d, c); break;
    case 65282: put_winsr(d, r); break;
    case 65422: put_xpf(d, c); break;
    default:
        fm_up(d); /* the note belongs to the record, not to its last field */
        fm_expert_text(d, UNDECODED, "Records of type %u are shown as data", (unsigned)r->type);
        fm_down(d);
        fm_add_bytes(d, DATA, c, fm_left(c));
        break;
    }
}

const FmProtocol fm_dns_records = {
    .abbrev = "dns.records",
    .title = "DNS records",
    .part = true,
    FM_FIELDS(fields),
    .dissect = records_dissect,
};
