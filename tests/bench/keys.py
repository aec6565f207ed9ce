#!/usr/bin/env python3
"""How fast the terminal UI answers: first screen, all read, keys anywhere in the capture. keys.py FATHOM CAPTURE"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

fathom, capture = sys.argv[1:3]
start = time.monotonic()
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
    os.execv(fathom, [fathom, capture])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))


def first_output(quiet, most=30.0):
    """Reads until nothing comes for `quiet` seconds; when the first bytes came, or None."""
    first, end = None, time.monotonic() + most
    while time.monotonic() < end and select.select([terminal], [], [], quiet)[0]:
        if not os.read(terminal, 65536):
            break
        first = first or time.monotonic()
    return first


first = first_output(0.05, 0.3)
print(f"first screen after {(first - start) * 1000:.0f} ms")
while first_output(1.0):
    pass
print(f"all read after {time.monotonic() - 1 - start:.1f} s")
os.write(terminal, b"a")
first_output(0.5)
answers = []
for key in [b"\x1b[6~", b"j", b"G", b"k", b"\x1b[5~", b"gg", b"\t", b"j", b"\x1b[C", b"\t", b"j", b"\t", b"5", b"0", b"0", b"0", b"0", b"0", b"G", b"j"] * 6:
    before = time.monotonic()
    os.write(terminal, key)
    answered = first_output(0.12)
    if answered:
        answers.append((answered - before) * 1000)
answers.sort()
print(f"{len(answers)} keys: median {answers[len(answers) // 2]:.1f} ms, worst {answers[-1]:.1f} ms")
os.write(terminal, b"q" * 4)
