# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A computer with sound devices, in qemu, for tests.

packages.py   the kernel and busybox: fetched and unpacked, never installed
initramfs.py  the archive that the kernel starts from
qmp.py        qemu's monitor: plug, pull, stop
devices.py    what is plugged and pulled
machine.py    the qemu process, its console, its end
agent.py      calls of functions of tests/vm/guest inside
vm.py         all of it: what a test has in hand
"""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).parents[2] / "integration"))

from harness.waiting import wait_until  # noqa: E402

from .agent import GuestError  # noqa: E402
from .packages import Unavailable  # noqa: E402
from .vm import BootFailed, Vm  # noqa: E402

__all__ = ["BootFailed", "GuestError", "Unavailable", "Vm", "wait_until"]
