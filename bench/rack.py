#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks beside jalv: what a chain costs, how soon it plays, and how long it is
not heard when its server is killed.

README: `make bench`, or bench/rack.py [SECONDS] (8 if not given).

The chain is eight plug-ins in one rack, or in eight jalv in series; what counts
is the processor's time of those processes. What the host alone costs is measured
without a server, beside a loop that does nothing but call run() of the same
plug-ins (tests/unit/rack/chain_cost.c).

Silence after music: the same plug-in in a rack and in jalv, once with a sine
coming in, and then with nothing.

Ready is from the start of the process to its ports, with what is read of disk in
memory, and not.

An outage is heard: from the kill of the server to the first sample that comes
out of a port (tests/tools/jack-outage.c). The server's own is what no client can
help: until it calls a new client of a new process that had nothing to close and
waited for nothing but its socket. jalv is a service of the same rig, which runit
starts again, and which waits for the server by event, too.
"""

import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

from peers import machine, row, show
from harness import racks, wait_until

AMP = "http://lv2plug.in/plugins/eg-amp"
REVERB = "http://drobilla.net/plugins/mda/Ambience"
SWH = "http://plugin.org.uk/swh-plugins/"
PHASER = SWH + "fourByFourPole"  # known for numbers too small to be heard
EFFECTS = [SWH + "triplePara", SWH + "sc4", SWH + "valve", SWH + "tapeDelay",
           SWH + "multivoiceChorus", PHASER, REVERB,
           SWH + "fastLookaheadLimiter"]
SHORT = [SWH + "triplePara", SWH + "sc4", SWH + "tapeDelay", REVERB]
PERIODS = [64, 256, 1024]  # beside 128
COUNT = 8
STARTS = 5
OUTAGES = 9
ROUNDS = 100   # of the chain, and of the loop
QUIET_S = 20   # of silence, in rounds of chain_cost.c
ROUND_S = 256 * 128 / 48000
LV2 = pathlib.Path("/usr/lib/lv2")
SERVER = "#!/bin/sh\nexec jackd -r -d dummy -r 48000 -p 128\n"


def spent(rig, comm):
    """Seconds of the processor that the processes of a program have used."""
    total = 0
    for process in rig.processes():
        if process["comm"] == comm[:15] and process["state"] != "Z":
            tasks = pathlib.Path(f"/proc/{process['outer']}/task")
            total += sum(int(path.read_text().split()[0])
                         for path in tasks.glob("*/schedstat"))
    return total / 1e9


def cost(rig, comm, seconds):
    """The part of a processor that a program takes."""
    before, began = spent(rig, comm), time.monotonic()
    wait_until(lambda: time.monotonic() - began > seconds, seconds + 30,
               "time passes")
    return (spent(rig, comm) - before) / (time.monotonic() - began)


def percent(name, part, beside=None):
    line = f"  {name:<34} {100 * part:7.2f} %"
    if beside:
        line += f"  {part / beside:6.2f} x"
    print(line, flush=True)


def ports(rig):
    return set(show.run_jack_tool(rig, ["jack_lsp"]).stdout.split())


def start_jalv(rig, name, plugin):
    return rig.popen(["jalv", "-i", "-n", name, "-x", plugin],
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def jalvs(rig, count):
    """So many in series."""
    running = [start_jalv(rig, f"jalv{i}", AMP) for i in range(count)]
    wait_until(lambda: {f"jalv{i}:out" for i in range(count)} <= ports(rig),
               60, "all of them")
    for i in range(1, count):
        show.connect(rig, f"jalv{i - 1}:out", f"jalv{i}:in")
    return running


def end(running):
    for process in running:
        process.kill(signal.SIGTERM)
    for process in running:
        process.wait(30)


def chains(rig, seconds):
    racks.put(rig, "chain", rack="in 1\nout 1\n", **{
        f"a_{10 + i}_amp{i}": racks.slot(AMP) for i in range(COUNT)})
    show.await_state(rig, "chain", "ready", 60)
    one = jalvs(rig, 1)
    single = cost(rig, "jalv", seconds)
    end(one)
    eight = jalvs(rig, COUNT)
    many = cost(rig, "jalv", seconds)
    end(eight)
    ours = cost(rig, "stagecraft-rack", seconds)
    percent("one jalv, one plug-in", single)
    percent("eight jalv in series", many)
    percent("a rack of eight, beside eight jalv", ours, many)
    percent("a rack of eight, beside one jalv", ours, single)
    rig.stagecraft("disable", "chain", check=True)


def forget():
    """Has the kernel forget what it has read of plug-ins and their host."""
    for path in LV2.rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def until_port(rig, start, port):
    began = time.monotonic()
    running = start()
    wait_until(lambda: port in ports(rig), 60, f"the port {port}")
    took = time.monotonic() - began
    end([running])
    wait_until(lambda: port not in ports(rig), 60, "it has gone")
    return took


def readiness(rig):
    (rig.rig / "alone").mkdir()
    show.write(rig.rig / "alone/rack", "")
    show.write(rig.rig / "alone/10-hall.slot", f"plugin {REVERB}\n")

    def rack():
        return rig.popen(["env", f"STAGECRAFT_RIG={rig.rig}",
                          "stagecraft-rack", rig.rig / "alone"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def jalv():
        return start_jalv(rig, "beside", REVERB)

    for title, before in (("warm", lambda: None), ("cold", forget)):
        took = {"jalv": [], "rack": []}
        for _ in range(STARTS):
            before()
            took["jalv"].append(until_port(rig, jalv, "beside:left_out"))
            before()
            took["rack"].append(until_port(rig, rack, "alone:out_1"))
        row(f"jalv is ready, {title}", took["jalv"])
        row(f"a rack is ready, {title}", took["rack"], took["jalv"])


def run_cost(*words):
    """What chain_cost says: the nanoseconds of each round."""
    tool = show.find_tools().parent / "unit/rack/chain_cost"
    done = subprocess.run([tool, *map(str, words)], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)


def overhead(title, plugins, period=128):
    """A ratio of two things that were done in turn: the middle of all turns."""
    said = run_cost("-p", period, ROUNDS, *plugins)
    assert said["apart"] < 1e-3, f"they sound different: {said['apart']}"
    ratio = statistics.median(rack / bare for rack, bare in zip(
        said["rack"], said["bare"]))
    print(f"  {title:<46} {ratio:8.3f} x", flush=True)


def worst(rounds):
    """Of a few seconds at a time: numbers too small to be heard may come later,
    and go again."""
    return max(map(statistics.median, zip(*(rounds[i:] for i in range(5)))))


def after_music(title, plugins):
    count = int(QUIET_S / ROUND_S)
    said = run_cost("-s", count, *plugins)
    for host, name in (("rack", "in a rack"), ("bare", "where nothing is set")):
        ratio = worst(said[host][count:]) / worst(said[host][:count])
        print(f"  {f'{title}, {name}':<46} {ratio:8.2f} x", flush=True)


def alone():
    print(" the host alone, beside a loop of run():", flush=True)
    overhead("8 effects", EFFECTS)
    for period in PERIODS:
        overhead(f"8 effects, {period} frames", EFFECTS, period)
    overhead("3 effects and a reverb", SHORT)
    overhead("8 effects that do next to nothing", [AMP] * COUNT)
    print(" silence beside the music before it:", flush=True)
    after_music("fourByFourPole", [PHASER])
    after_music("8 effects", EFFECTS)


def silence(rig, seconds):
    """The same, as programs that play."""
    music = rig.popen(["jack-click", "music"], stdout=subprocess.PIPE)
    music.stdout.readline()
    racks.put(rig, "quiet", rack="in 1\nout 1\n",
              a_10_it=racks.slot(PHASER))
    peer = start_jalv(rig, "peer", PHASER)
    show.await_state(rig, "quiet", "ready", 60)
    wait_until(lambda: "peer:output" in ports(rig), 60, "jalv")
    for port in ("quiet:in_1", "peer:input"):
        show.connect(rig, "music-sine:out", port)
    programs = {"jalv": "jalv", "a rack": "stagecraft-rack"}
    loud = {name: cost(rig, comm, seconds) for name, comm in programs.items()}
    end([music])
    for name, comm in programs.items():
        percent(f"{name}, fourByFourPole, music", loud[name])
        percent(f"{name}, silence after it", cost(rig, comm, seconds),
                loud[name])
    end([peer])
    rig.stagecraft("disable", "quiet", check=True)


def outage(rig):
    """Seconds without sound when the server is killed once."""
    ear = rig.popen(["jack-outage", "fx:out_1", "jalv:left"],
                    stdout=subprocess.PIPE, text=True)
    assert ear.stdout.readline() == "waiting\n"
    killed_ns = time.monotonic_ns()
    rig.kill(show.program_pids(rig, "jackd")[0])
    line = ear.stdout.readline()
    ear.wait(60)
    if not line:
        return None  # jackd came, and went again
    said = json.loads(line)
    heard = [port["heard_ns"] for port in said["ports"]]
    return {"server": (said["called_ns"] - killed_ns) / 1e9,
            "rack": (heard[0] - said["called_ns"]) / 1e9,
            "jalv": (heard[1] - said["called_ns"]) / 1e9,
            "whole": (heard[0] - killed_ns) / 1e9,
            "whole jalv": (heard[1] - killed_ns) / 1e9}


def is_settled(rig):
    """All have run for the second after which runsv starts them again at once,
    and play."""
    now = show.services(rig)
    return (all(now[name]["ready"] and now[name]["uptime_s"] > 1.1
                for name in ("jack", "fx", "jalv"))
            and {"fx:out_1", "jalv:left"} <= ports(rig))


def outages(rig):
    show.put(rig, "jalv", run=(
        "#!/bin/sh\nexec 2>&1\nexec jalv -i -n jalv -x -c level=0.25 "
        f"{racks.TEST}source\n"), needs="jack\n", ready="port:jalv:left\n")
    racks.put(rig, "fx", a_10_it=racks.slot("source", "set level 0.25"))
    took = {}
    for _ in range(OUTAGES):
        wait_until(lambda: is_settled(rig), 90, "all play")
        for name, seconds in (outage(rig) or {}).items():
            took.setdefault(name, []).append(seconds)
    row("jackd's own outage by kill -9", took["server"])
    row("jalv is heard again, after that", took["jalv"])
    row("a rack is heard again, after that", took["rack"], took["jalv"])
    row("whole outage with jalv", took["whole jalv"])
    row("whole outage with a rack", took["whole"], took["whole jalv"])


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    print("rack: beside jalv, in the same run", flush=True)
    alone()
    with machine() as rig:
        racks.use_plugins(rig)
        show.make_rig(rig, jack=show.JACK | {
            "run": SERVER, "ready": "port:system:*\n"})
        rig.up()
        chains(rig, seconds)
        silence(rig, seconds)
        readiness(rig)
        outages(rig)


if __name__ == "__main__":
    main()
