# bash completion for fathom

_fathom_names() # REPORT COLUMN
{
    "${COMP_WORDS[0]}" -G "$1" 2>/dev/null | cut -f "$2"
}

_fathom_options="--autostop --buffer-size --capture-comment --color --disable-heuristic --disable-protocol --display-filter --enable-heuristic
    --enable-protocol --export-objects --export-tls-session-keys --help --hexdump --inject-secrets --interface --linktype --list-data-link-types
    --list-interfaces --list-time-stamp-types --memory --monitor-mode --no-duplicate-keys --no-promiscuous-mode --plugin --print --proto --read-file
    --read-filter --ring-buffer --snapshot-length --temp-dir --time-stamp-type --verify-chain --version"

_fathom()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    if [ "$COMP_CWORD" = 1 ] && [[ $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "flows explain follow objects plot qlog report series teach" -- "$current"; compgen -f -- "$current")
        return
    fi
    if [[ $current == --* ]]; then
        local own=
        case ${COMP_WORDS[1]} in
        flows) own="--columns --csv --json --sessions --sort --width" ;;
        explain) own="--and --packet --width" ;;
        follow) own="--hex --json --level --raw --side --stream --text" ;;
        objects) own="--json" ;;
        plot) own="--from --kind --output --side --size --to" ;;
        qlog) own="--flow --qvis" ;;
        report) own="--output --pictures" ;;
        series) own="--format" ;;
        teach) own="--check --export --new --questions --quiz --seed" ;;
        *) own=$_fathom_options ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "--help $own" -- "$current")
        return
    fi
    if [ "${COMP_WORDS[1]}" = teach ] && [ "$COMP_CWORD" = 2 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" teach 2>/dev/null | cut -d' ' -f1)" -- "$current")
        return
    fi
    case $previous in
    --columns | --sort) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" flows --columns help 2>/dev/null)" -- "$current") ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "csv judge" -- "$current") ;;
    --kind) mapfile -t COMPREPLY < <(compgen -W "window sequence rtt throughput ladder streams" -- "$current") ;;
    --side | --flow) mapfile -t COMPREPLY < <(compgen -W "client server" -- "$current") ;;
    --level) mapfile -t COMPREPLY < <(compgen -W "content decrypted transport" -- "$current") ;;
    --export) mapfile -t COMPREPLY < <(compgen -W "html pdf txt" -- "$current") ;;
    --export-objects) mapfile -t COMPREPLY < <(compgen -W "http," -- "$current") ;;
    -r | --read-file | -w) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    -e) mapfile -t COMPREPLY < <(compgen -W "$(_fathom_names fields 3)" -- "$current") ;;
    -Y | -R | --display-filter | --read-filter) mapfile -t COMPREPLY < <(compgen -W "$(_fathom_names fields 3)" -- "$current") ;;
    -O | --enable-protocol | --disable-protocol) mapfile -t COMPREPLY < <(compgen -W "$(_fathom_names protocols 3)" -- "$current") ;;
    -z) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" -z help 2>&1 | awk 'NR > 1 { print $1 }')" -- "$current") ;;
    -T) mapfile -t COMPREPLY < <(compgen -W "text fields json jsonraw jsonl ek pdml psml tabs" -- "$current") ;;
    -t) mapfile -t COMPREPLY < <(compgen -W "a ad adoy d dd e r u ud udoy" -- "$current") ;;
    -u) mapfile -t COMPREPLY < <(compgen -W "s hms" -- "$current") ;;
    -E) mapfile -t COMPREPLY < <(compgen -W "header= separator= occurrence= aggregator= quote= bom=" -- "$current") ;;
    -G) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" -G help 2>/dev/null | awk '{ print $2 }')" -- "$current") ;;
    -i | --interface) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" -D 2>/dev/null | awk '{ print $2 }')" -- "$current") ;;
    --hexdump) mapfile -t COMPREPLY < <(compgen -W "all frames ascii delimit noascii" -- "$current") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
}

complete -o filenames -F _fathom fathom
