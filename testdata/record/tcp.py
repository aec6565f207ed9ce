"""One end of the TCP conversations that tcp.sh records: tcp.py serve | tcp.py WHAT ADDRESS"""
import socket
import struct
import sys
import threading
import time

TEXT = b'All work and no play makes a dull packet. ' * 1000


def linger_reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()


def receive_all(s):
    n = 0
    while True:
        data = s.recv(65536)
        if not data:
            return n
        n += len(data)


# Servers, one port each.

def echo(s):
    while True:
        data = s.recv(4096)
        if not data:
            break
        s.sendall(data)
    s.close()


def half_close(s):
    """Waits for the peer's end, then sends."""
    receive_all(s)
    time.sleep(0.05)
    s.sendall(TEXT[:3000])
    time.sleep(0.05)
    s.close()


def reset(s):
    s.recv(100)
    linger_reset(s)


def sleepy(s):
    """Reads nothing for a while: its window closes."""
    time.sleep(1.5)
    receive_all(s)
    s.close()


def sink(s):
    receive_all(s)
    s.close()


def source(s):
    s.sendall(TEXT * 3)
    s.close()


def early_close(s):
    """Closes with the peer's data unread: the kernel resets."""
    time.sleep(0.1)
    s.close()


def urgent(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    receive_all(s)
    s.close()


SERVERS = {7000: echo, 7001: half_close, 7002: reset, 7003: sleepy, 7004: sink, 7005: source, 7006: early_close, 7007: urgent}


def serve():
    def accept(listener, function):
        while True:
            s, _ = listener.accept()
            threading.Thread(target=function, args=(s,), daemon=True).start()

    for port, function in SERVERS.items():
        listener = socket.socket(socket.AF_INET6)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if function is sleepy:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
        listener.bind(('::', port))
        listener.listen()
        threading.Thread(target=accept, args=(listener, function), daemon=True).start()
    print('ready', flush=True)
    threading.Event().wait()


# Clients.

def connect(address, port, source_port=0, **options):
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for name, value in options.items():
        s.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    s.bind(('', source_port))
    s.connect((address, port))
    return s


def client_echo(a):
    s = connect(a, 7000)
    for text in (b'hello', b'a longer line of text', b'bye'):
        s.sendall(text)
        s.recv(4096)
        time.sleep(0.02)
    s.close()


def client_half(a):
    s = connect(a, 7001)
    s.sendall(b'that is all from me')
    s.shutdown(socket.SHUT_WR)
    receive_all(s)
    s.close()


def client_reset(a):
    s = connect(a, 7002)
    s.sendall(b'go away')
    try:
        s.recv(10)
    except ConnectionResetError:
        pass
    s = connect(a, 7000)
    s.sendall(b'x')
    s.recv(1)
    linger_reset(s)
    s = connect(a, 7006)
    s.sendall(b'never read')
    time.sleep(0.2)
    s.close()
    try:
        connect(a, 7999)
    except ConnectionRefusedError:
        pass


def client_reuse(a):
    """The same port twice, the second time after a reset; the third in the first one's TIME-WAIT."""
    for ending in (linger_reset, socket.socket.close, socket.socket.close):
        s = connect(a, 7000, 45000)
        s.sendall(b'from port 45000')
        s.recv(100)
        ending(s)
        time.sleep(1.1)


def client_keepalive(a):
    s = connect(a, 7000, TCP_KEEPIDLE=1, TCP_KEEPINTVL=1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    s.sendall(b'still here?')
    s.recv(100)
    time.sleep(3.5)
    s.close()


def client_window(a):
    s = connect(a, 7003)
    s.sendall(TEXT)
    s.shutdown(socket.SHUT_WR)
    receive_all(s)


def client_send(a):
    s = connect(a, 7004)
    s.sendall(TEXT * 3)
    s.shutdown(socket.SHUT_WR)
    receive_all(s)


def client_receive(a):
    s = connect(a, 7005)
    receive_all(s)
    s.close()


def client_fastopen(a):
    for n in range(2):  # the first asks for a cookie
        s = socket.socket(socket.AF_INET6 if ':' in a else socket.AF_INET)
        s.sendto(b'data in the SYN', socket.MSG_FASTOPEN, (a, 7000))
        s.recv(100)
        s.close()
        time.sleep(0.1)


def client_urgent(a):
    s = connect(a, 7007, TCP_NODELAY=1)
    s.sendall(b'normal ')
    s.send(b'urgent!', socket.MSG_OOB)
    s.sendall(b' normal again')
    s.shutdown(socket.SHUT_WR)
    receive_all(s)


def client_both(a):
    """Both ends close at once, as nearly as can be: the relay's delay makes the FINs cross."""
    s = connect(a, 7006)
    time.sleep(0.1)
    s.close()


def client_unanswered(a):
    s = socket.socket()
    s.settimeout(4)
    try:
        s.connect((a, 7000))
    except OSError:
        pass


if sys.argv[1] == 'serve':
    serve()
else:
    globals()['client_' + sys.argv[1]](sys.argv[2])
