#!/bin/bash
# bulk-reno, bulk-cubic and bulk-bbr as if they had begun together -> three-senders. Needs editcap, mergecap and capinfos (wireshark-common).
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in reno cubic bbr; do
    first=$(capinfos -T -r -S -a "bulk-$name.pcapng" | cut -f 2)
    editcap -t "$(awk -v t="$first" 'BEGIN { printf "%.6f", 1795356900 - t }')" "bulk-$name.pcapng" "$work/$name.pcapng"
done
mergecap -w "${RECORD_OUT:-.}/three-senders.pcapng" "$work/reno.pcapng" "$work/cubic.pcapng" "$work/bbr.pcapng"
