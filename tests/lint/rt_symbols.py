#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks what real-time code calls.

Usage: rt_symbols.py [--nm NM] --allow FILE DIRECTORY

Finds the objects of all *_rt.c files below DIRECTORY and looks at the symbols
they leave undefined. Each must be on the list in FILE or be defined by another
of these objects. Exit codes: 0 fine, 1 something else is called, 2 wrong use or
nothing to check.
"""

import argparse
import fnmatch
import pathlib
import re
import subprocess
import sys

OBJECT = re.compile(r"_rt\.c\.(o|obj)$")


def read_allowed(path):
    """The patterns of an allow-list, without comments and empty lines."""
    lines = (line.split("#")[0].strip() for line in open(path, encoding="utf-8"))
    return [line for line in lines if line]


def symbols(nm, path):
    """The undefined and the defined global symbols of an object file."""
    listing = subprocess.run(
        [nm, "-P", "-g", str(path)], capture_output=True, text=True, check=True
    ).stdout
    undefined, defined = set(), set()
    for line in listing.splitlines():
        name, kind = line.split()[:2]
        name = name.split("@")[0]
        (undefined if kind in "Uwv" else defined).add(name)
    return undefined, defined


def find_objects(directory):
    return sorted(p for p in pathlib.Path(directory).rglob("*") if OBJECT.search(p.name))


def check(nm, allowed, objects):
    """Yields a sentence for each call that is not allowed."""
    table = {path: symbols(nm, path) for path in objects}
    ours = set().union(*(defined for _, defined in table.values()))
    for path, (undefined, _) in table.items():
        for name in sorted(undefined - ours):
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed):
                source = path.name[: path.name.index(".c.") + 2]
                yield f"{source}: error: real-time code calls {name} ({path})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--allow", required=True, metavar="FILE")
    parser.add_argument("directory")
    args = parser.parse_args()
    objects = find_objects(args.directory)
    if not objects:
        print(f"rt_symbols: error: no *_rt.c object below {args.directory}", file=sys.stderr)
        return 2
    sentences = list(check(args.nm, read_allowed(args.allow), objects))
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    print(f"{len(objects)} objects checked, {len(sentences)} calls refused")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
