"""The service of weather.proto and its client: weather.py serve PORT [KEY CERTIFICATE] | weather.py call ADDRESS [AUTHORITY]

Module weather_pb2 is made by protoc.
"""
import sys
import time
from concurrent import futures

import grpc

sys.path.insert(0, '')
import weather_pb2 as pb  # noqa: E402

SERVICE = 'example.weather.Weather'


def reading(place, n):
    r = pb.Reading(place=place, time=1700000000 + 60 * n, celsius=n * 7 - 5, sky=n % 4, gusts=[3, 270, 70000 + n],
                   labels={'station': 'test'}, pressure=1013.25, estimated=n % 2 == 0)
    if n % 2:
        r.remark = 'naïve guess'
    else:
        r.picture = bytes(range(8))
    return r


def now(place, context):
    if place.name == 'Nowhere':
        context.set_trailing_metadata((('retry-in', '60'),))
        context.abort(grpc.StatusCode.NOT_FOUND, 'no such place: "Nowhere" – sorry')
    if place.name == 'Slow':
        time.sleep(1)
    context.send_initial_metadata((('server-note', 'hello'), ('trace-bin', b'\0\1\2\3')))
    return reading(place, 1)


def watch(place, context):
    for n in range(4):
        yield reading(place, n)
        time.sleep(0.05)


def report(readings, context):
    values = [r.celsius for r in readings]
    return pb.Summary(count=len(values), mean=sum(values) / len(values))


def follow(places, context):
    for n, place in enumerate(places):
        yield reading(place, n)


def serve(port, key=None, certificate=None):
    serialize = [pb.Place.FromString, pb.Reading.SerializeToString]
    handlers = grpc.method_handlers_generic_handler(SERVICE, {
        'Now': grpc.unary_unary_rpc_method_handler(now, *serialize),
        'Watch': grpc.unary_stream_rpc_method_handler(watch, *serialize),
        'Report': grpc.stream_unary_rpc_method_handler(report, pb.Reading.FromString, pb.Summary.SerializeToString),
        'Follow': grpc.stream_stream_rpc_method_handler(follow, *serialize),
    })
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((handlers,))
    if key:
        pair = open(key, 'rb').read(), open(certificate, 'rb').read()
        server.add_secure_port('[::]:' + port, grpc.ssl_server_credentials([pair]))
    else:
        server.add_insecure_port('[::]:' + port)
    server.start()
    print('ready', flush=True)
    server.wait_for_termination()


def call(address, authority=None):
    options = [('grpc.primary_user_agent', 'weather-test')]
    if authority:
        credentials = grpc.ssl_channel_credentials(open(authority, 'rb').read())
        channel = grpc.secure_channel(address, credentials, options)
    else:
        channel = grpc.insecure_channel(address, options)
    serialize = [pb.Place.SerializeToString, pb.Reading.FromString]
    now_, watch_ = channel.unary_unary('/%s/Now' % SERVICE, *serialize), channel.unary_stream('/%s/Watch' % SERVICE, *serialize)
    report_ = channel.stream_unary('/%s/Report' % SERVICE, pb.Reading.SerializeToString, pb.Summary.FromString)
    follow_ = channel.stream_stream('/%s/Follow' % SERVICE, *serialize)
    here = pb.Place(name='Null Island', latitude=0.5, longitude=-1.25)
    now_(here, metadata=(('request-id', '1'), ('blob-bin', b'\xff\0')))
    list(watch_(here))
    report_(reading(here, n) for n in range(5))
    list(follow_(pb.Place(name=name) for name in ('Here', 'There', 'Elsewhere')))
    now_(pb.Place(name='compressed ' * 30), compression=grpc.Compression.Gzip)
    pending = [now_.future(pb.Place(name='Call %d' % n)) for n in range(3)]
    for p in pending:
        p.result()
    for name, timeout in (('Nowhere', 5), ('Slow', 0.2)):
        try:
            now_(pb.Place(name=name), timeout=timeout)
        except grpc.RpcError as error:
            print(error.code())
    stream = watch_(here)
    next(stream)
    stream.cancel()
    try:
        channel.unary_unary('/%s/Missing' % SERVICE)(b'')
    except grpc.RpcError as error:
        print(error.code())
    time.sleep(0.2)
    channel.close()


{'serve': serve, 'call': call}[sys.argv[1]](*sys.argv[2:])
