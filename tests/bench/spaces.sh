# Two network namespaces with a cable between them, tcpdump and fathom's screens on one end of it. To be sourced, inside of one of them.
# shellcheck shell=bash disable=SC2034,SC2154
memory=${MEMORY:-512}
work=$(mktemp -d)
chmod 755 "$work"
unshare -n sleep 100000 &
other=$!
trap 'kill $other ${servers[@]:-} 2>/dev/null; tmux -S "$work/tmux" kill-server 2>/dev/null; rm -rf "$work"' EXIT
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
ip link set lo up
ip link add here type veth peer name there
ip link set there netns $other
ip link set here up

over_there() # COMMAND...
{
    nsenter -n -t $other "$@"
}

over_there ip link set lo up
over_there ip link set there up

start_tcpdump()
{
    tcpdump -Z root -i here -B 65536 -w "$work/tcpdump.pcap" 2>"$work/tcpdump.err" &
    recorder=$!
    until grep -q listening "$work/tcpdump.err"; do sleep 0.05; done
}

stop_tcpdump()
{
    sleep 1
    kill -INT $recorder
    until grep -q 'dropped by kernel' "$work/tcpdump.err"; do sleep 0.05; done
    echo "$(sed -n 's/ packets captured//p' "$work/tcpdump.err") taken, $(sed -n 's/ packets dropped by kernel//p' "$work/tcpdump.err") lost"
    rm -f "$work/tcpdump.pcap"
}

on_screen()
{
    tmux -S "$work/tmux" capture-pane -p -t s | head -n 1
}

start_fathom()
{
    tmux -S "$work/tmux" -f /dev/null new-session -d -s s -x 120 -y 40 "env TERM=tmux-256color LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$work $fathom -i here -B 64 --memory $memory"
    until on_screen | grep -q live; do sleep 0.05; done
    local shell
    shell=$(tmux -S "$work/tmux" display -p -t s '#{pane_pid}')
    program=$(cat "/proc/$shell/task/$shell/children")
    [ -n "$program" ] || program=$shell
    program=${program%% *}
    before=$(cpu) began=$SECONDS
}

cpu() # hundredths of a second that the program has taken
{
    awk '{ print $14 + $15 }' "/proc/$program/stat"
}

stop_fathom()
{
    local needed
    needed=$(($(cpu) - before))
    sleep 1.5
    echo "$(on_screen | sed 's/^ *fathom *//'), peak of memory $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$program/status") MiB, $((needed / (SECONDS - began + (SECONDS == began)))) % of a core"
    tmux -S "$work/tmux" send-keys -t s q q q
    sleep 0.3
    tmux -S "$work/tmux" kill-session -t s 2>/dev/null
}

