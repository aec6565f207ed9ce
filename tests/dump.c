/* Packets as text. */
#include "config.h"

#include "dump.h"

#include <string.h>

#include "model/format.h"

char *test_columns(const FmPacket *packet)
{
    g_auto(FmText) out = { 0 };
    fm_address_text(&out, &packet->source);
    fm_text_literal(&out, " → ");
    fm_address_text(&out, &packet->destination);
    fm_text_char(&out, ' ');
    fm_text_put(&out, packet->protocol);
    fm_text_char(&out, ' ');
    fm_text_escaped(&out, packet->info.data, packet->info.size);
    if (packet->trouble)
        fm_text_put(&out, packet->trouble);
    return g_strdup(fm_text_string(&out));
}

static void put_value(FmText *out, const FmPacket *packet, const FmNode *node)
{
    size_t before = out->size;
    fm_text_char(out, '=');
    fm_format_value(out, packet, node, true);
    if (out->size == before + 1 && fm_node_field(packet, node)->type == FM_NONE)
        out->size = before;
}

static void put_node(FmText *out, const FmPacket *packet, const FmNode *node)
{
    switch (node->field) {
    case FM_ID_MALFORMED: fm_text_literal(out, "!malformed "); return;
    case FM_ID_SHORT: fm_text_literal(out, "!short "); return;
    case FM_ID_UNREASSEMBLED: fm_text_literal(out, "!unreassembled "); return;
    case FM_ID_EXPERT: case FM_ID_EXPERT_SEVERITY: case FM_ID_EXPERT_GROUP: case FM_ID_MALFORMED_EXPERT: return;
    case FM_ID_EXPERT_MESSAGE:
        if (node > packet->nodes && node[-1].field != FM_ID_EXPERT)
            return; /* a note that has a name */
        fm_text_literal(out, "!(");
        fm_format_value(out, packet, node, true);
        fm_text_literal(out, ") ");
        return;
    case FM_ID_TEXT: fm_text_printf(out, "(%s) ", fm_node_label(packet, node) ? fm_node_label(packet, node) : ""); return;
    default: break;
    }
    const FmField *field = fm_node_field(packet, node);
    if (field->type == FM_PROTOCOL) {
        fm_text_printf(out, out->size ? "| %s " : "%s ", field->abbrev);
    } else if (field->type == FM_EXPERT) {
        fm_text_printf(out, "!%s ", field->abbrev);
    } else {
        fm_text_put(out, field->abbrev);
        put_value(out, packet, node);
        fm_text_char(out, ' ');
    }
}

char *test_nodes(const FmPacket *packet, uint32_t first)
{
    g_auto(FmText) out = { 0 };
    for (uint32_t i = first; i < packet->node_count; i++)
        put_node(&out, packet, packet->nodes + i);
    while (out.size && out.data[out.size - 1] == ' ')
        out.size--;
    return g_strdup(fm_text_string(&out));
}

static bool tells_of_later_frames(const FmPacket *packet, const FmNode *node)
{
    /* or of what comes later in the same frame */
    const FmField *field = fm_node_field(packet, node);
    return (field->type == FM_FRAMENUM && node->value >= packet->frame->number) || strcmp(field->abbrev, "sctp.retransmitted_count") == 0;
}

char *test_dump(const FmPacket *packet, bool hindsight)
{
    g_auto(FmText) out = { 0 };
    for (const FmNode *n = packet->nodes; n < packet->nodes + packet->node_count; n++) {
        if (!hindsight && tells_of_later_frames(packet, n))
            continue;
        const char *label = fm_node_label(packet, n);
        fm_text_printf(&out, "%u %s %u %u:%u+%u %s ", n->depth, fm_node_field(packet, n)->abbrev, n->flags, n->buffer, n->offset,
                       n->length, label ? label : "-");
        fm_format_cell(&out, packet, n);
        fm_text_char(&out, '\n');
    }
    for (uint32_t i = 0; i < packet->buffer_count; i++) {
        FmSlice bytes = packet->buffers[i].bytes;
        g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, bytes.data, bytes.size);
        fm_text_printf(&out, "buffer %u %s %zu %s\n", i, packet->buffers[i].name ? packet->buffers[i].name : "-", bytes.size, sum);
    }
    g_autofree char *line = test_columns(packet);
    fm_text_put(&out, line);
    return g_strdup(fm_text_string(&out));
}
