#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that no function is longer than 80 lines, and prints the median.

Usage: functions.py [SOURCE]

In C a function is what .clang-format makes of it: its name at the start of a
line, its body between brackets at the start of lines. A Python function ends
with its last statement.
"""

import ast
import re
import statistics
import sys

import tree

MOST = 80
NAME = re.compile(r"^(\w+)\(")


def c_functions(text):
    """Name, first line and length of each function."""
    name, start = None, None
    is_inside = False
    for number, line in enumerate(text.splitlines(), 1):
        found = NAME.match(line)
        if found and not is_inside:
            name, start = found[1], number
        elif line == "{":
            is_inside = name is not None
        elif line == "}" and is_inside:
            yield name, start, number - start + 1
            name, is_inside = None, False


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def functions(root):
    """File, name, line and length of each function of the tree."""
    for name in tree.texts(root):
        if tree.is_c(name):
            found = c_functions(tree.read(root, name))
        elif tree.is_python(root, name):
            found = python_functions(tree.read(root, name))
        else:
            continue
        for function, line, length in found:
            yield name, function, line, length


def describe(what, lengths):
    if lengths:
        lengths.sort()
        print(f"{what}: {tree.count(len(lengths), 'function')}, median "
              f"{statistics.median(lengths):.0f} lines, 9 of 10 have at most "
              f"{lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]}")


def check(root):
    found = list(functions(root))
    describe("src", [length for name, _, _, length in found
                     if name.startswith("src/")])
    describe("everything", [length for _, _, _, length in found])
    return [f"{name}:{line}: error: {function} has {length} lines"
            for name, function, line, length in found if length > MOST], len(found)


if __name__ == "__main__":
    sys.exit(tree.main(check, "function"))
