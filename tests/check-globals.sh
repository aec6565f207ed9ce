#!/bin/bash
# Nothing mutable at file scope: no object of the library may hold initialised or zeroed data that can be written.
# Constant tables with pointers lie in .data.rel.ro, which the loader makes read-only.
set -u
library=${1:-${builddir:-.}/libfathom.a}
if [ ! -f "$library" ]; then
    echo "check-globals: $library is not there"
    exit 1
fi
if grep -aq '__asan_\|__tsan_\|__sanitizer_cov' "$library"; then
    echo "check-globals: the sanitizers' own data are in the way: not done in this build"
    exit 77
fi

# objdump -t: address, flags, section, size, name; O is an object (or the section is of threads' data), the section tells whether it
# can be written.
objects=$(objdump -t "$library" | awk '
    /^[^ ]+:  *file format/ { file = $1; sub(":$", "", file); next }
    / O / || /\.t(data|bss)/ { n++; if ($0 ~ / (\.data|\.bss|\*COM\*|\.tdata|\.tbss)(\.[^ \t]*)?\t/ && $0 !~ /\.data\.rel\.ro/) print file ": " $NF; next }
    END { print "objects " n }')
count=${objects##*objects }
bad=$(grep -v '^objects ' <<<"$objects")
failed=$(grep -c . <<<"$bad")
[ "$failed" = 0 ] || echo "$bad"
echo "file-scope objects: $((count - failed)) passed, $failed failed"
[ "$failed" = 0 ] && [ "$count" -gt 0 ]
