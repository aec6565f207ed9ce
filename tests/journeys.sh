#!/bin/bash
# Ten things that somebody wants to know or do, in as many steps as it takes a newcomer with README.md; on the captures of testdata. Steps in the
# terminal need tmux, the live one network namespaces: where those are not, that part is left out.
# shellcheck disable=SC2154
here=$(realpath "$(dirname "$0")")
. "$here/checks.sh"
data=$top/testdata
export LC_ALL=C.UTF-8 TZ=UTC FATHOM_LESSONS=$top/lessons
cd "$work" || exit 2

says() # JOURNEY PATTERN ARGUMENT...: the command works, and among what it says is that
{
    local name=$1 pattern=$2
    shift 2
    if timeout 120 "$fathom" "$@" >out 2>err </dev/null && { [ -z "$pattern" ] || grep -qE -- "$pattern" out; }; then good; else bad "$name" "no \"$pattern\" from fathom $*"; head -n 20 out err; fi
}

equal() # JOURNEY EXPECTED GOT
{
    if [ "$2" = "$3" ]; then good; else bad "$1" "\"$3\", not \"$2\""; fi
}

# 1 why is this download slow: the worst flow first, then its story
says "slow download" '^0 .* receiver 98% +the window of the server' flows "$data/bulk-small-window.pcapng"
says "slow download" 'Held back by .* the receiver.s window 98 %' explain "$data/bulk-small-window.pcapng" 0
says "slow download" 'window of the server held the client back for 1\.7 s' explain "$data/bulk-small-window.pcapng" 0

# 2 who resets my connections: which flows, who did it, in which packet
says "resets" 'the client reset the connect' flows "$data/demo.pcapng" -Y tcp.flags.reset==1
says "resets" 'the client reset the connection \(#306\)' explain "$data/demo.pcapng" 10
says "resets" '^192\.0\.2\.10' -r "$data/demo.pcapng" -Y 'tcp.flags.reset == 1 && tcp.stream == 10' -T fields -e ip.src

# 3 decrypt what curl did: why it stays closed, and then with the key log
says "decrypt" 'no key log' -r "$data/tls13-no-keys.pcap" -Y fathom.tls.closed_because -T fields -e fathom.tls.closed_because
says "decrypt" $'^GET\t/$' -r "$data/tls13-no-keys.pcap" -o "tls.keylog_file:$data/tls13-no-keys.keys" -Y http.request -T fields -e http.request.method -e http.request.uri
says "decrypt" '^GET / HTTP/1\.0' follow -o "tls.keylog_file:$data/tls13-no-keys.keys" "$data/tls13-no-keys.pcap" 0

# 4 gRPC calls with status and time
says "gRPC" $'^/example\\.weather\\.Weather/Now\t0\t0\\.0038' -r "$data/grpc.pcapng" -Y fathom.grpc.status -T fields -e fathom.grpc.call -e fathom.grpc.status -e fathom.grpc.time
says "gRPC" '' -r "$data/grpc.pcapng" -Y 'fathom.grpc.time > 0.2 && fathom.grpc.status > 0' -T fields -e fathom.grpc.call -e fathom.grpc.status
equal "gRPC: the slow ones that failed" 1 "$(wc -l <out)"

# 5 follow a WebSocket
says "WebSocket" '^HTTP/1\.1 101 Switching Protocols' follow "$data/websocket.pcapng" 0
says "WebSocket" 'WebSocket.*Text' -r "$data/websocket.pcapng" -Y websocket

# 6 watch an interface, filter, save what I see
if command -v ip >/dev/null && unshare -rn ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2016
    FATHOM=$fathom timeout 120 unshare -rn bash -c 'ip link set lo up
        "$FATHOM" -i lo -f "udp port 9" -w seen.pcapng -P -a packets:3 >out 2>err &
        until grep -q Capturing err 2>/dev/null; do sleep 0.05; done
        for i in 1 2 3 4 5; do echo x >/dev/udp/127.0.0.1/9; done
        wait' >/dev/null 2>&1
    says "watch and save" 'UDP' -r seen.pcapng -Y 'udp.dstport == 9'
    equal "watch and save" 3 "$(wc -l <out)"
fi

# 7 a large capture: nine copies of a capture behind one another are still told apart, and the worst flow stands first
says "large capture" '' -r "$data/bulk-cubic.pcapng" -F pcap -w one.pcap
cp one.pcap large.pcap
for ((i = 0; i < 40; i++)); do tail -c +25 one.pcap >>large.pcap; done
says "large capture" '^Capture +60721 packets' explain large.pcap
says "worst flow" '^ *0 |^0 ' flows "$data/three-senders.pcapng" --sort -loss

# 8 the sender's capture beside the receiver's
says "two captures" '4 were lost in between \(#60' explain "$data/tcp-loss.pcapng" --and "$data/tcp-loss-server.pcapng"

# 9 files out of HTTP
says "objects" 'numbers\.txt' objects "$data/http1.pcapng" -o files/
if "$fathom" -v | grep -q '^with.* zlib '; then equal "objects" 13893 "$(stat -c %s files/numbers.txt 2>/dev/null)"; fi

# 10 a class sees the handshake
says "class" 'three-way handshake|SYN' teach handshake --export txt

# ---- the one-liners of the README, those that need no interface
ln -s "$data/demo.pcapng" FILE
ln -s "$data/tcp-loss.pcapng" CLIENT-FILE
ln -s "$data/tcp-loss-server.pcapng" SERVER-FILE
ln -s "$data/tls13-no-keys.keys" keys.log
one_liners=0
while read -r line; do
    eval "set -- ${line#fathom }"
    [[ " $* " != *" -i "* ]] || continue
    one_liners=$((one_liners + 1))
    : >out
    if timeout 60 "$fathom" "$@" >out 2>err </dev/null && { [ -s out ] || [[ $line == *closed_because* ]]; }; then good; else bad "README" "$line"; head -n 5 out err; fi
done < <(sed -n '/^## One-liners/,/^## Secrets/s/^|[^|]*| `\(fathom [^`]*\)` |.*/\1/p' "$top/README.md")
if [ $one_liners -ge 10 ]; then good; else bad "README" "$one_liners one-liners"; fi

# ---- what is done in the terminal
in_terminal()
{
    set --
    export srcdir=$top FATHOM=$fathom
    . "$here/terminal.sh"
    open 100x30 "$fathom bulk-small-window.pcapng"
    has "slow download, in the terminal" 'what limited it\|held the client back' Enter
    stop
    open 100x30 "$fathom demo.pcapng"
    has "resets, in the terminal" '4 shown' a / 'tcp.flags.reset == 1' Enter
    stop
    open 100x30 "$fathom websocket.pcapng"
    has "WebSocket, in the terminal" '101 Switching Protocols' Enter 6
    stop
    start 80x24 "$fathom teach handshake"
    has "class, in the terminal" ' 1 of [0-9]'
    has "class, in the terminal: the next step" ' 2 of [0-9]' Space
    stop
    echo "in the terminal: $passed passed, $failed failed"
    exit "$failed"
}
(passed=0; failed=0; in_terminal)
case $? in
0 | 77) ;;
*) failed=$((failed + 1)) ;;
esac

count_up journeys
