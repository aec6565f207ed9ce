/* Header fields of HTTP/1 (RFC 9110 §5, RFC 9112 §5). */
#include "config.h"

#include <string.h>

#include "dissectors/application/http1.h"

enum {
    NO_ROW, ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH_HEADER,
    CONTENT_TYPE, COOKIE, DATE, HOST, HTTP2_SETTINGS, LAST_MODIFIED, LOCATION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, REFERER,
    SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, SERVER, SET_COOKIE,
    TRANSFER_ENCODING, UPGRADE, USER_AGENT, WWW_AUTHENTICATE, X_FORWARDED_FOR,
    REQUEST_LINE, RESPONSE_LINE, UNKNOWN_HEADER, AUTHBASIC, CONTENT_LENGTH, COOKIE_PAIR, HTTP2_SETTINGS_URI, TE_AND_LENGTH, TE_UNKNOWN,
    BAD_HEADER_NAME, BAD_LENGTH, FOLDED,
};

static const FmField fields[] = {
    [ACCEPT] = { "http.accept", "Accept", FM_STRING },
    [ACCEPT_ENCODING] = { "http.accept_encoding", "Accept Encoding", FM_STRING },
    [ACCEPT_LANGUAGE] = { "http.accept_language", "Accept-Language", FM_STRING },
    [AUTHORIZATION] = { "http.authorization", "Authorization", FM_STRING },
    [CACHE_CONTROL] = { "http.cache_control", "Cache-Control", FM_STRING },
    [CONNECTION] = { "http.connection", "Connection", FM_STRING },
    [CONTENT_ENCODING] = { "http.content_encoding", "Content-Encoding", FM_STRING },
    [CONTENT_LENGTH_HEADER] = { "http.content_length_header", "Content-Length", FM_STRING },
    [CONTENT_TYPE] = { "http.content_type", "Content-Type", FM_STRING },
    [COOKIE] = { "http.cookie", "Cookie", FM_STRING },
    [DATE] = { "http.date", "Date", FM_STRING },
    [HOST] = { "http.host", "Host", FM_STRING },
    [HTTP2_SETTINGS] = { "http.http2_settings", "HTTP2-Settings", FM_STRING },
    [LAST_MODIFIED] = { "http.last_modified", "Last-Modified", FM_STRING },
    [LOCATION] = { "http.location", "Location", FM_STRING },
    [PROXY_AUTHENTICATE] = { "http.proxy_authenticate", "Proxy-Authenticate", FM_STRING },
    [PROXY_AUTHORIZATION] = { "http.proxy_authorization", "Proxy-Authorization", FM_STRING },
    [REFERER] = { "http.referer", "Referer", FM_STRING },
    [SEC_WEBSOCKET_ACCEPT] = { "http.sec_websocket_accept", "Sec-WebSocket-Accept", FM_STRING },
    [SEC_WEBSOCKET_EXTENSIONS] = { "http.sec_websocket_extensions", "Sec-WebSocket-Extensions", FM_STRING },
    [SEC_WEBSOCKET_KEY] = { "http.sec_websocket_key", "Sec-WebSocket-Key", FM_STRING },
    [SEC_WEBSOCKET_PROTOCOL] = { "http.sec_websocket_protocol", "Sec-WebSocket-Protocol", FM_STRING },
    [SEC_WEBSOCKET_VERSION] = { "http.sec_websocket_version", "Sec-WebSocket-Version", FM_STRING },
    [SERVER] = { "http.server", "Server", FM_STRING },
    [SET_COOKIE] = { "http.set_cookie", "Set-Cookie", FM_STRING },
    [TRANSFER_ENCODING] = { "http.transfer_encoding", "Transfer-Encoding", FM_STRING },
    [UPGRADE] = { "http.upgrade", "Upgrade", FM_STRING },
    [USER_AGENT] = { "http.user_agent", "User-Agent", FM_STRING },
    [WWW_AUTHENTICATE] = { "http.www_authenticate", "WWW-Authenticate", FM_STRING },
    [X_FORWARDED_FOR] = { "http.x_forwarded_for", "X-Forwarded-For", FM_STRING },
    [REQUEST_LINE] = { "http.request.line", "Request line", FM_STRING },
    [RESPONSE_LINE] = { "http.response.line", "Response line", FM_STRING },
    [UNKNOWN_HEADER] = { "http.unknown_header", "Unknown header", FM_STRING },
    [AUTHBASIC] = { "http.authbasic", "Credentials", FM_STRING },
    [CONTENT_LENGTH] = { "http.content_length", "Content length", FM_UINT64, FM_DEC, .generated = true },
    [COOKIE_PAIR] = { "http.cookie_pair", "Cookie pair", FM_STRING },
    [HTTP2_SETTINGS_URI] = { "http.http2_settings_uri", "HTTP2 Settings URI", FM_BYTES },
    [TE_AND_LENGTH] = { "http.te_and_length", "The Content-Length and Transfer-Encoding header must not be set together", FM_EXPERT,
                        .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [TE_UNKNOWN] = { "http.te_unknown", "Unknown transfer coding name in Transfer-Encoding header", FM_EXPERT, .severity = FM_WARN,
                     .group = FM_GROUP_UNDECODED },
    [BAD_HEADER_NAME] = { "http.bad_header_name", "Illegal characters found in header name", FM_EXPERT, .severity = FM_WARN,
                          .group = FM_GROUP_PROTOCOL },
    [BAD_LENGTH] = { "fathom.http.bad_content_length", "Content-Length is not a number, or two of them differ", FM_EXPERT, .severity = FM_WARN,
                     .group = FM_GROUP_PROTOCOL },
    [FOLDED] = { "fathom.http.folded", "Folded header field (RFC 9112 5.2)", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_PROTOCOL },
};

static const HttpFieldName known[] = {
    { "accept", ACCEPT },
    { "accept-encoding", ACCEPT_ENCODING },
    { "accept-language", ACCEPT_LANGUAGE },
    { "authorization", AUTHORIZATION },
    { "cache-control", CACHE_CONTROL },
    { "connection", CONNECTION },
    { "content-encoding", CONTENT_ENCODING },
    { "content-length", CONTENT_LENGTH_HEADER },
    { "content-type", CONTENT_TYPE },
    { "cookie", COOKIE },
    { "date", DATE },
    { "host", HOST },
    { "http2-settings", HTTP2_SETTINGS },
    { "last-modified", LAST_MODIFIED },
    { "location", LOCATION },
    { "proxy-authenticate", PROXY_AUTHENTICATE },
    { "proxy-authorization", PROXY_AUTHORIZATION },
    { "referer", REFERER },
    { "sec-websocket-accept", SEC_WEBSOCKET_ACCEPT },
    { "sec-websocket-extensions", SEC_WEBSOCKET_EXTENSIONS },
    { "sec-websocket-key", SEC_WEBSOCKET_KEY },
    { "sec-websocket-protocol", SEC_WEBSOCKET_PROTOCOL },
    { "sec-websocket-version", SEC_WEBSOCKET_VERSION },
    { "server", SERVER },
    { "set-cookie", SET_COOKIE },
    { "transfer-encoding", TRANSFER_ENCODING },
    { "upgrade", UPGRADE },
    { "user-agent", USER_AGENT },
    { "www-authenticate", WWW_AUTHENTICATE },
    { "x-forwarded-for", X_FORWARDED_FOR },
};

static inline uint8_t lower(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26 ? c + ('a' - 'A') : c;
}

/* As strcmp, case aside. */
static int compare(FmSlice name, const char *to)
{
    for (size_t i = 0; i < name.size; i++) {
        int order = lower(name.data[i]) - lower((uint8_t)to[i]);
        if (order)
            return order;
        if (!to[i])
            return 1; /* a NUL in the name */
    }
    return to[name.size] ? -1 : 0;
}

unsigned fm_http_field_row(const HttpFieldName *names, size_t count, FmSlice name, unsigned otherwise)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(name, names[middle].name);
        if (order == 0)
            return names[middle].row;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return otherwise;
}

static FmCursor cursor_at(const FmCursor *c, FmSlice text)
{
    FmCursor part = *c;
    part.at = text.data;
    part.end = text.data + text.size;
    part.lost = 0;
    return part;
}

static size_t count_foreign(FmSlice text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++)
        n += text.data[i] >> 7;
    return n;
}

FmSlice fm_http_ascii(FmDissection *d, FmSlice text)
{
    size_t foreign = count_foreign(text);
    if (!foreign)
        return text;
    uint8_t *out = fm_arena_alloc(d->arena, text.size + 2 * foreign);
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x80) {
            out[n++] = text.data[i];
            continue;
        }
        memcpy(out + n, "\xef\xbf\xbd", 3);
        n += 3;
    }
    return (FmSlice){ out, n };
}

/* ---- what is inside a header field ---- */

static void put_credentials(FmDissection *d, const FmCursor *line, FmSlice value)
{
    if (value.size < 6 || g_ascii_strncasecmp((const char *)value.data, "Basic ", 6) != 0 || !fm_wanted(d, AUTHBASIC))
        return;
    char *text = fm_arena_strndup(d->arena, (const char *)value.data + 6, value.size - 6);
    gsize size = 0;
    if (text[0] && text[1]) /* GLib wants two at least */
        g_base64_decode_inplace(text, &size);
    FmCursor place = cursor_at(line, (FmSlice){ value.data + 6, value.size - 6 });
    fm_add_blob(d, AUTHBASIC, &place, value.size - 6, text, size);
}

static void put_cookies(FmDissection *d, const FmCursor *line, FmSlice value)
{
    while (value.size) {
        const uint8_t *end = memchr(value.data, ';', value.size);
        size_t n = end ? (size_t)(end - value.data) : value.size;
        FmCursor pair = cursor_at(line, (FmSlice){ value.data, n });
        while (fm_left(&pair) && *pair.at == ' ')
            pair.at++;
        if (fm_left(&pair))
            fm_add_bytes(d, COOKIE_PAIR, &pair, fm_left(&pair));
        n += end ? 1 : 0;
        value = (FmSlice){ value.data + n, value.size - n };
    }
}

static void put_length(FmDissection *d, const FmCursor *line, FmSlice value, HttpHeader *header)
{
    uint64_t length = 0;
    if (fm_http_number(value, &length))
        fm_add_value(d, CONTENT_LENGTH, line, fm_left(line), length);
    else
        fm_expert(d, BAD_LENGTH);
    if (header->transfer.size)
        fm_expert(d, TE_AND_LENGTH);
    header->has_length = true;
}

static bool is_known_coding(FmSlice value)
{
    static const char *const codings[] = { "chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress", "identity" };
    for (size_t i = 0; i < G_N_ELEMENTS(codings); i++)
        if (fm_http_lists(value, codings[i]))
            return true;
    return false;
}

extern const FmProtocol fm_http2_settings;

enum { MAX_SETTINGS = 1024, SETTING_SIZE = 6 };

/* HTTP2-Settings (RFC 7540 §3.2.1): base64url of a SETTINGS payload. */
static void put_settings(FmDissection *d, const FmCursor *line, FmSlice value)
{
    if (d->quoting || value.size > MAX_SETTINGS)
        return;
    char *text = fm_arena_strndup(d->arena, (const char *)value.data, value.size);
    for (char *at = text; *at; at++)
        *at = *at == '-' ? '+' : *at == '_' ? '/' : *at;
    gsize size = 0;
    if (text[0] && text[1]) /* GLib wants two at least */
        g_base64_decode_inplace(text, &size);
    FmCursor place = cursor_at(line, value);
    if (!size || size % SETTING_SIZE) {
        fm_add_blob(d, HTTP2_SETTINGS_URI, &place, value.size, text, size);
        return;
    }
    FmCursor settings = fm_buffer(d, (FmSlice){ (const uint8_t *)text, size }, "Decoded base64");
    FmTrouble unused = { 0 };
    settings.trouble = &unused;
    fm_part(d, &fm_http2_settings, &settings);
}

static void put_inside(FmDissection *d, unsigned row, const FmCursor *line, FmSlice value, HttpHeader *header)
{
    fm_down(d);
    switch (row) {
    case AUTHORIZATION:
    case PROXY_AUTHORIZATION: put_credentials(d, line, value); break;
    case COOKIE: put_cookies(d, line, value); break;
    case CONTENT_LENGTH_HEADER: put_length(d, line, value, header); break;
    case HTTP2_SETTINGS: put_settings(d, line, value); break;
    case TRANSFER_ENCODING:
        if (header->has_length)
            fm_expert(d, TE_AND_LENGTH);
        if (!is_known_coding(value))
            fm_expert(d, TE_UNKNOWN);
        break;
    default: break;
    }
    fm_up(d);
}

static void keep(HttpHeader *header, unsigned row, FmSlice value)
{
    switch (row) {
    case HOST: header->host = value; break;
    case CONTENT_TYPE: header->type = value; break;
    case CONTENT_ENCODING: header->encoding = value; break;
    case TRANSFER_ENCODING: header->transfer = value; break;
    case UPGRADE: header->upgrade = value; break;
    case SEC_WEBSOCKET_PROTOCOL: header->protocol = value; break;
    case SEC_WEBSOCKET_EXTENSIONS: header->extensions = value; break;
    default: break;
    }
}

/* ---- lines ---- */

static bool is_good_name(FmSlice name)
{
    for (size_t i = 0; i < name.size; i++)
        if (!g_ascii_isalnum(name.data[i]) && (!name.data[i] || !strchr("!#$%&'*+-.^_`|~", name.data[i])))
            return false;
    return name.size > 0;
}

/* The line is everything from `line` on, its end included. */
static void put_line(FmDissection *d, const FmCursor *line, unsigned row, FmSlice value, bool good, HttpHeader *header)
{
    FmCursor all = *line;
    size_t size = fm_left(line);
    if (row) {
        const uint8_t *end = line->at + size; /* white space behind the value is shown, too */
        while (end > value.data && (end[-1] == '\n' || end[-1] == '\r'))
            end--;
        FmSlice shown = value.size ? (FmSlice){ value.data, (size_t)(end - value.data) } : value;
        if (fm_wanted(d, row)) {
            shown = fm_http_ascii(d, shown);
            fm_add_blob(d, row, line, size, shown.data, shown.size);
        }
        fm_label(d, row, "%.*s", (int)MIN(size, 1000), (const char *)line->at);
        put_inside(d, row, line, value, header);
    }
    if (header->notification && row)
        return;
    unsigned text = header->notification ? UNKNOWN_HEADER : header->response ? RESPONSE_LINE : REQUEST_LINE;
    if (!fm_wanted(d, text))
        return;
    uint32_t before = d->packet->node_count;
    FmSlice shown = fm_http_ascii(d, fm_rest(&all));
    fm_add_blob(d, text, &all, size, shown.data, shown.size);
    if (d->packet->node_count == before)
        return;
    if (row)
        d->packet->nodes[before].flags |= FM_NODE_HIDDEN;
    fm_label(d, text, "%.*s", (int)MIN(size, 1000), (const char *)line->at);
    if (!good)
        fm_expert(d, BAD_HEADER_NAME);
}

/* Size of the header line at `at` with the folded lines behind it (RFC 9112 §5.2); 0 if it has no end. */
static size_t line_size(FmSlice bytes, size_t at, bool *folded)
{
    FmSlice line;
    size_t next;
    if (!fm_http_line(bytes, at, &line, &next))
        return 0;
    *folded = false;
    while (line.size && next < bytes.size && (bytes.data[next] == ' ' || bytes.data[next] == '\t')) {
        if (!fm_http_line(bytes, next, &line, &next))
            break;
        *folded = true;
    }
    return next - at;
}

void fm_http_headers(FmDissection *d, FmCursor *c, HttpHeader *header)
{
    extern const FmProtocol fm_http_header_fields;
    FmTableUse before = fm_use(d, &fm_http_header_fields);
    while (fm_left(c)) {
        bool folded = false;
        size_t size = line_size(fm_rest(c), 0, &folded);
        if (!size)
            size = fm_left(c); /* cut */
        FmCursor line = fm_take(c, size);
        FmSlice text = fm_rest(&line), name, value;
        while (text.size && (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r'))
            text.size--;
        if (!text.size) {
            FmCursor end = line;
            FmSubtree empty = fm_open_text(d, &line, "%.*s", (int)fm_left(&line), (const char *)line.at);
            end.at = end.end;
            fm_close(d, empty, &end);
            break;
        }
        bool has_colon = fm_http_field(text, &name, &value);
        if (!has_colon && text.size < size && !folded && *text.data != ' ' && *text.data != '\t') { /* no header field: what follows is taken for the body */
            c->at = line.at;
            header->ended = true;
            break;
        }
        bool good = has_colon && is_good_name(name) && name.data + name.size < text.data + text.size && name.data[name.size] == ':';
        unsigned row = has_colon ? fm_http_field_row(known, G_N_ELEMENTS(known), name, NO_ROW) : NO_ROW;
        keep(header, row, has_colon ? value : (FmSlice){ NULL, 0 });
        put_line(d, &line, row, has_colon ? value : text, good, header);
        if (folded)
            fm_expert(d, FOLDED);
    }
    fm_unuse(d, before);
}

const FmProtocol fm_http_header_fields = {
    .abbrev = "http.header",
    .title = "Header fields of HTTP",
    .part = true,
    FM_FIELDS(fields),
};
