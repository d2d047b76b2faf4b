# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The show manager with clients that do as a test wants. Each fault of nsmd
that was measured is one here."""

import json
import signal

import pytest

from harness import show, songs, wait_until

PROGRAMS = {
    "steady": "caps=:switch:dirty:progress:message:optional-gui:",
    "plain": "",
    "mute": "mute=1",
    "hoarder": "save=hang term=ignore",
    "late": "save=late",
    "full": "save=fail",
    "broken": "open=fail",
    "stuck": "open=hang",
    "wrapped": "fork=1 exe=/usr/lib/wrapped/wrapped.real",
    "daemon": "fork=daemon exe=/usr/lib/daemon/daemon.real",
}


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, PROGRAMS)
    yield stage
    stage.end()


def states(stage):
    return {ident: client["state"] for ident, client in stage.clients().items()}


def test_songs_are_played_saved_and_come_back(stage):
    stage.song("A", "steady nAAAA", "plain nAAAB")
    stage.song("Set 1/B", "steady nBAAA", "steady nBAAB", "wrapped nBAAC")
    before = stage.songs.joinpath("A/session.nsm").read_bytes()
    stage.up()
    assert stage.call("list")["result"]["songs"] == ["A", "Set 1/B"]
    assert stage.state()["song"] is None

    stage.open("A")
    assert states(stage) == {"nAAAA": "ready", "nAAAB": "ready"}
    stage.await_event("/nsm/client/session_is_loaded", 2)
    opened = stage.events("/nsm/client/open")
    assert {tuple(event[3:]) for event in opened} == {
        (f"{stage.songs}/A/steady.nAAAA", "A", "steady.nAAAA"),
        (f"{stage.songs}/A/plain.nAAAB", "A", "plain.nAAAB")}

    # What is not saved is not kept, unless somebody says so.
    stage.control.say("/nsm/server/broadcast", "/content", "first")
    stage.await_event("/content", 2)
    assert "result" in stage.call("save")
    stage.control.say("/nsm/server/broadcast", "/content", "second")
    stage.await_event("/content", 4)
    steady = stage.clients()["nAAAA"]["pid"]
    stage.forget()
    stage.open("Set 1/B")
    assert states(stage) == {"nBAAA": "ready", "nBAAB": "ready",
                             "nBAAC": "ready"}
    # The one that can switch is the same process; two are new.
    assert steady in [client["pid"] for client in stage.clients().values()]
    assert len(stage.events("starts")) == 2
    wait_until(lambda: len(stage.pids()) == 4, 10, "A's other one has ended")

    stage.open("A")
    holds = [event[3] for event in stage.await_event("holds", 5)]
    assert holds[-2:] == ["first", "first"]
    assert stage.songs.joinpath("A/session.nsm").read_bytes() == before

    # The rig comes back with the song that was played.
    stage.end()
    stage.machine.down()
    stage.forget()
    stage.up()
    wait_until(lambda: stage.playing() == "A", 30, "A plays again")
    assert [event[3] for event in stage.events("holds")] == ["first"] * 2


def test_sick_clients_hold_up_nothing(stage):
    stage.song("sick", "mute nSAAA", "hoarder nSAAB", "broken nSAAC",
               "stuck nSAAD", "nothere nSAAE", "steady nSAAF")
    stage.song("well", "plain nWAAA")
    stage.up()
    stage.open("sick")
    clients = stage.clients()
    assert {ident: client["state"] for ident, client in clients.items()} == {
        "nSAAA": "starting", "nSAAB": "ready", "nSAAC": "failed",
        "nSAAD": "opening", "nSAAE": "failed", "nSAAF": "ready"}
    assert clients["nSAAA"]["late"] and clients["nSAAD"]["late"]
    assert "has not said that it is there" in clients["nSAAA"]["why"]
    assert "no such thing" in clients["nSAAC"]["why"]
    assert "not installed" in clients["nSAAE"]["why"]
    said = stage.call("said", client="nSAAC")["result"]["text"]
    assert said == "hello from broken\n"

    # Each is named by a save, which takes as long as the slowest may.
    assert stage.call("save")["error"]["message"] == \
        "saved, but for hoarder (nSAAB)"
    assert "has not saved" in stage.clients()["nSAAB"]["why"]
    stage.call("mode", mode="edit")
    stage.open("well")
    wait_until(lambda: len(stage.pids()) == 1, 15, "the sick have ended")
    assert states(stage) == {"nWAAA": "ready"}


def test_clients_live_on_when_the_show_manager_is_killed(stage):
    stage.song("A", "steady nAAAA", "plain nAAAB", "wrapped nAAAC")
    stage.up()
    stage.open("A")
    stage.control.say("/nsm/server/broadcast", "/content", "kept")
    stage.await_event("/content", 3)
    pids, port = stage.pids(), stage.port()
    for trial in range(20 if show.full() else 3):
        stage.machine.kill(show.service(stage.machine, "show")["pid"])
        wait_until(lambda: (show.service(stage.machine, "show")["restarts"] >
                            trial), 30, "it is started anew")
        show.await_state(stage.machine, "show", "ready", 30)
        assert stage.port() == port
        assert states(stage) == {"nAAAA": "ready", "nAAAB": "ready",
                                 "nAAAC": "ready"}
        assert stage.pids() == pids
    assert len(stage.events("starts")) == 3, "somebody noticed"
    # They hear it, and are heard.
    stage.forget()
    assert "result" in stage.call("save")
    assert len(stage.events("/nsm/client/save")) == 3
    assert stage.songs.joinpath("A/plain.nAAAB.txt").read_text() == "kept"

    # One that ended meanwhile is started again; one that ends now is noticed.
    plain = stage.clients()["nAAAB"]["pid"]
    manager = stage.manager()
    stage.machine.kill(manager, signal.SIGSTOP)
    stage.machine.kill(plain)
    stage.machine.kill(manager)
    stage.await_event("starts")
    wait_until(lambda: states(stage).get("nAAAB") == "ready", 30,
               "it is there again")
    stage.machine.kill(stage.clients()["nAAAB"]["pid"], signal.SIGSEGV)
    stage.await_event("starts", 2)
    wait_until(lambda: states(stage).get("nAAAB") == "ready", 30,
               "it is there once more")


def test_who_controls_it_by_osc_gets_what_the_api_says(stage):
    stage.song("A", "steady nAAAA")
    stage.song("Set 1/B", "plain nBAAA")
    stage.up()
    control = stage.control
    control.say("/osc/ping")
    control.await_heard("/reply", "/osc/ping")
    control.say("/nsm/server/list")
    control.await_heard("/reply", "/nsm/server/list", "")
    assert [message[2] for message in control.heard()
            if message[1] == "/nsm/server/list"] == ["A", "Set 1/B", ""]
    control.say("/nsm/server/add", "plain")
    control.await_heard("/error", "/nsm/server/add", -6,
                        "no song plays to which it could be added")
    control.say("/nsm/server/open", "../A")
    control.say("/nsm/server/open", "none")
    wait_until(lambda: len([m for m in control.heard() if m[:2] ==
                            ["/error", "/nsm/server/open"]]) == 2, 30,
               lambda: f"both are refused: {control.heard()}")
    control.say("/nsm/gui/gui_announce")
    control.await_heard("/nsm/gui/session/root", str(stage.songs))
    control.await_heard("/nsm/gui/session/name", "", "")
    control.say("/nsm/server/open", "A")
    control.await_heard("/reply", "/nsm/server/open", "Loaded.")
    control.await_heard("/nsm/gui/session/name", "A", "/A")
    for status in ("launch", "open", "ready"):
        control.await_heard("/nsm/gui/client/status", "nAAAA", status)
    control.await_heard("/nsm/gui/client/has_optional_gui", "nAAAA")
    control.say("/nsm/server/add", "nothere")
    control.await_heard("/error", "/nsm/server/add", -4,
                        "nothere is not installed; install it, or remove this "
                        "client")
    control.say("/nsm/server/add", "plain")
    control.await_heard("/reply", "/nsm/server/add", "Launched.")
    wait_until(lambda: "ready" == next(
        (client["state"] for client in stage.clients().values()
         if client["program"] == "plain"), ""), 30, "it is there")
    ident = next(client["id"] for client in stage.clients().values()
                 if client["program"] == "plain")
    control.say("/nsm/server/save")
    control.await_heard("/reply", "/nsm/server/save", "Saved.")
    assert stage.songs.joinpath("A/session.nsm").read_text() == \
        f"steady:steady:nAAAA\nplain:plain:{ident}\n"
    control.say("/nsm/gui/client/stop", ident)
    control.await_heard("/nsm/gui/client/status", ident, "stopped")
    control.say("/nsm/gui/client/remove", ident)
    control.await_heard("/nsm/gui/client/status", ident, "removed")
    control.say("/nsm/server/new", "Set 2/C")
    control.await_heard("/reply", "/nsm/server/new", "Loaded.")
    assert stage.songs.joinpath("Set 2/C/session.nsm").read_text() == ""
    control.say("/nsm/server/close")
    control.await_heard("/reply", "/nsm/server/close", "Closed.")
    assert not stage.pids()


def test_a_bad_line_costs_no_other(stage):
    stage.song("A", "steady nAAAA")
    path = stage.songs / "A/session.nsm"
    text = "plain:plain:nAAAB\r\n\nno client\nsteady:steady:nAAAA\nplain::x"
    path.write_bytes(text.encode())
    stage.up()
    stage.open("A")
    assert states(stage) == {"nAAAA": "ready", "nAAAB": "ready"}
    assert "result" in stage.call("save")
    assert path.read_bytes() == text.encode()


def test_names_reach_no_shell_and_no_other_place(stage):
    stage.up()
    for name in ("$(touch PWNED)", "`touch PWNED`", "a;touch PWNED", "-rf",
                 "../out", "a/../../out", "/abs", ".hidden", "x\ny", "a:b",
                 "a//b", "", "x" * 300):
        answer = stage.call("new", song=name)
        if "result" in answer:
            assert stage.songs.joinpath(name, "session.nsm").is_file()
            stage.call("duplicate", song=name + " 2")
    found = [path.name for top in (stage.machine.rig, stage.machine.home)
             for path in top.rglob("*") if "PWNED" == path.name]
    assert not found
    assert not stage.machine.rig.joinpath("out").exists()


def test_it_listens_to_this_computer_only(stage):
    stage.up()
    listing = stage.machine.run(["ss", "-Hlun"], check=True).stdout
    ports = [line.split()[3] for line in listing.splitlines()]
    assert f"127.0.0.1:{stage.port()}" in ports
    assert not [port for port in ports if not port.startswith("127.0.0.1:")]


def test_the_patchbay_is_told_which_song_plays(machine):
    stage = songs.Stage(machine, PROGRAMS, jack=show.JACK, patchbay={
        "run": "#!/bin/sh\nexec 2>&1\nexec stagecraft-patchbay\n",
        "needs": "jack bound\n", "ready": "notify\n"})
    stage.song("A", "steady nAAAA")
    stage.song("Set 1/B", "steady nBAAA")
    stage.songs.joinpath("Set 1/B/song.patch").write_text("one:out -> b:in\n")
    stage.up()
    show.await_state(machine, "patchbay", "ready", 60)

    def selected():
        done = machine.stagecraft("patch", "scene", "--json", check=True)
        return json.loads(done.stdout)["song"]

    for name in ("A", "Set 1/B"):
        stage.open(name)
        wait_until(lambda: selected() == name, 30,
                   lambda: f"{name} is selected, not {selected()}")
    listing = machine.stagecraft("patch", "missing").stdout
    assert "one:out" in listing
    # One that was away hears of it when it is back.
    machine.stagecraft("stop", "patchbay", check=True)
    stage.open("A")
    machine.stagecraft("start", "patchbay", check=True)
    show.await_state(machine, "patchbay", "ready", 60)
    wait_until(lambda: selected() == "A", 30, "A is selected")
    assert "result" in stage.call("close")
    wait_until(lambda: selected() is None, 30, "none is selected")
    stage.end()


def test_a_daemon_is_one_client_and_ends_with_its_song(stage):
    stage.song("A", "daemon nAAAA")
    stage.song("B")
    stage.up()
    before = stage.songs.joinpath("A/session.nsm").read_bytes()
    stage.open("A")
    clients = stage.clients()
    assert states(stage) == {"nAAAA": "ready"}, clients
    started = stage.events("starts")
    assert [event[1] for event in started] == [clients["nAAAA"]["pid"]]
    assert "result" in stage.call("save")
    assert stage.songs.joinpath("A/session.nsm").read_bytes() == before
    stage.open("B")
    wait_until(lambda: not stage.pids(), 20,
               lambda: f"it has ended: {stage.machine.processes()}")
