# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""`up --foreground` as an init system starts it: what it tells, when it ends."""

import fcntl
import os
import signal
import socket
import subprocess

from harness import show, wait_until

CRASH = {"run": "#!/bin/sh\nexit 3\n", "ready": "notify\n"}
READS_ENV = "#!/bin/sh\nenv >\"$HOME/seen\"\nls -l /proc/$$/fd " \
    ">>\"$HOME/seen\"\ngrep SigIgn /proc/$$/status >>\"$HOME/seen\"\n" \
    "exec tail -f /dev/null\n"
SIGPIPE_BIT = 1 << (signal.SIGPIPE - 1)


class Listener:
    """The socket of an init that listens, as sd_notify(3) has it."""

    def __init__(self, machine):
        path = machine.home / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        path.chmod(0o666)
        self.socket.setblocking(False)
        self.heard = []
        machine.set_env(NOTIFY_SOCKET=path)

    def lines(self):
        """Everything that was said so far, a line each."""
        while True:
            try:
                self.heard += self.socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.heard

    def status(self):
        """The last STATUS."""
        words = [line for line in self.lines() if line.startswith("STATUS=")]
        return words[-1].removeprefix("STATUS=") if words else ""

    def await_line(self, line, deadline=15):
        wait_until(lambda: line in self.lines(), deadline,
                   lambda: f"{line} is said; it was: {self.heard}")


def start(machine, *more):
    return machine.popen(
        [machine.prefix / "bin/stagecraft", "up", "-r", machine.rig,
         "--foreground", *more], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)


def stop(running, signum=signal.SIGTERM):
    running.kill(signum)
    out, _ = running.communicate(timeout=20)
    assert running.poll() == 0, out
    assert "the rig is down" in out
    return out


def test_it_says_when_all_are_settled_and_how_they_are(machine):
    init = Listener(machine)
    show.make_rig(machine, stay=show.STAY, jack=show.JACK, crash=CRASH)
    running = start(machine)
    init.await_line("READY=1")
    before = init.lines()[:init.lines().index("READY=1")]
    assert any(line.startswith("STATUS=") for line in before)
    assert init.status().startswith("2 ready, 1 held; crash: crashed 5 times")
    for name, state in (("stay", "ready"), ("jack", "ready"),
                        ("crash", "held")):
        assert show.service(machine, name)["state"] == state
    machine.stagecraft("disable", "crash", check=True)
    wait_until(lambda: init.status() == "2 ready, 1 disabled", 10,
               lambda: f"the change is told; it was {init.heard}")
    show.put(machine, "more")
    wait_until(lambda: init.status() == "3 ready, 1 disabled", 10,
               lambda: f"a new one is told; it was {init.heard}")
    out = stop(running)
    assert "the rig is up: 2 ready, 1 held; crash: " in out
    init.await_line("STOPPING=1")
    assert init.lines().count("READY=1") == 1
    assert init.lines().count("STOPPING=1") == 1


def test_one_that_is_late_does_not_keep_the_rest_from_playing(machine):
    init = Listener(machine)
    show.make_rig(machine, stay=show.STAY,
                  late={"run": show.STAY, "ready": "notify\n"})
    running = start(machine, "--timeout", "500ms")
    init.await_line("READY=1")
    assert init.status() == "1 ready, 1 starting"
    out = stop(running)
    assert "stagecraft: warning: late is not ready: starting" in out


def test_what_is_offered_to_us_stays_with_us(machine):
    init = Listener(machine)
    show.make_rig(machine, reads=READS_ENV)
    ready = machine.home / "ready"
    running = machine.popen(
        ["sh", "-c", 'trap "" PIPE; exec 7>"$1"; STAGECRAFT_READY_FD=7; '
         'export STAGECRAFT_READY_FD; exec "$2" up -r "$3" -f', "sh", ready,
         machine.prefix / "bin/stagecraft", machine.rig],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    init.await_line("READY=1")
    wait_until(lambda: ready.read_text() == "\n", 5, "the newline is written")
    path = machine.home / "seen"
    wait_until(lambda: path.exists() and "SigIgn" in path.read_text(), 5,
               "the service has written what it sees")
    seen = path.read_text()
    for name in ("NOTIFY_SOCKET", "STAGECRAFT_READY_FD"):
        assert name not in seen
    assert str(ready) not in seen
    ignored = int(seen.split("SigIgn:")[1], 16)
    assert not ignored & SIGPIPE_BIT
    stop(running)


def test_a_listener_that_went_is_no_reason_to_stop(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.set_env(NOTIFY_SOCKET="/nobody/listens")
    running = start(machine)
    machine.set_env(NOTIFY_SOCKET=None)
    wait_until(lambda: machine.outside(machine.run_dir / "rig").exists(), 10)
    show.await_state(machine, "stay", "ready")
    machine.stagecraft("restart", "stay", check=True)
    out = stop(running)
    assert out.count("unable to notify our starter") == 2, out  # and STOPPING


def test_term_while_it_starts_takes_it_down(machine):
    show.make_rig(machine, stay=show.STAY)
    run_dir = machine.outside(machine.run_dir)
    run_dir.mkdir(parents=True)
    with open(run_dir / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = start(machine)
        wait_until(lambda: is_waiting_for_lock(machine), 10,
                   "it waits for the lock")
        running.kill(signal.SIGTERM)
        assert running.poll() is None
    out, _ = running.communicate(timeout=20)
    assert running.poll() == 0, out
    assert "the rig is down" in out
    assert sorted(os.listdir(run_dir)) == ["lock", "log"]


def is_waiting_for_lock(machine):
    """True once a process inside waits for a lock (an arrow in /proc/locks)."""
    ours = {str(process["outer"]) for process in machine.processes()}
    with open("/proc/locks", encoding="utf-8") as locks:
        return any("->" in line and ours & set(line.split())
                   for line in locks)


def test_a_second_term_does_not_cut_it_short(machine):
    deaf = "#!/bin/sh\ntrap '' TERM\nwhile :; do tail -f /dev/null; done\n"
    show.make_rig(machine, deaf=deaf, jack=show.JACK)
    running = start(machine)
    wait_until(lambda: machine.outside(machine.run_dir / "rig").exists(), 10)
    machine.stagecraft("wait", "-t", "20s", check=True)
    running.kill(signal.SIGTERM)
    wait_until(lambda: not machine.outside(machine.run_dir / "rig").exists(),
               10, "it goes down")
    for _ in range(3):
        running.kill(signal.SIGTERM)
    out, _ = running.communicate(timeout=20)
    assert running.poll() == 0, out
    assert out.splitlines()[-1] == "the rig is down"
