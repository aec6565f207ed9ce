#include "config.h"

#include <inttypes.h>

#include "base/pattern.h"
#include "test.h"

static void put(FmPatterns *patterns, FmText *text, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void put(FmPatterns *patterns, FmText *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fm_pattern_put(fm_pattern_of(patterns, format), text, format, args);
    va_end(args);
}

/* Every pattern twice: read, and found again. As much as vsnprintf makes of it. */
#define CASE(...) \
    do { \
        g_autofree char *expected = g_strdup_printf(__VA_ARGS__); \
        for (int i = 0; i < 2; i++) { \
            g_auto(FmText) text = { 0 }; \
            put(patterns, &text, __VA_ARGS__); \
            TEST_TEXT(#__VA_ARGS__, fm_text_string(&text), expected); \
            text.size = 0; \
            fm_text_printf(&text, __VA_ARGS__); \
            TEST_TEXT(#__VA_ARGS__, fm_text_string(&text), expected); \
        } \
    } while (0)

static void test_as_printf(void)
{
    FmPatterns *patterns = fm_patterns_new();
    g_autofree char *wide = g_strnfill(10000, 'w');
    CASE("constant");
    CASE("%u", 0u);
    CASE("%u%u%u. .... = Flags: 0x%x%s", 1u, 0u, UINT32_MAX, 0xbeefu, ", more");
    CASE("%d %ld %lld", INT32_MIN, -1L, (long long)INT64_MIN);
    CASE("%lu %llu %zu", UINT64_MAX, (unsigned long long)UINT64_MAX, sizeof wide);
    CASE("0x%04x 0x%08lx 0x%016llx %x", 0xau, 0xaUL, 0xaULL, 0u);
    CASE("%" PRIu64 "|%" PRId64 "|%" PRIx64, UINT64_MAX, INT64_MIN, UINT64_MAX);
    CASE("%.*s|%s|%.*s", 2, "abc", "", 9, "abc");
    CASE("%s%s", wide, wide);
    CASE("%c%%%c", 'a', 'b');
    CASE("%5u|%-5s|%02d|%.3s|%+d|%o|%X", 7u, "x", 7, "abcdef", 7, 8u, 255u);
    CASE("%5u%s", 7u, wide);
    CASE("%.2f", 1.5);
    CASE("%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u", 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, 16u, 17u, 18u,
         19u, 20u, 21u, 22u, 23u, 24u, 25u, 26u);
    fm_patterns_free(patterns);
}

static void test_kinds(void)
{
    static const struct {
        const char *format;
        bool constant, plain;
    } cases[] = { { "Times", true, true }, { "%u of %x", false, true }, { "%s", false, false }, { "%c", false, false }, { "%5u", false, false } };
    FmPatterns *patterns = fm_patterns_new();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const FmPattern *pattern = fm_pattern_of(patterns, cases[i].format);
        size_t size;
        CU_ASSERT_EQUAL(fm_pattern_is_constant(pattern, &size), cases[i].constant);
        CU_ASSERT_EQUAL(size, cases[i].constant ? strlen(cases[i].format) : 0);
        CU_ASSERT_EQUAL(fm_pattern_is_plain(pattern), cases[i].plain);
    }
    fm_patterns_free(patterns);
}

/* More formats than the table has room for at first: each keeps its own pattern. */
static void test_many(void)
{
    char formats[2000][4];
    FmPatterns *patterns = fm_patterns_new();
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        CU_ASSERT_PTR_NOT_NULL(fm_pattern_of(patterns, memcpy(formats[i], i % 2 ? "%u" : "x", i % 2 ? 3 : 2)));
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        size_t size;
        CU_ASSERT_EQUAL(fm_pattern_is_constant(fm_pattern_of(patterns, formats[i]), &size), i % 2 == 0);
    }
    fm_patterns_free(patterns);
}

const TestSuite test_pattern_suite = {
    "pattern",
    TEST_CASES({ "as printf", test_as_printf }, { "kinds", test_kinds }, { "many", test_many }),
};
