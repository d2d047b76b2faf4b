#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests docs.py on documents that are known to be right and wrong."""

import unittest

import docs
import sample

RIGHT = """\
    # Title

    `src/one/one.c`, `src/one`, `src/*/*.c`, `one.c` and `verb_NAME.c` hold
    `stage_one` and `stage_one(a, b)`; `state/x.json` is a user's.
    `make test` and `tests/run --quick PATTERN`; `make PREFIX=/usr install`.

    ```
    make test     all of it
    $ tests/run --quick
    echo `src/gone`
    ```

    ## The tree

    | | what |
    |---|---|
    | `src/one` | one |
    """

WRONG = """\
    `src/two` and `src/one/two.c`
    `two.c` or `verb_NAME.h`
    `stage_two()`
    `make tests`
    `tests/run --slow`
    ```
    make it
    ```
    ## The tree
    | `other/` | gone |
    """


class Docs(sample.SampleTree):
    def setUp(self):
        super().setUp()
        self.write("src/one/one.c", "int stage_one(void);\n")
        self.write("src/one/verb_up.c", "")
        self.write("tests/run", 'add_argument("--quick")\n')
        self.write("Makefile", "test: build\n\ninstall:\n")

    def test_right_documents_pass(self):
        self.write("README.md", RIGHT)
        self.assertEqual(docs.check(self.root), ([], 15))

    def test_wrong_ones_are_reported(self):
        self.write("docs/internals/a.md", WRONG)
        self.assert_reported(
            docs.check(self.root)[0], "docs/internals/a.md:1: error: there is "
            "no src/two", "a.md:1: error: there is no src/one/two.c",
            "a.md:2: error: there is no two.c",
            "a.md:2: error: there is no verb_NAME.h",
            "a.md:3: error: no code has stage_two",
            "a.md:4: error: the Makefile has no target tests",
            "a.md:5: error: tests/run has no option --slow",
            "a.md:7: error: the Makefile has no target it",
            "a.md:10: error: there is no other/")

    def test_without_mentions_nothing_was_checked(self):
        self.write("README.md", "Nothing.\n")
        self.assertEqual(docs.check(self.root)[1], 0)


if __name__ == "__main__":
    unittest.main()
