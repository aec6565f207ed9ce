#!/bin/bash
# Every lesson, step by step, in a real terminal: at 80 by 24, and at 120 by 40 in ASCII (not with LESSONS=once: the sanitizers learn
# nothing from a second size). `lessons.sh --update` writes the screens anew.
# shellcheck disable=SC2034,SC2154
. "$(dirname "$0")/terminal.sh"
screens=$top/tests/screens/lessons

whole=1 # bodies are decoded, so that lines read as in the files
"$fathom" -v | grep -q '^without.*zlib' && whole=

same() # FILE: the lesson's screens are those of the file; without zlib it is enough that all of them come
{
    if [ -n "$whole" ]; then cmp -s "$dir/lesson" "$1"; else ! grep -q 'does not come\|does not end' "$dir/lesson"; fi
}

walk() # FILE STEPS LINES: prints the screen of each step, which has time to become that of the file
{
    local i
    for ((i = 1; i <= $2; i++)); do
        wait_for " $i of $2 *\$" || { echo "step $i does not come"; return; }
        if [ -n "$whole" ]; then
            sed -n "$(((i - 1) * $3 + 1)),$((i * $3))p" "$1" >"$dir/expected" 2>/dev/null
            becomes "$dir/expected" || { cat "$dir/screen"; return; }
        else
            settled >"$dir/screen"
        fi
        cat "$dir/screen"
        type Space
    done
    wait_for 'The end of the lesson' || echo "it does not end"
}

lesson() # NAME COLUMNSxROWS
{
    local file=$screens/$1-${2%x*}.txt steps
    steps=$(grep -c '^\[step ' "$FATHOM_LESSONS/$1.lesson")
    start "$2" "$fathom teach $1"
    walk "$file" "$steps" "${2#*x}" >"$dir/lesson"
    stop
    if [ -n "$update" ]; then
        cp "$dir/lesson" "$file"
        good
    elif same "$file"; then
        good
    else
        bad "lesson $1 at $2" "make golden-update writes it anew"
        diff "$file" "$dir/lesson" | head -12
    fi
}

mkdir -p "$screens" 2>/dev/null
for file in "$FATHOM_LESSONS"/*.lesson; do
    name=$(basename "$file" .lesson)
    locale=C.UTF-8 lesson "$name" 80x24
    [ "${LESSONS:-}" = once ] && continue
    locale=C lesson "$name" 120x40
    if LC_ALL=C grep -q '[^ -~]' "$screens/$name-120.txt"; then bad "only ASCII in $name"; else good; fi
done

# ---- on other traffic
start 80x24 "$fathom teach handshake -r tcp-echo.pcapng"
has "a lesson on another capture" 'A connection begins with a question'
stop
start 80x24 "$fathom teach mqtt -r tcp-echo.pcapng"
has "what is not there is told" 'This capture does not hold MQTT'
stop
start 80x24 "$fathom teach --quiz bulk-reno.pcapng --seed 1"
has "a question hides its packet" '─── ? ─'
has "an answer uncovers it" '<- right' a
stop

count_up lessons
