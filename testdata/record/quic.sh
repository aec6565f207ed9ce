#!/bin/bash
# ngtcp2's client and server (GnuTLS) with HTTP/3 -> quic quic-suites quic-retry quic-resumption quic-key-update
# quic-migration quic-rebinding quic-loss quic-v2-draft quic-version-negotiation
. "$(dirname "$0")/lib.sh"
need gtlsclient:ngtcp2-client gtlsserver:ngtcp2-server openssl:openssl
enter "$@"
network
certificates
mkdir site
printf '<!doctype html>\n<p>Hello over QUIC.\n' >site/index.html
seq 6000 >site/numbers.txt
serve() # NAME PORT OPTIONS...
{
    local name=$1 port=$2
    shift 2
    start "$name" server gtlsserver -q --no-quic-dump --no-http-dump --max-gso-dgrams=1 -d site "$@" '*' "$port" rsa.key rsa.pem
    await listening server udp "$port"
}

get() # NAME PORT OPTIONS...: paths of $paths
{
    local name=$1 port=$2 path
    shift 2
    set -- --no-pmtud --exit-on-all-streams-close --timeout=3s --sni=www.example.test "$@" 198.51.100.20 "$port"
    for path in ${paths:-/}; do
        set -- "$@" "https://www.example.test:$port$path"
    done
    on client env SSLKEYLOGFILE="$name.keys" timeout 8 gtlsclient -q --no-quic-dump --no-http-dump "$@" >"$name.log" 2>&1 || true
}

record() # NAME PORT OPTIONS...
{
    capture "$1" client eth0 udp
    get "$@"
    captured "$1"
    keep "$1"
}

serve plain 4433
serve retry 4434 -V
paths='/ /numbers.txt /missing' record quic 4433 -m GET
capture quic-suites client eth0 udp
for suite in AES-128-GCM AES-256-GCM CHACHA20-POLY1305 AES-128-CCM; do
    get quic-suites 4433 --ciphers="NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+$suite" --groups=-GROUP-ALL:+GROUP-SECP256R1
done
captured quic-suites
keep quic-suites
record quic-retry 4434
capture quic-resumption client eth0 udp
get quic-resumption 4433 --session-file=session --tp-file=parameters --token-file=token
get quic-resumption 4433 --session-file=session --tp-file=parameters --token-file=token
captured quic-resumption
keep quic-resumption
record quic-key-update 4433 --key-update=1ms --delay-stream=100ms
relay --delay 10
paths=/numbers.txt record quic-migration 4433 --change-local-addr=60ms --max-data=10K --max-stream-data-bidi-local=8K
paths=/numbers.txt record quic-rebinding 4433 --change-local-addr=60ms --nat-rebinding --max-data=10K --max-stream-data-bidi-local=8K
unrelay
record quic-v2-draft 4433 -v 0x709a50c4
record quic-version-negotiation 4433 -v 0x1a2a3a4a --preferred-versions=v1,0x709a50c4
relay --delay 10 --drop 0.08 --reorder 0.05 --seed 11
paths='/numbers.txt /' record quic-loss 4433 --no-pmtud
unrelay
