# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft-midi with keyboards that are plugged and pulled."""

import re
import signal

import pytest

from midi_stage import NAME, PORT, RIG, RUN, TWIN, Stage

@pytest.fixture
def stage(vm):
    """Shows what the bridge said when a test fails."""
    stage = Stage(vm).start()
    yield stage
    if stage.bridge.status() is None:
        print(vm.call("midi.ask", RUN, "state"))
    print(stage.jackd.output()[-2000:])
    print(stage.bridge.output())
    print(stage.client.output()[-2000:])


@pytest.fixture
def keyboard(vm):
    keyboard = vm.keyboard("kb1", NAME, serial="SN0001")
    keyboard.plug()
    return keyboard


def test_notes_go_both_ways(stage, keyboard):
    stage.connect()
    keyboard.play("90 3c 40 80 3c 00")
    stage.await_heard("90 3c 40", "80 3c 00")
    keyboard.listen()
    stage.say("send 90 40 7f")
    stage.say("send 80 40 00")
    keyboard.await_heard("90 40 7f", "80 40 00")


def test_replug_keeps_the_port_and_its_connections(stage, keyboard):
    stage.connect()
    for socket in (0, 2, 0):
        keyboard.unplug()
        lines = stage.vm.run("jack_lsp -c").stdout
        assert PORT % "capture" + "\n   ear:in\n" in lines
        keyboard.plug(socket)
        stage.await_open()
        keyboard.play("b0 07 7f")
        stage.await_heard("b0 07 7f")


def test_a_held_note_ends_at_the_unplug(stage, keyboard):
    stage.connect()
    keyboard.play("90 3c 40 b0 40 7f")
    stage.await_heard("90 3c 40", "b0 40 7f")
    keyboard.unplug()
    stage.await_heard("80 3c 40", "b0 40 00")


@pytest.mark.parametrize("signum", (signal.SIGTERM, signal.SIGKILL))
def test_held_notes_end_when_the_bridge_does(stage, keyboard, signum):
    """At the signal, or, after a kill, when the next one is there."""
    stage.connect()
    keyboard.listen()
    keyboard.play("90 3c 40")
    stage.await_heard("90 3c 40")
    stage.say("send 91 41 7f")
    keyboard.await_heard("91 41 7f")
    stage.bridge.kill(signum)
    status = stage.bridge.wait()
    if signum == signal.SIGTERM:
        assert status == 0
        stage.await_heard("80 3c 40")
    else:
        assert stage.heard() == ["90 3c 40"]
        stage.start_bridge()
        stage.connect()
        stage.await_heard("80 3c 40")
    keyboard.await_heard("91 41 7f", "81 41 40")


def test_held_notes_end_when_jackd_is_killed(stage, keyboard):
    """And the bridge is whole again with the next server."""
    stage.connect()
    keyboard.listen()
    stage.say("send 91 41 7f")
    keyboard.await_heard("91 41 7f")
    stage.jackd.kill()
    stage.jackd.wait()  # as a zombie it would keep its name
    keyboard.await_heard("91 41 7f", "81 41 40")
    stage.client.kill()
    stage.start_jackd()
    stage.start_client()
    stage.connect()
    keyboard.play("90 3c 40")
    stage.await_heard("90 3c 40")
    assert stage.bridge.status() is None


def test_a_slip_in_the_rules_leaves_them(stage, keyboard):
    """Told once, and not even a crash loses what held before it."""
    stage.connect()
    stage.vm.write(f"{RIG}/midi.conf", "ignore f_midi\nfrob x\n")
    told = r'midi.conf:2:1: unknown word "frob"; the rules before hold'
    stage.bridge.await_output(told)
    stage.bridge.kill()
    stage.bridge.wait()
    stage.start_bridge()
    stage.connect()
    keyboard.play("90 3c 40")
    stage.await_heard("90 3c 40")
    assert "f_midi" not in stage.vm.run("jack_lsp").stdout
    assert len(re.findall(told, stage.bridge.output())) == 1


@pytest.mark.parametrize("serials", (("SN0001", "SN0002"), (None, None)))
def test_twins_stay_themselves(stage, vm, serials):
    """With serials in any socket; without, in theirs."""
    one = vm.keyboard("kb1", NAME, serial=serials[0])
    two = vm.keyboard("kb2", NAME, serial=serials[1])
    one.plug(0)
    stage.await_port(PORT % "capture")
    two.plug(3)
    stage.await_port(TWIN % "capture")
    vm.run(["jack_connect", TWIN % "capture", "ear:in"])
    one.unplug()
    two.unplug()
    sockets = (0, 3) if serials[0] is None else (3, 0)
    two.plug(sockets[1])
    one.plug(sockets[0])
    stage.await_open(TWIN, directions=["capture"])
    one.play("b0 01 01")
    two.play("b0 02 02")
    stage.await_heard("b0 02 02")
    assert stage.heard() == ["b0 02 02"]


def test_ports_are_there_before_any_device(stage, keyboard):
    """After a restart, by the file of the endpoints."""
    stage.await_port(PORT % "capture")
    keyboard.unplug()
    stage.bridge.kill(signal.SIGTERM)
    stage.bridge.wait()
    stage.start_bridge()
    stage.await_port(PORT % "capture")


def test_a_keyboard_is_only_opened_while_it_is_used(stage, keyboard):
    stage.connect()
    stage.vm.run(["jack_disconnect", PORT % "capture", "ear:in"])
    stage.vm.run(["jack_disconnect", "ear:out", PORT % "playback"])
    stage.await_open(state="closed")


def test_the_sequencer_may_come_late(vm):
    stage = Stage(vm)
    gone = vm.no_sequencer()
    stage.start_jackd()
    bridge = vm.start(["env", f"STAGECRAFT_RIG={RIG}", f"STAGECRAFT_RUN={RUN}",
                       "stagecraft-midi"])
    bridge.await_output("has no ALSA sequencer")
    gone.remove()
    vm.devices.remove(gone)
    vm.modprobe("snd-seq")
    bridge.await_output("the ALSA sequencer is there now")


def test_without_the_right_to_the_sequencer(vm):
    """It says so, and begins once it is permitted."""
    stage = Stage(vm)
    stage.start_jackd()
    vm.run(f"chmod 0600 /dev/snd/seq && chown -R nobody {RIG} {RUN}")
    bridge = vm.start(["setpriv", "--reuid", "nobody", "--clear-groups", "env",
                       f"STAGECRAFT_RIG={RIG}", f"STAGECRAFT_RUN={RUN}",
                       "stagecraft-midi"])
    bridge.await_output("no permission for /dev/snd/seq; the user must be in "
                        "the group audio")
    vm.run("chmod 0666 /dev/snd/seq")
    bridge.await_output("the ALSA sequencer is there now")
