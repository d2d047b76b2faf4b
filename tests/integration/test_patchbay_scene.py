# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A song's patch is exchanged while a global path sounds: not one sample of it
is missing."""

import pytest

from harness import patchbay, show, wait_until
from harness.exact import Recorder
from harness.puppet import Puppet

EDGES = 100
SWITCHES = 10
TRIES = 5  # one in which the server itself was late proves nothing
# Big periods and a synchronous server: what is late here is this computer.
JACK = {**show.JACK, "run": "#!/bin/sh\nexec 2>&1\n"
        "exec jackd -r -S -d dummy -p 2048\n"}


def write_songs(machine):
    for song, turn in (("First", 0), ("Second", 1)):
        directory = machine.rig / "songs" / song
        directory.mkdir(parents=True)
        (directory / "song.patch").write_text("".join(
            f"A:out_{i} -> B:in_{(i + turn) % EDGES + 1}\n"
            for i in range(1, EDGES + 1)))


def count_edges(machine):
    return sum(source.startswith("A:") for source, _ in show.edges(machine))


def switch_all(machine):
    """Switches to and fro."""
    for turn in range(SWITCHES):
        song = ("Second", "First")[turn % 2]
        shift = (turn + 1) % 2
        machine.stagecraft("patch", "scene", song, check=True)
        wanted = {(f"A:out_{i}", f"B:in_{(i + shift) % EDGES + 1}")
                  for i in range(1, EDGES + 1)}
        wait_until(lambda edges=wanted: {
            edge for edge in show.edges(machine)
            if edge[0].startswith("A:")} == edges, 20, f"{song} is there")


def test_a_switch_of_a_hundred_connections_is_not_heard(machine):
    show.use_tools(machine)
    show.make_rig(machine, jack=JACK, patchbay=patchbay.SERVICE,
                  through=show.client("through"))
    write_songs(machine)
    patchbay.write(machine, "10-global", "rec:out -> through:in_1\n"
                   "through:out_1 -> rec:in\n")
    machine.up()
    puppets = [Puppet(machine, "A"), Puppet(machine, "B")]
    puppets[0].do("ports", "out", str(EDGES))
    puppets[1].do("ports", "in", str(EDGES))
    for puppet in puppets:
        puppet.do("activate")
    recorder = Recorder(machine)
    machine.stagecraft("patch", "scene", "First", check=True)
    wait_until(lambda: count_edges(machine) == EDGES, 20)
    wait_until(lambda: recorder.heard()["frames"] > 0, 20, "the path sounds")
    tries = []
    while len(tries) < TRIES and (not tries or tries[-1]["xruns"]):
        tries.append(recorder.meanwhile(lambda: switch_all(machine)))
    recorder.end()
    for puppet in puppets:
        puppet.kill()
    heard = tries[-1]
    assert heard["frames"] > 0, tries
    if heard["xruns"] and heard["breaks"]:
        pytest.skip(f"the server itself was late each time: {tries}")
    assert heard["breaks"] == 0, tries
