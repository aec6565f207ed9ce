/* Notes: expert items, and what a layer's trouble leaves in the packet. */
#include "config.h"

#include <string.h>

#include "engine/visit.h"

/* A text for the node recorded last. */
static void put_label(FmDissection *d, const char *text)
{
    if (d->want_labels)
        fm_visit_label(d, &d->packet->nodes[d->packet->node_count - 1], text);
}

/* The nodes of one note: _ws.expert with the named field, message, severity and group inside. `id` 0: without a name. */
static void put_note(FmDissection *d, unsigned depth, uint16_t id, FmSeverity severity, FmGroup group, const char *text)
{
    const FmFrame *frame = d->packet->frame;
    (void)frame;
    if (fm_visit_wants(d, FM_ID_EXPERT)) {
        if (!fm_visit_node(d, FM_ID_EXPERT, depth))
            return;
        const FmField *s = fm_catalog_field(d->catalog, FM_ID_EXPERT_SEVERITY), *g = fm_catalog_field(d->catalog, FM_ID_EXPERT_GROUP);
        d->packet->nodes[d->packet->node_count - 1].flags |= FM_NODE_MADE;
        if (d->want_labels)
            put_label(d, fm_arena_printf(d->arena, "Expert Info (%s/%s): %s", fm_name(s->names, severity), fm_name(g->names, group), text));
    }
    if (id && fm_visit_wants(d, id)) {
        FmNode *node = fm_visit_node(d, id, depth + 1);
        if (!node)
            return;
        node->flags |= FM_NODE_MADE;
        put_label(d, text);
    }
    if (fm_visit_wants(d, FM_ID_EXPERT_MESSAGE)) {
        FmNode *node = fm_visit_node(d, FM_ID_EXPERT_MESSAGE, depth + 1);
        if (!node)
            return;
        size_t size = strlen(text);
        FmBlob *blob = fm_arena_alloc(d->arena, sizeof(FmBlob) + size + 1);
        blob->size = (uint32_t)size;
        memcpy(blob->bytes, text, size + 1);
        node->flags |= FM_NODE_BLOB | FM_NODE_HIDDEN | FM_NODE_MADE;
        node->value = (uintptr_t)blob;
    }
    if (fm_visit_wants(d, FM_ID_EXPERT_SEVERITY)) {
        FmNode *node = fm_visit_node(d, FM_ID_EXPERT_SEVERITY, depth + 1);
        if (!node)
            return;
        node->flags |= FM_NODE_MADE;
        node->value = severity;
    }
    if (fm_visit_wants(d, FM_ID_EXPERT_GROUP)) {
        FmNode *node = fm_visit_node(d, FM_ID_EXPERT_GROUP, depth + 1);
        if (!node)
            return;
        node->flags |= FM_NODE_MADE;
        node->value = group;
    }
}

void fm_expert_of(FmDissection *d, const FmField *field, unsigned index, const char *format, ...)
{
    if (!fm_wants_notes(d) && !fm_wanted(d, index))
        return;
    const char *text = field->name;
    if (format) {
        va_list args;
        va_start(args, format);
        text = fm_arena_vprintf(d->arena, format, args);
        va_end(args);
    }
    put_note(d, d->depth + 1, (uint16_t)(d->base + index), field->severity, field->group, text);
}

void fm_note(FmDissection *d, FmSeverity severity, const char *format, ...)
{
    if (!fm_wants_notes(d))
        return;
    va_list args;
    va_start(args, format);
    const char *text = fm_arena_vprintf(d->arena, format, args);
    va_end(args);
    put_note(d, d->depth, 0, severity, FM_GROUP_PROTOCOL, text);
}

void fm_visit_trouble(FmDissection *d, const FmProtocol *protocol, const FmTrouble *trouble)
{
    static const struct {
        uint16_t id;
        const char *column, *title;
    } kinds[] = {
        [FM_TROUBLE_CUT] = { FM_ID_SHORT, "[Packet size limited during capture]", "[Packet size limited during capture: %s truncated]" },
        [FM_TROUBLE_MALFORMED] = { FM_ID_MALFORMED, "[Malformed Packet]", "[Malformed Packet: %s]" },
        [FM_TROUBLE_FRAGMENT] = { FM_ID_UNREASSEMBLED, "[BoundErrorUnreassembled Packet]", "[Unreassembled Packet: %s]" },
    };
    const char *name = protocol->name ? protocol->name : protocol->abbrev;
    if (!d->quoting && !d->packet->trouble)
        d->packet->trouble = kinds[trouble->kind].column;
    if (fm_visit_wants(d, kinds[trouble->kind].id)) {
        FmNode *node = fm_visit_node(d, kinds[trouble->kind].id, d->floor);
        if (!node)
            return;
        node->offset = trouble->offset;
        node->buffer = trouble->buffer;
        put_label(d, fm_arena_printf(d->arena, trouble->kind == FM_TROUBLE_CUT ? "[Packet size limited during capture: %s truncated]"
                                               : trouble->kind == FM_TROUBLE_MALFORMED ? "[Malformed Packet: %s]"
                                                                                       : "[Unreassembled Packet: %s]", name));
    }
    if (trouble->kind == FM_TROUBLE_MALFORMED && fm_wants_notes(d))
        put_note(d, d->floor + 1u, FM_ID_MALFORMED_EXPERT, FM_ERROR, FM_GROUP_MALFORMED, "Malformed Packet (Exception occurred)");
}
