/* SSDP (UPnP device architecture §1): messages like those of HTTP/1.1, each in a datagram. */
#include "config.h"

#include "dissectors/application/http1.h"
#include "dissectors/application/http_status.h"

enum {
    SSDP, METHOD, URI, REQUEST_VERSION, RESPONSE_VERSION, STATUS, STATUS_NAME, PHRASE, REQUEST, RESPONSE, NOTIFICATION, FULL_URI, CHAT,
    REQUEST_NUMBER, RESPONSE_NUMBER, TIME, PREV_REQUEST_IN, PREV_RESPONSE_IN, REQUEST_IN, RESPONSE_IN, RESPONSE_FOR_URI,
};

static const FmField fields[] = {
    [SSDP] = { "ssdp", "Simple Service Discovery Protocol", FM_PROTOCOL },
    [METHOD] = { "http.request.method", "Request Method", FM_STRING },
    [URI] = { "http.request.uri", "Request URI", FM_STRING },
    [REQUEST_VERSION] = { "http.request.version", "Request Version", FM_STRING },
    [RESPONSE_VERSION] = { "http.response.version", "Response Version", FM_STRING },
    [STATUS] = { "http.response.code", "Status Code", FM_UINT24, FM_DEC },
    [STATUS_NAME] = { "http.response.code.desc", "Status Code Description", FM_STRING, .generated = true },
    [PHRASE] = { "http.response.phrase", "Response Phrase", FM_STRING },
    [REQUEST] = { "http.request", "Request", FM_BOOL8, .hidden = true },
    [RESPONSE] = { "http.response", "Response", FM_BOOL8, .hidden = true },
    [NOTIFICATION] = { "http.notification", "Notification", FM_BOOL8, .hidden = true },
    [FULL_URI] = { "http.request.full_uri", "Full request URI", FM_STRING, .generated = true },
    [CHAT] = { "http.chat", "Formatted text", FM_EXPERT, .severity = FM_CHAT, .group = FM_GROUP_SEQUENCE },
    [REQUEST_NUMBER] = { "http.request_number", "Request number", FM_UINT32, FM_DEC, .generated = true },
    [RESPONSE_NUMBER] = { "http.response_number", "Response number", FM_UINT32, FM_DEC, .generated = true },
    [TIME] = { "http.time", "Time since request", FM_RELATIVE_TIME, .generated = true },
    [PREV_REQUEST_IN] = { "http.prev_request_in", "Prev request in frame", FM_FRAMENUM, .generated = true },
    [PREV_RESPONSE_IN] = { "http.prev_response_in", "Prev response in frame", FM_FRAMENUM, .generated = true },
    [REQUEST_IN] = { "http.request_in", "Request in frame", FM_FRAMENUM, .generated = true },
    [RESPONSE_IN] = { "http.response_in", "Response in frame", FM_FRAMENUM, .generated = true },
    [RESPONSE_FOR_URI] = { "http.response_for.uri", "Request URI", FM_STRING, .generated = true },
};

static FmCursor word(FmCursor *c)
{
    size_t n = 0;
    while (n < fm_left(c) && c->at[n] != ' ')
        n++;
    FmCursor w = fm_window(c, n);
    c->at += MIN(n + 1, fm_left(c));
    return w;
}

static void put(FmDissection *d, unsigned row, FmCursor w)
{
    if (fm_left(&w))
        fm_add_bytes_of(d, &fields[row], row, &w, fm_left(&w));
}

/* Returns what will be made behind the header: REQUEST, RESPONSE, NOTIFICATION. */
static unsigned put_first_line(FmDissection *d, FmCursor *line, FmCursor *uri)
{
    if (fm_http_is_response(fm_rest(line))) {
        put(d, RESPONSE_VERSION, word(line));
        FmCursor code = word(line);
        uint64_t status = 0;
        if (fm_http_number(fm_rest(&code), &status)) {
            fm_add_value(d, STATUS, &code, fm_left(&code), status);
            const char *name = fm_name(http_status_names, status);
            fm_add_text(d, STATUS_NAME, &code, fm_left(&code), name ? name : "Unknown");
        }
        put(d, PHRASE, *line);
        return RESPONSE;
    }
    FmCursor method = word(line);
    put(d, METHOD, method);
    put(d, URI, *uri = word(line));
    put(d, REQUEST_VERSION, *line);
    return fm_http_is_notification(fm_rest(&method)) ? NOTIFICATION : REQUEST;
}

/* A response is to the latest request between the two addresses; to a search by multicast, it comes from elsewhere. */
static void pair(FmDissection *d, unsigned kind, HttpMemo *memo, const char *uri)
{
    HttpState *state = fm_replaying(d) ? NULL : fm_state(d);
    if (!state)
        return;
    if (kind == RESPONSE) {
        if (fm_http_response_seen(d, state, memo, 200))
            fm_http_exchange_done(state);
        return;
    }
    fm_http_exchange_done(state);
    HttpExchange *e = fm_http_exchange_new(state, HTTP_OTHER_METHOD);
    fm_http_request_seen(d, state, memo, e, uri, true);
}

static void link_to(FmDissection *d, unsigned row, uint32_t frame)
{
    if (frame && fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, 0, 0, 0, FM_NODE_MADE, frame);
}

static void put_links(FmDissection *d, unsigned kind, const HttpMemo *memo)
{
    if (kind == NOTIFICATION || !memo->number)
        return;
    unsigned number = kind == RESPONSE ? RESPONSE_NUMBER : REQUEST_NUMBER;
    link_to(d, number, memo->number);
    fm_label(d, number, "HTTP %s %u/%u", kind == RESPONSE ? "response" : "request", memo->number, memo->number);
    if (kind == RESPONSE && memo->other)
        fm_make(d, TIME, (uint64_t)memo->time);
    link_to(d, PREV_REQUEST_IN, memo->previous_request);
    if (kind == RESPONSE)
        link_to(d, PREV_RESPONSE_IN, memo->previous_response);
    link_to(d, kind == RESPONSE ? REQUEST_IN : RESPONSE_IN, memo->other);
    if (memo->uri)
        fm_make_text(d, RESPONSE_FOR_URI, memo->uri);
}

static void ssdp_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice rest = fm_rest(c), text;
    size_t next;
    if (!fm_http_line(rest, 0, &text, &next) || (!fm_http_is_response(text) && !fm_http_is_request(text))) {
        fm_data(d, c);
        return;
    }
    FmCursor line = fm_take(c, next), inside = fm_window(&line, text.size), uri = { .start = NULL };
    fm_info(d, "%.*s ", (int)MIN(text.size, 1000), (const char *)text.data);
    FmSubtree first = fm_open_text(d, &line, "%.*s", (int)MIN(next, 1000), (const char *)line.at);
    fm_up(d);
    fm_expert_text(d, CHAT, "%.*s", (int)MIN(next, 1000), (const char *)line.at);
    fm_down(d);
    unsigned kind = put_first_line(d, &inside, &uri);
    line.at = line.end;
    fm_close(d, first, &line);
    HttpHeader header = { .response = kind == RESPONSE, .notification = kind == NOTIFICATION };
    fm_http_headers(d, c, &header);
    HttpMemo *memo = fm_memo(d);
    const char *target = NULL;
    if (header.host.size && kind != RESPONSE)
        target = fm_arena_printf(d->arena, "http://%.*s%.*s", (int)header.host.size, (const char *)header.host.data, (int)fm_left(&uri),
                                 (const char *)uri.at);
    if (target)
        fm_make_text(d, FULL_URI, target);
    if (kind != NOTIFICATION)
        pair(d, kind, memo, target);
    switch (kind) {
    case RESPONSE: fm_make(d, RESPONSE, 1); break;
    case NOTIFICATION: fm_make(d, NOTIFICATION, 1); break;
    default: fm_make(d, REQUEST, 1); break;
    }
    put_links(d, kind, memo);
    if (fm_left(c))
        fm_data(d, c);
}

const FmProtocol fm_ssdp = {
    .abbrev = "ssdp",
    .name = "SSDP",
    .title = "Simple Service Discovery Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 1900 }),
    .dissect = ssdp_dissect,
    .state_size = sizeof(HttpState),
    .release = fm_http_release,
    .memo_size = sizeof(HttpMemo),
};
