# bash completion for fathom

_fathom_names() # REPORT COLUMN
{
    fathom -G "$1" 2>/dev/null | cut -f "$2"
}

_fathom()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    if [ "$COMP_CWORD" = 1 ] && [[ $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "flows explain follow objects plot qlog report series teach" -- "$current"; compgen -f -- "$current")
        return
    fi
    case ${COMP_WORDS[1]}$current in
    flows--*)
        mapfile -t COMPREPLY < <(compgen -W "--columns --csv --help --json --sessions --sort --width" -- "$current")
        return
        ;;
    explain--*)
        mapfile -t COMPREPLY < <(compgen -W "--help --packet --width" -- "$current")
        return
        ;;
    teach--*)
        mapfile -t COMPREPLY < <(compgen -W "--check --export --help --new --quiz" -- "$current")
        return
        ;;
    teach*)
        [ "$COMP_CWORD" = 2 ] && mapfile -t COMPREPLY < <(compgen -W "$(fathom teach 2>/dev/null | cut -d' ' -f1)" -- "$current") && return
        ;;
    follow--*)
        mapfile -t COMPREPLY < <(compgen -W "--help --hex --json --level --raw --side --stream --text" -- "$current")
        return
        ;;
    objects--*)
        mapfile -t COMPREPLY < <(compgen -W "--help --json" -- "$current")
        return
        ;;
    qlog--*)
        mapfile -t COMPREPLY < <(compgen -W "--flow --help --qvis" -- "$current")
        return
        ;;
    series--*)
        mapfile -t COMPREPLY < <(compgen -W "--format" -- "$current")
        return
        ;;
    esac
    case $previous in
    --columns | --sort) mapfile -t COMPREPLY < <(compgen -W "$(fathom flows --columns help 2>/dev/null)" -- "$current") ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "csv judge" -- "$current") ;;
    -r | --read-file | -w) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    -e) mapfile -t COMPREPLY < <(compgen -W "$(_fathom_names fields 3)" -- "$current") ;;
    -Y | -R | --display-filter | --read-filter) mapfile -t COMPREPLY < <(compgen -W "$(_fathom_names fields 3)" -- "$current") ;;
    -O | --enable-protocol | --disable-protocol) mapfile -t COMPREPLY < <(compgen -W "$(_fathom_names protocols 3)" -- "$current") ;;
    -z) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" -z help 2>&1 | awk 'NR > 1 { print $1 }')" -- "$current") ;;
    -T) mapfile -t COMPREPLY < <(compgen -W "text fields json jsonraw jsonl ek pdml psml tabs" -- "$current") ;;
    -t) mapfile -t COMPREPLY < <(compgen -W "a ad adoy d dd e r u ud udoy" -- "$current") ;;
    -u) mapfile -t COMPREPLY < <(compgen -W "s hms" -- "$current") ;;
    -E) mapfile -t COMPREPLY < <(compgen -W "header= separator= occurrence= aggregator= quote= bom=" -- "$current") ;;
    -G) mapfile -t COMPREPLY < <(compgen -W "$(fathom -G help 2>/dev/null | awk '{ print $2 }')" -- "$current") ;;
    -i | --interface) mapfile -t COMPREPLY < <(compgen -W "$(fathom -D 2>/dev/null | awk '{ print $2 }')" -- "$current") ;;
    --hexdump) mapfile -t COMPREPLY < <(compgen -W "all frames ascii delimit noascii" -- "$current") ;;
    *)
        if [[ $current == --* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "--autostop --buffer-size --capture-comment --color --disable-protocol
                --display-filter --enable-protocol --export-tls-session-keys --help --hexdump --inject-secrets --interface --linktype --list-data-link-types --list-interfaces
                --list-time-stamp-types --memory --monitor-mode --no-duplicate-keys --no-promiscuous-mode --plugin --print --proto --read-file --read-filter
                --ring-buffer --snapshot-length --time-stamp-type --verify-chain --version" -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
        fi
        ;;
    esac
}

complete -o filenames -F _fathom fathom
