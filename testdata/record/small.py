"""Writes packets of small protocols as their RFCs describe them: small.py OUTDIR

ntp.pcap (RFC 5905: request and answer, broadcast, kiss of death, authentication, extension field, control messages of RFC 9327), tftp.pcap (RFC 1350,
RFC 2347: read, write, options, error), dhcp.pcap (RFC 2131, RFC 2132),
syslog.pcap (RFC 3164, RFC 5424), ssdp.pcap (UPnP device architecture), netbios.pcap (RFC 1002), switches.pcap (LLDP, RSTP, VRRP, EAPOL).
"""
import os
import socket
import struct
import sys

from datagrams import checksum, ether, ip, save, udp

HOST, SERVER, OTHER = '192.0.2.10', '198.51.100.20', '203.0.113.5'


def out(name, frames):
    save(os.path.join(sys.argv[1], name), frames)


# ---- NTP ----

def stamp(seconds, fraction=0x80000000):
    return struct.pack('!II', 3908988800 + seconds if seconds else 0, fraction if seconds else 0)


def ntp(flags, stratum=0, poll=6, precision=-20, delay=0x199, dispersion=0x2ff, refid=b'\0\0\0\0', stamps=(0, 0, 0, 5), tail=b''):
    return struct.pack('!BBbbII4s', flags, stratum, poll, precision, delay, dispersion, refid) + b''.join(stamp(s) for s in stamps) + tail


def control(opcode, flags, data=b'', status=0, associd=0, sequence=1):
    return struct.pack('!BBHHHHH', 0x16, flags << 5 | opcode, sequence, status, associd, 0, len(data)) + data


out('ntp.pcap', [
    udp(HOST, 40123, SERVER, 123, ntp(0x23)),
    udp(SERVER, 123, HOST, 40123, ntp(0x24, 1, refid=b'GPS\0', stamps=(1, 5, 6, 7))),
    udp(HOST, 40123, SERVER, 123, ntp(0xe3, stamps=(0, 0, 0, 9))),
    udp(SERVER, 123, HOST, 40123, ntp(0x24, 2, refid=bytes([203, 0, 113, 5]), stamps=(1, 9, 10, 11), tail=struct.pack('!I', 1) + bytes(range(16)))),
    udp(SERVER, 123, HOST, 123, ntp(0x24, 0, refid=b'RATE')),
    udp(SERVER, 123, '233.252.0.1', 123, ntp(0x25, 3, refid=bytes([203, 0, 113, 6]), tail=struct.pack('!I', 2) + bytes(range(20)))),
    udp(HOST, 40125, SERVER, 123, ntp(0x23, tail=struct.pack('!HH', 0x104, 36) + bytes(range(32)))),
    udp(HOST, 40124, SERVER, 123, control(2, 0)),
    udp(SERVER, 123, HOST, 40124, control(2, 4, b'version="ntpd 4.2.8", stratum=2\r\n', 0x0615)),
    udp(HOST, 40124, SERVER, 123, control(1, 0, sequence=2)),
    udp(SERVER, 123, HOST, 40124, control(1, 4, struct.pack('!HHHH', 4001, 0x961a, 4002, 0x1414), 0x0615, sequence=2)),
    udp('2001:db8:1::10', 123, '2001:db8:2::20', 123, ntp(0x1b, 15)),
])

# ---- TFTP ----

READ = b'\0\1pxelinux.0\0octet\0tsize\0' + b'0\0blksize\0' + b'1408\0'
out('tftp.pcap', [
    udp(HOST, 40000, SERVER, 69, READ),
    udp(SERVER, 50000, HOST, 40000, b'\0\6tsize\0' + b'600\0blksize\0' + b'1408\0'),
    udp(HOST, 40000, SERVER, 50000, b'\0\4\0\0'),
    udp(SERVER, 50000, HOST, 40000, b'\0\3\0\1' + bytes(range(200)) * 3),
    udp(HOST, 40000, SERVER, 50000, b'\0\4\0\1'),
    udp(HOST, 40001, SERVER, 69, b'\0\2notes.txt\0netascii\0'),
    udp(SERVER, 50001, HOST, 40001, b'\0\4\0\0'),
    udp(HOST, 40001, SERVER, 50001, b'\0\3\0\1' + b'x' * 512),
    udp(SERVER, 50001, HOST, 40001, b'\0\4\0\1'),
    udp(HOST, 40001, SERVER, 50001, b'\0\3\0\2the end'),
    udp(SERVER, 50001, HOST, 40001, b'\0\4\0\2'),
    udp(HOST, 40002, SERVER, 69, b'\0\1missing\0octet\0'),
    udp(SERVER, 50002, HOST, 40002, b'\0\5\0\1File not found\0'),
    udp(HOST, 40002, SERVER, 69, b'\0\x09'),
])

# ---- syslog ----

out('syslog.pcap', [
    udp(HOST, 40514, SERVER, 514, b"<34>Oct 11 22:14:15 mymachine su: 'su root' failed for user on /dev/pts/8"),
    udp(HOST, 40514, SERVER, 514, b'<165>1 2023-10-11T22:14:15.003Z mymachine.example app 8710 ID47 [x@32473 iut="3" event="a]b"] \xef\xbb\xbfAn application event'),
    udp(HOST, 40514, SERVER, 514, b'<0>kernel panic'),
    udp(HOST, 40514, SERVER, 514, b'<191>1 - - - - - -'),
    udp(HOST, 40514, SERVER, 514, b'no priority at all'),
    udp(HOST, 40514, SERVER, 514, b'<999>too high'),
])

# ---- SSDP ----

SEARCH = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n'
NOTIFY = (b'NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: http://203.0.113.5/d.xml\r\n'
          b'NT: upnp:rootdevice\r\nNTS: ssdp:alive\r\nSERVER: OS/1 UPnP/1.1 p/1\r\nUSN: uuid:1::upnp:rootdevice\r\n\r\n')
ANSWER = (b'HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://203.0.113.5/d.xml\r\nSERVER: OS/1 UPnP/1.1 p/1\r\n'
          b'ST: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\n\r\n')
out('ssdp.pcap', [
    udp(HOST, 41000, '239.255.255.250', 1900, SEARCH),
    udp(OTHER, 1900, HOST, 41000, ANSWER),
    udp(OTHER, 42000, '239.255.255.250', 1900, NOTIFY),
    udp('2001:db8:1::10', 1900, 'ff02::c', 1900, SEARCH),
])

# ---- DHCP ----


def dhcp(op, options, flags=0, yours='0.0.0.0', server='0.0.0.0', name=b'', file=b''):
    ip = b''.join(bytes(map(int, a.split('.'))) for a in ('0.0.0.0', yours, server, '0.0.0.0'))
    return (struct.pack('!BBBBIHH', op, 1, 6, 0, 0x3d1d, 0, flags) + ip + bytes.fromhex('020000000001') + bytes(10) + name.ljust(64, b'\0') +
            file.ljust(128, b'\0') + bytes.fromhex('63825363') + b''.join(bytes([code, len(data)]) + data for code, data in options) + b'\xff')


def seconds(n):
    return struct.pack('!I', n)


REQUEST = [
    (53, b'\3'), (61, b'\1\2\0\0\0\0\1'), (60, b'MSFT 5.0'), (81, b'\0\0\0laptop.example.test'), (77, b'\4abcd'), (57, b'\5\xdc'),
    (55, bytes([1, 3, 6, 15, 119, 121])), (61, b'\xff\0\0\0\1\0\1\0\0\0\5\2\0\0\0\0\1'), (80, b''), (93, b'\0\7'), (61, b'\0abc'), (56, b'no'),
    (81, b'\5\0\0\6laptop\0'),
]
ACK = [
    (53, b'\5'), (54, bytes([192, 0, 2, 1])), (51, seconds(93784)), (58, seconds(60)), (59, seconds(0xffffffff)), (1, bytes([255, 255, 255, 0])),
    (3, bytes([192, 0, 2, 1])), (6, bytes([192, 0, 2, 53, 192, 0, 2, 54])), (12, b'laptop'), (15, b'example.test'), (26, b'\5\xdc'),
    (28, bytes([192, 0, 2, 255])), (33, bytes([10, 0, 0, 0, 192, 0, 2, 9])), (119, b'\3eng\7example\4test\0\3ops\xc0\4'),
    (121, bytes([24, 10, 1, 2, 192, 0, 2, 1, 0, 192, 0, 2, 1])), (43, b'\1\4abcd'), (82, b'\1\4eth0\2\6\0\1\2\3\4\5'), (19, b'\1'),
    (2, struct.pack('!i', -3600)), (252, b'http://192.0.2.1/wpad.dat'), (224, b'ab'), (119, b'\xc0\0'), (121, b'\x21'), (3, b'\1\2\3'),
]
out('dhcp.pcap', [
    udp('0.0.0.0', 68, '255.255.255.255', 67, dhcp(1, REQUEST, flags=0x8000)),
    udp('192.0.2.1', 67, HOST, 68, dhcp(2, ACK, yours=HOST, server='192.0.2.1', name=b'boot.example.test', file=b'/pxelinux.0')),
])

# ---- NetBIOS ----


def nb(name, suffix):
    return b''.join(bytes([65 + (b >> 4), 65 + (b & 15)]) for b in name.ljust(15).encode() + bytes([suffix]))


def encoded(name, suffix):
    return b'\x20' + nb(name, suffix) + b'\0'


ADDRESS = bytes([192, 0, 2, 10])
STATUS = b'\2' + b'LAPTOP         \0' + b'\x04\0' + b'WORKGROUP      \x1e' + b'\x84\0' + bytes.fromhex('020000000001') + bytes(40)
out('netbios.pcap', [
    udp(HOST, 137, '192.0.2.255', 137, struct.pack('!HHHHHH', 1, 0x0110, 1, 0, 0, 0) + encoded('FILESERVER', 0x20) + struct.pack('!HH', 32, 1)),
    udp(SERVER, 137, HOST, 137, struct.pack('!HHHHHH', 1, 0x8500, 0, 1, 0, 0) + encoded('FILESERVER', 0x20) + struct.pack('!HHIHH', 32, 1, 300, 6, 0) + ADDRESS),
    udp(HOST, 137, '192.0.2.255', 137, struct.pack('!HHHHHH', 2, 0x2910, 1, 0, 0, 1) + encoded('LAPTOP', 0) + struct.pack('!HH', 32, 1) + b'\xc0\x0c' +
        struct.pack('!HHIHH', 32, 1, 0, 6, 0x6000) + ADDRESS),
    udp(OTHER, 137, HOST, 137, struct.pack('!HHHHHH', 3, 0x8400, 0, 1, 0, 0) + encoded('*', 0) + struct.pack('!HHIH', 33, 1, 0, len(STATUS)) + STATUS),
    udp(OTHER, 137, HOST, 137, struct.pack('!HHHHHH', 4, 0x8583, 0, 1, 0, 0) + encoded('NOBODY', 0x1b) + struct.pack('!HHIH', 10, 1, 0, 0)),
    udp(HOST, 138, '192.0.2.255', 138, struct.pack('!BBH4sHHH', 17, 2, 5, ADDRESS, 138, 73, 0) + encoded('LAPTOP', 0) + encoded('WORKGROUP', 0x1e) + b'hello'),
    udp(HOST, 138, SERVER, 138, struct.pack('!BBH4sHB', 19, 0, 6, ADDRESS, 138, 0x82)),
    udp(HOST, 138, SERVER, 138, struct.pack('!BBH4sH', 20, 0, 7, ADDRESS, 138) + encoded('FILESERVER', 0x20)),
])

# ---- switches and what is next to them ----


def tlv(kind, data):
    return struct.pack('!H', kind << 9 | len(data)) + data


MAC = bytes.fromhex('020000000001')
LLDP = (tlv(1, b'\4' + MAC) + tlv(2, b'\5eth1') + tlv(3, b'\0\x78') + tlv(4, b'uplink') + tlv(5, b'switch1') + tlv(6, b'a switch') + tlv(7, b'\0\x14\0\4') +
        tlv(8, b'\5\1' + ADDRESS + b'\2\0\0\0\5\0') + tlv(127, b'\0\x80\xc2\1\0\7') + tlv(127, b'\0\x80\xc2\3\0\7\4data') +
        tlv(127, b'\0\x12\x0f\4\5\xee') + tlv(127, b'\0\x12\xbb\1\0\x0f\1') + tlv(127, b'\1\2\3\4\5') + tlv(0, b''))
LLDP_OTHER = tlv(1, b'\5\1' + ADDRESS) + tlv(2, b'\3' + MAC) + tlv(3, b'\0\0') + tlv(8, b'\x11\2' + bytes(15) + b'\1\1\0\0\0\0\0') + tlv(0, b'')
BRIDGE = b'\x80\1' + MAC
BPDU = BRIDGE + bytes(4) + BRIDGE + b'\x80\2' + struct.pack('!HHHH', 0, 20 * 256, 2 * 256, 15 * 256)


def dot3(data, destination='01:80:c2:00:00:00'):
    return ether(len(data), data, destination)


def vrrp(head, source, destination, addresses):
    data = head + b'\0\0' + addresses
    pseudo = b''
    if head[0] >> 4 == 3:
        pack = (lambda a: bytes(map(int, a.split('.')))) if '.' in source else (lambda a: socket.inet_pton(socket.AF_INET6, a))
        pseudo = pack(source) + pack(destination) + struct.pack('!II', len(data), 112)
    return ip(source, destination, 112, head + struct.pack('!H', checksum(pseudo + data)) + addresses)


def key(info, nonce, data=b''):
    body = struct.pack('!BHHQ', 2, info, 16, 1) + nonce + bytes(48) + struct.pack('!H', len(data)) + data
    return ether(0x888e, struct.pack('!BBH', 2, 3, len(body)) + body)


out('switches.pcap', [
    ether(0x88cc, LLDP, '01:80:c2:00:00:0e'), ether(0x88cc, LLDP_OTHER, '01:80:c2:00:00:0e'),
    dot3(b'\x42\x42\3\0\0\2\2\x7c' + BPDU + b'\0'), dot3(b'\x42\x42\3\0\0\0\0\x81' + BPDU), dot3(b'\x42\x42\3\0\0\0\x80'),
    dot3(b'\xaa\xaa\3\0\0\x0c\1\x0b\0\0\0\0\0' + BPDU + b'\0\0\0\0\2\4\xbd', '01:00:0c:cc:cc:cd'),
    vrrp(b'\x21\x33\xc8\1\0\1', '192.0.2.1', '224.0.0.18', ADDRESS + bytes(8)),
    vrrp(b'\x21\x33\0\1\1\1', '192.0.2.1', '224.0.0.18', ADDRESS + b'password'),
    vrrp(b'\x31\x33\xff\1\0\x64', '192.0.2.1', '224.0.0.18', ADDRESS),
    vrrp(b'\x31\x33\x64\1\0\x64', '2001:db8:1::1', 'ff02::12', bytes(15) + b'\1'),
    ether(0x888e, b'\2\1\0\0'), ether(0x888e, b'\1\0\0\5\1\1\0\5\1'), key(0x008a, b'\1' * 32), key(0x010a, b'\2' * 32, b'\x30\2\1\0'),
    key(0x13ca, b'\1' * 32, b'secret'), key(0x030a, bytes(32)), key(0x1382, bytes(32), b'group key'),
])
