# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's time.

In a timed run it counts instructions, and where no program has anything to do
it jumps to the next timer. It would jump, too, while a program waits for the
host to read a file: minutes could pass over the start of a command, and every
deadline with them. So a program that is always idle, and never done, holds the
time back; it steps aside where time is what is measured.
"""

import contextlib
import os
import signal
import sys
import time

sys.path.insert(0, "/stage/source/tests/integration")

from harness.waiting import quiet  # noqa: E402

holder = None  # pid of the program that holds the time back, if it does


def now():
    """Monotonic, in seconds."""
    return time.monotonic()


def hold_back():
    """Has time pass by instructions alone, from now on."""
    global holder
    holder = os.fork()
    if holder == 0:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        while True:
            pass


@contextlib.contextmanager
def jumping():
    """Lets time jump over idleness, in a timed run. Nothing should be read from
    the host meanwhile; what runs should have all it needs."""
    if holder:
        os.kill(holder, signal.SIGSTOP)
    try:
        yield
    finally:
        if holder:
            os.kill(holder, signal.SIGCONT)


def let_pass(seconds):
    """Lets guest time pass, for what has been started to run in. In a timed run
    idle time costs next to none of the host's."""
    with jumping():
        quiet(seconds)
