/* PROBE_RTT as it looks from anywhere (draft-cardwell-iccrg-bbr-congestion-control-00 §4.3.4). */
#include "config.h"

#include "inference/dip.h"

#include <glib.h>

#define SHORTEST (150 * FM_MILLISECOND)
#define LONGEST (350 * FM_MILLISECOND) /* and some round trips */
#define NARROWEST_SLOT (5 * FM_MILLISECOND)

enum { LEAST_USUAL = 12, FEW = 8, MOST_SLOTS = 128, SPOILT_SLOTS = 3 };

void fm_dip_spoil(FmDip *d)
{
    d->spoilt = SPOILT_SLOTS;
    d->slots = 0;
}

static void begin(FmDip *d)
{
    d->slots = 1;
    d->low_packets = d->packets;
    d->hollow = 0;
    d->last_hollow = false;
}

static void go_on(FmDip *d)
{
    d->slots++;
    d->low_packets += d->packets;
    d->hollow += d->last_hollow;
    d->last_hollow = d->packets == 0;
}

/* The pipe ran empty in one round trip, then held four packets or so for 200 ms, and filled again. */
static void end(FmDip *d, FmTime slot)
{
    FmTime length = d->slots * slot;
    bool resumed = d->packets * 2 >= d->usual;
    if (resumed && d->slots >= 3 && length >= SHORTEST && length <= LONGEST + 4 * slot && d->hollow <= 1 &&
        d->low_packets >= 2 * (d->slots - 2) && d->low_packets >= 4)
        d->found++;
    d->slots = 0;
}

static void end_slot(FmDip *d, FmTime slot)
{
    bool low = d->packets <= FEW && d->packets * 3 <= d->usual;
    if (d->spoilt) {
        d->spoilt--;
    } else if (d->usual >= LEAST_USUAL && low) {
        if (d->slots)
            go_on(d);
        else
            begin(d);
        if (d->slots > MOST_SLOTS)
            d->slots = 0, d->usual = 0;
        d->packets = 0;
        return;
    } else if (d->slots) {
        if (d->packets * 2 < d->usual && !d->last_hollow) { /* it fills in the midst of this slot */
            d->last_hollow = true;
            d->packets = 0;
            return;
        }
        end(d, slot);
    }
    d->usual = d->usual ? (3 * d->usual + d->packets) / 4 : d->packets;
    d->packets = 0;
}

void fm_dip_sent(FmDip *d, uint32_t packets, FmTime now, FmTime rtt)
{
    FmTime slot = MAX(rtt, NARROWEST_SLOT);
    if (!d->slot_end || now - d->slot_end > MOST_SLOTS * slot) {
        *d = (FmDip){ .slot_end = now + slot, .packets = packets, .found = d->found };
        return;
    }
    while (now >= d->slot_end) {
        end_slot(d, slot);
        d->slot_end += slot;
    }
    d->packets += packets;
}
