/* HTTP/2: the fields of a header block, and what they say in the tree's line and the info column. */
#include "config.h"

#include "dissectors/application/http2.h"
#include "dissectors/application/http_status.h"

/* Known names first, sorted as the wire has them. */
enum {
    AUTHORITY, METHOD, PATH, SCHEME, STATUS, ACCEPT, ACCEPT_CHARSET, ACCEPT_ENCODING, ACCEPT_LANGUAGE, ACCEPT_RANGES,
    ACCESS_CONTROL_ALLOW_ORIGIN, AGE, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING,
    CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_RANGE, CONTENT_TYPE, COOKIE, DATE, ETAG, EXPECT, EXPIRES, FROM,
    IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, LINK, LOCATION, MAX_FORWARDS,
    PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, RANGE, REFERER, REFRESH, RETRY_AFTER, SERVER, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
    USER_AGENT, VARY, VIA, WWW_AUTHENTICATE,
    NAMES, HEADER_LENGTH = NAMES, HEADER_COUNT, HEADER, NAME_LENGTH, NAME, VALUE_LENGTH, VALUE, UNESCAPED, REPR, INDEX, TABLE_SIZE_UPDATE, TABLE_SIZE,
    FULL_URI, SIZE_EXCEEDED, LINES_EXCEEDED, UNKNOWN_INDEX, BROKEN,
};

static const FmField fields[] = {
    [AUTHORITY] = { "http2.headers.authority", ":authority", FM_STRING },
    [METHOD] = { "http2.headers.method", ":method", FM_STRING },
    [PATH] = { "http2.headers.path", ":path", FM_STRING },
    [SCHEME] = { "http2.headers.scheme", ":scheme", FM_STRING },
    [STATUS] = { "http2.headers.status", ":status", FM_UINT16, FM_DEC },
    [ACCEPT] = { "http2.headers.accept", "accept", FM_STRING },
    [ACCEPT_CHARSET] = { "http2.headers.accept_charset", "accept-charset", FM_STRING },
    [ACCEPT_ENCODING] = { "http2.headers.accept_encoding", "accept-encoding", FM_STRING },
    [ACCEPT_LANGUAGE] = { "http2.headers.accept_language", "accept-language", FM_STRING },
    [ACCEPT_RANGES] = { "http2.headers.accept_ranges", "accept-ranges", FM_STRING },
    [ACCESS_CONTROL_ALLOW_ORIGIN] = { "http2.headers.access_control_allow_origin", "access-control-allow-origin", FM_STRING },
    [AGE] = { "http2.headers.age", "age", FM_UINT64, FM_DEC },
    [ALLOW] = { "http2.headers.allow", "allow", FM_STRING },
    [AUTHORIZATION] = { "http2.headers.authorization", "authorization", FM_STRING },
    [CACHE_CONTROL] = { "http2.headers.cache_control", "cache-control", FM_STRING },
    [CONTENT_DISPOSITION] = { "http2.headers.content_disposition", "content-disposition", FM_STRING },
    [CONTENT_ENCODING] = { "http2.headers.content_encoding", "content-encoding", FM_STRING },
    [CONTENT_LANGUAGE] = { "http2.headers.content_language", "content-language", FM_STRING },
    [CONTENT_LENGTH] = { "http2.headers.content_length", "content-length", FM_UINT64, FM_DEC },
    [CONTENT_LOCATION] = { "http2.headers.content_location", "content-location", FM_STRING },
    [CONTENT_RANGE] = { "http2.headers.content_range", "content-range", FM_STRING },
    [CONTENT_TYPE] = { "http2.headers.content_type", "content-type", FM_STRING },
    [COOKIE] = { "http2.headers.cookie", "cookie", FM_STRING },
    [DATE] = { "http2.headers.date", "date", FM_STRING },
    [ETAG] = { "http2.headers.etag", "etag", FM_STRING },
    [EXPECT] = { "http2.headers.expect", "expect", FM_STRING },
    [EXPIRES] = { "http2.headers.expires", "expires", FM_STRING },
    [FROM] = { "http2.headers.from", "from", FM_STRING },
    [IF_MATCH] = { "http2.headers.if_match", "if-match", FM_STRING },
    [IF_MODIFIED_SINCE] = { "http2.headers.if_modified_since", "if-modified-since", FM_STRING },
    [IF_NONE_MATCH] = { "http2.headers.if_none_match", "if-none-match", FM_STRING },
    [IF_RANGE] = { "http2.headers.if_range", "if-range", FM_STRING },
    [IF_UNMODIFIED_SINCE] = { "http2.headers.if_unmodified_since", "if-unmodified-since", FM_STRING },
    [LAST_MODIFIED] = { "http2.headers.last_modified", "last-modified", FM_STRING },
    [LINK] = { "http2.headers.link", "link", FM_STRING },
    [LOCATION] = { "http2.headers.location", "location", FM_STRING },
    [MAX_FORWARDS] = { "http2.headers.max_forwards", "max-forwards", FM_UINT64, FM_DEC },
    [PROXY_AUTHENTICATE] = { "http2.headers.proxy_authenticate", "proxy-authenticate", FM_STRING },
    [PROXY_AUTHORIZATION] = { "http2.headers.proxy_authorization", "proxy-authorization", FM_STRING },
    [RANGE] = { "http2.headers.range", "range", FM_STRING },
    [REFERER] = { "http2.headers.referer", "referer", FM_STRING },
    [REFRESH] = { "http2.headers.refresh", "refresh", FM_STRING },
    [RETRY_AFTER] = { "http2.headers.retry_after", "retry-after", FM_STRING },
    [SERVER] = { "http2.headers.server", "server", FM_STRING },
    [SET_COOKIE] = { "http2.headers.set_cookie", "set-cookie", FM_STRING },
    [STRICT_TRANSPORT_SECURITY] = { "http2.headers.strict_transport_security", "strict-transport-security", FM_STRING },
    [USER_AGENT] = { "http2.headers.user_agent", "user-agent", FM_STRING },
    [VARY] = { "http2.headers.vary", "vary", FM_STRING },
    [VIA] = { "http2.headers.via", "via", FM_STRING },
    [WWW_AUTHENTICATE] = { "http2.headers.www_authenticate", "www-authenticate", FM_STRING },
    [HEADER_LENGTH] = { "http2.header.length", "Header Length", FM_UINT32, FM_DEC, .generated = true },
    [HEADER_COUNT] = { "http2.header.count", "Header Count", FM_UINT32, FM_DEC, .generated = true },
    [HEADER] = { "http2.header", "Header", FM_NONE },
    [NAME_LENGTH] = { "http2.header.name.length", "Name Length", FM_UINT32, FM_DEC },
    [NAME] = { "http2.header.name", "Name", FM_STRING },
    [VALUE_LENGTH] = { "http2.header.value.length", "Value Length", FM_UINT32, FM_DEC },
    [VALUE] = { "http2.header.value", "Value", FM_STRING },
    [UNESCAPED] = { "http2.header.unescaped", "Unescaped", FM_STRING, .generated = true },
    [REPR] = { "http2.header.repr", "Representation", FM_STRING },
    [INDEX] = { "http2.header.index", "Index", FM_UINT32, FM_DEC },
    [TABLE_SIZE_UPDATE] = { "http2.header_table_size_update", "Header table size update", FM_NONE },
    [TABLE_SIZE] = { "http2.header_table_size_update.header_table_size", "Header table size", FM_UINT32, FM_DEC },
    [FULL_URI] = { "http2.request.full_uri", "Full request URI", FM_STRING, .generated = true },
    [SIZE_EXCEEDED] = { "http2.header_size_exceeded", "Decompression stopped.", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_UNDECODED },
    [LINES_EXCEEDED] = { "http2.header_lines_exceeded", "Decompression stopped after 200 header lines.", FM_EXPERT, .severity = FM_ERROR,
                         .group = FM_GROUP_UNDECODED },
    [UNKNOWN_INDEX] = { "fathom.http2.unknown_index", "Entry from before the capture", FM_UINT32, FM_DEC, .generated = true },
    [BROKEN] = { "fathom.http2.broken_header_block", "Not a header block from here on", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
};

static const char *const representations[][2] = { /* with the name's index, with a literal name */
    [HPACK_INDEXED] = { "Indexed Header Field", "Indexed Header Field" },
    [HPACK_INCREMENTAL] = { "Literal Header Field with Incremental Indexing - Indexed Name",
                            "Literal Header Field with Incremental Indexing - New Name" },
    [HPACK_NOT_INDEXED] = { "Literal Header Field without Indexing - Indexed Name", "Literal Header Field without Indexing - New Name" },
    [HPACK_NEVER_INDEXED] = { "Literal Header Field never Indexed - Indexed Name", "Literal Header Field never Indexed - New Name" },
};

/* What HTTP says of a block, gathered while its fields are shown. */
typedef struct Summary {
    FmSlice method, path, scheme, authority;
} Summary;

static bool is(FmSlice text, const char *constant)
{
    return text.size == strlen(constant) && memcmp(text.data, constant, text.size) == 0;
}

/* Row of a known name, or -1. */
static int find_name(FmSlice name)
{
    int low = 0, high = NAMES - 1;
    while (low <= high) {
        int middle = (low + high) / 2;
        const char *known = fields[middle].name;
        size_t size = strlen(known);
        int order = memcmp(name.data, known, MIN(name.size, size));
        if (order == 0)
            order = name.size < size ? -1 : name.size > size;
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

static bool parse_number(FmSlice text, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || *value > UINT64_MAX / 10 - 1)
            return false;
        *value = *value * 10 + (uint64_t)(text.data[i] - '0');
    }
    return text.size > 0;
}

static unsigned hex_digit(uint8_t c)
{
    return g_ascii_isxdigit(c) ? (unsigned)g_ascii_xdigit_value((char)c) : 16;
}

/* The value with %XX undone. */
static void put_unescaped(FmDissection *d, const FmCursor *c, FmSlice value)
{
    if (!fm_wanted(d, UNESCAPED))
        return;
    uint8_t *text = fm_arena_alloc(d->arena, value.size + 1);
    size_t n = 0;
    for (size_t i = 0; i < value.size; i++) {
        uint8_t byte = value.data[i];
        if (byte == '%' && i + 2 < value.size && hex_digit(value.data[i + 1]) < 16 && hex_digit(value.data[i + 2]) < 16) {
            byte = (uint8_t)(hex_digit(value.data[i + 1]) << 4 | hex_digit(value.data[i + 2]));
            i += 2;
        }
        text[n++] = byte;
    }
    fm_add_blob(d, UNESCAPED, c, value.size, text, n);
}

static void put_known(FmDissection *d, FmCursor *c, int row, FmSlice value)
{
    uint64_t number;
    if (fields[row].type == FM_STRING) {
        if (fm_wanted(d, row))
            fm_record(d, (unsigned)row, fm_offset(c), (uint32_t)value.size, c->buffer, 0, 0);
    } else if (parse_number(value, &number)) {
        fm_add_value(d, row, c, value.size, number);
    }
}

/* Request line and status, in the tree's line and the info column, as soon as they are known. */
static void summarize(FmDissection *d, FmSubtree frame, Summary *s, FmSlice name, FmSlice value)
{
    bool request = true;
    if (is(name, ":method"))
        s->method = value;
    else if (is(name, ":path"))
        s->path = value;
    else
        request = false;
    if (is(name, ":scheme"))
        s->scheme = value;
    else if (is(name, ":authority"))
        s->authority = value;
    if (request && s->method.data && s->path.data) {
        fm_subtree_label_more(d, frame, ", %.*s %.*s", (int)s->method.size, s->method.data, (int)s->path.size, s->path.data);
        fm_info_more(d, ": %.*s %.*s", (int)s->method.size, s->method.data, (int)s->path.size, s->path.data);
    } else if (is(name, ":status")) {
        uint64_t status;
        const char *reason = parse_number(value, &status) ? fm_name(http_status_names, status) : NULL;
        const char *space = reason ? " " : "";
        fm_subtree_label_more(d, frame, ", %.*s%s%s", (int)value.size, value.data, space, reason ? reason : "");
        fm_info_more(d, ": %.*s%s%s", (int)value.size, value.data, space, reason ? reason : "");
    }
}

static void label_header(FmDissection *d, FmSubtree tree, const HpackHeader *h, FmSlice name, FmSlice value)
{
    uint64_t status;
    if (!d->want_labels)
        return;
    fm_subtree_label(d, tree, "Header: %.*s: %.*s", (int)name.size, name.data, (int)value.size, value.data);
    const char *reason = is(name, ":status") && parse_number(value, &status) ? fm_name(http_status_names, status) : NULL;
    if (reason)
        fm_subtree_label_more(d, tree, " %s", reason);
}

static void put_header(FmDissection *d, const HpackBlock *block, const HpackHeader *h, FmCursor wire, FmCursor text)
{
    FmSlice name = hpack_name(block, h), value = hpack_value(block, h);
    FmSubtree tree = fm_open(d, HEADER, &wire);
    label_header(d, tree, h, name, value);
    text.at = text.start + h->text;
    fm_add(d, NAME_LENGTH, &text);
    fm_add_bytes(d, NAME, &text, name.size);
    fm_add(d, VALUE_LENGTH, &text);
    FmCursor at = text;
    fm_add_bytes(d, VALUE, &text, value.size);
    int row = find_name(name);
    if (row >= 0)
        put_known(d, &at, row, value);
    put_unescaped(d, &at, value);
    fm_add_text(d, REPR, &wire, 1, representations[h->kind][h->index == 0]);
    if (h->index)
        fm_add_value(d, INDEX, &wire, 1, h->index);
    if (h->unknown)
        fm_make(d, UNKNOWN_INDEX, h->index);
    wire.at += MIN(h->size, fm_left(&wire));
    fm_close(d, tree, &wire);
}

static void put_table_size(FmDissection *d, const HpackHeader *h, FmCursor wire)
{
    FmSubtree tree = fm_open(d, TABLE_SIZE_UPDATE, &wire);
    fm_add_value(d, TABLE_SIZE, &wire, h->size, h->index);
    wire.at += MIN(h->size, fm_left(&wire));
    fm_close(d, tree, &wire);
}

static void put_full_uri(FmDissection *d, const Summary *s)
{
    if (!fm_wanted(d, FULL_URI) || !s->method.data || !s->path.data || !s->scheme.data || !s->authority.data)
        return;
    fm_make_text(d, FULL_URI,
                 fm_arena_printf(d->arena, "%.*s://%.*s%.*s", (int)s->scheme.size, s->scheme.data, (int)s->authority.size, s->authority.data,
                                 (int)s->path.size, s->path.data));
}

/* Does anybody look at a field of this table, or at the texts? */
static bool anybody_looks(const FmDissection *d)
{
    uint64_t any = 0;
    for (size_t i = 0; i <= G_N_ELEMENTS(fields) / 64; i++)
        any |= d->want[i];
    return any || d->want_info || d->want_labels;
}

static void headers_dissect(FmDissection *d, FmCursor *c)
{
    const Http2Fragment *fragment = (const Http2Fragment *)(const void *)c;
    const HpackBlock *block = fragment->block;
    if (!anybody_looks(d))
        return;
    FmCursor text = fm_buffer(d, (FmSlice){ block->text, block->text_size }, "Decompressed Header");
    FmTrouble unused = { 0 };
    text.trouble = &unused;
    Summary s = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    if (block->count) {
        fm_make(d, HEADER_LENGTH, block->length);
        fm_make(d, HEADER_COUNT, block->count);
    }
    for (uint32_t i = 0; i < block->count; i++) {
        const HpackHeader *h = &block->headers[i];
        FmCursor wire = *c;
        wire.at += MIN(h->at, fm_left(&wire));
        if (h->kind == HPACK_TABLE_SIZE) {
            put_table_size(d, h, wire);
            continue;
        }
        put_header(d, block, h, wire, text);
        if (!h->unknown)
            summarize(d, fragment->frame, &s, hpack_name(block, h), hpack_value(block, h));
    }
    put_full_uri(d, &s);
    if (block->too_many)
        fm_expert(d, LINES_EXCEEDED);
    if (block->too_long)
        fm_expert(d, SIZE_EXCEEDED);
    if (block->broken)
        fm_expert(d, BROKEN);
}

const FmProtocol fm_http2_headers = {
    .abbrev = "http2.headers",
    .title = "HTTP/2 header block",
    .part = true,
    FM_FIELDS(fields),
    .dissect = headers_dissect,
};
