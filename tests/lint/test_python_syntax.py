#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests python_syntax.py on files that are known to be good and bad."""

import unittest

import python_syntax
import sample


class PythonSyntax(sample.SampleTree):
    def test_good_files_pass(self):
        self.write("a.py", "import os.path as path\nprint(path.sep)\n")
        self.write("tool", "#!/usr/bin/python3\nimport os.path\nos.fork()\n")
        self.write("b/__init__.py", "from a import b\n")
        self.assertEqual(python_syntax.check(self.root), ([], 3))
        self.assertEqual(list(self.root.rglob("__pycache__")), [])

    def test_bad_ones_are_reported(self):
        self.write("a.py", "import os\nif True\n")
        self.write("tool", "#!/usr/bin/env python3\nfrom a import b, c\nb()\n")
        self.assert_reported(python_syntax.check(self.root)[0],
                             "a.py:2: error: ",
                             "tool:2: error: imports c and has no use for it")


if __name__ == "__main__":
    unittest.main()
