/* All protocols and fields of a run, with ids. Immutable once built, shared by engines and threads. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/protocol.h"
#include "model/schema.h"

typedef struct FmCatalog FmCatalog;

/* A protocol's ids start at 64 times its number, so that its wanted bits are whole words. */
#define FM_ID_STEP 64

enum { /* ids of what belongs to no protocol: the table of src/model/catalog.c */
    FM_ID_TEXT = 1,         /* a label without a name: "_ws.text"? no name in filters */
    FM_ID_MALFORMED,        /* _ws.malformed */
    FM_ID_SHORT,            /* _ws.short */
    FM_ID_UNREASSEMBLED,    /* _ws.unreassembled */
    FM_ID_EXPERT,           /* _ws.expert */
    FM_ID_EXPERT_MESSAGE,
    FM_ID_EXPERT_SEVERITY,
    FM_ID_EXPERT_GROUP,
    FM_ID_MALFORMED_EXPERT, /* _ws.malformed.expert */
    FM_ID_COLUMN_FIRST,     /* _ws.col.*: values of the columns, made on demand by output and filter */
};

/* One name that filters and field lists know. */
typedef struct FmEntry {
    const char *name;
    const FmField *field;  /* the first field of that name: its type and texts */
    const uint16_t *ids;   /* every id whose nodes carry the name (fields of one name, and `also`) */
    size_t id_count;
    bool alias;            /* only known as `also` of others */
} FmEntry;

typedef struct FmPreferenceValue {
    const FmPreference *declared;
    uint64_t value;
    char *text;
} FmPreferenceValue;

typedef struct FmCatalogItem { /* one protocol */
    const FmProtocol *protocol;
    uint16_t base;
    bool disabled;
    FmPreferenceValue *preferences;
} FmCatalogItem;

typedef struct FmCatalogPlace { /* where a protocol is found; a slot of a hash table by address */
    const FmProtocol *protocol; /* NULL: free */
    uint16_t number, base;
} FmCatalogPlace;

/* What every layer of every packet asks; only the functions of this header look into it. */
typedef struct FmCatalogIndex {
    FmCatalogItem *items; /* by number: 1-based */
    size_t count;
    FmCatalogPlace *places;
    size_t place_mask;
    const FmField **fields; /* by id */
    size_t id_count;
    uint64_t *aliased; /* bits by id: the field has a second name */
    uint16_t *ports[FM_TABLES]; /* 65536 entries, or NULL: not a table of ports, or nothing is bound */
} FmCatalogIndex;

static inline const FmCatalogIndex *fm_catalog_index(const FmCatalog *catalog)
{
    return (const FmCatalogIndex *)(const void *)catalog;
}

/* Builds a catalog of the given protocols. Two protocols of one abbreviation, or two bindings of one number, are errors.
 * Free with fm_catalog_free when no engine uses it any more. */
FmCatalog *fm_catalog_new(const FmProtocol *const *protocols, size_t count, GError **error);
void fm_catalog_free(FmCatalog *catalog);

/* NULL if there is no such name. */
const FmEntry *fm_catalog_find(const FmCatalog *catalog, const char *name);

/* All names, sorted. */
const FmEntry *fm_catalog_entries(const FmCatalog *catalog, size_t *count);

/* A name close to `name`, for "did you mean", or NULL. */
const char *fm_catalog_suggest(const FmCatalog *catalog, const char *name);

/* The field with an id; never NULL for ids found in nodes. */
static inline const FmField *fm_catalog_field(const FmCatalog *catalog, uint16_t id)
{
    const FmCatalogIndex *index = fm_catalog_index(catalog);
    return id < index->id_count ? index->fields[id] : NULL;
}

/* Does it have a second name (FmField.also)? */
static inline bool fm_catalog_aliased(const FmCatalog *catalog, uint16_t id)
{
    return fm_catalog_index(catalog)->aliased[id / 64] >> (id % 64) & 1;
}

/* The protocol that an id belongs to (a part's own); NULL for the ids above. */
const FmProtocol *fm_catalog_protocol(const FmCatalog *catalog, uint16_t id);

/* Number of protocols, 1-based numbers: id = number * FM_ID_STEP + index. A part counts as a protocol here. */
size_t fm_catalog_protocol_count(const FmCatalog *catalog);
static inline const FmProtocol *fm_catalog_protocol_at(const FmCatalog *catalog, unsigned number)
{
    const FmCatalogIndex *index = fm_catalog_index(catalog);
    return number && number <= index->count ? index->items[number].protocol : NULL;
}

/* First id of a protocol; ids are contiguous over its table. */
static inline uint16_t fm_catalog_base(const FmCatalog *catalog, unsigned number)
{
    return fm_catalog_index(catalog)->items[number].base;
}

/* Number and base of a protocol; both 0 if it is not in the catalog. */
static inline const FmCatalogPlace *fm_catalog_place(const FmCatalog *catalog, const FmProtocol *protocol)
{
    const FmCatalogIndex *index = fm_catalog_index(catalog);
    size_t at = ((uintptr_t)protocol >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32 & index->place_mask;
    while (index->places[at].protocol != protocol && index->places[at].protocol)
        at = (at + 1) & index->place_mask;
    return &index->places[at];
}

/* Number of a protocol that is in the catalog; 0 if it is not. */
static inline unsigned fm_catalog_number(const FmCatalog *catalog, const FmProtocol *protocol)
{
    return fm_catalog_place(catalog, protocol)->number;
}

/* Protocol by abbreviation; 0 if there is none. Parts are not found. */
unsigned fm_catalog_protocol_named(const FmCatalog *catalog, const char *abbrev);

/* Protocol bound to `number` in `table`; 0 if none. Constant time. */
unsigned fm_catalog_bound_number(const FmCatalog *catalog, FmTable table, uint32_t number); /* tables that are no ports' */

static inline unsigned fm_catalog_bound(const FmCatalog *catalog, FmTable table, uint32_t number)
{
    const uint16_t *ports = fm_catalog_index(catalog)->ports[table];
    if (ports && number <= 65535)
        return ports[number];
    return fm_catalog_bound_number(catalog, table, number);
}

/* Protocol bound to a name; 0 if none. Not for every packet: hashes the name. */
unsigned fm_catalog_bound_name(const FmCatalog *catalog, FmNameTable table, FmSlice name);

/* Binds after building and before the first engine (decode as); protocol 0 unbinds. */
void fm_catalog_bind(FmCatalog *catalog, FmTable table, uint32_t number, unsigned protocol);

/* Protocols that probe on `table`, in catalog order. */
const uint16_t *fm_catalog_probes(const FmCatalog *catalog, FmTable table, size_t *count);

/* Name of a table as in `-d`: "tcp.port"; and back, FM_NO_TABLE if unknown. */
const char *fm_table_name(FmTable table);
FmTable fm_table_named(const char *name);

/* Preferences: set before the first engine. False with error set for an unknown name or a value that does not fit. */
bool fm_catalog_set(FmCatalog *catalog, const char *name, const char *value, GError **error);
static inline uint64_t fm_catalog_number_preference(const FmCatalog *catalog, unsigned protocol, unsigned row)
{
    return fm_catalog_index(catalog)->items[protocol].preferences[row].value;
}

static inline const char *fm_catalog_text_preference(const FmCatalog *catalog, unsigned protocol, unsigned row)
{
    return fm_catalog_index(catalog)->items[protocol].preferences[row].text;
}

/* What messages of Protocol Buffers mean (model/schema.h); NULL: nobody gave a schema. Given before packets are dissected. */
void fm_catalog_take_schema(FmCatalog *catalog, FmSchema *schema);
const FmSchema *fm_catalog_schema(const FmCatalog *catalog);

/* Who a 24-bit OUI was given to, or NULL; see model/vendors.h. */
const char *fm_catalog_vendor(const FmCatalog *catalog, uint32_t oui);

/* Switches protocols off (--disable-protocol). */
void fm_catalog_disable(FmCatalog *catalog, unsigned protocol, bool off);
static inline bool fm_catalog_disabled(const FmCatalog *catalog, unsigned protocol)
{
    return fm_catalog_index(catalog)->items[protocol].disabled;
}

/* Words of 64 bits that a set of wanted ids takes. */
size_t fm_catalog_words(const FmCatalog *catalog);

typedef enum FmModelError { FM_MODEL_ERROR_CATALOG, FM_MODEL_ERROR_PREFERENCE } FmModelError;
#define FM_MODEL_ERROR (g_quark_from_static_string("fathom-model"))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmCatalog, fm_catalog_free)
