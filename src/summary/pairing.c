/* Packets of two captures, known again by their numbers. */
#include "config.h"

#include "summary/pairing.h"

#include <string.h>

#include <glib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { CAPTURES = 2 };
#define SLACK FM_SECOND /* at the ends of the time that both captures cover */

typedef struct Seen {
    uint64_t key, packet;
    FmTime time;
    uint32_t flow;
    uint32_t other;   /* 1 + index of its match in the other capture; 0: none */
    uint8_t direction;
} Seen;

struct FmPairing {
    GArray *seen[CAPTURES];
    uint64_t seed;
    GArray *flows; /* of FmPairingFlow */
};

FmPairing *fm_pairing_new(void)
{
    FmPairing *p = g_new0(FmPairing, 1);
    for (unsigned i = 0; i < CAPTURES; i++)
        p->seen[i] = g_array_new(FALSE, FALSE, sizeof(Seen));
    p->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    p->flows = g_array_new(FALSE, TRUE, sizeof(FmPairingFlow));
    return p;
}

void fm_pairing_free(FmPairing *p)
{
    if (!p)
        return;
    for (unsigned i = 0; i < CAPTURES; i++)
        g_array_unref(p->seen[i]);
    g_array_unref(p->flows);
    g_free(p);
}

void fm_pairing_add(FmPairing *p, unsigned capture, uint32_t flow, uint64_t packet, const FmSegment *s)
{
    uint32_t numbers[] = { s->seq, s->ack, s->length, s->flags & 0x3f, s->timestamps ? s->tsval : 0, s->timestamps ? s->tsecr : 0, s->ip_id, s->window };
    Seen seen = { .key = XXH3_64bits_withSeed(numbers, sizeof numbers, p->seed), .packet = packet, .time = s->time, .flow = flow, .direction = s->direction & 1 };
    if (p->seen[capture]->len < FM_PAIRING_MOST && s->time != FM_TIME_NONE)
        g_array_append_val(p->seen[capture], seen);
}

static Seen *seen_at(const FmPairing *p, unsigned capture, uint32_t i)
{
    return &g_array_index(p->seen[capture], Seen, i);
}

static int by_key(gconstpointer a, gconstpointer b, gpointer data)
{
    const Seen *seen = data;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    if (seen[i].key != seen[k].key)
        return seen[i].key < seen[k].key ? -1 : 1;
    return (i > k) - (i < k);
}

static uint32_t *sorted(const FmPairing *p, unsigned capture)
{
    uint32_t count = p->seen[capture]->len, *order = g_new(uint32_t, count + 1);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    g_qsort_with_data(order, (gint)count, sizeof *order, by_key, p->seen[capture]->data);
    return order;
}

/* Equal keys match in the order of capture: the first copy with the first. */
static void match_keys(FmPairing *p)
{
    g_autofree uint32_t *a = sorted(p, 0), *b = sorted(p, 1);
    uint32_t na = p->seen[0]->len, nb = p->seen[1]->len;
    for (uint32_t i = 0, k = 0; i < na && k < nb;) {
        Seen *x = seen_at(p, 0, a[i]), *y = seen_at(p, 1, b[k]);
        if (x->key == y->key) {
            x->other = 1 + b[k++];
            y->other = 1 + a[i++];
        } else if (x->key < y->key) {
            i++;
        } else {
            k++;
        }
    }
}

/* ---- flows ---- */

typedef struct Collected { /* of a flow in both captures */
    GArray *gaps[2];  /* time in the second less time in the first, by direction in the first */
    FmTime low[CAPTURES], high[CAPTURES]; /* what each capture covers of it */
    bool any[CAPTURES];
    bool swapped; /* directions are numbered the other way round in the second */
} Collected;

static void collect(Collected *c, FmPairingFlow *f, const Seen *x, const Seen *y)
{
    f->flow[0] = x->flow;
    f->flow[1] = y->flow;
    c->swapped = x->direction != y->direction;
    FmTime gap = y->time - x->time;
    if (!c->gaps[x->direction])
        c->gaps[x->direction] = g_array_new(FALSE, FALSE, sizeof(FmTime));
    g_array_append_val(c->gaps[x->direction], gap);
}

static int by_time(gconstpointer a, gconstpointer b)
{
    FmTime x = *(const FmTime *)a, y = *(const FmTime *)b;
    return (x > y) - (x < y);
}

static FmTime gap_at(const GArray *gaps, double share)
{
    return g_array_index(gaps, FmTime, (guint)(share * (gaps->len - 1)));
}

static void fill_way(FmPairingWay *w, const GArray *gaps, FmTime offset)
{
    w->matched = gaps->len;
    FmTime sign = w->first == 0 ? 1 : -1;
    w->least = sign * (gap_at(gaps, w->first == 0 ? 0 : 1) - offset);
    w->median = sign * (gap_at(gaps, 0.5) - offset);
    w->high = sign * (gap_at(gaps, w->first == 0 ? 0.99 : 0.01) - offset);
    w->most = sign * (gap_at(gaps, w->first == 0 ? 1 : 0) - offset);
}

/* Delays are positive: of the two ways in which the captures may stand on the path, only one allows that. */
static void judge(FmPairingFlow *f, Collected *c)
{
    for (unsigned d = 0; d < 2; d++)
        if (c->gaps[d])
            g_array_sort(c->gaps[d], by_time);
    f->both = c->gaps[0] && c->gaps[1];
    if (f->both) {
        FmTime low0 = gap_at(c->gaps[0], 0), high0 = gap_at(c->gaps[0], 1), low1 = gap_at(c->gaps[1], 0), high1 = gap_at(c->gaps[1], 1);
        bool forwards = low0 - high1 >= low1 - high0; /* direction 0 passes the first capture first */
        f->way[0].first = !forwards;
        f->way[1].first = forwards;
        f->offset = forwards ? low0 + (high1 - low0) / 2 : low1 + (high0 - low1) / 2;
    } else {
        unsigned d = c->gaps[1] != NULL;
        f->way[d].first = gap_at(c->gaps[d], 0.5) < 0;
        f->way[!d].first = !f->way[d].first;
    }
    for (unsigned d = 0; d < 2; d++)
        if (c->gaps[d])
            fill_way(&f->way[d], c->gaps[d], f->offset);
}

static void cover(FmPairingFlow *f, Collected *c, unsigned capture, const Seen *x)
{
    c->low[capture] = c->any[capture] ? MIN(c->low[capture], x->time) : x->time;
    c->high[capture] = c->any[capture] ? MAX(c->high[capture], x->time) : x->time;
    c->any[capture] = true;
}

/* A packet without a match: lost on the way, or not captured at the first place. Only within what the other capture covers. */
static void count_single(FmPairingFlow *f, Collected *c, unsigned capture, const Seen *x)
{
    if (x->other)
        return;
    FmTime there = capture == 0 ? x->time + f->offset : x->time - f->offset;
    unsigned other = !capture, d = capture == 1 && c->swapped ? !x->direction : x->direction;
    if (there < c->low[other] - SLACK || there > c->high[other] + SLACK)
        return;
    FmPairingWay *w = &f->way[d];
    if (capture != w->first) {
        w->missed++;
        return;
    }
    w->lost++;
    if (w->lost_count < FM_PAIRING_LOST)
        w->lost_packets[w->lost_count++] = x->packet;
}

typedef struct Indexes { /* while the flows are put together */
    GHashTable *of[CAPTURES]; /* flow number → 1 + index of the pair */
    GArray *collected;        /* of Collected, beside the pairs */
} Indexes;

static gsize pair_of(const Indexes *x, unsigned capture, uint32_t flow)
{
    return GPOINTER_TO_SIZE(g_hash_table_lookup(x->of[capture], GUINT_TO_POINTER(flow)));
}

static Collected *collected_at(const Indexes *x, gsize pair)
{
    return &g_array_index(x->collected, Collected, pair - 1);
}

static FmPairingFlow *flow_at(const FmPairing *p, gsize pair)
{
    return &g_array_index(p->flows, FmPairingFlow, pair - 1);
}

static gsize new_pair(FmPairing *p, Indexes *x, uint32_t first, uint32_t second)
{
    gsize pair = p->flows->len + 1;
    g_array_set_size(p->flows, (guint)pair);
    g_array_set_size(x->collected, (guint)pair);
    g_hash_table_insert(x->of[0], GUINT_TO_POINTER(first), GSIZE_TO_POINTER(pair));
    g_hash_table_insert(x->of[1], GUINT_TO_POINTER(second), GSIZE_TO_POINTER(pair));
    return pair;
}

static void collect_pairs(FmPairing *p, Indexes *x)
{
    for (uint32_t i = 0; i < p->seen[0]->len; i++) {
        Seen *a = seen_at(p, 0, i), *b = a->other ? seen_at(p, 1, a->other - 1) : NULL;
        if (!b)
            continue;
        gsize pair = pair_of(x, 0, a->flow);
        if (pair != pair_of(x, 1, b->flow)) { /* alike by accident */
            a->other = b->other = 0;
            continue;
        }
        if (!pair)
            pair = new_pair(p, x, a->flow, b->flow);
        collect(collected_at(x, pair), flow_at(p, pair), a, b);
    }
}

/* Calls for every packet of a flow that is in both captures. */
static void for_each(FmPairing *p, const Indexes *x, void (*act)(FmPairingFlow *f, Collected *c, unsigned capture, const Seen *seen))
{
    for (unsigned capture = 0; capture < CAPTURES; capture++)
        for (uint32_t i = 0; i < p->seen[capture]->len; i++) {
            const Seen *seen = seen_at(p, capture, i);
            gsize pair = pair_of(x, capture, seen->flow);
            if (pair)
                act(flow_at(p, pair), collected_at(x, pair), capture, seen);
        }
}

size_t fm_pairing_match(FmPairing *p, const FmPairingFlow **flows)
{
    Indexes x = { .of = { g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL) }, .collected = g_array_new(FALSE, TRUE, sizeof(Collected)) };
    match_keys(p);
    collect_pairs(p, &x);
    for_each(p, &x, cover);
    for (gsize pair = 1; pair <= p->flows->len; pair++)
        judge(flow_at(p, pair), collected_at(&x, pair));
    for_each(p, &x, count_single);
    for (gsize pair = 1; pair <= p->flows->len; pair++)
        for (unsigned d = 0; d < 2; d++)
            if (collected_at(&x, pair)->gaps[d])
                g_array_unref(collected_at(&x, pair)->gaps[d]);
    for (unsigned i = 0; i < CAPTURES; i++)
        g_hash_table_unref(x.of[i]);
    g_array_unref(x.collected);
    *flows = (const FmPairingFlow *)(void *)p->flows->data;
    return p->flows->len;
}
