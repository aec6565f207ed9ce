/* The tree of the selected packet. */
#include "config.h"

#include <string.h>

#include "model/format.h"
#include "ui/packets.h"

typedef struct TreeView {
    GArray *rows;        /* of uint32_t: indexes of the nodes in sight */
    uint32_t generation; /* of what they were made from */
    uint16_t field, parent; /* of the selected node: the next packet is opened at the same one */
} TreeView;

static void tree_open(FmPane *pane)
{
    ((TreeView *)pane->state)->rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static void tree_close(FmPane *pane)
{
    g_array_unref(((TreeView *)pane->state)->rows);
}

static bool hidden(const FmNode *node)
{
    return node->flags & FM_NODE_HIDDEN;
}

static bool has_children(const FmPacket *packet, uint32_t i)
{
    for (uint32_t n = i + 1; n < packet->node_count && packet->nodes[n].depth > packet->nodes[i].depth; n++)
        if (!hidden(&packet->nodes[n]) && packet->nodes[n].depth == packet->nodes[i].depth + 1)
            return true;
    return false;
}

static uint32_t parent_of(const FmPacket *packet, uint32_t i)
{
    for (uint32_t n = i; n-- > 0;)
        if (packet->nodes[n].depth < packet->nodes[i].depth)
            return n;
    return i;
}

/* Subtrees are remembered by their field and that of what they lie in, so that all packets open alike. */
static gpointer open_key(const FmPacket *packet, uint32_t i)
{
    uint32_t parent = parent_of(packet, i);
    return GUINT_TO_POINTER(1u + packet->nodes[i].field + ((parent == i ? 0u : (guint)packet->nodes[parent].field) << 16));
}

static bool is_open(const FmPackets *p, uint32_t i)
{
    return g_hash_table_contains(p->open, open_key(p->packet, i));
}

static void collect(TreeView *v, const FmPackets *p)
{
    const FmPacket *packet = p->packet;
    g_array_set_size(v->rows, 0);
    for (uint32_t i = 0; packet && i < packet->node_count;) {
        const FmNode *node = &packet->nodes[i];
        if (!hidden(node))
            g_array_append_val(v->rows, i);
        if (!hidden(node) && i + 1 < packet->node_count && node[1].depth > node->depth && is_open(p, i))
            i++;
        else
            i = (uint32_t)(fm_node_after(packet, node) - packet->nodes);
    }
}

static size_t row_of(const TreeView *v, uint32_t node)
{
    size_t row = 0;
    for (guint i = 0; i < v->rows->len && g_array_index(v->rows, uint32_t, i) <= node; i++)
        row = i;
    return row;
}

/* The node like the one that was selected in the packet before. */
static size_t similar_row(const TreeView *v, const FmPacket *packet)
{
    size_t best = 0;
    for (guint i = 0; i < v->rows->len; i++) {
        uint32_t n = g_array_index(v->rows, uint32_t, i);
        if (packet->nodes[n].field == v->field && packet->nodes[parent_of(packet, n)].field == v->parent)
            return i;
        if (packet->nodes[n].field == v->parent)
            best = i;
    }
    return best;
}

static void remember(FmPane *pane)
{
    TreeView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    if (!p->packet || pane->cursor >= v->rows->len)
        return;
    uint32_t node = g_array_index(v->rows, uint32_t, pane->cursor);
    v->field = p->packet->nodes[node].field;
    v->parent = p->packet->nodes[parent_of(p->packet, node)].field;
    fm_packets_select(pane->page, node, false);
}

/* Opens what a node lies in. */
static void open_above(FmPackets *p, uint32_t node)
{
    for (uint32_t above; (above = parent_of(p->packet, node)) != node; node = above)
        g_hash_table_add(p->open, open_key(p->packet, above));
}

static void tree_refresh(FmPane *pane)
{
    TreeView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    const FmPacket *packet = fm_packets_packet(pane->page);
    if (v->generation == p->generation)
        return;
    bool chosen = p->node && (p->opening || fm_page_focus(pane->page)->view == &fm_bytes_view);
    if (packet && chosen && p->node <= packet->node_count)
        open_above(p, p->node - 1);
    if (packet && chosen && p->opening)
        g_hash_table_add(p->open, open_key(packet, p->node - 1));
    bool opened = p->opening;
    p->opening = false;
    collect(v, p);
    v->generation = p->generation;
    pane->count = v->rows->len;
    if (!packet)
        return;
    pane->cursor = chosen ? row_of(v, p->node - 1) : similar_row(v, packet);
    if (opened) /* what it holds is below it */
        pane->top = pane->cursor - MIN(pane->cursor, 2);
    fm_pane_settle(pane);
    if (!chosen)
        remember(pane);
}

static FmStyle style_of(const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    if (field->type == FM_EXPERT || node->field == FM_ID_EXPERT || node->field == FM_ID_MALFORMED)
        return field->severity == FM_CHAT || field->severity == FM_COMMENT ? FM_STYLE_GOOD : field->severity == FM_NOTE ? FM_STYLE_WAIT : FM_STYLE_BAD;
    if (node->depth == 0)
        return FM_STYLE_PROTOCOL;
    return node->flags & FM_NODE_MADE ? FM_STYLE_DIM : FM_STYLE_NORMAL;
}

static void tree_row(FmPane *pane, size_t i, FmPen *pen)
{
    TreeView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    if (!p->packet || i >= v->rows->len)
        return;
    uint32_t n = g_array_index(v->rows, uint32_t, i);
    const FmNode *node = &p->packet->nodes[n];
    g_auto(FmText) text = { 0 };
    fm_format_line(&text, p->packet, node);
    for (unsigned d = 0; d < node->depth; d++)
        fm_put(pen, FM_STYLE_NORMAL, "  ");
    fm_put(pen, FM_STYLE_DIM, !has_children(p->packet, n) ? "  " : is_open(p, n) ? "▾ " : "▸ ");
    fm_put_n(pen, style_of(p->packet, node), text.data, text.size);
}

static void tree_head(FmPane *pane, FmPen *pen)
{
    TreeView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    FmStyle style = pane == fm_page_focus(pane->page) ? FM_STYLE_TITLE : FM_STYLE_HEAD;
    if (!p->packet) {
        fm_put(pen, style, p->there_is_more ? "this packet cannot be read any more" : " ");
        return;
    }
    fm_putf(pen, style, " Packet %u", p->number);
    if (pane->cursor >= v->rows->len)
        return;
    const FmNode *node = &p->packet->nodes[g_array_index(v->rows, uint32_t, pane->cursor)];
    const FmField *field = fm_node_field(p->packet, node);
    if (field->abbrev && node->field != FM_ID_TEXT)
        fm_putf(pen, FM_STYLE_HEAD, "  %s", field->abbrev);
    if (node->length)
        fm_putf(pen, FM_STYLE_HEAD, ", %u byte%s at %u", node->length, node->length == 1 ? "" : "s", node->offset);
    fm_put_rest(pen, FM_STYLE_HEAD);
}

/* ---- requests ---- */

static void set_open(FmPackets *p, uint32_t node, bool open)
{
    if (open)
        g_hash_table_add(p->open, open_key(p->packet, node));
    else
        g_hash_table_remove(p->open, open_key(p->packet, node));
    p->generation++;
}

static void open_below(FmPackets *p, uint32_t node)
{
    for (uint32_t n = node; n == node || (n < p->packet->node_count && p->packet->nodes[n].depth > p->packet->nodes[node].depth); n++)
        if (has_children(p->packet, n))
            g_hash_table_add(p->open, open_key(p->packet, n));
    p->generation++;
}

static void go_left(FmPane *pane, uint32_t node)
{
    FmPackets *p = fm_packets(pane->page);
    if (has_children(p->packet, node) && is_open(p, node))
        set_open(p, node, false);
    else
        fm_pane_go(pane, row_of(pane->state, parent_of(p->packet, node)));
}

static void go_right(FmPane *pane, uint32_t node)
{
    FmPackets *p = fm_packets(pane->page);
    if (has_children(p->packet, node) && !is_open(p, node))
        set_open(p, node, true);
    else if (has_children(p->packet, node))
        fm_pane_go(pane, pane->cursor + 1);
}

static void apply(FmPane *pane, const FmNode *node, FmRequest request)
{
    g_autofree char *filter = fm_packets_filter_of(fm_packets(pane->page)->packet, node);
    if (!filter) {
        fm_app_complain(pane->app, "this line is no field");
        return;
    }
    g_autofree char *inverse = g_strdup_printf("!(%s)", filter);
    if (request == FM_REQUEST_PREPARE)
        fm_prompt_open(pane->app->prompt, FM_PROMPT_FILTER, filter);
    else
        fm_app_filter(pane->app, request == FM_REQUEST_APPLY ? filter : inverse);
}

static void toggle_column(FmPane *pane, const FmNode *node)
{
    FmPackets *p = fm_packets(pane->page);
    const FmField *field = fm_node_field(p->packet, node);
    const FmEntry *entry = field->abbrev && node->field != FM_ID_TEXT ? fm_catalog_find(pane->app->catalog, field->abbrev) : NULL;
    if (!entry) {
        fm_app_complain(pane->app, "this line is no field");
        return;
    }
    if (g_ptr_array_remove(p->extra, (gpointer)(uintptr_t)entry))
        return;
    g_autofree uint64_t *wanted = g_new0(uint64_t, fm_catalog_words(pane->app->catalog));
    for (size_t i = 0; i < entry->id_count; i++)
        wanted[entry->ids[i] / 64] |= UINT64_C(1) << entry->ids[i] % 64;
    fm_viewer_want(p->rows, wanted, false, false, false);
    g_ptr_array_add(p->extra, (gpointer)(uintptr_t)entry);
}

static bool tree_request(FmPane *pane, FmRequest request, const char *argument)
{
    TreeView *v = pane->state;
    FmPackets *p = fm_packets(pane->page);
    if (!p->packet || pane->cursor >= v->rows->len)
        return false;
    uint32_t node = g_array_index(v->rows, uint32_t, pane->cursor);
    switch (request) {
    case FM_REQUEST_LEFT: go_left(pane, node); return true;
    case FM_REQUEST_RIGHT: go_right(pane, node); return true;
    case FM_REQUEST_ENTER:
        if (fm_node_field(p->packet, &p->packet->nodes[node])->type == FM_FRAMENUM) { /* a door to another packet */
            g_autofree char *number = g_strdup_printf("%u", (unsigned)p->packet->nodes[node].value);
            fm_app_request(pane->app, FM_REQUEST_GO, number);
        } else if (has_children(p->packet, node)) {
            set_open(p, node, !is_open(p, node));
        }
        return true;
    case FM_REQUEST_OPEN_ALL: open_below(p, node); return true;
    case FM_REQUEST_CLOSE_ALL:
        g_hash_table_remove_all(p->open);
        p->generation++;
        return true;
    case FM_REQUEST_APPLY:
    case FM_REQUEST_APPLY_NOT:
    case FM_REQUEST_PREPARE: apply(pane, &p->packet->nodes[node], request); return true;
    case FM_REQUEST_COLUMN: toggle_column(pane, &p->packet->nodes[node]); return true;
    default: return false;
    }
}

const FmView fm_tree_view = {
    .name = "tree",
    .where = FM_IN_TREE | FM_IN_LIST,
    .private_size = sizeof(TreeView),
    .open = tree_open,
    .close = tree_close,
    .refresh = tree_refresh,
    .row = tree_row,
    .head = tree_head,
    .moved = remember,
    .request = tree_request,
};
