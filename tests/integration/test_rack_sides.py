# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports of slots on a real JACK server: sidechains, sends, returns, outputs."""

import os
import signal
import subprocess

import pytest

from harness import patchbay, racks, show, wait_until
from harness.puppet import Puppet

SIDES = "http://stagecraft.example/sides#"
SC3 = "http://plugin.org.uk/swh-plugins/sc3"
OWN = ["in_1", "in_2", "out_1", "out_2", "midi_in", "midi_out"]
COMP = ["comp-sidechain_1", "comp-sidechain_2"]
SEND = ["hall-send_1", "hall-send_2"]
KIT = ["kit_1", "kit_2"]
PATCH = """\
src:out_1 -> fx:comp-sidechain_1
fx:hall-send_1 -> hall:in_1
hall:out_1 -> fx:back_1
"""


@pytest.fixture
def rig(machine):
    racks.make_rig(machine, jack=show.JACK, patchbay=patchbay.SERVICE)
    (machine.rig / "rig.conf").write_text("jack.ports 128\n")
    calls = racks.watch_audio(machine)
    yield machine
    assert calls() == []


def ports(rig):
    said = show.run_jack_tool(rig, ["jack_lsp", "fx:"], check=True).stdout
    return [line.removeprefix("fx:") for line in said.split()]


def await_ports(rig, wanted):
    wait_until(lambda: ports(rig) == wanted, 60,
               lambda: f"{wanted} are there; there are {ports(rig)}")


def latency(rig, port, way):
    said = show.run_jack_tool(rig, ["jack_lsp", "-l", port]).stdout
    found = [line for line in said.splitlines() if f"port {way}" in line]
    return int(found[0].split("[")[1].split()[0]) if found else said


BACK = ["back_1", "back_2"]
WHOLE = 0.53 + 0.125  # twice the kick, the drums, and what the hall makes


def put_racks(rig):
    """One rack is the kick, one the hall; fx has the ports of slots."""
    patchbay.write(rig, "10-mine", PATCH)
    racks.put(rig, "src", rack="in 0\n",
              a_10_kick=racks.slot("source", "set level 0.25"))
    racks.put(rig, "hall", rack="in 1\nout 1\n",
              a_10_half=racks.slot("middle", "set gain 0.5"))
    racks.put(rig, "fx",
              rack='alias comp-sidechain_2 "Comp:Key R"\n'
                   "connect comp-sidechain_2 src:out_1\n",
              a_10_comp=racks.slot(SIDES + "key", "sidechain"),
              a_20_hall=racks.slot("builtin:send", "set level -6.0206"),
              a_30_kit=racks.slot(SIDES + "direct", "outs kit"))
    rig.up()
    for name in ("src", "hall", "fx", "patchbay"):
        show.await_state(rig, name, "ready", 60)


def see_them(rig):
    assert ports(rig) == OWN + COMP + SEND + KIT
    racks.level(rig, "fx:out_1", wait=0.53)
    racks.level(rig, "fx:out_2", wait=0.54)
    racks.level(rig, "fx:hall-send_1", wait=0.25)
    racks.level(rig, "fx:kit_2", wait=0.02)
    aliases = show.run_jack_tool(
        rig, ["jack_lsp", "-A", "fx:comp-sidechain_2"]).stdout
    assert "Comp:Key R" in aliases


def change_them(rig):
    """While it plays: the hall comes back, the sidechain goes and comes."""
    pid = racks.pid_of(rig, "fx")
    racks.write(rig, "fx", "a_25_back",
                racks.slot("builtin:return", "return back"))
    await_ports(rig, OWN + COMP + SEND + KIT + BACK)
    racks.level(rig, "fx:out_1", wait=WHOLE)
    racks.write(rig, "fx", "a_10_comp", racks.slot(SIDES + "key"))
    wait_until(lambda: not set(COMP) & set(ports(rig)), 60,
               "the sidechain has gone")
    racks.level(rig, "fx:out_1", wait=0.03)
    racks.write(rig, "fx", "a_10_comp",
                racks.slot(SIDES + "key", "sidechain"))
    racks.level(rig, "fx:out_1", wait=WHOLE)
    racks.level(rig, "fx:out_2", wait=0.54)
    assert racks.pid_of(rig, "fx") == pid


def kill_both(rig):
    """The same ones after that, connected as they were."""
    racks.kill(rig, "fx")
    assert ports(rig) == OWN + COMP + SEND + BACK + KIT
    racks.level(rig, "fx:out_1", wait=WHOLE)
    server = show.program_pids(rig, "stagecraft-jack")[0]
    rig.kill(server)
    wait_until(lambda: show.program_pids(rig, "stagecraft-jack") not in (
        [], [server]), 60, "another server")
    show.await_state(rig, "jack", "ready", 60)
    for name in ("src", "hall", "fx"):
        racks.await_playing(rig, name)
    assert ports(rig) == OWN + COMP + SEND + BACK + KIT
    racks.level(rig, "fx:out_1", wait=WHOLE)


def have_told(rig):
    """How late they are, and what they are called."""
    racks.write(rig, "fx", "a_05_late", racks.slot("late", "set frames 100"))
    wait_until(lambda: latency(rig, "fx:hall-send_1", "capture") == 100, 60,
               lambda: f"100: {latency(rig, 'fx:hall-send_1', 'capture')}")
    assert latency(rig, "fx:kit_1", "capture") == 0
    said = rig.stagecraft("rack", "list", "fx", check=True).stdout
    assert "ports comp-sidechain_1, comp-sidechain_2" in said
    assert racks.slots(rig, "fx")["kit"]["ports"] == KIT
    done = rig.stagecraft("rack", "check", "fx", "-r", rig.rig, check=True)
    assert "comp: port comp-sidechain_1\n" in done.stdout


def note(rig):
    return racks.slots(rig, "fx").get("drums", {"note": None})["note"]


def crowd_it(rig):
    """No room for what is new; the rest plays on, and it comes later."""
    crowd = Puppet(rig, "crowd")
    crowd.do("activate")
    crowd.ask("ports", "out", "200")
    racks.write(rig, "fx", "a_40_drums",
                racks.slot(SIDES + "drums", "outs", "set level 0"))
    wait_until(lambda: "has no room for" in (note(rig) or ""), 60,
               "it is told")
    wait_until(lambda: racks.log(rig, "fx").count("has no room for") == 1, 60,
               lambda: f"once: {racks.log(rig, 'fx')}")
    racks.await_playing(rig, "fx")
    crowd.kill()
    wait_until(lambda: "drums-out_16" in ports(rig), 60, "there is room")
    wait_until(lambda: note(rig) == "", 60, "nothing is said of it any more")
    racks.level(rig, "fx:out_1", wait=WHOLE)


def test_ports_of_slots(rig):
    put_racks(rig)
    see_them(rig)
    change_them(rig)
    kill_both(rig)
    have_told(rig)
    crowd_it(rig)


def test_a_sidechain_of_debian(rig):
    """SC3 has its sidechain before its inputs; it compresses by that alone."""
    if not os.path.exists("/usr/lib/lv2/sc3-swh.lv2"):
        pytest.skip("swh-lv2 is not installed")
    racks.put(rig, "src", rack="in 0\n",
              a_10_kick=racks.slot("source", "set level 0"))
    racks.put(rig, "fx", rack="connect duck-sidechain_1 src:out_1\n",
              a_10_tone=racks.slot("source", "set level 0.25"),
              a_20_duck=racks.slot(SC3, "sidechain", "set threshold -30",
                                   "set ratio 10", "set attack 2",
                                   "set release 2", "set chain_bal 1"))
    rig.up()
    for name in ("src", "fx"):
        show.await_state(rig, name, "ready", 60)
    assert ports(rig) == OWN + ["duck-sidechain_1"]
    racks.level(rig, "fx:out_1", wait=0.25)
    racks.level(rig, "fx:out_2", wait=-0.25)
    racks.ask(rig, "set", "src", "kick", "level", "1")
    wait_until(lambda: 0 < racks.level(rig, "fx:out_1")[0]["highest"] < 0.1,
               60, "the kick ducks the tone")


SINE = 48  # frames, of jack-click's


def highest(rig):
    return racks.level(rig, "fx:out_1")[0]["highest"]


def test_the_sound_waits_for_what_was_sent(rig):
    """A sine and what was sent of it cancel each other out, for what it is sent
    to takes as long as some waves and a half; where the sound waits they are
    twice as loud, to the frame."""
    racks.put(rig, "fx", a_10_late=racks.slot("late", "set frames 100"),
              a_20_aux=racks.slot("builtin:send"),
              a_30_back=racks.slot("builtin:return"))
    racks.put(rig, "hall", rack="in 1\nout 1\n",
              a_10_late=racks.slot("late", "set frames 300"))
    rig.up()
    for name in ("fx", "hall"):
        show.await_state(rig, name, "ready", 60)
    period = int(show.run_jack_tool(rig, ["jack_bufsize"]).stdout.split()[-1])
    away = 300 + (SINE // 2 - 300 - period) % SINE + period
    racks.ask(rig, "set", "hall", "late", "frames", str(away - period))
    sine = rig.popen(["jack-click", "click"], stdout=subprocess.PIPE)
    sine.stdout.readline()
    # The way back last: the server tells fx of latencies before the hall.
    for wire in [("click-sine:out", "fx:in_1"), ("fx:aux-send_1", "hall:in_1"),
                 ("hall:out_1", "fx:back-return_1")]:
        show.connect(rig, *wire)
    wait_until(lambda: highest(rig) < 1e-4, 60, lambda: f"0: {highest(rig)}")
    assert latency(rig, "fx:out_1", "capture") == 100
    racks.ask(rig, "set", "fx", "back", "wait", "1")
    wait_until(lambda: abs(highest(rig) - 1) < 1e-4, 60,
               lambda: f"1: {highest(rig)}")
    assert latency(rig, "fx:out_1", "capture") == 100 + away
    # Another latency is known soon, also while no client comes or goes.
    racks.ask(rig, "set", "hall", "late", "frames", str(away - period + 7))
    racks.await_slot(rig, "fx", "back", latency_frames=away + 7)
    wait_until(lambda: abs(highest(rig) - 1) < 1e-4, 60,
               lambda: f"1: {highest(rig)}")
    show.disconnect(rig, "hall:out_1", "fx:back-return_1")
    wait_until(lambda: latency(rig, "fx:out_1", "capture") == 100, 60,
               "it waits for nothing")
    sine.kill(signal.SIGTERM)
    sine.wait(30)
