/* JSON (RFC 8259): a tree of objects, arrays and values, each with its path. Texts that are no JSON are shown as lines. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"
#include "dissectors/application/json.h"

extern const FmProtocol fm_text_lines;

enum {
    JSON, OBJECT, ARRAY, MEMBER, KEY, PATH, PATH_WITH_VALUE, MEMBER_WITH_VALUE, VALUE_STRING, VALUE_NUMBER, VALUE_TRUE, VALUE_FALSE,
    VALUE_NULL, VALUE_NAN, IGNORED_LEADING_BYTES, MEMBER_COMPACT, TOO_DEEP,
};

static const FmField fields[] = {
    [JSON] = { "json", "JavaScript Object Notation", FM_PROTOCOL },
    [OBJECT] = { "json.object", "Object", FM_NONE },
    [ARRAY] = { "json.array", "Array", FM_NONE },
    [MEMBER] = { "json.member", "Member", FM_STRING },
    [KEY] = { "json.key", "Key", FM_STRING },
    [PATH] = { "json.path", "Path", FM_STRING, .generated = true },
    [PATH_WITH_VALUE] = { "json.path_with_value", "Path with value", FM_STRING, .generated = true },
    [MEMBER_WITH_VALUE] = { "json.member_with_value", "Member with value", FM_STRING, .generated = true },
    [VALUE_STRING] = { "json.value.string", "String value", FM_STRING },
    [VALUE_NUMBER] = { "json.value.number", "Number value", FM_STRING },
    [VALUE_TRUE] = { "json.value.true", "True value", FM_NONE },
    [VALUE_FALSE] = { "json.value.false", "False value", FM_NONE },
    [VALUE_NULL] = { "json.value.null", "Null value", FM_NONE },
    [VALUE_NAN] = { "json.value.nan", "NaN value", FM_NONE },
    [IGNORED_LEADING_BYTES] = { "json.ignored_leading_bytes", "Ignored leading bytes", FM_STRING },
    [MEMBER_COMPACT] = { "json.member_compact", "Member compact", FM_NONE },
    [TOO_DEEP] = { "fathom.json.too_deep", "Nested deeper than what is looked at", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
};

#define MAX_DEPTH 40 /* objects and arrays in one another; two levels of the tree each */

/* ---- syntax: each of these moves over one thing and says whether it was there ---- */

static void skip_space(FmSlice *in)
{
    while (in->size && (in->data[0] == ' ' || in->data[0] == '\t' || in->data[0] == '\n' || in->data[0] == '\r'))
        *in = (FmSlice){ in->data + 1, in->size - 1 };
}

static bool skip_char(FmSlice *in, uint8_t c)
{
    skip_space(in);
    if (!in->size || in->data[0] != c)
        return false;
    *in = (FmSlice){ in->data + 1, in->size - 1 };
    return true;
}

static bool skip_string(FmSlice *in)
{
    if (!skip_char(in, '"'))
        return false;
    for (size_t i = 0; i < in->size; i++) {
        if (in->data[i] == '\\') {
            i++;
        } else if (in->data[i] == '"') {
            *in = (FmSlice){ in->data + i + 1, in->size - i - 1 };
            return true;
        }
    }
    return false;
}

/* Numbers, and the words true, false, null, NaN. */
static bool skip_word(FmSlice *in)
{
    static const char *const words[] = { "true", "false", "null", "NaN" };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t n = strlen(words[i]);
        if (in->size >= n && memcmp(in->data, words[i], n) == 0) {
            *in = (FmSlice){ in->data + n, in->size - n };
            return true;
        }
    }
    size_t n = 0;
    bool digits = false;
    while (n < in->size && in->data[n] && strchr("+-.0123456789eE", in->data[n]))
        digits |= g_ascii_isdigit(in->data[n++]);
    if (!digits || !(g_ascii_isdigit(in->data[0]) || in->data[0] == '-'))
        return false;
    *in = (FmSlice){ in->data + n, in->size - n };
    return true;
}

/* Members or elements of what has been opened: a loop, so that deep nesting costs no stack. */
static bool skip_container(FmSlice *in)
{
    g_autofree uint8_t *closers = NULL; /* a bit would do; grows with nesting only */
    size_t depth = 0, room = 0;
    bool value_wanted = true;
    for (;;) {
        skip_space(in);
        if (!in->size)
            return false;
        uint8_t c = in->data[0];
        if (value_wanted && (c == '{' || c == '[')) {
            if (depth == room) {
                room = room ? room * 2 : 64;
                closers = g_realloc(closers, room);
            }
            closers[depth++] = c == '{' ? '}' : ']';
            *in = (FmSlice){ in->data + 1, in->size - 1 };
            if (skip_char(in, closers[depth - 1])) {
                value_wanted = false;
                depth--;
            } else if (c == '{' && !(skip_string(in) && skip_char(in, ':'))) {
                return false;
            }
        } else if (value_wanted) {
            if (!depth || !(c == '"' ? skip_string(in) : skip_word(in)))
                return false;
            value_wanted = false;
        } else if (c == ',') {
            *in = (FmSlice){ in->data + 1, in->size - 1 };
            value_wanted = true;
            if (closers[depth - 1] == '}' && !(skip_string(in) && skip_char(in, ':')))
                return false;
        } else if (c == closers[depth - 1]) {
            *in = (FmSlice){ in->data + 1, in->size - 1 };
            depth--;
        } else {
            return false;
        }
        if (!depth)
            return true;
    }
}

bool fm_json_is_whole(FmSlice bytes)
{
    skip_space(&bytes);
    if (!bytes.size || (bytes.data[0] != '{' && bytes.data[0] != '[') || !skip_container(&bytes))
        return false;
    skip_space(&bytes);
    return bytes.size == 0;
}

/* ---- strings ---- */

static bool hex4(FmSlice in, gunichar *c)
{
    if (in.size < 4)
        return false;
    *c = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value((char)in.data[i]);
        if (digit < 0)
            return false;
        *c = *c << 4 | (gunichar)digit;
    }
    return true;
}

/* The character behind "\u"; moves `i` to its last digit. */
static gunichar escaped_unicode(FmSlice text, size_t *i)
{
    gunichar c, low;
    if (!hex4((FmSlice){ text.data + *i + 1, text.size - *i - 1 }, &c))
        return 0xfffd;
    *i += 4;
    if (c >= 0xd800 && c < 0xdc00 && text.size - *i > 6 && text.data[*i + 1] == '\\' && text.data[*i + 2] == 'u' &&
        hex4((FmSlice){ text.data + *i + 3, text.size - *i - 3 }, &low) && low >= 0xdc00 && low < 0xe000) {
        *i += 6;
        return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    return c >= 0xd800 && c < 0xe000 ? 0xfffd : c;
}

/* What stands between the quotes, escapes resolved. */
static FmSlice unescaped(FmDissection *d, FmSlice text)
{
    if (!text.size || !memchr(text.data, '\\', text.size))
        return text;
    uint8_t *out = fm_arena_alloc(d->arena, text.size + 8);
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c != '\\' || i + 1 == text.size) {
            out[n++] = c;
            continue;
        }
        c = text.data[++i];
        switch (c) {
        case 'b': out[n++] = '\b'; break;
        case 'f': out[n++] = '\f'; break;
        case 'n': out[n++] = '\n'; break;
        case 'r': out[n++] = '\r'; break;
        case 't': out[n++] = '\t'; break;
        case 'u': n += (size_t)g_unichar_to_utf8(escaped_unicode(text, &i), (char *)out + n); break;
        default: out[n++] = c; break;
        }
    }
    return (FmSlice){ out, n };
}

/* ---- the tree ---- */

typedef struct Walk {
    FmDissection *d;
    FmCursor *c;    /* over text that skip_container has approved */
    FmText path;
    FmSlice key;    /* of the value that follows; "[]" in arrays */
    unsigned depth;
} Walk;

static void put_value(Walk *w);

static void blanks(Walk *w)
{
    FmSlice rest = fm_rest(w->c);
    skip_space(&rest);
    w->c->at = rest.data;
}

static void put_text(Walk *w, unsigned row, const FmCursor *at, size_t n, FmSlice text)
{
    FmDissection *d = w->d;
    if (fm_wanted(d, row))
        fm_record_blob(d, row, fm_offset(at), (uint32_t)n, at->buffer, fields[row].generated ? FM_NODE_MADE : 0, text.data, text.size);
}

static void put_with_value(Walk *w, const FmCursor *at, size_t n, FmSlice value)
{
    FmDissection *d = w->d;
    if (fm_wanted(d, PATH_WITH_VALUE)) {
        size_t before = w->path.size;
        fm_text_char(&w->path, ':');
        fm_text_add(&w->path, (const char *)value.data, value.size);
        put_text(w, PATH_WITH_VALUE, at, n, (FmSlice){ (const uint8_t *)w->path.data, w->path.size });
        w->path.size = before;
    }
    if (fm_wanted(d, MEMBER_WITH_VALUE)) {
        uint8_t *text = fm_arena_alloc(d->arena, w->key.size + value.size + 1);
        memcpy(text, w->key.data, w->key.size);
        text[w->key.size] = ':';
        memcpy(text + w->key.size + 1, value.data, value.size);
        put_text(w, MEMBER_WITH_VALUE, at, n, (FmSlice){ text, w->key.size + value.size + 1 });
    }
}

static void put_scalar(Walk *w)
{
    FmDissection *d = w->d;
    FmCursor at = *w->c;
    FmSlice rest = fm_rest(w->c), raw = rest;
    bool is_string = rest.data[0] == '"';
    if (is_string)
        skip_string(&rest);
    else
        skip_word(&rest);
    raw.size = (size_t)(rest.data - raw.data);
    w->c->at = rest.data;
    FmSlice value = is_string ? unescaped(d, (FmSlice){ raw.data + 1, raw.size - 2 }) : raw;
    put_with_value(w, &at, raw.size, value);
    switch (raw.data[0]) {
    case '"': put_text(w, VALUE_STRING, &at, raw.size, value); break;
    case 't': fm_add_bytes(d, VALUE_TRUE, &at, raw.size); break;
    case 'f': fm_add_bytes(d, VALUE_FALSE, &at, raw.size); break;
    case 'n': fm_add_bytes(d, VALUE_NULL, &at, raw.size); break;
    case 'N': fm_add_bytes(d, VALUE_NAN, &at, raw.size); break;
    default: put_text(w, VALUE_NUMBER, &at, raw.size, raw); break;
    }
}

static void put_member(Walk *w)
{
    FmDissection *d = w->d;
    FmCursor start = *w->c, member = start;
    FmSlice rest = fm_rest(w->c);
    skip_string(&rest);
    size_t quoted = (size_t)(rest.data - start.at), before = w->path.size;
    FmSlice key = unescaped(d, (FmSlice){ start.at + 1, quoted - 2 });
    skip_char(&rest, ':');
    w->c->at = rest.data;
    fm_text_char(&w->path, '/');
    fm_text_add(&w->path, (const char *)key.data, key.size);

    FmSubtree line = { 0, start.at };
    if (fm_wanted(d, MEMBER)) {
        uint32_t count = d->packet->node_count;
        put_text(w, MEMBER, &start, 0, key);
        line.node = d->packet->node_count > count ? d->packet->node_count : 0;
    }
    d->depth++;
    w->key = key;
    blanks(w);
    put_value(w);
    member.end = w->c->at;
    put_text(w, KEY, &start, quoted, key);
    put_text(w, PATH, &start, fm_left(&member), (FmSlice){ (const uint8_t *)w->path.data, w->path.size });
    fm_close(d, line, w->c);
    w->path.size = before;
}

static void put_element(Walk *w)
{
    w->key = (FmSlice){ (const uint8_t *)"[]", 2 };
    put_value(w);
}

static void put_container(Walk *w)
{
    FmDissection *d = w->d;
    bool object = *w->c->at == '{';
    uint8_t end = object ? '}' : ']';
    FmSubtree tree = object ? fm_open(d, OBJECT, w->c) : fm_open(d, ARRAY, w->c);
    size_t before = w->path.size;
    if (!object)
        fm_text_literal(&w->path, "/[]");
    w->c->at++;
    for (blanks(w); fm_left(w->c) && *w->c->at != end; blanks(w)) {
        if (object)
            put_member(w);
        else
            put_element(w);
        blanks(w);
        if (fm_left(w->c) && *w->c->at == ',')
            w->c->at++;
    }
    w->c->at += fm_left(w->c) ? 1 : 0;
    w->path.size = before;
    fm_close(d, tree, w->c);
}

static void put_value(Walk *w)
{
    if (*w->c->at != '{' && *w->c->at != '[') {
        put_scalar(w);
    } else if (w->depth == MAX_DEPTH) {
        FmDissection *d = w->d;
        FmSlice rest = fm_rest(w->c);
        skip_container(&rest);
        fm_expert(d, TOO_DEEP);
        w->c->at = rest.data;
    } else {
        w->depth++;
        put_container(w);
        w->depth--;
    }
}

static void json_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice type = fm_body_media_type(fm_body_type(d));
    if (type.size)
        fm_title(d, "JavaScript Object Notation: %.*s", (int)type.size, (const char *)type.data);
    fm_info_more(d, "%s", ", JavaScript Object Notation");
    FmCursor start = *c;
    Walk w = { .d = d, .c = c };
    for (;;) {
        blanks(&w);
        FmSlice rest = fm_rest(c);
        if (!rest.size || (rest.data[0] != '{' && rest.data[0] != '[') || !skip_container(&rest))
            break;
        put_container(&w);
    }
    fm_length(d, (uint64_t)(c->at - start.at));
    fm_text_clear(&w.path);
    if (fm_left(c)) {
        fm_call(d, &fm_text_lines, c);
        return;
    }
    if (type.size)
        fm_info_more(d, " (%.*s)", (int)type.size, (const char *)type.data);
}

const FmProtocol fm_json = {
    .abbrev = "json",
    .name = "JSON",
    .title = "JavaScript Object Notation",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "application/json" }, { FM_MEDIA_TYPE, "application/json-rpc" }, { FM_MEDIA_TYPE, "application/problem+json" },
             { FM_MEDIA_TYPE, "application/x-ndjson" }, { FM_MEDIA_TYPE, "application/jsonrequest" }, { FM_MEDIA_TYPE, "text/json" },
             { FM_MEDIA_TYPE, "application/json-seq" }),
    .dissect = json_dissect,
};
