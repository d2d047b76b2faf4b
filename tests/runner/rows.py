# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in which everything is built and its unit tests are run.

Warnings are errors in each of them.
"""

import dataclasses
import os
import shutil
import subprocess

from . import results



@dataclasses.dataclass
class Row:
    """One build directory: meson's options and what is run in it."""

    name: str
    about: str
    options: tuple = ()
    compiler: str = "gcc"
    # Tests with real servers run in the main row only: libjack itself is not
    # built for the sanitizers, and its timing is not the point of the others.
    suites: tuple = ("--no-suite", "lint", "--no-suite", "integration")
    multiplier: int = 3  # of the tests' time limits
    environment: dict = dataclasses.field(default_factory=dict)


MAIN = Row("gcc", "as it is built for use", suites=("--no-suite", "lint"))
ALL = (
    MAIN,
    Row("release", "optimised, without assertions",
        ("-Dbuildtype=release", "-Db_ndebug=true")),
    Row("nojack", "clang, without JACK",
        ("-Djack=disabled", "-Dbuildtype=debug"), "clang"),
    Row("sanitize", "clang, address and undefined behaviour sanitizers",
        ("-Db_sanitize=address,undefined", "-Db_lundef=false",
         "-Doptimization=1", "-Ddebug=true"), "clang", multiplier=8,
        environment={
            "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=1",
            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}),
    Row("thread", "clang, thread sanitizer",
        ("-Db_sanitize=thread", "-Db_lundef=false", "-Doptimization=1",
         "-Ddebug=true"), "clang", multiplier=8,
        environment={"TSAN_OPTIONS": "halt_on_error=1"}),
    Row("coverage", "line coverage of the unit tests",
        ("-Db_coverage=true", "-Dbuildtype=debug")),
)


class Builder:
    """Builds rows of the source tree `source` below the directory `top`.

    jobs: how many compilers and tests one row runs at a time.
    """

    def __init__(self, source, top, jobs):
        self.source = source
        self.top = top
        self.jobs = jobs

    def directory(self, row):
        return os.path.join(self.top, row.name)

    def staged(self, row):
        """Where `stage` puts the installation, a root directory."""
        return os.path.join(self.directory(row), "root")

    def run(self, row, *command):
        """Runs a command for a row; gives its exit status and output."""
        environment = os.environ | {"CC": row.compiler} | row.environment
        environment.pop("DESTDIR", None)
        done = subprocess.run(command, cwd=self.source, env=environment,
                              stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, errors="replace",
                              stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    def configure(self, row):
        directory = self.directory(row)
        options = ["--prefix=/usr/local", "-Dwerror=true", "-Dtests=enabled",
                   *row.options]
        stamp = os.path.join(directory, "configuration")
        wanted = " ".join([row.compiler, *options])
        if os.path.exists(stamp):
            with open(stamp, encoding="utf-8") as file:
                if file.read() == wanted:
                    return 0, ""
        shutil.rmtree(directory, ignore_errors=True)
        status, output = self.run(row, "meson", "setup",
                                  "--fatal-meson-warnings", *options,
                                  directory)
        if status == 0:
            with open(stamp, "w", encoding="utf-8") as file:
                file.write(wanted)
        return status, output

    def build(self, row):
        """Configures and compiles; one case."""
        status, output = self.configure(row)
        if status == 0:
            status, output = self.run(row, "ninja", "--quiet", "-k0", "-C",
                                      self.directory(row),
                                      f"-j{self.jobs}")
        outcome = results.FAILED if status else results.PASSED
        return results.Case(f"{row.name}: builds without a warning", outcome,
                            output if status else "")

    def stage(self, row):
        """Installs a row that is built under staged(row); one case."""
        shutil.rmtree(self.staged(row), ignore_errors=True)
        status, output = self.run(
            row, "meson", "install", "-C", self.directory(row), "--no-rebuild",
            "--quiet", "--destdir", self.staged(row))
        outcome = results.FAILED if status else results.PASSED
        return results.Case(f"{row.name}: installs under a DESTDIR", outcome,
                            output if status else "")

    def meson_tests(self, row, selection=None):
        """Runs the row's suites, or the selected ones; all their cases."""
        directory = self.directory(row)
        log = os.path.join(directory, "meson-logs", "testlog.json")
        if os.path.exists(log):
            os.unlink(log)
        status, output = self.run(
            row, "meson", "test", "-C", directory, "--no-rebuild", "--quiet",
            "--timeout-multiplier", str(row.multiplier),
            "--num-processes", str(self.jobs),
            *(row.suites if selection is None else selection))
        cases = results.parse_testlog(row.name, log)
        if status and not results.counts(cases)[1]:
            cases.append(results.Case(f"{row.name}: meson test",
                                      results.FAILED, output))
        return cases
