/* RADIUS (RFC 2865, accounting: RFC 2866): requests, answers and their attributes. */
#include "config.h"

#include "engine/dissect.h"
#include "model/format.h"

enum {
    RADIUS, CODE, ID, LENGTH, AUTHENTICATOR, REQUEST, RESPONSE, REQUEST_FRAME, RESPONSE_FRAME, TIME, AVP, AVP_TYPE, AVP_LENGTH, VENDOR_ID, VENDOR_SPECIFIC, UNKNOWN,
    USER_NAME, USER_PASSWORD, CHAP_PASSWORD, NAS_ADDRESS, NAS_PORT, SERVICE_TYPE, FRAMED_PROTOCOL, FRAMED_ADDRESS, FRAMED_NETMASK, FRAMED_ROUTING,
    FILTER_ID, FRAMED_MTU, FRAMED_COMPRESSION, LOGIN_HOST, LOGIN_SERVICE, LOGIN_PORT, REPLY_MESSAGE, CALLBACK_NUMBER, CALLBACK_ID, FRAMED_ROUTE, STATE,
    CLASS, SESSION_TIMEOUT, IDLE_TIMEOUT, TERMINATION_ACTION, CALLED_ID, CALLING_ID, NAS_IDENTIFIER, PROXY_STATE, ACCT_STATUS, ACCT_DELAY,
    ACCT_INPUT_OCTETS, ACCT_OUTPUT_OCTETS, ACCT_SESSION, ACCT_AUTHENTIC, ACCT_SESSION_TIME, ACCT_INPUT_PACKETS, ACCT_OUTPUT_PACKETS, ACCT_CAUSE,
    ACCT_MULTI_SESSION, ACCT_INPUT_GIGAWORDS, ACCT_OUTPUT_GIGAWORDS, EVENT_TIMESTAMP, CHAP_CHALLENGE, NAS_PORT_TYPE, PORT_LIMIT, CONNECT_INFO,
    EAP_MESSAGE, MESSAGE_AUTHENTICATOR, INTERIM_INTERVAL, NAS_PORT_ID, FRAMED_POOL,
};

static const FmName codes[] = { /* IANA: RADIUS Packet Type Codes */
    { 1, 0, "Access-Request" }, { 2, 0, "Access-Accept" }, { 3, 0, "Access-Reject" }, { 4, 0, "Accounting-Request" },
    { 5, 0, "Accounting-Response" }, { 11, 0, "Access-Challenge" }, { 12, 0, "Status-Server" }, { 13, 0, "Status-Client" },
    { 40, 0, "Disconnect-Request" }, { 41, 0, "Disconnect-ACK" }, { 42, 0, "Disconnect-NAK" }, { 43, 0, "CoA-Request" }, { 44, 0, "CoA-ACK" },
    { 45, 0, "CoA-NAK" }, { 0 },
};

static const FmName service_types[] = { /* RFC 2865 §5.6 */
    { 1, 0, "Login" }, { 2, 0, "Framed" }, { 3, 0, "Callback-Login" }, { 4, 0, "Callback-Framed" }, { 5, 0, "Outbound" }, { 6, 0, "Administrative" },
    { 7, 0, "NAS-Prompt" }, { 8, 0, "Authenticate-Only" }, { 9, 0, "Callback-NAS-Prompt" }, { 10, 0, "Call-Check" },
    { 11, 0, "Callback-Administrative" }, { 0 },
};
static const FmName framed_protocols[] = { { 1, 0, "PPP" }, { 2, 0, "SLIP" }, { 3, 0, "ARAP" }, { 0 } };
static const FmName acct_statuses[] = { /* RFC 2866 §5.1 */
    { 1, 0, "Start" }, { 2, 0, "Stop" }, { 3, 0, "Interim-Update" }, { 7, 0, "Accounting-On" }, { 8, 0, "Accounting-Off" }, { 0 },
};
static const FmName authentics[] = { { 1, 0, "RADIUS" }, { 2, 0, "Local" }, { 3, 0, "Remote" }, { 0 } };
static const FmName causes[] = { /* RFC 2866 §5.10 */
    { 1, 0, "User-Request" }, { 2, 0, "Lost-Carrier" }, { 3, 0, "Lost-Service" }, { 4, 0, "Idle-Timeout" }, { 5, 0, "Session-Timeout" },
    { 6, 0, "Admin-Reset" }, { 7, 0, "Admin-Reboot" }, { 8, 0, "Port-Error" }, { 9, 0, "NAS-Error" }, { 10, 0, "NAS-Request" },
    { 11, 0, "NAS-Reboot" }, { 0 },
};
static const FmName port_types[] = { /* RFC 2865 §5.41 */
    { 0, 0, "Async" }, { 1, 0, "Sync" }, { 2, 0, "ISDN" }, { 3, 0, "ISDN-V120" }, { 4, 0, "ISDN-V110" }, { 5, 0, "Virtual" },
    { 15, 0, "Ethernet" }, { 19, 0, "Wireless-802.11" }, { 0 },
};

static const FmField fields[] = {
    [RADIUS] = { "radius", "RADIUS Protocol", FM_PROTOCOL },
    [CODE] = { "radius.code", "Code", FM_UINT8, FM_DEC, .names = codes },
    [ID] = { "radius.id", "Identifier", FM_UINT8, FM_DEC },
    [LENGTH] = { "radius.length", "Length", FM_UINT16, FM_DEC },
    [AUTHENTICATOR] = { "radius.authenticator", "Authenticator", FM_BYTES },
    [REQUEST] = { "radius.req", "Request", FM_BOOL8, FM_BASE_NONE, .hidden = true },
    [RESPONSE] = { "radius.rsp", "Response", FM_BOOL8, FM_BASE_NONE, .hidden = true },
    [REQUEST_FRAME] = { "radius.reqframe", "Request Frame", FM_FRAMENUM, .generated = true },
    [RESPONSE_FRAME] = { "radius.rspframe", "Response Frame", FM_FRAMENUM, .generated = true },
    [TIME] = { "radius.time", "Time from request", FM_RELATIVE_TIME, .generated = true },
    [AVP] = { "radius.avp", "AVP", FM_BYTES },
    [AVP_TYPE] = { "radius.avp.type", "Type", FM_UINT8, FM_DEC },
    [AVP_LENGTH] = { "radius.avp.length", "Length", FM_UINT8, FM_DEC },
    [VENDOR_ID] = { "radius.avp.vendor_id", "Vendor ID", FM_UINT32, FM_DEC },
    [VENDOR_SPECIFIC] = { "radius.Vendor_Specific", "Vendor-Specific", FM_BYTES },
    [UNKNOWN] = { "radius.Unknown_Attribute", "Unknown-Attribute", FM_BYTES },
    [USER_NAME] = { "radius.User_Name", "User-Name", FM_STRING },
    [USER_PASSWORD] = { "radius.User_Password_encrypted", "User-Password (encrypted)", FM_BYTES },
    [CHAP_PASSWORD] = { "radius.CHAP_Password", "CHAP-Password", FM_BYTES },
    [NAS_ADDRESS] = { "radius.NAS_IP_Address", "NAS-IP-Address", FM_IPV4 },
    [NAS_PORT] = { "radius.NAS_Port", "NAS-Port", FM_UINT32, FM_DEC },
    [SERVICE_TYPE] = { "radius.Service_Type", "Service-Type", FM_UINT32, FM_DEC, .names = service_types },
    [FRAMED_PROTOCOL] = { "radius.Framed_Protocol", "Framed-Protocol", FM_UINT32, FM_DEC, .names = framed_protocols },
    [FRAMED_ADDRESS] = { "radius.Framed_IP_Address", "Framed-IP-Address", FM_IPV4 },
    [FRAMED_NETMASK] = { "radius.Framed_IP_Netmask", "Framed-IP-Netmask", FM_IPV4 },
    [FRAMED_ROUTING] = { "radius.Framed_Routing", "Framed-Routing", FM_UINT32, FM_DEC },
    [FILTER_ID] = { "radius.Filter_Id", "Filter-Id", FM_STRING },
    [FRAMED_MTU] = { "radius.Framed_MTU", "Framed-MTU", FM_UINT32, FM_DEC },
    [FRAMED_COMPRESSION] = { "radius.Framed_Compression", "Framed-Compression", FM_UINT32, FM_DEC },
    [LOGIN_HOST] = { "radius.Login_IP_Host", "Login-IP-Host", FM_IPV4 },
    [LOGIN_SERVICE] = { "radius.Login_Service", "Login-Service", FM_UINT32, FM_DEC },
    [LOGIN_PORT] = { "radius.Login_TCP_Port", "Login-TCP-Port", FM_UINT32, FM_DEC },
    [REPLY_MESSAGE] = { "radius.Reply_Message", "Reply-Message", FM_STRING },
    [CALLBACK_NUMBER] = { "radius.Callback_Number", "Callback-Number", FM_STRING },
    [CALLBACK_ID] = { "radius.Callback_Id", "Callback-Id", FM_STRING },
    [FRAMED_ROUTE] = { "radius.Framed_Route", "Framed-Route", FM_STRING },
    [STATE] = { "radius.State", "State", FM_BYTES },
    [CLASS] = { "radius.Class", "Class", FM_BYTES },
    [SESSION_TIMEOUT] = { "radius.Session_Timeout", "Session-Timeout", FM_UINT32, FM_DEC },
    [IDLE_TIMEOUT] = { "radius.Idle_Timeout", "Idle-Timeout", FM_UINT32, FM_DEC },
    [TERMINATION_ACTION] = { "radius.Termination_Action", "Termination-Action", FM_UINT32, FM_DEC },
    [CALLED_ID] = { "radius.Called_Station_Id", "Called-Station-Id", FM_STRING },
    [CALLING_ID] = { "radius.Calling_Station_Id", "Calling-Station-Id", FM_STRING },
    [NAS_IDENTIFIER] = { "radius.NAS_Identifier", "NAS-Identifier", FM_STRING },
    [PROXY_STATE] = { "radius.Proxy_State", "Proxy-State", FM_BYTES },
    [ACCT_STATUS] = { "radius.Acct_Status_Type", "Acct-Status-Type", FM_UINT32, FM_DEC, .names = acct_statuses },
    [ACCT_DELAY] = { "radius.Acct_Delay_Time", "Acct-Delay-Time", FM_UINT32, FM_DEC },
    [ACCT_INPUT_OCTETS] = { "radius.Acct_Input_Octets", "Acct-Input-Octets", FM_UINT32, FM_DEC },
    [ACCT_OUTPUT_OCTETS] = { "radius.Acct_Output_Octets", "Acct-Output-Octets", FM_UINT32, FM_DEC },
    [ACCT_SESSION] = { "radius.Acct_Session_Id", "Acct-Session-Id", FM_STRING },
    [ACCT_AUTHENTIC] = { "radius.Acct_Authentic", "Acct-Authentic", FM_UINT32, FM_DEC, .names = authentics },
    [ACCT_SESSION_TIME] = { "radius.Acct_Session_Time", "Acct-Session-Time", FM_UINT32, FM_DEC },
    [ACCT_INPUT_PACKETS] = { "radius.Acct_Input_Packets", "Acct-Input-Packets", FM_UINT32, FM_DEC },
    [ACCT_OUTPUT_PACKETS] = { "radius.Acct_Output_Packets", "Acct-Output-Packets", FM_UINT32, FM_DEC },
    [ACCT_CAUSE] = { "radius.Acct_Terminate_Cause", "Acct-Terminate-Cause", FM_UINT32, FM_DEC, .names = causes },
    [ACCT_MULTI_SESSION] = { "radius.Acct_Multi_Session_Id", "Acct-Multi-Session-Id", FM_STRING },
    [ACCT_INPUT_GIGAWORDS] = { "radius.Acct_Input_Gigawords", "Acct-Input-Gigawords", FM_UINT32, FM_DEC },
    [ACCT_OUTPUT_GIGAWORDS] = { "radius.Acct_Output_Gigawords", "Acct-Output-Gigawords", FM_UINT32, FM_DEC },
    [EVENT_TIMESTAMP] = { "radius.Event_Timestamp", "Event-Timestamp", FM_ABSOLUTE_TIME, FM_LOCAL },
    [CHAP_CHALLENGE] = { "radius.CHAP_Challenge", "CHAP-Challenge", FM_BYTES },
    [NAS_PORT_TYPE] = { "radius.NAS_Port_Type", "NAS-Port-Type", FM_UINT32, FM_DEC, .names = port_types },
    [PORT_LIMIT] = { "radius.Port_Limit", "Port-Limit", FM_UINT32, FM_DEC },
    [CONNECT_INFO] = { "radius.Connect_Info", "Connect-Info", FM_STRING },
    [EAP_MESSAGE] = { "radius.EAP_Message", "EAP-Message", FM_BYTES },
    [MESSAGE_AUTHENTICATOR] = { "radius.Message_Authenticator", "Message-Authenticator", FM_BYTES },
    [INTERIM_INTERVAL] = { "radius.Acct_Interim_Interval", "Acct-Interim-Interval", FM_UINT32, FM_DEC },
    [NAS_PORT_ID] = { "radius.NAS_Port_Id", "NAS-Port-Id", FM_STRING },
    [FRAMED_POOL] = { "radius.Framed_Pool", "Framed-Pool", FM_STRING },
};

static const struct {
    uint8_t type, row; /* 0: nothing is said of its value */
    const char *name;
} attributes[] = { /* IANA: RADIUS Attribute Types */
    { 1, USER_NAME, "User-Name" }, { 2, USER_PASSWORD, "User-Password" }, { 3, CHAP_PASSWORD, "CHAP-Password" },
    { 4, NAS_ADDRESS, "NAS-IP-Address" }, { 5, NAS_PORT, "NAS-Port" }, { 6, SERVICE_TYPE, "Service-Type" },
    { 7, FRAMED_PROTOCOL, "Framed-Protocol" }, { 8, FRAMED_ADDRESS, "Framed-IP-Address" }, { 9, FRAMED_NETMASK, "Framed-IP-Netmask" },
    { 10, FRAMED_ROUTING, "Framed-Routing" }, { 11, FILTER_ID, "Filter-Id" }, { 12, FRAMED_MTU, "Framed-MTU" },
    { 13, FRAMED_COMPRESSION, "Framed-Compression" }, { 14, LOGIN_HOST, "Login-IP-Host" }, { 15, LOGIN_SERVICE, "Login-Service" },
    { 16, LOGIN_PORT, "Login-TCP-Port" }, { 18, REPLY_MESSAGE, "Reply-Message" }, { 19, CALLBACK_NUMBER, "Callback-Number" },
    { 20, CALLBACK_ID, "Callback-Id" }, { 22, FRAMED_ROUTE, "Framed-Route" }, { 23, 0, "Framed-IPX-Network" }, { 24, STATE, "State" },
    { 25, CLASS, "Class" }, { 26, 0, "Vendor-Specific" }, { 27, SESSION_TIMEOUT, "Session-Timeout" }, { 28, IDLE_TIMEOUT, "Idle-Timeout" },
    { 29, TERMINATION_ACTION, "Termination-Action" }, { 30, CALLED_ID, "Called-Station-Id" }, { 31, CALLING_ID, "Calling-Station-Id" },
    { 32, NAS_IDENTIFIER, "NAS-Identifier" }, { 33, PROXY_STATE, "Proxy-State" }, { 40, ACCT_STATUS, "Acct-Status-Type" },
    { 41, ACCT_DELAY, "Acct-Delay-Time" }, { 42, ACCT_INPUT_OCTETS, "Acct-Input-Octets" }, { 43, ACCT_OUTPUT_OCTETS, "Acct-Output-Octets" },
    { 44, ACCT_SESSION, "Acct-Session-Id" }, { 45, ACCT_AUTHENTIC, "Acct-Authentic" }, { 46, ACCT_SESSION_TIME, "Acct-Session-Time" },
    { 47, ACCT_INPUT_PACKETS, "Acct-Input-Packets" }, { 48, ACCT_OUTPUT_PACKETS, "Acct-Output-Packets" },
    { 49, ACCT_CAUSE, "Acct-Terminate-Cause" }, { 50, ACCT_MULTI_SESSION, "Acct-Multi-Session-Id" }, { 51, 0, "Acct-Link-Count" },
    { 52, ACCT_INPUT_GIGAWORDS, "Acct-Input-Gigawords" }, { 53, ACCT_OUTPUT_GIGAWORDS, "Acct-Output-Gigawords" },
    { 55, EVENT_TIMESTAMP, "Event-Timestamp" }, { 60, CHAP_CHALLENGE, "CHAP-Challenge" }, { 61, NAS_PORT_TYPE, "NAS-Port-Type" },
    { 62, PORT_LIMIT, "Port-Limit" }, { 64, 0, "Tunnel-Type" }, { 65, 0, "Tunnel-Medium-Type" }, { 77, CONNECT_INFO, "Connect-Info" },
    { 79, EAP_MESSAGE, "EAP-Message" }, { 80, MESSAGE_AUTHENTICATOR, "Message-Authenticator" }, { 81, 0, "Tunnel-Private-Group-Id" },
    { 85, INTERIM_INTERVAL, "Acct-Interim-Interval" }, { 87, NAS_PORT_ID, "NAS-Port-Id" }, { 88, FRAMED_POOL, "Framed-Pool" },
    { 95, 0, "NAS-IPv6-Address" }, { 96, 0, "Framed-Interface-Id" }, { 97, 0, "Framed-IPv6-Prefix" }, { 102, 0, "EAP-Key-Name" },
};

#define AUTHENTICATOR_SIZE 16
#define REQUEST_CODES (1u << 1 | 1u << 4 | 1u << 12)

typedef struct RadiusMemo {
    uint32_t request, response; /* frames; 0: not known */
    FmTime time;
} RadiusMemo;

#define REQUESTS 16 /* per flow, whose answers are awaited */

typedef struct Asked {
    uint32_t frame; /* 0: none */
    uint8_t id;
    FmTime time;
    RadiusMemo *memo; /* if memos live on */
} Asked;

typedef struct RadiusState { /* per flow */
    Asked asked[REQUESTS];
    unsigned next;
} RadiusState;

/* The latest request of that identifier, or NULL. */
static Asked *asked_by(RadiusState *state, uint64_t id)
{
    for (unsigned i = 0; i < REQUESTS; i++)
        if (state->asked[i].frame && state->asked[i].id == id)
            return &state->asked[i];
    return NULL;
}

static bool is_request(uint64_t code)
{
    return (code < 32 && REQUEST_CODES >> code & 1) || code == 40 || code == 43;
}

static void link_answer(FmDissection *d, uint64_t code, uint64_t id, RadiusMemo *memo)
{
    RadiusState *state = fm_state(d);
    if (!state || !fm_ok(d))
        return;
    Asked *a = asked_by(state, id);
    if (is_request(code)) {
        if (!a)
            a = &state->asked[state->next++ % REQUESTS];
        *a = (Asked){ fm_frame_number(d), (uint8_t)id, fm_frame_time(d), d->keeping ? memo : NULL };
    } else if (a) {
        memo->request = a->frame;
        memo->time = fm_frame_time(d) - a->time;
        if (a->memo && !a->memo->response)
            a->memo->response = fm_frame_number(d);
    }
}

#define VENDOR_SPECIFIC_TYPE 26

static void put_value(FmDissection *d, FmCursor *c, uint64_t type, unsigned row)
{
    if (type == VENDOR_SPECIFIC_TYPE) {
        fm_add(d, VENDOR_ID, c);
        row = VENDOR_SPECIFIC;
    }
    const FmField *field = &fields[row];
    if (!row || !fm_left(c))
        return;
    if (row == EVENT_TIMESTAMP)
        fm_add_value(d, EVENT_TIMESTAMP, c, 4, (uint64_t)((FmTime)fm_peek(c, 0, 4) * FM_SECOND));
    else if (field->type == FM_STRING || field->type == FM_BYTES)
        fm_add_bytes_of(d, field, row, c, fm_left(c));
    else
        fm_add_number(d, field, row, c, true);
}

/* What stands behind "val=" in an attribute's line */
static void write_value(FmText *out, FmSlice value, unsigned row)
{
    const FmField *field = &fields[row];
    if (row == USER_PASSWORD) {
        fm_text_put(out, "Encrypted");
    } else if (field->type == FM_STRING) {
        fm_text_add(out, (const char *)value.data, value.size);
    } else if (row == EVENT_TIMESTAMP && value.size == 4) {
        fm_format_absolute_time(out, (FmTime)fm_be(value.data, 4) * FM_SECOND, FM_LOCAL);
    } else if (field->type == FM_IPV4 && value.size == 4) {
        fm_text_ipv4(out, (uint32_t)fm_be(value.data, 4));
    } else if (field->type == FM_UINT32 && value.size == 4) {
        uint64_t number = fm_be(value.data, 4);
        const char *name = field->names ? fm_name(field->names, number) : NULL;
        if (name)
            fm_text_printf(out, "%s(%u)", name, (unsigned)number);
        else
            fm_text_uint(out, number);
    } else {
        fm_text_bytes(out, value, 0);
    }
}

static void tell_pair(FmDissection *d, FmSlice pair, unsigned row, const char *name)
{
    FmText text = { 0 };
    if (!d->want_labels || pair.size < 2)
        return;
    fm_text_printf(&text, "AVP: t=%s(%u) l=%u", name, pair.data[0], pair.data[1]);
    FmSlice value = { pair.data + 2, pair.size - 2 };
    if (pair.data[0] == VENDOR_SPECIFIC_TYPE && value.size >= 4) {
        fm_text_printf(&text, " vnd=%u", (unsigned)fm_be(value.data, 4));
    } else if (value.size) {
        fm_text_put(&text, " val=");
        write_value(&text, value, row);
    }
    fm_label(d, AVP, "%.*s", (int)text.size, text.data);
    fm_text_clear(&text);
}

static void put_attributes(FmDissection *d, FmCursor *c)
{
    FmSubtree all = fm_open_text(d, c, "Attribute Value Pairs");
    while (fm_left(c) && fm_ok(d)) {
        uint64_t type = fm_peek(c, 0, 1), length = fm_peek(c, 1, 1);
        if (length < 2) {
            fm_note(d, FM_ERROR, "An attribute is shorter than its header");
            break;
        }
        size_t i = 0;
        while (i < G_N_ELEMENTS(attributes) && attributes[i].type != type)
            i++;
        bool known = i < G_N_ELEMENTS(attributes);
        FmCursor pair = fm_take(c, length), whole = pair;
        FmSlice bytes = fm_add_bytes(d, AVP, &whole, fm_left(&whole));
        tell_pair(d, bytes, known ? attributes[i].row : UNKNOWN, known ? attributes[i].name : "Unknown-Attribute");
        fm_down(d);
        fm_add(d, AVP_TYPE, &pair);
        fm_add(d, AVP_LENGTH, &pair);
        put_value(d, &pair, type, known ? attributes[i].row : UNKNOWN);
        fm_up(d);
    }
    fm_close(d, all, c);
}

static void radius_dissect(FmDissection *d, FmCursor *c)
{
    RadiusMemo *memo = fm_memo(d);
    uint64_t code = fm_add(d, CODE, c);
    uint64_t id = fm_add(d, ID, c);
    fm_label(d, ID, "Packet identifier: 0x%x (%u)", (unsigned)id, (unsigned)id);
    uint64_t length = fm_add(d, LENGTH, c);
    fm_add_bytes(d, AUTHENTICATOR, c, AUTHENTICATOR_SIZE);
    const char *name = fm_name(codes, code);
    fm_info(d, "%s id=%u", name ? name : "Unknown", (unsigned)id);
    if (!fm_replaying(d))
        link_answer(d, code, id, memo);
    bool request = is_request(code);
    fm_make(d, request ? REQUEST : RESPONSE, 1);
    if (memo->response) {
        fm_make(d, RESPONSE_FRAME, memo->response);
        fm_label(d, RESPONSE_FRAME, "The response to this request is in frame %u", memo->response);
    }
    if (memo->request) {
        fm_make(d, REQUEST_FRAME, memo->request);
        fm_label(d, REQUEST_FRAME, "This is a response to a request in frame %u", memo->request);
        fm_make(d, TIME, (uint64_t)memo->time);
    }
    if (length <= 4 + AUTHENTICATOR_SIZE || !fm_ok(d))
        return;
    FmCursor rest = fm_take(c, MIN(length - 4 - AUTHENTICATOR_SIZE, fm_left_on_wire(c)));
    if (fm_left(&rest))
        put_attributes(d, &rest);
}

const FmProtocol fm_radius = {
    .abbrev = "radius",
    .name = "RADIUS",
    .title = "RADIUS Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 1812 }, { FM_UDP_PORT, 1813 }, { FM_UDP_PORT, 1645 }, { FM_UDP_PORT, 1646 }, { FM_UDP_PORT, 3799 }),
    .dissect = radius_dissect,
    .state_size = sizeof(RadiusState),
    .memo_size = sizeof(RadiusMemo),
};
