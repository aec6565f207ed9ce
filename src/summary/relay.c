/* Packets in batches, from the thread that dissects them to the one that sums them up. */
#include "config.h"

#include "summary/relay.h"

#include <pthread.h>
#include <string.h>

#include "base/arena.h"

enum { BATCHES = 6, MOST_PACKETS = 256, ROOM = 256 * 1024, MOST_VALUE = FM_FLOW_NAME + 1 };

typedef struct Sighting { /* of a packet: what a summary looks at */
    FmPacket packet;
    FmFrame frame;
    FmBuffer values; /* of its nodes, one behind the other */
    bool match;
} Sighting;

typedef struct Batch {
    Sighting *sightings[MOST_PACKETS];
    unsigned count;
    FmArena *arena;
} Batch;

struct FmRelay {
    FmSummary *summary;
    const uint64_t *wanted;
    GThread *thread;
    pthread_mutex_t lock; /* of what follows; not GLib's, which thread sanitizers do not see */
    pthread_cond_t changed;
    uint64_t filled, taken; /* batches ever */
    bool ended;
    Batch batches[BATCHES]; /* a ring: [filled] is being filled, those from taken on wait */
};

/* The next batch that is full, or NULL at the end. */
static const Batch *next_batch(FmRelay *r)
{
    pthread_mutex_lock(&r->lock);
    while (r->taken == r->filled && !r->ended)
        pthread_cond_wait(&r->changed, &r->lock);
    const Batch *batch = r->taken < r->filled ? &r->batches[r->taken % BATCHES] : NULL;
    pthread_mutex_unlock(&r->lock);
    return batch;
}

static void *take_batches(void *data)
{
    FmRelay *r = data;
    for (const Batch *batch; (batch = next_batch(r));) {
        for (unsigned i = 0; i < batch->count; i++)
            fm_summary_packet(r->summary, &batch->sightings[i]->packet, batch->sightings[i]->match);
        pthread_mutex_lock(&r->lock);
        r->taken++;
        pthread_cond_signal(&r->changed); /* one at most waits: this thread does not */
        pthread_mutex_unlock(&r->lock);
    }
    return NULL;
}

FmRelay *fm_relay_new(FmSummary *summary)
{
    FmRelay *r = g_new0(FmRelay, 1);
    r->summary = summary;
    r->wanted = fm_summary_wanted(summary);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    for (unsigned i = 0; i < BATCHES; i++)
        r->batches[i].arena = fm_arena_new(ROOM);
    r->thread = g_thread_new("flows", take_batches, r);
    return r;
}

static Batch *current(FmRelay *r)
{
    return &r->batches[r->filled % BATCHES]; /* only this thread changes `filled` */
}

static bool is_wanted(const FmRelay *r, const FmNode *node)
{
    return r->wanted[node->field / 64] >> node->field % 64 & 1;
}

/* Nodes that the summary wants, with the beginning of their bytes. */
static void copy_nodes(FmRelay *r, Sighting *s, const FmPacket *p)
{
    FmArena *arena = current(r)->arena;
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->node_count; i++)
        count += is_wanted(r, &p->nodes[i]);
    if (!count)
        return;
    FmNode *nodes = fm_arena_alloc(arena, count * sizeof *nodes);
    uint8_t *values = fm_arena_alloc(arena, (size_t)count * MOST_VALUE);
    uint32_t size = 0;
    for (uint32_t i = 0; i < p->node_count; i++) {
        if (!is_wanted(r, &p->nodes[i]))
            continue;
        FmSlice bytes = fm_node_bytes(p, &p->nodes[i]);
        FmNode *node = &nodes[s->packet.node_count++];
        *node = p->nodes[i];
        node->flags &= (uint8_t)~FM_NODE_BLOB;
        node->buffer = 0;
        node->offset = size;
        node->length = (uint32_t)MIN(bytes.size, MOST_VALUE);
        if (node->length)
            memcpy(values + size, bytes.data, node->length);
        size += node->length;
    }
    s->values = (FmBuffer){ { values, size }, NULL };
    s->packet.nodes = nodes;
    s->packet.buffers = &s->values;
    s->packet.buffer_count = 1;
}

static Sighting *copy(FmRelay *r, const FmPacket *p)
{
    FmArena *arena = current(r)->arena;
    Sighting *s = fm_arena_alloc(arena, sizeof *s);
    s->frame = *p->frame;
    s->frame.data = NULL;
    s->packet = (FmPacket){
        .catalog = p->catalog, .frame = &s->frame, .layer_count = p->layer_count,
        .net_source = p->net_source, .net_destination = p->net_destination,
        .source_port = p->source_port, .destination_port = p->destination_port,
        .flow_kind = p->flow_kind, .flow_direction = p->flow_direction, .flow_number = p->flow_number,
        .segment_flow = p->segment_flow,
    };
    s->packet.layers = fm_arena_copy(arena, p->layers, p->layer_count * sizeof *p->layers);
    if (p->segment)
        s->packet.segment = fm_arena_copy(arena, p->segment, sizeof *p->segment);
    if (p->node_count)
        copy_nodes(r, s, p);
    return s;
}

/* Until so many batches, at most, have not been taken in. */
static void wait_until(FmRelay *r, uint64_t most)
{
    while (r->filled - r->taken > most)
        pthread_cond_wait(&r->changed, &r->lock);
}

static void hand_over(FmRelay *r)
{
    pthread_mutex_lock(&r->lock);
    r->filled++;
    pthread_cond_signal(&r->changed);
    wait_until(r, BATCHES - 1);
    pthread_mutex_unlock(&r->lock);
    current(r)->count = 0;
    fm_arena_reset(current(r)->arena);
}

void fm_relay_packet(FmRelay *r, const FmPacket *p, bool match)
{
    Batch *batch = current(r);
    Sighting *s = copy(r, p);
    s->match = match;
    batch->sightings[batch->count++] = s;
    if (batch->count == MOST_PACKETS || fm_arena_size(batch->arena) > ROOM)
        hand_over(r);
}

void fm_relay_wait(FmRelay *r)
{
    hand_over(r);
    pthread_mutex_lock(&r->lock);
    wait_until(r, 0);
    pthread_mutex_unlock(&r->lock);
}

void fm_relay_free(FmRelay *r)
{
    if (!r)
        return;
    hand_over(r);
    pthread_mutex_lock(&r->lock);
    r->ended = true;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
    g_thread_join(r->thread);
    for (unsigned i = 0; i < BATCHES; i++)
        fm_arena_free(r->batches[i].arena);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    g_free(r);
}
