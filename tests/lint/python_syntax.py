#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that every Python file can be read, writing nothing; and that it uses
what it imports.

Usage: python_syntax.py [SOURCE]
"""

import ast
import os
import re
import sys

import tree


def imports(module):
    """Line and name of each import of a module, as it is used in the file."""
    for node in ast.walk(module):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name.split(".")[0]


def unused(name, text, module):
    if os.path.basename(name) == "__init__.py":
        return  # imports for others
    for line, imported in imports(module):
        if len(re.findall(rf"\b{re.escape(imported)}\b", text)) == 1:
            yield f"{name}:{line}: error: imports {imported} and has no use for it"


def check(root):
    problems = []
    names = [name for name in tree.texts(root) if tree.is_python(root, name)]
    for name in names:
        text = tree.read(root, name)
        try:
            module = ast.parse(text, name)
        except SyntaxError as error:
            problems.append(f"{name}:{error.lineno}: error: {error.msg}")
            continue
        problems += unused(name, text, module)
    return problems, len(names)


if __name__ == "__main__":
    sys.exit(tree.main(check, "Python file"))
