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
# What clang does not know of gcc's options; and clang's own look at reserved
# names, which takes nothing: bugprone-reserved-identifier takes a quarter of the
# time of all checks. Names in declarations alone, of parameters, it leaves out.
# Not even of a build whose warnings are errors: NOLINT does not hold for those.
WARNINGS = ("-Wno-unknown-warning-option", "-Wreserved-identifier",
            "-Wno-error=reserved-identifier")
PARAMETER = re.compile(r"(?:\w\s|\*)[\s*]*(__\w+|_[A-Z]\w*)\s*[,)[]")
# What has to be said to a C library counts for it as a reserved name.
SAID_TO_LIBC = re.compile(
    r"#\s*define _(DARWIN_C|DEFAULT|GNU|XOPEN)_SOURCE\b")
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
         options.build, *[f"--extra-arg={word}" for word in WARNINGS],
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


def parameters_in(root, name):
    lines = tree.read(root, name).splitlines()
    for number, line in enumerate(lines, start=1):
        for word in PARAMETER.findall(line):
            yield f"{name}:{number}: error: '{word}' is a reserved name"


def is_said_to_libc(path, line):
    with open(path, encoding="utf-8") as file:
        return SAID_TO_LIBC.match(file.read().splitlines()[int(line) - 1])


def problems_in(root, build, output):
    for path, line, what in PLACE.findall(output):
        path = os.path.realpath(os.path.join(build, path))
        if "reserved-macro" in what and is_said_to_libc(path, line):
            continue
        name = os.path.relpath(path, root)
        what = what.replace(",-warnings-as-errors", "")
        yield f"{name}:{line}: error: {what}"


def check(root, options):
    root = os.path.realpath(root)
    names = sorted(name for name in compiled.commands(options.build, root)
                   if name.startswith("src/"))
    if not names:
        return [], 0
    ours = [name for name in tree.files(root)
            if name.startswith("src/") and tree.is_c(name)]
    problems = [problem for name in ours
                for problem in parameters_in(root, name)]
    for status, output, errors in run_all(options, root, names):
        problems += problems_in(root, options.build, output)
        if status and not PLACE.search(output):
            problems.append(f".clang-tidy:1: error: {errors.strip()}")
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
