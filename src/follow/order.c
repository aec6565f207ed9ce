/* Segments in order, as far as they were captured. */
#include "config.h"

#include "follow/order.h"

#include <string.h>

#include "base/limits.h"

typedef struct Held { /* a segment above a hole */
    struct Held *next;
    FmTime time;
    uint32_t packet, sequence, size, length; /* captured, and on the wire */
    uint8_t bytes[];
} Held;

typedef struct Side {
    uint32_t expected;     /* sequence number of the next byte */
    uint32_t acknowledged; /* by the other side, where it goes beyond what is here */
    bool started, has_acknowledged;
    Held *held;            /* in order of sequence numbers */
    size_t held_size;
    uint32_t held_count;
} Side;

struct FmFollowOrder {
    Side sides[2];
    FmFollowSegment fresh; /* not handed over yet; no bytes: none */
    uint32_t packet;       /* of the latest segment */
    FmTime time;
    bool finished;
    Held *lent;            /* its bytes are with the caller */
};

FmFollowOrder *fm_follow_order_new(void)
{
    return g_new0(FmFollowOrder, 1);
}

void fm_follow_order_free(FmFollowOrder *order)
{
    if (!order)
        return;
    for (unsigned i = 0; i < 2; i++)
        for (Held *held = order->sides[i].held, *next; held; held = next) {
            next = held->next;
            g_free(held);
        }
    g_free(order->lent);
    g_free(order);
}

static int32_t distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

static void hold(Side *side, const FmFollowSegment *s)
{
    Held *held = g_malloc(sizeof *held + s->bytes.size);
    *held = (Held){ .time = s->time, .packet = s->packet, .sequence = s->sequence, .size = (uint32_t)s->bytes.size, .length = s->length };
    memcpy(held->bytes, s->bytes.data, s->bytes.size);
    Held **at = &side->held;
    while (*at && distance((*at)->sequence, s->sequence) >= 0)
        at = &(*at)->next;
    held->next = *at;
    *at = held;
    side->held_size += s->bytes.size;
    side->held_count++;
}

/* What is acknowledged was received: the other side's holes below that are no longer waited for. */
static void acknowledge(Side *side, const FmFollowSegment *s)
{
    if (!s->ack || !side->started)
        return;
    if (!side->has_acknowledged || distance(side->acknowledged, s->acknowledged) > 0)
        side->acknowledged = s->acknowledged;
    side->has_acknowledged = true;
}

/* Cuts off what was handed over before. */
static void cut(const Side *side, FmFollowSegment *s)
{
    int32_t known = distance(s->sequence, side->expected);
    if (known <= 0)
        return;
    size_t skip = MIN((size_t)known, s->bytes.size);
    s->bytes = (FmSlice){ s->bytes.data + skip, s->bytes.size - skip };
    s->length -= MIN((uint32_t)known, s->length);
    s->sequence += (uint32_t)known;
}

void fm_follow_order_segment(FmFollowOrder *order, const FmFollowSegment *segment)
{
    FmFollowSegment s = *segment;
    Side *side = &order->sides[s.side];
    order->packet = s.packet;
    order->time = s.time;
    acknowledge(&order->sides[!s.side], &s);
    if (s.syn)
        s.sequence++;
    if (!side->started) {
        side->started = true;
        side->expected = s.sequence;
    }
    cut(side, &s);
    order->fresh = s;
}

void fm_follow_order_finish(FmFollowOrder *order)
{
    order->finished = true;
}

static void fill(FmFollowChunk *chunk, FmSlice bytes, uint64_t cut, uint32_t packet, FmTime time, unsigned side)
{
    *chunk = (FmFollowChunk){ .bytes = bytes, .cut = cut, .packet = packet, .time = time, .side = (uint8_t)side };
}

/* A segment that was held and whose turn has come. */
static bool next_held(FmFollowOrder *order, unsigned i, FmFollowChunk *chunk)
{
    Side *side = &order->sides[i];
    while (side->held && distance(side->expected, side->held->sequence) <= 0) {
        Held *held = side->held;
        side->held = held->next;
        side->held_size -= held->size;
        side->held_count--;
        uint32_t known = side->expected - held->sequence;
        if (known >= held->length || known >= held->size) {
            side->expected += held->length - MIN(known, held->length);
            g_free(held);
            continue;
        }
        side->expected += held->length - known;
        order->lent = held;
        fill(chunk, (FmSlice){ held->bytes + known, held->size - known }, held->length - held->size, held->packet, held->time, i);
        return true;
    }
    return false;
}

/* A hole that nobody will fill. */
static bool next_hole(FmFollowOrder *order, unsigned i, FmFollowChunk *chunk)
{
    Side *side = &order->sides[i];
    bool full = side->held_size > FM_MAX_HELD || side->held_count > FM_MAX_HELD_PIECES;
    if (!side->held)
        return false;
    bool received = side->has_acknowledged && distance(side->held->sequence, side->acknowledged) > 0;
    if (!received && !full && !order->finished)
        return false;
    fill(chunk, (FmSlice){ NULL, 0 }, 0, order->packet, order->time, i);
    chunk->missing = side->held->sequence - side->expected;
    side->expected = side->held->sequence;
    return true;
}

static bool next_fresh(FmFollowOrder *order, FmFollowChunk *chunk)
{
    FmFollowSegment s = order->fresh;
    Side *side = &order->sides[s.side];
    order->fresh.bytes.size = order->fresh.length = 0;
    if (!s.length)
        return false;
    if (distance(side->expected, s.sequence) > 0) {
        hold(side, &s);
        return false;
    }
    cut(side, &s); /* a hole was given up in between */
    side->expected += s.length;
    if (!s.bytes.size)
        return false;
    fill(chunk, s.bytes, s.length - MIN(s.bytes.size, s.length), s.packet, s.time, s.side);
    return true;
}

bool fm_follow_order_next(FmFollowOrder *order, FmFollowChunk *chunk)
{
    g_clear_pointer(&order->lent, g_free);
    unsigned other = !order->fresh.side;
    for (unsigned i = 0; i < 2; i++) /* what this segment acknowledges comes before what it brings */
        if ((i == other || order->finished) && (next_held(order, i, chunk) || next_hole(order, i, chunk)))
            return true;
    if (next_fresh(order, chunk))
        return true;
    return next_held(order, !other, chunk) || next_hole(order, !other, chunk);
}
