#!/bin/bash
# Live capture from start to end, in a network namespace of its own, where nobody's interfaces are touched. Needs no privileges, but
# user namespaces and iproute2; without them it is skipped.
# shellcheck disable=SC2154
. "$(dirname "$0")/checks.sh"
if [ "${1:-}" != inside ]; then
    command -v ip >/dev/null || skip live "there is no ip (iproute2) here"
    unshare -rnm ip link set lo up 2>/dev/null || skip live "no network namespaces here"
    rm -r "$work"
    FATHOM=$fathom exec unshare -rnm "$0" inside
fi

cd "$work" || exit 2
ip link set lo up
ip link add one type veth peer name two || skip live "no interfaces can be made here"
ip link set one up
ip link set two up

wait_for() # TEXT FILE: until it is there, for half a minute
{
    for _ in $(seq 600); do
        grep -q "$1" "$2" 2>/dev/null && return 0
        sleep 0.05
    done
    return 1
}

start() # ARGUMENT...: captures in the background; $pid
{
    : >err
    timeout -k 1 120 "$fathom" "$@" <&0 >out 2>err &
    pid=$!
    wait_for Capturing err
}

finish() # waits for the capture; $status
{
    wait "$pid"
    status=$?
}

child() # the process that timeout runs
{
    tr -d ' ' <"/proc/$pid/task/$pid/children"
}

send() # N: datagrams to ourselves
{
    for _ in $(seq "$1"); do
        echo x >/dev/udp/127.0.0.1/9
    done
}

count() # FILE: packets in it
{
    "$fathom" -r "$1" 2>/dev/null | wc -l
}

settled() # FILE N: it comes to hold N packets within half a minute
{
    for _ in $(seq 300); do
        [ "$(count "$1")" = "$2" ] && return 0
        sleep 0.1
    done
    return 1
}

start -i lo -f 'udp port 9' -c 3 -T fields -e frame.interface_name -e frame.len
send 5
finish
check "-c" [ "$status" = 0 ]
check "-c prints" [ "$(sort -u out)" = "$(printf 'lo\t44')" ]
check "-c stops" [ "$(wc -l <out)" = 3 ]
check "-c counts" grep -qx '3 packets captured' err

start -i lo -i one -w two.pcapng udp port 9
send 4
check "-w while capturing" settled two.pcapng 4
kill -INT "$(child)"
finish
check "SIGINT" [ "$status" = 0 ]
check "SIGINT leaves a whole file" [ "$(count two.pcapng)" = 4 ]
check "SIGINT counts" grep -qx '4 packets captured' err
check "both interfaces announced" grep -qx "Capturing on 'Loopback: lo' and 'one'" err
check "mode" [ "$(stat -c %a two.pcapng)" = 600 ]

start -i lo -f 'udp port 9' -T json
send 2
wait_for '"frame.number": "2"' out
kill -TERM "$(child)"
finish
check "SIGTERM" [ "$status" = 0 ]
check "SIGTERM closes the array" [ "$(tail -n 1 out)" = "]" ]

if "$fathom" -v | grep -q 'capng [0-9]'; then
    start -i lo -f 'udp port 9'
    check "privileges" wait_for '^CapPrm:	0000000000000000$' "/proc/$(child)/status" # they go after the announcement
    kill -INT "$(child)"
    finish
fi

start -i lo -f 'udp port 9' -w ring.pcapng -b packets:2 -b files:2 -c 7
send 7
finish
check "-b" [ "$status" = 0 ]
check "-b keeps two files" [ "$(echo ring_0000[34]_??????????????.pcapng | wc -w)" = 2 ]
check "-b dropped the first" [ ! -e "$(echo ring_00001_*)" ]
check "-b last file" [ "$(count ring_00004_*)" = 1 ]

start -i lo -w short.pcap -F pcap -a duration:0.3
finish
check "-a duration" [ "$status" = 0 ]
check "-a duration leaves a file" [ "$(stat -c %s short.pcap)" = 24 ]

start -f 'udp port 9' -i two -i lo -w gone.pcapng
send 3
settled gone.pcapng 3
ip link del one
finish
check "interface gone" [ "$status" = 2 ]
check "interface gone is told" grep -q '^fathom: two: .*disappeared' err
check "interface gone leaves a whole file" [ "$(count gone.pcapng)" = 3 ]

# ---- killed at any moment: what was there stays, whole but for a last packet
readable() # FILE N: at least N packets, none of them damaged
{
    "$fathom" -r "$1" -T fields -e frame.len -e udp.dstport >packets 2>err
    status=$?
    [ "$(wc -l <packets)" -ge "$2" ] && [ "$(sort -u packets | wc -l)" = 1 ] && { [ $status = 0 ] || { [ $status = 2 ] && grep -q 'cut short' err; }; }
}
for pause in 0 0.01 0.03 0.1; do
    start -i lo -f 'udp port 9' -w killed.pcapng
    send 4
    settled killed.pcapng 4
    send 2000 &
    sending=$!
    sleep "$pause"
    kill -KILL "$(child)"
    finish
    wait "$sending"
    check "killed after $pause s" readable killed.pcapng 4
    rm -f killed.pcapng
done

# ---- a disk that fills
mkdir small
if mount -t tmpfs -o size=64k none small 2>/dev/null; then
    start -i lo -f 'udp port 9' -w small/full.pcapng
    send 2000
    finish
    check "a full disk" [ "$status" = 2 ]
    check "a full disk is told" grep -q '^fathom: small/full.pcapng: .*No space left on device; make room' err
    check "a full disk leaves a file" readable small/full.pcapng 300
    umount small
fi

start -i lo -f 'udp port 9' -c 1 -w /dev/full
send 1
finish
check "disk full" [ "$status" = 2 ]
check "disk full is told" grep -q '^fathom: /dev/full: .*No space left on device; make room' err

if command -v setpriv >/dev/null; then
    setpriv --bounding-set -all --inh-caps -all "$fathom" -i lo -c 1 >out 2>err
    check "no permission" [ $? = 1 ]
    check "no permission is told" grep -q '^fathom: lo: no permission to capture.*setcap' err
fi

"$fathom" -i nowhere -c 1 >out 2>err
check "no such interface" [ $? = 1 ]
check "no such interface is told" grep -q '^fathom: nowhere: there is no such interface' err
"$fathom" -i lo -c 1 no filter >out 2>err
check "bad capture filter" [ $? = 1 ]
check "bad capture filter is told" grep -q '"no filter" is not a capture filter' err
"$fathom" -i lo -i any -c 1 -F pcap -w both.pcap >out 2>err
check "two link types, one pcap file" [ $? = 1 ]
check "two link types are told" grep -q 'one link type, and any has another than lo; write pcapng' err
check "two link types leave no file" [ ! -e both.pcap ]
"$fathom" -D >out 2>err
check "-D" grep -Eqx '[0-9]+\. lo \(Loopback\)' out
"$fathom" -L -i lo >out 2>err
check "-L" grep -qx '  EN10MB (Ethernet)' out

start -i - -c 4 <two.pcapng
finish
check "pipe" [ "$status" = 0 ]
check "pipe read" [ "$(wc -l <out)" = 4 ]
mkfifo fifo
: >err
timeout -k 1 120 "$fathom" -i fifo >out 2>err &
pid=$!
exec 3>fifo
cat two.pcapng >&3
wait_for '^ *4 ' out
kill -INT "$(child)"
finish
exec 3>&-
check "pipe stopped" [ "$status" = 0 ]
check "pipe counts" grep -qx '4 packets captured' err

count_up live
