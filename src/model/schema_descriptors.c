/* Schemas from sets of descriptors (google/protobuf/descriptor.proto), as `protoc --descriptor_set_out` writes them. */
#include "config.h"

#include <string.h>

#include "base/cursor.h"
#include "model/schema_build.h"

typedef struct Part { /* a field of a message */
    uint64_t number, value; /* value: of a varint */
    FmSlice bytes;
} Part;

static uint64_t read_varint(FmCursor *c)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint64_t byte = fm_read_u8(c);
        if (shift < 64)
            value |= (byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return value;
}

static bool next_part(FmCursor *c, Part *part)
{
    if (!fm_left(c))
        return false;
    uint64_t tag = read_varint(c);
    *part = (Part){ .number = tag >> 3 };
    switch (tag & 7) {
    case 0: part->value = read_varint(c); break;
    case 1: fm_skip(c, 8); break;
    case 2: {
        FmCursor inner = fm_take(c, read_varint(c));
        part->bytes = fm_rest(&inner);
        break;
    }
    case 5: fm_skip(c, 4); break;
    default: fm_cursor_malformed(c); break;
    }
    return c->trouble->kind == FM_TROUBLE_NONE;
}

static FmCursor inside(FmSlice bytes, FmTrouble *trouble)
{
    return (FmCursor){ .start = bytes.data, .at = bytes.data, .end = bytes.data + bytes.size, .trouble = trouble };
}

static char *text_of(FmSlice bytes)
{
    return bytes.size ? g_strndup((const char *)bytes.data, bytes.size) : g_strdup("");
}

static void read_field(FmSchemaMessage *m, FmSlice bytes, bool packs, FmTrouble *trouble)
{
    enum { NAME = 1, NUMBER = 3, LABEL = 4, TYPE = 5, TYPE_NAME = 6, OPTIONS = 8, REPEATED = 3, PACKED = 2 };
    FmCursor c = inside(bytes, trouble);
    g_autofree char *name = g_strdup(""), *type_name = NULL;
    uint64_t number = 0, label = 0, type = 0;
    for (Part p; next_part(&c, &p);) {
        switch (p.number) {
        case NAME: g_free(name); name = text_of(p.bytes); break;
        case NUMBER: number = p.value; break;
        case LABEL: label = p.value; break;
        case TYPE: type = p.value; break;
        case TYPE_NAME: g_free(type_name); type_name = text_of(p.bytes); break;
        case OPTIONS: {
            FmCursor o = inside(p.bytes, trouble);
            for (Part q; next_part(&o, &q);)
                packs = q.number == PACKED ? q.value != 0 : packs;
            break;
        }
        default: break;
        }
    }
    fm_schema_put_field(m, name, (uint32_t)number, (uint8_t)(type <= FM_SCHEMA_SINT64 ? type : 0), type_name,
                        label != REPEATED ? FM_SCHEMA_SINGLE : packs ? FM_SCHEMA_PACKED : FM_SCHEMA_REPEATED);
}

static void read_enum(FmSchema *s, const char *scope, FmSlice bytes, FmTrouble *trouble)
{
    enum { NAME = 1, VALUE = 2 };
    FmCursor c = inside(bytes, trouble);
    FmSchemaEnum *e = NULL;
    for (Part p; next_part(&c, &p);) {
        if (p.number == NAME) {
            g_autofree char *name = text_of(p.bytes), *full = fm_schema_join(scope, name);
            e = fm_schema_new_enum(s, full);
        } else if (p.number == VALUE) {
            FmCursor v = inside(p.bytes, trouble);
            g_autofree char *name = g_strdup("");
            uint64_t number = 0;
            for (Part q; next_part(&v, &q);) {
                if (q.number == 1) {
                    g_free(name);
                    name = text_of(q.bytes);
                } else if (q.number == 2) {
                    number = q.value;
                }
            }
            fm_schema_put_value(e, name, (int32_t)(uint32_t)number);
        }
    }
}

static FmSlice find_part(FmSlice bytes, uint64_t number, FmTrouble *trouble)
{
    FmCursor c = inside(bytes, trouble);
    for (Part p; next_part(&c, &p);)
        if (p.number == number)
            return p.bytes;
    return (FmSlice){ NULL, 0 };
}

static void read_message(FmSchema *s, const char *scope, FmSlice bytes, bool packs, unsigned depth, FmTrouble *trouble)
{
    enum { NAME = 1, FIELD = 2, NESTED = 3, ENUM = 4 };
    g_autofree char *name = text_of(find_part(bytes, NAME, trouble)), *full = fm_schema_join(scope, name);
    FmSchemaMessage *m = fm_schema_new_message(s, full);
    FmCursor c = inside(bytes, trouble);
    for (Part p; depth && next_part(&c, &p);) {
        switch (p.number) {
        case FIELD: read_field(m, p.bytes, packs, trouble); break;
        case NESTED: read_message(s, full, p.bytes, packs, depth - 1, trouble); break;
        case ENUM: read_enum(s, full, p.bytes, trouble); break;
        default: break;
        }
    }
}

static void read_service(FmSchema *s, const char *package, FmSlice bytes, FmTrouble *trouble)
{
    enum { NAME = 1, METHOD = 2, INPUT = 2, OUTPUT = 3, CLIENT_STREAMS = 5, SERVER_STREAMS = 6 };
    g_autofree char *name = text_of(find_part(bytes, NAME, trouble)), *full = fm_schema_join(package, name);
    FmCursor c = inside(bytes, trouble);
    for (Part p; next_part(&c, &p);) {
        if (p.number != METHOD)
            continue;
        g_autofree char *method = text_of(find_part(p.bytes, NAME, trouble)), *path = g_strdup_printf("/%s/%s", full, method);
        FmSchemaMethod *m = fm_schema_new_method(s, path);
        if (!m)
            continue;
        m->types[0] = text_of(find_part(p.bytes, INPUT, trouble));
        m->types[1] = text_of(find_part(p.bytes, OUTPUT, trouble));
        FmCursor v = inside(p.bytes, trouble);
        for (Part q; next_part(&v, &q);)
            if (q.number == CLIENT_STREAMS || q.number == SERVER_STREAMS)
                m->streams[q.number == SERVER_STREAMS] = q.value != 0;
    }
}

static void read_file(FmSchema *s, FmSlice bytes, FmTrouble *trouble)
{
    enum { OF_PACKAGE = 2, MESSAGE = 4, ENUM = 5, SERVICE = 6, SYNTAX = 12 };
    g_autofree char *package = text_of(find_part(bytes, OF_PACKAGE, trouble)), *syntax = text_of(find_part(bytes, SYNTAX, trouble));
    bool packs = *syntax && strcmp(syntax, "proto2") != 0;
    FmCursor c = inside(bytes, trouble);
    for (Part p; next_part(&c, &p);) {
        switch (p.number) {
        case MESSAGE: read_message(s, package, p.bytes, packs, FM_SCHEMA_MAX_DEPTH, trouble); break;
        case ENUM: read_enum(s, package, p.bytes, trouble); break;
        case SERVICE: read_service(s, package, p.bytes, trouble); break;
        default: break;
        }
    }
}

bool fm_schema_add_descriptors(FmSchema *s, FmSlice bytes, const char *name, GError **error)
{
    FmTrouble trouble = { .kind = FM_TROUBLE_NONE };
    FmCursor c = inside(bytes, &trouble);
    unsigned files = 0;
    for (Part p; next_part(&c, &p);)
        if (p.number == 1) {
            read_file(s, p.bytes, &trouble);
            files++;
        }
    if (trouble.kind == FM_TROUBLE_NONE && files)
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: neither a .proto file nor a set of descriptors", name);
    return false;
}
