/* Packets for bulk loading into Elasticsearch, two lines each: -T ek. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/format.h"
#include "output/chosen.h"
#include "output/json_text.h"
#include "output/siblings.h"

typedef struct Item { /* a node among its siblings */
    const FmNode *node;
    struct Item *next;
} Item;

typedef struct Group { /* siblings of one name */
    Item *first, *last;
    struct Group *next;
    const char *key, *name;
    uint16_t entry;
    bool alias;
} Group;

typedef struct Ek {
    FmPrinter base;
    const FmPrintOptions *options;
    FmChosen *chosen;    /* -e; NULL: the whole tree */
    FmArena *arena;      /* of the packet at hand */
    uint16_t *entry_of, *also_of; /* by id: the entry of its name, of its alias; UINT16_MAX: none */
    Group **groups;      /* by entry, while one level is sorted out */
    char **keys;         /* by id: "tcp_tcp_srcport", made when first needed */
    char **also_keys;
    size_t ids;
    FmJsonIndex index;
} Ek;

/* Names that tshark takes for protocols although they stand inside one: their keys have no prefix. Sorted. */
static const char *const inner_protocols[] = {
    "ip.options.cipso", "ip.options.eol", "ip.options.ext_security", "ip.options.mtu_probe", "ip.options.mtu_reply", "ip.options.nop",
    "ip.options.qs", "ip.options.record_route", "ip.options.route", "ip.options.routeralert", "ip.options.sdb", "ip.options.security",
    "ip.options.sid", "ip.options.source_route", "ip.options.timestamp", "ip.options.traceroute", "ipv6.dstopts", "ipv6.fraghdr",
    "ipv6.hopopts", "ipv6.routing", "ipv6.routing.type.crh", "ipv6.routing.type.mipv6", "ipv6.routing.type.rt0", "ipv6.routing.type.srh",
    "tcp.options.acc_ecn", "tcp.options.ao", "tcp.options.cc", "tcp.options.ccecho", "tcp.options.ccnew", "tcp.options.echo",
    "tcp.options.echoreply", "tcp.options.eol", "tcp.options.experimental", "tcp.options.md5", "tcp.options.mss", "tcp.options.nop",
    "tcp.options.qs", "tcp.options.rvbd.probe", "tcp.options.rvbd.trpy", "tcp.options.sack", "tcp.options.sack_perm", "tcp.options.scps",
    "tcp.options.scpscor", "tcp.options.scpsrec", "tcp.options.snack", "tcp.options.tfo", "tcp.options.timestamp", "tcp.options.unknown",
    "tcp.options.user_to", "tcp.options.wscale",
};

static int compare_names(const void *key, const void *name)
{
    return strcmp(key, *(const char *const *)name);
}

static bool is_protocol(const FmField *field, uint16_t id)
{
    return field->type == FM_PROTOCOL || id == FM_ID_EXPERT;
}

/* "proto_proto_field" with underscores for dots. */
static char *make_key(const Ek *ek, uint16_t id, const char *name)
{
    const FmCatalog *catalog = ek->options->catalog;
    const FmField *field = fm_catalog_field(catalog, id);
    const FmProtocol *protocol = fm_catalog_protocol(catalog, id);
    g_autofree char *prefix = protocol && !protocol->part ? g_strdup(protocol->abbrev)
                              : protocol                  ? g_strndup(field->abbrev, strcspn(field->abbrev, "."))
                                                          : g_strdup("_ws.expert");
    bool bare = is_protocol(field, id) ||
                bsearch(name, inner_protocols, G_N_ELEMENTS(inner_protocols), sizeof *inner_protocols, compare_names);
    return g_strdelimit(bare ? g_strdup(name) : g_strconcat(prefix, "_", name, NULL), ".", '_');
}

static const char *key_of(Ek *ek, uint16_t id, bool alias)
{
    const FmField *field = fm_catalog_field(ek->options->catalog, id);
    if (id == FM_ID_TEXT)
        return "text";
    char **key = alias ? &ek->also_keys[id] : &ek->keys[id];
    if (!*key)
        *key = make_key(ek, id, alias ? field->also : field->abbrev);
    return *key;
}

typedef struct Level { /* the groups of one level, in order of appearance */
    Group *first, *last;
} Level;

static void add_to_group(Ek *ek, Level *level, const FmPacket *packet, const FmNode *node, bool alias)
{
    uint16_t entry = node->field == FM_ID_TEXT ? UINT16_MAX : alias ? ek->also_of[node->field] : ek->entry_of[node->field];
    Group **slot = &ek->groups[entry];
    if (!*slot) {
        const FmField *field = fm_node_field(packet, node);
        Group *group = *slot = fm_arena_alloc(ek->arena, sizeof *group);
        *group = (Group){ .key = key_of(ek, node->field, alias), .name = alias ? field->also : field->abbrev, .entry = entry, .alias = alias };
        if (node->field == FM_ID_TEXT)
            group->name = "text";
        if (level->last)
            level->last->next = group;
        else
            level->first = group;
        level->last = group;
    }
    Item *item = fm_arena_alloc(ek->arena, sizeof *item);
    *item = (Item){ node, NULL };
    if ((*slot)->last)
        (*slot)->last->next = item;
    else
        (*slot)->first = item;
    (*slot)->last = item;
}

static void add_nodes(Ek *ek, Level *level, const FmPacket *packet, const FmNode *first, const FmNode *end)
{
    FmSiblings siblings;
    fm_siblings_begin(&siblings, packet, first, end);
    while (fm_siblings_next(&siblings))
        add_to_group(ek, level, packet, siblings.node, siblings.alias);
}

static void put_level(Ek *ek, FmText *out, const FmPacket *packet, Level *level, bool all);

static void put_children(Ek *ek, FmText *out, const FmPacket *packet, const Item *items, bool all, bool comma)
{
    Level level = { 0 };
    for (; items; items = items->next)
        add_nodes(ek, &level, packet, items->node + 1, fm_node_after(packet, items->node));
    if (level.first && comma)
        fm_text_char(out, ',');
    put_level(ek, out, packet, &level, all);
}

static void put_filtered(FmText *out, const char *name)
{
    fm_text_literal(out, "{\"filtered\":\"");
    fm_text_put(out, name);
    fm_text_literal(out, "\"}");
}

static void put_iso_time(FmText *out, FmTime time)
{
    GDateTime *date = g_date_time_new_from_unix_utc(time / FM_SECOND);
    if (!date) {
        fm_text_literal(out, "null");
        return;
    }
    fm_text_printf(out, "\"%04d-%02d-%02dT%02d:%02d:%02d.%09uZ\"", g_date_time_get_year(date), g_date_time_get_month(date),
                   g_date_time_get_day_of_month(date), g_date_time_get_hour(date), g_date_time_get_minute(date),
                   g_date_time_get_second(date), (unsigned)(time % FM_SECOND));
    g_date_time_unref(date);
}

static void put_value(FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    if (node->field == FM_ID_TEXT) {
        g_auto(FmText) label = { 0 };
        fm_format_label(&label, packet, node);
        fm_json_string(out, label.data, label.size);
    } else if (field->type == FM_NONE || field->type == FM_EXPERT) {
        fm_text_literal(out, "null");
    } else if (fm_type_is_bool(field->type)) {
        fm_text_put(out, node->value ? "true" : "false");
    } else if (field->type == FM_ABSOLUTE_TIME) {
        put_iso_time(out, fm_format_time_of(field, node->value));
    } else {
        fm_json_value(out, packet, node);
    }
}

static void put_one(Ek *ek, FmText *out, const FmPacket *packet, const Group *group, const FmNode *node, bool kept, bool all)
{
    if (!kept) {
        put_filtered(out, group->name);
    } else if (is_protocol(fm_node_field(packet, node), node->field)) {
        Item item = { node, NULL };
        fm_text_char(out, '{');
        put_children(ek, out, packet, &item, all || ek->options->keep_children, false);
        fm_text_char(out, '}');
    } else {
        put_value(out, packet, node);
    }
}

static void put_raw(FmText *out, const FmPacket *packet, const Group *group)
{
    if (group->first->node->field == FM_ID_TEXT || !group->first->node->length)
        return;
    fm_text_char(out, '"');
    fm_text_put(out, group->key);
    fm_text_literal(out, "_raw\":");
    if (group->first != group->last)
        fm_text_char(out, '[');
    for (const Item *item = group->first; item; item = item->next) {
        fm_text_char(out, '"');
        fm_json_raw_hex(out, packet, item->node);
        fm_text_put(out, item->next ? "\"," : "\"");
    }
    if (group->first != group->last)
        fm_text_char(out, ']');
    fm_text_char(out, ',');
}

static void put_group(Ek *ek, FmText *out, const FmPacket *packet, const Group *group, bool all)
{
    bool kept = all || !ek->options->keep || g_hash_table_contains(ek->options->keep, group->name);
    bool protocol = is_protocol(fm_node_field(packet, group->first->node), group->first->node->field);
    if (ek->options->hex && kept)
        put_raw(out, packet, group);
    fm_text_char(out, '"');
    fm_text_put(out, group->key);
    fm_text_literal(out, "\":");
    if (group->first != group->last)
        fm_text_char(out, '[');
    for (const Item *item = group->first; item; item = item->next) {
        put_one(ek, out, packet, group, item->node, kept, all);
        if (item->next)
            fm_text_char(out, ',');
    }
    if (group->first != group->last)
        fm_text_char(out, ']');
    if (kept && !protocol && !group->alias)
        put_children(ek, out, packet, group->first, all || ek->options->keep_children, true);
}

static void put_level(Ek *ek, FmText *out, const FmPacket *packet, Level *level, bool all)
{
    for (const Group *group = level->first; group; group = group->next)
        ek->groups[group->entry] = NULL; /* the levels below use the same slots */
    for (const Group *group = level->first; group; group = group->next) {
        put_group(ek, out, packet, group, all);
        if (group->next)
            fm_text_char(out, ',');
    }
}

static void put_chosen(Ek *ek, FmText *out, const FmPacket *packet)
{
    size_t count;
    const FmCell *cells = fm_chosen_collect(ek->chosen, packet, &count);
    bool some = false;
    for (size_t i = 0; i < count; i++) {
        if (!fm_cell_filled(&cells[i]))
            continue;
        if (some)
            fm_text_char(out, ',');
        some = true;
        g_autofree char *key = g_strdelimit(g_strdup(cells[i].name), ".", '_');
        fm_json_string(out, key, strlen(key));
        fm_text_literal(out, ":[");
        for (uint32_t n = 0; n < fm_cell_values(&cells[i]); n++) {
            if (n)
                fm_text_char(out, ',');
            fm_json_cell(out, ek->options, packet, &cells[i], n);
        }
        fm_text_char(out, ']');
    }
}

static void ek_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    Ek *ek = (Ek *)printer;
    FmTime time = packet->frame->time == FM_TIME_NONE ? 0 : packet->frame->time;
    fm_text_literal(out, "{\"index\":{\"_index\":");
    fm_json_index(out, &ek->index, packet->frame->time);
    fm_text_literal(out, ",\"_type\":\"doc\"}}\n{\"timestamp\":\"");
    fm_text_int(out, time / FM_MILLISECOND);
    fm_text_literal(out, "\",\"layers\":{");
    if (ek->chosen) {
        put_chosen(ek, out, packet);
    } else {
        Level level = { 0 };
        fm_arena_reset(ek->arena);
        add_nodes(ek, &level, packet, packet->nodes, packet->nodes + packet->node_count);
        put_level(ek, out, packet, &level, false);
    }
    fm_text_literal(out, "}}\n");
}

static void ek_clear(FmPrinter *printer)
{
    Ek *ek = (Ek *)printer;
    fm_chosen_free(ek->chosen);
    fm_arena_free(ek->arena);
    for (size_t i = 0; ek->keys && i < ek->ids; i++) {
        g_free(ek->keys[i]);
        g_free(ek->also_keys[i]);
    }
    g_free(ek->keys);
    g_free(ek->also_keys);
    g_free(ek->entry_of);
    g_free(ek->also_of);
    g_free(ek->groups);
}

static void index_names(Ek *ek, const FmCatalog *catalog)
{
    size_t count;
    const FmEntry *entries = fm_catalog_entries(catalog, &count);
    ek->ids = fm_catalog_words(catalog) * 64;
    ek->entry_of = g_new0(uint16_t, ek->ids);
    ek->also_of = g_new0(uint16_t, ek->ids);
    ek->groups = g_new0(Group *, UINT16_MAX + 1);
    ek->keys = g_new0(char *, ek->ids);
    ek->also_keys = g_new0(char *, ek->ids);
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < entries[i].id_count; n++) {
            uint16_t id = entries[i].ids[n];
            bool own = strcmp(fm_catalog_field(catalog, id)->abbrev, entries[i].name) == 0;
            (own ? ek->entry_of : ek->also_of)[id] = (uint16_t)i;
        }
}

FmPrinter *fm_ek_printer_new(const FmPrintOptions *options)
{
    Ek *ek = g_new0(Ek, 1);
    ek->base = (FmPrinter){ .packet = ek_packet, .clear = ek_clear };
    ek->options = options;
    if (options->fields->len) {
        ek->chosen = fm_chosen_new(options, &ek->base);
    } else {
        ek->arena = fm_arena_new(64 * 1024);
        index_names(ek, options->catalog);
        ek->base.wants_all = true; /* texts have their labels anyway */
    }
    return &ek->base;
}
