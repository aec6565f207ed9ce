"""Receives a file and reads as a busy program does: bulk.py PORT BYTES

Reads the first BYTES as they come, the next quarter slowly, then pauses until the window is closed, then reads the rest.
"""
import socket
import sys
import time

port, fast = int(sys.argv[1]), int(sys.argv[2])
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 * 1024)
listener.bind(('', port))
listener.listen()
print('ready', flush=True)
s, _ = listener.accept()
got = 0
paused = False
while True:
    data = s.recv(8192)
    if not data:
        break
    got += len(data)
    if got > fast * 5 // 4:
        if not paused:
            time.sleep(1.5)
            paused = True
    elif got > fast:
        time.sleep(0.04)
s.close()
print(got, flush=True)
