/* Whether slow start goes on. In it every packet acknowledged makes the window larger by one: where the pipe follows by much less,
 * although nothing else holds the sender back, it has ended. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct FmSlowStart {
    FmTime time;      /* of the state that is compared with */
    uint32_t window;  /* largest pipe then */
    uint32_t most;    /* and since */
    uint32_t credit;  /* packets acknowledged since, and answered */
    uint32_t fresh;   /* not answered yet */
    bool held;        /* application or receiver have held the sender back since */
    bool doubted;     /* it grew too little once: looked at for as long again */
    FmTime over;      /* it was taken to be over since then, without a loss, and is still watched; 0: not so */
} FmSlowStart;

/* Slow start begins, or goes on from this pipe. */
void fm_slow_start_begin(FmSlowStart *s, uint32_t pipe, FmTime now);

/* So many packets were sent, after which `pipe` are in flight. */
void fm_slow_start_sent(FmSlowStart *s, uint32_t packets, uint32_t pipe);

typedef struct FmSlowStartState {
    FmTime now;
    uint32_t pipe;
    uint32_t room;  /* packets that the receive window allows in flight */
    uint32_t burst; /* packets of the longest segment captured */
} FmSlowStartState;

/* An acknowledgment of so many packets. Returns since when slow start is over; 0 if it goes on. */
FmTime fm_slow_start_acked(FmSlowStart *s, uint32_t packets, const FmSlowStartState *state);

/* It was taken to be over. */
void fm_slow_start_over(FmSlowStart *s, FmTime since, const FmSlowStartState *state);

/* An acknowledgment of so many packets after that. True if the pipe grows as in slow start after all: the sender had only been slow
 * to answer. */
bool fm_slow_start_goes_on(FmSlowStart *s, uint32_t packets, const FmSlowStartState *state);

/* A loss ends it, unless it was over before: then returns since when. */
FmTime fm_slow_start_cut(const FmSlowStart *s, const FmSlowStartState *state);
