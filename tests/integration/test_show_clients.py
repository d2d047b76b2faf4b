# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own clients of session managers: they are added, saved, switched,
and come back with what they had."""

import pytest

from harness import show, songs, wait_until

# What each is started by: NSM starts programs without arguments. The names are
# others than the programs', or they would start themselves.
CLIENTS = {
    "nsm-zyn": "zynaddsubfx -U",
    "nsm-radium": "radium_compressor",
    "nsm-ams": "ams",
}


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, {}, jack=show.JACK)
    machine.set_env(JACK_NO_START_SERVER="1")
    for name, command in CLIENTS.items():
        path = stage.programs / name
        path.write_text(f"#!/bin/sh\nexec {command}\n")
        path.chmod(0o755)
    yield stage
    stage.end()


def await_ready(stage, count):
    wait_until(lambda: [client["state"] for client in
                        stage.clients().values()] == ["ready"] * count, 60,
               lambda: f"{count} are ready: {stage.clients()}")


def ports(machine):
    return {line.partition(":")[0] for line in
            machine.run(["jack_lsp"]).stdout.splitlines()}


def test_real_clients_play_songs(stage):
    machine = stage.machine
    machine.up()
    show.await_state(machine, "jack", "ready", 60)
    show.await_state(machine, "show", "ready", 30)
    for song in ("A", "B"):
        assert "result" in stage.call("new", song=song)
        for count, name in enumerate(CLIENTS, 1):
            assert "result" in stage.call("add", program=name)
            await_ready(stage, count)
        assert "result" in stage.call("save")
    texts = {song: stage.songs.joinpath(song, "session.nsm").read_bytes()
             for song in ("A", "B")}
    clients = stage.clients()
    assert len(clients) == len(CLIENTS)

    # Each is in JACK under its song's name, and no other song's is.
    for song in ("A", "B", "A"):
        stage.open(song)
        await_ready(stage, len(CLIENTS))
        now = stage.clients()
        wait_until(lambda: not [port for port in ports(machine)
                                if any(ident in port for ident in clients)
                                and not any(ident in port for ident in now)],
                   30, lambda: f"the other song has left: {ports(machine)}")
        clients = now
        assert {client["name"] for client in now.values()} >= {"ZynAddSubFX"}
        assert "result" in stage.call("save")
    assert texts == {song: stage.songs.joinpath(song, "session.nsm"
                                                ).read_bytes()
                     for song in texts}

    # The show manager is killed: they answer the next one.
    pids = {client["pid"] for client in clients.values()}
    machine.kill(show.service(machine, "show")["pid"])
    wait_until(lambda: show.service(machine, "show")["restarts"] > 0, 30,
               "it is started anew")
    show.await_state(machine, "show", "ready", 30)
    await_ready(stage, len(CLIENTS))
    assert {client["pid"] for client in stage.clients().values()} == pids
    assert "result" in stage.call("save")
