/* SIP (RFC 3261) over UDP, TCP and TLS. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"
#include "dissectors/application/http1.h"
#include "dissectors/realtime/sip.h"

enum {
    SIP, REQUEST_LINE, METHOD, STATUS_LINE, STATUS_CODE, RESENT, RESENT_OF, REQUEST_FRAME, RESPONSE_TIME, HEADER, BODY, CALL_ID,
};

static const FmField fields[] = {
    [SIP] = { "sip", "Session Initiation Protocol", FM_PROTOCOL },
    [REQUEST_LINE] = { "sip.Request-Line", "Request-Line", FM_STRING },
    [METHOD] = { "sip.Method", "Method", FM_STRING },
    [STATUS_LINE] = { "sip.Status-Line", "Status-Line", FM_STRING },
    [STATUS_CODE] = { "sip.Status-Code", "Status-Code", FM_UINT32, FM_DEC },
    [RESENT] = { "sip.resend", "Resent Packet", FM_BOOL8, FM_BASE_NONE, .generated = true },
    [RESENT_OF] = { "sip.resend-original", "Suspected resend of frame", FM_FRAMENUM, .generated = true },
    [REQUEST_FRAME] = { "sip.response-request", "Request Frame", FM_FRAMENUM, .generated = true },
    [RESPONSE_TIME] = { "sip.response-time", "Response Time (ms)", FM_UINT32, FM_DEC, .generated = true },
    [HEADER] = { "sip.msg_hdr", "Message Header", FM_STRING },
    [BODY] = { "sip.msg_body", "Message Body", FM_NONE },
    [CALL_ID] = { "sip.call_id_generated", "Generated Call-ID", FM_STRING, .generated = true },
};

#define MAX_HEADER 65536
#define TRANSACTIONS 32 /* latest ones of a flow */
#define METHOD_SIZE 16

typedef struct Transaction {
    uint32_t call; /* hash of Call-ID */
    uint64_t seq;
    char method[METHOD_SIZE];
    uint32_t request, response; /* frames; 0: not seen */
    unsigned status;            /* of the latest response */
    FmTime time;                /* of the request */
} Transaction;

typedef struct SipState { /* of a flow */
    Transaction slots[TRANSACTIONS];
    unsigned next;
    uint32_t exchange; /* frame of the request that the message at hand answers or repeats; 0: neither */
} SipState;

typedef struct SipMemo { /* frames, 0: none */
    uint32_t original, request;
    uint32_t time_ms;
} SipMemo;

typedef struct SipStart { /* the first line */
    FmSlice method; /* empty: a response */
    unsigned status;
} SipStart;

static bool is_version(FmSlice text)
{
    return text.size >= 7 && memcmp(text.data, "SIP/2.0", 7) == 0;
}

/* "INVITE sip:a@b SIP/2.0" or "SIP/2.0 200 OK" */
static bool read_start(FmSlice line, SipStart *start)
{
    if (is_version(line) && line.size >= 11 && line.data[7] == ' ') {
        for (unsigned i = 8; i < 11; i++)
            if (!g_ascii_isdigit(line.data[i]))
                return false;
        *start = (SipStart){ .status = (line.data[8] - '0') * 100u + (line.data[9] - '0') * 10u + (line.data[10] - '0') };
        return true;
    }
    size_t n = 0;
    while (n < line.size && (g_ascii_isalnum(line.data[n]) || line.data[n] == '-'))
        n++;
    if (!n || n > 32 || line.size < n + 10 || line.data[n] != ' ' || memcmp(line.data + line.size - 8, " SIP/2.0", 8) != 0)
        return false;
    *start = (SipStart){ .method = { line.data, n } };
    return true;
}

/* ---- transactions ---- */

static void follow(FmDissection *d, SipState *state, SipMemo *memo, const SipStart *start, const SipHeader *header)
{
    char method[METHOD_SIZE] = "";
    FmSlice text = header->cseq_method;
    bool acknowledges = text.size == 3 && memcmp(text.data, "ACK", 3) == 0; /* belongs to the INVITE, as its response does */
    if (acknowledges)
        memcpy(method, "INVITE", 7);
    else if (text.size)
        memcpy(method, text.data, MIN(text.size, METHOD_SIZE - 1));
    char *id = fm_arena_strndup(d->arena, (const char *)header->call_id.data, header->call_id.size);
    uint32_t call = g_str_hash(id);
    Transaction *t = NULL;
    for (unsigned i = 0; i < TRANSACTIONS && !t; i++)
        if (state->slots[i].call == call && state->slots[i].seq == header->cseq && strcmp(state->slots[i].method, method) == 0)
            t = &state->slots[i];
    if (!t) {
        t = &state->slots[state->next++ % TRANSACTIONS];
        *t = (Transaction){ .call = call, .seq = header->cseq };
        memcpy(t->method, method, sizeof method);
    }
    if (acknowledges) {
        memo->request = t->request;
        memo->time_ms = t->request ? (uint32_t)((fm_frame_time(d) - t->time) / 1000000) : 0;
        return;
    }
    if (start->method.size) {
        state->exchange = memo->original = t->request;
        if (!t->request) {
            t->request = fm_frame_number(d);
            t->time = fm_frame_time(d);
        }
        return;
    }
    memo->request = t->request;
    memo->time_ms = t->request ? (uint32_t)((fm_frame_time(d) - t->time) / 1000000) : 0;
    state->exchange = t->request;
    if (t->response && t->status == start->status)
        memo->original = t->response;
    else
        t->response = fm_frame_number(d);
    t->status = start->status;
}

uint32_t fm_sip_exchange_frame(FmDissection *d)
{
    if (fm_replaying(d) || !fm_flow_met(d, &fm_sip))
        return 0;
    SipState *state = fm_flow_state(d->flow, fm_catalog_number(d->packet->catalog, &fm_sip), sizeof(SipState), NULL);
    return state->exchange;
}

static void put_links(FmDissection *d, const SipMemo *memo)
{
    fm_make(d, RESENT, memo->original != 0);
    if (memo->original)
        fm_make(d, RESENT_OF, memo->original);
    if (memo->request) {
        fm_make(d, REQUEST_FRAME, memo->request);
        fm_make(d, RESPONSE_TIME, memo->time_ms);
    }
}

/* ---- messages ---- */

static void put_start(FmDissection *d, FmCursor *line, FmSlice text, const SipStart *start)
{
    FmCursor c = fm_window(line, text.size), word;
    if (!start->method.size) {
        fm_title(d, "Session Initiation Protocol (%u)", start->status);
        fm_info(d, "Status: %.*s", (int)(text.size - 8), (const char *)text.data + 8);
        word = c;
        fm_add_bytes(d, STATUS_LINE, &word, text.size);
        fm_down(d);
        c.at += 8;
        fm_add_value(d, STATUS_CODE, &c, 3, start->status);
        return;
    }
    size_t method = start->method.size, uri = text.size - 8 - method - 1;
    fm_title(d, "Session Initiation Protocol (%.*s)", (int)method, (const char *)text.data);
    fm_info(d, "Request: %.*s", (int)(text.size - 8), (const char *)text.data);
    word = c;
    fm_add_bytes(d, REQUEST_LINE, &word, text.size);
    fm_down(d);
    fm_add_bytes(d, METHOD, &c, method);
    fm_skip(&c, 1);
    c = fm_window(&c, uri);
    fm_sip_uri(d, SIP_REQUEST_URI, &c);
}

/* What the column says behind the first line. */
static void tell(FmDissection *d, const SipStart *start, const SipHeader *header)
{
    if (!d->want_info)
        return;
    FmSlice method = header->cseq_method;
    bool registers = method.size == 8 && memcmp(method.data, "REGISTER", 8) == 0, success = start->status / 100 == 2;
    if (success)
        fm_info_more(d, " (%.*s)", (int)method.size, (const char *)method.data);
    if (registers && (start->method.size || success)) {
        if (header->all_contacts)
            fm_info_more(d, "  (remove all bindings)");
        else if (start->method.size && !header->contacts)
            fm_info_more(d, "  (fetch bindings)");
        else
            fm_info_more(d, "  (%u binding%s)", header->contacts, header->contacts == 1 ? "" : "s");
    }
    fm_info_more(d, " | ");
}

static void put_body(FmDissection *d, FmCursor *c, const SipHeader *header)
{
    FmCursor body = *c;
    if (header->has_length)
        body = fm_window(c, header->length);
    if (!fm_left(&body))
        return;
    FmSubtree line = fm_open(d, BODY, &body);
    FmBodyInfo info = { .type = header->content_type, .inside = true };
    fm_body_dissect(d, &info, &body);
    if (fm_http_is(fm_body_media_type(header->content_type), "application/sdp") && header->call_id.size) { /* as tshark: inside the description */
        fm_down(d);
        fm_make_text(d, CALL_ID, fm_arena_strndup(d->arena, (const char *)header->call_id.data, header->call_id.size));
        fm_up(d);
    }
    body.at = body.end;
    fm_close(d, line, &body);
}

static void sip_dissect(FmDissection *d, FmCursor *c)
{
    SipMemo *memo = fm_memo(d);
    while (fm_left(c) && (*c->at == '\r' || *c->at == '\n')) /* keep-alive (RFC 5626 §4.4.1), or what is left of a body */
        c->at++;
    FmSlice rest = fm_rest(c), text;
    size_t next;
    SipStart start;
    if (!rest.size)
        return;
    if (!fm_http_line(rest, 0, &text, &next)) {
        text = rest;
        next = rest.size;
    }
    if (!read_start(text, &start)) {
        fm_data(d, c);
        return;
    }
    FmCursor line = fm_take(c, next);
    put_start(d, &line, text, &start);
    FmMark links = fm_mark(d);
    fm_up(d);
    SipHeader header = { .has_length = false };
    FmSubtree fields_of = fm_open(d, HEADER, c);
    fm_subtree_constant(d, fields_of, "Message Header");
    fm_sip_headers(d, c, &header);
    fm_close(d, fields_of, c);
    if (!fm_replaying(d) && fm_ok(d)) {
        SipState *state = fm_state(d);
        if (state)
            state->exchange = 0;
        if (state && header.call_id.size)
            follow(d, state, memo, &start, &header);
    }
    FmMark from = fm_mark(d);
    fm_down(d);
    put_links(d, memo);
    fm_up(d);
    fm_move(d, links, from);
    tell(d, &start, &header);
    put_body(d, c, &header);
    fm_info_keep(d);
}

/* ---- where messages end ---- */

static bool sip_probe(const FmDissection *d, FmSlice bytes)
{
    FmSlice line;
    size_t next, at = 0;
    SipStart start;
    while (at < bytes.size && at < 4 && (bytes.data[at] == '\r' || bytes.data[at] == '\n'))
        at++;
    return fm_http_line(bytes, at, &line, &next) && read_start(line, &start);
}

/* The header ends with an empty line; Content-Length tells of the rest (RFC 3261 §18.3). */
static uint64_t sip_record(const FmStream *stream, FmSlice bytes)
{
    FmSlice line, name, value;
    size_t at = 0, next;
    SipStart start;
    uint64_t length = 0;
    bool first = true;
    while (fm_http_line(bytes, at, &line, &next)) {
        if (!line.size && first)
            return next; /* keep-alive */
        if (first && !read_start(line, &start))
            return FM_REFUSED;
        first = false;
        if (!line.size)
            return next + MIN(length, FM_MAX_RECORD);
        if (fm_http_field(line, &name, &value) && (fm_http_is(name, "Content-Length") || fm_http_is(name, "l")))
            fm_http_number(value, &length);
        at = next;
    }
    return bytes.size > MAX_HEADER ? FM_REFUSED : FM_NEED_MORE;
}

const FmProtocol fm_sip = {
    .abbrev = "sip",
    .name = "SIP",
    .title = "Session Initiation Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_TCP_PORT, 5060 }, { FM_TLS_PORT, 5061 }),
    FM_NAMES({ FM_SUBPROTOCOL, "sip" }),
    .dissect = sip_dissect,
    .probe = sip_probe,
    .certain = true,
    .probe_on = FM_UDP_PORT,
    .probe_also = FM_TCP_PORT,
    .record = sip_record,
    .state_size = sizeof(SipState),
    .memo_size = sizeof(SipMemo),
};
