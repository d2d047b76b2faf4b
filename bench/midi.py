#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The MIDI bridge beside a2jmidid, in one virtual machine whose time is counted
in instructions: the numbers do not depend on this one.

`make bench`, or bench/midi.py [PART]... (all if none is given):

  time      How late notes come, in frames, each way, in peace and beside a
            client that computes for 60 % of each cycle.
  order     Notes out of order and lost when a client holds up a cycle.
  burst     How many of 5,000 notes at once arrive.
  sysex     64 KiB to a keyboard and from it.
  replug    Whether the port stays, and the connection comes back.
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


class A2jmidid(Floor):
    """Opens whatever comes, at once."""

    name = "a2jmidid -ue"
    server = CARD

    def start_bridge(self, **env):
        words = [f"{name}={value}" for name, value in env.items()]
        self.bridge = self.vm.start(["env", *words, "a2jmidid", "-ue"])
        self.bridge.await_output("started")

    def await_way(self, names, direction):
        pass


BRIDGES = (Ours, A2jmidid)


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


def measure_uptime(vm):
    print("uptime: of 4,000 notes each way, the count of frames wraps meanwhile")
    for kind in BRIDGES:
        stage = begin(vm, kind, LD_PRELOAD=f"{TOOLS}/jack-wrap.so",
                      JACK_WRAP_MS=WRAP_MS)
        stage.patch(KEY)
        into, out = stage.through_the_wrap()
        told(stage.name, "", f"to JACK {into}", f"from JACK {out}")
        vm.tidy()


def measure_idle(vm):
    print("idle: the processor's time with 64 ports each way, unconnected")
    base = None
    for kind in BRIDGES:
        stage = kind(vm, PERIOD)
        vm.dummy_card()
        stage.start_key(64)
        stage.start_jackd()
        stage.start_bridge()
        stage.await_port(stage.port((KEY[0], "port 63"), "playback"))
        vm.let_pass(5)
        spent = stage.spent(20)
        base = base or spent
        told(stage.name, "", f"{spent * 100:.2f} %",
             f"{spent / base:.1f} x ours")
        vm.tidy()


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
