#!/bin/bash
# python3-grpcio in both roles: unary, streaming each way and both, compression, errors, deadline, cancellation
# -> grpc (plain), grpc-tls
. "$(dirname "$0")/lib.sh"
need protoc:protobuf-compiler cc:gcc openssl:openssl
need_python grpc:python3-grpcio google.protobuf:python3-protobuf
enter "$@"
network
certificates
keylog
protoc -I "$here/.." --python_out=. weather.proto

start plain server "$python" "$here/weather.py" serve 50051
await grep -q ready plain.log
capture grpc client eth0 tcp
on client "$python" "$here/weather.py" call 198.51.100.20:50051 >calls.log
captured grpc
keep grpc
stop plain

start tls server "$python" "$here/weather.py" serve 50051 rsa.key rsa.pem
await grep -q ready tls.log
capture grpc-tls client eth0 tcp
on client $(keys grpc-tls) "$python" "$here/weather.py" call 198.51.100.20:50051 ca.pem >calls.log
captured grpc-tls
keep grpc-tls
