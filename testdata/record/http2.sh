#!/bin/bash
# nghttp, curl and h2load against nghttpd and nginx -> http2 (TLS), http2-plain (prior knowledge and upgrade); frames that
# those do not send -> http2-frames
. "$(dirname "$0")/lib.sh"
need nghttp:nghttp2-client nghttpx:nghttp2-proxy nghttpd:nghttp2-server h2load:nghttp2-client curl:curl nginx:nginx cc:gcc openssl:openssl
enter "$@"
network
certificates
keylog

mkdir site
printf '<!doctype html>\n<link rel=stylesheet href=/style.css>\n<script src=/script.js></script>\n<p>Hello.\n' >site/index.html
printf 'p { color: navy }\n' >site/style.css
printf 'console.log("hello");\n' >site/script.js
seq 4000 >site/numbers.txt
printf '{"name": "fathom"}\n' >site/data.json
start tls server nghttpd -v -d site --trailer 'checksum: 1234' -p /=/style.css -b 16 --mime-types-file=/etc/mime.types \
    443 rsa.key rsa.pem
start plain server nghttpd -v -d site --no-tls --echo-upload 80
cat >nginx.conf <<'END'
daemon off; pid nginx.pid; error_log stderr; worker_processes 1;
events {}
http {
    access_log off; server_tokens off; gzip on; gzip_types text/plain;
    client_body_temp_path tmp; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
    server { listen 8443 ssl http2; ssl_certificate ec.pem; ssl_certificate_key ec.key; root site; keepalive_requests 4;
        types { text/plain txt; text/html html; application/json json; } }
}
END
start nginx server nginx -p "$work" -c "$work/nginx.conf" -e stderr
# nghttpd knows no upgrade from HTTP/1.1
start proxy server nghttpx --conf=/dev/null -f '0.0.0.0,8081;no-tls' -b '127.0.0.1,80;;proto=h2' --no-http2-cipher-block-list
for port in 80 443 8443 8081; do
    await listening server tcp $port
done

capture http2 client eth0 tcp
h2="on client $(keys http2)"
$h2 nghttp -n https://198.51.100.20/ https://198.51.100.20/numbers.txt https://198.51.100.20/missing
$h2 nghttp -na --no-push -w 14 -W 15 -b 32 -H 'x-secret: never indexed' -H 'cookie: a=b; c=d' https://198.51.100.20/
$h2 curl -s --cacert ca.pem -o page --http2 -d @site/data.json -H 'Content-Type: application/json' \
    --resolve www.example.test:8443:198.51.100.20 https://www.example.test:8443/data.json
$h2 h2load -n 6 -c 1 -m 3 https://198.51.100.20:8443/data.json >h2load.log # GOAWAY after four requests
$h2 curl -s --cacert ca.pem --compressed -o page --http2 --resolve www.example.test:8443:198.51.100.20 \
    https://www.example.test:8443/numbers.txt
captured http2
keep http2

capture http2-plain client eth0 tcp
on client nghttp -n -u http://198.51.100.20:8081/index.html
on client nghttp -n -d site/data.json --trailer 'digest: abcd' http://198.51.100.20/echo
on client nghttp -n -p 7 --continuation http://198.51.100.20/numbers.txt
on client curl -s -o page --http2-prior-knowledge -I http://198.51.100.20/
on client curl -s -o page --http2-prior-knowledge -T site/numbers.txt http://198.51.100.20/echo
captured http2-plain
keep http2-plain

# By script: every frame type, padding, priority, CONTINUATION, dynamic table updates, GOAWAY with debug data, unknown.
cat >frames.py <<'END'
import socket, struct, sys, threading

def frame(kind, flags, stream, payload=b''):
    return struct.pack('!I', len(payload))[1:] + bytes([kind, flags]) + struct.pack('!I', stream) + payload

def literal(name, value, kind=0x40):
    return bytes([kind, len(name)]) + name + bytes([len(value)]) + value

def serve(listener):
    s, _ = listener.accept()
    s.recv(65536)
    for data in ANSWERS:
        s.sendall(data)
        s.recv(65536)
    s.close()

request = bytes.fromhex('828684') + literal(b'x-long', b'0123456789' * 10) + literal(b'authorization', b'secret', 0x10)
REQUESTS = [
    b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0, struct.pack('!HIHIHIHIHI', 1, 4096, 2, 1, 3, 100, 4, 65535, 0x1a1a, 7))
    + frame(8, 0, 0, struct.pack('!I', 1000)),
    frame(1, 0x2d, 1, bytes([3]) + struct.pack('!IB', 1 << 31, 15) + request[:3] + bytes(3)) + frame(6, 0, 0, b'pingpong'),
    frame(1, 1, 3, request[:40]) + frame(9, 0, 3, request[40:80]) + frame(9, 4, 3, request[80:]),
    frame(1, 4, 5, b'\x3f\xe1\x0f' + bytes.fromhex('838684') + b'\xbe') + frame(0, 8, 5, bytes([5]) + b'padded data' + bytes(5))
    + frame(0, 0, 5) + frame(1, 5, 5, literal(b'trailer', b'yes', 0)),
    frame(2, 0, 7, struct.pack('!IB', 5, 200)) + frame(3, 0, 5, struct.pack('!I', 8)) + frame(0xfa, 0x55, 9, b'unknown'),
    frame(7, 0, 0, struct.pack('!II', 4, 0) + b'bye for now'),
]
ANSWERS = [
    frame(4, 0, 0, struct.pack('!HI', 3, 50)) + frame(4, 1, 0),
    frame(1, 4, 1, b'\x88' + literal(b'content-type', b'text/plain')) + frame(0, 1, 1, b'first') + frame(6, 1, 0, b'pingpong'),
    frame(1, 4, 3, b'\x08\x03103' + literal(b'link', b'</a.css>')) + frame(5, 4, 3, struct.pack('!I', 2) + bytes.fromhex('828684') + b'\x04\x02/a')
    + frame(1, 4, 3, b'\x88') + frame(0, 1, 3, b'second') + frame(1, 4, 2, b'\x88') + frame(0, 1, 2, b'pushed'),
    frame(1, 5, 5, b'\x8d') + frame(0x0a, 0, 0, struct.pack('!H', 20) + b'https://example.test' + b'h3=":443"')
    + frame(0x0c, 0, 0, struct.pack('!H', 20) + b'https://example.test'),
    frame(8, 0, 7, struct.pack('!I', 77)),
    frame(7, 0, 0, struct.pack('!II', 5, 1) + b'enough'),
]
if sys.argv[1] == 'serve':
    listener = socket.create_server(('', 8080))
    print('ready', flush=True)
    serve(listener)
else:
    s = socket.create_connection(('198.51.100.20', 8080))
    for data in REQUESTS:
        s.sendall(data)
        s.recv(65536)
    s.close()
END
start frames server "$python" frames.py serve
await grep -q ready frames.log
capture http2-frames client eth0 tcp
on client "$python" frames.py ask
captured http2-frames
keep http2-frames
