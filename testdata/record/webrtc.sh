#!/bin/bash
# aiortc in both roles: offer and answer by HTTP, ICE, DTLS, SRTP, data channels, with coturn for candidates -> webrtc;
# coturn's own client -> turn
. "$(dirname "$0")/lib.sh"
need cc:gcc turnserver:coturn turnutils_uclient:coturn turnutils_peer:coturn
need_python aiortc:python3-aiortc websockets:python3-websockets
enter "$@"
network
keylog
start turn server turnserver -n --no-cli --no-tls --no-dtls --log-file stdout --realm example.test --user caller:secret \
    --lt-cred-mech --listening-ip 198.51.100.20 --relay-ip 198.51.100.20 --min-port 50000 --max-port 50100 \
    --pidfile turn.pid --userdb turn.db
await listening server udp 3478
start answer server "$python" "$here/webrtc.py" answer 8080
await listening server tcp 8080
capture webrtc client eth0 not arp and not icmp6
on client timeout 20 $(keys webrtc) "$python" "$here/webrtc.py" call http://198.51.100.20:8080/calls 2.5 198.51.100.20:3478 \
    >call.log 2>&1
captured webrtc
keep webrtc
start peer server turnutils_peer -L 198.51.100.20 -p 3480
capture turn client eth0 port 3478
try client timeout 20 turnutils_uclient -u caller -w secret -e 198.51.100.20 -r 3480 -m 1 -n 3 -l 120 -c 198.51.100.20
try client timeout 20 turnutils_uclient -u caller -w secret -e 198.51.100.20 -r 3480 -m 1 -n 3 -l 120 -c -s 198.51.100.20
try client timeout 20 turnutils_uclient -t -u caller -w secret -e 198.51.100.20 -r 3480 -m 1 -n 3 -l 120 -c 198.51.100.20
try client timeout 20 turnutils_uclient -u caller -w wrong -e 198.51.100.20 -r 3480 -m 1 -n 1 -c 198.51.100.20
captured turn
keep turn
