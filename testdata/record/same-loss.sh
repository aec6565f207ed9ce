#!/bin/bash
# Ten files by HTTP/2 over TCP (nghttp, nghttpd; no TLS, whose records would wait too) and by HTTP/3 over QUIC (ngtcp2), on a path that
# each time loses one packet with a piece of the fourth file -> same-loss
. "$(dirname "$0")/lib.sh"
need nghttp:nghttp2-client nghttpd:nghttp2-server gtlsclient:ngtcp2-client gtlsserver:ngtcp2-server openssl:openssl
enter "$@"
network
certificates

mkdir site
names=(apple birch cedar elder hazel larch maple poplar rowan walnut)
for name in "${names[@]}"; do
    seq -f "$name %g" 500 >"site/$name.txt"
done
start h2 server nghttpd -d site --no-tls 80
start h3 server gtlsserver -q --no-quic-dump --no-http-dump --max-gso-dgrams=1 --no-pmtud -d site '*' 4433 rsa.key rsa.pem
await listening server tcp 80
await listening server udp 4433

capture same-loss client eth0 tcp or udp
relay --delay 20 --direction 2 --longer 1000 --nth 12
on client nghttp -n $(printf "http://198.51.100.20/%s.txt " "${names[@]}") >h2.log 2>&1
unrelay
sleep 1
relay --delay 20 --direction 2 --longer 1000 --nth 16
on client env SSLKEYLOGFILE=same-loss.keys timeout 8 gtlsclient -q --no-quic-dump --no-http-dump --no-pmtud --exit-on-all-streams-close \
    --timeout=3s --sni=www.example.test 198.51.100.20 4433 $(printf "https://www.example.test:4433/%s.txt " "${names[@]}") >h3.log 2>&1 || true
unrelay
captured same-loss
keep same-loss
