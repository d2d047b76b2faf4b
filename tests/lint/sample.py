# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small tree of a test's own, to be found good or bad by a check."""

import pathlib
import shutil
import tempfile
import textwrap
import unittest


class SampleTree(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def assert_reported(self, problems, *wanted):
        """Each wanted text is in a problem of its own, and no others are."""
        left = list(problems)
        for text in wanted:
            found = [problem for problem in left if text in problem]
            self.assertTrue(found, f"{text!r} is not among {left}")
            left.remove(found[0])
        self.assertEqual(left, [])
