#include "config.h"

#include <string.h>

#include "test.h"

/* Ethernet and IPv4 around a datagram from 192.0.2.1 to 192.0.2.2. */
static char *packet(const char *datagram)
{
    g_autoptr(GByteArray) bytes = test_bytes(datagram);
    return g_strdup_printf("020000000002 020000000001 0800 4500 %04x 0000 0000 4088 0000 c0000201 c0000202 %s", 20 + bytes->len, datagram);
}

static const struct {
    const char *name, *datagram, *nodes;
} cases[] = {
    { "all covered", "9c40 0007 0000 1234 'hello'",
          "| udplite udp.srcport=40000 udp.dstport=7 udp.checksum_coverage=0 udp.length=13 udp.checksum=0x1234 "
          "udp.checksum.status=2 udp.stream=0 (Timestamps) udp.time_relative=0.000000000 udp.time_delta=0.000000000 "
          "udp.payload=68:65:6c:6c:6f | data data.data=68:65:6c:6c:6f data.len=5" },
    { "header covered", "9c40 0007 0008 1234 'hello'",
          "| udplite udp.srcport=40000 udp.dstport=7 udp.checksum_coverage=8 udp.length=13 udp.checksum=0x1234 "
          "udp.checksum.status=2 udp.stream=0 (Timestamps) udp.time_relative=0.000000000 udp.time_delta=0.000000000 "
          "udp.payload=68:65:6c:6c:6f | data data.data=68:65:6c:6c:6f data.len=5" },
    { "coverage too small", "9c40 0007 0004 1234 'hello'",
          "| udplite udp.srcport=40000 udp.dstport=7 udp.checksum_coverage=4 !udplite.checksum_coverage.bad "
          "udp.length=13 udp.checksum=0x1234 udp.checksum.status=2 udp.stream=0 (Timestamps) "
          "udp.time_relative=0.000000000 udp.time_delta=0.000000000 udp.payload=68:65:6c:6c:6f | data "
          "data.data=68:65:6c:6c:6f data.len=5" },
    { "coverage too large", "9c40 0007 000e 1234 'hello'",
          "| udplite udp.srcport=40000 udp.dstport=7 udp.checksum_coverage=14 !udplite.checksum_coverage.bad "
          "udp.length=13 udp.checksum=0x1234 udp.checksum.status=2 udp.stream=0 (Timestamps) "
          "udp.time_relative=0.000000000 udp.time_delta=0.000000000 udp.payload=68:65:6c:6c:6f | data "
          "data.data=68:65:6c:6c:6f data.len=5" },
    { "no checksum", "9c40 0007 0008 0000 'hello'",
          "| udplite udp.srcport=40000 udp.dstport=7 udp.checksum_coverage=8 udp.length=13 udp.checksum=0x0000 "
          "!udp.checksum.zero udp.checksum.status=4 udp.stream=0 (Timestamps) udp.time_relative=0.000000000 "
          "udp.time_delta=0.000000000 udp.payload=68:65:6c:6c:6f | data data.data=68:65:6c:6c:6f data.len=5" },
    { "no payload", "9c40 0007 0008 1234",
          "| udplite udp.srcport=40000 udp.dstport=7 udp.checksum_coverage=8 udp.length=8 udp.checksum=0x1234 "
          "udp.checksum.status=2 udp.stream=0" },
    { "cut in the header", "9c40 0007 00",
          "| udplite udp.srcport=40000 udp.dstport=7 !malformed" },
};

static void test_nodes_of_udplite(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *frame = packet(cases[i].datagram);
        g_autofree char *all = test_dissect_frames(1, (const char *const[]){ frame, NULL });
        const char *got = strstr(all, "| udplite");
        TEST_TEXT(cases[i].name, got ? got : all, cases[i].nodes);
    }
}

const TestSuite test_udplite_suite = { .name = "udplite", TEST_CASES({ "nodes", test_nodes_of_udplite }) };
