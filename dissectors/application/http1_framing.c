/* Where messages of HTTP/1 end (RFC 9112 §6, §7). The scan goes on where it stopped when more bytes come. */
#include "config.h"

#include <string.h>

#include "dissectors/application/http1.h"

enum { START, FIELDS, LENGTH, CHUNK, TRAILER, CLOSE }; /* HttpScan.stage */

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#define PREFACE_SIZE (sizeof preface - 1)

/* ---- lines ---- */

bool fm_http_line(FmSlice bytes, size_t at, FmSlice *line, size_t *next)
{
    const uint8_t *end = at < bytes.size ? memchr(bytes.data + at, '\n', bytes.size - at) : NULL;
    if (!end)
        return false;
    *next = (size_t)(end - bytes.data) + 1;
    size_t size = (size_t)(end - bytes.data) - at;
    if (size && bytes.data[at + size - 1] == '\r')
        size--;
    *line = (FmSlice){ bytes.data + at, size };
    return true;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static FmSlice trimmed(FmSlice text)
{
    while (text.size && is_space(text.data[0]))
        text = (FmSlice){ text.data + 1, text.size - 1 };
    while (text.size && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

bool fm_http_field(FmSlice line, FmSlice *name, FmSlice *value)
{
    const uint8_t *colon = line.size ? memchr(line.data, ':', line.size) : NULL;
    if (!colon)
        return false;
    size_t n = (size_t)(colon - line.data);
    *name = trimmed((FmSlice){ line.data, n });
    *value = trimmed((FmSlice){ colon + 1, line.size - n - 1 });
    return true;
}

bool fm_http_is(FmSlice text, const char *word)
{
    return text.size == strlen(word) && g_ascii_strncasecmp((const char *)text.data, word, text.size) == 0;
}

bool fm_http_lists(FmSlice text, const char *word)
{
    while (text.size) {
        const uint8_t *comma = memchr(text.data, ',', text.size);
        size_t n = comma ? (size_t)(comma - text.data) : text.size;
        FmSlice item = trimmed((FmSlice){ text.data, n });
        const uint8_t *parameter = item.size ? memchr(item.data, ';', item.size) : NULL;
        if (parameter)
            item = trimmed((FmSlice){ item.data, (size_t)(parameter - item.data) });
        if (fm_http_is(item, word))
            return true;
        n += comma ? 1 : 0;
        text = (FmSlice){ text.data + n, text.size - n };
    }
    return false;
}

bool fm_http_number(FmSlice text, uint64_t *number)
{
    uint64_t v = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned digit = text.data[i] - '0';
        if (digit > 9 || v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *number = v;
    return text.size > 0;
}

bool fm_http_chunk_size(FmSlice line, uint64_t *size)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i < line.size && g_ascii_isxdigit(line.data[i]); i++) {
        if (v >> 60)
            return false;
        v = v << 4 | (uint64_t)g_ascii_xdigit_value((char)line.data[i]);
    }
    *size = v;
    return i > 0 && (i == line.size || is_space(line.data[i]) || line.data[i] == ';');
}

static bool starts_with(FmSlice line, const char *word)
{
    size_t n = strlen(word);
    return line.size >= n && g_ascii_strncasecmp((const char *)line.data, word, n) == 0;
}

bool fm_http_is_response(FmSlice line)
{
    return starts_with(line, "HTTP/") || (starts_with(line, "ICY ") && line.size > 4);
}

bool fm_http_is_notification(FmSlice method)
{
    return fm_http_is(method, "NOTIFY") || fm_http_is(method, "SUBSCRIBE") || fm_http_is(method, "UNSUBSCRIBE");
}

/* Methods of RFC 9110, WebDAV, UPnP, Icecast, RPC over HTTP and others that are met in the wild. */
static const char *const methods[] = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK",
    "UNLOCK", "REPORT", "CHECKOUT", "CHECKIN", "UNCHECKOUT", "MKWORKSPACE", "UPDATE", "LABEL", "MERGE", "BASELINE-CONTROL", "MKACTIVITY",
    "VERSION-CONTROL", "ORDERPATCH", "ACL", "SEARCH", "BIND", "UNBIND", "REBIND", "LINK", "UNLINK", "MKREDIRECTREF", "UPDATEREDIRECTREF",
    "MKCALENDAR", "BCOPY", "BMOVE", "BDELETE", "BPROPFIND", "BPROPPATCH", "POLL", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "M-SEARCH", "INVOKE",
    "PURGE", "SOURCE", "RPC_CONNECT", "RPC_IN_DATA", "RPC_OUT_DATA", "SSTP_DUPLEX_POST", "CCM_POST", "X-MS-ENUMATTS",
};

static bool is_token(uint8_t c)
{
    return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

bool fm_http_is_request(FmSlice line)
{
    size_t n = 0;
    while (n < line.size && is_token(line.data[n]))
        n++;
    if (!n || (n < line.size && line.data[n] != ' '))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
        if (strlen(methods[i]) == n && memcmp(methods[i], line.data, n) == 0)
            return true;
    return false; /* a method that Wireshark has not heard of: what is not recognised as HTTP */
}

/* Could bytes without a line end be the beginning of a message? */
static bool may_start(FmSlice bytes)
{
    size_t n = 0;
    while (n < bytes.size && (is_token(bytes.data[n]) || bytes.data[n] == '/'))
        n++;
    return n && (n == bytes.size || bytes.data[n] == ' ') && n < 64;
}

/* ---- header fields that framing needs ---- */

static void note_field(HttpScan *scan, FmSlice line)
{
    FmSlice name, value;
    if (!fm_http_field(line, &name, &value))
        return;
    switch (name.size) {
    case 12:
        if (fm_http_is(name, "Content-Type"))
            scan->events = starts_with(value, "text/event-stream");
        break;
    case 14:
        if (fm_http_is(name, "Content-Length")) {
            uint64_t length = 0;
            bool good = fm_http_number(value, &length);
            if (good) { /* §6.3: two that differ are unrecoverable; Wireshark takes the last one */
                scan->has_length = true;
                scan->length = length;
            }
        }
        break;
    case 17:
        if (fm_http_is(name, "Transfer-Encoding")) {
            scan->coded = true;
            scan->chunked |= fm_http_lists(value, "chunked");
        }
        break;
    default: break;
    }
}

static HttpMethod method_of(FmSlice line)
{
    return starts_with(line, "HEAD ") ? HTTP_HEAD : starts_with(line, "CONNECT ") ? HTTP_CONNECT : HTTP_OTHER_METHOD;
}

/* §6.3: length of the body by the header fields and the request that is answered. */
static HttpBody body_of(const HttpState *state, const HttpScan *scan)
{
    if (scan->response) {
        HttpMethod method = state->first ? state->first->method : HTTP_OTHER_METHOD;
        if (scan->status / 100 == 1 || scan->status == 204 || scan->status == 304 || method == HTTP_HEAD ||
            (method == HTTP_CONNECT && scan->status / 100 == 2))
            return HTTP_NO_BODY;
    }
    if (scan->chunked)
        return HTTP_CHUNKED;
    if (scan->has_length && !scan->coded)
        return scan->length ? HTTP_LENGTH : HTTP_NO_BODY;
    if (!scan->response)
        return HTTP_NO_BODY;
    return HTTP_CLOSE;
}

/* Bytes that start no message: shown where there were messages before; else passed over, as Wireshark does. */
static uint64_t unexpected(const HttpState *state, HttpScan *scan, FmSlice bytes)
{
    scan->kind = HTTP_OTHER;
    return state->seen || state->first ? bytes.size : FM_IGNORED;
}

static uint64_t finish(HttpScan *scan, HttpKind kind, uint64_t length)
{
    scan->kind = (uint8_t)kind;
    return length;
}

/* The same for a length that may lie ahead: the scan says it again when it is asked again. */
static uint64_t known(HttpScan *scan, HttpKind kind, uint64_t length)
{
    scan->stage = LENGTH;
    scan->length = length;
    return finish(scan, kind, length);
}

static uint64_t end_of_header(HttpState *state, HttpSide *side, FmSlice bytes)
{
    HttpScan *scan = &side->scan;
    scan->header = scan->at;
    scan->body = (uint8_t)body_of(state, scan);
    switch (scan->body) {
    case HTTP_LENGTH:
        if (scan->length > FM_MAX_RECORD - scan->at) {
            side->body_end = scan->record + scan->at + scan->length;
            if (side->body_end < scan->length) /* nonsense */
                side->body_end = UINT64_MAX;
            return finish(scan, HTTP_HEADER, scan->at);
        }
        return known(scan, HTTP_MESSAGE, scan->at + scan->length);
    case HTTP_CHUNKED:
        if (scan->events) {
            side->events = true;
            side->chunk_end = scan->record + scan->at;
            return finish(scan, HTTP_HEADER, scan->at);
        }
        scan->stage = CHUNK;
        return 0;
    case HTTP_CLOSE:
        if (scan->events) {
            side->events = side->to_the_end = true;
            return finish(scan, HTTP_HEADER, scan->at);
        }
        scan->stage = CLOSE;
        return 0;
    default: return finish(scan, HTTP_MESSAGE, scan->at);
    }
}

/* Each of these moves on by one step: the record's length, FM_NEED_MORE, or 0 to go on. */
static uint64_t scan_start(HttpState *state, HttpSide *side, FmSlice bytes)
{
    HttpScan *scan = &side->scan;
    FmSlice line;
    size_t next;
    if (memcmp(bytes.data, preface, MIN(bytes.size, PREFACE_SIZE)) == 0)
        return bytes.size < PREFACE_SIZE ? FM_NEED_MORE : finish(scan, HTTP_PREFACE, PREFACE_SIZE);
    if (bytes.data[0] == '\n') /* §2.2: an empty line in front */
        scan->at = 1;
    else if (bytes.data[0] == '\r' && bytes.size < 2)
        return FM_NEED_MORE;
    else if (bytes.data[0] == '\r' && bytes.data[1] == '\n')
        scan->at = 2;
    FmSlice rest = { bytes.data + scan->at, bytes.size - (size_t)scan->at };
    if (!fm_http_line(bytes, (size_t)scan->at, &line, &next)) {
        if (scan->at > FM_MAX_HTTP_HEADER || rest.size > FM_MAX_HTTP_HEADER || (rest.size && !may_start(rest)))
            return unexpected(state, scan, bytes);
        return FM_NEED_MORE;
    }
    scan->response = fm_http_is_response(line);
    if (!scan->response && !fm_http_is_request(line))
        return unexpected(state, scan, bytes);
    if (scan->response) {
        const uint8_t *space = memchr(line.data, ' ', line.size);
        FmSlice status = { space ? space + 1 : line.data, 3 };
        uint64_t number = 0;
        if (space && line.data + line.size >= status.data + 3 && fm_http_number(status, &number))
            scan->status = (uint16_t)number;
    } else {
        scan->exchange = fm_http_exchange_new(state, method_of(line));
    }
    scan->at = next;
    scan->stage = FIELDS;
    scan->kind = HTTP_MESSAGE; /* even if its end was not captured */
    return 0;
}

static uint64_t scan_fields(HttpState *state, HttpSide *side, FmSlice bytes)
{
    HttpScan *scan = &side->scan;
    FmSlice line;
    size_t next;
    while (fm_http_line(bytes, (size_t)scan->at, &line, &next)) {
        scan->at = next;
        if (!line.size)
            return end_of_header(state, side, bytes);
        note_field(scan, line);
        if (scan->at > FM_MAX_HTTP_HEADER)
            return finish(scan, HTTP_MESSAGE, scan->at);
    }
    return bytes.size > FM_MAX_HTTP_HEADER ? finish(scan, HTTP_MESSAGE, bytes.size) : FM_NEED_MORE;
}

static uint64_t scan_chunk(HttpSide *side, FmSlice bytes)
{
    HttpScan *scan = &side->scan;
    FmSlice line;
    size_t next;
    uint64_t size;
    if (!fm_http_line(bytes, (size_t)scan->at, &line, &next))
        return bytes.size - scan->at > FM_MAX_HTTP_HEADER ? finish(scan, HTTP_MESSAGE, bytes.size) : FM_NEED_MORE;
    if (!fm_http_chunk_size(line, &size)) /* not chunked after all */
        return finish(scan, HTTP_MESSAGE, bytes.size);
    if (size == 0) {
        scan->at = next;
        scan->stage = TRAILER;
        return 0;
    }
    if (size > FM_MAX_RECORD || next + size + 2 > FM_MAX_RECORD - FM_MAX_HTTP_HEADER) { /* the rest is shown as it comes */
        side->chunk_end = scan->record + scan->at;
        return finish(scan, HTTP_HEADER, scan->at);
    }
    if (next + size + 2 > bytes.size)
        return FM_NEED_MORE;
    scan->at = next + size;
    if (bytes.data[scan->at] == '\r') /* senders are met that leave it out */
        scan->at++;
    if (scan->at < bytes.size && bytes.data[scan->at] == '\n')
        scan->at++;
    return 0;
}

static uint64_t scan_trailer(HttpScan *scan, FmSlice bytes)
{
    FmSlice line;
    size_t next;
    while (fm_http_line(bytes, (size_t)scan->at, &line, &next)) {
        scan->at = next;
        if (!line.size)
            return finish(scan, HTTP_MESSAGE, scan->at);
        if (scan->at > FM_MAX_RECORD - 2 * FM_MAX_HTTP_HEADER)
            return finish(scan, HTTP_MESSAGE, scan->at);
    }
    return bytes.size - scan->at > FM_MAX_HTTP_HEADER ? finish(scan, HTTP_MESSAGE, bytes.size) : FM_NEED_MORE;
}

/* ---- bodies in pieces ---- */

/* A chunked body that is too long to be put together: up to the end of a chunk, of the whole body, or of what is there. */
static uint64_t chunked_piece(HttpSide *side, uint64_t record, FmSlice bytes)
{
    FmSlice line;
    size_t next;
    uint64_t at = side->chunk_end - record, size;
    while (at < bytes.size) {
        if (!fm_http_line(bytes, (size_t)at, &line, &next)) {
            if (at)
                break;
            if (bytes.size <= FM_MAX_HTTP_HEADER)
                return FM_NEED_MORE;
            line.size = 0;
        }
        if (line.size == 0 || !fm_http_chunk_size(line, &size) || size > UINT64_MAX / 4) { /* out of step */
            side->chunk_end = 0;
            return bytes.size;
        }
        if (size == 0) {
            side->chunk_end = 0;
            while (fm_http_line(bytes, next, &line, &next) && line.size)
                continue;
            return next;
        }
        at = next + size + 2;
        side->chunk_end = record + at;
    }
    return MIN(at, bytes.size);
}

/* One chunk of events, or the end of them. */
static uint64_t event_chunk(HttpSide *side, FmSlice bytes)
{
    FmSlice line;
    size_t next;
    uint64_t size;
    if (!fm_http_line(bytes, 0, &line, &next))
        return bytes.size > FM_MAX_HTTP_HEADER ? bytes.size : FM_NEED_MORE;
    if (!fm_http_chunk_size(line, &size) || size > FM_MAX_RECORD - FM_MAX_HTTP_HEADER) { /* out of step */
        side->chunk_end = 0;
        return bytes.size;
    }
    if (size) {
        side->chunk_end += next + size + 2;
        return known(&side->scan, HTTP_EVENTS, next + size + 2);
    }
    while (fm_http_line(bytes, next, &line, &next))
        if (!line.size) {
            side->chunk_end = 0;
            return next;
        }
    return bytes.size > FM_MAX_HTTP_HEADER ? bytes.size : FM_NEED_MORE;
}

static uint64_t scan_piece(HttpSide *side, uint64_t record, FmSlice bytes)
{
    side->in_chunks = false;
    if (side->to_the_end)
        return bytes.size;
    if (side->events && side->chunk_end == record)
        return event_chunk(side, bytes);
    if (side->body_end > record)
        return MIN(bytes.size, side->body_end - record);
    side->body_end = 0;
    side->in_chunks = side->chunk_end && side->chunk_end >= record;
    side->lead = side->in_chunks ? side->chunk_end - record : 0;
    if (side->in_chunks)
        return chunked_piece(side, record, bytes);
    side->chunk_end = 0;
    return 0;
}

uint64_t fm_http_record(const FmStream *stream, FmSlice bytes)
{
    HttpState *state = stream->state;
    HttpSide *side = &state->side[fm_stream_direction(stream)];
    HttpScan *scan = &side->scan;
    if (scan->record != stream->record_offset)
        *scan = (HttpScan){ .record = stream->record_offset };
    if (state->tunnel)
        return finish(scan, HTTP_TUNNEL, bytes.size);
    if (scan->stage == START) {
        uint64_t piece = scan_piece(side, scan->record, bytes);
        bool message = side->to_the_end && (fm_http_is_response(bytes) || fm_http_is_request(bytes));
        scan->body = side->to_the_end ? HTTP_CLOSE : HTTP_CHUNKED;
        if (piece && !message)
            return finish(scan, side->events ? HTTP_EVENTS : HTTP_BODY_PART, piece);
        side->to_the_end = side->events = false;
    }
    uint64_t length = 0;
    while (!length) {
        switch (scan->stage) {
        case START: length = scan_start(state, side, bytes); break;
        case FIELDS: length = scan_fields(state, side, bytes); break;
        case CHUNK: length = scan_chunk(side, bytes); break;
        case TRAILER: length = scan_trailer(scan, bytes); break;
        case LENGTH: length = scan->length; break;
        default: /* CLOSE */
            if (bytes.size < FM_MAX_RECORD - FM_MAX_HTTP_HEADER)
                return FM_UNTIL_END;
            side->to_the_end = true;
            length = finish(scan, HTTP_MESSAGE, bytes.size);
            break;
        }
    }
    return length;
}
