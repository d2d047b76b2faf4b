# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the ALSA sequencer connects, and programs to be connected.

A connection is [client, port, client, port], by number.
"""

import ctypes
import re
import time

import seq
from commands import read
from harness.waiting import wait_until

READ, WRITE, SUBS_READ, SUBS_WRITE = 1 << 0, 1 << 1, 1 << 5, 1 << 6
APPLICATION = 1 << 20
TO = re.compile(r"^    Connecting To: (.*)")
END = re.compile(r"(\d+):(\d+)(\[[^]]*\])?")
SYSTEM = "0"  # the kernel's own client, which announces

programs = {}  # name: handle


def links():
    """{"client:port client:port": how} of all there are but announcements;
    how: "", or as the kernel writes it: "[ex]", "[r:1]", "[t:1]"."""
    found = {}
    client = port = None
    for line in read("/proc/asound/seq/clients").splitlines():
        if seq.CLIENT.match(line):
            client = seq.CLIENT.match(line)[1]
        elif seq.PORT.match(line):
            port = seq.PORT.match(line)[1]
        elif TO.match(line) and client != SYSTEM:
            for end in END.finditer(TO.match(line)[1]):
                found[f"{client}:{port} {end[1]}:{end[2]}"] = end[3] or ""
    return found


def await_links(wanted, deadline=20):
    """Waits until exactly these are there; how many seconds it took."""
    began = time.monotonic()
    wait_until(lambda: sorted(links()) == sorted(wanted), deadline,
               lambda: f"exactly {wanted} is connected; it is {links()}")
    return time.monotonic() - began


def program(name, ports=(("midi", "rw"),)):
    """Makes a client of the sequencer with ports that others may connect; its
    number."""
    handle = ctypes.c_void_p()
    seq.checked("cannot open the sequencer", seq.lib.snd_seq_open(
        ctypes.byref(handle), b"default", seq.DUPLEX, seq.NONBLOCK))
    seq.lib.snd_seq_set_client_name(handle, name.encode())
    for port, ways in ports:
        caps = (READ | SUBS_READ) * ("r" in ways)
        caps |= (WRITE | SUBS_WRITE) * ("w" in ways)
        seq.checked("cannot make a port", seq.lib.snd_seq_create_simple_port(
            handle, port.encode(), caps, APPLICATION))
    programs.setdefault(name, []).append(handle)
    return seq.lib.snd_seq_client_id(handle)


def queue(name):
    """Makes a queue of a program; its number."""
    return seq.checked("cannot make a queue",
                       seq.lib.snd_seq_alloc_queue(programs[name][-1]))


def end(name):
    """Ends the programs of a name."""
    for handle in programs.pop(name):
        seq.lib.snd_seq_close(handle)


def storm(count):
    """As many clients come and go, faster than anybody reads about them."""
    for _ in range(count):
        handle = ctypes.c_void_p()
        seq.checked("cannot open the sequencer", seq.lib.snd_seq_open(
            ctypes.byref(handle), b"default", seq.DUPLEX, seq.NONBLOCK))
        seq.lib.snd_seq_create_simple_port(handle, b"x", READ | SUBS_READ,
                                           APPLICATION)
        seq.lib.snd_seq_close(handle)


def end_all():
    """Ends all programs."""
    for name in list(programs):
        end(name)
