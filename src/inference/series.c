/* Points over time. */
#include "config.h"

#include "inference/series.h"

#include <string.h>

#include <glib.h>

enum { FIRST_ROOM = 64 };
#define FIRST_SPACING FM_MILLISECOND

static bool is_dense(unsigned kind)
{
    return kind <= FM_POINT_RTT;
}

/* Half of the dense points go; from now on they are kept further apart. */
static void thin(FmSeries *s)
{
    uint32_t kept = 0, seen[FM_POINT_KINDS] = { 0 };
    for (uint32_t i = 0; i < s->count; i++) {
        FmPoint p = s->points[i];
        if (!is_dense(p.kind) || seen[p.kind]++ % 2 == 0)
            s->points[kept++] = p;
    }
    s->count = kept;
    memset(s->retracted, 0, sizeof s->retracted);
    s->full = kept > FM_SERIES_MAX / 8 * 7;
    s->thinned++;
    s->spacing = s->spacing ? 2 * s->spacing : FIRST_SPACING;
}

void fm_series_put(FmSeries *s, FmPointKind kind, FmTime time, uint64_t value, unsigned detail)
{
    if (s->off)
        return;
    uint32_t number = (uint32_t)MIN(value, UINT32_MAX - 1);
    if (kind != FM_POINT_RETRANSMISSION && s->last[kind] == number + 1)
        return;
    if (is_dense(kind) && s->spacing && s->last[kind] && time - s->last_time[kind] < s->spacing)
        return;
    if (s->count >= FM_SERIES_MAX && !s->full)
        thin(s);
    if (s->count >= FM_SERIES_MAX)
        return; /* hardly anything dense is left */
    s->last[kind] = number + 1;
    s->last_time[kind] = time;
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : FIRST_ROOM;
        s->points = g_renew(FmPoint, s->points, s->room);
    }
    s->points[s->count++] = (FmPoint){ time, number, (uint8_t)kind, (uint8_t)detail };
}

void fm_series_retract(FmSeries *s, FmPointKind kind, FmTime since)
{
    for (uint32_t i = s->count; i > s->retracted[kind] && s->points[i - 1].time >= since - FM_SECOND; i--)
        if (s->points[i - 1].kind == kind && s->points[i - 1].time >= since)
            s->points[i - 1].kind = FM_POINT_KINDS;
    s->last[kind] = 0;
    s->retracted[kind] = s->count;
}

void fm_series_clear(FmSeries *s)
{
    g_free(s->points);
    *s = (FmSeries){ .off = s->off };
}
