"""An SCTP association over IP: sctp.py LOCAL REMOTE [connect]

The kernel may know no SCTP: aiortc's implementation, made for data channels, is put on a raw socket instead of DTLS.
"""
import asyncio
import socket
import sys
from types import SimpleNamespace

from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport, ShutdownChunk, ShutdownCompleteChunk


class Raw:
    """What RTCSctpTransport wants of a DTLS transport."""

    state = 'connected'

    def __init__(self, local, remote, role):
        self.transport = SimpleNamespace(role=role)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
        self.socket.bind((local, 0))
        self.remote = remote
        asyncio.get_running_loop().add_reader(self.socket, self.readable)

    def _register_data_receiver(self, receiver):
        self.receiver = receiver

    def _unregister_data_receiver(self, receiver):
        self.receiver = None

    def readable(self):
        packet = self.socket.recv(65536)
        if self.receiver:
            asyncio.ensure_future(self.receiver._handle_data(packet[4 * (packet[0] & 15):]))

    async def _send_data(self, data):
        self.socket.sendto(data, (self.remote, 0))


class Association(RTCSctpTransport):
    async def _receive(self, stream, protocol, data):
        if self.answers:
            await self._send(stream, protocol, b'Got %d bytes.' % len(data))


async def main(local, remote, role='accept'):
    connects = role == 'connect'
    association = Association(Raw(local, remote, 'controlling' if connects else 'controlled'), 5000)
    association.answers = not connects
    await association.start(RTCSctpCapabilities(maxMessageSize=65536), 5000)
    print('ready', flush=True)
    if not connects:
        await asyncio.sleep(60)
        return
    await asyncio.sleep(0.3)
    await association._send(0, 0, b'A short message.')
    await association._send(1, 0, b'Unordered.', ordered=False)
    await association._send(2, 0, bytes(n % 251 for n in range(5000)))
    await asyncio.sleep(2.5)
    shutdown = ShutdownChunk()
    shutdown.cumulative_tsn = association._last_received_tsn
    association._set_state(association.State.SHUTDOWN_SENT)
    await association._send_chunk(shutdown)
    await asyncio.sleep(0.2)
    await association._send_chunk(ShutdownCompleteChunk())


asyncio.run(main(*sys.argv[1:]))
