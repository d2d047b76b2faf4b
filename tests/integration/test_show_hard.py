# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The show manager among liars, noise and leftovers: nothing that is not its
client is ever ended, nothing that is no message changes anything, and nothing
grows.

By default 20,000 datagrams and 60 switches; STAGE_FULL=1 has 1,000,000, and
2000 switches among 200 songs.
"""

import pathlib
import shlex
import signal
import subprocess

import pytest

from harness import osc, show, songs, wait_until

DATAGRAMS = 1000000 if show.full() else 20000
SONGS, SWITCHES = (200, 2000) if show.full() else (20, 60)
PRINTED = 1 << 30 if show.full() else 1 << 26
LOG_MAX = 1 << 23
GROWTH_MAX = 1 << 21  # bytes of memory in half of the switches

STAY = ["tail", "-f", "/dev/null", "-n"]  # a process that does nothing
PROGRAMS = {"steady": "caps=:switch:", "plain": ""}

# Has the first port that the show manager would take.
SQUATTER = r"""
import socket, sys
taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
taken.bind(("127.0.0.1", 21420))
print("there", flush=True)
sys.stdin.read()
"""

# One client for each PID, which says that it is that process.
LIAR = osc.CODEC + r"""
port, pids = int(sys.argv[1]), sys.argv[2:]
liars = []
for number, pid in enumerate(pids):
    liar = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    liar.bind(("127.0.0.1", 0))
    liar.settimeout(30)
    liar.sendto(pack("/nsm/server/announce", f"liar {number}", "::", "liar",
                     1, 0, int(pid)), ("127.0.0.1", port))
    while unpack(liar.recv(65536))[0] != "/nsm/client/open":
        pass
    liar.sendto(pack("/reply", "/nsm/client/open", "ok"), ("127.0.0.1", port))
    liars.append(liar)
print("told", flush=True)
sys.stdin.read()
"""

# Any bytes, and messages that would end the song, but for their last bytes.
NOISE = osc.CODEC + r"""
import random
port, count = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(7)
wholes = [pack("/nsm/server/quit"), pack("/nsm/server/close"),
          pack("/nsm/server/abort"), pack("/nsm/server/open", "none"),
          pack("/nsm/gui/client/stop", "nAAAA"),
          pack("/nsm/server/announce", "x", "", "x", 1, 0, 1)]
senders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(4)]
for sender in senders:
    sender.bind(("127.0.0.1", 0))
    sender.settimeout(30)
noise = rng.randbytes(1 << 16)
for number in range(count):
    whole = wholes[number % len(wholes)]
    if number % 2:
        at = rng.randrange(60000)
        data = noise[at:at + rng.randrange(600)]
    else:
        data = whole[:rng.randrange(len(whole))]
    senders[number % 4].sendto(data, ("127.0.0.1", port))
    if number % 200 == 0:  # no faster than it reads: all of them arrive
        senders[0].sendto(pack("/osc/ping"), ("127.0.0.1", port))
        while unpack(senders[0].recv(65536)) != ["/reply", "/osc/ping"]:
            pass
"""


@pytest.fixture
def stage(machine):
    stage = songs.Stage(machine, PROGRAMS)
    yield stage
    stage.end()


def start(machine, name, text, *arguments):
    """Runs a script until its input ends; gives it when it has said a word."""
    script = machine.home / name
    script.write_text(text)
    running = machine.popen(["/usr/bin/python3", script, *arguments],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            text=True)
    assert running.stdout.readline()
    return running


def end(running):
    running.stdin.close()
    running.wait()


def find(machine, *words):
    """The process of these words."""
    wanted = [str(word) for word in words]
    return wait_until(lambda: [
        process for process in machine.processes()
        if process["cmdline"][-len(wanted):] == wanted], 30,
        lambda: f"{words} runs: {machine.processes()}")[0]


def usage(machine):
    """Bytes of memory, and descriptors, of the show manager."""
    outer = pathlib.Path("/proc") / str(find(
        machine, "stagecraft-show")["outer"])
    fields = dict(line.split(":", 1) for line in
                  (outer / "status").read_text().splitlines())
    return (int(fields["VmRSS"].split()[0]) * 1024,
            len(list((outer / "fd").iterdir())))


def check_it_is_found(stage, squatter):
    """By its files; what another server has is left to that one."""
    machine = stage.machine
    nsm = machine.outside(machine.env["XDG_RUNTIME_DIR"]) / "nsm"
    pid = find(machine, "stagecraft-show")["pid"]
    url = stage.state()["nsm_url"]
    assert url == "osc.udp://127.0.0.1:21421/"
    assert (nsm / "d" / str(pid)).read_text() == url + "\n"
    locks = [path for path in nsm.iterdir() if path.is_file()]
    assert [path.read_text() for path in locks] == [
        f"{stage.songs}/A\n{url}\n{pid}\n"]
    stage.open("B")
    other = next(path for path in nsm.iterdir() if path.is_file())
    name = other.name
    stage.open("A")
    assert not other.exists()
    script = find(machine, machine.home / "squatter.py")
    (nsm / name).write_text(f"{stage.songs}/B\nosc.udp://some.host:21420/\n"
                            f"{script['pid']}\n")
    answer = stage.call("open", song="B")
    assert "open in another session manager" in answer["error"]["message"]
    assert stage.playing() == "A"
    end(squatter)
    stage.open("B")
    stage.open("A")


def check_noise(stage):
    before = stage.state()
    script = stage.machine.home / "noise.py"
    script.write_text(NOISE)
    stage.machine.run(["/usr/bin/python3", script, stage.port(), DATAGRAMS],
                      timeout=280, check=True)
    assert stage.state() == before


def check_liars(stage):
    """They get into the song, and nobody whose number they say is ended."""
    machine = stage.machine
    user = machine.popen(["setpriv", "--reuid=65534", "--clear-groups",
                          *STAY, "1"])
    own = machine.popen([*STAY, "2"])
    victims = [find(machine, *STAY, 1), find(machine, *STAY, 2),
               find(machine, "stagecraft-show"), find(machine, "runsv", "show")]
    pids = [1, 0, -1, *(victim["pid"] for victim in victims)]
    liars = start(machine, "liar.py", LIAR, stage.port(), *pids)
    assert len(stage.clients()) == 1 + len(pids)
    assert "result" in stage.call("close")
    wait_until(lambda: not stage.state()["song"], 30, "it is closed")
    now = {process["pid"]: process for process in machine.processes()}
    for victim in victims:
        assert now[victim["pid"]]["cmdline"][-1] == victim["cmdline"][-1]
        assert now[victim["pid"]]["state"] != "Z"
    end(liars)
    for bystander in (own, user):
        bystander.kill(signal.SIGKILL)
        bystander.wait()


def check_one_from_outside(stage):
    """One that we did not start is missed when it ends, and ended with us."""
    for is_killed in (True, False):
        stage.open("A")
        stage.forget()
        outside = stage.machine.popen(
            ["setsid", "env", "NSM_URL=" + stage.state()["nsm_url"],
             stage.programs / "plain"])  # in a group of this machine
        stage.await_event("holds")
        ident = next(ident for ident, client in stage.clients().items()
                     if client["program"] == "plain")
        if is_killed:
            pid = stage.clients()[ident]["pid"]
            outside.kill(signal.SIGKILL)
            # Another one takes its place, as with any that crashes.
            wait_until(lambda: stage.clients()[ident]["state"] == "ready" and
                       stage.clients()[ident]["pid"] != pid, 30,
                       lambda: f"it is missed: {stage.clients()}")
        assert "result" in stage.call("close")
        outside.wait()
        wait_until(lambda: not stage.pids(), 30, "all have ended")


def check_it_is_alone(stage):
    """A second one on the same rig does nothing."""
    done = stage.machine.run([stage.machine.prefix / "bin/stagecraft-show"])
    assert done.returncode == 111, done.stderr
    assert "serves this rig already" in done.stderr
    assert stage.playing() == "A"


def check_what_is_printed(stage):
    """A client prints without end, and is there all the same."""
    machine = stage.machine
    show.write(stage.programs / "chatty",
               f"#!/bin/sh\nyes 0123456789abcdef | head -c {PRINTED}\n"
               "exec /usr/bin/python3 "
               f"{shlex.quote(str(machine.home / 'client.py'))} "
               f"{shlex.quote(str(machine.home))} chatty\n", 0o755)
    stage.song("chatty", "chatty nCHAT")
    stage.open("chatty")
    wait_until(lambda: stage.clients()["nCHAT"]["state"] == "ready", 90,
               "it has printed all")
    logs = machine.outside(machine.run_dir / "show/log")
    wait_until(lambda: max(path.stat().st_blocks * 512
                           for path in logs.iterdir()) < LOG_MAX, 30,
               "it is cut")
    said = stage.call("said", client="nCHAT")["result"]["text"]
    assert said.endswith("hello from chatty\n")
    # One that stands still ends as others do.
    machine.kill(stage.clients()["nCHAT"]["pid"], signal.SIGSTOP)
    assert "result" in stage.call("close")
    wait_until(lambda: not stage.pids(), 30, "it has ended")


def check_nothing_grows(stage):
    machine = stage.machine
    for number in range(SONGS):
        stage.song(f"Set/{number}", f"steady nS{number:03}")
    logs = machine.outside(machine.run_dir / "show/log")
    seen = []
    for switch in range(SWITCHES):
        stage.open(f"Set/{switch * 7 % SONGS}")
        if switch in (SWITCHES // 2, SWITCHES - 1):
            seen.append((*usage(machine), len(list(logs.iterdir()))))
    print("memory, descriptors, logs:", seen)
    assert seen[1][0] - seen[0][0] < GROWTH_MAX, seen
    assert seen[1][2] == seen[0][2], seen
    # Some are open only while it writes.
    wait_until(lambda: usage(machine)[1] <= seen[0][1], 30,
               lambda: f"no more descriptors: {seen}, {usage(machine)}")
    assert len(stage.pids()) == 1


def test_nothing_shakes_it(stage):
    machine = stage.machine
    stage.song("A", "steady nAAAA")
    stage.song("B", "steady nBAAA")
    squatter = start(machine, "squatter.py", SQUATTER)
    stage.up()
    stage.open("A")
    assert {event[3] for event in stage.events("starts")} == {
        stage.state()["nsm_url"]}
    check_it_is_found(stage, squatter)
    check_noise(stage)
    check_it_is_alone(stage)
    check_liars(stage)
    check_one_from_outside(stage)
    check_what_is_printed(stage)
    check_nothing_grows(stage)
    assert show.service(machine, "show")["restarts"] == 0
