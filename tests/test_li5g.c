#include "config.h"

#include "test.h"

extern const FmProtocol fm_li5g;

#define IDS " 00000000 0000 0000 0000 000000000001 0000000000000002"
#define INNER "4500 001c 0000 0000 4011 0000 c0000201 c0000202 0035 0036 0008 0000"

static const struct {
    const char *name, *bytes, *nodes;
} cases[] = {
    { "keepalive", "0001 0003 00000028 00000000 0000 0000" IDS,
      "li5g.ver=1 li5g.type=3 li5g.hl=40 li5g.pl=0 li5g.pf=0 li5g.pd=0 li5g.xid=00000000-0000-0000-0000-000000000001 "
      "li5g.cid=00:00:00:00:00:00:00:02" },
    { "attributes", "0001 0001 00000050 00000000 0002 0001" IDS "0005 0002 6162 0009 0008 6109 05a8 00000001 000a 0004 c0000201 0010 0001 11 0063 0000 0008 0001 00",
      "li5g.ver=1 li5g.type=1 li5g.hl=80 li5g.pl=0 li5g.pf=2 li5g.pd=1 li5g.xid=00000000-0000-0000-0000-000000000001 "
      "li5g.cid=00:00:00:00:00:00:00:02 (Domain ID (DID)) li5g.attrType=5 li5g.attrLen=2 li5g.did=61:62 (Timestamp) li5g.attrType=9 "
      "li5g.attrLen=8 li5g.ts=Aug  3, 2021 09:00:24.000000001 UTC (Source IPv4 Address) li5g.attrType=10 li5g.attrLen=4 li5g.srcip=192.0.2.1 (IP "
      "Protocol) li5g.attrType=16 li5g.attrLen=1 li5g.ipproto=17 (Unknown attribute) li5g.attrType=99 li5g.attrLen=0 (Sequence Number) "
      "li5g.attrType=8 li5g.attrLen=1" },
    { "header shorter than itself", "0001 0002 00000010 00000001 0005 0001" IDS " 45",
      "li5g.ver=1 li5g.type=2 li5g.hl=16 li5g.pl=1 li5g.pf=5 li5g.pd=1 li5g.xid=00000000-0000-0000-0000-000000000001 "
      "li5g.cid=00:00:00:00:00:00:00:02 li5g.pld=45 | ip ip.version=4 ip.hdr_len=20 ip.len=1 !ip.ttl.too_small ip.checksum.status=2 !malformed" },
    { "attribute longer than the header", "0001 0001 00000030 00000000 0002 0001" IDS "0005 0009 61626364",
      "li5g.ver=1 li5g.type=1 li5g.hl=48 li5g.pl=0 li5g.pf=2 li5g.pd=1 li5g.xid=00000000-0000-0000-0000-000000000001 "
      "li5g.cid=00:00:00:00:00:00:00:02 (Domain ID (DID)) li5g.attrType=5 li5g.attrLen=9 li5g.did=61:62:63:64 !malformed" },
};

static void test_nodes_of_messages(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = test_dissect(&fm_li5g, cases[i].bytes);
        TEST_TEXT(cases[i].name, got, cases[i].nodes);
    }
}

static void test_recognised_messages(void)
{
    g_autoptr(GByteArray) good = test_bytes("0001 0002 00000028 0000001c 0005 0001" IDS INNER);
    g_autoptr(GByteArray) text = test_bytes("47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a 48 6f 73 74 3a 20 61 62 63 64 65 66 67 68 69 0d 0a 0d 0a 41 42 43 44 45");
    CU_ASSERT_TRUE(fm_li5g.probe(NULL, (FmSlice){ good->data, good->len }));
    CU_ASSERT_FALSE(fm_li5g.probe(NULL, (FmSlice){ good->data, 39 }));
    CU_ASSERT_FALSE(fm_li5g.probe(NULL, (FmSlice){ text->data, text->len }));
    CU_ASSERT_EQUAL(fm_li5g.record(NULL, (FmSlice){ good->data, good->len }), good->len);
    CU_ASSERT_EQUAL(fm_li5g.record(NULL, (FmSlice){ good->data, 39 }), FM_NEED_MORE);
}

const TestSuite test_li5g_suite = {
    "li5g", TEST_CASES({ "nodes of messages", test_nodes_of_messages }, { "recognised messages", test_recognised_messages }),
};
