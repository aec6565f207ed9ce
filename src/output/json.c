/* The tree of a packet as JSON: -T json, -T jsonraw. */
#include "config.h"

#include <string.h>

#include "model/format.h"
#include "output/chosen.h"
#include "output/json_text.h"
#include "output/printer.h"
#include "output/siblings.h"

typedef struct Plan {  /* what is the same for every node of a field */
    const char *alias; /* NULL: none */
    bool text, valued, string;
    uint16_t key_size, tree_size, alias_size;
    char *keys;        /* "name": , "name_tree": , "alias": , one behind the other */
} Plan;

typedef struct Json {
    FmPrinter base;
    const FmPrintOptions *options;
    bool raw, values; /* show "…_raw" lists; show values */
    bool some;        /* a packet has been printed */
    const FmNode *layer; /* that the nodes at hand belong to */
    FmChosen *chosen; /* -e; NULL: the whole tree */
    FmText key;       /* scratch */
    Plan **plans;     /* by id, made when first needed */
    size_t ids;
} Json;

typedef struct Entry { /* one member of an object */
    const FmNode *node;
    const char *name; /* the field's, or its alias */
    enum { RAW, VALUE, TREE } what;
} Entry;

static void put_object(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level,
                       bool all);

static void new_line(FmText *out, unsigned level)
{
    size_t n = 2 * (size_t)level;
    char *at = fm_text_room(out, n + 1);
    *at = '\n';
    memset(at + 1, ' ', n);
    out->size += n + 1;
}

static bool is_text(const FmNode *node)
{
    return node->field == FM_ID_TEXT;
}

static bool has_value(const FmField *field)
{
    return field->type != FM_NONE && field->type != FM_PROTOCOL && field->type != FM_EXPERT;
}

static const char *name_of(const FmPacket *packet, const FmNode *node)
{
    const char *label = is_text(node) ? fm_node_label(packet, node) : NULL;
    return label ? label : fm_node_field(packet, node)->abbrev;
}

/* A text's label is escaped twice: as the details show it, then for JSON. */
static void put_key(Json *json, FmText *out, const Entry *entry, const FmPacket *packet)
{
    fm_text_char(out, '"');
    if (is_text(entry->node)) {
        fm_text_reset(&json->key);
        fm_text_escaped(&json->key, entry->name, strlen(entry->name));
        fm_json_escape(out, json->key.data, json->key.size);
    } else {
        fm_text_put(out, entry->name);
    }
    if (entry->what == RAW)
        fm_text_literal(out, "_raw");
    else if (entry->what == TREE && has_value(fm_node_field(packet, entry->node)))
        fm_text_literal(out, "_tree");
    fm_text_literal(out, "\": ");
}

/* [hex, offset, length, mask, type] */
static void put_raw(const Json *json, FmText *out, const FmPacket *packet, const FmNode *node, unsigned level)
{
    const FmField *field = fm_node_field(packet, node);
    const uint64_t numbers[] = { fm_print_place(node, json->layer), node->length, field->mask, fm_json_type_number(field->type) };
    fm_text_char(out, '[');
    new_line(out, level + 1);
    fm_text_char(out, '"');
    fm_json_raw_hex(out, packet, node);
    fm_text_char(out, '"');
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        fm_text_char(out, ',');
        new_line(out, level + 1);
        fm_text_uint(out, numbers[i]);
    }
    new_line(out, level);
    fm_text_char(out, ']');
}

/* -j names every subtree to show; -J top ones, with all below. */
static bool is_kept(const Json *json, const FmPacket *packet, const FmNode *node, bool all)
{
    if (!json->options->keep || all)
        return true;
    const char *name = is_text(node) ? "text" : fm_node_field(packet, node)->abbrev;
    return g_hash_table_contains(json->options->keep, name);
}

static void put_tree(Json *json, FmText *out, const FmPacket *packet, const Entry *entry, unsigned level, bool all)
{
    const FmNode *node = entry->node;
    if (is_kept(json, packet, node, all)) {
        put_object(json, out, packet, node + 1, fm_node_after(packet, node), level, all || json->options->keep_children);
        return;
    }
    fm_text_char(out, '{');
    new_line(out, level + 1);
    fm_text_literal(out, "\"filtered\": ");
    fm_json_string(out, entry->name, strlen(entry->name));
    new_line(out, level);
    fm_text_char(out, '}');
}

static void put_entry(Json *json, FmText *out, const FmPacket *packet, const Entry *entry, unsigned level, bool all)
{
    switch (entry->what) {
    case RAW: put_raw(json, out, packet, entry->node, level); break;
    case VALUE: fm_json_value(out, packet, entry->node); break;
    case TREE: put_tree(json, out, packet, entry, level, all); break;
    }
}

/* What a node adds to its object under its own name, at most three entries; under its alias, at most two. */
static unsigned list_entries(Json *json, const FmPacket *packet, const FmNode *node, bool alias, Entry entries[3])
{
    const FmField *field = fm_node_field(packet, node);
    if (node->depth == 0)
        json->layer = node;
    const char *name = alias ? field->also : name_of(packet, node);
    bool parent = node + 1 < packet->nodes + packet->node_count && node[1].depth > node->depth;
    bool raw = json->raw && !is_text(node) && (node->length || !json->values);
    bool value = json->values && (has_value(field) || !parent);
    unsigned n = 0;
    if (raw)
        entries[n++] = (Entry){ node, name, RAW };
    if (value)
        entries[n++] = (Entry){ node, name, VALUE };
    if (parent && !alias)
        entries[n++] = (Entry){ node, name, TREE };
    return n;
}

/* Members of one key as one list (--no-duplicate-keys). */
static void put_merged(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level, bool all)
{
    g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    FmSiblings siblings;
    fm_siblings_begin(&siblings, packet, first, end);
    while (fm_siblings_next(&siblings)) {
        Entry entries[3];
        unsigned n = list_entries(json, packet, siblings.node, siblings.alias, entries);
        for (unsigned i = 0; i < n; i++) {
            char *key = g_strdup_printf("%u%s", (unsigned)entries[i].what, entries[i].name);
            GArray *group = g_hash_table_lookup(by_key, key);
            if (!group) {
                group = g_array_new(FALSE, FALSE, sizeof(Entry));
                g_ptr_array_add(groups, group);
                g_hash_table_insert(by_key, key, group);
            } else {
                g_free(key);
            }
            g_array_append_val(group, entries[i]);
        }
    }
    for (unsigned g = 0; g < groups->len; g++) {
        const GArray *group = groups->pdata[g];
        const Entry *entries = (const Entry *)(const void *)group->data;
        if (g)
            fm_text_char(out, ',');
        new_line(out, level + 1);
        put_key(json, out, entries, packet);
        if (group->len == 1) {
            put_entry(json, out, packet, entries, level + 1, all);
            continue;
        }
        fm_text_char(out, '[');
        for (unsigned i = 0; i < group->len; i++) {
            if (i)
                fm_text_char(out, ',');
            new_line(out, level + 2);
            put_entry(json, out, packet, &entries[i], level + 2, all);
        }
        new_line(out, level + 1);
        fm_text_char(out, ']');
    }
}

static Plan *plan_of(Json *json, const FmPacket *packet, const FmNode *node)
{
    Plan **slot = &json->plans[node->field];
    if (G_LIKELY(*slot))
        return *slot;
    const FmField *field = fm_node_field(packet, node);
    Plan *plan = *slot = g_new0(Plan, 1);
    FmText keys = { 0 };
    plan->alias = field->also;
    plan->text = is_text(node);
    plan->valued = has_value(field);
    plan->string = fm_type_is_string(field->type);
    fm_text_printf(&keys, "\"%s\": ", field->abbrev);
    plan->key_size = (uint16_t)keys.size;
    fm_text_printf(&keys, "\"%s%s\": ", field->abbrev, plan->valued ? "_tree" : "");
    plan->tree_size = (uint16_t)(keys.size - plan->key_size);
    if (plan->alias) {
        fm_text_printf(&keys, "\"%s\": ", plan->alias);
        plan->alias_size = (uint16_t)(keys.size - plan->key_size - plan->tree_size);
    }
    plan->keys = keys.data;
    return plan;
}

/* Begins a member: comma, new line, key. */
static inline void begin_member(FmText *out, bool first, unsigned level, const char *key, size_t size)
{
    size_t indent = 2 * (size_t)level;
    char *at = fm_text_room(out, 2 + indent + size), *from = at;
    if (!first)
        *at++ = ',';
    *at++ = '\n';
    memset(at, ' ', indent);
    at += indent;
    memcpy(at, key, size);
    out->size += (size_t)(at - from) + size;
}

static inline void put_plain_value(FmText *out, const FmPacket *packet, const FmNode *node, const Plan *plan)
{
    if (plan->string) {
        fm_json_value(out, packet, node);
        return;
    }
    fm_text_char(out, '"');
    if (plan->valued)
        fm_format_value(out, packet, node, false);
    fm_text_char(out, '"');
}

/* Members without raw values, each key as often as it comes: what is printed most. */
static void put_plain_members(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level,
                              bool all)
{
    bool none = true;
    FmSiblings siblings;
    fm_siblings_begin(&siblings, packet, first, end);
    while (fm_siblings_next(&siblings)) {
        const FmNode *node = siblings.node;
        const Plan *plan = plan_of(json, packet, node);
        bool parent = siblings.after > node + 1 && !siblings.alias;
        if (siblings.alias) {
            begin_member(out, none, level + 1, plan->keys + plan->key_size + plan->tree_size, plan->alias_size);
            put_plain_value(out, packet, node, plan);
        } else if (plan->text) {
            Entry entry = { node, name_of(packet, node), parent ? TREE : VALUE };
            begin_member(out, none, level + 1, "", 0);
            put_key(json, out, &entry, packet);
            put_entry(json, out, packet, &entry, level + 1, all);
        } else {
            if (plan->valued || !parent) {
                begin_member(out, none, level + 1, plan->keys, plan->key_size);
                put_plain_value(out, packet, node, plan);
            }
            if (parent) {
                Entry entry = { node, fm_node_field(packet, node)->abbrev, TREE };
                begin_member(out, none && !plan->valued, level + 1, plan->keys + plan->key_size, plan->tree_size);
                put_tree(json, out, packet, &entry, level + 1, all);
            }
        }
        none = false;
    }
}

static void put_members(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level, bool all)
{
    bool some = false;
    FmSiblings siblings;
    fm_siblings_begin(&siblings, packet, first, end);
    while (fm_siblings_next(&siblings)) {
        Entry entries[3];
        unsigned n = list_entries(json, packet, siblings.node, siblings.alias, entries);
        for (unsigned i = 0; i < n; i++) {
            if (some)
                fm_text_char(out, ',');
            some = true;
            new_line(out, level + 1);
            put_key(json, out, &entries[i], packet);
            put_entry(json, out, packet, &entries[i], level + 1, all);
        }
    }
}

static void put_object(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level,
                       bool all)
{
    fm_text_char(out, '{');
    size_t start = out->size;
    if (json->options->merge_keys)
        put_merged(json, out, packet, first, end, level, all);
    else if (!json->raw)
        put_plain_members(json, out, packet, first, end, level, all);
    else
        put_members(json, out, packet, first, end, level, all);
    if (out->size > start)
        new_line(out, level);
    fm_text_char(out, '}');
}

/* -e: an array of values for each field that occurs, in the order asked for. */
static void put_chosen(Json *json, FmText *out, const FmPacket *packet, unsigned level)
{
    bool some = false;
    size_t count;
    const FmCell *cells = fm_chosen_collect(json->chosen, packet, &count);
    fm_text_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (!fm_cell_filled(&cells[i]))
            continue;
        if (some)
            fm_text_char(out, ',');
        some = true;
        new_line(out, level + 1);
        fm_json_string(out, cells[i].name, strlen(cells[i].name));
        fm_text_literal(out, ": [");
        for (uint32_t n = 0; n < fm_cell_values(&cells[i]); n++) {
            if (n)
                fm_text_char(out, ',');
            new_line(out, level + 2);
            fm_json_cell(out, json->options, packet, &cells[i], n);
        }
        new_line(out, level + 1);
        fm_text_char(out, ']');
    }
    if (some)
        new_line(out, level);
    fm_text_char(out, '}');
}

static void json_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    Json *json = (Json *)printer;
    if (json->some)
        fm_text_char(out, ',');
    json->some = true;
    fm_text_literal(out, "\n  {\n    \"_index\": ");
    fm_json_index(out, packet->frame->time);
    fm_text_literal(out, ",\n    \"_type\": \"doc\",\n    \"_score\": null,\n    \"_source\": {\n      \"layers\": ");
    if (json->chosen)
        put_chosen(json, out, packet, 3);
    else
        put_object(json, out, packet, packet->nodes, packet->nodes + packet->node_count, 3, false);
    fm_text_literal(out, "\n    }\n  }");
}

static void json_begin(FmPrinter *printer, FmText *out)
{
    fm_text_char(out, '[');
}

static void json_end(FmPrinter *printer, FmText *out)
{
    const Json *json = (const Json *)printer;
    fm_text_put(out, json->some ? "\n]\n" : "]\n");
}

static void json_clear(FmPrinter *printer)
{
    Json *json = (Json *)printer;
    fm_text_clear(&json->key);
    fm_chosen_free(json->chosen);
    for (size_t i = 0; i < json->ids; i++)
        if (json->plans[i]) {
            g_free(json->plans[i]->keys);
            g_free(json->plans[i]);
        }
    g_free(json->plans);
}

FmPrinter *fm_json_printer_new(const FmPrintOptions *options)
{
    Json *json = g_new0(Json, 1);
    json->base = (FmPrinter){ .begin = json_begin, .packet = json_packet, .end = json_end, .clear = json_clear };
    json->options = options;
    json->values = options->format == FM_FORMAT_JSON;
    json->ids = fm_catalog_words(options->catalog) * 64;
    json->plans = g_new0(Plan *, json->ids);
    json->raw = options->hex || !json->values;
    if (options->fields->len)
        json->chosen = fm_chosen_new(options, &json->base);
    else
        json->base.wants_all = true; /* texts have their labels anyway */
    return &json->base;
}
