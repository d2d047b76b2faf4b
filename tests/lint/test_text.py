#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests text.py on files that are known to be good and bad."""

import unittest

import sample
import text

C = """\
    /* SPDX-FileCopyrightText: 2026 The Stagecraft authors
     * SPDX-License-Identifier: GPL-2.0-or-later */
    """
HASH = """\
    # SPDX-FileCopyrightText: 2026 The Stagecraft authors
    # SPDX-License-Identifier: GPL-2.0-or-later
    """
JS = """\
    // SPDX-FileCopyrightText: 2026 The Stagecraft authors
    // SPDX-License-Identifier: GPL-2.0-or-later
    """.replace("    ", "")


class Text(sample.SampleTree):
    def problems(self):
        return text.check(self.root)[0]

    def test_good_files_pass(self):
        self.write("src/one/a.c", C)
        self.write("a.py", HASH)
        self.write("tool", "#!/bin/sh\n" + HASH.replace("    ", ""))
        self.write("Makefile", HASH)
        self.write("meson.build", "project('x', 'c')\n")
        self.write("web/a.js", JS + "x".ljust(99, "x") + ";\n")
        self.write("services/a/run", "#!/bin/sh\nexec a\n")
        self.write("services/a/env/EMPTY", "")
        self.write("README.md", "`build/root/usr`, /home/me/rig, $ROOT/work/\n")
        self.assertEqual(text.check(self.root), ([], 9))

    def test_headers_are_wanted(self):
        self.write("src/one/a.c", "int x;\n")
        self.write("a.py", '"""Text."""\n')
        self.write("tool", "#!/bin/sh\nexec a\n")
        self.write("b.h", C.replace("GPL-2.0", "GPL-3.0"))
        self.assert_reported(
            self.problems(), "src/one/a.c:1: error: lacks the SPDX lines",
            "a.py:1:", "tool:1:", "b.h:1:")

    def test_lines_of_scripts_are_short(self):
        self.write("web/a.js", JS + "// " + "x" * 98 + "\n")
        self.write("web/b.js", "const x = 1;\n")
        self.assert_reported(
            self.problems(), "web/a.js:3: error: has 101 columns",
            "web/b.js:1: error: lacks the SPDX lines")

    def test_ends_of_lines_and_files(self):
        self.write("a.md", "one\ntwo \nthree")
        self.write("b.md", "one\ntwo\t\n\n")
        self.assert_reported(
            self.problems(), "a.md:2: error: ends with blanks",
            "a.md:3: error: lacks the last newline", "b.md:2: error: ends",
            "b.md:3: error: ends with an empty line")

    def test_notes_and_paths_of_machines(self):
        self.write("a.md", 'one\nTODO: two\n(FIXME)\nmkdtemp(XXXXXX), "TODO"\n')
        self.write("b.md", "`/root/x`\nin /work/main\n/home/karl/x\n")
        self.assert_reported(
            self.problems(), "a.md:2: error: puts something off", "a.md:3:",
            "b.md:1: error: holds a path of one machine", "b.md:2:", "b.md:3:")


if __name__ == "__main__":
    unittest.main()
