#!/bin/bash
# curl asks an HTTPS server through a proxy that is behind TLS itself: https-proxy.py -> tls-in-tls
. "$(dirname "$0")/lib.sh"
need openssl:openssl curl:curl cc:gcc
enter "$@"
network
certificates
keylog

start proxy server "$python" "$here/https-proxy.py" ec.key ec.pem 443 8443
await listening server tcp 443
await listening server tcp 8443
capture tls-in-tls client eth0 tcp
on client env SSLKEYLOGFILE=tls-in-tls.keys curl -sk --http1.1 --proxy-insecure -x https://198.51.100.20:443 \
    https://198.51.100.20:8443/first https://198.51.100.20:8443/second >curl.log 2>&1 || true
captured tls-in-tls
keep tls-in-tls
