"""Writes pcap files as one pcapng file: pcapng.py OUT [options]

--interface NAME FILE   packets of FILE (pcap, any byte order or resolution), as their own interface; may repeat;
                        packets of all files are written in order of time
--snap N[:FILTER]       cut packets to N bytes; with FILTER (tcp.PORT or udp.PORT) only those
--secrets FILE          a TLS key log, written as a decryption secrets block before the packets; may repeat
--comment N TEXT        comment of packet N (counted from 1); may repeat
--chapters FILE         lines of a time (seconds since 1970) and a comment for the first packet from then on
--section TEXT          comment of the section
--name ADDRESS NAME     entry of a name resolution block; may repeat
--big                   big-endian section

Nothing about the machine that runs it is written.
"""
import argparse
import heapq
import ipaddress
import struct
import sys

NANO = 1000000000


def read_pcap(path):
    """Yields (time in ns, original length, bytes) after (link type, snap length, resolution)."""
    with open(path, 'rb') as f:
        data = f.read()
    for order in '<>':
        magic = struct.unpack_from(order + 'I', data)[0]
        if magic in (0xa1b2c3d4, 0xa1b23c4d):
            break
    else:
        sys.exit(path + ': not a pcap file')
    unit = 1 if magic == 0xa1b23c4d else 1000
    snap, link = struct.unpack_from(order + 'II', data, 16)
    packets = []
    at = 24
    while at + 16 <= len(data):
        sec, frac, size, length = struct.unpack_from(order + 'IIII', data, at)
        at += 16
        packets.append((sec * NANO + frac * unit, length, data[at:at + size]))
        at += size
    return link & 0xffff, snap, unit, packets


class Writer:
    def __init__(self, order='<'):
        self.order = order
        self.parts = []

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def options(self, *pairs):
        """Pairs of option code and bytes or text; None is left out."""
        text = b''
        for code, value in pairs:
            if value is None:
                continue
            if isinstance(value, str):
                value = value.encode()
            text += self.pack('HH', code, len(value)) + pad(value)
        return text + self.pack('HH', 0, 0) if text else b''

    def block(self, kind, body):
        body = pad(body)
        size = len(body) + 12
        self.parts.append(self.pack('II', kind, size) + body + self.pack('I', size))

    def section(self, *options):
        self.block(0x0a0d0d0a, self.pack('IHHq', 0x1a2b3c4d, 1, 0, -1) + self.options(*options))

    def interface(self, link, snap, *options):
        self.block(1, self.pack('HHI', link, 0, snap) + self.options(*options))

    def secrets(self, data, kind=0x544c534b):
        self.block(10, self.pack('II', kind, len(data)) + data)

    def names(self, pairs, *options):
        body = b''
        for address, name in pairs:
            record = ipaddress.ip_address(address).packed + name.encode() + b'\0'
            body += self.pack('HH', 1 if len(record) - len(name) - 1 == 4 else 2, len(record)) + pad(record)
        self.block(4, body + self.pack('HH', 0, 0) + self.options(*options))

    def packet(self, interface, ticks, length, data, *options):
        self.block(6, self.pack('IIIII', interface, ticks >> 32, ticks & 0xffffffff, len(data), length) + pad(data)
                   + self.options(*options))

    def write(self, path):
        with open(path, 'wb') as f:
            f.write(b''.join(self.parts))


def pad(data):
    return data + bytes(-len(data) % 4)


def has_port(data, link, proto, port):
    """Whether an Ethernet frame with IPv4 or IPv6 without options is TCP (6) or UDP (17) from or to the port."""
    if link != 1 or len(data) < 54:
        return False
    kind = data[12:14]
    if kind == b'\x08\x00':
        inner, at = data[23], 14 + 4 * (data[14] & 15)
    elif kind == b'\x86\xdd':
        inner, at = data[20], 54
    else:
        return False
    return inner == proto and port in struct.unpack_from('!HH', data + bytes(4), at)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('out')
    parser.add_argument('--interface', nargs=2, action='append', default=[])
    parser.add_argument('--secrets', action='append', default=[])
    parser.add_argument('--comment', nargs=2, action='append', default=[])
    parser.add_argument('--chapters')
    parser.add_argument('--section')
    parser.add_argument('--name', nargs=2, action='append', default=[])
    parser.add_argument('--snap', action='append', default=[])
    parser.add_argument('--big', action='store_true')
    o = parser.parse_args()

    w = Writer('>' if o.big else '<')
    w.section((1, o.section))
    streams = []
    units = []
    links = []
    for index, (name, path) in enumerate(o.interface):
        link, snap, unit, packets = read_pcap(path)
        w.interface(link, snap, (2, name), (9, bytes([9 if unit == 1 else 6])))
        streams.append([(when, index, n, length, data) for n, (when, length, data) in enumerate(packets)])
        units.append(unit)
        links.append(link)
    for path in o.secrets:
        with open(path, 'rb') as f:
            w.secrets(f.read())
    if o.name:
        w.names(o.name)
    snaps = []
    for snap in o.snap:
        size, _, rule = snap.partition(':')
        proto, _, port = rule.partition('.')
        snaps.append((int(size), {'tcp': 6, 'udp': 17}.get(proto), int(port or 0)))
    comments = {}
    for n, text in o.comment:
        comments.setdefault(int(n), []).append((1, text))
    chapters = []
    if o.chapters:
        with open(o.chapters) as f:
            chapters = sorted((int(float(line.split(' ', 1)[0]) * NANO), line.split(' ', 1)[1].rstrip('\n')) for line in f)
    number = 0
    for when, index, _, length, data in heapq.merge(*map(sorted, streams)):
        number += 1
        while chapters and when >= chapters[0][0]:
            comments.setdefault(number, []).append((1, chapters.pop(0)[1]))
        for size, proto, port in snaps:
            if proto is None or has_port(data, links[index], proto, port):
                data = data[:size]
        w.packet(index, when // units[index], length, data, *comments.get(number, []))
    w.write(o.out)


if __name__ == '__main__':
    main()
