# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ALSA sequencer, by libasound: who is there, playing, listening.

MIDI is written as hexadecimal bytes, "90 3c 40". The ports opened here may not
be subscribed to, so that no program under test connects or bridges them.
"""

import ctypes
import os
import re
import select
import threading
import time

from commands import read
from harness.waiting import wait_until

DUPLEX, NONBLOCK = 3, 1  # alsa/seq.h
MAY_WRITE, NO_EXPORT = 1 << 1, 1 << 7
MIDI_GENERIC = 1 << 1
EVENT_NONE = 255
CHUNK = 256  # bytes of SysEx in one event, as hardware has it
POOL = 2000  # events that wait for us
CLIENT = re.compile(r'^Client\s+(\d+) : "(.*)" \[(\w+)')
PORT = re.compile(r'^  Port\s+(\d+) : "(.*)" \((....)\)')
LINKS = re.compile(r"^    Connect(?:ing To|ed From): (.*)")

lib = ctypes.CDLL("libasound.so.2", use_errno=True)
listeners = {}  # name: Listener


class Event(ctypes.Structure):
    """snd_seq_event_t."""

    _fields_ = [("type", ctypes.c_ubyte), ("flags", ctypes.c_ubyte),
                ("tag", ctypes.c_ubyte), ("queue", ctypes.c_ubyte),
                ("time", ctypes.c_uint * 2), ("source", ctypes.c_ubyte * 2),
                ("dest", ctypes.c_ubyte * 2), ("data", ctypes.c_ubyte * 12)]


class PollFd(ctypes.Structure):
    """struct pollfd."""

    _fields_ = [("fd", ctypes.c_int), ("events", ctypes.c_short),
                ("revents", ctypes.c_short)]


def checked(what, result):
    if result < 0:
        raise AssertionError(f"{what}: {os.strerror(-result)}")
    return result


class Client:
    """A client of the sequencer with one port."""

    def __init__(self, name, mode=0):
        self.seq = ctypes.c_void_p()
        checked("cannot open the sequencer", lib.snd_seq_open(
            ctypes.byref(self.seq), b"default", DUPLEX, mode))
        lib.snd_seq_set_client_name(self.seq, name.encode())
        lib.snd_seq_set_client_pool_input(self.seq, POOL)
        self.port = checked(
            "cannot make a port", lib.snd_seq_create_simple_port(
                self.seq, name.encode(), MAY_WRITE | NO_EXPORT, MIDI_GENERIC))
        self.coder = ctypes.c_void_p()
        lib.snd_midi_event_new(CHUNK, ctypes.byref(self.coder))
        lib.snd_midi_event_no_status(self.coder, 1)

    def send(self, client, port, data):
        """Sends MIDI straight to a port, in one event or more."""
        event, at = Event(), 0
        while at < len(data):
            at += checked("this is no MIDI", lib.snd_midi_event_encode(
                self.coder, data[at:], ctypes.c_long(len(data) - at),
                ctypes.byref(event)))
            if event.type != EVENT_NONE:
                event.queue = 253  # direct
                event.source[1] = self.port
                event.dest[:] = [client, port]
                checked(f"cannot send to {client}:{port}",
                        lib.snd_seq_event_output_direct(self.seq,
                                                        ctypes.byref(event)))

    def close(self):
        lib.snd_midi_event_free(self.coder)
        lib.snd_seq_close(self.seq)


class Listener(Client):
    """Notes down what a port sends, in a thread of its own."""

    def __init__(self, name):
        super().__init__(name, NONBLOCK)
        self.heard = []  # [seconds, hexadecimal bytes]
        self.wake, self.end = os.pipe()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def subscribe(self, client, port):
        checked(f"cannot listen to {client}:{port}",
                lib.snd_seq_connect_from(self.seq, self.port, client, port))

    def listen(self):
        descriptor = PollFd()
        lib.snd_seq_poll_descriptors(self.seq, ctypes.byref(descriptor), 1,
                                     select.POLLIN)
        while True:
            ready, _, _ = select.select([descriptor.fd, self.wake], [], [])
            if self.wake in ready:
                return
            self.take()

    def take(self):
        event = ctypes.POINTER(Event)()
        data = ctypes.create_string_buffer(1 << 16)
        while True:
            result = lib.snd_seq_event_input(self.seq, ctypes.byref(event))
            if result < 0:
                if result != -11:  # EAGAIN
                    self.heard.append([time.monotonic(), os.strerror(-result)])
                return
            size = lib.snd_midi_event_decode(self.coder, data,
                                             ctypes.c_long(len(data)), event)
            if size > 0:
                self.heard.append([time.monotonic(), data[:size].hex(" ")])

    def close(self):
        os.close(self.end)
        self.thread.join()
        os.close(self.wake)
        super().close()


def clients():
    """[{client, name, kind, ports: [{port, name, may}]}] of all there are, as
    the kernel lists them; [] without a sequencer."""
    found = []
    try:
        lines = read("/proc/asound/seq/clients").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        client, port = CLIENT.match(line), PORT.match(line)
        if client:
            found.append({"client": int(client[1]), "name": client[2],
                          "kind": client[3], "ports": []})
        elif port:
            found[-1]["ports"].append({"port": int(port[1]), "name": port[2],
                                       "may": port[3]})
    return found


def send(client, port, data):
    """Sends MIDI to a port from a client that is there only for it.

    A device takes it from subscribers alone; the end of the subscription waits
    until it has taken everything."""
    sender = Client("sender")
    try:
        lib.snd_seq_connect_to(sender.seq, sender.port, client, port)
        sender.send(client, port, bytes.fromhex(data))
        lib.snd_seq_disconnect_to(sender.seq, sender.port, client, port)
    finally:
        sender.close()


def listen(name, client, port):
    """Notes down, from now on, what a port sends, under a name."""
    if name not in listeners:
        listeners[name] = Listener(name)
    listeners[name].subscribe(client, port)


def heard(name):
    """[[seconds, bytes]] of what was heard under a name."""
    return list(listeners[name].heard)


def await_heard(name, wanted, deadline=60):
    """Waits until exactly this was heard under a name."""
    wait_until(lambda: [data for _, data in heard(name)] == list(wanted),
               deadline, lambda: f"{name} hears {wanted}; it has heard "
               f"{heard(name)}")


def close_all():
    """Ends all listening."""
    while listeners:
        listeners.popitem()[1].close()
