# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The show manager at the edges of what happens on a stage: files that change
or go while they are in use, disks that take no more, clients that lie, die and
shout, and names of any kind. One rig serves all of it, on a computer whose name
nobody knows."""

import os
import shutil
import subprocess
import time

import pytest

from harness import osc, show, songs, wait_until

PROGRAMS = {
    "steady": "caps=:switch:dirty:progress:message:optional-gui:",
    "plain": "",
    "late": "open=late",
    "twice": "caps=:switch: open=twice",
    "gated": "gate=1",
    "dies-opening": "open=die",
    "dies-saving": "save=die",
    "dies-loaded": "loaded=die",
}
NAMELESS = ("#!/bin/sh\nexec 2>&1\nexec unshare --uts "
            "sh -c 'hostname no.such-host.invalid; exec stagecraft-show'\n")

# A shell that ends at once, and what it has started, which ends after that.
LEADER = "#!/bin/sh\nfollower &\ntail -f /dev/null\n"
FOLLOWER = """#!/bin/sh
trap 'tail --pid=$PPID -f /dev/null; echo closed >>"$STAGECRAFT_SONG_DIR/said"
      exit' TERM
echo up >>"$STAGECRAFT_SONG_DIR/said"
tail -f /dev/null &
while :; do wait; done
"""

# 200 of a program that does nothing, and one that speaks for all of them.
CROWD = 200
MEMBER = "#!/bin/sh\necho $$ >{pipe}\nexec tail -f /dev/null\n"
SPEAKER = osc.CODEC + r"""
server, pipe = ("127.0.0.1", int(sys.argv[1])), open(sys.argv[2], "r+b", 0)
members, told = [], b""
while True:
    ready = select.select([pipe, *members], [], [])[0]
    if pipe in ready:
        told += pipe.read(65536)
        *pids, told = told.split(b"\n")
        for pid in pids:
            member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            member.bind(("127.0.0.1", 0))
            member.sendto(pack("/nsm/server/announce", "member", "::",
                               "member", 1, 0, int(pid)), server)
            members.append(member)
        ready.remove(pipe)
    for member in ready:
        address = unpack(member.recv(65536))[0]
        if address in ("/nsm/client/open", "/nsm/client/save"):
            member.sendto(pack("/reply", address, "ok"), server)
"""
# A GUI that announces itself, and reads nothing.
DEAF = osc.CODEC + r"""
gui = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
gui.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
gui.sendto(pack("/nsm/gui/gui_announce"), ("127.0.0.1", int(sys.argv[1])))
print("deaf", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def rig(make_shared_machine):
    machine = make_shared_machine()
    stage = songs.Stage(machine, PROGRAMS)
    show.write(machine.rig / "services/show/run", NAMELESS, 0o755)
    stage.song("Base", "steady nBASA", "plain nBASB")
    stage.up()
    yield stage
    stage.end()


@pytest.fixture
def stage(rig):
    """Nothing plays, and nothing runs."""
    rig.settle()
    return rig


def message(answer):
    return answer["error"]["message"] if "error" in answer else ""


def run_script(stage, name, text, *arguments):
    """Starts one that says a word, and runs until its input ends."""
    script = stage.machine.home / f"{name}.py"
    script.write_text(text)
    return stage.machine.popen(["/usr/bin/python3", script, *arguments],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)


# Silence -------------------------------------------------------------------


def timed_open(stage, song):
    """Seconds until it plays, all that was before having ended."""
    assert not stage.pids()
    began = time.monotonic()
    stage.open(song)
    return time.monotonic() - began


def close(stage):
    assert "result" in stage.call("close")
    wait_until(lambda: not stage.pids(), 30, "it has ended")


def test_what_never_speaks_is_not_waited_for_until_it_does(stage):
    gate = stage.machine.home / "gate"
    os.mkfifo(gate)
    stage.song("Still", "gated nSTIA", "steady nSTIB")
    waits = [timed_open(stage, "Still")]
    close(stage)
    waits.append(timed_open(stage, "Still"))
    close(stage)
    assert timed_open(stage, "Still") < min(waits) / 3, waits
    assert stage.states() == {"nSTIA": "starting", "nSTIB": "ready"}
    client = stage.clients()["nSTIA"]
    assert client["late"] and "is not waited for" in client["why"]
    stage.call("mode", mode="edit")
    assert "result" in stage.call("save"), "it has nothing to save"
    stage.call("mode", mode="show")
    stage.crash()  # whoever takes over knows it
    assert stage.states()["nSTIB"] == "ready"

    with gate.open("w"):  # it speaks after all
        stage.await_states(nSTIA="ready", nSTIB="ready")
    assert not stage.clients()["nSTIA"]["late"]
    close(stage)
    gate.unlink()
    gate.touch()
    stage.open("Still")
    assert stage.states() == {"nSTIA": "ready", "nSTIB": "ready"}


# Ends ----------------------------------------------------------------------


def test_what_a_program_has_started_ends_in_its_own_time(stage):
    for name, text in (("leader", LEADER), ("follower", FOLLOWER)):
        show.write(stage.programs / name, text, 0o755)
    stage.song("Led")
    (stage.songs / "Led/song.conf").write_text("run tape leader\n")
    stage.open("Led")
    said = stage.songs / "Led/said"
    wait_until(lambda: said.exists() and said.read_text() == "up\n", 30,
               "it is up")
    assert "result" in stage.call("close")
    assert said.read_text() == "up\nclosed\n"
    assert not any("follower" in word for process in stage.machine.processes()
                   for word in process["cmdline"])


# Files ---------------------------------------------------------------------


def test_a_song_is_renamed_and_deleted_by_hand_while_it_plays(stage):
    stage.song("Here", "steady nHERA", "plain nHERB")
    here, there = stage.songs / "Here", stage.songs / "There"
    stage.open("Here")
    pids = stage.pids()
    here.rename(there)
    assert "result" in stage.call("list")
    assert message(stage.call("save"))
    stage.crash()
    assert stage.playing() == "Here" and stage.pids() == pids
    assert message(stage.call("save"))
    assert not here.exists(), "nobody makes it anew"
    assert stage.states() == {"nHERA": "ready", "nHERB": "ready"}
    assert message(stage.call("open", song="Here")), "it is not there"
    assert stage.playing() == "Here" and stage.pids() == pids

    stage.open("There")
    assert "result" in stage.call("save")
    assert there.joinpath("plain.nHERB.txt").exists()
    wait_until(lambda: len(stage.pids()) == 2, 30, "those before have ended")
    shutil.rmtree(there)
    assert message(stage.call("save"))
    assert stage.states() == {"nHERA": "ready", "nHERB": "ready"}
    stage.open("Base")
    assert not there.exists()


def test_a_disk_that_takes_no_more_costs_the_save_and_nothing_else(stage):
    machine = stage.machine
    full = stage.songs / "Full"
    full.mkdir()
    machine.run(["mount", "-t", "tmpfs", "-o", "size=64k", "full", full],
                check=True, as_root=True)
    inside = machine.outside(full)
    before = b"plain:plain:nFULA\n"
    inside.joinpath("session.nsm").write_bytes(before)
    stage.open("Full")
    stage.control.say("/nsm/server/add", "plain")
    wait_until(lambda: len(stage.clients()) == 2 and "ready" == list(
        stage.states().values())[1], 30, stage.clients)
    machine.run(["sh", "-c", f"cat /dev/zero >'{full}/fill'; "
                 f"ln -s x '{full}/last'"])
    assert "No space" in message(stage.call("save"))
    assert inside.joinpath("session.nsm").read_bytes() == before
    assert set(stage.states().values()) == {"ready"}

    # What was left out is made up for by the next one.
    inside.joinpath("fill").unlink()
    assert "result" in stage.call("save")
    after = inside.joinpath("session.nsm").read_bytes()
    assert after.startswith(before) and after.count(b"\n") == 2

    # It cannot be written at all: in edit mode it is left all the same.
    machine.run(["mount", "-o", "remount,ro", full], check=True, as_root=True)
    stage.call("mode", mode="edit")
    assert message(stage.call("save")).startswith("saved, but for plain (nFULA)")
    assert "Read-only" in stage.clients()["nFULA"]["why"]
    stage.open("Base")
    assert inside.joinpath("session.nsm").read_bytes() == after
    stage.open("Full")
    assert len(stage.clients()) == 2
    stage.open("Base")
    wait_until(lambda: len(stage.pids()) == 2, 30, "those of it have ended")
    machine.run(["umount", full], check=True, as_root=True)
    full.rmdir()


def test_what_was_can_be_kept_or_nothing_is_saved(stage):
    machine = stage.machine
    state = machine.rig / "state/show/generations"
    state.mkdir(parents=True, exist_ok=True)
    machine.run(["mount", "-t", "tmpfs", "-o", "size=16k,ro", "none", state],
                check=True, as_root=True)
    stage.song("Kept", "plain nKEPA")
    stage.open("Kept")
    stage.control.say("/nsm/server/broadcast", "/content", "one")
    stage.await_event("/content")
    answer = message(stage.call("save"))
    assert "nothing was saved" in answer and "Read-only" in answer, answer
    assert not stage.events("/nsm/client/save")
    machine.run(["umount", state], check=True, as_root=True)
    assert "result" in stage.call("save")
    assert (stage.songs / "Kept/plain.nKEPA.txt").read_text() == "one"


@pytest.mark.parametrize("text", [
    b"\xff\xfe\0tempo", b"tempo 120\ntempo", b"x" * 3000000, b"tail 1e99s\n" +
    b"client nBASA restarts -1\nrun\ncue go osc\n", None],
    ids=["bytes", "cut", "huge", "wrong", "directory"])
def test_a_broken_song_conf_costs_no_song(stage, text):
    conf = stage.songs / "Base/song.conf"
    stage.open("Base")
    if text is None:
        conf.mkdir()
    else:
        conf.write_bytes(text)
    try:
        assert "result" in stage.call("save")
        assert "result" in stage.call("close")
        stage.open("Base")
        assert stage.states() == {"nBASA": "ready", "nBASB": "ready"}
        assert stage.state()["song"]["complaints"]
    finally:
        conf.rmdir() if text is None else conf.unlink()


def test_a_setlist_may_become_anything_while_it_is_played(stage):
    for name in ("One", "Two", "Three"):
        stage.song(name)
    sets = stage.machine.rig / "setlists"
    sets.mkdir(exist_ok=True)
    gig = sets / "gig.setlist"
    gig.write_text("One\nTwo\nThree\n")
    assert "result" in stage.call("set-use", set="gig")
    assert "result" in stage.call("play", number=2)

    def following():
        selected = stage.state()["place"]["selected"]
        return selected and selected["name"]

    wait_until(lambda: following() == "Three", 30, "Three is next")
    # Cut in the middle of a word, garbage, empty, a directory, gone: what was
    # read last stays until there is a list again.
    for text in (b"One\nTwo\nThr", b"\xff\0\xfe" * 1000, b"", b"One\nOne\n" *
                 3000):
        gig.write_bytes(text)
        assert stage.playing() == "Two"
        assert "result" in stage.call("list")
    gig.unlink()
    gig.mkdir()
    assert stage.playing() == "Two"
    gig.rmdir()
    gig.write_text("One\nTwo\nOne\n")
    wait_until(lambda: following() == "One", 30, stage.state)
    assert "result" in stage.call("play", number=3)
    assert stage.playing() == "One"


# Clients -------------------------------------------------------------------


def test_clients_die_when_they_are_told_something(stage):
    stage.song("Deadly", "dies-opening nDEDA", "dies-saving nDEDB",
               "dies-loaded nDEDC", "plain nDEDD")
    stage.open("Deadly")
    wait_until(lambda: stage.states()["nDEDC"] == "failed" and
               stage.states()["nDEDA"] == "failed", 30,
               lambda: f"those end for good: {stage.clients()}")
    clients = stage.clients()
    assert "signal" in clients["nDEDC"]["why"], clients["nDEDC"]
    # Not without end: three times anew.
    starts = [event[0] for event in stage.events("starts")]
    assert starts.count("dies-loaded") == 4
    assert 1 <= starts.count("dies-opening") <= 4
    assert message(stage.call("save")) == \
        "saved, but for dies-saving (nDEDB)"
    stage.await_states(nDEDA="failed", nDEDB="ready", nDEDC="failed",
                 nDEDD="ready")
    stage.open("Base")
    wait_until(lambda: len(stage.pids()) == 2, 30, "all of it have ended")


# Programs that are none, or not as others.
ODD_PROGRAMS = {"notexec": (0o644, "#!/bin/sh\nexit 0\n"),
                "noshebang": (0o755, "exit 3\n"),
                "nobody": (0o755, "#!/no/such/interpreter\n"),
                "exits": (0o755, "#!/bin/sh\nexit 255\n"),
                "setuid": (0o4755, "#!/bin/sh\nexec plain\n"),
                "closes": (0o755, "#!/bin/sh\nexec plain >&- 2>&- <&-\n"),
                "leaves": (0o755, "#!/bin/sh\ntail -f /dev/null &\nexec plain\n")}


def test_programs_that_are_none_hold_up_nobody(stage):
    for name, (mode, text) in ODD_PROGRAMS.items():
        show.write(stage.programs / name, text, mode)
    (stage.programs / "folder").mkdir()
    programs = [*ODD_PROGRAMS, "folder", "steady"]
    stage.song("Odd", *(f"{name} nODD{chr(65 + number)}"
                        for number, name in enumerate(programs)))
    stage.open("Odd")
    wanted = {name: "failed" for name in programs} | {
        name: "ready" for name in ("setuid", "closes", "leaves", "steady")}
    wait_until(lambda: {client["program"]: client["state"] for client in
                        stage.clients().values()} == wanted, 30, stage.clients)
    assert all(client["why"] for client in stage.clients().values()
               if client["state"] == "failed")
    assert "result" in stage.call("save")
    stage.open("Base")
    wait_until(lambda: len(stage.pids()) == 2, 30, "all of it have ended")


def test_answers_count_once_and_for_what_was_asked(stage):
    stage.song("T1", "twice nTWIA", "late nTWIB")
    stage.song("T2", "twice nTWJA")
    stage.control.say("/nsm/server/open", "T1")
    stage.await_event("/nsm/client/open", 2)
    # The one that is late answers for T1 when nobody wants that any more.
    stage.control.say("/nsm/server/open", "T2")
    wait_until(lambda: stage.playing() == "T2", 30, stage.state)
    stage.await_states(nTWJA="ready")
    for name in ("T1", "T2") * 3:
        stage.control.say("/nsm/server/open", name)
        stage.control.say("/nsm/server/broadcast", "/content", name)
    wait_until(lambda: stage.playing() == "T2" and len(stage.pids()) == 1, 30,
               stage.state)
    opened = [event[3] for event in stage.events("/nsm/client/open")
              if event[0] == "twice"]
    assert opened[-1] == f"{stage.songs}/T2/twice.nTWJA"


def test_who_shouts_is_heard_and_holds_up_nobody(stage):
    deaf = run_script(stage, "deaf", DEAF, stage.port())
    assert deaf.stdout.readline()
    stage.control.say("/nsm/gui/gui_announce")
    stage.control.await_heard("/nsm/gui/session/root", str(stage.songs))
    other = osc.Peer(stage.machine, stage.port(), "gui2")
    other.say("/nsm/gui/gui_announce")
    other.await_heard("/nsm/gui/session/root", str(stage.songs))
    reader = stage.reach(stage.machine.outside(
        stage.machine.run_dir / "show.sock"))
    reader.sendall(b'{"jsonrpc":"2.0","id":1,"method":"subscribe",'
                   b'"params":{"topics":["show"]}}\n')  # and never reads
    stage.song("Storm", "steady nSTOA", "plain nSTOB")
    stage.open("Storm")
    stage.control.say("/nsm/server/broadcast", "/storm", 600)
    stage.await_event("/storm")
    assert "result" in stage.call("save") or stage.clients()
    wait_until(lambda: stage.clients()["nSTOA"]["label"] == "calm", 60,
               stage.clients)
    for gui in (stage.control, other):
        # What it has not read in time is lost; it can ask for all of it.
        gui.say("/nsm/gui/gui_announce")
        gui.await_heard("/nsm/gui/client/label", "nSTOA", "calm")
        gui.await_heard("/nsm/gui/client/status", "nSTOB", "ready")
    stage.open("Base")
    other.await_heard("/nsm/gui/session/name", "Base", "/Base")
    reader.close()
    other.end()
    deaf.stdin.close()
    deaf.wait()


def test_a_crowd_comes_saves_and_goes(stage):
    machine = stage.machine
    pipe = machine.home / "crowd.pipe"
    os.mkfifo(pipe)
    show.write(stage.programs / "member", MEMBER.format(pipe=pipe), 0o755)
    script = machine.home / "speaker.py"
    script.write_text(SPEAKER)
    speaker = machine.popen(["/usr/bin/python3", script, stage.port(), pipe])
    letters = "ABCDEFGHIJKLMNOPQRST"
    stage.song("Crowd", *(f"member nCR{a}{b}" for a in letters
                          for b in letters[:CROWD // len(letters)]))
    stage.open("Crowd")
    wait_until(lambda: len(stage.clients()) == CROWD and set(
        stage.states().values()) == {"ready"}, 60, stage.clients)
    assert "result" in stage.call("save")
    stage.open("Base")
    wait_until(lambda: not show.program_pids(machine, "tail"), 60,
               "all have gone")
    speaker.kill()
    speaker.wait()


# Names ---------------------------------------------------------------------

NAMES = [
    "Übung – 夜の歌 😀", "a 'b' \"c\" $(touch PWNED) `id` ; & | < > * ? [x]",
    "percent %s %n %00", "x" * 200, "Set/Sub/Deep/Er", "e\u0301 apart",
    "\u00e9 apart", "CASE", "case", "100% \\ back", "-- dashes".lstrip("- "),
]
ODD = ["..", ".", "a/../b", "../Base", "/Base", "./Base", "Base/", "a//b", "",
       "a\nb", "a:b", "x" * 201, "x" * 255, "x" * 5000, "a/b/c/d/e", "-rf",
       ".hidden", "\u0085", "a\x7fb", "Base/inside"]


def test_songs_of_any_name_are_made_played_and_copied(stage):
    for name in NAMES:
        answer = stage.call("new", song=name)
        assert "result" in answer, (name, answer)
        stage.control.say("/nsm/server/add", "plain")
        wait_until(lambda: list(stage.states().values()) == ["ready"], 30,
                   stage.clients)
        assert "result" in stage.call("save"), name
        assert (stage.songs / name / "session.nsm").read_bytes().startswith(
            b"plain:plain:n")
    listed = stage.call("list")["result"]["songs"]
    assert set(NAMES) <= set(listed)
    stage.crash()
    assert stage.playing() == NAMES[-1]
    for name in NAMES[:2]:
        stage.control.say("/nsm/server/open", name)
        wait_until(lambda name=name: stage.playing() == name, 30, name)
        fresh = name[:40] + " 2"
        assert "result" in stage.call("duplicate", song=fresh)
        assert stage.playing() == fresh
    assert not list(stage.machine.home.rglob("PWNED"))


def test_names_that_cannot_be_do_nothing(stage):
    before = sorted(stage.machine.rig.rglob("session.nsm"))
    stage.open("Base")
    for name in ODD:
        for verb in ("open", "new", "duplicate"):
            assert message(stage.call(verb, song=name)), (verb, name)
            if len(name) < 2000:
                stage.control.say(f"/nsm/server/{verb}", name)
    stage.control.say("/osc/ping")
    stage.control.await_heard("/reply", "/osc/ping")
    assert sorted(stage.machine.rig.rglob("session.nsm")) == before
    assert stage.playing() == "Base"
    assert stage.states() == {"nBASA": "ready", "nBASB": "ready"}
