#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs shellcheck over all shell scripts.

Usage: shell.py [SOURCE]

Scripts are what ends in .sh or .bash or begins with #! and a shell, and `run`,
`finish` and `check` in services/.
"""

import os
import re
import subprocess
import sys

import tree

TOOL = "shellcheck"
SERVICE_SCRIPTS = ("run", "finish", "check")
FOUND = re.compile(r"^(\S+:\d+):\d+: \w+: (.*)$", re.MULTILINE)


def is_service_script(name):
    return (name.startswith("services/")
            and os.path.basename(name) in SERVICE_SCRIPTS)


def scripts(root):
    return [name for name in tree.texts(root)
            if tree.is_shell(root, name) or is_service_script(name)]


def check(root, tool=TOOL):
    names = scripts(root)
    if not names:
        return [], 0
    done = subprocess.run(
        [tool, "--norc", "--external-sources", "--format=gcc", "--", *names],
        cwd=root, capture_output=True, text=True, errors="replace",
        check=False)
    problems = [f"{place}: error: {what}"
                for place, what in FOUND.findall(done.stdout)]
    if done.returncode and not problems:
        problems.append(f"{names[0]}:1: error: {done.stdout}{done.stderr}")
    return problems, len(names)


if __name__ == "__main__":
    sys.exit(tree.main(check, "script", TOOL))
