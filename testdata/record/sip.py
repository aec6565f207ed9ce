"""Writes a call as RFC 3261 and RFC 3264 describe it: sip.py OUTDIR

sip.pcap: registration with a challenge, an invitation with offer and answer (audio, video, all lines of RFC 8866, keys of RFC 4568,
candidates), media, a telephone event, RTCP, goodbye; broken lines.
"""
import base64
import os
import struct
import sys

from datagrams import save, udp

ALICE, BOB, PROXY = '192.0.2.10', '198.51.100.20', '203.0.113.5'
KEY = base64.b64encode(bytes(range(30))).decode()

OFFER = f'''v=0
o=alice 2890844526 2890844526 IN IP4 {ALICE}
s=A call
i=Who calls whom
u=http://www.example/call
e=alice@example.test (Alice)
p=+1 617 555-6011
c=IN IP4 {ALICE}
b=CT:256
t=2873397496 2873404696
r=7d 1h 0 25h
z=2882844526 -1h 2898848070 0
k=clear:secret
a=recvonly
a=group:BUNDLE 0 1
a=key-mgmt:other AQAF
m=audio 40000 RTP/AVP 0 8 101
i=voice
b=AS:64
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=candidate:1 1 UDP 2130706431 {ALICE} 40000 typ host
a=candidate:2 1 udp 1694498815 {PROXY} 41000 typ srflx raddr {ALICE} rport 40000
a=sendrecv
m=video 40002/2 RTP/SAVP 96 97
c=IN IP4 233.252.0.1/127/3
a=rtpmap:96 H264/90000
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1
a=rtpmap:97 H263-2000/90000
a=fmtp:97 profile=0;level=45
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4
a=rtcp:40010 IN IP4 {ALICE}
'''
ANSWER = f'''v=0
o=bob 1 1 IN IP4 {BOB}
s=-
c=IN IP4 {BOB}
t=0 0
m=audio 50000 RTP/AVP 0 101
a=rtpmap:101 telephone-event/8000
m=video 50002 RTP/SAVP 96
a=rtpmap:96 H264/90000
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4
'''
BROKEN = 'v=0\no=short\nno equals sign\nm=audio x RTP/AVP 0  8\na=crypto:x y inline\na=rtpmap:\na=rtpmap:5 PCMU\nx=unknown\na=candidate:1 2\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=Z0LgH9kDxWg=,aMuMsg==\n'


def message(start, seq, method, sdp='', more=(), to_tag=''):
    sdp = sdp.replace('\n', '\r\n')
    lines = [start, f'Via: SIP/2.0/UDP {ALICE}:5060;branch=z9hG4bK{seq};rport;received={PROXY}', f'From: "Alice" <sip:alice@example.test>;tag=1928',
             f'To: Bob <sip:bob@example.test:5070;transport=udp>{to_tag}', f'i: a84b4c76e66710@{ALICE}', f'CSeq: {seq} {method}', *more]
    if sdp:
        lines.append('Content-Type: application/sdp')
    return ('\r\n'.join(lines + [f'Content-Length: {len(sdp)}']) + '\r\n\r\n' + sdp).encode()


def rtp(seq, kind=0, payload=b'\xd5' * 40, mark=False):
    return struct.pack('!BBHII', 0x80, kind | mark << 7, seq, seq * 160, 0x1234) + payload


def out(data, port=5060, to=5060):
    return udp(ALICE, port, BOB, to, data)


def back(data, port=5060, to=5060):
    return udp(BOB, port, ALICE, to, data)


CHALLENGE = 'WWW-Authenticate: Digest realm="example.test", nonce="84a4cc6f", opaque="5ccc", stale=FALSE, algorithm=MD5, qop="auth"'
CREDENTIALS = ('Authorization: Digest username="alice", realm="example.test", nonce="84a4cc6f", uri="sip:example.test", qop=auth, nc=00000001, '
               'cnonce="0a4f", response="66844f8f", opaque="5ccc"')
CONTACT = f'Contact: <sip:alice@{ALICE};line=1>;expires=3600'
ROUTES = ('Record-Route: <sip:p1.example;lr>,\r\n <sip:p2.example:5080;lr>', 'P-Asserted-Identity: "Alice" <tel:+16175556011>', 'X-Call: 1', 'k: 100rel,timer',
          'Max-Forwards: 70')
REPORT = struct.pack('!BBHIIIIII', 0x80, 200, 6, 0x1234, 0xe8fe0000, 0x80000000, 320, 2, 80)
invite = message('INVITE sip:bob@example.test SIP/2.0', 12, 'INVITE', OFFER, (CONTACT, *ROUTES))

save(os.path.join(sys.argv[1], 'sip.pcap'), [
    out(message('REGISTER sip:example.test SIP/2.0', 1, 'REGISTER', more=(CONTACT,))),
    back(message('SIP/2.0 401 Unauthorized', 1, 'REGISTER', more=(CHALLENGE,))),
    out(message('REGISTER sip:example.test SIP/2.0', 2, 'REGISTER', more=(CONTACT, CREDENTIALS))),
    back(message('SIP/2.0 200 OK', 2, 'REGISTER', more=(CONTACT,))),
    out(invite), out(invite),
    back(message('SIP/2.0 180 Ringing', 12, 'INVITE', to_tag=';tag=b0b')),
    back(message('SIP/2.0 200 OK', 12, 'INVITE', ANSWER, to_tag=';tag=b0b')),
    out(message('ACK sip:bob@example.test SIP/2.0', 12, 'ACK')),
    out(rtp(1, mark=True), 40000, 50000), back(rtp(1), 50000, 40000), out(rtp(2), 40000, 50000), out(rtp(4), 40000, 50000), out(rtp(3), 40000, 50000),
    out(rtp(5, 101, bytes.fromhex('050a00a0')), 40000, 50000), out(rtp(6, 101, bytes.fromhex('058a0140')), 40000, 50000),
    out(REPORT, 40001, 50001), udp(PROXY, 42000, BOB, 50002, rtp(7, 96, bytes(range(60)))),
    out(b'\r\n\r\n'),
    out(message('UPDATE sip:bob@example.test SIP/2.0', 13, 'UPDATE', BROKEN)),
    back(message('BYE sip:alice@example.test SIP/2.0', 14, 'BYE', more=('Reason: SIP;cause=200;text="Call completed elsewhere"', 'RAck: 1 2 INVITE'))),
    out(message('SIP/2.0 200 OK', 14, 'BYE')),
])
