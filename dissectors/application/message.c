/* HTTP messages with binary headers: what a block of HPACK or QPACK says about the contents that follow it. */
#include "config.h"

#include <string.h>

#include "dissectors/application/grpc_call.h"
#include "dissectors/application/message.h"

#define MAX_TEXT 4096 /* of one field that is kept */

static bool is(FmSlice text, const char *constant)
{
    return text.size == strlen(constant) && memcmp(text.data, constant, text.size) == 0;
}

HttpRole http_role(const HpackBlock *block)
{
    for (uint32_t i = 0; i < block->count; i++) {
        const HpackHeader *h = &block->headers[i];
        if (h->kind == HPACK_TABLE_SIZE || h->unknown)
            continue;
        FmSlice name = hpack_name(block, h), value = hpack_value(block, h);
        if (is(name, ":status"))
            return value.size == 3 && value.data[0] == '1' ? HTTP_INTERIM_RESPONSE : HTTP_RESPONSE;
        if (is(name, ":method") || is(name, ":path") || is(name, ":scheme") || is(name, ":authority"))
            return HTTP_REQUEST;
    }
    return HTTP_NEITHER;
}

static void note_field(HttpMessage *m, FmSlice name, FmSlice value)
{
    if (is(name, ":path"))
        m->path = value;
    else if (is(name, "content-type"))
        m->type = value;
    else if (is(name, "content-encoding"))
        m->encoding = value;
    else if (is(name, "grpc-encoding"))
        m->message_encoding = value;
    else if (is(name, ":protocol"))
        m->protocol = value;
    else if (is(name, ":method"))
        m->connect = is(value, "CONNECT");
}

static void copy_text(FmSlice *text, uint8_t **at)
{
    if (text->size)
        memcpy(*at, text->data, text->size);
    text->data = *at;
    *at += text->size;
}

HttpMessage *http_message_new(FmDissection *d, const HpackBlock *block, const HttpMessage *request)
{
    HttpMessage m = { .response = request != NULL, .owned = !d->keeping };
    if (request) {
        m.path = request->path;
        m.protocol = request->protocol;
        m.connect = request->connect;
    }
    for (uint32_t i = 0; i < block->count; i++)
        if (block->headers[i].kind != HPACK_TABLE_SIZE && block->headers[i].value_size <= MAX_TEXT)
            note_field(&m, hpack_name(block, &block->headers[i]), hpack_value(block, &block->headers[i]));
    size_t size = sizeof m + m.path.size + m.type.size + m.encoding.size + m.message_encoding.size + m.protocol.size;
    HttpMessage *kept = m.owned ? g_malloc(size) : fm_arena_alloc(fm_memo_arena(d), size);
    uint8_t *at = (uint8_t *)(kept + 1);
    *kept = m;
    copy_text(&kept->path, &at);
    copy_text(&kept->type, &at);
    copy_text(&kept->encoding, &at);
    copy_text(&kept->message_encoding, &at);
    copy_text(&kept->protocol, &at);
    return kept;
}

void http_message_free(HttpMessage *message)
{
    if (message && message->owned)
        g_free(message);
}

const GrpcReport *http_note_call(FmDissection *d, GrpcCall *call, const HpackBlock *block, const HttpMessage *m, bool request)
{
    if (request)
        grpc_call_begin(d, call);
    FmSlice said = { NULL, 0 };
    for (uint32_t i = 0; i < block->count; i++) {
        if (block->headers[i].kind == HPACK_TABLE_SIZE || block->headers[i].unknown)
            continue;
        FmSlice name = hpack_name(block, &block->headers[i]), value = hpack_value(block, &block->headers[i]);
        grpc_call_field(call, name, value);
        if (is(name, "grpc-message"))
            said = value;
    }
    return call->has_status ? grpc_call_end(d, call, m->path, said, -1, 0) : NULL;
}
