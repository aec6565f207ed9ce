#!/bin/bash
# The frames of vlan.pcapng's exchange in other file formats: see formats.py; compressed -> vlan.pcapng.gz .zst .lz4
. "$(dirname "$0")/lib.sh"
need gzip:gzip zstd:zstd lz4:lz4 editcap:wireshark-common
enter "$@"
editcap -F pcap "$out/ethernet-padded.pcapng" frames.pcap
"$python" "$here/formats.py" frames.pcap "$out"
gzip -9 -n -c "$out/vlan.pcapng" >"$out/vlan.pcapng.gz"
zstd -q -19 -f -o "$out/vlan.pcapng.zst" "$out/vlan.pcapng"
lz4 -q -9 -f "$out/vlan.pcapng" "$out/vlan.pcapng.lz4"
