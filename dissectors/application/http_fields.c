/* Header fields of HTTP/2 and HTTP/3: those that have names of their own, and what they say together. */
#include "config.h"

#include <string.h>

#include "dissectors/application/http_fields.h"
#include "dissectors/application/http_status.h"

static bool is(FmSlice text, const char *constant)
{
    return text.size == strlen(constant) && memcmp(text.data, constant, text.size) == 0;
}

int http_field_row(const FmField *fields, FmSlice name)
{
    int low = 0, high = HTTP_KNOWN_FIELDS - 1;
    while (low <= high) {
        int middle = (low + high) / 2;
        const char *known = fields[middle].name;
        size_t size = strlen(known);
        int order = memcmp(name.data, known, MIN(name.size, size));
        if (order == 0)
            order = name.size < size ? -1 : name.size > size;
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

bool http_field_number(FmSlice value, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9' || *number > UINT64_MAX / 10 - 1)
            return false;
        *number = *number * 10 + (uint64_t)(value.data[i] - '0');
    }
    return value.size > 0;
}

void http_field_put(FmDissection *d, const FmField *fields, int row, FmCursor *c, FmSlice value)
{
    uint64_t number = 0;
    if (!fm_wanted(d, row) || (fields[row].type != FM_STRING && !http_field_number(value, &number)))
        return;
    fm_record(d, (unsigned)row, fm_offset(c), (uint32_t)value.size, c->buffer, 0, number);
}

/* The words for a status, with a space before them, or nothing. */
static const char *reason_of(FmDissection *d, FmSlice value)
{
    uint64_t status;
    const char *reason = http_field_number(value, &status) ? fm_name(http_status_names, status) : NULL;
    return reason ? fm_arena_printf(d->arena, " %s", reason) : "";
}

void http_field_summarize(FmDissection *d, HttpSummary *s, FmSubtree tree, FmSlice name, FmSlice value)
{
    bool request = true;
    if (is(name, ":method"))
        s->method = value;
    else if (is(name, ":path"))
        s->path = value;
    else
        request = false;
    if (is(name, ":scheme"))
        s->scheme = value;
    else if (is(name, ":authority"))
        s->authority = value;
    if (!d->want_info && !d->want_labels)
        return;
    if (request && s->method.data && s->path.data) {
        fm_subtree_label_more(d, tree, ", %.*s %.*s", (int)s->method.size, s->method.data, (int)s->path.size, s->path.data);
        fm_info_more(d, ": %.*s %.*s", (int)s->method.size, s->method.data, (int)s->path.size, s->path.data);
    } else if (is(name, ":status")) {
        const char *reason = reason_of(d, value);
        fm_subtree_label_more(d, tree, ", %.*s%s", (int)value.size, value.data, reason);
        fm_info_more(d, ": %.*s%s", (int)value.size, value.data, reason);
    }
}

const char *http_full_uri(FmDissection *d, const HttpSummary *s)
{
    if (!s->method.data || !s->path.data || !s->scheme.data || !s->authority.data)
        return NULL;
    return fm_arena_printf(d->arena, "%.*s://%.*s%.*s", (int)s->scheme.size, s->scheme.data, (int)s->authority.size, s->authority.data,
                           (int)s->path.size, s->path.data);
}

void http_field_label(FmDissection *d, FmSubtree tree, FmSlice name, FmSlice value)
{
    if (!d->want_labels)
        return;
    const char *reason = is(name, ":status") ? reason_of(d, value) : "";
    fm_subtree_label(d, tree, "Header: %.*s: %.*s%s", (int)name.size, name.data, (int)value.size, value.data, reason);
}
