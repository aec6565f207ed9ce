#!/usr/bin/env python3
"""How fast the terminal UI answers: first screen, all read, keys anywhere in the capture, a filter over everything. keys.py FATHOM CAPTURE

Beside the time that passed stands the processor time of the thread that draws: on a busy machine only the latter means something."""
import fcntl
import os
import pty
import re
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


def last_output(quiet):
    """Reads until nothing comes for `quiet` seconds; when the last bytes came."""
    last = time.monotonic()
    while select.select([terminal], [], [], quiet)[0] and os.read(terminal, 65536):
        last = time.monotonic()
    return last


def processor_time(whole=False):
    """Of the thread that draws, or of all, in ms."""
    if whole:
        with open(f"/proc/{pid}/stat") as stat:
            return sum(map(int, stat.read().rpartition(")")[2].split()[11:13])) * 1000 / os.sysconf("SC_CLK_TCK")
    with open(f"/proc/{pid}/task/{pid}/schedstat") as schedule:
        return int(schedule.read().split()[0]) / 1e6


select.select([terminal], [], [], 10)
first = first_output(0.05, 0.3)
print(f"first screen after {(first - start) * 1000:.0f} ms")
while first_output(1.0):
    pass
print(f"all read after {time.monotonic() - 1 - start:.1f} s")
os.write(terminal, b"a")
first_output(0.5)
answers, needed = [], []
for key in [b"\x1b[6~", b"j", b"G", b"k", b"\x1b[5~", b"gg", b"\t", b"j", b"\x1b[C", b"\t", b"j", b"\t", b"5", b"0", b"0", b"0", b"0", b"0", b"G", b"j"] * 6:
    before, before_cpu = time.monotonic(), processor_time()
    os.write(terminal, key)
    answered = first_output(0.12)
    needed.append(processor_time() - before_cpu)
    if answered:
        answers.append((answered - before) * 1000)
for name, values in [("answered after", sorted(answers)), ("processor time", sorted(needed))]:
    print(f"{len(values)} keys, {name}: median {values[len(values) // 2]:.1f} ms, worst {values[-1]:.1f} ms")
for text in [b"tcp.flags.syn == 1", b"http2 || tcp.len > 1000"]:
    before, before_cpu = time.monotonic(), processor_time(whole=True)
    os.write(terminal, b"/\x15" + text + b"\r")
    first = first_output(0.01) or time.monotonic()
    end = last_output(0.4)
    print(f"filter {text.decode()}: first results after {(first - before) * 1000:.0f} ms, all after {(end - before) * 1000:.0f} ms, "
          f"processor time {processor_time(whole=True) - before_cpu:.0f} ms on {os.cpu_count()} cores")
with open(f"/proc/{pid}/status") as status:
    print("peak of memory:", re.search(r"VmHWM:\s*(.*)", status.read()).group(1))
os.write(terminal, b"q" * 4)
