#!/bin/bash
# openssl s_client and s_server over UDP -> dtls12 (suites, cookie, small datagrams, resumption), dtls10, dtls12-loss
. "$(dirname "$0")/lib.sh"
need openssl:openssl cc:gcc
enter "$@"
network
certificates
keylog

serve() # NAME PORT OPTIONS...
{
    local name=$1 port=$2
    shift 2
    start "$name" server sh -c 'while sleep 2; do echo "a line from the server"; done | exec openssl s_server "$@"' sh \
        -accept "$port" -cert ec.pem -key ec.key -dcert rsa.pem -dkey rsa.key -quiet "$@"
    await listening server udp "$port"
}

talk() # NAME PORT OPTIONS...
{
    local name=$1 port=$2
    shift 2
    { sleep 0.6; echo 'a line from the client'; sleep "${pause:-0.6}"; echo Q; } |
        on client timeout 6 $(keys "$name") openssl s_client -connect "198.51.100.20:$port" -CAfile ca.pem "$@" \
            >>s_client.log 2>&1 || true
}

serve v12 4433 -dtls1_2 -listen -cipher ALL:@SECLEVEL=0
capture dtls12 client eth0 udp
talk dtls12 4433 -dtls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
stop v12
for suite in ECDHE-RSA-AES256-SHA384 ECDHE-ECDSA-AES128-CCM AES128-SHA; do
    serve v12 4433 -dtls1_2 -cipher ALL:@SECLEVEL=0
    talk dtls12 4433 -dtls1_2 -cipher $suite:@SECLEVEL=0 -mtu 300 -sess_out session
    talk dtls12 4433 -dtls1_2 -cipher $suite:@SECLEVEL=0 -sess_in session
    stop v12
done
captured dtls12
keep dtls12

serve v10 4433 -dtls1 -cipher ALL:@SECLEVEL=0
capture dtls10 client eth0 udp
talk dtls10 4433 -dtls1 -cipher ECDHE-RSA-AES128-SHA:@SECLEVEL=0
captured dtls10
keep dtls10
stop v10

serve v12 4433 -dtls1_2 -mtu 400
relay --delay 5 --protocol udp --nth 3,8 --swap 5 --double 6
capture dtls12-loss client eth0 udp
pause=3 talk dtls12-loss 4433 -dtls1_2 -mtu 400
captured dtls12-loss
keep dtls12-loss
