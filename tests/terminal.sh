# A real terminal for tests: tmux, its screens, and what is on them. To be sourced; --update writes screens anew.
# shellcheck shell=bash disable=SC2034,SC2154
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
update=
[ "${1:-}" = --update ] && update=1

command -v tmux >/dev/null || skip terminal "there is no tmux here"
infocmp tmux-256color >/dev/null 2>&1 || skip terminal "this machine does not know the terminal tmux-256color"
locale -a 2>/dev/null | grep -qix 'c\.utf-\?8' || skip terminal "there is no locale C.UTF-8 here"

dir=$work
socket=$dir/tmux
trap 'tmux -S "$socket" kill-server 2>/dev/null; rm -rf "$dir"' EXIT
patience=${PATIENCE:-60} # seconds that a busy machine has for anything; only what fails takes so long
cd "$top/testdata" || exit 2
export XDG_CONFIG_HOME=$dir XDG_DATA_HOME=$dir TZ=UTC FATHOM_LESSONS=$top/lessons # before the server starts: it hands them on
export SHELL=$BASH # tmux starts everything with it, and a user of a service may have none; Ctrl-C reaches it too, and bash lets the program decide
unset COLORFGBG NO_COLOR

t() # COMMAND...: of tmux
{
    tmux -S "$socket" -f /dev/null "$@"
}

start() # COLUMNSxROWS COMMAND: in a terminal of that size; `done: STATUS` follows its end
{
    t new-session -d -s s -x "${1%x*}" -y "${1#*x}" "env TERM=tmux-256color LC_ALL=${locale:-C.UTF-8} $2; echo done: \$?; exec sleep 600" \; \
        set -g status off \; resize-window -t s -x "${1%x*}" -y "${1#*x}"
}

open() # COLUMNSxROWS COMMAND: the same, when all is read
{
    start "$@"
    wait_for 'packets'
    settled >/dev/null
}

stop()
{
    t kill-session -t s
}

# A session of its own keeps the server from ending between two tests.
t new-session -d -s hold 'exec sleep 3600' && t has-session -t hold 2>/dev/null || skip terminal "tmux does not start"

type() # KEY...
{
    t send-keys -t s "$@"
}

screen()
{
    t capture-pane -p -t s
}

settled() # prints the screen when it has stopped changing
{
    local now before="" same=0 end=$((SECONDS + patience))
    while [ "$SECONDS" -lt $end ]; do
        now=$(screen)
        if [ -n "$now" ] && [ "$now" = "$before" ] && ! grep -q 'reading\| so far\|shown ([0-9]* %)' <<<"$now"; then
            same=$((same + 1))
            [ $same = 2 ] && break
        else
            same=0
        fi
        before=$now
        sleep 0.03
    done
    printf '%s\n' "$now"
}

changed() # BEFORE: waits for another screen than that, for half a second: there are keys that change nothing
{
    for _ in $(seq 25); do
        [ "$(screen)" != "$1" ] && return
        sleep 0.02
    done
}

becomes() # FILE: the screen, as long as patience lasts; then it is in $dir/screen. With --update it is the one that settles.
{
    local end=$((SECONDS + patience))
    if [ -n "$update" ]; then
        settled >"$dir/screen"
        return
    fi
    while printf '%s\n' "$(screen)" >"$dir/screen"; ! cmp -s "$dir/screen" "$1"; do
        [ "$SECONDS" -lt $end ] || return 1
        sleep 0.05
    done
}

shows() # NAME KEY...: after the keys the screen is the one in the file of that name
{
    local name=$1 file=$top/tests/screens/$1.txt before
    shift
    if [ $# != 0 ]; then
        [ -z "$update" ] || before=$(screen)
        type "$@"
        [ -z "$update" ] || changed "$before"
    fi
    becomes "$file"
    if [ -n "$update" ]; then
        cp "$dir/screen" "$file"
        good
    elif cmp -s "$dir/screen" "$file"; then
        good
    else
        bad "screen $name" "make golden-update writes it anew"
        diff "$file" "$dir/screen" | head -12
    fi
}

wait_for() # TEXT: on the screen; as long as patience lasts
{
    local end=$((SECONDS + patience))
    while ! screen | grep -q -- "$1"; do
        [ "$SECONDS" -lt $end ] || return 1
        sleep 0.05
    done
}

has() # NAME TEXT KEY...
{
    local name=$1 text=$2
    shift 2
    [ $# = 0 ] || type "$@"
    if wait_for "$text"; then good; else bad "$name" "no \"$text\""; screen | head -30; fi
}

sane() # NAME STATUS: the program has ended so, and the terminal is as it was
{
    wait_for "done: $2" || { bad "$1" "not ended with $2"; screen | tail -5; stop; return; }
    if [ "$(t display -p -t s '#{alternate_on}#{mouse_any_flag}#{cursor_flag}')" != 001 ]; then
        bad "$1" "screen, mouse or cursor: $(t display -p -t s '#{alternate_on}#{mouse_any_flag}#{cursor_flag}')"
    elif ! stty -a <"$(t display -p -t s '#{pane_tty}')" | grep -q '[^-]icanon.*[^-]echo '; then
        bad "$1" "$(stty -a <"$(t display -p -t s '#{pane_tty}')" | tail -2)"
    else
        good
    fi
    stop
}

pid() # of the program in the terminal
{
    local shell
    shell=$(t display -p -t s '#{pane_pid}')
    local end=$((SECONDS + patience))
    while [ "$SECONDS" -lt $end ]; do
        for child in $(cat "/proc/$shell/task/$shell/children" 2>/dev/null); do
            [ "$(readlink "/proc/$child/exe")" = "$fathom" ] && echo "$child" && return
        done
        sleep 0.05
    done
}
