# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a rig is whole: all that is wanted is connected, and nothing else.

Connections of JACK are as guest/jackgraph.py has them, those of the sequencer
as guest/patchbay.py. When they were made is heard from the kernel, so that
looking for it does not take part in how long it takes.
"""

import ctypes
import time

import audio
import clock
import jackgraph
import keyboards
import patchbay
import seq
from commands import read, write
from harness.waiting import wait_until

PORT_START, PORT_EXIT, SUBSCRIBED = 63, 64, 66  # alsa/seq_event.h
SYSTEM, ANNOUNCE = 0, 1
HEARING_S = 3  # for what is played to be heard
TRIES = 10


class Announcements(seq.Listener):
    """Notes down what the sequencer announces: [seconds, type, its data]."""

    def take(self):
        event = ctypes.POINTER(seq.Event)()
        while seq.lib.snd_seq_event_input(self.seq, ctypes.byref(event)) >= 0:
            self.heard.append([time.monotonic(), event.contents.type,
                               list(event.contents.data[:4])])


def listen():
    """Begins to hear what the sequencer announces."""
    seq.listeners["announcements"] = Announcements("announcements")
    seq.listeners["announcements"].subscribe(SYSTEM, ANNOUNCE)


def begin():
    """Begins to watch."""
    listen()
    jackgraph.begin()


def end():
    """Watches no longer."""
    jackgraph.end()
    seq.close_all()


def announced(kind):
    """[[seconds, data]] of the announcements of one type since mark()."""
    return [[at, data] for at, type_, data in seq.heard("announcements")
            if type_ == kind]


def hear_out():
    """Waits until all that was announced is heard, of which a port that nobody
    else has is the last."""
    last = seq.Client("last")
    port = seq.lib.snd_seq_create_simple_port(last.seq, b"last", 0,
                                              seq.MIDI_GENERIC)
    end = [seq.lib.snd_seq_client_id(last.seq), port]
    last.close()
    wait_until(lambda: end in [data[:2] for _, data in announced(PORT_START)],
               30, "the last announcement is heard")


def mark():
    """Forgets what was announced."""
    hear_out()
    seq.listeners["announcements"].heard.clear()


def gone_us(client):
    """When the port of a client was announced to have gone, in microseconds of
    CLOCK_MONOTONIC; the last time."""
    return 1e6 * [at for at, data in announced(PORT_EXIT)
                  if data[0] == client][-1]


def made():
    """[[seconds, connection]] of those that were made since mark()."""
    return [[at, "{}:{} {}:{}".format(*data)]
            for at, data in announced(SUBSCRIBED) if data[0] != SYSTEM]


def is_connected(jack, alsa):
    """Whether exactly these are there. JACK has many ports that nobody wants:
    those that are wanted are looked at first."""
    return (sorted(patchbay.links()) == sorted(alsa)
            and all(target in jackgraph.targets(source)
                    for source, target in jack)
            and jackgraph.edges() == sorted(jack))


def await_jack(jack, deadline=60):
    """Waits until exactly these of JACK's are there, whatever the sequencer
    does; not between begin() and end()."""
    jackgraph.begin()
    try:
        with clock.jumping():
            wait_until(lambda: jackgraph.edges() == sorted(jack), deadline,
                       lambda: f"exactly {sorted(jack)} is connected; it is "
                       f"{jackgraph.edges()}")
    finally:
        jackgraph.end()


def await_whole(jack, alsa, deadline=60):
    """Waits until exactly these connections are there, and no other of the
    sequencer's was made since mark()."""
    with clock.jumping():
        wait_until(lambda: is_connected(jack, alsa), deadline, lambda:
                   f"exactly {sorted(jack)} and {sorted(alsa)} are connected; "
                   f"it is {jackgraph.edges()} and {patchbay.links()}")
    hear_out()
    wrong = [link for _, link in made() if link not in alsa]
    assert not wrong, f"{wrong} was made, and only {alsa} is wanted"


def plug(name, socket):
    """As keyboards.plug(); nothing is to be read from the host any more."""
    with clock.jumping():
        return keyboards.plug(name, socket)


def took_ms(client):
    """From when a device was there, by its client's number, until the last of
    its connections was made."""
    there = [at for at, data in announced(PORT_START) if data[0] == client]
    last = [at for at, link in made()
            if f" {client}:" in link or link.startswith(f"{client}:")]
    return 1000 * (max(last) - there[-1])


def plug_card(path, text, socket, device, jack, deadline=60):
    """Has a card be there, by writing to a file; how many milliseconds later
    the server plays on it and all is connected."""
    write(path, text)
    began = time.monotonic()
    with clock.jumping():
        audio.await_device(socket, device, deadline)
        wait_until(lambda: jackgraph.edges() == sorted(jack), deadline, lambda:
                   f"exactly {sorted(jack)} is connected; it is "
                   f"{jackgraph.edges()}")
    return 1000 * (time.monotonic() - began)


def play(client, data, path, deadline=HEARING_S):
    """Has a keyboard play until a log has it: who misses a cycle of JACK's, as
    happens where a computer is emulated, misses what was in it."""
    def look():
        return f" {data}\n" in read(path)

    for _ in range(TRIES):
        seq.send(client, 0, data)
        try:
            wait_until(look, deadline, f"{data} is in {path}")
            return
        except AssertionError:
            continue
    raise AssertionError(f"{data} is not heard: {path} has {read(path)[-400:]}")
