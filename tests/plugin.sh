#!/bin/bash
# Plugins as the manual has them: the examples of fathom-dissector(7) and of docs/adding-a-protocol.md are built outside the tree, from
# installed headers, and loaded. What is no plugin, or one of other times, is refused.
# shellcheck disable=SC2154
. "$(dirname "$0")/checks.sh"
compiler plugins

# Only what is installed, in the folders where it is installed.
headers=$work/include/fathom
sed -n 's/^plugin[a-z]*_HEADERS = //p' "$top/Makefile.am" | tr ' ' '\n' | while read -r header; do
    mkdir -p "$headers/$(dirname "${header#src/}")"
    cp "$top/$header" "$headers/${header#src/}"
done
cd "$work" || exit 2

build() # NAME FLAG...
{
    local name=$1
    shift
    # shellcheck disable=SC2086
    $cc -std=c11 -Wall -Wextra -Wno-missing-field-initializers -Wno-unused-parameter -Werror -shared -fPIC "${flags[@]}" "-I$headers" "$@" "$name.c" -o "$name.so" >out 2>err
}

packet() # PORT HEX FILE: an Ethernet frame with a datagram to that port, in a capture
{
    local payload=$2 udp ip
    udp=$(printf '04d2%04x%04x0000' "$1" $((${#payload} / 2 + 8)))$payload
    ip=$(printf '4500%04x00000000401100007f0000017f000001' $((${#udp} / 2 + 20)))$udp
    local frame=0200000000010200000000020800$ip size
    size=$(printf '%08x' $((${#frame} / 2)))
    printf '%b' "$(sed 's/../\\x&/g' <<<"a1b2c3d40002000400000000000000000000ffff000000010000000000000000$size$size$frame")" >"$3"
}

# ---- the manual's own
sed -n '/^#include <inttypes.h>/,/^\.Ed/{/^\.Ed/d;p}' "$top/man/fathom-dissector.7" >blinken.c
check "the manual's example builds" build blinken
packet 2323 00000007020201020304010109 lamps.pcap
run --plugin ./blinken.so -r lamps.pcap -T fields -e blinken.number -e blinken.lamp -e _ws.col.protocol -e _ws.col.info
check "its fields" [ "$status,$(cat out)" = "0,$(printf '7\t1,2,3,4,9\tBLINKEN\tFrame 7')" ]
run --plugin ./blinken.so -r lamps.pcap -Y 'blinken.lamp > 8' -V
check "its tree" grep -q '^        Lamp: 9' out
run --plugin ./blinken.so -G protocols
check "its protocol is listed" grep -q "^Blinkenlights	BLINKEN	blinken" out
mkdir folder
cp blinken.so folder
FATHOM_PLUGINS=$work/nowhere-else:$work/folder run -r lamps.pcap -Y blinken
check "a file of FATHOM_PLUGINS that is not there" [ "$status" = 1 ]
FATHOM_PLUGINS=$work/folder run -r lamps.pcap -Y blinken
check "a folder" [ "$status,$(wc -l <out)" = 0,1 ]
FATHOM_PLUGINS=$work/folder run flows lamps.pcap
check "commands know plugins" grep -q BLINKEN out
packet 2323 0000000702ffffff cut.pcap
run --plugin ./blinken.so -r cut.pcap -Y _ws.malformed
check "a lying length is bounded" [ "$status,$(wc -l <out)" = 0,1 ]
run -r lamps.pcap -Y blinken
check "without it nobody knows" [ "$status" = 2 ]

# ---- the guide's
{
    sed -n '/^## 1 The file/,/^## 2/p' "$top/docs/adding-a-protocol.md" | sed -n '/^```c/,/^```/{/^```/d;/config\.h/d;p}' | sed 's/^const FmProtocol/static &/'
    echo '#include "engine/plugin.h"'
    echo 'FM_PLUGIN(&fm_wol);'
} >wol.c
if "$fathom" -G protocols | grep -q '	wol$'; then sed -i 's/"wol/"wolf/; s/FM_BINDINGS(.*),/FM_BINDINGS({ FM_UDP_PORT, 9999 }),/' wol.c; fi
check "the guide's example builds" build wol
packet 9 "ffffffffffff$(printf '020000000001%.0s' {1..16})" wol.pcap
run --plugin ./wol.so --plugin ./blinken.so -r wol.pcap
check "the guide's example reads" grep -q 'WOL .* MagicPacket for 020000000001' out
sed -n '/^## 1 The file/,/^## 2/p' "$top/docs/adding-a-view.md" | sed -n '/^```c/,/^```/{/^```/d;p}' >view.c
check "the guide's view compiles" $cc -std=c11 -Wall -Werror -fsyntax-only "${flags[@]}" "-I$(dirname "$fathom")" "-I$top" "-I$top/src" view.c

# ---- what is refused
run --plugin ./nothing.so -r lamps.pcap
check "no such file" [ "$status,$(cat err)" = "1,fathom: ./nothing.so: No such file or directory" ]
run --plugin lamps.pcap -r lamps.pcap
check "no shared object" grep -q '^fathom: lamps.pcap: .*\(header\|ELF\|short\)' err
echo 'int nothing;' >empty.c
build empty
run --plugin ./empty.so -r lamps.pcap
check "no plugin" grep -q '^fathom: ./empty.so: it is no plugin of fathom' err
sed 's/FM_PLUGIN(&blinken);/extern const FmPlugin fathom_plugin; const FmPlugin fathom_plugin = { 0 };/' blinken.c >old.c
build old -Wno-unused
run --plugin ./old.so -r lamps.pcap
check "built for an older fathom" [ "$status,$(grep -c 'older fathom; build it again' err)" = 1,1 ]
sed 's/FM_PLUGIN(&blinken);/extern const FmPlugin fathom_plugin; const FmPlugin fathom_plugin = { FM_PLUGIN_ABI, { 1 }, NULL };/' blinken.c >other.c
build other -Wno-unused
run --plugin ./other.so -r lamps.pcap
check "built for another build" [ "$status,$(grep -c 'another build of fathom' err)" = 1,1 ]
sed 's/2323/53/' blinken.c >taken.c
build taken
run --plugin ./taken.so -r lamps.pcap
check "a number that is taken" [ "$status,$(wc -l <err)" = 1,1 ]
cp empty.so folder
FATHOM_PLUGINS=$work/folder run -r lamps.pcap -Y blinken
check "in a folder it is left out" [ "$status,$(wc -l <out),$(grep -c 'no plugin' err)" = 0,1,1 ]

count_up plugins
