# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of anything in the demo rig: it is whole again, and sounds."""

import signal

import pytest

from harness import kills, show, wait_until

TARGETS = [*(f"program {name}" for name in show.DEMO),
           *(f"parent {name}" for name in show.DEMO),
           *(f"runsv {name}" for name in show.DEMO),
           *(f"logger {name}" for name in show.DEMO[:2]),
           "runsv a2j", "runsv stagecraft-watch", "runsvdir",
           "stagecraft-watch"]


def test_everything_comes_back(machine):
    show.use_tools(machine)
    machine.up("--demo")
    kills.await_whole(machine)
    before = kills.desired(machine)
    for number, target in enumerate(kills.shuffled(TARGETS)):
        print(number, target, flush=True)
        kills.kill_one(machine, target)
        assert kills.desired(machine) == before
    assert machine.stagecraft("down").returncode == 0
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_all_of_supervision_at_once(machine):
    show.use_tools(machine)
    machine.up("--demo")
    kills.await_whole(machine)
    before = kills.playing(machine)
    runsvs, runsvdirs = show.supervisors(machine)
    watch = show.program_pids(machine, "stagecraft-watch")
    victims = runsvdirs + sum(runsvs.values(), [])
    for pid in victims + watch:
        machine.kill(pid, signal.SIGSTOP)
    for pid in victims:
        machine.kill(pid, signal.SIGKILL)
    # Somebody has to be left: with nobody at all it takes an `up`.
    machine.kill(watch[0], signal.SIGCONT)
    kills.await_whole(machine, deadline=60)
    show.is_sounding(machine)
    assert kills.playing(machine) == before


def test_up_takes_over_where_nobody_is_left(machine):
    show.use_tools(machine)
    machine.up("--demo")
    kills.await_whole(machine)
    before = kills.playing(machine)
    runsvs, runsvdirs = show.supervisors(machine)
    victims = [*runsvdirs, *sum(runsvs.values(), []),
               *show.program_pids(machine, "stagecraft-watch")]
    for pid in victims:
        machine.kill(pid, signal.SIGSTOP)
    for pid in victims:
        machine.kill(pid, signal.SIGKILL)
    show.is_sounding(machine)
    machine.up()
    kills.await_whole(machine, deadline=60)
    show.is_sounding(machine)
    assert kills.playing(machine) == before


@pytest.mark.parametrize("name", ["synth", "jack"])
def test_a_service_that_was_adopted_is_stopped_and_started(machine, name):
    show.use_tools(machine)
    machine.up("--demo")
    kills.await_whole(machine)
    kills.kill_one(machine, f"runsv {name}")
    machine.stagecraft("restart", name, check=True)
    kills.await_whole(machine, deadline=60)
    show.is_sounding(machine)
    last = show.deaths(machine, name)[-1]
    assert last["asked"], last
