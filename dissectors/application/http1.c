/* HTTP/1.0 and 1.1 (RFC 9110, 9112). Framing is in http1_framing.c, pairing in http1_exchange.c, header fields in http1_headers.c. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"
#include "dissectors/application/grpc_call.h"
#include "dissectors/application/http1.h"
#include "dissectors/application/message.h"
#include "dissectors/application/http_status.h"
#include "dissectors/application/websocket.h"
#include "dissectors/contents.h"

extern const FmProtocol fm_event_stream, fm_websocket;

enum { TUNNEL_STREAM, EVENT_STREAM }; /* inside the connection */

enum {
    HTTP, CHAT, REQUEST, RESPONSE, NOTIFICATION, REQUEST_METHOD, REQUEST_URI, REQUEST_VERSION, URI_PATH, URI_QUERY, URI_PARAMETER, RESPONSE_VERSION,
    RESPONSE_CODE, RESPONSE_CODE_DESC, RESPONSE_PHRASE, FULL_URI, RESPONSE_FOR_URI, REQUEST_NUMBER, RESPONSE_NUMBER, TIME,
    PREV_REQUEST_IN, PREV_RESPONSE_IN, REQUEST_IN, RESPONSE_IN, NEXT_REQUEST_IN, NEXT_RESPONSE_IN, FILE_DATA, PROXY_CONNECT_HOST,
    PROXY_CONNECT_PORT, LEADING_CRLF, DECOMPRESSION_FAILED, DECOMPRESSION_DISABLED, TLS_PORT, SUBDISSECTOR_FAILED,
    TOO_LONG,
};

static const FmField fields[] = {
    [HTTP] = { "http", "Hypertext Transfer Protocol", FM_PROTOCOL },
    [CHAT] = { "http.chat", "Formatted text", FM_EXPERT, .severity = FM_CHAT, .group = FM_GROUP_SEQUENCE },
    [REQUEST] = { "http.request", "Request", FM_BOOL8, .hidden = true },
    [RESPONSE] = { "http.response", "Response", FM_BOOL8, .hidden = true },
    [NOTIFICATION] = { "http.notification", "Notification", FM_BOOL8, .hidden = true },
    [REQUEST_METHOD] = { "http.request.method", "Request Method", FM_STRING },
    [REQUEST_URI] = { "http.request.uri", "Request URI", FM_STRING },
    [REQUEST_VERSION] = { "http.request.version", "Request Version", FM_STRING },
    [URI_PATH] = { "http.request.uri.path", "Request URI Path", FM_STRING },
    [URI_QUERY] = { "http.request.uri.query", "Request URI Query", FM_STRING },
    [URI_PARAMETER] = { "http.request.uri.query.parameter", "Request URI Query Parameter", FM_STRING },
    [RESPONSE_VERSION] = { "http.response.version", "Response Version", FM_STRING },
    [RESPONSE_CODE] = { "http.response.code", "Status Code", FM_UINT16, FM_DEC },
    [RESPONSE_CODE_DESC] = { "http.response.code.desc", "Status Code Description", FM_STRING, .generated = true },
    [RESPONSE_PHRASE] = { "http.response.phrase", "Response Phrase", FM_STRING },
    [FULL_URI] = { "http.request.full_uri", "Full request URI", FM_STRING, .generated = true },
    [RESPONSE_FOR_URI] = { "http.response_for.uri", "Request URI", FM_STRING, .generated = true },
    [REQUEST_NUMBER] = { "http.request_number", "Request number", FM_UINT32, FM_DEC, .generated = true },
    [RESPONSE_NUMBER] = { "http.response_number", "Response number", FM_UINT32, FM_DEC, .generated = true },
    [TIME] = { "http.time", "Time since request", FM_RELATIVE_TIME, .generated = true },
    [PREV_REQUEST_IN] = { "http.prev_request_in", "Prev request in frame", FM_FRAMENUM, .generated = true },
    [PREV_RESPONSE_IN] = { "http.prev_response_in", "Prev response in frame", FM_FRAMENUM, .generated = true },
    [REQUEST_IN] = { "http.request_in", "Request in frame", FM_FRAMENUM, .generated = true },
    [RESPONSE_IN] = { "http.response_in", "Response in frame", FM_FRAMENUM, .generated = true },
    [NEXT_REQUEST_IN] = { "http.next_request_in", "Next request in frame", FM_FRAMENUM, .generated = true },
    [NEXT_RESPONSE_IN] = { "http.next_response_in", "Next response in frame", FM_FRAMENUM, .generated = true },
    [FILE_DATA] = { "http.file_data", "File Data", FM_STRING },
    [PROXY_CONNECT_HOST] = { "http.proxy_connect_host", "Proxy-Connect-Hostname", FM_STRING, .generated = true },
    [PROXY_CONNECT_PORT] = { "http.proxy_connect_port", "Proxy-Connect-Port", FM_UINT16, FM_DEC, .generated = true },
    [LEADING_CRLF] = { "http.leading_crlf", "Leading CRLF previous message in the stream may have extra CRLF", FM_EXPERT, .severity = FM_ERROR,
                       .group = FM_GROUP_MALFORMED },
    [DECOMPRESSION_FAILED] = { "http.decompression_failed", "Decompression failed", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_UNDECODED },
    [DECOMPRESSION_DISABLED] = { "http.decompression_disabled", "Decompression disabled", FM_EXPERT, .severity = FM_CHAT,
                                 .group = FM_GROUP_UNDECODED },
    [TLS_PORT] = { "http.tls_port", "Unencrypted HTTP protocol detected over encrypted port, could indicate a dangerous misconfiguration.",
                   FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_SECURITY },
    [SUBDISSECTOR_FAILED] = { "http.subdissector_failed", "HTTP body subdissector failed, trying heuristic subdissector", FM_EXPERT,
                              .severity = FM_NOTE, .group = FM_GROUP_MALFORMED },
    [TOO_LONG] = { "fathom.http.too_long", "The header is longer than what is looked at", FM_EXPERT, .severity = FM_WARN,
                   .group = FM_GROUP_PROTOCOL },
};

#define CRLF_SIZE 2
#define MAX_URI 8192 /* bytes of a target that is told of elsewhere */

enum { PREF_DECOMPRESS, PREF_DECHUNK };

static const FmPreference preferences[] = {
    [PREF_DECOMPRESS] = { "http.decompress_body", "Take off content codings of bodies", FM_PREF_BOOL, 1 },
    [PREF_DECHUNK] = { "http.dechunk_body", "Put chunked bodies together", FM_PREF_BOOL, 1 },
};

typedef struct Message { /* being dissected */
    HttpHeader header;
    HttpState *state;  /* NULL on replay */
    HttpMemo *memo;
    FmCursor start;    /* where it begins */
    FmSlice line, method, uri;
    unsigned status;
    bool response, is_notify;
} Message;

/* ---- the first line ---- */

static FmSlice word(FmSlice line, size_t *at)
{
    size_t from = *at;
    while (*at < line.size && line.data[*at] != ' ')
        ++*at;
    FmSlice w = { line.data + from, *at - from };
    while (*at < line.size && line.data[*at] == ' ')
        ++*at;
    return w;
}

static void add_slice(FmDissection *d, const FmField *field, unsigned row, const FmCursor *c, FmSlice text)
{
    FmCursor part = *c;
    FmSlice ascii = fm_http_ascii(d, text);
    part.at = text.data;
    part.end = text.data + text.size;
    if (ascii.data == text.data)
        fm_add_bytes_of(d, field, row, &part, text.size);
    else if (fm_wanted(d, row))
        fm_record_blob_of(d, field, row, fm_offset(&part), (uint32_t)text.size, part.buffer, 0, ascii.data, ascii.size);
}

#define add_text(d, row, c, text) add_slice(d, &fields[row], row, c, text)

static void put_query(FmDissection *d, const FmCursor *c, FmSlice uri)
{
    const uint8_t *mark = uri.size ? memchr(uri.data, '?', uri.size) : NULL;
    if (!mark || mark + 1 == uri.data + uri.size)
        return;
    fm_down(d);
    FmSlice query = { mark + 1, uri.size - (size_t)(mark + 1 - uri.data) };
    add_text(d, URI_PATH, c, ((FmSlice){ uri.data, (size_t)(mark - uri.data) }));
    add_text(d, URI_QUERY, c, query);
    fm_down(d);
    while (query.size) {
        const uint8_t *end = memchr(query.data, '&', query.size);
        size_t n = end ? (size_t)(end - query.data) : query.size;
        if (n)
            add_text(d, URI_PARAMETER, c, ((FmSlice){ query.data, n }));
        n += end ? 1 : 0;
        query = (FmSlice){ query.data + n, query.size - n };
    }
    fm_up(d);
    fm_up(d);
}

static void put_request_line(FmDissection *d, const FmCursor *c, Message *m)
{
    size_t at = 0;
    m->method = word(m->line, &at);
    if (at > m->method.size + 1) /* two spaces: an empty target, as Wireshark reads it */
        at--;
    m->uri = word(m->line, &at);
    FmSlice version = { m->line.data + at, m->line.size - at };
    m->is_notify = fm_http_is_notification(m->method);
    add_text(d, REQUEST_METHOD, c, m->method);
    add_text(d, REQUEST_URI, c, m->uri);
    put_query(d, c, m->uri);
    add_text(d, REQUEST_VERSION, c, version);
}

static void put_status_line(FmDissection *d, const FmCursor *c, Message *m)
{
    size_t at = 0;
    FmSlice version = word(m->line, &at), code = word(m->line, &at), phrase = { m->line.data + at, m->line.size - at };
    uint64_t status = 0;
    add_text(d, RESPONSE_VERSION, c, version);
    if (code.size < 3 || !fm_http_number((FmSlice){ code.data, 3 }, &status))
        return;
    m->status = (unsigned)status;
    FmCursor place = *c;
    place.at = code.data;
    fm_add_value(d, RESPONSE_CODE, &place, 3, status);
    const char *name = fm_name(http_status_names, status);
    char unknown[sizeof "Unknown (999)"];
    g_snprintf(unknown, sizeof unknown, "Unknown (%u)", m->status);
    fm_add_text(d, RESPONSE_CODE_DESC, &place, 3, name ? name : unknown);
    if (phrase.size)
        add_text(d, RESPONSE_PHRASE, c, phrase);
}

static void put_first_line(FmDissection *d, FmCursor *c, Message *m)
{
    size_t next = fm_left(c);
    m->line = fm_rest(c);
    if (!fm_http_line(fm_rest(c), 0, &m->line, &next))
        next = m->line.size;
    FmCursor here = *c;
    FmSubtree line = fm_open_text(d, c, "%.*s", (int)MIN(next, 1000), (const char *)c->at);
    if (d->follows)
        fm_info_more(d, "%.*s ", (int)MIN(m->line.size, 1000), (const char *)m->line.data);
    else
        fm_info(d, "%.*s ", (int)MIN(m->line.size, 1000), (const char *)m->line.data);
    d->depth--;
    fm_expert_text(d, CHAT, "%.*s%s", (int)MIN(m->line.size, 1000), (const char *)m->line.data, next > m->line.size + 1 ? "\\r\\n" : next > m->line.size ? "\\n" : "");
    d->depth++;
    m->response = m->header.response = fm_http_is_response(m->line);
    if (m->response)
        put_status_line(d, &here, m);
    else
        put_request_line(d, &here, m);
    c->at += next;
    fm_close(d, line, c);
}

/* ---- links ---- */

static bool over_tls(const FmDissection *d)
{
    for (uint32_t i = 0; i < d->packet->layer_count; i++)
        if (strcmp(d->packet->layers[i], "tls") == 0)
            return true;
    return false;
}

/* RFC 9110 §7.1. NULL if there is no host. */
static const char *full_uri(FmDissection *d, const Message *m)
{
    const char *uri = (const char *)m->uri.data;
    int size = (int)MIN(m->uri.size, MAX_URI);
    bool absolute = (size >= 7 && g_ascii_strncasecmp(uri, "http://", 7) == 0) || (size >= 8 && g_ascii_strncasecmp(uri, "https://", 8) == 0);
    if (!m->header.host.size)
        return NULL;
    if (absolute || fm_http_is(m->method, "CONNECT"))
        return fm_arena_strndup(d->arena, uri, (size_t)size);
    return fm_arena_printf(d->arena, "%s://%.*s%.*s", over_tls(d) ? "https" : "http", (int)MIN(m->header.host.size, 1024), (const char *)m->header.host.data, size, uri);
}

static void make_frame(FmDissection *d, const FmField *field, unsigned row, uint32_t frame)
{
    if (frame && fm_wanted(d, row))
        fm_record_of(d, field, row, 0, 0, 0, FM_NODE_MADE, frame);
}

#define link_to(d, row, frame) make_frame(d, &fields[row], row, frame)

static void put_request_links(FmDissection *d, Message *m)
{
    HttpMemo *memo = m->memo;
    const char *uri = NULL, *target;
    bool keeps = fm_wanted(d, RESPONSE_FOR_URI) || d->keeping || grpc_variant(m->header.type);
    if (fm_wanted(d, FULL_URI) || (m->state && keeps))
        uri = full_uri(d, m);
    if (m->state) {
        HttpSide *side = &m->state->side[fm_direction(d)];
        if (side->scan.exchange)
            side->scan.exchange->notification = m->is_notify;
        target = uri || !keeps ? uri : fm_arena_strndup(d->arena, (const char *)m->uri.data, MIN(m->uri.size, MAX_URI));
        fm_http_request_seen(d, m->state, memo, side->scan.exchange, target, keeps);
        side->scan.exchange = NULL;
    }
    if (uri)
        fm_make_text(d, FULL_URI, uri);
    if (m->is_notify)
        fm_make(d, NOTIFICATION, 1);
    else
        fm_make(d, REQUEST, 1);
    if (!memo->number)
        return;
    fm_make(d, REQUEST_NUMBER, memo->number);
    fm_label(d, REQUEST_NUMBER, "HTTP request %u/%u", memo->number, memo->number);
    link_to(d, PREV_REQUEST_IN, memo->previous_request);
    link_to(d, RESPONSE_IN, memo->other);
    link_to(d, NEXT_REQUEST_IN, memo->next_request);
}

static void put_response_links(FmDissection *d, Message *m)
{
    HttpMemo *memo = m->memo;
    fm_make(d, RESPONSE, 1);
    if (!memo->number)
        return;
    fm_make(d, RESPONSE_NUMBER, memo->number);
    fm_label(d, RESPONSE_NUMBER, "HTTP response %u/%u", memo->number, memo->number);
    if (memo->other)
        fm_make(d, TIME, (uint64_t)memo->time);
    link_to(d, PREV_REQUEST_IN, memo->previous_request);
    link_to(d, PREV_RESPONSE_IN, memo->previous_response);
    link_to(d, REQUEST_IN, memo->other);
    link_to(d, NEXT_REQUEST_IN, memo->next_request);
    link_to(d, NEXT_RESPONSE_IN, memo->next_response);
    if (memo->uri)
        fm_make_text(d, RESPONSE_FOR_URI, memo->uri);
}

/* ---- what a response leads to ---- */

/* "host:port" of CONNECT, from the request's target. */
static void keep_proxy(HttpState *state, const char *authority)
{
    const char *colon = authority ? strrchr(authority, ':') : NULL;
    if (!colon)
        return;
    uint64_t port = 0;
    state->proxy_host = g_strndup(authority, (size_t)(colon - authority));
    if (fm_http_number((FmSlice){ (const uint8_t *)colon + 1, strlen(colon + 1) }, &port) && port <= UINT16_MAX)
        state->proxy_port = (uint32_t)port;
}

static void answer_exchange(FmDissection *d, Message *m)
{
    HttpState *state = m->state;
    HttpExchange *e = fm_http_response_seen(d, state, m->memo, m->status);
    if (!e)
        return;
    if (m->status == 101) {
        unsigned protocol = fm_find_named(d, FM_UPGRADE, m->header.upgrade);
        if (protocol && protocol == fm_catalog_number(d->packet->catalog, &fm_websocket))
            fm_websocket_begin(d, d->stream, m->header.protocol, m->header.extensions);
        fm_stream_hand_over(d, protocol);
    }
    if (e->method == HTTP_CONNECT && m->status / 100 == 2) {
        state->tunnel = true;
        keep_proxy(state, e->uri);
    }
    if (e->frame || e->notification)
        fm_http_exchange_done(state);
    else
        e->over = true;
}

/* ---- bodies ---- */

/* The data as ASCII, as tshark has it; a NUL ends it. Text in other letters is read by the body's own protocol. */
static void put_file_data(FmDissection *d, const FmCursor *c)
{
    FmCursor data = *c;
    size_t size = fm_left(&data);
    if (fm_wanted(d, FILE_DATA)) {
        FmSlice text = fm_http_ascii(d, (FmSlice){ data.at, strnlen((const char *)data.at, size) });
        fm_add_blob(d, FILE_DATA, &data, size, text.data, text.size);
    }
    fm_label(d, FILE_DATA, "File Data: %zu byte%s", size, size == 1 ? "" : "s");
}

/* Of the request: "/package.Service/Method" for gRPC-Web. */
static FmSlice path_of(const Message *m)
{
    if (!m->response)
        return m->uri;
    const char *host = m->memo->uri ? strstr(m->memo->uri, "://") : NULL, *path = host ? strchr(host + 3, '/') : NULL;
    return path ? (FmSlice){ (const uint8_t *)path, strlen(path) } : (FmSlice){ NULL, 0 };
}

static void put_body(FmDissection *d, Message *m, FmCursor *c)
{
    FmCursor body = *c;
    FmBodyOutcome outcome = FM_BODY_PLAIN;
    if (m->memo->body == HTTP_CHUNKED && fm_preference(d, PREF_DECHUNK))
        body = fm_http_chunks(d, c, m->response);
    c->at = c->end;
    if (!fm_left(&body))
        return;
    if (m->header.encoding.size && fm_preference(d, PREF_DECOMPRESS))
        body = fm_body_decode(d, m->header.encoding, &body, &outcome);
    bool closed = outcome == FM_BODY_FAILED || outcome == FM_BODY_UNKNOWN;
    if (closed)
        fm_expert(d, DECOMPRESSION_FAILED);
    else if (m->header.encoding.size && !fm_http_is(m->header.encoding, "identity") && !fm_preference(d, PREF_DECOMPRESS))
        fm_expert(d, DECOMPRESSION_DISABLED);
    fm_contents(d, FM_CONTENTS_BODY, &body);
    if (!closed)
        put_file_data(d, &body);
    FmBodyInfo info = { .type = m->header.type };
    if (closed)
        info.type.size = 0;
    if (!fm_body_fits(info.type, fm_rest(&body))) {
        d->depth--;
        fm_expert(d, SUBDISSECTOR_FAILED);
        d->depth++;
    }
    uint32_t lost = body.lost;
    HttpMessage message = { .path = path_of(m), .type = info.type, .response = m->response };
    HttpContent content = { .message = &message, .whole = true };
    void *outer = d->context;
    if (grpc_variant(info.type))
        d->context = &content;
    fm_body_dissect(d, &info, &body);
    d->context = outer;
    if (lost)
        fm_skip(c, lost); /* tells that the capture ends here */
}

/* ---- records ---- */

/* Bytes that are shown as they come. */
static void put_rest(FmDissection *d, FmCursor *c)
{
    put_file_data(d, c);
    FmBodyInfo info = { .inside = false };
    fm_body_dissect(d, &info, c);
}

/* What follows a header that a line without a colon has ended. */
static void put_continuation(FmDissection *d, FmCursor *c)
{
    fm_contents(d, FM_CONTENTS_BODY, c);
    fm_info_more(d, "%s", "Continuation");
    put_rest(d, c);
}

static void put_message(FmDissection *d, FmCursor *c, Message *m)
{
    FmCursor start = *c;
    while (fm_left(c) && (*c->at == '\r' || *c->at == '\n'))
        c->at++;
    if (c->at > start.at)
        fm_expert(d, LEADING_CRLF);
    if ((d->packet->source_port == 443 || d->packet->destination_port == 443) && !over_tls(d)) {
        d->depth--;
        fm_expert(d, TLS_PORT);
        d->depth++;
    }
    put_first_line(d, c, m);
    m->header.notification = m->is_notify;
    fm_http_headers(d, c, &m->header);
    fm_length(d, (uint64_t)(c->at - start.at));
    if (m->response) {
        if (m->state)
            answer_exchange(d, m);
        put_response_links(d, m);
    } else {
        put_request_links(d, m);
    }
    if (c->at - start.at > FM_MAX_HTTP_HEADER)
        fm_expert(d, TOO_LONG);
    if (m->header.ended)
        put_continuation(d, c);
    else if (m->memo->body != HTTP_NO_BODY)
        put_body(d, m, c);
    if (m->status == 101)
        fm_info_keep(d);
}

/* Of a piece of a chunked body, the data: `lead` bytes in front belong to a chunk that began earlier. */
static void tell_chunked_piece(FmDissection *d, const FmCursor *c, uint64_t lead)
{
    FmCursor rest = *c;
    while (fm_left(&rest)) {
        FmCursor chunk = rest, data;
        size_t here = (size_t)MIN(lead, fm_left(&rest));
        chunk.end = chunk.at + here;
        data = chunk;
        data.end -= MIN(lead - here < CRLF_SIZE ? CRLF_SIZE - (lead - here) : 0, here);
        fm_contents(d, FM_CONTENTS_BODY, &data);
        rest.at = chunk.end;
        FmSlice line;
        size_t next;
        uint64_t size;
        if (!fm_http_line(fm_rest(&rest), 0, &line, &next) || !fm_http_chunk_size(line, &size) || !size)
            return;
        rest.at += next;
        lead = size + CRLF_SIZE;
    }
}

static void put_piece(FmDissection *d, FmCursor *c, const HttpMemo *memo)
{
    FmCursor whole = *c;
    if (memo->in_chunks)
        tell_chunked_piece(d, &whole, memo->lead);
    else
        fm_contents(d, FM_CONTENTS_BODY, c);
    if (d->follows)
        fm_info_more(d, "%s", "Continuation");
    else
        fm_info(d, "%s", "Continuation");
    put_rest(d, c);
}

/* A piece of a body of events: those that end here are shown here. */
static void put_events(FmDissection *d, FmCursor *c, const HttpMemo *memo)
{
    FmCursor data = *c;
    fm_info(d, "%s", "");
    if (memo->chunked)
        data = fm_http_chunks(d, c, true);
    fm_length(d, (uint64_t)(c->at - c->start));
    if (!fm_left(&data)) {
        fm_info(d, "%s", "End of events");
        return;
    }
    fm_contents(d, FM_CONTENTS_BODY, &data);
    FmStream *events = fm_stream(d, EVENT_STREAM);
    fm_stream_feed(d, events, fm_catalog_number(d->packet->catalog, &fm_event_stream));
    fm_stream_append(d, events, &data);
}

static void put_tunnel(FmDissection *d, FmCursor *c, const HttpMemo *memo)
{
    if (memo->proxy_host) {
        fm_make_text(d, PROXY_CONNECT_HOST, memo->proxy_host);
        fm_make(d, PROXY_CONNECT_PORT, memo->proxy_port);
    }
    fm_length(d, 0);
    FmStream *inner = fm_stream(d, TUNNEL_STREAM);
    fm_stream_nest(inner);
    if (inner && !inner->protocol)
        fm_stream_feed(d, inner, fm_find_by_ports(d, FM_TCP_PORT, memo->proxy_port, memo->proxy_port, fm_rest(c)));
    FmStreamResult result = fm_stream_append(d, inner, c);
    if (!result.consumed)
        fm_data(d, c);
}

/* What the scan found out about this record. */
static HttpState *first_visit(FmDissection *d, HttpMemo *memo)
{
    HttpState *state = d->stream ? d->stream->state : NULL;
    if (!state)
        return NULL;
    const HttpScan *scan = &state->side[fm_direction(d)].scan;
    memo->kind = scan->kind;
    memo->body = scan->header ? scan->body : HTTP_NO_BODY;
    memo->in_chunks = scan->kind == HTTP_BODY_PART && state->side[fm_direction(d)].in_chunks;
    memo->lead = memo->in_chunks ? state->side[fm_direction(d)].lead : 0;
    memo->chunked = scan->kind == HTTP_EVENTS && scan->body == HTTP_CHUNKED;
    state->seen |= scan->kind == HTTP_MESSAGE || scan->kind == HTTP_HEADER;
    if (state->tunnel && state->proxy_host) {
        memo->proxy_host = d->keeping ? fm_arena_strndup(fm_flow_arena(d->flow), state->proxy_host, strlen(state->proxy_host)) : state->proxy_host;
        memo->proxy_port = state->proxy_port;
    }
    return state;
}

static void http_dissect(FmDissection *d, FmCursor *c)
{
    Message m = { .memo = fm_memo(d), .start = *c };
    if (!fm_replaying(d))
        m.state = first_visit(d, m.memo);
    fm_title(d, "Hypertext Transfer Protocol");
    switch (m.memo->kind) {
    case HTTP_MESSAGE:
    case HTTP_HEADER: put_message(d, c, &m); break;
    case HTTP_TUNNEL: put_tunnel(d, c, m.memo); break;
    case HTTP_EVENTS: put_events(d, c, m.memo); break;
    default: put_piece(d, c, m.memo); break;
    }
}

static void http_begun(FmDissection *d, FmSlice bytes)
{
    FmSlice line;
    size_t next;
    if (fm_http_line(bytes, 0, &line, &next) && (fm_http_is_response(line) || fm_http_is_request(line)))
        fm_info(d, "%.*s ", (int)MIN(line.size, 1000), (const char *)line.data);
}

/* The first line begins or ends with a version of HTTP. */
static bool http_probe(const FmDissection *d, FmSlice bytes)
{
    FmSlice line;
    size_t next;
    if (!fm_http_line(bytes, 0, &line, &next) || line.size <= 8)
        return false;
    return g_ascii_strncasecmp((const char *)line.data, "HTTP/1.", 7) == 0 ||
           g_ascii_strncasecmp((const char *)line.data + line.size - 8, "HTTP/1.", 7) == 0;
}

const FmProtocol fm_http = {
    .abbrev = "http",
    .name = "HTTP",
    .title = "Hypertext Transfer Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_TCP_PORT, 80 }, { FM_TCP_PORT, 3128 }, { FM_TCP_PORT, 3132 }, { FM_TCP_PORT, 5985 }, { FM_TCP_PORT, 8080 },
                { FM_TCP_PORT, 8088 }, { FM_TCP_PORT, 11371 }, { FM_TCP_PORT, 1900 }, { FM_TCP_PORT, 2869 }, { FM_TCP_PORT, 2710 },
                { FM_TCP_PORT, 631 }, { FM_TCP_PORT, 3689 }, { FM_TLS_PORT, 443 }),
    FM_NAMES({ FM_ALPN, "http/1.1" }, { FM_ALPN, "http/1.0" }),
    FM_PREFERENCES(preferences),
    .dissect = http_dissect,
    .record = fm_http_record,
    .begun = http_begun,
    .probe = http_probe,
    .certain = true,
    .probe_on = FM_TCP_PORT,
    .stream_state_size = sizeof(HttpState),
    .stream_release = fm_http_release,
    .memo_size = sizeof(HttpMemo),
};
