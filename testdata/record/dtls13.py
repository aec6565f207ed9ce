"""DTLS 1.3 (RFC 9147) as no library at hand speaks it, with secrets made up: dtls13.py FILE KEYLOG

Two hellos in plain text, then unified headers of every form: connection ids (RFC 9146), sequence numbers of 8 and 16 bits, with and
without length, several records in a datagram; fragments, ACKs, a record that comes twice, a key update, alerts. Signatures and MACs
of the handshake are zeros.
"""
import hashlib
import hmac
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from datagrams import save, udp

CLIENT, SERVER = ('192.0.2.10', 40000), ('198.51.100.20', 4433)
RANDOM = bytes(range(32)), bytes(range(0x80, 0xa0))
IDS = b'cli', b'server'  # what each side wants to be sent


def expand(secret, label, size):
    label = b'dtls13' + label
    info = struct.pack('!HB', size, len(label)) + label + b'\0'
    out, block, count = b'', b'', 1
    while len(out) < size:
        block = hmac.new(secret, block + info + bytes([count]), hashlib.sha256).digest()
        out += block
        count += 1
    return out[:size]


class Keys:
    def __init__(self, secret, epoch):
        self.secret, self.epoch, self.next = secret, epoch, 0
        self.key, self.iv, self.sn = expand(secret, b'key', 16), expand(secret, b'iv', 12), expand(secret, b'sn', 16)

    def updated(self):
        return Keys(expand(self.secret, b'traffic upd', 32), self.epoch + 1)

    def record(self, kind, data, cid=b'', long=True, length=True, padding=0):
        number, self.next = self.next, self.next + 1
        inner = data + bytes([kind]) + bytes(padding)
        first = 0x20 | (0x10 if cid else 0) | (8 if long else 0) | (4 if length else 0) | self.epoch & 3
        shown = struct.pack('!H', number & 0xffff) if long else bytes([number & 0xff])
        tail = struct.pack('!H', len(inner) + 16) if length else b''
        nonce = bytes(a ^ b for a, b in zip(self.iv, struct.pack('!IQ', 0, number)))
        sealed = AESGCM(self.key).encrypt(nonce, inner, bytes([first]) + cid + shown + tail)
        mask = Cipher(algorithms.AES(self.sn), modes.ECB()).encryptor().update(sealed[:16])
        return bytes([first]) + cid + bytes(a ^ b for a, b in zip(shown, mask)) + tail + sealed


def plain(sequence, kind, data):
    return struct.pack('!BHHHIH', kind, 0xfefd, 0, 0, sequence, len(data)) + data


def fragment(kind, sequence, body, start, end):
    return struct.pack('!B', kind) + len(body).to_bytes(3, 'big') + struct.pack('!H', sequence) \
        + start.to_bytes(3, 'big') + (end - start).to_bytes(3, 'big') + body[start:end]


def message(kind, sequence, body):
    return fragment(kind, sequence, body, 0, len(body))


def extension(kind, body):
    return struct.pack('!HH', kind, len(body)) + body


def vector(size, body):
    return len(body).to_bytes(size, 'big') + body


def secret(text):
    return hashlib.sha256(text.encode()).digest()


LABELS = ('CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0')
client, server, client_data, server_data = (Keys(secret(l), 2 if 'HAND' in l else 3) for l in LABELS)
to_client, to_server = IDS
share = struct.pack('!H', 0x1d) + vector(2, bytes(range(1, 33)))
hello = b'\xfe\xfd' + RANDOM[0] + vector(1, b'') + vector(1, b'') + vector(2, b'\x13\x01') + vector(1, b'\0') + vector(
    2, extension(0, vector(2, b'\0' + vector(2, b'dtls.example'))) + extension(43, vector(1, b'\xfe\xfc')) + extension(10, vector(2, b'\0\x1d'))
    + extension(13, vector(2, b'\4\3')) + extension(51, vector(2, share)) + extension(54, vector(1, to_client)))
answer = b'\xfe\xfd' + RANDOM[1] + vector(1, b'') + b'\x13\x01\0' + vector(
    2, extension(43, b'\xfe\xfc') + extension(51, share) + extension(54, vector(1, to_server)))
alpn = vector(2, extension(16, vector(2, vector(1, b'chat'))))
ALERT, HANDSHAKE, DATA, ACK = 21, 22, 23, 26


def up(data):
    return udp(*CLIENT, *SERVER, data)


def down(data):
    return udp(*SERVER, *CLIENT, data)


def ack(*numbers):
    return vector(2, b''.join(struct.pack('!QQ', epoch, number) for epoch, number in numbers))


finished = bytes(32)
frames = [
    up(plain(0, HANDSHAKE, message(1, 0, hello))),
    down(plain(0, HANDSHAKE, message(2, 0, answer)) + server.record(HANDSHAKE, fragment(8, 1, alpn, 0, 4), to_client)),
    down(server.record(HANDSHAKE, fragment(8, 1, alpn, 4, len(alpn)), to_client, long=False)
         + server.record(HANDSHAKE, message(20, 2, finished), to_client, length=False, padding=7)),
    up(client.record(HANDSHAKE, message(20, 1, finished), to_server)),
    down(server_data.record(ACK, ack((2, 0)), to_client)),
]
asked = up(client_data.record(DATA, b'How are you?\n', to_server, long=False, length=False))
frames += [asked, down(server_data.record(DATA, b'Well, ', to_client, long=False) + server_data.record(DATA, b'and you?\n', to_client)), asked]
frames.append(up(client_data.record(HANDSHAKE, message(24, 2, b'\0'), to_server)))
frames.append(down(server_data.record(ACK, ack((3, client_data.next - 1)), to_client)))
client_data = client_data.updated()
frames += [
    up(client_data.record(DATA, b'With new keys: well.\n', to_server)),
    up(client_data.record(ALERT, b'\1\0', to_server)),
    down(server_data.record(ALERT, b'\1\0', to_client)),
]
save(sys.argv[1], frames)
with open(sys.argv[2], 'w', encoding='ascii') as log:
    for label in LABELS:
        print(label, RANDOM[0].hex(), secret(label).hex(), file=log)
