"""Every chunk, parameter and cause of SCTP, well formed and not, as no program sends them: sctp-chunks.py FILE

RFC 9260 (chunks, causes), 3758 (FORWARD-TSN), 4820 (PAD), 4895 (AUTH), 5061 (ASCONF), 6525 (RE-CONFIG), 8260 (I-DATA);
drafts for NR-SACK and PKTDROP.
"""
import struct
import sys

CLIENT, SERVER = (bytes([192, 0, 2, 10]), 40000, 0x11111111), (bytes([198, 51, 100, 20]), 9899, 0x22222222)
frames = []


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def padded(data):
    return data + bytes(-len(data) % 4)


def chunk(kind, flags=0, value=b'', length=None):
    return padded(struct.pack('>BBH', kind, flags, 4 + len(value) if length is None else length) + value)


def parameter(kind, value=b'', length=None):
    return padded(struct.pack('>HH', kind, 4 + len(value) if length is None else length) + value)


def data(tsn, payload, flags=3, sid=0, ssn=0, ppid=0):
    return chunk(0, flags, struct.pack('>IHHI', tsn, sid, ssn, ppid) + payload)


def idata(tsn, payload, flags=3, sid=0, mid=0, ppid_or_fsn=0):
    return chunk(64, flags, struct.pack('>IHHII', tsn, sid, 0, mid, ppid_or_fsn) + payload)


def sack(ack, gaps=(), doubles=(), window=65535):
    return chunk(3, 0, struct.pack('>IIHH', ack, window, len(gaps), len(doubles)) +
                 b''.join(struct.pack('>HH', *gap) for gap in gaps) + b''.join(struct.pack('>I', tsn) for tsn in doubles))


def packet(sender, *chunks, tag=None):
    receiver = SERVER if sender is CLIENT else CLIENT
    tag = receiver[2] if tag is None else tag
    body = struct.pack('>HHII', sender[1], receiver[1], tag, 0) + b''.join(chunks)
    return body[:8] + struct.pack('<I', crc32c(body)) + body[12:]


def send(sender, *chunks, tag=None, spoil=False, body=None):
    receiver = SERVER if sender is CLIENT else CLIENT
    body = body or packet(sender, *chunks, tag=tag)
    if spoil:
        body = body[:8] + b'\xde\xad\xbe\xef' + body[12:]
    header = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), len(frames) + 1, 0x4000, 64, 132, 0) + sender[0] + receiver[0]
    total = sum(struct.unpack('>10H', header))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    frames.append(header[:10] + struct.pack('>H', ~total & 0xffff) + header[12:] + body)


IPV4, IPV6 = parameter(5, bytes([192, 0, 2, 1])), parameter(6, bytes.fromhex('20010db8000000000000000000000001'))
INIT = struct.pack('>IIHHI', CLIENT[2], 65536, 10, 20, 0xfffffffe)
send(CLIENT, chunk(1, 0, INIT + IPV4 + IPV6 + parameter(9, struct.pack('>I', 1000)) + parameter(11, b'host.example\0') +
                   parameter(12, struct.pack('>HHH', 5, 6, 11)) + parameter(0x8000) + parameter(0x8002, bytes(range(32))) +
                   parameter(0x8003, bytes([0, 0xc1, 0x80])) + parameter(0x8004, struct.pack('>HHH', 1, 3, 77)) +
                   parameter(0x8008, bytes([0xc0, 0x82, 64, 200])) + parameter(0xc000) + parameter(0xc006, struct.pack('>I', 0x1234)) +
                   parameter(0x8001) + parameter(0x1234, b'what') + parameter(0x8005, b'odd')), tag=0)
send(SERVER, chunk(2, 0, struct.pack('>IIHHI', SERVER[2], 32768, 20, 10, 7) + parameter(7, bytes(range(41))) +
                   parameter(8, parameter(0x1234, b'what')) + parameter(0x8000)))
send(CLIENT, chunk(10, 0, bytes(range(41))), data(0xfffffffe, b'with the cookie'))
send(SERVER, chunk(11), sack(0xfffffffe))
# Across the end of the numbers; a fragment that comes before the first, a double, unordered, immediate.
send(CLIENT, data(0xffffffff, b'one', ssn=1), data(0, b'first ', 2, 1), data(2, b' last', 1, 1))
send(CLIENT, data(1, b'middle', 0, 1))
send(SERVER, sack(0xffffffff, [(1, 1), (3, 3)], [0, 5]))
send(CLIENT, data(1, b'middle', 0, 1), data(3, b'unordered', 15, 2))
send(CLIENT, data(4, b'A', 6, 3), data(5, b'B', 5, 3), data(6, b'', 3, 4, 0, 57))
send(SERVER, sack(6, window=0))
send(SERVER, data(7, b'an answer', 3, 0, 0, 99), data(8, b'part', 2, 0, 1))
send(CLIENT, sack(8, [(5, 3), (2, 900), (1000, 2000)]))
send(CLIENT, chunk(16, 0, struct.pack('>IIHHHHHHHHHHI', 8, 65535, 1, 2, 1, 0, 2, 3, 2, 2, 5, 5, 9)))
send(CLIENT, idata(7, b'whole', 3, 5, 0, 51), idata(8, b'be', 2, 5, 1, 51), idata(9, b'gin', 0, 5, 1, 1), idata(10, b'ning', 1, 5, 1, 2))
send(SERVER, chunk(192, 0, struct.pack('>IHHHH', 12, 1, 2, 3, 4)), chunk(194, 0, struct.pack('>IHHIHHI', 14, 1, 1, 7, 2, 0, 8)))
send(CLIENT, chunk(4, 0, parameter(1, b'heartbeat time')))
send(SERVER, chunk(5, 0, parameter(1, b'heartbeat time')))
send(CLIENT, chunk(12, 0, struct.pack('>I', 7)), chunk(13, 0, struct.pack('>I', 7)))
send(CLIENT, chunk(15, 0, struct.pack('>HH', 1, 1) + bytes(20)),
     chunk(193, 0, struct.pack('>I', 1) + IPV6 + parameter(0xc001, struct.pack('>I', 10) + IPV4) +
           parameter(0xc002, struct.pack('>I', 11) + IPV6) + parameter(0xc004, struct.pack('>I', 12) + IPV4)))
send(SERVER, chunk(128, 0, struct.pack('>I', 1) + parameter(0xc005, struct.pack('>I', 10)) +
                   parameter(0xc003, struct.pack('>I', 11) + parameter(0xa4, parameter(0xc002, struct.pack('>I', 11) + IPV6)))))
send(CLIENT, chunk(130, 0, parameter(13, struct.pack('>IIIHHH', 1, 2, 3, 4, 5, 6)) + parameter(14, struct.pack('>IHH', 2, 7, 8))))
send(SERVER, chunk(130, 0, parameter(15, struct.pack('>I', 3)) + parameter(16, struct.pack('>IIII', 1, 1, 20, 30))),
     chunk(130, 0, parameter(16, struct.pack('>II', 2, 6)) + parameter(17, struct.pack('>IHH', 4, 5, 0)) +
           parameter(18, struct.pack('>IHH', 5, 6, 0))))
send(CLIENT, chunk(132, 0, bytes(6)), chunk(63, 0, b'reserved'), chunk(200, 5, b'unknown'))
dropped = packet(CLIENT, sack(7))
send(SERVER, chunk(129, 2, struct.pack('>IIHH', 1000, 20, 0, 0) + dropped))
send(SERVER, chunk(129, 5, struct.pack('>IIHH', 1000, 20, 60, 0) + dropped[:13]))
send(SERVER, chunk(9, 0, parameter(1, struct.pack('>HH', 9, 0)) + parameter(2, struct.pack('>IHH', 2, 7, 5)) +
                   parameter(3, struct.pack('>I', 100)) + parameter(4) + parameter(5, parameter(11, b'nowhere.example\0')) +
                   parameter(6, chunk(200, 0, b'unknown')) + parameter(7) + parameter(8, parameter(0x1234, b'what')) +
                   parameter(9, struct.pack('>I', 3)) + parameter(10)))
send(SERVER, chunk(9, 0, parameter(11, IPV4 + IPV6) + parameter(12, b'because') + parameter(13, b'wrong') + parameter(0xa0, IPV4) +
                   parameter(0xa1, parameter(0xc001, struct.pack('>I', 1) + IPV4)) + parameter(0xa2, IPV6) + parameter(0xa3) +
                   parameter(0x105, struct.pack('>H', 5)) + parameter(0x99, b'what else')))
send(CLIENT, chunk(7, 0, struct.pack('>I', 8)))
send(SERVER, chunk(8))
send(CLIENT, chunk(14, 1), tag=CLIENT[2])
send(CLIENT, chunk(6, 0, parameter(12, b'')))
send(CLIENT, chunk(6, 1), tag=CLIENT[2])
# Lengths that lie.
send(CLIENT, chunk(0, 3, b'', 2))
send(CLIENT, chunk(0, 3, struct.pack('>I', 1)))
send(CLIENT, chunk(3, 0, struct.pack('>IIHH', 1, 1, 9, 0)))
send(CLIENT, chunk(4, 0, parameter(1, b'no padding behind') + b'\0\0'))
send(CLIENT, chunk(7, 0, struct.pack('>I', 8), 400))
send(CLIENT, chunk(192, 0, b''), chunk(193, 0, b'ab'), chunk(129, 0, b'short'), chunk(1, 0, b'short'))
send(CLIENT, chunk(1, 0, INIT + parameter(7, b'long', 44)), tag=0)
send(CLIENT, data(11, b'wrong checksum'), spoil=True)
send(CLIENT, body=packet(CLIENT, data(12, b'odd end'))[:-1])

with open(sys.argv[1], 'wb') as out:
    out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
    for n, frame in enumerate(frames):
        out.write(struct.pack('<IIII', 1700000000, 20000 * n, len(frame), len(frame)) + frame)
