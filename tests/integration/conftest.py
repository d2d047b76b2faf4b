# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the integration tests.

STAGECRAFT_TEST_PREFIX names the installation under test (tests/run sets it);
without it the one that `make up` or tests/run put into the build directory.
"""

import os
import pathlib
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness import Machine, NotPermitted, npm  # noqa: E402
from harness.box import Box  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
STAGED = ["build/rows/gcc/root/usr/local", "build/root/usr/local"]


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "machine(user=False, xdg=True, env={}): how the machine "
        "fixture is made")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Lets fixtures know whether the test itself failed, or one of its file."""
    report = (yield).get_result()
    if report.when == "call":
        file = item.getparent(pytest.Module)
        item.stage_failed = report.failed
        file.stage_failed = report.failed or getattr(file, "stage_failed",
                                                     False)


@pytest.fixture(scope="session")
def source():
    """The source tree."""
    return SOURCE


@pytest.fixture(scope="session")
def prefix():
    """The installation under test: the directory with bin/ and share/."""
    if "STAGECRAFT_TEST_PREFIX" in os.environ:
        return pathlib.Path(os.environ["STAGECRAFT_TEST_PREFIX"])
    for path in STAGED:
        if (SOURCE / path).is_dir():
            return SOURCE / path
    return pytest.fail("nothing is built: run `tests/run --quick` first")


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The text of axe-core."""
    place = tmp_path_factory.mktemp("axe")
    return (npm.get(place, "axe-core@4") / "axe.min.js").read_text()


@pytest.fixture
def make_box(request, prefix, tmp_path):
    """A function that makes a computer with stagecraft installed: of kind
    harness.box.Box, or another one there, with its options.

    At the end they are ended; what they did is shown when the test failed."""
    boxes = []

    def make(kind=Box, **options):
        home = tmp_path / f"box-{len(boxes)}"
        home.mkdir()
        home.chmod(0o755)
        try:
            boxes.append(kind(prefix, home, **options))
        except NotPermitted as error:
            pytest.skip(str(error))
        return boxes[-1]

    yield make
    try:
        if getattr(request.node, "stage_failed", True):
            for box in boxes:
                print(box.describe())
    finally:
        for box in boxes:
            box.close()


def _make_machines(request, prefix, place):
    """What make_machine and make_shared_machine yield."""
    machines = []

    def make(user=False, **options):
        if user and os.geteuid() != 0:
            pytest.skip("only root can run as somebody else")
        home = place / str(len(machines))
        home.mkdir()
        home.chmod(0o755)
        try:
            machines.append(Machine(prefix, home, user=user, **options))
        except NotPermitted as error:
            pytest.skip(str(error))
        return machines[-1]

    yield make
    try:
        for machine in machines:
            if getattr(request.node, "stage_failed", True):
                print(machine.describe())
            else:
                machine.finish()
    finally:
        for machine in machines:
            machine.close()


@pytest.fixture
def make_machine(request, prefix, tmp_path):
    """A function that makes a machine; options as for harness.Machine.

    Each one's home is tmp_path/NUMBER. At the end they are stopped and checked,
    or, when the test failed, described and ended."""
    yield from _make_machines(request, prefix, tmp_path)


@pytest.fixture(scope="module")
def make_shared_machine(request, prefix, tmp_path_factory):
    """The same for all tests of a file."""
    yield from _make_machines(
        request, prefix, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def machine(request, make_machine):
    """A machine; `@pytest.mark.machine(xdg=False)` and so on shape it."""
    marker = request.node.get_closest_marker("machine")
    return make_machine(**(marker.kwargs if marker else {}))
