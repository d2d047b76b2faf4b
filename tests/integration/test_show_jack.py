# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is played with: pedals, MIDI that goes out, the tempo, panic."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from harness import osc, quiet, show, songs, wait_until

PATCHBAY = {"run": "#!/bin/sh\nexec 2>&1\nexec stagecraft-patchbay\n",
            "ready": "notify\n", "needs": "jack\n"}
PROGRAMS = {"plain": ""}
OWN = "stagecraft-show"
SILENT_MS = 50


class Lines:
    """The lines that a program of the machine prints."""

    def __init__(self, machine, *words, **options):
        self.program = machine.popen(
            ["stdbuf", "-oL", *words], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, **options)
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.program.stdout:
            self.seen.append(line.rstrip())

    def find(self, pattern, deadline=20):
        """The first match of all lines so far, awaited."""
        def look():
            for line in list(self.seen):
                found = re.search(pattern, line)
                if found:
                    return found
            return None

        return wait_until(look, deadline,
                          lambda: f"{pattern}: {self.seen[-20:]}")

    def end(self):
        self.program.kill()
        self.program.wait()


class Pedal:
    """A foot on a board: a client "board" that sends MIDI."""

    def __init__(self, machine):
        self.pipe = machine.home / "board"
        os.mkfifo(self.pipe)
        self.lines = Lines(machine, "jack-midi", "board", str(self.pipe))
        wait_until(lambda: "board:out" in ports(machine), 20, "the board")
        show.connect(machine, "board:out", f"{OWN}:midi_in")

    def send(self, *messages):
        with open(self.pipe, "w", encoding="ascii") as pipe:
            for message in messages:
                pipe.write(f"send {message}\n")

    def end(self):
        self.lines.end()


def ports(machine):
    return show.run_jack_tool(machine, ["jack_lsp"]).stdout.split("\n")


def clients(stage):
    """Their names. Nobody opens a client, and closes it, to see them: who opens
    at that moment wakes nobody that gets its place
    (https://github.com/jackaudio/jack2/issues/721)."""
    answer = stage.call("clients", "jack")
    return {client["name"] for client in answer["result"]["clients"]}


def kill(machine, program):
    """Kills it, and waits until another one is there."""
    pid = show.program_pids(machine, program)[0]
    machine.kill(pid)
    wait_until(lambda: [one for one in show.program_pids(machine, program)
                        if one != pid], 20, f"{program} is there again")


def await_open(stage, is_open=True):
    wait_until(lambda: stage.state()["jack"]["open"] == is_open, 30,
               f"the client in JACK is open: {is_open}")


def await_playing(stage, name):
    wait_until(lambda: stage.playing() == name, 20,
               lambda: f"{name} plays; {stage.state()['midi']['heard'][:3]}")


@pytest.fixture
def stage(machine):
    show.use_tools(machine)
    stage = songs.Stage(machine, PROGRAMS, patchbay=PATCHBAY, jack=show.JACK)
    for name, conf in (("A", "tempo 137\nmetre 3/4\n"),
                       ("B", "program 12\ntempo 90\n"),
                       ("C", "timebase none\n"
                        "cue go midi msc 7 lighting go 12.5 1\n"
                        "cue go midi pc 2 5 300\n")):
        stage.song(name, f"plain n{name}AAA")
        show.write(stage.songs / name / "song.conf", conf)
    stage.up()
    await_open(stage)
    yield stage
    stage.end()


def test_pedals_and_what_goes_out(stage):
    machine = stage.machine
    pedal = Pedal(machine)
    out = Lines(machine, "jack_midi_dump", "dump")
    wait_until(lambda: "dump:input" in ports(machine), 20, "the dump")
    show.connect(machine, f"{OWN}:midi_out", "dump:input")

    # A program of song.conf, one of the place, with the bank that it has.
    pedal.send("c0 0c")
    await_playing(stage, "B")
    pedal.send("c0 00")
    await_playing(stage, "A")
    pedal.send("f0 7f 05 02 10 01 33 f7")  # MSC: GO 3
    await_playing(stage, "C")
    # Its cues: an MSC message, and a program with its bank.
    for message in ("f0 7f 07 02 01 01 31 32 2e 35 00 31 f7", "b1 00 02",
                    "b1 20 2c", "c1 05"):
        out.find(rf"\b{message}")
    out.seen.clear()
    pedal.send("f0 7f 05 02 01 01 31 f7")  # of lights
    heard = wait_until(
        lambda: [one for one in stage.call("midi")["result"]["heard"]
                 if one["text"] == "msc 5 go 1"], 10, "it was heard")
    assert heard[0]["did"] == "nothing: it is of another format"

    # A pedal that is learned is written down; its release asks nothing.
    assert "result" in stage.call("learn", act="previous")
    pedal.send("b0 40 7f")
    wait_until((machine.rig / "show.midi").exists, 10, "it is written")
    wait_until(lambda: (machine.rig / "show.midi").read_text() ==
               "map cc 1 64 previous\n", 10, "it is what was learned")
    pedal.send("b0 40 00")
    pedal.send("b0 40 7f")
    await_playing(stage, "B")
    assert "error" in stage.call("learn", act="dance")

    # Whole messages, in their order; a note ends by itself.
    sent = ("b0 00 01 b0 20 02 c3 07  92 3c 64 "
            "f0 7f 01 02 01 01 31 32 2e 35 00 31 f7")
    assert "result" in stage.call("send", bytes=sent)
    out.find(r": *f0 7f 01 02 01 01 31 32 2e 35 00 31 f7")
    out.find(r": *82 3c")
    bytes_seen = [re.search(r": ((?: ?[0-9a-f]{2})+)", line)[1].strip()
                  for line in out.seen]
    assert bytes_seen[:5] == [
        "b0 00 01", "b0 20 02", "c3 07", "92 3c 64",
        "f0 7f 01 02 01 01 31 32 2e 35 00 31 f7"]
    assert bytes_seen[5].startswith("82 3c")
    assert "error" in stage.call("send", bytes="f0 01 02")

    # Songs go on without JACK; what is sent meanwhile waits for it.
    for program in (out, pedal):
        program.end()
    server = show.program_pids(machine, "stagecraft-jack")[0]
    machine.stagecraft("stop", "jack", check=True)
    await_open(stage, False)
    assert server not in show.program_pids(machine, "stagecraft-jack")
    stage.open("A")
    assert "result" in stage.call("send", bytes="c3 09")
    assert stage.state()["jack"]["waiting"] == 1
    machine.stagecraft("start", "jack", check=True)
    await_open(stage)
    wait_until(lambda: stage.state()["jack"]["sent"] == 10, 20, "it is sent")
    assert stage.state()["jack"]["waiting"] == 0


def bbt(machine):
    """{"BBT": "1|1|0", ...} of jack_showtime, once."""
    lines = Lines(machine, "jack_showtime")
    try:
        return lines.find(r"BBT.*").string
    finally:
        lines.end()


def test_the_tempo_is_the_songs(stage):
    machine = stage.machine
    stage.open("A")
    wait_until(lambda: stage.state()["tempo"]["master"], 20, "master")
    assert stage.state()["tempo"] | {"rolling": False} == {
        "bpm": 137.0, "beats": 3, "beat_type": 4, "timebase": "ours",
        "master": True, "rolling": False}

    # What reads the transport's tempo, and sends clock of it.
    clock = Lines(machine, "jack_midi_clock")
    dump = Lines(machine, "jack_mclk_dump")
    wait_until(lambda: {"jack_midi_clock", "jack_mclk_dump"} <= clients(stage),
               20, "clock and dump")
    target = next(port for port in ports(machine)
                  if port.startswith("jack_mclk_dump"))
    show.connect(machine, "jack_midi_clock:mclk_out", target)
    assert "result" in stage.call("transport", what="resume")
    dump.find(r"\b13[67]\.\d")
    wait_until(lambda: stage.state()["tempo"]["rolling"], 10, "it rolls")

    # Another song, another tempo; taps, and a tempo that is asked for.
    stage.open("B")
    dump.find(r"\b(89\.[5-9]|90\.[0-4])")
    answer = stage.call("tempo", bpm=120.5, metre="7/8", at="now")
    assert answer["result"]["bpm"] == 120.5
    dump.find(r"\b120\.\d")
    assert "error" in stage.call("tempo", bpm=5)
    assert "error" in stage.call("tempo", metre="7/9")
    for program in (clock, dump):
        program.end()
    stage.call("transport", what="stop")
    wait_until(lambda: not stage.state()["tempo"]["rolling"], 10, "it stops")

    # Killed, it is what it was, and the song was not begun anew.
    kill(machine, OWN)
    await_open(stage)
    wait_until(lambda: stage.state()["tempo"]["bpm"] == 120.5, 10, "as before")
    assert stage.playing() == "B"

    # Who is master already stays it; we are when it has gone.
    stage.open("C")
    wait_until(lambda: not stage.state()["tempo"]["master"], 10, "no master")
    other = machine.popen(["jack_transport"], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True)
    other.stdin.write("master\ntempo 77\n")
    other.stdin.flush()
    lines = Lines(machine, "jack_showtime")
    stage.call("transport", what="resume")
    lines.find(r"BBT")
    lines.end()
    stage.open("B")
    assert not stage.state()["tempo"]["master"]
    other.stdin.write("quit\n")
    other.stdin.flush()
    other.wait()
    wait_until(lambda: stage.state()["tempo"]["master"], 20, "master again")


def test_who_listens_is_told_of_each_beat(stage):
    listener = osc.Peer(stage.machine, 53000, "listener")
    listener.say("/stagecraft/subscribe")
    listener.await_heard("/stagecraft/beat", 0)
    stage.open("A")  # in three
    assert "result" in stage.call("tempo", bpm=300, at="now")
    wait_until(lambda: stage.state()["tempo"]["master"], 20, "master")
    assert "result" in stage.call("transport", what="resume")
    wait_until(lambda: {(1, 2), (2, 3), (3, 1)} <= steps(listener), 30,
               lambda: f"it counts to three: {listener.heard()}")
    assert "result" in stage.call("transport", what="stop")
    wait_until(lambda: beats(listener)[-1] == 0, 20, "there are none")
    assert set(beats(listener)) == {0, 1, 2, 3}
    assert all(beat != before for before, beat in steps(listener))
    listener.end()


def beats(listener):
    return [told[1] for told in listener.heard()
            if told[0] == "/stagecraft/beat"]


def steps(listener):
    """{(beat, the one told behind it)}; a busy computer may pass one over."""
    told = beats(listener)
    return set(zip(told, told[1:]))


class FakeRack(threading.Thread):
    """What a rack is to a panic: a socket that is asked."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(str(path))
        self.socket.listen()
        self.asked = []
        self.start()

    def run(self):
        while True:
            talk, _ = self.socket.accept()
            with talk, talk.makefile("rw") as lines:
                question = json.loads(lines.readline())
                self.asked.append(question["method"])
                lines.write(json.dumps({"jsonrpc": "2.0", "id": question["id"],
                                        "result": {}}) + "\n")
                lines.flush()


def silence_after(ear, count):
    """Nanoseconds of the monotonic clock: the silence of that number."""
    wait_until(lambda: sum("silence" in line for line in ear.seen) >= count,
               20, lambda: f"silence {count}: {ear.seen}")
    return [int(line.split()[1]) for line in ear.seen
            if line.startswith("silence")][count - 1]


def await_sound(ear, count):
    wait_until(lambda: sum(line.startswith("sound") for line in ear.seen) >=
               count, 20, lambda: f"sound {count}: {ear.seen}")


def test_panic_silences_and_calm_brings_all_back(stage):
    machine = stage.machine
    show.write(stage.songs / "A/song.patch",
               "song-source:out -> song:in\n")
    rack = FakeRack(machine.outside(machine.run_dir / "rack-fake.sock"))
    song = Lines(machine, "jack-hush", "song")
    bed = Lines(machine, "jack-hush", "bed")
    dump = Lines(machine, "jack_midi_dump", "dump")
    wait_until(lambda: {"dump:input", "bed:in", "song:in"} <=
               set(ports(machine)), 20, "those who play")
    show.connect(machine, "bed-source:out", "bed:in")
    show.connect(machine, "bed-source:out", "system:playback_1")
    stage.open("A")
    await_sound(song, 1)
    await_sound(bed, 1)
    assert "silence" not in machine.stagecraft("logs", "patchbay").stdout
    pids = stage.pids()

    # The peer: somebody who pulls a cable by jack_disconnect.
    began_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    show.disconnect(machine, "bed-source:out", "bed:in")
    by_hand_ms = (silence_after(bed, 1) - began_ns) / 1e6
    show.connect(machine, "bed-source:out", "bed:in")
    await_sound(bed, 2)

    took_ms = []
    for trial in range(1, 4 if not show.full() else 20):
        began_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        assert "result" in stage.call("panic")
        took_ms.append((silence_after(song, trial) - began_ns) / 1e6)
        assert stage.state()["panic"] == {"level": 1, "why": ""}
        if trial == 1:
            # All channels: the pedal up, notes off, sound off.
            for channel in range(16):
                for number in (0x40, 0x7b, 0x78):
                    dump.find(rf"\bb{channel:x} {number:02x} 00")
        wait_until(lambda: not [edge for edge in show.edges(machine)
                                if edge[0] == f"{OWN}:panic"], 20, "it lets go")
        assert "result" in stage.call("calm")
        await_sound(song, 1 + trial)
    print("silent after", [round(ms, 1) for ms in took_ms], "ms; by hand",
          round(by_hand_ms, 1))
    assert min(took_ms) < max(by_hand_ms, SILENT_MS)
    assert rack.asked[:1] == ["panic"]
    assert len([line for line in bed.seen if "silence" in line]) == 1

    # Twice within a second: the sound card, too. A go ends it.
    stage.call("panic")
    stage.call("panic")
    assert stage.state()["panic"]["level"] == 2
    playback = ("bed-source:out", "system:playback_1")
    wait_until(lambda: playback not in show.edges(machine), 20, "all is mute")
    # It outlives a patchbay, and a show manager.
    for program in ("stagecraft-patchbay", OWN):
        kill(machine, program)
        wait_until(lambda: json.loads(machine.stagecraft(
            "patch", "hush", "--json").stdout or "{}").get("silence") == "all",
            30, "silent still")
    await_open(stage)
    assert stage.state()["panic"]["level"] == 2
    stage.open("A")
    await_sound(song, len(took_ms) + 2)
    assert stage.state()["panic"]["level"] == 0
    assert len(pids) == 1

    # Nothing of it was learned.
    learned = machine.rig / "patchbay/learned.patch"
    text = learned.read_text() if learned.exists() else ""
    assert OWN not in text and "not " not in text, text
    for program in (song, bed, dump):
        program.end()


def test_a_frozen_server_holds_up_nothing(stage):
    machine = stage.machine
    server = show.program_pids(machine, "stagecraft-jack")[0]
    machine.kill(server, signal.SIGSTOP)
    try:
        for verb, given in (("panic", {}), ("tempo", {"bpm": 100}),
                            ("transport", {"what": "resume"}),
                            ("send", {"bytes": "c0 01"}), ("calm", {})):
            assert "result" in stage.call(verb, **given)
        stage.open("B")
        assert stage.state()["tempo"]["bpm"] == 90
    finally:
        machine.kill(server, signal.SIGCONT)
    wait_until(lambda: stage.state()["tempo"]["master"], 30, "it is master")
    wait_until(lambda: stage.state()["jack"]["sent"] == 1, 30, "it is sent")


def test_xruns_are_counted_since_the_song_began(stage):
    machine = stage.machine

    def count():
        return stage.state()["jack"]["xruns"]

    assert count() is None, "no song plays"
    stage.open("A")
    before = count()
    server = show.program_pids(machine, "stagecraft-jack")[0]

    def stumbles():
        machine.kill(server, signal.SIGSTOP)
        quiet(0.1)
        machine.kill(server, signal.SIGCONT)
        return count() > before + 2

    wait_until(stumbles, 30, count)
    at_the_end = count()
    stage.open("B")
    assert 0 <= count() < at_the_end
    # Of a song that plays since before the manager nobody knows.
    kill(machine, OWN)
    await_open(stage)
    await_playing(stage, "B")
    assert count() is None
    stage.open("A")
    assert count() >= 0
