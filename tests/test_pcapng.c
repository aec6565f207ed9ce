#include "config.h"

#include <string.h>

#include "captures.h"
#include "test.h"

#define SECTION "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000 "
#define SECTION_BIG "0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c "
#define INTERFACE "01000000 14000000 01000000 00000000 14000000 "
#define NAMED(letter) "01000000 20000000 01000000 00000000 02000100 '" letter "' 000000 00000000 20000000 "
#define INTERFACE_BIG "00000001 00000014 00650000 00000000 00000014 "
#define PACKET "06000000 24000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 24000000 "
#define PACKET_BIG "00000006 00000024 00000000 00000000 000f4240 00000004 0000003c 'abcd' 00000024 "

/* A packet at 0x123456789abcdef1 units of an interface with this option. */
#define AT(option)                                                                                                                 \
    SECTION "01000000 20000000 01000000 00000000 " option                                                                          \
            " 00000000 20000000 06000000 24000000 00000000 78563412 f1debc9a 01000000 01000000 61000000 24000000"

static const struct {
    const char *name, *bytes, *frames;
} cases[] = {
    { "section alone", SECTION, "end" },
    { "section and interface", SECTION INTERFACE, "end" },
    { "a packet", SECTION INTERFACE PACKET, "1 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "big end first", SECTION_BIG INTERFACE_BIG PACKET_BIG, "1 1.000000000 4/60 link=101 section=1 if=0 61626364\nend" },
    { "sections of both orders, interfaces counted anew",
      SECTION NAMED("a")
          NAMED("b") "06000000 24000000 01000000 00000000 40420f00 04000000 04000000 'abcd' 24000000" SECTION_BIG INTERFACE_BIG
              PACKET_BIG SECTION NAMED("c") PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=1 name=b 61626364\n2 1.000000000 4/60 link=101 section=2 if=0 61626364\n"
      "3 1.000000000 4/4 link=1 section=3 if=0 name=c 61626364\nend" },
    { "options of a packet",
      SECTION INTERFACE "06000000 54000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 01000300 'one' 00 01000300 'two' 00"
                        "02000400 01000000 05000800 0500000000000000 06000400 07000000 00000000 54000000" PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=0 flags=0x1 id=5 queue=7 comment=one comment=two 61626364\n"
      "2 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "an empty comment, and none behind the end",
      SECTION INTERFACE
      "06000000 34000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 01000000 00000000 01000100 61000000 34000000",
      "1 1.000000000 4/4 link=1 section=1 if=0 comment= 61626364\nend" },
    { "options without an end",
      SECTION INTERFACE "06000000 2c000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 01000400 'efgh' 2c000000",
      "1 1.000000000 4/4 link=1 section=1 if=0 comment=efgh 61626364\nend" },
    { "checksum length of the interface, then of the packet",
      SECTION "01000000 20000000 01000000 00000000 0d000100 04000000 00000000 20000000" PACKET
              "06000000 2c000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 02000400 40000000 2c000000",
      "1 1.000000000 4/4 link=1 section=1 if=0 fcs=4 61626364\n2 1.000000000 4/4 link=1 section=1 if=0 fcs=2 flags=0x40 "
      "61626364\nend" },
    { "simple packet, cut to the interface's length",
      SECTION "01000000 14000000 01000000 02000000 14000000 03000000 14000000 3c000000 'ab' 0000 14000000",
      "1 - 2/60 link=1 section=1 if=0 6162\nend" },
    { "obsolete packet", SECTION INTERFACE "02000000 24000000 0000 0300 00000000 40420f00 04000000 04000000 'abcd' 24000000",
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "unknown block", SECTION INTERFACE "77000000 10000000 'abcd' 10000000" PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "long unknown block", SECTION INTERFACE "77000000 0c001000 61*1048576 0c001000" PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "custom blocks", SECTION INTERFACE "ad0b0000 14000000 7b000000 'efgh' 14000000 ad0b0040 10000000 7b000000 10000000" PACKET,
      "1 - 4/4 link=65536 section=1 65666768\n2 - 0/0 link=65536 section=1 \n3 1.000000000 4/4 link=1 section=1 if=0 "
      "61626364\nend" },
    { "journal entry", SECTION "09000000 38000000 '__REALTIME_TIMESTAMP=1500000000000001' 0a 'A=B' 0a 0a 00 38000000",
      "1 1500000000.000001000 43/43 link=65537 section=1 5f5f5245414c5449\nend" },
    { "length not padded",
      SECTION INTERFACE "06000000 25000000 00000000 00000000 40420f00 05000000 05000000 'abcde' 000000 25000000" PACKET,
      "1 1.000000000 5/5 link=1 section=1 if=0 6162636465\n2 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "longer than on the wire", SECTION INTERFACE "06000000 24000000 00000000 00000000 40420f00 04000000 02000000 'abcd' 24000000",
      "1 1.000000000 4/2 link=1 section=1 if=0 61626364\nend" },
    { "version 1.2", "0a0d0d0a 1c000000 4d3c2b1a 01000200 ffffffffffffffff 1c000000" INTERFACE PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },

    { "seconds", AT("09000100 00000000"), "1 9223372036.854775807 1/1 link=1 section=1 if=0 61\nend" },
    { "nanoseconds", AT("09000100 09000000"), "1 1311768467.463790321 1/1 link=1 section=1 if=0 61\nend" },
    { "picoseconds", AT("09000100 0c000000"), "1 1311768.467463790 1/1 link=1 section=1 if=0 61\nend" },
    { "10^-19", AT("09000100 13000000"), "1 0.131176846 1/1 link=1 section=1 if=0 61\nend" },
    { "10^-20", AT("09000100 14000000"), "1 0.013117684 1/1 link=1 section=1 if=0 61\nend" },
    { "10^-28", AT("09000100 1c000000"), "1 0.000000000 1/1 link=1 section=1 if=0 61\nend" },
    { "10^-127", AT("09000100 7f000000"), "1 0.000000000 1/1 link=1 section=1 if=0 61\nend" },
    { "2^-32", AT("09000100 a0000000"), "1 305419896.604444440 1/1 link=1 section=1 if=0 61\nend" },
    { "2^-63", AT("09000100 bf000000"), "1 0.142222222 1/1 link=1 section=1 if=0 61\nend" },
    { "2^-127", AT("09000100 ff000000"), "1 0.000000000 1/1 link=1 section=1 if=0 61\nend" },
    { "resolution of odd length", SECTION "01000000 20000000 01000000 00000000 09000200 06060000 00000000 20000000" PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "offset into the past", SECTION "01000000 24000000 01000000 00000000 0e000800 fbffffffffffffff 00000000 24000000" PACKET,
      "1 -4.000000000 4/4 link=1 section=1 if=0 61626364\nend" },
    { "offset beyond all time", SECTION "01000000 24000000 01000000 00000000 0e000800 0000000000000080 00000000 24000000" PACKET,
      "1 -9223372036.854775807 4/4 link=1 section=1 if=0 61626364\nend" },

    { "interface not described", SECTION PACKET, "damaged" },
    { "interface of the section before", SECTION INTERFACE PACKET SECTION PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\ndamaged" },
    { "lengths differ", SECTION INTERFACE PACKET "77000000 10000000 'abcd' 14000000" PACKET,
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\ndamaged" },
    { "packet's lengths differ", SECTION INTERFACE "06000000 24000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 28000000",
      "damaged" },
    { "packet longer than its block",
      SECTION INTERFACE "06000000 24000000 00000000 00000000 40420f00 05000000 05000000 'abcd' 24000000", "damaged" },
    { "block too short", SECTION INTERFACE "77000000 08000000 08000000 08000000", "damaged" },
    { "block of zeros", SECTION INTERFACE PACKET "00*64", "1 1.000000000 4/4 link=1 section=1 if=0 61626364\ndamaged" },
    { "option longer than its block",
      SECTION INTERFACE "06000000 2c000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 0100c800 'efgh' 2c000000",
      "damaged" },
    { "flags of 3 bytes",
      SECTION INTERFACE "06000000 2c000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 02000300 01000000 2c000000",
      "damaged" },
    { "option longer than its interface", SECTION "01000000 1c000000 01000000 00000000 0200c800 'abcd' 1c000000" PACKET,
      "damaged" },
    { "short packet block", SECTION INTERFACE "06000000 10000000 'abcd' 10000000", "damaged" },
    { "short interface", SECTION "01000000 0c000000 0c000000", "damaged" },
    { "short statistics", SECTION INTERFACE "05000000 0c000000 0c000000", "damaged" },
    { "short custom block", SECTION "ad0b0000 0c000000 0c000000", "damaged" },
    { "short system call", SECTION "04020000 10000000 'abcd' 10000000", "damaged" },
    { "secrets longer than their block", SECTION INTERFACE "0a000000 18000000 4b534c54 f4010000 'abcd' 18000000" PACKET,
      "damaged" },
    { "names longer than their block", SECTION INTERFACE "04000000 18000000 0100 bc02 0a000001 'ab' 0000 18000000" PACKET,
      "damaged" },
    { "version 2", "0a0d0d0a 1c000000 4d3c2b1a 02000000 ffffffffffffffff 1c000000", "damaged" },
    { "unknown byte order", SECTION INTERFACE "0a0d0d0a 1c000000 11111111 01000000 ffffffffffffffff 1c000000", "damaged" },
    { "cut in a packet", SECTION INTERFACE PACKET "06000000 24000000 00000000",
      "1 1.000000000 4/4 link=1 section=1 if=0 61626364\ncut" },
    { "cut in a block's type", SECTION INTERFACE PACKET "0600", "1 1.000000000 4/4 link=1 section=1 if=0 61626364\ncut" },
    { "cut in an unknown block", SECTION INTERFACE "77000000 00000100 00000000", "cut" },
    { "a length of 4 GB", SECTION INTERFACE "06000000 f0ffffff 00000000", "damaged" },
    { "an unknown block of 4 GB", SECTION INTERFACE "77000000 f0ffffff 00000000", "cut" },
    { "cut in the section's header", "0a0d0d0a 1c000000 4d3c2b1a 0100", "cut" },
};

static void test_pcapng_frames(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(cases[i].bytes);
        g_autofree char *got = test_read_bytes(cases[i].name, bytes);
        TEST_TEXT(cases[i].name, got, cases[i].frames);
    }
}

/* Every prefix and every file with one byte changed is read without harm, in the same way from disk and pipe. */
static void test_pcapng_hostile(void)
{
    g_autoptr(GByteArray) whole = test_bytes(SECTION NAMED(
        "a") "06000000 34000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 01000300 'one' 00 02000400 01000000 00000000"
             "34000000" SECTION_BIG INTERFACE_BIG PACKET_BIG);
    for (unsigned n = 0; n < whole->len; n++) {
        g_autoptr(GByteArray) part = g_byte_array_new();
        g_byte_array_append(part, whole->data, n);
        g_autofree char *cut = test_read_bytes("prefix", part);
        CU_ASSERT_PTR_NOT_NULL(cut);
        for (unsigned bit = 0; bit < 8; bit += 7) {
            whole->data[n] ^= (uint8_t)(1 << bit);
            g_autofree char *changed = test_read_bytes("changed", whole);
            CU_ASSERT_PTR_NOT_NULL(changed);
            whole->data[n] ^= (uint8_t)(1 << bit);
        }
    }
}

static FmSource *read_all(char **directory, const char *hex)
{
    *directory = test_directory_new();
    g_autoptr(GByteArray) bytes = test_bytes(hex);
    g_autofree char *path = test_file(*directory, "capture", bytes);
    FmSource *source = fm_source_open_file(path, NULL);
    FmFrame frame;
    while (source && fm_source_next(source, &frame, NULL) == FM_NEXT_FRAME)
        ;
    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    return source;
}

static void test_pcapng_interfaces(void)
{
    char *directory;
    g_autoptr(FmSource) source = read_all(
        &directory, SECTION "01000000 48000000 01000000 60000000 02000400 'eth0' 03000500 'LAN 1' 000000 0b000700 00 'udp 53' 00"
                            "09000100 09000000 0d000100 04000000 00000000 48000000"
                            "01000000 20000000 65000000 00000000 09000100 83000000 00000000 20000000"
                            "05000000 34000000 00000000 00000000 40420f00 04000800 0900000000000000 05000800 0200000000000000"
                            "00000000 34000000");
    CU_ASSERT_STRING_EQUAL(fm_source_format(source), "pcapng");
    CU_ASSERT_EQUAL_FATAL(fm_source_interface_count(source), 2);
    const FmInterface *first = fm_source_interface(source, 0), *second = fm_source_interface(source, 1);
    CU_ASSERT_STRING_EQUAL(first->name, "eth0");
    CU_ASSERT_STRING_EQUAL(first->description, "LAN 1");
    CU_ASSERT_STRING_EQUAL(first->filter, "udp 53");
    CU_ASSERT_EQUAL(first->snap_length, 96);
    CU_ASSERT_EQUAL(first->fcs_length, 4);
    CU_ASSERT_EQUAL(first->resolution, 1);
    CU_ASSERT_EQUAL(first->decimals, 9);
    CU_ASSERT(first->has_received && first->received == 9);
    CU_ASSERT(first->has_dropped && first->dropped == 2);
    CU_ASSERT_EQUAL(first->counted, FM_MILLISECOND);
    CU_ASSERT_PTR_NULL(second->name);
    CU_ASSERT_EQUAL(second->number, 1);
    CU_ASSERT_EQUAL(second->link_type, 101);
    CU_ASSERT_EQUAL(second->resolution, FM_SECOND / 8);
    CU_ASSERT_EQUAL(second->decimals, 0);
    CU_ASSERT_PTR_NULL(fm_source_interface(source, 2));
    test_directory_free(directory);
}

static void test_pcapng_secrets_and_names(void)
{
    char *directory;
    g_autoptr(FmSource) source = read_all(
        &directory, SECTION "0a000000 1c000000 4b534c54 06000000 'KEY 1' 0a 0000 1c000000"
                            "0a000000 14000000 4b534c57 00000000 14000000"
                            "04000000 50000000 0100 0e00 0a000001 'one' 00 'two x' 00 0000"
                            "0200 1400 20010db8 0000000000000000 00000001 'six' 00 0100 0600 0a000002 1b 00 0000 00000000 00000000"
                            "00000000 50000000");
    CU_ASSERT_EQUAL_FATAL(fm_source_secrets_count(source), 2);
    const FmSecretsBlock *secrets = fm_source_secrets(source, 0);
    CU_ASSERT_EQUAL(secrets->type, 0x544c534b);
    CU_ASSERT_EQUAL(secrets->size, 6);
    CU_ASSERT_EQUAL(memcmp(secrets->data, "KEY 1\n", 6), 0);
    CU_ASSERT_EQUAL(fm_source_secrets(source, 1)->size, 0);
    CU_ASSERT_STRING_EQUAL(fm_source_names(source), "10.0.0.1 one\n2001:db8::1 six\n");
    test_directory_free(directory);
}

typedef struct Again {
    FmSource *source;
    const uint64_t *places;
    size_t count;
    bool equal;
} Again;

static void *read_again(void *data)
{
    Again *again = data;
    g_autoptr(GByteArray) room = g_byte_array_new();
    FmAhead ahead = { 0 };
    again->equal = true;
    for (size_t i = 0; i < again->count; i++) {
        FmFrame frame = { .number = i + 1 };
        again->equal = again->equal && fm_source_again(again->source, again->places[i], &frame, room, &ahead) && frame.captured == 4 &&
                       memcmp(frame.data, "abcd", 4) == 0 && frame.section == i + 1 && frame.interface->section == i + 1;
    }
    fm_ahead_clear(&ahead);
    return NULL;
}

/* Frames are read again on other threads while new sections and interfaces come in. */
static void test_pcapng_again_beside_next(void)
{
    enum { SECTIONS = 2000 };
    char *directory = test_directory_new();
    g_autoptr(GByteArray) section = test_bytes(SECTION INTERFACE PACKET);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (unsigned i = 0; i < SECTIONS; i++)
        g_byte_array_append(bytes, section->data, section->len);
    g_autofree char *path = test_file(directory, "capture", bytes);
    g_autoptr(FmSource) source = fm_source_open_file(path, NULL);
    g_autofree uint64_t *places = g_new(uint64_t, SECTIONS);
    FmFrame frame;
    for (unsigned i = 0; i < SECTIONS / 2; i++) {
        CU_ASSERT_EQUAL_FATAL(fm_source_next(source, &frame, NULL), FM_NEXT_FRAME);
        places[i] = frame.place;
    }
    Again again[2] = { { source, places, SECTIONS / 2, false }, { source, places, SECTIONS / 2, false } };
    GThread *threads[2];
    for (unsigned i = 0; i < 2; i++)
        threads[i] = g_thread_new("again", read_again, &again[i]);
    for (unsigned i = SECTIONS / 2; i < SECTIONS; i++)
        CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_FRAME);
    for (unsigned i = 0; i < 2; i++) {
        g_thread_join(threads[i]);
        CU_ASSERT(again[i].equal);
    }
    g_autoptr(GByteArray) room = g_byte_array_new();
    CU_ASSERT(!fm_source_again(source, 0, &frame, room, NULL)); /* a section's header is no frame */
    CU_ASSERT(!fm_source_again(source, bytes->len, &frame, room, NULL));
    CU_ASSERT(!fm_source_again(source, UINT64_MAX, &frame, room, NULL));
    test_directory_free(directory);
}

/* What a capture brings along is bounded: a file full of secrets is refused before the memory is. */
static void test_pcapng_bounds(void)
{
    char *directory = test_directory_new();
    g_autoptr(GByteArray) bytes = test_bytes(SECTION);
    g_autoptr(GByteArray) secret = test_bytes("0a000000 14001000 4b534c54 00001000 61*1048576 14001000");
    for (unsigned i = 0; i < 70; i++)
        g_byte_array_append(bytes, secret->data, secret->len);
    g_autofree char *path = test_file(directory, "capture", bytes);
    g_autofree char *got = test_read_file(path, false);
    CU_ASSERT_STRING_EQUAL(got, "damaged");
    test_directory_free(directory);
}

const TestSuite test_pcapng_suite = {
    "pcapng",
    TEST_CASES({ "frames", test_pcapng_frames }, { "hostile", test_pcapng_hostile }, { "interfaces", test_pcapng_interfaces },
               { "secrets and names", test_pcapng_secrets_and_names }, { "again beside next", test_pcapng_again_beside_next },
               { "bounds", test_pcapng_bounds }),
};
