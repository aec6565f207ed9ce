"""Writes tcp-unordered.pcap: segments of HTTP messages that come early, late, again and again at once (RFC 9293, RFC 5681): unordered.py OUTDIR"""
import os
import struct
import sys

from datagrams import checksum, ip, save

CLIENT, SERVER, PORT = '192.0.2.10', '198.51.100.20', 80
ISN, SERVER_ISN = 1000, 5000
SYN, ACK, PUSH = 2, 16, 8


def message(number, body):
    return b'PUT /%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n' % (number, len(body)) + body


LONG = message(1, bytes(range(97, 117)) * 10)
SHORT = [message(i, b'x' * 20) for i in range(2, 9)]
N, M = len(LONG), len(SHORT[0])


class Writer:
    def __init__(self):
        self.frames, self.now, self.port = [], 0.0, 1000

    def segment(self, back, seq, ack, flags, data=b'', wait=0.001):
        self.now += wait
        ends = (SERVER, CLIENT) if back else (CLIENT, SERVER)
        ports = (PORT, self.port) if back else (self.port, PORT)
        head = struct.pack('!HHIIBBHHH', *ports, seq, ack, 0x50, flags, 8192, 0, 0)
        pseudo = bytes(int(n) for end in ends for n in end.split('.')) + struct.pack('!HH', 6, len(head) + len(data))
        head = head[:16] + struct.pack('!H', checksum(pseudo + head + data)) + head[18:]
        self.frames.append((self.now, ip(*ends, 6, head + data)))

    def connect(self):
        self.port += 1
        self.segment(False, ISN - 1, 0, SYN)
        self.segment(True, SERVER_ISN - 1, ISN, SYN | ACK)
        self.segment(False, ISN, SERVER_ISN, ACK)

    def send(self, offset, data, wait=0.001):
        self.segment(False, ISN + offset, SERVER_ISN, ACK | PUSH, data, wait)

    def acknowledge(self, offset):
        self.segment(True, SERVER_ISN, ISN + offset, ACK)


w = Writer()
w.connect()  # early within a message, late fills the hole, the message goes on
for a, b in (0, 80), (120, 160), (80, 120), (160, N):
    w.send(a, LONG[a:b])
w.send(N, SHORT[0])
w.connect()  # early behind a message that late segments complete
w.send(0, LONG[:80])
w.send(N, SHORT[0])
w.send(80, LONG[80:160])
w.send(160, LONG[160:])
w.send(N + M, SHORT[1])
w.connect()  # early over the end of a message
w.send(0, LONG[:80])
w.send(120, LONG[120:] + SHORT[0])
w.send(80, LONG[80:120])
w.send(N + M, SHORT[1])
w.connect()  # early behind a header that is not whole
w.send(0, LONG[:20])
w.send(N, SHORT[0])
w.send(20, LONG[20:])
w.send(N + M, SHORT[1])
w.connect()  # again, again with more
w.send(0, LONG[:80])
w.send(0, LONG[:80], 0.3)
w.send(0, LONG[:120], 0.3)
w.send(120, LONG[120:])
w.send(80, LONG[80:120], 0.3)
w.send(N, SHORT[0])
w.connect()  # keep-alive with a byte
w.send(0, SHORT[0])
w.acknowledge(M)
w.send(M - 1, b'\0', 2)
w.acknowledge(M)
w.send(M, SHORT[1])
w.connect()  # sent again at once, after three duplicate acknowledgments; then once more
w.send(0, LONG[:80])
w.acknowledge(80)
for i in range(3):
    w.send(N + i * M, SHORT[i])
    w.acknowledge(80)
w.send(80, LONG[80:])
w.acknowledge(N + 3 * M)
w.send(80, LONG[80:])
w.send(N + 3 * M, SHORT[3])
save(os.path.join(sys.argv[1], 'tcp-unordered.pcap'), w.frames)
