#!/bin/bash
# python3-websockets in both roles: text, binary, long, fragments, ping, compression, close codes -> websocket,
# websocket-tls
. "$(dirname "$0")/lib.sh"
need cc:gcc openssl:openssl
need_python websockets:python3-websockets
enter "$@"
network
certificates
keylog
start plain server "$python" "$here/websocket.py" serve
start tls server "$python" "$here/websocket.py" serve rsa.pem rsa.key
await grep -q ready plain.log
await grep -q ready tls.log
capture websocket client eth0 tcp
on client "$python" "$here/websocket.py" chat ws://198.51.100.20/chat?room=1
captured websocket
keep websocket
capture websocket-tls client eth0 tcp
on client $(keys websocket-tls) "$python" "$here/websocket.py" chat wss://198.51.100.20/chat ca.pem
captured websocket-tls
keep websocket-tls
