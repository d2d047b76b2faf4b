# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rig's own tests with PipeWire and its libjack in place of JACK.

What differs by nature is in docs/pipewire.md.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading

import pytest

from harness import kills, show, wait_until

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("pipewire", "wireplumber", "pw-jack"))),
    reason="pipewire, pipewire-jack or wireplumber is not installed")

NAMES = sorted({**show.PLAYERS, **show.SERVERS["pipewire"]})
TARGETS = [*(f"program {name}" for name in NAMES),
           *(f"parent {name}" for name in show.SERVERS["pipewire"]),
           "runsv pipewire", "runsv wireplumber", "runsvdir",
           "stagecraft-watch", "logger pipewire"]
CARD = ("{ factory.name=support.null-audio-sink node.name=card "
        "media.class=Audio/Sink audio.position=[ FL FR ] "
        "priority.session=500 object.linger=true }")
OPENERS = 4
PLUGS = 4 if show.full() else 2
GATED = "#!/bin/sh\nread -r _ < \"$STAGECRAFT_RIG/gate\"\nexec ./run.open\n"


def sockets(machine):
    """What is left in the directory of PipeWire's socket."""
    return [name for name in os.listdir(machine.outside("/run/user/0"))
            if name.startswith("pipewire")]


def up(machine):
    show.use_tools(machine)
    show.make_pipewire_demo(machine)
    machine.up()
    kills.await_whole(machine)


def start_desktop(machine):
    """A PipeWire that is no service, as the templates configure it."""
    running = []
    for name in ("pipewire", "wireplumber"):
        config = f"XDG_CONFIG_HOME={machine.home}/{name}/config"
        running.append(machine.popen(["env", config, name],
                                     stderr=subprocess.DEVNULL))
        # One that was killed leaves its socket: whether it is there says
        # nothing, and WirePlumber ends where nobody answers.
        wait_until(lambda: machine.run(["pw-cli", "info", "0"]).returncode == 0,
                   20, "PipeWire answers")
    return running


def service_pids(machine):
    return {name: service["pid"]
            for name, service in show.services(machine).items()}


def test_as_the_readme_says(machine):
    """The demo on JACK becomes one on PipeWire, plays, and goes."""
    show.use_tools(machine)
    machine.up("--demo")
    kills.await_whole(machine)
    machine.down()
    here = ("-r", machine.rig)
    machine.stagecraft("disable", *here, "jack", check=True)
    machine.stagecraft("enable", *here, "pipewire", "wireplumber", check=True)
    machine.server = "pipewire"
    told = machine.up().stdout
    for name in NAMES:
        assert f"  ready     {name} " in told
    assert "  idle      a2j " in told
    kills.await_whole(machine)
    show.is_sounding(machine)
    before = service_pids(machine)
    assert "already" in machine.up().stdout
    assert service_pids(machine) == before
    order = [line.split()[1] for line in machine.down().stdout.splitlines()
             if line.startswith("  stopped ")]
    assert sorted(order) == sorted([*NAMES, *show.BESIDE, "a2j"])
    assert order[-1] == "pipewire"
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)
    assert not sockets(machine)


def test_everything_comes_back(machine):
    up(machine)
    for number, target in enumerate(kills.shuffled(TARGETS)):
        print(number, target, flush=True)
        kills.kill_one(machine, target)
    machine.down()
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)
    assert not sockets(machine)


def test_stopped_and_started_with_all_that_need_it(machine):
    up(machine)
    done = machine.stagecraft("stop", "pipewire", check=True)
    stopped = [line.split()[1] for line in done.stdout.splitlines()]
    assert stopped[-1] == "pipewire"
    assert sorted(stopped) == sorted([*NAMES, "a2j", "show"])
    now = show.services(machine)
    assert now["pipewire"]["state"] == "down"
    for name in show.PLAYERS:
        assert "jack" in show.await_state(machine, name, "waiting")["note"]
    note = show.await_state(machine, "wireplumber", "waiting")["note"]
    assert "service:pipewire" in note
    check = machine.rig / "services/pipewire/check"
    assert show.run_jack_tool(machine, [check]).returncode == 111
    machine.stagecraft("start", "pipewire", check=True)
    kills.await_whole(machine, "after start")
    show.is_sounding(machine)
    assert show.run_jack_tool(machine, [check]).returncode == 0
    machine.stagecraft("restart", "pipewire", check=True)
    kills.await_whole(machine, "after restart")
    show.is_sounding(machine)
    assert all(death["asked"] for death in show.deaths(machine, "pipewire"))


def test_pipewire_is_ready_when_a_client_can_open(machine):
    """Neither its process nor a socket of that name is enough."""
    show.use_tools(machine)
    show.make_pipewire_demo(machine)
    run = machine.rig / "services/pipewire/run"
    os.rename(run, run.with_name("run.open"))
    show.write(run, GATED, 0o755)
    os.mkfifo(machine.rig / "gate")
    with show.dead_socket(machine.outside("/run/user/0/pipewire-0")):
        machine.stagecraft("up", "-r", machine.rig, "-t", "100ms")
        show.await_state(machine, "pipewire", "starting")
        for name in show.PLAYERS:
            show.await_state(machine, name, "waiting")
    (machine.rig / "gate").write_text("go\n")
    kills.await_whole(machine)
    show.is_sounding(machine)


def test_a_client_that_crashes_is_back_and_others_play_on(machine):
    up(machine)
    for name in ("midi-demo", "synth"):
        before = kills.playing(machine)
        pid, = show.program_pids(machine, show.PLAYERS[name])
        machine.kill(pid, signal.SIGSEGV)
        wait_until(lambda n=name, p=pid: show.program_pids(
            machine, show.PLAYERS[n]) not in ([], [p]), 20, f"another {name}")
        kills.await_whole(machine, f"after the crash of {name}")
        show.is_sounding(machine)
        now = kills.playing(machine)
        for other in set(now) - {name}:
            assert now[other] == before[other]
        assert show.deaths(machine, name)[-1]["signal"] == signal.SIGSEGV
    crashes = machine.stagecraft("crashes", "synth").stdout
    assert "killed by signal 11 (Segmentation fault)" in crashes


def test_our_jack_server_says_that_it_is_not_wanted_there(machine):
    """Both are enabled by mistake: the one that cannot be says so."""
    up(machine)
    machine.stagecraft("enable", "jack", check=True)
    show.await_state(machine, "jack", "failed")
    assert "libjackserver is PipeWire's" in \
        machine.stagecraft("logs", "jack").stdout
    machine.stagecraft("disable", "jack", check=True)
    kills.await_whole(machine)
    show.is_sounding(machine)


def test_our_own_clients_are_in_no_cycle(machine):
    """Those that see the server for a service would be woken at each period."""
    up(machine)
    show.is_sounding(machine)
    dump = json.loads(machine.run(["pw-dump"], check=True).stdout)
    states = [(thing["info"]["props"]["node.name"], thing["info"]["state"])
              for thing in dump if thing["type"].endswith(":Node")]
    ours = [state for name, state in states if name == "stagecraft-exec"]
    assert len(ours) == len(NAMES) + 2, states  # a2j and show have one, too
    assert "running" not in ours, states
    assert ("synth", "running") in states


def sinks(machine):
    """The nodes that the effect plays into, by their real names."""
    links = machine.run(["pw-link", "-l"], check=True).stdout
    after = re.search(r"^global-fx:out_1\n((?:  \|->.*\n)*)", links, re.M)
    return re.findall(r"-> (\w+):", after[1]) if after else []


@contextlib.contextmanager
def forgetful(machine):
    """PipeWire loses what its session manager says while a client opens."""
    manager, = show.program_pids(machine, "wireplumber")
    ended = threading.Event()
    openers = [machine.popen(
        ["sh", "-c", "while :; do pw-jack jack_lsp; done"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(OPENERS)]

    def slow_down():
        while not ended.is_set():
            machine.kill(manager, signal.SIGSTOP)
            ended.wait(0.03)
            machine.kill(manager, signal.SIGCONT)
            ended.wait(0.005)

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_down)
        try:
            yield
        finally:
            ended.set()
            for opener in openers:
                opener.kill()
                opener.wait()
            slow.result()


def test_the_sound_goes_where_the_default_sink_is(machine):
    """A card is plugged in and out while others start."""
    up(machine)
    assert sinks(machine) == ["silence"]
    with forgetful(machine):
        for _ in range(PLUGS):
            machine.run(["pw-cli", "create-node", "adapter", CARD], check=True)
            wait_until(lambda: "card" in sinks(machine), 40,
                       lambda: f"the sound goes to the card, not only to "
                       f"{sinks(machine)}")
            machine.run(["pw-cli", "destroy", "card"], check=True)
            wait_until(lambda: sinks(machine) == ["silence"], 40,
                       lambda: f"it goes on without the card, not to "
                       f"{sinks(machine)}")
    assert not (machine.rig / "patchbay/learned.patch").exists()


def test_on_a_pipewire_that_is_there_already(machine):
    """As on a desktop: no service of the rig is the server."""
    show.use_tools(machine)
    show.make_pipewire_demo(machine)
    shutil.copytree(machine.rig / "services/pipewire/env-all",
                    machine.rig / "env")
    for name in show.SERVERS["pipewire"]:
        os.rename(machine.rig / "services" / name, machine.home / name)
    desktop = start_desktop(machine)
    machine.up()
    show.await_demo(machine, "on the desktop's PipeWire", list(show.PLAYERS))
    show.is_sounding(machine)
    for running in desktop:
        running.kill()
        running.wait()
    racks = {name: show.program_pids(machine, program)
             for name, program in show.PLAYERS.items()
             if program.startswith(show.RACK)}  # they outlive their server
    for name in set(show.PLAYERS) - set(racks):
        show.await_state(machine, name, "waiting")
    desktop = start_desktop(machine)
    show.await_demo(machine, "after the desktop's PipeWire was killed",
                    list(show.PLAYERS))
    show.is_sounding(machine)
    assert racks == {name: show.program_pids(machine, show.PLAYERS[name])
                     for name in racks}
    machine.down()
    for running in desktop:
        running.kill(signal.SIGTERM)
        running.wait()


@pytest.mark.machine(user=True, xdg=False)
def test_as_a_user_without_a_runtime_directory(machine):
    """As an init starts it: no login, no session bus."""
    up(machine)
    show.is_sounding(machine)
    assert (machine.outside(machine.run_dir) / "pipewire-0").is_socket()
    machine.down()
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)
