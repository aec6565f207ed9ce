/* Server-sent events (WHATWG HTML §9.2): text/event-stream, event by event as they arrive. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"

enum { SSE, EVENT, TYPE, DATA, ID, RETRY, COMMENT };

static const FmField fields[] = {
    [SSE] = { "sse", "Server-Sent Events", FM_PROTOCOL },
    [EVENT] = { "sse.event", "Event", FM_NONE },
    [TYPE] = { "sse.type", "Event type", FM_STRING },
    [DATA] = { "sse.data", "Data", FM_STRING },
    [ID] = { "sse.id", "Last event id", FM_STRING },
    [RETRY] = { "sse.retry", "Reconnection time", FM_UINT64, FM_DEC, .unit = " ms" },
    [COMMENT] = { "sse.comment", "Comment", FM_STRING },
};

#define MAX_EVENT (1024 * 1024) /* bytes that are waited for */

/* Size of the line at the front with its end (LF, CR or CR LF); 0 if it has none yet. */
static size_t line_size(FmSlice bytes, size_t at)
{
    for (size_t i = at; i < bytes.size; i++) {
        if (bytes.data[i] == '\n')
            return i + 1 - at;
        if (bytes.data[i] == '\r')
            return i + 1 < bytes.size && bytes.data[i + 1] == '\n' ? i + 2 - at : i + 1 - at;
    }
    return 0;
}

static size_t text_size(FmSlice bytes, size_t at, size_t size)
{
    while (size && (bytes.data[at + size - 1] == '\n' || bytes.data[at + size - 1] == '\r'))
        size--;
    return size;
}

/* An event ends with an empty line. */
static uint64_t event_record(const FmStream *stream, FmSlice bytes)
{
    size_t at = 0, size;
    while ((size = line_size(bytes, at)) > 0) {
        at += size;
        if (text_size(bytes, at - size, size) == 0)
            return at;
    }
    return bytes.size > MAX_EVENT ? bytes.size : FM_UNTIL_END;
}

typedef struct Event {
    FmSlice type, id, data; /* data: the first line */
    unsigned lines;
} Event;

static void put_line(FmDissection *d, FmCursor *line, Event *event)
{
    FmSlice text = fm_rest(line);
    text.size = text_size(text, 0, text.size);
    const uint8_t *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
    FmSlice name = { text.data, colon ? (size_t)(colon - text.data) : text.size }, value = { text.data + text.size, 0 };
    if (colon)
        value = (FmSlice){ colon + 1, text.size - name.size - 1 };
    if (value.size && value.data[0] == ' ')
        value = (FmSlice){ value.data + 1, value.size - 1 };
    size_t size = fm_left(line);
    if (!name.size && colon) {
        fm_add_blob(d, COMMENT, line, size, value.data, value.size);
    } else if (name.size == 4 && memcmp(name.data, "data", 4) == 0) {
        fm_add_blob(d, DATA, line, size, value.data, value.size);
        if (!event->lines++)
            event->data = value;
    } else if (name.size == 5 && memcmp(name.data, "event", 5) == 0) {
        fm_add_blob(d, TYPE, line, size, value.data, value.size);
        event->type = value;
    } else if (name.size == 2 && memcmp(name.data, "id", 2) == 0) {
        fm_add_blob(d, ID, line, size, value.data, value.size);
        event->id = value;
    } else if (name.size == 5 && memcmp(name.data, "retry", 5) == 0) {
        g_autofree char *digits = g_strndup((const char *)value.data, value.size);
        fm_add_value(d, RETRY, line, size, g_ascii_strtoull(digits, NULL, 10));
    }
    line->at = line->end;
}

static void put_event(FmDissection *d, FmCursor *c)
{
    Event event = { .lines = 0 };
    FmSubtree tree = fm_open(d, EVENT, c);
    while (fm_left(c)) {
        size_t size = line_size(fm_rest(c), 0);
        FmCursor line = fm_take(c, size ? size : fm_left(c));
        if (size && text_size(fm_rest(&line), 0, size) == 0)
            break;
        put_line(d, &line, &event);
    }
    fm_close(d, tree, c);
    const char *type = event.type.size ? (const char *)event.type.data : event.lines ? "message" : "comment";
    int type_size = event.type.size ? (int)MIN(event.type.size, 100) : (int)strlen(type);
    fm_subtree_label(d, tree, "Event: %.*s", type_size, type);
    fm_info_more(d, "%s%.*s", d->packet->info.size ? " " : "", type_size, type);
    if (event.id.size)
        fm_info_more(d, " id=%.*s", (int)MIN(event.id.size, 100), (const char *)event.id.data);
    if (event.data.size)
        fm_info_more(d, " \"%.*s\"", (int)MIN(event.data.size, 100), (const char *)event.data.data);
}

static void event_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice type = fm_body_media_type(fm_body_type(d));
    if (type.size)
        fm_info_more(d, " (%.*s)", (int)type.size, (const char *)type.data);
    while (fm_left(c))
        put_event(d, c);
}

const FmProtocol fm_event_stream = {
    .abbrev = "sse",
    .name = "SSE",
    .title = "Server-Sent Events",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "text/event-stream" }),
    .dissect = event_dissect,
    .record = event_record,
};
