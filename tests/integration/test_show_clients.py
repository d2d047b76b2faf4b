# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own clients of session managers: they are added, saved, switched,
and come back with what they had.

By default three of them, in one song each; STAGE_FULL=1 has all six, switched
ten times.
"""

import pathlib
import re
import shutil

import pytest

from harness import show, songs, wait_until

# What each is started by: NSM starts programs without arguments. The names are
# others than the programs', or they would start themselves.
CLIENTS = {
    "nsm-zyn": "zynaddsubfx -U",
    "nsm-radium": "radium_compressor",
    "nsm-ams": "ams",
}
if show.full():
    CLIENTS |= {
        "nsm-hydrogen": "hydrogen",
        "nsm-qmidiarp": "qmidiarp",
        # It wants a screen.
        "nsm-mixer": "env DISPLAY=:77 jack_mixer",
    }
WOBBLES = re.compile(
    rb"(?s)<GUI>.*?</GUI>|<Release>(?:999|1000)</Release>")
SWITCHES = 10 if show.full() else 2
# Opening what it has saved of nothing, qmidiarp 0.6.5 crashes: it is given
# something. What crashes at its start now and then is started again.
QMAX = pathlib.Path("/usr/share/qmidiarp/examples/demo.qmax")
DISPLAY = ["Xvfb", ":77", "-nolisten", "tcp", "-screen", "0", "800x600x24"]


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, {}, jack=show.JACK)
    machine.set_env(JACK_NO_START_SERVER="1", QT_QPA_PLATFORM="offscreen")
    for name, command in CLIENTS.items():
        show.write(stage.programs / name, f"#!/bin/sh\nexec {command}\n",
                   0o755)
    yield stage
    stage.end()


def are_ready(stage, count):
    """As somebody would who sees that one of them hangs: Hydrogen 1.2.0b
    crashes at its start now and then, and hangs in the handler of that."""
    clients = stage.clients()
    for ident, client in clients.items():
        if client["late"] and client["state"] == "opening":
            assert "result" in stage.call("stop", client=ident)
            assert "result" in stage.call("start", client=ident)
    return [client["state"] for client in clients.values()] == \
        ["ready"] * count


def await_ready(stage, count):
    wait_until(lambda: are_ready(stage, count), 90,
               lambda: f"{count} are ready: {stage.clients()}")


def ports(machine):
    return {line.partition(":")[0] for line in
            machine.run(["jack_lsp"]).stdout.splitlines()}


def kept(stage, song):
    """{file: its bytes} of all clients of a song, without where their windows
    are, and releases: Hydrogen 1.2.0b makes 999 of 1000 and the reverse."""
    top = stage.songs / song
    files = {}
    for client in stage.clients():
        paths = [path for path in top.rglob(f"*{client}*") if path.is_file()]
        assert paths, f"{client} has kept nothing: {list(top.rglob('*'))}"
        files |= {path.name: WOBBLES.sub(b"", path.read_bytes())
                  for path in paths}
    return files


def give_something(stage):
    """What qmidiarp opens from then on is no nothing."""
    for client in stage.clients().values():
        if client["name"] == "QMidiArp":
            song = stage.songs / stage.playing()
            shutil.copyfile(QMAX, song / f"QMidiArp.{client['id']}.qmax")


def make_song(stage, song):
    assert "result" in stage.call("new", song=song)
    for count, name in enumerate(CLIENTS, 1):
        assert "result" in stage.call("add", program=name)
        await_ready(stage, count)
    assert "result" in stage.call("save")
    give_something(stage)


def check_it_is_alone(stage, before):
    """Each is in JACK under its song's name, and no other song's is."""
    now = stage.clients()
    wait_until(lambda: not [port for port in ports(stage.machine)
                            if any(ident in port for ident in before)
                            and not any(ident in port for ident in now)],
               30, lambda: f"the other song has left: {ports(stage.machine)}")
    return now


def test_real_clients_play_songs(stage):
    machine = stage.machine
    screen = machine.popen(DISPLAY) if "nsm-mixer" in CLIENTS else None
    machine.up()
    show.await_state(machine, "jack", "ready", 60)
    show.await_state(machine, "show", "ready", 30)
    for song in ("A", "B"):
        make_song(stage, song)
    texts = {song: stage.songs.joinpath(song, "session.nsm").read_bytes()
             for song in ("A", "B")}
    clients = stage.clients()
    assert len(clients) == len(CLIENTS)
    files = {}

    for switch in range(SWITCHES):
        song = "AB"[switch % 2]
        stage.open(song)
        await_ready(stage, len(CLIENTS))
        clients = check_it_is_alone(stage, clients)
        assert {client["name"] for client in clients.values()} >= {
            "ZynAddSubFX"}
        assert "result" in stage.call("save")
        # What they hold is what they had, each in its song.
        assert kept(stage, song) == files.setdefault(song, kept(stage, song))
    # From nothing too.
    assert "result" in stage.call("close")
    wait_until(lambda: not stage.state()["song"], 30, "it is closed")
    stage.open("A")
    await_ready(stage, len(CLIENTS))
    assert "result" in stage.call("save")
    assert kept(stage, "A") == files["A"]
    assert texts == {song: stage.songs.joinpath(song, "session.nsm"
                                                ).read_bytes()
                     for song in texts}

    # The show manager is killed: they answer the next one.
    pids = {client["pid"] for client in stage.clients().values()}
    machine.kill(show.service(machine, "show")["pid"])
    wait_until(lambda: show.service(machine, "show")["restarts"] > 0, 30,
               "it is started anew")
    show.await_state(machine, "show", "ready", 30)
    await_ready(stage, len(CLIENTS))
    assert {client["pid"] for client in stage.clients().values()} == pids
    assert "result" in stage.call("save")
    if screen:
        assert "result" in stage.call("close")
        screen.kill(15)
        screen.wait()
