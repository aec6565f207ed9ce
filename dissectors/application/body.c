/* Bodies of messages by their media types. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"

extern const FmProtocol fm_dns, fm_grpc, fm_json, fm_media, fm_sdp, fm_xml;

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static FmSlice trimmed(FmSlice text)
{
    while (text.size && is_space(text.data[0]))
        text = (FmSlice){ text.data + 1, text.size - 1 };
    while (text.size && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

FmSlice fm_body_media_type(FmSlice type)
{
    const uint8_t *end = type.size ? memchr(type.data, ';', type.size) : NULL;
    return trimmed((FmSlice){ type.data, end ? (size_t)(end - type.data) : type.size });
}

bool fm_body_fits(FmSlice type, FmSlice body)
{
    static const struct {
        const char *type;
        unsigned at, size;
        const char *magic;
    } beginnings[] = {
        { "image/png", 0, 8, "\x89PNG\r\n\x1a\n" }, { "image/gif", 0, 4, "GIF8" }, { "image/jpeg", 0, 2, "\xff\xd8" },
        { "image/jpg", 0, 2, "\xff\xd8" }, { "image/jfif", 0, 2, "\xff\xd8" }, { "video/mp4", 4, 4, "ftyp" },
        { "audio/mp4", 4, 4, "ftyp" },
    };
    FmSlice name = fm_body_media_type(type);
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++)
        if (name.size == strlen(beginnings[i].type) && g_ascii_strncasecmp((const char *)name.data, beginnings[i].type, name.size) == 0)
            return body.size >= beginnings[i].at + beginnings[i].size &&
                   memcmp(body.data + beginnings[i].at, beginnings[i].magic, beginnings[i].size) == 0;
    return true;
}

/* Length of the parameter in front: up to a semicolon outside quotes. */
static size_t parameter_size(FmSlice text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            quoted = !quoted;
        else if (text.data[i] == ';' && !quoted)
            return i;
    }
    return text.size;
}

FmSlice fm_body_parameter(FmSlice type, const char *name)
{
    size_t n = strlen(name);
    while (type.size) {
        size_t size = parameter_size(type);
        FmSlice item = trimmed((FmSlice){ type.data, size });
        if (item.size > n && item.data[n] == '=' && g_ascii_strncasecmp((const char *)item.data, name, n) == 0) {
            FmSlice value = { item.data + n + 1, item.size - n - 1 };
            if (value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"')
                value = (FmSlice){ value.data + 1, value.size - 2 };
            return value;
        }
        size += size < type.size ? 1 : 0;
        type = (FmSlice){ type.data + size, type.size - size };
    }
    return (FmSlice){ NULL, 0 };
}

static bool ends_with(FmSlice text, const char *end)
{
    size_t n = strlen(end);
    return text.size > n && g_ascii_strncasecmp((const char *)text.data + text.size - n, end, n) == 0;
}

static unsigned protocol_of(const FmDissection *d, FmSlice type)
{
    FmSlice name = fm_body_media_type(type);
    unsigned protocol = fm_find_named(d, FM_MEDIA_TYPE, name);
    if (!protocol && name.size > 10 && g_ascii_strncasecmp((const char *)name.data, "multipart/", 10) == 0)
        protocol = fm_find_named(d, FM_MEDIA_TYPE, (FmSlice){ (const uint8_t *)"multipart/mixed", 15 });
    if (!protocol && ends_with(name, "+json")) /* RFC 6839 §3.1 */
        protocol = fm_catalog_number(d->packet->catalog, &fm_json);
    return protocol ? protocol : fm_catalog_number(d->packet->catalog, &fm_media);
}

/* Whatever its type says. */
static bool begins_as_xml(FmSlice bytes)
{
    return bytes.size >= 5 && memcmp(bytes.data, "<?xml", 5) == 0;
}

FmSlice fm_body_type(const FmDissection *d)
{
    return d->body_type;
}

void fm_body_dissect(FmDissection *d, const FmBodyInfo *info, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    FmPacket *p = d->packet;
    const char *column = p->protocol;
    FmSlice outer = d->body_type;
    uint8_t floor = d->floor;
    d->body_type = info->type;
    if (info->inside || !info->type.size)
        d->floor = d->depth;
    unsigned protocol = info->type.size ? protocol_of(d, info->type) : 0;
    if (protocol && begins_as_xml(fm_rest(c)))
        protocol = fm_catalog_number(p->catalog, &fm_xml);
    if (protocol)
        fm_call_number(d, protocol, c);
    else
        fm_data(d, c);
    if (protocol == fm_catalog_number(p->catalog, &fm_json))
        p->protocol = fm_arena_printf(d->arena, "%s/JSON", column);
    else if (protocol && protocol == fm_catalog_number(p->catalog, &fm_xml))
        p->protocol = fm_arena_printf(d->arena, "%s/XML", column);
    else if (protocol == fm_catalog_number(p->catalog, &fm_sdp))
        p->protocol = fm_arena_printf(d->arena, "%s/SDP", column);
    else if (protocol && protocol == fm_catalog_number(p->catalog, &fm_dns))
        p->protocol = "DoH"; /* RFC 8484 */
    else if (!protocol || protocol != fm_catalog_number(p->catalog, &fm_grpc))
        p->protocol = column;
    d->floor = floor;
    d->body_type = outer;
}
