/* QUIC's senders by packet number: RFC 9002 §5 (round-trip time), §6.1 (loss by packets and by time). */
#include "config.h"

#include "inference/quic_sender.h"

#include <glib.h>

enum { PACKET_THRESHOLD = 3 };

static FmQuicSent *entry(FmQuicSender *s, unsigned i)
{
    return &s->sent[(s->first + i) % FM_QUIC_SENT];
}

/* The first entry whose number is not below; `count` if there is none. */
static unsigned find(FmQuicSender *s, uint64_t number)
{
    unsigned low = 0, high = s->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (entry(s, middle)->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void leave_flight(FmQuicSender *s, const FmQuicSent *p)
{
    if (p->eliciting && !p->acked && !p->lost)
        s->in_flight -= MIN(s->in_flight, p->size);
}

static void note_peak(FmQuicSender *s, FmTime now)
{
    if (s->smoothed && now - s->peak_since > s->smoothed) {
        s->peaks[1] = s->peaks[0];
        s->peaks[0] = 0;
        s->peak_since = now;
    }
    s->peaks[0] = MAX(s->peaks[0], s->in_flight);
}

uint64_t fm_quic_window_least(const FmQuicSender *s)
{
    return MAX(s->peaks[0], s->peaks[1]);
}

/* Puts an entry in its place; NULL if it is older than all that is remembered. */
static FmQuicSent *insert(FmQuicSender *s, uint64_t number)
{
    unsigned at = find(s, number);
    if (at < s->count && entry(s, at)->number == number)
        return entry(s, at);
    if (s->count == FM_QUIC_SENT) {
        leave_flight(s, entry(s, 0));
        s->first = (s->first + 1) % FM_QUIC_SENT;
        s->count--;
        if (at == 0)
            return NULL;
        at--;
    }
    for (unsigned i = s->count; i > at; i--)
        *entry(s, i) = *entry(s, i - 1);
    *entry(s, at) = (FmQuicSent){ .number = number, .unseen = true };
    s->count++;
    return entry(s, at);
}

void fm_quic_sent(FmQuicSender *s, uint64_t number, FmTime time, uint32_t size, bool eliciting)
{
    uint64_t last = s->count ? entry(s, s->count - 1)->number : number;
    for (uint64_t n = last + 1; n < number && number - last <= FM_QUIC_GAP; n++) {
        FmQuicSent *p = insert(s, n);
        if (p)
            p->time = time;
    }
    FmQuicSent *p = insert(s, number);
    if (!p || !p->unseen)
        return; /* the network's, or the capture's, second copy */
    p->unseen = false;
    p->time = time;
    p->size = size;
    p->eliciting = eliciting;
    if (!eliciting || p->acked || p->lost)
        return;
    s->in_flight += size;
    note_peak(s, time);
}

/* RFC 9002 §5.3. */
static void measure(FmQuicSender *s, FmTime sample, FmTime delay)
{
    s->latest = sample;
    s->least = s->least ? MIN(s->least, sample) : sample;
    if (sample - delay >= s->least)
        sample -= delay;
    if (!s->smoothed) {
        s->smoothed = sample;
        s->variation = sample / 2;
        return;
    }
    FmTime off = s->smoothed > sample ? s->smoothed - sample : sample - s->smoothed;
    s->variation = (3 * s->variation + off) / 4;
    s->smoothed = (7 * s->smoothed + sample) / 8;
}

static void take_range(FmQuicSender *s, const FmQuicRange *range, FmQuicNews *news, bool *eliciting)
{
    for (unsigned i = find(s, range->first); i < s->count && entry(s, i)->number <= range->last; i++) {
        FmQuicSent *p = entry(s, i);
        if (p->acked)
            continue;
        leave_flight(s, p);
        news->spurious += p->lost && !p->unseen;
        news->uncaptured += p->unseen;
        *eliciting |= p->eliciting;
        p->acked = true;
        p->lost = false;
        news->acked++;
    }
}

static void find_losses(FmQuicSender *s, FmTime now, FmQuicNews *news)
{
    FmTime longest = MAX(s->latest, s->smoothed), patience = longest + longest / 8;
    for (unsigned i = 0; i < s->count && entry(s, i)->number < s->largest_acked; i++) {
        FmQuicSent *p = entry(s, i);
        bool late = patience && now - p->time > patience;
        if (p->acked || p->lost || (p->number + PACKET_THRESHOLD > s->largest_acked && !late))
            continue;
        leave_flight(s, p);
        p->lost = true;
        news->lost_before += p->unseen;
        if (!p->eliciting)
            continue; /* nobody waits for an answer to it */
        if (news->lost < FM_QUIC_LOST)
            news->lost_numbers[news->lost] = p->number;
        news->lost++;
    }
}

/* What was acknowledged, or given up, in front is not asked for again; losses stay for a while: they may have been none. */
static void drop_settled(FmQuicSender *s)
{
    while (s->count > FM_QUIC_SENT / 2 && (entry(s, 0)->acked || entry(s, 0)->lost)) {
        s->first = (s->first + 1) % FM_QUIC_SENT;
        s->count--;
    }
}

FmQuicNews fm_quic_acked(FmQuicSender *s, const FmQuicRange *ranges, unsigned count, FmTime time, FmTime delay)
{
    FmQuicNews news = { 0 };
    if (!count)
        return news;
    uint64_t largest = ranges[0].last;
    unsigned at = find(s, largest);
    bool fresh = at < s->count && entry(s, at)->number == largest && !entry(s, at)->acked, eliciting = false;
    FmTime sent = fresh ? entry(s, at)->time : 0;
    for (unsigned i = 0; i < count; i++)
        take_range(s, &ranges[i], &news, &eliciting);
    if (fresh && eliciting && time > sent) {
        news.rtt = time - sent;
        measure(s, news.rtt, delay);
    }
    if (!s->has_acked || largest > s->largest_acked)
        s->largest_acked = largest;
    s->has_acked = true;
    find_losses(s, time, &news);
    s->acked_packets += news.acked;
    s->lost_packets += news.lost;
    s->spurious_losses += news.spurious;
    drop_settled(s);
    return news;
}
