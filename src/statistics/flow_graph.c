/* -z flow,…: packets as arrows between the nodes that sent and got them, in the reference's shape.
 *
 * Each node has a column of 20 characters; an arrow between two of them spans what lies in between. */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "statistics/all.h"
#include "statistics/flow_graph.h"

enum { NODE_WIDTH = 20, PORT_WIDTH = 9, TIME_WIDTH = 9, NAME_WIDTH = 38, RULE_WIDTH = 17, MOST_NODES = 40 };

typedef struct Arrow {
    FmTime time;
    uint32_t conversation, source_port, destination_port;
    uint8_t from, to; /* nodes */
    uint8_t decimals; /* of the time stamp */
    char *label, *comment;
} Arrow;

enum { TCP_SEQ, TCP_ACK, TCP_LEN, TCP_FLAGS, TCP_STREAM, TCP_FIELDS };

typedef struct FlowGraph {
    FmObserver base;
    FmFlowGraphKind kind;
    bool network;     /* addresses of the network layer only */
    const FmEntry *type, *fields[TCP_FIELDS];
    GPtrArray *nodes; /* names, in the order of appearance */
    GHashTable *numbers;
    GArray *arrows;   /* of Arrow */
    size_t bytes;     /* of texts */
    uint64_t left_out;
    bool several;     /* conversations */
} FlowGraph;

static void graph_free(FmObserver *observer)
{
    FlowGraph *g = (FlowGraph *)observer;
    for (guint i = 0; i < g->arrows->len; i++) {
        g_free(g_array_index(g->arrows, Arrow, i).label);
        g_free(g_array_index(g->arrows, Arrow, i).comment);
    }
    g_array_unref(g->arrows);
    g_hash_table_unref(g->numbers);
    g_ptr_array_unref(g->nodes);
    g_free(g);
}

/* ---- a packet ---- */

static bool has_id(const FmEntry *entry, uint16_t id)
{
    for (size_t i = 0; entry && i < entry->id_count; i++)
        if (entry->ids[i] == id)
            return true;
    return false;
}

static bool node_of(FlowGraph *g, const FmAddress *address, uint8_t *number)
{
    g_auto(FmText) text = { 0 };
    fm_address_text(&text, address);
    const char *name = fm_text_string(&text);
    gpointer known = g_hash_table_lookup(g->numbers, name);
    if (!known) {
        if (g->nodes->len >= MOST_NODES)
            return false;
        g_ptr_array_add(g->nodes, g_strdup(name));
        known = GUINT_TO_POINTER(g->nodes->len);
        g_hash_table_insert(g->numbers, g->nodes->pdata[g->nodes->len - 1], known);
    }
    *number = (uint8_t)(GPOINTER_TO_UINT(known) - 1);
    return true;
}

static void put_flags(FmText *out, uint64_t flags)
{
    static const char *const names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE" };
    const char *separator = "";
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (flags >> i & 1) {
            fm_text_printf(out, "%s%s", separator, names[i]);
            separator = ", ";
        }
    if (!*separator)
        fm_text_literal(out, "<None>");
}

/* False where there is no TCP segment. */
static bool describe_segment(const FlowGraph *g, const FmPacket *p, Arrow *arrow, FmText *label, FmText *comment)
{
    uint64_t values[TCP_FIELDS] = { 0 };
    bool known[TCP_FIELDS] = { false };
    for (const FmNode *n = p->nodes, *end = n + p->node_count; n < end; n++)
        for (unsigned i = 0; i < TCP_FIELDS; i++)
            if (has_id(g->fields[i], n->field)) {
                values[i] = n->value;
                known[i] = true;
            }
    if (!known[TCP_FLAGS] || !known[TCP_STREAM])
        return false;
    put_flags(label, values[TCP_FLAGS]);
    if (values[TCP_LEN])
        fm_text_printf(label, " - Len: %u", (unsigned)values[TCP_LEN]);
    fm_text_printf(comment, "Seq = %u", (unsigned)values[TCP_SEQ]);
    if (values[TCP_FLAGS] & 0x10)
        fm_text_printf(comment, " Ack = %u", (unsigned)values[TCP_ACK]);
    arrow->conversation = (uint32_t)values[TCP_STREAM];
    return true;
}

static bool is_echo(FmFlowGraphKind kind, uint64_t type)
{
    return kind == FM_FLOW_GRAPH_ICMP ? type == 8 || type == 0 : type == 128 || type == 129;
}

static bool describe(const FlowGraph *g, const FmPacket *p, Arrow *arrow, FmText *label, FmText *comment)
{
    if (g->kind == FM_FLOW_GRAPH_TCP)
        return describe_segment(g, p, arrow, label, comment);
    bool there = g->kind == FM_FLOW_GRAPH_ANY;
    for (uint32_t i = 0; i < p->node_count && !there; i++) {
        there = has_id(g->type, p->nodes[i].field) && is_echo(g->kind, p->nodes[i].value);
        if (there)
            arrow->destination_port = (uint32_t)p->nodes[i].value << 8; /* as the reference: type and code */
    }
    fm_text_escaped(label, p->info.data, p->info.size);
    fm_text_printf(comment, "%s: ", p->protocol);
    fm_text_escaped(comment, p->info.data, p->info.size);
    return there;
}

static void graph_packet(FmObserver *observer, const FmPacket *p)
{
    FlowGraph *g = (FlowGraph *)observer;
    bool network = g->network && p->net_source.type != FM_ADDRESS_NONE;
    const FmAddress *source = network ? &p->net_source : &p->source, *destination = network ? &p->net_destination : &p->destination;
    Arrow arrow = { .time = fm_observer_time(p), .decimals = p->frame->decimals, .source_port = p->has_ports ? p->source_port : 0, .destination_port = p->has_ports ? p->destination_port : 0 };
    g_auto(FmText) label = { 0 }, comment = { 0 };
    if (source->type == FM_ADDRESS_NONE || !describe(g, p, &arrow, &label, &comment))
        return;
    if (g->arrows->len >= FM_MAX_TALLY || g->bytes + label.size + comment.size > FM_MAX_TALLY_BYTES || !node_of(g, source, &arrow.from) ||
        !node_of(g, destination, &arrow.to)) {
        g->left_out++;
        return;
    }
    arrow.label = g_strdup(fm_text_string(&label));
    arrow.comment = g_strdup(fm_text_string(&comment));
    g->bytes += label.size + comment.size;
    g->several |= g->arrows->len > 0 && g_array_index(g->arrows, Arrow, 0).conversation != arrow.conversation;
    g_array_append_val(g->arrows, arrow);
}

/* ---- printing ---- */

static void put_spaces(FmText *out, unsigned n)
{
    while (n--)
        fm_text_char(out, ' ');
}

static void put_cell(FmText *out, const char *text, unsigned width)
{
    size_t start = out->size;
    fm_text_put(out, text);
    fm_text_pad(out, start, width);
}

static void print_header(const FlowGraph *g, FmText *out)
{
    fm_text_put(out, g->several ? "Conv.| Time    |" : "|Time     |");
    for (unsigned i = 0; i < g->nodes->len; i += 2) {
        fm_text_char(out, ' ');
        put_cell(out, g->nodes->pdata[i], NAME_WIDTH);
        fm_text_char(out, '|');
    }
    fm_text_put(out, g->several ? "\n     |         |" : "\n|         |");
    put_spaces(out, NODE_WIDTH - 1);
    for (unsigned i = 1; i < g->nodes->len; i += 2) {
        fm_text_literal(out, "| ");
        put_cell(out, g->nodes->pdata[i], NODE_WIDTH - 2);
        fm_text_char(out, '|');
        put_spaces(out, NODE_WIDTH - 1);
    }
    fm_text_char(out, '\n');
}

/* Columns that no arrow crosses. */
static void put_lines(FmText *out, unsigned n)
{
    while (n--) {
        put_spaces(out, NODE_WIDTH - 1);
        fm_text_char(out, '|');
    }
}

static void put_port(FmText *out, uint32_t port)
{
    size_t start = out->size;
    fm_text_printf(out, "(%u)", port);
    fm_text_pad(out, start, PORT_WIDTH);
}

static void put_label(FmText *out, const char *label, unsigned width)
{
    put_spaces(out, PORT_WIDTH);
    glong length = g_utf8_strlen(label, -1);
    const char *end = g_utf8_offset_to_pointer(label, MIN(length, (glong)width));
    fm_text_add(out, label, (size_t)(end - label));
    for (unsigned at = PORT_WIDTH + (unsigned)MIN(length, (glong)width); at < width + NODE_WIDTH - 1; at++) /* lines that it does not reach go on */
        fm_text_char(out, at % NODE_WIDTH == NODE_WIDTH - 1 ? '|' : ' ');
}

static void put_arrow(FmText *out, const Arrow *a, unsigned width)
{
    bool right = a->from <= a->to;
    put_port(out, right ? a->source_port : a->destination_port);
    if (!right)
        fm_text_char(out, '<');
    for (unsigned i = 2; i < width; i++)
        fm_text_char(out, '-');
    fm_text_put(out, right ? ">  " : "  ");
    put_port(out, right ? a->destination_port : a->source_port);
}

static void print_arrow(const FlowGraph *g, FmText *out, const Arrow *a)
{
    unsigned first = MIN(a->from, a->to), last = MAX(a->from, a->to), nodes = MAX(g->nodes->len, 2);
    if (last == first) /* to itself: as if to the next */
        last++;
    unsigned width = NODE_WIDTH * (last - first), behind = last + 1 < nodes ? nodes - last - 1 : 0;
    size_t start = out->size;
    if (g->several)
        fm_text_printf(out, "%u", a->conversation);
    fm_text_pad(out, start, g->several ? 5 : 0);
    fm_text_char(out, '|');
    start = out->size;
    fm_text_seconds(out, a->time, a->decimals);
    fm_text_pad(out, start, TIME_WIDTH);
    fm_text_char(out, '|');
    put_lines(out, first);
    put_label(out, a->label, width);
    fm_text_char(out, '|');
    put_lines(out, behind);
    fm_text_put(out, a->comment);
    fm_text_put(out, g->several ? "\n     |         |" : "\n|         |");
    put_lines(out, first);
    put_arrow(out, a, width);
    fm_text_char(out, '|');
    put_lines(out, behind);
    fm_text_char(out, '\n');
}

/* Between two conversations. */
static void print_rule(const FlowGraph *g, FmText *out)
{
    for (unsigned i = 0; i < RULE_WIDTH + NODE_WIDTH * g->nodes->len; i++)
        fm_text_char(out, '-');
    fm_text_char(out, '\n');
}

static void graph_print(FmObserver *observer, FmText *out)
{
    FlowGraph *g = (FlowGraph *)observer;
    if (!g->arrows->len)
        return;
    print_header(g, out);
    for (guint i = 0; i < g->arrows->len; i++) {
        const Arrow *a = &g_array_index(g->arrows, Arrow, i);
        if (i && a->conversation != a[-1].conversation)
            print_rule(g, out);
        print_arrow(g, out, a);
    }
    if (g->left_out)
        fm_observer_tell_full(out, g->left_out);
}

/* ---- start ---- */

static void want_fields(FlowGraph *g, const FmCatalog *catalog)
{
    static const char *const names[TCP_FIELDS] = { "tcp.seq", "tcp.ack", "tcp.len", "tcp.flags", "tcp.stream" };
    static const char *const types[] = { [FM_FLOW_GRAPH_ICMP] = "icmp.type", [FM_FLOW_GRAPH_ICMPV6] = "icmpv6.type" };
    g->base.wants_info = g->kind != FM_FLOW_GRAPH_TCP;
    if (g->kind == FM_FLOW_GRAPH_TCP)
        for (unsigned i = 0; i < TCP_FIELDS; i++)
            g->fields[i] = fm_observer_want(&g->base, catalog, names[i]);
    else if (g->kind != FM_FLOW_GRAPH_ANY)
        g->type = fm_observer_want(&g->base, catalog, types[g->kind]);
}

FmObserver *fm_flow_graph_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    size_t size = strcspn(arguments, ",");
    bool network = size == 7 && strncmp(arguments, "network", size) == 0, standard = size == 8 && strncmp(arguments, "standard", size) == 0;
    if (!network && !standard) {
        g_set_error(error, FM_STATISTIC_ERROR, FM_STATISTIC_ERROR_ARGUMENT, "-z %s: addresses are \"standard\" or \"network\"", statistic->name);
        return NULL;
    }
    FlowGraph *g = g_new0(FlowGraph, 1);
    g->base.packet = graph_packet;
    g->base.print = graph_print;
    g->base.free = graph_free;
    g->kind = (FmFlowGraphKind)statistic->kind;
    g->network = network;
    g->nodes = g_ptr_array_new_with_free_func(g_free);
    g->numbers = g_hash_table_new(g_str_hash, g_str_equal);
    g->arrows = g_array_new(FALSE, FALSE, sizeof(Arrow));
    if (!fm_observer_start(&g->base, context, arguments[size] ? arguments + size + 1 : NULL, error)) {
        fm_observer_free(&g->base);
        return NULL;
    }
    want_fields(g, context->catalog);
    return &g->base;
}
