/* Protocol Buffers: the wire format (https://protobuf.dev/programming-guides/encoding), which tells numbers and widths of fields only. */
#include "config.h"

#include "dissectors/application/protobuf.h"

enum {
    PROTOBUF, MESSAGE_NAME, FIELD_NAME, FIELD_NUMBER, WIRE_TYPE, VALUE_LENGTH, VALUE, VALUE_UINT64, VALUE_UINT32, FAILED_TAG, FAILED_FIELD, FAILED_LENGTH,
    BAD_WIRE_TYPE,
};

enum { VARINT, FIXED64, LENGTH_DELIMITED, START_GROUP, END_GROUP, FIXED32 };

static const FmName wire_types[] = {
    { VARINT, 0, "varint" }, { FIXED64, 0, "64-bit" }, { LENGTH_DELIMITED, 0, "Length-delimited" }, { START_GROUP, 0, "Start group (deprecated)" },
    { END_GROUP, 0, "End group (deprecated)" }, { FIXED32, 0, "32-bit" }, { 0, 0, NULL },
};

static const FmField fields[] = {
    [PROTOBUF] = { "protobuf", "Protocol Buffers", FM_PROTOCOL },
    [MESSAGE_NAME] = { "protobuf.message.name", "Message Name", FM_STRING, .hidden = true },
    [FIELD_NAME] = { "protobuf.field.name", "Field Name", FM_STRING, .generated = true },
    [FIELD_NUMBER] = { "protobuf.field.number", "Field Number", FM_UINT64, FM_DEC },
    [WIRE_TYPE] = { "protobuf.field.wiretype", "Wire Type", FM_UINT8, FM_DEC, 0x07, wire_types },
    [VALUE_LENGTH] = { "protobuf.field.value.length", "Value Length", FM_UINT64, FM_DEC },
    [VALUE] = { "protobuf.field.value", "Value", FM_BYTES },
    [VALUE_UINT64] = { "protobuf.field.value.uint64", "Uint64", FM_UINT64, FM_DEC },
    [VALUE_UINT32] = { "protobuf.field.value.uint32", "Uint32", FM_UINT32, FM_DEC },
    [FAILED_TAG] = { "protobuf.failed_parse_tag", "Failed to parse tag field", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [FAILED_FIELD] = { "protobuf.field.failed_parse_field", "Failed to parse value field", FM_EXPERT, .severity = FM_ERROR,
                       .group = FM_GROUP_MALFORMED },
    [FAILED_LENGTH] = { "protobuf.field.failed_parse_length_delimited_field", "Failed to parse length delimited field", FM_EXPERT,
                        .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [BAD_WIRE_TYPE] = { "protobuf.field.wiretype.invalid", "Unknown or unsupported wiretype", FM_EXPERT, .severity = FM_WARN,
                        .group = FM_GROUP_PROTOCOL },
};

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

/* The number's bits as they stand in the first byte. */
static void label_number(FmDissection *d, uint8_t byte, uint64_t number)
{
    char bits[] = ".000 0...";
    static const unsigned places[] = { 1, 2, 3, 5 };
    for (unsigned i = 0; i < 4; i++)
        bits[places[i]] = byte >> (6 - i) & 1 ? '1' : '0';
    fm_label(d, FIELD_NUMBER, "%s = Field Number: %" G_GUINT64_FORMAT, bits, number);
}

/* Without a schema numbers are shown as unsigned, as wide as they have to be. */
static void put_number(FmDissection *d, FmSubtree tree, const FmCursor *c, unsigned size, uint64_t value)
{
    fm_down(d);
    if (value > UINT32_MAX)
        fm_add_value(d, VALUE_UINT64, c, size, value);
    else
        fm_add_value(d, VALUE_UINT32, c, size, value);
    fm_up(d);
    fm_subtree_label_more(d, tree, " %" G_GUINT64_FORMAT " (%s)", value, value > UINT32_MAX ? "uint64" : "uint32");
}

/* A field's value; false where nothing can be read behind it. */
static bool put_value(FmDissection *d, FmSubtree tree, FmCursor *c, uint64_t wire_type)
{
    uint64_t value;
    unsigned size;
    FmCursor here;
    switch (wire_type) {
    case VARINT:
        size = peek_varint(c, &value);
        break;
    case FIXED64:
    case FIXED32:
        size = wire_type == FIXED64 ? 8 : 4;
        size = fm_has(c, size) ? size : 0;
        value = size ? fm_le(c->at, size) : 0;
        break;
    case LENGTH_DELIMITED:
        size = peek_varint(c, &value);
        if (!size || value > fm_left_on_wire(c) - size) {
            fm_expert(d, FAILED_LENGTH);
            return false;
        }
        fm_add_value(d, VALUE_LENGTH, c, size, value);
        c->at += size;
        fm_add_bytes(d, VALUE, c, value);
        return true;
    default:
        fm_expert(d, BAD_WIRE_TYPE);
        return false;
    }
    if (!size) {
        fm_expert(d, FAILED_FIELD);
        return false;
    }
    here = *c;
    fm_add_bytes(d, VALUE, c, size);
    put_number(d, tree, &here, size, value);
    return true;
}

static bool put_field(FmDissection *d, FmCursor *c)
{
    static const char unknown[] = "<UNKNOWN>";
    uint64_t tag;
    FmSubtree tree = fm_open_text(d, c, "Field(0):");
    unsigned size = peek_varint(c, &tag);
    bool good = size > 0;
    if (good) {
        fm_subtree_label(d, tree, "Field(%" G_GUINT64_FORMAT "):", tag >> 3);
        if (fm_wanted(d, FIELD_NAME))
            fm_record_blob(d, FIELD_NAME, fm_offset(c), size, c->buffer, 0, unknown, sizeof unknown - 1);
        fm_add_value(d, FIELD_NUMBER, c, size, tag >> 3);
        label_number(d, c->at[0], tag >> 3);
        fm_add_value(d, WIRE_TYPE, c, 1, tag & 7);
        c->at += size;
        good = put_value(d, tree, c, tag & 7);
    } else {
        fm_expert(d, FAILED_TAG);
    }
    fm_close(d, tree, c);
    return good;
}

static void put_message(FmDissection *d, FmCursor *c)
{
    static const char unknown[] = "<UNKNOWN> Message Type";
    FmSubtree tree = fm_open_text(d, c, "Message: %s", unknown);
    if (fm_wanted(d, MESSAGE_NAME))
        fm_record_blob(d, MESSAGE_NAME, fm_offset(c), (uint32_t)fm_left(c), c->buffer, 0, unknown, sizeof unknown - 1);
    while (fm_left(c) && put_field(d, c))
        continue;
    fm_close(d, tree, c);
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
    put_message(d, c);
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
