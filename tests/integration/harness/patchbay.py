# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with the patchbay: two clients, a server, nothing connected."""

import os

from . import show
from .waiting import wait_until

SERVICE = {"run": "#!/bin/sh\nexec 2>&1\nexec stagecraft-patchbay\n",
           "ready": "notify\n"}
SETTLED_S = 6  # ports of 3 s are old enough for a hand; they come a bit later


def make(machine):
    """Makes the rig and takes it up: clients "one" and "two", with ports out_1,
    out_2, in_1 and in_2 each."""
    show.use_tools(machine)
    show.make_rig(machine, patchbay=SERVICE,
                  one=show.client("one"), two=show.client("two"))
    if machine.server == "pipewire":
        machine.stagecraft("enable", "-r", machine.rig, "pipewire",
                           "wireplumber", check=True)
    else:
        show.put(machine, "jack", **show.JACK)
    machine.up()


def server(machine):
    """(service, program) of the audio server."""
    return (("pipewire", "pipewire") if machine.server == "pipewire"
            else ("jack", "stagecraft-jack"))


def write(machine, name, text):
    """Puts a patch file into the rig, at once whole. Returns its path."""
    directory = machine.rig / "patchbay"
    directory.mkdir(exist_ok=True)
    path = directory / f"{name}.patch"
    fresh = directory / f".{name}.new"
    fresh.write_text(text)
    os.rename(fresh, path)
    return path


def learned(machine):
    """The bytes of learned.patch."""
    path = machine.rig / "patchbay/learned.patch"
    return path.read_bytes() if path.exists() else b""


def learns(machine, line):
    wait_until(lambda: line.encode() in learned(machine), 20,
               lambda: f"{line!r} is learned; there is {learned(machine)}")


def log_of(machine, name):
    path = machine.outside(machine.run_dir / "log" / name / "current")
    return path.read_text(errors="replace") if path.exists() else ""


def comes(machine, *wanted):
    wait_until(lambda: set(wanted) <= show.edges(machine), 20,
               lambda: f"{wanted} are there; there are {show.edges(machine)}")


def goes(machine, *unwanted):
    wait_until(lambda: not set(unwanted) & show.edges(machine), 20,
               lambda: f"{unwanted} have gone")


def settle(machine, *pids):
    """Waits until nothing that connects itself now would be taken for a
    start: as long as the youngest port must be old. pids: of more clients."""
    def age_s(pid):
        told = machine.run(["ps", "-o", "etimes=", "-p", str(pid)]).stdout
        return float(told.strip() or 0)

    def have_settled():
        # Asked for anew: one of them may be started again meanwhile.
        services = [show.service(machine, name)["pid"] for name in
                    ("one", "two", server(machine)[0], "patchbay")]
        return all(age_s(pid) > SETTLED_S for pid in services + list(pids))

    wait_until(have_settled, 20, "all have settled")
