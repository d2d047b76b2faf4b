# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Setlists on a machine: an evening by the command line, over edits on disk,
kill -9 and a power cycle; what becomes of songs; what is told before doors."""

import pytest

from harness import patchbay, racks, show, songs, wait_until

FRIDAY = """\
# Friday, the small stage
Opener
- Ballad
Waltz
break 20 minutes
Encore
"""


def guard(machine, time):
    """How long a second GO is taken for the first, from the next start on."""
    (machine.rig / "rig.conf").write_text(f"show.guard {time}\n")


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, {"steady": "caps=:switch:dirty:"})
    (machine.rig / "setlists").mkdir(exist_ok=True)
    guard(machine, "10s")
    yield stage
    stage.end()


def place(stage):
    return stage.state()["place"]


def numbers(stage):
    now = place(stage)
    return tuple((now[key] or {}).get("number") for key in
                 ("playing", "selected"))


def say(stage, *words, code=0):
    """A line of the command line; gives what it says."""
    done = stage.machine.stagecraft(*words, check=False)
    assert done.returncode == code, (words, done)
    return (done.stdout + done.stderr).strip()


def kill(stage):
    before = show.service(stage.machine, "show")["pid"]
    stage.machine.kill(before)
    wait_until(lambda: show.service(stage.machine, "show")["pid"]
               not in (0, before), 30, "it is started anew")
    stage.state()


def test_an_evening(stage):
    for name in ("Opener", "Ballad", "Waltz", "Encore", "Extra"):
        stage.song(name)
    friday = stage.machine.rig / "setlists/Friday.setlist"
    friday.write_text(FRIDAY)
    stage.up()
    assert say(stage, "set", "list") == "Friday"
    say(stage, "set", "use", "Friday")
    assert numbers(stage) == (None, 1)

    # Twice within the guard's time is once.
    first, second = stage.call("go"), stage.call("next")
    assert "result" in first and "show.guard" in second["error"]["message"]
    assert numbers(stage) == (1, 3)
    say(stage, "set", "play", "3")
    assert numbers(stage) == (3, 4)
    assert stage.playing() == "Waltz"

    # The set is edited, its song taken out, and the show manager killed.
    friday.write_text(FRIDAY.replace("Waltz\n", "Extra\n"))
    wait_until(lambda: numbers(stage) == (0, 3), 20, "the file is read")
    guard(stage.machine, "0s")
    kill(stage)
    assert numbers(stage) == (0, 3)
    assert stage.playing() == "Waltz"
    say(stage, "set", "next")
    assert numbers(stage) == (3, 4)
    say(stage, "show", "go")
    assert stage.playing() == "Encore"
    assert "is over" in say(stage, "set", "next", code=100)
    assert place(stage)["over"] and numbers(stage) == (4, None)
    shown = say(stage, "set", "show")
    assert [line.split() for line in shown.splitlines()[1:]] == [
        ["1", "Opener", "-"], ["2", "Ballad", "skipped"], ["3", "Extra", "-"],
        ["-", "20", "minutes", "break"], ["4", "Encore", "plays"]]

    # By hand, and after a power cycle.
    say(stage, "set", "select", "2")
    say(stage, "set", "skip", "2", "--undo")
    say(stage, "set", "move", "2", "1")
    say(stage, "set", "add", "Waltz")
    say(stage, "set", "break", "1", "doors at eight")
    stage.end()
    stage.machine.down()
    stage.up()
    wait_until(lambda: stage.playing() == "Encore", 30, "it plays again")
    assert numbers(stage) == (4, 1)
    assert friday.read_text() == (
        "# Friday, the small stage\nbreak doors at eight\nBallad\nOpener\n"
        "Extra\nbreak 20 minutes\nEncore\nWaltz\n")

    # Songs that are renamed and deleted are so in all setlists.
    say(stage, "song", "rename", "Waltz", "Valse")
    say(stage, "song", "delete", "Extra")
    assert "its programs" not in say(stage, "set", "duplicate", "Friday", "B")
    assert [line["name"] for line in place(stage)["list"]] == [
        "doors at eight", "Ballad", "Opener", "20 minutes", "Encore", "Valse"]
    assert numbers(stage) == (3, 1)
    patch = friday.with_name("B.patch")
    patch.write_text("x:out -> y:in\n")
    say(stage, "set", "delete", "B")
    assert not patch.exists() and not friday.with_name("B.setlist").exists()
    trash = stage.machine.rig / "state/show/trash/B.setlist.1/B.patch"
    assert trash.read_text() == "x:out -> y:in\n"
    assert "run" in say(stage, "song", "delete", "Encore", code=111)


def test_a_song_goes_back_to_what_it_was(stage):
    stage.song("A", "steady nAAAA")
    (stage.songs / "A/song.conf").write_text(
        "tempo 97.5\nmetre 6/8\nnotes \"capo on 2\"\nlyrics words.cho\n")
    (stage.songs / "A/words.cho").write_text("[G]la la\n")
    stage.up()
    stage.open("A")
    info = say(stage, "song", "info")
    for text in ("tempo 97.5", "metre 6/8", "capo on 2", "[G]la la"):
        assert text in info
    assert "capo on 2" in say(stage, "show", "now")
    for number, content in enumerate(("good", "bad"), 1):
        stage.control.say("/nsm/server/broadcast", "/content", content)
        stage.await_event("/content", number)
        assert "result" in stage.call("save")
    stage.forget()
    assert "is what it was" in say(stage, "song", "revert")
    assert stage.await_event("holds")[-1][3] == "good"
    wait_until(lambda: stage.clients()["nAAAA"]["state"] == "ready", 20,
               "it plays anew")
    assert "before a revert" in say(stage, "song", "generations")
    say(stage, "song", "revert")
    assert stage.await_event("holds", 2)[-1][3] == "bad"


def test_a_set_is_looked_at_before_doors(machine):
    stage = songs.Stage(machine, {"steady": ""}, jack=show.JACK,
                        patchbay=patchbay.SERVICE)
    racks.put(machine, "fx", rack="in 2\nout 2\n",
              a_10_verb="plugin http://example.org/nowhere\n")
    stage.song("Good", "steady nAAAA")
    (stage.songs / "Good/song.patch").write_text(
        "steady.nAAAA:out -> system:playback_1\n")
    stage.song("Bad", "steady nBAAA", "nothere nBAAB")
    (stage.songs / "Bad/song.conf").write_text(
        "lyrics words.cho\ntempo fast\n")
    (stage.songs / "Bad/song.patch").write_text(
        "steady.nBAAA:out -> Mixer:in_1\n")
    sets = machine.rig / "setlists"
    sets.mkdir(exist_ok=True)
    (sets / "A.setlist").write_text("Good\nBad\nGone\n")
    (sets / "B.setlist").write_text("Good\n- Bad\n")
    stage.up()
    for name in ("jack", "patchbay", "fx"):
        show.await_state(machine, name, "ready", 60)
    told = say(stage, "set", "verify", "A", code=1)
    for text in ("1  Good  good", "2  Bad   wrong", "3  Gone  wrong",
                 "nothere of nBAAB is not installed", "words.cho, cannot be",
                 "song.conf:2:7:", "no port Mixer:in_1 now",
                 "no song \"Gone\"", "rack fx: "):
        assert text in told, (text, told)
    assert told.count("song.patch") == 1 and "system:playback" not in told

    report = stage.call("verify", set="B")["result"]
    assert [song["faults"] == [] for song in report["songs"]] == [True, False]
    assert report["faults"] == len(report["rig"]) == 1  # that of the rack
    assert stage.events() == []  # nothing was started
    stage.end()
