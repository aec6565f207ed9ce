/* Which congestion control: how far the window falls at a loss, how it grows in between, whether bursts are paced. */
#include "config.h"

#include "inference/identify.h"

#include <math.h>

#include <glib.h>

#define MEAN_SHARE 0.6 /* of the window is left after a cut, between Reno's half and Cubic's 0.7 */

enum { LEAST_WINDOW = 8, LEAST_FLIGHT = 8 };

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

/* The window has settled after a recovery: which law cut it? */
static void judge_cut(FmIdentify *id)
{
    uint32_t before = id->before, after = id->after;
    id->before = 0;
    id->settle_until = id->settle = 0;
    if (before < LEAST_WINDOW)
        return;
    id->cuts++;
    if (is_near(after, MAX(before / 2, 2)))
        id->reno_cuts++;
    else if (is_near(after, (uint32_t)((uint64_t)before * 717 / 1024)))
        id->cubic_cuts++;
    else if (after > before * 85 / 100)
        id->kept_cuts++;
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

void fm_identify_recovered(FmIdentify *id, FmTime now, FmTime rtt)
{
    if (id->before)
        id->settle = rtt * 9 / 10;
}

static double reno_window(double before, double rounds)
{
    return before / 2 + rounds;
}

/* RFC 9438: the cubic function, or what Reno would reach with this cut where that is more. */
static double cubic_window(double before, double seconds, double rounds)
{
    double k = cbrt(before * 0.3 / 0.4), t = seconds - k;
    return MAX(0.4 * t * t * t + before, 0.7 * before + 0.53 * rounds);
}

double fm_identify_share(FmAlgorithm law, uint32_t window, FmTime since, FmTime rtt)
{
    double before = MAX(window, 2), seconds = (double)MAX(since, 0) / FM_SECOND;
    double rounds = (double)MAX(since, 0) / ((double)MAX(rtt, 1) * (1 + MEAN_SHARE) / 2);
    if (law == FM_ALGORITHM_BBR)
        return 1;
    double now = law == FM_ALGORITHM_RENO ? reno_window(before, rounds) : cubic_window(before, seconds, rounds);
    return MIN(now / before, 4);
}

void fm_identify_loss(FmIdentify *id, uint32_t window, FmTime rtt, FmTime least_rtt, FmTime now)
{
    FmTime span = now - id->loss_at - id->loss_rtt;
    if (id->loss_window >= 2 * LEAST_WINDOW && span > 8 * rtt) {
        double before = id->loss_window, got = window, seconds = (double)span / FM_SECOND;
        double low = MAX((double)id->loss_rtt * MEAN_SHARE, (double)least_rtt);
        double rounds = (double)span / ((low + (double)rtt) / 2);
        double reno = fabs(reno_window(before, rounds) - got) / got, cubic = fabs(cubic_window(before, seconds, rounds) - got) / got;
        if (reno < 0.08 && cubic > 2 * reno)
            id->reno_spans++;
        else if (cubic < 0.08 && reno > 2 * cubic)
            id->cubic_spans++;
        else
            id->other_spans++;
    }
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

void fm_identify_acked(FmIdentify *id, FmTime shortest_turn, uint32_t full_rtt_ms)
{
    if (!id->in_flight)
        return;
    id->in_flight = false;
    if (id->flight_packets < LEAST_FLIGHT)
        return;
    uint32_t ticks = id->flight_last - id->flight_first;
    bool clocked = id->flight_last != 0;
    if (!clocked && shortest_turn > FM_MILLISECOND)
        return; /* a queue before the point of capture spreads bursts too */
    if (!clocked)
        ticks = (uint32_t)((id->flight_end - id->flight_start) / FM_MILLISECOND);
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
        if (now >= id->settle_until)
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

/* BBR keeps its window at a loss, and its pipe shrinks now and then without one: the others never do that. */
static bool looks_like_bbr(const FmIdentify *id)
{
    uint32_t fitting = MAX(id->reno_cuts, id->cubic_cuts);
    if (id->rounds >= 20 && id->shrunk * 20 >= id->rounds && fitting * 2 <= id->cuts)
        return true;
    if (id->kept_cuts >= 4 && id->kept_cuts * 10 >= id->cuts * 7 && id->shrunk * 20 >= id->rounds)
        return true;
    return id->paced >= 4 && id->paced > 4 * id->bursts && fitting == 0;
}

FmAlgorithm fm_identify(const FmIdentify *id)
{
    if (id->reno_spans + id->cubic_spans + id->other_spans > 0) {
        if (id->reno_spans > id->cubic_spans + id->other_spans)
            return FM_ALGORITHM_RENO;
        return id->cubic_spans > id->reno_spans + id->other_spans ? FM_ALGORITHM_CUBIC : FM_ALGORITHM_UNKNOWN;
    }
    if (looks_like_bbr(id))
        return FM_ALGORITHM_BBR;
    uint32_t steady = id->rounds - id->one_more - id->grown - id->shrunk; /* rounds without growth */
    if (id->reno_cuts > 2 * id->cubic_cuts)
        return FM_ALGORITHM_RENO;
    if (id->cubic_cuts > 2 * id->reno_cuts)
        return FM_ALGORITHM_CUBIC;
    if (id->rounds >= 20 && id->one_more * 10 >= id->rounds * 8)
        return FM_ALGORITHM_RENO;
    if (id->rounds >= 20 && (steady * 10 >= id->rounds * 3 || id->grown * 10 >= id->rounds * 5) && id->one_more * 10 <= id->rounds * 6)
        return FM_ALGORITHM_CUBIC;
    return FM_ALGORITHM_UNKNOWN;
}
