# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Racks with the plug-ins of tests/plugins."""

import json
import os
import re
import shutil

import pytest

from . import show
from .waiting import wait_until

FORGOTTEN = 112  # by JACK: the tool is to be started again
TEST = "http://stagecraft.example/test#"
HOST = "http://stagecraft.example/host#"
FILES = {"run": "#!/bin/sh\nexec 2>&1\nexec stagecraft-rack .\n",
         "needs": "jack\n", "ready": "notify\n"}


def use_plugins(machine):
    """Puts the plug-ins where the machine finds them."""
    if not (machine.prefix / "bin/stagecraft-rack").exists() and not (
            machine.outside(machine.prefix) / "bin/stagecraft-rack").exists():
        pytest.skip("stagecraft-rack is not built")
    for name in ("test.lv2", "sick.lv2", "witness.lv2", "host.lv2",
                 "sides.lv2"):
        bundle = machine.home / "lv2" / name
        if not bundle.exists():
            bundle.mkdir(parents=True)
            built = show.find_tools().parent / "plugins" / name
            for path in (*built.glob("*.ttl"), *built.glob("*.so")):
                shutil.copy2(path, bundle)
    machine.set_env(LV2_PATH=f"{machine.home}/lv2:/usr/lib/lv2")


def make_rig(machine, **services):
    """A rig for racks, with the tools and plug-ins of tests and a JACK server
    beside other services, unless it is among them."""
    show.use_tools(machine)
    use_plugins(machine)
    show.make_rig(machine, **{"jack": show.JACK} | services)


def watch_audio(machine):
    """Has the racks that are put from now on looked at, and gives a function
    that says what their process callbacks called and must not."""
    told = machine.home / "rt-clean"
    preload = f"env RT_CLEAN={told} LD_PRELOAD={machine.home}/tools/rt-clean.so"
    machine.rack_files = FILES | {
        "run": FILES["run"].replace("exec stagecraft-rack",
                                    f"exec {preload} stagecraft-rack")}

    def check():
        lines = told.read_text().splitlines()
        assert "watched" in lines
        return sorted(set(lines) - {"watched"})

    return check


def watched(machine):
    """For a fixture: gives the machine, then sees that what the racks did on
    the audio thread was clean."""
    calls = watch_audio(machine)
    yield machine
    if (machine.home / "rt-clean").exists():
        assert calls() == []


def has_osc():
    """Whether what is tested was built with liblo."""
    return (show.find_tools().parent / "unit/rack/test_rack_osc").exists()


def slot(plugin, *lines):
    """The text of a slot file; plugin of ours, or a whole URI."""
    uri = plugin if ":" in plugin else TEST + plugin
    return "\n".join([f"plugin {uri}", *lines]) + "\n"


def put(machine, name, rack="", **slots):
    """Drops a rack in: put(m, "fx", a_10_reverb=slot(...)) has the file
    10-reverb.slot."""
    files = getattr(machine, "rack_files", FILES)
    return show.put(machine, name, rack=rack, **files,
                    **{file_of(key): text for key, text in slots.items()})


def file_of(key):
    return key.removeprefix("a_").replace("_", "-") + ".slot"


def write(machine, name, key, text):
    """Writes a slot file of a rack that plays, whole at once."""
    directory = machine.rig / "services" / name
    fresh = directory / ".new"
    fresh.write_text(text)
    os.rename(fresh, directory / file_of(key))


def remove(machine, name, key):
    (machine.rig / "services" / name / file_of(key)).unlink()


def ask(machine, *words):
    """What `stagecraft rack WORDS --json` says."""
    verb, *operands = words
    done = machine.stagecraft("rack", verb, "--json", *operands, check=True)
    return json.loads(done.stdout) if done.stdout.strip() else None


def values(machine, name, slot_id):
    return {value["symbol"]: value["value"]
            for value in ask(machine, "get", name, slot_id)["values"]}


def slots(machine, name):
    """{slot: what is said of it}."""
    return {each["slot"]: each for each in ask(machine, "list", name)["slots"]}


def await_slot(machine, name, slot_id, deadline=30, **wanted):
    """Waits until a slot is as wanted: state="plays"."""
    seen = {}

    def look():
        seen["now"] = slots(machine, name).get(slot_id)
        return seen["now"] is not None and all(
            seen["now"].get(key) == value for key, value in wanted.items())

    wait_until(look, deadline,
               lambda: f"{slot_id} is {wanted}; it is {seen['now']}")


def await_playing(machine, name):
    """Waits until a rack is played, by a server that is there."""
    before = ask(machine, "list", name)["cycles"]
    seen = {}

    def look():
        seen["now"] = ask(machine, "list", name)
        return seen["now"]["playing"] and seen["now"]["cycles"] > before + 20

    wait_until(look, 60, lambda: f"{name} plays; it is {seen['now']}")


def level(machine, *ports, frames=4800, wait=None):
    """What comes out of ports, see jack-level.c. wait: until it is this."""
    words = ["jack-level", *(["-w", str(wait)] if wait is not None else []),
             str(frames), *ports]
    for _ in range(10):
        done = show.run_jack_tool(machine, words, timeout=90)
        if done.returncode != FORGOTTEN:
            break
    assert done.returncode == 0, (
        words, done.stdout, done.stderr,
        [ask(machine, "list", port.partition(":")[0]) for port in ports * 2])
    return [json.loads(line) for line in done.stdout.splitlines()]


def pid(machine):
    pids = show.program_pids(machine, "stagecraft-rack")
    assert len(pids) == 1, pids
    return pids[0]


def pid_of(machine, name):
    """The process of one of several racks; None while there is none."""
    parent = show.service(machine, name)["pid"]
    return next((process["pid"] for process in machine.processes()
                 if process["ppid"] == parent
                 and process["comm"] == "stagecraft-rack"
                 and process["state"] != "Z"), None)


def locked(machine, name):
    """Which part of a rack's memory is locked, 0 to 1."""
    status = machine.run(["cat", f"/proc/{pid_of(machine, name)}/status"],
                         check=True).stdout
    kb = dict(re.findall(r"(Vm\w+):\s+(\d+) kB", status))
    return int(kb["VmLck"]) / int(kb["VmSize"])


def kill(machine, name):
    """Kills a rack and waits until the one that follows is ready."""
    before = pid_of(machine, name)
    machine.kill(before)
    wait_until(lambda: pid_of(machine, name) not in (None, before), 90,
               f"another rack {name}")
    show.await_state(machine, name, "ready", 90)


def log(machine, name):
    path = machine.outside(machine.run_dir / "log" / name / "current")
    return path.read_text(errors="replace") if path.exists() else ""


class Piped:
    """A program that is told lines by a pipe, and writes what it hears.

    command: for the shell, with {pipe} in it."""

    def __init__(self, machine, name, command):
        self.machine = machine
        self.pipe = machine.home / f"{name}.pipe"
        self.file = machine.home / f"{name}.heard"
        os.mkfifo(self.pipe)
        self.file.write_text("")
        self.running = machine.popen(
            ["sh", "-c", f"{command.format(pipe=self.pipe)} >{self.file}"])

    def say(self, line):
        self.machine.run(["sh", "-c", f'cat >"{self.pipe}"'],
                         text=line + "\n", check=True)

    def heard(self):
        return self.file.read_text()

    def end(self):
        self.running.kill()
        self.running.wait()
        self.pipe.unlink()


class Keys(Piped):
    """The client "keys" for MIDI, tests/tools/jack-midi.c."""

    def __init__(self, machine):
        super().__init__(machine, "keys", "exec jack-midi keys {pipe}")
        wait_until(lambda: self.heard().startswith("ready"), 60,
                   "JACK calls keys")

    def await_heard(self, event):
        wait_until(lambda: f" {event}\n" in self.heard(), 30,
                   lambda: f"{event} comes; there is {self.heard()}")
