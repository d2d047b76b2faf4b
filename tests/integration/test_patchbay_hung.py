# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A client that finishes no cycles any more, wired into a rack: the patchbay
cuts it off, and the rack plays on."""

import datetime
import json
import signal

import pytest

from harness import racks, show, wait_until
from harness.patchbay import SERVICE, comes, learned, log_of, write

AMP = "http://lv2plug.in/plugins/eg-amp"
EDGE = ("song:out_1", "fx:in_1")
TOLD = "client song finishes no cycles"
PATIENCE_S = 60  # JACK is slow to answer anybody while a client hangs


@pytest.fixture
def rig(machine):
    """The client "song" plays into the rack "fx"."""
    racks.make_rig(machine, jack=show.JACK, patchbay=SERVICE,
                  song=show.client("song", "-t"))
    racks.put(machine, "fx", a_10_amp=racks.slot(AMP))
    write(machine, "10-mine", "song:out_1 -> fx:in_1\n"
          "song:out_2 -> system:playback_2\n")
    machine.up()
    comes(machine, EDGE, ("song:out_2", "system:playback_2"))
    racks.await_playing(machine, "fx")
    return machine


def contested(rig):
    done = rig.stagecraft("patch", "missing", "--json")
    assert done.returncode in (0, 1), done.stderr
    return [(item["from"], item["to"], item["hung"])
            for item in json.loads(done.stdout)["contested"]]


def hang(rig):
    """Stops the song's client, until it is cut off; its process."""
    pid, = show.program_pids(rig, "jack-client")
    began = datetime.datetime.now(datetime.timezone.utc)
    rig.kill(pid, signal.SIGSTOP)
    await_cut(rig)
    wait_until(lambda: TOLD in log_of(rig, "patchbay"), 20, "it is logged")
    line = next(line for line in log_of(rig, "patchbay").splitlines()
                if TOLD in line)
    noticed = datetime.datetime.strptime(
        line.split()[0] + "+0000", "%Y-%m-%d_%H:%M:%S.%f%z")
    print(f"noticed after {(noticed - began).total_seconds():.2f} s; a second "
          "is what it has on a computer with time")
    return pid


def await_cut(rig):
    wait_until(lambda: contested(rig) == [(*EDGE, "song")], PATIENCE_S,
               lambda: f"the song is cut off; it is {contested(rig)}")


def await_whole(rig):
    comes(rig, EDGE)
    wait_until(lambda: contested(rig) == [], 20, "nothing is contested")
    racks.await_playing(rig, "fx")
    assert learned(rig) == b""


def test_the_rack_plays_on_and_the_wish_is_kept(rig):
    pid = hang(rig)
    racks.await_playing(rig, "fx")
    done = rig.stagecraft("patch", "missing")
    assert done.returncode == 1
    assert (f"{EDGE[0]} -> {EDGE[1]} is contested: song finishes no cycles\n"
            in done.stdout)
    assert ("but client song finishes no cycles, so those that it feeds are "
            "cut off from it" in rig.stagecraft("patch", "explain", *EDGE
                                                ).stdout)
    # Another patchbay, which did not hear when it began, knows as much.
    rig.kill(show.program_pids(rig, "stagecraft-patchbay")[0])
    show.await_state(rig, "patchbay", "ready", PATIENCE_S)
    await_cut(rig)
    racks.await_playing(rig, "fx")
    rig.kill(pid, signal.SIGCONT)
    await_whole(rig)
    assert "song goes on" in log_of(rig, "patchbay")


def test_the_one_that_follows_is_connected_again(rig):
    rig.kill(hang(rig))
    await_whole(rig)
