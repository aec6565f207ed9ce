"""The first packets of quic-migration.pcapng, and two stateless resets behind them (RFC 9000 10.3): quic-reset.py TESTDATA

ngtcp2's server forgets nothing while it runs, so these are written: by a token of NEW_CONNECTION_ID and by the one among the
server's transport parameters.
"""
import os
import struct
import subprocess
import sys

KEPT = 10
ETHERNET, IP, UDP = 14, 20, 8
name = os.path.join(sys.argv[1], 'quic-migration.pcapng')
data = open(name, 'rb').read()


def blocks():
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from('<II', data, at)
        yield kind, data[at:at + length]
        at += length


def tokens(field):
    lines = subprocess.run(['tshark', '-r', name, '-T', 'fields', '-e', field, '-Y', field + ' && udp.srcport == 4433'], capture_output=True, text=True)
    return bytes.fromhex(lines.stdout.split('\n')[0].split(',')[0])


def reset(block, token):
    interface, high, low, size, _ = struct.unpack_from('<IIIII', block, 8)
    frame = bytearray(block[28:28 + size][:ETHERNET + IP + UDP])
    payload = b'\x45' + bytes(range(30)) + token
    struct.pack_into('>H', frame, ETHERNET + 2, IP + UDP + len(payload))
    struct.pack_into('>HH', frame, ETHERNET + IP + 4, UDP + len(payload), 0)
    struct.pack_into('>H', frame, ETHERNET + 10, 0)
    total = sum(struct.unpack_from('>10H', frame, ETHERNET))
    total = (total & 0xffff) + (total >> 16)
    struct.pack_into('>H', frame, ETHERNET + 10, (total & 0xffff) + (total >> 16) ^ 0xffff)
    frame = bytes(frame) + payload
    body = struct.pack('<IIIII', interface, high, low, len(frame), len(frame)) + frame + bytes(-len(frame) % 4)
    length = struct.pack('<I', 12 + len(body))
    return struct.pack('<I', 6) + length + body + length


out, packets, from_server = b'', 0, b''
for kind, block in blocks():
    if kind == 6:
        packets += 1
        if packets > KEPT:
            break
        if struct.unpack_from('>H', block, 28 + ETHERNET + IP)[0] == 4433:
            from_server = block
    out += block
with open(os.path.join(sys.argv[1], 'quic-reset.pcapng'), 'wb') as f:
    f.write(out + reset(from_server, tokens('quic.nci.stateless_reset_token')) + reset(from_server, tokens('tls.quic.parameter.stateless_reset_token')))
