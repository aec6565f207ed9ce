#include "config.h"

#include <string.h>
#include <time.h>

#include "model/format.h"
#include "test.h"

enum {
    TOY, U8_DEC, U8_HEX, U16_HEX_DEC, U32_DEC_HEX, U24_HEX, U8_OCT, U64, I8, I64, NAMED, NAMED_HEX, NAMED_BARE, RANGED, MASKED_DEC, MASKED_HEX,
    MASKED_NAMED, MASKED_WIDE, BOOL_PLAIN, BOOL_MASKED, BOOL_12, FLOAT, DOUBLE, IPV4, IPV6, ETHER, EUI64, UTC, DAY_OF_YEAR, SPAN, STRING,
    STRINGZ, BYTES, BYTES_DASH, GUID, OID, REL_OID, FRAMENUM, LABEL, EXPERT, UNIT, CUSTOM, OUI, PORT, UINT_STRING,
};

static const FmName colours[] = { { 1, 0, "red" }, { 2, 0, "green" }, { 16, 31, "dark" }, { 0 } };

static void put_twice(struct FmText *out, uint64_t value)
{
    fm_text_uint(out, value * 2);
    fm_text_literal(out, " half bytes");
}

static const FmField fields[] = {
    [TOY] = { "toy", "Toy Protocol", FM_PROTOCOL },
    [U8_DEC] = { "toy.u8", "Number", FM_UINT8, FM_DEC },
    [U8_HEX] = { "toy.u8_hex", "Number", FM_UINT8, FM_HEX },
    [U16_HEX_DEC] = { "toy.u16", "Number", FM_UINT16, FM_HEX_DEC },
    [U32_DEC_HEX] = { "toy.u32", "Number", FM_UINT32_LE, FM_DEC_HEX },
    [U24_HEX] = { "toy.u24", "Number", FM_UINT24, FM_HEX },
    [U8_OCT] = { "toy.oct", "Number", FM_UINT8, FM_OCT },
    [U64] = { "toy.u64", "Number", FM_UINT64, FM_DEC },
    [I8] = { "toy.i8", "Number", FM_INT8, FM_DEC },
    [I64] = { "toy.i64", "Number", FM_INT64, FM_DEC },
    [NAMED] = { "toy.named", "Colour", FM_UINT8, FM_DEC, .names = colours },
    [NAMED_HEX] = { "toy.named_hex", "Colour", FM_UINT16, FM_HEX, .names = colours },
    [NAMED_BARE] = { "toy.named_bare", "Colour", FM_UINT8, FM_BASE_NONE, .names = colours },
    [RANGED] = { "toy.ranged", "Colour", FM_UINT8, FM_DEC, .names = colours },
    [MASKED_DEC] = { "toy.version", "Version", FM_UINT8, FM_DEC, 0xf0 },
    [MASKED_HEX] = { "toy.flags", "Flags", FM_UINT16, FM_HEX, 0x0fff },
    [MASKED_NAMED] = { "toy.tint", "Tint", FM_UINT8, FM_DEC, 0x03, .names = colours },
    [MASKED_WIDE] = { "toy.wide", "Wide", FM_UINT32, FM_HEX, 0x000fffff },
    [BOOL_PLAIN] = { "toy.bool", "Marked", FM_BOOL8 },
    [BOOL_MASKED] = { "toy.df", "Fragment", FM_BOOL8, FM_BASE_NONE, 0x40, .yes = "Set", .no = "Not set" },
    [BOOL_12] = { "toy.syn", "Syn", FM_BOOL16, FM_BASE_NONE, 0x0002, .yes = "Set", .no = "Not set", .bits = 12 },
    [FLOAT] = { "toy.float", "Ratio", FM_FLOAT },
    [DOUBLE] = { "toy.double", "Ratio", FM_DOUBLE },
    [IPV4] = { "toy.ip", "Address", FM_IPV4 },
    [IPV6] = { "toy.ip6", "Address", FM_IPV6 },
    [ETHER] = { "toy.mac", "Address", FM_ETHER },
    [EUI64] = { "toy.eui", "Address", FM_EUI64 },
    [UTC] = { "toy.time", "Time", FM_ABSOLUTE_TIME, FM_UTC },
    [DAY_OF_YEAR] = { "toy.doy", "Time", FM_ABSOLUTE_TIME, FM_DOY_UTC },
    [SPAN] = { "toy.span", "Delay", FM_RELATIVE_TIME },
    [STRING] = { "toy.string", "Text", FM_STRING },
    [STRINGZ] = { "toy.stringz", "Text", FM_STRINGZ },
    [BYTES] = { "toy.bytes", "Bytes", FM_BYTES },
    [BYTES_DASH] = { "toy.dashed", "Bytes", FM_BYTES, FM_DASH },
    [GUID] = { "toy.guid", "Id", FM_GUID },
    [OID] = { "toy.oid", "Object", FM_OID },
    [REL_OID] = { "toy.rel_oid", "Object", FM_REL_OID },
    [FRAMENUM] = { "toy.frame", "Answer in", FM_FRAMENUM, .generated = true },
    [LABEL] = { "toy.label", "A label", FM_NONE },
    [EXPERT] = { "toy.expert", "Something odd", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [UNIT] = { "toy.unit", "Size", FM_UINT16, FM_DEC, .unit = " bytes" },
    [CUSTOM] = { "toy.custom", "Size", FM_UINT16, FM_CUSTOM, .format = put_twice },
    [OUI] = { "toy.oui", "Vendor", FM_UINT24, FM_OUI },
    [PORT] = { "toy.port", "Port", FM_UINT16, FM_PORT_TCP },
    [UINT_STRING] = { "toy.counted", "Text", FM_UINT_STRING },
};

static const FmProtocol toy = { .abbrev = "toy", .name = "TOY", .title = "Toy Protocol", FM_FIELDS(fields) };
static const FmProtocol *const protocols[] = { &toy };

#define BITS_OF_1_5 0x3ff8000000000000

/* "=": as the value. */
static const struct {
    const char *name;
    unsigned field;
    uint64_t value;
    const char *bytes, *shown, *cell, *line;
} cases[] = {
    { "decimal", U8_DEC, 255, "", "255", "=", "Number: 255" },
    { "hex as wide as the type", U8_HEX, 10, "", "0x0a", "=", "Number: 0x0a" },
    { "hex, then decimal", U16_HEX_DEC, 51188, "", "0xc7f4", "=", "Number: 0xc7f4 (51188)" },
    { "decimal, then hex", U32_DEC_HEX, 16, "", "16", "=", "Number: 16 (0x00000010)" },
    { "24 bits", U24_HEX, 1, "", "0x000001", "=", "Number: 0x000001" },
    { "octal", U8_OCT, 8, "", "010", "=", "Number: 010" },
    { "octal zero", U8_OCT, 0, "", "0", "=", "Number: 0" },
    { "64 bits", U64, UINT64_MAX, "", "18446744073709551615", "=", "Number: 18446744073709551615" },
    { "negative", I8, (uint64_t)-5, "", "-5", "=", "Number: -5" },
    { "most negative", I64, (uint64_t)INT64_MIN, "", "-9223372036854775808", "=", "Number: -9223372036854775808" },
    { "name", NAMED, 2, "", "2", "=", "Colour: green (2)" },
    { "name with hex", NAMED_HEX, 1, "", "0x0001", "=", "Colour: red (0x0001)" },
    { "unknown name", NAMED, 9, "", "9", "=", "Colour: Unknown (9)" },
    { "name alone", NAMED_BARE, 1, "", "1", "=", "Colour: red" },
    { "inside a range", RANGED, 20, "", "20", "=", "Colour: dark (20)" },
    { "masked", MASKED_DEC, 4, "", "4", "=", "0100 .... = Version: 4" },
    { "masked hex: value as wide as the type, line as the mask", MASKED_HEX, 0x18, "", "0x0018", "=", ".... 0000 0001 1000 = Flags: 0x018" },
    { "masked name", MASKED_NAMED, 1, "", "1", "=", ".... ..01 = Tint: red (1)" },
    { "20 of 32 bits", MASKED_WIDE, 0xabc, "", "0x00000abc", "=", ".... .... .... 0000 0000 1010 1011 1100 = Wide: 0x00abc" },
    { "boolean", BOOL_PLAIN, 0, "", "0", "=", "Marked: False" },
    { "boolean bit", BOOL_MASKED, 1, "", "1", "=", ".1.. .... = Fragment: Set" },
    { "boolean bit of twelve", BOOL_12, 0, "", "0", "=", ".... .... ..0. = Syn: Not set" },
    { "float", FLOAT, 0x3fc00000, "", "1.5", "=", "Ratio: 1.5" },
    { "double", DOUBLE, BITS_OF_1_5, "", "1.5", "=", "Ratio: 1.5" },
    { "IPv4", IPV4, 0xc0000201, "", "192.0.2.1", "=", "Address: 192.0.2.1" },
    { "IPv6", IPV6, 0, "20010db8000000000000000000000001", "2001:db8::1", "=", "Address: 2001:db8::1" },
    { "Ethernet", ETHER, 0x0200000000ff, "", "02:00:00:00:00:ff", "=", "Address: 02:00:00:00:00:ff" },
    { "EUI-64", EUI64, 0x0102030405060708, "", "01:02:03:04:05:06:07:08", "=", "Address: 01:02:03:04:05:06:07:08" },
    { "time", UTC, 1484319032888907000, "", "Jan 13, 2017 14:50:32.888907000 UTC", "=", "Time: Jan 13, 2017 14:50:32.888907000 UTC" },
    { "time with a short day", UTC, 0, "", "Jan  1, 1970 00:00:00.000000000 UTC", "=", "Time: Jan  1, 1970 00:00:00.000000000 UTC" },
    { "time before 1970", UTC, (uint64_t)-1, "", "Dec 31, 1969 23:59:59.999999999 UTC", "=", "Time: Dec 31, 1969 23:59:59.999999999 UTC" },
    { "day of the year", DAY_OF_YEAR, 1484319032000000000, "", "2017/013:14:50:32.000000000 UTC", "=", "Time: 2017/013:14:50:32.000000000 UTC" },
    { "span", SPAN, 27648000, "", "0.027648000", "=", "Delay: 0.027648000 seconds" },
    { "negative span", SPAN, (uint64_t)-1000, "", "-0.000001000", "=", "Delay: -0.000001000 seconds" },
    { "string", STRING, 0, "'a b'", "a b", "=", "Text: a b" },
    { "string with control characters", STRING, 0, "'a' 0d 0a 1b 'z'", "a\r\n\x1bz", "a\\r\\n\\x1bz", "Text: a\\r\\n\\x1bz" },
    { "string that is no UTF-8", STRING, 0, "'a' c3 28", "a\xc3(", "a\\xc3(", "Text: a\\xc3(" },
    { "string up to its NUL", STRINGZ, 0, "'ab' 00 'c'", "ab", "=", "Text: ab" },
    { "string with a NUL inside", UINT_STRING, 0, "'a' 00 'b'", NULL, "a\\x00b", "Text: a\\x00b" },
    { "empty string", STRING, 0, "", "", "=", "Text: " },
    { "bytes", BYTES, 0, "010203", "01:02:03", "010203", "Bytes: 010203" },
    { "36 bytes", BYTES, 0, "aa*36", NULL, NULL, "Bytes: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
    { "37 bytes", BYTES, 0, "aa*37", NULL, NULL, "Bytes: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" },
    { "no bytes", BYTES, 0, "", "", "<MISSING>", "Bytes: <MISSING>" },
    { "bytes with a separator of their own", BYTES_DASH, 0, "0102", "01-02", "=", "Bytes: 01-02" },
    { "GUID", GUID, 0, "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff", "=", "Id: 00112233-4455-6677-8899-aabbccddeeff" },
    { "object identifier", OID, 0, "2a864886f70d01010b", "1.2.840.113549.1.1.11", "=", "Object: 1.2.840.113549.1.1.11" },
    { "object identifier under 2", OID, 0, "8837", "2.999", "=", "Object: 2.999" },
    { "object identifier cut short", OID, 0, "2a86", "1.2", "=", "Object: 1.2" },
    { "object identifier without end", OID, 0, "ff*20", "", "=", "Object: " },
    { "relative object identifier", REL_OID, 0, "8143", "195", "=", "Object: 195" },
    { "frame number", FRAMENUM, 7, "", "7", "=", "[Answer in: 7]" },
    { "label", LABEL, 0, "", "", "1", "A label" },
    { "note", EXPERT, 0, "", "", "1", "Something odd" },
    { "unit", UNIT, 20, "", "20", "=", "Size: 20 bytes" },
    { "own format", CUSTOM, 20, "", "20", "=", "Size: 40 half bytes" },
    { "vendor that is none", OUI, 0x2e643a, "", "3040314", "=", "Vendor: 2e:64:3a" },
    { "port", PORT, 443, "", "443", "=", "Port: 443" },
    { "protocol", TOY, 0, "", "", "Toy Protocol", "Toy Protocol" },
};

typedef struct OneNode { /* a packet of one node */
    FmPacket packet;
    FmNode node;
    FmBuffer buffer;
    FmLabel label;
} OneNode;

static void fill(OneNode *one, const FmCatalog *catalog, unsigned field, uint64_t value, const GByteArray *bytes)
{
    *one = (OneNode){ 0 };
    one->node = (FmNode){ .field = (uint16_t)(fm_catalog_base(catalog, 1) + field), .length = bytes->len, .value = value,
                          .flags = fields[field].generated ? FM_NODE_MADE : 0 };
    one->buffer = (FmBuffer){ { bytes->data, bytes->len }, "Frame" };
    one->packet = (FmPacket){ .catalog = catalog, .nodes = &one->node, .node_count = 1, .buffers = &one->buffer, .buffer_count = 1,
                              .labels = &one->label };
}

static FmCatalog *toy_catalog(void)
{
    FmCatalog *catalog = fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
    return catalog;
}

static void test_cases(void)
{
    g_autoptr(FmCatalog) catalog = toy_catalog();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(cases[i].bytes);
        g_auto(FmText) text = { 0 };
        OneNode one;
        fill(&one, catalog, cases[i].field, cases[i].value, bytes);
        if (cases[i].shown) {
            fm_format_value(&text, &one.packet, &one.node, false);
            TEST_TEXT(cases[i].name, fm_text_string(&text), cases[i].shown);
        }
        if (cases[i].cell) {
            fm_text_reset(&text);
            fm_format_cell(&text, &one.packet, &one.node);
            TEST_TEXT(cases[i].name, fm_text_string(&text), strcmp(cases[i].cell, "=") == 0 ? cases[i].shown : cases[i].cell);
        }
        fm_text_reset(&text);
        fm_format_line(&text, &one.packet, &one.node);
        TEST_TEXT(cases[i].name, fm_text_string(&text), cases[i].line);
    }
}

static void test_labels(void)
{
    static const struct {
        const char *name, *label;
        unsigned flags;
        const char *line;
    } labels[] = {
        { "instead", "Twelve", 0, "Twelve" },
        { "behind", " (twelve)", FM_NODE_LABEL_ADDS, "Number: 12 (twelve)" },
        { "made", "Twelve", FM_NODE_MADE, "[Twelve]" },
        { "made, behind", "!", FM_NODE_MADE | FM_NODE_LABEL_ADDS, "[Number: 12!]" },
        { "escaped", "a\tb", 0, "a\\tb" },
    };
    g_autoptr(FmCatalog) catalog = toy_catalog();
    g_autoptr(GByteArray) bytes = test_bytes("");
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        g_auto(FmText) text = { 0 };
        OneNode one;
        fill(&one, catalog, U8_DEC, 12, bytes);
        one.label = (FmLabel){ labels[i].label, (uint32_t)strlen(labels[i].label), false };
        one.node.label = 1;
        one.node.flags = (uint8_t)labels[i].flags;
        fm_format_line(&text, &one.packet, &one.node);
        TEST_TEXT(labels[i].name, fm_text_string(&text), labels[i].line);
    }
}

/* Lines are cut to FM_LINE_SIZE bytes, between characters, and say so behind the name. */
static void test_long_lines(void)
{
    g_autoptr(FmCatalog) catalog = toy_catalog();
    for (size_t size = 220; size < 245; size++) {
        g_autoptr(GByteArray) bytes = test_bytes("");
        for (size_t i = 0; i < size; i++)
            g_byte_array_append(bytes, (const uint8_t *)"é", 2);
        g_auto(FmText) text = { 0 };
        OneNode one;
        fill(&one, catalog, STRING, 0, bytes);
        one.node.length = (uint32_t)size;
        fm_format_line(&text, &one.packet, &one.node);
        const char *line = fm_text_string(&text);
        CU_ASSERT_TRUE(text.size <= FM_LINE_SIZE);
        CU_ASSERT_TRUE(g_utf8_validate(line, -1, NULL));
        if (size % 2 == 0) /* no half character at the end, which would be shown as four */
            CU_ASSERT_EQUAL(g_str_has_prefix(line, "Text [truncated]: é"), size + strlen("Text: ") > FM_LINE_SIZE);
    }
}

static void test_named(void)
{
    static const struct {
        unsigned field;
        uint64_t value;
        const char *text;
    } named[] = { { NAMED, 2, "green" }, { NAMED, 9, "9" }, { MASKED_HEX, 2, "0x002" }, { BOOL_MASKED, 1, "Set" }, { IPV4, 1, "0.0.0.1" } };
    g_autoptr(FmCatalog) catalog = toy_catalog();
    g_autoptr(GByteArray) bytes = test_bytes("");
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        g_auto(FmText) text = { 0 };
        OneNode one;
        fill(&one, catalog, named[i].field, named[i].value, bytes);
        fm_format_named(&text, &one.packet, &one.node);
        TEST_TEXT(fields[named[i].field].abbrev, fm_text_string(&text), named[i].text);
    }
}

static void test_local_time(void)
{
    g_auto(FmText) text = { 0 };
    g_autofree char *before = g_strdup(g_getenv("TZ"));
    g_setenv("TZ", "XYZ-2", TRUE);
    tzset();
    fm_format_absolute_time(&text, 1484319032888907000, FM_LOCAL);
    TEST_TEXT("two hours ahead", fm_text_string(&text), "Jan 13, 2017 16:50:32.888907000 XYZ");
    if (before)
        g_setenv("TZ", before, TRUE);
    else
        g_unsetenv("TZ");
    tzset();
}

const TestSuite test_format_suite = {
    .name = "format",
    TEST_CASES({ "every type as value, cell and line", test_cases }, { "labels", test_labels }, { "long lines", test_long_lines },
               { "names instead of numbers", test_named }, { "local time", test_local_time }),
};
