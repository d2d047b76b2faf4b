# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""JACK in the guest: servers on the dummy driver and on cards, and a rig that
finds its devices."""

import json

import pytest

from bench import wait_until

TOOLS = "/stage/build/tests/tools"
LISTEN = f"{TOOLS}/jack-listen -t 30"
LOOP = ("exec jackd -R -d alsa -P hw:Loopback,0 -C hw:Loopback,1 -r 48000 "
        "-p 1024 -n 3 -i 2 -o 2")
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
