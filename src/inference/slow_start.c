/* The end of slow start without loss: HyStart (RFC 9406), a known threshold, BBR's full pipe. */
#include "config.h"

#include "inference/slow_start.h"

#include <glib.h>

enum { LEAST_CREDIT = 8 };

void fm_slow_start_begin(FmSlowStart *s, uint32_t pipe, FmTime now)
{
    *s = (FmSlowStart){ .time = now, .window = pipe, .most = pipe };
}

/* What is acknowledged counts when as much has been sent: a burst that answers many acknowledgments takes its time. */
void fm_slow_start_sent(FmSlowStart *s, uint32_t packets, uint32_t pipe)
{
    uint32_t answered = MIN(s->fresh, packets);
    s->most = MAX(s->most, pipe);
    s->credit += answered;
    s->fresh -= answered;
}

/* Not answered yet is at most what the pipe lacks: the rest came while nothing was to be sent. */
static void take(FmSlowStart *s, uint32_t packets, const FmSlowStartState *state)
{
    uint32_t lacks = s->most > state->pipe ? s->most - state->pipe : 0;
    s->fresh = MIN(s->fresh + packets, MAX(lacks, packets));
}

static uint32_t slack(const FmSlowStartState *state)
{
    return 2 + 2 * state->burst;
}

static bool is_held(const FmSlowStart *s, const FmSlowStartState *state)
{
    return s->held || state->room < s->window + s->credit * 7 / 10 + slack(state);
}

static bool is_slow(const FmSlowStart *s, const FmSlowStartState *state)
{
    return s->most + slack(state) < s->window + s->credit * 7 / 10;
}

FmTime fm_slow_start_acked(FmSlowStart *s, uint32_t packets, const FmSlowStartState *state)
{
    take(s, packets, state);
    uint32_t least = MAX(MAX(s->window / 4, LEAST_CREDIT), 3 * slack(state));
    bool held = is_held(s, state);
    if (s->doubted && held && is_slow(s, state))
        return s->time; /* there will be nothing more to see */
    if (s->credit < least << s->doubted)
        return 0;
    if (!held && is_slow(s, state)) {
        if (s->doubted)
            return s->time;
        s->doubted = true;
        return 0;
    }
    uint32_t fresh = s->fresh;
    fm_slow_start_begin(s, held ? state->pipe : s->most, state->now);
    s->fresh = fresh;
    return 0;
}

void fm_slow_start_over(FmSlowStart *s, FmTime since, const FmSlowStartState *state)
{
    uint32_t fresh = s->fresh;
    fm_slow_start_begin(s, s->most, state->now);
    s->fresh = fresh;
    s->over = since;
}

/* CUBIC may grow by half of what is acknowledged (RFC 9438 bounds it), slow start by all of it. */
bool fm_slow_start_goes_on(FmSlowStart *s, uint32_t packets, const FmSlowStartState *state)
{
    if (!s->over)
        return false;
    take(s, packets, state);
    if (s->credit < MAX(s->window / 2, 4 * LEAST_CREDIT))
        return false;
    bool grows = s->most > s->window + s->credit * 8 / 10;
    if (!grows)
        s->over = 0;
    return grows;
}

FmTime fm_slow_start_cut(const FmSlowStart *s, const FmSlowStartState *state)
{
    bool enough = s->doubted || s->credit >= MAX(s->window / 8, LEAST_CREDIT);
    return enough && !is_held(s, state) && is_slow(s, state) ? s->time : 0;
}
