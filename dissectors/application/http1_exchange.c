/* Which response answers which request: the oldest that waits (RFC 9112 §9.3.2). Numbers are given as Wireshark gives them: a request
 * and its first response share one. */
#include "config.h"

#include "dissectors/application/http1.h"

HttpExchange *fm_http_exchange_new(HttpState *state, HttpMethod method)
{
    if (state->pending == FM_MAX_HTTP_PENDING)
        fm_http_exchange_done(state);
    HttpExchange *e = g_new0(HttpExchange, 1);
    e->method = method;
    *(state->first ? &state->last->next : &state->first) = e;
    state->last = e;
    state->pending++;
    return e;
}

void fm_http_exchange_done(HttpState *state)
{
    HttpExchange *e = state->first;
    if (!e)
        return;
    for (unsigned i = 0; i < 2; i++)
        if (state->side[i].scan.exchange == e)
            state->side[i].scan.exchange = NULL;
    state->first = e->next;
    state->pending--;
    g_free(e->uri);
    g_free(e);
}

void fm_http_release(void *data)
{
    HttpState *state = data;
    while (state->first)
        fm_http_exchange_done(state);
    g_free(state->proxy_host);
}

void fm_http_request_seen(FmDissection *d, HttpState *state, HttpMemo *memo, HttpExchange *exchange, const char *uri, bool wants_uri)
{
    uint32_t frame = fm_frame_number(d);
    if (exchange && wants_uri && uri)
        exchange->uri = g_strdup(uri);
    if (exchange && exchange->notification)
        return;
    memo->number = ++state->count;
    memo->previous_request = state->request;
    if (state->request_memo && state->request != frame)
        state->request_memo->next_request = frame;
    if (state->response_memo && state->response != frame)
        state->response_memo->next_request = frame;
    state->request = frame;
    state->request_memo = d->keeping ? memo : NULL;
    if (!exchange)
        return;
    if (exchange->answered)
        memo->other = exchange->answered;
    exchange->number = memo->number;
    exchange->previous = memo->previous_request;
    exchange->frame = frame;
    exchange->time = fm_frame_time(d);
    exchange->memo = d->keeping ? memo : NULL;
    if (exchange->over && exchange == state->first)
        fm_http_exchange_done(state);
}

HttpExchange *fm_http_response_seen(FmDissection *d, HttpState *state, HttpMemo *memo, unsigned status)
{
    HttpExchange *e = state->first;
    uint32_t frame = fm_frame_number(d);
    bool interim = status / 100 == 1 && status != 101;
    memo->number = e && e->number && !e->numbered ? e->number : ++state->count;
    memo->previous_request = e && !e->notification ? e->previous : state->request;
    if (e && e->notification)
        state->request = 0;
    memo->previous_response = state->response;
    if (state->response_memo && state->response != frame)
        state->response_memo->next_response = frame;
    state->response = frame;
    state->response_memo = d->keeping ? memo : NULL;
    if (!e)
        return NULL;
    if (e->uri) /* the memo may outlive the exchange */
        memo->uri = fm_arena_strndup(d->keeping ? fm_flow_arena(d->flow) : d->arena, e->uri, strlen(e->uri));
    if (e->frame) {
        memo->other = e->frame;
        memo->time = fm_frame_time(d) - e->time;
        if (e->memo && !interim)
            e->memo->other = frame;
    } else if (!interim && !e->notification) {
        e->answered = frame;
    }
    e->numbered |= memo->number == e->number;
    return interim ? NULL : e;
}
