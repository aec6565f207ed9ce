/* SNMP (v1: RFC 1157, v2c: RFC 3416, v3's frame: RFC 3412): requests, answers, traps and the objects in them. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "dissectors/security/der.h"
#include "engine/dissect.h"

enum {
    SNMP, VERSION_OF, V3_VERSION, COMMUNITY, DATA, GLOBAL_DATA, MSG_ID, MSG_MAX_SIZE, MSG_FLAGS, FLAG_REPORT, FLAG_CRYPT, FLAG_AUTH, MSG_MODEL,
    ENGINE_ID, ENGINE_CONFORM, ENGINE_ENTERPRISE, ENGINE_FORMAT, ENGINE_IPV4, ENGINE_IPV6, ENGINE_MAC, ENGINE_TEXT, ENGINE_DATA, ENGINE_CREATED, ENGINE_BOOTS, ENGINE_TIME, USER_NAME, AUTHENTICATION, PRIVACY, MSG_DATA,
    PLAIN_TEXT, ENCRYPTED, CONTEXT_ENGINE, CONTEXT_NAME, GET, GET_NEXT, GET_RESPONSE, SET_REQUEST, TRAP, GET_BULK, INFORM, TRAP_2, REPORT, REQUEST_ID, ERROR_STATUS, ERROR_INDEX, NON_REPEATERS,
    MAX_REPETITIONS, ENTERPRISE, AGENT, GENERIC, SPECIFIC, TIME_STAMP, BINDINGS, NAME, INTEGER, OCTETS, OID, NOTHING, ADDRESS, COUNTER, GAUGE,
    TICKS, OPAQUE, NO_OBJECT, NO_INSTANCE, END_OF_VIEW, SHOWN, UNANSWERED, RESPONSE_TO, RESPONSE_IN, TIME,
};

enum { PDU_GET, PDU_GET_NEXT, PDU_RESPONSE, PDU_SET, PDU_TRAP, PDU_GET_BULK, PDU_INFORM, PDU_TRAP_2, PDU_REPORT };
enum { VERSION_3 = 3 };

static const FmName versions[] = { { 0, 0, "version-1" }, { 1, 0, "v2c" }, { 2, 0, "v2u" }, { VERSION_3, 0, "snmpv3" }, { 0 } };
static const FmName pdus[] = {
    { PDU_GET, 0, "get-request" }, { PDU_GET_NEXT, 0, "get-next-request" }, { PDU_RESPONSE, 0, "get-response" }, { PDU_SET, 0, "set-request" },
    { PDU_TRAP, 0, "trap" }, { PDU_GET_BULK, 0, "getBulkRequest" }, { PDU_INFORM, 0, "informRequest" }, { PDU_TRAP_2, 0, "snmpV2-trap" },
    { PDU_REPORT, 0, "report" }, { 0 },
};
static const FmName errors[] = { /* RFC 3416 §3 */
    { 0, 0, "noError" }, { 1, 0, "tooBig" }, { 2, 0, "noSuchName" }, { 3, 0, "badValue" }, { 4, 0, "readOnly" }, { 5, 0, "genErr" },
    { 6, 0, "noAccess" }, { 7, 0, "wrongType" }, { 8, 0, "wrongLength" }, { 9, 0, "wrongEncoding" }, { 10, 0, "wrongValue" },
    { 11, 0, "noCreation" }, { 12, 0, "inconsistentValue" }, { 13, 0, "resourceUnavailable" }, { 14, 0, "commitFailed" }, { 15, 0, "undoFailed" },
    { 16, 0, "authorizationError" }, { 17, 0, "notWritable" }, { 18, 0, "inconsistentName" }, { 0 },
};
static const FmName generics[] = {
    { 0, 0, "coldStart" }, { 1, 0, "warmStart" }, { 2, 0, "linkDown" }, { 3, 0, "linkUp" }, { 4, 0, "authenticationFailure" },
    { 5, 0, "egpNeighborLoss" }, { 6, 0, "enterpriseSpecific" }, { 0 },
};
static const FmName models[] = { { 1, 0, "SNMPv1" }, { 2, 0, "SNMPv2c" }, { 3, 0, "USM" }, { 4, 0, "TSM" }, { 0 } };

static const FmName scopes[] = { { 0, 0, "plaintext" }, { 1, 0, "encryptedPDU" }, { 0 } };
static const FmName enterprises[] = { /* IANA: Private Enterprise Numbers */
    { 9, 0, "ciscoSystems" }, { 11, 0, "Hewlett-Packard" }, { 8072, 0, "net-snmp" }, { 0 },
};
static const FmName engine_formats[] = { /* RFC 3411 §5 */
    { 1, 0, "IPv4 address" }, { 2, 0, "IPv6 address" }, { 3, 0, "MAC address" }, { 4, 0, "Text, administratively assigned" },
    { 5, 0, "Octets, administratively assigned" }, { 128, 255, "Reserved/Enterprise-specific" }, { 0 },
};

static const FmField fields[] = {
    [SNMP] = { "snmp", "Simple Network Management Protocol", FM_PROTOCOL },
    [VERSION_OF] = { "snmp.version", "version", FM_INT32, FM_DEC, .names = versions },
    [V3_VERSION] = { "snmp.msgVersion", "msgVersion", FM_INT32, FM_DEC, .names = versions },
    [COMMUNITY] = { "snmp.community", "community", FM_STRING },
    [DATA] = { "snmp.data", "data", FM_UINT32, FM_DEC, .names = pdus },
    [GLOBAL_DATA] = { "snmp.msgGlobalData_element", "msgGlobalData", FM_NONE },
    [MSG_ID] = { "snmp.msgID", "msgID", FM_UINT32, FM_DEC },
    [MSG_MAX_SIZE] = { "snmp.msgMaxSize", "msgMaxSize", FM_UINT32, FM_DEC },
    [MSG_FLAGS] = { "snmp.msgFlags", "msgFlags", FM_BYTES },
    [FLAG_REPORT] = { "snmp.v3.flags.report", "Reportable", FM_BOOL8, FM_BASE_NONE, 0x04, .yes = "Set", .no = "Not set" },
    [FLAG_CRYPT] = { "snmp.v3.flags.crypt", "Encrypted", FM_BOOL8, FM_BASE_NONE, 0x02, .yes = "Set", .no = "Not set" },
    [FLAG_AUTH] = { "snmp.v3.flags.auth", "Authenticated", FM_BOOL8, FM_BASE_NONE, 0x01, .yes = "Set", .no = "Not set" },
    [MSG_MODEL] = { "snmp.msgSecurityModel", "msgSecurityModel", FM_UINT32, FM_DEC, .names = models },
    [ENGINE_ID] = { "snmp.msgAuthoritativeEngineID", "msgAuthoritativeEngineID", FM_BYTES },
    [ENGINE_CONFORM] = { "snmp.engineid.conform", "Engine ID Conformance", FM_BOOL8, FM_BASE_NONE, 0x80, .yes = "RFC3411 (SNMPv3)",
                         .no = "RFC1910 (Non-SNMPv3)" },
    [ENGINE_ENTERPRISE] = { "snmp.engineid.enterprise", "Engine Enterprise ID", FM_UINT32, FM_DEC, .names = enterprises },
    [ENGINE_FORMAT] = { "snmp.engineid.format", "Engine ID Format", FM_UINT8, FM_DEC, .names = engine_formats },
    [ENGINE_IPV4] = { "snmp.engineid.ipv4", "Engine ID Data: IPv4 address", FM_IPV4 },
    [ENGINE_IPV6] = { "snmp.engineid.ipv6", "Engine ID Data: IPv6 address", FM_IPV6 },
    [ENGINE_MAC] = { "snmp.engineid.mac", "Engine ID Data: MAC address", FM_ETHER },
    [ENGINE_TEXT] = { "snmp.engineid.text", "Engine ID Data: Text", FM_STRING },
    [ENGINE_DATA] = { "snmp.engineid.data", "Engine ID Data", FM_BYTES },
    [ENGINE_CREATED] = { "snmp.engineid.time", "Engine ID Data: Creation Time", FM_ABSOLUTE_TIME, FM_UTC },
    [ENGINE_BOOTS] = { "snmp.msgAuthoritativeEngineBoots", "msgAuthoritativeEngineBoots", FM_UINT32, FM_DEC },
    [ENGINE_TIME] = { "snmp.msgAuthoritativeEngineTime", "msgAuthoritativeEngineTime", FM_UINT32, FM_DEC },
    [USER_NAME] = { "snmp.msgUserName", "msgUserName", FM_STRING },
    [AUTHENTICATION] = { "snmp.msgAuthenticationParameters", "msgAuthenticationParameters", FM_BYTES },
    [PRIVACY] = { "snmp.msgPrivacyParameters", "msgPrivacyParameters", FM_BYTES },
    [MSG_DATA] = { "snmp.msgData", "msgData", FM_UINT32, FM_DEC, .names = scopes },
    [PLAIN_TEXT] = { "snmp.plaintext_element", "plaintext", FM_NONE },
    [ENCRYPTED] = { "snmp.encryptedPDU", "encryptedPDU", FM_BYTES },
    [CONTEXT_ENGINE] = { "snmp.contextEngineID", "contextEngineID", FM_BYTES },
    [CONTEXT_NAME] = { "snmp.contextName", "contextName", FM_STRING },
    [GET] = { "snmp.get_request_element", "get-request", FM_NONE },
    [GET_NEXT] = { "snmp.get_next_request_element", "get-next-request", FM_NONE },
    [GET_RESPONSE] = { "snmp.get_response_element", "get-response", FM_NONE },
    [SET_REQUEST] = { "snmp.set_request_element", "set-request", FM_NONE },
    [TRAP] = { "snmp.trap_element", "trap", FM_NONE },
    [GET_BULK] = { "snmp.getBulkRequest_element", "getBulkRequest", FM_NONE },
    [INFORM] = { "snmp.informRequest_element", "informRequest", FM_NONE },
    [TRAP_2] = { "snmp.snmpV2_trap_element", "snmpV2-trap", FM_NONE },
    [REPORT] = { "snmp.report_element", "report", FM_NONE },
    [REQUEST_ID] = { "snmp.request_id", "request-id", FM_INT32, FM_DEC },
    [ERROR_STATUS] = { "snmp.error_status", "error-status", FM_INT32, FM_DEC, .names = errors },
    [ERROR_INDEX] = { "snmp.error_index", "error-index", FM_INT32, FM_DEC },
    [NON_REPEATERS] = { "snmp.non_repeaters", "non-repeaters", FM_UINT32, FM_DEC },
    [MAX_REPETITIONS] = { "snmp.max_repetitions", "max-repetitions", FM_UINT32, FM_DEC },
    [ENTERPRISE] = { "snmp.enterprise", "enterprise", FM_OID },
    [AGENT] = { "snmp.agent_addr", "agent-addr", FM_IPV4 },
    [GENERIC] = { "snmp.generic_trap", "generic-trap", FM_INT32, FM_DEC, .names = generics },
    [SPECIFIC] = { "snmp.specific_trap", "specific-trap", FM_INT32, FM_DEC },
    [TIME_STAMP] = { "snmp.time_stamp", "time-stamp", FM_UINT32, FM_DEC },
    [BINDINGS] = { "snmp.variable_bindings", "variable-bindings", FM_UINT32, FM_DEC },
    [NAME] = { "snmp.name", "Object Name", FM_OID },
    [INTEGER] = { "snmp.value.int", "Value (Integer32)", FM_INT64, FM_DEC },
    [OCTETS] = { "snmp.value.octets", "Value (OctetString)", FM_BYTES },
    [OID] = { "snmp.value.oid", "Value (OID)", FM_OID },
    [NOTHING] = { "snmp.value.null", "Value (Null)", FM_NONE },
    [ADDRESS] = { "snmp.value.ipv4", "Value (IpAddress)", FM_IPV4 },
    [COUNTER] = { "snmp.value.counter", "Value (Counter32)", FM_UINT64, FM_DEC },
    [GAUGE] = { "snmp.value.g32", "Value (Gauge32)", FM_INT64, FM_DEC },
    [TICKS] = { "snmp.value.timeticks", "Value (Timeticks)", FM_UINT64, FM_DEC },
    [OPAQUE] = { "snmp.value.opaque", "Value (Opaque)", FM_BYTES },
    [NO_OBJECT] = { "snmp.noSuchObject", "noSuchObject", FM_NONE },
    [NO_INSTANCE] = { "snmp.noSuchInstance", "noSuchInstance", FM_NONE },
    [END_OF_VIEW] = { "snmp.endOfMibView", "endOfMibView", FM_NONE },
    [SHOWN] = { "snmp.var-bind_str", "Variable-binding-string", FM_STRING },
    [UNANSWERED] = { "snmp.varbind.response", "Response", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_RESPONSE },
    [RESPONSE_TO] = { "snmp.response_to", "Response To", FM_FRAMENUM, .generated = true },
    [RESPONSE_IN] = { "snmp.response_in", "Response In", FM_FRAMENUM, .generated = true },
    [TIME] = { "snmp.time", "Time", FM_RELATIVE_TIME, .generated = true },
};

/* The identifier's first byte tells the types of RFC 2578, which der_next has no names for. */
enum { TYPE_ADDRESS = 0x40, TYPE_COUNTER, TYPE_GAUGE, TYPE_TICKS, TYPE_OPAQUE, TYPE_COUNTER_64 = 0x46, TYPE_NULL = 0x05 };

static uint64_t number_of(const FmCursor *body, bool is_signed)
{
    size_t size = MIN(fm_left(body), 9);
    uint64_t v = is_signed && size && *body->at & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++)
        v = v << 8 | body->at[i];
    return v;
}

/* The next value, if it is an integer, as row F. */
static uint64_t put_integer(FmDissection *d, unsigned row, FmCursor *c)
{
    DerValue value;
    if (!der_take(c, DER_INTEGER, &value))
        return 0;
    uint64_t v = number_of(&value.body, true);
    fm_add_value(d, row, &value.body, fm_left(&value.body), v);
    return v;
}

/* `iso`: the first arc by its name */
static void write_oid(FmText *out, FmSlice bytes, bool iso)
{
    uint64_t number = 0;
    bool first = true;
    for (size_t i = 0; i < bytes.size; i++) {
        number = number << 7 | (bytes.data[i] & 0x7f);
        if (bytes.data[i] & 0x80)
            continue;
        if (!first)
            fm_text_printf(out, ".%" PRIu64, number);
        else if (iso && number / 40 == 1)
            fm_text_printf(out, "iso.%" PRIu64, number - 40);
        else
            fm_text_printf(out, "%u.%" PRIu64, (unsigned)MIN(number / 40, 2), number - 40 * MIN(number / 40, 2));
        first = false;
        number = 0;
    }
}

static void tell_oid(FmDissection *d, FmSlice bytes, bool iso)
{
    if (!d->want_info)
        return;
    FmText text = { 0 };
    write_oid(&text, bytes, iso);
    fm_info_more(d, " %.*s", (int)text.size, text.data);
    fm_text_clear(&text);
}

static void label_oid(FmDissection *d, unsigned row, FmSlice bytes)
{
    if (!d->want_labels)
        return;
    FmText text = { 0 };
    write_oid(&text, bytes, false);
    fm_text_put(&text, " (");
    write_oid(&text, bytes, true);
    fm_label(d, row, "%s: %.*s)", fields[row].name, (int)text.size, text.data);
    fm_text_clear(&text);
}

static bool is_text(FmSlice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (!g_ascii_isprint(bytes.data[i]) && !g_ascii_isspace(bytes.data[i]))
            return false;
    return bytes.size > 0;
}

static void put_octets(FmDissection *d, FmCursor *body, FmText *shown)
{
    FmCursor at = *body;
    FmSlice bytes = fm_add_bytes(d, OCTETS, &at, fm_left(body));
    if (!d->want_labels)
        return;
    if (is_text(bytes)) {
        fm_text_printf(shown, "\"%.*s\"", (int)bytes.size, (const char *)bytes.data);
        fm_label(d, OCTETS, "Value (OctetString): \"%.*s\"", (int)bytes.size, (const char *)bytes.data);
    } else if (bytes.size) {
        fm_text_bytes(shown, bytes, 0);
    } else {
        fm_text_put(shown, "<MISSING>");
    }
}

static void put_number(FmDissection *d, unsigned row, const FmCursor *body, bool is_signed, FmText *shown)
{
    uint64_t v = number_of(body, is_signed);
    fm_add_value(d, row, body, fm_left(body), v);
    if (d->want_labels && is_signed)
        fm_text_int(shown, (int64_t)v);
    else if (d->want_labels)
        fm_text_uint(shown, v);
}

static void put_nothing(FmDissection *d, unsigned row, const FmCursor *body, FmText *shown)
{
    fm_close(d, fm_open(d, row, body), body);
    if (d->want_labels)
        fm_text_put(shown, fields[row].name);
    if (row != NOTHING)
        fm_expert_text(d, UNANSWERED, "%s", fields[row].name);
}

/* `shown` becomes what the binding's line says of the value. */
static void put_value(FmDissection *d, FmCursor *c, FmText *shown)
{
    uint64_t type = fm_peek(c, 0, 1);
    DerValue value;
    if (!der_next(c, &value))
        return;
    FmCursor *body = &value.body, at = *body;
    size_t size = fm_left(body);
    switch (type) {
    case DER_INTEGER: put_number(d, INTEGER, body, true, shown); break;
    case DER_OCTET_STRING: put_octets(d, body, shown); break;
    case DER_OID:
        fm_add_bytes(d, OID, &at, size);
        label_oid(d, OID, fm_rest(body));
        if (d->want_labels) {
            write_oid(shown, fm_rest(body), false);
            fm_text_put(shown, " (");
            write_oid(shown, fm_rest(body), true);
            fm_text_put(shown, ")");
        }
        break;
    case TYPE_NULL: put_nothing(d, NOTHING, body, shown); break;
    case TYPE_ADDRESS:
        if (d->want_labels)
            fm_text_ipv4(shown, (uint32_t)fm_peek(body, 0, 4));
        fm_add(d, ADDRESS, body);
        break;
    case TYPE_COUNTER: put_number(d, COUNTER, body, false, shown); break;
    case TYPE_COUNTER_64:
        put_number(d, COUNTER, body, false, shown);
        fm_label(d, COUNTER, "Value (Counter64): %" PRIu64, number_of(body, false));
        break;
    case TYPE_GAUGE: put_number(d, GAUGE, body, false, shown); break;
    case TYPE_TICKS: put_number(d, TICKS, body, false, shown); break;
    case TYPE_OPAQUE:
        fm_add_bytes(d, OPAQUE, &at, size);
        if (d->want_labels)
            fm_text_bytes(shown, fm_rest(body), 0);
        break;
    case 0x80: put_nothing(d, NO_OBJECT, body, shown); break;
    case 0x81: put_nothing(d, NO_INSTANCE, body, shown); break;
    case 0x82: put_nothing(d, END_OF_VIEW, body, shown); break;
    default: break;
    }
}

/* sysDescr and sysName (RFC 3418): their values are also shown as text, in a layer of its own. */
static void put_shown(FmDissection *d, FmSlice name, FmCursor value)
{
    static const uint8_t system[] = { 0x2b, 6, 1, 2, 1, 1 };
    DerValue v;
    uint64_t type = fm_peek(&value, 0, 1);
    if (name.size != sizeof system + 2 || memcmp(name.data, system, sizeof system) != 0 || (name.data[6] != 1 && name.data[6] != 5) || name.data[7])
        return;
    if (type == TYPE_NULL || type >= 0x80 || !der_next(&value, &v) || !fm_left(&v.body))
        return;
    FmSlice text = fm_rest(&v.body);
    const uint8_t *end = memchr(text.data, 0, text.size);
    fm_layer_name(d, "snmp");
    fm_down(d);
    fm_add_bytes(d, SHOWN, &v.body, end ? (size_t)(end - text.data) : text.size);
    fm_up(d);
}

static void put_bindings(FmDissection *d, FmCursor *c)
{
    DerValue all, one, object;
    if (!der_take(c, DER_SEQUENCE, &all))
        return;
    unsigned count = der_count(all.body);
    fm_add_value(d, BINDINGS, &all.body, fm_left(&all.body), count);
    fm_label_more(d, BINDINGS, count == 1 ? " item" : " items");
    fm_down(d);
    while (der_take(&all.body, DER_SEQUENCE, &one)) {
        FmText shown = { 0 };
        FmSubtree line = fm_open_text(d, &one.body, "VarBind");
        if (der_take(&one.body, DER_OID, &object)) {
            FmCursor at = object.body;
            FmSlice name = fm_add_bytes(d, NAME, &at, fm_left(&at));
            tell_oid(d, name, false);
            label_oid(d, NAME, name);
            if (d->want_labels) {
                write_oid(&shown, name, false);
                fm_text_put(&shown, ": ");
            }
            FmCursor value = one.body;
            put_value(d, &one.body, &shown);
            put_shown(d, name, value);
        }
        if (shown.size)
            fm_subtree_label(d, line, "%.*s", (int)shown.size, shown.data);
        fm_text_clear(&shown);
        fm_close(d, line, &one.body);
    }
    fm_up(d);
}

typedef struct Message { /* what its answer is found by */
    uint32_t id;
    uint8_t kind;
    bool known;
} Message;

static void put_pdu(FmDissection *d, FmCursor *c, Message *m)
{
    FmCursor at = *c;
    DerValue value;
    if (!der_next(c, &value) || value.tag < DER_CONTEXT || value.tag >= DER_OTHER)
        return;
    unsigned kind = value.tag - DER_CONTEXT;
    const char *name = fm_name(pdus, kind);
    fm_add_value(d, DATA, &at, c->at - at.at, kind);
    fm_info(d, "%s", name ? name : "Unknown");
    if (!name)
        return;
    fm_down(d);
    FmCursor *body = &value.body;
    unsigned row = GET + kind;
    FmSubtree element = fm_open_of(d, &fields[row], row, body);
    if (kind == PDU_TRAP) {
        DerValue object;
        if (der_take(body, DER_OID, &object)) {
            FmSlice enterprise = fm_rest(&object.body);
            tell_oid(d, enterprise, true);
            fm_add_bytes(d, ENTERPRISE, &object.body, enterprise.size);
            label_oid(d, ENTERPRISE, enterprise);
        }
        DerValue agent;
        if (fm_peek(body, 0, 1) == TYPE_ADDRESS && der_next(body, &agent))
            fm_add(d, AGENT, &agent.body);
        put_integer(d, GENERIC, body);
        put_integer(d, SPECIFIC, body);
        DerValue ticks;
        if (fm_peek(body, 0, 1) == TYPE_TICKS && der_next(body, &ticks))
            fm_add_value(d, TIME_STAMP, &ticks.body, fm_left(&ticks.body), number_of(&ticks.body, false));
    } else {
        bool bulk = kind == PDU_GET_BULK;
        m->id = (uint32_t)put_integer(d, REQUEST_ID, body);
        m->kind = (uint8_t)kind;
        m->known = true;
        put_integer(d, bulk ? NON_REPEATERS : ERROR_STATUS, body);
        put_integer(d, bulk ? MAX_REPETITIONS : ERROR_INDEX, body);
    }
    put_bindings(d, body);
    fm_close(d, element, body);
    fm_up(d);
}

/* The next value's contents, if it is a string, as row F. */
static FmSlice put_string(FmDissection *d, unsigned row, FmCursor *c)
{
    DerValue value;
    if (!der_take(c, DER_OCTET_STRING, &value))
        return (FmSlice){ 0 };
    return fm_add_bytes_of(d, &fields[row], row, &value.body, fm_left(&value.body));
}

enum { NET_SNMP = 8072, NET_SNMP_RANDOM = 128, NET_SNMP_SIZE = 8 };

/* What the format says of the bytes behind it; those of no known form are left. */
static void put_engine_format(FmDissection *d, FmCursor *c, uint64_t enterprise)
{
    uint64_t format = fm_add(d, ENGINE_FORMAT, c);
    size_t size = fm_left(c);
    if (format == 1 && size == 4) {
        fm_add(d, ENGINE_IPV4, c);
    } else if (format == 2 && size == 16) {
        fm_add_bytes(d, ENGINE_IPV6, c, size);
    } else if (format == 3 && size == 6) {
        fm_add(d, ENGINE_MAC, c);
    } else if (format == 4 && size) {
        fm_add_bytes(d, ENGINE_TEXT, c, size);
    } else if (format == NET_SNMP_RANDOM && enterprise == NET_SNMP && size == NET_SNMP_SIZE) {
        fm_label_more(d, ENGINE_FORMAT, ": Net-SNMP Random");
        fm_add_bytes(d, ENGINE_DATA, c, 4);
        fm_add_value(d, ENGINE_CREATED, c, 4, (uint64_t)((FmTime)fm_le(c->at, 4) * FM_SECOND));
        fm_skip(c, 4);
    }
}

/* RFC 3411 §5: SnmpEngineID */
static void put_engine(FmDissection *d, unsigned row, FmCursor *c)
{
    FmCursor at = *c;
    DerValue value;
    bool there = der_take(&at, DER_OCTET_STRING, &value);
    put_string(d, row, c);
    if (!there || fm_left(&value.body) < 5)
        return;
    FmCursor *id = &value.body;
    fm_down(d);
    bool conforms = fm_add_bits(d, ENGINE_CONFORM, id);
    uint64_t enterprise = fm_peek(id, 0, 4) & 0x7fffffff;
    fm_add_value(d, ENGINE_ENTERPRISE, id, 4, enterprise);
    fm_skip(id, 4);
    if (conforms)
        put_engine_format(d, id, enterprise);
    if (fm_left(id))
        fm_add_bytes(d, ENGINE_DATA, id, fm_left(id));
    fm_up(d);
}

/* RFC 3414 §2.4 */
static void put_user_security(FmDissection *d, FmCursor *c)
{
    DerValue all;
    if (!der_take(c, DER_SEQUENCE, &all))
        return;
    FmCursor *body = &all.body;
    put_engine(d, ENGINE_ID, body);
    put_integer(d, ENGINE_BOOTS, body);
    put_integer(d, ENGINE_TIME, body);
    put_string(d, USER_NAME, body);
    put_string(d, AUTHENTICATION, body);
    put_string(d, PRIVACY, body);
}

enum { MODEL_USM = 3, FLAG_ENCRYPTED = 0x02 };

/* What stands around the scoped data; the result: are they encrypted? */
static bool put_header(FmDissection *d, FmCursor *c)
{
    DerValue header, flags, security;
    bool encrypted = false;
    if (!der_take(c, DER_SEQUENCE, &header))
        return false;
    FmSubtree line = fm_open(d, GLOBAL_DATA, &header.body);
    put_integer(d, MSG_ID, &header.body);
    put_integer(d, MSG_MAX_SIZE, &header.body);
    if (der_take(&header.body, DER_OCTET_STRING, &flags)) {
        encrypted = fm_peek(&flags.body, 0, 1) & FLAG_ENCRYPTED;
        FmCursor bits = flags.body;
        fm_add_bytes(d, MSG_FLAGS, &flags.body, fm_left(&flags.body));
        fm_down(d);
        fm_add_bits(d, FLAG_REPORT, &bits);
        fm_add_bits(d, FLAG_CRYPT, &bits);
        fm_add_bits(d, FLAG_AUTH, &bits);
        fm_up(d);
    }
    uint64_t model = put_integer(d, MSG_MODEL, &header.body);
    fm_close(d, line, &header.body);
    if (der_take(c, DER_OCTET_STRING, &security) && model == MODEL_USM)
        put_user_security(d, &security.body);
    return encrypted;
}

/* SNMPv3; what is encrypted stays closed. */
static void put_version_3(FmDissection *d, FmCursor *c, Message *m)
{
    DerValue scoped;
    bool encrypted = put_header(d, c);
    fm_add_value(d, MSG_DATA, c, fm_left(c), encrypted);
    fm_down(d);
    if (encrypted) {
        fm_info_constant(d, "encryptedPDU: privKey Unknown");
        put_string(d, ENCRYPTED, c);
    } else if (der_take(c, DER_SEQUENCE, &scoped)) {
        FmSubtree line = fm_open(d, PLAIN_TEXT, &scoped.body);
        put_engine(d, CONTEXT_ENGINE, &scoped.body);
        put_string(d, CONTEXT_NAME, &scoped.body);
        put_pdu(d, &scoped.body, m);
        fm_close(d, line, &scoped.body);
    }
    fm_up(d);
}

#define REQUESTS 16 /* per flow, whose answers are awaited */

typedef struct SnmpMemo {
    uint32_t request, response; /* frames; 0: not known */
    FmTime time;
} SnmpMemo;

typedef struct SnmpState { /* of a flow */
    struct Asked {
        uint32_t id, frame;
        FmTime time;
        SnmpMemo *memo; /* where memos live on */
    } asked[REQUESTS];
    unsigned next;
} SnmpState;

static bool is_request(unsigned kind)
{
    return kind == PDU_GET || kind == PDU_GET_NEXT || kind == PDU_SET || kind == PDU_GET_BULK || kind == PDU_INFORM;
}

static void pair(FmDissection *d, const Message *m, SnmpMemo *memo)
{
    SnmpState *state = fm_state(d);
    if (!state || !fm_ok(d))
        return;
    if (is_request(m->kind)) {
        state->asked[state->next++ % REQUESTS] = (struct Asked){ m->id, fm_frame_number(d), fm_frame_time(d), d->keeping ? memo : NULL };
        return;
    }
    for (unsigned i = 1; m->kind == PDU_RESPONSE && i <= REQUESTS; i++) {
        const struct Asked *a = &state->asked[(state->next - i) % REQUESTS];
        if (!a->frame || a->id != m->id)
            continue;
        memo->request = a->frame;
        memo->time = fm_frame_time(d) - a->time;
        if (a->memo && !a->memo->response)
            a->memo->response = fm_frame_number(d);
        return;
    }
}

static void put_message(FmDissection *d, FmCursor *c, Message *m)
{
    DerValue message, first;
    if (!der_take(c, DER_SEQUENCE, &message))
        return;
    FmCursor *body = &message.body, probe = *body;
    bool newest = der_take(&probe, DER_INTEGER, &first) && number_of(&first.body, true) == VERSION_3;
    put_integer(d, newest ? V3_VERSION : VERSION_OF, body);
    if (newest) {
        put_version_3(d, body, m);
        return;
    }
    put_string(d, COMMUNITY, body);
    put_pdu(d, body, m);
}

static void snmp_dissect(FmDissection *d, FmCursor *c)
{
    SnmpMemo *memo = fm_memo(d);
    Message m = { 0 };
    put_message(d, c, &m);
    if (m.known && !fm_replaying(d))
        pair(d, &m, memo);
    if (memo->response)
        fm_make(d, RESPONSE_IN, memo->response);
    if (memo->request) {
        fm_make(d, RESPONSE_TO, memo->request);
        fm_make(d, TIME, (uint64_t)memo->time);
    }
}

const FmProtocol fm_snmp = {
    .abbrev = "snmp",
    .name = "SNMP",
    .title = "Simple Network Management Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 161 }, { FM_UDP_PORT, 162 }),
    .dissect = snmp_dissect,
    .state_size = sizeof(SnmpState),
    .memo_size = sizeof(SnmpMemo),
};
