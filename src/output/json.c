/* The tree of a packet as JSON: -T json, -T jsonraw.
 *
 * Members that come again together, with all below them, are copied together. */
#include "config.h"

#include <string.h>

#include "model/format.h"
#include "output/chosen.h"
#include "output/json_text.h"
#include "output/printer.h"
#include "output/runs.h"
#include "output/siblings.h"

#define SEEN 4 /* values kept of a field */

typedef struct Key { /* new line, indent, "name": */
    char *text;
    size_t size;
} Key;

typedef struct Plan {  /* what is the same for every node of a field */
    const char *alias; /* NULL: none */
    bool text, valued, string, number, time;
    FmBase base;
    unsigned level;    /* that the keys are indented for */
    Key key, tree_key, alias_key;
    bool met[SEEN];
    uint64_t seen[SEEN];
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
    FmJsonIndex index;
    FmClock clock;
    FmRuns runs;
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

static void make_key(Key *key, unsigned level, const char *name, const char *end)
{
    FmText text = { 0 };
    new_line(&text, level);
    if (name)
        fm_text_printf(&text, "\"%s%s\": ", name, end);
    g_free(key->text);
    key->text = text.data;
    key->size = text.size;
}

static void make_keys(Plan *plan, const FmField *field, unsigned level)
{
    plan->level = level;
    make_key(&plan->key, level, plan->text ? NULL : field->abbrev, "");
    make_key(&plan->tree_key, level, plan->text ? NULL : field->abbrev, plan->valued ? "_tree" : "");
    if (plan->alias)
        make_key(&plan->alias_key, level, plan->alias, "");
}

static inline Plan *plan_of(Json *json, const FmPacket *packet, const FmNode *node, unsigned level)
{
    Plan *plan = json->plans[node->field];
    if (G_LIKELY(plan && plan->level == level))
        return plan;
    const FmField *field = fm_node_field(packet, node);
    if (!plan) {
        plan = json->plans[node->field] = g_new0(Plan, 1);
        plan->alias = field->also;
        plan->text = is_text(node);
        plan->valued = has_value(field);
        plan->time = field->type == FM_ABSOLUTE_TIME;
        plan->base = field->base;
        plan->string = fm_type_is_string(field->type);
        plan->number = plan->valued && !fm_type_is_bytes(field->type);
    }
    make_keys(plan, field, level);
    return plan;
}

/* Begins a member: comma, new line, key. */
static inline void begin_member(FmText *out, bool first, const Key *key)
{
    if (!first)
        fm_text_char(out, ',');
    fm_text_add(out, key->text, key->size);
}

static inline void put_plain_value(Json *json, FmText *out, const FmPacket *packet, const FmNode *node, const Plan *plan)
{
    if (plan->string) {
        fm_json_value(out, packet, node);
        return;
    }
    fm_text_char(out, '"');
    if (plan->time)
        fm_format_clock(out, &json->clock, (FmTime)node->value, plan->base);
    else if (plan->valued)
        fm_format_value(out, packet, node, false);
    fm_text_char(out, '"');
}

/* Is this what the field had lately? Then it may be so again. */
static inline bool is_steady(Plan *plan, const FmPacket *packet, const FmNode *node)
{
    if (node->label && !packet->labels[node->label - 1].constant)
        return false;
    if (!plan->number)
        return !plan->valued;
    size_t i = node->value * UINT64_C(0x9e3779b97f4a7c15) >> 62;
    bool steady = plan->met[i] && plan->seen[i] == node->value;
    plan->met[i] = true;
    plan->seen[i] = node->value;
    return steady;
}

static bool put_plain_object(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level,
                             bool all);

/* Name and value, name and tree. True if all of it was steady. */
static bool put_plain_member(Json *json, FmText *out, const FmPacket *packet, const FmNode *node, const FmNode *after, unsigned level,
                             bool none, bool all)
{
    Plan *plan = plan_of(json, packet, node, level);
    bool parent = after > node + 1, steady = is_steady(plan, packet, node) && !(node->flags & FM_NODE_BLOB) && !json->runs.loose[node->field];
    if (plan->text) {
        Entry entry = { node, name_of(packet, node), parent ? TREE : VALUE };
        begin_member(out, none, &plan->key);
        put_key(json, out, &entry, packet);
        if (!parent)
            fm_json_value(out, packet, node);
    } else {
        if (plan->valued || !parent) {
            begin_member(out, none, &plan->key);
            put_plain_value(json, out, packet, node, plan);
        }
        if (parent)
            begin_member(out, none && !plan->valued, &plan->tree_key);
    }
    if (!parent)
        return steady;
    if (is_kept(json, packet, node, all))
        return put_plain_object(json, out, packet, node + 1, after, level, all || json->options->keep_children) && steady;
    Entry entry = { node, name_of(packet, node), TREE };
    put_tree(json, out, packet, &entry, level, all);
    return steady;
}

typedef struct Building { /* a run that may be kept: its first node, NULL: none, and where its text begins */
    const FmNode *first;
    size_t start;
} Building;

/* The run ended before `node`, whose member begins at `end`. */
static void end_run(Json *json, Building *run, const FmText *out, size_t end, const FmPacket *packet, const FmNode *node)
{
    if (run->first)
        fm_runs_keep(&json->runs, packet, run->first, (size_t)(node - run->first), out->data + run->start, end - run->start);
    run->first = NULL;
}

/* What is copied goes up to the next sibling; nothing below it may be left. */
static inline const FmRun *find_run(Json *json, const FmPacket *packet, const FmNode *node, const FmNode *end)
{
    const FmRun *run = json->options->keep ? NULL : fm_runs_find(&json->runs, packet, node, end);
    return run && (node + run->count == end || node[run->count].depth <= node->depth) ? run : NULL;
}

/* Members without raw values, each key as often as it comes: what is printed most. True if all values are steady. */
static bool put_plain_members(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level,
                              bool all)
{
    bool none = true, steady = true;
    Building building = { 0 };
    FmSiblings siblings;
    fm_siblings_begin(&siblings, packet, first, end);
    for (; fm_siblings_next(&siblings); none = false) {
        const FmNode *node = siblings.node;
        if (siblings.alias) {
            Plan *plan = plan_of(json, packet, node, level);
            begin_member(out, none, &plan->alias_key);
            put_plain_value(json, out, packet, node, plan);
            continue;
        }
        const FmRun *known = siblings.run ? NULL : find_run(json, packet, node, end);
        if (known) {
            end_run(json, &building, out, out->size, packet, node);
            if (!none)
                fm_text_char(out, ',');
            fm_text_add(out, known->text, known->size);
            siblings.after = node + known->count;
            continue;
        }
        size_t start = out->size;
        bool same = put_plain_member(json, out, packet, node, siblings.after, level, none, all);
        steady = steady && same;
        if (!same || siblings.run)
            end_run(json, &building, out, start, packet, node);
        else if (!building.first)
            building = (Building){ node, start + !none };
    }
    end_run(json, &building, out, out->size, packet, end);
    return steady;
}

static bool put_plain_object(Json *json, FmText *out, const FmPacket *packet, const FmNode *first, const FmNode *end, unsigned level,
                             bool all)
{
    fm_text_char(out, '{');
    size_t start = out->size;
    bool steady = put_plain_members(json, out, packet, first, end, level + 1, all);
    if (out->size > start)
        new_line(out, level);
    fm_text_char(out, '}');
    return steady;
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
    if (!json->raw && !json->options->merge_keys) {
        put_plain_object(json, out, packet, first, end, level, all);
        return;
    }
    fm_text_char(out, '{');
    size_t start = out->size;
    if (json->options->merge_keys)
        put_merged(json, out, packet, first, end, level, all);
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
    fm_json_index(out, &json->index, packet->frame->time);
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
            g_free(json->plans[i]->key.text);
            g_free(json->plans[i]->tree_key.text);
            g_free(json->plans[i]->alias_key.text);
            g_free(json->plans[i]);
        }
    g_free(json->plans);
    fm_runs_clear(&json->runs);
}

FmPrinter *fm_json_printer_new(const FmPrintOptions *options)
{
    Json *json = g_new0(Json, 1);
    json->base = (FmPrinter){ .begin = json_begin, .packet = json_packet, .end = json_end, .clear = json_clear };
    json->options = options;
    json->values = options->format == FM_FORMAT_JSON;
    json->ids = fm_catalog_words(options->catalog) * 64;
    json->plans = g_new0(Plan *, json->ids);
    fm_runs_init(&json->runs, json->ids);
    json->raw = options->hex || !json->values;
    if (options->fields->len)
        json->chosen = fm_chosen_new(options, &json->base);
    else
        json->base.wants_all = true; /* texts have their labels anyway */
    return &json->base;
}
