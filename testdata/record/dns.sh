#!/bin/bash
# bind9 and its tools: record types, EDNS, DNSSEC, errors, update, transfer -> dns, dnssec; DNS over TCP in many small
# segments, pipelined -> dns-tcp; over a bad link -> dns-tcp-loss
. "$(dirname "$0")/lib.sh"
need named:bind9 dig:bind9-dnsutils nsupdate:bind9-dnsutils dnssec-signzone:bind9-utils rndc-confgen:bind9 delv:bind9-dnsutils
enter "$@"
network

mkdir -p bind/keys
cat >bind/example.test.zone <<'END'
$TTL 3600
$ORIGIN example.test.
@       SOA     ns1 hostmaster.example.test. ( 2024010101 7200 900 1209600 300 )
        NS      ns1
        NS      ns2
        MX      10 mail
        MX      20 mail.example.net.
        TXT     "v=spf1 mx -all"
        CAA     0 issue "ca.example.net; policy=ev"
        CAA     128 iodef "mailto:security@example.test"
        A       198.51.100.20
        AAAA    2001:db8:2::20
        HTTPS   1 . alpn=h2,h3 ipv4hint=198.51.100.20 ipv6hint=2001:db8:2::20
ns1     A       198.51.100.20
        AAAA    2001:db8:2::20
ns2     A       198.51.100.21
www     CNAME   web.pool
web.pool 30     A 198.51.100.20
        30      A 198.51.100.21
        30      A 198.51.100.22
        30      AAAA 2001:db8:2::20
alias   HTTPS   0 www.example.test.
svc     HTTPS   16 www.example.test. mandatory=alpn,port alpn="h2,h3" no-default-alpn port=8443 ech="AEX+DQBBMgAgACA5" key65333="a\001b"
_8443._foo SVCB 1 foosvc alpn=bar key667="hello\210qoo" port=8004
mail    A       198.51.100.25
txt     TXT     "first string" "second string; with \"quotes\" and \\" "caf\195\169" ""
long    TXT     ( "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 "
                  "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 "
                  "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 "
                  "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 "
                  "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 "
                  "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 "
                  "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 "
                  "abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 abcdefghijklmnopqrstuvwxyz0123456789 " )
_sip._udp SRV   10 60 5060 sip1
        SRV     10 40 5060 sip2
sip1    A       198.51.100.31
sip2    A       198.51.100.32
phone   NAPTR   100 10 "u" "E2U+sip" "!^.*$!sip:info@example.test!" .
        NAPTR   102 10 "s" "SIP+D2U" "" _sip._udp.example.test.
host    HINFO   "PC-Intel-700mhz" "Linux"
        LOC     52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
        SSHFP   4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789
        RP      admin.example.test. people.example.test.
        URI     10 1 "https://example.test/path"
        WKS     198.51.100.33 TCP smtp domain
_443._tcp.www TLSA 3 1 1 ed74a2461c0e8ab21ef00b9bd2f9bbbbb6b9c93b4b8c44fa88ad41c6a9bd0ff1
mail._smimecert SMIMEA 3 0 0 308201
key._openpgpkey OPENPGPKEY mQCNAzIG
afsdb   AFSDB   1 afsdb.example.test.
px      PX      10 mapr.example.test. mapx.example.test.
kx      KX      10 kx-host
cert    CERT    PGP 0 0 mQCNAzIG
dhcid   DHCID   AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
ds      CDS     60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118
dname   DNAME   example.net.
eui48   EUI48   00-00-5e-00-53-2a
eui64   EUI64   00-00-5e-ef-10-00-00-2a
nid     NID     10 0014:4fff:ff20:ee64
        L32     10 198.51.100.1
        L64     10 2001:0db8:1140:1000
        LP      10 l64-subnet1.example.test.
csync   CSYNC   66 3 A NS AAAA
apl     APL     1:198.51.100.0/24 !1:198.51.100.64/28 2:2001:db8::/32
unknown TYPE65280 \# 4 0A000001
*.wild  A       198.51.100.40
xn--bcher-kva A 198.51.100.41
a\.b\032c A     198.51.100.42
sub     NS      ns.sub
ns.sub  A       198.51.100.99
END
for n in $(seq 200); do printf 'host%03d A 198.51.100.%d\n' $n $n; done >>bind/example.test.zone
sed 's/example\.test/signed.test/g' bind/example.test.zone | grep -v '^host' >bind/signed.test.zone
cat >bind/reverse.zone <<'END'
$TTL 3600
@       SOA     ns1.example.test. hostmaster.example.test. ( 1 7200 900 1209600 300 )
        NS      ns1.example.test.
20      PTR     www.example.test.
END
cat >bind/reverse6.zone <<'END'
$TTL 3600
@       SOA     ns1.example.test. hostmaster.example.test. ( 1 7200 900 1209600 300 )
        NS      ns1.example.test.
0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR www.example.test.
END
(
    cd bind/keys
    dnssec-keygen -q -a ECDSAP256SHA256 -f KSK signed.test
    dnssec-keygen -q -a ECDSAP256SHA256 signed.test
    dnssec-keygen -q -a RSASHA256 -b 1024 nsec3.test
    dnssec-keygen -q -a RSASHA256 -b 1024 -f KSK nsec3.test
    sed 's/example\.test/nsec3.test/g; s/^20 .*/ns1 A 198.51.100.20/' ../reverse.zone >../nsec3.test.zone
    dnssec-signzone -Q -S -K . -o signed.test -f ../signed.test.signed ../signed.test.zone
    dnssec-signzone -Q -S -3 abcd -H 1 -A -K . -o nsec3.test -f ../nsec3.test.signed ../nsec3.test.zone
) >bind/sign.log 2>&1
cat >bind/named.conf <<'END'
options {
    directory "/run/work/bind";
    pid-file none; session-keyfile none;
    listen-on { any; }; listen-on-v6 { any; };
    recursion no; dnssec-validation no; minimal-responses no-auth;
    server-id "ns1.example.test"; version "not told"; hostname none;
    response-padding { any; } block-size 128;
    allow-transfer { any; }; notify explicit; also-notify { 192.0.2.10; };
    tcp-keepalive-timeout 1200;
    cookie-secret "00112233445566778899aabbccddeeff";
};
controls {};
key "update.example.test" { algorithm hmac-sha256; secret "ZG9jdW1lbnRhdGlvbiBrZXk="; };
zone "example.test" { check-names ignore; type primary; file "example.test.zone"; ixfr-from-differences yes; journal "example.test.jnl";
    allow-update { key "update.example.test"; }; };
zone "signed.test" { check-names ignore; type primary; file "signed.test.signed"; };
zone "nsec3.test" { check-names ignore; type primary; file "nsec3.test.signed"; };
zone "100.51.198.in-addr.arpa" { type primary; file "reverse.zone"; };
zone "2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" { type primary; file "reverse6.zone"; };
zone "broken.test" { check-names ignore; type primary; file "no-such-file"; };
END
start named server named -g -n 1 -c "$work/bind/named.conf"
await listening server udp 53
await grep -q running named.log

ask()
{
    on client dig +tries=1 +timeout=2 @198.51.100.20 "$@" >>dig.log 2>&1 || true
}

capture dns client eth0 port 53
ask +noedns www.example.test A
ask example.test MX
for type in NS SOA TXT CAA A AAAA HTTPS ANY; do
    ask +nocookie example.test $type
done
ask alias.example.test HTTPS
ask svc.example.test HTTPS
ask _8443._foo.example.test SVCB
ask txt.example.test TXT
ask _sip._udp.example.test SRV
ask phone.example.test NAPTR
for type in HINFO LOC SSHFP RP URI WKS; do
    ask +nocookie host.example.test $type
done
ask _443._tcp.www.example.test TLSA
ask mail._smimecert.example.test SMIMEA
ask key._openpgpkey.example.test OPENPGPKEY
for type in AFSDB PX KX CERT DHCID DNAME EUI48 EUI64 NID CSYNC APL; do
    ask +nocookie $type.example.test $type
done
for type in L32 L64 LP; do
    ask +nocookie nid.example.test $type
done
ask ds.example.test CDS
ask www.dname.example.test A
ask unknown.example.test TYPE65280
ask anything.wild.example.test A
ask xn--bcher-kva.example.test A
ask 'a\.b\032c.example.test' A
ask www.sub.example.test A
ask -x 198.51.100.20
ask -x 2001:db8:2::20
ask no-such-name.example.test A
ask broken.test A
ask other.example A
ask version.bind CH TXT
ask WwW.eXaMpLe.TeSt AAAA
ask +nsid +subnet=192.0.2.0/24 +expire +padding=64 +ednsflags=0x4000 www.example.test A
ask +subnet=2001:db8:1::/56 +ednsopt=65001:0badf00d +bufsize=4096 www.example.test AAAA
ask +edns=1 +noednsnegotiation example.test A
ask +opcode=4 example.test SOA
ask +header-only
ask +qr +noedns +ignore long.example.test TXT
ask +noedns long.example.test TXT
ask +bufsize=4096 long.example.test TXT
on client dig +tries=1 -6 @2001:db8:2::20 www.example.test A >>dig.log
on client nsupdate -y hmac-sha256:update.example.test:ZG9jdW1lbnRhdGlvbiBrZXk= <<'END'
server 198.51.100.20
zone example.test
prereq nxdomain fresh.example.test
update add fresh.example.test 60 A 198.51.100.77
update add fresh.example.test 60 TXT "added by update"
update delete host001.example.test A
send
END
try client nsupdate -v <<'END'
server 198.51.100.20
zone example.test
update add refused.example.test 60 A 198.51.100.78
send
END
ask +tcp example.test IXFR=2024010101
ask -y hmac-sha256:update.example.test:ZG9jdW1lbnRhdGlvbiBrZXk= fresh.example.test A
sleep 1
captured dns
keep dns

capture dnssec client eth0 port 53
for type in SOA DNSKEY A MX CDS; do
    ask +dnssec signed.test $type
done
ask +dnssec +cdflag ds.signed.test CDS
ask +dnssec www.signed.test A
ask +dnssec missing.signed.test A
ask +dnssec www.signed.test LOC
ask +dnssec x.wild.signed.test A
ask +dnssec sub.signed.test DS
ask +dnssec nsec3.test DNSKEY
ask +dnssec nsec3.test NSEC3PARAM
ask +dnssec missing.nsec3.test A
captured dnssec
keep dnssec

# Segments of 100 bytes at most towards the client, queries in odd pieces.
ip -n client route add 198.51.100.20 via 192.0.2.1 advmss 100 congctl cubic
capture dns-tcp client eth0 tcp port 53
ask +tcp +noedns long.example.test TXT
ask +tcp +keepopen +keepalive +multi www.example.test A example.test MX txt.example.test TXT
ask +tcp example.test AXFR
on client "$python" - <<'END'
import socket, struct, time

def query(ident, name, kind):
    labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.'))
    message = struct.pack('!6H', ident, 0x100, 1, 0, 0, 0) + labels + struct.pack('!BHH', 0, kind, 1)
    return struct.pack('!H', len(message)) + message

s = socket.create_connection(('198.51.100.20', 53))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
names = [('long.example.test', 16), ('www.example.test', 1), ('example.test', 255), ('txt.example.test', 16)]
names += [('host%03d.example.test' % n, 1) for n in range(2, 14)]
stream = b''.join(query(0x4000 + n, name, kind) for n, (name, kind) in enumerate(names))
at, size = 0, 1
while at < len(stream):
    s.send(stream[at:at + size])
    at += size
    size = size * 3 % 89 + 1
    time.sleep(0.002)
s.shutdown(socket.SHUT_WR)
while s.recv(65536):
    pass
END
captured dns-tcp
keep dns-tcp

# The same transfer over a bad link.
relay --drop 0.05 --reorder 0.1 --dup 0.05 --delay 2 --seed 4
capture dns-tcp-loss client eth0 tcp port 53
ask +tcp +timeout=10 example.test AXFR
captured dns-tcp-loss
keep dns-tcp-loss
