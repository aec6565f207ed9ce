"""Writes stun-framed.pcap: ICE over TCP, each message behind its length (RFC 4571, RFC 6544); one in two segments, two in one, one of another
protocol: stun-framed.py OUTDIR"""
import os
import struct
import sys

from datagrams import checksum, ip, save

ENDS, PORTS = ('192.0.2.10', '198.51.100.20'), (50000, 9)
SYN, ACK, PUSH = 2, 16, 8


def stun(kind, number, *pairs):
    body = b''.join(struct.pack('!HH', k, len(v)) + v + bytes(-len(v) % 4) for k, v in pairs)
    return struct.pack('!HHI', kind, len(body), 0x2112a442) + bytes(range(number, number + 12)) + body


def framed(message):
    return struct.pack('!H', len(message)) + message


def request(number):
    return framed(stun(1, number, (6, b'there:here'), (0x24, struct.pack('!I', 1845501695)), (0x802a, bytes(8))))


def response(number):
    mapped = struct.pack('!BBH', 0, 1, PORTS[0] ^ 0x2112) + bytes(a ^ b for a, b in zip((192, 0, 2, 10), (0x21, 0x12, 0xa4, 0x42)))
    return framed(stun(0x101, number, (0x20, mapped)))


frames, sent = [], [1000, 5000]


def segment(back, flags, data=b''):
    a, b = (1, 0) if back else (0, 1)
    head = struct.pack('!HHIIBBHHH', PORTS[a], PORTS[b], sent[a], sent[b] if flags & ACK else 0, 0x50, flags, 8192, 0, 0)
    pseudo = bytes(int(n) for end in (ENDS[a], ENDS[b]) for n in end.split('.')) + struct.pack('!HH', 6, len(head) + len(data))
    head = head[:16] + struct.pack('!H', checksum(pseudo + head + data)) + head[18:]
    frames.append((len(frames) / 1000, ip(ENDS[a], ENDS[b], 6, head + data)))
    sent[a] += len(data) + (1 if flags & SYN else 0)


segment(False, SYN)
segment(True, SYN | ACK)
segment(False, ACK)
segment(False, ACK | PUSH, request(1))
segment(True, ACK | PUSH, response(1))
segment(False, ACK, request(2)[:30])
segment(False, ACK | PUSH, request(2)[30:])
segment(True, ACK | PUSH, response(2) + request(3))
segment(False, ACK | PUSH, response(3) + framed(b'something else'))
save(os.path.join(sys.argv[1], 'stun-framed.pcap'), frames)
