# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""stagecraft patch on a real server: what a person types, and what it does."""

import json
import signal

import pytest

from harness import patchbay, show, wait_until

EDGE = ("one:out_1", "two:in_1")
OTHER = ("one:out_2", "two:in_2")


@pytest.fixture
def rig(machine):
    patchbay.make(machine)
    return machine


def patch(machine, *words, code=0):
    done = machine.stagecraft("patch", *words)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done


def ask(machine, *words, code=0):
    return json.loads(patch(machine, *words, "--json", code=code).stdout)


def end_patchbay(machine):
    machine.stagecraft("disable", "patchbay", check=True)
    wait_until(lambda: not show.program_pids(machine, "stagecraft-patchbay"),
               20, "the patchbay has ended")


def state_of(machine, edge):
    for item in ask(machine, "list")["connections"]:
        if (item["from"], item["to"]) == edge:
            return item["state"]
    return None


def test_connect_disconnect_and_their_history(rig):
    patch(rig, "connect", *EDGE)
    patchbay.comes(rig, EDGE)
    patchbay.learns(rig, "one:out_1 -> two:in_1")
    assert state_of(rig, EDGE) == "connected"
    patch(rig, "connect", "one:out_*", r"two:in_\1")
    patchbay.comes(rig, EDGE, OTHER)
    assert "one:out_* -> two:in_\\1" in patch(rig, "rules").stdout
    patch(rig, "disconnect", *OTHER)
    patchbay.goes(rig, OTHER)
    assert EDGE in show.edges(rig)
    reasons = [one["reason"] for one in ask(rig, "history")["generations"]]
    assert reasons == ["disconnected by command", "connected by command",
                       "connected by command"]
    assert patch(rig, "diff").stdout == "+ not one:out_2 -> two:in_2\n"
    assert patch(rig, "undo").stdout == "- not one:out_2 -> two:in_2\n"
    patchbay.comes(rig, OTHER)
    patch(rig, "undo", "2")
    patchbay.goes(rig, EDGE, OTHER)
    assert patch(rig, "undo", code=100).stderr.startswith(
        "stagecraft: error: ")
    assert patch(rig, "redo", "3").stdout
    patchbay.comes(rig, EDGE)
    patchbay.goes(rig, OTHER)


def test_what_is_not_there_yet_is_told(rig):
    said = patch(rig, "connect", "tree:out", EDGE[1]).stdout
    assert said == "waits for tree:out, which is not there now\n"
    assert patch(rig, "connect", *EDGE).stdout == ""


def test_what_nobody_wants_is_disconnected_all_the_same(rig):
    rig.run(["jack_connect", *EDGE], check=True)
    patchbay.comes(rig, EDGE)
    assert state_of(rig, EDGE) == "connected"
    patch(rig, "disconnect", *EDGE)
    patchbay.goes(rig, EDGE)


def test_forbid_and_lift(rig):
    patch(rig, "connect", *EDGE)
    patchbay.comes(rig, EDGE)
    patch(rig, "forbid", "one:*", "two:in_?", "--except", "one:out_2")
    patchbay.goes(rig, EDGE)
    rig.run(["jack_connect", *OTHER], check=True)
    rig.run(["jack_connect", *EDGE], check=True)
    patchbay.goes(rig, EDGE)
    assert OTHER in show.edges(rig)
    assert state_of(rig, EDGE) == "overruled"
    warning = patch(rig, "connect", *EDGE).stderr
    assert "stands above it" in warning and "learned.patch" in warning
    patch(rig, "forbid", "one:*", "two:in_?", "--lift", code=100)
    patch(rig, "forbid", "one:*", "two:in_?", "--except", "one:out_2",
          "--lift")
    patchbay.comes(rig, EDGE)


def test_explain_missing_and_plan(rig):
    said = patch(rig, "explain", *EDGE, code=1).stdout
    assert said == "not connected: no file says anything about it\n"
    patchbay.write(rig, "10-mine",
                   "one:out_1 -> two:in_1\nthree:out -> two:in_2\n")
    patchbay.comes(rig, EDGE)
    said = patch(rig, "explain", *EDGE).stdout
    assert said.startswith("connected: 10-mine.patch line 1 wants it; "
                           "the patchbay made it")
    said = patch(rig, "explain", "three:out", "two:in_2", code=1).stdout
    assert said == ("not connected: 10-mine.patch line 2 wants it; the "
                    "output is not there now\n")
    assert ask(rig, "missing")["names"] == [
        {"name": "three:out", "ambiguous": False, "connections": 1}]
    patch(rig, "missing", code=1)
    more = rig.home / "more.patch"
    more.write_text("one:out_2 -> two:in_2\nnot one:out_1 -> two:in_1\n")
    assert patch(rig, "plan", str(more)).stdout == (
        "connect one:out_2 -> two:in_2\ndisconnect one:out_1 -> two:in_1\n")
    assert patch(rig, "plan").stdout == "nothing would change\n"
    more.write_text("one:out_2\n")
    assert "the plan:1:10: " in patch(rig, "plan", str(more), code=100).stderr
    for odd in (b"# Gr\xfcn\n", b"one:out_2 -> two:in_2\n\0"):
        more.write_bytes(b"# odd\n" + odd)  # neither is cut off in silence
        said = patch(rig, "plan", str(more), code=100).stderr
        assert f"line {2 + odd.count(b'>')} is no UTF-8 text" in said
    assert show.edges(rig) >= {EDGE} and OTHER not in show.edges(rig)


def test_modes_and_lock(rig):
    assert patch(rig, "mode").stdout == "learn\n"
    patch(rig, "lock")
    patchbay.settle(rig)
    rig.run(["jack_connect", *EDGE], check=True)
    patch(rig, "connect", *OTHER)
    patchbay.comes(rig, EDGE, OTHER)
    rig.run(["jack_disconnect", *OTHER], check=True)
    patchbay.comes(rig, OTHER)
    pid = show.program_pids(rig, "stagecraft-patchbay")[0]
    rig.kill(pid, signal.SIGKILL)
    wait_until(lambda: rig.stagecraft("patch", "mode").stdout == "lock\n", 20)
    wait_until(lambda: state_of(rig, OTHER) == "connected", 20, "it has looked")
    assert patch(rig, "lock", "--off").stdout == "learn\n"
    assert b"one:out_1" not in patchbay.learned(rig)
    assert "off for one (learned.patch)" in patch(
        rig, "mode", "off", "--for", "one").stdout
    assert state_of(rig, OTHER) == "connected"
    rig.run(["jack_disconnect", *OTHER], check=True)
    patchbay.goes(rig, OTHER)
    assert state_of(rig, OTHER) == "off"
    assert patch(rig, "mode", "default", "--for", "one").stdout == "learn\n"
    patchbay.comes(rig, OTHER)
    patch(rig, "mode", "nonsense", code=100)


def test_scenes(rig):
    for song, line in (("First", "one:out_1 -> two:in_1\n"),
                       ("Second", "one:out_2 -> two:in_2\n")):
        directory = rig.rig / "songs" / song
        directory.mkdir(parents=True)
        (directory / "song.patch").write_text(line)
    assert patch(rig, "scene").stdout == "song: none\nset: none\n"
    patch(rig, "scene", "First")
    patchbay.comes(rig, EDGE)
    patch(rig, "scene", "Second")
    patchbay.comes(rig, OTHER)
    patchbay.goes(rig, EDGE)
    song = rig.rig / "songs/Second/song.patch"
    song.write_text("one:out_1 -> two:in_2\n")
    patchbay.comes(rig, ("one:out_1", "two:in_2"))
    error = patch(rig, "scene", "Third", code=100).stderr
    assert "there is no song Third" in error
    error = patch(rig, "scene", "--learn", code=100).stderr
    assert "written by hand and is not replaced" in error
    assert song.read_text() == "one:out_1 -> two:in_2\n"
    rig.kill(show.program_pids(rig, "stagecraft-patchbay")[0], signal.SIGKILL)
    wait_until(lambda: "Second" in rig.stagecraft("patch", "scene").stdout, 20)
    (rig.rig / "songs/Third").mkdir()
    patch(rig, "scene", "Third")
    patchbay.goes(rig, ("one:out_1", "two:in_2"))
    rig.run(["jack_connect", *EDGE], check=True)
    patch(rig, "scene", "--learn")
    third = rig.rig / "songs/Third/song.patch"
    assert "one:out_1 -> two:in_1" in third.read_text()
    patch(rig, "scene", "--none")
    patchbay.goes(rig, EDGE)
    patch(rig, "scene", "Third")
    patchbay.comes(rig, EDGE)


def test_learn_takes_over_what_is_there(rig):
    rig.run(["jack_connect", *EDGE], check=True)
    patchbay.comes(rig, EDGE)
    assert patch(rig, "learn").stdout == "1 connection learned\n"
    assert "one:out_1 -> two:in_1" in patchbay.learned(rig).decode()
    assert patch(rig, "learn", "--keep").stdout == "0 connections made again\n"
    patch(rig, "learn", "--keep", "--drop", code=100)


def test_watch_tells_as_it_happens(rig):
    out = rig.home / "watch.out"
    with open(out, "w") as file:
        rig.popen([rig.prefix / "bin/stagecraft", "patch", "watch", "--json"],
                  stdout=file)

    def lines():
        whole = out.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def sees(topic, **wanted):
        def is_seen():
            return [line for line in lines() if line["topic"] == topic and
                    wanted.items() <= line["data"].items()]
        wait_until(is_seen, 20, lambda: f"{topic} {wanted} of {lines()}")

    sees("state", mode="learn")
    patch(rig, "connect", *EDGE)
    sees("connection", what="made", **{"from": EDGE[0], "to": EDGE[1]})
    sees("learned", reason="connected by command", generation=1)
    patch(rig, "lock")
    sees("mode", mode="lock")
    numbers = [line["seq"] for line in lines()]
    assert numbers == sorted(numbers)


def test_without_a_patchbay(rig):
    end_patchbay(rig)
    error = patch(rig, "list", code=100).stderr
    assert "the patchbay is not running" in error
    assert "stagecraft status" in error


def test_what_aj_snapshot_has_saved_is_imported(rig):
    rig.run(["jack_connect", *EDGE], check=True)
    patchbay.comes(rig, EDGE)
    saved = rig.home / "my show.xml"
    rig.run(["aj-snapshot", "-j", saved], check=True)
    patch(rig, "disconnect", *EDGE)
    patchbay.goes(rig, EDGE)
    patch(rig, "undo")
    said = patch(rig, "import", "--dry", str(saved)).stdout
    assert said == "1 statement of aj-snapshot\n"
    assert not (rig.rig / "patchbay/my show.patch").exists()
    patch(rig, "import", str(saved))
    patchbay.comes(rig, EDGE)
    made = rig.rig / "patchbay/my show.patch"
    assert "\none:out_1 -> two:in_1\n" in made.read_text()
    error = patch(rig, "import", str(saved), code=100).stderr
    assert "--replace replaces it" in error
    patch(rig, "import", "--replace", str(saved))
    made.write_text("one:out_2 -> two:in_2\n")
    error = patch(rig, "import", "-R", str(saved), code=100).stderr
    assert "was not imported" in error
    assert made.read_text() == "one:out_2 -> two:in_2\n"
    patch(rig, "import", "-n", "learned", str(saved), code=100)
    patch(rig, "import", "-n", "../../x", str(saved), code=100)
    patch(rig, "import", "--from", "carla", "-n", "c", str(saved), code=100)
    patch(rig, "import", str(rig.home / "none.xml"), code=100)
    nonsense = rig.home / "nonsense"
    nonsense.write_text("nonsense\n")
    error = patch(rig, "import", str(nonsense), code=100).stderr
    assert "no file of any program that is known here" in error


def test_what_is_desired_is_exported(rig):
    patchbay.write(rig, "10-mine", "one:out_1 -> two:in_1\n"
                   "one:out_* -> two:in_2\nGr\xfcn:out -> two:in_1\n"
                   '"Gr\\xfcn:b" -> two:in_1\n')
    patchbay.comes(rig, EDGE, OTHER)
    own = patch(rig, "export").stdout
    assert 'one:out_* -> two:in_2\n' in own and '"Gr\\xfcn:b"' in own
    out = rig.home / "out.xml"
    done = patch(rig, "export", "--to", "aj-snapshot", str(out))
    assert "Gr" in done.stderr and "one:out_*" in done.stderr
    assert b"Gr\xc3\xbcn" in out.read_bytes()
    end_patchbay(rig)
    (rig.rig / "patchbay/10-mine.patch").unlink()
    rig.run(["jack_disconnect", *EDGE], check=True)
    patchbay.goes(rig, EDGE)
    rig.run(["aj-snapshot", "-j", "-r", out])  # Grün is not there
    patchbay.comes(rig, EDGE)
    rig.stagecraft("enable", "patchbay", check=True)
    rig.stagecraft("wait", check=True)
    now = patch(rig, "export", "--now").stdout.splitlines()
    assert sorted(now) == ["one:out_1 -> two:in_1", "one:out_1 -> two:in_2",
                           "one:out_2 -> two:in_2"]
    raw = rig.home / "raw"
    patch(rig, "export", "--to", "jackpatch", str(raw))
    error = patch(rig, "export", "--to", "nonsense", code=100).stderr
    assert 'there is no format "nonsense"' in error
