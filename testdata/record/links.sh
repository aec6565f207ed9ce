#!/bin/bash
# One exchange (ping, HTTP, IPv4 and IPv6) seen by devices of different link types: a TUN device -> raw; all devices
# at once -> sll, sll2; loopback -> loopback; rewritten by relink.py -> null null-big loop ppp chdlc ipv4 ipv6; all of
# them as interfaces of one file -> links
. "$(dirname "$0")/lib.sh"
need ping:iputils-ping curl:curl
enter "$@"
network
start tun-client client "$python" "$here/tun.py" tun0 203.0.113.1/24 2001:db8:3::1/64 -- 4000 198.51.100.20
start tun-server server "$python" "$here/tun.py" tun0 203.0.113.2/24 2001:db8:3::2/64 -- 4000 192.0.2.10
await grep ready tun-client.log
await grep ready tun-server.log
mkdir site
echo '<p>A page for every link.</p>' >site/index.html
start http server "$python" -m http.server --bind :: --directory site 80
await listening server tcp 80
sleep 1

exchange()
{
    on client ping -q -c 1 203.0.113.2 >ping.log
    on client ping -q -c 1 2001:db8:3::2 >>ping.log
    on client curl -s -o page "http://203.0.113.2/"
}

capture raw client tun0
exchange
captured raw

# Addresses that are not resolved yet: ARP and ND are in these, both directions of lo too.
for type in sll sll2; do
    ip -n client neigh flush all
    capture $type client any -y LINUX_$(echo $type | tr a-z A-Z)
    on client ping -q -c 1 198.51.100.20 >>ping.log
    on client ping -q -c 1 2001:db8:2::20 >>ping.log
    on client ping -q -c 1 127.0.0.1 >>ping.log
    on client ping -q -c 1 192.0.2.1 >>ping.log
    on client curl -s -o page http://198.51.100.20/
    captured $type
done
capture loopback server lo
on server ping -q -c 1 ::1 >>ping.log
on server curl -s -o page http://127.0.0.1/
captured loopback

"$python" "$here/relink.py" raw.pcap .
set --
for name in raw null null-big loop ppp chdlc ipv4 ipv6 sll sll2 loopback; do
    cp $name.pcap "$out/$name.pcap"
    set -- "$@" --interface $name $name.pcap
done
pcapng "$out/links.pcapng" "$@"
