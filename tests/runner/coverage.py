# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Line coverage by module, from gcovr."""

import collections
import json
import os

from . import results

MODULES_AT_LEAST = {"base": 90, "osc": 95, "patchbay": 95, "rpc": 90,
                    "runit": 90}  # per cent of lines


def by_module(summary):
    """{module: (lines covered, lines)} of gcovr's JSON summary."""
    table = collections.defaultdict(lambda: (0, 0))
    for file in summary["files"]:
        module = file["filename"].split("/")[1]
        covered, total = table[module]
        table[module] = (covered + file["line_covered"],
                         total + file["line_total"])
    return dict(table)


def judge(table):
    """A case for each module that has to reach a mark and has lines."""
    for module, least in MODULES_AT_LEAST.items():
        covered, total = table.get(module, (0, 0))
        if total == 0:
            continue
        percent = 100 * covered / total
        outcome = results.PASSED if percent >= least else results.FAILED
        yield results.Case(f"coverage: {module} at least {least} %", outcome,
                           f"{covered} of {total} lines, {percent:.1f} %")


def measure(builder, row):
    """Runs gcovr on a row whose tests ran; gives (lines to show, cases)."""
    output = os.path.join(builder.directory(row), "coverage.json")
    status, text = builder.run(
        row, "gcovr", "--root", builder.source, "--filter", "src/",
        "--exclude-throw-branches", "--json-summary", output,
        "--exclude-unreachable-branches", builder.directory(row))
    if status:
        return [], [results.Case("coverage: gcovr", results.FAILED, text)]
    with open(output, encoding="utf-8") as file:
        table = by_module(json.load(file))
    lines = [f"    {100 * covered / total:5.1f} %  src/{module} "
             f"({covered} of {total} lines)"
             for module, (covered, total) in sorted(table.items()) if total]
    return lines, list(judge(table))
