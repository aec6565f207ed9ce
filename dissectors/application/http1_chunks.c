/* Chunked bodies (RFC 9112 §7.1). */
#include "config.h"

#include <string.h>

#include "dissectors/application/http1.h"

enum { CHUNK_SIZE, CHUNK_DATA, CHUNK_BOUNDARY, TRAILER_PART, BAD_CHUNK };

static const FmField fields[] = {
    [CHUNK_SIZE] = { "http.chunk_size", "Chunk size", FM_UINT32, FM_DEC, .unit = " octets" },
    [CHUNK_DATA] = { "http.chunk_data", "Chunk data", FM_BYTES },
    [CHUNK_BOUNDARY] = { "http.chunk_boundary", "Chunk boundary", FM_BYTES },
    [TRAILER_PART] = { "http.chunked_trailer_part", "trailer-part", FM_STRING },
    [BAD_CHUNK] = { "fathom.http.bad_chunk", "Not a chunk's size", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_MALFORMED },
};

typedef struct Body { /* data of the chunks so far: in place while there is one, else copied */
    FmSlice first;
    uint8_t *bytes;
    size_t size;
    unsigned count;
} Body;

static void add_data(Body *body, FmSlice data, FmDissection *d, size_t room)
{
    if (!data.size)
        return;
    if (body->count == 0) {
        body->first = data;
    } else {
        if (body->count == 1) {
            body->bytes = fm_arena_alloc(d->arena, room);
            memcpy(body->bytes, body->first.data, body->first.size);
        }
        memcpy(body->bytes + body->size, data.data, data.size);
    }
    body->size += data.size;
    body->count++;
}

static void put_trailer(FmDissection *d, FmCursor *c)
{
    FmSlice rest = fm_rest(c), line;
    size_t at = 0, next = 0;
    while (fm_http_line(rest, at, &line, &next) && line.size)
        at = next;
    if (at) {
        FmCursor part = *c;
        part.at += at;
        fm_add_blob(d, TRAILER_PART, c, at, rest.data, at);
        fm_label(d, TRAILER_PART, "trailer-part: %.*s", (int)MIN(at, 1000), (const char *)rest.data);
    }
    c->at += at;
    if (!fm_left(c))
        return;
    FmCursor end = *c;
    FmSubtree empty = fm_open_text(d, c, "%.*s", (int)fm_left(c), (const char *)c->at);
    end.at = end.end;
    fm_close(d, empty, &end);
    c->at = c->end;
}

FmCursor fm_http_chunks(FmDissection *d, FmCursor *c, bool response)
{
    extern const FmProtocol fm_http_chunk_fields;
    FmTableUse before = fm_use(d, &fm_http_chunk_fields);
    Body body = { .first = { c->at, 0 } };
    FmCursor empty = *c;
    size_t room = fm_left(c);
    FmSubtree all = fm_open_text(d, c, "HTTP chunked %s", response ? "response" : "request");
    while (fm_left(c)) {
        FmSlice line;
        size_t next;
        uint64_t size;
        if (!fm_http_line(fm_rest(c), 0, &line, &next) || !fm_http_chunk_size(line, &size)) {
            fm_expert(d, BAD_CHUNK);
            c->at = c->end;
            break;
        }
        FmSubtree chunk = size ? fm_open_text(d, c, "Data chunk (%" G_GUINT64_FORMAT " octets)", size)
                               : fm_open_text(d, c, "End of chunked encoding");
        fm_add_value(d, CHUNK_SIZE, c, next, size);
        c->at += next;
        if (!size) {
            FmCursor end = *c;
            end.at = end.end;
            fm_close(d, chunk, &end);
            put_trailer(d, c);
            break;
        }
        FmCursor data = fm_window(c, size);
        add_data(&body, fm_rest(&data), d, room);
        c->at = data.end;
        fm_add_bytes(d, CHUNK_DATA, &data, fm_left(&data));
        size_t boundary = fm_left(c) && *c->at == '\r' ? 1 : 0;
        boundary += fm_left(c) > boundary && c->at[boundary] == '\n' ? 1 : 0;
        if (boundary)
            fm_add_bytes(d, CHUNK_BOUNDARY, c, boundary);
        fm_close(d, chunk, c);
    }
    fm_close(d, all, c);
    fm_unuse(d, before);
    if (body.count > 1)
        return fm_buffer(d, (FmSlice){ body.bytes, body.size }, "De-chunked entity body");
    empty.at = body.first.data;
    empty.end = body.first.data + body.first.size;
    return empty;
}

const FmProtocol fm_http_chunk_fields = {
    .abbrev = "http.chunks",
    .title = "Chunked bodies of HTTP",
    .part = true,
    FM_FIELDS(fields),
};
