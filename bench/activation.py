#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Activation: from a directory dropped in until its program runs, beside plain
runsvdir.

README: `make bench`, or bench/activation.py [TRIALS] (8 if not given). The
trials come at random moments, since runsvdir has a clock of its own: it looks
every 5 s, and once a second at most when it is woken.
"""

import os
import random
import signal
import subprocess
import sys
import time

from peers import machine, row, show
from harness import quiet, wait_until


def drop_in(rig, top, name, status):
    """Seconds until runsv has started its program."""
    new = show.make_service(rig.home / name)
    started = time.monotonic()
    os.rename(new, top / name)
    wait_until(status.exists, 20, f"{name} is on")
    return time.monotonic() - started


def ours(rig, trials, rng):
    times = []
    for number in range(trials):
        quiet(rng.uniform(2.2, 4))
        ready = rig.outside(rig.run_dir / f"svc/o{number}/ready")
        times.append(drop_in(rig, rig.rig / "services", f"o{number}", ready))
    return times


def plain(rig, trials, rng):
    top = rig.home / "plain"
    top.mkdir()
    runsvdir = rig.popen(["runsvdir", "-P", top], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    times = []
    for number in range(trials):
        quiet(rng.uniform(1.2, 6))
        status = top / f"p{number}/supervise/status"
        times.append(drop_in(rig, top, f"p{number}", status))
    runsvdir.kill(signal.SIGHUP)
    runsvdir.wait()
    wait_until(lambda: not [p for p in rig.processes() if
                            p["cmdline"][:1] == ["runsv"] and
                            p["cmdline"][1].startswith("p")], 20)
    return times


def main():
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    rng = random.Random(20261124)
    print(f"activation: {trials} directories dropped in: median, most, times "
          "ours", flush=True)
    with machine() as rig:
        show.make_rig(rig, stay=show.STAY)
        rig.up()
        own = ours(rig, trials, rng)
        row("ours", own)
        row("plain runsvdir", plain(rig, trials, rng), own)


if __name__ == "__main__":
    main()
