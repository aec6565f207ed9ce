/* DHCP for IPv6 (RFC 8415): messages, relays, and the options of an ordinary network. */
#include "config.h"

#include <inttypes.h>

#include "dissectors/network/names.h"
#include "engine/dissect.h"

enum {
    DHCPV6, TYPE, HOPS, XID, LINK_ADDRESS, PEER_ADDRESS, OPTION, OPTION_NAME, OPTION_LENGTH, OPTION_VALUE, DUID, DUID_TYPE,
    LLT_HARDWARE, LLT_TIME, LLT_ADDRESS, LL_HARDWARE, LL_ADDRESS, ENTERPRISE, ENTERPRISE_ID, UUID, IAID, T1, T2, IA_ADDRESS, IA_PREFERRED,
    IA_VALID, PREFIX_PREFERRED, PREFIX_VALID, PREFIX_LENGTH, PREFIX, REQUESTED, PREFERENCE, ELAPSED, STATUS, STATUS_MESSAGE, INTERFACE_ID,
    DNS_SERVER,
};

enum { RELAY_FORWARD = 12, RELAY_REPLY };

static const FmName types[] = {
    { 1, 0, "Solicit" }, { 2, 0, "Advertise" }, { 3, 0, "Request" }, { 4, 0, "Confirm" }, { 5, 0, "Renew" }, { 6, 0, "Rebind" }, { 7, 0, "Reply" },
    { 8, 0, "Release" }, { 9, 0, "Decline" }, { 10, 0, "Reconfigure" }, { 11, 0, "Information-request" }, { RELAY_FORWARD, 0, "Relay-forw" },
    { RELAY_REPLY, 0, "Relay-reply" }, { 0 },
};

enum {
    O_CLIENT = 1, O_SERVER, O_IA_NA, O_IA_TA, O_IA_ADDRESS, O_REQUEST, O_PREFERENCE, O_ELAPSED, O_RELAY_MESSAGE, O_STATUS = 13, O_INTERFACE_ID = 18, O_DNS = 23,
    O_IA_PD = 25, O_IA_PREFIX,
};

static const FmName options[] = { /* IANA: DHCPv6 Option Codes */
    { O_CLIENT, 0, "Client Identifier" }, { O_SERVER, 0, "Server Identifier" },
    { O_IA_NA, 0, "Identity Association for Non-temporary Address" }, { O_IA_TA, 0, "Identity Association for Temporary Address" },
    { O_IA_ADDRESS, 0, "IA Address" }, { O_REQUEST, 0, "Option Request" }, { O_PREFERENCE, 0, "Preference" }, { O_ELAPSED, 0, "Elapsed time" },
    { O_RELAY_MESSAGE, 0, "Relay Message" }, { 11, 0, "Authentication" }, { 12, 0, "Server unicast" }, { O_STATUS, 0, "Status code" },
    { 14, 0, "Rapid Commit" }, { 15, 0, "User Class" }, { 16, 0, "Vendor Class" }, { 17, 0, "Vendor-specific Information" },
    { O_INTERFACE_ID, 0, "Interface-Id" }, { 19, 0, "Reconfigure Message" }, { 20, 0, "Reconfigure Accept" }, { O_DNS, 0, "DNS recursive name server" },
    { 24, 0, "Domain Search List" }, { O_IA_PD, 0, "Identity Association for Prefix Delegation" }, { O_IA_PREFIX, 0, "IA Prefix" },
    { 31, 0, "Simple Network Time Protocol Server" }, { 32, 0, "Lifetime" }, { 37, 0, "Remote Identifier" },
    { 39, 0, "Client Fully Qualified Domain Name" }, { 56, 0, "NTP Server" }, { 59, 0, "Boot File URL" }, { 79, 0, "Client link-layer address" },
    { 82, 0, "SOL_MAX_RT" }, { 83, 0, "INF_MAX_RT" }, { 0 },
};
static const FmName duid_types[] = {
    { 1, 0, "link-layer address plus time" }, { 2, 0, "assigned by vendor based on Enterprise number" }, { 3, 0, "link-layer address" },
    { 4, 0, "Universally Unique IDentifier (UUID)" }, { 0 }, /* RFC 8415 §11, RFC 6355 */
};
static const FmName statuses[] = {
    { 0, 0, "Success" }, { 1, 0, "UnspecFail" }, { 2, 0, "NoAddrAvail" }, { 3, 0, "NoBinding" }, { 4, 0, "NotOnLink" }, { 5, 0, "UseMulticast" },
    { 6, 0, "NoPrefixAvail" }, { 0 },
};

static const FmField fields[] = {
    [DHCPV6] = { "dhcpv6", "DHCPv6", FM_PROTOCOL },
    [TYPE] = { "dhcpv6.msgtype", "Message type", FM_UINT8, FM_DEC, .names = types },
    [HOPS] = { "dhcpv6.hopcount", "Hopcount", FM_UINT8, FM_DEC },
    [XID] = { "dhcpv6.xid", "Transaction ID", FM_UINT24, FM_HEX },
    [LINK_ADDRESS] = { "dhcpv6.linkaddr", "Link address", FM_IPV6 },
    [PEER_ADDRESS] = { "dhcpv6.peeraddr", "Peer address", FM_IPV6 },
    [OPTION] = { "dhcpv6.option.type", "Option", FM_UINT16, FM_DEC, .names = options },
    [OPTION_NAME] = { "dhcpv6.option.type_str", "Option", FM_STRING },
    [OPTION_LENGTH] = { "dhcpv6.option.length", "Length", FM_UINT16, FM_DEC },
    [OPTION_VALUE] = { "dhcpv6.option.value", "Value", FM_BYTES },
    [DUID] = { "dhcpv6.duid.bytes", "DUID", FM_BYTES },
    [DUID_TYPE] = { "dhcpv6.duid.type", "DUID Type", FM_UINT16, FM_DEC, .names = duid_types },
    [LLT_HARDWARE] = { "dhcpv6.duidllt.hwtype", "Hardware type", FM_UINT16, FM_DEC, .names = fm_arp_hardware },
    [LLT_TIME] = { "dhcpv6.duidllt.time", "DUID Time", FM_ABSOLUTE_TIME, FM_LOCAL },
    [LLT_ADDRESS] = { "dhcpv6.duidllt.link_layer_addr", "Link-layer address", FM_STRING },
    [LL_HARDWARE] = { "dhcpv6.duidll.hwtype", "Hardware type", FM_UINT16, FM_DEC, .names = fm_arp_hardware },
    [LL_ADDRESS] = { "dhcpv6.duidll.link_layer_addr", "Link-layer address", FM_STRING },
    [ENTERPRISE] = { "dhcpv6.duiden.enterprise", "Enterprise ID", FM_UINT32, FM_DEC },
    [ENTERPRISE_ID] = { "dhcpv6.duiden.identifier", "Identifier", FM_BYTES },
    [UUID] = { "dhcpv6.duiduuid.bytes", "UUID", FM_BYTES },
    [IAID] = { "dhcpv6.iaid", "IAID", FM_STRING },
    [T1] = { "dhcpv6.iaid.t1", "T1", FM_UINT32, FM_DEC },
    [T2] = { "dhcpv6.iaid.t2", "T2", FM_UINT32, FM_DEC },
    [IA_ADDRESS] = { "dhcpv6.iaaddr.ip", "IPv6 address", FM_IPV6 },
    [IA_PREFERRED] = { "dhcpv6.iaaddr.pref_lifetime", "Preferred lifetime", FM_UINT32, FM_DEC },
    [IA_VALID] = { "dhcpv6.iaaddr.valid_lifetime", "Valid lifetime", FM_UINT32, FM_DEC },
    [PREFIX_PREFERRED] = { "dhcpv6.iaprefix.pref_lifetime", "Preferred lifetime", FM_UINT32, FM_DEC },
    [PREFIX_VALID] = { "dhcpv6.iaprefix.valid_lifetime", "Valid lifetime", FM_UINT32, FM_DEC },
    [PREFIX_LENGTH] = { "dhcpv6.iaprefix.pref_len", "Prefix length", FM_UINT8, FM_DEC },
    [PREFIX] = { "dhcpv6.iaprefix.pref_addr", "Prefix address", FM_IPV6 },
    [REQUESTED] = { "dhcpv6.requested_option_code", "Requested Option code", FM_UINT16, FM_DEC, .names = options },
    [PREFERENCE] = { "dhcpv6.option_preference", "Pref-value", FM_UINT8, FM_DEC },
    [ELAPSED] = { "dhcpv6.elapsed_time", "Elapsed time", FM_UINT16, FM_DEC, .unit = "ms" },
    [STATUS] = { "dhcpv6.status_code", "Status Code", FM_UINT16, FM_DEC, .names = statuses },
    [STATUS_MESSAGE] = { "dhcpv6.status_msg", "Status Message", FM_STRING },
    [INTERFACE_ID] = { "dhcpv6.interface_id", "Interface-ID", FM_BYTES },
    [DNS_SERVER] = { "dhcpv6.dns_server", "DNS server address", FM_IPV6 },
};

#define ADDRESS_SIZE 16
#define MAX_DEPTH 8 /* relays, and options inside options */

static void put_message(FmDissection *d, FmCursor *c, unsigned depth);
static void put_options(FmDissection *d, FmCursor *c, unsigned depth);

static void tell_address(FmDissection *d, const char *what, FmSlice address)
{
    if (!d->want_info || address.size != ADDRESS_SIZE)
        return;
    FmText *info = fm_info_text(d);
    fm_info_more(d, "%s: ", what);
    fm_text_ipv6(info, address.data);
    fm_info_more(d, " ");
}

static void put_link_address(FmDissection *d, unsigned row, FmCursor *c)
{
    FmSlice address = fm_rest(c);
    char text[3 * 32];
    size_t n = 0;
    for (size_t i = 0; i < MIN(address.size, 32); i++)
        n += (size_t)g_snprintf(text + n, sizeof text - n, i ? ":%02x" : "%02x", address.data[i]);
    if (n && fm_wanted(d, row))
        fm_record_blob_of(d, &fields[row], row, fm_offset(c), (uint32_t)address.size, c->buffer, 0, text, n);
}

/* Seconds since 2000, as RFC 8415 §11.2 counts */
#define YEAR_2000 INT64_C(946684800)

static void put_duid_value(FmDissection *d, FmCursor *c, uint64_t type)
{
    switch (type) {
    case 1:
        fm_add(d, LLT_HARDWARE, c);
        if (fm_left(c) >= 4)
            fm_add_value(d, LLT_TIME, c, 4, (uint64_t)(((int64_t)fm_peek(c, 0, 4) + YEAR_2000) * FM_SECOND));
        fm_skip(c, 4);
        put_link_address(d, LLT_ADDRESS, c);
        break;
    case 2:
        fm_add(d, ENTERPRISE, c);
        if (fm_left(c))
            fm_add_bytes(d, ENTERPRISE_ID, c, fm_left(c));
        break;
    case 3:
        fm_add(d, LL_HARDWARE, c);
        put_link_address(d, LL_ADDRESS, c);
        break;
    case 4:
        if (fm_left(c))
            fm_add_bytes(d, UUID, c, fm_left(c));
        break;
    default: break;
    }
}

static void put_duid(FmDissection *d, FmCursor *c, const char *who)
{
    FmCursor whole = *c;
    FmSlice id = fm_add_bytes(d, DUID, &whole, fm_left(c));
    if (who && id.size && d->want_info) {
        fm_info_more(d, "%s: ", who);
        for (size_t i = 0; i < id.size; i++)
            fm_info_more(d, "%02x", id.data[i]);
        fm_info_more(d, " ");
    }
    uint64_t type = fm_add(d, DUID_TYPE, c);
    put_duid_value(d, c, type);
}

static void put_association(FmDissection *d, FmCursor *c, bool timed, unsigned depth)
{
    char text[9];
    g_snprintf(text, sizeof text, "%08" PRIx64, fm_peek(c, 0, 4));
    fm_add_text(d, IAID, c, 4, text);
    if (!timed)
        fm_label(d, IAID, "IATA: %s", text);
    fm_skip(c, 4);
    if (timed) {
        fm_add(d, T1, c);
        fm_add(d, T2, c);
    }
    put_options(d, c, depth + 1);
}

static void put_servers(FmDissection *d, FmCursor *c)
{
    for (unsigned i = 1; fm_left(c); i++) {
        FmSlice address = fm_add_bytes(d, DNS_SERVER, c, ADDRESS_SIZE);
        FmText text = { 0 };
        if (d->want_labels && address.size == ADDRESS_SIZE) {
            fm_text_ipv6(&text, address.data);
            fm_label(d, DNS_SERVER, " %u DNS server address: %.*s", i, (int)text.size, text.data);
        }
        fm_text_clear(&text);
    }
}

static void put_value(FmDissection *d, FmCursor *c, uint64_t option, unsigned depth)
{
    switch (option) {
    case O_CLIENT: put_duid(d, c, "CID"); break;
    case O_SERVER: put_duid(d, c, NULL); break;
    case O_IA_NA: case O_IA_PD: put_association(d, c, true, depth); break;
    case O_IA_TA: put_association(d, c, false, depth); break;
    case O_IA_ADDRESS:
        tell_address(d, "IAA", fm_add_bytes(d, IA_ADDRESS, c, ADDRESS_SIZE));
        fm_add(d, IA_PREFERRED, c);
        fm_add(d, IA_VALID, c);
        put_options(d, c, depth + 1);
        break;
    case O_IA_PREFIX:
        fm_add(d, PREFIX_PREFERRED, c);
        fm_add(d, PREFIX_VALID, c);
        fm_add(d, PREFIX_LENGTH, c);
        fm_add_bytes(d, PREFIX, c, ADDRESS_SIZE);
        put_options(d, c, depth + 1);
        break;
    case O_REQUEST:
        while (fm_left(c))
            fm_add(d, REQUESTED, c);
        break;
    case O_ELAPSED: fm_add_value(d, ELAPSED, c, 2, 10 * fm_peek(c, 0, 2)); break; /* hundredths of a second, shown in milliseconds */
    case O_RELAY_MESSAGE: {
        FmSubtree line = fm_open(d, DHCPV6, c);
        put_message(d, c, depth + 1);
        fm_close(d, line, c);
        break;
    }
    case O_PREFERENCE: fm_add(d, PREFERENCE, c); break;
    case O_STATUS:
        fm_add(d, STATUS, c);
        if (fm_left(c))
            fm_add_bytes(d, STATUS_MESSAGE, c, fm_left(c));
        break;
    case O_INTERFACE_ID:
        if (fm_left(c))
            fm_add_bytes(d, INTERFACE_ID, c, fm_left(c));
        break;
    case O_DNS: put_servers(d, c); break;
    default:
        if (fm_left(c))
            fm_add_bytes(d, OPTION_VALUE, c, fm_left(c));
        break;
    }
}

static void put_options(FmDissection *d, FmCursor *c, unsigned depth)
{
    while (depth < MAX_DEPTH && fm_left(c) && fm_ok(d)) {
        uint64_t option = fm_peek(c, 0, 2);
        const char *name = fm_name(options, option);
        fm_add_text(d, OPTION_NAME, c, MIN(4 + fm_peek(c, 2, 2), fm_left(c)), name ? name : "Unknown option");
        fm_label(d, OPTION_NAME, "%s", name ? name : "Unknown option");
        fm_down(d);
        fm_add(d, OPTION, c);
        uint64_t length = fm_add(d, OPTION_LENGTH, c);
        FmCursor value = fm_take(c, length);
        put_value(d, &value, option, depth);
        fm_up(d);
    }
}

static void put_message(FmDissection *d, FmCursor *c, unsigned depth)
{
    if (depth >= MAX_DEPTH)
        return;
    uint64_t type = fm_add(d, TYPE, c);
    const char *name = fm_name(types, type);
    if (type == RELAY_FORWARD || type == RELAY_REPLY) {
        fm_add(d, HOPS, c);
        FmSlice link = fm_add_bytes(d, LINK_ADDRESS, c, ADDRESS_SIZE);
        fm_add_bytes(d, PEER_ADDRESS, c, ADDRESS_SIZE);
        fm_info_more(d, "%s ", name);
        tell_address(d, "L", link);
    } else {
        uint64_t id = fm_add(d, XID, c);
        fm_info_more(d, "%s XID: 0x%" PRIx64 " ", name ? name : "Unknown", id);
    }
    put_options(d, c, depth);
}

static void dhcpv6_dissect(FmDissection *d, FmCursor *c)
{
    fm_info_clear(d);
    put_message(d, c, 0);
}

const FmProtocol fm_dhcpv6 = {
    .abbrev = "dhcpv6",
    .name = "DHCPv6",
    .title = "DHCPv6",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 546 }, { FM_UDP_PORT, 547 }),
    .dissect = dhcpv6_dissect,
};
