/* Round-trip times (RFC 6298). */
#include "config.h"

#include "inference/rtt.h"

#include <glib.h>

#define MINIMUM_WINDOW (10 * FM_SECOND)
#define TIMEOUT_MINIMUM (200 * FM_MILLISECOND)

static void take_minimum(FmRtt *r, FmTime rtt, FmTime now)
{
    if (!r->minimum || rtt <= r->minimum || now - r->minimum_at > MINIMUM_WINDOW) {
        r->minimum = rtt;
        r->minimum_at = now;
    }
    if (!r->lifetime_minimum || rtt < r->lifetime_minimum)
        r->lifetime_minimum = rtt;
}

/* The variance falls slowly and rises at once, by the maximum over a round (as Linux does it, RFC 6298 with a longer memory). */
static void smooth(FmRtt *r, FmTime rtt, uint64_t una, uint64_t next)
{
    if (!r->smoothed) {
        r->smoothed = rtt;
        r->mdev = rtt / 2;
        r->deviation = r->mdev_max = MAX(rtt / 2, TIMEOUT_MINIMUM / 4);
        r->round_end = next;
        return;
    }
    FmTime error = rtt - r->smoothed;
    r->smoothed += error / 8;
    FmTime size = ABS(error);
    if (error < 0 && size > r->mdev)
        r->mdev += (size - r->mdev) / 32; /* a lower RTT is no reason for a longer timeout */
    else
        r->mdev += (size - r->mdev) / 4;
    if (r->mdev > r->mdev_max) {
        r->mdev_max = r->mdev;
        r->deviation = MAX(r->deviation, r->mdev_max);
    }
    if (una > r->round_end) {
        if (r->mdev_max < r->deviation)
            r->deviation -= (r->deviation - r->mdev_max) / 4;
        r->round_end = next;
        r->mdev_max = TIMEOUT_MINIMUM / 4;
    }
}

bool fm_rtt_sample(FmRtt *r, const FmDelivery *d, uint64_t una, uint64_t next)
{
    FmTime oldest = 0, newest = 0;
    if (d->first_acked && !d->resent_acked) {
        oldest = d->now - d->first_acked;
        newest = d->now - d->last_acked;
    } else if (d->first_sacked) {
        oldest = d->now - d->first_sacked;
        newest = d->now - d->last_sacked;
    } else if (d->echoed) {
        oldest = d->now - d->echoed;
    }
    r->latest = MAX(newest, 0);
    if (oldest <= 0)
        return false;
    if (newest > 0)
        take_minimum(r, newest, d->now);
    smooth(r, oldest, una, next);
    r->samples++;
    return true;
}

void fm_rtt_seed(FmRtt *r, FmTime rtt, FmTime now)
{
    if (rtt <= 0 || r->smoothed)
        return;
    take_minimum(r, rtt, now);
    smooth(r, rtt, 0, 0);
}

FmTime fm_rtt_timeout(const FmRtt *r)
{
    return r->smoothed ? r->smoothed + MAX(4 * r->deviation, TIMEOUT_MINIMUM) : FM_SECOND;
}
