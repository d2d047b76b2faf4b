#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Chain: five JACK clients that need the server or each other, ours beside what
is done with plain runit.

README: `make bench`, or bench/chain.py [TIMES] (2 if not given). Each way boots
from nothing and then loses its server to kill -9; the time is that until all
five have their ports (chain: each needs the one before; star: each needs the
server). The ways: ours; `exit 1` until it is there; `sv start NEED || exit 1`
with check scripts; `jack_wait -w` and then `exit 1`. The ratio is to ours.
"""

import signal
import subprocess
import sys
import time

from peers import machine, row, show
from harness import quiet, wait_until

LONGEST_S = 120  # that is waited for
NAMES = ["c1", "c2", "c3", "c4", "c5"]
SHAPES = {"chain": dict(zip(NAMES, [None, *NAMES])),
          "star": dict.fromkeys(NAMES)}
THERE = "jack_lsp 2>/dev/null | grep -q '^{0}:out_2$'"
SERVER = "#!/bin/sh\nexec 2>&1\nexec jackd -r -d dummy\n"
SERVER_CHECK = "#!/bin/sh\njack_lsp >/dev/null 2>&1\n"


def run_script(rig, name, before=""):
    """What comes before, and then the client, which says into its file."""
    return (f"#!/bin/sh\nexec >>{said(rig, name)} 2>&1\n{before}"
            f"exec jack-client {name}\n")


def exit_1(rig, name, need):
    wanted = THERE.format(need) if need else "jack_lsp >/dev/null 2>&1"
    return {"run": run_script(rig, name, f"{wanted} || exit 1\n")}


def sv_start(rig, name, need):
    wanted = f"sv start ../{need or 'jackd'} || exit 1\n"
    return {"run": run_script(rig, name, wanted),
            "check": f"#!/bin/sh\n{THERE.format(name)}\n"}


def jack_wait(rig, name, need):
    wanted = f"{THERE.format(need)} || exit 1\n" if need else ""
    return {"run": run_script(rig, name,
                              f"jack_wait -w >/dev/null\n{wanted}")}


PEERS = {"exit 1 until there": exit_1, "sv start NEED || exit 1": sv_start,
         "jack_wait -w, then exit 1": jack_wait}


def said(rig, name):
    """The file into which a client says that it is there."""
    return rig.home / f"{name}.said"


def count_said(rig):
    """How often each client has said it, in the order of NAMES."""
    counts = []
    for name in NAMES:
        path = said(rig, name)
        text = path.read_text(errors="replace") if path.exists() else ""
        counts.append(text.splitlines().count(f"ready {name}"))
    return counts


def timed(rig, act):
    before = count_said(rig)
    started = time.monotonic()
    act()
    wait_until(lambda: all(now > then for now, then in
                           zip(count_said(rig), before)),
               LONGEST_S, "all five are there")
    return time.monotonic() - started


def timed_peer(rig, act):
    """As timed; one that does not get there counts as if it just had."""
    try:
        return timed(rig, act)
    except AssertionError:
        print(f"  a peer was not there after {LONGEST_S} s", flush=True)
        return float(LONGEST_S)


def kill_server(rig, program):
    """Kills it and sees to it that the clients have noticed."""
    pid = show.program_pids(rig, program)[0]
    rig.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid not in show.program_pids(rig, program), 10)


def settle():
    """Nobody is younger than a second: runsv would wait for that."""
    quiet(1.2)


def ours(rig, shape):
    services = {"jack": show.JACK}
    for name, need in SHAPES[shape].items():
        also = f"service:{need}\n" if need else ""
        services[name] = show.client(name, needs=also + "jack bound")
        services[name]["run"] = run_script(rig, name)
    show.make_rig(rig, **services)
    boot = timed(rig, rig.up)
    settle()
    after = timed(rig, lambda: kill_server(rig, "stagecraft-jack"))
    rig.down()
    rig.run(["rm", "-r", rig.rig], check=True)
    return boot, after


def bare_script(rig, shape):
    """The server, then each client once the line of the one before is there."""
    needs = SHAPES[shape]
    lines = ["exec 2>/dev/null", "mkfifo server",
             "STAGECRAFT_READY_FD=3 stagecraft-jack -d dummy 3>server &",
             "read -r line <server"]
    for name, need in needs.items():
        told = name if name in needs.values() else said(rig, name)
        lines += [f"mkfifo {name}"] if told == name else []
        if need:
            lines += [f"read -r line <{need}",
                      f'echo "$line" >>{said(rig, need)}']
        lines += [f"jack-client {name} >>{told} &"]
    return "\n".join([*lines, "wait"])


def bare(rig, shape):
    top = rig.home / "bare"
    top.mkdir()
    running = []
    boot = timed(rig, lambda: running.append(
        rig.popen(["sh", "-c", bare_script(rig, shape)], cwd=top,
                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    for program in ("jack-client", "stagecraft-jack", "sh"):
        for pid in show.program_pids(rig, program):
            rig.kill(pid, signal.SIGTERM)
    running[0].wait()
    wait_until(lambda: not [p for p in rig.processes() if p["comm"] in
                            ("stagecraft-jack", "jack-client")], 60)
    rig.run(["stagecraft-jack", "--clean"], check=True)
    rig.run(["rm", "-r", top], check=True)
    return boot


def peer(rig, shape, way):
    top = rig.home / "peer"
    top.mkdir()
    show.make_service(top / "jackd", SERVER, check=SERVER_CHECK)
    for name, need in SHAPES[shape].items():
        show.make_service(top / name, **way(rig, name, need))
    running = []
    boot = timed_peer(rig, lambda: running.append(
        rig.popen(["runsvdir", "-P", top], stdout=subprocess.DEVNULL,
                  stderr=subprocess.DEVNULL)))
    settle()
    after = timed_peer(rig, lambda: kill_server(rig, "jackd"))
    running[0].kill(signal.SIGHUP)
    running[0].wait()
    wait_until(lambda: not [p for p in rig.processes() if p["comm"] in
                            ("runsv", "jackd", "jack-client")], 60)
    rig.run(["stagecraft-jack", "--clean"], check=True)
    rig.run(["rm", "-r", top], check=True)
    return boot, after


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    print(f"chain: five clients until all are there, {times} times: median, "
          "most, times ours", flush=True)
    with machine() as rig:
        for shape in SHAPES:
            own = list(zip(*[ours(rig, shape) for _ in range(times)]))
            floor = [bare(rig, shape) for _ in range(times)]
            theirs = {what: list(zip(*[peer(rig, shape, way)
                                       for _ in range(times)]))
                      for what, way in PEERS.items()}
            for number, when in enumerate(["boot", "after kill -9"]):
                print(f" {shape}, {when}")
                row("ours", own[number])
                if number == 0:
                    row("bare path", floor, own[0])
                for what, seconds in theirs.items():
                    row(what, seconds[number], own[number])


if __name__ == "__main__":
    main()
