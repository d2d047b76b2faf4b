# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness itself: worlds are private, and nothing outlives them."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from harness import NotPermitted, World, wait_until

WAIT = ["tail", "-f", "/dev/null"]  # a process that just stays


def names(machine):
    return sorted(process["comm"] for process in machine.processes())


def is_alive(outer_pid):
    return os.path.exists(f"/proc/{outer_pid}")


def stay(machine, **options):
    """A process that stays, known by its pid inside."""
    running = machine.popen(WAIT, **options)
    wait_until(lambda: [p for p in machine.processes()
                        if p["cmdline"] == WAIT], what="tail runs")
    return running


def test_a_setup_that_fails_says_why(tmp_path):
    with pytest.raises((RuntimeError, NotPermitted), match="exist|not per"):
        World("/no/such/prefix", tmp_path)


def test_run_gives_output_and_status(machine):
    done = machine.run(["sh", "-c", "echo out; echo err >&2; exit 7"])
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 7)


def test_run_takes_input_and_a_directory(machine):
    done = machine.run(["sh", "-c", "cat; pwd"], text="in\n", cwd="/dev")
    assert done.stdout == "in\n/dev\n"


def test_run_that_takes_too_long_is_killed(machine):
    with pytest.raises(subprocess.TimeoutExpired):
        machine.run(WAIT, timeout=0.2)
    wait_until(lambda: not machine.processes(), what="tail is gone")


def test_run_with_check_tells_what_was_said(machine):
    with pytest.raises(AssertionError, match="(?s)exited with 3.*no such"):
        machine.run(["sh", "-c", "echo no such >&2; exit 3"], check=True)


def test_death_by_signal_is_seen(machine):
    running = stay(machine)
    running.kill(signal.SIGTERM)
    assert running.wait() == -signal.SIGTERM
    assert running.pid is None


def test_processes_are_listed_with_parents(machine):
    script = "tail -f /dev/null & wait"
    running = machine.popen(["sh", "-c", script])
    wait_until(lambda: names(machine) == ["sh", "tail"], what="both run")
    shell, tail = sorted(machine.processes(), key=lambda p: p["comm"])
    assert shell["pid"] == running.pid
    assert tail["ppid"] == shell["pid"]
    assert tail["cmdline"] == ["tail", "-f", "/dev/null"]
    assert shell["state"] in "SR" and is_alive(tail["outer"])
    machine.kill(tail["pid"])
    running.wait()


def test_killing_what_is_not_there_is_told(machine):
    with pytest.raises(ProcessLookupError):
        machine.kill(4000000)


def test_orphans_are_reaped(machine):
    machine.run(["sh", "-c", "(tail -f /dev/null >/dev/null 2>&1 &)"])
    orphan = wait_until(
        lambda: [p for p in machine.processes() if p["comm"] == "tail"])[0]
    assert orphan["ppid"] == 1
    machine.kill(orphan["pid"])
    wait_until(lambda: not machine.processes(), what="no zombie is left")


def test_two_machines_do_not_see_each_other(make_machine):
    one, two = make_machine(), make_machine()
    running = stay(one)
    one.run(["sh", "-c", "echo x >/dev/shm/a; echo x >/tmp/b; echo x >/run/c"])
    assert one.shm() == ["a"] and two.shm() == []
    assert not os.path.exists("/dev/shm/a")
    for path in ("/tmp/b", "/run/c"):
        assert one.outside(path).exists()
        assert not two.outside(path).exists()
        assert not os.path.exists(path)
    assert two.processes() == []
    assert "tail" not in two.run(["ps", "-e", "-o", "comm"]).stdout
    with pytest.raises(ProcessLookupError):
        two.kill(running.pid)
    running.kill()
    running.wait()
    one.run(["rm", "/dev/shm/a"])


def test_the_home_is_seen_from_both_sides(machine):
    (machine.home / "given").write_text("from outside")
    assert machine.run(["cat", machine.home / "given"]).stdout == "from outside"
    machine.run(["sh", "-c", 'echo inside >"$HOME/made"'])
    assert (machine.home / "made").read_text() == "inside\n"


def test_the_installation_is_shown_in_the_home(machine, prefix):
    done = machine.run(["ls", machine.prefix], check=True)
    assert done.stdout.split() == sorted(os.listdir(prefix))


def test_the_network_is_a_loopback_of_its_own(make_machine):
    one = make_machine()
    script = ("import socket; s = socket.create_server(('127.0.0.1', 4711)); "
              "print('bound', flush=True); s.accept()")
    running = one.popen([sys.executable, "-c", script],
                        stdout=subprocess.PIPE)
    assert running.stdout.readline() == "bound\n"
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", 4711), 1)
    connect = "import socket; socket.create_connection(('127.0.0.1', 4711))"
    one.run([sys.executable, "-c", connect], check=True)
    running.wait()
    routes = one.run(["ip", "route"]).stdout
    assert routes == ""


def test_the_end_of_the_tester_ends_everything(prefix, tmp_path):
    script = ("import os, sys; sys.dont_write_bytecode = True; "
              f"sys.path.insert(0, {os.path.dirname(__file__)!r}); "
              "from harness import Machine; "
              f"m = Machine({str(prefix)!r}, {str(tmp_path)!r}); "
              f"m.popen({WAIT!r}); print(m.world.init, flush=True); "
              "os.kill(os.getpid(), 9)")
    done = subprocess.run([sys.executable, "-c", script], text=True,
                          capture_output=True, check=False)
    if "NotPermitted" in done.stderr:
        pytest.skip("no namespaces here")
    assert done.stdout, done.stderr
    pid = int(done.stdout)
    wait_until(lambda: not is_alive(pid), what="the world is gone")


def test_shared_memory_is_a_leftover(make_machine):
    machine = make_machine()
    machine.run(["touch", "/dev/shm/jack-shm-registry", "/dev/shm/jack_x"])
    assert machine.leftovers() == ["/dev/shm/jack_x"]
    machine.run(["rm", "/dev/shm/jack_x"])
    assert machine.leftovers() == []


@pytest.mark.machine(user=True)
def test_a_user_is_not_root_and_owns_home_and_run(machine):
    done = machine.run(
        ["sh", "-c", 'id -u; id -G; echo x >"$HOME/x"; '
         'echo x >"$XDG_RUNTIME_DIR/y"; : >/dev/shm/z; rm /dev/shm/z; '
         'ls -d "$HOME/prefix"; grep CapEff /proc/self/status; '
         'echo x >/run/no'])
    lines = done.stdout.splitlines()
    assert lines[:2] == [str(machine.uid)] * 2
    assert lines[2] == str(machine.prefix)
    assert int(lines[3].split()[1], 16) == 0
    assert "denied" in done.stderr
    assert machine.run(["id", "-u"], as_root=True).stdout == "0\n"


@pytest.mark.parametrize("options, run_dir", [
    ({}, "/run/user/0/stagecraft"),
    ({"xdg": False}, "/run/stagecraft"),
    ({"env": {"STAGECRAFT_RUN": "/run/x"}}, "/run/x"),
    ({"user": True}, "/run/user/61234/stagecraft"),
    ({"user": True, "xdg": False}, "/tmp/stagecraft-61234"),
])
def test_the_run_directory(make_machine, options, run_dir):
    machine = make_machine(**options)
    assert str(machine.run_dir) == run_dir
    xdg = machine.run(["sh", "-c", "echo ${XDG_RUNTIME_DIR-unset}"]).stdout
    assert (xdg == "unset\n") == (options.get("xdg") is False)


def test_waiting_has_a_deadline_and_says_for_what():
    with pytest.raises(AssertionError, match="not within 0.1 s: the moon"):
        wait_until(lambda: False, 0.1, "the moon")
    with pytest.raises(AssertionError, match="at last: 3"):
        wait_until(lambda: 0, 0.1, lambda: "at last: 3")


def test_waiting_takes_an_assertion_for_not_yet():
    tries = iter([False, True])

    def condition():
        assert next(tries), "too early"
        return "done"

    assert wait_until(condition) == "done"
