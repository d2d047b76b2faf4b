# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Songs are loaded before their turn, with what song.conf says of them; nothing
of that is heard."""

import signal
import subprocess

import pytest

from harness import patchbay, racks, show, songs, wait_until
from harness.exact import Recorder

PROGRAMS = {
    "plain": "",
    "voice": "jack=1",
    "eager": "jack=2",
    "stubborn": "jack=1 as=syn",
    "low": "jack=1 level=0.25",
    "high": "jack=1 level=0.5",
}
RECORDER = """#!/bin/sh
trap 'echo "saves $PWD" >>"$STAGECRAFT_SONG_DIR/said"' USR1
echo "runs $STAGECRAFT_SONG ${NSM_URL-without} $*" >>"$STAGECRAFT_SONG_DIR/said"
tail -f /dev/null &
while :; do wait; done
"""


def ahead(stage):
    """{song: state} of those that are wanted before their turn."""
    return {song["name"]: song["state"] for song in stage.state()["ahead"]}


def await_ahead(stage, **wanted):
    wait_until(lambda: ahead(stage) == wanted, 30,
               lambda: f"{wanted}: {stage.state()['ahead']}")


def write_set(stage, *names):
    stage.machine.rig.joinpath("setlists").mkdir(exist_ok=True)
    stage.machine.rig.joinpath("setlists/gig.setlist").write_text(
        "".join(f"{name}\n" for name in names))
    assert "result" in stage.call("set-use", set="gig")


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, PROGRAMS)
    yield stage
    stage.end()


def conf(stage, song, text):
    stage.songs.joinpath(song, "song.conf").write_text(text)


def test_the_next_song_is_there_before_its_turn(stage):
    path = stage.programs / "recorder"
    path.write_text(RECORDER)
    path.chmod(0o755)
    stage.song("A", "plain nAAAA")
    stage.song("B", "plain nBAAA", "plain nBAAB")
    stage.song("C", "plain nCAAA")
    conf(stage, "B", 'title "The B"\nrun tape recorder -v 2\n'
         "client nBAAB autostart no\nclient tape signal USR1\n"
         "what is this\n")
    stage.up()
    write_set(stage, "A", "- C", "B", "C")
    assert "result" in stage.call("go")
    await_ahead(stage, B="ready")
    stage.await_event("/nsm/client/open", 2)
    assert not [event for event in stage.events(
        "/nsm/client/session_is_loaded") if "B" in str(event[3:])]
    pids = stage.pids()
    assert len(pids) == 2, "one of A, one of B"

    # The show manager is killed: neither notices.
    stage.machine.kill(show.service(stage.machine, "show")["pid"])
    wait_until(lambda: show.service(stage.machine, "show")["restarts"] > 0, 30,
               "it is started anew")
    show.await_state(stage.machine, "show", "ready", 30)
    await_ahead(stage, B="ready")
    assert stage.pids() == pids
    stage.forget()

    assert "result" in stage.call("play", number=3)
    assert stage.playing() == "B"
    assert not stage.events("starts"), "it was there"
    stage.await_event("/nsm/client/session_is_loaded")
    await_ahead(stage, C="ready")
    clients = stage.clients()
    assert {ident: client["state"] for ident, client in clients.items()} == {
        "nBAAA": "ready", "nBAAB": "off", "tape": "ready"}
    assert clients["tape"]["run"] and not clients["nBAAB"]["autostart"]
    song = stage.state()["song"]
    assert song["title"] == "The B"
    assert len(song["complaints"]) == 1 and ":5:" in song["complaints"][0]

    # A program without NSM is started with its song, and saves by a signal.
    said = stage.songs / "B/said"
    wait_until(said.exists, 10, "it runs")
    assert said.read_text() == "runs B without -v 2\n"
    assert "result" in stage.call("save")
    wait_until(lambda: "saves" in said.read_text(), 10, "it saves")
    assert said.read_text().splitlines()[1] == f"saves {stage.songs}/B"
    stage.machine.kill(clients["tape"]["pid"], signal.SIGSEGV)
    wait_until(lambda: said.read_text().count("runs") == 2, 10,
               "it is started again")
    stage.machine.kill(show.service(stage.machine, "show")["pid"])
    wait_until(lambda: show.service(stage.machine, "show")["restarts"] > 1, 30,
               "it is started anew")
    show.await_state(stage.machine, "show", "ready", 30)
    assert stage.clients()["tape"]["state"] == "ready"
    assert said.read_text().count("runs") == 2, "it goes on"

    # What is not wanted any more is ended.
    assert "result" in stage.call("set-use", set="")
    wait_until(lambda: len(stage.pids()) == 1, 30,
               lambda: f"only B's is there: {stage.pids()}")


def song_edges(stage):
    return {(source.partition(":")[0].partition(".")[2],
             target.partition(":")[2])
            for source, target in show.edges(stage.machine) if ".n" in source}


def stage_of(machine, *programs):
    """Songs A and B, of one program each, which plays on one port."""
    stage = songs.Stage(machine, PROGRAMS, jack=show.JACK,
                        patchbay=patchbay.SERVICE)
    show.use_tools(machine)
    machine.set_env(JACK_NO_START_SERVER="1")
    for song, program in zip("AB", programs):
        stage.song(song, f"{program} n{song}AAA")
        stage.songs.joinpath(song, "song.patch").write_text(
            f"{program}.n{song}AAA:out_1 -> system:playback_1\n")
    return stage


def test_nothing_of_it_is_heard_and_the_one_before_rings(machine):
    stage = stage_of(machine, "voice", "eager")
    patchbay.write(machine, "10-all", "*:out_1 -> system:playback_1\n")
    conf(stage, "A", "tail 3s\n")
    stage.up()
    write_set(stage, "A", "B")
    assert "result" in stage.call("go")
    await_ahead(stage, B="ready")
    wait_until(lambda: ("nAAAA", "playback_1") in song_edges(stage), 20,
               lambda: f"A is heard: {song_edges(stage)}")
    stage.await_event("jack", 9)
    wait_until(lambda: song_edges(stage) == {("nAAAA", "playback_1")}, 20,
               lambda: f"B is not: {song_edges(stage)}")

    # B is heard while A rings, and what it had connected itself is there.
    assert "result" in stage.call("play", number=2)  # no second GO so soon
    assert stage.state()["ringing"] == ["A"]
    everything = {("nAAAA", "playback_1"), ("nBAAA", "playback_1"),
                  ("nBAAA", "playback_2")}
    wait_until(lambda: song_edges(stage) == everything, 10,
               lambda: f"both: {song_edges(stage)}")
    wait_until(lambda: song_edges(stage) == everything -
               {("nAAAA", "playback_1")} and len(stage.pids()) == 1, 20,
               lambda: f"A has ended: {song_edges(stage)}")
    assert stage.state()["ringing"] == []
    stage.end()


def test_who_goes_by_a_name_of_his_own_is_the_one_of_his_song(machine):
    """JACK makes the second of two "syn" a "syn-01"."""
    stage = stage_of(machine, "stubborn", "stubborn")
    stage.song("C", "stubborn nCAAA")
    stage.song("D", "stubborn nDAAA")
    patchbay.write(machine, "10-all", "*:out_1 -> system:playback_1\n")
    for song in "BCD":
        stage.songs.joinpath(song, "song.patch").write_text(
            "syn:out_1 -> system:playback_2\n")
    conf(stage, "A", "tail 5s\n")

    def await_edges(*wanted):
        wanted = {(f"{client}:out_1", f"system:playback_{number}")
                  for client, number in wanted}

        def edges():
            return {edge for edge in show.edges(machine)
                    if edge[0].startswith("syn")}
        wait_until(lambda: edges() == wanted, 20,
                   lambda: f"{wanted}: {edges()}")

    stage.up()
    write_set(stage, *"ABCD")
    assert "result" in stage.call("go")
    await_ahead(stage, B="ready")
    stage.await_event("jack", 8)
    await_edges(("syn", 1))
    assert "result" in stage.call("play", number=2)
    await_edges(("syn", 1), ("syn-01", 1), ("syn-01", 2))
    await_edges(("syn-01", 1), ("syn-01", 2))  # A has rung

    # The show manager is killed, and there is panic.
    await_ahead(stage, C="ready")
    stage.await_event("jack", 12)
    stage.crash()
    await_edges(("syn-01", 1), ("syn-01", 2))
    await_ahead(stage, C="ready")
    assert "result" in stage.call("panic")
    await_edges()
    assert "result" in stage.call("transport", what="resume")
    await_edges(("syn-01", 1), ("syn-01", 2))

    # The name that is free again is D's, whose turn it is not.
    assert "result" in stage.call("play", number=3)
    await_edges(("syn-02", 1), ("syn-02", 2))
    await_ahead(stage, D="ready")
    stage.await_event("jack", 16)
    await_edges(("syn-02", 1), ("syn-02", 2))
    stage.end()


def test_there_is_no_silence_between_two_songs(machine):
    stage = stage_of(machine, "low", "high")
    stage.up()
    write_set(stage, "A", "B")
    assert "result" in stage.call("go")
    await_ahead(stage, B="ready")
    onset = machine.popen(["jack-onset", "system:playback_1"],
                          stdout=subprocess.PIPE, text=True)

    def hear():
        line = onset.stdout.readline()
        assert line, f"jack-onset has ended: {onset.wait(10)}"
        return float(line.split()[1])

    wait_until(lambda: hear() == 0.25, 20, "A is heard")
    assert "result" in stage.call("play", number=2)
    heard = [hear()]
    while heard[-1] != 0.5:
        heard.append(hear())
    assert min(heard) >= 0.25, f"B takes over from A: {heard}"
    onset.kill(signal.SIGTERM)
    assert onset.wait(20) == 0
    stage.end()


def test_what_a_rack_holds_goes_on_sample_by_sample(machine):
    names = ["A", "B", "C", "D"]
    racks.use_plugins(machine)
    stage = songs.Stage(machine, PROGRAMS, jack=show.JACK,
                        patchbay=patchbay.SERVICE)
    racks.put(machine, "fx", rack="in 1\nout 1\n",
              a_10_amp=racks.slot("http://lv2plug.in/plugins/eg-amp",
                                  "set gain 0"))
    show.use_tools(machine)
    machine.set_env(JACK_NO_START_SERVER="1")
    for song in names:
        stage.song(song, f"low n{song}AAA")
        stage.songs.joinpath(song, "song.patch").write_text(
            f"low.n{song}AAA:out_1 -> system:playback_1\n")
    patchbay.write(machine, "10-global", "rec:out -> fx:in_1\n"
                   "fx:out_1 -> rec:in\nfx:out_1 -> system:playback_1\n")
    stage.up()
    racks.await_playing(machine, "fx")
    write_set(stage, *names)
    assert "result" in stage.call("go")
    recorder = Recorder(machine)
    wait_until(lambda: ("fx:out_1", "rec:in") in show.edges(machine), 30,
               "the recorder is there, and connected")
    wait_until(lambda: recorder.heard()["frames"] > 0, 20, "the rack is heard")

    def play_all():
        for number, song in enumerate(names[1:], 2):
            await_ahead(stage, **{song: "ready"})
            assert "result" in stage.call("play", number=number)
            assert stage.playing() == song

    heard = recorder.meanwhile(play_all)
    recorder.end()
    stage.end()
    assert heard["frames"] > 0, heard
    if heard["breaks"] and heard["xruns"]:
        pytest.skip(f"the server itself was late: {heard}")
    assert heard["breaks"] == 0, heard
