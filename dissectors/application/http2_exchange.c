/* HTTP/2: which response belongs to which request. */
#include "config.h"

#include "dissectors/application/http2.h"

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

void http2_exchange_release(void *exchange)
{
    Http2Exchange *e = exchange;
    http_message_free(e->messages[0]);
    http_message_free(e->messages[1]);
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
static void header_seen(FmDissection *d, Http2Exchange *e, const HpackBlock *block, HttpRole role, bool promised)
{
    unsigned side = promised ? !fm_direction(d) : fm_direction(d);
    if (e->messages[side] || role == HTTP_INTERIM_RESPONSE)
        return;
    const HttpMessage *request = role == HTTP_REQUEST ? NULL : e->messages[!side];
    e->messages[side] = http_message_new(d, block, request);
    e->messages[side]->response = role == HTTP_RESPONSE;
    if (request && !e->messages[side]->type.size && is_partly_known(block) && grpc_variant(request->type))
        e->messages[side]->type = request->type; /* joined in mid-connection: answers to gRPC are gRPC */
}

/* What a header or trailer says of a call. */
static void note_call(FmDissection *d, Http2Exchange *e, Http2Memo *memo, HttpRole role)
{
    const HttpMessage *m = e->messages[0] ? e->messages[0] : e->messages[1];
    if (!m || !grpc_variant(m->type))
        return;
    memo->report = http_note_call(d, &e->call, memo->block, m, role == HTTP_REQUEST);
    if (role == HTTP_REQUEST && e->call.has_timeout)
        memo->grpc_timeout = e->call.timeout;
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
    HttpRole role = http_role(memo->block);
    if (role == HTTP_NEITHER && e->request && !e->response && e->request_direction != fm_direction(d))
        role = HTTP_RESPONSE; /* joined in mid-connection: the status is an entry that is not known */
    if (role == HTTP_REQUEST && !e->request)
        request_seen(d, e, memo);
    else if (role > HTTP_REQUEST && e->request && !e->response)
        response_seen(d, e, memo, role == HTTP_INTERIM_RESPONSE);
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
