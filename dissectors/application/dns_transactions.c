/* Which response belongs to which query, and what was sent twice. */
#include "config.h"

#include "dissectors/application/dns.h"

static DnsTransaction *slot_of(DnsTransaction *slots, uint32_t room, uint16_t id)
{
    uint32_t i = id * UINT32_C(40503) >> 4 & (room - 1);
    while (slots[i].query && slots[i].id != id)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static DnsTransaction *find(const DnsState *state, uint16_t id)
{
    DnsTransaction *t = state->room ? slot_of(state->slots, state->room, id) : NULL;
    return t && t->query ? t : NULL;
}

/* A slot for `id`, old or new. There are 65536 ids at most, so the table's size is bounded. */
static DnsTransaction *make(DnsState *state, uint16_t id)
{
    if ((state->count + 1) * 2 > state->room) {
        uint32_t room = state->room ? state->room * 2 : 4;
        DnsTransaction *slots = g_new0(DnsTransaction, room);
        for (uint32_t i = 0; i < state->room; i++)
            if (state->slots[i].query)
                *slot_of(slots, room, state->slots[i].id) = state->slots[i];
        g_free(state->slots);
        state->slots = slots;
        state->room = room;
    }
    DnsTransaction *t = slot_of(state->slots, state->room, id);
    state->count += !t->query;
    return t;
}

static DnsTransaction *query_seen(FmDissection *d, DnsState *state, DnsMemo *memo, uint16_t id, uint64_t timer_s)
{
    FmTime now = fm_frame_time(d);
    DnsTransaction *t = find(state, id);
    if (t && !t->response && now - t->time < (FmTime)timer_s * FM_SECOND) {
        memo->original = t->query;
        return t;
    }
    t = make(state, id);
    *t = (DnsTransaction){ .query = fm_frame_number(d), .id = id, .time = now, .memo = d->keeping ? memo : NULL };
    return t;
}

static DnsTransaction *response_seen(FmDissection *d, DnsState *state, DnsMemo *memo, uint16_t id)
{
    DnsTransaction *t = find(state, id);
    if (!t) {
        memo->unsolicited = true;
        return NULL;
    }
    if (t->response && !t->transfer) {
        memo->original = t->response;
        return t;
    }
    if (!t->response) {
        t->response = fm_frame_number(d);
        if (t->memo)
            t->memo->response = t->response;
    }
    memo->query = t->query;
    memo->time = fm_frame_time(d) - t->time;
    return t;
}

DnsTransaction *fm_dns_transaction(FmDissection *d, DnsState *state, DnsMemo *memo, uint64_t id, bool response, uint64_t timer_s)
{
    if (!state)
        return NULL;
    return response ? response_seen(d, state, memo, (uint16_t)id) : query_seen(d, state, memo, (uint16_t)id, timer_s);
}

void fm_dns_release(void *state)
{
    g_free(((DnsState *)state)->slots);
}
