# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A show that is driven too fast, cut off in mid-word, or told to tell those
who never answer: one song plays in the end, the right one, once."""

import json
import subprocess

import pytest

from harness import osc, show, songs, wait_until

PORT = 53000
PROGRAMS = {"steady": "caps=:switch:", "plain": ""}

# Says messages as fast as they are read.
HASTE = osc.CODEC + r"""
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("127.0.0.1", 0))
peer.settimeout(60)
for port, times, message in json.loads(sys.argv[1]):
    for _ in range(times):
        peer.sendto(pack(*message), ("127.0.0.1", port))
    if port != 53000:  # the next ones find it in the middle of that
        peer.sendto(pack("/osc/ping"), ("127.0.0.1", port))
        while unpack(peer.recv(65536)) != ["/reply", "/osc/ping"]:
            pass
    elif message[0] == "/stagecraft/song/name":  # it has read all before it
        while unpack(peer.recv(65536))[0] != message[0]:
            pass
"""
# Connections that are cut in the middle, or hang there; behind each of them one
# message in each framing that is answered.
CUTS = osc.CODEC + r"""
whole = pack("/stagecraft/song/name")
slip, sized = b"\xc0" + whole + b"\xc0", struct.pack(">i", len(whole)) + whole
cuts = [b"", b"\xc0", slip[:9], b"\xc0\xdb", b"\xc0\xdb\x00/go\xc0",
        b"\xc0" * 5000, b"\xc0" + b"x" * 200000, sized[:2], sized[:4],
        sized[:11], struct.pack(">i", 0x7fffffff) + b"/go", b"\0\0\0\0" * 99,
        struct.pack(">i", -1) + whole, struct.pack(">i", 8) + b"/go\0,\xff\0",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"]
hanging = []

def ask(frame):
    with socket.create_connection(("127.0.0.1", 53000), 30) as talk:
        talk.sendall(frame[:7])
        talk.sendall(frame[7:])
        answer = b""
        while b"A" not in answer:
            answer += talk.recv(65536)

for cut in cuts:
    for is_ended in (True, False):
        talk = socket.create_connection(("127.0.0.1", 53000), 30)
        try:
            talk.sendall(cut)
        except OSError:
            pass  # it has had enough
        if is_ended:
            talk.close()
        else:
            hanging.append(talk)
    ask(slip)
    ask(sized)
print("well")
"""
# Takes connections, reads what comes, and never answers.
SILENT = """
import socket
ear = socket.create_server(("127.0.0.1", 7003))
kept = []
while True:
    kept.append(ear.accept()[0])
    print(kept[-1].recv(65536).split()[0].decode(), flush=True)
"""


@pytest.fixture(scope="module")
def rig(make_shared_machine):
    machine = make_shared_machine()
    stage = songs.Stage(machine, PROGRAMS)
    machine.rig.joinpath("rig.conf").write_text("show.guard 10s\n")
    for name in "ABCDE":
        stage.song(name, f"steady n{name}AAA", f"plain n{name}AAB")
    stage.up()
    wait_until(lambda: f":{PORT} " in machine.run(["ss", "-Hltn"]).stdout, 30,
               "it listens")
    yield stage
    stage.end()


def haste(stage, *what):
    script = stage.machine.home / "haste.py"
    script.write_text(HASTE)
    stage.machine.run(["/usr/bin/python3", script, json.dumps(what)],
                      check=True, timeout=120)


def check_it_is_alone(stage, name):
    """Its clients run, each once, with what is theirs, and nobody else."""
    wait_until(lambda: stage.playing() == name and len(stage.pids()) == 2, 60,
               lambda: f"{name} plays: {stage.state()}, {stage.pids()}")
    wait_until(lambda: {client["state"] for client in
                       stage.clients().values()} == {"ready"}, 30,
               stage.clients)
    assert set(stage.clients()) == {f"n{name}AAA", f"n{name}AAB"}
    for client in stage.clients().values():
        opened = [event[3] for event in stage.events("/nsm/client/open")
                  if event[1] == client["pid"]]
        assert opened[-1] == (f"{stage.songs}/{name}/{client['name']}."
                              f"{client['id']}")


def test_a_hundred_gos_are_one(rig):
    rig.call("close")
    first = rig.state()["place"]["selected"]["name"]
    haste(rig, (PORT, 100, ["/go"]))
    check_it_is_alone(rig, first)
    starts = len(rig.events("starts"))
    haste(rig, (PORT, 100, ["/go"]), (PORT, 50, ["/go", 0.0]),
          (PORT, 50, ["/stagecraft/next"]))
    rig.control.say("/osc/ping")
    rig.control.await_heard("/reply", "/osc/ping")
    check_it_is_alone(rig, first)
    assert len(rig.events("starts")) == starts


def test_wishes_and_their_ends_at_any_moment_leave_the_last_one(rig):
    nsm = rig.port()
    wishes = []
    for number in range(40):
        name = "ABCDE"[number * 3 % 5]
        wishes += [
            (PORT, 1 + number % 3, [f"/cue/{1 + number * 7 % 5}/start"]),
            (nsm, 1, ["/nsm/server/open", name]),
            (PORT, 1, ["/stagecraft/stop" if number % 4 else "/panic"]),
            (nsm, 1, [f"/nsm/server/{('close', 'abort', 'save')[number % 3]}"]),
            (nsm, number % 5, ["/nsm/server/open", "none"]),
            (nsm, number % 2, ["/nsm/server/add", "plain"]),
        ]
    for last in "DB":
        haste(rig, *wishes, (PORT, 1, ["/stagecraft/song/name"]),
              (nsm, 1, ["/nsm/server/abort"]),
              (nsm, 3, ["/nsm/server/open", last]))
        check_it_is_alone(rig, last)
    assert show.service(rig.machine, "show")["restarts"] == 0
    rig.call("calm")


def test_connections_that_are_cut_in_a_word_disturb_nobody(rig):
    rig.open("A")
    script = rig.machine.home / "cuts.py"
    script.write_text(CUTS)
    done = rig.machine.run(["/usr/bin/python3", script], timeout=120)
    assert done.stdout == "well\n", done.stderr
    check_it_is_alone(rig, "A")
    pid = show.service(rig.machine, "show")["pid"]
    wait_until(lambda: f"pid={pid}," not in rig.machine.run(
        ["ss", "-Htnp", "state", "established", "sport", f"= :{PORT}"]).stdout,
        30, "none of them is kept")


def test_who_never_answers_a_post_delays_nothing(rig):
    silent = rig.machine.popen(["/usr/bin/python3", "-c", SILENT],
                               stdout=subprocess.PIPE)
    wait_until(lambda: ":7003 " in rig.machine.run(["ss", "-Hltn"]).stdout, 30,
               "it listens")
    conf = rig.songs / "C/song.conf"
    conf.write_text("cue load http http://127.0.0.1:7003/load\n"
                    "cue go http http://127.0.0.1:7003/go\n"
                    f"cue go osc udp 127.0.0.1:{PORT} /stagecraft/tempo 99.0\n")
    rig.open("C")
    assert silent.stdout.readline() == "POST\n"
    wait_until(lambda: {cue["line"]: cue["state"] for cue in
                        rig.call("cues")["result"]["cues"]}[3] == "sent", 30,
               "the other one is told at once")
    rig.open("D")
    check_it_is_alone(rig, "D")
    rig.open("C")
    wait_until(lambda: {cue["line"]: cue["why"] for cue in
                        rig.call("cues")["result"]["cues"]}[1], 60,
               lambda: f"it is told: {rig.call('cues')}")
    rig.open("A")
    silent.kill()
    silent.wait()
