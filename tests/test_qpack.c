#include "config.h"

#include "dissectors/application/qpack.h"
#include "test.h"

#define MAX_STEPS 8

/* A step: 'E' encoder stream, 'S' a field section, 'L' the table's limit; then bytes (or the limit in hexadecimal). */
static const struct {
    const char *name;
    const char *steps[MAX_STEPS];
    const char *expected;
} cases[] = {
    { "RFC 9204 B.1, literal field line with name reference", { "S 0000510b2f696e6465782e68746d6c" }, ":path: /index.html\n\n" },
    { "RFC 9204 B.2 to B.5, one connection",
      { "L dc", "E 3fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f70617468", "S 03811011",
        "E 4a637573746f6d2d6b65790c637573746f6d2d76616c7565", "E 02", "S 050080c181", "E 810d637573746f6d2d76616c756532", "S 060080" },
      "2\n:authority: www.example.com\n:path: /sample/path\n\n3\n4\n"
      ":authority: www.example.com\n:path: /\ncustom-key: custom-value\n\n5\ncustom-key: custom-value2\n\n" },
    { "B.2 with the section before the instructions", { "L dc", "S 03811011", "E 3fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f70617468",
      "S 03811011" }, "<needs 2>\n2\n:authority: www.example.com\n:path: /sample/path\n\n" },
    { "limit not known: the capacity is taken for it", { "E 3fbd01c00f7777772e6578616d706c652e636f6d", "S 020080" },
      "1\n:authority: www.example.com\n\n" },
    { "a section cut short", { "S 0000510b2f69" }, "<broken>\n\n" },
    { "an encoded count beyond the table", { "L dc", "S ff80040000" }, "<broken>\n\n" },
    { "no section at all", { "S" }, "<broken>\n\n" },
    { "an entry that was never inserted", { "L dc", "E 3fbd01810d637573746f6d2d76616c756532" }, "<wrong>\n" },
    { "a capacity beyond what we keep", { "L ffffff", "E 3fe1ffff3fc0016a", "S 020080" }, "1\n:authority: j\n\n" },
};

static char *run(const char *const *steps)
{
    GString *out = g_string_new(NULL);
    Qpack *qpack = qpack_new();
    g_autoptr(FmArena) arena = fm_arena_new(4096);
    for (unsigned i = 0; i < MAX_STEPS && steps[i]; i++) {
        if (steps[i][0] == 'L') {
            qpack_limit(qpack, g_ascii_strtoull(steps[i] + 2, NULL, 16));
            continue;
        }
        g_autoptr(GByteArray) bytes = test_bytes(steps[i] + 1);
        FmSlice slice = { bytes->data, bytes->len };
        uint64_t need = 0;
        if (steps[i][0] == 'E' && qpack_follow(qpack, slice)) {
            g_string_append_printf(out, "%u\n", (unsigned)qpack_inserted(qpack));
        } else if (steps[i][0] == 'E') {
            g_string_append(out, "<wrong>\n");
        } else if (qpack_required(qpack, slice, &need) && need > qpack_inserted(qpack)) {
            g_string_append_printf(out, "<needs %u>\n", (unsigned)need);
        } else {
            const HpackBlock *block = qpack_decode(qpack, arena, 4, slice);
            for (uint32_t n = 0; n < block->count; n++) {
                FmSlice name = hpack_name(block, &block->headers[n]), value = hpack_value(block, &block->headers[n]);
                g_string_append_printf(out, "%.*s: %.*s\n", (int)name.size, (const char *)name.data, (int)value.size, (const char *)value.data);
            }
            g_string_append(out, block->broken ? "<broken>\n\n" : "\n");
        }
    }
    qpack_free(qpack);
    return g_string_free(out, FALSE);
}

static void test_sections(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = run(cases[i].steps);
        TEST_TEXT(cases[i].name, got, cases[i].expected);
    }
}

/* Every instruction of RFC 9204 appendix B, whole and cut at every byte. */
static void test_instructions(void)
{
    static const struct {
        const char *bytes;
        bool encoder;
        QpackKind kind;
        uint64_t number;
    } rows[] = {
        { "3fbd01", true, QPACK_CAPACITY, 220 },
        { "c00f7777772e6578616d706c652e636f6d", true, QPACK_INSERT_INDEXED, 0 },
        { "4a637573746f6d2d6b65790c637573746f6d2d76616c7565", true, QPACK_INSERT_LITERAL, 0 },
        { "02", true, QPACK_DUPLICATE, 2 },
        { "810d637573746f6d2d76616c756532", true, QPACK_INSERT_INDEXED, 1 },
        { "84", false, QPACK_SECTION_ACK, 4 },
        { "48", false, QPACK_CANCEL, 8 },
        { "01", false, QPACK_INCREMENT, 1 },
        { "ff8001", false, QPACK_SECTION_ACK, 255 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(rows[i].bytes);
        QpackInstruction in;
        for (size_t n = 1; n <= bytes->len; n++) {
            g_autofree uint8_t *part = g_memdup2(bytes->data, n); /* so that ASan sees what is read behind it */
            size_t size = rows[i].encoder ? qpack_encoder_instruction((FmSlice){ part, n }, &in) : qpack_decoder_instruction((FmSlice){ part, n }, &in);
            CU_ASSERT_EQUAL(size, n == bytes->len ? n : 0);
        }
        CU_ASSERT_EQUAL(in.kind, rows[i].kind);
        CU_ASSERT_EQUAL(in.number, rows[i].number);
    }
    static const uint8_t endless[] = { 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    QpackInstruction in;
    CU_ASSERT_EQUAL(qpack_encoder_instruction((FmSlice){ endless, sizeof endless }, &in), SIZE_MAX);
}

static void test_huffman(void)
{
    g_autoptr(GByteArray) coded = test_bytes("f1e3c2e5f23a6ba0ab90f4ff"), out = g_byte_array_new();
    CU_ASSERT_TRUE(hpack_huffman((FmSlice){ coded->data, coded->len }, out));
    g_autofree char *text = g_strndup((const char *)out->data, out->len);
    CU_ASSERT_STRING_EQUAL(text, "www.example.com");
    CU_ASSERT_FALSE(hpack_huffman((FmSlice){ (const uint8_t *)"\xff\xff\xff\xff", 4 }, out)); /* the end code inside */
    CU_ASSERT_EQUAL(out->len, 15);
}

const TestSuite test_qpack_suite = { "qpack", TEST_CASES({ "field sections", test_sections }, { "instructions", test_instructions },
                                                         { "Huffman coding", test_huffman }) };
