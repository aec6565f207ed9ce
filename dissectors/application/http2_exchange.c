/* HTTP/2: which response belongs to which request. */
#include "config.h"

#include "dissectors/application/http2.h"

#define MAX_TEXT 4096 /* of one field that is kept with a stream */

typedef enum Role { NEITHER, REQUEST, INTERIM_RESPONSE, RESPONSE } Role;

static bool is(FmSlice text, const char *constant)
{
    return text.size == strlen(constant) && memcmp(text.data, constant, text.size) == 0;
}

static Role role_of(const HpackBlock *block)
{
    for (uint32_t i = 0; i < block->count; i++) {
        const HpackHeader *h = &block->headers[i];
        if (h->kind == HPACK_TABLE_SIZE || h->unknown)
            continue;
        FmSlice name = hpack_name(block, h), value = hpack_value(block, h);
        if (is(name, ":status"))
            return value.size == 3 && value.data[0] == '1' ? INTERIM_RESPONSE : RESPONSE;
        if (is(name, ":method") || is(name, ":path") || is(name, ":scheme") || is(name, ":authority"))
            return REQUEST;
    }
    return NEITHER;
}

static void request_seen(FmDissection *d, Http2Exchange *e, Http2Memo *memo)
{
    e->request = fm_frame_number(d);
    e->request_time = fm_frame_time(d);
    e->request_direction = (uint8_t)fm_direction(d);
    e->request_memo = d->keeping ? memo : NULL;
}

static void response_seen(FmDissection *d, Http2Exchange *e, Http2Memo *memo, bool interim)
{
    memo->request_in = e->request;
    memo->time = fm_frame_time(d) - e->request_time;
    if (interim)
        return;
    e->response = fm_frame_number(d);
    if (e->request_memo)
        e->request_memo->response_in = e->response;
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
}

static void copy_text(FmSlice *text, uint8_t **at)
{
    if (text->size)
        memcpy(*at, text->data, text->size);
    text->data = *at;
    *at += text->size;
}

/* What the contents' readers need of a header; lives with the exchange, or with the memos. */
static HttpMessage *new_message(FmDissection *d, const HpackBlock *block, const HttpMessage *request)
{
    HttpMessage m = { .response = request != NULL, .owned = !d->keeping };
    if (request)
        m.path = request->path;
    for (uint32_t i = 0; i < block->count; i++)
        if (block->headers[i].kind != HPACK_TABLE_SIZE && block->headers[i].value_size <= MAX_TEXT)
            note_field(&m, hpack_name(block, &block->headers[i]), hpack_value(block, &block->headers[i]));
    size_t size = sizeof m + m.path.size + m.type.size + m.encoding.size + m.message_encoding.size;
    HttpMessage *kept = m.owned ? g_malloc(size) : fm_arena_alloc(fm_memo_arena(d), size);
    uint8_t *at = (uint8_t *)(kept + 1);
    *kept = m;
    copy_text(&kept->path, &at);
    copy_text(&kept->type, &at);
    copy_text(&kept->encoding, &at);
    copy_text(&kept->message_encoding, &at);
    return kept;
}

static void drop_message(HttpMessage *m)
{
    if (m && m->owned)
        g_free(m);
}

void http2_exchange_release(void *exchange)
{
    Http2Exchange *e = exchange;
    drop_message(e->messages[0]);
    drop_message(e->messages[1]);
}

/* The table has entries that are not known: a media type may be among them. */
static bool is_partly_known(const HpackBlock *block)
{
    for (uint32_t i = 0; i < block->count; i++)
        if (block->headers[i].unknown)
            return true;
    return false;
}

/* The header of a message: a request, the final response to it, or, joined in mid-connection, one of which we do not know. */
static void header_seen(FmDissection *d, Http2Exchange *e, const HpackBlock *block, Role role, bool promised)
{
    unsigned side = promised ? !fm_direction(d) : fm_direction(d);
    if (e->messages[side] || role == INTERIM_RESPONSE)
        return;
    const HttpMessage *request = role == REQUEST ? NULL : e->messages[!side];
    e->messages[side] = new_message(d, block, request);
    e->messages[side]->response = role == RESPONSE;
    if (request && !e->messages[side]->type.size && is_partly_known(block) && grpc_variant(request->type))
        e->messages[side]->type = request->type; /* joined in mid-connection: answers to gRPC are gRPC */
}

/* What a header or trailer says of a call. */
static void note_call(FmDissection *d, Http2Exchange *e, Http2Memo *memo, Role role)
{
    const HttpMessage *m = e->messages[0] ? e->messages[0] : e->messages[1];
    if (!m || !grpc_variant(m->type))
        return;
    if (role == REQUEST)
        grpc_call_begin(d, &e->call);
    FmSlice said = { NULL, 0 };
    const HpackBlock *block = memo->block;
    for (uint32_t i = 0; i < block->count; i++) {
        if (block->headers[i].kind == HPACK_TABLE_SIZE || block->headers[i].unknown)
            continue;
        FmSlice name = hpack_name(block, &block->headers[i]), value = hpack_value(block, &block->headers[i]);
        grpc_call_field(&e->call, name, value);
        if (is(name, "grpc-message"))
            said = value;
    }
    if (role == REQUEST && e->call.has_timeout)
        memo->grpc_timeout = e->call.timeout;
    if (e->call.has_status)
        memo->report = grpc_call_end(d, &e->call, m->path, said, -1, 0);
}

void http2_exchange_reset(FmDissection *d, Http2Memo *memo, uint64_t stream, uint64_t error)
{
    const HttpMessage *m;
    Http2Exchange *e = fm_stream_state(d, stream);
    if (e && (m = e->messages[0] ? e->messages[0] : e->messages[1]) && grpc_variant(m->type))
        memo->report = grpc_call_end(d, &e->call, m->path, (FmSlice){ NULL, 0 }, fm_direction(d) == e->request_direction ? GRPC_REQUEST : GRPC_RESPONSE,
                                     error);
    fm_stream_state_end(d, stream);
}

void http2_block_seen(FmDissection *d, Http2Memo *memo, uint64_t stream, bool promised)
{
    Http2Exchange *e = fm_stream_state(d, stream);
    if (!e)
        return;
    Role role = role_of(memo->block);
    if (role == NEITHER && e->request && !e->response && e->request_direction != fm_direction(d))
        role = RESPONSE; /* joined in mid-connection: the status is an entry that is not known */
    if (role == REQUEST && !e->request)
        request_seen(d, e, memo);
    else if (role > REQUEST && e->request && !e->response)
        response_seen(d, e, memo, role == INTERIM_RESPONSE);
    header_seen(d, e, memo->block, role, promised);
    note_call(d, e, memo, role);
    if (promised)
        e->ended[!fm_direction(d)] = true; /* the client sends nothing on it */
}

void http2_side_ended(FmDissection *d, uint64_t stream)
{
    Http2Exchange *e = fm_stream_state(d, stream);
    if (!e)
        return;
    e->ended[fm_direction(d)] = true;
    if (e->request && fm_direction(d) == e->request_direction)
        e->call.request_ended = true;
    if (e->ended[0] && e->ended[1])
        fm_stream_state_end(d, stream);
}
