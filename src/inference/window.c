/* The congestion window from what is in flight. */
#include "config.h"

#include "inference/window.h"

#include <string.h>

#include <glib.h>

#define NARROWEST (3 * FM_MILLISECOND)
enum { HALF = FM_WINDOW_SLOTS / 2, RESTART_WINDOW = 10 };

static uint32_t largest(const FmWindow *w, unsigned first, unsigned last)
{
    uint32_t most = 0;
    for (unsigned i = first; i <= last; i++)
        most = MAX(most, w->slots[i]);
    return most;
}

/* The slot in the middle has all its neighbours now. */
static void put_slot(FmWindow *w, FmSeries *series, unsigned slot)
{
    FmTime time = w->start - (FM_WINDOW_SLOTS - 1 - slot) * w->width;
    unsigned first = slot > HALF ? slot - HALF : 0, last = MIN(slot + HALF, FM_WINDOW_SLOTS - 1);
    uint32_t packets = largest(w, first, last);
    if (w->idle)
        packets = MAX(packets, w->held);
    if (packets)
        fm_series_put(series, FM_POINT_WINDOW, time, packets, 0);
}

static void next_slot(FmWindow *w, FmSeries *series)
{
    put_slot(w, series, HALF);
    memmove(w->slots, w->slots + 1, (FM_WINDOW_SLOTS - 1) * sizeof w->slots[0]);
    w->slots[FM_WINDOW_SLOTS - 1] = 0;
    w->start += w->width;
}

/* In use, the window is what the last round reached; otherwise at least what it was. */
static void hold(FmWindow *w, FmTime time, uint32_t pipe, FmTime rtt, bool idle)
{
    w->held = MAX(w->held, pipe);
    w->round_most = MAX(w->round_most, pipe);
    if (idle || time >= w->round_end + rtt) {
        w->round_end = time + rtt;
        w->round_most = pipe;
    } else if (time >= w->round_end) {
        w->held = w->round_most;
        w->round_end = time + rtt;
        w->round_most = pipe;
    }
}

void fm_window_observe(FmWindow *w, FmSeries *series, FmTime time, uint32_t pipe, FmTime rtt, bool idle)
{
    hold(w, time, pipe, rtt, idle);
    if (!w->width || time >= w->start + FM_WINDOW_SLOTS * w->width) {
        fm_window_flush(w, series);
        w->width = MAX(rtt / 8, NARROWEST) / (FM_WINDOW_SLOTS - 1);
        w->start = time;
    }
    while (time >= w->start + w->width)
        next_slot(w, series);
    w->slots[FM_WINDOW_SLOTS - 1] = MAX(w->slots[FM_WINDOW_SLOTS - 1], pipe);
    w->idle = idle;
    w->now = largest(w, 0, FM_WINDOW_SLOTS - 1);
    if (idle)
        w->now = MAX(w->now, w->held);
}

void fm_window_restart(FmWindow *w, FmTime time, FmTime idle, FmTime timeout)
{
    uint32_t least = MIN(w->held, RESTART_WINDOW);
    for (idle -= timeout; idle > 0 && w->held > least; idle -= timeout)
        w->held /= 2;
    w->held = MAX(w->held, least);
    w->stamp = time;
    w->used = 0;
}

void fm_window_validate(FmWindow *w, FmTime time, uint32_t pipe, FmTime timeout)
{
    if (pipe >= w->held) {
        w->stamp = time;
        w->used = 0;
        return;
    }
    w->used = MAX(w->used, pipe);
    if (!w->idle || time < w->stamp + timeout)
        return;
    uint32_t used = MAX(w->used, RESTART_WINDOW);
    if (used < w->held)
        w->held = (w->held + used) / 2;
    w->stamp = time;
    w->used = 0;
}

void fm_window_set(FmWindow *w, FmSeries *series, FmTime time, uint32_t packets)
{
    fm_window_flush(w, series);
    fm_series_put(series, FM_POINT_WINDOW, time, packets, 0);
    w->now = w->held = packets;
    w->idle = false;
}

void fm_window_flush(FmWindow *w, FmSeries *series)
{
    for (unsigned slot = HALF; w->width && slot < FM_WINDOW_SLOTS; slot++)
        put_slot(w, series, slot);
    memset(w->slots, 0, sizeof w->slots);
    w->width = 0;
}
