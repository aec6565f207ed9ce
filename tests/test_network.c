/* Link and network layers, from Ethernet's trailer to ICMP's extensions. */
#include "config.h"

#include <string.h>

#include "test.h"

enum { MOST_FRAMES = 4 };

#define ETHER "020000000002 020000000001 "
#define IP4(length, protocol) "45000" length " 0001 0000 40 " protocol " 0000 0a000001 0a000002 "
#define IP4_BACK(length, protocol) "45000" length " 0001 0000 40 " protocol " 0000 0a000002 0a000001 "
#define IP6(length, next) "60000000 " length " " next " ff fe80000000000000021122fffe334455 fe800000000000000000000000000002 "
#define PORT_UNREACHABLE_QUOTE "45000028 0001 0000 40 11 0000 0a000001 0a000002 03e8 07d0 0014 0000 "

typedef struct Case {
    const char *name;
    uint32_t link_type;
    const char *frames[MOST_FRAMES + 1];
    const char *nodes;   /* of the last frame: these, in this order, with others between them */
    const char *without; /* begins no node of the last frame; NULL: anything may */
} Case;

/* Does every word of `nodes` stand in `text`, in that order? Returns the first that does not, or NULL. */
static char *missing_word(const char *text, const char *nodes)
{
    g_auto(GStrv) have = g_strsplit(text, " ", -1), want = g_strsplit(nodes, " ", -1);
    char **at = have;
    for (char **word = want; *word; word++) {
        while (*at && strcmp(*at, *word) != 0)
            at++;
        if (!*at)
            return g_strdup(*word);
        at++;
    }
    return NULL;
}

static void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *got = test_dissect_frames(cases[i].link_type, cases[i].frames);
        const char *last = strrchr(got, '\n') ? strrchr(got, '\n') + 1 : got;
        g_autofree char *missing = missing_word(last, cases[i].nodes);
        if (missing)
            g_printerr("\n%s: no %s in\n%s\n", cases[i].name, missing, last);
        CU_ASSERT_PTR_NULL(missing);
        g_autofree char *unwanted = cases[i].without ? g_strdup_printf(" %s", cases[i].without) : NULL;
        if (unwanted && strstr(last, unwanted))
            g_printerr("\n%s: %s in\n%s\n", cases[i].name, unwanted, last);
        CU_ASSERT(!unwanted || !strstr(last, unwanted));
    }
}

static void test_trailers(void)
{
    static const Case cases[] = {
        { "padding to 60 bytes", 1, { ETHER "0800 " IP4("01e", "fd") "'xxxxxxxxxx' 00*16" },
          "eth.type=0x0800 eth.padding=00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00 | ip", "eth.trailer" },
        { "padding and frame check sequence", 1, { ETHER "0800 " IP4("01e", "fd") "'xxxxxxxxxx' 00*16 61626364" },
          "eth.padding=00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00 eth.fcs=0x61626364 eth.fcs.status=2", "eth.trailer" },
        { "no padding: not zero", 1, { ETHER "0800 " IP4("01e", "fd") "'xxxxxxxxxx' 00*12 01*4" },
          "eth.trailer=00:00:00:00:00:00:00:00:00:00:00:00:01:01:01:01 !eth.padding_bad", "eth.padding=" },
        { "no padding: too short for it", 1, { ETHER "0800 " IP4("01e", "fd") "'xxxxxxxxxx' 00*6 01*4" },
          "eth.trailer=00:00:00:00:00:00:01:01:01:01", "eth.padding" },
        { "too short for a sequence", 1, { ETHER "0800 " IP4("032", "fd") "00*30 'abc'" }, "eth.trailer=61:62:63", "eth.fcs" },
        { "padding behind a tag", 1, { ETHER "8100 0005 0800 " IP4("01e", "fd") "'xxxxxxxxxx' 00*12 01*8" },
          "vlan.etype=0x0800 eth.padding=00:00:00:00:00:00:00:00:00:00:00:00 vlan.trailer=01:01:01:01:01:01:01:01", "eth.fcs" },
        { "802.3 length", 1, { ETHER "001c aaaa03 000000 0800 " IP4("014", "fd") "01*4" },
          "eth.len=28 eth.trailer=01:01:01:01 | llc llc.dsap=0xaa llc.control=0x0003 llc.type=0x0800 | ip", "eth.type" },
        { "802.3 length past the end", 1, { ETHER "0050 424203" }, "eth.len=80 !eth.len.past_end | llc", NULL },
        { "cooked", 113, { "0003 0001 0006 020000000001 aabb 0800 " IP4("016", "fd") "'xx' 'trail'" },
          "sll.pkttype=3 sll.src.eth=02:00:00:00:00:01 sll.unused=aa:bb sll.etype=0x0800 sll.trailer=74:72:61:69:6c | ip", NULL },
        { "behind labels", 1, { ETHER "8847 00010140 " IP4("014", "fd") "'trailer'" }, "eth.trailer=74:72:61:69:6c:65:72 | mpls", NULL },
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_links(void)
{
    static const Case cases[] = {
        { "loopback, big endian", 0, { "00000002 " IP4("014", "fd") }, "null.family=2 | ip", NULL },
        { "loopback, little endian", 0, { "02000000 " IP4("014", "fd") }, "null.family=2 | ip", NULL },
        { "loopback, an EtherType", 0, { "00000800 " IP4("014", "fd") }, "null.type=0x0800 | ip", NULL },
        { "loopback, PPP", 0, { "ff030021 " IP4("014", "fd") }, "null | ppp ppp.address=0xff | ip", NULL },
        { "OpenBSD's loopback", 108, { "0000001e " IP6("0000", "3b") }, "null.family=30 | ipv6 ipv6.nxt=59", NULL },
        { "raw, version 4", 101, { IP4("014", "fd") }, "raw | ip ip.version=4", NULL },
        { "raw, version 6", 12, { IP6("0000", "3b") }, "raw | ipv6 ipv6.version=6", NULL },
        { "PPP, compressed protocol", 9, { "21 " IP4("014", "fd") }, "ppp ppp.protocol=0x21 | ip", "ppp.address" },
        { "PPP, Cisco's framing", 50, { "0f00 0800 " IP4("014", "fd") }, "| chdlc chdlc.address=0x0f | ip", NULL },
        { "PPP over Ethernet", 1, { ETHER "8864 11 00 0005 0016 0021 " IP4("014", "fd") },
          "pppoe.session_id=0x0005 pppoe.payload_length=22 | ppp ppp.protocol=0x0021 | ip", NULL },
        { "two service tags", 1, { ETHER "88a8 2005 88a8 3006 0800 " IP4("014", "fd") },
          "ieee8021ad.svid=5 ieee8021ad.priority=1 ieee8021ad.dei=1 ieee8021ad.cvid=6 | ip", "ieee8021ad.id" },
        { "MAC in MAC", 1, { ETHER "88e7 31000007 " ETHER "0800 " IP4("014", "fd") },
          "ieee8021ah.priority=1 ieee8021ah.isid=7 ieee8021ah.cdst=02:00:00:00:00:02 | ip", NULL },
        { "Frame Relay, SNAP", 107, { "1841 03 00 80 000000 0800 " IP4("014", "fd") },
          "fr.cr=0 fr.dlci=100 fr.nlpid=0x80 fr.snaptype=0x0800 | ip", "fr.chdlctype" },
        { "Frame Relay, four octets", 107, { "80ea009d 0800 " IP4("014", "fd") }, "fr.fecn=1 fr.de=1 fr.chdlctype=0x0800 | ip", "fr.nlpid" },
        { "MACsec, short", 1, { ETHER "88e5 20 16 00000001 020000000009 0001 0800 " IP4("014", "fd") "00112233445566778899aabbccddeeff" },
          "macsec.TCI.SC=1 macsec.SL=22 macsec.PN=1 macsec.etype=0x0800 macsec.ICV=00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff | ip", NULL },
        { "MACsec, encrypted", 1, { ETHER "88e5 0c 04 00000001 aabbccdd 00112233445566778899aabbccddeeff" }, "macsec.TCI.E=1 | data data.data=aa:bb:cc:dd", "macsec.etype" },
        { "service header", 1, { ETHER "894f 0fc3 02 01 000005 ff 0001 07 00 " IP4("014", "fd") },
          "nsh.ttl=0x003f nsh.spi=5 nsh.metadatatype=7 | ip", "nsh.metadata=" },
        { "service header, length below the least", 1, { ETHER "894f 0fc1 02 01 000005 ff " IP4("014", "fd") }, "nsh !nsh.length.invalid", "ip" },
        { "two labels", 1, { ETHER "8847 00010040 00020340 " IP6("0000", "3b") },
          "mpls.label=16 mpls.bottom=0 | mpls mpls.label=32 mpls.exp=1 mpls.bottom=1 | ipv6", NULL },
        { "GRE with key and sequence", 1,
          { ETHER "0800 " IP4("03c", "2f") "3000 6558 0000004d 00000003 " ETHER "0800 " "4500000e 0001 0000 40 fd 0000" },
          "gre.proto=0x6558 gre.key=0x0000004d gre.sequence_number=3 | eth | ip", NULL },
        { "GRE, PPTP", 1, { ETHER "0800 " IP4("020", "2f") "2081 880b 0000 0005 00000008" },
          "gre.flags.ack=1 gre.flags.version=1 gre.key.call_id=5 gre.ack_number=8", "gre.key=" },
        { "VXLAN", 1, { ETHER "0800 " IP4("032", "11") "1388 12b5 001e 0000 08000000 00000700 " ETHER "88b5" },
          "vxlan.flag_i=1 vxlan.vni=7 | eth eth.dst=02:00:00:00:00:02", NULL },
        { "Geneve with an option", 1,
          { ETHER "0800 " IP4("03a", "11") "1388 17c1 0026 0000 0240 6558 000007 00 0102 80 01 'abcd' " ETHER "88b5" },
          "geneve.flags.critical=1 geneve.vni=0x000007 geneve.option.class=0x0102 geneve.option.unknown.data=61:62:63:64 | eth", NULL },
        { "nothing in the frame", 101, { "" }, "raw !malformed", NULL },
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_ipv4(void)
{
    static const Case cases[] = {
        { "header", 228, { "4502001c 00f2 4000 01 11 1af2 a4017ba3 a4017b3d 0000*4" },
          "ip.version=4 ip.hdr_len=20 ip.dsfield=0x02 ip.dsfield.dscp=0 ip.dsfield.ecn=2 ip.len=28 ip.id=0x00f2 ip.flags=0x02 "
          "ip.flags.df=1 ip.flags.mf=0 ip.frag_offset=0 ip.ttl=1 !ip.ttl.too_small ip.proto=17 ip.checksum=0x1af2 "
          "ip.checksum.status=2 ip.src=164.1.123.163 ip.src_host=164.1.123.163 ip.dst=164.1.123.61", NULL },
        { "control block", 228, { "45000014 0001 0000 07 fd 0000 0a000001 e0000005" }, "!ip.ttl.lncb", NULL },
        { "control block, another life", 228, { "45000014 0001 0000 ff fd 0000 0a000001 e00000fb" }, "ip.ttl=255", "!ip.ttl" },
        { "length 0: offloaded", 228, { "45000000 0001 0000 40 fd 0000 0a000001 0a000002 'xxxxxxxx'" }, "ip.len=28 | data", NULL },
        { "length below the header", 228, { "4500000a 0001 0000 40 fd 0000 0a000001 0a000002 'xxxxxxxx'" },
          "ip.len=10 !ip.bogus_ip_length", "ip.src" },
        { "header below 20 bytes", 228, { "44000014 0001 0000 40 fd 0000 0a000001 0a000002" }, "ip.hdr_len=16 !ip.bogus_header_length",
          "ip.len" },
        { "another version", 228, { "50000014" }, "ip.version=5 !ip.bogus_ip_version", "ip.len" },
        { "cut inside the addresses", 228, { "45000014 0001 0000 40 fd 0000 0a000001 0a00" }, "ip.src=10.0.0.1 !malformed", "ip.dst" },
        { "record route", 228, { "48000020 0001 0000 40 fd 0000 0a000001 0a000002 070b08 0a000009 0a000008 00" },
          "ip.opt.type=7 ip.opt.type.number=7 ip.opt.len=11 ip.opt.ptr=8 ip.rec_rt=10.0.0.9 ip.empty_rt=10.0.0.8 ip.opt.type=0", NULL },
        { "source route: where it ends", 228, { "48000020 0001 0000 40 fd 0000 0a000001 0a000002 830b04 0a000009 0a000008 00" },
          "ip.cur_rt=10.0.0.2 ip.src_rt=10.0.0.9 ip.dst=10.0.0.8", NULL },
        { "source route used up", 228, { "48000020 0001 0000 40 fd 0000 0a000001 0a000002 830b0c 0a000009 0a000008 00" },
          "ip.dst=10.0.0.2 ip.rec_rt=10.0.0.9 ip.rec_rt=10.0.0.8", "ip.cur_rt" },
        { "pointer between addresses", 228, { "48000020 0001 0000 40 fd 0000 0a000001 0a000002 070b06 0a000009 0a000008 00" },
          "ip.opt.ptr=6 !ip.opt.ptr.middle_address ip.opt.type=0", "ip.rec_rt" },
        { "option past the end", 228, { "46000018 0001 0000 40 fd 0000 0a000001 0a000002 0720 0404" }, "!ip.opt.len.invalid",
          "ip.opt.ptr" },
        { "four NOPs", 228, { "46000018 0001 0000 40 fd 0000 0a000001 0a000002 01*4" }, "ip.opt.type=1 !ip.nop", NULL },
        { "fragments", 228,
          { "4500001c 00f2 2000 40 fd 0000 0a000001 0a000002 'aaaaaaaa'", "45000018 00f2 0002 40 fd 0000 0a000001 0a000002 'cccc'",
            "4500001c 00f2 2001 40 fd 0000 0a000001 0a000002 'bbbbbbbb'" },
          "ip.fragments=61:61:61:61:61:61:61:61:62:62:62:62:62:62:62:62:63:63:63:63 ip.fragment=1 ip.fragment=3 ip.fragment=2 "
          "ip.fragment.count=3 ip.reassembled.length=20 | data data.len=20", "ip.fragment.error" },
        { "fragments that disagree", 228,
          { "4500001c 00f2 2000 40 fd 0000 0a000001 0a000002 'aaaaaaaa'", "45000018 00f2 0001 40 fd 0000 0a000001 0a000002 'cccc'",
            "4500001c 00f2 2000 40 fd 0000 0a000001 0a000002 'aaaaaaaa'" }, "ip.flags.mf=1 | data data.len=8", "ip.fragment" },
        { "a fragment that overlaps", 228,
          { "45000024 00f2 2000 40 fd 0000 0a000001 0a000002 'aaaaaaaaaaaaaaaa'", "4500001c 00f2 0001 40 fd 0000 0a000001 0a000002 'bbbbbbbb'" },
          "ip.fragment=1 ip.fragment.error=2 ip.fragment.overlap=1 ip.fragment.overlap.conflict=1 ip.reassembled.length=16", NULL },
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_ipv6(void)
{
    static const Case cases[] = {
        { "header", 229, { "6ab12345 0000 3b 40 2002c0000201000502 1122fffe334455 ff02000000000000000000000000 0001" },
          "ipv6.version=6 ip.version=6 ipv6.tclass=0x000000ab ipv6.tclass.dscp=42 ipv6.tclass.ecn=3 ipv6.flow=0x012345 ipv6.plen=0 "
          "ipv6.nxt=59 ipv6.hlim=64 ipv6.src=2002:c000:201:5:211:22ff:fe33:4455 ipv6.dst=ff02::1 "
          "ipv6.src_slaac_mac=00:11:22:33:44:55 ipv6.src_6to4_gw_ipv4=192.0.2.1 ipv6.src_6to4_sla_id=5", "!ipv6.plen" },
        { "options", 229, { IP6("0008", "00") "3b 00 0502 0001 0100" },
          "ipv6.nxt=0 ipv6.hopopts ipv6.hopopts.nxt=59 ipv6.hopopts.len_oct=8 ipv6.opt ipv6.opt.type=0x05 ipv6.opt.type.rest=0x05 "
          "ipv6.opt.length=2 ipv6.opt.router_alert=1 ipv6.opt ipv6.opt.type=0x01 ipv6.opt.length=0", NULL },
        { "an option in the wrong header", 229, { IP6("0008", "3c") "3b 00 0502 0001 0100" },
          "ipv6.opt.type=0x05 !ipv6.opt.header_mismatch", NULL },
        { "routing", 229, { IP6("0018", "2b") "3b 02 00 01 00000000 20010db8000000000000000000000009" },
          "ipv6.routing ipv6.routing.type=0 !ipv6.routing.deprecated ipv6.routing.segleft=1 ipv6.routing.src.addr=2001:db8::9", NULL },
        { "segments", 229, { IP6("0018", "2b") "3b 02 04 00 00 20 0007 20010db8000000000000000000000009" },
          "ipv6.routing.type=4 ipv6.routing.srh.last_entry=0 ipv6.routing.srh.flags=0x20 ipv6.routing.srh.addr=2001:db8::9", NULL },
        { "fragments", 229, { IP6("0010", "2c") "fd 00 0001 00000005 'aaaaaaaa'", IP6("000c", "2c") "fd 00 0008 00000005 'bbbb'" },
          "ipv6.fraghdr.offset=1 ipv6.fraghdr.more=0 ipv6.fragments ipv6.fragment=1 ipv6.fragment=2 ipv6.reassembled.length=12 | data "
          "data.len=12", NULL },
        { "a fragment alone", 229, { IP6("0010", "2c") "fd 00 0000 00000005 'aaaaaaaa'" }, "ipv6.fraghdr.more=0 | data data.len=8",
          "ipv6.fragment" },
        { "an extension header past the end", 229, { IP6("0008", "00") "3b 07 0502 0001 0100" }, "ipv6.hopopts.len=7 !malformed",
          "data" },
        { "another version", 229, { "40000000" }, "ipv6.version=4 !ipv6.bogus_ipv6_version ip.version=4", "ipv6.src" },
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_arp(void)
{
#define ARP(operation, sender, target) ETHER "0806 0001 0800 06 04 " operation " " sender " " target
    static const Case cases[] = {
        { "request", 1, { ARP("0001", "020000000001 0a000001", "000000000000 0a000002") },
          "arp.opcode=1 arp.src.hw_mac=02:00:00:00:00:01 arp.src.proto_ipv4=10.0.0.1 arp.dst.proto_ipv4=10.0.0.2", "arp.is" },
        { "announcement", 1, { ARP("0001", "020000000001 0a000001", "000000000000 0a000001") },
          "arp.isgratuitous=1 arp.isannouncement=1", "arp.isprobe" },
        { "probe", 1, { ARP("0001", "020000000001 00000000", "000000000000 0a000001") }, "arp.isprobe=1", "arp.isgratuitous" },
        { "two holders of an address", 1,
          { ARP("0001", "020000000001 0a000001", "000000000000 0a000002"), ARP("0001", "020000000003 0a000001", "000000000000 0a000009") },
          "arp.duplicate-address-frame=1 !arp.duplicate-address-detected arp.seconds-since-duplicate-address-frame=0", NULL },
        { "the same holder again", 1,
          { ARP("0001", "020000000001 0a000001", "000000000000 0a000002"), ARP("0001", "020000000001 0a000001", "000000000000 0a000009") },
          "arp.dst.proto_ipv4=10.0.0.9", "arp.duplicate" },
        { "other hardware", 1, { ETHER "0806 0007 0800 08 04 0001 0200000000010000 0a000001 0000000000000000 0a000002" },
          "arp.hw.type=7 arp.src.hw=02:00:00:00:00:01:00:00 arp.src.proto_ipv4=10.0.0.1", "arp.src.hw_mac" },
        { "cut", 1, { ETHER "0806 0001 0800 06 04 0001 0200" }, "arp !malformed", "arp.opcode" },
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_icmp(void)
{
#define PING(sum, rest) IP4("02c", "01") "0800 " sum " 1234 0001 " rest
#define PONG(sum, rest) IP4_BACK("02c", "01") "0000 " sum " 1234 0001 " rest
    static const Case cases[] = {
        { "echo", 228, { PING("a27f", "'abcdefghijklmnop'") },
          "icmp.type=8 icmp.code=0 icmp.checksum=0xa27f icmp.checksum.status=1 icmp.ident=4660 icmp.ident_le=13330 icmp.seq=1 "
          "icmp.seq_le=256 data data.len=16", "icmp.resp" },
        { "echo answered", 228, { PING("a27f", "'abcdefghijklmnop'"), PONG("aa7f", "'abcdefghijklmnop'") },
          "icmp.type=0 icmp.resp_to=1 icmp.resptime=1", NULL },
        { "echo answered again", 228,
          { PING("a27f", "'abcdefghijklmnop'"), PONG("aa7f", "'abcdefghijklmnop'"), PONG("aa7f", "'abcdefghijklmnop'") }, "icmp.type=0",
          "icmp.resp" },
        { "answer with other data", 228, { PING("a27f", "'abcdefghijklmnop'"), PONG("a97f", "'bbcdefghijklmnop'") },
          "icmp.checksum.status=1", "icmp.resp" },
        { "bad checksum", 228, { PING("a27e", "'abcdefghijklmnop'") }, "icmp.checksum.status=0", "icmp.resp" },
        { "time in the data", 228, { PING("8f78", "00000000 01000000 'ijklmnop'") },
          "icmp.data_time_relative=0.000999000 data data.len=8", NULL },
        { "unreachable", 228, { IP4("038", "01") "0303 57f3 00000000 " PORT_UNREACHABLE_QUOTE },
          "icmp.type=3 icmp.code=3 icmp.unused=00:00:00:00 ip ip.len=40 udp udp.srcport=1000", "!ip.bogus" },
        { "too big", 228, { IP4("038", "01") "0304 5217 0000 05dc " PORT_UNREACHABLE_QUOTE }, "icmp.unused=00:00 icmp.mtu=1500 ip", NULL },
        { "redirect", 228, { IP4("038", "01") "0501 4bec 0a000009 " PORT_UNREACHABLE_QUOTE }, "icmp.redir_gw=10.0.0.9 ip", NULL },
        { "labels behind the datagram", 228,
          { IP4("0a8", "01") "0b00 7d03 0020 0000 " PORT_UNREACHABLE_QUOTE "'xxxxxxxxxxxx' 00*88 2000 9def 0008 01 01 00064101" },
          "icmp.length=32 icmp.unused=00:00 ip udp icmp.ext icmp.ext.version=2 icmp.ext.checksum.status=1 icmp.ext.class=1 "
          "icmp.mpls.label=100 icmp.mpls.s=1 icmp.mpls.ttl=1", NULL },
        { "IGMP query", 228, { "45000024 0001 0000 01 02 0000 0a000001 e0000001 1164 0000 ef010101 0a7d 0001 0a000001" },
          "igmp.version=3 igmp.max_resp=100 igmp.maddr=239.1.1.1 igmp.s=1 igmp.qrv=2 igmp.qqic=125 igmp.num_src=1 igmp.saddr=10.0.0.1",
          NULL },
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_icmpv6(void)
{
    static const Case cases[] = {
        { "neighbor solicitation", 229, { IP6("0020", "3a") "8700 127c 00000000 fe800000000000000000000000000009 0101 020000000001" },
          "icmpv6.type=135 icmpv6.checksum.status=1 icmpv6.nd.ns.target_address=fe80::9 icmpv6.opt icmpv6.opt.type=1 icmpv6.opt.length=1 "
          "icmpv6.opt.linkaddr=02:00:00:00:00:01 icmpv6.opt.src_linkaddr=02:00:00:00:00:01", NULL },
        { "router advertisement", 229,
          { IP6("0030", "3a") "8600 0000 40c8 0708 00000000 00000000 "
                              "0304 40e0 00015180 00003840 00000000 20010db8000000000000000000000000" },
          "icmpv6.nd.ra.cur_hop_limit=64 icmpv6.nd.ra.flag=0xc8 icmpv6.nd.ra.flag.m=1 icmpv6.nd.ra.flag.prf=1 "
          "icmpv6.nd.ra.router_lifetime=1800 icmpv6.opt.prefix.length=64 icmpv6.opt.prefix.flag.r=1 "
          "icmpv6.opt.prefix.valid_lifetime=86400 icmpv6.opt.reserved icmpv6.opt.prefix=2001:db8::", NULL },
        { "search list", 229, { IP6("0028", "3a") "8600 0000 4000 0000 00000000 00000000 1f03 0000 00000258 03'foo'03'com'00 00*7" },
          "icmpv6.opt.dnssl.lifetime=600 icmpv6.opt.dnssl=foo.com icmpv6.opt.padding", NULL },
        { "option of no length", 229, { IP6("0020", "3a") "8700 0000 00000000 fe800000000000000000000000000009 0100 020000000001" },
          "icmpv6.opt.length=0 !icmpv6.invalid_option_length", NULL },
        { "listener report", 229,
          { IP6("0030", "3a") "8f00 0000 0000 0001 06 01 0001 ff0200000000000000000000000000fc fe800000000000000000000000000007 'auxd'" },
          "icmpv6.mldr.nb_mcast_records=1 icmpv6.mldr.mar icmpv6.mldr.mar.record_type=6 icmpv6.mldr.mar.multicast_address=ff02::fc "
          "icmpv6.mldr.mar.source_address=fe80::7 icmpv6.mldr.mar.auxiliary_data=61:75:78:64", NULL },
        { "more records than there are", 229, { IP6("0008", "3a") "8f00 0000 0000 ffff" }, "icmpv6.mldr.nb_mcast_records=65535",
          "icmpv6.mldr.mar" },
        { "unknown type", 229, { IP6("0008", "3a") "c803 0000 61626364" }, "icmpv6.type=200 !icmpv6.undecoded.type icmpv6.data=61:62:63:64",
          NULL },
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_columns_of_frames(void)
{
    static const struct {
        const char *name;
        uint32_t link_type;
        const char *frames[3], *columns;
    } cases[] = {
        { "unknown EtherType", 1, { ETHER "88b5 'xx'" },
          "02:00:00:00:00:01 → 02:00:00:00:00:02 0x88b5 Local Experimental Ethertype 1" },
        { "unknown protocol", 101, { IP4("016", "fd") "'xx'" }, "10.0.0.1 → 10.0.0.2 IPv4 Unknown (253)" },
        { "no addresses", 0, { "63000000 'xx'" }, "N/A → N/A N/A Null/Loopback" },
        { "fragment", 101, { "4500001c 00f2 2000 40 11 0000 0a000001 0a000002 'aaaaaaaa'" },
          "10.0.0.1 → 10.0.0.2 IPv4 Fragmented IP protocol (proto=UDP 17, off=0, ID=00f2)" },
        { "ping", 101, { IP4("01c", "01") "0800 0000 1234 0001" },
          "10.0.0.1 → 10.0.0.2 ICMP Echo (ping) request  id=0x1234, seq=1/256, ttl=64" },
        { "port unreachable", 101, { IP4("038", "01") "0303 57f3 00000000 " PORT_UNREACHABLE_QUOTE },
          "10.0.0.1 → 10.0.0.2 ICMP Destination unreachable (Port unreachable)" },
        { "who has", 1, { ETHER "0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002" },
          "02:00:00:00:00:01 → 02:00:00:00:00:02 ARP Who has 10.0.0.2? Tell 10.0.0.1" },
        { "neighbor advertisement", 101, { IP6("0020", "3a") "8800 0000 e0000000 fe800000000000000000000000000009 0201 020000000001" },
          "fe80::211:22ff:fe33:4455 → fe80::2 ICMPv6 Neighbor Advertisement fe80::9 (rtr, sol, ovr) is at 02:00:00:00:00:01" },
        { "listeners", 101, { "45000024 0001 0000 01 02 0000 0a000001 e0000016 2200 0000 0000 0001 04 00 0000 ef010101" },
          "10.0.0.1 → 224.0.0.22 IGMPv3 Membership Report / Join group 239.1.1.1 for any sources" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = test_column_frames(cases[i].link_type, cases[i].frames);
        TEST_TEXT(cases[i].name, got, cases[i].columns);
    }
}

const TestSuite test_network_suite = {
    "network",
    TEST_CASES({ "trailers", test_trailers }, { "links", test_links }, { "IPv4", test_ipv4 }, { "IPv6", test_ipv6 },
               { "ARP", test_arp }, { "ICMP", test_icmp }, { "ICMPv6", test_icmpv6 }, { "columns", test_columns_of_frames }),
};
