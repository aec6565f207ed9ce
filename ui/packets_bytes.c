/* The bytes of the selected packet: the frame, and each buffer that dissecting it made. */
#include "config.h"

#include <string.h>

#include "ui/packets.h"

typedef struct BytesView {
    size_t top;      /* first row in sight */
    unsigned a_row;  /* bytes of a row */
    FmBox tabs[16];
    uint32_t shown;  /* generation and cursor that were brought into sight */
    uint32_t shown_byte;
} BytesView;

static void draw_tabs(FmPane *pane, FmBox box, const FmPacket *packet)
{
    BytesView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    bool focused = pane == fm_page_focus(pane->page);
    FmPen pen = fm_pen(&pane->app->screen, box, 0);
    fm_put(&pen, FM_STYLE_HEAD, " ");
    for (unsigned i = 0; i < packet->buffer_count; i++) {
        int from = pen.x;
        FmStyle style = i != p->buffer ? FM_STYLE_HEAD : focused ? FM_STYLE_TITLE : packet->buffer_count > 1 ? FM_STYLE_BRIGHT : FM_STYLE_HEAD;
        fm_putf(&pen, style, "%s (%zu)", packet->buffers[i].name, packet->buffers[i].bytes.size);
        if (i < G_N_ELEMENTS(v->tabs))
            v->tabs[i] = (FmBox){ 0, from - box.x, 1, pen.x - from };
        fm_put(&pen, FM_STYLE_HEAD, "  ");
    }
    fm_put_rest(&pen, FM_STYLE_HEAD);
}

static void draw_row(const FmPane *pane, FmPen *pen, FmSlice bytes, size_t start, const FmNode *node)
{
    const BytesView *v = pane->state;
    const FmPackets *p = fm_packets(pane->page);
    bool focused = pane == fm_page_focus(pane->page);
    size_t from = node ? node->offset : 0, to = node ? from + node->length : 0;
    fm_putf(pen, FM_STYLE_DIM, " %04zx  ", start);
    for (int ascii = 0; ascii < 2; ascii++) {
        for (size_t i = start; i < start + v->a_row; i++) {
            bool there = i < bytes.size, chosen = there && i >= from && i < to;
            FmStyle style = there && focused && i == p->byte ? FM_STYLE_FOUND : chosen ? FM_STYLE_SELECTED : FM_STYLE_NORMAL;
            char text[8];
            if (!there)
                g_strlcpy(text, ascii ? " " : "  ", sizeof text);
            else if (ascii)
                g_snprintf(text, sizeof text, "%c", g_ascii_isprint(bytes.data[i]) ? bytes.data[i] : '.');
            else
                g_snprintf(text, sizeof text, "%02x", bytes.data[i]);
            fm_put(pen, style == FM_STYLE_NORMAL && ascii && there && !g_ascii_isprint(bytes.data[i]) ? FM_STYLE_DIM : style, text);
            if (!ascii)
                fm_put(pen, chosen && i + 1 < to && i + 1 < start + v->a_row ? FM_STYLE_SELECTED : FM_STYLE_NORMAL, i % 8 == 7 && i + 1 < start + v->a_row ? "  " : " ");
        }
        fm_put(pen, FM_STYLE_NORMAL, " ");
    }
}

static void bytes_draw(FmPane *pane, FmBox box)
{
    BytesView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    const FmPacket *packet = fm_packets_packet(pane->page);
    if (!packet || !packet->buffer_count)
        return;
    p->buffer = MIN(p->buffer, packet->buffer_count - 1);
    draw_tabs(pane, box, packet);
    box.y++;
    box.rows--;
    v->a_row = box.columns >= 76 ? 16 : 8;
    FmSlice bytes = packet->buffers[p->buffer].bytes;
    const FmNode *node = p->node && p->node <= packet->node_count ? &packet->nodes[p->node - 1] : NULL;
    if (node && node->buffer != p->buffer)
        node = NULL;
    size_t rows = (size_t)MAX(box.rows, 1), row = p->byte / v->a_row;
    if (v->shown != p->generation || v->shown_byte != p->byte) { /* whoever scrolls by hand may look elsewhere */
        size_t last = node && node->offset == p->byte ? (node->offset + MAX(node->length, 1) - 1) / v->a_row : row;
        if (last >= v->top + rows)
            v->top = last - rows + 1;
        if (row < v->top)
            v->top = row;
        v->shown = p->generation;
        v->shown_byte = p->byte;
    }
    if (v->top * v->a_row >= bytes.size)
        v->top = 0;
    for (int i = 0; i < box.rows && (v->top + (size_t)i) * v->a_row < bytes.size; i++) {
        FmPen pen = fm_pen(&pane->app->screen, box, i);
        draw_row(pane, &pen, bytes, (v->top + (size_t)i) * v->a_row, node);
    }
}

/* Selects the smallest field over a byte. */
static void go_to_byte(FmPane *pane, uint32_t byte)
{
    FmPackets *p = fm_packets(pane->page);
    const FmPacket *packet = p->packet;
    size_t size = packet->buffers[p->buffer].bytes.size;
    p->byte = size ? (uint32_t)MIN(byte, size - 1) : 0;
    uint32_t best = G_MAXUINT32, least = G_MAXUINT32;
    for (uint32_t i = 0; i < packet->node_count; i++) {
        const FmNode *n = &packet->nodes[i];
        bool covers = n->buffer == p->buffer && n->length && p->byte >= n->offset && p->byte - n->offset < n->length;
        if (covers && !(n->flags & FM_NODE_HIDDEN) && n->length <= least) {
            best = i;
            least = n->length;
        }
    }
    if (best != G_MAXUINT32)
        fm_packets_select(pane->page, best, true);
}

static void bytes_clicked(FmPane *pane, int y, int x)
{
    BytesView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    if (!p->packet)
        return;
    for (unsigned i = 0; y == 0 && i < p->packet->buffer_count && i < G_N_ELEMENTS(v->tabs); i++)
        if (x >= v->tabs[i].x && x < v->tabs[i].x + v->tabs[i].columns) {
            p->buffer = i;
            p->byte = 0;
        }
    if (y == 0)
        return;
    int column = x - 7, cells = (int)v->a_row * 3 + (v->a_row > 8);
    int in_row = column < cells ? (column > 24 ? column - 1 : column) / 3 : column - cells - 1;
    if (in_row >= 0 && in_row < (int)v->a_row)
        go_to_byte(pane, (uint32_t)((v->top + (size_t)y - 1) * v->a_row + (size_t)in_row));
}

static bool bytes_request(FmPane *pane, FmRequest request, const char *argument)
{
    const BytesView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    const FmPacket *packet = fm_packets_packet(pane->page);
    if (!packet || !packet->buffer_count)
        return false;
    uint32_t size = (uint32_t)packet->buffers[p->buffer].bytes.size, row = MAX(v->a_row, 1u), page = row * (uint32_t)MAX(pane->box.rows - 2, 1);
    switch (request) {
    case FM_REQUEST_UP: go_to_byte(pane, p->byte >= row ? p->byte - row : p->byte); return true;
    case FM_REQUEST_DOWN: go_to_byte(pane, p->byte + row < size ? p->byte + row : p->byte); return true;
    case FM_REQUEST_LEFT: go_to_byte(pane, p->byte ? p->byte - 1 : 0); return true;
    case FM_REQUEST_RIGHT: go_to_byte(pane, p->byte + 1); return true;
    case FM_REQUEST_PAGE_UP: case FM_REQUEST_HALF_UP: go_to_byte(pane, p->byte > page ? p->byte - page : 0); return true;
    case FM_REQUEST_PAGE_DOWN: case FM_REQUEST_HALF_DOWN: go_to_byte(pane, p->byte + page); return true;
    case FM_REQUEST_TOP: go_to_byte(pane, 0); return true;
    case FM_REQUEST_BOTTOM: go_to_byte(pane, size); return true;
    case FM_REQUEST_ENTER: /* the next buffer */
        p->buffer = (p->buffer + 1) % packet->buffer_count;
        p->byte = 0;
        return true;
    case FM_REQUEST_COPY: {
        g_auto(FmText) text = { 0 };
        const FmNode *node = p->node && p->node <= packet->node_count ? &packet->nodes[p->node - 1] : NULL;
        FmSlice bytes = node && node->buffer == p->buffer ? fm_node_wire(packet, node) : packet->buffers[p->buffer].bytes;
        fm_text_bytes(&text, bytes, '\0');
        fm_app_copy(pane->app, text.data, text.size);
        return true;
    }
    default: return false;
    }
}

const FmView fm_bytes_view = {
    .name = "bytes",
    .where = FM_IN_BYTES,
    .private_size = sizeof(BytesView),
    .draw = bytes_draw,
    .clicked = bytes_clicked,
    .request = bytes_request,
};
