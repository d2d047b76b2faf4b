#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests headers.py on headers that are known to be good and bad."""

import json
import shutil
import unittest

import headers
import sample

GOOD = """\
    #ifndef GOOD_H
    #define GOOD_H
    #include <stddef.h>
    size_t stage_good(const char *text);
    #endif
    """


@unittest.skipUnless(shutil.which("cc"), "needs a compiler")
class Headers(sample.SampleTree):
    def setUp(self):
        super().setUp()
        self.write("src/one/one.c", "")
        command = ("cc -I../src -Wall -Wextra -Wpedantic -Wundef -Wvla "
                   "-MD -MQ one.o -MF one.d -o one.o -c ../src/one/one.c")
        self.write("build/compile_commands.json", json.dumps([
            {"directory": str(self.root / "build"), "command": command,
             "file": "../src/one/one.c"}]))

    def check(self):
        return headers.check(self.root, self.root / "build")

    def test_a_good_header_passes(self):
        self.write("src/one/good.h", GOOD)
        self.write("src/one/empty.h", "#define STAGE_EMPTY 1\n")
        self.assertEqual(self.check(), ([], 2))

    def test_bad_headers_are_reported(self):
        self.write("src/one/needs.h", "size_t stage_needs(void);\n")
        self.write("src/one/warns.h", "#if STAGE_UNKNOWN\n#endif\n")
        self.write("src/one/twice.h", "struct twice { int a; };\n")
        problems, checked = self.check()
        self.assertEqual(checked, 3)
        text = "\n".join(problems)
        for name in ("needs", "warns", "twice"):
            self.assertIn(
                f"src/one/{name}.h:1: error: does not compile alone", text)
        self.assertRegex(text, r"src/one/warns.h:1: error: .*STAGE_UNKNOWN")
        self.assertEqual(list(self.root.glob("build/one.*")), [])

    def test_what_its_file_begins_with_is_compiled_there(self):
        """So it is not compiled again, unless it has no whole guard."""
        wrong = "#ifndef ONE_H\n#define ONE_H\nsize_t stage_one(void);\n"
        for end, begin, is_found in (
                ("#endif\n", '#include "one/one.h"\n', False),
                ("#endif\n", '#define X\n#include "one/one.h"\n', True),
                ("#endif\n#define Y (\n", '#include "one/one.h"\n', True),
                ("#endif\n", "", True)):
            self.write("src/one/one.h", wrong + end)
            self.write("src/one/one.c", begin)
            problems, checked = self.check()
            self.assertEqual((bool(problems), checked), (is_found, 1), begin)

    def test_without_a_command_nothing_was_checked(self):
        self.write("src/two/two.h", GOOD)
        self.assertEqual(self.check(), ([], 0))


if __name__ == "__main__":
    unittest.main()
