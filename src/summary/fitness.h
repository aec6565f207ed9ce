/* What a capture is good for: where it is incomplete, and which answers that makes doubtful. */
#pragma once

#include "summary/summary.h"

typedef struct FmFitness {
    uint64_t packets, cut;       /* frames; those not captured whole */
    uint64_t backwards;          /* times that step back */
    uint64_t dropped;            /* packets that the capture says it lost */
    uint64_t tcp_flows;
    uint64_t one_way, midstream; /* TCP flows of which one direction, or the beginning, is missing */
    uint64_t offload;            /* with segments longer than any on the wire */
    uint64_t doubled;            /* packets captured twice */
    uint64_t unseen_flows, unseen; /* flows with data acknowledged and not captured; bytes of it */
} FmFitness;

/* `dropped` is the source's to know: 0 if it does not. */
FmFitness fm_fitness_of(FmSummary *summary, uint64_t dropped);

enum { FM_FITNESS_CHECKS = 8 };

typedef struct FmDoubt { /* one check */
    uint64_t count, of;       /* what is wrong, of how many; count 0: all is well; of 0: not known */
    const char *what, *doubt; /* "packets were dropped by the capture", and what that makes doubtful */
} FmDoubt;

void fm_fitness_doubts(const FmFitness *fitness, FmDoubt doubts[FM_FITNESS_CHECKS]);

/* One line per doubt, each with what it makes doubtful; a single line where there is none. */
void fm_fitness_text(FmText *out, const FmFitness *fitness);
