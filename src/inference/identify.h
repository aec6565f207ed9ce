/* Which congestion control a sender runs. 'unknown' is an answer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef enum FmAlgorithm { FM_ALGORITHM_UNKNOWN, FM_ALGORITHM_RENO, FM_ALGORITHM_CUBIC, FM_ALGORITHM_BBR } FmAlgorithm;

enum { FM_IDENTIFY_CUTS = 32 };

typedef struct FmIdentify {
    float cuts[FM_IDENTIFY_CUTS]; /* window after a recovery / before it; a ring */
    unsigned cut_count;
    uint32_t before;
    unsigned dips;                /* times of a nearly empty pipe like PROBE_RTT's */
    FmTime low_since;
    uint32_t low_before;
    FmTime round_at;              /* growth, round by round */
    uint32_t round_window;
    unsigned rounds, shrunk, linear;
} FmIdentify;

void fm_identify_cut(FmIdentify *id, uint32_t before);
FmAlgorithm fm_identify(const FmIdentify *id);
const char *fm_algorithm_name(FmAlgorithm algorithm);
