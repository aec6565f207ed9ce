#!/bin/bash
# ARP, ICMP, IGMP and ICMPv6 as kernels and ping, arping, traceroute send them -> arp, icmp, icmpv6
. "$(dirname "$0")/lib.sh"
need ping:iputils-ping arping:iputils-arping traceroute:traceroute
enter "$@"
network

join() # GROUP [BLOCKED SOURCE]: for a moment
{
    on client timeout 4 "$python" - "$@" <<'END' || true
import socket, struct, sys, time
family, group = (socket.AF_INET6, sys.argv[1]) if ':' in sys.argv[1] else (socket.AF_INET, sys.argv[1])
s = socket.socket(family, socket.SOCK_DGRAM)
index = socket.if_nametoindex('eth0')
packed = socket.inet_pton(family, group)
if family == socket.AF_INET6:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, packed + struct.pack('=I', index))
    if len(sys.argv) > 2:  # blocks a source: MCAST_BLOCK_SOURCE
        def storage(a):
            return struct.pack('=HHI', family, 0, 0) + socket.inet_pton(family, a) + bytes(104)
        s.setsockopt(socket.IPPROTO_IPV6, 43, struct.pack('=I4x', index) + storage(group) + storage(sys.argv[2]))
else:
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, packed + socket.inet_aton('192.0.2.10'))
    if len(sys.argv) > 2:  # IP_BLOCK_SOURCE
        s.setsockopt(socket.IPPROTO_IP, 38, packed + socket.inet_aton('192.0.2.10') + socket.inet_aton(sys.argv[2]))
time.sleep(1.5)
END
}

timestamp()
{
    on client "$python" - <<'END'
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
message = struct.pack('!BBHHHIII', 13, 0, 0, 0x666d, 1, int(time.time() * 1000) % 86400000, 0, 0)
total = sum(struct.unpack('!10H', message))
total = (total & 0xffff) + (total >> 16)
total = (total & 0xffff) + (total >> 16)
s.sendto(message[:2] + struct.pack('!H', ~total & 0xffff) + message[4:], ('198.51.100.20', 0))
time.sleep(0.1)
END
}

# What radvd would send: prefix, MTU, recursive resolver, search list.
advertise()
{
    start advertise router "$python" -c '
import socket, struct
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff02::2") + struct.pack("=I", 2))
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
def prefix(a):
    return socket.inet_pton(socket.AF_INET6, a)
advertisement = (struct.pack("!BBHBBHII", 134, 0, 0, 64, 0x48, 1800, 30000, 1000)
    + bytes([1, 1]) + bytes.fromhex("00005e005301")
    + struct.pack("!BBHI", 5, 1, 0, 1500)
    + struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 86400, 14400, 0) + prefix("2001:db8:1::")
    + struct.pack("!BBHI", 25, 3, 0, 600) + prefix("2001:db8:2::20")
    + struct.pack("!BBHI", 31, 3, 0, 600) + b"\7example\4test\0\0\0")
print("ready", flush=True)
while True:
    data, _ = s.recvfrom(1500)
    if data[0] == 133:
        s.sendto(advertisement, ("ff02::1", 0, 0, 2))'
    await grep -q ready "$work/advertise.log"
}

# Address resolution, an address conflict probe, announcements, a host that does not exist.
ip -n client neigh flush all
capture arp client eth0 arp
try client ping -c 1 192.0.2.1
try client arping -c 1 -D -I eth0 192.0.2.77
try client arping -c 1 -U -I eth0 192.0.2.10
try client arping -c 1 -A -I eth0 192.0.2.10
try router arping -c 1 -D -I eth0 192.0.2.10
try client ping -c 1 -W 3 192.0.2.200
captured arp
keep arp

# Echo, IP options, what routers and hosts refuse, an MTU found out, a router's redirect, multicast groups.
ip -n router route add unreachable 203.0.113.0/25
ip -n router route add prohibit 203.0.113.128/25
ip -n router link set eth1 mtu 1400
capture icmp client eth0 icmp or igmp or udp
try client ping -c 2 -i 0.2 198.51.100.20
try client ping -c 1 -p 666174686f6d -s 48 198.51.100.20
try client ping -c 1 -s 0 198.51.100.20
try client ping -c 1 -R 198.51.100.20
try client ping -c 1 -T tsandaddr 198.51.100.20
try client ping -c 1 -Q 0xb8 198.51.100.20
timestamp
try client ping -c 1 -t 1 198.51.100.20
try client ping -c 1 -W 1 -M do -s 1460 198.51.100.20
try client ping -c 1 203.0.113.5
try client ping -c 1 203.0.113.200
try client ping -c 1 -W 4 198.51.100.99
try client traceroute -N 1 -n -q 1 -w 1 198.51.100.20
try client traceroute -N 1 -n -q 1 -w 1 -I 198.51.100.20
try client traceroute -N 1 -n -q 1 -w 1 -m 2 203.0.113.5
ip -n router addr add 192.0.2.2/24 dev eth0
on router sysctl -qw net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.eth0.send_redirects=1
ip -n router route add 203.0.113.0/26 via 192.0.2.10
try client ping -c 1 -W 1 203.0.113.6
join 239.192.0.1
join 239.192.0.2 198.51.100.20
on client sysctl -qw net.ipv4.conf.eth0.force_igmp_version=2
join 239.192.0.3
captured icmp
keep icmp

# Neighbour discovery and detection of duplicates, echo, errors, router advertisement, listener reports.
ip -n router route add unreachable 2001:db8:dead::/64
ip -n router route add prohibit 2001:db8:beef::/64
ip -n client neigh flush all
ip -n client route flush cache
capture icmpv6 client eth0 ip6
try client ping -c 2 -i 0.2 2001:db8:2::20
try client ping -c 1 ff02::1%eth0
try client ping -c 1 -t 1 2001:db8:2::20
try client ping -c 1 -W 1 -M do -s 1452 2001:db8:2::20
try client ping -c 1 2001:db8:dead::5
try client ping -c 1 2001:db8:beef::5
try client ping -c 1 -W 4 2001:db8:2::99
try client traceroute -6 -N 1 -n -q 1 -w 1 2001:db8:2::20
on client sysctl -qw net.ipv6.conf.eth0.accept_dad=1
ip -n client addr add 2001:db8:1::11/64 dev eth0
sleep 2
on router sysctl -qw net.ipv6.conf.eth0.accept_dad=1
ip -n router addr add 2001:db8:1::11/64 dev eth0
sleep 1
advertise
on client sysctl -qw net.ipv6.conf.eth0.router_solicitations=1 net.ipv6.conf.eth0.router_solicitation_delay=0
ip -n client link set eth0 down
ip -n client link set eth0 up
sleep 2
join ff15::1234
join ff15::1235 2001:db8:2::20
on client sysctl -qw net.ipv6.conf.eth0.force_mld_version=1
join ff15::1236
captured icmpv6
keep icmpv6
