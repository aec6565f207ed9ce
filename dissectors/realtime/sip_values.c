/* What stands in SIP's header fields: addresses (RFC 3261 §25.1), the way taken, sequence numbers, reasons, credentials (RFC 3261 §22). */
#include "config.h"

#include <string.h>

#include "dissectors/realtime/sdp.h"
#include "dissectors/realtime/sip.h"

enum { /* of an address: six rows, in the order of SipPart */
    VALUES, REQUEST_DISPLAY, REQUEST_URI, REQUEST_USER, REQUEST_HOST, REQUEST_PORT, REQUEST_PARAM, TO_DISPLAY, TO_URI, TO_USER, TO_HOST, TO_PORT,
    TO_PARAM, FROM_DISPLAY, FROM_URI, FROM_USER, FROM_HOST, FROM_PORT, FROM_PARAM, CONTACT_DISPLAY, CONTACT_URI, CONTACT_USER, CONTACT_HOST,
    CONTACT_PORT, CONTACT_PARAM, ROUTE_DISPLAY, ROUTE_URI, ROUTE_USER, ROUTE_HOST, ROUTE_PORT, ROUTE_PARAM, RECORD_ROUTE_DISPLAY, RECORD_ROUTE_URI,
    RECORD_ROUTE_USER, RECORD_ROUTE_HOST, RECORD_ROUTE_PORT, RECORD_ROUTE_PARAM, SERVICE_ROUTE_DISPLAY, SERVICE_ROUTE_URI, SERVICE_ROUTE_USER,
    SERVICE_ROUTE_HOST, SERVICE_ROUTE_PORT, SERVICE_ROUTE_PARAM, PATH_DISPLAY, PATH_URI, PATH_USER, PATH_HOST, PATH_PORT, PATH_PARAM, PAI_DISPLAY,
    PAI_URI, PAI_USER, PAI_HOST, PAI_PORT, PAI_PARAM, PMISS_DISPLAY, PMISS_URI, PMISS_USER, PMISS_HOST, PMISS_PORT, PMISS_PARAM, PPI_DISPLAY,
    PPI_URI, PPI_USER, PPI_HOST, PPI_PORT, PPI_PARAM, TC_DISPLAY, TC_URI, TC_USER, TC_HOST, TC_PORT, TC_PARAM, ANY_DISPLAY, TO_TAG, FROM_TAG,
    ANY_TAG, CONTACT_PARAMETER, VIA_TRANSPORT, VIA_ADDRESS, VIA_PORT, VIA_BAD_PORT, VIA_BRANCH, VIA_MADDR, VIA_RPORT, VIA_RECEIVED, VIA_TTL,
    VIA_COMP, VIA_SIGCOMP, CSEQ_SEQ, CSEQ_METHOD, RACK_RSEQ, RACK_CSEQ, RACK_METHOD, REASON_PROTOCOL, REASON_Q850, REASON_SIP, REASON_OTHER,
    REASON_TEXT, CALL_ID, AUTH, AUTH_SCHEME, AUTH_RESPONSE, AUTH_NC, AUTH_USERNAME, AUTH_REALM, AUTH_NONCE, AUTH_ALGORITHM, AUTH_OPAQUE, AUTH_QOP,
    AUTH_CNONCE, AUTH_URI, AUTH_DOMAIN, AUTH_STALE, AUTH_AUTS, AUTH_RSPAUTH, AUTH_NEXTNONCE, AUTH_IK, AUTH_CK,
};

enum { DISPLAY, URI, USER, HOST, PORT, PARAM, ROWS };

static const FmField fields[] = {
    [VALUES] = { "sip.values", "Values", FM_PROTOCOL },
    [REQUEST_DISPLAY] = { "sip.r-uri.display.info", "Request-URI display info", FM_STRING },
    [REQUEST_URI] = { "sip.r-uri", "Request-URI", FM_STRING },
    [REQUEST_USER] = { "sip.r-uri.user", "Request-URI User Part", FM_STRING },
    [REQUEST_HOST] = { "sip.r-uri.host", "Request-URI Host Part", FM_STRING },
    [REQUEST_PORT] = { "sip.r-uri.port", "Request-URI Host Port", FM_STRING },
    [REQUEST_PARAM] = { "sip.r-uri.param", "Request URI parameter", FM_STRING },
    [TO_DISPLAY] = { "sip.to.display.info", "SIP to display info", FM_STRING },
    [TO_URI] = { "sip.to.addr", "SIP to address", FM_STRING },
    [TO_USER] = { "sip.to.user", "SIP to address User Part", FM_STRING },
    [TO_HOST] = { "sip.to.host", "SIP to address Host Part", FM_STRING },
    [TO_PORT] = { "sip.to.port", "SIP to address Host Port", FM_STRING },
    [TO_PARAM] = { "sip.to.param", "SIP To URI parameter", FM_STRING },
    [FROM_DISPLAY] = { "sip.from.display.info", "SIP from display info", FM_STRING },
    [FROM_URI] = { "sip.from.addr", "SIP from address", FM_STRING },
    [FROM_USER] = { "sip.from.user", "SIP from address User Part", FM_STRING },
    [FROM_HOST] = { "sip.from.host", "SIP from address Host Part", FM_STRING },
    [FROM_PORT] = { "sip.from.port", "SIP from address Host Port", FM_STRING },
    [FROM_PARAM] = { "sip.from.param", "SIP From URI parameter", FM_STRING },
    [CONTACT_DISPLAY] = { "sip.contact.display.info", "SIP C-URI display info", FM_STRING },
    [CONTACT_URI] = { "sip.contact.uri", "Contact URI", FM_STRING },
    [CONTACT_USER] = { "sip.contact.user", "Contact URI User Part", FM_STRING },
    [CONTACT_HOST] = { "sip.contact.host", "Contact URI Host Part", FM_STRING },
    [CONTACT_PORT] = { "sip.contact.port", "Contact URI Host Port", FM_STRING },
    [CONTACT_PARAM] = { "sip.contact.param", "Contact URI parameter", FM_STRING },
    [ROUTE_DISPLAY] = { "sip.Route.display.info", "Route display info", FM_STRING },
    [ROUTE_URI] = { "sip.Route.uri", "Route URI", FM_STRING },
    [ROUTE_USER] = { "sip.Route.user", "Route Userinfo", FM_STRING },
    [ROUTE_HOST] = { "sip.Route.host", "Route Host Part", FM_STRING },
    [ROUTE_PORT] = { "sip.Route.port", "Route Host Port", FM_STRING },
    [ROUTE_PARAM] = { "sip.Route.param", "Route URI parameter", FM_STRING },
    [RECORD_ROUTE_DISPLAY] = { "sip.Record-Route.display.info", "Record-Route display info", FM_STRING },
    [RECORD_ROUTE_URI] = { "sip.Record-Route.uri", "Record-Route URI", FM_STRING },
    [RECORD_ROUTE_USER] = { "sip.Record-Route.user", "Record-Route Userinfo", FM_STRING },
    [RECORD_ROUTE_HOST] = { "sip.Record-Route.host", "Record-Route Host Part", FM_STRING },
    [RECORD_ROUTE_PORT] = { "sip.Record-Route.port", "Record-Route Host Port", FM_STRING },
    [RECORD_ROUTE_PARAM] = { "sip.Record-Route.param", "Record-Route URI parameter", FM_STRING },
    [SERVICE_ROUTE_DISPLAY] = { "sip.Service-Route.display.info", "Service-Route display info", FM_STRING },
    [SERVICE_ROUTE_URI] = { "sip.Service-Route.uri", "Service-Route URI", FM_STRING },
    [SERVICE_ROUTE_USER] = { "sip.Service-Route.user", "Service-Route Userinfo", FM_STRING },
    [SERVICE_ROUTE_HOST] = { "sip.Service-Route.host", "Service-Route Host Part", FM_STRING },
    [SERVICE_ROUTE_PORT] = { "sip.Service-Route.port", "Service-Route Host Port", FM_STRING },
    [SERVICE_ROUTE_PARAM] = { "sip.Service-Route.param", "Service-Route URI parameter", FM_STRING },
    [PATH_DISPLAY] = { "sip.Path.display.info", "Path URI", FM_STRING },
    [PATH_URI] = { "sip.Path.uri", "Path URI", FM_STRING },
    [PATH_USER] = { "sip.Path.user", "Path Userinfo", FM_STRING },
    [PATH_HOST] = { "sip.Path.host", "Path Host Part", FM_STRING },
    [PATH_PORT] = { "sip.Path.port", "Path Host Port", FM_STRING },
    [PATH_PARAM] = { "sip.Path.param", "Path URI parameter", FM_STRING },
    [PAI_DISPLAY] = { "sip.pai.display.info", "SIP PAI display info", FM_STRING },
    [PAI_URI] = { "sip.pai.addr", "SIP PAI Address", FM_STRING },
    [PAI_USER] = { "sip.pai.user", "SIP PAI User Part", FM_STRING },
    [PAI_HOST] = { "sip.pai.host", "SIP PAI Host Part", FM_STRING },
    [PAI_PORT] = { "sip.pai.port", "SIP PAI Host Port", FM_STRING },
    [PAI_PARAM] = { "sip.pai.param", "SIP PAI URI parameter", FM_STRING },
    [PMISS_DISPLAY] = { "sip.pmiss.display.info", "SIP PMISS display info", FM_STRING },
    [PMISS_URI] = { "sip.pmiss.addr", "SIP PMISS Address", FM_STRING },
    [PMISS_USER] = { "sip.pmiss.user", "SIP PMISS User Part", FM_STRING },
    [PMISS_HOST] = { "sip.pmiss.host", "SIP PMISS Host Part", FM_STRING },
    [PMISS_PORT] = { "sip.pmiss.port", "SIP PMISS Host Port", FM_STRING },
    [PMISS_PARAM] = { "sip.pmiss.param", "SIP PMISS URI parameter", FM_STRING },
    [PPI_DISPLAY] = { "sip.ppi.display.info", "SIP PPI display info", FM_STRING },
    [PPI_URI] = { "sip.ppi.addr", "SIP PPI Address", FM_STRING },
    [PPI_USER] = { "sip.ppi.user", "SIP PPI User Part", FM_STRING },
    [PPI_HOST] = { "sip.ppi.host", "SIP PPI Host Part", FM_STRING },
    [PPI_PORT] = { "sip.ppi.port", "SIP PPI Host Port", FM_STRING },
    [PPI_PARAM] = { "sip.ppi.param", "SIP PPI URI parameter", FM_STRING },
    [TC_DISPLAY] = { "sip.tc.display.info", "SIP TC display info", FM_STRING },
    [TC_URI] = { "sip.tc.addr", "SIP TC Address", FM_STRING },
    [TC_USER] = { "sip.tc.user", "SIP TC User Part", FM_STRING },
    [TC_HOST] = { "sip.tc.host", "SIP TC Host Part", FM_STRING },
    [TC_PORT] = { "sip.tc.port", "SIP TC Host Port", FM_STRING },
    [TC_PARAM] = { "sip.tc.param", "SIP TC URI parameter", FM_STRING },
    [ANY_DISPLAY] = { "sip.display.info", "SIP Display info", FM_STRING, .hidden = true },
    [TO_TAG] = { "sip.to.tag", "SIP to tag", FM_STRING },
    [FROM_TAG] = { "sip.from.tag", "SIP from tag", FM_STRING },
    [ANY_TAG] = { "sip.tag", "SIP tag", FM_STRING, .hidden = true },
    [CONTACT_PARAMETER] = { "sip.contact.parameter", "Contact parameter", FM_STRING },
    [VIA_TRANSPORT] = { "sip.Via.transport", "Transport", FM_STRING },
    [VIA_ADDRESS] = { "sip.Via.sent-by.address", "Sent-by Address", FM_STRING },
    [VIA_PORT] = { "sip.Via.sent-by.port", "Sent-by port", FM_UINT16, FM_DEC },
    [VIA_BAD_PORT] = { "sip.Via.sent-by.port.invalid", "Invalid SIP Via sent-by-port", FM_EXPERT, .severity = FM_NOTE,
                       .group = FM_GROUP_MALFORMED },
    [VIA_BRANCH] = { "sip.Via.branch", "Branch", FM_STRING },
    [VIA_MADDR] = { "sip.Via.maddr", "Maddr", FM_STRING },
    [VIA_RPORT] = { "sip.Via.rport", "RPort", FM_STRING },
    [VIA_RECEIVED] = { "sip.Via.received", "Received", FM_STRING },
    [VIA_TTL] = { "sip.Via.ttl", "TTL", FM_STRING },
    [VIA_COMP] = { "sip.Via.comp", "Comp", FM_STRING },
    [VIA_SIGCOMP] = { "sip.Via.sigcomp-id", "Sigcomp identifier", FM_STRING },
    [CSEQ_SEQ] = { "sip.CSeq.seq", "Sequence Number", FM_UINT32, FM_DEC },
    [CSEQ_METHOD] = { "sip.CSeq.method", "Method", FM_STRING },
    [RACK_RSEQ] = { "sip.RAck.RSeq.seq", "RSeq Sequence Number", FM_UINT32, FM_DEC },
    [RACK_CSEQ] = { "sip.RAck.CSeq.seq", "CSeq Sequence Number", FM_UINT32, FM_DEC },
    [RACK_METHOD] = { "sip.RAck.CSeq.method", "CSeq Method", FM_STRING },
    [REASON_PROTOCOL] = { "sip.reason_protocols", "Reason protocols", FM_STRING },
    [REASON_Q850] = { "sip.reason_cause_q850", "Cause", FM_UINT32, FM_DEC_HEX },
    [REASON_SIP] = { "sip.reason_cause_sip", "Cause", FM_UINT32, FM_DEC },
    [REASON_OTHER] = { "sip.reason_cause_other", "Cause", FM_UINT32, FM_DEC },
    [REASON_TEXT] = { "sip.reason_text", "Text", FM_STRING },
    [CALL_ID] = { "sip.call_id_generated", "Generated Call-ID", FM_STRING, .generated = true },
    [AUTH] = { "sip.auth", "Authentication", FM_STRING, .hidden = true },
    [AUTH_SCHEME] = { "sip.auth.scheme", "Authentication Scheme", FM_STRING },
    [AUTH_RESPONSE] = { "sip.auth.digest.response", "Digest Authentication Response", FM_STRING },
    [AUTH_NC] = { "sip.auth.nc", "Nonce Count", FM_STRING },
    [AUTH_USERNAME] = { "sip.auth.username", "Username", FM_STRING },
    [AUTH_REALM] = { "sip.auth.realm", "Realm", FM_STRING },
    [AUTH_NONCE] = { "sip.auth.nonce", "Nonce Value", FM_STRING },
    [AUTH_ALGORITHM] = { "sip.auth.algorithm", "Algorithm", FM_STRING },
    [AUTH_OPAQUE] = { "sip.auth.opaque", "Opaque Value", FM_STRING },
    [AUTH_QOP] = { "sip.auth.qop", "QOP", FM_STRING },
    [AUTH_CNONCE] = { "sip.auth.cnonce", "CNonce Value", FM_STRING },
    [AUTH_URI] = { "sip.auth.uri", "Authentication URI", FM_STRING },
    [AUTH_DOMAIN] = { "sip.auth.domain", "Authentication Domain", FM_STRING },
    [AUTH_STALE] = { "sip.auth.stale", "Stale Flag", FM_STRING },
    [AUTH_AUTS] = { "sip.auth.auts", "Authentication Token", FM_STRING },
    [AUTH_RSPAUTH] = { "sip.auth.rspauth", "Response auth", FM_STRING },
    [AUTH_NEXTNONCE] = { "sip.auth.nextnonce", "Next Nonce", FM_STRING },
    [AUTH_IK] = { "sip.auth.ik", "Integrity Key", FM_STRING },
    [AUTH_CK] = { "sip.auth.ck", "Cyphering Key", FM_STRING },
};

static void put(FmDissection *d, unsigned row, const FmCursor *word)
{
    FmCursor bytes = *word;
    if (fm_left(&bytes))
        fm_add_bytes_of(d, &fields[row], row, &bytes, fm_left(&bytes));
}

static void put_number(FmDissection *d, unsigned row, const FmCursor *word)
{
    if (fm_left(word) && fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, fm_offset(word), (uint32_t)fm_left(word), word->buffer, 0, fm_sdp_number(fm_rest(word)));
}

/* The part of `c` from `at` to `end`. */
static FmCursor span(const FmCursor *c, const uint8_t *at, const uint8_t *end)
{
    FmCursor part = *c;
    part.at = at;
    part.end = end;
    part.lost = 0;
    return part;
}

/* The first of `stops` outside quotes, or the end. */
static const uint8_t *find(const uint8_t *at, const uint8_t *end, const char *stops)
{
    bool quoted = false;
    for (; at < end; at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (!quoted && *at && strchr(stops, *at))
            return at;
    }
    return end;
}

/* ---- addresses ---- */

/* scheme:user@host:port;param;param?headers */
static void put_uri(FmDissection *d, unsigned base, const FmCursor *uri)
{
    put(d, base + URI, uri);
    const uint8_t *colon = memchr(uri->at, ':', fm_left(uri));
    if (!colon || (colon - uri->at == 3 && g_ascii_strncasecmp((const char *)uri->at, "tel", 3) == 0))
        return;
    const uint8_t *at = colon + 1, *end = uri->end, *user_end = memchr(at, '@', (size_t)(end - at));
    fm_down(d);
    if (user_end) {
        FmCursor user = span(uri, at, user_end);
        put(d, base + USER, &user);
        at = user_end + 1;
    }
    const uint8_t *stop = at < end && *at == '[' ? find(at, end, "]") : at;
    const uint8_t *host_end = find(stop, end, ":;?>");
    FmCursor host = span(uri, at, host_end);
    put(d, base + HOST, &host);
    if (host_end < end && *host_end == ':') {
        const uint8_t *port_end = find(host_end, end, ";?>");
        FmCursor port = span(uri, host_end + 1, port_end);
        put(d, base + PORT, &port);
        host_end = port_end;
    }
    while (host_end < end && *host_end == ';') {
        const uint8_t *next = find(host_end + 1, end, ";?");
        FmCursor parameter = span(uri, host_end + 1, next);
        put(d, base + PARAM, &parameter);
        host_end = next;
    }
    fm_up(d);
}

void fm_sip_uri(FmDissection *d, SipPart part, FmCursor *uri)
{
    FmTableUse before = fm_use(d, &fm_sip_values);
    put_uri(d, REQUEST_DISPLAY + part * ROWS, uri);
    fm_unuse(d, before);
}

static void put_parameters(FmDissection *d, SipPart part, FmCursor *c)
{
    while (fm_left(c)) {
        const uint8_t *end = find(c->at, c->end, ";");
        FmCursor word = span(c, c->at, end);
        while (fm_left(&word) && *word.at == ' ')
            word.at++;
        c->at = end < c->end ? end + 1 : end;
        bool tag = fm_left(&word) > 4 && g_ascii_strncasecmp((const char *)word.at, "tag=", 4) == 0;
        if (part == SIP_CONTACT) {
            put(d, CONTACT_PARAMETER, &word);
        } else if (tag && (part == SIP_TO || part == SIP_FROM)) {
            word.at += 4;
            put(d, part == SIP_TO ? TO_TAG : FROM_TAG, &word);
            put(d, ANY_TAG, &word);
        }
    }
}

/* "Name" <uri>;parameters, or uri;parameters */
static void put_address(FmDissection *d, SipPart part, FmCursor *c)
{
    unsigned base = REQUEST_DISPLAY + part * ROWS;
    const uint8_t *angle = find(c->at, c->end, "<");
    if (angle < c->end) {
        const uint8_t *close = memchr(angle, '>', (size_t)(c->end - angle));
        const uint8_t *name_end = angle, *quote = *c->at == '"' ? memchr(c->at + 1, '"', (size_t)(angle - c->at - 1)) : NULL;
        if (quote)
            name_end = quote + 1;
        FmCursor name = span(c, c->at, name_end), uri = span(c, angle + 1, close ? close : c->end);
        put(d, base + DISPLAY, &name);
        put(d, ANY_DISPLAY, &name);
        put_uri(d, base, &uri);
        c->at = close ? close + 1 : c->end;
        c->at = find(c->at, c->end, ";");
    } else {
        const uint8_t *end = find(c->at, c->end, "; ");
        FmCursor uri = span(c, c->at, end);
        put_uri(d, base, &uri);
        c->at = end;
    }
    if (fm_left(c))
        c->at++;
    put_parameters(d, part, c);
}

/* The next item of a list: up to a comma outside quotes and <>. */
static FmCursor next_item(FmCursor *c)
{
    while (fm_left(c) && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r' || *c->at == '\n'))
        c->at++;
    const uint8_t *end = find(c->at, c->end, "<,");
    if (end < c->end && *end == '<') {
        const uint8_t *close = memchr(end, '>', (size_t)(c->end - end));
        end = find(close ? close : c->end, c->end, ",");
    }
    FmCursor item = span(c, c->at, end);
    c->at = end < c->end ? end + 1 : end;
    return item;
}

void fm_sip_addresses(FmDissection *d, SipPart part, FmCursor *value, SipHeader *header)
{
    FmTableUse before = fm_use(d, &fm_sip_values);
    bool list = part != SIP_TO && part != SIP_FROM;
    while (fm_left(value)) {
        FmCursor item = list ? next_item(value) : fm_take_rest(value);
        if (!fm_left(&item))
            continue;
        if (part == SIP_CONTACT) {
            header->contacts++;
            header->all_contacts |= *item.at == '*';
        }
        if (*item.at != '*')
            put_address(d, part, &item);
    }
    fm_unuse(d, before);
}

/* ---- the way taken ---- */

static void put_via_parameter(FmDissection *d, FmCursor *c)
{
    static const struct {
        const char *name;
        unsigned row;
    } names[] = { { "branch", VIA_BRANCH }, { "maddr", VIA_MADDR }, { "rport", VIA_RPORT }, { "received", VIA_RECEIVED }, { "ttl", VIA_TTL },
                  { "comp", VIA_COMP }, { "sigcomp-id", VIA_SIGCOMP } };
    FmCursor whole = *c, name = fm_sdp_word(c, "=");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (fm_sdp_is(fm_rest(&name), names[i].name))
            put(d, names[i].row, fm_left(c) ? c : &whole);
}

/* SIP/2.0/UDP host:port;parameters, … */
void fm_sip_via(FmDissection *d, FmCursor *value)
{
    FmTableUse before = fm_use(d, &fm_sip_values);
    while (fm_left(value)) {
        FmCursor item = next_item(value);
        fm_sdp_word(&item, "/");
        fm_sdp_word(&item, "/");
        FmCursor transport = fm_sdp_word(&item, " "), by = fm_sdp_word(&item, ";");
        put(d, VIA_TRANSPORT, &transport);
        const uint8_t *stop = fm_left(&by) && *by.at == '[' ? find(by.at, by.end, "]") : by.at, *host_end = find(stop, by.end, ": ");
        FmCursor host = span(&by, by.at, host_end), port = span(&by, host_end < by.end ? host_end + 1 : by.end, by.end);
        put(d, VIA_ADDRESS, &host);
        while (fm_left(&port) && port.end[-1] == ' ')
            port.end--;
        put_number(d, VIA_PORT, &port);
        if (fm_left(&port) && (!g_ascii_isdigit(*port.at) || fm_sdp_number(fm_rest(&port)) > UINT16_MAX))
            fm_expert(d, VIA_BAD_PORT);
        while (fm_left(&item)) {
            FmCursor parameter = fm_sdp_word(&item, ";");
            put_via_parameter(d, &parameter);
        }
    }
    fm_unuse(d, before);
}

/* ---- numbers, reasons ---- */

void fm_sip_cseq(FmDissection *d, FmCursor *value, SipHeader *header)
{
    FmTableUse before = fm_use(d, &fm_sip_values);
    FmCursor seq = fm_sdp_word(value, " "), method = fm_sdp_word(value, " ");
    header->cseq = fm_sdp_number(fm_rest(&seq));
    header->cseq_method = fm_rest(&method);
    put_number(d, CSEQ_SEQ, &seq);
    put(d, CSEQ_METHOD, &method);
    fm_unuse(d, before);
}

void fm_sip_rack(FmDissection *d, FmCursor *value)
{
    FmTableUse before = fm_use(d, &fm_sip_values);
    FmCursor rseq = fm_sdp_word(value, " "), cseq = fm_sdp_word(value, " "), method = fm_sdp_word(value, " ");
    put_number(d, RACK_RSEQ, &rseq);
    put_number(d, RACK_CSEQ, &cseq);
    put(d, RACK_METHOD, &method);
    fm_unuse(d, before);
}

/* SIP;cause=200;text="Call completed elsewhere" (RFC 3326) */
void fm_sip_reason(FmDissection *d, FmCursor *value)
{
    FmTableUse before = fm_use(d, &fm_sip_values);
    FmCursor protocol = fm_sdp_word(value, ";");
    put(d, REASON_PROTOCOL, &protocol);
    while (fm_left(value)) {
        const uint8_t *end = find(value->at, value->end, ";");
        FmCursor item = span(value, value->at, end), name = fm_sdp_word(&item, "=");
        value->at = end < value->end ? end + 1 : end;
        if (fm_sdp_is(fm_rest(&name), "cause")) {
            bool sip = fm_sdp_is(fm_rest(&protocol), "SIP"), q850 = fm_sdp_is(fm_rest(&protocol), "Q.850");
            put_number(d, sip ? REASON_SIP : q850 ? REASON_Q850 : REASON_OTHER, &item);
        } else if (fm_sdp_is(fm_rest(&name), "text")) {
            if (fm_left(&item) > 1 && *item.at == '"' && item.end[-1] == '"')
                item = span(&item, item.at + 1, item.end - 1);
            put(d, REASON_TEXT, &item);
        }
    }
    fm_unuse(d, before);
}

/* ---- credentials ---- */

void fm_sip_credentials(FmDissection *d, const FmCursor *line, FmCursor *value)
{
    static const struct {
        const char *name;
        unsigned row;
    } names[] = {
        { "response", AUTH_RESPONSE }, { "nc", AUTH_NC }, { "username", AUTH_USERNAME }, { "realm", AUTH_REALM }, { "nonce", AUTH_NONCE },
        { "algorithm", AUTH_ALGORITHM }, { "opaque", AUTH_OPAQUE }, { "qop", AUTH_QOP }, { "cnonce", AUTH_CNONCE }, { "uri", AUTH_URI },
        { "domain", AUTH_DOMAIN }, { "stale", AUTH_STALE }, { "auts", AUTH_AUTS }, { "rspauth", AUTH_RSPAUTH }, { "nextnonce", AUTH_NEXTNONCE },
        { "ik", AUTH_IK }, { "ck", AUTH_CK },
    };
    FmTableUse before = fm_use(d, &fm_sip_values);
    const uint8_t *space = memchr(value->at, ' ', fm_left(value)), *equals = memchr(value->at, '=', fm_left(value));
    if (space && (!equals || space < equals)) { /* Authentication-Info has no scheme */
        FmCursor scheme = fm_sdp_word(value, " ");
        put(d, AUTH_SCHEME, &scheme);
    }
    while (fm_left(value)) {
        const uint8_t *end = find(value->at, value->end, ",");
        FmCursor item = span(value, value->at, end), name;
        value->at = end < value->end ? end + 1 : end;
        while (fm_left(&item) && g_ascii_isspace(*item.at))
            item.at++;
        name = fm_sdp_word(&item, "=");
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
            if (fm_sdp_is(fm_rest(&name), names[i].name))
                put(d, names[i].row, &item);
    }
    FmCursor whole = *line;
    while (fm_left(&whole) && (whole.end[-1] == '\n' || whole.end[-1] == '\r'))
        whole.end--;
    put(d, AUTH, &whole);
    fm_unuse(d, before);
}

void fm_sip_call_id(FmDissection *d, const FmCursor *value)
{
    FmTableUse before = fm_use(d, &fm_sip_values);
    put(d, CALL_ID, value);
    fm_unuse(d, before);
}

const FmProtocol fm_sip_values = {
    .abbrev = "sip.values",
    .title = "Values of SIP's header fields",
    .part = true,
    FM_FIELDS(fields),
};
