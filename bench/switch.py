#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Switch: how long a song takes to take the place of another, beside what its
clients take by themselves.

README: `make bench`, or bench/switch.py [TRIALS] (8 if not given). The clients
are Debian's; "alone" are as many of them at once, told to open by a script as
soon as they are there: a new one from its start on, one that can switch from
its next open on. That is the least that any session manager can take. Then what is
heard of switches: bench/gapless.py.
"""

import json
import os
import pathlib
import shutil
import statistics
import sys
import time

import gapless
from peers import machine, row, show
from harness import osc, songs, wait_until

QMAX = pathlib.Path("/usr/share/qmidiarp/examples/demo.qmax")
# What each is started by, and the name that it announces.
PROGRAMS = {
    "bench-zyn": ("zynaddsubfx -U", "ZynAddSubFX"),
    "bench-radium": ("radium_compressor", "Radium Compressor"),
    "bench-qmidiarp": ("qmidiarp", "QMidiArp"),
    "bench-ams": ("ams", "ams"),
    "bench-mute": ("tail -f /dev/null", "bench-mute"),
}
# What it is called: its clients, and which of them can switch.
SETS = {
    "1 zynaddsubfx": (["bench-zyn"], True),
    "2 zynaddsubfx": (["bench-zyn"] * 2, True),
    "2 qmidiarp": (["bench-qmidiarp"] * 2, True),
    "2 ams": (["bench-ams"] * 2, True),
    "3 radium_compressor": (["bench-radium"] * 3, False),
    "1 that says nothing, 1 zynaddsubfx": (["bench-mute", "bench-zyn"], True),
}
SWITCH_S = 0.3  # at most, where all can
BESIDE_S = 0.05  # at most, beyond the slowest client's own time

# Starts PROGRAM COUNT times, each with a server of its own, and prints the
# seconds until the last one has opened a song, and then another.
ALONE = osc.CODEC + r"""
import os, pathlib, shutil, signal, subprocess, time

program, count, project = sys.argv[1], int(sys.argv[2]), sys.argv[3]
directory = pathlib.Path.cwd()
clients = []
for number in range(count):
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind(("127.0.0.1", 0))
    peer.settimeout(5)
    clients.append([peer, f"nA{number:03}", None])

def place(ident):
    path = directory / ident
    if project:
        shutil.copyfile(project, f"{path}.{project.rpartition('.')[2]}")
    return str(path)

def tell_to_open(client, ident):
    client[0].sendto(pack("/nsm/client/open", place(ident), "song",
                          "bench." + ident), client[2])

def hear(client, address, path):
    while True:
        data, client[2] = client[0].recvfrom(65536)
        message = unpack(data)
        if message[0] == address and path in (None, message[1]):
            return

for _, ident, _ in clients:
    place(ident)
started = time.monotonic()
running = [subprocess.Popen([program], start_new_session=True,
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL,
                            env=dict(os.environ, NSM_URL="osc.udp://127.0.0.1:"
                                     f"{client[0].getsockname()[1]}/"))
           for client in clients]

def measure():
    for client in clients:
        hear(client, "/nsm/server/announce", None)
        client[0].sendto(pack("/reply", "/nsm/server/announce", "hello",
                              "bench", ":server-control:optional-gui:"),
                         client[2])
        tell_to_open(client, client[1])
    for client in clients:
        hear(client, "/reply", "/nsm/client/open")
    switches = int(sys.argv[4])
    if not switches:
        return [time.monotonic() - started]
    times = []
    for number in range(switches):
        began = time.monotonic()
        for client in clients:
            tell_to_open(client, client[1].replace("A", "BA"[number % 2]))
        for client in clients:
            hear(client, "/reply", "/nsm/client/open")
        times.append(time.monotonic() - began)
    return times

try:
    print(json.dumps(measure()))
finally:
    for one in running:
        one.poll() is None and os.killpg(one.pid, signal.SIGKILL)
        one.wait()
"""


def make_song(stage, song, clients, letter):
    directory = stage.songs / song
    directory.mkdir(parents=True)
    lines = []
    for number, program in enumerate(clients):
        name = PROGRAMS[program][1]
        ident = f"n{letter}{number:03}"
        lines.append(f"{name}:{program}:{ident}\n")
        if program == "bench-qmidiarp":
            # It crashes when it opens what it has saved of nothing.
            shutil.copyfile(QMAX, directory / f"{name}.{ident}.qmax")
    (directory / "session.nsm").write_text("".join(lines))


def is_well(stage):
    return all(client["state"] == "ready" or client["program"] == "bench-mute"
               for client in stage.clients().values())


def count_clients(stage):
    """How many are there, also those that are ending."""
    processes = stage.machine.processes()
    manager = next(process["pid"] for process in processes
                   if os.path.basename((process["cmdline"] or [""])[0])
                   == "stagecraft-show")
    return len([process for process in processes
                if process["ppid"] == manager and process["state"] != "Z"])


def switch(stage, song):
    """Seconds until it plays; a song whose clients have failed is no song. On
    stage the song before that one has ended long ago."""
    wait_until(lambda: count_clients(stage) <= len(stage.clients()), 30,
               lambda: "those of the song before have ended: "
               f"{stage.machine.processes()}")
    started = time.monotonic()
    stage.open(song)
    taken = time.monotonic() - started
    assert is_well(stage), stage.clients()
    return taken


def ours(stage, number, clients, trials):
    pair = [f"{number}A", f"{number}B"]
    for song in pair:
        make_song(stage, song, clients, song)
    for song in pair:  # as many times as it takes: some crash at their start
        stage.open(song)
        wait_until(lambda: is_well(stage), 60,
                   lambda: f"they are there: {stage.clients()}")
    times = [switch(stage, pair[trial % 2]) for trial in range(trials)]
    assert "result" in stage.call("close")
    return times


def alone(stage, clients, trials, can_switch):
    """The seconds of the slowest kind of these clients."""
    script = stage.machine.home / "alone.py"
    script.write_text(ALONE)
    found = []
    for program in sorted(set(clients) - {"bench-mute"}):
        times = []
        while len(times) < trials:
            place = stage.machine.home / "alone"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            done = stage.machine.run(
                ["/usr/bin/python3", script, stage.programs / program,
                 clients.count(program),
                 QMAX if program == "bench-qmidiarp" else "",
                 trials if can_switch else 0], cwd=place, timeout=60)
            if done.returncode == 0:  # else it has crashed by itself
                times += json.loads(done.stdout)
        found.append(times)
    return max(found, key=statistics.median)


def judge(own, beside, can_switch):
    median = statistics.median(own)
    most = statistics.median(beside) + BESIDE_S
    if can_switch:  # on a machine where they can, alone
        most = max(most, SWITCH_S)
    print(f"    {'within' if median <= most else 'BEYOND'} {most:.3f} s",
          flush=True)


def main():
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    print(f"switch: {trials} of each: median, most, times alone", flush=True)
    with machine() as rig:
        rig.set_env(JACK_NO_START_SERVER="1", QT_QPA_PLATFORM="offscreen")
        stage = songs.Stage(rig, {}, jack=show.JACK)
        for name, (command, _) in PROGRAMS.items():
            if shutil.which(command.split()[0]) is None:
                sys.exit(f"bench: {command.split()[0]} is not installed")
            show.write(stage.programs / name,
                       f"#!/bin/sh\nexec {command}\n", 0o755)
        rig.up()
        show.await_state(rig, "jack", "ready", 60)
        show.await_state(rig, "show", "ready", 30)
        for number, (name, (clients, can_switch)) in enumerate(SETS.items()):
            beside = alone(stage, clients, trials, can_switch)
            own = ours(stage, number, clients, trials)
            row(name, own, beside)
            row("  alone", beside)
            judge(own, beside, can_switch)
        stage.end()
    gapless.report(trials)


if __name__ == "__main__":
    main()
