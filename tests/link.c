/* Events in the order of time: packets reach the receiver, acknowledgments the sender, timers fire. */
#include "config.h"

#include "link.h"

#include <math.h>

#include <glib.h>

#define START (10 * FM_SECOND)
#define DELAYED_ACK (40 * FM_MILLISECOND)

enum { FIRST = 1 };

typedef enum EventKind { EVENT_DATA, EVENT_ACK, EVENT_DELAYED, EVENT_WRITE } EventKind;

typedef struct Event {
    FmTime time;
    uint64_t order;
    EventKind kind;
    unsigned packet;         /* DATA */
    uint32_t tsval, tsecr;
    unsigned ack, sacks;     /* ACK: next packet expected */
    FmSackBlock sack[FM_SEGMENT_SACKS]; /* packets */
} Event;

typedef struct Packet {
    bool arrived, sacked, lost, resent;
    FmTime sent;
} Packet;

typedef struct Seen { /* at the point of capture */
    FmTime time;
    uint64_t order;
    FmSegment segment;
} Seen;

typedef struct Sim {
    const TestLink *link;
    TestRun *run;
    GSequence *events;
    GArray *seen;
    uint64_t order;
    FmTime now, free_at, blocked_until;
    Packet *packets;
    GRand *random;
    /* the sender */
    unsigned una, next, written, recover, highest_sacked;
    double window, threshold, plateau; /* plateau: before the latest cut */
    bool recovering, slow_start;
    unsigned delivered, delivered_in, sent_in, flight; /* RFC 6937 */
    FmTime rtt, round_least, round_rtt, cut_at, last_sent;
    unsigned round_end, gentle_rounds;
    uint32_t echo; /* latest TSval of the receiver */
    /* the receiver */
    unsigned expected, waiting;
    unsigned last_arrived;
    uint32_t recent;
    bool timer;
} Sim;

static gint by_time(gconstpointer a, gconstpointer b, gpointer data)
{
    const Event *x = a, *y = b;
    return x->time != y->time ? (x->time > y->time) - (x->time < y->time) : (x->order > y->order) - (x->order < y->order);
}

static gint seen_by_time(gconstpointer a, gconstpointer b)
{
    const Seen *x = a, *y = b;
    return x->time != y->time ? (x->time > y->time) - (x->time < y->time) : (x->order > y->order) - (x->order < y->order);
}

static void happen(Sim *s, Event event)
{
    event.order = ++s->order;
    g_sequence_insert_sorted(s->events, g_memdup2(&event, sizeof event), by_time, NULL);
}

static uint32_t clock_at(const Sim *s, FmTime time)
{
    return s->link->tick ? (uint32_t)(time / s->link->tick) : 0;
}

static void pass(Sim *s, FmTime time, FmSegment segment)
{
    segment.time = time;
    segment.scale = segment.flags & FM_SEGMENT_SYN ? 7 : -1;
    segment.window = 65535;
    segment.timestamps = s->link->tick != 0;
    g_array_append_vals(s->seen, &(Seen){ time, ++s->order, segment }, 1);
}

static unsigned pipe_of(const Sim *s)
{
    unsigned pipe = 0;
    for (unsigned i = s->una; i < s->next; i++)
        pipe += !s->packets[i].sacked && (!s->packets[i].lost || s->packets[i].resent);
    return pipe;
}

/* ---- the sender's packets on their way ---- */

static void transmit(Sim *s, unsigned packet)
{
    const TestLink *l = s->link;
    FmTime at = s->now, reach = l->queue_after ? at + l->before : at, start = MAX(reach, s->free_at);
    bool dropped = l->queue && !s->packets[packet].resent && start - reach > (FmTime)l->queue * l->service;
    FmSegment segment = { .flags = FM_SEGMENT_ACK, .seq = FIRST + packet * TEST_MSS, .ack = FIRST, .length = TEST_MSS,
                          .tsval = clock_at(s, at), .tsecr = s->echo, .ip_id = 0 };
    s->packets[packet].sent = s->last_sent = at;
    if (!dropped)
        s->free_at = start + l->service;
    if (l->queue_after)
        pass(s, at + l->before, segment);
    else if (!dropped)
        pass(s, s->free_at + l->before, segment);
    if (!dropped)
        happen(s, (Event){ .time = s->free_at + (l->queue_after ? 0 : l->before) + l->after, .kind = EVENT_DATA, .packet = packet, .tsval = segment.tsval });
}

static void note_truth(Sim *s, unsigned pipe)
{
    if (s->recovering || pipe + 1 <= (unsigned)s->window)
        return;
    g_array_append_vals(s->run->truth, &(TestTruth){ s->now, (unsigned)s->window, s->slow_start }, 1);
}

static bool send_one(Sim *s)
{
    for (unsigned i = s->una; i < s->next; i++)
        if (s->packets[i].lost && !s->packets[i].resent && !s->packets[i].sacked) {
            s->packets[i].resent = true;
            s->run->resent++;
            transmit(s, i);
            return true;
        }
    if (s->next >= s->written || s->now < s->blocked_until)
        return false;
    if (s->link->pause && s->next == s->link->pause_after && !s->blocked_until) {
        s->blocked_until = s->now + s->link->pause;
        happen(s, (Event){ .time = s->blocked_until, .kind = EVENT_WRITE });
        return false;
    }
    transmit(s, s->next++);
    return true;
}

static void send_allowed(Sim *s)
{
    unsigned pipe = pipe_of(s);
    if (!pipe && s->last_sent && s->now - s->last_sent > FM_SECOND && !s->link->keeps_window) { /* RFC 2861, as Linux has it */
        double least = MIN(s->window, 10);
        s->threshold = MAX(s->threshold, s->window * 3 / 4);
        for (FmTime idle = s->now - s->last_sent - (200 * FM_MILLISECOND + s->rtt); idle > 0 && s->window > least; idle -= 200 * FM_MILLISECOND + s->rtt)
            s->window /= 2;
        s->window = MAX(s->window, least);
        s->slow_start = s->window < s->threshold;
    }
    bool any = false;
    while (pipe < (unsigned)s->window && send_one(s)) {
        pipe++;
        s->sent_in++;
        any = true;
    }
    if (any)
        note_truth(s, pipe);
}

/* ---- its window ---- */

static void end_slow_start(Sim *s)
{
    s->slow_start = false;
    if (!s->run->exit) {
        s->run->exit = s->now;
        s->run->exit_window = (unsigned)s->window;
    }
}

static void watch_rounds(Sim *s)
{
    s->round_rtt = s->round_rtt ? MIN(s->round_rtt, s->rtt) : s->rtt;
    if (s->una < s->round_end)
        return;
    if (s->slow_start && s->link->hystart && s->round_least && s->round_rtt >= s->round_least + CLAMP(s->round_least / 8, 4 * FM_MILLISECOND, 16 * FM_MILLISECOND)) {
        if (s->link->gentle && !s->gentle_rounds)
            s->gentle_rounds = 1;
        else if (!s->link->gentle)
            end_slow_start(s);
    }
    if (s->gentle_rounds && s->gentle_rounds++ > 5 && s->slow_start)
        end_slow_start(s);
    s->round_least = s->round_least ? MIN(s->round_least, s->round_rtt) : s->round_rtt;
    s->round_rtt = 0;
    s->round_end = s->next;
}

/* RFC 9438, in packets and seconds. */
static double cubic_growth(const Sim *s, unsigned acked)
{
    if (!s->cut_at)
        return acked / s->window;
    double most = s->plateau, k = cbrt(most * 0.3 / 0.4), t = (double)(s->now - s->cut_at) / FM_SECOND + (double)s->rtt / FM_SECOND - k;
    double target = 0.4 * t * t * t + most, reno = most * 0.7 + 0.53 * (double)(s->now - s->cut_at) / (double)MAX(s->rtt, 1);
    target = MAX(target, reno);
    return target > s->window ? MIN((target - s->window) / s->window, 0.5) * acked : 0;
}

static void grow(Sim *s, unsigned acked)
{
    const TestLink *l = s->link;
    if (l->law == TEST_FIXED)
        return;
    if (s->slow_start) {
        s->window += s->gentle_rounds ? acked / 4.0 : acked;
        if ((l->threshold || s->threshold) && s->window >= s->threshold) {
            s->window = s->threshold;
            end_slow_start(s);
        }
        return;
    }
    switch (l->law) {
    case TEST_RENO: s->window += acked / s->window; break;
    case TEST_CUBIC: s->window += cubic_growth(s, acked); break;
    default: s->window += acked / 50.0; break;
    }
}

static double cut(const Sim *s)
{
    static const double factors[] = { [TEST_RENO] = 0.5, [TEST_CUBIC] = 0.7, [TEST_SCALABLE] = 0.875, [TEST_FIXED] = 1 };
    return MAX(floor(s->window * factors[s->link->law]), 2);
}

static void enter_recovery(Sim *s, unsigned flight)
{
    s->plateau = s->window;
    if (s->slow_start)
        end_slow_start(s);
    s->recovering = true;
    s->recover = s->next;
    s->threshold = cut(s);
    s->flight = MAX(flight, 1);
    s->delivered_in = s->sent_in = 0;
    s->run->cuts++;
}

static void recover(Sim *s, unsigned delivered)
{
    unsigned pipe = pipe_of(s);
    s->delivered_in += delivered;
    double may;
    if (pipe > s->threshold)
        may = ceil(s->delivered_in * s->threshold / s->flight) - s->sent_in;
    else
        may = MIN(s->threshold - pipe, MAX((double)s->delivered_in - s->sent_in, delivered) + 1);
    if (!s->sent_in)
        may = MAX(may, 1);
    s->window = pipe + MAX(may, 0);
}

/* ---- acknowledgments ---- */

static void mark(Sim *s, const Event *e)
{
    for (unsigned k = 0; k < e->sacks; k++)
        for (unsigned i = MAX(e->sack[k].left, s->una); i < e->sack[k].right; i++) {
            s->delivered += !s->packets[i].sacked;
            s->packets[i].sacked = true;
            s->highest_sacked = MAX(s->highest_sacked, i);
        }
    for (unsigned i = s->una; i + 3 <= s->highest_sacked && i < s->next; i++)
        if (!s->packets[i].sacked)
            s->packets[i].lost = true;
}

static void take_ack(Sim *s, const Event *e)
{
    unsigned before = s->delivered, flight = pipe_of(s), acked = 0;
    s->echo = e->tsval;
    for (; s->una < e->ack; s->una++, acked++)
        s->delivered += !s->packets[s->una].sacked;
    if (acked && !s->packets[e->ack - 1].resent)
        s->rtt = s->run->rtt = s->now - s->packets[e->ack - 1].sent;
    mark(s, e);
    bool lost = false;
    for (unsigned i = s->una; i < s->next; i++)
        lost |= s->packets[i].lost && !s->packets[i].sacked;
    if (s->recovering && s->una >= s->recover) {
        s->recovering = false;
        s->window = s->threshold;
        s->cut_at = s->now;
    }
    if (!s->recovering && lost)
        enter_recovery(s, flight);
    if (s->recovering)
        recover(s, s->delivered - before);
    else if (acked && flight + 2 >= (unsigned)s->window)
        grow(s, acked);
    if (acked)
        watch_rounds(s);
    send_allowed(s);
}

/* ---- the receiver ---- */

static void acknowledge(Sim *s)
{
    const TestLink *l = s->link;
    Event e = { .time = s->now + l->after + l->before, .kind = EVENT_ACK, .ack = s->expected, .tsval = clock_at(s, s->now), .tsecr = s->recent };
    FmSegment segment = { .direction = 1, .flags = FM_SEGMENT_ACK, .seq = FIRST, .ack = FIRST + s->expected * TEST_MSS, .tsval = e.tsval, .tsecr = e.tsecr };
    for (unsigned i = s->last_arrived + 1; i > s->expected && e.sacks < 3; i--) { /* the latest block first would be enough; all in order of place */
        if (!s->packets[i - 1].arrived)
            continue;
        unsigned right = i;
        while (i > s->expected && s->packets[i - 1].arrived)
            i--;
        e.sack[e.sacks] = (FmSackBlock){ i, right };
        segment.sack[e.sacks++] = (FmSackBlock){ FIRST + i * TEST_MSS, FIRST + right * TEST_MSS };
        i++;
    }
    segment.sacks = (uint8_t)e.sacks;
    pass(s, s->now + l->after, segment);
    if (!l->acks_lost || g_rand_int_range(s->random, 0, 100) >= (int)l->acks_lost)
        happen(s, e);
    s->waiting = 0;
}

static void arrive(Sim *s, const Event *e)
{
    bool in_order = e->packet == s->expected, holes = s->last_arrived + 1 > s->expected && s->last_arrived;
    s->packets[e->packet].arrived = true;
    if (e->packet <= s->expected)
        s->recent = s->waiting ? s->recent : e->tsval; /* RFC 7323 §4.3: of the earliest one that is acknowledged */
    s->last_arrived = MAX(s->last_arrived, e->packet);
    while (s->packets[s->expected].arrived)
        s->expected++;
    s->waiting++;
    if (!in_order || (holes && s->last_arrived + 1 > s->expected) || s->waiting >= MAX(s->link->delayed, 1)) {
        acknowledge(s);
    } else if (!s->timer) {
        s->timer = true;
        happen(s, (Event){ .time = s->now + DELAYED_ACK, .kind = EVENT_DELAYED });
    }
}

static void work(Sim *s, const Event *e)
{
    s->now = e->time;
    switch (e->kind) {
    case EVENT_DATA: arrive(s, e); break;
    case EVENT_ACK: take_ack(s, e); break;
    case EVENT_DELAYED:
        s->timer = false;
        if (s->waiting)
            acknowledge(s);
        break;
    case EVENT_WRITE:
        if (s->link->every && s->written < s->link->packets) {
            s->written = MIN(s->written + s->link->write, s->link->packets);
            happen(s, (Event){ .time = s->now + s->link->every, .kind = EVENT_WRITE });
        }
        send_allowed(s);
        break;
    }
}

static void shake_hands(Sim *s)
{
    const TestLink *l = s->link;
    FmTime way = l->before + l->after, at = START - 2 * way;
    FmSegment syn = { .flags = FM_SEGMENT_SYN, .mss = TEST_MSS + (l->tick ? 12 : 0), .sack_permitted = true, .tsval = clock_at(s, at) };
    pass(s, at + l->before, syn);
    FmSegment answer = syn;
    answer.flags |= FM_SEGMENT_ACK;
    answer.direction = 1;
    answer.ack = FIRST;
    answer.tsecr = syn.tsval;
    answer.tsval = clock_at(s, at + way);
    pass(s, at + way + l->after, answer);
    s->echo = answer.tsval;
    pass(s, START + l->before, (FmSegment){ .flags = FM_SEGMENT_ACK, .seq = FIRST, .ack = FIRST, .tsval = clock_at(s, START), .tsecr = s->echo });
}

/* Packets that leave at once are one segment where offloading hands them over together. */
static void feed(Sim *s)
{
    g_array_sort(s->seen, seen_by_time);
    for (unsigned i = 0, n; i < s->seen->len; i += n) {
        FmSegment all = g_array_index(s->seen, Seen, i).segment;
        for (n = 1; n < s->link->burst && i + n < s->seen->len; n++) {
            const FmSegment *p = &g_array_index(s->seen, Seen, i + n).segment;
            if (!all.length || p->time != all.time || p->direction != all.direction || p->seq != all.seq + all.length)
                break;
            all.length += p->length;
        }
        fm_connection_add(s->run->connection, &all);
    }
    fm_connection_finish(s->run->connection);
}

TestRun test_link_run(const TestLink *link)
{
    TestRun run = { .connection = fm_connection_new(), .truth = g_array_new(FALSE, FALSE, sizeof(TestTruth)), .least = 2 * (link->before + link->after) + link->service };
    Sim s = { .link = link, .run = &run, .events = g_sequence_new(g_free), .seen = g_array_new(FALSE, FALSE, sizeof(Seen)), .now = START,
              .window = link->initial ? link->initial : 10, .slow_start = link->law != TEST_FIXED, .threshold = link->threshold,
              .packets = g_new0(Packet, link->packets + 1), .random = g_rand_new_with_seed(1), .rtt = run.least };
    shake_hands(&s);
    s.written = link->every ? 0 : link->packets;
    happen(&s, (Event){ .time = START + FM_MICROSECOND, .kind = EVENT_WRITE });
    for (GSequenceIter *first; !g_sequence_iter_is_end(first = g_sequence_get_begin_iter(s.events));) {
        Event event = *(Event *)g_sequence_get(first);
        g_sequence_remove(first);
        work(&s, &event);
    }
    feed(&s);
    g_sequence_free(s.events);
    g_array_unref(s.seen);
    g_rand_free(s.random);
    g_free(s.packets);
    return run;
}

void test_run_clear(TestRun *run)
{
    fm_connection_free(run->connection);
    g_array_unref(run->truth);
}
