/* BBR's model of the path and its window (version 1, as in Linux; draft-cardwell-iccrg-bbr-congestion-control-00). */
#include "config.h"

#include "inference/bbr.h"

#include <math.h>

#include <glib.h>

#define HIGH_GAIN 2.885
#define DRAIN_GAIN (1 / 2.885)
#define WINDOW_GAIN 2.0
#define PACING_MARGIN 0.99

enum {
    RATE_ROUNDS = 10,
    FULL_ROUNDS = 3,
    DRAIN_ROUNDS = 2, /* longer it can't take: then the rate is underestimated */
    MINIMUM_WINDOW = 4,
    VISIBLE_WINDOW = 9, /* from this BDP on PROBE_RTT can be told from normal operation */
    EXTRA_ROUNDS = 5,
    EXTRA_RESET = 1 << 20,
    UNKNOWN_WINDOW = 1 << 20,
    LARGEST_BURST = 65536 - 1 - 320,
};
#define MIN_RTT_WINDOW (10 * FM_SECOND)
#define PROBE_RTT_TIME (200 * FM_MILLISECOND)
#define EXTRA_TIME (100 * FM_MILLISECOND)

static double rate(const FmBbr *b)
{
    return b->best[0].rate;
}

/* Windowed maximum over rounds with three slots: the best, the second and third best after it. */
static void take_rate(FmBbr *b, double value)
{
    const uint64_t now = b->rounds, window = RATE_ROUNDS;
    if (value >= b->best[0].rate || now - b->best[2].round > window) {
        for (unsigned i = 0; i < FM_BBR_SLOTS; i++) {
            b->best[i].round = now;
            b->best[i].rate = value;
        }
        return;
    }
    if (value >= b->best[1].rate) {
        b->best[1].round = b->best[2].round = now;
        b->best[1].rate = b->best[2].rate = value;
    } else if (value >= b->best[2].rate) {
        b->best[2].round = now;
        b->best[2].rate = value;
    }
    uint64_t age = now - b->best[0].round;
    if (age > window) { /* the best is too old */
        b->best[0] = b->best[1];
        b->best[1] = b->best[2];
        b->best[2].round = now;
        b->best[2].rate = value;
        if (now - b->best[0].round > window) {
            b->best[0] = b->best[1];
            b->best[1] = b->best[2];
        }
    } else if (b->best[1].round == b->best[0].round && age > window / 4) {
        b->best[1].round = b->best[2].round = now;
        b->best[1].rate = b->best[2].rate = value;
    } else if (b->best[2].round == b->best[1].round && age > window / 2) {
        b->best[2].round = now;
        b->best[2].rate = value;
    }
}

static double bdp(const FmBbr *b, double gain)
{
    return b->min_rtt ? ceil(rate(b) * (double)b->min_rtt * gain) : 10;
}

/* Packets of one burst that segmentation offload makes at this pacing rate: 1/1024 s, at least two packets unless very slow. */
static uint32_t burst(const FmBbr *b)
{
    double bytes_per_second = b->pacing_rate * 1e9 * b->mss;
    double bytes = MIN(bytes_per_second / 1024, LARGEST_BURST);
    uint32_t least = bytes_per_second < 1200000 / 8 ? 1 : 2;
    return MAX((uint32_t)(bytes / b->mss), least);
}

static double quantized(const FmBbr *b, double window)
{
    uint32_t packets = (uint32_t)MIN(window, 1e9) + 3 * burst(b);
    return (packets + 1) & ~1u;
}

static double pacing_gain(const FmBbr *b)
{
    switch (b->mode) {
    case FM_BBR_STARTUP: return HIGH_GAIN;
    case FM_BBR_DRAIN: return DRAIN_GAIN;
    default: return 1;
    }
}

static double window_gain(const FmBbr *b)
{
    switch (b->mode) {
    case FM_BBR_STARTUP:
    case FM_BBR_DRAIN: return HIGH_GAIN;
    case FM_BBR_PROBE_RTT: return 1;
    default: return WINDOW_GAIN;
    }
}

void fm_bbr_start(FmBbr *b, uint32_t initial, uint32_t mss, FmTime rtt)
{
    *b = (FmBbr){ .cwnd = initial, .mss = MAX(mss, 1) };
    b->pacing_rate = HIGH_GAIN * initial / (double)(rtt > 0 ? rtt : FM_MILLISECOND);
}

void fm_bbr_join(FmBbr *b)
{
    b->mode = FM_BBR_PROBE_BW;
    b->filled = true;
    b->cwnd = UNKNOWN_WINDOW;
}

static void update_rate(FmBbr *b, const FmRateSample *s)
{
    b->round_start = false;
    if (s->interval <= 0)
        return;
    if (s->prior_delivered >= b->round_end) {
        b->round_end = s->delivered;
        b->rounds++;
        b->round_start = true;
        b->conserving = false;
    }
    double sample = (double)(s->delivered - s->prior_delivered) / (double)s->interval;
    if (!s->app_limited || sample >= rate(b))
        take_rate(b, sample);
}

/* How much more than the rate promises is acknowledged at once: the window must cover it. */
static void update_extra(FmBbr *b, const FmRateSample *s)
{
    if (!s->acked || s->interval <= 0)
        return;
    if (b->round_start && ++b->extra_rounds >= EXTRA_ROUNDS) {
        b->extra_rounds = 0;
        b->extra_index = !b->extra_index;
        b->extra[b->extra_index] = 0;
    }
    uint64_t expected = (uint64_t)(rate(b) * (double)(s->now - b->epoch_at));
    if (b->epoch_acked <= expected || b->epoch_acked + s->acked >= EXTRA_RESET) {
        b->epoch_acked = expected = 0;
        b->epoch_at = s->now;
    }
    b->epoch_acked += s->acked;
    uint32_t extra = (uint32_t)MIN(b->epoch_acked - expected, b->cwnd);
    b->extra[b->extra_index] = MAX(b->extra[b->extra_index], extra);
}

static void update_startup(FmBbr *b, const FmRateSample *s)
{
    if (!b->filled && b->round_start && !s->app_limited) {
        if (rate(b) >= b->full_rate * 1.25) {
            b->full_rate = rate(b);
            b->full_rounds = 0;
        } else {
            b->filled = ++b->full_rounds >= FULL_ROUNDS;
        }
    }
    if (b->mode == FM_BBR_STARTUP && b->filled) {
        b->mode = FM_BBR_DRAIN;
        b->drain_end = b->rounds + DRAIN_ROUNDS;
    }
    if (b->mode == FM_BBR_DRAIN && (s->in_flight <= quantized(b, bdp(b, 1)) || b->rounds > b->drain_end))
        b->mode = FM_BBR_PROBE_BW;
}

static void end_probe_rtt(FmBbr *b, FmTime now)
{
    if (now <= b->probe_until)
        return;
    b->min_rtt_at = now;
    b->cwnd = MAX(b->cwnd, b->prior_cwnd);
    b->mode = b->filled ? FM_BBR_PROBE_BW : FM_BBR_STARTUP;
}

static void update_min_rtt(FmBbr *b, const FmRateSample *s)
{
    bool expired = b->min_rtt && s->now > b->min_rtt_at + MIN_RTT_WINDOW && bdp(b, 1) < VISIBLE_WINDOW;
    if (s->rtt > 0)
        b->latest_rtt = s->rtt;
    if (s->rtt > 0 && (!b->min_rtt || s->rtt < b->min_rtt || expired)) {
        b->min_rtt = s->rtt;
        b->min_rtt_at = s->now;
    }
    if (expired && !b->idle_restart && b->mode != FM_BBR_PROBE_RTT) {
        fm_bbr_save(b);
        b->mode = FM_BBR_PROBE_RTT;
        b->probe_until = 0;
    }
    if (b->mode == FM_BBR_PROBE_RTT) {
        if (!b->probe_until && s->in_flight <= MINIMUM_WINDOW) {
            b->probe_until = s->now + PROBE_RTT_TIME;
            b->probe_round_done = false;
            b->round_end = s->delivered;
        } else if (b->probe_until) {
            b->probe_round_done = b->probe_round_done || b->round_start;
            if (b->probe_round_done)
                end_probe_rtt(b, s->now);
        }
    }
    if (s->acked)
        b->idle_restart = false;
}

static void update_pacing(FmBbr *b)
{
    double wanted = rate(b) * pacing_gain(b) * PACING_MARGIN;
    if (b->filled || wanted > b->pacing_rate)
        b->pacing_rate = wanted;
}

/* In the first round of recovery a packet goes out for each that arrives; afterwards the window from before is restored. True if
 * the window is settled. */
static bool follow_recovery(FmBbr *b, const FmRateSample *s, bool recovering)
{
    if (s->lost)
        b->cwnd = b->cwnd > s->lost ? b->cwnd - s->lost : 1;
    if (recovering && !b->in_recovery) {
        b->conserving = true;
        b->round_end = s->delivered;
        b->cwnd = s->in_flight + s->acked;
    } else if (!recovering && b->in_recovery) {
        b->cwnd = MAX(b->cwnd, b->prior_cwnd);
        b->conserving = false;
    }
    b->in_recovery = recovering;
    if (b->conserving)
        b->cwnd = MAX(b->cwnd, s->in_flight + s->acked);
    return b->conserving;
}

static void update_window(FmBbr *b, const FmRateSample *s, bool recovering)
{
    if (s->acked && !follow_recovery(b, s, recovering)) {
        double target = bdp(b, window_gain(b));
        if (b->filled) {
            double most = rate(b) * (double)EXTRA_TIME;
            target += MIN(MAX(b->extra[0], b->extra[1]), most);
        }
        target = quantized(b, target);
        if (b->filled)
            b->cwnd = MIN(b->cwnd + s->acked, (uint32_t)target);
        else if (b->cwnd < target || s->delivered < 10)
            b->cwnd += s->acked;
        b->cwnd = MAX(b->cwnd, MINIMUM_WINDOW);
    }
    if (b->mode == FM_BBR_PROBE_RTT)
        b->cwnd = MIN(b->cwnd, MINIMUM_WINDOW);
}

void fm_bbr_ack(FmBbr *b, const FmRateSample *s, bool recovering)
{
    update_rate(b, s);
    update_extra(b, s);
    update_startup(b, s);
    update_min_rtt(b, s);
    update_pacing(b);
    update_window(b, s, recovering);
}

FmTime fm_bbr_sent(FmBbr *b, uint32_t pipe, bool empty, FmTime now)
{
    if (empty)
        b->busy_at = 0;
    if (pipe > 2 * MINIMUM_WINDOW) {
        b->busy_at = now;
        if (b->mode == FM_BBR_PROBE_RTT && bdp(b, 1) >= VISIBLE_WINDOW && b->probe_until)
            end_probe_rtt(b, b->probe_until + 1);
    }
    if (pipe > MINIMUM_WINDOW || !b->busy_at || b->mode != FM_BBR_PROBE_BW || bdp(b, 1) < VISIBLE_WINDOW)
        return 0;
    FmTime since = b->busy_at;
    fm_bbr_save(b);
    b->mode = FM_BBR_PROBE_RTT;
    b->min_rtt = b->latest_rtt;
    b->min_rtt_at = since;
    b->probe_until = now + PROBE_RTT_TIME;
    b->probe_round_done = false;
    b->busy_at = 0;
    b->cwnd = MINIMUM_WINDOW;
    return since;
}

void fm_bbr_save(FmBbr *b)
{
    if (!b->in_recovery && b->mode != FM_BBR_PROBE_RTT)
        b->prior_cwnd = b->cwnd;
    else
        b->prior_cwnd = MAX(b->prior_cwnd, b->cwnd);
}

void fm_bbr_timeout(FmBbr *b, uint32_t in_flight)
{
    fm_bbr_save(b);
    b->in_recovery = true;
    b->full_rate = 0;
    b->round_start = true;
    b->cwnd = in_flight + 1;
}
