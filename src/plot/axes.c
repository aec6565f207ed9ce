/* Axes: round numbers, and how they are written. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/chart.h"

unsigned fm_axis_ticks(double from, double to, unsigned most, double *ticks, double *step)
{
    double span = to - from;
    *step = 1;
    if (!(span > 0) || !most)
        return 0;
    double rough = span / most, power = pow(10, floor(log10(rough))), unit = rough / power;
    *step = power * (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10);
    unsigned n = 0;
    for (double tick = ceil(from / *step - 1e-9) * *step; tick <= to + *step * 1e-9 && n < most; tick += *step)
        ticks[n++] = fabs(tick) < *step * 1e-6 ? 0 : tick;
    return n;
}

static char *put_scaled(char *room, double value)
{
    static const char letters[] = " kMGT";
    unsigned i = 0;
    double size = fabs(value);
    for (; size >= 999.5 && i < 4; size /= 1000, value /= 1000)
        i++;
    if (i)
        snprintf(room, 24, fabs(value) < 9.95 && value != floor(value) ? "%.1f%c" : "%.0f%c", value, letters[i]);
    else
        snprintf(room, 24, "%.0f", value);
    return room;
}

char *fm_axis_text(char *room, const char *unit, double value, double step)
{
    if (strcmp(unit, "s") == 0) {
        int digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : step >= 0.001 ? 3 : 6;
        snprintf(room, 24, "%.*f", digits, value);
        return room;
    }
    if (strcmp(unit, "ms") == 0) {
        snprintf(room, 24, step >= 1e-3 ? "%.0f ms" : "%.1f ms", value * 1e3);
        return room;
    }
    return put_scaled(room, value);
}
