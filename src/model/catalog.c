/* All protocols and fields of a run, with ids. */
#include "config.h"

#include "model/catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/schema.h"
#include "model/vendors.h"

typedef struct Port { /* number → protocol for tables with few entries: open addressing */
    uint32_t number;
    uint16_t protocol;
    bool used;
} Port;

struct FmCatalog {
    FmCatalogIndex index; /* first: the header's functions look there */
    uint16_t *owners;     /* protocol number by id / 64 */
    FmEntry *entries; /* sorted by name */
    size_t entry_count;
    GHashTable *by_name;     /* name → FmEntry */
    GHashTable *bound_names; /* key of a bound name → protocol number */
    Port *numbers[FM_TABLES];
    size_t number_room[FM_TABLES], number_used[FM_TABLES];
    uint16_t *probes[FM_TABLES];
    size_t probe_count[FM_TABLES];
    FmVendors *vendors;
    FmSchema *schema; /* NULL: none */
};

static const char *const table_names[FM_TABLES] = {
    [FM_LINK_TYPE] = "wtap_encap", [FM_ETHERTYPE] = "ethertype", [FM_IP_PROTO] = "ip.proto", [FM_TCP_PORT] = "tcp.port",
    [FM_UDP_PORT] = "udp.port", [FM_SCTP_PORT] = "sctp.port", [FM_SCTP_PPI] = "sctp.ppi",
    [FM_LLC_DSAP] = "llc.dsap", [FM_LLC_PID] = "llc.pid",
    [FM_PPP_PROTOCOL] = "ppp.protocol", [FM_GRE_PROTO] = "gre.proto", [FM_NULL_TYPE] = "null.type", [FM_SLL_TYPE] = "sll.ltype",
    [FM_ARP_HARDWARE] = "arp.hw.type", [FM_TLS_PORT] = "tls.port", [FM_DTLS_PORT] = "dtls.port", [FM_CONTENT] = "content",
};

static const FmName severities[] = {
    { FM_COMMENT, 0, "Comment" }, { FM_CHAT, 0, "Chat" }, { FM_NOTE, 0, "Note" }, { FM_WARN, 0, "Warning" }, { FM_ERROR, 0, "Error" }, { 0 },
};

static const FmName groups[] = {
    { FM_GROUP_CHECKSUM, 0, "Checksum" }, { FM_GROUP_SEQUENCE, 0, "Sequence" }, { FM_GROUP_RESPONSE, 0, "Response" },
    { FM_GROUP_REQUEST, 0, "Request" }, { FM_GROUP_UNDECODED, 0, "Undecoded" }, { FM_GROUP_REASSEMBLE, 0, "Reassemble" },
    { FM_GROUP_MALFORMED, 0, "Malformed" }, { FM_GROUP_DEBUG, 0, "Debug" }, { FM_GROUP_PROTOCOL, 0, "Protocol" },
    { FM_GROUP_SECURITY, 0, "Security" }, { FM_GROUP_COMMENTS, 0, "Comment" }, { FM_GROUP_DECRYPTION, 0, "Decryption" },
    { FM_GROUP_ASSUMPTION, 0, "Assumption" }, { FM_GROUP_DEPRECATED, 0, "Deprecated" }, { FM_GROUP_RECEIVE, 0, "Receive" },
    { FM_GROUP_INTERFACE, 0, "Interface" }, { 0 },
};

/* The ids below FM_ID_STEP. */
static const FmField own_fields[FM_ID_STEP] = {
    [FM_ID_TEXT] = { "_ws.label", "Text", FM_NONE },
    [FM_ID_MALFORMED] = { "_ws.malformed", "Malformed Packet", FM_PROTOCOL },
    [FM_ID_SHORT] = { "_ws.short", "Packet size limited during capture", FM_PROTOCOL },
    [FM_ID_UNREASSEMBLED] = { "_ws.unreassembled", "Unreassembled Fragmented Packet", FM_PROTOCOL },
    [FM_ID_EXPERT] = { "_ws.expert", "Expert Info", FM_NONE },
    [FM_ID_EXPERT_MESSAGE] = { "_ws.expert.message", "Message", FM_STRING, .hidden = true },
    [FM_ID_EXPERT_SEVERITY] = { "_ws.expert.severity", "Severity level", FM_UINT32, FM_BASE_NONE, .names = severities, .generated = true },
    [FM_ID_EXPERT_GROUP] = { "_ws.expert.group", "Group", FM_UINT32, FM_BASE_NONE, .names = groups, .generated = true },
    [FM_ID_MALFORMED_EXPERT] = { "_ws.malformed.expert", "Malformed Packet (Exception occurred)", FM_EXPERT, .severity = FM_ERROR,
                                 .group = FM_GROUP_MALFORMED },
    [FM_ID_COLUMN_FIRST] = { "_ws.col.No.", "Number", FM_STRING },
    [FM_ID_COLUMN_FIRST + 1] = { "_ws.col.Time", "Time", FM_STRING },
    [FM_ID_COLUMN_FIRST + 2] = { "_ws.col.Source", "Source", FM_STRING },
    [FM_ID_COLUMN_FIRST + 3] = { "_ws.col.Destination", "Destination", FM_STRING },
    [FM_ID_COLUMN_FIRST + 4] = { "_ws.col.Protocol", "Protocol", FM_STRING },
    [FM_ID_COLUMN_FIRST + 5] = { "_ws.col.Length", "Length", FM_STRING },
    [FM_ID_COLUMN_FIRST + 6] = { "_ws.col.Info", "Info", FM_STRING },
    [FM_ID_COLUMN_FIRST + 7] = { "_ws.col.number", "Number", FM_STRING },
    [FM_ID_COLUMN_FIRST + 8] = { "_ws.col.time", "Time", FM_STRING },
    [FM_ID_COLUMN_FIRST + 9] = { "_ws.col.def_src", "Source", FM_STRING },
    [FM_ID_COLUMN_FIRST + 10] = { "_ws.col.def_dst", "Destination", FM_STRING },
    [FM_ID_COLUMN_FIRST + 11] = { "_ws.col.protocol", "Protocol", FM_STRING },
    [FM_ID_COLUMN_FIRST + 12] = { "_ws.col.length", "Length", FM_STRING },
    [FM_ID_COLUMN_FIRST + 13] = { "_ws.col.info", "Info", FM_STRING },
};

const char *fm_name(const FmName *names, uint64_t value)
{
    if (!names)
        return NULL;
    for (; names->text; names++)
        if (names->value == value || (names->last && value >= names->value && value <= names->last))
            return names->text;
    return NULL;
}

/* ---- building ---- */

typedef struct Pair { /* one (name, id) before sorting */
    const char *name;
    uint16_t id;
    bool alias;
} Pair;

static int compare_pairs(const void *a, const void *b)
{
    const Pair *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (int)x->id - (int)y->id;
}

static void index_names(FmCatalog *catalog)
{
    size_t room = 0, n = 0;
    for (size_t id = 0; id < catalog->index.id_count; id++)
        room += catalog->index.fields[id] ? 2 : 0;
    Pair *pairs = g_new(Pair, room ? room : 1);
    for (size_t id = 0; id < catalog->index.id_count; id++) {
        const FmField *f = catalog->index.fields[id];
        if (!f || id == FM_ID_TEXT)
            continue;
        pairs[n++] = (Pair){ f->abbrev, (uint16_t)id, false };
        if (f->also)
            pairs[n++] = (Pair){ f->also, (uint16_t)id, true };
    }
    qsort(pairs, n, sizeof *pairs, compare_pairs);
    catalog->entries = g_new0(FmEntry, n ? n : 1);
    uint16_t *ids = g_new(uint16_t, n ? n : 1); /* freed with entries[0].ids */
    for (size_t i = 0; i < n;) {
        FmEntry *e = &catalog->entries[catalog->entry_count++];
        *e = (FmEntry){ .name = pairs[i].name, .ids = ids, .alias = true };
        for (; i < n && strcmp(pairs[i].name, e->name) == 0; i++) {
            if (!e->field || (e->alias && !pairs[i].alias))
                e->field = catalog->index.fields[pairs[i].id];
            e->alias = e->alias && pairs[i].alias;
            *ids++ = pairs[i].id;
            e->id_count++;
        }
        g_hash_table_insert(catalog->by_name, (gpointer)(uintptr_t)e->name, e);
    }
    g_free(pairs);
}

static bool is_port_table(FmTable table)
{
    return table == FM_TCP_PORT || table == FM_UDP_PORT || table == FM_SCTP_PORT || table == FM_ETHERTYPE || table == FM_PPP_PROTOCOL ||
           table == FM_GRE_PROTO || table == FM_IP_PROTO || table == FM_CONTENT || table == FM_LINK_TYPE;
}

static Port *find_number(const FmCatalog *catalog, FmTable table, uint32_t number)
{
    size_t room = catalog->number_room[table];
    if (!room)
        return NULL;
    size_t at = number * UINT32_C(2654435761) & (room - 1);
    while (catalog->numbers[table][at].used && catalog->numbers[table][at].number != number)
        at = (at + 1) & (room - 1);
    return &catalog->numbers[table][at];
}

void fm_catalog_bind(FmCatalog *catalog, FmTable table, uint32_t number, unsigned protocol)
{
    g_return_if_fail(table > FM_NO_TABLE && table < FM_TABLES);
    if (is_port_table(table) && number <= 65535) {
        if (!catalog->index.ports[table])
            catalog->index.ports[table] = g_new0(uint16_t, 65536);
        catalog->index.ports[table][number] = (uint16_t)protocol;
        return;
    }
    if ((catalog->number_used[table] + 1) * 2 > catalog->number_room[table]) {
        Port *old = catalog->numbers[table];
        size_t old_room = catalog->number_room[table];
        catalog->number_room[table] = old_room ? old_room * 2 : 16;
        catalog->numbers[table] = g_new0(Port, catalog->number_room[table]);
        for (size_t i = 0; i < old_room; i++)
            if (old[i].used)
                *find_number(catalog, table, old[i].number) = old[i];
        g_free(old);
    }
    Port *port = find_number(catalog, table, number);
    catalog->number_used[table] += !port->used;
    *port = (Port){ .number = number, .protocol = (uint16_t)protocol, .used = true };
}

static bool bind_all(FmCatalog *catalog, unsigned number, GError **error)
{
    const FmProtocol *p = catalog->index.items[number].protocol;
    for (const FmBinding *b = p->bindings; b && b->table != FM_NO_TABLE; b++) {
        unsigned there = fm_catalog_bound(catalog, b->table, b->number);
        if (there && there != number) {
            g_set_error(error, FM_MODEL_ERROR, FM_MODEL_ERROR_CATALOG, "%s and %s are both bound to %s %u",
                        catalog->index.items[there].protocol->abbrev, p->abbrev, table_names[b->table], b->number);
            return false;
        }
        fm_catalog_bind(catalog, b->table, b->number, number);
    }
    return true;
}

#define NAME_ROOM 128

/* Key of a bound name: its table, then the name in lower case. False if it is too long to be one. */
static bool name_key(char key[NAME_ROOM], FmNameTable table, FmSlice name)
{
    if (!name.size || name.size > NAME_ROOM - 2)
        return false;
    key[0] = (char)('0' + table);
    for (size_t i = 0; i < name.size; i++)
        key[1 + i] = g_ascii_tolower((char)name.data[i]);
    key[1 + name.size] = '\0';
    return !memchr(name.data, 0, name.size);
}

static bool bind_names(FmCatalog *catalog, unsigned number, GError **error)
{
    const FmProtocol *p = catalog->index.items[number].protocol;
    for (const FmNameBinding *b = p->names; b && b->table != FM_NO_NAME_TABLE; b++) {
        char key[NAME_ROOM];
        if (!name_key(key, b->table, (FmSlice){ (const uint8_t *)b->name, strlen(b->name) }) || g_hash_table_contains(catalog->bound_names, key)) {
            g_set_error(error, FM_MODEL_ERROR, FM_MODEL_ERROR_CATALOG, "%s cannot be bound to %s", p->abbrev, b->name);
            return false;
        }
        g_hash_table_insert(catalog->bound_names, g_strdup(key), GUINT_TO_POINTER(number));
    }
    return true;
}

static void add_item(FmCatalog *catalog, unsigned number, const FmProtocol *p)
{
    FmCatalogItem *item = &catalog->index.items[number];
    item->protocol = p;
    item->preferences = g_new0(FmPreferenceValue, p->preference_count ? p->preference_count : 1);
    for (size_t i = 0; i < p->preference_count; i++)
        item->preferences[i] = (FmPreferenceValue){ &p->preferences[i], p->preferences[i].value, g_strdup(p->preferences[i].text) };
    FmCatalogPlace *place = (FmCatalogPlace *)(uintptr_t)fm_catalog_place(catalog, p);
    *place = (FmCatalogPlace){ p, (uint16_t)number, item->base };
}

static void add_field(FmCatalog *catalog, size_t id, const FmField *field)
{
    catalog->index.fields[id] = field;
    if (field->also)
        catalog->index.aliased[id / 64] |= UINT64_C(1) << id % 64;
}

static void add_probe(FmCatalog *catalog, FmTable table, unsigned number)
{
    catalog->probes[table] = g_renew(uint16_t, catalog->probes[table], catalog->probe_count[table] + 1);
    catalog->probes[table][catalog->probe_count[table]++] = (uint16_t)number;
}

FmCatalog *fm_catalog_new(const FmProtocol *const *protocols, size_t count, GError **error)
{
    g_autoptr(FmCatalog) catalog = g_new0(FmCatalog, 1);
    catalog->vendors = fm_vendors_new();
    catalog->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    catalog->bound_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t places = 64;
    while (places < count * 4)
        places *= 2;
    catalog->index.places = g_new0(FmCatalogPlace, places);
    catalog->index.place_mask = places - 1;
    catalog->index.items = g_new0(FmCatalogItem, count + 1);
    catalog->index.count = count;

    size_t ids = FM_ID_STEP;
    for (size_t i = 0; i < count; i++) {
        if (ids + protocols[i]->field_count > UINT16_MAX) {
            g_set_error(error, FM_MODEL_ERROR, FM_MODEL_ERROR_CATALOG, "too many fields: %s does not fit", protocols[i]->abbrev);
            return NULL;
        }
        catalog->index.items[i + 1].base = (uint16_t)ids;
        add_item(catalog, (unsigned)i + 1, protocols[i]);
        ids += (MAX(protocols[i]->field_count, 1) + FM_ID_STEP - 1) / FM_ID_STEP * FM_ID_STEP;
    }
    catalog->index.id_count = ids;
    catalog->index.fields = g_new0(const FmField *, ids);
    catalog->owners = g_new0(uint16_t, ids / FM_ID_STEP);
    catalog->index.aliased = g_new0(uint64_t, ids / FM_ID_STEP);
    for (size_t i = 0; i < FM_ID_STEP; i++)
        if (own_fields[i].abbrev)
            catalog->index.fields[i] = &own_fields[i];
    for (size_t n = 1; n <= count; n++) {
        const FmProtocol *p = catalog->index.items[n].protocol;
        for (size_t i = 0; i < p->field_count; i++)
            if (p->fields[i].abbrev)
                add_field(catalog, catalog->index.items[n].base + i, &p->fields[i]);
        size_t end = catalog->index.items[n].base + MAX(p->field_count, 1);
        for (size_t word = catalog->index.items[n].base / FM_ID_STEP; word * FM_ID_STEP < end; word++)
            catalog->owners[word] = (uint16_t)n;
    }
    for (unsigned n = 1; n <= count; n++) {
        const FmProtocol *p = catalog->index.items[n].protocol;
        if (!p->part && fm_catalog_protocol_named(catalog, p->abbrev) != n) {
            g_set_error(error, FM_MODEL_ERROR, FM_MODEL_ERROR_CATALOG, "two protocols are named %s", p->abbrev);
            return NULL;
        }
        if (!bind_all(catalog, n, error) || !bind_names(catalog, n, error))
            return NULL;
        if (p->probe)
            add_probe(catalog, p->probe_on, n);
        if (p->probe && p->probe_also)
            add_probe(catalog, p->probe_also, n);
    }
    index_names(catalog);
    return g_steal_pointer(&catalog);
}

void fm_catalog_free(FmCatalog *catalog)
{
    if (!catalog)
        return;
    for (size_t n = 1; n <= catalog->index.count; n++) {
        FmCatalogItem *item = &catalog->index.items[n];
        for (size_t i = 0; item->protocol && i < item->protocol->preference_count; i++)
            g_free(item->preferences[i].text);
        g_free(item->preferences);
    }
    for (unsigned t = 0; t < FM_TABLES; t++) {
        g_free(catalog->index.ports[t]);
        g_free(catalog->numbers[t]);
        g_free(catalog->probes[t]);
    }
    if (catalog->entry_count)
        g_free((gpointer)(uintptr_t)catalog->entries[0].ids);
    g_free(catalog->entries);
    g_free(catalog->index.items);
    g_free(catalog->index.fields);
    g_free(catalog->owners);
    g_free(catalog->index.aliased);
    g_hash_table_unref(catalog->by_name);
    g_hash_table_unref(catalog->bound_names);
    g_free(catalog->index.places);
    fm_vendors_free(catalog->vendors);
    fm_schema_free(catalog->schema);
    g_free(catalog);
}

/* ---- looking up ---- */

const FmEntry *fm_catalog_find(const FmCatalog *catalog, const char *name)
{
    return g_hash_table_lookup(catalog->by_name, name);
}

const FmEntry *fm_catalog_entries(const FmCatalog *catalog, size_t *count)
{
    *count = catalog->entry_count;
    return catalog->entries;
}

const char *fm_catalog_suggest(const FmCatalog *catalog, const char *name)
{
    const char *best = NULL;
    unsigned best_distance = strlen(name) < 5 ? 2 : 4;
    for (size_t i = 0; i < catalog->entry_count; i++) {
        unsigned d = fm_text_distance(name, catalog->entries[i].name, best_distance);
        if (d < best_distance) {
            best_distance = d;
            best = catalog->entries[i].name;
        }
    }
    return best;
}

const FmProtocol *fm_catalog_protocol(const FmCatalog *catalog, uint16_t id)
{
    if (id >= catalog->index.id_count || id < FM_ID_STEP)
        return NULL;
    return catalog->index.items[catalog->owners[id / FM_ID_STEP]].protocol;
}

size_t fm_catalog_protocol_count(const FmCatalog *catalog)
{
    return catalog->index.count;
}

const char *fm_catalog_vendor(const FmCatalog *catalog, uint32_t oui)
{
    return fm_vendors_find(catalog->vendors, oui);
}

unsigned fm_catalog_protocol_named(const FmCatalog *catalog, const char *abbrev)
{
    for (unsigned n = 1; n <= catalog->index.count; n++) {
        const FmProtocol *p = catalog->index.items[n].protocol;
        if (!p->part && strcmp(p->abbrev, abbrev) == 0)
            return n;
    }
    return 0;
}

unsigned fm_catalog_bound_number(const FmCatalog *catalog, FmTable table, uint32_t number)
{
    const Port *port = find_number(catalog, table, number);
    return port && port->used ? port->protocol : 0;
}

unsigned fm_catalog_bound_name(const FmCatalog *catalog, FmNameTable table, FmSlice name)
{
    char key[NAME_ROOM];
    return name_key(key, table, name) ? GPOINTER_TO_UINT(g_hash_table_lookup(catalog->bound_names, key)) : 0;
}

const uint16_t *fm_catalog_probes(const FmCatalog *catalog, FmTable table, size_t *count)
{
    *count = catalog->probe_count[table];
    return catalog->probes[table];
}

const char *fm_table_name(FmTable table)
{
    return table < FM_TABLES ? table_names[table] : NULL;
}

FmTable fm_table_named(const char *name)
{
    for (unsigned t = FM_NO_TABLE + 1; t < FM_TABLES; t++)
        if (table_names[t] && strcmp(table_names[t], name) == 0)
            return (FmTable)t;
    return FM_NO_TABLE;
}

/* ---- preferences ---- */

static bool parse_value(const FmPreference *declared, const char *value, uint64_t *number)
{
    char *end;
    switch (declared->type) {
    case FM_PREF_BOOL:
        *number = g_ascii_strcasecmp(value, "TRUE") == 0;
        return *number || g_ascii_strcasecmp(value, "FALSE") == 0;
    case FM_PREF_UINT:
        errno = 0;
        *number = g_ascii_strtoull(value, &end, 0);
        return end != value && *end == '\0' && errno == 0 && *value != '-';
    case FM_PREF_ENUM:
        for (*number = 0; declared->choices[*number]; ++*number)
            if (g_ascii_strcasecmp(declared->choices[*number], value) == 0)
                return true;
        return false;
    case FM_PREF_STRING: return true;
    }
    return false;
}

bool fm_catalog_set(FmCatalog *catalog, const char *name, const char *value, GError **error)
{
    const char *close = NULL;
    unsigned close_distance = 5;
    for (size_t n = 1; n <= catalog->index.count; n++) {
        FmCatalogItem *item = &catalog->index.items[n];
        for (size_t i = 0; i < item->protocol->preference_count; i++) {
            FmPreferenceValue *p = &item->preferences[i];
            if (strcmp(p->declared->name, name) != 0) {
                unsigned d = fm_text_distance(name, p->declared->name, close_distance);
                if (d < close_distance) {
                    close_distance = d;
                    close = p->declared->name;
                }
                continue;
            }
            uint64_t number = p->value;
            if (!parse_value(p->declared, value, &number)) {
                g_set_error(error, FM_MODEL_ERROR, FM_MODEL_ERROR_PREFERENCE, "preference %s cannot be \"%s\"", name, value);
                return false;
            }
            p->value = number;
            if (p->declared->type == FM_PREF_STRING) {
                g_free(p->text);
                p->text = g_strdup(value);
            }
            return true;
        }
    }
    g_set_error(error, FM_MODEL_ERROR, FM_MODEL_ERROR_PREFERENCE, close ? "no preference is named %s; did you mean %s?" : "no preference is named %s",
                name, close);
    return false;
}

void fm_catalog_disable(FmCatalog *catalog, unsigned protocol, bool off)
{
    catalog->index.items[protocol].disabled = off;
}

size_t fm_catalog_words(const FmCatalog *catalog)
{
    return catalog->index.id_count / 64;
}

void fm_catalog_take_schema(FmCatalog *catalog, FmSchema *schema)
{
    fm_schema_free(catalog->schema);
    catalog->schema = schema;
}

const FmSchema *fm_catalog_schema(const FmCatalog *catalog)
{
    return catalog->schema;
}
