"""Writes what clients and servers of HTTP/1 rarely send, after RFC 9112, UPnP and observation: http1-odd.py OUTDIR

http1-odd.pcap: targets with spaces and without, statuses that nobody knows, notifications, a request behind an interim response,
lengths that are none, codings that are none, pictures that are none, HTTP on the port of TLS, paths of HTTP/2 with parameters.
"""
import os
import struct
import sys

OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
GET = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'


class Connection:
    def __init__(self, packets, client, server, pieces):
        self.packets, self.ports, self.next = packets, (client, server), [1000, 5000]
        self.segment(0, 0x02)
        self.segment(1, 0x12)
        self.segment(0, 0x10)
        for side, text in pieces:
            self.segment(side, 0x18, text if isinstance(text, bytes) else text.encode('latin1'))
        self.segment(1, 0x11)
        self.segment(0, 0x11)
        self.segment(1, 0x10)

    def segment(self, side, flags, data=b''):
        addresses = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 80])
        tcp = struct.pack('>HHIIBBHHH', self.ports[side], self.ports[1 - side], self.next[side],
                          self.next[1 - side] if flags & 16 else 0, 0x50, flags, 65000, 0, 0)
        ip = struct.pack('>BBHHHBBH', 0x45, 0, 40 + len(data), 1, 0x4000, 64, 6, 0) + addresses[side] + addresses[1 - side]
        self.packets.append(b'\2\0\0\0\0\1\2\0\0\0\0\2\x08\0' + ip + tcp + data)
        self.next[side] += len(data) + (1 if flags & 3 else 0)


def answered(requests):
    return [piece for request in requests for piece in ((0, request), (1, OK))]


def request(start):
    return f'{start}\r\nHost: a.example\r\n\r\n'


def frame(kind, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes([kind, flags]) + struct.pack('>I', stream) + payload


def literal(name, value):
    return b'\0' + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def paths(targets):
    pieces = [(0, b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0)), (1, frame(4, 0, 0))]
    for i, target in enumerate(targets):
        block = b'\x82\x86' + literal(':path', target) + literal(':authority', 'a.example')
        pieces += [(0, frame(1, 5, 2 * i + 1, block)), (1, frame(1, 5, 2 * i + 1, b'\x88'))]
    return pieces


def main(out):
    packets = []
    talks = [
        (80, answered(map(request, ['GET /a b c HTTP/1.1', 'GET  / HTTP/1.1', 'GET /?  HTTP/1.1', 'GET /x? HTTP/1.1', 'GET /no',
                                    'POST http://b.example/x?y=z HTTP/1.1', 'GET /\xe9 HTTP/1.1']))),
        (80, [piece for status in ['599 Why', '999', '20 short', '2000 long', '404  Two spaces', 'OK']
              for piece in ((0, GET), (1, f'HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n'))]),
        (80, answered([GET, request('NOTIFY /n HTTP/1.1'), request('SUBSCRIBE /s HTTP/1.1'), request('UNSUBSCRIBE /u HTTP/1.1'), GET])),
        (80, [(0, 'PUT / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n'), (1, 'HTTP/1.1 100 Continue\r\n\r\n'),
              (0, 'abc'), (1, OK), (0, GET), (1, OK)]),
        (80, [(0, GET), (1, 'HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nxyz')]),
        (80, [(0, GET), (1, 'HTTP/1.1 200 OK\r\nContent-Encoding: compress\r\nContent-Length: 5\r\n\r\nxxxxx'),
              (0, GET), (1, 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nxxxxx'),
              (0, GET), (1, 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 6\r\n\r\nGIF89a')]),
        (443, [(0, GET), (1, OK)]),
        (8080, paths(['/a/b', '/x/y?q=1&r=2', '/?a', '/a?', '/?&a=1&&b'])),
    ]
    for i, (port, pieces) in enumerate(talks):
        Connection(packets, 40000 + i, port, pieces)
    with open(os.path.join(out, 'http1-odd.pcap'), 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for i, packet in enumerate(packets):
            f.write(struct.pack('<IIII', 1700000000 + i // 1000, i % 1000 * 1000, len(packet), len(packet)) + packet)


main(sys.argv[1])
