#!/bin/bash
# bind9 and dig: DNS over TLS and over HTTPS, with one query and with several on a connection, and over HTTP/2 in the clear -> dns-private
. "$(dirname "$0")/lib.sh"
need named:bind9 dig:bind9-dnsutils cc:gcc openssl:openssl
enter "$@"
network
certificates
keylog
cat >zone <<'END'
$TTL 300
@       SOA     ns1.example.test. hostmaster.example.test. ( 1 7200 900 1209600 300 )
        NS      ns1.example.test.
ns1     A       198.51.100.20
www     A       198.51.100.20
        AAAA    2001:db8:2::20
txt     TXT     "a private answer"
END
cat >named.conf <<END
options {
    directory "$work"; pid-file none; recursion no; listen-on-v6 { none; };
    listen-on port 853 tls own { 198.51.100.20; };
    listen-on port 443 tls own http local { 198.51.100.20; };
    listen-on port 80 tls none http local { 198.51.100.20; };
};
tls own { cert-file "$work/rsa.pem"; key-file "$work/rsa.key"; };
http local { endpoints { "/dns-query"; }; };
controls { };
zone "example.test" { type primary; file "$work/zone"; };
END
start named server named -g -c "$work/named.conf"
for port in 853 443 80; do await listening server tcp $port; done
capture dns-private client eth0 tcp
dig="$(keys dns-private) dig @198.51.100.20 +norecurse"
on client $dig +tls www.example.test A +tls www.example.test AAAA >/dev/null
on client $dig +keepopen +tls www.example.test A +tls txt.example.test TXT +tls missing.example.test A >/dev/null
on client $dig +https www.example.test A >/dev/null
on client $dig +https-get txt.example.test TXT >/dev/null
on client $dig +http-plain www.example.test AAAA >/dev/null
captured dns-private
keep dns-private
