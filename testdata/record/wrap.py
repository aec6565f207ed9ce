"""Puts recorded Ethernet frames into tunnels, for what this kernel has no device: wrap.py IN.pcap OUTDIR

Writes OUTDIR/NAME.pcap for each name in the table at the end. Inner frames and times are those recorded; the outer
headers follow the RFCs named at each function, from 192.0.2.10 to 198.51.100.20 and back.
"""
import os
import struct
import sys

from pcapng import read_pcap

NEAR, FAR = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 20])
NEAR6 = bytes.fromhex('20010db8000100000000000000000010')
FAR6 = bytes.fromhex('20010db8000200000000000000000020')
NEAR_MAC, FAR_MAC = bytes.fromhex('00005e005310'), bytes.fromhex('00005e005301')


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Tunnel:
    """One direction of it; n counts its packets."""

    def __init__(self, out):
        self.out = out
        self.n = 0

    def ethernet(self, ethertype, payload):
        a, b = (NEAR_MAC, FAR_MAC) if self.out else (FAR_MAC, NEAR_MAC)
        return b + a + struct.pack('!H', ethertype) + payload

    def ipv4(self, proto, payload):
        a, b = (NEAR, FAR) if self.out else (FAR, NEAR)
        head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(payload), self.n, 0x4000, 64, proto, 0) + a + b
        head = head[:10] + struct.pack('!H', checksum(head)) + head[12:]
        return self.ethernet(0x800, head + payload)

    def ipv6(self, proto, payload):
        a, b = (NEAR6, FAR6) if self.out else (FAR6, NEAR6)
        return self.ethernet(0x86dd, struct.pack('!IHBB', 0x60012345, len(payload), proto, 64) + a + b + payload)

    def udp(self, port, payload):
        source = 49152 + sum(payload[:64]) % 16384
        return self.ipv4(17, struct.pack('!HHHH', source, port, 8 + len(payload), 0) + payload)


def vlan(t, frame):
    """802.1Q: priority 3, VLAN 100."""
    return frame[:12] + struct.pack('!HH', 0x8100, 3 << 13 | 100) + frame[12:]


def qinq(t, frame):
    """802.1ad: service tag 200, drop eligible, around customer tag 100."""
    return frame[:12] + struct.pack('!HHHH', 0x88a8, 5 << 13 | 0x1000 | 200, 0x8100, 100) + frame[12:]


def ethertype(frame):
    return struct.unpack_from('!H', frame, 12)[0]


def only_ip(frame):
    return ethertype(frame) in (0x800, 0x86dd)


def mpls(t, frame):
    """RFC 3032: two labels, the inner one at the bottom of the stack."""
    if not only_ip(frame):
        return None
    return t.ethernet(0x8847, struct.pack('!II', 16001 << 12 | 5 << 9 | 63, (17 if t.out else 18) << 12 | 0x100 | 63) + frame[14:])


def mpls_ethernet(t, frame):
    """RFC 4448: pseudowire with control word."""
    return t.ethernet(0x8847, struct.pack('!IHH', 3000 << 12 | 0x100 | 255, 0, t.n & 0xffff) + frame)


def gre(t, frame):
    """RFC 2784 without options."""
    return t.ipv4(47, struct.pack('!HH', 0, ethertype(frame)) + frame[14:]) if only_ip(frame) else None


def gre_full(t, frame):
    """RFC 2890: checksum, key and sequence number; transparent Ethernet bridging."""
    head = struct.pack('!HHHHII', 0xb000, 0x6558, 0, 0, 42, t.n)
    sum_ = checksum(head + frame)
    return t.ipv6(47, head[:4] + struct.pack('!H', sum_) + head[6:] + frame)


def geneve(t, frame):
    """RFC 8926: one option of an experimental class."""
    option = struct.pack('!HBBI', 0xff01, 1, 1, t.n)
    return t.udp(6081, struct.pack('!BBHI', 2, 0, 0x6558, 0x123400) + option + frame)


def ipip(t, frame):
    """RFC 2003; IPv6 inside: RFC 4213."""
    kind = ethertype(frame)
    return t.ipv4(4 if kind == 0x800 else 41, frame[14:]) if only_ip(frame) else None


def ip6ip6(t, frame):
    """RFC 2473, with the tunnel encapsulation limit in a destination option."""
    if not only_ip(frame):
        return None
    inner = 4 if ethertype(frame) == 0x800 else 41
    return t.ipv6(60, bytes([inner, 0, 4, 1, 4, 1, 1, 0]) + frame[14:])


def pppoe(t, frame):
    """RFC 2516, session stage."""
    if not only_ip(frame):
        return None
    ppp = struct.pack('!H', 0x21 if ethertype(frame) == 0x800 else 0x57) + frame[14:]
    return t.ethernet(0x8864, struct.pack('!BBHH', 0x11, 0, 0x1234, len(ppp)) + ppp)


def pppoe_discovery():
    """What comes before: discovery, then LCP (RFC 1661) and IPCP (RFC 1332); direction and frame."""
    def tag(kind, value):
        return struct.pack('!HH', kind, len(value)) + value

    def discovery(code, session, *tags):
        body = b''.join(tags)
        return struct.pack('!BBHH', 0x11, code, session, len(body)) + body

    def control(protocol, code, ident, *options):
        body = b''.join(struct.pack('!BB', kind, 2 + len(value)) + value for kind, value in options)
        ppp = struct.pack('!HBBH', protocol, code, ident, 4 + len(body)) + body
        return struct.pack('!BBHH', 0x11, 0, 0x1234, len(ppp)) + ppp

    any_, uniq, cookie = tag(0x101, b''), tag(0x103, b'\1\2\3\4'), tag(0x104, b'not a real cookie')
    name = tag(0x102, b'router.example.test')
    mru, magic_a, magic_b = (1, b'\x05\xd4'), (5, b'near'), (5, b'far!')
    near, far = Tunnel(True), Tunnel(False)
    broadcast = near.ethernet(0x8863, discovery(0x09, 0, any_, uniq))
    yield b'\xff' * 6 + broadcast[6:]
    yield far.ethernet(0x8863, discovery(0x07, 0, name, any_, uniq, cookie))
    yield near.ethernet(0x8863, discovery(0x19, 0, any_, uniq, cookie))
    yield far.ethernet(0x8863, discovery(0x65, 0x1234, any_, uniq))
    yield near.ethernet(0x8864, control(0xc021, 1, 1, mru, magic_a))
    yield far.ethernet(0x8864, control(0xc021, 1, 1, mru, (3, b'\xc0\x23'), magic_b))
    yield near.ethernet(0x8864, control(0xc021, 4, 1, (3, b'\xc0\x23')))
    yield far.ethernet(0x8864, control(0xc021, 2, 1, mru, magic_a))
    yield far.ethernet(0x8864, control(0xc021, 1, 2, mru, magic_b))
    yield near.ethernet(0x8864, control(0xc021, 2, 2, mru, magic_b))
    yield near.ethernet(0x8864, control(0x8021, 1, 1, (3, bytes(4))))
    yield far.ethernet(0x8864, control(0x8021, 3, 1, (3, bytes([203, 0, 113, 1]))))
    yield near.ethernet(0x8864, control(0x8021, 1, 2, (3, bytes([203, 0, 113, 1]))))
    yield far.ethernet(0x8864, control(0x8021, 2, 2, (3, bytes([203, 0, 113, 1]))))


def padded(t, frame):
    """No tunnel: frames padded to the 60 bytes that a real Ethernet has at least."""
    return frame + bytes(max(0, 60 - len(frame)))


WRAPPERS = {
    'vlan': vlan, 'qinq': qinq, 'mpls': mpls, 'mpls-ethernet': mpls_ethernet, 'gre': gre, 'gre-ethernet': gre_full,
    'geneve': geneve, 'ipip': ipip, 'ip6ip6': ip6ip6, 'pppoe': pppoe, 'ethernet-padded': padded,
}


def main():
    _, _, _, packets = read_pcap(sys.argv[1])
    near = packets[0][2][6:12]  # who spoke first
    for name, wrap in WRAPPERS.items():
        tunnels = {True: Tunnel(True), False: Tunnel(False)}
        frames = []
        if wrap is pppoe:
            start = packets[0][0] - 1000000000
            frames = [(start + 2000000 * n, frame) for n, frame in enumerate(pppoe_discovery())]
        for when, _, frame in packets:
            t = tunnels[frame[6:12] == near]
            t.n += 1
            outer = wrap(t, frame)
            if outer:
                frames.append((when, outer))
        with open(os.path.join(sys.argv[2], name + '.pcap'), 'wb') as f:
            f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
            for when, frame in frames:
                f.write(struct.pack('<IIII', when // 1000000000, when % 1000000000 // 1000, len(frame), len(frame)) + frame)


if __name__ == '__main__':
    main()
