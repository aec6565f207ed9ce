"""Writes packets of a raw IP capture with other link types: relink.py IN.pcap OUTDIR

null (both byte orders of the address family), loop, ppp, chdlc, ipv4 and ipv6 (one version each).
"""
import os
import struct
import sys

from pcapng import read_pcap


def version(packet):
    return packet[0] >> 4


FAMILY = {4: 2, 6: 30}  # AF_INET, AF_INET6 of Darwin
TYPES = {
    'null': (0, lambda p: struct.pack('<I', FAMILY[version(p)]) + p),
    'null-big': (0, lambda p: struct.pack('>I', {4: 2, 6: 24}[version(p)]) + p),  # NetBSD's AF_INET6
    'loop': (108, lambda p: struct.pack('>I', {4: 2, 6: 24}[version(p)]) + p),
    'ppp': (9, lambda p: b'\xff\x03' + struct.pack('>H', {4: 0x21, 6: 0x57}[version(p)]) + p),
    'chdlc': (104, lambda p: b'\x0f\0' + struct.pack('>H', {4: 0x800, 6: 0x86dd}[version(p)]) + p),
    'ipv4': (228, lambda p: p if version(p) == 4 else None),
    'ipv6': (229, lambda p: p if version(p) == 6 else None),
}

_, _, _, packets = read_pcap(sys.argv[1])
for name, (link, wrap) in TYPES.items():
    with open(os.path.join(sys.argv[2], name + '.pcap'), 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
        for when, _, packet in packets:
            frame = wrap(packet)
            if frame:
                f.write(struct.pack('<IIII', when // 1000000000, when % 1000000000 // 1000, len(frame), len(frame)) + frame)
