# SPDX-FileCopyrightText: 2026 The Stagecraft authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole show by the page, as Playwright has it: journey.mjs says what."""

import os
import pathlib
import shutil

import pytest

from harness import npm, phone
from harness.look import SIZES
from harness.phone import SONGS, VIEWS

JOURNEY = pathlib.Path(__file__).with_name("journey.mjs")


@pytest.fixture(scope="session")
def playwright(tmp_path_factory):
    """The directory of npm's playwright-core."""
    return npm.get(tmp_path_factory.mktemp("playwright"), "playwright-core@1")


def test_a_show_by_the_page(make_machine, playwright, tmp_path):
    if not shutil.which("chromium"):
        pytest.skip("there is no chromium here")
    machine = make_machine()
    page = phone.begin(machine)
    shutil.copytree(playwright, machine.home / "node_modules" / playwright.name)
    shutil.copy(JOURNEY, machine.home)
    place = pathlib.Path(os.environ.get("STAGECRAFT_TEST_SCREENSHOTS",
                                        tmp_path / "shots"))
    shots = machine.home / "shots"
    done = machine.run(["node", machine.home / JOURNEY.name, page.port, shots,
                        *SONGS], timeout=300)
    page.end()
    shutil.copytree(shots, place, dirs_exist_ok=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(shots.iterdir())) == len(SIZES) * len(VIEWS)
