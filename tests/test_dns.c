#include "config.h"

#include <string.h>

#include "test.h"

extern const FmProtocol fm_dns, fm_mdns, fm_llmnr;

#define QUERY "0001 0100 0001 0000 0000 0000 "
#define ANSWER "0001 8180 0000 0001 0000 0000 "
#define RECORD(type) "01'a' 00 " type " 0001 0000003c "

typedef struct Case {
    const char *name, *bytes, *nodes;
} Case;

static void check(const FmProtocol *protocol, const Case *cases, size_t count, const char *from)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *got = test_dissect(protocol, cases[i].bytes);
        const char *start = strstr(got, from);
        TEST_TEXT(cases[i].name, start ? start : got, cases[i].nodes);
    }
}

static void test_header(void)
{
    static const Case cases[] = {
        { "query", "abcd 0120 0000 0000 0000 0000",
          "dns.id=0xabcd dns.flags=0x0120 dns.flags.response=0 dns.flags.opcode=0 dns.flags.truncated=0 "
          "dns.flags.recdesired=1 dns.flags.z=0 dns.flags.authenticated=1 dns.flags.checkdisable=0 "
          "dns.count.queries=0 dns.count.answers=0 dns.count.auth_rr=0 dns.count.add_rr=0" },
        { "response", "abcd 8583 0000 0000 0000 0000",
          "dns.id=0xabcd dns.flags=0x8583 dns.flags.response=1 dns.flags.opcode=0 dns.flags.authoritative=1 "
          "dns.flags.truncated=0 dns.flags.recdesired=1 dns.flags.recavail=1 dns.flags.z=0 "
          "dns.flags.authenticated=0 dns.flags.checkdisable=0 dns.flags.rcode=3 dns.count.queries=0 "
          "dns.count.answers=0 dns.count.auth_rr=0 dns.count.add_rr=0" },
        { "dynamic update", "abcd 2800 0000 0000 0000 0000",
          "dns.id=0xabcd dns.flags=0x2800 dns.flags.response=0 dns.flags.opcode=5 dns.flags.truncated=0 "
          "dns.flags.recdesired=0 dns.flags.z=0 dns.flags.checkdisable=0 dns.count.zones=0 "
          "dns.count.prerequisites=0 dns.count.updates=0 dns.count.add_rr=0" },
        { "stateful operation", "abcd 3000 0000 0000 0000 0000 0001 0008 000003e8 000007d0 0063 0001 ff",
          "dns.id=0xabcd dns.flags=0x3000 dns.flags.response=0 dns.flags.opcode=6 dns.flags.truncated=0 "
          "dns.flags.recdesired=0 dns.flags.z=0 dns.flags.checkdisable=0 dns.count.queries=0 dns.count.answers=0 "
          "dns.count.auth_rr=0 dns.count.add_rr=0 dns.dso dns.dso.tlv dns.dso.tlv.type=1 dns.dso.tlv.length=8 "
          "dns.dso.tlv.keepalive.inactivity=1000 dns.dso.tlv.keepalive.interval=2000 dns.dso.tlv "
          "dns.dso.tlv.type=99 dns.dso.tlv.length=1 dns.dso.tlv.data=ff" },
        { "bytes behind the message", "abcd 0100 0000 0000 0000 0000 'xy'",
          "dns.id=0xabcd dns.flags=0x0100 dns.flags.response=0 dns.flags.opcode=0 dns.flags.truncated=0 "
          "dns.flags.recdesired=1 dns.flags.z=0 dns.flags.checkdisable=0 dns.count.queries=0 dns.count.answers=0 "
          "dns.count.auth_rr=0 dns.count.add_rr=0 (Extraneous Data (2 bytes)) dns.extraneous.data=78:79 "
          "dns.extraneous.length=2 !dns.extraneous" },
        { "cut inside the flags", "abcd 01",
          "!malformed" },
        { "cut inside the counts", "abcd 0100 00",
          "dns.id=0xabcd dns.flags=0x0100 dns.flags.response=0 dns.flags.opcode=0 dns.flags.truncated=0 "
          "dns.flags.recdesired=1 dns.flags.z=0 dns.flags.checkdisable=0 !malformed" },
        { "a question that is not there", "abcd 0100 0002 0000 0000 0000 01'a' 00 0001 0001",
          "dns.id=0xabcd dns.flags=0x0100 dns.flags.response=0 dns.flags.opcode=0 dns.flags.truncated=0 "
          "dns.flags.recdesired=1 dns.flags.z=0 dns.flags.checkdisable=0 dns.count.queries=2 dns.count.answers=0 "
          "dns.count.auth_rr=0 dns.count.add_rr=0 (Queries) (a: type A, class IN) dns.qry.name=a dns.qry.name.len=0 "
          "dns.count.labels=0 dns.qry.type=1 dns.qry.class=0x0001 !malformed" },
    };
    check(&fm_dns, cases, G_N_ELEMENTS(cases), "dns.id");
    static const Case local[] = {
        { "LLMNR query", "abcd 0500 0000 0000 0000 0000",
          "dns.id=0xabcd dns.flags=0x0500 dns.flags.response=0 dns.flags.opcode=0 dns.flags.conflict=1 "
          "dns.flags.truncated=0 dns.flags.tentative=1 dns.count.queries=0 dns.count.answers=0 dns.count.auth_rr=0 "
          "dns.count.add_rr=0" },
        { "LLMNR response", "abcd 8400 0000 0000 0000 0000",
          "dns.id=0xabcd dns.flags=0x8400 dns.flags.response=1 dns.flags.opcode=0 dns.flags.conflict=1 "
          "dns.flags.truncated=0 dns.flags.tentative=0 dns.flags.rcode=0 dns.count.queries=0 dns.count.answers=0 "
          "dns.count.auth_rr=0 dns.count.add_rr=0" },
    };
    check(&fm_llmnr, local, G_N_ELEMENTS(local), "dns.id");
    static const Case multicast[] = {
        { "QU question", "0000 0000 0001 0000 0000 0000 01'a' 00 0001 8001",
          "dns.id=0x0000 dns.flags=0x0000 dns.flags.response=0 dns.flags.opcode=0 dns.flags.truncated=0 "
          "dns.flags.recdesired=0 dns.flags.z=0 dns.flags.checkdisable=0 dns.count.queries=1 dns.count.answers=0 "
          "dns.count.auth_rr=0 dns.count.add_rr=0 (Queries) (a: type A, class IN, \"QU\" question) dns.qry.name=a "
          "dns.qry.name.len=0 dns.count.labels=0 dns.qry.type=1 dns.qry.class=0x0001 dns.qry.qu=1" },
        { "cache flush", "0000 8400 0000 0001 0000 0000 01'a' 00 0001 8001 00000078 0004 c0000201",
          "dns.id=0x0000 dns.flags=0x8400 dns.flags.response=1 dns.flags.opcode=0 dns.flags.authoritative=1 "
          "dns.flags.truncated=0 dns.flags.recdesired=0 dns.flags.recavail=0 dns.flags.z=0 "
          "dns.flags.authenticated=0 dns.flags.checkdisable=0 dns.flags.rcode=0 dns.count.queries=0 "
          "dns.count.answers=1 dns.count.auth_rr=0 dns.count.add_rr=0 (Answers) (a: type A, class IN, cache flush, "
          "addr 192.0.2.1) dns.resp.name=a dns.resp.type=1 dns.resp.class=0x0001 dns.resp.cache_flush=1 "
          "dns.resp.ttl=120 dns.resp.len=4 dns.a=192.0.2.1" },
    };
    check(&fm_mdns, multicast, G_N_ELEMENTS(multicast), "dns.id");
}

static void test_names(void)
{
    static const Case cases[] = {
        { "two labels", QUERY "01'a' 02'bc' 00 0001 0001",
          "(Queries) (a.bc: type A, class IN) dns.qry.name=a.bc dns.qry.name.len=4 dns.count.labels=2 "
          "dns.qry.type=1 dns.qry.class=0x0001" },
        { "the root", QUERY "00 0002 0001",
          "(Queries) (<Root>: type NS, class IN) dns.qry.name=<Root> dns.qry.name.len=6 dns.count.labels=1 "
          "dns.qry.type=2 dns.qry.class=0x0001" },
        { "one letter has no length", QUERY "01'a' 00 0001 0001",
          "(Queries) (a: type A, class IN) dns.qry.name=a dns.qry.name.len=0 dns.count.labels=0 dns.qry.type=1 "
          "dns.qry.class=0x0001" },
        { "a pointer forward", QUERY "c012 0001 0001 02'xy' 00",
          "(Queries) (xy: type A, class IN) dns.qry.name=xy dns.qry.name.len=2 dns.count.labels=1 dns.qry.type=1 "
          "dns.qry.class=0x0001 (Extraneous Data (4 bytes)) dns.extraneous.data=02:78:79:00 dns.extraneous.length=4 "
          "!dns.extraneous" },
        { "control characters and dots", QUERY "05'a.b' 00 7f 00 0001 0001",
          "(Queries) (a.b\\000\\177: type A, class IN) dns.qry.name=a.b\\000\\177 dns.qry.name.len=5 "
          "dns.count.labels=2 dns.qry.type=1 dns.qry.class=0x0001" },
        { "UTF-8, and what is not", QUERY "04 c3a9 ff 'x' 00 0001 0001",
          "(Queries) (é�x: type A, class IN) dns.qry.name=é�x dns.qry.name.len=4 dns.count.labels=1 dns.qry.type=1 "
          "dns.qry.class=0x0001" },
        { "a pointer to itself", QUERY "c00c 0001 0001",
          "(Queries) (<Name contains a pointer that loops>: type A, class IN) dns.qry.name=<Name contains a pointer "
          "that loops> dns.qry.name.len=36 dns.count.labels=1 dns.qry.type=1 dns.qry.class=0x0001" },
        { "a loop with a label", QUERY "01'a' c00c 0001 0001",
          "(Queries) (<Name contains a pointer that loops>: type A, class IN) dns.qry.name=<Name contains a pointer "
          "that loops> dns.qry.name.len=36 dns.count.labels=1 dns.qry.type=1 dns.qry.class=0x0001" },
        { "a pointer out of the message", QUERY "c0ff 0001 0001",
          "(Queries) !malformed" },
        { "a pointer cut in two", QUERY "c0",
          "(Queries) !malformed" },
        { "an extended label", QUERY "42 0001 0001",
          "(Queries) !malformed" },
        { "an extended label behind another", QUERY "01'a' 42 0001 0001",
          "(Queries) (<Unknown extended label>: type A, class IN) dns.qry.name=<Unknown extended label> "
          "dns.qry.name.len=24 dns.count.labels=1 dns.qry.type=1 dns.qry.class=0x0001" },
        { "label type 10", QUERY "80 0001 0001",
          "(Queries) !malformed" },
        { "a label beyond the end", QUERY "05'ab'",
          "(Queries) !malformed" },
        { "254 bytes", QUERY "3f'a'*63 3f'a'*63 3f'a'*63 3e'a'*62 00 0001 0001",
          "(Queries) (<Name too long>: type A, class IN) dns.qry.name=<Name too long> dns.qry.name.len=15 "
          "dns.count.labels=1 dns.qry.type=1 dns.qry.class=0x0001" },
    };
    check(&fm_dns, cases, G_N_ELEMENTS(cases), "(Queries)");
}

static void test_records(void)
{
    static const Case cases[] = {
        { "A", ANSWER RECORD("0001") "0004 c0000201",
          "(Answers) (a: type A, class IN, addr 192.0.2.1) dns.resp.name=a dns.resp.type=1 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=4 dns.a=192.0.2.1" },
        { "A, too short", ANSWER RECORD("0001") "0003 c00002",
          "(Answers) (a: type A, class IN) dns.resp.name=a dns.resp.type=1 dns.resp.class=0x0001 dns.resp.ttl=60 "
          "dns.resp.len=3 !malformed" },
        { "A, its data not there", ANSWER RECORD("0001") "0004 c000",
          "(Answers) !malformed" },
        { "without data, as updates have them", ANSWER RECORD("0001") "0000",
          "(Answers) (a: type A, class IN) dns.resp.name=a dns.resp.type=1 dns.resp.class=0x0001 dns.resp.ttl=60 "
          "dns.resp.len=0" },
        { "NS with a pointer", ANSWER RECORD("0002") "0004 01'b' c00c",
          "(Answers) (a: type NS, class IN, ns b.a) dns.resp.name=a dns.resp.type=2 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=4 dns.ns=b.a" },
        { "SOA", ANSWER RECORD("0006") "0018 01'm' 00 00 00000001 00000002 00000003 00000004 00000005",
          "(Answers) (a: type SOA, class IN, mname m) dns.resp.name=a dns.resp.type=6 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=24 dns.soa.mname=m dns.soa.rname=<Root> dns.soa.serial_number=1 "
          "dns.soa.refresh_interval=2 dns.soa.retry_interval=3 dns.soa.expire_limit=4 dns.soa.minimum_ttl=5" },
        { "WKS", ANSWER RECORD("000b") "0007 c0000201 06 00 81",
          "(Answers) (a: type WKS, class IN, addr 192.0.2.1) dns.resp.name=a dns.resp.type=11 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=7 dns.wks.address=192.0.2.1 dns.wks.protocol=6 dns.wks.bits=0x81" },
        { "HINFO", ANSWER RECORD("000d") "0006 02'c' ff 02'os'",
          "(Answers) (a: type HINFO, class IN, CPU c�, OS os) dns.resp.name=a dns.resp.type=13 "
          "dns.resp.class=0x0001 dns.resp.ttl=60 dns.resp.len=6 dns.hinfo.cpu_length=2 dns.hinfo.cpu=c� "
          "dns.hinfo.os_length=2 dns.hinfo.os=os" },
        { "MX", ANSWER RECORD("000f") "0003 000a 00",
          "(Answers) (a: type MX, class IN, preference 10, mx <Root>) dns.resp.name=a dns.resp.type=15 "
          "dns.resp.class=0x0001 dns.resp.ttl=60 dns.resp.len=3 dns.mx.preference=10 dns.mx.mail_exchange=<Root>" },
        { "TXT of two strings", ANSWER RECORD("0010") "0005 02'ab' 00 00",
          "(Answers) (a: type TXT, class IN) dns.resp.name=a dns.resp.type=16 dns.resp.class=0x0001 dns.resp.ttl=60 "
          "dns.resp.len=5 dns.txt.length=2 dns.txt=ab dns.txt.length=0 dns.txt= dns.txt.length=0 dns.txt=" },
        { "TXT beyond its record", ANSWER RECORD("0010") "0002 05'a'",
          "(Answers) (a: type TXT, class IN) dns.resp.name=a dns.resp.type=16 dns.resp.class=0x0001 dns.resp.ttl=60 "
          "dns.resp.len=2 dns.txt.length=5 !malformed" },
        { "AAAA", ANSWER RECORD("001c") "0010 20010db8 00*11 01",
          "(Answers) (a: type AAAA, class IN, addr 2001:db8::1) dns.resp.name=a dns.resp.type=28 "
          "dns.resp.class=0x0001 dns.resp.ttl=60 dns.resp.len=16 dns.aaaa=2001:db8::1" },
        { "LOC", ANSWER RECORD("001d") "0010 00 12 16 13 8b3d1d78 810cb9a0 00989618",
          "(Answers) (a: type LOC, class IN) dns.resp.name=a dns.resp.type=29 dns.resp.class=0x0001 dns.resp.ttl=60 "
          "dns.resp.len=16 dns.loc.version=0 dns.loc.size=18 dns.loc.horizontal_precision=22 "
          "dns.loc.vertical_precision=19 dns.loc.latitude=2336038264 dns.loc.longitude=2165094816 "
          "dns.loc.altitude=9999896" },
        { "SRV", "0001 8180 0000 0001 0000 0000 02'_s' 02'_p' 01'a' 00 0021 0001 0000003c 0008 0001 0002 01bb 00 00",
          "(Answers) (_s._p.a: type SRV, class IN, priority 1, weight 2, port 443, target <Root>) "
          "dns.srv.service=_s dns.srv.proto=_p dns.srv.name=a dns.resp.type=33 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=8 dns.srv.priority=1 dns.srv.weight=2 dns.srv.port=443 dns.srv.target=<Root>" },
        { "NAPTR", ANSWER RECORD("0023") "0009 0001 0002 01's' 00 00 00",
          "(Answers) (a: type NAPTR, class IN, order 1, preference 2, flags s) dns.resp.name=a dns.resp.type=35 "
          "dns.resp.class=0x0001 dns.resp.ttl=60 dns.resp.len=9 dns.naptr.order=1 dns.naptr.preference=2 "
          "dns.naptr.flags_length=1 dns.naptr.flags=s dns.naptr.service_length=0 dns.naptr.service= "
          "dns.naptr.regex_length=0 dns.naptr.regex= dns.naptr.replacement_length=6 dns.naptr.replacement=<Root>" },
        { "A6", ANSWER RECORD("0026") "000c 40 00*7 01 01'b' 00",
          "(Answers) (a: type A6, class IN, addr 64 ::1 b) dns.resp.name=a dns.resp.type=38 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=12 dns.a6.prefix_len=64 dns.a6.address_suffix=::1 dns.a6.prefix_name=b" },
        { "APL", ANSWER RECORD("002a") "0007 0001 18 83 c00002",
          "(Answers) (a: type APL, class IN) dns.resp.name=a dns.resp.type=42 dns.resp.class=0x0001 dns.resp.ttl=60 "
          "dns.resp.len=7 dns.apl.address_family=1 dns.apl.coded_prefix=24 dns.apl.negation=1 dns.apl.afdlength=3 "
          "dns.apl.afdpart.ipv4=192.0.2.0" },
        { "CAA", ANSWER RECORD("0101") "0008 80 05'issue' ';'",
          "(Answers) (a: type CAA, class IN) dns.resp.name=a dns.resp.type=257 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=8 dns.caa.flags=0x80 dns.caa.flags.issuer_critical=1 dns.caa.issue=; "
          "dns.caa.tag_length=5 dns.caa.tag=issue dns.caa.value=;" },
        { "unknown", ANSWER RECORD("ff00") "0002 abcd",
          "(Answers) (a: type Unknown (65280), class IN) dns.resp.name=a dns.resp.type=65280 dns.resp.class=0x0001 "
          "dns.resp.ttl=60 dns.resp.len=2 !dns.undecoded.type dns.data=ab:cd" },
    };
    check(&fm_dns, cases, G_N_ELEMENTS(cases), "(Answers)");
}

static void test_security(void)
{
    static const Case cases[] = {
        { "DS", ANSWER RECORD("002b") "0006 ec45 05 01 abcd",
          "dns.resp.len=6 dns.ds.key_id=0xec45 dns.ds.algorithm=5 dns.ds.digest_type=1 dns.ds.digest=ab:cd" },
        { "RRSIG", ANSWER RECORD("002e") "0014 0001 08 02 0000012c 00000002 00000001 1267 00 ff",
          "dns.resp.len=20 dns.rrsig.type_covered=1 dns.rrsig.algorithm=8 dns.rrsig.labels=2 "
          "dns.rrsig.original_ttl=300 dns.rrsig.signature_expiration=Jan  1, 1970 00:00:02.000000000 UTC "
          "dns.rrsig.signature_inception=Jan  1, 1970 00:00:01.000000000 UTC dns.rrsig.key_tag=4711 "
          "dns.rrsig.signers_name=<Root> dns.rrsig.signature=ff" },
        { "NSEC", ANSWER RECORD("002f") "000a 00 00 01 40 01 03 00 00 80 01",
          "dns.resp.len=10 dns.nsec.next_domain_name=<Root> dns.resp.type=1 dns.resp.type=272 !malformed" },
        { "NSEC, a window too short", ANSWER RECORD("002f") "0004 00 00 05 40",
          "dns.resp.len=4 dns.nsec.next_domain_name=<Root> dns.resp.type=1 !malformed" },
        { "DNSKEY", ANSWER RECORD("0030") "0008 0101 03 08 01020304",
          "dns.resp.len=8 dns.dnskey.flags=0x0101 dns.dnskey.flags.zone_key=1 dns.dnskey.flags.key_revoked=0 "
          "dns.dnskey.flags.secure_entry_point=1 dns.dnskey.flags.reserved=0x0000 dns.dnskey.protocol=3 "
          "dns.dnskey.algorithm=8 dns.dnskey.key_id=2063 dns.dnskey.public_key=01:02:03:04" },
        { "DNSKEY of RSA/MD5", ANSWER RECORD("0030") "0008 0100 03 01 01020304",
          "dns.resp.len=8 dns.dnskey.flags=0x0100 dns.dnskey.flags.zone_key=1 dns.dnskey.flags.key_revoked=0 "
          "dns.dnskey.flags.secure_entry_point=0 dns.dnskey.flags.reserved=0x0000 dns.dnskey.protocol=3 "
          "dns.dnskey.algorithm=1 dns.dnskey.key_id=515 dns.dnskey.public_key=01:02:03:04" },
        { "DNSKEY of three bytes", ANSWER RECORD("0030") "0003 0100 03",
          "dns.resp.len=3 dns.dnskey.flags=0x0100 dns.dnskey.flags.zone_key=1 dns.dnskey.flags.key_revoked=0 "
          "dns.dnskey.flags.secure_entry_point=0 dns.dnskey.flags.reserved=0x0000 dns.dnskey.protocol=3 !malformed" },
        { "NSEC3", ANSWER RECORD("0032") "000d 01 01 000a 02 aabb 05 48 49 4a 4b 4c",
          "dns.resp.len=13 dns.nsec3.algo=1 dns.nsec3.flags=1 dns.nsec3.flags.opt_out=1 dns.nsec3.iterations=10 "
          "dns.nsec3.salt_length=2 dns.nsec3.salt_value=aa:bb dns.nsec3.hash_length=5 dns.nsec3.hash_value=914kkiqc" },
        { "NSEC3 without salt", ANSWER RECORD("0033") "0005 01 00 0000 00",
          "dns.resp.len=5 dns.nsec3.algo=1 dns.nsec3.flags=0 dns.nsec3.iterations=0 dns.nsec3.salt_length=0 "
          "dns.nsec3.salt_value=" },
        { "TSIG", ANSWER RECORD("00fa") "0014 01'h' 00 0001 00000001 012c 0001 ab 1267 0000 0000",
          "dns.resp.len=20 dns.tsig.algorithm_name=h dns.tsig.time_signed=Feb  7, 2106 06:28:17.000000000 UTC "
          "dns.tsig.fudge=300 dns.tsig.mac_size=1 dns.tsig.mac !dns.tsig.noalg dns.tsig.original_id=4711 "
          "dns.tsig.error=0 dns.tsig.other_len=0" },
    };
    check(&fm_dns, cases, G_N_ELEMENTS(cases), "dns.resp.len");
}

#define OPT(length) "0001 0100 0000 0000 0000 0001 00 0029 1000 00 00 8000 " length " "

static void test_options(void)
{
    static const Case cases[] = {
        { "no options", OPT("0000"),
          "dns.resp.len=0" },
        { "client cookie", OPT("000c") "000a 0008 'CLIENTck'",
          "dns.resp.len=12 dns.opt dns.opt.code=10 dns.opt.len=8 dns.opt.data=43:4c:49:45:4e:54:63:6b "
          "dns.opt.cookie.client=43:4c:49:45:4e:54:63:6b dns.opt.cookie.server=" },
        { "cookie too short", OPT("0006") "000a 0002 'CL'",
          "dns.resp.len=6 dns.opt dns.opt.code=10 dns.opt.len=2 dns.opt.data=43:4c !malformed" },
        { "client subnet", OPT("000b") "0008 0007 0001 18 00 c00002",
          "dns.resp.len=11 dns.opt dns.opt.code=8 dns.opt.len=7 dns.opt.data=00:01:18:00:c0:00:02 "
          "dns.opt.client.family=1 dns.opt.client.netmask=24 dns.opt.client.scope=0 dns.opt.client.addr4=192.0.2.0" },
        { "client subnet of IPv6", OPT("000a") "0008 0006 0002 10 00 2001",
          "dns.resp.len=10 dns.opt dns.opt.code=8 dns.opt.len=6 dns.opt.data=00:02:10:00:20:01 "
          "dns.opt.client.family=2 dns.opt.client.netmask=16 dns.opt.client.scope=0 dns.opt.client.addr6=2001::" },
        { "client subnet too long", OPT("0019") "0008 0015 0002 80 00 20*17",
          "dns.resp.len=25 dns.opt dns.opt.code=8 dns.opt.len=21 !dns.rr.opt.bad_length "
          "dns.opt.data=00:02:80:00:20:20:20:20:20:20:20:20:20:20:20:20:20:20:20:20:20 dns.opt.client.family=2 "
          "dns.opt.client.netmask=128 dns.opt.client.scope=0 "
          "dns.opt.client.addr6=2020:2020:2020:2020:2020:2020:2020:2020" },
        { "TCP keepalive, padding", OPT("000c") "000b 0002 012c 000c 0002 0000",
          "dns.resp.len=12 dns.opt dns.opt.code=11 dns.opt.len=2 dns.opt.data=01:2c "
          "dns.opt.edns_tcp_keepalive.timeout=300 dns.opt dns.opt.code=12 dns.opt.len=2 dns.opt.data=00:00 "
          "dns.opt.padding=00:00" },
        { "extended error", OPT("0008") "000f 0004 0012 'no'",
          "dns.resp.len=8 dns.opt dns.opt.code=15 dns.opt.len=4 dns.opt.data=00:12:6e:6f "
          "dns.opt.ext_error.info_code=18 dns.opt.ext_error.extra_text=no" },
        { "algorithms", OPT("000f") "0005 0001 08 0006 0001 02 0007 0001 01",
          "dns.resp.len=15 dns.opt dns.opt.code=5 dns.opt.len=1 dns.opt.data=08 dns.opt.dau=8 dns.opt "
          "dns.opt.code=6 dns.opt.len=1 dns.opt.data=02 dns.opt.dhu=2 dns.opt dns.opt.code=7 dns.opt.len=1 "
          "dns.opt.data=01 dns.opt.n3u=1" },
        { "option beyond the record", OPT("0005") "0003 0005 'n'",
          "dns.resp.len=5 dns.opt dns.opt.code=3 dns.opt.len=5 !malformed" },
        { "HTTPS", ANSWER RECORD("0041") "0019 0001 00 0001 0003 02'h2' 0003 0002 01bb 0004 0004 c0000201",
          "dns.id=0x0001 dns.flags=0x8180 dns.flags.response=1 dns.flags.opcode=0 dns.flags.authoritative=0 "
          "dns.flags.truncated=0 dns.flags.recdesired=1 dns.flags.recavail=1 dns.flags.z=0 "
          "dns.flags.authenticated=0 dns.flags.checkdisable=0 dns.flags.rcode=0 dns.count.queries=0 "
          "dns.count.answers=1 dns.count.auth_rr=0 dns.count.add_rr=0 (Answers) !malformed" },
        { "SVCB, other parameters",
          ANSWER RECORD("0040") "0016 0001 00 0000 0002 0007 0002 0000 0005 0001 fe 0007 0000",
          "dns.resp.len=22 dns.svcb.svcpriority=1 dns.svcb.targetname=<Root> dns.svcb.svcparam "
          "dns.svcb.svcparam.key=0 dns.svcb.svcparam.value.length=2 dns.svcb.svcparam.mandatory.key=7 "
          "dns.svcb.svcparam dns.svcb.svcparam.key=2 dns.svcb.svcparam.value.length=0 dns.svcb.svcparam "
          "dns.svcb.svcparam.key=5 dns.svcb.svcparam.value.length=1 dns.svcb.svcparam.echconfig=fe "
          "dns.svcb.svcparam dns.svcb.svcparam.key=7 dns.svcb.svcparam.value.length=0" },
        { "SVCB, a protocol beyond its parameter", ANSWER RECORD("0040") "000a 0001 00 0001 0003 05'h2'",
          "dns.resp.len=10 dns.svcb.svcpriority=1 dns.svcb.targetname=<Root> dns.svcb.svcparam "
          "dns.svcb.svcparam.key=1 dns.svcb.svcparam.value.length=3 dns.svcb.svcparam.alpn.length=5 !malformed" },
    };
    check(&fm_dns, cases, G_N_ELEMENTS(cases), "dns.resp.len");
}

/* ---- several messages ---- */

/* Ethernet, IPv4 and UDP around a message. */
static char *datagram(bool back, const char *message)
{
    g_autoptr(GByteArray) bytes = test_bytes(message);
    return g_strdup_printf("020000000002 020000000001 0800 4500 %04x 0000 0000 4011 0000 %s %s %04x 0000 %s", 28 + bytes->len,
                           back ? "c0000202 c0000201" : "c0000201 c0000202", back ? "0035 9c40" : "9c40 0035", 8 + bytes->len, message);
}

static const struct {
    bool back;
    const char *message, *found;
} talk[] = {
    { false, "0001 0100 0001 0000 0000 0000 01'a' 00 0001 0001", "" },
    { false, "0001 0100 0001 0000 0000 0000 01'a' 00 0001 0001", "dns.retransmit_request_in=1 dns.retransmission=1" },
    { true, "0001 8180 0000 0000 0000 0000", "dns.response_to=1 dns.time=0.002000000" },
    { true, "0001 8180 0000 0000 0000 0000", "dns.retransmit_response_in=3 dns.retransmission=1" },
    { true, "0002 8180 0000 0000 0000 0000", "dns.unsolicited=1" },
    { false, "0001 0100 0000 0000 0000 0000", "" },
    { true, "0001 8180 0000 0000 0000 0000", "dns.response_to=6 dns.time=0.001000000" },
    { false, "0003 0000 0001 0000 0000 0000 01'z' 00 00fc 0001", "" },
    { true, "0003 8000 0000 0000 0000 0000", "dns.response_to=8 dns.time=0.001000000" },
    { true, "0003 8000 0000 0000 0000 0000", "dns.response_to=8 dns.time=0.002000000" },
};

static void test_transactions(void)
{
    char *frames[G_N_ELEMENTS(talk) + 1] = { NULL };
    for (size_t i = 0; i < G_N_ELEMENTS(talk); i++)
        frames[i] = datagram(talk[i].back, talk[i].message);
    g_autofree char *all = test_dissect_frames(1, (const char *const *)frames);
    g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
    for (size_t i = 0; i < G_N_ELEMENTS(talk) && lines[i]; i++) {
        static const char *const starts[] = { "dns.retransmit_request_in", "dns.retransmit_response_in", "dns.response_to", "dns.unsolicited" };
        const char *found = "";
        for (size_t k = 0; k < G_N_ELEMENTS(starts) && !*found; k++)
            found = strstr(lines[i], starts[k]) ? strstr(lines[i], starts[k]) : "";
        g_autofree char *name = g_strdup_printf("frame %zu", i + 1);
        TEST_TEXT(name, found, talk[i].found);
    }
    for (size_t i = 0; frames[i]; i++)
        g_free(frames[i]);
}

static void test_info(void)
{
    static const Case cases[] = {
        { "query with options", "f29f 0100 0001 0000 0000 0001 07'example' 03'com' 00 0001 0001 00 0029 1000 00000000 0000",
          "192.0.2.1 → 192.0.2.2 DNS Standard query 0xf29f A example.com OPT" },
        { "errors", "0001 8583 0001 0000 0000 0000 01'a' 00 0035 0001",
          "192.0.2.1 → 192.0.2.2 DNS Standard query response 0x0001 No such name Unknown (53) a" },
        { "unknown operation and error", "0001 998d 0000 0000 0000 0000",
          "192.0.2.1 → 192.0.2.2 DNS Unknown operation (3) response 0x0001 Unknown error (13)" },
        { "records", "0001 8180 0000 0003 0000 0000 01'a' 00 0001 0001 00000000 0004 c0000201"
          "c00c 000f 0001 00000000 0004 000a c00c c00c 0003 0001 00000000 0002 c00c",
          "192.0.2.1 → 192.0.2.2 DNS Standard query response 0x0001 A 192.0.2.1 MX 10 a MD a" },
        { "too short for a header", "0001 81", "192.0.2.1 → 192.0.2.2 DNS [Malformed Packet]" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *frame = datagram(false, cases[i].bytes);
        g_autofree char *got = test_column_frames(1, (const char *const[]){ frame, NULL });
        TEST_TEXT(cases[i].name, got, cases[i].nodes);
    }
}

/* Datagrams between ports that say nothing. */
static void test_probe(void)
{
    static const struct {
        const char *name, *message, *protocol;
    } guesses[] = {
        { "query", "0001 0100 0001 0000 0000 0001 01'a' 00 0001 0001", "DNS" },
        { "response without question", "0001 8180 0000 0001 0000 0000 01'a' 00", "DNS" },
        { "no id", "0000 0100 0001 0000 0000 0000 01'a' 00 0001 0001", "UDP" },
        { "only a header", "0001 0100 0001 0000 0000 0000", "UDP" },
        { "two questions", "0001 0100 0002 0000 0000 0000 01'a' 00 0001 0001", "UDP" },
        { "query with answers", "0001 0100 0001 0001 0000 0000 01'a' 00 0001 0001", "UDP" },
        { "another operation", "0001 2800 0001 0000 0000 0000 01'a' 00 0001 0001", "UDP" },
        { "many answers", "0001 8180 0001 0065 0000 0000 01'a' 00 0001 0001", "UDP" },
        { "many authorities", "0001 8180 0001 0000 000b 0000 01'a' 00 0001 0001", "UDP" },
        { "many more", "0001 0100 0001 0000 0000 000b 01'a' 00 0001 0001", "UDP" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(guesses); i++) {
        g_autofree char *frame = datagram(false, guesses[i].message);
        char *port = strstr(frame, "9c40 0035"); /* 40000 → 40001 */
        memcpy(port, "9c40 9c41", 9);
        g_autofree char *got = test_column_frames(1, (const char *const[]){ frame, NULL });
        g_autofree char *expected = g_strdup_printf("192.0.2.1 → 192.0.2.2 %s ", guesses[i].protocol);
        got[MIN(strlen(got), strlen(expected))] = 0;
        TEST_TEXT(guesses[i].name, got, expected);
    }
}

/* A message of pointers to one long name, to a loop, and to a chain of labels: each name must cost little. */
static void test_work(void)
{
    static const char *const starts[] = { "c00c", "01'a' c00c", "01'a' 00" };
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
        g_autoptr(GString) message = g_string_new("0001 0100 2710 0000 0000 0000 ");
        if (i == 2)
            for (unsigned k = 0; k < 10000; k++)
                g_string_append(message, "01'a'");
        g_string_append_printf(message, "%s 0001 0001 ", starts[i]);
        for (unsigned k = 0; k < 5000; k++)
            g_string_append(message, "c00c 0001 0001 ");
        g_autofree char *got = test_dissect(&fm_dns, message->str);
        unsigned names = 0;
        for (const char *at = got; (at = strstr(at, "dns.qry.name=")); at++)
            names++;
        CU_ASSERT_EQUAL(names, 5001);
    }
}

const TestSuite test_dns_suite = {
    .name = "dns",
    TEST_CASES({ "header", test_header }, { "names", test_names }, { "records", test_records }, { "security", test_security },
               { "options", test_options }, { "transactions", test_transactions }, { "info", test_info }, { "probe", test_probe }, { "work", test_work }),
};
