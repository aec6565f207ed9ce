/* Bodies that are text, and those of media types that nobody takes apart. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"

/* ---- text ---- */

static const FmField text_fields[] = { { "data-text-lines", "Line-based text data", FM_PROTOCOL } };

#define MAX_LINES 5000 /* shown; more are only counted */

static void text_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice type = fm_body_media_type(fm_body_type(d));
    if (type.size)
        fm_info_more(d, " (%.*s)", (int)type.size, (const char *)type.data);
    unsigned lines = 0;
    const char *separator = type.size ? ": " : "";
    while (d->want_texts && fm_left(c)) {
        const uint8_t *end = memchr(c->at, '\n', fm_left(c));
        size_t size = end ? (size_t)(end - c->at) + 1 : fm_left(c);
        FmCursor line = fm_take(c, size);
        if (++lines > MAX_LINES)
            continue;
        FmSubtree text = fm_open_text(d, &line, "%.*s", (int)MIN(size, 1000), (const char *)line.at);
        line.at = line.end;
        fm_close(d, text, &line);
    }
    fm_title(d, "Line-based text data%s%.*s (%u lines)", separator, (int)type.size, (const char *)type.data, lines);
    if (lines > MAX_LINES)
        fm_note(d, FM_NOTE, "Only the first %u lines are shown", (unsigned)MAX_LINES);
    c->at = c->end;
}

const FmProtocol fm_text_lines = {
    .abbrev = "data-text-lines",
    .name = "Line-based text data",
    .title = "Line-based text data",
    FM_FIELDS(text_fields),
    FM_NAMES({ FM_MEDIA_TYPE, "text/plain" }, { FM_MEDIA_TYPE, "text/html" }, { FM_MEDIA_TYPE, "text/css" }, { FM_MEDIA_TYPE, "text/richtext" },
             { FM_MEDIA_TYPE, "text/enriched" }, { FM_MEDIA_TYPE, "text/parameters" }, { FM_MEDIA_TYPE, "text/javascript" },
             { FM_MEDIA_TYPE, "application/x-javascript" }, { FM_MEDIA_TYPE, "application/x-ns-proxy-autoconfig" },
             { FM_MEDIA_TYPE, "text/vnd.sun.j2me.app-descriptor" }),
    .dissect = text_dissect,
};

/* ---- others ---- */

enum { MEDIA, MEDIA_TYPE };

static const FmField fields[] = {
    [MEDIA] = { "media", "Media Type", FM_PROTOCOL },
    [MEDIA_TYPE] = { "media.type", "Media type", FM_BYTES },
};

static void media_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice type = fm_body_media_type(fm_body_type(d));
    fm_info_more(d, " (%.*s)", (int)type.size, (const char *)type.data);
    size_t size = fm_left(c);
    fm_add_bytes(d, MEDIA_TYPE, c, size);
    fm_label(d, MEDIA_TYPE, "Media type: %.*s (%zu byte%s)", (int)type.size, (const char *)type.data, size, size == 1 ? "" : "s");
}

const FmProtocol fm_media = {
    .abbrev = "media",
    .name = "Media",
    .title = "Media Type",
    FM_FIELDS(fields),
    .dissect = media_dissect,
};
