/* Parameters of SCTP chunks and causes of errors (RFC 9260 §3.3.2.1 and §3.3.10, RFC 4895, RFC 5061, RFC 6525). */
#include "config.h"

#include "dissectors/transport/sctp.h"

enum {
    TYPE, BIT_1, BIT_2, LENGTH, VALUE, PADDING, IPV4, IPV6, HEARTBEAT, COOKIE, COOKIE_INCREMENT, HOSTNAME, ADDRESS_TYPE, REQUEST_SEQUENCE,
    RESPONSE_SEQUENCE, LAST_TSN, SENDERS_NEXT, RECEIVERS_NEXT, RESULT, RECONFIG_STREAM, OUTGOING_COUNT, OUTGOING_RESERVED, INCOMING_COUNT,
    INCOMING_RESERVED, CORRELATION, ADAPTATION, RANDOM, CHUNK_TO_AUTH, HMAC_ID, SUPPORTED_CHUNK,
    CAUSE_CODE, CAUSE_LENGTH, CAUSE_INFO, CAUSE_PADDING, CAUSE_STREAM, CAUSE_RESERVED, CAUSE_MISSING_COUNT, CAUSE_MISSING, CAUSE_STALENESS,
    CAUSE_TSN, PADDING_EXPERT, LENGTH_EXPERT,
};

enum {
    P_HEARTBEAT = 1, P_IPV4 = 5, P_IPV6 = 6, P_COOKIE = 7, P_UNRECOGNIZED = 8, P_PRESERVATIVE = 9, P_HOSTNAME = 11, P_ADDRESS_TYPES = 12,
    P_OUTGOING_RESET = 13, P_INCOMING_RESET = 14, P_TSN_RESET = 15, P_RESPONSE = 16, P_ADD_OUTGOING = 17, P_ADD_INCOMING = 18, P_ECN = 0x8000,
    P_RANDOM = 0x8002, P_CHUNKS = 0x8003, P_HMACS = 0x8004, P_EXTENSIONS = 0x8008, P_FORWARD_TSN = 0xc000, P_ADD_IP = 0xc001,
    P_DELETE_IP = 0xc002, P_CAUSE = 0xc003, P_PRIMARY = 0xc004, P_SUCCESS = 0xc005, P_ADAPTATION = 0xc006,
};

static const FmName types[] = {
    { P_HEARTBEAT, 0, "Heartbeat info" }, { P_IPV4, 0, "IPv4 address" }, { P_IPV6, 0, "IPv6 address" }, { P_COOKIE, 0, "State cookie" },
    { P_UNRECOGNIZED, 0, "Unrecognized parameter" }, { P_PRESERVATIVE, 0, "Cookie preservative" }, { P_HOSTNAME, 0, "Hostname address" },
    { P_ADDRESS_TYPES, 0, "Supported address types" }, { P_OUTGOING_RESET, 0, "Outgoing SSN reset request" },
    { P_INCOMING_RESET, 0, "Incoming SSN reset request" }, { P_TSN_RESET, 0, "SSN/TSN reset request" },
    { P_RESPONSE, 0, "Re-configuration response" }, { P_ADD_OUTGOING, 0, "Add outgoing streams request" },
    { P_ADD_INCOMING, 0, "Add incoming streams request" }, { P_ECN, 0, "ECN" }, { P_RANDOM, 0, "Random" },
    { P_CHUNKS, 0, "Authenticated Chunk list" }, { P_HMACS, 0, "Requested HMAC Algorithm" }, { P_EXTENSIONS, 0, "Supported Extensions" },
    { P_FORWARD_TSN, 0, "Forward TSN supported" }, { P_ADD_IP, 0, "Add IP address" }, { P_DELETE_IP, 0, "Delete IP address" },
    { P_CAUSE, 0, "Error cause indication" }, { P_PRIMARY, 0, "Set primary address" }, { P_SUCCESS, 0, "Success report" },
    { P_ADAPTATION, 0, "Adaptation Layer Indication" }, { 0 },
};

enum {
    C_STREAM = 1, C_MISSING = 2, C_STALE = 3, C_RESOURCE = 4, C_ADDRESS = 5, C_CHUNK = 6, C_INVALID = 7, C_PARAMETERS = 8, C_NO_DATA = 9,
    C_SHUTTING_DOWN = 10, C_RESTART = 11, C_USER = 12, C_VIOLATION = 13, C_LAST_ADDRESS = 0xa0, C_SHORTAGE = 0xa1, C_SOURCE_ADDRESS = 0xa2,
    C_ILLEGAL_ASCONF = 0xa3, C_REFUSED = 0xa4, C_HMAC = 0x105,
};

static const FmName causes[] = {
    { C_STREAM, 0, "Invalid stream identifier" }, { C_MISSING, 0, "Missing mandatory parameter" }, { C_STALE, 0, "Stale cookie error" },
    { C_RESOURCE, 0, "Out of resource" }, { C_ADDRESS, 0, "Unresolvable address" }, { C_CHUNK, 0, "Unrecognized chunk type" },
    { C_INVALID, 0, "Invalid mandatory parameter" }, { C_PARAMETERS, 0, "Unrecognized parameters" }, { C_NO_DATA, 0, "No user data" },
    { C_SHUTTING_DOWN, 0, "Cookie received while shutting down" }, { C_RESTART, 0, "Restart of an association with new addresses" },
    { C_USER, 0, "User initiated ABORT" }, { C_VIOLATION, 0, "Protocol violation" }, { C_LAST_ADDRESS, 0, "Request to delete last address" },
    { C_SHORTAGE, 0, "Operation refused due to resource shortage" }, { C_SOURCE_ADDRESS, 0, "Request to delete source address" },
    { C_ILLEGAL_ASCONF, 0, "Association Aborted due to illegal ASCONF-ACK" }, { C_REFUSED, 0, "Request refused - no authorization" },
    { C_HMAC, 0, "Unsupported HMAC identifier" }, { 0 },
};

static const FmName address_types[] = { { P_IPV4, 0, "IPv4 address" }, { P_IPV6, 0, "IPv6 address" }, { P_HOSTNAME, 0, "Hostname address" }, { 0 } };
static const FmName hmacs[] = { { 0, 0, "Reserved" }, { 1, 0, "SHA-1" }, { 2, 0, "Reserved" }, { 3, 0, "SHA-256" }, { 0 } };
static const FmName results[] = {
    { 0, 0, "Nothing to do" }, { 1, 0, "Performed" }, { 2, 0, "Denied" }, { 3, 0, "Error - Wrong SSN" },
    { 4, 0, "Error - Request already in progress" }, { 5, 0, "Error - Bad sequence number" }, { 6, 0, "In progress" }, { 0 },
};

static const FmField fields[] = {
    [TYPE] = { "sctp.parameter_type", "Parameter type", FM_UINT16, FM_HEX, .names = types },
    [BIT_1] = { "sctp.parameter_bit_1", "Bit", FM_BOOL16, FM_BASE_NONE, 0x8000, .yes = "Skip parameter and continue processing of the chunk",
                .no = "Stop processing of chunk" },
    [BIT_2] = { "sctp.parameter_bit_2", "Bit", FM_BOOL16, FM_BASE_NONE, 0x4000, .yes = "Do report", .no = "Do not report" },
    [LENGTH] = { "sctp.parameter_length", "Parameter length", FM_UINT16, FM_DEC },
    [VALUE] = { "sctp.parameter_value", "Parameter value", FM_BYTES },
    [PADDING] = { "sctp.parameter_padding", "Parameter padding", FM_BYTES },
    [IPV4] = { "sctp.parameter_ipv4_address", "IP Version 4 address", FM_IPV4 },
    [IPV6] = { "sctp.parameter_ipv6_address", "IP Version 6 address", FM_IPV6 },
    [HEARTBEAT] = { "sctp.parameter_heartbeat_information", "Heartbeat information", FM_BYTES },
    [COOKIE] = { "sctp.parameter_state_cookie", "State cookie", FM_BYTES },
    [COOKIE_INCREMENT] = { "sctp.parameter_cookie_preservative_incr", "Suggested Cookie life-span increment (msec)", FM_UINT32, FM_DEC },
    [HOSTNAME] = { "sctp.parameter_hostname", "Hostname", FM_STRINGZ },
    [ADDRESS_TYPE] = { "sctp.parameter_supported_address_type", "Supported address type", FM_UINT16, FM_DEC, .names = address_types },
    [REQUEST_SEQUENCE] = { "sctp.parameter_reconfig_request_sequence_number", "Re-configuration request sequence number", FM_UINT32, FM_DEC },
    [RESPONSE_SEQUENCE] = { "sctp.parameter_reconfig_response_sequence_number", "Re-configuration response sequence number", FM_UINT32, FM_DEC },
    [LAST_TSN] = { "sctp.parameter_senders_last_assigned_tsn", "Senders last assigned TSN", FM_UINT32, FM_DEC },
    [SENDERS_NEXT] = { "sctp.parameter_senders_next_tsn", "Senders next TSN", FM_UINT32, FM_DEC },
    [RECEIVERS_NEXT] = { "sctp.parameter_receivers_next_tsn", "Receivers next TSN", FM_UINT32, FM_DEC },
    [RESULT] = { "sctp.parameter_reconfig_response_result", "Result", FM_UINT32, FM_DEC, .names = results },
    [RECONFIG_STREAM] = { "sctp.parameter_reconfig_sid", "Stream Identifier", FM_UINT16, FM_DEC },
    [OUTGOING_COUNT] = { "sctp.parameter_add_outgoing_streams_number", "Number of streams", FM_UINT16, FM_DEC },
    [OUTGOING_RESERVED] = { "sctp.parameter_add_outgoing_streams_reserved", "Reserved", FM_UINT16, FM_DEC },
    [INCOMING_COUNT] = { "sctp.parameter_add_incoming_streams_number", "Number of streams", FM_UINT16, FM_DEC },
    [INCOMING_RESERVED] = { "sctp.parameter_add_incoming_streams_reserved", "Reserved", FM_UINT16, FM_DEC },
    [CORRELATION] = { "sctp.correlation_id", "Correlation_id", FM_UINT32, FM_HEX },
    [ADAPTATION] = { "sctp.adaptation_layer_indication", "Indication", FM_UINT32, FM_HEX },
    [RANDOM] = { "sctp.random_number", "Random number", FM_BYTES },
    [CHUNK_TO_AUTH] = { "sctp.chunk_type_to_auth", "Chunk type", FM_UINT8, FM_DEC, .names = fm_sctp_chunk_types },
    [HMAC_ID] = { "sctp.hmac_id", "HMAC identifier", FM_UINT16, FM_DEC, .names = hmacs },
    [SUPPORTED_CHUNK] = { "sctp.supported_chunk_type", "Supported chunk type", FM_UINT8, FM_DEC, .names = fm_sctp_chunk_types },
    [CAUSE_CODE] = { "sctp.cause_code", "Cause code", FM_UINT16, FM_HEX, .names = causes },
    [CAUSE_LENGTH] = { "sctp.cause_length", "Cause length", FM_UINT16, FM_DEC },
    [CAUSE_INFO] = { "sctp.cause_information", "Cause information", FM_BYTES },
    [CAUSE_PADDING] = { "sctp.cause_padding", "Cause padding", FM_BYTES },
    [CAUSE_STREAM] = { "sctp.cause_stream_identifier", "Stream identifier", FM_UINT16, FM_DEC },
    [CAUSE_RESERVED] = { "sctp.cause_reserved", "Reserved", FM_UINT16, FM_DEC },
    [CAUSE_MISSING_COUNT] = { "sctp.cause_nr_of_missing_parameters", "Number of missing parameters", FM_UINT32, FM_DEC },
    [CAUSE_MISSING] = { "sctp.cause_missing_parameter_type", "Missing parameter type", FM_UINT16, FM_HEX, .names = types },
    [CAUSE_STALENESS] = { "sctp.cause_measure_of_staleness", "Measure of staleness in usec", FM_UINT32, FM_DEC },
    [CAUSE_TSN] = { "sctp.cause_tsn", "TSN", FM_UINT32, FM_DEC },
    [PADDING_EXPERT] = { "sctp.parameter_padding.expert", "The padding of this final parameter should be the padding of the chunk.", FM_EXPERT,
                         .severity = FM_NOTE, .group = FM_GROUP_MALFORMED },
    [LENGTH_EXPERT] = { "sctp.parameter_length.bad", "Parameter length bad", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
};

enum { HEADER_SIZE = 4, MAX_INSIDE = 12 /* parameters inside one another */ };

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Splits the next parameter, cause or chunk off: with its padding, so far as there are bytes. */
static FmCursor take_padded(FmCursor *c)
{
    uint64_t length = (fm_peek(c, 2, 2) + 3) & ~UINT64_C(3), all = fm_left_on_wire(c);
    if (length < HEADER_SIZE)
        length = all; /* no sense: the rest of it */
    return fm_take(c, MIN(length, all));
}

/* What an address parameter says, for the line of what holds it. */
static void put_address_text(FmText *out, FmCursor c)
{
    uint64_t type = fm_peek(&c, 0, 2);
    if (type == P_IPV4 && fm_left(&c) >= HEADER_SIZE + 4)
        fm_text_ipv4(out, (uint32_t)fm_peek(&c, HEADER_SIZE, 4));
    else if (type == P_IPV6 && fm_left(&c) >= HEADER_SIZE + 16)
        fm_text_ipv6(out, c.at + HEADER_SIZE);
}

static void label_address(FmDissection *d, FmSubtree tree, const char *before, const FmCursor *c, const char *after)
{
    if (!d->want_labels)
        return;
    g_auto(FmText) text = { 0 };
    put_address_text(&text, *c);
    fm_subtree_label_more(d, tree, " (%s: %s%s)", before, fm_text_string(&text), after);
}

static void put_numbers(FmDissection *d, FmSubtree tree, const char *title, unsigned row, FmCursor *c)
{
    g_auto(FmText) list = { 0 };
    bool first = true;
    while (fm_left(c)) {
        uint64_t v = fm_add_number(d, &fields[row], row, c, true);
        const char *name = fm_name(fields[row].names, v);
        if (d->want_labels && fm_ok(d))
            fm_text_printf(&list, "%s%s", first ? "" : ", ", name ? name : "Unknown");
        first = false;
    }
    fm_subtree_label_more(d, tree, " (%s: %s)", title, fm_text_string(&list));
}

static void put_address_types(FmDissection *d, FmSubtree tree, FmCursor *c)
{
    static const FmName shorts[] = { { P_IPV4, 0, "IPv4" }, { P_IPV6, 0, "IPv6" }, { P_HOSTNAME, 0, "hostname" }, { 0 } };
    g_auto(FmText) list = { 0 };
    bool first = true;
    while (fm_left(c)) {
        uint64_t type = fm_add(d, ADDRESS_TYPE, c);
        const char *name = fm_name(shorts, type);
        if (d->want_labels && name)
            fm_text_printf(&list, "%s%s", first ? "" : ", ", name);
        else if (d->want_labels)
            fm_text_printf(&list, "%s%u", first ? "" : ", ", (unsigned)type);
        first = false;
    }
    fm_subtree_label_more(d, tree, " (Supported types: %s)", fm_text_string(&list));
}

static void put_all(FmDissection *d, unsigned row, FmCursor *c)
{
    if (fm_left(c))
        fm_add_bytes_of(d, &fields[row], row, c, fm_left_on_wire(c));
}

static void put_streams(FmDissection *d, FmCursor *c)
{
    while (fm_left(c) >= 2)
        fm_add(d, RECONFIG_STREAM, c);
}

static void put_changed_address(FmDissection *d, FmSubtree tree, FmCursor *c)
{
    unsigned id = (unsigned)fm_add(d, CORRELATION, c);
    char after[40];
    g_snprintf(after, sizeof after, ", correlation ID: %u", id);
    label_address(d, tree, "Address", c, after);
    sctp_put_parameter(d, c, false);
}

static void put_value(FmDissection *d, FmSubtree tree, uint64_t type, const FmCursor *rest, FmCursor *c)
{
    uint64_t size = fm_left_on_wire(c);
    FmCursor inner;
    switch (type) {
    case P_HEARTBEAT:
        put_all(d, HEARTBEAT, c);
        fm_subtree_label_more(d, tree, " (Information: %u byte%s)", (unsigned)size, plural(size));
        break;
    case P_IPV4:
        label_address(d, tree, "Address", rest, "");
        fm_add(d, IPV4, c);
        break;
    case P_IPV6:
        label_address(d, tree, "Address", rest, "");
        fm_add_bytes(d, IPV6, c, 16);
        break;
    case P_COOKIE:
        put_all(d, COOKIE, c);
        fm_subtree_label_more(d, tree, " (Cookie length: %u byte%s)", (unsigned)size, plural(size));
        break;
    case P_UNRECOGNIZED:
        inner = *rest;
        fm_skip(&inner, HEADER_SIZE);
        sctp_put_parameter(d, &inner, false);
        break;
    case P_PRESERVATIVE: fm_subtree_label_more(d, tree, " (Increment :%u msec)", (unsigned)fm_add(d, COOKIE_INCREMENT, c)); break;
    case P_HOSTNAME: {
        FmSlice name = fm_add_bytes(d, HOSTNAME, c, size);
        fm_subtree_label_more(d, tree, " (Hostname: %.*s)", (int)strnlen((const char *)name.data, name.size), (const char *)name.data);
        break;
    }
    case P_ADDRESS_TYPES: put_address_types(d, tree, c); break;
    case P_OUTGOING_RESET:
        fm_add(d, REQUEST_SEQUENCE, c);
        fm_add(d, RESPONSE_SEQUENCE, c);
        fm_add(d, LAST_TSN, c);
        put_streams(d, c);
        break;
    case P_INCOMING_RESET:
        fm_add(d, REQUEST_SEQUENCE, c);
        put_streams(d, c);
        break;
    case P_TSN_RESET: fm_add(d, REQUEST_SEQUENCE, c); break;
    case P_RESPONSE:
        fm_add(d, RESPONSE_SEQUENCE, c);
        fm_add(d, RESULT, c);
        if (fm_left(c) >= 4)
            fm_add(d, SENDERS_NEXT, c);
        if (fm_left(c) >= 4)
            fm_add(d, RECEIVERS_NEXT, c);
        break;
    case P_ADD_OUTGOING:
        fm_add(d, REQUEST_SEQUENCE, c);
        fm_add(d, OUTGOING_COUNT, c);
        fm_add(d, OUTGOING_RESERVED, c);
        break;
    case P_ADD_INCOMING:
        fm_add(d, REQUEST_SEQUENCE, c);
        fm_add(d, INCOMING_COUNT, c);
        fm_add(d, INCOMING_RESERVED, c);
        break;
    case P_ECN: case P_FORWARD_TSN: break;
    case P_RANDOM: put_all(d, RANDOM, c); break;
    case P_CHUNKS: put_numbers(d, tree, "Chunk types to be authenticated", CHUNK_TO_AUTH, c); break;
    case P_HMACS: put_numbers(d, tree, "Supported HMACs", HMAC_ID, c); break;
    case P_EXTENSIONS: put_numbers(d, tree, "Supported types", SUPPORTED_CHUNK, c); break;
    case P_ADD_IP: case P_DELETE_IP: case P_PRIMARY: put_changed_address(d, tree, c); break;
    case P_CAUSE:
        fm_add(d, CORRELATION, c);
        sctp_put_causes(d, c);
        break;
    case P_SUCCESS: fm_subtree_label_more(d, tree, " (Correlation ID: %u)", (unsigned)fm_add(d, CORRELATION, c)); break;
    case P_ADAPTATION: fm_subtree_label_more(d, tree, " (Indication: %u)", (unsigned)fm_add(d, ADAPTATION, c)); break;
    default:
        put_all(d, VALUE, c);
        fm_subtree_label_more(d, tree, " (Type %u, value length: %u byte%s)", (unsigned)type, (unsigned)size, plural(size));
        break;
    }
}

void sctp_put_parameter(FmDissection *d, FmCursor *c, bool final)
{
    FmTableUse before = fm_use(d, &fm_sctp_parameters);
    FmCursor whole = *c;
    uint64_t type = fm_peek(c, 0, 2), length = fm_peek(c, 2, 2), all = fm_left_on_wire(c);
    const char *name = fm_name(types, type);
    FmSubtree tree = fm_open_text(d, c, "%s parameter", name ? name : "Unknown");
    fm_up(d); /* notes are children of what was added last */
    if (final && length != all && fm_left(c) >= HEADER_SIZE)
        fm_expert(d, PADDING_EXPERT);
    else if (!final && all % 4)
        fm_expert_text(d, LENGTH_EXPERT, "Parameter length is not padded to a multiple of 4 bytes (length=%u)", (unsigned)all);
    fm_down(d);
    fm_add_flags(d, TYPE, BIT_1, BIT_2, c);
    fm_add(d, LENGTH, c);
    if (length < HEADER_SIZE) {
        fm_cursor_malformed(c);
        c->at = c->end;
    } else if (d->depth - d->floor < 2 * MAX_INSIDE) {
        FmCursor value = fm_take(c, length - HEADER_SIZE);
        put_value(d, tree, type, &whole, &value);
    } else {
        fm_skip(c, length - HEADER_SIZE);
    }
    put_all(d, PADDING, c);
    fm_close(d, tree, c);
    fm_unuse(d, before);
}

void sctp_put_parameters(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        FmCursor one = take_padded(c);
        sctp_put_parameter(d, &one, !fm_left_on_wire(c));
    }
}

/* ---- causes ---- */

/* Addresses of a list of parameters, for the line of the cause. */
static void label_addresses(FmDissection *d, FmSubtree tree, FmCursor c)
{
    g_auto(FmText) list = { 0 };
    for (bool first = true; d->want_labels && fm_left(&c) >= HEADER_SIZE; first = false) {
        FmCursor one = take_padded(&c);
        if (!first)
            fm_text_char(&list, ' ');
        put_address_text(&list, one);
    }
    fm_subtree_label_more(d, tree, " (New addresses: %s)", fm_text_string(&list));
}

static void put_unresolvable(FmDissection *d, FmSubtree tree, FmCursor *c)
{
    if (fm_peek(c, 0, 2) == P_HOSTNAME && fm_left(c) > HEADER_SIZE) {
        FmSlice name = { c->at + HEADER_SIZE, fm_left(c) - HEADER_SIZE };
        fm_subtree_label_more(d, tree, " (Hostname: %.*s)", (int)strnlen((const char *)name.data, name.size), (const char *)name.data);
    } else {
        label_address(d, tree, "Address", c, "");
    }
    sctp_put_parameter(d, c, false);
}

static void put_cause_info(FmDissection *d, FmSubtree tree, uint64_t code, FmCursor *c)
{
    uint64_t size = fm_left_on_wire(c);
    switch (code) {
    case C_STREAM:
        fm_subtree_label_more(d, tree, " (SID: %u)", (unsigned)fm_add(d, CAUSE_STREAM, c));
        fm_add(d, CAUSE_RESERVED, c);
        break;
    case C_MISSING:
        for (uint64_t n = fm_add(d, CAUSE_MISSING_COUNT, c); n && fm_left(c); n--)
            fm_add(d, CAUSE_MISSING, c);
        break;
    case C_STALE: fm_subtree_label_more(d, tree, " (Measure: %u usec)", (unsigned)fm_add(d, CAUSE_STALENESS, c)); break;
    case C_ADDRESS: put_unresolvable(d, tree, c); break;
    case C_CHUNK: {
        uint64_t type = fm_peek(c, 0, 1);
        const char *name = fm_name(fm_sctp_chunk_types, type);
        fm_subtree_label_more(d, tree, " (Type: %u (%s))", (unsigned)type, name ? name : "unknown");
        sctp_put_quoted_chunk(d, c);
        break;
    }
    case C_PARAMETERS: sctp_put_parameters(d, c); break;
    case C_NO_DATA: fm_subtree_label_more(d, tree, " (TSN: %u)", (unsigned)fm_add(d, CAUSE_TSN, c)); break;
    case C_RESOURCE: case C_INVALID: case C_SHUTTING_DOWN: break;
    case C_RESTART:
        label_addresses(d, tree, *c);
        sctp_put_parameters(d, c);
        break;
    case C_USER: case C_VIOLATION: put_all(d, CAUSE_INFO, c); break;
    case C_LAST_ADDRESS:
        label_address(d, tree, "Last address", c, "");
        sctp_put_parameter(d, c, false);
        break;
    case C_SOURCE_ADDRESS:
        label_address(d, tree, "Deleted address", c, "");
        sctp_put_parameter(d, c, false);
        break;
    case C_SHORTAGE: case C_REFUSED: sctp_put_parameter(d, c, false); break;
    case C_HMAC: fm_add(d, HMAC_ID, c); break;
    default:
        put_all(d, CAUSE_INFO, c);
        fm_subtree_label_more(d, tree, " (Code: %u, information length: %u byte%s)", (unsigned)code, (unsigned)size, plural(size));
        break;
    }
}

void sctp_put_causes(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_sctp_parameters);
    while (fm_left(c)) {
        FmCursor one = take_padded(c);
        uint64_t code = fm_peek(&one, 0, 2), length = fm_peek(&one, 2, 2);
        const char *name = fm_name(causes, code);
        FmSubtree tree = fm_open_text(d, &one, "%s cause", name ? name : "Unknown");
        fm_add(d, CAUSE_CODE, &one);
        fm_add(d, CAUSE_LENGTH, &one);
        if (length < HEADER_SIZE) {
            fm_cursor_malformed(&one);
            one.at = one.end;
        } else if (d->depth - d->floor < 2 * MAX_INSIDE) {
            FmCursor info = fm_take(&one, length - HEADER_SIZE);
            put_cause_info(d, tree, code, &info);
        } else {
            fm_skip(&one, length - HEADER_SIZE);
        }
        put_all(d, CAUSE_PADDING, &one);
        fm_close(d, tree, &one);
    }
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_sctp_parameters = {
    .abbrev = "sctp",
    .title = "SCTP parameters",
    FM_FIELDS(fields),
    .dissect = nothing,
    .part = true,
};
