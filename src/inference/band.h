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

/* Why no algorithm is named. */
typedef enum FmUnknown {
    FM_UNKNOWN_NOT,         /* one is */
    FM_UNKNOWN_SHORT,       /* it has sent little */
    FM_UNKNOWN_NOT_LIMITED, /* the network hardly ever held it back */
    FM_UNKNOWN_SLOW_START,  /* it never left its first slow start */
    FM_UNKNOWN_NO_LOSS,     /* nothing was lost, or no loss could be judged */
    FM_UNKNOWN_AMBIGUOUS,   /* what was seen fits several, or none */
    FM_UNKNOWN_COUNT
} FmUnknown;

FmUnknown fm_sender_unknown(const FmSender *s);

/* "nothing was lost"; NULL for FM_UNKNOWN_NOT. */
const char *fm_unknown_name(FmUnknown unknown);
