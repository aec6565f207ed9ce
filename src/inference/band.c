/* Bounds of the congestion window, and confidence. */
#include "config.h"

#include "inference/band.h"

#include <math.h>

#include <glib.h>

#define AT_SENDER FM_MILLISECOND

enum { LEAST_PACKETS = 40 };

double fm_sender_vantage(const FmSender *s)
{
    FmTime half = s->turn.shortest != FM_TIME_NONE ? s->turn.shortest : s->turn.handshake, rtt = s->rtt.lifetime_minimum;
    if (rtt <= 0 || half < 0 || (half == 0 && s->turn.shortest == FM_TIME_NONE))
        return -1;
    return MIN((double)half / (double)rtt, 1);
}

/* How well it is known which acknowledgments the sender had. */
static double alignment(const FmSender *s)
{
    double place = fm_sender_vantage(s);
    if (s->turn.clocked || (s->turn.handshake && s->turn.handshake < AT_SENDER))
        return 1;
    if (place < 0)
        return 0.3;
    return place < 0.5 ? 0.8 : 0.6;
}

/* How long ago the window was last in use, in round trips. */
static double rounds_unused(const FmSender *s)
{
    FmTime since = s->now - s->full;
    return s->full && s->rtt.smoothed ? (double)MAX(since, 0) / (double)s->rtt.smoothed : HUGE_VAL;
}

FmBand fm_sender_band(const FmSender *s)
{
    FmBand band = { 0 };
    bool bbr = fm_identify(&s->identify) == FM_ALGORITHM_BBR;
    uint64_t packets = bbr ? s->bbr.cwnd : s->window.now;
    if (!packets || !s->mss || !s->rtt.smoothed)
        return band;
    double unused = rounds_unused(s), used = CLAMP(1.25 - unused / 16, 0.2, 1);
    uint64_t quantum = MAX(s->burst, 1), low = MIN(s->window.round_most, packets);
    uint64_t high = packets + quantum;
    bool recovering = s->phase == FM_PHASE_RECOVERY || s->phase == FM_PHASE_TIMEOUT;
    if (recovering) {
        low = high = packets;
        used = 1;
    } else if (unused < 2) {
        low = packets > quantum ? packets - quantum + 1 : 1;
    } else { /* not in use: it may have grown until the sender stopped using it */
        high = packets * 2;
    }
    if (bbr)
        low = packets * 9 / 10, high = packets * 11 / 10;
    double fit = exp(-(double)(high - low) / MAX(0.5 * (double)packets, 1));
    band = (FmBand){ low * s->mss, packets * s->mss, high * s->mss, alignment(s) * used * CLAMP(fit, 0.3, 1) };
    return band;
}

double fm_sender_algorithm_confidence(const FmSender *s)
{
    const FmIdentify *id = &s->identify;
    double with = 0, all = 0;
    switch (fm_identify(id)) {
    case FM_ALGORITHM_RENO:
        with = id->reno_cuts + id->reno_spans + id->one_more / 10;
        break;
    case FM_ALGORITHM_CUBIC:
        with = id->cubic_cuts + id->cubic_spans + (id->rounds - id->one_more) / 20;
        break;
    case FM_ALGORITHM_BBR:
        with = id->kept_cuts + id->kept_spans + id->paced + 2 * id->dip.found + id->shrunk / 5;
        break;
    default: return 0;
    }
    all = id->cuts + id->reno_spans + id->cubic_spans + id->kept_spans + id->other_spans;
    all = MAX(all, with);
    return (with + 1) / (all + 2);
}

FmUnknown fm_sender_unknown(const FmSender *s)
{
    const FmIdentify *id = &s->identify;
    FmTime since = s->limit_since && s->now > s->limit_since ? s->now - s->limit_since : 0, all = since;
    FmTime network = s->limited[FM_LIMIT_NETWORK] + (s->limit == FM_LIMIT_NETWORK ? since : 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(s->limited); i++)
        all += s->limited[i];
    if (fm_identify(id) != FM_ALGORITHM_UNKNOWN)
        return FM_UNKNOWN_NOT;
    if (s->packets < LEAST_PACKETS)
        return FM_UNKNOWN_SHORT;
    if (network * 4 < all)
        return FM_UNKNOWN_NOT_LIMITED;
    if (!s->recover && s->phase == FM_PHASE_SLOW_START)
        return FM_UNKNOWN_SLOW_START;
    return id->cuts + id->reno_spans + id->cubic_spans + id->kept_spans + id->other_spans ? FM_UNKNOWN_AMBIGUOUS : FM_UNKNOWN_NO_LOSS;
}

const char *fm_unknown_name(FmUnknown unknown)
{
    static const char *const names[FM_UNKNOWN_COUNT] = {
        NULL, "it sent too little", "the network hardly held it back", "it never left slow start", "it had no losses to judge by", "what it did fits none or several",
    };
    return names[unknown];
}
