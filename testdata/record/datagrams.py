"""Writes datagrams that no program at hand sends into pcap files: what the scripts that import it have in common."""
import socket
import struct

START = 1700000000


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp(source, sport, destination, dport, data):
    """A datagram in IPv4 or IPv6 in Ethernet."""
    family = socket.AF_INET6 if ':' in source else socket.AF_INET
    a, b = socket.inet_pton(family, source), socket.inet_pton(family, destination)
    head = struct.pack('!HHH', sport, dport, 8 + len(data))
    sum_ = checksum(a + b + struct.pack('!II', 8 + len(data), 17) + head + b'\0\0' + data) or 0xffff
    return ip(source, destination, 17, head + struct.pack('!H', sum_) + data)


def ip(source, destination, protocol, data):
    family = socket.AF_INET6 if ':' in source else socket.AF_INET
    a, b = socket.inet_pton(family, source), socket.inet_pton(family, destination)
    if family == socket.AF_INET6:
        return ether(0x86dd, struct.pack('!IHBB', 6 << 28, len(data), protocol, 64) + a + b + data)
    head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(data), 0, 0x4000, 64, protocol, 0) + a + b
    return ether(0x800, head[:10] + struct.pack('!H', checksum(head)) + head[12:] + data)


def ether(kind, data, destination='02:00:00:00:00:02', source='02:00:00:00:00:01'):
    mac = [bytes.fromhex(m.replace(':', '')) for m in (destination, source)]
    return (mac[0] + mac[1] + struct.pack('!H', kind) + data).ljust(60, b'\0')


def save(path, frames, step=0.02):
    """Frames, or pairs of a time in seconds and a frame."""
    with open(path, 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for n, frame in enumerate(frames):
            when, frame = frame if isinstance(frame, tuple) else (n * step, frame)
            f.write(struct.pack('<IIII', START + int(when), round(when % 1 * 1000000), len(frame), len(frame)) + frame)
