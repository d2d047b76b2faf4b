# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A rig in a guest."""

import json

UP_DEADLINE_S = 90
# For a rig.conf: the memory of all ports there can be is written, and locked,
# by each who starts, which is emulated; so they are few.
FEW_PORTS = "jack.ports 128\n"
# A server that only has to be there. Its cycles are emulated while anything is
# waited for, so they are long.
SILENT = FEW_PORTS + "jack.driver dummy\njack.rate 48000\njack.period 4096\n"


class Rig:
    """A rig of its own with some services, up until the test ends."""

    def __init__(self, vm, *services, directory="/tmp/rig"):
        self.vm = vm
        self.directory = directory
        vm.run(["mkdir", "-p", f"{directory}/services", f"{directory}/patchbay"])
        for service in services:
            self.stagecraft("enable", service)

    def stagecraft(self, *words, check=True, timeout=UP_DEADLINE_S):
        """Runs stagecraft for this rig; a CompletedProcess."""
        return self.vm.run(["stagecraft", *words, "-r", self.directory],
                           timeout, check)

    def up(self):
        self.stagecraft("up", "-t", f"{UP_DEADLINE_S}s",
                        timeout=2 * UP_DEADLINE_S)

    def down(self):
        self.stagecraft("down")

    def remove(self):
        """Ends it and forgets it."""
        self.stagecraft("down", check=False)
        self.vm.run(["rm", "-rf", self.directory])

    def read(self, name):
        """The text of one of its files."""
        return self.vm.read(f"{self.directory}/{name}")

    def write(self, name, text):
        """Writes one of its files, at once."""
        path = f"{self.directory}/{name}"
        self.vm.run(["mkdir", "-p", path.rpartition("/")[0]])
        self.vm.write(f"{path}.new", text)
        self.vm.run(["mv", f"{path}.new", path])

    def pid(self, service):
        """The process of a service's program, below what started it."""
        text = self.stagecraft("status", "--json").stdout
        pid = next(item["pid"] for item in json.loads(text)["services"]
                   if item["name"] == service)
        children = self.vm.read(f"/proc/{pid}/task/{pid}/children").split()
        return int(children[0]) if children else pid

    def log(self, service):
        """What a service has said."""
        return self.stagecraft("logs", service).stdout
