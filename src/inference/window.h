/* The congestion window, observed: what is in flight right after the sender used all it was allowed to send.
 *
 * Between two acknowledgments the pipe may stay below the window (segmentation offload waits for more), so the window is the
 * largest pipe of a short time around (an eighth of the round-trip time). In recovery every acknowledgment sets the window anew
 * (RFC 6937), so there it is the pipe itself. While the application or the receiver holds the sender back, the window stays what
 * it was, apart from what Linux does to a window that is not used (RFC 2861). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "inference/series.h"

enum { FM_WINDOW_SLOTS = 9 };

typedef struct FmWindow {
    FmTime width;   /* of a slot */
    FmTime start;   /* of the newest slot */
    uint32_t slots[FM_WINDOW_SLOTS]; /* largest pipe; newest last */
    unsigned filled;
    uint32_t now;   /* the estimate, without the delay of the slots */
    uint32_t held;  /* the window when it was last in use */
    uint32_t round_most; /* largest pipe of this round */
    FmTime round_end;
    bool idle;      /* not in use: held counts */
    uint32_t used;  /* largest pipe since the window was last full */
    FmTime stamp;   /* when it was last full, or judged */
} FmWindow;

/* The pipe after something was sent at `time`. */
void fm_window_observe(FmWindow *w, FmSeries *series, FmTime time, uint32_t pipe, FmTime rtt, bool idle);

/* Data is sent again after nothing was in flight for `idle`: the window has decayed (RFC 2861). */
void fm_window_restart(FmWindow *w, FmTime time, FmTime idle, FmTime timeout);

/* Judges whether a window that is not in use shrinks; after each transmission outside of recovery. */
void fm_window_validate(FmWindow *w, FmTime time, uint32_t pipe, FmTime timeout);

/* The window is exactly this from now on. */
void fm_window_set(FmWindow *w, FmSeries *series, FmTime time, uint32_t packets);

/* Puts what is waiting into the series. */
void fm_window_flush(FmWindow *w, FmSeries *series);
