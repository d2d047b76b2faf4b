# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of anything in the demo rig, on either audio server, and whether the
rig is whole again.

A target is "program NAME", "parent NAME" (what runsv started), "runsv NAME",
"logger NAME", "runsvdir" or "stagecraft-watch".

STAGE_FULL=1 kills each of them 20 times instead of once, STAGE_KILLS=N N times;
STAGE_SEED repeats an order that failed (it is printed).
"""

import os
import random
import signal

from . import show
from .waiting import wait_until

TIMES = int(os.environ.get("STAGE_KILLS", 20 if show.full() else 1))
SUPERVISION = ("runsv ", "runsvdir", "stagecraft-watch")


def shuffled(targets):
    """The targets, each TIMES times, in a random order that is had again by
    STAGE_SEED."""
    seed = int(os.environ.get("STAGE_SEED", random.randrange(1 << 32)))
    print(f"STAGE_SEED={seed}")
    order = targets * TIMES
    random.Random(seed).shuffle(order)
    return order


def marked(machine, name):
    """The process that runsv started; while an orphan plays on, the orphan and
    not the one that stands in for it."""
    mark = machine.outside(machine.run_dir / "svc" / name / "process")
    return int(mark.read_text().split()[0])


def pid_of(machine, target):
    """The process that a target means now; None while it is not there."""
    kind, _, name = target.partition(" ")
    runsvs, runsvdirs = show.supervisors(machine)
    if kind == "runsv":
        found = runsvs.get(name, [])
    elif kind == "runsvdir":
        found = runsvdirs
    elif kind == "program":
        found = show.program_pids(machine, show.programs(machine)[name])
    elif kind == "logger":
        found = show.logger_pids(machine, name)
    elif kind == "parent":
        found = [marked(machine, name)]
    else:
        found = show.program_pids(machine, "stagecraft-watch")
    return found[0] if len(found) == 1 else None


def playing(machine):
    """The pids that the sound comes from."""
    programs = show.programs(machine)
    return {name: show.program_pids(machine, programs[name])
            for name in (machine.server, "synth", "global-fx")}


def desired(machine):
    """The bytes of all that says what should be connected."""
    directory = machine.rig / "patchbay"
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def is_supervised(machine):
    now = show.services(machine)
    assert all(service["supervised"] for service in now.values()
               if service["state"] != "disabled"), now
    return True


def is_whole(machine):
    """Everything but the sound, which takes longest to look at."""
    show.check_one_of_each(machine)
    is_supervised(machine)
    show.check_demo(machine)
    show.check_no_stale(machine)
    return True


def await_whole(machine, what="", deadline=30):
    """Waits until the demo rig is whole, but for the sound."""
    wait_until(lambda: is_whole(machine), deadline, f"the rig is whole {what}")


def kill_one(machine, target):
    """Kills one and waits until the rig is whole, and sounds. Where it was a
    supervisor or a logger, the sound must not have come from another process.
    """
    show.use_tools(machine)
    pid = wait_until(lambda: pid_of(machine, target), 20, f"{target} is there")
    before = playing(machine)
    machine.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid_of(machine, target) not in (None, pid), 30,
               f"another {target} after {pid}")
    await_whole(machine, f"after the kill of {target} ({pid})", 60)
    show.is_sounding(machine)
    if target.startswith(SUPERVISION) or target.startswith("logger"):
        assert playing(machine) == before, target
