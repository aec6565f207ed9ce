/* Which congestion control: how far the window falls at a loss, how it grows in between, whether bursts are paced. */
#include "config.h"

#include "inference/identify.h"

#include <math.h>

#include <glib.h>

/* Windows at losses: how far off a law may be that fits, and must be that does not. */
#define LARGEST_ERROR 0.08
#define LEAST_ERROR 0.03

enum { LEAST_WINDOW = 8, LEAST_FLIGHT = 8, LEAST_ROUNDS = 20, OPENING = 10, CLEAR_LEAD = 3 };

const char *fm_algorithm_name(FmAlgorithm algorithm)
{
    static const char *const names[] = { "unknown", "reno", "cubic", "bbr" };
    return names[algorithm];
}

static bool is_near(uint32_t a, uint32_t b)
{
    uint32_t tolerance = MAX(1, b / 25);
    return a + tolerance >= b && a <= b + tolerance;
}

typedef enum Cut { CUT_OTHER, CUT_RENO, CUT_CUBIC, CUT_KEPT } Cut;

static Cut law_of_cut(uint32_t before, uint32_t after)
{
    if (is_near(after, MAX(before / 2, 2)))
        return CUT_RENO;
    if (is_near(after, (uint32_t)((uint64_t)before * 717 / 1024)))
        return CUT_CUBIC;
    return after > before * 85 / 100 ? CUT_KEPT : CUT_OTHER;
}

/* The window has settled after a recovery: which law cut it? */
static void judge_cut(FmIdentify *id)
{
    Cut cut = law_of_cut(id->before, id->after);
    if (id->before >= LEAST_WINDOW) {
        id->cuts++;
        id->reno_cuts += cut == CUT_RENO;
        id->cubic_cuts += cut == CUT_CUBIC;
        id->kept_cuts += cut == CUT_KEPT;
    }
    id->before = 0;
    id->settle_until = id->settle = 0;
}

void fm_identify_cut(FmIdentify *id, uint32_t before)
{
    if (id->settle || id->settle_until) { /* it follows the last one before that could be judged: this window is what that one left */
        id->after = MAX(id->after, before);
        judge_cut(id);
    }
    id->before = before;
    id->after = 0;
    id->settle_until = 0;
    id->round_at = 0;
    id->settle = 0;
}

void fm_identify_recovered(FmIdentify *id, FmTime rtt, bool at_once)
{
    if (id->before)
        id->settle = rtt * 9 / 10;
    id->longer = at_once ? rtt * 6 / 10 : 0;
}

void fm_identify_held(FmIdentify *id)
{
    id->before = 0;
    id->settle = id->settle_until = 0;
}

void fm_identify_timeout(FmIdentify *id)
{
    if (id->settle_until)
        judge_cut(id);
    id->before = 0;
}

/* What a window becomes that grows by `slope` packets per round trip, where it fills a queue: the round-trip time is the least one
 * until the window exceeds what the path holds, and follows the window from then on. */
typedef struct Path {
    double rate;  /* packets per second */
    double least; /* round-trip time, seconds */
} Path;

static double grow(const Path *p, double window, double slope, double seconds)
{
    double fits = p->rate * p->least, until = window < fits ? (fits - window) / slope * p->least : 0;
    if (until >= seconds)
        return window + slope * seconds / p->least;
    window = MAX(window, fits);
    return sqrt(window * window + 2 * slope * p->rate * (seconds - until));
}

static double reno_window(const Path *p, double before, double seconds)
{
    return grow(p, before / 2, 1, seconds);
}

/* RFC 9438: the cubic function, or what Reno would reach with this cut where that is more. */
static double cubic_window(const Path *p, double before, double plateau, double seconds)
{
    double k = cbrt((plateau - 0.7 * before) / 0.4), t = seconds - k;
    return MAX(0.4 * t * t * t + plateau, grow(p, 0.7 * before, 0.53, seconds));
}

static Path path_of(uint32_t window, FmTime rtt, FmTime least_rtt)
{
    double seconds = (double)MAX(rtt, 1) / FM_SECOND;
    return (Path){ MAX(window, 2) / seconds, CLAMP((double)least_rtt / FM_SECOND, seconds / 8, seconds) };
}

double fm_identify_share(const FmIdentify *id, FmAlgorithm law, FmTime since, FmTime least_rtt)
{
    if (law == FM_ALGORITHM_BBR || !id->loss_window)
        return 1;
    double before = MAX(id->loss_window, 2), seconds = (double)MAX(since, 0) / FM_SECOND;
    Path path = path_of(id->loss_window, id->loss_rtt, least_rtt);
    double now = law == FM_ALGORITHM_RENO ? reno_window(&path, before, seconds) : cubic_window(&path, before, id->plateau, seconds);
    return MIN(now / before, 4);
}

static void judge_span(FmIdentify *id, uint32_t window, FmTime span, FmTime rtt, FmTime least_rtt)
{
    double before = id->loss_window, got = window, seconds = (double)span / FM_SECOND;
    Path path = path_of(id->loss_window, id->loss_rtt, least_rtt);
    double reno = reno_window(&path, before, seconds), cubic = cubic_window(&path, before, id->plateau, seconds);
    double reno_error = fabs(reno - got) / got, cubic_error = fabs(cubic - got) / got;
    if (MAX(reno, cubic) < 0.8 * before && got > 0.92 * before)
        id->kept_spans++;
    else if (span <= 8 * rtt)
        ; /* rounding errors count for too much */
    else if (reno_error < LARGEST_ERROR && cubic_error > MAX(2 * reno_error, LEAST_ERROR))
        id->reno_spans++;
    else if (cubic_error < LARGEST_ERROR && reno_error > MAX(2 * cubic_error, LEAST_ERROR))
        id->cubic_spans++;
    else
        id->other_spans++;
}

void fm_identify_loss(FmIdentify *id, uint32_t window, FmTime rtt, FmTime least_rtt, FmTime now)
{
    FmTime span = now - id->loss_at - id->loss_rtt;
    if (id->loss_window >= 2 * LEAST_WINDOW && span > rtt)
        judge_span(id, window, span, rtt, least_rtt);
    /* RFC 9438 §4.7, fast convergence: below the last plateau the next one is lower still. Windows are known to a packet or so. */
    id->plateau = window + MAX(1, window / 50) < id->plateau ? window * 0.85 : window;
    id->loss_window = window;
    id->loss_rtt = rtt;
    id->loss_at = now;
}

void fm_identify_sent(FmIdentify *id, const FmSegment *p, FmTime now, bool empty)
{
    if (empty) {
        id->in_flight = true;
        id->flight_packets = 0;
        id->flight_first = p->tsval;
        id->flight_start = now;
    }
    if (!id->in_flight)
        return;
    id->flight_packets++;
    id->flight_last = p->tsval;
    id->flight_end = now;
}

/* A pacer spreads these packets over a third of a round trip. */
void fm_identify_opening(FmIdentify *id, const FmSegment *p, uint32_t packets, FmTime now, FmTime rtt, FmTime tick)
{
    if (id->opening >= OPENING)
        return;
    if (!id->opening) {
        id->opening_at = now;
        id->opening_tick = p->tsval;
    }
    id->opening += packets;
    if (id->opening < OPENING)
        return;
    FmTime span = p->timestamps ? fm_seq_distance(id->opening_tick, p->tsval) * tick : now - id->opening_at;
    if (p->timestamps && tick > FM_MILLISECOND)
        return;
    id->opened_at_once = rtt >= 20 * FM_MILLISECOND && span >= 0 && span < rtt * 15 / 100;
}

void fm_identify_acked(FmIdentify *id, FmTime tick, FmTime shortest_turn, uint32_t full_rtt_ms)
{
    if (!id->in_flight)
        return;
    id->in_flight = false;
    if (id->flight_packets < LEAST_FLIGHT)
        return;
    uint32_t ticks = id->flight_last - id->flight_first;
    bool clocked = id->flight_last != 0 && tick <= FM_MILLISECOND;
    if (!clocked && shortest_turn > FM_MILLISECOND)
        return; /* a queue before the point of capture spreads bursts too */
    if (!clocked)
        ticks = (uint32_t)((id->flight_end - id->flight_start) / FM_MILLISECOND);
    else if (tick < FM_MILLISECOND)
        ticks = (uint32_t)((FmTime)ticks * tick / FM_MILLISECOND);
    if (ticks <= 1)
        id->bursts++;
    else if (ticks >= MAX(3, full_rtt_ms / 8))
        id->paced++;
}

static void end_round(FmIdentify *id)
{
    uint32_t now = id->round_most, before = id->round_before;
    id->round_before = now;
    if (!before || before < LEAST_WINDOW)
        return;
    id->rounds++;
    id->fallen += now < before ? MIN(before - now, MAX(before / 8, 1)) : 0;
    id->summed += before;
    if (now == before + 1)
        id->one_more++;
    else if (now > before + 1)
        id->grown++;
    else if (now + MAX(2, before / 20) < before)
        id->shrunk++;
}

void fm_identify_pipe(FmIdentify *id, uint32_t pipe, bool limited, FmTime now, FmTime rtt)
{
    if (id->settle && !id->settle_until)
        id->settle_until = now + id->settle; /* from the first transmission on */
    if (id->settle_until) {
        id->after = MAX(id->after, pipe);
        if (now >= id->settle_until + (law_of_cut(id->before, id->after) == CUT_OTHER ? id->longer : 0))
            judge_cut(id);
    }
    if (!limited || !id->round_at || now > id->round_at + 3 * rtt) {
        id->round_at = now + rtt;
        id->round_most = pipe;
        id->round_before = 0;
        return;
    }
    id->round_most = MAX(id->round_most, pipe);
    if (now >= id->round_at) {
        end_round(id);
        id->round_most = pipe;
        id->round_at = now + rtt;
    }
}

/* For and against Reno, CUBIC and BBR. */
typedef struct Score {
    int reno, cubic, bbr;
} Score;

static void weigh(Score *s, uint32_t times, uint32_t most, int reno, int cubic, int bbr)
{
    int n = (int)MIN(times, most);
    s->reno += n * reno;
    s->cubic += n * cubic;
    s->bbr += n * bbr;
}

/* A window that never grows is held by something else, a buffer or the application: nothing of it tells of a law. */
static bool stands_still(const FmIdentify *id)
{
    return id->rounds >= LEAST_ROUNDS && !id->one_more && !id->grown && !id->cuts;
}

/* Windows that are kept at losses and grow in between are nobody's of these. */
static bool keeps_growing(const FmIdentify *id)
{
    return id->rounds >= LEAST_WINDOW && (id->one_more + id->grown) * 10 >= id->rounds * 8;
}

static void weigh_rounds(Score *s, const FmIdentify *id)
{
    uint32_t n = id->rounds, steady = n - id->one_more - id->grown - id->shrunk;
    if (n < LEAST_ROUNDS)
        return;
    bool linear = id->one_more * 10 >= n * 8, curved = (steady * 10 >= n * 3 && !stands_still(id)) || id->grown * 10 >= n * 5;
    if (linear)
        weigh(s, 1, 1, 4, -2, -2);
    else if (curved && id->one_more * 10 <= n * 6)
        weigh(s, 1, 1, -1, 2, 0);
    if (!id->coarse && ((id->shrunk > 2 && id->shrunk * 20 >= n) || id->fallen * 64 >= id->summed)) /* without a loss the pipe of the others never does that */
        weigh(s, 1, 1, -8, -8, 8);
}

/* In units of which CLEAR_LEAD must lie between the first and the second. */
static Score scores(const FmIdentify *id)
{
    Score s = { 0 };
    uint32_t others = id->bursts > 1 ? id->bursts - 1 : 0; /* the first flight of BBR is not paced */
    weigh(&s, id->reno_cuts, 8, 4, -3, -2);
    weigh(&s, id->cubic_cuts, 8, -3, 4, -2);
    weigh(&s, id->kept_cuts, 8, -2, -2, keeps_growing(id) ? -2 : 2);
    weigh(&s, id->reno_spans, 8, 4, -2, -2);
    weigh(&s, id->cubic_spans, 8, -2, 4, -2);
    weigh(&s, id->kept_spans, 8, -2, -2, 2);
    weigh(&s, id->paced, 8, -1, -1, 1);
    weigh(&s, others, 8, 1, 1, -2);
    weigh(&s, id->dip.found, 2, -4, -4, 4);
    weigh(&s, id->early_exit && !stands_still(id), 1, -4, 1, 0);
    weigh(&s, id->opened_at_once, 1, 0, 0, -3);
    weigh_rounds(&s, id);
    return s;
}

FmAlgorithm fm_identify(const FmIdentify *id)
{
    Score s = scores(id);
    if (s.reno > 0 && s.reno >= s.cubic + CLEAR_LEAD && s.reno >= s.bbr + CLEAR_LEAD)
        return FM_ALGORITHM_RENO;
    if (s.cubic > 0 && s.cubic >= s.reno + CLEAR_LEAD && s.cubic >= s.bbr + CLEAR_LEAD)
        return FM_ALGORITHM_CUBIC;
    if (s.bbr > 0 && s.bbr >= s.reno + CLEAR_LEAD && s.bbr >= s.cubic + CLEAR_LEAD)
        return FM_ALGORITHM_BBR;
    return FM_ALGORITHM_UNKNOWN;
}

/* Observations are only ever added, but for the two flags. */
static uint32_t seen(const FmIdentify *id)
{
    uint32_t spans = id->reno_spans + id->cubic_spans + id->kept_spans + id->other_spans;
    return (id->cuts + spans + id->bursts + id->paced + id->rounds + id->dip.found) << 2 | (uint32_t)id->opened_at_once << 1 | id->early_exit;
}

FmAlgorithm fm_identify_again(FmIdentify *id)
{
    uint32_t now = seen(id);
    if (now != id->judged_seen) {
        id->judged = fm_identify(id);
        id->judged_seen = now;
    }
    return id->judged;
}
