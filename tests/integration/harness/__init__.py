# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A private world for each integration test, and what runs in it.

world.py    namespaces: processes, mounts, shared memory, network
machine.py  a show machine in such a world: our programs, a rig, a run directory
box.py      a computer in such a world: stagecraft is installed, an init runs
waiting.py  waiting for a condition with a deadline
show.py     what a rig is doing, and what is done to it
exact.py    whether every sample of a path arrives
npm.py      what is got from npm
kills.py    kill -9 of anything in the demo rig
patchbay.py a machine with the patchbay, and what it has learned
templates.py  service templates, and rigs of them
puppet.py   a JACK client that does what it is told
"""

from .machine import Machine
from .waiting import quiet, wait_until
from .world import NotPermitted, World

__all__ = ["Machine", "NotPermitted", "World", "quiet", "wait_until"]
