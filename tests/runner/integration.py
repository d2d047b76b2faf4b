# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the integration tests, one pytest a file."""

import glob
import os
import signal
import subprocess
import sys

from . import results

FILE_DEADLINE_S = 420  # for one file; its single tests have their own


def files(source):
    """The test files, relative to the source tree."""
    pattern = os.path.join(source, "tests", "integration", "test_*.py")
    return sorted(os.path.relpath(path, source) for path in glob.glob(pattern))


def end_session(process):
    """Ends a process group that we started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run_file(builder, row, path, scratch, only=None):
    """Runs one file against the staged installation of a row; its cases."""
    name = os.path.basename(path).removesuffix(".py")
    junit = os.path.join(scratch, name + ".xml")
    environment = os.environ | {
        "STAGECRAFT_TEST_PREFIX": builder.staged(row) + "/usr/local",
        "STAGECRAFT_TEST_BUILD": builder.directory(row),
        "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
               "-o", "junit_family=xunit2", "-o", "junit_logging=all",
               "-o", "junit_log_passing_tests=false", f"--junitxml={junit}",
               f"--basetemp={os.path.join(scratch, name)}", path]
    if only:
        command += ["-k", only]
    process = subprocess.Popen(
        command, cwd=builder.source, env=environment, text=True,
        errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True)
    late = ""
    try:
        output, _ = process.communicate(timeout=FILE_DEADLINE_S)
    except subprocess.TimeoutExpired:
        end_session(process)
        output, _ = process.communicate()
        late = f"not done after {FILE_DEADLINE_S} s\n"
    finally:
        end_session(process)
    cases = results.parse_junit(junit)
    nothing_chosen = only and process.returncode == 5
    if process.returncode and not nothing_chosen and \
            not results.counts(cases)[1]:
        cases.append(results.Case(path, results.FAILED, late + output))
    return cases
