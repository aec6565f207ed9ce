/* -z http2,tree: frames by type. */
#include "config.h"

#include "statistics/all.h"
#include "statistics/tree.h"

typedef struct Http2Tree {
    FmObserver base;
    FmTree *tree;
    const FmEntry *type;
} Http2Tree;

static void tree_packet(FmObserver *observer, const FmPacket *packet)
{
    Http2Tree *t = (Http2Tree *)observer;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; t->type && n < end; n++) {
        if (n->field != t->type->ids[0])
            continue;
        const FmField *field = fm_node_field(packet, n);
        fm_tree_time(t->tree, fm_observer_time(packet));
        const char *name = fm_name(field->names, n->value);
        uint32_t all = fm_tree_line(t->tree, FM_TREE_ROOT, "HTTP2", FM_TREE_COUNT), types = fm_tree_line(t->tree, all, "Type", FM_TREE_COUNT);
        fm_tree_tick(t->tree, all, 1);
        fm_tree_tick(t->tree, types, 1);
        fm_tree_tick(t->tree, fm_tree_line(t->tree, types, name ? name : "Unknown type", FM_TREE_COUNT), 1);
    }
}

static void tree_print(FmObserver *observer, FmText *out)
{
    fm_tree_print(((Http2Tree *)observer)->tree, out);
}

static void tree_free(FmObserver *observer)
{
    fm_tree_free(((Http2Tree *)observer)->tree);
    g_free(observer);
}

FmObserver *fm_http2_tree_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Http2Tree *t = g_new0(Http2Tree, 1);
    (void)statistic;
    t->base = (FmObserver){ .packet = tree_packet, .print = tree_print, .free = tree_free };
    t->tree = fm_tree_new("HTTP2", 0);
    uint32_t all = fm_tree_line(t->tree, FM_TREE_ROOT, "HTTP2", FM_TREE_COUNT);
    fm_tree_line(t->tree, all, "Type", FM_TREE_COUNT);
    g_autoptr(FmObserver) observer = &t->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    t->type = fm_observer_want(observer, context->catalog, "http2.type");
    return g_steal_pointer(&observer);
}
