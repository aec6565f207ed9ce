/* Where a packet belongs: addresses, flows, and the state and memos kept for them. */
#include "config.h"

#include <string.h>

#include "engine/visit.h"

/* Words, the first byte lowest. No member is read as a part of what was just written, nor the other way round: the processor would
 * wait for that. */
static inline uint64_t word_of(const uint8_t *bytes, unsigned size)
{
    uint64_t all;
    uint32_t low;
    uint16_t high = 0;
    if (size == 8) {
        memcpy(&all, bytes, 8);
        return GUINT64_FROM_LE(all);
    }
    memcpy(&low, bytes, 4);
    if (size == 6)
        memcpy(&high, bytes + 4, 2);
    return GUINT32_FROM_LE(low) | (uint64_t)GUINT16_FROM_LE(high) << 32;
}

static inline void put_address(FmAddress *to, FmAddressType type, uint64_t first, uint64_t second)
{
    first = GUINT64_TO_LE(first);
    second = GUINT64_TO_LE(second);
    to->type = type;
    memcpy(to->bytes, &first, 8);
    memcpy(to->bytes + 8, &second, 8);
    to->text = NULL;
}

void fm_link_addresses(FmDissection *d, const uint8_t *source, const uint8_t *destination)
{
    FmPacket *p = d->packet;
    uint64_t from = word_of(source, 6), to = word_of(destination, 6);
    put_address(&p->link_source, FM_ADDRESS_ETHER, from, 0);
    put_address(&p->link_destination, FM_ADDRESS_ETHER, to, 0);
    if (!d->quoting) {
        put_address(&p->source, FM_ADDRESS_ETHER, from, 0);
        put_address(&p->destination, FM_ADDRESS_ETHER, to, 0);
    }
}

void fm_net_addresses(FmDissection *d, const uint8_t *source, const uint8_t *destination, unsigned size)
{
    FmPacket *p = d->packet;
    FmAddressType type = size == 4 ? FM_ADDRESS_IPV4 : FM_ADDRESS_IPV6;
    bool narrow = size == 4;
    uint64_t from = narrow ? word_of(source, 4) : word_of(source, 8), from_more = narrow ? 0 : word_of(source + 8, 8);
    uint64_t to = narrow ? word_of(destination, 4) : word_of(destination, 8), to_more = narrow ? 0 : word_of(destination + 8, 8);
    put_address(&p->net_source, type, from, from_more);
    put_address(&p->net_destination, type, to, to_more);
    if (!d->quoting) {
        put_address(&p->source, type, from, from_more);
        put_address(&p->destination, type, to, to_more);
    }
}

typedef struct FlowMemo {
    uint32_t number;
    uint8_t direction;
    FmTime first, previous;
} FlowMemo;

static FmFlowUse flow_now(const FmDissection *d)
{
    return (FmFlowUse){ d->flow, d->flow_memo, d->flow_first, d->flow_previous, d->flow_number, d->flow_kind, d->direction };
}

/* The layer at hand changes the flow: its end restores what is now. */
static void keep_flow(FmDissection *d)
{
    if (d->kept && d->kept->nesting == d->nesting)
        return;
    FmFlowKept *kept = fm_arena_alloc(d->arena, sizeof *kept);
    *kept = (FmFlowKept){ d->kept, flow_now(d), d->nesting };
    d->kept = kept;
}

void fm_visit_return_flow(FmDissection *d)
{
    fm_flow_leave(d, d->kept->flow);
    d->kept = d->kept->outer;
}

static inline void put_key(FmFlowKey *key, const FmPacket *p, FmFlowKind kind, uint64_t source_port, uint64_t destination_port,
                           unsigned *direction)
{
    unsigned size = p->net_source.type == FM_ADDRESS_IPV4 ? 4 : p->net_source.type == FM_ADDRESS_IPV6 ? 16 : 0;
    fm_flow_key(key, kind, p->net_source.bytes, p->net_destination.bytes, size, (uint32_t)source_port, (uint32_t)destination_port, direction);
}

uint32_t fm_flow(FmDissection *d, FmFlowKind kind, uint64_t source_port, uint64_t destination_port)
{
    keep_flow(d);
    d->flow = NULL;
    d->flow_kind = FM_FLOW_NONE;
    FmPacket *p = d->packet;
    if (d->quoting) {
        unsigned direction;
        FmFlowKey key;
        put_key(&key, p, kind, source_port, destination_port, &direction);
        d->quoted = d->replaying ? NULL : fm_flow_find(d->visit->flows, &key);
        return 0;
    }
    if (kind <= FM_FLOW_DCCP) {
        p->source_port = (uint32_t)source_port;
        p->destination_port = (uint32_t)destination_port;
        p->has_ports = true;
    }
    FlowMemo *memo = fm_visit_memo(d, sizeof(FlowMemo), true);
    d->flow_memo = memo;
    if (!d->replaying) {
        unsigned direction;
        FmFlowKey key;
        put_key(&key, p, kind, source_port, destination_port, &direction);
        FmTime now = p->frame->time;
        FmFlow *flow = fm_flow_get(d->visit->flows, &key, now);
        bool fresh = flow->packets[0] + flow->packets[1] == 0 && flow->first == now && flow->last == now;
        *memo = (FlowMemo){ flow->number, (uint8_t)direction, flow->first, fresh ? FM_TIME_NONE : flow->last };
        flow->last = now;
        flow->packets[direction]++;
        d->flow = flow;
    }
    d->flow_kind = (uint8_t)kind;
    d->flow_number = memo->number;
    d->direction = memo->direction;
    d->flow_first = memo->first;
    d->flow_previous = memo->previous;
    if (kind <= FM_FLOW_DCCP) {
        p->flow_kind = (uint8_t)kind;
        p->flow_direction = memo->direction;
        p->flow_number = memo->number;
    }
    return memo->number;
}

void fm_flow_restart(FmDissection *d)
{
    if (!d->flow)
        return;
    FmFlow *flow = fm_flow_renew(d->visit->flows, d->flow, d->packet->frame->time);
    flow->packets[d->direction] = 1;
    d->flow_number = flow->number;
    if (d->flow_kind <= FM_FLOW_DCCP)
        d->packet->flow_number = flow->number;
    d->flow_first = flow->first;
    d->flow_previous = FM_TIME_NONE;
    *(FlowMemo *)d->flow_memo = (FlowMemo){ flow->number, d->direction, flow->first, FM_TIME_NONE };
}

const FmFlowId *fm_flow_id(const FmDissection *d, unsigned kind, const uint8_t *id, unsigned size)
{
    g_assert(!d->replaying);
    return d->quoting ? NULL : fm_flow_bound_id(d->visit->flows, kind, id, size);
}

FmFlow *fm_flow_new(FmDissection *d, FmFlowKind kind)
{
    g_assert(!d->replaying);
    return d->quoting ? NULL : fm_flow_make(d->visit->flows, kind, d->packet->frame->time);
}

void fm_flow_name(FmDissection *d, FmFlow *flow, unsigned kind, const uint8_t *id, unsigned size, uint8_t owner)
{
    if (!d->replaying && flow)
        fm_flow_bind_id(d->visit->flows, flow, kind, id, size, owner);
}

FmFlow *fm_flow_announced(FmDissection *d, unsigned kind, const uint8_t *id, unsigned size)
{
    g_assert(!d->replaying);
    if (d->quoting)
        return NULL;
    FmFlowTable *flows = d->visit->flows;
    const FmFlowId *known = fm_flow_bound_id(flows, kind, id, size);
    FmFlow *flow = known ? known->flow : fm_flow_make(flows, FM_FLOW_ANNOUNCED, d->packet->frame->time);
    fm_flow_set_stage(flows, flow, FM_FLOW_OPEN);
    if (!known)
        fm_flow_bind_id(flows, flow, kind, id, size, 0);
    return flow;
}

FmFlowUse fm_flow_enter(FmDissection *d, FmFlow *flow, FmFlowKind kind, uint32_t number, unsigned direction)
{
    keep_flow(d);
    FmFlowUse before = flow_now(d);
    if (flow) {
        FmTime now = d->packet->frame->time;
        fm_flow_get(d->visit->flows, &flow->key, now);
        flow->last = now;
        flow->packets[direction]++;
    }
    d->flow = flow;
    d->flow_memo = NULL;
    d->flow_number = number;
    d->flow_kind = (uint8_t)kind;
    d->direction = (uint8_t)direction;
    d->flow_first = flow ? flow->first : FM_TIME_NONE;
    d->flow_previous = FM_TIME_NONE;
    return before;
}

void fm_flow_leave(FmDissection *d, FmFlowUse before)
{
    d->flow = before.flow;
    d->flow_memo = before.memo;
    d->flow_first = before.first;
    d->flow_previous = before.previous;
    d->flow_number = before.number;
    d->flow_kind = before.kind;
    d->direction = before.direction;
}

void fm_flow_stage(FmDissection *d, FmFlowStage stage)
{
    if (d->flow)
        fm_flow_set_stage(d->visit->flows, d->flow, stage);
}

void *fm_state(FmDissection *d)
{
    g_assert(!d->replaying);
    if (!d->flow)
        return NULL;
    const FmProtocol *p = fm_catalog_protocol_at(d->catalog, d->protocol);
    return fm_flow_state(d->flow, d->protocol, p->state_size, p->release);
}

const void *fm_quoted_state(const FmDissection *d)
{
    return d->quoting && d->quoted ? fm_flow_known_state(d->quoted, d->protocol) : NULL;
}

void *fm_stream_state(FmDissection *d, uint64_t number)
{
    g_assert(!d->replaying);
    if (!d->flow)
        return NULL;
    const FmProtocol *p = fm_catalog_protocol_at(d->catalog, d->protocol);
    return fm_flow_stream_state(d->flow, d->protocol, number, p->stream_state_size, p->stream_release);
}

void fm_stream_state_end(FmDissection *d, uint64_t number)
{
    if (d->flow)
        fm_flow_stream_ended(d->flow, d->protocol, number);
}

bool fm_flow_met(const FmDissection *d, const FmProtocol *protocol)
{
    if (!d->flow || d->quoting)
        return false;
    return fm_flow_known_state(d->flow, fm_catalog_number(d->catalog, protocol));
}

void *fm_visit_kept_memo(FmDissection *d, size_t size, bool final)
{
    FmVisit *v = d->visit;
    if (d->replaying) {
        uint32_t i = v->memo_count++;
        if (v->given && i < v->given->count)
            return v->given->at[i];
        v->mismatch = true;
        return fm_arena_alloc0(d->arena, size);
    }
    void *memo = fm_arena_alloc0(final ? d->arena : v->memo_arena, size);
    if (v->memo_count == v->memo_room) {
        v->memo_room = v->memo_room ? v->memo_room * 2 : 32;
        v->memos = g_renew(FmMemo, v->memos, v->memo_room);
    }
    v->memos[v->memo_count++] = (FmMemo){ memo, (uint32_t)size, final };
    return memo;
}

void *fm_memo(FmDissection *d)
{
    const FmProtocol *p = fm_catalog_protocol_at(d->catalog, d->protocol);
    return fm_visit_memo(d, p->memo_size, p->memo_final);
}

FmArena *fm_memo_arena(FmDissection *d)
{
    g_assert(!d->replaying);
    return d->visit->memo_arena ? d->visit->memo_arena : d->arena;
}

void fm_visit_bury(FmDissection *d, void *memory)
{
    FmGrave *grave = fm_arena_alloc(d->arena, sizeof *grave);
    *grave = (FmGrave){ d->visit->graves, memory };
    d->visit->graves = grave;
}
