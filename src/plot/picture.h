/* Charts as files: SVG, PNG or PDF, by the end of the name. Needs cairo. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "plot/chart.h"

typedef struct FmPictureOptions {
    const char *title;    /* above all: the flow */
    double width, height; /* in points (PNG: pixels); 0: 960 by 600 */
    double from, to;      /* seconds; to 0: all */
} FmPictureOptions;

/* Draws charts below one another over the same time; the first gets most room. False with error set: the message starts with the
 * file. */
bool fm_picture_write(const char *path, const FmChart *const *charts, size_t count, const FmPictureOptions *options, GError **error);

/* The same as the text of an SVG (g_free), for embedding. NULL without cairo. */
char *fm_picture_svg(const FmChart *const *charts, size_t count, const FmPictureOptions *options);

/* Any drawing of that size. */
struct _cairo;
typedef void (*FmPictureDraw)(struct _cairo *cr, double width, double height, const void *data);
bool fm_picture_write_with(const char *path, double width, double height, FmPictureDraw draw, const void *data, GError **error);

/* The same onto a cairo_t that has clipped its place; nothing without cairo. */
void fm_picture_draw(struct _cairo *cr, const FmChart *const *charts, size_t count, const FmPictureOptions *options);

typedef enum FmPictureError { FM_PICTURE_ERROR_FORMAT, FM_PICTURE_ERROR_WRITE, FM_PICTURE_ERROR_MISSING } FmPictureError;
#define FM_PICTURE_ERROR (g_quark_from_static_string("fathom-picture"))
