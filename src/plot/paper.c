/* Pages. */
#include "config.h"

#include "plot/paper.h"

#include <string.h>

#include "plot/picture.h"

#ifdef HAVE_CAIRO

#include <cairo-pdf.h>

static const double page_width = 595, page_height = 842, margin = 56, picture_height = 220;

struct FmPaper {
    cairo_surface_t *surface;
    cairo_t *cr;
    FILE *file;
    double y;
    bool failed;
};

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    FmPaper *p = closure;
    p->failed |= fwrite(data, 1, length, p->file) != length;
    return p->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

FmPaper *fm_paper_new(FILE *file)
{
    FmPaper *p = g_new0(FmPaper, 1);
    p->file = file;
    p->surface = cairo_pdf_surface_create_for_stream(write_bytes, p, page_width, page_height);
    p->cr = cairo_create(p->surface);
    p->y = margin;
    return p;
}

static void make_room(FmPaper *p, double height)
{
    if (p->y + height <= page_height - margin)
        return;
    cairo_show_page(p->cr);
    p->y = margin;
}

static double width_of(FmPaper *p, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(p->cr, text, &extents);
    return extents.x_advance;
}

static void put_line(FmPaper *p, double x, double height, const char *text)
{
    make_room(p, height);
    p->y += height;
    cairo_move_to(p->cr, x, p->y);
    cairo_show_text(p->cr, text);
}

void fm_paper_text(FmPaper *p, FmPaperText kind, const char *text)
{
    static const struct {
        double size, indent, above;
        bool bold;
    } styles[] = { [FM_PAPER_TITLE] = { 20, 0, 0, true }, [FM_PAPER_HEAD] = { 9, 0, 14, false }, [FM_PAPER_TEXT] = { 11, 0, 2, false },
                   [FM_PAPER_BOLD] = { 11, 0, 6, true }, [FM_PAPER_CHOICE] = { 11, 18, 0, false } };
    double indent = margin + styles[kind].indent, line = styles[kind].size * 1.35;
    cairo_select_font_face(p->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, styles[kind].bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(p->cr, styles[kind].size);
    p->y += styles[kind].above;
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autoptr(GString) row = g_string_new(NULL);
    for (char **word = words; *word; word++) {
        g_autofree char *longer = row->len ? g_strconcat(row->str, " ", *word, NULL) : g_strdup(*word);
        if (row->len && indent + width_of(p, longer) > page_width - margin) {
            put_line(p, indent, line, row->str);
            g_string_assign(row, *word);
        } else {
            g_string_assign(row, longer);
        }
    }
    put_line(p, indent, line, row->str);
}

void fm_paper_lines(FmPaper *p, const char *lines)
{
    cairo_select_font_face(p->cr, "monospace", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(p->cr, 6.5);
    p->y += 4;
    g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
    for (char **line = all; *line; line++)
        if (**line)
            put_line(p, margin, 8.5, *line);
    p->y += 4;
}

void fm_paper_picture(FmPaper *p, const FmChart *chart)
{
    make_room(p, picture_height + 8);
    double scale = (page_width - 2 * margin) / 760;
    cairo_save(p->cr);
    cairo_translate(p->cr, margin, p->y + 4);
    cairo_scale(p->cr, scale, scale);
    cairo_rectangle(p->cr, 0, 0, 760, picture_height / scale);
    cairo_clip(p->cr);
    fm_picture_draw(p->cr, &chart, 1, &(FmPictureOptions){ .title = "", .width = 760, .height = picture_height / scale });
    cairo_restore(p->cr);
    p->y += picture_height + 8;
}

bool fm_paper_close(FmPaper *p)
{
    cairo_destroy(p->cr);
    cairo_surface_finish(p->surface);
    bool good = cairo_surface_status(p->surface) == CAIRO_STATUS_SUCCESS && !p->failed;
    cairo_surface_destroy(p->surface);
    g_free(p);
    return good;
}

#else

FmPaper *fm_paper_new(FILE *file)
{
    return NULL;
}

void fm_paper_text(FmPaper *paper, FmPaperText kind, const char *text)
{
}

void fm_paper_lines(FmPaper *paper, const char *lines)
{
}

void fm_paper_picture(FmPaper *paper, const FmChart *chart)
{
}

bool fm_paper_close(FmPaper *paper)
{
    return false;
}

#endif
