/* What can be said of a sender's congestion window, and how surely. */
#pragma once

#include "inference/sender.h"

typedef struct FmBand {
    uint64_t low, point, high; /* bytes; point 0: not known */
    double confidence;         /* 0 … 1 */
} FmBand;

/* The window is at least what was in flight in this round. It is at most a segment (or an offloaded burst) more than that where the
 * sender stopped with data waiting and room in the receiver's window; where the application or the receiver holds it back, the last
 * window in use stands for it, and the band opens upwards with the time since. */
FmBand fm_sender_band(const FmSender *s);

/* Where the capture stands between sender (0) and receiver (1) by shares of the round-trip time; negative: not known. */
double fm_sender_vantage(const FmSender *s);

/* How surely the algorithm is known, by the share of its evidence in all (rule of succession). 0 where it is unknown. */
double fm_sender_algorithm_confidence(const FmSender *s);
