# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A reverb rings on while songs change, and while the page's server is killed:
what comes out of the rack is the same, to the sample, as when nothing happens.

STAGE_FULL=1 changes songs 100 times.
"""

import concurrent.futures
import signal
import subprocess

import pytest

from harness import racks, show, web
from harness.puppet import Puppet

SWAPS = 100 if show.full() else 6
CLIENTS = [f"song{number}" for number in range(10)]
REVERB = "http://plugin.org.uk/swh-plugins/plate"
# Synchronous: on a busy machine a cycle takes longer and loses nothing.
SERVER = "#!/bin/sh\nexec jackd -r -S -t 5000 -d dummy -r 48000 -p 256\n"


@pytest.fixture
def rig(machine):
    racks.make_rig(machine, web=web.WEB, jack=show.JACK | {
        "run": SERVER, "ready": "port:system:*\n"})
    racks.put(machine, "fx", rack="in 1\nout 1\n",
              a_10_hall=racks.slot(REVERB, "set time 2", "wet 0.5"))
    machine.up()
    show.await_state(machine, "fx", "ready", 60)
    return machine


def start(rig, count):
    return rig.popen(["jack-tail", "fx:in_1", "fx:out_1", str(count)],
                     stdout=subprocess.PIPE)


def come(client):
    """A client of a song comes, and is wired to the rack."""
    puppet, name = client
    puppet.do("open", name)
    puppet.do("ports", "out", "1")
    puppet.do("activate")
    puppet.do("connect", f"{name}:out_1", "fx:in_1")


def go(client):
    client[0].do("close")


def swap(clients):
    """Ten of them, all at a time."""
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        for step in (come, go):
            list(pool.map(step, clients))


def kill_page(rig):
    """Whatever state it is in."""
    for process in rig.processes():
        if process["cmdline"][0].endswith("stagecraft-web"):
            rig.kill(process["pid"])


def restart(rig):
    """The rack as it was at its start, with nothing ringing in it."""
    rig.stagecraft("restart", "fx", check=True)
    show.await_state(rig, "fx", "ready", 60)
    racks.await_playing(rig, "fx")


def test_a_reverb_rings_on_while_songs_change(rig):
    racks.await_playing(rig, "fx")
    tail = start(rig, 0)
    heard = [tail.stdout.readline()]
    clients = [(Puppet(rig, name), name) for name in CLIENTS]
    for client in clients:
        go(client)
    for _ in range(SWAPS):
        swap(clients)
        kill_page(rig)
    for puppet, _ in clients:
        puppet.kill()
    tail.kill(signal.SIGTERM)
    heard += tail.stdout.read().split()
    heard = [line.strip() for line in heard if len(line.strip()) == 16]
    assert len(set(heard)) > 4, heard  # it rings after the noise
    restart(rig)
    quiet = start(rig, len(heard))
    calm = quiet.stdout.read().split()
    assert quiet.wait(60) == 0
    assert calm == heard
