#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests shell.py on scripts that are known to be good and bad."""

import unittest

import sample
import shell
import tree

BAD = "#!/bin/sh\n\nrm $1\n"


@unittest.skipUnless(tree.has(shell.TOOL), "needs shellcheck")
class Shell(sample.SampleTree):
    def check(self):
        return shell.check(self.root)

    def test_good_scripts_pass(self):
        self.write("tool", '#!/bin/sh\nrm "$1"\n')
        self.write("data/a.bash", "# shellcheck shell=bash\n[[ $1 ]]\n")
        self.write("services/a/env/NAME", "$1\n")
        self.assertEqual(self.check(), ([], 2))

    def test_bad_ones_are_reported_wherever_they_are(self):
        names = ("tool", "a.sh", "services/a/run", "services/a/finish",
                 "services/a/check", "services/a/log/run")
        for name in names:
            self.write(name, BAD)
        self.write("services/b/run", "echo no first line\n")
        self.assert_reported(
            self.check()[0], "services/b/run:1: error: ",
            *[f"{name}:3: error: Double quote" for name in names])

    def test_a_shellcheck_that_does_not_work_is_reported(self):
        self.write("tool", BAD)
        self.assertTrue(shell.check(self.root, "false")[0])


if __name__ == "__main__":
    unittest.main()
