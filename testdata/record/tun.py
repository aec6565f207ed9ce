"""A point-to-point TUN device whose packets travel in UDP datagrams: tun.py NAME ADDRESS/LEN... -- PORT PEER"""
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

split = sys.argv.index('--')
name, addresses = sys.argv[1], sys.argv[2:split]
port, peer = int(sys.argv[split + 1]), sys.argv[split + 2]
tun = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tun, 0x400454ca, struct.pack('16sH22x', name.encode(), 0x1001))  # TUNSETIFF: IFF_TUN, IFF_NO_PI
for address in addresses:
    subprocess.run(['ip', 'addr', 'add', address, 'dev', name] + ['nodad'] * (':' in address), check=True)
subprocess.run(['ip', 'link', 'set', name, 'mtu', '1400', 'up'], check=True)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', port))
s.connect((peer, port))
print('ready', flush=True)
while True:
    for ready in select.select([tun, s], [], [])[0]:
        try:
            if ready == tun:
                s.send(os.read(tun, 2000))
            else:
                os.write(tun, s.recv(2000))
        except OSError:
            pass
