# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is heard while songs change: how soon the next one, when it is loaded
ahead, and whether what is held by a rack goes on. bench/switch.py runs it."""

import json
import signal
import statistics
import subprocess
import time

from peers import machine, row, show
from harness import patchbay, racks, songs, wait_until

FIRST_FRAME_S = 0.05  # at most
SWITCHES = 50
RETRIES = 2
# As on a stage: a period is 5 ms.
AUDIO = show.JACK | {"run": show.JACK["run"].replace("dummy", "dummy -p 256")}
AMP = "http://lv2plug.in/plugins/eg-amp"
LEVELS = [0.5, 0.25]  # of each second song
CHANNEL = "system:playback_1"


class Onset:
    """What a port plays, and from when on."""

    def __init__(self, rig):
        self.tool = rig.popen(["jack-onset", CHANNEL], stdout=subprocess.PIPE,
                              text=True)
        self.level = 0
        self.await_level(LEVELS[1])

    def step(self):
        """The seconds of the monotonic clock at which it plays another level,
        which self.level is then."""
        line = self.tool.stdout.readline()
        assert line, f"jack-onset has ended: {self.tool.wait(10)}"
        time_ns, level = line.split()
        self.level = float(level)
        return int(time_ns) / 1e9

    def await_level(self, level):
        while abs(self.level - level) > 1e-3:
            self.step()

    def end(self):
        self.tool.kill(signal.SIGTERM)
        self.tool.stdout.read()
        assert self.tool.wait(10) == 0


def song_of(number):
    return f"song{number:02}"


def make_stage(rig, jack, count):
    """So many songs of one client each, which plays a level, behind another."""
    rig.set_env(JACK_NO_START_SERVER="1")
    stage = songs.Stage(
        rig, {f"voice{turn}": f"jack=1 level={level}"
              for turn, level in enumerate(LEVELS)},
        jack=jack, patchbay=patchbay.SERVICE)
    names = [song_of(number) for number in range(1, count + 2)]
    for number, song in enumerate(names, 1):
        voice, ident = f"voice{number % 2}", f"n{number:04}"
        stage.song(song, f"{voice} {ident}")
        stage.songs.joinpath(song, "song.patch").write_text(
            f"{voice}.{ident}:out_1 -> {CHANNEL}\n")
    (rig.rig / "rig.conf").write_text("show.guard 0s\n")
    (rig.rig / "setlists").mkdir(exist_ok=True)
    (rig.rig / "setlists/gig.setlist").write_text("\n".join(names) + "\n")
    return stage


def await_ahead(stage, song):
    wait_until(lambda: [(one["name"], one["state"])
                        for one in stage.state()["ahead"]] == [(song, "ready")],
               60, lambda: f"{song} is loaded ahead: {stage.state()}")


def begin(stage):
    stage.up()
    show.await_state(stage.machine, "patchbay", "ready", 30)
    assert "result" in stage.call("set-use", set="gig")
    assert "result" in stage.call("go")


def go(stage, number):
    """Plays a song, which is the next one and loaded; when it was asked for."""
    await_ahead(stage, song_of(number))
    started = time.monotonic()
    answer = stage.call("go")
    assert "result" in answer, answer
    return started


def first_frames(trials):
    """Seconds from `go` to the first frame of the song at the sound card, and
    how often there was silence before it."""
    times, gaps = [], 0
    with machine() as rig:
        stage = make_stage(rig, AUDIO, trials)
        begin(stage)
        onset = Onset(rig)
        for number in range(2, trials + 2):
            started = go(stage, number)
            heard = onset.step()
            if onset.level < min(LEVELS) / 2:
                gaps += 1
                heard = onset.step()
            times.append(heard - started)
            onset.await_level(LEVELS[number % 2])
        onset.end()
        stage.end()
    return times, gaps


def tell(recorder):
    recorder.kill(signal.SIGUSR1)
    return json.loads(recorder.stdout.readline())


def held():
    """What a recorder heard of a tone that a rack plays on while songs change:
    the frames, and the breaks in it."""
    with machine() as rig:
        racks.use_plugins(rig)
        stage = make_stage(rig, AUDIO, SWITCHES)
        racks.put(rig, "fx", rack="in 1\nout 1\n",
                  a_10_amp=racks.slot(AMP, "set gain 0"))
        patchbay.write(rig, "10-global", "rec:out -> fx:in_1\n"
                       "fx:out_1 -> rec:in\n"
                       f"fx:out_1 -> {CHANNEL}\n")
        begin(stage)
        racks.await_playing(rig, "fx")
        recorder = rig.popen(["jack-exact", "rec"], stdout=subprocess.PIPE)
        wait_until(lambda: ("fx:out_1", "rec:in") in show.edges(rig), 60,
                   "the recorder is there, and connected")
        wait_until(lambda: tell(recorder)["frames"] > 0, 30, "it sounds")
        before = tell(recorder)
        for number in range(2, SWITCHES + 2):
            go(stage, number)
        after = tell(recorder)
        recorder.kill(signal.SIGTERM)
        recorder.wait(10)
        stage.end()
    return {key: after[key] - before[key] for key in after}


def report(trials):
    times, gaps = first_frames(trials)
    row("preload: go to first frame", times)
    median = statistics.median(times)
    print(f"    {'met' if median <= FIRST_FRAME_S else 'MISSED'}: at most "
          f"{FIRST_FRAME_S:.3f} s; silence before it: {gaps}", flush=True)
    heard = held()
    for _ in range(RETRIES):  # where the server itself was late
        heard = held() if heard["breaks"] and heard["xruns"] else heard
    print(f"  a tone through a rack, {SWITCHES} switches: "
          f"{heard['frames']} frames, {heard['breaks']} missing or altered, "
          f"{heard['xruns']} xruns\n"
          f"    {'MISSED' if heard['breaks'] else 'met'}: none", flush=True)
