#!/bin/bash
# What the shells complete: every option and verb that there is, and in each shell that is installed an option, a field, a verb, a lesson. And the
# manual: pages without faults, where mandoc can tell.
# shellcheck disable=SC2154
. "$(dirname "$0")/checks.sh"
cd "$work" || exit 2
files=("$top/completions/fathom.bash" "$top/completions/_fathom" "$top/completions/fathom.fish")
ln -s "$fathom" fathom # the name that they ask
export PATH=$work:$PATH FATHOM_LESSONS=$top/lessons HOME=$work LC_ALL=C.UTF-8

knows() # FILE WORD: --WORD stands there, or -l WORD
{
    grep -qE -- "(--| -l )$2([^a-z-]|\$)" "$1"
}

verbs=(flows explain follow objects plot qlog report series teach)
mapfile -t options < <(sed -n '/^static const struct option/,/^};/s/^ *{ "\([a-z-]*\)", [a-z]*_argument, NULL, \(.*\) },$/\1 \2/p' "$top/src/options.c" | sed -n '/ REFUSED$/!s/ .*//p')
check "options are found" [ ${#options[@]} -gt 30 ]
for file in "${files[@]}"; do
    for option in "${options[@]}"; do
        check "${file##*/}: --$option" knows "$file" "$option"
    done
    for verb in "${verbs[@]}"; do
        check "${file##*/}: $verb" grep -qw "$verb" "$file"
        for option in $(fathom "$verb" --help 2>&1 | grep -oE '(^|\[| )--[a-z]+' | tr -d ' [-' | sort -u); do
            [ "$option" = help ] || check "${file##*/}: $verb --$option" knows "$file" "$option"
        done
    done
done

in_bash() # WORD...: what is offered for the last one
{
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fathom; printf "%s\n" "${COMPREPLY[@]}"' _ "${files[0]}" fathom "$@"
}

in_fish() # LINE
{
    fish --no-config -c ". '${files[2]}'; complete -C 'fathom $1'" | cut -f 1
}

# zsh completes only where keys are pressed: in a terminal of its own, in which the line as it becomes is read.
in_zsh() # LINE
{
    zsh -f -c 'zmodload zsh/zpty; zpty -b z zsh -f -i
        zpty -w z "PROMPT=; RPROMPT=; stty columns 200; fpath=($1 \$fpath); autoload -U compinit; compinit -u -d $2/dump; zstyle \":completion:*\" menu no; setopt no_beep; print re\"\"ady"
        zpty -r z line "*ready*"
        zpty -n -w z "fathom $3"$'"'\\t'"'
        text=
        for i in {1..100}; do sleep 0.05; while zpty -r -t z line; do text+=$line; done; [[ $text == *$4* ]] && break; done
        zpty -d z; print -r -- "$text"' _ "${files[1]%/*}" "$work" "$1" "$2" 2>/dev/null | tr -d '\r'
}

offers() # SHELL EXPECTED COMMAND...
{
    local shell=$1 expected=$2
    shift 2
    command -v "$shell" >/dev/null || return 0
    if "$@" | grep -q -- "$expected"; then good; else bad "$shell" "no \"$expected\" for ${*:2}: $("$@" | head -n 3 | cat -v)"; fi
}

offers bash '^--verify-chain$' in_bash --veri
offers bash '^tcp.window_size_scalefactor$' in_bash -r x -e tcp.window_size_s
offers bash '^explain$' in_bash exp
offers bash '^handshake$' in_bash teach hands
offers bash '^--kind$' in_bash plot --k
offers fish '^--verify-chain$' in_fish '--veri'
offers fish '^tcp.window_size_scalefactor$' in_fish '-e tcp.window_size_s'
offers fish '^explain$' in_fish 'exp'
offers fish '^handshake$' in_fish 'teach hands'
offers fish '^--kind$' in_fish 'plot --k'
if command -v zsh >/dev/null && zsh -f -c 'zmodload zsh/zpty' 2>/dev/null; then
    offers zsh '--verify-chain' in_zsh '--veri' verify-chain
    offers zsh 'tcp.window_size_scalefactor' in_zsh '-e tcp.window_size_s' scalefactor
    offers zsh 'explain' in_zsh 'exp' explain
    offers zsh 'handshake' in_zsh 'teach hands' handshake
fi

if command -v mandoc >/dev/null; then
    for page in "$top"/man/*.[0-9]; do
        mandoc -T lint -W warning "$page" >out 2>&1
        check "${page##*/}" [ ! -s out ]
    done
fi

count_up completions
