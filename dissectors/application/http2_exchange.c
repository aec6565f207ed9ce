/* HTTP/2: which response belongs to which request. */
#include "config.h"

#include "dissectors/application/http2.h"

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
    if (promised)
        e->ended[!fm_direction(d)] = true; /* the client sends nothing on it */
}

void http2_side_ended(FmDissection *d, uint64_t stream)
{
    Http2Exchange *e = fm_stream_state(d, stream);
    if (!e)
        return;
    e->ended[fm_direction(d)] = true;
    if (e->ended[0] && e->ended[1])
        fm_stream_state_end(d, stream);
}
