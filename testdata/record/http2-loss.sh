#!/bin/bash
# nghttp and nghttpd over a path that loses packets -> http2-loss (forty small files at a time: streams wait for each other's holes);
# over a long one with small windows -> http2-windows (senders wait for WINDOW_UPDATE)
. "$(dirname "$0")/lib.sh"
need nghttp:nghttp2-client nghttpd:nghttp2-server cc:gcc openssl:openssl
enter "$@"
network
certificates
keylog

mkdir site
for name in one two three four; do
    seq -f "$name %g" 1500 >site/$name.txt
done
for i in $(seq 40); do
    seq -f "small $i %g" 100 >site/$i.txt
done
start tls server nghttpd -d site 443 rsa.key rsa.pem
start plain server nghttpd -d site --no-tls 80
await listening server tcp 443
await listening server tcp 80
urls() # ORIGIN NAMES...
{
    local origin=$1
    shift
    printf "$origin/%s.txt " "$@"
}

relay --delay 20 --direction 2 --drop 0.08 --seed 11
capture http2-loss client eth0 tcp
on client $(keys http2-loss) nghttp -n $(urls https://198.51.100.20 $(seq 40))
captured http2-loss
keep http2-loss
unrelay

relay --delay 20
capture http2-windows client eth0 tcp
on client nghttp -n -w 13 -W 14 $(urls http://198.51.100.20 one two three four)
captured http2-windows
keep http2-windows
