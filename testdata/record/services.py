"""Services of an ordinary network, written from their RFCs: services.py OUTDIR

radius, snmp, dhcpv6 and eap (RFC 2865, 1157, 3416, 8415, 3748); attributes of STUN that Microsoft made ([MS-TURN], [MS-ICE2], [MS-TURNBWM]).
"""
import os
import socket
import struct
import sys

HERE, THERE = '192.0.2.10', '198.51.100.20'


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return struct.pack('>H', total + (total >> 16) & 0xffff ^ 0xffff)


def ethernet(kind, payload):
    return b'\2\0\0\0\0\2\2\0\0\0\0\1' + struct.pack('>H', kind) + payload


def udp4(source, destination, payload, back=False):
    a, b = (THERE, HERE) if back else (HERE, THERE)
    header = struct.pack('>BBHHHBBH', 0x45, 0, 28 + len(payload), 0, 0x4000, 64, 17, 0) + socket.inet_aton(a) + socket.inet_aton(b)
    header = header[:10] + checksum(header) + header[12:]
    return ethernet(0x800, header + struct.pack('>HHHH', source, destination, 8 + len(payload), 0) + payload)


def udp6(source, destination, payload, back=False):
    a, b = ('fe80::2', 'fe80::1') if back else ('fe80::1', 'ff02::1:2')
    ends = socket.inet_pton(socket.AF_INET6, a) + socket.inet_pton(socket.AF_INET6, b)
    udp = struct.pack('>HHHH', source, destination, 8 + len(payload), 0) + payload
    check = checksum(ends + struct.pack('>IHBB', len(udp), 0, 0, 17) + udp)
    return ethernet(0x86dd, struct.pack('>IHBB', 0x60000000, len(udp), 17, 64) + ends + udp[:6] + check + udp[8:])


def write(name, frames):
    with open(os.path.join(sys.argv[1], name + '.pcap'), 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for i, frame in enumerate(frames):
            f.write(struct.pack('<IIII', 1700000000, i * 10000, len(frame), len(frame)) + frame)


def radius(code, number, *pairs):
    body = b''.join(bytes([kind, 2 + len(value)]) + value for kind, value in pairs)
    return struct.pack('>BBH', code, number, 20 + len(body)) + bytes(range(16)) + body


def der(tag, *values):
    body = b''.join(values)
    size = bytes([len(body)]) if len(body) < 128 else b'\x82' + struct.pack('>H', len(body))
    return bytes([tag]) + size + body


def integer(v, tag=2):
    return der(tag, v.to_bytes(v.bit_length() // 8 + 1, 'big', signed=True))


def oid(*parts):
    out = bytes([parts[0] * 40 + parts[1]])
    for part in parts[2:]:
        piece = [part & 127]
        while part > 127:
            part >>= 7
            piece.append(part & 127 | 128)
        out += bytes(reversed(piece))
    return der(6, out)


def binding(number, value):
    return der(0x30, oid(1, 3, 6, 1, 2, 1, 1, number, 0), value)


def pdu(kind, a, b, c, *bindings):
    return der(kind, integer(a), integer(b), integer(c), der(0x30, *bindings))


def snmp(version, inner):
    return der(0x30, integer(version), der(4, b'public'), inner)


ENGINE = bytes.fromhex('80001f8880e9630000d61ff449')


def snmp3(flags, user, scoped, engine=ENGINE):
    security = der(0x30, der(4, engine), integer(3), integer(1234), der(4, user), der(4, bytes(12 * (flags & 1))), der(4, bytes(4 * (flags & 2))))
    return der(0x30, integer(3), der(0x30, integer(77), integer(65507), der(4, bytes([flags])), integer(3)), der(4, security), scoped)


def option(kind, value):
    return struct.pack('>HH', kind, len(value)) + value


def dhcpv6(kind, *options):
    return struct.pack('>I', kind << 24 | 0x123456) + b''.join(options)


def eap(code, number, *body):
    data = bytes(body)
    packet = struct.pack('>BBH', code, number, 4 + len(data)) + data
    return ethernet(0x888e, struct.pack('>BBH', 1, 0, len(packet)) + packet)


address = socket.inet_pton(socket.AF_INET6, '2001:db8::5')
client, server = option(1, b'\0\3\0\1\2\0\0\0\0\1'), option(2, b'\0\3\0\1\2\0\0\0\0\2')
lease = option(5, address + struct.pack('>II', 3000, 4000))
prefix = option(26, struct.pack('>IIB', 3000, 4000, 56) + socket.inet_pton(socket.AF_INET6, '2001:db8:1::'))
solicit = dhcpv6(1, client, option(6, struct.pack('>HH', 23, 24)), option(8, struct.pack('>H', 5)), option(3, struct.pack('>III', 7, 0, 0)))
reply = dhcpv6(7, client, server, option(3, struct.pack('>III', 7, 1000, 2000) + lease), option(25, struct.pack('>III', 8, 1000, 2000) + prefix),
               option(23, address), option(13, struct.pack('>H', 0) + b'good'))
clocked = option(1, struct.pack('>HHI', 1, 1, 700000000) + b'\2\0\0\0\0\3')
named = option(2, struct.pack('>HI', 2, 9) + b'box 7')
numbered = option(1, struct.pack('>H', 4) + bytes(range(16)))
relayed = struct.pack('>BB', 12, 0) + address * 2 + option(9, solicit)

write('radius', [
    udp4(40000, 1812, radius(1, 7, (1, b'alice'), (2, bytes(16)), (4, socket.inet_aton(HERE)), (5, struct.pack('>I', 3)), (80, bytes(16)))),
    udp4(1812, 40000, radius(2, 7, (18, b'welcome'), (27, struct.pack('>I', 3600)), (26, struct.pack('>I', 9) + b'\1\4ab')), back=True),
    udp4(40001, 1813, radius(4, 8, (40, struct.pack('>I', 1)), (44, b'000000FF'), (55, struct.pack('>I', 1700000000)),
                           (61, struct.pack('>I', 19)), (24, b'\1\2\3'), (6, struct.pack('>I', 2)), (200, b'??'))),
    udp4(1813, 40001, radius(5, 8), back=True),
    udp4(40000, 1812, radius(1, 9, (1, b'bob'))),
    udp4(1812, 40000, radius(3, 9), back=True),
])
write('snmp', [
    udp4(40000, 161, snmp(0, pdu(0xa0, 1, 0, 0, binding(1, der(5)), binding(3, der(5))))),
    udp4(161, 40000, snmp(0, pdu(0xa2, 1, 0, 0, binding(1, der(4, b'a router')), binding(3, integer(4711, 0x43)))), back=True),
    udp4(40000, 161, snmp(1, pdu(0xa5, 2, 0, 10, binding(2, der(5))))),
    udp4(161, 40000, snmp(1, pdu(0xa2, 2, 0, 0, binding(2, oid(1, 3, 6, 1, 4, 1, 9)), binding(7, integer(-72)), binding(8, integer(2 ** 31, 0x42)),
                                 binding(9, integer(2 ** 40, 0x46)), binding(10, der(0x40, bytes(4))), binding(11, der(0x82)))), back=True),
    udp4(40000, 162, snmp(0, der(0xa4, oid(1, 3, 6, 1, 4, 1, 9), der(0x40, socket.inet_aton(HERE)), integer(6), integer(5), integer(99, 0x43),
                                 der(0x30, binding(1, integer(3)))))),
    udp4(40000, 161, snmp(1, pdu(0xa3, 3, 0, 0, binding(5, der(4, b'r1'))))),
    udp4(161, 40000, snmp(1, pdu(0xa2, 3, 17, 1, binding(5, der(4, b'r1')))), back=True),
    udp4(40000, 162, snmp(1, pdu(0xa7, 4, 0, 0, binding(3, integer(7, 0x43)), binding(4, der(4, bytes(3))), binding(6, der(0x44, b'ab'))))),
    udp4(40000, 162, snmp(1, pdu(0xa6, 5, 0, 0, binding(6, der(0x80)), binding(6, der(0x81)), binding(6, integer(5, 0x41))))),
    udp4(40000, 161, snmp3(4, b'', der(0x30, der(4, ENGINE), der(4, b'ctx'), pdu(0xa0, 3, 0, 0, binding(4, der(5)))))),
    udp4(161, 40000, snmp3(0, b'bob', der(0x30, der(4, bytes.fromhex('8000000903020000000001')), der(4), pdu(0xa8, 3, 0, 0)), b''), back=True),
    udp4(40000, 161, snmp3(7, b'bob', der(4, bytes(16)), bytes.fromhex('8000000904') + b'router')),
    udp4(40000, 161, snmp3(7, b'bob', der(4, bytes(16)), bytes.fromhex('8000000901c000020a'))),
])
write('dhcpv6', [udp6(546, 547, solicit), udp6(547, 546, reply, back=True), udp6(547, 547, relayed),
                 udp6(546, 547, dhcpv6(3, clocked, named, option(14, b''), option(18, b'eth0'), option(7, b'\xff'), option(4, struct.pack('>I', 9)))),
                 udp6(546, 547, dhcpv6(11, numbered))])
write('eap', [
    eap(1, 1, 1), eap(2, 1, 1, *b'alice'), eap(1, 2, 25, 0x20), eap(2, 2, 3, 13, 21), eap(1, 3, 13, 0x20),
    eap(2, 3, 13, 0x80, 0, 0, 0, 4, 22, 3, 1, 0), eap(3, 3), eap(4, 4),
])


def stun(*pairs):
    body = b''.join(struct.pack('>HH', kind, len(value)) + value for kind, value in pairs)
    return struct.pack('>HHI', 1, len(body), 0x2112a442) + bytes(range(12)) + body


here = b'\0\1' + struct.pack('>H', 5000) + socket.inet_aton(HERE)
write('stun-microsoft', [
    udp4(40000, 3478, stun((0x8008, struct.pack('>I', 3)), (0x8070, struct.pack('>I', 2)), (0x8050, bytes(20) + struct.pack('>I', 4)))),
    udp4(40000, 3478, stun((0x8054, b'fndn'), (0x8055, struct.pack('>HH', 1, 1)), (0x8006, bytes(4)), (0x8095, bytes(8)), (0x8090, here))),
    udp4(40000, 3478, stun((0x8056, struct.pack('>HH', 0, 1)), (0x8057, bytes(16)), (0x8058, struct.pack('>IIII', 100, 10, 200, 20)))),
    udp4(40000, 3478, stun(*[(kind, here) for kind in (0x8020, 0x8059, 0x805a, 0x805b, 0x805c)])),
    udp4(40000, 3478, stun(*[(kind, struct.pack('>III', 0xc0000000, 30, 40)) for kind in (0x805d, 0x805e, 0x805f, 0x8060)])),
    udp4(40000, 3478, stun((0x8061, b'dlg1'), (0x8062, b'call'), (0x8068, b'\1\2\1\0'), (0x8037, bytes(4)), (0x8888, bytes(4)))),
])


def classic(kind, number, *pairs):
    body = b''.join(struct.pack('>HH', k, len(v)) + v for k, v in pairs)
    return struct.pack('>HH', kind, len(body)) + bytes(range(number, number + 16)) + body


write('stun-classic', [
    udp4(40000, 3478, classic(1, 1, (3, struct.pack('>I', 6)))),
    udp4(3478, 40000, classic(0x101, 1, (1, here), (4, here), (5, here), (0x8020, here), (0x8022, b'server 1')), back=True),
    udp4(40000, 3478, classic(1, 2)),
    udp4(40000, 3478, classic(1, 2)),
    udp4(3478, 40000, classic(0x111, 2, (9, b'\0\0\4\1who?'), (1, b'\0\2\x13\x88' + address)), back=True),
    udp4(40000, 3478, classic(3, 3, (6, b'user'), (13, bytes(4)), (15, bytes(4)), (16, bytes(4)), (19, b'data'), (0xc001, b'ab'), (8, bytes(20)))),
    udp4(40000, 3478, classic(1, 4, (3, b'\0\0'))),
])
