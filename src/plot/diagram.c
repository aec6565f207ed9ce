/* Ladders and lanes, drawn by cairo. */
#include "config.h"

#include "plot/diagram.h"

#ifdef HAVE_CAIRO

#include <inttypes.h>
#include <stdio.h>

#include <cairo.h>

#define HEAD 56.0
#define ROW 15.0


typedef struct Ladder {
    const FmPictureOptions *options;
    const FmArrow *arrows;
    size_t count;
    const char *client, *server;
} Ladder;

typedef struct Lanes {
    const FmPictureOptions *options;
    const FmLanes *lanes;
    unsigned client;
} Lanes;

static const double grey[] = { 0.45, 0.45, 0.45 }, black[] = { 0.1, 0.1, 0.1 }, blue[] = { 0.10, 0.40, 0.80 }, green[] = { 0.20, 0.60, 0.35 },
                    red[] = { 0.80, 0.10, 0.10 }, orange[] = { 0.90, 0.55, 0.0 };

static void use(cairo_t *cr, const double *ink)
{
    cairo_set_source_rgb(cr, ink[0], ink[1], ink[2]);
}

static void put_text(cairo_t *cr, double x, double y, double align, const char *text)
{
    cairo_text_extents_t size;
    cairo_text_extents(cr, text, &size);
    cairo_move_to(cr, x - align * size.x_advance, y);
    cairo_show_text(cr, text);
}

/* As much of the text as fits. */
static void put_text_within(cairo_t *cr, double x, double y, double width, const char *text)
{
    cairo_save(cr);
    cairo_rectangle(cr, x, y - ROW, width, 2 * ROW);
    cairo_clip(cr);
    put_text(cr, x, y, 0, text);
    cairo_restore(cr);
}

static void begin_page(cairo_t *cr, const FmPictureOptions *o)
{
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    use(cr, black);
    cairo_set_font_size(cr, 13);
    put_text(cr, 16, 20, 0, o->title);
    cairo_set_font_size(cr, 10);
}

static void draw_line(cairo_t *cr, double x, double y, double to_x, double to_y)
{
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, to_x, to_y);
    cairo_stroke(cr);
}

/* ---- the ladder ---- */

static void draw_arrow(cairo_t *cr, const FmArrow *a, double left, double right, double y)
{
    double tip = a->from_client ? right : left, back = a->from_client ? -6 : 6;
    use(cr, a->bad ? red : a->from_client ? blue : green);
    draw_line(cr, left, y, right, y);
    cairo_move_to(cr, tip, y);
    cairo_rel_line_to(cr, back, -3);
    cairo_rel_line_to(cr, 0, 6);
    cairo_fill(cr);
    use(cr, a->bad ? red : black);
    put_text_within(cr, left + 10, y - 3, right - left - 20, a->text);
}

static void draw_ladder(cairo_t *cr, double width, double height, const void *data)
{
    const Ladder *ladder = data;
    double left = 96, right = width - 60, y = HEAD;
    char room[32];
    begin_page(cr, ladder->options);
    put_text(cr, left, 40, 0.3, ladder->client);
    put_text(cr, right, 40, 0.7, ladder->server);
    cairo_set_line_width(cr, 0.9);
    use(cr, grey);
    draw_line(cr, left, 46, left, height - 8);
    draw_line(cr, right, 46, right, height - 8);
    for (size_t i = 0; i < ladder->count && y < height; i++, y += ROW) {
        const FmArrow *a = &ladder->arrows[i];
        draw_arrow(cr, a, left, right, y + 5);
        use(cr, grey);
        snprintf(room, sizeof room, "%.6f", a->seconds);
        put_text(cr, left - 10, y + 6, 1, room);
        snprintf(room, sizeof room, "#%" PRIu32, a->number);
        put_text(cr, right + 8, y + 6, 0, room);
    }
}

bool fm_diagram_ladder(const char *path, const FmArrow *arrows, size_t count, const char *client, const char *server,
                       const FmPictureOptions *o, GError **error)
{
    Ladder ladder = { o, arrows, MIN(count, (size_t)FM_MOST_ARROWS), client, server };
    double height = o->height > 0 ? o->height : HEAD + (double)ladder.count * ROW + 16;
    return fm_picture_write_with(path, o->width > 0 ? o->width : 960, height, draw_ladder, &ladder, error);
}

/* ---- the lanes ---- */

typedef struct Scale {
    double x, width;
    FmTime from, to;
} Scale;

static double x_of(const Scale *s, FmTime time)
{
    return s->x + (double)(CLAMP(time, s->from, s->to) - s->from) / (double)(s->to - s->from) * s->width;
}

static void draw_waits(cairo_t *cr, const FmLane *lane, const Scale *s, double y)
{
    use(cr, orange);
    cairo_set_line_width(cr, 0.8);
    for (unsigned d = 0; d < 2; d++)
        for (guint i = 0; i < lane->waits[d]->len; i++) {
            const FmLaneWait *w = &g_array_index(lane->waits[d], FmLaneWait, i);
            double from = x_of(s, w->from), to = x_of(s, w->to);
            cairo_save(cr);
            cairo_rectangle(cr, from, y - 8, to - from, 8);
            cairo_stroke_preserve(cr);
            cairo_clip(cr);
            for (double x = from - 8; x < to; x += 3)
                draw_line(cr, x, y, x + 8, y - 8);
            cairo_restore(cr);
        }
}

static void draw_pieces(cairo_t *cr, const FmLane *lane, unsigned client, const Scale *s, double y)
{
    const FmLanePiece *pieces = (const FmLanePiece *)(const void *)lane->pieces->data;
    cairo_set_line_width(cr, 0.6);
    use(cr, grey);
    draw_line(cr, x_of(s, pieces[0].time), y - 4, x_of(s, pieces[lane->pieces->len - 1].time), y - 4);
    draw_waits(cr, lane, s, y);
    for (guint i = 0; i < lane->pieces->len; i++) {
        const FmLanePiece *p = &pieces[i];
        if (p->time < s->from || p->time > s->to)
            continue;
        bool data = p->kind == FM_LANE_DATA && p->bytes;
        use(cr, p->kind == FM_LANE_RESET ? red : p->direction == client ? blue : green);
        cairo_rectangle(cr, x_of(s, p->time) - (data ? 1.2 : 0.6), y - (data ? 9 : 7), data ? 2.4 : 1.2, data ? 10 : 6);
        cairo_fill(cr);
    }
}

static void draw_time(cairo_t *cr, const Scale *s, FmTime first, double bottom)
{
    double ticks[12], step, from = (double)(s->from - first) / FM_SECOND, to = (double)(s->to - first) / FM_SECOND;
    unsigned n = fm_axis_ticks(from, to, (unsigned)CLAMP(s->width / 90, 2, 12), ticks, &step);
    char room[24];
    cairo_set_line_width(cr, 0.4);
    for (unsigned i = 0; i < n; i++) {
        double x = s->x + (ticks[i] - from) / (to - from) * s->width;
        use(cr, grey);
        draw_line(cr, x, 46, x, bottom);
        put_text(cr, x, 42, 0.5, fm_axis_text(room, "s", ticks[i], step));
    }
}

static void draw_lanes(cairo_t *cr, double width, double height, const void *data)
{
    const Lanes *all = data;
    const FmLanes *lanes = all->lanes;
    Scale s = { 250, width - 250 - 16, lanes->first + (FmTime)(all->options->from * FM_SECOND),
                all->options->to > all->options->from ? lanes->first + (FmTime)(all->options->to * FM_SECOND) : lanes->last };
    s.to = MAX(s.to, s.from + 1);
    begin_page(cr, all->options);
    draw_time(cr, &s, lanes->first, height - 30);
    double y = HEAD + 8;
    char id[32];
    for (int titled = 1; titled >= 0; titled--)
        for (guint i = 0; i < lanes->lanes->len && y < height - 30; i++) {
            const FmLane *lane = lanes->lanes->pdata[i];
            if ((lane->title != NULL) != titled)
                continue;
            use(cr, grey);
            snprintf(id, sizeof id, "%" PRIu64, lane->id);
            put_text(cr, 46, y, 1, id);
            use(cr, black);
            put_text_within(cr, 54, y, 186, lane->title ? lane->title : lane->id || lanes->quic ? "" : "the connection");
            draw_pieces(cr, lane, all->client, &s, y);
            y += ROW;
        }
    use(cr, blue);
    put_text(cr, 54, height - 10, 0, "client sends");
    use(cr, green);
    put_text(cr, 134, height - 10, 0, "server sends");
    use(cr, orange);
    put_text(cr, 218, height - 10, 0, "hatched: waits behind a hole");
}

bool fm_diagram_lanes(const char *path, const FmLanes *lanes, unsigned client, const FmPictureOptions *o, GError **error)
{
    Lanes all = { o, lanes, client };
    double height = o->height > 0 ? o->height : HEAD + MIN(lanes->lanes->len, FM_MOST_DRAWN_LANES) * ROW + 40;
    return fm_picture_write_with(path, o->width > 0 ? o->width : 960, height, draw_lanes, &all, error);
}

#else

bool fm_diagram_ladder(const char *path, const FmArrow *arrows, size_t count, const char *client, const char *server,
                       const FmPictureOptions *o, GError **error)
{
    return fm_picture_write_with(path, 0, 0, NULL, NULL, error);
}

bool fm_diagram_lanes(const char *path, const FmLanes *lanes, unsigned client, const FmPictureOptions *o, GError **error)
{
    return fm_picture_write_with(path, 0, 0, NULL, NULL, error);
}

#endif
