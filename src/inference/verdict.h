/* What a segment below the highest sent one is: a retransmission and why, or a late or doubled packet. */
#pragma once

#include "inference/sender.h"

/* Judges a segment [start, end) with start below board.next, sent at `now`; i: the first record that it overlaps, or board.tail.
 * Changes nothing. */
FmVerdict fm_verdict_of(const FmSender *s, const FmSegment *p, uint64_t start, uint64_t end, uint64_t i, FmTime now);
