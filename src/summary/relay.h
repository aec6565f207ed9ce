/* Hands packets to a summary on a thread of its own, so that dissecting and summing up go on side by side.
 *
 * What a summary looks at is copied (a few hundred bytes a packet) and handed over in batches; the summary sees the same packets in the
 * same order as if it were fed directly, so it comes to the same results. Between fm_relay_new and fm_relay_wait, and from the next packet
 * on, it belongs to the thread: nobody else may look at it. */
#pragma once

#include "summary/summary.h"

typedef struct FmRelay FmRelay;

/* The summary is borrowed. Free with fm_relay_free. */
FmRelay *fm_relay_new(FmSummary *summary);

void fm_relay_packet(FmRelay *relay, const FmPacket *packet, bool match);

/* Returns when the summary has taken in all packets so far. */
void fm_relay_wait(FmRelay *relay);

/* Waits, and ends the thread. NULL: nothing is done. */
void fm_relay_free(FmRelay *relay);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmRelay, fm_relay_free)
