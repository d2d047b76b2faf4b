#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests rt_symbols.py on objects that are known to be good and bad.

Usage: test_rt_symbols.py NM FIXTURE_DIRECTORY [unittest arguments]

FIXTURE_DIRECTORY is where the build put the objects of fixtures/*_rt.c.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
NM = None
OBJECTS = None


def find(name):
    names = (f"fixtures_{name}.o", f"fixtures_{name}.obj")
    return next(p for p in OBJECTS.rglob("*") if p.name in names)


class RtSymbols(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)

    def run_on(self, *names, allow=HERE / "rt_symbols.allow"):
        for name in names:
            shutil.copy(find(name), self.directory / f"{name}.o")
        return subprocess.run(
            [sys.executable, HERE / "rt_symbols.py", "--nm", NM, "--allow", allow, self.directory],
            capture_output=True,
            text=True,
        )

    def test_good_code_passes(self):
        result = self.run_on("good_rt.c")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 objects checked, 0 calls refused", result.stdout)

    def test_forbidden_calls_are_named(self):
        result = self.run_on("good_rt.c", "bad_rt.c")
        self.assertEqual(result.returncode, 1)
        for name in ("malloc", "free", "pthread_mutex_lock"):
            self.assertIn(f"bad_rt.c: error: real-time code calls {name} ", result.stderr)
        self.assertNotIn("good_rt.c", result.stderr)

    def test_calls_among_real_time_files_are_fine(self):
        self.assertEqual(self.run_on("caller_rt.c").returncode, 1)
        result = self.run_on("caller_rt.c", "good_rt.c")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_list_decides(self):
        allow = self.directory / "allow"
        allow.write_text("# all\nmalloc # why\nfr*\npthread_*\n\n__*\n")
        result = self.run_on("bad_rt.c", allow=allow)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_nothing_to_check_is_an_error(self):
        self.assertEqual(self.run_on().returncode, 2)


if __name__ == "__main__":
    NM = sys.argv[1]
    OBJECTS = pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
