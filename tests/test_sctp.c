#include "config.h"

#include <string.h>

#include "base/checksum.h"
#include "test.h"

static void test_checksums(void)
{
    static const struct {
        const char *bytes;
        uint32_t crc, adler;
    } sums[] = {
        { "", 0, 1 },
        { "'123456789'", 0xe3069283, 0x091e01de },
        { "'Wikipedia'", 0, 0x11e60398 },
        { "00*32", 0x8a9136aa, 0 }, /* RFC 7143 */
        { "ff*32", 0x62a8ab43, 0 },
        { "ff*6000", 0, 0xa49759ea },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(sums[i].bytes);
        FmSlice all = { bytes->data, bytes->len };
        size_t half = all.size / 2;
        FmSlice first = { all.data, half }, second = { all.data + half, all.size - half };
        if (sums[i].crc || !all.size) {
            CU_ASSERT_EQUAL(fm_crc32c(0, all), sums[i].crc);
            CU_ASSERT_EQUAL(fm_crc32c(fm_crc32c(0, first), second), sums[i].crc);
        }
        if (sums[i].adler) {
            CU_ASSERT_EQUAL(fm_adler32(1, all), sums[i].adler);
            CU_ASSERT_EQUAL(fm_adler32(fm_adler32(1, first), second), sums[i].adler);
        }
    }
}

/* Ethernet, IPv4 and SCTP around chunks from 192.0.2.1:1 to 192.0.2.2:2. */
static char *packet(const char *chunks)
{
    g_autoptr(GByteArray) bytes = test_bytes(chunks);
    return g_strdup_printf("020000000002 020000000001 0800 4500 %04x 0000 0000 4084 0000 c0000201 c0000202 0001 0002 11223344 00000000 %s",
                           32 + bytes->len, chunks);
}

#define DATA(flags, tsn, ssn, text) "00" flags "0014" tsn "0001" ssn "00000000" text

/* What becomes of fragments: the payload that the last packet hands on. */
static const struct {
    const char *name, *chunks[4], *last;
} fragments[] = {
    { "in order", { DATA("02", "00000001", "0000", "'abcd'"), DATA("00", "00000002", "0000", "'efgh'"), DATA("01", "00000003", "0000", "'ijkl'") },
          "abcdefghijkl" },
    { "in one packet", { DATA("02", "00000001", "0000", "'abcd'") DATA("01", "00000002", "0000", "'efgh'") }, "abcdefgh" },
    { "across the wrap", { DATA("02", "ffffffff", "0000", "'abcd'"), DATA("01", "00000000", "0000", "'efgh'") }, "abcdefgh" },
    { "last first", { DATA("01", "00000003", "0000", "'ijkl'"), DATA("02", "00000001", "0000", "'abcd'"), DATA("00", "00000002", "0000", "'efgh'") },
          "abcdefghijkl" },
    { "doubled: the first counts", { DATA("02", "00000001", "0000", "'abcd'"), DATA("02", "00000001", "0000", "'ABCD'"),
                                     DATA("01", "00000002", "0000", "'efgh'") }, "abcdefgh" },
    { "one is missing", { DATA("02", "00000001", "0000", "'abcd'"), DATA("01", "00000003", "0000", "'ijkl'") }, "" },
    { "another message between", { DATA("02", "00000001", "0000", "'abcd'"), DATA("03", "00000002", "0001", "'efgh'"),
                                   DATA("01", "00000003", "0000", "'ijkl'") }, "" },
};

static void test_fragments(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fragments); i++) {
        char *frames[5] = { NULL };
        for (unsigned k = 0; fragments[i].chunks[k]; k++)
            frames[k] = packet(fragments[i].chunks[k]);
        g_autofree char *all = test_dissect_frames(1, (const char *const *)frames);
        const char *at = g_strrstr(all, "data.data="), *line = strrchr(all, '\n');
        g_autoptr(GString) got = g_string_new(NULL);
        for (at = at && (!line || at > line) ? at + strlen("data.data=") : ""; g_ascii_isxdigit(at[0]); at += at[2] == ':' ? 3 : 2)
            g_string_append_c(got, (char)(g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1])));
        TEST_TEXT(fragments[i].name, got->str, fragments[i].last);
        for (unsigned k = 0; frames[k]; k++)
            g_free(frames[k]);
    }
}

/* Lengths and counts that lie: each ends in an expert information, none takes more than there is. */
static const struct {
    const char *name, *chunks, *has;
} lies[] = {
    { "chunk shorter than its header", "00 03 0003 00000001", "bogus chunk length 3 < 4" },
    { "more gap blocks than bytes", "03 00 0010 00000001 00000400 ffff 0000", "sctp.sack_number_of_gap_blocks=65535" },
    { "parameter of no length", "01 00 0018 00000001 00000400 0001 0001 00000001 000c 0000", "sctp.parameter_length=0" },
    { "chunk past the end", "00 03 ffff 00000001 0000 0000 00000000 'abcd'", "sctp.chunk_length=65535" },
    { "cause of no length", "09 00 0008 0001 0000", "sctp.cause_length=0" },
};

static void test_lies(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autofree char *frame = packet(lies[i].chunks);
        g_autofree char *all = test_dissect_frames(1, (const char *const[]){ frame, NULL });
        TEST_TEXT(lies[i].name, strstr(all, lies[i].has) ? lies[i].has : all, lies[i].has);
    }
}

const TestSuite test_sctp_suite = {
    .name = "sctp",
    TEST_CASES({ "checksums", test_checksums }, { "fragments", test_fragments }, { "lies", test_lies }),
};
