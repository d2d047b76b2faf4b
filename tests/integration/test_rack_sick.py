# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks with plug-ins that crash, hang, and spoil what is not theirs: those of
tests/plugins/sick.lv2.

Each sick plug-in has a rack of its own, and all of them one server."""

import json
import signal
import subprocess
import time

import pytest

from harness import racks, show, wait_until

LEVEL = 0.25
PLUGIN = "http://stagecraft.example/test#"
AT_START = ["abort", "crash-instantiate", "crash-activate"]
WHEN_SET = ["crash-run", "crash-work", "crash-save"]


@pytest.fixture
def rig(machine):
    racks.make_rig(machine)
    return machine


def put(rig, *plugins, rack=""):
    """A rack for each, of that name."""
    for plugin in plugins:
        racks.put(rig, plugin, rack=rack,
                  a_10_source=racks.slot("source", f"set level {LEVEL}"),
                  a_20_sick=racks.slot(plugin))


def await_ready(rig, names):
    for name in names:
        show.await_state(rig, name, "ready", 90)


def await_left_out(rig, name, fault):
    racks.await_slot(rig, name, "sick", deadline=90, state="passes")
    assert fault in racks.slots(rig, name)["sick"]["fault"]


def await_deaths(rig, name, count):
    wait_until(lambda: len(show.deaths(rig, name)) == count, 90,
               lambda: f"{count} deaths of {name}: {show.deaths(rig, name)}")


def hear_all(rig, names):
    racks.level(rig, *(f"{name}:out_1" for name in names), wait=LEVEL)


def test_who_crashes_is_named_and_left_out_the_second_time(rig):
    names = [*AT_START, *WHEN_SET, "crash-restore", "crash-cleanup"]
    put(rig, *names)
    rig.up()
    await_ready(rig, names)

    racks.ask(rig, "set", "crash-restore", "sick", "now", "0.25")
    wait_until((rig.rig / "state/rack/crash-restore/sick").exists, 60,
               "a checkpoint of crash-restore")
    rig.kill(racks.pid_of(rig, "crash-restore"))
    racks.remove(rig, "crash-cleanup", "a_20_sick")
    for name in WHEN_SET:  # and they crash again with what was set
        racks.ask(rig, "set", name, "sick", "now", "1")
    await_deaths(rig, "crash-save", 1)
    await_ready(rig, ["crash-save"])
    racks.ask(rig, "set", "crash-save", "sick", "now", "2")
    await_deaths(rig, "crash-cleanup", 1)

    for name in (*AT_START, *WHEN_SET, "crash-restore"):
        await_left_out(rig, name, "crashed or hung twice")
        await_deaths(rig, name, 2 + (name == "crash-restore"))
    for name in names:
        assert f"the plug-in {PLUGIN}{name} ends" in racks.log(rig, name)
        assert racks.values(rig, name, "source") == {"level": LEVEL}
    hear_all(rig, names)


def listen(rig, port, act):
    """The longest time without sound from a port, while something is done."""
    before = show.edges(rig)
    for _ in range(10):
        tool = rig.popen(["jack-level", "96000", port],
                         stdout=subprocess.PIPE)
        wait_until(lambda: tool.poll() is not None or show.edges(rig) - before,
                   60, "jack-level listens")
        if tool.poll() is None:
            act()
        said, _ = tool.communicate(timeout=90)
        if tool.poll() != racks.FORGOTTEN:
            break
    assert tool.poll() == 0, said
    return json.loads(said)["gap_ms"]


def test_who_hangs_keeps_nobody_from_playing(rig):
    put(rig, "hang-run", "hang-work", "hang-instantiate", "hang-save",
        rack="patience 3s\n")
    names = ["hang-run", "hang-work", "hang-instantiate", "hang-save"]
    rig.up()
    await_ready(rig, names)
    pids = {name: racks.pid_of(rig, name) for name in names}
    await_left_out(rig, "hang-instantiate", "does not come back")
    racks.ask(rig, "set", "hang-save", "sick", "now", "0.25")
    racks.ask(rig, "set", "hang-work", "sick", "now", "1")

    gaps = []
    for how, fault in (("2", ""), ("1", "does not come back")):
        gaps.append(listen(rig, "hang-run:out_1", lambda how=how: racks.ask(
            rig, "set", "hang-run", "sick", "now", how)))
        racks.await_slot(rig, "hang-run", "sick", deadline=90, state="passes")
        assert fault in racks.slots(rig, "hang-run")["sick"]["fault"]
        racks.ask(rig, "set", "hang-run", "sick", "now", "0")
        racks.ask(rig, "revive", "hang-run", "sick")
        racks.await_slot(rig, "hang-run", "sick", state="plays")

    hear_all(rig, names)
    assert pids == {name: racks.pid_of(rig, name) for name in names}
    before = time.monotonic()
    racks.kill(rig, "hang-run")
    killed = 1000 * (time.monotonic() - before)
    print(f"silence: {gaps} ms by hanging, {killed:.0f} ms by kill -9")
    assert min(gaps) < killed, "a restart would be quicker"

    assert racks.values(rig, "hang-save", "sick")["now"] == 0.25
    racks.kill(rig, "hang-save")
    assert racks.values(rig, "hang-save", "sick")["now"] == 0.25


def test_who_is_stopped_for_a_while_does_not_hang(rig):
    put(rig, "hang-run")
    rig.up()
    await_ready(rig, ["hang-run"])
    pid = racks.pid_of(rig, "hang-run")
    for _ in range(5):
        rig.kill(pid, signal.SIGSTOP)
        cycles = show.run_jack_tool(rig, ["jack-level", "24000",
                                          "system:capture_1"])
        rig.kill(pid, signal.SIGCONT)
        assert cycles.returncode in (0, racks.FORGOTTEN), cycles
    racks.await_playing(rig, "hang-run")
    assert "hung" not in racks.log(rig, "hang-run")
    assert racks.slots(rig, "hang-run")["sick"]["state"] == "plays"


COMMA = """comment_char %
escape_char /
LC_NUMERIC
decimal_point "<U002C>"
thousands_sep "<U002E>"
grouping 3;3
END LC_NUMERIC
"""
LETTERS = """<code_set_name> ANSI_X3.4-1968
<comment_char> %
<escape_char> /
CHARMAP
<U002C> /x2c COMMA
<U002E> /x2e FULL STOP
END CHARMAP
"""


def use_comma(rig):
    """Numbers are written with a comma by who asks for it: a locale that has
    nothing else, so what localedef says of the rest is not looked at."""
    directory = rig.home / "locales"
    directory.mkdir()
    (directory / "source").write_text(COMMA)
    (directory / "letters").write_text(LETTERS)
    rig.run(["localedef", "-c", "--no-archive", "-i", directory / "source",
             "-f", directory / "letters", directory / "comma"])
    assert (directory / "comma/LC_NUMERIC").exists()
    rig.set_env(LOCPATH=directory, LC_ALL=None, LC_NUMERIC="comma")


def test_a_comma_for_a_point_reaches_no_file(rig):
    use_comma(rig)
    put(rig, "locale")
    rig.up()
    await_ready(rig, ["locale"])
    assert racks.slots(rig, "locale")["sick"]["state"] == "plays"
    racks.ask(rig, "set", "locale", "source", "level", "0.375")
    racks.ask(rig, "set", "locale", "source", "wet", "0.75")
    racks.ask(rig, "set", "locale", "rack", "gain", "-0.5")
    racks.ask(rig, "snapshot", "locale", "one", "--save")
    racks.ask(rig, "map", "locale", "source", "cc", "1", "7", "level",
              "0.125", "0.5")
    racks.ask(rig, "save", "locale")
    racks.kill(rig, "locale")
    assert racks.slots(rig, "locale")["sick"]["state"] == "plays"
    assert racks.values(rig, "locale", "source")["level"] == 0.375
    assert racks.values(rig, "locale", "rack")["gain"] == -0.5
    assert "0.125 0.5" in racks.ask(rig, "map", "locale")["maps"][0]["map"]
    assert racks.ask(rig, "commit", "locale")["files"] == 1
    text = (rig.rig / "services/locale/10-source.slot").read_text()
    assert "set level 0.375\n" in text and "wet 0.75\n" in text
    racks.ask(rig, "set", "locale", "source", "level", "0.5")
    racks.ask(rig, "snapshot", "locale", "one")
    assert racks.values(rig, "locale", "source")["level"] == 0.375
    assert "unable" not in racks.log(rig, "locale")
