# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs: a stopped logger stops nothing; they are bounded, and merge by time."""

import json
import re
import signal

from harness import show, wait_until

MEGABYTES = 10
# Says that much, then that it is done; a full pipe must not hold it up.
TALKER = f"""#!/usr/bin/python3
import os, signal, sys
line = b"x" * 99 + b"\\n"
for number in range({MEGABYTES} * 10000):
    try:
        os.write(1, line)
    except BlockingIOError:
        pass
open("/tmp/done", "w").close()
signal.pause()
"""
FILE_MAX, FILES_MAX = 101000, 12  # what svlogd is told, and a little


def logger_of(machine, name):
    return wait_until(lambda: show.logger_pids(machine, name), 5,
                      f"{name} has a logger")[0]


def log_sizes(machine, name):
    """Of each file of the log, at one moment: None when svlogd gave one of them
    another name meanwhile."""
    directory = machine.outside(machine.run_dir / "log" / name)
    try:
        return [path.stat().st_size for path in directory.iterdir()
                if path.name == "current" or path.name.startswith("@")]
    except FileNotFoundError:
        return None


def test_a_stopped_logger_does_not_stop_the_service(machine):
    show.make_rig(machine, quiet="#!/bin/sh\nmkfifo /tmp/go\n"
                                 "read x </tmp/go\nexec ./talk\n")
    show.write(machine.rig / "services/quiet/talk", TALKER, 0o755)
    machine.up()
    wait_until(lambda: machine.outside("/tmp/go").exists(), 5)
    logger = logger_of(machine, "quiet")
    pid = show.service(machine, "quiet")["pid"]
    machine.kill(logger, signal.SIGSTOP)
    machine.run(["sh", "-c", "echo >/tmp/go"], check=True)
    wait_until(lambda: machine.outside("/tmp/done").exists(), 20,
               "the service said it all to nobody")
    assert show.service(machine, "quiet")["pid"] == pid
    machine.kill(logger, signal.SIGCONT)
    wait_until(lambda: "xxx" in machine.stagecraft(
        "logs", "-n", "1", "quiet").stdout, 10)


def test_the_sound_goes_on_over_a_stopped_logger(machine):
    show.use_tools(machine)
    machine.up("--demo")
    show.await_demo(machine, "after up")
    loggers = [p["pid"] for p in machine.processes()
               if p["comm"] == "svlogd"]
    before = show.program_pids(machine, show.PLAYERS["synth"])
    for pid in loggers:
        machine.kill(pid, signal.SIGSTOP)
    show.is_sounding(machine)
    assert show.program_pids(machine, show.PLAYERS["synth"]) == before
    for pid in loggers:
        machine.kill(pid, signal.SIGCONT)


def test_logs_are_rotated_and_bounded(machine):
    # A tame one: what it says waits for its logger.
    run = "#!/bin/sh\nyes 'a line of some length, to fill files with' | " \
          "head -c 3000000 | cat\ntouch /tmp/done\nexec tail -f /dev/null\n"
    show.make_rig(machine, talker=run)
    machine.up()
    wait_until(lambda: machine.outside("/tmp/done").exists(), 20)
    wait_until(lambda: len(log_sizes(machine, "talker") or ()) > 3, 20,
               "rotated")
    sizes = wait_until(lambda: log_sizes(machine, "talker"), 20)
    assert len(sizes) <= FILES_MAX
    assert max(sizes) <= FILE_MAX


def test_a_killed_logger_loses_no_line_of_a_service(machine):
    run = "#!/bin/sh\nn=0\nwhile read x <>/tmp/go; do n=$((n + 1)); " \
          "echo said $n; done\n"
    machine.run(["mkfifo", "/tmp/go"], check=True)
    show.make_rig(machine, talker=run)
    machine.up()
    for number in range(1, 7):
        machine.run(["sh", "-c", "echo >/tmp/go"], check=True)
        if number % 2:
            machine.kill(logger_of(machine, "talker"))
            logger_of(machine, "talker")
    wait_until(lambda: [f"said {n}" for n in range(1, 7)] == re.findall(
        r"said \d+", machine.stagecraft("logs", "talker").stdout), 10,
        lambda: machine.stagecraft("logs", "talker").stdout)


def test_logs_merge_by_time(machine):
    machine.run(["mkfifo", "/tmp/a", "/tmp/b"], check=True)
    run = "#!/bin/sh\nwhile read x; do echo $x; done <>/tmp/%s\n"
    show.make_rig(machine, a=run % "a", b=run % "b")
    machine.up()
    said = []
    for number in range(8):
        name = "ab"[number * 5 % 3 % 2]
        said.append(f"word{number}")
        machine.run(["sh", "-c", f"echo word{number} >/tmp/{name}"],
                    check=True)
        wait_until(lambda n=name, w=said[-1]:
                   w in machine.stagecraft("logs", n).stdout, 5)
    merged = machine.stagecraft("logs", "a", "b", check=True).stdout
    assert re.findall(r"word\d+", merged) == said
    last = machine.stagecraft("logs", "-n", "3", "a", "b", check=True).stdout
    assert re.findall(r"word\d+", last) == said[-3:]


def test_the_log_of_a_crash_is_kept_with_it(machine):
    show.make_rig(machine, bad="#!/bin/sh\necho these are last words\n"
                               "exit 100\n")
    machine.stagecraft("up", "-r", machine.rig)
    show.await_state(machine, "bad", "failed")

    def record():
        done = machine.stagecraft("crashes", "--json", "bad")
        return "these are last words" in done.stdout and \
            json.loads(done.stdout)

    wait_until(record, 10, "the record with the last lines")
    kept = machine.rig / "state/crashes/bad.json"
    wait_until(lambda: kept.exists() and "these are last words" in
               kept.read_text(), 10, "it is kept over a reboot")


def test_what_a_logger_started_outlives_the_service(machine):
    show.make_rig(machine, talk=show.STAY)
    log = machine.rig / "services" / "talk" / "log"
    log.mkdir()
    show.write(log / "run", "#!/bin/sh\ncat | tee -a /tmp/lines\n", 0o755)
    machine.up()
    tools = wait_until(lambda: show.program_pids(machine, "cat") and
                       show.program_pids(machine, "tee") and
                       show.program_pids(machine, "cat") +
                       show.program_pids(machine, "tee"), 5, "it logs")
    machine.kill(show.service(machine, "talk")["pid"], signal.SIGKILL)
    wait_until(lambda: len(show.deaths(machine, "talk")) == 1, 5, "it died")
    show.await_state(machine, "talk", "ready")
    assert show.program_pids(machine, "cat") + \
        show.program_pids(machine, "tee") == tools
