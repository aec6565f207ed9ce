#!/bin/bash
# The terminal UI in a real terminal: tmux. Screens are compared with tests/screens; `ui.sh --update` writes them anew. Then what
# no picture shows: all sizes, and that the terminal is sane however the program ends.
# shellcheck disable=SC2034,SC2154
. "$(dirname "$0")/terminal.sh"

# ---- screens
open 80x24 "$fathom bulk-cubic.pcapng"
shows flows-80
shows columns-80 c
has "a column goes" '^ protocols ' Down Enter Escape
has "and comes" '^ #  protocols ' c Down Enter Escape
has story 'what limited it' Enter
shows ladder-80 2
shows window-80 3
shows sequence-80 4
shows sliding-80 5
shows header-80 6
has "back to the flows" 'flow.* open' Escape
shows packets-80 a
type q q
sane "q" 0

open 120x40 "$fathom dns.pcapng"
shows packets-120 a
shows tree-120 Tab Down Down Down Down Right
shows bytes-120 Tab Right Right
shows completion-120 / d n s . f l a g s . r e Tab
shows filtered-120 Enter
has "a bad filter is red" 'dns.nothing.*neither\|nothing' / C-u d n s . n o t h i n g ' ' = = ' ' 1
type Escape
shows help-120 ?
type Escape q q
sane "quit from a page" 0

open 200x60 "$fathom bulk-reno.pcapng"
shows flows-200
shows window-200 Enter 3
shows packets-200 p
type q q q
sane "quit" 0

locale=C open 80x24 "$fathom bulk-cubic.pcapng"
shows window-ascii-80 Enter 3
shows ladder-ascii-80 2
if LC_ALL=C grep -q '[^ -~]' "$top/tests/screens/window-ascii-80.txt" "$top/tests/screens/ladder-ascii-80.txt"; then bad "only ASCII"; else good; fi
type C-c
sane "Ctrl-C" 0

open 80x24 "env NO_COLOR=1 $fathom dns.pcapng"
type a
settled >/dev/null
if t capture-pane -e -p -t s | grep -q $'\033\\[[0-9;]*\\(3[0-7]\\|4[0-7]\\|[34]8;\\)'; then bad "NO_COLOR"; else good; fi
stop

open 80x24 "$fathom dns.pcapng"
has "nothing passes" '0 shown' a / 'frame.number > 9999' Enter
has "time counts from no packet" 'copied' T / C-u Enter y
stop

# ---- what TLS did
open 80x24 "$fathom tls13.pcapng"
shows tls-80 Enter 6
shows tls-more-80 End
has "a certificate's fields" 'signedCertificate' C-f 'all of it' Enter Right
has "its packet" 'Packet 6 ' Up Enter
stop
open 80x24 "$fathom bulk-cubic.pcapng"
shows graph-80 i 2
stop
open 120x40 "$fathom bulk-cubic.pcapng"
has "a curve" '━ tcp.analysis.flags' i 2
has "another curve" 'tcp.len > 0 [1-9]' x a 'tcp.len > 0' Enter
has "another unit" 'bytes/s in intervals' v
has "an interval's packets" 'Packet 148' End Enter
stop
open 120x40 "$fathom http1.pcapng"
shows latency-120 i 3
stop
locale=C open 80x24 "$fathom tcp-mid.pcapng"
shows fitness-ascii-80 i BTab
stop
open 80x24 "$fathom webrtc.pcapng"
shows media-80 G Enter 4
has "media" 'SSRC' NPage
stop
open 120x40 "$fathom webrtc.pcapng"
shows tls-dtls-120 G Enter 2
stop
open 80x24 "$fathom http1.pcapng"
shows follow-80 Enter 6
has "one side" 'the server, as it fits' x x
has "followed bytes are saved" "followed: " w "$dir/followed" Enter
if head -1 "$dir/followed" | grep -q '^HTTP/1.1 200 OK'; then good; else bad "what was saved" "$(head -c 100 "$dir/followed")"; fi
has "the packet that brought it" 'Packet 6 ' Enter
stop
locale=C open 80x24 "$fathom websocket.pcapng"
shows follow-ascii-80 Enter 6 v v
stop
open 120x40 "$fathom http2.pcapng"
shows follow-120 Enter 8
stop
open 80x24 "$fathom http2.pcapng"
shows streams-80 Enter 6
shows streams-zoomed-80 Down Down Down + +
has "a stream's packets" '2 shown' Enter
stop
open 120x40 "$fathom grpc.pcapng"
shows streams-120 Enter 6
stop
open 80x24 "$fathom http2-loss.pcapng"
has "streams are there" 'GET /15' Enter 6 # before the keys that go down among them
shows streams-what-if-80 Down Down
has "a stream is found" ' stream 43 ' C-f '16.txt' Enter
stop
locale=C open 80x24 "$fathom quic-loss.pcapng"
shows streams-ascii-80 Enter 2
stop
locale=C open 120x40 "$fathom tls13-no-keys.pcap"
shows tls-closed-ascii-120 Enter 6
stop
open 120x40 "$fathom quic.pcapng"
shows tls-quic-120 Enter 3
stop

if "$fathom" -v | grep -q '^with.* seccomp '; then
    open 80x24 "$fathom dns.pcapng"
    if grep -q '^Seccomp:.*2$' "/proc/$(pid)/status"; then good; else bad "in its sandbox" "$(grep Seccomp "/proc/$(pid)/status")"; fi
    stop
fi

# ---- finding, going, marking, following doors
open 100x30 "$fathom bulk-cubic.pcapng"
has "go to a packet" 'Packet 700 ' a 7 0 0 G
has "find" 'Packet 1465 ' C-f '[tcp.flags.fin == 1]' Enter
has "filter" '11 shown' / 'tcp.analysis.retransmission' Enter
has "the filter holds for flows" '1 flow' q
has "no filter" 'bulk-cubic.pcapng  1,481 packets  1.7 s$' Escape
has "a command" 'reliable' : 'enter' Enter
has "a finding leads to its packets" 'tcp.stream == 0' G Enter
has "and stands there" 'Packet 1480 '
has "statistics" 'all 1,481 packets' i
has "conversations" 'Frames' 4
type q q q q
sane "after all that" 0

# ---- the configuration file; what is copied, saved, found, measured from
mkdir -p "$dir/fathom"
printf '[keys]\nmark = x\n[flows]\ncolumns = protocols;loss;finding\n' >"$dir/fathom/fathom.conf"
open 100x30 "$fathom bulk-cubic.pcapng"
has "columns of the configuration file" '^ *protocols  loss  finding'
has "keys of the configuration file" '^x  *:mark' '?'
stop
rm "$dir/fathom/fathom.conf"
open 100x30 "$fathom http1.pcapng"
t set -s set-clipboard on
has "bytes are found" 'Packet 4 ' a C-f 0x474554 Enter
has "copied" 'copied' y
if t show-buffer 2>/dev/null | grep -q 'HTTP .*GET '; then good; else bad "what was copied" "$(t show-buffer 2>&1 | head -c 100)"; fi
has "a mark" '●' m
has "time counts from there" '^T .* 0\.000000 ' T
has "saved is what is marked" '1 packets\{0,1\} written' w "$dir/marked.pcapng" Enter
has "no mark" 'nothing is marked' 4 G m "'"
has "what is saved passes the filter" ' shown ' / http.request Enter
settled >/dev/null
has "saved is what passes the filter" 'packets written' w "$dir/filtered.pcapng" Enter
if [ "$("$fathom" -r "$dir/filtered.pcapng" | wc -l)" = "$("$fathom" -r http1.pcapng -Y http.request | wc -l)" ]; then good; else bad "what was saved of the filtered"; fi
has "nothing is written over" 'is there already' w "$dir/filtered.pcapng" Enter
stop

# ---- sizes
open 80x24 "$fathom bulk-cubic.pcapng"
type Enter 3
wait_for phase
for size in 40x10 200x60 10x3 1x1 2x2 300x80 80x5 20x24 80x24; do
    t resize-window -t s -x "${size%x*}" -y "${size#*x}"
    type Tab
done
has "resizing" 'fathom  bulk'
stop

# ---- choosing an interface; not everybody may list them
start 80x24 "$fathom"
wait_for 'what shall be captured\|^done: '
if ! screen | grep -q '^done: '; then
    has "a capture filter that is none" 'no capture filter' / 'tcp port' Enter
    has "one that is" 'capture filter: tcp port 80' / ' 80' Enter
    type q
    sane "leaving the chooser" 0
else
    stop
fi

# ---- ends
for signal in TERM HUP; do
    open 80x24 "$fathom bulk-cubic.pcapng"
    wait_for 'fathom  bulk'
    kill -$signal "$(pid)"
    sane "SIG$signal" 0
done
open 80x24 "$fathom bulk-cubic.pcapng"
wait_for 'fathom  bulk'
kill -SEGV "$(pid)"
sane "a crash" 139
start 80x24 "bash --norc -i"
type "$fathom bulk-cubic.pcapng" Enter
has "before it is suspended" 'fathom  bulk'
type C-z
has "suspended" 'Stopped'
has "resumed" 'fathom  bulk' "fg" Enter
stop
start 80x24 "env TERM=nonsense $fathom bulk-cubic.pcapng"
has "an unknown terminal" 'TERM=nonsense is not known'
stop

count_up ui
