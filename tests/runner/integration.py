# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the integration tests, one pytest a file, and those in a virtual machine,
one pytest for the files that hand on a guest."""

import glob
import os
import sys

from . import results, work

# For one file; its single tests have their own.
FILE_DEADLINE_S = 420
VM_FILE_DEADLINE_S = 1200
# They begin, lest one of them runs on alone at the end.
LONGEST = ("activation", "patchbay_memory", "rig", "patchbay_pipewire", "up",
           "patchbay", "stop", "kill", "pipewire", "patch_verbs", "exec",
           "bad_input", "templates", "globals", "slots")
# A guest that the next file gets, too, need not boot for it. Those that share
# one, and the longest first; each of the others is by itself.
VM_TOGETHER = (("midi", "card", "jack", "devices"),
               ("patchbay_alsa", "aj_snapshot", "bench", "patchbay_no_alsa"),
               ("midi_floor", "midi_timed"), ("timed",), ("rig",))


def in_order(source, directory, longest):
    """The test files there, relative to the source tree, the longest first."""
    pattern = os.path.join(source, directory, "test_*.py")
    paths = sorted(os.path.relpath(path, source) for path in glob.glob(pattern))
    first = [f"{directory}/test_{name}.py" for name in longest]
    return sorted(paths, key=lambda path: first.index(path)
                  if path in first else len(first))


def files(source):
    """The files of integration tests."""
    return in_order(source, "tests/integration", LONGEST)


def vm_files(source):
    """The files of tests that run in a virtual machine, in lists of those that
    one pytest runs."""
    found = in_order(source, "tests/vm", sum(VM_TOGETHER, ()))
    lists = {}
    for path in found:
        name = os.path.basename(path)[len("test_"):-len(".py")]
        group = next((group for group in VM_TOGETHER if name in group), name)
        lists.setdefault(group, []).append(path)
    return list(lists.values())


def run_files(builder, row, paths, scratch, only=None):
    """Runs files in one pytest against the staged installation of a row; their
    cases."""
    # Short, for there are sockets below: test_up, vm-test_bench.
    name = os.path.basename(paths[0]).removesuffix(".py")
    deadline_s = FILE_DEADLINE_S
    if paths[0].startswith("tests/vm/"):
        name, deadline_s = "vm-" + name, VM_FILE_DEADLINE_S * len(paths)
    junit = os.path.join(scratch, name + ".xml")
    environment = os.environ | {
        "STAGECRAFT_TEST_PREFIX": builder.staged(row) + "/usr/local",
        "STAGECRAFT_TEST_BUILD": builder.directory(row),
        "STAGECRAFT_VM_CACHE": os.path.join(builder.top, "vm"),
        "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
               "-o", "junit_family=xunit2", "-o", "junit_logging=all",
               f"--junitxml={junit}",
               f"--basetemp={os.path.join(scratch, name)}", *paths]
    if only:
        command += ["-k", only]
    status, output = work.run(command, builder.source, environment, deadline_s)
    late = "" if status is not None else f"not done after {deadline_s} s\n"
    cases = results.parse_junit(junit)
    nothing_chosen = only and status == 5
    if status != 0 and not nothing_chosen and \
            not results.counts(cases)[1]:
        cases.append(results.Case(", ".join(paths), results.FAILED,
                                  late + output))
    return cases
