/* The fields chosen with -e, found in a packet. */
#include "config.h"

#include "output/chosen.h"

#include "model/format.h"

typedef struct Link { /* a node's id → the cells that show it */
    uint16_t cell, next; /* next: 1 + index in the links; 0: none */
} Link;

struct FmChosen {
    FmCell *cells;
    size_t count;
    uint16_t *first; /* by id: 1 + index in the links */
    Link *links;
    size_t link_count;
    FmOccurrence occurrence;
};

static void link_cell(FmChosen *chosen, const FmEntry *entry, size_t cell, uint64_t *wanted)
{
    for (size_t i = 0; i < entry->id_count; i++) {
        uint16_t *last = &chosen->first[entry->ids[i]];
        while (*last)
            last = &chosen->links[*last - 1].next;
        chosen->links[chosen->link_count++] = (Link){ .cell = (uint16_t)cell };
        *last = (uint16_t)chosen->link_count;
        fm_want_id(wanted, entry->ids[i]);
    }
}

FmChosen *fm_chosen_new(const FmPrintOptions *options, FmPrinter *printer)
{
    const FmCatalog *catalog = options->catalog;
    FmChosen *chosen = g_new0(FmChosen, 1);
    size_t words = fm_catalog_words(catalog), links = 0;
    if (!printer->wanted)
        printer->wanted = g_new0(uint64_t, words);
    chosen->occurrence = options->occurrence;
    chosen->count = options->fields->len;
    chosen->cells = g_new0(FmCell, chosen->count + 1);
    chosen->first = g_new0(uint16_t, words * 64);
    for (size_t i = 0; i < chosen->count; i++) {
        const FmEntry *entry = fm_catalog_find(catalog, options->fields->pdata[i]);
        links += entry ? entry->id_count : 0;
    }
    chosen->links = g_new0(Link, links + 1);
    for (size_t i = 0; i < chosen->count; i++) {
        FmCell *cell = &chosen->cells[i];
        cell->name = options->fields->pdata[i];
        cell->column = g_str_has_prefix(cell->name, "_ws.col.") ? fm_columns_find(options->columns, cell->name + 8) : -1;
        const FmEntry *entry = cell->column < 0 ? fm_catalog_find(catalog, cell->name) : NULL;
        if (cell->column >= 0) {
            fm_columns_wants(options->columns, printer->wanted, &printer->wants_info);
        } else if (entry) {
            link_cell(chosen, entry, i, printer->wanted);
            printer->wants_labels |= entry->field->type == FM_PROTOCOL;
        }
    }
    return chosen;
}

void fm_chosen_free(FmChosen *chosen)
{
    if (!chosen)
        return;
    for (size_t i = 0; i < chosen->count; i++)
        g_free(chosen->cells[i].nodes);
    g_free(chosen->cells);
    g_free(chosen->first);
    g_free(chosen->links);
    g_free(chosen);
}

static void add_node(FmCell *cell, const FmNode *node, FmOccurrence occurrence)
{
    if (cell->count && occurrence == FM_OCCURRENCE_FIRST)
        return;
    if (cell->count && occurrence == FM_OCCURRENCE_LAST)
        cell->count = 0;
    if (cell->count == cell->room) {
        cell->room = MAX(8, 2 * cell->room);
        cell->nodes = g_renew(const FmNode *, cell->nodes, cell->room);
    }
    cell->nodes[cell->count++] = node;
}

const FmCell *fm_chosen_collect(FmChosen *chosen, const FmPacket *packet, size_t *count)
{
    for (size_t i = 0; i < chosen->count; i++)
        chosen->cells[i].count = 0;
    for (const FmNode *node = packet->nodes, *end = node + packet->node_count; node < end; node++)
        for (unsigned l = chosen->first[node->field]; l; l = chosen->links[l - 1].next)
            add_node(&chosen->cells[chosen->links[l - 1].cell], node, chosen->occurrence);
    *count = chosen->count;
    return chosen->cells;
}

/* Text of a packet for other programs to read, as tshark writes it: only what would break lines and columns is escaped. */
static void put_text(FmText *out, FmSlice text, bool escape)
{
    static const char escapes[] = "btn.fr"; /* of 8 to 13 */
    const char *at = (const char *)text.data, *end = at + text.size;
    while (at < end) {
        const char *from = at;
        uint8_t c = 0;
        while (at < end && (c = (uint8_t)*at) < 0x80 && !(escape && c >= 8 && c <= 13 && c != 11))
            at++;
        fm_text_add(out, from, (size_t)(at - from));
        if (at == end)
            break;
        if (c < 0x80) {
            fm_text_char(out, '\\');
            fm_text_char(out, escapes[c - 8]);
            at++;
            continue;
        }
        gunichar u = g_utf8_get_char_validated(at, end - at);
        size_t size = u < 0x110000 ? g_utf8_skip[c] : 1;
        fm_text_add(out, u < 0x110000 ? at : "\xef\xbf\xbd", u < 0x110000 ? size : 3);
        at += size;
    }
}

static void put_plain(FmText *out, const FmPrintOptions *options, const FmPacket *packet, const FmNode *node)
{
    size_t start = out->size;
    fm_format_value(out, packet, node, false);
    for (size_t i = start; i < out->size; i++) {
        uint8_t c = (uint8_t)out->data[i];
        if (c < 0x80 && (c < 8 || c > 13))
            continue;
        g_autofree char *raw = g_memdup2(out->data + start, out->size - start);
        FmSlice text = { (const uint8_t *)raw, out->size - start };
        out->size = start;
        put_text(out, text, !options->unescaped);
        return;
    }
}

static bool is_text(FmType type)
{
    return type == FM_STRING || type == FM_STRINGZ || type == FM_STRINGZPAD || type == FM_UINT_STRING;
}

void fm_cell_put(const FmCell *cell, const FmPrintOptions *options, FmText *out, const FmPacket *packet, uint32_t i)
{
    if (cell->column >= 0) {
        fm_columns_put(options->columns, out, packet, (size_t)cell->column);
        return;
    }
    const FmNode *node = cell->nodes[i];
    const FmField *field = fm_node_field(packet, node);
    if (field->base == FM_DEC && fm_type_is_unsigned(field->type)) /* what most fields are */
        fm_text_uint(out, node->value);
    else if (options->terminal || options->format != FM_FORMAT_FIELDS || !is_text(field->type))
        fm_format_cell(out, packet, node);
    else
        put_plain(out, options, packet, node);
}
