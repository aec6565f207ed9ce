/* Time by who had the turn. */
#include "config.h"

#include "inference/breakdown.h"

#include <glib.h>

void fm_breakdown_start(FmBreakdown *b, FmTime now)
{
    b->at = now;
}

/* The other side's turn has ended: it took `span`, of which the way is the network's. Returns its own share. */
static FmTime split(FmBreakdown *b, FmTime span, FmTime way)
{
    FmTime network = CLAMP(way, 0, span);
    b->network += network;
    return span - network;
}

static void answer(FmBreakdown *b, FmTime span, const FmBreakdownStep *step)
{
    FmTime own = split(b, span, step->way);
    b->server += own;
    b->requests++;
    if (own > b->longest) {
        b->longest = own;
        b->longest_at = b->at;
        b->longest_packet = b->packet;
    }
}

void fm_breakdown_add(FmBreakdown *b, const FmBreakdownStep *step)
{
    if (!b->at)
        b->at = step->now;
    FmTime span = MAX(step->now - b->at, 0);
    if (step->repair)
        b->stalled += span;
    else if (step->from_client && b->asked)
        b->sending += span;
    else if (step->from_client)
        b->client += split(b, span, b->packet ? step->way : 0);
    else if (b->asked)
        answer(b, span, step);
    else
        b->transfer += span;
    b->asked = step->from_client;
    b->packet = step->packet;
    b->at = MAX(b->at, step->now);
}
