"""Talks over WebSocket: websocket.py serve [CERTIFICATE KEY [ADDRESS]] | websocket.py chat|talk URI [AUTHORITY]

chat shows every kind of message, talk is a short conversation.
"""
import asyncio
import ssl
import sys

import websockets


async def answer(s, path=None):
    await s.send('welcome')
    async for message in s:
        if message == 'close':
            await s.close(4001, 'as you wish')
        elif message == 'ping':
            await (await s.ping(b'are you there?'))
        elif len(message) > 65535:
            await s.send('%d bytes' % len(message))
        else:
            await s.send(message)


async def serve(certificate=None, key=None, address=''):
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    async with websockets.serve(answer, address, 443 if certificate else 80, ssl=context, subprotocols=['chat', 'echo'],
                                server_header='test', ping_interval=None):
        print('ready', flush=True)
        await asyncio.Future()


async def chat(uri, authority=None):
    context = ssl.create_default_context(cafile=authority) if authority else None
    if context:
        context.check_hostname = False

    def connect(**options):
        return websockets.connect(uri, ssl=context, ping_interval=None, user_agent_header='test', **options)

    async with connect(subprotocols=['echo', 'other'], origin='http://www.example.test', compression=None) as s:
        for message in ('héllo', b'\0\1\2\3', 'x' * 200, b'y' * 70000, ['in ', 'three ', 'fragments'], ''):
            await s.send(message)
            await s.recv()
        await s.send('ping')
        await (await s.ping())
        await s.close(1000, 'done')
    async with connect(compression='deflate') as s:
        await s.recv()
        for _ in range(3):
            await s.send('{"kind": "compressed", "text": "again and again and again"}')
            await s.recv()
        await s.send([b'piece one, ', b'piece two'])
        await s.recv()
        await s.send('close')
        try:
            await s.recv()
        except websockets.ConnectionClosed:
            pass


async def talk(uri, authority=None):
    context = ssl.create_default_context(cafile=authority) if authority else None
    async with websockets.connect(uri, ssl=context, subprotocols=['chat'], user_agent_header='test') as s:
        await s.recv()
        for message in ('{"from": "laptop", "text": "Hello, is anybody there?"}', '{"from": "laptop", "text": "It is raining again, again and again."}',
                        bytes(i * i % 251 for i in range(2500)), '{"from": "laptop", "text": "Bye!"}'):
            await s.send(message)
            await s.recv()
            await asyncio.sleep(0.4)
        await (await s.ping())
        await s.close(1000, 'see you')


asyncio.run({'serve': serve, 'chat': chat, 'talk': talk}[sys.argv[1]](*sys.argv[2:]))
