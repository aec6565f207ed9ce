"""What peers of a call say to each other, relayed: turn-relayed.py CALL.pcap OUT.pcap

A server that is not there yet, as ICMP tells; then the first packets between two peers of an Ethernet capture, as the one peer and a TURN server would exchange them (RFC 8656): checks of
ICE in Send and Data indications, the rest in ChannelData.
"""
import struct
import sys

from pcapng import read_pcap

CLIENT, PEER, SERVER = (b'\xc0\0\2\n', 45422), (b'\xc6\x33\x64\x14', 46811), (b'\xcb\0\x71\1', 3478)
COOKIE, CHANNEL, MOST = 0x2112a442, 0x4001, 48
SEND, DATA, XOR_PEER_ADDRESS, DATA_ATTRIBUTE = 0x16, 0x17, 0x12, 0x13


def attribute(kind, value):
    return struct.pack('>HH', kind, len(value)) + value + bytes(-len(value) % 4)


def indication(kind, number, payload):
    address = struct.unpack('>I', PEER[0])[0] ^ COOKIE
    peer = struct.pack('>BBHI', 0, 1, PEER[1] ^ COOKIE >> 16, address)
    value = attribute(XOR_PEER_ADDRESS, peer) + attribute(DATA_ATTRIBUTE, payload)
    return struct.pack('>HHI', kind, len(value), COOKIE) + struct.pack('>QI', number, 7) + value


def checksum(data):
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return struct.pack('>H', total + (total >> 16) & 0xffff ^ 0xffff)


def internet(source, destination, protocol, payload):
    header = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + source[0] + destination[0]
    return header[:10] + checksum(header) + header[12:] + payload


def datagram(source, destination, payload):
    udp = struct.pack('>HHHH', source[1], destination[1], 8 + len(payload), 0) + payload
    return internet(source, destination, 17, udp)


def unreachable(packet):
    message = struct.pack('>BBHI', 3, 3, 0, 0) + packet
    return internet(SERVER, CLIENT, 1, message[:2] + checksum(message) + message[4:])


def put(f, when, frame):
    f.write(struct.pack('<IIII', when // 1000000000, when % 1000000000 // 1000, len(frame), len(frame)) + frame)


_, _, _, packets = read_pcap(sys.argv[1])
with open(sys.argv[2], 'wb') as f:
    f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
    request = datagram(CLIENT, SERVER, struct.pack('>HHIQI', 1, 0, COOKIE, 99, 7))
    for i, frame in enumerate((request, unreachable(request), request, unreachable(request))):
        put(f, packets[0][0] + i * 100000, frame)
    count = 0
    for when, _, packet in packets:
        if packet[12:14] != b'\x08\0' or packet[23] != 17 or count == MOST:
            continue
        ports = struct.unpack('>HH', packet[34:38])
        if set(ports) != {CLIENT[1], PEER[1]}:
            continue
        out, payload = ports[0] == CLIENT[1], packet[42:]
        count += 1
        if payload[0] < 4:
            message = indication(SEND if out else DATA, count, payload)
        else:
            message = struct.pack('>HH', CHANNEL, len(payload)) + payload
        frame = datagram(CLIENT if out else SERVER, SERVER if out else CLIENT, message)
        put(f, when, frame)
