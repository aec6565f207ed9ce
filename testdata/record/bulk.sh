#!/bin/bash
# Uploads of 1.2 MB over 6 Mbit/s with 24 ms and a queue of 24 KB, seen by the sender, 96 bytes of each packet
# -> bulk-cubic bulk-reno bulk-bbr bulk-small-window bulk-pauses; bulk-deep-queue: a queue of 200 KB; bulk-random-loss: 1 %
. "$(dirname "$0")/lib.sh"
need socat:socat
enter "$@"
network
head -c 1200000 /dev/zero >upload

shape() # QUEUE RELAY-OPTIONS...
{
    local queue=$1
    shift
    on router tc qdisc replace dev eth1 root tbf rate 6mbit burst 5kb limit "$queue"
    relay --delay 12 "$@"
}

record() # NAME CONTROL SINK-BUFFER SENDER...
{
    local name=$1 buffer=${3:+,rcvbuf=$3}
    ip -n client route replace 198.51.100.20 via 192.0.2.1 congctl "$2"
    shift 3
    start sink server socat -u "TCP-LISTEN:9000$buffer" OPEN:/dev/null
    await listening server tcp 9000
    capture "$name" client eth0 -s 96 tcp
    "$@" | on client socat -u - TCP:198.51.100.20:9000
    captured "$name"
    stop sink
    keep "$name"
}

bursts()
{
    local i
    for i in $(seq 12); do
        head -c 40000 /dev/zero
        sleep 0.2
    done
}

shape 24kb
for control in cubic reno bbr; do
    record bulk-$control $control '' cat upload
done
record bulk-small-window cubic 6000 head -c 400000 upload
record bulk-pauses cubic '' bursts
unrelay
shape 200kb
record bulk-deep-queue cubic '' cat upload
unrelay
shape 200kb --direction 1 --longer 500 --drop 0.01 --seed 9
record bulk-random-loss cubic '' cat upload
