/* Causes of segments out of sequence, from the sender's knowledge when it sent them. */
#include "config.h"

#include "inference/verdict.h"

#include <glib.h>

#define DUPLICATE_SPAN (50 * FM_MILLISECOND)
#define LATE_SPAN (3 * FM_MILLISECOND)
enum { NEAR_IDS = 1024 };

static bool is_same_packet(const FmRecord *r, const FmSegment *p, uint64_t start, FmTime now)
{
    return p->ip_id && r->ip_id == p->ip_id && r->start == start && !(r->flags & FM_RECORD_UNSEEN) && now - r->sent < DUPLICATE_SPAN &&
           (!p->timestamps || r->tsval == p->tsval);
}

/* Does this fill a hole as a first copy that was overtaken? A retransmission is made later than the packet behind the hole: newer clock,
 * newer IP id, and the sender must have been told. */
static bool is_late(const FmSender *s, const FmSegment *p, const FmRecord *r, FmTime now)
{
    if (p->timestamps && p->tsval != r->tsval)
        return fm_seq_distance(r->tsval, p->tsval) < 0;
    int distance = (int16_t)(p->ip_id - r->ip_id);
    if (s->id_trust >= FM_TRUSTED_IDS && distance && distance < NEAR_IDS && distance > -NEAR_IDS)
        return distance < 0;
    bool told = (r->flags & FM_RECORD_LOST) || s->board.high_sacked > r->start;
    return !told && now - r->sent < MAX(s->rtt.smoothed * 9 / 10, LATE_SPAN);
}

/* The receiver takes no more than it has acknowledged. */
static bool is_closed(const FmSender *s)
{
    return s->edge_known && s->edge == s->board.una;
}

/* Nothing came and nothing went for as long as the retransmission timer runs. */
static bool timer_fired(const FmSender *s, FmTime now)
{
    return now - MAX(s->sent, s->acked) >= fm_rtt_timeout(&s->rtt) * 85 / 100;
}

FmVerdict fm_verdict_of_new(const FmSender *s, const FmSegment *p, uint64_t start)
{
    return p->length == 1 && start == s->board.una && is_closed(s) ? FM_VERDICT_WINDOW_PROBE : FM_VERDICT_NEW;
}

FmVerdict fm_verdict_of(const FmSender *s, const FmSegment *p, uint64_t start, uint64_t end, uint64_t i, FmTime now)
{
    const FmBoard *b = &s->board;
    bool tiny = p->length <= 1 && start + 1 == b->next;
    if (tiny && is_closed(s))
        return FM_VERDICT_WINDOW_PROBE;
    if (end <= b->una || i == b->tail)
        return tiny ? FM_VERDICT_KEEP_ALIVE : FM_VERDICT_NEEDLESS;
    const FmRecord *r = fm_board_at(b, i);
    if (is_same_packet(r, p, start, now))
        return FM_VERDICT_NETWORK_DUPLICATE;
    if ((r->flags & FM_RECORD_UNSEEN) && is_late(s, p, r, now))
        return FM_VERDICT_REORDERED;
    if (s->phase == FM_PHASE_TIMEOUT && start < s->recover)
        return (r->flags & FM_RECORD_RESENT) && timer_fired(s, now) ? FM_VERDICT_TIMEOUT : FM_VERDICT_GO_BACK;
    bool lost = (r->flags & FM_RECORD_LOST) || b->dupacks >= b->reordering;
    if (s->phase == FM_PHASE_RECOVERY)
        return timer_fired(s, now) && !(lost && !(r->flags & FM_RECORD_EVER_RESENT)) ? FM_VERDICT_TIMEOUT : FM_VERDICT_RECOVERY;
    if (lost || b->high_sacked > end)
        return FM_VERDICT_FAST_RETRANSMIT;
    FmTime silence = now - MAX(s->sent, s->acked);
    if (end >= b->next && !s->probe && silence < fm_rtt_timeout(&s->rtt) * 13 / 10)
        return FM_VERDICT_TAIL_PROBE;
    return timer_fired(s, now) || silence >= 200 * FM_MILLISECOND ? FM_VERDICT_TIMEOUT : FM_VERDICT_FAST_RETRANSMIT;
}
