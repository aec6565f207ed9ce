/* The bits of a header as RFCs draw them, filled with the values of a packet. */
#include "config.h"

#include <string.h>

#include "model/format.h"
#include "ui/flow.h"

enum { ROW_BITS = 32, LEFT = 6 };

typedef struct Part { /* a field of the header */
    uint32_t start, size; /* bits from the beginning of the layer */
    uint32_t node;
} Part;

typedef struct HeaderView {
    unsigned layer; /* 1 + which of the packet's layers; 0: the innermost that has a header */
    int top;
} HeaderView;

static bool is_layer(const FmPacket *packet, uint32_t i)
{
    const FmNode *n = &packet->nodes[i];
    return n->depth == 0 && n->length && !(n->flags & FM_NODE_HIDDEN) && fm_node_field(packet, n)->type == FM_PROTOCOL &&
           strcmp(fm_node_field(packet, n)->abbrev, "frame") != 0;
}

/* The fields of a layer that tile it: leaves, by place; of those at the same bits the first. */
static GArray *parts_of(const FmPacket *packet, uint32_t layer)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(Part));
    const FmNode *own = &packet->nodes[layer];
    uint32_t next = 0;
    for (uint32_t i = layer + 1; i < packet->node_count && packet->nodes[i].depth > own->depth; i++) {
        const FmNode *n = &packet->nodes[i];
        const FmField *field = fm_node_field(packet, n);
        bool leaf = i + 1 >= packet->node_count || packet->nodes[i + 1].depth <= n->depth || !packet->nodes[i + 1].length;
        if (n->buffer != own->buffer || !n->length || n->offset < own->offset || n->offset + n->length > own->offset + own->length ||
            (n->flags & (FM_NODE_MADE | FM_NODE_HIDDEN)) || !leaf || n->field == FM_ID_TEXT || field->type == FM_NONE)
            continue;
        uint32_t start = (n->offset - own->offset) * 8, size = n->length * 8;
        if (field->mask && n->length <= 8) {
            unsigned width = n->length * 8, high = 64 - (unsigned)__builtin_clzll(field->mask);
            if (high > width || fm_type_little_endian(field->type))
                continue;
            start += width - high;
            size = high - (unsigned)__builtin_ctzll(field->mask);
        }
        Part *before = parts->len ? &g_array_index(parts, Part, parts->len - 1) : NULL;
        if (before && field->mask && start < next && start > before->start) /* its neighbour says the whole byte and means its part of it */
            before->size = start - before->start;
        else if (start < next)
            continue;
        Part part = { start, size, i };
        g_array_append_val(parts, part);
        next = start + size;
    }
    return parts;
}

/* Numbers that are counted from somewhere (sequence numbers from the first): as they stand on the wire first. */
static void put_wire(const FmPacket *packet, const FmNode *node, FmText *value)
{
    const FmField *field = fm_node_field(packet, node);
    FmSlice bytes = fm_node_wire(packet, node);
    if (!fm_type_is_unsigned(field->type) || field->mask || fm_type_little_endian(field->type) || bytes.size < 4 || fm_type_width(field->type) != bytes.size)
        return;
    uint64_t wire = 0;
    for (size_t i = 0; i < bytes.size; i++)
        wire = wire << 8 | bytes.data[i];
    if (wire == node->value)
        return;
    g_autofree char *relative = g_strndup(value->data, value->size);
    fm_text_reset(value);
    fm_text_printf(value, "%" G_GUINT64_FORMAT " (relative: %s)", wire, relative);
}

static void put_text(const FmPacket *packet, const FmNode *node, FmText *out, int columns)
{
    const FmField *field = fm_node_field(packet, node);
    g_auto(FmText) value = { 0 };
    if (columns < 3 && !fm_type_is_bytes(field->type)) { /* a bit or two: as it is */
        fm_text_uint(out, node->value);
        return;
    }
    fm_format_named(&value, packet, node);
    put_wire(packet, node, &value);
    int name = fm_width(field->name, strlen(field->name)), needs = fm_width(value.data ? value.data : "", value.size);
    if (name + 2 + needs <= columns)
        fm_text_printf(out, "%s: ", field->name);
    else if (needs > columns && name <= columns) {
        fm_text_put(out, field->name);
        return;
    }
    fm_text_add(out, value.data, value.size);
}

/* One row of boxes: 32 bits, two columns each. */
static void draw_row(FmPen *pen, const FmPacket *packet, const GArray *parts, uint32_t row)
{
    uint32_t from = row * ROW_BITS;
    fm_putf(pen, FM_STYLE_DIM, "%*u ", LEFT - 1, row * 4);
    fm_put(pen, FM_STYLE_DIM, "│");
    for (uint32_t bit = from; bit < from + ROW_BITS;) {
        const Part *part = NULL;
        uint32_t next = from + ROW_BITS;
        for (guint i = 0; i < parts->len; i++) {
            const Part *p = &g_array_index(parts, Part, i);
            if (bit >= p->start && bit < p->start + p->size)
                part = p;
            else if (p->start > bit)
                next = MIN(next, p->start);
        }
        uint32_t end = part ? MIN(part->start + part->size, from + ROW_BITS) : next;
        int columns = (int)(end - bit) * 2 - 1;
        g_auto(FmText) text = { 0 };
        if (part && part->start >= from)
            put_text(packet, &packet->nodes[part->node], &text, columns);
        else if (part)
            fm_text_put(&text, columns > 3 ? "…" : "");
        int pad = columns - fm_width(text.data ? text.data : "", MIN(text.size, fm_fitting(text.data ? text.data : "", text.size, columns)));
        for (int i = 0; i < pad / 2; i++)
            fm_put(pen, FM_STYLE_NORMAL, " ");
        fm_put_cell(pen, part ? FM_STYLE_NORMAL : FM_STYLE_DIM, columns - pad / 2, fm_text_string(&text));
        fm_put(pen, FM_STYLE_DIM, "│");
        bit = end;
    }
}

static void draw_border(FmPen *pen, const GArray *parts, uint32_t above, bool first)
{
    fm_put_cell(pen, FM_STYLE_DIM, LEFT, "");
    for (uint32_t bit = 0; bit < ROW_BITS; bit++) {
        bool edge = bit == 0;
        for (guint i = 0; i < parts->len && !edge; i++) {
            uint32_t start = g_array_index(parts, Part, i).start;
            edge = start == above * ROW_BITS + bit || (!first && start == (above - 1) * ROW_BITS + bit);
        }
        fm_put(pen, FM_STYLE_DIM, edge ? "┼─" : "──");
    }
    fm_put(pen, FM_STYLE_DIM, "┤");
}

static void draw_scale(FmPen *pen)
{
    fm_put_cell(pen, FM_STYLE_DIM, LEFT, "");
    for (unsigned bit = 0; bit < ROW_BITS; bit++)
        fm_putf(pen, FM_STYLE_DIM, bit % 8 == 0 || bit == 31 ? "%2u" : " ·", bit);
}

/* Where somebody asked for a protocol it is that one, until another is chosen. */
static uint32_t chosen_layer(FmFlowPage *flow, HeaderView *v, const FmPacket *packet, unsigned *layers)
{
    uint32_t found[64], last = G_MAXUINT32;
    *layers = 0;
    for (uint32_t i = 0; i < packet->node_count && *layers < G_N_ELEMENTS(found); i++)
        if (is_layer(packet, i))
            found[(*layers)++] = i;
    if (!*layers)
        return last;
    for (unsigned i = 0; i < *layers && flow->layer; i++)
        if (strcmp(fm_node_field(packet, &packet->nodes[found[i]])->abbrev, flow->layer) == 0) {
            v->layer = i + 1;
            v->top = 0;
            g_clear_pointer(&flow->layer, g_free);
        }
    for (unsigned i = 0; i < *layers && !v->layer; i++) {
        const char *name = fm_node_field(packet, &packet->nodes[found[i]])->abbrev;
        if (strcmp(name, "tcp") == 0 || strcmp(name, "udp") == 0)
            v->layer = i + 1;
    }
    v->layer = CLAMP(v->layer, 1, *layers);
    return found[v->layer - 1];
}

static void draw_header(FmPane *pane, FmBox box, const FmPacket *packet)
{
    HeaderView *v = pane->state;
    unsigned layers;
    uint32_t layer = chosen_layer(fm_flow_of(pane->page), v, packet, &layers);
    FmPen pen = fm_pen(&pane->app->screen, box, 0);
    fm_putf(&pen, FM_STYLE_BRIGHT, " #%u ", (unsigned)packet->frame->number);
    for (uint32_t i = 0, n = 0; i < packet->node_count; i++)
        if (is_layer(packet, i))
            fm_putf(&pen, ++n == v->layer ? FM_STYLE_SELECTED : FM_STYLE_DIM, " %s ", fm_catalog_protocol(packet->catalog, packet->nodes[i].field)->name);
    if (layer == G_MAXUINT32)
        return;
    g_autoptr(GArray) parts = parts_of(packet, layer);
    const Part *last = parts->len ? &g_array_index(parts, Part, parts->len - 1) : NULL;
    uint32_t rows = last ? MIN((MIN(last->start + last->size, packet->nodes[layer].length * 8) + ROW_BITS - 1) / ROW_BITS, 512u) : 0;
    v->top = CLAMP(v->top, 0, MAX((int)rows * 2 - (box.rows - 4), 0));
    pen = fm_pen(&pane->app->screen, box, 1);
    draw_scale(&pen);
    for (int i = 2; i < box.rows; i++) {
        int line = i - 2 + v->top;
        pen = fm_pen(&pane->app->screen, box, i);
        if (line > (int)rows * 2)
            break;
        if (line % 2 == 0)
            draw_border(&pen, parts, (uint32_t)line / 2, line == 0);
        else
            draw_row(&pen, packet, parts, (uint32_t)line / 2);
    }
}

static uint32_t packet_here(FmPane *pane)
{
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    const FmStep *steps = fm_track_steps(fm_gather_hold(flow->gather), &count, NULL);
    uint32_t number = count ? steps[fm_flow_step(flow, steps, count)].number : 0;
    fm_gather_release(flow->gather);
    return number;
}

static void header_draw(FmPane *pane, FmBox box)
{
    uint32_t number = packet_here(pane);
    const FmPacket *packet = number ? fm_viewer_packet(fm_flow_of(pane->page)->viewer, number, 0) : NULL;
    if (packet)
        draw_header(pane, box, packet);
}

static void step(FmPane *pane, int by)
{
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    const FmStep *steps = fm_track_steps(fm_gather_hold(flow->gather), &count, NULL);
    if (count) {
        size_t i = fm_flow_step(flow, steps, count);
        flow->packet = steps[by < 0 ? i - (i > 0) : MIN(i + 1, count - 1)].number;
    }
    fm_gather_release(flow->gather);
}

static bool header_request(FmPane *pane, FmRequest request, const char *argument)
{
    HeaderView *v = pane->state;
    switch (request) {
    case FM_REQUEST_LEFT: v->layer = MAX(v->layer, 2) - 1; v->top = 0; return true;
    case FM_REQUEST_RIGHT: v->layer++; v->top = 0; return true;
    case FM_REQUEST_UP: step(pane, -1); return true;
    case FM_REQUEST_DOWN: step(pane, 1); return true;
    case FM_REQUEST_PAGE_UP: v->top -= 8; return true;
    case FM_REQUEST_PAGE_DOWN: v->top += 8; return true;
    case FM_REQUEST_ENTER: fm_flow_show_packet(pane->page, packet_here(pane)); return true;
    default: return false;
    }
}

const FmView fm_header_view = {
    .name = "Header",
    .private_size = sizeof(HeaderView),
    .draw = header_draw,
    .request = header_request,
};
