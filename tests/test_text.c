#include "config.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "test.h"

static void test_numbers(void)
{
    static const uint64_t numbers[] = { 0, 1, 9, 10, 99, 100, 65535, 10000, 99999, 100000, 9999999, 99999999, 100000000, 999999999, UINT32_MAX,
                                        UINT64_C(9999999999999999), UINT64_C(10000000000000000), INT64_MAX, UINT64_MAX };
    g_auto(FmText) text = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *expected = g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %05" G_GINT64_MODIFIER "x",
                                                    numbers[i], (int64_t)numbers[i], numbers[i]);
        fm_text_reset(&text);
        fm_text_uint(&text, numbers[i]);
        fm_text_char(&text, ' ');
        fm_text_int(&text, (int64_t)numbers[i]);
        fm_text_char(&text, ' ');
        fm_text_hex(&text, numbers[i], 5);
        CU_ASSERT_STRING_EQUAL(fm_text_string(&text), expected);
    }
}

static void test_bytes_as_hex(void)
{
    g_auto(FmText) text = { 0 };
    const uint8_t bytes[] = { 0x00, 0x9f, 0xff };
    fm_text_bytes(&text, (FmSlice){ bytes, 3 }, ':');
    fm_text_char(&text, ' ');
    fm_text_bytes(&text, (FmSlice){ bytes, 3 }, '\0');
    fm_text_char(&text, ' ');
    fm_text_bytes(&text, (FmSlice){ NULL, 0 }, ':');
    CU_ASSERT_STRING_EQUAL(fm_text_string(&text), "00:9f:ff 009fff ");
}

/* Sixteen bytes are put at once where the processor can, the rest one by one. */
static void test_many_bytes_as_hex(void)
{
    static const char separators[] = { ':', '.', '\0' };
    uint8_t bytes[70];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t s = 0; s < sizeof separators; s++)
        for (size_t n = 0; n <= sizeof bytes; n++) {
            g_autoptr(GString) expected = g_string_new(NULL);
            g_auto(FmText) text = { 0 };
            for (size_t i = 0; i < n; i++) {
                if (i && separators[s])
                    g_string_append_c(expected, separators[s]);
                g_string_append_printf(expected, "%02x", bytes[i]);
            }
            fm_text_bytes(&text, (FmSlice){ bytes, n }, separators[s]);
            CU_ASSERT_STRING_EQUAL(fm_text_string(&text), expected->str);
        }
}

static void test_ipv4(void)
{
    static const uint32_t addresses[] = { 0, 0x01020304, 0x7f000001, 0xc0a80a64, 0xffffffff, 0x0a630900, 0x64c809ff };
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_auto(FmText) text = { 0 };
        char expected[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &(struct in_addr){ htonl(addresses[i]) }, expected, sizeof expected);
        fm_text_ipv4(&text, addresses[i]);
        CU_ASSERT_STRING_EQUAL(fm_text_string(&text), expected);
    }
}

/* Every pattern of zero and other words, in three kinds of words, beside the C library's. */
static void test_ipv6(void)
{
    static const uint8_t words[][2] = { { 0x00, 0x01 }, { 0x20, 0x01 }, { 0xff, 0xff } };
    g_auto(FmText) text = { 0 };
    for (size_t w = 0; w < G_N_ELEMENTS(words); w++) {
        for (unsigned set = 0; set < 256; set++) {
            uint8_t address[16] = { 0 };
            for (unsigned i = 0; i < 8; i++)
                if (set >> i & 1)
                    memcpy(address + 2 * i, words[w], 2);
            char expected[INET6_ADDRSTRLEN];
            inet_ntop(AF_INET6, address, expected, sizeof expected);
            fm_text_reset(&text);
            fm_text_ipv6(&text, address);
            TEST_TEXT("address", fm_text_string(&text), expected);
        }
    }
}

static void test_ether(void)
{
    g_auto(FmText) text = { 0 };
    fm_text_ether(&text, UINT64_C(0x02005e10ab0f));
    CU_ASSERT_STRING_EQUAL(fm_text_string(&text), "02:00:5e:10:ab:0f");
}

static void test_seconds(void)
{
    static const struct {
        FmTime time;
        unsigned digits;
        const char *text;
    } cases[] = {
        { 0, 9, "0.000000000" },
        { 1, 9, "0.000000001" },
        { 1999999999, 6, "1.999999" }, /* truncated, not rounded */
        { 1999999999, 0, "1" },
        { -1, 9, "-0.000000001" },
        { -1500000000, 3, "-1.500" },
        { INT64_MAX, 9, "9223372036.854775807" },
        { INT64_MIN + 1, 9, "-9223372036.854775807" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(FmText) text = { 0 };
        fm_text_seconds(&text, cases[i].time, cases[i].digits);
        CU_ASSERT_STRING_EQUAL(fm_text_string(&text), cases[i].text);
    }
}

static void test_escaped(void)
{
    static const struct {
        const char *name, *bytes;
        size_t size;
        const char *text;
    } cases[] = {
        { "plain", "GET /", 5, "GET /" },
        { "line ends", "a\r\n\tb", 5, "a\\r\\n\\tb" },
        { "escape sequence", "\x1b[31m", 5, "\\x1b[31m" },
        { "NUL and DEL", "\0\x7f", 2, "\\x00\\x7f" },
        { "two-byte character", "\xc3\xa9", 2, "\xc3\xa9" },
        { "cut character", "x\xc3", 2, "x\\xc3" },
        { "overlong", "\xc0\xaf", 2, "\\xc0\\xaf" },
        { "surrogate", "\xed\xa0\x80", 3, "\\xed\\xa0\\x80" },
        { "C1 control", "\xc2\x9b" "1m", 4, "\\xc2\\x9b" "1m" },
        { "right to left override", "\xe2\x80\xae", 3, "\\xe2\\x80\\xae" },
        { "backslash stays", "\\x", 2, "\\x" },
        { "empty", "", 0, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(FmText) text = { 0 };
        fm_text_escaped(&text, cases[i].bytes, cases[i].size);
        TEST_TEXT(cases[i].name, fm_text_string(&text), cases[i].text);
    }
}

/* Eight bytes are looked at together: what is odd is found at every place. */
static void test_escaped_anywhere(void)
{
    for (size_t size = 1; size <= 26; size++)
        for (size_t odd = 0; odd < size; odd++) {
            g_auto(FmText) text = { 0 };
            g_autofree char *bytes = g_strnfill(size, '~'), *expected = g_strdup_printf("%.*s\\x7f%s", (int)odd, bytes, bytes + odd + 1);
            bytes[odd] = 0x7f;
            fm_text_escaped(&text, bytes, size);
            CU_ASSERT_STRING_EQUAL(fm_text_string(&text), expected);
        }
}

static void test_grows(void)
{
    g_auto(FmText) text = { 0 };
    g_autofree char *wide = g_strnfill(10000, 'w');
    fm_text_printf(&text, "%s", wide);
    CU_ASSERT_EQUAL(text.size, 10000);
    for (int i = 0; i < 10000; i++)
        fm_text_char(&text, 'w');
    fm_text_add(&text, wide, 10000);
    CU_ASSERT_EQUAL(text.size, 30000);
    CU_ASSERT_EQUAL(strspn(fm_text_string(&text), "w"), 30000);
}

static void test_pad(void)
{
    g_auto(FmText) text = { 0 };
    fm_text_put(&text, "ab → ");
    fm_text_pad(&text, 3, 6);
    fm_text_char(&text, '|');
    CU_ASSERT_STRING_EQUAL(fm_text_string(&text), "ab →     |");
}

const TestSuite test_text_suite = {
    "text",
    TEST_CASES({ "numbers", test_numbers }, { "bytes as hex", test_bytes_as_hex }, { "many bytes as hex", test_many_bytes_as_hex }, { "IPv4", test_ipv4 }, { "IPv6", test_ipv6 },
               { "Ethernet", test_ether }, { "seconds", test_seconds }, { "escaped", test_escaped },
               { "escaped anywhere", test_escaped_anywhere }, { "grows", test_grows },
               { "pad", test_pad }),
};
