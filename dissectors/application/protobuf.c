/* Protocol Buffers (https://protobuf.dev/programming-guides/encoding). Without a schema the wire tells numbers and widths of fields only; with
 * one (--proto) names, types and inner messages are shown. */
#include "config.h"

#include "dissectors/application/protobuf.h"

#include <string.h>

#include "model/schema.h"

enum {
    PROTOBUF, MESSAGE_NAME, FIELD_NAME, FIELD_TYPE, FIELD_NUMBER, WIRE_TYPE, VALUE_LENGTH, VALUE, VALUE_DOUBLE, VALUE_FLOAT, VALUE_INT64, VALUE_UINT64,
    VALUE_INT32, VALUE_UINT32, VALUE_BOOL, VALUE_STRING, VALUE_REPEATED, FAILED_TAG, FAILED_FIELD, FAILED_LENGTH, FAILED_PACKED, NO_TYPE, BAD_WIRE_TYPE,
};

enum { VARINT, FIXED64, LENGTH_DELIMITED, START_GROUP, END_GROUP, FIXED32 };

#define MAX_DEPTH 24 /* messages within messages */

static const FmName wire_types[] = {
    { VARINT, 0, "varint" }, { FIXED64, 0, "64-bit" }, { LENGTH_DELIMITED, 0, "Length-delimited" }, { START_GROUP, 0, "Start group (deprecated)" },
    { END_GROUP, 0, "End group (deprecated)" }, { FIXED32, 0, "32-bit" }, { 0, 0, NULL },
};

static const FmName types[] = {
    { FM_SCHEMA_DOUBLE, 0, "double" }, { FM_SCHEMA_FLOAT, 0, "float" }, { FM_SCHEMA_INT64, 0, "int64" }, { FM_SCHEMA_UINT64, 0, "uint64" },
    { FM_SCHEMA_INT32, 0, "int32" }, { FM_SCHEMA_FIXED64, 0, "fixed64" }, { FM_SCHEMA_FIXED32, 0, "fixed32" }, { FM_SCHEMA_BOOL, 0, "bool" },
    { FM_SCHEMA_STRING, 0, "string" }, { FM_SCHEMA_GROUP, 0, "group" }, { FM_SCHEMA_MESSAGE, 0, "message" }, { FM_SCHEMA_BYTES, 0, "bytes" },
    { FM_SCHEMA_UINT32, 0, "uint32" }, { FM_SCHEMA_ENUM, 0, "enum" }, { FM_SCHEMA_SFIXED32, 0, "sfixed32" }, { FM_SCHEMA_SFIXED64, 0, "sfixed64" },
    { FM_SCHEMA_SINT32, 0, "sint32" }, { FM_SCHEMA_SINT64, 0, "sint64" }, { 0, 0, NULL },
};

static const FmField fields[] = {
    [PROTOBUF] = { "protobuf", "Protocol Buffers", FM_PROTOCOL },
    [MESSAGE_NAME] = { "protobuf.message.name", "Message Name", FM_STRING, .hidden = true },
    [FIELD_NAME] = { "protobuf.field.name", "Field Name", FM_STRING, .generated = true },
    [FIELD_TYPE] = { "protobuf.field.type", "Field Type", FM_UINT32, FM_DEC, .names = types, .generated = true },
    [FIELD_NUMBER] = { "protobuf.field.number", "Field Number", FM_UINT64, FM_DEC },
    [WIRE_TYPE] = { "protobuf.field.wiretype", "Wire Type", FM_UINT8, FM_DEC, 0x07, wire_types },
    [VALUE_LENGTH] = { "protobuf.field.value.length", "Value Length", FM_UINT64, FM_DEC },
    [VALUE] = { "protobuf.field.value", "Value", FM_BYTES },
    [VALUE_DOUBLE] = { "protobuf.field.value.double", "Double", FM_DOUBLE },
    [VALUE_FLOAT] = { "protobuf.field.value.float", "Float", FM_FLOAT },
    [VALUE_INT64] = { "protobuf.field.value.int64", "Int64", FM_INT64, FM_DEC },
    [VALUE_UINT64] = { "protobuf.field.value.uint64", "Uint64", FM_UINT64, FM_DEC },
    [VALUE_INT32] = { "protobuf.field.value.int32", "Int32", FM_INT32, FM_DEC },
    [VALUE_UINT32] = { "protobuf.field.value.uint32", "Uint32", FM_UINT32, FM_DEC },
    [VALUE_BOOL] = { "protobuf.field.value.bool", "Bool", FM_BOOL8 },
    [VALUE_STRING] = { "protobuf.field.value.string", "String", FM_STRING },
    [VALUE_REPEATED] = { "protobuf.field.value.repeated", "Repeated", FM_BYTES },
    [FAILED_TAG] = { "protobuf.failed_parse_tag", "Failed to parse tag field", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [FAILED_FIELD] = { "protobuf.field.failed_parse_field", "Failed to parse value field", FM_EXPERT, .severity = FM_ERROR,
                       .group = FM_GROUP_MALFORMED },
    [FAILED_LENGTH] = { "protobuf.field.failed_parse_length_delimited_field", "Failed to parse length delimited field", FM_EXPERT,
                        .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [FAILED_PACKED] = { "protobuf.field.failed_parse_packed_repeated_field", "Failed to parse packed repeated field", FM_EXPERT,
                        .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [NO_TYPE] = { "protobuf.field.message_type_not_found", "Failed to find message type of a field", FM_EXPERT, .severity = FM_WARN,
                  .group = FM_GROUP_PROTOCOL },
    [BAD_WIRE_TYPE] = { "protobuf.field.wiretype.invalid", "Unknown or unsupported wiretype", FM_EXPERT, .severity = FM_WARN,
                        .group = FM_GROUP_PROTOCOL },
};

typedef struct Known { /* a field while it is shown */
    const FmSchemaField *field; /* NULL: the schema does not know it */
    FmSubtree tree;
    uint64_t wire_type;
    unsigned flags;             /* of its parts: hidden where a line says all */
    unsigned depth;
} Known;

static void put_message(FmDissection *d, const FmSchemaMessage *type, unsigned depth, FmCursor *c);

/* ---- values ---- */

/* Bytes of the varint in front; 0: none. */
static unsigned peek_varint(const FmCursor *c, uint64_t *value)
{
    *value = 0;
    for (unsigned i = 0; i < 10 && i < fm_left(c); i++) {
        *value |= (uint64_t)(c->at[i] & 0x7f) << (7 * i);
        if (!(c->at[i] & 0x80))
            return i + 1;
    }
    return 0;
}

/* The number in front as the wire type has it. */
static unsigned peek_number(const FmCursor *c, uint64_t wire_type, uint64_t *value)
{
    if (wire_type == VARINT)
        return peek_varint(c, value);
    unsigned size = wire_type == FIXED64 ? 8 : 4;
    if (!fm_has(c, size))
        return 0;
    *value = fm_le(c->at, size);
    return size;
}

static uint64_t wire_type_of(FmSchemaType type)
{
    switch (type) {
    case FM_SCHEMA_DOUBLE: case FM_SCHEMA_FIXED64: case FM_SCHEMA_SFIXED64: return FIXED64;
    case FM_SCHEMA_FLOAT: case FM_SCHEMA_FIXED32: case FM_SCHEMA_SFIXED32: return FIXED32;
    case FM_SCHEMA_STRING: case FM_SCHEMA_BYTES: case FM_SCHEMA_MESSAGE: return LENGTH_DELIMITED;
    case FM_SCHEMA_GROUP: return START_GROUP;
    default: return VARINT;
    }
}

static int64_t zigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

#define put(d, F, c, n, value) do { if (fm_wanted(d, F)) fm_record((d), (F), fm_offset(c), (uint32_t)(n), (c)->buffer, flags, (value)); } while (0)

/* Without a schema numbers are shown as unsigned, as wide as they have to be. */
static void put_plain_number(FmDissection *d, const Known *k, const FmCursor *c, unsigned size, uint64_t value)
{
    unsigned flags = 0;
    if (value > UINT32_MAX)
        put(d, VALUE_UINT64, c, size, value);
    else
        put(d, VALUE_UINT32, c, size, value);
    fm_subtree_label_more(d, k->tree, " %" G_GUINT64_FORMAT " (%s)", value, value > UINT32_MAX ? "uint64" : "uint32");
}

static void put_enum(FmDissection *d, const Known *k, const FmCursor *c, unsigned size, int32_t value, unsigned flags)
{
    const char *name = fm_schema_value_name(k->field->enumeration, value);
    put(d, VALUE_INT32, c, size, (uint64_t)(int64_t)value);
    if (name)
        fm_label_more(d, VALUE_INT32, " (%s)", name);
    if (name)
        fm_subtree_label_more(d, k->tree, "%s(%d) (enum)", name, value);
    else
        fm_subtree_label_more(d, k->tree, "%d (enum)", value);
}

static void put_number(FmDissection *d, const Known *k, const FmCursor *c, unsigned size, uint64_t value, unsigned flags)
{
    FmSchemaType type = (FmSchemaType)k->field->type;
    const char *name = fm_name(types, type);
    int64_t number = (int64_t)value;
    switch (type) {
    case FM_SCHEMA_DOUBLE:
    case FM_SCHEMA_FLOAT: {
        double real;
        if (type == FM_SCHEMA_DOUBLE) {
            memcpy(&real, &value, sizeof real);
            put(d, VALUE_DOUBLE, c, size, value);
        } else {
            float single;
            uint32_t bits = (uint32_t)value;
            memcpy(&single, &bits, sizeof single);
            real = single;
            put(d, VALUE_FLOAT, c, size, value);
        }
        fm_subtree_label_more(d, k->tree, "%f (%s)", real, name);
        return;
    }
    case FM_SCHEMA_UINT64: case FM_SCHEMA_FIXED64:
        put(d, VALUE_UINT64, c, size, value);
        fm_subtree_label_more(d, k->tree, "%" G_GUINT64_FORMAT " (%s)", value, name);
        return;
    case FM_SCHEMA_UINT32: case FM_SCHEMA_FIXED32:
        put(d, VALUE_UINT32, c, size, (uint32_t)value);
        fm_subtree_label_more(d, k->tree, "%u (%s)", (unsigned)value, name);
        return;
    case FM_SCHEMA_BOOL:
        put(d, VALUE_BOOL, c, size, value != 0);
        fm_subtree_label_more(d, k->tree, "%s (%s)", value ? "true" : "false", name);
        return;
    case FM_SCHEMA_ENUM: put_enum(d, k, c, size, (int32_t)(uint32_t)value, flags); return;
    case FM_SCHEMA_SINT32: number = (int32_t)zigzag((uint32_t)value); break;
    case FM_SCHEMA_SINT64: number = zigzag(value); break;
    case FM_SCHEMA_INT32: case FM_SCHEMA_SFIXED32: number = (int32_t)(uint32_t)value; break;
    default: break;
    }
    if (type == FM_SCHEMA_INT64 || type == FM_SCHEMA_SINT64 || type == FM_SCHEMA_SFIXED64)
        put(d, VALUE_INT64, c, size, (uint64_t)number);
    else
        put(d, VALUE_INT32, c, size, (uint64_t)number);
    fm_subtree_label_more(d, k->tree, "%" G_GINT64_FORMAT " (%s)", number, name);
}

/* Numbers in a row, or one of a field that may have many. */
static void put_repeated(FmDissection *d, const Known *k, FmCursor *c)
{
    uint64_t wire_type = wire_type_of((FmSchemaType)k->field->type);
    fm_subtree_label_more(d, k->tree, " = [ ");
    FmSubtree list = fm_open(d, VALUE_REPEATED, c);
    for (bool first = true; fm_left(c); first = false) {
        uint64_t value;
        unsigned size = peek_number(c, wire_type, &value);
        if (!size) {
            fm_expert(d, FAILED_PACKED);
            c->at = c->end;
            break;
        }
        if (!first)
            fm_subtree_label_more(d, k->tree, ", ");
        put_number(d, k, c, size, value, 0);
        c->at += size;
    }
    fm_subtree_label_more(d, k->tree, "]");
    fm_close(d, list, c);
}

/* google.protobuf.Timestamp as text; NULL: it is none. */
static const char *timestamp(FmDissection *d, FmCursor c)
{
    uint64_t tag, value, parts[2] = { 0, 0 };
    for (unsigned size; fm_left(&c); c.at += size) {
        if (!(size = peek_varint(&c, &tag)) || (tag & 7) != VARINT)
            return NULL;
        c.at += size;
        if (!(size = peek_varint(&c, &value)))
            return NULL;
        if (tag >> 3 == 1 || tag >> 3 == 2)
            parts[(tag >> 3) - 1] = value;
    }
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc((int64_t)parts[0]);
    if (!time || parts[1] > 999999999)
        return NULL;
    g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
    unsigned nanos = (unsigned)parts[1];
    if (!nanos)
        return fm_arena_printf(d->arena, "%s+0000", text);
    if (nanos % 1000000 == 0)
        return fm_arena_printf(d->arena, "%s.%03u+0000", text, nanos / 1000000);
    if (nanos % 1000 == 0)
        return fm_arena_printf(d->arena, "%s.%06u+0000", text, nanos / 1000);
    return fm_arena_printf(d->arena, "%s.%09u+0000", text, nanos);
}

static bool is_timestamp(const FmSchemaMessage *type)
{
    return strcmp(type->name, "google.protobuf.Timestamp") == 0;
}

static void put_inner(FmDissection *d, const Known *k, FmCursor *c)
{
    const char *time = is_timestamp(k->field->message) ? timestamp(d, *c) : NULL;
    fm_subtree_label_more(d, k->tree, time ? " = %s (%s)" : " %s (%s)", time ? time : "", fm_name(types, k->field->type));
    put_message(d, k->field->message, k->depth + 1, c);
}

/* Bytes of a length; what they are by the schema. */
static void put_bytes(FmDissection *d, const Known *k, FmCursor *c)
{
    unsigned type = k->field ? k->field->type : 0, flags = type == FM_SCHEMA_BYTES ? 0 : k->flags;
    if (k->field && k->field->packed && wire_type_of((FmSchemaType)type) != LENGTH_DELIMITED) {
        put(d, VALUE, c, fm_left(c), 0);
        put_repeated(d, k, c);
        return;
    }
    FmCursor bytes = *c;
    if (type == FM_SCHEMA_STRING) {
        put(d, VALUE, c, fm_left(c), 0);
        fm_down(d);
        put(d, VALUE_STRING, c, fm_left(c), 0);
        fm_up(d);
        fm_subtree_label_more(d, k->tree, " = %.*s (string)", (int)MIN(fm_left(c), 512), (const char *)c->at);
        c->at = c->end;
        return;
    }
    put(d, VALUE, c, fm_left_on_wire(c), 0);
    c->at = c->end;
    if (type == FM_SCHEMA_MESSAGE && k->field->message && k->depth < MAX_DEPTH)
        put_inner(d, k, &bytes);
    else if (type == FM_SCHEMA_BYTES)
        fm_subtree_label_more(d, k->tree, "  (bytes)");
    else if (k->field && !type)
        fm_expert(d, NO_TYPE);
}

/* ---- fields ---- */

/* The number's bits as they stand in the first byte. */
static void label_number(FmDissection *d, uint8_t byte, uint64_t number)
{
    char bits[] = ".000 0...";
    static const unsigned places[] = { 1, 2, 3, 5 };
    for (unsigned i = 0; i < 4; i++)
        bits[places[i]] = byte >> (6 - i) & 1 ? '1' : '0';
    fm_label(d, FIELD_NUMBER, "%s = Field Number: %" G_GUINT64_FORMAT, bits, number);
}

/* A field's value; false where nothing can be read behind it. */
static bool put_value(FmDissection *d, const Known *k, FmCursor *c)
{
    unsigned flags = k->flags;
    uint64_t value;
    if (k->wire_type == LENGTH_DELIMITED) {
        unsigned size = peek_varint(c, &value);
        if (!size || value > fm_left_on_wire(c) - size) {
            fm_expert(d, FAILED_LENGTH);
            return false;
        }
        put(d, VALUE_LENGTH, c, size, value);
        c->at += size;
        FmCursor bytes = fm_take(c, value);
        put_bytes(d, k, &bytes);
        return true;
    }
    if (k->wire_type != VARINT && k->wire_type != FIXED64 && k->wire_type != FIXED32) {
        fm_expert(d, BAD_WIRE_TYPE);
        return false;
    }
    unsigned size = peek_number(c, k->wire_type, &value);
    if (!size) {
        fm_expert(d, FAILED_FIELD);
        return false;
    }
    FmCursor number = fm_take(c, size);
    put(d, VALUE, &number, size, 0);
    bool fits = k->field && k->field->type && wire_type_of((FmSchemaType)k->field->type) == k->wire_type;
    if (fits && k->field->packed) {
        put_repeated(d, k, &number);
        return true;
    }
    fm_down(d);
    if (fits) {
        fm_subtree_label_more(d, k->tree, " = ");
        put_number(d, k, &number, size, value, flags);
    } else {
        put_plain_number(d, k, &number, size, value);
    }
    fm_up(d);
    return true;
}

static bool put_field(FmDissection *d, const FmSchemaMessage *type, unsigned depth, FmCursor *c)
{
    uint64_t tag;
    unsigned size = peek_varint(c, &tag);
    Known k = { .tree = fm_open_text(d, c, "Field(0):"), .depth = depth };
    bool good = size > 0;
    if (good) {
        k.field = type ? fm_schema_field(type, tag >> 3) : NULL;
        k.wire_type = tag & 7;
        unsigned flags = k.flags = k.field ? FM_NODE_HIDDEN : 0;
        const char *name = k.field ? k.field->name : "<UNKNOWN>";
        if (k.field)
            fm_subtree_label(d, k.tree, "Field(%" G_GUINT64_FORMAT "): %s", tag >> 3, name);
        else
            fm_subtree_label(d, k.tree, "Field(%" G_GUINT64_FORMAT "):", tag >> 3);
        if (fm_wanted(d, FIELD_NAME))
            fm_record_blob(d, FIELD_NAME, fm_offset(c), size, c->buffer, flags, name, strlen(name));
        if (k.field && k.field->type)
            put(d, FIELD_TYPE, c, size, k.field->type);
        put(d, FIELD_NUMBER, c, size, tag >> 3);
        label_number(d, c->at[0], tag >> 3);
        put(d, WIRE_TYPE, c, 1, tag & 7);
        c->at += size;
        good = put_value(d, &k, c);
    } else {
        fm_expert(d, FAILED_TAG);
    }
    fm_close(d, k.tree, c);
    return good;
}

static void put_message(FmDissection *d, const FmSchemaMessage *type, unsigned depth, FmCursor *c)
{
    const char *name = type ? type->name : "<UNKNOWN> Message Type";
    const char *time = type && depth && is_timestamp(type) ? timestamp(d, *c) : NULL;
    FmSubtree tree = fm_open_text(d, c, "Message: %s", name);
    if (fm_wanted(d, MESSAGE_NAME))
        fm_record_blob(d, MESSAGE_NAME, fm_offset(c), (uint32_t)fm_left(c), c->buffer, 0, name, strlen(name));
    while (fm_left(c) && put_field(d, type, depth, c))
        continue;
    if (time) {
        FmCursor nowhere = { .trouble = c->trouble };
        fm_close(d, fm_open_text(d, &nowhere, "Message Value: %s", time), &nowhere);
    }
    fm_close(d, tree, c);
}

/* The type of the message: by the call, by what the media type says, by the port. */
static const FmSchemaMessage *find_type(const FmDissection *d, const ProtobufContext *context)
{
    const FmSchema *schema = fm_catalog_schema(d->packet->catalog);
    if (!schema)
        return NULL;
    if (context) {
        const FmSchemaMethod *method = fm_schema_method(schema, context->path);
        return method ? method->messages[context->response] : NULL;
    }
    const FmSchemaMessage *type = fm_schema_of_port(schema, (uint16_t)d->packet->destination_port);
    return type ? type : fm_schema_of_port(schema, (uint16_t)d->packet->source_port);
}

static void protobuf_dissect(FmDissection *d, FmCursor *c)
{
    const ProtobufContext *context = d->context;
    fm_info_more(d, " (PROTOBUF)");
    if (context && context->path.size)
        fm_title(d, "Protocol Buffers: %.*s,%s", (int)context->path.size, (const char *)context->path.data,
                 context->response ? "response" : "request");
    else
        fm_title(d, "Protocol Buffers");
    put_message(d, find_type(d, context), 0, c);
}

const FmProtocol fm_protobuf = {
    .abbrev = "protobuf",
    .name = "ProtoBuf",
    .title = "Protocol Buffers",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "application/x-protobuf" }, { FM_MEDIA_TYPE, "application/x-google-protobuf" },
             { FM_MEDIA_TYPE, "application/protobuf" }, { FM_MEDIA_TYPE, "application/vnd.google.protobuf" }),
    .dissect = protobuf_dissect,
};
