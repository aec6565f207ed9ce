/* Charts as files, drawn by cairo. */
#include "config.h"

#include "plot/picture.h"

#ifdef HAVE_CAIRO

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>

enum { MOST_TICKS = 24 };

#define LEFT 64.0
#define RIGHT 16.0
#define STRIP 14.0 /* height of a row of phases or marks */

typedef struct Ink {
    double red, green, blue, alpha;
} Ink;

static const Ink inks[FM_INKS] = {
    [FM_INK_BAND] = { 0.45, 0.45, 0.45, 0.45 }, [FM_INK_FLIGHT] = { 0.20, 0.60, 0.35, 0.75 }, [FM_INK_THRESHOLD] = { 0.90, 0.55, 0.0, 1 },
    [FM_INK_EDGE] = { 0.10, 0.40, 0.80, 1 },    [FM_INK_WINDOW] = { 0.4, 0.4, 0.4, 1 },       [FM_INK_ACK] = { 0.20, 0.60, 0.35, 1 },
    [FM_INK_DATA] = { 0.1, 0.1, 0.1, 1 },       [FM_INK_SACK] = { 0.60, 0.20, 0.65, 1 },      [FM_INK_RTT] = { 0.10, 0.40, 0.80, 1 },
    [FM_INK_RATE] = { 0.20, 0.60, 0.35, 0.75 }, [FM_INK_RESENT] = { 0.80, 0.10, 0.10, 1 },
};

typedef struct Panel { /* of one chart; y counts downwards */
    cairo_t *cr;
    const FmChart *chart;
    double x, y, width, height;
    double from, to, low, high;
} Panel;

static void use(cairo_t *cr, Ink ink)
{
    cairo_set_source_rgba(cr, ink.red, ink.green, ink.blue, ink.alpha);
}

static double x_of(const Panel *p, double seconds)
{
    return p->x + (seconds - p->from) / (p->to - p->from) * p->width;
}

static double y_of(const Panel *p, double value)
{
    return p->y + p->height - (CLAMP(value, p->low, p->high) - p->low) / (p->high - p->low) * p->height;
}

static void put_text(cairo_t *cr, double x, double y, double align, const char *text)
{
    cairo_text_extents_t size;
    cairo_text_extents(cr, text, &size);
    cairo_move_to(cr, x - align * size.x_advance, y);
    cairo_show_text(cr, text);
}

static void draw_axes(const Panel *p, bool with_time)
{
    static const Ink text = { 0.25, 0.25, 0.25, 1 }, grid = { 0, 0, 0, 0.10 };
    double ticks[MOST_TICKS], step;
    char room[24];
    unsigned n = fm_axis_ticks(p->low, p->high, (unsigned)CLAMP(p->height / 32, 2, 10), ticks, &step);
    cairo_set_font_size(p->cr, 10);
    cairo_set_line_width(p->cr, 0.7);
    for (unsigned i = 0; i < n; i++) {
        use(p->cr, grid);
        cairo_move_to(p->cr, p->x, y_of(p, ticks[i]));
        cairo_rel_line_to(p->cr, p->width, 0);
        cairo_stroke(p->cr);
        use(p->cr, text);
        put_text(p->cr, p->x - 6, y_of(p, ticks[i]) + 3.5, 1, fm_axis_text(room, p->chart->unit, ticks[i], step));
    }
    n = fm_axis_ticks(p->from, p->to, (unsigned)CLAMP(p->width / 80, 2, MOST_TICKS), ticks, &step);
    for (unsigned i = 0; i < n; i++) {
        use(p->cr, grid);
        cairo_move_to(p->cr, x_of(p, ticks[i]), p->y);
        cairo_rel_line_to(p->cr, 0, p->height);
        cairo_stroke(p->cr);
        use(p->cr, text);
        if (with_time)
            put_text(p->cr, x_of(p, ticks[i]), p->y + p->height + 13, 0.5, fm_axis_text(room, "s", ticks[i], step));
    }
    use(p->cr, text);
    cairo_rectangle(p->cr, p->x, p->y, p->width, p->height);
    cairo_stroke(p->cr);
}

/* Until when a point holds. */
static double until(const Panel *p, const FmCurve *curve, guint i)
{
    return MIN(i + 1 < curve->points->len ? g_array_index(curve->points, FmChartPoint, i + 1).x : p->to, p->to);
}

static void draw_held(const Panel *p, const FmCurve *curve)
{
    for (guint i = 0; i < curve->points->len; i++) {
        const FmChartPoint *point = &g_array_index(curve->points, FmChartPoint, i);
        double from = x_of(p, MAX(point->x, p->from)), to = x_of(p, until(p, curve, i));
        if (point->high < 0 || to < p->x || point->x > p->to)
            continue;
        double low = curve->form == FM_FORM_BAND ? y_of(p, point->low) : p->y + p->height, high = y_of(p, point->high);
        cairo_rectangle(p->cr, from, high, MAX(to - from, 0.3), MAX(low - high, curve->form == FM_FORM_BAND ? 1 : 0));
    }
    cairo_fill(p->cr);
}

static void draw_steps(const Panel *p, const FmCurve *curve)
{
    bool drawing = false;
    for (guint i = 0; i < curve->points->len; i++) {
        const FmChartPoint *point = &g_array_index(curve->points, FmChartPoint, i);
        double end = until(p, curve, i);
        if (point->high < 0 || point->high > p->high || end < p->from || point->x > p->to) {
            drawing = false;
            continue;
        }
        double from = x_of(p, MAX(point->x, p->from)), y = y_of(p, point->high);
        drawing ? cairo_line_to(p->cr, from, y) : cairo_move_to(p->cr, from, y);
        cairo_line_to(p->cr, x_of(p, end), y);
        drawing = true;
    }
    const double dashes[] = { 5, 3 };
    cairo_set_line_width(p->cr, 1.2);
    cairo_set_dash(p->cr, dashes, 2 * (curve->ink == FM_INK_THRESHOLD), 0);
    cairo_stroke(p->cr);
    cairo_set_dash(p->cr, NULL, 0, 0);
}

static void draw_single(const Panel *p, const FmCurve *curve)
{
    for (guint i = 0; i < curve->points->len; i++) {
        const FmChartPoint *point = &g_array_index(curve->points, FmChartPoint, i);
        if (point->x < p->from || point->x > p->to)
            continue;
        double x = x_of(p, point->x);
        if (curve->form == FM_FORM_BARS) {
            cairo_move_to(p->cr, x, y_of(p, point->low));
            cairo_line_to(p->cr, x, MIN(y_of(p, point->high), y_of(p, point->low) - 1));
        } else {
            cairo_rectangle(p->cr, x - 0.8, y_of(p, point->high) - 0.8, 1.6, 1.6);
        }
    }
    cairo_set_line_width(p->cr, 1.4);
    if (curve->form == FM_FORM_BARS)
        cairo_stroke(p->cr);
    else
        cairo_fill(p->cr);
}

static void draw_legend(const Panel *p, double y)
{
    double x = p->x;
    cairo_set_font_size(p->cr, 10);
    for (unsigned i = 0; i < p->chart->curve_count; i++) {
        const FmCurve *curve = &p->chart->curves[i];
        if (!curve->points->len)
            continue;
        use(p->cr, inks[curve->ink]);
        cairo_rectangle(p->cr, x, y - 7, 10, 7);
        cairo_fill(p->cr);
        cairo_set_source_rgb(p->cr, 0.25, 0.25, 0.25);
        cairo_text_extents_t size;
        cairo_text_extents(p->cr, curve->name, &size);
        put_text(p->cr, x + 14, y, 0, curve->name);
        x += 14 + size.x_advance + 16;
    }
}

static void draw_phases(const Panel *p, double y)
{
    static const Ink colors[] = { { 0.60, 0.85, 0.60, 1 }, { 0.65, 0.80, 0.95, 1 }, { 0.95, 0.80, 0.45, 1 },
                                  { 0.95, 0.55, 0.50, 1 }, { 0.80, 0.75, 0.95, 1 }, { 0.80, 0.75, 0.95, 1 } };
    cairo_set_font_size(p->cr, 9);
    for (guint i = 0; i < p->chart->spans->len;) {
        const FmSpan *span = &g_array_index(p->chart->spans, FmSpan, i);
        double end = span->to;
        guint next = i + 1;
        for (; next < p->chart->spans->len && g_array_index(p->chart->spans, FmSpan, next).phase == span->phase; next++)
            end = g_array_index(p->chart->spans, FmSpan, next).to;
        double from = x_of(p, MAX(span->from, p->from)), to = x_of(p, MIN(end, p->to));
        i = next;
        if (to <= from || span->phase >= G_N_ELEMENTS(colors))
            continue;
        use(p->cr, colors[span->phase]);
        cairo_rectangle(p->cr, from, y, to - from, STRIP - 2);
        cairo_fill(p->cr);
        cairo_text_extents_t size;
        cairo_text_extents(p->cr, fm_phase_name((FmPhase)span->phase), &size);
        cairo_set_source_rgb(p->cr, 0.1, 0.1, 0.1);
        if (size.x_advance + 6 < to - from)
            put_text(p->cr, from + 3, y + STRIP - 5, 0, fm_phase_name((FmPhase)span->phase));
    }
}

static void draw_marks(const Panel *p, double y)
{
    cairo_set_font_size(p->cr, 9);
    use(p->cr, inks[FM_INK_RESENT]);
    double last = -1e9;
    for (guint i = 0; i < p->chart->marks->len; i++) {
        const FmMark *mark = &g_array_index(p->chart->marks, FmMark, i);
        double x = x_of(p, mark->x);
        if (mark->x < p->from || mark->x > p->to)
            continue;
        cairo_set_line_width(p->cr, 0.6);
        cairo_move_to(p->cr, x, y);
        cairo_rel_line_to(p->cr, 0, 4);
        cairo_stroke(p->cr);
        if (x - last > 7)
            put_text(p->cr, x, y + STRIP - 1, 0.5, mark->kind == FM_MARK_RESENT ? "R" : fm_mark_letter(mark->kind));
        if (x - last > 7)
            last = x;
    }
}

static void draw_panel(const Panel *p, bool first, bool last)
{
    cairo_set_font_size(p->cr, 11);
    cairo_set_source_rgb(p->cr, 0.1, 0.1, 0.1);
    if (!first)
        put_text(p->cr, p->x, p->y - 4, 0, p->chart->title);
    else
        draw_legend(p, p->y - 6);
    cairo_save(p->cr);
    cairo_rectangle(p->cr, p->x, p->y, p->width, p->height);
    cairo_clip(p->cr);
    for (unsigned i = 0; i < p->chart->curve_count; i++) {
        const FmCurve *curve = &p->chart->curves[i];
        use(p->cr, inks[curve->ink]);
        if (curve->form == FM_FORM_AREA || curve->form == FM_FORM_BAND)
            draw_held(p, curve);
        else if (curve->form == FM_FORM_STEPS)
            draw_steps(p, curve);
        else
            draw_single(p, curve);
    }
    cairo_restore(p->cr);
    draw_axes(p, first || last);
    if (first) {
        draw_phases(p, p->y + p->height + 18);
        draw_marks(p, p->y + p->height + 18 + STRIP);
    }
}

static void draw_all(cairo_t *cr, const FmChart *const *charts, size_t count, const FmPictureOptions *o, double width, double height)
{
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_set_font_size(cr, 13);
    put_text(cr, LEFT, 20, 0, o->title);
    cairo_set_font_size(cr, 11);
    cairo_set_source_rgb(cr, 0.3, 0.3, 0.3);
    put_text(cr, LEFT, 36, 0, charts[0]->title);
    double top = 58, strips = 18 + 2 * STRIP + 6, below = count > 1 ? 24.0 * (double)(count - 1) + 16 : 0;
    double rest = height - top - strips - below - 8, main = count > 1 ? rest * 0.6 : rest, small = count > 1 ? (rest - main) / (double)(count - 1) : 0;
    double y = top;
    for (size_t i = 0; i < count; i++) {
        Panel p = { .cr = cr, .chart = charts[i], .x = LEFT, .y = y, .width = width - LEFT - RIGHT, .height = i ? small : main };
        p.from = o->from;
        p.to = o->to > o->from ? o->to : charts[0]->to;
        fm_chart_range(charts[i], p.from, p.to, &p.low, &p.high);
        draw_panel(&p, i == 0, i + 1 == count);
        y += p.height + (i ? 24 : strips + 20);
    }
}

bool fm_picture_write_with(const char *path, double width, double height, FmPictureDraw draw, const void *data, GError **error)
{
    bool png = g_str_has_suffix(path, ".png");
    cairo_surface_t *surface = png                              ? cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height)
                               : g_str_has_suffix(path, ".svg") ? cairo_svg_surface_create(path, width, height)
                               : g_str_has_suffix(path, ".pdf") ? cairo_pdf_surface_create(path, width, height)
                                                                : NULL;
    if (!surface) {
        g_set_error(error, FM_PICTURE_ERROR, FM_PICTURE_ERROR_FORMAT, "%s: the name must end with .svg, .png or .pdf", path);
        return false;
    }
    cairo_t *cr = cairo_create(surface);
    draw(cr, width, height, data);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    if (status == CAIRO_STATUS_SUCCESS && png)
        status = cairo_surface_write_to_png(surface, path);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS)
        g_set_error(error, FM_PICTURE_ERROR, FM_PICTURE_ERROR_WRITE, "%s: %s", path, cairo_status_to_string(status));
    return status == CAIRO_STATUS_SUCCESS;
}

typedef struct Charts {
    const FmChart *const *charts;
    size_t count;
    const FmPictureOptions *options;
} Charts;

static void draw_charts(cairo_t *cr, double width, double height, const void *data)
{
    const Charts *all = data;
    draw_all(cr, all->charts, all->count, all->options, width, height);
}

bool fm_picture_write(const char *path, const FmChart *const *charts, size_t count, const FmPictureOptions *o, GError **error)
{
    const Charts all = { charts, count, o };
    return fm_picture_write_with(path, o->width > 0 ? o->width : 960, o->height > 0 ? o->height : 600, draw_charts, &all, error);
}

static cairo_status_t take_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    g_string_append_len(closure, (const char *)data, length);
    return CAIRO_STATUS_SUCCESS;
}

void fm_picture_draw(cairo_t *cr, const FmChart *const *charts, size_t count, const FmPictureOptions *o)
{
    draw_all(cr, charts, count, o, o->width, o->height);
}

char *fm_picture_svg(const FmChart *const *charts, size_t count, const FmPictureOptions *o)
{
    GString *text = g_string_new(NULL);
    double width = o->width > 0 ? o->width : 960, height = o->height > 0 ? o->height : 600;
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(take_bytes, text, width, height);
    cairo_t *cr = cairo_create(surface);
    draw_all(cr, charts, count, o, width, height);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    return g_string_free(text, FALSE);
}

#else

void fm_picture_draw(struct _cairo *cr, const FmChart *const *charts, size_t count, const FmPictureOptions *o)
{
}

char *fm_picture_svg(const FmChart *const *charts, size_t count, const FmPictureOptions *o)
{
    return NULL;
}

bool fm_picture_write(const char *path, const FmChart *const *charts, size_t count, const FmPictureOptions *o, GError **error)
{
    return fm_picture_write_with(path, 0, 0, NULL, NULL, error);
}

bool fm_picture_write_with(const char *path, double width, double height, FmPictureDraw draw, const void *data, GError **error)
{
    g_set_error(error, FM_PICTURE_ERROR, FM_PICTURE_ERROR_MISSING, "%s: this fathom was built without cairo, which draws pictures", path);
    return false;
}

#endif
