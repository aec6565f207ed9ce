/* Intervals in which a receiver holds data above a hole. */
#include "config.h"

#include "inference/blocking.h"

#include <glib.h>

static uint64_t sacked_above(const FmSegment *s)
{
    uint64_t held = 0;
    for (unsigned i = 0; i < s->sacks; i++) {
        int32_t length = fm_seq_distance(s->sack[i].left, s->sack[i].right);
        if (fm_seq_distance(s->ack, s->sack[i].left) > 0 && length > 0)
            held += (uint32_t)length;
    }
    return held;
}

static bool is_duplicate(const FmBlocking *b, const FmSegment *s, uint64_t outstanding)
{
    return !s->length && s->ack == b->ack && s->window == b->window && outstanding && !(s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN | FM_SEGMENT_RST));
}

static FmTime end_interval(FmBlocking *b, FmTime now)
{
    FmTime span = MAX(now - b->since, 0);
    b->open = false;
    b->held = 0;
    b->total += span;
    b->count++;
    if (span > b->longest) {
        b->longest = span;
        b->longest_at = b->since;
    }
    return span;
}

FmTime fm_blocking_acknowledged(FmBlocking *b, const FmSegment *s, uint64_t outstanding, uint32_t mss)
{
    if (!(s->flags & FM_SEGMENT_ACK))
        return 0;
    int32_t advance = b->started ? fm_seq_distance(b->ack, s->ack) : 1;
    if (advance < 0) /* overtaken by a later one */
        return 0;
    uint64_t held = sacked_above(s);
    if (!held && !advance && b->held)
        held = b->held; /* tells nothing new */
    if (!held && !advance && is_duplicate(b, s, outstanding))
        held = mss;
    else if (!s->sacks && !advance && b->open && is_duplicate(b, s, outstanding))
        held = MIN(b->held + mss, outstanding);
    FmTime ended = 0;
    if (held && !b->open) {
        b->open = true;
        b->since = s->time;
    } else if (!held && b->open) {
        ended = end_interval(b, s->time);
    }
    b->held = held;
    b->held_most = MAX(b->held_most, held);
    b->started = true;
    b->ack = s->ack;
    b->window = s->window;
    return ended;
}
