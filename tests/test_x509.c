#include "config.h"

#include <string.h>

#include "dissectors/security/der.h"
#include "dissectors/security/x509.h"
#include "engine/engine.h"
#include "test.h"

static FmCursor cursor(const GByteArray *bytes, FmTrouble *trouble)
{
    return (FmCursor){ bytes->data, bytes->data + bytes->len, bytes->data, trouble, 0, 0, false };
}

/* ---- DER ---- */

static const struct {
    const char *name, *bytes, *values; /* tag:size of each, then ! for trouble */
} encodings[] = {
    { "short lengths", "0201 05 0500", "2:1 5:0" },
    { "long length", "0481 03 010203", "4:3" },
    { "length of four bytes", "0484 00000002 0102", "4:2" },
    { "context tags", "a003 020101 82 01 61", "256:3 258:1" },
    { "tag of two bytes", "9f 1f 00", "287:0" },
    { "length beyond the end", "0405 0102", "4:2 !" },
    { "length of nine bytes", "0489 000000000000000001 00", "!" },
    { "indefinite length", "3080 0500 0000", "!" },
    { "length that would wrap", "0488 ffffffffffffffff 00", "4:1 !" },
    { "a tag and nothing more", "30", "16:0 !" },
};

static void test_encodings(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(encodings[i].bytes);
        g_autoptr(GString) got = g_string_new(NULL);
        FmTrouble trouble = { 0 };
        FmCursor c = cursor(bytes, &trouble);
        DerValue value;
        while (der_next(&c, &value))
            g_string_append_printf(got, "%s%u:%zu", got->len ? " " : "", value.tag, fm_left(&value.body));
        if (trouble.kind != FM_TROUBLE_NONE)
            g_string_append_printf(got, "%s!", got->len ? " " : "");
        TEST_TEXT(encodings[i].name, got->str, encodings[i].values);
    }
}

static const struct {
    const char *name, *bytes;
    int64_t seconds; /* INT64_MIN: not a time */
} times[] = {
    { "UTCTime", "170d '700101000000Z'", 0 },
    { "UTCTime of the next century", "170d '491231235959Z'", INT64_C(2524607999) },
    { "UTCTime without seconds", "170b '7001010001Z'", 60 },
    { "GeneralizedTime", "180f '20000229120000Z'", INT64_C(951825600) },
    { "GeneralizedTime far away", "180f '99991231235959Z'", INT64_C(253402300799) },
    { "GeneralizedTime long ago", "180f '00010101000000Z'", INT64_C(-62135596800) },
    { "no digits", "170d 'yesterday....'", INT64_MIN },
    { "month 13", "170d '701301000000Z'", INT64_MIN },
    { "too short", "1703 '700'", INT64_MIN },
};

static void test_times(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(times[i].bytes);
        FmTrouble trouble = { 0 };
        FmCursor c = cursor(bytes, &trouble);
        DerValue value;
        CU_ASSERT_TRUE_FATAL(der_next(&c, &value));
        int64_t seconds = der_seconds(&value), expected;
        if (seconds != times[i].seconds)
            g_printerr("%s: %" G_GINT64_FORMAT "\n", times[i].name, seconds);
        CU_ASSERT_EQUAL(seconds, times[i].seconds);
        if (seconds == INT64_MIN || __builtin_mul_overflow(seconds, INT64_C(1000000000), &expected))
            expected = seconds < 0 ? INT64_MIN : INT64_MAX;
        CU_ASSERT_EQUAL(der_time(&value), expected);
    }
}

/* ---- whom a certificate speaks for ---- */

static const struct {
    const char *names, *host;
    bool fits;
} hosts[] = {
    { "820b 'example.org'", "example.org", true },
    { "820b 'example.org'", "EXAMPLE.org", true },
    { "820b 'example.org'", "www.example.org", false },
    { "820d '*.example.org'", "www.example.org", true },
    { "820d '*.example.org'", "a.b.example.org", false },
    { "820d '*.example.org'", "example.org", false },
    { "820d '*.example.org'", ".example.org", false },
    { "8203 'a.b' 8203 'c.d'", "c.d", true },
    { "8203 'a.b' 82ff", "c.d", false },
};

static void test_hosts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(hosts[i].names);
        X509Summary certificate = { .alternative_names = { bytes->data, bytes->len } };
        bool fits = x509_names_host(&certificate, (FmSlice){ (const uint8_t *)hosts[i].host, strlen(hosts[i].host) });
        if (fits != hosts[i].fits)
            g_printerr("%s: %s\n", hosts[i].names, hosts[i].host);
        CU_ASSERT_EQUAL(fits, hosts[i].fits);
    }
}

static void test_common_name(void)
{
    g_autoptr(GByteArray) subject = test_bytes("301a 310b 3009 0603 550406 1302 'DE' 310b 3009 0603 550403 0c02 'ab'");
    X509Summary certificate = { .subject = { subject->data, subject->len } };
    CU_ASSERT_TRUE(x509_names_host(&certificate, (FmSlice){ (const uint8_t *)"ab", 2 }));
    CU_ASSERT_FALSE(x509_names_host(&certificate, (FmSlice){ (const uint8_t *)"DE", 2 }));
    CU_ASSERT_FALSE(x509_names_host(&(X509Summary){ 0 }, (FmSlice){ (const uint8_t *)"DE", 2 }));
    g_auto(FmText) text = { 0 };
    x509_name_text(&text, certificate.subject);
    TEST_TEXT("long", fm_text_string(&text), "id-at-commonName=ab,id-at-countryName=DE");
    fm_text_reset(&text);
    x509_name_short(&text, certificate.subject);
    TEST_TEXT("short", fm_text_string(&text), "CN=ab, C=DE");
}

/* Every prefix of a certificate is summarized without reading past it (the address sanitizer sees to that). */
static void test_cut_summaries(void)
{
    g_autoptr(GByteArray) bytes = test_bytes(
        "3081b6 3081 9e a003 020102 020105 300a 0608 2a8648ce3d040302 300d 310b 3009 0603 550403 0c02 'ca' 301e 170d '200101000000Z' 170d "
        "'300101000000Z' 300d 310b 3009 0603 550403 0c02 'me' 302a 3005 0603 2b6570 0321 00 01*32 a316 3014 3012 0603 551d11 040b 3009 "
        "8207 'me.test' 300a 0608 2a8648ce3d040302 0307 00 010203040506");
    X509Summary whole = x509_summarize((FmSlice){ bytes->data, bytes->len });
    CU_ASSERT_EQUAL(whole.key_bits, 256);
    CU_ASSERT_EQUAL(whole.not_before, INT64_C(1577836800000000000));
    CU_ASSERT_TRUE(x509_names_host(&whole, (FmSlice){ (const uint8_t *)"me.test", 7 }));
    for (size_t size = 0; size < bytes->len; size++) {
        g_autofree uint8_t *part = g_malloc(MAX(size, 1));
        memcpy(part, bytes->data, size);
        x509_summarize((FmSlice){ part, size });
    }
}

const TestSuite test_x509_suite = {
    "x509",
    TEST_CASES({ "encodings", test_encodings }, { "times", test_times }, { "host names", test_hosts }, { "common names", test_common_name },
               { "certificates cut short", test_cut_summaries }),
};
