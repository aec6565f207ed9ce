#!/bin/bash
# IP fragments as kernels send and routers make them: in order, reordered, doubled, with one lost -> fragments
. "$(dirname "$0")/lib.sh"
need ping:iputils-ping
enter "$@"
network
try client ping -c 1 198.51.100.20 # fills the neighbour caches
try client ping -c 1 2001:db8:2::20

datagram()
{
    on client "$python" -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(bytes(ord("a") + i // 100 % 26 for i in range(int(sys.argv[2]))), (sys.argv[1], 9))' "$@"
    sleep 0.2
}

# Captured at the server's side, where the relay's doings can be seen.
capture fragments server eth0
try client ping -c 1 -s 4000 198.51.100.20
try client ping -c 1 -s 4000 2001:db8:2::20
datagram 198.51.100.20 9000
datagram 2001:db8:2::20 9000
relay --protocol fragment --direction 1 --swap 1,6 --double 3 --nth 9 --hold 50
try client ping -c 1 -s 3000 198.51.100.20
try client ping -c 1 -s 3000 2001:db8:2::20
try client ping -c 1 -W 1 -s 3000 198.51.100.20
unrelay
ip -n router link set eth1 mtu 1280 # the router cuts fragments again
ip -n server link set eth0 mtu 1280
try client ping -M dont -c 1 -W 1 -s 2900 198.51.100.20
captured fragments
keep fragments
