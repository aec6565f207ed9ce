#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "follow/objects.h"
#include "follow/order.h"
#include "follow/save.h"
#include "follow/text.h"
#include "test.h"

typedef struct Sent { /* a segment: '>' or '<', number, text; what it acknowledges */
    char way;
    uint32_t sequence;
    const char *text;
    uint32_t acknowledged; /* 0: nothing */
    bool syn;
} Sent;

static const struct {
    const char *name;
    Sent segments[8];
    const char *chunks; /* ">text@packet", or ">-N" for N missing bytes */
} cases[] = {
    { "in order, both ways", { { '>', 100, "", 0, true }, { '<', 500, "", 101, true }, { '>', 101, "ask", 501 }, { '<', 501, "answer", 104 } },
      ">ask@3 <answer@4 " },
    { "a segment that came early waits", { { '>', 1, "a" }, { '>', 3, "c" }, { '>', 2, "b" } }, ">a@1 >b@3 >c@2 " },
    { "sent twice", { { '>', 1, "abc" }, { '>', 1, "abc" }, { '>', 2, "bcd" } }, ">abc@1 >d@3 " },
    { "acknowledged and never captured", { { '>', 1, "a" }, { '>', 5, "e" }, { '<', 9, "r", 6 } }, ">a@1 >-3 >e@2 <r@3 " },
    { "not acknowledged: given up at the end", { { '>', 1, "a" }, { '>', 5, "e" } }, ">a@1 >-3 >e@2 " },
    { "an acknowledgment inside a hole gives nothing up", { { '>', 1, "a" }, { '>', 5, "e" }, { '<', 9, "r", 3 }, { '>', 2, "bcd" } },
      ">a@1 <r@3 >bcd@4 >e@2 " },
    { "numbers that start again at 0", { { '>', 0xfffffffe, "ab" }, { '>', 1, "d" }, { '>', 0, "c" } }, ">ab@1 >c@3 >d@2 " },
    { "older than the first byte seen", { { '>', 10, "j" }, { '>', 8, "hi" }, { '>', 9, "ijk" } }, ">j@1 >k@3 " },
    { "held bytes that a later segment brings too", { { '>', 1, "a" }, { '>', 3, "cd" }, { '>', 2, "bcde" } }, ">a@1 >bcde@3 " },
};

static void test_order_of_segments(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        FmFollowOrder *order = fm_follow_order_new();
        g_autoptr(GString) got = g_string_new(NULL);
        FmFollowChunk chunk;
        for (uint32_t k = 0; k <= G_N_ELEMENTS(cases[i].segments); k++) {
            const Sent *sent = k < G_N_ELEMENTS(cases[i].segments) ? &cases[i].segments[k] : NULL;
            if (sent && !sent->way)
                continue;
            if (sent) {
                size_t size = strlen(sent->text);
                FmFollowSegment s = { .bytes = { (const uint8_t *)sent->text, size }, .packet = k + 1, .sequence = sent->sequence,
                                      .acknowledged = sent->acknowledged, .length = (uint32_t)size, .side = sent->way == '<',
                                      .syn = sent->syn, .ack = sent->acknowledged != 0 };
                fm_follow_order_segment(order, &s);
            } else {
                fm_follow_order_finish(order);
            }
            while (fm_follow_order_next(order, &chunk)) {
                g_string_append_c(got, chunk.side ? '<' : '>');
                if (chunk.missing)
                    g_string_append_printf(got, "-%u ", (unsigned)chunk.missing);
                else
                    g_string_append_printf(got, "%.*s@%u ", (int)chunk.bytes.size, (const char *)chunk.bytes.data, chunk.packet);
            }
        }
        fm_follow_order_free(order);
        TEST_TEXT(cases[i].name, got->str, cases[i].chunks);
    }
}

static const struct {
    const char *name, *bytes;
    bool text;
} looks[] = {
    { "words", "'a line' 0d0a 'another'", true }, { "UTF-8", "'caf' c3a9", true },          { "zeros", "00000000", false },
    { "no UTF-8", "'a line' ff 'and more'", false }, { "a character cut at the end", "'line' e282", true },
};

static void test_looks_of_text(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(looks[i].bytes);
        TEST_TEXT(looks[i].name, fm_follow_is_text((FmSlice){ bytes->data, bytes->len }) ? "text" : "bytes", looks[i].text ? "text" : "bytes");
    }
}

static void test_code_pages(void)
{
    g_autoptr(GByteArray) bytes = test_bytes("c885939396 6b 40 f1f9 25 00 ff");
    g_auto(FmText) out = { 0 };
    fm_follow_plain(&out, (FmSlice){ bytes->data, bytes->len }, FM_FOLLOW_MODE_EBCDIC);
    TEST_TEXT("EBCDIC", fm_text_string(&out), "Hello, 19\n..");
    fm_text_reset(&out);
    fm_follow_plain(&out, (FmSlice){ (const uint8_t *)"a\033[1mb\r\n\xc3\xa9", 10 }, FM_FOLLOW_MODE_ASCII);
    TEST_TEXT("ASCII", fm_text_string(&out), "a.[1mb\r\n..");
    fm_text_reset(&out);
    fm_follow_plain(&out, (FmSlice){ (const uint8_t *)"a\033[1mb\r\n\xc3\xa9", 10 }, FM_FOLLOW_MODE_UTF8);
    TEST_TEXT("UTF-8", fm_text_string(&out), "a\\x1b[1mb\r\n\xc3\xa9");
}

static const struct {
    const char *name, *path, *type, *file;
} names[] = {
    { "the last part", "/a/b/c.txt", "", "c.txt" },
    { "with its query", "/a/b.cgi?x=1/2", "", "b.cgi%3fx=1%2f2" },
    { "a directory", "/a/b/", "", "b" },
    { "the root", "/", "", "%2f" },
    { "the root with a query", "/?q", "", "%3fq" },
    { "no path", "", "image/png", "object7.image%2fpng" },
    { "the directory above", "/x/..", "", "%2e%2e" },
    { "a way out", "/x/..\\..\\etc", "", "..%5c..%5cetc" },
    { "control characters", "/a\nb\033c\177", "", "a%0ab%1bc%7f" },
};

static void test_names_of_objects(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(FmText) out = { 0 };
        FmObject object = { .packet = 7, .path = names[i].path, .type = names[i].type, .host = "" };
        fm_object_name(&out, &object);
        TEST_TEXT(names[i].name, fm_text_string(&out), names[i].file);
    }
    g_autofree char *part = g_strnfill(5000, 'n'), *path = g_strdup_printf("/%s.html", part);
    g_auto(FmText) out = { 0 };
    FmObject object = { .path = path, .type = "", .host = "" };
    fm_object_name(&out, &object);
    CU_ASSERT(out.size == 200 && g_str_has_suffix(fm_text_string(&out), "n.html"));
}

static char *contents(const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    unlink(path);
    return text;
}

static void test_saving_objects(void)
{
    g_autofree char *top = g_dir_make_tmp("fathom-XXXXXX", NULL), *directory = g_build_filename(top, "out", NULL);
    g_autofree char *elsewhere = g_build_filename(top, "elsewhere", NULL), *link = g_build_filename(directory, "l", NULL);
    g_autoptr(GError) error = NULL;
    CU_ASSERT_PTR_NULL(fm_save_new("/no/such/place", &error));
    CU_ASSERT_PTR_NOT_NULL(error);
    g_clear_error(&error);
    FmSave *save = fm_save_new(directory, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(save);
    CU_ASSERT(symlink(elsewhere, link) == 0);
    static const struct {
        const char *path, *bytes, *name;
        uint64_t number;
        bool continued;
    } objects[] = {
        { "/a.txt", "one", "a.txt", 0, false },  { "/b/a.txt", "two", "a(1).txt", 1, false }, { "/a.txt", "+", "a.txt", 0, true },
        { "/l", "safe", "l(1)", 2, false },      { "/a.txt", "three", "a(2).txt", 3, false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(objects); i++) {
        FmObject o = { .number = objects[i].number, .path = objects[i].path, .host = "", .type = "", .continued = objects[i].continued,
                       .bytes = { (const uint8_t *)objects[i].bytes, strlen(objects[i].bytes) } };
        TEST_TEXT(objects[i].path, fm_save_object(save, &o, &error), objects[i].name);
    }
    fm_save_free(save);
    g_autofree char *first = contents(directory, "a.txt"), *second = contents(directory, "a(1).txt"), *third = contents(directory, "a(2).txt"),
                    *fourth = contents(directory, "l(1)");
    TEST_TEXT("continued", first, "one+");
    TEST_TEXT("numbered", second, "two");
    TEST_TEXT("numbered again", third, "three");
    TEST_TEXT("beside a link", fourth, "safe");
    CU_ASSERT(!g_file_test(elsewhere, G_FILE_TEST_EXISTS));
    unlink(link);
    CU_ASSERT(rmdir(directory) == 0);
    CU_ASSERT(rmdir(top) == 0);
}

const TestSuite test_follow_suite = { "follow",
                                      TEST_CASES({ "order of segments", test_order_of_segments }, { "looks of text", test_looks_of_text },
                                                 { "code pages", test_code_pages }, { "names of objects", test_names_of_objects },
                                                 { "saving objects", test_saving_objects }) };
