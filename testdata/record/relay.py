"""Joins two interfaces frame by frame and misbehaves on purpose: relay.py IF1 IF2 [options]

Prints "ready" when it forwards and its counts when it is ended by a signal. Only TCP, UDP, SCTP and fragments are
dropped, doubled and so on: address resolution always gets through. Decisions come from --seed and the order of packets.
"""
import argparse
import heapq
import random
import select
import signal
import socket
import struct
import time


def options():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument('interfaces', nargs=2)
    for name in ('drop', 'dup', 'reorder', 'corrupt', 'mark'):
        p.add_argument('--' + name, type=float, default=0, help='probability')
    p.add_argument('--delay', type=float, default=0, help='ms, each direction')
    p.add_argument('--jitter', type=float, default=0, help='ms more, at most')
    p.add_argument('--hold', type=float, default=12, help='ms that a reordered packet waits')
    p.add_argument('--nth', default='', help='drop these packets (counted from 1, each direction for itself)')
    p.add_argument('--swap', default='', help='reorder these packets')
    p.add_argument('--double', default='', help='double these packets')
    p.add_argument('--direction', type=int, default=0, help='misbehave only with packets that enter at interface 1 or 2')
    p.add_argument('--protocol', choices=('tcp', 'udp', 'sctp', 'fragment'), help='misbehave only with these')
    p.add_argument('--longer', type=int, default=0, help='misbehave only with frames of more bytes')
    p.add_argument('--seed', type=int, default=1)
    return p.parse_args()


def kind(frame):
    ethertype = struct.unpack_from('!H', frame, 12)[0]
    if ethertype == 0x800:
        if struct.unpack_from('!H', frame, 20)[0] & 0x3fff:
            return 'fragment'
        proto = frame[23]
    elif ethertype == 0x86dd:
        proto = frame[20]
    else:
        return None
    return {6: 'tcp', 17: 'udp', 44: 'fragment', 132: 'sctp'}.get(proto)


def congestion_experienced(frame):
    """The frame with CE set if it is IPv4 of an ECN-capable transport (RFC 3168), or None."""
    if frame[12:14] != b'\x08\x00' or not frame[15] & 3:
        return None
    head = bytearray(frame[14:34])
    head[1] |= 3
    head[10:12] = bytes(2)
    total = sum(struct.unpack('!10H', head))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    return frame[:14] + head[:10] + struct.pack('!H', ~total & 0xffff) + head[12:] + frame[34:]


def numbers(text):
    return {int(n) for n in text.split(',') if n}


class Relay:
    def __init__(self, o):
        self.o = o
        self.random = random.Random(o.seed)
        self.sockets = []
        for name in o.interfaces:
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            s.bind((name, 0))
            self.sockets.append(s)
        self.drop, self.swap, self.double = numbers(o.nth), numbers(o.swap), numbers(o.double)
        self.seen = [0, 0]
        self.counts = dict(forwarded=0, dropped=0, doubled=0, reordered=0, corrupted=0, marked=0)
        self.queue = []
        self.stopped = False

    def chance(self, p):
        return p > 0 and self.random.random() < p

    def take(self, side):
        frame, address = self.sockets[side].recvfrom(70000)
        if address[2] == socket.PACKET_OUTGOING:
            return
        o, out, wait = self.o, self.sockets[1 - side], 0
        what = kind(frame)
        if (what and (not o.protocol or what == o.protocol) and o.direction in (0, side + 1)
                and len(frame) > o.longer):
            self.seen[side] += 1
            n = self.seen[side]
            if n in self.drop or self.chance(o.drop):
                self.counts['dropped'] += 1
                return
            if self.chance(o.corrupt):
                self.counts['corrupted'] += 1
                frame = frame[:-1] + bytes([frame[-1] ^ 0x55])
            marked = congestion_experienced(frame) if self.chance(o.mark) else None
            if marked:
                self.counts['marked'] += 1
                frame = marked
            if n in self.swap or self.chance(o.reorder):
                self.counts['reordered'] += 1
                wait += o.hold
            if n in self.double or self.chance(o.dup):
                self.counts['doubled'] += 1
                self.send(out, frame, wait)
        self.send(out, frame, wait)

    def send(self, out, frame, wait):
        self.counts['forwarded'] += 1
        wait += self.o.delay + self.o.jitter * self.random.random()
        if wait:
            heapq.heappush(self.queue, (time.monotonic() + wait / 1000, self.counts['forwarded'], out, frame))
        else:
            out.send(frame)

    def run(self):
        print('ready', flush=True)
        while not self.stopped:
            pause = self.queue[0][0] - time.monotonic() if self.queue else 0.5
            ready, _, _ = select.select(self.sockets, [], [], min(max(pause, 0), 0.5))
            for s in ready:
                self.take(self.sockets.index(s))
            while self.queue and self.queue[0][0] <= time.monotonic():
                _, _, out, frame = heapq.heappop(self.queue)
                out.send(frame)
        print(self.counts, flush=True)

    def stop(self, *unused):
        self.stopped = True


relay = Relay(options())
signal.signal(signal.SIGTERM, relay.stop)
signal.signal(signal.SIGINT, relay.stop)
relay.run()
