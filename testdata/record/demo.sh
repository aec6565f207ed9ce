#!/bin/bash
# About a minute in the life of a laptop, as it sees it: names, web, gRPC, chat, sensors, a backup over a slow link,
# QUIC, a call -> demo. Each chapter's first packet has a comment.
. "$(dirname "$0")/lib.sh"
need named:bind9 dig:bind9-dnsutils nginx:nginx curl:curl nghttp:nghttp2-client ping:iputils-ping socat:socat \
    gtlsclient:ngtcp2-client gtlsserver:ngtcp2-server mosquitto:mosquitto mosquitto_pub:mosquitto-clients \
    turnserver:coturn tshark:tshark protoc:protobuf-compiler openssl:openssl cc:gcc
need_python grpc:python3-grpcio google.protobuf:python3-protobuf websockets:python3-websockets aiortc:python3-aiortc
enter "$@"
network
certificates
keylog

# One address for each service: ns www legacy api chat broker files media meet turn.
hosts='ns:53 www:20 legacy:21 api:22 chat:23 broker:24 files:25 media:26 meet:27 turn:28'
names=
{
    echo '$TTL 300'
    echo '@ SOA ns.example.test. hostmaster.example.test. 1 7200 900 1209600 60'
    echo '@ NS ns.example.test.'
    for host in $hosts; do
        address=198.51.100.${host#*:}
        [ "$address" = 198.51.100.20 ] || ip -n server addr add "$address/24" dev eth0
        echo "${host%:*} A $address"
        names="$names --name $address ${host%:*}.example.test"
    done
    echo 'www AAAA 2001:db8:2::20'
    echo '@ HTTPS 1 www.example.test. alpn=h2'
    echo 'media HTTPS 1 . alpn=h3 ipv4hint=198.51.100.26'
    echo '@ MX 10 mail'
    echo 'mail A 198.51.100.30'
    echo 'shop CNAME www'
} >example.test.zone
cat >named.conf <<'END'
options { directory "/run/work"; pid-file none; session-keyfile none; recursion no; dnssec-validation no;
    listen-on { 198.51.100.53; }; listen-on-v6 { none; }; cookie-secret "00112233445566778899aabbccddeeff"; };
controls {};
zone "example.test" { type primary; file "example.test.zone"; };
END
echo 'nameserver 198.51.100.53' >resolv.conf
echo 'hosts: files dns' >nsswitch.conf
echo '127.0.0.1 localhost' >hosts
for file in resolv.conf nsswitch.conf hosts; do
    mount --bind $file /etc/$file
done
start named server named -g -n 1 -c "$work/named.conf"

mkdir site
cat >site/index.html <<'END'
<!doctype html>
<html lang="en">
<title>Example</title>
<link rel="stylesheet" href="/style.css">
<script src="/script.js"></script>
<h1>Welcome</h1>
<p>This page, its style, its script and its picture came over one connection.
<img src="/picture.svg" alt="A circle">
END
printf 'body { font: 16px sans-serif; color: #234 }\nh1 { color: teal }\n' >site/style.css
printf 'fetch("/data.json").then(r => r.json()).then(d => console.log(d.name));\n' >site/script.js
printf '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18"/></svg>\n' >site/picture.svg
printf '{"name": "fathom", "depth": 1.8288, "unit": "m", "tags": ["water", "packets"], "known": true}\n' >site/data.json
seq -f 'line %g of a text that compresses well' 600 >site/text.txt
head -c 60000 /dev/urandom >site/clip.bin
cat >nginx.conf <<'END'
daemon off; pid nginx.pid; error_log stderr; worker_processes 1;
events {}
http {
    access_log off; server_tokens off; gzip on; gzip_types text/plain text/css application/json; default_type text/plain;
    types { text/html html; text/css css; text/javascript js; image/svg+xml svg; application/json json; }
    client_body_temp_path tmp; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
    root site;
    server { listen 198.51.100.20:80; listen [2001:db8:2::20]:80; add_header Set-Cookie "visit=1; Path=/";
        location /secure { return 301 https://www.example.test/; } location /form { return 200 "thanks\n"; } }
    server { listen 198.51.100.20:443 ssl http2; listen [2001:db8:2::20]:443 ssl http2; ssl_protocols TLSv1.3;
        ssl_certificate ec.pem; ssl_certificate_key ec.key;
        location = / { index index.html; } location = /index.html { http2_push /style.css; } }
    server { listen 198.51.100.21:443 ssl; ssl_protocols TLSv1.2; ssl_certificate rsa.pem; ssl_certificate_key rsa.key; }
}
END
start nginx server nginx -p "$work" -c "$work/nginx.conf" -e stderr
protoc -I "$here/.." --python_out=. weather.proto
start api server "$python" "$here/weather.py" serve 50051 rsa.key rsa.pem
start chat server "$python" "$here/websocket.py" serve rsa.pem rsa.key 198.51.100.23
start meet server env HOST_ADDRESS=198.51.100.27 "$python" "$here/webrtc.py" answer 8443 rsa.pem rsa.key
printf 'listener 1883 198.51.100.24\nallow_anonymous true\n' >mosquitto.conf
start broker server mosquitto -c mosquitto.conf
start files server "$python" "$here/bulk.py" 9000 4000000
start media server gtlsserver -q --no-quic-dump --no-http-dump --max-gso-dgrams=1 -d site 198.51.100.26 443 rsa.key rsa.pem
start turn server turnserver -n --no-cli --no-tls --no-dtls --log-file stdout --realm example.test --user caller:secret \
    --lt-cred-mech --listening-ip 198.51.100.28 --relay-ip 198.51.100.28 --min-port 50000 --max-port 50100 \
    --pidfile turn.pid --userdb turn.db
for port in 80 443 1883 8443 9000 50051; do
    await listening server tcp $port
done
await listening server udp 443
await listening server udp 3478
await grep -q running named.log

# The link: 24 ms there and back, 6 Mbit/s up with a queue of 24 KB.
relay --delay 12
on router tc qdisc add dev eth1 root tbf rate 6mbit burst 5kb limit 24kb
ip -n client neigh flush all
ip -n router neigh flush all

chapter()
{
    sleep 1.5
    echo "$(date +%s.%N) $*" >>chapters
}
tls="$(keys demo)"
fetch()
{
    on client $tls curl -sS --cacert ca.pem -A 'laptop/1.0' "$@" >>curl.log
}

capture demo client eth0
chapter 'Hello: the laptop finds its router (ARP, neighbour discovery) and pings the name server.'
on client ping -q -c 2 -i 0.3 198.51.100.53 >>ping.log
on client ping -q -c 1 2001:db8:2::20 >>ping.log
chapter 'Names: DNS over UDP, a name that does not exist, a long answer over TCP.'
on client dig +short example.test HTTPS >>dig.log
on client dig example.test MX >>dig.log
on client dig wwww.example.test >>dig.log
on client dig +tcp example.test SOA >>dig.log
chapter 'Plain web: HTTP/1.1 with keep-alive, compression, a form, a redirect. Everything is readable.'
fetch --compressed http://shop.example.test/ -o page http://shop.example.test/text.txt -o page http://shop.example.test/nothing -o page
fetch -d 'name=Ada&question=What+is+on+the+wire%3F' -b visit=1 http://www.example.test/form
fetch http://www.example.test:81/ 2>/dev/null || true
chapter 'The redirect leads to TLS 1.3: the secrets are in this file.'
fetch -L --http1.1 http://www.example.test/secure
chapter 'An older server: TLS 1.2, the certificate is sent in the clear.'
fetch --compressed https://legacy.example.test/data.json https://legacy.example.test/text.txt -o page
chapter 'HTTP/2: several streams in one connection, one pushed by the server.'
on client $tls nghttp -na --no-dep https://www.example.test/index.html >>nghttp.log 2>&1
fetch -Z --http2 --compressed https://www.example.test/{text.txt,data.json,picture.svg,nothing} -o page -o page -o page -o page 2>/dev/null
chapter 'gRPC over HTTP/2: one answer, streams each way and both, errors, a deadline, a cancellation.'
on client env GRPC_DNS_RESOLVER=native $tls "$python" "$here/weather.py" call api.example.test:50051 ca.pem >>grpc.log
chapter 'A chat over WebSocket (TLS, compressed messages).'
on client $tls "$python" "$here/websocket.py" talk wss://chat.example.test/rooms/1 ca.pem
chapter 'Sensors: MQTT 5 with quality of service 0, 1 and 2.'
on client mosquitto_sub -h broker.example.test -V mqttv5 -i display -q 2 -t 'house/+/temperature' -C 3 --will-topic house/display \
    --will-payload gone -k 10 >>mqtt.log &
display=$!
sleep 0.6
on client mosquitto_pub -h broker.example.test -V mqttv5 -i sensor -t house/hall/temperature -m 18.5
on client mosquitto_pub -h broker.example.test -V mqttv5 -i sensor -q 1 -r -t house/kitchen/temperature -m '{"celsius": 21.5}' \
    -D publish content-type application/json -D publish user-property room kitchen
on client mosquitto_pub -h broker.example.test -V mqttv5 -i sensor -q 2 -t house/attic/temperature -m 30.25
wait $display
chapter 'A backup of 6 MB over a slow link: slow start, losses, recovery, the window breathes; then the receiver is slow, then stops.'
head -c 6000000 /dev/zero >backup
on client socat -u OPEN:backup TCP:files.example.test:9000
chapter 'HTTP/3 over QUIC, with a key update.'
on client env SSLKEYLOGFILE=demo-quic.keys timeout 8 gtlsclient -q --no-quic-dump --no-http-dump --no-pmtud --timeout=2s \
    --exit-on-all-streams-close --key-update=20ms --delay-stream=60ms media.example.test 443 \
    https://media.example.test/index.html https://media.example.test/clip.bin https://media.example.test/style.css \
    https://media.example.test/nothing >quic.log 2>&1 || true
chapter 'A call: signalling by WebSocket, STUN and TURN, ICE, DTLS, encrypted audio and a data channel.'
on client $tls "$python" "$here/webrtc.py" call wss://meet.example.test:8443/calls 6 turn.example.test:3478 ca.pem >call.log 2>&1
sleep 0.5
captured demo
grep -q 6000000 files.log
cat demo-quic.keys >>demo.keys
keep demo --snap 96:tcp.9000 --chapters chapters --name 192.0.2.10 laptop.example.test --name 192.0.2.1 router.example.test \
    --name 2001:db8:1::10 laptop.example.test --name 2001:db8:2::20 www.example.test $names \
    --section 'About a minute in the life of a laptop. Recorded by testdata/record/demo.sh.'

# Every layer is there and can be read with the secrets inside.
while read -r least filter; do
    found=$(tshark -r "$out/demo.pcapng" -Y "$filter" 2>/dev/null | wc -l)
    [ "$found" -ge "$least" ] || { echo "demo.sh: $found packets, not $least, of: $filter" >&2; exit 1; }
done <<'END'
12 frame.comment
30 dns.flags.response == 0
1 dns.flags.rcode == 3
5 http.response && !tls
2 http.response && tls
2 ip.addr == 198.51.100.21 && http.response
1 http2.type == 5
8 http2.headers.status
12 grpc.message_length
8 websocket.payload
20 mqtt
4 http3.frame_type
1 quic.key_phase == 1
1 dtls.handshake.type == 20
1 stun.type == 0x0103
3 tcp.analysis.fast_retransmission
1 tcp.analysis.zero_window
END
