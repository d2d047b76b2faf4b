#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that each header of src compiles alone, and twice, without a warning.

Usage: headers.py BUILD [SOURCE]

The compiler and its options are those that BUILD has for the header's module.
A header that the C file of its name begins with is compiled alone in that one,
so of a header with a guard no more is asked.
"""

import os
import re
import subprocess
import sys

import compiled
import tree

# A translation unit must hold something.
UNIT = '#include "{0}"\n#include "{0}"\ntypedef int stage_lint_unit;\n'
PLACE = re.compile(r"^(\S+?):(\d+):(?:\d+:)? (?:fatal )?(error|warning): ")
DIRECTIVE = re.compile(r"^#.*", re.MULTILINE)
GUARD = re.compile(r"#ifndef (\w+)\n#define \1\n(?s:.*)^#endif\n*\Z",
                   re.MULTILINE)


def module_commands(commands):
    """For each directory of C files one of its commands."""
    found = {}
    for name, command in commands.items():
        found.setdefault(os.path.dirname(name), command)
    return found


def first_directive(text):
    found = DIRECTIVE.search(text)
    return found and found[0]


def is_compiled(root, name, commands):
    """Whether that has shown already that a header compiles alone, and twice."""
    source = name.removesuffix(".h") + ".c"
    if source not in commands:
        return False
    include = f'#include "{name.partition("/")[2]}"'
    text = tree.read(root, name)
    guard = GUARD.search(text)
    return (guard is not None and
            first_directive(text) == f"#ifndef {guard[1]}" and
            first_directive(tree.read(root, source)) == include)


def relative(line, directory, root):
    """A compiler's line with its file as seen from the root of the tree."""
    place = PLACE.match(line)
    if not place:
        return line
    path = os.path.join(directory, place[1])
    name = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    return f"{name}:{place[2]}: error: {line[place.end():]}"


def compile_alone(root, name, command):
    """The compiler's errors, as problems."""
    directory, words = command
    done = subprocess.run(
        [*words, "-Werror", "-fdiagnostics-color=never", "-fsyntax-only",
         "-x", "c", "-"],
        cwd=directory, input=UNIT.format(name.partition("/")[2]), text=True,
        env=os.environ | {"LC_ALL": "C"}, capture_output=True, check=False)
    if done.returncode == 0:
        return []
    lines = [relative(line, directory, root)
             for line in done.stderr.splitlines() if PLACE.match(line)]
    return [f"{name}:1: error: does not compile alone"] + lines


def check(root, build):
    commands = compiled.commands(build, root)
    of_modules = module_commands(commands)
    headers = [name for name in tree.files(root)
               if name.startswith("src/") and name.endswith(".h")]
    problems, checked = [], 0
    for name in headers:
        command = of_modules.get(os.path.dirname(name))
        if command is None:
            print(f"{name}: not checked: its module is not part of {build}")
            continue
        if not is_compiled(root, name, commands):
            problems += compile_alone(root, name, command)
        checked += 1
    return problems, checked


if __name__ == "__main__":
    SOURCE = sys.argv[2] if len(sys.argv) > 2 else tree.ROOT
    sys.exit(tree.report(*check(SOURCE, sys.argv[1]), "header"))
