#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks beside jalv: what a chain costs, and how soon it plays.

README: `make bench`, or bench/rack.py [SECONDS] (8 if not given). The chain is
eight plug-ins in one rack, or in eight jalv in series; what counts is the
processor's time of those processes. Ready is from the start of the process to
its ports, with what is read of disk in memory, and not.
"""

import os
import pathlib
import signal
import subprocess
import sys
import time

from peers import machine, row, show
from harness import racks, wait_until

AMP = "http://lv2plug.in/plugins/eg-amp"
REVERB = "http://drobilla.net/plugins/mda/Ambience"
COUNT = 8
STARTS = 5
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


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    print("rack: beside jalv, in the same run", flush=True)
    with machine() as rig:
        racks.use_plugins(rig)
        show.make_rig(rig, jack=show.JACK | {
            "run": SERVER, "ready": "port:system:*\n"})
        rig.up()
        chains(rig, seconds)
        readiness(rig)


if __name__ == "__main__":
    main()
