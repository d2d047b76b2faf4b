#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs clang-tidy with .clang-tidy over what a build directory compiles of src.

Usage: tidy.py [--analyzer] BUILD [SOURCE]

The checks of clang-analyzer take ten times as long as all others together:
with --analyzer they alone run, without it all the others.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

import compiled
import tree

TOOL = "clang-tidy"
PLACE = re.compile(r"^(/?\S+?):(\d+):\d+: (?:error|warning): (.*)$",
                   re.MULTILINE)
# What clang does not know of gcc's options, and how it was told to see errors.
QUIET = "-Wno-unknown-warning-option"
ANALYZER = "-*,clang-analyzer-*"
OTHERS = "-clang-analyzer-*"


def selected(config, analyzer):
    """The --checks that leave of .clang-tidy's what is wanted."""
    if not analyzer:
        return OTHERS
    with open(config, encoding="utf-8") as file:
        left_out = re.findall(r"^  (-clang-analyzer-[\w.-]+)", file.read(),
                              re.MULTILINE)
    return ",".join([ANALYZER, *left_out])


def run(options, root, names):
    """clang-tidy's exit code, output and errors for some files."""
    config = os.path.join(root, ".clang-tidy")
    done = subprocess.run(
        [TOOL, "--quiet", f"--config-file={config}",
         f"--checks={selected(config, options.analyzer)}", "-p",
         options.build, f"--extra-arg={QUIET}",
         *[os.path.join(root, name) for name in names]],
        cwd=options.build, text=True, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def run_all(options, root, names):
    """One process for all files: to start it takes longer than most files do.
    But the analyzer of clang 14 confuses them, and is worth several CPUs."""
    if not options.analyzer:
        return [run(options, root, names)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda name: run(options, root, [name]), names))


def problems_in(root, build, output):
    for path, line, what in PLACE.findall(output):
        path = os.path.realpath(os.path.join(build, path))
        name = os.path.relpath(path, root)
        what = what.replace(",-warnings-as-errors", "")
        yield f"{name}:{line}: error: {what}"


def check(root, options):
    root = os.path.realpath(root)
    names = sorted(name for name in compiled.commands(options.build, root)
                   if name.startswith("src/"))
    if not names:
        return [], 0
    problems = []
    for status, output, errors in run_all(options, root, names):
        found = list(problems_in(root, options.build, output))
        if status and not found:
            found = [f".clang-tidy:1: error: {errors.strip()}"]
        problems += found
    # What is wrong in a header comes with every file.
    return list(dict.fromkeys(problems)), len(names)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--analyzer", action="store_true")
    parser.add_argument("build")
    parser.add_argument("source", nargs="?", default=tree.ROOT)
    options = parser.parse_args()
    if not tree.has(TOOL):
        return tree.skip(f"there is no {TOOL}")
    return tree.report(*check(options.source, options), "C file")


if __name__ == "__main__":
    sys.exit(main())
