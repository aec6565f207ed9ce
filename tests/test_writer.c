#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "capture/ring_files.h"
#include "capture/writer.h"
#include "captures.h"
#include "test.h"

#define SECTION "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000 "
#define NAMED(letter) "01000000 20000000 01000000 00000000 02000100 '" letter "' 000000 00000000 20000000 "
#define PACKET "06000000 24000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 24000000 "
#define PCAP "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000 "
#define RECORD "01000000 02000000 04000000 3c000000 'abcd' "

/* Reads a capture of these bytes, writes it in a format and returns what is read from that; errors of the writer in words. */
static char *copy(const char *hex, FmFileFormat format)
{
    char *directory = test_directory_new();
    g_autoptr(GByteArray) bytes = test_bytes(hex);
    g_autofree char *from = test_file(directory, "from", bytes);
    g_autofree char *to = g_build_filename(directory, "to", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(FmSource) source = fm_source_open_file(from, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    const FmWriterOptions options = { .format = format, .source = source, .application = "test" };
    FmWriter *writer = fm_writer_open(to, &options, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
    FmFrame frame;
    while (!error && fm_source_next(source, &frame, NULL) == FM_NEXT_FRAME)
        fm_writer_frame(writer, &frame, &error);
    CU_ASSERT(fm_writer_close(writer, NULL));
    char *text = error ? g_strdup(strchr(error->message, ' ') + 1) : test_read_file(to, true);
    if (error)
        CU_ASSERT(g_str_has_prefix(error->message, to));
    test_directory_free(directory);
    return text;
}

static const struct {
    const char *name, *bytes;
    FmFileFormat format;
    const char *frames;
} cases[] = {
    { "nothing", PCAP, FM_FILE_PCAPNG, "end" },
    { "nothing, to pcap", SECTION, FM_FILE_PCAP, "end" },
    { "pcap to pcapng", PCAP RECORD, FM_FILE_PCAPNG, "1 1.000002000 4/60 link=1 section=1 if=0 61626364\nend" },
    { "pcap to pcap", PCAP RECORD RECORD, FM_FILE_PCAP,
      "1 1.000002000 4/60 link=1 61626364\n2 1.000002000 4/60 link=1 61626364\nend" },
    { "pcap with checksums to pcap", "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000024" RECORD, FM_FILE_PCAP,
      "1 1.000002000 4/60 link=1 fcs=4 61626364\nend" },
    { "nanoseconds to pcapng", "4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000" RECORD, FM_FILE_PCAPNG,
      "1 1.000000002 4/60 link=1 section=1 if=0 61626364\nend" },
    { "nanoseconds to nanoseconds", "4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000" RECORD, FM_FILE_NANO_PCAP,
      "1 1.000000002 4/60 link=1 61626364\nend" },
    { "nanoseconds to microseconds",
      "4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000 01000000 ffc99a3b 01000000 01000000 61", FM_FILE_PCAP,
      "1 1.999999000 1/1 link=1 61\nend" },
    { "interfaces keep their numbers, also those without packets",
      SECTION NAMED("a") NAMED("b") NAMED("c") "06000000 24000000 01000000 00000000 40420f00 04000000 04000000 'abcd' 24000000",
      FM_FILE_PCAPNG, "1 1.000000000 4/4 link=1 section=1 if=1 name=b 61626364\nend" },
    { "options are kept",
      SECTION NAMED("a") "06000000 54000000 00000000 00000000 40420f00 04000000 04000000 'abcd' 01000300 'one' 00 01000300 'two' 00"
                         "02000400 01000000 05000800 0500000000000000 06000400 07000000 00000000 54000000" PACKET,
      FM_FILE_PCAPNG,
      "1 1.000000000 4/4 link=1 section=1 if=0 name=a flags=0x1 id=5 queue=7 comment=one comment=two 61626364\n"
      "2 1.000000000 4/4 link=1 section=1 if=0 name=a 61626364\nend" },
    { "blocks of others are left out", SECTION NAMED("a") "ad0b0000 14000000 7b000000 'efgh' 14000000" PACKET, FM_FILE_PCAPNG,
      "1 1.000000000 4/4 link=1 section=1 if=0 name=a 61626364\nend" },
    { "two link types to pcap",
      SECTION NAMED("a") "01000000 14000000 65000000 00000000 14000000" PACKET
                         "06000000 24000000 01000000 00000000 40420f00 04000000 04000000 'abcd' 24000000",
      FM_FILE_PCAP,
      "a pcap file holds packets of one link type, and packet 2 is of type 101, not 1; pcapng holds both (-F pcapng)" },
    { "before 1970", SECTION "01000000 24000000 01000000 00000000 0e000800 fbffffffffffffff 00000000 24000000" PACKET,
      FM_FILE_PCAPNG, "packet 1 is from before 1970, which cannot be written" },
    { "after 2106, to pcap", SECTION "01000000 24000000 01000000 00000000 0e000800 0000000001000000 00000000 24000000" PACKET,
      FM_FILE_PCAP, "the time of packet 1 cannot be written to a pcap file; pcapng has room (-F pcapng)" },
};

static void test_writer_copies(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = copy(cases[i].bytes, cases[i].format);
        TEST_TEXT(cases[i].name, got, cases[i].frames);
    }
}

/* What stands around the packets comes through a copy: secrets, descriptions, filters and statistics. */
static void test_writer_keeps_the_rest(void)
{
    char *directory = test_directory_new();
    g_autoptr(GByteArray) bytes =
        test_bytes("0a0d0d0a 44000000 4d3c2b1a 01000000 ffffffffffffffff 01000400 'zero' 02000200 'PC' 0000 03000500 'Linux' 000000"
                   "04000400 'wire' 00000000 44000000"
                   "01000000 40000000 01000000 60000000 02000400 'eth0' 03000500 'LAN 1' 000000 0b000700 00 'udp 53' 00"
                   "09000100 09000000 00000000 40000000"
                   "0a000000 1c000000 4b534c54 06000000 'KEY 1' 0a 0000 1c000000"
                   "05000000 34000000 00000000 00000000 40420f00 04000800 0900000000000000 05000800 0200000000000000"
                   "00000000 34000000");
    g_autofree char *from = test_file(directory, "from", bytes);
    g_autofree char *to = g_build_filename(directory, "to", NULL);
    g_autoptr(FmSource) source = fm_source_open_file(from, NULL);
    const char *const comments[] = { "first", "second", NULL };
    const FmWriterOptions options = { .source = source, .application = "not this", .comments = comments };
    FmWriter *writer = fm_writer_open(to, &options, NULL);
    FmFrame frame;
    CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_END);
    const FmSecretsBlock more = { 0x544c534b, (const uint8_t *)"KEY 2\n", 6 };
    CU_ASSERT(fm_writer_secrets(writer, &more, NULL));
    CU_ASSERT(fm_writer_close(writer, NULL));

    g_autoptr(FmSource) copied = fm_source_open_file(to, NULL);
    CU_ASSERT_EQUAL(fm_source_next(copied, &frame, NULL), FM_NEXT_END);
    CU_ASSERT_EQUAL_FATAL(fm_source_interface_count(copied), 1);
    const FmInterface *interface = fm_source_interface(copied, 0);
    CU_ASSERT_STRING_EQUAL(interface->name, "eth0");
    CU_ASSERT_STRING_EQUAL(interface->description, "LAN 1");
    CU_ASSERT_STRING_EQUAL(interface->filter, "udp 53");
    CU_ASSERT_EQUAL(interface->snap_length, 96);
    CU_ASSERT_EQUAL(interface->decimals, 9);
    CU_ASSERT_EQUAL(interface->received, 9);
    CU_ASSERT_EQUAL(interface->dropped, 2);
    CU_ASSERT_EQUAL(interface->counted, 1000000);
    CU_ASSERT_EQUAL_FATAL(fm_source_secrets_count(copied), 2);
    const FmSection *section = fm_source_section(copied);
    CU_ASSERT_STRING_EQUAL(section->hardware, "PC");
    CU_ASSERT_STRING_EQUAL(section->system, "Linux");
    CU_ASSERT_STRING_EQUAL(section->application, "wire");
    g_autofree char *said = g_strjoinv(" ", (char **)(uintptr_t)section->comments);
    CU_ASSERT_STRING_EQUAL(said, "zero first second");
    test_directory_free(directory);
}

static FmFrame frame_of(uint64_t number, size_t size)
{
    static const uint8_t zeros[2000];
    return (FmFrame){ .number = number,
                      .time = (FmTime)number * FM_SECOND,
                      .data = zeros,
                      .captured = (uint32_t)size,
                      .length = (uint32_t)size,
                      .link_type = 1,
                      .fcs_length = -1,
                      .decimals = 6 };
}

/* A disk that fills: whole packets alone are in the file, as many as the message says. */
static void test_writer_full_disk(void)
{
    static const FmFileFormat formats[] = { FM_FILE_PCAPNG, FM_FILE_PCAP };
    char *directory = test_directory_new();
    g_autofree char *path = g_build_filename(directory, "to", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(GError) error = NULL;
        const FmWriterOptions options = { .format = formats[i] };
        FmWriter *writer = fm_writer_open(path, &options, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
        struct rlimit before, small;
        getrlimit(RLIMIT_FSIZE, &before);
        small = before;
        small.rlim_cur = 777777;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        uint64_t n = 0;
        for (; n < 100000; n++) {
            FmFrame frame = frame_of(n + 1, 1000);
            if (!fm_writer_frame(writer, &frame, &error))
                break;
        }
        setrlimit(RLIMIT_FSIZE, &before);
        signal(SIGXFSZ, SIG_DFL);
        uint64_t good = fm_writer_count(writer);
        g_autofree char *says = g_strdup_printf("the first %" G_GUINT64_FORMAT " packets", good);
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_EQUAL(error->code, FM_CAPTURE_ERROR_WRITE);
        CU_ASSERT(g_str_has_prefix(error->message, path));
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, says));
        CU_ASSERT(good > 700 && good < n);
        CU_ASSERT(fm_writer_close(writer, NULL));
        g_autofree char *got = test_read_file(path, false);
        g_autofree char *last = g_strdup_printf("\n%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT ".0", good, good);
        CU_ASSERT(g_str_has_suffix(got, "\nend"));
        CU_ASSERT_PTR_NOT_NULL(strstr(got, last));
    }
    test_directory_free(directory);

    g_autoptr(GError) error = NULL;
    const FmWriterOptions options = { .format = FM_FILE_PCAPNG };
    FmWriter *writer = fm_writer_open("/dev/full", &options, &error);
    FmFrame frame = frame_of(1, 10);
    CU_ASSERT(fm_writer_frame(writer, &frame, &error));
    CU_ASSERT(!fm_writer_flush(writer, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "/dev/full: cannot be written: No space left on device; make room"));
    CU_ASSERT(!fm_writer_frame(writer, &frame, NULL));
    CU_ASSERT(fm_writer_close(writer, NULL));
}

static void test_writer_refuses(void)
{
    char *directory = test_directory_new();
    g_autoptr(GByteArray) bytes = test_bytes(PCAP RECORD);
    g_autofree char *path = test_file(directory, "capture", bytes);
    g_autofree char *nowhere = g_build_filename(directory, "none", "x", NULL);
    g_autoptr(FmSource) source = fm_source_open_file(path, NULL);
    const FmWriterOptions options = { .source = source };
    g_autoptr(GError) same = NULL, missing = NULL;
    CU_ASSERT_PTR_NULL(fm_writer_open(path, &options, &same));
    CU_ASSERT_PTR_NOT_NULL(strstr(same->message, "is the capture that is being read"));
    CU_ASSERT_PTR_NULL(fm_writer_open(nowhere, &options, &missing));
    CU_ASSERT(g_str_has_prefix(missing->message, nowhere));
    g_autofree char *still = test_read_file(path, true);
    CU_ASSERT_STRING_EQUAL(still, "1 1.000002000 4/60 link=1 61626364\nend");
    test_directory_free(directory);
}

static void test_writer_formats(void)
{
    FmFileFormat format;
    for (const FmFileFormatName *f = fm_file_formats(); f->name; f++) {
        CU_ASSERT(fm_file_format(f->name, &format));
        CU_ASSERT_EQUAL(format, (FmFileFormat)(f - fm_file_formats()));
    }
    CU_ASSERT(!fm_file_format("snoop", &format));
    CU_ASSERT(!fm_file_format("", &format));
}

static const struct {
    const char *text;
    bool ring, good;
    FmCaptureLimits limits;
} limits[] = {
    { "duration:2.5", false, true, { .duration = 2500 * FM_MILLISECOND } },
    { "filesize:1000", true, true, { .file_size = 1000000 } },
    { "files:5", true, true, { .files = 5 } },
    { "packets:9", false, true, { .packets = 9 } },
    { "interval:3600", true, true, { .interval = 3600 * FM_SECOND } },
    { "nametimenum:2", true, true, { .time_first = true } },
    { "interval:3600", false, false },
    { "duration:0", false, false },
    { "duration:-1", false, false },
    { "duration:1s", false, false },
    { "duration:nan", false, false },
    { "duration:1e30", false, false },
    { "filesize:99999999999999999999", true, false },
    { "files:100000", true, false },
    { "files", true, false },
    { "foo:1", true, false },
    { "", true, false },
};

static void test_limits(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        FmCaptureLimits got;
        memset(&got, 0, sizeof got);
        g_autoptr(GError) error = NULL;
        bool good = fm_capture_limit(&got, limits[i].text, limits[i].ring, &error);
        if (good != limits[i].good)
            g_printerr("limit \"%s\"\n", limits[i].text);
        CU_ASSERT_EQUAL(good, limits[i].good);
        CU_ASSERT_EQUAL(good, error == NULL);
        if (good) {
            CU_ASSERT_EQUAL(got.duration, limits[i].limits.duration);
            CU_ASSERT_EQUAL(got.interval, limits[i].limits.interval);
            CU_ASSERT_EQUAL(got.file_size, limits[i].limits.file_size);
            CU_ASSERT_EQUAL(got.packets, limits[i].limits.packets);
            CU_ASSERT_EQUAL(got.files, limits[i].limits.files);
            CU_ASSERT_EQUAL(got.time_first, limits[i].limits.time_first);
        }
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *list(const char *directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(directory, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));)
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare);
    return names;
}

static void test_ring(void)
{
    char *directory = test_directory_new();
    g_autofree char *path = g_build_filename(directory, "a.b.pcapng", NULL);
    const FmCaptureLimits ring_limits = { .packets = 2, .files = 2 };
    const FmWriterOptions options = { .format = FM_FILE_PCAPNG };
    FmRingFiles *ring = fm_ring_files_new(path, &ring_limits, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
    for (unsigned i = 1; i <= 7; i++) {
        FmFrame frame = frame_of(i, 10);
        CU_ASSERT_EQUAL(fm_ring_files_full(ring), (i - 1) / 2);
        CU_ASSERT(fm_ring_files_frame(ring, &frame, NULL));
    }
    CU_ASSERT_EQUAL(fm_ring_files_full(ring), 3);
    CU_ASSERT(fm_ring_files_close(ring, NULL));
    g_autoptr(GPtrArray) names = list(directory);
    CU_ASSERT_EQUAL_FATAL(names->len, 2);
    CU_ASSERT(g_pattern_match_simple("a.b_00003_??????????????.pcapng", names->pdata[0]));
    CU_ASSERT(g_pattern_match_simple("a.b_00004_??????????????.pcapng", names->pdata[1]));
    g_autofree char *third = g_build_filename(directory, names->pdata[0], NULL);
    g_autofree char *got = test_read_file(third, true);
    CU_ASSERT_STRING_EQUAL(got, "1 5.000000000 10/10 link=1 section=1 if=0 0000000000000000\n"
                                "2 6.000000000 10/10 link=1 section=1 if=0 0000000000000000\nend");
    test_directory_free(directory);
}

static void test_ring_by_size_and_time(void)
{
    char *directory = test_directory_new();
    g_autofree char *path = g_build_filename(directory, "x", NULL);
    const FmCaptureLimits ring_limits = { .file_size = 3000, .duration = 10 * FM_SECOND, .time_first = true };
    const FmWriterOptions options = { .format = FM_FILE_PCAP };
    FmRingFiles *ring = fm_ring_files_new(path, &ring_limits, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
    for (unsigned i = 1; i <= 4; i++) { /* the third reaches the size, the fourth goes to the next file */
        FmFrame frame = frame_of(i, 1000);
        CU_ASSERT(fm_ring_files_frame(ring, &frame, NULL));
    }
    FmTime now = g_get_real_time() * FM_MICROSECOND;
    CU_ASSERT(fm_ring_files_tick(ring, now, NULL));
    CU_ASSERT_EQUAL(fm_ring_files_full(ring), 1);
    CU_ASSERT(fm_ring_files_tick(ring, now + 11 * FM_SECOND, NULL));
    CU_ASSERT_EQUAL(fm_ring_files_full(ring), 2);
    CU_ASSERT(g_str_has_suffix(fm_ring_files_path(ring), "_00003"));
    CU_ASSERT(fm_ring_files_close(ring, NULL));
    g_autoptr(GPtrArray) names = list(directory);
    CU_ASSERT_EQUAL_FATAL(names->len, 3);
    CU_ASSERT(g_pattern_match_simple("x_??????????????_00001", names->pdata[0]));
    test_directory_free(directory);
}

const TestSuite test_writer_suite = {
    "writer",
    TEST_CASES({ "copies", test_writer_copies }, { "keeps the rest", test_writer_keeps_the_rest },
               { "full disk", test_writer_full_disk }, { "refuses", test_writer_refuses }, { "formats", test_writer_formats },
               { "limits", test_limits }, { "ring", test_ring }, { "ring by size and time", test_ring_by_size_and_time }),
};
