/* The tree of a packet as XML: -T pdml. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "model/format.h"
#include "output/chosen.h"
#include "output/printer.h"
#include "output/siblings.h"
#include "output/xml_text.h"

typedef struct Pdml {
    FmPrinter base;
    const FmPrintOptions *options;
    FmChosen *chosen; /* -e; NULL: the whole tree */
    FmText text;      /* scratch */
} Pdml;

static void put_siblings(Pdml *pdml, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, const FmNode *layer,
                         bool all);

static void indent(FmText *out, unsigned level)
{
    size_t n = 2 * (size_t)level;
    memset(fm_text_room(out, n), ' ', n);
    out->size += n;
}

static void put_attribute(FmText *out, const char *name, const char *text, size_t size)
{
    fm_text_char(out, ' ');
    fm_text_put(out, name);
    fm_text_literal(out, "=\"");
    fm_xml_escape(out, text, size);
    fm_text_char(out, '"');
}

static void put_number(FmText *out, const char *name, uint64_t value)
{
    fm_text_char(out, ' ');
    fm_text_put(out, name);
    fm_text_literal(out, "=\"");
    fm_text_uint(out, value);
    fm_text_char(out, '"');
}

static void put_label(Pdml *pdml, FmText *out, const char *name, const FmPacket *packet, const FmNode *node)
{
    fm_text_reset(&pdml->text);
    fm_format_label(&pdml->text, packet, node);
    put_attribute(out, name, pdml->text.data, pdml->text.size);
}

static bool is_text(const FmNode *node)
{
    return node->field == FM_ID_TEXT;
}

static bool is_parent(const FmPacket *packet, const FmNode *node)
{
    return node + 1 < packet->nodes + packet->node_count && node[1].depth > node->depth;
}

static void put_place(FmText *out, const FmNode *node, const FmNode *layer)
{
    put_number(out, "size", node->length);
    put_number(out, "pos", fm_print_place(node, layer));
}

static void put_hex(FmText *out, const char *name, FmSlice bytes)
{
    fm_text_char(out, ' ');
    fm_text_put(out, name);
    fm_text_literal(out, "=\"");
    fm_text_bytes(out, bytes, '\0');
    fm_text_char(out, '"');
}

/* show, value and unmaskedvalue. */
static void put_values(Pdml *pdml, FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    if (field->type == FM_PROTOCOL || node->field == FM_ID_EXPERT)
        return;
    if (fm_type_is_string(field->type)) {
        fm_text_reset(&pdml->text);
        fm_format_value(&pdml->text, packet, node, false);
        put_attribute(out, "show", pdml->text.data, pdml->text.size);
    } else { /* nothing to escape */
        fm_text_literal(out, " show=\"");
        fm_format_value(out, packet, node, false);
        fm_text_char(out, '"');
    }
    if (field->mask && node->length) {
        fm_text_printf(out, " value=\"%" G_GINT64_MODIFIER "X\"", node->value);
        put_hex(out, "unmaskedvalue", fm_node_wire(packet, node));
    } else if (node->length || field->type == FM_NONE || field->type == FM_EXPERT) {
        put_hex(out, "value", fm_node_wire(packet, node));
    }
}

static bool is_kept(const Pdml *pdml, const char *name, bool all)
{
    return all || !pdml->options->keep || g_hash_table_contains(pdml->options->keep, name);
}

static void put_inside(Pdml *pdml, FmText *out, const FmPacket *packet, const FmNode *node, const FmNode *layer, const char *name, bool all)
{
    if (is_kept(pdml, name, all)) {
        put_siblings(pdml, out, packet, node + 1, fm_node_after(packet, node), layer, all || pdml->options->keep_children);
        return;
    }
    indent(out, node->depth + 2u);
    fm_text_literal(out, "<field name=\"filtered\" value=\"");
    fm_text_put(out, name);
    fm_text_literal(out, "\" />\n");
}

/* A layer, or the wrapper that stands for one where bytes are unknown. */
static void put_layer(Pdml *pdml, FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    bool data = strcmp(field->abbrev, "data") == 0;
    if (data) {
        fm_text_literal(out, "  <proto name=\"fake-field-wrapper\">\n    <field name=\"data\"");
        put_hex(out, "value", fm_node_wire(packet, node));
    } else {
        fm_text_literal(out, "  <proto name=\"");
        fm_text_put(out, field->abbrev);
        fm_text_char(out, '"');
        put_label(pdml, out, "showname", packet, node);
        put_place(out, node, NULL);
    }
    fm_text_literal(out, ">\n");
    if (!is_parent(packet, node) && is_kept(pdml, field->abbrev, false)) {
        fm_text_put(out, data ? "    </field>\n  </proto>\n" : "  </proto>\n");
        return;
    }
    put_inside(pdml, out, packet, node, node, field->abbrev, false);
    fm_text_put(out, data ? "  </field>\n  </proto>\n" : "  </proto>\n");
}

static void put_field(Pdml *pdml, FmText *out, const FmPacket *packet, const FmNode *node, const char *name, const FmNode *layer, bool alias,
                      bool all)
{
    indent(out, node->depth + 1u);
    fm_text_literal(out, "<field name=\"");
    fm_text_put(out, name);
    fm_text_char(out, '"');
    put_label(pdml, out, is_text(node) ? "show" : "showname", packet, node);
    if (alias || (node->flags & FM_NODE_HIDDEN))
        fm_text_literal(out, " hide=\"yes\"");
    put_place(out, node, layer);
    if (!is_text(node))
        put_values(pdml, out, packet, node);
    if (alias || !is_parent(packet, node)) {
        fm_text_literal(out, "/>\n");
        return;
    }
    fm_text_literal(out, ">\n");
    put_inside(pdml, out, packet, node, layer, is_text(node) ? "text" : name, all);
    indent(out, node->depth + 1u);
    fm_text_literal(out, "</field>\n");
}

static void put_siblings(Pdml *pdml, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, const FmNode *layer,
                         bool all)
{
    FmSiblings siblings;
    fm_siblings_begin(&siblings, packet, first, end);
    while (fm_siblings_next(&siblings)) {
        const FmNode *node = siblings.node;
        const FmField *field = fm_node_field(packet, node);
        if (node->depth == 0)
            put_layer(pdml, out, packet, node);
        else
            put_field(pdml, out, packet, node, is_text(node) ? "" : siblings.alias ? field->also : field->abbrev, layer, siblings.alias, all);
    }
}

static void put_chosen(Pdml *pdml, FmText *out, const FmPacket *packet)
{
    size_t count;
    const FmCell *cells = fm_chosen_collect(pdml->chosen, packet, &count);
    for (size_t i = 0; i < count; i++)
        for (uint32_t n = 0; n < fm_cell_values(&cells[i]); n++) {
            fm_text_literal(out, "  <field name=\"");
            fm_text_put(out, cells[i].name);
            fm_text_char(out, '"');
            fm_text_reset(&pdml->text);
            fm_cell_put(&cells[i], pdml->options, &pdml->text, packet, n);
            put_attribute(out, "value", pdml->text.data, pdml->text.size);
            fm_text_literal(out, "/>\n");
        }
}

static void put_general(Pdml *pdml, FmText *out, const FmFrame *frame)
{
    const struct {
        const char *name, *title;
        uint64_t value;
    } numbers[] = { { "num", "Number", frame->number }, { "len", "Frame Length", frame->length }, { "caplen", "Captured Length", frame->captured } };
    fm_text_printf(out, "  <proto name=\"geninfo\" pos=\"0\" showname=\"General information\" size=\"%u\">\n", frame->length);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        fm_text_printf(out, "    <field name=\"%s\" pos=\"0\" show=\"%" G_GINT64_MODIFIER "u\" showname=\"%s\" value=\"%" G_GINT64_MODIFIER "x\" size=\"%u\"/>\n",
                       numbers[i].name, numbers[i].value, numbers[i].title, numbers[i].value, frame->length);
    fm_text_literal(out, "    <field name=\"timestamp\" pos=\"0\" show=\"");
    fm_format_absolute_time(out, frame->time, FM_LOCAL);
    fm_text_literal(out, "\" showname=\"Captured Time\" value=\"");
    fm_text_seconds(out, frame->time == FM_TIME_NONE ? 0 : frame->time, 9);
    fm_text_printf(out, "\" size=\"%u\"/>\n  </proto>\n", frame->length);
}

static void pdml_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    Pdml *pdml = (Pdml *)printer;
    fm_text_literal(out, "<packet>\n");
    put_general(pdml, out, packet->frame);
    if (pdml->chosen)
        put_chosen(pdml, out, packet);
    else
        put_siblings(pdml, out, packet, packet->nodes, packet->nodes + packet->node_count, NULL, false);
    fm_text_literal(out, "</packet>\n\n\n");
}

static void pdml_begin(FmPrinter *printer, FmText *out)
{
    const Pdml *pdml = (const Pdml *)printer;
    time_t now = time(NULL);
    struct tm tm;
    char date[32] = "";
    if (localtime_r(&now, &tm))
        strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &tm);
    fm_text_put(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?xml-stylesheet type=\"text/xsl\" href=\"pdml2html.xsl\"?>\n");
    fm_text_printf(out, "<pdml version=\"0\" creator=\"fathom/" PACKAGE_VERSION "\" time=\"%s\" capture_file=\"", date);
    fm_xml_escape(out, pdml->options->file, strlen(pdml->options->file));
    fm_text_literal(out, "\">\n");
}

static void pdml_end(FmPrinter *printer, FmText *out)
{
    fm_text_literal(out, "</pdml>\n");
}

static void pdml_clear(FmPrinter *printer)
{
    Pdml *pdml = (Pdml *)printer;
    fm_chosen_free(pdml->chosen);
    fm_text_clear(&pdml->text);
}

FmPrinter *fm_pdml_printer_new(const FmPrintOptions *options)
{
    Pdml *pdml = g_new0(Pdml, 1);
    pdml->base = (FmPrinter){ .begin = pdml_begin, .packet = pdml_packet, .end = pdml_end, .clear = pdml_clear };
    pdml->options = options;
    if (options->fields->len)
        pdml->chosen = fm_chosen_new(options, &pdml->base);
    else
        pdml->base.wants_all = pdml->base.wants_labels = true;
    return &pdml->base;
}
