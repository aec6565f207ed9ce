/* HTTP/3: field sections, those that wait for QPACK's encoder stream among them, and which response belongs to which request. */
#include "config.h"

#include <string.h>

#include "dissectors/application/http3.h"

static Qpack *qpack_of(Http3State *state, unsigned direction)
{
    Http3Side *side = &state->sides[direction], *peer = &state->sides[!direction];
    if (!side->qpack) {
        side->qpack = qpack_new();
        side->blocked_last = &side->blocked;
    }
    if (peer->has_limit)
        qpack_limit(side->qpack, peer->limit);
    return side->qpack;
}

void http3_set_limit(FmDissection *d, uint64_t capacity)
{
    Http3State *state = fm_state(d);
    if (!state)
        return;
    state->sides[fm_direction(d)].has_limit = true;
    state->sides[fm_direction(d)].limit = capacity;
}

/* ---- messages ---- */

typedef struct Seen { /* a section, now or when its frame came */
    const HpackBlock *block;
    uint32_t frame;
    FmTime time;
    unsigned direction;
    Http3Memo *memo; /* of its frame, if memos live on */
    bool promised;
} Seen;

static const GrpcReport *note_call(FmDissection *d, Http3Stream *e, const Seen *seen, HttpRole role)
{
    const HttpMessage *m = e->messages[0] ? e->messages[0] : e->messages[1];
    return m && grpc_variant(m->type) ? http_note_call(d, &e->call, seen->block, m, role == HTTP_REQUEST) : NULL;
}

/* What a section means for its exchange. Returns the frame of the request that it answers, or 0, and the time since. */
static uint32_t section_seen(FmDissection *d, uint64_t exchange, const Seen *seen, FmTime *time, const GrpcReport **report)
{
    Http3Stream *e = fm_stream_state(d, exchange);
    if (!e)
        return 0;
    HttpRole role = http_role(seen->block);
    unsigned side = seen->promised ? !seen->direction : seen->direction;
    if (!e->messages[side] && role != HTTP_INTERIM_RESPONSE && role != HTTP_NEITHER) {
        e->messages[side] = http_message_new(d, seen->block, role == HTTP_REQUEST ? NULL : e->messages[!side]);
        e->messages[side]->response = role == HTTP_RESPONSE;
    }
    *report = note_call(d, e, seen, role);
    if (role == HTTP_REQUEST && !e->request) {
        e->request = seen->frame;
        e->request_time = seen->time;
        e->request_direction = (uint8_t)side;
        e->request_memo = seen->memo;
    }
    if (role < HTTP_INTERIM_RESPONSE || !e->request || e->response)
        return 0;
    *time = seen->time - e->request_time;
    if (role == HTTP_RESPONSE) {
        e->response = seen->frame;
        if (e->request_memo)
            e->request_memo->response_in = seen->frame;
    }
    return e->request;
}

void http3_stream_release(void *stream)
{
    Http3Stream *s = stream;
    http_message_free(s->messages[0]);
    http_message_free(s->messages[1]);
}

/* ---- sections ---- */

static void keep_blocked(FmDissection *d, Http3Side *side, Http3Memo *memo, uint64_t exchange, FmSlice section, bool promised)
{
    if (side->blocked_count == FM_MAX_BLOCKED_SECTIONS || section.size > FM_MAX_HEADER_TEXT) {
        memo->forgotten = true;
        return;
    }
    Http3Blocked *b = g_malloc(sizeof *b + section.size);
    *b = (Http3Blocked){ .memo = d->keeping ? memo : NULL, .stream = memo->stream, .exchange = exchange, .required = memo->required,
                         .time = fm_frame_time(d), .frame = fm_frame_number(d), .size = (uint32_t)section.size, .promised = promised };
    memcpy(b->bytes, section.data, section.size);
    *side->blocked_last = b;
    side->blocked_last = &b->next;
    side->blocked_count++;
}

void http3_read_section(FmDissection *d, Http3Memo *memo, uint64_t exchange, FmSlice section, bool promised)
{
    Http3State *state = fm_state(d);
    if (!state)
        return;
    Qpack *qpack = qpack_of(state, fm_direction(d));
    memo->available = qpack_inserted(qpack);
    memo->blocked = qpack_required(qpack, section, &memo->required) && memo->required > memo->available;
    if (memo->blocked) {
        keep_blocked(d, &state->sides[fm_direction(d)], memo, exchange, section, promised);
        return;
    }
    memo->block = qpack_decode(qpack, fm_memo_arena(d), memo->stream, section);
    Seen seen = { memo->block, fm_frame_number(d), fm_frame_time(d), fm_direction(d), d->keeping ? memo : NULL, promised };
    memo->request_in = section_seen(d, exchange, &seen, &memo->time, &memo->report);
}

static Http3Opened *open_blocked(FmDissection *d, Qpack *qpack, const Http3Blocked *b)
{
    Http3Opened *o = fm_arena_alloc0(fm_memo_arena(d), sizeof *o);
    o->block = qpack_decode(qpack, fm_memo_arena(d), b->stream, (FmSlice){ b->bytes, b->size });
    o->stream = b->stream;
    o->frame = b->frame;
    Seen seen = { o->block, b->frame, b->time, fm_direction(d), b->memo, b->promised };
    o->request_in = section_seen(d, b->exchange, &seen, &o->time, &o->report);
    if (b->memo)
        b->memo->opened_in = fm_frame_number(d);
    return o;
}

void http3_follow_encoder(FmDissection *d, Http3Memo *memo, FmSlice instructions)
{
    Http3State *state = fm_state(d);
    if (!state)
        return;
    Http3Side *side = &state->sides[fm_direction(d)];
    Qpack *qpack = qpack_of(state, fm_direction(d));
    memo->required = qpack_inserted(qpack);
    memo->broken = !qpack_follow(qpack, instructions);
    memo->available = qpack_inserted(qpack);
    Http3Opened **last = &memo->opened;
    for (Http3Blocked **at = &side->blocked; *at;) {
        Http3Blocked *b = *at;
        if (b->required > memo->available) {
            at = &b->next;
            continue;
        }
        *last = open_blocked(d, qpack, b);
        last = &(*last)->next;
        *at = b->next;
        side->blocked_count--;
        g_free(b);
    }
    side->blocked_last = &side->blocked;
    while (*side->blocked_last)
        side->blocked_last = &(*side->blocked_last)->next;
}

void http3_release(void *state)
{
    Http3State *s = state;
    for (unsigned i = 0; i < 2; i++) {
        qpack_free(s->sides[i].qpack);
        while (s->sides[i].blocked) {
            Http3Blocked *b = s->sides[i].blocked;
            s->sides[i].blocked = b->next;
            g_free(b);
        }
    }
}
