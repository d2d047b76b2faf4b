# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo rig on real programs: up, killed in every way, changed, down."""

import contextlib
import json
import os
import pathlib
import random
import signal

import pytest

from harness import show, wait_until

EDGES = sorted(show.DEMO_EDGES)
SERVICES = ["global-fx", "jack", "midi-demo", "patchbay", "show", "synth",
            "web"]


@pytest.fixture
def demo(machine):
    machine.up("--demo")
    yield machine
    done = machine.stagecraft("down")
    assert done.returncode == 0, done.stdout + done.stderr


def services(machine):
    """Exit code 1 only says that some service is not well."""
    return json.loads(machine.stagecraft("status", "--json").stdout)["services"]


def service(machine, name):
    found = [s for s in services(machine) if s["name"] == name]
    return found[0] if found else None


def edges(machine):
    """Connections are the lines with three leading blanks."""
    source = None
    found = set()
    for line in machine.run(["jack_lsp", "-c"]).stdout.splitlines():
        if line.startswith("   "):
            found.add((source, line.strip()))
        else:
            source = line
    return found


def is_whole(machine):
    return (all(service(machine, n)["ready"] for n in SERVICES)
            and all(edge in edges(machine) for edge in EDGES))


def await_whole(machine, what):
    wait_until(lambda: is_whole(machine), 30, f"the rig is whole {what}")


def put(machine, name, run, mode=0o755):
    """Writes a service aside and drops it in, as mv does."""
    new = os.path.join(str(machine.rig), f".{name}")
    os.mkdir(new)
    path = os.path.join(new, "run")
    with open(path, "w", encoding="utf-8") as file:
        file.write(run)
    os.chmod(path, mode)
    os.rename(new, os.path.join(str(machine.rig), "services", name))
    return os.path.join(str(machine.rig), "services", name)


def runsv_of(machine, name):
    pid = service(machine, name)["pid"]
    by_pid = {p["pid"]: p for p in machine.processes()}
    return by_pid[pid]["ppid"]


def test_up_is_whole_and_a_second_up_changes_nothing(demo):
    await_whole(demo, "after up")
    before = {s["name"]: s["pid"] for s in services(demo)}
    again = demo.stagecraft("up", "-r", demo.rig)
    assert again.returncode == 0
    assert "already" in again.stdout
    assert before == {s["name"]: s["pid"] for s in services(demo)}


def test_no_client_opens_while_another_one_closes(demo):
    """It would not take note of that, and wake nobody that gets the place of
    the one that went (https://github.com/jackaudio/jack2/issues/721)."""
    wait_until(lambda: all(service(demo, name)["ready"] for name in SERVICES),
               30, lambda: services(demo))
    semaphores = {}
    for process in demo.processes():
        with contextlib.suppress(OSError):
            maps = pathlib.Path(f"/proc/{process['outer']}/maps").read_text()
            semaphores[process["comm"]] = [
                line.partition("jack_sem.")[2] for line in maps.splitlines()
                if "/jack_sem." in line]
    assert len([found for found in semaphores.values() if found]) >= 5
    assert not [(comm, name) for comm, found in semaphores.items()
                for name in found if name.endswith(" (deleted)")]


def test_down_leaves_nothing(machine):
    machine.up("--demo")
    await_whole(machine, "before down")
    assert "the rig is down" in machine.down().stdout
    wait_until(lambda: not machine.leftovers(), 10, machine.leftovers)
    assert "no rig is up" in machine.down().stdout


def test_every_service_comes_back(demo):
    await_whole(demo, "before kills")
    rng = random.Random(20261124)
    for name in rng.sample(SERVICES, len(SERVICES)):
        before = service(demo, name)
        demo.kill(before["pid"], signal.SIGKILL)
        wait_until(lambda n=name, b=before:
                   service(demo, n)["pid"] not in (0, b["pid"]), 30,
                   f"{name} has a new process")
        await_whole(demo, f"after kill -9 of {name}")
    running = [p["comm"] for p in demo.processes() if p["state"] != "Z"]
    assert running.count("stagecraft-rack") == 2
    assert running.count("stagecraft-jack") == 1


def playing(demo):
    return [show.program_pids(demo, show.DEMO_PROGRAMS[name])
            for name in ("synth", "global-fx", "jack")]


def test_supervision_is_killed_and_the_sound_goes_on(demo):
    await_whole(demo, "before kills")
    before_all = playing(demo)
    runsvdir, = show.program_pids(demo, "runsvdir")
    demo.kill(service(demo, "stagecraft-watch")["pid"], signal.SIGKILL)
    demo.kill(runsvdir, signal.SIGKILL)
    wait_until(lambda: [p for p in demo.processes()
                        if p["comm"] == "runsvdir" and p["pid"] != runsvdir],
               30, "a new runsvdir")
    for name in ("synth", "jack"):
        runsv = runsv_of(demo, name)
        before = service(demo, name)["pid"]
        demo.kill(runsv, signal.SIGKILL)
        wait_until(lambda n=name, b=before: service(demo, n)["supervised"]
                   and service(demo, n)["pid"] not in (0, b),
                   30, f"a new runsv minds {name}")
    await_whole(demo, "after all of that")
    assert playing(demo) == before_all


def test_dropping_in_removing_renaming(demo):
    path = put(demo, "a 'new' one", "#!/bin/sh\nexec tail -f /dev/null\n")
    name = os.path.basename(path)
    wait_until(lambda: service(demo, name)["ready"], 10, "it is on")
    os.rename(path, path + ".DISABLED")
    wait_until(lambda: service(demo, name)["state"] == "disabled" and not
               [p for p in demo.processes() if p["comm"] == "tail"],
               10, "it is off")
    os.rename(path + ".DISABLED", path)
    wait_until(lambda: service(demo, name)["ready"], 10, "it is on again")

    def is_gone():
        return service(demo, name) is None and not [
            p for p in demo.processes() if p["comm"] == "tail"]

    demo.stagecraft("remove", name, check=True)
    wait_until(is_gone, 10, "it is removed")
    demo.stagecraft("remove", "--undo", name, check=True)
    wait_until(lambda: service(demo, name)["ready"], 10, "it is back")
    os.rename(path, os.path.join(str(demo.rig), ".gone"))
    wait_until(is_gone, 10, "it is gone")


def test_crash_storm_is_held_back_and_told(demo):
    put(demo, "bad", "#!/bin/sh\necho last words\nexit 3\n")
    wait_until(lambda: service(demo, "bad")["state"] == "held", 30, "held")
    note = service(demo, "bad")["note"]
    assert "crashed" in note and "exit 3" in note and "next try in" in note
    wait_until(lambda: "last words" in
               demo.stagecraft("crashes", "bad").stdout, 10, "the record")
    told = demo.stagecraft("crashes", "--json", "bad").stdout
    assert '"exit_code": 3' in told and json.loads(told)


def test_a_crash_that_leaves_a_core_is_told_by_its_signal(machine):
    show.make_rig(machine, bad="#!/bin/sh\nulimit -c unlimited\n"
                  "kill -SEGV $$\n")
    machine.stagecraft("up", "-r", machine.rig, "-t", "500ms")
    wait_until(lambda: show.deaths(machine, "bad"), 10, "it crashed")
    assert show.deaths(machine, "bad")[0]["signal"] == signal.SIGSEGV
    assert "signal 11 (Segmentation fault)" in \
        show.service(machine, "bad")["last_exit"]
    machine.down()


def test_what_cannot_run_says_why_and_a_change_mends_it(demo):
    path = put(demo, "mute", "#!/bin/sh\nexec tail -f /dev/null\n", 0o644)
    wait_until(lambda: service(demo, "mute")["state"] == "failed", 10,
               "it failed")
    wait_until(lambda: "chmod +x" in demo.stagecraft("logs", "mute").stdout,
               10, "its logger has written why")
    os.chmod(os.path.join(path, "run"), 0o755)
    wait_until(lambda: service(demo, "mute")["ready"], 10, "it was tried")


def test_stop_takes_dependents_along(demo):
    await_whole(demo, "before stop")
    done = demo.stagecraft("stop", "jack", check=True)
    stopped = [line.split()[1] for line in done.stdout.splitlines()]
    assert stopped[-1] == "jack" and "synth" in stopped
    assert service(demo, "jack")["state"] == "down"
    wait_until(lambda: service(demo, "synth")["state"] == "waiting", 10,
               "the synth waits")
    assert "jack" in service(demo, "synth")["note"]
    demo.stagecraft("start", "jack", check=True)
    await_whole(demo, "after start")


@pytest.mark.parametrize("words", [
    ("nonsense",), ("up", "--nonsense"), ("start",), ("start", "nobody"),
    ("stop", "nobody"), ("enable", "nobody"), ("disable", "nobody"),
    ("logs", "nobody"), ("logs", "-n", "x"), ("wait", "-t", "x"),
    ("new", "thing", "a", "--", "b"), ("new", "service", "a/b", "--", "c"),
    ("crashes", "nobody"), ("up", "-t", "soon"), ("down", "now")])
def test_bad_input_gets_one_sentence(demo, words):
    done = demo.stagecraft(*words)
    lines = done.stderr.splitlines()
    assert done.returncode == 100, (done.stdout, done.stderr)
    assert len(lines) == 1 and lines[0].startswith("stagecraft: error: ")
