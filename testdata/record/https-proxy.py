"""A proxy behind TLS that opens tunnels, and a server behind TLS that answers with JSON: https-proxy.py KEY CERTIFICATE PROXY-PORT PORT."""
import http.server
import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[1])


def pump(source, sink):
    try:
        while data := source.recv(16384):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def tunnel(plain):
    with context.wrap_socket(plain, server_side=True) as client:
        head = b''
        while b'\r\n\r\n' not in head:
            head += client.recv(4096)
        host, port = head.split()[1].decode().rsplit(':', 1)
        with socket.create_connection((host, int(port))) as server:
            client.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n')
            back = threading.Thread(target=pump, args=(server, client))
            back.start()
            pump(client, server)
            back.join()


def listen(port):
    with socket.create_server(('', port)) as listener:
        while True:
            threading.Thread(target=tunnel, args=(listener.accept()[0],), daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        body = b'{"path": "%s"}' % self.path.encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


threading.Thread(target=listen, args=(int(sys.argv[3]),), daemon=True).start()
origin = http.server.ThreadingHTTPServer(('', int(sys.argv[4])), Answer)
origin.socket = context.wrap_socket(origin.socket, server_side=True)
origin.serve_forever()
