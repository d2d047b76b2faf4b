#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Recovery: from kill -9 until the demo rig is whole again.

README: `make bench`, or bench/recovery.py [TIMES] (3 if not given). "Whole": a
new process is there, every service is ready, and all connections of the demo
are there. A program that dies within its first second is started again a
second later by runsv, so each is left alone for a moment before it is killed.
"""

import signal
import sys
import time

from peers import machine, row, show
from harness import wait_until

TARGETS = [*show.DEMO, "runsv synth", "runsv jack", "runsvdir", "watcher"]


def pid_of(rig, target):
    runsvs, runsvdirs = show.supervisors(rig)
    if target.startswith("runsv "):
        found = runsvs.get(target.split()[1], [])
    elif target == "runsvdir":
        found = runsvdirs
    elif target == "watcher":
        found = show.program_pids(rig, "stagecraft-watch")
    else:
        found = show.program_pids(rig, show.DEMO_PROGRAMS[target])
    return found[0] if len(found) == 1 else None


def is_whole(rig):
    now = show.services(rig)
    return (all(now[name]["ready"] and now[name]["supervised"]
                for name in show.DEMO)
            and show.DEMO_EDGES <= show.edges(rig))


def is_old(rig, target):
    """It is there and has run for more than a second."""
    name = target.split()[-1]
    service = show.service(rig, name) if name in show.DEMO else None
    return pid_of(rig, target) and (not service or service["uptime_s"] > 1.1)


def measure(rig, target):
    wait_until(lambda: is_whole(rig) and is_old(rig, target), 60,
               f"{target} is there")
    pid = pid_of(rig, target)
    started = time.monotonic()
    rig.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid_of(rig, target) not in (None, pid) and
               is_whole(rig), 60, f"whole after kill -9 of {target}")
    return time.monotonic() - started


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"recovery: kill -9 until whole, {times} times each: median, most",
          flush=True)
    with machine() as rig:
        rig.up("--demo")
        for target in TARGETS:
            row(target, [measure(rig, target) for _ in range(times)])


if __name__ == "__main__":
    main()
