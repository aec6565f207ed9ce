#!/bin/bash
# One exchange (ARP, ND, ping, HTTP) inside a VXLAN of the kernel -> vxlan; its inner frames put into other
# encapsulations by wrap.py -> vlan qinq mpls mpls-ethernet gre gre-ethernet geneve ipip ip6ip6 pppoe ethernet-padded;
# a bridge's spanning tree -> stp
. "$(dirname "$0")/lib.sh"
need ping:iputils-ping curl:curl
enter "$@"
network

vxlan() # NS LAST-BYTE LOCAL REMOTE
{
    ip -n "$1" link add vxlan0 address 00:00:5e:00:53:$2 mtu 1400 type vxlan id 4660 local "$3" remote "$4" dstport 4789
    plain "$1" vxlan0
    ip -n "$1" addr add "203.0.113.$5/24" dev vxlan0
    ip -n "$1" addr add "2001:db8:3::$5/64" dev vxlan0 nodad
}
vxlan client 31 192.0.2.10 198.51.100.20 1
vxlan server 32 198.51.100.20 192.0.2.10 2
sleep 2
mkdir site
echo '<p>A page in a tunnel.</p>' >site/index.html
start http server "$python" -m http.server --bind 203.0.113.2 --directory site 80
await listening server tcp 80
ip -n client neigh flush all
ip -n server neigh flush all
try client ping -c 1 198.51.100.20 # outer addresses are resolved before

capture vxlan client eth0 udp port 4789
capture inner client vxlan0
try client ping -c 1 203.0.113.2
try client ping -c 1 2001:db8:3::2
on client curl -s -o page http://203.0.113.2/
captured inner
captured vxlan
cmp page site/index.html
keep vxlan

"$python" "$here/wrap.py" inner.pcap .
for name in vlan qinq mpls mpls-ethernet gre gre-ethernet geneve ipip ip6ip6 pppoe ethernet-padded; do
    keep $name
done

# Two bridges with spanning tree: the link's other end is one, too.
ip -n router link add br1 address 00:00:5e:00:53:41 type bridge stp_state 1 hello_time 100
ip -n wire link set br0 type bridge stp_state 1
ip -n router link set eth0 master br1
capture stp router eth0 stp
ip -n router link set br1 up
sleep 6
captured stp
keep stp
