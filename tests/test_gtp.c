#include "config.h"

#include <string.h>

#include "test.h"

#define INNER "4500 001c 0000 0000 4011 0000 c0000201 c0000202 0035 0035 0008 0000"

/* Ethernet, IPv4 and UDP around a message of GTP from 192.0.2.1 to 192.0.2.2. */
static char *packet(const char *message)
{
    g_autoptr(GByteArray) bytes = test_bytes(message);
    return g_strdup_printf("020000000002 020000000001 0800 4500 %04x 0000 0000 4011 0000 c0000201 c0000202 0868 0868 %04x 0000 %s",
                           28 + bytes->len, 8 + bytes->len, message);
}

static const struct {
    const char *name, *message, *from, *nodes;
} cases[] = {
    { "IPv4", "30 ff 001c 00001234 " INNER, "gtp.flags",
      "gtp.flags=0x30 gtp.flags.version=1 gtp.flags.payload=1 gtp.flags.reserved=0 gtp.flags.e=0 gtp.flags.s=0 gtp.flags.pn=0 "
      "gtp.message=0xff gtp.length=28 gtp.teid=0x00001234 | ip" },
    { "sequence number", "32 ff 0020 00001234 0007 00 00" INNER, "gtp.message",
      "gtp.message=0xff gtp.length=32 gtp.teid=0x00001234 gtp.seq_number=0x0007 | ip" },
    { "all options", "37 ff 0024 00001234 0007 05 85 01 10 09 00" INNER, "gtp.message",
      "gtp.message=0xff gtp.length=36 gtp.teid=0x00001234 gtp.seq_number=0x0007 gtp.npdu_number=0x05 gtp.ext_hdr.next=0x85 "
      "gtp.ext_hdr gtp.ext_hdr.length=1 (PDU Session Container) gtp.ext_hdr.pdu_ses_con.pdu_type=1 "
      "gtp.ext_hdr.pdu_ses_con.qos_flow_id=9 gtp.ext_hdr.next=0x00 | ip" },
    { "two extension headers", "34 ff 002c 00001234 0000 00 85 02 00 c9 e0 000000 c0 01 1234 00" INNER, "gtp.message",
      "gtp.message=0xff gtp.length=44 gtp.teid=0x00001234 gtp.ext_hdr.next=0x85 gtp.ext_hdr gtp.ext_hdr.length=2 (PDU Session "
      "Container) gtp.ext_hdr.pdu_ses_con.pdu_type=0 gtp.ext_hdr.pdu_ses_cont.ppp=1 gtp.ext_hdr.pdu_ses_cont.rqi=1 "
      "gtp.ext_hdr.pdu_ses_con.qos_flow_id=9 gtp.ext_hdr.pdu_ses_cont.ppi=7 gtp.ext_hdr.next=0xc0 gtp.ext_hdr "
      "gtp.ext_hdr.length=1 gtp.ext_hdr.pdcp_sn=4660 gtp.ext_hdr.next=0x00 | ip" },
    { "extension headers of radio", "34 ff 0030 00001234 0000 00 81 01 1234 83 01 5678 40 01 0868 99 01 0000 00" INNER, "gtp.message",
      "gtp.message=0xff gtp.length=48 gtp.teid=0x00001234 gtp.ext_hdr.next=0x81 gtp.ext_hdr gtp.ext_hdr.length=1 "
      "gtp.ext_hdr.ran_cont=12:34 gtp.ext_hdr.next=0x83 gtp.ext_hdr gtp.ext_hdr.length=1 gtp.ext_hdr.xw_ran_cont=56:78 "
      "gtp.ext_hdr.next=0x40 gtp.ext_hdr gtp.ext_hdr.length=1 gtp.ext_hdr.udp_port=2152 gtp.ext_hdr.next=0x99 gtp.ext_hdr "
      "gtp.ext_hdr.length=1 gtp.ext_hdr.next=0x00 | ip" },
    { "extension header without length", "34 ff 0024 00001234 0000 00 85 00 00 00 00" INNER, "gtp.message",
      "gtp.message=0xff gtp.length=36 gtp.teid=0x00001234 gtp.ext_hdr.next=0x85 gtp.ext_hdr gtp.ext_hdr.length=0 !(Extension "
      "header length is zero)" },
    { "extension header without end", "34 ff 0024 00001234 0000 00 85 ff 00 00 00" INNER, "gtp.message",
      "gtp.message=0xff gtp.length=36 gtp.teid=0x00001234 gtp.ext_hdr.next=0x85 gtp.ext_hdr gtp.ext_hdr.length=255 (PDU "
      "Session Container) gtp.ext_hdr.pdu_ses_con.pdu_type=0 gtp.ext_hdr.pdu_ses_cont.ppp=0 gtp.ext_hdr.pdu_ses_cont.rqi=0 "
      "gtp.ext_hdr.pdu_ses_con.qos_flow_id=0 !malformed" },
    { "echo", "32 01 0004 00001234 0009 00 00", "gtp.message",
      "gtp.message=0x01 gtp.length=4 gtp.teid=0x00001234 gtp.seq_number=0x0009" },
    { "neither IPv4 nor IPv6", "30 ff 0002 00001234 0021", "gtp.message",
      "gtp.message=0xff gtp.length=2 gtp.teid=0x00001234" },
    { "empty", "30 ff 0000 00001234", "gtp.message",
      "gtp.message=0xff gtp.length=0 gtp.teid=0x00001234" },
    { "another version", "48 ff 0000 00001234", "| gtp",
      "| gtp | data data.data=48:ff:00:00:00:00:12:34 data.len=8" },
    { "cut in the header", "30 ff 00", "| gtp",
      "| gtp gtp.flags=0x30 gtp.flags.version=1 gtp.flags.payload=1 gtp.flags.reserved=0 gtp.flags.e=0 gtp.flags.s=0 "
      "gtp.flags.pn=0 gtp.message=0xff !malformed" },
};

static void test_nodes_of_gtp(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *frame = packet(cases[i].message);
        g_autofree char *all = test_dissect_frames(1, (const char *const[]){ frame, NULL });
        const char *got = strstr(all, cases[i].from);
        char *inner = got ? strstr(got, " ip.version") : NULL;
        if (inner)
            *inner = '\0';
        TEST_TEXT(cases[i].name, got ? got : all, cases[i].nodes);
    }
}

static void test_columns_of_gtp(void)
{
    g_autofree char *data = packet("30 ff 001c 00001234 " INNER), *echo = packet("32 01 0004 00001234 0009 00 00");
    g_autofree char *got = test_column_frames(1, (const char *const[]){ data, echo, NULL });
    TEST_TEXT("columns", got,
              "192.0.2.1 → 192.0.2.2 GTP <UDP> 53 → 53 Len=0\n"
              "192.0.2.1 → 192.0.2.2 GTP Echo request");
}

const TestSuite test_gtp_suite = {
    .name = "gtp",
    TEST_CASES({ "nodes", test_nodes_of_gtp }, { "columns", test_columns_of_gtp }),
};
