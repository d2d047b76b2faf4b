# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A sine goes through a rack on a real server, and whatever is done to it, no
two samples at its output are further apart than those of that sine and a step
of -60 dB (tests/tools/jack-click.c). tests/unit/rack/test_click.c does more of
it without a server. A recorder of somebody else's hears it, too."""

import array
import json
import math
import shutil
import signal
import subprocess

import pytest

from harness import racks, show, wait_until

# Synchronous: on a busy machine a cycle takes longer and loses nothing.
SERVER = "#!/bin/sh\nexec jackd -r -S -t 5000 -d dummy -r 48000 -p 256\n"
LEVEL = 0.5  # of the sine
SETTLED = 12000  # frames, until all fades have ended
CLICK = 2.5e-3  # beside a sine: a step of -60 dB, and the edges of fades


class Meter:
    """The clients "click" and "click-sine", connected by the rack itself."""

    def __init__(self, rig):
        self.rig = rig
        self.tool = rig.popen(["jack-click", "click"], stdout=subprocess.PIPE,
                              text=True, bufsize=1)
        assert self.tool.stdout.readline() == "ready click\n"

    def look(self):
        """What was heard since the last look."""
        self.tool.kill(signal.SIGUSR1)
        return json.loads(self.tool.stdout.readline())

    def await_frames(self, frames):
        """Lets that many pass; all that was heard meanwhile."""
        seen = {"frames": 0, "step": 0, "loudest": 0, "allowed": 0}

        def is_enough():
            heard = self.look()
            if heard["step"] > seen["step"]:
                seen.update({key: heard[key] for key in (
                    "step", "at", "from", "to")})
            for key in ("loudest", "allowed"):
                seen[key] = max(seen[key], heard[key])
            seen["frames"] += heard["frames"]
            seen["now"] = heard["now"]
            return seen["frames"] >= frames

        wait_until(is_enough, 60, lambda: f"{frames} frames: {seen}")
        return seen

    def await_level(self, level):
        heard = []

        def is_there():
            heard.append(self.look())
            return heard[-1]["now"] == pytest.approx(level, abs=0.01)

        wait_until(is_there, 60, lambda: f"{level} is heard: {heard[-1]}")
        return heard

    def check(self, what, level):
        """What has been done since is heard, at that level by now, and does not
        click."""
        heard = [*self.await_level(level), self.await_frames(SETTLED)]
        worst = max(heard, key=lambda each: each["step"])
        step = worst["step"]
        allowed = max(each["allowed"] for each in heard)
        print(f"{what}: a step of {step:.4f}, {allowed:.4f} is allowed")
        assert step <= allowed, (what, worst)

    def end(self):
        """Whoever is killed is waited for by a server that is synchronous."""
        self.tool.kill(signal.SIGTERM)
        self.tool.wait(30)


@pytest.fixture
def rig(machine):
    racks.make_rig(machine, jack=show.JACK | {
        "run": SERVER, "ready": "port:system:*\n"})
    machine.up()
    yield from racks.watched(machine)


def play(rig, more=""):
    meter = Meter(rig)
    racks.put(rig, "fx", rack=("in 1\nout 1\nconnect in_1 click-sine:out\n"
                               "connect out_1 click:in\n" + more),
              a_10_it=racks.slot("middle", "set gain 0.5"))
    show.await_state(rig, "fx", "ready", 60)
    return meter


def test_nothing_clicks_at_the_outputs(rig):
    meter = play(rig)
    meter.check("start", LEVEL / 2)
    done = [
        ("bypass", ("bypass", "fx", "it"), LEVEL),
        ("bypass no", ("bypass", "fx", "it", "no"), LEVEL / 2),
        ("mute", ("mute", "fx"), 0),
        ("mute no", ("mute", "fx", "no"), LEVEL / 2),
        ("rack gain up", ("set", "fx", "rack", "gain", "12"), 2 * LEVEL),
        ("snapshot --save", ("snapshot", "fx", "loud", "--save"), 2 * LEVEL),
        ("rack gain down", ("set", "fx", "rack", "gain", "-60"), 0),
        ("rack gain 0", ("set", "fx", "rack", "gain", "0"), LEVEL / 2),
        ("slot gain", ("set", "fx", "it", ":gain", "6.0206"), LEVEL),
        ("wet", ("set", "fx", "it", "wet", "0"), LEVEL),
        ("save", ("save", "fx"), LEVEL),
        ("snapshot", ("snapshot", "fx", "loud"), LEVEL / 2),
        ("smite", ("smite", "fx", "it"), LEVEL),
        ("revive", ("revive", "fx", "it"), LEVEL / 2),
        ("revert", ("revert", "fx"), LEVEL / 2),
        ("wet by half", ("set", "fx", "it", "wet", "0.5"), 0.75 * LEVEL),
    ]
    for what, words, level in done:
        racks.ask(rig, *words)
        meter.check(what, level)
    meter.end()


def test_slots_that_come_and_go_do_not_click(rig):
    meter = play(rig)
    meter.check("start", LEVEL / 2)
    racks.write(rig, "fx", "a_20_more", racks.slot("middle", "set gain 0"))
    meter.check("insert", 0)
    racks.remove(rig, "fx", "a_20_more")
    meter.check("removal", LEVEL / 2)
    racks.write(rig, "fx", "a_10_it", racks.slot("forgetful"))
    meter.check("another plug-in", LEVEL)
    racks.ask(rig, "set", "fx", "it", "wet", "0.5")
    racks.ask(rig, "save", "fx")
    meter.await_frames(SETTLED)
    racks.ask(rig, "revert", "fx", "it")  # its state, by another instance
    meter.check("restore", LEVEL)
    racks.write(rig, "fx", "a_10_it", racks.slot("middle", "gain -6"))
    meter.check("reload", LEVEL * 10 ** (-6 / 20))
    racks.write(rig, "fx", "a_10_it", racks.slot("middle", "gian -6"))
    meter.check("a slip", LEVEL)
    meter.end()


def test_start_end_and_connections_do_not_click(rig):
    """A server that comes back, too, is in test_rack.py; who listens there goes
    with it."""
    meter = play(rig)
    meter.check("start", LEVEL / 2)
    before = racks.pid_of(rig, "fx")
    rig.kill(before, signal.SIGTERM)
    wait_until(lambda: racks.pid_of(rig, "fx") not in (None, before), 60,
               "another rack")
    meter.check("SIGTERM and start", LEVEL / 2)
    rig.stagecraft("restart", "fx", check=True)
    meter.check("restart", LEVEL / 2)
    rig.stagecraft("stop", "fx", check=True)
    meter.check("stop", 0)
    meter.end()


class Recorder:
    """JACK's own, which the rack connects; the click meter's sine comes in."""

    FRAME = 4  # bytes
    WAVE = 2 * math.pi * 1000 / 48000
    NEAR = 480  # frames, before and behind, that say how loud it is

    def __init__(self, rig):
        self.rig = rig
        self.path = rig.home / "heard.wav"
        self.done = []  # (what, up to which frame)
        self.tool = rig.popen(["jack_rec", "-f", self.path, "-d", "600", "-b",
                               "32", "-B", "262144", "click-sine:out"],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        wait_until(lambda: "jackrec:input1" in show.run_jack_tool(
            rig, ["jack_lsp"]).stdout, 60, "the recorder")
        show.disconnect(rig, "click-sine:out", "jackrec:input1")

    def frames(self):
        size = self.path.stat().st_size if self.path.exists() else 0
        return max(0, size - 44) // self.FRAME

    def pass_by(self, what):
        """All that was done so far is recorded, and then silence of deeds."""
        wanted = self.frames() + SETTLED + 16384
        wait_until(lambda: self.frames() >= wanted, 60, f"{what} is recorded")
        self.done.append((what, self.frames()))

    def end(self):
        """The samples."""
        self.tool.kill(signal.SIGTERM)
        self.tool.wait(30)
        data = self.path.read_bytes()
        at = data.index(b"data") + 8
        heard = array.array("i", data[at:len(data) - (len(data) - at) % 4])
        return [sample / 2 ** 31 for sample in heard]


def clicks(samples, begin, end):
    """What is in there beside a sine, at most, in parts of how loud it is near
    by: a step, wherever in the wave it hides, is as large as it is; and a fade
    has an edge. Gives that and the frame."""
    turn = 2 * math.cos(Recorder.WAVE)
    worst, at = 0, begin
    for first in range(max(begin, 2), end, Recorder.NEAR):
        near = samples[max(0, first - Recorder.NEAR):first + 2 * Recorder.NEAR]
        loudest = max(max(map(abs, near)), 1e-6)
        part = samples[first - 2:min(end, first + Recorder.NEAR)]
        rest = max((abs(c - turn * b + a) for a, b, c in
                    zip(part, part[1:], part[2:])), default=0)
        if rest / loudest > worst:
            worst, at = rest / loudest, first
    return worst, at


def end_rack(rig, signum):
    """The one that follows plays on."""
    before = racks.pid_of(rig, "fx")
    rig.kill(before, signum)
    wait_until(lambda: racks.pid_of(rig, "fx") not in (None, before), 60,
               "another rack")


def deeds(rig):
    """What is done to the rack: (what, how, how loud it is then)."""

    def ask(*words):
        return lambda: racks.ask(rig, *words)

    def write(key, *words):
        return lambda: racks.write(rig, "fx", key, racks.slot(*words))

    def save_half():
        racks.ask(rig, "set", "fx", "it", "wet", "0.5")
        racks.ask(rig, "save", "fx")

    return [
        ("bypass", ask("bypass", "fx", "it"), LEVEL),
        ("bypass no", ask("bypass", "fx", "it", "no"), LEVEL / 2),
        ("mute", ask("mute", "fx"), 0),
        ("mute no", ask("mute", "fx", "no"), LEVEL / 2),
        ("gain up", ask("set", "fx", "rack", "gain", "9.54"), 1.5 * LEVEL),
        ("gain down", ask("set", "fx", "rack", "gain", "0"), LEVEL / 2),
        ("insert", write("a_20_more", "middle", "set gain 0.5"), LEVEL / 4),
        ("removal", lambda: racks.remove(rig, "fx", "a_20_more"), LEVEL / 2),
        ("reload", write("a_10_it", "middle", "gain -6.0206"), LEVEL / 2),
        ("another plug-in", write("a_10_it", "forgetful"), LEVEL),
        ("save", save_half, LEVEL),
        ("restore", ask("revert", "fx", "it"), LEVEL),
        ("SIGTERM", lambda: end_rack(rig, signal.SIGTERM), LEVEL),
        ("stop", lambda: rig.stagecraft("stop", "fx", check=True), 0),
    ]


@pytest.mark.skipif(not shutil.which("jack_rec"), reason="it is JACK 2's")
def test_a_recorder_hears_no_click(rig):
    meter = play(rig, "connect out_1 jackrec:input1\n")
    recorder = Recorder(rig)
    meter.await_level(LEVEL / 2)
    recorder.pass_by("")
    for what, act, level in deeds(rig):
        act()
        meter.await_level(level)
        recorder.pass_by(what)
    meter.end()
    samples = recorder.end()
    for (_, begin), (what, end) in zip(recorder.done, recorder.done[1:]):
        worst, at = clicks(samples, begin, end)
        print(f"{what}: {20 * math.log10(worst):.1f} dB beside the sine")
        assert worst < CLICK, (what, at - begin, samples[at:at + 480])
