# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of stagecraft-midi play on."""

import re

TOOLS = "/stage/build/tests/tools"
PORTS = 256  # there can be; see bench.rig.FEW_PORTS
RIG = "/tmp/midi-rig"
RUN = "/tmp/midi-run"
NAME = "Keystation 61"
PORT = f"a2j:{NAME} (%s): {NAME} MIDI 1"
TWIN = f"a2j:{NAME} #2 (%s): {NAME} MIDI 1"


class Stage:
    """A JACK server, the bridge and a client that plays and hears.

    period: long where time means nothing, since a client that misses a cycle
    misses the MIDI in it."""

    def __init__(self, vm, period=4096):
        self.vm = vm
        self.period = period
        self.jackd = self.bridge = self.client = None
        vm.modprobe("snd-seq")
        vm.run(f"rm -rf {RIG} {RUN}; mkdir -p {RIG} {RUN}; rm -f /tmp/pipe; "
               "mkfifo /tmp/pipe")
        vm.write(f"{RIG}/midi.conf", "ignore f_midi\n")

    def start(self):
        self.start_jackd()
        self.start_bridge()
        self.start_client()
        return self

    def start_jackd(self):
        self.jackd = self.vm.start(
            f"exec jackd -p {PORTS} -d dummy -r 48000 -p {self.period}")
        self.vm.await_success("jack_wait -w -t 30")

    def start_bridge(self):
        self.bridge = self.vm.start(
            ["env", f"STAGECRAFT_RIG={RIG}", f"STAGECRAFT_RUN={RUN}",
             "stagecraft-midi"])
        self.bridge.await_output("ports in JACK")

    def start_client(self):
        self.client = self.vm.start(
            [f"{TOOLS}/jack-midi", "ear", "/tmp/pipe"])
        self.client.await_output("ready ear")

    def say(self, line):
        self.vm.run(["sh", "-c", 'printf "%s\\n" "$1" > /tmp/pipe', "-", line])

    def await_port(self, name):
        self.vm.await_success(["sh", "-c", 'jack_lsp | grep -qxF "$1"', "-",
                               name])

    def connect(self, port=PORT):
        """From the keyboard to the client and back, and waits until the bridge
        has opened the keyboard."""
        for direction in ("capture", "playback"):
            self.await_port(port % direction)
        self.vm.run(["jack_connect", port % "capture", "ear:in"])
        self.vm.run(["jack_connect", "ear:out", port % "playback"])
        self.await_open(port)

    def await_open(self, port=PORT, state="open",
                   directions=("capture", "playback")):
        for direction in directions:
            self.vm.call("midi.await_device", RUN, port % direction, state)

    def await_heard(self, *events, deadline=30):
        """Until the client has heard these, in this order."""
        pattern = r"\d+ " + r"\s+\d+ ".join(events) + "\n"
        self.client.await_output(pattern, deadline)

    def heard(self):
        """What the client has heard, without the frames."""
        return re.findall(r"^\d+ (.*)$", self.client.output(), re.M)
