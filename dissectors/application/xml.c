/* XML documents, as bodies of messages: tags, attributes and what stands between them. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"

enum { XML, INSTRUCTION, CDATA_SECTION, COMMENT, ATTRIBUTE, DOCTYPE, CDATA, TAG };

static const FmField fields[] = {
    [XML] = { "xml", "eXtensible Markup Language", FM_PROTOCOL },
    [INSTRUCTION] = { "xml.xmlpi", "XMLPI", FM_STRING },
    [CDATA_SECTION] = { "xml.cdatasection", "CDATASection", FM_STRING },
    [COMMENT] = { "xml.comment", "Comment", FM_STRING },
    [ATTRIBUTE] = { "xml.attribute", "Attribute", FM_STRING },
    [DOCTYPE] = { "xml.doctype", "Doctype", FM_STRING },
    [CDATA] = { "xml.cdata", "CDATA", FM_STRING },
    [TAG] = { "xml.tag", "Tag", FM_STRING },
};

enum { MAX_DEPTH = 64 }; /* of tags that are shown inside each other */

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool starts_with(const FmCursor *c, const char *text)
{
    size_t n = strlen(text);
    return fm_left(c) >= n && memcmp(c->at, text, n) == 0;
}

static size_t blanks(FmSlice text)
{
    size_t n = 0;
    while (n < text.size && is_blank(text.data[n]))
        n++;
    return n;
}

/* Bytes up to and with `end`; all that is left if it does not come. */
static size_t until(const FmCursor *c, const char *end)
{
    const uint8_t *found = fm_left(c) ? memmem(c->at, fm_left(c), end, strlen(end)) : NULL;
    return found ? (size_t)(found - c->at) + strlen(end) : fm_left(c);
}

/* The same for a tag's '>', which may stand in quotes too. */
static size_t until_tag_end(const FmCursor *c)
{
    uint8_t quote = 0;
    for (size_t i = 0; i < fm_left(c); i++) {
        uint8_t b = c->at[i];
        if (quote)
            quote = b == quote ? 0 : quote;
        else if (b == '"' || b == '\'')
            quote = b;
        else if (b == '>')
            return i + 1;
    }
    return fm_left(c);
}

static FmSlice put_text(FmDissection *d, unsigned row, FmCursor *c, size_t n)
{
    FmSlice text = fm_add_bytes_of(d, &fields[row], row, c, n);
    fm_label(d, row, "%.*s", (int)MIN(text.size, 1000), (const char *)text.data);
    return text;
}

/* name="value" behind the tag's name. */
static void put_attributes(FmDissection *d, const FmCursor *tag)
{
    FmCursor c = *tag;
    while (fm_left(&c) && !is_blank(*c.at))
        c.at++;
    for (;;) {
        c.at += blanks(fm_rest(&c));
        size_t n = 0;
        while (n < fm_left(&c) && c.at[n] != '=' && c.at[n] != '>' && c.at[n] != '/' && !is_blank(c.at[n]))
            n++;
        if (n == 0 || n + 2 >= fm_left(&c) || c.at[n] != '=' || (c.at[n + 1] != '"' && c.at[n + 1] != '\''))
            return;
        const uint8_t *end = memchr(c.at + n + 2, c.at[n + 1], fm_left(&c) - n - 2);
        if (!end)
            return;
        put_text(d, ATTRIBUTE, &c, (size_t)(end - c.at) + 1);
    }
}

/* What lies between tags, without the blanks around it. */
static void put_between(FmDissection *d, FmCursor *c)
{
    const uint8_t *tag = memchr(c->at, '<', fm_left(c));
    FmCursor text = fm_take(c, tag ? (size_t)(tag - c->at) : fm_left(c));
    text.at += blanks(fm_rest(&text));
    while (fm_left(&text) && is_blank(text.end[-1]))
        text.end--;
    if (fm_left(&text))
        put_text(d, CDATA, &text, fm_left(&text));
}

static void xml_dissect(FmDissection *d, FmCursor *c)
{
    unsigned depth = 0, shown = 0;
    if (fm_quiet(d))
        c->at = c->end;
    while (fm_left(c)) {
        if (*c->at != '<') {
            put_between(d, c);
        } else if (starts_with(c, "<?")) {
            put_text(d, INSTRUCTION, c, until(c, "?>"));
        } else if (starts_with(c, "<!--")) {
            put_text(d, COMMENT, c, until(c, "-->"));
        } else if (starts_with(c, "<![CDATA[")) {
            put_text(d, CDATA_SECTION, c, until(c, "]]>"));
        } else if (starts_with(c, "<!")) {
            put_text(d, DOCTYPE, c, until(c, ">"));
        } else if (starts_with(c, "</")) {
            FmCursor end = fm_take(c, until(c, ">"));
            FmSubtree text = fm_open_text(d, &end, "%.*s", (int)MIN(fm_left(&end), 1000), (const char *)end.at);
            end.at = end.end;
            fm_close(d, text, &end);
            if (depth && depth-- == shown) {
                shown--;
                fm_up(d);
            }
        } else {
            FmCursor tag = *c;
            size_t n = until_tag_end(c);
            bool empty = n >= 2 && c->at[n - 2] == '/';
            tag.end = tag.at + n;
            put_text(d, TAG, c, n);
            fm_down(d);
            put_attributes(d, &tag);
            if (!empty && depth == shown && shown < MAX_DEPTH)
                shown++;
            else
                fm_up(d);
            depth += empty ? 0 : 1;
        }
    }
    while (shown--)
        fm_up(d);
}

const FmProtocol fm_xml = {
    .abbrev = "xml",
    .name = "XML",
    .title = "eXtensible Markup Language",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "text/xml" }, { FM_MEDIA_TYPE, "application/xml" }, { FM_MEDIA_TYPE, "application/xml-dtd" },
             { FM_MEDIA_TYPE, "application/soap+xml" }, { FM_MEDIA_TYPE, "application/xhtml+xml" }, { FM_MEDIA_TYPE, "application/rdf+xml" },
             { FM_MEDIA_TYPE, "application/mathml+xml" }, { FM_MEDIA_TYPE, "application/pidf+xml" }, { FM_MEDIA_TYPE, "application/smil" },
             { FM_MEDIA_TYPE, "image/svg+xml" }, { FM_MEDIA_TYPE, "text/vnd.wap.wml" }),
    .dissect = xml_dissect,
};
