/* The sender's view, replayed: acknowledgments and data in the order in which the sender had them. */
#include "config.h"

#include "inference/sender.h"

#include <glib.h>

#include "inference/verdict.h"

#define TIGHT_SPAN (4 * FM_MILLISECOND)
#define AT_ONCE (FM_MILLISECOND / 2)
#define LEAST_PAUSE (5 * FM_MILLISECOND)

enum { MOST_MISSING = 4096, INITIAL_WINDOW = 10, FIRST_EPOCH = 1, COMMON_MSS = 1460, TIMESTAMP_OPTION = 12 };

/* Bytes of options with SACK blocks, padded (RFC 2018). */
enum { SACK_OPTION = 4, SACK_BLOCK = 8, LARGEST_SACK = SACK_OPTION + FM_SEGMENT_SACKS * SACK_BLOCK };

void fm_sender_start(FmSender *s, uint32_t isn)
{
    s->isn = isn;
    s->started = true;
    fm_board_start(&s->board, ((uint64_t)FIRST_EPOCH << 32) + isn);
    s->board.sack = s->sack;
    fm_turn_clear(&s->turn);
    fm_turn_start(&s->turn);
    s->acks.head = s->acks.tail;
    s->una_here = s->board.una;
    s->edge = s->edge_here = s->board.una;
    s->phase = FM_PHASE_SLOW_START;
}

void fm_sender_clear(FmSender *s)
{
    fm_board_clear(&s->board);
    fm_ack_ring_clear(&s->acks);
    fm_turn_clear(&s->turn);
    fm_series_clear(&s->series);
}

uint64_t fm_sender_window(const FmSender *s)
{
    return (uint64_t)s->window.now * s->mss;
}

/* ---- phases ---- */

static void set_phase(FmSender *s, FmPhase phase, FmTime time)
{
    s->phase = phase;
    fm_series_put(&s->series, FM_POINT_PHASE, time, phase, 0);
    if (phase == FM_PHASE_RECOVERY || phase == FM_PHASE_TIMEOUT)
        fm_series_put(&s->series, FM_POINT_MODEL_PHASE, time, phase, 0);
}

/* Is it known at any time what the sender knew? By timestamps, or because the sender is here. */
static bool is_aligned(const FmSender *s)
{
    return s->turn.clocked || s->turn.handshake < FM_MILLISECOND;
}

static bool recovering(const FmSender *s)
{
    return s->phase == FM_PHASE_RECOVERY || s->phase == FM_PHASE_TIMEOUT;
}

static FmSlowStartState slow_start_state(const FmSender *s)
{
    bool bounded = s->edge_known && s->edge > s->board.una;
    return (FmSlowStartState){
        .now = s->now,
        .pipe = fm_board_pipe(&s->board),
        .room = bounded ? (uint32_t)((s->edge - s->board.una) / s->mss) : UINT32_MAX,
        .burst = s->burst,
    };
}

static void leave_slow_start(FmSender *s, FmTime since)
{
    FmSlowStartState state = slow_start_state(s);
    if (is_aligned(s) && !s->recover && !s->midstream)
        s->identify.early_exit = true;
    set_phase(s, FM_PHASE_AVOIDANCE, since);
    fm_slow_start_over(&s->slow_start, since, &state);
}

static void return_to_slow_start(FmSender *s)
{
    FmTime since = s->slow_start.over;
    if (!s->recover)
        s->identify.early_exit = false;
    s->phase = FM_PHASE_SLOW_START;
    fm_series_retract(&s->series, FM_POINT_PHASE, since);
    fm_series_put(&s->series, FM_POINT_PHASE, since, FM_PHASE_SLOW_START, 0);
    fm_slow_start_begin(&s->slow_start, s->slow_start.most, s->now);
}

/* A retransmission begins; what follows may show that it was for nothing. */
static void start_undo(FmSender *s)
{
    s->phase_before = s->phase;
    s->undoable = true;
    s->undo = s->undo_tsval = 0;
}

static void enter_recovery(FmSender *s, FmTime time)
{
    FmSlowStartState state = slow_start_state(s);
    FmTime since = s->phase == FM_PHASE_SLOW_START ? fm_slow_start_cut(&s->slow_start, &state) : 0;
    if (since)
        leave_slow_start(s, since);
    start_undo(s);
    s->recover = s->board.next;
    s->recover_open = true;
    s->window_before = s->window.now;
    if (!s->board.sack) /* what of the last burst was lost on the way here is known now; two segments were sent on duplicates (RFC 3042) */
        s->window_before = MAX(s->window_before, MAX(fm_board_out(&s->board), 2) - 2);
    fm_window_flush(&s->window, &s->series);
    bool known = is_aligned(s) && s->limit == FM_LIMIT_NETWORK;
    fm_identify_cut(&s->identify, known ? s->window_before : 0);
    fm_bbr_save(&s->bbr);
    set_phase(s, FM_PHASE_RECOVERY, time);
}

static void enter_timeout(FmSender *s, FmTime time)
{
    if (s->phase != FM_PHASE_TIMEOUT) {
        if (s->phase != FM_PHASE_RECOVERY)
            start_undo(s);
        s->window_before = s->window.now;
        fm_window_flush(&s->window, &s->series);
    }
    FmTime due = MAX(s->sent, s->acked) + fm_rtt_timeout(&s->rtt);
    if (s->packets && s->phase != FM_PHASE_TIMEOUT && due < time)
        time = due; /* the first retransmissions did not get as far as here */
    fm_identify_timeout(&s->identify);
    s->recover = s->board.next;
    fm_board_lose_all(&s->board);
    fm_window_set(&s->window, &s->series, time, 1);
    fm_series_put(&s->series, FM_POINT_MODEL_WINDOW, time, 1, 0);
    fm_bbr_timeout(&s->bbr, fm_board_pipe(&s->board));
    s->probe = 0;
    set_phase(s, FM_PHASE_TIMEOUT, time);
}

static void leave_recovery(FmSender *s, FmTime time)
{
    bool timeout = s->phase == FM_PHASE_TIMEOUT;
    uint32_t pipe = fm_board_pipe(&s->board);
    fm_slow_start_begin(&s->slow_start, pipe, time);
    s->board.dupacks = 0;
    if (timeout)
        fm_identify_timeout(&s->identify);
    fm_identify_recovered(&s->identify, s->rtt.smoothed, !s->board.sack);
    set_phase(s, timeout && pipe < s->window_before / 2 ? FM_PHASE_SLOW_START : FM_PHASE_AVOIDANCE, time);
}

/* Losses behind the last recovery are known when it ends: the next one follows at once, from the window that this one left. */
static void recover_again(FmSender *s, FmTime time)
{
    enter_recovery(s, time);
    fm_identify_held(&s->identify);
    s->recover_open = false;
}

/* ---- limits ---- */

static void put_limit(FmSender *s, FmLimit limit, FmTime time)
{
    if (limit != s->limit && time != INT64_MAX) {
        s->limited[s->limit] += MAX(time - s->limit_since, 0);
        s->limit_since = MAX(time, s->limit_since);
    }
    s->limit = limit;
    fm_series_put(&s->series, FM_POINT_LIMIT, time, limit, 0);
}

/* What holds the sender back from its last event on; told before the event at `now` is worked in. */
static void judge_limit(FmSender *s, FmTime now)
{
    FmTime since = MAX(s->short_since, s->full + s->rtt.smoothed);
    if (s->edge_known && s->edge < s->board.next + s->mss)
        s->tight = s->now;
    bool tight = s->tight && s->now - s->tight < MAX(s->rtt.smoothed / 8, TIGHT_SPAN);
    s->slow_start.held = s->slow_start.held || tight || s->short_since;
    if (s->short_since && since < now)
        put_limit(s, FM_LIMIT_APPLICATION, since);
    else if (!s->short_since)
        put_limit(s, tight ? FM_LIMIT_RECEIVER : FM_LIMIT_NETWORK, s->now);
}

/* ---- acknowledgments ---- */

static FmTime reordering_window(const FmSender *s)
{
    const FmBoard *b = &s->board;
    if (!b->reordering_seen && (recovering(s) || b->sacked >= b->reordering))
        return 0;
    return MIN(s->rtt.minimum / 4, s->rtt.smoothed / 8);
}

static void sample_rate(FmSender *s, const FmDelivery *d)
{
    FmRateSample sample = {
        .now = d->now,
        .delivered = s->board.delivered,
        .acked = d->delivered,
        .lost = d->lost,
        .in_flight = fm_board_pipe(&s->board),
        .prior_in_flight = d->in_flight,
        .rtt = s->rtt.latest,
    };
    if (d->rate_known) {
        sample.prior_delivered = d->rate.delivered;
        sample.interval = MAX(d->rate.sent - d->rate.first_sent, d->now - d->rate.delivered_at);
        if (sample.interval < s->rtt.minimum)
            sample.interval = 0;
        sample.app_limited = d->rate.flags & FM_RECORD_APP_LIMITED;
    }
    static const FmPhase phases[] = { FM_PHASE_SLOW_START, FM_PHASE_DRAIN, FM_PHASE_AVOIDANCE, FM_PHASE_PROBE_RTT };
    fm_bbr_ack(&s->bbr, &sample, recovering(s));
    fm_series_put(&s->series, FM_POINT_MODEL_WINDOW, d->now, s->bbr.cwnd, 0);
    if (!recovering(s))
        fm_series_put(&s->series, FM_POINT_MODEL_PHASE, d->now, phases[s->bbr.mode], 0);
}

/* The window of a recovery is what the answer to the last acknowledgment left in flight. */
static void settle_recovery(FmSender *s)
{
    if (recovering(s))
        fm_window_set(&s->window, &s->series, s->now, MAX(fm_board_pipe(&s->board), 1));
}

static bool is_duplicate(const FmSender *s, const FmAck *a)
{
    return !a->data && a->ack == s->board.una && fm_board_out(&s->board) > 0 && a->window == s->window_known &&
           !(a->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN));
}

/* When the sender's clock stood at tsval; 0: not known. */
static FmTime time_of_tsval(const FmSender *s, uint32_t tsval)
{
    int32_t ticks = fm_seq_distance(tsval, s->last_tsval);
    return s->tsval_at && ticks >= 0 && ticks < 100000 ? s->tsval_at - ticks * fm_rate_tick(&s->turn.own) : 0;
}

/* All that was sent again had arrived already (D-SACK), or the acknowledgment answers what was sent first (Eifel): the sender takes its
 * window back, and what it knew before holds. */
static void undo(FmSender *s, FmTime now)
{
    s->undoable = false;
    s->undone++;
    fm_board_lose_none(&s->board);
    fm_window_set(&s->window, &s->series, now, MAX(s->window.now, s->window_before));
    fm_identify_held(&s->identify);
    fm_slow_start_begin(&s->slow_start, fm_board_pipe(&s->board), now);
    s->recover = s->board.una;
    set_phase(s, s->phase_before, now);
}

static void look_for_needless(FmSender *s, const FmAck *a, const FmDelivery *d)
{
    if (!s->undoable || !s->undo)
        return;
    bool early = d->advanced && d->resent_acked && s->undo_tsval && a->tsecr && fm_seq_distance(s->undo_tsval, a->tsecr) < 0;
    uint32_t needless = early ? s->undo : d->spurious ? 1 : 0;
    s->spurious += needless;
    s->undo -= needless;
    if (needless && !s->undo)
        undo(s, d->now);
}

/* The first acknowledgment of data: what was sent until then is the initial window, if more was waiting. */
static void note_initial(FmSender *s)
{
    uint64_t sent = s->board.next - (((uint64_t)FIRST_EPOCH << 32) + s->isn);
    s->initial = (uint32_t)MIN((sent + s->mss - 1) / s->mss, UINT32_MAX);
    s->initial_sure = !s->short_since;
}

static void take_ack(FmSender *s, const FmAck *a)
{
    FmTime now = MAX(a->time + fm_turn_back(&s->turn), s->now);
    settle_recovery(s);
    judge_limit(s, now);
    s->now = now;
    FmDelivery d = { .now = now };
    bool duplicate = !s->board.sack && is_duplicate(s, a);
    fm_board_ack(&s->board, a->ack, a->sack, a->sacks, &d);
    if (duplicate)
        fm_board_duplicate(&s->board, &d);
    s->window_known = a->window;
    s->edge = MAX(s->edge, a->edge);
    s->edge_known = a->scaled;
    if (d.advanced && d.resent_acked && !d.first_sacked && a->tsecr)
        d.echoed = time_of_tsval(s, a->tsecr);
    if (d.first_acked < s->settled)
        d.first_acked = 0;
    if (d.first_sacked < s->settled)
        d.first_sacked = 0;
    if (fm_rtt_sample(&s->rtt, &d, s->board.una, s->board.next))
        fm_series_put(&s->series, FM_POINT_RTT, now, (uint64_t)(s->rtt.smoothed / FM_POINT_RTT_UNIT), 0);
    look_for_needless(s, a, &d);
    if (d.advanced) {
        if (!s->initial && !s->midstream && s->mss)
            note_initial(s);
        s->acked = now;
        fm_identify_acked(&s->identify, fm_rate_tick(&s->turn.own), s->turn.shortest, (uint32_t)(s->rtt.smoothed / FM_MILLISECOND));
    }
    if (s->board.una >= s->probe)
        s->probe = 0;
    if (s->board.sack)
        fm_board_detect(&s->board, reordering_window(s), &d);
    if (s->board.lost == 0)
        s->told_at = 0;
    else if (!s->told_at)
        s->told_at = a->time;
    if ((a->flags & FM_SEGMENT_ECE) && s->ecn && !recovering(s) && fm_board_out(&s->board) > 0) {
        s->window_before = s->window.now;
        enter_recovery(s, now);
        s->recover_open = false;
    }
    if (recovering(s) && (s->board.sack ? s->board.una >= s->recover : s->board.una > s->recover))
        leave_recovery(s, now);
    if (d.advanced && s->phase == FM_PHASE_AVOIDANCE && s->recover && s->board.una >= s->recover && s->board.lost > 0 && s->board.sack)
        recover_again(s, now);
    if (d.delivered) {
        sample_rate(s, &d);
        FmSlowStartState state = slow_start_state(s);
        FmTime since = s->phase == FM_PHASE_SLOW_START ? fm_slow_start_acked(&s->slow_start, d.delivered, &state) : 0;
        if (since)
            leave_slow_start(s, since);
        else if (s->phase == FM_PHASE_AVOIDANCE && fm_slow_start_goes_on(&s->slow_start, d.delivered, &state))
            return_to_slow_start(s);
    }
}

static void take_acks(FmSender *s, FmTime until)
{
    const FmAck *a;
    while ((a = fm_ack_ring_first(&s->acks)) && a->time <= until) {
        take_ack(s, a);
        s->acks.head++;
    }
}

void fm_sender_acknowledged(FmSender *s, const FmSegment *p, uint64_t seq, int scale)
{
    fm_turn_note(&s->turn, p, seq);
    if (p->flags & FM_SEGMENT_SYN)
        return;
    FmAck a = {
        .time = p->time,
        .ack = fm_seq_unwrap(p->ack, s->board.next),
        .window = p->window,
        .flags = p->flags,
        .data = p->length > 0,
        .tsecr = p->timestamps ? p->tsecr : 0,
        .sacks = MIN(p->sacks, FM_SEGMENT_SACKS),
    };
    if (a.ack > s->board.next + ((uint64_t)UINT16_MAX << 14))
        return; /* acknowledges what can't have been sent */
    for (unsigned i = 0; i < a.sacks; i++)
        a.sack[i] = p->sack[i];
    a.scaled = scale >= 0;
    a.edge = a.ack + ((uint64_t)p->window << MAX(scale, 0));
    s->una_here = MAX(s->una_here, a.ack);
    s->edge_here = MAX(s->edge_here, a.edge);
    if (fm_ack_ring_full(&s->acks)) {
        take_ack(s, fm_ack_ring_first(&s->acks));
        s->acks.head++;
    }
    fm_ack_ring_put(&s->acks, &a);
}

/* ---- data ---- */

static void learn_mss(FmSender *s, const FmSegment *p)
{
    if (s->mss_negotiated)
        return;
    uint32_t usual = COMMON_MSS - (p->timestamps ? TIMESTAMP_OPTION : 0);
    s->mss = MAX(s->mss, MIN(p->length, usual));
}

static void begin(FmSender *s)
{
    uint32_t initial = INITIAL_WINDOW;
    s->limit_since = s->now;
    fm_bbr_start(&s->bbr, initial, s->mss, s->rtt.smoothed);
    if (s->midstream) {
        fm_bbr_join(&s->bbr);
        s->phase = FM_PHASE_AVOIDANCE;
    }
    fm_series_put(&s->series, FM_POINT_PHASE, s->now, s->phase, 0);
    fm_series_put(&s->series, FM_POINT_MODEL_PHASE, s->now, s->phase, 0);
    if (s->rtt.smoothed)
        fm_series_put(&s->series, FM_POINT_RTT, s->now, (uint64_t)(s->rtt.smoothed / FM_POINT_RTT_UNIT), 0);
}

/* Returns how many packets of the sender were lost on their way here since its latest one, if its ids tell. */
static uint32_t missing_ids(FmSender *s, const FmSegment *p)
{
    int step = (int16_t)(p->ip_id - s->last_id) - s->last_pieces + 1; /* offloaded segments use an id for each packet */
    bool known = s->has_id && s->id_trust >= FM_TRUSTED_IDS;
    if (step == 1)
        s->id_trust = (uint8_t)MIN(s->id_trust + 1, 64);
    else if (step != 0)
        s->id_trust = s->id_trust > 4 ? s->id_trust - 4 : 0;
    if (!s->has_id || step > 0 || s->last_pieces > 1)
        s->last_id = p->ip_id;
    s->has_id = true;
    s->last_pieces = (uint8_t)CLAMP((p->length + s->mss - 1) / MAX(s->mss, 1), 1, FM_BOARD_MAX_PIECES);
    return known && step > 1 && step < MOST_MISSING ? (uint32_t)(step - 1) : 0;
}

/* The end of a flight was dropped before it came here, nothing behind it showed the hole, and now the sender sends on or again: ids
 * that are missing tell what was in between. */
static void recall_lost_tail(FmSender *s, uint64_t start, uint32_t missing)
{
    uint64_t next = s->board.next;
    if (start > next)
        missing -= MIN(missing, (uint32_t)((start - next + s->mss - 1) / s->mss));
    bool silent = s->now - MAX(s->sent, s->acked) >= fm_rtt_timeout(&s->rtt) * 85 / 100;
    if (!missing || start > next || recovering(s) || (fm_board_out(&s->board) == 0 && !silent))
        return;
    missing = MIN(missing, s->board.budget);
    uint32_t budget = s->board.budget - missing;
    FmSegment before = { .tsval = s->last_tsval, .ip_id = (uint16_t)(s->last_id - missing - 1) };
    uint64_t end = next + (uint64_t)missing * s->mss;
    while (s->board.next < end) {
        uint64_t piece = MIN(end - s->board.next, (uint64_t)FM_BOARD_MAX_PIECES * s->mss);
        fm_board_send(&s->board, s->board.next, s->board.next + piece, s->mss, s->sent, &before, FM_RECORD_UNSEEN);
    }
    s->board.budget = budget;
}

/* After a pause longer than the retransmission timeout the window has decayed, and grows back in slow start (RFC 2861). */
static void restart(FmSender *s)
{
    uint32_t before = s->window.held;
    fm_window_flush(&s->window, &s->series);
    fm_window_restart(&s->window, s->now, s->now - s->sent, fm_rtt_timeout(&s->rtt));
    if (s->phase != FM_PHASE_AVOIDANCE || s->window.held >= before * 3 / 4)
        return;
    fm_slow_start_begin(&s->slow_start, s->window.held, s->now);
    set_phase(s, FM_PHASE_SLOW_START, s->now);
}

/* Does the segment end what the application has? SACK blocks take room from the payload; so data cut for them may leave in odd pieces. */
static bool is_short(FmSender *s, const FmSegment *p)
{
    uint32_t room = p->sacks ? SACK_OPTION + p->sacks * SACK_BLOCK : 0;
    if (room && room < s->mss)
        s->squeezed_until = s->now + 2 * s->rtt.smoothed;
    if (p->length % s->mss == 0 || (room < s->mss && p->length % (s->mss - room) == 0))
        return false;
    uint32_t odd = p->length % s->mss;
    bool leftover = odd <= 3 * LARGEST_SACK || odd + 3 * LARGEST_SACK >= s->mss;
    return !(leftover && s->now < s->squeezed_until);
}

/* All was acknowledged, and the sender let time pass before it sent again: it had nothing to send, even if it always writes whole
 * segments. */
static void note_late_answer(FmSender *s)
{
    FmTime pause = s->now - s->acked;
    if (s->short_since || !s->acked || pause < MAX(s->rtt.smoothed / 4, LEAST_PAUSE))
        return;
    bool here = s->turn.shortest != FM_TIME_NONE && s->turn.shortest < FM_MILLISECOND;
    if (!here && pause >= fm_rtt_timeout(&s->rtt) * 85 / 100)
        return; /* a flight may have been lost on the way here, and this is its retransmission */
    put_limit(s, FM_LIMIT_APPLICATION, s->acked);
    s->slow_start.held = true;
    fm_identify_held(&s->identify);
    fm_dip_spoil(&s->identify.dip);
}

static void send_new(FmSender *s, const FmSegment *p, uint64_t start, uint64_t end)
{
    bool was_empty = fm_board_out(&s->board) == 0;
    if (was_empty && s->packets && !recovering(s))
        note_late_answer(s);
    if (s->recover_open && recovering(s)) /* what was dropped on the way here had been sent before the recovery */
        s->recover = start;
    s->recover_open = false;
    if (was_empty && s->packets) {
        s->bbr.idle_restart = s->app_limited > 0;
        if (s->now - s->sent > fm_rtt_timeout(&s->rtt))
            restart(s);
    }
    bool small = is_short(s, p);
    bool clocked = p->timestamps && fm_rate_tick(&s->turn.own) == FM_MILLISECOND;
    if (s->short_since && (clocked ? p->tsval == s->last_tsval : s->now - s->short_since < AT_ONCE))
        s->app_limited = s->app_limited_before; /* more was waiting */
    if (p->length > s->mss)
        s->burst = MAX(s->burst, MIN(p->length / s->mss, FM_BOARD_MAX_PIECES));
    uint8_t flags = s->board.delivered < s->app_limited ? FM_RECORD_APP_LIMITED : 0;
    fm_board_send(&s->board, start, end, s->mss, s->now, p, flags);
    fm_identify_sent(&s->identify, p, s->now, was_empty);
    if (s->board.delivered && s->phase == FM_PHASE_SLOW_START && !s->recover && !s->midstream)
        fm_identify_opening(&s->identify, p, (p->length + s->mss - 1) / s->mss, s->now, s->rtt.lifetime_minimum, fm_rate_tick(&s->turn.own));
    fm_dip_sent(&s->identify.dip, (p->length + s->mss - 1) / s->mss, s->now, s->rtt.lifetime_minimum);
    bool closed = s->edge_known && s->edge < s->board.next + s->mss;
    if (small || (closed && s->identify.dip.slots > 1))
        fm_dip_spoil(&s->identify.dip);
    s->short_since = small ? s->now : 0;
    if (small) {
        s->app_limited_before = s->app_limited;
        s->app_limited = s->board.delivered + fm_board_pipe(&s->board);
    }
}

static void send_again(FmSender *s, const FmSegment *p, uint64_t i, uint64_t end, FmVerdict verdict, FmTime before)
{
    FmBoard *b = &s->board;
    if (verdict == FM_VERDICT_FAST_RETRANSMIT && s->told_at && !is_aligned(s)) {
        FmTime lag = p->time - s->told_at, rtt = lag + s->turn.receiver_side;
        uint32_t window = fm_board_out(b);
        fm_identify_loss(&s->identify, window, rtt, s->rtt.lifetime_minimum, s->now);
        fm_turn_lost(&s->turn, lag, p->time);
    }
    if (verdict == FM_VERDICT_FAST_RETRANSMIT)
        enter_recovery(s, before);
    else if (verdict == FM_VERDICT_TIMEOUT)
        enter_timeout(s, s->now);
    else if (verdict == FM_VERDICT_TAIL_PROBE)
        s->probe = end;
    for (; i < b->tail && fm_board_at(b, i)->start < end && fm_board_spend(b); i++) {
        FmRecord *r = fm_board_at(b, i);
        if (r->flags & FM_RECORD_SACKED)
            continue;
        if (verdict != FM_VERDICT_TAIL_PROBE)
            fm_board_lose(b, i);
        if (!(r->flags & FM_RECORD_EVER_RESENT) && verdict != FM_VERDICT_TAIL_PROBE)
            (*(r->flags & FM_RECORD_UNSEEN ? &s->lost_before : &s->lost_behind))++;
        fm_board_resend(b, i, s->now, p);
        if (!s->undo++ && p->timestamps)
            s->undo_tsval = p->tsval;
    }
}

static void arrive_late(FmSender *s, const FmSegment *p, uint64_t i, uint64_t end)
{
    FmBoard *b = &s->board;
    for (; i < b->tail && fm_board_at(b, i)->start < end && fm_board_spend(b); i++) {
        FmRecord *r = fm_board_at(b, i);
        r->flags &= (uint8_t)~FM_RECORD_UNSEEN;
        r->ip_id = p->ip_id;
        r->tsval = p->tsval;
    }
}

static FmVerdict send_old(FmSender *s, const FmSegment *p, uint64_t start, uint64_t end, FmTime before)
{
    uint64_t i = fm_board_find(&s->board, start);
    FmVerdict verdict = fm_verdict_of(s, p, start, end, i, s->now);
    if (verdict == FM_VERDICT_REORDERED)
        arrive_late(s, p, i, end);
    else if (fm_verdict_is_retransmission(verdict))
        send_again(s, p, i, end, verdict, before);
    if (end > s->board.next)
        send_new(s, p, s->board.next, end);
    return verdict;
}

static void watch_probe_rtt(FmSender *s, uint32_t pipe)
{
    FmTime since = s->short_since ? 0 : fm_bbr_sent(&s->bbr, pipe, pipe == 1, s->now);
    if (!since)
        return;
    fm_series_retract(&s->series, FM_POINT_MODEL_WINDOW, since);
    fm_series_retract(&s->series, FM_POINT_MODEL_PHASE, since);
    fm_series_put(&s->series, FM_POINT_MODEL_WINDOW, since, s->bbr.cwnd, 0);
    fm_series_put(&s->series, FM_POINT_MODEL_PHASE, since, FM_PHASE_PROBE_RTT, 0);
}

static void note_pipe(FmSender *s, uint32_t packets)
{
    uint32_t pipe = fm_board_pipe(&s->board);
    if (recovering(s))
        return;
    bool idle = s->short_since || s->limit != FM_LIMIT_NETWORK;
    fm_window_observe(&s->window, &s->series, s->now, pipe, s->rtt.smoothed, idle);
    fm_window_validate(&s->window, s->now, pipe, fm_rtt_timeout(&s->rtt));
    bool limited = s->limit == FM_LIMIT_NETWORK && s->phase == FM_PHASE_AVOIDANCE && is_aligned(s);
    if (s->limit == FM_LIMIT_RECEIVER)
        fm_identify_held(&s->identify);
    s->identify.coarse = fm_rate_tick(&s->turn.peer) > MAX(s->rtt.smoothed / 16, FM_MILLISECOND);
    fm_identify_pipe(&s->identify, pipe, limited, s->now, s->rtt.smoothed);
    uint32_t window = fm_identify_again(&s->identify) == FM_ALGORITHM_BBR ? s->bbr.cwnd : s->window.now;
    if (pipe + MAX(2, window / 20) >= window)
        s->full = s->now;
    watch_probe_rtt(s, pipe);
    fm_slow_start_sent(&s->slow_start, packets, pipe);
}

FmVerdict fm_sender_data(FmSender *s, const FmSegment *p, uint64_t ack)
{
    if (p->length && s->rtt.smoothed && p->time - s->seen > 2 * s->rtt.smoothed && s->seen)
        fm_turn_rested(&s->turn);
    if (p->length)
        s->seen = p->time;
    if (s->turn.lost_at && !s->turn.clocked)
        s->turn.share = fm_identify_share(&s->identify, fm_identify_again(&s->identify), p->time - s->turn.lost_at - s->turn.lost_rtt,
                                          s->rtt.lifetime_minimum);
    bool lost = s->turn.turn == FM_TIME_NONE && !s->turn.handshake;
    FmTime turn = fm_turn_of(&s->turn, p, ack);
    if (lost) /* no way yet to tell what the sender knows */
        s->settled = p->time;
    turn = MAX(turn, 0);
    if (p->flags & FM_SEGMENT_SYN)
        return FM_VERDICT_NONE;
    if (!is_aligned(s) && p->length && fm_seq_distance((uint32_t)s->board.next, p->seq) < 0)
        turn = MIN(turn, s->turn.handshake); /* a retransmission has a reason */
    take_acks(s, p->time - turn);
    uint32_t missing = missing_ids(s, p);
    if (!p->length)
        return FM_VERDICT_NONE;
    FmTime before = s->now;
    FmTime now = MAX(p->time - MAX(turn - fm_turn_back(&s->turn), 0), s->now);
    learn_mss(s, p);
    if (s->packets)
        judge_limit(s, now);
    s->now = now;
    if (!s->packets)
        begin(s);
    uint64_t start = fm_seq_unwrap(p->seq, s->board.next), end = start + p->length;
    FmVerdict verdict = fm_verdict_of_new(s, p, start);
    if (missing)
        recall_lost_tail(s, start, missing);
    if (start >= s->board.next)
        send_new(s, p, start, end);
    else
        verdict = send_old(s, p, start, end, before);
    s->verdicts[verdict]++;
    if (verdict == FM_VERDICT_NETWORK_DUPLICATE)
        return verdict;
    s->packets++;
    s->bytes += p->length;
    s->sent = now;
    if (p->timestamps && (s->tsval_at == 0 || fm_seq_distance(s->last_tsval, p->tsval) >= 0)) {
        s->last_tsval = p->tsval;
        s->tsval_at = now;
    }
    if (fm_verdict_is_retransmission(verdict)) {
        fm_dip_spoil(&s->identify.dip);
        s->retransmissions++;
        s->retransmitted_bytes += p->length;
        fm_series_put(&s->series, FM_POINT_RETRANSMISSION, now, p->seq, verdict);
    }
    note_pipe(s, (p->length + s->mss - 1) / s->mss);
    return verdict;
}

void fm_sender_finish(FmSender *s)
{
    if (!s->packets)
        return;
    take_acks(s, INT64_MAX);
    settle_recovery(s);
    judge_limit(s, INT64_MAX);
    fm_identify_timeout(&s->identify);
    fm_window_flush(&s->window, &s->series);
}
