# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Waits for a condition with a deadline."""

import threading
import time

LOOK_EVERY_S = 0.02
# A look that takes long is followed by a pause as long as this many of it, for
# other tests want the processor too.
PAUSE_LOOKS = 3
PAUSE_MAX_S = 0.5


def quiet(seconds):
    """Lets time pass in which nothing happens: for tests and benches that are
    about the quiet itself. To wait for a condition there is wait_until."""
    threading.Event().wait(seconds)


def wait_until(condition, deadline=10, what="the condition"):
    """Calls condition() until it is true and gives what it returned.

    It fails after `deadline` seconds, naming `what`: a text, or a function that
    makes one from what is there then. An assertion that fails inside condition
    counts as "not yet", and is shown at the end.
    """
    end = time.monotonic() + deadline
    last = None
    while True:
        began = time.monotonic()
        try:
            value = condition()
            if value:
                return value
            last = f"it gave {value!r}"
        except AssertionError as error:
            last = f"it said: {error}"
        now = time.monotonic()
        if now >= end:
            break
        quiet(max(LOOK_EVERY_S,
                  min(PAUSE_LOOKS * (now - began), PAUSE_MAX_S)))
    text = what() if callable(what) else what
    raise AssertionError(f"not within {deadline} s: {text} ({last})")
