/* What a picture of a flow shows, whoever draws it: the terminal in dots, a file in lines.
 *
 * Times are seconds since the flow's first packet. Everything is made from the steps of a track (summary/track.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "summary/track.h"

typedef enum FmChartKind { FM_CHART_WINDOW, FM_CHART_RTT, FM_CHART_SEQUENCE, FM_CHART_THROUGHPUT, FM_CHART_KINDS } FmChartKind;

typedef enum FmInk { /* what a curve is about: decides its colour; later ones are drawn over earlier ones */
    FM_INK_BAND,      /* where the congestion window may lie */
    FM_INK_FLIGHT, FM_INK_THRESHOLD, FM_INK_EDGE, FM_INK_WINDOW, FM_INK_ACK, FM_INK_DATA, FM_INK_SACK, FM_INK_RTT, FM_INK_RATE,
    FM_INK_RESENT, FM_INKS
} FmInk;

typedef enum FmForm {
    FM_FORM_AREA,  /* filled from 0 to high */
    FM_FORM_BAND,  /* filled from low to high until the next point */
    FM_FORM_STEPS, /* holds high until the next point */
    FM_FORM_BARS,  /* from low to high at its time only */
    FM_FORM_DOTS,
} FmForm;

typedef struct FmChartPoint {
    double x, low, high; /* high below 0: not known from here on */
} FmChartPoint;

typedef struct FmCurve {
    const char *name;
    FmInk ink;
    FmForm form;
    bool aside; /* does not stretch the scale: the receiver's window may be far above everything */
    GArray *points; /* of FmChartPoint, by x */
} FmCurve;

typedef enum FmMarkKind { FM_MARK_RESENT, FM_MARK_TIMEOUT, FM_MARK_PROBE, FM_MARK_NEEDLESS, FM_MARK_LATE, FM_MARK_ZERO_WINDOW, FM_MARK_KINDS } FmMarkKind;

typedef struct FmMark { /* something that happened */
    double x;
    FmMarkKind kind;
    uint32_t step;
} FmMark;

typedef struct FmSpan { /* a stretch of time that has a name */
    double from, to;
    uint8_t phase, limit; /* FmPhase, FmLimit */
} FmSpan;

enum { FM_MOST_CURVES = 6 };

typedef struct FmChart {
    FmChartKind kind;
    const char *title, *unit; /* of the y axis: "B", "s", "bit/s" */
    FmCurve curves[FM_MOST_CURVES];
    unsigned curve_count;
    GArray *marks; /* of FmMark */
    GArray *spans; /* of FmSpan */
    double from, to; /* all of its time */
} FmChart;

/* Of the sender of a direction. */
FmChart *fm_chart_new(FmChartKind kind, const FmStep *steps, size_t count, unsigned direction);
void fm_chart_free(FmChart *chart);

/* "window" and back; KINDS if unknown. */
const char *fm_chart_name(FmChartKind kind);
FmChartKind fm_chart_named(const char *name);

/* The range of y from `from` to `to`, both of 0 and what is drawn there (sequence numbers: the range alone). */
void fm_chart_range(const FmChart *chart, double from, double to, double *low, double *high);

const char *fm_mark_name(FmMarkKind kind);   /* "timeout" */
const char *fm_mark_letter(FmMarkKind kind); /* "T" */

/* Round numbers for an axis: at most `most` ticks in [from, to] into `ticks`; returns how many. *step is their distance. */
unsigned fm_axis_ticks(double from, double to, unsigned most, double *ticks, double *step);

/* A value as axis and legend show it: "120k", "1.5", "38 ms"; bytes and bits without their unit. Into `room` of at least 24 bytes; returns it. */
char *fm_axis_text(char *room, const char *unit, double value, double step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmChart, fm_chart_free)
