#include "config.h"

#include <string.h>

#include "model/catalog.h"
#include "test.h"

enum { FRUIT, FRUIT_SIZE, FRUIT_SIZE_LEFT, FRUIT_SIZE_RIGHT, FRUIT_COLOUR, FRUIT_COLOUR_2 };

static const FmField fruit_fields[] = {
    [FRUIT] = { "fruit", "Fruit", FM_PROTOCOL },
    [FRUIT_SIZE] = { "fruit.size", "Size", FM_UINT8, FM_DEC },
    [FRUIT_SIZE_LEFT] = { "fruit.size.left", "Left", FM_UINT8, FM_DEC, .also = "fruit.side" },
    [FRUIT_SIZE_RIGHT] = { "fruit.size.right", "Right", FM_UINT8, FM_DEC, .also = "fruit.side" },
    [FRUIT_COLOUR] = { "fruit.colour", "Colour", FM_UINT8, FM_DEC },
    [FRUIT_COLOUR_2] = { "fruit.colour", "Colour, second kind", FM_UINT16, FM_DEC },
};

static const char *const tastes[] = { "sweet", "sour", NULL };

static const FmPreference fruit_preferences[] = {
    { "fruit.ripe", "Ripe", FM_PREF_BOOL, 1 },
    { "fruit.count", "Count", FM_PREF_UINT, 3 },
    { "fruit.taste", "Taste", FM_PREF_ENUM, 0, NULL, tastes },
    { "fruit.name", "Name", FM_PREF_STRING, 0, "apple" },
};

static const FmProtocol fruit = {
    .abbrev = "fruit",
    .name = "FRUIT",
    .title = "Fruit",
    FM_FIELDS(fruit_fields),
    FM_BINDINGS({ FM_UDP_PORT, 7 }, { FM_LINK_TYPE, 0xfffffffe }),
    FM_NAMES({ FM_ALPN, "fruit/1" }, { FM_MEDIA_TYPE, "application/fruit" }),
    FM_PREFERENCES(fruit_preferences),
};

static const FmField tree_fields[70] = { [0] = { "tree", "Tree", FM_PROTOCOL }, [69] = { "tree.last", "Last", FM_UINT8, FM_DEC } };
static const FmProtocol tree = { .abbrev = "tree", .name = "TREE", .title = "Tree", FM_FIELDS(tree_fields) };

static const FmField bark_fields[] = { { "tree.bark", "Bark", FM_UINT8, FM_DEC } };
static const FmProtocol bark = { .abbrev = "tree", .name = "TREE", .title = "Tree", FM_FIELDS(bark_fields), .part = true };

static const FmProtocol fruit_again = { .abbrev = "fruit", .name = "F", .title = "F", FM_FIELDS(tree_fields) };
static const FmProtocol same_port = { .abbrev = "leaf", .name = "L", .title = "L", FM_FIELDS(tree_fields), FM_BINDINGS({ FM_UDP_PORT, 7 }) };

static const FmProtocol *const protocols[] = { &tree, &bark, &fruit };

static FmCatalog *three(void)
{
    return fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
}

static void test_names(void)
{
    g_autoptr(FmCatalog) catalog = three();
    CU_ASSERT_PTR_NULL(fm_catalog_find(catalog, "fruit.none"));
    CU_ASSERT_PTR_NULL(fm_catalog_find(catalog, ""));

    const FmEntry *e = fm_catalog_find(catalog, "fruit.size");
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_PTR_EQUAL(e->field, &fruit_fields[FRUIT_SIZE]);
    CU_ASSERT_EQUAL(e->id_count, 1);
    CU_ASSERT_FALSE(e->alias);

    e = fm_catalog_find(catalog, "fruit.side");
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_TRUE(e->alias);
    CU_ASSERT_EQUAL_FATAL(e->id_count, 2);
    CU_ASSERT_PTR_EQUAL(fm_catalog_field(catalog, e->ids[0]), &fruit_fields[FRUIT_SIZE_LEFT]);
    CU_ASSERT_PTR_EQUAL(fm_catalog_field(catalog, e->ids[1]), &fruit_fields[FRUIT_SIZE_RIGHT]);

    e = fm_catalog_find(catalog, "fruit.colour");
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->id_count, 2);
    CU_ASSERT_PTR_EQUAL(e->field, &fruit_fields[FRUIT_COLOUR]);
}

static void test_entries_are_sorted(void)
{
    g_autoptr(FmCatalog) catalog = three();
    size_t count;
    const FmEntry *entries = fm_catalog_entries(catalog, &count);
    CU_ASSERT(count > 9);
    for (size_t i = 1; i < count; i++)
        CU_ASSERT(strcmp(entries[i - 1].name, entries[i].name) < 0);
}

static void test_ids(void)
{
    g_autoptr(FmCatalog) catalog = three();
    CU_ASSERT_EQUAL(fm_catalog_protocol_count(catalog), 3);
    for (unsigned n = 1; n <= 3; n++) {
        const FmProtocol *p = fm_catalog_protocol_at(catalog, n);
        uint16_t base = fm_catalog_base(catalog, n);
        CU_ASSERT_PTR_EQUAL(p, protocols[n - 1]);
        CU_ASSERT_EQUAL(fm_catalog_number(catalog, p), n);
        CU_ASSERT_EQUAL(base % FM_ID_STEP, 0);
        for (size_t i = 0; i < p->field_count; i++) {
            CU_ASSERT_PTR_EQUAL(fm_catalog_protocol(catalog, (uint16_t)(base + i)), p);
            CU_ASSERT_PTR_EQUAL(fm_catalog_field(catalog, (uint16_t)(base + i)), p->fields[i].abbrev ? &p->fields[i] : NULL);
            CU_ASSERT((base + i) / 64 < fm_catalog_words(catalog));
        }
    }
    CU_ASSERT_PTR_NULL(fm_catalog_protocol_at(catalog, 0));
    CU_ASSERT_PTR_NULL(fm_catalog_protocol_at(catalog, 4));
    CU_ASSERT_PTR_NULL(fm_catalog_protocol(catalog, FM_ID_MALFORMED));
    CU_ASSERT_PTR_NULL(fm_catalog_field(catalog, UINT16_MAX));
    CU_ASSERT_EQUAL(fm_catalog_number(catalog, &same_port), 0);
}

static void test_protocols_by_name(void)
{
    g_autoptr(FmCatalog) catalog = three();
    CU_ASSERT_EQUAL(fm_catalog_protocol_named(catalog, "tree"), 1); /* not the part */
    CU_ASSERT_EQUAL(fm_catalog_protocol_named(catalog, "fruit"), 3);
    CU_ASSERT_EQUAL(fm_catalog_protocol_named(catalog, "fruit.size"), 0);
    CU_ASSERT_FALSE(fm_catalog_disabled(catalog, 3));
    fm_catalog_disable(catalog, 3, true);
    CU_ASSERT_TRUE(fm_catalog_disabled(catalog, 3));
}

static unsigned bound_name(const FmCatalog *catalog, FmNameTable table, const char *name, size_t size)
{
    return fm_catalog_bound_name(catalog, table, (FmSlice){ (const uint8_t *)name, size });
}

static void test_bound_names(void)
{
    g_autoptr(FmCatalog) catalog = three();
    unsigned number = fm_catalog_number(catalog, &fruit);
    CU_ASSERT_EQUAL(bound_name(catalog, FM_ALPN, "fruit/1", 7), number);
    CU_ASSERT_EQUAL(bound_name(catalog, FM_MEDIA_TYPE, "Application/FRUIT", 17), number);
    CU_ASSERT_EQUAL(bound_name(catalog, FM_MEDIA_TYPE, "fruit/1", 7), 0);
    CU_ASSERT_EQUAL(bound_name(catalog, FM_ALPN, "fruit/1", 6), 0);
    CU_ASSERT_EQUAL(bound_name(catalog, FM_ALPN, "fruit/1\0x", 9), 0);
    CU_ASSERT_EQUAL(bound_name(catalog, FM_ALPN, "", 0), 0);
}

static void test_bindings(void)
{
    g_autoptr(FmCatalog) catalog = three();
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_UDP_PORT, 7), 3);
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_TCP_PORT, 7), 0);
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_UDP_PORT, 65536 + 7), 0);
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_LINK_TYPE, 0xfffffffe), 3);
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_LINK_TYPE, 0), 0);
    fm_catalog_bind(catalog, FM_UDP_PORT, 7, 1);
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_UDP_PORT, 7), 1);
    fm_catalog_bind(catalog, FM_UDP_PORT, 7, 0);
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_UDP_PORT, 7), 0);
    for (uint32_t i = 0; i < 5000; i++) /* the table of few numbers grows */
        fm_catalog_bind(catalog, FM_LINK_TYPE, i * 65536, 1 + i % 3);
    for (uint32_t i = 0; i < 5000; i++)
        CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_LINK_TYPE, i * 65536), 1 + i % 3);
    CU_ASSERT_EQUAL(fm_catalog_bound(catalog, FM_LINK_TYPE, 0xfffffffe), 3);
}

static void test_refused(void)
{
    const FmProtocol *twice[] = { &fruit, &fruit_again }, *port[] = { &fruit, &same_port };
    g_autoptr(GError) name = NULL, bound = NULL;
    CU_ASSERT_PTR_NULL(fm_catalog_new(twice, 2, &name));
    CU_ASSERT(g_error_matches(name, FM_MODEL_ERROR, FM_MODEL_ERROR_CATALOG));
    CU_ASSERT_PTR_NULL(fm_catalog_new(port, 2, &bound));
    CU_ASSERT(g_error_matches(bound, FM_MODEL_ERROR, FM_MODEL_ERROR_CATALOG));
}

static void test_preferences(void)
{
    static const struct {
        const char *name, *value;
        bool good;
    } cases[] = {
        { "fruit.ripe", "false", true },  { "fruit.ripe", "maybe", false },  { "fruit.count", "0x10", true },
        { "fruit.count", "-1", false },   { "fruit.count", "12x", false },   { "fruit.count", "", false },
        { "fruit.taste", "SOUR", true },  { "fruit.taste", "bitter", false }, { "fruit.name", "pear", true },
        { "fruit.colour", "red", false }, { "", "", false },
    };
    g_autoptr(FmCatalog) catalog = three();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        bool good = fm_catalog_set(catalog, cases[i].name, cases[i].value, &error);
        if (good != cases[i].good)
            g_printerr("%s = \"%s\"\n", cases[i].name, cases[i].value);
        CU_ASSERT_EQUAL(good, cases[i].good);
        CU_ASSERT(good == (error == NULL));
    }
    CU_ASSERT_EQUAL(fm_catalog_number_preference(catalog, 3, 0), 0);
    CU_ASSERT_EQUAL(fm_catalog_number_preference(catalog, 3, 1), 16);
    CU_ASSERT_EQUAL(fm_catalog_number_preference(catalog, 3, 2), 1);
    CU_ASSERT_STRING_EQUAL(fm_catalog_text_preference(catalog, 3, 3), "pear");
}

static void test_suggest(void)
{
    g_autoptr(FmCatalog) catalog = three();
    CU_ASSERT_STRING_EQUAL(fm_catalog_suggest(catalog, "fruit.colur"), "fruit.colour");
    CU_ASSERT_STRING_EQUAL(fm_catalog_suggest(catalog, "tree.brak"), "tree.bark");
    CU_ASSERT_PTR_NULL(fm_catalog_suggest(catalog, "something else entirely"));
}

static void test_table_names(void)
{
    for (unsigned t = FM_NO_TABLE + 1; t < FM_TABLES; t++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(fm_table_name((FmTable)t));
        CU_ASSERT_EQUAL(fm_table_named(fm_table_name((FmTable)t)), t);
    }
    CU_ASSERT_EQUAL(fm_table_named("tcp.prot"), FM_NO_TABLE);
}

/* The catalog that ships: every name of every protocol is found, begins as it should, and names nothing else. */
static void test_all_protocols(void)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    for (unsigned n = 1; n <= fm_catalog_protocol_count(catalog); n++) {
        const FmProtocol *p = fm_catalog_protocol_at(catalog, n);
        CU_ASSERT(p->title && (p->dissect || p->part));
        CU_ASSERT(p->part || p->fields[0].type == FM_PROTOCOL);
        for (size_t i = 0; i < p->field_count; i++) {
            const FmField *f = &p->fields[i];
            if (!f->abbrev)
                continue;
            const FmEntry *e = fm_catalog_find(catalog, f->abbrev);
            CU_ASSERT(e && !e->alias);
            CU_ASSERT(f->name && *f->name);
            if (f->type == FM_PROTOCOL ? i != 0 && !p->part : i == 0 && !p->part)
                CU_FAIL("row 0, and no other, is the protocol");
            if (f->mask && fm_type_width(f->type) && fm_type_width(f->type) < 8 && f->mask >> 8 * fm_type_width(f->type)) {
                g_printerr("%s: mask is wider than the field\n", f->abbrev);
                CU_FAIL("mask");
            }
            if (f->base == FM_CUSTOM && !f->format) {
                g_printerr("%s: FM_CUSTOM without format\n", f->abbrev);
                CU_FAIL("format");
            }
            if (f->type == FM_EXPERT && !(f->severity && f->group)) {
                g_printerr("%s: a note needs severity and group\n", f->abbrev);
                CU_FAIL("note");
            }
        }
    }
}

const TestSuite test_catalog_suite = {
    "catalog",
    TEST_CASES({ "names", test_names }, { "entries are sorted", test_entries_are_sorted }, { "ids", test_ids },
               { "protocols by name", test_protocols_by_name }, { "bindings", test_bindings }, { "bound names", test_bound_names }, { "what is refused", test_refused },
               { "preferences", test_preferences }, { "did you mean", test_suggest }, { "names of tables", test_table_names },
               { "all protocols", test_all_protocols }),
};
