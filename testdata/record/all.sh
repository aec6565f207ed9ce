#!/bin/bash
# Records everything again: all.sh [NAME.sh...]. A script that lacks a program says so and is left out.
cd "$(dirname "$0")" || exit
[ $# -gt 0 ] || set -- icmp.sh fragments.sh tunnels.sh links.sh formats.sh dns.sh dns-local.sh dns-private.sh tcp.sh bulk.sh sctp.sh \
    http1.sh http2.sh grpc.sh websocket.sh mqtt.sh tls.sh dtls.sh quic.sh quic-go.sh webrtc.sh demo.sh
status=0
for script; do
    echo "$script"
    bash "./$script"
    case $? in
    0 | 77) ;;
    *) status=1 ;;
    esac
done
exit $status
