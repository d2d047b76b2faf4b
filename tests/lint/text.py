#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks what every text of the tree has and has not.

Usage: text.py [SOURCE]

Source files begin with the two SPDX lines; templates in services/ do not, since
they become the user's own, nor do meson's files. Every text ends with a newline
and has no blanks at the ends of lines. None holds a note to do something later
or a path of somebody's machine. Lines of scripts of the page have 100 columns.
"""

import os
import re
import sys

import tree

ITSELF = ("tests/lint/text.py", "tests/lint/test_text.py")
SPDX = re.compile(
    r"(#!.*\n)?(?:/\*|#|//) SPDX-FileCopyrightText: \d{4} The Stagecraft "
    r"authors\n ?(?:[*#]|//) SPDX-License-Identifier: GPL-2\.0-or-later"
    r"(?: \*/)?\n")
SCRIPT_COLUMNS = 100
LATER = re.compile(r'(?<!")\b(TODO|FIXME|XXX|HACK|NEEDSWORK)\b')
# Home directories, but for those of the people in examples.
MACHINE = re.compile(
    r"(?<![\w.)}\]$*])/(?:root|work)/|/home/(?!me\b|anna\b|[A-Z$*])\w")
LINES = ((re.compile(r"[ \t]+$"), "ends with blanks"),
         (LATER, "puts something off"),
         (MACHINE, "holds a path of one machine"))


def has_spdx(root, name):
    """True where the tree wants it: the source files but for meson's."""
    return (not name.startswith("services/")
            and os.path.basename(name) != "meson.build"
            and (tree.is_code(root, name) or name.endswith(".js")))


def check_file(root, name):
    text = tree.read(root, name)
    if has_spdx(root, name) and not SPDX.match(text):
        yield f"{name}:1: error: lacks the SPDX lines"
    if text and not text.endswith("\n"):
        yield f"{name}:{text.count(chr(10)) + 1}: error: lacks the last newline"
    if text.endswith("\n\n"):
        yield f"{name}:{text.count(chr(10))}: error: ends with an empty line"
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in LINES:
            if pattern.search(line):
                yield f"{name}:{number}: error: {what}"
        if name.endswith(".js") and len(line) > SCRIPT_COLUMNS:
            yield (f"{name}:{number}: error: has {len(line)} columns, not "
                   f"{SCRIPT_COLUMNS} at most")


def check(root):
    names = [name for name in tree.texts(root) if name not in ITSELF]
    return [problem for name in names
            for problem in check_file(root, name)], len(names)


if __name__ == "__main__":
    sys.exit(tree.main(check, "file"))
