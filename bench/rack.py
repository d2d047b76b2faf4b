#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks beside jalv: what a chain costs, how soon it plays, and how long it is
not heard when its server is killed.

README: `make bench`, or bench/rack.py [SECONDS [OUTAGES]] (8 and 12 if not
given).

The chain is eight plug-ins in one rack, or in eight jalv in series; what counts
is the processor's time of those processes. What the host alone costs is measured
without a server, beside a loop that does nothing but call run() of the same
plug-ins (tests/unit/rack/chain_cost.c).

Silence after music: the same plug-ins in two racks and two jalv, with a sine
coming in; then nothing comes into one of each. What counts is the time of the
thread that plays. Without a server: a rack, and that loop, which hear music and
then nothing, each beside the other one, for which the music goes on.

All that is compared plays at the same time, and is looked at for a fraction of a
second at a time. A ratio is the middle of those, so it holds on a computer
that others use.

Ready is from the start of the process to its ports, with what is read of disk in
memory, and not.

An outage is heard: from when the server is killed, or told to end, in turn, at
random moments, some with another rate or period behind it, to the first sample
that comes out of a port (tests/tools/jack-outage.c). The server's own is what no client can
help: until it calls a new client of a new process that had nothing to close and
waited for nothing but its socket. jalv is a service of the same rig, which runit
starts again, and which waits for the server by event, too.
"""

import json
import operator
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

from peers import machine, row, show
from harness import quiet, racks, wait_until

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
OUTAGES = 12
APART_S = 5      # five crashes within ten seconds, and a service is held back
RATES = [44100, 48000]
BEHIND_S = 0.15  # the server: the bar for a rack
ROUNDS = 100   # of the chain, and of the loop
QUIET_S = 20   # of silence, in rounds of chain_cost.c
FEW = 7        # of these rounds
TURNS = 3
LOOK_S = 0.5   # at live programs
FADED_S = 3    # until what is left of a sine is too small, or nothing
ROUND_S = 256 * 128 / 48000
LV2 = pathlib.Path("/usr/lib/lv2")
SERVER = "#!/bin/sh\nexec jackd -r $(cat \"$HOME/server\")\n"
FAST = "-d dummy -r {} -p {}\n"
# Synchronous: all are called as often, however busy the computer is.
EVEN = "-S -t 5000 " + FAST


def of_process(pid):
    """Nanoseconds of the processor that a process has used."""
    return sum(of_threads(pid).values())


def of_threads(pid):
    """The same, of each of its threads."""
    tasks = pathlib.Path(f"/proc/{pid}/task")
    return {path.parent.name: int(path.read_text().split()[0])
            for path in tasks.glob("*/schedstat")}


def player(pid):
    """The thread of a process that plays: it alone works while nobody asks for
    anything. Gives what says the nanoseconds that it has used."""
    before = of_threads(pid)
    quiet(LOOK_S)
    after = of_threads(pid)
    thread = max(before, key=lambda one: after.get(one, 0) - before[one])
    return lambda: of_threads(pid)[thread]


def watch(clocks, seconds):
    """The part of a processor that each of {name: what says the nanoseconds}
    takes, in many short looks at all of them."""
    parts = {name: [] for name in clocks}
    for _ in range(max(5, round(seconds / LOOK_S))):
        began = time.monotonic_ns()
        before = {name: clock() for name, clock in clocks.items()}
        quiet(LOOK_S)
        for name, clock in clocks.items():
            parts[name].append((clock() - before[name])
                               / (time.monotonic_ns() - began))
    return parts


def middle(parts, beside):
    """Of the ratios of what was looked at together, but for looks in which the
    other one was not played: a busy computer has such."""
    return statistics.median(part / other for part, other in
                             zip(parts, beside) if other)


def percent(name, parts, beside=None):
    line = f"  {name:<46} {100 * statistics.median(parts):6.2f} %"
    if beside:
        line += f"  {middle(parts, beside):6.2f} x"
    print(line, flush=True)


def ports(rig):
    return set(show.run_jack_tool(rig, ["jack_lsp"]).stdout.split())


def start_jalv(rig, name, plugin):
    return rig.popen(["jalv", "-i", "-n", name, "-x", plugin],
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def await_port(rig, port):
    wait_until(lambda: port in ports(rig), 60, f"the port {port}")


def outer_pid(rig, process):
    """By which a process of the machine is known out here."""
    return next(one["outer"] for one in rig.processes()
                if one["pid"] == process)


def outer_jalv(rig, name):
    return next(one["outer"] for one in rig.processes()
                if one["comm"] == "jalv" and name in one["cmdline"])


def jalvs(rig, count):
    """So many in series."""
    running = [start_jalv(rig, f"jalv{i}", AMP) for i in range(count)]
    for i in range(count):
        await_port(rig, f"jalv{i}:out")
    for i in range(1, count):
        show.connect(rig, f"jalv{i - 1}:out", f"jalv{i}:in")
    return running


def end(running):
    """One after the other: this server waits long for who is about to go."""
    for process in running:
        process.kill(signal.SIGTERM)
        process.wait(30)


def chains(rig, seconds):
    racks.put(rig, "chain", rack="in 1\nout 1\n", **{
        f"a_{10 + i}_amp{i}": racks.slot(AMP) for i in range(COUNT)})
    show.await_state(rig, "chain", "ready", 60)
    running = [*jalvs(rig, COUNT), start_jalv(rig, "single", AMP)]
    await_port(rig, "single:out")
    pids = {"chain": outer_pid(rig, racks.pid_of(rig, "chain")),
            **{name: outer_jalv(rig, name) for name in
               ("single", *(f"jalv{i}" for i in range(COUNT)))}}
    parts = watch({name: lambda pid=pid: of_process(pid)
                   for name, pid in pids.items()}, seconds)
    single, ours = parts.pop("single"), parts.pop("chain")
    many = [sum(each) for each in zip(*parts.values())]
    percent("one jalv, one plug-in", single)
    percent("eight jalv in series", many, single)
    percent("a rack of eight, beside eight jalv", ours, many)
    percent("a rack of eight, beside one jalv", ours, single)
    end(running)
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


def worst(ratios):
    """Of a few seconds at a time: numbers too small to be heard may come later,
    and go again."""
    return max(statistics.median(ratios[i:i + FEW])
               for i in range(len(ratios) - FEW + 1))


def beside_the_other(who, count, plugins):
    """What each round costs for whom there is silence from the middle on,
    beside the same round for whom the music goes on."""
    said = run_cost("-s", who, count, *plugins)
    if who == "rack":
        return map(operator.truediv, said["rack"], said["bare"])
    return map(operator.truediv, said["bare"], said["rack"])


def after_music(title, plugins):
    count = int(QUIET_S / ROUND_S)
    for who, name in (("rack", "in a rack"), ("loop", "in a loop of run()"),
                      ("bare", "where nothing is set")):
        turns = [beside_the_other(who, count, plugins) for _ in range(TURNS)]
        ratios = list(map(statistics.median, zip(*turns)))
        ratio = worst(ratios[count:]) / statistics.median(ratios[:count])
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
    clocks = {}
    peers = []
    for name in ("loud", "quiet"):
        racks.put(rig, name, rack="in 1\nout 1\n",
                  a_10_it=racks.slot(PHASER))
        peers.append(start_jalv(rig, f"jalv-{name}", PHASER))
        show.await_state(rig, name, "ready", 60)
        await_port(rig, f"jalv-{name}:output")
        for port in (f"{name}:in_1", f"jalv-{name}:input"):
            show.connect(rig, "music-sine:out", port)
    for name in ("loud", "quiet"):
        clocks[name] = player(outer_pid(rig, racks.pid_of(rig, name)))
        clocks[f"jalv-{name}"] = player(outer_jalv(rig, f"jalv-{name}"))
    before = watch(clocks, seconds)
    for port in ("quiet:in_1", "jalv-quiet:input"):
        show.disconnect(rig, "music-sine:out", port)
    quiet(FADED_S)
    after = watch(clocks, seconds)
    for kind, title in (("jalv-", "jalv"), ("", "a rack")):
        loud, silent = f"{kind}loud", f"{kind}quiet"
        percent(f"{title}, fourByFourPole, music", before[silent])
        percent(f"{title}, silence after it", after[silent], [
            part * middle(before[silent], before[loud])
            for part in after[loud]])
    end([music, *peers])
    for name in ("loud", "quiet"):
        rig.stagecraft("disable", name, check=True)


def kill(rig):
    rig.kill(show.program_pids(rig, "jackd")[0])


def terminate(rig):
    rig.kill(show.program_pids(rig, "jackd")[0], signal.SIGTERM)


def outage(rig, act):
    """Seconds without sound when the server is replaced once."""
    ear = rig.popen(["jack-outage", "fx:out_1", "jalv:left"],
                    stdout=subprocess.PIPE, text=True)
    assert ear.stdout.readline() == "waiting\n"
    began_ns = time.monotonic_ns()
    act(rig)
    line = ear.stdout.readline()
    ear.wait(60)
    if not line:
        return None  # jackd came, and went again
    said = json.loads(line)
    heard = [port["heard_ns"] for port in said["ports"]]
    return {"server": (said["called_ns"] - began_ns) / 1e9,
            "rack": (heard[0] - said["called_ns"]) / 1e9,
            "jalv": (heard[1] - said["called_ns"]) / 1e9,
            "whole": (heard[0] - began_ns) / 1e9,
            "whole jalv": (heard[1] - began_ns) / 1e9}


def is_settled(rig):
    """All have run for so long that runsv starts them again at once, and that
    nobody is held back for crashes, and play."""
    now = show.services(rig)
    return (all(now[name]["ready"] and now[name]["uptime_s"] > 1.1
                for name in ("jack", "fx", "jalv"))
            and now["jack"]["uptime_s"] > APART_S
            and {"fx:out_1", "jalv:left"} <= ports(rig))


def choose(rig, number):
    """What the next server is: every fourth has another rate or period."""
    if number % 4 == 3:
        show.write(rig.home / "server", FAST.format(
            random.choice(RATES), random.choice([128, *PERIODS])))


def outages(rig, count):
    show.put(rig, "jalv", run=(
        "#!/bin/sh\nexec 2>&1\nexec jalv -i -n jalv -x -c level=0.25 "
        f"{racks.TEST}source\n"), needs="jack\n", ready="port:jalv:left\n")
    racks.put(rig, "fx", a_10_it=racks.slot("source", "set level 0.25"))
    show.write(rig.home / "server", FAST.format(48000, 128))
    took = {}
    for number in range(count):
        wait_until(lambda: is_settled(rig), 90, "all play")
        quiet(random.uniform(0, 0.1))
        choose(rig, number)
        act = (kill, terminate)[number % 2]
        for name, seconds in (outage(rig, act) or {}).items():
            took.setdefault(name, []).append(seconds)
    row("the server's own outage", took["server"])
    row("jalv is heard again, after that", took["jalv"])
    row("a rack is heard again, after that", took["rack"], took["jalv"])
    row("whole outage with jalv", took["whole jalv"])
    row("whole outage with a rack", took["whole"], took["whole jalv"])
    soon = sum(seconds <= BEHIND_S for seconds in took["rack"])
    print(f"  within {BEHIND_S} s of the server: the rack {soon} times of "
          f"{len(took['rack'])}, jalv "
          f"{sum(seconds <= BEHIND_S for seconds in took['jalv'])} times",
          flush=True)


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    count = int(sys.argv[2]) if len(sys.argv) > 2 else OUTAGES
    print("rack: beside jalv, in the same run", flush=True)
    alone()
    with machine() as rig:
        racks.use_plugins(rig)
        show.make_rig(rig, jack=show.JACK | {
            "run": SERVER, "ready": "port:system:*\n"})
        show.write(rig.home / "server", EVEN.format(48000, 128))
        rig.up()
        chains(rig, seconds)
        silence(rig, seconds)
        readiness(rig)
        outages(rig, count)


if __name__ == "__main__":
    main()
