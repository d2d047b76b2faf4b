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

NAMES = ["c1", "c2", "c3", "c4", "c5"]
SHAPES = {"chain": dict(zip(NAMES, [None, *NAMES])),
          "star": dict.fromkeys(NAMES)}
THERE = "jack_lsp 2>/dev/null | grep -q '^{0}:out_2$'"
SERVER = "#!/bin/sh\nexec 2>&1\nexec jackd -r -d dummy\n"
SERVER_CHECK = "#!/bin/sh\njack_lsp >/dev/null 2>&1\n"


def exit_1(name, need):
    wanted = THERE.format(need) if need else "jack_lsp >/dev/null 2>&1"
    return {"run": f"#!/bin/sh\nexec 2>&1\n{wanted} || exit 1\n"
                   f"exec jack-client {name}\n"}


def sv_start(name, need):
    return {"run": f"#!/bin/sh\nexec 2>&1\nsv start ../{need or 'jackd'} || "
                   f"exit 1\nexec jack-client {name}\n",
            "check": f"#!/bin/sh\n{THERE.format(name)}\n"}


def jack_wait(name, need):
    wanted = f"{THERE.format(need)} || exit 1\n" if need else ""
    return {"run": f"#!/bin/sh\nexec 2>&1\njack_wait -w >/dev/null\n{wanted}"
                   f"exec jack-client {name}\n"}


PEERS = {"exit 1 until there": exit_1, "sv start NEED || exit 1": sv_start,
         "jack_wait -w, then exit 1": jack_wait}


def all_there(rig):
    listing = rig.run(["jack_lsp"], timeout=60).stdout.split()
    return all(f"{name}:out_2" in listing for name in NAMES)


def timed(rig, act):
    started = time.monotonic()
    act()
    wait_until(lambda: all_there(rig), 120, "all five are there")
    return time.monotonic() - started


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
    show.make_rig(rig, **services)
    boot = timed(rig, rig.up)
    settle()
    after = timed(rig, lambda: kill_server(rig, "stagecraft-jack"))
    rig.down()
    rig.run(["rm", "-r", rig.rig], check=True)
    return boot, after


def peer(rig, shape, way):
    top = rig.home / "peer"
    top.mkdir()
    show.make_service(top / "jackd", SERVER, check=SERVER_CHECK)
    for name, need in SHAPES[shape].items():
        show.make_service(top / name, **way(name, need))
    running = []
    boot = timed(rig, lambda: running.append(
        rig.popen(["runsvdir", "-P", top], stdout=subprocess.DEVNULL,
                  stderr=subprocess.DEVNULL)))
    settle()
    after = timed(rig, lambda: kill_server(rig, "jackd"))
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
            theirs = {what: list(zip(*[peer(rig, shape, way)
                                       for _ in range(times)]))
                      for what, way in PEERS.items()}
            for number, when in enumerate(["boot", "after kill -9"]):
                print(f" {shape}, {when}")
                row("ours", own[number])
                for what, seconds in theirs.items():
                    row(what, seconds[number], own[number])


if __name__ == "__main__":
    main()
