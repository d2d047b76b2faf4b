# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The show manager is killed in the middle of everything, finds what it left,
and no client that plays notices. What it has to end by is saved or not, as the
mode says. One rig serves all of it."""

import os
import signal

import pytest

from harness import show, songs, wait_until

PROGRAMS = {
    "steady": "caps=:switch:",
    "plain": "",
    "gated": "gate=1",
    "late": "open=late",
    "slowsave": "save=late",
    "full": "save=fail",
    "stubborn": "term=ignore",
    "broken": "open=fail",
    "daemon": "fork=daemon",
    "early": "fork=lingers",
    "later": "fork=lingers",
    "unheard": "fork=lingers gate=1",
}


@pytest.fixture(scope="module")
def rig(make_shared_machine):
    machine = make_shared_machine()
    stage = songs.Stage(machine, PROGRAMS)
    stage.song("Base", "steady nBASA", "plain nBASB")
    stage.up()
    yield stage
    stage.end()


@pytest.fixture
def stage(rig):
    """Nothing plays, and nothing runs."""
    rig.settle()
    return rig


def await_started(stage, program, count=1):
    wait_until(lambda: [event[0] for event in stage.events("starts")].count(
        program) >= count, 30, lambda: f"{program} starts: {stage.events()}")


def test_it_is_killed_while_it_changes_songs(stage):
    gate = stage.machine.home / "gate"
    os.mkfifo(gate)
    stage.song("Gated", "gated nGATA", "plain nGATB")
    stage.song("Late", "late nLATA", "plain nLATB")
    stage.song("Broken", "broken nBROA", "plain nBROB")
    stage.open("Base")
    base = stage.pids()

    # While one starts: what plays notices nothing, and the one comes anew.
    stage.control.say("/nsm/server/open", "Gated")
    await_started(stage, "gated")
    stage.crash()
    assert stage.playing() == "Base"
    assert set(base) <= set(stage.pids())
    await_started(stage, "gated", 2)
    held = os.open(gate, os.O_RDWR)
    wait_until(lambda: stage.playing() == "Gated", 30, stage.state)
    stage.await_states(nGATA="ready", nGATB="ready")
    wait_until(lambda: len(stage.pids()) == 2, 30, "Base's have ended")
    os.close(held)

    # While one opens its project.
    pids = stage.pids()
    stage.forget()
    stage.control.say("/nsm/server/open", "Late")
    stage.await_event("/nsm/client/open", 2)
    stage.crash()
    assert stage.playing() == "Gated" and set(pids) <= set(stage.pids())
    stage.await_event("/nsm/client/open", 3)
    stage.control.say("/nsm/server/broadcast", "/content", "go on")
    wait_until(lambda: stage.playing() == "Late", 30, stage.state)
    stage.await_states(nLATA="ready", nLATB="ready")
    wait_until(lambda: len(stage.pids()) == 2, 30, "Gated's have ended")

    # With one that has failed, and runs.
    stage.open("Broken")
    wait_until(lambda: len(stage.pids()) == 2, 30, "Late's have ended")
    pids = stage.pids()
    stage.crash()
    assert stage.pids() == pids
    stage.await_states(nBROA="failed", nBROB="ready")


def test_a_daemon_is_never_started_beside_itself(stage):
    """The process that was started ends before, while and after nobody looks;
    the one that it has made plays on."""
    home = stage.machine.home
    for name in ("early", "later", "unheard"):
        os.mkfifo(home / name)
    stage.song("Daemons", "daemon nDAEA", "early nDAEB", "later nDAEC")
    stage.open("Daemons")
    ready = {"nDAEA": "ready", "nDAEB": "ready", "nDAEC": "ready"}
    speakers = [event[1] for event in stage.await_event("holds", 3)]

    def await_pids(count):
        wait_until(lambda: len(stage.pids()) == count, 30, stage.pids)

    def let_end(name, left):
        """The one of that name that was started ends."""
        with (home / name).open("w"):
            await_pids(left)

    await_pids(5)
    stage.crash(lambda: let_end("early", 4))
    assert stage.states() == ready and len(stage.pids()) == 4
    let_end("later", 3)
    stage.crash()
    assert stage.states() == ready and len(stage.pids()) == 3
    assert len(stage.events("starts")) == 3, "nobody was started anew"

    # The end of each is noticed, as of any other.
    for pid in speakers:
        stage.machine.kill(pid)
    wait_until(lambda: len(stage.events("starts")) == 6, 30, stage.events)
    wait_until(lambda: stage.states() == ready, 30, stage.clients)
    assert "result" in stage.call("save")
    let_end("early", 4)
    let_end("later", 3)
    assert "result" in stage.call("close")
    await_pids(0)

    # One that has not said a word is ended before there is another one.
    gate = home / "gate"
    gate.unlink(missing_ok=True)
    os.mkfifo(gate)
    stage.forget()
    stage.song("Quiet", "unheard nQUIA")
    stage.control.say("/nsm/server/open", "Quiet")
    await_started(stage, "unheard")
    stage.crash(lambda: let_end("unheard", 1))
    await_started(stage, "unheard", 2)
    await_pids(2)
    with gate.open("w"):
        wait_until(lambda: stage.states() == {"nQUIA": "ready"}, 30,
                   stage.clients)
    let_end("unheard", 1)
    stage.call("close")
    await_pids(0)

    # Nor where the process that was started lives yet.
    gate.unlink()
    os.mkfifo(gate)
    stage.forget()
    stage.control.say("/nsm/server/open", "Quiet")
    await_started(stage, "unheard")
    await_pids(2)
    before = stage.pids()
    stage.crash()
    await_started(stage, "unheard", 2)
    await_pids(2)
    assert not set(before) & set(stage.pids())
    with gate.open("w"):
        wait_until(lambda: stage.states() == {"nQUIA": "ready"}, 30,
                   stage.clients)
    gate.unlink()


def test_who_speaks_ends_with_its_song_and_not_with_what_started_it(stage):
    machine, later = stage.machine, stage.machine.home / "later"
    if not later.exists():
        os.mkfifo(later)
    stage.song("Parting", "later nPARA")

    def begin():
        """The process that speaks, and the one that has started it."""
        stage.forget()
        stage.open("Parting")
        speaker = stage.await_event("holds")[0][1]
        wait_until(lambda: len(stage.pids()) == 2, 30, stage.pids)
        starter, = (process["pid"] for process in machine.processes()
                    if process["cmdline"][-2:-1] == ["later"]
                    and process["pid"] != speaker)
        return speaker, starter

    # One that has just ended, which nobody has heard of yet.
    begin()
    manager = stage.manager()
    machine.kill(manager, signal.SIGSTOP)
    stage.control.say("/nsm/server/close")
    with later.open("w"):
        wait_until(lambda: len(stage.pids()) == 1, 30, stage.pids)
    machine.kill(manager, signal.SIGCONT)
    wait_until(lambda: not stage.pids(), 30, stage.pids)

    # One that lives.
    begin()
    assert "result" in stage.call("close")
    assert not stage.pids()

    # One that is killed.
    speaker, starter = begin()
    machine.kill(starter)
    wait_until(lambda: stage.clients()["nPARA"]["pid"] == speaker, 30,
               stage.clients)
    assert "result" in stage.call("save")
    assert len(stage.events("starts")) == 1
    machine.kill(speaker)
    stage.await_event("starts", 2)
    stage.await_states(nPARA="ready")


def test_it_is_killed_while_songs_ring_save_and_leave(stage):
    stage.song("Rings", "plain nRINA")
    (stage.songs / "Rings/song.conf").write_text("tail 5min\n")
    stage.song("Saves", "slowsave nSAVA", "plain nSAVB")
    stage.song("Leaves", "stubborn nLEAA")
    stage.open("Rings")
    stage.open("Saves")
    pids = stage.pids()
    assert len(pids) == 3
    stage.control.say("/nsm/server/save")
    stage.await_event("/nsm/client/save", 2)
    stage.crash()
    assert stage.pids() == pids
    assert stage.playing() == "Saves" and stage.state()["ringing"] == ["Rings"]
    assert stage.states() == {"nSAVA": "ready", "nSAVB": "ready"}
    stage.control.say("/nsm/server/broadcast", "/content", "late")
    stage.await_event("/content", 3)
    assert len(stage.events("starts")) == 3, "nobody was started anew"

    # One that has been told to end, and does not hear, ends all the same.
    stage.open("Leaves")
    stage.open("Base")
    stage.crash()
    assert stage.playing() == "Base"
    assert "result" in stage.call("close")
    wait_until(lambda: not stage.pids(), 30, "all have ended")


def test_one_from_outside_lives_on_with_the_next_one(stage):
    stage.open("Base")
    url = stage.state()["nsm_url"]
    words = ["setsid", "env", f"NSM_URL={url}", stage.programs / "plain"]
    first = stage.machine.popen(words)
    # One in a container says a number that nobody has here, or another one.
    hidden = stage.machine.popen(["unshare", "--pid", "--fork",
                                  "--kill-child", *words])
    wait_until(lambda: len(stage.clients()) == 4, 30, stage.clients)
    pids, clients = stage.pids(), set(stage.clients())
    wait_until(lambda: set(stage.states().values()) == {"ready"}, 30,
               stage.clients)
    stage.crash()
    assert stage.pids() == pids and set(stage.clients()) == clients
    # The address that one was given before serves also after it.
    second = stage.machine.popen(words)
    wait_until(lambda: list(stage.states().values()) == ["ready"] * 5, 30,
               stage.clients)
    assert "result" in stage.call("save")
    assert len(stage.events("/nsm/client/save")) == 5
    assert "result" in stage.call("close")
    for running in (first, second):
        running.wait()
    assert hidden.poll() is None  # nobody knows which one it is
    hidden.kill()
    hidden.wait()
    (stage.songs / "Base/session.nsm").write_text(
        "steady:steady:nBASA\nplain:plain:nBASB\n")


JOURNALS = [b"", b"\0" * 4096, b'{"current": {"name": "Ba', b"[]", b"null",
            b'{"port": "x", "current": {"name": "../..", "slots": 7}, '
            b'"programs": [{"pid": 1, "start": 1}, {"pid": -1}, 3]}',
            b"[" * 100000]


@pytest.mark.parametrize("text", JOURNALS, ids=range(len(JOURNALS)))
def test_a_journal_of_garbage_costs_no_show(stage, text):
    stage.open("Base")
    playing = stage.machine.rig / "state/show/playing"
    wait_until(lambda: "Base" in playing.read_text(), 30, "it is remembered")
    journal = stage.machine.outside(stage.machine.run_dir / "show/journal")
    stage.crash(lambda: journal.write_bytes(text))
    wait_until(lambda: stage.playing() == "Base", 30, stage.state)
    stage.await_states(nBASA="ready", nBASB="ready")
    # Those that nobody knows any more do not play beside the new ones.
    wait_until(lambda: len(stage.pids()) == 2, 30,
               lambda: f"two run: {stage.events('starts')}, {stage.pids()}")
    owners = [client["pid"] for client in stage.clients().values()]
    assert len(set(owners)) == 2


@pytest.mark.parametrize("is_by_word", [True, False], ids=["quit", "TERM"])
def test_the_end_saves_in_edit_mode_alone(stage, is_by_word):
    song = f"Ends {is_by_word}"
    stage.song(song, "plain nENDA" if is_by_word else "plain nENDB",
               "full nENDC" if is_by_word else "full nENDD")
    for mode, content in (("show", "lost"), ("edit", "kept")):
        stage.open(song)
        stage.call("mode", mode=mode)
        stage.forget()
        before = show.service(stage.machine, "show")["pid"]
        stage.control.say("/nsm/server/broadcast", "/content", content)
        stage.await_event("/content", 2)
        if is_by_word:
            stage.control.say("/nsm/server/quit")
        else:
            stage.machine.stagecraft("stop", "show", check=True)
        wait_until(lambda: not stage.pids(), 30, "all have ended")
        kept = [path.read_text() for path in
                (stage.songs / song).glob("plain*.txt")]
        assert kept == (["kept"] if mode == "edit" else [])
        # That it had one that could not save is no reason to stay.
        stage.await_another(before)


def test_a_rig_that_a_client_has_started_is_no_leftover(machine):
    """From a terminal that is one of a song, say."""
    stage = songs.Stage(machine, PROGRAMS)
    machine.set_env(STAGECRAFT_SHOW_RUN=machine.run_dir / "show")
    stage.up()
    supervisors = show.supervisors(machine)
    journal = machine.outside(machine.run_dir / "show/journal")
    stage.crash(lambda: journal.write_bytes(b""))
    assert show.supervisors(machine) == supervisors
    stage.end()
