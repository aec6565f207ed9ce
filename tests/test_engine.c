#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "engine/dissect.h"
#include "engine/engine.h"
#include "test.h"

/* A protocol to test with: a kind, a length and that many bytes, which are boxes again in kind 1, quoted boxes in kind 2, a note in
 * kind 3 and a number of packets in the same flow in kind 4. */
enum { BOX, BOX_KIND, BOX_KIND_HIGH, BOX_KIND_LOW, BOX_LENGTH, BOX_TREE, BOX_BYTES, BOX_NOTE, BOX_COUNT, BOX_FLOW };

static const FmField fields[] = {
    [BOX] = { "box", "Box", FM_PROTOCOL },
    [BOX_KIND] = { "box.kind", "Kind", FM_UINT8, FM_DEC },
    [BOX_KIND_HIGH] = { "box.kind.high", "High", FM_UINT8, FM_DEC, 0xf0 },
    [BOX_KIND_LOW] = { "box.kind.low", "Low", FM_UINT8, FM_DEC, 0x0f },
    [BOX_LENGTH] = { "box.length", "Length", FM_UINT16, FM_DEC },
    [BOX_TREE] = { "box.tree", "Tree", FM_NONE },
    [BOX_BYTES] = { "box.bytes", "Bytes", FM_BYTES },
    [BOX_NOTE] = { "box.note", "A box of kind 3", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [BOX_COUNT] = { "box.count", "Packets of the flow before", FM_UINT32, FM_DEC },
    [BOX_FLOW] = { "box.flow", "Flow", FM_UINT32, FM_DEC },
};

typedef struct BoxState {
    uint32_t count;
} BoxState;

typedef struct BoxMemo {
    uint32_t count;
} BoxMemo;

static void count_in_flow(FmDissection *d, FmCursor *c)
{
    static const uint8_t here[4] = { 10, 0, 0, 1 }, there[4] = { 10, 0, 0, 2 };
    fm_net_addresses(d, here, there, 4);
    uint32_t number = fm_flow(d, FM_FLOW_UDP, fm_peek(c, 0, 1), 7);
    fm_make(d, BOX_FLOW, number);
    BoxMemo *memo = fm_memo(d);
    if (!fm_replaying(d) && fm_ok(d)) {
        BoxState *state = fm_state(d);
        memo->count = state ? state->count++ : 0;
    }
    fm_make(d, BOX_COUNT, memo->count);
}

static void box_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t kind = fm_add_flags(d, BOX_KIND, BOX_KIND_HIGH, BOX_KIND_LOW, c);
    uint64_t length = fm_add(d, BOX_LENGTH, c);
    FmCursor inside = fm_take(c, length);
    fm_info(d, "kind %u", (unsigned)kind);
    switch (kind) {
    case 1: fm_next(d, FM_CONTENT, FM_CONTENT_FRAME, &inside); break;
    case 2: fm_quote(d, FM_CONTENT, FM_CONTENT_FRAME, &inside); break;
    case 3: fm_expert(d, BOX_NOTE); break;
    case 4: count_in_flow(d, &inside); break;
    case 5: fm_note(d, FM_NOTE, "a note of %u", 5u); break;
    default: {
        FmSubtree tree = fm_open(d, BOX_TREE, &inside);
        fm_add_bytes(d, BOX_BYTES, &inside, fm_left(&inside));
        fm_close(d, tree, &inside);
    }
    }
}

static const FmProtocol box = {
    .abbrev = "box",
    .name = "BOX",
    .title = "Box",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_CONTENT, FM_CONTENT_FRAME }),
    .dissect = box_dissect,
    .state_size = sizeof(BoxState),
    .memo_size = sizeof(BoxMemo),
};

static const FmProtocol *const protocols[] = { &box };

static FmCatalog *boxes(void)
{
    return fm_catalog_new(protocols, 1, NULL);
}

static const FmPacket *feed(FmEngine *engine, uint64_t number, const char *hex)
{
    g_autoptr(GByteArray) bytes = test_bytes(hex);
    static uint8_t room[1 << 20]; /* lives as long as the packet */
    if (bytes->len)
        memcpy(room, bytes->data, bytes->len);
    FmFrame frame = test_frame(number, bytes, 1);
    frame.data = room;
    return fm_engine_feed(engine, &frame);
}

static void test_fields_and_trouble(void)
{
    static const struct {
        const char *name, *bytes, *nodes;
    } cases[] = {
        { "plain", "00 0002 beef", "box.kind=0 box.kind.high=0 box.kind.low=0 box.length=2 box.tree box.bytes=be:ef" },
        { "more than the length", "56 0001 beef", "box.kind=86 box.kind.high=5 box.kind.low=6 box.length=1 box.tree box.bytes=be" },
        { "nothing", "", "box.tree box.bytes= !malformed" },
        { "cut in the length", "00 00", "box.kind=0 box.kind.high=0 box.kind.low=0 box.tree box.bytes= !malformed" },
        { "cut inside", "00 0003 beef",
          "box.kind=0 box.kind.high=0 box.kind.low=0 box.length=3 box.tree box.bytes=be:ef !malformed" },
        { "nested", "01 0003 000000",
          "box.kind=1 box.kind.high=0 box.kind.low=1 box.length=3 | box box.kind=0 box.kind.high=0 box.kind.low=0 box.length=0 "
          "box.tree box.bytes=" },
        { "named note", "03 0000", "box.kind=3 box.kind.high=0 box.kind.low=3 box.length=0 !box.note" },
        { "note", "05 0000", "box.kind=5 box.kind.high=0 box.kind.low=5 box.length=0 !(a note of 5)" },
    };
    g_autoptr(FmCatalog) catalog = boxes();
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_want_all(engine);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = test_nodes(feed(engine, i + 1, cases[i].bytes), 1);
        TEST_TEXT(cases[i].name, got, cases[i].nodes);
    }
}

static void test_only_what_is_wanted(void)
{
    g_autoptr(FmCatalog) catalog = boxes();
    g_autoptr(FmEngine) nothing = fm_engine_new(catalog, false);
    CU_ASSERT_EQUAL(feed(nothing, 1, "01 0003 00 0000")->node_count, 0);
    CU_ASSERT_STRING_EQUAL(feed(nothing, 2, "01 0003 00 0000")->protocol, "BOX");
    CU_ASSERT_EQUAL(feed(nothing, 3, "00")->node_count, 0);

    g_autoptr(FmEngine) some = fm_engine_new(catalog, false);
    fm_engine_want_field(some, fm_catalog_find(catalog, "box.length"));
    g_autofree char *one = test_nodes(feed(some, 1, "00 0002 beef"), 0);
    CU_ASSERT_STRING_EQUAL(one, "box.length=2");
    fm_engine_want_field(some, fm_catalog_find(catalog, "box.kind.low")); /* wanted adds up */
    g_autofree char *two = test_nodes(feed(some, 2, "04 0001 09"), 0);
    CU_ASSERT_STRING_EQUAL(two, "box.kind.low=4 box.length=1");
}

static void test_columns_only_when_wanted(void)
{
    g_autoptr(FmCatalog) catalog = boxes();
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    CU_ASSERT_EQUAL(feed(engine, 1, "00 0000")->info.size, 0);
    fm_engine_want_info(engine);
    FmText info = feed(engine, 2, "07 0000")->info;
    CU_ASSERT_STRING_EQUAL(fm_text_string(&info), "kind 7");
}

static void test_places(void)
{
    g_autoptr(FmCatalog) catalog = boxes();
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_want_all(engine);
    const FmPacket *p = feed(engine, 1, "01 0006 00 0003 aabbcc dd");
    static const struct {
        const char *name;
        unsigned depth, offset, length;
    } nodes[] = {
        { "box", 0, 0, 10 }, { "box.kind", 1, 0, 1 }, { "box.kind.high", 2, 0, 1 }, { "box.kind.low", 2, 0, 1 }, { "box.length", 1, 1, 2 },
        { "box", 0, 3, 6 },  { "box.kind", 1, 3, 1 }, { "box.kind.high", 2, 3, 1 }, { "box.kind.low", 2, 3, 1 }, { "box.length", 1, 4, 2 },
        { "box.tree", 1, 6, 3 }, { "box.bytes", 2, 6, 3 },
    };
    CU_ASSERT_EQUAL_FATAL(p->node_count, G_N_ELEMENTS(nodes));
    for (uint32_t i = 0; i < p->node_count; i++) {
        CU_ASSERT_STRING_EQUAL(fm_node_field(p, &p->nodes[i])->abbrev, nodes[i].name);
        CU_ASSERT_EQUAL(p->nodes[i].depth, nodes[i].depth);
        CU_ASSERT_EQUAL(p->nodes[i].offset, nodes[i].offset);
        CU_ASSERT_EQUAL(p->nodes[i].length, nodes[i].length);
    }
    CU_ASSERT_PTR_EQUAL(fm_node_after(p, p->nodes), p->nodes + 5);
    CU_ASSERT_PTR_EQUAL(fm_node_after(p, p->nodes + 1), p->nodes + 4);
    FmSlice bytes = fm_node_bytes(p, &p->nodes[11]);
    CU_ASSERT(bytes.size == 3 && memcmp(bytes.data, "\xaa\xbb\xcc", 3) == 0);
}

/* Boxes in boxes, deeper than allowed, thousands of bytes: an end, a note, and a bounded number of nodes. */
static void nest(bool quoted)
{
    g_autoptr(FmCatalog) catalog = boxes();
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_want_all(engine);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (unsigned left = 60000; left >= 3; left -= 3) {
        uint8_t header[3] = { quoted ? 2 : 1, (uint8_t)((left - 3) >> 8), (uint8_t)(left - 3) };
        g_byte_array_append(bytes, header, 3);
    }
    FmFrame frame = test_frame(1, bytes, 1);
    const FmPacket *p = fm_engine_feed(engine, &frame);
    CU_ASSERT(p->node_count < 10 * FM_MAX_DEPTH);
    CU_ASSERT(p->layer_count <= FM_MAX_DEPTH);
    g_autofree char *nodes = test_nodes(p, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(nodes, "!("));
}

static void test_nesting_ends(void)
{
    nest(false);
}

static void test_quoting_ends(void)
{
    nest(true);
}

static void test_disabled(void)
{
    g_autoptr(FmCatalog) catalog = boxes();
    fm_catalog_disable(catalog, 1, true);
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_want_all(engine);
    CU_ASSERT_EQUAL(feed(engine, 1, "00 0000")->node_count, 0);
}

/* State counts on the first visit; the memo tells the same on every replay, in any order. */
static void test_state_and_memo(void)
{
    static const char *const frames[] = { "04 0001 01", "04 0001 02", "04 0001 01", "04 0001 01", "02 0004 04 0001 01", "04 0001 02" };
    static const char *const expected[] = { "box.flow=0 box.count=0", "box.flow=1 box.count=0", "box.flow=0 box.count=1",
                                            "box.flow=0 box.count=2", "",                       "box.flow=1 box.count=1" };
    g_autoptr(FmCatalog) catalog = boxes();
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, true);
    fm_engine_want_field(engine, fm_catalog_find(catalog, "box.flow"));
    fm_engine_want_field(engine, fm_catalog_find(catalog, "box.count"));
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        g_autofree char *got = test_nodes(feed(engine, i + 1, frames[i]), 0);
        if (*expected[i])
            TEST_TEXT(frames[i], got, expected[i]);
    }
    CU_ASSERT_EQUAL(fm_engine_flow_count(engine, FM_FLOW_UDP), 2); /* the quoted packet made none */

    g_autoptr(FmReplay) replay = fm_replay_new(engine, NULL, NULL);
    fm_replay_want_all(replay);
    for (size_t round = 0; round < 20; round++) {
        size_t i = round * 5 % G_N_ELEMENTS(frames);
        g_autoptr(GByteArray) bytes = test_bytes(frames[i]);
        FmFrame frame = test_frame(i + 1, bytes, 1);
        g_autofree char *got = test_nodes(fm_replay_packet(replay, &frame), 0);
        CU_ASSERT(g_str_has_suffix(got, expected[i]));
    }
}

/* A second engine on the same catalog knows nothing of the first. */
static void test_engines_share_nothing(void)
{
    g_autoptr(FmCatalog) catalog = boxes();
    g_autoptr(FmEngine) a = fm_engine_new(catalog, false);
    g_autoptr(FmEngine) b = fm_engine_new(catalog, false);
    fm_engine_want_field(a, fm_catalog_find(catalog, "box.count"));
    fm_engine_want_field(b, fm_catalog_find(catalog, "box.count"));
    feed(a, 1, "04 0001 01");
    g_autofree char *in_a = test_nodes(feed(a, 2, "04 0001 01"), 0), *in_b = test_nodes(feed(b, 1, "04 0001 01"), 0);
    CU_ASSERT_STRING_EQUAL(in_a, "box.count=1");
    CU_ASSERT_STRING_EQUAL(in_b, "box.count=0");
}

const TestSuite test_engine_suite = {
    "engine",
    TEST_CASES({ "fields and trouble", test_fields_and_trouble }, { "only what is wanted", test_only_what_is_wanted },
               { "columns only when wanted", test_columns_only_when_wanted }, { "places", test_places }, { "nesting ends", test_nesting_ends },
               { "quoting ends", test_quoting_ends }, { "disabled", test_disabled }, { "state and memo", test_state_and_memo },
               { "engines share nothing", test_engines_share_nothing }),
};
