/* The whole tree of a packet, a line a node: -V, -O.
 *
 * Most lines of a capture have been printed before, so each field keeps its last few: a line that comes again is copied. Lines that
 * come again together are copied together. Fields that change all the time keep what stands before their value. */
#include "config.h"

#include <string.h>

#include "model/format.h"
#include "output/printer.h"
#include "output/runs.h"

#define SLOTS 4          /* lines kept of a field; see put_node */
#define LINE_ROOM 144    /* longer ones are not kept */
#define PATIENCE 64      /* lines after which a field that never repeats is given up */

typedef struct Line {
    uint64_t value;
    uint16_t size; /* 0: empty */
    uint8_t depth, flags;
    char text[LINE_ROOM];
} Line;

typedef struct Plan { /* of one field */
    char *head;       /* indent, bracket, name, colon */
    uint32_t head_size;
    uint8_t depth, flags;          /* that the head is for */
    Line lines[SLOTS];
} Plan;

typedef struct Place { /* of one field: what every node looks at, side by side */
    Plan *plan; /* NULL: not met yet */
    uint16_t hits, misses;
    bool valued, whole, repeats, time;  /* has a value; shows bits or writes its line itself; is worth keeping lines of; is an absolute time without unit */
} Place;

typedef struct Detail {
    FmPrinter base;
    const FmCatalog *catalog;
    GHashTable *open; /* protocols whose nodes are shown; NULL: all */
    uint16_t data;    /* id of the protocol whose bytes are shown here where no hex dump follows; 0: none */
    Place *places;    /* by id */
    size_t ids;
    FmRuns runs;
    FmClock clock;
    const FmNode *run; /* first of the nodes just printed whose lines were kept ones; NULL: the last one's was not */
    size_t run_start;  /* where their text begins */
} Detail;

static void indent(FmText *out, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        fm_text_literal(out, "    ");
}

static inline Place *place_of(Detail *detail, const FmPacket *packet, const FmNode *node)
{
    Place *place = &detail->places[node->field];
    if (G_LIKELY(place->plan))
        return place;
    place->plan = g_new0(Plan, 1);
    const FmField *field = fm_node_field(packet, node);
    place->valued = field->type != FM_NONE && field->type != FM_PROTOCOL && field->type != FM_EXPERT;
    place->whole = field->mask != 0 || field->line;
    place->time = field->type == FM_ABSOLUTE_TIME && !field->unit;
    place->repeats = !fm_type_is_bytes(field->type);
    return place;
}

static void end_line(FmText *out, const FmNode *node)
{
    if (node->flags & FM_NODE_MADE)
        fm_text_char(out, ']');
    fm_text_char(out, '\n');
}

static void make_head(Plan *plan, bool valued, const FmPacket *packet, const FmNode *node)
{
    FmText head = { 0 };
    indent(&head, node->depth);
    if (node->flags & FM_NODE_MADE)
        fm_text_char(&head, '[');
    fm_text_put(&head, fm_node_field(packet, node)->name);
    if (valued)
        fm_text_literal(&head, ": ");
    g_free(plan->head);
    plan->head = head.data;
    plan->head_size = (uint32_t)head.size;
    plan->depth = node->depth;
    plan->flags = node->flags;
}

/* Any line, by the long way. */
static void put_line(FmText *out, const FmPacket *packet, const FmNode *node)
{
    indent(out, node->depth);
    fm_format_line(out, packet, node);
    fm_text_char(out, '\n');
}

/* A line whose label says all. */
static void put_labelled(FmText *out, const FmPacket *packet, const FmNode *node)
{
    size_t start = out->size;
    indent(out, node->depth);
    if (node->flags & FM_NODE_MADE)
        fm_text_char(out, '[');
    size_t text = out->size;
    fm_node_put_label(out, packet, node);
    if (G_UNLIKELY(out->size - text > FM_LINE_SIZE)) {
        out->size = start;
        put_line(out, packet, node);
        return;
    }
    end_line(out, node);
}

/* A line that begins with the field's name. */
static void put_named(Detail *detail, const Place *place, FmText *out, const FmPacket *packet, const FmNode *node)
{
    Plan *plan = place->plan;
    if (!plan->head || plan->depth != node->depth || plan->flags != node->flags)
        make_head(plan, place->valued, packet, node);
    size_t start = out->size;
    fm_text_add(out, plan->head, plan->head_size);
    if (place->time)
        fm_format_clock(out, &detail->clock, (FmTime)node->value, fm_node_field(packet, node)->base);
    else if (place->valued)
        fm_format_line_value(out, packet, node);
    if (node->label)
        fm_node_put_label(out, packet, node);
    if (G_UNLIKELY(out->size - start > FM_LINE_SIZE)) {
        out->size = start;
        put_line(out, packet, node);
        return;
    }
    end_line(out, node);
}

static void keep_line(Place *place, Line *line, const FmNode *node, uint64_t value, const char *text, size_t size)
{
    if (size > LINE_ROOM)
        return;
    memcpy(line->text, text, size);
    line->size = (uint16_t)size;
    line->value = value;
    line->depth = node->depth;
    line->flags = node->flags;
    if (++place->misses >= PATIENCE) {
        place->repeats = place->hits >= place->misses;
        place->hits = place->misses = 0;
    }
}

static inline void copy_line(FmText *out, const Line *line)
{
    char *to = fm_text_room(out, LINE_ROOM);
    for (size_t i = 0; i < line->size; i += 16) /* the room is a multiple of it */
        memcpy(to + i, line->text + i, 16);
    out->size += line->size;
}

/* True if it was a line that had been kept, or might have been. */
static bool put_node(Detail *detail, FmText *out, const FmPacket *packet, const FmNode *node)
{
    if (node->label && !(node->flags & FM_NODE_LABEL_ADDS)) {
        put_labelled(out, packet, node);
        return packet->labels[node->label - 1].constant && !(node->flags & FM_NODE_BLOB);
    }
    Place *place = place_of(detail, packet, node);
    if (node->label || !place->repeats || (node->flags & FM_NODE_BLOB)) {
        if (place->whole)
            put_line(out, packet, node);
        else
            put_named(detail, place, out, packet, node);
        return false;
    }
    uint64_t value = place->valued ? node->value : 0;
    Line *line = &place->plan->lines[value * UINT64_C(0x9e3779b97f4a7c15) >> 62];
    if (line->size && line->value == value && line->depth == node->depth && line->flags == node->flags) {
        copy_line(out, line);
        place->hits += place->hits < PATIENCE; /* that many are as good as more */
        return true;
    }
    size_t start = out->size;
    if (place->whole)
        put_line(out, packet, node);
    else
        put_named(detail, place, out, packet, node);
    keep_line(place, line, node, value, out->data + start, out->size - start);
    return false;
}

static void end_run(Detail *detail, const FmText *out, const FmPacket *packet, const FmNode *node)
{
    if (detail->run)
        fm_runs_keep(&detail->runs, packet, detail->run, (size_t)(node - detail->run), out->data + detail->run_start, out->size - detail->run_start);
    detail->run = NULL;
}

/* Notes that the line of `node`, which began at `start`, was a kept one. */
static void extend_run(Detail *detail, const FmText *out, const FmPacket *packet, const FmNode *node, size_t start)
{
    if (detail->runs.loose[node->field]) {
        FmText before = { out->data, start };
        end_run(detail, &before, packet, node);
    } else if (!detail->run) {
        detail->run = node;
        detail->run_start = start;
    }
}

static bool is_open(const Detail *detail, const FmNode *node)
{
    return !detail->open || g_hash_table_contains(detail->open, fm_catalog_protocol(detail->catalog, node->field));
}

static void detail_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    Detail *detail = (Detail *)printer;
    const FmNode *end = packet->nodes + packet->node_count, *node = packet->nodes;
    for (const FmNode *next; node < end; node = next) {
        const FmRun *run = fm_runs_find(&detail->runs, packet, node, end);
        if (run) {
            end_run(detail, out, packet, node);
            fm_text_add(out, run->text, run->size);
            next = node + run->count;
            continue;
        }
        next = node + 1;
        if (node->flags & FM_NODE_HIDDEN) {
            end_run(detail, out, packet, node);
            next = fm_node_after(packet, node);
            continue;
        }
        size_t start = out->size;
        bool kept = put_node(detail, out, packet, node);
        if (node->depth > 0 && kept && node->field != detail->data) {
            extend_run(detail, out, packet, node, start);
            continue;
        }
        FmText before = { out->data, start };
        end_run(detail, &before, packet, node);
        if (node->depth == 0 && !is_open(detail, node))
            next = fm_node_after(packet, node);
        else if (node->field == detail->data) { /* bytes that nobody knows follow their line */
            fm_text_char(out, '\n');
            fm_hexdump_put(out, fm_node_wire(packet, node));
        }
    }
    end_run(detail, out, packet, node);
}

static void detail_clear(FmPrinter *printer)
{
    Detail *detail = (Detail *)printer;
    for (size_t i = 0; i < detail->ids; i++)
        if (detail->places[i].plan) {
            g_free(detail->places[i].plan->head);
            g_free(detail->places[i].plan);
        }
    g_free(detail->places);
    fm_runs_clear(&detail->runs);
}

/* Everything but what is never shown. */
static void want_shown(Detail *detail)
{
    detail->base.wanted = g_new0(uint64_t, detail->ids / 64);
    for (size_t id = 0; id < detail->ids; id++) {
        const FmField *field = fm_catalog_field(detail->catalog, (uint16_t)id);
        if (field && !field->hidden)
            fm_want_id(detail->base.wanted, (uint16_t)id);
    }
}

FmPrinter *fm_detail_printer_new(const FmPrintOptions *options)
{
    Detail *detail = g_new0(Detail, 1);
    detail->base = (FmPrinter){ .packet = detail_packet, .clear = detail_clear, .wants_labels = true };
    detail->open = options->open;
    detail->catalog = options->catalog;
    unsigned data = fm_catalog_protocol_named(options->catalog, "data");
    if (data && !options->hex)
        detail->data = fm_catalog_base(options->catalog, data);
    detail->ids = fm_catalog_words(options->catalog) * 64;
    want_shown(detail);
    detail->places = g_new0(Place, detail->ids);
    fm_runs_init(&detail->runs, detail->ids);
    return &detail->base;
}
