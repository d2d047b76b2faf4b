#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests coverage.py on what llvm-cov writes."""

import os
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             ".."))

from runner import coverage  # noqa: E402

LISTING = """\
        -:    0:Source:../tree/src/base/a.c
        -:    0:Graph:src/base/a.c.gcno
        -:    1:int one(void)
        7:    2:{
    #####:    3:  return f(a ? "a:b" : NULL);
    #####:    4:}
        -:    0:Source:../tree/tests/t.c
        1:    1:int main(void) {}
        -:    0:Source:../tree/src/base/a.c
    #####:    2:{
        1:    3:  return f(a ? "a:b" : NULL);
"""


class Coverage(unittest.TestCase):
    def test_a_line_that_ran_in_one_object_is_covered(self):
        table = coverage.covered_lines(LISTING)
        self.assertEqual(table["../tree/src/base/a.c"],
                         {2: True, 3: True, 4: False})

    def test_modules_are_what_lies_in_src(self):
        table = coverage.covered_lines(LISTING)
        self.assertEqual(coverage.by_module(table, "/top/build", "/top/tree"),
                         {"base": (2, 3)})

    def test_a_module_below_its_mark_fails_and_so_does_one_without_lines(self):
        least = coverage.MODULES_AT_LEAST["rpc"]
        table = dict.fromkeys(coverage.MODULES_AT_LEAST, (100, 100))
        outcomes = {case.name: case.outcome for case in coverage.judge(
            table | {"rpc": (least - 1, 100), "base": (0, 0)})}
        failed = [name for name, outcome in outcomes.items()
                  if outcome == "failed"]
        self.assertEqual(failed, ["coverage: base at least 90 %",
                                  "coverage: rpc at least 90 %"])

    def test_what_earlier_runs_counted_is_forgotten(self):
        with tempfile.TemporaryDirectory() as top:
            os.mkdir(os.path.join(top, "src"))
            for name in ("src/a.c.gcda", "src/a.c.gcno", "b.gcda"):
                with open(os.path.join(top, name), "wb"):
                    pass
            coverage.forget(top)
            self.assertEqual(os.listdir(os.path.join(top, "src")),
                             ["a.c.gcno"])
            self.assertEqual(os.listdir(top), ["src"])


if __name__ == "__main__":
    unittest.main()
