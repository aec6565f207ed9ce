#!/bin/bash
# TCP of the kernel between the two ends of tcp.py, seen at the client unless said
# -> tcp-echo tcp-half-close tcp-reset tcp-port-reuse tcp-keepalive tcp-zero-window tcp-fastopen tcp-urgent
#    tcp-simultaneous-close tcp-syn-retry tcp-plain (no SACK, timestamps or scaling) tcp-ecn tcp-loss tcp-loss-server
#    (the same at the receiver) tcp-reorder tcp-duplicate tcp-corrupt tcp-ack-loss tcp-tail-loss tcp-one-way tcp-mid
. "$(dirname "$0")/lib.sh"
enter "$@"
network
start serve server "$python" "$here/tcp.py" serve
await grep -q ready serve.log

tcp() # WHAT [ADDRESS]
{
    on client "$python" "$here/tcp.py" "$1" "${2:-198.51.100.20}"
}

record() # NAME WHAT [ADDRESS]
{
    capture "$1" client eth0 tcp
    tcp "$2" "${3:-}"
    captured "$1"
    keep "$1"
}
tcp echo # fills the neighbour caches
tcp echo 2001:db8:2::20

capture tcp-echo client eth0 tcp
tcp echo
tcp echo 2001:db8:2::20
captured tcp-echo
keep tcp-echo
record tcp-half-close half
record tcp-reset reset 2001:db8:2::20
record tcp-port-reuse reuse
record tcp-keepalive keepalive
record tcp-zero-window window
on client sysctl -qw net.ipv4.tcp_fastopen=3
on server sysctl -qw net.ipv4.tcp_fastopen=3
record tcp-fastopen fastopen
record tcp-urgent urgent
relay --delay 40
record tcp-simultaneous-close both
unrelay
ip -n router route add blackhole 203.0.113.1
record tcp-syn-retry unanswered 203.0.113.1

# Longer transfers; 96 bytes of each packet are enough to see them.
long() # NAME WHAT RELAY-OPTIONS...
{
    local name=$1 what=$2
    shift 2
    relay "$@"
    capture "$name" client eth0 -s 96 tcp
    capture "$name-server" server eth0 -s 96 tcp
    tcp "$what"
    captured "$name-server"
    captured "$name"
    unrelay
    keep "$name"
}
on client sysctl -qw net.ipv4.tcp_ecn=1
long tcp-ecn receive --delay 5 --direction 2 --mark 0.05
on client sysctl -qw net.ipv4.tcp_ecn=2 net.ipv4.tcp_sack=0 net.ipv4.tcp_timestamps=0 net.ipv4.tcp_window_scaling=0
long tcp-plain send --delay 5 --nth 20 --direction 1
on client sysctl -qw net.ipv4.tcp_sack=1 net.ipv4.tcp_timestamps=1 net.ipv4.tcp_window_scaling=1
long tcp-loss send --delay 10 --direction 1 --drop 0.04 --seed 7
keep tcp-loss-server
long tcp-reorder send --delay 10 --direction 1 --reorder 0.06 --hold 6 --seed 2
long tcp-duplicate receive --delay 10 --direction 2 --dup 0.1 --seed 3
long tcp-corrupt receive --delay 10 --direction 2 --corrupt 0.05 --seed 5
long tcp-ack-loss send --delay 10 --direction 2 --drop 0.5 --seed 6
long tcp-tail-loss receive --delay 10 --direction 2 --longer 200 --nth 86,87,88,89,90
# One direction only, and a connection whose beginning was not seen.
relay --delay 5
capture tcp-one-way client eth0 -s 96 src host 198.51.100.20 and tcp
tcp receive
captured tcp-one-way
unrelay
keep tcp-one-way
capture tcp-mid client eth0 'tcp[tcpflags] & tcp-syn == 0'
tcp echo
captured tcp-mid
keep tcp-mid
