/* What is remembered of an SCTP association: who sent which TSN when, and when it was acknowledged. */
#include "config.h"

#include "dissectors/transport/sctp.h"

#include <string.h>

enum {
    HALVES = 8,        /* of one flow at a time: ports used again, tags of other associations */
    FIRST_ROOM = 64,   /* TSNs that are remembered, at first … */
    MAX_ROOM = 8192,   /* … and at most: more than any window holds */
};

typedef struct SctpState {
    SctpHalf halves[HALVES];
    unsigned next; /* place of the next new one */
} SctpState;

static void forget_half(SctpHalf *half)
{
    if (half->peer)
        half->peer->peer = NULL;
    sctp_free_parts(half);
    g_free(half->sent);
    *half = (SctpHalf){ 0 };
}

static void release_state(void *state)
{
    SctpState *s = state;
    for (unsigned i = 0; i < HALVES; i++)
        forget_half(&s->halves[i]);
}

/* The newest half without a peer that goes the other way. */
static void find_peer(SctpState *s, SctpHalf *half)
{
    for (unsigned i = 0; i < HALVES; i++) {
        SctpHalf *other = &s->halves[(s->next + HALVES - 1 - i) % HALVES];
        if (other == half || !other->used || other->peer || other->tag == half->tag ||
            other->source_port != half->destination_port || other->destination_port != half->source_port)
            continue;
        half->peer = other;
        other->peer = half;
        return;
    }
}

SctpHalf *sctp_half(FmDissection *d, uint16_t source_port, uint16_t destination_port, uint32_t tag)
{
    if (d->replaying || d->quoting || !d->flow || !tag)
        return NULL;
    FmTableUse before = fm_use(d, &fm_sctp_association);
    SctpState *s = fm_state(d);
    fm_unuse(d, before);
    SctpHalf *half = NULL;
    for (unsigned i = 0; i < HALVES && !half; i++) {
        SctpHalf *h = &s->halves[i];
        if (h->used && h->tag == tag && h->source_port == source_port && h->destination_port == destination_port)
            half = h;
    }
    if (!half) {
        half = &s->halves[s->next++ % HALVES];
        forget_half(half);
        *half = (SctpHalf){ .source_port = source_port, .destination_port = destination_port, .tag = tag, .used = true };
    }
    if (!half->peer)
        find_peer(s, half);
    return half;
}

static void widen(SctpHalf *half)
{
    uint32_t room = half->room ? half->room * 2 : FIRST_ROOM;
    SctpTsn *sent = g_new0(SctpTsn, room);
    for (uint32_t i = 0; i < half->room; i++)
        if (half->sent[i].frame)
            sent[half->sent[i].tsn & (room - 1)] = half->sent[i];
    g_free(half->sent);
    half->sent = sent;
    half->room = room;
}

static SctpTsn *place_of(const SctpHalf *half, uint32_t tsn)
{
    SctpTsn *t = half->room ? &half->sent[tsn & (half->room - 1)] : NULL;
    return t && t->frame && t->tsn == tsn ? t : NULL;
}

SctpTsn *sctp_sent(FmDissection *d, SctpHalf *half, uint32_t tsn)
{
    if (!half->started) {
        half->started = true;
        half->first = half->highest = tsn;
    }
    SctpTsn *t = place_of(half, tsn);
    if (t)
        return t;
    while (half->room < MAX_ROOM && (!half->room || half->sent[tsn & (half->room - 1)].frame))
        widen(half);
    t = &half->sent[tsn & (half->room - 1)];
    *t = (SctpTsn){ .tsn = tsn, .frame = fm_frame_number(d), .time = fm_frame_time(d) };
    if ((int32_t)(tsn - half->highest) > 0)
        half->highest = tsn;
    return t;
}

static void ack(FmDissection *d, SctpTsn *t, SctpAcks *acks)
{
    if (t->acked)
        return;
    t->acked = fm_frame_number(d);
    t->acked_time = fm_frame_time(d);
    FmTime since = t->acked_time - t->time;
    acks->has_time = !t->repeated; /* of the newest: they come in order */
    acks->time = since;
    if (!acks->listed)
        return;
    if (acks->count == acks->room) {
        SctpAcked *old = acks->at;
        acks->room = acks->room ? acks->room * 2 : 8;
        acks->at = fm_arena_alloc(fm_memo_arena(d), acks->room * sizeof *acks->at);
        if (acks->count)
            memcpy(acks->at, old, acks->count * sizeof *old);
    }
    acks->at[acks->count++] = (SctpAcked){ t->tsn, t->frame, since };
}

void sctp_ack_range(FmDissection *d, SctpHalf *half, uint32_t first, uint32_t last, SctpAcks *acks)
{
    if (!half->started)
        return;
    if ((int32_t)(last - half->highest) > 0)
        last = half->highest;
    for (uint32_t tsn = first; (int32_t)(last - tsn) >= 0 && acks->budget; tsn++, acks->budget--) {
        SctpTsn *t = place_of(half, tsn);
        if (t)
            ack(d, t, acks);
    }
}

void sctp_ack_until(FmDissection *d, SctpHalf *half, uint32_t tsn, SctpAcks *acks)
{
    if (!half->started || (int32_t)(tsn - half->highest) > 0)
        return;
    uint32_t first = half->any_acked ? half->acked : half->first;
    if ((int32_t)(tsn - first) >= (int32_t)half->room)
        first = tsn - half->room + 1;
    sctp_ack_range(d, half, first, tsn, acks);
    if (!half->any_acked || (int32_t)(tsn + 1 - half->acked) > 0)
        half->acked = tsn + 1;
    half->any_acked = true;
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_sctp_association = {
    .abbrev = "sctp",
    .title = "SCTP association",
    .dissect = nothing,
    .state_size = sizeof(SctpState),
    .release = release_state,
    .part = true,
};
