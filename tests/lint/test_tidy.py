#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests tidy.py and .clang-tidy on code that is known to be good and bad."""

import argparse
import json
import shutil
import unittest

import sample
import tidy
import tree

GOOD = """\
    #include "one/one.h"

    int
    stage_one(int x)
    {
    	return x > 0 ? x : -x;
    }
    """

BAD = """\
    #include "one/one.h"
    #include <fcntl.h>
    #include <stdlib.h>

    int
    stage_one(int x)
    {
    	if (x > 0)
    		return open("/", O_RDONLY);
    	return atoi("1");
    }
    """

LEAK = """\
    #include "one/one.h"
    #include <stdlib.h>

    int
    stage_one(int x)
    {
    	char *p = malloc(2);
    	return p == NULL ? x : 1;
    }
    """

LONG = '#include "one/one.h"\nint\nstage_one(int x)\n{\n' + \
    "\tx++;\n" * 81 + "\treturn x;\n}\n"


@unittest.skipUnless(tree.has(tidy.TOOL), "needs clang-tidy")
class Tidy(sample.SampleTree):
    warnings = ""

    def setUp(self):
        super().setUp()
        shutil.copy(tree.ROOT / ".clang-tidy", self.root)
        self.write("src/one/one.h", "int stage_one(int x);\n")

    def check(self, *texts, analyzer=False):
        entries = []
        for number, text in enumerate(texts):
            self.write(f"src/one/{number}.c", text)
            entries.append({
                "directory": str(self.root / "build"),
                "command":
                    f"cc {self.warnings} -I../src -c ../src/one/{number}.c",
                "file": f"../src/one/{number}.c"})
        self.write("build/compile_commands.json", json.dumps(entries))
        options = argparse.Namespace(build=str(self.root / "build"),
                                     analyzer=analyzer)
        return tidy.check(self.root, options)

    def test_good_code_passes(self):
        self.assertEqual(self.check(GOOD, GOOD), ([], 2))
        self.assertEqual(self.check(GOOD, GOOD, analyzer=True), ([], 2))

    def test_bad_code_is_reported(self):
        self.assert_reported(
            self.check(GOOD, BAD)[0],
            "src/one/1.c:8: error: statement should be inside braces",
            "src/one/1.c:9: error: 'open' should use O_CLOEXEC",
            "src/one/1.c:10: error: 'atoi' used to convert")

    def test_long_functions_are_reported(self):
        self.assertIn("src/one/0.c:3: error: function 'stage_one' exceeds",
                      self.check(LONG)[0][0])

    def test_headers_are_looked_at_and_reported_once(self):
        self.write("src/one/one.h", "#define __ONE 1\nint stage_one(int x);\n")
        self.assert_reported(self.check(GOOD, GOOD)[0], "src/one/one.h:1: err")

    def test_reserved_names_are_reported(self):
        self.assert_reported(
            self.check("#define _GNU_SOURCE\n"
                       "#\tdefine _DEFAULT_SOURCE // flock\n" + GOOD)[0])
        names = ("#define _MINE 1", "struct _one { int x; };",
                 "typedef int __one;", "extern int _one;", "enum e { _One };",
                 "void one(int __x);", "void one(int x, char *_Y, ...);",
                 "typedef void (*one)(int, int (*__f)(void));")
        for line in names:
            self.assert_reported(self.check(line + "\n")[0],
                                 "src/one/0.c:1: error: ")

    def test_nolint_holds_where_warnings_are_errors(self):
        self.warnings = "-Werror"
        line = "typedef struct _theirs theirs; // NOLINT"
        self.assertEqual(self.check(line + "(*-reserved-*)\n")[0], [])
        self.assert_reported(self.check(line + "(no-such)\n")[0],
                             "src/one/0.c:1: error: ")

    def test_the_analyzer_is_asked_for(self):
        self.assertEqual(self.check(LEAK)[0], [])
        self.assert_reported(
            self.check(LEAK, analyzer=True)[0],
            "src/one/0.c:8: error: Potential leak of memory")

    def test_what_does_not_compile_is_reported(self):
        self.assert_reported(self.check("int x = ;\n")[0],
                             "src/one/0.c:1: error: expected expression")

    def test_a_broken_configuration_is_reported(self):
        self.write(".clang-tidy", "Checks: [\n")
        self.assert_reported(self.check(GOOD)[0], ".clang-tidy:1: error: ")


if __name__ == "__main__":
    unittest.main()
