#!/bin/bash
# aiortc's SCTP on raw sockets: association, ordered, unordered and fragmented messages, shutdown -> sctp; with losses and
# a double -> sctp-loss
. "$(dirname "$0")/lib.sh"
need_python aiortc:python3-aiortc
enter "$@"
network

associate()
{
    start accept server "$python" "$here/sctp.py" 198.51.100.20 192.0.2.10
    await grep -q ready accept.log
    on client "$python" "$here/sctp.py" 192.0.2.10 198.51.100.20 connect >connect.log 2>&1
    stop accept
}

capture sctp client eth0 sctp
associate
captured sctp
keep sctp
relay --protocol sctp --delay 20 --direction 1 --nth 6,8 --double 7
capture sctp-loss client eth0 sctp
associate
captured sctp-loss
keep sctp-loss
