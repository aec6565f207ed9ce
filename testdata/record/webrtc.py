"""A call over WebRTC: webrtc.py answer PORT [CERTIFICATE KEY] | webrtc.py call URL SECONDS [TURN-HOST [AUTHORITY]]

Offer and answer go by HTTP POST (as in RFC 9725) or, if a certificate is given and the URL is wss://, as JSON by
WebSocket. Both ends send a tone; the caller chats on a data channel.
"""
import asyncio
import fractions
import functools
import json
import logging
import math
import os
import ssl
import struct
import sys
import time
import urllib.request

import aioice
import aiortc
import av
import websockets
from aiortc.mediastreams import MediaStreamTrack
from OpenSSL import SSL

logging.basicConfig(level=logging.INFO)
RATE = 48000
SAMPLES = RATE // 50


class WholeHandshakes(SSL.Connection):
    """Without it each hello is cut into fragments of 228 bytes, which tshark 4.0 does not decrypt."""

    def __init__(self, context, *rest):
        context.set_options(SSL.OP_NO_QUERY_MTU)
        super().__init__(context, *rest)
        self.set_ciphertext_mtu(1200)


SSL.Connection = WholeHandshakes
# With both versions of IP the two ends may settle on different pairs of addresses.
aiortc.rtcicetransport.Connection = functools.partial(aiortc.rtcicetransport.Connection, use_ipv6=False)


if 'HOST_ADDRESS' in os.environ:  # the only one to offer
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [os.environ['HOST_ADDRESS']]


class Tone(MediaStreamTrack):
    """Rising and falling, in frames of 20 ms."""

    kind = 'audio'

    def __init__(self, pitch):
        super().__init__()
        self.pitch = pitch
        self.n = 0

    async def recv(self):
        if self.n == 0:
            self.start = time.time()
        await asyncio.sleep(max(0, self.start + self.n / 50 - time.time()))
        frame = av.AudioFrame(format='s16', layout='mono', samples=SAMPLES)
        values = (int(9000 * math.sin(2 * math.pi * self.pitch * (1 + 0.2 * math.sin(self.n / 20)) * i / RATE))
                  for i in range(SAMPLES))
        frame.planes[0].update(struct.pack('<%dh' % SAMPLES, *values))
        frame.sample_rate = RATE
        frame.pts = self.n * SAMPLES
        frame.time_base = fractions.Fraction(1, RATE)
        self.n += 1
        return frame


def listen(connection):
    @connection.on('track')
    def on_track(track):
        asyncio.ensure_future(drain(track))


async def drain(track):
    try:
        while True:
            await track.recv()
    except aiortc.mediastreams.MediaStreamError:
        pass


async def answer_offer(offer):
    connection = aiortc.RTCPeerConnection()
    listen(connection)

    @connection.on('datachannel')
    def on_datachannel(channel):
        @channel.on('message')
        def on_message(message):
            if isinstance(message, str):
                channel.send('You said: ' + message)
            else:
                channel.send('Got %d bytes' % len(message))

    await connection.setRemoteDescription(aiortc.RTCSessionDescription(offer, 'offer'))
    connection.addTrack(Tone(330))
    await connection.setLocalDescription(await connection.createAnswer())
    return connection.localDescription.sdp


async def answer_http(reader, writer):
    head = await reader.readuntil(b'\r\n\r\n')
    fields = dict(line.lower().split(': ', 1) for line in head.decode().split('\r\n')[1:] if line)
    offer = await reader.readexactly(int(fields['content-length']))
    body = (await answer_offer(offer.decode())).encode()
    writer.write(b'HTTP/1.1 201 Created\r\nContent-Type: application/sdp\r\nLocation: /calls/1\r\nContent-Length: %d\r\n\r\n'
                 % len(body) + body)
    await writer.drain()


async def answer_websocket(s, path=None):
    async for message in s:
        await s.send(json.dumps({'type': 'answer', 'sdp': await answer_offer(json.loads(message)['sdp'])}))


async def answer(port, certificate=None, key=None):
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = await websockets.serve(answer_websocket, '', int(port), ssl=context, server_header=None)
    else:
        server = await asyncio.start_server(answer_http, '', int(port))
    print('ready', flush=True)
    await server.wait_closed() if certificate else await server.serve_forever()


async def exchange(url, offer, authority):
    if url.startswith('wss:'):
        context = ssl.create_default_context(cafile=authority)
        async with websockets.connect(url, ssl=context, user_agent_header='caller') as s:
            await s.send(json.dumps({'type': 'offer', 'sdp': offer}))
            return json.loads(await s.recv())['sdp']
    request = urllib.request.Request(url, offer.encode(), {'Content-Type': 'application/sdp', 'User-Agent': 'caller'})
    return await asyncio.get_event_loop().run_in_executor(None, lambda: urllib.request.urlopen(request).read().decode())


async def call(url, seconds, turn=None, authority=None):
    servers = []
    if turn:
        servers = [aiortc.RTCIceServer('stun:' + turn), aiortc.RTCIceServer('turn:' + turn, 'caller', 'secret')]
    connection = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(servers))
    listen(connection)
    connection.addTrack(Tone(440))
    channel = connection.createDataChannel('chat', protocol='talk')
    unreliable = connection.createDataChannel('positions', ordered=False, maxRetransmits=0)

    @channel.on('open')
    def on_open():
        channel.send('Hello, can you hear me?')
        channel.send('çà et là')
        channel.send(bytes(range(256)) * 12)

    @unreliable.on('open')
    def on_unreliable_open():
        unreliable.send('x=1 y=2')

    await connection.setLocalDescription(await connection.createOffer())
    reply = await exchange(url, connection.localDescription.sdp, authority)
    await connection.setRemoteDescription(aiortc.RTCSessionDescription(reply, 'answer'))
    await asyncio.sleep(float(seconds))
    channel.send('Goodbye')
    await asyncio.sleep(0.3)
    await connection.close()


asyncio.run({'answer': answer, 'call': call}[sys.argv[1]](*sys.argv[2:]))
