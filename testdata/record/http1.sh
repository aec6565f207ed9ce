#!/bin/bash
# curl and raw requests against nginx and a small server for what nginx does not send -> http1
. "$(dirname "$0")/lib.sh"
need nginx:nginx curl:curl
enter "$@"
network

mkdir -p site/form
printf '<!doctype html>\n<title>Test</title>\n<p>A page, and <a href="/form/">a form</a>.\n' >site/index.html
seq -s ' ' 3000 >site/numbers.txt
printf '{"name": "fathom", "list": [1, 2.5, true, null], "text": "caf\\u00e9"}\n' >site/data.json
cat >nginx.conf <<'END'
daemon off; pid nginx.pid; error_log stderr; worker_processes 1;
events {}
http {
    access_log off; server_tokens off; gzip on; gzip_types text/plain application/json; default_type text/plain;
    types { text/html html; application/json json; }
    client_body_temp_path tmp; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
    server {
        listen 80; listen [::]:80; root site; add_header Set-Cookie "visit=1; Path=/"; add_header Vary Accept; if_modified_since before;
        location /old { return 301 /; }
        location /form/ { client_max_body_size 100k; return 200 "got it\n"; }
        location /private { auth_basic "Test"; auth_basic_user_file users; }
        location /stream { proxy_pass http://127.0.0.1:8000; proxy_http_version 1.1; proxy_buffering off; }
    }
}
END
printf "user:{PLAIN}password\n" >users
start nginx server nginx -p "$work" -c "$work/nginx.conf" -e stderr
cat >odd.py <<'END'
import socket, threading, time

def serve(s):
    f = s.makefile('rb')
    while True:
        line = f.readline()
        if not line:
            return
        length = 0
        while True:
            header = f.readline().rstrip()
            if not header:
                break
            if header.lower().startswith(b'content-length:'):
                length = int(header.split(b':')[1])
            if header.lower() == b'expect: 100-continue':
                s.sendall(b'HTTP/1.1 100 Continue\r\n\r\n')
        f.read(length)
        path = line.split()[1]
        if path == b'/chunks':
            s.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: Checksum\r\n\r\n')
            for n, text in enumerate((b'one', b'two and', b' three', b'x' * 300)):
                piece = b'%x%s\r\n%s\r\n' % (len(text), b';n=%d' % n if n == 1 else b'', text)
                for i in range(0, len(piece), 7):
                    s.sendall(piece[i:i + 7])
                    time.sleep(0.0005)
            s.sendall(b'0\r\nChecksum: 1234\r\n\r\n')
        elif path == b'/hints':
            s.sendall(b'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n')
            s.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhinted')
        elif path == b'/events':
            s.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n')
            for event in (b': welcome\n\n', b'data: first\n\n', b'event: change\nid: 7\ndata: {"a": 1,\ndata: "b": 2}\n\n', b'retry: 1000\n\n'):
                s.sendall(b'%x\r\n%s\r\n' % (len(event), event))
                time.sleep(0.05)
            s.sendall(b'0\r\n\r\n')
        elif path == b'/old-style':
            s.sendall(b'HTTP/1.0 200 OK\nContent-Type: text/plain\n\nuntil the end')
            s.close()
            return
        else:
            s.sendall(b'HTTP/1.1 204 No Content\r\n\r\n')

listener = socket.create_server(('::', 8080), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
END
start odd server "$python" odd.py
await listening server tcp 80
await listening server tcp 8080

get()
{
    on client curl -sS -o page --resolve '*:80:198.51.100.20' --resolve '*:8080:198.51.100.20' "$@"
}
site=http://www.example.test
odd=$site:8080
capture http1 client eth0 tcp
get $site/ $site/numbers.txt $site/missing -o page -o page2
get -I $site/data.json
get --compressed $site/numbers.txt
get -L $site/old
get -r 100-199 $site/numbers.txt
get -r 0-9,20-29 $site/numbers.txt
get -z "$(date -u -d tomorrow '+%a, %d %b %Y %H:%M:%S GMT')" $site/
get $site/private
get -u user:password $site/private
get -d 'name=Jos%C3%A9&colour=blue+green' -b 'visit=1; theme=dark' -e $site/ $site/form/
get -F 'note=a note' -F 'file=@site/data.json;type=application/json' $site/form/
get -H 'Content-Type: application/json' --data-binary @site/data.json $site/form/
get -T site/numbers.txt $site/form/numbers
get -H 'Transfer-Encoding: chunked' -H 'Expect:' -T site/data.json $site/form/chunked
get -X OPTIONS $odd/
get -H 'Expect: 100-continue' -d 'wait for it' $odd/
get -0 $site/data.json
get $odd/chunks
get $odd/hints
get -N $odd/events
get --http0.9 $odd/old-style || true
get -g "http://[2001:db8:2::20]/data.json"
on client "$python" - <<'END'
import socket
s = socket.create_connection(('198.51.100.20', 80))  # pipelined, the last one bad
s.sendall(b'GET /data.json HTTP/1.1\r\nHost: www.example.test\r\n\r\nHEAD / HTTP/1.1\r\nHost: www.example.test\r\n\r\n'
          b'GET /missing HTTP/1.1\r\nHost: www.example.test\r\nX-Folded: a\r\n b\r\n\r\nBAD REQUEST\r\n\r\n')
while s.recv(4096):
    pass
END
captured http1
keep http1
