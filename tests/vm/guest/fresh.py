# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the guest as it was when it had booted."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess

MODULES = pathlib.Path("/proc/modules")
MOUNTS = pathlib.Path("/proc/mounts")
BOOTED = pathlib.Path("/stage/booted")  # what they said then
IN_MEMORY = ("/tmp", "/run", "/dev/shm", "/root")


def modules():
    """Their names, the newest first."""
    return [line.split()[0] for line in MODULES.read_text().splitlines()]


def mounts():
    """Where something is mounted, the newest first."""
    return [line.split()[1] for line in MOUNTS.read_text().splitlines()][::-1]


def end_children():
    """What the agent before has left: it holds the time back."""
    path = f"/proc/self/task/{os.getpid()}/children"
    for pid in pathlib.Path(path).read_text().split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
        os.waitpid(int(pid), 0)


def undo(command, names):
    """Runs a command for each that was not there; one that needs another is
    newer."""
    known = json.loads(BOOTED.read_text())
    for name in names:
        if name not in known:
            subprocess.run([command, name], check=True)


def empty(directory):
    for entry in os.scandir(directory):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def begin(anew):
    """Remembers what there is, or makes it so again; programs have ended."""
    if not anew:
        BOOTED.write_text(json.dumps(modules() + mounts()))
        return
    end_children()
    undo("umount", mounts())
    for directory in IN_MEMORY:
        empty(directory)
    undo("rmmod", modules())
