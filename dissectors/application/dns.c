/* DNS (RFC 1035) over UDP and TCP, multicast DNS (RFC 6762) and LLMNR (RFC 4795): the message and its sections. */
#include "config.h"

#include "dissectors/application/dns.h"

enum {
    ID, FLAGS, RESPONSE, OPCODE, AUTHORITATIVE, CONFLICT_QUERY, CONFLICT_RESPONSE, TRUNCATED, RECDESIRED, TENTATIVE, RECAVAIL, Z,
    AD, AUTHENTICATED, CHECKDISABLE, RCODE,
    QUERIES, ANSWERS, AUTH_RR, ZONES, PREREQUISITES, UPDATES, ADD_RR,
    QRY_NAME, QRY_NAME_LEN, LABELS, QRY_TYPE, QRY_CLASS, QRY_CLASS_MDNS, QRY_QU,
    RESP_NAME, SRV_SERVICE, SRV_PROTO, SRV_NAME, RESP_TYPE, RESP_CLASS, RESP_CLASS_MDNS, CACHE_FLUSH, TTL, RESP_LEN,
    UDP_SIZE, UDP_SIZE_MDNS, EXT_RCODE, EDNS_VERSION, OPT_Z, OPT_DO, OPT_RESERVED,
    DSO, DSO_TLV, DSO_TYPE, DSO_LENGTH, DSO_DATA, DSO_INACTIVITY, DSO_INTERVAL, DSO_RETRY_DELAY, DSO_PADDING,
    EXTRANEOUS_DATA, EXTRANEOUS_LENGTH,
    RESPONSE_IN, RESPONSE_TO, TIME, RETRANSMIT_REQUEST_IN, RETRANSMIT_RESPONSE_IN, RETRANSMISSION, UNSOLICITED,
    TTL_HIGH, RETRANSMIT_REQUEST, RETRANSMIT_RESPONSE, EXTRANEOUS,
};

static const FmName opcodes[] = {
    { 0, 0, "Standard query" }, { 1, 0, "Inverse query" }, { 2, 0, "Server status request" }, { 4, 0, "Zone change notification" },
    { 5, 0, "Dynamic update" }, { 6, 0, "DNS Stateful operations (DSO)" }, { 0 },
};

static const FmName dso_types[] = {
    { 0, 0, "Reserved" }, { 1, 0, "Keep Alive" }, { 2, 0, "Retry Delay" }, { 3, 0, "Encryption Padding" },
    { 4, 63, "Unassigned, reserved for DSO session-management TLVs" }, { 64, 0, "Subscribe" }, { 65, 0, "Push" },
    { 66, 0, "Unsubscribe" }, { 67, 0, "Reconfirm" }, { 68, 63487, "Unassigned" },
    { 63488, 64511, "Reserved for Experimental/Local Use" }, { 64512, 65535, "Reserved for future expansion" }, { 0 },
};

static const FmField fields[] = {
    [ID] = { "dns.id", "Transaction ID", FM_UINT16, FM_HEX },
    [FLAGS] = { "dns.flags", "Flags", FM_UINT16, FM_HEX },
    [RESPONSE] = { "dns.flags.response", "Response", FM_BOOL16, .mask = 0x8000, .yes = "Message is a response", .no = "Message is a query" },
    [OPCODE] = { "dns.flags.opcode", "Opcode", FM_UINT16, FM_DEC, .mask = 0x7800, .names = opcodes },
    [AUTHORITATIVE] = { "dns.flags.authoritative", "Authoritative", FM_BOOL16, .mask = 0x0400, .yes = "Server is an authority for domain",
                        .no = "Server is not an authority for domain" },
    [CONFLICT_QUERY] = { "dns.flags.conflict", "Conflict", FM_BOOL16, .mask = 0x0400, .yes = "The sender received multiple responses",
                         .no = "None" },
    [CONFLICT_RESPONSE] = { "dns.flags.conflict", "Conflict", FM_BOOL16, .mask = 0x0400, .yes = "The name is not considered unique",
                            .no = "The name is considered unique" },
    [TRUNCATED] = { "dns.flags.truncated", "Truncated", FM_BOOL16, .mask = 0x0200, .yes = "Message is truncated",
                    .no = "Message is not truncated" },
    [RECDESIRED] = { "dns.flags.recdesired", "Recursion desired", FM_BOOL16, .mask = 0x0100, .yes = "Do query recursively",
                     .no = "Don't do query recursively" },
    [TENTATIVE] = { "dns.flags.tentative", "Tentative", FM_BOOL16, .mask = 0x0100, .yes = "Tentative", .no = "Not tentative" },
    [RECAVAIL] = { "dns.flags.recavail", "Recursion available", FM_BOOL16, .mask = 0x0080, .yes = "Server can do recursive queries",
                   .no = "Server can't do recursive queries" },
    [Z] = { "dns.flags.z", "Z", FM_BOOL16, .mask = 0x0040, .yes = "reserved - incorrect!", .no = "reserved (0)" },
    [AD] = { "dns.flags.authenticated", "AD bit", FM_BOOL16, .mask = 0x0020, .yes = "Set", .no = "Not set" },
    [AUTHENTICATED] = { "dns.flags.authenticated", "Answer authenticated", FM_BOOL16, .mask = 0x0020,
                        .yes = "Answer/authority portion was authenticated by the server",
                        .no = "Answer/authority portion was not authenticated by the server" },
    [CHECKDISABLE] = { "dns.flags.checkdisable", "Non-authenticated data", FM_BOOL16, .mask = 0x0010, .yes = "Acceptable",
                       .no = "Unacceptable" },
    [RCODE] = { "dns.flags.rcode", "Reply code", FM_UINT16, FM_DEC, .mask = 0x000f, .names = fm_dns_rcodes },
    [QUERIES] = { "dns.count.queries", "Questions", FM_UINT16, FM_DEC },
    [ANSWERS] = { "dns.count.answers", "Answer RRs", FM_UINT16, FM_DEC },
    [AUTH_RR] = { "dns.count.auth_rr", "Authority RRs", FM_UINT16, FM_DEC },
    [ZONES] = { "dns.count.zones", "Zones", FM_UINT16, FM_DEC },
    [PREREQUISITES] = { "dns.count.prerequisites", "Prerequisites", FM_UINT16, FM_DEC },
    [UPDATES] = { "dns.count.updates", "Updates", FM_UINT16, FM_DEC },
    [ADD_RR] = { "dns.count.add_rr", "Additional RRs", FM_UINT16, FM_DEC },
    [QRY_NAME] = { "dns.qry.name", "Name", FM_STRING },
    [QRY_NAME_LEN] = { "dns.qry.name.len", "Name Length", FM_UINT16, FM_DEC, .generated = true },
    [LABELS] = { "dns.count.labels", "Label Count", FM_UINT16, FM_DEC, .generated = true },
    [QRY_TYPE] = { "dns.qry.type", "Type", FM_UINT16, FM_DEC, .names = fm_dns_types },
    [QRY_CLASS] = { "dns.qry.class", "Class", FM_UINT16, FM_HEX, .names = fm_dns_classes },
    [QRY_CLASS_MDNS] = { "dns.qry.class", "Class", FM_UINT16, FM_HEX, .mask = 0x7fff, .names = fm_dns_classes },
    [QRY_QU] = { "dns.qry.qu", "\"QU\" question", FM_BOOL16, .mask = 0x8000 },
    [RESP_NAME] = { "dns.resp.name", "Name", FM_STRING },
    [SRV_SERVICE] = { "dns.srv.service", "Service", FM_STRING },
    [SRV_PROTO] = { "dns.srv.proto", "Protocol", FM_STRING },
    [SRV_NAME] = { "dns.srv.name", "Name", FM_STRING },
    [RESP_TYPE] = { "dns.resp.type", "Type", FM_UINT16, FM_DEC, .names = fm_dns_types },
    [RESP_CLASS] = { "dns.resp.class", "Class", FM_UINT16, FM_HEX, .names = fm_dns_classes },
    [RESP_CLASS_MDNS] = { "dns.resp.class", "Class", FM_UINT16, FM_HEX, .mask = 0x7fff, .names = fm_dns_classes },
    [CACHE_FLUSH] = { "dns.resp.cache_flush", "Cache flush", FM_BOOL16, .mask = 0x8000 },
    [TTL] = { "dns.resp.ttl", "Time to live", FM_UINT32, FM_DEC },
    [RESP_LEN] = { "dns.resp.len", "Data length", FM_UINT16, FM_DEC },
    [UDP_SIZE] = { "dns.rr.udp_payload_size", "UDP payload size", FM_UINT16, FM_DEC },
    [UDP_SIZE_MDNS] = { "dns.rr.udp_payload_size", "UDP payload size", FM_UINT16, FM_HEX, .mask = 0x7fff },
    [EXT_RCODE] = { "dns.resp.ext_rcode", "Higher bits in extended RCODE", FM_UINT8, FM_HEX },
    [EDNS_VERSION] = { "dns.resp.edns0_version", "EDNS0 version", FM_UINT8, FM_DEC },
    [OPT_Z] = { "dns.resp.z", "Z", FM_UINT16, FM_HEX },
    [OPT_DO] = { "dns.resp.z.do", "DO bit", FM_BOOL16, .mask = 0x8000, .yes = "Accepts DNSSEC security RRs",
                 .no = "Cannot handle DNSSEC security RRs" },
    [OPT_RESERVED] = { "dns.resp.z.reserved", "Reserved", FM_UINT16, FM_HEX, .mask = 0x7fff },
    [DSO] = { "dns.dso", "DNS Stateful Operation", FM_NONE },
    [DSO_TLV] = { "dns.dso.tlv", "DSO TLV", FM_NONE },
    [DSO_TYPE] = { "dns.dso.tlv.type", "Type", FM_UINT16, FM_DEC, .names = dso_types },
    [DSO_LENGTH] = { "dns.dso.tlv.length", "Length", FM_UINT16, FM_DEC },
    [DSO_DATA] = { "dns.dso.tlv.data", "Data", FM_BYTES },
    [DSO_INACTIVITY] = { "dns.dso.tlv.keepalive.inactivity", "Inactivity Timeout", FM_UINT32, FM_DEC },
    [DSO_INTERVAL] = { "dns.dso.tlv.keepalive.interval", "Keepalive Interval", FM_UINT32, FM_DEC },
    [DSO_RETRY_DELAY] = { "dns.dso.tlv.retrydelay.retrydelay", "Retry Delay", FM_UINT32, FM_DEC },
    [DSO_PADDING] = { "dns.dso.tlv.encpad.padding", "Padding", FM_BYTES },
    [EXTRANEOUS_DATA] = { "dns.extraneous.data", "Extraneous Data Bytes", FM_BYTES },
    [EXTRANEOUS_LENGTH] = { "dns.extraneous.length", "Extraneous Data Length", FM_INT32, FM_DEC, .generated = true },
    [RESPONSE_IN] = { "dns.response_in", "Response In", FM_FRAMENUM, .generated = true },
    [RESPONSE_TO] = { "dns.response_to", "Request In", FM_FRAMENUM, .generated = true },
    [TIME] = { "dns.time", "Time", FM_RELATIVE_TIME, .generated = true },
    [RETRANSMIT_REQUEST_IN] = { "dns.retransmit_request_in", "Retransmitted request. Original request in", FM_FRAMENUM, .generated = true },
    [RETRANSMIT_RESPONSE_IN] = { "dns.retransmit_response_in", "Retransmitted response. Original response in", FM_FRAMENUM,
                                 .generated = true },
    [RETRANSMISSION] = { "dns.retransmission", "Retransmission", FM_BOOL8, .generated = true },
    [UNSOLICITED] = { "dns.unsolicited", "Unsolicited", FM_BOOL8, .generated = true },
    [TTL_HIGH] = { "dns.ttl.high_bit_set", "The uppermost bit of the TTL is set (RFC 2181, section 8)", FM_EXPERT, .severity = FM_WARN,
                   .group = FM_GROUP_PROTOCOL },
    [RETRANSMIT_REQUEST] = { "dns.retransmit_request", "DNS query retransmission", FM_EXPERT, .severity = FM_WARN,
                             .group = FM_GROUP_PROTOCOL },
    [RETRANSMIT_RESPONSE] = { "dns.retransmit_response", "DNS response retransmission", FM_EXPERT, .severity = FM_WARN,
                              .group = FM_GROUP_PROTOCOL },
    [EXTRANEOUS] = { "dns.extraneous", "Extraneous data", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_UNDECODED },
};

enum { PREF_RETRANSMISSION_TIMER };

static const FmPreference preferences[] = {
    [PREF_RETRANSMISSION_TIMER] = { "dns.retransmission_timer", "Number of seconds allowed between DNS requests with the same "
                                    "transaction ID before considering it a retransmission", FM_PREF_UINT, 5 },
};

enum { OPCODE_UPDATE = 5, OPCODE_DSO = 6 };
enum { TYPE_SRV = 33, TYPE_OPT = 41, TYPE_AXFR = 252 };

extern const FmProtocol fm_mdns, fm_llmnr, fm_dns_message;

/* ---- header ---- */

static void put_flags(FmDissection *d, DnsKind kind, bool response, FmCursor *c)
{
    uint64_t flags = fm_add_bits(d, FLAGS, c), opcode = flags >> 11 & 15, rcode = flags & 15;
    if (d->want_texts) {
        const char *operation = fm_name(opcodes, opcode), *error = fm_name(fm_dns_rcodes, rcode);
        fm_label(d, FLAGS, "Flags: 0x%04x %s%s%s", (unsigned)flags, operation ? operation : "Unknown operation",
                 response ? " response, " : "", !response ? "" : error ? error : "Unknown error");
    }
    fm_down(d);
    fm_add_bits(d, RESPONSE, c);
    fm_add_bits(d, OPCODE, c);
    if (kind == DNS_LINK_LOCAL) {
        if (response)
            fm_add_bits(d, CONFLICT_RESPONSE, c);
        else
            fm_add_bits(d, CONFLICT_QUERY, c);
    } else if (response) {
        fm_add_bits(d, AUTHORITATIVE, c);
    }
    fm_add_bits(d, TRUNCATED, c);
    if (kind == DNS_LINK_LOCAL) {
        fm_add_bits(d, TENTATIVE, c);
    } else {
        fm_add_bits(d, RECDESIRED, c);
        if (response)
            fm_add_bits(d, RECAVAIL, c);
        fm_add_bits(d, Z, c);
        if (response)
            fm_add_bits(d, AUTHENTICATED, c);
        else if (flags & 0x20)
            fm_add_bits(d, AD, c);
        fm_add_bits(d, CHECKDISABLE, c);
    }
    if (response)
        fm_add_bits(d, RCODE, c);
    fm_up(d);
    fm_skip(c, 2);
}

static void put_header_info(FmDissection *d, uint64_t id, uint64_t flags)
{
    if (!d->want_info)
        return;
    uint64_t opcode = flags >> 11 & 15, rcode = flags & 15;
    bool response = flags & 0x8000;
    const char *operation = fm_name(opcodes, opcode), *error = fm_name(fm_dns_rcodes, rcode);
    if (operation)
        fm_info(d, "%s", operation);
    else
        fm_info(d, "Unknown operation (%u)", (unsigned)opcode);
    fm_info_more(d, "%s 0x%04x", response ? " response" : "", (unsigned)id);
    if (response && rcode && error)
        fm_dns_info(d, error);
    else if (response && rcode)
        fm_info_more(d, " Unknown error (%u)", (unsigned)rcode);
}

/* ---- sections ---- */

static void put_question(FmDissection *d, DnsMessage *m, FmCursor *c, uint64_t *first_type)
{
    FmCursor from = *c;
    DnsName name;
    if (!fm_dns_name(m, c, &name))
        return;
    size_t size = (size_t)(c->at - from.at);
    if (!fm_has(c, 4)) {
        fm_cursor_fail(c, 4);
        return;
    }
    uint64_t type = fm_peek(c, 0, 2), class = fm_peek(c, 2, 2);
    bool mdns = m->kind == DNS_MULTICAST;
    const char *mode = !mdns ? "" : class & 0x8000 ? ", \"QU\" question" : ", \"QM\" question";
    const char *type_name = fm_dns_type_name(d, type), *class_name = fm_name(fm_dns_classes, mdns ? class & 0x7fff : class);
    *first_type = type;
    fm_dns_info(d, type_name);
    fm_dns_info(d, name.text);
    fm_info_more(d, "%s", mode);
    FmSubtree line = fm_open_text(d, &from, "%s: type %s, class %s%s", name.text, type_name, class_name ? class_name : "Unknown", mode);
    fm_add_text(d, QRY_NAME, &from, size, name.text);
    fm_add_value(d, QRY_NAME_LEN, &from, size, name.length > 1 ? name.length : 0);
    fm_add_value(d, LABELS, &from, size, name.length > 1 ? name.labels : 0);
    fm_add(d, QRY_TYPE, c);
    if (mdns) {
        fm_add_bits(d, QRY_CLASS_MDNS, c);
        fm_add(d, QRY_QU, c);
    } else {
        fm_add(d, QRY_CLASS, c);
    }
    fm_close(d, line, c);
}

/* The owner of a SRV record is shown in its parts (RFC 2782). */
static void put_service(FmDissection *d, FmCursor *from, size_t size, const char *name)
{
    const char *dot = strchr(name, '.'), *second = dot ? strchr(dot + 1, '.') : NULL;
    const char *end = name + strlen(name);
    size_t proto = dot ? (size_t)((second ? second : end) - dot - 1) : 0;
    if (fm_wanted(d, SRV_SERVICE))
        fm_record_blob(d, SRV_SERVICE, fm_offset(from), (uint32_t)size, from->buffer, 0, name, (size_t)((dot ? dot : end) - name));
    if (dot && fm_wanted(d, SRV_PROTO))
        fm_record_blob(d, SRV_PROTO, fm_offset(from), (uint32_t)size, from->buffer, 0, dot + 1, proto);
    if (second)
        fm_add_text(d, SRV_NAME, from, size, second + 1);
}

static void put_ttl(FmDissection *d, FmCursor *c)
{
    uint64_t ttl = fm_add(d, TTL, c);
    if (d->want_texts)
        fm_label_more(d, TTL, " (%s)", fm_dns_span(ttl).text);
    if (ttl >> 31)
        fm_expert(d, TTL_HIGH);
}

/* What stands in place of class and TTL (RFC 6891 §6.1.2). */
static void put_opt_header(FmDissection *d, bool mdns, FmCursor *c)
{
    if (mdns) {
        fm_add_bits(d, UDP_SIZE_MDNS, c);
        fm_add(d, CACHE_FLUSH, c);
    } else {
        fm_add(d, UDP_SIZE, c);
    }
    fm_add(d, EXT_RCODE, c);
    fm_add(d, EDNS_VERSION, c);
    fm_add_flags(d, OPT_Z, OPT_DO, OPT_RESERVED, c);
}

static const FmProtocol *part_of(uint64_t type)
{
    switch (type) {
    case 41: case 64: case 65: return &fm_dns_options;
    case 24: case 25: case 30: case 37: case 43: case 44: case 45: case 46: case 47: case 48: case 50: case 51: case 52: case 55: case 59:
    case 60: case 61: case 62: case 63: case 249: case 250: case 32769: return &fm_dns_security;
    default: return &fm_dns_records;
    }
}

static void put_record(FmDissection *d, DnsMessage *m, FmCursor *c)
{
    FmCursor from = *c;
    DnsName name;
    if (!fm_dns_name(m, c, &name))
        return;
    size_t size = (size_t)(c->at - from.at);
    if (!fm_has(c, 10)) {
        fm_cursor_fail(c, 10);
        return;
    }
    uint64_t type = fm_peek(c, 0, 2), class = fm_peek(c, 2, 2), length = fm_peek(c, 8, 2);
    bool mdns = m->kind == DNS_MULTICAST, opt = type == TYPE_OPT;
    const char *flush = mdns && class & 0x8000 ? ", cache flush" : "";
    const char *type_name = fm_dns_type_name(d, type), *class_name = fm_name(fm_dns_classes, mdns ? class & 0x7fff : class);
    fm_dns_info(d, type_name);
    fm_info_more(d, "%s", flush);
    if (!fm_has(c, 10 + length)) {
        fm_cursor_fail(c, 10 + length);
        return;
    }
    DnsRecord r = { .message = m, .owner = name.text, .type = type };
    r.line = fm_open_text(d, &from, "%s: type %s%s%s%s", name.text, type_name, opt ? "" : ", class ",
                          opt ? "" : class_name ? class_name : "Unknown", flush);
    if (type == TYPE_SRV)
        put_service(d, &from, size, name.text);
    else
        fm_add_text(d, RESP_NAME, &from, size, name.text);
    fm_add(d, RESP_TYPE, c);
    if (opt) {
        put_opt_header(d, mdns, c);
    } else {
        if (mdns) {
            fm_add_bits(d, RESP_CLASS_MDNS, c);
            fm_add(d, CACHE_FLUSH, c);
        } else {
            fm_add(d, RESP_CLASS, c);
        }
        put_ttl(d, c);
    }
    r.data = fm_take(c, fm_add(d, RESP_LEN, c));
    if (length)
        fm_part(d, part_of(type), &r.data);
    fm_close(d, r.line, c);
}

static void put_questions(FmDissection *d, DnsMessage *m, FmCursor *c, uint64_t count, const char *title, uint64_t *first_type)
{
    if (!count)
        return;
    FmSubtree section = fm_open_text(d, c, "%s", title);
    for (bool more = true; count && more; count--) {
        uint64_t type;
        more = fm_left(c) > 0; /* when nothing is left, one more finds that out and says so */
        put_question(d, m, c, *first_type ? &type : first_type);
    }
    fm_close(d, section, c);
}

static void put_records(FmDissection *d, DnsMessage *m, FmCursor *c, uint64_t count, const char *title)
{
    if (!count)
        return;
    FmSubtree section = fm_open_text(d, c, "%s", title);
    for (bool more = true; count && more; count--) {
        more = fm_left(c) > 0;
        put_record(d, m, c);
    }
    fm_close(d, section, c);
}

/* DNS Stateful Operations (RFC 8490 §5.4). */
static void put_dso(FmDissection *d, FmCursor *c)
{
    FmSubtree all = fm_open(d, DSO, c);
    while (fm_left(c)) {
        FmSubtree tlv = fm_open(d, DSO_TLV, c);
        uint64_t type = fm_add(d, DSO_TYPE, c);
        const char *name = fm_name(dso_types, type);
        fm_subtree_label(d, tlv, "DSO TLV: %s", name ? name : "Unknown");
        FmCursor data = fm_take(c, fm_add(d, DSO_LENGTH, c));
        switch (type) {
        case 1:
            fm_add(d, DSO_INACTIVITY, &data);
            fm_add(d, DSO_INTERVAL, &data);
            break;
        case 2: fm_add(d, DSO_RETRY_DELAY, &data); break;
        case 3: fm_add_bytes(d, DSO_PADDING, &data, fm_left(&data)); break;
        default:
            if (fm_left(&data))
                fm_add_bytes(d, DSO_DATA, &data, fm_left(&data));
            break;
        }
        fm_close(d, tlv, c);
    }
    fm_close(d, all, c);
}

static void put_extraneous(FmDissection *d, FmCursor *c)
{
    uint64_t length = fm_left_on_wire(c);
    FmSubtree line = fm_open_text(d, c, "Extraneous Data (%u bytes)", (unsigned)length);
    fm_add_bytes(d, EXTRANEOUS_DATA, c, length);
    fm_make(d, EXTRANEOUS_LENGTH, length);
    fm_expert(d, EXTRANEOUS);
    fm_close(d, line, c);
}

/* ---- message ---- */

static void put_memo(FmDissection *d, const DnsMemo *memo, bool response)
{
    if (memo->original) {
        if (response)
            fm_make(d, RETRANSMIT_RESPONSE_IN, memo->original);
        else
            fm_make(d, RETRANSMIT_REQUEST_IN, memo->original);
        fm_make(d, RETRANSMISSION, 1);
    } else if (memo->query) {
        fm_make(d, RESPONSE_TO, memo->query);
        fm_make(d, TIME, (uint64_t)memo->time);
    } else if (memo->response) {
        fm_make(d, RESPONSE_IN, memo->response);
    }
    if (memo->unsolicited)
        fm_make(d, UNSOLICITED, 1);
}

static DnsKind kind_of(const FmDissection *d)
{
    const FmProtocol *layer = fm_catalog_protocol_at(d->packet->catalog, d->layer);
    return layer == &fm_mdns ? DNS_MULTICAST : layer == &fm_llmnr ? DNS_LINK_LOCAL : DNS_UNICAST;
}

/* A message of DoH or DoQ has a stream of its own to be answered on; the id is then mostly 0, which tells nothing (RFC 8484 §4.1). */
static bool is_alone(const FmDissection *d, uint64_t id)
{
    return !id && (d->body_type.size || d->flow_kind == FM_FLOW_QUIC);
}

static void message_dissect(FmDissection *d, FmCursor *c)
{
    DnsMessage m = { .whole = *c, .kind = kind_of(d), .labels = DNS_SPARE_LABELS };
    fm_info_clear(d);
    if (!fm_has(c, 4)) {
        fm_cursor_fail(c, 4);
        return;
    }
    uint64_t id = fm_peek(c, 0, 2), flags = fm_peek(c, 2, 2), opcode = flags >> 11 & 15;
    bool response = flags & 0x8000;
    DnsMemo *memo = fm_memo(d);
    DnsTransaction *transaction = NULL;
    if (!fm_replaying(d))
        transaction = fm_dns_transaction(d, is_alone(d, id) ? NULL : fm_state(d), memo, id, response, fm_preference(d, PREF_RETRANSMISSION_TIMER));

    fm_title_more(d, " (%s)", response ? "response" : "query");
    put_header_info(d, id, flags);
    fm_add(d, ID, c);
    if (memo->original && response)
        fm_expert_text(d, RETRANSMIT_RESPONSE, "DNS response retransmission. Original response in frame %u", memo->original);
    else if (memo->original)
        fm_expert_text(d, RETRANSMIT_REQUEST, "DNS query retransmission. Original request in frame %u", memo->original);
    put_flags(d, m.kind, response, c);

    bool update = opcode == OPCODE_UPDATE;
    uint64_t questions = update ? fm_add(d, ZONES, c) : fm_add(d, QUERIES, c);
    uint64_t answers = update ? fm_add(d, PREREQUISITES, c) : fm_add(d, ANSWERS, c);
    uint64_t authorities = update ? fm_add(d, UPDATES, c) : fm_add(d, AUTH_RR, c);
    uint64_t additional = fm_add(d, ADD_RR, c);
    uint64_t first_type = 0;
    put_questions(d, &m, c, questions, update ? "Zone" : "Queries", &first_type);
    if (transaction && first_type == TYPE_AXFR)
        transaction->transfer = true;
    put_records(d, &m, c, answers, update ? "Prerequisites" : "Answers");
    put_records(d, &m, c, authorities, update ? "Updates" : "Authoritative nameservers");
    put_records(d, &m, c, additional, "Additional records");
    if (opcode == OPCODE_DSO && !questions && !answers && !authorities && !additional && fm_left(c))
        put_dso(d, c);
    if (fm_left_on_wire(c) && fm_ok(d))
        put_extraneous(d, c);
    if (fm_ok(d))
        put_memo(d, memo, response);
}

const FmProtocol fm_dns_message = {
    .abbrev = "dns.message",
    .title = "DNS message",
    .part = true,
    FM_FIELDS(fields),
    FM_PREFERENCES(preferences),
    .dissect = message_dissect,
    .state_size = sizeof(DnsState),
    .memo_size = sizeof(DnsMemo),
    .release = fm_dns_release,
};

/* ---- protocols: the message in its three dresses ---- */

enum { DNS, DNS_LENGTH };

static const FmField dns_fields[] = {
    [DNS] = { "dns", "Domain Name System", FM_PROTOCOL },
    [DNS_LENGTH] = { "dns.length", "Length", FM_UINT16, FM_DEC },
};

static const FmField mdns_fields[] = { { "mdns", "Multicast Domain Name System", FM_PROTOCOL } };
static const FmField llmnr_fields[] = { { "llmnr", "Link-local Multicast Name Resolution", FM_PROTOCOL } };

static uint64_t dns_record(const FmStream *stream, FmSlice bytes)
{
    return bytes.size < 2 ? FM_NEED_MORE : 2 + fm_be(bytes.data, 2);
}

static void dns_dissect(FmDissection *d, FmCursor *c)
{
    fm_title(d, "Domain Name System");
    bool stream = d->flow_kind == FM_FLOW_TCP || d->flow_kind == FM_FLOW_QUIC;
    if (stream && !d->body_type.size) { /* RFC 1035 §4.2.2, RFC 9250 §4.2 */
        if (!fm_has(c, 6)) {
            fm_info_clear(d);
            fm_cursor_fail(c, 6);
            return;
        }
        fm_add_number(d, &dns_fields[DNS_LENGTH], DNS_LENGTH, c, true);
    }
    fm_part(d, &fm_dns_message, c);
}

static void mdns_dissect(FmDissection *d, FmCursor *c)
{
    fm_title(d, "Multicast Domain Name System");
    fm_part(d, &fm_dns_message, c);
}

static void llmnr_dissect(FmDissection *d, FmCursor *c)
{
    fm_title(d, "Link-local Multicast Name Resolution");
    fm_part(d, &fm_dns_message, c);
}

/* Does a datagram on other ports look like a query or a response? The limits are those that Wireshark accepts. NetBIOS names
 * (RFC 1002 §4.2) travel in the same format. */
static bool dns_probe(const FmDissection *d, FmSlice bytes)
{
    enum { HEADER = 12, QUESTIONS_MAX = 1, ANSWERS_MAX = 100, OTHERS_MAX = 10, NETBIOS_PORT = 137 };
    if (bytes.size <= HEADER || d->packet->source_port == NETBIOS_PORT || d->packet->destination_port == NETBIOS_PORT)
        return false;
    const uint8_t *b = bytes.data;
    uint64_t id = fm_be(b, 2), flags = fm_be(b + 2, 2), questions = fm_be(b + 4, 2);
    uint64_t answers = fm_be(b + 6, 2), authorities = fm_be(b + 8, 2), additional = fm_be(b + 10, 2);
    if (id == 0 || (flags & 0x7800) || additional > OTHERS_MAX)
        return false;
    if (flags & 0x8000)
        return questions <= QUESTIONS_MAX && answers <= ANSWERS_MAX && authorities <= OTHERS_MAX;
    return questions == 1 && answers == 0 && authorities == 0;
}

const FmProtocol fm_dns = {
    .abbrev = "dns",
    .name = "DNS",
    .title = "Domain Name System",
    FM_FIELDS(dns_fields),
    FM_BINDINGS({ FM_UDP_PORT, 53 }, { FM_TCP_PORT, 53 }, { FM_TCP_PORT, 5353 }, { FM_SCTP_PORT, 53 },
                { FM_TLS_PORT, 853 }, { FM_DTLS_PORT, 853 }),
    FM_NAMES({ FM_ALPN, "dot" }, { FM_ALPN, "doq" }, { FM_MEDIA_TYPE, "application/dns-message" }),
    .dissect = dns_dissect,
    .record = dns_record,
    .sized = true,
    .probe = dns_probe,
    .probe_on = FM_UDP_PORT,
};

const FmProtocol fm_mdns = {
    .abbrev = "mdns",
    .name = "MDNS",
    .title = "Multicast Domain Name System",
    FM_FIELDS(mdns_fields),
    FM_BINDINGS({ FM_UDP_PORT, 5353 }),
    .dissect = mdns_dissect,
};

const FmProtocol fm_llmnr = {
    .abbrev = "llmnr",
    .name = "LLMNR",
    .title = "Link-local Multicast Name Resolution",
    FM_FIELDS(llmnr_fields),
    FM_BINDINGS({ FM_UDP_PORT, 5355 }),
    .dissect = llmnr_dissect,
};
