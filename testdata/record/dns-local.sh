#!/bin/bash
# Two avahi daemons that probe, announce and say goodbye, and queries of a script -> mdns; LLMNR query and answers, both
# by a script (RFC 4795) -> llmnr
. "$(dirname "$0")/lib.sh"
need avahi-daemon:avahi-daemon
enter "$@"
network

mkdir -p /run/avahi-daemon services
cat >services/web.service <<'END'
<service-group>
  <name replace-wildcards="yes">Pages of %h</name>
  <service>
    <type>_http._tcp</type><subtype>_printer._sub._http._tcp</subtype><port>80</port>
    <txt-record>path=/index.html</txt-record><txt-record>empty=</txt-record><txt-record>flag</txt-record>
  </service>
  <service><type>_ssh._tcp</type><port>22</port></service>
</service-group>
END
mkdir empty

avahi() # NS HOST SERVICES: with a private /etc/avahi and /run/avahi-daemon
{
    cat >"avahi-$1.conf" <<END
[server]
host-name=$2
enable-dbus=no
allow-interfaces=eth0
[publish]
publish-hinfo=yes
publish-workstation=no
END
    start "avahi-$1" "$1" unshare --mount sh -c "mkdir -p run-$1; mount --bind run-$1 /run/avahi-daemon;
        mount --bind $3 /etc/avahi/services; exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f avahi-$1.conf"
}

capture mdns client eth0 udp port 5353
avahi client laptop empty
avahi router printer services
sleep 4
on client "$python" - <<'END'
import socket, struct, time

def name(text):
    return b''.join(bytes([len(label)]) + label.encode() for label in text.split('.') if label) + b'\0'

def query(*questions, answers=b'', count=0):
    return struct.pack('!6H', 0, 0, len(questions), count, 0, 0) + b''.join(
        name(n) + struct.pack('!HH', kind, 1 | unicast << 15) for n, kind, unicast in questions) + answers

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('192.0.2.10'))
s.bind(('', 5353))
group = ('224.0.0.251', 5353)
PTR, A, AAAA, SRV, TXT, ANY = 12, 1, 28, 33, 16, 255
s.sendto(query(('_services._dns-sd._udp.local', PTR, 0)), group)
time.sleep(1.2)
s.sendto(query(('_http._tcp.local', PTR, 0), ('_ssh._tcp.local', PTR, 0)), group)
time.sleep(1.2)
s.sendto(query(('printer.local', A, 1), ('printer.local', AAAA, 1)), group)
time.sleep(1.2)
known = name('_http._tcp.local') + struct.pack('!HHIH', PTR, 1, 4400, len(name('Pages of printer._http._tcp.local'))) \
    + name('Pages of printer._http._tcp.local')
s.sendto(query(('_http._tcp.local', PTR, 0), answers=known, count=1), group)
s.sendto(query(('Pages of printer._http._tcp.local', SRV, 0), ('Pages of printer._http._tcp.local', TXT, 0)), group)
time.sleep(1.2)
legacy = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
legacy.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('192.0.2.10'))
legacy.sendto(struct.pack('!6H', 0x1234, 0, 1, 0, 0, 0) + name('laptop.local') + struct.pack('!HH', ANY, 1), group)
legacy.sendto(struct.pack('!6H', 0x1235, 0, 1, 0, 0, 0) + name('printer.local') + struct.pack('!HH', A, 1), group)
time.sleep(1)
END
stop avahi-router
sleep 1
stop avahi-client
captured mdns
keep mdns

capture llmnr client eth0 port 5355
on router timeout 3 "$python" - <<'END' &
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton('224.0.0.252') + socket.inet_aton('192.0.2.1'))
s.bind(('', 5355))
while True:
    data, peer = s.recvfrom(1500)
    kind, = struct.unpack('!H', data[-4:-2])
    answer = {1: bytes([192, 0, 2, 1]), 28: socket.inet_pton(socket.AF_INET6, '2001:db8:1::1')}.get(kind)
    body = b'\xc0\x0c' + struct.pack('!HHIH', kind, 1, 30, len(answer)) + answer if answer else b''
    s.sendto(data[:2] + struct.pack('!5H', 0x8000, 1, 1 if answer else 0, 0, 0) + data[12:] + body, peer)
END
sleep 0.5
on client "$python" - <<'END'
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('192.0.2.10'))
for ident, kind in ((0x11aa, 1), (0x22bb, 28), (0x33cc, 255)):
    s.sendto(struct.pack('!6H', ident, 0, 1, 0, 0, 0) + b'\6router\0' + struct.pack('!HH', kind, 1), ('224.0.0.252', 5355))
    time.sleep(0.1)
END
wait %% || true
captured llmnr
keep llmnr
