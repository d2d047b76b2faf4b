# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft audio on a computer without a sound card: what a person reads."""

import json
import re
import signal

import pytest

from harness import show

SILENT = "plays on the dummy driver, silent: no sound card was found"


@pytest.fixture
def rig(machine):
    show.use_tools(machine)
    (machine.rig / "services").mkdir(parents=True)
    machine.stagecraft("enable", "-r", machine.rig, "jack", check=True)
    machine.up()
    return machine


def audio(rig, *words, code=0):
    done = rig.stagecraft("audio", *words)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done


def state(rig):
    return json.loads(audio(rig, "status", "--json").stdout)["state"]


def test_what_it_plays_on_and_how_well(rig):
    lines = audio(rig, "status").stdout.splitlines()
    assert lines[0] == "JACK server default: running"
    assert lines[1] == ("plays on dummy at 48000 Hz, 256 frames: "
                        "no sound card was found")
    assert lines[2] == f"warning: {SILENT}"
    assert re.fullmatch(r"\d+ inputs, \d+ outputs; real-time: .+", lines[3])
    memory = state(rig)["memory"]
    assert (f"warning: its memory is {memory['reason']}" in lines) == (
        not memory["is_locked"])
    assert re.fullmatch(r"load \d+ %, xruns \d+, devices switched 0 times",
                        lines[-1])
    assert audio(rig, "list").stdout == "there is no sound card\n"


def test_a_switch_and_how_long_it_was_silent(rig):
    done = audio(rig, "set", "period", "512")
    assert done.stdout.splitlines() == [
        "plays on dummy at 48000 Hz, 512 frames: no sound card was found",
        f"warning: {SILENT}"]
    told = state(rig)
    assert (told["switches"], told["gap"]["from"]) == (1, "dummy")
    assert told["gap"]["frames"] == pytest.approx(
        told["gap"]["ms"] * 48, abs=1)
    last = audio(rig, "status").stdout.splitlines()[-1]
    assert re.fullmatch(r"the last switch, from dummy: silent for \d+ ms at "
                        r"most, \d+ frames, \d+ xruns", last)
    audio(rig, "set", "period", "default")
    assert state(rig)["period_frames"] == 256


def test_what_is_asked_wrong_is_told_and_changes_nothing(rig):
    before = {key: state(rig)[key] for key in ("device", "wanted", "note")}
    for words, sentence in (
            (("set", "rate", "44"), 'unable to set the rate: "44" is not a '
                                    "whole number from 8000 to 768000"),
            (("set", "rate", "44100\njack.period 64"),
             "unable to set the rate: "),
            (("set", "speed", "1"), '"speed" cannot be set while it runs'),
            (("use", "hw:0"), '"hw:0" is a card\'s number'),
            (("use", "usb:12"), '"usb:12" is no USB id'),
            (("use", "serial:1", "auto"), '"auto" stands alone')):
        error = audio(rig, *words, code=100).stderr
        assert sentence in error, (words, error)
        assert error.count("\n") == 1, error
    assert before == {key: state(rig)[key] for key in before}


def test_a_card_that_is_away_is_waited_for(rig):
    done = audio(rig, "use", "serial:0042")
    assert "serial:0042 is not there" in done.stdout
    assert "wish 1: serial:0042" in audio(rig, "list").stdout
    status = rig.stagecraft("status").stdout
    assert "serial:0042 is not there" in status
    audio(rig, "use", "default")
    assert "wish" not in audio(rig, "list").stdout


def test_a_server_that_a_signal_has_stopped_is_told(rig):
    """It can tell nobody itself, so its own row would say that all is well."""
    pid, = show.program_pids(rig, "stagecraft-jack")
    told = f"stands still: process {pid} was stopped by a signal"
    rig.kill(pid, signal.SIGSTOP)
    rig.wait_until(lambda: told in show.service(rig, "jack")["note"], 20,
                   "the row of jack says that it stands still")
    assert f"{told}; kill -CONT {pid}" in rig.stagecraft("status").stdout
    rig.kill(pid, signal.SIGCONT)
    rig.wait_until(lambda: show.service(rig, "jack")["note"] == SILENT, 20,
                   "the row of jack says what it said before")
