#include "config.h"

#include "model/schema.h"
#include "test.h"

static const char text[] =
    "/* all kinds */ syntax = \"proto3\"; package a.b; import \"google/protobuf/timestamp.proto\"; option java_package = \"x\";\n"
    "enum Color { option allow_alias = true; RED = 0; GREEN = 1; LOW = -2; reserved 5 to 7; }\n"
    "message Outer { reserved 9, \"old\"; message Inner { int32 i = 1; } Inner inner = 1; a.b.Outer.Inner full = 2; .a.b.Color color = 3;\n"
    "  repeated sint64 many = 4; repeated uint32 loose = 5 [packed = false, (mine) = { a: [1, 2] }]; map<string, Inner> by_name = 6;\n"
    "  oneof one { string text = 7; bytes raw = 8; } google.protobuf.Timestamp at = 10; Missing gone = 11; int32 message = 12; // a name\n"
    "  optional float optional = 13; }\n"
    "service Talk { rpc One (Outer) returns (.a.b.Outer.Inner); rpc Two (stream Outer) returns (stream Outer) { option x = { y: 1 }; } }\n";

static const struct {
    const char *message, *expected;
} messages[] = {
    { "a.b.Outer", "1 inner 11 a.b.Outer.Inner,2 full 11 a.b.Outer.Inner,3 color 14 a.b.Color,4 many* 18,5 loose+ 13,"
                   "6 by_name+ 11 a.b.Outer.by_nameMapEntry,7 text 9,8 raw 12,10 at 11 google.protobuf.Timestamp,11 gone 0,12 message 5,13 optional 2," },
    { ".a.b.Outer.Inner", "1 i 5," },
    { "a.b.Outer.by_nameMapEntry", "1 key 9,2 value 11 a.b.Outer.Inner," },
    { "google.protobuf.Timestamp", "1 seconds 3,2 nanos 5," },
    { "a.b.Nothing", "none" },
};

/* "1 name* 18,": number, name (+ repeated, * packed), type, and which one. */
static char *describe(const FmSchemaMessage *m)
{
    if (!m)
        return g_strdup("none");
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < m->fields->len; i++) {
        const FmSchemaField *f = &g_array_index(m->fields, FmSchemaField, i);
        const char *type = f->message ? f->message->name : f->enumeration ? f->enumeration->name : NULL;
        g_string_append_printf(out, "%u %s%s %u%s%s,", (unsigned)f->number, f->name, f->packed ? "*" : f->repeated ? "+" : "", (unsigned)f->type,
                               type ? " " : "", type ? type : "");
    }
    return g_string_free(out, FALSE);
}

static FmSlice slice(const char *s)
{
    return (FmSlice){ (const uint8_t *)s, strlen(s) };
}

static void test_messages(void)
{
    g_autoptr(FmSchema) schema = fm_schema_new();
    g_autoptr(GError) error = NULL;
    CU_ASSERT_TRUE(fm_schema_add_text(schema, text, "text", &error));
    fm_schema_finish(schema);
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autofree char *got = describe(fm_schema_message(schema, messages[i].message));
        TEST_TEXT(messages[i].message, got, messages[i].expected);
    }
    const FmSchemaField *color = fm_schema_field(fm_schema_message(schema, "a.b.Outer"), 3);
    CU_ASSERT_STRING_EQUAL(fm_schema_value_name(color->enumeration, -2), "LOW");
    CU_ASSERT_PTR_NULL(fm_schema_value_name(color->enumeration, 9));
    const FmSchemaMethod *one = fm_schema_method(schema, slice("/a.b.Talk/One")), *two = fm_schema_method(schema, slice("/a.b.Talk/Two"));
    CU_ASSERT_FATAL(one && two && one->messages[1] && two->messages[0]);
    CU_ASSERT_STRING_EQUAL(one->messages[1]->name, "a.b.Outer.Inner");
    CU_ASSERT_TRUE(!one->streams[0] && !one->streams[1] && two->streams[0] && two->streams[1]);
    CU_ASSERT_PTR_NULL(fm_schema_method(schema, slice("/a.b.Talk/Three")));
}

static const struct {
    const char *text, *error;
} wrong[] = {
    { "message M { int32 a = ; }", "f:1: expected a number before ;" },
    { "message M {\n int32 a = 1;\n", "f:3: expected }, and the file ends" },
    { "nonsense", "f:1: expected a definition before nonsense" },
    { "service S { rpc (A) returns (B); }", "f:1: expected a name before (" },
    { "import 5;", "f:1: expected a string before 5" },
    { "enum E { A 1; }", "" }, /* passed over, as options are */
};

static void test_errors(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(FmSchema) schema = fm_schema_new();
        g_autoptr(GError) error = NULL;
        fm_schema_add_text(schema, wrong[i].text, "f", &error);
        TEST_TEXT(wrong[i].text, error ? error->message : "", wrong[i].error);
    }
}

/* package p; message M { int32 a = 1; } service S { rpc F (M) returns (stream M); } */
static const char descriptors[] = "0a33 1201'p' 220e0a01'M'12090a01'a'180120012805 32160a01'S'12110a01'F'1204'.p.M'1a04'.p.M'3001 6206'proto3'";

static void test_descriptors(void)
{
    g_autoptr(FmSchema) schema = fm_schema_new();
    g_autoptr(GByteArray) bytes = test_bytes(descriptors);
    CU_ASSERT_TRUE(fm_schema_add_descriptors(schema, (FmSlice){ bytes->data, bytes->len }, "set", NULL));
    fm_schema_finish(schema);
    g_autofree char *got = describe(fm_schema_message(schema, "p.M"));
    TEST_TEXT("p.M", got, "1 a 5,");
    const FmSchemaMethod *method = fm_schema_method(schema, slice("/p.S/F"));
    CU_ASSERT_FATAL(method != NULL);
    CU_ASSERT_TRUE(method->messages[0] && method->streams[1] && !method->streams[0]);
}

/* Whatever is missing at the end: an error or not, but nothing worse. */
static void test_cuts(void)
{
    g_autoptr(GByteArray) bytes = test_bytes(descriptors);
    for (size_t n = 0; n < sizeof text; n++) {
        g_autoptr(FmSchema) schema = fm_schema_new();
        g_autofree char *part = g_strndup(text, n);
        fm_schema_add_text(schema, part, "cut", NULL);
        fm_schema_finish(schema);
    }
    for (guint n = 0; n < bytes->len; n++) {
        g_autoptr(FmSchema) schema = fm_schema_new();
        uint8_t *part = g_memdup2(bytes->data, n);
        CU_ASSERT_FALSE(fm_schema_add_descriptors(schema, (FmSlice){ part, n }, "cut", NULL));
        fm_schema_finish(schema);
        g_free(part);
    }
    g_autoptr(FmSchema) schema = fm_schema_new();
    g_autoptr(GString) deep = g_string_new(NULL);
    for (unsigned i = 0; i < 10000; i++)
        g_string_append(deep, "message M {");
    CU_ASSERT_FALSE(fm_schema_add_text(schema, deep->str, "deep", NULL));
}

const TestSuite test_schema_suite = { "schema", TEST_CASES({ "messages", test_messages }, { "errors", test_errors }, { "descriptors", test_descriptors },
                                                           { "cut anywhere", test_cuts }) };
