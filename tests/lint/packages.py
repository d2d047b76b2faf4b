#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that Debian has each package of tools/packages.

Usage: packages.py [SOURCE]

Skipped where there is no apt-cache, or where its lists are empty. A package
with "?" need not be there. A virtual package counts as none.
"""

import re
import subprocess
import sys

import tree

TOOL = "apt-cache"
LIST = "tools/packages"
ENTRY = re.compile(r"([a-z]+) ([?=]?)([a-z0-9][a-z0-9+.-]+)(\s|$)")


def entries(root):
    """Line, and mark and name or None, of each entry."""
    for number, line in enumerate(tree.read(root, LIST).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            entry = ENTRY.match(line)
            yield number, entry.group(2, 3) if entry else None


def apt_cache(*arguments):
    return subprocess.run([TOOL, "policy", *arguments], text=True,
                          capture_output=True, check=True).stdout


def has_lists(policy=apt_cache):
    """True when apt knows more than what is installed."""
    return " Packages\n" in policy()


def known(names, policy=apt_cache):
    """Those of the packages that apt could install."""
    found = re.findall(r"^(\S+):\n.*\n  Candidate: (.*)$", policy(*names),
                       re.MULTILINE)
    return {name.partition(":")[0] for name, candidate in found
            if candidate != "(none)"}


def check(root, policy=apt_cache):
    problems, wanted = [], {}
    for number, entry in entries(root):
        if entry is None:
            problems.append(f"{LIST}:{number}: error: is not SECTION PACKAGE")
        else:
            wanted.setdefault(entry[1], (number, entry[0]))
    present = known(sorted(wanted), policy)
    problems += [f"{LIST}:{number}: error: Debian has no package {name}"
                 for name, (number, mark) in wanted.items()
                 if name not in present and mark != "?"]
    return problems, len(wanted)


def main():
    if tree.has(TOOL) and not has_lists():
        return tree.skip("apt has no package lists; run apt-get update")
    return tree.main(check, "package", TOOL)


if __name__ == "__main__":
    sys.exit(main())
