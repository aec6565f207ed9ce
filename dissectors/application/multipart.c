/* Multipart bodies (RFC 2046 §5.1): forms with files, byte ranges. Each part is a body of its own. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"

enum {
    MULTIPART, TYPE, PREAMBLE, FIRST_BOUNDARY, PART, BOUNDARY, LAST_BOUNDARY, TRAILER, DESCRIPTION, DISPOSITION, ENCODING, ID, LANGUAGE, LENGTH,
    TRANSFER_ENCODING, CONTENT_TYPE, NO_PARAMETER,
};

static const FmField fields[] = {
    [MULTIPART] = { "mime_multipart", "MIME Multipart Media Encapsulation", FM_PROTOCOL },
    [TYPE] = { "mime_multipart.type", "Type", FM_STRING, .generated = true },
    [PREAMBLE] = { "mime_multipart.preamble", "Preamble", FM_BYTES },
    [FIRST_BOUNDARY] = { "mime_multipart.first_boundary", "First boundary", FM_STRING },
    [PART] = { "mime_multipart.part", "Encapsulated multipart part", FM_STRING },
    [BOUNDARY] = { "mime_multipart.boundary", "Boundary", FM_STRING },
    [LAST_BOUNDARY] = { "mime_multipart.last_boundary", "Last boundary", FM_STRING },
    [TRAILER] = { "mime_multipart.trailer", "Trailer", FM_BYTES },
    [DESCRIPTION] = { "mime_multipart.header.content-description", "Content-Description", FM_STRING },
    [DISPOSITION] = { "mime_multipart.header.content-disposition", "Content-Disposition", FM_STRING },
    [ENCODING] = { "mime_multipart.header.content-encoding", "Content-Encoding", FM_STRING },
    [ID] = { "mime_multipart.header.content-id", "Content-Id", FM_STRING },
    [LANGUAGE] = { "mime_multipart.header.content-language", "Content-Language", FM_STRING },
    [LENGTH] = { "mime_multipart.header.content-length", "Content-Length", FM_STRING },
    [TRANSFER_ENCODING] = { "mime_multipart.header.content-transfer-encoding", "Content-Transfer-Encoding", FM_STRING },
    [CONTENT_TYPE] = { "mime_multipart.header.content-type", "Content-Type", FM_STRING },
    [NO_PARAMETER] = { "mime_multipart.no_required_parameter", "The multipart dissector could not find a required parameter.", FM_EXPERT,
                       .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
};

static const struct {
    const char *name;
    unsigned row;
} headers[] = {
    { "Content-Description", DESCRIPTION },
    { "Content-Disposition", DISPOSITION },
    { "Content-Encoding", ENCODING },
    { "Content-Id", ID },
    { "Content-Language", LANGUAGE },
    { "Content-Length", LENGTH },
    { "Content-Transfer-Encoding", TRANSFER_ENCODING },
    { "Content-Type", CONTENT_TYPE },
};

#define MAX_PARTS 1000
#define MAX_BOUNDARY 200 /* RFC 2046: 70 */

typedef struct Delimiter { /* "--boundary" with the line ends around it */
    size_t from, to;
    bool last;
} Delimiter;

/* The next one at or behind `at`. */
static bool find_delimiter(FmSlice bytes, size_t at, FmSlice boundary, Delimiter *found)
{
    for (const uint8_t *p; at < bytes.size && (p = memchr(bytes.data + at, '-', bytes.size - at)) != NULL; at++) {
        at = (size_t)(p - bytes.data);
        size_t end = at + 2 + boundary.size;
        bool starts_line = at == 0 || bytes.data[at - 1] == '\n';
        if (!starts_line || end > bytes.size || p[1] != '-' || memcmp(p + 2, boundary.data, boundary.size) != 0)
            continue;
        found->from = at - (at >= 1 ? 1 : 0) - (at >= 2 && bytes.data[at - 2] == '\r' ? 1 : 0);
        found->last = end + 2 <= bytes.size && bytes.data[end] == '-' && bytes.data[end + 1] == '-';
        end += found->last ? 2 : 0;
        while (end < bytes.size && (bytes.data[end] == ' ' || bytes.data[end] == '\t'))
            end++;
        end += end < bytes.size && bytes.data[end] == '\r' ? 1 : 0;
        end += end < bytes.size && bytes.data[end] == '\n' ? 1 : 0;
        found->to = end;
        return true;
    }
    return false;
}

static FmCursor between(const FmCursor *c, size_t from, size_t to)
{
    FmCursor part = *c;
    part.at = c->at + from;
    part.end = c->at + to;
    part.lost = 0;
    return part;
}

static void put_raw(FmDissection *d, const FmField *field, unsigned row, FmCursor c)
{
    size_t n = fm_left(&c);
    const char *text = (const char *)c.at;
    fm_add_bytes_of(d, field, row, &c, n);
    if (field->type == FM_STRING)
        fm_label(d, row, "%s: %.*s", field->name, (int)MIN(n, 300), text);
}

static FmSlice trimmed(FmSlice text)
{
    while (text.size && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = (FmSlice){ text.data + 1, text.size - 1 };
    while (text.size && strchr(" \t\r\n", text.data[text.size - 1]) && text.data[text.size - 1])
        text.size--;
    return text;
}

static void put_header(FmDissection *d, FmCursor *line, FmBodyInfo *info)
{
    FmSlice all = fm_rest(line);
    const uint8_t *colon = memchr(all.data, ':', all.size);
    size_t name_size = colon ? (size_t)(colon - all.data) : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        if (strlen(headers[i].name) != name_size || g_ascii_strncasecmp(headers[i].name, (const char *)all.data, name_size) != 0)
            continue;
        unsigned row = headers[i].row;
        FmSlice value = trimmed((FmSlice){ colon + 1, all.size - name_size - 1 });
        if (row == CONTENT_TYPE)
            info->type = value;
        fm_add_blob(d, row, line, all.size, value.data, value.size);
        fm_label(d, row, "%.*s", (int)MIN(all.size, 300), (const char *)all.data);
        return;
    }
    FmCursor end = *line;
    FmSubtree text = fm_open_text(d, line, "%.*s", (int)MIN(all.size, 300), (const char *)all.data);
    end.at = end.end;
    fm_close(d, text, &end);
}

static void put_part(FmDissection *d, FmCursor part)
{
    FmBodyInfo info = { .inside = true };
    FmSubtree tree = fm_open(d, PART, &part);
    while (fm_left(&part)) {
        const uint8_t *end = memchr(part.at, '\n', fm_left(&part));
        size_t size = end ? (size_t)(end - part.at) + 1 : fm_left(&part);
        FmSlice rest = { part.at + size, fm_left(&part) - size };
        size_t blank = rest.size >= 2 && rest.data[0] == '\r' && rest.data[1] == '\n' ? 2 : rest.size && rest.data[0] == '\n' ? 1 : 0;
        bool none = size <= 2 && (part.at[0] == '\r' || part.at[0] == '\n'); /* no header at all */
        FmCursor line = fm_take(&part, size + (none ? 0 : blank));
        if (!none)
            put_header(d, &line, &info);
        if (none || blank)
            break;
    }
    FmSlice type = fm_body_media_type(info.type);
    fm_subtree_label(d, tree, "Encapsulated multipart part: %s%.*s%s", type.size ? " (" : "", (int)type.size, (const char *)type.data, type.size ? ")" : "");
    if (fm_left(&part))
        fm_body_dissect(d, &info, &part);
    part.at = part.end;
    fm_close(d, tree, &part);
}

static void multipart_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice type = fm_body_type(d), name = fm_body_media_type(type), boundary = fm_body_parameter(type, "boundary"), bytes = fm_rest(c);
    const char *text = fm_arena_strndup(d->arena, (const char *)name.data, name.size);
    fm_make_text(d, TYPE, text);
    if (!boundary.size || boundary.size > MAX_BOUNDARY) {
        fm_expert(d, NO_PARAMETER);
        fm_data(d, c);
        return;
    }
    fm_title_more(d, ", Type: %s, Boundary: \"%.*s\"", text, (int)boundary.size, (const char *)boundary.data);
    Delimiter here, next;
    if (!find_delimiter(bytes, 0, boundary, &here)) {
        fm_data(d, c);
        return;
    }
    /* The line end before the first one belongs to the preamble. */
    size_t first = here.from + (bytes.data[here.from] == '\r' ? 2 : bytes.data[here.from] == '\n' ? 1 : 0);
    if (first)
        put_raw(d, &fields[PREAMBLE], PREAMBLE, between(c, 0, first));
    put_raw(d, &fields[FIRST_BOUNDARY], FIRST_BOUNDARY, between(c, first, here.to));
    for (unsigned i = 0; i < MAX_PARTS && !here.last && here.to < bytes.size; i++) {
        bool found = find_delimiter(bytes, here.to, boundary, &next);
        size_t from = MAX(found ? next.from : bytes.size, here.to);
        put_part(d, between(c, here.to, from));
        if (!found)
            break;
        if (next.last)
            put_raw(d, &fields[LAST_BOUNDARY], LAST_BOUNDARY, between(c, from, next.to));
        else
            put_raw(d, &fields[BOUNDARY], BOUNDARY, between(c, from, next.to));
        here = next;
    }
    if (here.last && here.to < bytes.size)
        put_raw(d, &fields[TRAILER], TRAILER, between(c, here.to, bytes.size));
    c->at = c->end;
}

const FmProtocol fm_multipart = {
    .abbrev = "mime_multipart",
    .name = "MIME multipart",
    .title = "MIME Multipart Media Encapsulation",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "multipart/mixed" }, { FM_MEDIA_TYPE, "multipart/form-data" }, { FM_MEDIA_TYPE, "multipart/byteranges" },
             { FM_MEDIA_TYPE, "multipart/related" }, { FM_MEDIA_TYPE, "multipart/alternative" }),
    .dissect = multipart_dissect,
};
