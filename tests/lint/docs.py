#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that what the documents mention is there.

Usage: docs.py [SOURCE]

In backquotes: paths of the tree, names of its source files, stage_ names,
`make TARGET` and `tests/run --OPTION`; the latter two also in blocks of
commands, and the first column of the table "The tree". Words in capitals in a
path stand for anything: `src/cli/verb_NAME.c`.
"""

import fnmatch
import os
import re
import sys

import tree

QUOTED = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"\s*```")
COMMAND = re.compile(r"\$?\s*(make|tests/run)\b(.*)")
PATH = re.compile(r"[\w.*-]+(/[\w.*-]+)*/?$")
SOURCE_FILE = re.compile(r"[\w-]+\.(c|h|py|md|scd)$")
C_NAME = re.compile(r"(stage_[a-z]\w+|STAGE_[A-Z]\w+)(?:\(.*)?$")
TREE_ROW = re.compile(r"\| `([^`]+)` \|")
ANYTHING = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?![a-z])")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)


class Tree:
    """What may be mentioned."""

    def __init__(self, root):
        self.names = tree.files(root)
        self.places = set(self.names)
        for name in self.names:
            parts = name.split("/")[:-1]
            self.places |= {"/".join(parts[:i + 1])
                            for i in range(len(parts))}
        self.tops = {place for place in self.places if "/" not in place}
        self.bases = {os.path.basename(name) for name in self.names}
        self.code = "".join(tree.read(root, name) for name in self.names
                            if tree.is_code(root, name))
        self.targets = set(TARGET.findall(read_if_any(root, "Makefile")))
        self.run = read_if_any(root, "tests/run")

    def has(self, path, among):
        pattern = ANYTHING.sub("*", path.rstrip("/"))
        return path.rstrip("/") in among or bool(
            fnmatch.filter(among, pattern))


def read_if_any(root, name):
    return (tree.read(root, name)
            if os.path.exists(os.path.join(root, name)) else "")


def judge_command(known, program, words):
    """What is wrong with a command of the tree, or None."""
    for word in words.split():
        if program == "make":
            if re.fullmatch(r"[a-z-]+", word) and word not in known.targets:
                return f"the Makefile has no target {word}"
            if "=" not in word:
                return None  # what follows a target explains it
        elif word.startswith("--"):
            return (None if f'"{word}"' in known.run
                    else f"tests/run has no option {word}")
    return None


def judge_quoted(known, text):
    command = COMMAND.fullmatch(text)
    if command:
        return judge_command(known, *command.groups())
    name = C_NAME.match(text)
    if name and not re.search(rf"\b{name[1]}", known.code):
        return f"no code has {name[1]}"
    path = text.split()[0]
    if not PATH.match(path):
        return None
    if path.split("/")[0] in known.tops and not known.has(path, known.places):
        return f"there is no {path}"
    if SOURCE_FILE.match(path) and not known.has(path, known.bases):
        return f"there is no {path}"
    return None


def judge_row(known, text):
    return None if known.has(text, known.places) else f"there is no {text}"


def mentions(text):
    """Line, judge and text of what a document mentions."""
    is_block, section = False, ""
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            is_block = not is_block
        elif is_block:
            if COMMAND.match(line.strip()):
                yield number, judge_quoted, line.strip()
            continue
        if line.startswith("#"):
            section = line.strip("# ")
        row = TREE_ROW.match(line)
        if row and section == "The tree":
            yield number, judge_row, row[1]
        for quoted in QUOTED.findall(line):
            yield number, judge_quoted, quoted


def is_document(name):
    return name in ("README.md", "HACKING.md") or (
        name.startswith("docs/") and name.endswith(".md"))


def check(root):
    known = Tree(root)
    problems, checked = [], 0
    for name in filter(is_document, known.names):
        for number, judge, text in mentions(tree.read(root, name)):
            checked += 1
            reason = judge(known, text)
            if reason:
                problems.append(f"{name}:{number}: error: {reason}")
    return problems, checked


if __name__ == "__main__":
    sys.exit(tree.main(check, "mention"))
