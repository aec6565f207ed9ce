/* What a segment with data is: new, a retransmission and why, a late or doubled packet, or a probe. */
#pragma once

#include "inference/sender.h"

/* Judges a segment with data that was not sent before: new, or a byte that asks a closed window. */
FmVerdict fm_verdict_of_new(const FmSender *s, const FmSegment *p, uint64_t start);

/* Judges a segment [start, end) with start below board.next, sent at `now`; i: the first record that it overlaps, or board.tail.
 * Changes nothing. */
FmVerdict fm_verdict_of(const FmSender *s, const FmSegment *p, uint64_t start, uint64_t end, uint64_t i, FmTime now);
