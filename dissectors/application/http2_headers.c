/* HTTP/2: the fields of a header block, and what they say in the tree's line and the info column. */
#include "config.h"

#include "dissectors/application/http2.h"
#include "dissectors/application/http_fields.h"

enum {
    HEADER_LENGTH = HTTP_KNOWN_FIELDS, HEADER_COUNT, HEADER, NAME_LENGTH, NAME, VALUE_LENGTH, VALUE, UNESCAPED, REPR, INDEX, TABLE_SIZE_UPDATE, TABLE_SIZE,
    FULL_URI, PATH_SEGMENT, PATH_SUB_SEGMENT, SIZE_EXCEEDED, LINES_EXCEEDED, UNKNOWN_INDEX, BROKEN,
};

static const FmField fields[] = {
    HTTP_FIELD_ROWS("http2")
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
    [PATH_SEGMENT] = { "http.path_segment", "Path segment", FM_STRING },
    [PATH_SUB_SEGMENT] = { "http.path_sub_segment", "Path sub segment", FM_STRING },
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

/* What stands before the question mark, and the parameters behind it. */
static void put_path(FmDissection *d, FmCursor at, FmSlice value)
{
    const uint8_t *mark = value.size ? memchr(value.data, '?', value.size) : NULL, *end = at.at + value.size;
    if (!mark)
        return;
    fm_down(d);
    fm_add_bytes(d, PATH_SEGMENT, &at, (size_t)(mark - value.data));
    while (at.at < end) {
        at.at++;
        const uint8_t *next = memchr(at.at, '&', (size_t)(end - at.at));
        if (at.at < end)
            fm_add_bytes(d, PATH_SUB_SEGMENT, &at, (size_t)((next ? next : end) - at.at));
    }
    fm_up(d);
}

static void put_header(FmDissection *d, const HpackBlock *block, const HpackHeader *h, FmCursor wire, FmCursor text)
{
    FmSlice name = hpack_name(block, h), value = hpack_value(block, h);
    FmSubtree tree = fm_open(d, HEADER, &wire);
    http_field_label(d, tree, name, value);
    text.at = text.start + h->text;
    fm_add(d, NAME_LENGTH, &text);
    fm_add_bytes(d, NAME, &text, name.size);
    fm_add(d, VALUE_LENGTH, &text);
    FmCursor at = text;
    fm_add_bytes(d, VALUE, &text, value.size);
    int row = http_field_row(fields, name);
    if (row >= 0)
        http_field_put(d, fields, row, &at, value);
    if (row == HTTP_FIELD_PATH)
        put_path(d, at, value);
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

/* Does anybody look at a field of this table, or at the texts? Where packets are looked at again, each look makes the same buffers. */
static bool anybody_looks(const FmDissection *d)
{
    uint64_t any = d->keeping || d->replaying;
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
    uint64_t plain = 0, wire = fm_left(c);
    HttpSummary s = { .method = { NULL, 0 } };
    if (block->count) {
        fm_make(d, HEADER_LENGTH, block->length);
        fm_make(d, HEADER_COUNT, block->count);
    }
    for (uint32_t i = 0; i < block->count; i++) {
        const HpackHeader *h = &block->headers[i];
        FmCursor here = *c;
        here.at += MIN(h->at, fm_left(&here));
        if (h->kind == HPACK_TABLE_SIZE) {
            put_table_size(d, h, here);
            continue;
        }
        put_header(d, block, h, here, text);
        plain += (uint64_t)h->name_size + h->value_size + sizeof ": \r\n" - 1;
        if (!h->unknown)
            http_field_summarize(d, &s, fragment->frame, hpack_name(block, h), hpack_value(block, h));
    }
    const char *uri = fm_wanted(d, FULL_URI) ? http_full_uri(d, &s) : NULL;
    if (uri)
        fm_make_text(d, FULL_URI, uri);
    if (plain)
        http2_put_saving(d, plain, wire);
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
