# What tests of the program share: the program, a folder to work in, checks and their count. To be sourced, from a folder of tests.
# shellcheck shell=bash disable=SC2034
set -u
top=$(realpath "${srcdir:-$(dirname "${BASH_SOURCE[0]}")/..}")
fathom=$(realpath "${FATHOM:-${builddir:-.}/fathom}")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

skip() # TEST WHY: it cannot be made here
{
    echo "$1: $2: skipped"
    exit 77
}

good() { passed=$((passed + 1)); }

bad() # NAME WHAT
{
    echo "$1: FAILED${2:+: $2}"
    failed=$((failed + 1))
}

check() # NAME CONDITION...: the condition is a command; where it does not hold, what the last run printed is shown
{
    local name=$1
    shift
    if "$@"; then
        good
    else
        bad "$name" "$*"
        tail -n 20 out err 2>/dev/null
    fi
}

run() # ARGUMENT...: of fathom; $status, and files out and err
{
    timeout "${PATIENCE:-60}" "$fathom" "$@" >out 2>err </dev/null
    status=$?
}

compiler() # TEST: $cc and the $flags of GLib, or the test is skipped
{
    cc=${CC:-cc}
    command -v "${cc%% *}" >/dev/null || cc=gcc
    command -v "${cc%% *}" >/dev/null && pkg-config --exists glib-2.0 || skip "$1" "no compiler or no pkg-config here"
    read -ra flags <<<"$(pkg-config --cflags glib-2.0)"
}

count_up() # WHAT: the last line of a test, and how it ends
{
    echo "$1: $passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
