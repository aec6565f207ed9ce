/* Domain names and other text of DNS (RFC 1035 §3.1, §4.1.4). */
#include "config.h"

#include "dissectors/application/dns.h"

#include <stdio.h>

enum {
    NAME_BYTES = 253,    /* of a dotted name */
    NAME_POINTERS = 128, /* followed for one name: more than a name has labels */
    NAME_LABELS = 256,   /* looked at for one name behind its first pointer; then at the message's expense */
};

static const char loops[] = "<Name contains a pointer that loops>";
static const char too_long[] = "<Name too long>";
static const char extended[] = "<Unknown extended label>";
static const char root[] = "<Root>";

/* A character of UTF-8 in front of the bytes; its size, or 0 with the number of bytes to pass over in `skip`. */
static unsigned utf8_character(FmSlice bytes, uint32_t *character, unsigned *skip)
{
    uint8_t first = bytes.data[0];
    unsigned size = first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
    uint32_t value = size ? first & (0x7fu >> size) : 0;
    unsigned i = 1;
    while (i < size && i < bytes.size && (bytes.data[i] & 0xc0) == 0x80)
        value = value << 6 | (bytes.data[i++] & 0x3f);
    *skip = i;
    *character = value;
    return size && i == size && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff) ? size : 0;
}

void fm_dns_escape(FmText *out, FmSlice bytes)
{
    static const char letters[] = "abtnvfr"; /* from 7 on */
    while (bytes.size) {
        uint8_t c = bytes.data[0];
        unsigned size = 1;
        if (c >= 0x20 && c < 0x7f) {
            fm_text_char(out, (char)c);
        } else if (c >= 7 && c <= 13) {
            fm_text_char(out, '\\');
            fm_text_char(out, letters[c - 7]);
        } else if (c < 0x80) {
            fm_text_printf(out, "\\%03o", c);
        } else {
            uint32_t character;
            unsigned skip;
            size = utf8_character(bytes, &character, &skip);
            if (!size)
                fm_text_literal(out, "\357\277\275");
            else if (g_unichar_isprint(character))
                fm_text_add(out, (const char *)bytes.data, size);
            else
                fm_text_printf(out, character > 0xffff ? "\\U%08X" : "\\u%04X", (unsigned)character);
            size = size ? size : skip;
        }
        bytes.data += size;
        bytes.size -= size;
    }
}

typedef struct Walk { /* over the labels of one name */
    FmCursor at;
    FmCursor behind; /* the name where it stands, once a pointer was met */
    bool jumped, plain, full;
    unsigned pointers, labels;
    size_t size;
    uint8_t bytes[NAME_BYTES];
} Walk;

static void append_label(Walk *w, FmSlice label)
{
    size_t dot = w->size ? 1 : 0;
    if (w->full || w->size + dot + label.size > NAME_BYTES) {
        w->full = true;
        return;
    }
    if (dot)
        w->bytes[w->size++] = '.';
    for (size_t i = 0; i < label.size; i++) {
        uint8_t c = label.data[i];
        w->plain = w->plain && c >= 0x20 && c < 0x7f;
        w->bytes[w->size++] = c;
    }
}

/* Walks to the end of the name; returns what to show instead of it, or NULL. Trouble shows in `lost`. */
static const char *walk(DnsMessage *m, Walk *w, bool *lost)
{
    for (;;) {
        if (!fm_has(&w->at, 1)) {
            fm_cursor_fail(&w->at, 1);
            *lost = true;
            return NULL;
        }
        uint64_t length = fm_read_u8(&w->at);
        if (length == 0)
            return w->full ? too_long : NULL;
        switch (length >> 6) {
        case 0: {
            FmCursor label = fm_take(&w->at, length);
            if (fm_left(&label) < length) {
                *lost = true;
                return NULL;
            }
            append_label(w, fm_rest(&label));
            if (w->jumped && ++w->labels > NAME_LABELS) {
                if (!m->labels)
                    return too_long;
                m->labels--;
            }
            break;
        }
        case 1: /* RFC 6891 §5 gave up what these were for; nobody knows where such a label ends */
            if (!w->size && !w->jumped) {
                fm_cursor_malformed(&w->at);
                *lost = true;
                return NULL;
            }
            return extended;
        case 2:
            fm_cursor_malformed(&w->at);
            *lost = true;
            return NULL;
        case 3: {
            if (!fm_has(&w->at, 1)) {
                fm_cursor_fail(&w->at, 1);
                *lost = true;
                return NULL;
            }
            uint64_t target = (length & 0x3f) << 8 | fm_read_u8(&w->at);
            if (!w->jumped)
                w->behind = w->at;
            w->jumped = true;
            if (++w->pointers > NAME_POINTERS)
                return loops;
            w->at = m->whole;
            fm_skip(&w->at, target);
            break;
        }
        }
    }
}

bool fm_dns_name(DnsMessage *m, FmCursor *c, DnsName *name)
{
    Walk w = { .at = *c, .plain = true };
    bool lost = false;
    const char *instead = walk(m, &w, &lost);
    *c = w.jumped ? w.behind : w.at;
    if (lost) {
        fm_cursor_fail(c, UINT64_MAX);
        name->length = name->labels = name->size = 0;
        name->text[0] = 0;
        return false;
    }
    if (!instead && w.size == 0)
        instead = root;
    if (instead || w.plain) {
        size_t size = instead ? strlen(instead) : w.size;
        memcpy(name->text, instead ? (const void *)instead : w.bytes, size);
        name->size = (uint16_t)size;
        name->length = (uint16_t)size;
    } else {
        g_auto(FmText) text = { 0 };
        fm_dns_escape(&text, (FmSlice){ w.bytes, w.size });
        name->size = (uint16_t)MIN(text.size, sizeof name->text - 1);
        memcpy(name->text, text.data, name->size);
        name->length = (uint16_t)w.size;
    }
    name->text[name->size] = 0;
    name->labels = 1;
    for (size_t i = 0; !instead && i < w.size; i++)
        name->labels = (uint16_t)(name->labels + (w.bytes[i] == '.'));
    return true;
}

bool fm_dns_add_name_of(FmDissection *d, const FmField *fields, unsigned field, DnsMessage *m, FmCursor *c, DnsName *name)
{
    FmCursor from = *c;
    if (!fm_dns_name(m, c, name))
        return false;
    fm_add_text(d, field, &from, c->at - from.at, name->text);
    return true;
}

const char *fm_dns_add_ascii_of(FmDissection *d, const FmField *fields, unsigned field, FmCursor *c, uint64_t n)
{
    FmSlice bytes = fm_rest(&(FmCursor){ .at = c->at, .end = c->at + MIN(n, fm_left(c)) });
    if (bytes.size < n) {
        fm_cursor_fail(c, n);
        return "";
    }
    bool shown = d->want_texts || d->want_info, plain = true;
    for (size_t i = 0; i < bytes.size; i++)
        plain = plain && bytes.data[i] && bytes.data[i] < 0x80;
    if (plain) {
        fm_add_bytes(d, field, c, n);
        return shown ? fm_arena_strndup(d->arena, (const char *)bytes.data, bytes.size) : "";
    }
    if (!shown && !fm_wanted(d, field)) {
        fm_skip(c, n);
        return "";
    }
    char *text = fm_arena_alloc(d->arena, bytes.size * 3 + 1), *end = text;
    for (size_t i = 0; i < bytes.size && bytes.data[i]; i++) {
        bool ascii = bytes.data[i] < 0x80;
        memcpy(end, ascii ? (const char *)&bytes.data[i] : "\357\277\275", ascii ? 1 : 3);
        end += ascii ? 1 : 3;
    }
    *end = 0;
    fm_add_text(d, field, c, n, text);
    fm_skip(c, n);
    return text;
}

const char *fm_dns_address(FmDissection *d, FmSlice address)
{
    if (!d->want_texts && !d->want_info)
        return "";
    g_auto(FmText) text = { 0 };
    if (address.size >= 16)
        fm_text_ipv6(&text, address.data);
    else if (address.size >= 4)
        fm_text_ipv4(&text, (uint32_t)fm_be(address.data, 4));
    return fm_arena_strndup(d->arena, text.data ? text.data : "", text.size);
}

void fm_dns_info(FmDissection *d, const char *text)
{
    FmText *info = fm_info_text(d);
    if (!info || info->size >= FM_MAX_INFO)
        return;
    fm_text_char(info, ' ');
    fm_text_put(info, text);
    info->size = MIN(info->size, FM_MAX_INFO);
}

DnsSpan fm_dns_span(uint64_t seconds)
{
    static const struct {
        uint32_t size;
        const char *name;
    } units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
    DnsSpan span;
    size_t used = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        unsigned n = (unsigned)(seconds / units[i].size);
        seconds %= units[i].size;
        if (n || (units[i].size == 1 && !used))
            used += (size_t)g_snprintf(span.text + used, (gulong)(sizeof span.text - used), "%s%u %s%s", used ? ", " : "", n,
                                       units[i].name, n == 1 ? "" : "s");
    }
    return span;
}
