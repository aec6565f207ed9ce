#!/bin/bash
# Caddy (quic-go, Go's TLS) with curl and ngtcp2's client: the web server offers HTTP/3 by Alt-Svc, the client takes it
# -> quic-go
. "$(dirname "$0")/lib.sh"
need caddy:caddy gtlsclient:ngtcp2-client curl:curl openssl:openssl cc:gcc
enter "$@"
network
certificates
keylog
mkdir site
seq 3000 >site/numbers.txt
cat >Caddyfile <<END
{
    admin off
    auto_https disable_redirects
}
https://:443 {
    tls $work/rsa.pem $work/rsa.key
    root * $work/site
    encode gzip
    file_server
    respond /hello "Hello from HTTP/3" 200
}
END
start caddy server env XDG_DATA_HOME="$work" XDG_CONFIG_HOME="$work" caddy run --config Caddyfile --adapter caddyfile
await listening server tcp 443
await listening server udp 443
capture quic-go client eth0 tcp or udp
on client $(keys quic-go) curl -s --cacert ca.pem -o page --resolve www.example.test:443:198.51.100.20 https://www.example.test/hello
on client env SSLKEYLOGFILE=quic-go-3.keys timeout 8 gtlsclient -q --no-quic-dump --no-http-dump --no-pmtud --timeout=2s \
    --exit-on-all-streams-close --sni=www.example.test 198.51.100.20 443 https://www.example.test/hello \
    https://www.example.test/numbers.txt https://www.example.test/missing >client.log 2>&1 || true
captured quic-go
cat quic-go-3.keys >>quic-go.keys
keep quic-go
