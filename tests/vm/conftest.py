# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the tests that run in a virtual machine.

STAGECRAFT_TEST_PREFIX and STAGECRAFT_TEST_BUILD name what is under test, as for
the integration tests; STAGECRAFT_VM_CACHE where the kernel is unpacked.
"""

import os
import pathlib
import signal
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from bench import Unavailable, Vm, packages  # noqa: E402

SOURCE = packages.SOURCE
BUILD = "build/rows/gcc"
TEST_DEADLINE_S = 300  # of the host's time, which may be short


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Lets fixtures know whether the test itself failed."""
    report = (yield).get_result()
    if report.when == "call":
        item.stage_failed = report.failed


def pytest_configure(config):
    config.addinivalue_line("markers", "deadline(seconds): for one test, "
                            f"{TEST_DEADLINE_S} without it")


@pytest.fixture(autouse=True)
def deadline(request):
    """Ends a test that hangs."""
    marker = request.node.get_closest_marker("deadline")
    seconds = marker.args[0] if marker else TEST_DEADLINE_S

    def end(*_):
        raise AssertionError(f"the test is not done after {seconds} s")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    yield
    signal.alarm(0)


@pytest.fixture(scope="session")
def paths():
    """Where on the host is what the guest sees."""
    build = pathlib.Path(os.environ.get("STAGECRAFT_TEST_BUILD",
                                        SOURCE / BUILD))
    prefix = pathlib.Path(os.environ.get("STAGECRAFT_TEST_PREFIX",
                                         build / "root/usr/local"))
    if not prefix.is_dir():
        pytest.fail("nothing is built: run `tests/run --quick` first")
    return {"SOURCE": SOURCE, "BUILD": build.resolve(),
            "PREFIX": prefix.resolve()}


@pytest.fixture(scope="session")
def unpacked():
    """The kernel; without it the tests are skipped."""
    cache = os.environ.get("STAGECRAFT_VM_CACHE", SOURCE / "build/rows/vm")
    try:
        return packages.provide(cache)
    except Unavailable as error:
        return pytest.skip(f"no virtual machine here: {error}")


@pytest.fixture(scope="session")
def new(unpacked, paths, tmp_path_factory):
    """A function that boots a guest for whoever closes it."""
    return lambda kind="functional", **options: Vm(
        unpacked, tmp_path_factory.mktemp("vm"), paths, kind, **options)


@pytest.fixture(scope="module")
def boot(new):
    """A function that boots a guest; options as for bench.Vm."""
    vms = []

    def make(*args, **options):
        vms.append(new(*args, **options))
        return vms[-1]

    yield make
    for vm in vms:
        vm.close()


@pytest.fixture(scope="session")
def kept():
    """{kind: guest} that the files of a run hand on, for want of a boot."""
    guests = {}
    yield guests
    for vm in guests.values():
        vm.close()


def lend(request, kept, new, kind):
    """The kept guest, as good as booted. It ends with a file where a test
    failed: who knows what is wrong in it."""
    if kind in kept:
        kept[kind].renew()
    else:
        kept[kind] = new(kind)
    failed = request.session.testsfailed
    yield kept[kind]
    if request.session.testsfailed != failed:
        kept.pop(kind).close()


@pytest.fixture(scope="module")
def booted(request, kept, new):
    """The guest that the tests of a file share."""
    yield from lend(request, kept, new, "functional")


@pytest.fixture(scope="module")
def timed(request, kept, new):
    """Likewise, with a time that can be trusted."""
    yield from lend(request, kept, new, "timed")


@pytest.fixture
def vm(request, booted):
    """The shared guest; its console is shown when the test failed."""
    yield booted
    if getattr(request.node, "stage_failed", True):
        print(booted.describe())
    booted.tidy()
