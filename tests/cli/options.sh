#!/bin/bash
# The command line: exit statuses, messages, and which options do what. Each row runs fathom once.
set -u
fathom=${builddir:-.}/fathom
data=${srcdir:-$(dirname "$0")/../..}/testdata
capture=$data/dns.pcapng
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

fail() # NAME WHAT
{
    echo "$1: $2"
    failed=$((failed + 1))
}

# NAME STATUS OUT ERR WORDS...: OUT and ERR are extended regular expressions found in the output; "" means that it is empty, "*"
# that anything goes.
check()
{
    local name=$1 status=$2 out=$3 err=$4 got bad=
    shift 4
    timeout 20 "$fathom" "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ "$got" = "$status" ] || bad="exit status $got, not $status"
    holds "$work/out" "$out" || bad="$bad; standard output: $(head -c 300 "$work/out")"
    holds "$work/err" "$err" || bad="$bad; standard error: $(head -c 300 "$work/err")"
    if [ -n "$bad" ]; then
        fail "$name" "$bad"
    else
        passed=$((passed + 1))
    fi
}

holds() # FILE PATTERN
{
    case $2 in
    '*') return 0 ;;
    '') [ ! -s "$1" ] ;;
    *) grep -qE -- "$2" "$1" ;;
    esac
}

lines() # NAME COUNT WORDS...: as many lines of output
{
    local name=$1 count=$2 got
    shift 2
    got=$(timeout 20 "$fathom" "$@" 2>/dev/null </dev/null | wc -l)
    if [ "$got" = "$count" ]; then
        passed=$((passed + 1))
    else
        fail "$name" "$got lines, not $count"
    fi
}

same() # NAME WORDS... -- WORDS...: both print the same, and something
{
    local name=$1 first=()
    shift
    while [ "$1" != -- ]; do
        first+=("$1")
        shift
    done
    shift
    timeout 20 "$fathom" "${first[@]}" >"$work/first" 2>/dev/null </dev/null
    timeout 20 "$fathom" "$@" >"$work/second" 2>/dev/null </dev/null
    if [ -s "$work/first" ] && cmp -s "$work/first" "$work/second"; then
        passed=$((passed + 1))
    else
        fail "$name" "outputs differ or are empty"
    fi
}

line='^ +1 +0\.000000 .* → .* DNS [0-9]+ Standard query '

# ---- what works
check 'reads a file' 0 "$line" '' -n -r "$capture"
check 'reads a file without -r' 0 "$line" '' "$capture"
lines 'options behind the file' 2 "$capture" -n -c 2
check 'long option' 0 "$line" '' --read-file "$capture"
check 'long option with =' 0 "$line" '' "--read-file=$capture"
check 'bundled letters' 0 "$line" '' -nlr "$capture"
check 'twice n' 0 "$line" '' -nn -r "$capture"
lines 'count' 2 -c 2 -r "$capture"
lines 'quiet' 0 -q -r "$capture"
lines 'quieter' 0 -Q -r "$capture"
check 'a filter' 0 '^1$' '' -r "$capture" -c 1 -T fields -e frame.number -Y dns
lines 'a filter that nothing passes' 0 -r "$capture" -Y 'frame.number == 0'
same 'words behind are a filter' -r "$capture" -Y 'frame.number == 1' -- -r "$capture" frame.number == 1
same 'two passes show the same lines' -r "$capture" -- -r "$capture" -2
if "$fathom" --version | grep -q '^with .*zlib'; then
    gzip -c "$capture" >"$work/dns.pcapng.gz"
    same 'two passes over a compressed file' -r "$capture" -V -2 -- -r "$work/dns.pcapng.gz" -V -2
fi
same 'two passes with a read filter' -r "$capture" -Y 'frame.number <= 3' -- -r "$capture" -2 -R 'frame.number <= 3'
check 'read filter numbers anew' 0 'query response' '' -r "$capture" -2 -R 'dns.flags.response == 1' -Y 'frame.number == 1'
check 'session reset numbers anew' 0 '^ +1 .*' '' -M 1 -r "$capture" -Y 'frame.number == 1' -c 3
lines 'session reset' 3 -M 1 -r "$capture" -Y 'frame.number == 1' -c 3
check 'details' 0 '^    Encapsulation type: ' '' -V -r "$capture" -c 1
check 'some details' 0 '^Domain Name System' '' -O dns -r "$capture" -c 1
check 'bytes' 0 '^0010  ([0-9a-f]{2} ){16}' '' -x -r "$capture" -c 1
check 'JSON' 0 '"frame.number": "1"' '' -T json -r "$capture" -c 1
check 'JSON lines' 0 '"frame.number":1,' '' -T jsonl -r "$capture" -c 1
check 'EK' 0 '"frame_frame_number":"1"' '' -T ek -r "$capture" -c 1
check 'PDML' 0 '<field name="frame.number" showname="Frame Number: 1"' '' -T pdml -r "$capture" -c 1
check 'PSML' 0 '<section>DNS</section>' '' -T psml -r "$capture" -c 1
check 'tabs' 0 $'\tDNS\t' '' -T tabs -r "$capture" -c 1
check 'time of day' 0 '^ +1 [0-9]{4}-[0-9]{2}-[0-9]{2} ' '' -t ad -r "$capture" -c 1
check 'seconds with letters' 0 '^ +1 +0\.[0-9]+s ' '' -u hms -r "$capture" -c 1
check 'columns' 0 '^DNS +1$' '' -o 'gui.column.format:"P","%p","N","%m"' -r "$capture" -c 1
check 'a preference of another program' 0 "$line" '' -o tcp.display_process_info_from_ipfix:TRUE -r "$capture" -c 1
check 'field header' 0 $'^frame.number\tdns$' '' -T fields -E header=y -e frame.number -e dns -r "$capture" -c 1
check 'help' 0 '^Usage: fathom ' '' -h
check 'all of the help' 0 '--export-objects' '' --help=all
for words in -h '' flows explain follow objects plot report qlog teach; do # a screen of 80 by 24
    read -ra list <<<"$words"
    if timeout 20 "$fathom" "${list[@]}" --help 2>/dev/null | LC_ALL=C awk 'length > 80 { wide = 1 } END { exit wide || NR > 24 || NR < 5 }'; then
        passed=$((passed + 1))
    else
        fail 'help fits a screen' "$words"
    fi
done
check 'version' 0 '^fathom [0-9]' '' --version

cat "$capture" | timeout 20 "$fathom" -r - -c 1 >"$work/out" 2>&1
if holds "$work/out" "$line"; then passed=$((passed + 1)); else fail 'standard input' "$(cat "$work/out")"; fi

# ---- protocols
check 'protocol switched off' 0 ' UDP ' '' --disable-protocol dns -r "$capture" -c 1
check 'switched off and on' 0 "$line" '' --disable-protocol dns --enable-protocol dns -r "$capture" -c 1
check 'decode as' 0 ' UDP [0-9]+ ' '' -d udp.port==53,data -r "$capture" -c 1
check 'decode a range as' 0 ' UDP [0-9]+ ' '' -d udp.port==50-60,data -r "$capture" -c 1
check 'decode a count as' 0 ' UDP [0-9]+ ' '' -d udp.port==52:2,data -r "$capture" -c 1

# ---- what is wrong: one line that says so
check 'nothing to read' 1 '' '^fathom: nothing to read'
check 'unknown letter' 1 '' '^fathom: unrecognized option: -&$' '-&'
check 'unknown word' 1 '' '^fathom: unrecognized option: --dispaly-filter; did you mean --display-filter\?$' --dispaly-filter
check 'argument missing' 1 '' '^fathom: option requires an argument: -r$' -r
check 'no such file' 2 '' '^fathom: .*nothing\.pcap' -r "$data/nothing.pcap"
check 'no capture' 2 '' "^fathom: .*README" -r "$data/README.md"
check 'file cut short' 2 '^ +1 ' '^fathom: .*pcap-cut' -r "$data/pcap-cut.pcap"
check 'unknown format' 1 '' '^fathom: Invalid -T parameter "jsn"' -T jsn -r "$capture"
check 'unknown field' 1 '' "Some fields aren't valid: frame.numbr \(did you mean frame.number\?\), no.such" -T fields -e frame.numbr -e no.such -r "$capture"
check 'fields without -e' 1 '' 'no fields were specified' -T fields -r "$capture"
check '-e without fields' 1 '' 'fields were specified with "-e"' -e frame.number -r "$capture"
check 'bad -E' 1 '' '"header=q" is not a valid field output option' -T fields -E header=q -e frame.number -r "$capture"
check 'bad count' 1 '' 'packet count "x" isn.t a decimal number' -c x -r "$capture"
check 'count of zero' 1 '' 'packet count is zero' -c 0 -r "$capture"
check 'bad time' 1 '' 'Invalid time stamp type "x"' -t x -r "$capture"
check 'bad seconds' 1 '' 'Invalid seconds type "x"' -u x -r "$capture"
check 'bad name flag' 1 '' "unknown resolving option 'q'" -N q -r "$capture"
check 'unknown preference' 1 '' 'dns.nothing' -o dns.nothing:1 -r "$capture"
check 'preference without value' 1 '' 'Invalid -o flag' -o dns -r "$capture"
check 'bad columns' 1 '' 'columns must be pairs' -o gui.column.format:a -r "$capture"
check 'unknown layer' 1 '' 'unknown layer type "udp.prt"; there are: .*udp\.port' -d udp.prt==1,dns -r "$capture"
check 'unknown decode-as protocol' 1 '' 'no protocol is named "dnx"; did you mean "dns"' -d udp.port==1,dnx -r "$capture"
check 'bad selector' 1 '' 'is not a selector' -d udp.port==9-1,dns -r "$capture"
check 'unknown protocol to switch off' 1 '' '--disable-protocol: no protocol is named "dnx"' --disable-protocol dnx -r "$capture"
check 'unknown protocol to open' 1 '' '-O: no protocol is named "dnx"' -O dnx -r "$capture"
check 'read filter without two passes' 1 '' '-R without -2' -R dns -r "$capture"
check 'two filters' 1 '' 'both with "-Y" and' -Y dns -r "$capture" dns
check 'filter that is none' 2 '' '^    frame.number ==$' -Y 'frame.number ==' -r "$capture"
check 'unknown statistic' 1 '' 'Invalid -z argument "nonsense"' -z nonsense -r "$capture"
check 'statistic nearly named' 1 '' 'did you mean "io,stat"' -z io,stas,1 -r "$capture"
check 'statistic with a bad filter' 1 '' 'Filter "dns ==" is invalid' -z 'expert,dns ==' -r "$capture"
check 'list of statistics' 0 '' '^     conv,tcp$' -z help
check 'statistics see what -Y hides' 0 '^ *eth +frames:184 bytes:24063$' '' -q -Y tcp -z io,phs -r "$capture"
check 'unknown report' 1 '' 'Invalid "nonsense" option for -G' -G nonsense
keyed=$data/tls12.pcapng
check 'session keys' 0 '' '' -q -r "$keyed" --export-tls-session-keys "$work/keys"
if [ "$(grep -c '^CLIENT_RANDOM [0-9a-f]\{64\} [0-9a-f]\{96\}$' "$work/keys")" = "$(wc -l <"$work/keys")" ] && [ -s "$work/keys" ]; then
    passed=$((passed + 1))
else
    fail 'session keys in a file' "$(cat "$work/keys")"
fi
plain=$data/tls13-no-keys.pcap
check 'secrets injected' 0 '' '' -r "$plain" -o "tls.keylog_file:${plain%pcap}keys" -w "$work/with-keys.pcapng" --inject-secrets
check 'and found again' 0 'HTTP .*GET' '' -r "$work/with-keys.pcapng"
check 'key log that is not there' 2 '' '/nowhere/keys: the key log cannot be read' -o tls.keylog_file:/nowhere/keys -r "$capture"
check 'key that is none' 2 '' 'it holds no RSA private key' -o "uat:rsa_keys:\"$capture\",\"\"" -r "$capture"
check 'pre-shared key' 1 '' 'a pre-shared key is written in hex digits' -o tls.psk:zz -r "$capture"
check 'option that is refused' 1 '' 'option -X is not supported' -X lua_script:x -r "$capture"

# ---- reports
check 'fields' 0 $'^F\tFrame Number\tframe\\.number\tFT_UINT32\tframe\tBASE_DEC\t0x0\t$' '' -G fields
check 'fields without a name' 0 $'^P\tUser Datagram Protocol\tudp$' '' -G
check 'protocols' 0 $'^User Datagram Protocol\tUDP\tudp$' '' -G protocols
check 'types' 0 $'^FT_IPv6\tIPv6 address$' '' -G ftypes
check 'decodes' 0 $'^udp\\.port\t53\tdns$' '' -G decodes
check 'column formats' 0 $'^%m\tNumber$' '' -G column-formats
check 'values' 0 $'^V\tframe\\.encap_type\t1\tEthernet$' '' -G values
check 'tables' 0 $'^udp\\.port\tUDP port\tFT_UINT16\tBASE_DEC\tUDP\t' '' -G dissector-tables
check 'preferences' 0 '^#udp\.check_checksum: FALSE$' '' -G defaultprefs
check 'preferences as set' 0 '^udp\.check_checksum: TRUE$' '' -o udp.check_checksum:TRUE -G currentprefs
check 'count of fields' 0 '^There are [0-9]+ header fields' '' -G fieldcount
check 'list of reports' 0 '-G fields' '' -G help

# ---- output that cannot be written
timeout 20 "$fathom" -r "$capture" >/dev/full 2>"$work/err"
if [ $? = 2 ] && [ "$(wc -l <"$work/err")" = 1 ]; then passed=$((passed + 1)); else fail 'full disk' "$(cat "$work/err")"; fi
{ timeout 20 "$fathom" -V -r "$capture" -l 2>"$work/err"; echo $? >"$work/status"; } | head -n 1 >/dev/null
if [ "$(cat "$work/status")" = 2 ] && [ ! -s "$work/err" ]; then passed=$((passed + 1)); else fail 'reader gone' "$(cat "$work/status" "$work/err")"; fi

if "$fathom" --version | sed -n 's/^with / /p' | grep -q ' cairo '; then
    for kind in window ladder streams; do
        check "a picture: $kind" 0 '' '' plot --kind $kind "$data/http2-loss.pcapng" 0 -o "$work/picture.svg"
        if grep -q '<svg' "$work/picture.svg"; then passed=$((passed + 1)); else fail "what is in the picture: $kind" 'no SVG'; fi
    done
    check 'a picture of QUIC' 0 '' '' plot --kind streams "$data/quic-loss.pcapng" udp:0 -o "$work/picture.svg"
fi
check 'a picture without streams' 1 '' 'no streams' plot --kind streams "$data/bulk-cubic.pcapng" 0 -o "$work/picture.svg"
check 'a kind of picture' 1 '' 'is none of' plot --kind circle "$data/bulk-cubic.pcapng" 0 -o "$work/picture.svg"
check 'no window of UDP' 1 '' 'not TCP' plot "$data/quic-loss.pcapng" udp:0 -o "$work/picture.svg"
check 'a report needs a place' 1 '' 'where should the report go' report "$capture"
check 'a report' 0 '' '' report "$data/bulk-cubic.pcapng" -o "$work/report.html"
if grep -q '<h3 id="tcp0">' "$work/report.html" && grep -q 'went again\|fast recover\|recover' "$work/report.html" && ! grep -q 'src="\|href="http' "$work/report.html"; then
    passed=$((passed + 1))
else
    fail 'what is in the report' "$(head -c 300 "$work/report.html")"
fi

echo "command line: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
