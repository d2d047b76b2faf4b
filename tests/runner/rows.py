# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in which everything is built and its unit tests are run.

Warnings are errors in each of them.
"""

import dataclasses
import fnmatch
import json
import os
import shutil
import tempfile

from . import results, work

# Thousands of saves and file trees; a disk would only make their tests slow.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


# Compilers beside tests take what those leave, which wait for each other, for
# timers and for one processor of a guest. At the end compilers alone have work
# for all processors, those tests would not.
PATIENT = ("nice", "-n", "10")


@dataclasses.dataclass
class Row:
    """One build directory: meson's options and what is run in it."""

    name: str
    about: str
    options: tuple = ()
    compiler: str = "gcc"
    linker: str = ""  # "": the compiler's own; lld takes half as long
    # Tests with real servers run in the main row only: libjack itself is not
    # built for the sanitizers, and its timing is not the point of the others.
    suites: tuple = ("--no-suite", "lint", "--no-suite", "integration")
    multiplier: int = 3  # of the tests' time limits
    programs: tuple = ()  # patterns of tests' names; none: all of the suites
    targets: tuple = ()  # what is built besides those
    environment: dict = dataclasses.field(default_factory=dict)

    def tools(self):
        """What tells meson which compiler and which linker to take."""
        return {"CC": self.compiler} | (
            {"CC_LD": self.linker} if self.linker else {})


# To compile takes most of the time of all tests. So what is only tested goes
# without what a debugger needs, but for lines in the sanitizers' reports.
PLAIN = "-Ddebug=false"


# What was freed stays out of use until so much more was: the usual 256 MB are
# for programs that run longer, and every fork copies their pages.
ASAN = "detect_leaks=1:abort_on_error=1:quarantine_size_mb=16"


MAIN = Row("gcc", "as it is built for use", ("-Dreplay=false", PLAIN),
           suites=("--no-suite", "lint"))
ALL = (
    MAIN,
    # A module finds the sanitizers in the program that loads it: no lundef. Of
    # tests themselves no coverage; clang suffers the filter beside --coverage
    # alone, which meson adds too late.
    Row("sanitize", "clang, address and undefined behaviour sanitizers, "
        "coverage, without assertions",
        ("-Db_sanitize=address,undefined", "-Db_coverage=true",
         "-Db_lundef=false", "-Db_ndebug=true", "-Doptimization=0", PLAIN,
         "-Dc_args=-g1 --coverage -fprofile-filter-files=/src/"),
        compiler="clang", linker="lld", multiplier=8, environment={
            "ASAN_OPTIONS": ASAN,
            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}),
    Row("thread", "thread sanitizer, of what has threads",
        ("-Db_sanitize=thread", "-Doptimization=1", "-Dreplay=false", PLAIN,
         "-Dc_args=-g1"), linker="lld", multiplier=8, programs=(
            "rt_*", "rpc_[cls]*", "jack/*", "chain/*", "watch/*",
            "patchbay/daemon_*", "patchbay/backend_*", "rack/plan",
            "rack/threads"),
        environment={"TSAN_OPTIONS": "halt_on_error=1"}),
    # Of what there is without JACK, what differs: all else is compiled and
    # linked as above, file for file.
    Row("nojack", "without JACK, of what does with and without it",
        ("-Djack=disabled", "-Doptimization=0", "-Dreplay=false", PLAIN),
        linker="lld", programs=("chain/*", "exec/*"), targets=(
            "src/exec/stagecraft-exec", "src/service/stagecraft-service",
            "src/show/stagecraft-show")),
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

    def run(self, row, *command, **variables):
        """Runs a command for a row; gives its exit status and output."""
        environment = (os.environ | row.tools() | row.environment | variables)
        environment.pop("DESTDIR", None)
        return work.run(command, self.source, environment)

    def configure(self, row):
        directory = self.directory(row)
        options = ["--prefix=/usr/local", "-Dwerror=true", "-Dtests=enabled",
                   *row.options]
        stamp = os.path.join(directory, "configuration")
        wanted = " ".join([*row.tools().values(), *options])
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
        if status == 0:  # what is there to choose from may have changed
            status, output = self.run(row, "ninja", "--quiet", "-C",
                                      self.directory(row), "build.ninja")
        if status == 0:
            status, output = self.run(row, *(() if row is MAIN else PATIENT),
                                      "ninja", "--quiet", "-k0", "-C",
                                      self.directory(row), f"-j{self.jobs}",
                                      *sum(self.chosen(row).values(), []),
                                      *row.targets)
        outcome = results.FAILED if status else results.PASSED
        return results.Case(f"{row.name}: builds without a warning", outcome,
                            output if status else "")

    def chosen(self, row):
        """{test: what it needs built} of those that the row's patterns
        match."""
        if not row.programs:
            return {}
        _, output = self.run(row, "meson", "introspect", "--tests", "--targets",
                             self.directory(row))
        told = json.loads(output)
        files = {target["id"]: target["filename"] for target in told["targets"]}
        return {test["name"]: [os.path.relpath(file, self.directory(row))
                               for target in test["depends"]
                               for file in files[target]]
                for test in told["tests"]
                if any(suite.endswith(":unit") for suite in test["suite"])
                and any(fnmatch.fnmatch(test["name"], pattern)
                        for pattern in row.programs)}

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
        with tempfile.TemporaryDirectory(prefix="st-", dir=MEMORY) as scratch:
            os.chmod(scratch, 0o1777)  # some tests are somebody else
            status, output = self.run(
                row, "meson", "test", "-C", directory, "--no-rebuild",
                "--quiet", "--timeout-multiplier", str(row.multiplier),
                "--num-processes", str(self.jobs),
                *(row.suites if selection is None else selection),
                *self.chosen(row),
                TMPDIR=scratch)
        return results.meson_cases(row.name, results.read_testlog(log), status,
                                   output)
