#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests work.py on commands that end, hang, fork and compute."""

import os
import sys
import threading
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../integration"))

import work  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

COMPUTES = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"


def run(script, **options):
    return work.run(["sh", "-c", script], "/", dict(os.environ), **options)


def taken(script):
    """Processor seconds of a script, as this thread counts them."""
    before = work.spent.processor_s
    run(script)
    return work.spent.processor_s - before


class Work(unittest.TestCase):
    def test_status_and_what_is_said(self):
        self.assertEqual(run("echo a; echo b >&2; pwd"), (0, "a\nb\n/\n"))
        self.assertEqual(run("exit 3"), (3, ""))
        self.assertEqual(run("kill -9 $$"), (-9, ""))
        self.assertEqual(run("printf '\\377'"), (0, "\ufffd"))

    def test_a_deadline_ends_the_whole_session(self):
        script = "tail -f /dev/null & echo $!; wait"
        status, said = run(script, deadline_s=0.2)
        self.assertIsNone(status)
        self.await_gone(int(said))

    def test_nothing_is_left_of_a_session_that_ended(self):
        status, said = run("tail -f /dev/null & echo $!", deadline_s=60)
        self.assertEqual(status, 0)
        self.await_gone(int(said))

    @staticmethod
    def await_gone(pid):
        """Waits until a process has ended; it may be a zombie yet."""
        def look():
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                    return file.read().rpartition(")")[2].split()[0] in "ZX"
            except (FileNotFoundError, ProcessLookupError):
                return True

        wait_until(look, 10, f"{pid} ends")

    def test_processor_time_is_that_of_children_too(self):
        least = 2 * taken("true")
        self.assertGreater(taken(COMPUTES), least)
        self.assertGreater(taken(f"sh -c '{COMPUTES}'; true"), least)

    def test_each_thread_counts_its_own(self):
        before = work.spent.processor_s
        thread = threading.Thread(target=run, args=(COMPUTES,))
        thread.start()
        thread.join()
        self.assertEqual(work.spent.processor_s, before)

    def test_cost_in_words(self):
        cost = work.Cost()
        run(COMPUTES)
        self.assertRegex(cost.in_words(), r"^ *\d+\.\d s +\d+\.\d cpu$")
        self.assertRegex(work.everything(), r"cpu  in all: user \d+, system")


if __name__ == "__main__":
    unittest.main()
