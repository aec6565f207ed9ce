#!/bin/bash
# openssl s_server that staples what an authority says of its certificate, good and revoked; and a certificate with about every extension there is
# -> ocsp-stapling
. "$(dirname "$0")/lib.sh"
need openssl:openssl
enter "$@"
network
certificates
cat >rich.conf <<'END'
[ rich ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyAgreement, nonRepudiation
extendedKeyUsage = serverAuth, clientAuth, codeSigning, timeStamping, OCSPSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
subjectAltName = DNS:www.example.test, email:post@example.test, URI:https://www.example.test/, IP:198.51.100.20, IP:2001:db8:2::20, RID:1.2.3.4, dirName:place, otherName:1.3.6.1.5.5.7.8.5;UTF8:user@example.test
issuerAltName = DNS:authority.example.test
authorityInfoAccess = OCSP;URI:http://ocsp.example.test/, caIssuers;URI:http://www.example.test/ca.der
crlDistributionPoints = URI:http://www.example.test/ca.crl
certificatePolicies = 2.23.140.1.2.1, @policy
tlsfeature = status_request, status_request_v2
nsComment = "made for a test"
inhibitAnyPolicy = 2
policyConstraints = requireExplicitPolicy:3, inhibitPolicyMapping:1
nameConstraints = permitted;DNS:.example.test, excluded;IP:203.0.113.0/255.255.255.0
[ place ]
C = XX
ST = Somewhere
L = A town
O = Example
OU = A unit
CN = A place
[ policy ]
policyIdentifier = 1.3.6.1.4.1.99999.1
CPS = https://www.example.test/policy
userNotice.1 = @notice
[ notice ]
explicitText = "A notice of the policy"
organization = "Example"
noticeNumbers = 1, 2
END
openssl req -new -key ec.key -subj "/C=XX/O=Example/CN=www.example.test/emailAddress=post@example.test" -out rich.csr
openssl x509 -req -in rich.csr -CA ca.pem -CAkey ca.key -CAserial serial -CAcreateserial -days 3650 -extfile rich.conf -extensions rich -out rich.pem 2>rich.log
serial=$(openssl x509 -in rich.pem -noout -serial | cut -d= -f2)

status() # NAME LINE-OF-THE-INDEX
{
    printf '%b\n' "$2" >index.txt
    openssl ocsp -issuer ca.pem -cert rich.pem -reqout request.der >/dev/null 2>&1
    openssl ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -reqin request.der -respout "$1.der" -ndays 3650 >ocsp.log 2>&1
}
status good "V\t361119000000Z\t\t$serial\tunknown\t/CN=www.example.test"
status revoked "R\t361119000000Z\t261101000000Z,keyCompromise\t$serial\tunknown\t/CN=www.example.test"

talk() # PORT OPTIONS...
{
    { sleep 0.3; printf 'GET / HTTP/1.0\r\n\r\n'; sleep 0.2; } |
        on client env SSLKEYLOGFILE=ocsp-stapling.keys timeout 5 openssl s_client -connect "198.51.100.20:$1" -servername www.example.test -status -CAfile ca.pem \
            -keylogfile ocsp-stapling.keys "${@:2}" >>s_client.log 2>&1 || true
}

port=443
for name in good revoked; do
    start $name server openssl s_server -accept $port -www -cert rich.pem -key ec.key -cert_chain ca.pem -status_file $name.der
    await listening server tcp $port
    port=$((port + 1))
done
capture ocsp-stapling client eth0 tcp
talk 443 -tls1_2
talk 443 -tls1_3
talk 444 -tls1_2
captured ocsp-stapling
keep ocsp-stapling
