#include "config.h"

#include <string.h>

#include "dissectors/application/hpack.h"
#include "test.h"

/* Fields as lines "name: value", instructions and troubles in <>. */
static void add_block(GString *out, const HpackBlock *block)
{
    for (uint32_t i = 0; i < block->count; i++) {
        const HpackHeader *h = &block->headers[i];
        if (h->kind == HPACK_TABLE_SIZE) {
            g_string_append_printf(out, "<table %u>\n", (unsigned)h->index);
            continue;
        }
        FmSlice name = hpack_name(block, h), value = hpack_value(block, h);
        g_string_append_printf(out, "%.*s: %.*s%s\n", (int)name.size, (const char *)name.data, (int)value.size, (const char *)value.data,
                               h->unknown ? " <unknown>" : "");
    }
    if (block->broken)
        g_string_append(out, "<broken>\n");
}

/* Decodes blocks that follow one another; `fragment`: bytes handed over at a time, 0: whole blocks. */
static char *decode(const char *const *blocks, bool joined, size_t fragment)
{
    GString *out = g_string_new(NULL);
    Hpack *hpack = hpack_new(joined);
    g_autoptr(FmArena) arena = fm_arena_new(4096);
    for (; *blocks; blocks++) {
        g_autoptr(GByteArray) bytes = test_bytes(*blocks);
        size_t at = 0;
        do {
            size_t n = fragment ? MIN(fragment, bytes->len - at) : bytes->len;
            add_block(out, hpack_decode(hpack, arena, (FmSlice){ bytes->data + at, n }, at + n == bytes->len));
            at += n;
        } while (at < bytes->len);
        g_string_append(out, "\n");
    }
    hpack_free(hpack);
    return g_string_free(out, FALSE);
}

#define MAX_BLOCKS 4

static const struct {
    const char *name;
    bool joined;
    const char *blocks[MAX_BLOCKS];
    const char *expected;
} cases[] = {
    { "RFC 7541 C.3, requests without Huffman", false,
      { "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565" },
      ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n\n"
      ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache\n\n"
      ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value\n\n" },
    { "RFC 7541 C.4, requests with Huffman", false,
      { "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf" },
      ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n\n"
      ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache\n\n"
      ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value\n\n" },
    { "never indexed, not indexed", false, { "100870617373776f726406736563726574 040c2f73616d706c652f70617468" },
      "password: secret\n:path: /sample/path\n\n" },
    { "size updates", false, { "203fe11f828684", "3fe10f82" }, "<table 0>\n<table 4096>\n:method: GET\n:scheme: http\n:path: /\n\n<table 2048>\n:method: GET\n\n" },
    { "a table larger than we keep", false, { "3fe1ffffff07 4001610162", "be" }, "<table 2147483648>\na: b\n\na: b\n\n" },
    { "integer over many bytes", false, { "ffffffffffffffffff0f" }, "<broken>\n\n" },
    { "integer too long", false, { "82ff8080808080808000" }, ":method: GET\n<broken>\n\n" },
    { "index 0", false, { "80" }, "<broken>\n\n" },
    { "index of nothing", false, { "be" }, "<broken>\n\n" },
    { "after a broken block static entries are right", false, { "4001610162 ff80808008", "be82 40016301 64", "bebf" },
      "a: b\n<broken>\n\n<unknown>:  <unknown>\n:method: GET\nc: d\n\nc: d\n<unknown>:  <unknown>\n\n" },
    { "ends inside", false, { "8240036162" }, ":method: GET\n<broken>\n\n" },
    { "joined: entries from before", true, { "82be 7e0131", "bebfc0 4001610162", "bebfc0" },
      ":method: GET\n<unknown>:  <unknown>\n<unknown>: 1 <unknown>\n\n<unknown>: 1 <unknown>\n<unknown>:  <unknown>\n<unknown>:  <unknown>\na: b\n\n"
      "a: b\n<unknown>: 1 <unknown>\n<unknown>:  <unknown>\n\n" },
    { "joined: name from before, not stored", true, { "0f2f0131 1f2f0132" }, "<unknown>: 1 <unknown>\n<unknown>: 2 <unknown>\n\n" },
};

static void test_blocks(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = decode(cases[i].blocks, cases[i].joined, 0);
        TEST_TEXT(cases[i].name, got, cases[i].expected);
    }
}

/* The same blocks in CONTINUATION frames, however they are cut. */
static void test_fragments(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t fragment = 1; fragment < 20; fragment++) {
            if (strstr(cases[i].expected, "<broken>"))
                continue; /* what comes after the fault is another block */
            g_autofree char *got = decode(cases[i].blocks, cases[i].joined, fragment);
            TEST_TEXT(cases[i].name, got, cases[i].expected);
        }
}

/* A small block that says much: one field of 4 KB, repeated. */
static void test_bomb(void)
{
    Hpack *hpack = hpack_new(false);
    g_autoptr(FmArena) arena = fm_arena_new(4096);
    g_autoptr(GByteArray) bytes = test_bytes("4001617fa11e 61*4000 be*100000");
    const HpackBlock *block = hpack_decode(hpack, arena, (FmSlice){ bytes->data, bytes->len }, true);
    CU_ASSERT(block->too_long || block->too_many);
    CU_ASSERT(block->lines <= FM_MAX_HEADER_LINES);
    CU_ASSERT(fm_arena_size(arena) < 4 * FM_MAX_HEADER_TEXT);
    CU_ASSERT(!block->broken);
    hpack_free(hpack);
}

/* A literal that never ends, a byte at a time. */
static void test_endless(void)
{
    Hpack *hpack = hpack_new(false);
    g_autoptr(FmArena) arena = fm_arena_new(4096);
    static const uint8_t start[] = { 0x40, 0x01, 'a', 0x7f, 0x80, 0xff, 0x0e }, byte = 'x';
    bool broken = hpack_decode(hpack, arena, (FmSlice){ start, sizeof start }, false)->broken;
    for (unsigned i = 0; i < 2 * FM_MAX_HEADER_TEXT && !broken; i++) {
        fm_arena_reset(arena);
        broken = hpack_decode(hpack, arena, (FmSlice){ &byte, 1 }, false)->broken;
    }
    CU_ASSERT(broken);
    hpack_free(hpack);
}

const TestSuite test_hpack_suite = {
    "hpack",
    TEST_CASES({ "blocks", test_blocks }, { "fragments", test_fragments }, { "bomb", test_bomb }, { "endless", test_endless }),
};
