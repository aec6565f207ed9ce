#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "captures.h"
#include "test.h"

#define LITTLE "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000 "
#define RECORD "01000000 02000000 04000000 3c000000 'abcd' "

static const struct {
    const char *name, *bytes, *frames;
} cases[] = {
    { "header alone", LITTLE, "end" },
    { "microseconds", LITTLE RECORD, "1 1.000002000 4/60 link=1 61626364\nend" },
    { "big end first", "a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001 00000001 00000002 00000004 0000003c 'abcd'",
      "1 1.000002000 4/60 link=1 61626364\nend" },
    { "nanoseconds", "4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000" RECORD, "1 1.000000002 4/60 link=1 61626364\nend" },
    { "nanoseconds, big end first", "a1b23c4d 0002 0004 00000000 00000000 00040000 00000001 00000001 3b9ac9ff 00000001 00000001 ff",
      "1 1.999999999 1/1 link=1 ff\nend" },
    { "empty packets", LITTLE "01000000 00000000 00000000 00000000 02000000 00000000 00000000 05000000",
      "1 1.000000000 0/0 link=1 \n2 2.000000000 0/5 link=1 \nend" },
    { "last second of 32 bits", LITTLE "ffffffff 3f420f00 01000000 01000000 61", "1 4294967295.999999000 1/1 link=1 61\nend" },
    { "a fraction above a second", LITTLE "01000000 ffffffff 01000000 01000000 61 02000000 00000000 01000000 01000000 62",
      "1 4295.967295000 1/1 link=1 61\n2 2.000000000 1/1 link=1 62\nend" },
    { "checksum of 4 bytes", "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000024" RECORD,
      "1 1.000002000 4/60 link=1 fcs=4 61626364\nend" },
    { "checksum of 0 bytes", "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000004" RECORD,
      "1 1.000002000 4/60 link=1 fcs=0 61626364\nend" },
    { "raw IP under its old number", "d4c3b2a1 0200 0400 00000000 00000000 00000400 0c000000" RECORD,
      "1 1.000002000 4/60 link=101 61626364\nend" },
    { "patched header of 24 bytes",
      "34cdb2a1 0200 0400 00000000 00000000 00000400 01000000"
      "01000000 02000000 04000000 3c000000 07000000 0008 00 00 'abcd'"
      "02000000 02000000 04000000 3c000000 07000000 0008 00 00 'efgh'",
      "1 1.000002000 4/60 link=1 61626364\n2 2.000002000 4/60 link=1 65666768\nend" },
    { "patched header of 28 bytes",
      "34cdb2a1 0200 0400 00000000 00000000 00000400 01000000"
      "01000000 02000000 04000000 3c000000 07000000 0008 00 00 00000000 'abcd'"
      "02000000 02000000 04000000 3c000000 07000000 0008 00 00 00000000 'efgh'",
      "1 1.000002000 4/60 link=1 61626364\n2 2.000002000 4/60 link=1 65666768\nend" },
    { "patched header under the usual number",
      LITTLE "01000000 02000000 04000000 3c000000 07000000 0008 00 00 'abcd'"
             "02000000 02000000 04000000 3c000000 07000000 0008 00 00 'efgh'",
      "1 1.000002000 4/60 link=1 61626364\n2 2.000002000 4/60 link=1 65666768\nend" },
    { "four more bytes in the header",
      LITTLE "01000000 02000000 04000000 3c000000 00000000 'abcd' 02000000 02000000 04000000 3c000000 00000000 'efgh'",
      "1 1.000002000 4/60 link=1 61626364\n2 2.000002000 4/60 link=1 65666768\nend" },
    { "Ixia, hardware", "ac01001c 0200 0400 00000000 00000000 00000400 01000000 14000000" RECORD,
      "1 1.000000002 4/60 link=1 61626364\nend" },
    { "lengths the other way round",
      "d4c3b2a1 0200 0200 00000000 00000000 00000400 01000000 01000000 02000000 3c000000 04000000 'abcd'",
      "1 1.000002000 4/60 link=1 61626364\nend" },
    { "lengths both ways",
      "d4c3b2a1 0200 0300 00000000 00000000 00000400 01000000 01000000 02000000 3c000000 04000000 'abcd'"
      "02000000 02000000 04000000 3c000000 'efgh'",
      "1 1.000002000 4/60 link=1 61626364\n2 2.000002000 4/60 link=1 65666768\nend" },
    { "AIX", "a1b2c3d4 0002 0002 00000000 00000000 00040000 00000006 00000001 3b9ac9ff 00000004 0000003c 'abcd'",
      "1 1.999999999 4/60 link=1 61626364\nend" },
    { "cut in the packet", LITTLE RECORD "02000000 00000000 04000000 04000000 'ab'", "1 1.000002000 4/60 link=1 61626364\ncut" },
    { "cut in the packet's header", LITTLE RECORD "02000000 00", "1 1.000002000 4/60 link=1 61626364\ncut" },
    { "longer than any packet", LITTLE RECORD "02000000 00000000 01000400 01000400 61*262145",
      "1 1.000002000 4/60 link=1 61626364\ndamaged" },
    { "as long as any packet", LITTLE "02000000 00000000 00000400 00000400 61*262144",
      "1 2.000000000 262144/262144 link=1 6161616161616161\nend" },
    { "a long message of D-Bus",
      "d4c3b2a1 0200 0400 00000000 00000000 00000400 e7000000 02000000 00000000 01000400 01000400 61*262145",
      "1 2.000000000 262145/262145 link=231 6161616161616161\nend" },
    { "cut in the file's header", "d4c3b2a1 0200 0400 00000000 00", "cut" },
    { "magic number alone", "d4c3b2a1", "cut" },
    { "version 1", "d4c3b2a1 0100 0400 00000000 00000000 00000400 01000000", "damaged" },
    { "nothing", "", "damaged" },
    { "one byte", "d4", "damaged" },
    { "something else", "'<!DOCTYPE html><html></html>'", "damaged" },
};

static void test_pcap_frames(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(cases[i].bytes);
        /* From a pipe, the usual header is taken for granted. */
        bool guessed =
            strstr(cases[i].name, "header under") || strstr(cases[i].name, "four more") || strstr(cases[i].name, "28 bytes");
        char *directory = test_directory_new();
        g_autofree char *path = test_file(directory, "capture", bytes);
        g_autofree char *got = guessed ? test_read_file(path, true) : test_read_bytes(cases[i].name, bytes);
        TEST_TEXT(cases[i].name, got, cases[i].frames);
        test_directory_free(directory);
    }
}

/* Wherever a file ends, the whole packets before are read and no other. */
static void test_pcap_cut_everywhere(void)
{
    g_autoptr(GByteArray) whole = test_bytes(LITTLE RECORD RECORD RECORD);
    for (unsigned n = 1; n <= whole->len; n++) {
        g_autoptr(GByteArray) part = g_byte_array_new();
        g_byte_array_append(part, whole->data, n);
        g_autofree char *got = test_read_bytes("cut", part);
        unsigned lines = 0;
        for (const char *c = got; *c; c++)
            lines += *c == '\n';
        unsigned records = n < 24 ? 0 : (n - 24) / 20;
        bool between = n >= 24 && (n - 24) % 20 == 0;
        CU_ASSERT_EQUAL(lines, records);
        CU_ASSERT(g_str_has_suffix(got, between ? "end" : n < 4 ? "damaged" : "cut"));
    }
}

/* Several windows long, with packets across their borders. */
static void test_pcap_windows(void)
{
    g_autoptr(GByteArray) bytes = test_bytes(LITTLE);
    for (uint32_t i = 1; i <= 4000; i++) {
        uint32_t header[4] = { GUINT32_TO_LE(i), 0, GUINT32_TO_LE(i % 1500), GUINT32_TO_LE(i % 1500) };
        uint8_t data[1500];
        memset(data, (int)(i & 0xff), sizeof data);
        g_byte_array_append(bytes, (const uint8_t *)header, sizeof header);
        g_byte_array_append(bytes, data, i % 1500);
    }
    g_autofree char *got = test_read_bytes("windows", bytes);
    const char *line = got;
    for (uint32_t i = 1; i <= 4000; i++) {
        g_autofree char *byte = g_strdup_printf("%02x", i & 0xff);
        g_autofree char *start = g_strdup_printf("%u %u.000000000 %u/%u link=1 %s", i, i, i % 1500, i % 1500, i % 1500 ? byte : "");
        CU_ASSERT_FATAL(g_str_has_prefix(line, start));
        line = strchr(line, '\n') + 1;
    }
    CU_ASSERT_STRING_EQUAL(line, "end");
}

static const struct {
    const char *name, *bytes, *part;
} messages[] = {
    { "nothing", "", "empty" },
    { "cut", LITTLE RECORD "01", "cut short in the middle of a packet, after 1 whole" },
    { "cut header", "d4c3b2a1 00", "cut short in the middle of its header" },
    { "too long", LITTLE RECORD "02000000 00000000 01000400 01000400", "packet 2 claims 262145 bytes" },
    { "snoop", "'snoop' 000000 00000002 00000004", "Solaris snoop" },
    { "xz", "fd '7zXZ' 00 000000000000", "compressed with xz" },
    { "text", "'no capture at all'", "pcapng" },
    { "old", "d4c3b2a1 0100 0400 00000000 00000000 00000400 01000000", "version 1 is too old" },
};

static void test_pcap_messages(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(messages[i].bytes);
        g_autofree char *got = test_read_message(bytes);
        if (!strstr(got, messages[i].part))
            g_printerr("%s: %s\n", messages[i].name, got);
        CU_ASSERT_PTR_NOT_NULL(strstr(got, messages[i].part));
    }
}

static void test_pcap_not_there(void)
{
    char *directory = test_directory_new();
    g_autofree char *path = g_build_filename(directory, "none", NULL);
    g_autofree char *missing = test_read_file(path, false);
    CU_ASSERT_STRING_EQUAL(missing, "not there");
    g_autofree char *unreadable = test_read_file(directory, false);
    CU_ASSERT_STRING_EQUAL(unreadable, "unreadable");
    test_directory_free(directory);
}

/* A file that grows while it is read: what came later is read as well. */
static void test_pcap_growing(void)
{
    char *directory = test_directory_new();
    g_autoptr(GByteArray) start = test_bytes(LITTLE RECORD);
    g_autoptr(GByteArray) more = test_bytes(RECORD);
    g_autofree char *path = test_file(directory, "capture", start);
    g_autoptr(FmSource) source = fm_source_open_file(path, NULL);
    FmFrame frame;
    CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_FRAME);
    CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_END);
    FILE *file = fopen(path, "ab");
    CU_ASSERT_EQUAL(fwrite(more->data, 1, more->len, file), more->len);
    fclose(file);
    CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_FRAME);
    CU_ASSERT_EQUAL(frame.number, 2);
    CU_ASSERT_EQUAL(frame.place, 44);
    CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_END);
    test_directory_free(directory);
}

/* Somebody cuts the file short while it is read: what is at hand stays good, and the end is told. */
static void test_pcap_shrinking(void)
{
    char *directory = test_directory_new();
    g_autoptr(GByteArray) all = test_bytes(LITTLE);
    g_autoptr(GByteArray) record = test_bytes("01000000 02000000 00100000 00100000 61*4096");
    for (int i = 0; i < 1000; i++)
        g_byte_array_append(all, record->data, record->len);
    g_autofree char *path = test_file(directory, "capture", all);
    g_autoptr(FmSource) source = fm_source_open_file(path, NULL);
    g_autoptr(GError) error = NULL;
    FmFrame frame;
    CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_FRAME);
    CU_ASSERT_EQUAL(truncate(path, 100), 0);
    CU_ASSERT_EQUAL(frame.data[4095], 'a');
    FmNext next;
    uint64_t frames = 1;
    while ((next = fm_source_next(source, &frame, &error)) == FM_NEXT_FRAME) {
        CU_ASSERT_EQUAL(frame.data[4095], 'a');
        frames++;
    }
    CU_ASSERT_EQUAL(next, FM_NEXT_ERROR);
    CU_ASSERT_TRUE(frames < 1000);
    CU_ASSERT_TRUE(g_error_matches(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_CUT));
    test_directory_free(directory);
}

/* The same where files are mapped: what the file has lost may be zeros, for one frame at most. */
static void test_pcap_shrinking_map(void)
{
    char *directory = test_directory_new();
    fm_source_map_files();
    g_autoptr(GByteArray) all = test_bytes(LITTLE);
    g_autoptr(GByteArray) record = test_bytes("01000000 02000000 00100000 00100000 61*4096");
    for (int i = 0; i < 1000; i++)
        g_byte_array_append(all, record->data, record->len);
    static const size_t cuts[] = { 24 + 8 + 4112 * 3, 24 + 4112 * 3, 24 + 40 + 4112 * 3, 24 + 4112 * 500 + 8, 100 };
    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_autofree char *path = test_file(directory, "capture", all);
        g_autoptr(FmSource) source = fm_source_open_file(path, NULL);
        g_autoptr(GError) error = NULL;
        FmFrame frame;
        CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_FRAME);
        CU_ASSERT_EQUAL(frame.data[4095], 'a');
        CU_ASSERT_EQUAL(truncate(path, (off_t)cuts[i]), 0);
        CU_ASSERT_TRUE(frame.data[4095] == 'a' || frame.data[4095] == 0);
        FmNext next;
        uint64_t frames = 1, zeros = 0;
        while ((next = fm_source_next(source, &frame, &error)) == FM_NEXT_FRAME) {
            CU_ASSERT_EQUAL(frame.captured, 4096);
            zeros += frame.data[4095] == 0;
            frames++;
        }
        CU_ASSERT_EQUAL(next, FM_NEXT_ERROR);
        CU_ASSERT_TRUE(frames < 1000);
        CU_ASSERT_TRUE(zeros <= 1);
        CU_ASSERT_TRUE(g_error_matches(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_CUT));
        CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_END);
    }
    test_directory_free(directory);
}

/* A file that grows is read on, and windows join without a seam. */
static void test_pcap_growing_map(void)
{
    char *directory = test_directory_new();
    fm_source_map_files();
    g_autoptr(GByteArray) all = test_bytes(LITTLE);
    uint8_t record[16 + 60000] = { 1, 0, 0, 0, 2 };
    for (unsigned i = 0; i < 100; i++) {
        uint32_t size = 1 + i * 599;
        memcpy(record + 8, &(uint32_t){ GUINT32_TO_LE(size) }, 4);
        memcpy(record + 12, &(uint32_t){ GUINT32_TO_LE(size) }, 4);
        memset(record + 16, (int)i, size);
        g_byte_array_append(all, record, 16 + size);
    }
    size_t first = all->len / 3;
    g_autoptr(GByteArray) begin = g_byte_array_sized_new((guint)first);
    g_byte_array_append(begin, all->data, (guint)first);
    g_autofree char *path = test_file(directory, "capture", begin);
    g_autoptr(FmSource) source = fm_source_open_file(path, NULL);
    FILE *more = fopen(path, "ab");
    CU_ASSERT_EQUAL(fwrite(all->data + first, 1, all->len - first, more), all->len - first);
    fclose(more);
    FmFrame frame;
    FmNext next;
    unsigned n = 0;
    while ((next = fm_source_next(source, &frame, NULL)) == FM_NEXT_FRAME) {
        CU_ASSERT_EQUAL(frame.captured, 1 + n * 599);
        CU_ASSERT_EQUAL(frame.data[0], n);
        CU_ASSERT_EQUAL(frame.data[frame.captured - 1], n);
        n++;
    }
    CU_ASSERT_EQUAL(next, FM_NEXT_END);
    CU_ASSERT_EQUAL(n, 100);
    test_directory_free(directory);
}

/* Damage to the packed bytes is told apart from a file that was cut. */
static void test_pcap_gzip_damage(void)
{
#ifdef HAVE_ZLIB
    g_autoptr(GByteArray) cut = test_bytes("1f8b0800000000000003 bbb269e14226160606 00");
    g_autofree char *early = test_read_message(cut);
    CU_ASSERT_PTR_NOT_NULL(strstr(early, "gzip data ends too early"));
    g_autoptr(GByteArray) bad = test_bytes("1f8b0800000000000003 ff*100");
    g_autofree char *damaged = test_read_message(bad);
    CU_ASSERT_PTR_NOT_NULL(strstr(damaged, "gzip data is damaged"));
#else
    g_autoptr(GByteArray) packed = test_bytes("1f8b0800000000000003 ff*100");
    g_autofree char *refused = test_read_message(packed);
    CU_ASSERT_PTR_NOT_NULL(strstr(refused, "built without"));
#endif
}

const TestSuite test_pcap_suite = {
    "pcap",
    TEST_CASES({ "frames", test_pcap_frames }, { "cut everywhere", test_pcap_cut_everywhere }, { "windows", test_pcap_windows },
               { "messages", test_pcap_messages }, { "not there", test_pcap_not_there }, { "growing", test_pcap_growing },
               { "shrinking", test_pcap_shrinking },
               { "shrinking-map", test_pcap_shrinking_map },
               { "growing-map", test_pcap_growing_map },
               { "gzip damage", test_pcap_gzip_damage }),
};
