#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests packages.py on a list and on an apt-cache that is only played."""

import unittest

import packages
import sample


def policy(*names):
    if not names:
        return " 500 http://deb.example bookworm/main amd64 Packages\n"
    known = {"gcc": "4:12.2.0-3", "libc6-dev": "2.36-9", "virtual": "(none)"}
    return "".join(f"{name}:\n  Installed: (none)\n  Candidate: {known[name]}\n"
                   "  Version table:\n" for name in names if name in known)


class Packages(sample.SampleTree):
    def problems(self, text):
        self.write("tools/packages", text)
        return packages.check(self.root, policy)[0]

    def test_what_debian_has_passes(self):
        self.assertEqual(self.problems(
            "# a list\n\nbuild gcc   compiler\nbuild =libc6-dev\ndemo ?gone\n"
            "test gcc\n"), [])

    def test_what_it_has_not_is_reported(self):
        self.assert_reported(
            self.problems("build gcc\nbuild =gone\nrun virtual\ngcc\n"),
            "tools/packages:2: error: Debian has no package gone",
            "tools/packages:3: error: Debian has no package virtual",
            "tools/packages:4: error: is not SECTION PACKAGE")

    def test_lists_are_told_from_what_is_installed(self):
        self.assertTrue(packages.has_lists(policy))
        self.assertFalse(packages.has_lists(
            lambda: " 100 /var/lib/dpkg/status\n     release a=now\n"))


if __name__ == "__main__":
    unittest.main()
