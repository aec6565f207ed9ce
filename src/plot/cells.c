/* Charts in braille dots. */
#include "config.h"

#include "plot/cells.h"

FmCells *fm_cells_new(int columns, int rows)
{
    FmCells *cells = g_new0(FmCells, 1);
    cells->columns = MAX(columns, 1);
    cells->rows = MAX(rows, 1);
    cells->cells = g_new0(FmDots, (size_t)cells->columns * (size_t)cells->rows);
    return cells;
}

void fm_cells_free(FmCells *cells)
{
    if (!cells)
        return;
    g_free(cells->cells);
    g_free(cells);
}

void fm_cells_dot(FmCells *cells, int x, int y, FmInk ink)
{
    static const uint8_t bits[4][2] = { { 0x40, 0x80 }, { 0x04, 0x20 }, { 0x02, 0x10 }, { 0x01, 0x08 } }; /* from below */
    if (x < 0 || y < 0 || x >= 2 * cells->columns || y >= 4 * cells->rows)
        return;
    FmDots *cell = &cells->cells[(cells->rows - 1 - y / 4) * cells->columns + x / 2];
    cell->dots |= bits[y % 4][x % 2];
    cell->ink = (uint8_t)ink;
}

void fm_cells_line_up(FmCells *cells, int x, int from, int to, FmInk ink)
{
    for (int y = MAX(from, 0); y <= to && y < 4 * cells->rows; y++)
        fm_cells_dot(cells, x, y, ink);
}

typedef struct Scale {
    double from, to, low, high;
    int dots, height;
} Scale;

static int y_of(const Scale *s, double value)
{
    double y = (value - s->low) / (s->high - s->low) * (s->height - 1) + 0.5;
    return y < -1 ? -1 : y > s->height ? s->height : (int)y;
}

static int x_of(const Scale *s, double x)
{
    double at = (x - s->from) / (s->to - s->from) * s->dots;
    return at < -1 ? -1 : at > s->dots ? s->dots : (int)at;
}

/* The extremes of what a curve that holds its values has in each column of dots. */
static void draw_held(FmCells *cells, const FmCurve *curve, const Scale *s)
{
    const GArray *points = curve->points;
    int last_y = -1, last_x = -1;
    for (guint i = 0; i < points->len; i++) {
        const FmChartPoint *p = &g_array_index(points, FmChartPoint, i);
        double until = i + 1 < points->len ? g_array_index(points, FmChartPoint, i + 1).x : s->to;
        if (until < s->from || p->x > s->to)
            continue;
        int from = MAX(x_of(s, p->x), 0), to = MIN(x_of(s, until), s->dots - 1), y = y_of(s, p->high);
        if (p->high < 0) {
            last_y = -1;
            continue;
        }
        for (int x = from; x <= to; x++) {
            if (curve->form == FM_FORM_AREA) {
                fm_cells_line_up(cells, x, 0, y, curve->ink);
            } else if (curve->form == FM_FORM_BAND) {
                fm_cells_line_up(cells, x, y_of(s, p->low), y, curve->ink);
            } else if (curve->ink == FM_INK_THRESHOLD || curve->ink == FM_INK_EDGE) {
                if (x % 4 < 2)
                    fm_cells_dot(cells, x, y, curve->ink);
            } else {
                fm_cells_dot(cells, x, y, curve->ink);
            }
        }
        if (curve->form == FM_FORM_STEPS && curve->ink == FM_INK_ACK && last_y >= 0 && from >= last_x)
            fm_cells_line_up(cells, from, MIN(last_y, y), MAX(last_y, y), curve->ink);
        last_y = y;
        last_x = to;
    }
}

static void draw_single(FmCells *cells, const FmCurve *curve, const Scale *s)
{
    for (guint i = 0; i < curve->points->len; i++) {
        const FmChartPoint *p = &g_array_index(curve->points, FmChartPoint, i);
        if (p->x < s->from || p->x > s->to)
            continue;
        int x = MIN(x_of(s, p->x), s->dots - 1);
        if (curve->form == FM_FORM_BARS)
            fm_cells_line_up(cells, x, y_of(s, p->low), y_of(s, p->high), curve->ink);
        else
            fm_cells_dot(cells, x, y_of(s, p->high), curve->ink);
    }
}

void fm_cells_chart(FmCells *cells, const FmChart *chart, double from, double to, double low, double high)
{
    const Scale scale = { from, to, low, high, 2 * cells->columns, 4 * cells->rows };
    for (unsigned i = 0; i < chart->curve_count; i++) {
        const FmCurve *curve = &chart->curves[i];
        if (curve->form == FM_FORM_BARS || curve->form == FM_FORM_DOTS)
            draw_single(cells, curve, &scale);
        else
            draw_held(cells, curve, &scale);
    }
}
