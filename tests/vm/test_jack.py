# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""JACK in the guest: servers on the dummy driver and on cards, a rig that finds
its devices, and programs that want the ALSA sequencer.

STAGE_FULL=1 has all four of these instead of one, and kills each five times, and
the server as often.
"""

import json

import pytest

from bench import wait_until
from bench.rig import FEW_PORTS, Rig
from harness import show

TOOLS = "/stage/build/tests/tools"
LISTEN = f"{TOOLS}/jack-listen -t 30"
LOOP = ("exec jackd -R -d alsa -P hw:Loopback,0 -C hw:Loopback,1 -r 48000 "
        "-p 1024 -n 3 -i 2 -o 2")
# Each takes the guest seconds to start.
V1 = (("drumkv1", "padthv1", "samplv1", "synthv1") if show.full()
      else ("synthv1",))
KILLED = (*V1, "jack") * 5 if show.full() else V1
# Emulation is slow: a period that it can keep.
LONG = (FEW_PORTS + "jack.driver dummy\njack.period 8192\n"
        "jack.realtime no\n")
KEYBOARD = "a2j:Keystation 61 (capture): Keystation 61 MIDI 1"
SERVERS = {
    "jackd": "exec jackd -d dummy -r 48000 -p 1024",
    "stagecraft-jack": "exec stagecraft-jack -d dummy -r 48000 -p 1024"}


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_on_the_dummy_driver(vm, name):
    vm.start(SERVERS[name])
    vm.await_success("jack_wait -w -t 30")
    assert "system:playback_1" in vm.run("jack_lsp").stdout.splitlines()


def test_a_server_on_the_loopback_card(vm):
    """What is played comes back, by way of the kernel."""
    vm.loopback()
    vm.start(LOOP)
    vm.await_success("jack_wait -w -t 30")
    tone = vm.start([f"{TOOLS}/jack-client", "-t", "-b", "system:playback_1",
                     "tone"])
    tone.await_output("ready tone")
    heard = json.loads(vm.run(f"{LISTEN} system:capture_1").stdout)
    assert heard["peak"] > 0


def test_a_rig_finds_its_devices(vm):
    """The rig plays on the USB card, and has the keyboard's port."""
    vm.modprobe("snd-seq")
    card = vm.usb_card()
    card.plug()
    vm.keyboard("kb1", "Keystation 61", serial="SN1").plug()
    vm.run("stagecraft new rig /tmp/rig && stagecraft enable a2j -r /tmp/rig")
    vm.run("stagecraft up -r /tmp/rig", 120)
    states = {service["name"]: service["state"] for service in json.loads(
        vm.run("stagecraft status --json").stdout)["services"]}
    assert (states["jack"], states["a2j"]) == ("ready", "ready")
    vm.await_success(f"jack_lsp | grep -qxF '{KEYBOARD}'")
    tone = vm.start([f"{TOOLS}/jack-client", "-t", "-b", "system:playback_1",
                     "tone"])
    tone.await_output("ready tone")
    wait_until(lambda: card.samples() > 1000, 60, "the card plays the tone")
    vm.run("stagecraft down", 120)


@pytest.fixture
def globals_rig(vm):
    """A rig of them, which the patchbay connects."""
    rig = Rig(vm, "jack", "patchbay", *V1, directory="/tmp/globals")
    rig.write("rig.conf", LONG)
    rig.write("patchbay/10-mine.patch", "".join(
        f"{name}:out_1 -> system:playback_1\n" for name in V1))
    yield rig
    rig.remove()


def are_connected(vm, *names):
    """Waits until these have their ports, once and by these names, and their
    connections."""
    for name in names:
        for port in ("in", "in_2", "out_2"):
            vm.await_success(f"jack_lsp | grep -qxF {name}:{port}")
        vm.await_success(f"jack_lsp -c {name}:out_1 | "
                         "grep -qxF '   system:playback_1'")
    assert not vm.run("jack_lsp | grep -E '^[a-z]+v1-'", check=False).stdout


@pytest.mark.deadline(900)
def test_globals_that_want_the_sequencer(vm, globals_rig):
    """They wait for it; killed they are back with their ports, connected; deaf
    to TERM, they end at once all the same."""
    vm.no_sequencer()
    globals_rig.up()
    states = {service["name"]: service["state"] for service in json.loads(
        globals_rig.stagecraft("status", "--json").stdout)["services"]}
    assert {states[name] for name in V1} == {"idle"}, states
    vm.run(["modprobe", "--ignore-install", "snd-seq"])
    globals_rig.stagecraft("wait", "-t", "90s", *V1)
    are_connected(vm, *V1)
    for name in KILLED:
        before = globals_rig.pid(name)
        vm.run(["kill", "-9", str(before)])
        wait_until(lambda: globals_rig.pid(name) != before, 60, "another one")
        globals_rig.stagecraft("wait", "-t", "90s")
        are_connected(vm, *V1)
    told = globals_rig.stagecraft("down").stdout
    assert "  stopped   synthv1\n" in told and "killed" not in told, told
