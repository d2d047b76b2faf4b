# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a build directory compiles the sources, from compile_commands.json."""

import json
import os
import shlex

WITH_VALUE = {"-o", "-MF", "-MQ", "-MT"}
ALONE = {"-c", "-MD", "-MMD"}


def commands(build, root):
    """For each C file of the tree, by its name there: directory and command.

    A file that is compiled several times has its first command.
    """
    path = os.path.join(build, "compile_commands.json")
    with open(path, encoding="utf-8") as file:
        entries = json.load(file)
    found = {}
    for entry in entries:
        source = os.path.join(entry["directory"], entry["file"])
        name = os.path.relpath(os.path.realpath(source),
                               os.path.realpath(root))
        words = shlex.split(entry["command"])
        found.setdefault(name, (entry["directory"],
                                without_files(words, entry["file"])))
    return found


def without_files(words, source):
    """A compiler's command without what it reads and writes."""
    kept = []
    words = iter(words)
    for word in words:
        if word in WITH_VALUE:
            next(words)
        elif word not in ALONE and word != source:
            kept.append(word)
    return kept
