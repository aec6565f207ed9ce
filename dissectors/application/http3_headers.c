/* HTTP/3: the fields of a section, and what they say in the info column. */
#include "config.h"

#include "dissectors/application/http3.h"
#include "dissectors/application/http_fields.h"

enum {
    HEADERS_COUNT = HTTP_KNOWN_FIELDS, DECODED_LENGTH, HEADER, NAME_LENGTH, NAME, VALUE_LENGTH, VALUE, FULL_URI, DECODING_FAILED, NO_OUTPUT, TOO_MANY,
};

static const FmField fields[] = {
    HTTP_FIELD_ROWS("http3")
    [HEADERS_COUNT] = { "http3.headers.count", "Headers Count", FM_UINT32, FM_DEC, .generated = true },
    [DECODED_LENGTH] = { "http3.headers.decoded_length", "Decoded Headers Length", FM_UINT32, FM_DEC, .generated = true },
    [HEADER] = { "http3.headers.header", "Header", FM_NONE },
    [NAME_LENGTH] = { "http3.headers.header.name.length", "Name Length", FM_UINT32, FM_DEC },
    [NAME] = { "http3.header.header.name", "Name", FM_STRING },
    [VALUE_LENGTH] = { "http3.headers.header.value.length", "Value Length", FM_UINT32, FM_DEC },
    [VALUE] = { "http3.headers.header.value", "Value", FM_STRING },
    [FULL_URI] = { "http3.request.full_uri", "Full request URI", FM_STRING, .generated = true },
    [DECODING_FAILED] = { "http3.expert.header_decoding.failed", "Failed to decode HTTP3 header name/value", FM_EXPERT, .severity = FM_WARN,
                          .group = FM_GROUP_DECRYPTION },
    [NO_OUTPUT] = { "http3.expert.header_decoding.no_output", "Failed to decode HTTP3 header name/value (QPACK decoder no emission)", FM_EXPERT,
                    .severity = FM_WARN, .group = FM_GROUP_DECRYPTION },
    [TOO_MANY] = { "fathom.http3.headers_exceeded", "More header fields than are shown", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_UNDECODED },
};

static void put_header(FmDissection *d, const HpackBlock *block, const HpackHeader *h, FmCursor text)
{
    FmSlice name = hpack_name(block, h), value = hpack_value(block, h);
    text.at = text.start + h->text;
    FmSubtree tree = fm_open(d, HEADER, &text);
    http_field_label(d, tree, name, value);
    fm_add(d, NAME_LENGTH, &text);
    fm_add_bytes(d, NAME, &text, name.size);
    fm_add(d, VALUE_LENGTH, &text);
    FmCursor at = text;
    fm_add_bytes(d, VALUE, &text, value.size);
    int row = http_field_row(fields, name);
    if (row >= 0)
        http_field_put(d, fields, row, &at, value);
    fm_close(d, tree, &text);
}

static void headers_dissect(FmDissection *d, FmCursor *c)
{
    const Http3Section *section = (const Http3Section *)(const void *)c;
    const HpackBlock *block = section->block;
    if (fm_quiet(d) && !d->want_info)
        return;
    FmCursor text = fm_buffer(d, (FmSlice){ block->text, block->text_size }, "Decompressed Header");
    FmTrouble unused = { 0 };
    text.trouble = &unused;
    HttpSummary summary = { .method = { NULL, 0 } };
    FmSubtree nothing = { .node = 0 };
    fm_make(d, HEADERS_COUNT, block->count);
    fm_make(d, DECODED_LENGTH, block->length);
    for (uint32_t i = 0; i < block->count; i++) {
        put_header(d, block, &block->headers[i], text);
        http_field_summarize(d, &summary, nothing, hpack_name(block, &block->headers[i]), hpack_value(block, &block->headers[i]));
    }
    const char *uri = fm_wanted(d, FULL_URI) ? http_full_uri(d, &summary) : NULL;
    if (uri)
        fm_make_text(d, FULL_URI, uri);
    if (block->too_many || block->too_long)
        fm_expert(d, TOO_MANY);
    if (block->broken)
        fm_expert(d, DECODING_FAILED);
    else if (!block->count)
        fm_expert(d, NO_OUTPUT);
}

const FmProtocol fm_http3_headers = {
    .abbrev = "http3.headers",
    .title = "HTTP/3 field section",
    .part = true,
    FM_FIELDS(fields),
    .dissect = headers_dissect,
};
