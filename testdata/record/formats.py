"""Writes the packets of a pcap file in other ways: formats.py IN.pcap OUTDIR

pcap-big, pcap-nano, pcap-nano-big, pcap-modified (Kuznetzov's, with interface, protocol and packet type) and pcap-fcs
(FCS length announced in the header, FCS kept); pcapng-blocks (what pcapng can hold, also unknown blocks),
pcapng-sections (three sections, the second big-endian), pcapng-simple (Simple Packet Blocks), pcapng-old (the obsolete
Packet Block), pcapng-resolution (2^-10 s, 10^-3 s, ns and an offset), and files damaged on purpose: pcap-cut,
pcapng-cut, pcapng-bad-length.
"""
import os
import struct
import sys
import zlib

from pcapng import NANO, Writer, read_pcap

PATH, OUT = sys.argv[1:]
LINK, SNAP, _, PACKETS = read_pcap(PATH)


def save(name, data):
    with open(os.path.join(OUT, name), 'wb') as f:
        f.write(data)


def pcap(magic, order, unit, extra=None, link=LINK, tail=None):
    data = struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, SNAP, link)
    for n, (when, length, packet) in enumerate(PACKETS):
        if tail:
            packet, length = packet + tail(packet), length + 4
        data += struct.pack(order + 'IIII', when // NANO, when % NANO // unit, len(packet), length)
        if extra:
            data += extra(n, packet)
        data += packet
    return data


def modified(n, packet):
    """Interface index, protocol (in the host's order), packet type (0 to us, 4 from us), padding."""
    return struct.pack('<IHBB', 2, struct.unpack_from('!H', packet, 12)[0], 0 if n % 2 else 4, 0)


save('pcap-big.pcap', pcap(0xa1b2c3d4, '>', 1000))
save('pcap-nano.pcap', pcap(0xa1b23c4d, '<', 1))
save('pcap-nano-big.pcap', pcap(0xa1b23c4d, '>', 1))
save('pcap-modified.pcap', pcap(0xa1b2cd34, '<', 1000, modified))
save('pcap-fcs.pcap', pcap(0xa1b2c3d4, '<', 1000, link=LINK | 1 << 26 | 2 << 28,  # in 16-bit words
                           tail=lambda packet: struct.pack('<I', zlib.crc32(packet))))
plain = pcap(0xa1b2c3d4, '<', 1000)
save('pcap-cut.pcap', plain[:-7])


def blocks():
    w = Writer()
    w.section((1, 'Section with one of everything'), (2, 'imaginary hardware'), (3, 'no system'), (4, 'formats.py'))
    w.interface(LINK, SNAP, (2, 'eth0'), (3, 'The first of two'), (4, bytes([192, 0, 2, 10, 255, 255, 255, 0])),
                (5, bytes.fromhex('20010db8000100000000000000000010') + bytes([64])), (6, bytes.fromhex('00005e005310')),
                (8, struct.pack('<Q', 10 ** 9)), (9, b'\6'), (11, b'\0tcp or arp or icmp6'), (12, 'no system'),
                (13, b'\0'), (15, 'imaginary NIC'), (1, 'A comment of an interface'))
    w.interface(LINK, 64, (2, 'eth1'), (9, b'\x09'))
    w.names([('192.0.2.10', 'client.example.test'), ('203.0.113.1', 'near.example.test'),
             ('203.0.113.2', 'far.example.test'), ('2001:db8:3::1', 'near.example.test'),
             ('2001:db8:3::2', 'far.example.test')], (2, 'ns1.example.test'), (3, bytes([198, 51, 100, 20])))
    w.secrets(b'# An empty key log, as secrets of this capture go.\n')
    w.block(0x0bad, w.pack('I', 32473) + b'for nobody: enterprise 32473 is an example')  # custom, may be copied
    w.block(0x40000bad, w.pack('I', 32473) + b'not to be copied')
    w.block(9, b'__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=A systemd journal entry\nPRIORITY=6\n')
    w.block(0x7ead, b'a block of no known kind')
    for n, (when, length, packet) in enumerate(PACKETS):
        options = [(2, w.pack('I', 2 - n % 2))]  # outbound, inbound in turn
        if n == 0:
            options += [(1, 'First comment'), (1, 'Second comment of the same packet'), (5, w.pack('Q', 7))]
        if n == 1:
            options += [(3, b'\2' + w.pack('I', zlib.crc32(packet))), (4, w.pack('Q', 3)), (6, w.pack('I', 1)),
                        (7, b'\0' + w.pack('Q', 1)), (2988, w.pack('I', 32473) + b'custom text')]
        if n % 3:
            w.packet(0, when // 1000, length, packet, *options)
        else:
            w.packet(1, when, length, packet[:64], *options)
    first, last = PACKETS[0][0] // 1000, PACKETS[-1][0] // 1000
    for interface in (0, 1):
        w.block(5, w.pack('III', interface, last >> 32, last & 0xffffffff) + w.options(
            (1, 'Counters at the end'), (2, w.pack('II', first >> 32, first & 0xffffffff)),
            (3, w.pack('II', last >> 32, last & 0xffffffff)), (4, w.pack('Q', len(PACKETS))), (5, w.pack('Q', 2)),
            (6, w.pack('Q', len(PACKETS))), (7, w.pack('Q', 1)), (8, w.pack('Q', len(PACKETS) - 1))))
    return w


def sections():
    data = b''
    for order, n in (('<', 0), ('>', 1), ('<', 2)):
        w = Writer(order)
        w.section((1, 'Section %d' % (n + 1)))
        w.interface(LINK, SNAP, (2, 'eth%d' % n))
        for when, length, packet in PACKETS[n::3]:
            w.packet(0, when // 1000, length, packet)
        data += b''.join(w.parts)
    return data


def simple():
    w = Writer()
    w.section()
    w.interface(LINK, 80)
    for _, length, packet in PACKETS:
        w.block(3, w.pack('I', length) + packet[:80])
    return w


def old():
    w = Writer()
    w.section()
    w.interface(LINK, SNAP)
    for when, length, packet in PACKETS:
        ticks = when // 1000
        w.block(2, w.pack('HHIIII', 0, 1, ticks >> 32, ticks & 0xffffffff, len(packet), length) + packet)
    return w


def resolution():
    w = Writer()
    w.section()
    base = PACKETS[0][0] // NANO
    for name, code, offset in (('binary', 0x8a, None), ('milli', 3, None), ('nano', 9, None), ('offset', 6, base)):
        w.interface(LINK, SNAP, (2, name), (9, bytes([code])), (14, w.pack('q', offset) if offset else None))
    for n, (when, length, packet) in enumerate(PACKETS):
        ticks = (when * 1024 // NANO, when // 1000000, when, (when - base * NANO) // 1000)[n % 4]
        w.packet(n % 4, ticks, length, packet)
    return w


blocks().write(os.path.join(OUT, 'pcapng-blocks.pcapng'))
save('pcapng-sections.pcapng', sections())
simple().write(os.path.join(OUT, 'pcapng-simple.pcapng'))
old().write(os.path.join(OUT, 'pcapng-old.pcapng'))
resolution().write(os.path.join(OUT, 'pcapng-resolution.pcapng'))
whole = old()
save('pcapng-cut.pcapng', b''.join(whole.parts)[:-21])
whole.parts[5] = whole.parts[5][:-4] + struct.pack('<I', 12)
save('pcapng-bad-length.pcapng', b''.join(whole.parts))
