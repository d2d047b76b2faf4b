# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The source tree as the checks see it, and how they report.

A check is a function that takes the root of a tree and gives a list of problems
(one "FILE:LINE: error: SENTENCE" each) and how many things it looked at. Exit
codes: 0 fine, 1 problems, 2 nothing to look at, 77 skipped.
"""

import os
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIP = 77  # what meson takes for "skipped"
NOT_OURS = {".git", "__pycache__", ".pytest_cache"}
BYTES = ("docs/images/", "tests/fuzz/corpus/",  # no text
         "tests/unit/patchbay/fixtures/")
COPIED = ("LICENSES/",)  # other people's words


def is_build(directory):
    return (directory / "meson-private").is_dir()


def files(root):
    """All files that belong to the tree, relative to it, as sorted texts."""
    root = pathlib.Path(root)
    found = []
    for here, directories, names in os.walk(root):
        here = pathlib.Path(here)
        directories[:] = [
            name for name in directories if name not in NOT_OURS
            and not (here == root and name.startswith("build"))
            and not is_build(here / name)]
        found += [(here / name).relative_to(root).as_posix() for name in names
                  if (here / name).is_file()]
    return sorted(name for name in found if name != ".git")


def texts(root):
    """Those of them that we wrote as text."""
    return [name for name in files(root)
            if not name.startswith(BYTES + COPIED)]


def read(root, name):
    return (pathlib.Path(root) / name).read_text("utf-8", errors="replace")


def first_line(root, name):
    with open(pathlib.Path(root) / name, encoding="utf-8",
              errors="replace") as file:
        return file.readline()


def is_c(name):
    return name.endswith((".c", ".h"))


def is_python(root, name):
    return name.endswith(".py") or bool(
        re.match(r"#!.*\bpython3?\b", first_line(root, name)))


def is_shell(root, name):
    return name.endswith((".sh", ".bash")) or bool(
        re.match(r"#!.*\b(ba|da)?sh\b", first_line(root, name)))


def is_code(root, name):
    """What somebody runs, as opposed to what somebody reads."""
    return (is_c(name) or is_python(root, name) or is_shell(root, name)
            or os.path.basename(name) in ("meson.build", "Makefile"))


def count(number, noun):
    return f"{number} {noun}" + ("" if number == 1 else "s")


def report(problems, checked, noun):
    """Prints the problems and the count, and gives the exit code."""
    if not checked:
        print(f"error: there is no {noun} to look at", file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    print(f"{count(checked, noun)} checked, {count(len(problems), 'problem')}")
    return 1 if problems else 0


def skip(reason):
    print(f"skipped: {reason}")
    return SKIP


def has(tool):
    return shutil.which(tool) is not None


def main(check, noun, tool=None):
    """For a script whose only argument is the root of a tree, ours if none.

    Without the tool that it needs it is skipped.
    """
    root = sys.argv[1] if len(sys.argv) > 1 else ROOT
    if tool and not has(tool):
        return skip(f"there is no {tool}")
    return report(*check(root), noun)
