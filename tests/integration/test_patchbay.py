# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft-patchbay on a real server: files are kept, hands are learned,
deaths are not."""

import signal

import pytest

from harness import show, wait_until
from harness.patchbay import (SERVICE, comes, goes, learned, learns, log_of,
                              make, server, settle, write)

EDGE = ("one:out_1", "two:in_1")
OTHER = ("one:out_2", "two:in_2")


@pytest.fixture
def rig(machine):
    """Two clients, a server, the patchbay; nothing is connected."""
    make(machine)
    return machine


def test_files_are_kept_as_they_come_and_change(rig):
    write(rig, "10-mine", "one:out_1 -> two:in_1\n")
    comes(rig, EDGE)
    write(rig, "20-more", "# the other side\none:out_2 -> two:in_2\n")
    comes(rig, EDGE, OTHER)
    (rig.rig / "patchbay/20-more.patch").unlink()
    goes(rig, OTHER)
    write(rig, "10-mine", "one:out_* -> two:in_\\1\n")
    comes(rig, EDGE, OTHER)
    write(rig, "30-no", "not one:out_1 -> two:in_1\n")
    goes(rig, EDGE)
    assert OTHER in show.edges(rig)
    assert learned(rig) == b""


def test_hup_ends_nobody(rig):
    """As sv hup does, out of habit; who has files reads them again."""
    programs = ("stagecraft-patchbay", "stagecraft-watch")
    before = [show.program_pids(rig, program) for program in programs]
    for pids in before:
        rig.kill(pids[0], signal.SIGHUP)
    rig.stagecraft("patch", "mode", check=True)
    rig.stagecraft("status", check=True)
    assert [show.program_pids(rig, one) for one in programs] == before


def test_a_wrong_file_changes_nothing(rig):
    path = write(rig, "10-mine", "one:out_1 -> two:in_1\n")
    comes(rig, EDGE)
    path = write(rig, "10-mine", "one:out_2 -> two:in_2\nnonsense\n")
    wait_until(lambda: f"{path}:2:" in log_of(rig, "patchbay"), 20,
               "the line is told")
    assert "stays in force" in log_of(rig, "patchbay")
    edges = show.edges(rig)
    assert EDGE in edges and OTHER not in edges
    write(rig, "10-mine", "one:out_2 -> two:in_2\n")
    comes(rig, OTHER)
    goes(rig, EDGE)


def test_forbidden_things_go(rig):
    show.connect(rig, *EDGE)
    comes(rig, EDGE)
    write(rig, "00-never", "forbid one:* -> two:in_1\n")
    goes(rig, EDGE)
    show.connect(rig, *EDGE)
    goes(rig, EDGE)
    assert learned(rig) == b""


def test_hands_are_learned_and_survive_everything(rig):
    settle(rig)
    show.connect(rig, *EDGE)
    learns(rig, "one:out_1 -> two:in_1")
    rig.kill(show.program_pids(rig, "stagecraft-patchbay")[0],
             signal.SIGKILL)
    before = learned(rig)
    audio = server(rig)[1]
    for comm, signum in (("jack-client", signal.SIGKILL),
                         (audio, signal.SIGTERM),
                         ("jack-client", signal.SIGTERM),
                         (audio, signal.SIGKILL),
                         ("stagecraft-patchbay", signal.SIGTERM)):
        for pid in show.program_pids(rig, comm):
            rig.kill(pid, signum)
            if comm != "jack-client":
                break
        wait_until(lambda name=comm: show.program_pids(rig, name), 20)
        comes(rig, EDGE)
        assert learned(rig) == before
    settle(rig)
    comes(rig, EDGE)
    show.disconnect(rig, *EDGE)
    wait_until(lambda: b"one:out_1" not in learned(rig), 20,
               "the disconnect is learned")
    rig.kill(show.program_pids(rig, "stagecraft-patchbay")[0],
             signal.SIGKILL)
    show.await_state(rig, "patchbay", "ready")
    for pid in show.program_pids(rig, "jack-client"):
        rig.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(show.program_pids(rig, "jack-client")) == 2, 20)
    settle(rig)
    assert EDGE not in show.edges(rig)


def test_what_a_hand_removes_of_a_file_is_written_beside_it(rig):
    mine = write(rig, "10-mine", "one:out_1 -> two:in_1\n")
    comes(rig, EDGE)
    settle(rig)
    show.disconnect(rig, *EDGE)
    learns(rig, "not one:out_1 -> two:in_1")
    assert mine.read_text() == "one:out_1 -> two:in_1\n"
    show.connect(rig, *EDGE)
    wait_until(lambda: b"\nnot " not in learned(rig), 20, "it is wanted again")


def test_a_program_that_connects_itself_is_not_learned(rig):
    settle(rig)
    auto = show.client("auto", "-b", "system:playback_1", "-w", "10s")
    show.put(rig, "auto", **auto)
    comes(rig, ("auto:out_1", "system:playback_1"))
    show.connect(rig, *EDGE)
    learns(rig, "one:out_1 -> two:in_1")
    assert b"auto" not in learned(rig)


def test_the_learned_file_may_be_changed_by_hand(rig):
    settle(rig)
    show.connect(rig, *EDGE)
    learns(rig, "one:out_1 -> two:in_1")
    write(rig, "learned", "one:out_2 -> two:in_2\n")
    comes(rig, OTHER)
    goes(rig, EDGE)
    write(rig, "learned", "one:out_1 -> two:in_1\n\0garbage")
    aside = rig.rig / "patchbay"
    wait_until(lambda: [p for p in aside.iterdir() if ".bad-" in p.name], 20,
               "the garbage is put aside")
    learns(rig, "one:out_2 -> two:in_2")
    assert OTHER in show.edges(rig) and EDGE not in show.edges(rig)


def test_a_second_patchbay_is_refused(rig):
    show.put(rig, "rival", **SERVICE)
    wait_until(lambda: "two would fight" in log_of(rig, "rival"), 20,
               lambda: f"it says so: {log_of(rig, 'rival')}")
    write(rig, "10-mine", "one:out_1 -> two:in_1\n")
    comes(rig, EDGE)


def test_a_patchbay_of_another_rig_is_refused(rig):
    if rig.server == "pipewire":
        pytest.skip("PipeWire gives the second one another name")
    show.put(rig, "stranger", **{**SERVICE, "run": SERVICE["run"].replace(
        "exec stage", "STAGECRAFT_RUN=/tmp exec stage")})
    wait_until(lambda: "another client has that name" in
               log_of(rig, "stranger"), 20,
               lambda: f"it says so: {log_of(rig, 'stranger')}")
    write(rig, "10-mine", "one:out_1 -> two:in_1\n")
    comes(rig, EDGE)


def test_what_is_learned_and_what_is_written_at_once_are_both_kept(rig):
    settle(rig)
    show.connect(rig, *EDGE)
    write(rig, "learned", "one:out_2 -> two:in_2\n")
    learns(rig, "one:out_1 -> two:in_1")
    assert b"one:out_2 -> two:in_2" in learned(rig)
    comes(rig, EDGE, OTHER)


def test_rivals_are_told(rig):
    """One that was there before, and one that comes."""
    def is_told(name):
        return f"{name} changes connections too" in log_of(rig, "patchbay")

    rig.popen(show.jack_words(rig, "jack-client", "jackpatch"))
    wait_until(lambda: is_told("jackpatch"), 20)
    snapshot = rig.home / "none.xml"
    snapshot.write_text("<aj-snapshot>\n<jack>\n</jack>\n</aj-snapshot>\n")
    rig.stagecraft("stop", "patchbay", check=True)
    rival = rig.popen(show.jack_words(rig, "aj-snapshot", "-d", "-j", "-q",
                                      snapshot))
    rig.stagecraft("start", "patchbay", check=True)
    wait_until(lambda: is_told("aj-snapshot"), 20)
    rival.kill()
    rival.wait()
