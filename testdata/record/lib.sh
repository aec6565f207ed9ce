# Sourced by every recording script, which then says what it needs, calls `enter` and makes its network.
#
# `enter` starts the script again inside namespaces of its own (network, mounts, processes, host name), so that
# nothing outside is touched and everything ends with the script. Inside, /run is a private tmpfs: $work lies there.
#
# The network, where `network` has been called (addresses and MACs from the documentation ranges):
#
#   client 192.0.2.10 ---- wire ---- 192.0.2.1 router 198.51.100.1 ---- 198.51.100.20 server
#   2001:db8:1::10               2001:db8:1::1        2001:db8:2::1     2001:db8:2::20
#
# `wire` is a bridge, or relay.py once `relay` was called: the kernel's netem is not needed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${RECORD_OUT:-$(dirname "$here")}
work=/run/work
python=${PYTHON:-/usr/bin/python3}
missing=

# need PROGRAM:PACKAGE...: remembers what is missing; `enter` then stops with the list.
need()
{
    local pair
    for pair; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
    done
}

# need_python MODULE:PACKAGE...
need_python()
{
    local pair
    for pair; do
        "$python" -c "import ${pair%%:*}" 2>/dev/null || missing="$missing ${pair#*:}"
    done
}

enter()
{
    need ip:iproute2 ethtool:ethtool tcpdump:tcpdump unshare:util-linux tc:iproute2 "$python:python3"
    if [ -n "$missing" ]; then
        echo "${0##*/}: needs these Debian packages:$(printf '%s\n' $missing | sort -u | tr '\n' ' ' | sed 's/^/ /')" >&2
        exit 77
    fi
    if [ -z "${RECORD_INSIDE:-}" ]; then
        [ "$(id -u)" = 0 ] || { echo "${0##*/}: must be root to make namespaces" >&2; exit 77; }
        exec unshare --net --mount --uts --pid --fork --kill-child --mount-proc \
            env -i PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/run/work LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
            RECORD_INSIDE=1 RECORD_OUT="$out" PYTHON="$python" RECORD_LOGS="${RECORD_LOGS:-}" bash "$0" "$@"
    fi
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir -p "$work" /run/netns
    hostname host
    cd "$work"
    trap 'leave $?' EXIT
}

leave()
{
    [ "$1" = 0 ] || { echo "${0##*/}: failed" >&2; tail -n 5 "$work"/*.log >&2 2>/dev/null || true; }
    [ -z "$RECORD_LOGS" ] || { mkdir -p "$RECORD_LOGS" && cp -r "$work/." "$RECORD_LOGS/"; }
}

# link NS1 IF1 MAC1 NS2 IF2 MAC2: a cable without offloads. The last byte of the documentation MAC is given.
link()
{
    ip link add "$2" netns "$1" address "00:00:5e:00:53:$3" type veth peer name "$5" netns "$4" address "00:00:5e:00:53:$6"
    plain "$1" "$2"
    plain "$4" "$5"
}

# plain NS IF: up, and every frame as it would be on a wire: no segment larger than the MTU, checksums filled in.
plain()
{
    ip netns exec "$1" ethtool -K "$2" tso off gso off gro off tx off rx off sg off >/dev/null 2>&1
    ip netns exec "$1" sysctl -qw "net.ipv6.conf.$2.accept_dad=0" "net.ipv6.conf.$2.router_solicitations=0"
    ip -n "$1" link set "$2" up
}

# namespace NAME: with loopback up and no metrics remembered from one connection to the next.
namespace()
{
    ip netns add "$1"
    ip -n "$1" link set lo up
    ip netns exec "$1" sysctl -qw net.ipv4.tcp_no_metrics_save=1 net.ipv4.ip_local_port_range="40000 49999"
}

network()
{
    local ns
    for ns in client wire router server; do
        namespace $ns
    done
    ip netns exec wire sysctl -qw net.ipv6.conf.all.disable_ipv6=1
    link client eth0 10 wire w0 02
    link wire w1 03 router eth0 01
    link router eth1 11 server eth0 20
    ip -n wire link add br0 address 00:00:5e:00:53:04 type bridge mcast_snooping 0 forward_delay 0
    ip -n wire link set br0 up
    bridge
    ip -n client addr add 192.0.2.10/24 dev eth0
    ip -n client addr add 2001:db8:1::10/64 dev eth0 nodad
    ip -n router addr add 192.0.2.1/24 dev eth0
    ip -n router addr add 2001:db8:1::1/64 dev eth0 nodad
    ip -n router addr add 198.51.100.1/24 dev eth1
    ip -n router addr add 2001:db8:2::1/64 dev eth1 nodad
    ip -n server addr add 198.51.100.20/24 dev eth0
    ip -n server addr add 2001:db8:2::20/64 dev eth0 nodad
    ip -n client route add default via 192.0.2.1 congctl cubic
    ip -n client -6 route add default via 2001:db8:1::1 congctl cubic
    ip -n server route add default via 198.51.100.1 congctl cubic
    ip -n server -6 route add default via 2001:db8:2::1 congctl cubic
    ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
        net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
    sleep 2 # multicast listener reports at link up
}

bridge()
{
    ip -n wire link set w0 master br0
    ip -n wire link set w1 master br0
}

# on NS COMMAND...: runs it there.
on()
{
    ip netns exec "$@"
}

# try NS COMMAND...: the same, quietly, for what may fail.
try()
{
    ip netns exec "$@" >/dev/null 2>&1 || true
}

# start NAME NS COMMAND...: in the background; its output goes to NAME.log, `stop NAME` ends it.
start()
{
    local name=$1 ns=$2
    shift 2
    ip netns exec "$ns" "$@" >"$work/$name.log" 2>&1 </dev/null &
    echo $! >"$work/$name.pid"
}

# stop NAME [SIGNAL]
stop()
{
    local pid
    pid=$(cat "$work/$1.pid")
    kill -"${2:-TERM}" "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    rm "$work/$1.pid"
}

# await COMMAND...: until it succeeds, at most ten seconds.
await()
{
    local i
    for i in $(seq 100); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "${0##*/}: waited in vain for: $*" >&2
    return 1
}

# listening NS tcp|udp PORT: true once somebody listens there.
listening()
{
    [ -n "$(ip netns exec "$1" ss -Hln "--$2" "sport = :$3")" ]
}

# certificates: an authority (ca.pem) and certificates of it for every name used here, RSA (rsa.pem, rsa.key) and
# ECDSA (ec.pem, ec.key), and one for a client.
certificates()
{
    local name subject
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 3650 \
        -subj "/O=Example/CN=Test authority" 2>/dev/null
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key 2>/dev/null
    for name in ec client; do
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out $name.key
    done
    printf 'subjectAltName=DNS:example.test,DNS:*.example.test,IP:198.51.100.20,IP:2001:db8:2::20' >names
    for name in rsa ec client; do
        subject=www.example.test
        [ $name != client ] || subject=client.example.test
        openssl req -new -key $name.key -subj "/O=Example/CN=$subject" |
            openssl x509 -req -CA ca.pem -CAkey ca.key -days 3650 -extfile names -out $name.pem 2>/dev/null
    done
}

# keylog: makes what `keys NAME` needs: $(keys NAME) COMMAND... writes TLS secrets into NAME.keys.
keylog()
{
    [ -e "$work/keylog.so" ] || cc -shared -fPIC -O1 -o "$work/keylog.so" "$here/keylog_preload.c" -ldl
}

keys()
{
    echo "env LD_PRELOAD=$work/keylog.so KEYLOG=$work/$1.keys"
}

# relay OPTIONS...: puts relay.py in the place of the bridge, `unrelay` the bridge back.
relay()
{
    ip -n wire link set w0 nomaster
    ip -n wire link set w1 nomaster
    start relay wire "$python" "$here/relay.py" w0 w1 "$@"
    await grep -q ready "$work/relay.log"
}

unrelay()
{
    stop relay
    bridge
}

# capture NAME NS IF [TCPDUMP OPTIONS]: into $work/NAME.pcap until `captured NAME`.
capture()
{
    local name=$1 ns=$2 interface=$3
    shift 3
    start "tcpdump-$name" "$ns" tcpdump -Z root -n -U --immediate-mode -B 8192 -i "$interface" -w "$work/$name.pcap" "$@"
    await grep -q listening "$work/tcpdump-$name.log"
}

captured()
{
    sleep 0.4
    stop "tcpdump-$1" INT
    grep -q '^0 packets dropped by kernel' "$work/tcpdump-$1.log"
}

# pcapng ARGUMENTS...: see pcapng.py.
pcapng()
{
    "$python" "$here/pcapng.py" "$@"
}

# keep NAME [PCAPNG OPTIONS]: the capture NAME as testdata/NAME.pcapng; a key log NAME.keys goes into it.
keep()
{
    local name=$1
    shift
    set -- --interface eth0 "$work/$name.pcap" "$@"
    [ ! -s "$work/$name.keys" ] || set -- --secrets "$work/$name.keys" "$@"
    pcapng "$out/$name.pcapng" "$@"
}
