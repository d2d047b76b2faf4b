# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ordered stop: leaves first, the server last, whatever the load.

STAGE_FULL=1 stops 20 times instead of 2, and a peer beside it: stock jackd under
plain runit, stopped by `sv force-stop`, as it is done everywhere.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import time

import pytest

from harness import show, wait_until

TIMES = 20 if show.full() else 2
CLIENTS = ["a", "b", "c", "d", "e"]
BUSY = ["sh", "-c", "while :; do :; done"]


@contextlib.contextmanager
def load(machine):
    """Two busy loops a processor, while something is stopped."""
    running = [machine.popen(BUSY) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        wait_until(lambda: all(one.pid for one in running), 30, "it is busy")
        yield
    finally:
        for one in running:
            one.kill(signal.SIGKILL)
            one.wait()


def make_chain(machine):
    """jack <- a <- b <- ...: each plays into the one before."""
    services = {"jack": show.JACK}
    for before, name in zip(["jack", *CLIENTS], CLIENTS):
        need = "" if before == "jack" else f"service:{before}\n"
        services[name] = show.client(name, needs=need + "jack bound")
    show.make_rig(machine, **services)


def stopped(done):
    return [line.split()[1] for line in done.stdout.splitlines()
            if line.startswith("  stopped ")]


def peer(machine):
    """Stock jackd with the same clients under plain runit; its stop's time,
    and what it leaves."""
    top = machine.home / "peer"
    top.mkdir()
    show.make_service(top / "jackd", "#!/bin/sh\nexec jackd -r -d dummy\n")
    for name in CLIENTS:
        show.make_service(top / name, "#!/bin/sh\nexec jack-client -w 30s "
                          f"{name}\n")
    runsvdir = machine.popen(["runsvdir", "-P", top], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    wait_until(lambda: all(f"{name}:out_2" in machine.run(["jack_lsp"]).stdout
                           for name in CLIENTS), 30, "the peer is up")
    with load(machine):
        started = time.monotonic()
        machine.run(["sv", "-w", "20", "force-stop",
                     *(top / name for name in [*CLIENTS, "jackd"])],
                    timeout=60)
        took = time.monotonic() - started
    left = {what: count for what, count in
            show.stale(machine)["stale"].items() if count}
    runsvdir.kill(signal.SIGHUP)
    runsvdir.wait()
    wait_until(lambda: not [p for p in machine.processes()
                            if p["comm"] in ("runsv", "jackd")], 20)
    machine.run(["stagecraft-jack", "--clean"], check=True)
    return took, left


def test_ordered_stop_under_load(machine):
    show.use_tools(machine)
    make_chain(machine)
    times = []
    for number in range(TIMES):
        machine.up()
        with load(machine):
            started = time.monotonic()
            done = machine.down()
            times.append(time.monotonic() - started)
        assert stopped(done) == [*reversed(CLIENTS), "jack"], number
        assert "killed" not in done.stdout
        assert done.stderr == ""
        show.check_no_stale(machine)
        own = [p for p in machine.processes()
               if p["cmdline"]]
        assert not own, own
    median = statistics.median(times)
    print(f"stop under load, {TIMES} times: median {median:.2f} s, "
          f"most {max(times):.2f} s")
    assert max(times) < 30  # sanity; the ratio is what tells
    if show.full():
        theirs, left = peer(machine)
        print(f"stock jackd + sv force-stop {theirs:.2f} s, which is "
              f"{theirs / median:.1f} times that, and leaves {left}")


def test_the_order_is_in_the_records(machine):
    """stop jack: those that need it end before it, as their records say."""
    show.use_tools(machine)
    make_chain(machine)
    machine.up()
    done = machine.stagecraft("stop", "jack", check=True, timeout=60)
    assert stopped(done) == [*reversed(CLIENTS), "jack"]
    ends = []
    for name in [*reversed(CLIENTS), "jack"]:
        death = show.deaths(machine, name)[-1]
        assert death["asked"] == "stagecraft stop", death
        ends.append(death["mono_ns"])
    assert ends == sorted(ends)
    assert show.service(machine, "jack")["state"] == "down"
    for name in CLIENTS:
        show.await_state(machine, name, "waiting")
    machine.stagecraft("start", "jack", check=True)
    machine.stagecraft("wait", "-t", "30s", check=True, timeout=60)


def test_the_demo_is_stopped_twenty_times(machine):
    show.use_tools(machine)
    machine.up("--demo")
    for _ in range(TIMES):
        show.await_demo(machine, "before down")
        order = stopped(machine.down())
        assert order[-1] == "jack" and len(order) == 8, order
        wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)
        machine.up()


def test_one_that_ignores_term_is_killed_and_the_rest_is_not(machine):
    show.use_tools(machine)
    deaf = "#!/bin/sh\ntrap '' TERM\necho deaf\nwhile :; do " \
           "tail -f /dev/null; done\n"
    show.make_rig(machine, jack=show.JACK, deaf={"run": deaf, "needs":
                  "jack\n"}, one=show.client("one"))
    machine.up()
    done = machine.down()
    killed = [line for line in done.stdout.splitlines() if "killed" in line]
    assert killed == ["  stopped   deaf (it had to be killed)"]
    assert stopped(done)[-1] == "jack"
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_one_that_ignores_term_says_what_ends_it(machine):
    """No time goes by, and it is no crash."""
    deaf = "#!/bin/sh\ntrap '' TERM\nexec tail -f /dev/null\n"
    show.make_rig(machine, deaf={"run": deaf, "stop": "KILL\n"})
    machine.up()
    for act in ("stop", "start", "restart"):
        machine.stagecraft(act, "deaf", check=True)
    assert show.service(machine, "deaf")["crashes"] == 0
    done = machine.down()
    assert "  stopped   deaf\n" in done.stdout
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_a_paused_service_is_stopped(machine):
    show.make_rig(machine, stay=show.STAY)
    machine.up()
    machine.kill(show.service(machine, "stay")["pid"], signal.SIGSTOP)
    done = machine.down()
    assert "killed" not in done.stdout
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_a_circle_of_needs_is_stopped_all_the_same(machine):
    show.make_rig(machine, a={"run": show.STAY, "needs": "service:b\n"},
                  b={"run": show.STAY, "needs": "service:a\n"},
                  stay=show.STAY)
    machine.stagecraft("up", "-r", machine.rig, "-t", "500ms")
    machine.down()
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_a_circle_of_needs_is_told(machine):
    circle = "services need each other in a circle, a -> b -> a, so that " \
             "none of them can start; take one of these lines out, for " \
             "example in services/a/needs"
    show.make_rig(machine, a={"run": show.STAY, "needs": "service:b\n"},
                  b={"run": show.STAY, "needs": "service:a\n"},
                  stay=show.STAY)
    up = machine.stagecraft("up", "-r", machine.rig, "-t", "500ms")
    assert f"stagecraft: warning: {circle}\n" in up.stderr
    assert circle in machine.stagecraft("status").stdout
    start = machine.stagecraft("start", "stay", check=True)
    assert f"stagecraft: warning: {circle}\n" in start.stderr
    (machine.outside(machine.rig) / "services/b/needs").unlink()
    machine.stagecraft("restart", "b", check=True)
    show.await_state(machine, "a", "ready")
    assert "in a circle" not in machine.stagecraft("status").stdout


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT,
                                    signal.SIGHUP])
def test_a_stop_is_not_broken_off(machine, signum):
    """Ctrl-C, or a lost connection: half a stop would be worse."""
    show.make_rig(machine, stay=show.STAY, jack=show.JACK,
                  deaf="#!/bin/sh\ntrap '' TERM\n"
                  "while :; do tail -f /dev/null; done\n")
    machine.up()
    down = machine.popen([machine.prefix / "bin/stagecraft", "down"],
                         stdout=subprocess.PIPE)
    wait_until(lambda: not show.supervisors(machine)[1], 5, "it has begun")
    down.kill(signum)
    out, _ = down.communicate(timeout=30)
    assert "stopped   jack" in out
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_a_finish_that_hangs_is_killed(machine):
    show.make_rig(machine, stay=show.STAY, stuck={
        "run": show.STAY, "finish": "#!/bin/sh\necho here >>/tmp/finishes\n"
        "exec tail -f /dev/null\n"})
    (machine.rig / "services/stuck/finish").chmod(0o755)
    machine.up()
    machine.down()
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)
    assert machine.outside("/tmp/finishes").read_text() == "here\n"


def test_nothing_is_started_while_the_rig_is_taken_down(machine):
    show.make_rig(machine, early=show.STAY, jack=show.JACK,
                  deaf="#!/bin/sh\ntrap '' TERM\n"
                  "while :; do tail -f /dev/null; done\n")
    machine.up()
    down = machine.popen([machine.prefix / "bin/stagecraft", "down"])
    wait_until(lambda: not show.supervisors(machine)[1], 5, "it has begun")
    done = machine.stagecraft("start", "early")
    assert done.returncode != 0 and done.stderr
    assert down.wait(30) == 0
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)
