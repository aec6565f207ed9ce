/* One flat JSON object a line: -T jsonl. Keys are field names; numbers, booleans and times are what they are. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "model/format.h"
#include "output/chosen.h"
#include "output/json_text.h"

typedef struct Names { /* the nodes of one name in the packet at hand: a list through `next` */
    uint32_t first, last; /* 1 + index of the node; 0: none */
} Names;

typedef struct Jsonl {
    FmPrinter base;
    const FmPrintOptions *options;
    FmChosen *chosen;     /* -e; NULL: all fields */
    uint16_t *entry_of;   /* by id: index of the entry that its own name has */
    const FmEntry *entries;
    Names *names;         /* by entry */
    uint16_t *order;      /* entries of this packet in order of appearance */
    size_t order_count;
    uint32_t *next;       /* by node */
    size_t next_room;
} Jsonl;

static void put_float(FmText *out, const FmPacket *packet, const FmNode *node)
{
    double value;
    if (fm_node_field(packet, node)->type == FM_FLOAT) {
        uint32_t bits = (uint32_t)node->value;
        float f;
        memcpy(&f, &bits, sizeof f);
        value = (double)f;
    } else {
        memcpy(&value, &node->value, sizeof value);
    }
    if (isfinite(value))
        fm_format_value(out, packet, node, false);
    else
        fm_text_literal(out, "null");
}

static void put_value(FmText *out, const FmPacket *packet, const FmNode *node)
{
    FmType type = fm_node_field(packet, node)->type;
    if (type == FM_NONE || type == FM_PROTOCOL || type == FM_EXPERT) {
        fm_text_literal(out, "true");
    } else if (fm_type_is_bool(type)) {
        fm_text_put(out, node->value ? "true" : "false");
    } else if (fm_type_is_unsigned(type)) {
        fm_text_uint(out, node->value);
    } else if (fm_type_is_signed(type)) {
        fm_text_int(out, (int64_t)node->value);
    } else if (type == FM_ABSOLUTE_TIME || type == FM_RELATIVE_TIME) {
        fm_text_seconds(out, fm_format_time_of(fm_node_field(packet, node), node->value), 9);
    } else if (type == FM_FLOAT || type == FM_DOUBLE) {
        put_float(out, packet, node);
    } else if (type == FM_BYTES || type == FM_UINT_BYTES) {
        fm_text_char(out, '"');
        fm_text_bytes(out, fm_node_bytes(packet, node), '\0');
        fm_text_char(out, '"');
    } else {
        fm_json_value(out, packet, node);
    }
}

static void put_key(FmText *out, const char *name, bool first)
{
    if (!first)
        fm_text_char(out, ',');
    fm_text_char(out, '"');
    fm_text_put(out, name);
    fm_text_literal(out, "\":");
}

static void put_chosen(Jsonl *jsonl, FmText *out, const FmPacket *packet)
{
    size_t count;
    const FmCell *cells = fm_chosen_collect(jsonl->chosen, packet, &count);
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (!fm_cell_filled(&cells[i]))
            continue;
        put_key(out, cells[i].name, first);
        first = false;
        if (cells[i].column >= 0) {
            fm_json_cell(out, jsonl->options, packet, &cells[i], 0);
            continue;
        }
        if (cells[i].count > 1)
            fm_text_char(out, '[');
        for (uint32_t n = 0; n < cells[i].count; n++) {
            if (n)
                fm_text_char(out, ',');
            put_value(out, packet, cells[i].nodes[n]);
        }
        if (cells[i].count > 1)
            fm_text_char(out, ']');
    }
}

static bool is_shown(const FmNode *node)
{
    return node->field != FM_ID_TEXT && (node->field < FM_ID_EXPERT || node->field > FM_ID_EXPERT_GROUP);
}

static void list_names(Jsonl *jsonl, const FmPacket *packet)
{
    if (jsonl->next_room < packet->node_count) {
        jsonl->next_room = packet->node_count;
        jsonl->next = g_renew(uint32_t, jsonl->next, jsonl->next_room);
    }
    jsonl->order_count = 0;
    for (uint32_t i = 0; i < packet->node_count; i++) {
        if (!is_shown(&packet->nodes[i]))
            continue;
        uint16_t entry = jsonl->entry_of[packet->nodes[i].field];
        Names *names = &jsonl->names[entry];
        jsonl->next[i] = 0;
        if (names->first) {
            jsonl->next[names->last - 1] = i + 1;
        } else {
            names->first = i + 1;
            jsonl->order[jsonl->order_count++] = entry;
        }
        names->last = i + 1;
    }
}

static void put_all(Jsonl *jsonl, FmText *out, const FmPacket *packet)
{
    list_names(jsonl, packet);
    for (size_t i = 0; i < jsonl->order_count; i++) {
        Names *names = &jsonl->names[jsonl->order[i]];
        bool several = names->first != names->last;
        put_key(out, jsonl->entries[jsonl->order[i]].name, i == 0);
        if (several)
            fm_text_char(out, '[');
        for (uint32_t n = names->first; n; n = jsonl->next[n - 1]) {
            if (n != names->first)
                fm_text_char(out, ',');
            put_value(out, packet, &packet->nodes[n - 1]);
        }
        if (several)
            fm_text_char(out, ']');
        *names = (Names){ 0, 0 };
    }
}

/* "_ws.notes": what went wrong, as sentences. */
static void put_notes(FmText *out, const FmPacket *packet, size_t start)
{
    const FmNode *message = NULL;
    bool some = false;
    for (const FmNode *node = packet->nodes, *end = node + packet->node_count; node < end; node++) {
        const FmNode *told = NULL;
        if (node->field == FM_ID_EXPERT_MESSAGE)
            message = node;
        else if (node->field == FM_ID_EXPERT_SEVERITY && node->value >= FM_WARN)
            told = message;
        else if (node->field == FM_ID_SHORT || node->field == FM_ID_UNREASSEMBLED)
            told = node;
        if (!told)
            continue;
        if (some) {
            fm_text_char(out, ',');
        } else {
            put_key(out, "_ws.notes", out->size == start);
            fm_text_char(out, '[');
        }
        some = true;
        if (told == message) {
            fm_json_value(out, packet, told);
        } else {
            const char *name = fm_node_field(packet, told)->name;
            fm_json_string(out, name, strlen(name));
        }
    }
    if (some)
        fm_text_char(out, ']');
}

static void jsonl_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    Jsonl *jsonl = (Jsonl *)printer;
    fm_text_char(out, '{');
    size_t start = out->size;
    if (jsonl->chosen)
        put_chosen(jsonl, out, packet);
    else
        put_all(jsonl, out, packet);
    put_notes(out, packet, start);
    fm_text_literal(out, "}\n");
}

static void jsonl_clear(FmPrinter *printer)
{
    Jsonl *jsonl = (Jsonl *)printer;
    fm_chosen_free(jsonl->chosen);
    g_free(jsonl->entry_of);
    g_free(jsonl->names);
    g_free(jsonl->order);
    g_free(jsonl->next);
}

static void index_names(Jsonl *jsonl, const FmCatalog *catalog)
{
    size_t count;
    jsonl->entries = fm_catalog_entries(catalog, &count);
    jsonl->entry_of = g_new0(uint16_t, fm_catalog_words(catalog) * 64);
    jsonl->names = g_new0(Names, count);
    jsonl->order = g_new0(uint16_t, count);
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < jsonl->entries[i].id_count; n++) {
            uint16_t id = jsonl->entries[i].ids[n];
            if (strcmp(fm_catalog_field(catalog, id)->abbrev, jsonl->entries[i].name) == 0)
                jsonl->entry_of[id] = (uint16_t)i;
        }
}

FmPrinter *fm_jsonl_printer_new(const FmPrintOptions *options)
{
    Jsonl *jsonl = g_new0(Jsonl, 1);
    jsonl->base = (FmPrinter){ .packet = jsonl_packet, .clear = jsonl_clear };
    jsonl->options = options;
    if (options->fields->len) {
        jsonl->chosen = fm_chosen_new(options, &jsonl->base);
        static const uint16_t notes[] = { FM_ID_EXPERT, FM_ID_EXPERT_MESSAGE, FM_ID_EXPERT_SEVERITY, FM_ID_SHORT, FM_ID_UNREASSEMBLED,
                                          FM_ID_MALFORMED, FM_ID_MALFORMED_EXPERT };
        for (size_t i = 0; i < G_N_ELEMENTS(notes); i++)
            fm_want_id(jsonl->base.wanted, notes[i]);
    } else {
        index_names(jsonl, options->catalog);
        jsonl->base.wants_all = true;
    }
    return &jsonl->base;
}
