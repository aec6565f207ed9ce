#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "output/printer.h"
#include "output/sink.h"
#include "test.h"

enum { TOY, PORT, FLAGS, FLAG_DF, DELAY, NOTE, MARK, PAYLOAD };

static const FmField fields[] = {
    [TOY] = { "toy", "Toy Protocol", FM_PROTOCOL },
    [PORT] = { "toy.port", "Port", FM_UINT16, FM_DEC, .also = "toy.any" },
    [FLAGS] = { "toy.flags", "Flags", FM_UINT8, FM_HEX, 0xe0 },
    [FLAG_DF] = { "toy.flags.df", "Fragment", FM_BOOL8, FM_BASE_NONE, 0x40, .yes = "Set", .no = "Not set" },
    [DELAY] = { "toy.delay", "Delay", FM_RELATIVE_TIME, .generated = true },
    [NOTE] = { "toy.note", "Note", FM_STRING, .hidden = true },
    [MARK] = { "toy.mark", "Mark", FM_NONE },
    [PAYLOAD] = { "toy.payload", "Payload", FM_BYTES },
};

static const FmProtocol toy = { .abbrev = "toy", .name = "TOY", .title = "Toy Protocol", FM_FIELDS(fields) };
static const FmProtocol *const protocols[] = { &toy };

static const uint8_t wire[] = { 0x01, 0xbb, 0x40, 'x', '"', '\n' };

typedef struct Fixture {
    FmCatalog *catalog;
    FmColumns *columns;
    FmFrame frame;
    FmNode nodes[9];
    FmBuffer buffers[2];
    FmLabel labels[2];
    FmPacket packet;
    FmPrintOptions options;
} Fixture;

static void open_fixture(Fixture *f)
{
    *f = (Fixture){ 0 };
    f->catalog = fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
    f->columns = fm_columns_new();
    uint16_t base = fm_catalog_base(f->catalog, 1);
    f->frame = (FmFrame){ .number = 3, .time = 1484319032888907001, .data = wire, .captured = sizeof wire, .length = 60, .link_type = 1, .decimals = 6 };
    const FmNode nodes[] = {
        { .field = base + TOY, .length = 6, .label = 1 },
        { .field = base + PORT, .depth = 1, .length = 2, .value = 443 },
        { .field = base + FLAGS, .depth = 1, .offset = 2, .length = 1, .value = 2 },
        { .field = base + FLAG_DF, .depth = 2, .offset = 2, .length = 1, .value = 1 },
        { .field = FM_ID_TEXT, .depth = 1, .label = 2, .flags = FM_NODE_MADE },
        { .field = base + DELAY, .depth = 2, .value = 1500000, .flags = FM_NODE_MADE },
        { .field = base + NOTE, .depth = 1, .offset = 3, .length = 3, .flags = FM_NODE_HIDDEN },
        { .field = base + MARK, .depth = 1 },
        { .field = base + PAYLOAD, .depth = 1, .offset = 3, .length = 2 },
    };
    memcpy(f->nodes, nodes, sizeof nodes);
    f->buffers[0] = (FmBuffer){ { wire, sizeof wire }, "Frame" };
    f->buffers[1] = (FmBuffer){ { wire, 1 }, "Opened" };
    f->labels[0] = (FmLabel){ "Toy Protocol, Port: 443", 23, false };
    f->labels[1] = (FmLabel){ "Times", 5, true };
    f->packet = (FmPacket){ .catalog = f->catalog, .frame = &f->frame, .nodes = f->nodes, .node_count = G_N_ELEMENTS(nodes),
                            .buffers = f->buffers, .buffer_count = 1, .labels = f->labels, .label_count = 2, .protocol = "TOY",
                            .source = { FM_ADDRESS_IPV4, { 192, 0, 2, 1 }, NULL }, .destination = { FM_ADDRESS_TEXT, { 0 }, "b\tc" },
                            .first_time = f->frame.time - 1500000, .previous_time = FM_TIME_NONE, .previous_displayed_time = FM_TIME_NONE };
    fm_text_put(&f->packet.info, "443 → 80 a\nb");
    f->options = (FmPrintOptions){ .catalog = f->catalog, .columns = f->columns, .file = "x.pcap", .separator = "", .field_separator = '\t',
                                   .aggregator = ',', .occurrence = FM_OCCURRENCE_ALL };
    f->options.fields = g_ptr_array_new();
}

static void close_fixture(Fixture *f)
{
    fm_text_clear(&f->packet.info);
    g_ptr_array_unref(f->options.fields);
    if (f->options.keep)
        g_hash_table_unref(f->options.keep);
    fm_columns_free(f->columns);
    fm_catalog_free(f->catalog);
}

/* What a printer makes of the packet, shown `times` times; begin and end only with more than one. */
static char *print(Fixture *f, unsigned times)
{
    g_autoptr(FmPrinter) printer = fm_printer_new(&f->options);
    g_auto(FmText) out = { 0 };
    if (times != 1 && printer->begin)
        printer->begin(printer, &out);
    for (unsigned i = 0; i < times; i++)
        printer->packet(printer, &out, &f->packet);
    if (times != 1 && printer->end)
        printer->end(printer, &out);
    return g_strdup(fm_text_string(&out));
}

#define LINE "    3   0.001500    192.0.2.1 → b\\tc         TOY 60 443 → 80 a\\nb\n"
#define DETAIL                                                                                                                             \
    "Toy Protocol, Port: 443\n    Port: 443\n    010. .... = Flags: 0x2\n        .1.. .... = Fragment: Set\n    [Times]\n"                \
    "        [Delay: 0.001500000 seconds]\n    Mark\n    Payload: 7822\n"
#define HEX "0000  01 bb 40 78 22 0a                                 ..@x\".\n"

static void test_lines_details_bytes(void)
{
    static const struct {
        const char *name;
        bool lines, details, hex;
        FmFormat format;
        const char *separator, *text;
    } rows[] = {
        { "line", true, false, false, FM_FORMAT_TEXT, "", LINE },
        { "details", false, true, false, FM_FORMAT_TEXT, "", DETAIL "\n" },
        { "bytes", false, false, true, FM_FORMAT_TEXT, "", HEX "\n" },
        { "line and details", true, true, false, FM_FORMAT_TEXT, "--", LINE DETAIL "--\n" },
        { "all", true, true, true, FM_FORMAT_TEXT, "", LINE DETAIL "\n" HEX "\n" },
        { "tabs", true, false, false, FM_FORMAT_TABS, "", "    3\t  0.001500\t   192.0.2.1\t→\tb\\tc        \tTOY\t60\t443 → 80 a\\nb\n" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture f;
        open_fixture(&f);
        f.options.lines = rows[i].lines;
        f.options.details = rows[i].details;
        f.options.hex = rows[i].hex;
        f.options.format = rows[i].format;
        f.options.separator = rows[i].separator;
        g_autofree char *got = print(&f, 1);
        TEST_TEXT(rows[i].name, got, rows[i].text);
        close_fixture(&f);
    }
}

static void test_colors(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.lines = f.options.color = true;
    g_autofree char *plain = print(&f, 1);
    TEST_TEXT("a protocol without colour", plain, LINE);
    f.packet.protocol = "TCP";
    g_autofree char *tcp = print(&f, 1);
    CU_ASSERT_TRUE(g_str_has_prefix(tcp, "\033[38;5;146m    3 ") && g_str_has_suffix(tcp, "a\\nb\033[0m\n"));
    f.packet.trouble = "[Malformed Packet]";
    g_autofree char *bad = print(&f, 1);
    CU_ASSERT_TRUE(g_str_has_prefix(bad, "\033[1;38;5;203m    3 ") && g_str_has_suffix(bad, "[Malformed Packet]\033[0m\n"));
    close_fixture(&f);
}

/* A printer that keeps lines must not show an old one where anything differs. */
static void test_kept_lines(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.details = true;
    g_autoptr(FmPrinter) kept = fm_printer_new(&f.options);
    for (unsigned round = 0; round < 500; round++) {
        f.nodes[1].value = round * 7 % 90;
        f.nodes[2].value = round % 8;
        f.nodes[2].flags = round % 3 == 0 ? FM_NODE_MADE : 0;
        f.nodes[7].depth = 1 + round % 2;
        g_auto(FmText) out = { 0 };
        kept->packet(kept, &out, &f.packet);
        g_autofree char *fresh = print(&f, 1);
        CU_ASSERT_STRING_EQUAL(fm_text_string(&out), fresh);
    }
    close_fixture(&f);
}

static void test_open_protocols(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.details = true;
    f.options.open = g_hash_table_new(NULL, NULL);
    g_autofree char *closed = print(&f, 1);
    TEST_TEXT("none open", closed, "Toy Protocol, Port: 443\n\n");
    g_hash_table_add(f.options.open, (gpointer)(uintptr_t)&toy);
    g_autofree char *open = print(&f, 1);
    TEST_TEXT("toy open", open, DETAIL "\n");
    g_hash_table_unref(f.options.open);
    close_fixture(&f);
}

static void test_hexdump(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.hex = true;
    f.packet.buffer_count = 2;
    g_autofree char *both = print(&f, 1);
    TEST_TEXT("two buffers", both, "Frame (6 bytes):\n" HEX "Opened (1 byte):\n0000  01                                                .\n\n");
    f.options.hex_frames_only = f.options.hex_delimited = true;
    g_autofree char *one = print(&f, 1);
    TEST_TEXT("frame only, delimited", one, "0000  01 bb 40 78 22 0a                                 |..@x\".|\n\n");
    f.options.hex_no_ascii = true;
    g_autofree char *bare = print(&f, 1);
    TEST_TEXT("no ASCII", bare, "0000  01 bb 40 78 22 0a                                 " "\n\n");
    close_fixture(&f);
}

static void test_fields(void)
{
    static const struct {
        const char *name, *fields;
        char separator, aggregator, quote;
        FmOccurrence occurrence;
        bool header, bom;
        const char *text;
    } rows[] = {
        { "cells", "toy.port toy toy.mark toy.delay toy.payload toy.note", '\t', ',', 0, FM_OCCURRENCE_ALL, false, false,
          "443\tToy Protocol, Port: 443\t1\t0.001500000\t7822\tx\"\\n\n443\tToy Protocol, Port: 443\t1\t0.001500000\t7822\tx\"\\n\n" },
        { "alias, repeated, quoted", "toy.any toy.any", ';', ',', '"', FM_OCCURRENCE_ALL, false, false, "\"443\";\"443\"\n\"443\";\"443\"\n" },
        { "header and mark", "toy.port _ws.col.Info", ' ', ',', '\'', FM_OCCURRENCE_ALL, true, true,
          "\xef\xbb\xbf'toy.port' '_ws.col.Info'\n'443' '443 → 80 a\\nb'\n'443' '443 → 80 a\\nb'\n" },
        { "newer column names", "_ws.col.protocol _ws.col.number", '\t', ',', 0, FM_OCCURRENCE_ALL, false, false, "TOY\t3\nTOY\t3\n" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture f;
        open_fixture(&f);
        g_auto(GStrv) names = g_strsplit(rows[i].fields, " ", -1);
        for (char **name = names; *name; name++)
            g_ptr_array_add(f.options.fields, *name);
        f.options.format = FM_FORMAT_FIELDS;
        f.options.field_separator = rows[i].separator;
        f.options.aggregator = rows[i].aggregator;
        f.options.quote = rows[i].quote;
        f.options.occurrence = rows[i].occurrence;
        f.options.header = rows[i].header;
        f.options.bom = rows[i].bom;
        g_autofree char *got = print(&f, 2);
        TEST_TEXT(rows[i].name, got, rows[i].text);
        close_fixture(&f);
    }
}

static void test_occurrence(void)
{
    static const struct {
        FmOccurrence occurrence;
        const char *text;
    } rows[] = { { FM_OCCURRENCE_ALL, "443/80/22\n" }, { FM_OCCURRENCE_FIRST, "443\n" }, { FM_OCCURRENCE_LAST, "22\n" } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture f;
        open_fixture(&f);
        char name[] = "toy.port";
        g_ptr_array_add(f.options.fields, name);
        f.nodes[7] = f.nodes[8] = f.nodes[1];
        f.nodes[7].value = 80;
        f.nodes[8].value = 22;
        f.options.format = FM_FORMAT_FIELDS;
        f.options.aggregator = '/';
        f.options.occurrence = rows[i].occurrence;
        g_autofree char *got = print(&f, 1);
        TEST_TEXT(rows[i].text, got, rows[i].text);
        close_fixture(&f);
    }
}

#define JSON_HEAD                                                                                                                          \
    "\n  {\n    \"_index\": \"packets-2017-01-13\",\n    \"_type\": \"doc\",\n    \"_score\": null,\n    \"_source\": {\n      \"layers\": {\n"
#define JSON_TAIL "      }\n    }\n  }"

#define JSON_TOY                                                                                                                           \
    "        \"toy\": {\n          \"toy.port\": \"443\",\n          \"toy.any\": \"443\",\n          \"toy.flags\": \"0x02\",\n"            \
    "          \"toy.flags_tree\": {\n            \"toy.flags.df\": \"1\"\n          },\n          \"Times\": {\n"                          \
    "            \"toy.delay\": \"0.001500000\"\n          },\n          \"toy.note\": \"x\\\"\\n\",\n          \"toy.mark\": \"\",\n"       \
    "          \"toy.payload\": \"78:22\"\n        }\n"

static void test_json(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_JSON;
    g_autofree char *two = print(&f, 2);
    TEST_TEXT("two packets", two, "[" JSON_HEAD JSON_TOY JSON_TAIL "," JSON_HEAD JSON_TOY JSON_TAIL "\n]\n");
    g_autofree char *none = print(&f, 0);
    TEST_TEXT("no packet", none, "[]\n");
    char names[][10] = { "toy.any", "toy.mark", "toy" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(f.options.fields, names[i]);
    g_autofree char *chosen = print(&f, 1);
    TEST_TEXT("chosen fields", chosen,
              JSON_HEAD "        \"toy.any\": [\n          \"443\"\n        ],\n        \"toy.mark\": [\n          \"1\"\n        ],\n"
                        "        \"toy\": [\n          \"Toy Protocol, Port: 443\"\n        ]\n" JSON_TAIL);
    close_fixture(&f);
}

/* Changes some of the packet, so that much of it comes again and little stays. */
static void vary(Fixture *f, GRand *random)
{
    static const uint64_t ports[] = { 80, 443, 8080, 53, 5061, 65535 };
    f->nodes[1].value = ports[g_rand_int_range(random, 0, G_N_ELEMENTS(ports))];
    f->nodes[2].value = (uint64_t)g_rand_int_range(random, 0, 3);
    f->nodes[3].value = (uint64_t)g_rand_int_range(random, 0, 2);
    f->nodes[3].depth = (uint8_t)g_rand_int_range(random, 1, 3);
    f->nodes[5].value = (uint64_t)(g_rand_int_range(random, 0, 8) ? 1500000 : g_rand_int(random));
    f->nodes[7].depth = (uint8_t)g_rand_int_range(random, 1, 3);
    f->nodes[7].label = g_rand_int_range(random, 0, 2) ? 2 : 0;
    f->labels[1].text = g_rand_int_range(random, 0, 8) ? "Times" : "Hours";
    f->labels[1].constant = g_rand_int_range(random, 0, 8) > 0;
    f->packet.node_count = (uint32_t)g_rand_int_range(random, 1, G_N_ELEMENTS(f->nodes) + 1);
    f->frame.time += g_rand_int_range(random, 0, 400000000);
}

/* What a printer keeps of the packets before must not be seen: one that has printed many prints each as a new one does. */
static void check_kept(FmFormat format, unsigned rounds)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = format;
    f.options.details = true;
    g_autoptr(GRand) random = g_rand_new_with_seed(42);
    FmPrinter *old = fm_printer_new(&f.options);
    for (unsigned i = 0; i < rounds; i++) {
        vary(&f, random);
        FmPrinter *new = fm_printer_new(&f.options);
        g_auto(FmText) got = { 0 }, expected = { 0 };
        old->packet(old, &got, &f.packet);
        new->packet(new, &expected, &f.packet);
        fm_printer_free(new);
        const char *text = fm_text_string(&got);
        TEST_TEXT("as by a new printer", text + (*text == ','), fm_text_string(&expected));
    }
    fm_printer_free(old);
    close_fixture(&f);
}

static void test_kept(void)
{
    check_kept(FM_FORMAT_TEXT, 3000);
    check_kept(FM_FORMAT_JSON, 3000);
    check_kept(FM_FORMAT_EK, 300);
    check_kept(FM_FORMAT_PDML, 300);
    check_kept(FM_FORMAT_JSONL, 300);
}

static void test_json_raw(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_JSON;
    f.options.hex = true;
    f.packet.node_count = 4;
    g_autofree char *got = print(&f, 1);
    TEST_TEXT("with -x", got,
              JSON_HEAD "        \"toy_raw\": [\n          \"01bb4078220a\",\n          0,\n          6,\n          0,\n          1\n        ],\n"
                        "        \"toy\": {\n          \"toy.port_raw\": [\n            \"01bb\",\n            0,\n            2,\n            0,\n            5\n          ],\n"
                        "          \"toy.port\": \"443\",\n"
                        "          \"toy.any_raw\": [\n            \"01bb\",\n            0,\n            2,\n            0,\n            5\n          ],\n"
                        "          \"toy.any\": \"443\",\n"
                        "          \"toy.flags_raw\": [\n            \"2\",\n            2,\n            1,\n            224,\n            4\n          ],\n"
                        "          \"toy.flags\": \"0x02\",\n          \"toy.flags_tree\": {\n"
                        "            \"toy.flags.df_raw\": [\n              \"1\",\n              2,\n              1,\n              64,\n              2\n            ],\n"
                        "            \"toy.flags.df\": \"1\"\n          }\n        }\n" JSON_TAIL);
    close_fixture(&f);
}

static void test_json_keep(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_JSON;
    f.options.keep = g_hash_table_new(g_str_hash, g_str_equal);
    f.packet.node_count = 4;
    g_autofree char *nothing = print(&f, 1);
    TEST_TEXT("nothing kept", nothing, JSON_HEAD "        \"toy\": {\n          \"filtered\": \"toy\"\n        }\n" JSON_TAIL);
    char name[] = "toy";
    g_hash_table_add(f.options.keep, name);
    g_autofree char *shallow = print(&f, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(shallow, "\"toy.flags_tree\": {\n            \"filtered\": \"toy.flags\"\n          }"));
    f.options.keep_children = true;
    g_autofree char *deep = print(&f, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(deep, "\"toy.flags_tree\": {\n            \"toy.flags.df\": \"1\"\n          }"));
    close_fixture(&f);
}

static void test_json_merged(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_JSON;
    f.options.merge_keys = true;
    f.packet.node_count = 3;
    f.nodes[2] = f.nodes[1];
    f.nodes[2].value = 80;
    g_autofree char *got = print(&f, 1);
    TEST_TEXT("one key, two values", got,
              JSON_HEAD "        \"toy\": {\n          \"toy.port\": [\n            \"443\",\n            \"80\"\n          ],\n"
                        "          \"toy.any\": [\n            \"443\",\n            \"80\"\n          ]\n        }\n" JSON_TAIL);
    close_fixture(&f);
}

static void test_jsonl(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_JSONL;
    f.nodes[7] = f.nodes[1];
    g_autofree char *all = print(&f, 1);
    TEST_TEXT("all fields", all,
              "{\"toy\":true,\"toy.port\":[443,443],\"toy.flags\":2,\"toy.flags.df\":true,\"toy.delay\":0.001500000,\"toy.note\":\"x\\\"\\n\","
              "\"toy.payload\":\"7822\"}\n");
    char names[][20] = { "toy.any", "toy.mark", "_ws.col.Protocol" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(f.options.fields, names[i]);
    f.nodes[8] = (FmNode){ .field = FM_ID_SHORT };
    g_autofree char *chosen = print(&f, 1);
    TEST_TEXT("chosen fields", chosen, "{\"toy.any\":[443,443],\"_ws.col.Protocol\":\"TOY\",\"_ws.notes\":[\"Packet size limited during capture\"]}\n");
    close_fixture(&f);
}

static void test_ek(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_EK;
    f.nodes[8] = f.nodes[1];
    f.nodes[8].value = 80;
    g_autofree char *got = print(&f, 2);
    static const char one[] =
        "{\"index\":{\"_index\":\"packets-2017-01-13\",\"_type\":\"doc\"}}\n"
        "{\"timestamp\":\"1484319032888\",\"layers\":{\"toy\":{\"toy_toy_port\":[\"443\",\"80\"],\"toy_toy_any\":[\"443\",\"80\"],"
        "\"toy_toy_flags\":\"0x02\",\"toy_toy_flags_df\":true,\"text\":\"Times\",\"toy_toy_delay\":\"0.001500000\",\"toy_toy_note\":\"x\\\"\\n\","
        "\"toy_toy_mark\":null}}}\n";
    g_autofree char *expected = g_strconcat(one, one, NULL);
    TEST_TEXT("siblings of one name together", got, expected);
    close_fixture(&f);
}

static void test_pdml(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_PDML;
    g_autofree char *got = print(&f, 1);
    TEST_TEXT("a packet", got,
              "<packet>\n"
              "  <proto name=\"geninfo\" pos=\"0\" showname=\"General information\" size=\"60\">\n"
              "    <field name=\"num\" pos=\"0\" show=\"3\" showname=\"Number\" value=\"3\" size=\"60\"/>\n"
              "    <field name=\"len\" pos=\"0\" show=\"60\" showname=\"Frame Length\" value=\"3c\" size=\"60\"/>\n"
              "    <field name=\"caplen\" pos=\"0\" show=\"6\" showname=\"Captured Length\" value=\"6\" size=\"60\"/>\n"
              "    <field name=\"timestamp\" pos=\"0\" show=\"Jan 13, 2017 14:50:32.888907001 UTC\" showname=\"Captured Time\" "
              "value=\"1484319032.888907001\" size=\"60\"/>\n"
              "  </proto>\n"
              "  <proto name=\"toy\" showname=\"Toy Protocol, Port: 443\" size=\"6\" pos=\"0\">\n"
              "    <field name=\"toy.port\" showname=\"Port: 443\" size=\"2\" pos=\"0\" show=\"443\" value=\"01bb\"/>\n"
              "    <field name=\"toy.any\" showname=\"Port: 443\" hide=\"yes\" size=\"2\" pos=\"0\" show=\"443\" value=\"01bb\"/>\n"
              "    <field name=\"toy.flags\" showname=\"010. .... = Flags: 0x2\" size=\"1\" pos=\"2\" show=\"0x02\" value=\"2\" unmaskedvalue=\"40\">\n"
              "      <field name=\"toy.flags.df\" showname=\".1.. .... = Fragment: Set\" size=\"1\" pos=\"2\" show=\"1\" value=\"1\" unmaskedvalue=\"40\"/>\n"
              "    </field>\n"
              "    <field name=\"\" show=\"Times\" size=\"0\" pos=\"0\">\n"
              "      <field name=\"toy.delay\" showname=\"Delay: 0.001500000 seconds\" size=\"0\" pos=\"0\" show=\"0.001500000\"/>\n"
              "    </field>\n"
              "    <field name=\"toy.note\" showname=\"Note: x&quot;\\n\" hide=\"yes\" size=\"3\" pos=\"3\" show=\"x&quot;\\n\" value=\"78220a\"/>\n"
              "    <field name=\"toy.mark\" showname=\"Mark\" size=\"0\" pos=\"0\" show=\"\" value=\"\"/>\n"
              "    <field name=\"toy.payload\" showname=\"Payload: 7822\" size=\"2\" pos=\"3\" show=\"78:22\" value=\"7822\"/>\n"
              "  </proto>\n"
              "</packet>\n\n\n");
    close_fixture(&f);
}

static void test_psml(void)
{
    Fixture f;
    open_fixture(&f);
    f.options.format = FM_FORMAT_PSML;
    g_autofree char *got = print(&f, 1);
    TEST_TEXT("a packet", got,
              "<packet>\n<section>3</section>\n<section>0.001500</section>\n<section>192.0.2.1</section>\n<section>b\\tc</section>\n"
              "<section>TOY</section>\n<section>60</section>\n<section>443 → 80 a\\nb</section>\n</packet>\n\n");
    close_fixture(&f);
}

static void test_times(void)
{
    static const struct {
        const char *format, *seconds, *text;
    } rows[] = {
        { "r", "s", "3661.001500" }, { "r.3", "s", "3661.001" }, { "r.0", "s", "3661" }, { "r", "hms", "1h  1m  1.001500s" }, { "d", "s", "0.000001" },
        { "dd", "s", "0.000002" }, { "e", "s", "1484319032.888907" }, { "u", "s", "14:50:32.888907" }, { "ud", "s", "2017-01-13 14:50:32.888907" },
        { "udoy.9", "s", "2017/013 14:50:32.888907001" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture f;
        open_fixture(&f);
        f.packet.first_time = f.frame.time - 3661 * FM_SECOND - 1500000;
        f.packet.previous_time = f.frame.time - 1001;
        f.packet.previous_displayed_time = f.frame.time - 2001;
        CU_ASSERT_TRUE(fm_columns_set_time(f.columns, rows[i].format));
        CU_ASSERT_TRUE(fm_columns_set_seconds(f.columns, rows[i].seconds));
        g_auto(FmText) text = { 0 };
        fm_columns_put(f.columns, &text, &f.packet, 1);
        TEST_TEXT(rows[i].format, fm_text_string(&text), rows[i].text);
        close_fixture(&f);
    }
    g_autoptr(FmColumns) columns = fm_columns_new();
    CU_ASSERT_FALSE(fm_columns_set_time(columns, "x"));
    CU_ASSERT_FALSE(fm_columns_set_time(columns, "r.x"));
    CU_ASSERT_FALSE(fm_columns_set_seconds(columns, "m"));
}

static void test_own_columns(void)
{
    static const struct {
        const char *list, *text; /* NULL: refused */
    } rows[] = {
        { "\"To\",\"%d\",\"From\",\"%s\"", "b\\tc         ←    192.0.2.1" },
        { "\"Port\",\"%Cus:toy.port:0:R\",\"No.\",\"%m\"", "443     3" },
        { "\"Flag\", \"%Cus:toy.flags.df:0:R\", \"Raw\", \"%Cus:toy.flags.df:0:U\"", "Set 1" },
        { "a,%p,b,%L", "TOY 60" },
        { "\"Port\",\"%Cus:toy.nothing:0:R\"", NULL },
        { "\"Odd\"", NULL },
        { "\"Odd\",\"%?\"", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture f;
        open_fixture(&f);
        g_autoptr(GError) error = NULL;
        bool good = fm_columns_parse(f.columns, f.catalog, rows[i].list, &error);
        CU_ASSERT_EQUAL(good, rows[i].text != NULL);
        CU_ASSERT_EQUAL(good, error == NULL);
        if (good && rows[i].text) {
            g_auto(FmText) text = { 0 };
            fm_columns_line(f.columns, &text, &f.packet, ' ');
            TEST_TEXT(rows[i].list, fm_text_string(&text), rows[i].text);
        }
        close_fixture(&f);
    }
}

static void test_sink(void)
{
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    FmSink sink = { .fd = ends[1] };
    char got[8] = "";
    fm_text_literal(&sink.text, "hello");
    CU_ASSERT_TRUE(fm_sink_step(&sink));
    CU_ASSERT_EQUAL(sink.text.size, 5); /* little: kept */
    CU_ASSERT_TRUE(fm_sink_flush(&sink));
    CU_ASSERT_EQUAL(read(ends[0], got, sizeof got), 5);
    CU_ASSERT_STRING_EQUAL(got, "hello");
    close(ends[0]);
    close(ends[1]);

    int full = open("/dev/full", O_WRONLY);
    CU_ASSERT_TRUE_FATAL(full >= 0);
    sink.fd = full;
    fm_text_literal(&sink.text, "x");
    CU_ASSERT_FALSE(fm_sink_flush(&sink));
    CU_ASSERT_EQUAL(sink.trouble, ENOSPC);
    fm_text_literal(&sink.text, "y");
    CU_ASSERT_FALSE(fm_sink_flush(&sink)); /* stays broken */
    CU_ASSERT_EQUAL(sink.text.size, 0);
    close(full);
    fm_text_clear(&sink.text);
}

const TestSuite test_output_suite = {
    .name = "output",
    TEST_CASES({ "lines, details, bytes", test_lines_details_bytes }, { "colours", test_colors }, { "lines kept", test_kept_lines }, { "-O", test_open_protocols },
               { "hex dumps", test_hexdump }, { "fields", test_fields }, { "occurrence", test_occurrence }, { "JSON", test_json },
               { "what is kept", test_kept },
               { "JSON with raw values", test_json_raw }, { "JSON, parts of it", test_json_keep }, { "JSON without repeated keys", test_json_merged },
               { "JSON lines", test_jsonl }, { "EK", test_ek }, { "PDML", test_pdml }, { "PSML", test_psml }, { "times", test_times },
               { "own columns", test_own_columns }, { "sink", test_sink }),
};
