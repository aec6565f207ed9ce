#!/bin/bash
# openssl with every fourth suite of TLS 1.2 that both ends take (all of them are half a megabyte), gnutls with others -> decrypt-suites decrypt-gnutls decrypt-updates decrypt-rsa decrypt-psk;
# decrypt-rsa has no secrets in it: its key is beside it
. "$(dirname "$0")/lib.sh"
need openssl:openssl gnutls-cli:gnutls-bin gnutls-serv:gnutls-bin cc:gcc
enter "$@"
network
certificates
keylog
psk=000102030405060708090a0b0c0d0e0f
printf 'The quick brown fox jumps over the lazy dog.\n' >page.txt

talk() # NAME PORT OPTIONS...: asks for the page
{
    local name=$1 port=$2
    shift 2
    { sleep 0.05; printf 'GET /page.txt HTTP/1.0\r\n\r\n'; sleep 0.1; } |
        on client timeout 5 ${secrets-$(keys "$name")} openssl s_client -connect "198.51.100.20:$port" "$@" >>s_client.log 2>&1 || true
}

start all server openssl s_server -accept 443 -WWW -cert ec.pem -key ec.key -dcert rsa.pem -dkey rsa.key -psk $psk \
    -cipher 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' -num_tickets 0 -no_ticket
await listening server tcp 443
capture decrypt-suites client eth0 tcp
for suite in $(openssl ciphers -s -tls1_2 -psk 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' | tr : ' '); do
    case $suite in *_*) continue ;; esac
    count=$((${count:-0} + 1))
    [ $((count % 4)) = 1 ] || continue
    talk decrypt-suites 443 -tls1_2 -cipher "$suite:@SECLEVEL=0" -psk $psk
done
for suite in ECDHE-ECDSA-AES128-SHA AES256-SHA ECDHE-RSA-NULL-SHA CAMELLIA256-SHA; do
    for version in -tls1 -tls1_1; do
        talk decrypt-suites 443 $version -cipher "$suite:@SECLEVEL=0"
        talk decrypt-suites 443 $version -cipher "$suite:@SECLEVEL=0" -no_etm
    done
done
captured decrypt-suites
keep decrypt-suites

capture decrypt-updates client eth0 tcp
{ sleep 0.2; for i in 1 2 3 4 5 6 7 8; do printf 'K\n'; sleep 0.05; printf 'k\n'; sleep 0.05; done; printf 'GET /page.txt HTTP/1.0\r\n\r\n'; sleep 0.2; } |
    on client timeout 9 $(keys decrypt-updates) openssl s_client -connect 198.51.100.20:443 -tls1_3 >>s_client.log 2>&1 || true
captured decrypt-updates
keep decrypt-updates

capture decrypt-psk client eth0 tcp # no secrets in it: the key is the one above
secrets= talk decrypt-psk 443 -tls1_2 -cipher PSK-AES128-GCM-SHA256 -psk $psk
secrets= talk decrypt-psk 443 -tls1_2 -cipher PSK-AES256-CBC-SHA384:@SECLEVEL=0 -psk $psk
captured decrypt-psk
keep decrypt-psk

start rsa server openssl s_server -accept 4443 -WWW -cert rsa.pem -key rsa.key -cipher 'ALL:@SECLEVEL=0' -psk $psk
await listening server tcp 4443
capture decrypt-rsa client eth0 tcp
secrets= talk decrypt-rsa 4443 -tls1_2 -cipher AES128-GCM-SHA256 -sess_out session
secrets= talk decrypt-rsa 4443 -tls1_2 -cipher AES128-GCM-SHA256 -sess_in session
secrets= talk decrypt-rsa 4443 -tls1_2 -cipher AES256-SHA256 -no_ticket -sess_out session
secrets= talk decrypt-rsa 4443 -tls1_2 -cipher AES256-SHA256 -no_ticket -sess_in session
secrets= talk decrypt-rsa 4443 -tls1 -cipher AES256-SHA:@SECLEVEL=0
secrets= talk decrypt-rsa 4443 -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
{ sleep 0.2; printf 'GET /page.txt HTTP/1.0\r\n\r\n'; sleep 0.2; } | # without an extended master secret
    on client timeout 5 gnutls-cli --insecure -p 4443 198.51.100.20 \
        --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-GCM:%NO_SESSION_HASH' >>gnutls.log 2>&1 || true
captured decrypt-rsa
keep decrypt-rsa
cp rsa.key "$out/decrypt-rsa.key"

start gnutls server gnutls-serv --echo -p 5556 --x509certfile rsa.pem --x509keyfile rsa.key --priority 'NORMAL:+CIPHER-ALL:+CAMELLIA-128-GCM:+CAMELLIA-256-GCM:+CAMELLIA-128-CBC:+CAMELLIA-256-CBC:+3DES-CBC:+ARCFOUR-128:+RSA:+DHE-RSA:+VERS-ALL'
await listening server tcp 5556
capture decrypt-gnutls client eth0 tcp
for cipher in CAMELLIA-128-GCM CAMELLIA-256-GCM CAMELLIA-128-CBC 3DES-CBC ARCFOUR-128 AES-128-CCM-8 AES-256-CCM CHACHA20-POLY1305; do
    { sleep 0.2; printf 'GET /%s HTTP/1.0\r\n\r\n' $cipher; sleep 0.2; } |
        on client timeout 5 env SSLKEYLOGFILE=decrypt-gnutls.keys gnutls-cli --insecure -p 5556 198.51.100.20 \
            --priority "NONE:+VERS-TLS1.2:+COMP-NULL:+RSA:+ECDHE-RSA:+SIGN-ALL:+GROUP-ALL:+MAC-ALL:+SHA1:+$cipher" >>gnutls.log 2>&1 || true
done
captured decrypt-gnutls
keep decrypt-gnutls
