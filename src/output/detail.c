/* The whole tree of a packet, a line a node: -V, -O. */
#include "config.h"

#include "model/format.h"
#include "output/printer.h"

typedef struct Detail {
    FmPrinter base;
    GHashTable *open; /* protocols whose nodes are shown; NULL: all */
    const FmCatalog *catalog;
} Detail;

static void indent(FmText *out, unsigned depth)
{
    size_t n = 4 * (size_t)depth;
    memset(fm_text_room(out, n), ' ', n);
    out->size += n;
}

static bool is_open(const Detail *detail, const FmNode *node)
{
    if (!detail->open)
        return true;
    return g_hash_table_contains(detail->open, fm_catalog_protocol(detail->catalog, node->field));
}

static void detail_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    const Detail *detail = (const Detail *)printer;
    const FmNode *end = packet->nodes + packet->node_count;
    for (const FmNode *node = packet->nodes; node < end;) {
        if ((node->flags & FM_NODE_HIDDEN) || fm_node_field(packet, node)->hidden) {
            node = fm_node_after(packet, node);
            continue;
        }
        indent(out, node->depth);
        fm_format_line(out, packet, node);
        fm_text_char(out, '\n');
        node = node->depth == 0 && !is_open(detail, node) ? fm_node_after(packet, node) : node + 1;
    }
}

FmPrinter *fm_detail_printer_new(const FmPrintOptions *options)
{
    Detail *detail = g_new0(Detail, 1);
    detail->base = (FmPrinter){ .packet = detail_packet, .wants_all = true, .wants_labels = true };
    detail->open = options->open;
    detail->catalog = options->catalog;
    return &detail->base;
}
