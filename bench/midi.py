#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The MIDI bridge beside a2jmidid and JACK2's own (jackd -X seq), in one virtual
machine whose time is counted in instructions: the numbers do not depend on this
one.

`make bench`, or bench/midi.py [PART]... (all if none is given):

  time      How late notes come, in frames, each way, in peace and beside a
            client that computes for 60 % of each cycle.
  order     Notes out of order and lost when a client holds up a cycle.
  burst     How many of 5,000 notes at once arrive.
  sysex     64 KiB to a keyboard and from it.
  replug    Whether the port stays, and the connection comes back.
  twins     Who hears which of two equal keyboards after they were plugged in
            the other order, each into the other's socket.
  held      Whether held notes end when the bridge, or the server, is killed.
  uptime    Notes that arrive while JACK's count of frames wraps, as it does
            after a day.
  idle      The processor's time with 64 ports of which none is connected.

What emulation cannot tell: docs/midi.md.
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile

from peers import SOURCE, find_prefix

sys.path.insert(0, str(SOURCE / "tests/vm"))

from bench import Unavailable, Vm, packages  # noqa: E402
import midi_floor as floor  # noqa: E402
from midi_floor import DEVICE, DUMP, KEY, Floor, dump  # noqa: E402
from midi_stage import NAME  # noqa: E402

CARD = "-d alsa -d hw:Dummy -n 2 -i 2 -o 2"
PERIOD = 256
BUILDS = ["build", "build/rows/gcc"]
WRAP_MS = 20000
TOOLS = "/stage/build/tests/tools"


class Ours(Floor):
    name = "stagecraft-midi"
    server = CARD


class A2jmidid(floor.A2jmidid):
    server = CARD


class Jack2(Floor):
    """Part of the server. It numbers its ports as they come, and says in an
    alias, the same for twins, what each is: "playback" is what is played on a
    keyboard."""

    name = "jackd -X seq"
    server = CARD + " -X seq"

    def start_bridge(self, **env):
        self.bridge = self.jackd

    def port(self, names, direction):
        client, port = (re.sub("[^A-Za-z0-9]", "-", name) for name in names)
        number = int(port.split("-")[-1]) + (names[0] == KEY[0])
        word = "playback" if direction == "capture" else "capture"
        return f"alsa_pcm:{client}/midi_{word}_{number}"

    def await_port(self, name):
        self.vm.await_success(["sh", "-c", 'jack_lsp -A | grep -qxF "   $1"',
                               "-", name])

    def is_there(self, name):
        return name in self.vm.run("jack_lsp -A").stdout.split()

    def await_way(self, names, direction):
        pass


BRIDGES = (Ours, A2jmidid, Jack2)
SEPARATE = (Ours, A2jmidid)  # from the server


def told(name, row, *values):
    print(f"  {name:<28} {row:<18}" + "".join(f" {value!s:<24}" for value
                                              in values), flush=True)


def begin(vm, kind, server="", **env):
    """The stage of one bridge; words are for the server."""
    vm.dummy_card()
    stage = kind(vm, PERIOD)
    stage.server = server + stage.server
    return stage.start_all(**env)


def measure_time(vm):
    print(f"time: frames at 48 kHz of which a period has {PERIOD}")
    for kind in BRIDGES:
        stage = begin(vm, kind)
        stage.patch(KEY)
        stage.settle()
        for burn in (0, 60):
            into, out = stage.jitter(burn=burn)
            told(stage.name, f"load {burn} %", f"to JACK {into}",
                 f"from JACK {out}")
        vm.tidy()


def measure_order(vm):
    print("order: of 1,000 notes, a cycle held up for 427 ms")
    for kind in BRIDGES:
        stage = begin(vm, kind, "-S ")
        stage.patch(KEY)
        stage.settle()
        for way, (wrong, lost) in zip(("to JACK", "from JACK"),
                                      stage.order_after_xrun()):
            told(stage.name, way, f"{wrong} out of order", f"{lost} lost")
        vm.tidy()


def measure_burst(vm):
    print("burst: of 5,000 notes at once")
    for kind in BRIDGES:
        stage = begin(vm, kind)
        stage.patch(KEY)
        stage.settle()
        into, out = stage.burst()
        told(stage.name, "", f"to JACK {into}", f"from JACK {out}")
        vm.tidy()


def plugged(vm, kind):
    """A stage with a keyboard that is connected both ways."""
    keyboard = vm.keyboard("kb1", NAME, serial="SN0001")
    keyboard.plug()
    keyboard.record()  # before a bridge takes that end, too
    stage = begin(vm, kind)
    stage.patch(DEVICE)
    vm.let_pass(1)
    return stage, keyboard


def measure_sysex(vm):
    print(f"sysex: a dump of {DUMP} bytes")
    whole = dump(DUMP)
    for kind in BRIDGES:
        stage, keyboard = plugged(vm, kind)
        stage.tell("mouth", f"sysex {DUMP}")
        vm.let_pass(5)
        got = keyboard.await_recorded(0).replace(" ", "")
        right = "whole" if got == whole.hex() else "not whole"
        told(stage.name, "from JACK", f"{len(got) // 2} bytes, {right}")
        marks = stage.marks()
        keyboard.play(whole.hex(" "))
        vm.let_pass(5)
        events = [what for _, what in stage.taken(marks)[0][1]]
        sizes = [int(re.search(r"(\d+) bytes", event)[1])
                 if " ... " in event else len(event.split())
                 for event in events]
        headless = sum(not event.startswith("f0") for event in events)
        told(stage.name, "to JACK", f"{sum(sizes)} bytes",
             f"{len(sizes)} events, {headless} without F0")
        vm.tidy()


def measure_replug(vm):
    print("replug: pulled with a note held, and plugged again elsewhere")
    for kind in BRIDGES:
        stage, keyboard = plugged(vm, kind)
        port = stage.port(DEVICE, "capture")
        keyboard.play("90 3c 40")
        vm.let_pass(1)
        marks = stage.marks()
        keyboard.unplug()
        vm.let_pass(1)
        ended = [what for _, what in stage.taken(marks)[0][1]]
        stays = stage.is_there(port)
        keyboard.plug(2)
        vm.let_pass(2)
        marks = stage.marks()
        keyboard.play("b0 07 7f")
        vm.let_pass(1)
        plays = [what for _, what in stage.taken(marks)[0][1]]
        told(stage.name, "", "port " + ("stays" if stays else "goes"),
             "plays again" if plays == ["b0 07 7f"] else "is not connected",
             "note ends" if "80 3c 40" in ended else "note hangs")
        vm.tidy()


def keyboard_ports(stage):
    """The ports on which keyboards are heard; what is in the keyboards is not
    meant."""
    found = set()
    for line in stage.vm.run("jack_lsp -A").stdout.splitlines():
        if not line.startswith(" "):
            port = line
        if "Keystation" in line and "capture" in port:
            found.add(port)
    return found


def plug_first(stage, keyboard, socket):
    """Plugs a keyboard; the port that has come, "" for none."""
    before = keyboard_ports(stage)
    keyboard.plug(socket)
    stage.vm.let_pass(3)
    return "".join(keyboard_ports(stage) - before)


def connect_again(stage, port, target):
    """As a patchbay does that goes by names; it may be there already."""
    stage.vm.run(["jack_connect", port, target], check=False)


def who_hears(stage, keyboards):
    """For each keyboard that plays, whether its client hears it."""
    marks = stage.marks()
    for number, keyboard in enumerate(keyboards):
        keyboard.play(f"b0 0{number + 1} 7f")
    stage.vm.let_pass(1)
    ear, _, mouth = (
        {what for _, what in stage.since(tool, mark)[1]} for tool, mark in
        zip((stage.client, stage.key, stage.mouth), marks))
    answers = []
    for number, (own, other) in enumerate(((ear, mouth), (mouth, ear))):
        what = f"b0 0{number + 1} 7f"
        answers.append("its own" if what in own else
                       "the other's" if what in other else "nobody")
    return answers


def measure_twins(vm):
    print("twins: plugged in the other order, each into the other's socket; "
          "who hears it")
    for kind in BRIDGES:
        one, two = (vm.keyboard(f"kb{n}", NAME, serial=f"SN000{n}")
                    for n in (1, 2))
        stage = begin(vm, kind)
        ports = [plug_first(stage, one, 0), plug_first(stage, two, 3)]
        targets = ["ear:in", "mouth:in"]
        for port, target in zip(ports, targets):
            connect_again(stage, port, target)
        for keyboard in (one, two):
            keyboard.unplug()
        two.plug(0)
        one.plug(3)
        vm.let_pass(3)
        for port, target in zip(ports, targets):
            connect_again(stage, port, target)
        vm.let_pass(1)
        first, second = who_hears(stage, (one, two))
        told(stage.name, "", f"the first: {first}", f"the second: {second}")
        vm.tidy()


def hold_a_note(stage, keyboard):
    """One of the keyboard's, at a client, and one at the keyboard."""
    keyboard.play("90 3c 40")
    stage.tell("mouth", "send 91 41 7f")
    stage.vm.let_pass(1)
    return stage.marks()


def ends(has_ended):
    return "ends" if has_ended else "hangs"


def device_note_ends(stage, keyboard):
    stage.vm.let_pass(3)
    return ends("91 41 7f 81 41" in keyboard.await_recorded(0))


def client_note_ends(stage, marks):
    heard = [what for _, what in stage.since(stage.client, marks[0])[1]]
    return ends("80 3c 40" in heard)


def measure_held(vm):
    print("held: a note at the keyboard, and one of it at a client")
    for kind in SEPARATE:
        stage, keyboard = plugged(vm, kind)
        marks = hold_a_note(stage, keyboard)
        stage.bridge.kill()
        stage.bridge.wait()
        stage.start_bridge()
        stage.patch(DEVICE)
        told(stage.name, "killed, restarted",
             f"the keyboard's {device_note_ends(stage, keyboard)}",
             f"the client's {client_note_ends(stage, marks)}")
        vm.tidy()
    for kind in BRIDGES:
        stage, keyboard = plugged(vm, kind)
        hold_a_note(stage, keyboard)
        stage.jackd.kill()
        stage.jackd.wait()
        told(stage.name, "server killed",
             f"the keyboard's {device_note_ends(stage, keyboard)}")
        vm.tidy()


def measure_uptime(vm):
    print("uptime: of 4,000 notes each way, the count of frames wraps meanwhile")
    for kind in SEPARATE:
        stage = begin(vm, kind, LD_PRELOAD=f"{TOOLS}/jack-wrap.so",
                      JACK_WRAP_MS=WRAP_MS)
        stage.patch(KEY)
        into, out = stage.through_the_wrap()
        told(stage.name, "", f"to JACK {into}", f"from JACK {out}")
        vm.tidy()


def measure_idle(vm):
    print("idle: the processor's time with 64 ports each way, unconnected")
    base = None
    for kind in SEPARATE:  # jackd -X seq does not come up with so many
        vm.dummy_card()
        spent = kind(vm, PERIOD).spent_idle(20)
        vm.tidy()
        base = base or spent
        told(kind.name, "", f"{spent * 100:.2f} %",
             f"{spent / base:.1f} x ours")


PARTS = {name.removeprefix("measure_"): part for name, part
         in list(globals().items()) if name.startswith("measure_")}


def find_build():
    """The build directory, for the tools."""
    if "STAGECRAFT_TEST_BUILD" in os.environ:
        return pathlib.Path(os.environ["STAGECRAFT_TEST_BUILD"]).resolve()
    for path in BUILDS:
        if (SOURCE / path / "tests/tools").is_dir():
            return SOURCE / path
    sys.exit("bench: nothing is built; run make bench")


def main():
    cache = os.environ.get("STAGECRAFT_VM_CACHE", SOURCE / "build/rows/vm")
    wanted = sys.argv[1:] or list(PARTS)
    if not set(wanted) <= set(PARTS):
        sys.exit("bench: there are " + ", ".join(PARTS))
    try:
        unpacked = packages.provide(cache)
    except Unavailable as error:
        print(f"skipped: no virtual machine here: {error}")
        return
    home = pathlib.Path(tempfile.mkdtemp(prefix="sc-bench-"))
    paths = {"SOURCE": SOURCE, "BUILD": find_build(), "PREFIX": find_prefix()}
    try:
        vm = Vm(unpacked, home, paths, "timed")
        for name in wanted:
            PARTS[name](vm)
        vm.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
