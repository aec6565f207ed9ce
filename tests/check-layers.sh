#!/bin/bash
# Includes go down only. The table says which layers a layer may include besides itself; every quoted include of src/, dissectors/
# and ui/ is held against it.
set -u
cd "${srcdir:-$(dirname "$0")/..}" || exit 2

declare -A may=(
    [base]=""
    [model]="base"
    [capture]="model base"
    [flow]="model base"
    [crypto]="base"
    [inference]="base"
    [filter]="model base"
    [output]="model base"
    [follow]="flow model base"
    [statistics]="follow flow output filter model base"
    [summary]="inference flow model base"
    [engine]="flow crypto inference model base"
    [session]="capture engine crypto flow filter statistics summary output model base"
    [dissectors]="engine flow crypto inference model base"
    [plot]="summary inference model base"
    [teach]="session plot filter summary inference flow model base"
    [ui]="teach session crypto summary plot statistics follow inference filter capture output flow model base"
    [program]="dissectors session ui teach plot summary statistics follow output filter engine crypto inference capture flow model base commands"
)

layer_of() # FILE: the layer it belongs to
{
    case $1 in
    src/*/*) set -- "${1#src/}"; echo "${1%%/*}" ;;
    src/*) echo program ;;
    *) echo "${1%%/*}" ;;
    esac
}

passed=0 failed=0
while IFS=: read -r file line text; do
    target=${text#*\"} target=${target%%\"*}
    from=$(layer_of "$file")
    [ "$from" = commands ] && from=program
    if [ "$target" = config.h ]; then
        continue
    elif [ -f "src/$target" ]; then
        to=$(layer_of "src/$target")
    elif [ -f "$target" ]; then
        to=$(layer_of "$target")
    elif [ -f "$(dirname "$file")/$target" ]; then
        to=$from
    else
        echo "$file:$line: includes \"$target\", which is not there"
        failed=$((failed + 1))
        continue
    fi
    if [ -z "${may[$from]+known}" ]; then
        echo "$file:$line: layer $from is not in the table of $0"
        failed=$((failed + 1))
    elif [ "$from" != "$to" ] && [[ " ${may[$from]} " != *" $to "* ]]; then
        echo "$file:$line: $from may not include $to (\"$target\")"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done < <(grep -rn --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src dissectors ui 2>/dev/null)

echo "includes: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
