# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Line coverage by module, from what clang's --coverage leaves behind.

llvm-cov reads all of it in one process; gcovr would start one for each object,
which takes as long as half of the tests.
"""

import collections
import os

from . import results

MODULES_AT_LEAST = {"base": 90, "osc": 95, "patchbay": 95, "rpc": 90,
                    "runit": 90}  # per cent of lines

# Objects of which nothing ran have notes alone, and count as well. What is said
# of those stays out of the listing.
LIST = ("cd \"$0\" && find . -name '*.gcno' -exec llvm-cov gcov -t {} + "
        "2>coverage.err || { cat coverage.err; exit 1; }")


def forget(directory):
    """Removes what earlier runs of a build directory's tests have counted."""
    for place, _, names in os.walk(directory):
        for name in names:
            if name.endswith(".gcda"):
                os.unlink(os.path.join(place, name))


def covered_lines(listing):
    """{source: {line: whether it ran}} of gcov's listing, COUNT:LINE:TEXT. A
    source may be there several times, once for each object that it is in."""
    table = collections.defaultdict(dict)
    lines = {}
    for entry in listing.splitlines():
        count, _, rest = entry.partition(":")
        number, _, text = rest.partition(":")
        count = count.strip()
        if number.strip() == "0" and text.startswith("Source:"):
            lines = table[text.removeprefix("Source:")]
        elif count[:1].isdigit():
            lines[int(number)] = True
        elif count in ("#####", "====="):
            lines.setdefault(int(number), False)
    return dict(table)


def by_module(table, directory, top):
    """{module: (lines covered, lines)} of what lies in src/MODULE below `top`;
    sources are told relative to `directory`."""
    modules = collections.defaultdict(lambda: (0, 0))
    for source, lines in table.items():
        path = os.path.relpath(os.path.join(directory, source), top).split("/")
        if path[0] == "src":
            covered, total = modules[path[1]]
            modules[path[1]] = (covered + sum(lines.values()),
                                total + len(lines))
    return dict(modules)


def judge(table):
    """A case for each module that has to reach a mark."""
    for module, least in MODULES_AT_LEAST.items():
        covered, total = table.get(module, (0, 0))
        percent = 100 * covered / max(total, 1)
        outcome = results.PASSED if percent >= least else results.FAILED
        yield results.Case(f"coverage: {module} at least {least} %", outcome,
                           f"{covered} of {total} lines, {percent:.1f} %")


def measure(builder, row):
    """Judges a row whose tests ran; gives (lines to show, cases)."""
    directory = builder.directory(row)
    status, text = builder.run(row, "sh", "-c", LIST, directory)
    if status:
        return [], [results.Case("coverage: llvm-cov", results.FAILED, text)]
    table = by_module(covered_lines(text), directory, builder.source)
    lines = [f"    {100 * covered / total:5.1f} %  src/{module} "
             f"({covered} of {total} lines)"
             for module, (covered, total) in sorted(table.items()) if total]
    return lines, list(judge(table))
