# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks and what a JACK server may do to them: it is not there yet, has no room
for their ports, renders faster than time, or is gone and does not let go."""

import pytest

from harness import alone, racks, show, wait_until
from harness.puppet import Puppet

PORTS = 14  # of a server: 4 of its own, 6 of the rack, and some for others


@pytest.fixture
def rack(machine):
    show.use_tools(machine)
    racks.use_plugins(machine)
    made = alone.Rack(machine)
    yield made
    print(made.said()[-3000:])
    made.end()


def test_a_rack_waits_for_its_server_and_for_room(machine, rack):
    """Each time it plays by itself, in the same process, with what was set."""
    rack.start(plays=False)
    pid = rack.running.pid
    assert not rack.ask("list")["playing"]
    rack.set("level", 0.25)

    server = alone.Server(machine)
    rack.await_runs(10, server)
    server.end(9)
    wait_until(lambda: not rack.ask("list")["playing"], 30, "it knows")

    server.start(options=["-p", str(PORTS - 5)])
    wait_until(lambda: server.keep() or "has no room for port" in rack.said(),
               60, lambda: f"it says so: {rack.said()}")
    assert not rack.ask("list")["playing"]
    server.end(9)
    server.start()
    rack.await_runs(10, server)
    assert rack.seen()["level"] == 0.25
    assert rack.running.pid == pid
    rack.kill(15)
    server.end(15)


def test_a_rack_plays_when_another_client_makes_room(machine, rack):
    server = alone.Server(machine, ["-p", str(PORTS)])
    wait_until(lambda: server.keep() or show.run_jack_tool(
        machine, ["jack_lsp"]).returncode == 0, 60, "the server")
    greedy = Puppet(machine, "greedy")
    greedy.do("ports", "out", "5")
    rack.start(plays=False)
    wait_until(lambda: "has no room for port" in rack.said(), 60,
               lambda: f"it says so: {rack.said()}")
    greedy.do("close")
    rack.await_runs(10, server)
    greedy.kill()
    rack.kill(15)
    server.end(15)


def test_a_rack_is_played_once(machine, rack):
    server = alone.Server(machine)
    rack.start()
    second = machine.run(rack.command())
    assert second.returncode not in (0, 101), second
    assert "this rack is played already" in second.stderr
    rack.await_runs(10, server)
    rack.set("level", 0.5)
    wait_until(lambda: rack.seen()["level"] == 0.5, 30, "the first one plays")
    rack.kill()
    rack.start()  # what is left of one that was killed holds nobody back
    assert rack.value("level") == 0.5
    rack.kill(15)
    server.end(15)


def test_a_rack_freewheels(machine, rack):
    """Nothing is lost, and nobody is taken for one that hangs."""
    server = alone.Server(machine)
    rack.start()
    rack.set("level", 0.25)
    show.run_jack_tool(machine, ["jack_freewheel", "y"], check=True)
    rack.await_runs(2000, server)
    rack.set("level", 0.5)
    wait_until(lambda: rack.seen()["level"] == 0.5, 30, "it plays on")
    show.run_jack_tool(machine, ["jack_freewheel", "n"], check=True)
    rack.await_runs(20, server)
    assert "hung" not in rack.said() and "hang" not in rack.said()
    assert rack.ask("list")["slots"][0]["state"] == "plays"
    assert rack.seen()["instances"] == 1
    rack.kill(15)
    server.end(15)


def test_a_close_that_never_ends_starts_the_rack_anew(machine):
    """As JACK2's does now and then. The values are in the pages."""
    racks.make_rig(machine)
    mark = machine.home / "stuck"
    preload = (f"exec env JACK_STUCK={mark} "
               f"LD_PRELOAD={machine.home}/tools/jack-stuck.so stagecraft-rack")
    machine.rack_files = racks.FILES | {
        "run": racks.FILES["run"].replace("exec stagecraft-rack", preload)}
    racks.put(machine, "fx", a_10_source=racks.slot("source"))
    machine.up()
    show.await_state(machine, "fx", "ready", 60)
    racks.ask(machine, "set", "fx", "source", "level", "0.25")
    before = racks.pid_of(machine, "fx")
    mark.touch()
    machine.kill(show.program_pids(machine, "stagecraft-jack")[0])
    wait_until(lambda: racks.pid_of(machine, "fx") not in (None, before), 90,
               "another rack")
    show.await_state(machine, "fx", "ready", 90)
    racks.level(machine, "fx:out_1", wait=0.25)
    assert not mark.exists()
    assert "from closing a client" in racks.log(machine, "fx")
    assert len(show.deaths(machine, "fx")) == 1
