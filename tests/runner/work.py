# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs commands to their end, and tells what they cost.

Beside the time on the clock that is processor time, of a command and of all
that it and its children waited for: what a job takes from the others, however
busy the machine is.
"""

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import threading
import time

BEGAN = os.times().elapsed


class Spent(threading.local):
    """What the commands of a thread have taken."""

    processor_s = 0.0


spent = Spent()


class Cost:
    """What a thread's commands take from here on."""

    def __init__(self):
        self.began = time.monotonic()
        self.before_s = spent.processor_s

    def in_words(self):
        """Seconds on the clock, and of a processor."""
        return (f"{time.monotonic() - self.began:6.1f} s "
                f"{spent.processor_s - self.before_s:6.1f} cpu")


def everything():
    """What this program has taken, with all its commands."""
    times = os.times()
    return (f"{times.elapsed - BEGAN:6.1f} s {sum(times[:4]):6.1f} cpu  in all: "
            f"user {times[0] + times[2]:.0f}, system {times[1] + times[3]:.0f}")


def end_session(process):
    """Ends a process group that we started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def reap(process):
    """Waits for a process; its exit status, -N when signal N ended it."""
    _, status, usage = os.wait4(process.pid, 0)
    spent.processor_s += usage.ru_utime + usage.ru_stime
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode


def is_done(process, deadline_s):
    """Waits until a process is done, that long at most; whether it is."""
    handle = os.pidfd_open(process.pid)
    try:
        return bool(select.select([handle], [], [], deadline_s)[0])
    finally:
        os.close(handle)


def run(command, directory, environment, deadline_s=None):
    """Runs a command; its exit status, None when it was not done at a deadline,
    and what it said. With a deadline it has a session, of which nothing is
    left."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT,
            start_new_session=deadline_s is not None)
        in_time = True
        if deadline_s is not None:
            try:
                in_time = is_done(process, deadline_s)
            finally:
                end_session(process)
        status = reap(process)
        output.seek(0)
        said = output.read().decode(errors="replace")
    return status if in_time else None, said
