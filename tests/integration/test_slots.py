# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random kill -9 of the JACK server and its clients: nothing piles up.

STAGE_FULL=1 kills 1000 times instead of 60; STAGE_SEED repeats an order.
"""

import contextlib
import os
import random
import signal

from harness import show, wait_until

CLIENTS = ["one", "two", "three", "four"]
KILLS = 1000 if show.full() else 60
LOOK_EVERY = 10  # kills between two looks at the whole


def victims(machine):
    """Pids of the server, the clients and their parents, stand-ins, all."""
    wanted = ("stagecraft-jack", "jack-client", "stagecraft-serv")
    return [p["pid"] for p in machine.processes()
            if p["comm"] in wanted and p["state"] != "Z"
            and "log" not in p["cmdline"][1:2]]


def check_slots(machine):
    found = show.stale(machine)
    assert found["present"]["slots"] <= 1, found


def lift_holds(machine):
    """What a user would do who does not want to wait for the next try."""
    held = [name for name, service in show.services(machine).items()
            if service["state"] == "held"]
    if held:
        machine.stagecraft("start", *held, timeout=60)


def is_whole(machine):
    lift_holds(machine)
    now = show.services(machine)
    for name in ["jack", *CLIENTS]:
        assert now[name]["ready"], now[name]
    assert len(show.program_pids(machine, "stagecraft-jack")) == 1
    assert len(show.program_pids(machine, "jack-client")) == len(CLIENTS)
    assert not show.zombies(machine)
    show.check_no_stale(machine)
    return True


def test_random_kills_leave_nothing(machine):
    show.use_tools(machine)
    seed = int(os.environ.get("STAGE_SEED", random.randrange(1 << 32)))
    print(f"STAGE_SEED={seed}")
    rng = random.Random(seed)
    show.make_rig(machine, jack=show.JACK,
                  **{name: show.client(name) for name in CLIENTS})
    machine.up()
    wait_until(lambda: is_whole(machine), 20, "the rig is whole")
    for number in range(1, KILLS + 1):
        there = wait_until(lambda: victims(machine), 20, "something runs")
        try:
            machine.kill(rng.choice(there), signal.SIGKILL)
        except ProcessLookupError:
            continue  # it went along with another
        check_slots(machine)
        if number % LOOK_EVERY == 0:
            wait_until(lambda: is_whole(machine), 60,
                       lambda: f"the rig is whole after {number} kills")
    wait_until(lambda: is_whole(machine), 60, "the rig is whole at the end")
    machine.down()
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)


def test_every_client_at_once(machine):
    """All that JACK has, at one moment: the server as well as its clients."""
    show.use_tools(machine)
    show.make_rig(machine, jack=show.JACK,
                  **{name: show.client(name) for name in CLIENTS})
    machine.up()
    for _ in range(5 if show.full() else 2):
        pids = victims(machine)
        for pid in pids:
            machine.kill(pid, signal.SIGSTOP)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # with its parent
                machine.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_whole(machine), 60, "the rig is whole")


def test_what_other_dead_servers_left_is_cleaned_before_the_start(machine):
    """Eight dead names fill JACK's registry for ever."""
    show.use_tools(machine)
    for number in range(8):
        server = machine.popen(["jackd", "-r", "-n", f"dead{number}", "-d",
                                "dummy"])
        wait_until(lambda n=number:
                   show.stale(machine)["present"]["sockets"] == n + 1, 20,
                   "the server is there")
        server.kill(signal.SIGKILL)
        server.wait()
    assert show.stale(machine)["stale"]["slots"] == 8
    show.make_rig(machine, jack=show.JACK, one=show.client("one"))
    machine.up()
    assert show.service(machine, "one")["ready"]
    show.check_no_stale(machine)
    assert show.stale(machine)["present"]["slots"] == 1


def test_a_live_server_of_somebody_else_is_left_alone(machine):
    show.use_tools(machine)
    server = machine.popen(["jackd", "-r", "-n", "theirs", "-d", "dummy"])
    wait_until(lambda: show.stale(machine)["present"]["sockets"] == 1, 20,
               "their server is there")
    client = machine.popen(["jack-client", "-s", "theirs", "-w", "10s", "it"])
    wait_until(lambda: "it:out_1" in
               machine.run(["jack_lsp", "-s", "theirs"]).stdout, 20)
    show.make_rig(machine, jack=show.JACK, one=show.client("one"))
    machine.up()
    machine.kill(show.program_pids(machine, "stagecraft-jack")[0])
    show.await_state(machine, "one", "waiting")
    show.await_state(machine, "one", "ready")
    machine.down()
    assert "it:out_1" in machine.run(["jack_lsp", "-s", "theirs"]).stdout
    assert server.poll() is None and client.poll() is None
    client.kill(signal.SIGTERM)
    client.wait()
    server.kill(signal.SIGKILL)
    server.wait()
    machine.run(["stagecraft-jack", "--clean"], check=True)
