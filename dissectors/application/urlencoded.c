/* Forms: application/x-www-form-urlencoded (WHATWG URL §5). */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"

enum { FORM, KEY, VALUE };

static const FmField fields[] = {
    [FORM] = { "urlencoded-form", "HTML Form URL Encoded", FM_PROTOCOL },
    [KEY] = { "urlencoded-form.key", "Key", FM_STRINGZ },
    [VALUE] = { "urlencoded-form.value", "Value", FM_STRINGZ },
};

/* "a+b%20c" → "a b c" */
static const char *decoded(FmDissection *d, FmSlice in)
{
    char *out = fm_arena_alloc(d->arena, in.size + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.size; i++) {
        uint8_t c = in.data[i];
        int high = c == '%' && i + 2 < in.size ? g_ascii_xdigit_value((char)in.data[i + 1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value((char)in.data[i + 2]) : -1;
        if (low >= 0) {
            c = (uint8_t)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        out[n++] = (char)c;
    }
    out[n] = 0;
    return out;
}

static void form_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice type = fm_body_media_type(fm_body_type(d));
    fm_title_more(d, ": %.*s", (int)type.size, (const char *)type.data);
    fm_info_more(d, " (%.*s)", (int)type.size, (const char *)type.data);
    while (fm_left(c)) {
        const uint8_t *end = memchr(c->at, '&', fm_left(c));
        FmCursor item = fm_take(c, end ? (size_t)(end - c->at) + 1 : fm_left(c));
        const uint8_t *stop = end ? end : item.end, *equals = memchr(item.at, '=', (size_t)(stop - item.at));
        size_t key_size = (size_t)((equals ? equals : stop) - item.at), value_size = equals ? (size_t)(stop - equals) - 1 : 0;
        const char *key = decoded(d, (FmSlice){ item.at, key_size });
        const char *value = decoded(d, (FmSlice){ item.at + key_size + (equals ? 1 : 0), value_size });
        FmSubtree line = fm_open_text(d, &item, "Form item: \"%s\" = \"%s\"", key, value);
        fm_add_text(d, KEY, &item, key_size, key);
        item.at += key_size + (equals ? 1 : 0);
        fm_add_text(d, VALUE, &item, value_size, value);
        item.at = item.end;
        fm_close(d, line, &item);
    }
}

const FmProtocol fm_urlencoded = {
    .abbrev = "urlencoded-form",
    .name = "URL Encoded Form Data",
    .title = "HTML Form URL Encoded",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "application/x-www-form-urlencoded" }),
    .dissect = form_dissect,
};
