#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests c_format.py on files that are known to be well and badly formatted."""

import shutil
import unittest

import c_format
import sample
import tree

GOOD = "int stage_f(void);\n\nint\nstage_f(void)\n{\n\treturn 1;\n}\n"


@unittest.skipUnless(tree.has(c_format.TOOL), "needs clang-format")
class Format(sample.SampleTree):
    def setUp(self):
        super().setUp()
        if not c_format.has_version():
            self.skipTest(f"needs clang-format {c_format.VERSION}")
        shutil.copy(tree.ROOT / ".clang-format", self.root)

    def check(self):
        return c_format.check(self.root)

    def test_the_house_format_passes(self):
        self.write("src/one/a.c", GOOD)
        self.assertEqual(self.check(), ([], 1))

    def test_other_formats_and_long_lines_are_reported(self):
        self.write("src/one/a.c", GOOD.replace("\t", "  "))
        self.write("src/one/b.h", f"/** http://{'x' * 70} */\n")
        self.assert_reported(self.check()[0], "src/one/a.c:5: error: ",
                             "src/one/b.h:1: error: has 84 columns")

    def test_what_clang_format_mistakes_is_reported(self):
        self.write("src/one/a.c", "static int export(void) {\n"
                   "\tif (1){\n\t\treturn 1;\n}\nreturn 0;\n}\n")
        self.assertIn("src/one/a.c:5: error: a statement is not indented",
                      self.check()[0])

    def test_a_broken_configuration_is_reported(self):
        self.write(".clang-format", "ColumnLimit: wide\n")
        self.write("src/one/a.c", GOOD)
        self.assertTrue(self.check()[0])


if __name__ == "__main__":
    unittest.main()
