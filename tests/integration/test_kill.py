# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of anything in the demo rig: it is whole again, and sounds.

STAGE_FULL=1 kills each of them 20 times instead of once; STAGE_SEED repeats an
order that failed (it is printed).
"""

import os
import random
import signal

import pytest

from harness import show, wait_until

SUPERVISION = ("runsv ", "runsvdir", "stagecraft-watch")
TIMES = int(os.environ.get("STAGE_KILLS", 20 if show.full() else 1))


def seeded(times):
    """A random order that can be had again."""
    seed = int(os.environ.get("STAGE_SEED", random.randrange(1 << 32)))
    print(f"STAGE_SEED={seed}")
    targets = [*(f"program {name}" for name in show.DEMO),
               *(f"parent {name}" for name in show.DEMO),
               *(f"runsv {name}" for name in show.DEMO),
               *(f"logger {name}" for name in show.DEMO[:2]),
               "runsv a2j", "runsv stagecraft-watch", "runsvdir",
               "stagecraft-watch"]
    order = targets * times
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
        found = show.program_pids(machine, show.DEMO_PROGRAMS[name])
    elif kind == "logger":
        found = show.logger_pids(machine, name)
    elif kind == "parent":
        found = [marked(machine, name)]
    else:
        found = show.program_pids(machine, "stagecraft-watch")
    return found[0] if len(found) == 1 else None


def playing(machine):
    """The pids that the sound comes from."""
    return {name: show.program_pids(machine, show.DEMO_PROGRAMS[name])
            for name in ("jack", "synth", "global-fx")}


def is_supervised(machine):
    now = show.services(machine)
    assert all(service["supervised"] for service in now.values()), now
    return True


def is_whole(machine):
    """Everything but the sound, which takes longest to look at."""
    show.check_one_of_each(machine)
    is_supervised(machine)
    show.check_demo(machine)
    show.check_no_stale(machine)
    return True


def kill_one(machine, target):
    show.use_tools(machine)
    pid = wait_until(lambda: pid_of(machine, target), 20, f"{target} is there")
    before = playing(machine)
    machine.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid_of(machine, target) not in (None, pid), 30,
               f"another {target} after {pid}")
    wait_until(lambda: is_whole(machine), 60,
               lambda: f"the rig is whole after the kill of {target} ({pid})")
    show.is_sounding(machine)
    if target.startswith(SUPERVISION) or target.startswith("logger"):
        assert playing(machine) == before, target


def test_everything_comes_back(machine):
    show.use_tools(machine)
    machine.up("--demo")
    wait_until(lambda: is_whole(machine), 30, "the rig is whole")
    for number, target in enumerate(seeded(TIMES)):
        print(number, target, flush=True)
        kill_one(machine, target)
    assert machine.stagecraft("down").returncode == 0
    wait_until(lambda: not machine.leftovers(), 1, machine.leftovers)


def test_all_of_supervision_at_once(machine):
    show.use_tools(machine)
    machine.up("--demo")
    wait_until(lambda: is_whole(machine), 30, "the rig is whole")
    before = playing(machine)
    runsvs, runsvdirs = show.supervisors(machine)
    watch = show.program_pids(machine, "stagecraft-watch")
    victims = runsvdirs + sum(runsvs.values(), [])
    for pid in victims + watch:
        machine.kill(pid, signal.SIGSTOP)
    for pid in victims:
        machine.kill(pid, signal.SIGKILL)
    # Somebody has to be left: with nobody at all it takes an `up`.
    machine.kill(watch[0], signal.SIGCONT)
    wait_until(lambda: is_whole(machine), 60, "the rig is whole")
    show.is_sounding(machine)
    assert playing(machine) == before


def test_up_takes_over_where_nobody_is_left(machine):
    show.use_tools(machine)
    machine.up("--demo")
    wait_until(lambda: is_whole(machine), 30, "the rig is whole")
    before = playing(machine)
    runsvs, runsvdirs = show.supervisors(machine)
    victims = [*runsvdirs, *sum(runsvs.values(), []),
               *show.program_pids(machine, "stagecraft-watch")]
    for pid in victims:
        machine.kill(pid, signal.SIGSTOP)
    for pid in victims:
        machine.kill(pid, signal.SIGKILL)
    show.is_sounding(machine)
    machine.up()
    wait_until(lambda: is_whole(machine), 60, "the rig is whole")
    show.is_sounding(machine)
    assert playing(machine) == before


@pytest.mark.parametrize("name", ["synth", "jack"])
def test_a_service_that_was_adopted_is_stopped_and_started(machine, name):
    show.use_tools(machine)
    machine.up("--demo")
    wait_until(lambda: is_whole(machine), 30, "the rig is whole")
    kill_one(machine, f"runsv {name}")
    machine.stagecraft("restart", name, check=True)
    wait_until(lambda: is_whole(machine), 60, "the rig is whole")
    show.is_sounding(machine)
    last = show.deaths(machine, name)[-1]
    assert last["asked"], last
