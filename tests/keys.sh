#!/bin/bash
# Random keys in terminals of random sizes, capture by capture, a lesson among them. In a build with sanitizers every fault ends it.
#
#   KEYS=100000 SEED=7 tests/keys.sh     so many keys in all, and others than usual
set -u
top=$(realpath "${srcdir:-$(dirname "$0")/..}")
build=$(realpath "${builddir:-.}")
keys=${KEYS:-6000} seed=${SEED:-1}
captures=(demo bulk-cubic quic-loss http2 tls13 webrtc)

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2 # what the keys save is saved here
export TERM=xterm-256color LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$dir XDG_DATA_HOME=$dir FATHOM_LESSONS=$top/lessons
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=2:handle_abort=2"
[ -f "/usr/share/terminfo/x/$TERM" ] || [ -f "/lib/terminfo/x/$TERM" ] || { echo "keys: the terminal $TERM is not known here: skipped"; exit 77; }

failed=0
each=$((keys / (${#captures[@]} + 1)))
for capture in "${captures[@]}"; do
    echo "$capture:"
    "$build/tests/keys" -n $each -s "$seed" "$build/fathom" "$top/testdata/$capture.pcapng" || failed=$((failed + 1))
    seed=$((seed + 1))
done
echo "the lesson handshake:"
"$build/tests/keys" -n $each -s "$seed" "$build/fathom" teach handshake || failed=$((failed + 1))
echo "keys: $((${#captures[@]} + 1 - failed)) passed, $failed failed"
[ $failed = 0 ]
