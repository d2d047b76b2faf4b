#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that clang-format has nothing to change in any C file.

Usage: c_format.py [SOURCE]

Other versions than 14 format differently: skipped with those. Lines that
clang-format cannot break are held to 80 columns as well, tabs counting as 8;
and no statement may stand at a line's begin, as clang-format leaves them behind
a name that is a word of another language: "export", say.
"""

import re
import subprocess
import sys

import tree

TOOL = "clang-format"
VERSION = "14"
WARNING = re.compile(r"^(\S+:\d+):\d+: (?:error|warning): (.*)", re.MULTILINE)
COLUMNS = 80
ASTRAY = re.compile(r"(if|for|while|do|switch|return|goto|free)\b")


def has_version():
    said = subprocess.run([TOOL, "--version"], capture_output=True,
                          text=True, check=True).stdout
    return f"version {VERSION}." in said


def c_files(root):
    return [name for name in tree.files(root) if tree.is_c(name)]


def badly_formatted(root, names):
    done = subprocess.run([TOOL, "--dry-run", "-Werror", *names],
                          cwd=root, capture_output=True, text=True, check=False)
    problems = [f"{place}: error: {what}" for place, what in
                WARNING.findall(done.stderr)]
    if done.returncode and not problems:
        problems.append(f".clang-format:1: error: {done.stderr.strip()}")
    return problems


def bad_lines(root, names):
    for name in names:
        for number, line in enumerate(tree.read(root, name).splitlines(), 1):
            width = len(line.expandtabs(8))
            if width > COLUMNS:
                yield f"{name}:{number}: error: has {width} columns"
            if ASTRAY.match(line):
                yield f"{name}:{number}: error: a statement is not indented"


def check(root):
    names = c_files(root)
    if not names:
        return [], 0
    return (badly_formatted(root, names)
            + list(bad_lines(root, names)), len(names))


def main():
    if tree.has(TOOL) and not has_version():
        return tree.skip(f"{TOOL} is not version {VERSION}")
    return tree.main(check, "C file", TOOL)


if __name__ == "__main__":
    sys.exit(main())
