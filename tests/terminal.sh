# A real terminal for tests: tmux, its screens, and what is on them. To be sourced; --update writes screens anew.
# shellcheck shell=bash disable=SC2034
set -u
top=${srcdir:-$(dirname "$0")/..}
top=$(realpath "$top")
fathom=$(realpath "${FATHOM:-${builddir:-.}/fathom}")
update=
[ "${1:-}" = --update ] && update=1
command -v tmux >/dev/null || { echo "terminal: there is no tmux here: skipped"; exit 77; }

dir=$(mktemp -d)
socket=$dir/tmux
trap 'tmux -S "$socket" kill-server 2>/dev/null; rm -rf "$dir"' EXIT
passed=0 failed=0
cd "$top/testdata" || exit 2
export XDG_CONFIG_HOME=$dir XDG_DATA_HOME=$dir TZ=UTC FATHOM_LESSONS=$top/lessons # before the server starts: it hands them on
unset COLORFGBG NO_COLOR

t() # COMMAND...: of tmux
{
    tmux -S "$socket" -f /dev/null "$@"
}

start() # COLUMNSxROWS COMMAND: in a terminal of that size; `done: STATUS` follows its end
{
    t new-session -d -s s -x "${1%x*}" -y "${1#*x}" "env TERM=tmux-256color LC_ALL=${locale:-C.UTF-8} $2; echo done: \$?; exec sleep 60" \; \
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
t new-session -d -s hold 'exec sleep 3600' || { echo "terminal: tmux does not start"; exit 1; }

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
    local now before=
    for _ in $(seq 200); do
        now=$(screen)
        [ -n "$now" ] && [ "$now" = "$before" ] && ! grep -q 'reading\| so far\|shown ([0-9]* %)' <<<"$now" && break
        before=$now
        sleep 0.04
    done
    printf '%s\n' "$now"
}

changed() # BEFORE: waits for another screen than that, for half a second
{
    for _ in $(seq 25); do
        [ "$(screen)" != "$1" ] && return
        sleep 0.02
    done
}

good() { passed=$((passed + 1)); }

bad() # NAME WHAT
{
    echo "$1: FAILED${2:+: $2}"
    failed=$((failed + 1))
}

shows() # NAME KEY...: after the keys the screen is the one in the file of that name
{
    local name=$1 file=$top/tests/screens/$1.txt before
    shift
    if [ $# != 0 ]; then
        before=$(screen)
        type "$@"
        changed "$before"
    fi
    for _ in $(seq 20); do
        settled >"$dir/screen"
        { [ -n "$update" ] || cmp -s "$dir/screen" "$file"; } && break
        sleep 0.5
    done
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

wait_for() # TEXT: on the screen, within half a minute
{
    for _ in $(seq 600); do
        screen | grep -q -- "$1" && return 0
        sleep 0.05
    done
    return 1
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
    for _ in $(seq 100); do
        for child in $(cat "/proc/$shell/task/$shell/children" 2>/dev/null); do
            [ "$(readlink "/proc/$child/exe")" = "$fathom" ] && echo "$child" && return
        done
        sleep 0.05
    done
}
