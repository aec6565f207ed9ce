/* Display filters: the value of a node in the form a test wants. */
#include "config.h"

#include "filter/run.h"

#include <string.h>

#include "model/format.h"

static void put_text(FmText *out, const FmPacket *packet, const FmNode *node, const FmField *field, Want want)
{
    if (kind_of(field->type) != KIND_NUMBER) {
        fm_format_value(out, packet, node, false);
        return;
    }
    const char *name = NULL;
    if (want == WANT_NAME && fm_type_is_bool(field->type))
        name = node->value ? (field->yes ? field->yes : "True") : field->no ? field->no : "False";
    else if (want == WANT_NAME && field->type != FM_FRAMENUM)
        name = fm_name(field->names, node->value);
    if (name)
        fm_text_put(out, name);
    else if (fm_type_is_signed(field->type))
        fm_text_int(out, (int64_t)node->value);
    else
        fm_text_uint(out, node->value);
}

/* Strings end at a NUL where padding or an end may be part of their bytes. */
static FmSlice string_of(const FmPacket *packet, const FmNode *node, FmType type)
{
    FmSlice s = fm_node_bytes(packet, node);
    const uint8_t *end = s.size && (type == FM_STRINGZ || type == FM_STRINGZPAD) ? memchr(s.data, '\0', s.size) : NULL;
    if (end)
        s.size = (size_t)(end - s.data);
    return s;
}

/* A layer with what it carries. */
static FmSlice layer_bytes(const FmPacket *packet, const FmNode *node)
{
    if (node->buffer >= packet->buffer_count)
        return (FmSlice){ NULL, 0 };
    FmSlice all = packet->buffers[node->buffer].bytes;
    if (node->offset >= all.size)
        return (FmSlice){ NULL, 0 };
    uint64_t size = MAX(node->value, node->length);
    return (FmSlice){ all.data + node->offset, (size_t)MIN(size, all.size - node->offset) };
}

static FmSlice bytes_of(const FmPacket *packet, const FmNode *node, FmType type)
{
    switch (kind_of(type)) {
    case KIND_STRING: return string_of(packet, node, type);
    case KIND_PROTOCOL: return layer_bytes(packet, node);
    default: return fm_node_bytes(packet, node);
    }
}

static uint64_t length_of(const FmPacket *packet, const FmNode *node, FmType type)
{
    switch (kind_of(type)) {
    case KIND_PROTOCOL: return node->length;
    case KIND_STRING:
    case KIND_BYTES:
    case KIND_IPV6: return bytes_of(packet, node, type).size;
    case KIND_TIME:
    case KIND_SPAN: return 0; /* as tshark has it */
    default: return fm_type_is_bool(type) ? 0 : fm_type_width(type);
    }
}

static FmSlice number_bytes(FmText *out, uint64_t value, unsigned width)
{
    char *to = fm_text_room(out, width);
    for (unsigned i = 0; i < width; i++)
        to[i] = (char)(value >> 8 * (width - 1 - i));
    out->size += width;
    return (FmSlice){ (const uint8_t *)to, width };
}

FmSlice slice_bytes(FmSlice of, const Span *span)
{
    FmSlice none = { of.data, 0 };
    int64_t size = (int64_t)of.size, start = span->start, end;
    if (start < 0)
        start += size;
    if (span->inclusive_end)
        end = (int64_t)span->end + (span->end < 0 ? size : 0) + 1;
    else
        end = span->length ? start + span->length : size;
    if (start < 0 || start >= end || end > size)
        return none;
    return (FmSlice){ of.data + start, (size_t)(end - start) };
}

bool use_value(const FieldUse *use, const FmPacket *packet, const FmNode *node, FmText *made, Value *value)
{
    FmType type = use->type;
    if (use->mixed) {
        type = fm_node_field(packet, node)->type;
        if (kind_of(type) != use->kind && use->want != WANT_WIRE)
            return false;
    }
    *value = (Value){ 0 };
    switch (use->want) {
    case WANT_LENGTH: value->number = length_of(packet, node, type); return true;
    case WANT_WIRE: value->bytes = fm_node_wire(packet, node); break;
    case WANT_TEXT:
    case WANT_NAME: {
        fm_text_reset(made);
        put_text(made, packet, node, fm_node_field(packet, node), use->want);
        value->bytes = (FmSlice){ (const uint8_t *)made->data, made->size };
        break;
    }
    case WANT_BYTES:
        fm_text_reset(made);
        value->bytes = number_bytes(made, node->value, fm_type_width(type));
        break;
    case WANT_VALUE:
        if (kind_is_bytes(use->kind))
            value->bytes = bytes_of(packet, node, type);
        else
            *value = value_from_bits(type == FM_ABSOLUTE_TIME ? (uint64_t)fm_format_time_of(fm_node_field(packet, node), node->value) : node->value, type);
        break;
    }
    if (use->span)
        value->bytes = slice_bytes(value->bytes, use->span);
    return true;
}

/* ---- layers ---- */

bool layer_chosen(const FieldUse *use, int64_t layer, int64_t count)
{
    for (size_t i = 0; i < use->layer_count; i++) {
        const Span *span = &use->layers[i];
        int64_t start = span->start < 0 ? span->start + count + 1 : span->start, end;
        if (span->inclusive_end)
            end = span->end < 0 ? span->end + count + 1 : span->end;
        else
            end = span->length ? start + span->length - 1 : INT64_MAX;
        if (layer >= start && layer <= end)
            return true;
    }
    return false;
}

/* ---- columns ---- */

void column_text(FmText *out, const FmPacket *packet, const char *name)
{
    static const char prefix[] = "_ws.col.";
    static const struct {
        const char *name;
        int column;
    } columns[] = { { "No.", 0 },     { "number", 0 },      { "Time", 1 },    { "time", 1 },     { "Source", 2 },
                    { "def_src", 2 }, { "Destination", 3 }, { "def_dst", 3 }, { "Protocol", 4 }, { "protocol", 4 },
                    { "Length", 5 },  { "length", 5 },      { "Info", 6 },    { "info", 6 } };
    int column = -1;
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        if (strncmp(name, prefix, sizeof prefix - 1) == 0 && strcmp(name + sizeof prefix - 1, columns[i].name) == 0)
            column = columns[i].column;
    switch (column) {
    case 0: fm_text_uint(out, packet->frame->number); break;
    case 1:
        if (packet->frame->time != FM_TIME_NONE && packet->first_time != FM_TIME_NONE)
            fm_text_seconds(out, packet->frame->time - packet->first_time,
                            packet->frame->interface ? packet->frame->interface->decimals : 6);
        break;
    case 2: fm_address_text(out, &packet->source); break;
    case 3: fm_address_text(out, &packet->destination); break;
    case 4: fm_text_put(out, packet->protocol); break;
    case 5: fm_text_uint(out, packet->frame->length); break;
    case 6:
        if (packet->info.size)
            fm_text_add(out, packet->info.data, packet->info.size);
        if (packet->trouble)
            fm_text_printf(out, "[%s]", packet->trouble);
        break;
    default: break;
    }
}
