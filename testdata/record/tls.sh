#!/bin/bash
# openssl s_client and s_server, gnutls-cli and curl -> tls13 tls12 tls12-old-suites tls10 tls13-retry tls13-resumption tls-alerts
# tls-client-certificate; tls13-no-keys.pcap with its key log beside it
. "$(dirname "$0")/lib.sh"
need openssl:openssl nginx:nginx gnutls-cli:gnutls-bin curl:curl cc:gcc
enter "$@"
network
certificates
keylog

serve() # NAME PORT OPTIONS...: answers each request with a page about the connection
{
    local name=$1 port=$2
    shift 2
    start "$name" server openssl s_server -accept "$port" -www -cert ec.pem -key ec.key -dcert rsa.pem -dkey rsa.key \
        -CAfile ca.pem "$@"
    await listening server tcp "$port"
}

talk() # NAME PORT OPTIONS...: one request; a line "K" or "R" before it asks for a key update or renegotiation
{
    local name=$1 port=$2
    shift 2
    { sleep 0.2; printf '%b' "${first:-}"; sleep 0.1; printf 'GET / HTTP/1.0\r\n\r\n'; sleep 0.3; } |
        on client timeout 5 $(keys "$name") openssl s_client -connect "198.51.100.20:$port" -servername www.example.test \
            -CAfile ca.pem "$@" >>s_client.log 2>&1 || true
}

serve both 443 -cipher 'ALL:@SECLEVEL=0' -num_tickets 1
capture tls13 client eth0 tcp
for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
    talk tls13 443 -tls1_3 -ciphersuites $suite -alpn http/1.1
done
talk tls13 443 -tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256 -sigalgs RSA-PSS+SHA256 -status
first='K\n' talk tls13 443 -tls1_3
talk tls13 443 -tls1_3 -groups X448:P-521
on client env SSLKEYLOGFILE=tls13.keys gnutls-cli --x509cafile ca.pem -p 443 --sni-hostname www.example.test \
    --verify-hostname www.example.test 198.51.100.20 >gnutls.log 2>&1 <<<'GET / HTTP/1.0

' || true
captured tls13
keep tls13

serve retry 4443 -groups P-384
capture tls13-retry client eth0 tcp
talk tls13-retry 4443 -tls1_3 -groups X25519:P-384
captured tls13-retry
keep tls13-retry

capture tls12 client eth0 tcp
for suite in ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 \
    ECDHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES256-CCM8; do
    talk tls12 443 -tls1_2 -cipher $suite
done
first='R\n' talk tls12 443 -tls1_2 -legacy_renegotiation
captured tls12
keep tls12
capture tls12-old-suites client eth0 tcp
for suite in AES128-SHA AES256-GCM-SHA384 DHE-RSA-AES128-GCM-SHA256 CAMELLIA128-SHA; do
    talk tls12-old-suites 443 -tls1_2 -cipher "$suite:@SECLEVEL=0"
done
talk tls12-old-suites 443 -tls1_2 -cipher AES128-SHA:@SECLEVEL=0 -no_etm
captured tls12-old-suites
keep tls12-old-suites
capture tls10 client eth0 tcp
talk tls10 443 -tls1 -cipher AES128-SHA:@SECLEVEL=0
talk tls10 443 -tls1_1 -cipher ECDHE-RSA-AES256-SHA:@SECLEVEL=0
captured tls10
keep tls10

cat >nginx.conf <<'END'
daemon off; pid nginx.pid; error_log stderr; worker_processes 1;
events {}
http {
    access_log off; server_tokens off;
    client_body_temp_path tmp; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
    server {
        listen 4444 ssl; ssl_certificate ec.pem; ssl_certificate_key ec.key; ssl_protocols TLSv1.2 TLSv1.3;
        ssl_early_data on; ssl_session_cache shared:s:1m; location / { return 200 "early: $ssl_early_data\n"; }
    }
}
END
start nginx server nginx -p "$work" -c "$work/nginx.conf" -e stderr
await listening server tcp 4444
capture tls13-resumption client eth0 tcp
talk tls13-resumption 4444 -tls1_3 -sess_out session
printf 'GET /early HTTP/1.0\r\n\r\n' >early.txt
talk tls13-resumption 4444 -tls1_3 -sess_in session -early_data early.txt
talk tls13-resumption 4444 -tls1_2 -sess_out session12
talk tls13-resumption 4444 -tls1_2 -sess_in session12
talk tls13-resumption 4444 -tls1_2 -no_ticket -sess_out session12
talk tls13-resumption 4444 -tls1_2 -no_ticket -sess_in session12
captured tls13-resumption
keep tls13-resumption

serve mutual 4445 -Verify 1
capture tls-client-certificate client eth0 tcp
talk tls-client-certificate 4445 -tls1_3 -cert client.pem -key client.key
talk tls-client-certificate 4445 -tls1_2 -cert client.pem -key client.key
captured tls-client-certificate
keep tls-client-certificate

capture tls-alerts client eth0 tcp
talk tls-alerts 4445 -tls1_3 # certificate required
talk tls-alerts 4445 -tls1_2
talk tls-alerts 443 -tls1_2 -cipher PSK-AES128-CBC-SHA -psk 00
on client $(keys tls-alerts) curl -s https://198.51.100.20/ || true # unknown authority
captured tls-alerts
keep tls-alerts

# Keys beside it, for the option that names a key log.
capture tls13-no-keys client eth0 tcp
talk tls13-no-keys 443 -tls1_3
captured tls13-no-keys
cp tls13-no-keys.pcap tls13-no-keys.keys "$out"
