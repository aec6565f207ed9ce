#!/bin/bash
# openssl's client turns to TLS inside SMTP, POP3, IMAP, FTP and PostgreSQL; the other end is starttls.py -> starttls
. "$(dirname "$0")/lib.sh"
need openssl:openssl cc:gcc
enter "$@"
network
certificates
keylog

start server server "$python" "$here/starttls.py" ec.key ec.pem
for port in 25 110 143 21 5432; do
    await listening server tcp $port
done
capture starttls client eth0 tcp
for protocol in smtp:25 pop3:110 imap:143 ftp:21 postgres:5432; do
    { sleep 0.3; printf 'QUIT\r\n'; sleep 0.2; } |
        on client $(keys starttls) openssl s_client -quiet -starttls "${protocol%:*}" -connect "198.51.100.20:${protocol#*:}" >>s_client.log 2>&1 || true
done
captured starttls
keep starttls
