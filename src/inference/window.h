/* The congestion window, observed: what is in flight right after the sender used all it was allowed to send.
 *
 * Between two acknowledgments the pipe may stay below the window (segmentation offload waits for more), so the window is the
 * largest pipe of a short time around (an eighth of the round-trip time). In recovery every acknowledgment sets the window anew
 * (RFC 6937), so there it is the pipe itself. */
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
} FmWindow;

/* The pipe after something was sent at `time`. */
void fm_window_observe(FmWindow *w, FmSeries *series, FmTime time, uint32_t pipe, FmTime rtt);

/* The window is exactly this from now on. */
void fm_window_set(FmWindow *w, FmSeries *series, FmTime time, uint32_t packets);

/* Puts what is waiting into the series. */
void fm_window_flush(FmWindow *w, FmSeries *series);
