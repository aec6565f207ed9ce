/* Conversations: a hash table of flows, lists by last packet to forget the oldest, and a memory for numbers of flows gone. */
#include "config.h"

#include "flow/flow.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/limits.h"
#include "flow/stream.h"

#define FIRST_ROOM 1024u
#define FORGET_AT_ONCE 4

typedef struct Slot {
    uint64_t hash;
    FmFlow *flow;
} Slot;

typedef struct Ended { /* what is left of a forgotten flow */
    uint64_t hash, residue;
    FmTime first, last;
    uint32_t number;
    bool used;
} Ended;

typedef struct InnerState { /* one protocol's state for one stream */
    FmRecent entry;
    void (*release)(void *state);
    uint64_t bytes[];
} InnerState;

typedef struct List { /* by last packet */
    FmFlow *newest, *oldest;
    size_t count;
} List;

struct FmFlowTable {
    Slot *slots;
    size_t room, used;
    List lists[FM_FLOW_STAGES];
    FmFlow *latest; /* found last: the next packet is often of the same flow */
    FmFlow *spare;
    Ended *ended;
    uint32_t counts[FM_FLOW_KINDS];
    GHashTable *ids; /* of FmFlowId, by itself; NULL until there is one */
    uint64_t seed;
    bool keep;
};

/* Flows of a stage: so many may stay however old, and so many at most; between the two those that were silent for long go. */
static const struct {
    size_t free, most;
    FmTime idle;
} bounds[FM_FLOW_STAGES] = {
    [FM_FLOW_NEW] = { FM_MAX_CLOSED_FLOWS, 4 * FM_MAX_CLOSED_FLOWS, 120 * FM_SECOND },
    [FM_FLOW_OPEN] = { FM_MAX_CLOSED_FLOWS, FM_MAX_OPEN_FLOWS, 7200 * FM_SECOND },
    [FM_FLOW_ENDED] = { FM_MAX_CLOSED_FLOWS / 4, FM_MAX_CLOSED_FLOWS, 60 * FM_SECOND },
};

FmFlowTable *fm_flow_table_new(bool keep)
{
    FmFlowTable *table = g_new0(FmFlowTable, 1);
    table->room = FIRST_ROOM;
    table->slots = g_new0(Slot, table->room);
    table->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    table->keep = keep;
    return table;
}

static void free_inner_state(FmFlow *flow, InnerState *state)
{
    fm_recent_remove(&flow->inner->states, flow->hash, &state->entry);
    if (state->release)
        state->release(state->bytes);
    g_free(state);
}

void fm_flow_end_stream(FmFlow *flow, FmStream *stream)
{
    fm_recent_remove(&flow->inner->streams, flow->hash, &stream->entry);
    flow->inner->bytes -= fm_stream_size(stream);
    fm_stream_release(stream);
    g_free(stream);
}

static void give_back_inner(FmFlow *flow)
{
    FmInner *inner = flow->inner;
    if (!inner)
        return;
    while (inner->streams.newest)
        fm_flow_end_stream(flow, (FmStream *)inner->streams.newest);
    while (inner->states.newest)
        free_inner_state(flow, (InnerState *)inner->states.newest);
    fm_recent_clear(&inner->streams);
    fm_recent_clear(&inner->states);
    g_free(inner);
    flow->inner = NULL;
}

static unsigned hash_id(const void *key)
{
    return (unsigned)((const FmFlowId *)key)->hash;
}

static int same_id(const void *a, const void *b)
{
    const FmFlowId *x = a, *y = b;
    return x->hash == y->hash && x->kind == y->kind && x->size == y->size && memcmp(x->bytes, y->bytes, x->size) == 0;
}

static FmFlowId make_id(const FmFlowTable *table, unsigned kind, const uint8_t *id, unsigned size)
{
    FmFlowId key = { .kind = (uint8_t)kind, .size = (uint8_t)size };
    memcpy(key.bytes, id, size);
    key.hash = XXH3_64bits_withSeed(id, size, table->seed);
    return key;
}

static void unbind(FmFlowTable *table, FmFlowId *id)
{
    FmFlowId **at = &id->flow->ids;
    while (*at != id)
        at = &(*at)->next;
    *at = id->next;
    id->flow->id_count--;
    g_hash_table_remove(table->ids, id);
    g_free(id);
}

void fm_flow_bind_id(FmFlowTable *table, FmFlow *flow, unsigned kind, const uint8_t *id, unsigned size, uint8_t owner)
{
    if (!size || size > FM_FLOW_ID_SIZE)
        return;
    if (!table->ids)
        table->ids = g_hash_table_new(hash_id, same_id);
    FmFlowId key = make_id(table, kind, id, size);
    FmFlowId *there = g_hash_table_lookup(table->ids, &key);
    if (there && there->flow == flow) {
        there->owner = owner;
        return;
    }
    if (there)
        unbind(table, there);
    if (flow->id_count >= FM_MAX_FLOW_IDS) {
        FmFlowId *oldest = flow->ids;
        while (oldest->next)
            oldest = oldest->next;
        unbind(table, oldest);
    }
    FmFlowId *made = g_new(FmFlowId, 1);
    *made = key;
    made->flow = flow;
    made->owner = owner;
    made->next = flow->ids;
    flow->ids = made;
    flow->id_count++;
    g_hash_table_add(table->ids, made);
}

const FmFlowId *fm_flow_bound_id(const FmFlowTable *table, unsigned kind, const uint8_t *id, unsigned size)
{
    if (!table->ids || !size || size > FM_FLOW_ID_SIZE)
        return NULL;
    FmFlowId key = make_id(table, kind, id, size);
    return g_hash_table_lookup(table->ids, &key);
}

static void give_back(FmFlowTable *table, FmFlow *flow)
{
    while (flow->ids)
        unbind(table, flow->ids);
    for (FmFlowState *s = flow->states, *next; s; s = next) {
        next = s->next;
        if (s->release)
            s->release(s->bytes);
        g_free(s);
    }
    give_back_inner(flow);
    fm_arena_free(flow->arena);
    flow->states = NULL;
    flow->arena = NULL;
}

void fm_flow_table_free(FmFlowTable *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->room; i++)
        if (table->slots[i].flow) {
            give_back(table, table->slots[i].flow);
            g_free(table->slots[i].flow);
        }
    for (FmFlow *f = table->spare, *next; f; f = next) {
        next = f->older;
        g_free(f);
    }
    if (table->ids)
        g_hash_table_unref(table->ids);
    g_free(table->slots);
    g_free(table->ended);
    g_free(table);
}

/* An address of up to 16 bytes as two words, zeros behind it. Words, here and where keys are compared, because a read of several parts
 * that were just written one by one has to wait for them. */
static inline void load_address(uint64_t words[2], const uint8_t *address, unsigned size)
{
    uint32_t four;
    words[0] = words[1] = 0;
    if (size == 4) {
        memcpy(&four, address, 4);
        words[0] = GUINT64_TO_LE((uint64_t)GUINT32_FROM_LE(four));
    } else if (size == 16) {
        memcpy(&words[0], address, 8);
        memcpy(&words[1], address + 8, 8);
    } else {
        memcpy(words, address, size);
    }
}

/* Two numbers, one behind the other in memory. */
static inline uint64_t pair(uint32_t first, uint32_t second)
{
    return G_BYTE_ORDER == G_LITTLE_ENDIAN ? first | (uint64_t)second << 32 : (uint64_t)first << 32 | second;
}

/* As memcmp has it, the first byte counting most, and without branches: which end sends is anyone's guess. */
static inline uint64_t is_greater(const uint64_t a[2], const uint64_t b[2], bool where_equal)
{
    uint64_t a0 = GUINT64_FROM_BE(a[0]), a1 = GUINT64_FROM_BE(a[1]), b0 = GUINT64_FROM_BE(b[0]), b1 = GUINT64_FROM_BE(b[1]);
    return (a0 > b0) | ((a0 == b0) & ((a1 > b1) | ((a1 == b1) & where_equal)));
}

void fm_flow_key(FmFlowKey *key, FmFlowKind kind, const uint8_t *source, const uint8_t *destination, unsigned address_size,
                 uint32_t source_port, uint32_t destination_port, unsigned *direction)
{
    uint64_t from[2], to[2];
    load_address(from, source, address_size);
    load_address(to, destination, address_size);
    uint64_t swap = is_greater(from, to, source_port > destination_port), mask = 0 - swap;
    uint64_t changes[2] = { (from[0] ^ to[0]) & mask, (from[1] ^ to[1]) & mask };
    uint32_t change = (source_port ^ destination_port) & (uint32_t)mask;
    uint64_t low[2] = { from[0] ^ changes[0], from[1] ^ changes[1] }, high[2] = { to[0] ^ changes[0], to[1] ^ changes[1] };
    uint64_t ports = pair(source_port ^ change, destination_port ^ change);
    uint64_t rest = GUINT64_TO_LE((uint64_t)(uint8_t)kind | (uint64_t)(uint8_t)address_size << 8);
    memcpy(key->low, &low[0], 8);
    memcpy(key->low + 8, &low[1], 8);
    memcpy(key->high, &high[0], 8);
    memcpy(key->high + 8, &high[1], 8);
    memcpy(&key->low_port, &ports, 8); /* and high_port, */
    memcpy(&key->kind, &rest, 8);      /* and all that follows */
    *direction = (unsigned)swap;
}

static inline uint64_t differing_words(const uint8_t *a, const uint8_t *b)
{
    uint64_t x[2], y[2];
    memcpy(&x[0], a, 8);
    memcpy(&x[1], a + 8, 8);
    memcpy(&y[0], b, 8);
    memcpy(&y[1], b + 8, 8);
    return (x[0] ^ y[0]) | (x[1] ^ y[1]);
}

G_STATIC_ASSERT(offsetof(FmFlowKey, high_port) == offsetof(FmFlowKey, low_port) + 4);
G_STATIC_ASSERT(offsetof(FmFlowKey, kind) + 8 == sizeof(FmFlowKey));

static inline bool same_key(const FmFlowKey *a, const FmFlowKey *b)
{
    return a->low_port == b->low_port && a->high_port == b->high_port && a->kind == b->kind && a->address_size == b->address_size &&
           !(differing_words(a->low, b->low) | differing_words(a->high, b->high));
}

static void unlink_flow(List *list, FmFlow *flow)
{
    *(flow->newer ? &flow->newer->older : &list->newest) = flow->older;
    *(flow->older ? &flow->older->newer : &list->oldest) = flow->newer;
    list->count--;
}

static void link_newest(List *list, FmFlow *flow)
{
    flow->newer = NULL;
    flow->older = list->newest;
    *(list->newest ? &list->newest->newer : &list->oldest) = flow;
    list->newest = flow;
    list->count++;
}

static Slot *find_slot(const FmFlowTable *table, const FmFlowKey *key, uint64_t hash)
{
    size_t at = hash & (table->room - 1);
    for (; table->slots[at].flow; at = (at + 1) & (table->room - 1))
        if (table->slots[at].hash == hash && (!key || same_key(&table->slots[at].flow->key, key)))
            break;
    return &table->slots[at];
}

static void grow(FmFlowTable *table)
{
    Slot *old = table->slots;
    size_t old_room = table->room;
    table->room *= 2;
    table->slots = g_new0(Slot, table->room);
    for (size_t i = 0; i < old_room; i++) {
        if (!old[i].flow)
            continue;
        size_t at = old[i].hash & (table->room - 1);
        while (table->slots[at].flow)
            at = (at + 1) & (table->room - 1);
        table->slots[at] = old[i];
    }
    g_free(old);
}

/* Linear probing without tombstones: entries behind the hole move up. */
static void empty_slot(FmFlowTable *table, size_t hole)
{
    size_t mask = table->room - 1;
    for (size_t at = (hole + 1) & mask; table->slots[at].flow; at = (at + 1) & mask) {
        size_t home = table->slots[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            table->slots[hole] = table->slots[at];
            hole = at;
        }
    }
    table->slots[hole] = (Slot){ 0 };
    table->used--;
}

static void forget(FmFlowTable *table, FmFlow *flow)
{
    if (!table->ended)
        table->ended = g_new0(Ended, FM_MAX_ENDED_FLOWS);
    table->ended[flow->hash >> 32 & (FM_MAX_ENDED_FLOWS - 1)] =
        (Ended){ flow->hash, flow->residue, flow->first, flow->last, flow->number, true };
    unlink_flow(&table->lists[flow->stage], flow);
    empty_slot(table, (size_t)(find_slot(table, &flow->key, flow->hash) - table->slots));
    give_back(table, flow);
    if (table->latest == flow)
        table->latest = NULL;
    flow->older = table->spare;
    table->spare = flow;
}

static void forget_oldest(FmFlowTable *table, FmTime now)
{
    for (unsigned stage = 0; stage < FM_FLOW_STAGES; stage++) {
        List *list = &table->lists[stage];
        for (unsigned i = 0; i < FORGET_AT_ONCE && list->oldest; i++) {
            bool old = now != FM_TIME_NONE && list->oldest->last != FM_TIME_NONE && now - list->oldest->last > bounds[stage].idle;
            if (list->count <= bounds[stage].free || (!old && list->count <= bounds[stage].most))
                break;
            forget(table, list->oldest);
        }
    }
}

static FmFlow *make(FmFlowTable *table, const FmFlowKey *key, uint64_t hash, FmTime now)
{
    if (!table->keep)
        forget_oldest(table, now);
    if ((table->used + 1) * 3 > table->room * 2)
        grow(table);
    FmFlow *flow = table->spare;
    if (flow)
        table->spare = flow->older;
    else
        flow = g_new(FmFlow, 1);
    *flow = (FmFlow){ .key = *key, .hash = hash, .first = now, .last = now };
    Ended *ended = table->ended ? &table->ended[hash >> 32 & (FM_MAX_ENDED_FLOWS - 1)] : NULL;
    if (ended && ended->used && ended->hash == hash) {
        flow->number = ended->number;
        flow->first = ended->first;
        flow->last = ended->last;
        flow->residue = ended->residue;
    } else {
        flow->number = table->counts[key->kind]++;
    }
    *find_slot(table, key, hash) = (Slot){ hash, flow };
    table->used++;
    link_newest(&table->lists[flow->stage], flow);
    return flow;
}

FmFlow *fm_flow_get(FmFlowTable *table, const FmFlowKey *key, FmTime now)
{
    FmFlow *flow = table->latest;
    if (flow && same_key(&flow->key, key))
        return flow;
    uint64_t hash = XXH3_64bits_withSeed(key, sizeof *key, table->seed);
    flow = find_slot(table, key, hash)->flow;
    if (!flow) {
        flow = make(table, key, hash, now);
    } else if (table->lists[flow->stage].newest != flow) {
        __builtin_prefetch(flow->states); /* of what will be asked for next */
        __builtin_prefetch(flow->inner);
        unlink_flow(&table->lists[flow->stage], flow);
        link_newest(&table->lists[flow->stage], flow);
    }
    table->latest = flow;
    return flow;
}

FmFlow *fm_flow_find(const FmFlowTable *table, const FmFlowKey *key)
{
    return find_slot(table, key, XXH3_64bits_withSeed(key, sizeof *key, table->seed))->flow;
}

FmFlow *fm_flow_make(FmFlowTable *table, FmFlowKind kind, FmTime now)
{
    FmFlowKey key = { .kind = (uint8_t)kind };
    key.low_port = table->counts[kind];
    return fm_flow_get(table, &key, now);
}

FmFlow *fm_flow_renew(FmFlowTable *table, FmFlow *flow, FmTime now)
{
    give_back(table, flow);
    flow->number = table->counts[flow->key.kind]++;
    flow->first = flow->last = now;
    flow->packets[0] = flow->packets[1] = 0;
    flow->residue = 0;
    flow->protocol = 0;
    fm_flow_set_stage(table, flow, FM_FLOW_NEW);
    return flow;
}

void fm_flow_set_stage(FmFlowTable *table, FmFlow *flow, FmFlowStage stage)
{
    if (flow->stage == stage)
        return;
    unlink_flow(&table->lists[flow->stage], flow);
    flow->stage = (uint8_t)stage;
    link_newest(&table->lists[stage], flow);
}

void *fm_flow_state(FmFlow *flow, unsigned protocol, size_t size, void (*release)(void *state))
{
    FmFlowState **at = &flow->states; /* the lower protocols come first: they ask most often */
    for (; *at; at = &(*at)->next)
        if ((*at)->protocol == protocol)
            return (*at)->bytes;
    FmFlowState *s = g_malloc0(sizeof(FmFlowState) + size);
    s->protocol = protocol;
    s->release = release;
    *at = s;
    return s->bytes;
}

const void *fm_flow_known_state(const FmFlow *flow, unsigned protocol)
{
    for (const FmFlowState *s = flow->states; s; s = s->next)
        if (s->protocol == protocol)
            return s->bytes;
    return NULL;
}

static FmInner *inner_of(FmFlow *flow)
{
    if (!flow->inner)
        flow->inner = g_new0(FmInner, 1);
    return flow->inner;
}

void *fm_flow_stream_state(FmFlow *flow, unsigned protocol, uint64_t number, size_t size, void (*release)(void *state))
{
    FmInner *inner = inner_of(flow);
    InnerState *state = (InnerState *)fm_recent_find(&inner->states, flow->hash, number, protocol);
    if (state)
        return state->bytes;
    if (inner->states.count >= FM_MAX_STREAMS)
        free_inner_state(flow, (InnerState *)fm_recent_oldest(&inner->states));
    state = g_malloc0(sizeof(InnerState) + size);
    state->entry = (FmRecent){ .number = number, .kind = protocol };
    state->release = release;
    fm_recent_add(&inner->states, flow->hash, &state->entry);
    return state->bytes;
}

void fm_flow_stream_ended(FmFlow *flow, unsigned protocol, uint64_t number)
{
    FmRecent *state = flow->inner ? fm_recent_find(&flow->inner->states, flow->hash, number, protocol) : NULL;
    if (state)
        free_inner_state(flow, (InnerState *)state);
}

FmStream *fm_flow_stream(FmFlow *flow, uint64_t number, uint32_t kind, bool *crowded)
{
    FmInner *inner = inner_of(flow);
    FmStream *s = (FmStream *)fm_recent_find(&inner->streams, flow->hash, number, kind);
    if (s)
        return s;
    FmRecent *oldest = inner->streams.count >= FM_MAX_STREAMS ? fm_recent_oldest(&inner->streams) : NULL;
    if (oldest)
        fm_flow_end_stream(flow, (FmStream *)oldest);
    *crowded = oldest;
    s = g_new0(FmStream, 1);
    s->entry = (FmRecent){ .number = number, .kind = kind };
    fm_recent_add(&inner->streams, flow->hash, &s->entry);
    return s;
}

uint32_t fm_flow_count(const FmFlowTable *table, FmFlowKind kind)
{
    return table->counts[kind];
}

size_t fm_flow_live(const FmFlowTable *table)
{
    return table->used;
}

FmArena *fm_flow_arena(FmFlow *flow)
{
    if (!flow->arena)
        flow->arena = fm_arena_new(1024);
    return flow->arena;
}
