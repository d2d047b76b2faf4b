#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that includes follow the table "The tree" of HACKING.md.

Usage: layers.py [SOURCE]

A module may include what its row names, and what that may include in turn. Rows
name only rows above them, so modules never include each other in a circle.
"""

import os
import re
import sys

import tree

TABLE = "HACKING.md"
ROW = re.compile(r"\| `src/(\w+)` \|.*\| ([^|]*) \|$")
INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')
JACK_RULE = re.compile(r"Only (.*) include `<jack/\.\.\.>`\.$", re.MULTILINE)
ABOVE = "the above"
# Headers of the libraries that the table names; of the C library, all others.
FOREIGN = {"libuv": r"uv\.h$|uv/", "jansson": r"jansson\.h$",
           "libjack": r"jack/", "alsa-lib": r"alsa/", "lilv": r"lilv/|lv2/",
           "expat": r"expat\.h$", "liblo": r"lo/",
           "libmicrohttpd": r"microhttpd\.h$", "libsodium": r"sodium\.h$",
           "libqrencode": r"qrencode\.h$"}
SERVER = "libjackserver"  # has the headers of libjack
DOMAINS = (*FOREIGN, SERVER, "libc")


class Table:
    """The rows: `allowed` has for each module what it may include."""

    def __init__(self, root):
        self.allowed = {}
        self.problems = []
        text = tree.read(root, TABLE)
        for number, line in enumerate(text.splitlines(), 1):
            row = ROW.match(line)
            if row:
                self.add(root, f"{TABLE}:{number}", row[1], row[2].split(", "))
        rule = JACK_RULE.search(text)
        self.jack_places = re.findall(r"`([\w/]+)`", rule[1]) if rule else []
        if not rule:
            self.problems.append(
                f"{TABLE}:1: error: does not say who may include <jack/...>")

    def add(self, root, where, module, names):
        uses = set()
        for name in names:
            if name == ABOVE:
                uses |= set().union(*self.allowed.values())
                uses |= set(self.allowed)
            elif name in self.allowed:
                uses |= {name} | self.allowed[name]
                if is_program(root, name):
                    self.problems.append(
                        f"{where}: error: {module} may not use the program "
                        f"{name}")
            elif name in DOMAINS:
                uses |= {name, "libjack"} if name == SERVER else {name}
            else:
                self.problems.append(
                    f"{where}: error: {module} may use {name}, which is no "
                    "row above it and no library")
        self.allowed[module] = uses


def is_program(root, module):
    return os.path.exists(os.path.join(root, "src", module, "main.c"))


def module_of(name):
    return name.split("/")[1]


def judge_own(root, table, module, header):
    """Why a module may not include a header of the project, or None."""
    other, slash, _ = header.partition("/")
    if not slash:
        return f'"{header}" lacks its module, as in "{module}/{header}"'
    if not os.path.exists(os.path.join(root, "src", header)):
        return f"there is no src/{header}"
    if other != module and is_program(root, other):
        return f"{module} includes {header}, of another program"
    if other != module and other not in table.allowed[module]:
        return (f"{module} includes {header}; by {TABLE} it may use "
                f"{', '.join(sorted(table.allowed[module]))}")
    return None


def judge_foreign(table, module, header):
    for library, pattern in FOREIGN.items():
        if re.match(pattern, header) and library not in table.allowed[module]:
            return f"{module} includes <{header}>; {TABLE} gives it no {library}"
    return None


def check_src(root, table, name, kind, header):
    module = module_of(name)
    if module not in table.allowed:
        return f"src/{module} has no row in {TABLE}"
    if kind == '"':
        return judge_own(root, table, module, header)
    return judge_foreign(table, module, header)


def check_jack(table, name, kind, header):
    if kind == "<" and header.startswith("jack/") and not name.startswith(
            tuple(place + "/" for place in table.jack_places)):
        return f"<{header}> is for {', '.join(table.jack_places)} only"
    return None


def check_file(root, table, name):
    for number, line in enumerate(tree.read(root, name).splitlines(), 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        reasons = [check_jack(table, name, *include.groups())]
        if name.startswith("src/"):
            reasons.append(check_src(root, table, name, *include.groups()))
        for reason in filter(None, reasons):
            yield f"{name}:{number}: error: {reason}"


def check(root):
    table = Table(root)
    problems = table.problems
    names = [name for name in tree.files(root) if tree.is_c(name)]
    present = {module_of(name) for name in names if name.startswith("src/")}
    for module in sorted(set(table.allowed) - present):
        problems.append(f"{TABLE}:1: error: there is no src/{module}")
    for name in names:
        problems += check_file(root, table, name)
    return problems, len(names) if table.allowed else 0


if __name__ == "__main__":
    sys.exit(tree.main(check, "C file"))
