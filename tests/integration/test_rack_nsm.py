# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks that belong to songs: clients of a session manager (NSM)."""

import shutil
import signal
import socket

import pytest

from harness import nsm, racks, show, wait_until

ONE = "stagecraft-rack.nAAAA"
TWO = "stagecraft-rack.nBBBB"
HANGS = racks.TEST + "hang-instantiate"
SILENCE = [b"", b"\0", b"garbage", b"#bundle\0" + b"\xff" * 12, b"/x" * 999,
           b"/nsm/client/save", b"/nsm/client/open\0\0\0\0,sss\0\0\0\0/a"]


@pytest.fixture
def rig(machine):
    show.use_tools(machine)
    racks.use_plugins(machine)
    if not racks.has_osc():
        pytest.skip("this was built without liblo")
    show.make_rig(machine, jack=show.JACK)
    machine.up()
    show.await_state(machine, "jack", "ready", 60)
    return machine


@pytest.fixture
def song(rig):
    it = Song(rig)
    yield it
    it.server.end()


class Song:
    """A session manager, its rack, and the places of songs."""

    def __init__(self, rig):
        self.rig = rig
        self.server = nsm.Server(rig)
        self.rack = nsm.start_rack(rig)
        self.port = self.server.await_message("client")[1]
        self.hello = self.server.await_message("/nsm/server/announce")

    def path(self, song, name=ONE):
        return self.rig.home / "songs" / song / name

    def write(self, song, file, text):
        """Writes a file of a song's rack, before it is open."""
        self.path(song).mkdir(parents=True, exist_ok=True)
        (self.path(song) / file).write_text(text)

    def open(self, song, name=ONE):
        return self.server.open(self.path(song, name), name)

    def ports(self):
        listing = show.run_jack_tool(self.rig, ["jack_lsp"]).stdout
        return sorted({line.partition(":")[0] for line in listing.split()
                       if line.startswith("stagecraft-rack")})

    def end(self, signum=signal.SIGTERM):
        self.rack.kill(signum)
        return self.rack.wait(60)

    def pages(self):
        """The directories of live pages."""
        directory = self.rig.outside(self.rig.run_dir) / "rack"
        return list(directory.iterdir()) if directory.exists() else []


def test_songs_have_their_racks(rig, song):
    assert song.hello[1:] == ["stagecraft-rack", ":switch:dirty:message:",
                              "stagecraft-rack", 1, 1, song.rack.pid]
    assert song.server.save() == ["/error", -6, "no project is open"]
    assert song.open("one") == ["/reply", "it plays"]
    assert song.ports() == [ONE]
    song.server.say("/nsm/client/session_is_loaded")
    assert (song.path("one") / "rack").exists()
    racks.ask(rig, "add", ONE, racks.TEST + "source", "source")
    racks.ask(rig, "set", ONE, "source", "level", "0.25")
    song.server.await_message("/nsm/client/is_dirty")
    racks.level(rig, f"{ONE}:out_1", wait=0.25)
    assert song.server.save() == ["/reply", "it is saved"]
    wait_until(lambda: ["/nsm/client/is_clean"] in song.server.messages(), 30,
               "nothing is left to be saved")
    kept = song.path("one") / "state/source"
    assert "value level 0.25 " in kept.read_text()
    racks.ask(rig, "set", ONE, "source", "level", "0.5")

    # Another song in the same process, then the first one as it was left.
    before = song.rack.pid
    assert song.open("two", TWO) == ["/reply", "it plays"]
    assert song.ports() == [TWO] and song.rack.pid == before
    assert racks.slots(rig, TWO) == {}
    assert "value level 0.5 " in kept.read_text()
    assert song.pages() and len(song.pages()) == 1
    assert song.open("one") == ["/reply", "it plays"]
    racks.level(rig, f"{ONE}:out_1", wait=0.5)

    # A copy has all of it, and goes its own way.
    shutil.copytree(song.path("one"), song.path("three", TWO))
    assert song.open("three", TWO) == ["/reply", "it plays"]
    racks.level(rig, f"{TWO}:out_1", wait=0.5)
    racks.ask(rig, "set", TWO, "source", "level", "0.125")
    song.server.say_oddly(message=["/nsm/client/save"], bundle=True)
    assert song.server.await_message("/reply", "/nsm/client/save")
    assert song.open("one") == ["/reply", "it plays"]
    racks.level(rig, f"{ONE}:out_1", wait=0.5)

    # What is set in the last moment is there; nothing stays in the run
    # directory that would be put over an older copy.
    racks.ask(rig, "set", ONE, "source", "level", "0.75")
    assert song.end() == 0
    assert "value level 0.75 " in kept.read_text()
    assert song.pages() == [] and song.ports() == []


def test_a_kill_loses_nothing_and_an_orphan_plays_on(rig, song):
    song.write("one", "rack", "")
    song.write("one", "10-source.slot", racks.slot("source"))
    assert song.open("one") == ["/reply", "it plays"]
    racks.ask(rig, "set", ONE, "source", "level", "0.25")
    song.end(signal.SIGKILL)
    song.rack = nsm.start_rack(rig, socket.gethostname())  # as liblo has it
    song.port = song.server.await_message("client")[1]
    wait_until(lambda: ONE not in song.ports(), 60, "JACK forgets the old one")
    assert song.open("one") == ["/reply", "it plays"]
    racks.level(rig, f"{ONE}:out_1", wait=0.25)

    song.server.running.kill()
    song.server.running.wait()
    racks.level(rig, f"{ONE}:out_1", wait=0.25)
    racks.ask(rig, "set", ONE, "source", "level", "0.5")
    racks.level(rig, f"{ONE}:out_1", wait=0.5)
    song.server = nsm.Server(rig, client=song.port)
    assert song.server.save() == ["/reply", "it is saved"]
    assert song.open("two", TWO) == ["/reply", "it plays"]
    assert song.end() == 0


def test_what_cannot_be_is_answered(rig, song):
    for raw in SILENCE:
        song.server.say_oddly(raw=raw.hex())
    song.server.say("/nsm/client/nobody_knows", "this", 1, 2.0)
    song.server.say("/nsm/client/show_optional_gui")
    assert song.server.open("songs/one", ONE) == [
        "/error", -9,
        "the project has no whole path, from the first slash on"]
    assert song.open("one", "a:b")[:2] == ["/error", -9]
    (rig.home / "file").write_text("")
    refused = song.server.open(rig.home / "file/one", ONE)
    assert refused[:2] == ["/error", -10] and "file" in refused[2]
    song.write("one", "rack", "outs 3\n")
    refused = song.open("one")
    assert refused[:2] == ["/error", -9]
    assert "rack:1:1: " in refused[2] and "did you mean" in refused[2]

    # A fault of a slot is told, and the rest plays.
    song.write("one", "rack", "client nobody\n")
    song.write("one", "10-a.slot", racks.slot("source", "set level 0.5"))
    song.write("one", "20-b.slot", "plugin http://nobody/x\n")
    assert song.open("one") == ["/reply", "it plays"]
    told = song.server.await_message("/nsm/client/message", 2)
    assert told[2].startswith("slot b: ") and "http://nobody/x" in told[2]
    racks.level(rig, f"{ONE}:out_1", wait=0.5)

    # One that hangs is left behind, and keeps nobody from switching.
    song.write("sick", "rack", "patience 500ms\n")
    song.write("sick", "10-a.slot", "plugin " + HANGS + "\n")
    assert song.open("sick") == ["/reply", "it plays"]
    told = song.server.await_message("/nsm/client/message", 2)
    assert told[2].startswith("slot a: ") and "does not come back" in told[2]
    assert song.open("one") == ["/reply", "it plays"]
    racks.level(rig, f"{ONE}:out_1", wait=0.5)

    # Nobody but the server is heard.
    song.server.say_oddly(message=["/nsm/client/open", "/nowhere", "x", TWO],
                          stranger=True)
    song.server.say_oddly(message=["/nsm/client/save"], stranger=True)
    assert song.server.save() == ["/reply", "it is saved"]
    assert song.ports() == [ONE]
    assert not any(message[0] == "stranger"
                   for message in song.server.messages())

    # Without a JACK server there is an answer, too, and sound later on.
    rig.stagecraft("stop", "jack", check=True)
    wait_until(lambda: not show.program_pids(rig, "stagecraft-jack"), 60,
               "JACK goes")
    refused = song.open("two", TWO)
    assert refused[:2] == ["/error", -1]
    assert refused[2].startswith("JACK does not play it yet: ")
    rig.stagecraft("start", "jack", check=True)
    song.server.await_message("/nsm/client/message", 1, "it plays now")
    wait_until(lambda: song.ports() == [TWO], 60, "its ports are there")
    assert song.end() == 0


def test_without_a_server_it_says_so(rig):
    for url, sentence in [
            ("osc.tcp://127.0.0.1:1/", "a rack speaks UDP alone"),
            ("http://vm/", "which is no address such as osc.udp://"),
            ("osc.udp://no.such.host.invalid:1/", "unable to find the host")]:
        done = rig.run(["env", f"NSM_URL={url}", "stagecraft-rack"],
                       timeout=60)
        assert done.returncode == 100, (url, done.stderr)
        assert sentence in done.stderr
    done = rig.run(["env", "NSM_URL=", "stagecraft-rack"])
    assert done.returncode == 100 and "DIR" in done.stdout
