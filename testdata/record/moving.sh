#!/bin/bash
# One file by HTTP/2 over TCP (nghttp, nghttpd) and by HTTP/3 over QUIC (ngtcp2) at a time, over 1 Mbit/s with 40 ms, while the client gets
# another address and loses the one it had: QUIC moves, TCP dies, and begins anew -> moving
. "$(dirname "$0")/lib.sh"
need nghttp:nghttp2-client nghttpd:nghttp2-server gtlsclient:ngtcp2-client gtlsserver:ngtcp2-server openssl:openssl
enter "$@"
network
certificates

mkdir site
seq 9000 >site/numbers.txt
start h2 server nghttpd -d site --no-tls 80
start h3 server gtlsserver -q --no-quic-dump --no-http-dump --max-gso-dgrams=1 --no-pmtud -d site '*' 4433 rsa.key rsa.pem
await listening server tcp 80
await listening server udp 4433

on server tc qdisc replace dev eth0 root tbf rate 1mbit burst 3kb limit 60kb
relay --delay 20
on client sysctl -qw net.ipv4.conf.eth0.promote_secondaries=1
capture moving client eth0 tcp or udp
on client timeout 3.5 nghttp -n http://198.51.100.20/numbers.txt >h2.log 2>&1 &
tcp=$!
on client env SSLKEYLOGFILE=moving.keys timeout 8 gtlsclient -q --no-quic-dump --no-http-dump --no-pmtud --exit-on-all-streams-close --change-local-addr=300ms \
    --timeout=3s --sni=www.example.test 198.51.100.20 4433 https://www.example.test:4433/numbers.txt >h3.log 2>&1 &
quic=$!
sleep 0.25
ip -n client addr add 192.0.2.11/24 dev eth0
ip -n client route replace default via 192.0.2.1 src 192.0.2.11 congctl cubic
sleep 0.3
ip -n client addr del 192.0.2.10/24 dev eth0
ip -n client route replace default via 192.0.2.1 src 192.0.2.11 congctl cubic
wait $quic $tcp || true
on client nghttp -n http://198.51.100.20/numbers.txt >h2-again.log 2>&1
sleep 1
unrelay
captured moving
keep moving
