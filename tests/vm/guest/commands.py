# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands that the host has run in the guest, and waiting there."""

import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, "/stage/source/tests/integration")

import clock  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

started = {}  # number: (process, path of its output)


def run(words, timeout=60, text=None, cwd="/", env=None):
    """Runs a command to its end; [status, stdout, stderr]."""
    with subprocess.Popen(
            words, cwd=cwd, env=os.environ | (env or {}), text=True,
            errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
            start_new_session=True) as process:
        try:
            out, err = process.communicate(text, timeout)
        except subprocess.TimeoutExpired:
            end_group(process.pid)
            out, err = process.communicate()
            raise AssertionError(
                f"{' '.join(words)} was not done after {timeout} s\n{out}{err}"
            ) from None
    return [process.returncode, out, err]


def start(words, cwd="/", env=None):
    """Starts a command that runs on; its pid. What it says goes to a file."""
    path = f"/run/output-{len(started)}"
    with open(path, "wb") as output:
        process = subprocess.Popen(
            words, cwd=cwd, env=os.environ | (env or {}), stdout=output,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            start_new_session=True)
    started[process.pid] = (process, path)
    return process.pid


def status(pid):
    """The exit status of a started command, None while it runs."""
    return started[pid][0].poll()


def output(pid):
    """What a started command has said."""
    with open(started[pid][1], encoding="utf-8", errors="replace") as file:
        return file.read()


def await_end(pid, timeout=60):
    """Waits for the end of a started command; its exit status."""
    return started[pid][0].wait(timeout)


def await_output(pid, pattern, deadline=60):
    """Waits until what a started command has said holds a pattern; the groups
    of the match, or all of it."""
    def look():
        found = re.search(pattern, output(pid), re.MULTILINE)
        assert found or status(pid) is None, (
            f"it exited with {status(pid)}")
        return found and (list(found.groups()) or [found[0]])

    return wait_until(look, deadline, lambda: f"{pattern!r} in what "
                      f"{' '.join(started[pid][0].args)} said:\n{output(pid)}")


def await_success(words, deadline=60):
    """Runs a command again and again until it exits with 0; its output."""
    def look():
        status_now, out, err = run(words, deadline)
        assert status_now == 0, f"exited with {status_now}\n{out}{err}"
        return [out]

    return wait_until(look, deadline, f"{' '.join(words)} exits with 0")[0]


def read(path):
    """The text of a file."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def write(path, text):
    """Writes a file, in one write as /sys and /proc want it."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def end_all():
    """Ends every program but the agent, kernel threads aside."""
    def look():
        for pid in programs():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        return not programs()

    wait_until(look, 10, lambda: f"all programs end: {programs()}")
    for process, _ in started.values():
        process.wait()


def write_bytes(path, data):
    """Writes hexadecimal bytes to a device."""
    with open(path, "wb", buffering=0) as file:
        file.write(bytes.fromhex(data))


def programs():
    """{pid: command line} of every program but the agent."""
    found = {}
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and int(entry) not in (
                    1, os.getpid(), clock.holder) and \
                    os.readlink(f"/proc/{entry}/exe"):
                found[entry] = read(f"/proc/{entry}/cmdline").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def end_group(pid, signum=signal.SIGKILL):
    """Sends a signal to all of a command's session."""
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:
        pass
